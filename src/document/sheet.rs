//! A table as a spreadsheet program saves it, each row with its number: workbooks, and texts whose cells are divided by
//! commas, semicolons or tabs (RFC 4180). For lists in which a person must find the row that is wrong.

use serde::Deserialize;
use serde::Serialize;

use super::Kind;
use super::limits;
use super::ods;
use super::plain;
use super::sniff::sniff;
use super::workbook;
use super::xls;
use super::xlsx;
use crate::text::normal;

/// A row with something in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The sheet, from 1; of a text the only one.
    pub sheet: usize,
    /// The number that the program shows beside it.
    pub row: usize,
    pub cells: Vec<String>,
}

/// Why a table is not there in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// Neither a workbook nor a text.
    Kind,
    /// Locked by a password, or broken.
    Damaged,
    TooLarge,
}

/// Reads a table. Nothing is left out in silence: what is not there in full is a trouble.
pub fn lines(bytes: &[u8], name: &str) -> Result<Vec<Line>, Trouble> {
    match sniff(bytes, name, "") {
        Kind::Xlsx => workbook::lines(xlsx::rows(bytes)),
        Kind::Xls => workbook::lines(xls::rows(bytes)),
        Kind::Ods => workbook::lines(ods::rows(bytes)),
        Kind::Text => text(bytes),
        _ => Err(Trouble::Kind),
    }
}

fn text(bytes: &[u8]) -> Result<Vec<Line>, Trouble> {
    let text = plain::decode(bytes).ok_or(Trouble::Damaged)?;
    if text.len() > limits::TEXT_BYTES {
        return Err(Trouble::TooLarge);
    }
    let text = text.trim_start_matches('\u{feff}');
    // Excel begins a file with this line when it was told to.
    let (text, mark) = match text
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("sep="))
    {
        Some(mark) => (
            text.split_once('\n').map_or("", |(_, rest)| rest),
            mark.chars().next(),
        ),
        None => (text, None),
    };
    let first = if mark.is_some() { 2 } else { 1 };
    let mut lines = divided(text, mark.unwrap_or_else(|| divider(text)))?;
    for line in &mut lines {
        line.row += first - 1;
    }
    lines.retain(|line| line.cells.iter().any(|cell| !cell.is_empty()));
    Ok(lines)
}

/// What divides the cells: what stands most often in the line that has most of any.
fn divider(text: &str) -> char {
    let mut best = (0, ',');
    for line in text.lines().take(20) {
        for mark in ['\t', ';', ','] {
            let count = line.matches(mark).count();
            if count > best.0 {
                best = (count, mark);
            }
        }
    }
    best.1
}

/// The rows of a text; a cell in quotation marks may hold the divider, doubled marks and ends of lines.
fn divided(text: &str, divider: char) -> Result<Vec<Line>, Trouble> {
    let mut lines = Vec::new();
    let mut line = Line {
        sheet: 1,
        row: 1,
        cells: Vec::new(),
    };
    let mut cell = String::new();
    let mut quoted = false;
    let mut number = 1;
    let mut letters = text.chars().filter(|c| *c != '\r').peekable();
    while let Some(c) = letters.next() {
        match c {
            '"' if quoted && letters.peek() == Some(&'"') => {
                cell.push('"');
                letters.next();
            }
            '"' if quoted => quoted = false,
            '"' if cell.trim().is_empty() => {
                cell.clear();
                quoted = true;
            }
            '\n' => {
                number += 1;
                if quoted {
                    cell.push(' ');
                    continue;
                }
                line.cells.push(normal(std::mem::take(&mut cell).trim()));
                lines.push(std::mem::replace(
                    &mut line,
                    Line {
                        sheet: 1,
                        row: number,
                        cells: Vec::new(),
                    },
                ));
                if lines.len() > limits::SHEET_ROWS {
                    return Err(Trouble::TooLarge);
                }
            }
            c if c == divider && !quoted => {
                line.cells.push(normal(std::mem::take(&mut cell).trim()));
            }
            c => cell.push(c),
        }
    }
    // A cell that nobody closed has taken the rest of the file into itself.
    if quoted {
        return Err(Trouble::Damaged);
    }
    line.cells.push(normal(cell.trim()));
    lines.push(line);
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::Trouble;
    use super::lines;

    #[test]
    fn a_text_is_read_as_spreadsheets_write_it() {
        let check = |text: &str, want: &[(usize, &[&str])]| {
            let found = lines(text.as_bytes(), "a.csv").unwrap();
            let found: Vec<(usize, Vec<&str>)> = found
                .iter()
                .map(|line| (line.row, line.cells.iter().map(String::as_str).collect()))
                .collect();
            let want: Vec<(usize, Vec<&str>)> = want
                .iter()
                .map(|(row, cells)| (*row, cells.to_vec()))
                .collect();
            assert_eq!(found, want, "{text}");
        };
        check(
            "STT,Họ và tên\r\n1,Lê An\r\n",
            &[(1, &["STT", "Họ và tên"]), (2, &["1", "Lê An"])],
        );
        check(
            "\u{feff}STT;Họ tên\n;\n1;\"Lê; An\"",
            &[(1, &["STT", "Họ tên"]), (3, &["1", "Lê; An"])],
        );
        check(
            "STT\tHọ tên\n1\tLê, An",
            &[(1, &["STT", "Họ tên"]), (2, &["1", "Lê, An"])],
        );
        check(
            "a,b\n\"một\nhai\",\"ba \"\"bốn\"\"\"\nc,d",
            &[
                (1, &["a", "b"]),
                (2, &["một hai", "ba \"bốn\""]),
                (4, &["c", "d"]),
            ],
        );
        check("sep=|\na|b", &[(2, &["a", "b"])]);
    }

    #[test]
    fn what_is_not_there_in_full_is_said() {
        let check = |bytes: &[u8], name: &str, want: Trouble| {
            assert_eq!(lines(bytes, name), Err(want), "{name}");
        };
        check("a,\"b\nc,d".as_bytes(), "a.csv", Trouble::Damaged);
        check(b"%PDF-1.4 \n", "a.pdf", Trouble::Kind);
        check(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.xls", Trouble::Kind);
        let long = "a,b\n".repeat(super::limits::SHEET_ROWS + 1);
        check(long.as_bytes(), "a.csv", Trouble::TooLarge);
    }
}
