//! The ranking of a round: exact means, ties by the plan's criteria, then by the head judge's recorded order; and the cut.
//!
//! A mean is a fraction of whole numbers and is never rounded, so a tie is a tie. Nothing is cut silently: entries that
//! are equal across the cut are named, and the list is not whole until the head judge has put them in an order.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

use sha2::Digest;
use sha2::Sha256;

use crate::contest::Quarters;
use crate::contest::plan::Round;

/// An entry and all its marks in a round.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Candidate {
    pub id: i64,
    /// The blind code, by which the list names it.
    pub code: String,
    /// Marks of the criteria that are scored from the answer key: they count once, with every sheet.
    pub by_key: BTreeMap<String, Quarters>,
    /// One independent mark each: criterion → quarters.
    pub sheets: Vec<BTreeMap<String, Quarters>>,
}

/// An exact mean: a sum of quarter points over a number of marks. Compared by value: 5/2 equals 10/4.
#[derive(Clone, Copy, Debug)]
pub struct Mean {
    pub quarters: u64,
    /// At least 1.
    pub marks: u32,
}

impl Ord for Mean {
    fn cmp(&self, other: &Mean) -> Ordering {
        let left = u128::from(self.quarters) * u128::from(other.marks);
        let right = u128::from(other.quarters) * u128::from(self.marks);
        left.cmp(&right)
    }
}

impl PartialOrd for Mean {
    fn partial_cmp(&self, other: &Mean) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Mean {
    fn eq(&self, other: &Mean) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Mean {}

/// In points to the nearest thousandth, as lists show it ("7,625"); comparing never goes through this.
impl std::fmt::Display for Mean {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let marks = u64::from(self.marks.max(1));
        let thousandths = (self.quarters * 500 + marks) / (2 * marks);
        let (whole, part) = (thousandths / 1000, format!("{:03}", thousandths % 1000));
        match part.trim_end_matches('0') {
            "" => f.pad(&whole.to_string()),
            part => f.pad(&format!("{whole},{part}")),
        }
    }
}

/// A place in the ranking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// From 1; equal entries share the best place, and the next one is counted on (1, 2, 2, 4).
    pub place: u32,
    pub id: i64,
    pub code: String,
    pub mean: Mean,
    /// Means of the criteria that break ties, in their order.
    pub ties: Vec<Mean>,
    /// Equal to a neighbour by marks and put here by the head judge's order.
    pub ordered: bool,
}

/// A round's entries from the best to the last; equal ones in the order of their codes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ranking {
    pub rows: Vec<Row>,
}

/// Why there is no ranking yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RankError {
    /// These entries have fewer marks than the round asks for.
    TooFewMarks { entries: Vec<i64> },
    /// An entry stands twice.
    Twice { id: i64 },
}

/// Ranks the entries of a round by the mean of their sheets, then by the criteria in `round.ties`, then by `orders`.
///
/// An order is what the head judge recorded for entries that were equal, the best first. It counts for a group of equal
/// entries only when it holds every one of them, and the later order counts before the earlier: a mark that came
/// afterwards makes it void by itself.
pub fn rank(
    candidates: &[Candidate],
    round: &Round,
    orders: &[Vec<i64>],
) -> Result<Ranking, RankError> {
    let mut seen = BTreeSet::new();
    if let Some(again) = candidates.iter().find(|one| !seen.insert(one.id)) {
        return Err(RankError::Twice { id: again.id });
    }
    let needed = round.marks.max(1) as usize;
    let entries: Vec<i64> = candidates
        .iter()
        .filter(|candidate| candidate.sheets.len() < needed)
        .map(|candidate| candidate.id)
        .collect();
    if !entries.is_empty() {
        return Err(RankError::TooFewMarks { entries });
    }
    let mut rows: Vec<Row> = candidates
        .iter()
        .map(|candidate| Row {
            place: 0,
            id: candidate.id,
            code: candidate.code.clone(),
            mean: candidate.mean(None),
            ties: round
                .ties
                .iter()
                .map(|criterion| candidate.mean(Some(criterion)))
                .collect(),
            ordered: false,
        })
        .collect();
    rows.sort_by(|one, two| {
        by_marks(one, two)
            .then_with(|| one.code.cmp(&two.code))
            .then_with(|| one.id.cmp(&two.id))
    });
    let mut place = 1;
    for group in rows.chunk_by_mut(|one, two| by_marks(one, two) == Ordering::Equal) {
        let size = group.len();
        let ids: Vec<i64> = group.iter().map(|row| row.id).collect();
        let order = if size > 1 {
            order_of(&ids, orders)
        } else {
            None
        };
        if let Some(order) = order {
            group.sort_by_key(|row| order.iter().position(|id| *id == row.id));
            for (row, step) in group.iter_mut().zip(0..) {
                row.place = place + step;
                row.ordered = true;
            }
        } else {
            for row in group.iter_mut() {
                row.place = place;
            }
        }
        place += count(size);
    }
    Ok(Ranking { rows })
}

/// The best first.
fn by_marks(one: &Row, two: &Row) -> Ordering {
    two.mean
        .cmp(&one.mean)
        .then_with(|| two.ties.cmp(&one.ties))
}

/// The equal entries in the order that the head judge recorded last for all of them.
pub(super) fn order_of(equal: &[i64], orders: &[Vec<i64>]) -> Option<Vec<i64>> {
    let order = orders
        .iter()
        .rev()
        .find(|order| equal.iter().all(|id| order.contains(id)))?;
    let mut sorted = equal.to_vec();
    sorted.sort_by_key(|id| order.iter().position(|other| other == id));
    Some(sorted)
}

pub(super) fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

impl Candidate {
    /// The mean of one criterion over the sheets, or of the whole.
    fn mean(&self, criterion: Option<&str>) -> Mean {
        let of = |marks: &BTreeMap<String, Quarters>| -> u64 {
            marks
                .iter()
                .filter(|(code, _)| criterion.is_none_or(|criterion| *code == criterion))
                .map(|(_, mark)| u64::from(mark.get()))
                .sum()
        };
        let marks = count(self.sheets.len());
        let sheets: u64 = self.sheets.iter().map(of).sum();
        Mean {
            quarters: sheets + of(&self.by_key) * u64::from(marks),
            marks,
        }
    }
}

impl Ranking {
    /// The entries that share a place with another, group by group.
    pub fn ties(&self) -> impl Iterator<Item = &[Row]> {
        self.groups().filter(|group| group.len() > 1)
    }

    pub(super) fn groups(&self) -> impl Iterator<Item = &[Row]> {
        self.rows.chunk_by(|one, two| one.place == two.place)
    }
}

/// Equal entries that a line runs through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tie {
    /// The place they share.
    pub place: u32,
    pub entries: Vec<i64>,
    /// How many of them the line leaves room for.
    pub room: u32,
}

/// Who goes on (R001-29, R001-44).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cut {
    /// How many may go on; `None` = all.
    pub n: Option<u32>,
    /// In the order of the ranking.
    pub taken: Vec<i64>,
    /// Equal entries across the line; none of them is among the taken until the head judge has ordered them.
    pub unresolved: Option<Tie>,
    /// How many fewer than `n` there are: allowed, and stated on the list (D10).
    pub short: u32,
}

impl Cut {
    /// Whether the list may be approved: no tie runs across the line.
    pub fn is_whole(&self) -> bool {
        self.unresolved.is_none()
    }
}

/// Takes the best `n`, or all.
pub fn cut(ranking: &Ranking, n: Option<u32>) -> Cut {
    let mut cut = Cut {
        n,
        ..Cut::default()
    };
    let most = n.unwrap_or(u32::MAX);
    for group in ranking.groups() {
        let room = most - count(cut.taken.len());
        let ids = group.iter().map(|row| row.id);
        if count(group.len()) <= room {
            cut.taken.extend(ids);
            continue;
        }
        if room > 0 {
            cut.unresolved = group.first().map(|first| Tie {
                place: first.place,
                entries: ids.collect(),
                room,
            });
        }
        break;
    }
    if let Some(n) = n {
        cut.short = n.saturating_sub(count(ranking.rows.len()));
    }
    cut
}

/// SHA-256 of the canonical text, in hexadecimal.
pub fn digest(canonical: &str) -> String {
    let digest = Sha256::digest(canonical);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
