//! Entries, their submissions, versions, files, findings and slips: what somebody handed in.

use super::Db;
use super::Error;
use super::Result;
use super::Tx;
use super::new_id;
use super::on_db;
use super::on_tx;
use super::plain;
use crate::entry::EntryState;
use crate::entry::FileRole;
use crate::entry::Finding;
use crate::entry::Timeliness;
use crate::slip::Slip;
use crate::text::fold;

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Entry {
    pub id: i64,
    pub contest_id: i64,
    pub receipt_code: String,
    pub submission_id: i64,
    pub unit_id: i64,
    pub origin_unit_id: Option<i64>,
    pub state: EntryState,
    pub timeliness: Timeliness,
    pub received_at: i64,
    pub same_as: Option<i64>,
    pub joined_to: Option<i64>,
}

const COLUMNS: &str = "id, contest_id, receipt_code, submission_id, unit_id, origin_unit_id, state, timeliness, received_at,
    same_as, joined_to";

/// One act of handing in by mail. Returns its id.
pub async fn submit(
    tx: &mut Tx,
    contest: i64,
    message: i64,
    unit: i64,
    received_at: i64,
) -> Result<i64> {
    let id = new_id();
    on_tx!(tx, conn => sqlx::query(
        "INSERT INTO submission (id, contest_id, channel, message_id, unit_id, received_at) VALUES ($1, $2, 'email', $3, $4, $5)",
    )
    .bind(id).bind(contest).bind(message).bind(unit).bind(received_at)
    .execute(conn).await?.rows_affected());
    Ok(id)
}

/// Entries that came by mail and were judged by the deadline, with the mail that brought each; the earliest first.
pub async fn judged_by_deadline(tx: &mut Tx, contest: i64) -> Result<Vec<(Entry, i64)>> {
    let sql = format!(
        "SELECT {}, submission.message_id FROM entry JOIN submission ON submission.id = entry.submission_id
         WHERE entry.contest_id = $1 AND submission.channel = 'email' AND submission.message_id IS NOT NULL
           AND entry.timeliness IN ('on_time', 'late') AND entry.state IN ('queued', 'held') AND entry.removed_at IS NULL
         ORDER BY entry.received_at, entry.id",
        COLUMNS.split(',').map(|column| format!("entry.{}", column.trim())).collect::<Vec<_>>().join(", ")
    );
    #[derive(sqlx::FromRow)]
    struct Row {
        #[sqlx(flatten)]
        entry: Entry,
        message_id: i64,
    }
    let rows: Vec<Row> = on_tx!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(contest).fetch_all(conn).await?);
    Ok(rows
        .into_iter()
        .map(|row| (row.entry, row.message_id))
        .collect())
}

/// The unit whose mailbox or desk took a submission in.
pub async fn submitted_to(tx: &mut Tx, submission: i64) -> Result<i64> {
    let unit: Option<i64> = on_tx!(tx, conn => sqlx::query_scalar("SELECT unit_id FROM submission WHERE id = $1")
        .bind(submission).fetch_optional(conn).await?);
    unit.ok_or(Error::Missing)
}

/// Writes an entry.
pub async fn insert(tx: &mut Tx, entry: &Entry, now: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query(
        "INSERT INTO entry (id, contest_id, receipt_code, submission_id, unit_id, origin_unit_id, state, timeliness,
             received_at, same_as, joined_to, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(entry.id).bind(entry.contest_id).bind(&entry.receipt_code).bind(entry.submission_id).bind(entry.unit_id)
    .bind(entry.origin_unit_id).bind(entry.state).bind(entry.timeliness).bind(entry.received_at).bind(entry.same_as)
    .bind(entry.joined_to).bind(now)
    .execute(conn).await?.rows_affected());
    Ok(())
}

pub async fn get(db: &Db, id: i64) -> Result<Entry> {
    let sql = format!("SELECT {COLUMNS} FROM entry WHERE id = $1");
    let row = on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(pool).await?);
    row.ok_or(Error::Missing)
}

/// The entry as this transaction sees it.
pub async fn get_in(tx: &mut Tx, id: i64) -> Result<Entry> {
    let sql = format!("SELECT {COLUMNS} FROM entry WHERE id = $1");
    let row = on_tx!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await?);
    row.ok_or(Error::Missing)
}

/// The entries that came with a message, as the transaction sees them.
pub async fn of_message(tx: &mut Tx, message: i64) -> Result<Vec<Entry>> {
    let columns = COLUMNS
        .split(", ")
        .map(|column| format!("entry.{}", column.trim()))
        .collect::<Vec<_>>()
        .join(", ");
    let sql = format!(
        "SELECT {columns} FROM entry JOIN submission ON submission.id = entry.submission_id
         WHERE submission.message_id = $1 ORDER BY entry.id"
    );
    Ok(
        on_tx!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(message).fetch_all(conn).await?),
    )
}

/// Whether a receipt code is taken.
pub async fn has_code(tx: &mut Tx, code: &str) -> Result<bool> {
    let n: i64 = on_tx!(tx, conn => sqlx::query_scalar("SELECT count(*) FROM entry WHERE receipt_code = $1")
        .bind(code).fetch_one(conn).await?);
    Ok(n > 0)
}

/// Changes unit, state, timeliness and join, provided the entry is still as the caller saw it.
pub async fn change(tx: &mut Tx, from: &Entry, to: &Entry) -> Result<()> {
    let moved = on_tx!(tx, conn => sqlx::query(
        "UPDATE entry SET unit_id = $2, origin_unit_id = $3, state = $4, timeliness = $5, joined_to = $6, same_as = $7
         WHERE id = $1 AND unit_id = $8 AND state = $9 AND timeliness = $10",
    )
    .bind(to.id).bind(to.unit_id).bind(to.origin_unit_id).bind(to.state).bind(to.timeliness).bind(to.joined_to)
    .bind(to.same_as).bind(from.unit_id).bind(from.state).bind(from.timeliness)
    .execute(conn).await?.rows_affected());
    if moved == 0 {
        Err(Error::Stale)
    } else {
        Ok(())
    }
}

/// Notes that a copy of an entry came before the one it was made from.
pub async fn came_earlier(tx: &mut Tx, entry: i64, received_at: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query("UPDATE entry SET received_at = $2 WHERE id = $1 AND received_at > $2")
        .bind(entry).bind(received_at)
        .execute(conn).await?.rows_affected());
    Ok(())
}

/// A version of an entry: what a judge will read.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Version {
    pub id: i64,
    pub entry_id: i64,
    pub n: i64,
    pub submission_id: i64,
    pub text_hash: Option<String>,
    pub in_body: bool,
    /// JSON {"1":"A"}
    pub answers: String,
}

/// Writes a version, which counts from now on instead of the one before it.
pub async fn put_version(tx: &mut Tx, version: &Version, now: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query("UPDATE entry_version SET stands = FALSE WHERE entry_id = $1 AND stands")
        .bind(version.entry_id).execute(conn).await?.rows_affected());
    on_tx!(tx, conn => sqlx::query(
        "INSERT INTO entry_version (id, entry_id, n, submission_id, text_hash, in_body, answers, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(version.id).bind(version.entry_id).bind(version.n).bind(version.submission_id).bind(&version.text_hash)
    .bind(version.in_body).bind(&version.answers).bind(now)
    .execute(conn).await?.rows_affected());
    Ok(())
}

/// The version that counts.
pub async fn version(db: &Db, entry: i64) -> Result<Version> {
    let row = on_db!(db, pool => sqlx::query_as(
        "SELECT id, entry_id, n, submission_id, text_hash, in_body, answers FROM entry_version
         WHERE entry_id = $1 AND stands",
    )
    .bind(entry).fetch_optional(pool).await?);
    row.ok_or(Error::Missing)
}

/// A version by its own id.
pub async fn version_of(db: &Db, id: i64) -> Result<Version> {
    let row = on_db!(db, pool => sqlx::query_as(
        "SELECT id, entry_id, n, submission_id, text_hash, in_body, answers FROM entry_version WHERE id = $1",
    )
    .bind(id).fetch_optional(pool).await?);
    row.ok_or(Error::Missing)
}

/// The version that counts, as this transaction sees it.
pub async fn version_in(tx: &mut Tx, entry: i64) -> Result<Version> {
    let row = on_tx!(tx, conn => sqlx::query_as(
        "SELECT id, entry_id, n, submission_id, text_hash, in_body, answers FROM entry_version
         WHERE entry_id = $1 AND stands",
    )
    .bind(entry).fetch_optional(conn).await?);
    row.ok_or(Error::Missing)
}

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct File {
    pub id: i64,
    pub version_id: i64,
    pub ordinal: i64,
    pub blob: String,
    pub name: String,
    pub size: i64,
    pub role: FileRole,
    /// `document::Kind` in snake_case.
    pub kind: String,
    pub pages: Option<i64>,
}

pub async fn put_file(tx: &mut Tx, file: &File) -> Result<()> {
    on_tx!(tx, conn => sqlx::query(
        "INSERT INTO entry_file (id, version_id, ordinal, blob, name, size, role, kind, pages)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(file.id).bind(file.version_id).bind(file.ordinal).bind(&file.blob).bind(plain(&file.name)).bind(file.size)
    .bind(file.role).bind(&file.kind).bind(file.pages)
    .execute(conn).await?.rows_affected());
    Ok(())
}

pub async fn files(db: &Db, version: i64) -> Result<Vec<File>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT id, version_id, ordinal, blob, name, size, role, kind, pages FROM entry_file WHERE version_id = $1 ORDER BY ordinal, id",
    )
    .bind(version).fetch_all(pool).await?))
}

pub async fn files_in(tx: &mut Tx, version: i64) -> Result<Vec<File>> {
    Ok(on_tx!(tx, conn => sqlx::query_as(
        "SELECT id, version_id, ordinal, blob, name, size, role, kind, pages FROM entry_file WHERE version_id = $1 ORDER BY ordinal, id",
    )
    .bind(version).fetch_all(conn).await?))
}

/// One file.
pub async fn file(db: &Db, id: i64) -> Result<File> {
    let row: Option<File> = on_db!(db, pool => sqlx::query_as(
        "SELECT id, version_id, ordinal, blob, name, size, role, kind, pages FROM entry_file WHERE id = $1",
    )
    .bind(id).fetch_optional(pool).await?);
    row.ok_or(Error::Missing)
}

/// Contest, unit and id of the entry a file belongs to.
pub async fn home_of_file(db: &Db, id: i64) -> Result<Option<(i64, i64, i64)>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT entry.contest_id, entry.unit_id, entry.id FROM entry_file
         JOIN entry_version ON entry_version.id = entry_file.version_id
         JOIN entry ON entry.id = entry_version.entry_id
         WHERE entry_file.id = $1",
    )
    .bind(id).fetch_optional(pool).await?))
}

/// Gives a file to another version, and a place and role in it (join, split).
pub async fn move_file(
    tx: &mut Tx,
    file: i64,
    version: i64,
    ordinal: i64,
    role: FileRole,
) -> Result<()> {
    on_tx!(tx, conn => sqlx::query("UPDATE entry_file SET version_id = $2, ordinal = $3, role = $4 WHERE id = $1")
        .bind(file).bind(version).bind(ordinal).bind(role).execute(conn).await?.rows_affected());
    Ok(())
}

pub async fn put_finding(
    tx: &mut Tx,
    version: i64,
    file: Option<i64>,
    finding: &Finding,
) -> Result<()> {
    let code = serde_json::to_value(finding.code)?;
    on_tx!(tx, conn => sqlx::query("INSERT INTO finding (id, version_id, file_id, code, detail) VALUES ($1, $2, $3, $4, $5)")
        .bind(new_id()).bind(version).bind(file).bind(code.as_str().unwrap_or_default()).bind(plain(&finding.detail))
        .execute(conn).await?.rows_affected());
    Ok(())
}

/// The findings of a version, each with the file it is about.
pub async fn findings(db: &Db, version: i64) -> Result<Vec<(Option<i64>, Finding)>> {
    let rows: Vec<(Option<i64>, String, String)> = on_db!(db, pool => sqlx::query_as(
        "SELECT file_id, code, detail FROM finding WHERE version_id = $1 ORDER BY id",
    )
    .bind(version).fetch_all(pool).await?);
    rows.into_iter()
        .map(|(file, code, detail)| {
            Ok((
                file,
                Finding {
                    code: serde_json::from_value(code.into())?,
                    detail,
                },
            ))
        })
        .collect()
}

/// The findings of a version as this transaction sees them.
pub async fn findings_in(tx: &mut Tx, version: i64) -> Result<Vec<(Option<i64>, Finding)>> {
    let rows: Vec<(Option<i64>, String, String)> = on_tx!(tx, conn => sqlx::query_as(
        "SELECT file_id, code, detail FROM finding WHERE version_id = $1 ORDER BY id",
    )
    .bind(version).fetch_all(conn).await?);
    rows.into_iter()
        .map(|(file, code, detail)| {
            Ok((
                file,
                Finding {
                    code: serde_json::from_value(code.into())?,
                    detail,
                },
            ))
        })
        .collect()
}

/// The entries that a message handed in again with nothing new.
pub async fn resent_by_message(tx: &mut Tx, message: i64) -> Result<Vec<i64>> {
    Ok(on_tx!(tx, conn => sqlx::query_scalar(
        "SELECT resend.entry_id FROM resend JOIN submission ON submission.id = resend.submission_id
         WHERE submission.message_id = $1 ORDER BY resend.id",
    )
    .bind(message).fetch_all(conn).await?))
}

/// The slip of a version as this transaction sees it.
pub async fn slip_in(tx: &mut Tx, version: i64) -> Result<Slip> {
    let body: Option<String> = on_tx!(tx, conn => sqlx::query_scalar("SELECT body FROM slip WHERE version_id = $1")
        .bind(version).fetch_optional(conn).await?);
    Ok(body
        .map(|body| serde_json::from_str(&body))
        .transpose()?
        .unwrap_or_default())
}

/// Writes or replaces the slip of a version; the sender's address stays as it was first written.
pub async fn put_slip(
    tx: &mut Tx,
    contest: i64,
    version: i64,
    slip: &Slip,
    email: Option<&str>,
) -> Result<()> {
    let value = |fact: &Option<crate::slip::Fact>| {
        fact.as_ref().map(|fact| plain(&fact.value).into_owned())
    };
    let name = value(&slip.name);
    on_tx!(tx, conn => sqlx::query(
        "INSERT INTO slip (version_id, contest_id, name, name_fold, birth_date, unit_text, class_name, address, phone, email, body)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (version_id) DO UPDATE SET name = excluded.name, name_fold = excluded.name_fold,
             birth_date = excluded.birth_date, unit_text = excluded.unit_text, class_name = excluded.class_name,
             address = excluded.address, phone = excluded.phone, body = excluded.body",
    )
    .bind(version).bind(contest).bind(&name).bind(name.as_deref().map(fold)).bind(value(&slip.birth_date))
    .bind(value(&slip.unit)).bind(value(&slip.class)).bind(value(&slip.address)).bind(value(&slip.phone))
    .bind(email.map(plain)).bind(serde_json::to_string(slip)?)
    .execute(conn).await?.rows_affected());
    Ok(())
}

/// The slip of a version and the sender's address.
pub async fn slip(db: &Db, version: i64) -> Result<(Slip, Option<String>)> {
    let row: Option<(String, Option<String>)> = on_db!(db, pool => sqlx::query_as(
        "SELECT body, email FROM slip WHERE version_id = $1",
    )
    .bind(version).fetch_optional(pool).await?);
    let (body, email) = row.ok_or(Error::Missing)?;
    Ok((serde_json::from_str(&body)?, email))
}

/// An earlier entry that may be the same essay or the same person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    pub entry: Entry,
    pub slip: Slip,
    pub email: Option<String>,
}

/// Earlier entries of the contest with one of these files as essay, or with this text.
pub async fn same_essay(
    tx: &mut Tx,
    contest: i64,
    blobs: &[String],
    text_hash: Option<&str>,
) -> Result<Vec<Earlier>> {
    let mut ids: Vec<i64> = Vec::new();
    for blob in blobs {
        ids.extend(on_tx!(tx, conn => sqlx::query_scalar::<_, i64>(
            "SELECT entry.id FROM entry_file
             JOIN entry_version ON entry_version.id = entry_file.version_id JOIN entry ON entry.id = entry_version.entry_id
             WHERE entry_file.blob = $1 AND entry_file.role <> 'annex' AND entry.contest_id = $2",
        )
        .bind(blob).bind(contest).fetch_all(conn).await?));
    }
    if let Some(hash) = text_hash {
        ids.extend(on_tx!(tx, conn => sqlx::query_scalar::<_, i64>(
            "SELECT entry.id FROM entry_version JOIN entry ON entry.id = entry_version.entry_id
             WHERE entry_version.text_hash = $1 AND entry.contest_id = $2",
        )
        .bind(hash).bind(contest).fetch_all(conn).await?));
    }
    earlier(tx, ids).await
}

/// Earlier entries by people of this name (folded).
pub async fn same_name(tx: &mut Tx, contest: i64, name_fold: &str) -> Result<Vec<Earlier>> {
    let ids = on_tx!(tx, conn => sqlx::query_scalar::<_, i64>(
        "SELECT entry_version.entry_id FROM slip JOIN entry_version ON entry_version.id = slip.version_id
         WHERE slip.contest_id = $1 AND slip.name_fold = $2",
    )
    .bind(contest).bind(name_fold).fetch_all(conn).await?);
    earlier(tx, ids).await
}

/// Entries of the mail that one of our letters answered, by the letter's `Message-ID`.
pub async fn answered_by(tx: &mut Tx, contest: i64, rfc_id: &str) -> Result<Vec<Earlier>> {
    let ids = on_tx!(tx, conn => sqlx::query_scalar::<_, i64>(
        "SELECT entry.id FROM letter JOIN submission ON submission.message_id = letter.message_id
         JOIN entry_version ON entry_version.submission_id = submission.id
         JOIN entry ON entry.id = entry_version.entry_id WHERE letter.contest_id = $1 AND letter.rfc_id = $2",
    )
    .bind(contest).bind(plain(rfc_id)).fetch_all(conn).await?);
    earlier(tx, ids).await
}

async fn earlier(tx: &mut Tx, mut ids: Vec<i64>) -> Result<Vec<Earlier>> {
    ids.sort_unstable();
    ids.dedup();
    let mut found = Vec::new();
    for id in ids {
        let entry = get_in(tx, id).await?;
        let version = version_in(tx, id).await?;
        let row: Option<(String, Option<String>)> = on_tx!(tx, conn => sqlx::query_as(
            "SELECT body, email FROM slip WHERE version_id = $1",
        )
        .bind(version.id).fetch_optional(conn).await?);
        let (slip, email) = match row {
            Some((body, email)) => (serde_json::from_str(&body)?, email),
            None => (Slip::default(), None),
        };
        found.push(Earlier { entry, slip, email });
    }
    Ok(found)
}

/// Notes that an entry was handed in again with nothing new.
pub async fn resent(tx: &mut Tx, entry: i64, submission: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query(
        "INSERT INTO resend (id, entry_id, submission_id) VALUES ($1, $2, $3) ON CONFLICT (entry_id, submission_id) DO NOTHING",
    )
    .bind(new_id()).bind(entry).bind(submission)
    .execute(conn).await?.rows_affected());
    Ok(())
}

/// When an entry was handed in again.
pub async fn resends(db: &Db, entry: i64) -> Result<Vec<i64>> {
    Ok(on_db!(db, pool => sqlx::query_scalar(
        "SELECT submission.received_at FROM resend JOIN submission ON submission.id = resend.submission_id
         WHERE resend.entry_id = $1 ORDER BY submission.received_at",
    )
    .bind(entry).fetch_all(pool).await?))
}
