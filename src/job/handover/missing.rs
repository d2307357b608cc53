//! A package that came in part, and then no more of it: the sender is told which mails are missing.

use super::super::Ctx;
use super::super::Failure;
use super::answer;
use crate::clock;
use crate::db;
use crate::db::job::Job;
use crate::entry::HandoverState;
use crate::handover::Manifest;
use crate::words;

/// Answers with what is missing, once for each state of things. Every part that comes puts this job off.
pub async fn run(ctx: &Ctx, job: &Job) -> Result<(), Failure> {
    let now = clock::now();
    let mut tx = ctx.db.begin().await?;
    let contest = db::handover::get(&mut tx, job.job_key).await?.contest_id;
    // No part is taken in meanwhile.
    db::contest::lock(&mut tx, contest).await?;
    let row = db::handover::get(&mut tx, job.job_key).await?;
    let parts = db::handover::parts(&mut tx, row.id).await?;
    if row.state == HandoverState::Arriving {
        let contest = ctx.contest(row.contest_id).await?;
        let manifest = Manifest::read(&row.manifest)
            .map_err(|fault| Failure::GiveUp(anyhow::anyhow!("manifest: {fault:?}")))?;
        let here: Vec<u32> = parts
            .iter()
            .filter_map(|part| u32::try_from(part.n).ok())
            .collect();
        let reply = answer::Reply {
            contest: row.contest_id,
            to_unit: row.to_unit_id,
            in_reply_to: None,
            now,
        };
        let which = format!("missing/{}", words::handover::numbers(&here));
        let text = &row.manifest;
        answer::say(&mut tx, &contest, &reply, &manifest, text, &here, &which).await?;
    }
    db::job::finish(&mut tx, job, now).await?;
    tx.commit().await?;
    ctx.wake.notify_waiters();
    Ok(())
}
