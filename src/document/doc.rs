//! Word documents of 1997 to 2003 (.doc): finds the streams, the pieces of the text and the stories in it.
//!
//! Our own reader of [MS-DOC] on `cfb`. The text lies in pieces anywhere in the stream "WordDocument"; tables in "0Table"
//! or "1Table" say in which order they are read, how they look and which story (body, notes, header, box) they belong to.

use std::io::Cursor;
use std::io::Read;
use std::ops::Range;

use super::Document;
use super::Kind;
use super::bytes::long;
use super::bytes::piece;
use super::bytes::place;
use super::bytes::word;
use super::doc_picture;
use super::doc_style;
use super::doc_style::Grain;
use super::doc_style::Styles;
use super::doc_text;
use super::doc_text::Anchors;
use super::doc_text::Shown;
use super::form::Census;
use super::gathered::Gathered;
use super::limits;
use super::list::Level;
use super::list::Lists;
use super::plain;
use crate::entry::FindingCode;
use crate::text::legacy;

/// Whether bytes begin a compound file, in which Word kept documents until 2003.
pub fn is_compound(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
}

/// Reads a doc.
pub fn read(bytes: &[u8]) -> Document {
    let mut document = Document {
        kind: Kind::Doc,
        ..Document::default()
    };
    let Some(main) = stream(bytes, "/WordDocument") else {
        document.findings.push(FindingCode::Damaged.into());
        return document;
    };
    let flags = word(&main, 0x0a).unwrap_or(0);
    if flags & 0x0100 != 0 {
        document.findings.push(FindingCode::Password.into());
        return document;
    }
    // Word 6 and 95 have another layout, with the text in one piece.
    if word(&main, 2).is_some_and(|version| version < 0xc1) {
        return before_97(&main);
    }
    let Some(file) = File::of(bytes, main) else {
        document.findings.push(FindingCode::Damaged.into());
        return document;
    };
    let mut gathered = file.gather();
    gathered.pictures |= doc_picture::are_kept(&file)
        || stream(bytes, "/Data").is_some_and(|data| data.len() > 4096);
    gathered.document(Kind::Doc)
}

/// The pictures in a doc, in the order of its text; those of its margins are no pages.
pub fn pictures(bytes: &[u8]) -> Vec<Vec<u8>> {
    let file = stream(bytes, "/WordDocument").and_then(|main| File::of(bytes, main));
    let Some(file) = file else {
        return Vec::new();
    };
    let data = stream(bytes, "/Data").unwrap_or_default();
    let [body, ..] = file.stories();
    let story = doc_text::read(
        &file,
        body,
        &mut file.lists(),
        &mut Census::default(),
        &mut Anchors::default(),
    );
    doc_picture::pictures(&file, &data, &story.pictures)
}

/// A stream of a compound file; nothing where it is missing or empty.
pub fn stream(bytes: &[u8], name: &str) -> Option<Vec<u8>> {
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).ok()?;
    let stream = file.open_stream(name).ok()?;
    let mut out = Vec::new();
    // What stands before a break in the chain of sectors is still read.
    let _ = stream.take(limits::PART_BYTES).read_to_end(&mut out);
    (!out.is_empty()).then_some(out)
}

/// The text of Word 6 and 95: one run of bytes, without fonts. TCVN3 was what Vietnamese had then.
fn before_97(main: &[u8]) -> Document {
    let start = place(main, 0x18).unwrap_or(0);
    let length = place(main, 0x34).unwrap_or(0);
    let bytes = piece(main, start, length).unwrap_or_default();
    let text: String = bytes
        .iter()
        .filter_map(|byte| match *byte {
            0x07 => Some('\t'),
            0x0b..=0x0d => Some('\n'),
            0x00..=0x1f => None,
            other => Some(plain::windows_1252(other)),
        })
        .collect();
    let mut gathered = Gathered::default();
    if text.contains(['µ', '¸', '«', '®', 'Ö', '\u{ad}']) {
        gathered.census.count_legacy("TCVN3", 1);
        gathered.text = legacy::tcvn3(&text, "");
    } else {
        gathered.text = text;
    }
    gathered.document(Kind::Doc)
}

/// A piece of the text: characters `from..to`, stored at `at`, one or two bytes each.
#[derive(Clone, Copy, Debug)]
pub struct Piece {
    pub from: usize,
    pub to: usize,
    pub at: usize,
    pub wide: bool,
    /// Which of the file's change lists applies to the whole piece.
    pub change: Option<usize>,
}

impl Piece {
    pub fn width(&self) -> usize {
        if self.wide { 2 } else { 1 }
    }
}

/// An opened file.
pub struct File {
    pub main: Vec<u8>,
    table: Vec<u8>,
    pub pieces: Vec<Piece>,
    /// Change lists that pieces refer to ([MS-DOC] 2.9.209, Prc).
    pub changes: Vec<Vec<u8>>,
    pub styles: Styles,
    /// Character and paragraph properties by place in `main`.
    pub characters: Vec<Grain>,
    pub paragraphs: Vec<Grain>,
}

impl File {
    /// The file whose main stream is `main`, with the table that it names.
    fn of(bytes: &[u8], main: Vec<u8>) -> Option<File> {
        let table = match word(&main, 0x0a).unwrap_or(0) & 0x0200 {
            0 => stream(bytes, "/0Table"),
            _ => stream(bytes, "/1Table"),
        };
        File::open(main, table?)
    }

    fn open(main: Vec<u8>, table: Vec<u8>) -> Option<File> {
        let mut file = File {
            main,
            table,
            pieces: Vec::new(),
            changes: Vec::new(),
            styles: Styles::default(),
            characters: Vec::new(),
            paragraphs: Vec::new(),
        };
        file.read_pieces()?;
        file.styles = Styles::read(file.span(1), file.span(15));
        file.characters = doc_style::characters(&file.main, file.span(12));
        file.paragraphs = doc_style::paragraphs(&file.main, file.span(13));
        Some(file)
    }

    /// A part of the table stream, by its number in the list of places ([MS-DOC] 2.5.6).
    pub fn span(&self, number: usize) -> &[u8] {
        let at = 0x9a + 8 * number;
        place(&self.main, at)
            .zip(place(&self.main, at + 4))
            .and_then(|(from, length)| piece(&self.table, from, length))
            .unwrap_or_default()
    }

    /// Clx: change lists, then the piece table ([MS-DOC] 2.9.38).
    fn read_pieces(&mut self) -> Option<()> {
        let clx = self.span(33).to_vec();
        let mut at = 0;
        while clx.get(at) == Some(&1) {
            let length = usize::from(word(&clx, at + 1)?);
            self.changes
                .push(piece(&clx, at + 3, length).unwrap_or_default().to_vec());
            at += 3 + length;
        }
        if clx.get(at) != Some(&2) {
            return None;
        }
        let plc = clx.get(at + 5..)?;
        let plc = plc.get(..place(&clx, at + 1)?).unwrap_or(plc);
        let count = plc.len().checked_sub(4)? / 12;
        for n in 0..count {
            let (from, to) = (place(plc, n * 4)?, place(plc, n * 4 + 4)?);
            let descriptor = (count + 1) * 4 + n * 8;
            let start = long(plc, descriptor + 2)?;
            let wide = start & 0x4000_0000 == 0;
            let start = usize::try_from(start & 0x3fff_ffff).ok()?;
            let change = word(plc, descriptor + 6)
                .filter(|change| change & 1 == 1)
                .map(|change| usize::from(change >> 1));
            if to > from {
                self.pieces.push(Piece {
                    from,
                    to,
                    at: if wide { start } else { start / 2 },
                    wide,
                    change,
                });
            }
        }
        self.pieces.sort_by_key(|piece| piece.from);
        Some(())
    }

    /// Body, notes, margins, macros, comments, endnotes, text boxes, text boxes of margins: their order is fixed
    /// ([MS-DOC] 2.4.1).
    fn stories(&self) -> [Range<usize>; 8] {
        let mut from = 0_usize;
        [0x4c, 0x50, 0x54, 0x58, 0x5c, 0x60, 0x64, 0x68].map(|at| {
            let length = place(&self.main, at).unwrap_or(0);
            let story = from..from.saturating_add(length);
            from = story.end;
            story
        })
    }

    fn gather(&self) -> Gathered {
        let [body, notes, margins, _, _, endnotes, boxes, margin_boxes] = self.stories();
        let mut gathered = Gathered {
            paper: self.paper(),
            ..Gathered::default()
        };
        let mut lists = self.lists();
        let mut anchors = self.boxes(boxes.start);
        let read = |story, lists: &mut Lists, census: &mut Census, anchors: &mut Anchors| {
            doc_text::read(self, story, lists, census, anchors)
        };
        let mut census = Census::default();
        let story = read(body, &mut lists, &mut census, &mut anchors);
        gathered.text = story.text;
        gathered.tracked = story.tracked;
        // A shape may be a text box or a line: those that are pictures are known by their bytes.
        gathered.pictures = story
            .pictures
            .iter()
            .any(|shown| matches!(shown, Shown::Kept(_)));
        gathered.findings.extend(story.finding);
        let mut aside = Anchors::default();
        for rest in anchors.left() {
            let story = read(rest, &mut lists, &mut census, &mut aside);
            gathered.append(&story.text);
        }
        gathered.census = census;
        // The letters of notes and margins do not say how the essay itself is set.
        let mut uncounted = Census::default();
        for story in [notes, endnotes] {
            let story = read(story, &mut lists, &mut uncounted, &mut aside);
            gathered.append(&story.text);
        }
        for story in [margins, margin_boxes] {
            let story = read(story, &mut lists, &mut uncounted, &mut aside);
            gathered.append_margin(&without_repeats(&story.text));
        }
        if self.pieces.is_empty() {
            gathered.findings.push(FindingCode::Damaged.into());
        }
        gathered
    }

    /// Paper of the first section ([MS-DOC] 2.6.4): US Letter unless it says otherwise.
    fn paper(&self) -> Option<(f64, f64)> {
        let sections = self.span(6);
        let count = sections.len().checked_sub(4)? / 16;
        let (mut width, mut height) = (12_240_u16, 15_840_u16);
        let at = long(sections, (count + 1) * 4 + 2)?;
        if at != u32::MAX {
            let at = usize::try_from(at).ok()?;
            let length = usize::from(word(&self.main, at)?);
            let properties = piece(&self.main, at + 2, length)?;
            for (code, operand) in doc_style::Properties::of(properties) {
                match code {
                    0xb01f => width = word(operand, 0).unwrap_or(width),
                    0xb020 => height = word(operand, 0).unwrap_or(height),
                    _ => {}
                }
            }
        }
        Some((f64::from(width) / 20.0, f64::from(height) / 20.0))
    }

    /// Shapes beside the body's text: the character each is anchored at, and its number ([MS-DOC] 2.8.37, PlcfSpa).
    pub fn shapes(&self) -> Vec<(usize, u32)> {
        let places = self.span(40);
        let count = places.len().saturating_sub(4) / 30;
        let shape = |n: usize| {
            let number = long(places, (count + 1) * 4 + n * 26)?;
            Some((place(places, n * 4)?, number))
        };
        (0..count).filter_map(shape).collect()
    }

    /// Text boxes: which shape stands where in the body, and which text is whose.
    fn boxes(&self, start: usize) -> Anchors {
        let mut anchors = Anchors::default();
        let shapes = self.shapes();
        let texts = self.span(56);
        let count = texts.len().saturating_sub(4) / 26;
        for n in 0..count {
            let (Some(from), Some(to)) = (place(texts, n * 4), place(texts, n * 4 + 4)) else {
                break;
            };
            let shape = long(texts, (count + 1) * 4 + n * 22 + 14);
            // The last one closes the list and belongs to no shape.
            if n + 1 == count && shape == Some(0) {
                break;
            }
            let anchor = shapes
                .iter()
                .find(|(_, known)| Some(*known) == shape)
                .map(|(at, _)| *at);
            anchors.add(anchor, start.saturating_add(from)..start.saturating_add(to));
        }
        anchors
    }

    /// List definitions ([MS-DOC] 2.9.147, LSTF; 2.9.150, LVL) and the lists that count by them.
    fn lists(&self) -> Lists {
        let mut lists = Lists::default();
        let _ = self.define_lists(&mut lists);
        let bound = self.span(74);
        let count = place(bound, 0).unwrap_or(0).min(limits::LISTS);
        for n in 0..count {
            let Some(kind) = long(bound, 4 + n * 16) else {
                break;
            };
            lists.bind(&(n + 1).to_string(), &kind.to_string());
        }
        lists
    }

    fn define_lists(&self, lists: &mut Lists) -> Option<()> {
        let start = place(&self.main, 0x9a + 8 * 73)?;
        let table = self.table.get(start..)?;
        if self.span(73).is_empty() {
            return None;
        }
        let count = usize::from(word(table, 0)?).min(limits::LISTS);
        // The levels of all lists follow the table, outside of its stated length.
        let mut at = 2 + count * 28;
        for n in 0..count {
            let name = long(table, 2 + n * 28)?;
            let simple = table.get(2 + n * 28 + 26)? & 1 == 1;
            let mut levels = Vec::new();
            for _ in 0..if simple { 1 } else { 9 } {
                let start = long(table, at)?;
                let format = *table.get(at + 4)?;
                let skipped = usize::from(*table.get(at + 24)?) + usize::from(*table.get(at + 25)?);
                at += 28 + skipped;
                let length = usize::from(word(table, at)?);
                let text = piece(table, at + 2, length * 2)?;
                at += 2 + length * 2;
                levels.push(Level {
                    start,
                    format: doc_style::number_format(format).to_owned(),
                    text: doc_style::label(text),
                });
            }
            lists.define(&name.to_string(), levels);
        }
        Some(())
    }
}

/// Each section repeats its headers: a line is told once.
fn without_repeats(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim) {
        if !line.is_empty() && lines.len() < 200 && !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.join("\n")
}
