//! What came out of a file: kept by the file's hash, so that a resend costs nothing and the desk can show the text.

use super::Db;
use super::Result;
use super::Tx;
use super::on_db;
use super::on_tx;
use crate::document::Document;

/// Raise when the readers change so that files should be read again.
pub const READER: i64 = 1;

/// Keeps a reading; one that is there already stays.
pub async fn keep(
    tx: &mut Tx,
    blob: &str,
    document: &Document,
    text_hash: Option<&str>,
    ms: i64,
) -> Result<()> {
    on_tx!(tx, conn => sqlx::query(
        "INSERT INTO reading (blob, reader, kind, pages, body, text_hash, ms) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (blob, reader) DO NOTHING",
    )
    .bind(blob).bind(READER).bind(document.kind.as_str()).bind(document.pages.map(i64::from))
    .bind(serde_json::to_string(document)?).bind(text_hash).bind(ms)
    .execute(conn).await?.rows_affected());
    Ok(())
}

/// Puts a better reading in the place of the one that is there: the pictures were read as well.
pub async fn improve(
    tx: &mut Tx,
    blob: &str,
    document: &Document,
    text_hash: Option<&str>,
    ms: i64,
) -> Result<()> {
    on_tx!(tx, conn => sqlx::query(
        "UPDATE reading SET kind = $3, pages = $4, body = $5, text_hash = $6, ms = $7 WHERE blob = $1 AND reader = $2",
    )
    .bind(blob).bind(READER).bind(document.kind.as_str()).bind(document.pages.map(i64::from))
    .bind(serde_json::to_string(document)?).bind(text_hash).bind(ms)
    .execute(conn).await?.rows_affected());
    Ok(())
}

/// The newest reading of a file.
pub async fn get(db: &Db, blob: &str) -> Result<Option<Document>> {
    let body: Option<String> = on_db!(db, pool => sqlx::query_scalar(
        "SELECT body FROM reading WHERE blob = $1 ORDER BY reader DESC LIMIT 1",
    )
    .bind(blob).fetch_optional(pool).await?);
    Ok(body.map(|body| serde_json::from_str(&body)).transpose()?)
}
