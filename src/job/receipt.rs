//! Composes the receipt of a mail from its rows and queues it, in the transaction that made those rows.

use std::collections::BTreeMap;

use super::Contest;
use super::Ctx;
use super::Failure;
use super::mail::Mail;
use super::queued;
use super::roll;
use super::wording;
use crate::contest::deadline;
use crate::contest::deadline::What;
use crate::contest::resubmission::Rule;
use crate::db;
use crate::db::Tx;
use crate::db::entry::Entry;
use crate::db::entry::Version;
use crate::db::job::JobKind;
use crate::db::letter::LetterKind;
use crate::db::letter::NewLetter;
use crate::db::matter::NewMatter;
use crate::db::matter::Subject;
use crate::entry::FileRole;
use crate::entry::Finding;
use crate::entry::FindingCode;
use crate::entry::MatterKind;
use crate::entry::Tell;
use crate::entry::Timeliness;
use crate::letter;
use crate::letter::receipt::EntryLine;
use crate::letter::receipt::FileLine;
use crate::letter::receipt::Receipt;
use crate::slip::Slip;
use crate::words;
use crate::words::roll::Standing;

/// The receipt for a mail with entries. `of` is the message the entries came with (the mail itself, or its twin).
pub async fn queue(
    ctx: &Ctx,
    tx: &mut Tx,
    contest: &Contest,
    mail: &Mail<'_>,
    of: i64,
) -> Result<(), Failure> {
    let mut lines = Vec::new();
    let mut name = None;
    let own = db::entry::of_message(tx, of).await?;
    for entry in &own {
        let version = brought(tx, entry, entry.submission_id).await?;
        let (line, slip) = entry_line(tx, contest, mail, entry, &version).await?;
        name = slip.name.map(|fact| fact.value);
        lines.push(line);
    }
    for newer in db::version::brought_by(tx, of).await? {
        let entry = db::entry::get_in(tx, newer.entry).await?;
        let version = brought(tx, &entry, newer.submission).await?;
        let (mut line, slip) = entry_line(tx, contest, mail, &entry, &version).await?;
        let rule = contest.standing.plan.resubmission.rule;
        line.notes.push(words::receipt::newer(newer.stands, rule));
        name = slip.name.map(|fact| fact.value);
        lines.push(line);
    }
    for first in db::entry::resent_by_message(tx, of).await? {
        let entry = db::entry::get_in(tx, first).await?;
        let version = db::entry::version_in(tx, entry.id).await?;
        let (mut line, slip) = entry_line(tx, contest, mail, &entry, &version).await?;
        line.notes
            .push(words::receipt::resent(entry.received_at, &contest.zone));
        name = slip.name.map(|fact| fact.value);
        lines.push(line);
    }
    if of != mail.message.id {
        let first = db::delivery::first_unit(tx, of).await?;
        for line in &mut lines {
            let name = contest.standing.unit_name(first);
            line.notes.push(words::receipt::also_elsewhere(name));
        }
    }
    let name = if lines.len() == 1 { name } else { None };
    let answer = Answer {
        name,
        entries: lines,
        roll: roll::standing(tx, mail).await?,
        ..Answer::default()
    };
    send(ctx, tx, contest, mail, answer).await
}

/// The receipt for the second mailbox a mail was sent to: the same codes, and a note. When the mailboxes belong to
/// different units, a person decides which one the entry is for; until then the first stands.
pub async fn second_mailbox(
    ctx: &Ctx,
    tx: &mut Tx,
    contest: &Contest,
    mail: &Mail<'_>,
    twin: i64,
) -> Result<(), Failure> {
    for entry in db::entry::of_message(tx, twin).await? {
        let first = db::entry::submitted_to(tx, entry.submission_id).await?;
        if entry.unit_id == mail.arrival.unit || first == mail.arrival.unit {
            continue;
        }
        let detail = serde_json::json!({
            "code": entry.receipt_code,
            "candidates": [contest.standing.code(entry.unit_id), contest.standing.code(mail.arrival.unit)],
            "one_mail": true,
        });
        let matter = NewMatter {
            contest: entry.contest_id,
            unit: entry.unit_id,
            kind: MatterKind::TwoUnits,
            subject: Subject::Entry,
            subject_id: entry.id,
            detail: &detail,
        };
        if db::matter::open(tx, &matter, mail.now).await?.is_some() {
            queued::hold(tx, &entry, mail.now).await?;
        }
    }
    queue(ctx, tx, contest, mail, twin).await
}

/// Asks for the essay when a mail speaks of one and holds none.
pub async fn ask(
    ctx: &Ctx,
    tx: &mut Tx,
    contest: &Contest,
    mail: &Mail<'_>,
) -> Result<(), Failure> {
    let has = |code: FindingCode| {
        mail.parsed
            .findings
            .iter()
            .any(|finding| finding.code == code)
    };
    let mut ask = Vec::new();
    if has(FindingCode::NoAttachment) {
        ask.push(words::receipt::ASK_FILE.to_owned());
    }
    if has(FindingCode::CloudLink) {
        ask.push(words::receipt::ASK_NO_LINK.to_owned());
    }
    for finding in &mail.parsed.findings {
        if matches!(
            finding.code,
            FindingCode::Encrypted | FindingCode::PartialMail | FindingCode::FileElsewhere
        ) {
            // Where in the mail it stands and of what type is for clerks.
            ask.push(words::document::finding(&finding.code.into()));
        }
    }
    if has(FindingCode::RollAlone)
        && let Some(standing) = roll::standing(tx, mail).await?
        && !standing.missing.is_empty()
    {
        ask.push(words::roll::alone(&standing));
    }
    if ask.is_empty() {
        return Ok(());
    }
    let answer = Answer {
        ask,
        ..Answer::default()
    };
    send(ctx, tx, contest, mail, answer).await
}

/// What is answered to a mail.
#[derive(Default)]
struct Answer {
    /// The participant, where there is one.
    name: Option<String>,
    entries: Vec<EntryLine>,
    roll: Option<Standing>,
    ask: Vec<String>,
}

/// Queues the letter, unless a machine must not answer this mail (RFC 3834 §2).
async fn send(
    ctx: &Ctx,
    tx: &mut Tx,
    contest: &Contest,
    mail: &Mail<'_>,
    answer: Answer,
) -> Result<(), Failure> {
    let Answer {
        name,
        entries,
        roll,
        ask,
    } = answer;
    let Some(to) = &mail.parsed.reply_to else {
        return untold(tx, mail, &entries, "address").await;
    };
    if !mail.parsed.marks.may_answer() {
        return untold(tx, mail, &entries, "machine").await;
    }
    let day_ago = mail.now - 24 * 60 * 60 * 1_000;
    if db::letter::to_address_since(tx, &to.email, day_ago).await?
        >= ctx.config.outbox.per_address_a_day
    {
        return untold(tx, mail, &entries, "cap").await;
    }
    let plan = &contest.standing.plan;
    let unit_code = contest.standing.code(mail.arrival.unit).unwrap_or_default();
    let unit = contest.standing.unit_name(mail.arrival.unit).to_owned();
    let receipt = Receipt {
        contest: plan.title.clone(),
        phone: plan.phone(unit_code).map(str::to_owned),
        purpose: plan.purpose.clone(),
        name,
        received: words::time::instant_exact(mail.arrival.internal_at, &contest.zone),
        entries,
        roll: roll
            .as_ref()
            .map(words::roll::sentences)
            .unwrap_or_default(),
        roll_request: roll.as_ref().and_then(words::roll::request),
        ask,
        unit,
    };
    // The same mail is answered once, also when it is taken in anew after its rows were lost: the key, and with it the
    // Message-ID, comes from its bytes. A mail that was asked about and is an entry after all gets its receipt too.
    let what = if receipt.entries.is_empty() {
        "ask"
    } else {
        "receipt"
    };
    let key = format!(
        "{what}/{}/{}/{}",
        plan.slug, mail.message.blob, mail.arrival.address
    );
    // Letters from before this rule have keys made of row ids.
    let of_rows = format!("receipt/{}/{}", mail.message.id, mail.arrival.mailbox);
    if db::letter::is_known(tx, &of_rows).await? {
        return Ok(());
    }
    // Its Message-ID vouches for whoever answers it, so it is made with the installation's secret.
    let token = ctx.codes().await?.token(&key);
    let contest_id = mail.message.contest_id;
    let worded = wording::write(tx, contest_id, receipt.form(), &receipt.facts(), mail.now).await?;
    if worded.failed {
        wording::alarm(ctx, tx, mail.now).await?;
    }
    let said = &worded.said;
    let html = if worded.shipped {
        receipt
            .html()
            .map_err(|error| Failure::GiveUp(error.into()))?
    } else {
        letter::alarm::text_as_html(&said.text)
    };
    let draft = letter::Draft {
        from_name: &words::receipt::sender(&receipt.unit),
        from: &mail.arrival.address,
        to: &to.email,
        subject: &said.subject,
        key: &token,
        at: mail.now,
        in_reply_to: mail.parsed.rfc_id.as_deref(),
        references: &mail.parsed.references,
        author: letter::mime::Author::Answer,
        text: &said.text,
        html: &html,
        attachments: &[],
        headers: &[],
    };
    let composed = match letter::mime::compose(&draft) {
        Ok(composed) => composed,
        // A sender that is no address cannot be answered; the entry is in all the same.
        Err(_) => return untold(tx, mail, &receipt.entries, "address").await,
    };
    let new = NewLetter {
        contest: contest_id,
        unit: mail.arrival.unit,
        key: &key,
        rfc_id: &composed.rfc_id,
        kind: LetterKind::Receipt,
        recipient: &to.email,
        null_path: true,
        sender: &mail.arrival.address,
        subject: &said.subject,
        mime: &composed.mime,
        message: Some(mail.message.id),
        not_before: mail.now,
    };
    if let Some(id) = db::letter::queue(tx, &new, mail.now).await? {
        db::job::put(
            tx,
            JobKind::Send,
            id,
            LetterKind::Receipt.priority(),
            mail.now,
        )
        .await?;
    }
    Ok(())
}

/// Entries whose author gets no receipt are a person's matter: somebody may be waiting for it.
async fn untold(
    tx: &mut Tx,
    mail: &Mail<'_>,
    entries: &[EntryLine],
    reason: &str,
) -> Result<(), Failure> {
    tracing::info!(message.id = mail.message.id, reason, "no receipt");
    if entries.is_empty() {
        return Ok(());
    }
    let detail = serde_json::json!({ "reason": reason });
    let matter = NewMatter {
        contest: mail.message.contest_id,
        unit: mail.arrival.unit,
        kind: MatterKind::Letter,
        subject: Subject::Message,
        subject_id: mail.message.id,
        detail: &detail,
    };
    db::matter::open(tx, &matter, mail.now).await?;
    Ok(())
}

/// The version of an entry that a submission brought, whichever counts by now.
async fn brought(tx: &mut Tx, entry: &Entry, submission: i64) -> Result<Version, Failure> {
    match db::version::by_submission(tx, entry.id, submission).await? {
        Some(version) => Ok(version),
        None => Ok(db::entry::version_in(tx, entry.id).await?),
    }
}

/// What the receipt says of one entry, by one of its versions.
async fn entry_line(
    tx: &mut Tx,
    contest: &Contest,
    mail: &Mail<'_>,
    entry: &Entry,
    version: &Version,
) -> Result<(EntryLine, Slip), Failure> {
    let files = db::entry::files_in(tx, version.id).await?;
    let findings = db::entry::findings_in(tx, version.id).await?;
    let slip = db::entry::slip_in(tx, version.id).await?;
    let answers: BTreeMap<u16, char> =
        serde_json::from_str(&version.answers).map_err(db::Error::from)?;
    let mut notes = Vec::new();
    if version.in_body {
        notes.push(words::receipt::IN_BODY.to_owned());
    }
    let scanned: i64 = files
        .iter()
        .filter(|file| file.role == FileRole::Page)
        .map(|file| file.pages.unwrap_or(1))
        .sum();
    if scanned > 0 {
        notes.push(words::receipt::scan(scanned));
    }
    for file in files.iter().filter(|file| file.role == FileRole::Unread) {
        notes.push(words::receipt::unread(&file.name));
    }
    let open = db::matter::open_about(tx, Subject::Entry, entry.id).await?;
    let asks = |kinds: &[MatterKind]| open.iter().any(|matter| kinds.contains(&matter.kind));
    if asks(&[MatterKind::Route, MatterKind::TwoUnits]) {
        notes.push(words::receipt::unit_unsure());
    }
    let of_somebody_else = findings
        .iter()
        .any(|(_, finding)| matches!(finding.code, FindingCode::SameText | FindingCode::TwoUnits));
    if asks(&[MatterKind::Version]) {
        notes.push(words::receipt::VERSION_WAITS.to_owned());
    } else if entry.same_as.is_some()
        && !of_somebody_else
        && contest.standing.plan.resubmission.rule == Rule::All
    {
        notes.push(words::receipt::BOTH_COUNT.to_owned());
    }
    let (missing, advice) = sentences(&findings);
    let file_lines = files
        .iter()
        .map(|file| {
            let kind = crate::document::Kind::read(&file.kind);
            let name = if file.name.is_empty() {
                words::receipt::unnamed(kind)
            } else {
                file.name.clone()
            };
            let about = words::document::about(kind, file.pages);
            FileLine {
                name,
                about,
                hash: file.blob.chars().take(12).collect(),
            }
        })
        .collect();
    let line = EntryLine {
        code: entry.receipt_code.clone(),
        files: file_lines,
        facts: facts(&slip),
        answers: words::receipt::answers(&answers),
        missing,
        advice,
        timing: timing(contest, mail, entry),
        notes,
    };
    Ok((line, slip))
}

fn facts(slip: &Slip) -> Vec<(String, String)> {
    let birth = slip
        .birth_date
        .as_ref()
        .map(|fact| words::time::iso_date(&fact.value));
    let value = |fact: &Option<crate::slip::Fact>| fact.as_ref().map(|fact| fact.value.clone());
    [
        (words::receipt::NAME, value(&slip.name)),
        (words::receipt::BIRTH_DATE, birth),
        (words::receipt::CLASS, value(&slip.class)),
        (words::receipt::UNIT, value(&slip.unit)),
        (words::receipt::ADDRESS, value(&slip.address)),
        (words::receipt::PHONE, value(&slip.phone)),
    ]
    .into_iter()
    .filter_map(|(label, value)| value.map(|value| (label.to_owned(), value)))
    .collect()
}

fn timing(contest: &Contest, mail: &Mail<'_>, entry: &Entry) -> String {
    let plan = &contest.standing.plan;
    let unit = contest.standing.code(entry.unit_id).unwrap_or_default();
    let phrase = deadline::in_force(plan, What::Intake, unit, Some("email"))
        .map(|deadline| deadline.phrase.as_str());
    match entry.timeliness {
        Timeliness::OnTime | Timeliness::Accepted => words::receipt::on_time(phrase),
        Timeliness::Late => words::receipt::late(
            mail.arrival.internal_at,
            phrase.unwrap_or_default(),
            &contest.zone,
        ),
        Timeliness::Review => words::receipt::review(phrase.unwrap_or_default()),
    }
}

/// Findings as sentences: what is asked for, and advice on the form.
fn sentences(findings: &[(Option<i64>, Finding)]) -> (Vec<String>, Vec<String>) {
    let mut missing = Vec::new();
    let mut advice = Vec::new();
    for (_, finding) in findings {
        match finding.code.tell() {
            Tell::Ask => missing.push(words::document::finding(finding)),
            Tell::Advise => advice.push(words::document::finding(finding)),
            Tell::Keep => {}
        }
    }
    missing.dedup();
    advice.dedup();
    (missing, advice)
}
