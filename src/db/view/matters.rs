//! The matters that wait for a person.

use super::PAGE;
use super::Scope;
use crate::db::Db;
use crate::db::Error;
use crate::db::Result;
use crate::db::matter::Matter;
use crate::db::matter::Subject;
use crate::db::on_db;
use crate::entry::MatterKind;

const MATTER: &str =
    "id, contest_id, unit_id, kind, subject, subject_id, detail, opened_at, closed_at, decision";

/// Open matters, oldest first; of one kind or of all.
pub async fn matters(
    db: &Db,
    scope: &Scope,
    kind: Option<MatterKind>,
    page: i64,
) -> Result<Vec<Matter>> {
    let kinds = kinds(kind);
    let sql = format!(
        "SELECT {MATTER} FROM matter WHERE {} AND closed_at IS NULL {kinds}
         ORDER BY opened_at, id LIMIT $1 OFFSET $2",
        scope.within("unit_id")
    );
    Ok(
        on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(PAGE).bind(page * PAGE).fetch_all(pool).await?),
    )
}

/// `AND kind = '…'` from our own enum.
fn kinds(kind: Option<MatterKind>) -> String {
    kind.and_then(|kind| serde_json::to_value(kind).ok())
        .and_then(|kind| {
            kind.as_str()
                .map(|kind| format!("AND matter.kind = '{kind}'"))
        })
        .unwrap_or_default()
}

pub async fn matter(db: &Db, scope: &Scope, id: i64) -> Result<Matter> {
    let sql = format!(
        "SELECT {MATTER} FROM matter WHERE id = $1 AND {}",
        scope.within("unit_id")
    );
    let row = on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(pool).await?);
    row.ok_or(Error::Missing)
}

/// The open matters about one row that this person may see.
pub async fn matters_about(
    db: &Db,
    scope: &Scope,
    subject: Subject,
    subject_id: i64,
) -> Result<Vec<Matter>> {
    let sql = format!(
        "SELECT {MATTER} FROM matter WHERE subject = $1 AND subject_id = $2 AND closed_at IS NULL AND {} ORDER BY opened_at, id",
        scope.within("unit_id")
    );
    Ok(
        on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(subject).bind(subject_id).fetch_all(pool).await?),
    )
}

/// The oldest open matter: of this kind if there is one, else of any.
pub async fn next_matter(db: &Db, scope: &Scope, kind: MatterKind) -> Result<Option<i64>> {
    let sql = format!(
        "SELECT id FROM matter WHERE {} AND closed_at IS NULL
         ORDER BY CASE WHEN kind = $1 THEN 0 ELSE 1 END, opened_at, id LIMIT 1",
        scope.within("unit_id")
    );
    Ok(
        on_db!(db, pool => sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(kind).fetch_optional(pool).await?),
    )
}
