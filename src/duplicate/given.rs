//! The texts that the contest itself hands out (questions, official answers, laws), and where an essay repeats them.
//!
//! They are found by alignment and not by exact fingerprints: a quotation with a slip of the pen or of the scanner is
//! a quotation still.

use super::align;
use super::align::Own;
use super::align::Reach;
use super::normal::NOTHING;
use super::normal::Text;

/// Given texts quoted with gaps of up to ten syllables.
const REACH: Reach = Reach {
    gap: 10,
    drift: 6,
    merge: 12,
};
/// A shorter agreement is no quotation.
const SHORTEST: usize = 8;
/// Of a hundred syllables so many agree in a quotation.
const PERCENT: usize = 35;

/// All given texts.
pub struct Given {
    /// One after the other, parted by [`NOTHING`].
    all: Own,
}

impl Given {
    pub fn new(texts: &[Text]) -> Given {
        let mut words = Vec::new();
        for text in texts {
            words.extend(text.words());
            // More than any reach, so that no quotation goes from one text into the next.
            words.extend([NOTHING; 2 * REACH.merge]);
        }
        // Every agreement counts: nothing in these texts is of the writer.
        let bits = vec![16 * 16; words.len()];
        Given {
            all: Own::new(words, bits),
        }
    }

    /// The stretches of an essay that repeat a given text: from, and one past the end, in syllables.
    pub fn quoted(&self, words: &[u16]) -> Vec<(usize, usize)> {
        let mut runs = align::runs(&self.all, words);
        for run in &mut runs {
            (run.own, run.theirs) = (run.theirs, run.own);
        }
        runs.sort_by_key(|run| (run.own, run.theirs));
        let mut stretches: Vec<(usize, usize)> = Vec::new();
        for block in align::blocks(words, &self.all.words, &runs, REACH) {
            if block.matched < SHORTEST || block.percent() < PERCENT {
                continue;
            }
            match stretches.last_mut() {
                Some(last) if block.own.0 <= last.1 => last.1 = last.1.max(block.own.1),
                _ => stretches.push(block.own),
            }
        }
        stretches
    }
}
