//! Sheets as OpenDocument programs write them, and as strangers do.

use super::read;
use crate::document::limits;
use crate::entry::FindingCode;

fn sheet(rows: &str) -> String {
    format!("<spreadsheet><table name=\"a\">{rows}</table></spreadsheet>")
}

fn cell(more: &str, text: &str) -> String {
    format!("<table-cell {more}><text:p>{text}</text:p></table-cell>")
}

fn lines(content: &str) -> Vec<(usize, String)> {
    let lines = crate::document::workbook::lines(Ok(read(content))).unwrap();
    lines
        .into_iter()
        .map(|line| (line.row, line.cells.join("|")))
        .collect()
}

#[test]
fn cells_and_rows_that_are_alike_stand_in_all_their_places() {
    let rows = format!(
        "<table-row number-rows-repeated=\"3\"><table-cell number-columns-repeated=\"4\"/></table-row>\
         <table-row><table-cell number-columns-repeated=\"2\"/>{}{}</table-row>\
         <table-row number-rows-repeated=\"2\">{}<covered-table-cell/>{}</table-row><table-row/><table-row>{}</table-row>",
        cell("number-columns-repeated=\"2\"", "a<s/>b<span>c</span>"),
        cell("date-value=\"2007-02-09T00:00:00\"", "9 tháng 2"),
        cell("number-columns-spanned=\"2\"", "x"),
        cell("value=\"7\"", ""),
        "<table-cell><annotation><text:p>nhớ</text:p></annotation><text:p>một</text:p><text:p>hai</text:p></table-cell>",
    );
    let want = [
        (4, "||a bc|a bc|09/02/2007"),
        (5, "x||7"),
        (6, "x||7"),
        (8, "một hai"),
    ];
    assert_eq!(
        lines(&sheet(&rows)),
        want.map(|(row, text)| (row, text.to_owned()))
    );
}

#[test]
fn what_is_broken_or_too_large_says_so() {
    let found = |content: &str| read(content).finding.map(|finding| finding.code);
    let endless = format!(
        "<table-row number-rows-repeated=\"999999999999\">{}</table-row>",
        cell("number-columns-repeated=\"99999999999999999999\"", "x")
    );
    assert_eq!(found(&sheet(&endless)), Some(FindingCode::TooLarge));
    let wide = format!(
        "<table-row>{}</table-row>",
        cell("number-columns-repeated=\"999999999\"", "x")
    );
    assert_eq!(
        lines(&sheet(&wide))[0].1.split('|').count(),
        limits::SHEET_COLUMNS
    );
    let far = "<table-row number-rows-repeated=\"18446744073709551615\"/>".repeat(2);
    assert_eq!(found(&sheet(&far)), None);
    let cut = &sheet("<table-row><table-cell>")[..];
    assert_eq!(found(&cut[..30]), Some(FindingCode::Damaged));
}
