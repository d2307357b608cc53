//! Writes a backup, also while the installation is at work.

use std::fs::OpenOptions;
use std::io;
use std::io::BufWriter;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::Context as _;
use anyhow::anyhow;
use sha2::Digest as _;
use sha2::Sha256;

use super::BLOBS;
use super::BlobList;
use super::FORMAT;
use super::LIST;
use super::MANIFEST;
use super::Manifest;
use super::Progress;
use super::ROWS;
use super::TableFile;
use super::make;
use super::put;
use super::sync;
use crate::blob;
use crate::blob::BlobId;
use crate::blob::Blobs;
use crate::clock;
use crate::db;
use crate::db::Db;
use crate::db::Tx;
use crate::db::backup::Table;
use crate::job::installation;
use crate::job::lock::Lock;
use crate::text::words::hex;
use crate::words;

/// Names of blobs that are synced together.
const GROUP: usize = 512;

/// So many earlier backups are looked into for a blob that another disk than ours has already.
const EARLIER: usize = 2;

/// Writes a backup of the installation into a folder that is not there yet, or is empty.
///
/// All rows are read in one transaction, so that they are of one moment, whatever is written meanwhile. The blobs
/// follow: none is named by a row before it is on disk, and none is removed while this is written, so that after the rows all that
/// they name is there; the other way round a mail taken in between would have a row and no bytes. A blob is linked where the
/// disk is the same, and where it is another one, linked to the same blob of an earlier backup beside this one: only
/// what is new is copied.
pub async fn write(
    db: &Db,
    data: &Path,
    folder: &Path,
    progress: Progress<'_>,
) -> anyhow::Result<Manifest> {
    empty(folder)?;
    let secret = key(db, data).await?;
    // What is removed goes before the rows are read, or after the files are.
    let _held = Lock::with_files(data)?;
    let rows_folder = folder.join(ROWS);
    make(&rows_folder).with_context(|| words::backup::not_written(folder))?;

    let schema = db.schema().await?.unwrap_or_default();
    let made_at = clock::now();
    let mut tx = db.snapshot().await?;
    let mut tables = Vec::new();
    for table in db::backup::TABLES {
        let file = rows(&mut tx, table, &rows_folder)
            .await
            .with_context(|| words::backup::not_written(folder))?;
        tables.push(file);
    }
    let named = db::backup::blobs(&mut tx).await?;
    drop(tx);
    sync(&rows_folder)?;

    let blobs = blobs(data, folder, &named, progress)
        .await
        .with_context(|| words::backup::not_written(folder))?;
    let key_file = folder.join(installation::FILE);
    put(&key_file, &secret).with_context(|| words::backup::not_written(folder))?;
    let manifest = Manifest {
        format: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        schema,
        made_at,
        tables,
        blobs,
        key_sha256: hex(&Sha256::digest(&secret)),
    };
    let text = serde_json::to_string_pretty(&manifest)?;
    sync(folder)?;
    put(&folder.join(MANIFEST), format!("{text}\n").as_bytes())?;
    sync(folder)?;
    Ok(manifest)
}

/// Nothing that is there is written over.
fn empty(folder: &Path) -> anyhow::Result<()> {
    match std::fs::read_dir(folder).map(|mut entries| entries.next().is_none()) {
        Ok(true) => Ok(()),
        Ok(false) => Err(anyhow!(words::backup::not_empty(folder))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error).with_context(|| words::backup::not_written(folder)),
    }
}

/// The bytes of the key's file, once it is known to be the right one.
async fn key(db: &Db, data: &Path) -> anyhow::Result<Vec<u8>> {
    installation::key(db, data)
        .await
        .with_context(|| words::backup::NO_KEY)?;
    Ok(std::fs::read(data.join(installation::FILE))?)
}

async fn rows(tx: &mut Tx, table: &Table, folder: &Path) -> anyhow::Result<TableFile> {
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(folder.join(format!("{}.jsonl", table.name)))?;
    let mut file = BufWriter::with_capacity(1 << 17, file);
    let mut hash = Sha256::new();
    let rows = db::backup::rows(tx, table, |mut line| {
        line.push('\n');
        hash.update(&line);
        file.write_all(line.as_bytes())?;
        Ok::<(), anyhow::Error>(())
    })
    .await?;
    file.into_inner()
        .map_err(io::IntoInnerError::into_error)?
        .sync_all()?;
    Ok(TableFile {
        table: table.name.to_owned(),
        rows,
        sha256: hex(&hash.finalize()),
    })
}

async fn blobs(
    data: &Path,
    folder: &Path,
    named: &[db::backup::Named],
    progress: Progress<'_>,
) -> anyhow::Result<BlobList> {
    let target = Blobs::new(folder.join(BLOBS));
    let mut sources = vec![Blobs::new(data.join(BLOBS))];
    sources.extend(earlier(folder));
    let mut list = String::new();
    let (mut count, mut bytes) = (0, 0);
    let mut missing = Vec::new();
    let mut unsettled: Vec<BlobId> = Vec::new();
    for (at, one) in named.iter().enumerate() {
        progress(at as u64, named.len() as u64);
        let adopted = match target.adopt(&one.blob, &sources).await {
            Ok(adopted) => adopted.id,
            Err(blob::Error::Missing | blob::Error::Corrupt(_)) => {
                missing.push(one.blob.clone());
                continue;
            }
            Err(error @ blob::Error::Again(_)) => return Err(error.into()),
        };
        count += 1;
        bytes += adopted.size;
        list.push_str(&format!("{}  {BLOBS}/{}/{0}\n", one.blob, &one.blob[..2]));
        unsettled.push(adopted);
        if unsettled.len() >= GROUP {
            target.settle_all(std::mem::take(&mut unsettled)).await?;
        }
    }
    target.settle_all(unsettled).await?;
    // Where copies were written before they had their names; gone when none was.
    let _ = std::fs::remove_dir(folder.join(BLOBS).join("tmp"));
    put(&folder.join(LIST), list.as_bytes())?;
    Ok(BlobList {
        count,
        bytes,
        sha256: hex(&Sha256::digest(&list)),
        missing,
    })
}

/// The blobs of whole backups beside this one, the newest first.
fn earlier(folder: &Path) -> Vec<Blobs> {
    let beside = folder.canonicalize().ok();
    let beside = beside.as_deref().and_then(Path::parent);
    let mut found: Vec<_> = beside
        .and_then(|parent| std::fs::read_dir(parent).ok())
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let written = entry
                .path()
                .join(MANIFEST)
                .metadata()
                .ok()?
                .modified()
                .ok()?;
            Some((written, entry.path().join(BLOBS)))
        })
        .collect();
    found.sort();
    found
        .into_iter()
        .rev()
        .take(EARLIER)
        .map(|(_, blobs)| Blobs::new(blobs))
        .collect()
}
