//! Accounts, their roles, login tokens and sessions. Only hashes of secrets are stored.

use super::Db;
use super::Error;
use super::Result;
use super::Tx;
use super::new_id;
use super::on_db;
use super::on_tx;
use super::plain;
use crate::contest::role::Role;

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Account {
    pub id: i64,
    pub email: String,
    pub name: String,
    pub disabled_at: Option<i64>,
}

/// A role in force. `unit_id` None: every unit of the contest.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Grant {
    pub id: i64,
    pub account_id: i64,
    pub contest_id: i64,
    pub unit_id: Option<i64>,
    pub role: Role,
}

/// Adds an account or finds the one with this address (lower case). Returns its id.
pub async fn put(tx: &mut Tx, email: &str, name: &str, now: i64) -> Result<i64> {
    Ok(on_tx!(tx, conn => sqlx::query_scalar(
        "INSERT INTO account (id, email, name, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (email) DO UPDATE SET name = excluded.name, disabled_at = NULL RETURNING id",
    )
    .bind(new_id()).bind(email).bind(name).bind(now)
    .fetch_one(conn).await?))
}

pub async fn by_email(db: &Db, email: &str) -> Result<Option<Account>> {
    Ok(
        on_db!(db, pool => sqlx::query_as("SELECT id, email, name, disabled_at FROM account WHERE email = $1 AND disabled_at IS NULL")
        .bind(plain(email)).fetch_optional(pool).await?),
    )
}

/// An account by its id, unless it is disabled.
pub async fn get(db: &Db, id: i64) -> Result<Account> {
    let row = on_db!(db, pool => sqlx::query_as(
        "SELECT id, email, name, disabled_at FROM account WHERE id = $1 AND disabled_at IS NULL",
    )
    .bind(id).fetch_optional(pool).await?);
    row.ok_or(Error::Missing)
}

pub async fn all(db: &Db) -> Result<Vec<Account>> {
    Ok(
        on_db!(db, pool => sqlx::query_as("SELECT id, email, name, disabled_at FROM account ORDER BY email").fetch_all(pool).await?),
    )
}

/// Gives a role; the same role twice is one.
pub async fn grant(
    tx: &mut Tx,
    account: i64,
    contest: i64,
    unit: Option<i64>,
    role: Role,
    now: i64,
) -> Result<()> {
    // Two grants to one account follow one another, so that the second sees the first.
    on_tx!(tx, conn => sqlx::query("UPDATE account SET name = name WHERE id = $1")
        .bind(account).execute(conn).await?.rows_affected());
    let there: i64 = on_tx!(tx, conn => sqlx::query_scalar(
        "SELECT count(*) FROM grant_role WHERE account_id = $1 AND contest_id = $2 AND role = $3
             AND coalesce(unit_id, 0) = coalesce($4, 0) AND revoked_at IS NULL",
    )
    .bind(account).bind(contest).bind(role).bind(unit).fetch_one(conn).await?);
    if there == 0 {
        on_tx!(tx, conn => sqlx::query(
            "INSERT INTO grant_role (id, account_id, contest_id, unit_id, role, granted_at) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(new_id()).bind(account).bind(contest).bind(unit).bind(role).bind(now)
        .execute(conn).await?.rows_affected());
    }
    Ok(())
}

/// Takes every role of an account in a contest back.
pub async fn revoke(tx: &mut Tx, account: i64, contest: i64, now: i64) -> Result<u64> {
    Ok(on_tx!(tx, conn => sqlx::query(
        "UPDATE grant_role SET revoked_at = $3 WHERE account_id = $1 AND contest_id = $2 AND revoked_at IS NULL",
    )
    .bind(account).bind(contest).bind(now).execute(conn).await?.rows_affected()))
}

/// The roles an account has now.
pub async fn grants(db: &Db, account: i64) -> Result<Vec<Grant>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT id, account_id, contest_id, unit_id, role FROM grant_role
         WHERE account_id = $1 AND revoked_at IS NULL ORDER BY granted_at, id",
    )
    .bind(account).fetch_all(pool).await?))
}

/// A login that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct LoginToken {
    pub id: i64,
    pub account_id: i64,
    pub code_hash: String,
    pub created_at: i64,
    pub expires_at: i64,
    pub tries: i64,
}

pub async fn put_token(
    tx: &mut Tx,
    account: i64,
    token_hash: &str,
    code_hash: &str,
    now: i64,
    expires_at: i64,
) -> Result<i64> {
    let id = new_id();
    on_tx!(tx, conn => sqlx::query(
        "INSERT INTO login_token (id, account_id, token_hash, code_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id).bind(account).bind(token_hash).bind(code_hash).bind(now).bind(expires_at)
    .execute(conn).await?.rows_affected());
    Ok(id)
}

/// How many logins an account asked for from `since` to `now` (rate limit). What a clock that has gone back since wrote down
/// as later does not count: nobody shall be shut out by it.
pub async fn tokens_since(db: &Db, account: i64, since: i64, now: i64) -> Result<i64> {
    Ok(on_db!(db, pool => sqlx::query_scalar(
        "SELECT count(*) FROM login_token WHERE account_id = $1 AND created_at >= $2 AND created_at <= $3",
    )
    .bind(account).bind(since).bind(now).fetch_one(pool).await?))
}

/// Uses a token up: returns its account when the token is unused and in time. Once only.
pub async fn use_token(tx: &mut Tx, token_hash: &str, now: i64) -> Result<Option<i64>> {
    Ok(on_tx!(tx, conn => sqlx::query_scalar(
        "UPDATE login_token SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING account_id",
    )
    .bind(token_hash).bind(now).fetch_optional(conn).await?))
}

/// The newest open token of an account, counting one more try at its six-digit code.
pub async fn try_code(tx: &mut Tx, account: i64, now: i64) -> Result<Option<LoginToken>> {
    Ok(on_tx!(tx, conn => sqlx::query_as(
        "UPDATE login_token SET tries = tries + 1 WHERE id = (
             SELECT id FROM login_token WHERE account_id = $1 AND used_at IS NULL AND expires_at > $2 ORDER BY id DESC LIMIT 1)
         RETURNING id, account_id, code_hash, created_at, expires_at, tries",
    )
    .bind(account).bind(now).fetch_optional(conn).await?))
}

/// Uses a token up by its id.
pub async fn used(tx: &mut Tx, token: i64, now: i64) -> Result<()> {
    let marked = on_tx!(tx, conn => sqlx::query("UPDATE login_token SET used_at = $2 WHERE id = $1 AND used_at IS NULL")
        .bind(token).bind(now).execute(conn).await?.rows_affected());
    if marked == 0 {
        Err(Error::Stale)
    } else {
        Ok(())
    }
}

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Session {
    pub id: i64,
    pub account_id: i64,
    pub csrf: String,
    pub expires_at: i64,
}

pub async fn put_session(
    tx: &mut Tx,
    account: i64,
    token_hash: &str,
    csrf: &str,
    now: i64,
    expires_at: i64,
) -> Result<()> {
    on_tx!(tx, conn => sqlx::query(
        "INSERT INTO session (id, token_hash, account_id, csrf, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $4, $5, $5, $6)",
    )
    .bind(new_id()).bind(token_hash).bind(account).bind(csrf).bind(now).bind(expires_at)
    .execute(conn).await?.rows_affected());
    Ok(())
}

/// The session behind a cookie, while it lasts and its account is not disabled.
pub async fn session(db: &Db, token_hash: &str, now: i64) -> Result<Option<Session>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT session.id, session.account_id, session.csrf, session.expires_at
         FROM session JOIN account ON account.id = session.account_id
         WHERE session.token_hash = $1 AND session.expires_at > $2 AND account.disabled_at IS NULL",
    )
    .bind(token_hash).bind(now).fetch_optional(pool).await?))
}

/// Removes sessions and login tokens that have run out. Returns how many rows.
pub async fn forget_expired(tx: &mut Tx, now: i64) -> Result<u64> {
    let sessions = on_tx!(tx, conn => sqlx::query("DELETE FROM session WHERE expires_at <= $1")
        .bind(now).execute(conn).await?.rows_affected());
    let tokens = on_tx!(tx, conn => sqlx::query("DELETE FROM login_token WHERE expires_at <= $1")
        .bind(now).execute(conn).await?.rows_affected());
    Ok(sessions + tokens)
}

pub async fn end_session(tx: &mut Tx, token_hash: &str) -> Result<()> {
    on_tx!(tx, conn => sqlx::query("DELETE FROM session WHERE token_hash = $1").bind(token_hash).execute(conn).await?.rows_affected());
    Ok(())
}
