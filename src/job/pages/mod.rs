//! Pages that are pictures, and pictures beside a text: drawn once they were read, and covered as a clerk released them. What the program itself would
//! cover is `proposed`.

pub mod proposed;

use super::Ctx;
use super::Failure;
use crate::db;
use crate::db::Tx;
use crate::db::page::Cover;
use crate::db::page::Picture;
use crate::db::page::Release;
use crate::db::page::Sheet;
use crate::db::page::Shown;
use crate::document::Document;
use crate::document::Kind;
use crate::document::drawn::Drawn;
use crate::document::ocr;
use crate::worker;

/// Draws the pages of a file whose pictures were read.
pub async fn draw(ctx: &Ctx, bytes: &[u8], document: &Document) -> Result<Vec<Sheet>, Failure> {
    let unread = !ocr::is_sure(document);
    let mut pages = Vec::new();
    let read = document.ocr.iter().flat_map(|ocr| &ocr.pages);
    for (number, page) in read.enumerate() {
        let drawn = drawn(ctx, bytes, document.kind, number, page.half_turn, unread).await?;
        if let Some(mut drawn) = drawn {
            pages.push(Sheet {
                number: i64::try_from(number).unwrap_or(0),
                print: drawn.print.take(),
                picture: kept(ctx, drawn).await?,
                words: None,
            });
        }
    }
    Ok(pages)
}

/// Draws the pictures that stand beside the text of a file (R001-18), and keeps what is written on them: a clerk is shown
/// what of it to cover.
pub async fn draw_illustrations(
    ctx: &Ctx,
    bytes: &[u8],
    kind: Kind,
) -> Result<Vec<Sheet>, Failure> {
    let mut sheets = Vec::new();
    let found = ctx.worker.illustrations(bytes, kind).await;
    for (number, words) in found.map_err(|error| Failure::Again(error.into()))? {
        let drawn = drawn(ctx, bytes, kind, number, words.half_turn, false).await?;
        if let Some(drawn) = drawn {
            sheets.push(Sheet {
                number: i64::try_from(number).unwrap_or(0),
                print: None,
                picture: kept(ctx, drawn).await?,
                words: Some(words),
            });
        }
    }
    Ok(sheets)
}

/// A page as people look at it; `None` where it could not be unpacked: a finding says so, and the others are shown.
async fn drawn(
    ctx: &Ctx,
    bytes: &[u8],
    kind: Kind,
    number: usize,
    half_turn: bool,
    unread: bool,
) -> Result<Option<Drawn>, Failure> {
    match ctx
        .worker
        .draw(bytes, kind, number, half_turn, unread)
        .await
    {
        Ok(drawn) => Ok(drawn),
        Err(worker::Error::TimedOut | worker::Error::Crashed(_)) => Ok(None),
        Err(error) => Err(Failure::Again(error.into())),
    }
}

async fn kept(ctx: &Ctx, drawn: Drawn) -> Result<Picture, Failure> {
    Ok(Picture {
        picture: ctx.blobs.put(&drawn.jpeg).await?.sha256,
        width: i64::from(drawn.width),
        height: i64::from(drawn.height),
    })
}

/// Pages covered as they were released at that moment.
pub struct Covered {
    release: Release,
    covers: Vec<Cover>,
    pages: Vec<Shown>,
}

/// Covers the pages of a version that a clerk has released and judges do not see yet.
pub async fn cover(ctx: &Ctx, version: i64) -> Result<Option<Covered>, Failure> {
    let leaves = db::page::leaves(&ctx.db, version).await?;
    let release = db::page::release(&ctx.db, version).await?;
    let Some(release) = release.filter(|release| release.is_of(&leaves)) else {
        return Ok(None);
    };
    if db::page::shown(&ctx.db, version).await? > 0 {
        return Ok(None);
    }
    let covers = db::page::covers(&ctx.db, version).await?;
    let mut pages = Vec::with_capacity(leaves.len());
    for leaf in &leaves {
        let areas = covers
            .iter()
            .filter(|cover| (cover.file, cover.page) == (leaf.file_id, leaf.page))
            .map(|cover| cover.area)
            .collect();
        let jpeg = ctx.blobs.get(&leaf.drawn.picture).await?;
        let drawn = ctx.worker.cover(&jpeg, areas).await;
        let drawn = drawn.map_err(|error| Failure::Again(error.into()))?;
        let Some(drawn) = drawn else {
            return Err(Failure::GiveUp(anyhow::anyhow!(
                "a drawn page of version {version} cannot be read again"
            )));
        };
        pages.push(Shown {
            code: code()?,
            illustration: leaf.illustration,
            picture: kept(ctx, drawn).await?,
        });
    }
    Ok(Some(Covered {
        release,
        covers,
        pages,
    }))
}

/// How the pages of a version stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pages {
    /// No clerk has released them; so many of them are pictures beside the text. None at all where there are no pages.
    Kept { illustrations: usize },
    /// Judges see them.
    Shown,
    /// They were released, or covered otherwise, only now: to be covered first.
    Changed,
}

/// Shows judges what was covered, if it is still what a clerk wants shown; takes away what is not.
pub async fn show(tx: &mut Tx, version: i64, covered: Option<Covered>) -> Result<Pages, db::Error> {
    let leaves = db::page::leaves_in(tx, version).await?;
    let release = db::page::release_in(tx, version).await?;
    let Some(release) = release.filter(|release| release.is_of(&leaves)) else {
        // A page came that nobody has looked at.
        db::page::show(tx, version, &[]).await?;
        let illustrations = leaves.iter().filter(|leaf| leaf.illustration).count();
        return Ok(Pages::Kept { illustrations });
    };
    if db::page::shown_in(tx, version).await? > 0 {
        return Ok(Pages::Shown);
    }
    match covered {
        Some(covered)
            if covered.release == release
                && covered.covers == db::page::covers_in(tx, version).await? =>
        {
            db::page::show(tx, version, &covered.pages).await?;
            Ok(Pages::Shown)
        }
        Some(_) | None => Ok(Pages::Changed),
    }
}

/// A name for a page that tells nothing and cannot be guessed.
fn code() -> Result<String, Failure> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|error| Failure::Again(anyhow::anyhow!("{error}")))?;
    Ok(crate::text::words::hex(&random))
}
