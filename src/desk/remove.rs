//! The word of a person that the personal data of a contest that is over is to go.

use serde_json::json;

use super::Desk;
use super::Done;
use super::Error;
use super::Refusal;
use super::Result;
use super::snapshot::Snapshot;
use super::snapshot::Watch;
use crate::contest::retention;
use crate::db;
use crate::db::Tx;
use crate::db::job::JobKind;
use crate::db::matter::Matter;
use crate::db::matter::Subject;
use crate::entry::MatterKind;

/// So long a confirmed removal can be called off before it begins, ms.
pub const CALL_OFF_MS: i64 = 24 * 60 * 60 * 1_000;

/// Confirms the removal of the matter in hand. `typed`: the contest's short name, written by hand so that no slip of the
/// mouse is a word.
pub async fn confirm(
    tx: &mut Tx,
    desk: &Desk<'_>,
    matter: Option<&Matter>,
    typed: &str,
) -> Result<Done> {
    let matter = matter
        .filter(|matter| matter.kind == MatterKind::Retention)
        .ok_or(Error::Refused(Refusal::NoMatter))?;
    let plan = &desk.standing.plan;
    if typed.trim() != plan.slug {
        return Err(Error::Refused(Refusal::NotTyped));
    }
    if retention::due(plan).is_none_or(|due| due > desk.now) {
        return Err(Error::Refused(Refusal::NotDue));
    }
    let removal = matter.subject_id;
    let watch = Watch {
        removal: Some(removal),
        ..Watch::default()
    };
    let before = Snapshot::take(tx, &watch).await?;
    let run_at = desk.now + CALL_OFF_MS;
    db::removal::confirm(tx, removal, desk.now, run_at).await?;
    db::job::put(
        tx,
        JobKind::Remove,
        removal,
        JobKind::REMOVE_PRIORITY,
        run_at,
    )
    .await?;
    Ok(Done {
        subject: Subject::Removal,
        subject_id: removal,
        unit: matter.unit_id,
        before,
        watch,
        note: json!({ "run_at": run_at }),
    })
}
