//! Who this installation is to others, and whose keys are trusted to sign for which unit.

use super::Db;
use super::Result;
use super::Tx;
use super::new_id;
use super::on_db;
use super::on_tx;

/// This installation.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Installation {
    pub uid: String,
    /// Ed25519, base64.
    pub public_key: String,
}

/// The row, once it was written.
pub async fn get(db: &Db) -> Result<Option<Installation>> {
    Ok(
        on_db!(db, pool => sqlx::query_as("SELECT uid, public_key FROM installation WHERE id = 1")
        .fetch_optional(pool).await?),
    )
}

/// As `get`, as the transaction sees it.
pub async fn get_in(tx: &mut Tx) -> Result<Option<Installation>> {
    Ok(
        on_tx!(tx, conn => sqlx::query_as("SELECT uid, public_key FROM installation WHERE id = 1")
        .fetch_optional(conn).await?),
    )
}

/// Writes the row unless there is one: of several processes that start at once, the first one's stays.
pub async fn put(tx: &mut Tx, installation: &Installation, now: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query(
        "INSERT INTO installation (id, uid, public_key, created_at) VALUES (1, $1, $2, $3) ON CONFLICT (id) DO NOTHING",
    )
    .bind(&installation.uid).bind(&installation.public_key).bind(now)
    .execute(conn).await?.rows_affected());
    Ok(())
}

/// Notes that a person has compared a key with the unit that signs with it.
pub async fn trust(
    tx: &mut Tx,
    contest: i64,
    unit: i64,
    public_key: &str,
    account: i64,
    now: i64,
) -> Result<()> {
    on_tx!(tx, conn => sqlx::query(
        "INSERT INTO trusted_key (id, contest_id, unit_id, public_key, account_id, trusted_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (contest_id, unit_id, public_key) DO NOTHING",
    )
    .bind(new_id()).bind(contest).bind(unit).bind(public_key).bind(account).bind(now)
    .execute(conn).await?.rows_affected());
    Ok(())
}

/// Whether a person has said that the unit signs with this key.
pub async fn is_trusted(tx: &mut Tx, contest: i64, unit: i64, public_key: &str) -> Result<bool> {
    let n: i64 = on_tx!(tx, conn => sqlx::query_scalar(
        "SELECT count(*) FROM trusted_key WHERE contest_id = $1 AND unit_id = $2 AND public_key = $3",
    )
    .bind(contest).bind(unit).bind(public_key)
    .fetch_one(conn).await?);
    Ok(n > 0)
}
