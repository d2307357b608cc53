//! An entry's way into the queue of its unit's first round, and out of it while something is undecided.

use super::Failure;
use crate::blind;
use crate::db;
use crate::db::Tx;
use crate::db::contest::Standing;
use crate::db::entry::Entry;
use crate::db::job::JobKind;
use crate::db::matter::NewMatter;
use crate::db::matter::Subject;
use crate::entry::EntryState;
use crate::entry::MatterKind;

/// Puts an entry into its unit's first round, if the unit judges at all; a list that is locked makes a matter.
pub async fn enqueue(
    tx: &mut Tx,
    standing: &Standing,
    entry: &Entry,
    version: i64,
    now: i64,
) -> Result<(), Failure> {
    let plan = &standing.plan;
    let unit = standing
        .code(entry.unit_id)
        .and_then(|code| plan.unit(code));
    let Some(round) = unit.and_then(|unit| plan.first_round(unit)) else {
        return Ok(());
    };
    let code = blind::code();
    if db::queue::put(
        tx,
        entry.unit_id,
        &round.code,
        entry.id,
        version,
        &code,
        now,
    )
    .await?
    {
        db::job::put(tx, JobKind::Copy, version, JobKind::COPY_PRIORITY, now).await?;
        return Ok(());
    }
    let detail = serde_json::json!({ "code": entry.receipt_code });
    let matter = NewMatter {
        contest: entry.contest_id,
        unit: entry.unit_id,
        kind: MatterKind::ListLocked,
        subject: Subject::Entry,
        subject_id: entry.id,
        detail: &detail,
    };
    db::matter::open(tx, &matter, now).await?;
    Ok(())
}

/// Takes an entry out of its queue until a person has decided.
pub async fn hold(tx: &mut Tx, entry: &Entry, now: i64) -> Result<(), Failure> {
    if entry.state != EntryState::Queued {
        return Ok(());
    }
    let held = Entry {
        state: EntryState::Held,
        ..entry.clone()
    };
    db::entry::change(tx, entry, &held).await?;
    Ok(db::queue::take_out(tx, entry.id, now).await?)
}

/// Lets a held entry go on when nothing is open about it any more.
pub async fn release(
    tx: &mut Tx,
    standing: &Standing,
    entry: i64,
    now: i64,
) -> Result<(), Failure> {
    let held = db::entry::get_in(tx, entry).await?;
    let open = db::desk::open_matters(tx, Subject::Entry, entry).await?;
    if held.state != EntryState::Held || open > 0 {
        return Ok(());
    }
    let queued = Entry {
        state: EntryState::Queued,
        ..held.clone()
    };
    db::entry::change(tx, &held, &queued).await?;
    let version = db::entry::version_in(tx, entry).await?;
    enqueue(tx, standing, &queued, version.id, now).await
}
