//! What the search index reads: which entries changed, and all of an entry that is searched.
//!
//! A change shows in one of three ways, and each in the transaction that makes it: the id of a new entry or version,
//! an event about an entry or about the mail that brought it, and for an act or its undoing the rows that the act
//! names. Ids grow with time, so that "since" is an id; see `db::id_at`.

use std::collections::HashMap;

use super::Db;
use super::Result;
use super::on_db;
use super::view::Scope;
use crate::document::Document;
use crate::entry::EntryState;

/// Longest text of an entry that is searched, characters: forty times a long essay.
pub const LONGEST: usize = 200_000;
/// Marks in one answer.
const MARKS: i64 = 2_000;

/// A row that shows that an entry changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub struct Change {
    pub row: i64,
    pub entry: i64,
}

/// How an entry stands, as far as it tells that the index missed something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Mark {
    pub id: i64,
    pub unit: i64,
    pub state: EntryState,
    /// The version that counts.
    pub version: i64,
}

/// All of an entry that is searched: the version that counts, as the desk shows it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Paper {
    pub id: i64,
    pub contest_id: i64,
    pub unit_id: i64,
    pub receipt_code: String,
    pub state: EntryState,
    pub received_at: i64,
    pub version_id: i64,
    pub name: Option<String>,
    pub unit_text: Option<String>,
    pub class_name: Option<String>,
    pub address: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    #[sqlx(skip)]
    pub files: Vec<String>,
    /// The essay as it was read: from the mail's body, the file, the pages.
    #[sqlx(rename = "body")]
    pub text: String,
}

impl Paper {
    pub fn mark(&self) -> Mark {
        Mark {
            id: self.id,
            unit: self.unit_id,
            state: self.state,
            version: self.version_id,
        }
    }

    /// What the slip says besides the name.
    pub fn facts(&self) -> impl Iterator<Item = &str> {
        [
            &self.unit_text,
            &self.class_name,
            &self.address,
            &self.phone,
            &self.email,
        ]
        .into_iter()
        .flatten()
        .map(String::as_str)
    }
}

/// The entries that changed in rows whose id is above `floor`; an entry may be named by several rows.
pub async fn changed_since(db: &Db, floor: i64) -> Result<Vec<Change>> {
    let mut changes: Vec<Change> = on_db!(db, pool => sqlx::query_as(
        "SELECT id AS row, id AS entry FROM entry WHERE id > $1
         UNION SELECT id, entry_id FROM entry_version WHERE id > $1
         UNION SELECT id, subject_id FROM event WHERE id > $1 AND subject = 'entry'
         UNION SELECT event.id, entry.id FROM event
             JOIN submission ON submission.message_id = event.subject_id
             JOIN entry_version ON entry_version.submission_id = submission.id
             JOIN entry ON entry.id = entry_version.entry_id
             WHERE event.id > $1 AND event.subject = 'message'",
    )
    .bind(floor).fetch_all(pool).await?);
    // Every act about the row of the event: the one that was done, and the one that was undone.
    let acts: Vec<(i64, String, String)> = on_db!(db, pool => sqlx::query_as(
        "SELECT event.id, act.before, act.after FROM event
         JOIN act ON act.subject = event.subject AND act.subject_id = event.subject_id
         WHERE event.id > $1 AND (event.kind LIKE 'act.%' OR event.kind LIKE 'undo.%')",
    )
    .bind(floor).fetch_all(pool).await?);
    for (row, before, after) in acts {
        let touched = [before, after];
        let entries = touched.iter().flat_map(|rows| touched_by(rows));
        changes.extend(entries.map(|entry| Change { row, entry }));
    }
    changes.sort_unstable();
    changes.dedup();
    Ok(changes)
}

/// The entries that an act names in the rows it keeps; another form of act names none.
fn touched_by(rows: &str) -> Vec<i64> {
    let rows: serde_json::Value = serde_json::from_str(rows).unwrap_or_default();
    let entries = rows.get("entries").and_then(|entries| entries.as_array());
    entries
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.get("id")?.as_i64())
        .collect()
}

/// How entries stand whose id is above `after`, by id; no more than a few thousand.
pub async fn marks(db: &Db, after: i64) -> Result<Vec<Mark>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT entry.id, entry.unit_id AS unit, entry.state, entry_version.id AS version
         FROM entry JOIN entry_version ON entry_version.entry_id = entry.id
             AND entry_version.stands
         WHERE entry.id > $1 ORDER BY entry.id LIMIT $2",
    )
    .bind(after).bind(MARKS).fetch_all(pool).await?))
}

/// Entries for the index, whichever of these there are.
pub async fn papers(db: &Db, entries: &[i64]) -> Result<Vec<Paper>> {
    read(db, entries, "1 = 1").await
}

/// Entries for a page, within a scope, in the order asked for.
pub async fn papers_within(db: &Db, scope: &Scope, entries: &[i64]) -> Result<Vec<Paper>> {
    let mut found = read(db, entries, &scope.within("entry.unit_id")).await?;
    found.sort_by_key(|paper| entries.iter().position(|entry| *entry == paper.id));
    Ok(found)
}

async fn read(db: &Db, entries: &[i64], condition: &str) -> Result<Vec<Paper>> {
    if entries.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT entry.id, entry.contest_id, entry.unit_id, entry.receipt_code, entry.state, entry.received_at,
             entry_version.id AS version_id, slip.name, slip.unit_text, slip.class_name, slip.address, slip.phone,
             slip.email, CASE WHEN entry_version.in_body THEN coalesce(message.body, '') ELSE '' END AS body
         FROM entry
         JOIN entry_version ON entry_version.entry_id = entry.id
             AND entry_version.stands
         JOIN submission ON submission.id = entry_version.submission_id
         LEFT JOIN message ON message.id = submission.message_id
         LEFT JOIN slip ON slip.version_id = entry_version.id
         WHERE entry.id IN ({}) AND {condition} ORDER BY entry.id",
        list(entries)
    );
    let mut papers: Vec<Paper> =
        on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(pool).await?);
    let versions: Vec<i64> = papers.iter().map(|paper| paper.version_id).collect();
    if versions.is_empty() {
        return Ok(papers);
    }
    let sql = format!(
        "SELECT entry_file.version_id, entry_file.name, reading.body FROM entry_file
         LEFT JOIN reading ON reading.blob = entry_file.blob AND entry_file.role IN ('main', 'page')
             AND reading.reader = (SELECT max(reader) FROM reading AS newest WHERE newest.blob = entry_file.blob)
         WHERE entry_file.version_id IN ({}) ORDER BY entry_file.ordinal, entry_file.id",
        list(&versions)
    );
    let files: Vec<(i64, String, Option<String>)> =
        on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(pool).await?);
    let mut of_version: HashMap<i64, &mut Paper> = papers
        .iter_mut()
        .map(|paper| (paper.version_id, paper))
        .collect();
    for (version, name, reading) in files {
        let Some(paper) = of_version.get_mut(&version) else {
            continue;
        };
        paper.files.push(name);
        if let Some(reading) = reading {
            let document: Document = serde_json::from_str(&reading)?;
            if !paper.text.is_empty() && !document.text.is_empty() {
                paper.text.push('\n');
            }
            paper.text.push_str(&document.text);
        }
    }
    for paper in &mut papers {
        if let Some((end, _)) = paper.text.char_indices().nth(LONGEST) {
            paper.text.truncate(end);
        }
    }
    Ok(papers)
}

/// Numbers only, so nothing can be smuggled in.
fn list(ids: &[i64]) -> String {
    let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
    ids.join(", ")
}
