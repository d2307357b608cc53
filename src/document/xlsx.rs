//! Excel workbooks (.xlsx): the rows of every sheet as lines, their cells divided by tabs (ECMA-376 part 1, chapter 18).
//!
//! Our own reader, as for docx: it takes no number out of the file as the size of anything.

mod cell;

use quick_xml::events::BytesStart;
use quick_xml::events::Event;

use self::cell::Cell;
use super::docx;
use super::limits;
use super::package::Package;
use super::package::Refusal;
use super::workbook::Rows;
use super::workbook::add;
use super::workbook::cell::Formats;
use super::workbook::is_free;
use super::workbook::put;
use super::xml;
use crate::entry::Finding;
use crate::entry::FindingCode;

/// The rows of every sheet that is shown.
pub fn rows(bytes: &[u8]) -> Result<Rows, Refusal> {
    let mut package = Package::open(bytes)?;
    let main = docx::related(&mut package, "")
        .into_iter()
        .find(|part| part.role == "officeDocument")
        .map_or_else(|| "xl/workbook.xml".to_owned(), |part| part.name);
    let workbook = package.part(&main)?;
    let parts = docx::related(&mut package, &main);
    let part = |role: &str| parts.iter().find(|part| part.role == role);
    let strings = match part("sharedStrings") {
        Some(strings) => shared(&package.part(&strings.name)?),
        None => Vec::new(),
    };
    let styles = match part("styles") {
        Some(styles) => package.part(&styles.name).unwrap_or_default(),
        None => String::new(),
    };
    let (shown, since_1904) = sheets(&workbook);
    let formats = cell::formats(&styles, since_1904);
    let mut rows = Rows::default();
    for id in shown {
        let Some(sheet) = parts.iter().find(|part| part.id == id) else {
            continue;
        };
        rows.turn();
        match package.part(&sheet.name) {
            Ok(sheet) => {
                if !read_sheet(&sheet, &strings, &formats, &mut rows) {
                    break;
                }
            }
            Err(Refusal::TooLarge) => {
                rows.finding = Some(Finding::new(FindingCode::TooLarge, "size"));
                break;
            }
            // One sheet that is lost does not take the others with it.
            Err(_) => rows.finding = Some(FindingCode::Damaged.into()),
        }
    }
    Ok(rows)
}

/// The relationships of the sheets that are shown, in order, and whether days are counted from 1904.
fn sheets(workbook: &str) -> (Vec<String>, bool) {
    let mut found = Vec::new();
    let mut since_1904 = false;
    let mut reader = xml::reader(workbook);
    loop {
        match reader.read_event() {
            Ok(Event::Start(e) | Event::Empty(e)) => match e.local_name().as_ref() {
                "sheet" => {
                    let hidden =
                        xml::attribute(&e, "state").is_some_and(|state| state != "visible");
                    // "sheetId" is another attribute than "r:id".
                    if let Some(id) = xml::attribute(&e, "id").filter(|_| !hidden) {
                        found.push(id);
                    }
                }
                "workbookPr" => {
                    since_1904 = matches!(
                        xml::attribute(&e, "date1904").as_deref(),
                        Some("1" | "true" | "on")
                    );
                }
                _ => {}
            },
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    (found, since_1904)
}

/// The strings that cells name by number; how they are pronounced (`rPh`) is left out.
fn shared(part: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let (mut within, mut aside) = (false, false);
    let mut reader = xml::reader(part);
    loop {
        match reader.read_event() {
            Ok(Event::Start(e)) => match e.local_name().as_ref() {
                "si" if found.len() < limits::SHEET_STRINGS => found.push(String::new()),
                "t" => within = !aside,
                "rPh" => aside = true,
                _ => {}
            },
            Ok(Event::Empty(e)) if e.local_name().as_ref() == "si" => {
                if found.len() < limits::SHEET_STRINGS {
                    found.push(String::new());
                }
            }
            Ok(Event::End(e)) => match e.local_name().as_ref() {
                "t" => within = false,
                "rPh" => aside = false,
                _ => {}
            },
            Ok(Event::Eof) | Err(_) => return found,
            Ok(event) if within => {
                if let Some(last) = found.last_mut() {
                    add(last, &xml::written(&event));
                }
            }
            Ok(_) => {}
        }
    }
}

/// Reads one sheet. False when nothing more is taken.
fn read_sheet(part: &str, strings: &[String], formats: &Formats, rows: &mut Rows) -> bool {
    let mut cells: Vec<String> = Vec::new();
    let mut cell: Option<Cell> = None;
    let (mut next, mut within) = (0, false);
    let mut reader = xml::reader(part);
    loop {
        match reader.read_event() {
            Ok(Event::Start(e)) => match e.local_name().as_ref() {
                "row" => {
                    next = 0;
                    rows.row = numbered(&e, rows.row);
                }
                "c" => {
                    let opened = open(&e, next);
                    next = opened.column + 1;
                    cell = Some(opened);
                }
                "v" | "t" => within = cell.is_some(),
                _ => {}
            },
            Ok(Event::Empty(e)) => match e.local_name().as_ref() {
                "row" => {
                    next = 0;
                    rows.row = numbered(&e, rows.row);
                }
                "c" => next = open(&e, next).column + 1,
                "sheetData" => return true,
                _ => {}
            },
            Ok(Event::End(e)) => match e.local_name().as_ref() {
                "v" | "t" => within = false,
                "c" => {
                    if let Some(cell) = cell.take().filter(|cell| is_free(&cells, cell.column)) {
                        put(&mut cells, cell.column, cell.text(strings, formats));
                    }
                }
                "row" => {
                    let goes_on = rows.end(&cells);
                    cells.clear();
                    if !goes_on {
                        return false;
                    }
                }
                "sheetData" => return true,
                _ => {}
            },
            Ok(Event::Eof) | Err(_) => {
                rows.finding = Some(FindingCode::Damaged.into());
                return rows.end(&cells);
            }
            Ok(event) if within => {
                if let Some(cell) = &mut cell {
                    add(&mut cell.value, &xml::written(&event));
                }
            }
            Ok(_) => {}
        }
    }
}

/// The number of a row: as it says, else the one after the last.
fn numbered(element: &BytesStart, last: usize) -> usize {
    let said = xml::attribute(element, "r").and_then(|row| row.parse().ok());
    said.unwrap_or(last.saturating_add(1))
}

/// A cell where it says it stands, else behind the one before it.
fn open(element: &BytesStart, next: usize) -> Cell {
    let column = xml::attribute(element, "r").and_then(|place| cell::column(&place));
    Cell {
        column: column.unwrap_or(next),
        kind: xml::attribute(element, "t").unwrap_or_default(),
        style: xml::attribute(element, "s").and_then(|style| style.parse().ok()),
        value: String::new(),
    }
}

#[cfg(test)]
mod tests;
