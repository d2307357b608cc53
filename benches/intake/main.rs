//! How fast mails come from a mailbox to our disk for good, beside the same mails through mbsync (Debian's isync, with
//! its fsync) and beside a client that throws the bytes away.
//!
//! `cargo bench --bench intake` takes 600 mails, `-- --long` the 13,461 (3.3 GB) of a whole contest, `-- --rounds N`
//! repeats and tells the median. At the end the whole way is measured once, from the mailbox to the receipts that wait to
//! be sent; `-- --whole` measures nothing else. A private Dovecot serves them, first over TLS and then without, as to a daemon on its own
//! machine: there the server passes the connection on and does not encrypt. Like the tests it needs root. Before each turn
//! all that is written is synced, so that nobody pays for another's bytes. Where mbsync is missing it is left out.

mod mails;
mod measured;
mod rivals;
#[path = "../../tests/support/mod.rs"]
mod support;
mod whole;

use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use jiff::Timestamp;
use jiff::ToSpan as _;
use serde_json::Value;

use measured::Measured;
use rivals::Server;
use rivals::Wire;
use support::house::House;
use support::house::Wishes;
use support::places;
use support::places::Places;
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
            "--whole" => rounds = 0,
            _ => {}
        }
    }
    let places = places::hanoi();
    let mailbox = places.spots[0].mailbox;
    let servers = MailServers::start(&[Account::mailbox(mailbox)]);
    let folder = servers.folder().join("mail").join(mailbox);
    let bytes = mails::write(&folder, &places.spots[0], count);
    println!("{count} mails, {} MB, {rounds} rounds", bytes / 1_000_000);
    let server = Server {
        servers: &servers,
        mailbox,
    };
    // The server numbers the mails when the folder is first opened.
    rivals::raw(&server, Wire::Tls);
    let mut left = Vec::new();
    for wire in [Wire::Tls, Wire::Plain] {
        if rounds == 0 {
            break;
        }
        match wire {
            Wire::Tls => println!("over TLS"),
            Wire::Plain => println!("without TLS, from the server's own machine"),
        }
        let rows: Vec<Row> = (0..rounds)
            .map(|_| row(&server, &places, wire, count, &mut left))
            .collect();
        told(rows, count, bytes);
    }
    server.unflag();
    flush();
    whole::run(&server, &places, count, bytes, &mut left);
    for folder in left {
        std::fs::remove_dir_all(&folder).expect("remove what was written");
    }
}

/// What a round measured.
struct Row {
    raw: Measured,
    /// None where it is not installed.
    mbsync: Option<Measured>,
    ours: Measured,
    /// A second look of ours that finds nothing new.
    again: Measured,
}

/// Each of them once, the same way to the server. What they write stays until the end (`left`): for minutes after a file
/// is deleted ext4 looks at its place in vain whenever it makes a new one, and nobody shall pay for another's end.
fn row(
    server: &Server<'_>,
    places: &Places,
    wire: Wire,
    count: u64,
    left: &mut Vec<PathBuf>,
) -> Row {
    flush();
    let raw = rivals::raw(server, wire);
    flush();
    let mbsync = rivals::mbsync(server, wire, count, left);
    server.unflag();
    flush();
    let folder = new_folder("ph");
    let exe = Path::new(env!("CARGO_BIN_EXE_phach"));
    let wishes = Wishes {
        mailboxes: vec![server.mailbox.to_owned()],
        plain: wire == Wire::Plain,
        ..Wishes::default()
    };
    let house = House::build(&folder, exe, server.servers, places, &wishes);
    let until = Timestamp::now().checked_add(72.hours()).expect("a time");
    house.apply_plan(places, until);
    let ours = fetch(&house, count);
    let again = fetch(&house, 0);
    proved(&house, count);
    left.push(folder);
    Row {
        raw,
        mbsync,
        ours,
        again,
    }
}

/// Prints the round in the middle of each.
fn told(rows: Vec<Row>, count: u64, bytes: u64) {
    let (mut raw, mut mbsync, mut ours, mut again) = (vec![], vec![], vec![], vec![]);
    for row in rows {
        raw.push(row.raw);
        mbsync.extend(row.mbsync);
        ours.push(row.ours);
        again.push(row.again);
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
