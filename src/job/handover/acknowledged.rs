//! The receiver's answer to a package of ours: which parts are there, which are missing.

use super::super::Contest;
use super::super::Failure;
use super::super::event;
use super::super::mail::Mail;
use super::refuse;
use crate::db;
use crate::db::Tx;
use crate::db::matter::NewMatter;
use crate::db::matter::Subject;
use crate::entry::Direction;
use crate::entry::HandoverState;
use crate::entry::MatterKind;
use crate::handover::Acknowledgement;
use crate::handover::Fault;
use crate::handover::Handed;
use crate::handover::Manifest;

/// Notes an answer. One that fits no package of this unit is a person's matter.
pub async fn note(tx: &mut Tx, contest: &Contest, mail: &Mail<'_>) -> Result<(), Failure> {
    let said = match &mail.parsed.handed {
        Some(Handed::Acknowledgement(said)) => said,
        Some(Handed::Broken(fault)) => return refuse(tx, mail, *fault, None).await,
        Some(Handed::Part(_)) | None => {
            return refuse(tx, mail, Fault::Acknowledgement, None).await;
        }
    };
    let known =
        db::handover::find(tx, mail.message.contest_id, Direction::Out, &said.package).await?;
    let ours = known
        .filter(|row| row.manifest_hash == said.manifest && row.from_unit_id == mail.arrival.unit);
    let Some(row) = ours else {
        return refuse(tx, mail, Fault::Unknown, None).await;
    };
    let Ok(manifest) = Manifest::read(&row.manifest) else {
        return refuse(tx, mail, Fault::Unknown, None).await;
    };
    for n in said.here.iter().filter(|n| **n <= manifest.parts) {
        let codes: Vec<&str> = manifest
            .of_part(*n)
            .map(|line| line.code.as_str())
            .collect();
        db::handover::acknowledge(tx, row.id, i64::from(*n), &codes, mail.message.received_at)
            .await?;
    }
    let parts = db::handover::parts(tx, row.id).await?;
    let whole = parts.iter().all(|part| part.at.is_some());
    if whole && row.state == HandoverState::Packed {
        db::handover::advance(
            tx,
            row.id,
            HandoverState::Packed,
            HandoverState::Acknowledged,
            Some(mail.message.received_at),
        )
        .await?;
    }
    if whole {
        let (kind, subject) = (MatterKind::Handover, Subject::Handover);
        db::matter::recovered(tx, kind, subject, row.id, mail.now).await?;
    } else {
        tell(tx, contest, mail, row.id, said).await?;
    }
    let detail = if whole { "whole" } else { "missing" };
    event(
        tx,
        row.contest_id,
        "handover.acknowledged",
        row.id,
        detail,
        mail.now,
    )
    .await?;
    Ok(())
}

/// Parts are missing at the other side: the secretariat sends them again.
async fn tell(
    tx: &mut Tx,
    contest: &Contest,
    mail: &Mail<'_>,
    handover: i64,
    said: &Acknowledgement,
) -> Result<(), Failure> {
    let row = db::handover::get(tx, handover).await?;
    let detail = serde_json::json!({
        "missing": said.missing,
        "unit": contest.standing.code(row.to_unit_id),
    });
    let matter = NewMatter {
        contest: row.contest_id,
        unit: row.from_unit_id,
        kind: MatterKind::Handover,
        subject: Subject::Handover,
        subject_id: row.id,
        detail: &detail,
    };
    db::matter::open(tx, &matter, mail.now).await?;
    Ok(())
}
