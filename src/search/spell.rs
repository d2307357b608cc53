//! Words as the index and the questions spell them: each twice, exactly (NFC, lower case) and folded.
//!
//! A word is a run of letters, digits and the marks that combine with them, so that a decomposed spelling is one
//! word too. Both spellings stand at the same place of a text, which lets phrases be asked in either.

use std::sync::LazyLock;

use tantivy::tokenizer::Token;
use tantivy::tokenizer::TokenStream;
use tantivy::tokenizer::Tokenizer;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::text::fold;

/// Longer words are cut, in texts and in questions alike: nobody types them, and a term has a largest size.
const LONGEST: usize = 48;

/// A word and where it stands in its text (bytes).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    pub from: usize,
    pub to: usize,
    pub spelling: Spelling,
}

/// Both spellings of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spelling {
    pub exact: String,
    pub folded: String,
}

impl Spelling {
    /// `None` for what has neither letter nor digit in it, such as a lone combining mark.
    fn of(text: &str) -> Option<Spelling> {
        let mut exact = String::with_capacity(text.len());
        let mut folded = String::with_capacity(text.len());
        for (place, c) in text.chars().enumerate() {
            let Some((lower, base)) = letter(c) else {
                return Spelling::of_any(text);
            };
            if place < LONGEST {
                exact.push(lower);
                folded.push(base);
            }
        }
        (!folded.is_empty()).then_some(Spelling { exact, folded })
    }

    /// The same for every script, and for letters whose marks stand apart.
    fn of_any(text: &str) -> Option<Spelling> {
        let folded: String = fold(text)
            .chars()
            .filter(|c| *c != ' ')
            .take(LONGEST)
            .collect();
        if folded.is_empty() {
            return None;
        }
        let exact = text
            .chars()
            .flat_map(char::to_lowercase)
            .nfc()
            .take(LONGEST)
            .collect();
        Some(Spelling { exact, folded })
    }

    /// Whether somebody took the trouble to write diacritics, and so means them.
    pub fn is_marked(&self) -> bool {
        self.exact != self.folded
    }
}

/// The last letter of Vietnamese in Unicode is U+1EF9.
const LETTERS: usize = 0x1f00;

/// A letter or digit in lower case, and folded; `None` where more than one character is to be looked at. Essays
/// are read again for every page of hits, so the letters they are made of are looked up.
fn letter(c: char) -> Option<(char, char)> {
    static TABLE: LazyLock<Vec<Option<(char, char)>>> = LazyLock::new(|| {
        (0..LETTERS)
            .map(|code| {
                let c = u32::try_from(code).ok().and_then(char::from_u32)?;
                let word = Spelling::of_any(c.encode_utf8(&mut [0; 4]))?;
                let (mut exact, mut folded) = (word.exact.chars(), word.folded.chars());
                let both = (exact.next()?, folded.next()?);
                (exact.next().is_none() && folded.next().is_none()).then_some(both)
            })
            .collect()
    });
    TABLE.get(c as usize).copied().flatten()
}

/// The words of a text, in order.
pub fn words(text: &str) -> impl Iterator<Item = Word> {
    let mut rest = text.char_indices().peekable();
    std::iter::from_fn(move || {
        loop {
            let (from, _) = rest.find(|(_, c)| is_inside(*c))?;
            while rest.next_if(|(_, c)| is_inside(*c)).is_some() {}
            let to = rest.peek().map_or(text.len(), |(at, _)| *at);
            if let Some(spelling) = text.get(from..to).and_then(Spelling::of) {
                return Some(Word { from, to, spelling });
            }
        }
    })
}

fn is_inside(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// Which spelling a field of the index keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Exact,
    Folded,
}

impl Form {
    /// Name of its tokenizer in the schema.
    pub fn name(self) -> &'static str {
        match self {
            Form::Exact => "exact",
            Form::Folded => "folded",
        }
    }
}

impl Tokenizer for Form {
    type TokenStream<'a> = Stream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stream<'a> {
        Stream {
            form: *self,
            words: Box::new(words(text)),
            token: Token::default(),
        }
    }
}

/// The words of one text on their way into the index.
pub struct Stream<'a> {
    form: Form,
    words: Box<dyn Iterator<Item = Word> + 'a>,
    token: Token,
}

impl TokenStream for Stream<'_> {
    fn advance(&mut self) -> bool {
        let Some(word) = self.words.next() else {
            return false;
        };
        self.token.position = self.token.position.wrapping_add(1);
        self.token.offset_from = word.from;
        self.token.offset_to = word.to;
        self.token.text = match self.form {
            Form::Exact => word.spelling.exact,
            Form::Folded => word.spelling.folded,
        };
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use super::LETTERS;
    use super::LONGEST;
    use super::Spelling;
    use super::words;

    #[test]
    fn a_word_has_two_spellings_and_one_place() {
        let check = |text: &str, exact: &[&str], folded: &[&str]| {
            let found: Vec<_> = words(text).collect();
            let spelt: Vec<_> = found.iter().map(|w| w.spelling.exact.as_str()).collect();
            assert_eq!(spelt, exact, "{text:?}");
            let spelt: Vec<_> = found.iter().map(|w| w.spelling.folded.as_str()).collect();
            assert_eq!(spelt, folded, "{text:?}");
            assert!(found.iter().all(|w| text.get(w.from..w.to).is_some()));
        };
        check("đăng ký", &["đăng", "ký"], &["dang", "ky"]);
        check("ĐĂNG-KÝ.", &["đăng", "ký"], &["dang", "ky"]);
        let decomposed = "đa\u{306}ng ky\u{301}";
        check(decomposed, &["đăng", "ký"], &["dang", "ky"]);
        check("K7QM-2XNA", &["k7qm", "2xna"], &["k7qm", "2xna"]);
        check(
            "an.ng@x.vn",
            &["an", "ng", "x", "vn"],
            &["an", "ng", "x", "vn"],
        );
        check("\u{301}\u{323} \0 “*” 🙂", &[], &[]);
        check("", &[], &[]);
    }

    #[test]
    fn looking_letters_up_spells_them_as_going_through_unicode_does() {
        let letters = (0..LETTERS as u32 + 500).filter_map(char::from_u32);
        for c in letters.filter(|c| c.is_alphanumeric()) {
            for text in [format!("{c}"), format!("ươ{c}N7"), format!("{c}\u{301}")] {
                assert_eq!(Spelling::of(&text), Spelling::of_any(&text), "{text:?}");
            }
        }
    }

    #[test]
    fn a_word_without_end_is_cut_alike_everywhere() {
        let long = words(&"ư".repeat(10_000)).next().map(|word| word.spelling);
        let shorter = words(&"ư".repeat(9_000)).next().map(|word| word.spelling);
        assert_eq!(long, shorter);
        assert_eq!(long.map(|w| w.folded.chars().count()), Some(LONGEST));
    }
}
