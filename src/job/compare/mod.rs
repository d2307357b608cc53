//! Which essays have their text from earlier ones.
//!
//! `arrival` compares each essay with those before it, one after the other; its verdicts are provisional. `all` compares
//! every essay once more, as the contest grows and when all are there (`due`), in the order of their mails: what it finds
//! is the same on every set-up.
//! Essays that belong together are one matter (`cluster`). Nothing is ever rejected here.

pub mod all;
pub mod arrival;
mod cluster;
pub mod due;
mod lane;
#[cfg(test)]
mod tests;

use super::Contest;
use crate::db;
use crate::db::comparison;
use crate::db::search::Paper;
use crate::duplicate;
use crate::duplicate::Unread;
use crate::slip;

pub use lane::Lanes;

/// An essay with what the comparison asks of it.
struct Written {
    entry: i64,
    version: i64,
    /// Without the lines about its author, which everybody writes alike.
    text: String,
    /// See [`duplicate::person`].
    person: Option<u64>,
    /// Pages that no reader can read.
    unread: Vec<Unread>,
}

impl Written {
    fn new(contest: &Contest, paper: Paper) -> Written {
        let unit = contest.standing.code(paper.unit_id).unwrap_or_default();
        let name = paper.name.as_deref().unwrap_or_default();
        Written {
            entry: paper.id,
            version: paper.version_id,
            person: duplicate::person(name, unit),
            text: slip::bare(&paper.text),
            unread: Vec::new(),
        }
    }
}

/// The essays of these entries, in this order.
async fn written(
    db: &db::Db,
    contest: &Contest,
    entries: &[i64],
) -> Result<Vec<Written>, super::Failure> {
    let mut papers = db::search::papers(db, entries).await?;
    papers.sort_by_key(|paper| entries.iter().position(|entry| *entry == paper.id));
    let versions: Vec<i64> = papers.iter().map(|paper| paper.version_id).collect();
    let mut essays: Vec<Written> = papers
        .into_iter()
        .map(|paper| Written::new(contest, paper))
        .collect();
    for (version, page) in db::page::prints(db, &versions).await? {
        let essay = essays.iter_mut().find(|essay| essay.version == version);
        essay
            .into_iter()
            .for_each(|essay| essay.unread.push(page.clone()));
    }
    Ok(essays)
}

/// The texts that everybody was handed, ready to be laid aside, and a hash that tells one set from another.
fn given(contest: &Contest) -> (Vec<duplicate::Text>, String) {
    let given = &contest.standing.plan.given;
    let texts = given
        .iter()
        .map(|given| duplicate::Text::read(&given.text))
        .collect();
    let all: Vec<&str> = given.iter().map(|given| given.text.as_str()).collect();
    (texts, comparison::hash(&all.join("\u{0}")))
}

/// Work that would hold everything else up, on a thread of its own.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, super::Failure> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| super::Failure::Again(anyhow::anyhow!("the comparison broke: {error}")))
}
