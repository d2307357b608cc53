//! Compares the essays that came since with all before them, some hundreds at a time.

use super::cluster;
use super::due;
use super::lane;
use super::lane::Lane;
use super::written;
use crate::clock;
use crate::crash;
use crate::db;
use crate::db::comparison;
use crate::db::comparison::Comparison;
use crate::db::comparison::Evidence;
use crate::db::job::Job;
use crate::db::job::JobKind;
use crate::duplicate::Level;
use crate::job::Ctx;
use crate::job::Failure;

/// Compares the next essays of the contest of a job, and asks to go on when there are more.
pub async fn run(ctx: &Ctx, job: &Job) -> Result<(), Failure> {
    let contest = ctx.contest(job.job_key).await?;
    let id = job.job_key;
    let entries = comparison::waiting(&ctx.db, id, lane::BATCH).await?;
    let lane = Lane::take(ctx, &contest).await?;
    let essays = written(&ctx.db, &contest, &entries).await?;
    let (lane, found) = lane.add(essays).await?;
    let compared = found.len();
    let now = clock::now();
    let mut tx = ctx.db.begin().await?;
    // Held until the end, so that a mail sorted meanwhile either is seen below or asks for a comparison of its own.
    db::contest::lock(&mut tx, id).await?;
    db::job::hold(&mut tx, job).await?;
    let mut roots = Vec::new();
    for (essay, evidence) in found {
        let root_id = root(&mut tx, &evidence).await?;
        let comparison = Comparison {
            entry_id: essay.entry,
            contest_id: id,
            version_id: essay.version,
            text_hash: comparison::hash(&essay.text),
            run: 0,
            root_id,
            evidence,
        };
        comparison::put(&mut tx, &comparison, now).await?;
        roots.extend(root_id);
    }
    roots.sort_unstable();
    roots.dedup();
    for root in roots {
        cluster::settle(&mut tx, &contest, root, now).await?;
    }
    let seq = comparison::last(&mut tx, id).await?;
    if comparison::is_waiting(&mut tx, id).await? {
        db::job::give_back(&mut tx, job, now).await?;
    } else {
        let (all, since) = comparison::provisional(&mut tx, id).await?;
        if due::is_worth(all, since) {
            let priority = JobKind::COMPARE_PRIORITY;
            db::job::put(&mut tx, JobKind::CompareAll, id, priority, now).await?;
        }
        db::job::finish(&mut tx, job, now).await?;
    }
    crash::point("compared_uncommitted");
    tx.commit().await?;
    lane.put_back(ctx, id, seq);
    tracing::debug!(contest.id = id, compared, "essays compared");
    Ok(())
}

/// The earliest entry of the cluster that an essay joins by its largest source, which becomes a member, too.
async fn root(tx: &mut db::Tx, evidence: &Evidence) -> Result<Option<i64>, Failure> {
    let verdict = &evidence.verdict;
    if !matches!(verdict.level, Level::Copied | Level::Resent) {
        return Ok(None);
    }
    let source = verdict.sources.iter().find(|source| source.corroborated);
    let Some(source) = source.and_then(|source| evidence.entry(source.essay)) else {
        return Ok(None);
    };
    if let Some(root) = comparison::root(tx, source).await? {
        return Ok(Some(root));
    }
    comparison::set_root(tx, source, source).await?;
    Ok(Some(source))
}
