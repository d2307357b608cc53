//! Downloads: originals as they came, never opened by the browser within our pages.

use axum::extract::Path;
use axum::extract::State as Held;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;

use crate::db;
use crate::entry::MessageState;
use crate::web::State;
use crate::web::error::Error;
use crate::web::error::Result;
use crate::web::page;
use crate::web::session::Visitor;

/// A file of an entry.
pub async fn of_entry(
    Held(state): Held<State>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response> {
    let file = db::view::file(&state.db, &visitor.scope, page::id(&id)?).await?;
    download(&state, &file.blob, &file.name).await
}

/// A file of a mail.
pub async fn of_mail(
    Held(state): Held<State>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response> {
    let file = db::view::mail_file(&state.db, &visitor.scope, page::id(&id)?).await?;
    download(&state, &file.blob, &file.name).await
}

/// A paper of the unit.
pub async fn paper(
    Held(state): Held<State>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response> {
    let paper = db::paper::get(&state.db, &visitor.scope, page::id(&id)?).await?;
    download(&state, &paper.blob, &paper.name).await
}

/// The mail itself, byte for byte.
pub async fn raw(
    Held(state): Held<State>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response> {
    let message = db::view::message(&state.db, &visitor.scope, page::id(&id)?).await?;
    if message.state == MessageState::Removed {
        return Err(Error::NotFound);
    }
    download(&state, &message.blob, "thu.eml").await
}

async fn download(state: &State, blob: &str, name: &str) -> Result<Response> {
    let bytes = state.blobs.get(blob).await.map_err(|error| {
        tracing::error!(%error, "a stored file could not be read");
        Error::Broken
    })?;
    Ok((
        [
            (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
            (header::CONTENT_DISPOSITION, disposition(name)),
            (
                header::CONTENT_SECURITY_POLICY,
                "sandbox; default-src 'none'; frame-ancestors 'none'".to_owned(),
            ),
        ],
        bytes,
    )
        .into_response())
}

/// `attachment` with the name in ASCII and in UTF-8 (RFC 6266, RFC 8187); folders and controls are dropped.
fn disposition(name: &str) -> String {
    let name: String = name
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control() && !"\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}".contains(*c))
        .take(150)
        .collect();
    let name = name.trim_matches(['.', ' ']);
    let name = if name.is_empty() { "tep" } else { name };
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ') {
                c
            } else {
                '_'
            }
        })
        .collect();
    let encoded = name.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    });
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::disposition;

    #[test]
    fn hostile_file_names_stay_names() {
        let check = |name: &str, want: &str| {
            assert_eq!(disposition(name), want, "{name:?}");
        };
        check(
            "bài.docx",
            "attachment; filename=\"b_i.docx\"; filename*=UTF-8''b%C3%A0i.docx",
        );
        check(
            "../../etc/passwd",
            "attachment; filename=\"passwd\"; filename*=UTF-8''passwd",
        );
        check(
            "a\"; x=\r\ny",
            "attachment; filename=\"a__ x_y\"; filename*=UTF-8''a%22%3B%20x%3Dy",
        );
        check("", "attachment; filename=\"tep\"; filename*=UTF-8''tep");
    }
}
