//! Thư đi: what was sent to whom, what waits, what failed and why.

use askama::Template;
use axum::extract::Path;
use axum::extract::Query;
use axum::extract::State as Held;
use axum::response::Html;

use crate::clock;
use crate::db;
use crate::db::letter::LetterKind;
use crate::entry::LetterState;
use crate::job::budget;
use crate::letter::preview;
use crate::web::State;
use crate::web::error::Result;
use crate::web::page;
use crate::web::page::Asked;
use crate::web::page::Frame;
use crate::web::page::Pager;
use crate::web::session::Visitor;
use crate::words;
use crate::words::time;

#[derive(Template)]
#[template(path = "web/letters.html")]
struct List {
    frame: Frame,
    /// Word, name, how many, chosen.
    states: Vec<(&'static str, &'static str, String, bool)>,
    all: bool,
    gauges: Vec<Gauge>,
    lines: Vec<Line>,
    pager: Pager,
}

/// How much of its budget a relay has used.
struct Gauge {
    relay: String,
    said: String,
    /// Used and limit, of a relay whose limit is known.
    of: Option<(i64, i64)>,
    /// Receipts wait, or go by another relay.
    waits: bool,
}

struct Line {
    id: i64,
    kind: &'static str,
    recipient: String,
    subject: String,
    state: &'static str,
    class: &'static str,
    when: String,
    attempts: i64,
    reason: String,
    bounced: bool,
}

pub async fn list(
    Held(state): Held<State>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Html<String>> {
    let wanted = asked.get("trang-thai").and_then(|text| state_of(text));
    let counts = db::view::letters_by_state(&state.db, &visitor.scope).await?;
    let number = page::number(&asked);
    let (letters, total) = db::view::letters(&state.db, &visitor.scope, wanted, number).await?;
    let page = List {
        frame: Frame::new(&state, &visitor, words::desk::LETTERS, "thu-di", &asked).await?,
        states: counts
            .iter()
            .map(|(of, n)| {
                (
                    word(*of),
                    words::letter::state(*of),
                    time::number(*n),
                    wanted == Some(*of),
                )
            })
            .collect(),
        all: wanted.is_none(),
        gauges: gauges(&state).await?,
        pager: page::pager("/thu-di", &asked, number, letters.len(), total),
        lines: letters
            .iter()
            .map(|letter| Line {
                id: letter.id,
                kind: kind(letter.kind),
                recipient: letter.recipient.clone(),
                subject: letter.subject.clone(),
                state: words::letter::state(letter.state),
                class: class(letter.state),
                when: page::moment(&visitor, letter.sent_at.unwrap_or(letter.queued_at)),
                attempts: letter.attempts,
                reason: letter
                    .reason
                    .as_deref()
                    .map(words::letter::reason)
                    .unwrap_or_default(),
                bounced: letter.bounced_at.is_some(),
            })
            .collect(),
    };
    page::html(&page)
}

async fn gauges(state: &State) -> Result<Vec<Gauge>> {
    let mut gauges = Vec::new();
    for relay in &state.config.relay {
        let since = clock::now() - budget::DAY_MS;
        let used = db::attempt::used_now(&state.db, &relay.name, since).await?;
        gauges.push(Gauge {
            relay: relay.name.clone(),
            said: match relay.letters_a_day() {
                Some(limit) => words::budget::gauge(used, limit),
                None => words::budget::unlimited(used),
            },
            of: relay.letters_a_day().map(|limit| (used.min(limit), limit)),
            waits: relay
                .letters_a_day()
                .is_some_and(|limit| used >= budget::ordinary(limit)),
        });
    }
    Ok(gauges)
}

#[derive(Template)]
#[template(path = "web/letter.html")]
struct Page {
    frame: Frame,
    id: i64,
    kind: &'static str,
    recipient: String,
    sender: String,
    subject: String,
    state: &'static str,
    class: &'static str,
    queued: String,
    sent: String,
    reason: String,
    text: String,
    /// Names of the files that go with it.
    files: Vec<String>,
    /// When, where, how it went, what the server said.
    attempts: Vec<(String, String, &'static str, String)>,
    retry: bool,
    mail: Option<super::mail::Mail>,
}

pub async fn show(
    Held(state): Held<State>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>> {
    let letter = db::view::letter(&state.db, &visitor.scope, page::id(&id)?).await?;
    let attempts = db::view::attempts(&state.db, letter.id).await?;
    let mail = match letter.message_id {
        Some(message) => super::mail::load(&state, &visitor, message).await?,
        None => None,
    };
    let page = Page {
        frame: Frame::new(&state, &visitor, words::desk::LETTER, "thu-di", &asked).await?,
        id: letter.id,
        kind: kind(letter.kind),
        recipient: letter.recipient,
        sender: letter.sender,
        subject: letter.subject,
        state: words::letter::state(letter.state),
        class: class(letter.state),
        queued: page::moment(&visitor, letter.queued_at),
        sent: letter
            .sent_at
            .map(|at| page::moment(&visitor, at))
            .unwrap_or_default(),
        reason: letter
            .reason
            .as_deref()
            .map(words::letter::reason)
            .unwrap_or_default(),
        text: preview::text(&letter.mime),
        files: preview::files(&letter.mime),
        attempts: attempts
            .into_iter()
            .map(|attempt| {
                (
                    page::moment(&visitor, attempt.at),
                    attempt.relay,
                    words::letter::outcome(&attempt.outcome),
                    words::letter::reason(&attempt.answer),
                )
            })
            .collect(),
        retry: matches!(letter.state, LetterState::Failed | LetterState::Unknown),
        mail,
    };
    page::html(&page)
}

pub fn kind(kind: LetterKind) -> &'static str {
    match kind {
        LetterKind::Login => words::letter::LOGIN,
        LetterKind::Alarm => words::letter::ALARM,
        LetterKind::Receipt => words::letter::RECEIPT,
        LetterKind::Reply => words::letter::REPLY,
        LetterKind::Handover => words::letter::HANDOVER,
        LetterKind::Papers => words::letter::PAPERS,
        LetterKind::Deadline => words::letter::DEADLINE,
        LetterKind::Mailing => words::letter::MAILING,
        LetterKind::Acknowledge => words::letter::ACKNOWLEDGE,
    }
}

pub fn class(state: LetterState) -> &'static str {
    match state {
        LetterState::Sent => "ok",
        LetterState::Queued | LetterState::Sending => "warn",
        LetterState::Unknown | LetterState::Failed => "bad",
        LetterState::Suppressed => "plain",
    }
}

/// The word of a state in addresses.
pub fn word(state: LetterState) -> &'static str {
    match state {
        LetterState::Queued => "cho-gui",
        LetterState::Sending => "dang-gui",
        LetterState::Sent => "da-gui",
        LetterState::Unknown => "chua-ro",
        LetterState::Failed => "khong-gui-duoc",
        LetterState::Suppressed => "khong-gui",
    }
}

fn state_of(text: &str) -> Option<LetterState> {
    LetterState::ALL
        .iter()
        .copied()
        .find(|state| word(*state) == text)
}
