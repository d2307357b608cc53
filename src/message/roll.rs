//! Lists of those who take part, which schools and offices send beside their essays (R001-60, R001-62).
//!
//! A list is no essay and no annex: its rows are held against the essays of the mail, what an essay leaves out is
//! taken from its row, and who is on the list without an essay, or has one without being on the list, is told.

mod column;
mod meet;
mod table;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::collections::HashSet;

use serde::Deserialize;
use serde::Serialize;

pub use self::column::Columns;
pub use self::meet::People;
pub use self::table::headings;
use super::Essay;
use super::Part;
use super::body::words;
use super::grouping::OWN_TEXT;
use crate::document::Kind;
use crate::slip::Slip;
use crate::text::fold;

/// What the lists of a mail say of its essays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roll {
    /// The lists, as indices into `Parsed::parts`.
    pub files: Vec<usize>,
    /// How many people stand on them; who stands on two lists is one.
    pub people: usize,
    /// Whose essay did not come with this mail.
    pub missing: Vec<Slip>,
    /// Essays of nobody on the lists, as indices into `Parsed::essays`.
    pub extra: Vec<usize>,
    /// Who sent more than one essay, and how many.
    pub several: Vec<(Slip, usize)>,
}

/// One person on a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Every fact has the place `Roll`.
    pub slip: Slip,
    /// The name of the file with the essay, folded, without its ending.
    pub file: Option<String>,
    /// Whether the name is one without doubt: a family name that people have here, and a capital for each word.
    pub full: bool,
}

impl Row {
    fn name(&self) -> String {
        self.slip
            .name
            .as_ref()
            .map(|fact| fold(&fact.value))
            .unwrap_or_default()
    }
}

/// The lists of a mail, read.
#[derive(Debug, Default)]
pub struct Lists {
    /// Indices into `Parsed::parts`.
    pub files: Vec<usize>,
    rows: Vec<Row>,
}

impl Lists {
    /// Finds the lists among the files of a mail.
    pub fn of(parts: &[Part]) -> Lists {
        let mut lists = Lists::default();
        for (at, part) in parts.iter().enumerate() {
            if let Some(rows) = rows(part) {
                lists.files.push(at);
                lists.add(rows);
            }
        }
        lists
    }

    /// One list often comes twice, to be read and to be signed: who stands on both is one person.
    fn add(&mut self, rows: Vec<Row>) {
        let mut known: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, row) in self.rows.iter().enumerate() {
            known.entry(row.name()).or_default().push(at);
        }
        for row in rows {
            let same = known.get_mut(&row.name()).and_then(|places| {
                let at = places.iter().position(|place| {
                    self.rows
                        .get(*place)
                        .is_some_and(|other| may_be_one(&other.slip, &row.slip))
                })?;
                Some(places.remove(at))
            });
            match same.and_then(|at| self.rows.get_mut(at)) {
                Some(other) => {
                    other.slip = std::mem::take(&mut other.slip).or(row.slip);
                    other.file = other.file.take().or(row.file);
                }
                None => self.rows.push(row),
            }
        }
    }

    /// Names, folded, that several people on the lists have.
    pub fn namesakes(&self) -> HashSet<String> {
        let mut seen = HashSet::new();
        let names = self.rows.iter().map(Row::name);
        names.filter(|name| !seen.insert(name.clone())).collect()
    }

    /// Those on the lists, to be looked up.
    pub fn people(&self) -> People<'_> {
        People::of(&self.rows)
    }

    /// Holds the lists against the essays, which take from them what they leave out. `None` without any list.
    pub fn meet(self, essays: &mut [Essay], parts: &[Part]) -> Option<Roll> {
        (!self.files.is_empty()).then(|| meet::meet(self, essays, parts))
    }
}

/// Nothing that both say differs.
fn may_be_one(one: &Slip, other: &Slip) -> bool {
    [
        (&one.birth_date, &other.birth_date),
        (&one.class, &other.class),
        (&one.phone, &other.phone),
    ]
    .into_iter()
    .all(|pair| match pair {
        (Some(one), Some(other)) => fold(&one.value) == fold(&other.value),
        (None, _) | (_, None) => true,
    })
}

/// The rows of a file that is a list. A document with more than a few words outside of its table is none, and neither
/// is one with a single row, unless it says so.
fn rows(part: &Part) -> Option<Vec<Row>> {
    let is_sheet = part.document.kind.is_workbook();
    let may_hold_table = is_sheet
        || matches!(
            part.document.kind,
            Kind::Docx | Kind::Doc | Kind::Odt | Kind::Rtf | Kind::Html | Kind::Text
        );
    if !may_hold_table || part.inline {
        return None;
    }
    let table = table::read(&part.document.text)?;
    let named = |text: &str| fold(text).contains("danh sach");
    let says_so = named(&part.name) || named(&table.title);
    let is_list = is_sheet
        || words(&table.title) + table.aside < OWN_TEXT && (table.rows.len() > 1 || says_so);
    is_list.then_some(table.rows)
}
