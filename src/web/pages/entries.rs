//! Bài dự thi: the list, with filters and a search by name or receipt code.

use askama::Template;
use axum::extract::Query;
use axum::extract::State as Held;
use axum::response::Html;

use crate::db;
use crate::db::view::Filter;
use crate::entry::EntryState;
use crate::entry::Timeliness;
use crate::web::State;
use crate::web::error::Result;
use crate::web::page;
use crate::web::page::Asked;
use crate::web::page::Frame;
use crate::web::page::Pager;
use crate::web::session::Visitor;
use crate::words;

#[derive(Template)]
#[template(path = "web/entries.html")]
struct Page {
    frame: Frame,
    search: String,
    late: bool,
    /// Value, name, chosen.
    states: Vec<(&'static str, &'static str, bool)>,
    units: Vec<(i64, String, bool)>,
    lines: Vec<Line>,
    pager: Pager,
}

struct Line {
    id: i64,
    code: String,
    name: String,
    unit: String,
    received: String,
    state: &'static str,
    state_class: &'static str,
    /// Text and class.
    badges: Vec<(String, &'static str)>,
}

pub async fn list(
    Held(state): Held<State>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Html<String>> {
    let text = |key: &str| asked.get(key).map(String::as_str).unwrap_or_default();
    let filter = Filter {
        state: EntryState::ALL
            .iter()
            .copied()
            .find(|state| word(*state) == text("trang-thai")),
        late: text("muon") == "1",
        unit: text("don-vi")
            .parse()
            .ok()
            .filter(|unit| visitor.scope.holds(*unit)),
        search: text("tim").trim().chars().take(100).collect(),
    };
    let number = page::number(&asked);
    let (lines, total) = db::view::entries(&state.db, &visitor.scope, &filter, number).await?;
    let page = Page {
        frame: Frame::new(&state, &visitor, words::desk::ENTRIES, "bai", &asked).await?,
        search: filter.search.clone(),
        late: filter.late,
        states: EntryState::ALL
            .iter()
            .map(|state| {
                (
                    word(*state),
                    words::entry::state(*state),
                    filter.state == Some(*state),
                )
            })
            .collect(),
        units: units(&visitor)
            .into_iter()
            .map(|(id, name)| (id, name, filter.unit == Some(id)))
            .collect(),
        pager: page::pager("/bai-du-thi", &asked, number, lines.len(), total),
        lines: lines
            .iter()
            .map(|line| Line {
                id: line.id,
                code: line.receipt_code.clone(),
                name: line
                    .name
                    .clone()
                    .unwrap_or_else(|| words::entry::NO_NAME.to_owned()),
                unit: visitor.standing.unit_name(line.unit_id).to_owned(),
                received: page::moment(&visitor, line.received_at),
                state: words::entry::state(line.state),
                state_class: class(line.state),
                badges: badges(line),
            })
            .collect(),
    };
    page::html(&page)
}

/// The units in scope that take entries in.
pub fn units(visitor: &Visitor) -> Vec<(i64, String)> {
    let plan = &visitor.standing.plan;
    plan.units
        .iter()
        .filter(|unit| {
            plan.mailboxes
                .iter()
                .any(|mailbox| mailbox.unit == unit.code)
        })
        .filter_map(|unit| {
            let id = visitor.standing.units.get(&unit.code).copied()?;
            visitor.scope.holds(id).then(|| (id, unit.name.clone()))
        })
        .collect()
}

fn badges(line: &db::view::Line) -> Vec<(String, &'static str)> {
    let mut badges = Vec::new();
    match line.timeliness {
        Timeliness::OnTime => {}
        Timeliness::Late | Timeliness::Review => {
            badges.push((words::entry::timeliness(line.timeliness).to_owned(), "warn"));
        }
        Timeliness::Accepted => {
            badges.push((words::entry::timeliness(line.timeliness).to_owned(), "ok"));
        }
    }
    if line.same_as.is_some() {
        badges.push((words::entry::BADGE_SAME.to_owned(), "warn"));
    }
    if line.resends > 0 {
        badges.push((words::entry::badge_resent(line.resends), "plain"));
    }
    if line.matters > 0 {
        badges.push((words::entry::badge_matters(line.matters), "bad"));
    }
    badges
}

/// The word of a state in addresses.
fn word(state: EntryState) -> &'static str {
    match state {
        EntryState::Queued => "cho-cham",
        EntryState::Held => "can-xem",
        EntryState::SetAside => "khong-phai-bai",
        EntryState::Joined => "da-ghep",
    }
}

pub fn class(state: EntryState) -> &'static str {
    match state {
        EntryState::Queued => "ok",
        EntryState::Held => "warn",
        EntryState::SetAside | EntryState::Joined => "plain",
    }
}
