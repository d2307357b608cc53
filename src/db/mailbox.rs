//! Mailboxes: who reads one now (lease and fence), and how well that goes.

use super::Db;
use super::Error;
use super::Result;
use super::Tx;
use super::new_id;
use super::on_db;
use super::on_tx;
pub use crate::entry::Trouble;

/// A mailbox of a plan.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Mailbox {
    pub id: i64,
    pub contest_id: i64,
    pub unit_id: i64,
    pub address: String,
    /// Counts how often the server's numbering began anew.
    pub epoch: i64,
    pub uid_validity: Option<i64>,
    /// When the last complete list was taken, ms UTC.
    pub listed_at: Option<i64>,
    /// How many mails the server held then.
    pub server_count: Option<i64>,
    pub failing_since: Option<i64>,
    pub failure: Option<Trouble>,
    /// KiB, where the server tells.
    pub quota_used: Option<i64>,
    pub quota_limit: Option<i64>,
}

/// The right to read a mailbox for a while.
#[derive(Clone, Copy, Debug)]
pub struct Lease {
    pub mailbox: i64,
    pub owner: i64,
    pub fence: i64,
}

const COLUMNS: &str =
    "id, contest_id, unit_id, address, epoch, uid_validity, listed_at, server_count,
    failing_since, failure, quota_used, quota_limit";

/// Every mailbox in use, by address.
pub async fn all(db: &Db) -> Result<Vec<Mailbox>> {
    let sql = format!("SELECT {COLUMNS} FROM mailbox WHERE removed_at IS NULL ORDER BY address");
    Ok(on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(pool).await?))
}

pub async fn get(db: &Db, id: i64) -> Result<Mailbox> {
    let sql = format!("SELECT {COLUMNS} FROM mailbox WHERE id = $1");
    let row = on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(pool).await?);
    row.ok_or(Error::Missing)
}

/// A lease that ends so long after the longest one that could be given now (ms) is from a clock that has gone back since,
/// and binds nobody. Machines on one database must not differ by more, or they take each other's mailboxes: each look
/// that loses its lease begins anew, and no mail is lost or doubled.
const SLACK_MS: i64 = 30_000;

/// Takes the lease when it is free, run out, or already ours; `None` when another process reads this mailbox.
pub async fn lease(
    db: &Db,
    mailbox: i64,
    owner: i64,
    now: i64,
    until: i64,
) -> Result<Option<Lease>> {
    let mut tx = db.begin().await?;
    let fence: Option<i64> = on_tx!(&mut tx, conn => sqlx::query_scalar(
        "UPDATE mailbox SET lease_owner = $2, lease_until = $4,
             fence = CASE WHEN lease_owner = $2 THEN fence ELSE fence + 1 END
         WHERE id = $1 AND (lease_until < $3 OR lease_owner = $2 OR lease_until > $5) RETURNING fence",
    )
    .bind(mailbox).bind(owner).bind(now).bind(until).bind(until + SLACK_MS)
    .fetch_optional(conn).await?);
    tx.commit().await?;
    Ok(fence.map(|fence| Lease {
        mailbox,
        owner,
        fence,
    }))
}

/// Gives the lease back at an orderly end, so that the next process need not wait for it to run out.
pub async fn release(db: &Db, owner: i64) -> Result<()> {
    let mut tx = db.begin().await?;
    on_tx!(&mut tx, conn => sqlx::query("UPDATE mailbox SET lease_until = 0, lease_owner = NULL WHERE lease_owner = $1")
        .bind(owner).execute(conn).await?.rows_affected());
    tx.commit().await
}

/// Frees every mailbox. Only for a process that knows it is alone (SQLite, under the lock).
pub async fn take_over(db: &Db) -> Result<()> {
    let mut tx = db.begin().await?;
    on_tx!(&mut tx, conn => sqlx::query("UPDATE mailbox SET lease_until = 0, lease_owner = NULL").execute(conn).await?.rows_affected());
    tx.commit().await
}

/// Fails with `Stale` unless the lease still holds: called in every transaction that writes for a mailbox.
pub async fn guard(tx: &mut Tx, lease: Lease) -> Result<()> {
    let held = on_tx!(tx, conn => sqlx::query("UPDATE mailbox SET fence = fence WHERE id = $1 AND fence = $2 AND lease_owner = $3")
        .bind(lease.mailbox).bind(lease.fence).bind(lease.owner)
        .execute(conn).await?.rows_affected());
    if held == 0 { Err(Error::Stale) } else { Ok(()) }
}

/// Notes the server's numbering; a changed UIDVALIDITY begins a new epoch. Returns the epoch.
pub async fn epoch(tx: &mut Tx, mailbox: i64, uid_validity: i64) -> Result<i64> {
    Ok(on_tx!(tx, conn => sqlx::query_scalar(
        "UPDATE mailbox SET
             epoch = CASE WHEN uid_validity IS NULL OR uid_validity = $2 THEN epoch ELSE epoch + 1 END,
             uid_validity = $2
         WHERE id = $1 RETURNING epoch",
    )
    .bind(mailbox).bind(uid_validity)
    .fetch_one(conn).await?))
}

/// Notes a complete list, which ends any trouble.
pub async fn listed(tx: &mut Tx, mailbox: i64, at: i64, server_count: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query(
        "UPDATE mailbox SET listed_at = $2, server_count = $3, failing_since = NULL, failure = NULL WHERE id = $1",
    )
    .bind(mailbox).bind(at).bind(server_count)
    .execute(conn).await?.rows_affected());
    Ok(())
}

/// Notes trouble; the first moment of it stays, unless the clock has gone back behind it. Returns since when.
pub async fn failing(tx: &mut Tx, mailbox: i64, at: i64, trouble: Trouble) -> Result<i64> {
    Ok(on_tx!(tx, conn => sqlx::query_scalar(
        "UPDATE mailbox SET failing_since = CASE WHEN failing_since <= $2 THEN failing_since ELSE $2 END, failure = $3
         WHERE id = $1 RETURNING failing_since",
    )
    .bind(mailbox).bind(at).bind(trouble)
    .fetch_one(conn).await?))
}

pub async fn quota(tx: &mut Tx, mailbox: i64, used: i64, limit: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query("UPDATE mailbox SET quota_used = $2, quota_limit = $3 WHERE id = $1")
        .bind(mailbox).bind(used).bind(limit).execute(conn).await?.rows_affected());
    Ok(())
}

/// An owner for leases: one a process.
pub fn owner() -> i64 {
    new_id()
}
