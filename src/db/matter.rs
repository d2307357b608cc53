//! Matters (việc cần xử lý): what a person must decide.

use super::Db;
use super::Error;
use super::Result;
use super::Tx;
use super::new_id;
use super::on_db;
use super::on_tx;
use crate::entry::MatterKind;

/// What a matter is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum Subject {
    Entry,
    Message,
    Mailbox,
    Delivery,
    Job,
    Letter,
    Handover,
    Removal,
    Wording,
    Mailing,
}

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Matter {
    pub id: i64,
    pub contest_id: i64,
    pub unit_id: i64,
    pub kind: MatterKind,
    pub subject: Subject,
    pub subject_id: i64,
    /// JSON object: what the sentence on the desk needs (candidates, codes, minutes).
    pub detail: String,
    pub opened_at: i64,
    pub closed_at: Option<i64>,
    /// The act that closed it, or "recovered" when the cause went away by itself.
    pub decision: Option<String>,
}

pub struct NewMatter<'a> {
    pub contest: i64,
    pub unit: i64,
    pub kind: MatterKind,
    pub subject: Subject,
    pub subject_id: i64,
    pub detail: &'a serde_json::Value,
}

const COLUMNS: &str =
    "id, contest_id, unit_id, kind, subject, subject_id, detail, opened_at, closed_at, decision";

/// Opens a matter unless the same one is open. Returns its id when it is new.
pub async fn open(tx: &mut Tx, matter: &NewMatter<'_>, now: i64) -> Result<Option<i64>> {
    Ok(on_tx!(tx, conn => sqlx::query_scalar(
        "INSERT INTO matter (id, contest_id, unit_id, kind, subject, subject_id, detail, opened_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (kind, subject, subject_id) WHERE closed_at IS NULL DO NOTHING RETURNING id",
    )
    .bind(new_id()).bind(matter.contest).bind(matter.unit).bind(matter.kind).bind(matter.subject)
    .bind(matter.subject_id).bind(matter.detail.to_string()).bind(now)
    .fetch_optional(conn).await?))
}

pub async fn get(db: &Db, id: i64) -> Result<Matter> {
    let sql = format!("SELECT {COLUMNS} FROM matter WHERE id = $1");
    let row = on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(pool).await?);
    row.ok_or(Error::Missing)
}

/// Closes a matter that is open; `Stale` when somebody did so before.
pub async fn close(tx: &mut Tx, id: i64, decision: &str, now: i64) -> Result<()> {
    let closed = on_tx!(tx, conn => sqlx::query(
        "UPDATE matter SET closed_at = $3, decision = $2 WHERE id = $1 AND closed_at IS NULL",
    )
    .bind(id).bind(decision).bind(now)
    .execute(conn).await?.rows_affected());
    if closed == 0 {
        Err(Error::Stale)
    } else {
        Ok(())
    }
}

/// Opens a matter again whose decision was undone.
pub async fn reopen(tx: &mut Tx, id: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query("UPDATE matter SET closed_at = NULL, decision = NULL WHERE id = $1")
        .bind(id).execute(conn).await?.rows_affected());
    Ok(())
}

/// Closes the open matter of this kind about this row, because its cause went away. True when there was one.
pub async fn recovered(
    tx: &mut Tx,
    kind: MatterKind,
    subject: Subject,
    subject_id: i64,
    now: i64,
) -> Result<bool> {
    Ok(on_tx!(tx, conn => sqlx::query(
        "UPDATE matter SET closed_at = $4, decision = 'recovered'
         WHERE kind = $1 AND subject = $2 AND subject_id = $3 AND closed_at IS NULL",
    )
    .bind(kind).bind(subject).bind(subject_id).bind(now)
    .execute(conn).await?.rows_affected())
        > 0)
}

/// What a matter is about has grown or shrunk: other figures, perhaps another unit's business.
pub async fn restate(tx: &mut Tx, matter: &NewMatter<'_>) -> Result<()> {
    on_tx!(tx, conn => sqlx::query(
        "UPDATE matter SET unit_id = $4, detail = $5
         WHERE kind = $1 AND subject = $2 AND subject_id = $3 AND closed_at IS NULL",
    )
    .bind(matter.kind).bind(matter.subject).bind(matter.subject_id).bind(matter.unit).bind(matter.detail.to_string())
    .execute(conn).await?.rows_affected());
    Ok(())
}

/// The open matters about an entry go with it from one unit to another.
pub async fn carry(tx: &mut Tx, entry: i64, from: i64, to: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query(
        "UPDATE matter SET unit_id = $4 WHERE subject = $1 AND subject_id = $2 AND unit_id = $3 AND closed_at IS NULL",
    )
    .bind(Subject::Entry).bind(entry).bind(from).bind(to)
    .execute(conn).await?.rows_affected());
    Ok(())
}

/// Whether a matter of this kind is open in a unit.
pub async fn is_open(tx: &mut Tx, kind: MatterKind, unit: i64) -> Result<bool> {
    let n: i64 = on_tx!(tx, conn => sqlx::query_scalar(
        "SELECT count(*) FROM matter WHERE kind = $1 AND unit_id = $2 AND closed_at IS NULL",
    )
    .bind(kind).bind(unit).fetch_one(conn).await?);
    Ok(n > 0)
}

/// Whether a matter of this kind about this row was ever closed by this decision.
pub async fn was_closed(
    tx: &mut Tx,
    kind: MatterKind,
    subject: Subject,
    subject_id: i64,
    decision: &str,
) -> Result<bool> {
    let n: i64 = on_tx!(tx, conn => sqlx::query_scalar(
        "SELECT count(*) FROM matter WHERE kind = $1 AND subject = $2 AND subject_id = $3 AND decision = $4",
    )
    .bind(kind).bind(subject).bind(subject_id).bind(decision).fetch_one(conn).await?);
    Ok(n > 0)
}

/// The open matters about one row.
pub async fn open_about(tx: &mut Tx, subject: Subject, subject_id: i64) -> Result<Vec<Matter>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM matter WHERE subject = $1 AND subject_id = $2 AND closed_at IS NULL ORDER BY opened_at, id"
    );
    Ok(
        on_tx!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(subject).bind(subject_id).fetch_all(conn).await?),
    )
}

/// The open matters of a kind in a contest.
pub async fn open_of_kind(tx: &mut Tx, contest: i64, kind: MatterKind) -> Result<Vec<Matter>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM matter WHERE contest_id = $1 AND kind = $2 AND closed_at IS NULL ORDER BY opened_at, id"
    );
    Ok(
        on_tx!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(contest).bind(kind).fetch_all(conn).await?),
    )
}

/// Open matters by kind.
pub async fn open_by_kind(db: &Db) -> Result<Vec<(MatterKind, i64)>> {
    Ok(
        on_db!(db, pool => sqlx::query_as("SELECT kind, count(*) FROM matter WHERE closed_at IS NULL GROUP BY kind ORDER BY kind")
        .fetch_all(pool).await?),
    )
}
