//! What a column of a list is, by its heading, and who stands in a row.

use super::Row;
use crate::message::file_name;
use crate::slip::Fact;
use crate::slip::Place;
use crate::slip::Slip;
use crate::slip::date;
use crate::slip::labels;
use crate::slip::labels::Field;
use crate::slip::name;
use crate::slip::phone;
use crate::text::fold;

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// 1, 2, 3, …
    Number,
    Name,
    /// All of the name but its last word, which has a column of its own.
    Family,
    Birth,
    Class,
    Unit,
    Address,
    Phone,
    File,
    /// Something else.
    Other,
    /// No heading: what stands below goes on from the column before (merged cells).
    Blank,
}

/// Columns of people who are not the participant.
const STRANGERS: [&str; 9] = [
    "phu huynh",
    "giao vien",
    "gvcn",
    "gvhd",
    "nguoi huong dan",
    "chu nhiem",
    "ho ten bo",
    "ho ten me",
    "lien he khi can",
];

impl Column {
    fn of(heading: &str) -> Column {
        let open = heading.find('(').unwrap_or(heading.len());
        let folded = fold(heading.get(..open).unwrap_or(heading));
        let starts = |starts: &[&str]| starts.iter().any(|start| folded.starts_with(start));
        if folded.is_empty() {
            return Column::Blank;
        }
        if STRANGERS.iter().any(|stranger| folded.contains(stranger)) {
            return Column::Other;
        }
        if is_number(&folded) {
            return Column::Number;
        }
        match folded.as_str() {
            "ho" | "ho dem" | "ho va dem" | "ho ten dem" | "ho va ten dem" | "ho lot"
            | "ho chu dem" | "ho va chu dem" | "ho va chu lot" | "ho va ten lot" | "ho va lot" => {
                return Column::Family;
            }
            _ => {}
        }
        if starts(&["ten tep", "ten file", "file", "tep", "ten tap tin"]) {
            return Column::File;
        }
        match labels::field(&folded) {
            Some(Field::Name | Field::Signature) => Column::Name,
            Some(Field::Birth) => Column::Birth,
            Some(Field::Class) => Column::Class,
            Some(Field::School | Field::Unit) => Column::Unit,
            Some(Field::Address | Field::Household) => Column::Address,
            Some(Field::Phone) => Column::Phone,
            Some(Field::Other | Field::Public) => Column::Other,
            None if starts(&["ho va ten", "ho ten"]) => Column::Name,
            None if starts(&["ngay sinh", "ngay thang nam sinh"]) => Column::Birth,
            None if starts(&["so dien thoai", "dien thoai", "sdt"]) => Column::Phone,
            None if starts(&["truong ", "don vi "]) => Column::Unit,
            None if starts(&["dia chi"]) => Column::Address,
            None => Column::Other,
        }
    }
}

/// Whether the heading is that of the running number.
pub fn is_number(heading: &str) -> bool {
    matches!(
        fold(heading).as_str(),
        "stt" | "tt" | "so tt" | "so thu tu" | "thu tu"
    )
}

/// What a row of a list says of a person, as it is written.
#[derive(Debug)]
pub struct Said {
    pub name: Option<String>,
    pub birth: Option<String>,
    pub phone: Option<String>,
}

/// The headings of a list.
#[derive(Debug)]
pub struct Columns(Vec<Column>);

impl Columns {
    /// The headings, when these are the headings of a list of people: names, and something else about them.
    pub fn of(cells: &[&str]) -> Option<Columns> {
        let columns = Columns(cells.iter().map(|cell| Column::of(cell)).collect());
        (columns.has(Column::Name) && columns.known() > 1).then_some(columns)
    }

    /// How many things the columns say of the people.
    pub fn known(&self) -> usize {
        let mut known: Vec<Column> = self.0.clone();
        known.retain(|column| !matches!(column, Column::Other | Column::Blank));
        known.sort_unstable();
        known.dedup();
        known.len()
    }

    pub fn has(&self, column: Column) -> bool {
        self.0.contains(&column)
    }

    /// What a row says, each cell as it is written.
    pub fn said(&self, cells: &[&str]) -> Said {
        let cells = self.apart(cells);
        let name = [Column::Family, Column::Name]
            .into_iter()
            .filter_map(|column| self.value(&cells, column))
            .collect::<Vec<_>>()
            .join(" ");
        Said {
            name: (!name.is_empty()).then_some(name),
            birth: self.value(&cells, Column::Birth),
            phone: self.value(&cells, Column::Phone),
        }
    }

    /// Who stands in this row; `None` for sums, signatures and headings within the table.
    pub fn row(&self, cells: &[&str]) -> Option<Row> {
        let cells = self.apart(cells);
        let number = self.value(&cells, Column::Number);
        let numbered = number.as_ref().is_some_and(|number| {
            let figures = number.trim_end_matches(['.', ')']);
            !figures.is_empty() && figures.chars().all(|c| c.is_ascii_digit())
        });
        if number.is_some() && !numbered {
            return None;
        }
        let written = [Column::Family, Column::Name]
            .into_iter()
            .filter_map(|column| self.value(&cells, column))
            .collect::<Vec<_>>()
            .join(" ");
        let full = name::full(&written);
        let row = Row {
            full: full.is_some() && is_spelled_as_name(&written),

            slip: Slip {
                name: fact(match numbered {
                    true => full.or_else(|| name::labelled(&written)),
                    false => full,
                }),
                birth_date: fact(
                    self.value(&cells, Column::Birth)
                        .and_then(|b| date::birth(&b)),
                ),
                unit: fact(self.value(&cells, Column::Unit)),
                class: fact(self.value(&cells, Column::Class)),
                address: fact(self.value(&cells, Column::Address)),
                phone: fact(
                    self.value(&cells, Column::Phone)
                        .and_then(|p| phone::labelled(&p)),
                ),
            },
            file: self
                .value(&cells, Column::File)
                .map(|file| fold(file_name::stem(&file)))
                .filter(|file| !file.is_empty()),
        };
        let slip = &row.slip;
        slip.name.as_ref()?;
        // Names below the table, beside each other, have signed it.
        let more = slip.birth_date.is_some() || slip.phone.is_some() || row.file.is_some();
        let counts = match self.has(Column::Number) {
            true => numbered || more,
            false => more || slip.class.is_some() || slip.unit.is_some() || slip.address.is_some(),
        };
        counts.then_some(row)
    }

    /// Where one heading spans two cells of each row, a document says so by one cell more below: the two of the name
    /// are put together again.
    fn apart<'a>(&self, cells: &[&'a str]) -> Vec<std::borrow::Cow<'a, str>> {
        let mut cells: Vec<std::borrow::Cow<'a, str>> =
            cells.iter().map(|cell| (*cell).into()).collect();
        let Some(at) = self.0.iter().position(|column| *column == Column::Name) else {
            return cells;
        };
        let wants_figures = matches!(
            self.0.get(at + 1),
            Some(Column::Birth | Column::Class | Column::Phone)
        );
        let is_word = |cell: &str| {
            !cell.trim().is_empty() && cell.chars().all(|c| c.is_alphabetic() || c == ' ')
        };
        if wants_figures
            && cells.len() > self.0.len()
            && cells.get(at + 1).is_some_and(|cell| is_word(cell))
        {
            let given = cells.remove(at + 1);
            if let Some(family) = cells.get_mut(at) {
                *family = format!("{} {}", family.trim(), given.trim()).into();
            }
        }
        cells
    }

    /// What a row says in the first column of this kind and in those without a heading behind it.
    fn value(&self, cells: &[std::borrow::Cow<'_, str>], wanted: Column) -> Option<String> {
        let first = self.0.iter().position(|column| *column == wanted)?;
        let more = self.0.iter().skip(first + 1);
        let width = 1 + more.take_while(|column| **column == Column::Blank).count();
        let filled: Vec<&str> = cells
            .iter()
            .skip(first)
            .take(width)
            .map(|cell| cell.trim())
            .filter(|cell| !cell.is_empty())
            .collect();
        match wanted {
            Column::Name => (!filled.is_empty()).then(|| filled.join(" ")),
            _ => filled.first().map(|cell| (*cell).to_owned()),
        }
    }
}

/// Each word begins with a capital, or none does.
fn is_spelled_as_name(written: &str) -> bool {
    let capitals = written
        .split_whitespace()
        .filter_map(|word| word.chars().next())
        .map(char::is_uppercase);
    let (large, small): (Vec<bool>, Vec<bool>) = capitals.partition(|is| *is);
    large.is_empty() || small.is_empty()
}

fn fact(value: Option<String>) -> Option<Fact> {
    value.map(|value| Fact {
        value,
        place: Place::Roll,
        span: None,
    })
}
