//! The final ranking with its prizes (R001-47): the list, and the proposal (tờ trình) that asks for the decision.
//!
//! Who gets which prize is decided elsewhere. This paper says it, and says aloud every tie that lies across the border of two prizes.

use super::Error;
use super::Paper;
use super::handover::Frame;
use super::handover::annex_of;
use super::handover::contact;
use super::handover::letter_file;
use super::handover::list;
use super::handover::person_cells;
use super::handover::person_columns;
use super::letter::Block;
use super::letter::Subject;
use super::number::decimal;
use super::shortlist::Marked;
use super::shortlist::in_sentence;
use super::shortlist::joined;
use super::shortlist::mark_cells;
use super::shortlist::mark_columns;
use super::shortlist::mean_cell;
use super::shortlist::most_marks;
use super::table::Cell;
use super::table::Column;
use super::table::Kind;
use super::table::Table;
use crate::words::paper as words;
use crate::words::paper::column;
use crate::words::paper::prizes as say;

/// The final ranking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prizes {
    pub frame: Frame,
    /// From the highest to the lowest.
    pub prizes: Vec<Prize>,
    /// In the order of their ranks.
    pub rows: Vec<Ranked>,
    /// How ties were settled.
    pub settled: Vec<Settled>,
}

/// A prize of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prize {
    /// "Giải nhất"
    pub name: String,
    /// How many there are.
    pub count: usize,
}

/// An entry and its prize.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ranked {
    pub marked: Marked,
    /// Place in `Prizes::prizes`; `None` for an entry without a prize.
    pub prize: Option<usize>,
}

/// A tie that was settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// Receipt codes.
    pub codes: Vec<String>,
    /// By which rule, or by whom: "theo điểm tiêu chí Giải pháp".
    pub how: String,
}

/// The list "Danh sách đề nghị trao giải" with the whole ranking, and the proposal with its annex.
pub fn prizes(prizes: &Prizes) -> Result<Paper, Error> {
    let frame = &prizes.frame;
    let contest = words::contest(&frame.contest);
    let marked = || prizes.rows.iter().map(|row| &row.marked);
    let mut columns = person_columns();
    columns.extend(mark_columns(marked()));
    columns.push(Column::new(column::PRIZE, Kind::Text, 14));
    columns.push(Column::new(column::NOTE, Kind::Text, 13));
    let table = Table {
        columns,
        rows: (1..)
            .zip(&prizes.rows)
            .map(|(order, row)| {
                let mut cells = person_cells(order, &row.marked.person);
                cells.extend(mark_cells(&row.marked, most_marks(marked())));
                cells.push(Cell::text(prizes.name(row.prize).unwrap_or_default()));
                let rank = row.marked.rank;
                let shared = if marked().filter(|other| other.rank == rank).count() > 1 {
                    words::SHARED_RANK
                } else {
                    ""
                };
                cells.push(Cell::Text(joined(shared, &row.marked.note)));
                cells
            })
            .collect(),
    };
    let list = list(frame, say::LIST_TITLE, say::LIST_FILE, &table)?;

    let winners: Vec<&Ranked> = prizes
        .rows
        .iter()
        .filter(|row| prizes.name(row.prize).is_some())
        .collect();
    let mut body = vec![
        Block::Text(say::opening(
            frame.basis.as_deref(),
            &frame.issuer.name,
            &in_sentence(&frame.round),
            prizes.rows.len(),
            &frame.to,
        )),
        Block::Heading(say::STRUCTURE.into()),
        Block::Table(prizes.structure()),
        Block::Heading(say::TIES.into()),
    ];
    let ties = prizes.ties();
    if ties.is_empty() {
        body.push(Block::Text(say::NO_TIES.into()));
    }
    body.extend(ties.into_iter().map(Block::Item));
    body.push(Block::Heading(say::LIST.into()));
    body.push(Block::Text(say::list(winners.len(), &list.name)));
    body.push(Block::Text(format!("{}.", contact(&frame.contact))));
    body.push(Block::Text(format!(
        "{}{}",
        say::closing(&frame.issuer.name, &frame.to),
        words::END
    )));
    let annex = Table {
        columns: vec![
            Column::new(column::ORDER, Kind::Centred, 6),
            Column::new(column::PRIZE, Kind::Text, 17),
            Column::new(column::CODE, Kind::Centred, 15),
            Column::new(column::NAME, Kind::Text, 24),
            Column::new(column::UNIT, Kind::Text, 24),
            Column::new(column::MEAN, Kind::Points, 9),
            Column::new(column::RANK, Kind::Centred, 8),
        ],
        rows: (1..)
            .zip(&winners)
            .map(|(order, row)| {
                vec![
                    Cell::count(order),
                    Cell::text(prizes.name(row.prize).unwrap_or_default()),
                    Cell::text(&row.marked.person.code),
                    Cell::text(&row.marked.person.name),
                    Cell::text(&row.marked.person.unit),
                    mean_cell(row.marked.mean),
                    Cell::Whole(row.marked.rank),
                ]
            })
            .collect(),
    };
    let letter = letter_file(
        frame,
        Subject::Titled {
            title: words::PROPOSAL_TITLE.into(),
            about: say::about(&contest),
        },
        body,
        annex_of(frame, say::LIST_TITLE, words::PROPOSAL, annex),
        say::LETTER_FILE,
    )?;
    Ok(Paper { list, letter })
}

impl Prizes {
    fn name(&self, prize: Option<usize>) -> Option<&str> {
        Some(self.prizes.get(prize?)?.name.as_str())
    }

    /// How many prizes there are, are proposed, and are left.
    fn structure(&self) -> Table {
        let rows = self.prizes.iter().enumerate().map(|(place, prize)| {
            let given = self.rows.iter().filter(|r| r.prize == Some(place)).count();
            vec![
                Cell::count(place + 1),
                Cell::text(&prize.name),
                Cell::count(prize.count),
                Cell::count(given),
                Cell::count(prize.count.saturating_sub(given)),
            ]
        });
        Table {
            columns: vec![
                Column::new(column::ORDER, Kind::Centred, 8),
                Column::new(column::PRIZE, Kind::Text, 30),
                Column::new(column::PLANNED, Kind::Centred, 20),
                Column::new(column::PROPOSED, Kind::Centred, 20),
                Column::new(column::LEFT, Kind::Centred, 20),
            ],
            rows: rows.collect(),
        }
    }

    /// A sentence for each group of equal entries that do not all get the same prize.
    fn ties(&self) -> Vec<String> {
        let equal = |a: &Ranked, b: &Ranked| {
            a.marked.rank == b.marked.rank
                || (a.marked.mean.is_some() && a.marked.mean == b.marked.mean)
        };
        self.rows
            .chunk_by(equal)
            .filter_map(|group| self.tie(group))
            .collect()
    }

    fn tie(&self, group: &[Ranked]) -> Option<String> {
        let (first, last) = (group.first()?, group.last()?);
        if group.iter().all(|row| row.prize == first.prize) {
            return None;
        }
        let name = |row: &Ranked| self.name(row.prize).unwrap_or(say::NO_PRIZE).to_owned();
        let codes: Vec<&str> = group
            .iter()
            .map(|row| row.marked.person.code.as_str())
            .collect();
        let said = match first.marked.mean {
            Some(mean) if group.iter().all(|row| row.marked.mean == Some(mean)) => say::tie(
                &name(first),
                &name(last),
                &codes,
                &decimal(mean.hundredths()),
            ),
            _ => say::tie_of_rank(&name(first), &name(last), &codes, first.marked.rank),
        };
        let settled = self.settled.iter().find(|settled| {
            codes
                .iter()
                .all(|code| settled.codes.iter().any(|known| known == code))
        });
        Some(match settled {
            Some(settled) => say::settled(&said, &settled.how),
            None => say::open(&said, &self.frame.to),
        })
    }
}
