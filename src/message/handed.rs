//! The mails of a handover: a part of a package with its files, or the acknowledgement of one. Known by their heads,
//! before the loop mark that all our letters carry.

use super::Parsed;
use super::body;
use super::headers::Head;
use super::mime::Leaf;
use super::parse::frame;
use super::parts;
use crate::entry::MessageKind;
use crate::handover;
use crate::handover::Acknowledgement;
use crate::handover::Fault;
use crate::handover::Handed;
use crate::handover::acknowledge;
use crate::handover::pack;

/// Reads a mail whose head names a package. The files of a part are its parts, in the order of the manifest.
pub fn read(head: Head, leaves: Vec<Leaf>) -> (Parsed, Vec<Vec<u8>>) {
    let text = body::read(&leaves, &head.subject, true).text;
    let Some(header) = head.package.clone() else {
        let said = leaves.iter().find(|leaf| leaf.name == acknowledge::FILE);
        let handed = match said.map(|leaf| Acknowledgement::read(&leaf.bytes)) {
            Some(Ok(said)) => Handed::Acknowledgement(said),
            Some(Err(fault)) => Handed::Broken(fault),
            None => Handed::Broken(Fault::Acknowledgement),
        };
        let mut parsed = frame(head, MessageKind::Acknowledge, text, &[]);
        parsed.handed = Some(handed);
        return (parsed, Vec::new());
    };
    match open(&header, &leaves) {
        Ok((part, files)) => {
            let known = pack::files_of(&part.manifest, part.n);
            let (mut rows, mut bytes) = (Vec::new(), Vec::new());
            for (at, (file, read)) in known.iter().zip(files).enumerate() {
                let leaf = Leaf {
                    name: file.name.clone(),
                    attachment: true,
                    bytes: read,
                    ..Leaf::default()
                };
                let (row, read) = parts::part(format!("{}", at + 1), leaf, false);
                rows.push(row);
                bytes.push(read);
            }
            let hashes: Vec<&str> = rows.iter().map(|row| row.sha256.as_str()).collect();
            let mut parsed = frame(head, MessageKind::Handover, text, &hashes);
            parsed.parts = rows;
            parsed.handed = Some(Handed::Part(Box::new(part)));
            (parsed, bytes)
        }
        Err(fault) => {
            let mut parsed = frame(head, MessageKind::Handover, text, &[]);
            parsed.handed = Some(Handed::Broken(fault));
            (parsed, Vec::new())
        }
    }
}

fn open(header: &str, leaves: &[Leaf]) -> Result<(handover::Part, Vec<Vec<u8>>), Fault> {
    let (package, n, parts) = handover::read_header(header).ok_or(Fault::Header)?;
    let archive = leaves
        .iter()
        .find(|leaf| leaf.name.starts_with("bangiao-") && leaf.name.ends_with(".zip"))
        .ok_or(Fault::Archive)?;
    pack::open(&archive.bytes, package, n, parts)
}
