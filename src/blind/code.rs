//! The blind code under which a judge sees an entry: says nothing of its author, its unit or its order.

use std::hash::BuildHasher as _;
use std::hash::RandomState;

use crate::entry::code::ALPHABET;

/// A fresh blind code such as `K7-42-QM9`.
pub fn code() -> String {
    let mut random = [0u8; 8];
    if getrandom::fill(&mut random).is_err() {
        // Keys of the process that change with every call: no two codes of one process are equal by that.
        random = RandomState::new().hash_one(0u8).to_le_bytes();
    }
    let mut seed = u64::from_le_bytes(random);
    let mut code = String::with_capacity(9);
    for place in 0..7 {
        if place == 2 || place == 4 {
            code.push('-');
        }
        let digit = usize::try_from(seed % 28).unwrap_or(0);
        code.push(char::from(ALPHABET.get(digit).copied().unwrap_or(b'A')));
        seed /= 28;
    }
    code
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn blind_codes_differ() {
        let one = code();
        assert_eq!(one.len(), 9, "{one}");
        assert_ne!(one, code());
    }
}
