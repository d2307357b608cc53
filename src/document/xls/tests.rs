//! Workbooks put together record by record.

use std::io::Cursor;
use std::io::Write;

use super::BOF;
use super::BOUND_SHEET;
use super::DATE_1904;
use super::EOF;
use super::FILE_PASS;
use super::FORMULA;
use super::LABEL;
use super::LABEL_SST;
use super::MUL_RK;
use super::NUMBER;
use super::RK;
use super::SST;
use super::STRING;
use super::XF;
use crate::document::Document;
use crate::document::limits;
use crate::document::read;
use crate::entry::FindingCode;

fn record(kind: u16, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).unwrap();
    [&kind.to_le_bytes(), &length.to_le_bytes(), body].concat()
}

fn cell(kind: u16, row: u16, column: u16, style: u16, value: &[u8]) -> Vec<u8> {
    let head: Vec<u8> = [row, column, style]
        .into_iter()
        .flat_map(u16::to_le_bytes)
        .collect();
    record(kind, &[&head, value].concat())
}

fn label(text: &str) -> Vec<u8> {
    let count = u16::try_from(text.len()).unwrap();
    [&count.to_le_bytes(), &[0][..], text.as_bytes()].concat()
}

/// A workbook of one sheet, with more records of the whole book.
fn book(more: &[u8], sheet: &[u8]) -> Vec<u8> {
    let begin = record(BOF, &[0, 6, 5, 0]);
    let end = record(EOF, &[]);
    let start = begin.len() + 12 + more.len() + end.len();
    let bound = [&u32::try_from(start).unwrap().to_le_bytes()[..], &[0; 4]].concat();
    let bound = record(BOUND_SHEET, &bound);
    let stream = [&begin, &bound, more, &end, &begin, sheet].concat();
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    let mut written = file.create_stream("/Workbook").unwrap();
    written.write_all(&stream).unwrap();
    drop(written);
    file.flush().unwrap();
    file.into_inner().into_inner()
}

fn seen(bytes: &[u8]) -> Document {
    read(bytes, "danh sach.xls", "")
}

fn trouble(bytes: &[u8]) -> Option<FindingCode> {
    seen(bytes).findings.first().map(|finding| finding.code)
}

#[test]
fn cells_of_every_kind_are_shown_wherever_they_stand_in_the_file() {
    let end = record(EOF, &[]);
    let two = 2_f64.to_le_bytes();
    let half = (2.5_f64.to_bits() >> 32) as u32;
    let ranks = [
        &[0, 0][..],
        &(7_u32 << 2 | 2).to_le_bytes(),
        &[0, 0],
        &(250_u32 << 2 | 3).to_le_bytes(),
        &[2, 0],
    ]
    .concat();
    let chart = [
        record(BOF, &[]),
        cell(LABEL, 0, 0, 0, &label("chart")),
        end.clone(),
    ];
    let sheet = [
        cell(LABEL, 3, 1, 0, &label("a\nb")),
        cell(FORMULA, 3, 2, 0, &[0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0]),
        record(STRING, &label("worked out")),
        cell(FORMULA, 3, 4, 0, &[&two[..], &[0; 6]].concat()),
        cell(FORMULA, 3, 5, 0, &[2, 0, 7, 0, 0, 0, 0xff, 0xff, 0, 0]),
        chart.concat(),
        cell(RK, 0, 0, 1, &(39_122_u32 << 2 | 2).to_le_bytes()),
        cell(RK, 0, 1, 0, &half.to_le_bytes()),
        cell(NUMBER, 0, 2, 0, &963_170_669_f64.to_le_bytes()),
        record(MUL_RK, &[&[1, 0, 0, 0][..], &ranks].concat()),
        cell(LABEL_SST, 2, 0, 0, &[0; 4]),
        cell(LABEL_SST, 2, 1, 0, &[9, 0, 0, 0]),
        end,
    ]
    .concat();
    let strings = [&[1, 0, 0, 0, 1, 0, 0, 0][..], &label("shared")].concat();
    let more = [
        record(XF, &[0; 4]),
        record(XF, &[0, 0, 14, 0]),
        record(SST, &strings),
    ]
    .concat();
    let document = seen(&book(&more, &sheet));
    assert_eq!(
        document.text,
        "09/02/2007\t2.5\t963170669\n7\t2.5\nshared\n\ta b\tworked out\t\t2"
    );
    assert!(document.findings.is_empty(), "{:?}", document.findings);
    let since_1904 = [more.as_slice(), &record(DATE_1904, &[1, 0])].concat();
    let document = seen(&book(&since_1904, &sheet));
    assert!(document.text.starts_with("10/02/2011"), "{}", document.text);
}

#[test]
fn what_is_broken_locked_or_too_large_says_so() {
    let end = record(EOF, &[]);
    assert_eq!(trouble(&book(&[], &end)), Some(FindingCode::Empty));
    let locked = book(&record(FILE_PASS, &[1, 0]), &end);
    assert_eq!(trouble(&locked), Some(FindingCode::Password));
    let open = book(&[], &cell(LABEL, 0, 0, 0, &label("1")));
    assert_eq!(trouble(&open), Some(FindingCode::Damaged));
    assert_eq!(seen(&open).text, "1");
    let lost = book(&record(SST, &[9, 0, 0, 0, 9, 0, 0, 0]), &end);
    assert_eq!(trouble(&lost), Some(FindingCode::Damaged));
    // One long string in every cell.
    let long = label(&"x".repeat(8_000));
    let strings = record(SST, &[&[1, 0, 0, 0, 1, 0, 0, 0][..], &long].concat());
    let cells: Vec<u8> = (0..limits::TEXT_BYTES / 8_000 + 10)
        .flat_map(|at| cell(LABEL_SST, (at / 10) as u16, (at % 10) as u16, 0, &[0; 4]))
        .collect();
    let wide = book(&strings, &[cells, end.clone()].concat());
    assert_eq!(trouble(&wide), Some(FindingCode::TooLarge));
    let rows: Vec<u8> = (0..=limits::SHEET_ROWS)
        .flat_map(|row| cell(RK, row as u16, 0, 0, &[6, 0, 0, 0]))
        .collect();
    let many = book(&[], &[rows, end].concat());
    assert_eq!(trouble(&many), Some(FindingCode::TooLarge));
    assert_eq!(seen(&many).text.lines().count(), limits::SHEET_ROWS);
}
