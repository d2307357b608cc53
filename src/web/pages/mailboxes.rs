//! Hòm thư: how each mailbox is, in plain words, with what to do.

use askama::Template;
use axum::extract::Query;
use axum::extract::State as Held;
use axum::response::Html;

use crate::clock;
use crate::db;
use crate::db::mailbox::Mailbox;
use crate::entry::Trouble;
use crate::mailbox::token::Standing;
use crate::web::State;
use crate::web::error::Result;
use crate::web::page;
use crate::web::page::Asked;
use crate::web::page::Frame;
use crate::web::session::Visitor;
use crate::words;

/// A mailbox on the page.
pub struct MailboxLine {
    pub address: String,
    pub unit: String,
    pub listed: String,
    pub state: String,
    /// Class of the pill: ok, warn, bad.
    pub class: &'static str,
    pub held: String,
    /// How old its login by token is; empty for a password.
    pub login: String,
    pub advice: String,
    pub alarming: bool,
}

#[derive(Template)]
#[template(path = "web/mailboxes.html")]
struct Page {
    frame: Frame,
    mailboxes: Vec<MailboxLine>,
}

pub async fn list(
    Held(state): Held<State>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Html<String>> {
    let page = Page {
        frame: Frame::new(&state, &visitor, words::desk::MAILBOXES, "hom-thu", &asked).await?,
        mailboxes: lines(&state, &visitor).await?,
    };
    page::html(&page)
}

pub async fn lines(state: &State, visitor: &Visitor) -> Result<Vec<MailboxLine>> {
    let now = clock::now();
    let stale_after = state.config.intake.alarm_seconds * 1000;
    let mut lines: Vec<MailboxLine> = db::view::mailboxes(&state.db, &visitor.scope)
        .await?
        .into_iter()
        .map(|(mailbox, held)| {
            let Some(imap) = state.config.imap_for(&mailbox.address) else {
                return unset(visitor, &mailbox);
            };
            let login = state.config.mailbox_login(imap, &mailbox.address, now);
            line(visitor, &mailbox, login, held, now, stale_after)
        })
        .collect();
    // Those that are read here come first, in trouble before well.
    lines.sort_by_key(|line| (line.class == "none", !line.alarming));
    Ok(lines)
}

/// A mailbox of the plan that this installation has no login for: no alarm, another one may read it.
fn unset(visitor: &Visitor, mailbox: &Mailbox) -> MailboxLine {
    MailboxLine {
        address: mailbox.address.clone(),
        unit: visitor.standing.unit_name(mailbox.unit_id).to_owned(),
        listed: "—".to_owned(),
        state: words::mailbox::trouble(Trouble::Unset).to_owned(),
        class: "none",
        held: String::new(),
        login: String::new(),
        advice: words::mailbox::what_to_do(Trouble::Unset).to_owned(),
        alarming: false,
    }
}

fn line(
    visitor: &Visitor,
    mailbox: &Mailbox,
    login: Option<Standing>,
    held: i64,
    now: i64,
    stale_after: i64,
) -> MailboxLine {
    let full = match (mailbox.quota_used, mailbox.quota_limit) {
        (Some(used), Some(limit)) if limit > 0 => Some(used * 100 / limit),
        (Some(_) | None, Some(_) | None) => None,
    };
    let ends = login
        .filter(|login| login.ends_soon)
        .and_then(|login| login.ends_at);
    let silent = mailbox.listed_at.is_some_and(|at| now - at > stale_after);
    let (state, class, advice) = match mailbox.failure {
        Some(trouble) => {
            let since = mailbox.failing_since.map_or(String::new(), |at| {
                format!(" ({})", words::mailbox::since(&page::moment(visitor, at)))
            });
            (
                format!("{}{since}", words::mailbox::trouble(trouble)),
                "bad",
                words::mailbox::what_to_do(trouble).to_owned(),
            )
        }
        None if full.is_some_and(|share| share >= 90) => (
            words::mailbox::nearly_full(full.unwrap_or_default()),
            "warn",
            words::mailbox::NEARLY_FULL.to_owned(),
        ),
        None if let Some(at) = ends => (
            words::mailbox::LOGIN_ENDS.to_owned(),
            "warn",
            words::login::ends(&page::moment(visitor, at), &mailbox.address),
        ),
        None if silent => (
            words::mailbox::SILENT.0.to_owned(),
            "warn",
            words::mailbox::SILENT.1.to_owned(),
        ),
        None if mailbox.listed_at.is_none() => {
            (words::mailbox::NEW.to_owned(), "warn", String::new())
        }
        None => (words::mailbox::WELL.to_owned(), "ok", String::new()),
    };
    MailboxLine {
        address: mailbox.address.clone(),
        unit: visitor.standing.unit_name(mailbox.unit_id).to_owned(),
        listed: mailbox
            .listed_at
            .map_or("—".to_owned(), |at| page::moment(visitor, at)),
        alarming: !advice.is_empty(),
        state,
        class,
        held: words::mailbox::held(mailbox.server_count, held),
        login: login.map_or(String::new(), |login| {
            words::login::age(
                &page::moment(visitor, login.logged_in_at),
                &page::moment(visitor, login.renewed_at),
            )
        }),
        advice,
    }
}
