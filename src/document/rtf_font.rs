//! The table of fonts of an rtf: names, and the code page that a font's letters are written in.

use std::collections::HashMap;

use super::limits;

/// Vietnamese, as Windows numbers character sets.
const VIETNAMESE: i32 = 163;

/// All fonts by their number.
#[derive(Debug, Default)]
pub struct Fonts {
    fonts: HashMap<i32, Font>,
    /// The entry that is being read.
    entry: Option<(i32, Font)>,
}

#[derive(Debug, Default)]
struct Font {
    name: String,
    charset: i32,
    code_page: Option<i32>,
}

impl Fonts {
    pub fn begin_entry(&mut self, number: i32) {
        self.entry = Some((number, Font::default()));
    }

    /// A control word inside an entry.
    pub fn word(&mut self, word: &str, number: i32) {
        let Some((_, font)) = &mut self.entry else {
            return;
        };
        match word {
            "fcharset" => font.charset = number,
            "cpg" => font.code_page = Some(number),
            _ => {}
        }
    }

    pub fn end_entry(&mut self, name: &str) {
        if let Some((number, mut font)) = self.entry.take()
            && self.fonts.len() < limits::FONTS
        {
            font.name = shown_name(name);
            self.fonts.insert(number, font);
        }
    }

    pub fn name(&self, number: i32) -> &str {
        self.fonts
            .get(&number)
            .map_or("", |font| font.name.as_str())
    }

    /// The code page of a font's letters; `files` is the one the file declares.
    pub fn code_page(&self, number: i32, files: i32) -> i32 {
        let own = self.fonts.get(&number).and_then(|font| {
            font.code_page.or(match font.charset {
                VIETNAMESE => Some(1258),
                0 => Some(1252),
                // "Default" and "symbol" say nothing of letters.
                _ => None,
            })
        });
        match own.unwrap_or(files) {
            // Files that declare a Vietnamese code page mean it where the font says nothing better.
            1252 if files == 1258 => 1258,
            page => page,
        }
    }
}

/// The name without the words that old Windows put behind it for other scripts.
fn shown_name(name: &str) -> String {
    let name = name.trim().trim_end_matches(';').trim();
    [
        " (Vietnamese)",
        " (Hebrew)",
        " (Arabic)",
        " CE",
        " Cyr",
        " Greek",
        " Tur",
        " Baltic",
    ]
    .iter()
    .find_map(|ending| name.strip_suffix(ending))
    .unwrap_or(name)
    .to_owned()
}
