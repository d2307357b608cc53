//! The panel: who judges for a unit, what may be dealt, and the lots that dealt it.

use super::super::Db;
use super::super::Error;
use super::super::Result;
use super::super::Tx;
use super::super::new_id;
use super::super::on_db;
use super::super::on_tx;
use crate::contest::role::Role;
use crate::entry::SheetState;
use crate::text::fold;

/// A member of a unit's jury.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Judge {
    pub account_id: i64,
    pub name: String,
}

/// The accounts that hold a role for exactly this unit, by name.
pub async fn judges(db: &Db, contest: i64, unit: i64, role: Role) -> Result<Vec<Judge>> {
    let mut all: Vec<Judge> = on_db!(db, pool => sqlx::query_as(
        "SELECT DISTINCT account.id AS account_id, account.name FROM grant_role
         JOIN account ON account.id = grant_role.account_id
         WHERE grant_role.contest_id = $1 AND grant_role.unit_id = $2 AND grant_role.role = $3
             AND grant_role.revoked_at IS NULL AND account.disabled_at IS NULL",
    )
    .bind(contest).bind(unit).bind(role).fetch_all(pool).await?);
    // Sorted here: databases sort texts by their own rules, and a lot must come out alike.
    all.sort_by_cached_key(|judge| (fold(&judge.name), judge.account_id));
    Ok(all)
}

/// Notes that a judge may not mark what comes through a unit.
pub async fn barred(tx: &mut Tx, account: i64, unit: i64, now: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query(
        "INSERT INTO conflict (id, account_id, unit_id, declared_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (account_id, unit_id) DO NOTHING",
    )
    .bind(new_id()).bind(account).bind(unit).bind(now).execute(conn).await?.rows_affected());
    Ok(())
}

/// An entry of a queue that may be dealt, with the judges who may not have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dealable {
    pub queue_entry: i64,
    pub blind_code: String,
    pub barred: Vec<i64>,
}

/// The entries of a queue that may be dealt, in the order of their blind codes, which says nothing.
pub async fn dealable(tx: &mut Tx, queue: i64) -> Result<Vec<Dealable>> {
    let entries: Vec<(i64, String)> = on_tx!(tx, conn => sqlx::query_as(
        "SELECT queue_entry.id, queue_entry.blind_code FROM queue_entry
         JOIN judge_copy ON judge_copy.version_id = queue_entry.version_id
         WHERE queue_entry.queue_id = $1 AND queue_entry.removed_at IS NULL AND queue_entry.ready_at IS NOT NULL
             AND judge_copy.safe",
    )
    .bind(queue).fetch_all(conn).await?);
    let declared: Vec<(i64, i64)> = on_tx!(tx, conn => sqlx::query_as(
        "SELECT queue_entry.id, conflict.account_id FROM queue_entry
         JOIN conflict ON conflict.unit_id IN (queue_entry.source_unit_id, queue_entry.origin_unit_id)
         WHERE queue_entry.queue_id = $1",
    )
    .bind(queue).fetch_all(conn).await?);
    let of_the_unit: Vec<(i64, i64)> = on_tx!(tx, conn => sqlx::query_as(
        "SELECT queue_entry.id, grant_role.account_id FROM queue_entry
         JOIN queue ON queue.id = queue_entry.queue_id
         JOIN grant_role ON grant_role.unit_id IN (queue_entry.source_unit_id, queue_entry.origin_unit_id)
         WHERE queue_entry.queue_id = $1 AND grant_role.unit_id <> queue.unit_id AND grant_role.revoked_at IS NULL",
    )
    .bind(queue).fetch_all(conn).await?);
    let mut barred: std::collections::HashMap<i64, Vec<i64>> = std::collections::HashMap::new();
    for (entry, account) in declared.into_iter().chain(of_the_unit) {
        barred.entry(entry).or_default().push(account);
    }
    let mut all: Vec<Dealable> = entries
        .into_iter()
        .map(|(queue_entry, blind_code)| {
            let mut barred = barred.remove(&queue_entry).unwrap_or_default();
            barred.sort_unstable();
            barred.dedup();
            Dealable {
                queue_entry,
                blind_code,
                barred,
            }
        })
        .collect();
    // Sorted here: databases sort texts by their own rules.
    all.sort_by(|a, b| a.blind_code.cmp(&b.blind_code));
    Ok(all)
}

/// How many marks of a queue's ready entries have nobody to give them, of `marks` an entry.
pub async fn undealt(db: &Db, queue: i64, marks: u32) -> Result<i64> {
    Ok(on_db!(db, pool => sqlx::query_scalar(
        "SELECT CAST(coalesce(sum(CASE WHEN dealt.n < $2 THEN $2 - dealt.n ELSE 0 END), 0) AS BIGINT) FROM (
             SELECT count(mark_sheet.id) AS n FROM queue_entry
             LEFT JOIN mark_sheet ON mark_sheet.queue_entry_id = queue_entry.id
                 AND mark_sheet.state <> 'excused' AND mark_sheet.pass > 0
             WHERE queue_entry.queue_id = $1 AND queue_entry.removed_at IS NULL AND queue_entry.ready_at IS NOT NULL
             GROUP BY queue_entry.id) AS dealt",
    )
    .bind(queue).bind(i64::from(marks)).fetch_one(pool).await?))
}

/// A sheet as the next lot must know it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct DealtSheet {
    pub id: i64,
    pub queue_entry_id: i64,
    pub account_id: i64,
    pub pass: i64,
    pub place: i64,
    pub state: SheetState,
    /// Its judge has looked at it.
    pub opened: bool,
}

/// Every sheet of a queue that a lot has dealt.
pub async fn dealt(tx: &mut Tx, queue: i64) -> Result<Vec<DealtSheet>> {
    Ok(on_tx!(tx, conn => sqlx::query_as(
        "SELECT id, queue_entry_id, account_id, pass, place, state, opened_at IS NOT NULL AS opened FROM mark_sheet
         WHERE queue_id = $1 AND pass > 0 ORDER BY id",
    )
    .bind(queue).fetch_all(conn).await?))
}

/// A lot that was drawn.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Lot {
    pub id: i64,
    pub seed: String,
    pub sheets: i64,
    /// Who drew it.
    pub name: String,
    pub drawn_at: i64,
}

/// Records a lot. `input` is what it dealt from, JSON.
pub async fn put_lot(
    tx: &mut Tx,
    queue: i64,
    seed: &str,
    input: &str,
    sheets: i64,
    account: i64,
    now: i64,
) -> Result<i64> {
    let id = new_id();
    on_tx!(tx, conn => sqlx::query(
        "INSERT INTO lot (id, queue_id, seed, input, sheets, drawn_by, drawn_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id).bind(queue).bind(seed).bind(input).bind(sheets).bind(account).bind(now)
    .execute(conn).await?.rows_affected());
    Ok(id)
}

/// The lots of a queue, oldest first.
pub async fn lots(db: &Db, queue: i64) -> Result<Vec<Lot>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT lot.id, lot.seed, lot.sheets, account.name, lot.drawn_at FROM lot
         JOIN account ON account.id = lot.drawn_by WHERE lot.queue_id = $1 ORDER BY lot.id",
    )
    .bind(queue).fetch_all(pool).await?))
}

/// A sheet that a lot deals.
pub struct NewSheet {
    pub queue: i64,
    pub queue_entry: i64,
    pub account: i64,
    pub lot: i64,
    pub pass: i64,
    pub place: i64,
}

pub async fn put_sheet(tx: &mut Tx, sheet: &NewSheet) -> Result<i64> {
    let id = new_id();
    on_tx!(tx, conn => sqlx::query(
        "INSERT INTO mark_sheet (id, queue_id, queue_entry_id, account_id, lot_id, pass, place, state, version, marks, remark)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', 0, '{}', '')",
    )
    .bind(id).bind(sheet.queue).bind(sheet.queue_entry).bind(sheet.account).bind(sheet.lot).bind(sheet.pass).bind(sheet.place)
    .execute(conn).await?.rows_affected());
    Ok(id)
}

/// Takes a sheet back that a new lot deals to somebody else. `Stale` when its judge has given it meanwhile.
pub async fn take_sheet_back(tx: &mut Tx, sheet: i64) -> Result<()> {
    let taken = on_tx!(tx, conn => sqlx::query(
        "UPDATE mark_sheet SET state = 'excused', version = version + 1 WHERE id = $1 AND state = 'open'",
    )
    .bind(sheet).execute(conn).await?.rows_affected());
    if taken == 0 {
        Err(Error::Stale)
    } else {
        Ok(())
    }
}

/// How far each judge of a queue is.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct AtWork {
    pub account_id: i64,
    pub name: String,
    pub open: i64,
    pub given: i64,
    pub excused: i64,
    /// When the last sheet was given.
    pub last_at: Option<i64>,
}

/// The judges who were dealt sheets of a queue, by name.
pub async fn at_work(db: &Db, queue: i64) -> Result<Vec<AtWork>> {
    let mut all: Vec<AtWork> = on_db!(db, pool => sqlx::query_as(
        "SELECT account.id AS account_id, account.name,
             count(CASE WHEN mark_sheet.state = 'open' THEN 1 END) AS open,
             count(CASE WHEN mark_sheet.state = 'given' THEN 1 END) AS given,
             count(CASE WHEN mark_sheet.state = 'excused' THEN 1 END) AS excused,
             max(mark_sheet.given_at) AS last_at
         FROM mark_sheet
         JOIN account ON account.id = mark_sheet.account_id
         JOIN queue_entry ON queue_entry.id = mark_sheet.queue_entry_id
         WHERE mark_sheet.queue_id = $1 AND mark_sheet.pass > 0 AND queue_entry.removed_at IS NULL
         GROUP BY account.id, account.name",
    )
    .bind(queue).fetch_all(pool).await?);
    all.sort_by_cached_key(|judge| (fold(&judge.name), judge.account_id));
    Ok(all)
}
