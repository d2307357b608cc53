//! Opening, migrating and transactions: what every other story takes for granted.

use phach::db;
use phach::db::Db;
use phach::db::Error;
use phach::db::Tx;
use phach::db::contest;

use super::house::Folder;
use super::house::NOW;
use super::house::database;
use super::house::on_both;
use super::house::on_both_empty;
use super::house::plan;
use super::house::texts;

#[tokio::test]
async fn a_database_is_brought_to_the_newest_schema_once_and_keeps_its_rows() {
    let folder = Folder::new();
    for url in [folder.url(), database().await] {
        let db = Db::connect(&url).await.unwrap();
        assert!(contest::all(&db).await.is_err(), "no table yet");
        db.migrate().await.unwrap();
        let mut tx = db.begin().await.unwrap();
        contest::apply(&mut tx, &plan(), "", "an", NOW)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        db.migrate().await.unwrap();
        db.close().await;

        let db = Db::open(&url).await.unwrap();
        assert_eq!(db.is_lite(), url.starts_with("sqlite:"));
        assert_eq!(contest::all(&db).await.unwrap().len(), 1);
        db.close().await;
        assert!(contest::all(&db).await.is_err(), "closed");
    }
}

#[tokio::test]
async fn a_transaction_that_is_not_committed_leaves_nothing_behind() {
    on_both_empty(async |db| {
        let mut tx = db.begin().await.unwrap();
        contest::apply(&mut tx, &plan(), "", "an", NOW)
            .await
            .unwrap();
        drop(tx);
        assert_eq!(contest::all(&db).await.unwrap(), []);
        // The connection that was dropped in mid-transaction serves the next one.
        for _ in 0..15 {
            drop(db.begin().await.unwrap());
        }
        texts(&db, "SELECT code FROM unit").await
    })
    .await;
}

/// How a transaction waits for the disk, in the words of its database.
async fn wait(mut tx: Tx) -> String {
    match &mut tx {
        Tx::Lite(tx) => {
            let level = sqlx::query_scalar::<_, i64>("PRAGMA synchronous");
            level.fetch_one(&mut **tx).await.unwrap().to_string()
        }
        Tx::Pg(tx) => {
            let level = sqlx::query_scalar("SHOW synchronous_commit");
            level.fetch_one(&mut **tx).await.unwrap()
        }
    }
}

#[tokio::test]
async fn only_work_that_can_be_repeated_does_not_wait_for_the_disk() {
    on_both_empty(async |db| {
        let usual = wait(db.begin().await.unwrap()).await;
        let quick = if db.is_lite() {
            assert_eq!(usual, "2", "FULL");
            "1"
        } else {
            "off"
        };
        assert_ne!(usual, quick);
        // Taken back.
        assert_eq!(wait(db.begin_repeatable().await.unwrap()).await, quick);
        assert_eq!(wait(db.begin().await.unwrap()).await, usual);
        let mut tx = db.begin_repeatable().await.unwrap();
        contest::apply(&mut tx, &plan(), "", "an", NOW)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(wait(db.begin().await.unwrap()).await, usual);
        assert_eq!(contest::all(&db).await.unwrap().len(), 1);
        texts(&db, "SELECT code FROM unit ORDER BY code").await
    })
    .await;
}

#[tokio::test]
async fn a_second_row_of_a_unique_kind_is_told_from_other_errors() {
    on_both(async |house| {
        let (entry, _) = house.entry("AAAA-AAAA-A").await;
        let twin = house.new_entry("AAAA-AAAA-A", entry.submission_id);
        let refused = house
            .write(async |tx| db::entry::insert(tx, &twin, NOW).await)
            .await;
        let Err(Error::Sqlx(error)) = refused else {
            panic!("{refused:?}");
        };
        assert!(db::is_unique_violation(&error), "{error}");

        let orphan = house.new_entry("CCCC-CCCC-C", 1);
        let refused = house
            .write(async |tx| db::entry::insert(tx, &orphan, NOW).await)
            .await;
        let Err(Error::Sqlx(error)) = refused else {
            panic!("a reference to nothing: {refused:?}");
        };
        assert!(!db::is_unique_violation(&error), "{error}");
        house.texts("SELECT receipt_code FROM entry").await
    })
    .await;
}
