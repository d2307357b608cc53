//! A question while the index is being filled. What a clerk meets is told in `web::tests::search`, where there is a
//! desk that changes entries.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::Error;
use super::Search;
use super::Wanted;
use crate::db::Db;
use crate::db::view::Scope;

#[tokio::test]
async fn a_question_does_not_wait_for_ever() {
    let search = Arc::new(Search {
        patience: Duration::ZERO,
        ..Search::new(PathBuf::from("nowhere"))
    });
    let filling = search.keeper.lock().await;
    let db = Db::Lite {
        write: sqlx::SqlitePool::connect_lazy("sqlite::memory:").expect("pool"),
        read: sqlx::SqlitePool::connect_lazy("sqlite::memory:").expect("pool"),
    };
    let scope = Scope {
        contest: 1,
        units: vec![1],
    };
    let found = search.find(&db, &scope, &Wanted::read("an"), 0).await;
    assert!(matches!(found, Err(Error::Filling)), "{found:?}");
    drop(filling);
}
