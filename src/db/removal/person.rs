//! One person's data, removed because that person asked for it: what there is of it, what a clerk chose, and what may not
//! go while it is needed.

use super::COLUMNS;
use super::Removal;
use super::pieces::list;
use crate::db::Db;
use crate::db::Error;
use crate::db::Result;
use crate::db::Tx;
use crate::db::letter::LetterKind;
use crate::db::matter::Subject;
use crate::db::new_id;
use crate::db::on_db;
use crate::db::on_tx;
use crate::entry::Bond;
use crate::entry::EntryState;
use crate::entry::MessageKind;
use crate::slip::Slip;

/// What holds an entry, if anything does. A locked list that does not take it holds nothing but its marks, which know no name.
pub async fn bond(tx: &mut Tx, entry: i64) -> Result<Option<Bond>> {
    const HANDED: &str = "SELECT count(*) FROM handover_entry JOIN handover ON handover.id = handover_entry.handover_id
         WHERE handover_entry.entry_id = $1 AND handover.direction = 'out' AND handover.state <> 'taken_back'";
    const LISTED: &str = "SELECT count(*) FROM queue_entry
         JOIN ranking_line ON ranking_line.queue_entry_id = queue_entry.id AND ranking_line.taken
         JOIN ranking ON ranking.id = ranking_line.ranking_id AND ranking.state = 'locked'
         WHERE queue_entry.entry_id = $1 AND queue_entry.removed_at IS NULL";
    for (sql, bond) in [(HANDED, Bond::HandedOver), (LISTED, Bond::Listed)] {
        let n: i64 = on_tx!(tx, conn => sqlx::query_scalar(sql).bind(entry).fetch_one(conn).await?);
        if n > 0 {
            return Ok(Some(bond));
        }
    }
    Ok(None)
}

/// An entry that may be of the same person.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Related {
    pub id: i64,
    pub receipt_code: String,
    pub unit_id: i64,
    pub state: EntryState,
    pub received_at: i64,
    /// How many versions of it there are.
    pub versions: i64,
}

/// Entries of the contest whose data is here: this one, those that came from an address from which a version of it came,
/// and those of a namesake of its author; in the order of their ids.
pub async fn related(tx: &mut Tx, contest: i64, entry: i64) -> Result<Vec<Related>> {
    Ok(on_tx!(tx, conn => sqlx::query_as(
        "WITH own (email, folded) AS (
             SELECT message.from_email, NULL FROM entry_version
                 JOIN submission ON submission.id = entry_version.submission_id
                 JOIN message ON message.id = submission.message_id WHERE entry_version.entry_id = $2
             UNION SELECT slip.email, slip.name_fold FROM slip
                 JOIN entry_version ON entry_version.id = slip.version_id WHERE entry_version.entry_id = $2)
         SELECT entry.id, entry.receipt_code, entry.unit_id, entry.state, entry.received_at,
             (SELECT count(*) FROM entry_version WHERE entry_version.entry_id = entry.id) AS versions
         FROM entry WHERE entry.contest_id = $1 AND entry.removed_at IS NULL AND (entry.id = $2 OR entry.id IN (
             SELECT entry_version.entry_id FROM entry_version
             LEFT JOIN slip ON slip.version_id = entry_version.id
             LEFT JOIN submission ON submission.id = entry_version.submission_id
             LEFT JOIN message ON message.id = submission.message_id
             WHERE message.from_email IN (SELECT email FROM own WHERE email IS NOT NULL)
                OR slip.email IN (SELECT email FROM own WHERE email IS NOT NULL)
                OR slip.name_fold IN (SELECT folded FROM own WHERE folded <> '')))
         ORDER BY entry.id",
    )
    .bind(contest).bind(entry).fetch_all(conn).await?))
}

/// The slips of all versions of an entry.
pub async fn slips(tx: &mut Tx, entry: i64) -> Result<Vec<Slip>> {
    let bodies: Vec<String> = on_tx!(tx, conn => sqlx::query_scalar(
        "SELECT slip.body FROM slip JOIN entry_version ON entry_version.id = slip.version_id
         WHERE entry_version.entry_id = $1 ORDER BY entry_version.n",
    )
    .bind(entry).fetch_all(conn).await?);
    bodies
        .iter()
        .map(|body| Ok(serde_json::from_str(body)?))
        .collect()
}

/// The addresses from which versions of an entry came.
pub async fn senders(tx: &mut Tx, entry: i64) -> Result<Vec<String>> {
    Ok(on_tx!(tx, conn => sqlx::query_scalar(
        "SELECT message.from_email FROM entry_version
             JOIN submission ON submission.id = entry_version.submission_id
             JOIN message ON message.id = submission.message_id
             WHERE entry_version.entry_id = $1 AND message.from_email <> ''
         UNION SELECT slip.email FROM slip JOIN entry_version ON entry_version.id = slip.version_id
             WHERE entry_version.entry_id = $1 AND slip.email <> ''
         ORDER BY 1",
    )
    .bind(entry).fetch_all(conn).await?))
}

/// A mail of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    pub id: i64,
    pub received_at: i64,
    pub kind: Option<MessageKind>,
    pub subject: String,
    /// Entries that it handed in, once or again, and whose data is here.
    pub carries: Vec<i64>,
}

/// The mails from these addresses, those that handed in one of these entries, copies of either from another mailbox, and
/// delivery reports that name one of the addresses; in the order of their ids.
pub async fn mails_of(
    tx: &mut Tx,
    contest: i64,
    senders: &[String],
    entries: &[i64],
) -> Result<Vec<Mail>> {
    let mut ids: Vec<i64> = Vec::new();
    for sender in senders {
        ids.extend(on_tx!(tx, conn => sqlx::query_scalar::<_, i64>(
            "SELECT id FROM message WHERE contest_id = $1 AND (from_email = $2
                 OR (kind = 'bounce' AND lower(body) LIKE $3 ESCAPE '\\'))",
        )
        .bind(contest).bind(sender).bind(format!("%{}%", escaped(sender))).fetch_all(conn).await?));
    }
    let brought = carried(&format!("entry_id IN ({})", list(entries)));
    ids.extend(
        on_tx!(tx, conn => sqlx::query_scalar::<_, i64>(sqlx::AssertSqlSafe(format!(
            "SELECT message_id FROM ({brought}) AS carried WHERE message_id IS NOT NULL"
        )))
        .fetch_all(conn).await?),
    );
    let of = list(&ids);
    #[derive(sqlx::FromRow)]
    struct Row {
        id: i64,
        received_at: i64,
        kind: Option<MessageKind>,
        subject: Option<String>,
        same_as: Option<i64>,
    }
    let rows: Vec<Row> = on_tx!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT id, received_at, kind, subject, same_as FROM message
         WHERE contest_id = $1 AND state <> 'removed' AND (id IN ({of}) OR same_as IN ({of})) ORDER BY id"
    )))
    .bind(contest).fetch_all(conn).await?);
    let mut mails = Vec::with_capacity(rows.len());
    for row in rows {
        // What a copy from another mailbox holds is what the first one handed in.
        let both = list(&[row.id, row.same_as.unwrap_or(row.id)]);
        let brought = carried(&format!("message_id IN ({both})"));
        let carries: Vec<i64> = on_tx!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
            "SELECT entry.id FROM entry WHERE entry.removed_at IS NULL
                 AND entry.id IN (SELECT entry_id FROM ({brought}) AS carried) ORDER BY entry.id"
        )))
        .fetch_all(conn).await?);
        mails.push(Mail {
            id: row.id,
            received_at: row.received_at,
            kind: row.kind,
            subject: row.subject.unwrap_or_default(),
            carries,
        });
    }
    Ok(mails)
}

/// Which mail handed in which entry, for the rows for which this holds.
fn carried(holds: &str) -> String {
    [
        "entry_version ON entry_version.submission_id = submission.id",
        "resend ON resend.submission_id = submission.id",
        "(SELECT id AS entry_id, submission_id FROM entry) AS first_of ON first_of.submission_id = submission.id",
    ]
    .map(|joined| format!("SELECT message_id, entry_id FROM submission JOIN {joined} WHERE {holds}"))
    .join(" UNION ")
}

/// A text as a pattern that finds only itself.
fn escaped(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for c in text.to_lowercase().chars() {
        if matches!(c, '\\' | '%' | '_') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}

/// A letter to a person.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Post {
    pub id: i64,
    pub kind: LetterKind,
    pub subject: String,
    pub queued_at: i64,
    /// The mail that it answers.
    pub message_id: Option<i64>,
}

/// The letters to these addresses and the answers to these mails; those between installations are no person's.
pub async fn letters_of(
    tx: &mut Tx,
    contest: i64,
    senders: &[String],
    mails: &[i64],
) -> Result<Vec<Post>> {
    const KINDS: &str = "kind IN ('receipt', 'reply', 'deadline', 'mailing') AND recipient <> ''";
    let mut ids: Vec<i64> = Vec::new();
    for sender in senders {
        ids.extend(
            on_tx!(tx, conn => sqlx::query_scalar::<_, i64>(sqlx::AssertSqlSafe(format!(
                "SELECT id FROM letter WHERE contest_id = $1 AND {KINDS} AND lower(recipient) = $2"
            )))
            .bind(contest).bind(sender.to_lowercase()).fetch_all(conn).await?),
        );
    }
    Ok(
        on_tx!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT id, kind, subject, queued_at, message_id FROM letter
         WHERE contest_id = $1 AND {KINDS} AND (id IN ({}) OR message_id IN ({})) ORDER BY id",
        list(&ids), list(mails)
    )))
    .bind(contest).fetch_all(conn).await?),
    )
}

/// The removal that was asked for on the page of this entry: a new one, or one that was called off. `Stale` when one was
/// confirmed.
pub async fn propose_of(
    tx: &mut Tx,
    contest: i64,
    entry: i64,
    paper: &str,
    now: i64,
) -> Result<Removal> {
    on_tx!(tx, conn => sqlx::query(
        "INSERT INTO removal (id, contest_id, state, rule, due_at, proposed_at, entry_id, paper)
         VALUES ($1, $2, 'proposed', 'null', $3, $3, $4, $5)
         ON CONFLICT (entry_id) WHERE state <> 'done' AND entry_id IS NOT NULL
         DO UPDATE SET paper = excluded.paper WHERE removal.state = 'proposed'",
    )
    .bind(new_id()).bind(contest).bind(now).bind(entry).bind(paper)
    .execute(conn).await?.rows_affected());
    let sql = format!("SELECT {COLUMNS} FROM removal WHERE entry_id = $1 AND state = 'proposed'");
    let row: Option<Removal> = on_tx!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(entry)
        .fetch_optional(conn).await?);
    row.ok_or(Error::Stale)
}

/// Writes what a removal takes, in the place of what it was to take before.
pub async fn choose(tx: &mut Tx, removal: i64, items: &[(Subject, i64)]) -> Result<()> {
    on_tx!(tx, conn => sqlx::query("DELETE FROM removal_item WHERE removal_id = $1")
        .bind(removal).execute(conn).await?.rows_affected());
    for (subject, id) in items {
        on_tx!(tx, conn => sqlx::query(
            "INSERT INTO removal_item (removal_id, subject, subject_id) VALUES ($1, $2, $3)
             ON CONFLICT (removal_id, subject, subject_id) DO NOTHING",
        )
        .bind(removal).bind(*subject).bind(*id).execute(conn).await?.rows_affected());
    }
    Ok(())
}

/// Takes the entries of a removal out of the contest: of open queues at once, and of what stands unless a locked list
/// counts them.
pub async fn withdraw(tx: &mut Tx, removal: i64, now: i64) -> Result<()> {
    on_tx!(tx, conn => sqlx::query(
        "UPDATE queue_entry SET removed_at = $2 WHERE removed_at IS NULL
             AND entry_id IN (SELECT subject_id FROM removal_item WHERE removal_id = $1 AND subject = 'entry')
             AND queue_id IN (SELECT id FROM queue WHERE locked_at IS NULL)",
    )
    .bind(removal).bind(now).execute(conn).await?.rows_affected());
    on_tx!(tx, conn => sqlx::query(
        "UPDATE entry SET state = 'set_aside' WHERE state IN ('queued', 'held')
             AND id IN (SELECT subject_id FROM removal_item WHERE removal_id = $1 AND subject = 'entry')
             AND NOT EXISTS (SELECT 1 FROM queue_entry JOIN queue ON queue.id = queue_entry.queue_id
                 WHERE queue_entry.entry_id = entry.id AND queue_entry.removed_at IS NULL AND queue.locked_at IS NOT NULL)",
    )
    .bind(removal).execute(conn).await?.rows_affected());
    Ok(())
}

/// Leaves out of a removal the entries that something holds by now, with the mails that handed them in and the answers to
/// those. Returns the entries.
pub async fn spare(tx: &mut Tx, removal: i64) -> Result<Vec<i64>> {
    let entries: Vec<i64> = on_tx!(tx, conn => sqlx::query_scalar(
        "SELECT removal_item.subject_id FROM removal_item JOIN entry ON entry.id = removal_item.subject_id
         WHERE removal_item.removal_id = $1 AND removal_item.subject = 'entry' AND entry.removed_at IS NULL
         ORDER BY removal_item.subject_id",
    )
    .bind(removal).fetch_all(conn).await?);
    let mut held = Vec::new();
    for entry in entries {
        if bond(tx, entry).await?.is_some() {
            held.push(entry);
        }
    }
    if held.is_empty() {
        return Ok(held);
    }
    let of = list(&held);
    let mails = format!(
        "SELECT message_id FROM ({}) AS carried",
        carried(&format!("entry_id IN ({of}) AND message_id IS NOT NULL"))
    );
    for gone in [
        format!(
            "subject = 'letter' AND subject_id IN (SELECT id FROM letter WHERE message_id IN ({mails}))"
        ),
        format!(
            "subject = 'message' AND subject_id IN (SELECT id FROM message WHERE id IN ({mails}) OR same_as IN ({mails}))"
        ),
        format!("subject = 'entry' AND subject_id IN ({of})"),
    ] {
        on_tx!(tx, conn => sqlx::query(sqlx::AssertSqlSafe(format!(
            "DELETE FROM removal_item WHERE removal_id = $1 AND {gone}"
        )))
        .bind(removal).execute(conn).await?.rows_affected());
    }
    Ok(held)
}

/// The removal that a person has confirmed and that will take this entry, unless it is called off.
pub async fn under_way(db: &Db, entry: i64) -> Result<Option<Removal>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM removal WHERE state IN ('confirmed', 'running') AND id IN (
             SELECT removal_id FROM removal_item WHERE subject = 'entry' AND subject_id = $1) ORDER BY id LIMIT 1"
    );
    Ok(
        on_db!(db, pool => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(entry).fetch_optional(pool).await?),
    )
}
