//! One entry that is several: essays of a whole class in one mail.

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
use crate::db::entry::Entry;
use crate::db::entry::File;
use crate::db::entry::Version;
use crate::db::matter::Matter;
use crate::db::matter::NewMatter;
use crate::db::matter::Subject;
use crate::entry::Codes;
use crate::entry::EntryState;
use crate::entry::FileRole;
use crate::entry::MatterKind;
use crate::slip::Slip;

/// Makes an entry of its own of each of these files; at least one file of the essay stays behind.
/// Undone, the new entries point back to the first one, so that no receipt code ever leads nowhere.
pub async fn split(
    tx: &mut Tx,
    desk: &Desk<'_>,
    codes: &Codes,
    id: i64,
    chosen: &[i64],
) -> Result<Done> {
    let from = movable(tx, desk, id).await?;
    must_differ(!matches!(from.state, EntryState::Queued | EntryState::Held))?;
    let version = db::entry::version_in(tx, id).await?;
    let files = db::entry::files_in(tx, version.id).await?;
    let (go, stay): (Vec<&File>, Vec<&File>) =
        files.iter().partition(|file| chosen.contains(&file.id));
    let essay_stays = version.in_body || stay.iter().any(|file| file.role != FileRole::Annex);
    if go.is_empty() || go.len() != chosen.len() || !essay_stays {
        return Err(Error::Refused(Refusal::SplitFiles));
    }
    let mut before = Snapshot::take(tx, &Watch::entries(&[id])).await?;
    let mut made = Vec::with_capacity(go.len());
    let mut new_codes = Vec::with_capacity(go.len());
    let open = db::matter::open_about(tx, Subject::Entry, id).await?;
    for file in &go {
        let entry = grow(tx, desk, codes, &from, &version, file).await?;
        for matter in open.iter().filter(|matter| inherits(matter.kind, file)) {
            let opened = open_for_part(tx, desk, matter, &entry, file).await?;
            before.opened.extend(opened);
        }
        release(tx, desk, entry.id).await?;
        made.push(entry.id);
        new_codes.push(entry.receipt_code);
    }
    let kept_hash = match stay.iter().find(|file| file.role == FileRole::Main) {
        Some(file) => db::desk::text_hash(tx, &file.blob).await?,
        None if version.in_body => version.text_hash.clone(),
        None => None,
    };
    db::desk::set_text_hash(tx, version.id, kept_hash.as_deref()).await?;
    release(tx, desk, id).await?;
    let mut watched = vec![id];
    for entry in &made {
        watched.push(*entry);
        // As undo shall leave them: empty, pointing to the entry they came from.
        let mut rows = Snapshot::take(tx, &Watch::entries(&[*entry])).await?;
        for row in &mut rows.entries {
            row.state = EntryState::Joined;
            row.joined_to = Some(id);
            row.files.clear();
            row.queues.clear();
        }
        before.entries.append(&mut rows.entries);
    }
    Ok(Done {
        subject: Subject::Entry,
        subject_id: id,
        unit: from.unit_id,
        before,
        watch: Watch::entries(&watched),
        note: json!({ "code": from.receipt_code, "made": new_codes }),
    })
}

/// What is open about the whole is open about the part: where it belongs, and a file that nobody could read.
fn inherits(kind: MatterKind, file: &File) -> bool {
    match kind {
        MatterKind::Route | MatterKind::TwoUnits => true,
        MatterKind::Unreadable => matches!(file.role, FileRole::Unread | FileRole::Page),
        MatterKind::SameText
        | MatterKind::Version
        | MatterKind::Excluded
        | MatterKind::Late
        | MatterKind::Clock
        | MatterKind::Split
        | MatterKind::Quarantine
        | MatterKind::Bounce
        | MatterKind::Question
        | MatterKind::Unclear
        | MatterKind::Mailbox
        | MatterKind::Job
        | MatterKind::Letter
        | MatterKind::Copy
        | MatterKind::Pictures
        | MatterKind::ListLocked
        | MatterKind::Judge
        | MatterKind::Handover
        | MatterKind::Copied
        | MatterKind::Roll
        | MatterKind::Retention => false,
    }
}

/// Opens a matter of the parent for a part too, under the part's own code.
async fn open_for_part(
    tx: &mut Tx,
    desk: &Desk<'_>,
    matter: &Matter,
    entry: &Entry,
    file: &File,
) -> Result<Option<i64>> {
    let mut detail: serde_json::Value = serde_json::from_str(&matter.detail).unwrap_or_default();
    if let Some(detail) = detail.as_object_mut() {
        detail.insert("code".into(), entry.receipt_code.clone().into());
        if matter.kind == MatterKind::Unreadable {
            detail.insert("files".into(), json!([file.name]));
        }
    }
    let new = NewMatter {
        contest: matter.contest_id,
        unit: matter.unit_id,
        kind: matter.kind,
        subject: Subject::Entry,
        subject_id: entry.id,
        detail: &detail,
    };
    Ok(db::matter::open(tx, &new, desk.now).await?)
}

/// A new entry around one file, held or in the queue as its parent is, with the sender but no name on its slip.
async fn grow(
    tx: &mut Tx,
    desk: &Desk<'_>,
    codes: &Codes,
    parent: &Entry,
    version: &Version,
    file: &File,
) -> Result<Entry> {
    // The same split, made again after the rows were lost, gives the same codes.
    let pieces = ["split", &parent.receipt_code, &file.blob];
    let mut again = 0;
    let mut code = codes.code(&pieces, again);
    while db::entry::has_code(tx, code.as_str()).await? {
        again += 1;
        code = codes.code(&pieces, again);
    }
    let entry = Entry {
        id: db::new_id(),
        receipt_code: code.as_str().to_owned(),
        same_as: None,
        joined_to: None,
        ..parent.clone()
    };
    db::entry::insert(tx, &entry, desk.now).await?;
    let grown = Version {
        id: db::new_id(),
        entry_id: entry.id,
        n: 1,
        submission_id: version.submission_id,
        text_hash: db::desk::text_hash(tx, &file.blob).await?,
        in_body: false,
        answers: "{}".to_owned(),
    };
    db::entry::put_version(tx, &grown, desk.now).await?;
    let role = match file.role {
        FileRole::Main | FileRole::Annex => FileRole::Main,
        FileRole::Page => FileRole::Page,
        FileRole::Unread => FileRole::Unread,
    };
    db::entry::move_file(tx, file.id, grown.id, 1, role).await?;
    let email = db::desk::slip(tx, version.id)
        .await?
        .and_then(|(_, email)| email);
    db::entry::put_slip(
        tx,
        entry.contest_id,
        grown.id,
        &Slip::default(),
        email.as_deref(),
    )
    .await?;
    if entry.state == EntryState::Queued {
        enqueue(tx, desk, &entry).await?;
    }
    Ok(entry)
}
