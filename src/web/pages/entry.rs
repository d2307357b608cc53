//! Hồ sơ bài dự thi: facts, files, text, findings, the mail, the receipt, what happened, and the acts.

use askama::Template;
use axum::extract::Path;
use axum::extract::Query;
use axum::extract::State as Held;
use axum::response::Html;

use crate::db;
use crate::db::matter::Subject;
use crate::entry::EntryState;
use crate::entry::FileRole;
use crate::entry::Kind;
use crate::entry::Timeliness;
use crate::slip::Fact;
use crate::slip::Slip;
use crate::web::State;
use crate::web::error::Result;
use crate::web::page;
use crate::web::page::Asked;
use crate::web::page::Frame;
use crate::web::pages::erase;
use crate::web::pages::journal;
use crate::web::pages::journal::DeedLine;
use crate::web::pages::mail;
use crate::web::pages::mail::Mail;
use crate::web::session::Visitor;
use crate::words;

/// An entry as it is shown, on its page and beside its matters.
pub struct Sheet {
    pub id: i64,
    pub code: String,
    pub unit: String,
    pub origin: String,
    pub state: &'static str,
    pub state_class: &'static str,
    pub stands: bool,
    /// What is said of an entry whose data was removed.
    pub removed: Option<String>,
    pub timeliness: &'static str,
    pub time_unsure: bool,
    pub received: String,
    pub facts: Vec<FactLine>,
    pub files: Vec<FileLine>,
    /// Heading and text of each essay file, as read.
    pub texts: Vec<(String, String)>,
    pub findings: Vec<String>,
    pub answers: String,
    /// Code and id of the entry this one is joined to, or that has the same essay.
    pub joined_to: Option<(i64, String)>,
    pub same_as: Option<(i64, String)>,
    pub resends: Vec<String>,
    /// All versions, when there are several.
    pub versions: Vec<VersionLine>,
    pub may_split: bool,
    /// Pages that are pictures.
    pub pages: usize,
}

/// A version of an entry that was handed in more than once.
pub struct VersionLine {
    pub id: i64,
    pub n: i64,
    pub stands: bool,
    pub received: String,
    pub from: String,
    pub proof: &'static str,
    pub files: Vec<(i64, String)>,
    /// The mail that brought it, to be fetched.
    pub mail: Option<i64>,
}

pub struct FactLine {
    /// Name of the form's field.
    pub field: &'static str,
    pub label: &'static str,
    pub value: String,
    /// The value as people write it: a date by day, month and year.
    pub shown: String,
    pub place: &'static str,
    pub kind: &'static str,
}

pub struct FileLine {
    pub id: i64,
    pub name: String,
    pub about: String,
    pub role: &'static str,
    pub hash: String,
    pub loose: bool,
}

#[derive(Template)]
#[template(path = "web/entry.html")]
struct Page {
    frame: Frame,
    sheet: Sheet,
    mail: Option<Mail>,
    /// Id and sentence of open matters.
    matters: Vec<(i64, String)>,
    deeds: Vec<DeedLine>,
    events: Vec<(String, &'static str)>,
    units: Vec<(String, String, bool)>,
    /// What is said of an entry whose data is about to go, and whether this person may have it removed.
    leaving: Option<String>,
    may_erase: bool,
}

pub async fn show(
    Held(state): Held<State>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>> {
    let entry = db::view::entry(&state.db, &visitor.scope, page::id(&id)?).await?;
    let matters =
        db::view::matters_about(&state.db, &visitor.scope, Subject::Entry, entry.id).await?;
    let message = db::view::message_of(&state.db, &entry).await?;
    let mail = match message {
        Some(message) => mail::load(&state, &visitor, message).await?,
        None => None,
    };
    let deeds = db::view::deeds_about(&state.db, &visitor.scope, Subject::Entry, entry.id).await?;
    let mut happened = db::view::events(&state.db, "entry", entry.id).await?;
    if let Some(message) = message {
        happened.extend(db::view::events(&state.db, "message", message).await?);
        happened.sort_by_key(|(_, at)| *at);
    }
    let title = words::entry::title(&entry.receipt_code);
    let page = Page {
        frame: Frame::new(&state, &visitor, title, "bai", &asked).await?,
        units: choices(&visitor, entry.unit_id),
        leaving: db::removal::under_way(&state.db, entry.id)
            .await?
            .map(|removal| {
                let paper = removal.paper.unwrap_or_default();
                words::removal::under_way(removal.run_at, &paper, &visitor.zone())
            }),
        may_erase: erase::may(&state, &visitor, entry.id).await?,
        matters: matters
            .iter()
            .map(|matter| (matter.id, super::matters::sentence(matter)))
            .collect(),
        sheet: sheet(&state, &visitor, &entry).await?,
        mail,
        deeds: journal::lines(&visitor, &deeds),
        events: happened
            .iter()
            .filter_map(|(kind, at)| {
                words::journal::event(kind).map(|text| (page::moment(&visitor, *at), text))
            })
            .collect(),
    };
    page::html(&page)
}

/// Every unit that takes entries in: code, name, whether it is this entry's.
pub fn choices(visitor: &Visitor, now: i64) -> Vec<(String, String, bool)> {
    let plan = &visitor.standing.plan;
    plan.units
        .iter()
        .filter(|unit| {
            plan.mailboxes
                .iter()
                .any(|mailbox| mailbox.unit == unit.code)
        })
        .map(|unit| {
            let here = visitor.standing.units.get(&unit.code) == Some(&now);
            (unit.code.clone(), unit.name.clone(), here)
        })
        .collect()
}

/// Whether the entry takes part, or waits to.
pub fn stands(entry: &db::entry::Entry) -> bool {
    matches!(entry.state, EntryState::Queued | EntryState::Held)
}

pub async fn sheet(state: &State, visitor: &Visitor, entry: &db::entry::Entry) -> Result<Sheet> {
    let version = db::entry::version(&state.db, entry.id).await?;
    let files = db::entry::files(&state.db, version.id).await?;
    let slip = match db::entry::slip(&state.db, version.id).await {
        Ok((slip, _)) => slip,
        Err(db::Error::Missing) => Slip::default(),
        Err(error) => return Err(error.into()),
    };
    let name_of = |id: Option<i64>| {
        files
            .iter()
            .find(|file| Some(file.id) == id)
            .map(|file| file.name.clone())
    };
    let findings = db::entry::findings(&state.db, version.id)
        .await?
        .iter()
        .map(|(file, finding)| {
            let sentence = words::document::finding(finding);
            match name_of(*file) {
                Some(name) => format!("{name}: {sentence}"),
                None => sentence,
            }
        })
        .collect();
    let mut texts = Vec::new();
    if version.in_body
        && let Some(message) = db::version::mail(&state.db, version.submission_id).await?
    {
        let body = db::message::get(&state.db, message).await?.body;
        texts.push((
            words::entry::ESSAY_IN_BODY.to_owned(),
            body.unwrap_or_default(),
        ));
    }
    for file in files.iter().filter(|file| file.role == FileRole::Main) {
        let text = db::reading::get(&state.db, &file.blob)
            .await?
            .map(|document| document.text)
            .unwrap_or_default();
        if !text.trim().is_empty() {
            texts.push((file.name.clone(), text));
        }
    }
    let other = |id: Option<i64>| async move {
        match id {
            Some(id) => match db::view::entry(&state.db, &visitor.scope, id).await {
                Ok(entry) => Ok(Some((entry.id, entry.receipt_code))),
                // In another unit: that there is one may be known, but not which.
                Err(db::Error::Missing) => Ok(None),
                Err(error) => Err(error),
            },
            None => Ok(None),
        }
    };
    let loose = files
        .iter()
        .filter(|file| file.role != FileRole::Annex)
        .count()
        + usize::from(version.in_body);
    let removed = db::removal::of_entry(&state.db, entry.id).await?;
    let stands = stands(entry) && removed.is_none();
    Ok(Sheet {
        id: entry.id,
        code: entry.receipt_code.clone(),
        unit: visitor.standing.unit_name(entry.unit_id).to_owned(),
        origin: entry
            .origin_unit_id
            .map(|unit| visitor.standing.unit_name(unit).to_owned())
            .unwrap_or_default(),
        state: words::entry::state(entry.state),
        state_class: super::entries::class(entry.state),
        stands,
        removed: removed
            .map(|(at, paper)| words::removal::emptied(at, paper.as_deref(), &visitor.zone())),
        timeliness: words::entry::timeliness(entry.timeliness),
        time_unsure: matches!(entry.timeliness, Timeliness::Late | Timeliness::Review),
        received: words::time::instant_exact(entry.received_at, &visitor.zone()),
        facts: facts(&slip),
        pages: db::page::leaves(&state.db, version.id).await?.len(),
        may_split: stands && loose > 1,
        files: files
            .iter()
            .map(|file| FileLine {
                id: file.id,
                name: file_name(&file.name),
                about: words::document::about_sized(Kind::read(&file.kind), file.pages, file.size),
                role: words::entry::file_role(file.role),
                hash: file.blob.chars().take(12).collect(),
                loose: file.role != FileRole::Annex,
            })
            .collect(),
        texts,
        findings,
        versions: versions(state, visitor, entry.id).await?,
        answers: answers(&version.answers),
        joined_to: other(entry.joined_to).await?,
        same_as: other(entry.same_as).await?,
        resends: db::entry::resends(&state.db, entry.id)
            .await?
            .iter()
            .map(|at| words::time::instant(*at, &visitor.zone()))
            .collect(),
    })
}

async fn versions(state: &State, visitor: &Visitor, entry: i64) -> Result<Vec<VersionLine>> {
    let history = db::version::history(&state.db, entry).await?;
    let mut lines = Vec::with_capacity(history.len());
    if history.len() < 2 {
        return Ok(lines);
    }
    for line in history {
        let files = db::entry::files(&state.db, line.id).await?;
        lines.push(VersionLine {
            id: line.id,
            n: line.n,
            stands: line.stands,
            received: words::time::instant(line.received_at, &visitor.zone()),
            from: line.from_email.unwrap_or_default(),
            proof: line.proof.and_then(words::entry::proof).unwrap_or_default(),
            files: files
                .iter()
                .map(|file| (file.id, file_name(&file.name)))
                .collect(),
            mail: line.message_id,
        });
    }
    Ok(lines)
}

fn facts(slip: &Slip) -> Vec<FactLine> {
    let line = |field, label, kind, fact: &Option<Fact>| FactLine {
        field,
        label,
        value: fact
            .as_ref()
            .map(|fact| fact.value.clone())
            .unwrap_or_default(),
        shown: fact
            .as_ref()
            .map(|fact| words::time::iso_date(&fact.value))
            .unwrap_or_default(),
        place: fact
            .as_ref()
            .map_or("", |fact| words::entry::place(fact.place)),
        kind,
    };
    vec![
        line("name", words::receipt::NAME, "text", &slip.name),
        line(
            "birth_date",
            words::receipt::BIRTH_DATE,
            "date",
            &slip.birth_date,
        ),
        line("unit", words::receipt::UNIT, "text", &slip.unit),
        line("class", words::receipt::CLASS, "text", &slip.class),
        line("address", words::receipt::ADDRESS, "text", &slip.address),
        line("phone", words::receipt::PHONE, "tel", &slip.phone),
    ]
}

fn answers(json: &str) -> String {
    let answers: std::collections::BTreeMap<u16, char> =
        serde_json::from_str(json).unwrap_or_default();
    words::receipt::answers(&answers).unwrap_or_default()
}

pub fn file_name(name: &str) -> String {
    if name.trim().is_empty() {
        words::entry::UNNAMED.to_owned()
    } else {
        name.to_owned()
    }
}
