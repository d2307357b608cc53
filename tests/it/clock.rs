//! The clock of the machine is set back and forth under the running program: nothing is lost or doubled, nothing waits for
//! the time that was taken away, and the deadline is the mail server's business.
//!
//! The clock is moved by libfaketime in the program as it is; its stopwatch (CLOCK_MONOTONIC) goes on as a machine's does.

use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use jiff::Timestamp;
use jiff::ToSpan as _;

use crate::stage::LIMIT;
use crate::stage::Running;
use crate::stage::Stage;
use crate::stage::essay_id;
use crate::support::cast::SENDER;
use crate::support::house::Wishes;
use crate::support::line::Fault;
use crate::support::places;
use crate::support::wait;
use crate::support::web::Client;

/// Work goes on so soon after the jump.
const LIMIT_OF_A_JUMP: Duration = Duration::from_secs(60);

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// Where the clock stands, in seconds beside the true time, one after the other.
const JUMPS: [i64; 5] = [-HOUR, HOUR, DAY, -DAY, 4 * DAY];

/// A clock that can be moved.
struct Clock {
    file: PathBuf,
    library: PathBuf,
}

impl Clock {
    fn beside(folder: &Path) -> Clock {
        let library = ["x86_64-linux-gnu", "aarch64-linux-gnu"]
            .map(|machine| {
                Path::new("/usr/lib")
                    .join(machine)
                    .join("faketime/libfaketimeMT.so.1")
            })
            .into_iter()
            .find(|path| path.exists())
            .expect("libfaketime: make packages");
        let clock = Clock {
            file: folder.join("clock"),
            library,
        };
        clock.stands(0);
        clock
    }

    /// From now on, for every process that goes by it.
    fn stands(&self, seconds: i64) {
        let new = self.file.with_extension("new");
        fs::write(&new, format!("{seconds:+}\n")).expect("a clock");
        fs::rename(new, &self.file).expect("a clock");
    }

    fn of<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("LD_PRELOAD", &self.library)
            .env("FAKETIME_TIMESTAMP_FILE", &self.file)
            .env("FAKETIME_NO_CACHE", "1")
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            .env("DONT_FAKE_MONOTONIC", "1")
    }
}

struct World {
    stage: Stage,
    clock: Clock,
}

impl World {
    fn serve(&self) -> Running {
        let log = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.stage.house.folder.join("serve.log"))
            .expect("a log");
        let mut command = self.stage.house.command(&["serve"]);
        let command = self.clock.of(&mut command).env("PHACH_LOG", "info");
        let command = command.stdin(Stdio::null()).stdout(Stdio::null());
        Running(command.stderr(log).spawn().expect("start phach"))
    }

    fn answered(&self, n: usize, begun: Instant) {
        let left = LIMIT_OF_A_JUMP.saturating_sub(begun.elapsed());
        wait::until(&format!("the receipt of {n}"), left, || {
            (self.stage.answers_to(n).0 > 0).then_some(())
        });
    }

    /// The program went by this clock when it wrote the receipt of the `n`th essay.
    fn was_moved(&self, n: usize, by: i64) {
        let about = format!("<{}>", essay_id(n));
        let there = self.stage.servers.inbox(SENDER);
        let receipt = there
            .iter()
            .find(|mail| mail.header("In-Reply-To").as_deref() == Some(&about));
        let date = receipt
            .and_then(|mail| mail.header("Date"))
            .expect("a date");
        let date = jiff::fmt::rfc2822::parse(&date)
            .expect("a date")
            .timestamp();
        let beside = date.as_second() - Timestamp::now().as_second() - by;
        assert!(beside.abs() < 300, "written {beside} s beside its clock");
    }

    /// The codes of the login letters in the secretary's mailbox.
    fn codes(&self) -> Vec<String> {
        let mails = self.stage.servers.inbox(SECRETARY);
        let texts = mails
            .iter()
            .map(|mail| String::from_utf8_lossy(&mail.bytes));
        texts.filter_map(|text| six_digits(&text)).collect()
    }

    /// Asks for a login, waits for its letter and goes in with the code.
    fn log_in(&self, begun: Instant) {
        let before = self.codes().len();
        let mut client = Client::new(self.stage.house.web_port);
        wait::until("the page of the login", LIMIT, || {
            client.post("/dang-nhap", &[("email", SECRETARY)]).ok()
        });
        let left = LIMIT_OF_A_JUMP.saturating_sub(begun.elapsed());
        let code = wait::until("the login letter", left, || {
            let codes = self.codes();
            (codes.len() > before).then(|| codes.last().cloned())?
        });
        client
            .post("/dang-nhap/ma", &[("email", SECRETARY), ("code", &code)])
            .and_then(|page| page.done("the code"))
            .expect("the newest code opens the door");
    }
}

const SECRETARY: &str = "thuky@nguoidan.example";
const UNIT: &str = "hoan-kiem";

/// The code of a login letter, which stands alone in its line.
fn six_digits(text: &str) -> Option<String> {
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words
        .find(|word| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit()))
        .map(str::to_owned)
}

#[test]
fn a_clock_that_jumps_loses_nothing_and_holds_nothing_up() {
    let mailbox = places::hanoi().spots[0].mailbox;
    let wishes = Wishes {
        mailboxes: vec![mailbox.to_owned()],
        ..Wishes::default()
    };
    let stage = Stage::with(1..=1, &wishes, &[SENDER, SECRETARY]);
    let lines = stage.bare_lines();
    let words = ["user", "add", SECRETARY, "--name", "Thư Ký", "--unit", UNIT];
    stage
        .house
        .run(&[&words[..], &["--role", "secretary"]].concat());
    let clock = Clock::beside(&stage.house.folder);
    let world = World { stage, clock };
    let stage = &world.stage;
    let mut serve = world.serve();
    let mut n = 0;
    println!("resumed after s  the clock");
    for (turn, jump) in JUMPS.into_iter().chain([0]).enumerate() {
        // A letter waits for its relay, and a job is put off, when the clock jumps.
        lines.relay.becomes(Fault::Dead);
        lines.relay.cut();
        stage.hand_in(n, mailbox);
        wait::until("the letter waits", LIMIT, || {
            let status = stage.house.status();
            (crate::stage::letters(&status, "queued") > 0).then_some(())
        });
        world.clock.stands(jump);
        let begun = Instant::now();
        if turn % 2 == 1 {
            serve.kill();
            serve = world.serve();
        }
        lines.relay.becomes(Fault::Well);
        stage.hand_in(n + 1, mailbox);
        world.answered(n, begun);
        world.answered(n + 1, begun);
        world.was_moved(n + 1, jump);
        world.log_in(begun);
        println!("{:>15.1}  {jump:+} s", begun.elapsed().as_secs_f64());
        n += 2;
    }
    assert_eq!(serve.0.try_wait().expect("a process"), None);
    let copies = stage.all_once(n);
    println!("{n} mails, {copies} letters twice under their one Message-ID");
    // Four days ahead of its time the program was beyond the deadline, and every mail was not.
    let ids: Vec<String> = (0..n).map(essay_id).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    for trace in stage.house.trace(&ids) {
        assert_eq!(trace["entries"][0]["timeliness"], "on_time", "{trace}");
    }
    // And a mail that comes after it is late, although the program's clock is not there yet.
    let past = Timestamp::now().checked_sub(10.minutes()).expect("a time");
    stage.house.apply_plan(&places::hanoi(), past);
    world.clock.stands(-DAY);
    stage.hand_in(n, mailbox);
    world.answered(n, Instant::now());
    let trace = stage.house.trace(&[&essay_id(n)]);
    assert_eq!(trace[0]["entries"][0]["timeliness"], "late", "{trace:?}");
}
