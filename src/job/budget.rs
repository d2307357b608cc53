//! Which relay carries a letter: the first one for its sender that may still send so many in 24 hours. Nothing is
//! counted in memory, so several workers keep one budget, and a restart forgets nothing.
//!
//! Of a budget a twentieth is kept for alarms and login letters, a fifth for these and for what units hand over, which
//! is little and has a deadline (R001-25). Letters to many people take half of a day at most, so that receipts find room. Alarms and login letters go even when nothing is left: without them nobody
//! could mend it, and the relay's own count decides.

use std::time::Duration;

use anyhow::anyhow;

use super::Ctx;
use super::Failure;
use super::alarm;
use crate::config::RelaySettings;
use crate::db;
use crate::db::Tx;
use crate::db::letter::Letter;
use crate::db::letter::LetterKind;
use crate::db::relay::Told;
use crate::letter::alarm::Budget;
use crate::outbox::Outcome;
use crate::outbox::Whose;
use crate::words;

/// The span of a budget, ms.
pub const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// Why a letter waits.
pub const USED_UP: &str = "the budget of every relay is used up";

/// Letters that wait look again at the same moments, ms, so that the more urgent ones are taken first.
const STEP_MS: i64 = 5 * 60 * 1_000;
/// The longest wait before another look, ms: somebody may have added a relay.
const LONGEST_MS: i64 = 15 * 60 * 1_000;

/// What the budgets say to a letter.
pub enum Choice<'a> {
    Relay(&'a RelaySettings),
    /// Until then, ms UTC.
    Wait(i64),
}

/// Chooses a relay. The caller begins the try in the same transaction, which makes it count. `tried`: the relay to which
/// a line stands already, so that it is not away, whatever it was.
pub async fn choose<'a>(
    ctx: &'a Ctx,
    tx: &mut Tx,
    letter: &Letter,
    tried: Option<&str>,
    now: i64,
) -> Result<Choice<'a>, Failure> {
    let mut first = None;
    let mut away = None;
    let mut free_at = i64::MAX;
    let mut relays = ctx.config.relays_for(&letter.sender).peekable();
    while let Some(relay) = relays.next() {
        let stands = tried == Some(relay.name.as_str());
        let last = relays.peek().is_none();
        if !stands && !last && goes_over(ctx, tx, letter, &relay.name).await? {
            away.get_or_insert(relay);
            continue;
        }
        let Some(per_day) = relay.letters_a_day() else {
            return Ok(Choice::Relay(relay));
        };
        first.get_or_insert(relay);
        let told = db::relay::hold(tx, &relay.name).await?;
        let used = db::attempt::used(tx, &relay.name, now - DAY_MS).await?;
        let share = share(letter.kind, per_day);
        if used < share {
            let spent = Spent {
                relay: &relay.name,
                per_day,
                used: used + 1,
            };
            tell(ctx, tx, letter, &spent, told, now).await?;
            return Ok(Choice::Relay(relay));
        }
        let oldest = db::attempt::in_the_way(tx, &relay.name, now - DAY_MS, share).await?;
        free_at = free_at.min(oldest.map_or(i64::MAX, |at| at + DAY_MS));
    }
    // Where no other has room, the letter waits for its own.
    if let Some(away) = away {
        return Ok(Choice::Relay(away));
    }
    let Some(first) = first else {
        return Err(Failure::GiveUp(anyhow!(
            "no relay in the settings takes letters of this sender"
        )));
    };
    if matches!(letter.kind, LetterKind::Login | LetterKind::Alarm) {
        return Ok(Choice::Relay(first));
    }
    Ok(Choice::Wait(next_look(free_at, now)))
}

/// Whether a letter goes over to the next relay: this one has been away for long, and has certainly not taken it.
async fn goes_over(ctx: &Ctx, tx: &mut Tx, letter: &Letter, relay: &str) -> Result<bool, Failure> {
    let long = Duration::from_secs(u64::try_from(ctx.config.outbox.overflow_seconds).unwrap_or(0));
    Ok(ctx.relays.is_away(relay, long) && !db::attempt::may_have_left(tx, letter.id).await?)
}

/// How many letters of a day those of this kind may make it.
fn share(kind: LetterKind, per_day: i64) -> i64 {
    match kind {
        LetterKind::Login | LetterKind::Alarm => per_day,
        LetterKind::Handover | LetterKind::Acknowledge | LetterKind::Papers => {
            per_day - per_day / 20
        }
        LetterKind::Receipt | LetterKind::Reply | LetterKind::Deadline => ordinary(per_day),
        LetterKind::Mailing => per_day / 2,
    }
}

/// How many receipts a relay may send in 24 hours.
pub fn ordinary(per_day: i64) -> i64 {
    per_day - per_day / 5
}

/// The next common moment at or after which there may be room.
fn next_look(free_at: i64, now: i64) -> i64 {
    let at = free_at.clamp(now, now + LONGEST_MS - STEP_MS);
    (at / STEP_MS + 1) * STEP_MS
}

/// What a relay has sent, with the letter at hand.
struct Spent<'a> {
    relay: &'a str,
    per_day: i64,
    used: i64,
}

/// Tells the administrator at half of a budget and when receipts begin to wait, each once in 24 hours.
async fn tell(
    ctx: &Ctx,
    tx: &mut Tx,
    letter: &Letter,
    spent: &Spent<'_>,
    told: Told,
    now: i64,
) -> Result<(), Failure> {
    let due = |at: Option<i64>| at.is_none_or(|at| at <= now - DAY_MS);
    let used_up = spent.used >= ordinary(spent.per_day) && due(told.used_up_at);
    let halfway = spent.used * 2 >= spent.per_day && due(told.halfway_at);
    if !used_up && !halfway {
        return Ok(());
    }
    let contest = ctx.contest(letter.contest_id).await?;
    let text = Budget {
        relay: spent.relay.to_owned(),
        used: words::time::number(spent.used),
        limit: words::time::number(spent.per_day),
        what_to_do: words::budget::what_to_do(used_up).to_owned(),
        address_of_desk: ctx.config.web.public_url.clone(),
    };
    let text = text.text().map_err(|error| Failure::GiveUp(error.into()))?;
    let alert = alarm::Alert {
        contest: letter.contest_id,
        unit: contest.standing.top().unwrap_or(letter.unit_id),
        subject: &words::budget::subject(spent.relay, used_up),
        key: &format!("budget/{}/{used_up}/{now}", spent.relay),
        text: &text,
    };
    alarm::post(ctx, tx, &alert, now).await?;
    let told = Told {
        halfway_at: Some(now),
        used_up_at: if used_up { Some(now) } else { told.used_up_at },
    };
    Ok(db::relay::tell(tx, spent.relay, told).await?)
}

/// A relay that says itself that its day is used up (Gmail: "550 5.4.5 Daily user sending limit exceeded") does not
/// refuse the letter: it is tried again later.
pub fn or_later(outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Refused { code, answer } if says_used_up(&answer) => Outcome::Again {
            code: Some(code),
            answer,
            whose: Whose::Letter,
        },
        other => other,
    }
}

fn says_used_up(answer: &str) -> bool {
    answer.contains(" 5.4.5 ") || answer.to_ascii_lowercase().contains("limit exceeded")
}

#[cfg(test)]
mod tests {
    use super::STEP_MS;
    use super::next_look;
    use super::or_later;
    use super::share;
    use crate::db::letter::LetterKind;
    use crate::outbox::Outcome;

    #[test]
    fn a_fifth_is_kept_for_handovers_and_a_twentieth_of_all_for_logins() {
        let check = |kind, per_day: i64, want: i64| assert_eq!(share(kind, per_day), want);
        check(LetterKind::Receipt, 500, 400);
        check(LetterKind::Deadline, 500, 400);
        check(LetterKind::Handover, 500, 475);
        check(LetterKind::Login, 500, 500);
        check(LetterKind::Receipt, 3, 3);
        check(LetterKind::Receipt, 0, 0);
        check(LetterKind::Mailing, 500, 250);
    }

    #[test]
    fn all_that_wait_look_again_at_the_same_moments_and_within_a_quarter_of_an_hour() {
        let noon = 1_800 * STEP_MS;
        let check = |free_at, now, want| assert_eq!(next_look(free_at, now), want);
        check(noon, noon, noon + STEP_MS);
        check(noon + 1, noon, noon + STEP_MS);
        check(noon + 2, noon - 1, noon + STEP_MS);
        check(noon - STEP_MS, noon + 1, noon + STEP_MS);
        check(i64::MAX, noon, noon + 3 * STEP_MS);
    }

    #[test]
    fn a_relay_whose_day_is_used_up_refuses_no_letter() {
        let check = |answer: &str, again: bool| {
            let answer = answer.to_owned();
            let outcome = or_later(Outcome::Refused { code: 550, answer });
            assert_eq!(matches!(outcome, Outcome::Again { .. }), again);
        };
        check("550 5.4.5 Daily user sending limit exceeded.", true);
        check("550 5.1.1 no such user", false);
    }
}
