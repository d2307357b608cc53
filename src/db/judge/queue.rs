//! Queues as judges and their head see them: which round, how far.

use super::super::Db;
use super::super::Error;
use super::super::Result;
use super::super::Tx;
use super::super::on_db;
use super::super::on_tx;
use super::super::view::Scope;

/// A unit's queue in a round.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Queue {
    pub id: i64,
    pub contest_id: i64,
    pub unit_id: i64,
    /// Code of the round.
    pub round: String,
    /// Since when its list is locked.
    pub locked_at: Option<i64>,
}

const COLUMNS: &str =
    "queue.id, unit.contest_id, queue.unit_id, round.code AS round, queue.locked_at";
const FROM: &str =
    "queue JOIN round ON round.id = queue.round_id JOIN unit ON unit.id = queue.unit_id";

pub async fn queue(db: &Db, id: i64) -> Result<Queue> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE queue.id = $1");
    let row = on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(pool).await?);
    row.ok_or(Error::Missing)
}

/// The queue, held until the end of the transaction: lots, lists and locks of one queue follow one another.
pub async fn hold_queue(tx: &mut Tx, id: i64) -> Result<Queue> {
    on_tx!(tx, conn => sqlx::query("UPDATE queue SET state = state WHERE id = $1")
        .bind(id).execute(conn).await?.rows_affected());
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE queue.id = $1");
    let row = on_tx!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await?);
    row.ok_or(Error::Missing)
}

/// A queue in which a judge has sheets, with how many of them are done.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct MyQueue {
    pub id: i64,
    pub contest_id: i64,
    pub unit_id: i64,
    pub round: String,
    pub locked_at: Option<i64>,
    /// Sheets still to be given.
    pub open: i64,
    pub given: i64,
    /// Since when the first of them was given, ms UTC: the pace.
    pub since: Option<i64>,
}

/// The queues of a judge, in the order of the rounds. Counts are the judge's own and nobody else's. Every page of
/// the jury asks for them, so they are counted in an index alone; sheets of entries that were taken out of the queue,
/// which are few, are subtracted.
pub async fn queues_of_judge(db: &Db, account: i64) -> Result<Vec<MyQueue>> {
    let mine = |state| {
        format!(
            "(SELECT count(*) FROM mark_sheet
              WHERE mark_sheet.account_id = $1 AND mark_sheet.queue_id = queue.id AND mark_sheet.state = '{state}')
             - (SELECT count(*) FROM queue_entry JOIN mark_sheet ON mark_sheet.queue_entry_id = queue_entry.id
                WHERE queue_entry.queue_id = queue.id AND queue_entry.removed_at IS NOT NULL
                    AND mark_sheet.account_id = $1 AND mark_sheet.state = '{state}')"
        )
    };
    let (open, given) = (mine("open"), mine("given"));
    let sql = format!(
        "SELECT * FROM (
             SELECT {COLUMNS}, round.ordinal, {open} AS open, {given} AS given,
                 (SELECT min(mark_sheet.given_at) FROM mark_sheet WHERE mark_sheet.account_id = $1
                      AND mark_sheet.queue_id = queue.id AND mark_sheet.state = 'given') AS since
             FROM {FROM}
             WHERE EXISTS (SELECT 1 FROM mark_sheet WHERE mark_sheet.account_id = $1
                 AND mark_sheet.queue_id = queue.id)
         ) AS mine WHERE open + given > 0 ORDER BY ordinal, id"
    );
    Ok(
        on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(account).fetch_all(pool).await?),
    )
}

/// How far a queue is. Entries count once they may be dealt; `waiting` ones wait at the secretariat.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Figures {
    pub id: i64,
    pub contest_id: i64,
    pub unit_id: i64,
    pub round: String,
    pub locked_at: Option<i64>,
    pub entries: i64,
    /// Without a safe copy, or something about them is undecided.
    pub waiting: i64,
    /// Of the judges; the head judge's word on a screening is none.
    pub sheets: i64,
    pub given: i64,
}

const FIGURES: &str = "(SELECT count(*) FROM queue_entry
      WHERE queue_id = queue.id AND removed_at IS NULL AND (waits OR ready_at IS NOT NULL)) AS entries,
     (SELECT count(*) FROM queue_entry WHERE queue_id = queue.id AND removed_at IS NULL AND waits) AS waiting,
     (SELECT count(*) FROM mark_sheet JOIN queue_entry ON queue_entry.id = mark_sheet.queue_entry_id
      WHERE mark_sheet.queue_id = queue.id AND mark_sheet.pass > 0 AND mark_sheet.state <> 'excused'
          AND queue_entry.removed_at IS NULL) AS sheets,
     (SELECT count(*) FROM mark_sheet JOIN queue_entry ON queue_entry.id = mark_sheet.queue_entry_id
      WHERE mark_sheet.queue_id = queue.id AND mark_sheet.pass > 0 AND mark_sheet.state = 'given'
          AND queue_entry.removed_at IS NULL) AS given";

pub async fn queue_figures(db: &Db, id: i64) -> Result<Figures> {
    let sql = format!("SELECT {COLUMNS}, {FIGURES} FROM {FROM} WHERE queue.id = $1");
    let row = on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(pool).await?);
    row.ok_or(Error::Missing)
}

/// The queues of these units, in the order of units and rounds.
pub async fn queues_of_units(db: &Db, scope: &Scope) -> Result<Vec<Figures>> {
    let within = scope.within("queue.unit_id");
    let sql = format!(
        "SELECT {COLUMNS}, {FIGURES} FROM {FROM}
         WHERE unit.contest_id = $1 AND round.removed_at IS NULL AND {within} ORDER BY unit.name_fold, round.ordinal"
    );
    Ok(
        on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(scope.contest).fetch_all(pool).await?),
    )
}
