//! Hundreds of judges at once: each reads an essay, thinks, gives its marks and goes on, over real connections to the
//! real program. The short form shows that nobody loses a sheet or gets another's; the long one (`make long`) prints
//! how long pages and saves take, and how much memory the program uses, at rest and while it reads scanned pages.

use std::net::TcpListener;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use tokio::net::TcpStream;

use crate::load::judge::Done;
use crate::support::servers::new_folder;

mod hall;
mod judge;
mod scans;

/// How much is done.
struct Size {
    judges: usize,
    entries: usize,
    thinking: Duration,
    lasting: Duration,
    /// Scanned pages that wait to be read.
    scans: usize,
}

/// What came of it.
struct Outcome {
    done: Done,
    /// KiB, at most.
    memory: u64,
    /// Scanned pages read meanwhile, and those that still wait.
    scans: (u64, u64),
}

#[test]
fn many_judges_mark_at_once_and_every_sheet_is_given_once() {
    let size = Size {
        judges: 12,
        entries: 24,
        thinking: Duration::ZERO,
        lasting: Duration::from_secs(120),
        scans: 0,
    };
    let done = runtime().block_on(run(&size)).done;
    // Two independent marks an entry, each given by whom the lot named.
    assert_eq!(done.given, 48, "{:?}", done.failed);
    assert!(done.failed.is_empty(), "{:?}", done.failed);
}

/// Only `make long` asks for it.
#[test]
fn hundreds_of_judges_wait_for_no_page() {
    if std::env::var_os("PHACH_LONG").is_none() {
        return;
    }
    println!(
        "judges  thinking   page p50   page p95   page p99   save p50   save p99   per second   memory   scans a minute"
    );
    let rows = [
        (1, 0, 20, 0),
        (300, 5_000, 90, 0),
        (300, 0, 20, 0),
        (300, 5_000, 90, 400),
    ];
    for (judges, thinking, lasting, scans) in rows {
        let size = Size {
            judges,
            entries: 6_000,
            thinking: Duration::from_millis(thinking),
            lasting: Duration::from_secs(lasting),
            scans,
        };
        let outcome = runtime().block_on(run(&size));
        let done = outcome.done;
        assert!(done.failed.is_empty(), "{:?}", done.failed);
        let page = |share| percentile(&done.pages, share);
        let save = |share| percentile(&done.saves, share);
        let (read, left) = outcome.scans;
        println!(
            "{judges:>6}  {thinking:>5} ms  {:>6.1} ms  {:>6.1} ms  {:>6.1} ms  {:>6.1} ms  {:>6.1} ms  {:>11.0}  {:>4} MB  {:>15}",
            page(50),
            page(95),
            page(99),
            save(50),
            save(99),
            done.given as f64 / lasting as f64,
            outcome.memory / 1024,
            read * 60 / lasting,
        );
        if scans > 0 {
            assert!(read > 0 && left > 0, "{read} scans read, {left} left");
        }
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Runtime::new().expect("a runtime")
}

fn percentile(times: &[Duration], share: usize) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let at = (sorted.len() * share / 100).min(sorted.len().saturating_sub(1));
    sorted
        .get(at)
        .map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
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

async fn run(size: &Size) -> Outcome {
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
    let (seats, queue) = hall::furnish(&folder, size.judges, size.entries).await;
    // Times are a release build's to tell; that one every sheet is given once, any build's.
    let exe = std::env::var_os("PHACH_EXE").unwrap_or(env!("CARGO_BIN_EXE_phach").into());
    let exe = Path::new(&exe);
    let mut command = Command::new(exe);
    command.arg("serve");
    if size.scans > 0 {
        scans::bring(exe, &folder, size.scans);
    } else {
        command.args(["--only", "web"]);
    }
    let child = command
        .env("PHACH_CONFIG", folder.join("phach.toml"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program");
    let served = Served { child, folder };
    wait_for(port).await;
    if size.scans > 0 {
        sorted(exe, &served.folder).await;
    } else {
        rest(served.child.id()).await;
    }
    let (_, before) = scans::left(exe, &served.folder);
    let until = Instant::now() + size.lasting;
    let mut all = tokio::task::JoinSet::new();
    for seat in seats {
        all.spawn(judge::judge(port, seat, queue, size.thinking, until));
    }
    let mut done = Done::default();
    while let Some(one) = all.join_next().await {
        let one = one.expect("a judge who ends");
        done.given += one.given;
        done.pages.extend(one.pages);
        done.saves.extend(one.saves);
        done.failed.extend(one.failed);
    }
    let (_, left) = scans::left(exe, &served.folder);
    Outcome {
        done,
        memory: peak_memory(served.child.id()),
        scans: (before - left, left),
    }
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

/// Waits until all mails are sorted and only pages are left to be read.
async fn sorted(exe: &Path, folder: &Path) {
    let begun = Instant::now();
    while scans::left(exe, folder).0 > 0 {
        assert!(begun.elapsed() < Duration::from_secs(300), "unsorted mails");
        tokio::time::sleep(Duration::from_secs(1)).await;
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
