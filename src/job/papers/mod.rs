//! Papers: what an office needs of a list that is done. Composed of rows by the room `paper`, kept as files, and mailed
//! to the secretariat as drafts to number and sign (Nghị định 30/2020/NĐ-CP). They name people: nothing here is a
//! judge's to see.

pub mod handover;
pub mod prizes;

use std::collections::BTreeMap;

use anyhow::anyhow;

use super::Contest;
use super::Ctx;
use super::Failure;
use super::event;
use super::post;
use crate::clock;
use crate::contest::role::Role;
use crate::contest::unit::Handover;
use crate::db;
use crate::db::job::Job;
use crate::db::judge::Queue;
use crate::db::letter::LetterKind;
use crate::db::letter::NewLetter;
use crate::db::paper::NewPaper;
use crate::db::queue::Taken;
use crate::jury;
use crate::letter::Attachment;
use crate::letter::Draft;
use crate::letter::alarm::text_as_html;
use crate::letter::mime::Author;
use crate::letter::papers::Papers;
use crate::paper::Mean;
use crate::paper::Paper;
use crate::paper::PaperFile;
use crate::paper::handover::Contact;
use crate::paper::handover::Frame;
use crate::paper::handover::Person;
use crate::paper::head::Day;
use crate::paper::head::Issuer;
use crate::paper::shortlist::Marked;
use crate::words;
use crate::words::papers as say;

/// What every paper of this unit says about itself.
fn frame(contest: &Contest, unit: i64, to: &str, round: &str, now: i64) -> Result<Frame, Failure> {
    let plan = &contest.standing.plan;
    let code = contest.standing.code(unit).unwrap_or_default();
    let own = plan
        .unit(code)
        .ok_or_else(|| Failure::GiveUp(anyhow!("the plan names no unit {unit}")))?;
    let today = jiff::Timestamp::from_millisecond(now)
        .map_err(|error| Failure::GiveUp(error.into()))?
        .to_zoned(contest.zone.clone())
        .date();
    // A department hands over all it has, and is no People's Committee.
    let committee = !matches!(own.handover, Handover::All { .. });
    let root = plan.line(code).last().map_or("", |unit| &unit.name);
    Ok(Frame {
        contest: plan.title.clone(),
        basis: say::basis(&plan.document),
        issuer: Issuer {
            name: say::committee(&own.name),
            above: Some(say::above(&own.name, committee)),
            head: say::HEAD.map(str::to_owned).to_vec(),
            place: say::place(if committee { &own.name } else { root }),
            symbol: Some(say::SYMBOL.to_owned()),
            signed_as: say::SIGNED_AS.map(str::to_owned).to_vec(),
            copies: Vec::new(),
            filed: say::FILED.to_owned(),
        },
        unit: own.name.clone(),
        unit_code: own.code.clone(),
        to: to.to_owned(),
        round: round.to_owned(),
        day: Day::Draft(today),
        contact: Contact {
            name: say::secretariat(&own.name),
            phone: plan.phone(code).unwrap_or_default().to_owned(),
            email: plan.mailbox(code).unwrap_or_default().to_owned(),
        },
    })
}

/// Who wrote a version, as papers name people.
async fn person(ctx: &Ctx, entry: i64, version: i64) -> Result<Person, Failure> {
    let slip = match db::entry::slip(&ctx.db, version).await {
        Ok((slip, _)) => slip,
        Err(db::Error::Missing) => Default::default(),
        Err(error) => return Err(error.into()),
    };
    let text = |fact: &Option<crate::slip::Fact>| {
        fact.as_ref()
            .map_or(String::new(), |fact| fact.value.clone())
    };
    let (class, unit) = (text(&slip.class), text(&slip.unit));
    let separator = if class.is_empty() || unit.is_empty() {
        ""
    } else {
        ", "
    };
    Ok(Person {
        code: db::entry::get(&ctx.db, entry).await?.receipt_code,
        name: text(&slip.name),
        birth_date: words::time::iso_date(&text(&slip.birth_date)),
        unit: format!("{class}{separator}{unit}"),
        address: text(&slip.address),
        phone: text(&slip.phone),
    })
}

/// The lines of a locked list with names and marks.
async fn marked(
    ctx: &Ctx,
    contest: &Contest,
    queue: &Queue,
    taken: &[Taken],
) -> Result<Vec<Marked>, Failure> {
    let round = contest
        .standing
        .plan
        .round(&queue.round)
        .ok_or_else(|| Failure::GiveUp(anyhow!("the plan has no round {}", queue.round)))?;
    let sheets = db::judge::marked(&ctx.db, queue.id).await?;
    let totals: BTreeMap<i64, Vec<u32>> = jury::standings::by_entry(&sheets)
        .into_iter()
        .filter_map(|sheets| {
            let entry = sheets.first()?.queue_entry_id;
            Some((
                entry,
                jury::standings::totals(&contest.standing, round, sheets),
            ))
        })
        .collect();
    let mut lines = Vec::with_capacity(taken.len());
    for line in taken {
        let marks = totals.get(&line.queue_entry_id);
        lines.push(Marked {
            person: person(ctx, line.entry_id, line.version_id).await?,
            marks: marks
                .into_iter()
                .flatten()
                .map(|mark| i64::from(*mark))
                .collect(),
            mean: Mean::new(line.quarters, line.marks),
            rank: line.place,
            note: line.reason.clone(),
        });
    }
    Ok(lines)
}

/// Keeps both files of a paper, and mails them to every secretary of the unit (to its mailbox, when it has none).
#[expect(
    clippy::too_many_arguments,
    reason = "each is another thing, named at the calls"
)]
async fn file(
    ctx: &Ctx,
    contest: &Contest,
    job: &Job,
    unit: i64,
    about: &str,
    what: &'static str,
    subject: &str,
    paper: Paper,
) -> Result<(), Failure> {
    let files = [paper.list, paper.letter];
    let mut blobs = Vec::with_capacity(files.len());
    for file in &files {
        blobs.push(ctx.blobs.put(&file.bytes).await?.sha256);
    }
    let now = clock::now();
    let contest_id = contest.standing.contest;
    let plan = &contest.standing.plan;
    let code = contest.standing.code(unit).unwrap_or_default();
    let mailbox = plan.mailbox(code).map(str::to_owned);
    let from = mailbox
        .clone()
        .or(ctx.config.alarm.from.clone())
        .ok_or_else(|| Failure::GiveUp(anyhow!("no address to write papers from")))?;
    let secretaries = db::judge::judges(&ctx.db, contest_id, unit, Role::Secretary).await?;
    let mut recipients = Vec::new();
    for secretary in secretaries {
        recipients.push(db::account::get(&ctx.db, secretary.account_id).await?.email);
    }
    if recipients.is_empty() {
        recipients.extend(mailbox);
    }
    let name = contest.standing.unit_name(unit);
    let text = Papers {
        contest: plan.title.clone(),
        unit: say::secretariat(name),
        what,
        files: files.iter().map(|file| file.name.clone()).collect(),
        page: format!(
            "{}/ban-giao",
            ctx.config.web.public_url.trim_end_matches('/')
        ),
    }
    .text()
    .map_err(|error| Failure::GiveUp(error.into()))?;
    let attachments = files.each_ref().map(attachment);
    let mut letters = Vec::with_capacity(recipients.len());
    for to in recipients {
        let key = format!("papers/{about}/{to}/{}", job.id);
        let draft = Draft {
            from_name: &words::receipt::sender(name),
            from: &from,
            to: &to,
            subject,
            key: &key,
            at: now,
            in_reply_to: None,
            references: &[],
            author: Author::Machine,
            text: &text,
            html: &text_as_html(&text),
            attachments: &attachments,
            headers: &[],
        };
        letters.push((post::write(ctx, &draft).await?, key.clone(), to));
    }

    let mut tx = ctx.db.begin().await?;
    for (file, blob) in files.iter().zip(&blobs) {
        let new = NewPaper {
            contest: contest_id,
            unit,
            about,
            name: &file.name,
            media_type: file.media_type,
            blob,
            size: i64::try_from(file.bytes.len()).unwrap_or(i64::MAX),
        };
        db::paper::put(&mut tx, &new, now).await?;
    }
    for (written, key, to) in &letters {
        let new = NewLetter {
            contest: contest_id,
            unit,
            key,
            rfc_id: &written.composed.rfc_id,
            kind: LetterKind::Papers,
            recipient: to,
            null_path: false,
            sender: &from,
            subject,
            mime: &written.composed.mime,
            message: None,
            not_before: now,
        };
        post::queue(&mut tx, written, &new, now).await?;
    }
    event(
        &mut tx,
        contest_id,
        "paper.written",
        job.job_key,
        about,
        now,
    )
    .await?;
    db::job::finish(&mut tx, job, now).await?;
    tx.commit().await?;
    ctx.wake.notify_waiters();
    Ok(())
}

fn attachment(file: &PaperFile) -> Attachment<'_> {
    Attachment {
        name: &file.name,
        media_type: file.media_type,
        bytes: &file.bytes,
    }
}
