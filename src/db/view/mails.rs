//! Mails as they came, and the files in them.

use super::Scope;
use crate::db::Db;
use crate::db::Error;
use crate::db::Result;
use crate::db::entry::Entry;
use crate::db::message::Message;
use crate::db::on_db;

/// The mail an entry came with.
pub async fn message_of(db: &Db, entry: &Entry) -> Result<Option<i64>> {
    let row: Option<Option<i64>> = on_db!(db, pool => sqlx::query_scalar("SELECT message_id FROM submission WHERE id = $1")
        .bind(entry.submission_id).fetch_optional(pool).await?);
    Ok(row.flatten())
}

/// True for mails that came to a mailbox in scope, brought an entry in scope, or are the subject of a matter in scope.
fn message_within(scope: &Scope) -> String {
    format!(
        "(EXISTS (SELECT 1 FROM delivery JOIN mailbox ON mailbox.id = delivery.mailbox_id
              WHERE delivery.message_id = message.id AND {})
          OR EXISTS (SELECT 1 FROM submission
              JOIN entry_version ON entry_version.submission_id = submission.id JOIN entry ON entry.id = entry_version.entry_id
              WHERE submission.message_id = message.id AND {})
          OR EXISTS (SELECT 1 FROM matter WHERE matter.subject = 'message' AND matter.subject_id = message.id AND {}))",
        scope.within("mailbox.unit_id"),
        scope.within("entry.unit_id"),
        scope.within("matter.unit_id"),
    )
}

pub async fn message(db: &Db, scope: &Scope, id: i64) -> Result<Message> {
    let sql = format!(
        "SELECT id, contest_id, blob, size, rfc_id, from_email, from_name, subject, body, received_at, kind, state, attempts, same_as
         FROM message WHERE id = $1 AND {}",
        message_within(scope)
    );
    let row = on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(pool).await?);
    row.ok_or(Error::Missing)
}

/// A decoded file of a mail.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct MailFile {
    pub id: i64,
    pub name: String,
    pub blob: String,
    pub size: i64,
    pub kind: String,
}

pub async fn mail_files(db: &Db, message: i64) -> Result<Vec<MailFile>> {
    Ok(
        on_db!(db, pool => sqlx::query_as("SELECT id, name, blob, size, kind FROM mime_part WHERE message_id = $1 ORDER BY id")
        .bind(message).fetch_all(pool).await?),
    )
}

pub async fn mail_file(db: &Db, scope: &Scope, id: i64) -> Result<MailFile> {
    let sql = format!(
        "SELECT mime_part.id, mime_part.name, mime_part.blob, mime_part.size, mime_part.kind
         FROM mime_part JOIN message ON message.id = mime_part.message_id WHERE mime_part.id = $1 AND {}",
        message_within(scope)
    );
    let row = on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(pool).await?);
    row.ok_or(Error::Missing)
}
