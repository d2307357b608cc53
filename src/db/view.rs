//! What the pages of the desk read. Every query holds the scope of the person who looks inside its SQL:
//! a row of a unit outside of it does not exist for that person.

use super::Db;
use super::Error;
use super::Result;
use super::entry::Entry;
use super::entry::File;
use super::letter::Letter;
use super::letter::LetterKind;
use super::mailbox::Mailbox;
use super::matter::Matter;
use super::matter::Subject;
use super::message::Message;
use super::on_db;
use crate::entry::EntryState;
use crate::entry::LetterState;
use crate::entry::MatterKind;
use crate::entry::Timeliness;
use crate::entry::Trouble;

/// The units a person may see, in one contest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    pub contest: i64,
    pub units: Vec<i64>,
}

impl Scope {
    pub fn holds(&self, unit: i64) -> bool {
        self.units.contains(&unit)
    }

    /// `column IN (…)`; numbers only, so nothing can be smuggled in. Without units nothing is in scope.
    fn within(&self, column: &str) -> String {
        if self.units.is_empty() {
            return "1 = 0".to_owned();
        }
        let units: Vec<String> = self.units.iter().map(i64::to_string).collect();
        format!("{column} IN ({})", units.join(", "))
    }
}

/// Rows on a page of a list.
pub const PAGE: i64 = 50;

/// The figures of the desk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Entries that stand: not set aside, not joined.
    pub entries: i64,
    /// Mails whose receipt is sent.
    pub receipts: i64,
    pub matters: i64,
    pub resends: i64,
    pub late: i64,
}

pub async fn figures(db: &Db, scope: &Scope) -> Result<Figures> {
    let unit = scope.within("unit_id");
    let entry = scope.within("entry.unit_id");
    Ok(Figures {
        entries: count(
            db,
            format!("SELECT count(*) FROM entry WHERE {unit} AND state IN ('queued', 'held')"),
        )
        .await?,
        receipts: count(
            db,
            format!("SELECT count(*) FROM letter WHERE {unit} AND kind = 'receipt' AND state = 'sent'"),
        )
        .await?,
        matters: count(
            db,
            format!("SELECT count(*) FROM matter WHERE {unit} AND closed_at IS NULL"),
        )
        .await?,
        resends: count(
            db,
            format!("SELECT count(*) FROM resend JOIN entry ON entry.id = resend.entry_id WHERE {entry}"),
        )
        .await?,
        late: count(
            db,
            format!(
                "SELECT count(*) FROM entry WHERE {unit} AND timeliness = 'late' AND state IN ('queued', 'held')"
            ),
        )
        .await?,
    })
}

async fn count(db: &Db, sql: String) -> Result<i64> {
    Ok(on_db!(db, pool => sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(pool).await?))
}

/// Entries received in each hour since 1970 UTC (only hours with entries), oldest first.
pub async fn intake(db: &Db, scope: &Scope) -> Result<Vec<(i64, i64)>> {
    let sql = format!(
        "SELECT received_at / 3600000 AS hour, count(*) AS entries FROM entry
         WHERE {} AND state IN ('queued', 'held') GROUP BY received_at / 3600000 ORDER BY hour",
        scope.within("unit_id")
    );
    Ok(on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(pool).await?))
}

/// Open matters by kind, with when the oldest was opened.
pub async fn matters_by_kind(db: &Db, scope: &Scope) -> Result<Vec<(MatterKind, i64, i64)>> {
    let sql = format!(
        "SELECT kind, count(*), min(opened_at) FROM matter WHERE {} AND closed_at IS NULL GROUP BY kind ORDER BY kind",
        scope.within("unit_id")
    );
    Ok(on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(pool).await?))
}

const MATTER: &str =
    "id, contest_id, unit_id, kind, subject, subject_id, detail, opened_at, closed_at, decision";

/// Open matters, oldest first; of one kind or of all.
pub async fn matters(
    db: &Db,
    scope: &Scope,
    kind: Option<MatterKind>,
    page: i64,
) -> Result<Vec<Matter>> {
    let kinds = kinds(kind);
    let sql = format!(
        "SELECT {MATTER} FROM matter WHERE {} AND closed_at IS NULL {kinds}
         ORDER BY opened_at, id LIMIT $1 OFFSET $2",
        scope.within("unit_id")
    );
    Ok(
        on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(PAGE).bind(page * PAGE).fetch_all(pool).await?),
    )
}

/// `AND kind = '…'` from our own enum.
fn kinds(kind: Option<MatterKind>) -> String {
    kind.and_then(|kind| serde_json::to_value(kind).ok())
        .and_then(|kind| {
            kind.as_str()
                .map(|kind| format!("AND matter.kind = '{kind}'"))
        })
        .unwrap_or_default()
}

pub async fn matter(db: &Db, scope: &Scope, id: i64) -> Result<Matter> {
    let sql = format!(
        "SELECT {MATTER} FROM matter WHERE id = $1 AND {}",
        scope.within("unit_id")
    );
    let row = on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(pool).await?);
    row.ok_or(Error::Missing)
}

/// The open matters about one row that this person may see.
pub async fn matters_about(
    db: &Db,
    scope: &Scope,
    subject: Subject,
    subject_id: i64,
) -> Result<Vec<Matter>> {
    let sql = format!(
        "SELECT {MATTER} FROM matter WHERE subject = $1 AND subject_id = $2 AND closed_at IS NULL AND {} ORDER BY opened_at, id",
        scope.within("unit_id")
    );
    Ok(
        on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(subject).bind(subject_id).fetch_all(pool).await?),
    )
}

/// The oldest open matter: of this kind if there is one, else of any.
pub async fn next_matter(db: &Db, scope: &Scope, kind: MatterKind) -> Result<Option<i64>> {
    let sql = format!(
        "SELECT id FROM matter WHERE {} AND closed_at IS NULL
         ORDER BY CASE WHEN kind = $1 THEN 0 ELSE 1 END, opened_at, id LIMIT 1",
        scope.within("unit_id")
    );
    Ok(
        on_db!(db, pool => sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(kind).fetch_optional(pool).await?),
    )
}

/// A mailbox and how many mails of its server are on our disk.
pub async fn mailboxes(db: &Db, scope: &Scope) -> Result<Vec<(Mailbox, i64)>> {
    let sql = format!(
        "SELECT id, contest_id, unit_id, address, epoch, uid_validity, listed_at, server_count, failing_since, failure,
             quota_used, quota_limit
         FROM mailbox WHERE removed_at IS NULL AND {} ORDER BY address",
        scope.within("unit_id")
    );
    let rows: Vec<Mailbox> =
        on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(pool).await?);
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let held = super::delivery::held(db, row.id).await?;
        found.push((row, held));
    }
    Ok(found)
}

/// The address letters of a unit come from: its own mailbox.
pub async fn unit_mailbox(db: &Db, unit: i64) -> Result<Option<String>> {
    Ok(on_db!(db, pool => sqlx::query_scalar(
        "SELECT address FROM mailbox WHERE unit_id = $1 AND removed_at IS NULL ORDER BY address LIMIT 1",
    )
    .bind(unit).fetch_optional(pool).await?))
}

/// What a list of entries is narrowed by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub state: Option<EntryState>,
    /// Late or of unsure time.
    pub late: bool,
    pub unit: Option<i64>,
    /// Folded words of a name, or a receipt code as typed.
    pub search: String,
}

/// A line of the list of entries.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Line {
    pub id: i64,
    pub receipt_code: String,
    pub unit_id: i64,
    pub state: EntryState,
    pub timeliness: Timeliness,
    pub received_at: i64,
    pub same_as: Option<i64>,
    pub name: Option<String>,
    pub resends: i64,
    pub matters: i64,
}

/// A page of entries, newest first, and how many there are in all.
pub async fn entries(
    db: &Db,
    scope: &Scope,
    filter: &Filter,
    page: i64,
) -> Result<(Vec<Line>, i64)> {
    let mut conditions = scope.within("entry.unit_id");
    if filter.state.is_some() {
        conditions.push_str(" AND entry.state = $1");
    } else {
        // The parameter is named in every form of the statement, so that the binds below always fit.
        conditions.push_str(" AND (CAST($1 AS TEXT) IS NULL)");
    }
    if filter.late {
        conditions.push_str(" AND entry.timeliness <> 'on_time'");
    }
    if let Some(unit) = filter.unit {
        conditions.push_str(&format!(" AND entry.unit_id = {unit}"));
    }
    conditions.push_str(
        " AND ($2 = '' OR slip.name_fold LIKE $3 OR replace(entry.receipt_code, '-', '') LIKE $4)",
    );
    let from = "FROM entry
        JOIN entry_version ON entry_version.entry_id = entry.id
            AND entry_version.n = (SELECT max(n) FROM entry_version AS newest WHERE newest.entry_id = entry.id)
        LEFT JOIN slip ON slip.version_id = entry_version.id";
    let folded = crate::text::fold(&filter.search);
    let by_name = format!("%{folded}%");
    let code: String = filter
        .search
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_uppercase();
    let by_code = format!("{}%", if code.is_empty() { "-" } else { &code });
    let total_sql = format!("SELECT count(*) {from} WHERE {conditions}");
    let total: i64 = on_db!(db, pool => sqlx::query_scalar(sqlx::AssertSqlSafe(total_sql))
        .bind(filter.state).bind(&folded).bind(&by_name).bind(&by_code).fetch_one(pool).await?);
    let sql = format!(
        "SELECT entry.id, entry.receipt_code, entry.unit_id, entry.state, entry.timeliness, entry.received_at, entry.same_as, slip.name,
             (SELECT count(*) FROM resend WHERE resend.entry_id = entry.id) AS resends,
             (SELECT count(*) FROM matter WHERE matter.subject = 'entry' AND matter.subject_id = entry.id
                 AND matter.closed_at IS NULL) AS matters
         {from} WHERE {conditions} ORDER BY entry.received_at DESC, entry.id DESC LIMIT $5 OFFSET $6"
    );
    let lines = on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(filter.state).bind(&folded).bind(&by_name).bind(&by_code).bind(PAGE).bind(page * PAGE)
        .fetch_all(pool).await?);
    Ok((lines, total))
}

const ENTRY: &str = "id, contest_id, receipt_code, submission_id, unit_id, origin_unit_id, state, timeliness, received_at,
    same_as, joined_to";

pub async fn entry(db: &Db, scope: &Scope, id: i64) -> Result<Entry> {
    let sql = format!(
        "SELECT {ENTRY} FROM entry WHERE id = $1 AND {}",
        scope.within("unit_id")
    );
    let row = on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(pool).await?);
    row.ok_or(Error::Missing)
}

/// The entry with this receipt code (canonical spelling).
pub async fn entry_by_code(db: &Db, scope: &Scope, code: &str) -> Result<Entry> {
    let sql = format!(
        "SELECT {ENTRY} FROM entry WHERE receipt_code = $1 AND {}",
        scope.within("unit_id")
    );
    let row = on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(code).fetch_optional(pool).await?);
    row.ok_or(Error::Missing)
}

/// The mail an entry came with.
pub async fn message_of(db: &Db, entry: &Entry) -> Result<Option<i64>> {
    let row: Option<Option<i64>> = on_db!(db, pool => sqlx::query_scalar("SELECT message_id FROM submission WHERE id = $1")
        .bind(entry.submission_id).fetch_optional(pool).await?);
    Ok(row.flatten())
}

/// The entries a mail brought, those in scope only: id and receipt code.
pub async fn entries_of(db: &Db, scope: &Scope, message: i64) -> Result<Vec<(i64, String)>> {
    let sql = format!(
        "SELECT entry.id, entry.receipt_code FROM entry JOIN submission ON submission.id = entry.submission_id
         WHERE submission.message_id = $1 AND {} ORDER BY entry.id",
        scope.within("entry.unit_id")
    );
    Ok(
        on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(message).fetch_all(pool).await?),
    )
}

/// A file of an entry.
pub async fn file(db: &Db, scope: &Scope, id: i64) -> Result<File> {
    let sql = format!(
        "SELECT entry_file.id, entry_file.version_id, entry_file.ordinal, entry_file.blob, entry_file.name, entry_file.size,
             entry_file.role, entry_file.kind, entry_file.pages
         FROM entry_file JOIN entry_version ON entry_version.id = entry_file.version_id
         JOIN entry ON entry.id = entry_version.entry_id
         WHERE entry_file.id = $1 AND {}",
        scope.within("entry.unit_id")
    );
    let row = on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(pool).await?);
    row.ok_or(Error::Missing)
}

/// True for mails that came to a mailbox in scope, brought an entry in scope, or are the subject of a matter in scope.
fn message_within(scope: &Scope) -> String {
    format!(
        "(EXISTS (SELECT 1 FROM delivery JOIN mailbox ON mailbox.id = delivery.mailbox_id
              WHERE delivery.message_id = message.id AND {})
          OR EXISTS (SELECT 1 FROM submission JOIN entry ON entry.submission_id = submission.id
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

/// A line of the outbox.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Outgoing {
    pub id: i64,
    pub kind: LetterKind,
    pub recipient: String,
    pub subject: String,
    pub state: LetterState,
    pub reason: Option<String>,
    pub queued_at: i64,
    pub not_before: i64,
    pub sent_at: Option<i64>,
    pub bounced_at: Option<i64>,
    pub attempts: i64,
}

/// Letters in scope, newest first. Login letters hold a secret and are nobody's to read here.
pub async fn letters(
    db: &Db,
    scope: &Scope,
    state: Option<LetterState>,
    page: i64,
) -> Result<(Vec<Outgoing>, i64)> {
    let within = scope.within("letter.unit_id");
    let state_is = match state {
        Some(_) => "letter.state = $1",
        None => "(CAST($1 AS TEXT) IS NULL)",
    };
    let total_sql =
        format!("SELECT count(*) FROM letter WHERE {within} AND kind <> 'login' AND {state_is}");
    let total: i64 = on_db!(db, pool => sqlx::query_scalar(sqlx::AssertSqlSafe(total_sql)).bind(state).fetch_one(pool).await?);
    let sql = format!(
        "SELECT id, kind, recipient, subject, state, reason, queued_at, not_before, sent_at, bounced_at,
             (SELECT count(*) FROM letter_attempt WHERE letter_attempt.letter_id = letter.id) AS attempts
         FROM letter WHERE {within} AND kind <> 'login' AND {state_is} ORDER BY queued_at DESC, id DESC LIMIT $2 OFFSET $3"
    );
    let lines = on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(state).bind(PAGE).bind(page * PAGE).fetch_all(pool).await?);
    Ok((lines, total))
}

/// Letters in scope by state, login letters apart.
pub async fn letters_by_state(db: &Db, scope: &Scope) -> Result<Vec<(LetterState, i64)>> {
    let sql = format!(
        "SELECT state, count(*) FROM letter WHERE {} AND kind <> 'login' GROUP BY state ORDER BY state",
        scope.within("unit_id")
    );
    Ok(on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(pool).await?))
}

const LETTER: &str =
    "id, contest_id, unit_id, rfc_id, kind, recipient, null_path, sender, subject, mime, state, reason,
    message_id, not_before, queued_at, sent_at";

pub async fn letter(db: &Db, scope: &Scope, id: i64) -> Result<Letter> {
    let sql = format!(
        "SELECT {LETTER} FROM letter WHERE id = $1 AND kind <> 'login' AND {}",
        scope.within("unit_id")
    );
    let row = on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(pool).await?);
    row.ok_or(Error::Missing)
}

/// The letters that answer a mail.
pub async fn answers(db: &Db, scope: &Scope, message: i64) -> Result<Vec<Letter>> {
    let sql = format!(
        "SELECT {LETTER} FROM letter WHERE message_id = $1 AND kind <> 'login' AND {} ORDER BY id",
        scope.within("unit_id")
    );
    Ok(
        on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(message).fetch_all(pool).await?),
    )
}

/// One try to send a letter.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Attempt {
    pub relay: String,
    pub at: i64,
    pub outcome: String,
    pub answer: String,
}

pub async fn attempts(db: &Db, letter: i64) -> Result<Vec<Attempt>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT relay, at, outcome, answer FROM letter_attempt WHERE letter_id = $1 ORDER BY id",
    )
    .bind(letter).fetch_all(pool).await?))
}

/// A line of the journal.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Deed {
    pub id: i64,
    pub unit_id: i64,
    pub subject: Subject,
    pub subject_id: i64,
    pub kind: String,
    pub after: String,
    pub at: i64,
    pub undone_at: Option<i64>,
    pub by: String,
}

const DEED: &str = "act.id, act.unit_id, act.subject, act.subject_id, act.kind, act.after, act.at, act.undone_at, account.name AS by";

/// The acts of the units in scope, newest first.
pub async fn deeds(db: &Db, scope: &Scope, page: i64) -> Result<Vec<Deed>> {
    let sql = format!(
        "SELECT {DEED} FROM act JOIN account ON account.id = act.account_id
         WHERE {} ORDER BY act.id DESC LIMIT $1 OFFSET $2",
        scope.within("act.unit_id")
    );
    Ok(
        on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(PAGE).bind(page * PAGE).fetch_all(pool).await?),
    )
}

/// The acts about one row, newest first.
pub async fn deeds_about(
    db: &Db,
    scope: &Scope,
    subject: Subject,
    subject_id: i64,
) -> Result<Vec<Deed>> {
    let sql = format!(
        "SELECT {DEED} FROM act JOIN account ON account.id = act.account_id
         WHERE {} AND act.subject = $1 AND act.subject_id = $2 ORDER BY act.id DESC",
        scope.within("act.unit_id")
    );
    Ok(
        on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(subject).bind(subject_id).fetch_all(pool).await?),
    )
}

pub async fn deed(db: &Db, scope: &Scope, id: i64) -> Result<Deed> {
    let sql = format!(
        "SELECT {DEED} FROM act JOIN account ON account.id = act.account_id WHERE act.id = $1 AND {}",
        scope.within("act.unit_id")
    );
    let row = on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(pool).await?);
    row.ok_or(Error::Missing)
}

/// What happened to a row, oldest first: word and time.
pub async fn events(db: &Db, subject: &str, subject_id: i64) -> Result<Vec<(String, i64)>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT kind, at FROM event WHERE subject = $1 AND subject_id = $2 ORDER BY at, id",
    )
    .bind(subject).bind(subject_id).fetch_all(pool).await?))
}

/// An account by its id, unless it is disabled.
pub async fn account(db: &Db, id: i64) -> Result<super::account::Account> {
    let row = on_db!(db, pool => sqlx::query_as(
        "SELECT id, email, name, disabled_at FROM account WHERE id = $1 AND disabled_at IS NULL",
    )
    .bind(id).fetch_optional(pool).await?);
    row.ok_or(Error::Missing)
}

/// What `/health` tells, without a name: when each mailbox in use was listed, and its trouble.
pub async fn pulse(db: &Db) -> Result<Vec<(Option<i64>, Option<Trouble>)>> {
    Ok(on_db!(db, pool => sqlx::query_as(
        "SELECT listed_at, failure FROM mailbox WHERE removed_at IS NULL ORDER BY id",
    )
    .fetch_all(pool).await?))
}
