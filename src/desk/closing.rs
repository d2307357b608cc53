//! Which matters an act answers: the one in hand, and others about the same row.

use super::Act;
use super::Again;
use super::Result;
use super::erase;
use super::settle;
use crate::db::Tx;
use crate::db::matter;
use crate::db::matter::Subject;
use crate::db::view::Scope;
use crate::entry::MatterKind;

/// Whether an act answers the matter in hand. A question to the sender decides nothing about the entry: its matter
/// stays open until a person decides, or the entry would be held with nothing on the desk about it.
pub fn closes(act: &Act, matter: &matter::Matter) -> bool {
    !(matches!(act, Act::Reply { .. } | Act::Cover { .. }) && matter.subject == Subject::Entry)
        || (matches!(act, Act::Cover { .. }) && matter.kind == MatterKind::Judge)
}

/// The open matters, besides the one in hand, that an act answers too.
pub async fn settled(
    tx: &mut Tx,
    act: &Act,
    matter: Option<&matter::Matter>,
    scope: &Scope,
) -> Result<Vec<i64>> {
    let (subject, id) = match act {
        Act::AssignUnit { entry, .. }
        | Act::NotAnEntry { entry }
        | Act::AcceptTime { entry }
        | Act::Join { entry, .. }
        | Act::Replace { entry, .. }
        | Act::Pages { entry, .. }
        | Act::Split { entry, .. } => (Subject::Entry, *entry),
        Act::NotAnEntryMail { message }
        | Act::MakeEntry { message }
        | Act::Retry(Again::Message(message)) => (Subject::Message, *message),
        Act::Retry(Again::Letter(letter)) => (Subject::Letter, *letter),
        Act::Retry(Again::Job(job)) => (Subject::Job, *job),
        Act::Retry(Again::Mailbox(mailbox)) => (Subject::Mailbox, *mailbox),
        Act::Resend { handover } => (Subject::Handover, *handover),
        Act::Settle { .. } => {
            return match matter {
                Some(matter) => settle::settled(tx, matter.subject_id, scope).await,
                None => Ok(Vec::new()),
            };
        }
        Act::Erase(word) => return erase::settled(tx, word, scope).await,
        Act::Correct { .. }
        | Act::Stand { .. }
        | Act::Cover { .. }
        | Act::Vouch { .. }
        | Act::Reply { .. }
        | Act::HandOver { .. }
        | Act::TakeIn { .. }
        | Act::Remove { .. }
        | Act::Word { .. }
        | Act::Mailing(_)
        | Act::Close => return Ok(Vec::new()),
    };
    Ok(matter::open_about(tx, subject, id)
        .await?
        .into_iter()
        .filter(|matter| answers(act, matter.kind) && scope.holds(matter.unit_id))
        .map(|matter| matter.id)
        .collect())
}

/// Whether an act answers another matter of this kind about its row.
fn answers(act: &Act, kind: MatterKind) -> bool {
    match act {
        Act::AssignUnit { .. } => matches!(kind, MatterKind::Route | MatterKind::TwoUnits),
        Act::AcceptTime { .. } => matches!(kind, MatterKind::Late | MatterKind::Clock),
        Act::Split { .. } => kind == MatterKind::Split,
        // Whoever has looked at every page has read what the program could not.
        Act::Pages { .. } => matches!(
            kind,
            MatterKind::Unreadable | MatterKind::Copy | MatterKind::Pictures
        ),
        // Nothing more is asked about an entry that no longer stands; its cluster is the comparison's to settle.
        Act::NotAnEntry { .. } | Act::Join { .. } | Act::Replace { .. } => {
            kind != MatterKind::Copied
        }
        Act::NotAnEntryMail { .. } | Act::MakeEntry { .. } => {
            matches!(kind, MatterKind::Unclear | MatterKind::Question)
        }
        Act::Retry(_) => matches!(
            kind,
            MatterKind::Quarantine | MatterKind::Letter | MatterKind::Job | MatterKind::Mailbox
        ),
        Act::Resend { .. } => kind == MatterKind::Handover,
        // About no row of their own.
        _ => false,
    }
}
