//! A letter on its way to the outbox: one with large files lies in the blob folder, and its row keeps what people
//! read of it.

use super::Ctx;
use super::Failure;
use crate::db;
use crate::db::Tx;
use crate::db::job::JobKind;
use crate::db::letter::NewLetter;
use crate::letter::Attachment;
use crate::letter::Composed;
use crate::letter::Draft;
use crate::letter::mime;

/// Larger letters do not stand in a row.
const LARGE: usize = 256 << 10;

/// A composed letter. What is large is on disk already, before a row speaks of it.
pub struct Written {
    pub composed: Composed,
    blob: Option<String>,
}

impl Written {
    /// A letter that is known to be small.
    pub fn small(composed: Composed) -> Written {
        Written {
            composed,
            blob: None,
        }
    }
}

/// Composes a letter and stores what is too large for a row.
pub async fn write(ctx: &Ctx, draft: &Draft<'_>) -> Result<Written, Failure> {
    let compose =
        |draft: &Draft<'_>| mime::compose(draft).map_err(|error| Failure::GiveUp(error.into()));
    let whole = compose(draft)?;
    if whole.mime.len() <= LARGE {
        return Ok(Written::small(whole));
    }
    let blob = ctx.blobs.put(whole.mime.as_bytes()).await?.sha256;
    let names: Vec<Attachment<'_>> = draft
        .attachments
        .iter()
        .map(|file| Attachment {
            bytes: b"",
            ..*file
        })
        .collect();
    let readable = Draft {
        attachments: &names,
        ..*draft
    };
    Ok(Written {
        composed: compose(&readable)?,
        blob: Some(blob),
    })
}

/// Queues a letter and the job that sends it, in the transaction of its cause. Returns its id when it is new.
pub async fn queue(
    tx: &mut Tx,
    written: &Written,
    letter: &NewLetter<'_>,
    now: i64,
) -> Result<Option<i64>, Failure> {
    let Some(id) = db::letter::queue(tx, letter, now).await? else {
        return Ok(None);
    };
    if let Some(blob) = &written.blob {
        db::letter::put_blob(tx, id, blob).await?;
    }
    let priority = letter.kind.priority();
    db::job::put(tx, JobKind::Send, id, priority, letter.not_before).await?;
    Ok(Some(id))
}
