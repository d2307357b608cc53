//! Alarms to the administrator: a mailbox cannot be read, or can be read again; a relay's budget goes to its end.

use askama::Template;

/// What happened to a mailbox, in Vietnamese sentences from `words::alarm`.
#[derive(Clone, Debug, Template)]
#[template(path = "mail/alarm/alarm.txt")]
pub struct Alarm {
    pub contest: String,
    pub unit: String,
    pub mailbox: String,
    /// "từ 10h58 ngày 05/9/2019"
    pub since: String,
    pub trouble: String,
    pub what_to_do: String,
    pub address_of_desk: String,
}

impl Alarm {
    pub fn text(&self) -> Result<String, askama::Error> {
        self.render()
    }
}

/// How much of its budget of 24 hours a relay has used, in sentences from `words::budget`.
#[derive(Clone, Debug, Template)]
#[template(path = "mail/alarm/budget.txt")]
pub struct Budget {
    pub relay: String,
    pub used: String,
    pub limit: String,
    pub what_to_do: String,
    pub address_of_desk: String,
}

impl Budget {
    pub fn text(&self) -> Result<String, askama::Error> {
        self.render()
    }
}

/// A wording by which a letter could not be written, in sentences from `words::wording`.
#[derive(Clone, Debug, Template)]
#[template(path = "mail/alarm/wording.txt", escape = "none")]
pub struct Reworded {
    pub contest: String,
    /// The form of the letter.
    pub form: String,
    /// "Bản thứ 3"
    pub version: String,
    pub what_to_do: String,
    pub address_of_desk: String,
}

impl Reworded {
    pub fn text(&self) -> Result<String, askama::Error> {
        self.render()
    }
}

/// A letter written as text alone, shown in HTML with its line breaks.
pub fn text_as_html(text: &str) -> String {
    let escaped = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    format!(
        "<!doctype html>\n<html lang=\"vi\"><body style=\"white-space:pre-line\">{escaped}</body></html>\n"
    )
}
