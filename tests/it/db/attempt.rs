//! Tries to send letters, and the budgets they count against.

use futures::future::join_all;

use phach::db::Tx;
use phach::db::attempt;
use phach::db::letter::LetterKind;
use phach::db::relay;
use phach::db::relay::Told;

use super::house::House;
use super::house::NOW;
use super::house::on_both;
use super::letter::queue;

async fn letter(house: &House, key: &str) -> i64 {
    let rfc_id = format!("{key}@duthi.example");
    let queued = queue(house, key, &rfc_id, LetterKind::Receipt, NOW).await;
    queued.expect("a row").expect("a new letter")
}

async fn tried(tx: &mut Tx, letter: i64, relay: &str, outcome: &str, at: i64) {
    let id = attempt::begin(tx, letter, relay, at).await.expect("a try");
    if outcome != "going" {
        attempt::end(tx, id, outcome, "250 ok\0", at)
            .await
            .expect("its end");
    }
}

#[tokio::test]
async fn a_letter_has_certainly_not_left_if_each_try_ended_before_its_final_dot() {
    on_both(async |house| {
        let mut seen = Vec::new();
        for (key, outcomes) in [
            ("a", &[][..]),
            ("b", &["again", "again"]),
            ("c", &["again", "unknown", "again"]),
            ("d", &["again", "going"]),
            ("e", &["sent"]),
        ] {
            let id = letter(&house, key).await;
            let left = house
                .write(async |tx| {
                    for outcome in outcomes {
                        tried(tx, id, "chính", outcome, NOW).await;
                    }
                    attempt::may_have_left(tx, id).await
                })
                .await;
            seen.push(left.unwrap());
        }
        assert_eq!(seen, [false, false, true, true, true]);
        seen
    })
    .await;
}

#[tokio::test]
async fn what_a_relay_may_have_taken_counts_against_its_budget() {
    on_both(async |house| {
        let id = letter(&house, "k").await;
        let other = letter(&house, "l").await;
        house
            .write(async |tx| {
                let outcomes = ["sent", "again", "unknown", "refused", "sent", "going"];
                for (n, outcome) in outcomes.into_iter().enumerate() {
                    tried(tx, id, "chính", outcome, NOW + n as i64).await;
                }
                tried(tx, other, "phụ", "sent", NOW).await;
                Ok(())
            })
            .await
            .unwrap();
        let mut seen = Vec::new();
        for (relay, since) in [
            ("chính", NOW - 1),
            ("chính", NOW),
            ("chính", NOW + 5),
            ("phụ", NOW - 1),
        ] {
            let used = attempt::used_now(&house.db, relay, since).await.unwrap();
            let within = house
                .write(async |tx| attempt::used(tx, relay, since).await)
                .await;
            assert_eq!(within.unwrap(), used);
            seen.push(used);
        }
        assert_eq!(seen, [4, 3, 0, 1]);

        // Of four that count the second must leave before only two of them do, and then a third may go.
        let in_the_way = async |share| {
            house
                .write(async |tx| attempt::in_the_way(tx, "chính", NOW - 1, share).await)
                .await
                .unwrap()
        };
        assert_eq!(in_the_way(3).await, Some(NOW + 2));
        assert_eq!(in_the_way(4).await, Some(NOW));
        assert_eq!(in_the_way(5).await, None, "there is room");
        assert_eq!(in_the_way(0).await, None, "there never is");

        let abandon = async |letter| {
            house
                .write(async |tx| attempt::abandon(tx, letter, "ended").await)
                .await
                .unwrap()
        };
        assert!(!abandon(other).await && abandon(id).await && !abandon(id).await);
        assert_eq!(
            attempt::used_now(&house.db, "chính", NOW - 1)
                .await
                .unwrap(),
            4,
            "it may have gone"
        );
        house
            .texts("SELECT outcome || ' ' || answer FROM letter_attempt ORDER BY relay, at")
            .await
    })
    .await;
}

#[tokio::test]
async fn what_nobody_knows_and_what_came_back_is_found_again() {
    on_both(async |house| {
        let id = letter(&house, "k").await;
        let copied = async || {
            house
                .write(async |tx| attempt::is_copied(tx, id).await)
                .await
                .unwrap()
        };
        house
            .write(async |tx| {
                tried(tx, id, "chính", "unknown", NOW).await;
                tried(tx, id, "phụ", "again", NOW + 1).await;
                tried(tx, id, "phụ", "unknown", NOW + 2).await;
                Ok(())
            })
            .await
            .unwrap();
        assert!(!copied().await);
        house
            .write(async |tx| attempt::copied(tx, id, "hoankiem@duthi.example", NOW + 3).await)
            .await
            .unwrap();
        assert!(copied().await);
        let used = attempt::used_now(&house.db, "hoankiem@duthi.example", 0).await;
        assert_eq!(used.unwrap(), 0, "a copy is no letter of a relay");
        let lost = house
            .write(async |tx| attempt::lost(tx, id).await)
            .await
            .unwrap();
        assert_eq!(
            lost,
            [("phụ".to_owned(), NOW + 2), ("chính".to_owned(), NOW)]
        );
        lost
    })
    .await;
}

#[tokio::test]
async fn workers_that_ask_at_once_keep_one_budget() {
    on_both(async |house| {
        const BUDGET: i64 = 5;
        let mut letters = Vec::new();
        for n in 0..12 {
            letters.push(letter(&house, &format!("k{n}")).await);
        }
        let house = &house;
        let went = join_all(letters.into_iter().map(|id| async move {
            house
                .write(async |tx| {
                    relay::hold(tx, "chính").await?;
                    if attempt::used(tx, "chính", 0).await? >= BUDGET {
                        return Ok(false);
                    }
                    attempt::begin(tx, id, "chính", NOW).await?;
                    Ok(true)
                })
                .await
                .unwrap()
        }))
        .await;
        assert_eq!(went.into_iter().filter(|went| *went).count(), 5);
    })
    .await;
}

#[tokio::test]
async fn what_the_administrator_was_told_is_known_when_the_next_letter_asks() {
    on_both(async |house| {
        let hold = async || {
            house
                .write(async |tx| relay::hold(tx, "chính").await)
                .await
                .unwrap()
        };
        assert_eq!(hold().await, Told::default());
        let told = Told {
            halfway_at: Some(NOW),
            used_up_at: None,
        };
        house
            .write(async |tx| relay::tell(tx, "chính", told).await)
            .await
            .unwrap();
        assert_eq!(hold().await, told);
    })
    .await;
}
