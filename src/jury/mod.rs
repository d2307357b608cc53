//! What a jury does: draws lots, marks, orders equal entries, approves and locks lists.
//!
//! Everything here reads the judge zone alone (`db::judge`), so that nothing a judge is shown can tell who wrote an
//! essay. What follows from a locked list for persons and units is a job's work (`job::advance`).

pub mod list;
pub mod lot;
pub mod sheet;
pub mod standings;
#[cfg(test)]
pub(crate) mod tests;

use crate::contest::plan::Round;
use crate::db;
use crate::db::Tx;
use crate::db::contest::Standing;
use crate::db::event::Event;
use crate::db::judge::Queue;
use crate::words::jury::Refusal;

/// Why the jury's wish was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not this judge's, or no such row.
    #[error("no such row")]
    Missing,
    /// Another window, another judge or a lock was faster.
    #[error("it has changed meanwhile")]
    Stale,
    #[error("refused: {0:?}")]
    Refused(Refusal),
    /// A sentence of the rules: why no lot can be drawn, which entries are equal at the cut.
    #[error("refused: {0}")]
    Rule(String),
    #[error(transparent)]
    Db(db::Error),
}

impl From<db::Error> for Error {
    fn from(error: db::Error) -> Error {
        match error {
            db::Error::Missing => Error::Missing,
            db::Error::Stale => Error::Stale,
            error @ (db::Error::Sqlx(_) | db::Error::Migrate(_) | db::Error::Json(_)) => {
                Error::Db(error)
            }
        }
    }
}

pub type Result<T> = std::result::Result<T, Error>;

/// The round of a queue in the plan as it stands.
pub fn round<'s>(standing: &'s Standing, queue: &Queue) -> Result<&'s Round> {
    standing.plan.round(&queue.round).ok_or(Error::Missing)
}

/// Records what happened to a queue: ids and counts only.
async fn event(tx: &mut Tx, queue: &Queue, kind: &str, detail: &str, now: i64) -> Result<()> {
    let event = Event {
        contest: Some(queue.contest_id),
        at: now,
        kind,
        subject: "queue",
        subject_id: queue.id,
        detail,
    };
    Ok(db::event::record(tx, event).await?)
}
