//! A small contest in an empty database, twice: once in a SQLite file, once in a PostgreSQL database of its own.
//!
//! The cluster starts with the first story and is shared by all stories of the process. A small shell outlives
//! the process by a moment and ends the cluster, however the process went (a static is never dropped).

use std::collections::HashMap;
use std::fmt::Debug;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::sync::OnceLock;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;

use sqlx::AssertSqlSafe;
use sqlx::Connection as _;
use tokio::sync::Semaphore;

use phach::contest::Plan;
use phach::contest::Role;
use phach::contest::Unit;
use phach::contest::plan::Document;
use phach::contest::plan::Eligibility;
use phach::contest::plan::Mailbox;
use phach::contest::plan::Round;
use phach::contest::plan::RoundEntry;
use phach::contest::plan::RoundKind;
use phach::db;
use phach::db::Db;
use phach::db::Tx;
use phach::db::entry::Entry;
use phach::db::new_id;
use phach::entry::EntryState;
use phach::entry::Timeliness;
use phach::slip::Fact;
use phach::slip::Place;
use phach::slip::Slip;

use crate::support::servers::Postgres;

/// The moment at which the stories happen, ms UTC.
pub const NOW: i64 = 1_567_500_000_000;

/// A database with one contest in it.
pub struct House {
    pub db: Db,
    pub contest: i64,
    units: HashMap<String, i64>,
}

/// Tells the same story on both databases and compares what it returns (never an id: those differ).
pub async fn on_both<T: Debug + PartialEq>(story: impl AsyncFn(House) -> T) {
    on_both_empty(async |db| story(House::furnish(db).await).await).await;
}

// Each story opens up to a dozen connections, and a cluster has 60.
static TURNS: Semaphore = Semaphore::const_new(4);

/// A story about transactions at once, which one writing connection does not know.
pub async fn on_postgres(story: impl AsyncFnOnce(House)) {
    let _turn = TURNS.acquire().await.expect("never closed");
    let db = Db::open(&database().await).await.expect("a database");
    story(House::furnish(db.clone()).await).await;
    db.close().await;
}

/// As `on_both`, with the schema and nothing in it.
pub async fn on_both_empty<T: Debug + PartialEq>(story: impl AsyncFn(Db) -> T) {
    let _turn = TURNS.acquire().await.expect("never closed");
    let mut told = Vec::new();
    let file = Folder::new();
    for url in [file.url(), database().await] {
        println!("on {url}");
        let db = Db::open(&url).await.expect("a database");
        told.push(story(db.clone()).await);
        db.close().await;
    }
    assert_eq!(
        told[0], told[1],
        "SQLite (left) and PostgreSQL (right) tell different stories"
    );
}

/// A folder for one SQLite file, removed when dropped.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Folder {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "db{}.{}",
            std::process::id(),
            NUMBER.fetch_add(1, Ordering::Relaxed)
        );
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&folder).expect("a temporary folder");
        Folder(folder)
    }

    pub fn url(&self) -> String {
        format!("sqlite:{}/phach.db", self.0.display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The URL of a new, empty PostgreSQL database.
pub async fn database() -> String {
    static CLUSTER: OnceLock<(Postgres, Child)> = OnceLock::new();
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let (cluster, _) = CLUSTER.get_or_init(|| {
        let cluster = Postgres::start();
        let watch = watch(&cluster);
        (cluster, watch)
    });
    let name = format!("house{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let mut connection = sqlx::PgConnection::connect(cluster.url())
        .await
        .expect("the cluster answers");
    // Texts sort as on a Vietnamese office's server, which is not by byte.
    sqlx::query(AssertSqlSafe(format!(
        "CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'vi'"
    )))
    .execute(&mut connection)
    .await
    .expect("a new database");
    connection.close().await.expect("an orderly end");
    cluster
        .url()
        .strip_suffix("postgres")
        .map(|server| format!("{server}{name}"))
        .expect("the URL names the database postgres")
}

/// Waits for the end of this process, whose death closes the pipe, and ends the cluster then.
fn watch(cluster: &Postgres) -> Child {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers/postgres.sh");
    Command::new("sh")
        .args([
            "-c",
            r#"trap "" INT TERM HUP; cat; "$0" stop "$1"; rm -rf "$1""#,
        ])
        .arg(script)
        .arg(cluster.folder())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a shell")
}

impl House {
    async fn furnish(db: Db) -> House {
        let mut tx = db.begin().await.unwrap();
        let (contest, version) = db::contest::apply(&mut tx, &plan(), "…", "house", NOW)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(version, 1);
        let units = db::contest::standing(&db, contest).await.unwrap().units;
        House { db, contest, units }
    }

    /// Id of the unit with this code.
    pub fn unit(&self, code: &str) -> i64 {
        self.units[code]
    }

    /// One transaction; an error leaves nothing behind.
    pub async fn write<T>(&self, act: impl AsyncFnOnce(&mut Tx) -> db::Result<T>) -> db::Result<T> {
        let mut tx = self.db.begin().await?;
        let value = act(&mut tx).await?;
        tx.commit().await?;
        Ok(value)
    }

    /// What a statement selects, one text column; for what no function reads yet.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        texts(&self.db, sql).await
    }

    /// A statement for what no function does yet.
    pub async fn run(&self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        match &self.db {
            Db::Lite { write, .. } => drop(sqlx::query(sql).execute(write).await.unwrap()),
            Db::Pg(pool) => drop(sqlx::query(sql).execute(pool).await.unwrap()),
        }
    }

    /// What the database says against a statement; whatever it says, nothing is left behind.
    pub async fn refusal(&self, sql: &str) -> Option<String> {
        let mut tx = self.db.begin().await.unwrap();
        refusal(&mut tx, sql).await
    }

    /// Id of the mailbox with this address.
    pub async fn mailbox(&self, address: &str) -> i64 {
        let all = db::mailbox::all(&self.db).await.unwrap();
        all.iter()
            .find(|mailbox| mailbox.address == address)
            .unwrap()
            .id
    }

    /// Id of a stored mail with these bytes.
    pub async fn message(&self, blob: &str) -> i64 {
        self.write(async |tx| db::message::store(tx, self.contest, blob, 1000, NOW, NOW).await)
            .await
            .unwrap()
            .0
    }

    /// An account with this address.
    pub async fn account(&self, email: &str) -> i64 {
        self.write(async |tx| db::account::put(tx, email, "Cán bộ", NOW).await)
            .await
            .unwrap()
    }

    /// An entry as it would be written, on time for Hoàn Kiếm; not yet in the database.
    pub fn new_entry(&self, code: &str, submission: i64) -> Entry {
        Entry {
            id: new_id(),
            contest_id: self.contest,
            receipt_code: code.to_owned(),
            submission_id: submission,
            unit_id: self.unit("hoan-kiem"),
            origin_unit_id: None,
            state: EntryState::Queued,
            timeliness: Timeliness::OnTime,
            received_at: NOW,
            same_as: None,
            joined_to: None,
        }
    }

    /// An entry from a mail of its own, with a first version. Returns it and the version's id.
    pub async fn entry(&self, code: &str) -> (Entry, i64) {
        let message = self.message(&format!("mail of {code}")).await;
        self.write(async |tx| {
            let unit = self.unit("hoan-kiem");
            let submission = db::entry::submit(tx, self.contest, message, unit, NOW).await?;
            let entry = self.new_entry(code, submission);
            db::entry::insert(tx, &entry, NOW).await?;
            let version = version(&entry, 1);
            db::entry::put_version(tx, &version, NOW).await?;
            Ok((entry, version.id))
        })
        .await
        .unwrap()
    }
}

/// What the database says against a statement in a transaction.
pub async fn refusal(tx: &mut Tx, sql: &str) -> Option<String> {
    let sql = AssertSqlSafe(sql.to_owned());
    let error = match tx {
        Tx::Lite(tx) => sqlx::query(sql).execute(&mut **tx).await.err(),
        Tx::Pg(tx) => sqlx::query(sql).execute(&mut **tx).await.err(),
    };
    error.map(|error| error.to_string())
}

/// What a statement selects, one text column.
pub async fn texts(db: &Db, sql: &str) -> Vec<String> {
    let sql = AssertSqlSafe(sql.to_owned());
    match db {
        Db::Lite { read, .. } => sqlx::query_scalar(sql).fetch_all(read).await.unwrap(),
        Db::Pg(pool) => sqlx::query_scalar(sql).fetch_all(pool).await.unwrap(),
    }
}

/// The n-th version of an entry, without text.
pub fn version(entry: &Entry, n: i64) -> db::entry::Version {
    db::entry::Version {
        id: new_id(),
        entry_id: entry.id,
        n,
        submission_id: entry.submission_id,
        text_hash: None,
        in_body: false,
        answers: "{}".to_owned(),
    }
}

/// A slip that says a name.
pub fn slip(name: &str) -> Slip {
    Slip {
        name: Some(Fact {
            value: name.to_owned(),
            place: Place::EssayHead,
            span: Some((0, 20)),
        }),
        ..Slip::default()
    }
}

/// A city with two districts, a mailbox each, and two rounds.
pub fn plan() -> Plan {
    let unit = |code: &str, parent: Option<&str>, kind: &str, name: &str| Unit {
        code: code.to_owned(),
        parent: parent.map(str::to_owned),
        kind: kind.to_owned(),
        name: name.to_owned(),
        local: true,
        ..Unit::default()
    };
    let mailbox = |unit: &str, address: &str| Mailbox {
        unit: unit.to_owned(),
        address: address.to_owned(),
    };
    let round = |code: &str, name: &str, kind, level: &str, entry| Round {
        code: code.to_owned(),
        name: name.to_owned(),
        kind,
        level: vec![level.to_owned()],
        entry,
        advance: None,
        marks: 1,
        approvals: vec![Role::HeadJudge],
        ties: Vec::new(),
    };
    Plan {
        slug: "thu-nghiem".to_owned(),
        title: "Cuộc thi thử".to_owned(),
        zone: "Asia/Ho_Chi_Minh".to_owned(),
        document: Document {
            number: Some("01/KH".to_owned()),
            date: Some("2019-08-01".to_owned()),
            issuer: None,
        },
        purpose: "Chỉ để thử.".to_owned(),
        eligibility: Eligibility {
            min_age: 18,
            as_of: "2019-08-01".to_owned(),
        },
        units: vec![
            unit("tp", None, "thanh_pho", "Thành phố"),
            unit("hoan-kiem", Some("tp"), "quan", "Quận Hoàn Kiếm"),
            unit("ba-dinh", Some("tp"), "quan", "Quận Ba Đình"),
        ],
        mailboxes: vec![
            mailbox("hoan-kiem", "hoankiem@duthi.example"),
            mailbox("ba-dinh", "badinh@duthi.example"),
        ],
        deadlines: Vec::new(),
        rounds: vec![
            round(
                "vong-loai",
                "Vòng loại",
                RoundKind::Triage,
                "quan",
                RoundEntry::Intake,
            ),
            round(
                "chung-khao",
                "Chung khảo",
                RoundKind::Scored,
                "thanh_pho",
                RoundEntry::Handover,
            ),
        ],
        rubric: Vec::new(),
        answer_key: Vec::new(),
        prizes: Vec::new(),
        given: Vec::new(),
        resubmission: Default::default(),
        excluded: Vec::new(),
        retention: None,
    }
}
