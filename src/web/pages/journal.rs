//! Nhật ký: who decided what, with the way back.

use askama::Template;
use axum::extract::Query;
use axum::extract::State as Held;
use axum::response::Html;

use crate::db;
use crate::db::matter::Subject;
use crate::db::view::Deed;
use crate::desk;
use crate::web::State;
use crate::web::error::Result;
use crate::web::page;
use crate::web::page::Asked;
use crate::web::page::Frame;
use crate::web::session::Visitor;
use crate::words;

pub struct DeedLine {
    pub id: i64,
    pub when: String,
    pub by: String,
    pub text: String,
    /// Where the row is shown, if it has a page.
    pub to: Option<String>,
    pub undone: bool,
    pub undoable: bool,
}

#[derive(Template)]
#[template(path = "web/journal.html")]
struct Page {
    frame: Frame,
    deeds: Vec<DeedLine>,
    before: Option<i64>,
    after: Option<i64>,
}

pub async fn list(
    Held(state): Held<State>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Html<String>> {
    let number = page::number(&asked);
    let deeds = db::view::deeds(&state.db, &visitor.scope, number).await?;
    let full = i64::try_from(deeds.len()).unwrap_or(0) == db::view::PAGE;
    let page = Page {
        frame: Frame::new(&state, &visitor, words::desk::JOURNAL, "nhat-ky", &asked).await?,
        deeds: lines(&visitor, &deeds),
        before: (number > 0).then_some(number),
        after: full.then_some(number + 2),
    };
    page::html(&page)
}

pub fn lines(visitor: &Visitor, deeds: &[Deed]) -> Vec<DeedLine> {
    deeds
        .iter()
        .map(|deed| DeedLine {
            id: deed.id,
            when: page::moment(visitor, deed.at),
            by: deed.by.clone(),
            text: page::sentence(visitor, deed),
            to: address(deed.subject, deed.subject_id),
            undone: deed.undone_at.is_some(),
            undoable: deed.undone_at.is_none() && desk::undoable(&deed.kind),
        })
        .collect()
}

/// The page of a row.
pub fn address(subject: Subject, id: i64) -> Option<String> {
    match subject {
        Subject::Entry => Some(format!("/bai-du-thi/{id}")),
        Subject::Letter => Some(format!("/thu-di/{id}")),
        Subject::Mailbox => Some("/hom-thu".to_owned()),
        Subject::Handover => Some("/ban-giao".to_owned()),
        Subject::Mailing => Some(format!("/gui-nhieu-nguoi/{id}")),
        Subject::Wording => Some("/mau-thu".to_owned()),
        Subject::Message | Subject::Delivery | Subject::Job | Subject::Removal => None,
    }
}
