//! Keeps the index up to date with the database.

use std::collections::BTreeSet;
use std::collections::HashMap;
use std::path::PathBuf;

use super::Error;
use super::Result;
use super::schema;
use super::shelf;
use super::shelf::Shelf;
use super::shelf::Standing;
use super::shelf::Trust;
use super::shelf::View;
use crate::clock;
use crate::db;
use crate::db::Db;
use crate::db::search::Change;

/// How far a look reaches back behind the one before, ms: longer than a transaction lives between making an id and
/// its commit, and than the clocks of two processes differ.
const OVERLAP_MS: i64 = 180_000;
/// A sweep compares every entry with the index so often, ms: against what no look can see, such as a clock an hour
/// behind.
const SWEEP_MS: i64 = 600_000;
/// An index that knows nothing of longer than this is quicker made anew, ms.
const SLEPT_MS: i64 = 86_400_000;
/// Entries read and written together.
const BATCH: usize = 40;

pub struct Keeper {
    folder: PathBuf,
    shelf: Option<Shelf>,
    trust: Trust,
    /// Changes that are in the index already, as far as the next look reaches back.
    seen: BTreeSet<Change>,
    swept_at: Option<i64>,
}

impl Keeper {
    pub fn new(folder: PathBuf) -> Keeper {
        Keeper {
            folder,
            shelf: None,
            trust: Trust::Keep,
            seen: BTreeSet::new(),
            swept_at: None,
        }
    }

    /// The index does not work: the next question finds an empty one and fills it.
    pub fn distrust(&mut self) {
        self.shelf = None;
        self.trust = Trust::Wipe;
        self.seen.clear();
        self.swept_at = None;
    }

    /// The next question begins with a sweep.
    #[cfg(test)]
    pub fn sweep_next_time(&mut self) {
        self.swept_at = None;
    }

    /// The index as of now.
    pub async fn fresh(&mut self, db: &Db) -> Result<View> {
        match self.catch_up(db).await {
            Err(Error::Index(error)) => {
                tracing::warn!(%error, "the search index is made anew");
                self.distrust();
                let again = self.catch_up(db).await;
                if let Err(Error::Index(error)) = &again {
                    tracing::error!(%error, "the search index cannot be made");
                    self.distrust();
                }
                again
            }
            outcome => outcome,
        }
    }

    async fn catch_up(&mut self, db: &Db) -> Result<View> {
        let now = clock::now();
        if self.shelf.is_none() {
            let shelf = self.open().await?;
            let slept = shelf.since() > 0 && now - shelf.since() > SLEPT_MS;
            self.shelf = Some(shelf);
            if slept {
                self.distrust();
                self.shelf = Some(self.open().await?);
            }
            self.trust = Trust::Keep;
        }
        if self.has_removed(db).await? {
            self.distrust();
            self.shelf = Some(self.open().await?);
            self.trust = Trust::Keep;
        }
        // A clock that went back must not hide what happened meanwhile.
        let since = self.shelf.as_ref().map_or(0, Shelf::since).min(now);
        let floor = db::id_at(since - OVERLAP_MS);
        let mut wrote = false;
        let changes = if since > 0 {
            db::search::changed_since(db, floor).await?
        } else {
            Vec::new()
        };
        let mut entries: Vec<i64> = changes
            .iter()
            .filter(|change| !self.seen.contains(change))
            .map(|change| change.entry)
            .collect();
        entries.sort_unstable();
        entries.dedup();
        wrote |= self.write(db, &entries).await?;
        if self.swept_at.is_none_or(|at| (now - at).abs() > SWEEP_MS) {
            wrote |= self.sweep(db).await?;
            self.swept_at = Some(now);
        }
        let view = self
            .with_shelf(move |shelf| {
                if wrote || shelf.since() == 0 {
                    shelf.commit(now)?;
                } else {
                    shelf.nothing_new(now);
                }
                Ok(shelf.view())
            })
            .await?;
        // Only now: had anything failed before, it would be looked for again.
        self.seen.retain(|change| change.row > floor);
        self.seen.extend(changes);
        Ok(view)
    }

    /// Whether personal data was removed since the index was last brought up to date: the words of what is deleted in it
    /// stay on disk until it is made anew.
    async fn has_removed(&self, db: &Db) -> Result<bool> {
        let since = self.shelf.as_ref().map_or(0, Shelf::since);
        let ended = db::removal::last_end(db).await?;
        Ok(since > 0 && ended.is_some_and(|at| at >= since))
    }

    async fn open(&self) -> Result<Shelf> {
        let (folder, trust) = (self.folder.clone(), self.trust);
        let opened = tokio::task::spawn_blocking(move || Shelf::open(&folder, trust)).await;
        Ok(opened.map_err(shelf::Error::Broken)??)
    }

    /// Reads entries from the database and writes them. Returns whether there were any.
    async fn write(&mut self, db: &Db, entries: &[i64]) -> Result<bool> {
        for batch in entries.chunks(BATCH) {
            let papers = db::search::papers(db, batch).await?;
            self.with_shelf(move |shelf| shelf.write(&papers)).await?;
        }
        Ok(!entries.is_empty())
    }

    /// Compares every entry with the index and writes what differs. Returns whether anything did.
    async fn sweep(&mut self, db: &Db) -> Result<bool> {
        let mut known: HashMap<i64, Standing> = self.with_shelf(|shelf| shelf.standings()).await?;
        let mut wrote = false;
        let mut after = 0;
        loop {
            let marks = db::search::marks(db, after).await?;
            let Some(last) = marks.last() else { break };
            after = last.id;
            let differ: Vec<i64> = marks
                .iter()
                .filter(|mark| {
                    let standing = (mark.unit, schema::state_number(mark), mark.version);
                    known.remove(&mark.id) != Some(standing)
                })
                .map(|mark| mark.id)
                .collect();
            wrote |= self.write(db, &differ).await?;
        }
        // The database was put back to an earlier day.
        let gone: Vec<i64> = known.into_keys().collect();
        if !gone.is_empty() {
            self.with_shelf(move |shelf| shelf.remove(&gone)).await?;
            wrote = true;
        }
        Ok(wrote)
    }

    /// Works on the index where waiting does no harm. A panic loses the index, and it is made anew.
    async fn with_shelf<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Shelf) -> shelf::Result<T> + Send + 'static,
    ) -> Result<T> {
        let Some(mut shelf) = self.shelf.take() else {
            return Err(shelf::Error::Closed.into());
        };
        let done = tokio::task::spawn_blocking(move || {
            let outcome = work(&mut shelf);
            (shelf, outcome)
        });
        let (shelf, outcome) = done.await.map_err(shelf::Error::Broken)?;
        self.shelf = Some(shelf);
        Ok(outcome?)
    }
}
