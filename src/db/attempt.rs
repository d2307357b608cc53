//! Tries to hand a letter to a relay. A try is a row before the wire is touched, so that it counts against the relay's
//! budget from then on, whichever worker sends it and whatever becomes of that worker.

use super::Db;
use super::Result;
use super::Tx;
use super::new_id;
use super::on_db;
use super::on_tx;
use super::plain;

/// What may have left us: it was taken, nobody knows, or it is on its way.
const COUNTED: &str = "outcome IN ('sent', 'unknown', 'going')";

/// Begins a try. Returns its id.
pub async fn begin(tx: &mut Tx, letter: i64, relay: &str, at: i64) -> Result<i64> {
    Ok(on_tx!(tx, conn => sqlx::query_scalar(
        "INSERT INTO letter_attempt (id, letter_id, relay, at, outcome, answer) VALUES ($1, $2, $3, $4, 'going', '')
         RETURNING id",
    )
    .bind(new_id()).bind(letter).bind(relay).bind(at)
    .fetch_one(conn).await?))
}

/// Writes down how a try ended: sent, again, refused or unknown. The server's answer is cut by the caller and holds no
/// text of ours.
pub async fn end(tx: &mut Tx, id: i64, outcome: &str, answer: &str, at: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query("UPDATE letter_attempt SET outcome = $2, answer = $3, at = $4 WHERE id = $1")
        .bind(id).bind(outcome).bind(plain(answer)).bind(at)
        .execute(conn).await?.rows_affected());
    Ok(())
}

/// A worker died while it tried: nobody knows what became of the letter. True when there was such a try.
pub async fn abandon(tx: &mut Tx, letter: i64, answer: &str) -> Result<bool> {
    let rows = on_tx!(tx, conn => sqlx::query(
        "UPDATE letter_attempt SET outcome = 'unknown', answer = $2 WHERE letter_id = $1 AND outcome = 'going'",
    )
    .bind(letter).bind(answer).execute(conn).await?.rows_affected());
    Ok(rows > 0)
}

/// Whether any relay may have taken the letter: none has if each try at it ended before the final dot.
pub async fn may_have_left(tx: &mut Tx, letter: i64) -> Result<bool> {
    let sql = format!(
        "SELECT count(*) FROM letter_attempt WHERE letter_id = $1 AND ({COUNTED} OR outcome = 'copied')"
    );
    let n: i64 = on_tx!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(letter).fetch_one(conn).await?);
    Ok(n > 0)
}

/// How many letters a relay may have taken since `since`: its budget (R001-24).
pub async fn used(tx: &mut Tx, relay: &str, since: i64) -> Result<i64> {
    Ok(
        on_tx!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(used_sql()))
        .bind(relay).bind(since).fetch_one(conn).await?),
    )
}

/// The same for a gauge, outside of a transaction.
pub async fn used_now(db: &Db, relay: &str, since: i64) -> Result<i64> {
    Ok(
        on_db!(db, pool => sqlx::query_scalar(sqlx::AssertSqlSafe(used_sql()))
        .bind(relay).bind(since).fetch_one(pool).await?),
    )
}

fn used_sql() -> String {
    format!("SELECT count(*) FROM letter_attempt WHERE relay = $1 AND at > $2 AND {COUNTED}")
}

/// When the letter went that must leave the span before fewer than `share` of those since `since` count. None while
/// fewer do, and when there is no share at all.
pub async fn in_the_way(tx: &mut Tx, relay: &str, since: i64, share: i64) -> Result<Option<i64>> {
    if share <= 0 {
        return Ok(None);
    }
    let sql = format!(
        "SELECT at FROM letter_attempt WHERE relay = $1 AND at > $2 AND {COUNTED} ORDER BY at DESC LIMIT 1 OFFSET $3"
    );
    Ok(
        on_tx!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .bind(relay).bind(since).bind(share - 1).fetch_optional(conn).await?),
    )
}

/// The tries of a letter of which nobody knows how they ended, latest first: relay and time.
pub async fn lost(tx: &mut Tx, letter: i64) -> Result<Vec<(String, i64)>> {
    Ok(on_tx!(tx, conn => sqlx::query_as(
        "SELECT relay, at FROM letter_attempt WHERE letter_id = $1 AND outcome = 'unknown' ORDER BY at DESC, id DESC",
    )
    .bind(letter).fetch_all(conn).await?))
}

/// Notes that a copy of the letter came back to the mailbox it was sent from. Not a try, but what became of one.
pub async fn copied(tx: &mut Tx, letter: i64, mailbox: &str, at: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query(
        "INSERT INTO letter_attempt (id, letter_id, relay, at, outcome, answer) VALUES ($1, $2, $3, $4, 'copied', '')",
    )
    .bind(new_id()).bind(letter).bind(mailbox).bind(at)
    .execute(conn).await?.rows_affected());
    Ok(())
}

/// Whether a copy of the letter came back.
pub async fn is_copied(tx: &mut Tx, letter: i64) -> Result<bool> {
    let n: i64 = on_tx!(tx, conn => sqlx::query_scalar(
        "SELECT count(*) FROM letter_attempt WHERE letter_id = $1 AND outcome = 'copied'",
    )
    .bind(letter).fetch_one(conn).await?);
    Ok(n > 0)
}
