//! The list of a round: proposed, approved, locked, and what the head judge decides about it by hand.
//!
//! A proposal writes the standings down under their hash; an approval is of that hash; the last approval computes
//! everything once more under the queue's lock, compares, and locks.

use super::Error;
use super::Result;
use super::event;
use super::round;
use super::standings::Standings;
use super::standings::standings;
use crate::contest::role::Role;
use crate::db;
use crate::db::Db;
use crate::db::contest::Standing;
use crate::db::job::JobKind;
use crate::db::judge::Approval;
use crate::db::judge::Choice;
use crate::db::judge::Line;
use crate::db::judge::Queue;
use crate::db::judge::Ranking;
use crate::db::judge::RankingState;
use crate::judging::triage::Verdict;
use crate::words::jury::Refusal;

/// Everything the page of a list needs.
#[derive(Clone, Debug)]
pub struct View {
    pub queue: Queue,
    pub now: Standings,
    /// The proposal that stands, or the locked list.
    pub proposal: Option<Ranking>,
    pub approvals: Vec<Approval>,
}

pub async fn view(db: &Db, standing: &Standing, queue: i64) -> Result<View> {
    let queue = db::judge::queue(db, queue).await?;
    let mut now = standings(db, standing, &queue).await?;
    let proposal = db::judge::newest_ranking(db, queue.id).await?;
    if let Some(locked) = proposal.as_ref().filter(|_| queue.locked_at.is_some()) {
        // What was approved, whatever a newer plan would make of the marks.
        now.freeze(locked, &db::judge::lines(db, locked.id).await?);
    }
    let approvals = match &proposal {
        Some(proposal) => db::judge::approvals(db, proposal.id).await?,
        None => Vec::new(),
    };
    Ok(View {
        queue,
        now,
        proposal,
        approvals,
    })
}

/// Writes the list as it is now down for approval. Refused while something stands in the way.
pub async fn propose(
    db: &Db,
    standing: &Standing,
    queue: i64,
    account: i64,
    now: i64,
) -> Result<i64> {
    let mut tx = db.begin().await?;
    let queue = db::judge::hold_queue(&mut tx, queue).await?;
    must_be_open(&queue)?;
    let list = standings(db, standing, &queue).await?;
    if let Some(problem) = list.problems.first() {
        return Err(Error::Rule(problem.clone()));
    }
    let lines: Vec<Line> = list
        .rows
        .iter()
        .zip(1..)
        .map(|(row, ordinal)| Line {
            queue_entry_id: row.queue_entry,
            place: i64::from(row.place),
            ordinal,
            quarters: i64::try_from(row.quarters).unwrap_or(i64::MAX),
            marks: i64::from(row.marks),
            taken: row.taken,
            reason: row.reason.clone(),
        })
        .collect();
    let take = list.take.map(i64::from);
    let id = db::judge::propose(&mut tx, queue.id, take, &list.hash, &lines, account, now).await?;
    event(&mut tx, &queue, "queue.proposed", &list.hash, now).await?;
    tx.commit().await?;
    Ok(id)
}

/// What approving came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Approved {
    /// Others must approve too.
    Waiting,
    /// It was the last approval: the list is locked for ever.
    Locked,
}

/// Approves the proposal with this hash in one of the roles that the account holds. The last approval locks.
pub async fn approve(
    db: &Db,
    standing: &Standing,
    queue: i64,
    hash: &str,
    account: i64,
    roles: &[Role],
    now: i64,
) -> Result<Approved> {
    let mut tx = db.begin().await?;
    let queue = db::judge::hold_queue(&mut tx, queue).await?;
    must_be_open(&queue)?;
    let round = round(standing, &queue)?;
    let proposal = db::judge::newest_ranking(db, queue.id).await?;
    let proposal = proposal
        .filter(|proposal| proposal.hash == hash && proposal.state == RankingState::Proposed)
        .ok_or(Error::Stale)?;
    let list = standings(db, standing, &queue).await?;
    if list.hash != proposal.hash {
        return Err(Error::Refused(Refusal::ListChanged));
    }
    if let Some(problem) = list.problems.first() {
        return Err(Error::Rule(problem.clone()));
    }
    let before = db::judge::approvals(db, proposal.id).await?;
    if before.iter().any(|approval| approval.account_id == account) {
        return Err(Error::Refused(Refusal::ApprovedAlready));
    }
    let missing: Vec<Role> = round
        .approvals
        .iter()
        .copied()
        .filter(|role| before.iter().all(|approval| approval.role != *role))
        .collect();
    let role = missing
        .iter()
        .copied()
        .find(|role| roles.contains(role))
        .ok_or(Error::Refused(Refusal::NotYours))?;
    db::judge::approve(&mut tx, proposal.id, account, role, hash, now).await?;
    event(&mut tx, &queue, "queue.approved", role.as_str(), now).await?;
    if missing.len() > 1 {
        tx.commit().await?;
        return Ok(Approved::Waiting);
    }
    db::judge::lock_list(&mut tx, &proposal, now).await?;
    event(&mut tx, &queue, "queue.locked", hash, now).await?;
    db::job::put(&mut tx, JobKind::Advance, queue.id, ADVANCE_PRIORITY, now).await?;
    tx.commit().await?;
    Ok(Approved::Locked)
}

/// After receipts, before copies.
const ADVANCE_PRIORITY: i64 = 5;

/// Withdraws the proposal, so that it can be made anew.
pub async fn withdraw(db: &Db, queue: i64, now: i64) -> Result<()> {
    let mut tx = db.begin().await?;
    let queue = db::judge::hold_queue(&mut tx, queue).await?;
    must_be_open(&queue)?;
    if db::judge::withdraw(&mut tx, queue.id).await? == 0 {
        return Err(Error::Stale);
    }
    event(&mut tx, &queue, "queue.withdrawn", "", now).await?;
    Ok(tx.commit().await?)
}

/// The head judge's order of equal entries, best first, with the reason that goes into the minutes.
pub async fn order(
    db: &Db,
    standing: &Standing,
    queue: i64,
    entries: &[i64],
    reason: &str,
    account: i64,
    now: i64,
) -> Result<()> {
    let reason = needed(reason)?;
    let mut tx = db.begin().await?;
    let queue = db::judge::hold_queue(&mut tx, queue).await?;
    must_be_open(&queue)?;
    let list = standings(db, standing, &queue).await?;
    let mut wanted: Vec<i64> = entries.to_vec();
    wanted.sort_unstable();
    let known = list.ties.iter().chain(&list.ordered).any(|group| {
        let mut ids: Vec<i64> = group.iter().map(|(id, _)| *id).collect();
        ids.sort_unstable();
        ids == wanted
    });
    if !known {
        return Err(Error::Stale);
    }
    let earlier = db::judge::choices(db, queue.id).await?;
    for (entry, place) in entries.iter().zip(1..) {
        let before = earlier.iter().find(|one| one.queue_entry_id == *entry);
        let choice = Choice {
            queue_entry_id: *entry,
            queue_id: queue.id,
            tie_order: Some(place),
            taken: before.and_then(|before| before.taken),
            reason: reason.clone(),
            at: now,
        };
        db::judge::choose(&mut tx, &choice, account).await?;
    }
    db::judge::withdraw(&mut tx, queue.id).await?;
    event(&mut tx, &queue, "queue.ordered", "", now).await?;
    Ok(tx.commit().await?)
}

/// Takes an entry, or leaves it, against the ranking (R001-44); `None` goes back to what the ranking says.
pub async fn choose(
    db: &Db,
    queue: i64,
    entry: i64,
    taken: Option<bool>,
    reason: &str,
    account: i64,
    now: i64,
) -> Result<()> {
    let reason = match taken {
        Some(_) => needed(reason)?,
        None => String::new(),
    };
    let mut tx = db.begin().await?;
    let queue = db::judge::hold_queue(&mut tx, queue).await?;
    must_be_open(&queue)?;
    let marked = db::judge::marked(db, queue.id).await?;
    if !marked.iter().any(|row| row.queue_entry_id == entry) {
        return Err(Error::Missing);
    }
    let earlier = db::judge::choices(db, queue.id).await?;
    let before = earlier.iter().find(|one| one.queue_entry_id == entry);
    let choice = Choice {
        queue_entry_id: entry,
        queue_id: queue.id,
        tie_order: before.and_then(|before| before.tie_order),
        taken,
        reason,
        // An order of equal entries keeps its moment, which holds it together.
        at: before
            .filter(|before| before.tie_order.is_some())
            .map_or(now, |before| before.at),
    };
    db::judge::choose(&mut tx, &choice, account).await?;
    db::judge::withdraw(&mut tx, queue.id).await?;
    event(&mut tx, &queue, "queue.chosen", "", now).await?;
    Ok(tx.commit().await?)
}

/// What the head judge says about an entry of a screening.
#[derive(Clone, Copy, Debug)]
pub struct Word<'a> {
    pub verdict: Verdict,
    /// For the minutes.
    pub reason: &'a str,
}

/// The head judge's word on an entry of a screening, where judges differ or ask for it.
pub async fn decide(
    db: &Db,
    standing: &Standing,
    queue: i64,
    entry: i64,
    word: Word<'_>,
    account: i64,
    now: i64,
) -> Result<()> {
    let reason = needed(word.reason)?;
    let mut tx = db.begin().await?;
    let queue = db::judge::hold_queue(&mut tx, queue).await?;
    must_be_open(&queue)?;
    let list = standings(db, standing, &queue).await?;
    let row = list.rows.iter().find(|row| row.queue_entry == entry);
    if !row.ok_or(Error::Missing)?.disputed {
        return Err(Error::Refused(Refusal::Agreed));
    }
    let verdict = word.verdict;
    db::judge::decide(&mut tx, queue.id, entry, account, verdict, &reason, now).await?;
    db::judge::withdraw(&mut tx, queue.id).await?;
    event(&mut tx, &queue, "queue.decided", "", now).await?;
    Ok(tx.commit().await?)
}

/// After the lock nothing about a list changes.
fn must_be_open(queue: &Queue) -> Result<()> {
    if queue.locked_at.is_some() {
        return Err(Error::Refused(Refusal::Locked));
    }
    Ok(())
}

/// A decision by hand says why.
fn needed(reason: &str) -> Result<String> {
    let reason: String = crate::text::normal(reason)
        .trim()
        .chars()
        .take(500)
        .collect();
    if reason.is_empty() {
        return Err(Error::Refused(Refusal::ReasonNeeded));
    }
    Ok(reason)
}
