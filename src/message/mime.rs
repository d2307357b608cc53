//! The leaves of one mail: every part that is no multipart, in order, with its decoded bytes. Attached mails are
//! leaves here. mail-parser says where parts begin and end; the bytes always come from the original.

use mail_parser::Message;
use mail_parser::MessageParser;
use mail_parser::MimeHeaders;
use mail_parser::PartType;

use super::charset;
use super::enclosed;
use super::enclosed::Enclosed;
use super::file_name;
use super::prescan;
use super::transfer;
use crate::document;
use crate::document::Kind;
use crate::entry::Finding;
use crate::entry::FindingCode;

/// One part of a mail that holds content.
pub struct Leaf {
    /// Media type, lower case; "text/plain" when none was declared, "application/octet-stream" when a text was
    /// declared and the bytes are none.
    pub declared: String,
    pub charset: Option<String>,
    pub name: String,
    /// Content-ID without angle brackets.
    pub cid: Option<String>,
    pub attachment: bool,
    /// Number of the multipart/alternative it stands in, if any.
    pub alternative: Option<usize>,
    pub bytes: Vec<u8>,
    /// What went wrong on the way.
    pub findings: Vec<Finding>,
}

impl Leaf {
    /// Text of the mail itself rather than a file.
    pub fn is_body(&self) -> bool {
        !self.attachment
            && self.name.is_empty()
            && matches!(self.declared.as_str(), "text/plain" | "text/html")
    }

    /// A file of its own that stood in a text.
    fn enclosed(file: Enclosed) -> Leaf {
        Leaf {
            declared: "application/octet-stream".to_owned(),
            charset: None,
            name: file_name::clean(&file.name),
            cid: None,
            attachment: true,
            alternative: None,
            bytes: file.bytes,
            findings: if file.whole {
                Vec::new()
            } else {
                vec![FindingCode::Damaged.into()]
            },
        }
    }
}

/// Takes a mail apart. `None`: more parts than any honest mail.
pub fn leaves(raw: &[u8]) -> Option<Vec<Leaf>> {
    if !prescan::is_honest(raw) {
        return None;
    }
    let masked = prescan::mask(raw);
    let Some(message) = MessageParser::default().parse(masked.as_ref()) else {
        return Some(Vec::new());
    };
    if message.parts.len() > prescan::MAX_PARTS {
        return None;
    }
    let mut order = Vec::new();
    walk(&message, 0, None, 0, &mut order);
    let places: Vec<Place> = order
        .into_iter()
        .filter_map(|(id, alternative)| Place::of(&message, id, alternative))
        .collect();
    drop(message);
    drop(masked);
    let mut out = Vec::with_capacity(places.len());
    for place in places {
        let mut leaf = place.cut(raw);
        let files = take_out(&mut leaf);
        match leaf
            .declared
            .starts_with("multipart/")
            .then(|| mend(&leaf.bytes))
            .flatten()
        {
            Some(mended) => out.extend(leaves(&mended)?),
            None => out.push(leaf),
        }
        out.extend(files);
        if out.len() > prescan::MAX_PARTS {
            return None;
        }
    }
    Some(out)
}

/// Takes the files out of a plain text that holds some.
fn take_out(leaf: &mut Leaf) -> Vec<Leaf> {
    if leaf.attachment || leaf.declared != "text/plain" {
        return Vec::new();
    }
    let Some((rest, files)) = enclosed::take(&leaf.bytes) else {
        return Vec::new();
    };
    leaf.bytes = rest;
    files.into_iter().map(Leaf::enclosed).collect()
}

struct Place {
    header: (usize, usize),
    body: (usize, usize),
    alternative: Option<usize>,
}

impl Place {
    fn of(message: &Message<'_>, id: u32, alternative: Option<usize>) -> Option<Place> {
        let part = message.part(id)?;
        Some(Place {
            header: (part.offset_header as usize, part.offset_body as usize),
            body: (part.offset_body as usize, part.offset_end as usize),
            alternative,
        })
    }

    fn cut(&self, raw: &[u8]) -> Leaf {
        let header = raw.get(self.header.0..self.header.1).unwrap_or_default();
        let body = raw.get(self.body.0..self.body.1).unwrap_or_default();
        let headers = MessageParser::default().parse_headers(header);
        let root = headers.as_ref().and_then(|message| message.part(0));
        let kind = root.and_then(|part| part.content_type());
        let attribute = |name: &str| kind.and_then(|kind| kind.attribute(name));
        let declared = kind.map_or_else(
            || "text/plain".to_owned(),
            |kind| {
                format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default())
                    .to_ascii_lowercase()
            },
        );
        let charset = attribute("charset").map(str::to_ascii_lowercase);
        let (bytes, whole) = if declared.starts_with("multipart/") {
            (body.to_vec(), true)
        } else {
            let word = root.and_then(|part| part.content_transfer_encoding());
            let is_text = declared.starts_with("text/");
            let decoded = transfer::decode(body, word.unwrap_or_default(), is_text);
            (decoded.bytes, decoded.whole)
        };
        Leaf {
            declared: what_it_is(declared, charset.as_deref(), &bytes),
            bytes,
            findings: if whole {
                Vec::new()
            } else {
                vec![FindingCode::Damaged.into()]
            },
            charset,
            name: root
                .and_then(|part| part.attachment_name())
                .map(file_name::clean)
                .unwrap_or_default(),
            cid: root
                .and_then(|part| part.content_id())
                .map(|id| id.trim_matches(['<', '>', ' ']).to_owned()),
            attachment: root
                .and_then(|part| part.content_disposition())
                .is_some_and(|how| how.is_attachment()),
            alternative: self.alternative,
        }
    }
}

/// Collects leaf ids in order. The depth is bounded by the number of parts, and cut for safety.
fn walk(
    message: &Message<'_>,
    id: u32,
    alternative: Option<usize>,
    depth: usize,
    order: &mut Vec<(u32, Option<usize>)>,
) {
    let Some(part) = message.part(id) else {
        return;
    };
    let PartType::Multipart(children) = &part.body else {
        order.push((id, alternative));
        return;
    };
    if depth > 100 {
        return;
    }
    let alternative = match part.content_type().and_then(|kind| kind.subtype()) {
        Some("alternative") => alternative.or(Some(id as usize)),
        Some(_) | None => alternative,
    };
    for child in children.iter().filter(|child| **child > id) {
        walk(message, *child, alternative, depth + 1, order);
    }
}

/// The declared type, unless it says text and the bytes are a file: what a program sends that knows no better.
fn what_it_is(declared: String, charset: Option<&str>, bytes: &[u8]) -> String {
    if !matches!(declared.as_str(), "text/plain" | "text/html") {
        return declared;
    }
    match document::sniff(bytes, "", "") {
        Kind::Text | Kind::Accessory => declared,
        Kind::Html => "text/html".to_owned(),
        // A PDF may begin later than its file does; a letter may speak of one.
        Kind::Pdf if !bytes.trim_ascii_start().starts_with(b"%PDF-") => declared,
        Kind::Unknown if charset::is_text(bytes, charset) => declared,
        _ => "application/octet-stream".to_owned(),
    }
}

/// A multipart whose announced boundary never comes: finds the boundary that is really there and writes the head
/// such a mail should have had.
fn mend(body: &[u8]) -> Option<Vec<u8>> {
    let mut lines = body.split(|byte| *byte == b'\n').peekable();
    while let Some(line) = lines.next() {
        let Some(boundary) = line.trim_ascii_end().strip_prefix(b"--") else {
            continue;
        };
        let named = (2..=72).contains(&boundary.len()) && !boundary.contains(&b'"');
        let headed = lines
            .peek()
            .and_then(|next| next.get(..8))
            .is_some_and(|start| start.eq_ignore_ascii_case(b"content-"));
        if named && headed {
            let mut mended = b"Content-Type: multipart/mixed; boundary=\"".to_vec();
            mended.extend_from_slice(boundary);
            mended.extend_from_slice(b"\"\r\n\r\n");
            mended.extend_from_slice(body);
            // The mended mail must come apart, or mending would go on for ever.
            let parsed = MessageParser::default()
                .parse(prescan::mask(&mended).as_ref())?
                .parts
                .len();
            return (parsed > 1).then_some(mended);
        }
    }
    None
}
