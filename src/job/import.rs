//! Mails that come as files instead of from a server: a mailbox that was saved, letters a clerk kept. They end where
//! fetched ones end: blob, then message, delivery and the job that sorts it in one transaction. The same bytes in the
//! same mailbox are taken once, however often they are brought.

use super::Ctx;
use super::event;
use super::receive::Error;
use super::removal;
use crate::clock;
use crate::db;
use crate::db::delivery::Listed;
use crate::db::job::JobKind;
use crate::db::mailbox::Mailbox;

/// Digits of a mail's hash that number it: 60 bits.
const DIGITS: usize = 15;

/// A mail out of a file.
pub struct FromFile {
    pub raw: Vec<u8>,
    /// When it was received, ms UTC.
    pub received_at: i64,
}

/// Takes mails into a mailbox. Says of each whether it is new there.
pub async fn take(ctx: &Ctx, mailbox: &Mailbox, mails: Vec<FromFile>) -> Result<Vec<bool>, Error> {
    let times: Vec<i64> = mails.iter().map(|mail| mail.received_at).collect();
    let raws = mails.into_iter().map(|mail| mail.raw).collect();
    let blobs = removal::keep(ctx, mailbox.contest_id, raws).await?;
    let now = clock::now();
    let mut taken = Vec::with_capacity(blobs.len());
    let mut tx = ctx.db.begin().await?;
    for (blob, received_at) in blobs.iter().zip(times) {
        let number = blob.sha256.get(..DIGITS).unwrap_or_default();
        let size = i64::try_from(blob.size).unwrap_or(i64::MAX);
        let row = Listed {
            uid: i64::from_str_radix(number, 16).unwrap_or_default(),
            size,
            internal_at: received_at,
        };
        let contest = mailbox.contest_id;
        let Some(delivery) = db::delivery::import(&mut tx, mailbox.id, &row).await? else {
            taken.push(false);
            continue;
        };
        let (message, new) =
            db::message::store(&mut tx, contest, &blob.sha256, size, received_at, now).await?;
        db::delivery::belongs(&mut tx, delivery, message).await?;
        if !new {
            db::removal::doom_mail(&mut tx, message, &[], now).await?;
        }
        let (kind, key) = if new {
            (JobKind::Sort, message)
        } else {
            (JobKind::Again, delivery)
        };
        db::job::put(&mut tx, kind, key, 4, now).await?;
        event(&mut tx, contest, "delivery.imported", delivery, "", now).await?;
        taken.push(new);
    }
    tx.commit().await?;
    ctx.wake.notify_waiters();
    Ok(taken)
}
