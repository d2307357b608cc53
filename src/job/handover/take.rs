//! What a part brings becomes entries in the receiving unit's queue. An entry that this database holds already (one
//! installation serves both units, or it came in another package) is no second entry: it only joins the queue. Nobody
//! gets a receipt, and nothing is compared: that was done where the entry was handed in.

use std::collections::HashMap;

use super::super::Contest;
use super::super::Failure;
use super::super::event;
use super::super::mail::Mail;
use crate::blind;
use crate::db;
use crate::db::Tx;
use crate::db::entry::Entry;
use crate::db::entry::File;
use crate::db::entry::Version;
use crate::db::handover::Place;
use crate::db::job::JobKind;
use crate::entry::EntryState;
use crate::entry::FileRole;
use crate::entry::Finding;
use crate::handover::Fault;
use crate::handover::Manifest;
use crate::handover::manifest::Line;
use crate::message;

/// Where it all goes.
pub struct Taking<'a> {
    pub from: i64,
    pub to: i64,
    /// Code of the receiving round.
    pub round: &'a str,
    /// Uid of this installation.
    pub own: &'a str,
}

/// An entry of the part, and how it stands here.
pub struct Known<'m> {
    line: &'m Line,
    entry: Option<i64>,
    queued: bool,
}

/// How each entry of a part stands here; the fault that keeps the part from being taken in, before anything is
/// written.
pub async fn look<'m>(
    tx: &mut Tx,
    mail: &Mail<'_>,
    taking: &Taking<'_>,
    manifest: &'m Manifest,
    n: u32,
) -> Result<Result<Vec<Known<'m>>, Fault>, Failure> {
    let mut known = Vec::new();
    for line in manifest.of_part(n) {
        let contest = mail.message.contest_id;
        let entry = db::handover::held(tx, contest, &line.origin, taking.own, &line.code).await?;
        if entry.is_none() && db::entry::has_code(tx, &line.code).await? {
            return Ok(Err(Fault::CodeTaken));
        }
        let queued = match db::handover::place(tx, taking.to, taking.round, entry).await? {
            Place::NoQueue => return Ok(Err(Fault::NoRound)),
            Place::Locked => return Ok(Err(Fault::Locked)),
            Place::There => true,
            Place::Free => false,
        };
        known.push(Known {
            line,
            entry,
            queued,
        });
    }
    Ok(Ok(known))
}

/// Writes the entries of a part.
pub async fn lines(
    tx: &mut Tx,
    contest: &Contest,
    mail: &Mail<'_>,
    taking: &Taking<'_>,
    manifest: &Manifest,
    handover: i64,
    lines: &[Known<'_>],
) -> Result<(), Failure> {
    let mut submission = None;
    for known in lines {
        let line = known.line;
        let entry = match known.entry {
            Some(entry) => entry,
            None => {
                let submission = match submission {
                    Some(submission) => submission,
                    None => *submission.insert(submit(tx, mail).await?),
                };
                new(tx, contest, mail, taking, submission, line).await?
            }
        };
        if !known.queued {
            queue(tx, mail, taking, &manifest.package, entry).await?;
        }
        db::handover::took(tx, handover, &line.code, entry, mail.now).await?;
    }
    let priority = JobKind::COMPARE_PRIORITY;
    let contest = mail.message.contest_id;
    db::job::put(tx, JobKind::Compare, contest, priority, mail.now).await?;
    Ok(())
}

async fn submit(tx: &mut Tx, mail: &Mail<'_>) -> Result<i64, Failure> {
    Ok(db::handover::submit(
        tx,
        mail.message.contest_id,
        mail.message.id,
        mail.arrival.unit,
        mail.message.received_at,
    )
    .await?)
}

/// Puts an entry into the receiving unit's queue, under a blind code of its own there.
async fn queue(
    tx: &mut Tx,
    mail: &Mail<'_>,
    taking: &Taking<'_>,
    package: &str,
    entry: i64,
) -> Result<(), Failure> {
    let sent = db::handover::sent_version(tx, mail.message.contest_id, package, entry).await?;
    let version = match sent {
        Some(version) => version,
        None => db::entry::version_in(tx, entry).await?.id,
    };
    let code = blind::code();
    // Its list cannot be locked: `place` has looked, and the contest is held.
    db::queue::put(tx, taking.to, taking.round, entry, version, &code, mail.now).await?;
    Ok(db::job::put(tx, JobKind::Copy, version, JobKind::COPY_PRIORITY, mail.now).await?)
}

/// An entry that was handed in elsewhere, as its installation tells it.
async fn new(
    tx: &mut Tx,
    contest: &Contest,
    mail: &Mail<'_>,
    taking: &Taking<'_>,
    submission: i64,
    line: &Line,
) -> Result<i64, Failure> {
    let entry = Entry {
        id: db::new_id(),
        contest_id: mail.message.contest_id,
        receipt_code: line.code.clone(),
        submission_id: submission,
        unit_id: taking.from,
        origin_unit_id: line
            .unit
            .as_ref()
            .and_then(|code| contest.standing.units.get(code))
            .copied(),
        state: EntryState::Queued,
        timeliness: line.timeliness,
        received_at: line.received_at,
        same_as: None,
        joined_to: None,
    };
    db::entry::insert(tx, &entry, mail.now).await?;
    if line.origin != taking.own {
        db::handover::mark_origin(tx, entry.id, &line.origin).await?;
    }
    let read: HashMap<&str, &message::Part> = mail
        .parsed
        .parts
        .iter()
        .map(|part| (part.sha256.as_str(), part))
        .collect();
    let essay = line
        .files
        .iter()
        .find(|file| file.role == FileRole::Main)
        .and_then(|file| read.get(file.sha256.as_str()));
    let version = Version {
        id: db::new_id(),
        entry_id: entry.id,
        n: 1,
        submission_id: submission,
        text_hash: essay.and_then(|part| part.text_hash.clone()),
        in_body: false,
        answers: serde_json::to_string(&line.answers).map_err(db::Error::from)?,
    };
    db::entry::put_version(tx, &version, mail.now).await?;
    let mut files = Vec::with_capacity(line.files.len());
    for (ordinal, file) in line.files.iter().enumerate() {
        let part = read.get(file.sha256.as_str());
        let row = File {
            id: db::new_id(),
            version_id: version.id,
            ordinal: ordinal as i64,
            blob: file.sha256.clone(),
            name: plain(&file.name),
            size: i64::try_from(file.size).unwrap_or(i64::MAX),
            role: file.role,
            kind: part
                .map_or(crate::entry::Kind::Unknown, |part| part.document.kind)
                .as_str()
                .to_owned(),
            pages: part.and_then(|part| part.document.pages).map(i64::from),
        };
        db::entry::put_file(tx, &row).await?;
        files.push(row.id);
    }
    for remark in &line.findings {
        let file = remark.file.and_then(|at| files.get(at)).copied();
        let finding = Finding::new(remark.code, remark.detail.clone());
        db::entry::put_finding(tx, version.id, file, &finding).await?;
    }
    let email = line.email.as_deref();
    db::entry::put_slip(tx, entry.contest_id, version.id, &line.slip, email).await?;
    event(
        tx,
        entry.contest_id,
        "entry.received",
        entry.id,
        "handover",
        mail.now,
    )
    .await?;
    Ok(entry.id)
}

/// A file's name, whoever wrote it: no folders, no control characters.
fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_control() && *c != '/' && *c != '\\')
        .take(180)
        .collect()
}
