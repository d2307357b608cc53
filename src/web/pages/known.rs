//! What is known about a matter: what was written down when it was opened, and what has become of it since.

use crate::db;
use crate::db::matter::Matter;
use crate::db::matter::Subject;
use crate::entry::RemovalState;
use crate::web::State;
use crate::web::error::Result;
use crate::web::session::Visitor;
use crate::words;
use crate::words::matter::Detail;
use crate::words::removal::Sums;

/// What was written down about a matter.
pub fn detail(matter: &Matter) -> Detail {
    serde_json::from_str(&matter.detail).unwrap_or_default()
}

/// What is known about a matter, with the mailbox and the unit it concerns.
pub async fn told(state: &State, visitor: &Visitor, matter: &Matter) -> Result<Detail> {
    let mut detail = detail(matter);
    detail.unit_name = detail
        .unit
        .as_ref()
        .and_then(|code| visitor.standing.plan.unit(code))
        .map(|unit| unit.name.clone());
    let mailbox = match matter.subject {
        Subject::Mailbox => Some(matter.subject_id),
        Subject::Delivery => Some(
            db::delivery::get(&state.db, matter.subject_id)
                .await?
                .mailbox_id,
        ),
        Subject::Entry
        | Subject::Message
        | Subject::Job
        | Subject::Letter
        | Subject::Handover
        | Subject::Removal
        | Subject::Wording
        | Subject::Mailing => None,
    };
    if let Some(mailbox) = mailbox {
        detail.mailbox = Some(db::mailbox::get(&state.db, mailbox).await?.address);
    }
    if matter.subject == Subject::Removal {
        detail.progress = progress(state, visitor, matter).await?;
    }
    Ok(detail)
}

/// How far a removal is, once somebody has confirmed it.
async fn progress(state: &State, visitor: &Visitor, matter: &Matter) -> Result<Option<String>> {
    let mut tx = state.db.begin().await?;
    let removal = db::removal::get(&mut tx, matter.subject_id).await?;
    if removal.state == RemovalState::Proposed {
        return Ok(None);
    }
    let sums = Sums {
        messages: removal.messages,
        entries: removal.entries,
        files: removal.files,
    };
    let (state, at) = (removal.state, removal.run_at);
    Ok(Some(words::removal::progress(
        state,
        at,
        sums,
        &visitor.zone(),
    )))
}
