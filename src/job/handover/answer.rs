//! The acknowledgement of a package: everything is here, or what is missing.

use sha2::Digest;
use sha2::Sha256;

use super::super::Contest;
use super::super::Failure;
use super::super::mail::Mail;
use super::super::post;
use crate::db;
use crate::db::Tx;
use crate::db::letter::LetterKind;
use crate::db::letter::NewLetter;
use crate::handover::ACKNOWLEDGE_HEADER;
use crate::handover::Acknowledgement;
use crate::handover::Manifest;
use crate::handover::acknowledge;
use crate::handover::manifest::FORMAT;
use crate::letter;
use crate::letter::Attachment;
use crate::letter::Draft;
use crate::letter::mime::Author;
use crate::text::words::hex;
use crate::words;

/// Who answers to whom, and to which mail.
pub struct Reply<'a> {
    pub contest: i64,
    pub to_unit: i64,
    pub in_reply_to: Option<&'a str>,
    pub now: i64,
}

/// Says that everything is here. `which` tells one answer from another, so that each is given once.
pub async fn complete(
    tx: &mut Tx,
    contest: &Contest,
    mail: &Mail<'_>,
    manifest: &Manifest,
    which: &str,
) -> Result<(), Failure> {
    let here: Vec<u32> = (1..=manifest.parts).collect();
    let reply = Reply {
        contest: mail.message.contest_id,
        to_unit: mail.arrival.unit,
        in_reply_to: mail.parsed.rfc_id.as_deref(),
        now: mail.now,
    };
    let text = match &mail.parsed.handed {
        Some(crate::handover::Handed::Part(part)) => part.text.as_str(),
        Some(_) | None => return Ok(()),
    };
    say(tx, contest, &reply, manifest, text, &here, which).await
}

/// Writes the answer and queues it. A sender without a mailbox in the plan cannot be answered.
pub async fn say(
    tx: &mut Tx,
    contest: &Contest,
    reply: &Reply<'_>,
    manifest: &Manifest,
    text: &str,
    here: &[u32],
    which: &str,
) -> Result<(), Failure> {
    let plan = &contest.standing.plan;
    let (Some(from), Some(to)) = (plan.mailbox(&manifest.to), plan.mailbox(&manifest.from)) else {
        tracing::warn!("a package cannot be acknowledged: no mailbox in the plan");
        return Ok(());
    };
    let missing: Vec<u32> = (1..=manifest.parts).filter(|n| !here.contains(n)).collect();
    let taken: usize = here.iter().map(|n| manifest.of_part(*n).count()).sum();
    let said = Acknowledgement {
        format: FORMAT,
        package: manifest.package.clone(),
        manifest: hex(&Sha256::digest(text.as_bytes())),
        here: here.to_vec(),
        missing: missing.clone(),
        entries: u32::try_from(taken).unwrap_or(u32::MAX),
    };
    let said = serde_json::to_vec(&said).map_err(db::Error::from)?;
    let unit = |code: &str| {
        plan.unit(code)
            .map_or(code.to_owned(), |unit| unit.name.clone())
    };
    let says = letter::handover::Acknowledge {
        contest: plan.title.clone(),
        from: unit(&manifest.from),
        to: unit(&manifest.to),
        made: words::time::instant(manifest.made_at, &contest.zone),
        taken: i64::try_from(taken).unwrap_or(i64::MAX),
        entries: manifest.entries.len(),
        parts: manifest.parts,
        missing: words::handover::numbers(&missing),
        phone: plan.phone(&manifest.to).map(str::to_owned),
    };
    let body = says.text().map_err(|error| Failure::GiveUp(error.into()))?;
    let subject = words::handover::acknowledge_subject(missing.is_empty());
    let key = format!("acknowledge/{}/{which}", manifest.package);
    let composed = letter::mime::compose(&Draft {
        from_name: &says.to,
        from,
        to,
        subject,
        key: &key,
        at: reply.now,
        in_reply_to: reply.in_reply_to,
        references: &[],
        author: Author::Answer,
        text: &body,
        html: &letter::alarm::text_as_html(&body),
        attachments: &[Attachment {
            name: acknowledge::FILE,
            media_type: "application/json",
            bytes: &said,
        }],
        headers: &[(ACKNOWLEDGE_HEADER, &manifest.package)],
    })
    .map_err(|error| Failure::GiveUp(error.into()))?;
    let written = post::Written::small(composed);
    let new = NewLetter {
        contest: reply.contest,
        unit: reply.to_unit,
        key: &key,
        rfc_id: &written.composed.rfc_id,
        kind: LetterKind::Acknowledge,
        recipient: to,
        null_path: false,
        sender: from,
        subject,
        mime: &written.composed.mime,
        message: None,
        not_before: reply.now,
    };
    post::queue(tx, &written, &new, reply.now).await?;
    Ok(())
}
