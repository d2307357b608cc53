//! The versions of an entry: what was handed in again, which of them counts, and whether that may still change.

use super::Db;
use super::Error;
use super::Result;
use super::Tx;
use super::entry::Version;
use super::on_db;
use super::on_tx;
use super::plain;
use crate::entry::Proof;

/// A version as its entry's page lists it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Line {
    pub id: i64,
    pub n: i64,
    pub stands: bool,
    /// When the server received what brought it, ms UTC.
    pub received_at: i64,
    pub message_id: Option<i64>,
    pub from_email: Option<String>,
    pub proof: Option<Proof>,
    pub in_body: bool,
}

/// All versions of an entry, the first one first.
pub async fn history(db: &Db, entry: i64) -> Result<Vec<Line>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT entry_version.id, entry_version.n, entry_version.stands, submission.received_at, submission.message_id,
             message.from_email, message.proof, entry_version.in_body
         FROM entry_version JOIN submission ON submission.id = entry_version.submission_id
         LEFT JOIN message ON message.id = submission.message_id
         WHERE entry_version.entry_id = $1 ORDER BY entry_version.n",
    )
    .bind(entry).fetch_all(pool).await?))
}

/// Lets this version of an entry count and no other. `Missing` when the entry has no such version.
pub async fn let_stand(tx: &mut Tx, entry: i64, version: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query("UPDATE entry_version SET stands = FALSE WHERE entry_id = $1 AND stands AND id <> $2")
        .bind(entry).bind(version).execute(conn).await?.rows_affected());
    let stands = on_tx!(tx, conn => sqlx::query("UPDATE entry_version SET stands = TRUE WHERE entry_id = $1 AND id = $2")
        .bind(entry).bind(version).execute(conn).await?.rows_affected());
    if stands == 0 {
        Err(Error::Missing)
    } else {
        Ok(())
    }
}

/// The number of an entry's next version.
pub async fn next(tx: &mut Tx, entry: i64) -> Result<i64> {
    Ok(on_tx!(tx, conn => sqlx::query_scalar(
        "SELECT coalesce(max(n), 0) + 1 FROM entry_version WHERE entry_id = $1",
    )
    .bind(entry).fetch_one(conn).await?))
}

/// The version of an entry that one act of handing in brought.
pub async fn by_submission(tx: &mut Tx, entry: i64, submission: i64) -> Result<Option<Version>> {
    Ok(on_tx!(tx, conn => sqlx::query_as(
        "SELECT id, entry_id, n, submission_id, text_hash, in_body, answers FROM entry_version
         WHERE entry_id = $1 AND submission_id = $2 ORDER BY n DESC LIMIT 1",
    )
    .bind(entry).bind(submission).fetch_optional(conn).await?))
}

/// When what a version came with was received, ms UTC.
pub async fn received_at(tx: &mut Tx, version: i64) -> Result<i64> {
    let at: Option<i64> = on_tx!(tx, conn => sqlx::query_scalar(
        "SELECT submission.received_at FROM entry_version JOIN submission ON submission.id = entry_version.submission_id
         WHERE entry_version.id = $1",
    )
    .bind(version).fetch_optional(conn).await?);
    at.ok_or(Error::Missing)
}

/// The mail of a submission; `None` when it came otherwise.
pub async fn mail(db: &Db, submission: i64) -> Result<Option<i64>> {
    let row: Option<Option<i64>> = on_db!(db, pool => sqlx::query_scalar("SELECT message_id FROM submission WHERE id = $1")
        .bind(submission).fetch_optional(pool).await?);
    Ok(row.flatten())
}

/// A newer version of an earlier entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Brought {
    pub entry: i64,
    pub submission: i64,
    pub stands: bool,
}

/// The newer versions of earlier entries that a mail brought, apart from those that were entries of their own first.
pub async fn brought_by(tx: &mut Tx, message: i64) -> Result<Vec<Brought>> {
    Ok(on_tx!(tx, conn => sqlx::query_as(
        "SELECT entry.id AS entry, submission.id AS submission, entry_version.stands FROM submission
         JOIN entry_version ON entry_version.submission_id = submission.id JOIN entry ON entry.id = entry_version.entry_id
         WHERE submission.message_id = $1 AND entry.submission_id <> submission.id
             AND NOT EXISTS (SELECT 1 FROM entry AS joined WHERE joined.submission_id = submission.id AND joined.joined_to = entry.id)
         ORDER BY entry_version.id",
    )
    .bind(message).fetch_all(conn).await?))
}

/// The entries whose receipt has this `Message-ID`, which nobody knows who was not sent it.
pub async fn of_receipt(tx: &mut Tx, contest: i64, rfc_id: &str) -> Result<Vec<i64>> {
    Ok(on_tx!(tx, conn => sqlx::query_scalar(
        "SELECT DISTINCT entry_version.entry_id FROM letter
         JOIN submission ON submission.message_id = letter.message_id
         JOIN entry_version ON entry_version.submission_id = submission.id
         WHERE letter.contest_id = $1 AND letter.rfc_id = $2 AND letter.kind = 'receipt' ORDER BY entry_version.entry_id",
    )
    .bind(contest).bind(plain(rfc_id)).fetch_all(conn).await?))
}

/// Whether others work with the version that counts, so that a program may not put another in its place: a judge has
/// looked at it, its list is locked, or it is in a package.
pub async fn is_in_use(tx: &mut Tx, entry: i64) -> Result<bool> {
    let n: i64 = on_tx!(tx, conn => sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM queue_entry JOIN queue ON queue.id = queue_entry.queue_id
                 WHERE queue_entry.entry_id = $1 AND queue_entry.removed_at IS NULL AND queue.locked_at IS NOT NULL)
             + (SELECT count(*) FROM mark_sheet JOIN queue_entry ON queue_entry.id = mark_sheet.queue_entry_id
                WHERE queue_entry.entry_id = $1 AND queue_entry.removed_at IS NULL
                    AND (mark_sheet.opened_at IS NOT NULL OR mark_sheet.saved_at IS NOT NULL))
             + (SELECT count(*) FROM handover_entry JOIN handover ON handover.id = handover_entry.handover_id
                WHERE handover_entry.entry_id = $1 AND handover.state <> 'taken_back')",
    )
    .bind(entry).fetch_one(conn).await?);
    Ok(n > 0)
}

/// Has the queues of an entry whose lists are open show this version from now on. It may be dealt when its copy is made;
/// what a judge would save for the version before it is refused as outdated.
pub async fn show(tx: &mut Tx, entry: i64, version: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query(
        "UPDATE mark_sheet SET version = version + 1
         WHERE state = 'open' AND queue_id IN (SELECT id FROM queue WHERE locked_at IS NULL)
             AND queue_entry_id IN (SELECT id FROM queue_entry WHERE entry_id = $1 AND removed_at IS NULL)",
    )
    .bind(entry).execute(conn).await?.rows_affected());
    on_tx!(tx, conn => sqlx::query(
        "UPDATE queue_entry SET version_id = $2, ready_at = NULL, waits = TRUE
         WHERE entry_id = $1 AND removed_at IS NULL AND queue_id IN (SELECT id FROM queue WHERE locked_at IS NULL)",
    )
    .bind(entry).bind(version).execute(conn).await?.rows_affected());
    Ok(())
}
