//! Thư gửi nhiều người: drafts of letters to many, shown as each recipient will read them, released by a second person,
//! and how far they are.

use askama::Template;
use axum::extract::Path;
use axum::extract::Query;
use axum::extract::State as Held;
use axum::http::StatusCode;
use axum::response::Html;
use axum::response::IntoResponse as _;
use axum::response::Redirect;
use axum::response::Response;

use crate::clock;
use crate::db;
use crate::db::mailing::Mailing;
use crate::desk;
use crate::desk::Act;
use crate::desk::Step;
use crate::entry::Audience;
use crate::entry::MailingState;
use crate::letter::mailing;
use crate::letter::wording;
use crate::letter::wording::Wording;
use crate::web::State;
use crate::web::error::Error;
use crate::web::error::Result;
use crate::web::page;
use crate::web::page::Asked;
use crate::web::page::Frame;
use crate::web::session::Fields;
use crate::web::session::Posted;
use crate::web::session::Visitor;
use crate::words;
use crate::words::wording::Name;

const PATH: &str = "/gui-nhieu-nguoi";
/// What stands in the place of the id of a draft that is not kept yet.
const NEW: &str = "moi";

#[derive(Template)]
#[template(path = "web/mailings.html")]
struct List {
    frame: Frame,
    lines: Vec<Line>,
}

struct Line {
    id: i64,
    subject: String,
    whom: String,
    state: &'static str,
    class: &'static str,
    by: String,
}

pub async fn list(
    Held(state): Held<State>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Html<String>> {
    let rows = db::mailing::all(&state.db, &visitor.scope).await?;
    let page = List {
        frame: Frame::new(&state, &visitor, words::mailing::TITLE, "thu-di", &asked).await?,
        lines: rows
            .iter()
            .map(|row| Line {
                id: row.id,
                subject: row.subject.clone(),
                whom: whom(&visitor, row),
                state: words::mailing::state(row.state),
                class: class(row.state),
                by: format!(
                    "{} · {}",
                    page::moment(&visitor, row.written_at),
                    row.author
                ),
            })
            .collect(),
    };
    page::html(&page)
}

/// "Quận Hoàn Kiếm · Người nộp bài muộn"
fn whom(visitor: &Visitor, row: &Mailing) -> String {
    let unit = visitor.standing.unit_name(row.unit_id);
    format!("{unit} · {}", words::mailing::audience(row.audience))
}

fn class(state: MailingState) -> &'static str {
    match state {
        MailingState::Draft | MailingState::Dropped => "plain",
        MailingState::Released => "warn",
        MailingState::Stopped => "bad",
        MailingState::Done => "ok",
    }
}

#[derive(Template)]
#[template(path = "web/mailing.html")]
struct Editor {
    frame: Frame,
    to: String,
    /// Of a draft that is kept.
    id: Option<i64>,
    seen: i64,
    /// Code, name, chosen.
    units: Vec<(String, String, bool)>,
    /// Word, name, chosen.
    audiences: Vec<(&'static str, &'static str, bool)>,
    subject: String,
    body: String,
    subject_limit: usize,
    body_limit: usize,
    fault: Option<String>,
    reach: String,
    count: i64,
    shown: Option<Shown>,
    /// Numbers (from 0) of the recipients beside the one that is shown.
    before: Option<usize>,
    after: Option<usize>,
    names: &'static [Name],
    /// Of a draft that is kept and stands as it is shown.
    release: Option<Release>,
    author: String,
}

/// How the letter to one recipient reads.
struct Shown {
    whom: String,
    said: Option<wording::Said>,
}

/// What this person may do about the draft.
struct Release {
    may: bool,
    why_not: String,
}

/// What stands in the editor.
struct Draft {
    of: Option<Mailing>,
    seen: i64,
    unit: i64,
    audience: Audience,
    wording: Wording,
    at: usize,
}

pub async fn show(
    Held(state): Held<State>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>> {
    let at = number(asked.get("nguoi").map_or("", String::as_str));
    if id == NEW {
        let draft = Draft {
            of: None,
            seen: 0,
            unit: visitor.unit,
            audience: Audience::All,
            wording: Wording::typed(words::mailing::SUBJECT, words::mailing::BODY),
            at,
        };
        let (page, _) = editor(&state, &visitor, &asked, draft, false).await?;
        return page::html(&page);
    }
    let row = db::mailing::seen(&state.db, &visitor.scope, page::id(&id)?).await?;
    match row.state {
        MailingState::Draft => {
            let draft = Draft {
                seen: row.n,
                unit: row.unit_id,
                audience: row.audience,
                wording: row.wording(),
                at,
                of: Some(row),
            };
            let (page, _) = editor(&state, &visitor, &asked, draft, true).await?;
            page::html(&page)
        }
        MailingState::Released
        | MailingState::Stopped
        | MailingState::Done
        | MailingState::Dropped => page::html(&progress(&state, &visitor, &asked, row).await?),
    }
}

/// Shows how what was typed reads to whom, or keeps it.
pub async fn save(
    Held(state): Held<State>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response> {
    let Posted { visitor, fields } = posted;
    let of = match id.as_str() {
        NEW => None,
        id => Some(db::mailing::seen(&state.db, &visitor.scope, page::id(id)?).await?),
    };
    let unit = fields.text("don-vi");
    let unit_id = visitor.standing.units.get(unit).copied();
    let draft = Draft {
        seen: fields.id("seen").unwrap_or_default(),
        unit: unit_id
            .filter(|unit| visitor.scope.holds(*unit))
            .ok_or(Error::NotFound)?,
        audience: audience(fields.text("doi-tuong"))?,
        wording: Wording::typed(
            fields.text("subject"),
            crate::web::pages::wordings::raw(&fields, "body"),
        ),
        at: number(fields.text("nguoi")),
        of,
    };
    let keep = fields.text("lam") == "luu";
    if keep
        && draft
            .wording
            .check(&mailing::samples(&visitor.standing.plan))
            .is_ok()
    {
        let step = Step::Write {
            of: draft.of.as_ref().map(|row| (row.id, draft.seen)),
            unit: unit.to_owned(),
            audience: draft.audience,
            wording: draft.wording,
        };
        let (standing, who) = (&visitor.standing, visitor.who());
        let act = Act::Mailing(Box::new(step));
        let done = desk::perform(&state.db, standing, who, None, act, clock::now()).await?;
        let row = db::act::get(&state.db, done).await?;
        let to = format!("{PATH}/{}?da={done}", row.subject_id);
        return Ok(Redirect::to(&to).into_response());
    }
    let kept = draft.of.as_ref().is_some_and(|row| {
        row.state == MailingState::Draft
            && (row.n, row.unit_id, row.audience) == (draft.seen, draft.unit, draft.audience)
            && row.wording() == draft.wording
    });
    let (page, fits) = editor(&state, &visitor, &Asked::new(), draft, kept).await?;
    let status = if fits {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    Ok((status, page::html(&page)?).into_response())
}

/// The act of a button under a draft or under a mailing on its way.
pub fn act(fields: &Fields, act: &str) -> Result<Act> {
    let id = fields.id("mailing").ok_or(Error::NotFound)?;
    let of = (id, fields.id("seen").ok_or(Error::NotFound)?);
    let step = match act {
        "mailing_release" => Step::Release {
            of,
            count: fields.id("count").ok_or(Error::NotFound)?,
        },
        "mailing_stop" => Step::Stop { of },
        "mailing_resume" => Step::Resume { of },
        "mailing_drop" => Step::Drop { of },
        _ => return Err(Error::NotFound),
    };
    Ok(Act::Mailing(Box::new(step)))
}

/// The editor, and whether its text is one that can be kept. `kept`: it stands so in the database.
async fn editor(
    state: &State,
    visitor: &Visitor,
    asked: &Asked,
    draft: Draft,
    kept: bool,
) -> Result<(Editor, bool)> {
    let standing = &visitor.standing;
    let plan = &standing.plan;
    let mut tx = state.db.snapshot().await?;
    let people = desk::people(&mut tx, standing, draft.unit, draft.audience).await?;
    drop(tx);
    let count = i64::try_from(people.len()).unwrap_or(i64::MAX);
    let at = draft.at.min(people.len().saturating_sub(1));
    let fault = draft.wording.check(&mailing::samples(plan)).err();
    let shown = people.get(at).map(|person| {
        let unit = standing.code(person.unit).unwrap_or_default();
        Shown {
            whom: words::mailing::shown(at + 1, people.len(), &person.recipient),
            said: draft.wording.write(&person.facts(plan, unit)).ok(),
        }
    });
    let fits = fault.is_none();
    let release = (kept && count > 0).then(|| release(visitor, draft.of.as_ref()));
    let units = plan
        .units
        .iter()
        .filter(|unit| {
            let id = standing.units.get(&unit.code);
            id.is_some_and(|id| visitor.scope.holds(*id))
        })
        .map(|unit| {
            let chosen = standing.units.get(&unit.code) == Some(&draft.unit);
            (unit.code.clone(), unit.name.clone(), chosen)
        })
        .collect();
    let title = match draft.of {
        Some(_) => words::mailing::TITLE,
        None => words::mailing::NEW,
    };
    let page = Editor {
        frame: Frame::new(state, visitor, title, "thu-di", asked).await?,
        to: match &draft.of {
            Some(row) => format!("{PATH}/{}", row.id),
            None => format!("{PATH}/{NEW}"),
        },
        id: draft.of.as_ref().map(|row| row.id),
        seen: draft.seen,
        units,
        audiences: Audience::ALL
            .iter()
            .map(|of| {
                let chosen = *of == draft.audience;
                (
                    words::mailing::address(*of),
                    words::mailing::audience(*of),
                    chosen,
                )
            })
            .collect(),
        subject: draft.wording.subject,
        body: draft.wording.body,
        subject_limit: wording::SUBJECT_LIMIT,
        body_limit: wording::BODY_LIMIT,
        fault: fault.map(|fault| fault.sentence()),
        reach: words::mailing::reach(count),
        count,
        before: at.checked_sub(1),
        after: (at + 1 < people.len()).then_some(at + 1),
        shown,
        names: words::mailing::NAMES,
        release,
        author: draft.of.map_or(String::new(), |row| {
            format!("{} · {}", page::moment(visitor, row.written_at), row.author)
        }),
    };
    Ok((page, fits))
}

fn release(visitor: &Visitor, row: Option<&Mailing>) -> Release {
    let top = visitor.standing.top();
    let at_the_top = top.is_some_and(|top| visitor.scope.holds(top));
    let own = row.is_some_and(|row| row.author_id == visitor.account.id);
    let why_not = match (own, at_the_top) {
        (true, _) => words::mailing::OWN.to_owned(),
        (false, false) => {
            words::mailing::only_top(top.map_or("", |top| visitor.standing.unit_name(top)))
        }
        (false, true) => String::new(),
    };
    Release {
        may: why_not.is_empty(),
        why_not,
    }
}

#[derive(Template)]
#[template(path = "web/mailing_sent.html")]
struct Sent {
    frame: Frame,
    id: i64,
    seen: i64,
    subject: String,
    body: String,
    whom: String,
    state: &'static str,
    class: &'static str,
    /// Goes on, so the page is asked for anew.
    moves: bool,
    said: String,
    meter: (i64, i64),
    troubles: Option<String>,
    written: String,
    released: String,
    stop: bool,
    resume: bool,
    why_not: String,
}

async fn progress(state: &State, visitor: &Visitor, asked: &Asked, row: Mailing) -> Result<Sent> {
    let so_far = db::mailing::progress(&state.db, row.id).await?;
    let top = visitor.standing.top();
    let at_the_top = top.is_some_and(|top| visitor.scope.holds(top));
    let left = row.recipients - so_far.sent - so_far.failed - so_far.skipped;
    let moves = match row.state {
        MailingState::Released => true,
        MailingState::Done => left > 0,
        MailingState::Stopped | MailingState::Draft | MailingState::Dropped => false,
    };
    let stopped = row.state == MailingState::Stopped;
    Ok(Sent {
        frame: Frame::new(state, visitor, words::mailing::TITLE, "thu-di", asked).await?,
        id: row.id,
        seen: row.n,
        whom: whom(visitor, &row),
        state: words::mailing::state(row.state),
        class: class(row.state),
        moves,
        said: words::mailing::progress(so_far.written, row.recipients, so_far.sent),
        meter: (so_far.sent, row.recipients.max(1)),
        troubles: words::mailing::troubles(so_far.failed, so_far.bounced, so_far.skipped),
        written: format!("{} · {}", page::moment(visitor, row.written_at), row.author),
        released: match (row.released_at, &row.releaser) {
            (Some(at), Some(by)) => format!("{} · {by}", page::moment(visitor, at)),
            (Some(_) | None, _) => String::new(),
        },
        stop: moves,
        resume: stopped && at_the_top,
        why_not: if stopped && !at_the_top {
            words::mailing::only_top(top.map_or("", |top| visitor.standing.unit_name(top)))
        } else {
            String::new()
        },
        subject: row.subject,
        body: row.body,
    })
}

fn audience(word: &str) -> Result<Audience> {
    Audience::ALL
        .iter()
        .copied()
        .find(|audience| words::mailing::address(*audience) == word)
        .ok_or(Error::NotFound)
}

fn number(text: &str) -> usize {
    text.parse().unwrap_or_default()
}
