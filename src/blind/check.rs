//! The second look at a finished copy: is anything left that names the author? It does not ask why. What it finds
//! that masking let stand ("Lê Thị Anh" beside an author Lê Thị An) is for a person to look at.

use super::Block;
use super::Piece;
use super::Reason;
use super::Verdict;
use super::blocks;
use super::contacts;
use super::contacts::Plain;
use super::known::Known;
use super::letters::Letters;
use super::prose;

/// Whether the blocks may be shown to a judge.
pub fn verdict(blocks: &[Block], known: &Known) -> Verdict {
    let text = shown(blocks);
    let letters = Letters::of(&text);
    let plain = Plain::of(&text);
    let found = [
        (!known.has_name(), Reason::NoName),
        (letters.words.is_empty(), Reason::NoText),
        (
            known.names.iter().any(|name| name.remains(&letters)),
            Reason::NameRemains,
        ),
        (has_phone(&plain, &letters, known), Reason::PhoneRemains),
        (has_mail(&plain, &letters, known), Reason::EmailRemains),
        (
            known
                .addresses
                .iter()
                .any(|address| !prose::house(&letters, address).is_empty()),
            Reason::AddressRemains,
        ),
        (has_mark(&letters, known), Reason::MarkRemains),
    ];
    let reasons: Vec<Reason> = found
        .into_iter()
        .filter(|(is, _)| *is)
        .map(|(_, reason)| reason)
        .collect();
    if reasons.is_empty() {
        Verdict::Safe
    } else {
        Verdict::Unsafe(reasons)
    }
}

/// Everything a judge would read, a block a line; a bar is a dash.
fn shown(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        for piece in blocks::all(block) {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Masked(_) => out.push_str(" — "),
            }
        }
        out.push('\n');
    }
    out
}

fn has_phone(plain: &Plain, letters: &Letters, known: &Known) -> bool {
    !contacts::phones(&plain.text).is_empty()
        || known
            .phones
            .iter()
            .any(|phone| !contacts::digits(letters, phone).is_empty())
}

/// Any address of mail; and a known one even where its "@" and dots are gone.
fn has_mail(plain: &Plain, letters: &Letters, known: &Known) -> bool {
    let squeezed: String = letters.all.iter().map(|letter| letter.c).collect();
    let known = known.emails.iter().any(|email| {
        let email: String = super::letters::folded(email).concat();
        email.len() >= 10 && squeezed.contains(&email)
    });
    known || !contacts::mails(&plain.text).is_empty()
}

fn has_mark(letters: &Letters, known: &Known) -> bool {
    known
        .marked
        .iter()
        .any(|marked| !letters.find(marked).is_empty())
        || !contacts::codes(letters, known).is_empty()
}
