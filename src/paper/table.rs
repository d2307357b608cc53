//! A table as a paper holds it: columns with a kind and a width, rows of cells.

use super::number::decimal;

/// A table; every row has a cell for every column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Cell>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub title: String,
    pub kind: Kind,
    /// In letters of the table's text; in a letter the columns share the line by it.
    pub width: u16,
}

impl Column {
    pub fn new(title: impl Into<String>, kind: Kind, width: u16) -> Column {
        Column {
            title: title.into(),
            kind,
            width,
        }
    }
}

/// How the cells of a column stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Left, broken into lines where it is long.
    Text,
    /// Codes, phones, dates, ranks: centred. A birth date is text, because people also give only a year.
    Centred,
    /// Points with two decimals.
    Points,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// A stranger's or our own text: never a formula, a link or a number, whatever it looks like.
    Text(String),
    /// A whole number of our own: order, rank, counts.
    Whole(i64),
    /// Hundredths of a point.
    Points(i64),
    Empty,
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Cell {
        Cell::Text(text.into())
    }

    /// Order, rank and counts of rows.
    pub fn count(n: usize) -> Cell {
        i64::try_from(n).map_or(Cell::Empty, Cell::Whole)
    }

    /// As a letter prints it.
    pub fn print(&self) -> String {
        match self {
            Cell::Text(text) => text.clone(),
            Cell::Whole(n) => n.to_string(),
            Cell::Points(hundredths) => decimal(*hundredths),
            Cell::Empty => String::new(),
        }
    }
}
