//! Hundreds of judges at once: each reads an essay, thinks, gives its marks and goes on, over real connections to the
//! real program. The short form shows that nobody loses a sheet or gets another's; the long one (`make long`) prints
//! how long pages and saves take, and how much memory the program uses.

use std::collections::BTreeMap;
use std::io;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use sha2::Digest as _;
use sha2::Sha256;
use tokio::io::AsyncReadExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use phach::blind;
use phach::contest::file;
use phach::contest::role::Role;
use phach::db;
use phach::db::Db;
use phach::db::copy::NewCopy;
use phach::db::copy::Readiness;
use phach::entry::EntryState;
use phach::entry::Timeliness;
use phach::jury;
use phach::text::words::hex;

use crate::support::prose;
use crate::support::servers::new_folder;

const UNIT: &str = "hoan-kiem";
const ROUND: &str = "so-khao-quan";
const HOUR: i64 = 3_600_000;

/// How much is done.
struct Size {
    judges: usize,
    entries: usize,
    thinking: Duration,
    lasting: Duration,
}

#[test]
fn many_judges_mark_at_once_and_every_sheet_is_given_once() {
    let long = std::env::var_os("PHACH_LONG").is_some();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    if !long {
        let size = Size {
            judges: 12,
            entries: 24,
            thinking: Duration::ZERO,
            lasting: Duration::from_secs(120),
        };
        let (done, _) = runtime.block_on(run(&size));
        // Two independent marks an entry, each given by whom the lot named.
        assert_eq!(done.given, 48, "{:?}", done.failed);
        assert!(done.failed.is_empty(), "{:?}", done.failed);
        return;
    }
    println!("judges  thinking   page p50   page p95   save p50   save p95   per second   memory");
    for (judges, thinking, lasting) in [(1, 0, 20), (300, 5_000, 90), (300, 0, 20)] {
        let size = Size {
            judges,
            entries: 6_000,
            thinking: Duration::from_millis(thinking),
            lasting: Duration::from_secs(lasting),
        };
        let (done, memory) = runtime.block_on(run(&size));
        assert!(done.failed.is_empty(), "{:?}", done.failed);
        let page = |share| percentile(&done.pages, share);
        let save = |share| percentile(&done.saves, share);
        println!(
            "{judges:>6}  {thinking:>5} ms  {:>6.1} ms  {:>6.1} ms  {:>6.1} ms  {:>6.1} ms  {:>11.0}  {:>4} MB",
            page(50),
            page(95),
            save(50),
            save(95),
            done.given as f64 / lasting as f64,
            memory / 1024,
        );
    }
}

/// What came of a run.
#[derive(Default)]
struct Done {
    given: usize,
    pages: Vec<Duration>,
    saves: Vec<Duration>,
    failed: Vec<String>,
}

fn percentile(times: &[Duration], share: usize) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let at = (sorted.len() * share / 100).min(sorted.len().saturating_sub(1));
    sorted
        .get(at)
        .map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
}

/// A judge's cookie and form token.
struct Seat {
    cookie: String,
    csrf: String,
}

/// The program, ended with the test.
struct Served {
    child: Child,
    folder: PathBuf,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

async fn run(size: &Size) -> (Done, u64) {
    let folder = new_folder("pl");
    let port = TcpListener::bind("127.0.0.1:0")
        .and_then(|free| free.local_addr())
        .expect("a free port")
        .port();
    let settings = format!(
        "data = \"data\"\n[web]\nlisten = \"127.0.0.1:{port}\"\npublic_url = \"http://127.0.0.1:{port}\"\n"
    );
    std::fs::create_dir_all(folder.join("data")).expect("a folder");
    std::fs::write(folder.join("phach.toml"), settings).expect("settings");
    let (seats, queue) = furnish(&folder, size).await;
    // Times are a release build's to tell; that one every sheet is given once, any build's.
    let exe = std::env::var_os("PHACH_EXE").unwrap_or(env!("CARGO_BIN_EXE_phach").into());
    let child = Command::new(exe)
        .args(["serve", "--only", "web"])
        .env("PHACH_CONFIG", folder.join("phach.toml"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program");
    let served = Served { child, folder };
    wait_for(port).await;
    rest(served.child.id()).await;
    let until = Instant::now() + size.lasting;
    let mut all = tokio::task::JoinSet::new();
    for seat in seats {
        all.spawn(judge(port, seat, queue, size.thinking, until));
    }
    let mut done = Done::default();
    while let Some(one) = all.join_next().await {
        let one = one.expect("a judge who ends");
        done.given += one.given;
        done.pages.extend(one.pages);
        done.saves.extend(one.saves);
        done.failed.extend(one.failed);
    }
    let memory = peak_memory(served.child.id());
    (done, memory)
}

/// A contest with a queue full of essays, dealt to its judges.
async fn furnish(folder: &std::path::Path, size: &Size) -> (Vec<Seat>, i64) {
    let db = Db::open(&format!("sqlite:{}/data/phach.db", folder.display()))
        .await
        .expect("a database");
    let text = include_str!("../../config/contests/hanoi-2019.toml");
    let plan = file::parse(text).0.expect("the shipped plan");
    let now = jiff::Timestamp::now().as_millisecond();
    let mut tx = db.begin().await.expect("a transaction");
    let (contest, _) = db::contest::apply(&mut tx, &plan, text, "load", now)
        .await
        .expect("applied");
    tx.commit().await.expect("committed");
    let standing = db::contest::standing(&db, contest).await.expect("standing");
    let unit = standing.units[UNIT];

    let mut tx = db.begin().await.expect("a transaction");
    let mut seats = Vec::new();
    // A lot needs two judges for two marks, even where one is watched.
    for n in 0..size.judges.max(2) {
        let email = format!("giamkhao{n}@load.example");
        let account = db::account::put(&mut tx, &email, &format!("Giám khảo {n}"), now)
            .await
            .expect("an account");
        db::account::grant(&mut tx, account, contest, Some(unit), Role::Judge, now)
            .await
            .expect("a role");
        let (token, csrf) = (format!("token{n}"), format!("csrf{n}"));
        let hash = hex(&Sha256::digest(token.as_bytes()));
        db::account::put_session(&mut tx, account, &hash, &csrf, now, now + HOUR)
            .await
            .expect("a session");
        seats.push(Seat {
            cookie: format!("phach={token}"),
            csrf,
        });
    }
    seats.truncate(size.judges);
    let head = db::account::put(&mut tx, "truongban@load.example", "Trưởng ban", now)
        .await
        .expect("an account");
    for n in 0..size.entries {
        essay(&mut tx, contest, unit, n, now).await;
    }
    tx.commit().await.expect("committed");
    let scope = db::view::Scope {
        contest,
        units: vec![unit],
    };
    let queues = db::judge::queues_of_units(&db, &scope)
        .await
        .expect("queues");
    let queue = queues
        .iter()
        .find(|queue| queue.round == ROUND)
        .expect("the round")
        .id;
    jury::lot::draw(&db, &standing, queue, head, now)
        .await
        .expect("a lot");
    db.close().await;
    (seats, queue)
}

async fn essay(tx: &mut db::Tx, contest: i64, unit: i64, n: usize, now: i64) {
    let (message, _) = db::message::store(tx, contest, &format!("blob{n}"), 1_000, now, now)
        .await
        .expect("a mail");
    let submission = db::entry::submit(tx, contest, message, unit, now)
        .await
        .expect("a submission");
    let entry = db::entry::Entry {
        id: db::new_id(),
        contest_id: contest,
        receipt_code: format!("LOAD-{n:05}"),
        submission_id: submission,
        unit_id: unit,
        origin_unit_id: None,
        state: EntryState::Queued,
        timeliness: Timeliness::OnTime,
        received_at: now,
        same_as: None,
        joined_to: None,
    };
    db::entry::insert(tx, &entry, now).await.expect("an entry");
    let version = db::entry::Version {
        id: db::new_id(),
        entry_id: entry.id,
        n: 1,
        submission_id: submission,
        text_hash: None,
        in_body: false,
        answers: "{\"1\":\"A\"}".to_owned(),
    };
    db::entry::put_version(tx, &version, now)
        .await
        .expect("a version");
    let blocks: Vec<blind::Block> = prose::essay(n as u64, 600)
        .into_iter()
        .map(|paragraph| blind::Block::Paragraph(vec![blind::Piece::Text(paragraph)]))
        .collect();
    let copy = NewCopy {
        version: version.id,
        safe: true,
        body: &serde_json::to_string(&blocks).expect("JSON"),
        words: 600,
        answers: &version.answers,
        maker: 1,
    };
    db::copy::put(tx, &copy, now).await.expect("a copy");
    let put = db::queue::put(tx, unit, ROUND, entry.id, version.id, &blind::code(), now).await;
    assert!(put.expect("put"), "an open queue");
    db::copy::set_ready(tx, version.id, Readiness::Ready(now))
        .await
        .expect("ready");
}

async fn wait_for(port: u16) {
    let begun = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "no web on {port}"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Waits until the program has done what it does at its start (it fills the index of the search).
async fn rest(pid: u32) {
    let ticks = || -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let after = stat.rsplit(')').next().unwrap_or_default();
        let fields: Vec<&str> = after.split_whitespace().collect();
        let at = |n: usize| fields.get(n).and_then(|n| n.parse::<u64>().ok());
        at(11).unwrap_or(0) + at(12).unwrap_or(0)
    };
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(300) {
        let before = ticks();
        tokio::time::sleep(Duration::from_secs(1)).await;
        // Of a hundred in a second.
        if ticks() - before < 5 {
            return;
        }
    }
}

/// Marks until nothing is left or time is up.
async fn judge(port: u16, seat: Seat, queue: i64, thinking: Duration, until: Instant) -> Done {
    let mut done = Done::default();
    let mut line = Line { port, stream: None };
    let mut path = format!("/cham/tiep?hang-doi={queue}");
    // Judges do not all begin in the same moment.
    let mut wait =
        thinking.mul_f64(f64::from(seat.csrf.bytes().map(u32::from).sum::<u32>() % 97) / 97.0);
    while Instant::now() < until {
        tokio::time::sleep(wait).await;
        wait = thinking;
        let begun = Instant::now();
        let mut page = match line.ask("GET", &path, &seat.cookie, "").await {
            Ok(page) => page,
            Err(error) => {
                done.failed.push(format!("GET {path}: {error}"));
                return done;
            }
        };
        if let Some(to) = page.to.take() {
            path = to;
            if !path.starts_with("/cham/") {
                return done;
            }
            continue;
        }
        done.pages.push(begun.elapsed());
        let Some(form) = form(&page.html, &seat.csrf) else {
            done.failed
                .push(format!("{path}: {} without a form", page.status));
            return done;
        };
        tokio::time::sleep(thinking).await;
        wait = Duration::ZERO;
        let sheet = path.split('?').next().unwrap_or_default().to_owned();
        let begun = Instant::now();
        match line.ask("POST", &sheet, &seat.cookie, &form).await {
            Ok(saved) if saved.status == 303 => {
                done.saves.push(begun.elapsed());
                done.given += 1;
                path = saved.to.unwrap_or_default();
                if !path.starts_with("/cham/") {
                    return done;
                }
            }
            Ok(saved) => {
                done.failed.push(format!("POST {sheet}: {}", saved.status));
                return done;
            }
            Err(error) => {
                done.failed.push(format!("POST {sheet}: {error}"));
                return done;
            }
        }
    }
    done
}

/// The form of a page with half marks everywhere.
fn form(html: &str, csrf: &str) -> Option<String> {
    let value = |name: &str| {
        let mark = format!("name=\"{name}\" value=\"");
        let (_, rest) = html.split_once(&mark)?;
        rest.split_once('"').map(|(value, _)| value.to_owned())
    };
    let mut form = format!(
        "csrf={csrf}&act=give&code={}&version={}&remark=",
        value("code")?,
        value("version")?
    );
    let mut marks: BTreeMap<&str, u32> = BTreeMap::new();
    for input in html.split("name=\"c.").skip(1) {
        let (name, rest) = input.split_once('"')?;
        let (_, full) = rest.split_once("data-full=\"")?;
        marks.insert(name, full.split_once('"')?.0.parse().ok()?);
    }
    for (name, quarters) in marks {
        form.push_str(&format!("&c.{name}={}", quarters / 8));
    }
    Some(form)
}

/// A connection that stays open.
struct Line {
    port: u16,
    stream: Option<TcpStream>,
}

struct Answer {
    status: u16,
    to: Option<String>,
    html: String,
}

impl Line {
    async fn ask(
        &mut self,
        method: &str,
        path: &str,
        cookie: &str,
        form: &str,
    ) -> io::Result<Answer> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => TcpStream::connect(("127.0.0.1", self.port)).await?,
        };
        let host = format!("127.0.0.1:{}", self.port);
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nSec-Fetch-Site: same-origin\r\nCookie: {cookie}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            form.len()
        );
        stream.write_all(request.as_bytes()).await?;
        let mut bytes = Vec::new();
        let (head, length) = loop {
            let split = bytes.windows(4).position(|four| four == b"\r\n\r\n");
            if let Some(split) = split {
                let head = String::from_utf8_lossy(&bytes[..split]).into_owned();
                let length = header(&head, "content-length").and_then(|n| n.parse().ok());
                break (head, split + 4 + length.unwrap_or(0usize));
            }
            if stream.read_buf(&mut bytes).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        };
        while bytes.len() < length {
            if stream.read_buf(&mut bytes).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        self.stream = Some(stream);
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
        Ok(Answer {
            status: status.ok_or(io::ErrorKind::InvalidData)?,
            to: header(&head, "location"),
            html: String::from_utf8_lossy(&bytes).into_owned(),
        })
    }
}

fn header(head: &str, wanted: &str) -> Option<String> {
    head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case(wanted).then(|| value.to_owned())
    })
}

/// The most memory the program and its children ever held, KiB.
fn peak_memory(pid: u32) -> u64 {
    let peak = |pid: u32| -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
            .unwrap_or(0)
    };
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
    let children: u64 = children
        .unwrap_or_default()
        .split_whitespace()
        .filter_map(|child| child.parse().ok())
        .map(peak)
        .sum();
    peak(pid) + children
}
