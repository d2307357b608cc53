//! Every row out of one database and into another, whatever kind they are: what a backup holds.
//!
//! A row is a JSON object of its columns: whole numbers, texts, true and false, nothing else is in the schema.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use futures::TryStreamExt as _;
use serde_json::Map;
use serde_json::Value;
use sqlx::Row as _;

use super::Error;
use super::Result;
use super::Tx;
use super::on_tx;

/// A row as it stands in a backup.
pub type Line = Map<String, Value>;

/// A table, and how its rows go from one database into another.
#[derive(Debug)]
pub struct Table {
    pub name: &'static str,
    /// The columns of its key.
    key: &'static str,
    /// Columns that are set when all rows of all tables are there: they point into the table itself, or close it.
    pub later: &'static [&'static str],
    /// The columns that name a blob, each with the column that holds its size, if any.
    pub blobs: &'static [(&'static str, Option<&'static str>)],
    /// Holds for rows that name their blob; of the others it is a trace.
    named: &'static str,
}

const fn table(name: &'static str, key: &'static str) -> Table {
    Table {
        name,
        key,
        later: &[],
        blobs: &[],
        named: "1 = 1",
    }
}

/// Every table that a backup holds; what a row points to comes before it.
pub const TABLES: &[Table] = &[
    table("contest", "id"),
    table("plan_version", "id"),
    Table {
        later: &["parent_id"],
        ..table("unit", "id")
    },
    table("round", "id"),
    Table {
        // A locked list takes no rows in (lock.sql).
        later: &["locked_at"],
        ..table("queue", "id")
    },
    table("account", "id"),
    table("mailbox", "id"),
    table("removal", "id"),
    table("removal_item", "removal_id, subject, subject_id"),
    Table {
        later: &["same_as"],
        blobs: &[("blob", Some("size"))],
        named: "state <> 'removed'",
        ..table("message", "id")
    },
    table("delivery", "id"),
    Table {
        blobs: &[("blob", Some("size"))],
        ..table("mime_part", "id")
    },
    // Its blob is a file of a mail or an entry; what is read of one that is gone is of no use.
    table("reading", "blob, reader"),
    table("submission", "id"),
    Table {
        later: &["same_as", "joined_to"],
        ..table("entry", "id")
    },
    table("entry_version", "id"),
    table("resend", "id"),
    Table {
        blobs: &[("blob", Some("size"))],
        ..table("entry_file", "id")
    },
    table("finding", "id"),
    table("slip", "version_id"),
    table("queue_entry", "id"),
    table("matter", "id"),
    table("act", "id"),
    table("grant_role", "id"),
    Table {
        blobs: &[("mime_blob", None)],
        ..table("letter", "id")
    },
    table("letter_attempt", "id"),
    table("relay", "name"),
    table("job", "id"),
    table("event", "id"),
    table(INSTALLATION, "id"),
    table("trusted_key", "id"),
    table("cover", "id"),
    table("judge_copy", "version_id"),
    table("conflict", "id"),
    table("lot", "id"),
    table("mark_sheet", "id"),
    table("mark_flag", "id"),
    table("ranking", "id"),
    table("ranking_line", "ranking_id, queue_entry_id"),
    table("approval", "id"),
    table("choice", "queue_entry_id"),
    table("award", "ranking_id, queue_entry_id"),
    table("handover", "id"),
    table("handover_part", "handover_id, n"),
    table("handover_entry", "handover_id, code"),
    Table {
        blobs: &[("blob", Some("size"))],
        ..table("paper", "id")
    },
    table("comparison", "entry_id"),
    table("comparison_run", "contest_id, n"),
    Table {
        blobs: &[("blob", None), ("picture", None)],
        ..table("page_picture", "blob, page")
    },
    table("page_cover", "id"),
    Table {
        blobs: &[("picture", None)],
        ..table("judge_page", "code")
    },
    table("wording", "id"),
    table("mailing", "id"),
    table("mailing_address", "mailing_id, n"),
    // Names files that are to go: none that a backup should hold.
    table("doomed_blob", "blob"),
];

/// Tables whose rows no backup holds: keys to a door that the next login makes anew.
pub const LEFT_OUT: &[&str] = &["login_token", "session"];

/// Every start makes its row, so it says nothing of what was done here.
const INSTALLATION: &str = "installation";

/// What a column may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Number,
    Text,
    Truth,
}

/// The columns of a table in the database at hand, in their order.
async fn columns(tx: &mut Tx, table: &Table) -> Result<Vec<(String, Kind)>> {
    let rows: Vec<(String, String)> = match tx {
        Tx::Lite(tx) => {
            sqlx::query_as("SELECT name, upper(type) FROM pragma_table_info($1) ORDER BY cid")
                .bind(table.name)
                .fetch_all(&mut **tx)
                .await?
        }
        Tx::Pg(tx) => {
            sqlx::query_as(
                "SELECT CAST(column_name AS TEXT), upper(CAST(data_type AS TEXT)) FROM information_schema.columns
                 WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position",
            )
            .bind(table.name)
            .fetch_all(&mut **tx)
            .await?
        }
    };
    let kind = |spelt: &str| match spelt {
        "BIGINT" => Kind::Number,
        "BOOLEAN" => Kind::Truth,
        _ => Kind::Text,
    };
    Ok(rows
        .into_iter()
        .map(|(name, spelt)| (name, kind(&spelt)))
        .collect())
}

/// Reads the rows of a table in the order of its key, each as one line of JSON. Returns how many there were.
pub async fn rows<E: From<Error>>(
    tx: &mut Tx,
    table: &Table,
    mut take: impl FnMut(String) -> std::result::Result<(), E>,
) -> std::result::Result<u64, E> {
    let columns = columns(tx, table).await?;
    let names: Vec<String> = columns
        .iter()
        .map(|(name, _)| format!("\"{name}\""))
        .collect();
    let sql = format!(
        "SELECT {} FROM {} ORDER BY {}",
        names.join(", "),
        table.name,
        table.key
    );
    let mut count = 0;
    on_tx!(tx, conn => {
        let mut rows = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch(conn);
        while let Some(row) = rows.try_next().await.map_err(Error::from)? {
            let mut line = Line::new();
            for (at, (name, kind)) in columns.iter().enumerate() {
                let value = match kind {
                    Kind::Number => row.try_get::<Option<i64>, _>(at).map(Value::from),
                    Kind::Text => row.try_get::<Option<String>, _>(at).map(Value::from),
                    Kind::Truth => row.try_get::<Option<bool>, _>(at).map(Value::from),
                };
                line.insert(name.clone(), value.map_err(Error::from)?);
            }
            take(serde_json::to_string(&line).map_err(Error::from)?)?;
            count += 1;
        }
    });
    Ok(count)
}

/// Columns that are set when all rows are there: for each table, key and values of the rows that have any.
#[derive(Debug, Default)]
pub struct Later(BTreeMap<&'static str, Vec<(i64, Line)>>);

/// Writes rows of a table; what they point to must be there, but for what `finish` sets. A column that a row does not
/// name gets the default of the schema; one that the schema does not have is `Missing`.
pub async fn load(
    tx: &mut Tx,
    table: &'static Table,
    lines: &[Line],
    later: &mut Later,
) -> Result<()> {
    let columns = columns(tx, table).await?;
    let known: BTreeSet<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    for line in lines {
        if line.keys().any(|name| !known.contains(name.as_str())) {
            return Err(Error::Missing);
        }
        let mut put_off = Line::new();
        let mut named = Vec::new();
        let mut values = Vec::new();
        for (name, kind) in &columns {
            let Some(value) = line.get(name) else {
                continue;
            };
            if !table.later.contains(&name.as_str()) {
                named.push(format!("\"{name}\""));
                values.push((*kind, value));
            } else if !value.is_null() {
                put_off.insert(name.clone(), value.clone());
            }
        }
        let places: Vec<String> = (1..=named.len()).map(|n| format!("${n}")).collect();
        let sql = format!(
            "INSERT INTO {} ({}) VALUES ({})",
            table.name,
            named.join(", "),
            places.join(", ")
        );
        write(tx, sql, &values).await?;
        if let Some(id) = line.get("id").and_then(Value::as_i64)
            && !put_off.is_empty()
        {
            later.0.entry(table.name).or_default().push((id, put_off));
        }
    }
    Ok(())
}

/// Sets the columns that were put off.
pub async fn finish(tx: &mut Tx, later: Later) -> Result<()> {
    for (table, rows) in later.0 {
        for (id, line) in rows {
            let id = Value::from(id);
            let mut values = vec![(Kind::Number, &id)];
            let mut set = Vec::new();
            for (name, value) in &line {
                // What is put off is a number: an id or a time.
                values.push((Kind::Number, value));
                set.push(format!("{name} = ${}", values.len()));
            }
            let sql = format!("UPDATE {table} SET {} WHERE id = $1", set.join(", "));
            write(tx, sql, &values).await?;
        }
    }
    Ok(())
}

async fn write(tx: &mut Tx, sql: String, values: &[(Kind, &Value)]) -> Result<()> {
    on_tx!(tx, conn => {
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
        for (kind, value) in values {
            query = match kind {
                Kind::Number => query.bind(value.as_i64()),
                Kind::Text => query.bind(value.as_str().map(str::to_owned)),
                Kind::Truth => query.bind(value.as_bool()),
            };
        }
        query.execute(conn).await?.rows_affected()
    });
    Ok(())
}

/// The first table that holds a row, if any: then contests were run here. The row that every start makes of the
/// installation does not count.
pub async fn occupied(tx: &mut Tx) -> Result<Option<&'static str>> {
    for table in TABLES {
        // An older schema does not have them all.
        if table.name == INSTALLATION || columns(tx, table).await?.is_empty() {
            continue;
        }
        let sql = format!(
            "SELECT count(*) FROM (SELECT 1 FROM {} LIMIT 1) AS one_row",
            table.name
        );
        let n: i64 =
            on_tx!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(conn).await?);
        if n > 0 {
            return Ok(Some(table.name));
        }
    }
    Ok(None)
}

/// Makes room for the rows of a backup in a database that is not `occupied`.
pub async fn vacate(tx: &mut Tx) -> Result<()> {
    on_tx!(tx, conn => sqlx::query("DELETE FROM installation").execute(conn).await?.rows_affected());
    Ok(())
}

/// Frees what processes had in hand when the backup was made: no lease is held and no job runs.
pub async fn release(tx: &mut Tx, now: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query("UPDATE mailbox SET lease_until = 0, lease_owner = NULL")
        .execute(conn).await?.rows_affected());
    on_tx!(tx, conn => sqlx::query("UPDATE job SET state = 'ready', lease_until = 0, run_at = $1 WHERE state = 'running'")
        .bind(now).execute(conn).await?.rows_affected());
    Ok(())
}

/// A blob that rows name.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Named {
    pub blob: String,
    /// A table with a row that names it.
    pub named_by: String,
    /// Its size in bytes, where a row says so.
    pub size: Option<i64>,
}

/// The query of every name of a blob that is as asked ("= $1"), with table and size.
pub(in crate::db) fn names(asked: &str) -> String {
    let mut parts = Vec::new();
    for table in TABLES {
        for (column, size) in table.blobs {
            parts.push(format!(
                "SELECT {column} AS name, '{}' AS named, CAST({} AS BIGINT) AS bytes FROM {} WHERE {column} {asked} AND {}",
                table.name,
                size.unwrap_or("NULL"),
                table.name,
                table.named
            ));
        }
    }
    parts.join(" UNION ALL ")
}

/// Every blob that a row of any table names, once.
pub async fn blobs(tx: &mut Tx) -> Result<Vec<Named>> {
    let sql = format!(
        "SELECT name AS blob, min(named) AS named_by, max(bytes) AS size FROM ({}) AS names GROUP BY name ORDER BY name",
        names("IS NOT NULL")
    );
    Ok(on_tx!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(conn).await?))
}
