//! Mailbox and relay fail in every way a server can, and are well again: no mail is lost, none is answered twice, and work
//! goes on within a minute, with the settings as they are shipped.

use std::time::Duration;
use std::time::Instant;

use phach::config::Intake;

use crate::stage::LIMIT;
use crate::stage::Running;
use crate::stage::Stage;
use crate::support::cast::SENDER;
use crate::support::house::Wishes;
use crate::support::line::Fault;
use crate::support::line::Line;
use crate::support::places;
use crate::support::wait;

/// Work goes on so soon after the mend.
const HEALED: Duration = Duration::from_secs(60);

const BUSY: &str = "TAG NO [UNAVAILABLE] busy\r\n";

/// What befalls a mailbox, and whether a mail that comes meanwhile can be fetched all the same.
const OF_MAILBOXES: [(Fault, bool); 11] = [
    (Fault::Dead, false),
    (
        Fault::Answer("UID SEARCH", "* SEARCH\r\nTAG OK done\r\n"),
        false,
    ),
    (Fault::Answer("UID FETCH", "TAG OK done\r\n"), false),
    (Fault::Silent, false),
    (Fault::Cut(700), false),
    (Fault::Half(700), false),
    (Fault::Babble, false),
    (Fault::Answer("LOGIN", BUSY), false),
    (Fault::Answer("SELECT", BUSY), false),
    (Fault::Answer("UID FETCH", BUSY), false),
    (Fault::Crawl(16), true),
];

/// The same of a relay.
const OF_RELAYS: [(Fault, bool); 10] = [
    (Fault::Dead, false),
    (Fault::Answer("MAIL", "451 4.3.0 no room\r\n"), false),
    (Fault::Half(20), false),
    (Fault::Silent, false),
    (Fault::Cut(20), false),
    (Fault::Babble, false),
    (Fault::Answer("EHLO", "421 4.3.2 closing\r\n"), false),
    (Fault::Answer("DATA", "451 4.3.0 no room\r\n"), false),
    (Fault::Answer("RCPT", "421 4.3.2 closing\r\n"), false),
    (Fault::Crawl(4), true),
];

#[test]
fn a_mailbox_that_is_well_again_is_read_within_a_minute() {
    through(&OF_MAILBOXES, |lines| &lines.mailboxes);
}

#[test]
fn a_relay_that_is_well_again_gets_its_letters_within_a_minute() {
    through(&OF_RELAYS, |lines| &lines.relay);
}

/// All faults and, in the long form, long enough for every pause to have grown to its longest; else the first three.
fn through(faults: &[(Fault, bool)], which: impl Fn(&crate::stage::Lines) -> &Line) {
    let long = std::env::var_os("PHACH_LONG").is_some();
    let (some, outage) = match long {
        true => (faults.len(), Duration::from_secs(50)),
        false => (3, Duration::from_secs(4)),
    };
    let mailbox = places::hanoi().spots[0].mailbox;
    let wishes = Wishes {
        poll_seconds: Some(Intake::default().poll_seconds),
        mailboxes: vec![mailbox.to_owned()],
        ..Wishes::default()
    };
    let stage = Stage::with(1..=1, &wishes, &[SENDER]);
    let lines = stage.bare_lines();
    let line = which(&lines);
    let mut serve = Running(stage.house.start(&["serve"], "serve.log"));
    stage.hand_in(0, mailbox);
    answered(&stage, 0);
    println!("resumed after s  fault");
    let mut handed_in = 1;
    for (fault, gets_through) in &faults[..some] {
        line.becomes(*fault);
        // What falls silent does so in the middle of its wait for mail; all else is met by a new line.
        if *fault != Fault::Silent {
            line.cut();
        }
        let first = handed_in;
        for _ in 0..3 {
            stage.hand_in(handed_in, mailbox);
            handed_in += 1;
        }
        std::thread::sleep(outage);
        let (answers, _) = stage.answers_to(first);
        assert!(answers == 0 || *gets_through, "{fault:?} is no fault");
        line.becomes(Fault::Well);
        let healed = Instant::now();
        // One more, that comes only now.
        stage.hand_in(handed_in, mailbox);
        handed_in += 1;
        for n in first..handed_in {
            let left = HEALED.saturating_sub(healed.elapsed());
            wait::until(&format!("the receipt of {n} after {fault:?}"), left, || {
                (stage.answers_to(n).0 > 0).then_some(())
            });
        }
        println!("{:>15.1}  {fault:?}", healed.elapsed().as_secs_f64());
    }
    assert_eq!(serve.0.try_wait().expect("a process"), None);
    let copies = stage.all_once(handed_in);
    println!("{handed_in} mails, {copies} letters twice under their one Message-ID");
}

fn answered(stage: &Stage, n: usize) {
    wait::until("the first receipt", LIMIT, || {
        (stage.answers_to(n).0 > 0).then_some(())
    });
}
