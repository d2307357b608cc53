//! The desk of the secretariat on the web: pages behind a login, nothing inline, no script needed.

mod asset;
mod chart;
mod error;
mod health;
mod judge;
pub mod login;
mod metrics;
mod page;
mod pages;
mod picture;
mod serve;
mod session;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header;
use axum::middleware;
use axum::middleware::Next;
use axum::response::Response;
use axum::routing::MethodRouter;
use axum::routing::get;
use axum::routing::post;

use crate::blob::Blobs;
use crate::config::Config;
use crate::db;
use crate::db::Db;
use crate::db::contest::Standing;
use crate::search::Search;

pub use serve::serve;

/// What every page needs.
#[derive(Clone)]
pub struct State {
    pub db: Db,
    pub blobs: Blobs,
    pub config: Arc<Config>,
    pub search: Arc<Search>,
    /// The newest plans, read again when a newer version was applied.
    standings: Arc<Mutex<HashMap<i64, Arc<Standing>>>>,
}

impl State {
    pub fn new(db: Db, blobs: Blobs, config: Arc<Config>) -> State {
        State {
            db,
            blobs,
            search: Arc::new(Search::new(config.data.join(crate::search::FOLDER))),
            config,
            standings: Arc::default(),
        }
    }

    /// The contest as it stands now.
    async fn standing(&self, contest: i64) -> db::Result<Arc<Standing>> {
        let version = db::contest::version(&self.db, contest).await?;
        let known = self
            .standings
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .get(&contest)
            .cloned();
        if let Some(known) = known.filter(|known| known.version == version) {
            return Ok(known);
        }
        let fresh = Arc::new(db::contest::standing(&self.db, contest).await?);
        self.standings
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .insert(contest, Arc::clone(&fresh));
        Ok(fresh)
    }

    /// Whether people reach the web by https, so that cookies may be bound to it.
    fn https(&self) -> bool {
        let web = &self.config.web;
        web.tls_cert.is_some() || web.public_url.starts_with("https://")
    }
}

/// Largest form a page may send, bytes.
const FORM_LIMIT: usize = 256 * 1024;

/// Every address with what answers there, as data.
fn routes() -> Vec<(&'static str, MethodRouter<State>)> {
    let mut all = vec![
        ("/", get(pages::home::show)),
        ("/bai-du-thi", get(pages::entries::list)),
        ("/bai-du-thi/{id}", get(pages::entry::show)),
        ("/bai-du-thi/{id}/xoa-du-lieu", get(pages::erase::show)),
        ("/bai-du-thi/{id}/trang", get(pages::leaves::show)),
        (
            "/bai-du-thi/{id}/trang/{file}/{page}",
            get(pages::leaves::leaf),
        ),
        ("/tep/{id}", get(pages::files::of_entry)),
        ("/thu-den/{id}/goc", get(pages::files::raw)),
        ("/tep-thu/{id}", get(pages::files::of_mail)),
        ("/giay-to/{id}", get(pages::files::paper)),
        ("/tim", get(pages::search::show)),
        (
            "/doi-chieu",
            get(pages::compare::list).post(pages::compare::again),
        ),
        ("/doi-chieu/{id}", get(pages::compare::show)),
        ("/ban-giao", get(pages::handover::show)),
        ("/viec", get(pages::matters::list)),
        ("/viec/{id}", get(pages::matters::show)),
        ("/thu-di", get(pages::letters::list)),
        ("/thu-di/{id}", get(pages::letters::show)),
        ("/gui-nhieu-nguoi", get(pages::mailings::list)),
        (
            "/gui-nhieu-nguoi/{id}",
            get(pages::mailings::show).post(pages::mailings::save),
        ),
        ("/mau-thu", get(pages::wordings::list)),
        (
            "/mau-thu/{form}",
            get(pages::wordings::show).post(pages::wordings::save),
        ),
        ("/hom-thu", get(pages::mailboxes::list)),
        ("/nhat-ky", get(pages::journal::list)),
        ("/xu-ly", post(pages::acts::perform)),
        ("/hoan-tac", post(pages::acts::undo)),
        ("/chon", post(session::choose)),
        ("/dang-nhap", get(login::form).post(login::ask)),
        ("/dang-nhap/ma", post(login::by_code)),
        ("/vao", get(login::confirm).post(login::by_link)),
        ("/dang-xuat", post(login::out)),
        ("/health", get(health::show)),
        ("/metrics", get(metrics::show)),
        (asset::ROUTE, get(asset::show)),
    ];
    all.extend(judge::routes());
    all
}

/// The addresses of all pages, `{…}` where an id stands: whoever tests every page learns of a new one.
pub fn addresses() -> Vec<&'static str> {
    routes().into_iter().map(|(path, _)| path).collect()
}

/// Every page of the desk and of the jury.
pub fn router(state: State) -> Router {
    routes()
        .into_iter()
        .fold(Router::new(), |all, (path, asked)| all.route(path, asked))
        .fallback(error::nowhere)
        .method_not_allowed_fallback(error::nowhere)
        .layer(DefaultBodyLimit::max(FORM_LIMIT))
        .layer(middleware::from_fn_with_state(
            state.clone(),
            session::same_origin,
        ))
        .layer(middleware::from_fn(guard))
        .with_state(state)
}

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
     connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Headers of every answer, errors included.
async fn guard(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        // Downloads and the style sheet bring their own.
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    response
}
