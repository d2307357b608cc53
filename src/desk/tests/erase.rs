//! One person's data: what is found of it, what a clerk may choose, and the way back.

use super::NOW;
use super::does;
use super::fixture::Case;
use super::fixture::DEADLINE;
use super::fixture::House;
use super::fixture::house;
use super::undoes;
use crate::db;
use crate::db::matter::Subject;
use crate::desk::Act;
use crate::desk::Erase;
use crate::desk::Error;
use crate::desk::Kin;
use crate::desk::Reach;
use crate::desk::Refusal;
use crate::desk::reach;
use crate::entry::EntryState;
use crate::entry::MatterKind;
use crate::entry::MessageKind;
use crate::entry::RemovalState;
use serde_json::json;

const ALL: &[&str] = &["ha-noi", "hoan-kiem", "dong-da", "hoan-kiem.hang-bac"];

async fn reach_of(house: &House, entry: i64) -> Reach {
    let mut tx = house.db.begin().await.expect("begin");
    let row = db::entry::get_in(&mut tx, entry).await.expect("entry");
    reach(&mut tx, &row).await.expect("reach")
}

async fn mail_of(house: &House, entry: i64) -> i64 {
    let submission = db::entry::get(&house.db, entry)
        .await
        .expect("entry")
        .submission_id;
    let mail = db::version::mail(&house.db, submission).await;
    mail.expect("mail").expect("by mail")
}

async fn queued(house: &House, name: &str) -> i64 {
    let case = Case {
        name,
        state: EntryState::Queued,
        ..Case::default()
    };
    house.entry(&case).await
}

/// The word by which everything proposed goes.
async fn word(house: &House, entry: i64) -> Erase {
    let reach = reach_of(house, entry).await;
    let entries = reach.entries.iter().filter(|own| own.proposed());
    let mails = reach.mails.iter().filter(|own| own.proposed);
    let letters = reach.letters.iter().filter(|own| own.proposed);
    let row = db::entry::get(&house.db, entry).await.expect("entry");
    Erase {
        entry,
        entries: entries.map(|own| own.row.id).collect(),
        messages: mails.map(|own| own.row.id).collect(),
        letters: letters.map(|own| own.row.id).collect(),
        typed: row.receipt_code,
        paper: "Đơn ngày 10/9/2019".to_owned(),
    }
}

async fn erases(house: &House, word: Erase) -> crate::desk::Result<i64> {
    let scope = house.scope(ALL);
    does(house, &scope, None, Act::Erase(Box::new(word))).await
}

#[tokio::test]
async fn everything_of_one_person_is_found_and_nothing_of_others_is_proposed() {
    let house = house().await;
    let first = queued(&house, "Nguyễn Văn An").await;
    let second = queued(&house, "NGUYEN VAN AN").await;
    let question = house
        .mail(
            "hoan-kiem",
            MessageKind::Question,
            "Đã nhận bài chưa ạ?",
            DEADLINE,
        )
        .await;
    let letter = house
        .letter("hoan-kiem", mail_of(&house, first).await)
        .await;
    let alone = reach_of(&house, first).await;
    let kins: Vec<Kin> = alone.entries.iter().map(|own| own.kin).collect();
    assert_eq!(kins, [Kin::Same, Kin::Same]);
    let mails: Vec<(i64, bool)> = alone
        .mails
        .iter()
        .map(|own| (own.row.id, own.proposed))
        .collect();
    let mut want = vec![
        (mail_of(&house, first).await, true),
        (mail_of(&house, second).await, true),
        (question, true),
    ];
    want.sort_unstable();
    assert_eq!(mails, want);
    let letters: Vec<(i64, bool)> = alone
        .letters
        .iter()
        .map(|own| (own.row.id, own.proposed))
        .collect();
    assert_eq!(letters, [(letter, true)]);

    // Somebody else's essay comes from the same address: nobody knows whose the question is.
    let other = queued(&house, "Trần Thị Bình").await;
    let shared = reach_of(&house, first).await;
    let proposed: Vec<(i64, bool)> = shared
        .entries
        .iter()
        .map(|own| (own.row.id, own.proposed()))
        .collect();
    let mut want = vec![(first, true), (second, true), (other, false)];
    want.sort_unstable();
    assert_eq!(proposed, want);
    let of = |id: i64| shared.mails.iter().find(|own| own.row.id == id);
    let hers = of(mail_of(&house, other).await).expect("listed");
    assert!(!hers.proposed && hers.others.len() == 1, "{hers:?}");
    assert!(!of(question).expect("listed").proposed);
    assert!(of(mail_of(&house, first).await).expect("listed").proposed);
}

#[tokio::test]
async fn a_word_about_one_person_takes_the_entries_out_at_once_and_gives_them_back() {
    let house = house().await;
    let first = queued(&house, "Nguyễn Văn An").await;
    let other = queued(&house, "Trần Thị Bình").await;
    let matter = house
        .matter(
            "hoan-kiem",
            MatterKind::Judge,
            Subject::Entry,
            first,
            json!({}),
        )
        .await;
    let before = super::rows(&house, &[first, other]).await;
    let act = erases(&house, word(&house, first).await)
        .await
        .expect("done");
    let after = super::rows(&house, &[first, other]).await;
    let [own, hers] = after.entries.as_slice() else {
        panic!("two entries");
    };
    assert_eq!((own.state, own.queues.len()), (EntryState::SetAside, 0));
    assert_eq!((hers.state, hers.queues.len()), (EntryState::Queued, 1));
    let closed = db::matter::get(&house.db, matter).await.expect("matter");
    assert_eq!(closed.decision.as_deref(), Some("erase"));
    let removal = db::removal::under_way(&house.db, first).await.expect("row");
    let removal = removal.expect("under way");
    assert_eq!(removal.state, RemovalState::Confirmed);
    assert_eq!(removal.run_at, Some(NOW + crate::desk::CALL_OFF_MS));
    assert_eq!(removal.paper.as_deref(), Some("Đơn ngày 10/9/2019"));
    let twice = erases(&house, word(&house, first).await).await;
    assert!(matches!(twice, Err(Error::Stale)), "{twice:?}");

    undoes(&house, &house.scope(ALL), act)
        .await
        .expect("undone");
    assert_eq!(super::rows(&house, &[first, other]).await, before);
    let under_way = db::removal::under_way(&house.db, first).await.expect("row");
    assert_eq!(under_way, None);
    let open = db::matter::get(&house.db, matter).await.expect("matter");
    assert_eq!(open.closed_at, None);
    erases(&house, word(&house, first).await)
        .await
        .expect("asked again");
}

#[tokio::test]
async fn what_is_not_said_plainly_takes_nothing() {
    let house = house().await;
    let first = queued(&house, "Nguyễn Văn An").await;
    let other = queued(&house, "Trần Thị Bình").await;
    let good = word(&house, first).await;
    let hers = mail_of(&house, other).await;
    let refused = async |word: Erase, want: Refusal| {
        let said = erases(&house, word).await;
        assert!(
            matches!(&said, Err(Error::Refused(why)) if *why == want),
            "{want:?}: {said:?}"
        );
    };
    let typed = "AAAA-AAAA-A".to_owned();
    refused(
        Erase {
            typed,
            ..good.clone()
        },
        Refusal::CodeNotTyped,
    )
    .await;
    let paper = " \n".to_owned();
    refused(
        Erase {
            paper,
            ..good.clone()
        },
        Refusal::NoPaper,
    )
    .await;
    let nothing = Erase {
        entries: Vec::new(),
        messages: Vec::new(),
        letters: Vec::new(),
        ..good.clone()
    };
    refused(nothing, Refusal::NothingChosen).await;
    let messages = vec![hers];
    refused(
        Erase {
            messages,
            ..good.clone()
        },
        Refusal::OthersMail,
    )
    .await;
    // The entry stays and its mail would go.
    let entries = Vec::new();
    refused(
        Erase {
            entries,
            ..good.clone()
        },
        Refusal::OthersMail,
    )
    .await;
    // Somebody who has nothing to do with this person.
    let stranger = Case {
        name: "",
        ..Case::default()
    };
    let letters = vec![house.entry(&stranger).await];
    let strange = erases(
        &house,
        Erase {
            letters,
            ..good.clone()
        },
    )
    .await;
    assert!(matches!(strange, Err(Error::Stale)), "{strange:?}");
    // A district may not say it.
    let scope = house.scope(&["hoan-kiem", "hoan-kiem.hang-bac"]);
    let act = Act::Erase(Box::new(good.clone()));
    let below = does(&house, &scope, None, act).await;
    assert!(matches!(below, Err(Error::Missing)), "{below:?}");
    erases(&house, good).await.expect("done");
}

#[tokio::test]
async fn nobody_comes_back_into_a_queue_whose_list_was_locked_meanwhile() {
    let house = house().await;
    let first = queued(&house, "Nguyễn Văn An").await;
    let act = erases(&house, word(&house, first).await)
        .await
        .expect("done");
    let queues = db::judge::queues_of_units(&house.db, &house.scope(ALL)).await;
    let mut tx = house.db.begin().await.expect("begin");
    for queue in queues.expect("queues") {
        let by = house.secretary;
        let list = db::judge::propose(&mut tx, queue.id, None, "hash", &[], by, NOW)
            .await
            .expect("a list");
        let list = db::judge::ranking(&mut tx, list).await.expect("the list");
        db::judge::lock_list(&mut tx, &list, NOW)
            .await
            .expect("locked");
    }
    tx.commit().await.expect("commit");
    let late = undoes(&house, &house.scope(ALL), act).await;
    assert!(
        matches!(late, Err(Error::Refused(Refusal::ListLocked))),
        "{late:?}"
    );
}
