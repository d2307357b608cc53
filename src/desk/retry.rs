//! Another try at something that failed: a job, a mail that could not be read, a letter that was not sent.

use serde_json::json;

use super::Again;
use super::Desk;
use super::Done;
use super::Error;
use super::Refusal;
use super::Result;
use super::snapshot::Snapshot;
use super::snapshot::Watch;
use crate::db;
use crate::db::Tx;
use crate::db::job::JobKind;
use crate::db::matter::Matter;
use crate::db::matter::Subject;
use crate::entry::LetterState;

/// Priority of a try that a person asked for: before what machines ask for.
const ASKED: i64 = 2;

pub async fn again(
    tx: &mut Tx,
    desk: &Desk<'_>,
    matter: Option<&Matter>,
    again: Again,
) -> Result<Done> {
    let (subject, subject_id, unit) = match again {
        Again::Letter(id) => {
            let letter = db::desk::letter(tx, id).await?;
            if !desk.who.units.holds(letter.unit_id) {
                return Err(Error::Missing);
            }
            send(tx, desk, id).await?;
            (Subject::Letter, id, letter.unit_id)
        }
        Again::Job(id) => {
            let unit = of_matter(matter, Subject::Job, id)?;
            let (kind, key) = db::job::about(tx, id).await?;
            match kind {
                JobKind::Sort => sort(tx, desk, key).await?,
                JobKind::Send => revive(tx, desk, key).await?,
                JobKind::Again
                | JobKind::Ocr
                | JobKind::Copy
                | JobKind::Flag
                | JobKind::Advance
                | JobKind::Papers
                | JobKind::Prizes
                | JobKind::Pack
                | JobKind::Missing
                | JobKind::Compare
                | JobKind::CompareAll
                | JobKind::Remove
                | JobKind::Mailing => db::job::put(tx, kind, key, ASKED, desk.now).await?,
            }
            (Subject::Job, id, unit)
        }
        Again::Message(id) => {
            let unit = of_matter(matter, Subject::Message, id)?;
            sort(tx, desk, id).await?;
            (Subject::Message, id, unit)
        }
        Again::Mailbox(id) => {
            let unit = db::desk::mailbox_unit(tx, id).await?;
            if !desk.who.units.holds(unit) {
                return Err(Error::Missing);
            }
            (Subject::Mailbox, id, unit)
        }
    };
    Ok(Done {
        subject,
        subject_id,
        unit,
        before: Snapshot::default(),
        watch: Watch::default(),
        note: json!({}),
    })
}

/// The unit of the matter in hand, which must be about this row: jobs and mails have no unit of their own.
fn of_matter(matter: Option<&Matter>, subject: Subject, id: i64) -> Result<i64> {
    let matter = matter.ok_or(Error::Refused(Refusal::NoMatter))?;
    if matter.subject == subject && matter.subject_id == id {
        Ok(matter.unit_id)
    } else {
        Err(Error::Missing)
    }
}

async fn sort(tx: &mut Tx, desk: &Desk<'_>, message: i64) -> Result<()> {
    db::message::retry(tx, message).await?;
    db::job::put(tx, JobKind::Sort, message, ASKED, desk.now).await?;
    Ok(())
}

/// A letter that failed, or of which nobody knows whether it went.
async fn send(tx: &mut Tx, desk: &Desk<'_>, letter: i64) -> Result<()> {
    let state = db::desk::letter(tx, letter).await?.state;
    if !matches!(state, LetterState::Failed | LetterState::Unknown) {
        return Err(Error::Refused(Refusal::NotFailed));
    }
    revive(tx, desk, letter).await
}

async fn revive(tx: &mut Tx, desk: &Desk<'_>, letter: i64) -> Result<()> {
    let state = db::desk::letter(tx, letter).await?.state;
    if matches!(state, LetterState::Failed | LetterState::Unknown) {
        db::letter::advance(tx, letter, state, LetterState::Queued, None, desk.now).await?;
    }
    db::job::put(tx, JobKind::Send, letter, ASKED, desk.now).await?;
    Ok(())
}
