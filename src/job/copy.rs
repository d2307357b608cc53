//! Makes the judge's copy of an entry's version and says whether the entry may be dealt. Made anew whenever a clerk
//! changed something about the entry; whoever wrote it is known here and stays here.

use super::Ctx;
use super::Failure;
use super::author;
use super::event;
use super::pages;
use super::pages::Pages;
use crate::blind;
use crate::blind::JudgeCopy;
use crate::blind::Reason;
use crate::blind::Source;
use crate::blind::Verdict;
use crate::clock;
use crate::crash;
use crate::db;
use crate::db::Tx;
use crate::db::copy::NewCopy;
use crate::db::copy::Readiness;
use crate::db::entry::Entry;
use crate::db::entry::Version;
use crate::db::job::Job;
use crate::db::matter::Matter;
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
    let covered = pages::cover(ctx, version.id).await?;
    let now = clock::now();
    let mut tx = ctx.db.begin().await?;
    // Clerks' acts and copies of one contest follow one another: an act before this copy is seen by it, and one after
    // it finds this job done and puts another.
    db::contest::lock(&mut tx, entry.contest_id).await?;
    let entry = db::entry::get_in(&mut tx, entry.id).await?;
    let (shown, illustrations) = match pages::show(&mut tx, version.id, covered).await? {
        Pages::Shown => (true, 0),
        Pages::Kept { illustrations } => (false, illustrations),
        Pages::Changed => {
            db::job::give_back(&mut tx, job, now).await?;
            return Ok(tx.commit().await?);
        }
    };
    let copy = make(ctx, &entry, &version, shown).await?;
    let vouched = db::copy::voucher(&mut tx, version.id).await?.is_some();
    let safe = match &copy.verdict {
        Verdict::Safe => true,
        // Nothing is known to remain, and a clerk has read the text.
        Verdict::Unsafe(reasons) => {
            vouched
                && reasons
                    .iter()
                    .all(|reason| matches!(reason, Reason::NoName | Reason::Recognised))
        }
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
        pictures_wait: i64::try_from(illustrations).unwrap_or(i64::MAX),
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
    ask_for_pictures(&mut tx, &entry, &open, illustrations, safe, now).await?;
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
    crash::point("copied_uncommitted");
    Ok(tx.commit().await?)
}

/// A person is asked to look at pictures that stand beside a text which judges read already, once: whoever says that they
/// are not for judges is not asked again.
async fn ask_for_pictures(
    tx: &mut Tx,
    entry: &Entry,
    open: &[Matter],
    illustrations: usize,
    safe: bool,
    now: i64,
) -> Result<(), db::Error> {
    let (kind, subject) = (MatterKind::Pictures, Subject::Entry);
    if !safe || illustrations == 0 || entry.state != EntryState::Queued {
        if open.iter().any(|matter| matter.kind == kind) {
            db::matter::recovered(tx, kind, subject, entry.id, now).await?;
        }
        return Ok(());
    }
    if db::matter::was_closed(tx, kind, subject, entry.id, "close").await? {
        return Ok(());
    }
    let detail = serde_json::json!({ "code": entry.receipt_code, "pictures": illustrations });
    let matter = NewMatter {
        contest: entry.contest_id,
        unit: entry.unit_id,
        kind,
        subject,
        subject_id: entry.id,
        detail: &detail,
    };
    db::matter::open(tx, &matter, now).await?;
    Ok(())
}

/// The texts of a version, masked. Where judges see the pages themselves (`shown`), what was read from them is left out.
pub async fn make(
    ctx: &Ctx,
    entry: &Entry,
    version: &Version,
    shown: bool,
) -> Result<JudgeCopy, Failure> {
    let contest = ctx.contest(entry.contest_id).await?;
    let about = author::of(&ctx.db, &contest.standing, entry, version).await?;
    let mut texts = Vec::new();
    let mut recognised = false;
    if version.in_body {
        texts.extend(
            about
                .message
                .as_ref()
                .and_then(|message| message.body.clone()),
        );
    }
    for file in &about.files {
        let read = match file.role {
            FileRole::Main | FileRole::Page => db::reading::get(&ctx.db, &file.blob).await?,
            FileRole::Annex | FileRole::Unread => None,
        };
        match read {
            Some(document) if document.ocr.is_some() && shown => {}
            Some(document) => {
                recognised |= document.ocr.is_some();
                texts.push(document.text);
            }
            None => {}
        }
    }
    let sources: Vec<Source> = texts
        .iter()
        .enumerate()
        .map(|(at, text)| Source {
            text,
            // The slip was read from the first text.
            slip: (at == 0).then_some(&about.slip),
        })
        .collect();
    if sources.is_empty() && shown {
        return Ok(JudgeCopy::default());
    }
    let mut copy = blind::copy(&sources, &about.identity);
    let mut reasons = match copy.verdict {
        Verdict::Safe => Vec::new(),
        Verdict::Unsafe(reasons) => reasons,
    };
    if recognised {
        reasons.push(Reason::Recognised);
    }
    if shown {
        // There are the pages to read.
        reasons.retain(|reason| *reason != Reason::NoText);
    }
    copy.verdict = if reasons.is_empty() {
        Verdict::Safe
    } else {
        Verdict::Unsafe(reasons)
    };
    Ok(copy)
}
