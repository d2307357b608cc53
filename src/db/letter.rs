//! Letters: a row in the transaction of their cause, sent later, each attempt written down.

use super::Db;
use super::Error;
use super::Result;
use super::Tx;
use super::new_id;
use super::on_db;
use super::on_tx;
use super::plain;
use crate::entry::LetterState;

/// A letter to be queued. The MIME is rendered and the Message-ID fixed before it is.
pub struct NewLetter<'a> {
    pub contest: i64,
    pub unit: i64,
    /// One cause, one letter: "receipt/<contest>/<SHA-256 of the mail>/<mailbox>".
    pub key: &'a str,
    pub rfc_id: &'a str,
    pub kind: LetterKind,
    pub recipient: &'a str,
    /// Sent with the envelope sender <> (RFC 3834 §3.3), so that nothing answers it.
    pub null_path: bool,
    /// Our mailbox it comes from.
    pub sender: &'a str,
    pub subject: &'a str,
    pub mime: &'a str,
    pub message: Option<i64>,
    pub not_before: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum LetterKind {
    /// Login link and code: first of all.
    Login,
    /// To the administrator: something is broken.
    Alarm,
    Receipt,
    /// A clerk's answer.
    Reply,
    /// A part of a package of entries.
    Handover,
    /// The answer to a package.
    Acknowledge,
    /// Drafts of papers for the secretariat.
    Papers,
    /// A deadline was moved, and with it what an entry's receipt had said.
    Deadline,
    /// One of many, of a mailing.
    Mailing,
}

impl LetterKind {
    /// Lower goes first.
    pub fn priority(self) -> i64 {
        match self {
            LetterKind::Login => 0,
            LetterKind::Alarm => 1,
            LetterKind::Reply => 2,
            // Before sorting (4): a receipt is quick to send, and somebody waits for it.
            LetterKind::Receipt => 3,
            LetterKind::Acknowledge => 4,
            LetterKind::Handover => 5,
            LetterKind::Papers => 4,
            LetterKind::Deadline => 6,
            LetterKind::Mailing => 9,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Letter {
    pub id: i64,
    pub contest_id: i64,
    pub unit_id: i64,
    pub rfc_id: String,
    pub kind: LetterKind,
    pub recipient: String,
    pub null_path: bool,
    pub sender: String,
    pub subject: String,
    /// Without its files, when those lie in the blob folder.
    pub mime: String,
    /// The whole letter as a blob, when it is too large for a row.
    pub mime_blob: Option<String>,
    pub state: LetterState,
    pub reason: Option<String>,
    pub message_id: Option<i64>,
    pub not_before: i64,
    pub queued_at: i64,
    pub sent_at: Option<i64>,
}

const COLUMNS: &str = "id, contest_id, unit_id, rfc_id, kind, recipient, null_path, sender, subject, mime, mime_blob, state, reason,
    message_id, not_before, queued_at, sent_at";

/// Queues a letter; the same key twice is one letter. Returns its id when it is new; `Stale` when another letter has its
/// Message-ID.
pub async fn queue(tx: &mut Tx, letter: &NewLetter<'_>, now: i64) -> Result<Option<i64>> {
    // No key is named here: of two that come at once PostgreSQL may meet the Message-ID first.
    let id: Option<i64> = on_tx!(tx, conn => sqlx::query_scalar(
        "INSERT INTO letter (id, contest_id, unit_id, letter_key, rfc_id, kind, recipient, null_path, sender, subject, mime,
             state, message_id, not_before, queued_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         ON CONFLICT DO NOTHING RETURNING id",
    )
    .bind(new_id()).bind(letter.contest).bind(letter.unit).bind(letter.key).bind(letter.rfc_id).bind(letter.kind)
    .bind(plain(letter.recipient)).bind(letter.null_path).bind(letter.sender).bind(plain(letter.subject)).bind(plain(letter.mime))
    .bind(LetterState::Queued).bind(letter.message).bind(letter.not_before).bind(now)
    .fetch_optional(conn).await?);
    if id.is_none() && !is_known(tx, letter.key).await? {
        return Err(Error::Stale);
    }
    Ok(id)
}

/// Whether a letter was queued under this key.
pub async fn is_known(tx: &mut Tx, key: &str) -> Result<bool> {
    let n: i64 = on_tx!(tx, conn => sqlx::query_scalar("SELECT count(*) FROM letter WHERE letter_key = $1")
        .bind(key).fetch_one(conn).await?);
    Ok(n > 0)
}

/// The receipt of a mail that was not held back, if it got one.
pub async fn receipt_of(tx: &mut Tx, message: i64) -> Result<Option<Letter>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM letter WHERE message_id = $1 AND kind = $2 AND state <> $3 ORDER BY id LIMIT 1"
    );
    Ok(on_tx!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(message).bind(LetterKind::Receipt).bind(LetterState::Suppressed).fetch_optional(conn).await?))
}

/// Names the blob that holds the whole letter; the row keeps it without its files.
pub async fn put_blob(tx: &mut Tx, id: i64, blob: &str) -> Result<()> {
    on_tx!(tx, conn => sqlx::query("UPDATE letter SET mime_blob = $2 WHERE id = $1")
        .bind(id).bind(blob).execute(conn).await?.rows_affected());
    Ok(())
}

pub async fn get(db: &Db, id: i64) -> Result<Letter> {
    let sql = format!("SELECT {COLUMNS} FROM letter WHERE id = $1");
    let row = on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(pool).await?);
    row.ok_or(Error::Missing)
}

/// The letters that are not sent yet, oldest first.
pub async fn in_flight(tx: &mut Tx) -> Result<Vec<Letter>> {
    let sql =
        format!("SELECT {COLUMNS} FROM letter WHERE state IN ('queued', 'sending') ORDER BY id");
    Ok(on_tx!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(conn).await?))
}

/// Moves a letter on from the state the caller saw.
pub async fn advance(
    tx: &mut Tx,
    id: i64,
    from: LetterState,
    to: LetterState,
    reason: Option<&str>,
    at: i64,
) -> Result<()> {
    let sent = (to == LetterState::Sent).then_some(at);
    let moved = on_tx!(tx, conn => sqlx::query(
        "UPDATE letter SET state = $3, reason = $4, sent_at = coalesce($5, sent_at) WHERE id = $1 AND state = $2",
    )
    .bind(id).bind(from).bind(to).bind(reason.map(plain)).bind(sent)
    .execute(conn).await?.rows_affected());
    if moved == 0 {
        Err(Error::Stale)
    } else {
        Ok(())
    }
}

/// A letter that stays in the outbox for now, and why.
pub async fn waits(tx: &mut Tx, id: i64, reason: &str) -> Result<()> {
    on_tx!(tx, conn => sqlx::query(
        "UPDATE letter SET state = 'queued', reason = $2 WHERE id = $1 AND state IN ('queued', 'sending')
             AND (state <> 'queued' OR reason IS NULL OR reason <> $2)",
    )
    .bind(id).bind(plain(reason)).execute(conn).await?.rows_affected());
    Ok(())
}

/// Empties the login letters that are done with or older than a day: they hold a key to the desk.
pub async fn forget_logins(tx: &mut Tx, now: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query(
        "UPDATE letter SET mime = '' WHERE kind = 'login' AND mime <> '' AND (state = 'sent' OR queued_at < $1)",
    )
    .bind(now - 24 * 60 * 60 * 1_000)
    .execute(conn).await?.rows_affected());
    Ok(())
}

/// The letter with this Message-ID, for bounces and answers.
pub async fn by_rfc_id(tx: &mut Tx, rfc_id: &str) -> Result<Option<(i64, i64)>> {
    Ok(
        on_tx!(tx, conn => sqlx::query_as("SELECT id, unit_id FROM letter WHERE rfc_id = $1")
        .bind(plain(rfc_id)).fetch_optional(conn).await?),
    )
}

/// Notes that a letter came back.
pub async fn bounced(tx: &mut Tx, id: i64, at: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query("UPDATE letter SET bounced_at = $2 WHERE id = $1")
        .bind(id).bind(at).execute(conn).await?.rows_affected());
    Ok(())
}

/// How many automatic letters an address was sent since `since` (RFC 3834 §2: a loop stops here).
pub async fn to_address_since(tx: &mut Tx, recipient: &str, since: i64) -> Result<i64> {
    Ok(on_tx!(tx, conn => sqlx::query_scalar(
        "SELECT count(*) FROM letter WHERE recipient = $1 AND kind = 'receipt' AND queued_at >= $2",
    )
    .bind(plain(recipient)).bind(since).fetch_one(conn).await?))
}
