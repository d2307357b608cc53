//! A table in a text, whose rows are lines and whose cells are divided by tabs, read as a list of people.

use super::Row;
use super::column::Columns;
use super::column::is_number;
use crate::message::body::words;
use crate::slip;
use crate::slip::Fact;
use crate::slip::Place;
use crate::text::fold;

/// Over so many lines the headings of a table may be spread, when their words stand one below the other.
const HEADING_LINES: usize = 4;
/// Longer lines are running text.
const HEADING_BYTES: usize = 1_000;
/// Whom lists name who sit on the other side of the table.
const OFFICIALS: [&str; 4] = [
    "danh sach ban",
    "danh sach giam khao",
    "danh sach to",
    "danh sach hoi dong",
];

/// A list of people, and what stands around it.
#[derive(Debug, Default)]
pub struct Table {
    pub rows: Vec<Row>,
    /// What stands above the first headings.
    pub title: String,
    /// How many words stand below them and belong to no row.
    pub aside: usize,
}

/// The list in a text; `None` when it holds none. A list may have no rows.
pub fn read(text: &str) -> Option<Table> {
    let lines: Vec<&str> = text.lines().collect();
    let mut table = Table::default();
    let mut columns: Option<Columns> = None;
    let mut shared = Shared::default();
    let mut above: Vec<&str> = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        if let Some((found, taken)) = headings(lines.get(at..).unwrap_or_default()) {
            shared = shared.below(&above);
            match columns.replace(found) {
                None => table.title = above.join("\n"),
                Some(_) => table.aside += above.iter().map(|line| words(line)).sum::<usize>(),
            }
            above.clear();
            at += taken;
            continue;
        }
        at += 1;
        let cells: Vec<&str> = line.split('\t').collect();
        match columns.as_ref().and_then(|columns| columns.row(&cells)) {
            Some(row) => table.rows.push(shared.fill(row)),
            None => above.push(line),
        }
    }
    columns?;
    table.aside += above.iter().map(|line| words(line)).sum::<usize>();
    let title = fold(&table.title);
    let officials = OFFICIALS.iter().any(|officials| title.contains(officials));
    (!officials && are_people(&table.rows)).then_some(table)
}

/// A school and a class above a table: those of all rows that say nothing else.
#[derive(Default)]
struct Shared {
    unit: Option<Fact>,
    class: Option<Fact>,
}

impl Shared {
    /// What holds for the next table. The school holds on, the class until something else is said.
    fn below(self, above: &[&str]) -> Shared {
        let lines: Vec<&str> = above.iter().flat_map(|line| line.split('\t')).collect();
        if lines.iter().all(|line| line.trim().is_empty()) {
            return self;
        }
        let found = slip::from_essay(&lines.join("\n"), "", "");
        let placed = |fact: Option<Fact>| {
            fact.map(|fact| Fact {
                place: Place::Roll,
                span: None,
                ..fact
            })
        };
        Shared {
            unit: placed(found.unit).or(self.unit),
            class: placed(found.class),
        }
    }

    fn fill(&self, mut row: Row) -> Row {
        let slip = &mut row.slip;
        slip.unit = slip.unit.take().or_else(|| self.unit.clone());
        slip.class = slip.class.take().or_else(|| self.class.clone());
        row
    }
}

/// The headings that begin with these lines, and how many lines they take.
pub fn headings(lines: &[&str]) -> Option<(Columns, usize)> {
    // Every list names its people, and most lines of most texts are no row at all.
    let first = lines.first().filter(|line| line.contains('\t'))?;
    let mut best: Option<(Columns, usize)> = None;
    let mut joined = String::new();
    let numbered = first.split('\t').next().is_some_and(is_number);
    for (at, line) in lines.iter().take(HEADING_LINES).enumerate() {
        if at > 0 {
            // What goes on below is neither the first row nor, under a title in several cells, the headings.
            let cells: Vec<&str> = line.split('\t').collect();
            let is_row = cells.first().is_some_and(|cell| is_figures(cell));
            if is_row || !numbered && Columns::of(&cells).is_some() {
                break;
            }
            joined.push(' ');
        }
        joined.push_str(line);
        if joined.len() > HEADING_BYTES {
            break;
        }
        let cells: Vec<&str> = joined.split('\t').collect();
        if let Some(columns) = Columns::of(&cells)
            && best
                .as_ref()
                .is_none_or(|(other, _)| columns.known() > other.known())
        {
            best = Some((columns, at + 1));
        }
    }
    best
}

fn is_figures(cell: &str) -> bool {
    let cell = cell.trim();
    !cell.is_empty() && cell.chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// Most rows have the name of a person, without doubt.
fn are_people(rows: &[Row]) -> bool {
    rows.iter().filter(|row| row.full).count() * 2 >= rows.len()
}
