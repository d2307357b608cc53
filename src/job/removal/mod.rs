//! Personal data of contests that are over: proposed here when the plan's time has come, confirmed by a person at the
//! desk (`desk::remove`), and removed in pieces (`run`), at last the files that no row names any more (`files`). The same
//! job removes the data of one person who asked for it (`desk::erase`), which nothing proposes.
//! Nothing is ever removed without a person's word.

pub mod files;
mod mails;
pub mod run;

use super::Contest;
use super::Ctx;
use super::Failure;
use crate::contest::retention;
use crate::db;
use crate::db::matter::NewMatter;
use crate::db::matter::Subject;
use crate::db::removal::Counts;
use crate::entry::MatterKind;
use crate::entry::RemovalState;

pub use mails::keep;

/// Whoever has put the question off is asked again after so long, ms.
const AGAIN_MS: i64 = 30 * 24 * 60 * 60 * 1_000;

/// Asks about every contest whose time has come, and takes the question back where the plan says otherwise by now.
pub async fn propose(ctx: &Ctx, now: i64) -> Result<(), Failure> {
    for (id, _) in db::contest::all(&ctx.db).await? {
        let contest = ctx.contest(id).await?;
        match retention::due(&contest.standing.plan).filter(|due| *due <= now) {
            Some(due) => ask(ctx, &contest, due, now).await?,
            None => take_back(ctx, id, now).await?,
        }
    }
    Ok(())
}

async fn ask(ctx: &Ctx, contest: &Contest, due: i64, now: i64) -> Result<(), Failure> {
    let id = contest.standing.contest;
    let plan = &contest.standing.plan;
    let counts = db::removal::counts(&ctx.db, id).await?;
    if is_nothing(&counts) {
        return take_back(ctx, id, now).await;
    }
    let Some(unit) = contest.standing.top() else {
        return Ok(());
    };
    let rule = serde_json::to_string(&plan.retention).map_err(db::Error::from)?;
    let mut tx = ctx.db.begin().await?;
    db::contest::lock(&mut tx, id).await?;
    let removal = db::removal::propose(&mut tx, id, &rule, due, now).await?;
    if removal.state != RemovalState::Proposed {
        return Ok(());
    }
    let detail = serde_json::json!({
        "title": plan.title, "due": due, "messages": counts.messages, "entries": counts.entries,
        "file_count": counts.files, "open": counts.open,
    });
    let matter = NewMatter {
        contest: id,
        unit,
        kind: MatterKind::Retention,
        subject: Subject::Removal,
        subject_id: removal.id,
        detail: &detail,
    };
    let asked_lately = removal.asked_at.is_some_and(|at| now - at < AGAIN_MS);
    if !asked_lately && db::matter::open(&mut tx, &matter, now).await?.is_some() {
        db::removal::asked(&mut tx, removal.id, now).await?;
        super::event(&mut tx, id, "removal.proposed", removal.id, "", now).await?;
    } else {
        db::matter::restate(&mut tx, &matter).await?;
    }
    Ok(tx.commit().await?)
}

fn is_nothing(counts: &Counts) -> bool {
    counts.messages + counts.entries + counts.letters == 0
}

/// The plan keeps the data for longer than it did, or there is none: nobody is asked any more.
async fn take_back(ctx: &Ctx, contest: i64, now: i64) -> Result<(), Failure> {
    let mut tx = ctx.db.begin().await?;
    let Some(removal) = db::removal::open(&mut tx, contest).await? else {
        return Ok(());
    };
    if removal.state == RemovalState::Proposed {
        let (kind, subject) = (MatterKind::Retention, Subject::Removal);
        db::matter::recovered(&mut tx, kind, subject, removal.id, now).await?;
    }
    Ok(tx.commit().await?)
}
