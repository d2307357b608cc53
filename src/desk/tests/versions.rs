//! Which version counts, and the way back.

use serde_json::json;

use super::does;
use super::fixture::Case;
use super::fixture::DEADLINE;
use super::fixture::House;
use super::fixture::house;
use super::there_and_back;
use super::undoes;
use crate::db;
use crate::db::matter::Subject;
use crate::db::version;
use crate::desk::Act;
use crate::desk::Error;
use crate::desk::Refusal;
use crate::entry::EntryState;
use crate::entry::FileRole;
use crate::entry::MatterKind;

/// An entry in the queue, and a newer one of the same person that waits for a decision with its matter.
async fn two(house: &House) -> (i64, i64, i64) {
    let first = Case {
        state: EntryState::Queued,
        ..Case::default()
    };
    let first = house.entry(&first).await;
    let newer = Case {
        files: &[
            ("ban-moi.docx", FileRole::Main),
            ("anh.jpg", FileRole::Annex),
        ],
        received: DEADLINE - 3_600_000,
        text: "Bản mới: dịch vụ công trực tuyến tiết kiệm thời gian của người dân.",
        ..Case::default()
    };
    let newer = house.entry(&newer).await;
    let matter = house
        .matter(
            "hoan-kiem",
            MatterKind::Version,
            Subject::Entry,
            newer,
            json!({ "doubt": "sender" }),
        )
        .await;
    (first, newer, matter)
}

#[tokio::test]
async fn a_newer_version_takes_the_place_of_the_first_and_gives_it_back() {
    let house = house().await;
    let (first, newer, matter) = two(&house).await;
    let old = db::entry::version(&house.db, first).await.expect("version");
    let act = Act::Replace {
        entry: newer,
        into: first,
    };
    let after = there_and_back(&house, &[first, newer], Some(matter), act.clone()).await;
    let [kept, joined] = after.entries.as_slice() else {
        panic!("two entries");
    };
    assert_eq!(
        (kept.state, joined.state),
        (EntryState::Queued, EntryState::Joined)
    );
    assert_eq!(joined.joined_to, Some(first));
    assert_ne!(kept.version, old.id);
    assert_eq!(
        kept.queues.first().map(|(_, version)| *version),
        Some(kept.version)
    );
    assert!(
        joined.queues.is_empty() && joined.files.len() == 2,
        "its files stay its own"
    );
    let files = db::entry::files(&house.db, kept.version)
        .await
        .expect("files");
    let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["ban-moi.docx", "anh.jpg"]);
    let (slip, email) = db::entry::slip(&house.db, kept.version)
        .await
        .expect("slip");
    assert!(slip.name.is_some() && email.is_some());
    let findings = db::entry::findings(&house.db, kept.version).await;
    assert_eq!(findings.expect("findings").len(), 1);

    // Taken back, the version it made is kept, and used again by the same decision.
    let history = async || version::history(&house.db, first).await.expect("versions");
    let stands = async || -> Vec<bool> { history().await.iter().map(|line| line.stands).collect() };
    assert_eq!(stands().await, [true, false]);
    let scope = house.scope(&["hoan-kiem"]);
    let again = does(&house, &scope, Some(matter), act)
        .await
        .expect("again");
    assert_eq!(stands().await, [false, true]);
    let before = Act::Stand {
        entry: first,
        version: old.id,
    };
    let chosen = does(&house, &scope, None, before.clone())
        .await
        .expect("chosen");
    assert_eq!(stands().await, [true, false]);
    let same = does(&house, &scope, None, before).await;
    assert!(
        matches!(same, Err(Error::Refused(Refusal::Nothing))),
        "{same:?}"
    );
    let early = undoes(&house, &scope, again).await;
    assert!(
        matches!(early, Err(Error::Stale)),
        "a later act stands on it: {early:?}"
    );
    undoes(&house, &scope, chosen).await.expect("undone");
    assert_eq!(stands().await, [false, true]);
    undoes(&house, &scope, again).await.expect("undone");
    assert_eq!(stands().await, [true, false]);
}

#[tokio::test]
async fn a_version_that_others_work_with_stays() {
    let house = house().await;
    let (first, newer, matter) = two(&house).await;
    let scope = house.scope(&["hoan-kiem"]);
    let act = Act::Replace {
        entry: newer,
        into: first,
    };
    let hand_over = async || {
        let code = db::entry::get(&house.db, first)
            .await
            .expect("entry")
            .receipt_code;
        let going = [db::handover::Candidate {
            entry: first,
            code,
            size: 1,
        }];
        let way = (house.unit("hoan-kiem"), house.unit("ha-noi"));
        let contest = house.standing.contest;
        let mut tx = house.db.begin().await.expect("begin");
        let account = house.secretary;
        db::handover::release(&mut tx, contest, "p", way, None, &going, account, DEADLINE)
            .await
            .expect("released");
        tx.commit().await.expect("commit");
    };
    let done = does(&house, &scope, Some(matter), act.clone())
        .await
        .expect("done");
    hand_over().await;
    let refused = undoes(&house, &scope, done).await;
    assert!(
        matches!(refused, Err(Error::Refused(Refusal::InUse))),
        "{refused:?}"
    );
    let history = version::history(&house.db, first).await.expect("versions");
    let other = history.first().expect("the first").id;
    let stand = Act::Stand {
        entry: first,
        version: other,
    };
    let refused = does(&house, &scope, None, stand).await;
    assert!(
        matches!(refused, Err(Error::Refused(Refusal::InUse))),
        "{refused:?}"
    );
    let (_, third, matter) = two(&house).await;
    let act = Act::Replace {
        entry: third,
        into: first,
    };
    let refused = does(&house, &scope, Some(matter), act).await;
    assert!(
        matches!(refused, Err(Error::Refused(Refusal::InUse))),
        "{refused:?}"
    );
    let row = db::matter::get(&house.db, matter).await.expect("matter");
    assert_eq!(row.closed_at, None);
}

#[tokio::test]
async fn nobody_picks_a_version_of_another_entry_or_unit() {
    let house = house().await;
    let (first, newer, _) = two(&house).await;
    let version = db::entry::version(&house.db, newer)
        .await
        .expect("version")
        .id;
    let scope = house.scope(&["hoan-kiem"]);
    let stand = Act::Stand {
        entry: first,
        version,
    };
    let foreign = does(&house, &scope, None, stand.clone()).await;
    assert!(matches!(foreign, Err(Error::Missing)), "{foreign:?}");
    let elsewhere = house.scope(&["dong-da"]);
    let act = Act::Replace {
        entry: newer,
        into: first,
    };
    for act in [stand, act] {
        let refused = does(&house, &elsewhere, None, act).await;
        assert!(matches!(refused, Err(Error::Missing)), "{refused:?}");
    }
    let itself = Act::Replace {
        entry: first,
        into: first,
    };
    let refused = does(&house, &scope, None, itself).await;
    assert!(
        matches!(refused, Err(Error::Refused(Refusal::JoinTarget))),
        "{refused:?}"
    );
}
