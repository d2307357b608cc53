//! Two entries that are one: photographs of one essay in two mails, an annex sent later.

use serde_json::json;

use super::Desk;
use super::Done;
use super::Error;
use super::Refusal;
use super::Result;
use super::movable;
use super::snapshot::Snapshot;
use super::snapshot::Watch;
use super::snapshot::must_differ;
use crate::db;
use crate::db::Tx;
use crate::entry::EntryState;

/// Hands the files of `id` to `into`, behind its own. The joined entry keeps its receipt code and points there.
pub async fn join(tx: &mut Tx, desk: &Desk<'_>, id: i64, into: i64) -> Result<Done> {
    let from = movable(tx, desk, id).await?;
    let target = movable(tx, desk, into).await?;
    let stands = |state: EntryState| matches!(state, EntryState::Queued | EntryState::Held);
    must_differ(!stands(from.state))?;
    if id == into || !stands(target.state) {
        return Err(Error::Refused(Refusal::JoinTarget));
    }
    let watch = Watch::entries(&[id, into]);
    let before = Snapshot::take(tx, &watch).await?;
    let to = db::entry::Entry {
        state: EntryState::Joined,
        joined_to: Some(into),
        ..from.clone()
    };
    db::entry::change(tx, &from, &to).await?;
    db::queue::take_out(tx, id, desk.now).await?;
    let old = db::entry::version_in(tx, id).await?;
    let new = db::entry::version_in(tx, into).await?;
    let mut ordinal = db::entry::files_in(tx, new.id)
        .await?
        .iter()
        .map(|file| file.ordinal)
        .max()
        .unwrap_or(0);
    for file in db::entry::files_in(tx, old.id).await? {
        ordinal += 1;
        db::entry::move_file(tx, file.id, new.id, ordinal, file.role).await?;
    }
    Ok(Done::to_entry(
        &from,
        before,
        watch,
        json!({ "code": from.receipt_code, "into": target.receipt_code }),
    ))
}
