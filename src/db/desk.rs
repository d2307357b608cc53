//! What an act at the desk reads and puts back, inside its transaction.

use super::Error;
use super::Result;
use super::Tx;
use super::letter::Letter;
use super::matter::Matter;
use super::matter::Subject;
use super::on_tx;
use crate::contest::role::Role;
use crate::entry::MatterKind;
use crate::slip::Slip;

/// The queues an entry stands in: queue and version, in the order of the queues.
pub async fn queued(tx: &mut Tx, entry: i64) -> Result<Vec<(i64, i64)>> {
    Ok(on_tx!(tx, conn => sqlx::query_as(
        "SELECT queue_id, version_id FROM queue_entry WHERE entry_id = $1 AND removed_at IS NULL ORDER BY queue_id",
    )
    .bind(entry).fetch_all(conn).await?))
}

/// Puts an entry back into a queue it stood in, under its old blind code.
pub async fn requeue(tx: &mut Tx, entry: i64, queue: i64, version: i64) -> Result<()> {
    let back = on_tx!(tx, conn => sqlx::query(
        "UPDATE queue_entry SET removed_at = NULL, version_id = $3 WHERE entry_id = $1 AND queue_id = $2",
    )
    .bind(entry).bind(queue).bind(version)
    .execute(conn).await?.rows_affected());
    if back == 0 { Err(Error::Stale) } else { Ok(()) }
}

/// The slip of a version and the sender's address, as the transaction sees them.
pub async fn slip(tx: &mut Tx, version: i64) -> Result<Option<(Slip, Option<String>)>> {
    let row: Option<(String, Option<String>)> = on_tx!(tx, conn => sqlx::query_as(
        "SELECT body, email FROM slip WHERE version_id = $1",
    )
    .bind(version).fetch_optional(conn).await?);
    Ok(match row {
        Some((body, email)) => Some((serde_json::from_str(&body)?, email)),
        None => None,
    })
}

/// The text hash of the newest version follows its files when they are moved.
pub async fn set_text_hash(tx: &mut Tx, version: i64, text_hash: Option<&str>) -> Result<()> {
    on_tx!(tx, conn => sqlx::query("UPDATE entry_version SET text_hash = $2 WHERE id = $1")
        .bind(version).bind(text_hash).execute(conn).await?.rows_affected());
    Ok(())
}

pub async fn matter(tx: &mut Tx, id: i64) -> Result<Matter> {
    let row = on_tx!(tx, conn => sqlx::query_as(
        "SELECT id, contest_id, unit_id, kind, subject, subject_id, detail, opened_at, closed_at, decision FROM matter WHERE id = $1",
    )
    .bind(id).fetch_optional(conn).await?);
    row.ok_or(Error::Missing)
}

pub async fn letter(tx: &mut Tx, id: i64) -> Result<Letter> {
    let row = on_tx!(tx, conn => sqlx::query_as(
        "SELECT id, contest_id, unit_id, rfc_id, kind, recipient, null_path, sender, subject, mime, mime_blob, state, reason,
             message_id, not_before, queued_at, sent_at FROM letter WHERE id = $1",
    )
    .bind(id).fetch_optional(conn).await?);
    row.ok_or(Error::Missing)
}

/// The text hash of the newest reading of a file.
pub async fn text_hash(tx: &mut Tx, blob: &str) -> Result<Option<String>> {
    let row: Option<Option<String>> = on_tx!(tx, conn => sqlx::query_scalar(
        "SELECT text_hash FROM reading WHERE blob = $1 ORDER BY reader DESC LIMIT 1",
    )
    .bind(blob).fetch_optional(conn).await?);
    Ok(row.flatten())
}

/// What an answer to a mail needs: Message-ID, sender, and the units whose mailboxes it came to.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Answerable {
    pub contest_id: i64,
    pub rfc_id: Option<String>,
    pub from_email: Option<String>,
}

pub async fn answerable(tx: &mut Tx, message: i64) -> Result<Answerable> {
    let row = on_tx!(tx, conn => sqlx::query_as("SELECT contest_id, rfc_id, from_email FROM message WHERE id = $1")
        .bind(message).fetch_optional(conn).await?);
    row.ok_or(Error::Missing)
}

/// The mailboxes a mail came to: unit and address, first delivery first.
pub async fn arrived_at(tx: &mut Tx, message: i64) -> Result<Vec<(i64, String)>> {
    Ok(on_tx!(tx, conn => sqlx::query_as(
        "SELECT mailbox.unit_id, mailbox.address FROM delivery JOIN mailbox ON mailbox.id = delivery.mailbox_id
         WHERE delivery.message_id = $1 ORDER BY delivery.internal_at, delivery.id",
    )
    .bind(message).fetch_all(conn).await?))
}

/// The unit of a mailbox.
pub async fn mailbox_unit(tx: &mut Tx, mailbox: i64) -> Result<i64> {
    let row: Option<i64> = on_tx!(tx, conn => sqlx::query_scalar("SELECT unit_id FROM mailbox WHERE id = $1")
        .bind(mailbox).fetch_optional(conn).await?);
    row.ok_or(Error::Missing)
}

/// The open matters about a row that hold it back, without regard to who looks. A cluster holds nobody back.
pub async fn open_matters(tx: &mut Tx, subject: Subject, subject_id: i64) -> Result<i64> {
    Ok(on_tx!(tx, conn => sqlx::query_scalar(
        "SELECT count(*) FROM matter WHERE subject = $1 AND subject_id = $2 AND closed_at IS NULL AND kind <> $3",
    )
    .bind(subject).bind(subject_id).bind(MatterKind::Copied).fetch_one(conn).await?))
}

/// Where the login letter of an account belongs: contest and unit of its first role that opens the desk.
pub async fn home(tx: &mut Tx, account: i64) -> Result<Option<(i64, i64)>> {
    Ok(on_tx!(tx, conn => sqlx::query_as(
        "SELECT grant_role.contest_id, coalesce(grant_role.unit_id, (
             SELECT unit.id FROM unit WHERE unit.contest_id = grant_role.contest_id AND unit.parent_id IS NULL ORDER BY unit.id LIMIT 1))
         FROM grant_role
         WHERE account_id = $1 AND revoked_at IS NULL
         ORDER BY CASE WHEN role IN ($2, $3) THEN 0 ELSE 1 END, granted_at, id LIMIT 1",
    )
    .bind(account).bind(Role::Administrator).bind(Role::Secretary)
    .fetch_optional(conn).await?))
}
