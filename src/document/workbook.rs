//! What all readers of workbooks share: the rows in the making, their limits, and what becomes of them.

pub mod cell;

use super::Document;
use super::Kind;
use super::docx::refused;
use super::limits;
use super::package::Refusal;
use super::sheet;
use crate::entry::Finding;
use crate::entry::FindingCode;
use crate::text::normal;
use crate::text::normal_page;

/// The lines of all sheets in the making, their cells divided by tabs.
#[derive(Default)]
pub struct Rows {
    lines: Vec<String>,
    /// Sheet and row of each line, from 1.
    places: Vec<(usize, usize)>,
    pub sheet: usize,
    pub row: usize,
    bytes: usize,
    pub finding: Option<Finding>,
}

impl Rows {
    /// Begins the next sheet.
    pub fn turn(&mut self) {
        (self.sheet, self.row) = (self.sheet + 1, 0);
    }

    /// Ends a row; one without anything in it leaves no line. False when nothing more is taken.
    pub fn end(&mut self, cells: &[String]) -> bool {
        let line = cells.join("\t").trim_end().to_owned();
        if line.is_empty() {
            return true;
        }
        self.bytes += line.len() + 1;
        if self.lines.len() >= limits::SHEET_ROWS || self.bytes > limits::TEXT_BYTES {
            self.finding = Some(Finding::new(FindingCode::TooLarge, "text"));
            return false;
        }
        self.lines.push(line);
        self.places.push((self.sheet, self.row));
        true
    }
}

/// A workbook as a document.
pub fn document(kind: Kind, rows: Result<Rows, Refusal>) -> Document {
    let mut document = Document {
        kind,
        ..Document::default()
    };
    match rows {
        Ok(rows) => {
            document.text = normal_page(&rows.lines.join("\n"));
            document.findings.extend(rows.finding);
        }
        Err(refusal) => document.findings.extend(refused(refusal)),
    }
    if document.text.trim().is_empty() && document.findings.is_empty() {
        document.findings.push(FindingCode::Empty.into());
    }
    document
}

/// The rows of all sheets with their numbers; what is lost or too much is a trouble.
pub fn lines(rows: Result<Rows, Refusal>) -> Result<Vec<sheet::Line>, sheet::Trouble> {
    let rows = rows.map_err(|refusal| match refusal {
        Refusal::TooLarge => sheet::Trouble::TooLarge,
        _ => sheet::Trouble::Damaged,
    })?;
    match rows.finding.map(|finding| finding.code) {
        Some(FindingCode::TooLarge) => return Err(sheet::Trouble::TooLarge),
        Some(_) => return Err(sheet::Trouble::Damaged),
        None => {}
    }
    let of = |(line, (sheet, row)): (&String, &(usize, usize))| sheet::Line {
        sheet: *sheet,
        row: *row,
        cells: line.split('\t').map(|cell| normal(cell.trim())).collect(),
    };
    Ok(rows.lines.iter().zip(&rows.places).map(of).collect())
}

/// Columns far to the right hold no list: they are left out. A place that is taken stays as it is.
pub fn is_free(cells: &[String], column: usize) -> bool {
    column < limits::SHEET_COLUMNS && cells.get(column).is_none_or(String::is_empty)
}

/// Puts a text into its column.
pub fn put(cells: &mut Vec<String>, column: usize, text: String) {
    if text.is_empty() {
        return;
    }
    if cells.len() <= column {
        cells.resize(column + 1, String::new());
    }
    if let Some(place) = cells.get_mut(column) {
        *place = text;
    }
}

/// Goes on with the text of a cell. One string may stand in every cell, so a long one is cut before it is copied.
pub fn add(text: &mut String, more: &str) {
    let room = limits::CELL_BYTES.saturating_sub(text.len());
    text.push_str(&more[..more.floor_char_boundary(room)]);
}

#[cfg(test)]
mod tests;
