//! The texts of all essays, kept small: two bytes for a syllable, four for a whole stretch of given text.

use super::normal::NOTHING;

/// An essay's syllables; a stretch that takes no part is [`NOTHING`] and its length.
pub struct Kept(Box<[u16]>);

impl Kept {
    pub fn new(words: &[u16]) -> Kept {
        let mut kept = Vec::with_capacity(words.len());
        let mut rest = words;
        while let Some(first) = rest.first() {
            if *first != NOTHING {
                kept.push(*first);
                rest = &rest[1..];
                continue;
            }
            let length = rest
                .iter()
                .take(usize::from(u16::MAX))
                .take_while(|word| **word == NOTHING)
                .count();
            kept.extend([NOTHING, length as u16]);
            rest = &rest[length..];
        }
        Kept(kept.into_boxed_slice())
    }

    /// The syllables as they were.
    pub fn words(&self) -> Vec<u16> {
        let mut words = Vec::with_capacity(self.0.len() * 2);
        let mut kept = self.0.iter();
        while let Some(word) = kept.next() {
            if *word != NOTHING {
                words.push(*word);
            } else if let Some(length) = kept.next() {
                words.resize(words.len() + usize::from(*length), NOTHING);
            }
        }
        words
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.0.len() * 2 + size_of::<Kept>()
    }
}

#[cfg(test)]
mod tests {
    use super::Kept;

    #[test]
    fn an_essay_comes_back_as_it_was() {
        let check = |words: &[u16]| assert_eq!(Kept::new(words).words(), words);
        check(&[]);
        check(&[7, 8, 9]);
        check(&[0, 0, 0, 7, 0, 8, 0, 0]);
        check(&[vec![5; 3], vec![0; 70_000], vec![6; 2]].concat());
    }
}
