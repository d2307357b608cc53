//! Mails on our disk and what became of them.

use super::Db;
use super::Error;
use super::Result;
use super::Tx;
use super::new_id;
use super::on_db;
use super::on_tx;
use super::plain;
use super::removal::veiled;
use crate::entry::MessageKind;
use crate::entry::MessageState;
use crate::entry::Proof;

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Message {
    pub id: i64,
    pub contest_id: i64,
    /// SHA-256 of the raw bytes.
    pub blob: String,
    pub size: i64,
    pub rfc_id: Option<String>,
    pub from_email: Option<String>,
    pub from_name: Option<String>,
    pub subject: Option<String>,
    pub body: Option<String>,
    pub received_at: i64,
    pub kind: Option<MessageKind>,
    pub state: MessageState,
    pub attempts: i64,
    pub same_as: Option<i64>,
}

/// Writes a stored mail, or finds the one with the same bytes, received when it first came. Returns its id and
/// whether it is new.
pub async fn store(
    tx: &mut Tx,
    contest: i64,
    blob: &str,
    size: i64,
    received_at: i64,
    now: i64,
) -> Result<(i64, bool)> {
    let id = new_id();
    let kept: i64 = on_tx!(tx, conn => sqlx::query_scalar(
        "INSERT INTO message (id, contest_id, blob, size, received_at, state, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (contest_id, blob) DO UPDATE SET received_at =
             CASE WHEN excluded.received_at < message.received_at THEN excluded.received_at ELSE message.received_at END
         RETURNING id",
    )
    .bind(id).bind(contest).bind(blob).bind(size).bind(received_at).bind(MessageState::Stored).bind(now)
    .fetch_one(conn).await?);
    Ok((kept, kept == id))
}

pub async fn get(db: &Db, id: i64) -> Result<Message> {
    let row = on_db!(db, pool => sqlx::query_as(
        "SELECT id, contest_id, blob, size, rfc_id, from_email, from_name, subject, body, received_at, kind, state, attempts, same_as
         FROM message WHERE id = $1",
    )
    .bind(id).fetch_optional(pool).await?);
    row.ok_or(Error::Missing)
}

/// Counts an attempt that the reader of the bytes did not survive. Returns how many there were.
pub async fn attempt(db: &Db, id: i64) -> Result<i64> {
    let mut tx = db.begin().await?;
    let attempts = on_tx!(&mut tx, conn => sqlx::query_scalar(
        "UPDATE message SET attempts = attempts + 1 WHERE id = $1 RETURNING attempts",
    )
    .bind(id).fetch_one(conn).await?);
    tx.commit().await?;
    Ok(attempts)
}

/// What sorting found out about a mail.
pub struct Sorted<'a> {
    pub kind: MessageKind,
    pub rfc_id: Option<&'a str>,
    pub content_hash: &'a str,
    pub from_email: Option<&'a str>,
    pub from_name: Option<&'a str>,
    pub subject: &'a str,
    pub body: &'a str,
    pub same_as: Option<i64>,
}

/// Ends the sorting of a mail. `Stale` when it was sorted already.
pub async fn sorted(tx: &mut Tx, id: i64, found: &Sorted<'_>) -> Result<()> {
    let moved = on_tx!(tx, conn => sqlx::query(
        "UPDATE message SET state = $2, kind = $3, rfc_id = $4, content_hash = $5, from_email = $6, from_name = $7,
             subject = $8, body = $9, same_as = $10
         WHERE id = $1 AND state NOT IN ($2, 'removed')",
    )
    .bind(id).bind(MessageState::Sorted).bind(found.kind).bind(found.rfc_id.map(plain)).bind(found.content_hash)
    .bind(found.from_email.map(plain)).bind(found.from_name.map(plain)).bind(plain(found.subject)).bind(plain(found.body)).bind(found.same_as)
    .execute(conn).await?.rows_affected());
    if moved == 0 {
        Err(Error::Stale)
    } else {
        Ok(())
    }
}

/// Writes down whether a mail's sender was proven.
pub async fn prove(tx: &mut Tx, id: i64, proof: Proof) -> Result<()> {
    on_tx!(tx, conn => sqlx::query("UPDATE message SET proof = $2 WHERE id = $1")
        .bind(id).bind(proof).execute(conn).await?.rows_affected());
    Ok(())
}

/// Whether a mail's sender was proven; `None`: it was sorted before this was asked.
pub async fn proof(db: &Db, id: i64) -> Result<Option<Proof>> {
    let row: Option<Option<Proof>> = on_db!(db, pool => sqlx::query_scalar("SELECT proof FROM message WHERE id = $1")
        .bind(id).fetch_optional(pool).await?);
    row.ok_or(Error::Missing)
}

/// Lays a mail aside that could not be parsed.
pub async fn quarantine(tx: &mut Tx, id: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query("UPDATE message SET state = $2 WHERE id = $1 AND state = $3")
        .bind(id).bind(MessageState::Quarantined).bind(MessageState::Stored)
        .execute(conn).await?.rows_affected());
    Ok(())
}

/// Puts a quarantined mail back for another try, by a person's wish.
pub async fn retry(tx: &mut Tx, id: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query("UPDATE message SET state = $2, attempts = 0 WHERE id = $1 AND state = $3")
        .bind(id).bind(MessageState::Stored).bind(MessageState::Quarantined)
        .execute(conn).await?.rows_affected());
    Ok(())
}

/// What a mail is and how far it got, as the transaction sees it.
pub async fn standing(tx: &mut Tx, id: i64) -> Result<(MessageState, Option<MessageKind>)> {
    let row = on_tx!(tx, conn => sqlx::query_as("SELECT state, kind FROM message WHERE id = $1")
        .bind(id).fetch_optional(conn).await?);
    row.ok_or(Error::Missing)
}

/// Says by a person's word what a sorted mail is, and puts it back to be sorted again (`Stored`), or takes that
/// word back (`Sorted`). `Stale` when the mail stands otherwise than `from`.
pub async fn judge(
    tx: &mut Tx,
    id: i64,
    from: (MessageState, MessageKind),
    to: (MessageState, MessageKind),
) -> Result<()> {
    let moved = on_tx!(tx, conn => sqlx::query(
        "UPDATE message SET state = $4, kind = $5, attempts = 0 WHERE id = $1 AND state = $2 AND kind = $3",
    )
    .bind(id).bind(from.0).bind(from.1).bind(to.0).bind(to.1)
    .execute(conn).await?.rows_affected());
    if moved == 0 {
        Err(Error::Stale)
    } else {
        Ok(())
    }
}

/// An earlier mail with the same Message-ID, the same contents and the same sender: one mail to two mailboxes, or one
/// whose data was removed and that came again.
pub async fn same(
    tx: &mut Tx,
    contest: i64,
    this: i64,
    rfc_id: &str,
    content_hash: &str,
) -> Result<Option<i64>> {
    Ok(on_tx!(tx, conn => sqlx::query_scalar(
        "SELECT id FROM message WHERE contest_id = $1 AND content_hash = $3 AND id <> $4 AND same_as IS NULL
             AND ((rfc_id = $2 AND state = 'sorted') OR (rfc_id = $5 AND state = 'removed'))
         ORDER BY received_at, id LIMIT 1",
    )
    .bind(contest).bind(plain(rfc_id)).bind(content_hash).bind(this).bind(veiled(&plain(rfc_id)))
    .fetch_optional(conn).await?))
}

/// One decoded file of a mail.
pub struct PartRow<'a> {
    pub path: &'a str,
    pub name: &'a str,
    pub blob: &'a str,
    pub size: i64,
    pub kind: &'a str,
}

pub async fn put_part(tx: &mut Tx, message: i64, part: &PartRow<'_>) -> Result<()> {
    on_tx!(tx, conn => sqlx::query(
        "INSERT INTO mime_part (id, message_id, path, name, blob, size, kind) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (message_id, path) DO NOTHING",
    )
    .bind(new_id()).bind(message).bind(part.path).bind(plain(part.name)).bind(part.blob).bind(part.size).bind(part.kind)
    .execute(conn).await?.rows_affected());
    Ok(())
}

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Part {
    pub path: String,
    pub name: String,
    pub blob: String,
    pub size: i64,
    pub kind: String,
}

pub async fn parts(db: &Db, message: i64) -> Result<Vec<Part>> {
    Ok(
        on_db!(db, pool => sqlx::query_as("SELECT path, name, blob, size, kind FROM mime_part WHERE message_id = $1 ORDER BY id")
        .bind(message).fetch_all(pool).await?),
    )
}
