//! Pages that are pictures: drawn for people to look at, covered by a clerk, and what judges then see of them.

use super::Db;
use super::Error;
use super::Result;
use super::Tx;
use super::new_id;
use super::on_db;
use super::on_tx;
use super::plain;
use super::view::Scope;
use crate::document::drawn::Area;
use crate::document::ocr::OcrPage;
use crate::duplicate::PagePrint;
use crate::duplicate::Unread;

/// A drawn page, stored as a blob.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Picture {
    pub picture: String,
    pub width: i64,
    pub height: i64,
}

/// A page to be kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    /// In its file, from 0.
    pub number: i64,
    pub picture: Picture,
    /// Of a page that no reader can read.
    pub print: Option<PagePrint>,
    /// What is written on a picture that stands beside the text of its file; `None` for a page of an essay.
    pub words: Option<OcrPage>,
}

/// A page of a version: the file it stands in, and its number there, from 0.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Leaf {
    pub file_id: i64,
    pub page: i64,
    /// It stands beside the essay and is no page of it.
    pub illustration: bool,
    #[sqlx(flatten)]
    pub drawn: Picture,
}

/// A covered part of a page.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Cover {
    pub file: i64,
    pub page: i64,
    pub area: Area,
}

/// Keeps the drawn pages of a file; pages that are there already stay.
pub async fn keep(tx: &mut Tx, blob: &str, sheets: &[Sheet]) -> Result<()> {
    for sheet in sheets {
        let page = &sheet.picture;
        let print = sheet
            .print
            .as_ref()
            .map(serde_json::to_string)
            .transpose()?;
        let words = sheet
            .words
            .as_ref()
            .map(serde_json::to_string)
            .transpose()?;
        on_tx!(tx, conn => sqlx::query(
            "INSERT INTO page_picture (blob, page, picture, width, height, print, words) VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (blob, page) DO NOTHING",
        )
        .bind(blob).bind(sheet.number).bind(&page.picture).bind(page.width).bind(page.height).bind(print)
        .bind(words.as_deref().map(plain))
        .execute(conn).await?.rows_affected());
    }
    Ok(())
}

const LEAVES: &str = "SELECT entry_file.id AS file_id, page_picture.page,
         (entry_file.role = 'annex' OR page_picture.words IS NOT NULL) AS illustration,
         page_picture.picture, page_picture.width, page_picture.height
     FROM entry_file JOIN page_picture ON page_picture.blob = entry_file.blob
     WHERE entry_file.version_id = $1 AND entry_file.role IN ('main', 'page', 'annex')
     ORDER BY entry_file.ordinal, entry_file.id, page_picture.page";

/// What is written on the pictures beside the text of a version, each with its file and its number there.
pub async fn words(db: &Db, version: i64) -> Result<Vec<(i64, i64, OcrPage)>> {
    let rows: Vec<(i64, i64, String)> = on_db!(db, pool => sqlx::query_as(
        "SELECT entry_file.id, page_picture.page, page_picture.words
         FROM entry_file JOIN page_picture ON page_picture.blob = entry_file.blob
         WHERE entry_file.version_id = $1 AND page_picture.words IS NOT NULL
         ORDER BY entry_file.id, page_picture.page",
    )
    .bind(version).fetch_all(pool).await?);
    rows.into_iter()
        .map(|(file, page, words)| Ok((file, page, serde_json::from_str(&words)?)))
        .collect()
}

/// Whether pages of a file were drawn before.
pub async fn is_drawn(db: &Db, blob: &str) -> Result<bool> {
    let drawn: i64 = on_db!(db, pool => sqlx::query_scalar("SELECT count(*) FROM page_picture WHERE blob = $1")
        .bind(blob).fetch_one(pool).await?);
    Ok(drawn > 0)
}

/// The pages of a version in their order, with the pictures that stand beside its text; none where there is nothing to
/// see but text.
pub async fn leaves(db: &Db, version: i64) -> Result<Vec<Leaf>> {
    Ok(on_db!(db, pool => sqlx::query_as(LEAVES).bind(version).fetch_all(pool).await?))
}

/// As `leaves`, as the transaction sees them.
pub async fn leaves_in(tx: &mut Tx, version: i64) -> Result<Vec<Leaf>> {
    Ok(on_tx!(tx, conn => sqlx::query_as(LEAVES).bind(version).fetch_all(conn).await?))
}

/// The pages of versions that no reader can read: the version, and the page's place among all leaves of it.
pub async fn prints(db: &Db, versions: &[i64]) -> Result<Vec<(i64, Unread)>> {
    if versions.is_empty() {
        return Ok(Vec::new());
    }
    // Numbers only, so nothing can be smuggled in.
    let list: Vec<String> = versions.iter().map(i64::to_string).collect();
    let sql = format!(
        "SELECT entry_file.version_id, CASE WHEN entry_file.role = 'annex' THEN NULL ELSE page_picture.print END
         FROM entry_file JOIN page_picture ON page_picture.blob = entry_file.blob
         WHERE entry_file.version_id IN ({}) AND entry_file.role IN ('main', 'page', 'annex')
         ORDER BY entry_file.version_id, entry_file.ordinal, entry_file.id, page_picture.page",
        list.join(", ")
    );
    let rows: Vec<(i64, Option<String>)> =
        on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(pool).await?);
    let mut unread = Vec::new();
    for leaves in rows.chunk_by(|a, b| a.0 == b.0) {
        for (number, (version, print)) in (0_u32..).zip(leaves) {
            if let Some(print) = print {
                let print = serde_json::from_str(print)?;
                unread.push((*version, Unread { number, print }));
            }
        }
    }
    Ok(unread)
}

/// A page of a file that a person may see; else `Missing`.
pub async fn seen(db: &Db, scope: &Scope, file: i64, page: i64) -> Result<Picture> {
    let sql = format!(
        "SELECT page_picture.picture, page_picture.width, page_picture.height
         FROM entry_file JOIN page_picture ON page_picture.blob = entry_file.blob
         JOIN entry_version ON entry_version.id = entry_file.version_id
         JOIN entry ON entry.id = entry_version.entry_id
         WHERE entry_file.id = $1 AND page_picture.page = $2 AND {}",
        scope.within("entry.unit_id")
    );
    let row = on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(file).bind(page).fetch_optional(pool).await?);
    row.ok_or(Error::Missing)
}

const COVERS: &str = "SELECT file_id, page, x0, y0, x1, y1 FROM page_cover WHERE version_id = $1
     ORDER BY file_id, page, y0, x0, y1, x1";

type CoverRow = (i64, i64, i64, i64, i64, i64);

/// What is covered on the pages of a version.
pub async fn covers(db: &Db, version: i64) -> Result<Vec<Cover>> {
    let rows: Vec<CoverRow> =
        on_db!(db, pool => sqlx::query_as(COVERS).bind(version).fetch_all(pool).await?);
    Ok(rows.into_iter().filter_map(cover).collect())
}

/// As `covers`, as the transaction sees them.
pub async fn covers_in(tx: &mut Tx, version: i64) -> Result<Vec<Cover>> {
    let rows: Vec<CoverRow> =
        on_tx!(tx, conn => sqlx::query_as(COVERS).bind(version).fetch_all(conn).await?);
    Ok(rows.into_iter().filter_map(cover).collect())
}

fn cover((file, page, x0, y0, x1, y1): CoverRow) -> Option<Cover> {
    let side = |part: i64| u16::try_from(part).ok();
    let area = Area::new(side(x0)?, side(y0)?, side(x1)?, side(y1)?)?;
    Some(Cover { file, page, area })
}

/// Covers exactly these parts of the pages of a version from now on.
pub async fn set_covers(tx: &mut Tx, version: i64, covers: &[Cover]) -> Result<()> {
    on_tx!(tx, conn => sqlx::query("DELETE FROM page_cover WHERE version_id = $1")
        .bind(version).execute(conn).await?.rows_affected());
    for cover in covers {
        let [x0, y0, x1, y1] = [
            cover.area.left,
            cover.area.top,
            cover.area.right,
            cover.area.bottom,
        ]
        .map(i64::from);
        on_tx!(tx, conn => sqlx::query(
            "INSERT INTO page_cover (id, version_id, file_id, page, x0, y0, x1, y1) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(new_id()).bind(version).bind(cover.file).bind(cover.page).bind(x0).bind(y0).bind(x1).bind(y1)
        .execute(conn).await?.rows_affected());
    }
    Ok(())
}

/// A clerk's word that judges may see the pages as covered.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, sqlx::FromRow)]
pub struct Release {
    pub account: i64,
    /// The pages it is about (see [`name_of`]).
    pub pages: String,
}

impl Release {
    /// Whether it is about exactly these pages.
    pub fn is_of(&self, leaves: &[Leaf]) -> bool {
        !leaves.is_empty() && self.pages == name_of(leaves)
    }
}

/// These pages in one word: another file or page more is another word, and no clerk has seen it.
pub fn name_of(leaves: &[Leaf]) -> String {
    let pages = leaves
        .iter()
        .map(|leaf| format!("{}.{}", leaf.file_id, leaf.page));
    pages.collect::<Vec<_>>().join(" ")
}

const RELEASE: &str = "SELECT pages_by AS account, pages_of AS pages FROM entry_version WHERE id = $1 AND pages_by IS NOT NULL";

/// Who released the pages of a version, and which.
pub async fn release(db: &Db, version: i64) -> Result<Option<Release>> {
    Ok(on_db!(db, pool => sqlx::query_as(RELEASE).bind(version).fetch_optional(pool).await?))
}

/// As `release`, as the transaction sees it.
pub async fn release_in(tx: &mut Tx, version: i64) -> Result<Option<Release>> {
    Ok(on_tx!(tx, conn => sqlx::query_as(RELEASE).bind(version).fetch_optional(conn).await?))
}

/// Releases the pages of a version, or takes that back; what judges saw of them is gone until it is drawn anew.
pub async fn set_release(tx: &mut Tx, version: i64, release: Option<&Release>) -> Result<()> {
    on_tx!(tx, conn => sqlx::query("UPDATE entry_version SET pages_by = $2, pages_of = $3 WHERE id = $1")
        .bind(version).bind(release.map(|release| release.account)).bind(release.map(|release| release.pages.as_str()))
        .execute(conn).await?.rows_affected());
    on_tx!(tx, conn => sqlx::query("DELETE FROM judge_page WHERE version_id = $1")
        .bind(version).execute(conn).await?.rows_affected());
    Ok(())
}

/// A covered page as judges are to see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its name in addresses.
    pub code: String,
    pub illustration: bool,
    pub picture: Picture,
}

/// Lets judges see these pages of a version, in their order, each under its code.
pub async fn show(tx: &mut Tx, version: i64, pages: &[Shown]) -> Result<()> {
    on_tx!(tx, conn => sqlx::query("DELETE FROM judge_page WHERE version_id = $1")
        .bind(version).execute(conn).await?.rows_affected());
    for (ordinal, shown) in (0_i64..).zip(pages) {
        let page = &shown.picture;
        on_tx!(tx, conn => sqlx::query(
            "INSERT INTO judge_page (code, version_id, ordinal, illustration, picture, width, height)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&shown.code).bind(version).bind(ordinal).bind(shown.illustration)
        .bind(&page.picture).bind(page.width).bind(page.height)
        .execute(conn).await?.rows_affected());
    }
    Ok(())
}

const SHOWN: &str = "SELECT count(*) FROM judge_page WHERE version_id = $1";

/// How many pages of a version judges can see.
pub async fn shown(db: &Db, version: i64) -> Result<i64> {
    Ok(on_db!(db, pool => sqlx::query_scalar(SHOWN).bind(version).fetch_one(pool).await?))
}

/// As `shown`, as the transaction sees them.
pub async fn shown_in(tx: &mut Tx, version: i64) -> Result<i64> {
    Ok(on_tx!(tx, conn => sqlx::query_scalar(SHOWN).bind(version).fetch_one(conn).await?))
}
