//! The database: one SQL text for SQLite and PostgreSQL, a file a table.
//!
//! A statement is written once with `$1` binds; `on_db!` and `on_tx!` expand it once per driver, so that both
//! compilers check it. `tests/it/db.rs` runs every function on both. Traps are listed in ARCHITECTURE.md.

use std::borrow::Cow;
use std::str::FromStr;
use std::time::Duration;

use sqlx::Connection as _;
use sqlx::PgPool;
use sqlx::SqlitePool;
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::sqlite::SqliteJournalMode;
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::sqlite::SqliteSynchronous;

pub mod account;
pub mod act;
pub mod attempt;
pub mod backup;
pub mod comparison;
pub mod contest;
pub mod copy;
pub mod delivery;
pub mod desk;
pub mod entry;
pub mod event;
pub mod figures;
pub mod handover;
pub mod id;
pub mod installation;
pub mod job;
pub mod judge;
pub mod letter;
pub mod mailbox;
pub mod mailing;
pub mod matter;
pub mod message;
pub mod page;
pub mod paper;
pub mod queue;
pub mod reading;
pub mod relay;
pub mod removal;
pub mod search;
pub mod trace;
pub mod version;
pub mod view;
pub mod wording;

pub use id::id_at;
pub use id::new_id;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// Where the rows are.
#[derive(Clone, Debug)]
pub enum Db {
    /// One connection writes and the others read, so that nobody meets SQLITE_BUSY.
    Lite {
        write: SqlitePool,
        read: SqlitePool,
    },
    Pg(PgPool),
}

/// A transaction. Dropped without `commit`, it leaves nothing behind.
pub enum Tx {
    Lite(sqlx::Transaction<'static, sqlx::Sqlite>),
    Pg(sqlx::Transaction<'static, sqlx::Postgres>),
}

/// What can go wrong with rows.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no such row")]
    Missing,
    /// The row is no longer as the caller saw it: somebody was faster.
    #[error("the row has changed meanwhile")]
    Stale,
    #[error("database: {0}")]
    Sqlx(#[from] sqlx::Error),
    #[error("migrate the database: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A row holds JSON that this version does not understand.
    #[error("unreadable row: {0}")]
    Json(#[from] serde_json::Error),
}

pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Whether the database as a whole is in trouble (away, held by somebody, its disk full), so that the same call works
    /// once that has passed.
    pub fn passes(&self) -> bool {
        match self {
            Error::Sqlx(sqlx::Error::Database(error)) => {
                error.code().is_some_and(|code| is_of_the_house(&code))
            }
            Error::Sqlx(
                sqlx::Error::Io(_)
                | sqlx::Error::Tls(_)
                | sqlx::Error::Protocol(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed,
            ) => true,
            Error::Sqlx(_) | Error::Migrate(_) | Error::Json(_) | Error::Missing | Error::Stale => {
                false
            }
        }
    }
}

/// SQLSTATE classes of PostgreSQL (connection, rolled back for others' sake, resources, held, operator, system) and primary
/// result codes of SQLite (busy, locked, no memory, read-only, I/O, full, cannot open).
fn is_of_the_house(code: &str) -> bool {
    if code.len() == 5 {
        return ["08", "40", "53", "55", "57", "58"]
            .iter()
            .any(|class| code.starts_with(class));
    }
    code.parse::<u32>()
        .is_ok_and(|code| matches!(code & 0xff, 5..=8 | 10 | 13 | 14))
}

/// Expands a body for the database at hand. The pool of `Lite` is the reading one.
macro_rules! on_db {
    ($db:expr, $pool:ident => $body:expr) => {
        match $db {
            $crate::db::Db::Lite { read: $pool, .. } => $body,
            $crate::db::Db::Pg($pool) => $body,
        }
    };
}

/// Expands a body for the transaction at hand; `$conn` is a connection to execute on (once).
macro_rules! on_tx {
    ($tx:expr, $conn:ident => $body:expr) => {
        match $tx {
            $crate::db::Tx::Lite(tx) => {
                let $conn = &mut **tx;
                $body
            }
            $crate::db::Tx::Pg(tx) => {
                let $conn = &mut **tx;
                $body
            }
        }
    };
}

pub(crate) use on_db;
pub(crate) use on_tx;

/// True when the statement met a UNIQUE constraint (SQLite names none, so neither do we).
pub fn is_unique_violation(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(|error| error.is_unique_violation())
}

/// A stranger's text as both databases take it: PostgreSQL refuses a zero byte (and with it the whole
/// transaction), so that U+FFFD stands in its place.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    if text.contains('\0') {
        Cow::Owned(text.replace('\0', "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Connections that are in no transaction when they are handed out. On a full disk SQLite itself takes a transaction back;
/// the driver's own rollback then fails, and the connection would be of no use to anybody for ever.
fn lite_pool() -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .acquire_timeout(Duration::from_secs(60))
        .before_acquire(|conn, _| Box::pin(async move { Ok(!conn.is_in_transaction()) }))
}

/// How the one connection that writes begins, in one call: with commits that wait for the disk, whatever the last one did…
const BEGIN: &str = "PRAGMA synchronous = FULL; BEGIN IMMEDIATE";
/// … or that do not ([`Db::begin_repeatable`]).
const BEGIN_REPEATABLE: &str = "PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE";

impl Db {
    /// Opens `sqlite:PATH` or `postgres://…` and brings it to the newest schema.
    pub async fn open(url: &str) -> Result<Db> {
        let db = Db::connect(url).await?;
        db.migrate().await?;
        Ok(db)
    }

    /// Opens without touching the schema.
    pub async fn connect(url: &str) -> Result<Db> {
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            // A server takes a hundred by default, for all processes and commands together: what a busy minute opened
            // is given back soon.
            let pool = PgPoolOptions::new()
                .max_connections(12)
                .idle_timeout(Duration::from_secs(20))
                .acquire_timeout(Duration::from_secs(30))
                .connect(url)
                .await?;
            return Ok(Db::Pg(pool));
        }
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // REPLACE deletes rows; without this their triggers do not hear of it, and a locked list could go.
            .pragma("recursive_triggers", "ON")
            .busy_timeout(Duration::from_secs(20));
        let write = lite_pool()
            .max_connections(1)
            .connect_with(options.clone())
            .await?;
        // A reader is a thread with a cache of its own: more of them than processors can use only hold memory.
        let readers = std::thread::available_parallelism().map_or(2, |n| n.get().clamp(2, 8));
        let read = lite_pool()
            .max_connections(u32::try_from(readers).unwrap_or(2))
            .connect_with(options.read_only(true))
            .await?;
        Ok(Db::Lite { write, read })
    }

    /// The number of the last migration that was run here; `None` where there is no table yet.
    pub async fn schema(&self) -> Result<Option<i64>> {
        let sql = match self {
            Db::Lite { .. } => "SELECT count(*) FROM sqlite_master WHERE name = '_sqlx_migrations'",
            Db::Pg(_) => {
                "SELECT count(*) FROM pg_class WHERE oid = to_regclass('_sqlx_migrations')"
            }
        };
        let there: i64 = on_db!(self, pool => sqlx::query_scalar(sql).fetch_one(pool).await?);
        if there == 0 {
            return Ok(None);
        }
        Ok(
            on_db!(self, pool => sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
            .fetch_one(pool).await?),
        )
    }

    /// The number of the newest migration that this program knows.
    pub fn newest_schema() -> i64 {
        let known = MIGRATIONS.iter().map(|migration| migration.version);
        known.max().unwrap_or_default()
    }

    /// Brings an empty database to an older schema, for rows that were written under it; `migrate` does the rest.
    pub async fn migrate_to(&self, version: i64) -> Result<()> {
        match self {
            Db::Lite { write, .. } => MIGRATIONS.run_to(version, write).await?,
            Db::Pg(pool) => MIGRATIONS.run_to(version, pool).await?,
        }
        Ok(())
    }

    /// Brings the schema up to date; does nothing when it is.
    pub async fn migrate(&self) -> Result<()> {
        // Triggers are the one thing the two databases spell differently; both texts may be run again and again.
        match self {
            Db::Lite { write, .. } => {
                MIGRATIONS.run(write).await?;
                sqlx::raw_sql(include_str!("../../migrations/sqlite/lock.sql"))
                    .execute(write)
                    .await?;
            }
            Db::Pg(pool) => {
                MIGRATIONS.run(pool).await?;
                put_pg_triggers(pool).await?;
            }
        }
        Ok(())
    }

    /// Begins a transaction that may write.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(match self {
            Db::Lite { write, .. } => Tx::Lite(write.begin_with(BEGIN).await?),
            Db::Pg(pool) => Tx::Pg(pool.begin().await?),
        })
    }

    /// Begins a transaction whose rows a power cut may take back, as long as nobody outside has seen them: they are on disk
    /// for good with the next transaction of [`Db::begin`], which stands before everything that leaves the house. For
    /// work that would be done again from what is on disk already, to the same end. A killed process loses nothing.
    pub async fn begin_repeatable(&self) -> Result<Tx> {
        Ok(match self {
            Db::Lite { write, .. } => Tx::Lite(write.begin_with(BEGIN_REPEATABLE).await?),
            Db::Pg(pool) => {
                let mut tx = pool.begin().await?;
                sqlx::query("SET LOCAL synchronous_commit = off")
                    .execute(&mut *tx)
                    .await?;
                Tx::Pg(tx)
            }
        })
    }

    /// Begins a transaction that only reads, and sees all tables as they are at one moment, however long it takes and
    /// whatever others write meanwhile.
    pub async fn snapshot(&self) -> Result<Tx> {
        Ok(match self {
            Db::Lite { read, .. } => Tx::Lite(read.begin_with("BEGIN DEFERRED").await?),
            Db::Pg(pool) => Tx::Pg(
                pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                    .await?,
            ),
        })
    }

    /// Whether only one process may work on it.
    pub fn is_lite(&self) -> bool {
        matches!(self, Db::Lite { .. })
    }

    /// Writes a SQLite file anew without the room that deleted rows have left, in which their bytes still stand; nobody
    /// else writes meanwhile. PostgreSQL does so by itself, as far as it does (autovacuum).
    pub async fn compact(&self) -> Result<()> {
        if let Db::Lite { write, .. } = self {
            sqlx::query("VACUUM").execute(write).await?;
            sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
                .execute(write)
                .await?;
        }
        Ok(())
    }

    pub async fn close(&self) {
        match self {
            Db::Lite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Db::Pg(pool) => pool.close().await,
        }
    }
}

/// Several processes may start at once: an advisory lock lets one after the other put the triggers in place.
async fn put_pg_triggers(pool: &PgPool) -> Result<()> {
    let mut tx = pool.begin().await?;
    sqlx::query("SELECT pg_advisory_xact_lock(7241001)")
        .execute(&mut *tx)
        .await?;
    // The last one of the text: with it all are there, and putting them anew would wait for whoever works.
    let there: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM pg_trigger WHERE tgname = 'approval_kept' AND tgrelid = 'approval'::regclass",
    )
    .fetch_one(&mut *tx)
    .await?;
    if there == 0 {
        sqlx::raw_sql(include_str!("../../migrations/postgres/lock.sql"))
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    Ok(())
}

impl Tx {
    pub async fn commit(self) -> Result<()> {
        match self {
            Tx::Lite(tx) => tx.commit().await?,
            Tx::Pg(tx) => tx.commit().await?,
        }
        Ok(())
    }
}
