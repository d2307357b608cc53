//! What a reader of a word processor's format brings home, and the document it becomes.

use super::Document;
use super::Kind;
use super::form;
use super::form::Census;
use super::limits;
use crate::entry::Finding;
use crate::entry::FindingCode;
use crate::text::normal_page;

/// With pictures and fewer letters than this (a head with name and address), the essay is in the pictures.
const POOR_LETTERS: usize = 300;

/// The harvest of one file.
#[derive(Debug, Default)]
pub struct Gathered {
    /// Lines divided by `\n`, not yet in normal form.
    pub text: String,
    pub margins: String,
    /// Width and height of the first section's paper, in points.
    pub paper: Option<(f64, f64)>,
    pub census: Census,
    pub tracked: bool,
    /// Whether pictures stand in the file.
    pub pictures: bool,
    pub findings: Vec<Finding>,
}

impl Gathered {
    /// Lays a further story (notes, boxes without a place) behind the text.
    pub fn append(&mut self, story: &str) {
        join(&mut self.text, story);
    }

    pub fn append_margin(&mut self, story: &str) {
        join(&mut self.margins, story);
    }

    /// The document, with the findings about its form.
    pub fn document(mut self, kind: Kind) -> Document {
        if self.text.len() > limits::TEXT_BYTES {
            let end = self.text.floor_char_boundary(limits::TEXT_BYTES);
            self.text.truncate(end);
            self.findings
                .push(Finding::new(FindingCode::TooLarge, "text"));
        }
        let text = normal_page(&self.text).trim().to_owned();
        let paper = self.paper.and_then(|(w, h)| form::paper(w, h));
        let (form, advice) = self.census.form(&text, paper);
        let mut document = Document {
            kind,
            margins: normal_page(&self.margins).trim().to_owned(),
            form,
            ..Document::default()
        };
        let mut findings = self.findings;
        if self.tracked {
            findings.push(FindingCode::TrackedChanges.into());
        }
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        document.pictured = self.pictures && letters >= POOR_LETTERS;
        if letters < POOR_LETTERS {
            if self.pictures {
                document.scan = true;
                findings.push(FindingCode::Scan.into());
            } else if text.is_empty() && findings.is_empty() {
                findings.push(FindingCode::Empty.into());
            }
        }
        if letters > 0 {
            findings.extend(advice);
        }
        for finding in findings {
            if !document.findings.contains(&finding) {
                document.findings.push(finding);
            }
        }
        document.text = text;
        document
    }
}

fn join(target: &mut String, story: &str) {
    let story = story.trim();
    if story.is_empty() {
        return;
    }
    if !target.is_empty() && !target.ends_with('\n') {
        target.push('\n');
    }
    target.push_str(story);
}
