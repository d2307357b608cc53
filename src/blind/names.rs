//! Where a person's name stands in a text, in whatever spelling, and where words only look like it.
//!
//! A full name of three or more syllables is masked wherever it stands: any case, without diacritics, glued, torn
//! apart, with a slip of the pen in capitals. Written small and with other diacritics it is words: "đô thị hóa" is
//! not Đỗ Thị Hoa. Two syllables ("Lê An", or "Nguyễn Ánh" for Nguyễn Thị Ánh) count where they stand in capitals,
//! look like a person and follow no word such as "đường"; pairs without a family name ("Thu Hà", "Hòa Bình") are
//! words and places, and count only beside a self-introduction and in the head and foot. A lone given name never does.

use super::letters::Gap;
use super::letters::Letter;
use super::letters::Letters;
use crate::slip;

/// A name to be looked for; never one syllable alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    syllables: Vec<Syllable>,
    trust: Trust,
}

/// Where a name comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// The slip, or a label of the essay, says that it is the author's.
    Author,
    /// A sender's display name, the name of a file, a label without a family name behind it: perhaps a parent's or
    /// a teacher's, perhaps "Hoa Hướng Dương". Only what stands in capitals is masked, and nothing is held up for it.
    Perhaps,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Syllable {
    letters: Vec<char>,
    folded: String,
    marks: u16,
}

/// How the marks of a syllable in a text compare with those of the name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Marks {
    Same,
    /// None, where the name has some: written without diacritics.
    Bare,
    Other,
}

/// A place where the letters of a name stand in a row.
struct Reading {
    to: usize,
    /// Where each syllable begins, and the marks it bears.
    syllables: Vec<(usize, Marks)>,
}

impl Name {
    /// `None` for less than two syllables.
    pub fn of(value: &str, trust: Trust) -> Option<Name> {
        let letters = Letters::of(value);
        let syllables: Vec<Syllable> = (0..letters.words.len())
            .map(|word| Syllable {
                letters: letters
                    .letters(word)
                    .iter()
                    .map(|letter| letter.c)
                    .collect(),
                folded: letters.folded(word).to_owned(),
                marks: union(letters.letters(word)),
            })
            .collect();
        let letters = syllables.iter().map(|one| one.letters.len()).sum::<usize>();
        ((2..=7).contains(&syllables.len()) && letters >= 3).then_some(Name { syllables, trust })
    }

    pub fn is_author(&self) -> bool {
        self.trust == Trust::Author
    }

    /// Three syllables or more: nothing but the name itself reads so.
    pub fn is_long(&self) -> bool {
        self.syllables.len() >= 3
    }

    /// Without spaces, folded: "nguyenthianh", as addresses and links have it.
    pub fn squeezed(&self) -> String {
        self.syllables
            .iter()
            .map(|one| one.folded.as_str())
            .collect()
    }

    /// Every place (byte range) that names the person, anywhere in the text.
    pub fn everywhere(&self, text: &str, letters: &Letters) -> Vec<(usize, usize)> {
        let mut out = Vec::new();
        if self.is_long() {
            out.extend(self.spelled(letters));
            out.extend(self.shuffled(text, letters));
        }
        let opens = self.syllables.first();
        if opens.is_some_and(|family| slip::name::is_family(&family.folded)) {
            out.extend(self.shortened(text, letters));
        }
        out
    }

    /// Pairs of syllables that name the person only where somebody is being introduced: "Thu Hà", "Thị Ánh".
    pub fn pairs(&self, letters: &Letters) -> Vec<(usize, usize)> {
        let count = self.syllables.len();
        let pair = self.syllables.get(count.saturating_sub(2)..).unwrap_or(&[]);
        (0..letters.words.len())
            .filter(|at| {
                self.stands(letters, *at, pair) && letters.gap_before(at + 1) == Gap::Space
            })
            .map(|at| letters.range_of_words(at, at + 2))
            .collect()
    }

    /// Whether a folded word is one of the syllables.
    pub fn has(&self, folded: &str) -> bool {
        self.syllables.iter().any(|one| one.folded == folded)
    }

    /// Whether all words of a line are syllables of the name: "Thị Ánh" or "Ánh" below a signature.
    pub fn holds_all(&self, letters: &Letters) -> bool {
        !letters.words.is_empty() && letters.words.iter().all(|word| self.has(&word.folded))
    }

    /// Whether the letters of the name are left in a text, whatever stands between them and around them.
    pub fn remains(&self, letters: &Letters) -> bool {
        self.is_long()
            && self.is_author()
            && (0..letters.all.len()).any(|at| {
                self.read(letters, at, Reach::Any).is_some_and(|reading| {
                    reading
                        .syllables
                        .iter()
                        .all(|(_, marks)| *marks != Marks::Other)
                })
            })
    }

    /// The letters of the name in a row, from the letter `at`.
    fn read(&self, letters: &Letters, at: usize, reach: Reach) -> Option<Reading> {
        // Cheap first looks here and below: this is asked of every letter of every essay.
        let first = self.syllables.first()?.letters.first()?;
        if !looks_like(letters.all.get(at)?.c, *first) {
            return None;
        }
        let mut to = at;
        let mut syllables = Vec::with_capacity(self.syllables.len());
        for syllable in &self.syllables {
            let start = to;
            let mut marks = 0;
            for want in &syllable.letters {
                let letter = letters.all.get(to)?;
                let far = to > at && letter.gap == Gap::Wide && reach == Reach::Near;
                if far || !looks_like(letter.c, *want) {
                    return None;
                }
                marks |= letter.marks;
                to += 1;
            }
            syllables.push((start, compare(marks, syllable.marks)));
        }
        Some(Reading { to, syllables })
    }

    /// The full name in its order.
    fn spelled(&self, letters: &Letters) -> Vec<(usize, usize)> {
        let mut out = Vec::new();
        for at in 0..letters.all.len() {
            if let Some(reading) = self.read(letters, at, Reach::Near)
                && let Some((from, to)) = self.judge(letters, at, &reading)
            {
                out.push(letters.range(from, to));
            }
        }
        out
    }

    /// Whether a row of letters is the name, and which letters are to go.
    fn judge(&self, letters: &Letters, at: usize, reading: &Reading) -> Option<(usize, usize)> {
        let gap = |at: usize| {
            letters
                .all
                .get(at)
                .is_some_and(|letter| letter.gap != Gap::None)
        };
        let starts = |at: usize| reading.syllables.iter().any(|(start, _)| *start == at);
        let aligned = reading
            .syllables
            .iter()
            .skip(1)
            .all(|(start, _)| gap(*start));
        let torn = (at + 1..reading.to).any(|at| gap(at) && !starts(at));
        let whole = opens(letters, at) && opens(letters, reading.to);
        let others = reading
            .syllables
            .iter()
            .filter(|(_, marks)| *marks == Marks::Other)
            .count();
        let upper = |at: usize| letters.all.get(at).is_some_and(|letter| letter.upper);
        let titled = reading.syllables.iter().all(|(start, _)| upper(*start));
        let shouted = (at..reading.to).all(upper);
        if self.trust == Trust::Perhaps && !titled {
            return None;
        }
        let range = (at, reading.to);
        match (aligned, torn) {
            (true, false) => {
                // "đô thị hóa", "QUÁ TRÌNH ĐÔ THỊ HÓA" for Đỗ Thị Hoa.
                let words = others > 0 && (!titled || shouted && others > 1);
                (whole && !words).then_some(range)
            }
            (true, true) => (whole && others == 0).then_some(range),
            // "nguyenthianh2008": the whole of what it is glued into goes.
            (false, false) => (others == 0).then(|| glued(letters, range)),
            // "N g u y ễ nT h ị"; but "thái anh à" is not Thái An Hà.
            (false, true) => {
                let single =
                    (at + 1..reading.to).filter(|at| gap(*at)).count() * 2 >= reading.to - at;
                (whole && single && others == 0).then_some(range)
            }
        }
    }

    /// All syllables side by side in another order: "Ánh Nguyễn Thị", "Ánh, Nguyễn Thị".
    fn shuffled(&self, text: &str, letters: &Letters) -> Vec<(usize, usize)> {
        let count = self.syllables.len();
        let mut want: Vec<&str> = self
            .syllables
            .iter()
            .map(|one| one.folded.as_str())
            .collect();
        want.sort_unstable();
        let marked = |word: usize| {
            let marks = union(letters.letters(word));
            let same = |one: &&Syllable| one.folded == letters.folded(word);
            let mut alike = self.syllables.iter().filter(same);
            letters.capital(word) && alike.any(|one| compare(marks, one.marks) != Marks::Other)
        };
        let stands = |at: &usize| {
            if !(*at..at + count).all(marked) {
                return false;
            }
            let mut have: Vec<&str> = (*at..at + count).map(|word| letters.folded(word)).collect();
            have.sort_unstable();
            let (start, end) = letters.range_of_words(*at, at + count);
            let written = text.get(start..end).unwrap_or_default();
            have == want && !written.contains(['.', '!', '?', ';', ':', '\n'])
        };
        (0..(letters.words.len() + 1).saturating_sub(count))
            .filter(stands)
            .map(|at| letters.range_of_words(at, at + count))
            .collect()
    }

    /// Family name and given name with some of the names between them, in full or as initials: "Nguyễn Ánh",
    /// "Nguyễn T. Ánh", "N.T. Ánh", "NT Ánh".
    fn shortened(&self, text: &str, letters: &Letters) -> Vec<(usize, usize)> {
        let mut out = Vec::new();
        for at in 0..letters.words.len() {
            if !letters.capital(at) {
                continue;
            }
            if let Some((family, rest)) = self.syllables.split_first()
                && let Some((given, middle)) = rest.split_last()
            {
                // In full.
                let mut to = at;
                let mut held: Vec<&Syllable> = vec![family];
                if letters.folded(at) == family.folded {
                    to = at + 1;
                    for syllable in middle {
                        if letters.folded(to) == syllable.folded
                            && letters.gap_before(to) == Gap::Space
                            && letters.folded(to) != given.folded
                        {
                            held.push(syllable);
                            to += 1;
                        }
                    }
                    held.push(given);
                }
                let (start, end) = letters.range_of_words(at, at + held.len());
                let written = text.get(start..end).unwrap_or_default();
                if held.len() == to + 1 - at
                    && self.stands(letters, at, &held.into_iter().cloned().collect::<Vec<_>>())
                    && letters.gap_before(to) == Gap::Space
                    && slip::name::full(written).is_some()
                    && !after_place(text, start)
                {
                    out.push((start, end));
                }
            }
            if let Some(end) = self.initials(text, letters, at) {
                out.push(letters.range_of_words(at, end));
            }
        }
        out
    }

    /// The name with at least one initial and the given name in full, from the word `at`; all syllables take part.
    fn initials(&self, text: &str, letters: &Letters, at: usize) -> Option<usize> {
        let (given, before) = self.syllables.split_last().filter(|_| self.is_long())?;
        let (mut word, mut marked, mut taken) = (at, false, 0);
        while taken < before.len() {
            let syllable = before.get(taken)?;
            let folded = letters.folded(word);
            if word > at && letters.gap_before(word) == Gap::Wide {
                return None;
            }
            let several = before
                .get(taken..taken + folded.len())
                .filter(|_| folded.len() > 1);
            let (_, end) = letters.range_of_words(word, word + 1);
            let dotted = text.get(end..).is_some_and(|rest| rest.starts_with('.'));
            if folded == syllable.folded {
                taken += 1;
            } else if letters.capital(word)
                && dotted
                && !folded.is_empty()
                && folded.len() <= 3
                && syllable.folded.starts_with(folded)
            {
                marked = true;
                taken += 1;
            } else if let Some(several) = several
                && letters.shouts(word)
                && several
                    .iter()
                    .map(|one| one.letters.first().copied())
                    .eq(folded.chars().map(Some))
            {
                marked = true;
                taken += several.len();
            } else {
                return None;
            }
            word += 1;
        }
        let last = std::slice::from_ref(given);
        let full = self.stands(letters, word, last) && letters.gap_before(word) != Gap::Wide;
        (marked && full).then_some(word + 1)
    }

    /// Whether these syllables stand from the word `at` on, in capitals, all with their marks or all without.
    fn stands(&self, letters: &Letters, at: usize, syllables: &[Syllable]) -> bool {
        let marks: Vec<Marks> = syllables
            .iter()
            .enumerate()
            .map_while(|(n, syllable)| {
                let same = letters.folded(at + n) == syllable.folded && letters.capital(at + n);
                same.then(|| compare(union(letters.letters(at + n)), syllable.marks))
            })
            .collect();
        let bare = |marks: &Marks| *marks == Marks::Bare;
        let plain = syllables
            .iter()
            .zip(&marks)
            .all(|(one, marks)| bare(marks) || one.marks == 0);
        marks.len() == syllables.len()
            && (marks.iter().all(|marks| *marks == Marks::Same) || plain && marks.iter().any(bare))
    }
}

/// How far the letters of a name may lie apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    Near,
    Any,
}

fn union(letters: &[Letter]) -> u16 {
    letters.iter().fold(0, |marks, letter| marks | letter.marks)
}

fn compare(written: u16, name: u16) -> Marks {
    match written {
        _ if written == name => Marks::Same,
        0 => Marks::Bare,
        _ => Marks::Other,
    }
}

/// Digits stand for the letters they look like.
fn looks_like(c: char, want: char) -> bool {
    c == want
        || matches!(
            (c, want),
            ('0', 'o') | ('1', 'i' | 'l') | ('3', 'e') | ('4', 'a') | ('5', 's')
        )
}

/// Whether something new begins at this letter: after a gap, a digit, or where small letters turn into a capital.
fn opens(letters: &Letters, at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| letters.all.get(before));
    match (before, letters.all.get(at)) {
        (Some(before), Some(letter)) => {
            letter.gap != Gap::None
                || before.c.is_ascii_digit() != letter.c.is_ascii_digit()
                || !before.upper && letter.upper
        }
        (None, _) | (_, None) => true,
    }
}

/// The letters to the ends of the words they stand in.
fn glued(letters: &Letters, (from, to): (usize, usize)) -> (usize, usize) {
    let first = letters.words.iter().find(|word| word.to > from);
    let last = letters.words.iter().find(|word| word.to >= to);
    (
        first.map_or(from, |word| word.from),
        last.map_or(to, |word| word.to),
    )
}

/// Words before a name that make it the name of a street, a school, a lake.
const PLACES: &[&str] = &[
    "đường",
    "phố",
    "phường",
    "xã",
    "quận",
    "huyện",
    "tỉnh",
    "trường",
    "thcs",
    "thpt",
    "học",
    "ngõ",
    "ngách",
    "hẻm",
    "chợ",
    "hồ",
    "vua",
    "giải",
    "viện",
    "khu",
    "tòa",
    "toà",
    "cầu",
    "sông",
    "núi",
    "tp",
    "thôn",
    "xóm",
    "làng",
    "ga",
    "rạp",
    "tượng",
    "lộ",
    "đình",
    "đền",
    "chùa",
    "đảo",
    "biển",
    "p",
    "q",
];

fn after_place(text: &str, start: usize) -> bool {
    let before = text.get(..start).unwrap_or_default().trim_end();
    let same_line = text
        .get(before.len()..start)
        .is_some_and(|gap| !gap.contains('\n'));
    let word = before
        .rsplit(|c: char| !c.is_alphanumeric() && c != '.')
        .next();
    let word = word
        .unwrap_or_default()
        .trim_end_matches('.')
        .to_lowercase();
    same_line && PLACES.contains(&word.as_str())
}
