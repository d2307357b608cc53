//! The receipt code (mã tiếp nhận): what a participant quotes on the phone.

use std::fmt;

use sha2::Digest as _;
use sha2::Sha256;

use crate::text::words::hex;

/// Letters and digits nobody mistakes for one another, read aloud or written by hand.
pub const ALPHABET: &[u8; 28] = b"ACDEFGHJKLMNPQRTUVWXY2346789";

/// A receipt code such as `K7QM-2XNA-9`: eight characters and one check character.
///
/// 28⁸ ≈ 3.8·10¹¹ codes: not guessable at the rate a web form allows, and says nothing about the entry to whoever has
/// not the secret of the installation.
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

/// Makes receipt codes out of what an entry came in and a secret of the installation: the same mail gets the same codes
/// each time it is taken in here, and whoever has the mail but not the secret can tell none of them.
#[derive(Clone, PartialEq, Eq)]
pub struct Codes([u8; 32]);

impl Codes {
    /// `secret`: of the installation. A key of its own is drawn from it, so that codes and signatures have nothing in
    /// common.
    pub fn new(secret: &[u8; 32]) -> Codes {
        Codes(hmac(secret, b"phach receipt codes\n"))
    }

    /// The code of what these pieces name. `again`: how many codes of theirs were taken already, by other entries.
    pub fn code(&self, pieces: &[&str], again: u32) -> ReceiptCode {
        let mut said = Vec::new();
        // Each behind its length, so that no two lists of pieces run together into one text.
        for piece in pieces {
            said.extend((piece.len() as u64).to_be_bytes());
            said.extend(piece.as_bytes());
        }
        said.extend(again.to_be_bytes());
        let [a, b, c, d, e, f, g, h, ..] = hmac(&self.0, &said);
        ReceiptCode::from_random([a, b, c, d, e, f, g, h])
    }

    /// A name for the letter with this key, the same each time, that nobody can guess without the secret: whoever
    /// brings it back was sent the letter.
    pub fn token(&self, key: &str) -> String {
        hex(&hmac(&self.0, format!("letter\n{key}").as_bytes()))
    }
}

/// Says nothing of the secret.
impl fmt::Debug for Codes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Codes")
    }
}

/// HMAC-SHA-256 (RFC 2104) under a key that is no longer than a block.
fn hmac(key: &[u8; 32], text: &[u8]) -> [u8; 32] {
    let pad = |with: u8| {
        let mut block = [with; 64];
        for (byte, key) in block.iter_mut().zip(key) {
            *byte ^= key;
        }
        Sha256::new().chain_update(block)
    };
    let inner = pad(0x36).chain_update(text).finalize();
    pad(0x5c).chain_update(inner).finalize().into()
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
    use super::Codes;
    use super::ReceiptCode;
    use super::hmac;
    use crate::text::words::hex;

    #[test]
    fn hmac_is_that_of_rfc_4231() {
        // Test case 1, its key of 20 bytes filled up with zeros as the rule has it.
        let mut key = [0u8; 32];
        key[..20].fill(0x0b);
        assert_eq!(
            hex(&hmac(&key, b"Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        );
    }

    #[test]
    fn a_code_is_the_same_for_the_same_pieces_and_secret_alone() {
        let codes = Codes::new(&[7; 32]);
        let code = codes.code(&["a", "bc"], 0);
        assert_eq!(code, Codes::new(&[7; 32]).code(&["a", "bc"], 0));
        for other in [
            Codes::new(&[8; 32]).code(&["a", "bc"], 0),
            codes.code(&["a", "bc"], 1),
            codes.code(&["ab", "c"], 0),
            codes.code(&["a", "bc", ""], 0),
        ] {
            assert_ne!(code, other);
        }
        assert_eq!(ReceiptCode::parse(code.as_str()).as_ref(), Some(&code));
        assert_eq!(codes.token("a"), Codes::new(&[7; 32]).token("a"));
        assert_ne!(codes.token("a"), codes.token("b"));
        assert_ne!(codes.token("a"), Codes::new(&[8; 32]).token("a"));
        assert_eq!(format!("{codes:?}"), "Codes");
    }

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
