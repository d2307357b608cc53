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
use crate::support::cast::Scene;
use crate::support::cast::When;
use crate::support::house::House;
use crate::support::house::Wishes;
use crate::support::imap::RawMail;
use crate::support::person::Person;
use crate::support::places;
use crate::support::servers::Account;
use crate::support::servers::MailServers;
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
