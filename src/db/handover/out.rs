//! What a unit hands over: its locked list, or every entry that stands, and the mails that carry it.

use super::Error;
use super::Result;
use super::Tx;
use super::new_id;
use super::on_tx;
use crate::entry::Direction;
use crate::entry::EntryState;
use crate::entry::HandoverState;
use crate::entry::LetterState;

/// An entry that would go, with the bytes of its files.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Candidate {
    pub entry: i64,
    pub code: String,
    pub size: i64,
}

/// Bytes of a version's files, and the text of a mail that is itself the essay.
const SIZE: &str = "CAST(coalesce((SELECT sum(entry_file.size) FROM entry_file WHERE entry_file.version_id = version.id), 0)
    + CASE WHEN version.in_body THEN coalesce(length(message.body), 0) ELSE 0 END AS BIGINT)";
const JOINS: &str = "JOIN submission ON submission.id = version.submission_id LEFT JOIN message ON message.id = submission.message_id";

/// A locked list: how many lines it has and how many of them go on.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct List {
    pub queue: i64,
    pub lines: i64,
    pub taken: i64,
}

/// The locked list of a unit in the round with this code, if there is one.
pub async fn list_of(tx: &mut Tx, unit: i64, round: &str) -> Result<Option<List>> {
    Ok(on_tx!(tx, conn => sqlx::query_as(
        "SELECT queue.id AS queue,
             (SELECT count(*) FROM ranking_line WHERE ranking_line.ranking_id = ranking.id) AS lines,
             (SELECT count(*) FROM ranking_line WHERE ranking_line.ranking_id = ranking.id AND ranking_line.taken) AS taken
         FROM queue JOIN round ON round.id = queue.round_id JOIN ranking ON ranking.queue_id = queue.id AND ranking.state = 'locked'
         WHERE queue.unit_id = $1 AND round.code = $2",
    )
    .bind(unit).bind(round).fetch_optional(conn).await?))
}

/// The taken lines of a locked list, in its order, in the versions that were marked.
pub async fn list_entries(tx: &mut Tx, queue: i64) -> Result<Vec<Candidate>> {
    let sql = format!(
        "SELECT entry.id AS entry, entry.receipt_code AS code, {SIZE} AS size
         FROM ranking JOIN ranking_line ON ranking_line.ranking_id = ranking.id AND ranking_line.taken
         JOIN queue_entry ON queue_entry.id = ranking_line.queue_entry_id
         JOIN entry ON entry.id = queue_entry.entry_id
         JOIN entry_version AS version ON version.id = queue_entry.version_id {JOINS}
         WHERE ranking.queue_id = $1 AND ranking.state = 'locked' ORDER BY ranking_line.ordinal"
    );
    Ok(
        on_tx!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(queue).fetch_all(conn).await?),
    )
}

/// The entries of a unit that were taken in here, stand, and are in no package yet; first come first.
pub async fn open_entries(tx: &mut Tx, unit: i64) -> Result<Vec<Candidate>> {
    let sql = format!(
        "SELECT entry.id AS entry, entry.receipt_code AS code, {SIZE} AS size
         FROM entry JOIN entry_version AS version ON version.entry_id = entry.id {JOINS}
         WHERE entry.unit_id = $1 AND entry.state = $2 AND entry.installation IS NULL AND entry.removed_at IS NULL
             AND version.stands
             AND NOT EXISTS (SELECT 1 FROM handover_entry JOIN handover ON handover.id = handover_entry.handover_id
                 WHERE handover_entry.entry_id = entry.id AND handover.direction = $3
                     AND handover.from_unit_id = entry.unit_id AND handover.state <> $4)
         ORDER BY entry.received_at, entry.id"
    );
    Ok(
        on_tx!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(unit).bind(EntryState::Queued)
        .bind(Direction::Out).bind(HandoverState::TakenBack).fetch_all(conn).await?),
    )
}

/// How many entries of a unit wait for a person's decision and so do not go.
pub async fn held_entries(tx: &mut Tx, unit: i64) -> Result<i64> {
    Ok(
        on_tx!(tx, conn => sqlx::query_scalar("SELECT count(*) FROM entry WHERE unit_id = $1 AND state = $2")
        .bind(unit).bind(EntryState::Held).fetch_one(conn).await?),
    )
}

/// Whether the list of a queue was handed over, or is about to be.
pub async fn is_handed(tx: &mut Tx, queue: i64) -> Result<bool> {
    let n: i64 = on_tx!(tx, conn => sqlx::query_scalar(
        "SELECT count(*) FROM handover WHERE direction = $1 AND queue_id = $2 AND state <> $3",
    )
    .bind(Direction::Out).bind(queue).bind(HandoverState::TakenBack).fetch_one(conn).await?);
    Ok(n > 0)
}

/// Writes a released package with its entries. `Stale` when the list was handed over already.
#[allow(
    clippy::too_many_arguments,
    reason = "a row and its entries, each named at the one place that calls it"
)]
pub async fn release(
    tx: &mut Tx,
    contest: i64,
    package: &str,
    (from, to): (i64, i64),
    queue: Option<i64>,
    entries: &[Candidate],
    account: i64,
    now: i64,
) -> Result<i64> {
    if let Some(queue) = queue
        && is_handed(tx, queue).await?
    {
        return Err(Error::Stale);
    }
    let id = new_id();
    on_tx!(tx, conn => sqlx::query(
        "INSERT INTO handover (id, contest_id, direction, package, from_unit_id, to_unit_id, queue_id, state, manifest,
             manifest_hash, signature, public_key, parts, made_by, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', '', '', '', 0, $9, $10)",
    )
    .bind(id).bind(contest).bind(Direction::Out).bind(package).bind(from).bind(to).bind(queue)
    .bind(HandoverState::Released).bind(account).bind(now)
    .execute(conn).await?.rows_affected());
    for entry in entries {
        on_tx!(tx, conn => sqlx::query("INSERT INTO handover_entry (handover_id, code, entry_id) VALUES ($1, $2, $3)")
            .bind(id).bind(&entry.code).bind(entry.entry).execute(conn).await?.rows_affected());
    }
    Ok(id)
}

/// Where an entry of a package comes from.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Source {
    /// The installation that took it in; none: this one.
    pub installation: Option<String>,
    /// The version that goes: the one that was marked, else the one that counts.
    pub version: i64,
    /// Its place in the list.
    pub place: Option<i64>,
    /// Ticked answers of that version, JSON.
    pub answers: String,
    /// The text of the mail, where that is the essay.
    pub body: Option<String>,
}

pub async fn source(tx: &mut Tx, queue: Option<i64>, entry: i64) -> Result<Source> {
    let row = on_tx!(tx, conn => sqlx::query_as(
        "SELECT entry.installation, version.id AS version, version.answers, ranking_line.place AS place,
             CASE WHEN version.in_body THEN message.body END AS body
         FROM entry
         LEFT JOIN queue_entry ON queue_entry.queue_id = $1 AND queue_entry.entry_id = entry.id
         LEFT JOIN ranking ON ranking.queue_id = queue_entry.queue_id AND ranking.state = 'locked'
         LEFT JOIN ranking_line ON ranking_line.ranking_id = ranking.id AND ranking_line.queue_entry_id = queue_entry.id
         JOIN entry_version AS version ON version.entry_id = entry.id
         JOIN submission ON submission.id = version.submission_id
         LEFT JOIN message ON message.id = submission.message_id
         WHERE entry.id = $2 AND (version.id = queue_entry.version_id OR queue_entry.id IS NULL)
         ORDER BY version.stands DESC, version.n DESC LIMIT 1",
    )
    .bind(queue).bind(entry).fetch_optional(conn).await?);
    row.ok_or(Error::Missing)
}

/// What was signed, and how many mails it is. `Stale` when it was packed or taken back meanwhile.
pub async fn pack(
    tx: &mut Tx,
    id: i64,
    (manifest, hash): (&str, &str),
    (signature, public_key): (&str, &str),
    parts: u32,
) -> Result<()> {
    let packed = on_tx!(tx, conn => sqlx::query(
        "UPDATE handover SET manifest = $2, manifest_hash = $3, signature = $4, public_key = $5, parts = $6, state = $7
         WHERE id = $1 AND state = $8",
    )
    .bind(id).bind(manifest).bind(hash).bind(signature).bind(public_key).bind(i64::from(parts))
    .bind(HandoverState::Packed).bind(HandoverState::Released)
    .execute(conn).await?.rows_affected());
    if packed == 0 {
        return Err(Error::Stale);
    }
    for n in 1..=i64::from(parts) {
        on_tx!(tx, conn => sqlx::query("INSERT INTO handover_part (handover_id, n) VALUES ($1, $2)")
            .bind(id).bind(n).execute(conn).await?.rows_affected());
    }
    Ok(())
}

/// Names the letter that carries a part.
pub async fn put_letter(tx: &mut Tx, id: i64, n: i64, letter: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query("UPDATE handover_part SET letter_id = $3 WHERE handover_id = $1 AND n = $2")
        .bind(id).bind(n).bind(letter).execute(conn).await?.rows_affected());
    Ok(())
}

/// Takes a package back whose mails all still wait: they are not sent. False when one of them has left.
pub async fn take_back(tx: &mut Tx, id: i64, reason: &str, now: i64) -> Result<bool> {
    let letters: Vec<(i64, LetterState)> = on_tx!(tx, conn => sqlx::query_as(
        "SELECT letter.id, letter.state FROM handover_part JOIN letter ON letter.id = handover_part.letter_id
         WHERE handover_part.handover_id = $1",
    )
    .bind(id).fetch_all(conn).await?);
    if letters
        .iter()
        .any(|(_, state)| *state != LetterState::Queued)
    {
        return Ok(false);
    }
    for (letter, state) in letters {
        let to = LetterState::Suppressed;
        super::super::letter::advance(tx, letter, state, to, Some(reason), now).await?;
    }
    let moved = on_tx!(tx, conn => sqlx::query("UPDATE handover SET state = $2, done_at = $3 WHERE id = $1 AND state IN ($4, $5)")
        .bind(id).bind(HandoverState::TakenBack).bind(now).bind(HandoverState::Released).bind(HandoverState::Packed)
        .execute(conn).await?.rows_affected());
    Ok(moved > 0)
}

/// Lets the parts that nobody has acknowledged be sent anew, except those whose letter still waits. Returns how many.
pub async fn unsend(tx: &mut Tx, id: i64) -> Result<u64> {
    Ok(on_tx!(tx, conn => sqlx::query(
        "UPDATE handover_part SET letter_id = NULL WHERE handover_id = $1 AND at IS NULL
             AND letter_id IN (SELECT id FROM letter WHERE state NOT IN ($2, $3))",
    )
    .bind(id).bind(LetterState::Queued).bind(LetterState::Sending)
    .execute(conn).await?.rows_affected()))
}

/// Notes that the receiver has a part, with these entries.
pub async fn acknowledge(tx: &mut Tx, id: i64, n: i64, codes: &[&str], at: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query("UPDATE handover_part SET at = coalesce(at, $3) WHERE handover_id = $1 AND n = $2")
        .bind(id).bind(n).bind(at).execute(conn).await?.rows_affected());
    for code in codes {
        on_tx!(tx, conn => sqlx::query(
            "UPDATE handover_entry SET acknowledged_at = coalesce(acknowledged_at, $3) WHERE handover_id = $1 AND code = $2",
        )
        .bind(id).bind(*code).bind(at).execute(conn).await?.rows_affected());
    }
    Ok(())
}
