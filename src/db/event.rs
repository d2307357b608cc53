//! The trace of what happened: ids and states only, never a name, an address or a text.

use super::Result;
use super::Tx;
use super::new_id;
use super::on_tx;

/// One thing that happened to one row. `kind` is a word such as "message.sorted".
pub struct Event<'a> {
    pub contest: Option<i64>,
    pub at: i64,
    pub kind: &'a str,
    pub subject: &'a str,
    pub subject_id: i64,
    pub detail: &'a str,
}

/// Records an event in the transaction of its cause.
pub async fn record(tx: &mut Tx, event: Event<'_>) -> Result<()> {
    on_tx!(tx, conn => sqlx::query(
        "INSERT INTO event (id, contest_id, at, kind, subject, subject_id, detail) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(new_id()).bind(event.contest).bind(event.at).bind(event.kind)
    .bind(event.subject).bind(event.subject_id).bind(event.detail)
    .execute(conn).await?.rows_affected());
    Ok(())
}
