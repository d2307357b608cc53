//! Once an hour: what is over is put away. Of a contest nothing is touched: it is asked whether its personal data may go.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::Ctx;
use crate::clock;
use crate::db;

const HOUR: Duration = Duration::from_secs(60 * 60);

/// Keeps house until told to stop.
pub async fn serve(ctx: Arc<Ctx>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(error) = once(&ctx).await {
            tracing::warn!("housekeeping: {error:#}");
        }
        tokio::select! {
            () = tokio::time::sleep(HOUR) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Removes half-written files that a killed process left, sessions and login tokens that have run out, and the text
/// of login letters (their links open a door; only hashes of those are kept). Tells of templates that failed outside
/// the daemon, when a command moved a deadline.
async fn once(ctx: &Ctx) -> anyhow::Result<()> {
    let now = clock::now();
    let files = ctx.blobs.sweep(now).await?;
    let mut tx = ctx.db.begin().await?;
    let rows = db::account::forget_expired(&mut tx, now).await?;
    db::letter::forget_logins(&mut tx, now).await?;
    super::wording::alarm(ctx, &mut tx, now).await?;
    tx.commit().await?;
    super::removal::propose(ctx, now).await?;
    super::removal::files::sweep(ctx).await?;
    tracing::debug!(files, rows, "housekeeping done");
    Ok(())
}
