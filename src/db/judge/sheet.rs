//! Mark sheets: one row a judge and an entry. A save is one statement that names the version it saw, the judge it
//! belongs to and the state it expects, so that neither a second tab nor a late request can overwrite a mark.

use super::super::Db;
use super::super::Error;
use super::super::Result;
use super::super::Tx;
use super::super::new_id;
use super::super::on_db;
use super::super::on_tx;
use super::super::plain;
use super::Marks;
use crate::entry::FlagKind;
use crate::entry::SheetState;
use crate::judging::triage::Verdict;

/// A judge's sheet of one entry, with all that its page needs but the copy.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Sheet {
    pub id: i64,
    pub queue_id: i64,
    pub queue_entry_id: i64,
    pub account_id: i64,
    pub contest_id: i64,
    pub unit_id: i64,
    /// Code of the round.
    pub round: String,
    pub blind_code: String,
    pub pass: i64,
    pub place: i64,
    pub state: SheetState,
    pub version: i64,
    pub verdict: Option<Verdict>,
    marks: String,
    /// Quarter points; only of a sheet that is given.
    pub total: Option<i64>,
    pub remark: String,
    pub saved_at: Option<i64>,
    pub given_at: Option<i64>,
    pub locked_at: Option<i64>,
    /// The entry came through a unit of the judge's own.
    pub barred: bool,
    /// Its judge has looked at it.
    pub opened: bool,
}

impl Sheet {
    pub fn marks(&self) -> Marks {
        serde_json::from_str(&self.marks).unwrap_or_default()
    }
}

/// Who may not mark an entry: whoever declared its unit, or holds a role in a unit it came through.
pub(super) const BARRED: &str =
    "(EXISTS (SELECT 1 FROM conflict WHERE conflict.account_id = mark_sheet.account_id
          AND conflict.unit_id IN (queue_entry.source_unit_id, queue_entry.origin_unit_id))
      OR EXISTS (SELECT 1 FROM grant_role WHERE grant_role.account_id = mark_sheet.account_id
          AND grant_role.revoked_at IS NULL AND grant_role.unit_id <> queue.unit_id
          AND grant_role.unit_id IN (queue_entry.source_unit_id, queue_entry.origin_unit_id)))";

pub(super) const FROM: &str = "mark_sheet
     JOIN queue_entry ON queue_entry.id = mark_sheet.queue_entry_id
     JOIN queue ON queue.id = mark_sheet.queue_id
     JOIN round ON round.id = queue.round_id
     JOIN unit ON unit.id = queue.unit_id";

/// The sheet of this judge with this id; of another judge, of a removed entry, or excused, there is none.
pub async fn sheet(db: &Db, account: i64, id: i64) -> Result<Sheet> {
    let sql = format!(
        "SELECT mark_sheet.id, mark_sheet.queue_id, mark_sheet.queue_entry_id, mark_sheet.account_id, unit.contest_id,
             queue.unit_id, round.code AS round, queue_entry.blind_code, mark_sheet.pass, mark_sheet.place,
             mark_sheet.state, mark_sheet.version, mark_sheet.verdict, mark_sheet.marks, mark_sheet.total,
             mark_sheet.remark, mark_sheet.saved_at, mark_sheet.given_at, queue.locked_at, {BARRED} AS barred,
             mark_sheet.opened_at IS NOT NULL AS opened
         FROM {FROM}
         WHERE mark_sheet.id = $1 AND mark_sheet.account_id = $2 AND mark_sheet.state <> 'excused'
             AND queue_entry.removed_at IS NULL"
    );
    let row = on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).bind(account).fetch_optional(pool).await?);
    row.ok_or(Error::Missing)
}

/// What a judge reads of an essay.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Paper {
    /// The masked text, JSON.
    pub body: String,
    /// Ticked answers, JSON.
    pub answers: String,
    pub words: i64,
    /// Pictures beside it that no clerk has released yet.
    pub pictures_wait: i64,
}

/// The masked copy a sheet is about; `Missing` without a safe one.
pub async fn paper(db: &Db, queue_entry: i64) -> Result<Paper> {
    let row: Option<Paper> = on_db!(db, pool => sqlx::query_as(
        "SELECT judge_copy.body, judge_copy.answers, judge_copy.words, judge_copy.pictures_wait
         FROM queue_entry JOIN judge_copy ON judge_copy.version_id = queue_entry.version_id
         WHERE queue_entry.id = $1 AND judge_copy.safe AND queue_entry.removed_at IS NULL",
    )
    .bind(queue_entry).fetch_optional(pool).await?);
    row.ok_or(Error::Missing)
}

/// The judge's next open sheet of a queue in the order of the lot: after `place`, else from the beginning. Two short
/// walks along an index instead of one order that would have to look at every sheet first.
pub async fn next_sheet(db: &Db, account: i64, queue: i64, place: i64) -> Result<Option<i64>> {
    let sql = format!(
        "SELECT mark_sheet.id FROM {FROM}
         JOIN judge_copy ON judge_copy.version_id = queue_entry.version_id
         WHERE mark_sheet.account_id = $1 AND mark_sheet.queue_id = $2 AND mark_sheet.state = 'open'
             AND mark_sheet.place > $3
             AND queue_entry.removed_at IS NULL AND queue.locked_at IS NULL AND judge_copy.safe AND NOT {BARRED}
         ORDER BY mark_sheet.place, mark_sheet.id LIMIT 1"
    );
    for after in [place, i64::MIN] {
        let next: Option<i64> = on_db!(db, pool => sqlx::query_scalar(sqlx::AssertSqlSafe(sql.as_str()))
            .bind(account).bind(queue).bind(after).fetch_optional(pool).await?);
        if next.is_some() {
            return Ok(next);
        }
    }
    Ok(None)
}

/// The sheets a judge gave last, newest first: id, blind code, when.
pub async fn given_lately(
    db: &Db,
    account: i64,
    queue: i64,
    limit: i64,
) -> Result<Vec<(i64, String, i64)>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT mark_sheet.id, queue_entry.blind_code, mark_sheet.given_at FROM mark_sheet
         JOIN queue_entry ON queue_entry.id = mark_sheet.queue_entry_id
         WHERE mark_sheet.account_id = $1 AND mark_sheet.queue_id = $2 AND mark_sheet.state = 'given'
             AND queue_entry.removed_at IS NULL
         ORDER BY mark_sheet.given_at DESC, mark_sheet.id DESC LIMIT $3",
    )
    .bind(account).bind(queue).bind(limit).fetch_all(pool).await?))
}

/// Notes when a sheet was first looked at, while there is still something to mark.
pub async fn open_sheet(tx: &mut Tx, account: i64, id: i64, now: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query(
        "UPDATE mark_sheet SET opened_at = $3 WHERE id = $1 AND account_id = $2 AND opened_at IS NULL AND state = 'open'
             AND EXISTS (SELECT 1 FROM queue WHERE queue.id = mark_sheet.queue_id AND queue.locked_at IS NULL)",
    )
    .bind(id).bind(account).bind(now).execute(conn).await?.rows_affected());
    Ok(())
}

/// A list that was locked while a judge's statement waited for it is `Stale` like one that was locked before.
fn late(error: sqlx::Error) -> Error {
    let locked = error
        .as_database_error()
        .is_some_and(|error| error.message() == "the list is locked");
    if locked { Error::Stale } else { error.into() }
}

/// What a save writes.
pub struct Save<'a> {
    pub account: i64,
    pub sheet: i64,
    /// The blind code that stood on the page, against marks of one essay on another.
    pub blind_code: &'a str,
    /// The version that stood on the page.
    pub version: i64,
    pub verdict: Option<Verdict>,
    pub marks: &'a Marks,
    pub remark: &'a str,
    /// Quarter points when the judge gives the sheet; `None` saves a draft.
    pub given: Option<i64>,
}

/// Saves a draft or gives the sheet. Returns the new version; `Stale` when the sheet is no longer as the page
/// showed it, is another essay's, or its judge may not mark it.
pub async fn save(tx: &mut Tx, save: &Save<'_>, now: i64) -> Result<i64> {
    let state = if save.given.is_some() {
        SheetState::Given
    } else {
        SheetState::Open
    };
    let marks = serde_json::to_string(save.marks)?;
    let given_at = save.given.map(|_| now);
    let sql = format!(
        "UPDATE mark_sheet SET version = version + 1, verdict = $5, marks = $6, remark = $7, total = $8, state = $9,
             saved_at = $10, given_at = $11
         WHERE id = $1 AND account_id = $2 AND version = $3 AND state = 'open'
             AND EXISTS (SELECT 1 FROM queue_entry JOIN queue ON queue.id = queue_entry.queue_id
                         WHERE queue_entry.id = mark_sheet.queue_entry_id AND queue_entry.blind_code = $4
                             AND queue_entry.removed_at IS NULL AND queue.locked_at IS NULL AND NOT {BARRED})
         RETURNING version"
    );
    let version: Option<i64> = on_tx!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .bind(save.sheet).bind(save.account).bind(save.version).bind(save.blind_code)
        .bind(save.verdict).bind(marks).bind(plain(save.remark)).bind(save.given).bind(state).bind(now).bind(given_at)
        .fetch_optional(conn).await.map_err(late)?);
    version.ok_or(Error::Stale)
}

/// Takes a given sheet back into the judge's hand: its marks stay as a draft. `since` is the earliest giving that
/// may still be taken back (ms UTC).
pub async fn reopen(tx: &mut Tx, account: i64, id: i64, since: i64) -> Result<()> {
    let moved = on_tx!(tx, conn => sqlx::query(
        "UPDATE mark_sheet SET state = 'open', version = version + 1, total = NULL, given_at = NULL
         WHERE id = $1 AND account_id = $2 AND state = 'given' AND given_at >= $3
             AND EXISTS (SELECT 1 FROM queue WHERE queue.id = mark_sheet.queue_id AND queue.locked_at IS NULL)",
    )
    .bind(id).bind(account).bind(since).execute(conn).await.map_err(late)?.rows_affected());
    if moved == 0 {
        Err(Error::Stale)
    } else {
        Ok(())
    }
}

/// A judge asks not to mark an entry; the head judge deals it anew.
pub async fn excuse(tx: &mut Tx, account: i64, id: i64) -> Result<()> {
    let moved = on_tx!(tx, conn => sqlx::query(
        "UPDATE mark_sheet SET state = 'excused', version = version + 1 WHERE id = $1 AND account_id = $2 AND state = 'open'
             AND EXISTS (SELECT 1 FROM queue WHERE queue.id = mark_sheet.queue_id AND queue.locked_at IS NULL)",
    )
    .bind(id).bind(account).execute(conn).await.map_err(late)?.rows_affected());
    if moved == 0 {
        Err(Error::Stale)
    } else {
        Ok(())
    }
}

/// The head judge's own word on an entry (pass 0): a verdict where judges differ or ask for it. Replaces an earlier one.
/// `Stale` when the entry is not, or no longer, in this queue, or this account has a sheet of its own for it.
pub async fn decide(
    tx: &mut Tx,
    queue: i64,
    queue_entry: i64,
    account: i64,
    verdict: Verdict,
    remark: &str,
    now: i64,
) -> Result<()> {
    let written = on_tx!(tx, conn => sqlx::query(
        "INSERT INTO mark_sheet (id, queue_id, queue_entry_id, account_id, pass, place, state, version, verdict, marks, remark,
             opened_at, saved_at, given_at)
         SELECT $1, queue_entry.queue_id, queue_entry.id, $4, 0, 0, 'given', 1, $5, '{}', $6, $7, $7, $7 FROM queue_entry
         WHERE queue_entry.id = $3 AND queue_entry.queue_id = $2 AND queue_entry.removed_at IS NULL
         ON CONFLICT (queue_entry_id, account_id) DO UPDATE
         SET version = mark_sheet.version + 1, verdict = excluded.verdict,
             remark = excluded.remark, saved_at = excluded.saved_at, given_at = excluded.given_at
         WHERE mark_sheet.pass = 0",
    )
    .bind(new_id()).bind(queue).bind(queue_entry).bind(account).bind(verdict).bind(plain(remark)).bind(now)
    .execute(conn).await.map_err(late)?.rows_affected());
    if written == 0 {
        Err(Error::Stale)
    } else {
        Ok(())
    }
}

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Flag {
    pub id: i64,
    pub sheet_id: i64,
    pub kind: FlagKind,
    pub note: String,
    pub at: i64,
}

/// Raises a flag; the same one twice is one. Returns its id when it is new.
pub async fn flag_sheet(
    tx: &mut Tx,
    sheet: i64,
    kind: FlagKind,
    note: &str,
    now: i64,
) -> Result<Option<i64>> {
    let there: i64 = on_tx!(tx, conn => sqlx::query_scalar(
        "SELECT count(*) FROM mark_flag WHERE sheet_id = $1 AND kind = $2 AND taken_back_at IS NULL",
    )
    .bind(sheet).bind(kind).fetch_one(conn).await?);
    if there > 0 {
        return Ok(None);
    }
    let id = new_id();
    on_tx!(tx, conn => sqlx::query("INSERT INTO mark_flag (id, sheet_id, kind, note, at) VALUES ($1, $2, $3, $4, $5)")
        .bind(id).bind(sheet).bind(kind).bind(plain(note)).bind(now)
        .execute(conn).await?.rows_affected());
    Ok(Some(id))
}

/// The flags that stand on a sheet.
pub async fn flags_of(db: &Db, sheet: i64) -> Result<Vec<Flag>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT id, sheet_id, kind, note, at FROM mark_flag WHERE sheet_id = $1 AND taken_back_at IS NULL ORDER BY id",
    )
    .bind(sheet).fetch_all(pool).await?))
}

/// Takes a judge's own flag back.
pub async fn take_flag_back(tx: &mut Tx, sheet: i64, flag: i64, now: i64) -> Result<()> {
    let taken = on_tx!(tx, conn => sqlx::query(
        "UPDATE mark_flag SET taken_back_at = $3 WHERE id = $1 AND sheet_id = $2 AND taken_back_at IS NULL",
    )
    .bind(flag).bind(sheet).bind(now).execute(conn).await?.rows_affected());
    if taken == 0 {
        Err(Error::Stale)
    } else {
        Ok(())
    }
}

/// The flags on entries of a queue, for its head judge: entry, blind code, kind, note.
pub async fn flagged(db: &Db, queue: i64) -> Result<Vec<(i64, String, FlagKind, String)>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT queue_entry.id, queue_entry.blind_code, mark_flag.kind, mark_flag.note
         FROM mark_flag
         JOIN mark_sheet ON mark_sheet.id = mark_flag.sheet_id
         JOIN queue_entry ON queue_entry.id = mark_sheet.queue_entry_id
         WHERE mark_sheet.queue_id = $1 AND mark_flag.taken_back_at IS NULL AND queue_entry.removed_at IS NULL
         ORDER BY mark_flag.id",
    )
    .bind(queue).fetch_all(pool).await?))
}
