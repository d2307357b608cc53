//! The papers of the final list: the ranking with its prizes, and the proposal to award them (R001-47).

use std::collections::BTreeMap;

use super::super::Ctx;
use super::super::Failure;
use super::super::advance;
use crate::clock;
use crate::db;
use crate::db::job::Job;
use crate::db::judge::Choice;
use crate::db::queue::Taken;
use crate::jury;
use crate::paper;
use crate::paper::prizes::Prize;
use crate::paper::prizes::Prizes;
use crate::paper::prizes::Ranked;
use crate::paper::prizes::Settled;
use crate::paper::shortlist::Marked;
use crate::words::papers as say;

pub async fn run(ctx: &Ctx, job: &Job) -> Result<(), Failure> {
    let queue = db::judge::queue(&ctx.db, job.job_key).await?;
    let contest = ctx.contest(queue.contest_id).await?;
    let plan = &contest.standing.plan;
    let ranking = advance::locked(ctx, &queue).await?;
    let taken = db::queue::taken(&ctx.db, ranking.id).await?;
    let choices = db::judge::choices(&ctx.db, queue.id).await?;
    let rows = super::marked(ctx, &contest, &queue, &taken).await?;
    let individual: Vec<&crate::contest::plan::Prize> = plan
        .prizes
        .iter()
        .filter(|prize| !prize.collective)
        .collect();
    let settled = settled(&choices, &taken, &rows);
    let ranked = rows
        .into_iter()
        .zip(&taken)
        .map(|(marked, line)| Ranked {
            marked,
            prize: line
                .prize
                .as_ref()
                .and_then(|code| individual.iter().position(|prize| prize.code == *code)),
        })
        .collect();
    let unit = queue.unit_id;
    let name = contest.standing.unit_name(unit);
    let round = plan
        .round(&queue.round)
        .map_or("", |round| round.name.as_str());
    let issuer = plan.document.issuer.as_deref().unwrap_or(name);
    let paper = paper::prizes(&Prizes {
        frame: super::frame(&contest, unit, issuer, round, clock::now())?,
        prizes: individual
            .iter()
            .map(|prize| Prize {
                name: prize.name.clone(),
                count: prize.count as usize,
            })
            .collect(),
        rows: ranked,
        settled,
    })
    .map_err(|error| Failure::GiveUp(error.into()))?;
    let about = format!("prizes/{}", queue.id);
    let subject = say::prizes_subject(name);
    super::file(
        ctx,
        &contest,
        job,
        unit,
        &about,
        say::PRIZES_DRAFTS,
        &subject,
        paper,
    )
    .await
}

/// The head judge's orders of equal entries, with the reason that was given for each.
fn settled(choices: &[Choice], taken: &[Taken], rows: &[Marked]) -> Vec<Settled> {
    let codes: BTreeMap<i64, &str> = taken
        .iter()
        .zip(rows)
        .map(|(line, row)| (line.queue_entry_id, row.person.code.as_str()))
        .collect();
    jury::standings::orders(choices)
        .iter()
        .filter_map(|order| {
            let first = order.first()?;
            let reason = choices
                .iter()
                .find(|choice| choice.queue_entry_id == *first)
                .map_or("", |choice| choice.reason.as_str());
            Some(Settled {
                codes: order
                    .iter()
                    .filter_map(|entry| codes.get(entry).map(|code| (*code).to_owned()))
                    .collect(),
                how: say::by_the_head_judge(reason),
            })
        })
        .collect()
}
