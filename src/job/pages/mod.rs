//! Pages that are pictures: drawn once they were read, covered as a clerk released them, and what the program itself
//! would cover.

use super::Ctx;
use super::Failure;
use super::author;
use crate::blind;
use crate::db;
use crate::db::Db;
use crate::db::Tx;
use crate::db::contest::Standing;
use crate::db::entry::Entry;
use crate::db::entry::Version;
use crate::db::page::Cover;
use crate::db::page::Leaf;
use crate::db::page::Picture;
use crate::db::page::Release;
use crate::document::Document;
use crate::document::drawn::Area;
use crate::document::drawn::Drawn;
use crate::document::ocr::OcrPage;
use crate::document::ocr::OcrWord;
use crate::worker;

/// What a proposed cover reaches beyond its words, in ten-thousandths of the page.
const BESIDE: u16 = 60;
const ABOVE: u16 = 40;

/// Draws the pages of a file whose pictures were read; each with its number.
pub async fn draw(
    ctx: &Ctx,
    bytes: &[u8],
    document: &Document,
) -> Result<Vec<(i64, Picture)>, Failure> {
    let mut pages = Vec::new();
    let read = document.ocr.iter().flat_map(|ocr| &ocr.pages);
    for (number, page) in read.enumerate() {
        let drawn = match ctx
            .worker
            .draw(bytes, document.kind, number, page.half_turn)
            .await
        {
            Ok(drawn) => drawn,
            // A finding says that this page could not be unpacked; the others are shown.
            Err(worker::Error::TimedOut | worker::Error::Crashed(_)) => None,
            Err(error) => return Err(Failure::Again(error.into())),
        };
        if let Some(drawn) = drawn {
            pages.push((i64::try_from(number).unwrap_or(0), kept(ctx, drawn).await?));
        }
    }
    Ok(pages)
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
    pages: Vec<(String, Picture)>,
}

/// Covers the pages of a version that a clerk has released and judges do not see yet.
pub async fn cover(ctx: &Ctx, version: i64) -> Result<Option<Covered>, Failure> {
    let leaves = db::page::leaves(&ctx.db, version).await?;
    if leaves.is_empty() {
        return Ok(None);
    }
    let mut tx = ctx.db.begin().await?;
    let release = released(&mut tx, version, &leaves).await?;
    let shown = db::page::shown(&mut tx, version).await?;
    let covers = db::page::covers_in(&mut tx, version).await?;
    drop(tx);
    let Some(release) = release.filter(|_| shown == 0) else {
        return Ok(None);
    };
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
        pages.push((code()?, kept(ctx, drawn).await?));
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
    /// There are none, or no clerk has released them.
    Kept,
    /// Judges see them.
    Shown,
    /// They were released, or covered otherwise, only now: to be covered first.
    Changed,
}

/// Shows judges what was covered, if it is still what a clerk wants shown; takes away what is not.
pub async fn show(tx: &mut Tx, version: i64, covered: Option<Covered>) -> Result<Pages, db::Error> {
    let leaves = db::page::leaves_in(tx, version).await?;
    let Some(release) = released(tx, version, &leaves).await? else {
        // A page came that nobody has looked at.
        db::page::show(tx, version, &[]).await?;
        return Ok(Pages::Kept);
    };
    if db::page::shown(tx, version).await? > 0 {
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

/// The release of exactly these pages.
async fn released(
    tx: &mut Tx,
    version: i64,
    leaves: &[Leaf],
) -> Result<Option<Release>, db::Error> {
    let release = db::page::release(tx, version).await?;
    Ok(release.filter(|release| !leaves.is_empty() && release.pages == db::page::name_of(leaves)))
}

/// A name for a page that tells nothing and cannot be guessed.
fn code() -> Result<String, Failure> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|error| Failure::Again(anyhow::anyhow!("{error}")))?;
    Ok(crate::text::words::hex(&random))
}

/// What the program would cover on the pages of a version: words that say whose it is, as far as they were read.
pub async fn proposed(
    db: &Db,
    standing: &Standing,
    entry: &Entry,
    version: &Version,
) -> Result<Vec<Cover>, db::Error> {
    let about = author::of(db, standing, entry, version).await?;
    let mut covers = Vec::new();
    for file in &about.files {
        let Some(document) = db::reading::get(db, &file.blob).await? else {
            continue;
        };
        let pages = document.ocr.iter().flat_map(|ocr| &ocr.pages);
        for (number, page) in (0_i64..).zip(pages) {
            covers.extend(areas(page, &about.identity).into_iter().map(|area| Cover {
                file: file.id,
                page: number,
                area,
            }));
        }
    }
    Ok(covers)
}

/// The areas of the words that are to go, as the page is drawn.
fn areas(page: &OcrPage, identity: &blind::Identity) -> Vec<Area> {
    let mut text = String::new();
    let mut places = Vec::with_capacity(page.words.len());
    let mut before: Option<&OcrWord> = None;
    for word in &page.words {
        if let Some(before) = before {
            let same_line = word.left >= before.left && word.top < before.bottom;
            text.push(if same_line { ' ' } else { '\n' });
        }
        let from = text.len();
        text.push_str(&word.text);
        places.push((from, text.len()));
        before = Some(word);
    }
    let masks = blind::masked(&text, identity);
    let mut areas: Vec<Area> = Vec::new();
    for (word, (from, to)) in page.words.iter().zip(places) {
        if !masks.iter().any(|mask| mask.0 < to && from < mask.1) {
            continue;
        }
        let Some(area) = Area::new(
            word.left.saturating_sub(BESIDE),
            word.top.saturating_sub(ABOVE),
            word.right.saturating_add(BESIDE),
            word.bottom.saturating_add(ABOVE),
        ) else {
            continue;
        };
        match areas.last_mut() {
            // Words of one name, side by side.
            Some(last)
                if area.top < last.bottom
                    && last.top < area.bottom
                    && area.left >= last.left
                    && area.left <= last.right.saturating_add(2 * BESIDE) =>
            {
                last.top = last.top.min(area.top);
                last.right = last.right.max(area.right);
                last.bottom = last.bottom.max(area.bottom);
            }
            Some(_) | None => areas.push(area),
        }
    }
    if page.half_turn {
        areas = areas.into_iter().map(Area::turned).collect();
    }
    areas
}

#[cfg(test)]
mod tests {
    use super::areas;
    use crate::blind::Identity;
    use crate::document::ocr::OcrPage;
    use crate::document::ocr::OcrWord;

    fn word(text: &str, left: u16, top: u16) -> OcrWord {
        OcrWord {
            text: text.to_owned(),
            left,
            top,
            right: left + 600,
            bottom: top + 150,
            confidence: 0.9,
        }
    }

    fn page() -> OcrPage {
        OcrPage {
            words: vec![
                word("Họ", 1_000, 1_000),
                word("và", 1_700, 1_000),
                word("tên:", 2_400, 1_000),
                word("Nguyễn", 3_200, 1_010),
                word("Thị", 3_900, 990),
                word("Mai", 4_600, 1_000),
                word("Dịch", 1_000, 1_300),
                word("vụ", 1_700, 1_300),
                word("công", 2_400, 1_300),
            ],
            half_turn: false,
        }
    }

    #[test]
    fn a_name_on_a_page_gets_one_cover_from_its_first_to_its_last_word() {
        let identity = Identity {
            senders: vec!["Nguyễn Thị Mai".to_owned()],
            ..Identity::default()
        };
        let found = areas(&page(), &identity);
        assert_eq!(found.len(), 1, "{found:?}");
        let area = found[0];
        assert!(area.left <= 3_200 && area.right >= 5_200, "{area:?}");
        assert!(area.top <= 990 && (1_160..1_300).contains(&area.bottom));
        assert!(area.left > 3_000, "the label stays: {area:?}");
    }

    #[test]
    fn on_a_page_that_is_turned_the_cover_is_turned_with_it() {
        let upside_down = OcrPage {
            half_turn: true,
            ..page()
        };
        let found = areas(&upside_down, &Identity::default());
        let upright = areas(&page(), &Identity::default());
        let turned: Vec<_> = upright.into_iter().map(|area| area.turned()).collect();
        assert_eq!(found, turned);
        assert!(!found.is_empty(), "the line after the label names somebody");
    }
}
