//! Which essays the files of a mail become: the table of cases.

use std::collections::HashSet;

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
        assert_eq!(group(&items(files), &HashSet::new()), want, "{files:?}");
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

#[test]
fn a_name_that_two_people_have_makes_no_two_files_one_essay() {
    let files: &[File] = &[
        ("1.docx", Class::Text, Some("an"), 500),
        ("2.docx", Class::Text, Some("an"), 400),
    ];
    let namesakes = HashSet::from(["an".to_owned()]);
    assert_eq!(group(&items(files), &HashSet::new()).len(), 1);
    assert_eq!(group(&items(files), &namesakes).len(), 2);
    let born: Vec<Item> = items(files)
        .into_iter()
        .map(|item| Item {
            birth_date: Some("2007-02-09".to_owned()),
            ..item
        })
        .collect();
    assert_eq!(group(&born, &namesakes).len(), 1);
}
