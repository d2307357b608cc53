//! Bytes by their SHA-256, in a folder: every raw mail and every file in it.
//!
//! A blob lies at `ab/<64 hex digits>` below the root and never changes. It is written to `tmp/` in the same file
//! system, synced, renamed, and its folder synced, so a name that exists holds all of its bytes and survives a power
//! cut. What a killed process leaves in `tmp/` is swept later.

mod folder;
mod writer;

pub use writer::BlobWriter;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sha2::Digest;
use sha2::Sha256;

use crate::blob::folder::Folder;
use crate::blob::folder::Ready;
use crate::blob::folder::moment;
use crate::text::words::hex;

/// How old a temporary file is when nobody can be writing it any more.
pub const ABANDONED: Duration = Duration::from_secs(3_600);

/// The blobs below one folder. Clones share them.
#[derive(Clone, Debug)]
pub struct Blobs {
    folder: Arc<Folder>,
}

/// A blob that is on disk for good.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobId {
    /// SHA-256 of the bytes, 64 lower-case hex digits.
    pub sha256: String,
    pub size: u64,
}

/// A blob whose bytes were read again and have the hash of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    pub size: u64,
}

/// How a blob of another store came into this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adopted {
    pub id: BlobId,
    /// It was written anew: no store that has it lies on the same disk.
    pub copied: bool,
}

/// What became of a blob that is to be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    Now,
    /// It was not there.
    Before,
    /// Somebody wrote it or asked for it within the last `ABANDONED` and may be about to name it: it stays for now.
    Young,
}

/// What is wrong, by what to do next.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The disk is full or refuses: the same call may work later.
    #[error("blob store: {0}")]
    Again(#[from] io::Error),
    /// There is no such blob, or the name is none of a blob.
    #[error("no such blob")]
    Missing,
    /// The bytes on disk are not the ones that were stored: restore them from a copy.
    #[error("blob {0} is damaged")]
    Corrupt(String),
}

impl Blobs {
    /// Blobs below `root`, which is made when the first one is written.
    pub fn new(root: impl Into<PathBuf>) -> Blobs {
        Blobs {
            folder: Arc::new(Folder::new(root.into())),
        }
    }

    /// Stores bytes for good. Bytes that are stored already are left alone, unless their file has another size.
    pub async fn put(&self, bytes: &[u8]) -> Result<BlobId, Error> {
        let mut ids = self.put_many(vec![bytes.to_vec()]).await?;
        ids.pop().ok_or(Error::Missing)
    }

    /// Stores several at once: all written, all synced, all renamed, one sync a folder. Either all are on disk for
    /// good, or the call fails and may be repeated. Answers in the order of the question.
    pub async fn put_many(&self, many: Vec<Vec<u8>>) -> Result<Vec<BlobId>, Error> {
        let folder = Arc::clone(&self.folder);
        blocking(move || {
            let ids: Vec<BlobId> = many.iter().map(|bytes| id(bytes)).collect();
            let mut ready = Vec::with_capacity(many.len());
            for (id, bytes) in ids.iter().zip(&many) {
                if !folder.keeps(id)? {
                    let (mut file, temporary) = folder.create()?;
                    io::Write::write_all(&mut file, bytes)?;
                    ready.push(Ready {
                        id: id.clone(),
                        file,
                        temporary,
                    });
                }
            }
            folder.keep(ready)?;
            // Also for those that were there: the process that wrote them may have died before its folder sync.
            folder.settle(&ids)?;
            Ok(ids)
        })
        .await
    }

    /// A writer for bytes that come piece by piece and whose hash is not known yet.
    pub async fn writer(&self) -> Result<BlobWriter, Error> {
        let folder = Arc::clone(&self.folder);
        let (file, temporary) = blocking(move || Ok(folder.create()?)).await?;
        Ok(BlobWriter::new(Arc::clone(&self.folder), file, temporary))
    }

    /// Finishes several writers of this store at once, with one sync a folder.
    pub async fn finish_many(&self, writers: Vec<BlobWriter>) -> Result<Vec<BlobId>, Error> {
        writer::finish(Arc::clone(&self.folder), writers).await
    }

    /// The bytes of a blob, proved by their hash.
    pub async fn get(&self, sha256: &str) -> Result<Vec<u8>, Error> {
        let path = self.folder.path(sha256).ok_or(Error::Missing)?;
        let name = sha256.to_owned();
        blocking(move || {
            let bytes = std::fs::read(path).map_err(absent)?;
            if id(&bytes).sha256 != name {
                return Err(Error::Corrupt(name));
            }
            Ok(bytes)
        })
        .await
    }

    /// Opens a blob for reading piece by piece. The bytes are not proved; `verify` does that.
    pub async fn open(&self, sha256: &str) -> Result<tokio::fs::File, Error> {
        let path = self.folder.path(sha256).ok_or(Error::Missing)?;
        tokio::fs::File::open(path).await.map_err(absent)
    }

    /// Whether there is a blob of this name.
    pub async fn exists(&self, sha256: &str) -> Result<bool, Error> {
        match self.folder.path(sha256) {
            Some(path) => Ok(tokio::fs::try_exists(path).await?),
            None => Ok(false),
        }
    }

    /// Reads a blob from disk and proves that its bytes have the hash of its name.
    pub async fn verify(&self, sha256: &str) -> Result<Verified, Error> {
        let path = self.folder.path(sha256).ok_or(Error::Missing)?;
        let name = sha256.to_owned();
        blocking(move || {
            let mut file = std::fs::File::open(path).map_err(absent)?;
            let mut hash = Sha256::new();
            let size = io::copy(&mut file, &mut hash)?;
            if hex(&hash.finalize()) != name {
                return Err(Error::Corrupt(name));
            }
            Ok(Verified { size })
        })
        .await
    }

    /// Takes a blob of other stores into this one: by a hard link to the first of them that lies on the same disk, else
    /// by a copy whose bytes are proved. A blob that is here with the size of theirs is left alone. `settle_all` makes
    /// the names last.
    pub async fn adopt(&self, sha256: &str, from: &[Blobs]) -> Result<Adopted, Error> {
        let folder = Arc::clone(&self.folder);
        let from: Vec<Arc<Folder>> = from.iter().map(|one| Arc::clone(&one.folder)).collect();
        let name = sha256.to_owned();
        blocking(move || folder.adopt(&name, &from)).await
    }

    /// Makes the names of adopted blobs last.
    pub async fn settle_all(&self, ids: Vec<BlobId>) -> Result<(), Error> {
        let folder = Arc::clone(&self.folder);
        blocking(move || Ok(folder.settle(&ids)?)).await
    }

    /// Removes temporary files last written more than an hour (`ABANDONED`) before `now` (ms UTC); says how many.
    pub async fn sweep(&self, now: i64) -> Result<usize, Error> {
        let folder = Arc::clone(&self.folder);
        blocking(move || Ok(folder.sweep(moment(now), ABANDONED)?)).await
    }

    /// Removes the file of a blob that no row names any more.
    pub async fn remove(&self, sha256: &str, now: i64) -> Result<Gone, Error> {
        let folder = Arc::clone(&self.folder);
        let name = sha256.to_owned();
        blocking(move || folder.remove(&name, moment(now))).await
    }
}

/// The blob that these bytes are, whether or not it is stored.
pub fn id(bytes: &[u8]) -> BlobId {
    BlobId {
        sha256: hex(&Sha256::digest(bytes)),
        size: bytes.len() as u64,
    }
}

fn absent(err: io::Error) -> Error {
    if err.kind() == io::ErrorKind::NotFound {
        return Error::Missing;
    }
    Error::Again(err)
}

/// Runs disk work where it may wait without holding up the program.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(err) => Err(Error::Again(io::Error::other(err))),
    }
}

#[cfg(test)]
mod tests;
