//! Individual prizes from a locked final ranking (R001-47).
//!
//! Prizes are filled from the best place down. Equal entries at the border of a prize get nothing until the head judge
//! has ordered them; they use up their seats all the same, so nobody below moves when that is done. A person gets one
//! individual prize: by the best of their entries, among equal ones by the first code.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use super::rank::Ranking;
use super::rank::count;
use super::rank::order_of;
use crate::contest::plan::Prize;

/// A line of the prize list: every entry of the ranking has one, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub entry: i64,
    pub place: u32,
    pub outcome: Outcome,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The prize with this code.
    Prize(String),
    /// Equal to others at the border of a prize; `Awards::borders` has the group.
    Tied,
    /// The same person has, or will have, a prize by this entry.
    SamePerson {
        entry: i64,
    },
    None,
}

/// Equal entries that do not all fit below one prize.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Border {
    /// The place they share.
    pub place: u32,
    pub entries: Vec<i64>,
    /// Prizes that they share out, the best first, with how many of each; fewer in all than entries when some go without.
    pub seats: Vec<(String, u32)>,
}

/// The prize list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Awards {
    pub lines: Vec<Line>,
    /// To be ordered by the head judge before the list can be approved.
    pub borders: Vec<Border>,
    /// Prizes that nobody gets, by code, with how many: withheld, or too few entries.
    pub unfilled: Vec<(String, u32)>,
}

impl Line {
    /// The code of the prize, if the entry has one.
    pub fn prize(&self) -> Option<&str> {
        match &self.outcome {
            Outcome::Prize(code) => Some(code),
            Outcome::Tied | Outcome::SamePerson { .. } | Outcome::None => None,
        }
    }
}

/// Gives the individual prizes of `prizes`, in their order and number (collective ones are left out).
///
/// `persons` says whose an entry is, by an opaque key; an entry that is not in it is a person of its own. `withheld` takes
/// prizes away by code (a contest without a first prize); `orders` are the head judge's recorded orders of equal
/// entries, as in [`super::rank::rank`].
pub fn award(
    ranking: &Ranking,
    prizes: &[Prize],
    persons: &BTreeMap<i64, String>,
    withheld: &BTreeMap<String, u32>,
    orders: &[Vec<i64>],
) -> Awards {
    let mut seats = Seats::new(prizes, withheld);
    let mut awards = Awards::default();
    let mut best_of: BTreeMap<&str, i64> = BTreeMap::new();
    let mut winners: BTreeSet<i64> = BTreeSet::new();
    for group in ranking.groups() {
        let mut heads: Vec<i64> = Vec::new();
        let mut second: BTreeMap<i64, i64> = BTreeMap::new();
        for id in group.iter().map(|row| row.id) {
            let person = persons.get(&id).map(String::as_str);
            if let Some(best) = person.and_then(|person| best_of.get(person)) {
                second.insert(id, *best);
                continue;
            }
            best_of.extend(person.map(|person| (person, id)));
            heads.push(id);
        }
        let taken = seats.take(count(heads.len()));
        let order = order_of(&heads, orders);
        let mut prize: BTreeMap<i64, Outcome> = BTreeMap::new();
        let one_prize = matches!(taken.as_slice(), [(_, n)] if *n == count(heads.len()));
        if taken.is_empty() || one_prize || order.is_some() {
            let codes = taken
                .iter()
                .flat_map(|(code, n)| (0..*n).map(move |_| code.clone()));
            let heads = order.unwrap_or(heads);
            prize.extend(heads.into_iter().zip(codes.map(Outcome::Prize)));
        } else {
            prize.extend(heads.iter().map(|id| (*id, Outcome::Tied)));
            awards.borders.extend(group.first().map(|first| Border {
                place: first.place,
                entries: heads,
                seats: taken,
            }));
        }
        awards.lines.extend(group.iter().map(|row| Line {
            entry: row.id,
            place: row.place,
            outcome: match second.get(&row.id) {
                Some(entry) if winners.contains(entry) || prize.contains_key(entry) => {
                    Outcome::SamePerson { entry: *entry }
                }
                Some(_) => Outcome::None,
                None => prize.get(&row.id).cloned().unwrap_or(Outcome::None),
            },
        }));
        winners.extend(prize.into_keys());
    }
    awards.unfilled = seats.unfilled();
    awards
}

/// The prizes in their order, with how many of each are still to be given.
struct Seats(Vec<Seat>);

struct Seat {
    code: String,
    left: u32,
    withheld: u32,
}

impl Seats {
    fn new(prizes: &[Prize], withheld: &BTreeMap<String, u32>) -> Seats {
        let individual = prizes.iter().filter(|prize| !prize.collective);
        let seats = individual.map(|prize| {
            let asked = withheld.get(&prize.code).copied().unwrap_or_default();
            let withheld = asked.min(prize.count);
            Seat {
                code: prize.code.clone(),
                left: prize.count - withheld,
                withheld,
            }
        });
        Seats(seats.collect())
    }

    /// Takes the next `n`, or as many as there are: prize by prize.
    fn take(&mut self, n: u32) -> Vec<(String, u32)> {
        let mut wanted = n;
        let mut taken = Vec::new();
        for seat in &mut self.0 {
            let now = seat.left.min(wanted);
            seat.left -= now;
            wanted -= now;
            if now > 0 {
                taken.push((seat.code.clone(), now));
            }
        }
        taken
    }

    fn unfilled(self) -> Vec<(String, u32)> {
        let unfilled = self
            .0
            .into_iter()
            .map(|seat| (seat.code, seat.left + seat.withheld));
        unfilled.filter(|(_, n)| *n > 0).collect()
    }
}

#[cfg(test)]
mod tests;
