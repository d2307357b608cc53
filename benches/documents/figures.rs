//! How near a text comes to the essay, and how long the reading took.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Instant;

use unicode_normalization::UnicodeNormalization as _;

use crate::corpus::Files;
use crate::readers::Reader;

/// So many files that are not scans are read at once, the same ones again and again.
const SMALL_FILES: usize = 1_024;

/// What a reader made of the files of one kind.
pub struct Score {
    /// Letters to change for each letter of the essays.
    pub cer: f64,
    /// Share of the essays' words that were found.
    pub words: f64,
    /// Files a second, one process a file.
    pub single: f64,
    /// Files a second, all at once.
    pub at_once: f64,
}

impl Score {
    pub fn of(reader: &Reader, kind: &Files) -> Score {
        let paths: Vec<PathBuf> = kind.files.iter().map(|(path, _)| path.clone()).collect();
        let count = paths.len() as f64;
        let begun = Instant::now();
        let texts: Vec<String> = paths.iter().map(|path| reader.one(path)).collect();
        let single = count / begun.elapsed().as_secs_f64();
        // A few small files tell how long a program takes to start and not how fast it reads.
        let rounds = if kind.is_scan() {
            1
        } else {
            SMALL_FILES.div_ceil(paths.len())
        };
        let many = vec![paths.clone(); rounds].concat();
        let begun = Instant::now();
        let again = reader.all(&many);
        let at_once = many.len() as f64 / begun.elapsed().as_secs_f64();
        assert_eq!(again.len(), many.len(), "a text for each file");
        let (mut cer, mut words) = (0.0, 0.0);
        for ((_, essay), text) in kind.files.iter().zip(&texts) {
            let (essay, text) = (plain(essay), plain(text));
            cer += errors(&essay, &text) as f64 / essay.chars().count().max(1) as f64;
            words += found(&essay, &text);
        }
        Score {
            cer: cer / count,
            words: words / count,
            single,
            at_once,
        }
    }
}

/// NFC, every run of white space one space.
fn plain(text: &str) -> String {
    let text: String = text.nfc().collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Letters to add, drop or change to come from one text to the other.
fn errors(essay: &str, text: &str) -> usize {
    let text: Vec<char> = text.chars().collect();
    let mut row: Vec<usize> = (0..=text.len()).collect();
    for (at, wanted) in essay.chars().enumerate() {
        let mut corner = row[0];
        row[0] = at + 1;
        for (column, letter) in text.iter().enumerate() {
            let change = corner + usize::from(*letter != wanted);
            corner = row[column + 1];
            row[column + 1] = change.min(corner + 1).min(row[column] + 1);
        }
    }
    row[text.len()]
}

/// The share of the essay's words that stand in the text, each as often as it stands there.
fn found(essay: &str, text: &str) -> f64 {
    let mut there: HashMap<&str, usize> = HashMap::new();
    for word in text.split(' ') {
        *there.entry(word).or_default() += 1;
    }
    let mut hits = 0;
    for word in essay.split(' ') {
        if let Some(left) = there.get_mut(word).filter(|left| **left > 0) {
            *left -= 1;
            hits += 1;
        }
    }
    f64::from(hits) / essay.split(' ').count().max(1) as f64
}
