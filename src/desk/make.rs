//! "Là bài dự thi": a mail that was taken for a question, or not understood, becomes an entry by a person's word.

use serde_json::json;

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
use crate::entry::MessageKind;
use crate::entry::MessageState;

/// Before what machines ask for: the sender waits for the receipt.
const ASKED: i64 = 2;

/// Marks the mail as an entry and has it sorted again. Undone only while it waits for that.
pub async fn entry(
    tx: &mut Tx,
    desk: &Desk<'_>,
    message: i64,
    matter: Option<&Matter>,
) -> Result<Done> {
    let matter = matter.ok_or(Error::Refused(Refusal::NoMatter))?;
    if matter.subject != Subject::Message || matter.subject_id != message {
        return Err(Error::Missing);
    }
    let watch = Watch {
        message: Some(message),
        ..Watch::default()
    };
    let before = Snapshot::take(tx, &watch).await?;
    let kind = match db::message::standing(tx, message).await? {
        (MessageState::Sorted, Some(kind @ (MessageKind::Question | MessageKind::Unclear))) => kind,
        (MessageState::Removed, _) => return Err(Error::Refused(Refusal::Removed)),
        (MessageState::Sorted | MessageState::Stored | MessageState::Quarantined, _) => {
            return Err(Error::Refused(Refusal::Nothing));
        }
    };
    db::message::judge(
        tx,
        message,
        (MessageState::Sorted, kind),
        (MessageState::Stored, MessageKind::Entry),
    )
    .await?;
    db::job::put(tx, JobKind::Sort, message, ASKED, desk.now).await?;
    Ok(Done {
        subject: Subject::Message,
        subject_id: message,
        unit: matter.unit_id,
        before,
        watch,
        note: json!({}),
    })
}
