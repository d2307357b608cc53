//! Symbols that a docx names by font and code instead of writing a letter (ECMA-376 part 1, §17.3.3.30).

/// The symbols a ticked box or a bullet is made of; others have no meaning in a text.
pub fn symbol(font: &str, code: u32) -> Option<char> {
    let low = code & 0xff;
    if font.starts_with("Wingdings") {
        return match low {
            0xfe | 0x52 => Some('☑'),
            0xfd | 0x53 | 0x54 => Some('☒'),
            0xa8 | 0x6f | 0x71 => Some('☐'),
            0xfc | 0x50 => Some('✓'),
            0xfb | 0x4f => Some('✗'),
            0xe0 => Some('→'),
            _ => Some('•'),
        };
    }
    match code {
        0xf000..=0xf0ff if low == 0xb7 => Some('•'),
        0xf020..=0xf07e => char::from_u32(low),
        0xf000..=0xf0ff => Some('•'),
        _ => char::from_u32(code),
    }
}

#[cfg(test)]
mod tests {
    use super::symbol;

    #[test]
    fn ticked_boxes_keep_their_tick() {
        let check =
            |font, code, want| assert_eq!(symbol(font, code), Some(want), "{font} {code:x}");
        check("Wingdings", 0xf0fe, '☑');
        check("Wingdings", 0xf0a8, '☐');
        check("Symbol", 0xf0b7, '•');
        check("Times New Roman", 0x41, 'A');
    }
}
