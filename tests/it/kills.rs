//! Pulling the plug: `phach serve` killed between the first FETCH and the last receipt of a batch of mails, again
//! and again. Nothing may be lost, nothing doubled, and every receipt must arrive.
//!
//! A kill counts only when it hit work: the database is read after the kill and before the next start.

mod moments;

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use phach::crash;
use serde_json::Value;
use sha2::Digest as _;
use sha2::Sha256;

use crate::stage::Jobs;
use crate::stage::LIMIT;
use crate::stage::Running;
use crate::stage::Stage;
use crate::stage::figure;
use crate::stage::letters;
use crate::support::cast::Scene;
use crate::support::house::Wishes;
use crate::support::prose::Dice;
use crate::support::servers::Postgres;
use crate::support::wait;

/// How a program ends that ends itself at once.
const SIGABRT: i32 = 6;

/// What a kill waits for. All of them lie after the first FETCH of the batch and before its last receipt.
#[derive(Clone, Copy, Debug)]
enum Sign {
    /// A fetched mail has its name in the blob folder; no row may speak of it yet.
    Blob,
    /// So many mails were sorted since the start.
    Sorted(usize),
    /// The first receipt of the batch lies in its sender's mailbox.
    Receipt,
}

/// What one kill hit.
struct Hit {
    after: Duration,
    jobs: Jobs,
    listed: i64,
    stored: i64,
    queued: i64,
    sending: i64,
}

impl Hit {
    /// What a person would say was interrupted.
    fn interrupted(&self) -> String {
        let mut said: Vec<String> = self
            .jobs
            .counts
            .iter()
            .filter(|(_, state, _)| state == "ready" || state == "running")
            .map(|(kind, state, count)| format!("{count} {kind} {state}"))
            .collect();
        for (count, what) in [
            (self.listed, "listed"),
            (self.stored, "stored, server not told"),
            (self.queued, "queued"),
            (self.sending, "sending"),
        ] {
            if count > 0 {
                said.push(format!("{count} {what}"));
            }
        }
        match said.as_slice() {
            [] => "nothing".to_owned(),
            said => said.join(", "),
        }
    }
}

/// Which process is killed.
#[derive(Clone, Copy, PartialEq)]
enum Victim {
    /// The only one there is.
    Serve,
    /// The one that works, while another fetches.
    Worker,
}

/// What happened to the mail servers meanwhile.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Wear {
    None,
    /// They were killed: Postfix may bring a mail twice that Dovecot had taken and not yet said so, and the tests' postman
    /// a mail that Postfix had.
    ServersDied,
}

#[test]
fn twenty_kills_of_serve_lose_and_double_nothing() {
    let long = std::env::var_os("PHACH_LONG").is_some();
    // Seven mails or more a batch, so that the last receipt is far from the first FETCH.
    let (kills, casts) = if long { (100, 10) } else { (20, 2) };
    let stage = Stage::build(1..=casts, &Wishes::default());
    let hits = series(&stage, Victim::Serve, kills, &stage.scenes);
    stage.finish(&[]);
    settled(&stage, &stage.scenes, &hits, Wear::None);
    must_have_hit(&hits, kills * 3 / 4);
}

#[test]
fn kills_of_a_worker_on_postgresql_lose_and_double_nothing() {
    let postgres = Postgres::start();
    let stage = Stage::build(
        1..=1,
        &Wishes {
            database: Some(postgres.url().to_owned()),
            ..Wishes::default()
        },
    );
    let some: Vec<Scene> = stage.scenes.iter().step_by(3).cloned().collect();
    let hits = {
        let _intake = Running(
            stage
                .house
                .start(&["serve", "--only", "intake"], "intake.log"),
        );
        series(&stage, Victim::Worker, 5, &some)
    };
    stage.finish(&[]);
    settled(&stage, &some, &hits, Wear::None);
    must_have_hit(&hits, 4);
    // Nobody else works here: what runs after the kill is the killed worker's, and its lease must run out.
    let in_hand = hits
        .iter()
        .filter(|hit| hit.jobs.in_state("running") > 0)
        .count();
    assert!(in_hand >= 3, "only {in_hand} of 5 kills hit a job in hand");
}

#[test]
fn an_end_at_every_named_place_loses_and_doubles_nothing() {
    let stage = Stage::build(1..=2, &Wishes::default());
    let places = crash::PLACES;
    let mut hits = Vec::new();
    println!("place  after ms  what it interrupted");
    for (n, place) in places.into_iter().enumerate() {
        let batch: Vec<&Scene> = stage.scenes.iter().skip(n).step_by(places.len()).collect();
        let hit = end_at(&stage, place, &batch);
        println!(
            "{place:<20} {:>8}  {}",
            hit.after.as_millis(),
            hit.interrupted()
        );
        hits.push(hit);
    }
    stage.finish(&[]);
    settled(&stage, &stage.scenes, &hits, Wear::None);
}

/// Mails a batch and lets the program end itself at a place.
fn end_at(stage: &Stage, place: &str, batch: &[&Scene]) -> Hit {
    stage.mail(batch.iter().copied());
    let begun = Instant::now();
    let log = fs::File::create(stage.house.folder.join(format!("{place}.log"))).expect("a log");
    let mut command = stage.house.command(&["serve"]);
    let command = command.env("PHACH_CRASH", place).env("PHACH_LOG", "info");
    let command = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log);
    let mut running = Running(command.spawn().expect("start phach"));
    let ended = wait::until(place, LIMIT, || running.0.try_wait().expect("a process"));
    assert_eq!(
        ended.signal(),
        Some(SIGABRT),
        "{place}: ended otherwise: {ended}"
    );
    hit(stage, begun.elapsed())
}

/// Kills again and again, each time in the middle of a fresh batch; what is left over waits for the next start.
fn series(stage: &Stage, victim: Victim, kills: usize, scenes: &[Scene]) -> Vec<Hit> {
    let mut dice = Dice::new(20);
    let mut hits = Vec::new();
    println!("kill  waited for  after ms  what it interrupted");
    for round in 0..kills {
        // Neighbours in the cast are alike, so a batch takes every `kills`th.
        let batch: Vec<&Scene> = scenes.iter().skip(round).step_by(kills).collect();
        assert!(
            batch.len() > 2 && batch.iter().any(|scene| scene.expect.receipts > 0),
            "a batch with work in it"
        );
        let sign = match (victim, round % 5) {
            (Victim::Serve, 0) => Sign::Blob,
            (Victim::Worker, 0) | (_, 1) => Sign::Sorted(1),
            (_, 2) => Sign::Receipt,
            (_, 3) => Sign::Sorted(2),
            _ => Sign::Sorted(3),
        };
        let hit = kill(stage, victim, round, &batch, sign, &mut dice);
        println!(
            "{:>4}  {:<10}  {:>8}  {}",
            round + 1,
            format!("{sign:?}"),
            hit.after.as_millis(),
            hit.interrupted()
        );
        hits.push(hit);
    }
    hits
}

fn kill(
    stage: &Stage,
    victim: Victim,
    round: usize,
    batch: &[&Scene],
    sign: Sign,
    dice: &mut Dice,
) -> Hit {
    let house = &stage.house;
    stage.mail(batch.iter().copied());
    let blobs: Vec<PathBuf> = batch
        .iter()
        .flat_map(|scene| raw_hashes(stage, scene))
        .map(|hash| blob_path(&house.folder, &hash))
        .collect();
    let receipts = receipts_there(stage, batch);
    let log = format!("serve-{round}.log");
    let words: &[&str] = match victim {
        Victim::Serve => &["serve"],
        Victim::Worker => &["serve", "--only", "worker"],
    };
    let begun = Instant::now();
    let mut running = Running(house.start(words, &log));
    let fetched = || blobs.iter().any(|path| path.exists());
    let happened = || {
        fetched()
            && match sign {
                Sign::Blob => true,
                Sign::Sorted(count) => lines(&house.folder.join(&log), "mail sorted") >= count,
                Sign::Receipt => receipts_there(stage, batch) > receipts,
            }
    };
    while !happened() {
        assert!(
            begun.elapsed() < LIMIT,
            "kill {}: {sign:?} never came",
            round + 1
        );
        assert!(
            running.0.try_wait().expect("a process").is_none(),
            "kill {}: serve ended by itself, see {log}",
            round + 1
        );
        std::thread::sleep(Duration::from_millis(2));
    }
    // Not always at the very same instruction.
    std::thread::sleep(Duration::from_millis(dice.below(30) as u64));
    running.kill();
    hit(stage, begun.elapsed())
}

/// What an end after this time has hit.
fn hit(stage: &Stage, after: Duration) -> Hit {
    let status = stage.house.status();
    Hit {
        after,
        listed: figure(&status, "deliveries", "listed"),
        stored: figure(&status, "deliveries", "stored"),
        queued: letters(&status, "queued"),
        sending: letters(&status, "sending"),
        jobs: Jobs::of(&status),
    }
}

/// The hashes of the server's bytes of a mail, in every mailbox it lies in.
fn raw_hashes(stage: &Stage, scene: &Scene) -> Vec<String> {
    let id = format!("<{}>", scene.id);
    scene
        .mail
        .to
        .iter()
        .flat_map(|mailbox| stage.servers.inbox(mailbox))
        .filter(|mail| mail.header("Message-ID").as_deref() == Some(&id))
        .map(|mail| hash(&mail.bytes))
        .collect()
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn blob_path(house: &Path, hash: &str) -> PathBuf {
    house.join("data/blobs").join(&hash[..2]).join(hash)
}

/// Letters in the batch's own mailboxes. Counted without asking the server where we may, because it is quicker.
fn receipts_there(stage: &Stage, batch: &[&Scene]) -> usize {
    let senders: BTreeSet<&str> = batch.iter().map(|scene| scene.sender.as_str()).collect();
    let count = |sender: &str| {
        let mailbox = stage.servers.folder().join("mail").join(sender);
        let count = |part: &str| fs::read_dir(mailbox.join(part)).map(Iterator::count);
        match (count("new"), count("cur")) {
            (Ok(new), Ok(cur)) => new + cur,
            (Err(error), _) | (_, Err(error)) if error.kind() == ErrorKind::NotFound => 0,
            (Err(_), _) | (_, Err(_)) => stage
                .servers
                .try_inbox(sender)
                .map_or(0, |mails| mails.len()),
        }
    };
    senders.into_iter().map(count).sum()
}

fn lines(log: &Path, with: &str) -> usize {
    fs::read_to_string(log)
        .unwrap_or_default()
        .lines()
        .filter(|line| line.contains(with))
        .count()
}

fn must_have_hit(hits: &[Hit], least: usize) {
    let open = hits.iter().filter(|hit| hit.jobs.open() > 0).count();
    println!("{open} of {} kills hit an open job", hits.len());
    assert!(
        open >= least,
        "only {open} of {} kills hit an open job",
        hits.len()
    );
}

/// Servers, database, disk and the senders' own mailboxes say the same: everything once.
fn settled(stage: &Stage, scenes: &[Scene], hits: &[Hit], wear: Wear) {
    let status = stage.house.status();
    let mut wrong: Vec<String> = Vec::new();

    // No mail lost: what the servers hold, the database and the disk hold.
    let mut on_servers: Vec<String> = Vec::new();
    let mut there: BTreeSet<(&str, String)> = BTreeSet::new();
    for mailbox in stage.mailboxes() {
        let mails = stage.servers.inbox(mailbox);
        let row = status["mailboxes"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|row| row["address"] == mailbox)
            .unwrap_or_else(|| panic!("{mailbox} in the status"));
        if row["held"] != mails.len() || row["on_server"] != mails.len() {
            wrong.push(format!(
                "{mailbox}: the server holds {}, status says {row}",
                mails.len()
            ));
        }
        on_servers.extend(mails.iter().map(|mail| hash(&mail.bytes)));
        let ids = mails.iter().filter_map(|mail| mail.header("Message-ID"));
        there.extend(ids.map(|id| (mailbox, id)));
    }
    let sent: usize = scenes.iter().map(|scene| scene.mail.to.len()).sum();
    let doubled = on_servers.len() - there.len();
    if there.len() != sent || (doubled > 0 && wear == Wear::None) {
        wrong.push(format!(
            "{sent} mails sent, the servers hold {} of them and {doubled} twice",
            there.len()
        ));
    }
    let verified: Value =
        serde_json::from_str(&stage.house.run(&["verify", "--json"])).expect("verify as JSON");
    if verified["deliveries"] != on_servers.len()
        || verified["bad"] != serde_json::json!([])
        || verified["listed_only"] != 0
    {
        wrong.push(format!("verify: {verified}"));
    }

    let ids: Vec<&str> = scenes.iter().map(|scene| scene.id.as_str()).collect();
    let traces = stage.house.trace(&ids);
    let mut stored: Vec<String> = Vec::new();
    let mut entries: BTreeSet<String> = BTreeSet::new();
    let mut resent = 0;
    let mut twice: BTreeMap<String, usize> = BTreeMap::new();
    for (scene, trace) in scenes.iter().zip(&traces) {
        let name = format!("{} ({})", scene.name, scene.id);
        let list = |key: &str| trace[key].as_array().cloned().unwrap_or_default();
        stored.extend(
            list("deliveries")
                .iter()
                .filter_map(|row| row["sha256"].as_str().map(str::to_owned)),
        );

        // No entry lost or doubled. What is handed in twice is one entry and one repetition, whichever is sorted first.
        let (of_its_own, again) = (list("entries"), list("resent"));
        let wanted = scene.expect.entries.len() + usize::from(scene.expect.repeats.is_some());
        if of_its_own.len() + again.len() != wanted {
            wrong.push(format!(
                "{name}: {} entries and {} repetitions instead of {wanted}",
                of_its_own.len(),
                again.len(),
            ));
        }
        resent += again.len();
        for entry in of_its_own {
            if !entries.insert(entry["code"].to_string()) {
                wrong.push(format!("{name}: its entry is another mail's too"));
            }
        }

        // Every receipt arrives, under the one Message-ID it was given.
        let mut arrived: BTreeMap<String, usize> = BTreeMap::new();
        for mail in stage.answers(scene) {
            *arrived
                .entry(mail.header("Message-ID").unwrap_or_default())
                .or_default() += 1;
        }
        let written: BTreeSet<String> = list("letters")
            .iter()
            .filter_map(|row| row["rfc_id"].as_str().map(|id| format!("<{id}>")))
            .collect();
        if arrived.keys().cloned().collect::<BTreeSet<_>>() != written {
            wrong.push(format!("{name}: written {written:?}, arrived {arrived:?}"));
        }
        if written.len() != scene.expect.receipts {
            wrong.push(format!(
                "{name}: {} receipts instead of {}",
                written.len(),
                scene.expect.receipts
            ));
        }
        twice.extend(arrived.into_iter().filter(|(_, copies)| *copies > 1));
    }
    on_servers.sort();
    stored.sort();
    if on_servers != stored {
        wrong.push("the bytes on disk are not the bytes of the servers".to_owned());
    }
    let counted: i64 = status["contests"][0]["entries"]
        .as_object()
        .into_iter()
        .flat_map(|counts| counts.values())
        .filter_map(Value::as_i64)
        .sum();
    if counted != entries.len() as i64 {
        wrong.push(format!(
            "{counted} entries in the database, {} belong to a mail",
            entries.len()
        ));
    }
    if status["contests"][0]["resends"] != resent {
        wrong.push(format!(
            "{} resends in the database, {resent} belong to a mail",
            status["contests"][0]["resends"]
        ));
    }

    // A letter may come twice, under the same Message-ID, when the kill came between the server's answer and ours.
    let ambiguous: i64 = hits.iter().map(|hit| hit.sending).sum();
    let copies: usize = twice.values().map(|copies| copies - 1).sum();
    for (id, copies) in &twice {
        println!("came {copies} times under one Message-ID: {id}");
    }
    if copies as i64 > ambiguous && wear == Wear::None {
        wrong.push(format!(
            "{copies} letters came once too often, but only {ambiguous} were on the wire at a kill"
        ));
    }
    println!(
        "{} mails of which the servers doubled {doubled}, {} entries, {resent} resends, {copies} letters twice under \
         their one Message-ID, {ambiguous} were on the wire at a kill",
        on_servers.len(),
        entries.len()
    );
    assert!(
        wrong.is_empty(),
        "{} things are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
