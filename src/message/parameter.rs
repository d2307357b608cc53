//! Content-Type and Content-Disposition: a word and its parameters, with values continued and encoded as RFC 2231 has
//! it, and as programs write them that never read it: raw bytes, encoded words, quotes and semicolons left out.

use std::collections::BTreeMap;

use super::charset;
use super::encoded;

/// What such a field says.
#[derive(Default)]
pub struct Value {
    /// "text/plain" or "attachment", lower case.
    pub word: String,
    parameters: BTreeMap<String, String>,
}

impl Value {
    /// A parameter by its name in lower case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }
}

/// Reads the value of a field.
pub fn read(raw: &[u8]) -> Value {
    let end = raw
        .iter()
        .position(|byte| *byte == b';')
        .unwrap_or(raw.len());
    let (first, rest) = raw.split_at(end);
    let first = without_comments(first);
    // "text/plain charset=utf-8": the semicolon was forgotten.
    let mut words = first.splitn(2, |byte| byte.is_ascii_whitespace());
    let mut word = words.next().unwrap_or_default().to_vec();
    let mut behind = words.next().unwrap_or_default();
    // "text / plain"
    if word.ends_with(b"/") || behind.starts_with(b"/") {
        word = first
            .iter()
            .filter(|byte| !byte.is_ascii_whitespace())
            .copied()
            .collect();
        behind = &[];
    }
    let mut pieces = split(behind);
    pieces.extend(split(rest));
    Value {
        word: String::from_utf8_lossy(&word)
            .trim_matches(|letter: char| letter == '"' || letter == '\'' || letter.is_control())
            .to_lowercase(),
        parameters: joined(pieces),
    }
}

/// One piece of a value: "filename*1*=…" is the second piece, and encoded.
struct Piece {
    name: String,
    place: Option<u32>,
    encoded: bool,
    value: Vec<u8>,
}

/// Takes the parameters apart.
fn split(raw: &[u8]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut rest = raw;
    while let Some(begin) = rest
        .iter()
        .position(|b| *b != b';' && !b.is_ascii_whitespace())
    {
        rest = rest.get(begin..).unwrap_or_default();
        let end = rest
            .iter()
            .position(|b| matches!(b, b'=' | b';'))
            .unwrap_or(rest.len());
        let (name, tail) = rest.split_at(end);
        if tail.first() != Some(&b'=') {
            // No parameter: what an unquoted value lost at its semicolon.
            if let Some(last) = pieces.last_mut() {
                last.value.extend_from_slice(b"; ");
                last.value.extend_from_slice(name.trim_ascii());
            }
            rest = tail;
            continue;
        }
        let tail = tail.get(1..).unwrap_or_default().trim_ascii_start();
        let (value, tail) = value(tail);
        if let Some(piece) = Piece::of(name, value) {
            pieces.push(piece);
        }
        rest = tail;
    }
    pieces
}

/// The value that begins here, its quotes gone, and what follows it.
fn value(raw: &[u8]) -> (Vec<u8>, &[u8]) {
    let semicolon = |raw: &[u8]| raw.iter().position(|b| *b == b';').unwrap_or(raw.len());
    let Some(quoted) = raw.strip_prefix(b"\"") else {
        let (value, rest) = raw.split_at(semicolon(raw));
        return (value.trim_ascii().to_vec(), rest);
    };
    let mut value = Vec::new();
    let mut at = 0;
    while let Some(byte) = quoted.get(at) {
        match (byte, quoted.get(at + 1)) {
            (b'"', _) => return (value, quoted.get(at + 1..).unwrap_or_default()),
            (b'\\', Some(next @ (b'"' | b'\\'))) => {
                value.push(*next);
                at += 1;
            }
            (byte, _) => value.push(*byte),
        }
        at += 1;
    }
    // Nobody closed the quotes: the value ends with its semicolon.
    let (value, rest) = quoted.split_at(semicolon(quoted));
    (value.trim_ascii().to_vec(), rest)
}

impl Piece {
    fn of(name: &[u8], value: Vec<u8>) -> Option<Piece> {
        let name = String::from_utf8_lossy(&without_comments(name))
            .trim()
            .to_lowercase();
        let mut marks = name.split('*');
        let base = marks.next()?.trim().to_owned();
        let place = marks.next().and_then(|place| place.trim().parse().ok());
        if base.is_empty() || base.len() > 100 {
            return None;
        }
        Some(Piece {
            encoded: name.ends_with('*'),
            name: base,
            place,
            value,
        })
    }
}

/// Puts continued values together in the order of their numbers, whatever order they came in and whatever is missing.
fn joined(pieces: Vec<Piece>) -> BTreeMap<String, String> {
    let mut plain: BTreeMap<String, String> = BTreeMap::new();
    let mut continued: BTreeMap<String, BTreeMap<u32, Piece>> = BTreeMap::new();
    for piece in pieces {
        if piece.place.is_none() && !piece.encoded {
            let value = shown(&piece);
            plain.entry(piece.name).or_insert(value);
        } else {
            let place = piece.place.unwrap_or(0);
            let known = continued.entry(piece.name.clone()).or_default();
            known.entry(place).or_insert(piece);
        }
    }
    for (name, pieces) in continued {
        let mut charset = None;
        let mut bytes = Vec::new();
        for (place, piece) in pieces {
            let mut value = piece.value.as_slice();
            if !piece.encoded {
                bytes.extend_from_slice(value);
                continue;
            }
            if place == 0 {
                let mut parts = value.splitn(3, |byte| *byte == b'\'');
                if let (Some(named), Some(_), Some(rest)) =
                    (parts.next(), parts.next(), parts.next())
                {
                    charset = Some(String::from_utf8_lossy(named).trim().to_ascii_lowercase());
                    value = rest;
                }
            }
            bytes.extend(percent(value));
        }
        let text = encoded::words(&charset::raw_text(&bytes, charset.as_deref()));
        if !text.trim().is_empty() {
            plain.insert(name, text);
        }
    }
    plain
}

/// A value without marks of its own.
fn shown(piece: &Piece) -> String {
    // "bai (1).doc" is a name, "utf-8 (Unicode)" is none.
    if matches!(piece.name.as_str(), "name" | "filename" | "boundary") {
        return encoded::text(&piece.value);
    }
    encoded::text(&without_comments(&piece.value))
        .trim()
        .to_owned()
}

/// Percent codes to bytes; a "%" that begins none stays.
fn percent(value: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((first, tail)) = rest.split_first() {
        let code = (*first == b'%')
            .then(|| tail.get(..2))
            .flatten()
            .and_then(|code| std::str::from_utf8(code).ok())
            .and_then(|code| u8::from_str_radix(code, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() {
            tail.get(2..).unwrap_or_default()
        } else {
            tail
        };
    }
    bytes
}

/// Comments in brackets taken out, and the blanks around.
fn without_comments(raw: &[u8]) -> Vec<u8> {
    let mut depth = 0usize;
    let kept: Vec<u8> = raw
        .iter()
        .copied()
        .filter(|byte| match byte {
            b'(' => {
                depth += 1;
                false
            }
            b')' if depth > 0 => {
                depth -= 1;
                false
            }
            _ => depth == 0,
        })
        .collect();
    kept.trim_ascii().to_vec()
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn parameters_are_read_as_they_were_meant() {
        let check = |raw: &str, word: &str, name: &str, want: Option<&str>| {
            let value = read(raw.as_bytes());
            assert_eq!(value.word, word, "{raw}");
            assert_eq!(value.get(name), want, "{raw}");
        };
        let file = |raw: &str, want: &str| check(raw, "attachment", "filename", Some(want));
        check(
            "text/plain; charset=\"UTF-8\"",
            "text/plain",
            "charset",
            Some("UTF-8"),
        );
        check(
            "TEXT/Plain;;; Charset = utf-8 (Unicode);",
            "text/plain",
            "charset",
            Some("utf-8"),
        );
        check(
            "text/plain charset=utf-8",
            "text/plain",
            "charset",
            Some("utf-8"),
        );
        check(
            "text / html (x); charset=a",
            "text/html",
            "charset",
            Some("a"),
        );
        check("", "", "charset", None);
        check(
            "multipart/mixed; boundary=\"a;b=\\\"c\\\"\"",
            "multipart/mixed",
            "boundary",
            Some("a;b=\"c\""),
        );
        file(
            "attachment; filename*=UTF-8''B%C3%A0i.doc; filename=Bai.doc",
            "Bài.doc",
        );
        file(
            "attachment; filename=Bai.doc; filename*=utf-8'vi'B%c3%a0i.doc",
            "Bài.doc",
        );
        file(
            "attachment; filename*1*=%A0i; filename*0*=UTF-8''B%C3; filename*2=.doc",
            "Bài.doc",
        );
        file(
            "attachment; filename*0*=UTF-8''B%C3%A0i; filename*2=.doc",
            "Bài.doc",
        );
        file("attachment; filename*=B%C3%A0i.doc", "Bài.doc");
        file(
            "attachment; filename*=windows-1258''Ti%EA%ECng.doc",
            "Ti\u{ea}\u{301}ng.doc",
        );
        file("attachment; filename*=x-la''B%C3%A0i.doc", "Bài.doc");
        file("attachment; filename=bai thi (1).doc", "bai thi (1).doc");
        file("attachment; filename=bai; so 1.doc", "bai; so 1.doc");
        file("attachment; filename=\"bai.doc; size=3", "bai.doc");
        file("attachment; filename=\"bai.doc\" size=3", "bai.doc");
        file(
            "attachment; filename=\"=?UTF-8?Q?B=C3=A0i.doc?=\"",
            "Bài.doc",
        );
        file("attachment; filename==?UTF-8?Q?B=C3=A0i.doc?=", "Bài.doc");
        file("attachment; filename=\"C:\\Bai\\a.doc\"", "C:\\Bai\\a.doc");
        file("attachment; filename=a.doc; filename=b.doc", "a.doc");
        file("attachment; filename=Bài.doc", "Bài.doc");
    }
}
