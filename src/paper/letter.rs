//! An official letter as a Word document that a clerk edits, numbers and signs: công văn or tờ trình, with tables and an annex.
//!
//! Layout after Nghị định 30/2020/NĐ-CP, Phụ lục I: A4, margins 20 mm above and below, 30 mm left, 15 mm right; Times New Roman; agency beside
//! state and motto, each with its rule; text 14 pt, justified, first line indented; page number centred in the
//! margin above from page 2 on. What a draft leaves to the clerk is blank.

use std::io::Cursor;

use docx_rs::AlignmentType;
use docx_rs::Docx;
use docx_rs::Header;
use docx_rs::HeightRule;
use docx_rs::LineSpacingType;
use docx_rs::PageMargin;
use docx_rs::PageNum;
use docx_rs::Paragraph;
use docx_rs::Run;
use docx_rs::RunFonts;
use docx_rs::SpecialIndentType;
use docx_rs::TableCell;
use docx_rs::TableCellMargins;
use docx_rs::TableLayoutType;
use docx_rs::TableRow;
use docx_rs::TextBorder;
use docx_rs::VAlignType;
use docx_rs::WidthType;

use super::Error;
use super::clean;
use super::head::Day;
use super::head::Issuer;
use super::line::BOLD;
use super::line::ITALIC;
use super::line::Look;
use super::line::PLAIN;
use super::line::gap;
use super::line::paragraph;
use super::line::rule;
use super::line::rule_under;
use super::line::space;
use super::table::Kind;
use super::table::Table;
use crate::words::paper as words;

/// A letter.
pub struct Letter<'a> {
    pub issuer: &'a Issuer,
    pub day: Day,
    pub subject: Subject,
    /// One or several addressees.
    pub to: Vec<String>,
    pub body: Vec<Block>,
    /// Who signs; the place stays empty without a name.
    pub signed_by: Option<String>,
    pub annex: Option<Annex>,
}

/// What a letter is about, and where that stands.
pub enum Subject {
    /// Công văn: under the number, "V/v …".
    Dispatch(String),
    /// A paper with a name of its kind: "TỜ TRÌNH", and below it what it is about.
    Titled { title: String, about: String },
}

/// A part of the text. `Item` is a line that begins with a dash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    Heading(String),
    Text(String),
    Item(String),
    /// Lines that are copied letter by letter, such as a hash: centred, not broken.
    Exact(Vec<String>),
    Table(Table),
}

/// What is added behind the signature, on a page of its own.
pub struct Annex {
    /// In capitals.
    pub title: String,
    /// To which letter it belongs.
    pub belongs: String,
    pub table: Table,
}

/// Twentieths of a point, as all lengths here.
const MARGINS: PageMargin = PageMargin {
    top: 1134,
    bottom: 1134,
    left: 1701,
    right: 850,
    header: 567,
    footer: 567,
    gutter: 0,
};
/// A4 less its margins.
const WIDTH: usize = 9355;
/// Of the head: agency beside state.
const HEAD: [usize; 2] = [3515, 5840];
/// Of the foot: copies beside signature.
const FOOT: [usize; 2] = [4677, 4678];
const INDENT: i32 = 720;
/// Length of the motto in 14 pt bold.
const MOTTO: i32 = 3440;

/// The bytes of the .docx. Fails only when it cannot be packed.
pub fn write(letter: &Letter<'_>) -> Result<Vec<u8>, Error> {
    let date = format!("{}T00:00:00Z", letter.day.date());
    let fonts = RunFonts::new()
        .ascii("Times New Roman")
        .hi_ansi("Times New Roman")
        .east_asia("Times New Roman")
        .cs("Times New Roman");
    let number = paragraph()
        .align(AlignmentType::Center)
        .add_page_num(PageNum::new());
    let mut docx = Docx::new()
        .created_at(&date)
        .updated_at(&date)
        .default_fonts(fonts)
        .default_size(PLAIN.size)
        .page_size(11906, 16838)
        .page_margin(MARGINS)
        .header(Header::new().add_paragraph(number))
        .title_pg()
        .add_table(head(letter));
    if let Subject::Titled { title, about } = &letter.subject {
        docx = docx
            .add_paragraph(BOLD.centred(title).line_spacing(space(240, 0)))
            .add_paragraph(BOLD.centred(about))
            .add_paragraph(rule(rule_under(about, 28, WIDTH), WIDTH));
    }
    for paragraph in addressees(&letter.to, &letter.subject) {
        docx = docx.add_paragraph(paragraph);
    }
    for (n, block) in letter.body.iter().enumerate() {
        // No signature stands alone on a page.
        docx = write_block(docx, block, n + 1 == letter.body.len());
    }
    docx = docx
        .add_paragraph(gap(160).keep_next(true))
        .add_table(foot(letter));
    if let Some(annex) = &letter.annex {
        docx = docx
            .add_paragraph(BOLD.centred(words::ANNEX).page_break_before(true))
            .add_paragraph(BOLD.centred(&annex.title))
            .add_paragraph(ITALIC.centred(&annex.belongs).line_spacing(space(0, 160)))
            .add_table(grid(&annex.table))
            // Word wants a paragraph behind the last table.
            .add_paragraph(gap(20));
    }
    let mut parts = docx.build();
    repeat_heads(&mut parts.document);
    let mut bytes = Cursor::new(Vec::new());
    parts
        .pack(&mut bytes)
        .map_err(|error| Error::Letter(error.to_string()))?;
    Ok(bytes.into_inner())
}

fn head(letter: &Letter<'_>) -> docx_rs::Table {
    let issuer = letter.issuer;
    let mut left = TableCell::new().width(HEAD[0], WidthType::Dxa);
    if let Some(above) = &issuer.above {
        left = left.add_paragraph(PLAIN.of(26).centred(above));
    }
    for line in &issuer.head {
        left = left.add_paragraph(BOLD.of(26).centred(line));
    }
    let last = issuer.head.last().map_or("", String::as_str);
    left = left
        .add_paragraph(rule(rule_under(last, 26, HEAD[0]), HEAD[0]))
        .add_paragraph(
            PLAIN
                .of(26)
                .centred("")
                // The spaces are kept as they are: the clerk's number stands there.
                .add_run(Run::new().size(26).add_text(words::number_line(
                    issuer.symbol.as_deref().map(clean::line).as_deref(),
                )))
                .line_spacing(space(40, 0)),
        );
    if let Subject::Dispatch(about) = &letter.subject {
        left = left.add_paragraph(
            PLAIN
                .of(24)
                .centred(&words::about_line(about))
                .line_spacing(space(120, 0)),
        );
    }
    if letter.day.is_draft() {
        let mark = BOLD
            .of(26)
            .run(&format!("\u{a0}{}\u{a0}", words::DRAFT))
            .text_border(TextBorder::new().size(8).space(2).color("000000"));
        left = left.add_paragraph(
            paragraph()
                .add_run(mark)
                .align(AlignmentType::Center)
                .line_spacing(space(160, 0)),
        );
    }
    let day = letter.day.line(&issuer.place);
    let right = TableCell::new()
        .width(HEAD[1], WidthType::Dxa)
        .add_paragraph(BOLD.of(26).centred(words::STATE))
        .add_paragraph(BOLD.centred(words::MOTTO))
        .add_paragraph(rule(MOTTO, HEAD[1]))
        .add_paragraph(ITALIC.centred(&day).line_spacing(space(40, 0)));
    frameless(&HEAD, vec![left, right])
}

fn foot(letter: &Letter<'_>) -> docx_rs::Table {
    let issuer = letter.issuer;
    let copies = Look {
        bold: true,
        ..ITALIC.of(24)
    };
    let mut left = TableCell::new()
        .width(FOOT[0], WidthType::Dxa)
        .add_paragraph(copies.line(words::COPIES));
    let mut lines = vec![words::AS_ABOVE.to_owned()];
    lines.extend(issuer.copies.iter().cloned());
    for line in lines {
        left = left.add_paragraph(PLAIN.of(22).line(&format!("- {line};")));
    }
    left = left.add_paragraph(
        PLAIN
            .of(22)
            .line(&format!("- {}", words::filed(&issuer.filed))),
    );
    let mut right = TableCell::new().width(FOOT[1], WidthType::Dxa);
    for line in &issuer.signed_as {
        right = right.add_paragraph(BOLD.centred(line));
    }
    for _ in 0..4 {
        right = right.add_paragraph(PLAIN.centred(""));
    }
    right = right.add_paragraph(BOLD.centred(letter.signed_by.as_deref().unwrap_or("")));
    frameless(&FOOT, vec![left, right])
}

/// A row of two cells without lines, that no page end cuts.
fn frameless(widths: &[usize], cells: Vec<TableCell>) -> docx_rs::Table {
    docx_rs::Table::without_borders(vec![TableRow::new(cells).cant_split()])
        .set_grid(widths.to_vec())
        .layout(TableLayoutType::Fixed)
        .width(WIDTH, WidthType::Dxa)
        .margins(TableCellMargins::new().margin(0, 0, 0, 0))
}

fn addressees(to: &[String], subject: &Subject) -> Vec<Paragraph> {
    let before = match subject {
        Subject::Dispatch(_) => 360,
        Subject::Titled { .. } => 240,
    };
    if let [one] = to {
        let line = format!("{} {one}.", words::TO);
        return vec![PLAIN.centred(&line).line_spacing(space(before, 240))];
    }
    let mut lines = vec![
        PLAIN
            .line(words::TO)
            .indent(Some(INDENT * 2), None, None, None)
            .line_spacing(space(before, 0)),
    ];
    for (n, one) in to.iter().enumerate() {
        let (end, after) = if n + 1 == to.len() {
            (".", 240)
        } else {
            (";", 0)
        };
        lines.push(
            PLAIN
                .line(&format!("- {one}{end}"))
                .indent(
                    Some(INDENT * 3),
                    Some(SpecialIndentType::Hanging(160)),
                    None,
                    None,
                )
                .line_spacing(space(0, after)),
        );
    }
    lines
}

fn write_block(docx: Docx, block: &Block, last: bool) -> Docx {
    let body = |paragraph: Paragraph| {
        paragraph
            .keep_next(last)
            .align(AlignmentType::Both)
            .indent(None, Some(SpecialIndentType::FirstLine(INDENT)), None, None)
            .line_spacing(space(0, 120).line(276).line_rule(LineSpacingType::Auto))
    };
    match block {
        Block::Heading(text) => docx.add_paragraph(body(BOLD.line(text)).keep_next(true)),
        Block::Text(text) => docx.add_paragraph(body(PLAIN.line(text))),
        Block::Item(text) => docx.add_paragraph(body(PLAIN.line(&format!("- {text}")))),
        Block::Exact(lines) => lines.iter().enumerate().fold(docx, |docx, (n, line)| {
            let end = n + 1 == lines.len();
            docx.add_paragraph(
                PLAIN
                    .of(26)
                    .centred(line)
                    .keep_next(last || !end)
                    .line_spacing(space(0, if end { 120 } else { 0 })),
            )
        }),
        Block::Table(table) => docx.add_table(grid(table)).add_paragraph(gap(160)),
    }
}

/// Marks the row that `repeat_heads` looks for: nothing else has this height.
const HEAD_ROW: f32 = 7.0;

/// A table with lines; its head is printed again on every page.
fn grid(table: &Table) -> docx_rs::Table {
    let whole: usize = table.columns.iter().map(|c| usize::from(c.width)).sum();
    let widths: Vec<usize> = table
        .columns
        .iter()
        .map(|column| usize::from(column.width) * WIDTH / whole.max(1))
        .collect();
    let cell = |width: usize, paragraph: Paragraph| {
        TableCell::new()
            .width(width, WidthType::Dxa)
            .vertical_align(VAlignType::Center)
            .add_paragraph(paragraph)
    };
    let titles = table
        .columns
        .iter()
        .zip(&widths)
        .map(|(column, width)| cell(*width, BOLD.of(24).centred(&clean::short(&column.title))))
        .collect();
    let mut rows = vec![
        TableRow::new(titles)
            .row_height(HEAD_ROW)
            .height_rule(HeightRule::AtLeast),
    ];
    for cells in &table.rows {
        let cells = table
            .columns
            .iter()
            .zip(cells)
            .zip(&widths)
            .map(|((column, value), width)| {
                let line = PLAIN.of(24).line(&clean::short(&value.print()));
                let line = match column.kind {
                    Kind::Text => line,
                    Kind::Centred | Kind::Points => line.align(AlignmentType::Center),
                };
                cell(*width, line)
            })
            .collect();
        rows.push(TableRow::new(cells).cant_split());
    }
    docx_rs::Table::new(rows)
        .set_grid(widths)
        .layout(TableLayoutType::Fixed)
        .width(WIDTH, WidthType::Dxa)
        .margins(TableCellMargins::new().margin(20, 60, 20, 60))
}

/// Turns the marked rows into heads that Word repeats (`w:tblHeader`, ECMA-376 part 1, §17.4.78), which docx-rs cannot say.
/// No text can hold the mark, because its angle brackets are escaped.
fn repeat_heads(document: &mut Vec<u8>) {
    let text = String::from_utf8_lossy(document);
    let mark = format!(r#"<w:trHeight w:val="{HEAD_ROW}" w:hRule="atLeast" />"#);
    *document = text
        .replace(&mark, "<w:cantSplit /><w:tblHeader />")
        .into_bytes();
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::Block;
    use super::HEAD;
    use super::Letter;
    use super::MARGINS;
    use super::Subject;
    use super::WIDTH;
    use super::write;
    use crate::document;
    use crate::paper::head::Day;
    use crate::paper::head::Issuer;

    fn written(day: Day, to: &[&str]) -> String {
        let issuer = Issuer {
            head: vec!["ỦY BAN NHÂN DÂN".into(), "QUẬN HOÀN KIẾM".into()],
            place: "Hoàn Kiếm".into(),
            symbol: Some("UBND-PTP".into()),
            signed_as: vec!["KT. CHỦ TỊCH".into()],
            filed: "VT, PTP".into(),
            ..Issuer::default()
        };
        let letter = Letter {
            issuer: &issuer,
            day,
            subject: Subject::Dispatch("đôn đốc tiến độ cuộc thi".into()),
            to: to.iter().map(|to| (*to).to_owned()).collect(),
            body: vec![Block::Text("Thực hiện Kế hoạch./.".into())],
            signed_by: Some("Nguyễn Văn Mẫu".into()),
            annex: None,
        };
        let bytes = write(&letter).unwrap();
        assert_eq!(write(&letter).unwrap(), bytes, "same values, same bytes");
        let read = document::read(&bytes, "a.docx", "");
        assert_eq!(read.form.paper.as_deref(), Some("A4"));
        assert_eq!(read.form.font_share, Some(1.0));
        assert_eq!(read.form.font.as_deref(), Some("Times New Roman"));
        read.text
    }

    #[test]
    fn the_margins_are_those_of_the_decree() {
        let check = |twips: i32, mm: f64| {
            assert!(
                (f64::from(twips) / 1440.0 * 25.4 - mm).abs() < 0.1,
                "{twips}"
            );
        };
        check(MARGINS.top, 20.0);
        check(MARGINS.bottom, 20.0);
        check(MARGINS.left, 30.0);
        check(MARGINS.right, 15.0);
        check(WIDTH as i32, 210.0 - 45.0);
        assert_eq!(HEAD.iter().sum::<usize>(), WIDTH);
    }

    #[test]
    fn a_draft_leaves_number_and_day_to_the_clerk() {
        let draft = written(Day::Draft(date(2019, 9, 6)), &["Các phòng"]);
        for line in [
            "Số: /UBND-PTP",
            "DỰ THẢO",
            "Hoàn Kiếm, ngày … tháng … năm 2019",
            "Kính gửi: Các phòng.",
        ] {
            let plain = draft.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(plain.contains(line), "{line}\n{draft}");
        }
        let issued = written(Day::Issued(date(2019, 9, 6)), &["Các phòng"]);
        assert!(issued.contains("Hoàn Kiếm, ngày 06 tháng 9 năm 2019"));
        assert!(!issued.contains("DỰ THẢO"));
    }

    #[test]
    fn several_addressees_stand_line_by_line() {
        let text = written(
            Day::Draft(date(2019, 9, 6)),
            &["Các phòng", "UBND các phường"],
        );
        assert!(
            text.contains("Kính gửi:\n- Các phòng;\n- UBND các phường."),
            "{text}"
        );
    }
}
