//! How letters to participants are worded: versions, the newest of each form in force.

use super::Db;
use super::Error;
use super::Result;
use super::Tx;
use super::new_id;
use super::on_db;
use super::on_tx;
use super::plain;
use crate::entry::LetterForm;
use crate::letter::wording::Wording;

/// A wording as somebody saved it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Version {
    pub id: i64,
    pub contest_id: i64,
    pub form: LetterForm,
    /// From 1 for each form.
    pub n: i64,
    subject: Option<String>,
    body: Option<String>,
    /// Who saved it.
    pub by: String,
    pub at: i64,
    /// When a letter could first not be written by it.
    pub failed_at: Option<i64>,
}

impl Version {
    /// What it says; `None`: back to the text that ships with the program.
    pub fn wording(&self) -> Option<Wording> {
        let (subject, body) = (self.subject.clone()?, self.body.clone()?);
        Some(Wording { subject, body })
    }
}

const COLUMNS: &str = "wording.id, wording.contest_id, wording.form, wording.n, wording.subject, wording.body, account.name AS \"by\",
    wording.at, wording.failed_at";
const FROM: &str = "wording JOIN account ON account.id = wording.account_id";

/// The newest version of a form; `None` while nobody has touched it.
pub async fn newest(tx: &mut Tx, contest: i64, form: LetterForm) -> Result<Option<Version>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} WHERE wording.contest_id = $1 AND wording.form = $2 ORDER BY wording.n DESC LIMIT 1"
    );
    Ok(
        on_tx!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(contest).bind(form).fetch_optional(conn).await?),
    )
}

/// All versions of a form, the newest first.
pub async fn versions(db: &Db, contest: i64, form: LetterForm) -> Result<Vec<Version>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} WHERE wording.contest_id = $1 AND wording.form = $2 ORDER BY wording.n DESC"
    );
    Ok(
        on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(contest).bind(form).fetch_all(pool).await?),
    )
}

/// A version of a form by its number.
pub async fn version(tx: &mut Tx, contest: i64, form: LetterForm, n: i64) -> Result<Version> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} WHERE wording.contest_id = $1 AND wording.form = $2 AND wording.n = $3"
    );
    let row = on_tx!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(contest).bind(form).bind(n)
        .fetch_optional(conn).await?);
    row.ok_or(Error::Missing)
}

/// A version to be saved.
pub struct NewVersion<'a> {
    pub contest: i64,
    pub form: LetterForm,
    /// `None`: the text that ships.
    pub wording: Option<&'a Wording>,
    pub account: i64,
}

/// Puts a version in force after the one that the person saw (0: none). `Stale` when somebody saved another meanwhile.
pub async fn put(tx: &mut Tx, new: &NewVersion<'_>, seen: i64, now: i64) -> Result<i64> {
    let id = new_id();
    let put = on_tx!(tx, conn => sqlx::query(
        "INSERT INTO wording (id, contest_id, form, n, subject, body, account_id, at)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8
         WHERE coalesce((SELECT max(n) FROM wording WHERE contest_id = $2 AND form = $3), 0) = $4 - 1
         ON CONFLICT (contest_id, form, n) DO NOTHING",
    )
    .bind(id).bind(new.contest).bind(new.form).bind(seen + 1)
    .bind(new.wording.map(|wording| plain(&wording.subject))).bind(new.wording.map(|wording| plain(&wording.body)))
    .bind(new.account).bind(now)
    .execute(conn).await?.rows_affected());
    if put == 0 { Err(Error::Stale) } else { Ok(id) }
}

/// Notes that a letter could not be written by this version.
pub async fn failed(tx: &mut Tx, id: i64, now: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query("UPDATE wording SET failed_at = $2 WHERE id = $1 AND failed_at IS NULL")
        .bind(id).bind(now).execute(conn).await?.rows_affected());
    Ok(())
}

/// The versions that failed and of which nobody was told yet.
pub async fn untold(tx: &mut Tx) -> Result<Vec<Version>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} WHERE wording.failed_at IS NOT NULL AND wording.told_at IS NULL ORDER BY wording.id"
    );
    Ok(on_tx!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(conn).await?))
}

/// Notes that the administrator was told of this version.
pub async fn told(tx: &mut Tx, id: i64, now: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query("UPDATE wording SET told_at = $2 WHERE id = $1")
        .bind(id).bind(now).execute(conn).await?.rows_affected());
    Ok(())
}
