//! Ticked answers of the multiple-choice part (R001-20).
//!
//! Printed options and headings of essay questions are no answers; two different answers to one question are none.

use std::collections::BTreeMap;

use super::word::Word;
use super::word::slice;
use super::word::words;
use crate::text;

/// Question number → letter, as the author ticked it ("Câu 1: A").
pub fn find(text: &str) -> BTreeMap<u16, char> {
    let mut ticked = Ticked::default();
    let mut singles: Vec<(usize, u16, char)> = Vec::new();
    let mut question: Option<u16> = None;
    let mut essay = false;
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    for (at, line) in lines.iter().enumerate() {
        let folded = if line.len() <= 200 {
            text::fold(line)
        } else {
            String::new()
        };
        if folded.contains("trac nghiem") {
            essay = false;
        } else if folded.contains("tu luan") && folded.len() <= 80 && !folded.starts_with("cau ") {
            essay = true;
        }
        if essay {
            continue;
        }
        let all = words(line);
        if let Some(rows) = table(line, &all, lines.get(at + 1).copied()) {
            for (number, letter) in rows {
                ticked.add(number, Some(letter));
            }
            continue;
        }
        let pairs = pairs(line, &all);
        match pairs.as_slice() {
            [] => {}
            [(number, letter)]
                if !all
                    .first()
                    .is_some_and(|word| word.folded.starts_with("cau")) =>
            {
                singles.push((at, *number, *letter));
                continue;
            }
            several => {
                for (number, letter) in several {
                    ticked.add(*number, Some(*letter));
                }
                continue;
            }
        }
        let headings = headings(&all);
        if headings.is_empty() {
            // "Đáp án: C" below its question.
            if let (Some(number), Some(tick)) = (question, reply(line, &all)) {
                ticked.add(number, tick);
            }
            continue;
        }
        for (index, (number, from)) in headings.iter().enumerate() {
            question = Some(*number);
            let start = all.get(from.saturating_sub(1)).map_or(0, |word| word.end);
            let end = headings
                .get(index + 1)
                .and_then(|(_, next)| all.get(next.saturating_sub(2)))
                .map_or(line.len(), |word| word.start);
            if let Some(tick) = tick(slice(line, start, end)) {
                ticked.add(*number, tick);
            } else if slice(line, start, end)
                .trim_matches([' ', ':', '.', '-', '–', '\t'])
                .is_empty()
                && let Some(below) = lines.get(at + 1)
                && let [word] = words(below).as_slice()
                && let Some(letter) = letter(slice(below, word.start, word.end))
            {
                ticked.add(*number, Some(letter));
            }
        }
    }
    for (at, number, letter) in &singles {
        let beside = |(other, next, _): &(usize, u16, char)| {
            at.abs_diff(*other) <= 2 && number.abs_diff(*next) == 1
        };
        if singles.iter().any(beside) {
            ticked.add(*number, Some(*letter));
        }
    }
    ticked
        .0
        .into_iter()
        .filter_map(|(number, letter)| Some((number, letter?)))
        .collect()
}

/// `None` for a question that was answered in two ways.
#[derive(Default)]
struct Ticked(BTreeMap<u16, Option<char>>);

impl Ticked {
    fn add(&mut self, number: u16, letter: Option<char>) {
        let slot = self.0.entry(number).or_insert(letter);
        if *slot != letter {
            *slot = None;
        }
    }
}

fn letter(word: &str) -> Option<char> {
    let mut chars = word.chars();
    let first = chars.next()?.to_ascii_uppercase();
    (chars.next().is_none() && ('A'..='E').contains(&first)).then_some(first)
}

fn number(word: &str) -> Option<u16> {
    word.parse()
        .ok()
        .filter(|number| (1..=200).contains(number))
}

/// Places of "Câu 3", "Câu hỏi 3", "Câu số 3": the number, and the index of the word behind it.
fn headings(all: &[Word]) -> Vec<(u16, usize)> {
    let mut out = Vec::new();
    for (at, word) in all.iter().enumerate() {
        if word.folded != "cau" {
            continue;
        }
        let skip = usize::from(
            all.get(at + 1)
                .is_some_and(|next| ["hoi", "so"].contains(&next.folded.as_str())),
        );
        if let Some(number) = all.get(at + 1 + skip).and_then(|next| number(&next.folded)) {
            out.push((number, at + 2 + skip));
        }
    }
    out
}

/// Words that announce an answer.
const ANNOUNCE: &[&str] = &[
    "dap", "an", "tra", "loi", "chon", "phuong", "y", "dung", "toi", "em", "cau", "la", "ket",
    "qua", "lua",
];

/// "Đáp án: C" as a line of its own.
fn reply(line: &str, all: &[Word]) -> Option<Option<char>> {
    let first = all.first()?;
    let announces = ["dap", "tra", "chon", "phuong", "toi", "em"].contains(&first.folded.as_str());
    (announces && line.len() <= 200)
        .then(|| tick(line))
        .flatten()
}

/// The letter ticked behind the number of a question; `Some(None)` when two are ticked.
fn tick(rest: &str) -> Option<Option<char>> {
    let all = words(rest);
    let lead = all
        .iter()
        .take_while(|word| {
            letter(slice(rest, word.start, word.end)).is_none()
                && ANNOUNCE.contains(&word.folded.as_str())
        })
        .count();
    let word = all.get(lead)?;
    let raw = slice(rest, word.start, word.end);
    let found = letter(raw)?;
    let after = slice(rest, word.end, rest.len());
    let small = raw.starts_with(|c: char| c.is_ascii_lowercase());
    let next = all.get(lead + 1);
    // "E ngại lớn nhất là gì": a word of one letter.
    if let Some(next) = next
        && slice(rest, word.end, next.start).trim().is_empty()
        && slice(rest, next.start, next.end).starts_with(char::is_lowercase)
        && !["va", "hoac"].contains(&next.folded.as_str())
    {
        return None;
    }
    // "a) Nêu khái niệm": a part of an essay question.
    if small && lead == 0 && next.is_some() {
        return None;
    }
    let mut others = all.iter().skip(lead + 1).filter(|other| {
        let mark = slice(rest, other.end, rest.len()).starts_with(['.', ')', ':', '/']);
        let alone = letter(slice(rest, other.start, other.end)).is_some_and(|other| other != found)
            && slice(rest, other.start, other.end)
                .starts_with(|c: char| c.is_ascii_uppercase() || small);
        alone
            && (mark
                || other.end == rest.trim_end().len()
                || after.trim_start().starts_with([',', '/', '&', '+']))
    });
    let several = others.next().is_some();
    let listed = others.next().is_some();
    if listed || (several && after.trim_start().starts_with(['.', ')']) && after.trim().len() > 8) {
        return None;
    }
    Some((!several).then_some(found))
}

/// Pairs such as "1A 2B 3C" or "1 - A; 2 - C" when a line holds nothing else.
fn pairs(line: &str, all: &[Word]) -> Vec<(u16, char)> {
    let lead = [
        "dap", "an", "tra", "loi", "phan", "trac", "nghiem", "bai", "lam", "cau", "i", "chon",
        "ket", "qua",
    ];
    let mut out = Vec::new();
    let mut waiting = None;
    for word in all {
        let raw = slice(line, word.start, word.end);
        let digits = raw.chars().take_while(char::is_ascii_digit).count();
        let (head, tail) = (slice(raw, 0, digits), slice(raw, digits, raw.len()));
        match (waiting, number(head), letter(tail)) {
            (None, Some(number), Some(letter)) => out.push((number, letter)),
            (None, Some(number), None) if tail.is_empty() => waiting = Some(number),
            (Some(number), None, Some(letter)) => {
                out.push((number, letter));
                waiting = None;
            }
            (None, None, _) if lead.contains(&word.folded.as_str()) => {}
            _ => return Vec::new(),
        }
    }
    if waiting.is_some() { Vec::new() } else { out }
}

/// A row of numbers above a row of letters.
fn table(line: &str, all: &[Word], below: Option<&str>) -> Option<Vec<(u16, char)>> {
    let below = below?;
    let labelled = all.first().is_some_and(|word| word.folded == "cau");
    let skip = all
        .iter()
        .take_while(|word| ["cau", "hoi", "so"].contains(&word.folded.as_str()))
        .count();
    let numbers: Option<Vec<u16>> = all
        .iter()
        .skip(skip)
        .map(|word| number(&word.folded))
        .collect();
    let numbers = numbers.filter(|numbers| numbers.len() >= if labelled { 2 } else { 3 })?;
    if line.contains('\t') && below.contains('\t') {
        let tops = line.split('\t').map(str::trim);
        let cells = below.split('\t').map(str::trim);
        let rows: Vec<_> = tops
            .zip(cells)
            .filter_map(|(top, cell)| Some((number(top)?, letter(cell)?)))
            .collect();
        return (!rows.is_empty()).then_some(rows);
    }
    let under = words(below);
    let letters: Vec<char> = under
        .iter()
        .skip_while(|word| ANNOUNCE.contains(&word.folded.as_str()))
        .map_while(|word| letter(slice(below, word.start, word.end)))
        .collect();
    (letters.len() == numbers.len()).then(|| numbers.into_iter().zip(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn ticked_answers_are_read_and_printed_options_are_not() {
        let check = |text: &str, want: &str| {
            let got: Vec<_> = find(text)
                .into_iter()
                .map(|(number, letter)| format!("{number}{letter}"))
                .collect();
            assert_eq!(got.join(" "), want, "{text:?}");
        };
        check("Câu 1: A", "1A");
        check(
            "Câu 1: A. Chỉ xem thông tin\nCâu 2: C. Qua tổng đài",
            "1A 2C",
        );
        check("Câu 1. Chọn đáp án B", "1B");
        check("Câu 1 – Đáp án: a", "1A");
        check("CÂU 12: d", "12D");
        check("Cau 3 B", "3B");
        check("Câu 1: A; Câu 2: B  Câu 3: C", "1A 2B 3C");
        check("1A 2B 3C", "1A 2B 3C");
        check("Đáp án: 1-A, 2-B", "1A 2B");
        check("1 - A; 2 - C", "1A 2C");
        check("1. A\n2. C\n3. b", "1A 2C 3B");
        check("Câu\t1\t2\t3\nĐáp án\tA\tB\tC", "1A 2B 3C");
        check("Câu 1 2 3\nĐáp án A B C", "1A 2B 3C");
        check("Câu\t1\t2\t3\nĐáp án\tA\t\tC", "1A 3C");
        check(
            "Câu 1: Dịch vụ công là gì?\nA. Một\nB. Hai\nĐáp án: B",
            "1B",
        );
        check("Câu 1:\nC", "1C");
        check(
            "Câu 1: Dịch vụ công là gì?\nA. Một\nB. Hai\nC. Ba\nD. Bốn",
            "",
        );
        check("Câu 1: A. Một  B. Hai  C. Ba  D. Bốn", "");
        check("Câu 6: Anh (chị) hãy nêu cảm nhận", "");
        check("Câu 6: E ngại lớn nhất là gì?", "");
        check("Câu 6: a) Nêu khái niệm b) Cho ví dụ", "");
        check("Câu 1: A\nCâu 1: B\nCâu 2: C", "2C");
        check("Câu 1: A\nCâu 1: A", "1A");
        check("Câu 1: A, C", "");
        check(
            "I. PHẦN TRẮC NGHIỆM\nCâu 1: A\nII. PHẦN TỰ LUẬN\nCâu 1: B",
            "1A",
        );
        check("Lớp 9A", "");
        check("9A", "");
        check("Năm 2018 có 12 thủ tục", "");
        check("Câu 99999999: A", "");
        check("Câu 1: Ă", "");
        check("", "");
    }
}
