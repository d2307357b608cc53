//! What keeps work going whoever dies, whatever a clock does and however long a relay is away: jobs of dead workers, pauses
//! that a clock which went back would draw out, letters whose relay may be tried again.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use tokio::sync::watch;

use super::Ctx;
use super::relays::Way;
use crate::clock;
use crate::db;
use crate::db::job::Sign;

/// Between two looks.
const TICK: Duration = Duration::from_secs(1);
/// A worker that gave no sign of life for so long is dead; it gives one every third of this.
pub const LIFELESS: Duration = Duration::from_secs(30);
/// A pause is void when the clock has gone back behind its beginning by more than this (ms). Below it a pause is at most so
/// much longer, and machines whose clocks differ less do not disturb each other.
pub const SLACK_MS: i64 = 30_000;

/// What was seen, and since when it has stood still by our own stopwatch.
#[derive(Default)]
pub struct Watch {
    signs: HashMap<Sign, Instant>,
}

/// Looks every second until told to stop.
pub async fn serve(ctx: Arc<Ctx>, mut stop: watch::Receiver<bool>) {
    let mut watch = Watch::default();
    while !*stop.borrow() {
        if let Err(error) = watch.look(&ctx).await {
            tracing::warn!("jobs cannot be watched: {error}");
        }
        tokio::select! {
            () = tokio::time::sleep(TICK) => {}
            _ = stop.changed() => {}
        }
    }
}

impl Watch {
    /// One look.
    pub async fn look(&mut self, ctx: &Ctx) -> db::Result<()> {
        let freed = self.free_lifeless(ctx).await?
            + void_pauses(ctx).await?
            + let_letters_go_on(ctx).await?;
        if freed > 0 {
            ctx.wake.notify_waiters();
        }
        Ok(())
    }

    async fn free_lifeless(&mut self, ctx: &Ctx) -> db::Result<u64> {
        let now = Instant::now();
        let there = db::job::in_hand(&ctx.db).await?;
        self.signs = there
            .into_iter()
            .map(|sign| (sign, self.signs.get(&sign).copied().unwrap_or(now)))
            .collect();
        let mut freed = 0;
        for (sign, since) in &self.signs {
            if now.duration_since(*since) >= LIFELESS
                && db::job::free(&ctx.db, *sign, clock::now()).await?
            {
                tracing::warn!(job.id = sign.id, "its worker is gone, the job is free");
                freed += 1;
            }
        }
        Ok(freed)
    }
}

async fn void_pauses(ctx: &Ctx) -> db::Result<u64> {
    let freed = db::job::void_pauses(&ctx.db, clock::now(), SLACK_MS).await?;
    if freed > 0 {
        tracing::warn!(
            jobs = freed,
            "the clock went back: what waited by it runs now"
        );
    }
    Ok(freed)
}

async fn let_letters_go_on(ctx: &Ctx) -> db::Result<u64> {
    let mut freed = 0;
    for relay in db::job::awaited(&ctx.db).await? {
        let one = match ctx.relays.look(&relay) {
            Way::Clear => false,
            Way::Try => true,
            Way::Shut => continue,
        };
        freed += db::job::go_on(&ctx.db, &relay, one, clock::now()).await?;
    }
    Ok(freed)
}
