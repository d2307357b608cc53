//! Who marks which entry: a lot that is recorded and can be drawn again.
//!
//! The seed is printed in the minutes; with the same entries, judges and conflicts it gives the same sheets on any
//! machine, in whatever order the lists come. Every entry and judge has a salt, the first eight bytes of the SHA-256
//! of "seed⏎entry⏎id" or "seed⏎judge⏎id". Entries come in ascending order of their salts, those that fewest
//! judges may mark first; each takes the judge with the fewest sheets, among equals the one who shared the fewest
//! entries with those already on it, among equals the lowest mix of both salts. Then sheets move from the most to
//! the least loaded, and exchanges even out the pairs and join the judges into one connected panel.

mod card;
mod table;

#[cfg(test)]
mod tests;

use std::collections::HashSet;

pub use self::card::Card;
pub use self::card::card;
use self::table::Table;

/// An entry that needs marks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryToDeal {
    pub id: i64,
    /// Judges who may not mark it: own unit, own ward or school, declared relations (R001-57).
    pub conflicts: Vec<i64>,
    /// The sheets it has already.
    pub sheets: Vec<Sheet>,
}

/// A sheet that an earlier lot dealt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sheet {
    pub judge: i64,
    /// Which of the entry's independent marks, from 1.
    pub pass: u32,
    /// Its place in the judge's queue, from 1.
    pub place: u32,
    /// Opened or handed in: it stays with its judge whatever happens, also when the judge has left the panel.
    pub settled: bool,
}

/// A judge of the panel, with the sheets of this round that are *not* among those of the entries given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JudgeLoad {
    pub id: i64,
    /// How many such sheets.
    pub load: u32,
    /// The last place in the queue that one of them has; 0 = none.
    pub last_place: u32,
}

/// A new sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dealt {
    pub judge: i64,
    /// In the judge's queue, after every earlier sheet.
    pub place: u32,
    pub entry: i64,
    pub pass: u32,
}

/// A sheet that goes to another judge, or one that is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Who had it; `None` for a new sheet.
    pub from: Option<i64>,
    /// Where it goes.
    pub to: Dealt,
}

/// Why no lot can be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LotError {
    /// The panel is empty.
    NoJudges,
    /// These entries lack judges who may mark them: conflicts leave fewer than the marks they still need.
    NobodyMay { entries: Vec<i64> },
    /// An entry or a judge is given twice.
    Twice { id: i64 },
}

/// Deals every entry the marks it lacks. Earlier sheets all stay where they are.
///
/// Loads end at most 1 apart when nobody has a conflict, as even as conflicts allow otherwise; a judge who had more
/// before gets nothing until the others have caught up. A lot of the whole round connects all judges once there are
/// at least as many entries as judges (with two marks or more). Sorted by judge and place.
///
/// Errors: see [`LotError`]; nothing is dealt then.
pub fn draw(
    seed: &str,
    entries: &[EntryToDeal],
    judges: &[JudgeLoad],
    marks: u32,
) -> Result<Vec<Dealt>, LotError> {
    let settled: Vec<EntryToDeal> = entries
        .iter()
        .cloned()
        .map(|mut entry| {
            for sheet in &mut entry.sheets {
                sheet.settled = true;
            }
            entry
        })
        .collect();
    let changes = deal(seed, &settled, judges, marks, 2)?;
    Ok(changes.into_iter().map(|change| change.to).collect())
}

/// What changes when the panel or a relation has changed, and nothing else.
///
/// Sheets that are not settled leave a judge who is no longer in `judges` or who has a conflict with the entry; a judge
/// who came late takes over from the ends of the longest queues; entries that lack marks get them. Loads that are 2
/// apart are left so, because a sheet in a queue is moved for a reason only. Errors: see [`LotError`].
pub fn redraw(
    seed: &str,
    entries: &[EntryToDeal],
    judges: &[JudgeLoad],
    marks: u32,
) -> Result<Vec<Change>, LotError> {
    deal(seed, entries, judges, marks, 3)
}

/// Deals what is open; judges whose loads are `gap` or more apart are levelled.
fn deal(
    seed: &str,
    entries: &[EntryToDeal],
    judges: &[JudgeLoad],
    marks: u32,
    gap: u32,
) -> Result<Vec<Change>, LotError> {
    let mut table = Table::lay(seed, entries, judges, marks)?;
    table.fill();
    table.level(gap);
    table.hold_unchanged();
    table.even();
    table.connect();
    Ok(table.changes())
}

/// The first id that occurs twice.
fn twice(ids: impl IntoIterator<Item = i64>) -> Option<i64> {
    let mut seen = HashSet::new();
    ids.into_iter().find(|id| !seen.insert(*id))
}
