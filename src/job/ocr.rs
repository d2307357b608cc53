//! Reads the pictures of a file that was taken in: photographed pages, scans, illustrations beside a text. Long after the receipt went out, one page
//! at a time, in a lane of its own (`run`), so that a thousand photographs delay nobody's mail.

use anyhow::anyhow;

use super::Ctx;
use super::Failure;
use super::event;
use crate::clock;
use crate::db;
use crate::db::entry::File;
use crate::db::job::Job;
use crate::db::job::JobKind;
use crate::document::Document;
use crate::document::ocr;
use crate::worker;
use crate::worker::ocr::Failed;

/// Behind everything else.
pub const PRIORITY: i64 = 9;

/// Reads the file of a job, unless that was done before.
pub async fn run(ctx: &Ctx, job: &Job) -> Result<(), Failure> {
    let file = db::entry::file(&ctx.db, job.job_key).await?;
    let Some(document) = db::reading::get(&ctx.db, &file.blob).await? else {
        return Err(Failure::GiveUp(anyhow!("file {} was never read", file.id)));
    };
    if document.ocr.is_some() || !ocr::is_wanted(&document) {
        return beside_text(ctx, job, &file, &document).await;
    }
    let bytes = ctx.blobs.get(&file.blob).await?;
    let read = match ctx.worker.recognise(&bytes, &file.name, document, 0).await {
        Ok(read) => read,
        // The same bytes would do the same again.
        Err(error @ Failed::Child(worker::Error::TooComplex)) => {
            return Err(Failure::GiveUp(error.into()));
        }
        Err(error) => return Err(Failure::Again(error.into())),
    };
    let pages = super::pages::draw(ctx, &bytes, &read.document).await?;
    let home = db::entry::home_of_file(&ctx.db, file.id).await?;
    let now = clock::now();
    let ms = i64::try_from(read.ms).unwrap_or(i64::MAX);
    let mut tx = ctx.db.begin().await?;
    if let Some((contest, _, entry)) = home {
        // What was a picture is a text now: it is compared with all that came before.
        db::contest::lock(&mut tx, contest).await?;
        db::comparison::forget(&mut tx, entry).await?;
        let priority = JobKind::COMPARE_PRIORITY;
        db::job::put(&mut tx, JobKind::Compare, contest, priority, now).await?;
    }
    db::reading::improve(
        &mut tx,
        &file.blob,
        &read.document,
        read.text_hash.as_deref(),
        ms,
    )
    .await?;
    db::page::keep(&mut tx, &file.blob, &pages).await?;
    if let Some((contest, _, _)) = home {
        event(&mut tx, contest, "file.recognised", file.id, "", now).await?;
    }
    // The judges' copy may be made of it.
    db::job::put(
        &mut tx,
        JobKind::Copy,
        file.version_id,
        JobKind::COPY_PRIORITY,
        now,
    )
    .await?;
    db::job::finish(&mut tx, job, now).await?;
    tx.commit().await?;
    tracing::info!(
        file.id = file.id,
        pages = read.document.pages,
        ms,
        "pictures read"
    );
    Ok(())
}

/// A file that needs no reading, or was read for another entry or version: pictures beside its text are drawn, and the
/// copy of this version may be made of it, too.
async fn beside_text(
    ctx: &Ctx,
    job: &Job,
    file: &File,
    document: &Document,
) -> Result<(), Failure> {
    let mut illustrations = Vec::new();
    if document.pictured && !db::page::is_drawn(&ctx.db, &file.blob).await? {
        let bytes = ctx.blobs.get(&file.blob).await?;
        illustrations = super::pages::draw_illustrations(ctx, &bytes, document.kind).await?;
    }
    let now = clock::now();
    let mut tx = ctx.db.begin().await?;
    db::page::keep(&mut tx, &file.blob, &illustrations).await?;
    if document.ocr.is_some() || document.pictured {
        let priority = JobKind::COPY_PRIORITY;
        db::job::put(&mut tx, JobKind::Copy, file.version_id, priority, now).await?;
    }
    db::job::finish(&mut tx, job, now).await?;
    Ok(tx.commit().await?)
}
