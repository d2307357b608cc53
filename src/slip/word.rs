//! Words of a line with their places, for readers that must point back into the text.

use unicode_normalization::char::is_combining_mark;

use crate::text;

/// One run of letters and digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Byte range in the line the word was cut from.
    pub start: usize,
    pub end: usize,
    /// Folded: lower case, no diacritics.
    pub folded: String,
}

/// Cuts a text into its words. Marks that combine with a letter stay with it.
pub fn words(line: &str) -> Vec<Word> {
    let mut out = Vec::new();
    let mut start = None;
    for (at, c) in line.char_indices() {
        let letter =
            text::is_alphanumeric(c) || (start.is_some() && !c.is_ascii() && is_combining_mark(c));
        match (letter, start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                push(&mut out, line, from, at);
                start = None;
            }
            (true, Some(_)) | (false, None) => {}
        }
    }
    if let Some(from) = start {
        push(&mut out, line, from, line.len());
    }
    out
}

fn push(out: &mut Vec<Word>, line: &str, start: usize, end: usize) {
    let folded = text::fold(slice(line, start, end));
    if !folded.is_empty() {
        out.push(Word { start, end, folded });
    }
}

/// The part of a text between two places; empty where there is no such part.
pub fn slice(text: &str, start: usize, end: usize) -> &str {
    text.get(start..end).unwrap_or("")
}

/// Whether two words are equal but for one letter: added, lost or changed (D17).
pub fn within_one(a: &str, b: &str) -> bool {
    // Folded words are; then a letter is a byte.
    if a.is_ascii() && b.is_ascii() {
        return one_apart(a.as_bytes(), b.as_bytes());
    }
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    one_apart(&a, &b)
}

fn one_apart<T: PartialEq>(a: &[T], b: &[T]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if long.len() - short.len() > 1 {
        return false;
    }
    let same = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    let tail = short
        .iter()
        .rev()
        .zip(long.iter().rev())
        .take_while(|(x, y)| x == y)
        .count();
    same + tail + 1 >= long.len()
}

/// One space for every run of spaces and dotted leaders; none, and no loose punctuation, at the ends.
pub fn tidy(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut dots = String::new();
    for c in value.chars() {
        match c {
            '.' => dots.push(c),
            '…' | '_' | '\t' => dots.push_str(".."),
            c => {
                flush(&mut out, &mut dots);
                if !c.is_whitespace() {
                    out.push(c);
                } else if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
        }
    }
    out.trim_matches(|c: char| c.is_whitespace() || ":;,-–—|*=.\"'“”".contains(c))
        .to_owned()
}

/// One dot is punctuation, several are a leader.
fn flush(out: &mut String, dots: &mut String) {
    match dots.len() {
        0 => {}
        1 => out.push('.'),
        _ if out.ends_with(' ') => {}
        _ => out.push(' '),
    }
    dots.clear();
}

#[cfg(test)]
mod tests {
    use super::tidy;
    use super::within_one;
    use super::words;

    #[test]
    fn words_point_back_into_their_line() {
        let line = "Họ tên:…Ánh, e\u{301}m";
        let found: Vec<_> = words(line)
            .into_iter()
            .map(|word| (&line[word.start..word.end], word.folded))
            .collect();
        let want = [
            ("Họ", "ho"),
            ("tên", "ten"),
            ("Ánh", "anh"),
            ("e\u{301}m", "em"),
        ];
        assert_eq!(found.len(), want.len());
        for ((raw, folded), (want_raw, want_folded)) in found.iter().zip(want) {
            assert_eq!((*raw, folded.as_str()), (want_raw, want_folded));
        }
    }

    #[test]
    fn one_slip_of_the_finger_is_forgiven_and_two_are_not() {
        let check = |a: &str, b: &str, want: bool| assert_eq!(within_one(a, b), want, "{a} {b}");
        check("hovaten", "hovaten", true);
        check("hovatem", "hovaten", true);
        check("hvaten", "hovaten", true);
        check("hoovaten", "hovaten", true);
        check("hvatem", "hovaten", false);
        check("aa", "aaa", true);
        check("", "ab", false);
    }

    #[test]
    fn leaders_are_no_part_of_a_value() {
        let check = |value: &str, want: &str| assert_eq!(tidy(value), want);
        check("……An……", "An");
        check(" Nguyễn....Văn   An ...", "Nguyễn Văn An");
        check("Số 9/112, P. 1204", "Số 9/112, P. 1204");
        check("........", "");
    }
}
