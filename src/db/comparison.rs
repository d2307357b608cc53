//! What the comparison of essays found, and which essays still have to be compared.
//!
//! The index that finds sources is made of these rows and the texts, and lives in memory only (`job::compare`): it may
//! go at any moment without changing a verdict.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::Serialize;
use sha2::Digest as _;
use sha2::Sha256;

use super::Db;
use super::Error;
use super::Result;
use super::Tx;
use super::matter::Subject;
use super::on_db;
use super::on_tx;
use crate::duplicate::Level;
use crate::duplicate::Verdict;
use crate::entry::EntryState;
use crate::text::words::hex;

/// What was found about an essay: its verdict, and the entries behind the numbers of its sources.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    pub verdict: Verdict,
    /// Place in the order of the comparison → entry.
    pub entries: BTreeMap<u32, i64>,
}

impl Evidence {
    /// The entry that a verdict calls by its place.
    pub fn entry(&self, place: u32) -> Option<i64> {
        self.entries.get(&place).copied()
    }
}

/// The comparison of one entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    pub entry_id: i64,
    pub contest_id: i64,
    pub version_id: i64,
    pub text_hash: String,
    /// 0 on arrival, else the number of the comparison of all.
    pub run: i64,
    /// The earliest entry of its cluster, if it is in one.
    pub root_id: Option<i64>,
    pub evidence: Evidence,
}

/// Of a text as it was compared: spans are of no other.
pub fn hash(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

#[derive(sqlx::FromRow)]
struct Row {
    entry_id: i64,
    contest_id: i64,
    version_id: i64,
    text_hash: String,
    run: i64,
    root_id: Option<i64>,
    body: String,
}

impl TryFrom<Row> for Comparison {
    type Error = Error;

    fn try_from(row: Row) -> Result<Comparison> {
        Ok(Comparison {
            entry_id: row.entry_id,
            contest_id: row.contest_id,
            version_id: row.version_id,
            text_hash: row.text_hash,
            run: row.run,
            root_id: row.root_id,
            evidence: serde_json::from_str(&row.body)?,
        })
    }
}

const COLUMNS: &str = "entry_id, contest_id, version_id, text_hash, run, root_id, body";

/// Entries whose version that counts was not compared, and whose pictures are not still to be read. CROSS JOIN holds
/// SQLite to the order: a few files of an entry and an index, not every waiting page once more for each entry.
const WAITING: &str = "FROM entry
     JOIN entry_version ON entry_version.entry_id = entry.id
         AND entry_version.stands
     LEFT JOIN comparison ON comparison.entry_id = entry.id
     WHERE entry.contest_id = $1 AND entry.state <> 'joined' AND entry.removed_at IS NULL
       AND (comparison.entry_id IS NULL OR comparison.version_id <> entry_version.id)
       AND NOT EXISTS (SELECT 1 FROM entry_file CROSS JOIN job
                       WHERE entry_file.version_id = entry_version.id AND job.kind = 'ocr'
                           AND job.job_key = entry_file.id AND job.state IN ('ready', 'running'))";

/// An entry in the order of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Placed {
    pub entry_id: i64,
    pub seq: i64,
}

/// Entries that nobody has compared yet, or not as they are now, in order of arrival. One whose pictures are still to be
/// read waits until there is a text.
pub async fn waiting(db: &Db, contest: i64, most: i64) -> Result<Vec<i64>> {
    let sql = format!("SELECT entry.id {WAITING} ORDER BY entry.received_at, entry.id LIMIT $2");
    Ok(
        on_db!(db, pool => sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .bind(contest).bind(most).fetch_all(pool).await?),
    )
}

/// Whether `waiting` would name any entry.
pub async fn is_waiting(tx: &mut Tx, contest: i64) -> Result<bool> {
    let sql = format!("SELECT count(*) FROM (SELECT 1 AS one {WAITING} LIMIT 1) AS waiting");
    let n: i64 = on_tx!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .bind(contest).fetch_one(conn).await?);
    Ok(n > 0)
}

/// What was compared on arrival behind this place, in order.
pub async fn compared(db: &Db, contest: i64, after: i64, most: i64) -> Result<Vec<Placed>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT entry_id, seq FROM comparison WHERE contest_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
    )
    .bind(contest).bind(after).bind(most).fetch_all(pool).await?))
}

/// Every entry of a contest that is compared, the earliest first: by the time of the mail, and where two came in the
/// same second by the mail's hash and the place in it, so that every set-up has the same order.
pub async fn all(db: &Db, contest: i64) -> Result<Vec<i64>> {
    Ok(on_db!(db, pool => sqlx::query_scalar(
        "SELECT entry.id FROM entry
         JOIN submission ON submission.id = entry.submission_id
         LEFT JOIN message ON message.id = submission.message_id
         WHERE entry.contest_id = $1 AND entry.state <> 'joined' AND entry.removed_at IS NULL
         ORDER BY entry.received_at, coalesce(message.blob, ''), entry.id",
    )
    .bind(contest).fetch_all(pool).await?))
}

/// Writes down what was found; a new row stands behind all others of its contest.
pub async fn put(tx: &mut Tx, found: &Comparison, now: i64) -> Result<()> {
    let body = serde_json::to_string(&found.evidence)?;
    let verdict = &found.evidence.verdict;
    on_tx!(tx, conn => sqlx::query(
        "INSERT INTO comparison (entry_id, contest_id, version_id, seq, text_hash, run, level, score, root_id, body, compared_at)
         VALUES ($1, $2, $3, (SELECT coalesce(max(seq), 0) + 1 FROM comparison WHERE contest_id = $2), $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (entry_id) DO UPDATE SET version_id = excluded.version_id,
             seq = CASE WHEN comparison.version_id = excluded.version_id THEN comparison.seq ELSE excluded.seq END,
             text_hash = excluded.text_hash, run = excluded.run, level = excluded.level, score = excluded.score,
             root_id = excluded.root_id, body = excluded.body, compared_at = excluded.compared_at",
    )
    .bind(found.entry_id).bind(found.contest_id).bind(found.version_id).bind(&found.text_hash).bind(found.run)
    .bind(verdict.level).bind(ten_thousandths(verdict.score)).bind(found.root_id).bind(body).bind(now)
    .execute(conn).await?.rows_affected());
    Ok(())
}

fn ten_thousandths(score: f64) -> i64 {
    (score * 10_000.0).round() as i64
}

/// The last place of a contest in the order of arrival; 0 when nothing was compared.
pub async fn last(tx: &mut Tx, contest: i64) -> Result<i64> {
    let last: Option<i64> = on_tx!(tx, conn => sqlx::query_scalar("SELECT max(seq) FROM comparison WHERE contest_id = $1")
        .bind(contest).fetch_one(conn).await?);
    Ok(last.unwrap_or(0))
}

/// The earliest entry of the cluster an entry is in.
pub async fn root(tx: &mut Tx, entry: i64) -> Result<Option<i64>> {
    let root: Option<Option<i64>> = on_tx!(tx, conn => sqlx::query_scalar("SELECT root_id FROM comparison WHERE entry_id = $1")
        .bind(entry).fetch_optional(conn).await?);
    Ok(root.flatten())
}

/// An entry belongs to a cluster from now on.
pub async fn set_root(tx: &mut Tx, entry: i64, root: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query("UPDATE comparison SET root_id = $2 WHERE entry_id = $1")
        .bind(entry).bind(root).execute(conn).await?.rows_affected());
    Ok(())
}

/// The text of an entry is another one now: it is compared again.
pub async fn forget(tx: &mut Tx, entry: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query("DELETE FROM comparison WHERE entry_id = $1")
        .bind(entry).execute(conn).await?.rows_affected());
    Ok(())
}

/// What was found about an entry; `Missing` when it was not compared yet.
pub async fn get(db: &Db, entry: i64) -> Result<Comparison> {
    let sql = format!("SELECT {COLUMNS} FROM comparison WHERE entry_id = $1");
    let row: Option<Row> = on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(entry).fetch_optional(pool).await?);
    row.ok_or(Error::Missing)?.try_into()
}

/// A member of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Member {
    pub entry_id: i64,
    pub unit_id: i64,
    pub state: EntryState,
    pub receipt_code: String,
    pub received_at: i64,
    pub level: Level,
    /// Ten-thousandths.
    pub score: i64,
    /// Who it says it is by.
    pub name: Option<String>,
    /// Whose mail brought it.
    pub sender: Option<String>,
}

impl Member {
    /// Whether it is still in the contest.
    pub fn stands(&self) -> bool {
        matches!(self.state, EntryState::Queued | EntryState::Held)
    }
}

pub(in crate::db) const MEMBERS: &str = "SELECT entry.id AS entry_id, entry.unit_id, entry.state, entry.receipt_code, entry.received_at,
         comparison.level, comparison.score, slip.name, message.from_email AS sender
     FROM comparison JOIN entry ON entry.id = comparison.entry_id
     JOIN submission ON submission.id = entry.submission_id
     LEFT JOIN message ON message.id = submission.message_id
     LEFT JOIN slip ON slip.version_id = comparison.version_id";

/// The entries of a cluster, the earliest first; of those that came in the same second, the root.
pub async fn members(tx: &mut Tx, root: i64) -> Result<Vec<Member>> {
    let sql = format!(
        "{MEMBERS} WHERE comparison.root_id = $1
         ORDER BY entry.received_at, CASE WHEN entry.id = comparison.root_id THEN 0 ELSE 1 END, entry.id"
    );
    Ok(
        on_tx!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(root).fetch_all(conn).await?),
    )
}

/// The compared entries among these.
pub async fn named(db: &Db, entries: &[i64]) -> Result<Vec<Member>> {
    if entries.is_empty() {
        return Ok(Vec::new());
    }
    // Numbers only, so nothing can be smuggled in.
    let list: Vec<String> = entries.iter().map(i64::to_string).collect();
    let sql = format!(
        "{MEMBERS} WHERE comparison.entry_id IN ({}) ORDER BY entry.received_at, entry.id",
        list.join(", ")
    );
    Ok(on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(pool).await?))
}

/// The earliest entries of the clusters of a contest.
pub async fn roots(tx: &mut Tx, contest: i64) -> Result<Vec<i64>> {
    Ok(on_tx!(tx, conn => sqlx::query_scalar(
        "SELECT DISTINCT root_id FROM comparison WHERE contest_id = $1 AND root_id IS NOT NULL ORDER BY root_id",
    )
    .bind(contest).fetch_all(conn).await?))
}

/// A comparison of all essays, done or under way.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Run {
    /// From 1.
    pub n: i64,
    pub essays: i64,
    /// Done so far: each essay takes two.
    pub steps: i64,
    /// Of all verdicts in order: equal wherever the same mails were taken in.
    pub verdicts_hash: Option<String>,
    pub started_at: i64,
    pub ended_at: Option<i64>,
}

/// The newest comparison of all essays.
pub async fn last_run(db: &Db, contest: i64) -> Result<Option<Run>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT n, essays, steps, verdicts_hash, started_at, ended_at FROM comparison_run
         WHERE contest_id = $1 ORDER BY n DESC LIMIT 1",
    )
    .bind(contest).fetch_optional(pool).await?))
}

/// When the last comparison of all ended.
pub async fn last_ended(db: &Db, contest: i64) -> Result<Option<i64>> {
    Ok(
        on_db!(db, pool => sqlx::query_scalar("SELECT max(ended_at) FROM comparison_run WHERE contest_id = $1")
        .bind(contest).fetch_one(pool).await?),
    )
}

/// How many essays were compared, and how many of them no comparison of all has seen.
pub async fn provisional(tx: &mut Tx, contest: i64) -> Result<(i64, i64)> {
    Ok(on_tx!(tx, conn => sqlx::query_as(
        "SELECT count(*), count(CASE WHEN run = 0 THEN 1 END) FROM comparison WHERE contest_id = $1",
    )
    .bind(contest).fetch_one(conn).await?))
}

/// When the newest essay was compared that no comparison of all has seen.
pub async fn newest(db: &Db, contest: i64) -> Result<Option<i64>> {
    Ok(on_db!(db, pool => sqlx::query_scalar(
        "SELECT max(compared_at) FROM comparison WHERE contest_id = $1 AND run = 0",
    )
    .bind(contest).fetch_one(pool).await?))
}

/// Begins a comparison of all, or begins again with one that was broken off. Returns its number.
pub async fn begin_run(tx: &mut Tx, contest: i64, essays: i64, now: i64) -> Result<i64> {
    let ended: Option<i64> = on_tx!(tx, conn => sqlx::query_scalar(
        "SELECT max(n) FROM comparison_run WHERE contest_id = $1 AND ended_at IS NOT NULL",
    )
    .bind(contest).fetch_one(conn).await?);
    let n = ended.unwrap_or(0) + 1;
    on_tx!(tx, conn => sqlx::query(
        "INSERT INTO comparison_run (contest_id, n, essays, steps, started_at) VALUES ($1, $2, $3, 0, $4)
         ON CONFLICT (contest_id, n) DO UPDATE SET essays = excluded.essays, steps = 0, started_at = excluded.started_at",
    )
    .bind(contest).bind(n).bind(essays).bind(now).execute(conn).await?.rows_affected());
    Ok(n)
}

/// How far a comparison of all is.
pub async fn step_run(tx: &mut Tx, contest: i64, n: i64, steps: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query("UPDATE comparison_run SET steps = $3 WHERE contest_id = $1 AND n = $2")
        .bind(contest).bind(n).bind(steps).execute(conn).await?.rows_affected());
    Ok(())
}

pub async fn end_run(tx: &mut Tx, contest: i64, n: i64, verdicts: &str, now: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query(
        "UPDATE comparison_run SET steps = 2 * essays, verdicts_hash = $3, ended_at = $4 WHERE contest_id = $1 AND n = $2",
    )
    .bind(contest).bind(n).bind(verdicts).bind(now).execute(conn).await?.rows_affected());
    Ok(())
}

/// The entries that standing decisions about a cluster name.
pub async fn decided(tx: &mut Tx, root: i64) -> Result<Vec<i64>> {
    let acts: Vec<String> = on_tx!(tx, conn => sqlx::query_scalar(
        "SELECT after FROM act WHERE kind = 'settle' AND subject = $1 AND subject_id = $2 AND undone_at IS NULL",
    )
    .bind(Subject::Entry).bind(root).fetch_all(conn).await?);
    let mut entries = Vec::new();
    for after in acts {
        let rows: serde_json::Value = serde_json::from_str(&after)?;
        let members = rows
            .pointer("/note/members")
            .and_then(|list| list.as_array());
        entries.extend(
            members
                .into_iter()
                .flatten()
                .filter_map(|entry| entry.as_i64()),
        );
    }
    Ok(entries)
}

/// How far the comparison is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Progress {
    /// Entries that are compared at all.
    pub entries: i64,
    pub compared: i64,
    /// Of these, those that no comparison of all has seen.
    pub since: i64,
}

pub async fn progress(db: &Db, contest: i64) -> Result<Progress> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT count(*) AS entries, count(comparison.entry_id) AS compared,
             count(CASE WHEN comparison.run = 0 THEN 1 END) AS since
         FROM entry LEFT JOIN comparison ON comparison.entry_id = entry.id
         WHERE entry.contest_id = $1 AND entry.state <> 'joined' AND entry.removed_at IS NULL",
    )
    .bind(contest).fetch_one(pool).await?))
}
