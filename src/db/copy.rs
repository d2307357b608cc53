//! The judge's copy as it is made: words that clerks had covered, the masked text, and whether an entry may be dealt.

use super::Db;
use super::Result;
use super::Tx;
use super::new_id;
use super::on_db;
use super::on_tx;
use super::plain;

/// A copy to be stored: masked blocks (JSON) and ticked answers (JSON); no identity in either.
pub struct NewCopy<'a> {
    pub version: i64,
    pub safe: bool,
    pub body: &'a str,
    pub words: i64,
    pub answers: &'a str,
    /// Version of the masker.
    pub maker: i64,
    /// Pictures beside the text that no clerk has released.
    pub pictures_wait: i64,
}

/// Stores the copy of a version in place of an earlier one.
pub async fn put(tx: &mut Tx, copy: &NewCopy<'_>, now: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query(
        "INSERT INTO judge_copy (version_id, safe, body, words, answers, maker, pictures_wait, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (version_id) DO UPDATE
         SET safe = excluded.safe, body = excluded.body, words = excluded.words, answers = excluded.answers,
             maker = excluded.maker, pictures_wait = excluded.pictures_wait, made_at = excluded.made_at",
    )
    .bind(copy.version).bind(copy.safe).bind(plain(copy.body)).bind(copy.words).bind(copy.answers).bind(copy.maker).bind(copy.pictures_wait).bind(now)
    .execute(conn).await?.rows_affected());
    Ok(())
}

/// The stored copy of a version: whether it is safe, and its blocks.
pub async fn get(db: &Db, version: i64) -> Result<Option<(bool, String)>> {
    Ok(
        on_db!(db, pool => sqlx::query_as("SELECT safe, body FROM judge_copy WHERE version_id = $1")
        .bind(version).fetch_optional(pool).await?),
    )
}

/// The words that clerks had covered in a version, in the order they were named.
pub async fn covers(db: &Db, version: i64) -> Result<Vec<String>> {
    Ok(
        on_db!(db, pool => sqlx::query_scalar("SELECT words FROM cover WHERE version_id = $1 ORDER BY id")
        .bind(version).fetch_all(pool).await?),
    )
}

/// As `covers`, as the transaction sees them.
pub async fn covers_in(tx: &mut Tx, version: i64) -> Result<Vec<String>> {
    Ok(
        on_tx!(tx, conn => sqlx::query_scalar("SELECT words FROM cover WHERE version_id = $1 ORDER BY id")
        .bind(version).fetch_all(conn).await?),
    )
}

/// Covers exactly these words in a version from now on.
pub async fn set_covers(
    tx: &mut Tx,
    version: i64,
    words: &[String],
    account: i64,
    now: i64,
) -> Result<()> {
    on_tx!(tx, conn => sqlx::query("DELETE FROM cover WHERE version_id = $1")
        .bind(version).execute(conn).await?.rows_affected());
    for words in words {
        on_tx!(tx, conn => sqlx::query(
            "INSERT INTO cover (id, version_id, words, account_id, at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (version_id, words) DO NOTHING",
        )
        .bind(new_id()).bind(version).bind(plain(words)).bind(account).bind(now)
        .execute(conn).await?.rows_affected());
    }
    Ok(())
}

/// Who vouches that a version names nobody.
pub async fn voucher(tx: &mut Tx, version: i64) -> Result<Option<i64>> {
    let row: Option<Option<i64>> = on_tx!(tx, conn => sqlx::query_scalar("SELECT vouched_by FROM entry_version WHERE id = $1")
        .bind(version).fetch_optional(conn).await?);
    Ok(row.flatten())
}

pub async fn set_voucher(tx: &mut Tx, version: i64, account: Option<i64>) -> Result<()> {
    on_tx!(tx, conn => sqlx::query("UPDATE entry_version SET vouched_by = $2 WHERE id = $1")
        .bind(version).bind(account).execute(conn).await?.rows_affected());
    Ok(())
}

/// Whether judges may have an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// It may be dealt, from this moment if it could not before.
    Ready(i64),
    /// A person must do or decide something first.
    Waits,
    /// It was decided that it does not take part (late, and not accepted).
    Out,
}

/// Says whether judges may have the entry of a version. A locked list keeps what it had.
pub async fn set_ready(tx: &mut Tx, version: i64, readiness: Readiness) -> Result<()> {
    let (since, waits) = match readiness {
        Readiness::Ready(now) => (Some(now), false),
        Readiness::Waits => (None, true),
        Readiness::Out => (None, false),
    };
    on_tx!(tx, conn => sqlx::query(
        "UPDATE queue_entry SET ready_at = CASE WHEN $2 IS NULL THEN NULL ELSE coalesce(ready_at, $2) END, waits = $3
         WHERE version_id = $1 AND removed_at IS NULL AND queue_id IN (SELECT id FROM queue WHERE locked_at IS NULL)",
    )
    .bind(version).bind(since).bind(waits)
    .execute(conn).await?.rows_affected());
    Ok(())
}
