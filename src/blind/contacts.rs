//! Ways to reach or look up somebody: phone numbers, addresses of mail, profiles and shared files on the web,
//! numbers of identity papers, receipt codes, names of the files sent.

use unicode_normalization::UnicodeNormalization as _;

use super::known::Known;
use super::letters::Gap;
use super::letters::Letters;
use super::letters::invisible;
use crate::entry::ReceiptCode;
use crate::slip;
use crate::text::fold;

type Range = (usize, usize);

/// A text without invisible characters and with plain digits and signs, and where each byte came from.
pub struct Plain {
    pub text: String,
    at: Vec<usize>,
}

impl Plain {
    pub fn of(text: &str) -> Plain {
        let mut plain = Plain {
            text: String::with_capacity(text.len()),
            at: Vec::with_capacity(text.len() + 1),
        };
        for (start, c) in text.char_indices().filter(|(_, c)| !invisible(*c)) {
            // "０９６３", "＠": the compatibility form where it is one ASCII character.
            let form = |c: char| {
                let mut form = std::iter::once(c).nfkd();
                let first = form.next().filter(char::is_ascii_graphic);
                first.filter(|_| form.next().is_none())
            };
            let c = if c.is_ascii() {
                c
            } else {
                form(c).unwrap_or(c)
            };
            plain.text.push(c);
            plain.at.resize(plain.text.len(), start);
        }
        plain.at.push(text.len());
        plain
    }

    /// A byte range of this text in the text it was made from.
    fn back(&self, (start, end): Range) -> Range {
        let place = |at: usize| self.at.get(at).copied().unwrap_or(0);
        (place(start), place(end))
    }
}

/// Byte ranges of everything of this kind in a text.
pub fn find(text: &str, letters: &Letters, known: &Known) -> Vec<Range> {
    let plain = Plain::of(text);
    let mut found = phones(&plain.text);
    found.extend(mails(&plain.text));
    found.extend(links(&plain.text, known));
    found.extend(papers(&plain.text));
    let mut out: Vec<Range> = found.into_iter().map(|range| plain.back(range)).collect();
    for phone in &known.phones {
        out.extend(digits(letters, phone));
    }
    for local in &known.locals {
        out.extend(accounts(letters, local));
    }
    out.extend(codes(letters, known));
    for file in &known.files {
        out.extend(
            letters
                .find(file)
                .iter()
                .map(|(from, to)| letters.range_of_words(*from, *to)),
        );
    }
    out
}

/// Phone numbers, whoever's. A day such as "05-09-2019" followed by a number is none.
pub fn phones(text: &str) -> Vec<Range> {
    let dates = slip::date::all(text);
    let is_date = |start: usize| {
        dates
            .iter()
            .any(|(from, to, _)| (*from..*to).contains(&start))
    };
    slip::phone::all(text)
        .into_iter()
        .filter(|(start, _, _)| !is_date(*start))
        .map(|(start, end, _)| {
            let before = text.get(..start).unwrap_or_default();
            let kept = before.trim_end_matches(['+', '(']);
            (kept.len(), end)
        })
        .collect()
}

/// A known number, however its digits are spaced, with or without 0, 84 or +84 before it.
pub fn digits(letters: &Letters, phone: &str) -> Vec<Range> {
    let tail: Vec<char> = phone.chars().skip_while(|c| *c == '0').collect();
    if tail.len() < 8 {
        return Vec::new();
    }
    let stands = |at: usize| {
        tail.iter().enumerate().all(|(n, want)| {
            let letter = letters.all.get(at + n);
            letter.is_some_and(|letter| letter.c == *want && (n == 0 || letter.gap != Gap::Wide))
        })
    };
    let mut out = Vec::new();
    for at in (0..letters.all.len()).filter(|at| stands(*at)) {
        let mut from = at;
        for lead in ['0', '4', '8', '0', '0'] {
            let before = from
                .checked_sub(1)
                .and_then(|before| letters.all.get(before));
            let near = letters
                .all
                .get(from)
                .is_some_and(|letter| letter.gap != Gap::Wide);
            if near && before.is_some_and(|letter| letter.c == lead) {
                from -= 1;
            }
        }
        out.push(letters.range(from, at + tail.len()));
    }
    out
}

/// Signs that people write for "@".
const AT: &[&str] = &[
    "@",
    "(at)",
    "[at]",
    "{at}",
    "<at>",
    "(a còng)",
    "[a còng]",
    " a còng ",
];

/// Addresses of mail, and "@account".
pub fn mails(text: &str) -> Vec<Range> {
    let lower = text.to_ascii_lowercase();
    let mut out = Vec::new();
    for sign in AT {
        for (at, found) in lower.match_indices(sign) {
            let behind = at + found.len();
            let rest = lower.get(behind..).unwrap_or_default();
            let gap = rest.len() - rest.trim_start_matches(' ').len();
            let domain = rest.trim_start_matches(' ');
            let mut end = 0;
            // "gmail . com": dots may stand apart.
            for (place, c) in domain.char_indices() {
                let before = domain.get(..place).unwrap_or_default();
                let after = domain.get(place..).unwrap_or_default().trim_start();
                let apart =
                    c == ' ' && (after.starts_with('.') || before.ends_with('.') && tld(after));
                if !(c.is_ascii_alphanumeric() || ".-_".contains(c) || apart) {
                    break;
                }
                end = place + 1;
            }
            let domain = domain
                .get(..end)
                .unwrap_or_default()
                .trim_end_matches(['.', '-', '_', ' ']);
            let front = lower.get(..at).unwrap_or_default();
            let trimmed = front.trim_end_matches(' ');
            let local = trimmed
                .trim_end_matches(|c: char| c.is_ascii_alphanumeric() || "._%+-".contains(c));
            let (near, names) = (front.len() - trimmed.len(), trimmed.len() - local.len());
            let spaced = near > 0 || gap > 0;
            // "insta @anh.nguyen": an account, and a word before it.
            let ends = domain.rsplit('.').next().is_some_and(tld);
            let apart = near == 0 || gap > 0 || ends;
            let mail = names > 0 && domain.len() >= 2 && apart && (!spaced || domain.contains('.'));
            let account = gap == 0 && *sign == "@" && domain.len() >= 4;
            if mail || account {
                let start = if mail { local.len() } else { at };
                out.push((start, behind + gap + domain.len()));
            }
        }
    }
    out
}

fn tld(after: &str) -> bool {
    let word: String = after
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect();
    ["com", "vn", "edu", "gov", "net", "org"].contains(&word.as_str())
}

/// Hosts whose addresses lead to a person or to a file of a person.
const PROFILES: &[&str] = &[
    "facebook.com",
    "fb.com",
    "fb.me",
    "fb.watch",
    "m.me",
    "messenger.com",
    "zalo.me",
    "tiktok.com",
    "instagram.com",
    "twitter.com",
    "x.com",
    "t.me",
    "linkedin.com",
    "threads.net",
    "drive.google.com",
    "docs.google.com",
    "photos.app.goo.gl",
    "onedrive.live.com",
    "1drv.ms",
    "dropbox.com",
    "icloud.com",
];

/// Links to a profile or a shared file, and links that hold a name or an account of somebody known.
fn links(text: &str, known: &Known) -> Vec<Range> {
    let mut out = Vec::new();
    let mut start = 0;
    for token in text.split(|c: char| c.is_whitespace() || "<>()[]{}\"“”,;|".contains(c)) {
        let from = start;
        start += token.len()
            + text
                .get(from + token.len()..)
                .and_then(|rest| rest.chars().next())
                .map_or(0, char::len_utf8);
        let lower = token.to_lowercase();
        let bare = lower
            .split_once("://")
            .map_or(lower.as_str(), |(_, rest)| rest);
        let (host, path) = bare.split_once('/').unwrap_or((bare, ""));
        let host = host.rsplit(':').next_back().unwrap_or(host);
        let leads = |profile: &str| {
            let sub = host.strip_suffix(profile);
            sub.is_some_and(|sub| sub.is_empty() || sub.ends_with('.'))
        };
        let link = host.contains('.')
            && (lower.contains("://") || host.starts_with("www.") || !path.is_empty());
        let named = link && {
            let squeezed: String = fold(bare).split(' ').collect();
            known.handles().any(|handle| squeezed.contains(&handle))
        };
        let channel = host.ends_with("youtube.com")
            && ["@", "c/", "user/", "channel/"]
                .iter()
                .any(|kind| path.starts_with(kind));
        if named || channel || !path.is_empty() && PROFILES.iter().any(|profile| leads(profile)) {
            out.push((
                from,
                from + token.trim_end_matches(['.', '!', '?', ':']).len(),
            ));
        }
    }
    out
}

/// Nine or twelve digits shortly behind the name of an identity paper.
fn papers(text: &str) -> Vec<Range> {
    if text.bytes().filter(u8::is_ascii_digit).count() < 9 {
        return Vec::new();
    }
    let words = slip::word::words(text);
    let named = |at: usize| {
        let near: Vec<&str> = words
            .get(at.saturating_sub(12)..at)
            .unwrap_or(&[])
            .iter()
            .map(|word| word.folded.as_str())
            .collect();
        let pair = |a: &str, b: &str| near.windows(2).any(|pair| pair == [a, b]);
        near.iter()
            .any(|word| ["cmnd", "cccd", "cmt", "cmtnd", "cancuoc", "passport"].contains(word))
            || pair("can", "cuoc")
            || pair("chung", "minh")
            || pair("ho", "chieu")
    };
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(first) = words.get(at) {
        let mut digits = 0;
        let mut end = first.end;
        let mut taken = 0;
        // "001 181 012 345": groups of digits.
        while let Some(word) = words.get(at + taken) {
            let joins = taken == 0
                || slip::word::slice(text, end, word.start)
                    .chars()
                    .all(|c| " .-".contains(c));
            if !joins || !word.folded.chars().all(|c| c.is_ascii_digit()) {
                break;
            }
            digits += word.folded.len();
            end = word.end;
            taken += 1;
        }
        if [9, 12].contains(&digits) && named(at) {
            out.push((first.start, end));
        }
        at += taken.max(1);
    }
    out
}

/// The account of a known address of mail, standing alone: "nguyenthianh.2008".
fn accounts(letters: &Letters, local: &[String]) -> Vec<Range> {
    let squeezed: String = local.concat();
    let joined =
        |from: usize, to: usize| (from + 1..to).all(|word| letters.gap_before(word) == Gap::Marks);
    let mut out: Vec<Range> = letters
        .find(local)
        .into_iter()
        .filter(|(from, to)| joined(*from, *to))
        .map(|(from, to)| letters.range_of_words(from, to))
        .collect();
    out.extend(
        (0..letters.words.len())
            .filter(|word| letters.folded(*word) == squeezed)
            .map(|word| letters.range_of_words(word, word + 1)),
    );
    out
}

/// Receipt codes, in one word or in the three groups in which they are printed.
pub fn codes(letters: &Letters, known: &Known) -> Vec<Range> {
    let mut out = Vec::new();
    for at in 0..letters.words.len() {
        for count in 1..=3 {
            let Some(words) = letters.words.get(at..at + count) else {
                continue;
            };
            if words.iter().map(|word| word.folded.len()).sum::<usize>() != 9 {
                continue;
            }
            let spelled: String = words.iter().map(|word| word.folded.as_str()).collect();
            if spelled.len() != 9
                || (at + 1..at + count).any(|word| letters.gap_before(word) == Gap::Wide)
            {
                continue;
            }
            let Some(code) = ReceiptCode::parse(&spelled) else {
                continue;
            };
            let grouped = words.iter().map(|word| word.folded.len()).eq([4, 4, 1]);
            // Letters alone may be a word that happens to fit; a digit in it makes it a code.
            let shaped = count == 1 || grouped;
            let coded = spelled.chars().any(|c| c.is_ascii_digit()) && shaped;
            if coded || known.codes.iter().any(|own| own == code.as_str()) {
                out.push(letters.range_of_words(at, at + count));
            }
        }
    }
    out
}
