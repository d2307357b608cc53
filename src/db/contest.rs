//! Contests and the versions of their plans, with the rows that other tables point to: units, rounds, queues, mailboxes.

use std::collections::HashMap;

use super::Db;
use super::Error;
use super::Result;
use super::Tx;
use super::new_id;
use super::on_db;
use super::on_tx;
use crate::contest::Plan;
use crate::text::fold;

/// A contest as it stands: its newest plan, and the ids behind the plan's codes.
#[derive(Clone, Debug)]
pub struct Standing {
    pub contest: i64,
    /// Number of the plan's version, from 1.
    pub version: i64,
    pub plan: Plan,
    /// Unit code → id.
    pub units: HashMap<String, i64>,
}

impl Standing {
    /// The code of a unit's id.
    pub fn code(&self, unit: i64) -> Option<&str> {
        self.units
            .iter()
            .find(|(_, id)| **id == unit)
            .map(|(code, _)| code.as_str())
    }

    /// The unit above all others.
    pub fn top(&self) -> Option<i64> {
        let top = self.plan.units.iter().find(|unit| unit.parent.is_none())?;
        self.units.get(&top.code).copied()
    }

    /// The name of a unit's id.
    pub fn unit_name(&self, unit: i64) -> &str {
        self.code(unit)
            .and_then(|code| self.plan.unit(code))
            .map_or("", |unit| unit.name.as_str())
    }
}

/// Writes a new version of a plan and brings units, rounds, queues and mailboxes in line with it.
/// What the plan no longer names is marked removed, never deleted. Returns the contest's id and the version.
pub async fn apply(
    tx: &mut Tx,
    plan: &Plan,
    source: &str,
    by: &str,
    now: i64,
) -> Result<(i64, i64)> {
    let contest = put_contest(tx, plan, now).await?;
    let last: Option<i64> = on_tx!(tx, conn => sqlx::query_scalar("SELECT max(n) FROM plan_version WHERE contest_id = $1")
        .bind(contest).fetch_one(conn).await?);
    let version = last.unwrap_or(0) + 1;
    let body = serde_json::to_string(plan)?;
    on_tx!(tx, conn => sqlx::query(
        "INSERT INTO plan_version (id, contest_id, n, source, body, document_no, document_date, applied_by, applied_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(new_id()).bind(contest).bind(version).bind(source).bind(&body)
    .bind(&plan.document.number).bind(&plan.document.date).bind(by).bind(now)
    .execute(conn).await?.rows_affected());
    let units = put_units(tx, contest, plan, now).await?;
    put_rounds(tx, contest, plan, &units, now).await?;
    put_mailboxes(tx, contest, plan, &units, now).await?;
    Ok((contest, version))
}

async fn put_contest(tx: &mut Tx, plan: &Plan, now: i64) -> Result<i64> {
    Ok(on_tx!(tx, conn => sqlx::query_scalar(
        "INSERT INTO contest (id, slug, title, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (slug) DO UPDATE SET title = excluded.title RETURNING id",
    )
    .bind(new_id()).bind(&plan.slug).bind(&plan.title).bind(now)
    .fetch_one(conn).await?))
}

async fn put_units(
    tx: &mut Tx,
    contest: i64,
    plan: &Plan,
    now: i64,
) -> Result<HashMap<String, i64>> {
    on_tx!(tx, conn => sqlx::query("UPDATE unit SET removed_at = $2 WHERE contest_id = $1 AND removed_at IS NULL")
        .bind(contest).bind(now).execute(conn).await?.rows_affected());
    let mut ids = HashMap::new();
    for unit in &plan.units {
        let id: i64 = on_tx!(tx, conn => sqlx::query_scalar(
            "INSERT INTO unit (id, contest_id, code, kind, name, name_fold) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (contest_id, code) DO UPDATE
             SET kind = excluded.kind, name = excluded.name, name_fold = excluded.name_fold, removed_at = NULL
             RETURNING id",
        )
        .bind(new_id()).bind(contest).bind(&unit.code).bind(&unit.kind).bind(&unit.name).bind(fold(&unit.name))
        .fetch_one(conn).await?);
        ids.insert(unit.code.clone(), id);
    }
    for unit in &plan.units {
        let parent = unit.parent.as_ref().and_then(|code| ids.get(code)).copied();
        on_tx!(tx, conn => sqlx::query("UPDATE unit SET parent_id = $2 WHERE id = $1")
            .bind(ids.get(&unit.code)).bind(parent).execute(conn).await?.rows_affected());
    }
    Ok(ids)
}

/// Every round, and for every unit of its level a queue.
async fn put_rounds(
    tx: &mut Tx,
    contest: i64,
    plan: &Plan,
    units: &HashMap<String, i64>,
    now: i64,
) -> Result<()> {
    on_tx!(tx, conn => sqlx::query("UPDATE round SET removed_at = $2 WHERE contest_id = $1 AND removed_at IS NULL")
        .bind(contest).bind(now).execute(conn).await?.rows_affected());
    for (ordinal, round) in plan.rounds.iter().enumerate() {
        let kind = match round.kind {
            crate::contest::plan::RoundKind::Triage => "triage",
            crate::contest::plan::RoundKind::Scored => "scored",
        };
        let id: i64 = on_tx!(tx, conn => sqlx::query_scalar(
            "INSERT INTO round (id, contest_id, code, name, ordinal, kind) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (contest_id, code) DO UPDATE
             SET name = excluded.name, ordinal = excluded.ordinal, kind = excluded.kind, removed_at = NULL
             RETURNING id",
        )
        .bind(new_id()).bind(contest).bind(&round.code).bind(&round.name).bind(ordinal as i64).bind(kind)
        .fetch_one(conn).await?);
        for unit in plan
            .units
            .iter()
            .filter(|unit| round.level.contains(&unit.kind))
        {
            on_tx!(tx, conn => sqlx::query(
                "INSERT INTO queue (id, round_id, unit_id, state) VALUES ($1, $2, $3, 'open')
                 ON CONFLICT (round_id, unit_id) DO NOTHING",
            )
            .bind(new_id()).bind(id).bind(units.get(&unit.code))
            .execute(conn).await?.rows_affected());
        }
    }
    Ok(())
}

async fn put_mailboxes(
    tx: &mut Tx,
    contest: i64,
    plan: &Plan,
    units: &HashMap<String, i64>,
    now: i64,
) -> Result<()> {
    on_tx!(tx, conn => sqlx::query("UPDATE mailbox SET removed_at = $2 WHERE contest_id = $1 AND removed_at IS NULL")
        .bind(contest).bind(now).execute(conn).await?.rows_affected());
    for mailbox in &plan.mailboxes {
        on_tx!(tx, conn => sqlx::query(
            "INSERT INTO mailbox (id, contest_id, unit_id, address) VALUES ($1, $2, $3, $4)
             ON CONFLICT (contest_id, address) DO UPDATE SET unit_id = excluded.unit_id, removed_at = NULL",
        )
        .bind(new_id()).bind(contest).bind(units.get(&mailbox.unit)).bind(&mailbox.address)
        .execute(conn).await?.rows_affected());
    }
    Ok(())
}

/// Makes the transactions that decide about entries of one contest follow one another, so that two mails of the
/// same essay, sorted at the same moment, still see each other. Held until the end of the transaction.
pub async fn lock(tx: &mut Tx, contest: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query("UPDATE contest SET title = title WHERE id = $1")
        .bind(contest).execute(conn).await?.rows_affected());
    Ok(())
}

/// Id and slug of every contest, oldest first.
pub async fn all(db: &Db) -> Result<Vec<(i64, String)>> {
    Ok(
        on_db!(db, pool => sqlx::query_as("SELECT id, slug FROM contest ORDER BY created_at, id").fetch_all(pool).await?),
    )
}

/// The newest version's number, to see whether a plan in memory is still the newest.
pub async fn version(db: &Db, contest: i64) -> Result<i64> {
    let n: Option<i64> = on_db!(db, pool => sqlx::query_scalar("SELECT max(n) FROM plan_version WHERE contest_id = $1")
        .bind(contest).fetch_one(pool).await?);
    n.ok_or(Error::Missing)
}

/// The same within a transaction that holds the contest: no newer one can come before its end.
pub async fn version_in(tx: &mut Tx, contest: i64) -> Result<i64> {
    let n: Option<i64> = on_tx!(tx, conn => sqlx::query_scalar("SELECT max(n) FROM plan_version WHERE contest_id = $1")
        .bind(contest).fetch_one(conn).await?);
    n.ok_or(Error::Missing)
}

/// The contest with its newest plan.
pub async fn standing(db: &Db, contest: i64) -> Result<Standing> {
    let row: Option<(i64, String)> =
        on_db!(db, pool => sqlx::query_as(NEWEST).bind(contest).fetch_optional(pool).await?);
    let units: Vec<(String, i64)> =
        on_db!(db, pool => sqlx::query_as(UNITS).bind(contest).fetch_all(pool).await?);
    stands(contest, row, units)
}

/// The same as a transaction sees it.
pub async fn standing_in(tx: &mut Tx, contest: i64) -> Result<Standing> {
    let row: Option<(i64, String)> =
        on_tx!(tx, conn => sqlx::query_as(NEWEST).bind(contest).fetch_optional(conn).await?);
    let units: Vec<(String, i64)> =
        on_tx!(tx, conn => sqlx::query_as(UNITS).bind(contest).fetch_all(conn).await?);
    stands(contest, row, units)
}

const NEWEST: &str =
    "SELECT n, body FROM plan_version WHERE contest_id = $1 ORDER BY n DESC LIMIT 1";
const UNITS: &str = "SELECT code, id FROM unit WHERE contest_id = $1";

fn stands(contest: i64, row: Option<(i64, String)>, units: Vec<(String, i64)>) -> Result<Standing> {
    let (version, body) = row.ok_or(Error::Missing)?;
    Ok(Standing {
        contest,
        version,
        plan: serde_json::from_str(&body)?,
        units: units.into_iter().collect(),
    })
}

/// The text of the newest plan, as it was applied.
pub async fn source(db: &Db, contest: i64) -> Result<String> {
    let source: Option<String> = on_db!(db, pool => sqlx::query_scalar(
        "SELECT source FROM plan_version WHERE contest_id = $1 ORDER BY n DESC LIMIT 1",
    )
    .bind(contest).fetch_optional(pool).await?);
    source.ok_or(Error::Missing)
}

/// The newest plan of the contest with this slug, if it was ever applied.
pub async fn plan_of(db: &Db, slug: &str) -> Result<Option<Plan>> {
    let body: Option<String> = on_db!(db, pool => sqlx::query_scalar(
        "SELECT body FROM plan_version JOIN contest ON contest.id = plan_version.contest_id
         WHERE contest.slug = $1 ORDER BY n DESC LIMIT 1",
    )
    .bind(slug).fetch_optional(pool).await?);
    Ok(body.map(|body| serde_json::from_str(&body)).transpose()?)
}
