//! The normal form: NFC, plain spaces, no invisible marks. Text has this form from the first parse on.

use unicode_normalization::UnicodeNormalization;

/// Puts text into the one form the program keeps: NFC, every kind of space a plain space, line ends `\n`,
/// byte-order marks, zero-width marks and control characters gone. Line breaks stay.
///
/// Soft hyphens go too, so convert legacy encodings (where U+00AD is the letter "ư") before calling this.
pub fn normal(text: &str) -> String {
    put(text, ' ')
}

/// The normal form of a page of a document, in which tabs still divide the cells of a row.
pub fn normal_page(text: &str) -> String {
    put(text, '\t')
}

fn put(text: &str, tab: char) -> String {
    if text.chars().all(is_composed) {
        from_composed(text.chars(), text.len(), tab)
    } else {
        from_composed(text.nfc(), text.len(), tab)
    }
}

/// Whether NFC surely leaves a character as it is (or makes another space of a space), whatever stands beside it: true
/// below the combining marks, of the letters of Vietnamese and of the signs of print (Unicode's NFC_Quick_Check).
fn is_composed(c: char) -> bool {
    matches!(c, '\0'..='\u{2ff}' | 'Ḁ'..='ỿ' | '\u{2000}'..='\u{206f}')
}

fn from_composed(chars: impl Iterator<Item = char>, length: usize, tab: char) -> String {
    let mut out = String::with_capacity(length);
    let mut chars = chars.peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                if chars.peek() != Some(&'\n') {
                    out.push('\n');
                }
            }
            '\n' => out.push('\n'),
            '\t' => out.push(tab),
            // Old keyboards wrote the Icelandic letter, which looks the same.
            'Ð' => out.push('Đ'),
            'ð' => out.push('đ'),
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
    use unicode_normalization::UnicodeNormalization as _;

    use super::from_composed;
    use super::normal;
    use super::normal_page;

    #[test]
    fn what_is_taken_for_composed_is() {
        for c in '\0'..=char::MAX {
            let text = format!("e{c}\u{1ec7}{c}");
            let want = from_composed(text.nfc(), 0, '\t');
            assert_eq!(normal_page(&text), want, "{c:?}");
        }
    }

    #[test]
    fn decomposed_and_composed_spellings_become_one() {
        let check = |text: &str, want: &str| assert_eq!(normal(text), want, "{text:?}");
        check("di\u{323}ch vu\u{323}", "dịch vụ");
        check("a\u{a0}b\tc\r\nd\re", "a b c\nd\ne");
        check("\u{feff}Bài\u{200b} dự thi", "Bài dự thi");
        check("Ðặng, ða", "Đặng, đa");
        assert_eq!(normal_page("a\u{a0}b\tc\r\nd"), "a b\tc\nd");
    }
}
