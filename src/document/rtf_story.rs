//! A story of an rtf: its lines, and the fonts its letters are set in.

use super::form::Census;
use super::lines::Lines;
use super::plain;
use super::symbol::symbol;

/// How letters look.
#[derive(Clone, Debug, Default)]
pub struct Ink {
    pub font: String,
    pub points: f32,
}

#[derive(Debug, Default)]
pub struct Story {
    pub lines: Lines,
    census: Census,
}

impl Story {
    pub fn bytes(&self) -> usize {
        self.lines.bytes()
    }

    pub fn write(&mut self, ink: &Ink, text: &str) {
        // Letters of symbol fonts are written as codes in the private area, or as plain bytes.
        let is_symbol = ink.font.starts_with("Wingdings") || ink.font == "Symbol";
        let letters: String = text
            .chars()
            .filter_map(|c| match c {
                '\u{f000}'..='\u{f0ff}' => symbol(&ink.font, u32::from(c)),
                '!'..='ÿ' if is_symbol => symbol(&ink.font, u32::from(c) | 0xf000),
                other => Some(other),
            })
            .collect();
        let letters = self.census.run(&ink.font, &ink.font, ink.points, &letters);
        self.lines.put(&letters);
    }

    pub fn absorb(&mut self, census: Census) {
        self.census.add(census);
    }

    pub fn finish(self) -> (String, Census) {
        (self.lines.finish(), self.census)
    }
}

/// Bytes of a Windows code page as letters; those nobody writes Vietnamese in are read as windows-1252.
pub fn decode(raw: &[u8], page: i32, out: &mut String) {
    match page {
        65_001 => out.push_str(&String::from_utf8_lossy(raw)),
        1258 => out.extend(raw.iter().map(|byte| plain::windows_1258(*byte))),
        _ => out.extend(raw.iter().map(|byte| plain::windows_1252(*byte))),
    }
}
