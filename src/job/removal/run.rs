//! The removal that a person confirmed: in pieces, each a transaction of its own, so that whoever ends the program loses
//! nothing and the next run goes on. At last the files, the search index and the room the rows took.

use super::files;
use crate::clock;
use crate::contest::retention;
use crate::crash;
use crate::db;
use crate::db::Tx;
use crate::db::job::Job;
use crate::db::removal::Removal;
use crate::entry::RemovalState;
use crate::job::Ctx;
use crate::job::Failure;
use crate::job::event;
use crate::search;
use crate::words;

/// Rows that go in one transaction.
const PIECE: i64 = 200;
/// A look at what is not old enough to go, ms.
const LATER_MS: i64 = 10 * 60_000;
/// A database is written anew within this, ms.
const COMPACT_MS: i64 = 60 * 60_000;

/// Does the removal of a job, as far as its time has come.
pub async fn run(ctx: &Ctx, job: &Job) -> Result<(), Failure> {
    let Some(removal) = begin(ctx, job).await? else {
        return Ok(());
    };
    mails(ctx, job, &removal).await?;
    entries(ctx, job, &removal).await?;
    letters(ctx, job, &removal).await?;
    rest(ctx, job, &removal).await?;
    let swept = files::sweep(ctx).await?;
    let mut tx = piece(ctx, job, &removal).await?;
    db::removal::count(&mut tx, removal.id, 0, 0, swept.removed).await?;
    tx.commit().await?;
    if swept.waits || swept.young > 0 {
        return Err(Failure::NotYet(clock::now() + LATER_MS));
    }
    search::forget(&ctx.config.data.join(search::FOLDER))
        .map_err(|error| Failure::Again(error.into()))?;
    db::job::renew(&ctx.db, job, clock::now() + COMPACT_MS).await?;
    ctx.db.compact().await?;
    let now = clock::now();
    let mut tx = piece(ctx, job, &removal).await?;
    db::removal::end(&mut tx, removal.id, now).await?;
    let contest = removal.contest_id;
    event(&mut tx, contest, "removal.done", removal.id, "", now).await?;
    db::job::finish(&mut tx, job, now).await?;
    tx.commit().await?;
    tracing::info!(removal.id = removal.id, "personal data removed");
    Ok(())
}

/// The removal, if it goes on now. One that was called off is let alone, and one whose plan says otherwise by now is a
/// proposal again.
async fn begin(ctx: &Ctx, job: &Job) -> Result<Option<Removal>, Failure> {
    let now = clock::now();
    let mut tx = ctx.db.begin().await?;
    let removal = db::removal::get(&mut tx, job.job_key).await?;
    let contest = removal.contest_id;
    db::contest::lock(&mut tx, contest).await?;
    // Whoever called it off may have done so while we waited for the lock.
    let removal = db::removal::get(&mut tx, removal.id).await?;
    match (removal.state, removal.run_at) {
        (RemovalState::Proposed | RemovalState::Done, _) => {
            db::job::finish(&mut tx, job, now).await?;
            tx.commit().await?;
            Ok(None)
        }
        (RemovalState::Confirmed, Some(at)) if at > now => Err(Failure::NotYet(at)),
        (RemovalState::Confirmed, _) => {
            // Of one person: by that person's wish, whatever the plan says of the contest's data.
            let due = removal.entry_id.is_some() || {
                let plan = db::contest::standing_in(&mut tx, contest).await?.plan;
                retention::due(&plan).is_some_and(|due| due <= now)
            };
            if due {
                db::job::hold(&mut tx, job).await?;
                db::removal::begin(&mut tx, removal.id).await?;
                withdraw(&mut tx, &removal, now).await?;
                event(&mut tx, contest, "removal.begun", removal.id, "", now).await?;
            } else {
                db::removal::call_off(&mut tx, removal.id).await?;
                event(&mut tx, contest, "removal.called_off", removal.id, "", now).await?;
                db::job::finish(&mut tx, job, now).await?;
            }
            tx.commit().await?;
            Ok(due.then_some(removal))
        }
        (RemovalState::Running, _) => {
            db::job::hold(&mut tx, job).await?;
            withdraw(&mut tx, &removal, now).await?;
            tx.commit().await?;
            Ok(Some(removal))
        }
    }
}

/// What came between a clerk's word about one person and now: entries that were listed or handed over stay, the others
/// are in nobody's queue.
async fn withdraw(tx: &mut Tx, removal: &Removal, now: i64) -> Result<(), Failure> {
    if removal.entry_id.is_none() {
        return Ok(());
    }
    for entry in db::removal::spare(tx, removal.id).await? {
        event(tx, removal.contest_id, "entry.spared", entry, "", now).await?;
    }
    db::removal::withdraw(tx, removal.id, now).await?;
    // While the mails still say from which address they came.
    db::removal::mailings(tx, removal, now).await?;
    Ok(())
}

/// A transaction for a piece: nothing else is decided in the contest meanwhile, and nobody else does this job.
async fn piece(ctx: &Ctx, job: &Job, removal: &Removal) -> Result<Tx, Failure> {
    let mut tx = ctx.db.begin().await?;
    db::contest::lock(&mut tx, removal.contest_id).await?;
    db::job::hold(&mut tx, job).await?;
    Ok(tx)
}

async fn mails(ctx: &Ctx, job: &Job, removal: &Removal) -> Result<(), Failure> {
    let mut after = 0;
    loop {
        let now = clock::now();
        let mut tx = piece(ctx, job, removal).await?;
        let gone = db::removal::mails(&mut tx, removal, after, PIECE, now).await?;
        let Some(last) = gone.last() else {
            return Ok(());
        };
        after = *last;
        let contest = removal.contest_id;
        for id in &gone {
            event(&mut tx, contest, "message.removed", *id, "", now).await?;
        }
        db::removal::count(&mut tx, removal.id, gone.len(), 0, 0).await?;
        crash::point("removed_uncommitted");
        tx.commit().await?;
        crash::point("removed");
    }
}

async fn entries(ctx: &Ctx, job: &Job, removal: &Removal) -> Result<(), Failure> {
    let mut after = 0;
    loop {
        let now = clock::now();
        let mut tx = piece(ctx, job, removal).await?;
        let gone = db::removal::entries(&mut tx, removal, after, PIECE, now).await?;
        let Some(last) = gone.last() else {
            return Ok(());
        };
        after = *last;
        let contest = removal.contest_id;
        for id in &gone {
            event(&mut tx, contest, "entry.removed", *id, "", now).await?;
        }
        db::removal::count(&mut tx, removal.id, 0, gone.len(), 0).await?;
        tx.commit().await?;
        crash::point("removed");
    }
}

async fn letters(ctx: &Ctx, job: &Job, removal: &Removal) -> Result<(), Failure> {
    let mut after = 0;
    loop {
        let now = clock::now();
        let reason = match removal.entry_id {
            None => words::removal::LETTER_REMOVED,
            Some(_) => words::removal::LETTER_REMOVED_BY_WISH,
        };
        let mut tx = piece(ctx, job, removal).await?;
        let gone = db::removal::letters(&mut tx, removal, after, PIECE, reason, now).await?;
        tx.commit().await?;
        let Some(last) = gone.last() else {
            return Ok(());
        };
        after = *last;
        crash::point("removed");
    }
}

/// What is said elsewhere about what is gone: a row or a few a contest, or done in one statement.
async fn rest(ctx: &Ctx, job: &Job, removal: &Removal) -> Result<(), Failure> {
    let now = clock::now();
    let mut tx = piece(ctx, job, removal).await?;
    let papers = db::removal::papers(&mut tx, removal, now).await?;
    let mailings = db::removal::mailings(&mut tx, removal, now).await?;
    let matters = db::removal::matters(&mut tx, removal, now).await?;
    let acts = db::removal::acts(&mut tx, removal).await?;
    let jobs = db::removal::jobs(&mut tx, removal, now).await?;
    db::removal::leftovers(&mut tx, removal, now).await?;
    tx.commit().await?;
    tracing::debug!(papers, mailings, matters, acts, jobs, "rows emptied");
    Ok(())
}
