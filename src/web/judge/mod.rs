//! The jury's pages: a judge's queue and sheets, the head judge's panel and lists. They read the judge zone alone.

mod entry;
mod frame;
mod juror;
mod list;
mod mine;
mod panel;
mod sheet;
#[cfg(test)]
mod tests;

use axum::routing::MethodRouter;
use axum::routing::get;

use super::State;

/// The routes of the jury.
pub fn routes() -> Vec<(&'static str, MethodRouter<State>)> {
    vec![
        ("/cham", get(mine::show)),
        ("/cham/tiep", get(mine::next)),
        ("/cham/trang/{code}", get(sheet::leaf)),
        ("/cham/{sheet}", get(sheet::show).post(sheet::act)),
        ("/ban-giam-khao", get(panel::all)),
        ("/ban-giam-khao/{queue}", get(panel::show).post(panel::act)),
        (
            "/ban-giam-khao/{queue}/danh-sach",
            get(list::show).post(list::act),
        ),
        (
            "/ban-giam-khao/{queue}/bai/{entry}",
            get(entry::show).post(entry::act),
        ),
    ]
}
