//! Where two texts say the same: runs of shared fingerprints, joined into blocks.
//!
//! A run is shared without a break. Runs that lie near each other in both texts make a block, whatever stands between
//! them; a block needs rare runs (see `Own::rare`), and common ones only make it longer. Ends are then walked syllable
//! by syllable, so that a block ends where the copy ends and not at the last whole fingerprint.

use super::gram;
use super::normal::NOTHING;

/// How far apart runs of one block may be, in syllables.
#[derive(Clone, Copy, Debug)]
pub struct Reach {
    /// Between two runs, in either text.
    pub gap: usize,
    /// By how much the gaps in the two texts may differ when a run is common.
    pub drift: usize,
    /// Two finished blocks become one across so much.
    pub merge: usize,
}

/// One of the texts, made ready to be asked.
pub struct Own {
    pub words: Vec<u16>,
    /// See [`gram::threes`].
    pub threes: Vec<Option<u32>>,
    /// How telling each syllable is after the two before it, in sixteenths of a bit.
    pub bits: Vec<u32>,
    /// First place of a fingerprint plus one, by its lower bits.
    heads: Vec<u32>,
    /// The next place plus one.
    nexts: Vec<u32>,
}

impl Own {
    /// `bits`: as many as there are words.
    pub fn new(words: Vec<u16>, bits: Vec<u32>) -> Own {
        let threes = gram::threes(&words);
        let size = (threes.len() * 2).next_power_of_two().max(16);
        let mut heads = vec![0; size];
        let mut nexts = vec![0; threes.len()];
        for (place, print) in threes.iter().enumerate().rev() {
            if let Some(print) = print {
                let head = &mut heads[*print as usize & (size - 1)];
                nexts[place] = *head;
                *head = place as u32 + 1;
            }
        }
        Own {
            words,
            threes,
            bits,
            heads,
            nexts,
        }
    }

    /// The places of a fingerprint, in order.
    fn places(&self, print: u32) -> impl Iterator<Item = usize> + '_ {
        let mut next = self.heads[print as usize & (self.heads.len() - 1)];
        std::iter::from_fn(move || {
            while let Some(place) = (next as usize).checked_sub(1) {
                next = self.nexts[place];
                if self.threes[place] == Some(print) {
                    return Some(place);
                }
            }
            None
        })
    }
}

/// A shared stretch without a break: `length` syllables from `own` and from `theirs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    pub own: usize,
    pub theirs: usize,
    pub length: usize,
    /// What it tells, in sixteenths of a bit: the surprise of its syllables from the third on.
    pub bits: u32,
}

impl Run {
    fn end(&self) -> usize {
        self.own + self.length
    }

    fn their_end(&self) -> usize {
        self.theirs + self.length
    }
}

/// A fingerprint that stands more often than this in the own text starts no run.
const REPEATED: usize = 6;

/// Every run, in order of the own text.
pub fn runs(own: &Own, theirs: &[u16]) -> Vec<Run> {
    let mut found: Vec<Run> = Vec::new();
    // By diagonal: the last run on it, plus one.
    let mut last = vec![0_u32; own.words.len() + theirs.len() + 1];
    for (place, print) in gram::threes(theirs).into_iter().enumerate() {
        let Some(print) = print else {
            continue;
        };
        if own.places(print).nth(REPEATED).is_some() {
            continue;
        }
        for at in own.places(print) {
            let bits = own.bits.get(at + gram::LENGTH - 1).copied().unwrap_or(0);
            let diagonal = &mut last[at + theirs.len() - place];
            let run = (*diagonal as usize)
                .checked_sub(1)
                .and_then(|n| found.get_mut(n))
                .filter(|run| run.their_end() + 1 == place + gram::LENGTH);
            if let Some(run) = run {
                run.length += 1;
                run.bits += bits;
                continue;
            }
            found.push(Run {
                own: at,
                theirs: place,
                length: gram::LENGTH,
                bits,
            });
            *diagonal = found.len() as u32;
        }
    }
    found.sort_by_key(|run| (run.own, run.theirs));
    found
}

/// A run that tells less does not lead a block astray (three bits).
const TELLING: u32 = 3 * 16;
/// What a further run near a block tells by chance: there are some dozen places for it (five bits).
const AGAIN: u32 = 5 * 16;

/// A part of both texts that says the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Syllables of the own text: from, and one past the end.
    pub own: (usize, usize),
    pub theirs: (usize, usize),
    /// Syllables of the own text that stand in the other one too.
    pub matched: usize,
    /// What the runs tell together, in sixteenths of a bit, less what chance gives each further run for nothing.
    pub bits: u32,
    /// Runs that tell something.
    pub pieces: usize,
    last: Run,
    covered: usize,
}

impl Block {
    /// Syllables of the own text.
    pub fn length(&self) -> usize {
        self.own.1 - self.own.0
    }

    /// Matched syllables by a hundred.
    pub fn percent(&self) -> usize {
        self.matched * 100 / self.length().max(1)
    }

    fn begin(run: Run) -> Block {
        Block {
            own: (run.own, run.end()),
            theirs: (run.theirs, run.their_end()),
            matched: run.length,
            bits: run.bits,
            pieces: usize::from(run.bits >= TELLING),
            last: run,
            covered: run.end(),
        }
    }

    /// How badly a run continues the block; `None` when it does not.
    fn strain(&self, run: &Run, reach: Reach) -> Option<usize> {
        let gap = run.own.saturating_sub(self.covered);
        let their_gap = run.theirs.abs_diff(self.last.their_end());
        let drift = (run.own + self.last.theirs).abs_diff(run.theirs + self.last.own);
        let both_rare = run.bits >= TELLING && self.bits >= TELLING;
        let fits = gap <= reach.gap
            && their_gap <= reach.gap
            && (drift <= reach.drift || (both_rare && drift <= reach.gap));
        fits.then_some(drift)
    }

    fn take(&mut self, run: Run) {
        let fresh = run.end().saturating_sub(self.covered.max(run.own));
        self.matched += fresh;
        // What overlaps has been counted: a repeated phrase is no second evidence.
        let bits = run.bits * fresh as u32 / run.length.max(1) as u32;
        let adjacent = run.own <= self.covered && run.theirs == self.last.their_end();
        self.bits += bits.saturating_sub(if adjacent { 0 } else { AGAIN });
        self.pieces += usize::from(bits >= TELLING);
        self.own.1 = self.own.1.max(run.end());
        self.theirs.0 = self.theirs.0.min(run.theirs);
        self.theirs.1 = self.theirs.1.max(run.their_end());
        self.covered = self.covered.max(run.end());
        self.last = run;
    }
}

/// Joins runs into blocks and drops those without evidence. In order of the own text.
pub fn blocks(own: &[u16], theirs: &[u16], runs: &[Run], reach: Reach) -> Vec<Block> {
    let mut done: Vec<Block> = Vec::new();
    let mut open: Vec<Block> = Vec::new();
    for run in runs {
        open.retain(|block| {
            let near = block.covered + reach.gap >= run.own;
            if !near && block.bits > 0 {
                done.push(block.clone());
            }
            near
        });
        let best = open
            .iter_mut()
            .filter_map(|block| Some((block.strain(run, reach)?, block)))
            .min_by_key(|(strain, _)| *strain);
        match best {
            Some((_, block)) => block.take(*run),
            None => open.push(Block::begin(*run)),
        }
    }
    done.extend(open.into_iter().filter(|block| block.bits > 0));
    done.sort_by_key(|block| (block.own, block.theirs));
    for block in &mut done {
        walk_out(own, theirs, block);
    }
    merge(own, done, reach)
}

/// Makes the ends of a block as long as syllables go on agreeing.
fn walk_out(own: &[u16], theirs: &[u16], block: &mut Block) {
    let (after, their_after, matched) = walk(
        own.get(block.own.1..).unwrap_or_default().iter(),
        theirs.get(block.theirs.1..).unwrap_or_default().iter(),
    );
    block.own.1 += after;
    block.theirs.1 += their_after;
    block.matched += matched;
    let (before, their_before, matched) = walk(
        own.get(..block.own.0).unwrap_or_default().iter().rev(),
        theirs
            .get(..block.theirs.0)
            .unwrap_or_default()
            .iter()
            .rev(),
    );
    block.own.0 -= before;
    block.theirs.0 -= their_before;
    block.matched += matched;
}

/// So many syllables may be other ones on the way.
const STEP: usize = 3;

/// How far two texts go on saying the same: syllables of each, and how many agree.
fn walk<'a>(
    own: impl Iterator<Item = &'a u16>,
    theirs: impl Iterator<Item = &'a u16>,
) -> (usize, usize, usize) {
    /// Nothing copied is followed so far without a fingerprint.
    const LIMIT: usize = 40;
    let own: Vec<u16> = own
        .take(LIMIT)
        .copied()
        .take_while(|w| *w != NOTHING)
        .collect();
    let theirs: Vec<u16> = theirs
        .take(LIMIT)
        .copied()
        .take_while(|w| *w != NOTHING)
        .collect();
    let (mut i, mut j, mut matched) = (0, 0, 0);
    'next: loop {
        for steps in 0..=2 * STEP {
            for first in 0..=steps.min(STEP) {
                let second = steps - first;
                if second > STEP {
                    continue;
                }
                if let (Some(a), Some(b)) = (own.get(i + first), theirs.get(j + second))
                    && a == b
                {
                    (i, j) = (i + first + 1, j + second + 1);
                    matched += 1;
                    continue 'next;
                }
            }
        }
        return (i, j, matched);
    }
}

/// A stretch that takes no part and is so long parts two blocks.
const PARTS: usize = 12;

fn merge(own: &[u16], blocks: Vec<Block>, reach: Reach) -> Vec<Block> {
    let mut merged: Vec<Block> = Vec::new();
    for block in blocks {
        let before = merged.iter_mut().rev().take(4).find(|before| {
            let gap = block.own.0 as i64 - before.own.1 as i64;
            let their_gap = block.theirs.0 as i64 - before.theirs.1 as i64;
            let near = |gap: i64| -8 <= gap && gap <= reach.merge as i64;
            near(gap) && near(their_gap) && !parted(own, before.own.1, block.own.0)
        });
        match before {
            Some(before) => {
                let fresh = block.own.1.saturating_sub(before.own.1.max(block.own.0));
                before.matched += block.matched.min(fresh);
                before.bits += (block.bits as usize * fresh / block.length().max(1)) as u32;
                before.pieces += block.pieces;
                before.own.1 = before.own.1.max(block.own.1);
                before.theirs.0 = before.theirs.0.min(block.theirs.0);
                before.theirs.1 = before.theirs.1.max(block.theirs.1);
            }
            None => merged.push(block),
        }
    }
    merged
}

fn parted(own: &[u16], from: usize, to: usize) -> bool {
    let mut nothing = 0;
    for word in own.get(from..to).unwrap_or_default() {
        nothing = if *word == NOTHING { nothing + 1 } else { 0 };
        if nothing >= PARTS {
            return true;
        }
    }
    false
}
