//! The papers that go with a package: the list of what is handed over, and the letter that offers it (R001-24, R001-29).

use super::super::Ctx;
use super::super::Failure;
use crate::contest::deadline;
use crate::contest::deadline::What;
use crate::db;
use crate::db::job::Job;
use crate::handover::Manifest;
use crate::jury;
use crate::paper;
use crate::paper::handover::HandedOver;
use crate::paper::handover::Package;
use crate::paper::shortlist::Shortlist;
use crate::words;
use crate::words::papers as say;

pub async fn run(ctx: &Ctx, job: &Job) -> Result<(), Failure> {
    let mut tx = ctx.db.begin().await?;
    let row = db::handover::get(&mut tx, job.job_key).await?;
    let contents = db::handover::contents(&mut tx, row.id).await?;
    drop(tx);
    let contest = ctx.contest(row.contest_id).await?;
    let plan = &contest.standing.plan;
    let unit = row.from_unit_id;
    let code = contest.standing.code(unit).unwrap_or_default();
    let manifest = Manifest::read(&row.manifest)
        .map_err(|fault| Failure::GiveUp(anyhow::anyhow!("our own manifest: {fault:?}")))?;
    let size: u64 = manifest
        .entries
        .iter()
        .flat_map(|line| &line.files)
        .map(|file| file.size)
        .sum();
    let package = Package {
        name: row.package.clone(),
        size: words::time::size(i64::try_from(size).unwrap_or(i64::MAX)),
        parts: usize::try_from(row.parts).unwrap_or(1),
        sha256: row.manifest_hash.clone(),
    };
    let deadline = deadline::in_force(plan, What::Handover, code, None)
        .map_or(String::new(), |deadline| deadline.phrase.clone());
    let (received, valid) = db::paper::counts(&ctx.db, unit).await?;
    let (received, valid) = (count(received), count(valid));
    let to = say::committee(contest.standing.unit_name(row.to_unit_id));
    let paper = match row.queue_id {
        Some(queue) => {
            let queue = db::judge::queue(&ctx.db, queue).await?;
            let ranking = super::super::advance::locked(ctx, &queue).await?;
            let taken = db::queue::taken(&ctx.db, ranking.id).await?;
            let round = plan
                .round(&queue.round)
                .ok_or_else(|| Failure::GiveUp(anyhow::anyhow!("no round {}", queue.round)))?;
            let quota = jury::standings::take(&contest.standing, round, &queue);
            let rows = super::marked(ctx, &contest, &queue, &taken).await?;
            let quota = quota.map_or(rows.len(), |quota| quota as usize);
            paper::shortlist(&Shortlist {
                frame: super::frame(&contest, unit, &to, &round.name, row.made_at)?,
                received,
                valid,
                quota,
                why: (rows.len() < quota).then(|| say::FEWER.to_owned()),
                package,
                deadline,
                rows,
            })
        }
        None => {
            let mut rows = Vec::with_capacity(contents.len());
            for content in &contents {
                let Some(entry) = content.entry_id else {
                    continue;
                };
                let version = db::entry::version(&ctx.db, entry).await?.id;
                rows.push(HandedOver {
                    person: super::person(ctx, entry, version).await?,
                    note: String::new(),
                });
            }
            paper::handover_all(&paper::handover::Handover {
                frame: super::frame(&contest, unit, &to, "", row.made_at)?,
                received,
                valid,
                package,
                deadline,
                rows,
            })
        }
    };
    let paper = paper.map_err(|error| Failure::GiveUp(error.into()))?;
    let about = format!("handover/{}", row.id);
    let subject = say::handover_subject(contest.standing.unit_name(unit));
    super::file(
        ctx,
        &contest,
        job,
        unit,
        &about,
        say::HANDOVER_DRAFTS,
        &subject,
        paper,
    )
    .await
}

fn count(n: i64) -> usize {
    usize::try_from(n).unwrap_or(0)
}
