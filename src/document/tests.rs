//! Whole files: what every sample says, compared with the truth beside it.

use std::fs;
use std::path::PathBuf;

use unicode_normalization::UnicodeNormalization;

use super::Document;
use super::Kind;
use super::read;
use crate::entry::FindingCode;

/// Character error rate: edits to turn one text into the other, per character of the truth,
/// after NFC and with every run of white space as one space.
fn cer(read: &str, truth: &str) -> f64 {
    let plain = |text: &str| -> Vec<char> {
        text.split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .nfc()
            .collect()
    };
    let (read, truth) = (plain(read), plain(truth));
    let mut row: Vec<usize> = (0..=truth.len()).collect();
    for (i, a) in read.iter().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, b) in truth.iter().enumerate() {
            let edit = (corner + usize::from(a != b))
                .min(row[j] + 1)
                .min(row[j + 1] + 1);
            corner = std::mem::replace(&mut row[j + 1], edit);
        }
    }
    row[truth.len()] as f64 / truth.len().max(1) as f64
}

fn samples() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/documents")
}

fn sample(name: &str) -> Document {
    let bytes = fs::read(samples().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    read(&bytes, name, "")
}
