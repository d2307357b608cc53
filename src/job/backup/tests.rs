//! A backup and its way back, on SQLite: what is left out, what is freed, which letters a person is asked about.

use std::path::Path;

use super::Manifest;
use super::check;
use super::restore;
use super::write;
use crate::blob::Blobs;
use crate::db;
use crate::db::Db;
use crate::db::letter::LetterKind;
use crate::db::letter::NewLetter;
use crate::db::matter::Subject;
use crate::desk::tests::fixture::Case;
use crate::desk::tests::fixture::DEADLINE;
use crate::desk::tests::fixture::House;
use crate::desk::tests::fixture::house;
use crate::entry::LetterState;
use crate::entry::MatterKind;
use crate::job::installation;

/// A letter in the house's outbox, and whether it is in the middle of being sent.
async fn letter(house: &House, kind: LetterKind, sending: bool) -> i64 {
    let key = format!("{kind:?}");
    let new = NewLetter {
        contest: house.standing.contest,
        unit: house.unit("hoan-kiem"),
        key: &key,
        rfc_id: &key,
        kind,
        recipient: "an@mail.example",
        null_path: false,
        sender: "hoan-kiem@duthi.example",
        subject: "Thư",
        mime: "",
        message: None,
        not_before: DEADLINE,
    };
    let mut tx = house.db.begin().await.unwrap();
    let id = db::letter::queue(&mut tx, &new, DEADLINE)
        .await
        .unwrap()
        .unwrap();
    let send = db::job::JobKind::Send;
    db::job::put(&mut tx, send, id, 1, DEADLINE).await.unwrap();
    if sending {
        let (from, to) = (LetterState::Queued, LetterState::Sending);
        let moved = db::letter::advance(&mut tx, id, from, to, None, DEADLINE);
        moved.await.unwrap();
    }
    tx.commit().await.unwrap();
    id
}

async fn backup(house: &House, folder: &Path) -> anyhow::Result<Manifest> {
    write(&house.db, &house.folder, folder, &mut |_, _| {}).await
}

/// An empty installation: its data folder and database.
async fn ground(house: &House, name: &str) -> (std::path::PathBuf, Db) {
    let data = house.folder.join(name);
    std::fs::create_dir_all(&data).unwrap();
    let url = format!("sqlite:{}", data.join("phach.db").display());
    (data, Db::connect(&url).await.unwrap())
}

#[tokio::test]
async fn letters_that_may_have_gone_meanwhile_are_sent_again_or_asked_about() {
    let house = house().await;
    installation::ensure(&house.db, &house.folder)
        .await
        .unwrap();
    let entry = house.entry(&Case::default()).await;
    let receipt = letter(&house, LetterKind::Receipt, true).await;
    let reply = letter(&house, LetterKind::Reply, false).await;
    let alarm = letter(&house, LetterKind::Alarm, true).await;
    let copy = house.folder.join("copies/one");
    let manifest = backup(&house, &copy).await.unwrap();
    // The fixture's files have rows and no bytes.
    assert!(!manifest.blobs.missing.is_empty());

    let (data, db) = ground(&house, "second").await;
    let checked = check(&copy, &mut |_, _| {}).await.unwrap();
    assert_eq!(checked.manifest, manifest);
    let restored = restore(&checked, &db, &data, &copy, &mut |_, _| {})
        .await
        .unwrap();
    assert_eq!(restored.unsure_letters, 2);
    assert_eq!(
        db::entry::get(&db, entry).await.unwrap(),
        db::entry::get(&house.db, entry).await.unwrap()
    );
    let state = async |id: i64| db::letter::get(&db, id).await.unwrap().state;
    assert_eq!(state(receipt).await, LetterState::Sending);
    for unsure in [reply, alarm] {
        assert_eq!(state(unsure).await, LetterState::Unknown);
        let mut tx = db.begin().await.unwrap();
        let open = db::matter::open_about(&mut tx, Subject::Letter, unsure)
            .await
            .unwrap();
        assert_eq!(open.len(), 1);
        assert_eq!(open[0].kind, MatterKind::Letter);
    }
    let now = crate::clock::now();
    let job = db::job::claim(&db, db::job::Lane::Post, now, 1)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(job.job_key, receipt);
    assert_eq!(
        db::job::claim(&db, db::job::Lane::Post, now, 1)
            .await
            .unwrap(),
        None
    );
    // The same installation: its key signs and makes its codes.
    installation::key(&db, &data).await.unwrap();
    let twice = restore(&checked, &db, &data, &copy, &mut |_, _| {}).await;
    assert!(twice.is_err(), "it is not empty any more");
    db.close().await;
}

#[tokio::test]
async fn an_unused_installation_gives_way_and_a_damaged_backup_does_not_come_in() {
    let house = house().await;
    installation::ensure(&house.db, &house.folder)
        .await
        .unwrap();
    let id = Blobs::new(house.folder.join("blobs"))
        .put(b"a mail")
        .await
        .unwrap();
    let mut tx = house.db.begin().await.unwrap();
    let (contest, now) = (house.standing.contest, DEADLINE);
    db::message::store(&mut tx, contest, &id.sha256, 6, now, now)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let copy = house.folder.join("copies/one");
    let manifest = backup(&house, &copy).await.unwrap();
    assert_eq!((manifest.blobs.count, manifest.blobs.bytes), (1, 6));
    let refused = backup(&house, &copy).await;
    assert!(refused.is_err(), "there is one already");

    // Somebody has run a command here before: there is a key, and the newest schema.
    let (data, db) = ground(&house, "second").await;
    db.migrate().await.unwrap();
    let unused = installation::ensure(&db, &data).await.unwrap();
    let checked = check(&copy, &mut |_, _| {}).await.unwrap();
    restore(&checked, &db, &data, &copy, &mut |_, _| {})
        .await
        .unwrap();
    let (own, _) = installation::key(&db, &data).await.unwrap();
    assert_ne!(own, unused);
    assert_eq!(Some(own), db::installation::get(&house.db).await.unwrap());
    assert_eq!(
        Blobs::new(data.join("blobs"))
            .get(&id.sha256)
            .await
            .unwrap(),
        b"a mail"
    );
    db.close().await;

    for name in [
        "rows/unit.jsonl",
        "blobs.sha256",
        "installation.key",
        "manifest.json",
    ] {
        let path = copy.join(name);
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[1..]).unwrap();
        let refused = check(&copy, &mut |_, _| {}).await;
        let said = refused.err().map(|error| error.to_string());
        assert!(said.is_some_and(|said| said.contains(name)), "{name}");
        std::fs::write(&path, &whole).unwrap();
    }
    std::fs::remove_file(copy.join("blobs").join(&id.sha256[..2]).join(&id.sha256)).unwrap();
    assert!(check(&copy, &mut |_, _| {}).await.is_err());
}
