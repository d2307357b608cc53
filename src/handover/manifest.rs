//! The manifest: everything a package brings, except the bytes of its files. The bytes that are signed are the JSON
//! as it was written; a reader never writes it anew.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::Serialize;

use super::Fault;
use super::is_package;
use crate::entry::FileRole;
use crate::entry::FindingCode;
use crate::entry::ReceiptCode;
use crate::entry::Timeliness;
use crate::slip::Slip;

/// The format this version writes, and the newest it reads.
pub const FORMAT: u32 = 1;
/// The most entries, parts and files of an entry that are believed.
const MOST_ENTRIES: usize = 50_000;
const MOST_PARTS: u32 = 2_000;
const MOST_FILES: usize = 500;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    pub format: u32,
    /// 32 hex digits, by which both sides know the package.
    pub package: String,
    /// Slug of the contest.
    pub contest: String,
    /// Who made and signed it.
    pub installation: Identity,
    /// Codes of the units.
    pub from: String,
    pub to: String,
    /// The round whose locked list it is; `None`: every entry of the unit (R001-24).
    pub round: Option<String>,
    /// ms UTC
    pub made_at: i64,
    pub parts: u32,
    pub entries: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    pub uid: String,
    /// Ed25519, base64.
    pub public_key: String,
}

/// An entry. It is known for ever by `origin` and `code`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Uid of the installation that took it in from its author.
    pub origin: String,
    /// Its receipt code there.
    pub code: String,
    /// ms UTC
    pub received_at: i64,
    pub timeliness: Timeliness,
    /// Code of the school, ward or office it came from, where known.
    pub unit: Option<String>,
    pub slip: Slip,
    /// Whose mail it came with.
    pub email: Option<String>,
    pub answers: BTreeMap<u16, char>,
    pub findings: Vec<Remark>,
    /// Its place in the list.
    pub place: Option<i64>,
    /// The part that brings its files, from 1.
    pub part: u32,
    pub files: Vec<File>,
}

/// A finding, with the file it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// Index into the entry's files.
    pub file: Option<usize>,
    pub code: FindingCode,
    pub detail: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    pub name: String,
    pub role: FileRole,
    pub kind: String,
    pub pages: Option<i64>,
    pub size: u64,
    pub sha256: String,
}

impl Manifest {
    /// Reads a manifest and refuses what cannot be. `Format`: a newer version wrote it.
    pub fn read(text: &str) -> Result<Manifest, Fault> {
        #[derive(Deserialize)]
        struct Versioned {
            format: u32,
        }
        let versioned: Versioned = serde_json::from_str(text).map_err(|_| Fault::Manifest)?;
        if versioned.format > FORMAT {
            return Err(Fault::Format);
        }
        let manifest: Manifest = serde_json::from_str(text).map_err(|_| Fault::Manifest)?;
        if manifest.is_sound() {
            Ok(manifest)
        } else {
            Err(Fault::Manifest)
        }
    }

    /// The text to be signed.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// The entries whose files a part brings.
    pub fn of_part(&self, n: u32) -> impl Iterator<Item = &Line> {
        self.entries.iter().filter(move |line| line.part == n)
    }

    fn is_sound(&self) -> bool {
        let parts = 1..=self.parts;
        let mut codes: Vec<(&str, &str)> = self
            .entries
            .iter()
            .map(|line| (line.origin.as_str(), line.code.as_str()))
            .collect();
        codes.sort_unstable();
        codes.dedup();
        is_package(&self.package)
            && self.parts >= 1
            && self.parts <= MOST_PARTS
            && !self.entries.is_empty()
            && self.entries.len() <= MOST_ENTRIES
            && codes.len() == self.entries.len()
            && is_word(&self.installation.uid)
            && self
                .entries
                .iter()
                .all(|line| parts.contains(&line.part) && line.is_sound())
    }
}

impl Line {
    fn is_sound(&self) -> bool {
        let code = ReceiptCode::parse(&self.code);
        code.is_some_and(|code| code.as_str() == self.code)
            && is_word(&self.origin)
            && self.files.len() <= MOST_FILES
            && self.files.iter().all(|file| is_sha256(&file.sha256))
            && self
                .findings
                .iter()
                .all(|remark| remark.file.is_none_or(|at| at < self.files.len()))
    }
}

/// Lower-case hex digits and nothing else.
pub fn is_hex(word: &str) -> bool {
    word.bytes()
        .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// The name of a file in a package.
pub fn is_sha256(word: &str) -> bool {
    word.len() == 64 && is_hex(word)
}

fn is_word(uid: &str) -> bool {
    (8..=64).contains(&uid.len()) && uid.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
