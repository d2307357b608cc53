//! What persons did at the desk: each act with what it changed, so that it can be undone.

use super::Db;
use super::Error;
use super::Result;
use super::Tx;
use super::matter::Subject;
use super::new_id;
use super::on_db;
use super::on_tx;

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Act {
    pub id: i64,
    pub contest_id: i64,
    pub unit_id: i64,
    pub matter_id: Option<i64>,
    pub subject: Subject,
    pub subject_id: i64,
    pub account_id: i64,
    /// `desk::ActKind` in snake_case.
    pub kind: String,
    /// JSON: what undo puts back.
    pub before: String,
    pub after: String,
    pub at: i64,
    pub undone_at: Option<i64>,
}

/// What is left of what an act wrote down, when the data it was about was removed.
const EMPTIED: &str = "{}";

impl Act {
    /// Whether the data it was about was removed: there is nothing left that could be put back.
    pub fn was_emptied(&self) -> bool {
        self.before == EMPTIED
    }
}

const COLUMNS: &str = "id, contest_id, unit_id, matter_id, subject, subject_id, account_id, kind, before, after, at, undone_at";

pub async fn record(tx: &mut Tx, act: &Act) -> Result<()> {
    on_tx!(tx, conn => sqlx::query(
        "INSERT INTO act (id, contest_id, unit_id, matter_id, subject, subject_id, account_id, kind, before, after, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(act.id).bind(act.contest_id).bind(act.unit_id).bind(act.matter_id).bind(act.subject).bind(act.subject_id)
    .bind(act.account_id).bind(&act.kind).bind(&act.before).bind(&act.after).bind(act.at)
    .execute(conn).await?.rows_affected());
    Ok(())
}

/// An id for a new act.
pub fn id() -> i64 {
    new_id()
}

pub async fn get(db: &Db, id: i64) -> Result<Act> {
    let sql = format!("SELECT {COLUMNS} FROM act WHERE id = $1");
    let row = on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(pool).await?);
    row.ok_or(Error::Missing)
}

/// Marks an act undone; `Stale` when it was already, or when a later act about the same row stands.
pub async fn undone(tx: &mut Tx, act: &Act, by: i64, now: i64) -> Result<()> {
    let later: i64 = on_tx!(tx, conn => sqlx::query_scalar(
        "SELECT count(*) FROM act WHERE subject = $1 AND subject_id = $2 AND id > $3 AND undone_at IS NULL",
    )
    .bind(act.subject).bind(act.subject_id).bind(act.id).fetch_one(conn).await?);
    if later > 0 {
        return Err(Error::Stale);
    }
    let marked = on_tx!(tx, conn => sqlx::query("UPDATE act SET undone_at = $2, undone_by = $3 WHERE id = $1 AND undone_at IS NULL")
        .bind(act.id).bind(now).bind(by).execute(conn).await?.rows_affected());
    if marked == 0 {
        Err(Error::Stale)
    } else {
        Ok(())
    }
}
