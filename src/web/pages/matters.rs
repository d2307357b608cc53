//! Việc cần xử lý: what a person must decide, oldest first, each with the acts that fit it.

use askama::Template;
use axum::extract::Path;
use axum::extract::Query;
use axum::extract::State as Held;
use axum::response::Html;
use axum::response::IntoResponse;
use axum::response::Response;

use crate::contest::deadline;
use crate::contest::deadline::What;
use crate::db;
use crate::db::job::JobKind;
use crate::db::matter::Matter;
use crate::db::matter::Subject;
use crate::entry::MatterKind;
use crate::entry::ReceiptCode;
use crate::web::State;
use crate::web::error::Result;
use crate::web::page;
use crate::web::page::Asked;
use crate::web::page::Frame;
use crate::web::page::Pager;
use crate::web::pages::compare;
use crate::web::pages::entry;
use crate::web::pages::entry::Sheet;
use crate::web::pages::fitting;
use crate::web::pages::known::detail;
use crate::web::pages::known::told;
use crate::web::pages::mail;
use crate::web::pages::mail::Mail;
use crate::web::session::Visitor;
use crate::words;
use crate::words::matter::Detail;
use crate::words::time;

#[derive(Template)]
#[template(path = "web/matters.html")]
struct List {
    frame: Frame,
    /// Word, name, how many, chosen.
    kinds: Vec<(&'static str, &'static str, String, bool)>,
    all: bool,
    lines: Vec<Line>,
    pager: Pager,
}

struct Line {
    id: i64,
    kind: &'static str,
    sentence: String,
    unit: String,
    opened: String,
}

pub async fn list(
    Held(state): Held<State>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Html<String>> {
    let kind = asked.get("loai").and_then(|text| kind_of(text));
    let counts = db::view::matters_by_kind(&state.db, &visitor.scope).await?;
    let number = page::number(&asked);
    let matters = db::view::matters(&state.db, &visitor.scope, kind, number).await?;
    let total = counts
        .iter()
        .filter(|(of, _, _)| kind.is_none_or(|kind| kind == *of))
        .map(|(_, n, _)| n)
        .sum();
    let mut lines = Vec::with_capacity(matters.len());
    for matter in &matters {
        let detail = told(&state, &visitor, matter).await?;
        lines.push(Line {
            id: matter.id,
            kind: words::matter::kind(matter.kind),
            sentence: words::matter::sentence(matter.kind, &detail),
            unit: visitor.standing.unit_name(matter.unit_id).to_owned(),
            opened: page::moment(&visitor, matter.opened_at),
        });
    }
    let page = List {
        frame: Frame::new(&state, &visitor, words::desk::MATTERS, "viec", &asked).await?,
        kinds: counts
            .iter()
            .map(|(of, n, _)| {
                (
                    word(*of),
                    words::matter::kind(*of),
                    time::number(*n),
                    kind == Some(*of),
                )
            })
            .collect(),
        all: kind.is_none(),
        pager: page::pager("/viec", &asked, number, matters.len(), total),
        lines,
    };
    page::html(&page)
}

#[derive(Template)]
#[template(path = "web/matter.html")]
struct Page {
    frame: Frame,
    id: i64,
    kind: &'static str,
    sentence: String,
    error: String,
    /// What is to be said of the parts of the mail.
    remarks: Vec<String>,
    opened: String,
    closed: bool,
    sheet: Option<Sheet>,
    mail: Option<Mail>,
    /// The entry this one is compared with, when it is in scope.
    other: Option<Sheet>,
    /// Code and name of suggested units.
    suggestions: Vec<(String, String)>,
    /// Whether they are the program's guess, and not the places the sender wrote to.
    suggested: bool,
    units: Vec<(String, String, bool)>,
    replies: Vec<words::reply::Reply>,
    acts: fitting::Acts,
    letter: Option<i64>,
    /// Words covered by hand so far, one text a line.
    covers: String,
    about_handover: bool,
    /// Short name of the contest.
    slug: String,
}

pub async fn show(
    Held(state): Held<State>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let matter = db::view::matter(&state.db, &visitor.scope, page::id(&id)?).await?;
    if matter.kind == MatterKind::Copied {
        return Ok(compare::instead(&matter, &asked).into_response());
    }
    let detail = told(&state, &visitor, &matter).await?;
    let entry = match matter.subject {
        Subject::Entry => {
            match db::view::entry(&state.db, &visitor.scope, matter.subject_id).await {
                Ok(entry) => Some(entry),
                // It was given to another unit meanwhile.
                Err(db::Error::Missing) => None,
                Err(error) => return Err(error.into()),
            }
        }
        Subject::Message
        | Subject::Mailbox
        | Subject::Delivery
        | Subject::Job
        | Subject::Letter
        | Subject::Handover
        | Subject::Removal
        | Subject::Wording
        | Subject::Mailing => None,
    };
    let about = about(&state, &matter).await?;
    let message = match (&entry, about) {
        (Some(entry), _) => db::view::message_of(&state.db, entry).await?,
        (None, (Subject::Message, id)) => Some(id),
        (None, (Subject::Letter, id)) => {
            match db::view::letter(&state.db, &visitor.scope, id).await {
                Ok(letter) => letter.message_id,
                Err(db::Error::Missing) => None,
                Err(error) => return Err(error.into()),
            }
        }
        (
            None,
            (
                Subject::Entry
                | Subject::Mailbox
                | Subject::Delivery
                | Subject::Job
                | Subject::Handover
                | Subject::Removal
                | Subject::Wording
                | Subject::Mailing,
                _,
            ),
        ) => None,
    };
    let mail = match message {
        Some(message) => mail::load(&state, &visitor, message).await?,
        None => None,
    };
    let covers = match &entry {
        Some(entry) => {
            let version = db::entry::version(&state.db, entry.id).await?;
            db::copy::covers(&state.db, version.id).await?.join("\n")
        }
        None => String::new(),
    };
    let sheet = match &entry {
        Some(entry) => Some(entry::sheet(&state, &visitor, entry).await?),
        None => None,
    };
    let other = other(&state, &visitor, &detail).await?;
    let other_stands = other.as_ref().is_some_and(|sheet| sheet.stands);
    let plan = &visitor.standing.plan;
    let unit = visitor.standing.code(matter.unit_id).unwrap_or_default();
    let phrase = deadline::in_force(plan, What::Intake, unit, Some("email"))
        .map(|deadline| deadline.phrase.clone());
    let phone = plan.unit(unit).and_then(|unit| unit.phone.clone());
    let page = Page {
        frame: Frame::new(
            &state,
            &visitor,
            words::matter::kind(matter.kind),
            "viec",
            &asked,
        )
        .await?,
        id: matter.id,
        kind: words::matter::kind(matter.kind),
        sentence: words::matter::sentence(matter.kind, &detail),
        error: detail.error.clone().unwrap_or_default(),
        remarks: detail
            .remarks
            .iter()
            .map(words::document::finding)
            .collect(),
        opened: page::moment(&visitor, matter.opened_at),
        closed: matter.closed_at.is_some(),
        acts: fitting::acts(&matter, sheet.as_ref(), other_stands, mail.as_ref()),
        other,
        suggested: !detail.one_mail,
        suggestions: detail
            .candidates
            .iter()
            .enumerate()
            .filter_map(|(at, code)| {
                let unit = plan.unit(code)?;
                let button = match (detail.one_mail, at) {
                    (true, 0) => words::matter::keep_in(&unit.name),
                    (true, _) => words::matter::move_to(&unit.name),
                    (false, _) => unit.name.clone(),
                };
                Some((unit.code.clone(), button))
            })
            .collect(),
        units: entry::choices(&visitor, entry.map_or(0, |entry| entry.unit_id)),
        replies: words::reply::replies(
            &plan.title,
            visitor.standing.unit_name(matter.unit_id),
            phrase.as_deref(),
            phone.as_deref(),
        ),
        letter: (about.0 == Subject::Letter).then_some(about.1),
        covers,
        about_handover: about.0 == Subject::Handover,
        slug: plan.slug.clone(),
        sheet,
        mail,
    };
    Ok(page::html(&page)?.into_response())
}

async fn other(state: &State, visitor: &Visitor, detail: &Detail) -> Result<Option<Sheet>> {
    let Some(code) = detail.other.as_deref().and_then(ReceiptCode::parse) else {
        return Ok(None);
    };
    match db::view::entry_by_code(&state.db, &visitor.scope, code.as_str()).await {
        Ok(entry) => Ok(Some(entry::sheet(state, visitor, &entry).await?)),
        Err(db::Error::Missing) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The row a matter concerns: of a job, the mail or entry it reads or the letter it sends.
async fn about(state: &State, matter: &Matter) -> Result<(Subject, i64)> {
    if matter.subject != Subject::Job {
        return Ok((matter.subject, matter.subject_id));
    }
    let mut tx = state.db.begin().await?;
    let (kind, key) = db::job::about(&mut tx, matter.subject_id).await?;
    drop(tx);
    Ok(match kind {
        JobKind::Sort => (Subject::Message, key),
        JobKind::Again => match db::delivery::get(&state.db, key).await?.message_id {
            Some(message) => (Subject::Message, message),
            None => (Subject::Delivery, key),
        },
        JobKind::Send => (Subject::Letter, key),
        JobKind::Copy => {
            let version = db::entry::version_of(&state.db, key).await?;
            (Subject::Entry, version.entry_id)
        }
        // The jury's business: no row of the desk says more than the sentence.
        JobKind::Flag | JobKind::Advance | JobKind::Prizes => (Subject::Job, matter.subject_id),
        JobKind::Pack | JobKind::Missing | JobKind::Papers => (Subject::Handover, key),
        JobKind::Ocr => match db::entry::home_of_file(&state.db, key).await? {
            Some((_, _, entry)) => (Subject::Entry, entry),
            None => (Subject::Job, matter.subject_id),
        },
        JobKind::Compare | JobKind::CompareAll | JobKind::Remove | JobKind::Mailing => {
            (Subject::Job, matter.subject_id)
        }
    })
}

/// What happened, in a sentence.
pub fn sentence(matter: &Matter) -> String {
    words::matter::sentence(matter.kind, &detail(matter))
}

/// The word of a kind in addresses: as it is stored.
pub fn word(kind: MatterKind) -> &'static str {
    match kind {
        MatterKind::Route => "don-vi",
        MatterKind::TwoUnits => "hai-don-vi",
        MatterKind::Version => "nop-lai",
        MatterKind::Excluded => "khong-du-thi",
        MatterKind::SameText => "giong-nhau",
        MatterKind::Late => "muon",
        MatterKind::Clock => "gio-nhan",
        MatterKind::Split => "tach",
        MatterKind::Unreadable => "chua-doc-duoc",
        MatterKind::Quarantine => "chua-mo-duoc",
        MatterKind::Bounce => "tra-lai",
        MatterKind::Question => "hoi",
        MatterKind::Unclear => "chua-ro",
        MatterKind::Mailbox => "hom-thu",
        MatterKind::Job => "may",
        MatterKind::Letter => "thu-di",
        MatterKind::Copy => "roc-phach",
        MatterKind::Pictures => "hinh-minh-hoa",
        MatterKind::ListLocked => "da-chot",
        MatterKind::Judge => "giam-khao-bao",
        MatterKind::Handover => "ban-giao",
        MatterKind::Copied => "sao-chep",
        MatterKind::Roll => "danh-sach",
        MatterKind::Retention => "xoa-du-lieu",
    }
}

fn kind_of(text: &str) -> Option<MatterKind> {
    MatterKind::ALL
        .iter()
        .copied()
        .find(|kind| word(*kind) == text)
}
