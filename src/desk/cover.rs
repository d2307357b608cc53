//! What a clerk does for the judge's copy: names words to cover, or vouches that nothing in the text tells who wrote
//! it. The copy is made anew by a job; a copy that still names its author is never served, whoever vouches.

use serde_json::json;

use super::Desk;
use super::Done;
use super::Result;
use super::movable;
use super::snapshot::Snapshot;
use super::snapshot::Watch;
use super::snapshot::must_differ;
use crate::db;
use crate::db::Tx;
use crate::db::matter::Subject;

/// Longest text to cover, characters, and how many of them.
const LONGEST: usize = 200;
const MOST: usize = 100;

/// Covers exactly these words, wherever they stand in the text, from now on.
pub async fn cover(tx: &mut Tx, desk: &Desk<'_>, id: i64, words: &[String]) -> Result<Done> {
    let wanted: Vec<String> = words
        .iter()
        .map(|line| {
            crate::text::normal(line)
                .trim()
                .chars()
                .take(LONGEST)
                .collect()
        })
        .filter(|line: &String| !line.is_empty())
        .take(MOST)
        .collect();
    let (from, version, watch, before) = begin(tx, desk, id).await?;
    must_differ(db::copy::covers_in(tx, version).await? == wanted)?;
    db::copy::set_covers(tx, version, &wanted, desk.who.account, desk.now).await?;
    Ok(Done {
        subject: Subject::Entry,
        subject_id: id,
        unit: from.unit_id,
        before,
        watch,
        note: json!({ "code": from.receipt_code }),
    })
}

/// A clerk has read the text: nothing in it tells who wrote it, though no name is known that could be looked for.
pub async fn vouch(tx: &mut Tx, desk: &Desk<'_>, id: i64) -> Result<Done> {
    let (from, version, watch, before) = begin(tx, desk, id).await?;
    must_differ(db::copy::voucher(tx, version).await?.is_some())?;
    db::copy::set_voucher(tx, version, Some(desk.who.account)).await?;
    Ok(Done {
        subject: Subject::Entry,
        subject_id: id,
        unit: from.unit_id,
        before,
        watch,
        note: json!({ "code": from.receipt_code }),
    })
}

async fn begin(
    tx: &mut Tx,
    desk: &Desk<'_>,
    id: i64,
) -> Result<(db::entry::Entry, i64, Watch, Snapshot)> {
    let from = movable(tx, desk, id).await?;
    let watch = Watch::entries(&[id]);
    let before = Snapshot::take(tx, &watch).await?;
    let version = db::entry::version_in(tx, id).await?.id;
    Ok((from, version, watch, before))
}
