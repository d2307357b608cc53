//! Work: what turns mails into entries and rows into letters. A file a job.
//!
//! A job reads rows and blobs, computes with the pure rooms, and commits the new rows, an event, the next job and
//! any letter in one transaction. Killing the process at any moment loses nothing; running a job twice changes
//! nothing more.

pub mod advance;
pub mod again;
pub mod alarm;
mod author;
pub mod backup;
pub mod before;
pub mod budget;
pub mod compare;
pub mod contests;
pub mod copy;
pub mod deadline;
pub mod flag;
pub mod handover;
pub mod housekeeping;
pub mod import;
pub mod installation;
pub mod intake;
pub mod lock;
pub mod mail;
pub mod mailing;
pub mod ocr;
pub mod pages;
pub mod papers;
mod pause;
pub mod place;
pub mod post;
pub mod queued;
pub mod receipt;
pub mod receive;
pub mod reconcile;
pub mod relays;
pub mod removal;
pub mod resubmit;
mod roll;
pub mod roster;
pub mod run;
pub mod send;
pub mod sender;
pub mod sort;
#[cfg(test)]
mod tests;
pub mod watch;
pub mod wording;

use std::sync::Arc;

use crate::blob::Blobs;
use crate::config::Config;
use crate::db;
use crate::db::Db;
use crate::db::Tx;
use crate::db::event::Event;
use crate::entry::Codes;
use crate::worker;

pub use contests::Contest;

/// Everything a job needs.
pub struct Ctx {
    pub db: Db,
    pub blobs: Blobs,
    pub worker: worker::Pool,
    pub config: Arc<Config>,
    /// Names this process in leases.
    pub owner: i64,
    pub contests: contests::Contests,
    /// Rung when a job was put, so that a sleeping loop looks at once.
    pub wake: tokio::sync::Notify,
    pub relays: relays::Relays,
    pub lanes: compare::Lanes,
    codes: tokio::sync::OnceCell<Codes>,
}

impl Ctx {
    pub fn new(db: Db, config: Arc<Config>) -> Ctx {
        let blobs = Blobs::new(config.data.join("blobs"));
        let worker = worker::Pool::new(worker::Settings {
            children: config.worker.children,
            memory: config.worker.memory_mib << 20,
            text_seconds: config.worker.seconds,
            sort_seconds: config.worker.seconds,
            ..worker::Settings::default()
        });
        Ctx {
            db,
            blobs,
            worker,
            config,
            owner: db::mailbox::owner(),
            contests: contests::Contests::default(),
            wake: tokio::sync::Notify::new(),
            relays: relays::Relays::default(),
            lanes: compare::Lanes::default(),
            codes: tokio::sync::OnceCell::new(),
        }
    }

    /// What makes receipt codes. Until the installation's key is where it belongs, the same call fails.
    pub async fn codes(&self) -> Result<&Codes, Failure> {
        self.codes
            .get_or_try_init(|| installation::codes(&self.db, &self.config.data))
            .await
            .map_err(Failure::Again)
    }
}

/// How a job failed, said by the job itself; the loop never guesses from a message.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The same input may work later; when it never does, a person must look.
    #[error("try again: {0:#}")]
    Again(anyhow::Error),
    /// The disk is full, the database is held: no job is to blame, and each is tried until that has passed.
    #[error("our own house: {0:#}")]
    House(anyhow::Error),
    /// The input is broken: no retry will mend it, a person must look.
    #[error("give up: {0:#}")]
    GiveUp(anyhow::Error),
    /// Its time has not come: a budget is used up until then (ms UTC).
    #[error("not before {0}")]
    NotYet(i64),
    /// Somebody else did the work meanwhile.
    #[error("already done")]
    Done,
}

impl From<db::Error> for Failure {
    fn from(error: db::Error) -> Failure {
        match error {
            db::Error::Stale => Failure::Done,
            _ if error.passes() => Failure::House(error.into()),
            db::Error::Missing | db::Error::Json(_) => Failure::GiveUp(error.into()),
            db::Error::Sqlx(_) | db::Error::Migrate(_) => Failure::Again(error.into()),
        }
    }
}

impl From<crate::blob::Error> for Failure {
    fn from(error: crate::blob::Error) -> Failure {
        match error {
            crate::blob::Error::Again(_) => Failure::House(error.into()),
            crate::blob::Error::Missing | crate::blob::Error::Corrupt(_) => {
                Failure::GiveUp(error.into())
            }
        }
    }
}

/// Records what happened to the row `id`; the word before the dot says what it is: "entry.received".
async fn event(
    tx: &mut Tx,
    contest: i64,
    kind: &str,
    id: i64,
    detail: &str,
    now: i64,
) -> db::Result<()> {
    let subject = kind.split('.').next().unwrap_or(kind);
    let event = Event {
        contest: Some(contest),
        at: now,
        kind,
        subject,
        subject_id: id,
        detail,
    };
    db::event::record(tx, event).await
}
