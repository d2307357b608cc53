//! One look into a mailbox: what the server holds that we do not, brought to our disk.
//!
//! The order of writes may never change (mail is never lost): list → rows; bytes → temporary file, hashed; fsync and
//! rename; commit blob + message + delivery + the job that sorts it; only then is the server told. `bring` asks for the
//! mails and `keep` writes them, a group at a time, while the next group is already on its way.

mod bring;
mod keep;

use std::collections::HashSet;

use super::Ctx;
use crate::clock;
use crate::config::Mode;
use crate::crash;
use crate::db;
use crate::db::delivery::Delivery;
use crate::db::delivery::Numbering;
use crate::db::mailbox::Lease;
use crate::db::mailbox::Mailbox;
use crate::entry::DeliveryState;
use crate::entry::Trouble;
use crate::mailbox;
use crate::mailbox::Connection;
use crate::mailbox::Folder;
use crate::mailbox::Line;

/// Rows listed in one transaction.
const ROWS: usize = 500;
/// How long one look may go on without renewing its lease.
pub const LEASE_MS: i64 = 60_000;

/// What one look brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pass {
    /// Mails the server holds.
    pub on_server: u64,
    /// Mails fetched in this look.
    pub fetched: u64,
    /// Mails too large to fetch.
    pub oversize: u64,
}

/// Why a look ended early.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("settings: {0}")]
    Settings(#[from] crate::config::BadConfig),
    #[error("mailbox: {0}")]
    Mailbox(#[from] mailbox::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error(transparent)]
    Blob(#[from] crate::blob::Error),
    /// Another process reads this mailbox.
    #[error("another process reads this mailbox")]
    Leased,
}

impl Error {
    /// What a person is told; `None` when nothing is wrong.
    pub fn trouble(&self) -> Option<Trouble> {
        match self {
            Error::Settings(_) => Some(Trouble::Unset),
            Error::Mailbox(mailbox::Error::Auth(_)) => Some(Trouble::Auth),
            Error::Mailbox(mailbox::Error::Login(_)) => Some(Trouble::Login),
            Error::Mailbox(mailbox::Error::Client(_)) => Some(Trouble::Client),
            Error::Mailbox(mailbox::Error::GiveUp(_) | mailbox::Error::Limit(_)) => {
                Some(Trouble::Nonsense)
            }
            Error::Mailbox(mailbox::Error::Again(_) | mailbox::Error::Vanished) => {
                Some(Trouble::Unreachable)
            }
            Error::Mailbox(mailbox::Error::Keep(_)) | Error::Db(_) | Error::Blob(_) => {
                Some(Trouble::Storage)
            }
            Error::Leased => None,
        }
    }
}

/// Looks into a mailbox once, over a line that is kept for the next look. The lease is taken here and renewed on the way.
pub async fn pass(
    ctx: &Ctx,
    mailbox: &Mailbox,
    account: &mailbox::Account,
    line: &mut Line,
) -> Result<Pass, Error> {
    let look = Look {
        ctx,
        mailbox,
        lease: lease(ctx, mailbox).await?,
    };
    let limits = mailbox::Limits {
        max_literal: (ctx.config.intake.max_mail_mib + 1) << 20,
        ..mailbox::Limits::default()
    };
    let mode = match ctx.config.intake.mode {
        Mode::Untouched => mailbox::Mode::Examine,
        Mode::Flag | Mode::Move => mailbox::Mode::Select,
    };
    let (mut login, selected) = line.select(account, &limits, mode).await?;
    let folder = Folder {
        account,
        limits: &limits,
        uid_validity: selected.uid_validity,
    };
    let connection = &mut login.connection;
    let numbering = look.begin(i64::from(selected.uid_validity)).await?;
    let on_server = connection.search_all().await?;
    look.list(connection, numbering, &on_server).await?;
    let there: HashSet<i64> = on_server.iter().map(|uid| i64::from(*uid)).collect();
    look.reappeared(numbering, &there).await?;
    let waiting = db::delivery::in_state(&ctx.db, numbering, DeliveryState::Listed).await?;
    let (fit, oversize) = by_size(waiting, ctx.config.intake.max_mail_mib << 20);
    for delivery in &oversize {
        look.too_large(delivery).await?;
    }
    let (here, gone) = (fit.into_iter()).partition(|delivery| there.contains(&delivery.uid));
    look.vanished(gone).await?;
    let pass = Pass {
        on_server: on_server.len() as u64,
        fetched: look.bring(connection, &folder, here).await?,
        oversize: oversize.len() as u64,
    };
    look.tell_server(connection, numbering).await?;
    look.end(connection, pass).await?;
    line.keep(login);
    Ok(pass)
}

async fn lease(ctx: &Ctx, mailbox: &Mailbox) -> Result<Lease, Error> {
    let now = clock::now();
    db::mailbox::lease(&ctx.db, mailbox.id, ctx.owner, now, now + LEASE_MS)
        .await?
        .ok_or(Error::Leased)
}

fn by_size(waiting: Vec<Delivery>, limit: u64) -> (Vec<Delivery>, Vec<Delivery>) {
    waiting
        .into_iter()
        .partition(|delivery| u64::try_from(delivery.size).unwrap_or(0) <= limit)
}

/// A look that goes on: who reads which mailbox, by which right.
struct Look<'a> {
    ctx: &'a Ctx,
    mailbox: &'a Mailbox,
    lease: Lease,
}

impl Look<'_> {
    /// A transaction that fails unless this look still has the right to write for the mailbox.
    async fn transaction(&self) -> Result<db::Tx, Error> {
        let mut tx = self.ctx.db.begin().await?;
        db::mailbox::guard(&mut tx, self.lease).await?;
        Ok(tx)
    }

    async fn renew(&self) -> Result<(), Error> {
        lease(self.ctx, self.mailbox).await?;
        Ok(())
    }

    /// Notes the server's numbering; a new UIDVALIDITY is a new epoch, and everything is listed again.
    async fn begin(&self, uid_validity: i64) -> Result<Numbering, Error> {
        let mut tx = self.transaction().await?;
        let epoch = db::mailbox::epoch(&mut tx, self.mailbox.id, uid_validity).await?;
        tx.commit().await?;
        Ok(Numbering {
            mailbox: self.mailbox.id,
            epoch,
            uid_validity,
        })
    }

    /// The truth is the set the server holds minus our rows, never the highest UID.
    async fn list(
        &self,
        connection: &mut Connection,
        numbering: Numbering,
        on_server: &[u32],
    ) -> Result<(), Error> {
        let known = db::delivery::uids(&self.ctx.db, numbering).await?;
        let new: Vec<u32> = on_server
            .iter()
            .copied()
            .filter(|uid| !known.contains(&i64::from(*uid)))
            .collect();
        for some in new.chunks(ROWS) {
            let listed = connection.list(some).await?;
            let mut tx = self.transaction().await?;
            for mail in listed {
                let row = db::delivery::Listed {
                    uid: i64::from(mail.uid),
                    size: i64::try_from(mail.size).unwrap_or(i64::MAX),
                    internal_at: mail.internal_at,
                };
                db::delivery::list(&mut tx, numbering, &row).await?;
            }
            tx.commit().await?;
            crash::point("listed");
        }
        Ok(())
    }

    /// Tells the server which mails are on our disk, as the settings want it told.
    async fn tell_server(
        &self,
        connection: &mut Connection,
        numbering: Numbering,
    ) -> Result<(), Error> {
        let intake = &self.ctx.config.intake;
        let stored = db::delivery::in_state(&self.ctx.db, numbering, DeliveryState::Stored).await?;
        for some in stored.chunks(ROWS) {
            let uids: Vec<u32> = some.iter().filter_map(uid).collect();
            match intake.mode {
                Mode::Untouched => {}
                Mode::Flag => connection.flag(&uids, "\\Flagged").await?,
                Mode::Move => connection.move_to(&uids, &intake.move_to).await?,
            }
            crash::point("server_told");
            let mut tx = self.transaction().await?;
            for delivery in some {
                let (from, to) = (DeliveryState::Stored, DeliveryState::Flagged);
                db::delivery::advance(&mut tx, delivery.id, from, to).await?;
            }
            tx.commit().await?;
            crash::point("flagged");
        }
        Ok(())
    }

    /// Notes the finished look and, where the server tells, how full the mailbox is.
    async fn end(&self, connection: &mut Connection, pass: Pass) -> Result<(), Error> {
        let quota = connection.quota().await?;
        let contest = self.ctx.contest(self.mailbox.contest_id).await?;
        let now = clock::now();
        let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let mut tx = self.transaction().await?;
        super::alarm::well(self.ctx, &mut tx, &contest, self.mailbox, now).await?;
        db::mailbox::listed(&mut tx, self.mailbox.id, now, count(pass.on_server)).await?;
        if let Some(quota) = quota {
            let (used, limit) = (count(quota.used_kib), count(quota.limit_kib));
            db::mailbox::quota(&mut tx, self.mailbox.id, used, limit).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// The server's number of a mail; nothing when no server gives such a number.
fn uid(delivery: &Delivery) -> Option<u32> {
    u32::try_from(delivery.uid).ok()
}
