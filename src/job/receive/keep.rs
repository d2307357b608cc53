//! Writes what came, or did not come, down for good: blobs first, then rows, jobs and events in one transaction.

use std::collections::HashSet;

use super::Error;
use super::Look;
use crate::blob::BlobId;
use crate::clock;
use crate::crash;
use crate::db;
use crate::db::delivery::Delivery;
use crate::db::delivery::Numbering;
use crate::db::job::JobKind;
use crate::db::matter::NewMatter;
use crate::db::matter::Subject;
use crate::entry::DeliveryState;
use crate::entry::MatterKind;
use crate::job::event;
use crate::job::removal;

/// So often a server may not give a mail before a person is told.
const PATIENCE: i64 = 3;

impl Look<'_> {
    /// Keeps mails whose bytes are in memory: all synced together.
    pub(super) async fn keep_many(
        &self,
        mails: &[Delivery],
        bytes: Vec<Vec<u8>>,
    ) -> Result<(), Error> {
        if mails.is_empty() {
            return Ok(());
        }
        crash::point("fetched");
        let blobs = removal::keep(self.ctx, self.mailbox.contest_id, bytes).await?;
        crash::point("blobs_written");
        self.keep(mails, &blobs).await
    }

    /// Writes down mails whose bytes are on disk, and the jobs that sort them.
    pub(super) async fn keep(&self, mails: &[Delivery], blobs: &[BlobId]) -> Result<(), Error> {
        let contest = self.mailbox.contest_id;
        let now = clock::now();
        let mut tx = self.transaction().await?;
        for (mail, blob) in mails.iter().zip(blobs) {
            let size = i64::try_from(blob.size).unwrap_or(i64::MAX);
            let at = mail.internal_at;
            let (message, new) =
                db::message::store(&mut tx, contest, &blob.sha256, size, at, now).await?;
            db::delivery::belongs(&mut tx, mail.id, message).await?;
            self.move_on(&mut tx, mail, DeliveryState::Stored, now)
                .await?;
            if !new {
                db::removal::doom_mail(&mut tx, message, &[], now).await?;
            }
            if mail.attempts >= PATIENCE {
                recovered(&mut tx, mail, now).await?;
            }
            let (kind, subject) = match new {
                true => (JobKind::Sort, message),
                false => (JobKind::Again, mail.id),
            };
            db::job::put(&mut tx, kind, subject, 4, now).await?;
        }
        crash::point("stored_uncommitted");
        tx.commit().await?;
        crash::point("stored");
        self.ctx.wake.notify_waiters();
        Ok(())
    }

    /// Mails that were listed once and are no longer in the folder.
    pub(super) async fn vanished(&self, mails: Vec<Delivery>) -> Result<(), Error> {
        if mails.is_empty() {
            return Ok(());
        }
        let now = clock::now();
        let mut tx = self.transaction().await?;
        for mail in &mails {
            self.move_on(&mut tx, mail, DeliveryState::Vanished, now)
                .await?;
        }
        Ok(tx.commit().await?)
    }

    /// Mails that a server hid, or said it could not give, and shows now: they wait again. Each time counts as one refused,
    /// so that a person hears of a mail that comes and goes.
    pub(super) async fn reappeared(
        &self,
        numbering: Numbering,
        there: &HashSet<i64>,
    ) -> Result<(), Error> {
        let gone = db::delivery::in_state(&self.ctx.db, numbering, DeliveryState::Vanished).await?;
        for mail in gone.iter().filter(|mail| there.contains(&mail.uid)) {
            let mut tx = self.transaction().await?;
            let (from, to) = (DeliveryState::Vanished, DeliveryState::Listed);
            db::delivery::advance(&mut tx, mail.id, from, to).await?;
            tx.commit().await?;
            self.refused(mail).await?;
        }
        Ok(())
    }

    /// A mail the server lists and does not give: tried at every look, and after some a person is told.
    pub(super) async fn refused(&self, mail: &Delivery) -> Result<(), Error> {
        let mut tx = self.transaction().await?;
        let times = db::delivery::refused(&mut tx, mail.id).await?;
        if times == PATIENCE {
            let detail = serde_json::json!({ "refused": times });
            self.on_server_only(&mut tx, mail, &detail, clock::now())
                .await?;
        }
        Ok(tx.commit().await?)
    }

    /// A mail beyond the limit stays on the server, and a person is told.
    pub(super) async fn too_large(&self, mail: &Delivery) -> Result<(), Error> {
        let now = clock::now();
        let mut tx = self.transaction().await?;
        self.move_on(&mut tx, mail, DeliveryState::Oversize, now)
            .await?;
        let detail = serde_json::json!({ "mib": mail.size >> 20 });
        self.on_server_only(&mut tx, mail, &detail, now).await?;
        Ok(tx.commit().await?)
    }

    /// Moves a listed mail on and says so in the log.
    async fn move_on(
        &self,
        tx: &mut db::Tx,
        mail: &Delivery,
        to: DeliveryState,
        now: i64,
    ) -> db::Result<()> {
        let what = match to {
            DeliveryState::Stored => "delivery.stored",
            DeliveryState::Vanished => "delivery.vanished",
            DeliveryState::Oversize => "delivery.oversize",
            DeliveryState::Listed | DeliveryState::Flagged => return Err(db::Error::Stale),
        };
        db::delivery::advance(tx, mail.id, DeliveryState::Listed, to).await?;
        event(tx, self.mailbox.contest_id, what, mail.id, "", now).await
    }

    /// Opens the matter of a mail that is on the server and not with us.
    async fn on_server_only(
        &self,
        tx: &mut db::Tx,
        mail: &Delivery,
        detail: &serde_json::Value,
        now: i64,
    ) -> db::Result<()> {
        let matter = NewMatter {
            contest: self.mailbox.contest_id,
            unit: self.mailbox.unit_id,
            kind: MatterKind::Quarantine,
            subject: Subject::Delivery,
            subject_id: mail.id,
            detail,
        };
        db::matter::open(tx, &matter, now).await?;
        Ok(())
    }
}

/// The matter of a mail that came after all is closed.
async fn recovered(tx: &mut db::Tx, mail: &Delivery, now: i64) -> db::Result<()> {
    for matter in db::matter::open_about(tx, Subject::Delivery, mail.id).await? {
        db::matter::close(tx, matter.id, "recovered", now).await?;
    }
    Ok(())
}
