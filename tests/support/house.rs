//! An installation of the program in a folder: settings, passwords, a plan whose deadlines lie ahead, and the
//! program itself, always run as a user would run it.

use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;

use jiff::Timestamp;
use jiff::ToSpan as _;
use jiff::tz::TimeZone;
use phach::contest::plan::Plan;
use serde_json::Value;

use super::cast;
use super::places::Places;
use super::servers::MailServers;
use super::servers::PASSWORD;
use super::servers::free_ports;

/// An installation.
#[derive(Debug)]
pub struct House {
    pub folder: PathBuf,
    pub slug: &'static str,
    pub web_port: u16,
    exe: PathBuf,
    /// URL of its database; `None`: SQLite in its data folder.
    pub database: Option<String>,
    top: Option<usize>,
}

/// What differs between the installations of the tests.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// A PostgreSQL address; none: SQLite.
    pub database: Option<String>,
    /// Seconds between two looks into a mailbox, and until the alarm.
    pub poll_seconds: Option<u64>,
    pub alarm_seconds: Option<u64>,
    /// More lines for the settings file, and for its sections [intake] and [outbox].
    pub settings: String,
    pub intake: String,
    pub outbox: String,
    /// More lines for its section [[imap]].
    pub imap: String,
    /// Reads its mailboxes without TLS, as one may from the same machine.
    pub plain: bool,
    /// The mailboxes it reads; empty: those of the places.
    pub mailboxes: Vec<String>,
    /// How many an area hands over, in place of the plan's own number.
    pub top: Option<usize>,
}

impl House {
    /// Writes settings and passwords. `exe` is the program.
    pub fn build(
        folder: &Path,
        exe: &Path,
        servers: &MailServers,
        places: &Places,
        wishes: &Wishes,
    ) -> House {
        let web_port = free_ports(1);
        fs::create_dir_all(folder.join("passwords")).expect("a folder for passwords");
        let mut read = wishes.mailboxes.clone();
        if read.is_empty() {
            read.extend(places.spots.iter().map(|spot| spot.mailbox.to_owned()));
        }
        for mailbox in &read {
            fs::write(folder.join("passwords").join(mailbox), PASSWORD).expect("write a password");
        }
        fs::write(folder.join("passwords").join(cast::SENDER), PASSWORD).expect("write a password");
        let mailboxes: Vec<String> = read.iter().map(|mailbox| format!("{mailbox:?}")).collect();
        let mailboxes = mailboxes.join(", ");
        let (port, security) = match wishes.plain {
            true => (servers.imap_port(), "plain"),
            false => (servers.imaps_port(), "tls"),
        };
        let settings = format!(
            r#"data = "data"
{more}
[web]
listen = "127.0.0.1:{web_port}"
public_url = "http://127.0.0.1:{web_port}"

[intake]
poll_seconds = {poll}
alarm_seconds = {alarm}
{intake}

[outbox]
per_address_a_day = 200
{outbox}

[alarm]
to = ["{admin}"]
from = "{sender}"

[[imap]]
addresses = [{mailboxes}]
host = "localhost"
port = {port}
security = "{security}"
password_file = "passwords/{{address}}"
ca_file = "{ca}"
{imap}

[[relay]]
name = "demo"
host = "localhost"
port = {submission}
security = "starttls"
user = "{sender}"
password_file = "passwords/{sender}"
ca_file = "{ca}"
"#,
            more = wishes.settings,
            intake = wishes.intake,
            outbox = wishes.outbox,
            imap = wishes.imap,
            poll = wishes.poll_seconds.unwrap_or(1),
            alarm = wishes.alarm_seconds.unwrap_or(300),
            admin = cast::ADMINISTRATOR_ELSEWHERE,
            sender = cast::SENDER,
            submission = servers.submission_port(),
            ca = servers.ca_file().display(),
        );
        fs::write(folder.join("phach.toml"), settings).expect("write the settings");
        House {
            folder: folder.to_owned(),
            slug: places.slug,
            web_port,
            exe: exe.to_owned(),
            database: wishes.database.clone(),
            top: wishes.top,
        }
    }

    /// From now on its rows are in another database; `None`: SQLite in its data folder.
    pub fn moved(&mut self, database: Option<&str>) {
        self.database = database.map(str::to_owned);
    }

    /// Writes a copy of the shipped plan whose intake ends before `until` and whose later deadlines follow, and
    /// applies it.
    pub fn apply_plan(&self, places: &Places, until: Timestamp) {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("config/contests")
            .join(places.plan);
        let text = fs::read_to_string(&shipped).expect("the shipped plan");
        let file = self.folder.join("plan.toml");
        let mut text = with_deadlines(&text, until);
        if let Some(top) = self.top {
            text = with_top(&text, top);
        }
        fs::write(&file, text).expect("write the plan");
        self.run(&["contest", "apply", "--yes", file.to_str().expect("a path")]);
    }

    /// The plan as it was applied.
    pub fn plan(&self) -> Plan {
        let text = fs::read_to_string(self.folder.join("plan.toml")).expect("the applied plan");
        let (plan, problems) = phach::contest::file::parse(&text);
        plan.unwrap_or_else(|| panic!("the applied plan: {problems:?}"))
    }

    /// Runs a command that must succeed; returns what it printed.
    pub fn run(&self, words: &[&str]) -> String {
        let output = self.output(words);
        assert!(
            output.status.success(),
            "phach {words:?}: {}\n{}\n{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Runs a command to its end, whatever that is.
    pub fn output(&self, words: &[&str]) -> Output {
        self.command(words).output().expect("run phach")
    }

    /// Starts a command and lets it run; its log goes to `log` in the folder.
    pub fn start(&self, words: &[&str], log: &str) -> Child {
        let log = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.folder.join(log))
            .expect("a log file");
        self.command(words)
            .env("PHACH_LOG", "info")
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log file"))
            .stderr(log)
            .spawn()
            .expect("start phach")
    }

    /// A command that is not started yet.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.exe);
        command
            .env("PHACH_CONFIG", self.folder.join("phach.toml"))
            .args(words);
        if let Some(database) = &self.database {
            command.env("PHACH_DATABASE", database);
        }
        command
    }

    pub fn status(&self) -> Value {
        serde_json::from_str(&self.run(&["status", "--json"])).expect("status as JSON")
    }

    /// What became of these mails, by Message-ID; `Null` for one the installation does not know.
    pub fn trace(&self, ids: &[&str]) -> Vec<Value> {
        let mut words = vec!["trace", "--json"];
        words.extend(ids);
        let output = self.output(&words);
        let traces: Vec<Value> = String::from_utf8_lossy(&output.stdout)
            .lines()
            .map(|line| serde_json::from_str(line).expect("a trace as JSON"))
            .collect();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            traces.len(),
            ids.len(),
            "a line for every mail asked for: {said}"
        );
        traces
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.web_port)
    }
}

/// The plan with another number of entries that an area hands over: in the rule of each kind of area, and where its
/// last round lets on as many.
fn with_top(plan: &str, top: usize) -> String {
    let (_, rest) = plan.split_once("\"top\", n = ").expect("a plan with areas");
    let number = rest.split(',').next().unwrap_or_default();
    plan.replace(&format!("n = {number},"), &format!("n = {top},"))
        .replace(
            &format!("advance = {number}\n"),
            &format!("advance = {top}\n"),
        )
}

/// The plan with every deadline moved: intake before `until` (whole minutes), the others ten days and more later.
fn with_deadlines(plan: &str, until: Timestamp) -> String {
    let zone = TimeZone::get("Asia/Ho_Chi_Minh").expect("the zone");
    let phrase = |days: i64| {
        let at = until
            .checked_add((days * 24).hours())
            .expect("a time")
            .to_zoned(zone.clone());
        let (h, m) = (at.hour(), at.minute());
        format!(
            "phrase = \"trước {h:02}h{m:02} ngày {:02}/{}/{}\"",
            at.day(),
            at.month(),
            at.year()
        )
    };
    let mut what = String::new();
    let mut out = String::new();
    for line in plan.lines() {
        if line.trim_start().starts_with("what") {
            what = line.to_owned();
        }
        let line = match line.trim_start().starts_with("phrase") {
            true if what.contains("intake") => phrase(0),
            true if what.contains("handover") => phrase(10),
            true => phrase(17),
            false => line.to_owned(),
        };
        out.push_str(&line);
        out.push('\n');
    }
    out
}
