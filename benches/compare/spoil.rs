//! What copiers and machines do to a text.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::prose::Dice;
use super::prose::Prose;
use super::prose::capital;

/// Drops, doubles, swaps or replaces this share of the words.
pub fn touched(text: &str, share: f64, prose: &Prose, dice: &mut Dice) -> String {
    let mut out: Vec<String> = Vec::new();
    for word in text.split(' ') {
        if !dice.chance(share) {
            out.push(word.to_owned());
            continue;
        }
        match dice.below(4) {
            0 => {}
            1 => out.extend([word.to_owned(), prose.grow("cach", dice).to_lowercase()]),
            2 => out.push(prose.grow("dt", dice).to_lowercase()),
            _ => {
                let at = out.len().saturating_sub(1);
                out.insert(at, word.to_owned());
            }
        }
    }
    out.join(" ")
}

/// Puts other words for this share of the words that have some.
pub fn synonyms(text: &str, share: f64, prose: &Prose, dice: &mut Dice) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let mut out: Vec<String> = Vec::new();
    let mut at = 0;
    'word: while at < words.len() {
        for length in (1..=5).rev() {
            let Some(phrase) = words.get(at..at + length) else {
                continue;
            };
            let phrase = phrase.join(" ");
            let bare = phrase.trim_end_matches([',', '.', ';', ':', '"']);
            let tail = &phrase[bare.len()..];
            let Some(others) = prose.synonyms.get(bare.to_lowercase().as_str()) else {
                continue;
            };
            if dice.chance(share) {
                let other = *dice.pick(others);
                let upper = bare.chars().next().is_some_and(char::is_uppercase);
                let other = if upper {
                    capital(other)
                } else {
                    other.to_owned()
                };
                out.push(format!("{other}{tail}"));
            } else {
                out.push(phrase);
            }
            at += length;
            continue 'word;
        }
        out.push(words[at].to_owned());
        at += 1;
    }
    out.join(" ")
}

/// Says it anew: other words, clauses changed about, sentences parted and joined, fillers put in, words left out.
pub fn paraphrased(text: &str, prose: &Prose, dice: &mut Dice) -> String {
    const FILLERS: [&str; 10] = [
        "thật ra",
        "nói chung",
        "có lẽ",
        "quả thực",
        "dường như",
        "nói cách khác",
        "tất nhiên",
        "theo em thấy",
        "đúng là",
        "hình như",
    ];
    let mut sentences: Vec<String> = text
        .split_inclusive(". ")
        .map(|sentence| {
            let bare = sentence.trim().trim_end_matches('.');
            let bare = synonyms(bare, 0.75, prose, dice);
            let mut clauses: Vec<String> = bare.split(", ").map(str::to_owned).collect();
            if clauses.len() > 1 && dice.chance(0.5) {
                clauses.rotate_left(1);
            }
            let mut words: Vec<String> = Vec::new();
            for (n, clause) in clauses.iter().enumerate() {
                if n > 0 {
                    let joint = [",", ";", " mà", " và"][dice.below(4)];
                    if let Some(last) = words.last_mut() {
                        last.push_str(joint);
                    }
                }
                for word in clause.split(' ') {
                    if dice.chance(0.06) {
                        continue;
                    }
                    if dice.chance(0.05) {
                        words.push((*dice.pick(&FILLERS)).to_owned());
                    }
                    words.push(if dice.chance(0.05) {
                        prose.grow("dt", dice).to_lowercase()
                    } else {
                        word.to_owned()
                    });
                }
            }
            capital(&format!("{}.", words.join(" ").to_lowercase()))
        })
        .collect();
    for n in 1..sentences.len() {
        if dice.chance(0.25) {
            sentences.swap(n - 1, n);
        }
    }
    sentences.join(" ")
}

/// Without diacritics, as typed by people in a hurry.
pub fn plain(text: &str) -> String {
    text.nfd()
        .filter(|c| !is_combining_mark(*c))
        .map(|c| match c {
            'đ' => 'd',
            'Đ' => 'D',
            c => c,
        })
        .collect()
}

/// Decomposed accents, letters of other alphabets, marks that nobody sees.
pub fn disguised(text: &str, dice: &mut Dice) -> String {
    const LOOK_ALIKE: [(char, char); 12] = [
        ('a', 'а'),
        ('c', 'с'),
        ('e', 'е'),
        ('o', 'о'),
        ('p', 'р'),
        ('x', 'х'),
        ('y', 'у'),
        ('i', 'і'),
        ('h', 'һ'),
        ('o', 'ο'),
        ('u', 'υ'),
        ('t', 'τ'),
    ];
    let way = dice.below(4);
    let mut out = String::new();
    let base: String = if way == 0 || way == 3 {
        text.nfd().collect()
    } else {
        text.to_owned()
    };
    for c in base.chars() {
        let other = LOOK_ALIKE.iter().filter(|(plain, _)| *plain == c);
        let others: Vec<char> = other.map(|(_, other)| *other).collect();
        if way != 0 && !others.is_empty() && dice.chance(0.3) {
            out.push(*dice.pick(&others));
        } else {
            out.push(c);
        }
        if way >= 2 && dice.chance(0.1) {
            out.push(*dice.pick(&['\u{200b}', '\u{200c}', '\u{ad}', '\u{2060}', '\u{feff}']));
        }
    }
    out
}

/// As an OCR engine reads a bad scan: this share of the letters is wrong, lines are wrapped.
pub fn scanned(text: &str, share: f64, dice: &mut Dice) -> String {
    const ALIKE: &[(&str, &[&str])] = &[
        ("m", &["rn", "nn", "in"]),
        ("n", &["ri", "u", "h"]),
        ("h", &["b", "li", "n"]),
        ("d", &["cl", "ci"]),
        ("c", &["e", "o", "("]),
        ("e", &["c", "o"]),
        ("o", &["0", "c", "a"]),
        ("i", &["1", "l", "j", "t"]),
        ("l", &["1", "i", "I", "t"]),
        ("t", &["f", "l", "r"]),
        ("g", &["q", "9", "y"]),
        ("u", &["n", "ii", "v"]),
        ("a", &["o", "e", "n"]),
        ("s", &["5", "a"]),
        ("v", &["y", "u", "r"]),
        ("b", &["h", "6"]),
        ("y", &["v", "j"]),
        ("k", &["lc", "h"]),
        ("r", &["i", "t", "f"]),
        ("p", &["n", "o", "ρ"]),
        ("q", &["g", "9"]),
        ("x", &["z", "k"]),
    ];
    let mut out = String::new();
    let mut column = 0;
    let width = dice.between(70, 95);
    for c in text.chars() {
        column += 1;
        if c == ' ' && column > width {
            out.push('\n');
            column = 0;
            continue;
        }
        if !dice.chance(share) {
            out.push(c);
            continue;
        }
        let base = c.to_string().nfd().next().unwrap_or(c);
        match dice.below(10) {
            0..=3 if base != c => out.push(base),
            0..=4 => {
                let alike = ALIKE
                    .iter()
                    .find(|(from, _)| from.starts_with(base.to_ascii_lowercase()));
                match alike {
                    Some((_, to)) => out.push_str(to[dice.below(to.len())]),
                    None if c == ' ' => {}
                    None => out.push(base),
                }
            }
            5 | 6 => {}
            7 => out.extend([c, *dice.pick(&['.', ',', '\'', ' ', '|', '-'])]),
            8 => out.extend([' ', c]),
            _ => out.push(*dice.pick(&['a', 'e', 'n', 't', 'o', 'r', 'ư', 'ê', '~', '*'])),
        }
    }
    out
}
