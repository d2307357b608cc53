//! The leaves of one mail: every part that is no multipart, in order, with its decoded bytes. Attached mails are leaves
//! here. What was signed in one piece is opened, files written into a text are taken out of it, and text that stands
//! outside all parts is a leaf as well, so that nothing a sender wrote is passed over.

use super::charset;
use super::enclosed;
use super::enclosed::Enclosed;
use super::file_name;
use super::laid_in;
use super::laid_in::Picture;
use super::outline;
use super::outline::Piece;
use super::outline::Role;
use super::parameter;
use super::parameter::Value;
use super::prescan;
use super::smime;
use super::smime::Content;
use super::transfer;
use crate::document;
use crate::document::Kind;
use crate::entry::Finding;
use crate::entry::FindingCode;

/// Mails that only show after decoding or mending, one inside another.
const MAX_WRAPPED: usize = 8;

/// What stands for the Content-ID of a picture that is written into the HTML itself.
pub const LAID_IN: &str = "data:";

/// One part of a mail that holds content.
#[derive(Default)]
pub struct Leaf {
    /// Media type, lower case; "text/plain" when none was declared, "application/octet-stream" when a text was
    /// declared and the bytes are none.
    pub declared: String,
    pub charset: Option<String>,
    pub flow: Flow,
    pub name: String,
    /// Content-ID without angle brackets.
    pub cid: Option<String>,
    pub attachment: bool,
    /// Number of the multipart/alternative it stands in, if any.
    pub alternative: Option<usize>,
    /// Where it stands, when it is text outside all parts.
    pub outside: Option<Role>,
    pub bytes: Vec<u8>,
    /// What went wrong on the way.
    pub findings: Vec<Finding>,
}

/// Whether lines of a text go on in the next (RFC 3676).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flow {
    #[default]
    Fixed,
    Flowed,
    /// The blank at the end of a line that goes on is none of the text (DelSp).
    Tight,
}

impl Leaf {
    /// Text of the mail itself rather than a file.
    pub fn is_body(&self) -> bool {
        !self.attachment
            && self.outside.is_none()
            && self.name.is_empty()
            && matches!(self.declared.as_str(), "text/plain" | "text/html")
    }

    /// A picture that stood in the HTML of a letter.
    fn laid_in(picture: Picture) -> Leaf {
        Leaf {
            declared: picture.declared,
            cid: Some(LAID_IN.to_owned()),
            bytes: picture.bytes,
            findings: damaged(picture.whole),
            ..Leaf::default()
        }
    }

    /// A file of its own that stood in a text.
    fn enclosed(file: Enclosed) -> Leaf {
        Leaf {
            declared: "application/octet-stream".to_owned(),
            name: file_name::clean(&file.name),
            attachment: true,
            bytes: file.bytes,
            findings: damaged(file.whole),
            ..Leaf::default()
        }
    }
}

fn damaged(whole: bool) -> Vec<Finding> {
    if whole {
        Vec::new()
    } else {
        vec![FindingCode::Damaged.into()]
    }
}

/// Takes a mail apart. `None`: more parts than any honest mail.
pub fn leaves(raw: &[u8]) -> Option<Vec<Leaf>> {
    let mut leaves = Vec::new();
    let mut outside = Vec::new();
    collect(raw, 0, &mut leaves, &mut outside)?;
    // A mail whose only words stand outside its parts is read by them.
    let said = |leaf: &Leaf| leaf.is_body() && !leaf.bytes.trim_ascii().is_empty();
    if !leaves.iter().any(said) {
        for leaf in &mut outside {
            leaf.outside = None;
        }
    }
    leaves.extend(outside);
    (leaves.len() <= prescan::MAX_PARTS).then_some(leaves)
}

fn collect(
    raw: &[u8],
    depth: usize,
    leaves: &mut Vec<Leaf>,
    outside: &mut Vec<Leaf>,
) -> Option<()> {
    if !prescan::is_honest(raw) {
        return None;
    }
    // Alternatives of a mail that was mended or unwrapped are numbered behind those already known.
    let numbered = depth * prescan::MAX_PARTS * 4;
    for piece in outline::read(raw, prescan::MAX_PARTS)? {
        if leaves.len() + outside.len() > prescan::MAX_PARTS {
            return None;
        }
        if piece.role != Role::Leaf {
            if says_something(&piece) {
                let mut leaf = cut(&piece);
                leaf.outside = Some(piece.role);
                let files = take_out(&mut leaf);
                outside.push(leaf);
                leaves.extend(files);
            }
            continue;
        }
        let mut leaf = cut(&piece);
        leaf.alternative = piece.alternative.map(|number| number + numbered);
        if let Some(inner) = wrapped(&piece, &leaf).filter(|_| depth < MAX_WRAPPED) {
            collect(&inner, depth + 1, leaves, outside)?;
            continue;
        }
        if leaf.declared.starts_with("multipart/") {
            as_text(&mut leaf);
        }
        let files = take_out(&mut leaf);
        leaves.push(leaf);
        leaves.extend(files);
    }
    Some(())
}

/// The mail that a part turns out to be: a multipart that had to be decoded or mended, or what somebody signed.
fn wrapped(piece: &Piece<'_>, leaf: &Leaf) -> Option<Vec<u8>> {
    if leaf.declared.starts_with("multipart/") {
        return mend(&piece.kind, &leaf.bytes);
    }
    match smime::read(&leaf.declared, &leaf.name, &leaf.bytes) {
        Some(Content::Signed(inner)) => Some(inner),
        Some(Content::Sealed | Content::Keys) | None => None,
    }
}

/// A multipart that nothing could be made of is read as the words it holds, or kept as a file.
fn as_text(leaf: &mut Leaf) {
    leaf.declared = what_it_is("text/plain".to_owned(), None, &leaf.bytes);
    leaf.findings = damaged(false);
}

/// Whether text outside the parts is more than what mail programs put there for those who cannot read MIME.
fn says_something(piece: &Piece<'_>) -> bool {
    let text = String::from_utf8_lossy(piece.body);
    let words = text
        .split_whitespace()
        .filter(|word| word.contains(char::is_alphanumeric))
        .count();
    let notice = piece.role == Role::Above && words < 80 && text.is_ascii() && {
        let text = text.to_lowercase();
        [
            "mime format",
            "mime-encapsulated",
            "mime compliant",
            "mime-compliant",
            "openpgp/mime signed",
            "s/mime signed",
            "understand mime",
            "multi-part message",
            "multipart message",
        ]
        .iter()
        .any(|word| text.contains(word))
    };
    words > 0 && !notice
}

/// A part as its author had it.
fn cut(piece: &Piece<'_>) -> Leaf {
    let kind = &piece.kind;
    let declared = match kind.word.split_once('/') {
        Some((of, sort)) if !of.is_empty() && !sort.is_empty() => kind.word.clone(),
        Some(_) | None => "text/plain".to_owned(),
    };
    let charset = kind.get("charset").map(str::to_ascii_lowercase);
    let word = piece.fields.first("content-transfer-encoding");
    let word = String::from_utf8_lossy(word.unwrap_or_default());
    let is_text = declared.starts_with("text/");
    let decoded = if piece.role == Role::Leaf {
        transfer::decode(piece.body, &word, is_text)
    } else {
        transfer::decode(piece.body, "", true)
    };
    let placed = piece
        .fields
        .first("content-disposition")
        .map(parameter::read)
        .unwrap_or_default();
    let names = [
        placed.get("filename"),
        kind.get("name"),
        placed.get("name"),
        kind.get("filename"),
    ];
    let flowed = declared == "text/plain"
        && kind
            .get("format")
            .is_some_and(|format| format.eq_ignore_ascii_case("flowed"));
    let tight = kind
        .get("delsp")
        .is_some_and(|told| told.eq_ignore_ascii_case("yes"));
    Leaf {
        charset,
        flow: match (flowed, tight) {
            (false, _) => Flow::Fixed,
            (true, false) => Flow::Flowed,
            (true, true) => Flow::Tight,
        },
        name: names
            .into_iter()
            .flatten()
            .map(file_name::clean)
            .find(|name| !name.is_empty())
            .unwrap_or_default(),
        cid: piece.fields.first("content-id").map(|id| {
            String::from_utf8_lossy(id)
                .trim_matches(['<', '>', ' '])
                .to_owned()
        }),
        attachment: !matches!(placed.word.as_str(), "" | "inline" | "form-data"),
        findings: damaged(decoded.whole),
        bytes: decoded.bytes,
        declared,
        alternative: piece.alternative,
        outside: None,
    }
}

/// Takes the files out of a text that holds some and the pictures out of HTML, and tells what the rest is. A file that is
/// nothing but another one in an old encoding becomes that one.
fn take_out(leaf: &mut Leaf) -> Vec<Leaf> {
    let is_text = leaf.declared == "text/plain";
    let old = matches!(
        file_name::ending(&leaf.name).as_str(),
        "uu" | "uue" | "hqx" | "yenc" | "ync"
    ) || leaf.declared.contains("binhex")
        || leaf.declared.contains("uuencode");
    let found = if is_text || old {
        enclosed::take(&leaf.bytes)
    } else {
        None
    };
    let mut files = Vec::new();
    if let Some((rest, mut found)) = found {
        if leaf.is_body() || leaf.outside.is_some() {
            leaf.bytes = rest;
            files = found.into_iter().map(Leaf::enclosed).collect();
        } else if let (1, Some(file)) = (found.len(), found.pop())
            && rest.trim_ascii().is_empty()
        {
            let mut file = Leaf::enclosed(file);
            file.findings.append(&mut leaf.findings);
            *leaf = file;
        }
    }
    if leaf.outside.is_none() {
        let declared = std::mem::take(&mut leaf.declared);
        leaf.declared = what_it_is(declared, leaf.charset.as_deref(), &leaf.bytes);
    }
    if leaf.is_body()
        && leaf.findings.is_empty()
        && charset::is_broken(&leaf.bytes, leaf.charset.as_deref())
    {
        leaf.findings = damaged(false);
    }
    if leaf.is_body() && leaf.declared == "text/html" {
        let pictures = laid_in::pictures(&leaf.bytes);
        files.extend(pictures.into_iter().map(Leaf::laid_in));
    }
    files
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

/// A multipart whose announced boundary never comes: finds the one that is really there and writes the head that such
/// a mail should have had.
fn mend(kind: &Value, body: &[u8]) -> Option<Vec<u8>> {
    let told = kind.get("boundary").map(|told| told.trim().as_bytes());
    let mut lines = body.split(|byte| *byte == b'\n').peekable();
    while let Some(line) = lines.next() {
        let Some(boundary) = line.trim_ascii_end().strip_prefix(b"--") else {
            continue;
        };
        let headed = lines
            .peek()
            .and_then(|next| next.get(..8))
            .is_some_and(|start| start.eq_ignore_ascii_case(b"content-"));
        let named = (2..=200).contains(&boundary.len()) && !boundary.contains(&b'"') && headed;
        let meant = !boundary.is_empty() && told == Some(boundary);
        if named || meant {
            let mut mended = format!("Content-Type: {}; boundary=\"", kind.word).into_bytes();
            mended.extend_from_slice(boundary);
            mended.extend_from_slice(b"\"\r\n\r\n");
            mended.extend_from_slice(body);
            return Some(mended);
        }
    }
    None
}
