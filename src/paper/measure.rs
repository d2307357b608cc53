//! How long a text is in Times New Roman, near enough for the length of a rule and the height of a row.

/// Width in thousandths of the font's size.
pub fn width(text: &str) -> u32 {
    text.chars()
        .map(|c| match c {
            ' ' | '.' | ',' | ':' | ';' | '/' | '-' | 'i' | 'l' | 'j' | 't' | 'f' | 'r' => 290,
            'm' | 'w' | 'M' | 'W' => 850,
            c if c.is_uppercase() => 690,
            // East Asian letters and pictures are as wide as they are high.
            c if c >= '\u{1100}' && !('\u{1e00}'..'\u{2100}').contains(&c) => 1_000,
            _ => 490,
        })
        .sum()
}

/// Lines that a text takes when it is broken between words, and a word too long for a line within.
pub fn lines(text: &str, line: u32) -> u32 {
    let line = line.max(1);
    let mut lines = 1;
    let mut used = 0;
    for word in text.split_inclusive(' ') {
        let wide = width(word);
        // The space at the end of a line may hang over its end.
        let without_space = width(word.trim_end());
        if used > 0 && used + without_space > line {
            lines += 1;
            used = 0;
        }
        lines += without_space.saturating_sub(1) / line;
        used = if without_space > line {
            without_space % line
        } else {
            used + wide
        };
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::lines;
    use super::width;

    #[test]
    fn a_text_takes_as_many_lines_as_its_words_need() {
        let line = width("Phường Hàng");
        let check = |text: &str, want: u32| assert_eq!(lines(text, line), want, "{text:?}");
        check("", 1);
        check("Phường Hàng", 1);
        check("Phường Hàng Bạc", 2);
        check("Phường Hàng Bạc Phường Hàng", 3);
        check(&"n".repeat(100), width(&"n".repeat(100)).div_ceil(line));
        assert_eq!(lines("a", 0), 490);
    }
}
