//! A judge has raised a hand: what the secretariat must look at becomes a matter about the entry. The judge's name and
//! the blind code stay in the judge zone; the secretariat reads the receipt code and what was said.

use super::Ctx;
use super::Failure;
use crate::clock;
use crate::db;
use crate::db::job::Job;
use crate::db::matter::NewMatter;
use crate::db::matter::Subject;
use crate::entry::FlagKind;
use crate::entry::MatterKind;

pub async fn run(ctx: &Ctx, job: &Job) -> Result<(), Failure> {
    let raised = db::queue::flag(&ctx.db, job.job_key).await?;
    let now = clock::now();
    let mut tx = ctx.db.begin().await?;
    let tell = match raised.kind {
        FlagKind::Copied | FlagKind::Exposed | FlagKind::Unreadable => true,
        // The head judge's to see: they change nothing about whose the entry is or how it is shown.
        FlagKind::OffTopic | FlagKind::Proposal | FlagKind::Recuse => false,
    };
    if tell && raised.taken_back_at.is_none() {
        let entry = db::entry::get_in(&mut tx, raised.entry_id).await?;
        let detail = serde_json::json!({
            "code": entry.receipt_code,
            "flag": raised.kind,
            "note": raised.note,
        });
        let matter = NewMatter {
            contest: entry.contest_id,
            unit: entry.unit_id,
            kind: MatterKind::Judge,
            subject: Subject::Entry,
            subject_id: entry.id,
            detail: &detail,
        };
        db::matter::open(&mut tx, &matter, now).await?;
    }
    db::job::finish(&mut tx, job, now).await?;
    Ok(tx.commit().await?)
}
