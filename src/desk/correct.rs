//! What the slip says, corrected by a clerk.

use serde_json::json;

use super::Desk;
use super::Done;
use super::Result;
use super::entry_in_scope;
use super::snapshot::Snapshot;
use super::snapshot::Watch;
use super::snapshot::must_differ;
use crate::db;
use crate::db::Tx;
use crate::slip::Slip;

/// Writes the slip of an entry's newest version. Facts that the clerk left as they were keep their place.
pub async fn correct(tx: &mut Tx, desk: &Desk<'_>, id: i64, slip: Slip) -> Result<Done> {
    let from = entry_in_scope(tx, desk, id).await?;
    let watch = Watch::entries(&[id]);
    let before = Snapshot::take(tx, &watch).await?;
    let version = db::entry::version_in(tx, id).await?;
    let (old, email) = db::desk::slip(tx, version.id).await?.unwrap_or_default();
    must_differ(old == slip)?;
    db::entry::put_slip(tx, from.contest_id, version.id, &slip, email.as_deref()).await?;
    Ok(Done::to_entry(
        &from,
        before,
        watch,
        json!({ "code": from.receipt_code }),
    ))
}
