//! What must not happen twice: a mailbox whose server numbers its mails anew, and work split between two commands.

use std::fs;
use std::time::Duration;

use jiff::Timestamp;
use jiff::ToSpan as _;
use serde_json::Value;

use super::compare;
use super::compare::Differences;
use super::compare::list;
use super::receipts;
use super::stage::Stage;
use crate::support::cast::Scene;
use crate::support::house::Wishes;
use crate::support::imap::Session;
use crate::support::places;
use crate::support::servers::PASSWORD;
use crate::support::servers::Which;
use crate::support::wait;

/// A few scenes of every kind.
const SOME: &[&str] = &[
    "docx 0",
    "docx 1",
    "docx 3",
    "docx 4",
    "pdf 3",
    "2 photographed pages",
    "body only",
    "2 essays in one mail",
    "one mail to two units",
    "the same file, time 1",
    "the same file, time 2",
    "a forgotten attachment",
    "a question",
    "a vacation answer",
];

/// A stage with a few mails in the mailboxes and a plan whose deadline is far.
fn stage(seed: u64) -> Stage {
    let mut stage = Stage::set(places::two_level(), seed, &Wishes::default());
    stage
        .cast
        .scenes
        .retain(|scene| SOME.contains(&scene.name.as_str()));
    assert!(
        stage.cast.scenes.len() >= SOME.len(),
        "every scene is there"
    );
    let until = Timestamp::now().checked_add(72.hours()).expect("a time");
    stage.house.apply_plan(&stage.cast.places, until);
    stage.send_these(&stage.cast.scenes.iter().collect::<Vec<&Scene>>());
    stage
}

fn mails_on_server(stage: &Stage) -> usize {
    let spots = stage.cast.places.spots.iter();
    spots
        .map(|spot| stage.servers.inbox(spot.mailbox).len())
        .sum()
}

/// Everything the status counts but deliveries, which may be listed twice.
fn counts(stage: &Stage) -> Value {
    let mut contest = stage.house.status()["contests"][0].clone();
    if let Some(contest) = contest.as_object_mut() {
        contest.remove("deliveries");
    }
    contest
}

fn verified(stage: &Stage) -> Value {
    serde_json::from_str(&stage.house.run(&["verify", "--json"])).expect("verify as JSON")
}

#[test]
fn a_server_that_numbers_its_mails_anew_brings_no_second_entry_and_no_second_receipt() {
    let stage = stage(21);
    let mut differences = Differences::default();
    stage.house.output(&["serve", "--until-idle"]);
    compare::scenes(&stage.cast, &stage.traces(), &mut differences);
    let before = counts(&stage);
    let mails = mails_on_server(&stage);

    let numbers = |stage: &Stage| -> Vec<u32> {
        let spots = stage.cast.places.spots.iter();
        spots
            .map(|spot| {
                let (port, ca) = (stage.servers.imaps_port(), stage.servers.ca_file());
                Session::open(port, &ca, spot.mailbox, PASSWORD)
                    .and_then(|mut session| session.uid_validity("INBOX"))
                    .expect("UIDVALIDITY")
            })
            .collect()
    };
    let old = numbers(&stage);
    stage.servers.kill(Which::All);
    for spot in &stage.cast.places.spots {
        let folder = stage.servers.folder().join("mail").join(spot.mailbox);
        for file in fs::read_dir(folder).expect("a maildir").flatten() {
            if file.file_name().to_string_lossy().starts_with("dovecot") {
                fs::remove_file(file.path()).expect("remove what Dovecot knows of its numbers");
            }
        }
    }
    // Dovecot takes the second of the day as its number: a test that is too quick would see the same one again.
    let newest = i64::from(old.iter().copied().max().expect("a mailbox"));
    wait::until(
        "a second later than every number",
        Duration::from_secs(10),
        || (Timestamp::now().as_second() > newest + 1).then_some(()),
    );
    stage.servers.restart();
    for (old, new) in old.iter().zip(numbers(&stage)) {
        assert_ne!(*old, new, "the stage is wrong, not the program");
    }

    let output = stage.house.output(&["serve", "--until-idle"]);
    differences.equal("until idle", "exit code", output.status.code(), Some(3));
    differences.equal("status", "counts", &counts(&stage), &before);
    let verified = verified(&stage);
    differences.equal("verify", "bad", &verified["bad"], &Value::Array(Vec::new()));
    differences.equal(
        "verify",
        "deliveries",
        &verified["deliveries"],
        &(2 * mails).into(),
    );
    let status = stage.house.status();
    for spot in &stage.cast.places.spots {
        let row = list(&status["mailboxes"])
            .iter()
            .find(|row| row["address"] == spot.mailbox);
        let row = row.unwrap_or(&Value::Null);
        differences.equal(spot.mailbox, "held", &row["held"], &row["on_server"]);
    }
    receipts::count(&stage, &stage.traces(), &mut differences);
    differences.none();
}

#[test]
fn what_fetch_brought_waits_on_disk_until_a_worker_sorts_it() {
    let stage = stage(22);
    let mut differences = Differences::default();
    let mails = mails_on_server(&stage);
    let fetched: u64 = stage
        .house
        .run(&["fetch", "--json"])
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("fetch as JSON"))
        .filter_map(|line| line["fetched"].as_u64())
        .sum();
    differences.equal("fetch", "fetched", fetched, mails as u64);
    for (scene, trace) in stage.cast.scenes.iter().zip(stage.traces()) {
        // A mail is known by its Message-ID only once it was read.
        differences.equal(&scene.name, "trace", &trace, &Value::Null);
    }
    let counted = counts(&stage);
    differences.equal(
        "fetch",
        "entries",
        &counted["entries"],
        &serde_json::json!({}),
    );
    differences.equal(
        "fetch",
        "letters",
        &counted["letters"],
        &serde_json::json!([]),
    );
    let stored = counted["messages"]
        .as_object()
        .map(|kinds| kinds.keys().cloned().collect());
    differences.equal("fetch", "messages", stored, Some(vec!["stored".to_owned()]));
    differences.equal(
        "verify",
        "deliveries",
        &verified(&stage)["deliveries"],
        &mails.into(),
    );

    let output = stage
        .house
        .output(&["serve", "--only", "worker", "--until-idle"]);
    differences.equal("worker", "exit code", output.status.code(), Some(3));
    let traces = stage.traces();
    compare::scenes(&stage.cast, &traces, &mut differences);
    receipts::compare(&stage, &traces, &mut differences);
    differences.none();
}
