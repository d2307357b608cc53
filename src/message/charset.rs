//! Text of a mail to Unicode. What the bytes themselves show weighs more than what the header claims.

use mail_parser::decoders::charsets::map::charset_decoder;

use crate::text::normal;

/// Decodes by byte-order mark, then as UTF-8 where the bytes are UTF-8, then by the declared charset, then as
/// Windows-1258 (old Vietnamese Windows). The result is not yet `normal`.
pub fn raw_text(bytes: &[u8], charset: Option<&str>) -> String {
    let named = |name: &str| charset_decoder(name.as_bytes()).map(|decode| decode(bytes));
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return utf16(bytes);
    }
    if let Some(big) = unmarked_wide(bytes) {
        return wide(bytes, big);
    }
    let charset = charset.unwrap_or_default();
    let wide = charset.starts_with("utf-16")
        || charset.starts_with("utf-7")
        || charset.starts_with("iso-2022");
    if !wide && let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let told = match charset {
        "" | "utf-8" | "utf8" | "us-ascii" | "ascii" | "unknown-8bit" => None,
        charset => named(charset),
    };
    told.or_else(|| named("windows-1258"))
        .unwrap_or_else(|| String::from_utf8_lossy(bytes).into_owned())
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
