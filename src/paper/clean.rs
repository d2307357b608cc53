//! Strangers' text as a cell or a line may hold it: nothing that XML forbids, that turns the line around or that runs over.

use crate::text::normal;

/// What a cell of a sheet holds at most, in UTF-16 units (Excel's own limit).
const CELL: usize = 32_767;
/// What a line or a cell of a letter holds at most, in characters; longer text would push the letter apart.
const LINE: usize = 300;

/// One line in normal form: line breaks and tabs as spaces; control characters and marks of direction gone, because a name
/// that turns the rest of its line around could make a paper say something else; what XML 1.0 forbids as U+FFFD.
pub fn line(text: &str) -> String {
    let line: String = normal(text)
        .chars()
        .filter(|c| !matches!(c, '\u{061c}' | '\u{2066}'..='\u{2069}'))
        .map(|c| match c {
            '\n' => ' ',
            '\u{fffe}' | '\u{ffff}' => char::REPLACEMENT_CHARACTER,
            c => c,
        })
        .collect();
    line.trim().to_owned()
}

/// A line for a cell of a sheet.
pub fn cell(text: &str) -> String {
    let mut line = line(text);
    if line.encode_utf16().count() > CELL {
        let mut units = 1;
        line = line
            .chars()
            .take_while(|c| {
                units += c.len_utf16();
                units <= CELL
            })
            .collect();
        line.push('…');
    }
    // rust_xlsxwriter takes a text between these marks for one that it has formatted itself, and would write it unescaped.
    if line.starts_with("<r>") && line.ends_with("</r>") {
        line.push('\u{a0}');
    }
    line
}

/// A line for a letter's table.
pub fn short(text: &str) -> String {
    let line = line(text);
    match line.char_indices().nth(LINE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::CELL;
    use super::cell;
    use super::line;
    use super::short;

    #[test]
    fn a_line_holds_nothing_that_xml_or_a_reader_stumbles_over() {
        let check = |text: &str, want: &str| assert_eq!(line(text), want, "{text:?}");
        check(" Nguyễn\tVăn\r\nAn ", "Nguyễn Văn An");
        check("Nguye\u{302}\u{303}n", "Nguyễn");
        check("A\0\u{1}\u{7f}\u{85}n", "A n");
        check("\u{202e}nA\u{2066}\u{2069}", "nA");
        check("A\u{ffff}", "A\u{fffd}");
        check("=1+1", "=1+1");
        check("🌸 \u{5d0}\u{5d1}", "🌸 \u{5d0}\u{5d1}");
    }

    #[test]
    fn long_text_ends_with_a_mark_that_it_goes_on() {
        let long = cell(&"🌸".repeat(20_000));
        assert_eq!(long.encode_utf16().count(), CELL);
        assert!(long.ends_with('…'));
        assert_eq!(cell(&"a".repeat(CELL)).len(), CELL);
        assert_eq!(short(&"ấ".repeat(301)).chars().count(), 301);
        assert_eq!(short("An"), "An");
    }
}
