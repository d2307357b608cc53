//! The jury's pages: a judge's queue and sheets, the head judge's panel and lists. They read the judge zone alone.

mod entry;
mod frame;
mod juror;
mod list;
mod mine;
mod panel;
mod sheet;

use axum::Router;
use axum::routing::get;

use super::State;

/// The routes of the jury.
pub fn router() -> Router<State> {
    Router::new()
        .route("/cham", get(mine::show))
        .route("/cham/tiep", get(mine::next))
        .route("/cham/{sheet}", get(sheet::show).post(sheet::act))
        .route("/ban-giam-khao", get(panel::all))
        .route("/ban-giam-khao/{queue}", get(panel::show).post(panel::act))
        .route(
            "/ban-giam-khao/{queue}/danh-sach",
            get(list::show).post(list::act),
        )
        .route(
            "/ban-giam-khao/{queue}/bai/{entry}",
            get(entry::show).post(entry::act),
        )
}
