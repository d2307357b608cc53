//! A contest whose queue is full of essays, dealt to its judges, written into the database as its rows.

use std::path::Path;

use sha2::Digest as _;
use sha2::Sha256;

use phach::blind;
use phach::contest::file;
use phach::contest::role::Role;
use phach::db;
use phach::db::Db;
use phach::db::copy::NewCopy;
use phach::db::copy::Readiness;
use phach::entry::EntryState;
use phach::entry::Timeliness;
use phach::jury;
use phach::text::words::hex;

use crate::support::prose;

use super::judge::Seat;

const UNIT: &str = "hoan-kiem";
const ROUND: &str = "so-khao-quan";
const HOUR: i64 = 3_600_000;

/// Furnishes the data folder below `folder`; returns the judges and their queue.
pub async fn furnish(folder: &Path, judges: usize, entries: usize) -> (Vec<Seat>, i64) {
    let db = Db::open(&format!("sqlite:{}/data/phach.db", folder.display()))
        .await
        .expect("a database");
    let text = include_str!("../../../config/contests/hanoi-2019.toml");
    let plan = file::parse(text).0.expect("the shipped plan");
    let now = jiff::Timestamp::now().as_millisecond();
    let mut tx = db.begin().await.expect("a transaction");
    let (contest, _) = db::contest::apply(&mut tx, &plan, text, "load", now)
        .await
        .expect("applied");
    tx.commit().await.expect("committed");
    let standing = db::contest::standing(&db, contest).await.expect("standing");
    let unit = standing.units[UNIT];

    let mut tx = db.begin().await.expect("a transaction");
    let mut seats = Vec::new();
    // A lot needs two judges for two marks, even where one is watched.
    for n in 0..judges.max(2) {
        let email = format!("giamkhao{n}@load.example");
        let account = db::account::put(&mut tx, &email, &format!("Giám khảo {n}"), now)
            .await
            .expect("an account");
        db::account::grant(&mut tx, account, contest, Some(unit), Role::Judge, now)
            .await
            .expect("a role");
        let (token, csrf) = (format!("token{n}"), format!("csrf{n}"));
        let hash = hex(&Sha256::digest(token.as_bytes()));
        db::account::put_session(&mut tx, account, &hash, &csrf, now, now + HOUR)
            .await
            .expect("a session");
        seats.push(Seat {
            cookie: format!("phach={token}"),
            csrf,
        });
    }
    seats.truncate(judges);
    let head = db::account::put(&mut tx, "truongban@load.example", "Trưởng ban", now)
        .await
        .expect("an account");
    for n in 0..entries {
        essay(&mut tx, contest, unit, n, now).await;
    }
    tx.commit().await.expect("committed");
    let scope = db::view::Scope {
        contest,
        units: vec![unit],
    };
    let queues = db::judge::queues_of_units(&db, &scope)
        .await
        .expect("queues");
    let queue = queues
        .iter()
        .find(|queue| queue.round == ROUND)
        .expect("the round")
        .id;
    jury::lot::draw(&db, &standing, queue, head, now)
        .await
        .expect("a lot");
    db.close().await;
    (seats, queue)
}

async fn essay(tx: &mut db::Tx, contest: i64, unit: i64, n: usize, now: i64) {
    let (message, _) = db::message::store(tx, contest, &format!("blob{n}"), 1_000, now, now)
        .await
        .expect("a mail");
    let submission = db::entry::submit(tx, contest, message, unit, now)
        .await
        .expect("a submission");
    let entry = db::entry::Entry {
        id: db::new_id(),
        contest_id: contest,
        receipt_code: format!("LOAD-{n:05}"),
        submission_id: submission,
        unit_id: unit,
        origin_unit_id: None,
        state: EntryState::Queued,
        timeliness: Timeliness::OnTime,
        received_at: now,
        same_as: None,
        joined_to: None,
    };
    db::entry::insert(tx, &entry, now).await.expect("an entry");
    let version = db::entry::Version {
        id: db::new_id(),
        entry_id: entry.id,
        n: 1,
        submission_id: submission,
        text_hash: None,
        in_body: false,
        answers: "{\"1\":\"A\"}".to_owned(),
    };
    db::entry::put_version(tx, &version, now)
        .await
        .expect("a version");
    let blocks: Vec<blind::Block> = prose::essay(n as u64, 600)
        .into_iter()
        .map(|paragraph| blind::Block::Paragraph(vec![blind::Piece::Text(paragraph)]))
        .collect();
    let copy = NewCopy {
        version: version.id,
        safe: true,
        body: &serde_json::to_string(&blocks).expect("JSON"),
        words: 600,
        answers: &version.answers,
        maker: 1,
        pictures_wait: 0,
    };
    db::copy::put(tx, &copy, now).await.expect("a copy");
    let put = db::queue::put(tx, unit, ROUND, entry.id, version.id, &blind::code(), now).await;
    assert!(put.expect("put"), "an open queue");
    db::copy::set_ready(tx, version.id, Readiness::Ready(now))
        .await
        .expect("ready");
}
