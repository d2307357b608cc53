//! Handing a unit's entries over to the unit above: the letter that goes with the package, and the list of every entry, unmarked.
//!
//! R001-24, R001-64: departments send all their entries to the city, which marks them. What this paper shares with the one
//! of the best entries (`shortlist`) stands here too.

use super::DOCX;
use super::Error;
use super::Paper;
use super::PaperFile;
use super::XLSX;
use super::head::Day;
use super::head::Issuer;
use super::letter;
use super::letter::Annex;
use super::letter::Block;
use super::letter::Letter;
use super::letter::Subject;
use super::letter_name;
use super::list_name;
use super::sheet;
use super::sheet::Lies;
use super::sheet::Sheet;
use super::table::Cell;
use super::table::Column;
use super::table::Kind;
use super::table::Table;
use crate::words::paper as words;
use crate::words::paper::column;

/// Rows that a letter repeats in its annex; a longer list stands in the spreadsheet alone.
const ANNEX_ROWS: usize = 200;

/// Who wrote an entry, as the slip says it; texts as they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// Receipt code.
    pub code: String,
    pub name: String,
    /// "09/02/1981", or what the person gave.
    pub birth_date: String,
    /// Unit or class.
    pub unit: String,
    pub address: String,
    pub phone: String,
}

/// The files that go with a letter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Package {
    pub name: String,
    /// "512,3 MB"
    pub size: String,
    /// Mails it is sent in.
    pub parts: usize,
    /// SHA-256 of the whole package, hexadecimal.
    pub sha256: String,
}

/// Whom the receiving unit may ask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    pub name: String,
    /// Empty when there is none, as is `email`.
    pub phone: String,
    pub email: String,
}

/// What every paper of a contest says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// "Tìm hiểu Dịch vụ công trực tuyến"
    pub contest: String,
    /// What ordered it (R001-02): "Kế hoạch số 97/KH-UBND ngày 24/4/2019 của UBND quận Hoàn Kiếm".
    pub basis: Option<String>,
    pub issuer: Issuer,
    /// The unit as lists name it: "Quận Hoàn Kiếm".
    pub unit: String,
    /// Its code, for names of files: "hoan-kiem".
    pub unit_code: String,
    /// Who receives the paper: "Ban Tổ chức cuộc thi Thành phố".
    pub to: String,
    /// "Vòng sơ khảo cấp quận, huyện, thị xã"
    pub round: String,
    pub day: Day,
    pub contact: Contact,
}

/// All entries of a unit, handed over without marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handover {
    pub frame: Frame,
    pub received: usize,
    pub valid: usize,
    pub package: Package,
    /// "trước 17h00 ngày 16/9/2019"
    pub deadline: String,
    pub rows: Vec<HandedOver>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HandedOver {
    pub person: Person,
    pub note: String,
}

/// The list of every entry and the letter that goes with the package.
pub fn handover_all(handover: &Handover) -> Result<Paper, Error> {
    use crate::words::paper::handover as say;
    let frame = &handover.frame;
    let contest = words::contest(&frame.contest);
    let mut columns = person_columns();
    columns.push(Column::new(column::NOTE, Kind::Text, 18));
    let table = Table {
        columns,
        rows: (1..)
            .zip(&handover.rows)
            .map(|(order, row)| {
                let mut cells = person_cells(order, &row.person);
                cells.push(Cell::text(&row.note));
                cells
            })
            .collect(),
    };
    let list = list(frame, say::LIST_TITLE, say::LIST_FILE, &table)?;
    let sent = handover.rows.len();
    let mut body = vec![
        Block::Text(say::opening(
            frame.basis.as_deref(),
            &frame.issuer.name,
            &contest,
            &frame.to,
        )),
        Block::Heading(say::RESULT.into()),
        Block::Item(say::received(handover.received)),
        Block::Item(say::valid(handover.valid)),
        Block::Item(say::sent(sent)),
        Block::Heading(say::LIST.into()),
        Block::Text(list_phrase(sent, &list.name)),
    ];
    body.extend(sending(&handover.package, &handover.deadline, frame));
    let annex = Table {
        columns: vec![
            Column::new(column::ORDER, Kind::Centred, 6),
            Column::new(column::CODE, Kind::Centred, 16),
            Column::new(column::NAME, Kind::Text, 30),
            Column::new(column::UNIT, Kind::Text, 34),
        ],
        rows: (1..)
            .zip(&handover.rows)
            .map(|(order, row)| {
                vec![
                    Cell::count(order),
                    Cell::text(&row.person.code),
                    Cell::text(&row.person.name),
                    Cell::text(&row.person.unit),
                ]
            })
            .collect(),
    };
    let letter = dispatch(
        frame,
        say::about(&contest),
        body,
        annex_of(frame, say::LIST_TITLE, words::DISPATCH, annex),
        say::LETTER_FILE,
    )?;
    Ok(Paper { list, letter })
}

/// STT to Điện thoại, the columns that every list begins with.
pub(super) fn person_columns() -> Vec<Column> {
    vec![
        Column::new(column::ORDER, Kind::Centred, 5),
        Column::new(column::CODE, Kind::Centred, 12),
        Column::new(column::NAME, Kind::Text, 22),
        Column::new(column::BIRTH_DATE, Kind::Centred, 11),
        Column::new(column::UNIT, Kind::Text, 23),
        Column::new(column::ADDRESS, Kind::Text, 27),
        Column::new(column::PHONE, Kind::Centred, 12),
    ]
}

pub(super) fn person_cells(order: usize, person: &Person) -> Vec<Cell> {
    vec![
        Cell::count(order),
        Cell::text(&person.code),
        Cell::text(&person.name),
        Cell::text(&person.birth_date),
        Cell::text(&person.unit),
        Cell::text(&person.address),
        Cell::text(&person.phone),
    ]
}

/// The list as a file: contest, unit and round under the title.
pub(super) fn list(
    frame: &Frame,
    title: &str,
    file: &str,
    table: &Table,
) -> Result<PaperFile, Error> {
    let contest = words::contest(&frame.contest);
    let mut letters = contest.chars();
    let contest = letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    });
    let bytes = sheet::write(&Sheet {
        issuer: &frame.issuer,
        day: frame.day,
        title,
        subtitle: &[
            contest,
            format!("{} – {}", words::unit_line(&frame.unit), frame.round),
        ],
        table,
        lies: Lies::Across,
    })?;
    Ok(PaperFile {
        name: list_name(file, &frame.unit_code),
        media_type: XLSX,
        bytes,
    })
}

/// Where the list stands.
pub(super) fn list_phrase(rows: usize, file: &str) -> String {
    use crate::words::paper::handover as say;
    if rows <= ANNEX_ROWS {
        say::list_in_annex(rows, file)
    } else {
        say::list_in_file(rows, file)
    }
}

/// Package, hash, what is asked of the receiver, and whom to ask: the end of a hand-over letter.
pub(super) fn sending(package: &Package, deadline: &str, frame: &Frame) -> Vec<Block> {
    use crate::words::paper::handover as say;
    vec![
        Block::Heading(say::PACKAGE.into()),
        Block::Text(say::package(
            &package.name,
            &package.size,
            package.parts,
            deadline,
        )),
        Block::Text(say::HASH.into()),
        Block::Exact(groups(&package.sha256)),
        Block::Text(say::please(&frame.to)),
        Block::Text(format!("{}{}", contact(&frame.contact), words::END)),
    ]
}

pub(super) fn contact(contact: &Contact) -> String {
    words::contact(&contact.name, &contact.phone, &contact.email)
}

/// A hash in two lines of groups of eight, as two people compare it over the telephone.
fn groups(hash: &str) -> Vec<String> {
    let digits: Vec<char> = hash.chars().collect();
    let groups: Vec<String> = digits
        .chunks(8)
        .map(|group| group.iter().collect())
        .collect();
    groups.chunks(4).map(|line| line.join(" ")).collect()
}

/// The annex of a letter, unless the list is too long to be read on paper.
pub(super) fn annex_of(frame: &Frame, title: &str, kind: &str, table: Table) -> Option<Annex> {
    (!table.rows.is_empty() && table.rows.len() <= ANNEX_ROWS).then(|| Annex {
        title: title.to_owned(),
        belongs: words::annex_of(
            kind,
            frame.issuer.symbol.as_deref(),
            frame.day.date().year(),
            &frame.issuer.name,
        ),
        table,
    })
}

/// A công văn as a file.
pub(super) fn dispatch(
    frame: &Frame,
    about: String,
    body: Vec<Block>,
    annex: Option<Annex>,
    file: &str,
) -> Result<PaperFile, Error> {
    letter_file(frame, Subject::Dispatch(about), body, annex, file)
}

/// A letter as a file.
pub(super) fn letter_file(
    frame: &Frame,
    subject: Subject,
    body: Vec<Block>,
    annex: Option<Annex>,
    file: &str,
) -> Result<PaperFile, Error> {
    let bytes = letter::write(&Letter {
        issuer: &frame.issuer,
        day: frame.day,
        subject,
        to: vec![frame.to.clone()],
        body,
        signed_by: None,
        annex,
    })?;
    Ok(PaperFile {
        name: letter_name(file, &frame.unit_code),
        media_type: DOCX,
        bytes,
    })
}
