//! The closing comparison finds the same on every set-up: one process on SQLite, four on PostgreSQL, a process that
//! ends in mid-contest and with it the index, and one that is killed while all essays are compared.

use std::fs;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;

use phach::db::Db;
use phach::db::comparison;
use phach::db::job;
use phach::db::job::JobKind;
use phach::duplicate::Level;

use crate::stage::Stage;
use crate::support::house::Wishes;
use crate::support::prose::Dice;
use crate::support::servers::Postgres;
use crate::support::wait;

const MAILBOX: &str = "hoankiem@duthi.hanoi.example";
const LIMIT: Duration = Duration::from_secs(120);
/// Essays of their own, and essays with a text of these.
const HONEST: u64 = 40;
const COPIES: u64 = 12;

const NAMES: [&str; 8] = ["An", "Bình", "Cường", "Dung", "Giang", "Hà", "Khánh", "Lan"];

/// What a set-up ends with: the hash of all verdicts, and each entry by its mail with level, score and evidence.
type Told = (String, Vec<(String, Level, i64, String)>);

#[test]
fn the_closing_verdicts_are_the_same_on_every_set_up() {
    let plain = sqlite_in_one_go();
    let levels = plain.1.iter().filter(|row| row.1 == Level::Copied).count();
    assert_eq!(levels as u64, COPIES, "{:?}", plain.1);
    assert_eq!(plain.1.len() as u64, HONEST + COPIES);
    let cluster = Postgres::start();
    same(
        &plain,
        &postgres_with_four(&cluster),
        "PostgreSQL, four processes",
    );
    same(
        &plain,
        &sqlite_cut_and_killed(),
        "SQLite, cut in two and killed",
    );
}

fn same(plain: &Told, other: &Told, set_up: &str) {
    for (one, two) in plain.1.iter().zip(&other.1) {
        assert_eq!(one, two, "{set_up}");
    }
    assert_eq!(plain, other, "{set_up}");
}

fn sqlite_in_one_go() -> Told {
    let world = World::new(&Wishes::default());
    world.bring(0..HONEST + COPIES);
    world.work(&["--lanes", "1"]);
    world.ask_for_all();
    world.work(&["--lanes", "1"]);
    world.told()
}

fn postgres_with_four(cluster: &Postgres) -> Told {
    let world = World::new(&Wishes {
        database: Some(cluster.url().to_owned()),
        ..Wishes::default()
    });
    world.bring(0..HONEST + COPIES);
    let work = |round: &str| {
        let words = ["serve", "--only", "worker", "--until-idle"];
        let all: Vec<_> = (0..4)
            .map(|n| world.stage.house.start(&words, &format!("{round}-{n}.log")))
            .collect();
        for mut one in all {
            assert!(matches!(one.wait().expect("an end").code(), Some(0 | 3)));
        }
    };
    work("first");
    world.ask_for_all();
    work("second");
    world.told()
}

fn sqlite_cut_and_killed() -> Told {
    let world = World::new(&Wishes::default());
    // Behind its back the order in which they are compared is another one.
    world.bring(HONEST / 2..HONEST + COPIES);
    world.work(&[]);
    world.bring(0..HONEST / 2);
    world.work(&[]);
    let deadline = Instant::now() + LIMIT;
    let broken = loop {
        let before = world.run().map_or(0, |run| run.n);
        world.ask_for_all();
        let words = ["serve", "--only", "worker"];
        let mut child = world.stage.house.start(&words, "killed.log");
        wait::until("a comparison of all has begun", LIMIT, || {
            world.run().filter(|run| run.n > before)
        });
        child.kill().expect("killed");
        child.wait().expect("an end");
        let run = world.run().expect("a run");
        if run.ended_at.is_none() {
            assert!(run.steps < 2 * run.essays);
            break run.n;
        }
        let late = Instant::now() > deadline;
        assert!(!late, "every run ended before it was killed");
    };
    world.work(&[]);
    let run = world.run().expect("a run");
    let again = (run.n, run.ended_at.is_some());
    assert_eq!(again, (broken, true), "begun again under its number");
    world.told()
}

struct World {
    stage: Stage,
    url: String,
    runtime: tokio::runtime::Runtime,
}

impl World {
    fn new(wishes: &Wishes) -> World {
        let stage = Stage::build(1..=1, wishes);
        let url = match &wishes.database {
            Some(url) => url.clone(),
            None => format!(
                "sqlite:{}",
                stage.house.folder.join("data/phach.db").display()
            ),
        };
        World {
            stage,
            url,
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime"),
        }
    }

    /// Imports the mails of these numbers.
    fn bring(&self, numbers: std::ops::Range<u64>) {
        let folder = self
            .stage
            .house
            .folder
            .join(format!("mails-{}", numbers.start));
        fs::create_dir_all(&folder).expect("a folder");
        for n in numbers {
            fs::write(folder.join(format!("{n:03}.eml")), mail(n)).expect("a mail");
        }
        let path = folder.to_string_lossy().into_owned();
        let said = self
            .stage
            .house
            .run(&["import", &path, "--mailbox", MAILBOX, "--json"]);
        for line in said.lines() {
            let line: Value = serde_json::from_str(line).expect("JSON");
            assert_eq!(line["new"], 1, "{line}");
        }
    }

    /// Works everything off; 3 says that something is left for a person.
    fn work(&self, more: &[&str]) {
        let words = [&["serve", "--only", "worker", "--until-idle"], more].concat();
        let output = self.stage.house.output(&words);
        assert!(matches!(output.status.code(), Some(0 | 3)), "{output:?}");
    }

    fn with<T>(&self, act: impl AsyncFnOnce(&Db, i64) -> T) -> T {
        self.runtime.block_on(async {
            let db = Db::open(&self.url).await.expect("the database");
            let contest = phach::db::contest::all(&db).await.expect("contests")[0].0;
            let value = act(&db, contest).await;
            db.close().await;
            value
        })
    }

    fn ask_for_all(&self) {
        self.with(async |db, contest| {
            let mut tx = db.begin().await.expect("begin");
            job::put(&mut tx, JobKind::CompareAll, contest, 1, 0)
                .await
                .expect("a job");
            tx.commit().await.expect("commit");
        });
    }

    fn run(&self) -> Option<comparison::Run> {
        self.with(async |db, contest| comparison::last_run(db, contest).await.expect("runs"))
    }

    fn told(&self) -> Told {
        self.with(async |db, contest| {
            let run = comparison::last_run(db, contest)
                .await
                .expect("runs")
                .expect("a run");
            assert!(run.ended_at.is_some());
            let order = comparison::all(db, contest).await.expect("entries");
            let mut rows = Vec::new();
            for entry in &order {
                let found = comparison::get(db, *entry).await.expect("compared");
                assert_eq!(found.run, run.n);
                let named = comparison::named(db, &[*entry]).await.expect("entries");
                let verdict = serde_json::to_string(&found.evidence.verdict).expect("JSON");
                let root = found
                    .root_id
                    .and_then(|root| order.iter().position(|e| *e == root));
                let sender = named[0].sender.clone().expect("a sender");
                rows.push((
                    sender,
                    named[0].level,
                    named[0].score,
                    format!("{root:?} {verdict}"),
                ));
            }
            (run.verdicts_hash.expect("a hash"), rows)
        })
    }
}

/// Four paragraphs that nobody else would write: sentences of a generator would be everybody's in a contest so small.
fn essay(n: u64) -> Vec<String> {
    const SYLLABLES: &str = "hồ sơ phường cán bộ mạng giấy khai sinh nhà đất mẹ em sáng chiều đợi nộp biên lai dấu tem \
        phiếu bàn máy điện thoại xe mưa nắng chợ trường lớp thầy bạn sông cầu phố hẻm tầng cửa";
    let syllables: Vec<&str> = SYLLABLES.split_whitespace().collect();
    let mut dice = Dice::new(5_000 + n);
    let mut paragraph = || {
        let words: Vec<&str> = (0..60).map(|_| dice.pick(&syllables)).collect();
        format!("Tôi thấy {}.", words.join(" "))
    };
    (0..4).map(|_| paragraph()).collect()
}

/// A mail with an essay in its body: its own, or, from [`HONEST`] on, that of an earlier one with its paragraphs in
/// another order.
fn mail(n: u64) -> String {
    let mut paragraphs = essay(n % HONEST);
    if n >= HONEST {
        let middle = paragraphs.len() / 2;
        paragraphs.rotate_left(middle);
    }
    let day = 1 + n % 25;
    format!(
        "Received: from nguoidan.example by mx.hanoi.example; {day:02} Sep 2026 08:{:02}:00 +0700\r\n\
         From: nguoi{n}@nguoidan.example\r\nTo: {MAILBOX}\r\nSubject: Bai du thi\r\n\
         Date: Tue, {day:02} Sep 2026 08:{:02}:00 +0700\r\nMessage-ID: <{n}@nguoidan.example>\r\n\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\
         BÀI DỰ THI TÌM HIỂU DỊCH VỤ CÔNG TRỰC TUYẾN\r\nHọ và tên: Nguyễn {}\r\n\
         Ngày sinh: {day:02}/02/19{:02}\r\nĐịa chỉ: 12 phố Hàng Bạc, phường Hàng Bạc, quận Hoàn Kiếm\r\n\
         Điện thoại: 09123{n:05}\r\n\r\n{}\r\n",
        n % 60,
        n % 60,
        [NAMES[n as usize % 8], NAMES[n as usize / 8]].join(" "),
        40 + n,
        paragraphs.join("\r\n\r\n")
    )
}
