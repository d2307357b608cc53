//! Deliveries: one row for each mail each mailbox holds, by UID.

use std::collections::HashSet;

use super::Db;
use super::Error;
use super::Result;
use super::Tx;
use super::new_id;
use super::on_db;
use super::on_tx;
use crate::entry::DeliveryState;

/// A mail as the server lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub uid: i64,
    pub size: i64,
    /// INTERNALDATE, ms UTC: the clock of the deadline (R001-23).
    pub internal_at: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Delivery {
    pub id: i64,
    pub mailbox_id: i64,
    pub uid: i64,
    pub size: i64,
    pub internal_at: i64,
    pub state: DeliveryState,
    pub message_id: Option<i64>,
    /// How often the server did not give it though it lists it.
    pub attempts: i64,
}

/// The numbering a UID belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Numbering {
    pub mailbox: i64,
    pub epoch: i64,
    pub uid_validity: i64,
}

/// The epoch of mails that came from files: no server's.
const FROM_FILES: i64 = -1;

/// Every UID we have a row for under this numbering.
pub async fn uids(db: &Db, numbering: Numbering) -> Result<HashSet<i64>> {
    let uids: Vec<i64> = on_db!(db, pool => sqlx::query_scalar(
        "SELECT uid FROM delivery WHERE mailbox_id = $1 AND epoch = $2 AND uid_validity = $3",
    )
    .bind(numbering.mailbox).bind(numbering.epoch).bind(numbering.uid_validity)
    .fetch_all(pool).await?);
    Ok(uids.into_iter().collect())
}

/// Writes down what the server lists; a row that exists already stays as it is.
pub async fn list(tx: &mut Tx, numbering: Numbering, mail: &Listed) -> Result<()> {
    on_tx!(tx, conn => sqlx::query(
        "INSERT INTO delivery (id, mailbox_id, epoch, uid_validity, uid, size, internal_at, state)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (mailbox_id, epoch, uid_validity, uid) DO NOTHING",
    )
    .bind(new_id()).bind(numbering.mailbox).bind(numbering.epoch).bind(numbering.uid_validity)
    .bind(mail.uid).bind(mail.size).bind(mail.internal_at).bind(DeliveryState::Listed)
    .execute(conn).await?.rows_affected());
    Ok(())
}

/// Writes down a mail that came from a file into a mailbox, as one that is on our disk. Its number is the `uid` the
/// caller made of its bytes, in an epoch no server has. Returns its id; `None` when it was taken from a file before.
pub async fn import(tx: &mut Tx, mailbox: i64, mail: &Listed) -> Result<Option<i64>> {
    let id = new_id();
    let written = on_tx!(tx, conn => sqlx::query(
        "INSERT INTO delivery (id, mailbox_id, epoch, uid_validity, uid, size, internal_at, state)
         VALUES ($1, $2, $3, $3, $4, $5, $6, $7)
         ON CONFLICT (mailbox_id, epoch, uid_validity, uid) DO NOTHING",
    )
    .bind(id).bind(mailbox).bind(FROM_FILES).bind(mail.uid).bind(mail.size).bind(mail.internal_at)
    .bind(DeliveryState::Flagged)
    .execute(conn).await?.rows_affected());
    Ok((written > 0).then_some(id))
}

/// The mails of this numbering that stand in `state`, lowest UID first; those the server would not give come last.
pub async fn in_state(
    db: &Db,
    numbering: Numbering,
    state: DeliveryState,
) -> Result<Vec<Delivery>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT id, mailbox_id, uid, size, internal_at, state, message_id, attempts FROM delivery
         WHERE mailbox_id = $1 AND epoch = $2 AND uid_validity = $3 AND state = $4 ORDER BY attempts, uid",
    )
    .bind(numbering.mailbox).bind(numbering.epoch).bind(numbering.uid_validity).bind(state)
    .fetch_all(pool).await?))
}

pub async fn get(db: &Db, id: i64) -> Result<Delivery> {
    let row = on_db!(db, pool => sqlx::query_as(
        "SELECT id, mailbox_id, uid, size, internal_at, state, message_id, attempts FROM delivery WHERE id = $1",
    )
    .bind(id).fetch_optional(pool).await?);
    row.ok_or(Error::Missing)
}

/// Moves a delivery on, provided it still stands where the caller saw it and the way leads there.
pub async fn advance(
    tx: &mut Tx,
    delivery: i64,
    from: DeliveryState,
    to: DeliveryState,
) -> Result<()> {
    debug_assert!(from.next().contains(&to), "{from:?} never becomes {to:?}");
    let moved = on_tx!(tx, conn => sqlx::query("UPDATE delivery SET state = $3 WHERE id = $1 AND state = $2")
        .bind(delivery).bind(from).bind(to)
        .execute(conn).await?.rows_affected());
    if moved == 0 {
        Err(Error::Stale)
    } else {
        Ok(())
    }
}

/// Counts a fetch that the server refused while the connection lived. Returns how many there were.
pub async fn refused(tx: &mut Tx, delivery: i64) -> Result<i64> {
    Ok(
        on_tx!(tx, conn => sqlx::query_scalar("UPDATE delivery SET attempts = attempts + 1 WHERE id = $1 RETURNING attempts")
        .bind(delivery).fetch_one(conn).await?),
    )
}

/// Joins a delivery to the message its bytes are.
pub async fn belongs(tx: &mut Tx, delivery: i64, message: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query("UPDATE delivery SET message_id = $2 WHERE id = $1")
        .bind(delivery).bind(message).execute(conn).await?.rows_affected());
    Ok(())
}

/// Where a message was taken from: the mailboxes' units, first delivery first.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Arrival {
    pub delivery: i64,
    pub mailbox: i64,
    pub unit: i64,
    pub address: String,
    pub internal_at: i64,
    /// It was fetched from a server, not brought as a file.
    pub from_server: bool,
}

/// The unit whose mailbox a message first came to.
pub async fn first_unit(tx: &mut Tx, message: i64) -> Result<i64> {
    let unit: Option<i64> = on_tx!(tx, conn => sqlx::query_scalar(
        "SELECT mailbox.unit_id FROM delivery JOIN mailbox ON mailbox.id = delivery.mailbox_id
         WHERE delivery.message_id = $1 ORDER BY delivery.internal_at, delivery.id LIMIT 1",
    )
    .bind(message).fetch_optional(conn).await?);
    unit.ok_or(Error::Missing)
}

/// Whether a message, or a twin of it other than `but`, came to this mailbox.
pub async fn came_to(tx: &mut Tx, message: i64, mailbox: i64, but: i64) -> Result<bool> {
    let n: i64 = on_tx!(tx, conn => sqlx::query_scalar(
        "SELECT count(*) FROM delivery JOIN message ON message.id = delivery.message_id
         WHERE (message.id = $1 OR message.same_as = $1) AND message.id <> $3 AND delivery.mailbox_id = $2",
    )
    .bind(message).bind(mailbox).bind(but).fetch_one(conn).await?);
    Ok(n > 0)
}

pub async fn arrivals(db: &Db, message: i64) -> Result<Vec<Arrival>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT delivery.id AS delivery, mailbox.id AS mailbox, mailbox.unit_id AS unit, mailbox.address, delivery.internal_at,
             delivery.epoch <> $2 AS from_server
         FROM delivery JOIN mailbox ON mailbox.id = delivery.mailbox_id
         WHERE delivery.message_id = $1 ORDER BY delivery.internal_at, delivery.id",
    )
    .bind(message).bind(FROM_FILES).fetch_all(pool).await?))
}

/// How many mails of this numbering are on our disk (of those the server was last seen to hold).
pub async fn held(db: &Db, mailbox: i64) -> Result<i64> {
    Ok(on_db!(db, pool => sqlx::query_scalar(
        "SELECT count(*) FROM delivery JOIN mailbox ON mailbox.id = delivery.mailbox_id
         WHERE mailbox.id = $1 AND delivery.epoch = mailbox.epoch AND delivery.state IN ('stored', 'flagged')",
    )
    .bind(mailbox).fetch_one(pool).await?))
}

/// Every stored delivery's blob, for `phach verify`.
pub async fn blobs(db: &Db) -> Result<Vec<(i64, String, i64)>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT delivery.id, message.blob, message.size FROM delivery JOIN message ON message.id = delivery.message_id
         WHERE delivery.state IN ('stored', 'flagged') AND message.state <> 'removed' ORDER BY delivery.id",
    )
    .fetch_all(pool).await?))
}

/// How many deliveries are on the way without a message (listed only), for `phach verify` and status.
pub async fn listed_only(db: &Db) -> Result<i64> {
    Ok(
        on_db!(db, pool => sqlx::query_scalar("SELECT count(*) FROM delivery WHERE state = 'listed'").fetch_one(pool).await?),
    )
}
