//! The day the data folder is lost: a backup that was made while mails came in is brought back, what came after it is
//! fetched once more, and nobody who got a receipt is told another code.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use mail_parser::MessageParser;
use phach::entry::ReceiptCode;
use serde_json::Value;

use crate::stage::Jobs;
use crate::stage::LIMIT;
use crate::stage::Running;
use crate::stage::Stage;
use crate::stage::letters;
use crate::support::cast::Scene;
use crate::support::house::Wishes;
use crate::support::servers::Postgres;
use crate::support::wait;

#[test]
fn after_a_restore_every_mail_is_one_entry_under_the_code_of_its_receipt() {
    drill(None, None);
}

#[test]
fn a_restore_on_postgresql_gives_the_same_codes_too() {
    // The second one is empty, as after a loss.
    let (lost, new) = (Postgres::start(), Postgres::start());
    drill(Some(lost.url()), Some(new.url()));
}

fn drill(lost: Option<&str>, new: Option<&str>) {
    let wishes = Wishes {
        database: lost.map(str::to_owned),
        ..Wishes::default()
    };
    let mut stage = Stage::build(1..=1, &wishes);
    // Which of two equal mails is the repetition is decided by whichever is sorted first.
    let paired = |scene: &&Scene| scene.fellow.is_some() || scene.expect.repeats.is_some();
    let (mut early, free): (Vec<Scene>, Vec<Scene>) = stage
        .scenes
        .clone()
        .into_iter()
        .partition(|scene| paired(&scene));
    let mut late = Vec::new();
    for (at, scene) in free.into_iter().enumerate() {
        // Of those to two mailboxes all come late: either copy may be sorted first the second time.
        if at % 2 == 0 && scene.spots.len() == 1 {
            early.push(scene);
        } else {
            late.push(scene);
        }
    }
    assert!(late.iter().any(|scene| scene.spots.len() > 1));

    let mut serve = Running(stage.house.start(&["serve"], "before.log"));
    stage.mail(&early);
    idle(&stage);
    // Mails come in while the backup is made, and after it.
    let (during, after) = late.split_at(6);
    stage.mail(during);
    let copy = stage.house.folder.join("copies/one");
    let backup = |folder: &Path| {
        let words = ["backup", "--json", &folder.to_string_lossy()];
        serde_json::from_str::<Value>(&stage.house.run(&words)).expect("a manifest")
    };
    let manifest = backup(&copy);
    assert_eq!(manifest["blobs"]["missing"], serde_json::json!([]));
    stage.mail(after);
    idle(&stage);
    let told = receipts(&stage);
    let before = codes(&stage);
    serve.kill();

    let key = copy.join("installation.key");
    let mode = fs::metadata(&key).expect("the key").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    refused(&stage, &copy, "đã có dữ liệu");
    refused_backup(&stage, &copy);

    fs::remove_dir_all(stage.house.folder.join("data")).expect("the data folder");
    stage.house.moved(new);
    let entries = copy.join("rows/entry.jsonl");
    let whole = fs::read(&entries).expect("rows");
    fs::write(&entries, &whole[1..]).expect("a damaged file");
    refused(&stage, &copy, "rows/entry.jsonl");
    fs::write(&entries, &whole).expect("the file mended");
    let path = copy.to_string_lossy();
    let restored: Value = serde_json::from_str(&stage.house.run(&["restore", "--json", &path]))
        .expect("what was restored");
    println!("restored {restored}");
    assert_eq!(restored["blobs"], manifest["blobs"]["count"]);
    let there = codes(&stage);
    let lost = after
        .iter()
        .filter(|scene| there[&scene.id].is_empty())
        .count();
    assert_eq!(lost, after.len(), "the backup knows what came after it");

    // As people are told to, or with all lanes at once.
    if new.is_none() {
        stage.finish(&["--lanes", "1"]);
    }
    let serve = Running(stage.house.start(&["serve"], "after.log"));
    idle(&stage);
    drop(serve);

    let status = stage.house.status();
    let verified: Value =
        serde_json::from_str(&stage.house.run(&["verify", "--json"])).expect("verify as JSON");
    assert_eq!(verified["bad"], serde_json::json!([]));
    assert_eq!(letters(&status, "failed") + letters(&status, "unknown"), 0);
    // Every mail is what it was: its entries, under their codes.
    let now = codes(&stage);
    for scene in &stage.scenes {
        assert_eq!(now[&scene.id], before[&scene.id], "{}", scene.name);
    }

    let (mut again, mut all) = (0, 0);
    for (name, copies) in receipts(&stage) {
        let first = told.get(&name).unwrap_or_else(|| panic!("{name:?} is new"));
        let said: BTreeSet<&BTreeSet<String>> = copies.iter().chain(first).collect();
        assert_eq!(said.len(), 1, "{name:?} says different codes");
        assert!(copies.len() <= 2, "{name:?} came {} times", copies.len());
        again += copies.len() - first.len();
        all += 1;
    }
    assert_eq!(all, told.len());
    let asked: BTreeSet<(&String, &String)> =
        told.keys().map(|(to, about, _)| (to, about)).collect();
    println!(
        "{all} receipts to {} mails, {again} of them sent again after the restore",
        asked.len()
    );
    assert!(again >= after.len() / 2, "only {again} were sent again");

    crosswise(&mut stage, new.is_none());
}

/// What was restored goes into a database of the other kind, too, and says the same there.
fn crosswise(stage: &mut Stage, into_postgres: bool) {
    let said = |stage: &Stage| {
        let status = stage.house.status();
        let contest = &status["contests"][0];
        [
            "deliveries",
            "entries",
            "queues",
            "matters",
            "letters",
            "resends",
        ]
        .map(|key| contest[key].clone())
    };
    let copy = stage.house.folder.join("copies/two");
    let path = copy.to_string_lossy().into_owned();
    stage.house.run(&["backup", &path]);
    let (before, known) = (said(stage), codes(stage));
    fs::remove_dir_all(stage.house.folder.join("data")).expect("the data folder");
    let other = into_postgres.then(Postgres::start);
    stage.house.moved(other.as_ref().map(Postgres::url));
    stage.house.run(&["restore", &path]);
    assert_eq!(said(stage), before);
    assert_eq!(codes(stage), known);
}

#[track_caller]
fn refused(stage: &Stage, copy: &Path, why: &str) {
    let output = stage.house.output(&["restore", &copy.to_string_lossy()]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains(why), "{said}");
}

/// A backup is never written over another.
fn refused_backup(stage: &Stage, copy: &Path) {
    let output = stage.house.output(&["backup", &copy.to_string_lossy()]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && said.contains("đã có tệp"),
        "{said}"
    );
}

/// Waits until all that the servers hold is here and sorted, and every letter is on its way. Pictures take longer.
fn idle(stage: &Stage) {
    wait::until("everything is sorted and answered", LIMIT * 3, || {
        let held: Vec<(&str, usize)> = (stage.mailboxes().into_iter())
            .map(|mailbox| (mailbox, stage.servers.inbox(mailbox).len()))
            .collect();
        let status = stage.house.status();
        let rows = status["mailboxes"].as_array()?;
        let all = held.iter().all(|(address, count)| {
            rows.iter()
                .any(|row| row["address"] == *address && row["held"] == *count)
        });
        let waiting = ["sort", "again", "send"];
        let open = Jobs::of(&status)
            .counts
            .into_iter()
            .any(|(kind, state, _)| {
                waiting.contains(&kind.as_str()) && (state == "ready" || state == "running")
            });
        (all && !open && stage.servers.queued() == 0).then_some(())
    });
}

/// The codes that each mail led to, of its own entries and of those it repeats.
fn codes(stage: &Stage) -> BTreeMap<String, BTreeSet<String>> {
    let ids: Vec<&str> = stage.scenes.iter().map(|scene| scene.id.as_str()).collect();
    let traces = stage.house.trace(&ids);
    let codes = |trace: &Value| {
        let own = trace["entries"].as_array().into_iter().flatten();
        let again = trace["resent"].as_array().into_iter().flatten();
        own.filter_map(|entry| entry["code"].as_str())
            .chain(again.filter_map(Value::as_str))
            .map(str::to_owned)
            .collect()
    };
    ids.iter()
        .map(|id| (*id).to_owned())
        .zip(traces.iter().map(codes))
        .collect()
}

/// Recipient, the mail it answers and its own Message-ID; for each letter that came under it the codes it says.
type Receipts = BTreeMap<(String, String, String), Vec<BTreeSet<String>>>;

fn receipts(stage: &Stage) -> Receipts {
    let senders: BTreeSet<&str> = (stage.scenes.iter())
        .filter(|scene| !scene.mail.from.is_empty())
        .map(|scene| scene.sender.as_str())
        .collect();
    let mut found = Receipts::new();
    for sender in senders {
        for mail in stage.servers.inbox(sender) {
            let (Some(about), Some(own)) = (mail.header("In-Reply-To"), mail.header("Message-ID"))
            else {
                continue;
            };
            let letter = MessageParser::default().parse(&mail.bytes).expect("a mail");
            let text = letter.body_text(0).unwrap_or_default();
            let codes = (text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-'))
                .filter(|word| word.len() == 11)
                .filter_map(ReceiptCode::parse)
                .map(|code| code.to_string())
                .collect();
            let name = (sender.to_owned(), about, own);
            found.entry(name).or_default().push(codes);
        }
    }
    found
}
