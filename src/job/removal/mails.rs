//! Mails that were removed and come again: known by their hash, and not kept.

use crate::blob;
use crate::blob::BlobId;
use crate::db;
use crate::job::Ctx;
use crate::job::receive::Error;

/// Stores the bytes of mails for a contest. Of one that was removed there only the name is made: its row is there, and
/// tells what it was.
pub async fn keep(ctx: &Ctx, contest: i64, mails: Vec<Vec<u8>>) -> Result<Vec<BlobId>, Error> {
    if !db::removal::has_begun(&ctx.db, contest).await? {
        return Ok(ctx.blobs.put_many(mails).await?);
    }
    let mut ids = Vec::with_capacity(mails.len());
    let mut wanted = Vec::with_capacity(mails.len());
    for bytes in mails {
        let id = blob::id(&bytes);
        if !db::removal::is_removed(&ctx.db, contest, &id.sha256).await? {
            wanted.push(bytes);
        }
        ids.push(id);
    }
    ctx.blobs.put_many(wanted).await?;
    Ok(ids)
}
