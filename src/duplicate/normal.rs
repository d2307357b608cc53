//! An essay as the comparison sees it: syllables without case, tone, diacritics and disguise, each with its place
//! in the text as it was sent.
//!
//! Places are code points, because that is what a page and a JSON reader can both count. What a writer (or an OCR
//! engine) may change without changing the essay is undone here: invisible marks, letters of other alphabets that
//! look Latin, decomposed accents, digits for letters, syllables that lost the space between them.

use unicode_normalization::char::decompose_compatible;
use unicode_normalization::char::is_combining_mark;

use super::syllable;

/// Stands for a syllable that takes no part: inside a given text, or between two texts.
pub const NOTHING: u16 = 0;

/// A syllable: what it is, and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Syllable {
    /// The folded letters as 16 bits, never [`NOTHING`]. Two of the language's 2,500 folded syllables share a value
    /// so rarely that three in a row do not; a contest's texts are kept at two bytes a syllable.
    pub word: u16,
    /// The first code point.
    pub start: u32,
    /// One past the last code point.
    pub end: u32,
    /// Begins a line.
    pub opens: bool,
}

/// The text in syllables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    pub syllables: Vec<Syllable>,
}

impl Text {
    /// Reads any text; nothing is refused.
    pub fn read(text: &str) -> Text {
        let mut reader = Reader::default();
        for (place, c) in text.chars().enumerate() {
            reader.take(c, u32::try_from(place).unwrap_or(u32::MAX));
        }
        reader.finish_word();
        Text {
            syllables: reader.syllables,
        }
    }

    /// Code points from the beginning of syllable `from` to the end of the one before `to`.
    pub fn span(&self, from: usize, to: usize) -> (u32, u32) {
        let start = self.syllables.get(from).map_or(0, |s| s.start);
        let last = to
            .checked_sub(1)
            .and_then(|last| self.syllables.get(last.max(from)));
        (start, last.map_or(start, |s| s.end))
    }

    /// The folded syllables alone.
    pub fn words(&self) -> Vec<u16> {
        self.syllables.iter().map(|s| s.word).collect()
    }
}

#[derive(Default)]
struct Reader {
    syllables: Vec<Syllable>,
    /// Folded letters of the word at hand, with the place of the code point each came from.
    letters: Vec<(char, u32)>,
    end: u32,
    opens: bool,
    begun: bool,
}

impl Reader {
    fn take(&mut self, c: char, place: u32) {
        if !self.begun {
            self.begun = true;
            self.opens = true;
        }
        if invisible(c) {
            return;
        }
        if c.is_ascii() {
            return self.letter(c, place);
        }
        decompose_compatible(c, |part| self.letter(part, place));
    }

    fn letter(&mut self, c: char, place: u32) {
        if is_combining_mark(c) {
            if !self.letters.is_empty() {
                self.end = place + 1;
            }
            return;
        }
        let c = latin(c);
        if c.is_alphanumeric() {
            for c in c.to_lowercase().filter(|c| !is_combining_mark(*c)) {
                self.letters.push((latin(c), place));
            }
            self.end = place + 1;
            return;
        }
        self.finish_word();
        if matches!(
            c,
            '\n' | '\r' | '\u{0b}' | '\u{0c}' | '\u{2028}' | '\u{2029}'
        ) {
            self.opens = true;
        }
    }

    fn finish_word(&mut self) {
        if self.letters.is_empty() {
            return;
        }
        let mut letters = std::mem::take(&mut self.letters);
        if letters.iter().any(|(c, _)| c.is_alphabetic()) {
            for (c, _) in &mut letters {
                *c = match *c {
                    '0' => 'o',
                    '1' | 'l' => 'i',
                    '5' => 's',
                    other => other,
                };
            }
        }
        let word: String = letters.iter().map(|(c, _)| *c).collect();
        let cut = syllable::cut(&word);
        match cut.and_then(|cut| letters.get(cut).map(|(_, place)| (cut, *place))) {
            Some((cut, middle)) => {
                let start = letters[0].1;
                let (first, second) = word.split_at(cut);
                self.push(first, start, middle);
                self.push(second, middle, self.end);
            }
            None => self.push(&word, letters[0].1, self.end),
        }
        letters.clear();
        self.letters = letters;
    }

    fn push(&mut self, word: &str, start: u32, end: u32) {
        self.syllables.push(Syllable {
            word: folded(word),
            start,
            end,
            opens: std::mem::take(&mut self.opens),
        });
    }
}

/// 16 bits of a word. Part of every stored comparison: changing it changes verdicts.
fn folded(word: &str) -> u16 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in word.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash ^= hash >> 29;
    hash = hash.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    ((hash >> 48) as u16).max(1)
}

/// Marks that no reader sees: they neither part words nor belong to one.
fn invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

/// The Latin letter that another alphabet's letter is drawn like (Unicode TR 39, the rows that pass in Vietnamese).
fn latin(c: char) -> char {
    match c {
        'đ' | 'Đ' | 'ð' | 'Ð' | 'ɖ' | 'Ɖ' | 'ԁ' | 'Ԁ' => 'd',
        'а' | 'А' | 'α' | 'Α' | 'ɑ' => 'a',
        'в' | 'В' | 'β' | 'Β' | 'Ь' | 'ь' => 'b',
        'с' | 'С' | 'ϲ' | 'Ϲ' => 'c',
        'е' | 'Е' | 'ε' | 'Ε' | 'ҽ' | 'є' | 'Є' => 'e',
        'ɡ' | 'ԍ' | 'Ԍ' => 'g',
        'һ' | 'Һ' | 'н' | 'Н' | 'Η' => 'h',
        'і' | 'І' | 'ι' | 'Ι' | 'ı' | 'ӏ' | 'Ӏ' | 'ɩ' | 'ł' | 'Ł' => 'i',
        'ј' | 'Ј' | 'ϳ' => 'j',
        'к' | 'К' | 'κ' | 'Κ' => 'k',
        'м' | 'М' | 'Μ' => 'm',
        'п' | 'η' | 'Ν' | 'ո' => 'n',
        'о' | 'О' | 'ο' | 'Ο' | 'օ' | 'σ' | 'ø' | 'Ø' => 'o',
        'р' | 'Р' | 'ρ' | 'Ρ' => 'p',
        'ԛ' | 'Ԛ' => 'q',
        'г' => 'r',
        'ѕ' | 'Ѕ' => 's',
        'т' | 'Т' | 'τ' | 'Τ' => 't',
        'υ' | 'ս' | 'ц' => 'u',
        'ν' | 'ѵ' | 'Ѵ' => 'v',
        'ԝ' | 'Ԝ' | 'ω' | 'ш' => 'w',
        'х' | 'Х' | 'χ' | 'Χ' => 'x',
        'у' | 'У' | 'γ' | 'Υ' | 'ү' | 'Ү' => 'y',
        'Ζ' => 'z',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::Text;

    #[test]
    fn a_disguised_text_is_the_same_text() {
        let check = |disguised: &str, plain: &str| {
            assert_eq!(
                Text::read(disguised).words(),
                Text::read(plain).words(),
                "{disguised:?}"
            );
        };
        check("Đường đến TRƯỜNG", "duong den truong");
        check("tru\u{31b}o\u{31b}\u{300}ng", "trương");
        check("tr\u{200b}ườ\u{ad}ng h\u{2060}ọc", "trường học");
        check("\u{202e}trường\u{202c}", "trường");
        check("tгường họс", "trường học");
        check("ТRƯỜNG", "trường");
        check("𝐭𝐫𝐮̛𝐨̛̀𝐧𝐠 ｈọｃ", "trường học");
        check("m0t lan 1am", "một lần làm");
        check("tổ quốc5", "tổ quốcs");
        check("ﬁnal", "final");
        check("bốmẹ đạihọc", "bố mẹ đại học");
    }

    #[test]
    fn numbers_keep_their_digits() {
        let words = Text::read("2019 2o19 20l9").words();
        assert_ne!(words[0], words[1]);
        assert_eq!(Text::read("105").words(), Text::read("105").words());
        assert_ne!(Text::read("105").words(), Text::read("ios").words());
    }

    #[test]
    fn places_are_code_points_of_the_text_as_sent() {
        let check = |text: &str, want: &[&str]| {
            let chars: Vec<char> = text.chars().collect();
            let found: Vec<String> = Text::read(text)
                .syllables
                .iter()
                .map(|s| chars[s.start as usize..s.end as usize].iter().collect())
                .collect();
            assert_eq!(found, want, "{text:?}");
        };
        check("Em đi học.", &["Em", "đi", "học"]);
        check("😀 tr\u{200b}ường", &["tr\u{200b}ường"]);
        check("👩‍👧 ho\u{323}c", &["ho\u{323}c"]);
        check("đạihọc", &["đại", "học"]);
        check("ba\u{300}i\nthi", &["ba\u{300}i", "thi"]);
    }

    #[test]
    fn the_first_syllable_of_a_line_is_known() {
        let text = Text::read("Kính gửi\n\n  Ban tổ chức");
        let opens: Vec<bool> = text.syllables.iter().map(|s| s.opens).collect();
        assert_eq!(opens, [true, false, true, false, false]);
    }

    #[test]
    fn a_span_reaches_from_first_to_last_letter() {
        let text = Text::read("một hai ba");
        assert_eq!(text.span(1, 3), (4, 10));
        assert_eq!(text.span(1, 1), (4, 7));
        assert_eq!(text.span(9, 12), (0, 0));
    }
}
