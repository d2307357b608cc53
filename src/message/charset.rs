//! Text of a mail to Unicode. What the bytes themselves show weighs more than what the header claims.

use mail_parser::decoders::charsets::map::charset_decoder;

use crate::text::legacy;
use crate::text::normal;
use crate::text::viscii;

/// Decodes by byte-order mark, then as UTF-8 where the bytes are UTF-8, then by the declared charset, then as UTF-8 with
/// a few broken letters, TCVN3 or Windows-1258 (old Vietnamese Windows). The result is not yet `normal`.
pub fn raw_text(bytes: &[u8], charset: Option<&str>) -> String {
    let named = |name: &str| charset_decoder(name.as_bytes()).map(|decode| decode(bytes));
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return utf16(bytes);
    }
    if let Some(big) = unmarked_wide(bytes) {
        return wide(bytes, big);
    }
    let charset = charset.unwrap_or_default();
    let charset = charset.trim().trim_matches(['"', '\'']);
    let wide = [
        "utf-16",
        "utf-32",
        "utf-7",
        "unicode-1-1-utf-7",
        "iso-2022",
        "hz-gb",
    ]
    .iter()
    .any(|start| charset.starts_with(start));
    if !wide && let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let told = match charset {
        "" | "utf-8" | "utf8" | "us-ascii" | "ascii" | "unknown-8bit" => None,
        "viscii" | "csviscii" | "viscii1.1-1" => Some(viscii::text(bytes)),
        "tcvn" | "tcvn3" | "x-viet-tcvn" | "tcvn-5712" | "tcvn5712-1" | "tcvn5712-1:1993" => {
            Some(tcvn3(bytes))
        }
        "utf-7" | "unicode-1-1-utf-7" => named("utf-7"),
        charset => named(charset),
    };
    told.or_else(|| nearly_utf8(bytes))
        .or_else(|| looks_like_tcvn3(bytes).then(|| tcvn3(bytes)))
        .or_else(|| named("windows-1258"))
        .unwrap_or_else(|| String::from_utf8_lossy(bytes).into_owned())
}

/// UTF-8 in which a few letters were broken: the others are not to suffer for them.
fn nearly_utf8(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let broken = text.matches('\u{fffd}').count();
    let whole = text
        .chars()
        .filter(|letter| !letter.is_ascii() && *letter != '\u{fffd}')
        .count();
    (whole > broken).then(|| text.into_owned())
}

/// TCVN 5712:1993, as ".Vn" fonts show it.
fn tcvn3(bytes: &[u8]) -> String {
    let latin: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    legacy::tcvn3(&latin, "")
}

/// In TCVN3 the commonest letters stand where Windows-1258 has signs ("µ" is "à", "¸" is "á", "®" is "đ"), and no
/// other text has such signs beside letters all the time.
fn looks_like_tcvn3(bytes: &[u8]) -> bool {
    let beside = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at))
            .is_some_and(|byte| byte.is_ascii_alphabetic() || *byte >= 0xc0)
    };
    let (mut signs, mut letters) = (0usize, 0usize);
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            0xa8..=0xae | 0xb5..=0xb9 | 0xbb..=0xbf
                if beside(at.checked_sub(1)) || beside(at.checked_add(1)) =>
            {
                signs += 1;
            }
            0x80..=0xff => letters += 1,
            _ => {}
        }
    }
    signs > 0 && signs * 4 >= letters
}

/// Whether bytes can be the words of a letter: few control characters, or twice as wide letters.
pub fn is_text(bytes: &[u8], charset: Option<&str>) -> bool {
    let text = raw_text(bytes, charset);
    let odd = text
        .chars()
        .filter(|c| c.is_control() && !c.is_whitespace() && *c != '\u{1b}')
        .count();
    odd * 20 <= text.len() || bytes.len() < 64
}

/// Whether letters were lost on the way.
pub fn is_broken(bytes: &[u8], charset: Option<&str>) -> bool {
    raw_text(bytes, charset).contains('\u{fffd}')
}

/// Decoded and in the program's one form.
pub fn text(bytes: &[u8], charset: Option<&str>) -> String {
    normal(&raw_text(bytes, charset))
}

fn utf16(bytes: &[u8]) -> String {
    let big = bytes.first() == Some(&0xfe);
    wide(bytes.get(2..).unwrap_or_default(), big)
}

fn wide(bytes: &[u8], big: bool) -> String {
    let units = bytes.chunks_exact(2).map(|pair| {
        let pair = [
            pair.first().copied().unwrap_or(0),
            pair.get(1).copied().unwrap_or(0),
        ];
        if big {
            u16::from_be_bytes(pair)
        } else {
            u16::from_le_bytes(pair)
        }
    });
    char::decode_utf16(units)
        .map(|c| c.unwrap_or('\u{fffd}'))
        .collect()
}

/// UTF-16 without its mark: every second byte is mostly nought, those between never. `Some(true)`: the high byte first.
fn unmarked_wide(bytes: &[u8]) -> Option<bool> {
    let head = bytes.get(..bytes.len().min(4_096) & !1)?;
    if head.len() < 8 {
        return None;
    }
    let noughts = |from: usize| {
        head.iter()
            .skip(from)
            .step_by(2)
            .filter(|b| **b == 0)
            .count()
    };
    let (even, odd) = (noughts(0), noughts(1));
    let mostly = |count: usize| count * 4 >= head.len();
    match (even, odd) {
        (even, 0) if mostly(even) => Some(true),
        (0, odd) if mostly(odd) => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn old_and_wrongly_named_charsets_still_give_vietnamese() {
        let check = |bytes: &[u8], charset: Option<&str>| {
            assert_eq!(text(bytes, charset), "Tiếng Việt", "{charset:?}");
        };
        check("Tiếng Việt".as_bytes(), Some("utf-8"));
        check("Tiếng Việt".as_bytes(), Some("iso-8859-1"));
        check("Tiếng Việt".as_bytes(), None);
        // ê + combining acute (0xEC), ê + combining dot below (0xF2)
        check(b"Ti\xea\xecng Vi\xea\xf2t", Some("windows-1258"));
        check(b"Ti\xea\xecng Vi\xea\xf2t", Some("us-ascii"));
        let mut wide = vec![0xff, 0xfe];
        wide.extend("Tiếng Việt".encode_utf16().flat_map(u16::to_le_bytes));
        check(&wide, Some("utf-16"));
        let big: Vec<u8> = "Tiếng Việt"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        check(&big, Some("utf-16be"));
    }
}
