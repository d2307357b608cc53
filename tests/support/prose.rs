//! Essays nobody wrote, each in words of its own, so that no two look copied from each other; always the same for the
//! same seed.

use std::sync::LazyLock;

use super::grown;
use super::grown::Prose;
use super::grown::Style;

/// Random numbers that are the same on every machine (SplitMix64).
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    pub fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

static PROSE: LazyLock<Prose> = LazyLock::new(Prose::new);

/// An essay of about `words` words in paragraphs; another seed gives another essay.
pub fn essay(seed: u64, words: usize) -> Vec<String> {
    // Numbered through a die: neighbouring seeds would tell one story from different places on.
    let mut dice = grown::Dice::new(Dice::new(seed).next());
    let mut paragraphs = Vec::new();
    let mut written = 0;
    while paragraphs.len() < 3 || written + 30 < words {
        let style = [Style::Telling, Style::Arguing][paragraphs.len() % 2];
        let sentences: Vec<String> = (0..dice.between(2, 4))
            .map(|_| PROSE.sentence(style, &mut dice))
            .collect();
        let paragraph = sentences.join(" ");
        written += paragraph.split_whitespace().count();
        paragraphs.push(paragraph);
    }
    paragraphs
}
