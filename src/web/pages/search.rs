//! Tìm bài dự thi: what was typed, the hits with their passages, and what to try when there is none.

use askama::Template;
use axum::extract::Query;
use axum::extract::State as Held;
use axum::response::Html;

use crate::search;
use crate::search::Found;
use crate::search::Hit;
use crate::search::Piece;
use crate::search::Place;
use crate::search::Wanted;
use crate::web::State;
use crate::web::error::Result;
use crate::web::page;
use crate::web::page::Asked;
use crate::web::page::Frame;
use crate::web::page::Pager;
use crate::web::session::Visitor;
use crate::words;

#[derive(Template)]
#[template(path = "web/search.html")]
struct Page {
    frame: Frame,
    typed: String,
    /// Nothing was asked yet.
    fresh: bool,
    /// "12 kết quả"; none when there is no answer.
    count: Option<String>,
    /// Why there is no answer, or not to all that was typed.
    notice: Option<&'static str>,
    lines: Vec<Line>,
    hints: Vec<Hint>,
    pager: Option<Pager>,
}

struct Line {
    id: i64,
    code: Vec<Piece>,
    name: Vec<Piece>,
    unit: String,
    received: String,
    state: &'static str,
    state_class: &'static str,
    parts: Vec<(&'static str, Vec<Piece>)>,
}

/// A sentence, and an address with its words where there is something to press.
struct Hint {
    sentence: String,
    way: Option<(String, String)>,
}

pub async fn show(
    Held(state): Held<State>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Html<String>> {
    let typed = asked.get("q").map(String::as_str).unwrap_or_default();
    let wanted = Wanted::read(typed);
    let fresh = typed.trim().is_empty();
    let mut page = Page {
        frame: Frame::new(&state, &visitor, words::search::TITLE, "tim", &asked).await?,
        typed: wanted.text.clone(),
        fresh,
        count: None,
        notice: None,
        lines: Vec::new(),
        hints: Vec::new(),
        pager: None,
    };
    if wanted.is_empty() {
        page.notice = (!fresh).then_some(words::search::NO_WORD);
        return page::html(&page);
    }
    let number = page::number(&asked);
    let found = state
        .search
        .find(&state.db, &visitor.scope, &wanted, number)
        .await;
    let found = match found {
        Ok(found) => found,
        Err(search::Error::Db(error)) => return Err(error.into()),
        Err(search::Error::Filling) => {
            page.notice = Some(words::search::FILLING);
            return page::html(&page);
        }
        Err(search::Error::Index(error)) => {
            tracing::error!(%error, "a search met its index in trouble");
            page.notice = Some(words::search::BROKEN);
            return page::html(&page);
        }
    };
    page.notice = wanted.cut.then_some(words::search::CUT);
    page.count = Some(words::search::results(found.total));
    page.hints = hints(&wanted, &found);
    if found.total > search::PAGE {
        // Only what was read: an address need not be as long as what was pasted.
        let kept = Asked::from([("q".to_owned(), wanted.text.clone())]);
        page.pager = Some(page::pager_of(
            search::PAGE,
            "/tim",
            &kept,
            found.page,
            found.hits.len(),
            found.total,
        ));
    }
    page.lines = found
        .hits
        .into_iter()
        .map(|hit| line(&visitor, hit))
        .collect();
    page::html(&page)
}

fn line(visitor: &Visitor, hit: Hit) -> Line {
    let paper = hit.paper;
    let name = if hit.name.is_empty() {
        vec![Piece {
            text: words::entry::NO_NAME.to_owned(),
            hit: false,
        }]
    } else {
        hit.name
    };
    Line {
        id: paper.id,
        code: hit.code,
        name,
        unit: visitor.standing.unit_name(paper.unit_id).to_owned(),
        received: page::moment(visitor, paper.received_at),
        state: words::entry::state(paper.state),
        state_class: super::entries::class(paper.state),
        parts: hit
            .lines
            .into_iter()
            .map(|(place, pieces)| (label(place), pieces))
            .collect(),
    }
}

fn label(place: Place) -> &'static str {
    match place {
        Place::Unit => words::search::UNIT,
        Place::Class => words::search::CLASS,
        Place::Address => words::search::ADDRESS,
        Place::Phone => words::search::PHONE,
        Place::Email => words::search::EMAIL,
        Place::File => words::search::FILE,
        Place::Essay => words::search::ESSAY,
    }
}

/// What to try next when nothing was found: first what is known to help.
fn hints(wanted: &Wanted, found: &Found) -> Vec<Hint> {
    if found.total > 0 {
        return Vec::new();
    }
    let plain = |sentence: &str| Hint {
        sentence: sentence.to_owned(),
        way: None,
    };
    let mut hints = Vec::new();
    if wanted.is_mistaken_code() {
        hints.push(plain(words::search::HINT_CODE));
    }
    let spellings = || wanted.needs.iter().flat_map(search::Need::spellings);
    let rest: Vec<&str> = spellings()
        .map(|word| word.exact.as_str())
        .filter(|word| !found.absent.iter().any(|absent| absent == word))
        .collect();
    if !found.absent.is_empty() {
        let rest = rest.join(" ");
        hints.push(Hint {
            sentence: words::search::absent(&found.absent),
            way: (!rest.is_empty()).then(|| {
                let address = format!("/tim?q={}", page::encoded(&rest));
                (address, words::search::without(&rest))
            }),
        });
    }
    let is_phrase = |need: &search::Need| matches!(need, search::Need::Phrase(_));
    if wanted.needs.iter().any(is_phrase) {
        hints.push(plain(words::search::HINT_QUOTES));
    }
    if spellings().count() > 1 {
        hints.push(plain(words::search::HINT_FEWER));
    }
    hints.push(plain(words::search::HINT_SPELLING));
    hints.push(plain(words::search::HINT_WORKING));
    hints.push(plain(words::search::HINT_UNIT));
    hints
}
