//! Asks for the mails. Small ones come many at a time, and while a group of them is written the next is read; large
//! ones, and those that a server once did not give, come one by one at the end, where they stand in nobody's way.
//!
//! A server reads and encrypts what one line brings with one processor. Where much is to come, a second line brings half.

use std::collections::BTreeMap;

use super::Error;
use super::Look;
use super::uid;
use crate::db::delivery::Delivery;
use crate::mailbox;
use crate::mailbox::Batch;
use crate::mailbox::Connection;
use crate::mailbox::Folder;

/// Mails synced and committed together.
const GROUP: usize = 128;
/// Bytes after which a group is closed early: two groups are in memory at a time.
const GROUP_BYTES: usize = 16 << 20;
/// Up to this size a mail comes in one piece among others.
const SMALL: i64 = 1 << 20;
/// Bytes for which a second line is worth its login.
const WORTH_A_LINE: i64 = 16 << 20;

/// Mails that came together.
#[derive(Default)]
struct Group {
    mails: Vec<Delivery>,
    bytes: Vec<Vec<u8>>,
    /// Set when no more will come, with the reason if it is a bad one.
    end: Option<Result<(), mailbox::Error>>,
}

impl Look<'_> {
    /// Brings the mails to our disk and says how many came. `folder` is where they lie, for a second line to it.
    pub(super) async fn bring(
        &self,
        connection: &mut Connection,
        folder: &Folder<'_>,
        wanted: Vec<Delivery>,
    ) -> Result<u64, Error> {
        if bytes(&wanted) < WORTH_A_LINE {
            return self.bring_share(connection, wanted).await;
        }
        let mut second = match folder.open_again().await {
            Ok(second) => second,
            Err(error) => {
                tracing::debug!(mailbox.id = self.mailbox.id, "one line only: {error}");
                return self.bring_share(connection, wanted).await;
            }
        };
        let (ours, theirs) = halves(wanted);
        let (first, other) = tokio::join!(
            self.bring_share(connection, ours),
            self.bring_share(&mut second, theirs)
        );
        // Whatever ended one line, the other brought what it could.
        let fetched = first? + other?;
        second.logout().await;
        Ok(fetched)
    }

    async fn bring_share(
        &self,
        connection: &mut Connection,
        wanted: Vec<Delivery>,
    ) -> Result<u64, Error> {
        let (small, mut alone): (Vec<_>, Vec<_>) = wanted
            .into_iter()
            .partition(|mail| mail.attempts == 0 && (1..=SMALL).contains(&mail.size));
        let mut waiting: BTreeMap<u32, Delivery> = small
            .into_iter()
            .filter_map(|mail| Some((uid(&mail)?, mail)))
            .collect();
        let mut fetched = self.bring_many(connection, &mut waiting).await?;
        // What did not come among the others is asked for by itself, which tells why.
        alone.splice(0..0, waiting.into_values());
        for mail in alone {
            self.renew().await?;
            fetched += self.bring_one(connection, mail).await?;
        }
        Ok(fetched)
    }

    /// Takes those that came out of `waiting`.
    async fn bring_many(
        &self,
        connection: &mut Connection,
        waiting: &mut BTreeMap<u32, Delivery>,
    ) -> Result<u64, Error> {
        let uids: Vec<u32> = waiting.keys().copied().collect();
        let mut batch = connection.fetch_many(&uids);
        let mut fetched = 0;
        let mut group = next(&mut batch, waiting).await;
        while group.end.is_none() {
            self.renew().await?;
            fetched += group.mails.len() as u64;
            let (kept, following) = tokio::join!(
                self.keep_many(&group.mails, group.bytes),
                next(&mut batch, waiting)
            );
            // Whatever ended the reading, what came before it is kept.
            kept?;
            group = following;
        }
        fetched += group.mails.len() as u64;
        self.keep_many(&group.mails, group.bytes).await?;
        match group.end {
            Some(Err(error)) => {
                // Servers give mails in the order of their numbers, so the first that is missing broke the connection.
                // It goes to the end of the line: the next look begins with the others.
                if let Some((_, mail)) = waiting.pop_first() {
                    self.refused(&mail).await?;
                }
                Err(error.into())
            }
            Some(Ok(())) | None => Ok(fetched),
        }
    }

    async fn bring_one(&self, connection: &mut Connection, mail: Delivery) -> Result<u64, Error> {
        let Some(uid) = uid(&mail) else {
            return Ok(0);
        };
        let mut writer = self.ctx.blobs.writer().await?;
        let size = u64::try_from(mail.size).unwrap_or(0);
        match connection.fetch(uid, size, &mut writer).await {
            Ok(_) => {
                let blob = writer.finish().await?;
                self.keep(&[mail], &[blob]).await?;
                Ok(1)
            }
            Err(mailbox::Error::Vanished) => {
                self.vanished(vec![mail]).await?;
                Ok(0)
            }
            // The server will not give this one mail: it must not stand in the way of the others.
            Err(mailbox::Error::Again(_)) if connection.usable() => {
                self.refused(&mail).await?;
                Ok(0)
            }
            Err(error) => {
                self.refused(&mail).await?;
                Err(error.into())
            }
        }
    }
}

fn bytes(mails: &[Delivery]) -> i64 {
    mails.iter().map(|mail| mail.size.max(0)).sum()
}

/// The first mails and the others, each half of the bytes.
fn halves(mut mails: Vec<Delivery>) -> (Vec<Delivery>, Vec<Delivery>) {
    let half = bytes(&mails) / 2;
    let mut sum = 0;
    let first = mails.iter().take_while(|mail| {
        sum += mail.size.max(0);
        sum <= half
    });
    let others = mails.split_off(first.count());
    (mails, others)
}

/// Reads until the group is full or nothing more comes.
async fn next(batch: &mut Batch<'_>, waiting: &mut BTreeMap<u32, Delivery>) -> Group {
    let mut group = Group::default();
    let mut size = 0;
    while group.mails.len() < GROUP && size < GROUP_BYTES {
        match batch.next().await {
            Ok(Some(fetched)) => {
                // Not asked for, or given twice: the first counts.
                if let Some(mail) = waiting.remove(&fetched.uid) {
                    size += fetched.bytes.len();
                    group.mails.push(mail);
                    group.bytes.push(fetched.bytes);
                }
            }
            Ok(None) => {
                group.end = Some(Ok(()));
                break;
            }
            Err(error) => {
                group.end = Some(Err(error));
                break;
            }
        }
    }
    group
}
