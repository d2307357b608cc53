//! Understands a stored mail: parsed in the worker process, then, in one transaction, entries, matters and the
//! receipt letter that follow from it.

use anyhow::anyhow;

use super::Contest;
use super::Ctx;
use super::Failure;
use super::event;
use super::handover;
use super::mail::Mail;
use super::place;
use super::receipt;
use super::reconcile;
use super::roll;
use super::sender;
use crate::clock;
use crate::crash;
use crate::db;
use crate::db::Tx;
use crate::db::delivery::Arrival;
use crate::db::job::Job;
use crate::db::matter::NewMatter;
use crate::db::matter::Subject;
use crate::db::message::Message;
use crate::entry::MatterKind;
use crate::entry::MessageKind;
use crate::entry::MessageState;
use crate::message::Essay;
use crate::message::Parsed;
use crate::slip;
use crate::text;
use crate::worker;

/// So many remarks on the parts of one mail are kept with its matter.
const REMARKS: usize = 20;

/// A mail that made a reader die or hang so many times is quarantined.
const ATTEMPTS: i64 = 3;
/// The reader is another process, so a mail is not to blame when this one ends in the middle. One that is begun
/// so often and never ends is laid aside all the same.
const BEGUN: i64 = 100;

/// Sorts the message of a job.
pub async fn run(ctx: &Ctx, job: &Job) -> Result<(), Failure> {
    let message = db::message::get(&ctx.db, job.job_key).await?;
    match message.state {
        MessageState::Stored => {}
        MessageState::Sorted | MessageState::Quarantined | MessageState::Removed => {
            return done(ctx, job).await;
        }
    }
    let arrivals = db::delivery::arrivals(&ctx.db, message.id).await?;
    let Some(first) = arrivals.first() else {
        return Err(Failure::GiveUp(anyhow!(
            "message {} came from no mailbox",
            message.id
        )));
    };
    let contest = ctx.contest(message.contest_id).await?;
    let raw = ctx.blobs.get(&message.blob).await?;
    if job.attempts > BEGUN {
        return quarantine(ctx, job, &message, first).await;
    }
    let found = match ctx.worker.sort(raw).await {
        Ok(found) => found,
        Err(worker::Error::TooComplex) => return quarantine(ctx, job, &message, first).await,
        Err(error @ (worker::Error::TimedOut | worker::Error::Crashed(_))) => {
            if db::message::attempt(&ctx.db, message.id).await? >= ATTEMPTS {
                return quarantine(ctx, job, &message, first).await;
            }
            return Err(Failure::Again(error.into()));
        }
        Err(error @ worker::Error::Io(_)) => return Err(Failure::House(error.into())),
    };
    let mut parsed = found.parsed;
    if message.kind == Some(MessageKind::Entry) {
        by_a_persons_word(&mut parsed);
    }
    // Every decoded file is a blob of its own before a row speaks of it.
    ctx.blobs.put_many(found.files).await?;
    crash::point("files_written");

    let now = clock::now();
    // The mail is on disk and gets the same code and the same receipt each time it is sorted.
    let mut tx = ctx.db.begin_repeatable().await?;
    db::contest::lock(&mut tx, message.contest_id).await?;
    if db::contest::version_in(&mut tx, message.contest_id).await? != contest.standing.version {
        // A plan was applied while the mail was read: it is sorted by the new one.
        return Err(Failure::NotYet(now));
    }
    let twin = match &parsed.rfc_id {
        Some(rfc_id) => {
            db::message::same(
                &mut tx,
                message.contest_id,
                message.id,
                rfc_id,
                &parsed.content_hash,
            )
            .await?
        }
        None => None,
    };
    if let Some(twin) = twin
        && db::message::standing(&mut tx, twin).await?.0 == MessageState::Removed
    {
        removed_before(&mut tx, &message, &parsed, twin, now).await?;
        db::job::finish(&mut tx, job, now).await?;
        return Ok(tx.commit().await?);
    }
    write_down(&mut tx, &message, &parsed, twin).await?;
    let proof = sender::proof(&ctx.config, first, &parsed);
    db::message::prove(&mut tx, message.id, proof).await?;
    let mail = Mail {
        message: &message,
        parsed: &parsed,
        arrival: first,
        proof,
        now,
    };
    match twin {
        // A twin that brought no entry (a person has made one of this mail only) has no codes to tell.
        Some(twin)
            if parsed.kind == MessageKind::Entry && message.kind != Some(MessageKind::Entry) =>
        {
            // The same mail twice in one mailbox is answered once.
            if !db::delivery::came_to(&mut tx, twin, first.mailbox, message.id).await? {
                receipt::second_mailbox(ctx, &mut tx, &contest, &mail, twin).await?;
            }
        }
        Some(_) | None => follow(ctx, &mut tx, &contest, &mail, twin).await?,
    }
    let kind = serde_json::to_value(parsed.kind).map_err(db::Error::from)?;
    let kind = kind.as_str().unwrap_or_default();
    event(
        &mut tx,
        message.contest_id,
        "message.sorted",
        message.id,
        kind,
        now,
    )
    .await?;
    db::job::finish(&mut tx, job, now).await?;
    crash::point("sorted_uncommitted");
    tx.commit().await?;
    crash::point("sorted");
    ctx.wake.notify_waiters();
    tracing::info!(message.id = message.id, kind = ?parsed.kind, essays = parsed.essays.len(), "mail sorted");
    Ok(())
}

/// A person has said that the mail is an entry: that wins over what the text looks like. A mail in which no essay
/// was found is one essay, written in its body, with its files beside it.
fn by_a_persons_word(parsed: &mut Parsed) {
    parsed.kind = MessageKind::Entry;
    if !parsed.essays.is_empty() {
        return;
    }
    let sender = parsed.from.as_ref().map_or("", |from| from.name.as_str());
    let essay = Essay {
        main: None,
        pages: Vec::new(),
        annexes: (0..parsed.parts.len()).collect(),
        unread: Vec::new(),
        in_body: true,
        text_hash: text::words::hash(&parsed.body),
        slip: slip::from_essay(&parsed.body, "", "").or(slip::from_mail(&parsed.body, sender)),
        answers: slip::answers::find(&parsed.body),
        findings: Vec::new(),
    };
    parsed.essays.push(essay);
}

/// What follows from a mail of each kind.
///
/// Of one mail to two mailboxes (`twin`) each unit gets its matter, and the sender one letter that asks.
async fn follow(
    ctx: &Ctx,
    tx: &mut Tx,
    contest: &Contest,
    mail: &Mail<'_>,
    twin: Option<i64>,
) -> Result<(), Failure> {
    match mail.parsed.kind {
        MessageKind::Entry => {
            place::entries(ctx, tx, contest, mail).await?;
            roll::matter(tx, mail).await?;
            roll::catch_up(tx, mail).await?;
            receipt::queue(ctx, tx, contest, mail, mail.message.id).await?;
        }
        MessageKind::Question => matter(tx, mail, MatterKind::Question).await?,
        MessageKind::Unclear => {
            matter(tx, mail, MatterKind::Unclear).await?;
            if twin.is_none() {
                receipt::ask(ctx, tx, contest, mail).await?;
            }
        }
        MessageKind::Bounce => bounce(tx, mail).await?,
        MessageKind::Handover => handover::arrive::part(ctx, tx, contest, mail).await?,
        MessageKind::Acknowledge => handover::acknowledged::note(tx, contest, mail).await?,
        // Kept and shown, never answered (RFC 3834 §2).
        MessageKind::Automatic => {}
        MessageKind::Own => reconcile::copy_came(tx, mail).await?,
    }
    Ok(())
}

/// The mail is one whose data was removed, come again in other bytes: nothing of it is kept, and nobody is answered.
async fn removed_before(
    tx: &mut Tx,
    message: &Message,
    parsed: &Parsed,
    twin: i64,
    now: i64,
) -> Result<(), Failure> {
    db::removal::follow(tx, message.id, twin, now).await?;
    let files: Vec<&str> = parsed
        .parts
        .iter()
        .map(|part| part.sha256.as_str())
        .collect();
    db::removal::doom_mail(tx, message.id, &files, now).await?;
    let contest = message.contest_id;
    event(tx, contest, "message.removed", message.id, "", now).await?;
    Ok(())
}

async fn write_down(
    tx: &mut Tx,
    message: &Message,
    parsed: &Parsed,
    twin: Option<i64>,
) -> Result<(), Failure> {
    let sorted = db::message::Sorted {
        kind: parsed.kind,
        rfc_id: parsed.rfc_id.as_deref(),
        content_hash: &parsed.content_hash,
        from_email: parsed.from.as_ref().map(|from| from.email.as_str()),
        from_name: parsed.from.as_ref().map(|from| from.name.as_str()),
        subject: &parsed.subject,
        body: &parsed.body,
        same_as: twin,
    };
    db::message::sorted(tx, message.id, &sorted).await?;
    for part in &parsed.parts {
        let row = db::message::PartRow {
            path: &part.path,
            name: &part.name,
            blob: &part.sha256,
            size: i64::try_from(part.size).unwrap_or(i64::MAX),
            kind: part.document.kind.as_str(),
        };
        db::message::put_part(tx, message.id, &row).await?;
        let ms = i64::try_from(part.ms).unwrap_or(i64::MAX);
        db::reading::keep(
            tx,
            &part.sha256,
            &part.document,
            part.text_hash.as_deref(),
            ms,
        )
        .await?;
    }
    Ok(())
}

/// A letter of ours came back: shown with the letter, or with the mail when the letter is not known.
async fn bounce(tx: &mut Tx, mail: &Mail<'_>) -> Result<(), Failure> {
    let Some(report) = &mail.parsed.bounce else {
        return matter(tx, mail, MatterKind::Bounce).await;
    };
    let known = match &report.original_id {
        Some(id) => db::letter::by_rfc_id(tx, id).await?,
        None => None,
    };
    let detail = serde_json::json!({ "status": report.status, "permanent": report.permanent });
    let (unit, subject, subject_id) = match known {
        Some((letter, unit)) => {
            db::letter::bounced(tx, letter, mail.now).await?;
            (unit, Subject::Letter, letter)
        }
        None => (mail.arrival.unit, Subject::Message, mail.message.id),
    };
    let matter = NewMatter {
        contest: mail.message.contest_id,
        unit,
        kind: MatterKind::Bounce,
        subject,
        subject_id,
        detail: &detail,
    };
    db::matter::open(tx, &matter, mail.now).await?;
    Ok(())
}

/// Opens a matter about the mail itself, for the unit whose mailbox it came to.
async fn matter(tx: &mut Tx, mail: &Mail<'_>, kind: MatterKind) -> Result<(), Failure> {
    let findings: Vec<_> = mail
        .parsed
        .findings
        .iter()
        .map(|finding| finding.code)
        .collect();
    let remarks: Vec<_> = mail
        .parsed
        .findings
        .iter()
        .filter(|finding| finding.code.is_of_the_parts())
        .take(REMARKS)
        .collect();
    let detail = serde_json::json!({ "findings": findings, "remarks": remarks });
    let matter = NewMatter {
        contest: mail.message.contest_id,
        unit: mail.arrival.unit,
        kind,
        subject: Subject::Message,
        subject_id: mail.message.id,
        detail: &detail,
    };
    db::matter::open(tx, &matter, mail.now).await?;
    Ok(())
}

/// Lays a mail aside that cannot be parsed; a person sees it and may have it tried again.
async fn quarantine(
    ctx: &Ctx,
    job: &Job,
    message: &Message,
    arrival: &Arrival,
) -> Result<(), Failure> {
    let now = clock::now();
    let mut tx = ctx.db.begin().await?;
    db::message::quarantine(&mut tx, message.id).await?;
    let detail = serde_json::json!({});
    let matter = NewMatter {
        contest: message.contest_id,
        unit: arrival.unit,
        kind: MatterKind::Quarantine,
        subject: Subject::Message,
        subject_id: message.id,
        detail: &detail,
    };
    db::matter::open(&mut tx, &matter, now).await?;
    event(
        &mut tx,
        message.contest_id,
        "message.quarantined",
        message.id,
        "",
        now,
    )
    .await?;
    db::job::finish(&mut tx, job, now).await?;
    tracing::warn!(message.id = message.id, "mail quarantined");
    Ok(tx.commit().await?)
}

async fn done(ctx: &Ctx, job: &Job) -> Result<(), Failure> {
    let mut tx = ctx.db.begin().await?;
    db::job::finish(&mut tx, job, clock::now()).await?;
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::by_a_persons_word;
    use crate::entry::MessageKind;
    use crate::message::parse;

    #[test]
    fn the_clerks_word_makes_an_entry_of_every_mail() {
        let check = |subject: &str, body: &str| {
            let raw = format!(
                "From: An <an@mail.example>\r\nTo: thi@hk.example\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
            );
            let (mut parsed, _) = parse(raw.as_bytes()).expect("a mail");
            assert_ne!(parsed.kind, MessageKind::Entry, "{body}");
            by_a_persons_word(&mut parsed);
            assert_eq!(parsed.kind, MessageKind::Entry);
            let essay = parsed.essays.first().expect("an essay");
            assert!(essay.in_body, "{essay:?}");
            assert_eq!(parsed.essays.len(), 1);
        };
        check("Hoi", "Cho em hỏi hạn nộp bài là khi nào ạ?");
        check("Xin chao", "Dịch vụ công giúp người dân đỡ đi lại.");
    }
}
