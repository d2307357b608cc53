//! What people did and what happened.

use super::PAGE;
use super::Scope;
use crate::db::Db;
use crate::db::Error;
use crate::db::Result;
use crate::db::matter::Subject;
use crate::db::on_db;

/// A line of the journal.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Deed {
    pub id: i64,
    pub unit_id: i64,
    pub subject: Subject,
    pub subject_id: i64,
    pub kind: String,
    pub after: String,
    pub at: i64,
    pub undone_at: Option<i64>,
    pub by: String,
}

const DEED: &str = "act.id, act.unit_id, act.subject, act.subject_id, act.kind, act.after, act.at, act.undone_at, account.name AS by";

/// The acts of the units in scope, newest first.
pub async fn deeds(db: &Db, scope: &Scope, page: i64) -> Result<Vec<Deed>> {
    let sql = format!(
        "SELECT {DEED} FROM act JOIN account ON account.id = act.account_id
         WHERE {} ORDER BY act.id DESC LIMIT $1 OFFSET $2",
        scope.within("act.unit_id")
    );
    Ok(
        on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(PAGE).bind(page * PAGE).fetch_all(pool).await?),
    )
}

/// The acts about one row, newest first.
pub async fn deeds_about(
    db: &Db,
    scope: &Scope,
    subject: Subject,
    subject_id: i64,
) -> Result<Vec<Deed>> {
    let sql = format!(
        "SELECT {DEED} FROM act JOIN account ON account.id = act.account_id
         WHERE {} AND act.subject = $1 AND act.subject_id = $2 ORDER BY act.id DESC",
        scope.within("act.unit_id")
    );
    Ok(
        on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(subject).bind(subject_id).fetch_all(pool).await?),
    )
}

pub async fn deed(db: &Db, scope: &Scope, id: i64) -> Result<Deed> {
    let sql = format!(
        "SELECT {DEED} FROM act JOIN account ON account.id = act.account_id WHERE act.id = $1 AND {}",
        scope.within("act.unit_id")
    );
    let row = on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(pool).await?);
    row.ok_or(Error::Missing)
}

/// What happened to a row, oldest first: word and time.
pub async fn events(db: &Db, subject: &str, subject_id: i64) -> Result<Vec<(String, i64)>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT kind, at FROM event WHERE subject = $1 AND subject_id = $2 ORDER BY at, id",
    )
    .bind(subject).bind(subject_id).fetch_all(pool).await?))
}
