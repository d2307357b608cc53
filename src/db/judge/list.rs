//! Lists: what was marked, the ranking proposed from it, the head judge's choices, approvals, the lock.
//!
//! A proposal is written once and never changed; a new one withdraws it. The lock is the last thing that happens
//! to a queue: after it, triggers refuse every change (migrations/sqlite, migrations/postgres).

use super::super::Db;
use super::super::Error;
use super::super::Result;
use super::super::Tx;
use super::super::new_id;
use super::super::on_db;
use super::super::on_tx;
use super::super::plain;
use super::Marks;
use crate::contest::role::Role;
use crate::entry::SheetState;
use crate::judging::triage::Verdict;

/// One sheet of an entry, as the ranking reads it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Marked {
    pub queue_entry_id: i64,
    pub blind_code: String,
    /// JSON {"1":"A"}: what the part scored from the key is made of.
    pub answers: String,
    pub sheet_id: Option<i64>,
    pub account_id: Option<i64>,
    pub judge: Option<String>,
    /// 0: the head judge's own word.
    pub pass: Option<i64>,
    pub state: Option<SheetState>,
    pub verdict: Option<Verdict>,
    pub marks: Option<String>,
    pub remark: Option<String>,
}

impl Marked {
    pub fn marks(&self) -> Marks {
        let marks = self.marks.as_deref().unwrap_or("{}");
        serde_json::from_str(marks).unwrap_or_default()
    }
}

/// Every entry of a queue that may be dealt, with its sheets that were not excused; an entry without one has a row too.
pub async fn marked(db: &Db, queue: i64) -> Result<Vec<Marked>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT queue_entry.id AS queue_entry_id, queue_entry.blind_code, judge_copy.answers, mark_sheet.id AS sheet_id,
             mark_sheet.account_id, account.name AS judge, mark_sheet.pass, mark_sheet.state, mark_sheet.verdict,
             mark_sheet.marks, mark_sheet.remark
         FROM queue_entry
         JOIN judge_copy ON judge_copy.version_id = queue_entry.version_id
         LEFT JOIN mark_sheet ON mark_sheet.queue_entry_id = queue_entry.id AND mark_sheet.state <> 'excused'
         LEFT JOIN account ON account.id = mark_sheet.account_id
         WHERE queue_entry.queue_id = $1 AND queue_entry.removed_at IS NULL AND queue_entry.ready_at IS NOT NULL
         ORDER BY queue_entry.id, mark_sheet.pass, mark_sheet.id",
    )
    .bind(queue).fetch_all(pool).await?))
}

/// What the head judge decided about an entry of the list.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Choice {
    pub queue_entry_id: i64,
    pub queue_id: i64,
    /// Order among entries with equal marks, lower is better.
    pub tie_order: Option<i64>,
    /// Taken, or left, against the ranking.
    pub taken: Option<bool>,
    pub reason: String,
    /// Choices of one moment were made together: one order of equal entries.
    pub at: i64,
}

pub async fn choices(db: &Db, queue: i64) -> Result<Vec<Choice>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT queue_entry_id, queue_id, tie_order, taken, reason, at FROM choice WHERE queue_id = $1 ORDER BY at, tie_order, queue_entry_id",
    )
    .bind(queue).fetch_all(pool).await?))
}

/// Writes a choice down, in place of an earlier one about the same entry.
pub async fn choose(tx: &mut Tx, choice: &Choice, account: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query(
        "INSERT INTO choice (queue_entry_id, queue_id, tie_order, taken, reason, account_id, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (queue_entry_id) DO UPDATE
         SET tie_order = excluded.tie_order, taken = excluded.taken, reason = excluded.reason,
             account_id = excluded.account_id, at = excluded.at",
    )
    .bind(choice.queue_entry_id).bind(choice.queue_id).bind(choice.tie_order).bind(choice.taken)
    .bind(plain(&choice.reason)).bind(account).bind(choice.at)
    .execute(conn).await?.rows_affected());
    Ok(())
}

/// What has become of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum RankingState {
    Proposed,
    /// A newer proposal took its place, or marks changed.
    Withdrawn,
    Locked,
}

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Ranking {
    pub id: i64,
    pub queue_id: i64,
    pub n: i64,
    pub take: Option<i64>,
    /// SHA-256 over the list in its canonical form: an approval is of exactly this list.
    pub hash: String,
    pub state: RankingState,
    pub made_by: i64,
    pub made_at: i64,
}

/// A line of a list.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Line {
    pub queue_entry_id: i64,
    /// 1, 2, 2, 4
    pub place: i64,
    pub ordinal: i64,
    /// Sum of the marks in quarter points.
    pub quarters: i64,
    /// How many marks; the mean is `quarters / marks / 4`.
    pub marks: i64,
    pub taken: bool,
    pub reason: String,
}

/// Writes a new proposal and withdraws the one before. Returns its id.
pub async fn propose(
    tx: &mut Tx,
    queue: i64,
    take: Option<i64>,
    hash: &str,
    lines: &[Line],
    account: i64,
    now: i64,
) -> Result<i64> {
    on_tx!(tx, conn => sqlx::query("UPDATE ranking SET state = 'withdrawn' WHERE queue_id = $1 AND state = 'proposed'")
        .bind(queue).execute(conn).await?.rows_affected());
    let last: Option<i64> = on_tx!(tx, conn => sqlx::query_scalar("SELECT max(n) FROM ranking WHERE queue_id = $1")
        .bind(queue).fetch_one(conn).await?);
    let id = new_id();
    on_tx!(tx, conn => sqlx::query(
        "INSERT INTO ranking (id, queue_id, n, take, hash, state, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(id).bind(queue).bind(last.unwrap_or(0) + 1).bind(take).bind(hash).bind(RankingState::Proposed)
    .bind(account).bind(now)
    .execute(conn).await?.rows_affected());
    for line in lines {
        on_tx!(tx, conn => sqlx::query(
            "INSERT INTO ranking_line (ranking_id, queue_entry_id, place, ordinal, quarters, marks, taken, reason)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(id).bind(line.queue_entry_id).bind(line.place).bind(line.ordinal).bind(line.quarters).bind(line.marks)
        .bind(line.taken).bind(plain(&line.reason))
        .execute(conn).await?.rows_affected());
    }
    Ok(id)
}

/// Withdraws the proposal of a queue, if one stands.
pub async fn withdraw(tx: &mut Tx, queue: i64) -> Result<u64> {
    Ok(
        on_tx!(tx, conn => sqlx::query("UPDATE ranking SET state = 'withdrawn' WHERE queue_id = $1 AND state = 'proposed'")
        .bind(queue).execute(conn).await?.rows_affected()),
    )
}

const COLUMNS: &str = "id, queue_id, n, take, hash, state, made_by, made_at";

/// The newest list of a queue that was not withdrawn.
pub async fn newest_ranking(db: &Db, queue: i64) -> Result<Option<Ranking>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM ranking WHERE queue_id = $1 AND state <> 'withdrawn' ORDER BY n DESC LIMIT 1"
    );
    Ok(
        on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(queue).fetch_optional(pool).await?),
    )
}

/// The list with this id, as the transaction sees it.
pub async fn ranking(tx: &mut Tx, id: i64) -> Result<Ranking> {
    let sql = format!("SELECT {COLUMNS} FROM ranking WHERE id = $1");
    let row = on_tx!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await?);
    row.ok_or(Error::Missing)
}

/// The lines of a list, best first.
pub async fn lines(db: &Db, ranking: i64) -> Result<Vec<Line>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT queue_entry_id, place, ordinal, quarters, marks, taken, reason FROM ranking_line
         WHERE ranking_id = $1 ORDER BY ordinal",
    )
    .bind(ranking).fetch_all(pool).await?))
}

/// Who approved a list, as what.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Approval {
    pub account_id: i64,
    pub name: String,
    pub role: Role,
    pub hash: String,
    pub at: i64,
}

/// Approves a list. `Stale` when it is no longer a proposal, or this role or account has approved already.
pub async fn approve(
    tx: &mut Tx,
    ranking: i64,
    account: i64,
    role: Role,
    hash: &str,
    now: i64,
) -> Result<()> {
    let written = on_tx!(tx, conn => sqlx::query(
        "INSERT INTO approval (id, ranking_id, account_id, role, hash, at)
         SELECT $1, ranking.id, $3, $4, $5, $6 FROM ranking
         WHERE ranking.id = $2 AND ranking.state = 'proposed' AND ranking.hash = $5
             AND NOT EXISTS (SELECT 1 FROM approval WHERE approval.ranking_id = $2 AND (approval.account_id = $3 OR approval.role = $4))",
    )
    .bind(new_id()).bind(ranking).bind(account).bind(role).bind(hash).bind(now)
    .execute(conn).await?.rows_affected());
    if written == 0 {
        Err(Error::Stale)
    } else {
        Ok(())
    }
}

pub async fn approvals(db: &Db, ranking: i64) -> Result<Vec<Approval>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT approval.account_id, account.name, approval.role, approval.hash, approval.at FROM approval
         JOIN account ON account.id = approval.account_id WHERE approval.ranking_id = $1 ORDER BY approval.id",
    )
    .bind(ranking).fetch_all(pool).await?))
}

/// Locks a list and its queue for ever.
pub async fn lock_list(tx: &mut Tx, ranking: &Ranking, now: i64) -> Result<()> {
    let locked = on_tx!(tx, conn => sqlx::query("UPDATE ranking SET state = 'locked' WHERE id = $1 AND state = 'proposed' AND hash = $2")
        .bind(ranking.id).bind(&ranking.hash).execute(conn).await?.rows_affected());
    let closed = on_tx!(tx, conn => sqlx::query("UPDATE queue SET state = 'locked', locked_at = $2 WHERE id = $1 AND locked_at IS NULL")
        .bind(ranking.queue_id).bind(now).execute(conn).await?.rows_affected());
    if locked == 0 || closed == 0 {
        Err(Error::Stale)
    } else {
        Ok(())
    }
}

/// Gives a line of a locked final list a prize of the plan.
pub async fn put_award(tx: &mut Tx, ranking: i64, queue_entry: i64, prize: &str) -> Result<()> {
    on_tx!(tx, conn => sqlx::query(
        "INSERT INTO award (ranking_id, queue_entry_id, prize) VALUES ($1, $2, $3)
         ON CONFLICT (ranking_id, queue_entry_id) DO NOTHING",
    )
    .bind(ranking).bind(queue_entry).bind(prize)
    .execute(conn).await?.rows_affected());
    Ok(())
}

/// The prizes of a list: entry and the plan's code.
pub async fn awards(db: &Db, ranking: i64) -> Result<Vec<(i64, String)>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT award.queue_entry_id, award.prize FROM award
         JOIN ranking_line ON ranking_line.ranking_id = award.ranking_id
             AND ranking_line.queue_entry_id = award.queue_entry_id
         WHERE award.ranking_id = $1 ORDER BY ranking_line.ordinal",
    )
    .bind(ranking).fetch_all(pool).await?))
}
