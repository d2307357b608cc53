//! One entry as its head judge sees it: the masked copy, what each judge gave, flags, and the decision where judges
//! differ. Names of judges, never of authors.

use askama::Template;
use axum::extract::Path;
use axum::extract::Query;
use axum::extract::State as Held;
use axum::response::Html;
use axum::response::Redirect;

use super::frame::Bar;
use super::frame::Frame;
use super::juror::Juror;
use super::panel;
use super::sheet;
use crate::blind::Block;
use crate::blind::Piece;
use crate::clock;
use crate::contest::plan::RoundKind;
use crate::db;
use crate::judging::triage::Verdict;
use crate::jury;
use crate::jury::list::Word;
use crate::web::State;
use crate::web::error::Error;
use crate::web::error::Result;
use crate::web::page;
use crate::web::page::Asked;
use crate::web::session::Posted;
use crate::words;

#[derive(Template)]
#[template(path = "web/jury/entry.html")]
struct Page {
    frame: Frame,
    queue: i64,
    entry: i64,
    code: String,
    blocks: Vec<Block>,
    pages: Vec<db::judge::Page>,
    pictures_wait: String,
    /// Judge, mark or verdict, remark.
    sheets: Vec<(String, String, String)>,
    flags: Vec<(&'static str, String)>,
    result: String,
    /// The head judge may decide now.
    decide: bool,
    /// Taken, or left, by hand; with its reason.
    taken: bool,
    by_hand: bool,
    reason: String,
    choose: bool,
    verdicts: Vec<(&'static str, &'static str)>,
}

pub async fn show(
    Held(state): Held<State>,
    juror: Juror,
    Path((queue, entry)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>> {
    let (queue, standing) = panel::seen(&state, &juror, &queue).await?;
    juror.must_head(&queue)?;
    let entry = page::id(&entry)?;
    let round = jury::round(&standing, &queue)?;
    let now = jury::standings::standings(&state.db, &standing, &queue).await?;
    let row = now
        .rows
        .iter()
        .find(|row| row.queue_entry == entry)
        .ok_or(Error::NotFound)?;
    let paper = db::judge::paper(&state.db, entry).await?;
    let marked = db::judge::marked(&state.db, queue.id).await?;
    let remarks: Vec<String> = marked
        .iter()
        .filter(|sheet| sheet.queue_entry_id == entry && sheet.sheet_id.is_some())
        .map(|sheet| sheet.remark.clone().unwrap_or_default())
        .collect();
    let mut frame =
        Frame::new(&juror, words::jury::sheet_title(&row.code), "").of(&standing, &queue);
    frame.wide = true;
    frame.bar = asked.contains_key("da").then(|| Bar {
        text: words::jury::CHOSEN.to_owned(),
        undo: None,
    });
    let open = queue.locked_at.is_none();
    let page = Page {
        queue: queue.id,
        entry,
        code: row.code.clone(),
        blocks: serde_json::from_str::<Vec<Block>>(&paper.body).map_err(db::Error::from)?,
        pages: db::judge::pages(&state.db, entry).await?,
        pictures_wait: words::jury::pictures_wait(paper.pictures_wait),
        sheets: row
            .sheets
            .iter()
            .zip(remarks)
            .map(|((judge, mark), remark)| {
                let given = mark.clone();
                let shown = given
                    .clone()
                    .unwrap_or_else(|| words::jury::NOT_GIVEN.to_owned());
                // A draft is nobody else's to read.
                (
                    judge.clone(),
                    shown,
                    given.map(|_| remark).unwrap_or_default(),
                )
            })
            .collect(),
        flags: db::judge::flagged(&state.db, queue.id)
            .await?
            .into_iter()
            .filter(|(of, _, _, _)| *of == entry)
            .map(|(_, _, kind, note)| (words::jury::flag(kind), note))
            .collect(),
        result: match (row.mean, row.outcome) {
            (Some(mean), _) => mean.to_string(),
            (None, Some(outcome)) => words::judging::outcome(outcome),
            (None, None) => words::jury::NOT_ALL_MARKED.to_owned(),
        },
        decide: open && row.disputed,
        choose: open && round.kind == RoundKind::Scored && row.mean.is_some(),
        taken: row.taken,
        by_hand: !row.reason.is_empty(),
        reason: row.reason.clone(),
        verdicts: [Verdict::Pass, Verdict::Fail]
            .into_iter()
            .map(|one| (sheet::word(one), words::judging::verdict(one)))
            .collect(),
        frame,
    };
    page::html(&page)
}

pub async fn act(
    Held(state): Held<State>,
    Path((queue, entry)): Path<(String, String)>,
    posted: Posted<Juror>,
) -> Result<Redirect> {
    let juror = &posted.visitor;
    let (queue, standing) = panel::seen(&state, juror, &queue).await?;
    juror.must_head(&queue)?;
    let entry = page::id(&entry)?;
    let verdict = sheet::verdict_of(posted.fields.text("verdict")).ok_or(Error::NotFound)?;
    let word = Word {
        verdict,
        reason: posted.fields.text("reason"),
    };
    let (account, now) = (juror.account.id, clock::now());
    jury::list::decide(&state.db, &standing, queue.id, entry, word, account, now).await?;
    let queue = queue.id;
    Ok(Redirect::to(&format!(
        "/ban-giam-khao/{queue}/bai/{entry}?da=1"
    )))
}
