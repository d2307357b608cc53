//! A backup: a folder that holds all of an installation but its settings, and brings it back on either database.
//!
//! ```text
//! manifest.json        written last: a folder without it is no backup
//! rows/<table>.jsonl   a row a line
//! blobs/ab/<sha256>    every file that a row names
//! blobs.sha256         their names, as sha256sum reads them
//! installation.key     the secret half of the installation's key (0600)
//! ```
//! Left out: sessions and login tokens (the next login makes them anew) and the search index (built anew from rows).

mod read;
#[cfg(test)]
mod tests;
mod write;

use std::fs::DirBuilder;
use std::fs::File;
use std::fs::OpenOptions;
use std::io;
use std::io::Write as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use serde::Deserialize;
use serde::Serialize;

pub use read::Checked;
pub use read::Restored;
pub use read::check;
pub use read::restore;
pub use write::write;

/// The form that this program writes and reads.
const FORMAT: u32 = 1;

const MANIFEST: &str = "manifest.json";
const ROWS: &str = "rows";
const BLOBS: &str = "blobs";
const LIST: &str = "blobs.sha256";

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub format: u32,
    /// Version of the program that wrote it.
    pub program: String,
    /// Number of the last migration of its database.
    pub schema: i64,
    /// The moment whose rows it holds, ms UTC.
    pub made_at: i64,
    pub tables: Vec<TableFile>,
    pub blobs: BlobList,
    /// SHA-256 of the key's file, hex.
    pub key_sha256: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableFile {
    pub table: String,
    pub rows: u64,
    /// Of the file, hex.
    pub sha256: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobList {
    pub count: u64,
    pub bytes: u64,
    /// Of `blobs.sha256`, hex.
    pub sha256: String,
    /// Blobs that rows name and that were missing or damaged already: this backup cannot bring them back.
    pub missing: Vec<String>,
}

/// How far the files are: so many of so many.
pub type Progress<'a> = &'a mut (dyn FnMut(u64, u64) + Send);

/// A folder for this user only.
fn make(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// A new file for this user only, with these bytes, on disk for good once its folder is synced.
fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
