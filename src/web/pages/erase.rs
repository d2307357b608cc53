//! Xóa dữ liệu theo đề nghị: everything there is of one person, piece by piece, and a clerk's word about it.

use askama::Template;
use axum::extract::Path;
use axum::extract::Query;
use axum::extract::State as Held;
use axum::response::Html;

use crate::db;
use crate::desk;
use crate::desk::Kin;
use crate::desk::Own;
use crate::desk::Reach;
use crate::web::State;
use crate::web::error::Error;
use crate::web::error::Result;
use crate::web::page;
use crate::web::page::Asked;
use crate::web::page::Frame;
use crate::web::pages::letters;
use crate::web::session::Visitor;
use crate::words;

#[derive(Template)]
#[template(path = "web/erase.html")]
struct Page {
    frame: Frame,
    entry: i64,
    code: String,
    entries: Vec<Line>,
    mails: Vec<Line>,
    letters: Vec<Line>,
}

/// A piece with its check box.
struct Line {
    id: i64,
    /// Where it is shown.
    to: String,
    name: String,
    about: String,
    /// What stays, or why it cannot go.
    remark: String,
    checked: bool,
    /// It cannot be chosen at all.
    bound: bool,
}

pub async fn show(
    Held(state): Held<State>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>> {
    let entry = db::view::entry(&state.db, &visitor.scope, page::id(&id)?).await?;
    if !may(&state, &visitor, entry.id).await? {
        return Err(Error::NotFound);
    }
    let mut tx = state.db.snapshot().await?;
    let reach = desk::reach(&mut tx, &entry).await?;
    drop(tx);
    let page = Page {
        frame: Frame::new(&state, &visitor, words::removal::ERASE_TITLE, "bai", &asked).await?,
        entry: entry.id,
        entries: reach
            .entries
            .iter()
            .map(|own| entry_line(&visitor, own))
            .collect(),
        mails: mail_lines(&visitor, &reach),
        letters: letter_lines(&visitor, &reach),
        code: entry.receipt_code,
    };
    page::html(&page)
}

/// Whether this person may have the data of an entry's author removed: the secretariat of the unit at the top, while
/// the data is here and nobody has said so yet.
pub async fn may(state: &State, visitor: &Visitor, entry: i64) -> Result<bool> {
    let top = visitor.standing.top();
    Ok(top.is_some_and(|top| visitor.scope.holds(top))
        && db::removal::of_entry(&state.db, entry).await?.is_none()
        && db::removal::under_way(&state.db, entry).await?.is_none())
}

fn entry_line(visitor: &Visitor, own: &Own) -> Line {
    let mut about = vec![
        visitor.standing.unit_name(own.row.unit_id).to_owned(),
        words::time::instant(own.row.received_at, &visitor.zone()),
        words::entry::state(own.row.state).to_owned(),
    ];
    about.extend(words::removal::versions(own.row.versions));
    let name = match own.name.as_str() {
        "" => own.row.receipt_code.clone(),
        name => format!("{} · {name}", own.row.receipt_code),
    };
    let remark = match (own.bond, own.kin, own.marks_stay) {
        (Some(bond), _, _) => words::removal::bond(bond),
        (None, Kin::Other, _) => words::removal::OTHER_NAME,
        (None, Kin::Same, true) => words::removal::MARKS_STAY,
        (None, Kin::Same, false) => "",
    };
    Line {
        id: own.row.id,
        to: format!("/bai-du-thi/{}", own.row.id),
        name,
        about: about.join(" · "),
        remark: remark.to_owned(),
        checked: own.proposed(),
        bound: own.bond.is_some(),
    }
}

fn mail_lines(visitor: &Visitor, reach: &Reach) -> Vec<Line> {
    let line = |own: &desk::OwnMail| Line {
        id: own.row.id,
        to: format!("/thu-den/{}/goc", own.row.id),
        name: titled(&own.row.subject),
        about: words::time::instant(own.row.received_at, &visitor.zone()),
        remark: match own.others.is_empty() {
            true => String::new(),
            false => words::removal::others_mail(&own.others),
        },
        checked: own.proposed,
        bound: false,
    };
    reach.mails.iter().map(line).collect()
}

fn letter_lines(visitor: &Visitor, reach: &Reach) -> Vec<Line> {
    let line = |own: &desk::OwnLetter| Line {
        id: own.row.id,
        to: format!("/thu-di/{}", own.row.id),
        name: titled(&own.row.subject),
        about: format!(
            "{} · {}",
            letters::kind(own.row.kind),
            words::time::instant(own.row.queued_at, &visitor.zone())
        ),
        remark: String::new(),
        checked: own.proposed,
        bound: false,
    };
    reach.letters.iter().map(line).collect()
}

fn titled(subject: &str) -> String {
    match subject.trim() {
        "" => words::entry::NO_SUBJECT.to_owned(),
        subject => subject.to_owned(),
    }
}
