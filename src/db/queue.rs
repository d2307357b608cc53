//! A unit's queue in a round: what its judges will see, under blind codes.

use super::Db;
use super::Error;
use super::Result;
use super::Tx;
use super::new_id;
use super::on_db;
use super::on_tx;
use crate::entry::FlagKind;

/// Puts an entry into its unit's queue of the round with this code; an entry that was taken out comes back
/// under its old blind code. False when the queue's list is locked: nothing was put. `Missing` when the unit holds no
/// such round.
pub async fn put(
    tx: &mut Tx,
    unit: i64,
    round: &str,
    entry: i64,
    version: i64,
    blind_code: &str,
    now: i64,
) -> Result<bool> {
    let queue: Option<(i64, bool)> = on_tx!(tx, conn => sqlx::query_as(
        "SELECT queue.id, queue.locked_at IS NOT NULL FROM queue JOIN round ON round.id = queue.round_id WHERE queue.unit_id = $1 AND round.code = $2",
    )
    .bind(unit).bind(round).fetch_optional(conn).await?);
    let (queue, locked) = queue.ok_or(Error::Missing)?;
    if locked {
        return Ok(false);
    }
    on_tx!(tx, conn => sqlx::query(
        "INSERT INTO queue_entry (id, queue_id, entry_id, version_id, blind_code, added_at, source_unit_id, origin_unit_id)
         SELECT $1, $2, entry.id, $4, $5, $6, entry.unit_id, entry.origin_unit_id FROM entry WHERE entry.id = $3
         ON CONFLICT (queue_id, entry_id) DO UPDATE
         SET removed_at = NULL, version_id = excluded.version_id, ready_at = NULL, waits = TRUE,
             source_unit_id = excluded.source_unit_id, origin_unit_id = excluded.origin_unit_id",
    )
    .bind(new_id()).bind(queue).bind(entry).bind(version).bind(blind_code).bind(now)
    .execute(conn).await?.rows_affected());
    Ok(true)
}

/// An entry that a locked list lets on.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Taken {
    pub entry_id: i64,
    pub version_id: i64,
    pub place: i64,
    pub ordinal: i64,
    /// Sum of the marks in quarter points.
    pub quarters: i64,
    /// How many marks.
    pub marks: i64,
    pub reason: String,
    /// The plan's code of its prize.
    pub prize: Option<String>,
    pub queue_entry_id: i64,
}

/// The entries that a list takes, best first.
pub async fn taken(db: &Db, ranking: i64) -> Result<Vec<Taken>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT queue_entry.entry_id, queue_entry.version_id, ranking_line.place, ranking_line.ordinal, ranking_line.quarters,
             ranking_line.marks, ranking_line.reason, award.prize, queue_entry.id AS queue_entry_id
         FROM ranking_line
         JOIN queue_entry ON queue_entry.id = ranking_line.queue_entry_id
         LEFT JOIN award ON award.ranking_id = ranking_line.ranking_id AND award.queue_entry_id = ranking_line.queue_entry_id
         WHERE ranking_line.ranking_id = $1 AND ranking_line.taken ORDER BY ranking_line.ordinal",
    )
    .bind(ranking).fetch_all(pool).await?))
}

/// Whether an entry stands on a locked list, so that nothing about its place may change any more.
pub async fn on_locked_list(tx: &mut Tx, entry: i64) -> Result<bool> {
    let n: i64 = on_tx!(tx, conn => sqlx::query_scalar(
        "SELECT count(*) FROM queue_entry JOIN queue ON queue.id = queue_entry.queue_id
         WHERE queue_entry.entry_id = $1 AND queue_entry.removed_at IS NULL AND queue.locked_at IS NOT NULL",
    )
    .bind(entry).fetch_one(conn).await?);
    Ok(n > 0)
}

/// Whether the list of a queue is locked.
pub async fn is_locked(tx: &mut Tx, queue: i64) -> Result<bool> {
    let n: i64 = on_tx!(tx, conn => sqlx::query_scalar("SELECT count(*) FROM queue WHERE id = $1 AND locked_at IS NOT NULL")
        .bind(queue).fetch_one(conn).await?);
    Ok(n > 0)
}

/// Takes an entry out of every queue it is in, but not off a locked list.
pub async fn take_out(tx: &mut Tx, entry: i64, now: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query(
        "UPDATE queue_entry SET removed_at = $2 WHERE entry_id = $1 AND removed_at IS NULL
             AND queue_id IN (SELECT id FROM queue WHERE locked_at IS NULL)",
    )
        .bind(entry).bind(now).execute(conn).await?.rows_affected());
    Ok(())
}

/// A judge's flag with the entry it is about.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Raised {
    pub entry_id: i64,
    pub kind: FlagKind,
    pub note: String,
    pub taken_back_at: Option<i64>,
}

pub async fn flag(db: &Db, id: i64) -> Result<Raised> {
    let row = on_db!(db, pool => sqlx::query_as(
        "SELECT queue_entry.entry_id, mark_flag.kind, mark_flag.note, mark_flag.taken_back_at FROM mark_flag
         JOIN mark_sheet ON mark_sheet.id = mark_flag.sheet_id
         JOIN queue_entry ON queue_entry.id = mark_sheet.queue_entry_id
         WHERE mark_flag.id = $1",
    )
    .bind(id).fetch_optional(pool).await?);
    row.ok_or(Error::Missing)
}
