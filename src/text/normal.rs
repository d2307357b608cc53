//! The normal form: NFC, plain spaces, no invisible marks. Text has this form from the first parse on.

use unicode_normalization::UnicodeNormalization;

/// Puts text into the one form the program keeps: NFC, every kind of space a plain space, line ends `\n`,
/// byte-order marks, zero-width marks and control characters gone. Line breaks stay.
///
/// Soft hyphens go too, so convert legacy encodings (where U+00AD is the letter "ư") before calling this.
pub fn normal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.nfc().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                if chars.peek() != Some(&'\n') {
                    out.push('\n');
                }
            }
            '\n' => out.push('\n'),
            '\u{2028}' | '\u{2029}' | '\u{0b}' | '\u{0c}' => out.push('\n'),
            '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}'
            | '\u{feff}' => {}
            c if c.is_whitespace() => out.push(' '),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::normal;

    #[test]
    fn decomposed_and_composed_spellings_become_one() {
        let check = |text: &str, want: &str| assert_eq!(normal(text), want, "{text:?}");
        check("di\u{323}ch vu\u{323}", "dịch vụ");
        check("a\u{a0}b\tc\r\nd\re", "a b c\nd\ne");
        check("\u{feff}Bài\u{200b} dự thi", "Bài dự thi");
    }
}
