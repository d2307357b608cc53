//! Pages for what went wrong: a sentence and what to do next.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Html;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;

use crate::db;
use crate::desk;
use crate::jury;
use crate::words;

/// Why a page could not be shown.
#[derive(Debug)]
pub enum Error {
    /// Nobody is logged in.
    Stranger,
    NotFound,
    /// Not from our own page, or without the session's token.
    Forbidden,
    /// Logged in, but with no role for the desk.
    NoRole,
    /// A judge without a desk: their pages are elsewhere.
    OnlyJudge,
    /// The act cannot be done; the sentence says why.
    Conflict(&'static str),
    /// As `Conflict`, with a sentence made for the case.
    Refused(String),
    Broken,
}

pub type Result<T> = std::result::Result<T, Error>;

#[derive(Template)]
#[template(path = "web/error.html")]
struct Page {
    heading: &'static str,
    sentence: String,
    out: bool,
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let (status, (heading, sentence), out) = match self {
            Error::Stranger => return Redirect::to("/dang-nhap").into_response(),
            Error::OnlyJudge => return Redirect::to("/cham").into_response(),
            Error::Refused(sentence) => {
                return show(
                    StatusCode::CONFLICT,
                    words::refusal::CONFLICT,
                    sentence,
                    false,
                );
            }
            Error::NotFound => (StatusCode::NOT_FOUND, words::refusal::NOT_FOUND, false),
            Error::Forbidden => (StatusCode::FORBIDDEN, words::refusal::FORBIDDEN, false),
            Error::NoRole => (StatusCode::FORBIDDEN, words::refusal::NO_ROLE, true),
            Error::Conflict(sentence) => (
                StatusCode::CONFLICT,
                (words::refusal::CONFLICT, sentence),
                false,
            ),
            Error::Broken => (
                StatusCode::INTERNAL_SERVER_ERROR,
                words::refusal::BROKEN,
                false,
            ),
        };
        show(status, heading, sentence.to_owned(), out)
    }
}

fn show(status: StatusCode, heading: &'static str, sentence: String, out: bool) -> Response {
    let page = Page {
        heading,
        sentence,
        out,
    };
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(_) => (status, heading).into_response(),
    }
}

impl From<db::Error> for Error {
    fn from(error: db::Error) -> Error {
        match error {
            db::Error::Missing => Error::NotFound,
            db::Error::Stale => Error::Conflict(words::refusal::STALE),
            db::Error::Sqlx(_) | db::Error::Migrate(_) | db::Error::Json(_) => {
                tracing::error!(%error, "a page met the database in trouble");
                Error::Broken
            }
        }
    }
}

impl From<desk::Error> for Error {
    fn from(error: desk::Error) -> Error {
        match error {
            desk::Error::Missing => Error::NotFound,
            desk::Error::Stale => Error::Conflict(words::refusal::STALE),
            desk::Error::Refused(refusal) => Error::Conflict(refusal.sentence()),
            desk::Error::Rule(sentence) => Error::Refused(sentence),
            desk::Error::Db(error) => error.into(),
            desk::Error::Letter(error) => {
                tracing::error!(%error, "a letter could not be composed");
                Error::Broken
            }
        }
    }
}

impl From<jury::Error> for Error {
    fn from(error: jury::Error) -> Error {
        match error {
            jury::Error::Missing => Error::NotFound,
            jury::Error::Stale => Error::Conflict(words::refusal::STALE),
            jury::Error::Refused(refusal) => Error::Conflict(refusal.sentence()),
            jury::Error::Rule(sentence) => Error::Refused(sentence),
            jury::Error::Db(error) => error.into(),
        }
    }
}

impl From<askama::Error> for Error {
    fn from(error: askama::Error) -> Error {
        tracing::error!(%error, "a page could not be written");
        Error::Broken
    }
}

/// Any address that is none of ours.
pub async fn nowhere() -> Error {
    Error::NotFound
}
