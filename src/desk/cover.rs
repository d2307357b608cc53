//! What a clerk does for the judge's copy: names words to cover, vouches that nothing in the text tells who wrote it, or
//! covers parts of its pages and releases them. The copy is made anew by a job; a text that still names its author is
//! never served, whoever vouches.

use serde_json::json;

use super::Desk;
use super::Done;
use super::Error;
use super::Result;
use super::movable;
use super::snapshot::Snapshot;
use super::snapshot::Watch;
use super::snapshot::must_differ;
use crate::db;
use crate::db::Tx;
use crate::db::page::Cover;
use crate::db::page::Release;

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
    Ok(Done::to_entry(
        &from,
        before,
        watch,
        json!({ "code": from.receipt_code }),
    ))
}

/// A clerk has read the text: nothing in it tells who wrote it, though no name is known that could be looked for.
pub async fn vouch(tx: &mut Tx, desk: &Desk<'_>, id: i64) -> Result<Done> {
    let (from, version, watch, before) = begin(tx, desk, id).await?;
    must_differ(db::copy::voucher(tx, version).await?.is_some())?;
    db::copy::set_voucher(tx, version, Some(desk.who.account)).await?;
    Ok(Done::to_entry(
        &from,
        before,
        watch,
        json!({ "code": from.receipt_code }),
    ))
}

/// A clerk has looked at every page that is a picture: judges may see them, with these parts covered. `Stale` when there
/// are others by now: those nobody has looked at.
pub async fn pages(
    tx: &mut Tx,
    desk: &Desk<'_>,
    id: i64,
    seen: String,
    covers: &[Cover],
) -> Result<Done> {
    let (from, version, watch, before) = begin(tx, desk, id).await?;
    let leaves = db::page::leaves_in(tx, version).await?;
    if leaves.is_empty() {
        return Err(Error::Missing);
    }
    let release = Release {
        account: desk.who.account,
        pages: seen,
    };
    let on_a_page = |cover: &Cover| {
        leaves
            .iter()
            .any(|leaf| (leaf.file_id, leaf.page) == (cover.file, cover.page))
    };
    if !release.is_of(&leaves) || !covers.iter().all(on_a_page) {
        return Err(Error::Stale);
    }
    db::page::set_covers(tx, version, covers).await?;
    db::page::set_release(tx, version, Some(&release)).await?;
    super::release(tx, desk, id).await?;
    Ok(Done::to_entry(
        &from,
        before,
        watch,
        json!({ "code": from.receipt_code, "pages": leaves.len() }),
    ))
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
