//! Versions of an entry: one counts, all are kept.

use phach::db::Error;
use phach::db::entry;
use phach::db::handover;
use phach::db::judge;
use phach::db::letter;
use phach::db::letter::LetterKind;
use phach::db::letter::NewLetter;
use phach::db::message;
use phach::db::queue;
use phach::db::version;
use phach::entry::Proof;

use super::bench::room;
use super::house::NOW;
use super::house::on_both;

#[tokio::test]
async fn one_version_counts_and_all_are_kept() {
    on_both(async |house| {
        let (row, first) = house.entry("AAAA-AAAA-A").await;
        let mail = house.message("newer").await;
        let unit = house.unit("hoan-kiem");
        let (second, submission) = house
            .write(async |tx| {
                let later = NOW + 5_000;
                let submission = entry::submit(tx, house.contest, mail, unit, later).await?;
                let second = entry::Version {
                    submission_id: submission,
                    ..super::house::version(&row, version::next(tx, row.id).await?)
                };
                entry::put_version(tx, &second, NOW).await?;
                message::prove(tx, mail, Proof::Proven).await?;
                assert_eq!(version::next(tx, row.id).await?, 3);
                let brought = version::by_submission(tx, row.id, submission).await?;
                assert_eq!(brought, Some(second.clone()));
                assert_eq!(version::by_submission(tx, row.id, 1).await?, None);
                assert_eq!(version::received_at(tx, first).await?, NOW);
                assert_eq!(version::received_at(tx, second.id).await?, later);
                let nowhere = version::received_at(tx, 1).await;
                assert!(matches!(nowhere, Err(Error::Missing)), "{nowhere:?}");
                Ok((second.id, submission))
            })
            .await
            .unwrap();
        assert_eq!(
            message::proof(&house.db, mail).await.unwrap(),
            Some(Proof::Proven)
        );
        let none = message::proof(&house.db, 1).await;
        assert!(matches!(none, Err(Error::Missing)), "{none:?}");
        let from = version::mail(&house.db, submission).await.unwrap();
        assert_eq!(from, Some(mail));
        assert_eq!(version::mail(&house.db, 1).await.unwrap(), None);
        let counts = async || entry::version(&house.db, row.id).await.unwrap().id;
        assert_eq!(counts().await, second, "the newest");
        house
            .write(async |tx| {
                version::let_stand(tx, row.id, first).await?;
                let brought = version::brought_by(tx, mail).await?;
                let want = version::Brought {
                    entry: row.id,
                    submission,
                    stands: false,
                };
                assert_eq!(brought, [want]);
                version::let_stand(tx, row.id, first).await
            })
            .await
            .unwrap();
        assert_eq!(counts().await, first);
        let (other, _) = house.entry("CCCC-CCCC-C").await;
        let foreign = house
            .write(async |tx| version::let_stand(tx, other.id, second).await)
            .await;
        assert!(matches!(foreign, Err(Error::Missing)), "{foreign:?}");
        let history = version::history(&house.db, row.id).await.unwrap();
        let said: Vec<_> = history
            .iter()
            .map(|line| (line.n, line.stands, line.received_at - NOW, line.proof))
            .collect();
        assert_eq!(
            said,
            [(1, true, 0, None), (2, false, 5_000, Some(Proof::Proven))]
        );
        let two = format!(
            "UPDATE entry_version SET stands = TRUE WHERE entry_id = {}",
            row.id
        );
        assert!(house.refusal(&two).await.is_some(), "never two at once");
        said
    })
    .await;
}

#[tokio::test]
async fn a_receipt_leads_to_the_entries_it_was_for() {
    on_both(async |house| {
        let (row, _) = house.entry("AAAA-AAAA-A").await;
        let mail = house.message("mail of AAAA-AAAA-A").await;
        let letter = |key, rfc_id, kind| NewLetter {
            contest: house.contest,
            unit: house.unit("hoan-kiem"),
            key,
            rfc_id,
            kind,
            recipient: "an@nguoidan.example",
            null_path: true,
            sender: "hoankiem@duthi.example",
            subject: "Thư",
            mime: "",
            message: Some(mail),
            not_before: NOW,
        };
        house
            .write(async |tx| {
                let receipt = letter("receipt/1", "1@duthi.example", LetterKind::Receipt);
                letter::queue(tx, &receipt, NOW).await?;
                let reply = letter("reply/1", "2@duthi.example", LetterKind::Reply);
                letter::queue(tx, &reply, NOW).await?;
                let of = async |tx: &mut phach::db::Tx, contest: i64, id: &str| {
                    version::of_receipt(tx, contest, id).await
                };
                assert_eq!(of(tx, house.contest, "1@duthi.example").await?, [row.id]);
                let reply = of(tx, house.contest, "2@duthi.example").await?;
                assert!(reply.is_empty(), "no receipt");
                assert!(of(tx, 1, "1@duthi.example").await?.is_empty());
                Ok(())
            })
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_version_that_a_judge_has_seen_is_in_use() {
    on_both(async |house| {
        let (judges, essays, sheets) = room(&house).await;
        let essay = &essays[0];
        let in_use = async |entry: i64| {
            house
                .write(async |tx| version::is_in_use(tx, entry).await)
                .await
                .unwrap()
        };
        assert!(!in_use(essay.entry).await, "dealt, and not looked at");
        let row = entry::get(&house.db, essay.entry).await.unwrap();
        let newer = super::house::version(&row, 2);
        house
            .write(async |tx| {
                entry::put_version(tx, &newer, NOW).await?;
                version::show(tx, essay.entry, newer.id).await
            })
            .await
            .unwrap();
        let sheet = judge::sheet(&house.db, judges[0], sheets[0]).await.unwrap();
        assert_eq!(
            sheet.version, 1,
            "a page with the older text cannot be saved"
        );
        let paper = judge::paper(&house.db, essay.id).await;
        assert!(
            matches!(paper, Err(Error::Missing)),
            "its copy is still to be made"
        );
        house
            .write(async |tx| judge::open_sheet(tx, judges[0], sheets[0], NOW).await)
            .await
            .unwrap();
        assert!(in_use(essay.entry).await);
        house
            .write(async |tx| queue::take_out(tx, essay.entry, NOW).await)
            .await
            .unwrap();
        assert!(!in_use(essay.entry).await, "out of the queue");

        let other = &essays[1];
        let code = entry::get(&house.db, other.entry)
            .await
            .unwrap()
            .receipt_code;
        let account = house.account("thuky@duthi.example").await;
        house
            .write(async |tx| {
                let going = [handover::Candidate {
                    entry: other.entry,
                    code,
                    size: 1,
                }];
                let way = (house.unit("hoan-kiem"), house.unit("tp"));
                handover::release(tx, house.contest, "p", way, None, &going, account, NOW).await
            })
            .await
            .unwrap();
        assert!(in_use(other.entry).await, "in a package");
    })
    .await;
}
