//! When all essays are compared once more: as a contest grows, because its first essays cannot know what everybody will
//! write; when the plan names other texts of its own; and after the last deadline by mail, when no essay has come for a
//! while. A person may ask for it at any time.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::clock;
use crate::contest::Plan;
use crate::contest::deadline;
use crate::contest::deadline::What;
use crate::db;
use crate::db::Tx;
use crate::db::comparison;
use crate::db::job::JobKind;
use crate::job::Ctx;
use crate::job::Failure;

const MINUTE: Duration = Duration::from_secs(60);
/// So long after the last essay (ms): essays come in crowds.
const QUIET_MS: i64 = 10 * 60_000;
/// So long after the deadline mails are still on their way (ms).
const STRAGGLERS_MS: i64 = 15 * 60_000;

/// Up to so many essays all are compared in a second or two.
const FEW: i64 = 512;
/// Else when one in so many has come since: all of it together costs as much as nine comparisons at the end.
const SHARE: i64 = 8;

/// Whether a comparison of all is worth it now, when of `all` essays so many came `since` the last one.
pub fn is_worth(all: i64, since: i64) -> bool {
    since > 0 && (all <= FEW || since * SHARE >= all)
}

/// Looks every minute until told to stop.
pub async fn serve(ctx: Arc<Ctx>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(error) = once(&ctx, clock::now()).await {
            tracing::warn!("comparisons of all: {error:#}");
        }
        tokio::select! {
            () = tokio::time::sleep(MINUTE) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Asks for a comparison of all where one is due.
pub async fn once(ctx: &Ctx, now: i64) -> Result<(), Failure> {
    for (id, _) in db::contest::all(&ctx.db).await? {
        let newest = comparison::newest(&ctx.db, id).await?;
        let Some(newest) = newest.filter(|newest| newest + QUIET_MS <= now) else {
            continue;
        };
        let contest = ctx.contest(id).await?;
        let plan = &contest.standing.plan;
        let deadlines = plan.mailboxes.iter().filter_map(|mailbox| {
            deadline::in_force(plan, What::Intake, &mailbox.unit, Some("email"))
        });
        let last = deadlines
            .map(|deadline| deadline.until)
            .max()
            .unwrap_or(newest);
        let waiting = comparison::waiting(&ctx.db, id, 1).await?;
        if last + STRAGGLERS_MS > now || !waiting.is_empty() {
            continue;
        }
        let mut tx = ctx.db.begin().await?;
        let priority = JobKind::COMPARE_PRIORITY;
        db::job::put(&mut tx, JobKind::CompareAll, id, priority, now).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Asks for a comparison of all when a plan names other texts of the contest's own than the one before it: what looked
/// copied may be what everybody was handed, and the other way round. Whether it did.
pub async fn after_plan(
    tx: &mut Tx,
    contest: i64,
    old: &Plan,
    new: &Plan,
    now: i64,
) -> db::Result<bool> {
    if old.given == new.given {
        return Ok(false);
    }
    let priority = JobKind::COMPARE_PRIORITY;
    db::job::put(tx, JobKind::CompareAll, contest, priority, now).await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::is_worth;

    #[test]
    fn a_small_contest_is_compared_whole_each_time_and_a_large_one_as_it_grows() {
        assert!(is_worth(2, 1));
        assert!(is_worth(512, 1));
        assert!(!is_worth(512, 0));
        assert!(!is_worth(8_000, 999));
        assert!(is_worth(8_000, 1_000));
    }
}
