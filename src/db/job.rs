//! Jobs: work that must happen, with a sign of life so that a dead worker's job is taken up again, and a fence so
//! that a worker that was only slow cannot finish a job somebody else has taken over.
//!
//! Whether a worker is dead is never told by comparing clocks: whoever looks on takes its job when the sign of life
//! (`lease_until`, written anew at each renewal) stood still for long enough by a stopwatch of its own.

use super::Db;
use super::Error;
use super::Result;
use super::Tx;
use super::new_id;
use super::on_db;
use super::on_tx;
use super::plain;
use crate::clock;

/// What a job does. The key is the id of the row it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum JobKind {
    /// Understand a stored mail (key: message).
    Sort,
    /// Answer a mail that came to a second mailbox too (key: delivery).
    Again,
    /// Send a letter (key: letter).
    Send,
    /// Make the judge's copy (key: entry version).
    Copy,
    /// Tell the secretariat of a judge's flag (key: flag).
    Flag,
    /// What follows from a locked list (key: queue).
    Advance,
    /// Write the papers that go with a package and mail them to the secretariat (key: handover).
    Papers,
    /// Write the papers of the final list and mail them to the secretariat (key: queue).
    Prizes,
    /// Write the mails of a package of entries (key: handover).
    Pack,
    /// Say what is missing of a package that came in part (key: handover).
    Missing,
    /// Read the pictures of a file (key: entry file). Slow: never taken by `claim`.
    Ocr,
    /// Compare the essays that came with those before them (key: contest).
    Compare,
    /// Compare all essays once more, now that all are there (key: contest).
    CompareAll,
    /// Remove the personal data of a contest that is over, or of one who asked for it, by a person's word (key: removal).
    Remove,
    /// Write the letters of a mailing (key: mailing).
    Mailing,
}

impl JobKind {
    /// After receipts and sorting: nobody waits for a copy within the minute.
    pub const COPY_PRIORITY: i64 = 7;
    /// After copies: a clerk looks at clusters later than at anything else.
    pub const COMPARE_PRIORITY: i64 = 8;
    /// After what anybody waits for.
    pub const MAILING_PRIORITY: i64 = 9;
    /// Behind everything else.
    pub const REMOVE_PRIORITY: i64 = 10;

    pub fn as_str(self) -> &'static str {
        match self {
            JobKind::Sort => "sort",
            JobKind::Again => "again",
            JobKind::Send => "send",
            JobKind::Copy => "copy",
            JobKind::Flag => "flag",
            JobKind::Advance => "advance",
            JobKind::Papers => "papers",
            JobKind::Prizes => "prizes",
            JobKind::Pack => "pack",
            JobKind::Missing => "missing",
            JobKind::Ocr => "ocr",
            JobKind::Compare => "compare",
            JobKind::CompareAll => "compare_all",
            JobKind::Remove => "remove",
            JobKind::Mailing => "mailing",
        }
    }
}

/// Which jobs a lane takes: what hangs on a mail server or on pictures stands in nobody else's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    Quick,
    /// Letters.
    Post,
    /// Reading pictures, which takes seconds a page.
    Slow,
}

impl Lane {
    fn as_str(self) -> &'static str {
        match self {
            Lane::Quick => "quick",
            Lane::Post => "post",
            Lane::Slow => "slow",
        }
    }
}

/// A job in somebody's hand as the others see it: its worker lives while this changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, sqlx::FromRow)]
pub struct Sign {
    pub id: i64,
    pub fence: i64,
    pub lease_until: i64,
}

/// A job in hand.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Job {
    pub id: i64,
    pub kind: JobKind,
    pub job_key: i64,
    /// Attempts begun, this one included.
    pub attempts: i64,
    pub fence: i64,
}

/// A job that waits, for `serve --until-idle` and the status page.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Waiting {
    pub kind: JobKind,
    pub jobs: i64,
    /// When the first of them runs, ms UTC.
    pub run_at: i64,
}

/// Puts a job unless the same one is open already.
pub async fn put(tx: &mut Tx, kind: JobKind, key: i64, priority: i64, run_at: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query(
        "INSERT INTO job (id, kind, job_key, state, priority, run_at, created_at, put_at)
         VALUES ($1, $2, $3, 'ready', $4, $5, $5, $6)
         ON CONFLICT (kind, job_key) WHERE state IN ('ready', 'running') DO NOTHING",
    )
    .bind(new_id()).bind(kind).bind(key).bind(priority).bind(run_at).bind(clock::now())
    .execute(conn).await?.rows_affected());
    Ok(())
}

/// Lets a job that waits run no earlier than this.
pub async fn put_off(tx: &mut Tx, kind: JobKind, key: i64, run_at: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query(
        "UPDATE job SET run_at = $3, put_at = $4 WHERE kind = $1 AND job_key = $2 AND state = 'ready' AND run_at < $3",
    )
    .bind(kind).bind(key).bind(run_at).bind(clock::now())
    .execute(conn).await?.rows_affected());
    Ok(())
}

/// Ends a job that waits and is not needed any more.
pub async fn call_off(tx: &mut Tx, kind: JobKind, key: i64, now: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query(
        "UPDATE job SET state = 'done', ended_at = $3 WHERE kind = $1 AND job_key = $2 AND state = 'ready'",
    )
    .bind(kind).bind(key).bind(now)
    .execute(conn).await?.rows_affected());
    Ok(())
}

/// The job of lane $2 that is next at $1: the first entry of the index `job_claim` that is due, whose first column is
/// written as here.
macro_rules! next {
    () => {
        "SELECT id FROM job
         WHERE state = 'ready' AND run_at <= $1
           AND CASE kind WHEN 'ocr' THEN 'slow' WHEN 'send' THEN 'post' ELSE 'quick' END = $2
         ORDER BY priority, run_at, id LIMIT 1"
    };
}

/// Takes the next job of a lane.
macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "UPDATE job SET state = 'running', attempts = attempts + 1, fence = fence + 1, lease_until = $3,
                 waits_for = NULL
             WHERE id = (",
            next!(),
            $lock,
            ") RETURNING id, kind, job_key, attempts, fence"
        )
    };
}

const CLAIM: &str = claim!("");

/// Takes the next job of a lane that is ready and due, if any. Its first sign of life is `now + lease_ms`.
pub async fn claim(db: &Db, lane: Lane, now: i64, lease_ms: i64) -> Result<Option<Job>> {
    const PG: &str = claim!(" FOR UPDATE SKIP LOCKED");
    Ok(match db {
        Db::Lite { read, .. } => {
            // Whoever finds nothing to do does not stand in the way of those who write.
            let next: Option<i64> = sqlx::query_scalar(next!())
                .bind(now)
                .bind(lane.as_str())
                .fetch_optional(read)
                .await?;
            if next.is_none() {
                return Ok(None);
            }
            // A power cut that takes this back has ended the only process there is, too.
            let mut tx = db.begin_repeatable().await?;
            let job = on_tx!(&mut tx, conn => sqlx::query_as::<_, Job>(CLAIM)
                .bind(now).bind(lane.as_str()).bind(now + lease_ms).fetch_optional(conn).await?);
            tx.commit().await?;
            job
        }
        Db::Pg(pool) => {
            sqlx::query_as::<_, Job>(PG)
                .bind(now)
                .bind(lane.as_str())
                .bind(now + lease_ms)
                .fetch_optional(pool)
                .await?
        }
    })
}

/// Every job in somebody's hand.
pub async fn in_hand(db: &Db) -> Result<Vec<Sign>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT id, fence, lease_until FROM job WHERE state = 'running' ORDER BY id",
    )
    .fetch_all(pool).await?))
}

/// Makes a job ready again whose worker has given no sign of life since `sign`. False when it has. A letter's attempt that
/// ended so is not counted: its pauses are for what servers did.
pub async fn free(db: &Db, sign: Sign, now: i64) -> Result<bool> {
    let mut tx = db.begin().await?;
    let freed = on_tx!(&mut tx, conn => sqlx::query(
        "UPDATE job SET state = 'ready', run_at = $4, put_at = $4,
             attempts = CASE kind WHEN 'send' THEN attempts - 1 ELSE attempts END
         WHERE id = $1 AND fence = $2 AND lease_until = $3 AND state = 'running'",
    )
    .bind(sign.id).bind(sign.fence).bind(sign.lease_until).bind(now)
    .execute(conn).await?.rows_affected());
    tx.commit().await?;
    Ok(freed > 0)
}

/// Lets jobs run at once that were put off more than `slack_ms` later than now: the clock has gone back since, and their
/// pauses would last as long as it went. Returns how many.
pub async fn void_pauses(db: &Db, now: i64, slack_ms: i64) -> Result<u64> {
    let mut tx = db.begin().await?;
    let freed = on_tx!(&mut tx, conn => sqlx::query(
        "UPDATE job SET run_at = $1, put_at = $1 WHERE state = 'ready' AND run_at > $1 AND put_at > $2",
    )
    .bind(now).bind(now + slack_ms).execute(conn).await?.rows_affected());
    tx.commit().await?;
    Ok(freed)
}

/// Keeps a job in hand a while longer. `Stale` when somebody else has it by now.
pub async fn renew(db: &Db, job: &Job, lease_until: i64) -> Result<()> {
    let mut tx = db.begin().await?;
    let kept = on_tx!(&mut tx, conn => sqlx::query(
        "UPDATE job SET lease_until = $3 WHERE id = $1 AND fence = $2 AND state = 'running'",
    )
    .bind(job.id).bind(job.fence).bind(lease_until)
    .execute(conn).await?.rows_affected());
    tx.commit().await?;
    if kept == 0 { Err(Error::Stale) } else { Ok(()) }
}

/// Ends a job that did its work, in the transaction of that work: the fence refuses a second effect.
pub async fn finish(tx: &mut Tx, job: &Job, now: i64) -> Result<()> {
    let ended = on_tx!(tx, conn => sqlx::query(
        "UPDATE job SET state = 'done', ended_at = $3, failure = NULL WHERE id = $1 AND fence = $2 AND state = 'running'",
    )
    .bind(job.id).bind(job.fence).bind(now)
    .execute(conn).await?.rows_affected());
    if ended == 0 {
        Err(Error::Stale)
    } else {
        Ok(())
    }
}

/// Makes sure that a job is still in hand, in a transaction that writes some of its work down. `Stale` when somebody
/// else has it by now.
pub async fn hold(tx: &mut Tx, job: &Job) -> Result<()> {
    let held = on_tx!(tx, conn => sqlx::query(
        "UPDATE job SET fence = fence WHERE id = $1 AND fence = $2 AND state = 'running'",
    )
    .bind(job.id).bind(job.fence).execute(conn).await?.rows_affected());
    if held == 0 { Err(Error::Stale) } else { Ok(()) }
}

/// Puts a job back for later. `failure` is for people who look at the logs; it holds no names or texts.
pub async fn postpone(tx: &mut Tx, job: &Job, run_at: i64, failure: &str) -> Result<()> {
    let put_back = on_tx!(tx, conn => sqlx::query(
        "UPDATE job SET state = 'ready', run_at = $3, failure = $4, put_at = $5
         WHERE id = $1 AND fence = $2 AND state = 'running'",
    )
    .bind(job.id).bind(job.fence).bind(run_at).bind(plain(failure)).bind(clock::now())
    .execute(conn).await?.rows_affected());
    if put_back == 0 {
        Err(Error::Stale)
    } else {
        Ok(())
    }
}

/// Puts a job back without counting the attempt: its time had not come yet.
pub async fn give_back(tx: &mut Tx, job: &Job, run_at: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query(
        "UPDATE job SET state = 'ready', run_at = $3, attempts = attempts - 1, put_at = $4
         WHERE id = $1 AND fence = $2 AND state = 'running'",
    )
    .bind(job.id).bind(job.fence).bind(run_at).bind(clock::now())
    .execute(conn).await?.rows_affected());
    Ok(())
}

/// Puts a job aside until a relay answers again, at the latest until `run_at`. The attempt is not counted: the letter
/// is not to blame.
pub async fn wait_for(tx: &mut Tx, job: &Job, relay: &str, run_at: i64) -> Result<()> {
    let put_back = on_tx!(tx, conn => sqlx::query(
        "UPDATE job SET state = 'ready', run_at = $3, attempts = attempts - 1, waits_for = $4, put_at = $5
         WHERE id = $1 AND fence = $2 AND state = 'running'",
    )
    .bind(job.id).bind(job.fence).bind(run_at).bind(plain(relay)).bind(clock::now())
    .execute(conn).await?.rows_affected());
    if put_back == 0 {
        Err(Error::Stale)
    } else {
        Ok(())
    }
}

/// The relays that jobs wait for.
pub async fn awaited(db: &Db) -> Result<Vec<String>> {
    Ok(on_db!(db, pool => sqlx::query_scalar(
        "SELECT DISTINCT waits_for FROM job WHERE waits_for IS NOT NULL AND state = 'ready' ORDER BY waits_for",
    )
    .fetch_all(pool).await?))
}

/// Lets what waits for a relay run: all of it, or the one job that was tried least. Returns how many.
pub async fn go_on(db: &Db, relay: &str, one: bool, now: i64) -> Result<u64> {
    let mut tx = db.begin().await?;
    let most = if one { 1_i64 } else { i64::MAX };
    let freed = on_tx!(&mut tx, conn => sqlx::query(
        "UPDATE job SET run_at = $2, put_at = $2, waits_for = NULL WHERE id IN (
             SELECT id FROM job WHERE waits_for = $1 AND state = 'ready' ORDER BY attempts, priority, id LIMIT $3)",
    )
    .bind(plain(relay)).bind(now).bind(most).execute(conn).await?.rows_affected());
    tx.commit().await?;
    Ok(freed)
}

/// Ends a job that failed for good; a matter on the desk can retry it.
pub async fn fail(tx: &mut Tx, job: &Job, now: i64, failure: &str) -> Result<()> {
    let ended = on_tx!(tx, conn => sqlx::query(
        "UPDATE job SET state = 'failed', ended_at = $3, failure = $4 WHERE id = $1 AND fence = $2 AND state = 'running'",
    )
    .bind(job.id).bind(job.fence).bind(now).bind(plain(failure))
    .execute(conn).await?.rows_affected());
    if ended == 0 {
        Err(Error::Stale)
    } else {
        Ok(())
    }
}

/// Makes every running job ready again, as `free` does. Only for a process that knows it is alone (SQLite, under the lock).
pub async fn take_over(db: &Db, now: i64) -> Result<u64> {
    let mut tx = db.begin().await?;
    let freed = on_tx!(&mut tx, conn => sqlx::query(
        "UPDATE job SET state = 'ready', run_at = $1, put_at = $1,
             attempts = CASE kind WHEN 'send' THEN attempts - 1 ELSE attempts END
         WHERE state = 'running'",
    )
    .bind(now).execute(conn).await?.rows_affected());
    tx.commit().await?;
    Ok(freed)
}

/// Jobs by kind and state, of those that are not done.
pub async fn open_by_kind(db: &Db) -> Result<Vec<(JobKind, String, i64)>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT kind, state, count(*) FROM job WHERE state <> 'done' GROUP BY kind, state ORDER BY kind, state",
    )
    .fetch_all(pool).await?))
}

/// The kind and key of a job.
pub async fn about(tx: &mut Tx, id: i64) -> Result<(JobKind, i64)> {
    let row: Option<(JobKind, i64)> = on_tx!(tx, conn => sqlx::query_as("SELECT kind, job_key FROM job WHERE id = $1")
        .bind(id).fetch_optional(conn).await?);
    row.ok_or(Error::Missing)
}

/// How many jobs could run now.
pub async fn runnable(db: &Db, now: i64) -> Result<i64> {
    Ok(on_db!(db, pool => sqlx::query_scalar(
        "SELECT count(*) FROM job WHERE (state = 'ready' AND run_at <= $1) OR state = 'running'",
    )
    .bind(now).fetch_one(pool).await?))
}

/// What waits for a later time, by kind.
pub async fn waiting(db: &Db, now: i64) -> Result<Vec<Waiting>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT kind, count(*) AS jobs, min(run_at) AS run_at FROM job
         WHERE state = 'ready' AND run_at > $1 GROUP BY kind ORDER BY kind",
    )
    .bind(now).fetch_all(pool).await?))
}

/// How many jobs failed for good and were not taken up again.
pub async fn failed(db: &Db) -> Result<i64> {
    Ok(on_db!(db, pool => sqlx::query_scalar(
        "SELECT count(*) FROM job WHERE state = 'failed' AND NOT EXISTS (
             SELECT 1 FROM job AS later WHERE later.kind = job.kind AND later.job_key = job.job_key AND later.id > job.id)",
    )
    .fetch_one(pool).await?))
}

#[cfg(test)]
mod tests {
    use sqlx::AssertSqlSafe;

    use super::CLAIM;
    use super::Db;
    use super::Tx;
    use super::new_id;

    /// The next job is the first of its index: claiming takes as long with one job waiting as with thirty thousand.
    #[tokio::test]
    async fn claiming_looks_at_no_other_job() {
        let folder = std::env::temp_dir().join(format!("phach-claim-{}", new_id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let url = format!("sqlite:{}", folder.join("phach.db").display());
        let db = Db::open(&url).await.expect("a database");
        let mut tx = db.begin().await.expect("a transaction");
        let plan = format!("EXPLAIN QUERY PLAN {CLAIM}");
        let Tx::Lite(conn) = &mut tx else {
            panic!("SQLite");
        };
        let steps: Vec<(i64, i64, i64, String)> = sqlx::query_as(AssertSqlSafe(plan))
            .bind(1)
            .bind("quick")
            .bind(2)
            .fetch_all(&mut **conn)
            .await
            .expect("a plan");
        let steps: Vec<String> = steps.into_iter().map(|step| step.3).collect();
        let has = |words: &str| steps.iter().any(|step| step.contains(words));
        assert!(has("INDEX job_claim"), "{steps:?}");
        assert!(!has("TEMP B-TREE"), "sorted anew: {steps:?}");
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
