//! The counts of `phach status`.

use phach::db::figures;

use super::day::Day;
use super::house::on_both;

#[tokio::test]
async fn a_day_is_counted_alike() {
    on_both(async |house| {
        Day::spend(&house).await;
        let (db, contest) = (&house.db, house.contest);
        let count = |word: &str, n: i64| (word.to_owned(), n);
        let entries = figures::entries_by_state(db, contest).await.unwrap();
        assert_eq!(
            entries,
            [count("held", 1), count("queued", 1), count("set_aside", 1)]
        );
        let timely = figures::entries_by_timeliness(db, contest).await.unwrap();
        assert_eq!(timely, [count("late", 1), count("on_time", 2)]);
        let queued = figures::queued_by_unit(db, contest).await.unwrap();
        assert_eq!(queued, [count("hoan-kiem", 1)]);
        house.message("chưa đọc").await;
        let mails = figures::messages_by_kind(db, contest).await.unwrap();
        assert_eq!(mails, [count("entry", 3), count("stored", 1)]);
        let deliveries = figures::deliveries_by_state(db, contest).await.unwrap();
        assert_eq!(deliveries, [count("stored", 3)]);
        let letters = figures::letters(db, contest).await.unwrap();
        assert_eq!(letters.len(), 3);
        assert!(letters.contains(&("receipt".to_owned(), "sent".to_owned(), 1)));
        let matters = figures::matters(db, contest).await.unwrap();
        assert_eq!(matters, [count("late", 1), count("route", 1)]);
        assert_eq!(figures::resends(db, contest).await.unwrap(), 1);
        assert_eq!(figures::resends(db, 1).await.unwrap(), 0);
        assert_eq!(figures::entries_by_state(db, 1).await.unwrap(), []);
        letters
    })
    .await;
}
