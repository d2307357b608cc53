//! What the desk's first page counts and draws.

use super::Scope;
use crate::db::Db;
use crate::db::Result;
use crate::db::mailbox::Mailbox;
use crate::db::on_db;
use crate::entry::MatterKind;

/// The figures of the desk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Entries that stand: not set aside, not joined.
    pub entries: i64,
    /// Mails whose receipt is sent.
    pub receipts: i64,
    pub matters: i64,
    pub resends: i64,
    pub late: i64,
}

pub async fn figures(db: &Db, scope: &Scope) -> Result<Figures> {
    let unit = scope.within("unit_id");
    let entry = scope.within("entry.unit_id");
    Ok(Figures {
        entries: count(
            db,
            format!("SELECT count(*) FROM entry WHERE {unit} AND state IN ('queued', 'held')"),
        )
        .await?,
        receipts: count(
            db,
            format!("SELECT count(*) FROM letter WHERE {unit} AND kind = 'receipt' AND state = 'sent'"),
        )
        .await?,
        matters: count(
            db,
            format!("SELECT count(*) FROM matter WHERE {unit} AND closed_at IS NULL"),
        )
        .await?,
        resends: count(
            db,
            format!("SELECT count(*) FROM resend JOIN entry ON entry.id = resend.entry_id WHERE {entry}"),
        )
        .await?,
        late: count(
            db,
            format!(
                "SELECT count(*) FROM entry WHERE {unit} AND timeliness = 'late' AND state IN ('queued', 'held')"
            ),
        )
        .await?,
    })
}

async fn count(db: &Db, sql: String) -> Result<i64> {
    Ok(on_db!(db, pool => sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(pool).await?))
}

/// Entries received in each hour since 1970 UTC (only hours with entries), oldest first.
pub async fn intake(db: &Db, scope: &Scope) -> Result<Vec<(i64, i64)>> {
    let sql = format!(
        "SELECT received_at / 3600000 AS hour, count(*) AS entries FROM entry
         WHERE {} AND state IN ('queued', 'held') GROUP BY received_at / 3600000 ORDER BY hour",
        scope.within("unit_id")
    );
    Ok(on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(pool).await?))
}

/// Open matters by kind, with when the oldest was opened.
pub async fn matters_by_kind(db: &Db, scope: &Scope) -> Result<Vec<(MatterKind, i64, i64)>> {
    let sql = format!(
        "SELECT kind, count(*), min(opened_at) FROM matter WHERE {} AND closed_at IS NULL GROUP BY kind ORDER BY kind",
        scope.within("unit_id")
    );
    Ok(on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(pool).await?))
}

/// A mailbox and how many mails of its server are on our disk.
pub async fn mailboxes(db: &Db, scope: &Scope) -> Result<Vec<(Mailbox, i64)>> {
    let sql = format!(
        "SELECT id, contest_id, unit_id, address, epoch, uid_validity, listed_at, server_count, failing_since, failure,
             quota_used, quota_limit
         FROM mailbox WHERE removed_at IS NULL AND {} ORDER BY address",
        scope.within("unit_id")
    );
    let rows: Vec<Mailbox> =
        on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(pool).await?);
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let held = crate::db::delivery::held(db, row.id).await?;
        found.push((row, held));
    }
    Ok(found)
}
