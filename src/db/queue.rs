//! A unit's queue in a round: what its judges will see, under blind codes.

use super::Error;
use super::Result;
use super::Tx;
use super::new_id;
use super::on_tx;

/// Puts an entry into its unit's queue of the round with this code; an entry that was taken out comes back
/// under its old blind code. `Missing` when the unit holds no such round.
pub async fn put(
    tx: &mut Tx,
    unit: i64,
    round: &str,
    entry: i64,
    version: i64,
    blind_code: &str,
    now: i64,
) -> Result<()> {
    let queue: Option<i64> = on_tx!(tx, conn => sqlx::query_scalar(
        "SELECT queue.id FROM queue JOIN round ON round.id = queue.round_id WHERE queue.unit_id = $1 AND round.code = $2",
    )
    .bind(unit).bind(round).fetch_optional(conn).await?);
    let queue = queue.ok_or(Error::Missing)?;
    on_tx!(tx, conn => sqlx::query(
        "INSERT INTO queue_entry (id, queue_id, entry_id, version_id, blind_code, added_at, source_unit_id, origin_unit_id)
         SELECT $1, $2, entry.id, $4, $5, $6, entry.unit_id, entry.origin_unit_id FROM entry WHERE entry.id = $3
         ON CONFLICT (queue_id, entry_id) DO UPDATE
         SET removed_at = NULL, version_id = excluded.version_id, ready_at = NULL,
             source_unit_id = excluded.source_unit_id, origin_unit_id = excluded.origin_unit_id",
    )
    .bind(new_id()).bind(queue).bind(entry).bind(version).bind(blind_code).bind(now)
    .execute(conn).await?.rows_affected());
    Ok(())
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
