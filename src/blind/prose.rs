//! What gives an author away in running text: "Em tên là …, học sinh lớp …", "trường THCS … của em", an address
//! with its house number, the class. Places and offices in general prose stay.

use super::known::Known;
use super::letters::Gap;
use super::letters::Letters;
use crate::slip::date;
use crate::slip::labels::Field;
use crate::slip::phrases;
use crate::slip::word::words;

type Range = (usize, usize);

/// What people say right before their name, folded.
const OPENERS: &[&str] = &[
    "ten la",
    "ten toi la",
    "ten em la",
    "ten chau la",
    "ten con la",
    "ten minh la",
    "toi la",
    "em la",
    "chau la",
    "con la",
    "minh la",
    "toi ten",
    "em ten",
    "chau ten",
    "minh ten",
    "ten toi",
    "ten em",
    "toi",
    "em",
    "chau",
    "ky ten",
    "goi la",
];

/// Words that open a sentence in which the introduction goes on.
const GOES_ON: &[&str] = &["em", "toi", "chau", "con", "minh", "hien", "nam", "sinh"];

/// Who speaks of himself.
const SELF: &[&str] = &["toi", "em", "chau", "minh", "con"];

/// What, between the author and a unit, says that he belongs to it.
const BELONGS: &[&str] = &[
    "hoc",
    "cong tac",
    "lam viec",
    "giang day",
    "day",
    "hoc sinh",
    "sinh vien",
    "giao vien",
    "can bo",
    "cong chuc",
    "vien chuc",
    "nhan vien",
    "hoi vien",
    "doan vien",
];

/// What, behind a unit, says that it is the author's.
const OWN: &[&str] = &[
    "cua em",
    "cua toi",
    "cua chau",
    "cua chung em",
    "cua chung toi",
    "cua minh",
    "noi em",
    "noi toi",
    "noi chung",
    "chung em",
    "chung toi",
    "em hoc",
    "toi hoc",
    "toi cong tac",
    "toi lam viec",
    "em dang hoc",
    "toi dang",
];

/// Byte ranges that are to go. `names` are the places where the author's full name stands.
pub fn find(text: &str, letters: &Letters, known: &Known, names: &[Range]) -> Vec<Range> {
    let mut out = introductions(text, letters, known, names);
    for name in names {
        out.extend(beside(text, letters, known, *name));
    }
    out.extend(accounts(letters, known));
    for (from, to) in known.units_in(letters) {
        if belongs(letters, text, from, to) || after_class(letters, known, from) {
            out.push(letters.range_of_words(from, to));
        }
    }
    for at in 1..letters.words.len() {
        let class = known
            .classes
            .iter()
            .find_map(|class| class_at(letters, at, class));
        if let Some(to) = class
            && ["lop", "chi"].contains(&letters.folded(at - 1))
        {
            out.push(letters.range_of_words(at, to));
        }
    }
    for (start, end, date) in date::all(text) {
        let before = words(text.get(..start).and_then(tail).unwrap_or_default());
        let near = before
            .iter()
            .rev()
            .take(3)
            .any(|word| word.folded == "sinh");
        if near && known.births.contains(&date) {
            out.push((start, end));
        }
    }
    for address in &known.addresses {
        out.extend(house(letters, address));
    }
    for marked in &known.marked {
        out.extend(
            letters
                .find(marked)
                .iter()
                .map(|(from, to)| letters.range_of_words(*from, *to)),
        );
    }
    out
}

/// The last bytes of a text, cut at a letter.
fn tail(text: &str) -> Option<&str> {
    let from = text.len().saturating_sub(40);
    (from..=text.len()).find_map(|at| text.get(at..))
}

/// "9A2", "9 A2".
fn class_at(letters: &Letters, at: usize, class: &str) -> Option<usize> {
    let two = || format!("{}{}", letters.folded(at), letters.folded(at + 1));
    if letters.folded(at) == class {
        return Some(at + 1);
    }
    (two() == class).then_some(at + 2)
}

/// Introductions by a known name, and what they go on to tell.
fn introductions(text: &str, letters: &Letters, known: &Known, names: &[Range]) -> Vec<Range> {
    let pairs: Vec<Range> = known
        .names
        .iter()
        .flat_map(|name| name.pairs(letters))
        .collect();
    let mut out = Vec::new();
    for (n, name) in names.iter().chain(&pairs).enumerate() {
        let Some(at) = letters
            .words
            .iter()
            .position(|word| letters.range(word.from, word.to).0 >= name.0)
        else {
            continue;
        };
        let Some(opener) = opener_before(letters, at) else {
            continue;
        };
        if n >= names.len() {
            out.push(*name);
        }
        let start = letters.range_of_words(opener, opener + 1).0;
        let mut sentence = sentence_from(text, start);
        for turn in 0..3 {
            let said = text.get(sentence.0..sentence.1).unwrap_or_default();
            let first = words(said).into_iter().next().map(|word| word.folded);
            if turn > 0 && !first.is_some_and(|word| GOES_ON.contains(&word.as_str())) {
                break;
            }
            out.extend(
                told(said)
                    .into_iter()
                    .map(|(from, to)| (sentence.0 + from, sentence.0 + to)),
            );
            sentence = sentence_from(text, sentence.1);
        }
    }
    out
}

/// Class and school that follow a name in its sentence: "Nguyễn Thị Ánh (9A2, Trưng Vương)".
fn beside(text: &str, letters: &Letters, known: &Known, name: Range) -> Vec<Range> {
    const NEAR: usize = 12;
    let said = sentence_from(text, name.1).1;
    let place = letters
        .words
        .iter()
        .position(|word| letters.range(word.from, word.to).0 >= name.1);
    let from = place.unwrap_or(letters.words.len());
    let inside = |range: &Range| range.1 <= said;
    let mut out = Vec::new();
    for at in from..(from + NEAR).min(letters.words.len()) {
        let class = known
            .classes
            .iter()
            .find_map(|class| class_at(letters, at, class));
        out.extend(
            class
                .map(|to| letters.range_of_words(at, to))
                .filter(inside),
        );
    }
    let units = known.units_in(letters).into_iter();
    let near = units.filter(|(at, _)| (from..from + NEAR).contains(at));
    out.extend(
        near.map(|(at, to)| letters.range_of_words(at, to))
            .filter(inside),
    );
    out
}

/// What an author is called elsewhere: "facebook: Ánh Nguyễn".
fn accounts(letters: &Letters, known: &Known) -> Vec<Range> {
    const SERVICES: &[&str] = &[
        "facebook",
        "fb",
        "zalo",
        "tiktok",
        "instagram",
        "insta",
        "nick",
        "youtube",
    ];
    let named = |at: usize| {
        letters.capital(at) && known.names.iter().any(|name| name.has(letters.folded(at)))
    };
    let mut out = Vec::new();
    for (at, word) in letters.words.iter().enumerate() {
        if !SERVICES.contains(&word.folded.as_str()) {
            continue;
        }
        let Some(from) = (at + 1..at + 4).find(|at| named(*at)) else {
            continue;
        };
        let count = (from..from + 7).take_while(|at| named(*at)).count();
        out.push(letters.range_of_words(from, from + count));
    }
    out
}

/// The word with which an introduction begins, when it ends right before the word `at`.
fn opener_before(letters: &Letters, at: usize) -> Option<usize> {
    OPENERS
        .iter()
        .filter_map(|opener| {
            let count = opener.split(' ').count();
            let from = at.checked_sub(count)?;
            let same = (from..at)
                .map(|word| letters.folded(word))
                .eq(opener.split(' '));
            let near = (from + 1..=at).all(|word| letters.gap_before(word) != Gap::Wide);
            (same && near).then_some(from)
        })
        .min()
}

/// Facts of the sentence besides the name: birth, class, school, office, address, phone.
fn told(sentence: &str) -> Vec<Range> {
    phrases::places(sentence)
        .into_iter()
        .filter_map(|(field, _, (start, end))| match field {
            Field::Birth | Field::Class | Field::Phone => Some((start, end)),
            Field::School | Field::Unit | Field::Address | Field::Household => {
                let length = proper(sentence.get(start..end)?);
                (length > 0).then_some((start, start + length))
            }
            Field::Name | Field::Signature | Field::Other | Field::Public => None,
        })
        .collect()
}

/// Words that belong to the name of a place though they are written small.
const KINDS: &[&str] = &[
    "truong", "tieu", "trung", "hoc", "co", "so", "pho", "thong", "dan", "lap", "mam", "non",
    "dai", "cao", "dang", "quan", "huyen", "phuong", "xa", "thi", "tran", "thanh", "tinh", "to",
    "thon", "xom", "ngo", "ngach", "hem", "duong", "khu", "cum", "tap", "the", "phong", "ban",
    "uy", "hoi", "doan", "nhan", "cong", "an", "toa", "chung", "cu", "lang", "ap", "thcs", "thpt",
    "lop", "tap", "do", "thi",
];

/// How much of a place is its name: up to the first small word that names no kind of place.
fn proper(place: &str) -> usize {
    let (mut at, mut end) = (0, 0);
    for word in words(place) {
        let raw = place.get(word.start..word.end).unwrap_or_default();
        let gap = place.get(at..word.start).unwrap_or_default();
        let capital = raw.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
        let all_small = !place.chars().any(char::is_uppercase);
        let kind = KINDS.contains(&word.folded.as_str());
        // Without any capital only its length ends a name.
        let belongs = capital || kind || all_small && end < 60;
        if !belongs || gap.contains(['!', '?', ';']) {
            break;
        }
        at = word.end;
        if capital || all_small {
            end = word.end;
        }
    }
    end
}

/// From a place to the end of its sentence; from the end of one sentence, the next.
fn sentence_from(text: &str, from: usize) -> Range {
    let rest = text.get(from..).unwrap_or_default();
    let skipped = rest.len()
        - rest
            .trim_start_matches(|c: char| c.is_whitespace() || ".!?".contains(c))
            .len();
    let start = from + skipped;
    let rest = text.get(start..).unwrap_or_default();
    let mut end = rest.len();
    for (at, c) in rest.char_indices() {
        let after = rest.get(at + c.len_utf8()..).unwrap_or_default();
        let word = rest
            .get(..at)
            .unwrap_or_default()
            .rsplit([' ', ',', '.'])
            .next()
            .unwrap_or_default();
        let long = word.chars().count() >= 3 || word.chars().any(|c| c.is_ascii_digit());
        let stops = match c {
            '\n' | '!' | '?' => true,
            '.' => long && (after.is_empty() || after.starts_with([' ', '\n'])),
            _ => false,
        };
        if stops {
            end = at;
            break;
        }
    }
    (start, start + end)
}

/// "lớp 9A2 trường THCS Trưng Vương": the class before a unit is the author's.
fn after_class(letters: &Letters, known: &Known, unit: usize) -> bool {
    (unit.saturating_sub(3)..unit).any(|at| {
        let to = known
            .classes
            .iter()
            .find_map(|class| class_at(letters, at, class));
        to.is_some_and(|to| to <= unit)
    })
}

/// Whether the author says of a unit that he belongs to it.
fn belongs(letters: &Letters, text: &str, from: usize, to: usize) -> bool {
    let behind: Vec<&str> = (to..to + 4).map(|word| letters.folded(word)).collect();
    let behind = behind.join(" ");
    let (_, end) = letters.range_of_words(from, to);
    let near = text
        .get(end..)
        .is_some_and(|rest| rest.starts_with([' ', ',', ')']));
    if near && OWN.iter().any(|own| behind.starts_with(own)) {
        return true;
    }
    let (start, _) = letters.range_of_words(from, from + 1);
    let first = from.saturating_sub(12);
    let (begin, _) = letters.range_of_words(first, first + 1);
    let before = text.get(begin..start).unwrap_or_default();
    let sentence = before.rsplit(['!', '?', ';', '\n']).next();
    let sentence = sentence.and_then(|said| said.rsplit(". ").next());
    let sentence = sentence.unwrap_or(before);
    let said = words(sentence);
    let said: Vec<&str> = said.iter().map(|word| word.folded.as_str()).collect();
    let Some(who) = said.iter().rposition(|word| SELF.contains(word)) else {
        return false;
    };
    // "trường em, THCS Trưng Vương"; "cơ quan tôi là …"
    let names = ["truong", "quan", "vi", "phuong", "xa", "lop"];
    let possessed = said
        .get(..who)
        .and_then(<[&str]>::last)
        .is_some_and(|word| names.contains(word))
        || said.get(..who).and_then(<[&str]>::last) == Some(&"chung")
            && who >= 2
            && said.get(who - 2).is_some_and(|word| names.contains(word));
    let rest = said.get(who + 1..).unwrap_or(&[]).join(" ");
    let padded = format!(" {rest} ");
    possessed && rest.split(' ').count() <= 3
        || BELONGS
            .iter()
            .any(|verb| padded.contains(&format!(" {verb} ")))
}

/// A known address from its house number on, as far as the text follows it; at least three words.
pub fn house(letters: &Letters, address: &[String]) -> Vec<Range> {
    let skip = address
        .iter()
        .take_while(|word| ["so", "nha", "so nha", "can", "ho"].contains(&word.as_str()))
        .count();
    let wanted = address.get(skip..).unwrap_or(&[]);
    let numbered = wanted
        .iter()
        .take(4)
        .any(|word| word.chars().any(|c| c.is_ascii_digit()));
    let mut out = Vec::new();
    if !numbered {
        return out;
    }
    for at in 0..letters.words.len() {
        let follows = wanted
            .iter()
            .enumerate()
            .take_while(|(n, want)| {
                **want == letters.folded(at + n)
                    && (*n == 0 || letters.gap_before(at + n) != Gap::Wide)
            })
            .count();
        let held = wanted.get(..follows).unwrap_or(&[]);
        if follows >= 3
            && held
                .iter()
                .any(|word| word.chars().any(|c| c.is_ascii_digit()))
        {
            out.push(letters.range_of_words(at, at + follows));
        }
    }
    out
}
