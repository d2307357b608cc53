//! What people see of packages: those a unit has sent and received, part by part, and those an entry went with.

use super::Result;
use super::on_db;
use crate::db::Db;
use crate::db::view::Scope;
use crate::entry::Direction;
use crate::entry::HandoverState;
use crate::entry::LetterState;

/// A package in a list.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Overview {
    pub id: i64,
    pub direction: Direction,
    pub from_unit_id: i64,
    pub to_unit_id: i64,
    pub state: HandoverState,
    /// As signed, while the package is not complete; empty otherwise.
    pub manifest: String,
    pub public_key: String,
    pub parts: i64,
    pub made_at: i64,
    pub done_at: Option<i64>,
    /// Entries of the package (out), or those taken in so far (in).
    pub entries: i64,
}

/// The packages these units sent or received, newest first.
pub async fn of_units(db: &Db, scope: &Scope, direction: Direction) -> Result<Vec<Overview>> {
    let within = scope.within(match direction {
        Direction::Out => "from_unit_id",
        Direction::In => "to_unit_id",
    });
    let sql = format!(
        "SELECT id, direction, from_unit_id, to_unit_id, state,
             CASE WHEN state IN ('untrusted', 'arriving') THEN manifest ELSE '' END AS manifest, public_key, parts, made_at, done_at,
             (SELECT count(*) FROM handover_entry WHERE handover_entry.handover_id = handover.id) AS entries
         FROM handover WHERE contest_id = $1 AND direction = $2 AND {within} ORDER BY id DESC LIMIT 200"
    );
    Ok(
        on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(scope.contest).bind(direction).fetch_all(pool).await?),
    )
}

/// A part with the letter that carries it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct PartLine {
    pub n: i64,
    pub at: Option<i64>,
    pub letter: Option<i64>,
    pub letter_state: Option<LetterState>,
    pub not_before: Option<i64>,
    pub sent_at: Option<i64>,
    pub bounced_at: Option<i64>,
}

pub async fn parts_of(db: &Db, id: i64) -> Result<Vec<PartLine>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT handover_part.n, handover_part.at, letter.id AS letter, letter.state AS letter_state, letter.not_before,
             letter.sent_at, letter.bounced_at
         FROM handover_part LEFT JOIN letter ON letter.id = handover_part.letter_id
         WHERE handover_part.handover_id = $1 ORDER BY handover_part.n",
    )
    .bind(id).fetch_all(pool).await?))
}

/// The receipt codes in a package.
pub async fn codes_of(db: &Db, id: i64) -> Result<Vec<String>> {
    Ok(
        on_db!(db, pool => sqlx::query_scalar("SELECT code FROM handover_entry WHERE handover_id = $1 ORDER BY code")
        .bind(id).fetch_all(pool).await?),
    )
}

/// A package an entry went with.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Seen {
    pub direction: Direction,
    pub package: String,
    pub from_unit: String,
    pub to_unit: String,
    pub state: HandoverState,
    pub made_at: i64,
    pub acknowledged_at: Option<i64>,
}

pub async fn of_entry(db: &Db, entry: i64) -> Result<Vec<Seen>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT handover.direction, handover.package, sender.code AS from_unit, receiver.code AS to_unit, handover.state,
             handover.made_at, handover_entry.acknowledged_at
         FROM handover_entry JOIN handover ON handover.id = handover_entry.handover_id
         JOIN unit AS sender ON sender.id = handover.from_unit_id
         JOIN unit AS receiver ON receiver.id = handover.to_unit_id
         WHERE handover_entry.entry_id = $1 ORDER BY handover.id",
    )
    .bind(entry).fetch_all(pool).await?))
}
