//! What an essay shows beside its words (R001-18): the pictures that a word processor's file shows in its text, and the
//! pages of a PDF with a picture on them.
//!
//! Called only inside the worker process.

use super::Kind;
use super::inlaid;
use super::pdf;
use super::picture;

/// Pixels along the shorter side: what is smaller is a bullet, a line or an icon.
const LEAST: u32 = 100;

/// The numbers of these pages or pictures, as [`picture::page`] counts them. None of a file whose essay is in its
/// pictures: there each is a page.
pub fn numbers(kind: Kind, bytes: &[u8]) -> Vec<usize> {
    match kind {
        Kind::Docx | Kind::Doc | Kind::Odt | Kind::Rtf => (0..inlaid::shown(kind, bytes))
            .filter(|number| is_worth_a_look(kind, bytes, *number))
            .collect(),
        Kind::Pdf => pdf::pictured(bytes),
        _ => Vec::new(),
    }
}

fn is_worth_a_look(kind: Kind, bytes: &[u8], number: usize) -> bool {
    inlaid::picture(kind, bytes, number)
        .and_then(|bytes| picture::size(&bytes))
        .is_some_and(|(width, height)| width.min(height) >= LEAST)
}
