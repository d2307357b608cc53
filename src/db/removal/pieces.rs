//! What a removal takes, table by table. Each piece takes some rows, and says which or how many; none means: no more.
//! Of a contest goes what was there when a person confirmed; of one person what a clerk chose. Codes, marks, lists and
//! sums stay.

use super::Removal;
use super::files::doom;
use super::veiled;
use crate::db::Result;
use crate::db::Tx;
use crate::db::job;
use crate::db::job::JobKind;
use crate::db::on_tx;

/// Takes the contents of mails behind `after`, in the order of their ids: what is left is the tombstone.
pub async fn mails(
    tx: &mut Tx,
    removal: &Removal,
    after: i64,
    most: i64,
    now: i64,
) -> Result<Vec<i64>> {
    let rows: Vec<(i64, Option<String>)> = on_tx!(tx, conn => sqlx::query_as(
        sqlx::AssertSqlSafe(format!(
        "SELECT id, rfc_id FROM message WHERE contest_id = $1 AND id > $2 AND state <> 'removed' AND {}
         ORDER BY id LIMIT $3", reach(removal, "message", "message.id", "created_at <= {at}")
    )))
    .bind(removal.contest_id).bind(after).bind(most)
    .fetch_all(conn).await?);
    let ids: Vec<i64> = rows.iter().map(|(id, _)| *id).collect();
    let of = list(&ids);
    doom(
        tx,
        &format!("SELECT blob FROM message WHERE id IN ({of})"),
        now,
    )
    .await?;
    doom(
        tx,
        &format!("SELECT blob FROM mime_part WHERE message_id IN ({of})"),
        now,
    )
    .await?;
    run(
        tx,
        &format!("DELETE FROM mime_part WHERE message_id IN ({of})"),
    )
    .await?;
    for (id, rfc_id) in &rows {
        on_tx!(tx, conn => sqlx::query(
            "UPDATE message SET state = 'removed', removal_id = $2, removed_at = $3, rfc_id = $4,
                 from_email = NULL, from_name = NULL, subject = NULL, body = NULL WHERE id = $1",
        )
        .bind(id).bind(removal.id).bind(now).bind(rfc_id.as_deref().map(veiled))
        .execute(conn).await?.rows_affected());
    }
    Ok(ids)
}

/// Takes what is known of entries behind `after`: who wrote them, their files, and what was made of those.
pub async fn entries(
    tx: &mut Tx,
    removal: &Removal,
    after: i64,
    most: i64,
    now: i64,
) -> Result<Vec<i64>> {
    let ids: Vec<i64> = on_tx!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
        "SELECT entry.id FROM entry
         JOIN submission ON submission.id = entry.submission_id
         LEFT JOIN message ON message.id = submission.message_id
         WHERE entry.contest_id = $1 AND entry.id > $2 AND entry.removed_at IS NULL AND {}
         ORDER BY entry.id LIMIT $3",
        reach(removal, "entry", "entry.id", "(entry.created_at <= {at} OR message.state = 'removed')")
    )))
    .bind(removal.contest_id).bind(after).bind(most)
    .fetch_all(conn).await?);
    compare_anew(tx, removal, &ids, now).await?;
    empty(tx, &format!("id IN ({})", list(&ids)), now).await?;
    on_tx!(tx, conn => sqlx::query(sqlx::AssertSqlSafe(format!(
        "UPDATE entry SET removal_id = $1, removed_at = $2 WHERE id IN ({})", list(&ids)
    )))
    .bind(removal.id).bind(now).execute(conn).await?.rows_affected());
    Ok(ids)
}

/// Takes once more what a job that was under way may have written about entries whose data was removed.
pub async fn leftovers(tx: &mut Tx, removal: &Removal, now: i64) -> Result<()> {
    let gone = format!(
        "contest_id = {} AND removed_at IS NOT NULL",
        removal.contest_id
    );
    empty(tx, &gone, now).await
}

/// Empties the entries for which this holds.
async fn empty(tx: &mut Tx, entries: &str, now: i64) -> Result<()> {
    let versions = format!(
        "SELECT id FROM entry_version WHERE entry_id IN (SELECT id FROM entry WHERE {entries})"
    );
    for (table, blob) in [("entry_file", "blob"), ("judge_page", "picture")] {
        let named = format!("SELECT {blob} FROM {table} WHERE version_id IN ({versions})");
        doom(tx, &named, now).await?;
    }
    // What points to a row goes before it.
    for table in [
        "page_cover",
        "finding",
        "judge_page",
        "entry_file",
        "slip",
        "cover",
    ] {
        run(
            tx,
            &format!("DELETE FROM {table} WHERE version_id IN ({versions})"),
        )
        .await?;
    }
    let entries = format!("SELECT id FROM entry WHERE {entries}");
    run(
        tx,
        &format!("DELETE FROM comparison WHERE entry_id IN ({entries})"),
    )
    .await?;
    // The list of a jury counts its copies; what stood in them goes.
    run(
        tx,
        &format!(
            "UPDATE judge_copy SET safe = FALSE, body = '[]' WHERE version_id IN ({versions})"
        ),
    )
    .await?;
    run(
        tx,
        &format!("UPDATE entry_version SET text_hash = NULL WHERE id IN ({versions})"),
    )
    .await?;
    run(
        tx,
        &format!(
            "UPDATE mark_flag SET note = '' WHERE note <> '' AND sheet_id IN (
                 SELECT mark_sheet.id FROM mark_sheet JOIN queue_entry ON queue_entry.id = mark_sheet.queue_entry_id
                 WHERE queue_entry.entry_id IN ({entries}))"
        ),
    )
    .await
}

/// Empties letters behind `after`: to whom, what about, what they say. One that was not sent is not sent any more, for this `reason`.
pub async fn letters(
    tx: &mut Tx,
    removal: &Removal,
    after: i64,
    most: i64,
    reason: &str,
    now: i64,
) -> Result<Vec<i64>> {
    let ids: Vec<i64> = on_tx!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
        "SELECT letter.id FROM letter LEFT JOIN message ON message.id = letter.message_id
         WHERE letter.contest_id = $1 AND letter.kind NOT IN ('login', 'alarm') AND letter.recipient <> ''
             AND letter.id > $2 AND {}
         ORDER BY letter.id LIMIT $3",
        reach(removal, "letter", "letter.id", "(letter.queued_at <= {at} OR message.state = 'removed')")
    )))
    .bind(removal.contest_id).bind(after).bind(most)
    .fetch_all(conn).await?);
    let of = list(&ids);
    doom(
        tx,
        &format!("SELECT mime_blob FROM letter WHERE mime_blob IS NOT NULL AND id IN ({of})"),
        now,
    )
    .await?;
    run(
        tx,
        &format!("UPDATE letter_attempt SET answer = '' WHERE letter_id IN ({of})"),
    )
    .await?;
    on_tx!(tx, conn => sqlx::query(sqlx::AssertSqlSafe(format!(
        "UPDATE letter SET recipient = '', subject = '', mime = '', mime_blob = NULL,
             reason = CASE WHEN state IN ('queued', 'sending') THEN $1 END,
             state = CASE WHEN state IN ('queued', 'sending') THEN 'suppressed' ELSE state END
         WHERE id IN ({of})"
    )))
    .bind(reason).execute(conn).await?.rows_affected());
    Ok(ids)
}

/// Takes to whom letters to many people went; one that is on its way writes no more. Of one person only the addresses go:
/// those of the chosen letters, and those from which the chosen mails came, as long as these say so. Returns how many
/// addresses went.
pub async fn mailings(tx: &mut Tx, removal: &Removal, now: i64) -> Result<u64> {
    let of = format!(
        "SELECT id FROM mailing WHERE contest_id = {}",
        removal.contest_id
    );
    if removal.entry_id.is_some() {
        let letters = reach(removal, "letter", "letter_id", "");
        let mails = reach(removal, "message", "message.id", "");
        return Ok(on_tx!(tx, conn => sqlx::query(sqlx::AssertSqlSafe(format!(
            "DELETE FROM mailing_address WHERE mailing_id IN ({of})
                 AND ({letters} OR recipient IN (SELECT lower(from_email) FROM message WHERE from_email <> '' AND {mails}))"
        )))
        .execute(conn).await?.rows_affected()));
    }
    on_tx!(tx, conn => sqlx::query(
        "UPDATE mailing SET n = n + 1, state = CASE WHEN state = 'draft' THEN 'dropped' ELSE 'done' END, ended_at = $2
         WHERE contest_id = $1 AND state IN ('draft', 'released', 'stopped')",
    )
    .bind(removal.contest_id).bind(now).execute(conn).await?.rows_affected());
    Ok(
        on_tx!(tx, conn => sqlx::query(sqlx::AssertSqlSafe(format!("DELETE FROM mailing_address WHERE mailing_id IN ({of})")))
        .execute(conn).await?.rows_affected()),
    )
}

/// Empties what matters say, and closes those that are open: there is nothing left to decide. Returns how many.
pub async fn matters(tx: &mut Tx, removal: &Removal, now: i64) -> Result<u64> {
    let which = about(removal, "matter", "opened_at <= {at}");
    Ok(on_tx!(tx, conn => sqlx::query(sqlx::AssertSqlSafe(format!(
        "UPDATE matter SET detail = '{{}}', decision = coalesce(decision, 'removed'), closed_at = coalesce(closed_at, $2)
         WHERE contest_id = $1 AND {which} AND kind NOT IN ('mailbox', 'retention')
             AND (detail <> '{{}}' OR closed_at IS NULL)",
    )))
    .bind(removal.contest_id).bind(now)
    .execute(conn).await?.rows_affected()))
}

/// Empties what acts wrote down: they cannot be taken back any more, and who did what and when stays. Returns how many.
pub async fn acts(tx: &mut Tx, removal: &Removal) -> Result<u64> {
    let which = match removal.entry_id {
        None => about(removal, "act", "at <= {at}"),
        // What was done to another row may have written this one down as well: "entries":[{"id":…,
        Some(_) => format!(
            "({} OR EXISTS (SELECT 1 FROM removal_item WHERE removal_id = {} AND removal_item.subject = 'entry'
                 AND (act.before LIKE '%\"id\":' || subject_id || ',%' OR act.after LIKE '%\"id\":' || subject_id || ',%')))",
            about(removal, "act", ""),
            removal.id
        ),
    };
    Ok(on_tx!(tx, conn => sqlx::query(sqlx::AssertSqlSafe(format!(
        "UPDATE act SET before = '{{}}', after = '{{}}'
         WHERE contest_id = $1 AND {which} AND kind <> 'remove' AND (before <> '{{}}' OR after <> '{{}}')",
    )))
    .bind(removal.contest_id)
    .execute(conn).await?.rows_affected()))
}

/// Takes the papers that say more of people than an official list does, and what packages say of entries. Lists of
/// prizes are archives, and stay as they were published. Of one person none goes: whoever was handed over is not
/// removed alone (`person::Bond`). Returns how many papers went.
pub async fn papers(tx: &mut Tx, removal: &Removal, now: i64) -> Result<u64> {
    if removal.entry_id.is_some() {
        return Ok(0);
    }
    let contest = removal.contest_id;
    let handed = format!("contest_id = {contest} AND about LIKE 'handover/%'");
    doom(tx, &format!("SELECT blob FROM paper WHERE {handed}"), now).await?;
    run(
        tx,
        &format!("UPDATE handover SET manifest = '' WHERE contest_id = {contest}"),
    )
    .await?;
    Ok(
        on_tx!(tx, conn => sqlx::query(sqlx::AssertSqlSafe(format!("DELETE FROM paper WHERE {handed}")))
        .execute(conn).await?.rows_affected()),
    )
}

/// Ends jobs that wait to work on what is gone, and empties what jobs said when they failed. Returns how many.
pub async fn jobs(tx: &mut Tx, removal: &Removal, now: i64) -> Result<u64> {
    let contest = removal.contest_id;
    let gone = format!(
        "(kind = 'sort' AND job_key IN (SELECT id FROM message WHERE contest_id = {contest} AND state = 'removed'))
         OR (kind = 'send' AND job_key IN (SELECT id FROM letter WHERE contest_id = {contest} AND recipient = ''))
         OR (kind = 'copy' AND job_key IN (SELECT entry_version.id FROM entry_version
             JOIN entry ON entry.id = entry_version.entry_id
             WHERE entry.contest_id = {contest} AND entry.removed_at IS NOT NULL))
         OR (kind = 'ocr' AND NOT EXISTS (SELECT 1 FROM entry_file WHERE entry_file.id = job.job_key))"
    );
    Ok(on_tx!(tx, conn => sqlx::query(sqlx::AssertSqlSafe(format!(
        "UPDATE job SET failure = NULL, ended_at = coalesce(ended_at, $1),
             state = CASE WHEN state = 'ready' THEN 'done' ELSE state END
         WHERE state <> 'running' AND (state = 'ready' OR failure IS NOT NULL) AND ({gone})"
    )))
    .bind(now).execute(conn).await?.rows_affected()))
}

/// Holds for the rows that a removal takes: of one person those that were chosen, else what `by_time` holds for, in which
/// `{at}` is when a person confirmed. Numbers only, so nothing can be smuggled in.
fn reach(removal: &Removal, subject: &str, column: &str, by_time: &str) -> String {
    match removal.entry_id {
        None => by_time.replace("{at}", &removal.confirmed_at.unwrap_or(0).to_string()),
        Some(_) => format!(
            "{column} IN (SELECT subject_id FROM removal_item WHERE removal_id = {} AND subject = '{subject}')",
            removal.id
        ),
    }
}

/// As `reach`, of a table whose rows name a subject: those about what was chosen, about how it was fetched and about work
/// on it.
fn about(removal: &Removal, table: &str, by_time: &str) -> String {
    if removal.entry_id.is_none() {
        return reach(removal, "", "", by_time);
    }
    let own = format!("FROM removal_item WHERE removal_id = {}", removal.id);
    format!(
        "(EXISTS (SELECT 1 {own} AND removal_item.subject = {table}.subject AND removal_item.subject_id = {table}.subject_id)
          OR ({table}.subject = 'delivery' AND {table}.subject_id IN (SELECT id FROM delivery
              WHERE message_id IN (SELECT subject_id {own} AND subject = 'message')))
          OR ({table}.subject = 'job' AND {table}.subject_id IN (SELECT job.id FROM job
              WHERE (kind = 'sort' AND job_key IN (SELECT subject_id {own} AND subject = 'message'))
                 OR (kind = 'send' AND job_key IN (SELECT subject_id {own} AND subject = 'letter')))))"
    )
}

/// While the contest goes on, essays that were found to be like those that go are compared again with what is left.
async fn compare_anew(tx: &mut Tx, removal: &Removal, entries: &[i64], now: i64) -> Result<()> {
    if removal.entry_id.is_none() || entries.is_empty() {
        return Ok(());
    }
    let of = list(entries);
    let named: Vec<String> = entries
        .iter()
        .map(|id| format!("body LIKE '%:{id}%'"))
        .collect();
    run(
        tx,
        &format!(
            "DELETE FROM comparison WHERE contest_id = {} AND (entry_id IN ({of}) OR root_id IN ({of}) OR {})",
            removal.contest_id,
            named.join(" OR ")
        ),
    )
    .await?;
    let (kind, priority) = (JobKind::Compare, JobKind::COMPARE_PRIORITY);
    job::put(tx, kind, removal.contest_id, priority, now).await
}

async fn run(tx: &mut Tx, sql: &str) -> Result<()> {
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    on_tx!(tx, conn => sqlx::query(sql).execute(conn).await?.rows_affected());
    Ok(())
}

/// Numbers only, so nothing can be smuggled in; of no numbers one that is no id.
pub(super) fn list(ids: &[i64]) -> String {
    if ids.is_empty() {
        return "0".to_owned();
    }
    let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
    ids.join(", ")
}
