//! Ban Giám khảo: how far each queue is, who marks, the lot. For the head judge; the secretariat may look.

use askama::Template;
use axum::extract::Path;
use axum::extract::Query;
use axum::extract::State as Held;
use axum::response::Html;
use axum::response::Redirect;

use super::frame;
use super::frame::Bar;
use super::frame::Frame;
use super::juror::Juror;
use crate::clock;
use crate::contest::role::Role;
use crate::db;
use crate::db::contest::Standing;
use crate::db::judge::Figures;
use crate::db::judge::Queue;
use crate::db::view::Scope;
use crate::jury;
use crate::web::State;
use crate::web::error::Error;
use crate::web::error::Result;
use crate::web::page;
use crate::web::page::Asked;
use crate::web::session;
use crate::web::session::Posted;
use crate::words;
use crate::words::time;

#[derive(Template)]
#[template(path = "web/jury/panels.html")]
struct All {
    frame: Frame,
    lines: Vec<Line>,
}

struct Line {
    id: i64,
    unit: String,
    round: String,
    entries: String,
    waiting: i64,
    given: i64,
    sheets: i64,
    locked: bool,
    /// Nothing is in it yet.
    empty: bool,
}

pub async fn all(Held(state): Held<State>, juror: Juror) -> Result<Html<String>> {
    if !juror.has_panel() {
        return Err(Error::NoRole);
    }
    let mut frame = Frame::new(&juror, words::jury::PANEL, "/ban-giam-khao");
    let mut lines: Vec<Line> = Vec::new();
    let mut seen: Vec<i64> = Vec::new();
    for (contest, unit, role) in juror.panels() {
        let standing = state.standing(contest).await?;
        let units = match (unit, role) {
            (Some(unit), Role::HeadJudge) => vec![unit],
            (Some(unit), _) => session::below(&standing, unit),
            (None, _) => standing.units.values().copied().collect(),
        };
        let scope = Scope { contest, units };
        frame.contest = standing.plan.title.clone();
        for figures in db::judge::queues_of_units(&state.db, &scope).await? {
            if !seen.contains(&figures.id) {
                seen.push(figures.id);
                lines.push(line(&standing, &figures));
            }
        }
    }
    // Queues with something in them first; the order of units and rounds stays.
    lines.sort_by_key(|line| line.empty);
    page::html(&All { frame, lines })
}

fn line(standing: &Standing, figures: &Figures) -> Line {
    let round = standing.plan.round(&figures.round);
    Line {
        id: figures.id,
        unit: standing.unit_name(figures.unit_id).to_owned(),
        round: round.map_or(String::new(), |round| round.name.clone()),
        entries: time::number(figures.entries),
        waiting: figures.waiting,
        given: figures.given,
        sheets: figures.sheets,
        locked: figures.locked_at.is_some(),
        empty: figures.entries == 0,
    }
}

#[derive(Template)]
#[template(path = "web/jury/panel.html")]
struct Page {
    frame: Frame,
    line: Line,
    /// May draw lots.
    head: bool,
    under: String,
    judges: Vec<Judge>,
    /// Members of the jury without a sheet yet.
    idle: Vec<String>,
    lots: Vec<Lot>,
    /// Entries that the next lot would deal to.
    undealt: i64,
    marks: u32,
    flags: Vec<Flag>,
}

struct Judge {
    name: String,
    given: i64,
    total: i64,
    excused: i64,
    last: String,
}

struct Lot {
    at: String,
    by: String,
    sheets: i64,
    seed: String,
}

struct Flag {
    entry: i64,
    code: String,
    kind: &'static str,
    note: String,
}

/// The queue, when this person may see how it goes.
pub async fn seen(
    state: &State,
    juror: &Juror,
    id: &str,
) -> Result<(Queue, std::sync::Arc<Standing>)> {
    let queue = db::judge::queue(&state.db, page::id(id)?).await?;
    let standing = state.standing(queue.contest_id).await?;
    let above: Vec<i64> = standing
        .code(queue.unit_id)
        .into_iter()
        .flat_map(|code| standing.plan.line(code))
        .filter_map(|unit| standing.units.get(&unit.code).copied())
        .collect();
    if !juror.sees(&queue, &above) {
        return Err(Error::NotFound);
    }
    Ok((queue, standing))
}

pub async fn show(
    Held(state): Held<State>,
    juror: Juror,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>> {
    let (queue, standing) = seen(&state, &juror, &id).await?;
    let now = clock::now();
    let zone = time::zone(&standing.plan.zone);
    let figures = db::judge::queue_figures(&state.db, queue.id).await?;
    let work = db::judge::at_work(&state.db, queue.id).await?;
    let members =
        db::judge::judges(&state.db, queue.contest_id, queue.unit_id, Role::Judge).await?;
    let round = jury::round(&standing, &queue)?;
    let undealt = db::judge::undealt(&state.db, queue.id, round.marks).await?;
    let mut frame = Frame::new(&juror, words::jury::PANEL, "").of(&standing, &queue);
    frame.bar = match asked.get("da").and_then(|n| n.parse().ok()) {
        Some(sheets) => Bar::saying(words::jury::drawn(sheets)),
        None => None,
    };
    let left = frame::left(&standing, queue.unit_id, now);
    let page = Page {
        under: words::jury::pace(figures.sheets - figures.given, left),
        head: juror.heads(&queue),
        line: line(&standing, &figures),
        idle: members
            .iter()
            .filter(|member| {
                work.iter()
                    .all(|judge| judge.account_id != member.account_id)
            })
            .map(|member| member.name.clone())
            .collect(),
        judges: work
            .into_iter()
            .map(|judge| Judge {
                name: judge.name,
                given: judge.given,
                total: judge.open + judge.given,
                excused: judge.excused,
                last: judge
                    .last_at
                    .map_or(String::new(), |at| time::short(at, now, &zone)),
            })
            .collect(),
        lots: db::judge::lots(&state.db, queue.id)
            .await?
            .into_iter()
            .map(|lot| Lot {
                at: time::short(lot.drawn_at, now, &zone),
                by: lot.name,
                sheets: lot.sheets,
                seed: lot.seed,
            })
            .collect(),
        undealt,
        marks: round.marks,
        flags: db::judge::flagged(&state.db, queue.id)
            .await?
            .into_iter()
            .map(|(entry, code, kind, note)| Flag {
                entry,
                code,
                kind: words::jury::flag(kind),
                note,
            })
            .collect(),
        frame,
    };
    page::html(&page)
}

pub async fn act(
    Held(state): Held<State>,
    Path(id): Path<String>,
    posted: Posted<Juror>,
) -> Result<Redirect> {
    let juror = &posted.visitor;
    let (queue, standing) = seen(&state, juror, &id).await?;
    juror.must_head(&queue)?;
    match posted.fields.text("act") {
        "draw" => {
            let drawn = jury::lot::draw(
                &state.db,
                &standing,
                queue.id,
                juror.account.id,
                clock::now(),
            )
            .await?;
            let (queue, sheets) = (queue.id, drawn.sheets);
            Ok(Redirect::to(&format!("/ban-giam-khao/{queue}?da={sheets}")))
        }
        _ => Err(Error::NotFound),
    }
}
