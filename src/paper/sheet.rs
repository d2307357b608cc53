//! An official list as a spreadsheet: head, title, one table whose head is printed on every page, and a place to sign.
//!
//! Texts are written as strings whatever they look like; only our own numbers are numbers. A4, Times New Roman; margins
//! and head as Nghị định 30/2020/NĐ-CP, Phụ lục I has them.

use rust_xlsxwriter::DocProperties;
use rust_xlsxwriter::ExcelDateTime;
use rust_xlsxwriter::Format;
use rust_xlsxwriter::FormatAlign;
use rust_xlsxwriter::FormatBorder;
use rust_xlsxwriter::FormatUnderline;
use rust_xlsxwriter::IgnoreError;
use rust_xlsxwriter::Workbook;
use rust_xlsxwriter::Worksheet;
use rust_xlsxwriter::XlsxError;

use super::clean;
use super::head::Day;
use super::head::Issuer;
use super::measure;
use super::table::Cell;
use super::table::Column;
use super::table::Kind;
use super::table::Table;
use crate::words::paper as words;

const FONT: &str = "Times New Roman";
const A4: u8 = 9;
/// Two decimals with the comma of Vietnamese (language 0x42A), on whatever computer the list is opened.
const POINTS: &str = "[$-42A]0.00";
/// Points of height that a line of the head takes.
const LINE: f64 = 18.0;

/// A list to be printed.
pub struct Sheet<'a> {
    pub issuer: &'a Issuer,
    pub day: Day,
    /// In capitals.
    pub title: &'a str,
    /// Contest, unit, round: a line each.
    pub subtitle: &'a [String],
    pub table: &'a Table,
    pub lies: Lies,
}

/// How the paper lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lies {
    Upright,
    Across,
}

/// The bytes of the .xlsx. Fails only for more rows or columns than a sheet can hold.
pub fn write(sheet: &Sheet<'_>) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let date = sheet.day.date();
    let written = ExcelDateTime::from_ymd(
        u16::try_from(date.year()).unwrap_or(1900),
        date.month().unsigned_abs(),
        date.day().unsigned_abs(),
    )?;
    workbook.set_properties(
        &DocProperties::new()
            .set_title(clean::line(sheet.title))
            .set_author(clean::line(&sheet.issuer.name))
            .set_creation_datetime(&written),
    );
    let page = workbook.add_worksheet();
    page.set_name(words::TAB)?;
    set_up(page, sheet)?;
    let top = head(page, sheet)?;
    let bottom = table(page, sheet.table, top)?;
    foot(page, sheet, bottom + 1)?;
    workbook.save_to_buffer()
}

fn set_up(page: &mut Worksheet, sheet: &Sheet<'_>) -> Result<(), XlsxError> {
    page.set_paper_size(A4);
    if sheet.lies == Lies::Across {
        page.set_landscape();
    }
    // Inches: left 30 mm, right 15 mm, top and bottom 20 mm.
    page.set_margins(1.18, 0.59, 0.79, 0.79, 0.4, 0.4);
    page.set_print_fit_to_pages(1, 0);
    page.set_print_center_horizontally(true);
    page.set_footer(format!("&C&\"{FONT},Regular\"&11{}", words::PAGES));
    for (place, column) in (0..).zip(&sheet.table.columns) {
        page.set_column_width(place, column.width)?;
    }
    Ok(())
}

/// Writes agency, state and title; gives the row where the table begins.
fn head(page: &mut Worksheet, sheet: &Sheet<'_>) -> Result<u32, XlsxError> {
    let (middle, last) = halves(sheet.table);
    let plain = text(13.0).set_align(FormatAlign::Center);
    let bold = plain.clone().set_bold();
    let mut left: Vec<(&str, &Format)> = Vec::new();
    left.extend(
        sheet
            .issuer
            .above
            .iter()
            .map(|line| (line.as_str(), &plain)),
    );
    left.extend(sheet.issuer.head.iter().map(|line| (line.as_str(), &bold)));
    // A dash drawn by letters: the rule under the agency, a third of its line.
    let rule = text(6.0)
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::Top);
    left.push(("――――――――――――――", &rule));
    let motto = bold
        .clone()
        .set_font_size(14)
        .set_underline(FormatUnderline::Single);
    let day = sheet.day.line(&sheet.issuer.place);
    let italic = text(13.0).set_align(FormatAlign::Center).set_italic();
    let blank = text(6.0);
    let mut right: Vec<(&str, &Format)> = vec![(words::STATE, &bold), (words::MOTTO, &motto)];
    right.resize(left.len().max(2), ("", &blank));
    right.push((&day, &italic));
    let mark = bold
        .clone()
        .set_border(FormatBorder::Thin)
        .set_align(FormatAlign::VerticalCenter);
    let rows = right.len();
    for (row, n) in (0..).zip(0..rows) {
        if let Some((line, format)) = left.get(n) {
            span(page, row, 0, middle, line, format)?;
        }
        if let Some((line, format)) = right.get(n) {
            span(page, row, middle + 1, last, line, format)?;
        }
        let height = if n + 1 == left.len() && n >= 2 {
            9.0
        } else {
            LINE
        };
        page.set_row_height(row, height)?;
    }
    let mut row = u32::try_from(rows).unwrap_or(0);
    if sheet.day.is_draft() {
        // In the middle of the left half, over a column or two, so that the frame is no wider than a stamp.
        let at = stamp(sheet.table, middle);
        page.write_string_with_format(row - 1, at, words::DRAFT, &mark)?;
    }
    row += 1;
    let title = text(14.0).set_align(FormatAlign::Center).set_bold();
    span(page, row, 0, last, sheet.title, &title)?;
    page.set_row_height(row, 22)?;
    for line in sheet.subtitle {
        row += 1;
        span(page, row, 0, last, line, &title.clone().set_font_size(13))?;
        page.set_row_height(row, LINE)?;
    }
    Ok(row + 2)
}

/// Writes the table from this row on; gives the row after it.
fn table(page: &mut Worksheet, table: &Table, top: u32) -> Result<u32, XlsxError> {
    let title = text(12.0)
        .set_bold()
        .set_border(FormatBorder::Thin)
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter)
        .set_text_wrap();
    let left = text(12.0)
        .set_border(FormatBorder::Thin)
        .set_align(FormatAlign::VerticalCenter)
        .set_text_wrap();
    let centred = left.clone().set_align(FormatAlign::Center);
    let points = centred.clone().set_num_format(POINTS);
    for (place, column) in (0..).zip(&table.columns) {
        page.write_string_with_format(top, place, clean::cell(&column.title), &title)?;
    }
    let titles = table.columns.iter().map(|column| {
        // Bold, and a little narrower for it.
        measure::lines(&column.title, inside(column) * 9 / 10)
    });
    page.set_row_height(top, height(titles.max()) + 4.0)?;
    page.set_repeat_rows(top, top)?;
    let mut row = top;
    for cells in &table.rows {
        row = row.checked_add(1).ok_or(XlsxError::RowColumnLimitError)?;
        // Not every program fits a row to its text by itself.
        let lines = table
            .columns
            .iter()
            .zip(cells)
            .map(|(column, cell)| match cell {
                Cell::Text(text) => measure::lines(&clean::cell(text), inside(column)),
                Cell::Whole(_) | Cell::Points(_) | Cell::Empty => 1,
            });
        page.set_row_height(row, height(lines.max()))?;
        for ((place, column), cell) in (0..).zip(&table.columns).zip(cells) {
            let format = match column.kind {
                Kind::Text => &left,
                Kind::Centred => &centred,
                Kind::Points => &points,
            };
            match cell {
                Cell::Text(text) => {
                    page.write_string_with_format(row, place, clean::cell(text), format)?
                }
                // Excel counts in floating point; whole numbers and hundredths below 2^53 come back exactly.
                Cell::Whole(n) => page.write_number_with_format(row, place, *n as f64, format)?,
                Cell::Points(n) => {
                    page.write_number_with_format(row, place, *n as f64 / 100.0, format)?
                }
                Cell::Empty => page.write_blank(row, place, format)?,
            };
        }
    }
    let last = last_column(table);
    if row > top {
        // Codes and phones are meant to be text: no green corners.
        page.ignore_error_range(top + 1, 0, row, last, IgnoreError::NumberStoredAsText)?;
    }
    Ok(row + 1)
}

fn foot(page: &mut Worksheet, sheet: &Sheet<'_>, top: u32) -> Result<(), XlsxError> {
    let (middle, last) = halves(sheet.table);
    let bold = text(13.0).set_align(FormatAlign::Center).set_bold();
    let italic = text(12.0).set_align(FormatAlign::Center).set_italic();
    span(page, top, 0, middle, words::LIST_MADE_BY, &bold)?;
    span(page, top + 1, 0, middle, words::SIGN_HERE, &italic)?;
    for (row, line) in (top..).zip(&sheet.issuer.signed_as) {
        span(page, row, middle + 1, last, line, &bold)?;
    }
    Ok(())
}

/// What fits into a line of a cell: a column is counted in digits of 7 pixels, the text has 16, each side keeps 3 free.
fn inside(column: &Column) -> u32 {
    (u32::from(column.width) * 7).saturating_sub(6) * 1_000 / 16
}

/// Points of height for so many lines; 409 is the most a row can have.
fn height(lines: Option<u32>) -> f64 {
    (f64::from(lines.unwrap_or(1)) * 15.75 + 2.0).min(409.0)
}

fn text(size: f64) -> Format {
    Format::new().set_font_name(FONT).set_font_size(size)
}

/// One text over several columns of a row.
fn span(
    page: &mut Worksheet,
    row: u32,
    first: u16,
    last: u16,
    line: &str,
    format: &Format,
) -> Result<(), XlsxError> {
    let line = clean::cell(line);
    if first < last {
        page.merge_range(row, first, row, last, &line, format)?;
    } else {
        page.write_string_with_format(row, first, line, format)?;
    }
    Ok(())
}

fn last_column(table: &Table) -> u16 {
    u16::try_from(table.columns.len().saturating_sub(1))
        .unwrap_or(u16::MAX)
        .max(1)
}

/// The last column of the left half (at most 45 parts of 100 of the width) and the last of all.
fn halves(table: &Table) -> (u16, u16) {
    let last = last_column(table);
    let whole: u32 = table.columns.iter().map(|c| u32::from(c.width)).sum();
    let mut left = 0;
    let columns = table
        .columns
        .iter()
        .take_while(|column| {
            left += u32::from(column.width);
            left * 100 <= whole * 45
        })
        .count();
    let columns = u16::try_from(columns).unwrap_or(u16::MAX);
    (columns.clamp(1, last) - 1, last)
}

/// The column of the left half that holds its middle.
fn stamp(table: &Table, middle: u16) -> u16 {
    let half = &table.columns[..table.columns.len().min(usize::from(middle) + 1)];
    let whole: u32 = half.iter().map(|column| u32::from(column.width)).sum();
    let mut left = 0;
    let before = half
        .iter()
        .take_while(|column| {
            left += u32::from(column.width);
            left * 2 < whole
        })
        .count();
    u16::try_from(before).unwrap_or(0).min(middle)
}
