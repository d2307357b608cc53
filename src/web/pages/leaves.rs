//! Trang cho giám khảo: the pages of an entry that are pictures, covered by dragging over them and released to judges.

use askama::Template;
use axum::extract::Path;
use axum::extract::Query;
use axum::extract::State as Held;
use axum::response::Html;
use axum::response::Response;

use crate::db;
use crate::db::entry::Entry;
use crate::db::matter::Subject;
use crate::db::page::Cover;
use crate::db::page::Leaf;
use crate::document::drawn::Area;
use crate::entry::MatterKind;
use crate::job::pages;
use crate::web::State;
use crate::web::error::Error;
use crate::web::error::Result;
use crate::web::page;
use crate::web::page::Asked;
use crate::web::page::Frame;
use crate::web::picture;
use crate::web::session::Fields;
use crate::web::session::Visitor;
use crate::words;

/// More parts than anybody covers on the pages of one entry.
const MOST: usize = 2_000;

#[derive(Template)]
#[template(path = "web/leaves.html")]
struct Page {
    frame: Frame,
    entry: i64,
    code: String,
    /// The matter that waits for these pages.
    matter: Option<i64>,
    sheets: Vec<Sheet>,
    released: bool,
    /// Whether the covers are the program's guess and nobody's yet.
    guessed: bool,
    stands: bool,
}

/// A page with what is covered on it.
struct Sheet {
    file: i64,
    page: i64,
    name: String,
    width: i64,
    height: i64,
    areas: Vec<Area>,
}

pub async fn show(
    Held(state): Held<State>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>> {
    let entry = db::view::entry(&state.db, &visitor.scope, page::id(&id)?).await?;
    let version = db::entry::version(&state.db, entry.id).await?;
    let leaves = db::page::leaves(&state.db, version.id).await?;
    if leaves.is_empty() {
        return Err(Error::NotFound);
    }
    let mut tx = state.db.begin().await?;
    let release = db::page::release(&mut tx, version.id).await?;
    drop(tx);
    let released = release.is_some_and(|release| release.pages == db::page::name_of(&leaves));
    let mut covers = db::page::covers(&state.db, version.id).await?;
    let guessed = !released && covers.is_empty();
    if guessed {
        covers = pages::proposed(&state.db, &visitor.standing, &entry, &version).await?;
    }
    let files = db::entry::files(&state.db, version.id).await?;
    let open = db::view::matters_about(&state.db, &visitor.scope, Subject::Entry, entry.id).await?;
    let title = words::entry::title(&entry.receipt_code);
    let page = Page {
        frame: Frame::new(&state, &visitor, title, "bai", &asked).await?,
        entry: entry.id,
        matter: open
            .iter()
            .find(|matter| matches!(matter.kind, MatterKind::Copy | MatterKind::Unreadable))
            .map(|matter| matter.id),
        sheets: leaves
            .iter()
            .map(|leaf| sheet(leaf, &files, &covers))
            .collect(),
        released,
        guessed,
        stands: stands(&entry),
        code: entry.receipt_code,
    };
    page::html(&page)
}

fn stands(entry: &Entry) -> bool {
    entry.joined_to.is_none()
}

fn sheet(leaf: &Leaf, files: &[db::entry::File], covers: &[Cover]) -> Sheet {
    let file = files.iter().find(|file| file.id == leaf.file_id);
    Sheet {
        file: leaf.file_id,
        page: leaf.page,
        name: file.map_or(String::new(), |file| file.name.clone()),
        width: leaf.drawn.width,
        height: leaf.drawn.height,
        areas: covers
            .iter()
            .filter(|cover| (cover.file, cover.page) == (leaf.file_id, leaf.page))
            .map(|cover| cover.area)
            .collect(),
    }
}

/// One page as it came, for the secretariat only.
pub async fn leaf(
    Held(state): Held<State>,
    visitor: Visitor,
    Path((id, file, number)): Path<(String, String, String)>,
) -> Result<Response> {
    db::view::entry(&state.db, &visitor.scope, page::id(&id)?).await?;
    let (file, number) = (page::id(&file)?, page::id(&number)?);
    let picture = db::page::seen(&state.db, &visitor.scope, file, number).await?;
    picture::jpeg(&state, &picture.picture).await
}

/// Where a clerk goes on who has released the pages of an entry: to the pages of the next, where it has some.
pub async fn next(state: &State, visitor: &Visitor, matter: i64, done: i64) -> Result<String> {
    let row = db::view::matter(&state.db, &visitor.scope, matter).await?;
    if row.subject == Subject::Entry {
        let version = db::entry::version(&state.db, row.subject_id).await?;
        if !db::page::leaves(&state.db, version.id).await?.is_empty() {
            let entry = row.subject_id;
            return Ok(format!("/bai-du-thi/{entry}/trang?da={done}"));
        }
    }
    Ok(format!("/viec/{matter}?da={done}"))
}

/// The covers of a form: "file.page.left.top.right.bottom" each. What is none is left out.
pub fn covers(fields: &Fields) -> Vec<Cover> {
    fields
        .texts("cover")
        .take(MOST)
        .filter_map(|text| {
            let mut parts = text.split('.');
            let file = parts.next()?.parse().ok()?;
            let page = parts.next()?.parse().ok()?;
            let mut side = || parts.next()?.parse::<u16>().ok();
            let area = Area::new(side()?, side()?, side()?, side()?)?;
            Some(Cover { file, page, area })
        })
        .collect()
}
