//! The outbox. Login letters hold a secret and are nobody's to read here.

use super::PAGE;
use super::Scope;
use crate::db::Db;
use crate::db::Error;
use crate::db::Result;
use crate::db::letter::Letter;
use crate::db::letter::LetterKind;
use crate::db::on_db;
use crate::entry::LetterState;

/// A line of the outbox.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Outgoing {
    pub id: i64,
    pub kind: LetterKind,
    pub recipient: String,
    pub subject: String,
    pub state: LetterState,
    pub reason: Option<String>,
    pub queued_at: i64,
    pub not_before: i64,
    pub sent_at: Option<i64>,
    pub bounced_at: Option<i64>,
    pub attempts: i64,
}

/// Letters in scope, newest first. Login letters hold a secret and are nobody's to read here.
pub async fn letters(
    db: &Db,
    scope: &Scope,
    state: Option<LetterState>,
    page: i64,
) -> Result<(Vec<Outgoing>, i64)> {
    let within = scope.within("letter.unit_id");
    let state_is = match state {
        Some(_) => "letter.state = $1",
        None => "(CAST($1 AS TEXT) IS NULL)",
    };
    let total_sql =
        format!("SELECT count(*) FROM letter WHERE {within} AND kind <> 'login' AND {state_is}");
    let total: i64 = on_db!(db, pool => sqlx::query_scalar(sqlx::AssertSqlSafe(total_sql)).bind(state).fetch_one(pool).await?);
    let sql = format!(
        "SELECT id, kind, recipient, subject, state, reason, queued_at, not_before, sent_at, bounced_at,
             (SELECT count(*) FROM letter_attempt WHERE letter_attempt.letter_id = letter.id AND outcome <> 'copied') AS attempts
         FROM letter WHERE {within} AND kind <> 'login' AND {state_is} ORDER BY queued_at DESC, id DESC LIMIT $2 OFFSET $3"
    );
    let lines = on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(state).bind(PAGE).bind(page * PAGE).fetch_all(pool).await?);
    Ok((lines, total))
}

/// Letters in scope by state, login letters apart.
pub async fn letters_by_state(db: &Db, scope: &Scope) -> Result<Vec<(LetterState, i64)>> {
    let sql = format!(
        "SELECT state, count(*) FROM letter WHERE {} AND kind <> 'login' GROUP BY state ORDER BY state",
        scope.within("unit_id")
    );
    Ok(on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(pool).await?))
}

const LETTER: &str =
    "id, contest_id, unit_id, rfc_id, kind, recipient, null_path, sender, subject, mime, mime_blob, state, reason,
    message_id, not_before, queued_at, sent_at";

pub async fn letter(db: &Db, scope: &Scope, id: i64) -> Result<Letter> {
    let sql = format!(
        "SELECT {LETTER} FROM letter WHERE id = $1 AND kind <> 'login' AND {}",
        scope.within("unit_id")
    );
    let row = on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(pool).await?);
    row.ok_or(Error::Missing)
}

/// The letters that answer a mail.
pub async fn answers(db: &Db, scope: &Scope, message: i64) -> Result<Vec<Letter>> {
    let sql = format!(
        "SELECT {LETTER} FROM letter WHERE message_id = $1 AND kind <> 'login' AND {} ORDER BY id",
        scope.within("unit_id")
    );
    Ok(
        on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(message).fetch_all(pool).await?),
    )
}

/// One try to send a letter.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Attempt {
    pub relay: String,
    pub at: i64,
    pub outcome: String,
    pub answer: String,
}

pub async fn attempts(db: &Db, letter: i64) -> Result<Vec<Attempt>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT relay, at, outcome, answer FROM letter_attempt WHERE letter_id = $1 ORDER BY id",
    )
    .bind(letter).fetch_all(pool).await?))
}
