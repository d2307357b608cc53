//! The whole way of the mails, beside mbsync: fetched, read, sorted, their receipts written and waiting
//! for the relay.

use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;
use std::time::Instant;

use jiff::Timestamp;
use jiff::ToSpan as _;
use serde_json::Value;

use crate::flush;
use crate::rivals;
use crate::rivals::Server;
use crate::rivals::Wire;
use crate::support::house::House;
use crate::support::house::Wishes;
use crate::support::places::Places;
use crate::support::servers::new_folder;

/// Between two looks at how far it is.
const LOOK: Duration = Duration::from_millis(250);
/// A port on which nobody listens (tcpmux, RFC 1078).
const NOBODY: u16 = 1;

/// Prints how long a daemon takes to the last receipt, and mbsync to the last mail.
pub fn run(server: &Server<'_>, places: &Places, count: u64, bytes: u64, left: &mut Vec<PathBuf>) {
    let mbsync = rivals::mbsync(server, Wire::Tls, count, left);
    flush();
    let folder = new_folder("ph");
    let exe = Path::new(env!("CARGO_BIN_EXE_phach"));
    let wishes = Wishes {
        mailboxes: vec![server.mailbox.to_owned()],
        ..Wishes::default()
    };
    let house = House::build(&folder, exe, server.servers, places, &wishes);
    // The letters wait: their way through the mail servers is not ours.
    let settings = folder.join("phach.toml");
    let text = fs::read_to_string(&settings).expect("the settings");
    let relay = format!("port = {}", server.servers.submission_port());
    assert!(text.contains(&relay), "{text}");
    let text = text.replace(&relay, &format!("port = {NOBODY}"));
    fs::write(&settings, text).expect("write the settings");
    let until = Timestamp::now().checked_add(72.hours()).expect("a time");
    house.apply_plan(places, until);
    let begun = Instant::now();
    let mut daemon = house.start(&["serve"], "serve.log");
    while receipts(&house) < count {
        assert!(
            daemon.try_wait().expect("the daemon").is_none(),
            "it goes on"
        );
        std::thread::sleep(LOOK);
    }
    let took = begun.elapsed().as_secs_f64();
    daemon.kill().expect("the daemon");
    daemon.wait().expect("the daemon");
    left.push(folder);
    println!("the whole way, over TLS");
    println!(
        "receipts {took:>7.2} s  {:>6.0} mails/s  {:>5.0} MB/s",
        count as f64 / took,
        bytes as f64 / 1e6 / took
    );
    if let Some(mbsync) = mbsync {
        let ratio = mbsync.took.as_secs_f64() / took;
        println!("phach is {ratio:.2} × mbsync (wanted 0.5)");
    }
}

/// Receipts that are written.
fn receipts(house: &House) -> u64 {
    let status: Value = serde_json::from_str(&house.run(&["status", "--json"])).expect("JSON");
    let letters = status["contests"][0]["letters"]
        .as_array()
        .expect("letters");
    let receipts = letters.iter().filter(|letter| letter["kind"] == "receipt");
    receipts.filter_map(|letter| letter["count"].as_u64()).sum()
}
