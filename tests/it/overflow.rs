//! A relay that cannot be reached for long hands its letters on to the next one for the mailbox, each once, and takes its
//! own again when it is well.

use std::fs;

use crate::desk::Clerk;
use crate::stage::LIMIT;
use crate::stage::Running;
use crate::stage::Stage;
use crate::support::cast::SENDER;
use crate::support::house::Wishes;
use crate::support::line::Fault;
use crate::support::places;
use crate::support::wait;

#[test]
fn letters_of_a_relay_that_is_away_go_by_the_next_one_once() {
    let mailbox = places::hanoi().spots[0].mailbox;
    let wishes = Wishes {
        mailboxes: vec![mailbox.to_owned()],
        ..Wishes::default()
    };
    let stage = Stage::with(1..=1, &wishes, &[SENDER]);
    let lines = stage.bare_lines();
    add_the_next(&stage);
    let _serve = Running(stage.house.start(&["serve"], "serve.log"));
    let unit = places::hanoi().spots[0].unit;
    let mut clerk = Clerk::by_link(&stage.house, "thuky@phach.example", "secretary", unit);
    let answered = |n: usize| {
        wait::until(&format!("the receipt of {n}"), 2 * LIMIT, || {
            (stage.answers_to(n).0 > 0).then_some(())
        });
    };
    stage.hand_in(0, mailbox);
    answered(0);
    assert_eq!(
        carried(&mut clerk),
        (1, 0),
        "while it is well, none other is asked"
    );

    // Away: the letters that wait for it, and those that come now.
    lines.relay.becomes(Fault::Dead);
    lines.relay.cut();
    for n in 1..4 {
        stage.hand_in(n, mailbox);
    }
    for n in 1..4 {
        answered(n);
    }
    stage.hand_in(4, mailbox);
    answered(4);
    assert_eq!(carried(&mut clerk), (1, 4));

    // Well again: it is found out by one letter, and the next go its way.
    lines.relay.becomes(Fault::Well);
    let mut n = 5;
    wait::until("the first relay carries again", 2 * LIMIT, || {
        stage.hand_in(n, mailbox);
        answered(n);
        n += 1;
        (carried(&mut clerk).0 > 1).then_some(())
    });
    assert_eq!(stage.all_once(n), 0, "no letter twice");
}

/// Adds a relay behind that of the settings, which takes over after a few seconds.
fn add_the_next(stage: &Stage) {
    let file = stage.house.folder.join("phach.toml");
    let text = fs::read_to_string(&file).expect("the settings");
    let (before, relay) = text.split_once("[[relay]]").expect("a relay");
    let port = relay
        .lines()
        .find(|line| line.starts_with("port = "))
        .expect("its port");
    let next = relay
        .replace("name = \"mx\"", "name = \"phu\"")
        .replace(port, &format!("port = {}", stage.servers.smtp_port()));
    let soon = "overflow_seconds = 6\n";
    let before = match before.split_once("[outbox]\n") {
        Some((head, rest)) => format!("{head}[outbox]\n{soon}{rest}"),
        None => format!("{before}[outbox]\n{soon}\n"),
    };
    fs::write(&file, format!("{before}[[relay]]{relay}\n[[relay]]{next}")).expect("the settings");
}

/// How many letters each relay has taken, by the gauges of the desk.
fn carried(clerk: &mut Clerk) -> (i64, i64) {
    let page = clerk.get("/thu-di").html;
    let of = |relay: &str| {
        let gauge = format!("<b>{relay}</b>: ");
        let said = page.split(&gauge).nth(1).expect("a gauge");
        let number: String = said.chars().take_while(char::is_ascii_digit).collect();
        number.parse().expect("a number")
    };
    (of("mx"), of("phu"))
}
