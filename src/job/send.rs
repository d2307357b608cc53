//! Sends a letter: `sending` is on disk before the wire is touched, and what the server said is on disk after.

use std::time::Duration;

use tokio::time::timeout;

use super::Ctx;
use super::Failure;
use super::budget;
use super::budget::Choice;
use super::event;
use super::pause;
use super::reconcile;
use super::relays::Fault;
use super::relays::Way;
use super::watch::SLACK_MS;
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
use crate::outbox;
use crate::outbox::Limits;
use crate::outbox::Login;
use crate::outbox::Outcome;
use crate::outbox::Relay;
use crate::outbox::Session;
use crate::outbox::Whose;

/// A letter that no server took for so long is a person's matter; it is tried on all the same.
const TELL_MS: i64 = 30 * 60 * 1_000;
/// A letter that servers deferred for so long fails (as mail servers do it), if it was tried so often: a clock that
/// jumped ahead shall not end it. One whose relay cannot be reached waits on.
const LONGEST_MS: i64 = 3 * budget::DAY_MS;
const TRIES: i64 = 24;
/// A letter whose relay is in trouble waits at most so long (ms) if nobody says before that the relay is well.
const AWAY_MS: i64 = 60 * 60 * 1_000;
/// A connection that rested longer shows that it still lives before a letter is said, within so long.
const FRESH: Duration = Duration::from_secs(1);
const LIVES: Duration = Duration::from_secs(5);
/// What is said of a try that ended on our side.
const NOT_HANDED: &str = "the letter was not handed to the relay";
/// How often a letter may be said to its end without an answer.
const UNHEARD: i64 = 3;

/// Sends the letter of a job.
pub async fn run(ctx: &Ctx, job: &Job) -> Result<(), Failure> {
    let letter = db::letter::get(&ctx.db, job.job_key).await?;
    let now = clock::now();
    match letter.state {
        LetterState::Queued => {}
        // We died between `sending` and its end. Where a trace can be found it is looked for; else the same
        // Message-ID once more harms less than a receipt that never came: the recipient's mail program shows one.
        LetterState::Sending => {
            if reconcile::taken_up(ctx, &letter).await? {
                return reconcile::run(ctx, job, &letter).await;
            }
        }
        LetterState::Unknown => return reconcile::run(ctx, job, &letter).await,
        LetterState::Sent | LetterState::Failed | LetterState::Suppressed => {
            let mut tx = ctx.db.begin().await?;
            db::job::finish(&mut tx, job, now).await?;
            return Ok(tx.commit().await?);
        }
    }
    // Unless it was queued by a clock that has gone back since: then its hold is over at once.
    if letter.not_before > now && letter.queued_at <= now + SLACK_MS {
        return Err(Failure::NotYet(letter.not_before));
    }
    let settings = carrier(ctx, &letter, now).await?;
    let way = ctx.relays.way(&settings.name);
    if way == Way::Shut {
        return wait(ctx, job, &letter, &settings.name).await;
    }
    let Some(mut session) = line(ctx, settings).await? else {
        return wait(ctx, job, &letter, &settings.name).await;
    };
    let Some(attempt) = begin(ctx, &letter, settings).await? else {
        // Others used the budget up while the line was opened.
        ctx.relays.keep(&settings.name, session).await;
        return Err(Failure::NotYet(now));
    };
    crash::point("letter_marked");
    session.copy_to(reconcile::copy_to(&ctx.config, settings, &letter));
    let said = hand_over(ctx, &settings.name, session, &letter, patience(job, way)).await;
    let outcome = match said {
        Ok(outcome) => budget::or_later(outcome),
        Err(failure) => {
            release(ctx, &letter, attempt).await?;
            return Err(failure);
        }
    };
    crash::point("letter_accepted");
    heard(ctx, &settings.name, &outcome);
    let tried = Tried {
        relay: &settings.name,
        attempt,
        way,
    };
    note(ctx, job, &letter, &tried, outcome).await?;
    crash::point("letter_noted");
    Ok(())
}

/// The relay whose budget lets the letter go, for now; a letter that waits says so.
async fn carrier<'a>(
    ctx: &'a Ctx,
    letter: &Letter,
    now: i64,
) -> Result<&'a RelaySettings, Failure> {
    let mut tx = ctx.db.begin().await?;
    match budget::choose(ctx, &mut tx, letter, None, now).await? {
        Choice::Relay(relay) => Ok(relay),
        Choice::Wait(until) => {
            db::letter::waits(&mut tx, letter.id, budget::USED_UP).await?;
            tx.commit().await?;
            Err(Failure::NotYet(until))
        }
    }
}

/// Begins the try in the transaction that asks the budget once more: from now on the letter counts. `None` when its
/// relay is another one by now.
async fn begin(
    ctx: &Ctx,
    letter: &Letter,
    settings: &RelaySettings,
) -> Result<Option<i64>, Failure> {
    let now = clock::now();
    let mut tx = ctx.db.begin().await?;
    let tried = Some(settings.name.as_str());
    match budget::choose(ctx, &mut tx, letter, tried, now).await? {
        Choice::Relay(relay) if relay.name == settings.name => {}
        Choice::Relay(_) | Choice::Wait(_) => return Ok(None),
    }
    db::attempt::abandon(&mut tx, letter.id, reconcile::ENDED).await?;
    if letter.state == LetterState::Queued {
        let (from, to) = (LetterState::Queued, LetterState::Sending);
        db::letter::advance(&mut tx, letter.id, from, to, None, now).await?;
    }
    let attempt = db::attempt::begin(&mut tx, letter.id, &settings.name, now).await?;
    tx.commit().await?;
    Ok(Some(attempt))
}

/// The letter never came near the relay: our own settings or disk are to blame.
async fn release(ctx: &Ctx, letter: &Letter, attempt: i64) -> Result<(), Failure> {
    let now = clock::now();
    let mut tx = ctx.db.begin().await?;
    db::attempt::end(&mut tx, attempt, "again", NOT_HANDED, now).await?;
    let (from, to) = (LetterState::Sending, LetterState::Queued);
    db::letter::advance(&mut tx, letter.id, from, to, None, now).await?;
    Ok(tx.commit().await?)
}

/// A try, where it went and how the way there stood.
struct Tried<'a> {
    relay: &'a str,
    attempt: i64,
    way: Way,
}

/// Puts a letter aside until its relay answers again. It keeps its state, and no attempt is counted.
async fn wait(ctx: &Ctx, job: &Job, letter: &Letter, relay: &str) -> Result<(), Failure> {
    let now = clock::now();
    let mut tx = ctx.db.begin_repeatable().await?;
    db::job::wait_for(&mut tx, job, relay, now + away(ctx)).await?;
    tell(&mut tx, letter, now).await?;
    Ok(tx.commit().await?)
}

/// How long (ms) a letter waits for its relay before it looks for another way.
fn away(ctx: &Ctx) -> i64 {
    let over = ctx.config.outbox.overflow_seconds.saturating_mul(1_000);
    AWAY_MS.min(over.max(1_000))
}

/// How long the answer to the final dot is waited for: longer when an earlier one never came, because a letter that is said
/// again may be one too many; not while the relay is in trouble anyway.
fn patience(job: &Job, way: Way) -> Duration {
    let short = Limits::default().after_dot;
    match (way, job.attempts) {
        (Way::Try | Way::Shut, _) | (Way::Clear, ..=1) => short,
        (Way::Clear, 2) => short * 4,
        (Way::Clear, _) => short * 12,
    }
}

/// What the outcome tells of the relay.
fn heard(ctx: &Ctx, relay: &str, outcome: &Outcome) {
    match outcome {
        Outcome::Sent { .. }
        | Outcome::Refused { .. }
        | Outcome::Again {
            whose: Whose::Letter,
            ..
        } => ctx.relays.answered(relay),
        Outcome::Again {
            whose: Whose::Relay,
            ..
        }
        | Outcome::Unknown { .. } => ctx.relays.failed(relay, Fault::Line),
    }
}

/// The connection that is open already, if it still lives, or a new one. `None` when the relay does not let us in; that is
/// noted.
async fn line(ctx: &Ctx, settings: &RelaySettings) -> Result<Option<Session>, Failure> {
    if let Some(mut session) = ctx.relays.take(&settings.name).await {
        let lives =
            session.rested() < FRESH || matches!(timeout(LIVES, session.check()).await, Ok(Ok(())));
        if lives {
            return Ok(Some(session));
        }
    }
    let relay = relay(&ctx.config, settings).map_err(|error| Failure::Again(error.into()))?;
    match Session::open(&relay, &Limits::default()).await {
        Ok(session) => Ok(Some(session)),
        Err(error) => {
            tracing::warn!(relay = settings.name, "no way to the relay: {error}");
            let fault = match error {
                outbox::Error::Auth(_) | outbox::Error::Login(_) => Fault::Login,
                outbox::Error::Again { .. } | outbox::Error::GiveUp(_) => Fault::Line,
            };
            ctx.relays.failed(&settings.name, fault);
            Ok(None)
        }
    }
}

/// Says the letter, and keeps the connection for the next one.
async fn hand_over(
    ctx: &Ctx,
    relay: &str,
    mut session: Session,
    letter: &Letter,
    patience: Duration,
) -> Result<Outcome, Failure> {
    let outcome = say(ctx, &mut session, letter, patience).await?;
    // Not one over which the relay said that it is not well: a new one shows when it is.
    let unwell = matches!(
        outcome,
        Outcome::Again {
            whose: Whose::Relay,
            ..
        }
    );
    if session.usable() && !unwell {
        ctx.relays.keep(relay, session).await;
    }
    Ok(outcome)
}

async fn say(
    ctx: &Ctx,
    session: &mut Session,
    letter: &Letter,
    patience: Duration,
) -> Result<Outcome, Failure> {
    let envelope_from = (!letter.null_path).then_some(letter.sender.as_str());
    session.wait_after_dot(patience);
    Ok(match &letter.mime_blob {
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
    })
}

/// A relay as the settings describe it, with how to log in.
pub fn relay(config: &Config, settings: &RelaySettings) -> Result<Relay, config::BadConfig> {
    let login = match &settings.user {
        Some(user) => Some(Login {
            user: user.clone(),
            credential: config.relay_credential(settings, user)?,
        }),
        None => None,
    };
    Ok(Relay {
        name: settings.name.clone(),
        host: settings.host.clone(),
        port: settings.port,
        security: settings.security,
        login,
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
    tried: &Tried<'_>,
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
    db::attempt::end(&mut tx, tried.attempt, word, answer, now).await?;
    let moved = |to: LetterState| (LetterState::Sending, to);
    match outcome {
        Outcome::Sent { .. } => {
            arrived(&mut tx, letter, LetterState::Sending, now).await?;
            db::job::finish(&mut tx, job, now).await?;
        }
        // It only showed that the relay is not well yet.
        Outcome::Again {
            whose: Whose::Relay,
            ..
        } if tried.way == Way::Try => {
            let (from, to) = moved(LetterState::Queued);
            db::letter::advance(&mut tx, letter.id, from, to, None, now).await?;
            db::job::wait_for(&mut tx, job, tried.relay, now + away(ctx)).await?;
            tell(&mut tx, letter, now).await?;
        }
        Outcome::Again { whose, .. }
            if now - letter.queued_at < LONGEST_MS || job.attempts < TRIES =>
        {
            let (from, to) = moved(LetterState::Queued);
            db::letter::advance(&mut tx, letter.id, from, to, None, now).await?;
            let (pause, why) = match whose {
                Whose::Relay => (
                    pause::of_a_broken_letter(job.attempts),
                    "the line to the server broke",
                ),
                Whose::Letter => (
                    pause::of_a_deferred_letter(job.attempts),
                    "the server asked to wait",
                ),
            };
            db::job::postpone(&mut tx, job, now + pause, why).await?;
            tell(&mut tx, letter, now).await?;
        }
        Outcome::Unknown { .. } if reconcile::possible(&ctx.config, tried.relay, letter) => {
            let (from, to) = moved(LetterState::Unknown);
            let reason = Some(reconcile::LOOKED_FOR);
            db::letter::advance(&mut tx, letter.id, from, to, reason, now).await?;
            db::job::give_back(&mut tx, job, now + reconcile::FIRST_LOOK_MS).await?;
        }
        Outcome::Unknown { .. } if harmless_twice(letter.kind) && job.attempts < UNHEARD => {
            // See `Sending` above: it is sent once more under the same Message-ID.
            let (from, to) = moved(LetterState::Queued);
            db::letter::advance(&mut tx, letter.id, from, to, None, now).await?;
            db::job::postpone(
                &mut tx,
                job,
                now + pause::of_a_broken_letter(job.attempts),
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

/// The relay has the letter: what follows, whoever found it out.
pub async fn arrived(
    tx: &mut db::Tx,
    letter: &Letter,
    from: LetterState,
    now: i64,
) -> db::Result<()> {
    db::letter::advance(tx, letter.id, from, LetterState::Sent, None, now).await?;
    event(tx, letter.contest_id, "letter.sent", letter.id, "", now).await?;
    db::matter::recovered(tx, MatterKind::Letter, Subject::Letter, letter.id, now).await?;
    Ok(())
}

/// A receipt that comes twice is one letter in the recipient's mail program; a package that does is taken in once.
pub fn harmless_twice(kind: LetterKind) -> bool {
    match kind {
        LetterKind::Receipt
        | LetterKind::Handover
        | LetterKind::Acknowledge
        | LetterKind::Papers
        | LetterKind::Deadline
        | LetterKind::Mailing => true,
        LetterKind::Login | LetterKind::Alarm | LetterKind::Reply => false,
    }
}

/// Tells the unit, once and not for each letter, that its letters wait for a relay that has not taken them for long.
async fn tell(tx: &mut db::Tx, letter: &Letter, now: i64) -> Result<(), Failure> {
    let long = now - letter.queued_at >= TELL_MS;
    if !long || db::matter::is_open(tx, MatterKind::Letter, letter.unit_id).await? {
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
pub async fn end(
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
