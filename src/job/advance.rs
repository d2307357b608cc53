//! What follows from a locked list: its entries go on to the unit's next round under fresh blind codes; the last list
//! gives prizes; a list that leaves the unit, and the last one, become papers for the secretariat.

use std::collections::BTreeMap;

use anyhow::anyhow;

use super::Contest;
use super::Ctx;
use super::Failure;
use super::event;
use crate::blind;
use crate::clock;
use crate::db;
use crate::db::Tx;
use crate::db::job::Job;
use crate::db::job::JobKind;
use crate::db::judge::Queue;
use crate::db::judge::Ranking;
use crate::db::judge::RankingState;
use crate::db::queue::Taken;
use crate::judging::award;
use crate::judging::rank;
use crate::judging::rank::Mean;
use crate::jury;
use crate::slip::Slip;
use crate::slip::same_person;

/// Follows the list of the queue of a job.
pub async fn run(ctx: &Ctx, job: &Job) -> Result<(), Failure> {
    let queue = db::judge::queue(&ctx.db, job.job_key).await?;
    let contest = ctx.contest(queue.contest_id).await?;
    let plan = &contest.standing.plan;
    let round = plan
        .round(&queue.round)
        .ok_or_else(|| Failure::GiveUp(anyhow!("the plan has no round {}", queue.round)))?;
    let ranking = locked(ctx, &queue).await?;
    let taken = db::queue::taken(&ctx.db, ranking.id).await?;
    let awards = if jury::standings::is_final(&contest.standing, round, &queue) {
        prizes(ctx, &contest, &queue, &taken).await?
    } else {
        Vec::new()
    };
    let now = clock::now();
    let mut tx = ctx.db.begin().await?;
    match plan.next_round(round) {
        Some(next) => {
            for line in &taken {
                let (entry, version) = (line.entry_id, line.version_id);
                let code = blind::code();
                let put = db::queue::put(
                    &mut tx,
                    queue.unit_id,
                    &next.code,
                    entry,
                    version,
                    &code,
                    now,
                )
                .await?;
                if !put {
                    return Err(Failure::GiveUp(anyhow!("{} is locked already", next.code)));
                }
                db::job::put(&mut tx, JobKind::Copy, version, JobKind::COPY_PRIORITY, now).await?;
                event(
                    &mut tx,
                    queue.contest_id,
                    "entry.advanced",
                    entry,
                    &next.code,
                    now,
                )
                .await?;
            }
        }
        None => {
            give(&mut tx, &ranking, &awards).await?;
            db::job::put(&mut tx, JobKind::Papers, queue.id, PAPERS_PRIORITY, now).await?;
        }
    }
    db::job::finish(&mut tx, job, now).await?;
    tx.commit().await?;
    ctx.wake.notify_waiters();
    tracing::info!(queue.id = queue.id, taken = taken.len(), "list followed");
    Ok(())
}

/// After sorting, before copies.
const PAPERS_PRIORITY: i64 = 5;

/// The locked list of a queue.
pub async fn locked(ctx: &Ctx, queue: &Queue) -> Result<Ranking, Failure> {
    let newest = db::judge::newest_ranking(&ctx.db, queue.id).await?;
    newest
        .filter(|ranking| ranking.state == RankingState::Locked)
        .ok_or_else(|| Failure::GiveUp(anyhow!("queue {} has no locked list", queue.id)))
}

/// The prizes of a final list: entry of the queue and the plan's code. Nobody gets two (R001-47).
async fn prizes(
    ctx: &Ctx,
    contest: &Contest,
    queue: &Queue,
    taken: &[Taken],
) -> Result<Vec<(i64, String)>, Failure> {
    let rows = taken.iter().map(|line| rank::Row {
        place: u32::try_from(line.place).unwrap_or(u32::MAX),
        id: line.queue_entry_id,
        code: String::new(),
        mean: Mean {
            quarters: u64::try_from(line.quarters).unwrap_or(0),
            marks: u32::try_from(line.marks).unwrap_or(1).max(1),
        },
        ties: Vec::new(),
        ordered: false,
    });
    let ranking = rank::Ranking {
        rows: rows.collect(),
    };
    let orders = jury::standings::orders(&db::judge::choices(&ctx.db, queue.id).await?);
    let persons = persons(ctx, taken).await?;
    let all = &contest.standing.plan.prizes;
    let awards = award::award(&ranking, all, &persons, &BTreeMap::new(), &orders);
    Ok(awards
        .lines
        .iter()
        .filter_map(|line| Some((line.entry, line.prize()?.to_owned())))
        .collect())
}

/// Whose the entries are: equal keys for one person.
async fn persons(ctx: &Ctx, taken: &[Taken]) -> Result<BTreeMap<i64, String>, Failure> {
    let mut known: Vec<(Slip, i64)> = Vec::new();
    let mut persons = BTreeMap::new();
    for line in taken {
        let slip = match db::entry::slip(&ctx.db, line.version_id).await {
            Ok((slip, _)) => slip,
            Err(db::Error::Missing) => continue,
            Err(error) => return Err(error.into()),
        };
        let same = known.iter().find(|(other, _)| same_person(other, &slip));
        let key = same.map_or(line.queue_entry_id, |(_, key)| *key);
        persons.insert(line.queue_entry_id, key.to_string());
        known.push((slip, key));
    }
    Ok(persons)
}

async fn give(tx: &mut Tx, ranking: &Ranking, awards: &[(i64, String)]) -> Result<(), Failure> {
    for (entry, prize) in awards {
        db::judge::put_award(tx, ranking.id, *entry, prize).await?;
    }
    Ok(())
}
