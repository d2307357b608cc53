//! Rich Text Format (.rtf): our own reader of the RTF 1.9.1 specification.
//!
//! A stack of groups, each with its look and with what its text is for (`Use`): the body, a margin, a note, a box, the
//! table of fonts, or nothing. Destinations nobody asked for are skipped.

use super::Document;
use super::Kind;
use super::gathered::Gathered;
use super::limits;
use super::rtf_font::Fonts;
use super::rtf_story::Ink;
use super::rtf_story::Story;
use super::rtf_tokens::Token;
use super::rtf_tokens::Tokens;
use crate::entry::Finding;
use crate::entry::FindingCode;

/// Reads an rtf.
pub fn read(bytes: &[u8]) -> Document {
    let mut walk = Walk::default();
    let mut tokens = Tokens::of(bytes);
    while let Some(token) = tokens.next() {
        match token {
            Token::Open => {
                walk.flush();
                if walk.groups.len() >= limits::DEPTH {
                    walk.findings
                        .push(Finding::new(FindingCode::TooLarge, "depth"));
                    break;
                }
                let group = walk.group.inner();
                let outer = std::mem::replace(&mut walk.group, group);
                walk.groups.push(outer);
            }
            Token::Close => {
                walk.flush();
                walk.close();
                if walk.groups.is_empty() {
                    break;
                }
            }
            Token::Word("bin", length) => {
                tokens.take(usize::try_from(length.unwrap_or(0)).unwrap_or(0));
            }
            Token::Word(word, number) => walk.word(word, number),
            Token::Symbol(symbol) => walk.symbol(symbol),
            Token::Byte(byte) => walk.byte(byte),
        }
        if walk.written() > limits::TEXT_BYTES {
            walk.findings
                .push(Finding::new(FindingCode::TooLarge, "text"));
            break;
        }
    }
    let is_whole = walk.groups.is_empty();
    walk.finish(is_whole).document(Kind::Rtf)
}

/// What the text of a group is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Use {
    #[default]
    Body,
    Margin,
    Note,
    Box,
    Fonts,
    Nothing,
}

#[derive(Clone, Debug, Default)]
struct Group {
    use_of: Use,
    /// The group itself, not one around it, has this use: its end ends the story.
    opened: bool,
    font: i32,
    half_points: Option<u16>,
    hidden: bool,
    deleted: bool,
    /// Bytes that stand for one `\u` to readers without Unicode.
    fallback: usize,
    /// `\*` was read: an unknown destination is to be skipped.
    starred: bool,
    /// `\upr` was read: what stands inside comes twice.
    twofold: bool,
    /// The use before a group of a twofold text was left out.
    former: Option<Use>,
}

impl Group {
    fn inner(&self) -> Group {
        let mut inner = Group {
            opened: false,
            starred: false,
            twofold: false,
            former: None,
            ..self.clone()
        };
        if self.twofold {
            inner.former = Some(self.use_of);
            inner.use_of = Use::Nothing;
        }
        inner
    }
}

struct Walk {
    group: Group,
    groups: Vec<Group>,
    fonts: Fonts,
    default_font: i32,
    code_page: i32,
    body: Story,
    margins: Story,
    notes: Story,
    boxes: Vec<Story>,
    /// Letters in the look of the open group, not yet written.
    pending: String,
    /// Bytes of a code page that are no letters yet.
    raw: Vec<u8>,
    /// Fallback bytes still to be passed over.
    passing: usize,
    high: Option<u16>,
    table_depth: usize,
    paper: (Option<f64>, Option<f64>),
    tracked: bool,
    pictures: bool,
    findings: Vec<Finding>,
}

impl Default for Walk {
    fn default() -> Walk {
        Walk {
            group: Group {
                fallback: 1,
                ..Group::default()
            },
            groups: Vec::new(),
            fonts: Fonts::default(),
            default_font: 0,
            code_page: 1252,
            body: Story::default(),
            margins: Story::default(),
            notes: Story::default(),
            boxes: Vec::new(),
            pending: String::new(),
            raw: Vec::new(),
            passing: 0,
            high: None,
            table_depth: 0,
            paper: (None, None),
            tracked: false,
            pictures: false,
            findings: Vec::new(),
        }
    }
}

impl Walk {
    fn story(&mut self) -> Option<&mut Story> {
        match self.group.use_of {
            Use::Body => Some(&mut self.body),
            Use::Margin => Some(&mut self.margins),
            Use::Note => Some(&mut self.notes),
            Use::Box => self.boxes.last_mut(),
            Use::Fonts | Use::Nothing => None,
        }
    }

    fn written(&self) -> usize {
        let boxes: usize = self.boxes.iter().map(Story::bytes).sum();
        self.body.bytes() + self.margins.bytes() + self.notes.bytes() + boxes + self.pending.len()
    }

    fn close(&mut self) {
        let ended = std::mem::take(&mut self.group);
        if let Some(outer) = self.groups.pop() {
            self.group = outer;
        }
        if !ended.opened {
            return;
        }
        match ended.use_of {
            Use::Box => {
                if let Some(boxed) = self.boxes.pop() {
                    let (text, census) = boxed.finish();
                    self.body.absorb(census);
                    // A box inside a box, or anchored in a header, goes with its anchor.
                    if let Some(story) = self.story() {
                        story.lines.put_box(text);
                    } else {
                        self.body.lines.put_box(text);
                    }
                }
            }
            Use::Margin => self.margins.lines.end_paragraph(0),
            Use::Note => self.notes.lines.end_paragraph(0),
            Use::Fonts => self.end_entry(),
            Use::Body | Use::Nothing => {}
        }
    }

    /// Gives the group another use.
    fn use_for(&mut self, use_of: Use) {
        if self.group.use_of == Use::Nothing {
            return;
        }
        self.group.use_of = use_of;
        self.group.opened = true;
        if use_of == Use::Box {
            self.boxes.push(Story::default());
        }
    }

    /// Lets the Unicode half of a twofold text in again.
    fn use_for_anew(&mut self) {
        if let Some(former) = self.group.former.take() {
            self.group.use_of = former;
        }
    }

    fn word(&mut self, word: &str, number: Option<i32>) {
        let on = number != Some(0);
        let starred = std::mem::take(&mut self.group.starred);
        if self.passing > 0 && !matches!(word, "u" | "uc") {
            self.passing -= 1;
            return;
        }
        match word {
            "fonttbl" => self.use_for(Use::Fonts),
            "header" | "headerl" | "headerr" | "headerf" | "footer" | "footerl" | "footerr"
            | "footerf" => self.use_for(Use::Margin),
            "footnote" => self.use_for(Use::Note),
            "shptxt" | "dptxbxtext" => self.use_for(Use::Box),
            "pict" => {
                self.pictures = true;
                self.use_for(Use::Nothing);
            }
            "colortbl" | "stylesheet" | "info" | "fldinst" | "nonshppict" | "nonesttables"
            | "sp" | "shprslt" | "objdata" | "objclass" | "xe" | "tc" | "listtable"
            | "listoverridetable" | "rsidtbl" | "generator" | "datafield" | "themedata"
            | "falt" | "panose" | "ftnsep" | "ftnsepc" | "aftnsep" | "aftnsepc" | "annotation"
            | "atnid" | "atnauthor" | "background" | "template" | "revtbl" | "bkmkstart"
            | "bkmkend" | "latentstyles" | "datastore" | "xmlnstbl" | "mmathPr" | "pn"
            | "pgptbl" | "filetbl" | "fontemb" | "nesttableprops" => {
                self.use_for(Use::Nothing);
            }
            // {\upr{ansi}{\*\ud unicode}}: the group after the word is left out, the one with the star is read.
            "upr" => self.group.twofold = true,
            "ud" => self.use_for_anew(),
            // Known destinations that stand behind a star and are read.
            "shppict" | "shpinst" | "do" | "listtext" | "pntext" | "shpgrp" => {}
            "u" => self.unicode(number.unwrap_or(0)),
            "uc" => self.group.fallback = usize::try_from(number.unwrap_or(1)).unwrap_or(1).min(16),
            "f" if self.group.use_of == Use::Fonts => {
                self.end_entry();
                self.fonts.begin_entry(number.unwrap_or(0));
            }
            _ if self.group.use_of == Use::Fonts => self.fonts.word(word, number.unwrap_or(0)),
            _ if starred => self.use_for(Use::Nothing),
            "f" => {
                self.flush();
                self.group.font = number.unwrap_or(0);
            }
            "fs" => {
                self.flush();
                self.group.half_points = number.and_then(|n| u16::try_from(n).ok());
            }
            "plain" => {
                self.flush();
                self.group.font = self.default_font;
                self.group.half_points = None;
                self.group.hidden = false;
                self.group.deleted = false;
            }
            "v" => {
                self.flush();
                self.group.hidden = on;
            }
            "deleted" => {
                self.flush();
                self.group.deleted = on;
                self.tracked |= on;
            }
            "revised" => self.tracked |= on,
            "deff" => {
                self.default_font = number.unwrap_or(0);
                self.group.font = self.default_font;
            }
            "ansicpg" => self.code_page = number.unwrap_or(1252),
            "mac" => self.code_page = 10_000,
            "paperw" | "pgwsxn" if self.paper.0.is_none() => self.paper.0 = number.map(points),
            "paperh" | "pghsxn" if self.paper.1.is_none() => self.paper.1 = number.map(points),
            "pard" => self.table_depth = 0,
            "intbl" => self.table_depth = self.table_depth.max(1),
            "itap" => self.table_depth = usize::try_from(number.unwrap_or(0)).unwrap_or(0),
            "par" | "sect" | "page" | "softpage" => self.end(Ending::Paragraph),
            "cell" => self.end(Ending::Cell(1)),
            "row" => self.end(Ending::Row(1)),
            "nestcell" => self.end(Ending::Cell(self.table_depth.max(2))),
            "nestrow" => self.end(Ending::Row(self.table_depth.max(2))),
            "line" | "lbr" | "column" => self.put("\n"),
            "tab" => self.put("\t"),
            "emdash" => self.put("—"),
            "endash" => self.put("–"),
            "lquote" => self.put("‘"),
            "rquote" => self.put("’"),
            "ldblquote" => self.put("“"),
            "rdblquote" => self.put("”"),
            "bullet" => self.put("•"),
            "emspace" | "enspace" | "qmspace" => self.put(" "),
            _ => {}
        }
    }

    fn end_entry(&mut self) {
        self.decode_raw();
        let name = std::mem::take(&mut self.pending);
        self.fonts.end_entry(&name);
    }

    fn symbol(&mut self, symbol: u8) {
        match symbol {
            b'*' => self.group.starred = true,
            _ if self.passing > 0 => self.passing -= 1,
            b'~' => self.put("\u{a0}"),
            b'_' => self.put("-"),
            // An optional hyphen, which in TCVN3 is the letter "ư".
            b'-' => self.put("\u{ad}"),
            b'\\' | b'{' | b'}' => self.byte(symbol),
            b'\n' | b'\r' => self.end(Ending::Paragraph),
            b'\t' => self.put("\t"),
            _ => {}
        }
    }

    /// A byte in the code page of its font.
    fn byte(&mut self, byte: u8) {
        if self.passing > 0 {
            self.passing -= 1;
            return;
        }
        if self.group.use_of == Use::Nothing {
            return;
        }
        if self.group.use_of == Use::Fonts && byte == b';' {
            return self.end_entry();
        }
        self.raw.push(byte);
    }

    fn unicode(&mut self, number: i32) {
        self.decode_raw();
        self.passing = self.group.fallback;
        if self.group.use_of == Use::Nothing {
            return;
        }
        // Numbers above 32,767 are written negative.
        let code =
            u32::try_from(number).unwrap_or_else(|_| u32::try_from(number + 65_536).unwrap_or(0));
        match (self.high.take(), u16::try_from(code)) {
            (Some(high), Ok(low)) if (0xdc00..=0xdfff).contains(&low) => {
                self.pending
                    .extend(char::decode_utf16([high, low]).flatten());
            }
            (_, Ok(high)) if (0xd800..=0xdbff).contains(&high) => self.high = Some(high),
            _ => {
                let c = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                self.pending.push(c);
            }
        }
    }

    fn put(&mut self, text: &str) {
        if self.group.use_of != Use::Nothing {
            self.decode_raw();
            self.pending.push_str(text);
        }
    }

    /// Turns bytes into letters by the code page of the font, else of the file.
    fn decode_raw(&mut self) {
        if self.raw.is_empty() {
            return;
        }
        let page = self.fonts.code_page(self.group.font, self.code_page);
        let raw = std::mem::take(&mut self.raw);
        super::rtf_story::decode(&raw, page, &mut self.pending);
    }

    /// Writes the pending letters in the look of the open group.
    fn flush(&mut self) {
        if self.group.use_of == Use::Fonts {
            return;
        }
        self.decode_raw();
        let text = std::mem::take(&mut self.pending);
        if text.is_empty() || self.group.hidden || self.group.deleted {
            return;
        }
        let ink = Ink {
            font: self.fonts.name(self.group.font).to_owned(),
            // 12 points where nothing says anything.
            points: f32::from(self.group.half_points.unwrap_or(24)) / 2.0,
        };
        if let Some(story) = self.story() {
            story.write(&ink, &text);
        }
    }

    fn end(&mut self, ending: Ending) {
        self.flush();
        let depth = self.table_depth;
        let deleted = self.group.deleted;
        let Some(story) = self.story() else {
            return;
        };
        match ending {
            Ending::Paragraph if deleted => {}
            Ending::Paragraph => story.lines.end_paragraph(depth),
            Ending::Cell(depth) => story.lines.end_cell(depth),
            Ending::Row(depth) => story.lines.end_row(depth),
        }
    }

    fn finish(mut self, is_whole: bool) -> Gathered {
        self.flush();
        if !is_whole && self.findings.is_empty() {
            self.findings.push(FindingCode::Damaged.into());
        }
        let (text, mut census) = self.body.finish();
        let mut gathered = Gathered {
            text,
            tracked: self.tracked,
            pictures: self.pictures,
            findings: self.findings,
            // A file that says nothing of its paper is printed on Letter (\paperw12240); the author chose none.
            paper: self.paper.0.zip(self.paper.1),
            ..Gathered::default()
        };
        for boxed in self.boxes {
            let (text, more) = boxed.finish();
            census.add(more);
            gathered.append(&text);
        }
        gathered.census = census;
        gathered.append(&self.notes.finish().0);
        gathered.append_margin(&self.margins.finish().0);
        gathered
    }
}

#[derive(Clone, Copy)]
enum Ending {
    Paragraph,
    Cell(usize),
    Row(usize),
}

fn points(twips: i32) -> f64 {
    f64::from(twips) / 20.0
}

#[cfg(test)]
mod tests;
