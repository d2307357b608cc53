//! Excel workbooks of 97 to 2003 (.xls): the rows of every sheet that is shown ([MS-XLS]).
//!
//! The stream "Workbook" is a chain of records. First stand those of the whole book, with the strings and formats that
//! cells name by number, then those of each sheet. Our own reader, as for doc: it takes no number out of the file as the
//! size of anything.

mod strings;

use std::collections::BTreeMap;

use self::strings::Pieces;
use super::bytes::byte;
use super::bytes::long;
use super::bytes::piece;
use super::bytes::place;
use super::bytes::word;
use super::doc;
use super::limits;
use super::package::Refusal;
use super::workbook::Rows;
use super::workbook::cell::Formats;
use super::workbook::cell::on_one_line;
use super::workbook::is_free;
use super::workbook::put;
use crate::entry::Finding;
use crate::entry::FindingCode;

// Records ([MS-XLS] 2.3.2).
const FORMULA: u16 = 0x0006;
const EOF: u16 = 0x000a;
const DATE_1904: u16 = 0x0022;
const FILE_PASS: u16 = 0x002f;
const CONTINUE: u16 = 0x003c;
const BOUND_SHEET: u16 = 0x0085;
const MUL_RK: u16 = 0x00bd;
const RSTRING: u16 = 0x00d6;
const XF: u16 = 0x00e0;
const SST: u16 = 0x00fc;
const LABEL_SST: u16 = 0x00fd;
const NUMBER: u16 = 0x0203;
const LABEL: u16 = 0x0204;
const STRING: u16 = 0x0207;
const RK: u16 = 0x027e;
const FORMAT: u16 = 0x041e;
const BOF: u16 = 0x0809;

/// The rows of every sheet that is shown.
pub fn rows(bytes: &[u8]) -> Result<Rows, Refusal> {
    let stream = doc::stream(bytes, "/Workbook").ok_or(Refusal::Damaged)?;
    let book = Book::read(&stream)?;
    let mut rows = Rows::default();
    if !book.whole {
        rows.finding = Some(FindingCode::Damaged.into());
    }
    for start in &book.sheets {
        rows.turn();
        let goes_on = read_sheet(&stream, *start, &book, &mut rows);
        if !goes_on {
            break;
        }
    }
    Ok(rows)
}

/// The records from a place on, each with its type.
struct Records<'a> {
    stream: &'a [u8],
    at: usize,
}

impl<'a> Iterator for Records<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let kind = word(self.stream, self.at)?;
        let length = usize::from(word(self.stream, self.at + 2)?);
        let body = piece(self.stream, self.at + 4, length)?;
        self.at += 4 + length;
        Some((kind, body))
    }
}

/// What stands before the sheets.
struct Book {
    /// Where the sheets that are shown begin, in their order.
    sheets: Vec<usize>,
    strings: Vec<String>,
    formats: Formats,
    /// Nothing of it is missing.
    whole: bool,
}

impl Book {
    fn read(stream: &[u8]) -> Result<Book, Refusal> {
        let (mut sheets, mut strings) = (Vec::new(), Vec::new());
        let (mut styles, mut own, mut since_1904) = (Vec::new(), Vec::new(), false);
        let (mut goes_on, mut ended) = (false, false);
        for (kind, body) in (Records { stream, at: 0 }) {
            goes_on = kind == SST || kind == CONTINUE && goes_on;
            match kind {
                SST | CONTINUE if goes_on => strings.push(body),
                FILE_PASS => return Err(Refusal::Password),
                DATE_1904 => since_1904 = word(body, 0) == Some(1),
                // Of its state only two bits count; kind 0 is a sheet, others are charts and macros (2.4.28).
                BOUND_SHEET if byte(body, 4).is_some_and(|state| state & 3 == 0) => {
                    sheets.extend(place(body, 0).filter(|_| byte(body, 5) == Some(0)));
                }
                FORMAT => {
                    let code = Pieces::new(&[body.get(2..).unwrap_or_default()]).text();
                    own.extend(word(body, 0).map(u32::from).zip(code));
                }
                XF => styles.push(word(body, 2).map_or(0, u32::from)),
                EOF => {
                    ended = true;
                    break;
                }
                _ => {}
            }
        }
        let shared = strings::shared(&strings);
        let whole = ended && shared.whole;
        Ok(Book {
            sheets,
            strings: shared.strings,
            formats: Formats::new(styles, own, since_1904),
            whole,
        })
    }
}

/// The cells of a sheet by row. Programs write them in order, but need not.
#[derive(Default)]
struct Cells {
    rows: BTreeMap<u16, Vec<String>>,
    bytes: usize,
}

impl Cells {
    fn put(&mut self, row: u16, column: usize, text: &str) {
        if text.is_empty() {
            return;
        }
        // More than this is no longer taken; that it is too much is said when the rows are put together.
        if self.bytes > limits::TEXT_BYTES || self.rows.len() > limits::SHEET_ROWS {
            return;
        }
        let cells = self.rows.entry(row).or_default();
        if is_free(cells, column) {
            let text = on_one_line(text);
            self.bytes += text.len() + 1;
            put(cells, column, text);
        }
    }
}

/// Reads one sheet. False when nothing more is taken.
fn read_sheet(stream: &[u8], start: usize, book: &Book, rows: &mut Rows) -> bool {
    let mut cells = Cells::default();
    let (mut depth, mut whole) = (0_usize, false);
    // The formula whose text follows.
    let mut waiting = None;
    for (kind, body) in (Records { stream, at: start }) {
        match kind {
            BOF => depth += 1,
            EOF => {
                depth = depth.saturating_sub(1);
                whole = depth == 0;
                if whole {
                    break;
                }
            }
            // A chart within the sheet.
            _ if depth > 1 => {}
            STRING => {
                if let Some((row, column)) = waiting.take() {
                    let text = Pieces::new(&[body]).text();
                    cells.put(row, usize::from(column), &text.unwrap_or_default());
                }
            }
            _ => {
                let Some((row, column)) = word(body, 0).zip(word(body, 2)) else {
                    continue;
                };
                match kind {
                    FORMULA if !is_number(body) => waiting = Some((row, column)),
                    MUL_RK => {
                        // Style and number, again and again; the last two bytes name the last column (2.4.175).
                        let numbers = body.get(4..).unwrap_or_default().chunks_exact(6);
                        for (column, one) in (usize::from(column)..).zip(numbers) {
                            let text = long(one, 2).map(|rk| book.shown(packed(rk), one));
                            cells.put(row, column, &text.unwrap_or_default());
                        }
                    }
                    _ => {
                        let text = cell(kind, body, book).unwrap_or_default();
                        cells.put(row, usize::from(column), &text);
                    }
                }
            }
        }
    }
    for (row, cells) in &cells.rows {
        rows.row = usize::from(*row) + 1;
        if !rows.end(cells) {
            return false;
        }
    }
    if cells.bytes > limits::TEXT_BYTES {
        rows.finding = Some(Finding::new(FindingCode::TooLarge, "text"));
        return false;
    }
    if !whole {
        rows.finding = Some(FindingCode::Damaged.into());
    }
    true
}

/// What a record with one cell shows; nothing for other records.
fn cell(kind: u16, body: &[u8], book: &Book) -> Option<String> {
    let style = body.get(4..)?;
    match kind {
        LABEL_SST => book.strings.get(place(body, 6)?).cloned(),
        LABEL | RSTRING => Pieces::new(&[body.get(6..)?]).text(),
        RK => Some(book.shown(packed(long(body, 6)?), style)),
        NUMBER | FORMULA => {
            let number: [u8; 8] = piece(body, 6, 8)?.try_into().ok()?;
            Some(book.shown(f64::from_le_bytes(number), style))
        }
        _ => None,
    }
}

impl Book {
    /// A number in the style that stands at the beginning of `style`.
    fn shown(&self, number: f64, style: &[u8]) -> String {
        let style = word(style, 0).map(usize::from);
        let shown = self.formats.shown(number, style);
        shown.unwrap_or_else(|| number.to_string())
    }
}

/// Whether what a formula came to is a number: else two bytes at its end say so (2.5.133).
fn is_number(body: &[u8]) -> bool {
    word(body, 12) != Some(0xffff)
}

/// A number in four bytes: whole, or the upper half of one that is not; perhaps a hundred times too large (2.5.217).
fn packed(rk: u32) -> f64 {
    let number = if rk & 2 == 0 {
        f64::from_bits(u64::from(rk & !3) << 32)
    } else {
        f64::from(rk.cast_signed() >> 2)
    };
    if rk & 1 == 0 { number } else { number / 100.0 }
}

#[cfg(test)]
mod tests;
