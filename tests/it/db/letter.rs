//! Letters and how they went.

use futures::future::join_all;

use phach::db::Error;
use phach::db::letter;
use phach::db::letter::LetterKind;
use phach::db::letter::NewLetter;
use phach::entry::LetterState;

use super::house::House;
use super::house::NOW;
use super::house::on_both;

pub async fn queue(
    house: &House,
    key: &str,
    rfc_id: &str,
    kind: LetterKind,
    now: i64,
) -> phach::db::Result<Option<i64>> {
    let new = NewLetter {
        contest: house.contest,
        unit: house.unit("hoan-kiem"),
        key,
        rfc_id,
        kind,
        recipient: "an@nguoidan.example",
        null_path: kind == LetterKind::Receipt,
        sender: "hoankiem@duthi.example",
        subject: "Xác nhận\0",
        mime: "Subject: x\r\n\r\n",
        message: None,
        not_before: now,
    };
    house
        .write(async |tx| letter::queue(tx, &new, now).await)
        .await
}

#[tokio::test]
async fn one_cause_is_one_letter() {
    on_both(async |house| {
        let id = queue(
            &house,
            "receipt/1",
            "a@duthi.example",
            LetterKind::Receipt,
            NOW,
        )
        .await
        .unwrap()
        .unwrap();
        let again = queue(
            &house,
            "receipt/1",
            "b@duthi.example",
            LetterKind::Receipt,
            NOW,
        )
        .await;
        assert_eq!(again.unwrap(), None);
        let again = queue(
            &house,
            "receipt/1",
            "a@duthi.example",
            LetterKind::Receipt,
            NOW,
        )
        .await;
        assert_eq!(again.unwrap(), None, "the same Message-ID too");
        let clash = queue(
            &house,
            "receipt/2",
            "a@duthi.example",
            LetterKind::Receipt,
            NOW,
        )
        .await;
        assert!(clash.is_err(), "two letters with one Message-ID");
        let known = async |key: &str| {
            let known = house
                .write(async |tx| letter::is_known(tx, key).await)
                .await;
            known.unwrap()
        };
        assert!(known("receipt/1").await && !known("receipt/2").await);

        let mut kept = letter::get(&house.db, id).await.unwrap();
        assert!(kept.null_path);
        assert_eq!(
            (kept.state, kept.queued_at, kept.sent_at),
            (LetterState::Queued, NOW, None)
        );
        assert!(matches!(
            letter::get(&house.db, 1).await,
            Err(Error::Missing)
        ));
        let known = house
            .write(async |tx| letter::by_rfc_id(tx, "a@duthi.example").await)
            .await
            .unwrap();
        assert_eq!(known, Some((id, house.unit("hoan-kiem"))));
        let unknown = house
            .write(async |tx| letter::by_rfc_id(tx, "x@duthi.example").await)
            .await
            .unwrap();
        assert_eq!(unknown, None);
        let odd = house
            .write(async |tx| letter::by_rfc_id(tx, "a\0@duthi.example").await)
            .await;
        assert_eq!(odd.unwrap(), None, "whatever a report says");
        (kept.id, kept.contest_id, kept.unit_id) = (0, 0, 0);

        let at_once = join_all((0..8).map(|_| {
            queue(
                &house,
                "receipt/3",
                "c@duthi.example",
                LetterKind::Receipt,
                NOW,
            )
        }))
        .await;
        assert_eq!(at_once.into_iter().filter_map(Result::unwrap).count(), 1);
        kept
    })
    .await;
}

#[tokio::test]
async fn every_kind_of_letter_is_kept_and_counted() {
    on_both(async |house| {
        let kinds = [
            LetterKind::Login,
            LetterKind::Alarm,
            LetterKind::Receipt,
            LetterKind::Reply,
        ];
        for (n, kind) in kinds.into_iter().enumerate() {
            let (key, rfc_id) = (format!("k/{n}"), format!("{n}@duthi.example"));
            let id = queue(&house, &key, &rfc_id, kind, NOW + n as i64)
                .await
                .unwrap()
                .unwrap();
            let kept = letter::get(&house.db, id).await.unwrap();
            assert_eq!(
                (kept.kind, kept.null_path),
                (kind, kind == LetterKind::Receipt)
            );
        }
        queue(
            &house,
            "k/9",
            "9@duthi.example",
            LetterKind::Receipt,
            NOW + 9,
        )
        .await
        .unwrap();
        let count = async |recipient: &str, since: i64| {
            house
                .write(async |tx| letter::to_address_since(tx, recipient, since).await)
                .await
                .unwrap()
        };
        // Only receipts answer by themselves, so only they can go round in a loop.
        assert_eq!(count("an@nguoidan.example", NOW).await, 2);
        assert_eq!(count("an@nguoidan.example", NOW + 3).await, 1);
        assert_eq!(count("binh@nguoidan.example", NOW).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_letter_moves_on_once_from_where_it_stands() {
    on_both(async |house| {
        use LetterState::{Failed, Queued, Sending, Sent, Suppressed, Unknown};
        let mut ids = Vec::new();
        for (n, end) in [Sent, Unknown, Failed].into_iter().enumerate() {
            let (key, rfc_id) = (format!("k/{n}"), format!("{n}@duthi.example"));
            let id = queue(&house, &key, &rfc_id, LetterKind::Receipt, NOW)
                .await
                .unwrap()
                .unwrap();
            let advance = async |from, to, reason: Option<&str>, at| {
                house
                    .write(async |tx| letter::advance(tx, id, from, to, reason, at).await)
                    .await
            };
            advance(Queued, Sending, None, NOW + 1).await.unwrap();
            let twice = advance(Queued, Suppressed, None, NOW + 1).await;
            assert!(matches!(twice, Err(Error::Stale)), "{twice:?}");
            advance(Sending, end, Some("250 ok"), NOW + 2)
                .await
                .unwrap();
            let kept = letter::get(&house.db, id).await.unwrap();
            assert_eq!((kept.state, kept.reason.as_deref()), (end, Some("250 ok")));
            assert_eq!(kept.sent_at, (end == Sent).then_some(NOW + 2));
            ids.push(id);
        }
        queue(&house, "k/9", "9@duthi.example", LetterKind::Receipt, NOW)
            .await
            .unwrap();
        queue(&house, "k/8", "8@duthi.example", LetterKind::Receipt, NOW)
            .await
            .unwrap();
        let by_state = house
            .texts("SELECT state || count(*) FROM letter GROUP BY state ORDER BY state")
            .await;
        assert_eq!(by_state, ["failed1", "queued2", "sent1", "unknown1"]);

        house
            .write(async |tx| letter::bounced(tx, ids[0], NOW + 7).await)
            .await
            .unwrap();
        let bounced = house
            .texts("SELECT CAST(bounced_at AS TEXT) FROM letter WHERE bounced_at IS NOT NULL")
            .await;
        assert_eq!(bounced, [(NOW + 7).to_string()]);
        assert_eq!(letter::get(&house.db, ids[0]).await.unwrap().state, Sent);
        by_state
    })
    .await;
}

#[tokio::test]
async fn a_letter_that_waits_says_why_and_stands_in_the_queue() {
    on_both(async |house| {
        use LetterState::{Queued, Sending, Sent};
        let id = queue(&house, "k", "k@duthi.example", LetterKind::Receipt, NOW)
            .await
            .unwrap()
            .unwrap();
        let waits = async |reason: &str| {
            house
                .write(async |tx| letter::waits(tx, id, reason).await)
                .await
                .unwrap();
            let kept = letter::get(&house.db, id).await.unwrap();
            (kept.state, kept.reason)
        };
        let advance = async |from, to| {
            house
                .write(async |tx| letter::advance(tx, id, from, to, None, NOW).await)
                .await
                .unwrap();
        };
        assert_eq!(waits("used up").await, (Queued, Some("used up".to_owned())));
        advance(Queued, Sending).await;
        assert_eq!(letter::get(&house.db, id).await.unwrap().reason, None);
        assert_eq!(waits("used up").await, (Queued, Some("used up".to_owned())));
        advance(Queued, Sending).await;
        advance(Sending, Sent).await;
        assert_eq!(waits("used up").await, (Sent, None), "it is gone");
    })
    .await;
}

#[tokio::test]
async fn a_login_letter_that_is_done_with_keeps_no_key_to_the_desk() {
    on_both(async |house| {
        const DAY: i64 = 24 * 60 * 60 * 1_000;
        let login = queue(&house, "login/1", "a@duthi.example", LetterKind::Login, NOW)
            .await
            .unwrap()
            .unwrap();
        let receipt = queue(
            &house,
            "receipt/1",
            "b@duthi.example",
            LetterKind::Receipt,
            NOW,
        )
        .await
        .unwrap()
        .unwrap();
        let empty = async |id| letter::get(&house.db, id).await.unwrap().mime.is_empty();
        let mut seen = Vec::new();
        for now in [NOW + 1, NOW + DAY + 1] {
            house
                .write(async |tx| letter::forget_logins(tx, now).await)
                .await
                .unwrap();
            seen.push((empty(login).await, empty(receipt).await));
        }
        assert_eq!(seen, [(false, false), (true, false)]);
        seen
    })
    .await;
}
