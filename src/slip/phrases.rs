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
        let value = match field {
            Field::Name => {
                name::leading(rest.trim_start_matches([':', ' '])).map(|(found, _)| found)
            }
            Field::Birth => date::birth(head(rest, 40)),
            Field::Phone => phone::first(head(rest, 40)),
            Field::Class => class(rest),
            Field::School if all.get(*from).is_some_and(|word| word.folded == "truong") => {
                let next = all.get(*to).map_or("", |word| word.folded.as_str());
                [
                    "thcs", "thpt", "tieu", "th", "mam", "mn", "dai", "cao", "trung", "ptcs", "dh",
                ]
                .contains(&next)
                .then(|| place(slice(sentence, first.start, stop)))
            }
            Field::School | Field::Unit | Field::Address | Field::Household => Some(place(rest)),
            Field::Signature | Field::Other => None,
        };
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            out.push((*field, value));
        }
    }
    out
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

/// A school, office or address: to the end of the sentence; over a comma only while parts of a place follow.
fn place(rest: &str) -> String {
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
    tidy(head(slice(rest, 0, end), 200))
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
