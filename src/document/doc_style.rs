//! Fonts, sizes and paragraph properties of a doc: property lists, styles and the pages that hold them.
//!
//! [MS-DOC] 2.4.6 says how a character's look is found: style sheet, then the paragraph's style, then the character
//! style, then direct properties. Only what R001-15..16 and the text itself ask about is kept.

use super::bytes::byte;
use super::bytes::long;
use super::bytes::piece;
use super::bytes::place;
use super::bytes::word;

/// Property pages looked at; an honest file of 64 MiB has no more.
const MOST_PAGES: usize = 1 << 17;

/// A property list: (code, operand) pairs ([MS-DOC] 2.6).
pub struct Properties<'a> {
    rest: &'a [u8],
}

impl<'a> Properties<'a> {
    pub fn of(list: &'a [u8]) -> Properties<'a> {
        Properties { rest: list }
    }
}

impl<'a> Iterator for Properties<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<(u16, &'a [u8])> {
        let code = word(self.rest, 0)?;
        let (start, length) = match code >> 13 {
            0 | 1 => (2, 1),
            2 | 4 | 5 => (2, 2),
            3 => (2, 4),
            7 => (2, 3),
            // The length of a table definition takes two bytes and counts one too many.
            _ if code == 0xd608 => (4, usize::from(word(self.rest, 2)?).saturating_sub(1)),
            _ => (3, usize::from(byte(self.rest, 2)?)),
        };
        let operand = piece(self.rest, start, length)?;
        self.rest = self.rest.get(start + length..).unwrap_or_default();
        Some((code, operand))
    }
}

/// Properties that hold for the bytes `from..to` of the main stream.
#[derive(Clone, Copy, Debug, Default)]
pub struct Grain {
    pub from: usize,
    pub to: usize,
    /// Where the property list stands in the main stream, and its length; 0 for none.
    pub at: usize,
    pub length: usize,
    /// Paragraph style.
    pub style: u16,
}

/// The grain that holds at a place.
pub fn grain(grains: &[Grain], at: usize) -> Option<&Grain> {
    let next = grains.partition_point(|grain| grain.from <= at);
    grains.get(next.checked_sub(1)?).filter(|g| at < g.to)
}

/// Character properties ([MS-DOC] 2.8.5 and 2.9.33).
pub fn characters(main: &[u8], table: &[u8]) -> Vec<Grain> {
    grains(main, table, |page, count, n| {
        let offset = usize::from(byte(page, (count + 1) * 4 + n)?) * 2;
        if offset == 0 {
            return Some((0, 0, 0));
        }
        Some((offset + 1, usize::from(byte(page, offset)?), 0))
    })
}

/// Paragraph properties ([MS-DOC] 2.8.6 and 2.9.174).
pub fn paragraphs(main: &[u8], table: &[u8]) -> Vec<Grain> {
    grains(main, table, |page, count, n| {
        let offset = usize::from(byte(page, (count + 1) * 4 + n * 13)?) * 2;
        if offset == 0 {
            return Some((0, 0, 0));
        }
        let (start, length) = match byte(page, offset)? {
            0 => (offset + 2, usize::from(byte(page, offset + 1)?) * 2),
            half => (offset + 1, usize::from(half) * 2 - 1),
        };
        Some((start + 2, length.saturating_sub(2), word(page, start)?))
    })
}

/// Finds the list of the n-th of `count` grains of a page: its place, its length and the paragraph style.
type Entry = fn(&[u8], usize, usize) -> Option<(usize, usize, u16)>;

/// Reads all pages of 512 bytes that the table names.
fn grains(main: &[u8], table: &[u8], entry: Entry) -> Vec<Grain> {
    let mut out = Vec::new();
    let pages = table.len().saturating_sub(4) / 8;
    for number in 0..pages.min(MOST_PAGES) {
        let Some(page_at) = long(table, (pages + 1) * 4 + number * 4)
            .and_then(|page| usize::try_from(page & 0x3f_ffff).ok())
            .map(|page| page * 512)
        else {
            break;
        };
        let Some(page) = piece(main, page_at, 512) else {
            continue;
        };
        let count = usize::from(byte(page, 511).unwrap_or(0));
        for n in 0..count {
            let bounds = place(page, n * 4).zip(place(page, n * 4 + 4));
            let Some(((from, to), (at, length, style))) = bounds.zip(entry(page, count, n)) else {
                break;
            };
            out.push(Grain {
                from,
                to,
                at: page_at + at,
                length,
                style,
            });
        }
    }
    out.sort_by_key(|grain| grain.from);
    out
}

/// How characters look.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Look {
    ascii: Option<u16>,
    east_asia: Option<u16>,
    other: Option<u16>,
    half_points: Option<u16>,
    hint_east_asia: bool,
    pub hidden: bool,
    pub deleted: bool,
    pub inserted: bool,
    /// Font and code of a symbol that stands for the character.
    pub symbol: Option<(u16, u16)>,
    style: Option<u16>,
    /// Place of the picture that stands for the character, in the stream "Data".
    pub kept: Option<usize>,
    /// The place holds the answer of a form's field, no picture.
    pub is_data: bool,
}

impl Look {
    /// Lays a property list over this look.
    pub fn read(&mut self, list: &[u8]) {
        for (code, operand) in Properties::of(list) {
            let on = operand.first().is_some_and(|value| value & 1 == 1);
            match code {
                0x4a4f => self.ascii = word(operand, 0),
                0x4a50 => self.east_asia = word(operand, 0),
                0x4a51 => self.other = word(operand, 0),
                0x4a43 => self.half_points = word(operand, 0),
                0x4a30 => self.style = word(operand, 0),
                0x286f => self.hint_east_asia = on,
                0x083c => self.hidden = on,
                0x0800 => self.deleted = on,
                0x0801 => self.inserted = on,
                0x6a03 => self.kept = place(operand, 0),
                0x0806 => self.is_data = on,
                0x6a09 => self.symbol = word(operand, 0).zip(word(operand, 2)),
                _ => {}
            }
        }
    }
}

/// What a paragraph's properties say of its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paragraph {
    in_table: bool,
    nested: Option<u32>,
    /// Ends a row.
    pub row_end: bool,
    /// Ends a row or a cell of a table inside a cell.
    pub inner_row_end: bool,
    pub inner_cell_end: bool,
    list: Option<u16>,
    level: u8,
}

impl Paragraph {
    pub fn read(&mut self, list: &[u8]) {
        for (code, operand) in Properties::of(list) {
            let on = operand.first().is_some_and(|value| *value == 1);
            match code {
                0x2416 => self.in_table = on,
                0x2417 => self.row_end = on,
                0x244b => self.inner_cell_end = on,
                0x244c => self.inner_row_end = on,
                0x6649 => self.nested = long(operand, 0),
                0x460b => self.list = word(operand, 0),
                0x260a => self.level = operand.first().copied().unwrap_or(0),
                _ => {}
            }
        }
    }

    /// In how many tables it stands.
    pub fn depth(&self) -> usize {
        match self.nested {
            Some(depth) => usize::try_from(depth).unwrap_or(0),
            None => usize::from(self.in_table || self.row_end),
        }
    }

    /// Number of the list and level within it.
    pub fn list(&self) -> Option<(u16, usize)> {
        self.list
            .filter(|list| (1..0x0800).contains(list))
            .map(|list| (list, usize::from(self.level)))
    }
}

/// The style sheet and the names of the fonts.
#[derive(Debug, Default)]
pub struct Styles {
    fonts: Vec<String>,
    defaults: Look,
    styles: Vec<Style>,
}

#[derive(Debug, Default, Clone)]
struct Style {
    base: usize,
    look: Vec<u8>,
    paragraph: Vec<u8>,
}

impl Styles {
    /// Reads the style sheet (STSH) and the table of fonts (SttbfFfn).
    pub fn read(sheet: &[u8], fonts: &[u8]) -> Styles {
        let mut styles = Styles {
            fonts: read_fonts(fonts),
            ..Styles::default()
        };
        let _ = styles.read_sheet(sheet);
        styles
    }

    /// [MS-DOC] 2.9.271.
    fn read_sheet(&mut self, sheet: &[u8]) -> Option<()> {
        let head = usize::from(word(sheet, 0)?);
        let count = usize::from(word(sheet, 2)?);
        let base_length = usize::from(word(sheet, 4)?);
        self.defaults.ascii = word(sheet, 2 + 12);
        self.defaults.east_asia = word(sheet, 2 + 14);
        self.defaults.other = word(sheet, 2 + 16);
        let mut at = 2 + head;
        for _ in 0..count {
            let length = usize::from(word(sheet, at)?);
            let body = piece(sheet, at + 2, length).unwrap_or_default();
            self.styles
                .push(read_style(body, base_length).unwrap_or_default());
            at += 2 + length;
        }
        Some(())
    }

    /// The look that a paragraph style gives.
    pub fn of_paragraph(&self, style: u16) -> Look {
        let mut look = self.defaults.clone();
        for style in self.chain(style) {
            look.read(&style.look);
        }
        look
    }

    /// Lays direct properties over `base`, with the character style they may name beneath them.
    pub fn over(&self, base: &Look, lists: &[&[u8]]) -> Look {
        let mut named = Look::default();
        for list in lists {
            named.read(list);
        }
        let mut look = base.clone();
        if let Some(style) = named.style {
            for style in self.chain(style) {
                look.read(&style.look);
            }
        }
        for list in lists {
            look.read(list);
        }
        look
    }

    /// What a paragraph's style says of its place.
    pub fn paragraph(&self, style: u16) -> Paragraph {
        let mut paragraph = Paragraph::default();
        for style in self.chain(style) {
            paragraph.read(&style.paragraph);
        }
        paragraph
    }

    /// A style and all it is based on, the base first. A chain that bites its tail ends at the limit.
    fn chain(&self, style: u16) -> Vec<&Style> {
        let mut out = Vec::new();
        let mut next = usize::from(style);
        while let Some(style) = self.styles.get(next)
            && out.len() < 32
        {
            out.push(style);
            next = style.base;
        }
        out.reverse();
        out
    }

    /// The font a letter is set in: that of plain letters, and that of all others.
    pub fn fonts(&self, look: &Look) -> (&str, &str) {
        let name = |font: Option<u16>| {
            font.and_then(|font| self.fonts.get(usize::from(font)))
                .map_or("", String::as_str)
        };
        let other = if look.hint_east_asia {
            look.east_asia
        } else {
            look.other
        };
        (name(look.ascii), name(other.or(look.ascii)))
    }

    pub fn font(&self, number: u16) -> &str {
        self.fonts
            .get(usize::from(number))
            .map_or("", String::as_str)
    }
}

impl Look {
    /// Points; 10 where nothing says anything ([MS-DOC] 2.6.1, sprmCHps).
    pub fn points(&self) -> f32 {
        f32::from(self.half_points.unwrap_or(20)) / 2.0
    }
}

/// [MS-DOC] 2.9.260, STD.
fn read_style(body: &[u8], base_length: usize) -> Option<Style> {
    let kind = word(body, 2)? & 0xf;
    let base = usize::from(word(body, 2)? >> 4);
    let name = usize::from(word(body, base_length)?);
    let mut at = base_length + 2 + name * 2 + 2;
    let mut style = Style {
        base,
        ..Style::default()
    };
    let mut next = || -> Option<&[u8]> {
        at += at % 2;
        let length = usize::from(word(body, at)?);
        let list = piece(body, at + 2, length)?;
        at += 2 + length;
        Some(list)
    };
    match kind {
        // A paragraph style: its own number, paragraph properties; then character properties.
        1 => {
            style.paragraph = next()?.get(2..).unwrap_or_default().to_vec();
            style.look = next().unwrap_or_default().to_vec();
        }
        2 => style.look = next()?.to_vec(),
        _ => {}
    }
    Some(style)
}

/// [MS-DOC] 2.9.286.
fn read_fonts(table: &[u8]) -> Vec<String> {
    let mut out = Vec::new();
    let count = word(table, 0).unwrap_or(0);
    let mut at = 4;
    for _ in 0..count {
        let Some(length) = byte(table, at).map(usize::from) else {
            break;
        };
        let entry = piece(table, at + 1, length).unwrap_or_default();
        let units = entry
            .get(39..)
            .unwrap_or_default()
            .chunks_exact(2)
            .map_while(|pair| match pair {
                [a, b] if (*a, *b) != (0, 0) => Some(u16::from_le_bytes([*a, *b])),
                _ => None,
            });
        out.push(
            char::decode_utf16(units)
                .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect(),
        );
        at += 1 + length;
    }
    out
}

/// The name of a number format ([MS-OSHARED] 2.2.1.3, MSONFC).
pub fn number_format(code: u8) -> &'static str {
    match code {
        1 => "upperRoman",
        2 => "lowerRoman",
        3 => "upperLetter",
        4 => "lowerLetter",
        22 => "decimalZero",
        23 => "bullet",
        255 => "none",
        _ => "decimal",
    }
}

/// The text of a label: codes 0 to 8 are the places of numbers.
pub fn label(units: &[u8]) -> String {
    let mut out = String::new();
    for pair in units.chunks_exact(2) {
        let unit = match pair {
            [a, b] => u16::from_le_bytes([*a, *b]),
            _ => 0,
        };
        match unit {
            0..=8 => {
                out.push('%');
                out.push_str(&(unit + 1).to_string());
            }
            _ => out.push(char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER)),
        }
    }
    out
}
