//! What others use, on the same syllables: MinHash with LSH, winnowing as Moss does it, SimHash.
//!
//! Each gives an essay the largest similarity to an earlier one. None knows given texts; winnowing leaves out
//! fingerprints that more than a fiftieth of the essays have, as Moss is told to.

use std::collections::HashMap;

fn mixed(value: u64) -> u64 {
    let z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn shingles(words: &[u16], length: usize) -> Vec<u64> {
    words
        .windows(length)
        .map(|window| {
            window
                .iter()
                .fold(7, |hash, word| mixed(hash ^ u64::from(*word)))
        })
        .collect()
}

/// Broder 1997 with banding: 128 values, 32 bands of 4, shingles of five.
pub fn min_hash(essays: &[Vec<u16>]) -> Vec<(f64, usize)> {
    let mut buckets: HashMap<(usize, u64), Vec<usize>> = HashMap::new();
    let mut signatures: Vec<Vec<u64>> = Vec::new();
    let mut found = Vec::new();
    for (essay, words) in essays.iter().enumerate() {
        let mut signature = vec![u64::MAX; 128];
        for shingle in shingles(words, 5) {
            for (n, least) in signature.iter_mut().enumerate() {
                let value = mixed(shingle ^ (n as u64 + 1).wrapping_mul(0xd6e8_feb8_6659_fd93));
                *least = (*least).min(value);
            }
        }
        let mut candidates: Vec<usize> = Vec::new();
        for (band, values) in signature.chunks(4).enumerate() {
            let key = values.iter().fold(3, |hash, value| mixed(hash ^ value));
            let bucket = buckets.entry((band, key)).or_default();
            candidates.extend(bucket.iter().take(200));
            bucket.push(essay);
        }
        candidates.sort_unstable();
        candidates.dedup();
        let same = |other: &usize| {
            let pairs = signature.iter().zip(&signatures[*other]);
            pairs.filter(|(a, b)| a == b).count() as f64 / 128.0
        };
        found.push(best(candidates.iter().map(|other| (same(other), *other))));
        signatures.push(signature);
    }
    found
}

/// Schleimer, Wilkerson, Aiken 2003: k = 5, window 4; containment in the earlier essay.
pub fn winnowing(essays: &[Vec<u16>]) -> Vec<(f64, usize)> {
    let prints: Vec<Vec<u64>> = essays
        .iter()
        .map(|words| {
            let shingles = shingles(words, 5);
            let mut prints: Vec<u64> = shingles
                .windows(4)
                .filter_map(|w| w.iter().min().copied())
                .collect();
            prints.sort_unstable();
            prints.dedup();
            prints
        })
        .collect();
    let mut counts: HashMap<u64, u32> = HashMap::new();
    for print in prints.iter().flatten() {
        *counts.entry(*print).or_default() += 1;
    }
    let common = (essays.len() / 50).max(10) as u32;
    let mut postings: HashMap<u64, Vec<usize>> = HashMap::new();
    let mut found = Vec::new();
    for (essay, prints) in prints.iter().enumerate() {
        let own: Vec<u64> = prints
            .iter()
            .copied()
            .filter(|print| counts[print] <= common)
            .collect();
        let mut hits: HashMap<usize, u32> = HashMap::new();
        for print in &own {
            let list = postings.entry(*print).or_default();
            for other in list.iter() {
                *hits.entry(*other).or_default() += 1;
            }
            list.push(essay);
        }
        let size = own.len().max(30) as f64;
        found.push(best(
            hits.into_iter()
                .map(|(other, hits)| (f64::from(hits) / size, other)),
        ));
    }
    found
}

/// Charikar 2002: 64 bits over shingles of three; the share of equal bits above one half.
pub fn sim_hash(essays: &[Vec<u16>]) -> Vec<(f64, usize)> {
    let mut earlier: Vec<u64> = Vec::new();
    let mut found = Vec::new();
    for words in essays {
        let mut sums = [0_i32; 64];
        for shingle in shingles(words, 3) {
            for (bit, sum) in sums.iter_mut().enumerate() {
                *sum += if shingle >> bit & 1 == 1 { 1 } else { -1 };
            }
        }
        let hash = sums
            .iter()
            .enumerate()
            .fold(0_u64, |hash, (bit, sum)| hash | u64::from(*sum > 0) << bit);
        let same = |other: u64| f64::from(64 - (hash ^ other).count_ones()) / 64.0;
        found.push(best(
            earlier
                .iter()
                .enumerate()
                .map(|(n, other)| (same(*other), n)),
        ));
        earlier.push(hash);
    }
    found
}

fn best(all: impl Iterator<Item = (f64, usize)>) -> (f64, usize) {
    let better = |a: (f64, usize), b: (f64, usize)| {
        if b.0 > a.0 || (b.0 == a.0 && b.1 < a.1) {
            b
        } else {
            a
        }
    };
    all.fold((0.0, usize::MAX), better)
}
