//! Fingerprints: three syllables in a row, and two such threes fourteen syllables apart.
//!
//! A three carries evidence; a far pair shows that a long stretch is the same, so that a sentence pattern with gaps
//! is told from a quotation.

use super::normal::NOTHING;

/// Syllables in a fingerprint.
pub const LENGTH: usize = 3;
/// From one half of a far pair to the other, in syllables.
pub const FAR: usize = 14;

/// The fingerprint that begins at every syllable but the last two; `None` where a syllable takes no part.
pub fn threes(words: &[u16]) -> Vec<Option<u32>> {
    words
        .windows(LENGTH)
        .map(|window| match *window {
            [a, b, c] if a != NOTHING && b != NOTHING && c != NOTHING => Some(three(a, b, c)),
            _ => None,
        })
        .collect()
}

/// The far pair that begins at every fingerprint; every second pair is kept, chosen by its own value.
pub fn far_pairs(threes: &[Option<u32>]) -> impl Iterator<Item = (usize, u32)> + '_ {
    threes
        .iter()
        .zip(threes.iter().skip(FAR))
        .enumerate()
        .filter_map(|(place, (near, far))| {
            let pair = mixed(u64::from((*near)?) << 32 | u64::from((*far)?));
            (pair & 1 == 0).then_some((place, pair))
        })
}

pub fn three(a: u16, b: u16, c: u16) -> u32 {
    mixed(u64::from(a) << 32 | u64::from(b) << 16 | u64::from(c))
}

/// Two syllables in a row.
pub fn two(a: u16, b: u16) -> u32 {
    mixed(1 << 63 | u64::from(a) << 16 | u64::from(b))
}

/// Spreads the bits (the finaliser of SplitMix64). Part of every stored comparison: changing it changes verdicts.
pub fn mixed(value: u64) -> u32 {
    let value = (value ^ (value >> 31)).wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((value ^ (value >> 31)) >> 32) as u32
}
