//! Bàn giao: what the unit would hand over, how far its packages are mail by mail, and what came in from others.

use askama::Template;
use axum::extract::Query;
use axum::extract::State as Held;
use axum::response::Html;

use crate::clock;
use crate::contest::deadline;
use crate::contest::deadline::What;
use crate::db;
use crate::db::handover::Overview;
use crate::db::handover::PartLine;
use crate::db::view::Scope;
use crate::desk;
use crate::desk::Offer;
use crate::entry::Direction;
use crate::entry::HandoverState;
use crate::entry::LetterState;
use crate::handover::Manifest;
use crate::handover::parts;
use crate::handover::seal;
use crate::web::State;
use crate::web::error::Result;
use crate::web::page;
use crate::web::page::Asked;
use crate::web::page::Frame;
use crate::web::session::Visitor;
use crate::words;
use crate::words::handover as said;
use crate::words::time;

/// Bytes a line of the manifest takes in a mail, for the number of mails before the manifest is made.
const LINE: u64 = 400;

#[derive(Template)]
#[template(path = "web/handover.html")]
struct Page {
    frame: Frame,
    offer: Option<Shown>,
    sent: Vec<Sent>,
    came: Vec<Came>,
    /// Whether others hand over to this unit.
    receives: bool,
    /// Id, name, size, when: drafts to edit, number and sign.
    papers: Vec<(i64, String, String, String)>,
}

/// What would go.
struct Shown {
    unit: String,
    to: String,
    due: String,
    overdue: bool,
    /// "31 bài, 42 MB, chia thành 4 thư."
    sum: String,
    /// Why it is fewer, what is held back, that the intake goes on.
    notes: Vec<String>,
    /// Why nothing can go.
    nothing: &'static str,
    button: String,
    early: bool,
    undo: String,
}

/// A package that was sent.
struct Sent {
    id: i64,
    to: String,
    made: String,
    entries: String,
    /// The key's fingerprint, to be read out on the phone.
    key: String,
    state: &'static str,
    class: &'static str,
    /// Number, state, class, when, letter.
    parts: Vec<(i64, &'static str, &'static str, String, Option<i64>)>,
    resend: bool,
}

/// A package that came.
struct Came {
    from: String,
    made: String,
    state: &'static str,
    class: &'static str,
    sum: String,
    /// In time or late, with its class.
    time: Option<(&'static str, &'static str)>,
    key: String,
    codes: Vec<String>,
}

pub async fn show(
    Held(state): Held<State>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Html<String>> {
    let now = clock::now();
    let own = Scope {
        contest: visitor.scope.contest,
        units: vec![visitor.unit],
    };
    let mut tx = state.db.begin().await?;
    let offer = desk::offer(&mut tx, &visitor.standing, visitor.code(), now).await?;
    drop(tx);
    let mut sent = Vec::new();
    let mut handed = false;
    for row in db::handover::of_units(&state.db, &own, Direction::Out).await? {
        let parts = db::handover::parts_of(&state.db, row.id).await?;
        handed |= row.state != HandoverState::TakenBack;
        sent.push(of_sent(&visitor, &row, &parts));
    }
    let mut came = Vec::new();
    for row in db::handover::of_units(&state.db, &own, Direction::In).await? {
        let parts = db::handover::parts_of(&state.db, row.id).await?;
        let codes = db::handover::codes_of(&state.db, row.id).await?;
        came.push(of_came(&visitor, &row, &parts, codes));
    }
    let plan = &visitor.standing.plan;
    let page = Page {
        frame: Frame::new(&state, &visitor, words::desk::HANDOVER, "ban-giao", &asked).await?,
        offer: offer.map(|offer| shown(&state, &visitor, offer, handed, now)),
        sent,
        came,
        papers: db::paper::of_units(&state.db, &own)
            .await?
            .into_iter()
            .map(|paper| {
                (
                    paper.id,
                    paper.name,
                    time::size(paper.size),
                    page::moment(&visitor, paper.made_at),
                )
            })
            .collect(),
        receives: plan
            .unit(visitor.code())
            .is_some_and(|unit| plan.handover_round(unit).is_some()),
    };
    page::html(&page)
}

/// The offer in words; `handed`: something went before.
fn shown(state: &State, visitor: &Visitor, offer: Offer, handed: bool, now: i64) -> Shown {
    let plan = &visitor.standing.plan;
    let to = plan
        .unit(&offer.to)
        .map_or(offer.to.clone(), |unit| unit.name.clone());
    let due = deadline::in_force(plan, What::Handover, visitor.code(), None);
    let sizes: Vec<u64> = offer
        .entries
        .iter()
        .map(|entry| u64::try_from(entry.size).unwrap_or_default())
        .collect();
    let bytes = offer.entries.iter().map(|entry| entry.size).sum();
    let manifest = LINE.saturating_mul(sizes.len() as u64);
    let mails = parts::split(&sizes, state.config.outbox.part_bytes(), manifest);
    let mut notes = Vec::new();
    if let (Some(wanted), Some(lines)) = (offer.wanted, offer.lines) {
        notes.extend(said::short(wanted, offer.entries.len(), lines));
    }
    if offer.held > 0 {
        notes.push(said::held(offer.held));
    }
    let nothing = match (offer.wanted, offer.lines) {
        (Some(_), None) => said::NO_LIST,
        (Some(_), Some(_)) if offer.handed => said::ALL_HANDED,
        _ if offer.entries.is_empty() && handed => said::ALL_HANDED,
        _ if offer.entries.is_empty() => said::NOTHING_YET,
        _ => "",
    };
    if nothing.is_empty() {
        notes.extend(offer.intake_until.map(|until| said::early(until - now)));
    }
    Shown {
        unit: visitor.code().to_owned(),
        due: due.map_or(String::new(), |due| said::due(&due.phrase, due.until, now)),
        overdue: due.is_some_and(|due| now >= due.until) && nothing.is_empty(),
        sum: said::offer(
            offer.entries.len(),
            bytes,
            mails.last().copied().unwrap_or(0),
        ),
        notes,
        nothing,
        button: said::button(offer.intake_until.is_some(), &to),
        early: offer.intake_until.is_some(),
        undo: said::undo(state.config.outbox.undo_seconds),
        to,
    }
}

fn of_sent(visitor: &Visitor, row: &Overview, parts: &[PartLine]) -> Sent {
    Sent {
        id: row.id,
        to: visitor.standing.unit_name(row.to_unit_id).to_owned(),
        made: page::moment(visitor, row.made_at),
        entries: time::number(row.entries),
        key: match row.state {
            HandoverState::TakenBack => None,
            HandoverState::Released
            | HandoverState::Packed
            | HandoverState::Acknowledged
            | HandoverState::Untrusted
            | HandoverState::Arriving
            | HandoverState::TakenIn => seal::fingerprint(&row.public_key),
        }
        .map(|key| said::read_out(&key))
        .unwrap_or_default(),
        state: said::state(row.state),
        class: class(row.state),
        parts: parts.iter().map(|part| of_part(visitor, part)).collect(),
        resend: row.state == HandoverState::Packed
            && parts.iter().any(|part| {
                part.at.is_none()
                    && matches!(
                        part.letter_state,
                        Some(LetterState::Sent | LetterState::Unknown | LetterState::Failed)
                    )
            }),
    }
}

fn of_part(
    visitor: &Visitor,
    part: &PartLine,
) -> (i64, &'static str, &'static str, String, Option<i64>) {
    let bounced = part.bounced_at.is_some();
    let class = match (part.at, part.letter_state) {
        (Some(_), _) => "ok",
        (None, _) if bounced => "bad",
        (None, Some(LetterState::Failed | LetterState::Unknown)) => "bad",
        (None, Some(LetterState::Suppressed)) => "none",
        (None, Some(LetterState::Queued | LetterState::Sending | LetterState::Sent) | None) => {
            "warn"
        }
    };
    let when = part
        .at
        .or(part.sent_at)
        .map_or(String::new(), |at| page::moment(visitor, at));
    let state = said::part(part.at.is_some(), bounced, part.letter_state);
    (part.n, state, class, when, part.letter)
}

fn of_came(visitor: &Visitor, row: &Overview, parts: &[PartLine], codes: Vec<String>) -> Came {
    let plan = &visitor.standing.plan;
    let all = Manifest::read(&row.manifest).map_or(
        usize::try_from(row.entries).unwrap_or_default(),
        |manifest| manifest.entries.len(),
    );
    let missing: Vec<u32> = (1..=u32::try_from(row.parts).unwrap_or_default())
        .filter(|n| !parts.iter().any(|part| part.n == i64::from(*n)))
        .collect();
    let from = visitor.standing.code(row.from_unit_id).unwrap_or_default();
    let last = parts.iter().filter_map(|part| part.at).max();
    let whole = row.state == HandoverState::TakenIn;
    let due = deadline::in_force(plan, What::Handover, from, None);
    let time = match (whole, due, last) {
        (true, Some(due), Some(last)) => {
            let on_time = last < due.until;
            Some((said::in_time(on_time), if on_time { "ok" } else { "warn" }))
        }
        (true | false, Some(_) | None, Some(_) | None) => None,
    };
    Came {
        from: visitor.standing.unit_name(row.from_unit_id).to_owned(),
        made: page::moment(visitor, row.made_at),
        state: said::state(row.state),
        class: class(row.state),
        sum: said::arrived(row.entries, all, &missing),
        time,
        key: match row.state {
            HandoverState::Untrusted => seal::fingerprint(&row.public_key).unwrap_or_default(),
            HandoverState::Released
            | HandoverState::Packed
            | HandoverState::Acknowledged
            | HandoverState::TakenBack
            | HandoverState::Arriving
            | HandoverState::TakenIn => String::new(),
        },
        codes,
    }
}

fn class(state: HandoverState) -> &'static str {
    match state {
        HandoverState::Acknowledged | HandoverState::TakenIn => "ok",
        HandoverState::Released | HandoverState::Packed | HandoverState::Arriving => "warn",
        HandoverState::Untrusted => "bad",
        HandoverState::TakenBack => "none",
    }
}
