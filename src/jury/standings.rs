//! What the marks of a queue say now: the ranking of a scored round or the outcome of a screening, the line, equal
//! entries, what stands in the way. Computed from the sheets each time it is looked at, never stored by itself.
//!
//! Nothing is cut silently: equal entries across the line are named until the head judge has ordered them (R001-29,
//! R001-44, D9).

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use super::Result;
use super::round;
use super::sheet;
use crate::contest::Quarters;
use crate::contest::plan::Round;
use crate::contest::plan::RoundKind;
use crate::contest::unit::Handover;
use crate::db;
use crate::db::Db;
use crate::db::contest::Standing;
use crate::db::judge::Choice;
use crate::db::judge::Line;
use crate::db::judge::Marked;
use crate::db::judge::Queue;
use crate::db::judge::Ranking;
use crate::entry::SheetState;
use crate::judging::award;
use crate::judging::rank;
use crate::judging::rank::Candidate;
use crate::judging::rank::Mean;
use crate::judging::triage;
use crate::judging::triage::Outcome;
use crate::judging::triage::Verdict;
use crate::words;

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
    /// Equal entries that the head judge has ordered, in that order; until the lock they may be ordered anew.
    pub ordered: Vec<Vec<(i64, String)>>,
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
    /// Sum of the marks in quarter points.
    pub quarters: u64,
    /// How many marks.
    pub marks: u32,
    /// Judges of a screening differ or ask for another look: the head judge's word counts.
    pub disputed: bool,
}

impl Standings {
    /// Puts the lines of a locked list in the place of what the marks would say now.
    pub(super) fn freeze(&mut self, locked: &Ranking, lines: &[Line]) {
        let mut rows: BTreeMap<i64, Row> = std::mem::take(&mut self.rows)
            .into_iter()
            .map(|row| (row.queue_entry, row))
            .collect();
        for line in lines {
            let Some(mut row) = rows.remove(&line.queue_entry_id) else {
                continue;
            };
            row.place = u32::try_from(line.place).unwrap_or(u32::MAX);
            row.quarters = u64::try_from(line.quarters).unwrap_or(0);
            row.marks = u32::try_from(line.marks).unwrap_or(0);
            row.mean = row.mean.map(|_| Mean {
                quarters: row.quarters,
                marks: row.marks.max(1),
            });
            row.taken = line.taken;
            row.reason = line.reason.clone();
            self.rows.push(row);
        }
        self.take = locked.take.and_then(|take| u32::try_from(take).ok());
        self.taken = self.rows.iter().filter(|row| row.taken).count();
        self.ties.clear();
        self.ordered.clear();
        self.problems.clear();
        self.hash.clone_from(&locked.hash);
    }
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
pub fn by_entry(marked: &[Marked]) -> Vec<&[Marked]> {
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
        disputed: false,
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
        row.disputed = triage::settle(&verdicts, round.marks, None) == Outcome::HeadJudge;
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
        ordered: Vec::new(),
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
    let ordered = ranking
        .rows
        .chunk_by(|one, two| one.mean == two.mean && one.ties == two.ties)
        .filter(|group| group.iter().any(|row| row.ordered))
        .map(|group| group.iter().map(|row| (row.id, row.code.clone())).collect())
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
        ordered,
        problems,
        remarks,
        hash: String::new(),
    }
}

/// The marks of an entry's sheets with the part scored from the key, in the order of the passes, quarter points.
pub fn totals(standing: &Standing, round: &Round, sheets: &[Marked]) -> Vec<u32> {
    let answers = sheets.first().map_or("{}", |sheet| sheet.answers.as_str());
    let key = sheet::by_key(standing, round, answers).map_or(0, |(_, score)| score.quarters.get());
    given(sheets)
        .map(|sheet| sheet.marks().values().sum::<u32>() + key)
        .collect()
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

#[cfg(test)]
mod tests;
