//! Entries and their files.

use super::PAGE;
use super::Scope;
use crate::db::Db;
use crate::db::Error;
use crate::db::Result;
use crate::db::entry::Entry;
use crate::db::entry::File;
use crate::db::on_db;
use crate::entry::EntryState;
use crate::entry::Timeliness;

/// What a list of entries is narrowed by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub state: Option<EntryState>,
    /// Late or of unsure time.
    pub late: bool,
    pub unit: Option<i64>,
    /// Folded words of a name, or a receipt code as typed.
    pub search: String,
}

/// A line of the list of entries.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Line {
    pub id: i64,
    pub receipt_code: String,
    pub unit_id: i64,
    pub state: EntryState,
    pub timeliness: Timeliness,
    pub received_at: i64,
    pub same_as: Option<i64>,
    pub name: Option<String>,
    pub resends: i64,
    pub matters: i64,
}

/// A page of entries, newest first, and how many there are in all.
pub async fn entries(
    db: &Db,
    scope: &Scope,
    filter: &Filter,
    page: i64,
) -> Result<(Vec<Line>, i64)> {
    let mut conditions = scope.within("entry.unit_id");
    if filter.state.is_some() {
        conditions.push_str(" AND entry.state = $1");
    } else {
        // The parameter is named in every form of the statement, so that the binds below always fit.
        conditions.push_str(" AND (CAST($1 AS TEXT) IS NULL)");
    }
    if filter.late {
        conditions.push_str(" AND entry.timeliness <> 'on_time'");
    }
    if let Some(unit) = filter.unit {
        conditions.push_str(&format!(" AND entry.unit_id = {unit}"));
    }
    conditions.push_str(
        " AND ($2 = '' OR slip.name_fold LIKE $3 OR replace(entry.receipt_code, '-', '') LIKE $4)",
    );
    let from = "FROM entry
        JOIN entry_version ON entry_version.entry_id = entry.id
            AND entry_version.stands
        LEFT JOIN slip ON slip.version_id = entry_version.id";
    let folded = crate::text::fold(&filter.search);
    let by_name = format!("%{folded}%");
    let code: String = filter
        .search
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_uppercase();
    let by_code = format!("{}%", if code.is_empty() { "-" } else { &code });
    let total_sql = format!("SELECT count(*) {from} WHERE {conditions}");
    let total: i64 = on_db!(db, pool => sqlx::query_scalar(sqlx::AssertSqlSafe(total_sql))
        .bind(filter.state).bind(&folded).bind(&by_name).bind(&by_code).fetch_one(pool).await?);
    let sql = format!(
        "SELECT entry.id, entry.receipt_code, entry.unit_id, entry.state, entry.timeliness, entry.received_at, entry.same_as, slip.name,
             (SELECT count(*) FROM resend WHERE resend.entry_id = entry.id) AS resends,
             (SELECT count(*) FROM matter WHERE matter.subject = 'entry' AND matter.subject_id = entry.id
                 AND matter.closed_at IS NULL) AS matters
         {from} WHERE {conditions} ORDER BY entry.received_at DESC, entry.id DESC LIMIT $5 OFFSET $6"
    );
    let lines = on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(filter.state).bind(&folded).bind(&by_name).bind(&by_code).bind(PAGE).bind(page * PAGE)
        .fetch_all(pool).await?);
    Ok((lines, total))
}

const ENTRY: &str = "id, contest_id, receipt_code, submission_id, unit_id, origin_unit_id, state, timeliness, received_at,
    same_as, joined_to";

pub async fn entry(db: &Db, scope: &Scope, id: i64) -> Result<Entry> {
    let sql = format!(
        "SELECT {ENTRY} FROM entry WHERE id = $1 AND {}",
        scope.within("unit_id")
    );
    let row = on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(pool).await?);
    row.ok_or(Error::Missing)
}

/// The entry with this receipt code (canonical spelling).
pub async fn entry_by_code(db: &Db, scope: &Scope, code: &str) -> Result<Entry> {
    let sql = format!(
        "SELECT {ENTRY} FROM entry WHERE receipt_code = $1 AND {}",
        scope.within("unit_id")
    );
    let row = on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(code).fetch_optional(pool).await?);
    row.ok_or(Error::Missing)
}

/// The entries a mail brought, those in scope only: id and receipt code.
pub async fn entries_of(db: &Db, scope: &Scope, message: i64) -> Result<Vec<(i64, String)>> {
    let sql = format!(
        "SELECT DISTINCT entry.id, entry.receipt_code FROM entry
         JOIN entry_version ON entry_version.entry_id = entry.id
         JOIN submission ON submission.id = entry_version.submission_id
         WHERE submission.message_id = $1 AND {} ORDER BY entry.id",
        scope.within("entry.unit_id")
    );
    Ok(
        on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(message).fetch_all(pool).await?),
    )
}

/// A file of an entry.
pub async fn file(db: &Db, scope: &Scope, id: i64) -> Result<File> {
    let sql = format!(
        "SELECT entry_file.id, entry_file.version_id, entry_file.ordinal, entry_file.blob, entry_file.name, entry_file.size,
             entry_file.role, entry_file.kind, entry_file.pages
         FROM entry_file JOIN entry_version ON entry_version.id = entry_file.version_id
         JOIN entry ON entry.id = entry_version.entry_id
         WHERE entry_file.id = $1 AND {}",
        scope.within("entry.unit_id")
    );
    let row = on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(pool).await?);
    row.ok_or(Error::Missing)
}
