//! Packages of entries: what a unit hands over, how far its mails are, and what comes of a package that arrives.

use phach::db::Error;
use phach::db::entry;
use phach::db::handover;
use phach::db::handover::Arrival;
use phach::db::handover::Place;
use phach::db::installation;
use phach::db::installation::Installation;
use phach::db::letter;
use phach::db::letter::LetterKind;
use phach::db::letter::NewLetter;
use phach::db::matter;
use phach::db::matter::NewMatter;
use phach::db::matter::Subject;
use phach::db::queue;
use phach::db::view::Scope;
use phach::entry::Direction;
use phach::entry::EntryState;
use phach::entry::FileRole;
use phach::entry::HandoverState;
use phach::entry::LetterState;
use phach::entry::MatterKind;

use super::house::House;
use super::house::NOW;
use super::house::on_both;

const PACKAGE: &str = "00112233445566778899aabbccddeeff";

fn scope(house: &House, unit: &str) -> Scope {
    Scope {
        contest: house.contest,
        units: vec![house.unit(unit)],
    }
}

/// An entry of Hoàn Kiếm with a file of ten bytes, in its queue. Returns entry and version.
async fn queued(house: &House, code: &str) -> (entry::Entry, i64) {
    let (row, version) = house.entry(code).await;
    house
        .write(async |tx| {
            let file = entry::File {
                id: phach::db::new_id(),
                version_id: version,
                ordinal: 0,
                blob: format!("blob of {code}"),
                name: "bài.docx".into(),
                size: 10,
                role: FileRole::Main,
                kind: "docx".into(),
                pages: None,
            };
            entry::put_file(tx, &file).await?;
            let unit = row.unit_id;
            queue::put(tx, unit, "vong-loai", row.id, version, code, NOW).await
        })
        .await
        .unwrap();
    (row, version)
}

/// Locks a list of the entries in the queue of Hoàn Kiếm, of which the first `take` are taken.
pub async fn lock(house: &House, take: i64) {
    let by = house.account("truong-ban@duthi.example").await;
    let unit = house.unit("hoan-kiem");
    house
        .run(&format!(
            "INSERT INTO ranking (id, queue_id, n, take, hash, state, made_by, made_at)
             SELECT 1, queue.id, 1, {take}, 'h', 'proposed', {by}, {NOW} FROM queue JOIN round ON round.id = queue.round_id
             WHERE queue.unit_id = {unit} AND round.code = 'vong-loai'"
        ))
        .await;
    house
        .run(&format!(
            "INSERT INTO ranking_line (ranking_id, queue_entry_id, place, ordinal, quarters, marks, taken, reason)
             SELECT 1, id, n, n, 40, 1, n <= {take}, '' FROM
                 (SELECT queue_entry.id AS id, row_number() OVER (ORDER BY queue_entry.blind_code) AS n
                  FROM queue_entry JOIN ranking ON ranking.queue_id = queue_entry.queue_id) AS numbered"
        ))
        .await;
    house
        .run("UPDATE ranking SET state = 'locked' WHERE id = 1")
        .await;
    house
        .run(&format!(
            "UPDATE queue SET state = 'locked', locked_at = {NOW} WHERE id = (SELECT queue_id FROM ranking WHERE id = 1)"
        ))
        .await;
}

async fn a_letter(house: &House, key: &str) -> i64 {
    house
        .write(async |tx| {
            let new = NewLetter {
                contest: house.contest,
                unit: house.unit("hoan-kiem"),
                key,
                rfc_id: key,
                kind: LetterKind::Handover,
                recipient: "tp@duthi.example",
                null_path: false,
                sender: "hoankiem@duthi.example",
                subject: "Bàn giao",
                mime: "Subject: x\r\n\r\n",
                message: None,
                not_before: NOW + 60_000,
            };
            let id = letter::queue(tx, &new, NOW).await?.expect("new");
            letter::put_blob(tx, id, "blob of the whole letter").await?;
            Ok(id)
        })
        .await
        .unwrap()
}

#[tokio::test]
async fn a_locked_list_is_handed_over_once_and_may_be_taken_back_before_it_leaves() {
    on_both(async |house| {
        let (first, version) = queued(&house, "AAAA-AAAA-A").await;
        let (second, _) = queued(&house, "CCCC-CCCC-C").await;
        let (unit, city) = (house.unit("hoan-kiem"), house.unit("tp"));
        let account = house.account("thuky@duthi.example").await;
        let none = house
            .write(async |tx| handover::list_of(tx, unit, "vong-loai").await)
            .await
            .unwrap();
        assert_eq!(none, None);
        lock(&house, 1).await;
        let (list, taken) = house
            .write(async |tx| {
                let list = handover::list_of(tx, unit, "vong-loai").await?.unwrap();
                let taken = handover::list_entries(tx, list.queue).await?;
                Ok((list, taken))
            })
            .await
            .unwrap();
        assert_eq!((list.lines, list.taken), (2, 1));
        let codes: Vec<&str> = taken.iter().map(|of| of.code.as_str()).collect();
        assert_eq!((codes, taken[0].size), (vec!["AAAA-AAAA-A"], 10));

        let release = async |package: &str| {
            house
                .write(async |tx| {
                    let ends = (unit, city);
                    handover::release(
                        tx,
                        house.contest,
                        package,
                        ends,
                        Some(list.queue),
                        &taken,
                        account,
                        NOW,
                    )
                    .await
                })
                .await
        };
        let id = release(PACKAGE).await.unwrap();
        let twice = release("another").await;
        assert!(matches!(twice, Err(Error::Stale)), "{twice:?}");
        house
            .write(async |tx| {
                assert!(handover::is_handed(tx, list.queue).await?);
                let row = handover::get(tx, id).await?;
                assert_eq!(row.state, HandoverState::Released);
                let found = handover::find(tx, house.contest, Direction::Out, PACKAGE).await?;
                assert_eq!(found, Some(row));
                let other = handover::find(tx, house.contest, Direction::In, PACKAGE).await?;
                assert_eq!(other, None);
                assert!(matches!(handover::get(tx, 1).await, Err(Error::Missing)));
                let source = handover::source(tx, Some(list.queue), first.id).await?;
                assert_eq!((source.version, source.place), (version, Some(1)));
                assert_eq!((source.installation, source.body), (None, None));
                let contents = handover::contents(tx, id).await?;
                assert_eq!(contents.len(), 1);
                assert_eq!(contents[0].entry_id, Some(first.id));
                assert_ne!(contents[0].entry_id, Some(second.id));
                handover::pack(tx, id, ("{}", "hash"), ("sig", "key"), 2).await?;
                let again = handover::pack(tx, id, ("{}", "hash"), ("sig", "key"), 2).await;
                assert!(matches!(again, Err(Error::Stale)), "{again:?}");
                Ok(())
            })
            .await
            .unwrap();
        let letters = [a_letter(&house, "k1").await, a_letter(&house, "k2").await];
        for (n, of_part) in (1..).zip(letters) {
            house
                .write(async |tx| handover::put_letter(tx, id, n, of_part).await)
                .await
                .unwrap();
        }
        let kept = letter::get(&house.db, letters[0]).await.unwrap();
        assert_eq!(kept.mime_blob.as_deref(), Some("blob of the whole letter"));
        // Undo, and once more; then a mail has left, and there is no way back.
        let back = house
            .write(async |tx| handover::take_back(tx, id, "thu hồi", NOW + 5).await)
            .await
            .unwrap();
        assert!(back);
        let state = letter::get(&house.db, letters[1]).await.unwrap().state;
        assert_eq!(state, LetterState::Suppressed);
        let id = release("another").await.unwrap();
        let sent = a_letter(&house, "k3").await;
        house
            .write(async |tx| {
                handover::pack(tx, id, ("{}", "hash"), ("sig", "key"), 2).await?;
                handover::put_letter(tx, id, 1, sent).await?;
                letter::advance(
                    tx,
                    sent,
                    LetterState::Queued,
                    LetterState::Sending,
                    None,
                    NOW,
                )
                .await?;
                assert!(!handover::take_back(tx, id, "thu hồi", NOW + 6).await?);
                letter::advance(tx, sent, LetterState::Sending, LetterState::Sent, None, NOW)
                    .await?;
                // A part that is acknowledged is not sent again.
                handover::acknowledge(tx, id, 2, &["AAAA-AAAA-A"], NOW + 7).await?;
                assert_eq!(handover::unsend(tx, id).await?, 1);
                assert_eq!(handover::unsend(tx, id).await?, 0);
                let parts = handover::parts(tx, id).await?;
                assert_eq!(
                    (parts[0].letter_id, parts[0].at, parts[1].at),
                    (None, None, Some(NOW + 7))
                );
                let (from, to) = (HandoverState::Packed, HandoverState::Acknowledged);
                handover::advance(tx, id, from, to, Some(NOW + 8)).await?;
                let again = handover::advance(tx, id, from, to, Some(NOW + 9)).await;
                assert!(matches!(again, Err(Error::Stale)), "{again:?}");
                Ok(())
            })
            .await
            .unwrap();
        let sent = handover::of_units(&house.db, &scope(&house, "hoan-kiem"), Direction::Out)
            .await
            .unwrap();
        assert_eq!(sent[0].done_at, Some(NOW + 8));
        let elsewhere = handover::of_units(&house.db, &scope(&house, "ba-dinh"), Direction::Out)
            .await
            .unwrap();
        assert_eq!(elsewhere, []);
        assert_eq!(
            handover::codes_of(&house.db, id).await.unwrap(),
            ["AAAA-AAAA-A"]
        );
        let lines = handover::parts_of(&house.db, id).await.unwrap();
        let seen = handover::of_entry(&house.db, first.id).await.unwrap();
        assert_eq!(seen.len(), 2);
        assert_eq!(
            (seen[1].from_unit.as_str(), seen[1].acknowledged_at),
            ("hoan-kiem", Some(NOW + 7))
        );
        let states: Vec<HandoverState> = sent.iter().map(|package| package.state).collect();
        let told: Vec<_> = lines.iter().map(|line| (line.n, line.at)).collect();
        (states, told)
    })
    .await;
}

#[tokio::test]
async fn a_department_hands_over_what_stands_and_is_not_on_its_way_yet() {
    on_both(async |house| {
        let (first, _) = house.entry("AAAA-AAAA-A").await;
        let (second, _) = house.entry("CCCC-CCCC-C").await;
        let (held, _) = house.entry("DDDD-DDDD-D").await;
        let (foreign, _) = house.entry("EEEE-EEEE-E").await;
        let unit = house.unit("hoan-kiem");
        let account = house.account("thuky@duthi.example").await;
        house
            .write(async |tx| {
                let waits = entry::Entry {
                    state: EntryState::Held,
                    ..held.clone()
                };
                entry::change(tx, &held, &waits).await?;
                handover::mark_origin(tx, foreign.id, "elsewhere").await
            })
            .await
            .unwrap();
        let open = async || {
            house
                .write(async |tx| handover::open_entries(tx, unit).await)
                .await
                .unwrap()
        };
        let codes = |of: &[handover::Candidate]| {
            of.iter().map(|of| of.code.clone()).collect::<Vec<String>>()
        };
        let both = open().await;
        assert_eq!(codes(&both), ["AAAA-AAAA-A", "CCCC-CCCC-C"]);
        assert_eq!(
            both.iter().map(|of| of.entry).collect::<Vec<i64>>(),
            [first.id, second.id]
        );
        let waiting = house
            .write(async |tx| handover::held_entries(tx, unit).await)
            .await
            .unwrap();
        assert_eq!(waiting, 1);
        let ends = (unit, house.unit("tp"));
        let id = house
            .write(async |tx| {
                handover::release(
                    tx,
                    house.contest,
                    PACKAGE,
                    ends,
                    None,
                    &both[..1],
                    account,
                    NOW,
                )
                .await
            })
            .await
            .unwrap();
        assert_eq!(codes(&open().await), ["CCCC-CCCC-C"]);
        house
            .write(async |tx| handover::take_back(tx, id, "thu hồi", NOW).await)
            .await
            .unwrap();
        codes(&open().await)
    })
    .await;
}

#[tokio::test]
async fn a_package_that_arrives_waits_for_trust_and_is_taken_in_part_by_part() {
    on_both(async |house| {
        let (own, _) = queued(&house, "AAAA-AAAA-A").await;
        let mails = [house.message("mail 1").await, house.message("mail 2").await];
        let (from, to) = (house.unit("ba-dinh"), house.unit("tp"));
        let account = house.account("thuky@duthi.example").await;
        let contest = house.contest;
        let arrival = |state, hash| Arrival {
            contest,
            package: PACKAGE,
            from,
            to,
            state,
            manifest: "{}",
            manifest_hash: hash,
            signature: "sig",
            public_key: "key",
            parts: 2,
            made_at: NOW,
        };
        let id = house
            .write(async |tx| {
                let untrusted = arrival(HandoverState::Untrusted, "h1");
                let id = handover::arrive(tx, &untrusted).await?;
                assert_eq!(handover::arrive(tx, &untrusted).await?, id);
                assert!(handover::part_came(tx, id, 1, mails[0], NOW).await?);
                assert!(!handover::part_came(tx, id, 1, mails[1], NOW + 1).await?);
                assert!(!handover::is_told(tx, id).await?);
                let detail = serde_json::json!({});
                let new = NewMatter {
                    contest,
                    unit: to,
                    kind: MatterKind::Handover,
                    subject: Subject::Message,
                    subject_id: mails[0],
                    detail: &detail,
                };
                matter::open(tx, &new, NOW).await?;
                assert!(handover::is_told(tx, id).await?);
                let waits = handover::untrusted_of(tx, mails[0]).await?;
                assert_eq!(waits, Some((id, from, "key".to_owned())));
                assert_eq!(handover::untrusted_of(tx, mails[1]).await?, None);
                let held = handover::hold_back(tx, contest, from, "key").await?;
                assert_eq!(held, [(id, mails[0])]);
                assert!(!installation::is_trusted(tx, contest, from, "key").await?);
                installation::trust(tx, contest, from, "key", account, NOW).await?;
                installation::trust(tx, contest, from, "key", account, NOW + 1).await?;
                assert!(installation::is_trusted(tx, contest, from, "key").await?);
                assert!(!installation::is_trusted(tx, contest, to, "key").await?);
                handover::forget(tx, id).await?;
                let trusted = arrival(HandoverState::Arriving, "h2");
                assert_eq!(handover::arrive(tx, &trusted).await?, id);
                let other = arrival(HandoverState::Arriving, "h3");
                let other = handover::arrive(tx, &other).await;
                assert!(matches!(other, Err(Error::Stale)), "{other:?}");
                assert!(handover::part_came(tx, id, 2, mails[1], NOW + 2).await?);
                handover::forget(tx, id).await?;
                assert_eq!(handover::parts(tx, id).await?.len(), 1);
                assert_eq!(handover::hold_back(tx, contest, from, "key").await?, []);
                Ok(id)
            })
            .await
            .unwrap();
        house
            .write(async |tx| {
                let submission = handover::submit(tx, contest, mails[1], to, NOW).await?;
                let mut new = house.new_entry("CCCC-CCCC-C", submission);
                new.unit_id = from;
                entry::insert(tx, &new, NOW).await?;
                handover::mark_origin(tx, new.id, "elsewhere").await?;
                let held = async |tx: &mut phach::db::Tx, origin: &str, code: &str| {
                    handover::held(tx, contest, origin, "us", code).await
                };
                assert_eq!(held(tx, "elsewhere", "CCCC-CCCC-C").await?, Some(new.id));
                assert_eq!(held(tx, "us", "CCCC-CCCC-C").await?, None);
                assert_eq!(held(tx, "us", "AAAA-AAAA-A").await?, Some(own.id));
                assert_eq!(held(tx, "elsewhere", "AAAA-AAAA-A").await?, None);
                let at = async |tx: &mut phach::db::Tx, unit: i64, round: &str, entry: i64| {
                    handover::place(tx, unit, round, Some(entry)).await
                };
                assert_eq!(at(tx, to, "chung-khao", own.id).await?, Place::Free);
                assert_eq!(at(tx, to, "vong-loai", own.id).await?, Place::NoQueue);
                let there = at(tx, own.unit_id, "vong-loai", own.id).await?;
                assert_eq!(there, Place::There);
                handover::took(tx, id, "CCCC-CCCC-C", new.id, NOW).await?;
                handover::took(tx, id, "CCCC-CCCC-C", own.id, NOW + 1).await?;
                let contents = handover::contents(tx, id).await?;
                assert_eq!(contents[0].entry_id, Some(new.id));
                let sent = handover::sent_version(tx, contest, PACKAGE, own.id).await?;
                assert_eq!(sent, None);
                Ok(())
            })
            .await
            .unwrap();
        lock(&house, 1).await;
        let locked = house
            .write(async |tx| handover::place(tx, own.unit_id, "vong-loai", None).await)
            .await
            .unwrap();
        let came = handover::of_units(&house.db, &scope(&house, "tp"), Direction::In)
            .await
            .unwrap();
        (locked, came[0].entries, came[0].parts)
    })
    .await;
}

#[tokio::test]
async fn where_one_installation_serves_both_units_the_version_that_was_marked_goes_on() {
    on_both(async |house| {
        let (row, version) = queued(&house, "AAAA-AAAA-A").await;
        lock(&house, 1).await;
        let ends = (house.unit("hoan-kiem"), house.unit("tp"));
        let account = house.account("thuky@duthi.example").await;
        house
            .write(async |tx| {
                let list = handover::list_of(tx, ends.0, "vong-loai").await?.unwrap();
                let taken = handover::list_entries(tx, list.queue).await?;
                let queue = Some(list.queue);
                let contest = house.contest;
                handover::release(tx, contest, PACKAGE, ends, queue, &taken, account, NOW).await?;
                let newer = super::house::version(&row, 2);
                entry::put_version(tx, &newer, NOW).await?;
                let source = handover::source(tx, queue, row.id).await?;
                assert_eq!(source.version, version);
                let sent = handover::sent_version(tx, contest, PACKAGE, row.id).await?;
                assert_eq!(sent, Some(version));
                let newest = handover::source(tx, None, row.id).await?;
                assert_eq!(newest.version, newer.id);
                Ok(())
            })
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_installation_is_written_once() {
    on_both(async |house| {
        let first = Installation {
            uid: "a".into(),
            public_key: "k".into(),
        };
        let second = Installation {
            uid: "b".into(),
            public_key: "l".into(),
        };
        assert_eq!(installation::get(&house.db).await.unwrap(), None);
        for one in [&first, &second] {
            house
                .write(async |tx| installation::put(tx, one, NOW).await)
                .await
                .unwrap();
        }
        let kept = house
            .write(async |tx| installation::get_in(tx).await)
            .await
            .unwrap();
        assert_eq!(kept.as_ref(), Some(&first));
        assert_eq!(installation::get(&house.db).await.unwrap(), kept);
    })
    .await;
}
