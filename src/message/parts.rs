//! All files of a mail as one flat list, attached mails opened: "3/1" is the first part of the mail in part 3.
//!
//! Attached mails are opened down to `MAX_DEPTH`, because schools forward their pupils' mails as attachments (R001-62);
//! each keeps its own sender and text (`Letter`), for they say whose essay it is. Archives are opened to the same depth:
//! "2/7" is the seventh file of the zip in part 2, and belongs to the letter the zip came with.

use sha2::Digest;
use sha2::Sha256;

use super::Address;
use super::Part;
use super::aside;
use super::body;
use super::body::Body;
use super::charset;
use super::essays;
use super::file_name;
use super::headers;
use super::headers::Head;
use super::mime;
use super::mime::Leaf;
use super::prescan;
use crate::document;
use crate::document::Document;
use crate::document::Kind;
use crate::document::archive;
use crate::document::archive::Child;
use crate::document::limits;
use crate::entry::Finding;
use crate::entry::FindingCode;
use crate::text::words;

/// How many mails may stand one inside another and still be opened.
const MAX_DEPTH: usize = 4;
/// Pictures shown in the HTML text and smaller than this are logos or signatures; larger ones may be pages.
const SMALL_PICTURE: usize = 100_000;

/// One mail: the outer one first, then each attached mail.
pub struct Letter {
    pub from: Option<Address>,
    pub body: Body,
    /// Its own files, as indices into `Opened::parts`.
    pub files: Vec<usize>,
    pub attached: bool,
    /// What is to be said of the mail itself, its text and its head.
    pub findings: Vec<Finding>,
}

/// Everything a mail carries.
#[derive(Default)]
pub struct Opened {
    pub parts: Vec<Part>,
    pub bytes: Vec<Vec<u8>>,
    pub letters: Vec<Letter>,
    /// Bytes that came out of archives.
    unpacked: u64,
}

/// Opens a mail whose leaves are known. `None`: deeper or larger than any honest mail.
pub fn open(head: &Head, leaves: Vec<Leaf>) -> Option<Opened> {
    let mut opened = Opened::default();
    open_letter(head, leaves, "", &mut opened)?;
    Some(opened)
}

fn open_letter(head: &Head, leaves: Vec<Leaf>, prefix: &str, opened: &mut Opened) -> Option<()> {
    let depth = prefix.matches('/').count();
    let body = body::read(&leaves, &head.subject, !head.in_reply_to.is_empty());
    let html = body.html.clone();
    let number = opened.letters.len();
    opened.letters.push(Letter {
        from: head.from.clone(),
        body,
        files: Vec::new(),
        attached: depth > 0,
        findings: of_the_mail(head, &leaves, prefix),
    });
    for (place, leaf) in leaves.into_iter().enumerate() {
        if leaf.is_body() || leaf.outside.is_some() {
            continue;
        }
        let path = format!("{prefix}{}", place + 1);
        if is_mail(&leaf) {
            if depth < MAX_DEPTH {
                let inner = mime::leaves(&leaf.bytes)?;
                if !inner.is_empty() {
                    open_letter(
                        &headers::read(&leaf.bytes),
                        inner,
                        &format!("{path}/"),
                        opened,
                    )?;
                    continue;
                }
            } else if prescan::announced_mails(&leaf.bytes) > prescan::MAX_NESTED - MAX_DEPTH {
                return None;
            }
        }
        let inline = is_decoration(&leaf, &html);
        let part = part(path, leaf, inline);
        open_file(number, part, opened)?;
    }
    // An essay written into an attached mail has no file: its text becomes one.
    let text = opened
        .letters
        .get(number)
        .map(|letter| letter.body.text.clone())?;
    let alone = opened.letters.get(number)?.files.is_empty();
    if depth == 0 || !alone {
        return Some(());
    }
    if essays::is_written_in(&text) {
        let leaf = Leaf {
            declared: "text/plain".to_owned(),
            bytes: text.clone().into_bytes(),
            ..Leaf::default()
        };
        let (mut part, bytes) = part(format!("{prefix}0"), leaf, false);
        part.document = Document {
            kind: Kind::Text,
            text,
            ..Document::default()
        };
        part.text_hash = words::hash(&part.document.text);
        opened.put(number, (part, bytes))?;
    } else {
        let path = prefix.trim_end_matches('/');
        let said = Finding::new(FindingCode::PartAside, format!("{path} (message/rfc822)"));
        opened.letters.get_mut(number)?.findings.push(said);
    }
    Some(())
}

/// What was noticed on the head of a mail, on the parts that make up its text, and on those that cannot be read. What is
/// to be said of a file stands with the file.
fn of_the_mail(head: &Head, leaves: &[Leaf], prefix: &str) -> Vec<Finding> {
    let mut findings: Vec<Finding> = head.findings.clone();
    for (place, leaf) in leaves.iter().enumerate() {
        let of_text = leaf.findings.iter().filter(|_| leaf.is_body());
        let of_text = of_text.map(|finding| {
            let code = match finding.code {
                FindingCode::Damaged => FindingCode::MailDamaged,
                code => code,
            };
            Finding::new(code, finding.detail.clone())
        });
        // A sealed file says so itself.
        let said = aside::of(leaf, &format!("{prefix}{}", place + 1))
            .filter(|said| said.code != FindingCode::Encrypted || leaf.is_body());
        for finding in of_text.chain(said) {
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
    }
    findings
}

/// Puts a file down, and the files in it where it is an archive.
fn open_file(letter: usize, file: (Part, Vec<u8>), opened: &mut Opened) -> Option<()> {
    let (mut part, bytes) = file;
    let depth = part.path.matches('/').count();
    if !archive::is_archive(part.document.kind) || bytes.is_empty() {
        return opened.put(letter, (part, bytes));
    }
    if depth >= MAX_DEPTH {
        part.document.findings = vec![Finding::new(FindingCode::TooLarge, "depth")];
        return opened.put(letter, (part, bytes));
    }
    let mut budget = limits::ARCHIVE_BYTES.saturating_sub(opened.unpacked);
    let inside = archive::open(part.document.kind, &bytes, &mut budget);
    opened.unpacked = limits::ARCHIVE_BYTES.saturating_sub(budget);
    let path = part.path.clone();
    part.document.findings = inside.findings;
    opened.put(letter, (part, bytes))?;
    for (place, child) in inside.children.into_iter().enumerate() {
        open_child(letter, format!("{path}/{}", place + 1), child, opened)?;
    }
    Some(())
}

/// A file out of an archive: another archive, a mail, or an essay. What is wrong with it concerns it alone.
fn open_child(letter: usize, path: String, child: Child, opened: &mut Opened) -> Option<()> {
    let leaf = Leaf {
        declared: "application/octet-stream".to_owned(),
        name: file_name::clean(&child.name),
        attachment: true,
        bytes: child.bytes,
        ..Leaf::default()
    };
    if is_mail(&leaf)
        && path.matches('/').count() < MAX_DEPTH
        && let Some(inner) = mime::leaves(&leaf.bytes)
        && !inner.is_empty()
    {
        let head = headers::read(&leaf.bytes);
        return open_letter(&head, inner, &format!("{path}/"), opened);
    }
    let (mut part, bytes) = part(path, leaf, false);
    part.document.findings.extend(child.finding);
    open_file(letter, (part, bytes), opened)
}

impl Opened {
    fn put(&mut self, letter: usize, (part, bytes): (Part, Vec<u8>)) -> Option<()> {
        if self.parts.len() >= prescan::MAX_PARTS {
            return None;
        }
        self.letters.get_mut(letter)?.files.push(self.parts.len());
        self.parts.push(part);
        self.bytes.push(bytes);
        Some(())
    }
}

fn is_mail(leaf: &Leaf) -> bool {
    let named = leaf.name.to_lowercase().ends_with(".eml");
    matches!(leaf.declared.as_str(), "message/rfc822" | "message/global")
        || (named && leaf.declared != "text/plain")
}

/// A logo or the picture in a signature: shown within the HTML text, or named as mail programs name such pictures.
fn is_decoration(leaf: &Leaf, html: &str) -> bool {
    if !leaf.declared.starts_with("image/") || leaf.bytes.len() >= SMALL_PICTURE {
        return false;
    }
    let shown = leaf.cid.as_ref().is_some_and(|cid| {
        cid == mime::LAID_IN || !cid.is_empty() && html.contains(&format!("cid:{cid}"))
    });
    let name = leaf.name.to_lowercase();
    let numbered = name.strip_prefix("image0").is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_ascii_digit()) && leaf.declared != "image/jpeg"
    });
    let named = numbered
        || ["logo", "outlook-", "signature", "icon", "~wrd"]
            .iter()
            .any(|start| name.starts_with(start));
    shown || (named && !leaf.attachment)
}

/// What came with the mail and is no document: signatures, calendar entries, delivery reports.
fn is_accessory(declared: &str) -> bool {
    matches!(
        declared,
        "application/pkcs7-signature"
            | "application/x-pkcs7-signature"
            | "application/pgp-signature"
            | "application/pgp-keys"
            | "text/calendar"
            | "application/ics"
            | "application/pgp-encrypted"
            | "application/applefile"
            | "application/x-apple-resource"
            | "text/vcard"
            | "text/x-vcard"
            | "text/x-amp-html"
            | "text/rfc822-headers"
            | "message/delivery-status"
            | "message/disposition-notification"
            | "message/global-delivery-status"
            | "message/global-headers"
            | "message/external-body"
            | "message/partial"
    )
}

pub(super) fn part(path: String, leaf: Leaf, inline: bool) -> (Part, Vec<u8>) {
    let mut document =
        if is_accessory(&leaf.declared) && !aside::is_whole(&leaf) || aside::is_keys(&leaf) {
            Document {
                kind: Kind::Accessory,
                ..Document::default()
            }
        } else if aside::is_sealed(&leaf) {
            Document {
                kind: Kind::Unknown,
                findings: aside::of(&leaf, &path).into_iter().collect(),
                ..Document::default()
            }
        } else if is_mail(&leaf) {
            Document {
                kind: Kind::Mail,
                findings: vec![Finding::new(FindingCode::NotRead, "eml")],
                ..Document::default()
            }
        } else {
            read(&leaf)
        };
    for finding in leaf.findings {
        if !document.findings.contains(&finding) {
            document.findings.push(finding);
        }
    }
    if leaf.bytes.is_empty() && document.findings.is_empty() {
        document.findings.push(FindingCode::Empty.into());
    }
    let part = Part {
        path,
        name: leaf.name,
        declared: leaf.declared,
        inline,
        size: leaf.bytes.len() as u64,
        sha256: words::hex(&Sha256::digest(&leaf.bytes)),
        text_hash: words::hash(&document.text),
        document,
        ms: 0,
    };
    (part, leaf.bytes)
}

/// A text file whose mail names its charset is read by that charset; all else by its bytes.
fn read(leaf: &Leaf) -> Document {
    match leaf.charset.as_deref() {
        Some(charset) if leaf.declared.starts_with("text/") => {
            let text = charset::raw_text(&leaf.bytes, Some(charset));
            document::read(text.as_bytes(), &leaf.name, &leaf.declared)
        }
        Some(_) | None => document::read(&leaf.bytes, &leaf.name, &leaf.declared),
    }
}
