//! The judge's copy of an essay (rọc phách): the text with everything gone that says whose it is, and whether that
//! succeeded. Pure: text and identity in, masked blocks out.
//!
//! What is masked, and where, is told by `names` (the author's name in every spelling), `zones` (head, foot,
//! signature), `prose` (self-introductions, unit, class, address) and `contacts` (phones, mail, links, numbers of
//! papers). Afterwards the copy is searched again, by `check`, without asking why something was left: what is found
//! then makes the copy unsafe, and it waits at the secretariat. Page headers and footers never enter a copy.

mod blocks;
mod check;
mod code;
mod contacts;
mod known;
mod letters;
mod names;
mod prose;
#[cfg(test)]
mod tests;
mod zones;

pub use code::code;

use serde::Deserialize;
use serde::Serialize;

use crate::slip::Slip;
use known::Known;
use letters::Letters;
use zones::Zones;

/// One text of an entry.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// NFC, paragraphs divided by `\n`; without page headers and footers.
    pub text: &'a str,
    /// The slip whose spans point into this text, if there is one.
    pub slip: Option<&'a Slip>,
}

/// Everything known of those whom a copy must not name: the author, and whoever sent it. Not `Debug`, so that it
/// reaches no log.
#[derive(Clone, Default)]
pub struct Identity {
    /// The slips of the entry and of its earlier versions, with what clerks corrected; several persons are possible.
    pub slips: Vec<Slip>,
    /// Display names of senders.
    pub senders: Vec<String>,
    pub emails: Vec<String>,
    /// Names of the files sent.
    pub files: Vec<String>,
    /// Receipt codes.
    pub codes: Vec<String>,
    /// Names of the author's unit and school, besides those of the slips.
    pub units: Vec<String>,
    /// What a clerk marked; masked wherever it stands.
    pub marked: Vec<String>,
}

/// What a judge may read. Holds no identity, so it may be stored in the judge zone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JudgeCopy {
    pub blocks: Vec<Block>,
    /// Words that are left to read.
    pub words: usize,
    pub verdict: Verdict,
}

/// A line or paragraph of the essay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// A title, or a question such as "Câu hỏi 1: …".
    Heading(Vec<Piece>),
    Paragraph(Vec<Piece>),
    /// Begins with a bullet, a number or a letter of its own; answers such as "Câu 1: A" too.
    Item(Vec<Piece>),
    /// The cells of a table's row.
    Row(Vec<Vec<Piece>>),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    Text(String),
    /// How wide the bar is to be: 1, 2 or 3. Too coarse to tell one name from another.
    Masked(u8),
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    #[default]
    Safe,
    /// Not to be shown; a clerk marks what is left, corrects the slip, or has it read from its pages.
    Unsafe(Vec<Reason>),
}

/// Why a copy may not be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Nobody's full name is known, so nobody can say that it is gone.
    NoName,
    /// Nothing is left to read.
    NoText,
    NameRemains,
    PhoneRemains,
    EmailRemains,
    AddressRemains,
    /// A receipt code, or what a clerk marked.
    MarkRemains,
    /// The text was read from pictures, where a name may stand misread: a person must read it first. Never found
    /// here; said by whoever knows where the text came from.
    Recognised,
}

/// Makes the judge's copy of an entry's texts.
///
/// A name of two syllables that is no person's by its look ("Thu Hà", "Hòa Bình") is masked in the head, the foot and
/// introductions only, and does not make a copy unsafe elsewhere: there it is a word or a place.
pub fn copy(sources: &[Source], identity: &Identity) -> JudgeCopy {
    let zones: Vec<Zones> = sources
        .iter()
        .map(|source| Zones::of(source.text))
        .collect();
    let mut known = Known::of(identity);
    for zones in &zones {
        zones.tell(&mut known);
    }
    let mut copy = JudgeCopy::default();
    for (source, zones) in sources.iter().zip(&zones) {
        let masks = masks(source, zones, &known);
        copy.blocks.extend(blocks::of(source.text, &masks));
    }
    copy.words = copy.blocks.iter().map(blocks::words).sum();
    copy.verdict = check::verdict(&copy.blocks, &known);
    copy
}

/// The byte ranges of a text that a copy of it would not show: in order, without overlap. For a page that is a picture,
/// on which the same words are to be covered.
pub fn masked(text: &str, identity: &Identity) -> Vec<(usize, usize)> {
    let zones = Zones::of(text);
    let mut known = Known::of(identity);
    zones.tell(&mut known);
    masks(&Source { text, slip: None }, &zones, &known)
}

/// The byte ranges of a text that are to go: in order, without overlap, each from a letter to a letter.
fn masks(source: &Source, zones: &Zones, known: &Known) -> Vec<(usize, usize)> {
    let text = source.text;
    let letters = Letters::of(text);
    let names: Vec<_> = known
        .names
        .iter()
        .flat_map(|name| name.everywhere(text, &letters))
        .collect();
    let mut masks = zones.values.clone();
    masks.extend(zones.find(text, &letters, known));
    masks.extend(prose::find(text, &letters, known, &names));
    masks.extend(contacts::find(text, &letters, known));
    masks.extend(names);
    masks.extend(spans(source, &masks));
    let mut masks: Vec<_> = masks
        .iter()
        .filter_map(|mask| trimmed(text, *mask))
        .collect();
    masks.sort_unstable();
    let mut out: Vec<(usize, usize)> = Vec::with_capacity(masks.len());
    for mask in masks {
        match out.last_mut() {
            Some(last) if mask.0 <= last.1 => last.1 = last.1.max(mask.1),
            _ => out.push(mask),
        }
    }
    out
}

/// Short lines that the slip was read from and in which nothing else was found.
fn spans(source: &Source, masks: &[(usize, usize)]) -> Vec<(usize, usize)> {
    const SHORT: usize = 200;
    let Some(slip) = source.slip else {
        return Vec::new();
    };
    let facts = [
        &slip.name,
        &slip.birth_date,
        &slip.unit,
        &slip.class,
        &slip.address,
        &slip.phone,
    ];
    let spans = facts.into_iter().flatten().filter_map(|fact| fact.span);
    spans
        .filter(|(start, end)| {
            let fits = source.text.get(*start..*end).is_some() && end - start <= SHORT;
            fits && !masks.iter().any(|mask| mask.0 < *end && *start < mask.1)
        })
        .collect()
}

/// A range from its first letter to its last: leaders, brackets and spaces at its ends stay. `None` without letters.
fn trimmed(text: &str, (start, end): (usize, usize)) -> Option<(usize, usize)> {
    let part = text.get(start..end)?;
    let letter = |c: char| c.is_alphanumeric() || c == '@' || c == '+';
    let from = part.find(letter)?;
    let (last, c) = part.char_indices().rev().find(|(_, c)| {
        letter(*c) || letters::invisible(*c) || unicode_normalization::char::is_combining_mark(*c)
    })?;
    Some((start + from, start + last + c.len_utf8()))
}
