//! The card that is looked at before marking starts: loads, pairs, conflicts, one connected panel.

use std::collections::BTreeMap;

use super::EntryToDeal;
use super::JudgeLoad;

/// How fair an assignment is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Card {
    /// Sheets of the judge who has the fewest, and the most.
    pub lightest: u32,
    pub heaviest: u32,
    /// Entries shared by the two judges who share the fewest, and the most.
    pub rarest_pair: u32,
    pub commonest_pair: u32,
    /// Every judge is linked to every other by a chain of shared entries, so that their severity can be compared.
    pub connected: bool,
    /// Sheets that must not be: entry and judge.
    pub conflicts: Vec<(i64, i64)>,
}

/// Reads the card off the sheets of the entries. Judges outside `judges` (who have left) count for conflicts alone.
pub fn card(entries: &[EntryToDeal], judges: &[JudgeLoad]) -> Card {
    let mut loads: BTreeMap<i64, u32> = judges.iter().map(|judge| (judge.id, judge.load)).collect();
    let mut pairs: BTreeMap<(i64, i64), u32> = BTreeMap::new();
    for one in loads.keys() {
        let later = loads.range((one + 1)..);
        pairs.extend(later.map(|(two, _)| ((*one, *two), 0)));
    }
    let mut conflicts = Vec::new();
    for entry in entries {
        for (at, sheet) in entry.sheets.iter().enumerate() {
            if entry.conflicts.contains(&sheet.judge) {
                conflicts.push((entry.id, sheet.judge));
            }
            if let Some(load) = loads.get_mut(&sheet.judge) {
                *load += 1;
            }
            for other in entry.sheets.iter().skip(at + 1) {
                let pair = (sheet.judge.min(other.judge), sheet.judge.max(other.judge));
                if let Some(shared) = pairs.get_mut(&pair) {
                    *shared += 1;
                }
            }
        }
    }
    Card {
        lightest: loads.values().min().copied().unwrap_or_default(),
        heaviest: loads.values().max().copied().unwrap_or_default(),
        rarest_pair: pairs.values().min().copied().unwrap_or_default(),
        commonest_pair: pairs.values().max().copied().unwrap_or_default(),
        connected: connected(judges, &pairs),
        conflicts,
    }
}

fn connected(judges: &[JudgeLoad], pairs: &BTreeMap<(i64, i64), u32>) -> bool {
    let mut reached: Vec<i64> = judges.iter().take(1).map(|judge| judge.id).collect();
    let mut at = 0;
    while let Some(judge) = reached.get(at).copied() {
        at += 1;
        for other in judges.iter().map(|other| other.id) {
            let pair = (judge.min(other), judge.max(other));
            if !reached.contains(&other) && pairs.get(&pair).is_some_and(|shared| *shared > 0) {
                reached.push(other);
            }
        }
    }
    reached.len() == judges.len()
}
