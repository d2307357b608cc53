//! One story of a doc (body, notes, header, text box) as lines, counting fonts on the way.
//!
//! Special characters end paragraphs, cells and pages, and frame fields ([MS-DOC] 2.4.1 to 2.4.5). Tracked changes are
//! read as the author sees them.

use std::collections::BTreeMap;
use std::ops::Range;

use super::bytes::byte;
use super::bytes::piece;
use super::bytes::word;
use super::doc::File;
use super::doc_style::Grain;
use super::doc_style::Look;
use super::doc_style::Paragraph;
use super::doc_style::grain;
use super::form::Census;
use super::limits;
use super::lines::Lines;
use super::list::Lists;
use super::plain;
use super::symbol::symbol;
use crate::entry::Finding;
use crate::entry::FindingCode;

/// Fields one inside another.
const MOST_FIELDS: usize = 64;
/// Pictures of a story.
const MOST_PICTURES: usize = 4_096;

/// A story as it was read.
#[derive(Debug, Default)]
pub struct Story {
    pub text: String,
    pub tracked: bool,
    pub pictures: Vec<Shown>,
    pub finding: Option<Finding>,
}

/// A picture that the text shows, by what tells where it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// In the line: its place in the stream "Data".
    Kept(usize),
    /// Beside the text: the character at which its shape is anchored.
    Anchored(usize),
}

/// Text boxes that wait for the place they are anchored at.
#[derive(Debug, Default)]
pub struct Anchors {
    placed: BTreeMap<usize, Vec<Range<usize>>>,
    loose: Vec<Range<usize>>,
}

impl Anchors {
    /// A box with the text `story`, anchored at the character `at` of the body.
    pub fn add(&mut self, at: Option<usize>, story: Range<usize>) {
        match at {
            Some(at) => self.placed.entry(at).or_default().push(story),
            None => self.loose.push(story),
        }
    }

    fn take(&mut self, at: usize) -> Vec<Range<usize>> {
        self.placed.remove(&at).unwrap_or_default()
    }

    /// Those whose place never came.
    pub fn left(self) -> Vec<Range<usize>> {
        self.placed
            .into_values()
            .flatten()
            .chain(self.loose)
            .collect()
    }
}

/// Reads the characters of a story.
pub fn read(
    file: &File,
    story: Range<usize>,
    lists: &mut Lists,
    census: &mut Census,
    anchors: &mut Anchors,
) -> Story {
    let mut walk = Walk {
        file,
        lists,
        census,
        anchors,
        story: Story::default(),
        lines: Lines::default(),
        fields: Vec::new(),
        labelled: false,
        base: (u16::MAX, Look::default()),
    };
    for piece in &file.pieces {
        let from = piece.from.max(story.start);
        let to = piece.to.min(story.end);
        if from >= to {
            continue;
        }
        let start = piece.at + (from - piece.from) * piece.width();
        let end = start + (to - from) * piece.width();
        let change = piece.change.and_then(|at| file.changes.get(at));
        let change = change.map_or(&[] as &[u8], Vec::as_slice);
        if !walk.stretch(start..end.min(file.main.len()), piece.wide, change, from) {
            walk.story.finding = Some(Finding::new(FindingCode::TooLarge, "text"));
            break;
        }
        if end > file.main.len() {
            walk.story.finding = Some(FindingCode::Damaged.into());
            break;
        }
    }
    walk.story.text = walk.lines.finish();
    walk.story
}

struct Walk<'a> {
    file: &'a File,
    lists: &'a mut Lists,
    census: &'a mut Census,
    anchors: &'a mut Anchors,
    story: Story,
    lines: Lines,
    /// For each open field: whether its result (and no more its code) is being read.
    fields: Vec<bool>,
    labelled: bool,
    /// The look of the last paragraph style.
    base: (u16, Look),
}

impl Walk<'_> {
    /// Reads bytes that lie together, grain by grain. False when there is more text than the limit.
    fn stretch(&mut self, bytes: Range<usize>, wide: bool, change: &[u8], first: usize) -> bool {
        let width = if wide { 2 } else { 1 };
        let mut at = bytes.start;
        while at < bytes.end {
            let characters = grain(&self.file.characters, at).copied();
            let paragraph = grain(&self.file.paragraphs, at).copied();
            let mut end = bytes.end;
            for grain in [&characters, &paragraph].into_iter().flatten() {
                end = end.min(grain.to);
            }
            // A grain may end in the middle of a character only in a broken file.
            end = end.max(at + width).min(bytes.end);
            let cp = first + (at - bytes.start) / width;
            self.run(at..end, wide, characters, paragraph, change, cp);
            if self.lines.bytes() > limits::TEXT_BYTES {
                return false;
            }
            at += (end - at).div_ceil(width) * width;
        }
        true
    }

    fn run(
        &mut self,
        bytes: Range<usize>,
        wide: bool,
        characters: Option<Grain>,
        paragraph: Option<Grain>,
        change: &[u8],
        first: usize,
    ) {
        let file = self.file;
        let list = |grain: Option<Grain>| {
            grain
                .and_then(|grain| piece(&file.main, grain.at, grain.length))
                .unwrap_or_default()
        };
        let style = paragraph.map_or(0, |grain| grain.style);
        if self.base.0 != style {
            self.base = (style, file.styles.of_paragraph(style));
        }
        let look = file.styles.over(&self.base.1, &[list(characters), change]);
        let mut place = file.styles.paragraph(style);
        place.read(list(paragraph));
        self.story.tracked |= look.deleted || look.inserted;

        let mut text = String::new();
        let width = if wide { 2 } else { 1 };
        let mut units = bytes.clone().step_by(width).enumerate().peekable();
        while let Some((number, at)) = units.next() {
            let unit = if wide {
                word(&file.main, at)
            } else {
                byte(&file.main, at).map(u16::from)
            };
            let Some(unit) = unit else {
                break;
            };
            let c = match unit {
                0xd800..=0xdbff => {
                    let low = units
                        .peek()
                        .and_then(|(_, at)| word(&file.main, *at))
                        .filter(|low| (0xdc00..=0xdfff).contains(low));
                    if low.is_some() {
                        units.next();
                    }
                    low.and_then(|low| char::decode_utf16([unit, low]).next()?.ok())
                        .unwrap_or(char::REPLACEMENT_CHARACTER)
                }
                0x80..=0xff if !wide => plain::windows_1252(u8::try_from(unit).unwrap_or_default()),
                _ => char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER),
            };
            // An optional hyphen, which in TCVN3 is the letter "ư".
            let c = if c == '\u{1f}' { '\u{ad}' } else { c };
            if c >= ' ' {
                match look.symbol {
                    Some((font, code)) if c == '(' || ('\u{f000}'..='\u{f0ff}').contains(&c) => {
                        text.extend(symbol(file.styles.font(font), u32::from(code)));
                    }
                    Some(_) | None => text.push(c),
                }
                continue;
            }
            self.write(&mut text, &look, &place);
            self.special(c, first + number, &look, &place);
        }
        self.write(&mut text, &look, &place);
    }

    /// Writes the letters gathered so far.
    fn write(&mut self, text: &mut String, look: &Look, place: &Paragraph) {
        let text = std::mem::take(text);
        if text.is_empty() || look.hidden || look.deleted || self.in_code() {
            return;
        }
        self.label(place);
        let (ascii, other) = self.file.styles.fonts(look);
        // Letters of symbol fonts lie in the private area.
        let text: String = if text.chars().any(|c| ('\u{f020}'..='\u{f0ff}').contains(&c)) {
            text.chars()
                .filter_map(|c| match c {
                    '\u{f020}'..='\u{f0ff}' => symbol(ascii, u32::from(c)),
                    other => Some(other),
                })
                .collect()
        } else {
            text
        };
        let text = self.census.run(ascii, other, look.points(), &text);
        self.lines.put(&text);
    }

    fn special(&mut self, c: char, cp: usize, look: &Look, place: &Paragraph) {
        match c {
            '\u{13}' if self.fields.len() < MOST_FIELDS => self.fields.push(false),
            '\u{14}' => {
                if let Some(field) = self.fields.last_mut() {
                    *field = true;
                }
            }
            '\u{15}' => {
                self.fields.pop();
            }
            '\u{08}' => {
                for story in self.anchors.take(cp) {
                    let mut none = Anchors::default();
                    let boxed = read(self.file, story, self.lists, self.census, &mut none);
                    self.lines.put_box(boxed.text);
                    // A box may hold nothing but a picture.
                    self.show(boxed.pictures);
                }
                self.show([Shown::Anchored(cp)]);
            }
            '\u{01}' if look.deleted || look.is_data => {}
            '\u{01}' => self.show([Shown::Kept(look.kept.unwrap_or(usize::MAX))]),
            // The mark of a deleted paragraph joins it with the next one.
            '\r' | '\u{07}' if look.deleted && place.depth() == 0 => {}
            '\u{07}' if place.row_end => {
                self.lines.end_row(place.depth());
                self.labelled = false;
            }
            '\u{07}' => {
                self.lines.end_cell(place.depth());
                self.labelled = false;
            }
            '\r' if place.inner_row_end => {
                self.lines.end_row(place.depth());
                self.labelled = false;
            }
            '\r' if place.inner_cell_end => {
                self.lines.end_cell(place.depth());
                self.labelled = false;
            }
            '\r' | '\u{0c}' => {
                self.lines.end_paragraph(place.depth());
                self.labelled = false;
            }
            _ if look.hidden || look.deleted || self.in_code() => {}
            '\t' => self.lines.put("\t"),
            '\u{0b}' | '\u{0e}' => self.lines.put("\n"),
            '\u{1e}' => self.lines.put("-"),
            _ => {}
        }
    }

    fn show(&mut self, pictures: impl IntoIterator<Item = Shown>) {
        let room = MOST_PICTURES.saturating_sub(self.story.pictures.len());
        self.story.pictures.extend(pictures.into_iter().take(room));
    }

    fn in_code(&self) -> bool {
        self.fields.iter().any(|is_result| !is_result)
    }

    /// The automatic number of a list item stands before its first text.
    fn label(&mut self, place: &Paragraph) {
        if std::mem::replace(&mut self.labelled, true) {
            return;
        }
        if let Some((list, level)) = place.list() {
            let label = self.lists.label(Some(&list.to_string()), Some(level), None);
            self.lines.put(&label);
        }
    }
}
