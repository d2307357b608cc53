//! How fast mails come from a mailbox to our disk for good, beside the same mails through mbsync (Debian's isync, with
//! its fsync) and beside a client that throws the bytes away.
//!
//! `cargo bench --bench intake` takes 600 mails, `-- --long` the 13,461 (3.3 GB) of a whole contest, `-- --rounds N`
//! repeats and tells the median. A private Dovecot serves them over TLS; like the tests it needs root. Before each turn
//! all that is written is synced, so that nobody pays for another's bytes. Where mbsync is missing it is left out.

mod mails;
mod measured;
mod rivals;
#[path = "../../tests/support/mod.rs"]
mod support;

use std::path::Path;
use std::process::Command;

use jiff::Timestamp;
use jiff::ToSpan as _;
use serde_json::Value;

use measured::Measured;
use rivals::Server;
use support::house::House;
use support::house::Wishes;
use support::places;
use support::servers::Account;
use support::servers::MailServers;
use support::servers::new_folder;

/// The longest a look may take that finds nothing new, ms.
const NOTHING_NEW_MS: u128 = 1_000;
/// The most memory a look may need, MB.
const MEMORY: u64 = 150;

fn main() {
    let mut count = 600;
    let mut rounds = 3;
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--long" => (count, rounds) = (13_461, 1),
            "--rounds" => {
                let number = args.next().and_then(|number| number.parse().ok());
                rounds = number.expect("--rounds N");
            }
            _ => {}
        }
    }
    let places = places::hanoi();
    let mailbox = places.spots[0].mailbox;
    let servers = MailServers::start(&[Account::mailbox(mailbox)]);
    let bytes = mails::write(&servers.folder().join("mail").join(mailbox), count);
    println!("{count} mails, {} MB, {rounds} rounds", bytes / 1_000_000);
    let server = Server {
        servers: &servers,
        mailbox,
    };
    // The server numbers the mails when the folder is first opened.
    rivals::raw(&server);
    let (mut raw, mut mbsync, mut ours, mut again) = (vec![], vec![], vec![], vec![]);
    for _ in 0..rounds {
        flush();
        raw.push(rivals::raw(&server));
        flush();
        mbsync.extend(rivals::mbsync(&server, count));
        server.unflag();
        flush();
        let folder = new_folder("ph");
        let exe = Path::new(env!("CARGO_BIN_EXE_phach"));
        let wishes = Wishes {
            mailboxes: vec![mailbox.to_owned()],
            ..Wishes::default()
        };
        let house = House::build(&folder, exe, &servers, &places, &wishes);
        let until = Timestamp::now().checked_add(72.hours()).expect("a time");
        house.apply_plan(&places, until);
        ours.push(fetch(&house, count));
        again.push(fetch(&house, 0));
        proved(&house, count);
        std::fs::remove_dir_all(&folder).expect("remove the house");
    }
    let (raw, ours) = (median(raw), median(ours));
    let say = |name: &str, one: &Measured| {
        let seconds = one.took.as_secs_f64();
        println!(
            "{name:<8} {seconds:>7.2} s  {:>6.0} mails/s  {:>5.0} MB/s  processor {:>6.2} s  memory {:>4} MB",
            count as f64 / seconds,
            bytes as f64 / 1e6 / seconds,
            one.processor.as_secs_f64(),
            one.megabytes
        );
    };
    say("raw", &raw);
    if !mbsync.is_empty() {
        let mbsync = median(mbsync);
        say("mbsync", &mbsync);
        say("phach", &ours);
        println!("phach is {:.2} × mbsync (wanted 2)", ratio(&mbsync, &ours));
    } else {
        say("phach", &ours);
    }
    println!("phach is {:.2} × raw (aim 0.5)", ratio(&raw, &ours));
    let again = median(again);
    say("again", &again);
    assert!(again.took.as_millis() < NOTHING_NEW_MS, "nothing new");
    assert!(ours.megabytes < MEMORY, "memory");
}

/// How many times as fast `one` is as `other`.
fn ratio(other: &Measured, one: &Measured) -> f64 {
    other.took.as_secs_f64() / one.took.as_secs_f64()
}

/// The round in the middle, by time.
fn median(mut all: Vec<Measured>) -> Measured {
    all.sort_by_key(|one| one.took);
    let middle = all.len() / 2;
    all.swap_remove(middle)
}

/// One look into the mailbox, which must bring exactly `wanted` mails.
fn fetch(house: &House, wanted: u64) -> Measured {
    let (measured, said) = Measured::run(house.command(&["fetch", "--json"]));
    let said: Value = serde_json::from_str(said.trim()).expect("JSON");
    assert_eq!(said["fetched"], wanted, "{said}");
    measured
}

/// Every mail is on the disk with the bytes of its hash.
fn proved(house: &House, count: u64) {
    let said: Value = serde_json::from_str(&house.run(&["verify", "--json"])).expect("JSON");
    assert_eq!(said["deliveries"], count, "{said}");
    assert_eq!(said["bad"], serde_json::json!([]), "{said}");
}

fn flush() {
    let _ = Command::new("sync").status();
}
