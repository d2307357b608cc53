//! The one style sheet, embedded in the program.

use axum::http::header;
use axum::response::IntoResponse;

/// Where browsers find it.
pub const PATH: &str = "/static/phach.css";

pub async fn show() -> impl IntoResponse {
    (
        [
            (header::CONTENT_TYPE, "text/css; charset=utf-8"),
            (header::CACHE_CONTROL, "public, max-age=3600"),
        ],
        include_str!("../../templates/web/phach.css"),
    )
}
