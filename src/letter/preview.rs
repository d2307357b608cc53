//! What a letter of ours says, read back from its wire form for people.

use mail_parser::MessageParser;

/// The plain text of a letter we composed; empty when it has none.
pub fn text(mime: &str) -> String {
    MessageParser::default()
        .parse(mime.as_bytes())
        .and_then(|message| message.body_text(0).map(|text| text.into_owned()))
        .unwrap_or_default()
}
