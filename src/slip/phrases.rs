//! Running sentences in which people introduce themselves: "Em tên là …, học sinh lớp …".

use super::file_name::is_class;
use super::labels::Field;
use super::name;
use super::phone;
use super::word::Word;
use super::word::slice;
use super::word::tidy;
use super::word::words;
use crate::slip::date;

/// Words that open a fact, folded, and the fact.
const OPENERS: &[(&str, Field)] = &[
    ("ten la", Field::Name),
    ("ten toi la", Field::Name),
    ("ten em la", Field::Name),
    ("ten chau la", Field::Name),
    ("toi la", Field::Name),
    ("em la", Field::Name),
    ("chau la", Field::Name),
    ("con la", Field::Name),
    ("sinh ngay", Field::Birth),
    ("ngay sinh", Field::Birth),
    ("sinh", Field::Birth),
    ("hoc sinh lop", Field::Class),
    ("lop", Field::Class),
    ("truong", Field::School),
    ("cong tac tai", Field::Unit),
    ("cong tac hoc tap tai", Field::Unit),
    ("hoc tap cong tac tai", Field::Unit),
    ("lam viec tai", Field::Unit),
    ("hoc tai", Field::School),
    ("dia chi", Field::Address),
    ("hien o tai", Field::Address),
    ("cu tru tai", Field::Address),
    ("tru tai", Field::Address),
    ("sinh song tai", Field::Address),
    ("noi o", Field::Address),
    ("thuong tru tai", Field::Household),
    ("so dien thoai", Field::Phone),
    ("dien thoai", Field::Phone),
    ("sdt", Field::Phone),
    ("dt", Field::Phone),
];

/// The facts of a sentence, in the order they stand. A name found by "tôi là" must look like a full name.
pub fn facts(sentence: &str) -> Vec<(Field, String)> {
    let found = places(sentence).into_iter();
    found.map(|(field, value, _)| (field, value)).collect()
}

/// The facts of a sentence with the byte ranges in which they are written.
pub fn places(sentence: &str) -> Vec<(Field, String, (usize, usize))> {
    let all = words(sentence);
    let mut opened: Vec<(usize, usize, Field)> = Vec::new();
    let mut at = 0;
    while at < all.len() {
        match opener(&all, at) {
            Some((count, field)) => {
                opened.push((at, at + count, field));
                at += count;
            }
            None => at += 1,
        }
    }
    let mut out = Vec::new();
    for (index, (from, to, field)) in opened.iter().enumerate() {
        let (Some(first), Some(last)) =
            (all.get(*from), to.checked_sub(1).and_then(|at| all.get(at)))
        else {
            continue;
        };
        let stop = opened
            .iter()
            .skip(index + 1)
            .find(|(_, _, next)| {
                !matches!(
                    (field, next),
                    (
                        Field::School | Field::Unit | Field::Address,
                        Field::School | Field::Class
                    )
                )
            })
            .and_then(|(at, _, _)| all.get(*at))
            .map_or(sentence.len(), |word| word.start);
        let rest = slice(sentence, last.end, stop);
        let within = |start: usize, end: usize| (last.end + start, last.end + end);
        let value = match field {
            Field::Name => {
                let bare = rest.trim_start_matches([':', ' ']);
                let skipped = rest.len() - bare.len();
                name::leading(bare).map(|(found, end)| (found, within(skipped, skipped + end)))
            }
            Field::Birth => earliest(date::all(head(rest, 40)), within),
            Field::Phone => earliest(phone::all(head(rest, 40)), within),
            Field::Class => class(rest).and_then(|found| {
                let at = rest.find(&found)?;
                let place = within(at, at + found.len());
                Some((found, place))
            }),
            Field::School if all.get(*from).is_some_and(|word| word.folded == "truong") => {
                let next = all.get(*to).map_or("", |word| word.folded.as_str());
                [
                    "thcs", "thpt", "tieu", "th", "mam", "mn", "dai", "cao", "trung", "ptcs", "dh",
                ]
                .contains(&next)
                .then(|| {
                    let (found, end) = place(slice(sentence, first.start, stop));
                    (found, (first.start, first.start + end))
                })
            }
            Field::School | Field::Unit | Field::Address | Field::Household => {
                let (found, end) = place(rest);
                Some((found, within(0, end)))
            }
            Field::Signature | Field::Other | Field::Public => None,
        };
        if let Some((value, place)) = value.filter(|(value, _)| !value.is_empty()) {
            out.push((*field, value, place));
        }
    }
    out
}

/// The first of several values, with its place in the whole sentence.
fn earliest(
    found: Vec<(usize, usize, String)>,
    within: impl Fn(usize, usize) -> (usize, usize),
) -> Option<(String, (usize, usize))> {
    let (start, end, value) = found.into_iter().next()?;
    Some((value, within(start, end)))
}

fn opener(all: &[Word], at: usize) -> Option<(usize, Field)> {
    OPENERS
        .iter()
        .filter(|(phrase, _)| {
            let count = phrase.split(' ').count();
            all.get(at..at + count).is_some_and(|window| {
                window
                    .iter()
                    .map(|word| word.folded.as_str())
                    .eq(phrase.split(' '))
            })
        })
        .map(|(phrase, field)| (phrase.split(' ').count(), *field))
        .max_by_key(|(count, _)| *count)
}

fn head(value: &str, chars: usize) -> &str {
    let end = value
        .char_indices()
        .nth(chars)
        .map_or(value.len(), |(at, _)| at);
    slice(value, 0, end)
}

/// The class at the beginning of a text: "9A2 trường …" → "9A2", "9 A2" → "9A2" as written.
pub fn class(value: &str) -> Option<String> {
    let value = value.trim_start_matches([' ', ':', '…', '.', '\t']);
    let all = words(value);
    let first = all.first().filter(|word| word.start == 0)?;
    let raw = slice(value, first.start, first.end);
    if !is_class(raw) {
        return None;
    }
    let next = all.get(1).filter(|next| {
        let word = slice(value, next.start, next.end);
        slice(value, first.end, next.start).chars().count() == 1
            && raw.chars().all(|c| c.is_ascii_digit())
            && word.starts_with(|c: char| c.is_ascii_uppercase())
            && word.len() <= 3
            && word.chars().all(|c| c.is_ascii_alphanumeric())
    });
    Some(slice(value, 0, next.map_or(first.end, |next| next.end)).to_owned())
}

/// A school, office or address, and the byte where it ends: with the sentence; over a comma only while parts of a
/// place follow.
fn place(rest: &str) -> (String, usize) {
    let mut end = rest.len();
    for (at, c) in rest.char_indices() {
        let before = slice(rest, 0, at);
        let after = slice(rest, at + c.len_utf8(), rest.len());
        let long_word = before
            .split([' ', '.', ','])
            .next_back()
            .is_some_and(|word| word.chars().count() >= 3);
        let ends = match c {
            ';' | '\n' | '!' | '?' | '(' => true,
            '.' => (after.is_empty() || after.starts_with([' ', '\n'])) && long_word,
            ',' => !goes_on(after),
            _ => false,
        };
        if ends && !tidy(before).is_empty() {
            end = at;
            break;
        }
    }
    let written = head(slice(rest, 0, end), 200);
    (tidy(written), written.len())
}

/// Whether a part after a comma still belongs to a place.
fn goes_on(after: &str) -> bool {
    let all = words(after);
    let Some(first) = all.first() else {
        return false;
    };
    let raw = slice(after, first.start, first.end);
    let stranger = [
        "em", "toi", "chau", "con", "xin", "gui", "so", "nay", "hien", "dang", "sdt", "dt",
    ];
    let kind = [
        "quan", "q", "huyen", "h", "phuong", "p", "xa", "thi", "tx", "tp", "thanh", "to", "thon",
        "ngo", "duong", "pho", "khu", "tinh", "ngach", "xom",
    ];
    kind.contains(&first.folded.as_str())
        || (raw.starts_with(char::is_uppercase) && !stranger.contains(&first.folded.as_str()))
}
