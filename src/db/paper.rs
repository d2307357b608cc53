//! Papers that were made of a unit's lists: where their bytes lie, and the counts that stand in them.

use super::Db;
use super::Error;
use super::Result;
use super::Tx;
use super::new_id;
use super::on_db;
use super::on_tx;
use super::view::Scope;

/// A paper to be kept.
pub struct NewPaper<'a> {
    pub contest: i64,
    pub unit: i64,
    /// What it belongs to: "handover/<id>" or "prizes/<queue>"; the same paper made anew takes the place of the old.
    pub about: &'a str,
    pub name: &'a str,
    pub media_type: &'a str,
    pub blob: &'a str,
    pub size: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Paper {
    pub id: i64,
    pub unit_id: i64,
    pub name: String,
    pub media_type: String,
    pub blob: String,
    pub size: i64,
    pub made_at: i64,
}

/// Keeps a paper.
pub async fn put(tx: &mut Tx, paper: &NewPaper<'_>, now: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query(
        "INSERT INTO paper (id, contest_id, unit_id, about, name, media_type, blob, size, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (about, name) DO UPDATE
         SET blob = excluded.blob, size = excluded.size, made_at = excluded.made_at",
    )
    .bind(new_id()).bind(paper.contest).bind(paper.unit).bind(paper.about).bind(paper.name).bind(paper.media_type)
    .bind(paper.blob).bind(paper.size).bind(now)
    .execute(conn).await?.rows_affected());
    Ok(())
}

/// The papers within a scope, newest first.
pub async fn of_units(db: &Db, scope: &Scope) -> Result<Vec<Paper>> {
    let within = scope.within("unit_id");
    let sql = format!(
        "SELECT id, unit_id, name, media_type, blob, size, made_at FROM paper
         WHERE contest_id = $1 AND {within} ORDER BY made_at DESC, name"
    );
    Ok(
        on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(scope.contest).fetch_all(pool).await?),
    )
}

/// A paper within a scope.
pub async fn get(db: &Db, scope: &Scope, id: i64) -> Result<Paper> {
    let within = scope.within("unit_id");
    let sql = format!(
        "SELECT id, unit_id, name, media_type, blob, size, made_at FROM paper
         WHERE id = $1 AND contest_id = $2 AND {within}"
    );
    let row = on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).bind(scope.contest)
        .fetch_optional(pool).await?);
    row.ok_or(Error::Missing)
}

/// How many entries a unit has received, and how many of them take part: queued, and in time or accepted.
pub async fn counts(db: &Db, unit: i64) -> Result<(i64, i64)> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT count(*), count(CASE WHEN state = 'queued' AND timeliness IN ('on_time', 'accepted') THEN 1 END)
         FROM entry WHERE unit_id = $1 AND joined_to IS NULL",
    )
    .bind(unit).fetch_one(pool).await?))
}
