//! Packages with which units hand entries over by mail: how far each is (`mod`), what goes into one (`out`), what
//! comes of one that arrives (`inward`), and what the page shows of them (`view`).
//!
//! `handover_part.at` is when a part came (in), or when the receiver said that it has it (out).

mod inward;
mod out;
mod view;

use super::Error;
use super::Result;
use super::Tx;
use super::new_id;
use super::on_db;
use super::on_tx;
use crate::entry::Direction;
use crate::entry::HandoverState;

pub use inward::Arrival;
pub use inward::Place;
pub use inward::arrive;
pub use inward::forget;
pub use inward::held;
pub use inward::hold_back;
pub use inward::is_told;
pub use inward::mark_origin;
pub use inward::part_came;
pub use inward::place;
pub use inward::sent_version;
pub use inward::submit;
pub use inward::took;
pub use inward::untrusted_of;
pub use out::Candidate;
pub use out::List;
pub use out::Source;
pub use out::acknowledge;
pub use out::held_entries;
pub use out::is_handed;
pub use out::list_entries;
pub use out::list_of;
pub use out::open_entries;
pub use out::pack;
pub use out::put_letter;
pub use out::release;
pub use out::source;
pub use out::take_back;
pub use out::unsend;
pub use view::Overview;
pub use view::PartLine;
pub use view::Seen;
pub use view::codes_of;
pub use view::of_entry;
pub use view::of_units;
pub use view::parts_of;

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Handover {
    pub id: i64,
    pub contest_id: i64,
    pub direction: Direction,
    pub package: String,
    pub from_unit_id: i64,
    pub to_unit_id: i64,
    pub queue_id: Option<i64>,
    pub state: HandoverState,
    /// As signed; empty until it is packed.
    pub manifest: String,
    /// SHA-256 of it, hex.
    pub manifest_hash: String,
    pub signature: String,
    pub public_key: String,
    pub parts: i64,
    pub made_at: i64,
    pub done_at: Option<i64>,
}

/// A part: the letter that carries it (out), or the mail it came with (in).
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Part {
    pub n: i64,
    pub letter_id: Option<i64>,
    pub message_id: Option<i64>,
    pub at: Option<i64>,
}

/// An entry of a package.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Content {
    pub code: String,
    pub entry_id: Option<i64>,
    pub acknowledged_at: Option<i64>,
}

const COLUMNS: &str =
    "id, contest_id, direction, package, from_unit_id, to_unit_id, queue_id, state, manifest,
    manifest_hash, signature, public_key, parts, made_at, done_at";

pub async fn get(tx: &mut Tx, id: i64) -> Result<Handover> {
    let sql = format!("SELECT {COLUMNS} FROM handover WHERE id = $1");
    let row = on_tx!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await?);
    row.ok_or(Error::Missing)
}

/// The package of this name that goes this way.
pub async fn find(
    tx: &mut Tx,
    contest: i64,
    direction: Direction,
    package: &str,
) -> Result<Option<Handover>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM handover WHERE contest_id = $1 AND direction = $2 AND package = $3"
    );
    Ok(
        on_tx!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(contest).bind(direction).bind(package)
        .fetch_optional(conn).await?),
    )
}

/// The parts that are known, in order: of an arriving package those that came.
pub async fn parts(tx: &mut Tx, id: i64) -> Result<Vec<Part>> {
    Ok(on_tx!(tx, conn => sqlx::query_as(
        "SELECT n, letter_id, message_id, at FROM handover_part WHERE handover_id = $1 ORDER BY n",
    )
    .bind(id).fetch_all(conn).await?))
}

/// The entries of a package, by code.
pub async fn contents(tx: &mut Tx, id: i64) -> Result<Vec<Content>> {
    Ok(on_tx!(tx, conn => sqlx::query_as(
        "SELECT code, entry_id, acknowledged_at FROM handover_entry WHERE handover_id = $1 ORDER BY code",
    )
    .bind(id).fetch_all(conn).await?))
}

/// Moves a package on from the state the caller saw; `done_at` when this is its end.
pub async fn advance(
    tx: &mut Tx,
    id: i64,
    from: HandoverState,
    to: HandoverState,
    done_at: Option<i64>,
) -> Result<()> {
    let moved = on_tx!(tx, conn => sqlx::query(
        "UPDATE handover SET state = $3, done_at = coalesce($4, done_at) WHERE id = $1 AND state = $2",
    )
    .bind(id).bind(from).bind(to).bind(done_at)
    .execute(conn).await?.rows_affected());
    if moved == 0 {
        Err(Error::Stale)
    } else {
        Ok(())
    }
}
