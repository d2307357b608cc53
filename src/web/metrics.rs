//! `/metrics` for a monitor (Prometheus text format 0.0.4): how far everything is, in figures.
//!
//! Shown only to whoever holds the token of the settings; a proxy on this machine would make every reader look local.
//! Mailboxes are named by their public addresses, nobody else is.

use std::fmt::Write as _;

use axum::extract::State as Held;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;

use super::State;
use super::error;
use super::session::same_secret;
use crate::clock;
use crate::config;
use crate::db;
use crate::job::budget;

const FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

pub async fn show(Held(state): Held<State>, headers: HeaderMap) -> Response {
    let file = state.config.web.metrics_token_file.as_deref();
    let token = match config::password(file, None, "") {
        Ok(Some(token)) if !token.is_empty() => token,
        Ok(_) => return error::nowhere().await.into_response(),
        Err(error) => {
            tracing::error!("the token of /metrics: {error}");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    if !holds(&headers, &token) {
        let ask = [(header::WWW_AUTHENTICATE, "Bearer")];
        return (StatusCode::UNAUTHORIZED, ask).into_response();
    }
    match gather(&state).await {
        Ok(text) => ([(header::CONTENT_TYPE, FORMAT)], text).into_response(),
        Err(error) => {
            tracing::error!("figures for /metrics: {error}");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// Whether a request brings the token (RFC 6750 §2.1).
fn holds(headers: &HeaderMap, token: &str) -> bool {
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    given.is_some_and(|given| same_secret(given.trim(), token))
}

async fn gather(state: &State) -> db::Result<String> {
    let now = clock::now();
    let db = &state.db;
    let mut listed = Family::gauge(
        "phach_mailbox_last_look_seconds",
        "Seconds since a mailbox was last read to its end",
    );
    let mut failing = Family::gauge(
        "phach_mailbox_failing",
        "1 while a mailbox cannot be read, else 0",
    );
    let mut on_server = Family::gauge(
        "phach_mailbox_mails_on_server",
        "Mails on the server at the last look",
    );
    let mut login = Family::gauge(
        "phach_mailbox_login_age_seconds",
        "Seconds since a person logged in to a mailbox by token",
    );
    let mut renewed = Family::gauge(
        "phach_mailbox_token_age_seconds",
        "Seconds since the token of a mailbox was last renewed",
    );
    let mut held = Family::gauge("phach_mailbox_mails_held", "Mails of a mailbox on our disk");
    for mailbox in db::mailbox::all(db).await? {
        // What this installation cannot log in to is another installation's to watch.
        let Some(imap) = state.config.imap_for(&mailbox.address) else {
            continue;
        };
        let labels = [("mailbox", mailbox.address.as_str())];
        if let Some(standing) = state.config.mailbox_login(imap, &mailbox.address, now) {
            login.row(&labels, (now - standing.logged_in_at).max(0) / 1000);
            renewed.row(&labels, (now - standing.renewed_at).max(0) / 1000);
        }
        if let Some(at) = mailbox.listed_at {
            listed.row(&labels, (now - at).max(0) / 1000);
        }
        failing.row(&labels, i64::from(mailbox.failure.is_some()));
        if let Some(count) = mailbox.server_count {
            on_server.row(&labels, count);
        }
        held.row(&labels, db::delivery::held(db, mailbox.id).await?);
    }
    let mut jobs = Family::gauge("phach_jobs", "Jobs that are not done, by kind and state");
    for (kind, state, count) in db::job::open_by_kind(db).await? {
        jobs.row(&[("kind", kind.as_str()), ("state", &state)], count);
    }
    let mut entries = Family::gauge("phach_entries", "Entries, by state");
    let mut letters = Family::gauge("phach_letters", "Letters, by kind and state");
    let mut matters = Family::gauge("phach_matters", "Matters that wait for a person, by kind");
    for (id, contest) in db::contest::all(db).await? {
        let contest = ("contest", contest.as_str());
        for (word, count) in db::figures::entries_by_state(db, id).await? {
            entries.row(&[contest, ("state", &word)], count);
        }
        for (kind, state, count) in db::figures::letters(db, id).await? {
            letters.row(&[contest, ("kind", &kind), ("state", &state)], count);
        }
        for (kind, count) in db::figures::matters(db, id).await? {
            matters.row(&[contest, ("kind", &kind)], count);
        }
    }
    let mut sent = Family::gauge(
        "phach_relay_letters_a_day",
        "Letters a relay may have taken in the last 24 hours",
    );
    let mut limit = Family::gauge(
        "phach_relay_letters_a_day_limit",
        "Letters a relay takes in 24 hours, by the settings",
    );
    for relay in &state.config.relay {
        let labels = [("relay", relay.name.as_str())];
        let used = db::attempt::used_now(db, &relay.name, now - budget::DAY_MS).await?;
        sent.row(&labels, used);
        if let Some(per_day) = relay.letters_a_day() {
            limit.row(&labels, per_day);
        }
    }
    let mut free = Family::gauge(
        "phach_disk_free_bytes",
        "Bytes that may still be written where the data lies",
    );
    // Where the system does not say, no figure is better than a wrong one.
    if let Ok(bytes) = fs4::available_space(&state.config.data) {
        free.row(
            &[("place", "data")],
            i64::try_from(bytes).unwrap_or(i64::MAX),
        );
    }
    let families = [
        listed, failing, on_server, held, login, renewed, jobs, entries, letters, matters, sent,
        limit, free,
    ];
    Ok(families.into_iter().map(|family| family.text).collect())
}

/// One figure with its rows.
struct Family {
    name: &'static str,
    text: String,
}

impl Family {
    fn gauge(name: &'static str, help: &str) -> Family {
        let text = format!("# HELP {name} {help}.\n# TYPE {name} gauge\n");
        Family { name, text }
    }

    fn row(&mut self, labels: &[(&str, &str)], value: i64) {
        let labels: Vec<String> = labels
            .iter()
            .map(|(name, value)| format!("{name}=\"{}\"", escaped(value)))
            .collect();
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "{}{{{}}} {value}", self.name, labels.join(","));
    }
}

/// A label's value as the format writes it.
fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}
