//! Bàn làm việc: how long is left, three things to do today, the intake, and how mailboxes and letters are.

use askama::Template;
use axum::extract::Query;
use axum::extract::State as Held;
use axum::response::Html;

use crate::clock;
use crate::contest::deadline;
use crate::contest::deadline::What;
use crate::db;
use crate::entry::LetterState;
use crate::entry::MatterKind;
use crate::web::State;
use crate::web::chart;
use crate::web::chart::Chart;
use crate::web::error::Result;
use crate::web::page;
use crate::web::page::Asked;
use crate::web::page::Frame;
use crate::web::pages::mailboxes;
use crate::web::pages::mailboxes::MailboxLine;
use crate::web::session::Visitor;
use crate::words;
use crate::words::time;

#[derive(Template)]
#[template(path = "web/home.html")]
struct Page {
    frame: Frame,
    heading: String,
    /// "Trước 17h00 ngày 06/9/2019 · …"
    under: String,
    things: Vec<Thing>,
    more: i64,
    chart: Option<Chart>,
    figures: Vec<Figure>,
    mailboxes: Vec<MailboxLine>,
    letters: Vec<(&'static str, String, &'static str)>,
    letters_bad: i64,
}

struct Thing {
    what: String,
    hint: String,
    /// Where its button leads.
    to: String,
    act: &'static str,
    main: bool,
}

struct Figure {
    n: String,
    what: &'static str,
    bad: bool,
    to: &'static str,
}

pub async fn show(
    Held(state): Held<State>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Html<String>> {
    let now = clock::now();
    let zone = visitor.zone();
    let plan = &visitor.standing.plan;
    let due = deadline::in_force(plan, What::Intake, visitor.code(), Some("email"));
    let until = due.map(|due| due.until);
    let boxes = mailboxes::lines(&state, &visitor).await?;
    let figures = db::view::figures(&state.db, &visitor.scope).await?;
    let hours = db::view::intake(&state.db, &visitor.scope).await?;
    let by_state = db::view::letters_by_state(&state.db, &visitor.scope).await?;
    let (things, more) = things(&state, &visitor, &boxes).await?;
    let letters_bad = by_state
        .iter()
        .filter(|(state, _)| matches!(state, LetterState::Failed | LetterState::Unknown))
        .map(|(_, n)| n)
        .sum();
    let page = Page {
        frame: Frame::new(&state, &visitor, words::desk::DESK, "ban", &asked).await?,
        heading: words::desk::heading(until, now),
        under: words::desk::under_heading(
            due.map(|due| due.phrase.as_str()),
            plan.document.issuer.as_deref(),
            now,
            &zone,
        ),
        things,
        more,
        chart: chart::intake(&hours, &zone, until, now),
        figures: vec![
            figure(
                figures.entries,
                words::desk::FIGURE_ENTRIES,
                false,
                "/bai-du-thi",
            ),
            figure(
                figures.receipts,
                words::desk::FIGURE_RECEIPTS,
                false,
                "/thu-di",
            ),
            figure(
                figures.matters,
                words::desk::FIGURE_MATTERS,
                figures.matters > 0,
                "/viec",
            ),
            figure(
                figures.resends,
                words::desk::FIGURE_RESENDS,
                false,
                "/bai-du-thi",
            ),
            figure(
                figures.late,
                words::desk::FIGURE_LATE,
                false,
                "/bai-du-thi?muon=1",
            ),
        ],
        mailboxes: boxes,
        letters: by_state
            .into_iter()
            .map(|(state, n)| {
                (
                    words::letter::state(state),
                    time::number(n),
                    crate::web::pages::letters::word(state),
                )
            })
            .collect(),
        letters_bad,
    };
    page::html(&page)
}

fn figure(n: i64, what: &'static str, bad: bool, to: &'static str) -> Figure {
    Figure {
        n: time::number(n),
        what,
        bad,
        to,
    }
}

/// The three most urgent things, and how many kinds more there are.
async fn things(
    state: &State,
    visitor: &Visitor,
    boxes: &[MailboxLine],
) -> Result<(Vec<Thing>, i64)> {
    let mut kinds = db::view::matters_by_kind(&state.db, &visitor.scope).await?;
    kinds.sort_by_key(|(kind, _, oldest)| (urgency(*kind), *oldest));
    let mut all: Vec<Thing> = Vec::new();
    for line in boxes.iter().filter(|line| line.alarming) {
        all.push(Thing {
            what: words::mailbox::line(&line.address, &line.state),
            hint: line.advice.clone(),
            to: "/hom-thu".to_owned(),
            act: words::desk::SEE_HOW,
            main: false,
        });
    }
    let told = !all.is_empty();
    for (kind, n, _) in kinds {
        // The mailboxes themselves say more than a count of their matters.
        if kind == MatterKind::Mailbox && told {
            continue;
        }
        let (what, hint) = words::today::line(kind, n);
        all.push(Thing {
            what,
            hint: hint.to_owned(),
            to: format!("/viec?loai={}", super::matters::word(kind)),
            act: words::desk::HANDLE,
            main: false,
        });
    }
    let more = i64::try_from(all.len().saturating_sub(3)).unwrap_or(0);
    all.truncate(3);
    if let Some(first) = all.first_mut() {
        first.main = true;
    }
    Ok((all, more))
}

/// Which kinds come first among the things to do today.
fn urgency(kind: MatterKind) -> u8 {
    match kind {
        MatterKind::Mailbox => 0,
        MatterKind::Job | MatterKind::Letter | MatterKind::Quarantine | MatterKind::Handover => 1,
        MatterKind::Route
        | MatterKind::TwoUnits
        | MatterKind::Copy
        | MatterKind::ListLocked
        | MatterKind::Judge => 2,
        MatterKind::Question => 3,
        MatterKind::Unclear
        | MatterKind::Split
        | MatterKind::Version
        | MatterKind::Excluded
        | MatterKind::Roll
        | MatterKind::Pictures
        | MatterKind::Unreadable => 4,
        MatterKind::Clock | MatterKind::Late => 5,
        MatterKind::SameText | MatterKind::Copied | MatterKind::Bounce => 6,
        MatterKind::Retention => 7,
    }
}
