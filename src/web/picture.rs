//! A drawn page as an answer. It is ours, written anew from its pixels, so a browser may show it.

use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;

use super::State;
use super::error::Error;
use super::error::Result;

/// The JPEG of this blob.
pub async fn jpeg(state: &State, blob: &str) -> Result<Response> {
    let bytes = state.blobs.get(blob).await.map_err(|error| {
        tracing::error!(%error, "a drawn page could not be read");
        Error::Broken
    })?;
    Ok((
        [
            (header::CONTENT_TYPE, "image/jpeg"),
            (header::CACHE_CONTROL, "private, max-age=3600"),
            (
                header::CONTENT_SECURITY_POLICY,
                "sandbox; default-src 'none'; frame-ancestors 'none'",
            ),
        ],
        bytes,
    )
        .into_response())
}
