//! The handover by mail: a released package is written into mails (`pack`), a mail of a package is taken in
//! (`arrive`, `take`), what came and what did not is answered (`missing`), and the answer is noted (`acknowledged`).

pub mod acknowledged;
mod answer;
pub mod arrive;
pub mod missing;
pub mod pack;
mod take;

use super::Failure;
use super::mail::Mail;
use crate::db;
use crate::db::Tx;
use crate::db::matter::NewMatter;
use crate::db::matter::Subject;
use crate::entry::MatterKind;
use crate::handover::Fault;
use crate::handover::Manifest;
use crate::handover::seal;

/// Opens a matter about a mail that was not taken in, for the unit whose mailbox it came to. Never silent: whoever
/// sent it, a person sees what it says of itself and why nothing came of it.
async fn refuse(
    tx: &mut Tx,
    mail: &Mail<'_>,
    fault: Fault,
    manifest: Option<&Manifest>,
) -> Result<(), Failure> {
    let mut detail = serde_json::json!({ "fault": fault });
    if let (Some(manifest), Some(detail)) = (manifest, detail.as_object_mut()) {
        let key = seal::fingerprint(&manifest.installation.public_key);
        detail.insert("unit".into(), manifest.from.clone().into());
        detail.insert("entries".into(), manifest.entries.len().into());
        detail.insert("parts".into(), manifest.parts.into());
        detail.insert("key".into(), key.into());
    }
    let matter = NewMatter {
        contest: mail.message.contest_id,
        unit: mail.arrival.unit,
        kind: MatterKind::Handover,
        subject: Subject::Message,
        subject_id: mail.message.id,
        detail: &detail,
    };
    db::matter::open(tx, &matter, mail.now).await?;
    tracing::warn!(message.id = mail.message.id, fault = ?fault, "package not taken in");
    Ok(())
}
