//! Where a text answers a question: the passage to show, and which of its words to mark.

use super::spell::Spelling;
use super::spell::Word;
use super::spell::words;
use super::wanted::Need;
use super::wanted::Wanted;
use super::wanted::national;

/// Words of a passage, and how many of them stand before the first hit.
const PASSAGE: usize = 32;
const BEFORE: usize = 8;
/// Longest passage or value shown, characters: a text may have no spaces.
const LONGEST: usize = 400;

/// A stretch of a text, marked or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub text: String,
    pub hit: bool,
}

/// A short value with its hits marked.
pub fn value(text: &str, wanted: &Wanted) -> Vec<Piece> {
    let found: Vec<Word> = words(text).collect();
    let hits = hits(&found, wanted);
    cut(pieces(text, 0, text.len(), &found, &hits))
}

/// The passage of a text that answers most, `None` when nothing of it does.
pub fn passage(text: &str, wanted: &Wanted) -> Option<Vec<Piece>> {
    let found: Vec<Word> = words(text).collect();
    let hits = hits(&found, wanted);
    let mut best: Option<(usize, usize)> = None;
    for (at, _) in hits.iter().enumerate().filter(|(_, hit)| **hit) {
        let worth = worth(&found, &hits, at, wanted);
        if best.is_none_or(|(most, _)| worth > most) {
            best = Some((worth, at));
        }
    }
    let (_, at) = best?;
    let first = at.saturating_sub(BEFORE);
    let last = (first + PASSAGE).min(found.len());
    let from = found.get(first).map_or(0, |word| word.from);
    let to = found
        .get(last.checked_sub(1)?)
        .map_or(text.len(), |word| word.to);
    let mut shown = pieces(
        text,
        from,
        to,
        found.get(first..last).unwrap_or_default(),
        hits.get(first..last).unwrap_or_default(),
    );
    if first > 0 {
        shown.insert(0, bare("… "));
    }
    if last < found.len() {
        shown.push(bare(" …"));
    }
    Some(cut(shown))
}

/// Whether anything is marked.
pub fn has_hit(pieces: &[Piece]) -> bool {
    pieces.iter().any(|piece| piece.hit)
}

/// A whole value, marked.
pub fn whole(text: &str) -> Vec<Piece> {
    vec![Piece {
        text: text.to_owned(),
        hit: true,
    }]
}

/// Whether digits of a value are those of a number that is wanted.
pub fn is_number(value: &str, wanted: &Wanted) -> bool {
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    let digits = national(&digits);
    wanted.needs.iter().any(|need| match need {
        Need::Number(number, _) => digits.starts_with(number.as_str()),
        Need::Word(_) | Need::Start(_) | Need::Phrase(_) | Need::Code(..) => false,
    })
}

/// Whether a receipt code is wanted, or begins as wanted.
pub fn is_code(code: &str, wanted: &Wanted) -> bool {
    let bare = code.replace('-', "").to_lowercase();
    wanted
        .code_start()
        .is_some_and(|start| bare.starts_with(&start))
        || wanted.needs.iter().any(|need| match need {
            Need::Code(code, _) => *code == bare,
            Need::Word(_) | Need::Start(_) | Need::Phrase(_) | Need::Number(..) => false,
        })
}

/// Which words answer a need.
fn hits(found: &[Word], wanted: &Wanted) -> Vec<bool> {
    let mut hits = vec![false; found.len()];
    for need in &wanted.needs {
        let phrase = match need {
            Need::Word(word) | Need::Start(word) => {
                let begins = matches!(need, Need::Start(_));
                for (word_found, hit) in found.iter().zip(&mut hits) {
                    let folded = word_found.spelling.folded.as_str();
                    *hit |= folded == word.folded || (begins && folded.starts_with(&word.folded));
                }
                continue;
            }
            Need::Phrase(phrase) | Need::Code(_, phrase) | Need::Number(_, phrase) => phrase,
        };
        for at in 0..found.len() {
            let here = found.get(at..at + phrase.len()).unwrap_or_default();
            if !here.is_empty() && same(here, phrase) {
                hits.iter_mut()
                    .skip(at)
                    .take(phrase.len())
                    .for_each(|hit| *hit = true);
            }
        }
    }
    hits
}

fn same(found: &[Word], phrase: &[Spelling]) -> bool {
    found
        .iter()
        .zip(phrase)
        .all(|(found, wanted)| found.spelling.folded == wanted.folded)
}

/// How much the passage that begins with this hit answers: different words first, then as they were typed, then
/// side by side.
fn worth(found: &[Word], hits: &[bool], at: usize, wanted: &Wanted) -> usize {
    let room = PASSAGE - BEFORE;
    let mut seen: Vec<&str> = Vec::new();
    let (mut exact, mut beside) = (0, 0);
    let mut last_hit = None;
    for (place, word) in found.iter().enumerate().skip(at).take(room) {
        if hits.get(place) != Some(&true) {
            continue;
        }
        if last_hit.is_some_and(|last| last + 1 == place) {
            beside += 1;
        }
        last_hit = Some(place);
        let spelling = &word.spelling;
        if !seen.contains(&spelling.folded.as_str()) {
            seen.push(&spelling.folded);
            let typed = wanted.needs.iter().flat_map(Need::spellings);
            exact += usize::from(typed.into_iter().any(|typed| typed.exact == spelling.exact));
        }
    }
    (seen.len() * PASSAGE + exact) * PASSAGE + beside
}

/// The text between two places, taken apart at its hits; neighbours with only a space between are one.
fn pieces(text: &str, from: usize, to: usize, found: &[Word], hits: &[bool]) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    let mut at = from;
    let mut add = |text: &str, hit: bool| match out.last_mut() {
        Some(last) if last.hit == hit => last.text.push_str(text),
        _ if text.is_empty() => {}
        _ => out.push(Piece {
            text: text.to_owned(),
            hit,
        }),
    };
    let mut joined = false;
    for (word, hit) in found.iter().zip(hits) {
        let between = text.get(at..word.from).unwrap_or_default();
        add(between, joined && *hit && between == " ");
        add(text.get(word.from..word.to).unwrap_or_default(), *hit);
        joined = *hit;
        at = word.to;
    }
    add(text.get(at..to).unwrap_or_default(), false);
    out
}

/// Nothing longer than a page bears.
fn cut(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut left = LONGEST;
    let mut out = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let length = piece.text.chars().count();
        if length > left {
            let text = piece.text.chars().take(left).collect();
            out.push(Piece { text, ..piece });
            out.push(bare("…"));
            break;
        }
        left -= length;
        out.push(piece);
    }
    out
}

fn bare(text: &str) -> Piece {
    Piece {
        text: text.to_owned(),
        hit: false,
    }
}

#[cfg(test)]
mod tests {
    use super::Piece;
    use super::has_hit;
    use super::passage;
    use super::value;
    use crate::search::wanted::Wanted;

    /// With hits in brackets.
    fn shown(pieces: &[Piece]) -> String {
        let show = |piece: &Piece| match piece.hit {
            true => format!("[{}]", piece.text),
            false => piece.text.clone(),
        };
        pieces.iter().map(show).collect()
    }

    #[test]
    fn hits_are_marked_however_they_are_spelt() {
        let check = |typed: &str, text: &str, want: &str| {
            assert_eq!(shown(&value(text, &Wanted::read(typed))), want, "{typed}");
        };
        check("thi anh", "Nguyễn Thị Ánh", "Nguyễn [Thị Ánh]");
        check("thi a", "Nguyễn Thị Ánh", "Nguyễn [Thị Ánh]");
        check("ánh nguyễn", "Nguyễn Thị Anh", "[Nguyễn] Thị [Anh]");
        check(
            "\"thi anh\"",
            "Thị Hà Anh, Thị Anh",
            "Thị Hà Anh, [Thị Anh]",
        );
        check("\"thị\" ", "Thịnh, Thị", "Thịnh, [Thị]");
        check("ky\u{301}", "Đăng ký.", "Đăng [ký].");
        check("x", "Nguyễn", "Nguyễn");
        check("b", "<b>\"b\"</b>", "<[b]>\"[b]\"</[b]>");
    }

    #[test]
    fn the_passage_is_where_most_words_stand_together() {
        let filler = "Một hai ba bốn năm sáu bảy tám chín mười. ".repeat(20);
        let text = format!("Công bằng. {filler}Dịch vụ công trực tuyến rất hay. {filler}");
        let wanted = Wanted::read("dich vu cong");
        let found = shown(&passage(&text, &wanted).unwrap_or_default());
        assert!(found.contains("[Dịch vụ công] trực tuyến"), "{found}");
        assert!(found.starts_with("… ") && found.ends_with(" …"), "{found}");
        assert_eq!(passage(&text, &Wanted::read("zuky")), None);
        assert_eq!(passage("", &wanted), None);
        let whole = passage("dịch vụ", &wanted).unwrap_or_default();
        assert_eq!(shown(&whole), "[dịch vụ]");
    }

    #[test]
    fn a_text_without_spaces_is_shown_in_part() {
        let text = "ô".repeat(50_000);
        let found = passage(&text, &Wanted::read(&text)).unwrap_or_default();
        assert!(has_hit(&found));
        assert!(shown(&found).chars().count() < 500);
    }
}
