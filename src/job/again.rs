//! The very same bytes came to another mailbox too: one entry, one more receipt.

use std::collections::HashSet;

use super::Ctx;
use super::Failure;
use super::mail::Mail;
use super::receipt;
use super::sender;
use crate::clock;
use crate::db;
use crate::db::job::Job;
use crate::entry::MessageKind;
use crate::entry::MessageState;

/// Answers the second delivery of a message that was sorted already; waits until it was.
pub async fn run(ctx: &Ctx, job: &Job) -> Result<(), Failure> {
    let delivery = db::delivery::get(&ctx.db, job.job_key).await?;
    let now = clock::now();
    let Some(message) = delivery.message_id else {
        return finish(ctx, job).await;
    };
    let message = db::message::get(&ctx.db, message).await?;
    match message.state {
        MessageState::Stored => return Err(Failure::NotYet(now + 1_000)),
        MessageState::Quarantined | MessageState::Removed => return finish(ctx, job).await,
        MessageState::Sorted => {}
    }
    let arrivals = db::delivery::arrivals(&ctx.db, message.id).await?;
    let Some(arrival) = arrivals
        .iter()
        .find(|arrival| arrival.delivery == delivery.id)
    else {
        return finish(ctx, job).await;
    };
    // The same mailbox again (a restored server, a new numbering): answered already.
    let answered = arrivals
        .iter()
        .take_while(|other| other.delivery != delivery.id)
        .any(|other| other.mailbox == arrival.mailbox);
    if answered || message.kind != Some(MessageKind::Entry) {
        return finish(ctx, job).await;
    }
    let raw = ctx.blobs.get(&message.blob).await?;
    let found = ctx
        .worker
        .sort(raw)
        .await
        .map_err(|error| Failure::Again(error.into()))?;
    let contest = ctx.contest(message.contest_id).await?;
    let mut tx = ctx.db.begin().await?;
    db::contest::lock(&mut tx, message.contest_id).await?;
    // The mail was sorted for the mailbox of its first arrival, which need not be the one whose copy came to our
    // disk first. So every mailbox has its turn; one that has answered already does not answer twice.
    let mut seen = HashSet::new();
    for arrival in arrivals.iter().filter(|other| seen.insert(other.mailbox)) {
        let mail = Mail {
            message: &message,
            parsed: &found.parsed,
            arrival,
            proof: sender::proof(&ctx.config, arrival, &found.parsed),
            now,
        };
        let twin = message.same_as.unwrap_or(message.id);
        receipt::second_mailbox(ctx, &mut tx, &contest, &mail, twin).await?;
    }
    db::job::finish(&mut tx, job, now).await?;
    tx.commit().await?;
    ctx.wake.notify_waiters();
    Ok(())
}

async fn finish(ctx: &Ctx, job: &Job) -> Result<(), Failure> {
    let mut tx = ctx.db.begin().await?;
    db::job::finish(&mut tx, job, clock::now()).await?;
    Ok(tx.commit().await?)
}
