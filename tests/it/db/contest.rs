//! Plans in versions, and the rows that follow them.

use futures::future::join_all;

use phach::contest::Unit;
use phach::contest::plan::Mailbox;
use phach::db::Error;
use phach::db::contest;
use phach::db::entry;
use phach::db::entry::Entry;
use phach::db::letter;
use phach::db::letter::LetterKind;
use phach::db::letter::NewLetter;
use phach::db::mailbox;
use phach::entry::EntryState;
use phach::entry::Timeliness;

use super::house::House;
use super::house::NOW;
use super::house::on_both;
use super::house::plan;

/// Every unit, round and mailbox with its state, and the number of queues.
async fn standing(house: &House) -> Vec<String> {
    house
        .texts(
            "SELECT 'unit ' || u.code || ' of ' || coalesce(p.code, '-') || ' ' || u.name_fold
                 || coalesce(' removed ' || CAST(u.removed_at AS TEXT), '') AS said
             FROM unit AS u LEFT JOIN unit AS p ON p.id = u.parent_id
             UNION ALL SELECT 'round ' || code || ' ' || kind || ' ' || CAST(ordinal AS TEXT)
                 || coalesce(' removed ' || CAST(removed_at AS TEXT), '') FROM round
             UNION ALL SELECT 'mailbox ' || address || ' of ' || unit.code
                 || coalesce(' removed ' || CAST(mailbox.removed_at AS TEXT), '')
             FROM mailbox JOIN unit ON unit.id = mailbox.unit_id
             UNION ALL SELECT 'queue ' || round.code || ' ' || unit.code || ' ' || queue.state
             FROM queue JOIN round ON round.id = queue.round_id JOIN unit ON unit.id = queue.unit_id
             ORDER BY said",
        )
        .await
}

#[tokio::test]
async fn a_changed_plan_marks_what_it_no_longer_names_and_the_old_plan_brings_it_back() {
    on_both(async |house| {
        let first = standing(&house).await;
        assert_eq!(
            first,
            [
                "mailbox badinh@duthi.example of ba-dinh",
                "mailbox hoankiem@duthi.example of hoan-kiem",
                "queue chung-khao tp open",
                "queue vong-loai ba-dinh open",
                "queue vong-loai hoan-kiem open",
                "round chung-khao scored 1",
                "round vong-loai triage 0",
                "unit ba-dinh of tp quan ba dinh",
                "unit hoan-kiem of tp quan hoan kiem",
                "unit tp of - thanh pho",
            ]
        );

        let mut changed = plan();
        changed.title = "Cuộc thi đổi tên".to_owned();
        changed.units.retain(|unit| unit.code != "ba-dinh");
        changed.units.push(Unit {
            code: "tay-ho".to_owned(),
            parent: Some("hoan-kiem".to_owned()),
            kind: "quan".to_owned(),
            name: "Quận Tây Hồ".to_owned(),
            ..Unit::default()
        });
        changed.mailboxes = vec![Mailbox {
            unit: "tay-ho".to_owned(),
            address: "hoankiem@duthi.example".to_owned(),
        }];
        changed.rounds.truncate(1);
        let (id, version) = house
            .write(async |tx| contest::apply(tx, &changed, "đổi", "bình", NOW + 5).await)
            .await
            .unwrap();
        assert_eq!((id, version), (house.contest, 2));
        let second = standing(&house).await;
        let gone = |second: &[String], what: &str| {
            let want = format!("{what} removed {}", NOW + 5);
            assert!(second.contains(&want), "{want}: {second:#?}");
        };
        gone(&second, "unit ba-dinh of tp quan ba dinh");
        gone(&second, "mailbox badinh@duthi.example of ba-dinh");
        gone(&second, "round chung-khao scored 1");
        assert!(second.contains(&"unit tay-ho of hoan-kiem quan tay ho".to_owned()));
        assert!(second.contains(&"mailbox hoankiem@duthi.example of tay-ho".to_owned()));
        assert!(second.contains(&"queue vong-loai tay-ho open".to_owned()));
        assert_eq!(mailbox::all(&house.db).await.unwrap().len(), 1);
        let stands = contest::standing(&house.db, house.contest).await.unwrap();
        assert_eq!((stands.version, &stands.plan), (2, &changed));
        assert_eq!(stands.code(house.unit("hoan-kiem")), Some("hoan-kiem"));
        assert_eq!(stands.unit_name(house.unit("hoan-kiem")), "Quận Hoàn Kiếm");
        // Entries of a unit that left the plan still have their unit.
        assert_eq!(stands.units["ba-dinh"], house.unit("ba-dinh"));

        let (_, version) = house
            .write(async |tx| contest::apply(tx, &plan(), "lại", "an", NOW + 9).await)
            .await
            .unwrap();
        assert_eq!(version, 3);
        let third = standing(&house).await;
        assert!(first.iter().all(|row| third.contains(row)), "{third:#?}");
        let stands = contest::standing(&house.db, house.contest).await.unwrap();
        for code in ["tp", "hoan-kiem", "ba-dinh"] {
            assert_eq!(stands.units[code], house.unit(code), "the same row as ever");
        }
        (first, second, third)
    })
    .await;
}

#[tokio::test]
async fn the_newest_plan_is_the_plan() {
    on_both(async |house| {
        let mut other = plan();
        other.slug = "cuoc-khac".to_owned();
        other.units.truncate(1);
        other.mailboxes.clear();
        let (id, _) = house
            .write(async |tx| contest::apply(tx, &other, "", "an", NOW + 1).await)
            .await
            .unwrap();
        let all = contest::all(&house.db).await.unwrap();
        assert_eq!(
            all,
            [
                (house.contest, "thu-nghiem".to_owned()),
                (id, "cuoc-khac".to_owned())
            ]
        );
        // One contest's plan does not remove another's units.
        assert_eq!(mailbox::all(&house.db).await.unwrap().len(), 2);
        assert_eq!(contest::version(&house.db, house.contest).await.unwrap(), 1);
        let found = contest::plan_of(&house.db, "thu-nghiem").await.unwrap();
        assert_eq!(found, Some(plan()));
        assert_eq!(contest::plan_of(&house.db, "khong-co").await.unwrap(), None);
        house
            .write(async |tx| contest::apply(tx, &other, "mới hơn", "an", NOW + 2).await)
            .await
            .unwrap();
        assert_eq!(contest::source(&house.db, id).await.unwrap(), "mới hơn");
        assert_eq!(contest::source(&house.db, house.contest).await.unwrap(), "…");
        let missing = contest::source(&house.db, 1).await;
        assert!(matches!(missing, Err(Error::Missing)), "{missing:?}");
        let missing = contest::version(&house.db, 1).await;
        assert!(matches!(missing, Err(Error::Missing)), "{missing:?}");
        let missing = contest::standing(&house.db, 1).await.map(drop);
        assert!(matches!(missing, Err(Error::Missing)), "{missing:?}");
        house
            .texts(
                "SELECT document_no || ' ' || document_date || ' ' || applied_by FROM plan_version ORDER BY applied_at",
            )
            .await
    })
    .await;
}

#[tokio::test]
async fn plans_applied_at_the_same_moment_become_versions_one_after_the_other() {
    on_both(async |house| {
        let mut versions: Vec<i64> = join_all((0..6).map(|_| {
            house.write(async |tx| Ok(contest::apply(tx, &plan(), "", "an", NOW).await?.1))
        }))
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
        versions.sort_unstable();
        assert_eq!(versions, [2, 3, 4, 5, 6, 7]);
    })
    .await;
}

#[tokio::test]
async fn who_decides_about_entries_sees_what_the_one_before_decided() {
    on_both(async |house| {
        let message = house.message("thư").await;
        // Each takes the highest code so far and adds the next: two at once would take the same one.
        let add = async || {
            let next = house.write(async |tx| {
                contest::lock(tx, house.contest).await?;
                let mut n = 0;
                while entry::has_code(tx, &n.to_string()).await? {
                    n += 1;
                }
                let unit = house.unit("hoan-kiem");
                let submission = entry::submit(tx, house.contest, message, unit, NOW).await?;
                let row = house.new_entry(&n.to_string(), submission);
                entry::insert(tx, &row, NOW).await
            });
            next.await
        };
        let added = join_all((0..8).map(|_| add())).await;
        assert!(added.iter().all(Result::is_ok), "{added:?}");
        house
            .texts("SELECT receipt_code FROM entry ORDER BY receipt_code")
            .await
    })
    .await;
}

#[tokio::test]
async fn a_transaction_sees_the_plan_that_it_applies() {
    on_both(async |house| {
        let (version, seen) = house
            .write(async |tx| {
                contest::apply(tx, &plan(), "", "an", NOW).await?;
                let standing = contest::standing_in(tx, house.contest).await?;
                Ok((contest::version_in(tx, house.contest).await?, standing))
            })
            .await
            .unwrap();
        assert_eq!((version, seen.version), (2, 2));
        assert_eq!(seen.units["hoan-kiem"], house.unit("hoan-kiem"));
        let after = contest::standing(&house.db, house.contest).await.unwrap();
        assert_eq!((after.version, after.plan), (2, seen.plan));
        let nowhere = house
            .write(async |tx| contest::version_in(tx, 7).await)
            .await;
        assert!(matches!(nowhere, Err(Error::Missing)), "{nowhere:?}");
    })
    .await;
}

#[tokio::test]
async fn entries_that_a_deadline_judged_come_with_their_mails() {
    on_both(async |house| {
        let (late, _) = house.entry("AAAA-AAAA-A").await;
        let (review, _) = house.entry("BBBB-BBBB-B").await;
        let (aside, _) = house.entry("CCCC-CCCC-C").await;
        house
            .write(async |tx| {
                let of = |entry: &Entry, timeliness, state| Entry {
                    timeliness,
                    state,
                    ..entry.clone()
                };
                let queued = EntryState::Queued;
                entry::change(tx, &late, &of(&late, Timeliness::Late, queued)).await?;
                entry::change(tx, &review, &of(&review, Timeliness::Review, queued)).await?;
                let gone = of(&aside, Timeliness::OnTime, EntryState::SetAside);
                entry::change(tx, &aside, &gone).await
            })
            .await
            .unwrap();
        let judged = house.write(async |tx| entry::judged_by_deadline(tx, house.contest).await);
        let judged = judged.await.unwrap();
        assert_eq!(judged.len(), 1);
        assert_eq!(
            (judged[0].0.id, judged[0].0.timeliness),
            (late.id, Timeliness::Late)
        );
        let message = judged[0].1;
        let receipt = async || {
            let found = house.write(async |tx| letter::receipt_of(tx, message).await);
            found.await.unwrap().map(|letter| letter.recipient)
        };
        assert_eq!(receipt().await, None);
        let new = NewLetter {
            contest: house.contest,
            unit: house.unit("hoan-kiem"),
            key: "receipt/1",
            rfc_id: "a@duthi.example",
            kind: LetterKind::Receipt,
            recipient: "an@nguoidan.example",
            null_path: true,
            sender: "hoankiem@duthi.example",
            subject: "x",
            mime: "Subject: x\r\n\r\n",
            message: Some(message),
            not_before: NOW,
        };
        house
            .write(async |tx| letter::queue(tx, &new, NOW).await)
            .await
            .unwrap();
        assert_eq!(receipt().await.as_deref(), Some("an@nguoidan.example"));
    })
    .await;
}
