//! One look into a mailbox: what the server holds that we do not, brought to our disk.
//!
//! The order of writes may never change (mail is never lost): list → rows; bytes → temporary file, hashed while
//! read; fsync and rename; commit blob + message + delivery + the job that sorts it; only then is the server told.

use std::collections::HashSet;

use super::Ctx;
use super::event;
use crate::blob::BlobWriter;
use crate::clock;
use crate::config::Mode;
use crate::db;
use crate::db::delivery::Delivery;
use crate::db::delivery::Numbering;
use crate::db::job::JobKind;
use crate::db::mailbox::Lease;
use crate::db::mailbox::Mailbox;
use crate::db::matter::NewMatter;
use crate::db::matter::Subject;
use crate::entry::DeliveryState;
use crate::entry::MatterKind;
use crate::entry::Trouble;
use crate::mailbox;
use crate::mailbox::Connection;

/// Mails synced and committed together.
const GROUP: usize = 16;
/// Bytes after which a group is closed early.
const GROUP_BYTES: u64 = 8 << 20;
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

/// Looks into a mailbox once. The lease is taken here and renewed on the way.
pub async fn pass(ctx: &Ctx, mailbox: &Mailbox, account: &mailbox::Account) -> Result<Pass, Error> {
    let lease = renew(ctx, mailbox).await?;
    let limits = mailbox::Limits {
        max_literal: (ctx.config.intake.max_mail_mib + 1) << 20,
        ..mailbox::Limits::default()
    };
    let mut connection = Connection::open(account, &limits).await?;
    let mode = match ctx.config.intake.mode {
        Mode::Untouched => mailbox::Mode::Examine,
        Mode::Flag | Mode::Move => mailbox::Mode::Select,
    };
    let selected = connection.select(&account.folder, mode).await?;
    let numbering = begin(ctx, mailbox, lease, i64::from(selected.uid_validity)).await?;
    let on_server = connection.search_all().await?;
    list(ctx, &mut connection, lease, numbering, &on_server).await?;
    let mut pass = Pass {
        on_server: on_server.len() as u64,
        ..Pass::default()
    };
    let waiting = db::delivery::in_state(&ctx.db, numbering, DeliveryState::Listed).await?;
    let (fit, oversize) = by_size(waiting, ctx.config.intake.max_mail_mib << 20);
    for delivery in oversize {
        too_large(ctx, mailbox, lease, &delivery).await?;
        pass.oversize += 1;
    }
    let there: HashSet<i64> = on_server.iter().map(|uid| i64::from(*uid)).collect();
    for group in groups(&fit) {
        renew(ctx, mailbox).await?;
        pass.fetched += fetch_group(ctx, &mut connection, mailbox, lease, group, &there).await?;
    }
    tell_server(ctx, &mut connection, lease, numbering).await?;
    end(ctx, &mut connection, mailbox, lease, pass).await?;
    connection.logout().await;
    Ok(pass)
}

async fn renew(ctx: &Ctx, mailbox: &Mailbox) -> Result<Lease, Error> {
    let now = clock::now();
    db::mailbox::lease(&ctx.db, mailbox.id, ctx.owner, now, now + LEASE_MS)
        .await?
        .ok_or(Error::Leased)
}

/// Notes the server's numbering; a new UIDVALIDITY is a new epoch, and everything is listed again.
async fn begin(
    ctx: &Ctx,
    mailbox: &Mailbox,
    lease: Lease,
    uid_validity: i64,
) -> Result<Numbering, Error> {
    let mut tx = ctx.db.begin().await?;
    db::mailbox::guard(&mut tx, lease).await?;
    let epoch = db::mailbox::epoch(&mut tx, mailbox.id, uid_validity).await?;
    tx.commit().await?;
    Ok(Numbering {
        mailbox: mailbox.id,
        epoch,
        uid_validity,
    })
}

/// The truth is the set the server holds minus our rows, never the highest UID.
async fn list(
    ctx: &Ctx,
    connection: &mut Connection,
    lease: Lease,
    numbering: Numbering,
    on_server: &[u32],
) -> Result<(), Error> {
    let known = db::delivery::uids(&ctx.db, numbering).await?;
    let new: Vec<u32> = on_server
        .iter()
        .copied()
        .filter(|uid| !known.contains(&i64::from(*uid)))
        .collect();
    for some in new.chunks(ROWS) {
        let listed = connection.list(some).await?;
        let mut tx = ctx.db.begin().await?;
        db::mailbox::guard(&mut tx, lease).await?;
        for mail in listed {
            let row = db::delivery::Listed {
                uid: i64::from(mail.uid),
                size: i64::try_from(mail.size).unwrap_or(i64::MAX),
                internal_at: mail.internal_at,
            };
            db::delivery::list(&mut tx, numbering, &row).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

fn by_size(waiting: Vec<Delivery>, limit: u64) -> (Vec<Delivery>, Vec<Delivery>) {
    waiting
        .into_iter()
        .partition(|delivery| u64::try_from(delivery.size).unwrap_or(0) <= limit)
}

/// Cuts the list so that a group is neither many mails nor many bytes.
fn groups(mails: &[Delivery]) -> Vec<&[Delivery]> {
    let mut groups = Vec::new();
    let mut from = 0;
    let mut bytes = 0;
    for (at, mail) in mails.iter().enumerate() {
        bytes += u64::try_from(mail.size).unwrap_or(0);
        if at + 1 - from == GROUP || bytes >= GROUP_BYTES {
            groups.push(&mails[from..=at]);
            from = at + 1;
            bytes = 0;
        }
    }
    if from < mails.len() {
        groups.push(&mails[from..]);
    }
    groups
}

/// Fetches a group, syncs it together, and commits it together.
async fn fetch_group(
    ctx: &Ctx,
    connection: &mut Connection,
    mailbox: &Mailbox,
    lease: Lease,
    group: &[Delivery],
    there: &HashSet<i64>,
) -> Result<u64, Error> {
    let mut writers: Vec<BlobWriter> = Vec::new();
    let mut here: Vec<&Delivery> = Vec::new();
    let mut gone: Vec<&Delivery> = Vec::new();
    for delivery in group {
        let Ok(uid) = u32::try_from(delivery.uid) else {
            continue;
        };
        if !there.contains(&delivery.uid) {
            gone.push(delivery);
            continue;
        }
        let mut writer = ctx.blobs.writer().await?;
        match connection
            .fetch(uid, u64::try_from(delivery.size).unwrap_or(0), &mut writer)
            .await
        {
            Ok(_) => {
                writers.push(writer);
                here.push(delivery);
            }
            Err(mailbox::Error::Vanished) => gone.push(delivery),
            // The server will not give this one mail: it must not stand in the way of the others.
            Err(mailbox::Error::Again(_)) if connection.usable() => {
                refused(ctx, mailbox, lease, delivery).await?
            }
            Err(error) => {
                // What came before the break is kept: it is whole. The mail that broke the connection goes to the end
                // of the line, so that the next look begins with the others.
                store(ctx, mailbox, lease, writers, &here, &gone).await?;
                refused(ctx, mailbox, lease, delivery).await?;
                return Err(error.into());
            }
        }
    }
    store(ctx, mailbox, lease, writers, &here, &gone).await?;
    Ok(here.len() as u64)
}

async fn store(
    ctx: &Ctx,
    mailbox: &Mailbox,
    lease: Lease,
    writers: Vec<BlobWriter>,
    here: &[&Delivery],
    gone: &[&Delivery],
) -> Result<(), Error> {
    let blobs = ctx.blobs.finish_many(writers).await?;
    let now = clock::now();
    let mut tx = ctx.db.begin().await?;
    db::mailbox::guard(&mut tx, lease).await?;
    for (delivery, blob) in here.iter().zip(&blobs) {
        let size = i64::try_from(blob.size).unwrap_or(i64::MAX);
        let (message, new) = db::message::store(
            &mut tx,
            mailbox.contest_id,
            &blob.sha256,
            size,
            delivery.internal_at,
            now,
        )
        .await?;
        db::delivery::belongs(&mut tx, delivery.id, message).await?;
        db::delivery::advance(
            &mut tx,
            delivery.id,
            DeliveryState::Listed,
            DeliveryState::Stored,
        )
        .await?;
        if new {
            db::job::put(&mut tx, JobKind::Sort, message, 4, now).await?;
        } else {
            db::job::put(&mut tx, JobKind::Again, delivery.id, 4, now).await?;
        }
        event(
            &mut tx,
            mailbox.contest_id,
            "delivery.stored",
            delivery.id,
            "",
            now,
        )
        .await?;
    }
    for delivery in gone {
        db::delivery::advance(
            &mut tx,
            delivery.id,
            DeliveryState::Listed,
            DeliveryState::Vanished,
        )
        .await?;
        event(
            &mut tx,
            mailbox.contest_id,
            "delivery.vanished",
            delivery.id,
            "",
            now,
        )
        .await?;
    }
    tx.commit().await?;
    ctx.wake.notify_waiters();
    Ok(())
}

/// A mail the server lists and does not give: tried at every look, and after three a person is told.
async fn refused(
    ctx: &Ctx,
    mailbox: &Mailbox,
    lease: Lease,
    delivery: &Delivery,
) -> Result<(), Error> {
    let now = clock::now();
    let mut tx = ctx.db.begin().await?;
    db::mailbox::guard(&mut tx, lease).await?;
    let times = db::delivery::refused(&mut tx, delivery.id).await?;
    if times == 3 {
        on_server_only(
            &mut tx,
            mailbox,
            delivery,
            &serde_json::json!({ "refused": times }),
            now,
        )
        .await?;
    }
    Ok(tx.commit().await?)
}

/// Opens the matter of a mail that is on the server and not with us.
async fn on_server_only(
    tx: &mut db::Tx,
    mailbox: &Mailbox,
    delivery: &Delivery,
    detail: &serde_json::Value,
    now: i64,
) -> db::Result<()> {
    let matter = NewMatter {
        contest: mailbox.contest_id,
        unit: mailbox.unit_id,
        kind: MatterKind::Quarantine,
        subject: Subject::Delivery,
        subject_id: delivery.id,
        detail,
    };
    db::matter::open(tx, &matter, now).await?;
    Ok(())
}

/// A mail beyond the limit stays on the server, and a person is told.
async fn too_large(
    ctx: &Ctx,
    mailbox: &Mailbox,
    lease: Lease,
    delivery: &Delivery,
) -> Result<(), Error> {
    let now = clock::now();
    let mut tx = ctx.db.begin().await?;
    db::mailbox::guard(&mut tx, lease).await?;
    db::delivery::advance(
        &mut tx,
        delivery.id,
        DeliveryState::Listed,
        DeliveryState::Oversize,
    )
    .await?;
    on_server_only(
        &mut tx,
        mailbox,
        delivery,
        &serde_json::json!({ "mib": delivery.size >> 20 }),
        now,
    )
    .await?;
    event(
        &mut tx,
        mailbox.contest_id,
        "delivery.oversize",
        delivery.id,
        "",
        now,
    )
    .await?;
    Ok(tx.commit().await?)
}

/// Tells the server which mails are on our disk, as the settings want it told.
async fn tell_server(
    ctx: &Ctx,
    connection: &mut Connection,
    lease: Lease,
    numbering: Numbering,
) -> Result<(), Error> {
    let stored = db::delivery::in_state(&ctx.db, numbering, DeliveryState::Stored).await?;
    for some in stored.chunks(ROWS) {
        let uids: Vec<u32> = some
            .iter()
            .filter_map(|delivery| u32::try_from(delivery.uid).ok())
            .collect();
        match ctx.config.intake.mode {
            Mode::Untouched => {}
            Mode::Flag => connection.flag(&uids, "\\Flagged").await?,
            Mode::Move => {
                connection
                    .move_to(&uids, &ctx.config.intake.move_to)
                    .await?
            }
        }
        let mut tx = ctx.db.begin().await?;
        db::mailbox::guard(&mut tx, lease).await?;
        for delivery in some {
            db::delivery::advance(
                &mut tx,
                delivery.id,
                DeliveryState::Stored,
                DeliveryState::Flagged,
            )
            .await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

/// Notes the finished look and, where the server tells, how full the mailbox is.
async fn end(
    ctx: &Ctx,
    connection: &mut Connection,
    mailbox: &Mailbox,
    lease: Lease,
    pass: Pass,
) -> Result<(), Error> {
    let quota = connection.quota().await?;
    let contest = ctx.contest(mailbox.contest_id).await?;
    let now = clock::now();
    let mut tx = ctx.db.begin().await?;
    db::mailbox::guard(&mut tx, lease).await?;
    super::alarm::well(ctx, &mut tx, &contest, mailbox, now).await?;
    db::mailbox::listed(
        &mut tx,
        mailbox.id,
        now,
        i64::try_from(pass.on_server).unwrap_or(i64::MAX),
    )
    .await?;
    if let Some(quota) = quota {
        let kib = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        db::mailbox::quota(
            &mut tx,
            mailbox.id,
            kib(quota.used_kib),
            kib(quota.limit_kib),
        )
        .await?;
    }
    Ok(tx.commit().await?)
}
