//! The receipt code (mã tiếp nhận): what a participant quotes on the phone.

use std::fmt;

/// Letters and digits nobody mistakes for one another, read aloud or written by hand.
pub const ALPHABET: &[u8; 28] = b"ACDEFGHJKLMNPQRTUVWXY2346789";

/// A receipt code such as `K7QM-2XNA-9`: eight random characters and one check character.
///
/// 28⁸ ≈ 3.8·10¹¹ codes: not guessable at the rate a web form allows, and says nothing about the entry.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReceiptCode(String);

impl ReceiptCode {
    /// Makes a code from eight random bytes (the caller brings the randomness).
    pub fn from_random(random: [u8; 8]) -> ReceiptCode {
        let mut seed = u64::from_be_bytes(random);
        let mut digits = [0u8; 8];
        for digit in &mut digits {
            *digit = (seed % 28) as u8;
            seed /= 28;
        }
        ReceiptCode(spell(&digits))
    }

    /// Reads a code as people write it: any case, with or without dashes and spaces. `None` when a
    /// character is foreign or the check character does not fit, so a slip of the pen is caught.
    pub fn parse(text: &str) -> Option<ReceiptCode> {
        let mut digits = Vec::with_capacity(9);
        for c in text.chars().filter(|c| !c.is_whitespace() && *c != '-') {
            let c = u8::try_from(c.to_ascii_uppercase()).ok()?;
            digits.push(ALPHABET.iter().position(|a| *a == c)? as u8);
        }
        let (check, code) = digits.split_last()?;
        if code.len() != 8 || *check != check_digit(code) {
            return None;
        }
        Some(ReceiptCode(spell(code)))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ReceiptCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Weighted sum modulo 28: the odd weights are coprime to 28, so every single slip changes it.
fn check_digit(digits: &[u8]) -> u8 {
    const WEIGHTS: [u32; 8] = [1, 3, 5, 9, 11, 13, 15, 17];
    let sum: u32 = digits
        .iter()
        .zip(WEIGHTS)
        .map(|(digit, weight)| u32::from(*digit) * weight)
        .sum();
    (sum % 28) as u8
}

fn spell(digits: &[u8]) -> String {
    let mut text = String::with_capacity(11);
    for (place, digit) in digits
        .iter()
        .chain(std::iter::once(&check_digit(digits)))
        .enumerate()
    {
        if place == 4 || place == 8 {
            text.push('-');
        }
        text.push(char::from(ALPHABET[usize::from(*digit)]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::ReceiptCode;

    #[test]
    fn codes_are_read_as_people_write_them() {
        let code = ReceiptCode::from_random([1, 2, 3, 4, 5, 6, 7, 8]);
        let text = code.as_str();
        assert_eq!(text.len(), 11, "{text}");
        assert_eq!(ReceiptCode::parse(text).as_ref(), Some(&code));
        assert_eq!(
            ReceiptCode::parse(&text.to_lowercase().replace('-', " ")).as_ref(),
            Some(&code)
        );
        assert_eq!(ReceiptCode::parse("0000-0000-0"), None);
        assert_eq!(ReceiptCode::parse(""), None);
    }

    #[test]
    fn one_wrong_character_is_noticed() {
        let text = ReceiptCode::from_random([9; 8]).as_str().to_owned();
        for place in (0..text.len()).filter(|place| text.as_bytes()[*place] != b'-') {
            for wrong in "ACDEFGHJKLMNPQRTUVWXY2346789"
                .chars()
                .filter(|c| *c != text.as_bytes()[place] as char)
            {
                let mut slip = text.clone();
                slip.replace_range(place..=place, &wrong.to_string());
                assert_eq!(ReceiptCode::parse(&slip), None, "{text} {slip}");
            }
        }
    }
}
