//! Counts for `phach status`, for `/health` and for the end of a run. Never names, never texts.

use super::Db;
use super::Result;
use super::on_db;

/// A word and how many rows it stands for.
pub type Count = (String, i64);

/// Entries of a contest by state.
pub async fn entries_by_state(db: &Db, contest: i64) -> Result<Vec<Count>> {
    Ok(
        on_db!(db, pool => sqlx::query_as("SELECT state, count(*) FROM entry WHERE contest_id = $1 GROUP BY state ORDER BY state")
        .bind(contest).fetch_all(pool).await?),
    )
}

/// Entries of a contest by timeliness.
pub async fn entries_by_timeliness(db: &Db, contest: i64) -> Result<Vec<Count>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT timeliness, count(*) FROM entry WHERE contest_id = $1 GROUP BY timeliness ORDER BY timeliness",
    )
    .bind(contest).fetch_all(pool).await?))
}

/// Entries of a contest by unit code, of those in their unit's queue.
pub async fn queued_by_unit(db: &Db, contest: i64) -> Result<Vec<Count>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT unit.code, count(*) FROM queue_entry
         JOIN queue ON queue.id = queue_entry.queue_id JOIN unit ON unit.id = queue.unit_id
         WHERE unit.contest_id = $1 AND queue_entry.removed_at IS NULL GROUP BY unit.code ORDER BY unit.code",
    )
    .bind(contest).fetch_all(pool).await?))
}

/// Mails of a contest by kind; those not sorted yet count as their state.
pub async fn messages_by_kind(db: &Db, contest: i64) -> Result<Vec<Count>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT coalesce(kind, state), count(*) FROM message WHERE contest_id = $1
         GROUP BY coalesce(kind, state) ORDER BY coalesce(kind, state)",
    )
    .bind(contest).fetch_all(pool).await?))
}

/// Deliveries of a contest by state.
pub async fn deliveries_by_state(db: &Db, contest: i64) -> Result<Vec<Count>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT delivery.state, count(*) FROM delivery JOIN mailbox ON mailbox.id = delivery.mailbox_id
         WHERE mailbox.contest_id = $1 GROUP BY delivery.state ORDER BY delivery.state",
    )
    .bind(contest).fetch_all(pool).await?))
}

/// Letters of a contest by kind and state.
pub async fn letters(db: &Db, contest: i64) -> Result<Vec<(String, String, i64)>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT kind, state, count(*) FROM letter WHERE contest_id = $1 GROUP BY kind, state ORDER BY kind, state",
    )
    .bind(contest).fetch_all(pool).await?))
}

/// Open matters of a contest by kind.
pub async fn matters(db: &Db, contest: i64) -> Result<Vec<Count>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT kind, count(*) FROM matter WHERE contest_id = $1 AND closed_at IS NULL GROUP BY kind ORDER BY kind",
    )
    .bind(contest).fetch_all(pool).await?))
}

/// How often an entry was handed in again with nothing new.
pub async fn resends(db: &Db, contest: i64) -> Result<i64> {
    Ok(on_db!(db, pool => sqlx::query_scalar(
        "SELECT count(*) FROM resend JOIN entry ON entry.id = resend.entry_id WHERE entry.contest_id = $1",
    )
    .bind(contest).fetch_one(pool).await?))
}
