//! `/health` for machines: figures without a name, an address or a text.

use axum::Json;
use axum::extract::State as Held;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Response;
use serde_json::json;

use super::State;
use crate::clock;
use crate::db;

pub async fn show(Held(state): Held<State>) -> Response {
    let now = clock::now();
    let pulse = db::view::pulse(&state.db).await;
    let failed = db::job::failed(&state.db).await;
    let (Ok(mailboxes), Ok(failed)) = (pulse, failed) else {
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            Json(json!({ "ok": false, "database": false })),
        )
            .into_response();
    };
    let limit = state.config.intake.alarm_seconds;
    let ages: Vec<Option<i64>> = mailboxes
        .iter()
        .map(|(listed, _)| listed.map(|at| (now - at).max(0) / 1000))
        .collect();
    let stale = ages
        .iter()
        .filter(|age| age.is_none_or(|age| age > limit))
        .count();
    let failing = mailboxes.iter().filter(|(_, why)| why.is_some()).count();
    let ok = stale == 0 && failed == 0;
    let status = if ok {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let body = json!({
        "ok": ok,
        "database": true,
        "mailboxes": mailboxes.len(),
        "mailboxes_stale": stale,
        "mailboxes_failing": failing,
        "oldest_list_seconds": ages.iter().copied().flatten().max(),
        "jobs_failed": failed,
    });
    (status, Json(body)).into_response()
}
