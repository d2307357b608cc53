//! Plain text: UTF-8, UTF-16 with a byte-order mark, else windows-1258 as old Windows wrote Vietnamese.

use super::Document;
use super::Kind;
use super::form;
use super::limits;
use super::package::utf16;
use crate::entry::Finding;
use crate::entry::FindingCode;
use crate::text::normal_page;

/// Reads a text file.
pub fn read(bytes: &[u8]) -> Document {
    let Some(text) = decode(bytes) else {
        return Document {
            kind: Kind::Text,
            findings: vec![FindingCode::Damaged.into()],
            ..Document::default()
        };
    };
    from_text(Kind::Text, &text)
}

/// A document of nothing but text (an essay in a mail, for one): no pages, fonts or paper.
pub fn from_text(kind: Kind, text: &str) -> Document {
    let mut document = Document {
        kind,
        text: normal_page(text).trim().to_owned(),
        ..Document::default()
    };
    if document.text.len() > limits::TEXT_BYTES {
        let end = document.text.floor_char_boundary(limits::TEXT_BYTES);
        document.text.truncate(end);
        document
            .findings
            .push(Finding::new(FindingCode::TooLarge, "text"));
    }
    if document.text.is_empty() {
        document.findings.push(FindingCode::Empty.into());
    }
    document.form.diacritics = form::diacritics(&document.text);
    if document.form.diacritics == Some(false) {
        document.findings.push(FindingCode::NoDiacritics.into());
    }
    document
}

/// Bytes as text; `None` where they are no text at all.
pub fn decode(bytes: &[u8]) -> Option<String> {
    match bytes {
        [] => return None,
        [0xff, 0xfe, rest @ ..] => return Some(utf16(rest, u16::from_le_bytes)),
        [0xfe, 0xff, rest @ ..] => return Some(utf16(rest, u16::from_be_bytes)),
        _ => {}
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => is_text(text).then(|| text.to_owned()),
        // A multi-byte letter cut at the end of the piece.
        Err(error) if error.error_len().is_none() && error.valid_up_to() > 0 => {
            let whole = bytes.get(..error.valid_up_to())?;
            std::str::from_utf8(whole)
                .ok()
                .filter(|text| is_text(text))
                .map(str::to_owned)
        }
        Err(_) => {
            let text: String = bytes.iter().map(|byte| windows_1258(*byte)).collect();
            is_text(&text).then_some(text)
        }
    }
}

/// Text has next to no control characters.
fn is_text(text: &str) -> bool {
    let odd = text
        .chars()
        .filter(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}' | '\u{1b}'))
        .count();
    odd * 200 <= text.len()
}

/// One byte of windows-1252.
pub fn windows_1252(byte: u8) -> char {
    const HIGH: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";
    match byte {
        0x80..=0x9f => HIGH
            .chars()
            .nth(usize::from(byte - 0x80))
            .unwrap_or(char::REPLACEMENT_CHARACTER),
        other => char::from(other),
    }
}

/// One byte of windows-1258; combining tones are composed later by the normal form.
pub fn windows_1258(byte: u8) -> char {
    match byte {
        0x80..=0x9f => windows_1252(byte),
        0xc3 => 'Ă',
        0xcc => '\u{300}',
        0xd0 => 'Đ',
        0xd2 => '\u{309}',
        0xd5 => 'Ơ',
        0xdd => 'Ư',
        0xde => '\u{303}',
        0xe3 => 'ă',
        0xec => '\u{301}',
        0xf0 => 'đ',
        0xf2 => '\u{323}',
        0xf5 => 'ơ',
        0xfd => 'ư',
        0xfe => '₫',
        other => char::from(other),
    }
}

#[cfg(test)]
mod tests {
    use super::decode;
    use super::read;

    #[test]
    fn old_and_new_encodings_give_the_same_words() {
        let check = |bytes: &[u8], want: &str| assert_eq!(read(bytes).text, want);
        check("Bài dự thi".as_bytes(), "Bài dự thi");
        check(b"\xef\xbb\xbfB\xc3\xa0i", "Bài");
        check(b"\xff\xfeB\0\xe0\0i\0", "Bài");
        // windows-1258: a + grave, d + u with a dot below.
        check(
            b"Ba\xcci d\xfd\xf2 thi \xf0\xfa\xf2ng",
            "Bài dự thi đúng".replace("úng", "ụ́ng").as_str(),
        );
        assert_eq!(decode(b"\x01\x02\x03\x04"), None);
    }
}
