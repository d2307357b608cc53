//! What the author wrote in the mail itself: the best of the body's versions, without quoted answers.

use mail_parser::decoders::html::html_to_text;

use super::charset;
use super::flowed;
use super::forward;
use super::forward::Forward;
use super::mime::Leaf;
use crate::document;
use crate::text::normal;

/// The body of one mail.
#[derive(Default)]
pub struct Body {
    /// The author's text: what was forwarded stays, what was quoted goes.
    pub text: String,
    /// The first sender, when a forwarded mail stands in the text.
    pub forward: Option<Forward>,
    /// The HTML as sent, to see which pictures it shows and where its links lead.
    pub html: String,
}

/// Puts the body together from the leaves that belong to it.
pub fn read(leaves: &[Leaf], subject: &str, answers_something: bool) -> Body {
    let mut html = String::new();
    let mut pieces: Vec<String> = Vec::new();
    let mut done: Vec<usize> = Vec::new();
    for leaf in leaves.iter().filter(|leaf| leaf.is_body()) {
        if leaf.declared == "text/html" {
            html.push_str(&charset::raw_text(&leaf.bytes, leaf.charset.as_deref()));
        }
        match leaf.alternative {
            None => pieces.push(text_of(leaf)),
            Some(group) if !done.contains(&group) => {
                done.push(group);
                pieces.push(best_of(leaves, group));
            }
            Some(_) => {}
        }
    }
    let joined = pieces.join("\n");
    let (own, forward) = forward::split(joined.trim(), subject, answers_something);
    Body {
        text: trim_ends(&own),
        forward,
        html,
    }
}

/// The plain version, unless it is only a note that there is an HTML one.
fn best_of(leaves: &[Leaf], group: usize) -> String {
    let version = |declared: &str| {
        leaves
            .iter()
            .filter(|leaf| {
                leaf.is_body() && leaf.alternative == Some(group) && leaf.declared == declared
            })
            .map(text_of)
            .collect::<Vec<_>>()
            .join("\n")
    };
    let plain = version("text/plain");
    let html = version("text/html");
    if words(&plain) * 2 >= words(&html) {
        plain
    } else {
        html
    }
}

fn text_of(leaf: &Leaf) -> String {
    let decoded = charset::raw_text(&leaf.bytes, leaf.charset.as_deref());
    if leaf.declared != "text/html" {
        return flowed::unsigned(&flowed::joined(&normal(&decoded), leaf.flow));
    }
    let read = document::read(decoded.as_bytes(), "", "text/html").text;
    if read.trim().is_empty() {
        return normal(&html_to_text(&decoded));
    }
    normal(&read)
}

/// How many words a text has.
pub fn words(text: &str) -> usize {
    text.split_whitespace()
        .filter(|word| word.contains(char::is_alphanumeric))
        .count()
}

/// Takes away what the telephone adds and the rule above a signature. The signature itself stays: it often says
/// who the author is.
fn trim_ends(text: &str) -> String {
    const PHONE: [&str; 8] = [
        "sent from my ",
        "gửi từ iphone",
        "gửi từ ipad",
        "đã gửi từ ",
        "được gửi từ ",
        "get outlook for ",
        "tải outlook cho ",
        "sent with ",
    ];
    let kept: Vec<&str> = text
        .lines()
        .map(str::trim_end)
        .filter(|line| {
            let lower = line.trim().to_lowercase();
            let short = lower.chars().count() < 80;
            lower != "--" && !(short && PHONE.iter().any(|start| lower.starts_with(start)))
        })
        .collect();
    kept.join("\n").trim().to_owned()
}
