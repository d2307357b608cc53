//! The list of a round: what the marks say now, what the head judge decided about it, who approved it, the lock.
//!
//! The ranking is computed from the sheets each time it is looked at. A proposal writes it down under its hash; an
//! approval is of that hash; the last approval computes everything once more under the queue's lock, compares, and
//! locks. Nothing is cut silently: equal entries across the line stand in the way until the head judge has ordered
//! them (R001-29, R001-44, D9).

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use super::Error;
use super::Result;
use super::event;
use super::round;
use super::sheet;
use crate::contest::Quarters;
use crate::contest::plan::Round;
use crate::contest::plan::RoundKind;
use crate::contest::role::Role;
use crate::contest::unit::Handover;
use crate::db;
use crate::db::Db;
use crate::db::contest::Standing;
use crate::db::job::JobKind;
use crate::db::judge::Approval;
use crate::db::judge::Choice;
use crate::db::judge::Line;
use crate::db::judge::Marked;
use crate::db::judge::Queue;
use crate::db::judge::Ranking;
use crate::db::judge::RankingState;
use crate::entry::SheetState;
use crate::judging::award;
use crate::judging::rank;
use crate::judging::rank::Candidate;
use crate::judging::rank::Mean;
use crate::judging::triage;
use crate::judging::triage::Outcome;
use crate::judging::triage::Verdict;
use crate::words;
use crate::words::jury::Refusal;

/// What the marks of a queue say now.
#[derive(Clone, Debug)]
pub struct Standings {
    /// Best first; entries without all their marks come last.
    pub rows: Vec<Row>,
    /// How many may go on; `None` = all.
    pub take: Option<u32>,
    /// How many go on now.
    pub taken: usize,
    /// Equal entries that the head judge must order, group by group: codes in the order of the list.
    pub ties: Vec<Vec<(i64, String)>>,
    /// What stands in the way of approval, in sentences.
    pub problems: Vec<String>,
    /// What is stated on the list, in sentences.
    pub remarks: Vec<String>,
    /// SHA-256 over the list as it is now.
    pub hash: String,
}

/// An entry of the list.
#[derive(Clone, Debug)]
pub struct Row {
    pub queue_entry: i64,
    pub code: String,
    /// 0: not ranked yet.
    pub place: u32,
    /// Of a scored round.
    pub mean: Option<Mean>,
    /// Of a screening.
    pub outcome: Option<Outcome>,
    /// One text a sheet, in the order of the passes: judge, and the mark or verdict; `None` while it is not given.
    pub sheets: Vec<(String, Option<String>)>,
    /// Shares its place with others.
    pub tied: bool,
    /// Goes on.
    pub taken: bool,
    /// Why it is taken or left against the ranking.
    pub reason: String,
    quarters: u64,
    marks: u32,
}

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
    let now = standings(db, standing, &queue).await?;
    let proposal = db::judge::newest_ranking(db, queue.id).await?;
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

/// How many a round lets on: its own number, else what its unit hands over.
pub fn take(standing: &Standing, round: &Round, queue: &Queue) -> Option<u32> {
    if round.advance.is_some() {
        return round.advance;
    }
    if standing.plan.next_round(round).is_some() {
        return None;
    }
    let unit = standing
        .code(queue.unit_id)
        .and_then(|code| standing.plan.unit(code))?;
    match unit.handover {
        Handover::Top { n, .. } => Some(n),
        Handover::All { .. } | Handover::None => None,
    }
}

/// Whether a round's list is the last: prizes come of it.
pub fn is_final(standing: &Standing, round: &Round, queue: &Queue) -> bool {
    let unit = standing
        .code(queue.unit_id)
        .and_then(|code| standing.plan.unit(code));
    standing.plan.next_round(round).is_none()
        && round.kind == RoundKind::Scored
        && unit.is_some_and(|unit| unit.handover == Handover::None)
}

/// The list as the marks and choices have it at this moment.
pub async fn standings(db: &Db, standing: &Standing, queue: &Queue) -> Result<Standings> {
    let round = round(standing, queue)?;
    let marked = db::judge::marked(db, queue.id).await?;
    let choices = db::judge::choices(db, queue.id).await?;
    let figures = db::judge::queue_figures(db, queue.id).await?;
    let mut list = match round.kind {
        RoundKind::Triage => screened(round, &marked),
        RoundKind::Scored => scored(standing, round, queue, &marked, &choices),
    };
    pick(&mut list, &choices);
    if figures.waiting > 0 {
        list.problems.push(words::jury::waiting(figures.waiting));
    }
    if list.rows.is_empty() {
        list.problems.push(words::jury::EMPTY.to_owned());
    }
    let scope = format!(
        "{} {} {}",
        standing.plan.slug,
        standing.code(queue.unit_id).unwrap_or_default(),
        round.code
    );
    list.hash = rank::digest(&canonical(&scope, &list));
    Ok(list)
}

/// The sheets of each entry, in the order of the entries.
fn by_entry(marked: &[Marked]) -> Vec<&[Marked]> {
    marked
        .chunk_by(|one, two| one.queue_entry_id == two.queue_entry_id)
        .collect()
}

fn given(sheets: &[Marked]) -> impl Iterator<Item = &Marked> {
    sheets.iter().filter(|sheet| {
        sheet.state == Some(SheetState::Given) && sheet.pass.is_some_and(|pass| pass > 0)
    })
}

fn blank(sheets: &[Marked]) -> Option<Row> {
    let first = sheets.first()?;
    Some(Row {
        queue_entry: first.queue_entry_id,
        code: first.blind_code.clone(),
        place: 0,
        mean: None,
        outcome: None,
        sheets: Vec::new(),
        tied: false,
        taken: false,
        reason: String::new(),
        quarters: 0,
        marks: 0,
    })
}

/// A screening: who passed comes first; among equals the order of the codes, which says nothing.
fn screened(round: &Round, marked: &[Marked]) -> Standings {
    let mut rows: Vec<Row> = Vec::new();
    let (mut waiting, mut undecided) = (0, 0);
    for sheets in by_entry(marked) {
        let Some(mut row) = blank(sheets) else {
            continue;
        };
        let verdicts: Vec<Verdict> = given(sheets).filter_map(|sheet| sheet.verdict).collect();
        let head = sheets.iter().rev().find(|sheet| sheet.pass == Some(0));
        let head = head.and_then(|sheet| sheet.verdict);
        let outcome = triage::settle(&verdicts, round.marks, head);
        match outcome {
            Outcome::Waiting { .. } => waiting += 1,
            Outcome::HeadJudge => undecided += 1,
            Outcome::Passed => row.place = 1,
            Outcome::Failed => row.place = 2,
        }
        row.taken = outcome == Outcome::Passed;
        row.outcome = Some(outcome);
        row.marks = u32::try_from(verdicts.len()).unwrap_or(u32::MAX);
        row.sheets = shown(sheets, |sheet| {
            sheet
                .verdict
                .map(|verdict| words::judging::verdict(verdict).to_owned())
        });
        rows.push(row);
    }
    rows.sort_by(|one, two| {
        let last = |row: &Row| (row.place == 0, row.place);
        last(one)
            .cmp(&last(two))
            .then_with(|| one.code.cmp(&two.code))
    });
    let mut problems = Vec::new();
    if waiting > 0 {
        problems.push(words::jury::unmarked(waiting));
    }
    if undecided > 0 {
        problems.push(words::jury::undecided(undecided));
    }
    Standings {
        taken: rows.iter().filter(|row| row.taken).count(),
        rows,
        take: None,
        ties: Vec::new(),
        problems,
        remarks: Vec::new(),
        hash: String::new(),
    }
}

/// A scored round: the exact means, equal entries named, the line drawn.
fn scored(
    standing: &Standing,
    round: &Round,
    queue: &Queue,
    marked: &[Marked],
    choices: &[Choice],
) -> Standings {
    let take = take(standing, round, queue);
    let mut rows: BTreeMap<i64, Row> = BTreeMap::new();
    let mut unmarked: Vec<Row> = Vec::new();
    let mut candidates: Vec<Candidate> = Vec::new();
    for sheets in by_entry(marked) {
        let Some(mut row) = blank(sheets) else {
            continue;
        };
        let first = &sheets[0];
        let key = sheet::by_key(standing, round, &first.answers);
        let by_key: BTreeMap<String, Quarters> = key
            .into_iter()
            .map(|(code, score)| (code, score.quarters))
            .collect();
        let extra: u32 = by_key.values().map(|mark| mark.get()).sum();
        row.sheets = shown(sheets, |sheet| {
            let sum: u32 = sheet.marks().values().sum();
            Some(Quarters::new(sum + extra).to_string())
        });
        let complete: Vec<BTreeMap<String, Quarters>> = given(sheets)
            .map(|sheet| {
                let marks = sheet.marks().into_iter();
                marks
                    .map(|(code, mark)| (code, Quarters::new(mark)))
                    .collect()
            })
            .collect();
        if complete.len() < round.marks as usize {
            unmarked.push(row);
            continue;
        }
        candidates.push(Candidate {
            id: row.queue_entry,
            code: row.code.clone(),
            by_key,
            sheets: complete,
        });
        rows.insert(row.queue_entry, row);
    }
    let orders = orders(choices);
    let mut problems = Vec::new();
    if !unmarked.is_empty() {
        problems.push(words::jury::unmarked(unmarked.len()));
    }
    // Every candidate has its marks and stands once, so there is a ranking.
    let ranking = rank::rank(&candidates, round, &orders).unwrap_or_default();
    let cut = rank::cut(&ranking, take);
    let taken: BTreeSet<i64> = cut.taken.iter().copied().collect();
    let code = |id: i64| rows.get(&id).map_or(String::new(), |row| row.code.clone());
    let mut ties: Vec<Vec<i64>> = Vec::new();
    let mut remarks = Vec::new();
    let told = words::judging::cut(&cut, code);
    match &cut.unresolved {
        Some(tie) => {
            ties.push(tie.entries.clone());
            problems.extend(told);
        }
        None => remarks.extend(told),
    }
    if is_final(standing, round, queue) {
        let prizes = &standing.plan.prizes;
        let (nobody, nothing) = (BTreeMap::new(), BTreeMap::new());
        for border in award::award(&ranking, prizes, &nobody, &nothing, &orders).borders {
            problems.push(words::judging::border(&border, prizes, code));
            ties.push(border.entries);
        }
    }
    let ties = ties
        .iter()
        .map(|group| group.iter().map(|id| (*id, code(*id))).collect())
        .collect();
    let shared: BTreeSet<i64> = ranking.ties().flatten().map(|row| row.id).collect();
    let mut list: Vec<Row> = Vec::with_capacity(rows.len() + unmarked.len());
    for ranked in &ranking.rows {
        if let Some(mut row) = rows.remove(&ranked.id) {
            row.place = ranked.place;
            row.mean = Some(ranked.mean);
            row.quarters = ranked.mean.quarters;
            row.marks = ranked.mean.marks;
            row.tied = shared.contains(&ranked.id);
            row.taken = taken.contains(&ranked.id);
            list.push(row);
        }
    }
    unmarked.sort_by(|one, two| one.code.cmp(&two.code));
    list.extend(unmarked);
    Standings {
        taken: taken.len(),
        rows: list,
        take,
        ties,
        problems,
        remarks,
        hash: String::new(),
    }
}

/// What each judge gave, in the order of the passes; nothing of a sheet that is not given.
fn shown(
    sheets: &[Marked],
    text: impl Fn(&Marked) -> Option<String>,
) -> Vec<(String, Option<String>)> {
    sheets
        .iter()
        .filter(|sheet| sheet.sheet_id.is_some())
        .map(|sheet| {
            let given = sheet.state == Some(SheetState::Given);
            let judge = sheet.judge.clone().unwrap_or_default();
            (judge, if given { text(sheet) } else { None })
        })
        .collect()
}

/// The head judge's orders of equal entries, oldest first: choices of one moment are one order.
pub fn orders(choices: &[Choice]) -> Vec<Vec<i64>> {
    let mut moments: BTreeMap<i64, Vec<(i64, i64)>> = BTreeMap::new();
    for choice in choices {
        if let Some(order) = choice.tie_order {
            moments
                .entry(choice.at)
                .or_default()
                .push((order, choice.queue_entry_id));
        }
    }
    moments
        .into_values()
        .map(|mut order| {
            order.sort_unstable();
            order.into_iter().map(|(_, id)| id).collect()
        })
        .collect()
}

/// Entries that were taken or left by hand, each with its reason.
fn pick(list: &mut Standings, choices: &[Choice]) {
    for row in &mut list.rows {
        let by_hand = choices
            .iter()
            .find(|choice| choice.queue_entry_id == row.queue_entry);
        if let Some(choice) = by_hand
            && let Some(taken) = choice.taken
        {
            row.taken = taken;
            row.reason = choice.reason.clone();
        }
    }
    list.taken = list.rows.iter().filter(|row| row.taken).count();
    if let Some(take) = list.take
        && list.taken > take as usize
    {
        list.problems.push(words::jury::too_many(list.taken, take));
    }
}

/// The list as one text, line by line: what an approval is of. Codes and reasons stand as JSON strings, so that none
/// can feign a line.
fn canonical(scope: &str, list: &Standings) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let take = list.take.map_or("all".to_owned(), |n| n.to_string());
    let mut text = format!("phach list 1\n{}\ntake {take}\n", quoted(scope));
    for row in &list.rows {
        let mark = if row.taken { "+" } else { "-" };
        text.push_str(&format!(
            "{mark} {} {} {}/{} {}\n",
            row.place,
            quoted(&row.code),
            row.quarters,
            row.marks,
            quoted(&row.reason)
        ));
    }
    text
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
    if queue.locked_at.is_some() {
        return Err(Error::Refused(Refusal::Locked));
    }
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
    if queue.locked_at.is_some() {
        return Err(Error::Refused(Refusal::Locked));
    }
    let round = round(standing, &queue)?;
    let proposal = db::judge::newest_ranking(db, queue.id).await?;
    let proposal = proposal
        .filter(|proposal| proposal.hash == hash && proposal.state == RankingState::Proposed)
        .ok_or(Error::Stale)?;
    let list = standings(db, standing, &queue).await?;
    if list.hash != proposal.hash || !list.problems.is_empty() {
        return Err(Error::Refused(Refusal::ListChanged));
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
    if queue.locked_at.is_some() {
        return Err(Error::Refused(Refusal::Locked));
    }
    let list = standings(db, standing, &queue).await?;
    let mut wanted: Vec<i64> = entries.to_vec();
    wanted.sort_unstable();
    let known = list.ties.iter().any(|group| {
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
    if queue.locked_at.is_some() {
        return Err(Error::Refused(Refusal::Locked));
    }
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

/// The head judge's word on an entry of a screening.
pub async fn decide(
    db: &Db,
    queue: i64,
    entry: i64,
    verdict: Verdict,
    reason: &str,
    account: i64,
    now: i64,
) -> Result<()> {
    let reason = needed(reason)?;
    let mut tx = db.begin().await?;
    let queue = db::judge::hold_queue(&mut tx, queue).await?;
    if queue.locked_at.is_some() {
        return Err(Error::Refused(Refusal::Locked));
    }
    let marked = db::judge::marked(db, queue.id).await?;
    if !marked.iter().any(|row| row.queue_entry_id == entry) {
        return Err(Error::Missing);
    }
    db::judge::decide(&mut tx, queue.id, entry, account, verdict, &reason, now).await?;
    db::judge::withdraw(&mut tx, queue.id).await?;
    event(&mut tx, &queue, "queue.decided", "", now).await?;
    Ok(tx.commit().await?)
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
