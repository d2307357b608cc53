//! Relays whose letters are counted, and what the administrator was told about them.

use super::Result;
use super::Tx;
use super::on_tx;

/// When the administrator was last told, ms UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Told {
    /// Half of the budget of 24 hours is used.
    pub halfway_at: Option<i64>,
    /// Receipts have used up their share.
    pub used_up_at: Option<i64>,
}

/// Holds a relay until the end of the transaction: of two letters that ask at once, the second one finds the first
/// counted.
pub async fn hold(tx: &mut Tx, name: &str) -> Result<Told> {
    Ok(on_tx!(tx, conn => sqlx::query_as(
        "INSERT INTO relay (name) VALUES ($1)
         ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING halfway_at, used_up_at",
    )
    .bind(name).fetch_one(conn).await?))
}

/// Notes what the administrator was told.
pub async fn tell(tx: &mut Tx, name: &str, told: Told) -> Result<()> {
    on_tx!(tx, conn => sqlx::query("UPDATE relay SET halfway_at = $2, used_up_at = $3 WHERE name = $1")
        .bind(name).bind(told.halfway_at).bind(told.used_up_at)
        .execute(conn).await?.rows_affected());
    Ok(())
}
