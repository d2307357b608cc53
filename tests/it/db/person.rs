//! The removal of one person's data: what is found of it, what the pieces take and leave, and what may not go.

use phach::db;
use phach::db::Error;
use phach::db::matter::Subject;
use phach::db::message::Sorted;
use phach::db::removal;
use phach::db::removal::Removal;
use phach::entry::Bond;
use phach::entry::EntryState;
use phach::entry::MessageKind;
use phach::entry::MessageState;

use super::bench::line;
use super::house::House;
use super::house::NOW;
use super::house::on_both;
use super::house::slip;
use super::removal::NAME;
use super::removal::NONE;
use super::removal::PHONE;
use super::removal::known;
use super::removal::proposed;

/// The removal of one person, confirmed, with these entries, mails and letters.
async fn of_person(house: &House, entry: i64, items: &[(Subject, i64)]) -> Removal {
    house
        .write(async |tx| {
            let contest = house.contest;
            let id = removal::propose_of(tx, contest, entry, "Đơn 12", NOW)
                .await?
                .id;
            removal::choose(tx, id, items).await?;
            removal::confirm(tx, id, NOW, NOW + 5).await?;
            removal::get(tx, id).await
        })
        .await
        .unwrap()
}

#[tokio::test]
async fn what_there_is_of_one_person_is_found_by_sender_and_by_name() {
    on_both(async |house| {
        let (entry, _, message) = known(&house, "AAAA-AAAA-A").await;
        // The same person from another address, and somebody who has nothing to do with both.
        let (again, version, second) = known(&house, "BBBB-BBBB-B").await;
        let (stranger, other_version) = house.entry("CCCC-CCCC-C").await;
        let contest = house.contest;
        let sorted = Sorted {
            kind: MessageKind::Bounce,
            rfc_id: None,
            content_hash: "c1",
            from_email: Some("postmaster@mail.example"),
            from_name: None,
            subject: "Undelivered",
            body: "to <BiMat@nguoidan.example>: mailbox full",
            same_as: None,
        };
        let (bounce, other) = (house.message("bounce").await, house.message("other").await);
        house
            .run(&format!(
                "UPDATE message SET from_email = 'khac@nguoidan.example' WHERE id = {second}"
            ))
            .await;
        house
            .run(&format!(
                "UPDATE slip SET email = NULL WHERE version_id = {version}"
            ))
            .await;
        let unlike = Sorted {
            body: "to <bixmat@nguoidan.example>",
            content_hash: "c2",
            ..sorted
        };
        house
            .write(async |tx| {
                db::message::sorted(tx, bounce, &sorted).await?;
                db::message::sorted(tx, other, &unlike).await?;
                db::entry::put_slip(tx, contest, other_version, &slip("Lê Khác"), None).await
            })
            .await
            .unwrap();
        house
            .write(async |tx| {
                let found = removal::related(tx, contest, entry.id).await?;
                let ids: Vec<i64> = found.iter().map(|row| row.id).collect();
                assert_eq!(ids, [entry.id, again.id]);
                assert_eq!(found[0].versions, 1);
                let alone = removal::related(tx, contest, stranger.id).await?;
                assert_eq!(alone.len(), 1);
                let slips = removal::slips(tx, entry.id).await?;
                assert_eq!(slips, [slip(NAME)]);
                let senders = removal::senders(tx, entry.id).await?;
                // The slip of this house holds a phone where an address belongs.
                assert_eq!(senders, [PHONE, "bimat@nguoidan.example"]);
                let mails = removal::mails_of(tx, contest, &senders, &[entry.id]).await?;
                let rows: Vec<(i64, Vec<i64>)> = mails
                    .iter()
                    .map(|mail| (mail.id, mail.carries.clone()))
                    .collect();
                assert_eq!(rows, [(message, vec![entry.id]), (bounce, Vec::new())]);
                let none = removal::mails_of(tx, contest, &[], &[]).await?;
                assert_eq!(none, []);
                // Another underscore is another address: nothing in one is a pattern.
                let pattern = ["bi_mat@nguoidan.example".to_owned()];
                assert_eq!(removal::mails_of(tx, contest, &pattern, &[]).await?, []);
                let letters = removal::letters_of(tx, contest, &senders, &[]).await?;
                assert_eq!(letters.len(), 2, "both went to the same address");
                let letters = removal::letters_of(tx, contest, &[], &[message]).await?;
                assert_eq!(letters.len(), 1);
                assert_eq!(letters[0].message_id, Some(message));
                Ok(())
            })
            .await
            .unwrap();
        // A copy from another mailbox holds what the first one handed in.
        let copy = house.message("copy").await;
        house
            .run(&format!(
                "UPDATE message SET same_as = {message} WHERE id = {copy}"
            ))
            .await;
        house
            .write(async |tx| {
                let mails = removal::mails_of(tx, contest, &[], &[entry.id]).await?;
                assert_eq!(mails.len(), 2);
                Ok(mails.iter().all(|mail| mail.carries == [entry.id]))
            })
            .await
            .unwrap()
    })
    .await;
}

#[tokio::test]
async fn the_pieces_of_one_person_leave_everybody_else_alone() {
    on_both(async |house| {
        let (entry, version, message) = known(&house, "AAAA-AAAA-A").await;
        let (other, _, hers) = known(&house, "BBBB-BBBB-B").await;
        let contest = house.contest;
        let clerk = house.account("clerk@duthi.example").await;
        let queue = house.queue("hoan-kiem").await;
        // An act about somebody else wrote this entry down as well.
        let act = db::act::Act {
            id: db::act::id(),
            contest_id: contest,
            unit_id: house.unit("hoan-kiem"),
            matter_id: None,
            subject: Subject::Entry,
            subject_id: other.id,
            account_id: clerk,
            kind: "join".to_owned(),
            before: format!("{{\"entries\":[{{\"id\":{},\"slip\":\"{NAME}\"}}]}}", entry.id),
            after: String::new(),
            at: NOW,
            undone_at: None,
        };
        let apart = db::act::Act {
            id: db::act::id(),
            before: "kept".to_owned(),
            ..act.clone()
        };
        let detail = serde_json::json!({ "note": NAME });
        let matter = |subject_id: i64| db::matter::NewMatter {
            contest,
            unit: house.unit("hoan-kiem"),
            kind: phach::entry::MatterKind::Judge,
            subject: Subject::Entry,
            subject_id,
            detail: &detail,
        };
        let letter = house
            .write(async |tx| {
                db::act::record(tx, &act).await?;
                db::act::record(tx, &apart).await?;
                db::matter::open(tx, &matter(entry.id), NOW).await?;
                db::matter::open(tx, &matter(other.id), NOW).await?;
                let unit = house.unit("hoan-kiem");
                db::queue::put(tx, unit, "vong-loai", entry.id, version, "P1", NOW).await?;
                let letters = removal::letters_of(tx, contest, &[], &[message]).await?;
                Ok(letters[0].id)
            })
            .await
            .unwrap();
        // Her essay was found to be like his.
        house
            .run(&format!(
                "INSERT INTO comparison (entry_id, contest_id, version_id, seq, text_hash, run, level, score, body, compared_at)
                 SELECT {}, {contest}, id, 1, 'h', 0, 'copied', 1, '{{\"verdict\":1,\"entries\":{{\"0\":{}}}}}', 1
                 FROM entry_version WHERE entry_id = {}",
                other.id, entry.id, other.id
            ))
            .await;
        let items = [
            (Subject::Entry, entry.id),
            (Subject::Message, message),
            (Subject::Letter, letter),
        ];
        let removal = of_person(&house, entry.id, &items).await;
        let whole = proposed(&house).await;
        assert_ne!(whole.id, removal.id, "that of the contest is another");
        let way = removal::under_way(&house.db, entry.id).await.unwrap();
        assert_eq!(way.map(|row| row.id), Some(removal.id));
        assert_eq!(removal::under_way(&house.db, other.id).await.unwrap(), None);
        let twice = house
            .write(async |tx| removal::propose_of(tx, contest, entry.id, "x", NOW).await)
            .await;
        assert!(matches!(twice, Err(Error::Stale)), "it is confirmed");
        let now = NOW + 10;
        house
            .write(async |tx| {
                assert_eq!(removal::bond(tx, entry.id).await?, None);
                assert!(!db::queue::is_locked(tx, queue).await?);
                assert_eq!(removal::spare(tx, removal.id).await?, NONE);
                removal::withdraw(tx, removal.id, now).await?;
                assert_eq!(db::entry::get_in(tx, entry.id).await?.state, EntryState::SetAside);
                assert_eq!(db::entry::get_in(tx, other.id).await?.state, EntryState::Queued);
                assert_eq!(db::desk::queued(tx, entry.id).await?, []);
                removal::begin(tx, removal.id).await?;
                assert_eq!(removal::mails(tx, &removal, 0, 10, now).await?, [message]);
                assert_eq!(removal::entries(tx, &removal, 0, 10, now).await?, [entry.id]);
                let gone = removal::letters(tx, &removal, 0, 10, "gone", now).await?;
                assert_eq!(gone, [letter]);
                assert_eq!(removal::papers(tx, &removal, now).await?, 0);
                assert_eq!(removal::matters(tx, &removal, now).await?, 1);
                assert_eq!(removal::acts(tx, &removal).await?, 1);
                removal::jobs(tx, &removal, now).await?;
                removal::leftovers(tx, &removal, now).await
            })
            .await
            .unwrap();
        let told = removal::of_entry(&house.db, entry.id).await.unwrap();
        assert_eq!(told, Some((now, Some("Đơn 12".to_owned()))));
        assert_eq!(removal::of_entry(&house.db, other.id).await.unwrap(), None);
        assert_eq!(house.texts("SELECT body FROM comparison").await.len(), 0);
        // The file is hers, too.
        let noted = removal::doomed(&house.db, "", 10).await.unwrap();
        house
            .write(async |tx| {
                removal::forget_readings(tx, &noted, now).await?;
                assert_eq!(removal::unnamed(tx, &noted).await?, ["mail of AAAA-AAAA-A"]);
                let (state, _) = db::message::standing(tx, hers).await?;
                assert_ne!(state, MessageState::Removed);
                Ok(())
            })
            .await
            .unwrap();
        assert_eq!(house.texts("SELECT name FROM slip").await, [NAME]);
        let left = removal::counts(&house.db, contest).await.unwrap();
        (left.messages, left.entries, left.letters, left.open)
    })
    .await;
}

#[tokio::test]
async fn whoever_is_on_a_list_that_goes_on_or_in_a_package_stays() {
    on_both(async |house| {
        let taken = house.essay("hoan-kiem", "hoan-kiem", "P1").await;
        let left = house.essay("hoan-kiem", "hoan-kiem", "P2").await;
        let (sent, _, message) = known(&house, "AAAA-AAAA-A").await;
        let clerk = house.account("clerk@duthi.example").await;
        let mail = house
            .texts(&format!(
                "SELECT CAST(submission.message_id AS TEXT) FROM entry JOIN submission ON submission.id = entry.submission_id
                 WHERE entry.id = {}",
                taken.entry
            ))
            .await[0]
            .parse()
            .unwrap();
        let letter = house
            .write(async |tx| Ok(removal::letters_of(tx, house.contest, &[], &[message]).await?[0].id))
            .await
            .unwrap();
        let items = [
            (Subject::Entry, taken.entry),
            (Subject::Entry, left.entry),
            (Subject::Entry, sent.id),
            (Subject::Message, mail),
            (Subject::Message, message),
            (Subject::Letter, letter),
        ];
        let removal = of_person(&house, left.entry, &items).await;
        let lines = [line(&taken, 1, 62, true), line(&left, 2, 40, false)];
        let list = house.propose(taken.queue, "hash", &lines, clerk).await;
        house.lock(&list).await.unwrap();
        house
            .write(async |tx| {
                let package = db::handover::Candidate {
                    entry: sent.id,
                    code: sent.receipt_code.clone(),
                    size: 1,
                };
                let (from, to) = (house.unit("hoan-kiem"), house.unit("tp"));
                db::handover::release(
                    tx,
                    house.contest,
                    "0011",
                    (from, to),
                    None,
                    &[package],
                    clerk,
                    NOW,
                )
                .await?;
                assert!(db::queue::is_locked(tx, taken.queue).await?);
                assert_eq!(removal::bond(tx, taken.entry).await?, Some(Bond::Listed));
                assert_eq!(removal::bond(tx, left.entry).await?, None);
                assert_eq!(removal::bond(tx, sent.id).await?, Some(Bond::HandedOver));
                let mut held = vec![taken.entry, sent.id];
                held.sort_unstable();
                assert_eq!(removal::spare(tx, removal.id).await?, held);
                removal::withdraw(tx, removal.id, NOW + 10).await?;
                // Its marks stand on the locked list, so it is set aside nowhere.
                let row = db::entry::get_in(tx, left.entry).await?;
                assert_eq!(row.state, EntryState::Queued);
                assert!(db::queue::on_locked_list(tx, left.entry).await?);
                assert_eq!(removal::mails(tx, &removal, 0, 10, NOW).await?, NONE);
                let gone = removal::letters(tx, &removal, 0, 10, "gone", NOW).await?;
                assert_eq!(gone, NONE);
                let gone = removal::entries(tx, &removal, 0, 10, NOW + 10).await?;
                assert_eq!(gone, [left.entry]);
                Ok(())
            })
            .await
            .unwrap();
        let lines = "SELECT blind_code FROM ranking_line JOIN queue_entry ON queue_entry.id = queue_entry_id ORDER BY 1";
        (
            house.texts(lines).await,
            house.texts("SELECT subject FROM removal_item ORDER BY 1").await,
        )
    })
    .await;
}
