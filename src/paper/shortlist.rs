//! The best entries of a unit, sent up (R001-29): the list with every mark, and the letter that goes with the package.

use super::Error;
use super::Mean;
use super::Paper;
use super::handover::Frame;
use super::handover::Package;
use super::handover::Person;
use super::handover::annex_of;
use super::handover::dispatch;
use super::handover::list;
use super::handover::list_phrase;
use super::handover::person_cells;
use super::handover::person_columns;
use super::handover::sending;
use super::letter::Block;
use super::number::decimal;
use super::table::Cell;
use super::table::Column;
use super::table::Kind;
use super::table::Table;
use crate::words::paper as words;
use crate::words::paper::column;
use crate::words::paper::handover as both;
use crate::words::paper::shortlist as say;

/// The best entries, in the order of their ranks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortlist {
    pub frame: Frame,
    pub received: usize,
    pub valid: usize,
    /// How many the plan asks for: 100.
    pub quota: usize,
    /// Why there are fewer or more than that, when there is a reason to give.
    pub why: Option<String>,
    pub package: Package,
    /// "trước 17h00 ngày 16/9/2019"
    pub deadline: String,
    pub rows: Vec<Marked>,
}

/// An entry with its marks and its rank.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marked {
    pub person: Person,
    /// In quarter points, in the order of marking.
    pub marks: Vec<i64>,
    /// `None` where nothing was marked.
    pub mean: Option<Mean>,
    /// Entries of one rank have the same number.
    pub rank: i64,
    pub note: String,
}

/// The list "Danh sách bài dự thi xuất sắc" and the letter "V/v gửi bài dự thi xuất sắc …".
pub fn shortlist(shortlist: &Shortlist) -> Result<Paper, Error> {
    let frame = &shortlist.frame;
    let rows = &shortlist.rows;
    let contest = words::contest(&frame.contest);
    let mut columns = person_columns();
    columns.extend(mark_columns(rows.iter()));
    columns.push(Column::new(column::NOTE, Kind::Text, 13));
    let table = Table {
        columns,
        rows: (1..)
            .zip(rows)
            .map(|(order, row)| {
                let mut cells = person_cells(order, &row.person);
                cells.extend(mark_cells(row, most_marks(rows.iter())));
                cells.push(Cell::Text(note(row, rows)));
                cells
            })
            .collect(),
    };
    let list = list(frame, say::LIST_TITLE, say::LIST_FILE, &table)?;

    let last = rows.last().map_or(0, |row| of_rank(rows, row.rank));
    let mut body = vec![
        Block::Text(say::opening(
            frame.basis.as_deref(),
            &frame.issuer.name,
            &contest,
            &frame.to,
        )),
        Block::Heading(say::RESULT.into()),
        Block::Item(both::received(shortlist.received)),
        Block::Item(both::valid(shortlist.valid)),
        Block::Item(say::taken(
            rows.len(),
            shortlist.quota,
            last,
            shortlist.why.as_deref(),
        )),
        Block::Heading(say::LIST.into()),
        Block::Text(list_phrase(rows.len(), &list.name)),
    ];
    let means = || rows.iter().filter_map(|row| row.mean.map(Mean::hundredths));
    if let (Some(highest), Some(lowest)) = (means().max(), means().min()) {
        body.push(Block::Text(say::range(
            &in_sentence(&frame.round),
            &decimal(highest),
            &decimal(lowest),
        )));
    }
    let shared = rows
        .iter()
        .filter(|row| of_rank(rows, row.rank) > 1)
        .count();
    if shared > 0 {
        body.push(Block::Text(say::shared(shared)));
    }
    body.extend(sending(&shortlist.package, &shortlist.deadline, frame));
    let annex = Table {
        columns: vec![
            Column::new(column::ORDER, Kind::Centred, 6),
            Column::new(column::CODE, Kind::Centred, 15),
            Column::new(column::NAME, Kind::Text, 26),
            Column::new(column::UNIT, Kind::Text, 26),
            Column::new(column::MEAN, Kind::Points, 10),
            Column::new(column::RANK, Kind::Centred, 8),
        ],
        rows: (1..)
            .zip(rows)
            .map(|(order, row)| {
                vec![
                    Cell::count(order),
                    Cell::text(&row.person.code),
                    Cell::text(&row.person.name),
                    Cell::text(&row.person.unit),
                    mean_cell(row.mean),
                    Cell::Whole(row.rank),
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

/// A column for each time an entry was marked, then mean and rank.
pub(super) fn mark_columns<'a>(rows: impl Iterator<Item = &'a Marked>) -> Vec<Column> {
    let mut columns: Vec<Column> = (1..=most_marks(rows))
        .map(|n| Column::new(column::mark(n), Kind::Points, 7))
        .collect();
    columns.push(Column::new(column::MEAN, Kind::Points, 8));
    columns.push(Column::new(column::RANK, Kind::Centred, 7));
    columns
}

pub(super) fn most_marks<'a>(rows: impl Iterator<Item = &'a Marked>) -> usize {
    rows.map(|row| row.marks.len()).max().unwrap_or(0)
}

pub(super) fn mark_cells(row: &Marked, columns: usize) -> Vec<Cell> {
    let mut cells: Vec<Cell> = row
        .marks
        .iter()
        .map(|mark| Cell::Points(mark.saturating_mul(25)))
        .collect();
    cells.resize(columns, Cell::Empty);
    cells.push(mean_cell(row.mean));
    cells.push(Cell::Whole(row.rank));
    cells
}

pub(super) fn mean_cell(mean: Option<Mean>) -> Cell {
    mean.map_or(Cell::Empty, |mean| Cell::Points(mean.hundredths()))
}

/// "Đồng hạng", and what else is to be said.
fn note(row: &Marked, rows: &[Marked]) -> String {
    let shared = if of_rank(rows, row.rank) > 1 {
        words::SHARED_RANK
    } else {
        ""
    };
    joined(shared, &row.note)
}

pub(super) fn joined(first: &str, then: &str) -> String {
    let parts: Vec<&str> = [first, then]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    parts.join("; ")
}

fn of_rank(rows: &[Marked], rank: i64) -> usize {
    rows.iter().filter(|row| row.rank == rank).count()
}

/// "Vòng sơ khảo" as it stands within a sentence.
pub(super) fn in_sentence(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}
