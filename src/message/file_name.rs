//! File names as strangers send them, made harmless: decoded, no folders, no control characters, NFC.

use super::encoded;
use crate::text::normal;

/// Longest name kept, in characters.
const MAX: usize = 180;

/// `"..\\bai thi\\B%C3%A0i.docx"` → `"Bài.docx"`. Empty when nothing is left.
pub fn clean(raw: &str) -> String {
    // Some mailers put RFC 2047 words where RFC 2231 belongs.
    let decoded = encoded::words(raw);
    let decoded = decode_percent(&decoded).unwrap_or(decoded);
    let plain = normal(&decoded).replace('\n', " ");
    let last = plain.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.trim().trim_matches('"').chars().take(MAX).collect();
    match name.trim() {
        "." | ".." => String::new(),
        name => name.to_owned(),
    }
}

/// The name without its ending: "Bài thi.docx" → "Bài thi".
pub fn stem(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && ending.len() <= 5 => stem,
        Some(_) | None => name,
    }
}

/// The ending in lower case, without the dot; empty when there is none.
pub fn ending(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((_, ending)) if ending.len() <= 5 => ending.to_ascii_lowercase(),
        Some(_) | None => String::new(),
    }
}

/// Some put percent codes without saying so: only taken when they make Vietnamese letters of UTF-8.
fn decode_percent(name: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let code = (*first == b'%')
            .then(|| tail.get(..2))
            .flatten()
            .and_then(|code| std::str::from_utf8(code).ok())
            .and_then(|code| u8::from_str_radix(code, 16).ok());
        match code {
            Some(code) => {
                bytes.push(code);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    let decoded = String::from_utf8(bytes).ok()?;
    (!decoded.is_ascii() && decoded.len() < name.len()).then_some(decoded)
}

/// Natural order: "IMG_2" before "IMG_10".
pub fn natural(name: &str) -> Vec<(u8, u64, String)> {
    let mut key = Vec::new();
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        let digits = first.is_ascii_digit();
        let end = rest
            .find(|c: char| c.is_ascii_digit() != digits)
            .unwrap_or(rest.len());
        let (piece, tail) = rest.split_at(end);
        key.push(if digits {
            (0, piece.parse().unwrap_or(u64::MAX), String::new())
        } else {
            (1, 0, piece.to_lowercase())
        });
        rest = tail;
    }
    key
}

#[cfg(test)]
mod tests {
    use super::clean;
    use super::natural;

    #[test]
    fn file_names_are_decoded_and_lose_their_folders() {
        let check = |raw: &str, want: &str| assert_eq!(clean(raw), want, "{raw:?}");
        check("Bài dự thi.docx", "Bài dự thi.docx");
        check("C:\\Users\\An\\bai thi.doc", "bai thi.doc");
        check("../../etc/passwd", "passwd");
        check("..", "");
        check("=?UTF-8?Q?B=C3=A0i_thi.docx?=", "Bài thi.docx");
        check("B%C3%A0i%20thi.docx", "Bài thi.docx");
        check("giảm 50%.docx", "giảm 50%.docx");
        check("a\r\nBcc: x\0.pdf", "a Bcc: x.pdf");
    }

    #[test]
    fn photos_are_read_in_the_order_of_their_numbers() {
        let mut names = ["IMG_10.jpg", "IMG_2.jpg", "IMG_1.jpg", "img_11.jpg"];
        names.sort_by_key(|name| natural(name));
        assert_eq!(
            names,
            ["IMG_1.jpg", "IMG_2.jpg", "IMG_10.jpg", "img_11.jpg"]
        );
    }
}
