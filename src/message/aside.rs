//! What is said of the parts of a mail that are neither its text nor files that can be read: sealed ones, pieces of a
//! mail that was cut up, files that are elsewhere, text outside all parts.

use super::mime::Leaf;
use super::outline::Role;
use super::smime;
use super::smime::Content;
use crate::entry::Finding;
use crate::entry::FindingCode;

/// What is to be said of this part; `path` is where it stands.
pub fn of(leaf: &Leaf, path: &str) -> Option<Finding> {
    let named = || format!("{path} ({})", leaf.declared);
    if let Some(role) = leaf.outside {
        let place = if role == Role::Above {
            "above"
        } else {
            "below"
        };
        return Some(Finding::new(FindingCode::TextAside, place));
    }
    if is_sealed(leaf) {
        return Some(Finding::new(FindingCode::Encrypted, named()));
    }
    match leaf.declared.as_str() {
        "message/partial" => Some(Finding::new(FindingCode::PartialMail, named())),
        "message/external-body" => Some(Finding::new(FindingCode::FileElsewhere, named())),
        _ => None,
    }
}

/// Whether nobody can read it without a key.
pub fn is_sealed(leaf: &Leaf) -> bool {
    let start = leaf.bytes.trim_ascii_start();
    start.starts_with(b"-----BEGIN PGP MESSAGE-----")
        || smime::read(&leaf.declared, &leaf.name, &leaf.bytes) == Some(Content::Sealed)
}

/// Certificates and nothing else.
pub fn is_keys(leaf: &Leaf) -> bool {
    smime::read(&leaf.declared, &leaf.name, &leaf.bytes) == Some(Content::Keys)
}

/// A file of a Macintosh with its data in it (AppleSingle, RFC 1740), not only what belongs to one (AppleDouble).
pub fn is_whole(leaf: &Leaf) -> bool {
    leaf.bytes.starts_with(&[0, 5, 0x16, 0])
}

/// The parts of a mail whose files are not looked into: all but its text and what a report consists of.
pub fn unopened(leaves: &[Leaf]) -> Vec<Finding> {
    leaves
        .iter()
        .enumerate()
        .filter(|(_, leaf)| !leaf.is_body() && !is_report(&leaf.declared))
        .map(|(place, leaf)| {
            let path = format!("{}", place + 1);
            of(leaf, &path).unwrap_or_else(|| {
                Finding::new(
                    FindingCode::PartAside,
                    format!("{path} ({})", leaf.declared),
                )
            })
        })
        .collect()
}

/// What machines report with, and what `bounce` reads.
fn is_report(declared: &str) -> bool {
    declared.starts_with("message/") && declared != "message/partial"
        || declared == "text/rfc822-headers"
}
