//! Makes the judge's copy of an entry's version and says whether the entry may be dealt. Made anew whenever a clerk
//! changed something about the entry; whoever wrote it is known here and stays here.

use super::Ctx;
use super::Failure;
use super::event;
use crate::blind;
use crate::blind::Identity;
use crate::blind::JudgeCopy;
use crate::blind::Reason;
use crate::blind::Source;
use crate::blind::Verdict;
use crate::clock;
use crate::db;
use crate::db::copy::NewCopy;
use crate::db::copy::Readiness;
use crate::db::entry::Entry;
use crate::db::entry::Version;
use crate::db::job::Job;
use crate::db::matter::NewMatter;
use crate::db::matter::Subject;
use crate::entry::EntryState;
use crate::entry::FileRole;
use crate::entry::MatterKind;
use crate::entry::Timeliness;

/// Version of the masker, kept with each copy.
const MAKER: i64 = 1;

/// Makes the copy of the version of a job.
pub async fn run(ctx: &Ctx, job: &Job) -> Result<(), Failure> {
    let version = db::entry::version_of(&ctx.db, job.job_key).await?;
    let entry = db::entry::get(&ctx.db, version.entry_id).await?;
    let now = clock::now();
    let mut tx = ctx.db.begin().await?;
    // Clerks' acts and copies of one contest follow one another: an act before this copy is seen by it, and one after
    // it finds this job done and puts another.
    db::contest::lock(&mut tx, entry.contest_id).await?;
    let entry = db::entry::get_in(&mut tx, entry.id).await?;
    let copy = make(ctx, &entry, &version).await?;
    let vouched = db::copy::voucher(&mut tx, version.id).await?.is_some();
    let safe = match &copy.verdict {
        Verdict::Safe => true,
        // Nobody's name is known to look for, and a clerk has read the text.
        Verdict::Unsafe(reasons) => vouched && reasons.as_slice() == [Reason::NoName],
    };
    let body = if safe {
        serde_json::to_string(&copy.blocks).map_err(db::Error::from)?
    } else {
        "[]".to_owned()
    };
    let new = NewCopy {
        version: version.id,
        safe,
        body: &body,
        words: i64::try_from(copy.words).unwrap_or(i64::MAX),
        answers: &version.answers,
        maker: MAKER,
    };
    db::copy::put(&mut tx, &new, now).await?;
    let open = db::matter::open_about(&mut tx, Subject::Entry, entry.id).await?;
    let undecided = open
        .iter()
        .any(|matter| matches!(matter.kind, MatterKind::Late | MatterKind::Clock));
    let readiness = match entry.timeliness {
        Timeliness::Late | Timeliness::Review if !undecided => Readiness::Out,
        Timeliness::Late | Timeliness::Review => Readiness::Waits,
        Timeliness::OnTime | Timeliness::Accepted if safe && entry.state == EntryState::Queued => {
            Readiness::Ready(now)
        }
        Timeliness::OnTime | Timeliness::Accepted => Readiness::Waits,
    };
    db::copy::set_ready(&mut tx, version.id, readiness).await?;
    match &copy.verdict {
        Verdict::Unsafe(reasons) if !safe && entry.state == EntryState::Queued => {
            let detail = serde_json::json!({ "code": entry.receipt_code, "reasons": reasons });
            let matter = NewMatter {
                contest: entry.contest_id,
                unit: entry.unit_id,
                kind: MatterKind::Copy,
                subject: Subject::Entry,
                subject_id: entry.id,
                detail: &detail,
            };
            db::matter::open(&mut tx, &matter, now).await?;
        }
        Verdict::Safe | Verdict::Unsafe(_) => {
            for matter in open.iter().filter(|matter| matter.kind == MatterKind::Copy) {
                db::matter::close(&mut tx, matter.id, "recovered", now).await?;
            }
        }
    }
    let said = if safe { "safe" } else { "unsafe" };
    event(
        &mut tx,
        entry.contest_id,
        "entry.copied",
        entry.id,
        said,
        now,
    )
    .await?;
    db::job::finish(&mut tx, job, now).await?;
    Ok(tx.commit().await?)
}

/// The texts of a version, masked.
pub async fn make(ctx: &Ctx, entry: &Entry, version: &Version) -> Result<JudgeCopy, Failure> {
    let (slip, email) = match db::entry::slip(&ctx.db, version.id).await {
        Ok(found) => found,
        Err(db::Error::Missing) => Default::default(),
        Err(error) => return Err(error.into()),
    };
    let files = db::entry::files(&ctx.db, version.id).await?;
    let message = match db::view::message_of(&ctx.db, entry).await? {
        Some(id) => Some(db::message::get(&ctx.db, id).await?),
        None => None,
    };
    let mut texts = Vec::new();
    if version.in_body {
        texts.extend(message.as_ref().and_then(|message| message.body.clone()));
    }
    for file in &files {
        let read = match file.role {
            FileRole::Main | FileRole::Page => db::reading::get(&ctx.db, &file.blob).await?,
            FileRole::Annex | FileRole::Unread => None,
        };
        texts.extend(read.map(|document| document.text));
    }
    let sources: Vec<Source> = texts
        .iter()
        .enumerate()
        .map(|(at, text)| Source {
            text,
            // The slip was read from the first text.
            slip: (at == 0).then_some(&slip),
        })
        .collect();
    let contest = ctx.contest(entry.contest_id).await?;
    let origin = entry
        .origin_unit_id
        .map(|unit| contest.standing.unit_name(unit).to_owned());
    let identity = Identity {
        senders: message
            .iter()
            .filter_map(|message| message.from_name.clone())
            .collect(),
        emails: message
            .iter()
            .filter_map(|message| message.from_email.clone())
            .chain(email)
            .collect(),
        files: files.iter().map(|file| file.name.clone()).collect(),
        codes: vec![entry.receipt_code.clone()],
        units: origin.into_iter().collect(),
        marked: db::copy::covers(&ctx.db, version.id).await?,
        slips: vec![slip.clone()],
    };
    Ok(blind::copy(&sources, &identity))
}
