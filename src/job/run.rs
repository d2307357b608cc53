//! The loop that takes jobs and runs them, and what happens to those that fail.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use futures::FutureExt as _;

use super::Ctx;
use super::Failure;
use super::watch;
use super::watch::Watch;
use crate::clock;
use crate::db;
use crate::db::job::Job;
use crate::db::job::JobKind;
use crate::db::job::Lane;
use crate::db::matter::NewMatter;
use crate::db::matter::Subject;
use crate::entry::MatterKind;

/// What a sign of life says: so long from now on. Others see only whether it changes.
const LEASE_MS: i64 = watch::LIFELESS.as_millis() as i64;
/// Letters that are sent at once. A relay that is silent holds up these lanes and nothing else.
const POST_LANES: usize = 3;
/// The pause when disk or database refuse (ms), and up to so much more by chance of the job's number.
const HOUSE_MS: i64 = 5_000;
/// Attempts before a job becomes a matter: about half an hour with the pauses below.
const ATTEMPTS: i64 = 12;

/// Runs jobs until told to stop, several at a time.
pub async fn serve(ctx: Arc<Ctx>, lanes: usize, stop: tokio::sync::watch::Receiver<bool>) {
    let quick = (0..lanes).map(|_| lane(Arc::clone(&ctx), Lane::Quick, stop.clone()));
    let post = (0..POST_LANES).map(|_| lane(Arc::clone(&ctx), Lane::Post, stop.clone()));
    let slow = slow_lane(Arc::clone(&ctx), stop.clone());
    let watch = watch::serve(Arc::clone(&ctx), stop.clone());
    let all = futures::future::join_all(quick.chain(post));
    futures::future::join3(all, slow, watch).await;
}

/// Whoever stops the program does not wait for a page to be read: the job is dropped where it stands, its reader killed,
/// and taken up again when its lease has run out.
async fn slow_lane(ctx: Arc<Ctx>, stop: tokio::sync::watch::Receiver<bool>) {
    let mut told = stop.clone();
    tokio::select! {
        () = lane(ctx, Lane::Slow, stop) => {}
        _ = told.wait_for(|stop| *stop) => {}
    }
}

async fn lane(ctx: Arc<Ctx>, lane: Lane, mut stop: tokio::sync::watch::Receiver<bool>) {
    while !*stop.borrow() {
        match one(&ctx, lane).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!("jobs cannot be taken: {error:#}"),
        }
        tokio::select! {
            () = ctx.wake.notified() => {}
            () = tokio::time::sleep(Duration::from_millis(500)) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Works everything off that can run now, several at a time.
pub async fn until_idle(ctx: &Ctx, lanes: usize) -> anyhow::Result<()> {
    let mut watch = Watch::default();
    loop {
        watch.look(ctx).await?;
        let all = std::iter::repeat_n(Lane::Quick, lanes)
            .chain(std::iter::repeat_n(Lane::Post, POST_LANES))
            .chain([Lane::Slow]);
        let ran = futures::future::join_all(all.map(|lane| async move {
            let mut ran = 0;
            while one(ctx, lane).await? {
                ran += 1;
            }
            anyhow::Ok(ran)
        }))
        .await
        .into_iter()
        .sum::<anyhow::Result<u64>>()?;
        // A job another process holds is ours once that gives no sign of life.
        if ran == 0 {
            if db::job::runnable(&ctx.db, clock::now()).await? == 0 {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

/// Takes one job and runs it; false when there is none.
async fn one(ctx: &Ctx, lane: Lane) -> anyhow::Result<bool> {
    let claimed = db::job::claim(&ctx.db, lane, clock::now(), LEASE_MS).await;
    let Some(job) = claimed.context("claim a job")? else {
        return Ok(false);
    };
    let outcome = tokio::select! {
        outcome = guarded(ctx, &job) => outcome,
        () = keep(ctx, &job) => return Ok(true),
    };
    if let Err(failure) = outcome {
        settle(ctx, &job, failure)
            .await
            .context("settle a failed job")?;
    }
    Ok(true)
}

/// A panic in one job must not silence the lanes.
async fn guarded(ctx: &Ctx, job: &Job) -> Result<(), Failure> {
    let caught = AssertUnwindSafe(perform(ctx, job)).catch_unwind().await;
    caught.unwrap_or_else(|_| {
        Err(Failure::Again(anyhow::anyhow!(
            "the job panicked, see the log above"
        )))
    })
}

async fn perform(ctx: &Ctx, job: &Job) -> Result<(), Failure> {
    match job.kind {
        JobKind::Sort => super::sort::run(ctx, job).await,
        JobKind::Again => super::again::run(ctx, job).await,
        JobKind::Send => super::send::run(ctx, job).await,
        JobKind::Copy => super::copy::run(ctx, job).await,
        JobKind::Flag => super::flag::run(ctx, job).await,
        JobKind::Advance => super::advance::run(ctx, job).await,
        JobKind::Papers => super::papers::handover::run(ctx, job).await,
        JobKind::Prizes => super::papers::prizes::run(ctx, job).await,
        JobKind::Pack => super::handover::pack::run(ctx, job).await,
        JobKind::Missing => super::handover::missing::run(ctx, job).await,
        JobKind::Ocr => super::ocr::run(ctx, job).await,
        JobKind::Compare => super::compare::arrival::run(ctx, job).await,
        JobKind::CompareAll => super::compare::all::run(ctx, job).await,
        JobKind::Remove => super::removal::run::run(ctx, job).await,
        JobKind::Mailing => super::mailing::run(ctx, job).await,
    }
}

/// Gives signs of life while the job runs; returns when somebody else has taken the job over.
async fn keep(ctx: &Ctx, job: &Job) {
    loop {
        tokio::time::sleep(Duration::from_millis(LEASE_MS as u64 / 3)).await;
        match db::job::renew(&ctx.db, job, clock::now() + LEASE_MS).await {
            Ok(()) => {}
            Err(db::Error::Stale) => return,
            Err(error) => tracing::warn!(job.id = job.id, "lease not renewed: {error}"),
        }
    }
}

/// Puts a failed job back for later, or ends it as a matter for a person.
async fn settle(ctx: &Ctx, job: &Job, failure: Failure) -> anyhow::Result<()> {
    let now = clock::now();
    // A power cut that takes this back leaves a job that is run once more.
    let mut tx = ctx.db.begin_repeatable().await?;
    let settled = match &failure {
        Failure::Done => {
            tracing::debug!(job.id = job.id, "job was done by another worker");
            db::job::finish(&mut tx, job, now).await
        }
        Failure::NotYet(at) => db::job::give_back(&mut tx, job, *at).await,
        Failure::House(cause) => {
            tracing::warn!(job.id = job.id, job.kind = job.kind.as_str(), "{cause:#}");
            let later = now + HOUSE_MS + job.id.rem_euclid(HOUSE_MS);
            db::job::give_back(&mut tx, job, later).await
        }
        Failure::Again(cause) if job.attempts < ATTEMPTS => {
            tracing::warn!(
                job.id = job.id,
                job.kind = job.kind.as_str(),
                attempts = job.attempts,
                "{cause:#}"
            );
            db::job::postpone(
                &mut tx,
                job,
                now + pause(job.attempts),
                &format!("{cause:#}"),
            )
            .await
        }
        Failure::Again(cause) | Failure::GiveUp(cause) => {
            tracing::error!(
                job.id = job.id,
                job.kind = job.kind.as_str(),
                "given up: {cause:#}"
            );
            let ended = db::job::fail(&mut tx, job, now, &format!("{cause:#}")).await;
            if ended.is_ok() {
                open_matter(ctx, &mut tx, job, now).await?;
            }
            ended
        }
    };
    match settled {
        Ok(()) => Ok(tx.commit().await?),
        // Somebody else has the job by now: theirs to settle.
        Err(db::Error::Stale) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

async fn open_matter(ctx: &Ctx, tx: &mut db::Tx, job: &Job, now: i64) -> anyhow::Result<()> {
    let home = match job.kind {
        JobKind::Sort => home_of_message(ctx, job.job_key).await?,
        JobKind::Again => match db::delivery::get(&ctx.db, job.job_key).await?.message_id {
            Some(message) => home_of_message(ctx, message).await?,
            None => None,
        },
        JobKind::Send => {
            let letter = db::letter::get(&ctx.db, job.job_key).await?;
            Some((letter.contest_id, letter.unit_id))
        }
        JobKind::Copy => {
            let version = db::entry::version_of(&ctx.db, job.job_key).await?;
            let entry = db::entry::get(&ctx.db, version.entry_id).await?;
            Some((entry.contest_id, entry.unit_id))
        }
        JobKind::Flag => {
            let raised = db::queue::flag(&ctx.db, job.job_key).await?;
            let entry = db::entry::get(&ctx.db, raised.entry_id).await?;
            Some((entry.contest_id, entry.unit_id))
        }
        JobKind::Advance | JobKind::Prizes => {
            let queue = db::judge::queue(&ctx.db, job.job_key).await?;
            Some((queue.contest_id, queue.unit_id))
        }
        JobKind::Pack | JobKind::Papers => {
            let row = db::handover::get(tx, job.job_key).await?;
            Some((row.contest_id, row.from_unit_id))
        }
        JobKind::Missing => {
            let row = db::handover::get(tx, job.job_key).await?;
            Some((row.contest_id, row.to_unit_id))
        }
        JobKind::Ocr => db::entry::home_of_file(&ctx.db, job.job_key)
            .await?
            .map(|(contest, unit, _)| (contest, unit)),
        JobKind::Compare | JobKind::CompareAll => top_of(ctx, job.job_key).await?,
        JobKind::Mailing => {
            let row = db::mailing::get(tx, job.job_key).await?;
            Some((row.contest_id, row.unit_id))
        }
        JobKind::Remove => {
            let contest = db::removal::get(tx, job.job_key).await?.contest_id;
            top_of(ctx, contest).await?
        }
    };
    let Some((contest, unit)) = home else {
        return Ok(());
    };
    let detail = serde_json::json!({ "job": job.kind.as_str() });
    let matter = NewMatter {
        contest,
        unit,
        kind: MatterKind::Job,
        subject: Subject::Job,
        subject_id: job.id,
        detail: &detail,
    };
    db::matter::open(tx, &matter, now).await?;
    Ok(())
}

/// A contest and the unit at its top.
async fn top_of(ctx: &Ctx, id: i64) -> anyhow::Result<Option<(i64, i64)>> {
    let contest = ctx.contest(id).await?;
    Ok(contest.standing.top().map(|unit| (id, unit)))
}

/// Contest and unit of the mailbox a message first came to.
async fn home_of_message(ctx: &Ctx, message: i64) -> anyhow::Result<Option<(i64, i64)>> {
    let contest = db::message::get(&ctx.db, message).await?.contest_id;
    let first = db::delivery::arrivals(&ctx.db, message)
        .await?
        .into_iter()
        .next();
    Ok(first.map(|arrival| (contest, arrival.unit)))
}

/// 1, 2, 4 … seconds, at most ten minutes.
fn pause(attempts: i64) -> i64 {
    1_000 << (attempts - 1).clamp(0, 9)
}

#[cfg(test)]
mod tests {
    use super::ATTEMPTS;
    use super::pause;

    #[test]
    fn a_job_is_tried_for_about_half_an_hour_before_a_person_is_asked() {
        let all: i64 = (1..ATTEMPTS).map(pause).sum();
        assert!((20 * 60_000..60 * 60_000).contains(&all), "{all}");
    }
}
