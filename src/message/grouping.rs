//! Which files belong together: the rules by which a mail's files become essays (R001-17, R001-18, R001-62).
//!
//! Documents with an author each are an essay each; the same essay as docx and PDF is one; pictures beside a
//! document illustrate it, pictures alone are its pages; files nobody can read wait with the essay they came with.
//!
//! Long for one file, because the rules lean on one another; their table of cases stands at the end.

use std::collections::HashSet;

use super::Part;
use super::body::words;
use super::file_name;
use crate::document::Kind;
use crate::slip;
use crate::text::fold;

/// Words of a document that could stand as an essay of its own.
const OWN_TEXT: usize = 150;
/// Share of common words from which two texts are one essay in two files.
const NEARLY_EQUAL: f64 = 0.85;

/// What a file can be within an essay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A document with text.
    Text,
    /// A document whose pages are pictures.
    Scan,
    /// A photo or picture file.
    Picture,
    /// A table or slides: a class list, supporting material.
    Sheet,
    /// Nobody could read it (yet).
    Unread,
}

/// One file, as the rules see it.
#[derive(Clone, Debug)]
pub struct Item {
    /// Index into `Parsed::parts`.
    pub part: usize,
    pub name: String,
    pub kind: Kind,
    pub class: Class,
    /// The author the file names, folded; in its text, margins or file name.
    pub person: Option<String>,
    /// ISO birth date, where the file gives one.
    pub birth_date: Option<String>,
    pub text: String,
    pub text_hash: Option<String>,
}

impl Item {
    /// `None` for what is no document: logos, signatures, calendar entries.
    pub fn of(index: usize, part: &Part) -> Option<Item> {
        let class = class(part)?;
        let document = &part.document;
        let slip = slip::from_essay(&document.text, &document.margins, &part.name);
        Some(Item {
            part: index,
            name: part.name.clone(),
            kind: document.kind,
            class,
            person: slip
                .name
                .map(|fact| fold(&fact.value))
                .filter(|name| !name.is_empty()),
            birth_date: slip.birth_date.map(|fact| fact.value),
            text: document.text.clone(),
            text_hash: part.text_hash.clone(),
        })
    }
}

fn class(part: &Part) -> Option<Class> {
    use Kind::{
        Accessory, Bmp, Doc, Docx, Gif, Heic, Html, Jpeg, Mail, Odt, Pdf, Png, Pptx, Rar, Rtf,
        SevenZip, Text, Tiff, Tnef, Unknown, Webp, Xlsx, Zip,
    };
    if part.inline || is_leftover(part) {
        return None;
    }
    match part.document.kind {
        Accessory => None,
        Jpeg | Png | Tiff | Webp | Heic | Gif | Bmp => Some(Class::Picture),
        Xlsx | Pptx => Some(Class::Sheet),
        Zip | Rar | SevenZip | Tnef | Mail => Some(Class::Unread),
        Docx | Doc | Odt | Rtf | Pdf | Text | Html => Some(if part.document.scan {
            Class::Scan
        } else if part.document.text.trim().is_empty() {
            Class::Unread
        } else {
            Class::Text
        }),
        Unknown => {
            let ending = file_name::ending(&part.name);
            let picture = part.declared.starts_with("image/")
                || [
                    "jpg", "jpeg", "png", "heic", "heif", "tif", "tiff", "webp", "bmp",
                ]
                .contains(&ending.as_str());
            let sheet = ["xls", "xlsx", "csv", "ppt", "pptx"].contains(&ending.as_str());
            Some(if picture {
                Class::Picture
            } else if sheet {
                Class::Sheet
            } else {
                Class::Unread
            })
        }
    }
}

/// "ATT00001.txt": what Exchange makes of the text below an attachment.
fn is_leftover(part: &Part) -> bool {
    let folded = fold(file_name::stem(&part.name));
    let numbered = folded
        .strip_prefix("att")
        .is_some_and(|rest| rest.len() >= 4 && rest.bytes().all(|byte| byte.is_ascii_digit()));
    numbered && part.declared.starts_with("text/") && words(&part.document.text) < OWN_TEXT
}

/// The files of one essay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    pub main: Option<usize>,
    pub pages: Vec<usize>,
    pub annexes: Vec<usize>,
    pub unread: Vec<usize>,
}

/// An essay in the making: its files and whose it is.
struct Draft<'a> {
    lead: &'a Item,
    group: Group,
}

impl<'a> Draft<'a> {
    fn led_by(lead: &'a Item) -> Draft<'a> {
        let group = match lead.class {
            Class::Text | Class::Scan => Group {
                main: Some(lead.part),
                ..Group::default()
            },
            Class::Picture => Group {
                pages: vec![lead.part],
                ..Group::default()
            },
            Class::Sheet | Class::Unread => Group {
                unread: vec![lead.part],
                ..Group::default()
            },
        };
        Draft { lead, group }
    }
}

/// Groups the files of one mail into essays, in the order in which they came.
pub fn group(items: &[Item]) -> Vec<Group> {
    let of = |class: Class| items.iter().filter(move |item| item.class == class);
    let mut drafts = documents(items);
    let annex_documents: Vec<&Item> = items
        .iter()
        .filter(|item| matches!(item.class, Class::Text | Class::Scan))
        .filter(|item| !drafts.iter().any(|draft| holds(&draft.group, item.part)))
        .collect();
    // Files nobody could read: an essay each when no readable one came, or when they name another person.
    for item in of(Class::Unread) {
        let sibling = drafts.iter().position(|draft| {
            stem(&draft.lead.name) == stem(&item.name)
                || (item.person.is_some() && draft.lead.person == item.person)
        });
        let readable = drafts.iter().any(|draft| draft.group.main.is_some());
        let stranger =
            item.person.is_some() && drafts.iter().all(|draft| draft.lead.person.is_some());
        let waits = readable && !stranger || is_annex_name(&item.name) && !drafts.is_empty();
        match sibling
            .or(waits.then_some(0))
            .and_then(|at| drafts.get_mut(at))
        {
            Some(draft) => draft.group.unread.push(item.part),
            None => drafts.push(Draft::led_by(item)),
        }
    }
    let mut pictures: Vec<&Item> = of(Class::Picture).collect();
    pictures.sort_by_cached_key(|item| file_name::natural(&item.name));
    if drafts.is_empty() {
        drafts = pages(&pictures);
    } else {
        for picture in pictures {
            annex(&mut drafts, picture);
        }
    }
    for document in annex_documents {
        annex(&mut drafts, document);
    }
    // Tables and slides accompany an essay; alone they are a case for a person.
    for sheet in of(Class::Sheet) {
        if drafts.is_empty() {
            drafts.push(Draft::led_by(sheet));
        } else {
            annex(&mut drafts, sheet);
        }
    }
    drafts.into_iter().map(|draft| draft.group).collect()
}

/// Drafts from readable documents. What is left out of them is an annex.
fn documents(items: &[Item]) -> Vec<Draft<'_>> {
    let all: Vec<&Item> = items
        .iter()
        .filter(|item| matches!(item.class, Class::Text | Class::Scan))
        .collect();
    let mut mains: Vec<&Item> = all
        .iter()
        .copied()
        .filter(|item| !is_annex_name(&item.name))
        .collect();
    if mains.is_empty() {
        mains = all;
    }
    // Editable text first, so that the PDF of a docx becomes its annex and not the other way round.
    let mut by_worth = mains.clone();
    by_worth.sort_by_key(|item| (item.class == Class::Scan, item.kind == Kind::Pdf));
    let mut drafts: Vec<Draft<'_>> = Vec::new();
    for item in by_worth {
        match drafts
            .iter_mut()
            .find(|draft| same_essay(draft.lead, item) || same_person(draft.lead, item))
        {
            Some(draft) => {
                let larger =
                    words(&item.text) > words(&draft.lead.text) && !same_essay(draft.lead, item);
                let aside = if larger { draft.lead.part } else { item.part };
                if larger {
                    draft.lead = item;
                    draft.group.main = Some(item.part);
                }
                draft.group.annexes.push(aside);
            }
            None => drafts.push(Draft::led_by(item)),
        }
    }
    drafts.sort_by_key(|draft| draft.lead.part);
    let named = drafts
        .iter()
        .filter(|draft| draft.lead.person.is_some())
        .count();
    if drafts.len() < 2 || named == drafts.len() {
        return drafts;
    }
    let stands_alone =
        |draft: &Draft<'_>| words(&draft.lead.text) >= OWN_TEXT && !is_piece_name(&draft.lead.name);
    match named {
        0 if drafts.iter().all(|draft| draft.lead.class == Class::Scan) => {
            let mut leads: Vec<&Item> = drafts.iter().map(|draft| draft.lead).collect();
            leads.sort_by_cached_key(|item| file_name::natural(&item.name));
            let group = Group {
                pages: leads.iter().map(|item| item.part).collect(),
                annexes: drafts
                    .iter()
                    .flat_map(|draft| draft.group.annexes.clone())
                    .collect(),
                ..Group::default()
            };
            leads
                .first()
                .map(|lead| Draft { lead, group })
                .into_iter()
                .collect()
        }
        0 if drafts.iter().all(stands_alone) => drafts,
        0 => {
            let Some(longest) = drafts.iter().map(|draft| words(&draft.lead.text)).max() else {
                return drafts;
            };
            let mut kept: Vec<Draft<'_>> = Vec::new();
            let mut rest: Vec<usize> = Vec::new();
            for draft in drafts {
                if kept.is_empty() && words(&draft.lead.text) == longest {
                    kept.push(draft);
                } else {
                    rest.push(draft.lead.part);
                    rest.extend(draft.group.annexes);
                }
            }
            if let Some(first) = kept.first_mut() {
                first.group.annexes.extend(rest);
            }
            kept
        }
        1 => drafts
            .into_iter()
            .filter(|draft| draft.lead.person.is_some())
            .collect(),
        2.. => drafts
            .into_iter()
            .filter(|draft| draft.lead.person.is_some() || stands_alone(draft))
            .collect(),
    }
}

/// Pictures alone: pages of one essay, or of several when their names name several persons.
fn pages<'a>(pictures: &[&'a Item]) -> Vec<Draft<'a>> {
    let persons: HashSet<&str> = pictures
        .iter()
        .filter_map(|item| item.person.as_deref())
        .collect();
    let mut drafts: Vec<Draft<'a>> = Vec::new();
    for picture in pictures {
        let at = if persons.len() < 2 {
            drafts.len().checked_sub(1)
        } else {
            match &picture.person {
                Some(_) => drafts
                    .iter()
                    .position(|draft| draft.lead.person == picture.person),
                None => drafts.len().checked_sub(1),
            }
        };
        match at.and_then(|at| drafts.get_mut(at)) {
            Some(draft) => draft.group.pages.push(picture.part),
            None => drafts.push(Draft::led_by(picture)),
        }
    }
    drafts
}

/// Lays a file beside the essay of its person, else beside the first.
fn annex(drafts: &mut [Draft<'_>], item: &Item) {
    let own = drafts
        .iter()
        .position(|draft| item.person.is_some() && draft.lead.person == item.person)
        .unwrap_or(0);
    if let Some(draft) = drafts.get_mut(own) {
        draft.group.annexes.push(item.part);
    }
}

fn holds(group: &Group, part: usize) -> bool {
    group.main == Some(part) || group.pages.contains(&part) || group.annexes.contains(&part)
}

fn same_person(one: &Item, other: &Item) -> bool {
    let births_differ = one.birth_date.is_some()
        && other.birth_date.is_some()
        && one.birth_date != other.birth_date;
    one.person.is_some() && one.person == other.person && !births_differ
}

/// One essay in two files: equal or nearly equal text, or one name with two endings.
fn same_essay(one: &Item, other: &Item) -> bool {
    if one.text_hash.is_some() && one.text_hash == other.text_hash {
        return true;
    }
    let both_read = one.class == Class::Text && other.class == Class::Text;
    if both_read && likeness(&one.text, &other.text) >= NEARLY_EQUAL {
        return true;
    }
    !both_read
        && one.kind != other.kind
        && stem(&one.name) == stem(&other.name)
        && !stem(&one.name).is_empty()
}

/// Share of common pairs of neighbouring words, 0 to 1. Texts of under 20 words are never alike.
fn likeness(one: &str, other: &str) -> f64 {
    let one = fold(one);
    let other = fold(other);
    let one = pairs(&one);
    let other = pairs(&other);
    if one.len() < 20 || other.len() < 20 {
        return 0.0;
    }
    let common = one.intersection(&other).count();
    common as f64 / (one.len() + other.len() - common) as f64
}

fn pairs(folded: &str) -> HashSet<(&str, &str)> {
    folded.split(' ').zip(folded.split(' ').skip(1)).collect()
}

/// The name without ending, case, diacritics and the marks of copies: "Bài thi (1).PDF" → "bai thi".
fn stem(name: &str) -> String {
    let folded = fold(file_name::stem(name));
    folded
        .split(' ')
        .filter(|word| !["1", "copy", "scan", "pdf", "word", "docx"].contains(word))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Named as something that accompanies an essay.
fn is_annex_name(name: &str) -> bool {
    const ANNEX: [&str; 9] = [
        "phu luc",
        "tai lieu",
        "tu lieu",
        "minh hoa",
        "danh sach",
        "hinh anh",
        "anh chup",
        "giay xac nhan",
        "minh chung",
    ];
    let folded = fold(file_name::stem(name));
    let essay = ["bai du thi", "bai thi", "bai viet", "bai lam"]
        .iter()
        .any(|word| folded.contains(word));
    ANNEX
        .iter()
        .any(|word| folded.starts_with(word) || (!essay && folded.contains(word)))
}

/// Named as a piece of something: "Câu 2.docx", "phần 1".
fn is_piece_name(name: &str) -> bool {
    let folded = fold(file_name::stem(name));
    ["cau", "phan", "trang", "part", "page"]
        .iter()
        .any(|word| folded.split(' ').any(|piece| piece.starts_with(word)))
}

#[cfg(test)]
mod tests {
    use super::Class;
    use super::Group;
    use super::Item;
    use super::group;
    use crate::document::Kind;

    /// (file name, class, author, words of text); the same number of words gives the same text.
    type File = (&'static str, Class, Option<&'static str>, usize);

    /// Main file, pages, annexes, unread files.
    type Wanted<'a> = (Option<usize>, &'a [usize], &'a [usize], &'a [usize]);

    fn items(files: &[File]) -> Vec<Item> {
        let item = |part: usize, (name, class, person, length): File| {
            let text: Vec<String> = (0..length).map(|n| format!("w{length}x{n}")).collect();
            let kind = match name.rsplit('.').next() {
                Some("pdf") => Kind::Pdf,
                Some("jpg") => Kind::Jpeg,
                Some("doc") => Kind::Doc,
                Some(_) | None => Kind::Docx,
            };
            Item {
                part,
                name: name.to_owned(),
                kind,
                class,
                person: person.map(str::to_owned),
                birth_date: None,
                text: text.join(" "),
                text_hash: None,
            }
        };
        files
            .iter()
            .enumerate()
            .map(|(part, file)| item(part, *file))
            .collect()
    }

    #[test]
    fn files_become_the_essays_their_senders_meant() {
        use Class::{Picture, Scan, Sheet, Text, Unread};
        let check = |files: &[File], want: &[Wanted]| {
            let want: Vec<Group> = want
                .iter()
                .map(|(main, pages, annexes, unread)| Group {
                    main: *main,
                    pages: pages.to_vec(),
                    annexes: annexes.to_vec(),
                    unread: unread.to_vec(),
                })
                .collect();
            assert_eq!(group(&items(files)), want, "{files:?}");
        };
        check(&[], &[]);
        // One document and pictures.
        check(
            &[
                ("bai.docx", Text, Some("an"), 500),
                ("a10.jpg", Picture, None, 0),
                ("a2.jpg", Picture, None, 0),
            ],
            &[(Some(0), &[], &[2, 1], &[])],
        );
        // Two authors.
        check(
            &[
                ("1.docx", Text, Some("an"), 500),
                ("2.docx", Text, Some("binh"), 400),
            ],
            &[(Some(0), &[], &[], &[]), (Some(1), &[], &[], &[])],
        );
        // One author, answers and essay apart: the longer one leads.
        check(
            &[
                ("tn.docx", Text, Some("an"), 50),
                ("tl.docx", Text, Some("an"), 400),
            ],
            &[(Some(1), &[], &[0], &[])],
        );
        // The same essay as PDF and docx.
        check(
            &[("bai.pdf", Text, None, 400), ("x.docx", Text, None, 400)],
            &[(Some(1), &[], &[0], &[])],
        );
        check(
            &[
                ("bai (1).pdf", Scan, None, 0),
                ("Bài.docx", Text, None, 400),
            ],
            &[(Some(1), &[], &[0], &[])],
        );
        // Supporting documents, by name and by length.
        check(
            &[
                ("Phụ lục.docx", Text, None, 900),
                ("bai.docx", Text, Some("an"), 300),
            ],
            &[(Some(1), &[], &[0], &[])],
        );
        check(
            &[("a.docx", Text, None, 30), ("b.docx", Text, None, 300)],
            &[(Some(1), &[], &[0], &[])],
        );
        check(
            &[
                ("Danh sách.xlsx", Sheet, None, 0),
                ("b.docx", Text, None, 300),
            ],
            &[(Some(1), &[], &[0], &[])],
        );
        // Pages of one, photos of two.
        check(
            &[("t10.pdf", Scan, None, 0), ("t9.pdf", Scan, None, 0)],
            &[(None, &[1, 0], &[], &[])],
        );
        check(
            &[
                ("an 1.jpg", Picture, Some("an"), 0),
                ("binh.jpg", Picture, Some("binh"), 0),
                ("an 2.jpg", Picture, Some("an"), 0),
            ],
            &[(None, &[0, 2], &[], &[]), (None, &[1], &[], &[])],
        );
        // A single scan; files nobody could read, alone and beside an essay.
        check(&[("bai.pdf", Scan, None, 0)], &[(Some(0), &[], &[], &[])]);
        check(
            &[("a.doc", Unread, None, 0), ("b.zip", Unread, None, 0)],
            &[(None, &[], &[], &[0]), (None, &[], &[], &[1])],
        );
        check(
            &[
                ("a.zip", Unread, None, 0),
                ("bai.docx", Text, Some("an"), 300),
            ],
            &[(Some(1), &[], &[], &[0])],
        );
        check(
            &[
                ("binh.doc", Unread, Some("binh"), 0),
                ("an.docx", Text, Some("an"), 300),
            ],
            &[(Some(1), &[], &[], &[]), (None, &[], &[], &[0])],
        );
        check(
            &[("a.doc", Unread, None, 0), ("h.jpg", Picture, None, 0)],
            &[(None, &[], &[1], &[0])],
        );
    }
}
