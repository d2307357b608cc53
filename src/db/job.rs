//! Jobs: work that must happen, with a lease so that a dead worker's job is taken up again, and a fence so
//! that a worker that was only slow cannot finish a job somebody else has taken over.

use super::Db;
use super::Error;
use super::Result;
use super::Tx;
use super::new_id;
use super::on_db;
use super::on_tx;
use super::plain;

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
}

impl JobKind {
    /// After receipts and sorting: nobody waits for a copy within the minute.
    pub const COPY_PRIORITY: i64 = 7;
    /// After copies: a clerk looks at clusters later than at anything else.
    pub const COMPARE_PRIORITY: i64 = 8;

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
        }
    }
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
        "INSERT INTO job (id, kind, job_key, state, priority, run_at, created_at)
         VALUES ($1, $2, $3, 'ready', $4, $5, $5)
         ON CONFLICT (kind, job_key) WHERE state IN ('ready', 'running') DO NOTHING",
    )
    .bind(new_id()).bind(kind).bind(key).bind(priority).bind(run_at)
    .execute(conn).await?.rows_affected());
    Ok(())
}

/// Lets a job that waits run no earlier than this.
pub async fn put_off(tx: &mut Tx, kind: JobKind, key: i64, run_at: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query(
        "UPDATE job SET run_at = $3 WHERE kind = $1 AND job_key = $2 AND state = 'ready' AND run_at < $3",
    )
    .bind(kind).bind(key).bind(run_at)
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

/// Takes the next runnable job, if any: ready and due, or running with a lease that has run out.
pub async fn claim(db: &Db, now: i64, lease_ms: i64) -> Result<Option<Job>> {
    take(db, now, lease_ms, false).await
}

/// The same for the slow jobs, which have a lane of their own.
pub async fn claim_slow(db: &Db, now: i64, lease_ms: i64) -> Result<Option<Job>> {
    take(db, now, lease_ms, true).await
}

async fn take(db: &Db, now: i64, lease_ms: i64, slow: bool) -> Result<Option<Job>> {
    const LITE: &str = "UPDATE job SET state = 'running', attempts = attempts + 1, fence = fence + 1, lease_until = $2
         WHERE id = (SELECT id FROM job
                     WHERE ((state = 'ready' AND run_at <= $1) OR (state = 'running' AND lease_until < $1))
                       AND (kind = 'ocr') = $3
                     ORDER BY priority, run_at, id LIMIT 1)
         RETURNING id, kind, job_key, attempts, fence";
    const PG: &str = "UPDATE job SET state = 'running', attempts = attempts + 1, fence = fence + 1, lease_until = $2
         WHERE id = (SELECT id FROM job
                     WHERE ((state = 'ready' AND run_at <= $1) OR (state = 'running' AND lease_until < $1))
                       AND (kind = 'ocr') = $3
                     ORDER BY priority, run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
         RETURNING id, kind, job_key, attempts, fence";
    Ok(match db {
        Db::Lite { write, .. } => {
            sqlx::query_as::<_, Job>(LITE)
                .bind(now)
                .bind(now + lease_ms)
                .bind(slow)
                .fetch_optional(write)
                .await?
        }
        Db::Pg(pool) => {
            sqlx::query_as::<_, Job>(PG)
                .bind(now)
                .bind(now + lease_ms)
                .bind(slow)
                .fetch_optional(pool)
                .await?
        }
    })
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
        "UPDATE job SET state = 'ready', run_at = $3, failure = $4 WHERE id = $1 AND fence = $2 AND state = 'running'",
    )
    .bind(job.id).bind(job.fence).bind(run_at).bind(plain(failure))
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
        "UPDATE job SET state = 'ready', run_at = $3, attempts = attempts - 1
         WHERE id = $1 AND fence = $2 AND state = 'running'",
    )
    .bind(job.id).bind(job.fence).bind(run_at)
    .execute(conn).await?.rows_affected());
    Ok(())
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

/// Makes every running job ready again. Only for a process that knows it is alone (SQLite, under the lock).
pub async fn take_over(db: &Db, now: i64) -> Result<u64> {
    let mut tx = db.begin().await?;
    let freed = on_tx!(&mut tx, conn => sqlx::query("UPDATE job SET state = 'ready', run_at = $1 WHERE state = 'running'")
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
