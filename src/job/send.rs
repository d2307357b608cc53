//! Sends a letter: `sending` is on disk before the wire is touched, and what the server said is on disk after.

use std::collections::HashMap;

use anyhow::anyhow;
use tokio::sync::Mutex;

use super::Ctx;
use super::Failure;
use super::event;
use crate::clock;
use crate::config;
use crate::config::Config;
use crate::config::RelaySettings;
use crate::crash;
use crate::db;
use crate::db::job::Job;
use crate::db::letter::Letter;
use crate::db::letter::LetterKind;
use crate::db::matter::NewMatter;
use crate::db::matter::Subject;
use crate::entry::LetterState;
use crate::entry::MatterKind;
use crate::mailbox::Secret;
use crate::outbox::Limits;
use crate::outbox::Outcome;
use crate::outbox::Relay;
use crate::outbox::Session;

/// A day, the span of a relay's budget.
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// A letter that no server took for so long is a person's matter; it is tried on all the same.
const TELL_MS: i64 = 30 * 60 * 1_000;
/// A letter that no server took for so long fails (as mail servers do it).
const LONGEST_MS: i64 = 3 * DAY_MS;

/// Open connections by relay, so that hundreds of receipts go without hundreds of logins.
#[derive(Default)]
pub struct Relays(Mutex<HashMap<String, Vec<Session>>>);

/// Sends the letter of a job.
pub async fn run(ctx: &Ctx, job: &Job) -> Result<(), Failure> {
    let letter = db::letter::get(&ctx.db, job.job_key).await?;
    let now = clock::now();
    match letter.state {
        LetterState::Queued => {}
        // We died between `sending` and its end. The same Message-ID once more harms less than a receipt that
        // never came; the recipient's mail program shows one letter.
        LetterState::Sending => {}
        LetterState::Sent
        | LetterState::Unknown
        | LetterState::Failed
        | LetterState::Suppressed => {
            let mut tx = ctx.db.begin().await?;
            db::job::finish(&mut tx, job, now).await?;
            return Ok(tx.commit().await?);
        }
    }
    if letter.not_before > now {
        return Err(Failure::NotYet(letter.not_before));
    }
    let relay = choose(ctx, &letter, now).await?;
    if letter.state == LetterState::Queued {
        let mut tx = ctx.db.begin().await?;
        db::letter::advance(
            &mut tx,
            letter.id,
            LetterState::Queued,
            LetterState::Sending,
            None,
            now,
        )
        .await?;
        tx.commit().await?;
    }
    crash::point("letter_marked");
    let outcome = hand_over(ctx, relay, &letter).await?;
    crash::point("letter_accepted");
    note(ctx, job, &letter, &relay.name, outcome).await?;
    crash::point("letter_noted");
    Ok(())
}

/// The first relay for this sender that has budget left.
async fn choose<'a>(
    ctx: &'a Ctx,
    letter: &'a Letter,
    now: i64,
) -> Result<&'a RelaySettings, Failure> {
    let mut any = false;
    for relay in ctx.config.relays_for(&letter.sender) {
        any = true;
        let Some(per_day) = relay.per_day else {
            return Ok(relay);
        };
        let sent = db::letter::sent_since(&ctx.db, &relay.name, now - DAY_MS).await?;
        // These may use the last tenth.
        let usable = match letter.kind {
            // Also what a unit hands over: it is little, and it has a deadline (R001-25).
            LetterKind::Login
            | LetterKind::Alarm
            | LetterKind::Handover
            | LetterKind::Acknowledge
            | LetterKind::Papers => per_day,
            LetterKind::Receipt | LetterKind::Reply | LetterKind::Deadline => {
                per_day - per_day / 10
            }
        };
        if sent < usable {
            return Ok(relay);
        }
    }
    if any {
        return Err(Failure::NotYet(now + 15 * 60 * 1_000));
    }
    Err(Failure::GiveUp(anyhow!(
        "no relay in the settings takes letters of this sender"
    )))
}

/// Speaks to the server, over the connection that is open already if there is one.
async fn hand_over(
    ctx: &Ctx,
    settings: &RelaySettings,
    letter: &Letter,
) -> Result<Outcome, Failure> {
    let envelope_from = (!letter.null_path).then_some(letter.sender.as_str());
    let kept = ctx
        .relays
        .0
        .lock()
        .await
        .get_mut(&settings.name)
        .and_then(Vec::pop);
    let mut session = match kept {
        Some(session) if session.usable() => session,
        Some(_) | None => {
            let relay =
                relay(&ctx.config, settings).map_err(|error| Failure::Again(error.into()))?;
            match Session::open(&relay, &Limits::default()).await {
                Ok(session) => session,
                Err(error) => return Ok(error.into()),
            }
        }
    };
    let outcome = match &letter.mime_blob {
        Some(blob) => {
            let size = ctx.blobs.verify(blob).await?.size;
            let mut mime = ctx.blobs.open(blob).await?;
            session
                .send_from(envelope_from, &letter.recipient, size, &mut mime)
                .await
        }
        None => {
            session
                .send(envelope_from, &letter.recipient, letter.mime.as_bytes())
                .await
        }
    };
    if session.usable() {
        ctx.relays
            .0
            .lock()
            .await
            .entry(settings.name.clone())
            .or_default()
            .push(session);
    }
    Ok(outcome)
}

/// A relay as the settings describe it, with its password.
pub fn relay(config: &Config, settings: &RelaySettings) -> Result<Relay, config::BadConfig> {
    let user = settings.user.clone();
    let password = config::password(
        settings.password_file.as_deref(),
        settings.password_env.as_deref(),
        user.as_deref().unwrap_or_default(),
    )?;
    Ok(Relay {
        name: settings.name.clone(),
        host: settings.host.clone(),
        port: settings.port,
        security: settings.security,
        user,
        password: password.map(Secret::new),
        ca_file: settings.ca_file.clone(),
        hello_name: own_name(&config.web.public_url),
    })
}

/// How we name ourselves to a relay: the host people reach us under, as RFC 5321 §4.1.4 asks.
fn own_name(public_url: &str) -> String {
    let host = public_url.split("://").nth(1).unwrap_or(public_url);
    let host = host.split(['/', ':']).next().unwrap_or_default();
    if host.is_empty() {
        "localhost".to_owned()
    } else {
        host.to_owned()
    }
}

/// Writes down what came of it, and what follows.
async fn note(
    ctx: &Ctx,
    job: &Job,
    letter: &Letter,
    relay: &str,
    outcome: Outcome,
) -> Result<(), Failure> {
    let now = clock::now();
    let (word, answer) = match &outcome {
        Outcome::Sent { answer } => ("sent", answer),
        Outcome::Again { answer, .. } => ("again", answer),
        Outcome::Refused { answer, .. } => ("refused", answer),
        Outcome::Unknown { answer } => ("unknown", answer),
    };
    let mut tx = ctx.db.begin().await?;
    db::letter::attempted(&mut tx, letter.id, relay, word, answer, now).await?;
    let moved = |to: LetterState| (LetterState::Sending, to);
    match outcome {
        Outcome::Sent { .. } => {
            let (from, to) = moved(LetterState::Sent);
            db::letter::advance(&mut tx, letter.id, from, to, None, now).await?;
            event(
                &mut tx,
                letter.contest_id,
                "letter.sent",
                letter.id,
                "",
                now,
            )
            .await?;
            db::matter::recovered(&mut tx, MatterKind::Letter, Subject::Letter, letter.id, now)
                .await?;
            db::job::finish(&mut tx, job, now).await?;
        }
        Outcome::Again { .. } if now - letter.queued_at < LONGEST_MS => {
            let (from, to) = moved(LetterState::Queued);
            db::letter::advance(&mut tx, letter.id, from, to, None, now).await?;
            db::job::postpone(
                &mut tx,
                job,
                now + pause(job.attempts),
                "the server asked to wait",
            )
            .await?;
            if now - letter.queued_at >= TELL_MS {
                tell(&mut tx, letter, now).await?;
            }
        }
        Outcome::Unknown { .. } if harmless_twice(letter.kind) && job.attempts < 3 => {
            // See `Sending` above: it is sent once more under the same Message-ID.
            let (from, to) = moved(LetterState::Queued);
            db::letter::advance(&mut tx, letter.id, from, to, None, now).await?;
            db::job::postpone(
                &mut tx,
                job,
                now + pause(job.attempts),
                "no answer after the final dot",
            )
            .await?;
        }
        Outcome::Unknown { .. } => {
            let (from, to) = moved(LetterState::Unknown);
            end(
                &mut tx,
                job,
                letter,
                from,
                to,
                "no answer after the final dot",
                now,
            )
            .await?;
        }
        Outcome::Again { answer, .. } | Outcome::Refused { answer, .. } => {
            let (from, to) = moved(LetterState::Failed);
            end(&mut tx, job, letter, from, to, &answer, now).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// A receipt that comes twice is one letter in the recipient's mail program; a package that does is taken in once.
pub fn harmless_twice(kind: LetterKind) -> bool {
    match kind {
        LetterKind::Receipt
        | LetterKind::Handover
        | LetterKind::Acknowledge
        | LetterKind::Papers
        | LetterKind::Deadline => true,
        LetterKind::Login | LetterKind::Alarm | LetterKind::Reply => false,
    }
}

/// Tells the unit, once and not for each letter, that its letters wait for a relay that does not take them.
async fn tell(tx: &mut db::Tx, letter: &Letter, now: i64) -> Result<(), Failure> {
    if db::matter::is_open(tx, MatterKind::Letter, letter.unit_id).await? {
        return Ok(());
    }
    Ok(open_matter(tx, letter, LetterState::Queued, now).await?)
}

/// A matter about a letter that stands so.
pub async fn open_matter(
    tx: &mut db::Tx,
    letter: &Letter,
    state: LetterState,
    now: i64,
) -> db::Result<()> {
    let detail = serde_json::json!({ "state": state });
    let matter = NewMatter {
        contest: letter.contest_id,
        unit: letter.unit_id,
        kind: MatterKind::Letter,
        subject: Subject::Letter,
        subject_id: letter.id,
        detail: &detail,
    };
    db::matter::open(tx, &matter, now).await?;
    Ok(())
}

/// A letter that a person must look at.
async fn end(
    tx: &mut db::Tx,
    job: &Job,
    letter: &Letter,
    from: LetterState,
    to: LetterState,
    reason: &str,
    now: i64,
) -> Result<(), Failure> {
    db::letter::advance(tx, letter.id, from, to, Some(reason), now).await?;
    open_matter(tx, letter, to, now).await?;
    event(tx, letter.contest_id, "letter.failed", letter.id, "", now).await?;
    Ok(db::job::finish(tx, job, now).await?)
}

/// 1, 5, 15, 60 minutes, then every hour; the first pause is short, for a server that only hiccups.
fn pause(attempts: i64) -> i64 {
    let minutes = match attempts {
        ..=1 => return 5_000,
        2 => 1,
        3 => 5,
        4 => 15,
        _ => 60,
    };
    minutes * 60_000
}
