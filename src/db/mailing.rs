//! Letters to many people: drafts, whom they go to, and how far they are.

use super::Db;
use super::Error;
use super::Result;
use super::Tx;
use super::new_id;
use super::on_db;
use super::on_tx;
use super::plain;
use super::view::Scope;
use crate::entry::Audience;
use crate::entry::FindingCode;
use crate::entry::LetterState;
use crate::entry::MailingState;
use crate::letter::mailing::Reached;
use crate::letter::wording::Wording;

/// A letter to many people.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Mailing {
    pub id: i64,
    pub contest_id: i64,
    /// It and those below: whose participants are written to.
    pub unit_id: i64,
    pub state: MailingState,
    /// Grows with each change.
    pub n: i64,
    pub audience: Audience,
    pub subject: String,
    pub body: String,
    pub author_id: i64,
    pub author: String,
    pub written_at: i64,
    pub releaser: Option<String>,
    pub released_at: Option<i64>,
    /// Not before.
    pub run_at: Option<i64>,
    /// When it was released.
    pub recipients: i64,
    pub ended_at: Option<i64>,
}

impl Mailing {
    pub fn wording(&self) -> Wording {
        Wording {
            subject: self.subject.clone(),
            body: self.body.clone(),
        }
    }
}

const COLUMNS: &str = "mailing.id, mailing.contest_id, mailing.unit_id, mailing.state, mailing.n, mailing.audience, mailing.subject,
    mailing.body, mailing.author_id, author.name AS author, mailing.written_at, releaser.name AS releaser, mailing.released_at,
    mailing.run_at, mailing.recipients, mailing.ended_at";
const FROM: &str = "mailing JOIN account AS author ON author.id = mailing.author_id
    LEFT JOIN account AS releaser ON releaser.id = mailing.released_by";

/// What a person writes.
pub struct Draft<'a> {
    pub unit: i64,
    pub audience: Audience,
    pub wording: &'a Wording,
    pub author: i64,
}

/// Puts a new draft. Returns its id.
pub async fn put(tx: &mut Tx, contest: i64, draft: &Draft<'_>, now: i64) -> Result<i64> {
    let id = new_id();
    on_tx!(tx, conn => sqlx::query(
        "INSERT INTO mailing (id, contest_id, unit_id, state, n, audience, subject, body, author_id, written_at)
         VALUES ($1, $2, $3, 'draft', 1, $4, $5, $6, $7, $8)",
    )
    .bind(id).bind(contest).bind(draft.unit).bind(draft.audience).bind(plain(&draft.wording.subject))
    .bind(plain(&draft.wording.body)).bind(draft.author).bind(now)
    .execute(conn).await?.rows_affected());
    Ok(id)
}

/// Writes a draft anew. `Stale` when it is not as it was seen.
pub async fn change(tx: &mut Tx, id: i64, seen: i64, draft: &Draft<'_>, now: i64) -> Result<()> {
    moved(on_tx!(tx, conn => sqlx::query(
        "UPDATE mailing SET n = n + 1, unit_id = $3, audience = $4, subject = $5, body = $6, author_id = $7, written_at = $8
         WHERE id = $1 AND n = $2 AND state = 'draft'",
    )
    .bind(id).bind(seen).bind(draft.unit).bind(draft.audience).bind(plain(&draft.wording.subject))
    .bind(plain(&draft.wording.body)).bind(draft.author).bind(now)
    .execute(conn).await?.rows_affected()))
}

pub async fn get(tx: &mut Tx, id: i64) -> Result<Mailing> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE mailing.id = $1");
    let row = on_tx!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await?);
    row.ok_or(Error::Missing)
}

/// One that this person may see.
pub async fn seen(db: &Db, scope: &Scope, id: i64) -> Result<Mailing> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} WHERE mailing.id = $1 AND {}",
        scope.within("mailing.unit_id")
    );
    let row = on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(pool).await?);
    row.ok_or(Error::Missing)
}

/// All that this person may see, the newest first; dropped ones apart.
pub async fn all(db: &Db, scope: &Scope) -> Result<Vec<Mailing>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} WHERE mailing.contest_id = $1 AND mailing.state <> 'dropped' AND {}
         ORDER BY mailing.id DESC LIMIT 200",
        scope.within("mailing.unit_id")
    );
    Ok(
        on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(scope.contest).fetch_all(pool).await?),
    )
}

/// A second person has released it as it was seen; letters go from `run_at` on.
pub async fn release(
    tx: &mut Tx,
    (id, seen): (i64, i64),
    by: i64,
    recipients: i64,
    now: i64,
    run_at: i64,
) -> Result<()> {
    moved(on_tx!(tx, conn => sqlx::query(
        "UPDATE mailing SET n = n + 1, state = 'released', released_by = $3, released_at = $4, run_at = $5, recipients = $6
         WHERE id = $1 AND n = $2 AND state = 'draft'",
    )
    .bind(id).bind(seen).bind(by).bind(now).bind(run_at).bind(recipients)
    .execute(conn).await?.rows_affected()))
}

/// It is taken back before its first letter was written, and is a draft again. `Stale` when one was.
pub async fn take_back(tx: &mut Tx, id: i64) -> Result<()> {
    moved(on_tx!(tx, conn => sqlx::query(
        "UPDATE mailing SET n = n + 1, state = 'draft', released_by = NULL, released_at = NULL, run_at = NULL, recipients = 0
         WHERE id = $1 AND state = 'released' AND NOT EXISTS (
             SELECT 1 FROM mailing_address WHERE mailing_id = $1 AND (letter_id IS NOT NULL OR skipped IS NOT NULL))",
    )
    .bind(id).execute(conn).await?.rows_affected()))?;
    on_tx!(tx, conn => sqlx::query("DELETE FROM mailing_address WHERE mailing_id = $1")
        .bind(id).execute(conn).await?.rows_affected());
    Ok(())
}

/// Whether any of its letters is written.
pub async fn has_begun(tx: &mut Tx, id: i64) -> Result<bool> {
    let n: i64 = on_tx!(tx, conn => sqlx::query_scalar(
        "SELECT count(*) FROM mailing_address WHERE mailing_id = $1 AND (letter_id IS NOT NULL OR skipped IS NOT NULL)",
    )
    .bind(id).fetch_one(conn).await?);
    Ok(n > 0)
}

/// Moves it on as it was seen: stopped, released again, dropped. `Stale` when it is not so any more.
pub async fn step(
    tx: &mut Tx,
    (id, seen): (i64, i64),
    from: MailingState,
    to: MailingState,
    now: i64,
) -> Result<()> {
    let ended = matches!(to, MailingState::Done | MailingState::Dropped).then_some(now);
    moved(on_tx!(tx, conn => sqlx::query(
        "UPDATE mailing SET n = n + 1, state = $4, ended_at = $5 WHERE id = $1 AND n = $2 AND state = $3",
    )
    .bind(id).bind(seen).bind(from).bind(to).bind(ended)
    .execute(conn).await?.rows_affected()))
}

fn moved(rows: u64) -> Result<()> {
    if rows == 0 { Err(Error::Stale) } else { Ok(()) }
}

/// Whom a letter to this audience of these units would reach: where their receipts went, unless one came back.
pub async fn reached(
    tx: &mut Tx,
    contest: i64,
    units: &[i64],
    audience: Audience,
) -> Result<Vec<Reached>> {
    let scope = Scope {
        contest,
        units: units.to_vec(),
    };
    let of = match audience {
        Audience::All => "entry.state IN ('queued', 'held')".to_owned(),
        Audience::Accepted => "entry.state = 'queued'".to_owned(),
        Audience::Held => "entry.state = 'held'".to_owned(),
        Audience::Late => "entry.state IN ('queued', 'held') AND entry.timeliness = 'late'".to_owned(),
        Audience::Asked => format!(
            "entry.state IN ('queued', 'held') AND EXISTS (
                 SELECT 1 FROM finding WHERE finding.version_id = entry_version.id AND finding.code IN ({}))",
            asked()?
        ),
        Audience::Silent => return silent(tx, &scope).await,
    };
    let sql = format!(
        "SELECT letter.recipient, letter.unit_id, letter.sender, entry.receipt_code, slip.name
         FROM entry
         JOIN entry_version ON entry_version.entry_id = entry.id AND entry_version.stands
         JOIN submission ON submission.id = entry_version.submission_id
         JOIN letter ON letter.message_id = submission.message_id AND letter.kind = 'receipt'
         LEFT JOIN slip ON slip.version_id = entry_version.id
         WHERE entry.contest_id = $1 AND entry.removed_at IS NULL AND letter.recipient <> '' AND letter.state <> 'suppressed'
             AND letter.bounced_at IS NULL AND {of} AND {}
         ORDER BY letter.id, entry.id",
        scope.within("entry.unit_id")
    );
    lines(tx, sql, contest).await
}

/// Addresses that were asked for an essay and have sent none since.
async fn silent(tx: &mut Tx, scope: &Scope) -> Result<Vec<Reached>> {
    let sql = format!(
        "SELECT letter.recipient, letter.unit_id, letter.sender, CAST(NULL AS TEXT), CAST(NULL AS TEXT)
         FROM letter WHERE letter.contest_id = $1 AND letter.kind = 'receipt' AND letter.letter_key LIKE 'ask/%'
             AND letter.recipient <> '' AND letter.state <> 'suppressed' AND letter.bounced_at IS NULL AND {}
             AND NOT EXISTS (SELECT 1 FROM letter AS other WHERE other.recipient = letter.recipient
                 AND other.contest_id = letter.contest_id AND other.kind = 'receipt' AND other.letter_key NOT LIKE 'ask/%')
         ORDER BY letter.id",
        scope.within("letter.unit_id")
    );
    lines(tx, sql, scope.contest).await
}

async fn lines(tx: &mut Tx, sql: String, contest: i64) -> Result<Vec<Reached>> {
    type Row = (String, i64, String, Option<String>, Option<String>);
    let rows: Vec<Row> = on_tx!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(contest).fetch_all(conn).await?);
    Ok(rows
        .into_iter()
        .map(|(recipient, unit, sender, code, name)| Reached {
            recipient,
            unit,
            sender,
            code,
            name,
        })
        .collect())
}

/// The codes of findings that a participant is asked about, as SQL; they are words of ours.
fn asked() -> Result<String> {
    let mut codes = Vec::new();
    for code in FindingCode::ASKED {
        codes.push(serde_json::to_string(code)?.replace('"', "'"));
    }
    Ok(codes.join(", "))
}

/// An address of a mailing, with the values its letter is written from (JSON).
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Address {
    pub n: i64,
    pub recipient: String,
    pub unit_id: i64,
    pub sender: String,
    pub facts: String,
}

/// Writes down whom a mailing goes to.
pub async fn address(tx: &mut Tx, mailing: i64, addresses: &[Address]) -> Result<()> {
    for address in addresses {
        on_tx!(tx, conn => sqlx::query(
            "INSERT INTO mailing_address (mailing_id, n, recipient, unit_id, sender, facts) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(mailing).bind(address.n).bind(plain(&address.recipient)).bind(address.unit_id).bind(&address.sender)
        .bind(plain(&address.facts))
        .execute(conn).await?.rows_affected());
    }
    Ok(())
}

/// The next addresses that have no letter yet.
pub async fn next(tx: &mut Tx, mailing: i64, most: i64) -> Result<Vec<Address>> {
    Ok(on_tx!(tx, conn => sqlx::query_as(
        "SELECT n, recipient, unit_id, sender, facts FROM mailing_address
         WHERE mailing_id = $1 AND letter_id IS NULL AND skipped IS NULL ORDER BY n LIMIT $2",
    )
    .bind(mailing).bind(most).fetch_all(conn).await?))
}

/// Its letter is written. `Stale` when it was before.
pub async fn written(tx: &mut Tx, mailing: i64, n: i64, letter: i64) -> Result<()> {
    moved(on_tx!(tx, conn => sqlx::query(
        "UPDATE mailing_address SET letter_id = $3, facts = '' WHERE mailing_id = $1 AND n = $2 AND letter_id IS NULL",
    )
    .bind(mailing).bind(n).bind(letter).execute(conn).await?.rows_affected()))
}

/// No letter can be written to it, and why.
pub async fn skip(tx: &mut Tx, mailing: i64, n: i64, why: &str) -> Result<()> {
    on_tx!(tx, conn => sqlx::query(
        "UPDATE mailing_address SET skipped = $3, facts = '' WHERE mailing_id = $1 AND n = $2 AND letter_id IS NULL",
    )
    .bind(mailing).bind(n).bind(plain(why)).execute(conn).await?.rows_affected());
    Ok(())
}

/// How far a mailing is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Progress {
    pub written: i64,
    pub skipped: i64,
    pub sent: i64,
    /// Given up, or of unknown fate.
    pub failed: i64,
    pub bounced: i64,
}

pub async fn progress(db: &Db, mailing: i64) -> Result<Progress> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT CAST(count(letter.id) AS BIGINT) AS written, CAST(count(skipped) AS BIGINT) AS skipped,
             CAST(coalesce(sum(CASE WHEN letter.state = 'sent' THEN 1 ELSE 0 END), 0) AS BIGINT) AS sent,
             CAST(coalesce(sum(CASE WHEN letter.state IN ('failed', 'unknown') THEN 1 ELSE 0 END), 0) AS BIGINT) AS failed,
             CAST(count(letter.bounced_at) AS BIGINT) AS bounced
         FROM mailing_address LEFT JOIN letter ON letter.id = mailing_address.letter_id WHERE mailing_id = $1",
    )
    .bind(mailing).fetch_one(pool).await?))
}

/// Holds back the letters of a mailing that have not left. Returns how many.
pub async fn hold_back(tx: &mut Tx, mailing: i64, reason: &str) -> Result<u64> {
    Ok(on_tx!(tx, conn => sqlx::query(
        "UPDATE letter SET state = 'suppressed', reason = $2
         WHERE state = 'queued' AND id IN (SELECT letter_id FROM mailing_address WHERE mailing_id = $1)",
    )
    .bind(mailing).bind(reason).execute(conn).await?.rows_affected()))
}

/// The letters of a mailing that were held back.
pub async fn held_back(tx: &mut Tx, mailing: i64) -> Result<Vec<i64>> {
    Ok(on_tx!(tx, conn => sqlx::query_scalar(
        "SELECT letter.id FROM letter JOIN mailing_address ON mailing_address.letter_id = letter.id
         WHERE mailing_address.mailing_id = $1 AND letter.state = $2 AND letter.recipient <> '' ORDER BY letter.id",
    )
    .bind(mailing).bind(LetterState::Suppressed).fetch_all(conn).await?))
}
