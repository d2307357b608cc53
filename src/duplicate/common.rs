//! What many essays have that no given text holds: answers from the contest's own page, a law, a unit's paragraph.
//!
//! Only essays that are not explained by a source count (Moss counts all, and so loses every big ring of copies). But
//! in the first thousand essays everything is counted too: where no given texts were handed to the program, all
//! essays would otherwise be copies of the first one for ever. What so large a part of them has is common, ring or not.

use super::align::Block;
use super::align::Own;
use super::count::Counts;
use super::gram;
use super::normal::NOTHING;
use super::normal::Text;

/// The first so many essays show what everybody writes.
const EARLY: usize = 1000;
/// A common stretch that is longer is no pattern of a sentence, in syllables.
const WHOLE: usize = 60;
/// Common stretches nearer to each other are one.
const NEAR: usize = 8;
/// Half the lines of a text are at least so long, or its lines are those of a page and not paragraphs.
const PARAGRAPH: usize = 25;

/// How many essays hold a far pair of fingerprints (see [`gram::far_pairs`]).
pub struct Common {
    independent: Counts,
    early: Counts,
    /// What so many of a hundred early essays have is common.
    percent: usize,
    essays: usize,
}

/// Common places of a text.
pub struct Places {
    /// Syllables inside any common stretch: they tell nothing.
    pub weak: Vec<bool>,
    /// Stretches that take no part: whole paragraphs, and very long ones.
    pub whole: Vec<(usize, usize)>,
}

impl Common {
    /// `given`: whether the contest handed out texts; if not, its questions must be learnt from the essays.
    pub fn new(given: bool) -> Common {
        Common {
            percent: if given { 40 } else { 15 },
            independent: Counts::new(23),
            early: Counts::new(20),
            essays: 0,
        }
    }

    /// Learns from an essay; `free` says which syllables no source explains.
    pub fn learn(&mut self, threes: &[Option<u32>], free: impl Fn(usize) -> bool) {
        let distinct = |pairs: Vec<u32>| {
            let mut pairs = pairs;
            pairs.sort_unstable();
            pairs.dedup();
            pairs
        };
        let pairs: Vec<(usize, u32)> = gram::far_pairs(threes).collect();
        let own = pairs.iter().filter(|(place, _)| free(*place));
        for pair in distinct(own.map(|(_, pair)| *pair).collect()) {
            self.independent.add(pair);
        }
        if self.essays < EARLY {
            for pair in distinct(pairs.iter().map(|(_, pair)| *pair).collect()) {
                self.early.add(pair);
            }
        }
        self.essays += 1;
    }

    /// The common places of a text.
    pub fn places(&self, words: &[u16], text: &Text) -> Places {
        let independent = (self.essays / 1000).max(5) as u32;
        let early = (self.essays.min(EARLY) * self.percent / 100).max(12) as u32;
        let mut weak = vec![false; words.len()];
        let mut whole = vec![false; words.len()];
        let mut stretch: Option<(usize, usize)> = None;
        let mut close = |stretch: Option<(usize, usize)>, weak: &mut Vec<bool>| {
            if let Some((from, to)) = stretch {
                weak[from..to].fill(true);
                whole[from..to].fill(to - from >= WHOLE);
            }
        };
        for (place, pair) in gram::far_pairs(&gram::threes(words)) {
            if self.independent.of(pair) < independent && self.early.of(pair) < early {
                continue;
            }
            let end = place + gram::FAR + gram::LENGTH;
            match &mut stretch {
                Some((_, last)) if place <= *last + NEAR => *last = end,
                _ => close(stretch.replace((place, end)), &mut weak),
            }
        }
        close(stretch, &mut weak);
        for (from, to) in paragraphs(text) {
            let own = || (from..to).filter(|place| words[*place] != NOTHING);
            let common = own().filter(|place| weak[*place]).count();
            if common > 0 && common * 100 >= own().count() * 85 {
                whole[from..to].fill(true);
            }
        }
        Places {
            weak,
            whole: stretches(&whole),
        }
    }

    /// How many independent essays hold what a block shares word for word; 0 when it shares nothing so.
    pub fn family(&self, own: &Own, theirs: &[u16], block: &Block) -> u32 {
        let theirs = theirs
            .get(block.theirs.0..block.theirs.1)
            .unwrap_or_default();
        let mut there: Vec<u32> = gram::far_pairs(&gram::threes(theirs))
            .map(|(_, pair)| pair)
            .collect();
        there.sort_unstable();
        let end = own
            .threes
            .len()
            .min(block.own.1.saturating_sub(gram::LENGTH - 1));
        let mine = own.threes.get(block.own.0..end).unwrap_or_default();
        let mut essays: Vec<u32> = gram::far_pairs(mine)
            .filter(|(_, pair)| there.binary_search(pair).is_ok())
            .map(|(_, pair)| self.independent.of(pair))
            .collect();
        essays.sort_unstable();
        essays.get(essays.len() / 2).copied().unwrap_or(0)
    }

    pub fn bytes(&self) -> usize {
        self.independent.bytes() + self.early.bytes()
    }
}

/// The paragraphs of a text: its lines, or nothing when lines end where the page did.
pub fn paragraphs(text: &Text) -> Vec<(usize, usize)> {
    let all = &text.syllables;
    let mut begins: Vec<usize> = (0..all.len()).filter(|place| all[*place].opens).collect();
    begins.push(all.len());
    let lines: Vec<(usize, usize)> = begins.windows(2).map(|pair| (pair[0], pair[1])).collect();
    let mut lengths: Vec<usize> = lines
        .iter()
        .map(|(from, to)| to - from)
        .filter(|length| *length >= 4)
        .collect();
    lengths.sort_unstable();
    match lengths.get(lengths.len() / 2) {
        Some(middle) if *middle >= PARAGRAPH => lines,
        _ => Vec::new(),
    }
}

fn stretches(flags: &[bool]) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for place in (0..flags.len()).filter(|place| flags[*place]) {
        match found.last_mut() {
            Some(last) if last.1 == place => last.1 += 1,
            _ => found.push((place, place + 1)),
        }
    }
    found
}
