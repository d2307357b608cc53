//! Writes the mails of a released package: the manifest is made and signed once; every part that has no letter yet
//! gets one. What is large is on disk before the transaction begins, so that it holds nobody up.

use std::collections::BTreeMap;
use std::collections::HashMap;

use anyhow::anyhow;
use sha2::Digest;
use sha2::Sha256;

use super::super::Contest;
use super::super::Ctx;
use super::super::Failure;
use super::super::event;
use super::super::installation;
use super::super::post;
use crate::clock;
use crate::db;
use crate::db::Tx;
use crate::db::handover::Handover;
use crate::db::job::Job;
use crate::db::job::JobKind;
use crate::db::letter::LetterKind;
use crate::db::letter::NewLetter;
use crate::entry::FileRole;
use crate::entry::HandoverState;
use crate::handover;
use crate::handover::Manifest;
use crate::handover::manifest::FORMAT;
use crate::handover::manifest::File;
use crate::handover::manifest::Identity;
use crate::handover::manifest::Line;
use crate::handover::manifest::Remark;
use crate::letter;
use crate::letter::Attachment;
use crate::letter::Draft;
use crate::letter::mime::Author;
use crate::text::words::hex;
use crate::words;

/// After receipts, before copies.
const PAPERS_PRIORITY: i64 = 5;

/// A package as it was signed.
struct Signed {
    manifest: Manifest,
    text: String,
    signature: String,
}

/// Packs what a person released, or the parts that a person wants sent again.
pub async fn run(ctx: &Ctx, job: &Job) -> Result<(), Failure> {
    let mut tx = ctx.db.begin().await?;
    let row = db::handover::get(&mut tx, job.job_key).await?;
    drop(tx);
    let contest = ctx.contest(row.contest_id).await?;
    let signed = match row.state {
        HandoverState::Released => sign(ctx, &contest, &row).await?,
        HandoverState::Packed => Signed {
            manifest: Manifest::read(&row.manifest)
                .map_err(|fault| Failure::GiveUp(anyhow!("our own manifest: {fault:?}")))?,
            text: row.manifest.clone(),
            signature: row.signature.clone(),
        },
        HandoverState::Acknowledged
        | HandoverState::TakenBack
        | HandoverState::Untrusted
        | HandoverState::Arriving
        | HandoverState::TakenIn => {
            let mut tx = ctx.db.begin().await?;
            db::job::finish(&mut tx, job, clock::now()).await?;
            return Ok(tx.commit().await?);
        }
    };
    let parts = missing_letters(ctx, &row, &signed).await?;
    let now = clock::now();
    let mut letters = Vec::with_capacity(parts.len());
    for n in parts {
        letters.push(write(ctx, &contest, &row, &signed, n, job.id, now).await?);
    }
    let mut tx = ctx.db.begin().await?;
    db::contest::lock(&mut tx, row.contest_id).await?;
    let mut not_before = now;
    if row.state == HandoverState::Released {
        not_before = row.made_at + ctx.config.outbox.undo_seconds.max(0) * 1_000;
        let hash = hex(&Sha256::digest(signed.text.as_bytes()));
        let key = &signed.manifest.installation.public_key;
        db::handover::pack(
            &mut tx,
            row.id,
            (&signed.text, &hash),
            (&signed.signature, key),
            signed.manifest.parts,
        )
        .await?;
        db::job::put(&mut tx, JobKind::Papers, row.id, PAPERS_PRIORITY, now).await?;
    }
    for letter in &letters {
        let new = NewLetter {
            contest: row.contest_id,
            unit: row.from_unit_id,
            key: &letter.key,
            rfc_id: &letter.written.composed.rfc_id,
            kind: LetterKind::Handover,
            recipient: &letter.to,
            null_path: false,
            sender: &letter.from,
            subject: &letter.subject,
            mime: &letter.written.composed.mime,
            message: None,
            not_before,
        };
        if let Some(id) = post::queue(&mut tx, &letter.written, &new, now).await? {
            db::handover::put_letter(&mut tx, row.id, i64::from(letter.n), id).await?;
        }
    }
    event(
        &mut tx,
        row.contest_id,
        "handover.packed",
        row.id,
        &letters.len().to_string(),
        now,
    )
    .await?;
    db::job::finish(&mut tx, job, now).await?;
    tx.commit().await?;
    ctx.wake.notify_waiters();
    tracing::info!(
        handover.id = row.id,
        letters = letters.len(),
        entries = signed.manifest.entries.len(),
        "package written"
    );
    Ok(())
}

/// The parts that no letter carries.
async fn missing_letters(ctx: &Ctx, row: &Handover, signed: &Signed) -> Result<Vec<u32>, Failure> {
    if row.state == HandoverState::Released {
        return Ok((1..=signed.manifest.parts).collect());
    }
    let mut tx = ctx.db.begin().await?;
    let parts = db::handover::parts(&mut tx, row.id).await?;
    Ok(parts
        .iter()
        .filter(|part| part.letter_id.is_none())
        .filter_map(|part| u32::try_from(part.n).ok())
        .collect())
}

async fn sign(ctx: &Ctx, contest: &Contest, row: &Handover) -> Result<Signed, Failure> {
    let (own, key) = installation::key(&ctx.db, &ctx.config.data)
        .await
        .map_err(Failure::GiveUp)?;
    let standing = &contest.standing;
    let unit = |id: i64| {
        standing
            .code(id)
            .map(str::to_owned)
            .ok_or_else(|| Failure::GiveUp(anyhow!("the plan names no unit {id}")))
    };
    let from = unit(row.from_unit_id)?;
    let round = match row.queue_id {
        Some(queue) => Some(db::judge::queue(&ctx.db, queue).await?.round),
        None => None,
    };
    let mut tx = ctx.db.begin().await?;
    let mut entries = Vec::new();
    let mut written_in_mails = Vec::new();
    for content in db::handover::contents(&mut tx, row.id).await? {
        let Some(entry) = content.entry_id else {
            continue;
        };
        let (line, essay) = line(&mut tx, contest, row, &own.uid, entry).await?;
        entries.push(line);
        written_in_mails.extend(essay);
    }
    drop(tx);
    ctx.blobs.put_many(written_in_mails).await?;
    entries.sort_by(|a: &Line, b: &Line| {
        (a.place, a.received_at, &a.code).cmp(&(b.place, b.received_at, &b.code))
    });
    let mut manifest = Manifest {
        format: FORMAT,
        package: row.package.clone(),
        contest: standing.plan.slug.clone(),
        installation: Identity {
            uid: own.uid,
            public_key: key.public(),
        },
        from,
        to: unit(row.to_unit_id)?,
        round,
        made_at: row.made_at,
        parts: 1,
        entries,
    };
    let spell = |manifest: &Manifest| {
        manifest
            .text()
            .map_err(|error| Failure::GiveUp(error.into()))
    };
    // The manifest shrinks to a fraction in the archive; a quarter is on the safe side.
    let share = spell(&manifest)?.len() as u64 / 4;
    let sizes: Vec<u64> = manifest
        .entries
        .iter()
        .map(|line| line.files.iter().map(|file| file.size).sum())
        .collect();
    let places = handover::parts::split(&sizes, ctx.config.outbox.part_bytes(), share);
    manifest.parts = places.last().copied().unwrap_or(1);
    for (line, part) in manifest.entries.iter_mut().zip(places) {
        line.part = part;
    }
    let text = spell(&manifest)?;
    // What cannot be read back would be refused by everybody.
    Manifest::read(&text).map_err(|fault| Failure::GiveUp(anyhow!("manifest: {fault:?}")))?;
    Ok(Signed {
        signature: key.sign(&text),
        manifest,
        text,
    })
}

/// An entry as the manifest says it, and its text when that stands in the mail itself: it travels as a file.
async fn line(
    tx: &mut Tx,
    contest: &Contest,
    row: &Handover,
    own: &str,
    id: i64,
) -> Result<(Line, Option<Vec<u8>>), Failure> {
    let entry = db::entry::get_in(tx, id).await?;
    let source = db::handover::source(tx, row.queue_id, id).await?;
    let (slip, email) = db::desk::slip(tx, source.version)
        .await?
        .unwrap_or_default();
    let essay = source.body.map(String::into_bytes);
    let mut files = Vec::new();
    let mut places = HashMap::new();
    if let Some(essay) = &essay {
        files.push(File {
            name: words::handover::ESSAY_FILE.to_owned(),
            role: FileRole::Main,
            kind: "text".to_owned(),
            pages: None,
            size: essay.len() as u64,
            sha256: hex(&Sha256::digest(essay)),
        });
    }
    for file in db::entry::files_in(tx, source.version).await? {
        places.insert(file.id, files.len());
        files.push(File {
            name: file.name,
            role: file.role,
            kind: file.kind,
            pages: file.pages,
            size: u64::try_from(file.size).unwrap_or_default(),
            sha256: file.blob,
        });
    }
    let findings = db::entry::findings_in(tx, source.version)
        .await?
        .into_iter()
        .map(|(file, finding)| Remark {
            file: file.and_then(|file| places.get(&file).copied()),
            code: finding.code,
            detail: finding.detail,
        })
        .collect();
    let answers: BTreeMap<u16, char> =
        serde_json::from_str(&source.answers).map_err(db::Error::from)?;
    let line = Line {
        origin: source.installation.unwrap_or_else(|| own.to_owned()),
        code: entry.receipt_code,
        received_at: entry.received_at,
        timeliness: entry.timeliness,
        unit: entry
            .origin_unit_id
            .and_then(|unit| contest.standing.code(unit))
            .map(str::to_owned),
        slip,
        email,
        answers,
        findings,
        place: source.place,
        part: 1,
        files,
    };
    Ok((line, essay))
}

/// The letter of one part, on disk.
struct Letter {
    n: u32,
    key: String,
    from: String,
    to: String,
    subject: String,
    written: post::Written,
}

async fn write(
    ctx: &Ctx,
    contest: &Contest,
    row: &Handover,
    signed: &Signed,
    n: u32,
    try_of: i64,
    now: i64,
) -> Result<Letter, Failure> {
    let manifest = &signed.manifest;
    let plan = &contest.standing.plan;
    let mailbox = |unit: &str| {
        plan.mailbox(unit)
            .map(str::to_owned)
            .ok_or_else(|| Failure::GiveUp(anyhow!("unit {unit} has no mailbox in the plan")))
    };
    let (from, to) = (mailbox(&manifest.from)?, mailbox(&manifest.to)?);
    let known = handover::pack::files_of(manifest, n);
    let mut files = Vec::with_capacity(known.len());
    for file in &known {
        files.push((file.sha256.as_str(), ctx.blobs.get(&file.sha256).await?));
    }
    let archive = handover::pack::zip(&signed.text, &signed.signature, &files)
        .map_err(|error| Failure::GiveUp(error.into()))?;
    let name = handover::pack::name(&manifest.from, n, manifest.parts);
    let unit = |code: &str| {
        plan.unit(code)
            .map_or(code.to_owned(), |unit| unit.name.clone())
    };
    let round = manifest
        .round
        .as_ref()
        .and_then(|code| plan.rounds.iter().find(|round| round.code == *code))
        .map(|round| round.name.as_str());
    let size: u64 = known.iter().map(|file| file.size).sum();
    let says = letter::handover::Package {
        contest: plan.title.clone(),
        from: unit(&manifest.from),
        to: unit(&manifest.to),
        what: words::handover::what(round),
        part: n,
        parts: manifest.parts,
        here: manifest.of_part(n).count(),
        entries: manifest.entries.len(),
        files: words::handover::files(known.len(), size),
        archive: name.clone(),
        made: words::time::instant(manifest.made_at, &contest.zone),
        phone: plan.phone(&manifest.from).map(str::to_owned),
    };
    let text = says.text().map_err(|error| Failure::GiveUp(error.into()))?;
    let subject = words::handover::subject(&says.from, n, manifest.parts);
    let key = format!("handover/{}/{n}/{try_of}", row.package);
    let head = format!("{} {n}/{}", row.package, manifest.parts);
    let written = post::write(
        ctx,
        &Draft {
            from_name: &says.from,
            from: &from,
            to: &to,
            subject: &subject,
            key: &key,
            at: now,
            in_reply_to: None,
            references: &[],
            author: Author::Machine,
            text: &text,
            html: &letter::alarm::text_as_html(&text),
            attachments: &[Attachment {
                name: &name,
                media_type: "application/zip",
                bytes: &archive,
            }],
            headers: &[(handover::PACKAGE_HEADER, &head)],
        },
    )
    .await?;
    Ok(Letter {
        n,
        key,
        from,
        to,
        subject,
        written,
    })
}
