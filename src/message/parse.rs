//! Bytes of a mail to `Parsed`.

use sha2::Digest;
use sha2::Sha256;

use super::Bounce;
use super::Essay;
use super::Parsed;
use super::Roll;
use super::aside;
use super::bounce;
use super::essays;
use super::handed;
use super::headers;
use super::headers::Head;
use super::kind;
use super::mime;
use super::mime::Leaf;
use super::parts;
use super::parts::Opened;
use super::phrases;
use crate::entry::Finding;
use crate::entry::FindingCode;
use crate::entry::MessageKind;
use crate::text::words::hex;

/// Reads one raw mail. Returns the decoded bytes of each part beside it, in the order of `Parsed::parts`.
/// `None` when the bytes are beyond any honest mail (see the pre-scan): the mail is then quarantined.
pub fn parse(raw: &[u8]) -> Option<(Parsed, Vec<Vec<u8>>)> {
    let (mut parsed, files) = understand(raw)?;
    parsed.below_head = hex(&Sha256::digest(below_head(raw)));
    Some((parsed, files))
}

/// What follows the first empty line. The servers that a mail passes write into its head alone.
fn below_head(raw: &[u8]) -> &[u8] {
    let mut from = 0;
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        from += line.len();
        if matches!(line, b"\n" | b"\r\n") {
            return raw.get(from..).unwrap_or_default();
        }
    }
    &[]
}

fn understand(raw: &[u8]) -> Option<(Parsed, Vec<Vec<u8>>)> {
    let leaves = mime::leaves(raw)?;
    let head = headers::read(raw);
    if head.package.is_some() || head.acknowledges.is_some() {
        return Some(handed::read(head, leaves));
    }
    if head.marks.own_mark.is_some() {
        let body = super::body::read(&leaves, &head.subject, true).text;
        return Some(plain(head, MessageKind::Own, body, None, &leaves));
    }
    if let Some(found) = returned(&head, &leaves) {
        let body = super::body::read(&leaves, &head.subject, true).text;
        let kind = if found.is_some() {
            MessageKind::Bounce
        } else {
            MessageKind::Automatic
        };
        return Some(plain(head, kind, body, found, &leaves));
    }
    let opened = parts::open(&head, leaves)?;
    let (essays, roll) = essays::find(&opened.letters, &opened.parts);
    Some(understood(head, opened, essays, roll))
}

/// Whether the mail speaks of a letter of ours that came back (`Some(Some(_))`), or is another report of a
/// machine, such as a confirmation of reading (`Some(None)`).
fn returned(head: &Head, leaves: &[Leaf]) -> Option<Option<Bounce>> {
    if head.marks.report {
        let carries_file = leaves.iter().any(|leaf| {
            leaf.attachment
                && !leaf.declared.starts_with("message/")
                && !leaf.declared.starts_with("text/")
        });
        let found = bounce::read(leaves);
        return (found.is_some() || !carries_file).then_some(found);
    }
    if !(head.marks.machine_sender || head.marks.empty_return_path) {
        return None;
    }
    if let Some(found) = bounce::read(leaves) {
        return Some(Some(found));
    }
    let body = super::body::read(leaves, &head.subject, false).text;
    bounce::read_note(&head.subject, &body, leaves).map(Some)
}

/// A mail of a machine: its files are not looked into, only named.
fn plain(
    head: Head,
    kind: MessageKind,
    body: String,
    bounce: Option<Bounce>,
    leaves: &[Leaf],
) -> (Parsed, Vec<Vec<u8>>) {
    let mut parsed = frame(head, kind, body, &[]);
    parsed.bounce = bounce;
    parsed.findings = aside::unopened(leaves);
    (parsed, Vec::new())
}

fn understood(
    head: Head,
    opened: Opened,
    mut essays: Vec<Essay>,
    roll: Option<Roll>,
) -> (Parsed, Vec<Vec<u8>>) {
    let Opened {
        parts,
        bytes,
        letters,
        ..
    } = opened;
    let outer = letters.first();
    let body = outer
        .map(|letter| letter.body.text.clone())
        .unwrap_or_default();
    let html = outer.map_or("", |letter| letter.body.html.as_str());
    let link = phrases::cloud_link(&[&body, html]);
    let forward = outer.and_then(|letter| letter.body.forward.as_ref());
    let forwarded_from = match forward {
        Some(forward) => forward.from.clone(),
        None => letters.get(1).and_then(|letter| letter.from.clone()),
    };
    let (kind, mut findings) = kind::decide(&head, &body, &essays, link.as_deref());
    if forward.is_some() || letters.len() > 1 {
        let who = forwarded_from
            .as_ref()
            .map_or("", |from| from.email.as_str());
        findings.push(Finding::new(FindingCode::Forwarded, who));
    }
    for finding in letters.iter().flat_map(|letter| &letter.findings) {
        if !findings.contains(finding) {
            findings.push(finding.clone());
        }
    }
    if let Some(roll) = &roll
        && essays.is_empty()
    {
        findings.push(Finding::new(
            FindingCode::RollAlone,
            roll.people.to_string(),
        ));
    }
    match kind {
        MessageKind::Question
        | MessageKind::Automatic
        | MessageKind::Bounce
        | MessageKind::Own
        | MessageKind::Handover
        | MessageKind::Acknowledge => essays.clear(),
        MessageKind::Entry | MessageKind::Unclear => {}
    }
    let hashes: Vec<&str> = parts.iter().map(|part| part.sha256.as_str()).collect();
    let mut parsed = frame(head, kind, body, &hashes);
    parsed.parts = parts;
    // An essay in the words of a mail that only asks is none.
    parsed.roll = roll.filter(|_| kind != MessageKind::Question);
    parsed.essays = essays;
    parsed.forwarded_from = forwarded_from;
    parsed.findings = findings;
    (parsed, bytes)
}

pub(super) fn frame(head: Head, kind: MessageKind, body: String, hashes: &[&str]) -> Parsed {
    let content_hash = content_hash(&head, &body, hashes);
    Parsed {
        kind,
        rfc_id: head.rfc_id,
        from: head.from,
        reply_to: head.reply_to,
        to: head.to,
        cc: head.cc,
        subject: head.subject,
        dated: head.dated,
        received: head.received,
        in_reply_to: head.in_reply_to,
        references: head.references,
        marks: head.marks,
        authentication: head.authentication,
        body,
        parts: Vec::new(),
        essays: Vec::new(),
        roll: None,
        bounce: None,
        handed: None,
        forwarded_from: None,
        content_hash,
        below_head: String::new(),
        findings: Vec::new(),
    }
}

/// Over what the author sent, not over how it travelled: copies to two mailboxes agree. Every piece is preceded
/// by its length, so that no two different mails run together into one text.
fn content_hash(head: &Head, body: &str, hashes: &[&str]) -> String {
    let mut digest = Sha256::new();
    let from = head.from.as_ref().map_or("", |from| from.email.as_str());
    for piece in [from, head.subject.as_str(), body].iter().chain(hashes) {
        digest.update((piece.len() as u64).to_be_bytes());
        digest.update(piece.as_bytes());
    }
    hex(&digest.finalize())
}
