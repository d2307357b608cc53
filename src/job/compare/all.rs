//! Compares all essays of a contest once more, in the order of their mails, now that everybody's words are known.
//!
//! Whatever was killed on the way is begun again from the beginning; nothing of a run counts before its end but the rows
//! that it has replaced, which the next run replaces again.

use sha2::Digest as _;
use sha2::Sha256;

use super::aside;
use super::cluster;
use super::given;
use super::lane::BATCH;
use super::lane::evidence;
use super::written;
use crate::clock;
use crate::db;
use crate::db::comparison;
use crate::db::comparison::Comparison;
use crate::db::job::Job;
use crate::duplicate::Contest;
use crate::duplicate::Essay;
use crate::duplicate::Text;
use crate::duplicate::Verdict;
use crate::duplicate::stars;
use crate::job;
use crate::job::Ctx;
use crate::job::Failure;
use crate::job::event;
use crate::text::words::hex;

/// What became of the texts of one pass: verdicts, and the version and the hash of each text.
struct Reviewed {
    verdict: Verdict,
    entry: i64,
    version: i64,
    text_hash: String,
}

/// Compares the essays of the contest of a job.
pub async fn run(ctx: &Ctx, job: &Job) -> Result<(), Failure> {
    let id = job.job_key;
    let contest = ctx.contest(id).await?;
    let order = comparison::all(&ctx.db, id).await?;
    let started = clock::now();
    let mut tx = ctx.db.begin().await?;
    db::job::hold(&mut tx, job).await?;
    let n = comparison::begin_run(&mut tx, id, order.len() as i64, started).await?;
    tx.commit().await?;
    let run = Run {
        ctx,
        job,
        contest: &contest,
        order: &order,
        n,
    };
    let known = run.learn().await?;
    let reviewed = run.review(known).await?;
    let verdicts: Vec<Verdict> = reviewed.iter().map(|one| one.verdict.clone()).collect();
    let stars = stars(&verdicts);
    let all = fingerprint(&verdicts, &stars)?;
    run.write(reviewed, &stars).await?;
    let now = clock::now();
    let mut tx = ctx.db.begin().await?;
    db::contest::lock(&mut tx, id).await?;
    db::job::hold(&mut tx, job).await?;
    if db::contest::version_in(&mut tx, id).await? != contest.standing.version {
        // A plan was applied meanwhile: its own texts may be others.
        return Err(Failure::NotYet(now));
    }
    for root in comparison::roots(&mut tx, id).await? {
        cluster::settle(&mut tx, &contest, root, now).await?;
    }
    cluster::close_rootless(&mut tx, id, now).await?;
    comparison::end_run(&mut tx, id, n, &all, now).await?;
    event(&mut tx, id, "contest.compared", id, &n.to_string(), now).await?;
    db::job::finish(&mut tx, job, now).await?;
    tx.commit().await?;
    tracing::info!(
        contest.id = id,
        essays = order.len(),
        ms = now - started,
        "all essays compared"
    );
    Ok(())
}

struct Run<'a> {
    ctx: &'a Ctx,
    job: &'a Job,
    contest: &'a job::Contest,
    /// Entries, the earliest first.
    order: &'a [i64],
    n: i64,
}

impl Run<'_> {
    /// Adds all essays, so that all counts are there.
    async fn learn(&self) -> Result<Contest, Failure> {
        let mut known = Contest::new(&given(self.contest).0);
        for (done, part) in (1..).zip(self.order.chunks(BATCH as usize)) {
            let essays = written(&self.ctx.db, self.contest, part).await?;
            known = aside(move || {
                for essay in essays {
                    let text = Text::read(&essay.text);
                    let person = essay.person;
                    known.add(Essay {
                        text: &text,
                        person,
                        unread: &essay.unread,
                    });
                }
                known
            })
            .await?;
            self.step(done * BATCH).await?;
        }
        Ok(known)
    }

    /// Compares every essay with those before it.
    async fn review(&self, mut known: Contest) -> Result<Vec<Reviewed>, Failure> {
        let mut reviewed = Vec::with_capacity(self.order.len());
        for (done, part) in (1..).zip(self.order.chunks(BATCH as usize)) {
            let essays = written(&self.ctx.db, self.contest, part).await?;
            let first = reviewed.len() as u32;
            let found: Vec<Reviewed>;
            (known, found) = aside(move || {
                let one = |(place, essay): (u32, super::Written)| {
                    let text = Text::read(&essay.text);
                    let person = essay.person;
                    let essay_read = Essay {
                        text: &text,
                        person,
                        unread: &essay.unread,
                    };
                    Reviewed {
                        verdict: known.review(place, essay_read),
                        entry: essay.entry,
                        version: essay.version,
                        text_hash: comparison::hash(&essay.text),
                    }
                };
                let found = (first..).zip(essays).map(one).collect();
                (known, found)
            })
            .await?;
            reviewed.extend(found);
            self.step(self.order.len() as i64 + done * BATCH).await?;
        }
        Ok(reviewed)
    }

    /// Replaces the provisional verdicts, so many in a transaction that nobody waits long for the next.
    async fn write(&self, reviewed: Vec<Reviewed>, stars: &[Option<u32>]) -> Result<(), Failure> {
        let order: Vec<i64> = reviewed.iter().map(|one| one.entry).collect();
        let mut rest = (0_usize..).zip(reviewed).peekable();
        while rest.peek().is_some() {
            let now = clock::now();
            let mut tx = self.ctx.db.begin().await?;
            db::job::hold(&mut tx, self.job).await?;
            for (place, one) in rest.by_ref().take(BATCH as usize) {
                let root = stars.get(place).copied().flatten();
                let comparison = Comparison {
                    entry_id: one.entry,
                    contest_id: self.job.job_key,
                    version_id: one.version,
                    text_hash: one.text_hash,
                    run: self.n,
                    root_id: root.and_then(|root| order.get(root as usize).copied()),
                    evidence: evidence(one.verdict, &order, one.entry),
                };
                comparison::put(&mut tx, &comparison, now).await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }

    async fn step(&self, steps: i64) -> Result<(), Failure> {
        let steps = steps.min(2 * self.order.len() as i64);
        let mut tx = self.ctx.db.begin().await?;
        db::job::hold(&mut tx, self.job).await?;
        comparison::step_run(&mut tx, self.job.job_key, self.n, steps).await?;
        Ok(tx.commit().await?)
    }
}

/// A hash of all verdicts in order, in which entries are called by their place: the same wherever the same essays were
/// compared, whatever their ids.
fn fingerprint(verdicts: &[Verdict], stars: &[Option<u32>]) -> Result<String, Failure> {
    let mut all = Sha256::new();
    for line in verdicts.iter().zip(stars) {
        all.update(serde_json::to_vec(&line).map_err(db::Error::from)?);
        all.update(b"\n");
    }
    Ok(hex(&all.finalize()))
}
