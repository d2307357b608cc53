//! Essays of which a good part stands in earlier ones, and that are in no cluster: somebody may want to look.

use super::PAGE;
use super::Scope;
use crate::db::Db;
use crate::db::Result;
use crate::db::comparison::MEMBERS;
use crate::db::comparison::Member;
use crate::db::on_db;
use crate::duplicate::Level;

/// The weightiest of them.
pub async fn to_review(db: &Db, scope: &Scope) -> Result<Vec<Member>> {
    let sql = format!(
        "{MEMBERS} WHERE comparison.contest_id = $1 AND comparison.level = $2 AND comparison.root_id IS NULL
             AND entry.state IN ('queued', 'held') AND {}
         ORDER BY comparison.score DESC, entry.id LIMIT $3",
        scope.within("entry.unit_id")
    );
    Ok(on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(scope.contest).bind(Level::Review).bind(PAGE).fetch_all(pool).await?))
}
