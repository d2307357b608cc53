//! Removals: personal data of a contest that is over, or of one person who asked for it (`person`), confirmed by a
//! person and then removed in pieces.
//!
//! What is left of a mail or an entry is its row (a tombstone): hash, UID rows, receipt code, when and by which removal.
//! By it the same mail is known when a server, a file or a backup brings it again.

mod files;
mod person;
mod pieces;

pub use files::doom_mail;
pub use files::doomed;
pub use files::forget_readings;
pub use files::let_go;
pub use files::unnamed;
pub use person::Mail;
pub use person::Post;
pub use person::Related;
pub use person::bond;
pub use person::choose;
pub use person::letters_of;
pub use person::mails_of;
pub use person::propose_of;
pub use person::related;
pub use person::senders;
pub use person::slips;
pub use person::spare;
pub use person::under_way;
pub use person::withdraw;
pub use pieces::acts;
pub use pieces::entries;
pub use pieces::jobs;
pub use pieces::leftovers;
pub use pieces::letters;
pub use pieces::mailings;
pub use pieces::mails;
pub use pieces::matters;
pub use pieces::papers;

use sha2::Digest as _;
use sha2::Sha256;

use super::Db;
use super::Error;
use super::Result;
use super::Tx;
use super::new_id;
use super::on_db;
use super::on_tx;
use crate::entry::MessageState;
use crate::entry::RemovalState;
use crate::text::words::hex;

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Removal {
    pub id: i64,
    pub contest_id: i64,
    pub state: RemovalState,
    /// What the plan said, JSON (`contest::Retention`).
    pub rule: String,
    pub due_at: i64,
    pub asked_at: Option<i64>,
    /// What came later than this stays.
    pub confirmed_at: Option<i64>,
    /// Not before; until then it can be called off.
    pub run_at: Option<i64>,
    /// Removed so far.
    pub messages: i64,
    pub entries: i64,
    pub files: i64,
    pub ended_at: Option<i64>,
    /// Of one person: the entry on whose page it was asked for. `None`: of the whole contest.
    pub entry_id: Option<i64>,
    /// Number and date of the paper on which the person asked for it.
    pub paper: Option<String>,
}

const COLUMNS: &str = "id, contest_id, state, rule, due_at, asked_at, confirmed_at, run_at, messages, entries, files, ended_at,
    entry_id, paper";

/// What a removal would take, and what is still undecided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub messages: i64,
    pub entries: i64,
    pub letters: i64,
    /// Different files, those included that other contests hold too.
    pub files: i64,
    /// Open matters of the contest.
    pub open: i64,
}

/// The removal of a whole contest that is not done, if there is one.
pub async fn open(tx: &mut Tx, contest: i64) -> Result<Option<Removal>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM removal WHERE contest_id = $1 AND state <> 'done' AND entry_id IS NULL"
    );
    Ok(
        on_tx!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(contest).fetch_optional(conn).await?),
    )
}

/// Proposes the removal of a whole contest, or finds the one that is not done.
pub async fn propose(
    tx: &mut Tx,
    contest: i64,
    rule: &str,
    due_at: i64,
    now: i64,
) -> Result<Removal> {
    on_tx!(tx, conn => sqlx::query(
        "INSERT INTO removal (id, contest_id, state, rule, due_at, proposed_at) VALUES ($1, $2, 'proposed', $3, $4, $5)
         ON CONFLICT (contest_id) WHERE state <> 'done' AND entry_id IS NULL
         DO UPDATE SET rule = excluded.rule, due_at = excluded.due_at
         WHERE removal.state = 'proposed'",
    )
    .bind(new_id()).bind(contest).bind(rule).bind(due_at).bind(now)
    .execute(conn).await?.rows_affected());
    open(tx, contest).await?.ok_or(Error::Missing)
}

pub async fn get(tx: &mut Tx, id: i64) -> Result<Removal> {
    let sql = format!("SELECT {COLUMNS} FROM removal WHERE id = $1");
    let row = on_tx!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await?);
    row.ok_or(Error::Missing)
}

/// All removals of all contests, the oldest first.
pub async fn all(db: &Db) -> Result<Vec<Removal>> {
    let sql = format!("SELECT {COLUMNS} FROM removal ORDER BY id");
    Ok(on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(pool).await?))
}

/// When the last removal ended, whichever contest it was of.
pub async fn last_end(db: &Db) -> Result<Option<i64>> {
    Ok(
        on_db!(db, pool => sqlx::query_scalar("SELECT max(ended_at) FROM removal").fetch_one(pool).await?),
    )
}

/// Notes that a person is asked now.
pub async fn asked(tx: &mut Tx, id: i64, now: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query("UPDATE removal SET asked_at = $2 WHERE id = $1")
        .bind(id).bind(now).execute(conn).await?.rows_affected());
    Ok(())
}

/// A person has confirmed it. `Stale` unless it is proposed.
pub async fn confirm(tx: &mut Tx, id: i64, now: i64, run_at: i64) -> Result<()> {
    moved(on_tx!(tx, conn => sqlx::query(
        "UPDATE removal SET state = 'confirmed', confirmed_at = $2, run_at = $3 WHERE id = $1 AND state = 'proposed'",
    )
    .bind(id).bind(now).bind(run_at).execute(conn).await?.rows_affected()))
}

/// It is called off before it began, and is a proposal again. `Stale` when it has begun.
pub async fn call_off(tx: &mut Tx, id: i64) -> Result<()> {
    moved(on_tx!(tx, conn => sqlx::query(
        "UPDATE removal SET state = 'proposed', confirmed_at = NULL, run_at = NULL WHERE id = $1 AND state = 'confirmed'",
    )
    .bind(id).execute(conn).await?.rows_affected()))
}

/// Its work begins. `Stale` unless it is confirmed.
pub async fn begin(tx: &mut Tx, id: i64) -> Result<()> {
    moved(
        on_tx!(tx, conn => sqlx::query("UPDATE removal SET state = 'running' WHERE id = $1 AND state = 'confirmed'")
        .bind(id).execute(conn).await?.rows_affected()),
    )
}

/// Counts what was removed.
pub async fn count(
    tx: &mut Tx,
    id: i64,
    messages: usize,
    entries: usize,
    files: usize,
) -> Result<()> {
    let [messages, entries, files] =
        [messages, entries, files].map(|n| i64::try_from(n).unwrap_or(i64::MAX));
    on_tx!(tx, conn => sqlx::query(
        "UPDATE removal SET messages = messages + $2, entries = entries + $3, files = files + $4 WHERE id = $1",
    )
    .bind(id).bind(messages).bind(entries).bind(files).execute(conn).await?.rows_affected());
    Ok(())
}

/// Everything is gone. `Stale` unless it runs.
pub async fn end(tx: &mut Tx, id: i64, now: i64) -> Result<()> {
    moved(
        on_tx!(tx, conn => sqlx::query("UPDATE removal SET state = 'done', ended_at = $2 WHERE id = $1 AND state = 'running'")
        .bind(id).bind(now).execute(conn).await?.rows_affected()),
    )
}

fn moved(rows: u64) -> Result<()> {
    if rows == 0 { Err(Error::Stale) } else { Ok(()) }
}

/// What a removal of the contest would take now.
pub async fn counts(db: &Db, contest: i64) -> Result<Counts> {
    const MAILS: &str = "SELECT count(*) FROM message WHERE contest_id = $1 AND state <> 'removed'";
    const ENTRIES: &str = "SELECT count(*) FROM entry WHERE contest_id = $1 AND removed_at IS NULL";
    const LETTERS: &str = "SELECT count(*) FROM letter WHERE contest_id = $1 AND kind NOT IN ('login', 'alarm') AND recipient <> ''";
    const FILES: &str = "SELECT count(*) FROM (
             SELECT blob FROM message WHERE contest_id = $1 AND state <> 'removed'
             UNION SELECT mime_part.blob FROM mime_part JOIN message ON message.id = mime_part.message_id
                 WHERE message.contest_id = $1
             UNION SELECT entry_file.blob FROM entry_file JOIN entry_version ON entry_version.id = entry_file.version_id
                 JOIN entry ON entry.id = entry_version.entry_id WHERE entry.contest_id = $1) AS names";
    const OPEN: &str = "SELECT count(*) FROM matter WHERE contest_id = $1 AND closed_at IS NULL AND kind <> 'retention'";
    let mut found = [0; 5];
    for (n, sql) in found.iter_mut().zip([MAILS, ENTRIES, LETTERS, FILES, OPEN]) {
        *n = on_db!(db, pool => sqlx::query_scalar(sql).bind(contest).fetch_one(pool).await?);
    }
    let [messages, entries, letters, files, open] = found;
    Ok(Counts {
        messages,
        entries,
        letters,
        files,
        open,
    })
}

/// Whether the data of an entry was removed.
pub async fn has_taken(tx: &mut Tx, entry: i64) -> Result<bool> {
    let n: i64 = on_tx!(tx, conn => sqlx::query_scalar("SELECT count(*) FROM entry WHERE id = $1 AND removed_at IS NOT NULL")
        .bind(entry).fetch_one(conn).await?);
    Ok(n > 0)
}

/// When the data of an entry was removed, if it was, and on which paper its author asked for that.
pub async fn of_entry(db: &Db, entry: i64) -> Result<Option<(i64, Option<String>)>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT entry.removed_at, removal.paper FROM entry LEFT JOIN removal ON removal.id = entry.removal_id
         WHERE entry.id = $1 AND entry.removed_at IS NOT NULL",
    )
    .bind(entry).fetch_optional(pool).await?))
}

/// Whether mails of the contest were removed, or are being removed.
pub async fn has_begun(db: &Db, contest: i64) -> Result<bool> {
    let n: i64 = on_db!(db, pool => sqlx::query_scalar(
        "SELECT count(*) FROM removal WHERE contest_id = $1 AND state IN ('running', 'done')",
    )
    .bind(contest).fetch_one(pool).await?);
    Ok(n > 0)
}

/// Whether the bytes of this hash are a mail of the contest that was removed.
pub async fn is_removed(db: &Db, contest: i64, blob: &str) -> Result<bool> {
    let n: i64 = on_db!(db, pool => sqlx::query_scalar(
        "SELECT count(*) FROM message WHERE contest_id = $1 AND blob = $2 AND state = $3",
    )
    .bind(contest).bind(blob).bind(MessageState::Removed).fetch_one(pool).await?);
    Ok(n > 0)
}

/// A mail turns out to be one that was removed before, in other bytes: it goes the same way.
pub async fn follow(tx: &mut Tx, mail: i64, removed: i64, now: i64) -> Result<()> {
    let left = on_tx!(tx, conn => sqlx::query(
        "UPDATE message SET state = 'removed', same_as = $2, removed_at = $3,
             removal_id = (SELECT removal_id FROM message AS first WHERE first.id = $2)
         WHERE id = $1 AND state = 'stored'",
    )
    .bind(mail).bind(removed).bind(now).execute(conn).await?.rows_affected());
    moved(left)
}

/// What stands in the place of a Message-ID that was removed: people's names are in many.
pub(in crate::db) fn veiled(rfc_id: &str) -> String {
    format!("sha256:{}", hex(&Sha256::digest(rfc_id)))
}
