//! A package that arrives, part by part: what is known of it, what of it was taken in, and where that goes.

use super::Error;
use super::Result;
use super::Tx;
use super::new_id;
use super::on_tx;
use crate::entry::Direction;
use crate::entry::HandoverState;
use crate::entry::MatterKind;

/// A package as its first part tells it.
pub struct Arrival<'a> {
    pub contest: i64,
    pub package: &'a str,
    pub from: i64,
    pub to: i64,
    pub state: HandoverState,
    pub manifest: &'a str,
    pub manifest_hash: &'a str,
    pub signature: &'a str,
    pub public_key: &'a str,
    pub parts: u32,
    pub made_at: i64,
}

/// Writes a package down, or in place of one of the same name that nobody trusts. Returns its id.
pub async fn arrive(tx: &mut Tx, arrival: &Arrival<'_>) -> Result<i64> {
    let id: Option<i64> = on_tx!(tx, conn => sqlx::query_scalar(
        "INSERT INTO handover (id, contest_id, direction, package, from_unit_id, to_unit_id, state, manifest, manifest_hash,
             signature, public_key, parts, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         ON CONFLICT (contest_id, direction, package) DO UPDATE
         SET from_unit_id = excluded.from_unit_id, to_unit_id = excluded.to_unit_id, state = excluded.state,
             manifest = excluded.manifest, manifest_hash = excluded.manifest_hash, signature = excluded.signature,
             public_key = excluded.public_key, parts = excluded.parts, made_at = excluded.made_at
         WHERE handover.state = $14 RETURNING id",
    )
    .bind(new_id()).bind(arrival.contest).bind(Direction::In).bind(arrival.package).bind(arrival.from).bind(arrival.to)
    .bind(arrival.state).bind(arrival.manifest).bind(arrival.manifest_hash).bind(arrival.signature)
    .bind(arrival.public_key).bind(i64::from(arrival.parts)).bind(arrival.made_at).bind(HandoverState::Untrusted)
    .fetch_optional(conn).await?);
    id.ok_or(Error::Stale)
}

/// Forgets which parts of an untrusted package came, so that they are taken in as if they came now.
pub async fn forget(tx: &mut Tx, id: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query(
        "DELETE FROM handover_part WHERE handover_id = $1
             AND handover_id IN (SELECT id FROM handover WHERE direction = $2 AND state = $3)",
    )
    .bind(id).bind(Direction::In).bind(HandoverState::Untrusted)
    .execute(conn).await?.rows_affected());
    Ok(())
}

/// Notes that a part came. False when it was here before.
pub async fn part_came(tx: &mut Tx, id: i64, n: u32, message: i64, at: i64) -> Result<bool> {
    Ok(on_tx!(tx, conn => sqlx::query(
        "INSERT INTO handover_part (handover_id, n, message_id, at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (handover_id, n) DO NOTHING",
    )
    .bind(id).bind(i64::from(n)).bind(message).bind(at)
    .execute(conn).await?.rows_affected())
        > 0)
}

/// Of a mail that waits for somebody's trust: the package, the unit that is said to have signed it, and the key.
pub async fn untrusted_of(tx: &mut Tx, message: i64) -> Result<Option<(i64, i64, String)>> {
    Ok(on_tx!(tx, conn => sqlx::query_as(
        "SELECT handover.id, handover.from_unit_id, handover.public_key
         FROM handover_part JOIN handover ON handover.id = handover_part.handover_id
         WHERE handover_part.message_id = $1 AND handover.direction = $2 AND handover.state = $3 LIMIT 1",
    )
    .bind(message).bind(Direction::In).bind(HandoverState::Untrusted)
    .fetch_optional(conn).await?))
}

/// Every mail that waits for trust in this key of this unit.
pub async fn hold_back(
    tx: &mut Tx,
    contest: i64,
    unit: i64,
    public_key: &str,
) -> Result<Vec<(i64, i64)>> {
    Ok(on_tx!(tx, conn => sqlx::query_as(
        "SELECT handover.id, handover_part.message_id
         FROM handover JOIN handover_part ON handover_part.handover_id = handover.id
         WHERE handover.contest_id = $1 AND handover.direction = $2 AND handover.state = $3
             AND handover.from_unit_id = $4 AND handover.public_key = $5 AND handover_part.message_id IS NOT NULL
         ORDER BY handover.id, handover_part.n",
    )
    .bind(contest).bind(Direction::In).bind(HandoverState::Untrusted).bind(unit).bind(public_key)
    .fetch_all(conn).await?))
}

/// Whether a person has an open matter about a mail of this package before them.
pub async fn is_told(tx: &mut Tx, id: i64) -> Result<bool> {
    let n: i64 = on_tx!(tx, conn => sqlx::query_scalar(
        "SELECT count(*) FROM handover_part JOIN matter ON matter.subject_id = handover_part.message_id
         WHERE handover_part.handover_id = $1 AND matter.kind = $2 AND matter.subject = 'message' AND matter.closed_at IS NULL",
    )
    .bind(id).bind(MatterKind::Handover).fetch_one(conn).await?);
    Ok(n > 0)
}

/// The entry this database holds already: by the installation that took it in (`own`: this one) and its code there.
pub async fn held(
    tx: &mut Tx,
    contest: i64,
    origin: &str,
    own: &str,
    code: &str,
) -> Result<Option<i64>> {
    let installation = (origin != own).then_some(origin);
    Ok(on_tx!(tx, conn => sqlx::query_scalar(
        "SELECT id FROM entry WHERE contest_id = $1 AND receipt_code = $2 AND coalesce(installation, '') = coalesce($3, '')",
    )
    .bind(contest).bind(code).bind(installation)
    .fetch_optional(conn).await?))
}

/// One act of handing in by handover, at the unit whose entry it is. Returns its id.
pub async fn submit(
    tx: &mut Tx,
    contest: i64,
    message: i64,
    unit: i64,
    received_at: i64,
) -> Result<i64> {
    let id = new_id();
    on_tx!(tx, conn => sqlx::query(
        "INSERT INTO submission (id, contest_id, channel, message_id, unit_id, received_at) VALUES ($1, $2, 'handover', $3, $4, $5)",
    )
    .bind(id).bind(contest).bind(message).bind(unit).bind(received_at)
    .execute(conn).await?.rows_affected());
    Ok(id)
}

/// Writes down which installation took an entry in.
pub async fn mark_origin(tx: &mut Tx, entry: i64, installation: &str) -> Result<()> {
    on_tx!(tx, conn => sqlx::query("UPDATE entry SET installation = $2 WHERE id = $1")
        .bind(entry).bind(installation).execute(conn).await?.rows_affected());
    Ok(())
}

/// The version that a package of our own sent: where one installation serves both units.
pub async fn sent_version(
    tx: &mut Tx,
    contest: i64,
    package: &str,
    entry: i64,
) -> Result<Option<i64>> {
    Ok(on_tx!(tx, conn => sqlx::query_scalar(
        "SELECT queue_entry.version_id FROM handover
         JOIN queue_entry ON queue_entry.queue_id = handover.queue_id AND queue_entry.entry_id = $4
         WHERE handover.contest_id = $1 AND handover.direction = $2 AND handover.package = $3",
    )
    .bind(contest).bind(Direction::Out).bind(package).bind(entry)
    .fetch_optional(conn).await?))
}

/// How an entry stands to the queue of a unit in a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    NoQueue,
    Locked,
    There,
    Free,
}

pub async fn place(tx: &mut Tx, unit: i64, round: &str, entry: Option<i64>) -> Result<Place> {
    let row: Option<(Option<i64>, i64)> = on_tx!(tx, conn => sqlx::query_as(
        "SELECT queue.locked_at, (SELECT count(*) FROM queue_entry
             WHERE queue_entry.queue_id = queue.id AND queue_entry.entry_id = $3 AND queue_entry.removed_at IS NULL)
         FROM queue JOIN round ON round.id = queue.round_id
         WHERE queue.unit_id = $1 AND round.code = $2 AND round.removed_at IS NULL",
    )
    .bind(unit).bind(round).bind(entry)
    .fetch_optional(conn).await?);
    Ok(match row {
        None => Place::NoQueue,
        Some((_, n)) if n > 0 => Place::There,
        Some((Some(_), _)) => Place::Locked,
        Some((None, _)) => Place::Free,
    })
}

/// Notes which entry of ours an entry of the package is.
pub async fn took(tx: &mut Tx, id: i64, code: &str, entry: i64, at: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query(
        "INSERT INTO handover_entry (handover_id, code, entry_id, acknowledged_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (handover_id, code) DO NOTHING",
    )
    .bind(id).bind(code).bind(entry).bind(at)
    .execute(conn).await?.rows_affected());
    Ok(())
}
