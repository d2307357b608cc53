//! The stage of one run: private mail servers, an installation, the cast, and a deadline that truly passes.

use std::process::Child;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::strtime;
use serde_json::Value;

use super::LIMIT;
use crate::support::cast;
use crate::support::cast::Cast;
use crate::support::cast::Scene;
use crate::support::cast::When;
use crate::support::house::House;
use crate::support::house::Wishes;
use crate::support::imap::RawMail;
use crate::support::places::Places;
use crate::support::servers;
use crate::support::servers::MailServers;
use crate::support::wait;

/// Applying a plan takes a second or two; the deadline must not have passed by then.
const LEAD_SECONDS: i64 = 8;
/// A mail sent at the deadline is in its mailbox within so many seconds, or the machine is too busy to judge.
const LATE_SECONDS: i64 = 2;

pub struct Stage {
    pub cast: Cast,
    pub servers: MailServers,
    pub house: House,
    _folder: Folder,
}

/// A temporary folder, gone with the test.
struct Folder(std::path::PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Stage {
    pub fn set(places: Places, seed: u64, wishes: &Wishes) -> Stage {
        let cast = cast::cast(places, seed, Timestamp::now());
        let servers = MailServers::start(&cast.accounts());
        let folder = Folder(servers::new_folder("ph"));
        let exe = std::path::Path::new(env!("CARGO_BIN_EXE_phach"));
        let house = House::build(&folder.0, exe, &servers, &cast.places, wishes);
        Stage {
            cast,
            servers,
            house,
            _folder: folder,
        }
    }

    pub fn scenes(&self, when: When) -> impl Iterator<Item = &Scene> {
        self.cast
            .scenes
            .iter()
            .filter(move |scene| scene.when == when)
    }

    /// Mails the scenes of that time to Postfix and waits until each lies in its mailbox.
    #[track_caller]
    pub fn send(&self, when: When) {
        self.send_these(&self.scenes(when).collect::<Vec<_>>());
    }

    /// As `send`, for some of the scenes.
    #[track_caller]
    pub fn send_these(&self, scenes: &[&Scene]) {
        for scene in scenes {
            if let Err(said) = self.servers.deliver(&scene.mail) {
                panic!("Postfix does not take {}: {said}", scene.name);
            }
        }
        for (at, spot) in self.cast.places.spots.iter().enumerate() {
            let wanted: Vec<&str> = scenes
                .iter()
                .filter(|scene| scene.spots.contains(&at))
                .map(|scene| scene.id.as_str())
                .collect();
            if !wanted.is_empty() {
                self.servers.wait_for(spot.mailbox, LIMIT, |mails| {
                    let ids: Vec<String> = mails.iter().filter_map(message_id).collect();
                    wanted.iter().all(|id| ids.iter().any(|has| has == id))
                });
            }
        }
    }

    /// The plan with the next full minute that leaves time enough as the end of intake.
    pub fn apply_plan_with_near_deadline(&self) -> Timestamp {
        let now = Timestamp::now().as_second();
        let deadline =
            Timestamp::from_second((now + LEAD_SECONDS).div_euclid(60) * 60 + 60).expect("a time");
        self.house.apply_plan(&self.cast.places, deadline);
        assert!(
            Timestamp::now() < deadline,
            "this machine is too busy: the deadline passed while the plan was applied"
        );
        deadline
    }

    /// The servers' own times: every mail on its side of the deadline, as the scenes mean it.
    #[track_caller]
    pub fn hold_the_clock_to(&self, deadline: Timestamp) {
        let deadline = deadline.as_second();
        for spot in &self.cast.places.spots {
            for mail in self.servers.inbox(spot.mailbox) {
                let id = message_id(&mail).unwrap_or_default();
                let scene = self.cast.scenes.iter().find(|scene| scene.id == id);
                let scene = scene.unwrap_or_else(|| panic!("nobody sent {id}"));
                let came = arrived(&mail);
                let right = match scene.when {
                    When::BeforeDeadline => came < deadline,
                    When::JustAfter => (deadline..=deadline + LATE_SECONDS).contains(&came),
                };
                assert!(
                    right,
                    "the stage is wrong, not the program: {} came {} s after the deadline",
                    scene.name,
                    came - deadline
                );
            }
        }
    }

    /// Waits until the program holds what the servers hold and no job is left but the reading of pictures.
    #[track_caller]
    pub fn wait_until_idle(&self) {
        let held: Vec<(&str, usize)> = self
            .cast
            .places
            .spots
            .iter()
            .map(|spot| (spot.mailbox, self.servers.inbox(spot.mailbox).len()))
            .collect();
        wait::until("the program is idle", LIMIT, || {
            let status = self.house.status();
            let mailboxes = status["mailboxes"].as_array()?;
            let all = held.iter().all(|(address, count)| {
                mailboxes.iter().any(|row| {
                    row["address"] == *address
                        && row["held"] == *count
                        && row["on_server"] == *count
                })
            });
            // Pictures are read long after the receipts, and nobody waits for them.
            let jobs = status["jobs"].as_array()?;
            let idle = jobs.iter().all(|job| job["kind"] == "ocr");
            (all && idle).then_some(())
        });
    }

    /// What became of every scene, in order.
    pub fn traces(&self) -> Vec<Value> {
        let ids: Vec<&str> = self
            .cast
            .scenes
            .iter()
            .map(|scene| scene.id.as_str())
            .collect();
        self.house.trace(&ids)
    }
}

/// Sleeps until a moment has just passed.
pub fn wait_for(moment: Timestamp) {
    let left = moment.as_millisecond() - Timestamp::now().as_millisecond() + 300;
    if let Ok(left) = u64::try_from(left) {
        sleep(Duration::from_millis(left));
    }
}

/// A mail's Message-ID without brackets.
pub fn message_id(mail: &RawMail) -> Option<String> {
    let id = mail.header("message-id")?;
    Some(id.trim_matches(['<', '>']).to_owned())
}

/// When the server took a mail, seconds UTC.
#[track_caller]
pub fn arrived(mail: &RawMail) -> i64 {
    let time = strtime::parse("%d-%b-%Y %H:%M:%S %z", &mail.internal_date)
        .and_then(|time| time.to_timestamp());
    match time {
        Ok(time) => time.as_second(),
        Err(error) => panic!("INTERNALDATE {:?}: {error}", mail.internal_date),
    }
}

/// A process of the program, asked to end (and waited for) when dropped.
pub struct Running(Child);

impl Running {
    pub fn start(house: &House, words: &[&str], log: &str) -> Running {
        Running(house.start(words, log))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = Command::new("kill")
            .args(["-TERM", &self.0.id().to_string()])
            .status();
        for _ in 0..150 {
            if let Ok(Some(_)) = self.0.try_wait() {
                return;
            }
            sleep(Duration::from_millis(100));
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
        if !std::thread::panicking() {
            panic!("phach did not end within 15 s of SIGTERM");
        }
    }
}
