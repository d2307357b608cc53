//! The index on disk: a folder of its own for each process, below `data/search`.
//!
//! Nothing in it is worth a repair: a folder of another version, or one that cannot be read, is emptied and filled
//! again from the database. A process takes the first folder whose lock is free, so that after a restart it goes on
//! with the index that is there.

use std::collections::HashMap;
use std::fs::File;
use std::fs::OpenOptions;
use std::fs::TryLockError;
use std::io;
use std::path::Path;
use std::path::PathBuf;

use tantivy::Index;
use tantivy::IndexReader;
use tantivy::IndexWriter;
use tantivy::ReloadPolicy;
use tantivy::Searcher;
use tantivy::Term;
use tantivy::directory::MmapDirectory;

use super::schema;
use super::schema::Fields;
use super::spell::Form;
use crate::db::reading::READER;
use crate::db::search::Paper;

/// Most processes that answer searches over one data folder.
const PLACES: usize = 16;
/// Memory of the writer, bytes: the least it works with.
const WRITER: usize = 15_000_000;
/// Entries that may wait for the writer: it takes in ten thousand before it says stop, which is their texts twice.
const WAITING: usize = 400;

/// What went wrong with the index.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("search index: {0}")]
    Index(#[from] tantivy::TantivyError),
    #[error("folder of the search index: {0}")]
    Folder(#[from] io::Error),
    /// More processes than places.
    #[error("no free place for a search index")]
    NoPlace,
    /// Work on it was given up half-way.
    #[error("the search index is closed")]
    Closed,
    /// It panicked; the index is not to be trusted.
    #[error("search index broke off: {0}")]
    Broken(#[from] tokio::task::JoinError),
}

pub type Result<T> = std::result::Result<T, Error>;

/// An open index that only this process writes.
pub struct Shelf {
    fields: Fields,
    index: Index,
    reader: IndexReader,
    writer: Option<IndexWriter>,
    /// Entries given to the writer since it last put everything on disk.
    waiting: usize,
    /// The moment (ms UTC) up to which changes were looked for; 0: never.
    since: i64,
    /// Held while the index is open; the system lets go of it even when the process is killed.
    _place: File,
}

/// How an entry stands in the index, to be compared with its row: unit, state as a number, version.
pub type Standing = (i64, u64, i64);

/// Whether what is there may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    Keep,
    Wipe,
}

impl Shelf {
    pub fn open(base: &Path, trust: Trust) -> Result<Shelf> {
        std::fs::create_dir_all(base)?;
        let (folder, place) = place(base)?;
        let (schema, fields) = schema::schema();
        let known = match trust {
            Trust::Keep => usable(&folder, &schema),
            Trust::Wipe => None,
        };
        let (index, since) = match known {
            Some(known) => known,
            None => {
                if folder.exists() {
                    std::fs::remove_dir_all(&folder)?;
                }
                std::fs::create_dir_all(&folder)?;
                (Index::create_in_dir(&folder, schema)?, 0)
            }
        };
        for form in [Form::Exact, Form::Folded] {
            index.tokenizers().register(form.name(), form);
        }
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        Ok(Shelf {
            fields,
            index,
            reader,
            writer: None,
            waiting: 0,
            since,
            _place: place,
        })
    }

    pub fn since(&self) -> i64 {
        self.since
    }

    /// The index as it was last committed.
    pub fn view(&self) -> View {
        View {
            searcher: self.reader.searcher(),
            fields: self.fields,
        }
    }

    /// How every entry stands in the index.
    pub fn standings(&self) -> Result<HashMap<i64, Standing>> {
        let searcher = self.reader.searcher();
        let mut all = HashMap::with_capacity(usize::try_from(searcher.num_docs()).unwrap_or(0));
        for segment in searcher.segment_readers() {
            let columns = segment.fast_fields();
            let entries = columns.i64(schema::ENTRY)?;
            let units = columns.i64(schema::UNIT)?;
            let states = columns.u64(schema::STATE)?;
            let versions = columns.i64(schema::ENTRY_VERSION)?;
            for doc in segment.doc_ids_alive() {
                if let (Some(entry), Some(unit), Some(state), Some(version)) = (
                    entries.first(doc),
                    units.first(doc),
                    states.first(doc),
                    versions.first(doc),
                ) {
                    all.insert(entry, (unit, state, version));
                }
            }
        }
        Ok(all)
    }

    /// Writes entries in place of what was known of them. Nothing is seen before `commit`.
    pub fn write(&mut self, papers: &[Paper]) -> Result<()> {
        let fields = self.fields;
        let writer = self.writer()?;
        for paper in papers {
            writer.delete_term(Term::from_field_i64(fields.entry, paper.id));
            writer.add_document(schema::document(&fields, paper))?;
        }
        self.waiting += papers.len();
        if self.waiting >= WAITING {
            // On disk, but not yet seen: the reader goes on with what it has.
            self.put_down(self.since)?;
        }
        Ok(())
    }

    /// Takes entries out.
    pub fn remove(&mut self, entries: &[i64]) -> Result<()> {
        let field = self.fields.entry;
        let writer = self.writer()?;
        for entry in entries {
            writer.delete_term(Term::from_field_i64(field, *entry));
        }
        Ok(())
    }

    /// Makes what was written seen, and notes up to when changes were looked for.
    pub fn commit(&mut self, since: i64) -> Result<()> {
        self.put_down(since)?;
        self.since = since;
        self.reader.reload()?;
        Ok(())
    }

    fn put_down(&mut self, since: i64) -> Result<()> {
        let payload = format!("{} {since}", version());
        let mut commit = self.writer()?.prepare_commit()?;
        commit.set_payload(&payload);
        commit.commit()?;
        self.waiting = 0;
        Ok(())
    }

    /// Nothing had to be written.
    pub fn nothing_new(&mut self, since: i64) {
        self.since = since;
    }

    fn writer(&mut self) -> Result<&mut IndexWriter> {
        let writer = match self.writer.take() {
            Some(writer) => writer,
            None => self.index.writer_with_num_threads(1, WRITER)?,
        };
        Ok(self.writer.insert(writer))
    }
}

/// What a question is put to.
#[derive(Clone)]
pub struct View {
    pub searcher: Searcher,
    pub fields: Fields,
}

/// The first place that no other process holds.
fn place(base: &Path) -> Result<(PathBuf, File)> {
    for number in 0..PLACES {
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(base.join(format!("{number}.lock")))?;
        match lock.try_lock() {
            Ok(()) => return Ok((base.join(number.to_string()), lock)),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
    }
    Err(Error::NoPlace)
}

/// What an index must have been made by: these fields and words, and texts of this reader.
fn version() -> String {
    format!("{}.{READER}", schema::VERSION)
}

/// An index that is there, whole, and of this version, and up to when it knows changes.
fn usable(folder: &Path, schema: &tantivy::schema::Schema) -> Option<(Index, i64)> {
    let index = Index::open(MmapDirectory::open(folder).ok()?).ok()?;
    let payload = index.load_metas().ok()?.payload?;
    let (known, since) = payload.split_once(' ')?;
    let whole = || {
        index
            .validate_checksum()
            .is_ok_and(|damaged| damaged.is_empty())
    };
    let ours = known == version() && index.schema() == *schema && whole();
    ours.then_some(())?;
    // One that was never filled to its end says 0.
    let since = since.parse().ok().filter(|since| *since > 0)?;
    Some((index, since))
}
