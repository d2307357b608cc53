//! Mails on our disk.

use futures::future::join_all;

use phach::db::Error;
use phach::db::message;
use phach::db::message::PartRow;
use phach::db::message::Sorted;
use phach::entry::MessageKind;
use phach::entry::MessageState;

use super::house::NOW;
use super::house::on_both;

fn found(same_as: Option<i64>) -> Sorted<'static> {
    Sorted {
        kind: MessageKind::Entry,
        rfc_id: Some("a@nguoidan.example"),
        content_hash: "nội dung",
        from_email: Some("an@nguoidan.example"),
        from_name: Some("Nguyễn Thị Ánh"),
        subject: "Bài dự thi",
        body: "Em gửi bài ạ.",
        same_as,
    }
}

#[tokio::test]
async fn the_same_bytes_are_one_mail_received_when_they_first_came() {
    on_both(async |house| {
        let store = async |blob: &str, at: i64| {
            house
                .write(async |tx| message::store(tx, house.contest, blob, 5, at, NOW).await)
                .await
                .unwrap()
        };
        let (id, new) = store("a", NOW + 5).await;
        assert!(new);
        assert_eq!(store("a", NOW + 9).await, (id, false));
        assert_eq!(
            message::get(&house.db, id).await.unwrap().received_at,
            NOW + 5
        );
        // The other mailbox had it earlier and was read later: its time counts against the deadline.
        assert_eq!(store("a", NOW + 1).await, (id, false));
        let kept = message::get(&house.db, id).await.unwrap();
        assert_eq!(kept.received_at, NOW + 1);
        assert!(store("b", NOW).await.1);
        assert!(matches!(
            message::get(&house.db, 1).await,
            Err(Error::Missing)
        ));
        assert_eq!((kept.id, kept.contest_id), (id, house.contest));
        (kept.blob, kept.size, kept.state, kept.kind, kept.attempts)
    })
    .await;
}

#[tokio::test]
async fn the_same_bytes_from_eight_mailboxes_at_once_are_one_mail() {
    on_both(async |house| {
        let stored = join_all((0..8).map(|_| {
            house.write(async |tx| message::store(tx, house.contest, "a", 5, NOW, NOW).await)
        }))
        .await;
        let stored: Vec<(i64, bool)> = stored.into_iter().map(Result::unwrap).collect();
        assert!(stored.iter().all(|(id, _)| *id == stored[0].0));
        assert_eq!(stored.iter().filter(|(_, new)| *new).count(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_mail_is_sorted_once() {
    on_both(async |house| {
        let id = house.message("a").await;
        house
            .write(async |tx| message::sorted(tx, id, &found(None)).await)
            .await
            .unwrap();
        let twice = house
            .write(async |tx| message::sorted(tx, id, &found(None)).await)
            .await;
        assert!(matches!(twice, Err(Error::Stale)), "{twice:?}");
        let mut kept = message::get(&house.db, id).await.unwrap();
        (kept.id, kept.contest_id) = (0, 0);
        kept
    })
    .await;
}

#[tokio::test]
async fn a_mail_that_cannot_be_read_is_laid_aside_and_tried_again_on_request() {
    on_both(async |house| {
        let id = house.message("a").await;
        let mut attempts = Vec::new();
        for _ in 0..3 {
            attempts.push(message::attempt(&house.db, id).await.unwrap());
        }
        assert_eq!(attempts, [1, 2, 3]);
        let state = async || message::get(&house.db, id).await.unwrap();
        house
            .write(async |tx| message::retry(tx, id).await)
            .await
            .unwrap();
        assert_eq!(state().await.attempts, 3, "not laid aside yet");
        house
            .write(async |tx| message::quarantine(tx, id).await)
            .await
            .unwrap();
        assert_eq!(state().await.state, MessageState::Quarantined);
        house
            .write(async |tx| message::retry(tx, id).await)
            .await
            .unwrap();
        assert_eq!(
            (state().await.state, state().await.attempts),
            (MessageState::Stored, 0)
        );
        house
            .write(async |tx| message::sorted(tx, id, &found(None)).await)
            .await
            .unwrap();
        house
            .write(async |tx| message::quarantine(tx, id).await)
            .await
            .unwrap();
        assert_eq!(
            state().await.state,
            MessageState::Sorted,
            "a sorted mail stays sorted"
        );
        assert!(message::attempt(&house.db, 1).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn one_mail_taken_from_two_mailboxes_is_recognised() {
    on_both(async |house| {
        let same = async |this: i64, rfc_id: &str, hash: &str| {
            house
                .write(async |tx| message::same(tx, house.contest, this, rfc_id, hash).await)
                .await
                .unwrap()
        };
        let first = house.message("a").await;
        // Stored later, received earlier.
        let (second, _) = house
            .write(async |tx| message::store(tx, house.contest, "b", 5, NOW - 9, NOW).await)
            .await
            .unwrap();
        let (rfc_id, hash) = ("a@nguoidan.example", "nội dung");
        assert_eq!(
            same(second, rfc_id, hash).await,
            None,
            "the first is not sorted yet"
        );
        house
            .write(async |tx| message::sorted(tx, first, &found(None)).await)
            .await
            .unwrap();
        assert_eq!(same(first, rfc_id, hash).await, None, "not of itself");
        assert_eq!(same(second, rfc_id, hash).await, Some(first));
        assert_eq!(same(second, "b@nguoidan.example", hash).await, None);
        assert_eq!(same(second, rfc_id, "khác").await, None);
        house
            .write(async |tx| message::sorted(tx, second, &found(Some(first))).await)
            .await
            .unwrap();
        assert_eq!(
            message::get(&house.db, second).await.unwrap().same_as,
            Some(first)
        );
        let third = house.message("c").await;
        assert_eq!(
            same(third, rfc_id, hash).await,
            Some(first),
            "never of a copy"
        );
    })
    .await;
}

#[tokio::test]
async fn the_files_of_a_mail_are_kept_in_their_order() {
    on_both(async |house| {
        let id = house.message("a").await;
        let part = |path: &'static str, name: &'static str| PartRow {
            path,
            name,
            blob: "x",
            size: 7,
            kind: "docx",
        };
        house
            .write(async |tx| {
                message::put_part(tx, id, &part("2", "Bài dự thi.docx")).await?;
                message::put_part(tx, id, &part("1", "ảnh.jpg")).await?;
                message::put_part(tx, id, &part("2", "tên khác")).await
            })
            .await
            .unwrap();
        let parts = message::parts(&house.db, id).await.unwrap();
        let names: Vec<&str> = parts.iter().map(|part| part.name.as_str()).collect();
        assert_eq!(names, ["Bài dự thi.docx", "ảnh.jpg"]);
        assert!(message::parts(&house.db, 1).await.unwrap().is_empty());
        parts
    })
    .await;
}

#[tokio::test]
async fn zero_bytes_of_a_stranger_do_not_stop_a_mail() {
    on_both(async |house| {
        let id = house.message("a").await;
        let nul = Sorted {
            kind: MessageKind::Unclear,
            rfc_id: Some("a\0@nguoidan.example"),
            content_hash: "x",
            from_email: Some("a\0n@nguoidan.example"),
            from_name: Some("\0Ánh"),
            subject: "Bài\0 dự thi",
            body: "Em\0 gửi bài ạ.\0",
            same_as: None,
        };
        let part = PartRow {
            path: "1",
            name: "bài\0.docx",
            blob: "x",
            size: 1,
            kind: "docx",
        };
        house
            .write(async |tx| {
                message::sorted(tx, id, &nul).await?;
                message::put_part(tx, id, &part).await
            })
            .await
            .unwrap();
        let kept = message::get(&house.db, id).await.unwrap();
        assert_eq!(kept.subject.as_deref(), Some("Bài\u{fffd} dự thi"));
        let found = house
            .write(async |tx| {
                let other = 1;
                message::same(tx, house.contest, other, "a\0@nguoidan.example", "x").await
            })
            .await
            .unwrap();
        assert_eq!(found, Some(id));
        let parts = message::parts(&house.db, id).await.unwrap();
        (
            kept.rfc_id,
            kept.from_email,
            kept.from_name,
            kept.body,
            parts,
        )
    })
    .await;
}

#[tokio::test]
async fn a_persons_word_says_what_a_mail_is_and_may_be_taken_back() {
    on_both(async |house| {
        let id = house.message("a").await;
        let standing = async || {
            house
                .write(async |tx| message::standing(tx, id).await)
                .await
                .unwrap()
        };
        assert_eq!(standing().await, (MessageState::Stored, None));
        house
            .write(async |tx| message::sorted(tx, id, &found(None)).await)
            .await
            .unwrap();
        let (state, kind) = standing().await;
        let was = (state, kind.unwrap());
        let said = (MessageState::Stored, MessageKind::Entry);
        for (from, to) in [(was, said), (said, was), (was, said)] {
            house
                .write(async |tx| message::judge(tx, id, from, to).await)
                .await
                .unwrap();
        }
        let twice = house
            .write(async |tx| message::judge(tx, id, was, said).await)
            .await;
        assert!(matches!(twice, Err(Error::Stale)), "{twice:?}");
        assert_eq!(standing().await, (said.0, Some(said.1)));
    })
    .await;
}
