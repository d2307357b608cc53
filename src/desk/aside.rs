//! "Không phải bài dự thi", and matters that need nothing done.

use serde_json::json;

use super::Desk;
use super::Done;
use super::Error;
use super::Refusal;
use super::Result;
use super::movable;
use super::release;
use super::snapshot::Snapshot;
use super::snapshot::Watch;
use super::snapshot::must_differ;
use crate::db;
use crate::db::Tx;
use crate::db::matter::Matter;
use crate::db::matter::Subject;
use crate::entry::EntryState;

/// Sets an entry aside: kept in full, seen by no judge.
pub async fn entry(tx: &mut Tx, desk: &Desk<'_>, id: i64) -> Result<Done> {
    let from = movable(tx, desk, id).await?;
    must_differ(!matches!(from.state, EntryState::Queued | EntryState::Held))?;
    let watch = Watch::entries(&[id]);
    let before = Snapshot::take(tx, &watch).await?;
    let to = db::entry::Entry {
        state: EntryState::SetAside,
        ..from.clone()
    };
    db::entry::change(tx, &from, &to).await?;
    db::queue::take_out(tx, id, desk.now).await?;
    Ok(Done::to_entry(
        &from,
        before,
        watch,
        json!({ "code": from.receipt_code }),
    ))
}

/// A mail that brought no entry: the matter is closed, the mail stays.
pub async fn mail(
    tx: &mut Tx,
    desk: &Desk<'_>,
    message: i64,
    matter: Option<&Matter>,
) -> Result<Done> {
    let matter = matter.ok_or(Error::Refused(Refusal::NoMatter))?;
    if matter.subject != Subject::Message || matter.subject_id != message {
        return Err(Error::Missing);
    }
    close(tx, desk, Some(matter)).await
}

/// Seen, nothing to do. A held entry goes on when this was the last matter about it.
pub async fn close(tx: &mut Tx, desk: &Desk<'_>, matter: Option<&Matter>) -> Result<Done> {
    let matter = matter.ok_or(Error::Refused(Refusal::NoMatter))?;
    let watch = match matter.subject {
        Subject::Entry => Watch::entries(&[matter.subject_id]),
        Subject::Message
        | Subject::Mailbox
        | Subject::Delivery
        | Subject::Job
        | Subject::Letter
        | Subject::Handover
        | Subject::Removal
        | Subject::Wording
        | Subject::Mailing => Watch::default(),
    };
    let before = Snapshot::take(tx, &watch).await?;
    if matter.subject == Subject::Entry {
        release(tx, desk, matter.subject_id).await?;
    }
    Ok(Done {
        subject: matter.subject,
        subject_id: matter.subject_id,
        unit: matter.unit_id,
        before,
        watch,
        note: json!({ "matter": matter.kind }),
    })
}
