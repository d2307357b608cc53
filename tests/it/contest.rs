//! The contest in miniature, from outside: more than sixty mails through a real Postfix, the program's own
//! commands, and every answer read in its sender's mailbox. What must come of each mail stands beside it in the
//! cast; whatever differs is printed as one table. Then people judge, hand over and award (`onward`, `two`).

mod again;
mod compare;
mod onward;
mod receipts;
mod stage;
mod two;

use std::collections::BTreeMap;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;

use crate::support::cast::When;
use crate::support::house::House;
use crate::support::house::Wishes;
use crate::support::places;
use crate::support::places::Places;
use crate::support::servers::Postgres;

use compare::Differences;
use stage::Running;
use stage::Stage;

/// How the program is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// SQLite, one process that stays.
    Serve,
    /// SQLite, one process that ends by itself.
    UntilIdle,
    /// PostgreSQL, one process reads mailboxes, three sort and send, one shows the web.
    FiveProcesses,
}

#[test]
fn a_contest_of_four_levels_in_one_process() {
    contest(places::hanoi(), 11, Way::Serve);
}

#[test]
fn a_contest_of_two_levels_in_one_process() {
    contest(places::two_level(), 12, Way::UntilIdle);
}

#[test]
fn a_contest_of_four_levels_in_five_processes_on_postgresql() {
    contest(places::hanoi(), 13, Way::FiveProcesses);
}

#[test]
fn a_contest_of_two_levels_in_five_processes_on_postgresql() {
    contest(places::two_level(), 14, Way::FiveProcesses);
}

fn contest(places: Places, seed: u64, way: Way) {
    let begun = Instant::now();
    let postgres = (way == Way::FiveProcesses).then(Postgres::start);
    let wishes = Wishes {
        database: postgres.as_ref().map(|cluster| cluster.url().to_owned()),
        mailboxes: places.mailboxes(),
        outbox: "undo_seconds = 0".to_owned(),
        ..Wishes::default()
    };
    let stage = Stage::set(places, seed, &wishes);
    stage.send(When::BeforeDeadline);
    let deadline = stage.apply_plan_with_near_deadline();
    stage.house.run(&["check"]);
    stage::wait_for(deadline);
    stage.send(When::JustAfter);
    stage.hold_the_clock_to(deadline);

    let mut differences = Differences::default();
    let started = Instant::now();
    run(&stage, way, &mut differences);
    let ran = started.elapsed();

    let traces = stage.traces();
    compare::scenes(&stage.cast, &traces, &mut differences);
    compare::bytes(&stage, &traces, &mut differences);
    receipts::compare(&stage, &traces, &mut differences);
    figures(&stage, &traces, &mut differences);
    nothing_new_in_a_second_pass(&stage, &mut differences);
    eprintln!(
        "{way:?} on {}: {} mails, run {:.1} s, all {:.1} s",
        stage.cast.places.slug,
        stage.cast.scenes.len(),
        ran.as_secs_f64(),
        begun.elapsed().as_secs_f64()
    );

    // People work while the program runs, however the mails were worked off.
    let _processes = match way {
        Way::Serve | Way::UntilIdle => vec![Running::start(&stage.house, &["serve"], "serve.log")],
        Way::FiveProcesses => five(&stage.house),
    };
    onward::to_the_prizes(&stage, &mut differences);
    eprintln!(
        "{way:?} on {}: to the end {:.1} s",
        stage.cast.places.slug,
        begun.elapsed().as_secs_f64()
    );
    differences.none();
}

/// Lets the program do everything there is to do.
fn run(stage: &Stage, way: Way, differences: &mut Differences) {
    match way {
        Way::Serve => {
            let _serve = Running::start(&stage.house, &["serve"], "serve.log");
            stage.wait_until_idle();
            let second = stage.house.output(&["serve"]);
            let said = String::from_utf8_lossy(&second.stderr);
            differences.equal("a second serve", "exit code", second.status.code(), Some(1));
            differences.holds(
                "a second serve",
                "its sentence",
                &said,
                "SQLite chỉ cho một tiến trình",
            );
        }
        Way::UntilIdle => {
            let output = stage.house.output(&["serve", "--until-idle"]);
            matters_wait(&stage.house, &output, differences);
        }
        Way::FiveProcesses => {
            let _all = five(&stage.house);
            stage.wait_until_idle();
        }
    }
}

/// One process reads mailboxes, three work, one shows the web.
fn five(house: &House) -> Vec<Running> {
    [
        ("intake", "intake.log"),
        ("worker", "worker-1.log"),
        ("worker", "worker-2.log"),
        ("worker", "worker-3.log"),
        ("web", "web.log"),
    ]
    .into_iter()
    .map(|(part, log)| Running::start(house, &["serve", "--only", part], log))
    .collect()
}

/// Exit code 3, and a line for every kind of open matter.
fn matters_wait(house: &House, output: &std::process::Output, differences: &mut Differences) {
    let said = String::from_utf8_lossy(&output.stdout);
    differences.equal("until idle", "exit code", output.status.code(), Some(3));
    let status = house.status();
    let matters = status["contests"][0]["matters"].as_object();
    for (kind, count) in matters.into_iter().flatten() {
        let line = format!("{count} việc cần người xử lý");
        differences.holds("until idle", kind, &said, &line);
    }
    differences.equal(
        "until idle",
        "lines about matters",
        said.matches("việc cần người xử lý").count(),
        matters.map_or(0, serde_json::Map::len),
    );
}

/// What `status` and `verify` say, against what the server holds and what the traces say.
fn figures(stage: &Stage, traces: &[Value], differences: &mut Differences) {
    let status = stage.house.status();
    let mut on_server = 0;
    for spot in &stage.cast.places.spots {
        let there = stage.servers.inbox(spot.mailbox).len();
        on_server += there;
        let mailboxes = status["mailboxes"].as_array();
        let row = mailboxes
            .into_iter()
            .flatten()
            .find(|row| row["address"] == spot.mailbox);
        let row = row.unwrap_or(&Value::Null);
        differences.equal(spot.mailbox, "on server", &row["on_server"], &there.into());
        differences.equal(spot.mailbox, "held", &row["held"], &there.into());
        differences.equal(spot.mailbox, "failure", &row["failure"], &Value::Null);
    }
    let verified = stage.house.run(&["verify", "--json"]);
    let verified: Value = serde_json::from_str(&verified).expect("verify as JSON");
    differences.equal("verify", "bad", &verified["bad"], &Value::Array(Vec::new()));
    differences.equal(
        "verify",
        "deliveries",
        &verified["deliveries"],
        &on_server.into(),
    );
    differences.equal("verify", "listed only", &verified["listed_only"], &0.into());

    let contest = &status["contests"][0];
    let mut matters: BTreeMap<&str, u64> = BTreeMap::new();
    let mut entries = 0;
    let mut letters = 0;
    for trace in traces {
        entries += trace["entries"].as_array().map_or(0, Vec::len);
        letters += trace["letters"].as_array().map_or(0, Vec::len);
        let all = trace["matters"].as_array().into_iter().flatten();
        for matter in all.filter(|matter| matter["decision"].is_null()) {
            *matters
                .entry(matter["kind"].as_str().unwrap_or_default())
                .or_default() += 1;
        }
    }
    let sum = |counts: &Value| -> u64 {
        counts
            .as_object()
            .map_or(0, |counts| counts.values().filter_map(Value::as_u64).sum())
    };
    differences.equal(
        "status",
        "matters",
        &contest["matters"],
        &serde_json::json!(matters),
    );
    differences.equal(
        "status",
        "entries",
        sum(&contest["entries"]),
        entries as u64,
    );
    differences.equal(
        "status",
        "letters",
        &contest["letters"],
        &serde_json::json!([{ "kind": "receipt", "state": "sent", "count": letters }]),
    );
}

/// Everything is done already: nothing is fetched, no count changes, and the open matters are named.
fn nothing_new_in_a_second_pass(stage: &Stage, differences: &mut Differences) {
    // Pictures may still wait to be read after the first pass, and their essays to be compared: a cluster may come, or a
    // question about the pictures of a typed essay.
    let counts = |mut status: Value| {
        let jobs = status["jobs"].as_array().cloned().unwrap_or_default();
        let jobs: Vec<Value> = jobs
            .into_iter()
            .filter(|job| job["kind"] != "ocr" && job["kind"] != "compare")
            .collect();
        for contest in status["contests"].as_array_mut().into_iter().flatten() {
            contest["matters"]["copied"] = Value::Null;
            contest["matters"]["pictures"] = Value::Null;
        }
        (status["contests"].clone(), Value::Array(jobs))
    };
    let before = counts(stage.house.status());
    let fetched = stage.house.run(&["fetch", "--json"]);
    for line in fetched.lines() {
        let line: Value = serde_json::from_str(line).expect("fetch as JSON");
        differences.equal("fetch once more", "fetched", &line["fetched"], &0.into());
    }
    let output = stage.house.output(&["serve", "--until-idle"]);
    matters_wait(&stage.house, &output, differences);
    let after = counts(stage.house.status());
    differences.equal("a second pass", "contests", &after.0, &before.0);
    differences.equal("a second pass", "jobs", &after.1, &before.1);
    receipts::count(stage, &stage.traces(), differences);
}

/// How long anything may take before a test gives up waiting.
const LIMIT: Duration = Duration::from_secs(120);
