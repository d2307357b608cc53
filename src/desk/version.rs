//! Which version of an entry counts, when somebody handed in again: what came as an entry of its own takes the place of
//! the earlier one, or a clerk picks one of the versions that an entry has. Nothing is taken away by either.

use serde_json::json;

use super::Desk;
use super::Done;
use super::Error;
use super::Refusal;
use super::Result;
use super::movable;
use super::release;
use super::snapshot::Snapshot;
use super::snapshot::Watch;
use super::snapshot::must_differ;
use crate::db;
use crate::db::Tx;
use crate::db::entry::Entry;
use crate::db::entry::File;
use crate::db::entry::Version;
use crate::db::job::JobKind;
use crate::entry::EntryState;

/// Pictures are read behind everything else.
const PICTURES: i64 = 9;

/// What `id` holds becomes the version of `into` that counts; `id` points there and keeps its own files and receipt code.
pub async fn replace(tx: &mut Tx, desk: &Desk<'_>, id: i64, into: i64) -> Result<Done> {
    let from = movable(tx, desk, id).await?;
    let target = movable(tx, desk, into).await?;
    must_differ(!stands(&from))?;
    if id == into || !stands(&target) {
        return Err(Error::Refused(Refusal::JoinTarget));
    }
    not_in_use(tx, into).await?;
    let watch = Watch::entries(&[id, into]);
    let before = Snapshot::take(tx, &watch).await?;
    let to = Entry {
        state: EntryState::Joined,
        joined_to: Some(into),
        ..from.clone()
    };
    db::entry::change(tx, &from, &to).await?;
    db::queue::take_out(tx, id, desk.now).await?;
    let version = version_of(tx, desk, &from, &target).await?;
    db::version::show(tx, into, version).await?;
    release(tx, desk, into).await?;
    Ok(Done::to_entry(
        &target,
        before,
        watch,
        json!({ "code": from.receipt_code, "into": target.receipt_code }),
    ))
}

/// A clerk says which version counts.
pub async fn stand(tx: &mut Tx, desk: &Desk<'_>, id: i64, version: i64) -> Result<Done> {
    let from = movable(tx, desk, id).await?;
    let now = db::entry::version_in(tx, id).await?;
    must_differ(!stands(&from) || now.id == version)?;
    not_in_use(tx, id).await?;
    let watch = Watch::entries(&[id]);
    let before = Snapshot::take(tx, &watch).await?;
    db::version::let_stand(tx, id, version).await?;
    db::version::show(tx, id, version).await?;
    let n = db::entry::version_in(tx, id).await?.n;
    Ok(Done::to_entry(
        &from,
        before,
        watch,
        json!({ "code": from.receipt_code, "n": n }),
    ))
}

fn stands(entry: &Entry) -> bool {
    matches!(entry.state, EntryState::Queued | EntryState::Held)
}

/// Whoever works with a version goes on with that one.
pub async fn not_in_use(tx: &mut Tx, entry: i64) -> Result<()> {
    match db::version::is_in_use(tx, entry).await? {
        true => Err(Error::Refused(Refusal::InUse)),
        false => Ok(()),
    }
}

/// A version of `target` with everything that `from` holds: the one that an earlier act made, or a new one.
async fn version_of(tx: &mut Tx, desk: &Desk<'_>, from: &Entry, target: &Entry) -> Result<i64> {
    let source = db::entry::version_in(tx, from.id).await?;
    if source.submission_id != target.submission_id
        && let Some(made) = db::version::by_submission(tx, target.id, source.submission_id).await?
    {
        db::version::let_stand(tx, target.id, made.id).await?;
        return Ok(made.id);
    }
    let version = Version {
        id: db::new_id(),
        entry_id: target.id,
        n: db::version::next(tx, target.id).await?,
        ..source.clone()
    };
    db::entry::put_version(tx, &version, desk.now).await?;
    let mut copies = Vec::new();
    for file in db::entry::files_in(tx, source.id).await? {
        let copy = File {
            id: db::new_id(),
            version_id: version.id,
            ..file.clone()
        };
        db::entry::put_file(tx, &copy).await?;
        db::job::put(tx, JobKind::Ocr, copy.id, PICTURES, desk.now).await?;
        copies.push((file.id, copy.id));
    }
    for (about, finding) in db::entry::findings_in(tx, source.id).await? {
        let about = copies.iter().find(|(file, _)| Some(*file) == about);
        let about = about.map(|(_, copy)| *copy);
        db::entry::put_finding(tx, version.id, about, &finding).await?;
    }
    let (slip, email) = db::desk::slip(tx, source.id).await?.unwrap_or_default();
    db::entry::put_slip(tx, target.contest_id, version.id, &slip, email.as_deref()).await?;
    Ok(version.id)
}
