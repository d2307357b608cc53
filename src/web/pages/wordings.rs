//! Mẫu thư: how letters to participants are worded, changed with a preview beside it, and taken back to any version.

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
use crate::db::wording::Version;
use crate::desk;
use crate::desk::Act;
use crate::entry::LetterForm;
use crate::letter::sample;
use crate::letter::sample::Sample;
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

#[derive(Template)]
#[template(path = "web/wordings.html")]
struct List {
    frame: Frame,
    lines: Vec<Line>,
}

struct Line {
    name: &'static str,
    /// When such a letter goes.
    when: &'static str,
    to: String,
    /// Which text is in force.
    text: String,
    own: bool,
    failed: bool,
    by: String,
}

pub async fn list(
    Held(state): Held<State>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Html<String>> {
    let mut lines = Vec::new();
    for form in LetterForm::ALL {
        let versions = db::wording::versions(&state.db, visitor.scope.contest, *form).await?;
        let (name, when) = words::wording::form(*form);
        let newest = versions.first();
        let own = newest.filter(|version| version.wording().is_some());
        lines.push(Line {
            name,
            when,
            to: address(*form),
            text: own.map_or(words::wording::SHIPPED.to_owned(), |version| {
                words::wording::version(version.n)
            }),
            own: own.is_some(),
            failed: own.is_some_and(|version| version.failed_at.is_some()),
            by: newest.map_or(String::new(), |version| signed(&visitor, version)),
        });
    }
    let page = List {
        frame: Frame::new(&state, &visitor, words::wording::TITLE, "thu-di", &asked).await?,
        lines,
    };
    page::html(&page)
}

#[derive(Template)]
#[template(path = "web/wording.html")]
struct Page {
    frame: Frame,
    name: &'static str,
    when: &'static str,
    to: String,
    /// The word of the form in addresses.
    form: &'static str,
    /// Why this person may only read.
    locked: Option<String>,
    seen: i64,
    subject: String,
    body: String,
    subject_limit: usize,
    body_limit: usize,
    fault: Option<String>,
    failed: Option<String>,
    /// Number, name, chosen.
    samples: Vec<(usize, &'static str, bool)>,
    /// How it reads; `None` while it cannot be written.
    said: Option<wording::Said>,
    names: &'static [Name],
    versions: Vec<VersionLine>,
    /// The text that ships is not in force.
    own: bool,
}

struct VersionLine {
    n: i64,
    name: String,
    by: String,
    here: bool,
    shipped: bool,
    subject: String,
    body: String,
}

pub async fn show(
    Held(state): Held<State>,
    visitor: Visitor,
    Path(form): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>> {
    let form = read(&form)?;
    let versions = db::wording::versions(&state.db, visitor.scope.contest, form).await?;
    let text = versions.first().and_then(Version::wording);
    let draft = Draft {
        form,
        seen: versions.first().map_or(0, |version| version.n),
        wording: text.unwrap_or_else(|| wording::shipped(form)),
        sample: number(asked.get("mau").map_or("", String::as_str)),
    };
    let page = page_of(&state, &visitor, &asked, &draft, &versions).await?;
    page::html(&page)
}

/// What stands in the editor.
struct Draft {
    form: LetterForm,
    /// The version it began from.
    seen: i64,
    wording: Wording,
    /// The letter it is shown with.
    sample: usize,
}

/// Shows how the text that was typed reads, or saves it. What is wrong with it is said above the editor, which keeps it.
pub async fn save(
    Held(state): Held<State>,
    Path(form): Path<String>,
    posted: Posted,
) -> Result<Response> {
    let Posted { visitor, fields } = posted;
    let form = read(&form)?;
    let draft = Draft {
        form,
        seen: fields.id("seen").ok_or(Error::NotFound)?,
        wording: Wording::typed(fields.text("subject"), raw(&fields, "body")),
        sample: number(fields.text("mau")),
    };
    let samples = sample::letters(&visitor.standing.plan, form);
    let taken = draft
        .wording
        .check(samples.iter().map(|sample| &sample.facts));
    if fields.text("lam") == "luu" && taken.is_ok() {
        // What ships is no version of ours.
        let shipped = draft.wording == wording::shipped(form);
        let act = Act::Word {
            form,
            seen: draft.seen,
            wording: (!shipped).then_some(draft.wording),
        };
        let (standing, who) = (&visitor.standing, visitor.who());
        let done = desk::perform(&state.db, standing, who, None, act, clock::now()).await?;
        return Ok(Redirect::to(&format!("{}?da={done}", address(form))).into_response());
    }
    let versions = db::wording::versions(&state.db, visitor.scope.contest, form).await?;
    let page = page_of(&state, &visitor, &Asked::new(), &draft, &versions).await?;
    let status = if taken.is_ok() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    Ok((status, page::html(&page)?).into_response())
}

/// The act of going back to an earlier version, or to the text that ships (`of` 0).
pub async fn back(state: &State, visitor: &Visitor, fields: &Fields) -> Result<Act> {
    let form = read(fields.text("form"))?;
    let of = fields.id("of").ok_or(Error::NotFound)?;
    let versions = db::wording::versions(&state.db, visitor.scope.contest, form).await?;
    let wording = match of {
        0 => None,
        n => versions
            .iter()
            .find(|version| version.n == n)
            .ok_or(Error::NotFound)?
            .wording(),
    };
    Ok(Act::Word {
        form,
        seen: fields.id("seen").ok_or(Error::NotFound)?,
        wording,
    })
}

async fn page_of(
    state: &State,
    visitor: &Visitor,
    asked: &Asked,
    draft: &Draft,
    versions: &[Version],
) -> Result<Page> {
    let form = draft.form;
    let (name, when) = words::wording::form(form);
    let samples = sample::letters(&visitor.standing.plan, form);
    let fault = draft
        .wording
        .check(samples.iter().map(|sample| &sample.facts))
        .err();
    let shown = samples.get(draft.sample).or(samples.first());
    let said = shown.and_then(|Sample { facts, .. }| draft.wording.write(facts).ok());
    let top = visitor.standing.top();
    let may = top.is_some_and(|top| visitor.scope.holds(top));
    let in_force = versions.first();
    Ok(Page {
        frame: Frame::new(state, visitor, name, "thu-di", asked).await?,
        name,
        when,
        to: address(form),
        form: words::wording::address(form),
        locked: (!may).then(|| {
            let unit = top.map_or("", |top| visitor.standing.unit_name(top));
            words::wording::only_top(unit)
        }),
        seen: draft.seen,
        subject: draft.wording.subject.clone(),
        body: draft.wording.body.clone(),
        subject_limit: wording::SUBJECT_LIMIT,
        body_limit: wording::BODY_LIMIT,
        fault: fault.map(|fault| fault.sentence()),
        failed: in_force
            .filter(|version| version.wording().is_some())
            .and_then(|version| version.failed_at)
            .map(|at| words::wording::failed(&page::moment(visitor, at))),
        samples: samples
            .iter()
            .enumerate()
            .map(|(n, sample)| (n, sample.name, n == draft.sample))
            .collect(),
        said,
        names: words::wording::names(form),
        own: in_force.is_some_and(|version| version.wording().is_some()),
        versions: versions
            .iter()
            .enumerate()
            .map(|(n, version)| line(visitor, form, version, n == 0))
            .collect(),
    })
}

fn line(visitor: &Visitor, form: LetterForm, version: &Version, here: bool) -> VersionLine {
    let own = version.wording();
    let shipped = own.is_none();
    let text = own.unwrap_or_else(|| wording::shipped(form));
    VersionLine {
        n: version.n,
        name: words::wording::version(version.n),
        by: signed(visitor, version),
        here,
        shipped,
        subject: text.subject,
        body: text.body,
    }
}

/// "10:58 · Nguyễn Thư Ký"
fn signed(visitor: &Visitor, version: &Version) -> String {
    format!("{} · {}", page::moment(visitor, version.at), version.by)
}

/// A field as it was typed, blanks and all.
pub fn raw<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields
        .0
        .iter()
        .find(|(key, _)| key == name)
        .map_or("", |(_, value)| value)
}

fn number(text: &str) -> usize {
    text.parse().unwrap_or_default()
}

fn address(form: LetterForm) -> String {
    format!("/mau-thu/{}", words::wording::address(form))
}

fn read(word: &str) -> Result<LetterForm> {
    LetterForm::ALL
        .iter()
        .copied()
        .find(|form| words::wording::address(*form) == word)
        .ok_or(Error::NotFound)
}
