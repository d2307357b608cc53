//! Hàng đợi của tôi: what is mine to mark, how far I am, one button to go on.

use askama::Template;
use axum::extract::Query;
use axum::extract::State as Held;
use axum::response::Html;
use axum::response::Redirect;

use super::frame;
use super::frame::Bar;
use super::frame::Frame;
use super::juror::Juror;
use crate::clock;
use crate::db;
use crate::web::State;
use crate::web::error::Error;
use crate::web::error::Result;
use crate::web::page;
use crate::web::page::Asked;
use crate::words;
use crate::words::time;

/// How many of the sheets given last are shown.
const LATELY: i64 = 5;

#[derive(Template)]
#[template(path = "web/jury/mine.html")]
struct Page {
    frame: Frame,
    queues: Vec<Mine>,
}

struct Mine {
    id: i64,
    round: String,
    unit: String,
    open: i64,
    given: i64,
    total: i64,
    pace: String,
    locked: bool,
    /// Id, blind code, when.
    lately: Vec<(i64, String, String)>,
}

pub async fn show(
    Held(state): Held<State>,
    juror: Juror,
    Query(asked): Query<Asked>,
) -> Result<Html<String>> {
    let now = clock::now();
    let mut frame = Frame::new(&juror, words::jury::MY_QUEUES, "/cham");
    frame.bar = match asked.get("da").map(String::as_str) {
        Some("het") => Bar::saying(words::jury::ALL_MARKED),
        Some("cho") => Bar::saying(words::jury::REST_WAITS),
        Some("mien") => Bar::saying(words::jury::EXCUSED),
        Some(_) | None => None,
    };
    let mut queues = Vec::new();
    for queue in db::judge::queues_of_judge(&state.db, juror.account.id).await? {
        let standing = state.standing(queue.contest_id).await?;
        let zone = time::zone(&standing.plan.zone);
        let left = frame::left(&standing, queue.unit_id, now);
        frame.contest = standing.plan.title.clone();
        let lately = db::judge::given_lately(&state.db, juror.account.id, queue.id, LATELY).await?;
        let round = standing.plan.round(&queue.round);
        queues.push(Mine {
            id: queue.id,
            round: round.map_or(String::new(), |round| round.name.clone()),
            unit: standing.unit_name(queue.unit_id).to_owned(),
            open: queue.open,
            given: queue.given,
            total: queue.open + queue.given,
            pace: words::jury::pace(queue.open, left),
            locked: queue.locked_at.is_some(),
            lately: lately
                .into_iter()
                .map(|(id, code, at)| (id, code, time::short(at, now, &zone)))
                .collect(),
        });
    }
    page::html(&Page { frame, queues })
}

/// Leads to the next essay of a queue, wherever one comes from.
pub async fn next(
    Held(state): Held<State>,
    juror: Juror,
    Query(asked): Query<Asked>,
) -> Result<Redirect> {
    let queue = asked.get("hang-doi").map_or("", String::as_str);
    let queue = page::id(queue)?;
    let mine = db::judge::queues_of_judge(&state.db, juror.account.id).await?;
    if !mine.iter().any(|one| one.id == queue) {
        return Err(Error::NotFound);
    }
    let to = onward(&state, juror.account.id, queue, 0, "").await?;
    Ok(Redirect::to(&to))
}

/// The address of a judge's next open essay of a queue after `place`, with `query` behind it; home when there is none.
pub async fn onward(
    state: &State,
    account: i64,
    queue: i64,
    place: i64,
    query: &str,
) -> Result<String> {
    let next = db::judge::next_sheet(&state.db, account, queue, place).await?;
    if let Some(sheet) = next {
        return Ok(format!("/cham/{sheet}{query}"));
    }
    let mine = db::judge::queues_of_judge(&state.db, account).await?;
    // What is left has no safe copy at this moment.
    let left = mine.iter().any(|one| one.id == queue && one.open > 0);
    Ok(format!("/cham?da={}", if left { "cho" } else { "het" }))
}
