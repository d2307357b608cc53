//! Trang cho giám khảo: the pages of an entry that are pictures, covered by dragging over them and released to judges.

use askama::Template;
use axum::extract::Path;
use axum::extract::Query;
use axum::extract::State as Held;
use axum::response::Html;
use axum::response::Response;

use crate::db;
use crate::db::matter::Subject;
use crate::db::page::Cover;
use crate::db::page::Leaf;
use crate::document::drawn::Area;
use crate::entry::MatterKind;
use crate::job::pages::proposed;
use crate::web::State;
use crate::web::error::Error;
use crate::web::error::Result;
use crate::web::page;
use crate::web::page::Asked;
use crate::web::page::Frame;
use crate::web::pages::entry;
use crate::web::picture;
use crate::web::session::Fields;
use crate::web::session::Visitor;
use crate::words;

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
    /// How many covers the program proposes, where nobody has covered anything yet.
    proposed: Option<usize>,
    stands: bool,
    /// These pages in one word, for the act to name.
    seen: String,
}

/// A page with what is covered on it.
struct Sheet {
    file: i64,
    page: i64,
    name: String,
    width: i64,
    height: i64,
    illustration: bool,
    areas: Vec<Area>,
}

impl Sheet {
    fn label(&self, number: &usize) -> String {
        words::jury::leaf(&self.illustration, number)
    }
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
    let release = db::page::release(&state.db, version.id).await?;
    let released = release.is_some_and(|release| release.is_of(&leaves));
    let mut covers = db::page::covers(&state.db, version.id).await?;
    let guessed = !released && covers.is_empty();
    if guessed {
        covers = proposed::covers(&state.db, &visitor.standing, &entry, &version).await?;
    }
    let files = db::entry::files(&state.db, version.id).await?;
    let open = db::view::matters_about(&state.db, &visitor.scope, Subject::Entry, entry.id).await?;
    let title = words::entry::title(&entry.receipt_code);
    let page = Page {
        frame: Frame::new(&state, &visitor, title, "bai", &asked).await?,
        entry: entry.id,
        matter: open
            .iter()
            .find(|matter| waits_for_pages(matter.kind))
            .map(|matter| matter.id),
        sheets: leaves
            .iter()
            .map(|leaf| sheet(leaf, &files, &covers))
            .collect(),
        released,
        proposed: guessed.then_some(covers.len()),
        stands: entry::stands(&entry),
        seen: db::page::name_of(&leaves),
        code: entry.receipt_code,
    };
    page::html(&page)
}

fn sheet(leaf: &Leaf, files: &[db::entry::File], covers: &[Cover]) -> Sheet {
    let file = files.iter().find(|file| file.id == leaf.file_id);
    Sheet {
        file: leaf.file_id,
        page: leaf.page,
        name: file.map_or(String::new(), |file| file.name.clone()),
        width: leaf.drawn.width,
        height: leaf.drawn.height,
        illustration: leaf.illustration,
        areas: covers
            .iter()
            .filter(|cover| (cover.file, cover.page) == (leaf.file_id, leaf.page))
            .map(|cover| cover.area)
            .collect(),
    }
}

/// Whether a matter of this kind is answered by releasing the pages of its entry.
fn waits_for_pages(kind: MatterKind) -> bool {
    matches!(
        kind,
        MatterKind::Copy | MatterKind::Unreadable | MatterKind::Pictures
    )
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

/// The covers of a form: "file.page.left.top.right.bottom" each. `None` when one of them is none: a part that somebody
/// wanted covered must not be shown.
pub fn covers(fields: &Fields) -> Option<Vec<Cover>> {
    fields.texts("cover").map(cover).collect()
}

fn cover(text: &str) -> Option<Cover> {
    let mut parts = text.split('.');
    let file = parts.next()?.parse().ok()?;
    let page = parts.next()?.parse().ok()?;
    let mut side = || parts.next()?.parse::<u16>().ok();
    let area = Area::new(side()?, side()?, side()?, side()?)?;
    Some(Cover { file, page, area })
}

#[cfg(test)]
mod tests {
    use super::cover;

    #[test]
    fn a_cover_that_cannot_be_read_is_none() {
        let found = cover("17.2.0.100.5000.900").expect("a cover");
        assert_eq!((found.file, found.page), (17, 2));
        assert_eq!((found.area.top, found.area.right), (100, 5_000));
        for text in [
            "",
            "17",
            "17.2.0.0.5000",
            "17.2.0.0.x.9",
            "17.2.5.5.5.5",
            "17.2.-1.0.9.9",
        ] {
            assert!(cover(text).is_none(), "{text}");
        }
    }
}
