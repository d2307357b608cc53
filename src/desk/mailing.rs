//! Letters to many people at the desk: one person writes the draft, another of the unit at the top releases it, and for
//! a minute anybody may take it back. It can be stopped in the middle and go on later.

use serde_json::json;

use super::Desk;
use super::Done;
use super::Error;
use super::Refusal;
use super::Result;
use super::reply::UNDO_MS;
use super::snapshot::Snapshot;
use super::snapshot::Watch;
use crate::contest::Plan;
use crate::db;
use crate::db::Tx;
use crate::db::contest::Standing;
use crate::db::job::JobKind;
use crate::db::letter::LetterKind;
use crate::db::mailing::Address;
use crate::db::mailing::Mailing;
use crate::db::matter::Subject;
use crate::entry::Audience;
use crate::entry::MailingState;
use crate::letter::mailing;
use crate::letter::mailing::Person;
use crate::letter::wording::Wording;
use crate::words;

/// What a person does about a letter to many.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Writes a draft, or one anew (`of`: its id and how it was seen).
    Write {
        of: Option<(i64, i64)>,
        /// Code of the unit whose participants are meant, with those below it.
        unit: String,
        audience: Audience,
        wording: Wording,
    },
    /// Lets it go to so many addresses; by another person than who wrote it.
    Release { of: (i64, i64), count: i64 },
    /// Writes no more letters, and holds back those that have not left.
    Stop { of: (i64, i64) },
    /// Goes on where it was stopped.
    Resume { of: (i64, i64) },
    /// A draft that is not wanted any more.
    Drop { of: (i64, i64) },
}

impl Step {
    /// The word of the act in the journal.
    pub fn kind(&self) -> &'static str {
        match self {
            Step::Write { .. } => "mailing_write",
            Step::Release { .. } => "mailing_release",
            Step::Stop { .. } => "mailing_stop",
            Step::Resume { .. } => "mailing_resume",
            Step::Drop { .. } => "mailing_drop",
        }
    }
}

/// A unit and all below it, by id.
pub fn units_below(standing: &Standing, unit: i64) -> Vec<i64> {
    let Some(code) = standing.code(unit) else {
        return Vec::new();
    };
    let within = |plan: &Plan, of: &str| plan.line(of).any(|above| above.code == code);
    standing
        .units
        .iter()
        .filter(|(of, id)| **id == unit || within(&standing.plan, of))
        .map(|(_, id)| *id)
        .collect()
}

/// Whom a letter to this audience would go to now.
pub async fn people(
    tx: &mut Tx,
    standing: &Standing,
    unit: i64,
    audience: Audience,
) -> db::Result<Vec<Person>> {
    let units = units_below(standing, unit);
    let reached = db::mailing::reached(tx, standing.contest, &units, audience).await?;
    Ok(mailing::people(reached))
}

pub(super) async fn take(tx: &mut Tx, desk: &Desk<'_>, step: Step) -> Result<Done> {
    match step {
        Step::Write {
            of,
            unit,
            audience,
            wording,
        } => write(tx, desk, of, &unit, audience, &wording).await,
        Step::Release { of, count } => release(tx, desk, of, count).await,
        Step::Stop { of } => stop(tx, desk, of).await,
        Step::Resume { of } => resume(tx, desk, of).await,
        Step::Drop { of } => {
            let row = in_scope(tx, desk, of).await?;
            let (from, to) = (MailingState::Draft, MailingState::Dropped);
            db::mailing::step(tx, of, from, to, desk.now).await?;
            Ok(done(&row, Snapshot::default(), Watch::default(), json!({})))
        }
    }
}

async fn write(
    tx: &mut Tx,
    desk: &Desk<'_>,
    of: Option<(i64, i64)>,
    unit: &str,
    audience: Audience,
    wording: &Wording,
) -> Result<Done> {
    let unit = desk.standing.units.get(unit).copied();
    let unit = unit
        .filter(|unit| desk.who.units.holds(*unit))
        .ok_or(Error::Refused(Refusal::NoSuchUnit))?;
    wording
        .check(&mailing::samples(&desk.standing.plan))
        .map_err(|fault| Error::Rule(fault.sentence()))?;
    let draft = db::mailing::Draft {
        unit,
        audience,
        wording,
        author: desk.who.account,
    };
    let id = match of {
        Some((id, seen)) => {
            in_scope(tx, desk, (id, seen)).await?;
            db::mailing::change(tx, id, seen, &draft, desk.now).await?;
            id
        }
        None => db::mailing::put(tx, desk.who.units.contest, &draft, desk.now).await?,
    };
    let row = db::mailing::get(tx, id).await?;
    Ok(done(&row, Snapshot::default(), Watch::default(), json!({})))
}

/// Whom it goes to is written down here, and what each letter is written from: what the person saw is what goes.
async fn release(tx: &mut Tx, desk: &Desk<'_>, of: (i64, i64), count: i64) -> Result<Done> {
    let row = in_scope(tx, desk, of).await?;
    at_the_top(desk)?;
    if row.author_id == desk.who.account {
        return Err(Error::Rule(words::mailing::OWN.to_owned()));
    }
    let standing = desk.standing;
    let people = people(tx, standing, row.unit_id, row.audience).await?;
    let now_there = i64::try_from(people.len()).unwrap_or(i64::MAX);
    if now_there != count {
        return Err(Error::Rule(words::mailing::moved(count, now_there)));
    }
    if people.is_empty() {
        return Err(Error::Rule(words::mailing::reach(0)));
    }
    let wording = row.wording();
    let mut addresses = Vec::with_capacity(people.len());
    for (n, person) in (1i64..).zip(&people) {
        let unit = standing.code(person.unit).unwrap_or_default();
        let facts = person.facts(&standing.plan, unit);
        wording.write(&facts).map_err(|fault| {
            let n = usize::try_from(n).unwrap_or_default();
            Error::Rule(words::mailing::unwritable(n, &fault.sentence()))
        })?;
        addresses.push(Address {
            n,
            recipient: person.recipient.clone(),
            unit_id: person.unit,
            sender: person.sender.clone(),
            facts: facts.values.to_string(),
        });
    }
    let watch = Watch {
        mailing: Some(row.id),
        ..Watch::default()
    };
    let before = Snapshot::take(tx, &watch).await?;
    let run_at = desk.now + UNDO_MS;
    db::mailing::release(tx, of, desk.who.account, count, desk.now, run_at).await?;
    db::mailing::address(tx, row.id, &addresses).await?;
    work(tx, row.id, run_at).await?;
    Ok(done(&row, before, watch, json!({ "recipients": count })))
}

async fn stop(tx: &mut Tx, desk: &Desk<'_>, of: (i64, i64)) -> Result<Done> {
    let row = in_scope(tx, desk, of).await?;
    // One whose letters are all written still has some that have not left.
    let from = match row.state {
        MailingState::Done => MailingState::Done,
        MailingState::Draft
        | MailingState::Released
        | MailingState::Stopped
        | MailingState::Dropped => MailingState::Released,
    };
    db::mailing::step(tx, of, from, MailingState::Stopped, desk.now).await?;
    db::mailing::hold_back(tx, row.id, words::mailing::STOPPED).await?;
    Ok(done(&row, Snapshot::default(), Watch::default(), json!({})))
}

async fn resume(tx: &mut Tx, desk: &Desk<'_>, of: (i64, i64)) -> Result<Done> {
    let row = in_scope(tx, desk, of).await?;
    at_the_top(desk)?;
    let (from, to) = (MailingState::Stopped, MailingState::Released);
    db::mailing::step(tx, of, from, to, desk.now).await?;
    for letter in db::mailing::held_back(tx, row.id).await? {
        let (from, to) = (
            crate::entry::LetterState::Suppressed,
            crate::entry::LetterState::Queued,
        );
        db::letter::advance(tx, letter, from, to, None, desk.now).await?;
        let priority = LetterKind::Mailing.priority();
        db::job::put(tx, JobKind::Send, letter, priority, desk.now).await?;
    }
    work(tx, row.id, desk.now).await?;
    Ok(done(&row, Snapshot::default(), Watch::default(), json!({})))
}

async fn work(tx: &mut Tx, mailing: i64, at: i64) -> Result<()> {
    let priority = JobKind::MAILING_PRIORITY;
    db::job::put(tx, JobKind::Mailing, mailing, priority, at).await?;
    Ok(())
}

async fn in_scope(tx: &mut Tx, desk: &Desk<'_>, (id, _): (i64, i64)) -> Result<Mailing> {
    let row = db::mailing::get(tx, id).await?;
    if row.contest_id != desk.who.units.contest || !desk.who.units.holds(row.unit_id) {
        return Err(Error::Missing);
    }
    Ok(row)
}

fn at_the_top(desk: &Desk<'_>) -> Result<()> {
    let top = desk.standing.top();
    if top.is_some_and(|top| desk.who.units.holds(top)) {
        Ok(())
    } else {
        Err(Error::Refused(Refusal::OnlyTop))
    }
}

fn done(row: &Mailing, before: Snapshot, watch: Watch, note: serde_json::Value) -> Done {
    Done {
        subject: Subject::Mailing,
        subject_id: row.id,
        unit: row.unit_id,
        before,
        watch,
        note,
    }
}
