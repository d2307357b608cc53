//! Text read from pictures: the words a page reader found, with their places and how sure it was, as a document.
//!
//! The reader itself (tesseract) is another program, started by `worker`; here its table (TSV) becomes lines.

use serde::Deserialize;
use serde::Serialize;

use super::Document;
use super::Kind;
use super::clean;
use super::form;
use super::heic;
use super::ink::Ink;
use super::limits;
use super::pdf_layout;
use super::picture;
use crate::entry::Finding;
use crate::entry::FindingCode;
use crate::text::normal;

/// Below this the words are more guessed than read: handwriting, a blurred photograph.
const UNSURE: f32 = 0.7;
/// A single word below this is a stain, not a word.
const STAIN: f32 = 0.15;
/// Boxes are measured in this many parts of the page's width and height.
const PARTS: f32 = 10_000.0;

/// What reading the pictures of a document brought.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ocr {
    /// Mean certainty of all words by their length, 0..=1.
    pub confidence: f32,
    pub pages: Vec<OcrPage>,
}

/// One page in pictures.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OcrPage {
    pub words: Vec<OcrWord>,
    /// It stands on its head in its file.
    #[serde(default)]
    pub half_turn: bool,
}

/// A word and where it stands on the page as its file shows it (after the camera's own turn, before ours), in
/// ten-thousandths of the page's width and height.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OcrWord {
    pub text: String,
    pub left: u16,
    pub top: u16,
    pub right: u16,
    pub bottom: u16,
    /// 0..=1
    pub confidence: f32,
}

/// How a page was turned before it was read, to find the places of its words again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// Pixels of the page that was read.
    pub width: u32,
    pub height: u32,
    /// Degrees clockwise by which crooked lines were made level.
    pub level: f32,
    /// The page stood on its head and was turned by half.
    pub half_turn: bool,
}

/// A page ready for the reader.
#[derive(Clone, Debug, PartialEq)]
pub struct Ready {
    pub frame: Frame,
    pub ink: Ink,
    /// Grey pixels, row by row, `frame.width` × `frame.height` of them.
    pub pixels: Vec<u8>,
}

/// What the reader said of a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Said {
    pub frame: Frame,
    /// The reader's table.
    pub table: String,
}

/// Whether the text of a file can only be had from its pictures.
pub fn is_wanted(document: &Document) -> bool {
    let closed = document
        .findings
        .iter()
        .any(|finding| finding.code == FindingCode::Password);
    match document.kind {
        Kind::Jpeg | Kind::Png | Kind::Tiff | Kind::Webp | Kind::Gif | Kind::Bmp => true,
        Kind::Heic => heic::IS_READ,
        kind if is_written(kind) => document.scan && !closed,
        Kind::Pdf => {
            !closed
                && document.pages.is_some_and(|pages| pages > 0)
                && (document.scan || document.text.trim().is_empty())
        }
        _ => false,
    }
}

/// Whether files of this kind come from a word processor, with pictures between their lines.
fn is_written(kind: Kind) -> bool {
    matches!(kind, Kind::Docx | Kind::Doc | Kind::Odt | Kind::Rtf)
}

/// Whether a file has pictures that people are to see: pages, or illustrations beside its text.
pub fn has_pictures(document: &Document) -> bool {
    is_wanted(document) || document.pictured
}

/// How many pages there are to read.
pub fn pages(kind: Kind, bytes: &[u8]) -> usize {
    picture::count(kind, bytes)
}

/// One page made ready; `None` where it cannot be unpacked within the limits.
pub fn ready(kind: Kind, bytes: &[u8], number: usize) -> Option<Ready> {
    let page = picture::page(kind, bytes, number)?;
    let (page, level) = clean::cleaned(page);
    let ink = Ink::of(&page);
    let frame = Frame {
        width: page.width(),
        height: page.height(),
        level,
        half_turn: false,
    };
    let pixels = page.into_raw();
    Some(Ready { frame, ink, pixels })
}

impl Ready {
    /// Whether there are as many pixels as the frame says.
    pub fn is_whole(&self) -> bool {
        let pixels = u64::from(self.frame.width) * u64::from(self.frame.height);
        pixels > 0 && pixels == self.pixels.len() as u64
    }

    /// The page turned by half: its pixels from the last to the first.
    pub fn turned(mut self) -> Ready {
        self.frame.half_turn = !self.frame.half_turn;
        self.pixels.reverse();
        self
    }
}

/// How sure the reader was of a page: mean certainty by length of word, and the number of letters.
pub fn certainty(said: &Said) -> (f32, usize) {
    let words = words(&said.table);
    mean(
        words
            .iter()
            .map(|word| (word.text.as_str(), word.confidence)),
    )
}

fn mean<'a>(words: impl Iterator<Item = (&'a str, f32)>) -> (f32, usize) {
    let (mut sum, mut letters) = (0.0, 0);
    for (text, confidence) in words {
        let length = text.chars().filter(|c| c.is_alphanumeric()).count();
        sum += confidence * length as f32;
        letters += length;
    }
    if letters == 0 {
        return (0.0, 0);
    }
    (sum / letters as f32, letters)
}

/// Puts what was read into the document.
pub fn finish(mut document: Document, said: &[Said]) -> Document {
    let mut texts = Vec::new();
    let mut ocr = Ocr::default();
    for said in said {
        if said.frame.width == 0 && !document.findings.iter().any(is_damage) {
            document.findings.push(FindingCode::Damaged.into());
        }
        let words = words(&said.table);
        texts.push(page_text(&words));
        let words = words.iter().map(|word| word.placed(&said.frame)).collect();
        ocr.pages.push(OcrPage {
            words,
            half_turn: said.frame.half_turn,
        });
    }
    let all = ocr.pages.iter().flat_map(|page| &page.words);
    let (confidence, letters) = mean(all.map(|word| (word.text.as_str(), word.confidence)));
    ocr.confidence = confidence;
    let is_empty = |finding: &Finding| finding.code == FindingCode::Empty;
    // Letters drawn as shapes are no text to the reader of the file, but they are here.
    if letters > 0 {
        document.findings.retain(|finding| !is_empty(finding));
    }
    let nothing_there = document.findings.iter().any(is_empty);
    let mut text = normal(&texts.join("\n")).trim().to_owned();
    if text.len() > limits::TEXT_BYTES {
        text.truncate(text.floor_char_boundary(limits::TEXT_BYTES));
        document
            .findings
            .push(Finding::new(FindingCode::TooLarge, "text"));
    }
    // A head that a word processor wrote above its pictures stays.
    if is_written(document.kind) && !document.text.is_empty() {
        text = format!("{}\n{text}", document.text);
    }
    document.text = text.trim().to_owned();
    let sure = confidence >= UNSURE;
    if document.form.diacritics.is_none() && sure {
        document.form.diacritics = form::diacritics(&document.text);
        if document.form.diacritics == Some(false) {
            document.findings.push(FindingCode::NoDiacritics.into());
        }
    }
    if !sure && !nothing_there {
        let percent = if letters == 0 {
            String::new()
        } else {
            format!("{}", (confidence * 100.0).round())
        };
        document
            .findings
            .push(Finding::new(FindingCode::Unsure, percent));
    }
    document.ocr = Some(ocr);
    document
}

fn is_damage(finding: &Finding) -> bool {
    matches!(finding.code, FindingCode::Damaged | FindingCode::TooLarge)
}

/// Bytes at the beginning of the text that somebody typed above the pictures, whatever is read from those.
pub fn typed(before: &Document) -> usize {
    if is_written(before.kind) {
        before.text.len()
    } else {
        0
    }
}

/// Whether facts may be taken from the text: what was guessed is nobody's name.
pub fn is_sure(document: &Document) -> bool {
    document
        .ocr
        .as_ref()
        .is_none_or(|ocr| ocr.confidence >= UNSURE)
}

/// A row of the reader's table.
struct Row {
    /// Block, paragraph and line.
    line: (u32, u32, u32),
    left: f32,
    top: f32,
    width: f32,
    height: f32,
    confidence: f32,
    text: String,
}

impl Row {
    /// level, page, block, paragraph, line, word, left, top, width, height, confidence, text
    fn read(row: &str) -> Option<Row> {
        let mut cells = row.splitn(12, '\t');
        if cells.next() != Some("5") {
            return None;
        }
        cells.next()?;
        let mut whole = || cells.next()?.parse::<u32>().ok();
        let line = (whole()?, whole()?, whole()?);
        whole()?;
        let mut number = || cells.next()?.parse::<f32>().ok().filter(|n| n.is_finite());
        let (left, top, width, height) = (number()?, number()?, number()?, number()?);
        let confidence = (number()? / 100.0).clamp(0.0, 1.0);
        let text = normal(cells.next()?).trim().to_owned();
        if text.is_empty() || confidence < STAIN {
            return None;
        }
        Some(Row {
            line,
            left,
            top,
            width,
            height,
            confidence,
            text,
        })
    }

    fn right(&self) -> f32 {
        self.left + self.width
    }

    /// The word with its place on the page before it was turned.
    fn placed(&self, frame: &Frame) -> OcrWord {
        let (width, height) = (frame.width.max(1) as f32, frame.height.max(1) as f32);
        let (sin, cos) = frame.level.to_radians().sin_cos();
        let corner = |x: f32, y: f32| {
            let (dx, dy) = (x - width / 2.0, y - height / 2.0);
            let (u, v) = (
                dx * cos + dy * sin + width / 2.0,
                -dx * sin + dy * cos + height / 2.0,
            );
            if frame.half_turn {
                (width - u, height - v)
            } else {
                (u, v)
            }
        };
        let bottom = self.top + self.height;
        let corners = [
            corner(self.left, self.top),
            corner(self.right(), self.top),
            corner(self.left, bottom),
            corner(self.right(), bottom),
        ];
        let part = |value: f32, of: f32| (value / of * PARTS).clamp(0.0, PARTS);
        let most = |pick: fn(&(f32, f32)) -> f32| corners.iter().map(pick).fold(f32::MIN, f32::max);
        let least =
            |pick: fn(&(f32, f32)) -> f32| corners.iter().map(pick).fold(f32::MAX, f32::min);
        // Within 0..=10,000 by `part`.
        OcrWord {
            text: self.text.clone(),
            left: part(least(|c| c.0), width).floor() as u16,
            top: part(least(|c| c.1), height).floor() as u16,
            right: part(most(|c| c.0), width).ceil() as u16,
            bottom: part(most(|c| c.1), height).ceil() as u16,
            confidence: self.confidence,
        }
    }
}

fn words(table: &str) -> Vec<Row> {
    table
        .lines()
        .filter_map(Row::read)
        .take(limits::PAGE_WORDS)
        .collect()
}

/// The lines of a page, joined where only the width of the paper broke them.
fn page_text(words: &[Row]) -> String {
    let lines: Vec<&[Row]> = words.chunk_by(|a, b| a.line == b.line).collect();
    let right = words.iter().map(Row::right).fold(0.0, f32::max);
    let mut out = String::new();
    let mut before: Option<&[Row]> = None;
    for (number, line) in lines.iter().enumerate() {
        let text = line
            .iter()
            .map(|word| word.text.as_str())
            .collect::<Vec<_>>()
            .join(" ");
        let at_edge = number == 0 || number + 1 == lines.len();
        if at_edge && lines.len() > 3 && pdf_layout::is_page_number(&text) {
            continue;
        }
        let joined = before.is_some_and(|before| continues(before, line, &text, right));
        if !out.is_empty() {
            out.push(if joined { ' ' } else { '\n' });
        }
        out.push_str(&text);
        before = Some(line);
    }
    out
}

/// Whether a line goes on with the sentence of the one before: there was no room left for its first word.
fn continues(before: &[Row], line: &[Row], text: &str, right: f32) -> bool {
    let (Some(last), Some(first)) = (before.last(), line.first()) else {
        return false;
    };
    let same_paragraph = (last.line.0, last.line.1) == (first.line.0, first.line.1);
    let full = last.right() + first.width + 0.6 * first.height > right;
    same_paragraph && full && !pdf_layout::is_label(text)
}

#[cfg(test)]
mod tests {
    use super::Frame;
    use super::Ink;
    use super::Ready;
    use super::Said;
    use super::finish;
    use super::is_sure;
    use super::typed;
    use crate::document::Document;
    use crate::document::Kind;
    use crate::entry::FindingCode;

    fn said(rows: &str, frame: Frame) -> Said {
        Said {
            frame,
            table: format!("level\tpage_num\n1\t1\t0\n{rows}"),
        }
    }

    const FRAME: Frame = Frame {
        width: 1000,
        height: 2000,
        level: 0.0,
        half_turn: false,
    };

    #[test]
    fn words_become_lines_and_lines_paragraphs() {
        let rows = "5\t1\t1\t1\t1\t1\t100\t100\t100\t20\t96.5\tHọ\n5\t1\t1\t1\t1\t2\t210\t100\t100\t20\t95\ttên:\n\
            5\t1\t1\t1\t2\t1\t100\t130\t80\t20\t91\tDịch\n5\t1\t1\t1\t2\t2\t700\t130\t200\t20\t91\tvụ\n5\t1\t1\t1\t3\t1\t100\t160\t200\t20\t90\tcông\n\
            5\t1\t1\t1\t3\t2\t400\t160\t20\t20\t3\t~|\n";
        let document = finish(
            Document {
                kind: Kind::Jpeg,
                scan: true,
                ..Document::default()
            },
            &[said(rows, FRAME)],
        );
        assert_eq!(document.text, "Họ tên:\nDịch vụ công");
        let ocr = document.ocr.unwrap();
        assert!((0.9..0.97).contains(&ocr.confidence));
        let word = &ocr.pages[0].words[0];
        assert_eq!(
            (word.left, word.top, word.right, word.bottom),
            (1000, 500, 2000, 600)
        );
        assert!(document.findings.is_empty());
    }

    #[test]
    fn what_was_typed_above_the_pictures_stays_in_front() {
        let head = Document {
            kind: Kind::Docx,
            text: "Họ và tên: Lê An".into(),
            scan: true,
            ..Document::default()
        };
        let typed = typed(&head);
        let rows = "5\t1\t1\t1\t1\t1\t1\t1\t9\t9\t41\tngxyen\n";
        let document = finish(head, &[said(rows, FRAME)]);
        assert!(!is_sure(&document));
        assert_eq!(&document.text[..typed], "Họ và tên: Lê An");
        assert!(document.text.ends_with("ngxyen"));
    }

    #[test]
    fn a_page_turned_by_half_reads_from_its_end() {
        let page = Ready {
            frame: Frame {
                width: 2,
                height: 2,
                ..Frame::default()
            },
            ink: Ink::default(),
            pixels: b"abcd".to_vec(),
        };
        let turned = page.clone().turned();
        assert_eq!(turned.pixels, b"dcba");
        assert!(turned.frame.half_turn);
        assert_eq!(turned.turned(), page);
    }

    #[test]
    fn what_was_guessed_is_said_to_be_guessed() {
        let check = |rows: &str, percent: &str| {
            let document = finish(Document::default(), &[said(rows, FRAME)]);
            let found = document
                .findings
                .iter()
                .find(|f| f.code == FindingCode::Unsure);
            assert_eq!(found.map(|f| f.detail.as_str()), Some(percent), "{rows}");
        };
        check("5\t1\t1\t1\t1\t1\t1\t1\t9\t9\t41\tngxyen\n", "41");
        check("", "");
    }

    #[test]
    fn places_are_those_of_the_page_as_it_came() {
        let head_down = Frame {
            half_turn: true,
            ..FRAME
        };
        let document = finish(
            Document::default(),
            &[said(
                "5\t1\t1\t1\t1\t1\t100\t100\t100\t20\t96\tHọ\n",
                head_down,
            )],
        );
        let word = &document.ocr.unwrap().pages[0].words[0];
        assert_eq!(
            (word.left, word.top, word.right, word.bottom),
            (8000, 9400, 9000, 9500)
        );
    }
}
