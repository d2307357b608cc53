//! A clerk's answer to a mail, threaded to it, sent after a minute in which it can be taken back.

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
use crate::db::letter::LetterKind;
use crate::db::letter::NewLetter;
use crate::db::matter::Matter;
use crate::db::matter::Subject;
use crate::letter;
use crate::letter::mime::Author;
use crate::letter::mime::Draft;

/// How long an answer waits before it is sent, ms.
pub const UNDO_MS: i64 = 60_000;

/// Queues the answer from the mailbox the mail came to (within the person's units).
pub async fn reply(
    tx: &mut Tx,
    desk: &Desk<'_>,
    matter: Option<&Matter>,
    message: i64,
    subject: &str,
    text: &str,
) -> Result<Done> {
    let mail = db::desk::answerable(tx, message).await?;
    if mail.contest_id != desk.who.units.contest {
        return Err(Error::Missing);
    }
    if subject.trim().is_empty() || text.trim().is_empty() {
        return Err(Error::Refused(Refusal::EmptyReply));
    }
    let to = mail.from_email.ok_or(Error::Refused(Refusal::NoSender))?;
    let (unit, from) = sender(tx, desk, matter, message).await?;
    let key = format!("reply/{}", desk.act);
    let not_before = desk.now + UNDO_MS;
    let composed = letter::mime::compose(&Draft {
        from_name: desk.standing.unit_name(unit),
        from: &from,
        to: &to,
        subject: subject.trim(),
        key: &key,
        at: desk.now,
        in_reply_to: mail.rfc_id.as_deref(),
        references: &[],
        author: Author::Person,
        text,
        html: &letter::alarm::text_as_html(text),
        attachments: &[],
        headers: &[],
    })?;
    let queued = db::letter::queue(
        tx,
        &NewLetter {
            contest: mail.contest_id,
            unit,
            key: &key,
            rfc_id: &composed.rfc_id,
            kind: LetterKind::Reply,
            recipient: &to,
            null_path: false,
            sender: &from,
            subject: subject.trim(),
            mime: &composed.mime,
            message: Some(message),
            not_before,
        },
        desk.now,
    )
    .await?
    .ok_or(Error::Stale)?;
    db::job::put(
        tx,
        JobKind::Send,
        queued,
        LetterKind::Reply.priority(),
        not_before,
    )
    .await?;
    Ok(Done {
        subject: Subject::Message,
        subject_id: message,
        unit,
        before: Snapshot::default(),
        watch: Watch {
            letter: Some(queued),
            ..Watch::default()
        },
        note: json!({
            "letter": queued.to_string(),
            "open": matter.is_some_and(|matter| matter.subject == Subject::Entry),
        }),
    })
}

/// The unit and address an answer comes from: where the mail arrived, else the mailbox of the matter's unit.
async fn sender(
    tx: &mut Tx,
    desk: &Desk<'_>,
    matter: Option<&Matter>,
    message: i64,
) -> Result<(i64, String)> {
    let arrived = db::desk::arrived_at(tx, message).await?;
    if let Some(found) = arrived
        .into_iter()
        .find(|(unit, _)| desk.who.units.holds(*unit))
    {
        return Ok(found);
    }
    // A mail that reached another unit may still be answered by the unit that has to decide about it.
    let matter = matter
        .filter(|matter| matter.subject == Subject::Message && matter.subject_id == message)
        .ok_or(Error::Missing)?;
    let address = desk
        .standing
        .code(matter.unit_id)
        .and_then(|code| {
            desk.standing
                .plan
                .mailboxes
                .iter()
                .find(|mailbox| mailbox.unit == code)
        })
        .map(|mailbox| mailbox.address.clone())
        .ok_or(Error::Refused(Refusal::NoMailbox))?;
    Ok((matter.unit_id, address))
}
