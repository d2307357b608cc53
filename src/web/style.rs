//! The one style sheet, embedded in the program.

use axum::http::header;
use axum::response::IntoResponse;

/// The release stands in the address, so that a browser may keep the sheet.
pub const PATH: &str = concat!("/static/phach.css");

pub async fn show() -> impl IntoResponse {
    (
        [
            (header::CONTENT_TYPE, "text/css; charset=utf-8"),
            (header::CACHE_CONTROL, "public, max-age=3600"),
        ],
        include_str!("../../templates/web/phach.css"),
    )
}
