//! The zip container of a docx: parts by name, as text, within the limits.
//!
//! Names in the archive are only compared with the names we ask for; they are never paths.

use std::collections::HashMap;
use std::io::Cursor;
use std::io::Read;

use zip::ZipArchive;
use zip::result::ZipError;

use super::limits;

/// Why a part (or the whole container) cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    Missing,
    Damaged,
    /// Encrypted entry.
    Password,
    /// More entries than `limits::ZIP_ENTRIES`.
    TooManyEntries,
    /// More bytes than `limits::PART_BYTES` or `limits::PACKAGE_BYTES`.
    TooLarge,
}

/// An opened container.
pub struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// Folded name → index in the archive.
    names: HashMap<String, usize>,
    read: u64,
}

impl<'a> Package<'a> {
    /// Reads the central directory.
    pub fn open(bytes: &'a [u8]) -> Result<Package<'a>, Refusal> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Refusal::Damaged)?;
        if archive.len() > limits::ZIP_ENTRIES {
            return Err(Refusal::TooManyEntries);
        }
        let names = archive
            .file_names_raw()
            .enumerate()
            .map(|(index, name)| (folded(&String::from_utf8_lossy(name)), index))
            .collect();
        Ok(Package {
            archive,
            names,
            read: 0,
        })
    }

    /// Whether the container has an entry of this name.
    pub fn has(&self, name: &str) -> bool {
        self.names.contains_key(&folded(name))
    }

    /// Whether any entry's name starts so.
    pub fn has_under(&self, folder: &str) -> bool {
        self.names.keys().any(|name| name.starts_with(folder))
    }

    /// Names of all entries, folded, in no order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }

    /// One part as text (UTF-8, or UTF-16 with a byte-order mark).
    pub fn part(&mut self, name: &str) -> Result<String, Refusal> {
        self.bytes(name).map(decoded)
    }

    /// One part as it is.
    pub fn bytes(&mut self, name: &str) -> Result<Vec<u8>, Refusal> {
        let bytes = self.start(name, limits::PART_BYTES)?;
        if bytes.len() as u64 > limits::PART_BYTES {
            return Err(Refusal::TooLarge);
        }
        Ok(bytes)
    }

    /// The first bytes of a part, to see what it is.
    pub fn head(&mut self, name: &str, length: u64) -> Result<Vec<u8>, Refusal> {
        self.start(name, length)
    }

    /// At most one byte more than `length`, by which the reader sees that there is more.
    fn start(&mut self, name: &str, length: u64) -> Result<Vec<u8>, Refusal> {
        let Some(&index) = self.names.get(&folded(name)) else {
            return Err(Refusal::Missing);
        };
        let entry = self.archive.by_index(index).map_err(|error| match error {
            ZipError::InvalidPassword
            | ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => Refusal::Password,
            _ => Refusal::Damaged,
        })?;
        let left = limits::PACKAGE_BYTES.saturating_sub(self.read);
        let room = length.min(left);
        let mut bytes = Vec::new();
        // The declared size may lie, so the reading itself is bounded.
        let whole = entry.take(room + 1).read_to_end(&mut bytes);
        self.read += bytes.len() as u64;
        if bytes.len() as u64 > left {
            return Err(Refusal::TooLarge);
        }
        // A part that breaks off half-way (a cut download) still says something.
        if whole.is_err() && bytes.is_empty() {
            return Err(Refusal::Damaged);
        }
        Ok(bytes)
    }
}

fn folded(name: &str) -> String {
    name.trim_start_matches('/')
        .replace('\\', "/")
        .to_lowercase()
}

fn decoded(bytes: Vec<u8>) -> String {
    match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
    }
}

/// Decodes UTF-16; `unit` says which byte comes first.
pub fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|pair| match pair {
        [a, b] => unit([*a, *b]),
        _ => 0,
    });
    char::decode_utf16(units)
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}
