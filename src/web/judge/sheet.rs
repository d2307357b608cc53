//! Trang chấm: the masked essay beside its sheet. Forms alone do everything; the script adds keys and saving while
//! one types. Every form carries the essay's code and the version of the sheet, and the server refuses a mismatch.

use std::collections::BTreeMap;

use askama::Template;
use axum::Json;
use axum::extract::Path;
use axum::extract::Query;
use axum::extract::State as Held;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::Html;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;
use serde_json::json;

use super::frame;
use super::frame::Bar;
use super::frame::Frame;
use super::juror::Juror;
use super::mine;
use crate::blind::Block;
use crate::blind::Piece;
use crate::clock;
use crate::contest::Quarters;
use crate::contest::plan::RoundKind;
use crate::contest::score::BadMark;
use crate::db;
use crate::db::contest::Standing;
use crate::db::judge::Sheet;
use crate::entry::FlagKind;
use crate::entry::SheetState;
use crate::judging::triage::Verdict;
use crate::jury;
use crate::jury::sheet::Typed;
use crate::web::State;
use crate::web::error::Error;
use crate::web::error::Result;
use crate::web::page;
use crate::web::page::Asked;
use crate::web::picture;
use crate::web::session::Fields;
use crate::web::session::Posted;
use crate::words;
use crate::words::jury::Refusal;
use crate::words::time;

#[derive(Template)]
#[template(path = "web/jury/sheet.html")]
struct Page {
    frame: Frame,
    sheet: i64,
    code: String,
    version: i64,
    /// "2 trang, 1.204 chữ"
    length: String,
    blocks: Vec<Block>,
    pages: Vec<db::judge::Page>,
    /// A sentence about pictures that nobody has released; empty where there are none.
    pictures_wait: String,
    key_line: Option<String>,
    /// Quarter points of the part scored from the key.
    key_quarters: u32,
    triage: bool,
    /// Word, name, chosen.
    verdicts: Vec<(&'static str, &'static str, bool)>,
    criteria: Vec<Criterion>,
    total: String,
    full: String,
    remark: String,
    saved: String,
    problem: String,
    given: bool,
    may_reopen: bool,
    /// Id and name of flags that stand.
    flags: Vec<(i64, &'static str)>,
    flag_kinds: Vec<(&'static str, &'static str)>,
    /// The sheet given before this one.
    before: Option<i64>,
}

struct Criterion {
    code: String,
    name: String,
    full: String,
    quarters: u32,
    hint: String,
    value: String,
    quick: Vec<String>,
    wrong: bool,
}

pub async fn show(
    Held(state): Held<State>,
    juror: Juror,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let sheet = db::judge::sheet(&state.db, juror.account.id, page::id(&id)?).await?;
    let bar = match (asked.get("da"), asked.get("xong").map(|id| page::id(id))) {
        (_, Some(Ok(given))) => match db::judge::sheet(&state.db, juror.account.id, given).await {
            Ok(given) if jury::sheet::may_reopen(&given, clock::now()) => Some(Bar {
                text: words::jury::given(&given.blind_code),
                undo: Some(format!("/cham/{}", given.id)),
            }),
            Ok(_) | Err(db::Error::Missing) => None,
            Err(error) => return Err(error.into()),
        },
        (Some(said), _) if said == "bao" => Bar::saying(words::jury::FLAGGED),
        (Some(said), _) if said == "mo" => Bar::saying(words::jury::REOPENED),
        _ => None,
    };
    let page = build(&state, &juror, &sheet, None, bar).await?;
    Ok(page::html(&page)?.into_response())
}

/// A page of an entry that this person marks, or whose jury this person heads.
pub async fn leaf(
    Held(state): Held<State>,
    juror: Juror,
    Path(code): Path<String>,
) -> Result<Response> {
    let page = db::judge::page(&state.db, juror.account.id, &code).await?;
    if !page.own_sheet && !page.queues.iter().any(|queue| juror.heads(queue)) {
        return Err(Error::NotFound);
    }
    picture::jpeg(&state, &page.blob).await
}

/// What could not be taken from a form: shown again as it was typed, with what is wrong.
struct Again<'a> {
    typed: &'a Typed,
    version: i64,
    wrong: &'a [(String, BadMark)],
    problem: String,
}

async fn build(
    state: &State,
    juror: &Juror,
    sheet: &Sheet,
    again: Option<Again<'_>>,
    bar: Option<Bar>,
) -> Result<Page> {
    if sheet.barred {
        return Err(Error::Conflict(Refusal::Barred.sentence()));
    }
    let now = clock::now();
    let standing = state.standing(sheet.contest_id).await?;
    let zone = time::zone(&standing.plan.zone);
    let round = standing.plan.round(&sheet.round).ok_or(Error::NotFound)?;
    let paper = jury::sheet::paper(&state.db, sheet).await?;
    let blocks: Vec<Block> = serde_json::from_str(&paper.body).map_err(db::Error::from)?;
    if sheet.state == SheetState::Open && !sheet.opened {
        // A page does not wait for the disk: what a power cut takes back is noted when the page is asked for again.
        let mut tx = state.db.begin_repeatable().await?;
        db::judge::open_sheet(&mut tx, sheet.account_id, sheet.id, now).await?;
        tx.commit().await?;
    }
    let key = jury::sheet::by_key(&standing, round, &paper.answers);
    let rubric = standing.plan.rubric_of(round);
    let key_line = key.as_ref().map(|(code, score)| {
        let name = rubric.iter().find(|criterion| criterion.code == *code);
        let name = name.map_or("", |criterion| criterion.name.as_str());
        words::jury::by_key(name, score.right, score.total, &score.quarters.to_string())
    });
    let key_quarters = key.map_or(0, |(_, score)| score.quarters.get());
    let marks = sheet.marks();
    let verdict = again
        .as_ref()
        .map_or(sheet.verdict, |again| again.typed.verdict);
    let criteria: Vec<Criterion> = rubric
        .iter()
        .filter(|criterion| !criterion.from_key)
        .map(|criterion| Criterion {
            value: match &again {
                Some(again) => again
                    .typed
                    .marks
                    .get(&criterion.code)
                    .cloned()
                    .unwrap_or_default(),
                None => marks
                    .get(&criterion.code)
                    .map_or(String::new(), |mark| Quarters::new(*mark).to_string()),
            },
            wrong: again
                .as_ref()
                .is_some_and(|again| again.wrong.iter().any(|(code, _)| *code == criterion.code)),
            code: criterion.code.clone(),
            name: criterion.name.clone(),
            full: criterion.full().to_string(),
            quarters: criterion.full_quarters,
            hint: criterion.hint.clone().unwrap_or_default(),
            quick: criterion
                .quick_marks()
                .iter()
                .map(Quarters::to_string)
                .collect(),
        })
        .collect();
    let flags = db::judge::flags_of(&state.db, sheet.id).await?;
    let full: u32 = rubric.iter().map(|criterion| criterion.full_quarters).sum();
    let pages = db::judge::pages(&state.db, sheet.queue_entry_id).await?;
    let total: u32 = marks.values().sum::<u32>() + key_quarters;
    let lately = db::judge::given_lately(&state.db, juror.account.id, sheet.queue_id, 2).await?;
    Ok(Page {
        frame: head(state, juror, &standing, sheet, bar).await?,
        sheet: sheet.id,
        code: sheet.blind_code.clone(),
        version: again.as_ref().map_or(sheet.version, |again| again.version),
        length: words::jury::length(
            pages.iter().filter(|page| !page.illustration).count(),
            pages.iter().filter(|page| page.illustration).count(),
            (pages.is_empty() || !blocks.is_empty()).then_some(paper.words),
        ),
        pictures_wait: words::jury::pictures_wait(paper.pictures_wait),
        blocks,
        pages,
        key_line,
        key_quarters,
        triage: round.kind == RoundKind::Triage,
        verdicts: [Verdict::Pass, Verdict::Fail, Verdict::Review]
            .into_iter()
            .map(|one| {
                (
                    word(one),
                    words::judging::verdict(one),
                    verdict == Some(one),
                )
            })
            .collect(),
        criteria,
        total: Quarters::new(total).to_string(),
        full: Quarters::new(full).to_string(),
        remark: again
            .as_ref()
            .map_or(sheet.remark.clone(), |again| again.typed.remark.clone()),
        saved: sheet.saved_at.map_or(String::new(), |at| {
            format!("✓ {}", words::jury::saved(at, &zone))
        }),
        problem: again.map_or(String::new(), |again| again.problem),
        given: sheet.state == SheetState::Given,
        may_reopen: jury::sheet::may_reopen(sheet, now),
        flag_kinds: FlagKind::ALL
            .iter()
            .filter(|kind| flags.iter().all(|flag| flag.kind != **kind))
            .map(|kind| (kind.as_str(), words::jury::flag(*kind)))
            .collect(),
        flags: flags
            .iter()
            .map(|flag| (flag.id, words::jury::flag(flag.kind)))
            .collect(),
        before: lately
            .into_iter()
            .map(|(id, _, _)| id)
            .find(|id| *id != sheet.id),
    })
}

async fn head(
    state: &State,
    juror: &Juror,
    standing: &Standing,
    sheet: &Sheet,
    bar: Option<Bar>,
) -> Result<Frame> {
    let mine = db::judge::queues_of_judge(&state.db, juror.account.id).await?;
    let left = frame::left(standing, sheet.unit_id, clock::now());
    let mut frame = Frame::new(juror, words::jury::sheet_title(&sheet.blind_code), "");
    frame.where_ = standing
        .plan
        .round(&sheet.round)
        .map_or(String::new(), |round| round.name.clone());
    frame.contest = standing.plan.title.clone();
    frame.pace = mine
        .iter()
        .find(|queue| queue.id == sheet.queue_id)
        .map(|queue| frame::pace(queue, left));
    frame.bar = bar;
    frame.wide = true;
    Ok(frame)
}

/// The word of a verdict in forms: as it is stored.
pub fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::Review => "review",
    }
}

pub fn verdict_of(word_: &str) -> Option<Verdict> {
    [Verdict::Pass, Verdict::Fail, Verdict::Review]
        .into_iter()
        .find(|verdict| word(*verdict) == word_)
}

/// Everything a judge may do to a sheet: save a draft, give it, take it back, raise a flag.
pub async fn act(
    Held(state): Held<State>,
    Path(id): Path<String>,
    headers: HeaderMap,
    posted: std::result::Result<Posted<Juror>, Error>,
) -> Result<Response> {
    let wants_json = headers
        .get(header::ACCEPT)
        .is_some_and(|accept| accept == "application/json");
    let posted = match posted {
        // The script keeps what was typed and says so; a page to log in on would be of no use to it.
        Err(Error::Stranger) if wants_json => return Ok(StatusCode::UNAUTHORIZED.into_response()),
        posted => posted?,
    };
    let Posted {
        visitor: juror,
        fields,
    } = posted;
    let sheet = db::judge::sheet(&state.db, juror.account.id, page::id(&id)?).await?;
    let now = clock::now();
    let here = format!("/cham/{}", sheet.id);
    let hand = (FlagKind::read(fields.text("flag")), fields.id("unflag"));
    if hand != (None, None) && sheet.state == SheetState::Open {
        // What stands in the form is not lost by raising a hand; a form of another essay raises none.
        let saved = save(&state, &juror, &sheet, &fields, false).await?;
        if !saved.status().is_redirection() {
            return Ok(saved);
        }
    }
    if let Some(kind) = hand.0 {
        jury::sheet::flag(&state.db, &sheet, kind, fields.text("note"), now).await?;
        return Ok(if kind == FlagKind::Recuse {
            Redirect::to("/cham?da=mien").into_response()
        } else {
            Redirect::to(&format!("{here}?da=bao")).into_response()
        });
    }
    if let Some(flag) = hand.1 {
        jury::sheet::unflag(&state.db, &sheet, flag, now).await?;
        return Ok(Redirect::to(&here).into_response());
    }
    match fields.text("act") {
        "reopen" => {
            jury::sheet::reopen(&state.db, &sheet, now).await?;
            Ok(Redirect::to(&format!("{here}?da=mo")).into_response())
        }
        "next" => to_next(&state, &juror, &sheet, "").await,
        "draft" if wants_json => draft(&state, &sheet, &fields).await,
        "draft" => save(&state, &juror, &sheet, &fields, false).await,
        "give" => save(&state, &juror, &sheet, &fields, true).await,
        _ => Err(Error::NotFound),
    }
}

fn typed(fields: &Fields) -> Typed {
    let marks: BTreeMap<String, String> = fields
        .0
        .iter()
        .filter_map(|(name, text)| Some((name.strip_prefix("c.")?.to_owned(), text.clone())))
        .collect();
    Typed {
        blind_code: fields.text("code").to_owned(),
        version: fields.text("version").parse().unwrap_or(-1),
        verdict: verdict_of(fields.text("verdict")),
        marks,
        remark: fields.text("remark").replace("\r\n", "\n"),
    }
}

/// A draft saved by the script: answered with the new version, or with what stands in the way.
async fn draft(state: &State, sheet: &Sheet, fields: &Fields) -> Result<Response> {
    let standing = state.standing(sheet.contest_id).await?;
    let zone = time::zone(&standing.plan.zone);
    let now = clock::now();
    let saved = jury::sheet::save(&state.db, &standing, sheet, &typed(fields), false, now).await;
    let conflict = |body: serde_json::Value| (StatusCode::CONFLICT, Json(body)).into_response();
    Ok(match saved {
        Ok(saved) => Json(json!({
            "version": saved.version,
            "saved": words::jury::saved(now, &zone),
        }))
        .into_response(),
        Err(jury::Error::Stale) => {
            match db::judge::sheet(&state.db, sheet.account_id, sheet.id).await {
                Ok(current) if current.state == SheetState::Open => conflict(json!({
                    "version": current.version,
                    "sentence": words::jury::differs(current.saved_at, &zone),
                })),
                Ok(_) | Err(db::Error::Missing) => {
                    conflict(json!({ "sentence": words::jury::NO_LONGER_OPEN }))
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(jury::Error::Refused(refusal)) => conflict(json!({ "sentence": refusal.sentence() })),
        Err(error) => return Err(error.into()),
    })
}

/// A form sent as a form. When the sheet cannot be given, or another window was faster, the page comes back with all
/// that was typed.
async fn save(
    state: &State,
    juror: &Juror,
    sheet: &Sheet,
    fields: &Fields,
    give: bool,
) -> Result<Response> {
    let standing = state.standing(sheet.contest_id).await?;
    let zone = time::zone(&standing.plan.zone);
    let typed = typed(fields);
    let now = clock::now();
    let saved = jury::sheet::save(&state.db, &standing, sheet, &typed, give, now).await;
    let (status, version, wrong, problem) = match &saved {
        Ok(saved) if saved.given => {
            return to_next(state, juror, sheet, &format!("?xong={}", sheet.id)).await;
        }
        Ok(saved) if give => (
            StatusCode::UNPROCESSABLE_ENTITY,
            saved.version,
            saved.wrong.as_slice(),
            words::jury::lacking(saved.wrong.len()),
        ),
        Ok(_) => {
            return Ok(Redirect::to(&format!("/cham/{}", sheet.id)).into_response());
        }
        Err(jury::Error::Stale) => {
            let current = db::judge::sheet(&state.db, sheet.account_id, sheet.id).await?;
            let nothing: &[(String, BadMark)] = &[];
            let told = if current.state == SheetState::Open {
                words::jury::differs(current.saved_at, &zone)
            } else {
                words::jury::NO_LONGER_OPEN.to_owned()
            };
            (StatusCode::CONFLICT, current.version, nothing, told)
        }
        // Its marks in this page would be given to the wrong essay by the next press of a key.
        Err(jury::Error::Refused(Refusal::OtherEntry)) => {
            return Err(Error::Conflict(Refusal::OtherEntry.sentence()));
        }
        Err(jury::Error::Refused(refusal)) => {
            let nothing: &[(String, BadMark)] = &[];
            let told = refusal.sentence().to_owned();
            (StatusCode::CONFLICT, sheet.version, nothing, told)
        }
        Err(_) => return Err(saved.map_or_else(Error::from, |_| Error::Broken)),
    };
    let again = Again {
        typed: &typed,
        version,
        wrong,
        problem,
    };
    let current = db::judge::sheet(&state.db, sheet.account_id, sheet.id).await?;
    let page = build(state, juror, &current, Some(again), None).await?;
    Ok((status, Html(page.render()?)).into_response())
}

/// To the next open essay of the queue, or home when there is none.
async fn to_next(state: &State, juror: &Juror, sheet: &Sheet, query: &str) -> Result<Response> {
    let (queue, place) = (sheet.queue_id, sheet.place);
    let to = mine::onward(state, juror.account.id, queue, place, query).await?;
    Ok(Redirect::to(&to).into_response())
}
