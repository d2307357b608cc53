//! The contests' plans in memory, read again when a new version was applied.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;

use jiff::tz::TimeZone;

use super::Ctx;
use crate::db;
use crate::route;

/// A contest ready to decide with.
pub struct Contest {
    pub standing: db::contest::Standing,
    /// Which names mean which unit.
    pub index: route::claim::Index,
    pub zone: TimeZone,
}

impl Contest {}

#[derive(Default)]
pub struct Contests(Mutex<HashMap<i64, Arc<Contest>>>);

impl Ctx {
    /// The contest by its newest plan.
    pub async fn contest(&self, id: i64) -> db::Result<Arc<Contest>> {
        let version = db::contest::version(&self.db, id).await?;
        let kept = self
            .contests
            .0
            .lock()
            .ok()
            .and_then(|kept| kept.get(&id).cloned());
        if let Some(contest) = kept.filter(|contest| contest.standing.version == version) {
            return Ok(contest);
        }
        let standing = db::contest::standing(&self.db, id).await?;
        let contest = Arc::new(Contest {
            index: route::claim::Index::new(&standing.plan),
            zone: crate::words::time::zone(&standing.plan.zone),
            standing,
        });
        if let Ok(mut kept) = self.contests.0.lock() {
            kept.insert(id, Arc::clone(&contest));
        }
        Ok(contest)
    }
}
