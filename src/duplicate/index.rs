//! Which earlier essays hold a fingerprint. Every fourth fingerprint is kept, chosen by its own value.
//!
//! An inverted index of our own, in memory, and no tantivy: it is asked one question (the earliest essays with this
//! number), takes 0.9 KB an essay, answers in a cache miss or two, has no writer, merge or folder that could be lost,
//! and is rebuilt from 13,461 stored texts in about a second. What it answers follows from the essays alone, so no
//! verdict can depend on it.
//!
//! New essays stand in a map; every 4,096 essays it is frozen into a segment: essays sorted by fingerprint, 4 bytes
//! each, found by the upper half of the fingerprint.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::hash::Hasher;

/// One fingerprint of so many is kept.
const SAMPLED: u32 = 4;
/// Essays of a segment; their numbers in it fit 16 bits.
const SEGMENT: u32 = 4096;
/// So many of the earliest essays are named. A ring of thousands leads to its beginning all the same.
pub const NAMED: usize = 192;

/// Essays by fingerprint.
#[derive(Default)]
pub struct Index {
    frozen: Vec<Segment>,
    tail: HashMap<u32, Vec<u16>, BuildHasherDefault<Identity>>,
    essays: u32,
}

struct Segment {
    /// Where the fingerprints with these upper 16 bits begin; one more at the end.
    begins: Vec<u32>,
    /// Lower 16 bits of the fingerprint, and the essay counted from the segment's first.
    entries: Vec<(u16, u16)>,
}

impl Index {
    /// Whether the index keeps this fingerprint.
    pub fn keeps(print: u32) -> bool {
        print.is_multiple_of(SAMPLED)
    }

    /// Adds the next essay with its distinct fingerprints.
    pub fn add(&mut self, prints: impl Iterator<Item = u32>) {
        let essay = (self.essays % SEGMENT) as u16;
        for print in prints.filter(|print| Index::keeps(*print)) {
            self.tail.entry(print).or_default().push(essay);
        }
        self.essays += 1;
        if self.essays.is_multiple_of(SEGMENT) {
            let tail = std::mem::take(&mut self.tail);
            self.frozen.push(Segment::freeze(tail));
        }
    }

    /// The earliest essays before `limit` that hold the fingerprint, in order, [`NAMED`] at most.
    pub fn ask(&self, print: u32, limit: u32, mut name: impl FnMut(u32)) {
        let mut named = 0;
        for (n, segment) in self.frozen.iter().enumerate() {
            let first = n as u32 * SEGMENT;
            if first >= limit {
                return;
            }
            for essay in segment.find(print) {
                if first + u32::from(essay) >= limit || named == NAMED {
                    return;
                }
                name(first + u32::from(essay));
                named += 1;
            }
        }
        let first = self.frozen.len() as u32 * SEGMENT;
        for essay in self.tail.get(&print).into_iter().flatten() {
            if first + u32::from(*essay) >= limit || named == NAMED {
                return;
            }
            name(first + u32::from(*essay));
            named += 1;
        }
    }

    /// Bytes held, as far as they can be counted.
    pub fn bytes(&self) -> usize {
        let frozen: usize = self
            .frozen
            .iter()
            .map(|segment| segment.begins.len() * 4 + segment.entries.len() * 4)
            .sum();
        let lists: usize = self.tail.values().map(|list| list.capacity() * 2).sum();
        frozen + lists + self.tail.capacity() * 33
    }
}

impl Segment {
    fn freeze(tail: HashMap<u32, Vec<u16>, BuildHasherDefault<Identity>>) -> Segment {
        let sorted: BTreeMap<u32, Vec<u16>> = tail.into_iter().collect();
        let mut begins = Vec::with_capacity((1 << 16) + 1);
        let mut entries = Vec::with_capacity(sorted.values().map(Vec::len).sum());
        for (print, essays) in sorted {
            while begins.len() <= (print >> 16) as usize {
                begins.push(entries.len() as u32);
            }
            entries.extend(essays.into_iter().map(|essay| (print as u16, essay)));
        }
        begins.resize((1 << 16) + 1, entries.len() as u32);
        Segment { begins, entries }
    }

    fn find(&self, print: u32) -> impl Iterator<Item = u16> + '_ {
        let upper = (print >> 16) as usize;
        let from = self.begins.get(upper).map_or(0, |at| *at as usize);
        let to = self.begins.get(upper + 1).map_or(0, |at| *at as usize);
        self.entries
            .get(from..to)
            .unwrap_or_default()
            .iter()
            .filter(move |(lower, _)| *lower == print as u16)
            .map(|(_, essay)| *essay)
    }
}

/// A fingerprint is mixed already.
#[derive(Default)]
pub struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0 << 8 | u64::from(*byte);
        }
    }

    fn write_u32(&mut self, print: u32) {
        self.0 = u64::from(print).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

#[cfg(test)]
mod tests {
    use super::Index;
    use super::NAMED;

    fn asked(index: &Index, print: u32, limit: u32) -> Vec<u32> {
        let mut found = Vec::new();
        index.ask(print, limit, |essay| found.push(essay));
        found
    }

    #[test]
    fn the_earliest_essays_are_named_in_order_across_segments() {
        let mut index = Index::default();
        let far = 0xdead_0000_u32;
        for essay in 0..9000_u32 {
            let own = essay * 4 + 0x0100_0000;
            index.add([own].into_iter().chain((essay % 3000 == 7).then_some(far)));
        }
        assert_eq!(asked(&index, far, 9000), [7, 3007, 6007]);
        assert_eq!(asked(&index, far, 6007), [7, 3007]);
        assert_eq!(asked(&index, 5000 * 4 + 0x0100_0000, 9000), [5000]);
        assert_eq!(asked(&index, 8999 * 4 + 0x0100_0000, 9000), [8999]);
        assert!(asked(&index, 12, 9000).is_empty());
    }

    #[test]
    fn a_big_ring_is_named_by_its_beginning() {
        let mut index = Index::default();
        for _ in 0..1000 {
            index.add([8].into_iter());
        }
        let found = asked(&index, 8, 1000);
        assert_eq!(found.len(), NAMED);
        assert_eq!((found[0], found[NAMED - 1]), (0, NAMED as u32 - 1));
    }
}
