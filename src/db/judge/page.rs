//! Pages that judges see: pictures with the identity covered, each fetched under a code that tells nothing.

use super::super::Db;
use super::super::Error;
use super::super::Result;
use super::super::on_db;
use super::queue;
use super::queue::Queue;
use super::sheet::BARRED;
use super::sheet::FROM;

/// A page on a sheet.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Page {
    pub code: String,
    /// A picture beside the essay, not a page of it.
    pub illustration: bool,
    /// Pixels.
    pub width: i64,
    pub height: i64,
}

/// A page to be shown: the blob of its JPEG, the queues its entry stands in, and whether the judge who asks has a
/// sheet about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    pub blob: String,
    pub queues: Vec<Queue>,
    pub own_sheet: bool,
}

/// The pages of an entry in a queue, in their order; none where it is all text.
pub async fn pages(db: &Db, queue_entry: i64) -> Result<Vec<Page>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT judge_page.code, judge_page.illustration, judge_page.width, judge_page.height
         FROM queue_entry JOIN judge_copy ON judge_copy.version_id = queue_entry.version_id
         JOIN judge_page ON judge_page.version_id = queue_entry.version_id
         WHERE queue_entry.id = $1 AND judge_copy.safe AND queue_entry.removed_at IS NULL ORDER BY judge_page.ordinal",
    )
    .bind(queue_entry).fetch_all(pool).await?))
}

/// The page under a code, as `account` asks for it; `Missing` where no copy of its entry may be served.
pub async fn page(db: &Db, account: i64, code: &str) -> Result<Picture> {
    let blob: Option<String> = on_db!(db, pool => sqlx::query_scalar(
        "SELECT judge_page.picture FROM judge_page JOIN judge_copy ON judge_copy.version_id = judge_page.version_id
         WHERE judge_page.code = $1 AND judge_copy.safe",
    )
    .bind(code).fetch_optional(pool).await?);
    let blob = blob.ok_or(Error::Missing)?;
    let sql = format!(
        "SELECT place.queue_id, EXISTS (SELECT 1 FROM {FROM}
             WHERE mark_sheet.queue_entry_id = place.id AND mark_sheet.account_id = $2
                 AND mark_sheet.state <> 'excused' AND NOT {BARRED})
         FROM judge_page JOIN queue_entry AS place ON place.version_id = judge_page.version_id
         WHERE judge_page.code = $1 AND place.removed_at IS NULL"
    );
    let places: Vec<(i64, bool)> = on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql))
    .bind(code).bind(account).fetch_all(pool).await?);
    let own_sheet = places.iter().any(|(_, own)| *own);
    let mut queues = Vec::with_capacity(places.len());
    for (id, _) in places {
        queues.push(queue::queue(db, id).await?);
    }
    Ok(Picture {
        blob,
        queues,
        own_sheet,
    })
}
