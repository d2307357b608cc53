//! Texts that several essays share and nobody handed in: offered to the secretariat as a common source.

use std::collections::BTreeSet;

use super::verdict::Verdict;

/// So many essays of so many units have the passage.
const ESSAYS: usize = 5;
const UNITS: usize = 3;

/// A text that several independent essays have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Family {
    /// The earliest essay seen with it, and its place there in syllables.
    pub essay: u32,
    pub place: (usize, usize),
    /// All essays seen with it, in order.
    pub essays: Vec<u32>,
}

/// The families among the verdicts of a contest in order of arrival. `unit` names the unit of an essay; when nobody
/// knows units, essays alone decide.
pub fn families<'a>(verdicts: &[Verdict], unit: impl Fn(u32) -> Option<&'a str>) -> Vec<Family> {
    let mut places: Vec<(u32, (usize, usize), u32)> = Vec::new();
    for (essay, verdict) in verdicts.iter().enumerate() {
        for shared in &verdict.shared {
            places.push((shared.passage.source, shared.passage.theirs, essay as u32));
        }
    }
    places.sort_unstable();
    let mut found: Vec<Family> = Vec::new();
    for (source, place, essay) in places {
        match found.last_mut() {
            Some(last) if last.essay == source && place.0 < last.place.1 => {
                last.place.1 = last.place.1.max(place.1);
                last.essays.push(essay);
            }
            _ => found.push(Family {
                essay: source,
                place,
                essays: vec![source, essay],
            }),
        }
    }
    for family in &mut found {
        family.essays.sort_unstable();
        family.essays.dedup();
    }
    found.retain(|family| {
        let units: BTreeSet<&str> = family
            .essays
            .iter()
            .filter_map(|essay| unit(*essay))
            .collect();
        family.essays.len() >= ESSAYS && (units.is_empty() || units.len() >= UNITS)
    });
    found
}
