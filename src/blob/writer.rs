//! Writes a blob that arrives piece by piece, hashing on the way. Dropped unfinished, it leaves nothing.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Context;
use std::task::Poll;
use std::task::ready;

use sha2::Digest;
use sha2::Sha256;
use tokio::fs::File;
use tokio::io::AsyncWrite;
use tokio::io::AsyncWriteExt;

use crate::blob::BlobId;
use crate::blob::Error;
use crate::blob::blocking;
use crate::blob::folder::Folder;
use crate::blob::folder::Ready;
use crate::blob::folder::Temporary;
use crate::text::words::hex;

/// A blob in the making. Nothing of it is in the store before `finish` has answered.
#[derive(Debug)]
pub struct BlobWriter {
    folder: Arc<Folder>,
    file: File,
    temporary: Temporary,
    hash: Sha256,
    size: u64,
}

impl BlobWriter {
    pub(super) fn new(
        folder: Arc<Folder>,
        file: std::fs::File,
        temporary: Temporary,
    ) -> BlobWriter {
        BlobWriter {
            folder,
            file: File::from_std(file),
            temporary,
            hash: Sha256::new(),
            size: 0,
        }
    }

    /// Bytes written so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Puts the blob on disk for good and gives its name.
    pub async fn finish(self) -> Result<BlobId, Error> {
        let folder = Arc::clone(&self.folder);
        let mut ids = finish(folder, vec![self]).await?;
        ids.pop().ok_or(Error::Missing)
    }
}

/// Finishes several writers of one folder with one sync a folder.
pub(super) async fn finish(
    folder: Arc<Folder>,
    writers: Vec<BlobWriter>,
) -> Result<Vec<BlobId>, Error> {
    let mut written = Vec::with_capacity(writers.len());
    for mut writer in writers {
        writer.file.flush().await?;
        written.push(Ready {
            id: BlobId {
                sha256: hex(&writer.hash.finalize()),
                size: writer.size,
            },
            file: writer.file.into_std().await,
            temporary: writer.temporary,
        });
    }
    blocking(move || {
        let ids: Vec<BlobId> = written.iter().map(|one| one.id.clone()).collect();
        folder.keep(written)?;
        folder.settle(&ids)?;
        Ok(ids)
    })
    .await
}

impl AsyncWrite for BlobWriter {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let taken = ready!(Pin::new(&mut self.file).poll_write(cx, bytes))?;
        self.hash.update(bytes.get(..taken).unwrap_or(bytes));
        self.size += taken as u64;
        Poll::Ready(Ok(taken))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.file).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.file).poll_shutdown(cx)
    }
}
