//! Essays found in a mail become entries: whose, for which unit, in time or not, seen before or not.

use super::Contest;
use super::Ctx;
use super::Failure;
use super::before;
use super::before::Before;
use super::event;
use super::mail::Mail;
use super::queued;
use super::resubmit;
use super::resubmit::Decision;
use super::resubmit::Newer;
use super::roster;
use crate::contest::deadline;
use crate::contest::deadline::Timing;
use crate::db;
use crate::db::Tx;
use crate::db::entry::Entry;
use crate::db::entry::File;
use crate::db::entry::Version;
use crate::db::job::JobKind;
use crate::db::matter::NewMatter;
use crate::db::matter::Subject;
use crate::document::ocr;
use crate::entry::EntryState;
use crate::entry::FileRole;
use crate::entry::Finding;
use crate::entry::FindingCode;
use crate::entry::MatterKind;
use crate::entry::Timeliness;
use crate::message::Essay;
use crate::route;
use crate::slip;

/// Clocks that differ by more are looked at (R001-23).
const CLOCKS_DIFFER_MS: i64 = 120_000;

/// Writes every essay of a mail down.
pub async fn entries(
    ctx: &Ctx,
    tx: &mut Tx,
    contest: &Contest,
    mail: &Mail<'_>,
) -> Result<(), Failure> {
    let submission = db::entry::submit(
        tx,
        mail.message.contest_id,
        mail.message.id,
        mail.arrival.unit,
        mail.message.received_at,
    )
    .await?;
    for (at, essay) in mail.parsed.essays.iter().enumerate() {
        let place = Place { submission, at };
        entry(ctx, tx, contest, mail, &place, essay).await?;
    }
    let priority = JobKind::COMPARE_PRIORITY;
    let contest = mail.message.contest_id;
    db::job::put(tx, JobKind::Compare, contest, priority, mail.now).await?;
    Ok(())
}

/// Where an essay stands: in which act of handing in, and which of its essays it is, from 0.
struct Place {
    submission: i64,
    at: usize,
}

async fn entry(
    ctx: &Ctx,
    tx: &mut Tx,
    contest: &Contest,
    mail: &Mail<'_>,
    place: &Place,
    essay: &Essay,
) -> Result<(), Failure> {
    let submission = place.submission;
    let plan = &contest.standing.plan;
    let mailbox_unit = contest.standing.code(mail.arrival.unit).unwrap_or_default();
    let decision = route::decide(plan, &contest.index, mailbox_unit, &essay.slip);
    let unit = contest
        .standing
        .units
        .get(&decision.unit)
        .copied()
        .unwrap_or(mail.arrival.unit);

    let before = before::look(tx, mail, essay, unit).await?;
    if let Before::Nothing(first) = &before {
        db::entry::resent(tx, first.id, submission).await?;
        event(tx, first.contest_id, "entry.resent", first.id, "", mail.now).await?;
        if mail.message.received_at < first.received_at {
            came_first(tx, contest, mail, first, &decision.unit).await?;
        }
        return Ok(());
    }

    let timeliness = timeliness(contest, mail, &decision.unit);
    let newer = match &before {
        Before::More(again) => {
            Some(resubmit::decide(tx, contest, mail, essay, again, submission, timeliness).await?)
        }
        Before::Never | Before::Nothing(_) | Before::OtherUnit(_) | Before::SomebodyElse(_) => None,
    };
    let mut matters: Vec<(MatterKind, serde_json::Value)> = Vec::new();
    let mut findings = essay.findings.clone();
    if !decision.certain {
        let detail =
            serde_json::json!({ "reason": decision.reason, "candidates": decision.candidates });
        matters.push((MatterKind::Route, detail));
    }
    match timeliness {
        Timeliness::Late => matters.push((MatterKind::Late, serde_json::json!({}))),
        Timeliness::Review => {
            let minutes = mail
                .parsed
                .received
                .map(|other| (mail.message.received_at - other).abs() / 60_000);
            matters.push((MatterKind::Clock, serde_json::json!({ "minutes": minutes })));
        }
        Timeliness::OnTime | Timeliness::Accepted => {}
    }
    let unread: Vec<&str> = essay
        .unread
        .iter()
        .chain(&essay.pages)
        .filter_map(|at| mail.parsed.parts.get(*at))
        .map(|part| part.name.as_str())
        .collect();
    if !unread.is_empty() {
        matters.push((
            MatterKind::Unreadable,
            serde_json::json!({ "files": unread }),
        ));
    }
    let mut same_as = None;
    let mut stands_back = None;
    match &before {
        // Mails are sorted side by side: this one came first, so the other waits for a person.
        Before::OtherUnit(second) if came_before(tx, mail, second).await? => {
            stands_back = Some(second);
        }
        Before::OtherUnit(first) => {
            same_as = Some(first.id);
            findings.push(Finding::new(
                FindingCode::TwoUnits,
                contest.standing.unit_name(first.unit_id),
            ));
            matters.push((
                MatterKind::TwoUnits,
                serde_json::json!({
                    "other": first.receipt_code,
                    "unit": contest.standing.code(first.unit_id),
                }),
            ));
        }
        Before::SomebodyElse(first) => {
            same_as = Some(first.id);
            findings.push(Finding::new(
                FindingCode::SameText,
                first.receipt_code.clone(),
            ));
            matters.push((
                MatterKind::SameText,
                serde_json::json!({ "other": first.receipt_code }),
            ));
        }
        Before::More(again) => {
            same_as = Some(again.entry.id);
            if let Some(Decision::Ask(doubt)) = newer {
                matters.push((
                    MatterKind::Version,
                    serde_json::json!({ "other": again.entry.receipt_code, "doubt": doubt }),
                ));
            }
        }
        Before::Nothing(_) | Before::Never => {}
    }
    if let Some(born) = &essay.slip.birth_date
        && let Some(age) = slip::person::age_on(&born.value, &plan.eligibility.as_of)
        && age < i32::from(plan.eligibility.min_age)
    {
        findings.push(Finding::new(
            FindingCode::UnderAge,
            plan.eligibility.min_age.to_string(),
        ));
    }

    if let (Before::More(again), Some(kept @ (Decision::Replace | Decision::Aside))) =
        (&before, newer)
    {
        let newer = Newer {
            contest,
            mail,
            essay,
            entry: &again.entry,
            submission,
            unit: &decision.unit,
            findings: &findings,
        };
        return resubmit::keep(tx, &newer, kept == Decision::Replace).await;
    }

    // What must be decided before a judge may see the entry; a late one, one that equals another, or one with an
    // annex nobody could read beside its essay, is kept in its place and shown.
    let held = matters.iter().any(|(kind, _)| match kind {
        MatterKind::Route
        | MatterKind::TwoUnits
        | MatterKind::Split
        | MatterKind::Version
        | MatterKind::Excluded => true,
        MatterKind::Unreadable => essay.main.is_none() && !essay.in_body,
        MatterKind::SameText
        | MatterKind::Late
        | MatterKind::Clock
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
    });
    let entry = Entry {
        id: db::new_id(),
        contest_id: mail.message.contest_id,
        receipt_code: code(ctx, tx, contest, mail, place.at).await?,
        submission_id: submission,
        unit_id: unit,
        origin_unit_id: decision
            .origin
            .as_ref()
            .and_then(|code| contest.standing.units.get(code))
            .copied(),
        state: if held {
            EntryState::Held
        } else {
            EntryState::Queued
        },
        timeliness,
        received_at: mail.message.received_at,
        same_as,
        joined_to: None,
    };
    db::entry::insert(tx, &entry, mail.now).await?;
    let version = Version {
        id: db::new_id(),
        entry_id: entry.id,
        n: 1,
        submission_id: submission,
        text_hash: essay.text_hash.clone(),
        in_body: essay.in_body,
        answers: serde_json::to_string(&essay.answers).map_err(db::Error::from)?,
    };
    db::entry::put_version(tx, &version, mail.now).await?;
    contents(tx, mail, essay, entry.contest_id, version.id, &findings).await?;
    for (kind, mut detail) in matters {
        if let Some(detail) = detail.as_object_mut() {
            detail.insert("code".into(), entry.receipt_code.clone().into());
        }
        let matter = NewMatter {
            contest: entry.contest_id,
            unit,
            kind,
            subject: Subject::Entry,
            subject_id: entry.id,
            detail: &detail,
        };
        db::matter::open(tx, &matter, mail.now).await?;
    }
    if !held {
        queued::enqueue(tx, &contest.standing, &entry, version.id, mail.now).await?;
    }
    if let Some(second) = stands_back {
        stand_back(tx, contest, second, &entry, mail.now).await?;
    }
    let email = mail.parsed.from.as_ref().map(|from| from.email.as_str());
    let people = &plan.excluded;
    if let Some(hit) = roster::hit(&contest.standing, people, &entry, &essay.slip, email) {
        roster::open(tx, &entry, &hit, mail.now).await?;
    }
    event(
        tx,
        entry.contest_id,
        "entry.received",
        entry.id,
        if held { "held" } else { "queued" },
        mail.now,
    )
    .await?;
    Ok(())
}

/// Whether a mail was handed in before an entry that was sorted first, with which nobody works yet.
async fn came_before(tx: &mut Tx, mail: &Mail<'_>, sorted: &Entry) -> Result<bool, Failure> {
    let earlier = mail.message.received_at < sorted.received_at;
    Ok(earlier && !db::version::is_in_use(tx, sorted.id).await?)
}

/// The second entry of one person, for another unit than the first, waits until a person has decided.
async fn stand_back(
    tx: &mut Tx,
    contest: &Contest,
    second: &Entry,
    first: &Entry,
    now: i64,
) -> Result<(), Failure> {
    let detail = serde_json::json!({
        "code": second.receipt_code,
        "other": first.receipt_code,
        "unit": contest.standing.code(first.unit_id),
    });
    let matter = NewMatter {
        contest: second.contest_id,
        unit: second.unit_id,
        kind: MatterKind::TwoUnits,
        subject: Subject::Entry,
        subject_id: second.id,
        detail: &detail,
    };
    db::matter::open(tx, &matter, now).await?;
    let finding = Finding::new(
        FindingCode::TwoUnits,
        contest.standing.unit_name(first.unit_id),
    );
    let version = db::entry::version_in(tx, second.id).await?.id;
    db::entry::put_finding(tx, version, None, &finding).await?;
    queued::hold(tx, second, now).await
}

/// Files, findings and slip of a version.
pub(super) async fn contents(
    tx: &mut Tx,
    mail: &Mail<'_>,
    essay: &Essay,
    contest: i64,
    version: i64,
    findings: &[Finding],
) -> Result<(), Failure> {
    files(tx, mail, essay, version).await?;
    for finding in findings {
        db::entry::put_finding(tx, version, None, finding).await?;
    }
    let email = mail.parsed.from.as_ref().map(|from| from.email.as_str());
    Ok(db::entry::put_slip(tx, contest, version, &essay.slip, email).await?)
}

/// Mails are sorted side by side, and a copy that was sent after the deadline may have its turn before the first.
/// Nobody loses a day by that: the time of the entry is the time of its first copy.
pub(super) async fn came_first(
    tx: &mut Tx,
    contest: &Contest,
    mail: &Mail<'_>,
    entry: &Entry,
    unit: &str,
) -> Result<(), Failure> {
    let received_at = mail.message.received_at;
    db::entry::came_earlier(tx, entry.id, received_at).await?;
    let doubted = matches!(entry.timeliness, Timeliness::Late | Timeliness::Review);
    if !doubted || timeliness(contest, mail, unit) != Timeliness::OnTime {
        return Ok(());
    }
    let in_time = Entry {
        timeliness: Timeliness::OnTime,
        ..entry.clone()
    };
    db::entry::change(tx, entry, &in_time).await?;
    for open in db::matter::open_about(tx, Subject::Entry, entry.id).await? {
        if matches!(open.kind, MatterKind::Late | MatterKind::Clock) {
            db::matter::close(tx, open.id, "earlier_copy", mail.now).await?;
        }
    }
    Ok(event(
        tx,
        entry.contest_id,
        "entry.came_earlier",
        entry.id,
        "",
        mail.now,
    )
    .await?)
}

async fn files(tx: &mut Tx, mail: &Mail<'_>, essay: &Essay, version: i64) -> Result<(), Failure> {
    let with =
        |role: FileRole, places: &[usize]| places.iter().map(|at| (*at, role)).collect::<Vec<_>>();
    let all = essay
        .main
        .iter()
        .map(|at| (*at, FileRole::Main))
        .chain(with(FileRole::Page, &essay.pages))
        .chain(with(FileRole::Unread, &essay.unread))
        .chain(with(FileRole::Annex, &essay.annexes));
    for (ordinal, (at, role)) in all.enumerate() {
        let Some(part) = mail.parsed.parts.get(at) else {
            continue;
        };
        let file = File {
            id: db::new_id(),
            version_id: version,
            ordinal: ordinal as i64,
            blob: part.sha256.clone(),
            name: part.name.clone(),
            size: i64::try_from(part.size).unwrap_or(i64::MAX),
            role,
            kind: part.document.kind.as_str().to_owned(),
            pages: part.document.pages.map(i64::from),
        };
        db::entry::put_file(tx, &file).await?;
        if ocr::has_pictures(&part.document) {
            db::job::put(tx, JobKind::Ocr, file.id, super::ocr::PRIORITY, mail.now).await?;
        }
        // The form of an annex is nobody's business.
        if role != FileRole::Annex {
            for finding in &part.document.findings {
                db::entry::put_finding(tx, version, Some(file.id), finding).await?;
            }
        }
    }
    Ok(())
}

/// In time by the plan's deadline for this unit; where the servers' clocks disagree across it, a person decides.
fn timeliness(contest: &Contest, mail: &Mail<'_>, unit: &str) -> Timeliness {
    let judge = |at: i64| match deadline::judge(&contest.standing.plan, unit, "email", at) {
        Timing::OnTime { .. } | Timing::NoDeadline => Timeliness::OnTime,
        Timing::Late { .. } => Timeliness::Late,
    };
    let by_mailbox = judge(mail.message.received_at);
    match mail.parsed.received {
        Some(other)
            if (mail.message.received_at - other).abs() > CLOCKS_DIFFER_MS
                && judge(other) != by_mailbox =>
        {
            Timeliness::Review
        }
        Some(_) | None => by_mailbox,
    }
}

/// The receipt code of an essay of this mail: the same each time the mail is taken in, also when it is fetched once more
/// after the rows were lost. A mail to two mailboxes travels in two wrappings, and either may come first: what makes
/// the code is what both have in common, or all bytes where the mail has no Message-ID to know its twin by.
async fn code(
    ctx: &Ctx,
    tx: &mut Tx,
    contest: &Contest,
    mail: &Mail<'_>,
    at: usize,
) -> Result<String, Failure> {
    let (id, bytes) = match &mail.parsed.rfc_id {
        Some(id) => (id.as_str(), mail.parsed.below_head.as_str()),
        None => ("", mail.message.blob.as_str()),
    };
    let at = at.to_string();
    let pieces = ["mail", &contest.standing.plan.slug, id, bytes, &at];
    let codes = ctx.codes().await?;
    let mut again = 0;
    loop {
        let code = codes.code(&pieces, again).as_str().to_owned();
        if !db::entry::has_code(tx, &code).await? {
            return Ok(code);
        }
        again += 1;
    }
}
