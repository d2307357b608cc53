//! Marking one entry: what a judge typed becomes marks, a draft is saved, a sheet is given, taken back, excused.

use std::collections::BTreeMap;

use super::Error;
use super::Result;
use super::event;
use crate::contest::Quarters;
use crate::contest::plan::Criterion;
use crate::contest::plan::Round;
use crate::contest::plan::RoundKind;
use crate::contest::score;
use crate::contest::score::BadMark;
use crate::contest::score::KeyScore;
use crate::db;
use crate::db::Db;
use crate::db::contest::Standing;
use crate::db::job::JobKind;
use crate::db::judge::Marks;
use crate::db::judge::Paper;
use crate::db::judge::Save;
use crate::db::judge::Sheet;
use crate::entry::FlagKind;
use crate::entry::SheetState;
use crate::judging::triage::Verdict;
use crate::words::jury::Refusal;

/// How long after giving a sheet a judge may take it back, ms.
pub const UNDO_MS: i64 = 10 * 60 * 1_000;
/// Longest remark, characters.
const REMARK: usize = 2_000;

/// What a judge's form says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    pub blind_code: String,
    pub version: i64,
    pub verdict: Option<Verdict>,
    /// Criterion → the text of its field.
    pub marks: BTreeMap<String, String>,
    pub remark: String,
}

/// What became of the texts of a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    pub marks: Marks,
    /// Criteria whose text is no mark, an empty one included.
    pub wrong: Vec<(String, BadMark)>,
}

/// Reads the marks of a form by the rubric; fields that the rubric does not know are left aside.
pub fn read(rubric: &[Criterion], typed: &BTreeMap<String, String>) -> Read {
    let mut read = Read::default();
    for criterion in rubric.iter().filter(|criterion| !criterion.from_key) {
        let text = typed.get(&criterion.code).map_or("", String::as_str);
        match Quarters::parse(text, criterion.full()) {
            Ok(mark) => {
                read.marks.insert(criterion.code.clone(), mark.get());
            }
            Err(bad) => read.wrong.push((criterion.code.clone(), bad)),
        }
    }
    read
}

/// The part that is scored from the key: code of its criterion and the score; `None` when the rubric has none.
pub fn by_key(standing: &Standing, round: &Round, answers: &str) -> Option<(String, KeyScore)> {
    let plan = &standing.plan;
    let criterion = plan
        .rubric_of(round)
        .iter()
        .find(|criterion| criterion.from_key)?;
    let answers = serde_json::from_str(answers).unwrap_or_default();
    let score = score::key_score(&answers, &plan.answer_key, criterion.full_quarters);
    Some((criterion.code.clone(), score))
}

/// The masked copy of a sheet's essay. It may have become unsafe meanwhile: then there is nothing to show, and nothing to
/// mark.
pub async fn paper(db: &Db, sheet: &Sheet) -> Result<Paper> {
    match db::judge::paper(db, sheet.queue_entry_id).await {
        Err(db::Error::Missing) => Err(Error::Refused(Refusal::NoCopy)),
        found => Ok(found?),
    }
}

/// A sheet after it was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    pub version: i64,
    /// Criteria that are still without a mark. A given sheet has none.
    pub wrong: Vec<(String, BadMark)>,
    pub given: bool,
}

/// Saves what a judge typed. With `give` the sheet is given when it is complete; otherwise it stays a draft, and
/// `wrong` (or, in a screening, a missing verdict) says what it lacks.
pub async fn save(
    db: &Db,
    standing: &Standing,
    sheet: &Sheet,
    typed: &Typed,
    give: bool,
    now: i64,
) -> Result<Saved> {
    must_be_open(sheet)?;
    if sheet.barred {
        return Err(Error::Refused(Refusal::Barred));
    }
    if sheet.blind_code != typed.blind_code {
        return Err(Error::Refused(Refusal::OtherEntry));
    }
    let round = standing.plan.round(&sheet.round).ok_or(Error::Missing)?;
    let rubric = standing.plan.rubric_of(round);
    let read = read(rubric, &typed.marks);
    let complete = match round.kind {
        RoundKind::Triage => typed.verdict.is_some(),
        RoundKind::Scored => read.wrong.is_empty(),
    };
    let given = give && complete;
    let answers = paper(db, sheet).await?.answers;
    let key = by_key(standing, round, &answers).map_or(0, |(_, score)| score.quarters.get());
    let total: u32 = read.marks.values().sum::<u32>() + key;
    let remark: String = crate::text::normal(&typed.remark)
        .chars()
        .take(REMARK)
        .collect();
    let mut tx = db.begin().await?;
    let version = db::judge::save(
        &mut tx,
        &Save {
            account: sheet.account_id,
            sheet: sheet.id,
            blind_code: &typed.blind_code,
            version: typed.version,
            verdict: typed.verdict,
            marks: &read.marks,
            remark: &remark,
            given: given.then_some(i64::from(total)),
        },
        now,
    )
    .await?;
    if given {
        // A list proposed before this mark is not of these marks any more.
        db::judge::withdraw(&mut tx, sheet.queue_id).await?;
    }
    tx.commit().await?;
    Ok(Saved {
        version,
        wrong: if round.kind == RoundKind::Scored {
            read.wrong
        } else {
            Vec::new()
        },
        given,
    })
}

/// After the lock nothing about a sheet changes.
fn must_be_open(sheet: &Sheet) -> Result<()> {
    if sheet.locked_at.is_some() {
        return Err(Error::Refused(Refusal::Locked));
    }
    Ok(())
}

/// Takes a sheet back that was given within the last ten minutes.
pub async fn reopen(db: &Db, sheet: &Sheet, now: i64) -> Result<()> {
    must_be_open(sheet)?;
    let mut tx = db.begin().await?;
    db::judge::reopen(&mut tx, sheet.account_id, sheet.id, now - UNDO_MS).await?;
    db::judge::withdraw(&mut tx, sheet.queue_id).await?;
    Ok(tx.commit().await?)
}

/// Whether a given sheet may still be taken back.
pub fn may_reopen(sheet: &Sheet, now: i64) -> bool {
    sheet.locked_at.is_none()
        && sheet.state == SheetState::Given
        && sheet.given_at.is_some_and(|at| at >= now - UNDO_MS)
}

/// Raises a flag; a judge who asks not to mark the entry is excused at once. Whoever must know is told by a job, which
/// may look where a judge may not.
pub async fn flag(db: &Db, sheet: &Sheet, kind: FlagKind, note: &str, now: i64) -> Result<()> {
    must_be_open(sheet)?;
    let note: String = crate::text::normal(note).chars().take(300).collect();
    let queue = db::judge::queue(db, sheet.queue_id).await?;
    let mut tx = db.begin().await?;
    if let Some(flag) = db::judge::flag_sheet(&mut tx, sheet.id, kind, &note, now).await? {
        event(&mut tx, &queue, "queue.flag", kind.as_str(), now).await?;
        db::job::put(&mut tx, JobKind::Flag, flag, FLAG_PRIORITY, now).await?;
    }
    if kind == FlagKind::Recuse {
        db::judge::excuse(&mut tx, sheet.account_id, sheet.id).await?;
    }
    Ok(tx.commit().await?)
}

/// After receipts and sorting.
const FLAG_PRIORITY: i64 = 6;

/// Takes a flag back.
pub async fn unflag(db: &Db, sheet: &Sheet, flag: i64, now: i64) -> Result<()> {
    must_be_open(sheet)?;
    let mut tx = db.begin().await?;
    db::judge::take_flag_back(&mut tx, sheet.id, flag, now).await?;
    Ok(tx.commit().await?)
}
