//! A text as its letters: what an eye reads, whatever the bytes are. Accents, case, invisible marks and letters
//! of other alphabets that look like ours are told apart from the letter itself, so that no disguise hides a name.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// What stands between a letter and the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    None,
    /// Spaces, tabs and line breaks only.
    Space,
    /// Punctuation too, of at most `WIDE` characters.
    Marks,
    /// More than that, or an empty line: no name reaches over it.
    Wide,
}

const WIDE: usize = 40;

/// One letter or digit.
#[derive(Clone, Copy, Debug)]
pub struct Letter {
    /// Lower case, without marks: "Ễ" is 'e'.
    pub c: char,
    /// Tone and shape marks, one bit each; the place of a tone within its syllable does not matter ("hòa", "hoà").
    pub marks: u16,
    pub upper: bool,
    pub gap: Gap,
    /// Byte range in the text, with the marks and invisible characters that follow.
    pub start: usize,
    pub end: usize,
}

/// A run of letters without a gap.
#[derive(Clone, Debug)]
pub struct Word {
    /// Range in `Letters::all`.
    pub from: usize,
    pub to: usize,
    pub folded: String,
}

/// The letters of a text and the words they form.
pub struct Letters {
    pub all: Vec<Letter>,
    pub words: Vec<Word>,
}

impl Letters {
    pub fn of(text: &str) -> Letters {
        let mut all: Vec<Letter> = Vec::with_capacity(text.len());
        let (mut gap, mut width, mut breaks) = (Gap::None, 0, 0);
        for (start, c) in text.char_indices() {
            let end = start + c.len_utf8();
            if invisible(c) {
                if let Some(last) = all.last_mut().filter(|_| gap == Gap::None) {
                    last.end = end;
                }
                continue;
            }
            let mut held = false;
            let mut take = |part: char| {
                if !part.is_ascii() && is_combining_mark(part) {
                    if let Some(last) = all.last_mut().filter(|_| gap == Gap::None) {
                        last.marks |= mark(part);
                        last.end = end;
                    }
                    held = true;
                    return;
                }
                let (letter, shape) = plain(part);
                for c in letter.to_lowercase().filter(|c| c.is_alphanumeric()) {
                    all.push(Letter {
                        c,
                        marks: shape,
                        upper: letter.is_uppercase(),
                        gap: if breaks > 1 { Gap::Wide } else { gap },
                        start,
                        end,
                    });
                    (gap, width, breaks) = (Gap::None, 0, 0);
                    held = true;
                }
            };
            // A letter may be several ("ﬁ"), or a letter and its marks ("ễ").
            match c.is_ascii() {
                true => take(c),
                false => std::iter::once(c).nfkd().for_each(take),
            }
            if !held {
                width += 1;
                breaks += usize::from(c == '\n');
                gap = match gap {
                    _ if width > WIDE => Gap::Wide,
                    Gap::None | Gap::Space if c.is_whitespace() => Gap::Space,
                    Gap::None | Gap::Space | Gap::Marks => Gap::Marks,
                    Gap::Wide => Gap::Wide,
                };
            }
        }
        let words = words(&all);
        Letters { all, words }
    }

    /// The byte range of the letters `from..to`.
    pub fn range(&self, from: usize, to: usize) -> (usize, usize) {
        let start = self.all.get(from).map_or(0, |letter| letter.start);
        let last = to.checked_sub(1).and_then(|last| self.all.get(last));
        (start, last.map_or(start, |letter| letter.end))
    }

    /// The byte range of the words `from..to`.
    pub fn range_of_words(&self, from: usize, to: usize) -> (usize, usize) {
        let first = self.words.get(from).map_or(0, |word| word.from);
        let last = to.checked_sub(1).and_then(|last| self.words.get(last));
        self.range(first, last.map_or(first, |word| word.to))
    }

    /// The gap before a word; `Wide` before the first.
    pub fn gap_before(&self, word: usize) -> Gap {
        if word == 0 {
            return Gap::Wide;
        }
        let first = self
            .words
            .get(word)
            .and_then(|word| self.all.get(word.from));
        first.map_or(Gap::Wide, |letter| letter.gap)
    }

    /// Whether a word begins with a capital.
    pub fn capital(&self, word: usize) -> bool {
        let first = self
            .words
            .get(word)
            .and_then(|word| self.all.get(word.from));
        first.is_some_and(|letter| letter.upper)
    }

    /// Whether every letter of a word is a capital.
    pub fn shouts(&self, word: usize) -> bool {
        self.letters(word).iter().all(|letter| letter.upper)
    }

    pub fn letters(&self, word: usize) -> &[Letter] {
        let range = self.words.get(word).map_or(0..0, |word| word.from..word.to);
        self.all.get(range).unwrap_or(&[])
    }

    pub fn folded(&self, word: usize) -> &str {
        self.words.get(word).map_or("", |word| word.folded.as_str())
    }

    /// Every place where these folded words stand in a row; not over a wide gap.
    pub fn find(&self, wanted: &[String]) -> Vec<(usize, usize)> {
        let count = wanted.len();
        if count == 0 {
            return Vec::new();
        }
        let stands = |at: &usize| {
            (0..count).all(|n| {
                let same = wanted
                    .get(n)
                    .is_some_and(|want| want == self.folded(at + n));
                same && (n == 0 || self.gap_before(at + n) != Gap::Wide)
            })
        };
        (0..(self.words.len() + 1).saturating_sub(count))
            .filter(stands)
            .map(|at| (at, at + count))
            .collect()
    }
}

/// The folded words of a value, to be looked for.
pub fn folded(value: &str) -> Vec<String> {
    let letters = Letters::of(value);
    letters.words.into_iter().map(|word| word.folded).collect()
}

fn words(all: &[Letter]) -> Vec<Word> {
    let mut out: Vec<Word> = Vec::new();
    for (at, letter) in all.iter().enumerate() {
        match out.last_mut() {
            Some(word) if letter.gap == Gap::None => {
                word.to = at + 1;
                word.folded.push(letter.c);
            }
            _ => out.push(Word {
                from: at,
                to: at + 1,
                folded: letter.c.to_string(),
            }),
        }
    }
    out
}

/// Whether a character leaves no trace on paper.
pub fn invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}'
    ) || c.is_control() && !c.is_whitespace()
}

/// Breve, circumflex, horn, stroke: shapes of a letter. The others are tones.
const STROKE: u16 = 1 << 8;

fn mark(c: char) -> u16 {
    match c {
        '\u{300}' => 1,
        '\u{301}' => 1 << 1,
        '\u{303}' => 1 << 2,
        '\u{309}' => 1 << 3,
        '\u{323}' => 1 << 4,
        '\u{302}' => 1 << 5,
        '\u{306}' => 1 << 6,
        '\u{31b}' => 1 << 7,
        _ => 0,
    }
}

/// The Latin letter that a letter looks like, and its stroke.
fn plain(c: char) -> (char, u16) {
    if c.is_ascii() {
        return (c, 0);
    }
    let found = match c {
        'đ' | 'ɖ' | 'ð' | 'ƌ' => return ('d', STROKE),
        'Đ' | 'Ɖ' | 'Ð' | 'Ƌ' => return ('D', STROKE),
        'А' | 'Α' | 'Ꭺ' => 'A',
        'а' | 'α' | 'ɑ' => 'a',
        'В' | 'Β' | 'Ᏼ' => 'B',
        'С' | 'Ϲ' | 'Ꮯ' => 'C',
        'с' | 'ϲ' => 'c',
        'Ԁ' => 'D',
        'ԁ' => 'd',
        'Е' | 'Ε' | 'Ꭼ' => 'E',
        'е' | 'ε' | 'є' | 'ҽ' => 'e',
        'Ԍ' | 'Ꮐ' => 'G',
        'ɡ' | 'ց' => 'g',
        'Н' | 'Η' | 'Ꮋ' => 'H',
        'һ' | 'հ' | 'н' => 'h',
        'І' | 'Ι' | 'Ӏ' => 'I',
        'і' | 'ι' | 'ı' | 'ɩ' => 'i',
        'Ј' => 'J',
        'ј' => 'j',
        'К' | 'Κ' => 'K',
        'к' | 'κ' => 'k',
        'Ꮮ' => 'L',
        'ӏ' | 'ł' => 'l',
        'М' | 'Μ' => 'M',
        'м' => 'm',
        'Ν' => 'N',
        'η' | 'ո' | 'п' => 'n',
        'О' | 'Ο' | 'Օ' | 'Ø' => 'O',
        'о' | 'ο' | 'օ' | 'ø' => 'o',
        'Р' | 'Ρ' => 'P',
        'р' | 'ρ' => 'p',
        'Ԛ' => 'Q',
        'ԛ' => 'q',
        'Ѕ' => 'S',
        'ѕ' => 's',
        'Т' | 'Τ' => 'T',
        'т' | 'τ' => 't',
        'Ս' => 'U',
        'υ' | 'ս' => 'u',
        'ν' | 'ѵ' => 'v',
        'Х' | 'Χ' => 'X',
        'х' | 'χ' => 'x',
        'У' | 'Υ' | 'Ү' => 'Y',
        'у' | 'γ' | 'ү' => 'y',
        'Ζ' => 'Z',
        c => c,
    };
    (found, 0)
}

#[cfg(test)]
mod tests {
    use super::Letters;
    use super::folded;

    #[test]
    fn a_letter_is_what_the_eye_reads() {
        let check = |text: &str, want: &str| assert_eq!(folded(text).join(" "), want, "{text:?}");
        check("Nguyễn Thị Ánh", "nguyen thi anh");
        check("Nguye\u{302}\u{303}n", "nguyen");
        check("Ng\u{200b}uy\u{ad}ễn\u{feff}", "nguyen");
        check("Nguуễn Тhị", "nguyen thi");
        check("Ｎｇｕｙễｎ 𝐓𝐡ị", "nguyen thi");
        check("Ðặng Đức", "dang duc");
        check("H’Hen Niê", "h hen nie");
        check("9A2", "9a2");
        check("", "");
    }

    #[test]
    fn letters_point_back_into_their_text() {
        let text = "a\u{301}\u{200b} – Đ.\n\nx";
        let letters = Letters::of(text);
        let parts: Vec<&str> = letters
            .all
            .iter()
            .map(|letter| &text[letter.start..letter.end])
            .collect();
        assert_eq!(parts, ["a\u{301}\u{200b}", "Đ", "x"]);
    }
}
