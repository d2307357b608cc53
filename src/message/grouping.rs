//! Which files belong together: the rules by which a mail's files become essays (R001-17, R001-18, R001-62).
//!
//! Documents with an author each are an essay each; the same essay as docx and PDF is one; pictures beside a
//! document illustrate it, pictures alone are its pages; files nobody can read wait with the essay they came with.

mod alike;
mod item;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use self::alike::is_annex_name;
use self::alike::is_piece_name;
use self::alike::likeness;
use self::alike::stem;
use super::body::words;
use super::file_name;
use crate::document::Kind;

pub use self::item::Class;
pub use self::item::Item;

/// Words of a document that could stand as an essay of its own.
pub const OWN_TEXT: usize = 150;
/// Share of common words from which two texts are one essay in two files.
const NEARLY_EQUAL: f64 = 0.85;

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

/// Groups the files of one mail into essays, in the order in which they came. `namesakes` are names that several people
/// have, as a list in the mail says: only a birth date makes two files one person's then.
pub fn group(items: &[Item], namesakes: &HashSet<String>) -> Vec<Group> {
    let of = |class: Class| items.iter().filter(move |item| item.class == class);
    let mut drafts = documents(items, namesakes);
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
fn documents<'a>(items: &'a [Item], namesakes: &HashSet<String>) -> Vec<Draft<'a>> {
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
    let mut drafts: Vec<Draft<'a>> = Vec::new();
    for item in by_worth {
        match drafts
            .iter_mut()
            .find(|draft| same_essay(draft.lead, item) || same_person(draft.lead, item, namesakes))
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

fn same_person(one: &Item, other: &Item, namesakes: &HashSet<String>) -> bool {
    let Some(person) = one.person.as_ref().filter(|_| one.person == other.person) else {
        return false;
    };
    match (&one.birth_date, &other.birth_date) {
        (Some(born), Some(other)) => born == other,
        (None, _) | (_, None) => !namesakes.contains(person),
    }
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
