//! A text cut into the blocks a judge's page shows, with bars where something was masked. No other letter is lost.

use super::Block;
use super::Piece;
use super::letters::invisible;
use crate::slip::answers;
use crate::slip::find;
use crate::text::fold;

/// Longer lines are paragraphs even when they begin with "Câu 1" (characters).
const HEADING: usize = 400;

/// The blocks of a text: one for each line that holds anything.
pub fn of(text: &str, masks: &[(usize, usize)]) -> Vec<Block> {
    let lines = find::lines(text);
    lines
        .iter()
        .filter_map(|line| {
            let (start, end) = line.span();
            if line.text.contains('\t') {
                let cells = cells(line.text, start);
                let cells = cells.map(|(start, end)| pieces(text, start, end, masks));
                return Some(Block::Row(cells.collect()));
            }
            let pieces = pieces(text, start, end, masks);
            (!pieces.is_empty()).then(|| match kind(line.text) {
                Kind::Heading => Block::Heading(pieces),
                Kind::Item => Block::Item(pieces),
                Kind::Paragraph => Block::Paragraph(pieces),
            })
        })
        .collect()
}

fn cells(line: &str, from: usize) -> impl Iterator<Item = (usize, usize)> {
    let mut start = from;
    line.split('\t').map(move |cell| {
        let range = (start, start + cell.len());
        start = range.1 + 1;
        range
    })
}

enum Kind {
    Heading,
    Item,
    Paragraph,
}

fn kind(line: &str) -> Kind {
    let line = line.trim();
    let folded = fold(line);
    let long = line.chars().count() > HEADING;
    let numbered = folded.strip_prefix("cau ").is_some_and(|rest| {
        let rest = rest
            .trim_start_matches("hoi ")
            .trim_start_matches("so ")
            .trim_start_matches("tu luan ");
        rest.starts_with(|c: char| c.is_ascii_digit())
    });
    let mut letters = line.chars().filter(|c| c.is_alphabetic());
    let shouted = letters.clone().count() >= 4 && letters.all(char::is_uppercase);
    let part = ["phan ", "i phan", "ii phan", "iii phan"];
    let titled = line.chars().count() <= 80 && part.iter().any(|part| folded.starts_with(part))
        || ["bai lam", "tra loi", "phan thi"].contains(&folded.as_str());
    if numbered && !long {
        match answers::find(line).is_empty() {
            true => Kind::Heading,
            false => Kind::Item,
        }
    } else if titled || shouted && line.chars().count() <= HEADING / 2 {
        Kind::Heading
    } else if is_item(line) {
        Kind::Item
    } else {
        Kind::Paragraph
    }
}

/// "- …", "• …", "a) …", "1. …".
fn is_item(line: &str) -> bool {
    let mut chars = line.chars();
    if chars.next().is_some_and(|c| "-–—•+*●○▪■□➢✓".contains(c)) {
        return true;
    }
    let mark = line.trim_start_matches(|c: char| c.is_alphanumeric());
    let label = line.len() - mark.len();
    (1..=3).contains(&label)
        && mark.starts_with([')', '.'])
        && mark.get(1..).is_some_and(|rest| rest.starts_with(' '))
}

/// The part of a text with bars in the place of the masks.
fn pieces(text: &str, start: usize, end: usize, masks: &[(usize, usize)]) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut at = start;
    for (from, to) in masks.iter().filter(|mask| mask.0 < end && start < mask.1) {
        let (from, to) = ((*from).max(start), (*to).min(end));
        push(&mut out, text.get(at..from).unwrap_or_default());
        let masked = text.get(from..to).unwrap_or_default();
        if masked.chars().any(|c| !c.is_whitespace()) {
            out.push(Piece::Masked(width(masked)));
        }
        at = to;
    }
    push(&mut out, text.get(at..end).unwrap_or_default());
    if let Some(Piece::Text(first)) = out.first_mut() {
        *first = first.trim_start().to_owned();
    }
    if let Some(Piece::Text(last)) = out.last_mut() {
        *last = last.trim_end().to_owned();
    }
    out.retain(|piece| *piece != Piece::Text(String::new()));
    out
}

/// Invisible characters go: they could carry a message of their own.
fn push(out: &mut Vec<Piece>, text: &str) {
    let seen: String = text.chars().filter(|c| !invisible(*c)).collect();
    if !seen.is_empty() {
        out.push(Piece::Text(seen));
    }
}

fn width(masked: &str) -> u8 {
    match masked.chars().count() {
        0..=20 => 1,
        21..=60 => 2,
        _ => 3,
    }
}

/// The pieces of a block, cell by cell.
pub fn all(block: &Block) -> impl Iterator<Item = &Piece> {
    let (one, cells) = match block {
        Block::Heading(pieces) | Block::Paragraph(pieces) | Block::Item(pieces) => {
            (pieces.as_slice(), [].as_slice())
        }
        Block::Row(cells) => ([].as_slice(), cells.as_slice()),
    };
    one.iter().chain(cells.iter().flatten())
}

/// How many words of a block are left to read.
pub fn words(block: &Block) -> usize {
    all(block)
        .map(|piece| match piece {
            Piece::Text(text) => text
                .split_whitespace()
                .filter(|word| word.chars().any(char::is_alphanumeric))
                .count(),
            Piece::Masked(_) => 0,
        })
        .sum()
}
