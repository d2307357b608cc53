//! What became of one mail: every row that follows from it, for a clerk on the phone ("tôi đã gửi rồi").

use serde_json::Value;
use serde_json::json;

use super::Db;
use super::Error;
use super::Result;
use super::entry::Entry;
use super::on_db;
use super::on_tx;
use super::removal::veiled;
use crate::slip::Slip;

/// The message with this Message-ID (without brackets), or the one an entry with this receipt code came with.
pub async fn message(db: &Db, wanted: &str) -> Result<Option<i64>> {
    Ok(on_db!(db, pool => sqlx::query_scalar(
        "SELECT id FROM message WHERE rfc_id IN ($1, $2)
         UNION ALL
         SELECT submission.message_id FROM entry JOIN submission ON submission.id = entry.submission_id
         WHERE entry.receipt_code = $1 AND submission.message_id IS NOT NULL LIMIT 1",
    )
    .bind(wanted).bind(veiled(wanted)).fetch_optional(pool).await?))
}

/// Everything about it, as JSON: deliveries, what it is, entries with files and facts, matters, letters. When the
/// same mail came to a second mailbox (another message row), its deliveries and letters are in it too.
pub async fn trace(db: &Db, message: i64) -> Result<Value> {
    let first = super::message::get(db, message).await?;
    let main = first.same_as.unwrap_or(first.id);
    let copies: Vec<i64> = on_db!(db, pool => sqlx::query_scalar(
        "SELECT id FROM message WHERE id = $1 OR same_as = $1 ORDER BY received_at, id",
    )
    .bind(main).fetch_all(pool).await?);
    let message = super::message::get(db, main).await?;
    let mut deliveries = Vec::new();
    let mut letters = Vec::new();
    let mut matters = Vec::new();
    let mut entries = Vec::new();
    let mut resent = Vec::new();
    let mut versions = Vec::new();
    for copy in &copies {
        let row = super::message::get(db, *copy).await?;
        for arrival in super::delivery::arrivals(db, *copy).await? {
            deliveries.push(json!({
                "mailbox": arrival.address, "internal_at": arrival.internal_at, "sha256": row.blob, "size": row.size,
            }));
        }
        let rows: Vec<(String, String, String, String)> = on_db!(db, pool => sqlx::query_as(
            "SELECT kind, state, recipient, rfc_id FROM letter WHERE message_id = $1 ORDER BY id",
        )
        .bind(copy).fetch_all(pool).await?);
        letters.extend(rows.into_iter().map(|(kind, state, recipient, rfc_id)| {
            json!({ "kind": kind, "state": state, "recipient": recipient, "rfc_id": rfc_id })
        }));
        matters.extend(about(db, "message", *copy).await?);
        let mut tx = db.begin().await?;
        for entry in super::entry::of_message(&mut tx, *copy).await? {
            entries.push(entry);
        }
        for id in super::entry::resent_by_message(&mut tx, *copy).await? {
            let code: String = on_tx!(&mut tx, conn => sqlx::query_scalar("SELECT receipt_code FROM entry WHERE id = $1")
                .bind(id).fetch_one(conn).await?);
            resent.push(code);
        }
        for newer in super::version::brought_by(&mut tx, *copy).await? {
            let code = super::entry::get_in(&mut tx, newer.entry)
                .await?
                .receipt_code;
            versions.push(json!({ "code": code, "counts": newer.stands }));
        }
        drop(tx);
    }
    let mut shown = Vec::new();
    for entry in entries {
        matters.extend(about(db, "entry", entry.id).await?);
        shown.push(of_entry(db, &entry).await?);
    }
    Ok(json!({
        "rfc_id": message.rfc_id,
        "kind": message.kind,
        "state": message.state,
        "received_at": message.received_at,
        "deliveries": deliveries,
        "entries": shown,
        "resent": resent,
        "versions": versions,
        "matters": matters,
        "letters": letters,
    }))
}

async fn about(db: &Db, subject: &str, id: i64) -> Result<Vec<Value>> {
    let rows: Vec<(i64, String, Option<String>)> = on_db!(db, pool => sqlx::query_as(
        "SELECT id, kind, decision FROM matter WHERE subject = $1 AND subject_id = $2 ORDER BY id",
    )
    .bind(subject).bind(id).fetch_all(pool).await?);
    Ok(rows
        .into_iter()
        .map(|(id, kind, decision)| json!({ "id": id, "kind": kind, "decision": decision }))
        .collect())
}

async fn of_entry(db: &Db, entry: &Entry) -> Result<Value> {
    let unit: String = on_db!(db, pool => sqlx::query_scalar("SELECT code FROM unit WHERE id = $1")
        .bind(entry.unit_id).fetch_optional(pool).await?)
    .ok_or(Error::Missing)?;
    let version = super::entry::version(db, entry.id).await?;
    let slip = match super::entry::slip(db, version.id).await {
        Ok((slip, _)) => slip,
        Err(Error::Missing) => Slip::default(),
        Err(error) => return Err(error),
    };
    let files: Vec<Value> = super::entry::files(db, version.id)
        .await?
        .into_iter()
        .map(|file| json!({ "name": file.name, "role": file.role, "kind": file.kind, "pages": file.pages, "sha256": file.blob }))
        .collect();
    let findings: Vec<Value> = super::entry::findings(db, version.id)
        .await?
        .into_iter()
        .map(|(_, finding)| json!(finding.code))
        .collect();
    let queue: Option<String> = on_db!(db, pool => sqlx::query_scalar(
        "SELECT unit.code FROM queue_entry JOIN queue ON queue.id = queue_entry.queue_id JOIN unit ON unit.id = queue.unit_id
         WHERE queue_entry.entry_id = $1 AND queue_entry.removed_at IS NULL ORDER BY queue_entry.id LIMIT 1",
    )
    .bind(entry.id).fetch_optional(pool).await?);
    let rounds: Vec<(String, String)> = on_db!(db, pool => sqlx::query_as(
        "SELECT unit.code, round.code FROM queue_entry JOIN queue ON queue.id = queue_entry.queue_id
         JOIN unit ON unit.id = queue.unit_id JOIN round ON round.id = queue.round_id
         WHERE queue_entry.entry_id = $1 AND queue_entry.removed_at IS NULL ORDER BY queue_entry.id",
    )
    .bind(entry.id).fetch_all(pool).await?);
    let rounds: Vec<Value> = rounds
        .into_iter()
        .map(|(unit, round)| json!({ "unit": unit, "round": round }))
        .collect();
    let handovers: Vec<Value> = super::handover::of_entry(db, entry.id)
        .await?
        .into_iter()
        .map(|seen| {
            json!({
                "direction": seen.direction, "package": seen.package, "from": seen.from_unit, "to": seen.to_unit,
                "state": seen.state, "made_at": seen.made_at, "acknowledged_at": seen.acknowledged_at,
            })
        })
        .collect();
    let value = |fact: &Option<crate::slip::Fact>| fact.as_ref().map(|fact| fact.value.clone());
    Ok(json!({
        "id": entry.id,
        "code": entry.receipt_code,
        "unit": unit,
        "state": entry.state,
        "timeliness": entry.timeliness,
        "queue": queue,
        "rounds": rounds,
        "in_body": version.in_body,
        "files": files,
        "facts": {
            "name": value(&slip.name), "birth_date": value(&slip.birth_date), "unit": value(&slip.unit),
            "class": value(&slip.class), "address": value(&slip.address), "phone": value(&slip.phone),
        },
        "answers": serde_json::from_str::<Value>(&version.answers)?,
        "findings": findings,
        "handovers": handovers,
    }))
}
