//! Duyệt danh sách: the ranking as it is, equal entries named, the line drawn, approvals, the lock.

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
use crate::clock;
use crate::contest::plan::RoundKind;
use crate::contest::role::Role;
use crate::db::judge::RankingState;
use crate::jury;
use crate::jury::list::Approved;
use crate::web::State;
use crate::web::error::Error;
use crate::web::error::Result;
use crate::web::page;
use crate::web::page::Asked;
use crate::web::session::Posted;
use crate::words;
use crate::words::time;

#[derive(Template)]
#[template(path = "web/jury/list.html")]
struct Page {
    frame: Frame,
    queue: i64,
    unit: String,
    triage: bool,
    head: bool,
    locked: bool,
    rows: Vec<Row>,
    taken: usize,
    take: Option<u32>,
    ties: Vec<Vec<(i64, String)>>,
    ordered: Vec<Vec<(i64, String)>>,
    problems: Vec<String>,
    remarks: Vec<String>,
    /// A proposal that is of exactly these marks.
    proposed: bool,
    /// A proposal whose marks have changed.
    outdated: bool,
    hash: String,
    /// SHA-256 in groups, for the minutes.
    seal: String,
    approvals: Vec<(String, &'static str, String)>,
    awaited: String,
    /// This person's approval is what the list waits for.
    may_approve: bool,
    /// With this approval the list is locked.
    last: bool,
}

struct Row {
    entry: i64,
    place: String,
    code: String,
    /// Mean, or the outcome of a screening.
    result: String,
    sheets: Vec<(String, String)>,
    tied: bool,
    taken: bool,
    reason: String,
    /// The line runs below this row.
    cut: bool,
}

pub async fn show(
    Held(state): Held<State>,
    juror: Juror,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>> {
    let (queue, standing) = panel::seen(&state, &juror, &id).await?;
    let now = clock::now();
    let zone = time::zone(&standing.plan.zone);
    let round = jury::round(&standing, &queue)?;
    let view = jury::list::view(&state.db, &standing, queue.id).await?;
    let locked = view.queue.locked_at.is_some();
    let current = view
        .proposal
        .as_ref()
        .is_some_and(|proposal| proposal.hash == view.now.hash);
    let missing: Vec<Role> = round
        .approvals
        .iter()
        .copied()
        .filter(|role| view.approvals.iter().all(|approval| approval.role != *role))
        .collect();
    let roles = juror.roles_at(&queue);
    let approved = view
        .approvals
        .iter()
        .any(|approval| approval.account_id == juror.account.id);
    let mut frame = Frame::new(&juror, words::jury::LIST, "").of(&standing, &queue);
    frame.bar = match asked.get("da").map(String::as_str) {
        Some("lap") => Bar::saying(words::jury::PROPOSED),
        Some("duyet") => Bar::saying(words::jury::APPROVED),
        Some("chot") => Bar::saying(words::jury::LOCKED),
        Some("rut") => Bar::saying(words::jury::WITHDRAWN),
        Some("thu-tu") => Bar::saying(words::jury::ORDERED),
        Some("chon") => Bar::saying(words::jury::CHOSEN),
        Some(_) | None => None,
    };
    let clear = view.now.problems.is_empty();
    let last_taken = view.now.rows.iter().rposition(|row| row.taken);
    let rows = view
        .now
        .rows
        .iter()
        .enumerate()
        .map(|(at, row)| Row {
            entry: row.queue_entry,
            place: if row.place == 0 || round.kind == RoundKind::Triage {
                String::new()
            } else {
                row.place.to_string()
            },
            code: row.code.clone(),
            result: match (row.mean, row.outcome) {
                (Some(mean), _) => mean.to_string(),
                (None, Some(outcome)) => words::judging::outcome(outcome),
                (None, None) => words::jury::NOT_ALL_MARKED.to_owned(),
            },
            sheets: row
                .sheets
                .iter()
                .map(|(judge, mark)| {
                    let mark = mark.clone().unwrap_or_else(|| "–".to_owned());
                    (judge.clone(), mark)
                })
                .collect(),
            tied: row.tied,
            taken: row.taken,
            reason: row.reason.clone(),
            cut: Some(at) == last_taken && view.now.take.is_some(),
        })
        .collect();
    let page = Page {
        queue: queue.id,
        unit: standing.unit_name(queue.unit_id).to_owned(),
        triage: round.kind == RoundKind::Triage,
        head: juror.heads(&queue),
        locked,
        rows,
        taken: view.now.taken,
        take: view.now.take,
        ties: view.now.ties,
        ordered: view.now.ordered,
        problems: if locked {
            Vec::new()
        } else {
            view.now.problems
        },
        remarks: view.now.remarks,
        proposed: current,
        outdated: view
            .proposal
            .as_ref()
            .is_some_and(|proposal| proposal.state == RankingState::Proposed && !current),
        seal: groups(view.proposal.as_ref().map_or("", |proposal| &proposal.hash)),
        hash: view.now.hash,
        approvals: view
            .approvals
            .iter()
            .map(|approval| {
                (
                    approval.name.clone(),
                    words::plan::role(approval.role),
                    time::short(approval.at, now, &zone),
                )
            })
            .collect(),
        may_approve: current
            && !locked
            && clear
            && !approved
            && missing.iter().any(|role| roles.contains(role)),
        last: missing.len() == 1,
        awaited: words::jury::awaited(&missing),
        frame,
    };
    page::html(&page)
}

/// "3f2a 9c01 …": a hash that people can compare.
fn groups(hash: &str) -> String {
    let chars: Vec<char> = hash.chars().take(32).collect();
    let groups: Vec<String> = chars.chunks(4).map(|four| four.iter().collect()).collect();
    groups.join(" ")
}

pub async fn act(
    Held(state): Held<State>,
    Path(id): Path<String>,
    posted: Posted<Juror>,
) -> Result<Redirect> {
    let (juror, fields) = (&posted.visitor, &posted.fields);
    let (queue, standing) = panel::seen(&state, juror, &id).await?;
    let (db, account, now) = (&state.db, juror.account.id, clock::now());
    let reason = fields.text("reason");
    let act = fields.text("act");
    if act != "approve" {
        juror.must_head(&queue)?;
    }
    let said = match act {
        "propose" => {
            jury::list::propose(db, &standing, queue.id, account, now).await?;
            "lap"
        }
        "approve" => {
            let roles = juror.roles_at(&queue);
            let hash = fields.text("hash");
            let approved =
                jury::list::approve(db, &standing, queue.id, hash, account, &roles, now).await?;
            match approved {
                Approved::Waiting => "duyet",
                Approved::Locked => "chot",
            }
        }
        "withdraw" => {
            jury::list::withdraw(db, queue.id, now).await?;
            "rut"
        }
        "order" => {
            let order = ordered(fields);
            jury::list::order(db, &standing, queue.id, &order, reason, account, now).await?;
            "thu-tu"
        }
        "take" | "leave" | "as-ranked" => {
            let entry = fields.id("entry").ok_or(Error::NotFound)?;
            let taken = match act {
                "take" => Some(true),
                "leave" => Some(false),
                _ => None,
            };
            jury::list::choose(db, queue.id, entry, taken, reason, account, now).await?;
            "chon"
        }
        _ => return Err(Error::NotFound),
    };
    let queue = queue.id;
    Ok(Redirect::to(&format!(
        "/ban-giam-khao/{queue}/danh-sach?da={said}"
    )))
}

/// The entries of an order by the numbers that the head judge wrote beside them ("thu-tu.ID = 2").
fn ordered(fields: &crate::web::session::Fields) -> Vec<i64> {
    let mut numbered: Vec<(u32, i64)> = fields
        .0
        .iter()
        .filter_map(|(name, value)| {
            let entry = name.strip_prefix("thu-tu.")?.parse().ok()?;
            Some((value.trim().parse().unwrap_or(u32::MAX), entry))
        })
        .collect();
    // Two with one number, or one without, is no order: it names fewer entries and is refused.
    numbered.sort_unstable();
    let mut numbers: Vec<u32> = numbered.iter().map(|(number, _)| *number).collect();
    numbers.dedup();
    if numbers.len() < numbered.len() || numbers.contains(&u32::MAX) {
        return Vec::new();
    }
    numbered.into_iter().map(|(_, entry)| entry).collect()
}
