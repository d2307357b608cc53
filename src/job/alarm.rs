//! Alarms: about a mailbox a matter on the desk, and about whatever is broken letters to the administrator's other
//! addresses.

use super::Ctx;
use crate::db;
use crate::db::Tx;
use crate::db::job::JobKind;
use crate::db::letter::LetterKind;
use crate::db::letter::NewLetter;
use crate::db::mailbox::Mailbox;
use crate::db::matter::NewMatter;
use crate::db::matter::Subject;
use crate::entry::MatterKind;
use crate::entry::Trouble;
use crate::letter;
use crate::words;

/// Notes that a mailbox could not be read; after `alarm_seconds` of it a person is told, once.
pub async fn trouble(ctx: &Ctx, mailbox: &Mailbox, trouble: Trouble, now: i64) -> db::Result<()> {
    let contest = ctx.contest(mailbox.contest_id).await?;
    let mut tx = ctx.db.begin().await?;
    let since = db::mailbox::failing(&mut tx, mailbox.id, now, trouble).await?;
    if now - since >= ctx.config.intake.alarm_seconds * 1_000 {
        let detail = serde_json::json!({ "trouble": trouble, "since": since });
        let matter = NewMatter {
            contest: mailbox.contest_id,
            unit: mailbox.unit_id,
            kind: MatterKind::Mailbox,
            subject: Subject::Mailbox,
            subject_id: mailbox.id,
            detail: &detail,
        };
        if db::matter::open(&mut tx, &matter, now).await?.is_some() {
            let say = Say {
                subject: words::mailbox::alarm_subject(&mailbox.address),
                key: format!("alarm/{}/{since}", mailbox.id),
                trouble: words::mailbox::trouble(trouble),
                what_to_do: words::mailbox::what_to_do(trouble),
                since,
            };
            write(ctx, &mut tx, &contest, mailbox, &say, now).await?;
        }
    }
    tx.commit().await?;
    ctx.wake.notify_waiters();
    Ok(())
}

/// Notes that a mailbox can be read; whoever was alarmed is told so.
pub async fn well(
    ctx: &Ctx,
    tx: &mut Tx,
    contest: &super::Contest,
    mailbox: &Mailbox,
    now: i64,
) -> db::Result<()> {
    let Some(since) = mailbox.failing_since else {
        return Ok(());
    };
    if db::matter::recovered(tx, MatterKind::Mailbox, Subject::Mailbox, mailbox.id, now).await? {
        let say = Say {
            subject: words::mailbox::recovered_subject(&mailbox.address),
            key: format!("recovered/{}/{since}", mailbox.id),
            trouble: words::mailbox::RECOVERED,
            what_to_do: words::mailbox::NOTHING_TO_DO,
            since: now,
        };
        write(ctx, tx, contest, mailbox, &say, now).await?;
    }
    Ok(())
}

struct Say {
    subject: String,
    key: String,
    trouble: &'static str,
    what_to_do: &'static str,
    since: i64,
}

async fn write(
    ctx: &Ctx,
    tx: &mut Tx,
    contest: &super::Contest,
    mailbox: &Mailbox,
    say: &Say,
    now: i64,
) -> db::Result<()> {
    let alarm = letter::alarm::Alarm {
        contest: contest.standing.plan.title.clone(),
        unit: contest.standing.unit_name(mailbox.unit_id).to_owned(),
        mailbox: mailbox.address.clone(),
        since: words::mailbox::since(&words::time::instant(say.since, &contest.zone)),
        trouble: say.trouble.to_owned(),
        what_to_do: say.what_to_do.to_owned(),
        address_of_desk: ctx.config.web.public_url.clone(),
    };
    let Ok(text) = alarm.text() else {
        return Ok(());
    };
    let alert = Alert {
        contest: mailbox.contest_id,
        unit: mailbox.unit_id,
        subject: &say.subject,
        key: &say.key,
        text: &text,
    };
    post(ctx, tx, &alert, now).await
}

/// What the administrator is told, and under which key, so that it is told once.
pub struct Alert<'a> {
    pub contest: i64,
    /// Whose desk shows the letter.
    pub unit: i64,
    pub subject: &'a str,
    pub key: &'a str,
    pub text: &'a str,
}

/// Queues a letter to each of the administrator's addresses.
pub async fn post(ctx: &Ctx, tx: &mut Tx, alert: &Alert<'_>, now: i64) -> db::Result<()> {
    for to in &ctx.config.alarm.to {
        let key = format!("{}/{to}", alert.key);
        let from = ctx.config.alarm.from.as_deref().unwrap_or(to);
        let draft = letter::Draft {
            from_name: words::mailbox::SENDER,
            from,
            to,
            subject: alert.subject,
            key: &key,
            at: now,
            in_reply_to: None,
            references: &[],
            author: letter::mime::Author::Machine,
            text: alert.text,
            html: &letter::alarm::text_as_html(alert.text),
            attachments: &[],
            headers: &[],
        };
        let composed = match letter::mime::compose(&draft) {
            Ok(composed) => composed,
            Err(error) => {
                tracing::error!("alarm not written, see [alarm] in the settings: {error}");
                continue;
            }
        };
        let new = NewLetter {
            contest: alert.contest,
            unit: alert.unit,
            key: &key,
            rfc_id: &composed.rfc_id,
            kind: LetterKind::Alarm,
            recipient: to,
            null_path: false,
            sender: from,
            subject: alert.subject,
            mime: &composed.mime,
            message: None,
            not_before: now,
        };
        if let Some(id) = db::letter::queue(tx, &new, now).await? {
            db::job::put(tx, JobKind::Send, id, LetterKind::Alarm.priority(), now).await?;
        }
    }
    Ok(())
}
