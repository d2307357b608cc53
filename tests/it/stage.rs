//! A whole installation for one test: private mail servers, the five units' mailboxes, the cast, and a house of
//! its own. Everything ends and goes away with it.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Child;
use std::time::Duration;

use jiff::Timestamp;
use jiff::ToSpan as _;
use serde_json::Value;

use crate::support::cast;
use crate::support::cast::Cast;
use crate::support::cast::SENDER;
use crate::support::cast::Scene;
use crate::support::cast::When;
use crate::support::house::House;
use crate::support::house::Wishes;
use crate::support::imap::RawMail;
use crate::support::line::Line;
use crate::support::mime::Body;
use crate::support::mime::File;
use crate::support::mime::Mail;
use crate::support::papers::Paper;
use crate::support::person::Person;
use crate::support::person::Sort;
use crate::support::places;
use crate::support::prose;
use crate::support::prose::Dice;
use crate::support::servers::Account;
use crate::support::servers::MailServers;
use crate::support::servers::Outgoing;
use crate::support::servers::new_folder;
use crate::support::wait;

/// For whatever happens within a second or two when nothing else runs.
pub const LIMIT: Duration = Duration::from_secs(90);

pub struct Stage {
    pub house: House,
    pub servers: MailServers,
    /// Every mail before the deadline, of all the casts.
    pub scenes: Vec<Scene>,
    /// Whoever takes part, with all that they say about themselves.
    pub people: Vec<Person>,
    folder: PathBuf,
}

impl Stage {
    /// Servers, settings and the plan with its deadline three days ahead; nothing mailed yet.
    pub fn build(seeds: std::ops::RangeInclusive<u64>, wishes: &Wishes) -> Stage {
        Stage::with(seeds, wishes, &[])
    }

    /// As `build`, with mailboxes for more people.
    pub fn with(
        seeds: std::ops::RangeInclusive<u64>,
        wishes: &Wishes,
        mailboxes: &[&str],
    ) -> Stage {
        let places = places::hanoi();
        let now = Timestamp::now();
        let casts: Vec<Cast> = seeds
            .map(|seed| cast::cast(places.clone(), seed, now))
            .collect();
        let mut accounts: Vec<Account> = casts.iter().flat_map(Cast::accounts).collect();
        accounts.extend(mailboxes.iter().copied().map(Account::mailbox));
        accounts.sort();
        accounts.dedup();
        let servers = MailServers::start(&accounts);
        let folder = new_folder("ph");
        let exe = PathBuf::from(env!("CARGO_BIN_EXE_phach"));
        let house = House::build(&folder, &exe, &servers, &places, wishes);
        house.apply_plan(&places, now.checked_add(72.hours()).expect("a time"));
        Stage {
            house,
            servers,
            people: casts.iter().flat_map(|cast| cast.people.clone()).collect(),
            scenes: casts
                .into_iter()
                .flat_map(|cast| cast.scenes)
                .filter(|scene| scene.when == When::BeforeDeadline)
                .collect(),
            folder,
        }
    }

    /// Mails scenes; returns when each lies in every mailbox it is for.
    pub fn mail<'a>(&self, scenes: impl IntoIterator<Item = &'a Scene>) {
        let mut wanted: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for scene in scenes {
            self.servers
                .deliver(&scene.mail)
                .unwrap_or_else(|said| panic!("{}: {said}", scene.name));
            for mailbox in &scene.mail.to {
                let ids = wanted.entry(mailbox).or_default();
                ids.push(format!("<{}>", scene.id));
            }
        }
        for (mailbox, ids) in wanted {
            self.servers.wait_for(mailbox, LIMIT, |mails| {
                let there: BTreeSet<String> = mails
                    .iter()
                    .filter_map(|mail| mail.header("Message-ID"))
                    .collect();
                ids.iter().all(|id| there.contains(id))
            });
        }
    }

    /// The mailboxes of the five units.
    pub fn mailboxes(&self) -> Vec<&'static str> {
        places::hanoi()
            .spots
            .iter()
            .map(|spot| spot.mailbox)
            .collect()
    }

    /// Lines to the servers that the program takes from now on, without TLS, so that they can be spoken over.
    pub fn bare_lines(&self) -> Lines {
        let lines = Lines {
            mailboxes: Line::to(self.servers.imap_port()),
            relay: Line::to(self.servers.smtp_port()),
        };
        let settings = self.house.folder.join("phach.toml");
        let text = std::fs::read_to_string(&settings).expect("the settings");
        let (head, _) = text.split_once("[[relay]]").expect("a relay");
        let port = format!("port = {}\nsecurity = \"tls\"", self.servers.imaps_port());
        let bare = |line: &Line| format!("port = {}\nsecurity = \"plain\"", line.port);
        assert!(head.contains(&port), "{head}");
        let head = head.replace(&port, &bare(&lines.mailboxes));
        let relay = format!(
            "[[relay]]\nname = \"mx\"\nhost = \"localhost\"\n{}\n",
            bare(&lines.relay)
        );
        std::fs::write(&settings, head + &relay).expect("the settings");
        lines
    }

    /// Hands in an essay of the `n`th person to a mailbox, from an address that gets all the receipts.
    pub fn hand_in(&self, n: usize, mailbox: &str) {
        let places = places::hanoi();
        let mut dice = Dice::new(n as u64 + 4_077);
        let person = Person::new(
            n + 1,
            Sort::Resident,
            &places.spots[0],
            places.year,
            &mut dice,
        );
        let paper = Paper {
            head: person.head(0),
            title: "BÀI DỰ THI TÌM HIỂU DỊCH VỤ CÔNG TRỰC TUYẾN".to_owned(),
            paragraphs: prose::essay(n as u64 + 9_500, 300),
            footer: "Bài dự thi".to_owned(),
            ..Paper::default()
        };
        let mail = Mail {
            from_name: person.name.clone(),
            from: SENDER.to_owned(),
            to: vec![mailbox.to_owned()],
            subject: "Bài dự thi Tìm hiểu Dịch vụ công trực tuyến".to_owned(),
            id: essay_id(n),
            date: "Mon, 02 Nov 2026 08:00:00 +0700".to_owned(),
            body: Body::Plain("Kính gửi Ban Tổ chức, tôi xin nộp bài dự thi.".to_owned()),
            files: vec![File::new("Bài dự thi.docx", paper.docx())],
            ..Mail::default()
        };
        let mail = Outgoing {
            from: SENDER.to_owned(),
            to: mail.to.clone(),
            bytes: mail.bytes(),
        };
        self.servers.deliver(&mail).expect("Postfix takes it");
    }

    /// How many letters answer the essay of the `n`th person: under how many Message-IDs, and copies in all.
    pub fn answers_to(&self, n: usize) -> (usize, usize) {
        let about = format!("<{}>", essay_id(n));
        let there = self.servers.inbox(SENDER);
        let ids: Vec<Option<String>> = there
            .iter()
            .filter(|mail| mail.header("In-Reply-To").as_deref() == Some(&about))
            .map(|mail| mail.header("Message-ID"))
            .collect();
        (ids.iter().collect::<BTreeSet<_>>().len(), ids.len())
    }

    /// The first `count` essays that were handed in are each on the server, on disk and an entry once, and answered by
    /// one letter. Says how many copies of letters came under their one Message-ID.
    pub fn all_once(&self, count: usize) -> usize {
        let status = self.house.status();
        let n = i64::try_from(count).expect("a number");
        assert_eq!(figure(&status, "messages", "entry"), n, "{status}");
        assert_eq!(figure(&status, "entries", "queued"), n, "{status}");
        let verified: Value =
            serde_json::from_str(&self.house.run(&["verify", "--json"])).expect("JSON");
        assert_eq!(verified["deliveries"], n, "{verified}");
        assert_eq!(verified["bad"], Value::Array(Vec::new()), "{verified}");
        let mut copies = 0;
        for n in 0..count {
            let (letters, all) = self.answers_to(n);
            assert_eq!(letters, 1, "receipts of essay {n}");
            copies += all - 1;
        }
        copies
    }

    /// Letters in the sender's own mailbox that answer this mail.
    pub fn answers(&self, scene: &Scene) -> Vec<RawMail> {
        let about = format!("<{}>", scene.id);
        // A machine elsewhere has no mailbox here that a letter could reach.
        if scene.mail.from.is_empty() {
            return Vec::new();
        }
        let mut mails = self.servers.inbox(&scene.sender);
        mails.retain(|mail| mail.header("In-Reply-To").as_deref() == Some(&about));
        mails
    }

    /// Runs what can run to its end. Letters that a server asked to bring later are waited for.
    pub fn finish(&self, parts: &[&str]) {
        wait::until("no job is open any more", LIMIT * 2, || {
            let mut words = vec!["serve", "--until-idle"];
            words.extend(parts);
            let output = self.house.output(&words);
            assert!(
                matches!(output.status.code(), Some(0 | 3)),
                "phach {words:?}: {}\n{}",
                output.status,
                String::from_utf8_lossy(&output.stderr)
            );
            let open: i64 = Jobs::of(&self.house.status()).open();
            (open == 0).then_some(())
        });
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("logs of the failed test: {}", self.folder.display());
        } else {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

/// The Message-ID of an essay that was handed in by `Stage::hand_in`.
pub fn essay_id(n: usize) -> String {
    format!("{n}.tay@nguoidan.example")
}

/// Lines between the program and the servers.
pub struct Lines {
    pub mailboxes: Line,
    pub relay: Line,
}

/// A running command, killed when dropped.
pub struct Running(pub Child);

impl Running {
    /// SIGKILL, as if the power failed.
    pub fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The jobs of a status, of those that are not done.
#[derive(Clone, Debug, Default)]
pub struct Jobs {
    /// ("sort", "running", 2)
    pub counts: Vec<(String, String, i64)>,
}

impl Jobs {
    pub fn of(status: &Value) -> Jobs {
        let text = |value: &Value| value.as_str().expect("a word").to_owned();
        let counts = status["jobs"].as_array().expect("a list of jobs");
        Jobs {
            counts: counts
                .iter()
                .map(|row| {
                    let count = row["count"].as_i64().expect("a number");
                    (text(&row["kind"]), text(&row["state"]), count)
                })
                .collect(),
        }
    }

    pub fn in_state(&self, wanted: &str) -> i64 {
        let rows = self.counts.iter().filter(|(_, state, _)| state == wanted);
        rows.map(|(_, _, count)| count).sum()
    }

    /// Ready or running.
    pub fn open(&self) -> i64 {
        self.in_state("ready") + self.in_state("running")
    }
}

/// Letters of the only contest in this state, of every kind.
pub fn letters(status: &Value, state: &str) -> i64 {
    let letters = status["contests"][0]["letters"]
        .as_array()
        .expect("letters");
    letters
        .iter()
        .filter(|row| row["state"] == state)
        .map(|row| row["count"].as_i64().expect("a number"))
        .sum()
}

/// A figure of the only contest, 0 when it is not named.
pub fn figure(status: &Value, table: &str, word: &str) -> i64 {
    status["contests"][0][table][word].as_i64().unwrap_or(0)
}
