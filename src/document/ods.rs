//! OpenDocument workbooks (.ods): the rows of every sheet that is shown (ISO/IEC 26300, chapter 9).

use std::collections::HashSet;

use quick_xml::events::BytesStart;
use quick_xml::events::Event;

use super::limits;
use super::odt::is_encrypted;
use super::package::Package;
use super::package::Refusal;
use super::workbook::Rows;
use super::workbook::add;
use super::workbook::cell::iso_day;
use super::workbook::cell::on_one_line;
use super::workbook::is_free;
use super::workbook::put;
use super::xml;
use crate::entry::FindingCode;

/// The rows of every sheet that is shown.
pub fn rows(bytes: &[u8]) -> Result<Rows, Refusal> {
    let mut package = Package::open(bytes)?;
    let manifest = package.part("META-INF/manifest.xml");
    if manifest.is_ok_and(|manifest| is_encrypted(&manifest)) {
        return Err(Refusal::Password);
    }
    Ok(read(&package.part("content.xml")?))
}

/// A cell in the making.
struct Cell {
    /// How many columns it stands in.
    columns: usize,
    day: Option<String>,
    value: Option<String>,
    text: String,
}

impl Cell {
    fn open(element: &BytesStart) -> Cell {
        Cell {
            columns: repeated(element, "number-columns-repeated"),
            day: xml::attribute(element, "date-value").and_then(|day| iso_day(&day)),
            value: xml::attribute(element, "value"),
            text: String::new(),
        }
    }

    /// What people see in it; a day as all workbooks tell it.
    fn shown(self) -> String {
        let text = on_one_line(&self.text);
        match (self.day, text.is_empty()) {
            (Some(day), _) => day,
            (None, true) => self.value.unwrap_or_default(),
            (None, false) => text,
        }
    }
}

fn read(content: &str) -> Rows {
    let mut rows = Rows::default();
    let mut hidden = HashSet::new();
    // The style that is being told, tables within each other, and remarks beside a cell.
    let (mut style, mut tables, mut aside) = (String::new(), 0_usize, 0_usize);
    let mut shown = true;
    let mut cells: Vec<String> = Vec::new();
    let (mut column, mut alike) = (0_usize, 1_usize);
    let mut cell: Option<Cell> = None;
    let mut reader = xml::reader(content);
    loop {
        let event = match reader.read_event() {
            Ok(Event::Eof) if tables == 0 => return rows,
            Ok(Event::Eof) | Err(_) => {
                rows.finding = Some(FindingCode::Damaged.into());
                return rows;
            }
            Ok(event) => event,
        };
        let closed = matches!(event, Event::Empty(_));
        match &event {
            Event::Start(e) | Event::Empty(e) => match e.local_name().as_ref() {
                "style" => style = xml::attribute(e, "name").unwrap_or_default(),
                "table-properties" if xml::attribute(e, "display").as_deref() == Some("false") => {
                    hidden.insert(style.clone());
                }
                "table" if !closed => {
                    tables += 1;
                    if tables == 1 {
                        let style = xml::attribute(e, "style-name").unwrap_or_default();
                        shown = !hidden.contains(&style);
                        if shown {
                            rows.turn();
                        }
                    }
                }
                _ if tables != 1 || !shown => {}
                "table-row" => {
                    cells.clear();
                    (column, alike) = (0, repeated(e, "number-rows-repeated"));
                    if closed {
                        rows.row = rows.row.saturating_add(alike);
                    }
                }
                "table-cell" | "covered-table-cell" => {
                    let opened = Cell::open(e);
                    if closed {
                        column = column.saturating_add(opened.columns);
                    } else {
                        cell = Some(opened);
                    }
                }
                "annotation" if !closed => aside += 1,
                // Paragraphs, spaces, tabs and breaks all divide words.
                "p" | "s" | "tab" | "line-break" if aside == 0 => {
                    if let Some(cell) = &mut cell {
                        add(&mut cell.text, " ");
                    }
                }
                _ => {}
            },
            Event::End(e) => match e.local_name().as_ref() {
                "table" => tables = tables.saturating_sub(1),
                _ if tables != 1 || !shown => {}
                "annotation" => aside = aside.saturating_sub(1),
                "table-cell" | "covered-table-cell" => {
                    if let Some(cell) = cell.take() {
                        let columns = cell.columns;
                        let text = cell.shown();
                        let end = column.saturating_add(columns);
                        for column in column..end.min(limits::SHEET_COLUMNS) {
                            if is_free(&cells, column) {
                                put(&mut cells, column, text.clone());
                            }
                        }
                        column = end;
                    }
                }
                "table-row" => {
                    let goes_on = end(&mut rows, &cells, alike);
                    if !goes_on {
                        return rows;
                    }
                }
                _ => {}
            },
            _ if aside == 0 => {
                if let Some(cell) = &mut cell {
                    add(&mut cell.text, &xml::written(&event));
                }
            }
            _ => {}
        }
    }
}

/// Ends a row that stands so often one below the other. False when nothing more is taken.
fn end(rows: &mut Rows, cells: &[String], alike: usize) -> bool {
    if cells.iter().all(String::is_empty) {
        rows.row = rows.row.saturating_add(alike);
        return true;
    }
    (0..alike).all(|_| {
        rows.row = rows.row.saturating_add(1);
        rows.end(cells)
    })
}

fn repeated(element: &BytesStart, name: &str) -> usize {
    let said = xml::attribute(element, name).and_then(|count| count.parse().ok());
    said.unwrap_or(1)
}

#[cfg(test)]
mod tests;
