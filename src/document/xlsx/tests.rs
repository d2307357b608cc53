//! Workbooks as Excel writes them, and as strangers do.

use std::io::Cursor;
use std::io::Write;

use rust_xlsxwriter::ExcelDateTime;
use rust_xlsxwriter::Format;
use rust_xlsxwriter::Workbook;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::document::Document;
use crate::document::Kind;
use crate::document::limits;
use crate::document::workbook;
use crate::entry::FindingCode;

fn read(bytes: &[u8]) -> Document {
    workbook::document(Kind::Xlsx, super::rows(bytes))
}

fn package(sheet: &str, strings: &str) -> Vec<u8> {
    let relation = |id: &str, role: &str, target: &str| {
        format!(
            r#"<Relationship Id="{id}" Type="http://x/relationships/{role}" Target="{target}"/>"#
        )
    };
    let files = [
        ("[Content_Types].xml", "<Types/>".to_owned()),
        (
            "xl/workbook.xml",
            r#"<workbook><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>"#
                .to_owned(),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships>{}{}</Relationships>",
                relation("rId1", "worksheet", "worksheets/sheet1.xml"),
                relation("rId2", "sharedStrings", "sharedStrings.xml"),
            ),
        ),
        ("xl/sharedStrings.xml", strings.to_owned()),
        ("xl/worksheets/sheet1.xml", sheet.to_owned()),
    ];
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        writer
            .start_file(name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn rows_are_lines_and_days_are_written_as_people_write_them() {
    let mut workbook = Workbook::new();
    let day = Format::new().set_num_format("dd/mm/yyyy");
    let sheet = workbook.add_worksheet();
    sheet
        .merge_range(0, 0, 0, 3, "DANH SÁCH\nHỌC SINH", &Format::new())
        .unwrap();
    for (column, title) in ["STT", "Họ và tên", "Ngày sinh", "Điện thoại"]
        .iter()
        .enumerate()
    {
        sheet.write(2, column as u16, *title).unwrap();
    }
    sheet.write(3, 0, 1).unwrap();
    sheet.write(3, 1, "Nguyễn Văn An & em").unwrap();
    let born = ExcelDateTime::from_ymd(2007, 2, 9).unwrap();
    sheet.write_with_format(3, 2, &born, &day).unwrap();
    sheet.write(3, 3, 963_170_669).unwrap();
    sheet.write(4, 1, 7.5).unwrap();
    let hidden = workbook.add_worksheet();
    hidden.write(0, 0, "ẩn").unwrap();
    hidden.set_hidden(true);
    let second = workbook.add_worksheet();
    second.write(1, 1, "9A2").unwrap();
    let document = read(&workbook.save_to_buffer().unwrap());
    assert_eq!(
        document.text,
        "DANH SÁCH HỌC SINH\nSTT\tHọ và tên\tNgày sinh\tĐiện thoại\n1\tNguyễn Văn An & em\t09/02/2007\t963170669\n\t7.5\n\t9A2"
    );
    assert!(document.findings.is_empty(), "{:?}", document.findings);
}

#[test]
fn cells_stand_where_they_say() {
    let sheet = r#"<worksheet><sheetData><row r="7"><c r="B7" t="inlineStr"><is><t>a</t></is></c><c><v>2</v></c><c r="E7" t="s"><v>0</v></c><c r="F7" t="s"><v>9</v></c><c r="XFD7"><v>1</v></c><c r="A7" t="e"><v>#REF!</v></c></row><row/><row><c t="d"><v>2007-02-09T00:00:00</v></c></row></sheetData></worksheet>"#;
    let strings = "<sst uniqueCount=\"99999999999\"><si><r><t>x</t></r><r><t>&amp;y</t></r><rPh><t>z</t></rPh></si></sst>";
    let document = read(&package(sheet, strings));
    assert_eq!(document.text, "\ta\t2\t\tx&y\n09/02/2007");
}

#[test]
fn what_is_broken_or_too_large_says_so() {
    let found = |bytes: &[u8]| read(bytes).findings.first().map(|finding| finding.code);
    let rows = "<row><c><v>1</v></c></row>".repeat(limits::SHEET_ROWS + 1);
    let many = package(
        &format!("<worksheet><sheetData>{rows}</sheetData></worksheet>"),
        "<sst/>",
    );
    assert_eq!(found(&many), Some(FindingCode::TooLarge));
    assert_eq!(read(&many).text.lines().count(), limits::SHEET_ROWS);
    // One long string in every cell of a row.
    let cells = "<c t=\"s\"><v>0</v></c>".repeat(limits::SHEET_COLUMNS);
    let long = "ữ".repeat(10 * limits::CELL_BYTES);
    let wide = package(
        &format!(
            "<worksheet><sheetData><row><c><v>1</v></c></row><row>{cells}</row></sheetData></worksheet>"
        ),
        &format!("<sst><si><t>{long}</t></si></sst>"),
    );
    assert_eq!(found(&wide), Some(FindingCode::TooLarge));
    assert_eq!(read(&wide).text, "1");
    let cut = package("<worksheet><sheetData><row><c><v>1</v></c>", "<sst/>");
    assert_eq!(found(&cut), Some(FindingCode::Damaged));
    assert_eq!(read(&cut).text, "1");
    let empty = package("<worksheet><sheetData/></worksheet>", "<sst/>");
    assert_eq!(found(&empty), Some(FindingCode::Empty));
    assert_eq!(found(b"PK\x03\x04"), Some(FindingCode::Damaged));
    let bomb = " ".repeat(usize::try_from(limits::PART_BYTES).unwrap() + 1);
    assert_eq!(
        found(&package(&bomb, "<sst/>")),
        Some(FindingCode::TooLarge)
    );
}

#[test]
fn rows_keep_the_numbers_that_the_program_shows() {
    let sheet = r#"<worksheet><sheetData><row r="2"><c><v>1</v></c></row><row/><row><c t="inlineStr"><is><t>a</t></is></c></row><row r="9"/><row><c><v>2</v></c></row></sheetData></worksheet>"#;
    let lines = workbook::lines(super::rows(&package(sheet, "<sst/>"))).unwrap();
    let told: Vec<(usize, usize, &str)> = lines
        .iter()
        .map(|line| (line.sheet, line.row, line.cells[0].as_str()))
        .collect();
    assert_eq!(told, [(1, 2, "1"), (1, 4, "a"), (1, 10, "2")]);
    let cut = &package(sheet, "<sst/>")[..200];
    assert_eq!(
        workbook::lines(super::rows(cut)),
        Err(crate::document::sheet::Trouble::Damaged)
    );
}
