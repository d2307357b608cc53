//! Official papers of the contest: lists (.xlsx) and letters (.docx), composed from plain tables. Pure: values in, bytes out.
//!
//! Every paper is a draft: number, day and signature are left to the clerk who edits it. The layout is that of Nghị định 30/2020/NĐ-CP,
//! Phụ lục I. `sheet` and `letter` know paper and type, `shortlist`, `handover` and `prizes` know what is said; the
//! sentences stand in `words::paper`. The same values always give the same bytes, so that a hash names a paper.

pub mod handover;
pub mod head;
pub mod letter;
pub mod number;
pub mod prizes;
pub mod sheet;
pub mod shortlist;
pub mod table;

mod clean;
mod line;
mod measure;

pub use handover::handover_all;
pub use number::Mean;
pub use number::quarters;
pub use prizes::prizes;
pub use shortlist::shortlist;

use crate::words::paper::SOME_UNIT;

/// A paper of the contest: its list to work with, its letter to number and sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    pub list: PaperFile,
    pub letter: PaperFile,
}

/// A file ready to be stored, downloaded or mailed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperFile {
    /// ASCII: "danh-sach-bai-xuat-sac-hoan-kiem.xlsx".
    pub name: String,
    pub media_type: &'static str,
    pub bytes: Vec<u8>,
}

/// A paper that cannot be written: more rows than a sheet holds (1,048,576), or no memory to pack it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("write the list: {0}")]
    List(#[from] rust_xlsxwriter::XlsxError),
    #[error("write the letter: {0}")]
    Letter(String),
}

/// ECMA-376 media types.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// "danh-sach" and "hoan-kiem.hang-bac" give "danh-sach-hoan-kiem-hang-bac.xlsx".
fn list_name(start: &str, unit: &str) -> String {
    format!("{start}-{}.xlsx", slug(unit))
}

fn letter_name(start: &str, unit: &str) -> String {
    format!("{start}-{}.docx", slug(unit))
}

/// Any text as a part of a file name: lower case ASCII letters, digits and hyphens, at most 60.
fn slug(text: &str) -> String {
    let words: Vec<String> = crate::text::fold(text)
        .split(' ')
        .map(|word| word.chars().filter(char::is_ascii_alphanumeric).collect())
        .filter(|word: &String| !word.is_empty())
        .collect();
    let mut slug = words.join("-");
    slug.truncate(60);
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { SOME_UNIT } else { slug }.to_owned()
}

#[cfg(test)]
mod tests;
