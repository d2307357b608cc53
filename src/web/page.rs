//! What all pages of the desk share: the head with its ways, the bar after an act, pages of lists.

use std::collections::HashMap;

use axum::response::Html;

use super::State;
use super::error::Result;
use super::session::Visitor;
use crate::clock;
use crate::db;
use crate::desk;
use crate::words;
use crate::words::time;

/// The query of an address.
pub type Asked = HashMap<String, String>;

/// The head and the bar of a page.
pub struct Frame {
    pub title: String,
    /// Which way of the head is this page: "viec", "bai", …
    pub here: &'static str,
    pub contest: String,
    pub unit: String,
    pub person: String,
    pub csrf: String,
    pub matters: String,
    /// Whether the unit hands over, or is handed over to.
    pub hands_over: bool,
    /// Value, name, chosen.
    pub desks: Vec<(String, String, bool)>,
    pub bar: Option<Bar>,
}

/// "Đã … — Hoàn tác"
pub struct Bar {
    pub text: String,
    /// The act that its button takes back.
    pub undo: Option<i64>,
}

impl Frame {
    pub async fn new(
        state: &State,
        visitor: &Visitor,
        title: impl Into<String>,
        here: &'static str,
        asked: &Asked,
    ) -> Result<Frame> {
        let figures = db::view::figures(&state.db, &visitor.scope).await?;
        let plan = &visitor.standing.plan;
        let chosen = (visitor.scope.contest, visitor.unit);
        let desks = if visitor.desks.len() > 1 {
            visitor
                .desks
                .iter()
                .map(|desk| {
                    let here = (desk.contest, desk.unit) == chosen;
                    (desk.value(), desk.name.clone(), here)
                })
                .collect()
        } else {
            Vec::new()
        };
        Ok(Frame {
            title: title.into(),
            here,
            contest: plan.title.clone(),
            unit: visitor.standing.unit_name(visitor.unit).to_owned(),
            person: visitor.account.name.clone(),
            csrf: visitor.csrf.clone(),
            matters: time::number(figures.matters),
            hands_over: words::handover::concerns(plan, visitor.code()),
            desks,
            bar: bar(state, visitor, asked).await?,
        })
    }
}

async fn bar(state: &State, visitor: &Visitor, asked: &Asked) -> Result<Option<Bar>> {
    if asked.contains_key("hoan-tac") {
        return Ok(Some(Bar {
            text: words::journal::UNDONE.to_owned(),
            undo: None,
        }));
    }
    let Some(act) = asked.get("da").and_then(|id| id.parse().ok()) else {
        return Ok(None);
    };
    let deed = match db::view::deed(&state.db, &visitor.scope, act).await {
        Ok(deed) => deed,
        Err(db::Error::Missing) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let undo = (deed.undone_at.is_none() && desk::undoable(&deed.kind)).then_some(deed.id);
    Ok(Some(Bar {
        text: sentence(visitor, &deed),
        undo,
    }))
}

/// "Đã giao bài … cho …"
pub fn sentence(visitor: &Visitor, deed: &db::view::Deed) -> String {
    let after: serde_json::Value = serde_json::from_str(&deed.after).unwrap_or_default();
    let note = after.get("note").cloned().unwrap_or_default();
    let unit = note
        .get("unit")
        .and_then(|code| code.as_str())
        .and_then(|code| visitor.standing.plan.unit(code))
        .map(|unit| unit.name.as_str());
    words::journal::done(&deed.kind, &note, unit)
}

/// Number of the page asked for, from 0.
pub fn number(asked: &Asked) -> i64 {
    asked
        .get("trang")
        .and_then(|page| page.parse::<i64>().ok())
        .map_or(0, |page| (page - 1).clamp(0, 100_000))
}

/// The ways to the pages before and after, keeping the other questions.
pub struct Pager {
    pub before: Option<String>,
    pub after: Option<String>,
    /// "51–100 trong 18.886"
    pub place: String,
}

pub fn pager(path: &str, asked: &Asked, page: i64, shown: usize, total: i64) -> Pager {
    pager_of(db::view::PAGE, path, asked, page, shown, total)
}

/// As `pager`, for pages of so many rows.
pub fn pager_of(
    size: i64,
    path: &str,
    asked: &Asked,
    page: i64,
    shown: usize,
    total: i64,
) -> Pager {
    let first = page * size;
    let last = first + i64::try_from(shown).unwrap_or(0);
    let address = |page: i64| {
        let mut kept: Vec<(&str, &str)> = asked
            .iter()
            .filter(|(key, _)| !matches!(key.as_str(), "trang" | "da" | "hoan-tac"))
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect();
        kept.sort_unstable();
        let mut query: String = kept
            .iter()
            .map(|(key, value)| format!("{}={}&", encoded(key), encoded(value)))
            .collect();
        query.push_str(&format!("trang={}", page + 1));
        format!("{path}?{query}")
    };
    Pager {
        before: (page > 0).then(|| address(page - 1)),
        after: (last < total).then(|| address(page + 1)),
        place: if total == 0 {
            "0".to_owned()
        } else {
            format!(
                "{}–{} / {}",
                time::number(first + 1),
                time::number(last),
                time::number(total)
            )
        },
    }
}

/// A text as a value in an address.
pub fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

/// An id in an address; anything else is no page of ours.
pub fn id(text: &str) -> Result<i64> {
    text.parse().map_err(|_| super::error::Error::NotFound)
}

/// A moment in a list.
pub fn moment(visitor: &Visitor, at: i64) -> String {
    words::time::short(at, clock::now(), &visitor.zone())
}

pub fn html(page: &impl askama::Template) -> Result<Html<String>> {
    Ok(Html(page.render()?))
}
