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
    if kind == Kind::Pdf {
        return pdf::pictured(bytes);
    }
    inlaid::chosen(kind, bytes, |picture| {
        picture::size(picture).is_some_and(|(width, height)| width.min(height) >= LEAST)
    })
}
