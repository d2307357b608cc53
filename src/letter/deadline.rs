//! The letter to those whose entry is in time, or late, by a deadline that was moved after their receipt.

use askama::Template;

/// What changed for the entries of one mail.
#[derive(Clone, Debug, Template)]
#[template(path = "mail/deadline/deadline.txt")]
pub struct Moved {
    pub contest: String,
    pub unit: String,
    /// The deadline as the plan's document words it.
    pub phrase: String,
    /// Number of the document that moved it.
    pub document: Option<String>,
    pub phone: Option<String>,
    /// A sentence an entry.
    pub entries: Vec<String>,
}

impl Moved {
    pub fn text(&self) -> Result<String, askama::Error> {
        self.render()
    }
}
