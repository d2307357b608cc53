//! Đối chiếu: essays that have their text from one another, side by side, and the decision about all of them.

mod beside;
mod star;

use askama::Template;
use axum::extract::Path;
use axum::extract::Query;
use axum::extract::State as Held;
use axum::response::Html;
use axum::response::Redirect;

use crate::clock;
use crate::db;
use crate::db::comparison;
use crate::db::comparison::Member;
use crate::db::job::JobKind;
use crate::db::matter::Matter;
use crate::duplicate::Level;
use crate::entry::MatterKind;
use crate::entry::Ruling;
use crate::web::State;
use crate::web::error::Result;
use crate::web::page;
use crate::web::page::Asked;
use crate::web::page::Bar;
use crate::web::page::Frame;
use crate::web::page::Pager;
use crate::web::session::Posted;
use crate::web::session::Visitor;
use crate::words;
use crate::words::compare::score;

use beside::Side;

/// A person asked for it: before what waits by itself.
const ASKED: i64 = 3;

#[derive(Template)]
#[template(path = "web/compare/list.html")]
struct List {
    frame: Frame,
    progress: String,
    /// How many of how many, while essays wait.
    meter: Option<(i64, i64)>,
    run: String,
    /// A comparison of all is under way: steps of steps.
    running: Option<(i64, i64)>,
    clusters: Vec<Cluster>,
    pager: Pager,
    /// Essays in no cluster that somebody should look at.
    singles: Vec<Single>,
}

struct Cluster {
    root: i64,
    sentence: String,
    unit: String,
    opened: String,
}

struct Single {
    id: i64,
    code: String,
    name: String,
    unit: String,
    received: String,
    score: String,
}

pub async fn list(
    Held(state): Held<State>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Html<String>> {
    let contest = visitor.scope.contest;
    let kind = MatterKind::Copied;
    let number = page::number(&asked);
    let matters = db::view::matters(&state.db, &visitor.scope, Some(kind), number).await?;
    let counts = db::view::matters_by_kind(&state.db, &visitor.scope).await?;
    let total = counts.iter().find(|(of, _, _)| *of == kind);
    let total = total.map_or(0, |(_, n, _)| *n);
    let progress = comparison::progress(&state.db, contest).await?;
    let run = comparison::last_run(&state.db, contest).await?;
    let running = run.as_ref().filter(|run| run.ended_at.is_none());
    let ended = comparison::last_ended(&state.db, contest).await?;
    let ended = ended.map(|at| page::moment(&visitor, at));
    let singles = db::view::to_review(&state.db, &visitor.scope).await?;
    let mut frame =
        Frame::new(&state, &visitor, words::compare::TITLE, "doi-chieu", &asked).await?;
    if asked.contains_key("lai") {
        frame.bar = Some(Bar {
            text: words::compare::ASKED.to_owned(),
            undo: None,
        });
    }
    let page = List {
        frame,
        progress: words::compare::progress(progress.compared, progress.entries),
        meter: (progress.compared < progress.entries)
            .then_some((progress.compared, progress.entries)),
        run: match running {
            Some(run) => words::compare::running(run.steps, 2 * run.essays),
            None => words::compare::last_run(ended.as_deref(), progress.since),
        },
        running: running.map(|run| (run.steps, 2 * run.essays)),
        pager: page::pager("/doi-chieu", &asked, number, matters.len(), total),
        clusters: matters
            .iter()
            .map(|matter| Cluster {
                root: matter.subject_id,
                sentence: super::matters::sentence(matter),
                unit: visitor.standing.unit_name(matter.unit_id).to_owned(),
                opened: page::moment(&visitor, matter.opened_at),
            })
            .collect(),
        singles: singles
            .into_iter()
            .map(|member| Single {
                id: member.entry_id,
                name: name(&member),
                unit: visitor.standing.unit_name(member.unit_id).to_owned(),
                received: page::moment(&visitor, member.received_at),
                score: score(member.score),
                code: member.receipt_code,
            })
            .collect(),
    };
    page::html(&page)
}

/// "Đối chiếu lại toàn bộ."
pub async fn again(Held(state): Held<State>, posted: Posted) -> Result<Redirect> {
    let contest = posted.visitor.scope.contest;
    let now = clock::now();
    let mut tx = state.db.begin().await?;
    // One that waits for its time is asked for now.
    db::job::call_off(&mut tx, JobKind::CompareAll, contest, now).await?;
    db::job::put(&mut tx, JobKind::CompareAll, contest, ASKED, now).await?;
    tx.commit().await?;
    Ok(Redirect::to("/doi-chieu?lai=1"))
}

/// The page of the cluster of a matter, with what the bar has to say.
pub fn instead(matter: &Matter, asked: &Asked) -> Redirect {
    let root = matter.subject_id;
    let said = ["da", "hoan-tac"];
    let query: Vec<String> = said
        .iter()
        .filter_map(|key| Some(format!("{key}={}", page::encoded(asked.get(*key)?))))
        .collect();
    Redirect::to(&format!("/doi-chieu/{root}?{}", query.join("&")))
}

#[derive(Template)]
#[template(path = "web/compare/pair.html")]
struct Page {
    frame: Frame,
    /// The matter, while it is open and this person's.
    matter: Option<i64>,
    sentence: String,
    star: String,
    members: Vec<Line>,
    rulings: Vec<(&'static str, &'static str, &'static str, usize)>,
    left: Option<Side>,
    right: Option<Side>,
    sources: Vec<Way>,
    /// How many passages the right side has.
    passages: usize,
    notice: Option<&'static str>,
    before: Option<String>,
    after: Option<String>,
}

/// A member in the table.
struct Line {
    id: i64,
    code: String,
    name: String,
    unit: String,
    received: String,
    score: String,
    level: &'static str,
    state: &'static str,
    stands: bool,
    badges: Vec<&'static str>,
    to: String,
    here: bool,
    /// Whether it leaves by a ruling that takes essays out, as the page proposes.
    leaves: bool,
    /// Whether this person may see who wrote it.
    known: bool,
}

/// Another source of the same essay.
struct Way {
    to: String,
    text: String,
    here: bool,
}

pub async fn show(
    Held(state): Held<State>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>> {
    let id = page::id(&id)?;
    let id_of = |key: &str| asked.get(key).and_then(|id| id.parse::<i64>().ok());
    let (root, members) = cluster(&state, id).await?;
    let in_scope = |member: &Member| visitor.scope.holds(member.unit_id);
    if !members.iter().any(in_scope) {
        // Not compared yet, or another unit's.
        db::view::entry(&state.db, &visitor.scope, id).await?;
    }
    let chosen = id_of("bai").or((id != root).then_some(id));
    let later = members.iter().filter(|member| member.entry_id != root);
    let left = chosen
        .and_then(|chosen| members.iter().find(|member| member.entry_id == chosen))
        .or_else(|| later.clone().find(|m| m.stands() && in_scope(m)))
        .or_else(|| later.clone().find(|member| member.stands()))
        .or_else(|| later.clone().next())
        .or(members.first());
    let pair = match left {
        Some(left) => Some(beside::pair(&state, &visitor, left, id_of("voi")).await?),
        None => None,
    };
    let matter = matter(&state, &visitor, root).await?;
    let sentence = matter.as_ref().map(super::matters::sentence);
    let to = |entry: i64| format!("/doi-chieu/{root}?bai={entry}");
    let place = left.and_then(|left| members.iter().position(|m| m.entry_id == left.entry_id));
    let step = |by: isize| -> Option<String> {
        let at = place?.checked_add_signed(by)?;
        // The earliest stands on the right of all others.
        members
            .get(at)
            .filter(|m| m.entry_id != root)
            .map(|m| to(m.entry_id))
    };
    let pair = pair.unwrap_or_default();
    let page = Page {
        frame: Frame::new(&state, &visitor, words::compare::TITLE, "doi-chieu", &asked).await?,
        sentence: sentence.unwrap_or_default(),
        star: match (&members[..], left) {
            ([first, others @ ..], Some(left)) if !others.is_empty() => {
                star::svg(first, others, left.entry_id, &to)
            }
            _ => String::new(),
        },
        before: step(-1),
        after: step(1),
        rulings: (1..)
            .zip(Ruling::ALL.iter().copied())
            .map(|(key, ruling)| {
                let (name, about) = words::compare::ruling(ruling);
                (ruling.as_str(), name, about, key)
            })
            .collect(),
        matter: matter.map(|matter| matter.id),
        notice: match left {
            None => Some(words::compare::NOT_YET),
            Some(_) => pair.notice,
        },
        sources: pair
            .sources
            .iter()
            .map(|source| Way {
                to: format!("{}&voi={}", to(source.of), source.entry),
                text: source.text.clone(),
                here: source.here,
            })
            .collect(),
        passages: pair.passages,
        left: pair.left,
        right: pair.right,
        members: members
            .iter()
            .map(|member| line(&visitor, &members, member, left, &to))
            .collect(),
    };
    page::html(&page)
}

/// The cluster of an entry, the earliest first: its root and all members; of an entry in no cluster, itself.
async fn cluster(state: &State, id: i64) -> Result<(i64, Vec<Member>)> {
    let mut tx = state.db.begin().await?;
    let root = comparison::root(&mut tx, id).await?;
    let members = match root {
        Some(root) => comparison::members(&mut tx, root).await?,
        None => Vec::new(),
    };
    drop(tx);
    Ok(match root {
        Some(root) if !members.is_empty() => (root, members),
        Some(_) | None => (id, comparison::named(&state.db, &[id]).await?),
    })
}

/// The open matter about a cluster, if it is this person's to decide.
async fn matter(state: &State, visitor: &Visitor, root: i64) -> Result<Option<Matter>> {
    let subject = db::matter::Subject::Entry;
    let open = db::view::matters_about(&state.db, &visitor.scope, subject, root).await?;
    Ok(open
        .into_iter()
        .find(|matter| matter.kind == MatterKind::Copied))
}

fn line(
    visitor: &Visitor,
    members: &[Member],
    member: &Member,
    left: Option<&Member>,
    to: &impl Fn(i64) -> String,
) -> Line {
    let first = members.first();
    let is_first = first.is_some_and(|first| first.entry_id == member.entry_id);
    let mut badges = Vec::new();
    if is_first {
        badges.push(words::compare::EARLIEST);
    } else if let Some(first) = first {
        if member.sender.is_some() && member.sender == first.sender {
            badges.push(words::compare::SAME_SENDER);
        }
        if member.unit_id != first.unit_id {
            badges.push(words::compare::UNIT_DIFFERS);
        }
    }
    let known = visitor.scope.holds(member.unit_id);
    Line {
        id: member.entry_id,
        code: member.receipt_code.clone(),
        name: if known {
            name(member)
        } else {
            words::compare::OTHER_UNIT.to_owned()
        },
        unit: visitor.standing.unit_name(member.unit_id).to_owned(),
        received: page::moment(visitor, member.received_at),
        score: if is_first {
            String::new()
        } else {
            score(member.score)
        },
        level: if is_first {
            ""
        } else {
            words::duplicate::level(member.level)
        },
        state: words::entry::state(member.state),
        stands: member.stands(),
        badges,
        to: if is_first {
            String::new()
        } else {
            to(member.entry_id)
        },
        here: left.is_some_and(|left| left.entry_id == member.entry_id),
        leaves: !is_first
            && member.stands()
            && known
            && matches!(member.level, Level::Copied | Level::Resent),
        known,
    }
}

fn name(member: &Member) -> String {
    member
        .name
        .clone()
        .filter(|name| !name.trim().is_empty())
        .unwrap_or_else(|| words::compare::SOMEBODY.to_owned())
}
