//! Brings a backup back into an installation with nothing in it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::io::BufRead as _;
use std::io::BufReader;
use std::path::Path;

use anyhow::Context as _;
use anyhow::anyhow;
use sha2::Digest as _;
use sha2::Sha256;

use super::BLOBS;
use super::FORMAT;
use super::LIST;
use super::MANIFEST;
use super::Manifest;
use super::Progress;
use super::ROWS;
use super::make;
use super::put;
use super::sync;
use crate::blob::BlobId;
use crate::blob::Blobs;
use crate::clock;
use crate::db;
use crate::db::Db;
use crate::db::Tx;
use crate::db::backup::Later;
use crate::db::backup::Line;
use crate::db::event::Event;
use crate::db::job::JobKind;
use crate::entry::LetterState;
use crate::job::installation;
use crate::job::send;
use crate::text::words::hex;
use crate::words;

/// Rows that are read and written together, and names that are synced together.
const GROUP: usize = 512;

/// A backup whose files are all there and as they were written.
pub struct Checked {
    pub manifest: Manifest,
    blobs: Vec<String>,
    secret: Vec<u8>,
}

/// What was brought back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Restored {
    pub rows: u64,
    pub blobs: u64,
    /// Letters that may have been sent after the backup and do harm twice: a person decides.
    pub unsure_letters: u64,
}

/// Reads every file of a backup and holds it to the manifest. Nothing is changed anywhere.
pub async fn check(folder: &Path, progress: Progress<'_>) -> anyhow::Result<Checked> {
    let manifest = manifest(folder)?;
    let damaged = |name: &str| anyhow!(words::backup::damaged(folder, name));
    for file in &manifest.tables {
        let name = format!("{ROWS}/{}.jsonl", file.table);
        let known = db::backup::TABLES
            .iter()
            .any(|table| table.name == file.table);
        if !known || hash_of(&folder.join(&name)).ok().as_deref() != Some(&file.sha256) {
            return Err(damaged(&name));
        }
    }
    let secret = std::fs::read(folder.join(installation::FILE)).unwrap_or_default();
    if hex(&Sha256::digest(&secret)) != manifest.key_sha256 {
        return Err(damaged(installation::FILE));
    }
    let list = std::fs::read(folder.join(LIST)).unwrap_or_default();
    if hex(&Sha256::digest(&list)) != manifest.blobs.sha256 {
        return Err(damaged(LIST));
    }
    let names: Vec<String> = String::from_utf8_lossy(&list)
        .lines()
        .filter_map(|line| line.get(..64).map(str::to_owned))
        .collect();
    let blobs = Blobs::new(folder.join(BLOBS));
    for (at, name) in names.iter().enumerate() {
        progress(at as u64, names.len() as u64);
        if blobs.verify(name).await.is_err() {
            return Err(damaged(&format!("{BLOBS}/…/{name}")));
        }
    }
    Ok(Checked {
        manifest,
        blobs: names,
        secret,
    })
}

fn manifest(folder: &Path) -> anyhow::Result<Manifest> {
    let none = || words::backup::no_manifest(folder);
    let text = std::fs::read_to_string(folder.join(MANIFEST)).with_context(none)?;
    let value: serde_json::Value = serde_json::from_str(&text).with_context(none)?;
    if value["format"] != FORMAT {
        return Err(anyhow!(words::backup::NEWER));
    }
    let manifest: Manifest = serde_json::from_value(value).with_context(none)?;
    if manifest.schema > Db::newest_schema() {
        return Err(anyhow!(words::backup::NEWER));
    }
    Ok(manifest)
}

/// Brings a checked backup back: blobs, then the key, then all rows in one transaction. Killed before that ends, it
/// has left no row, and may be run again.
///
/// What was in hand when the backup was made is nobody's any more. Letters that were not sent then may have gone since:
/// those that do no harm twice are sent (again) under the Message-ID they had, the others wait for a person.
pub async fn restore(
    checked: &Checked,
    db: &Db,
    data: &Path,
    folder: &Path,
    progress: Progress<'_>,
) -> anyhow::Result<Restored> {
    let schema = checked.manifest.schema;
    vacant(db).await?;
    if db.schema().await?.is_some_and(|here| here > schema) {
        // Rows are loaded under the schema they were written under, and brought to the newest then.
        return Err(anyhow!(words::backup::OTHER_SCHEMA));
    }
    db.migrate_to(schema).await?;

    let target = Blobs::new(data.join(BLOBS));
    let source = [Blobs::new(folder.join(BLOBS))];
    let mut unsettled: Vec<BlobId> = Vec::new();
    for (at, name) in checked.blobs.iter().enumerate() {
        progress(at as u64, checked.blobs.len() as u64);
        unsettled.push(target.adopt(name, &source).await?.id);
        if unsettled.len() >= GROUP {
            target.settle_all(std::mem::take(&mut unsettled)).await?;
        }
    }
    target.settle_all(unsettled).await?;
    key(data, &checked.secret)?;
    match std::fs::remove_dir_all(data.join("search")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        Ok(()) | Err(_) => {}
    }

    let now = clock::now();
    let mut tx = db.begin().await?;
    db::backup::vacate(&mut tx).await?;
    let rows = rows(&mut tx, checked, folder).await?;
    db::backup::release(&mut tx, now).await?;
    let unsure_letters = letters(&mut tx, now).await?;
    let event = Event {
        contest: None,
        at: now,
        kind: "installation.restored",
        subject: "installation",
        subject_id: 1,
        detail: "",
    };
    db::event::record(&mut tx, event).await?;
    tx.commit().await?;
    db.migrate().await?;
    Ok(Restored {
        rows,
        blobs: checked.blobs.len() as u64,
        unsure_letters,
    })
}

async fn vacant(db: &Db) -> anyhow::Result<()> {
    let mut tx = db.begin().await?;
    match db::backup::occupied(&mut tx).await? {
        Some(table) => Err(anyhow!(words::backup::occupied(table))),
        None => Ok(()),
    }
}

async fn rows(tx: &mut Tx, checked: &Checked, folder: &Path) -> anyhow::Result<u64> {
    let files: BTreeMap<&str, u64> = checked
        .manifest
        .tables
        .iter()
        .map(|file| (file.table.as_str(), file.rows))
        .collect();
    let mut later = Later::default();
    let mut total = 0;
    for table in db::backup::TABLES {
        // Older than the table.
        if !files.contains_key(table.name) {
            continue;
        }
        let path = folder.join(ROWS).join(format!("{}.jsonl", table.name));
        let mut group: Vec<Line> = Vec::new();
        for line in BufReader::new(File::open(&path)?).lines() {
            group.push(serde_json::from_str(&line?)?);
            total += 1;
            if group.len() >= GROUP {
                db::backup::load(tx, table, &group, &mut later).await?;
                group.clear();
            }
        }
        db::backup::load(tx, table, &group, &mut later).await?;
    }
    db::backup::finish(tx, later).await?;
    Ok(total)
}

/// Puts the key where it belongs. One that an unused installation has made for itself is kept under another name.
fn key(data: &Path, secret: &[u8]) -> anyhow::Result<()> {
    make(data)?;
    let path = data.join(installation::FILE);
    match std::fs::read(&path) {
        Ok(there) if there == secret => return Ok(()),
        Ok(_) => std::fs::rename(&path, data.join(format!("{}.unused", installation::FILE)))?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error.into()),
    }
    put(&path, secret)?;
    Ok(sync(data)?)
}

/// Letters on their way that do harm twice become unknown, each with a matter; returns how many.
async fn letters(tx: &mut Tx, now: i64) -> anyhow::Result<u64> {
    let mut unsure = 0;
    for letter in db::letter::in_flight(tx).await? {
        if send::harmless_twice(letter.kind) {
            continue;
        }
        let unknown = LetterState::Unknown;
        let reason = Some("restored from a backup");
        db::letter::advance(tx, letter.id, letter.state, unknown, reason, now).await?;
        send::open_matter(tx, &letter, unknown, now).await?;
        db::job::call_off(tx, JobKind::Send, letter.id, now).await?;
        unsure += 1;
    }
    Ok(unsure)
}

fn hash_of(path: &Path) -> io::Result<String> {
    let mut hash = Sha256::new();
    io::copy(&mut File::open(path)?, &mut hash)?;
    Ok(hex(&hash.finalize()))
}
