//! Files whose rows went: first a note in the transaction that takes the row, then, when no row of any table names the
//! file, the file itself. A note that stays behind is taken up by the next run.

use crate::db::Db;
use crate::db::Result;
use crate::db::Tx;
use crate::db::backup;
use crate::db::on_db;
use crate::db::on_tx;

/// Notes the blobs that a query selects, one text column.
pub(super) async fn doom(tx: &mut Tx, blobs: &str, now: i64) -> Result<()> {
    let sql = format!(
        "WITH named (blob) AS ({blobs})
         INSERT INTO doomed_blob (blob, since) SELECT DISTINCT blob, CAST($1 AS BIGINT) FROM named WHERE true
         ON CONFLICT (blob) DO NOTHING"
    );
    on_tx!(tx, conn => sqlx::query(sqlx::AssertSqlSafe(sql)).bind(now).execute(conn).await?.rows_affected());
    Ok(())
}

/// Notes the bytes of a mail that was removed and came again, and the files that were found in it.
pub async fn doom_mail(tx: &mut Tx, mail: i64, files: &[&str], now: i64) -> Result<()> {
    let own: Option<String> = on_tx!(tx, conn => sqlx::query_scalar("SELECT blob FROM message WHERE id = $1 AND state = 'removed'")
        .bind(mail).fetch_optional(conn).await?);
    let Some(own) = own else {
        return Ok(());
    };
    for blob in files.iter().copied().chain([own.as_str()]) {
        on_tx!(tx, conn => sqlx::query("INSERT INTO doomed_blob (blob, since) VALUES ($1, $2) ON CONFLICT (blob) DO NOTHING")
            .bind(blob).bind(now).execute(conn).await?.rows_affected());
    }
    Ok(())
}

/// Notes behind this one, in order.
pub async fn doomed(db: &Db, after: &str, most: i64) -> Result<Vec<String>> {
    Ok(
        on_db!(db, pool => sqlx::query_scalar("SELECT blob FROM doomed_blob WHERE blob > $1 ORDER BY blob LIMIT $2")
        .bind(after).bind(most).fetch_all(pool).await?),
    )
}

/// Takes what was read from files, and the pages that were drawn of them, where no mail and no entry has the file any
/// more; the pictures of those pages are noted in their turn.
pub async fn forget_readings(tx: &mut Tx, blobs: &[String], now: i64) -> Result<()> {
    for blob in blobs {
        let held: i64 = on_tx!(tx, conn => sqlx::query_scalar(
            "SELECT (SELECT count(*) FROM mime_part WHERE blob = $1) + (SELECT count(*) FROM entry_file WHERE blob = $1)",
        )
        .bind(blob).fetch_one(conn).await?);
        if held > 0 {
            continue;
        }
        on_tx!(tx, conn => sqlx::query(
            "INSERT INTO doomed_blob (blob, since) SELECT DISTINCT picture, CAST($2 AS BIGINT) FROM page_picture
             WHERE blob = $1 ON CONFLICT (blob) DO NOTHING",
        )
        .bind(blob).bind(now).execute(conn).await?.rows_affected());
        for sql in [
            "DELETE FROM page_picture WHERE blob = $1",
            "DELETE FROM reading WHERE blob = $1",
        ] {
            on_tx!(tx, conn => sqlx::query(sql).bind(blob).execute(conn).await?.rows_affected());
        }
    }
    Ok(())
}

/// Those of these blobs that no row of any table names.
pub async fn unnamed(tx: &mut Tx, blobs: &[String]) -> Result<Vec<String>> {
    let mut left = Vec::new();
    let sql = backup::names("= $1");
    for blob in blobs {
        let sql = format!("SELECT count(*) FROM ({sql}) AS names");
        let named: i64 = on_tx!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .bind(blob).fetch_one(conn).await?);
        if named == 0 {
            left.push(blob.clone());
        }
    }
    Ok(left)
}

/// Takes notes away: their files are gone, or somebody names them.
pub async fn let_go(tx: &mut Tx, blobs: &[String]) -> Result<()> {
    for blob in blobs {
        on_tx!(tx, conn => sqlx::query("DELETE FROM doomed_blob WHERE blob = $1")
            .bind(blob).execute(conn).await?.rows_affected());
    }
    Ok(())
}
