//! What a letter of ours says, read back from its wire form for people.

use mail_parser::MessageParser;
use mail_parser::MimeHeaders as _;

/// The plain text of a letter we composed; empty when it has none.
pub fn text(mime: &str) -> String {
    MessageParser::default()
        .parse(mime.as_bytes())
        .and_then(|message| message.body_text(0).map(|text| text.into_owned()))
        .unwrap_or_default()
}

/// The names of the files that go with a letter.
pub fn files(mime: &str) -> Vec<String> {
    let Some(message) = MessageParser::default().parse(mime.as_bytes()) else {
        return Vec::new();
    };
    message
        .attachments()
        .filter_map(|part| part.attachment_name().map(str::to_owned))
        .collect()
}
