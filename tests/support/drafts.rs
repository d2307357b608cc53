//! Papers as they lie in a secretary's mailbox: the list as a spreadsheet, read back cell by cell, and the letter.

use std::io::Cursor;

use calamine::Data;
use calamine::Reader as _;
use calamine::Xlsx;
use mail_parser::MimeHeaders as _;
use phach::words::paper::TAB;
use phach::words::paper::column;

use super::servers::MailServers;

/// An attached file.
#[derive(Clone, Debug)]
pub struct Draft {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// A line of a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entry {
    /// Receipt code.
    pub code: String,
    pub name: String,
    /// "09/02/1981"
    pub birth_date: String,
    /// In points; 0 in a list without marks.
    pub mean: f64,
    /// 0 in a list without marks.
    pub rank: usize,
    /// Empty: none.
    pub prize: String,
}

/// Every spreadsheet and letter in a mailbox, in the order in which they came.
pub fn drafts(servers: &MailServers, mailbox: &str) -> Result<Vec<Draft>, String> {
    let mut drafts = Vec::new();
    for mail in servers.try_inbox(mailbox)? {
        let Some(parsed) = mail_parser::MessageParser::default().parse(&mail.bytes) else {
            continue;
        };
        for part in parsed.attachments() {
            let name = part.attachment_name().unwrap_or_default();
            if name.ends_with(".xlsx") || name.ends_with(".docx") {
                drafts.push(Draft {
                    name: name.to_owned(),
                    bytes: part.contents().to_vec(),
                });
            }
        }
    }
    Ok(drafts)
}

/// The lines of a list, by the heads of its columns.
pub fn entries(draft: &Draft) -> Result<Vec<Entry>, String> {
    let said = |error: calamine::XlsxError| format!("{}: {error}", draft.name);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(draft.bytes.clone())).map_err(said)?;
    let sheet = book.worksheet_range(TAB).map_err(said)?;
    let mut rows = sheet.rows();
    let heads: Vec<String> = rows
        .by_ref()
        .find(|row| row.iter().any(|cell| text(cell) == column::CODE))
        .ok_or_else(|| format!("{}: no head", draft.name))?
        .iter()
        .map(text)
        .collect();
    let of = |row: &[Data], head: &str| -> String {
        let at = heads.iter().position(|other| other == head);
        at.and_then(|at| row.get(at)).map_or(String::new(), text)
    };
    Ok(rows
        .map(|row| Entry {
            code: of(row, column::CODE),
            name: of(row, column::NAME),
            birth_date: of(row, column::BIRTH_DATE),
            mean: of(row, column::MEAN).parse().unwrap_or(0.0),
            rank: of(row, column::RANK).parse().unwrap_or(0),
            prize: of(row, column::PRIZE),
        })
        .take_while(|entry| !entry.code.is_empty())
        .collect())
}

/// The words of a letter.
pub fn letter(draft: &Draft) -> String {
    phach::document::read(&draft.bytes, &draft.name, "").text
}

fn text(cell: &Data) -> String {
    cell.to_string()
}
