//! Search over entries for the people at the desk: names, receipt codes, phone numbers, file names, essays.
//!
//! The database is the truth; the index (tantivy, below `data/search`) is a cache of the process that answers. It is
//! on disk and not in memory, because the words of 100,000 essays are more than the memory of a small office's
//! server, and a restart need not read them all again. Before each answer it is brought up to date: every change
//! shows in an event, or in the id of a new row, and both grow with time; because several processes write side by
//! side, each look reaches back a little further than the last one ended. From time to time a sweep compares every
//! entry with the index and mends what was missed.

mod keeper;
mod mark;
mod query;
mod schema;
mod shelf;
mod spell;
#[cfg(test)]
mod tests;
mod wanted;

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tantivy::collector::Count;
use tantivy::collector::TopDocs;
use tantivy::collector::sort_key::SortBySimilarityScore;
use tantivy::collector::sort_key::SortByStaticFastValue;
use tokio::sync::Mutex;

use crate::db;
use crate::db::Db;
use crate::db::search::Paper;
use crate::db::view::Scope;

use keeper::Keeper;
use shelf::View;

pub use mark::Piece;
pub use wanted::Need;
pub use wanted::Wanted;

/// The folder of the index below the data.
pub const FOLDER: &str = "search";

/// Takes everything from disk that an index below this folder knows; whoever has it open makes it anew.
pub fn forget(folder: &Path) -> std::io::Result<()> {
    let places = match std::fs::read_dir(folder) {
        Ok(places) => places,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for place in places {
        let place = place?;
        // A lock stays: whoever holds it must keep others away.
        if place.file_type()?.is_dir() {
            std::fs::remove_dir_all(place.path())?;
        }
    }
    Ok(())
}

/// Hits on a page.
pub const PAGE: i64 = 20;
/// A question waits no longer for the index to be brought up to date.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] db::Error),
    /// The index could not be written or read, although it was made anew.
    #[error(transparent)]
    Index(#[from] shelf::Error),
    /// The index is being filled; it goes on, and a later question will be answered.
    #[error("the search index is being filled")]
    Filling,
}

pub type Result<T> = std::result::Result<T, Error>;

/// The index of this process.
pub struct Search {
    keeper: Mutex<Keeper>,
    patience: Duration,
}

/// A page of hits.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Hits within the scope on all pages.
    pub total: i64,
    /// The page these are, from 0: the last one when a later was asked for.
    pub page: i64,
    pub hits: Vec<Hit>,
    /// When there is no hit: the words that stand nowhere within the scope.
    pub absent: Vec<String>,
}

/// An entry that answers, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    pub paper: Paper,
    pub code: Vec<Piece>,
    pub name: Vec<Piece>,
    /// What answers besides: the facts and file names with a hit, then the passage of the essay.
    pub lines: Vec<(Place, Vec<Piece>)>,
}

/// What a line of a hit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Unit,
    Class,
    Address,
    Phone,
    Email,
    File,
    Essay,
}

impl Search {
    /// An index below this folder; nothing is touched before the first question.
    pub fn new(folder: PathBuf) -> Search {
        Search {
            keeper: Mutex::new(Keeper::new(folder)),
            patience: PATIENCE,
        }
    }

    /// Brings the index up to date. An index that does not work is made anew, once.
    pub async fn refresh(&self, db: &Db) -> Result<()> {
        self.fresh(db).await.map(drop)
    }

    /// Answers a question within a scope; `page` counts from 0.
    pub async fn find(
        self: &Arc<Self>,
        db: &Db,
        scope: &Scope,
        wanted: &Wanted,
        page: i64,
    ) -> Result<Found> {
        if wanted.is_empty() || scope.units.is_empty() {
            return Ok(Found::default());
        }
        // In a task of its own: a browser that goes away does not stop it half-way.
        let task = {
            let (search, db) = (Arc::clone(self), db.clone());
            tokio::spawn(async move { search.fresh(&db).await })
        };
        let view = tokio::time::timeout(self.patience, task)
            .await
            .map_err(|_| Error::Filling)?
            .map_err(shelf::Error::Broken)??;
        let asked = (scope.clone(), wanted.clone());
        let answer = tokio::task::spawn_blocking(move || ask(&view, &asked.0, &asked.1, page));
        let answered = match answer.await.map_err(shelf::Error::Broken) {
            Ok(Ok(answered)) => answered,
            Ok(Err(error)) | Err(error) => {
                self.keeper.lock().await.distrust();
                return Err(error.into());
            }
        };
        let papers = db::search::papers_within(db, scope, &answered.entries).await?;
        let wanted = wanted.clone();
        let marked = tokio::task::spawn_blocking(move || {
            papers
                .into_iter()
                .map(|paper| hit(paper, &wanted))
                .collect()
        });
        Ok(Found {
            total: answered.total,
            page: answered.page,
            hits: marked.await.map_err(shelf::Error::Broken)?,
            absent: answered.absent,
        })
    }

    /// The next question begins with a sweep.
    #[cfg(test)]
    pub async fn sweep_next_time(&self) {
        self.keeper.lock().await.sweep_next_time();
    }

    async fn fresh(&self, db: &Db) -> Result<View> {
        self.keeper.lock().await.fresh(db).await
    }
}

struct Answer {
    total: i64,
    page: i64,
    entries: Vec<i64>,
    absent: Vec<String>,
}

/// Best first; of equals the newest first.
fn ask(view: &View, scope: &Scope, wanted: &Wanted, page: i64) -> shelf::Result<Answer> {
    let tree = query::tree(&view.fields, scope, wanted);
    let total = view.searcher.search(&tree, &Count)?;
    let total = i64::try_from(total).unwrap_or(i64::MAX);
    let page = page.clamp(0, (total - 1).max(0) / PAGE);
    let mut entries = Vec::new();
    if total > 0 {
        let offset = usize::try_from(page * PAGE).unwrap_or(0);
        let order = (
            SortBySimilarityScore,
            SortByStaticFastValue::<i64>::for_field(schema::ENTRY),
        );
        let limit = usize::try_from(PAGE).unwrap_or(1);
        let top = TopDocs::with_limit(limit)
            .and_offset(offset)
            .order_by(order);
        let found = view.searcher.search(&tree, &top)?;
        entries = found
            .into_iter()
            .filter_map(|((_, entry), _)| entry)
            .collect();
    }
    let mut absent: Vec<String> = Vec::new();
    if total == 0 {
        for word in wanted.needs.iter().flat_map(wanted::Need::spellings) {
            let anywhere = query::word_within(&view.fields, scope, word);
            let known = absent.contains(&word.exact);
            if !known && view.searcher.search(&anywhere, &Count)? == 0 {
                absent.push(word.exact.clone());
            }
        }
    }
    Ok(Answer {
        total,
        page,
        entries,
        absent,
    })
}

fn hit(paper: Paper, wanted: &Wanted) -> Hit {
    let code = if mark::is_code(&paper.receipt_code, wanted) {
        mark::whole(&paper.receipt_code)
    } else {
        mark::value(&paper.receipt_code, wanted)
    };
    let name = mark::value(paper.name.as_deref().unwrap_or_default(), wanted);
    let mut lines = Vec::new();
    for (place, fact) in [
        (Place::Unit, &paper.unit_text),
        (Place::Class, &paper.class_name),
        (Place::Address, &paper.address),
        (Place::Phone, &paper.phone),
        (Place::Email, &paper.email),
    ] {
        let Some(fact) = fact else { continue };
        if place == Place::Phone && mark::is_number(fact, wanted) {
            lines.push((place, mark::whole(fact)));
            continue;
        }
        lines.push((place, mark::value(fact, wanted)));
    }
    for file in &paper.files {
        lines.push((Place::File, mark::value(file, wanted)));
    }
    lines.extend(mark::passage(&paper.text, wanted).map(|passage| (Place::Essay, passage)));
    lines.retain(|(_, pieces)| mark::has_hit(pieces));
    Hit {
        code,
        name,
        lines,
        paper,
    }
}
