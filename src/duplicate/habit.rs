//! How people write in this contest: how surprising a syllable is after the two before it.
//!
//! A model of three syllables in a row, smoothed by two and by one, counted over independent essays. Set phrases and
//! sentence patterns surprise nobody, however rare the essay; a name in an unusual place does. What two essays share
//! is evidence as far as it is surprising.

use super::count::Counts;
use super::gram;
use super::normal::NOTHING;

/// The counts.
pub struct Habit {
    /// In how many independent essays three syllables stand in a row.
    threes: Counts,
    /// How often two stand in a row.
    twos: Counts,
    ones: Vec<u32>,
    all: u64,
}

/// No single syllable tells more (ten bits).
const MOST: u32 = 10 * 16;

/// Before so many syllables have been read, half of what surprises is only what nobody happened to write yet: what is
/// told counts the less. In a contest of eleven essays every set phrase is rare.
const UNSEEN: u64 = 20_000;

/// So much is taken as read when nothing is, or a copied page would be no evidence among the first two essays.
const AT_FIRST: u64 = 2_000;

impl Habit {
    pub fn new() -> Habit {
        Habit {
            threes: Counts::new(24),
            twos: Counts::new(22),
            ones: vec![0; 1 << 16],
            all: 0,
        }
    }

    /// Learns from the syllables of an essay; `free` says which are its own and not explained by a source.
    pub fn learn(&mut self, words: &[u16], free: impl Fn(usize) -> bool) {
        let mut threes: Vec<u32> = Vec::with_capacity(words.len());
        for (place, word) in words.iter().enumerate() {
            if *word == NOTHING || !free(place) {
                continue;
            }
            self.ones[usize::from(*word)] += 1;
            self.all += 1;
            let Some(next) = words.get(place + 1).filter(|next| **next != NOTHING) else {
                continue;
            };
            self.twos.add(gram::two(*word, *next));
            if let Some(third) = words.get(place + 2).filter(|third| **third != NOTHING) {
                threes.push(gram::three(*word, *next, *third));
            }
        }
        threes.sort_unstable();
        threes.dedup();
        for print in threes {
            self.threes.add(print);
        }
    }

    /// Independent essays that hold the fingerprint.
    pub fn essays_with(&self, print: u32) -> u32 {
        self.threes.of(print)
    }

    /// The surprise of every syllable after the two before it, in sixteenths of a bit. The source of a copy has been
    /// counted, and at the closing the copy itself: `known` occurrences of everything are left out.
    pub fn surprise(&self, words: &[u16], known: u32) -> Vec<u32> {
        let mut bits = vec![0; words.len()];
        let less = |count: u32| f64::from(count.saturating_sub(known));
        let all = self.all.max(1000) as f64;
        let read = self.all + AT_FIRST;
        for (window, bits) in words.windows(3).zip(bits.iter_mut().skip(2)) {
            let [a, b, c] = *window else {
                continue;
            };
            if a == NOTHING || b == NOTHING || c == NOTHING {
                continue;
            }
            let one = (less(self.ones[usize::from(c)]) + 0.5) / all;
            let two = (less(self.twos.of(gram::two(b, c))) + 2.0 * one)
                / (less(self.ones[usize::from(b)]) + 2.0);
            let three = (less(self.threes.of(gram::three(a, b, c))) + 2.0 * two)
                / (less(self.twos.of(gram::two(a, b))) + 2.0);
            let told = u64::from(halvings(three).min(MOST));
            // At most MOST, as before.
            *bits = (told * read / (read + UNSEEN)) as u32;
        }
        bits
    }

    pub fn bytes(&self) -> usize {
        self.threes.bytes() + self.twos.bytes() + self.ones.len() * 4
    }
}

/// How often one is halved to reach the probability, in sixteenths. Read from the bits of the number, not by a
/// logarithm, so that every machine finds the same.
fn halvings(probability: f64) -> u32 {
    let bits = probability.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i64 - 1023;
    let fraction = (bits >> 48 & 0xf) as i64;
    u32::try_from(-(exponent * 16 + fraction)).unwrap_or(0)
}
