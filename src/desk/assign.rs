//! Where an entry belongs and whether it came in time.

use serde_json::json;

use super::Desk;
use super::Done;
use super::Error;
use super::Refusal;
use super::Result;
use super::enqueue;
use super::movable;
use super::release;
use super::snapshot::Snapshot;
use super::snapshot::Watch;
use super::snapshot::must_differ;
use crate::db;
use crate::db::Tx;
use crate::entry::EntryState;
use crate::entry::Timeliness;

/// Gives an entry to the unit with this code, or to the one that takes entries in for it (R001-27, R001-63).
/// A held entry goes on to the unit's queue when nothing else is open about it; a queued one changes queues.
pub async fn unit(tx: &mut Tx, desk: &Desk<'_>, id: i64, code: &str) -> Result<Done> {
    let from = movable(tx, desk, id).await?;
    let plan = &desk.standing.plan;
    let target = plan
        .intake_unit(code)
        .ok_or(Error::Refused(Refusal::NoSuchUnit))?;
    let id_of = |code: &str| desk.standing.units.get(code).copied();
    let unit = id_of(&target.code).ok_or(Error::Refused(Refusal::NoSuchUnit))?;
    let origin = if target.code == code {
        from.origin_unit_id
    } else {
        id_of(code)
    };
    must_differ(!matches!(from.state, EntryState::Queued | EntryState::Held))?;
    let watch = Watch::entries(&[id]);
    let before = Snapshot::take(tx, &watch).await?;
    let to = db::entry::Entry {
        unit_id: unit,
        origin_unit_id: origin,
        ..from.clone()
    };
    db::entry::change(tx, &from, &to).await?;
    db::matter::carry(tx, id, from.unit_id, unit).await?;
    if to.state == EntryState::Queued && to.unit_id != from.unit_id {
        db::queue::take_out(tx, id, desk.now).await?;
        enqueue(tx, desk, &to).await?;
    }
    release(tx, desk, id).await?;
    Ok(Done::to_entry(
        &from,
        before,
        watch,
        json!({ "code": from.receipt_code, "unit": target.code }),
    ))
}

/// A person accepts the time of a late or unsure entry (R001-23).
pub async fn accept_time(tx: &mut Tx, desk: &Desk<'_>, id: i64) -> Result<Done> {
    let from = movable(tx, desk, id).await?;
    must_differ(!matches!(
        from.timeliness,
        Timeliness::Late | Timeliness::Review
    ))?;
    let watch = Watch::entries(&[id]);
    let before = Snapshot::take(tx, &watch).await?;
    let to = db::entry::Entry {
        timeliness: Timeliness::Accepted,
        ..from.clone()
    };
    db::entry::change(tx, &from, &to).await?;
    release(tx, desk, id).await?;
    Ok(Done::to_entry(
        &from,
        before,
        watch,
        json!({ "code": from.receipt_code }),
    ))
}
