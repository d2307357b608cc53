//! An essay against the earlier essays that are worth a look.
//!
//! Evidence is counted in sixteenths of a bit (see `habit`). Chance gives something too: the more essays there are,
//! the better the best accident among them, so every bar rises with the logarithm of their number.

use super::align;
use super::align::Block;
use super::align::Own;
use super::align::Reach;
use super::candidates;
use super::candidates::Question;
use super::common::Common;
use super::habit::Habit;
use super::index::Index;
use super::shelf::Kept;

/// For pairs about which nothing is known.
const CLOSE: Reach = Reach {
    gap: 10,
    drift: 6,
    merge: 25,
};
/// For pairs that are linked: a paraphrase has long gaps.
const LOOSE: Reach = Reach {
    gap: 16,
    drift: 8,
    merge: 40,
};
const BIT: u32 = 16;
/// What the blocks of a pair must tell, in bits.
struct Bars {
    /// A block that tells less is no sign of anything.
    sign: u32,
    /// One block alone is a passage when it tells so much, and chance.
    alone: u32,
    /// A text in fewer independent essays than so many times [`Known::shared`] is half a sign: two essays that have
    /// several such texts, and more besides, did not find them one by one.
    rare: u32,
    /// A pair is linked when it has so many signs, which together tell so much beyond `sign` ([`TOGETHER`]).
    blocks: usize,
}
/// In a contest of a few hundred essays, an official wording that nobody else has used yet looks rare.
const AT_FIRST: Bars = Bars {
    sign: 15 * BIT,
    alone: 36,
    rare: 1,
    blocks: 3,
};
const WELL_READ: Bars = Bars {
    sign: 13 * BIT,
    alone: 32,
    rare: 2,
    blocks: 2,
};
/// A contest of so many essays is well read.
const MANY: usize = 1000;
/// What the signs of a linked pair tell together, and chance; and without the best of them, which may be a quotation.
const TOGETHER: u32 = 22;
const WITHOUT_BEST: u32 = 3;
/// What half a sign tells at most, in bits.
const HALF: u32 = 10;
/// Fingerprints are asked for, rarest first, until so many essays have been named.
const NAMED: u32 = 4000;

/// What an essay shares with one earlier essay.
pub struct Pair {
    pub source: u32,
    /// So much is shared in so many places that it is no accident and no quotation.
    pub linked: bool,
    pub blocks: Vec<Shared>,
}

/// A block, and how many independent essays hold it word for word.
pub struct Shared {
    pub block: Block,
    pub family: u32,
}

/// What all earlier essays have taught.
pub struct Known<'a> {
    pub index: &'a Index,
    pub habit: &'a Habit,
    pub common: &'a Common,
    pub texts: &'a [Kept],
    /// A text in so many independent essays is of nobody in particular.
    pub shared: u32,
}

impl Known<'_> {
    /// Looks at the earlier essays (numbers below `limit`) that share something rare.
    pub fn pairs(&self, own: &Own, weak: &[bool], limit: u32) -> Vec<Pair> {
        let essays = self.texts.len() as u32;
        let questions = self.questions(own, weak, essays);
        let chance = (essays + 1).ilog2();
        let mut pairs = Vec::new();
        for source in candidates::choose(self.index, &questions, limit) {
            if let Some(text) = self.texts.get(source as usize) {
                pairs.extend(self.pair(own, source, &text.words(), chance));
            }
        }
        pairs
    }

    fn questions(&self, own: &Own, weak: &[bool], essays: u32) -> Vec<Question> {
        let mut prints: Vec<(u32, u32)> = own
            .threes
            .iter()
            .zip(weak)
            .filter(|(_, weak)| !**weak)
            .filter_map(|(print, _)| *print)
            .filter(|print| Index::keeps(*print))
            .map(|print| (self.habit.essays_with(print), print))
            .collect();
        prints.sort_unstable();
        prints.dedup();
        let most = (essays / 60).max(24);
        let mut named = 0;
        prints
            .into_iter()
            .take_while(|(count, _)| {
                named += count + 1;
                named <= NAMED && *count <= most
            })
            .map(|(count, print)| Question {
                print,
                weight: (essays * 16 / count.max(1)).max(2).ilog2(),
            })
            .collect()
    }

    fn pair(&self, own: &Own, source: u32, theirs: &[u16], chance: u32) -> Option<Pair> {
        let runs = align::runs(own, theirs);
        let bars = match self.texts.len() < MANY {
            true => AT_FIRST,
            false => WELL_READ,
        };
        let alone = (bars.alone + chance) * BIT;
        let told: u32 = runs.iter().map(|run| run.bits).sum();
        if told < alone {
            return None;
        }
        let family = |block: &Block| self.common.family(own, theirs, block);
        let close = align::blocks(&own.words, theirs, &runs, CLOSE);
        let signs: Vec<u32> = close
            .iter()
            .filter(|block| block.bits >= bars.sign)
            .filter_map(|block| {
                let told = block.bits - bars.sign;
                match family(block) {
                    essays if essays < self.shared => Some(told),
                    essays if essays < self.shared * bars.rare => Some((told / 2).min(HALF * BIT)),
                    _of_nobody => None,
                }
            })
            .collect();
        let told: u32 = signs.iter().sum();
        let best = signs.iter().max().copied().unwrap_or(0);
        let count = signs.len() as u32;
        let linked = signs.len() >= bars.blocks
            && told >= (TOGETHER + chance) * BIT
            && told - best >= (WITHOUT_BEST + chance) * BIT;
        let blocks: Vec<Block> = if linked {
            // Beside blocks that tell a lot, those that tell next to nothing are chance.
            let least = (12 * BIT).max(told / count / 6);
            align::blocks(&own.words, theirs, &runs, LOOSE)
                .into_iter()
                .filter(|block| block.bits >= least && block.matched >= 8 && block.percent() >= 20)
                .collect()
        } else {
            close
                .into_iter()
                .filter(|block| block.bits >= alone && block.matched >= 16 && block.percent() >= 25)
                .collect()
        };
        let blocks = blocks.into_iter().map(|block| Shared {
            family: family(&block),
            block,
        });
        Some(Pair {
            source,
            linked,
            blocks: blocks.collect(),
        })
    }
}
