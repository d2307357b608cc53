//! Which earlier essays are worth a closer look: those that share rare fingerprints.
//!
//! The best one is taken first, and what it explains is laid aside before the next is chosen. So a ring of a hundred
//! equal essays takes one place, and the second source of a mixed essay is not crowded out.

use super::index::Index;

/// So many are looked at.
const MOST: usize = 12;
/// Chosen for what they add; the rest of [`MOST`] for what they share.
const FRESH: usize = 9;
/// Sampled fingerprints that an essay must share.
const FEWEST: u32 = 3;

/// A fingerprint to ask for, and what sharing it weighs.
pub struct Question {
    pub print: u32,
    pub weight: u32,
}

/// The earlier essays (numbers below `limit`) to look at, in order of choice.
pub fn choose(index: &Index, questions: &[Question], limit: u32) -> Vec<u32> {
    let mut essays: Vec<u32> = Vec::new();
    let mut ends = Vec::with_capacity(questions.len());
    for question in questions {
        index.ask(question.print, limit, |essay| essays.push(essay));
        ends.push(essays.len());
    }
    // Dense numbers for the essays named, so that nothing grows with the contest.
    let mut named: Vec<u32> = essays.clone();
    named.sort_unstable();
    named.dedup();
    let dense: Vec<u32> = essays
        .iter()
        .map(|essay| named.binary_search(essay).map_or(0, |at| at as u32))
        .collect();
    let begins = std::iter::once(0).chain(ends.iter().copied());
    let lists: Vec<&[u32]> = begins
        .zip(&ends)
        .map(|(from, to)| dense.get(from..*to).unwrap_or_default())
        .collect();

    let mut shares: Vec<Share> = vec![Share::default(); named.len()];
    for (list, question) in lists.iter().zip(questions) {
        for essay in *list {
            if let Some(share) = shares.get_mut(*essay as usize) {
                share.hits += 1;
                share.weight += question.weight;
            }
        }
    }
    let all = shares.clone();
    let mut open: Vec<bool> = vec![true; questions.len()];
    let mut chosen: Vec<usize> = Vec::new();
    while chosen.len() < FRESH {
        let best = best(&shares, &chosen);
        let Some(best) = best else {
            break;
        };
        chosen.push(best);
        for ((list, question), open) in lists.iter().zip(questions).zip(&mut open) {
            if !*open || list.binary_search(&(best as u32)).is_err() {
                continue;
            }
            *open = false;
            for essay in *list {
                if let Some(share) = shares.get_mut(*essay as usize) {
                    share.hits -= 1;
                    share.weight -= question.weight;
                }
            }
        }
    }
    while chosen.len() < MOST {
        let Some(best) = best(&all, &chosen) else {
            break;
        };
        chosen.push(best);
    }
    chosen
        .into_iter()
        .filter_map(|essay| named.get(essay).copied())
        .collect()
}

#[derive(Clone, Copy, Default)]
struct Share {
    hits: u32,
    weight: u32,
}

/// The heaviest share that is not chosen yet; the earliest of equals.
fn best(shares: &[Share], chosen: &[usize]) -> Option<usize> {
    let mut best: Option<(usize, u32)> = None;
    for (essay, share) in shares.iter().enumerate() {
        let better = best.is_none_or(|(_, weight)| share.weight > weight);
        if better && share.hits >= FEWEST && !chosen.contains(&essay) {
            best = Some((essay, share.weight));
        }
    }
    best.map(|(essay, _)| essay)
}
