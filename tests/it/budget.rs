//! A relay takes only so many letters a day: what may go by another one does, the rest waits and says so, the
//! administrator is told in time, and nobody is kept from the desk.

use std::fs;

use serde_json::Value;

use phach::words;

use crate::desk::Clerk;
use crate::stage::LIMIT;
use crate::stage::Running;
use crate::stage::Stage;
use crate::support::cast;
use crate::support::cast::Scene;
use crate::support::house::Wishes;

/// Letters in 24 hours: of the first relay and of the second. A fifth of each is kept back from receipts.
const BUDGETS: [usize; 2] = [10, 5];

/// Mails that one receipt each answers.
const MAILS: usize = 14;

#[test]
fn a_used_up_relay_hands_on_then_receipts_wait_and_the_desk_stays_open() {
    let stage = Stage::build(1..=2, &Wishes::default());
    limit(&stage);
    let scenes: Vec<&Scene> = stage
        .scenes
        .iter()
        .filter(|scene| scene.name.starts_with("docx") && scene.expect.receipts == 1)
        .take(MAILS)
        .collect();
    assert_eq!(scenes.len(), MAILS);
    stage.mail(scenes.iter().copied());
    stage.house.run(&["fetch"]);
    let output = stage.house.output(&["serve", "--until-idle"]);
    assert!(matches!(output.status.code(), Some(0 | 3)), "{output:?}");

    let status = stage.house.status();
    let receipts = |state: &str| count(&status, "receipt", state);
    let (sent, waiting) = (receipts("sent"), receipts("queued"));
    assert_eq!(sent + waiting, MAILS as i64, "{status}");
    assert!(sent >= 8, "both relays were used: {sent}");
    assert!(waiting >= 2, "the budgets leave no more: {waiting}");
    let answered = scenes
        .iter()
        .map(|scene| stage.answers(scene).len())
        .sum::<usize>();
    assert_eq!(answered as i64, sent);

    // Half and end of both, however little is left.
    let alarms = stage
        .servers
        .wait_for(cast::ADMINISTRATOR_ELSEWHERE, LIMIT, |mails| {
            mails.len() >= 2
        });
    let subjects: Vec<String> = alarms
        .iter()
        .filter_map(|mail| {
            let parsed = mail_parser::MessageParser::default().parse(&mail.bytes)?;
            Some(parsed.subject()?.to_owned())
        })
        .collect();
    for relay in ["demo", "phu"] {
        let about = |used_up| {
            let wanted = words::budget::subject(relay, used_up);
            subjects
                .iter()
                .filter(|subject| **subject == wanted)
                .count()
        };
        assert_eq!(about(true), 1, "{relay}: {subjects:?}");
        assert_eq!(about(false), 1, "{relay}: {subjects:?}");
    }

    // Another run sends nothing more, and the letter that opens the desk goes all the same.
    let _serve = Running(stage.house.start(&["serve"], "serve.log"));
    let unit = "hoan-kiem";
    let mut clerk = Clerk::log_in(&stage, &cast::secretary(unit), "secretary", unit);
    let page = clerk.get("/thu-di");
    for relay in ["demo", "phu"] {
        assert!(
            page.html.contains(&format!("Hạn mức của {relay}")),
            "{}",
            page.html
        );
    }
    assert!(
        page.html.contains(words::budget::RECEIPTS_WAIT),
        "{}",
        page.html
    );
    let mut secretary = Clerk::by_link(
        &stage.house,
        "tp@duthi.hanoi.example",
        "secretary",
        "ha-noi",
    );
    let page = secretary.get("/thu-di?trang-thai=cho-gui");
    let reason = words::letter::reason("the budget of every relay is used up");
    assert_eq!(
        page.html.matches(&reason).count() as i64,
        waiting,
        "{}",
        page.html
    );
    assert_eq!(count(&stage.house.status(), "receipt", "sent"), sent);
}

/// Limits the relay of the settings and adds another one behind it.
fn limit(stage: &Stage) {
    let file = stage.house.folder.join("phach.toml");
    let text = fs::read_to_string(&file).expect("the settings");
    let (before, relay) = text.split_once("[[relay]]").expect("a relay");
    let limited = |name: &str, per_day: usize| {
        let relay = relay.replace("name = \"demo\"", &format!("name = \"{name}\""));
        format!("[[relay]]{relay}per_day = {per_day}\n\n")
    };
    let [first, second] = BUDGETS;
    let text = format!(
        "{before}{}{}",
        limited("demo", first),
        limited("phu", second)
    );
    fs::write(&file, text).expect("the settings");
}

fn count(status: &Value, kind: &str, state: &str) -> i64 {
    let rows = status["contests"][0]["letters"]
        .as_array()
        .expect("letters");
    let mut rows = rows
        .iter()
        .filter(|row| row["kind"] == kind && row["state"] == state);
    rows.next()
        .map_or(0, |row| row["count"].as_i64().expect("a number"))
}
