//! A letter of which nobody knows whether it went: the relay had all of it and never answered, or we died before it did.
//! Before it is sent again, or a person asked, it is looked for by its Message-ID where sent letters are kept: in the
//! provider's own folder, and among the mails of the mailbox it was sent from, to which a copy goes (`bcc_self`).

use super::Ctx;
use super::Failure;
use super::intake;
use super::mail::Mail;
use super::send;
use crate::clock;
use crate::config::Config;
use crate::config::Imap;
use crate::config::RelaySettings;
use crate::db;
use crate::db::Tx;
use crate::db::job::Job;
use crate::db::job::JobKind;
use crate::db::letter::Letter;
use crate::db::letter::LetterKind;
use crate::entry::LetterState;
use crate::mailbox;

/// What is said of a try that this program did not live to see the end of.
pub const ENDED: &str = "the program ended before the answer";
/// What is said of a letter while it is looked for.
pub const LOOKED_FOR: &str = "it is looked for where sent letters are kept";
/// What is said of one that was not found.
const NO_TRACE: &str = "no trace of it was found";

/// Until the first look, ms: what was taken needs a moment to lie in its folder.
pub const FIRST_LOOK_MS: i64 = 5_000;
/// Within the first minute looks follow so closely, ms; later once a minute.
const SOON_MS: i64 = 5_000;
const MINUTE_MS: i64 = 60_000;
/// A letter that may come twice is sent no oftener than this without an answer.
const TRIES: usize = 3;

/// Whom a copy of the letter goes to: the mailbox it is sent from, if we read that. Never of a key to the desk, nor of
/// what our own mailbox would take for a package that came.
pub fn copy_to<'a>(config: &Config, relay: &RelaySettings, letter: &'a Letter) -> Option<&'a str> {
    let fits = match letter.kind {
        LetterKind::Receipt | LetterKind::Reply | LetterKind::Deadline | LetterKind::Papers => true,
        // Thousands of copies would bury what comes in.
        LetterKind::Mailing => false,
        LetterKind::Login | LetterKind::Alarm | LetterKind::Handover | LetterKind::Acknowledge => {
            false
        }
    };
    let small = letter.mime_blob.is_none();
    let read = config.imap_for(&letter.sender).is_some();
    (relay.bcc_self && fits && small && read).then_some(letter.sender.as_str())
}

/// Whether a letter that this relay may have taken leaves a trace.
pub fn possible(config: &Config, relay: &str, letter: &Letter) -> bool {
    let mut relays = config.relay.iter().filter(|known| known.name == relay);
    relays.any(|relay| copy_to(config, relay, letter).is_some()) || kept(config, letter).is_some()
}

/// The folder in which the provider keeps what the letter's sender sent.
fn kept<'a>(config: &'a Config, letter: &Letter) -> Option<(&'a Imap, &'a str)> {
    let imap = config.imap_for(&letter.sender)?;
    Some((imap, imap.sent_folder.as_deref()?))
}

/// A worker died while it sent this letter. True when it is to be looked for.
pub async fn taken_up(ctx: &Ctx, letter: &Letter) -> Result<bool, Failure> {
    let mut tx = ctx.db.begin().await?;
    if !db::attempt::abandon(&mut tx, letter.id, ENDED).await? {
        return Ok(false);
    }
    let lost = db::attempt::lost(&mut tx, letter.id).await?;
    let found_out = lost
        .first()
        .is_some_and(|(relay, _)| possible(&ctx.config, relay, letter));
    if found_out {
        let (from, to) = (LetterState::Sending, LetterState::Unknown);
        let reason = Some(LOOKED_FOR);
        db::letter::advance(&mut tx, letter.id, from, to, reason, clock::now()).await?;
    }
    tx.commit().await?;
    Ok(found_out)
}

/// Looks for a letter. Found, it is sent; not found after a while, it is sent again if that harms nobody, else a person
/// is asked.
pub async fn run(ctx: &Ctx, job: &Job, letter: &Letter) -> Result<(), Failure> {
    let found = in_its_folder(ctx, letter).await;
    let now = clock::now();
    let mut tx = ctx.db.begin().await?;
    let lost = db::attempt::lost(&mut tx, letter.id).await?;
    let since = lost.first().map_or(0, |(_, at)| *at);
    let until = since + ctx.config.outbox.look_seconds * 1_000;
    if found || db::attempt::is_copied(&mut tx, letter.id).await? {
        send::arrived(&mut tx, letter, LetterState::Unknown, now).await?;
        db::job::finish(&mut tx, job, now).await?;
    } else if now < until {
        return Err(Failure::NotYet((now + pause(now - since)).min(until)));
    } else if send::harmless_twice(letter.kind) && lost.len() < TRIES {
        let (from, to) = (LetterState::Unknown, LetterState::Queued);
        db::letter::advance(&mut tx, letter.id, from, to, Some(NO_TRACE), now).await?;
        db::job::give_back(&mut tx, job, now).await?;
    } else {
        let stays = LetterState::Unknown;
        send::end(&mut tx, job, letter, stays, stays, NO_TRACE, now).await?;
    }
    Ok(tx.commit().await?)
}

fn pause(since: i64) -> i64 {
    if since < MINUTE_MS {
        SOON_MS
    } else {
        MINUTE_MS
    }
}

/// Whether the provider's folder of sent letters holds it. A folder that cannot be read holds nothing for now.
async fn in_its_folder(ctx: &Ctx, letter: &Letter) -> bool {
    let Some((_, folder)) = kept(&ctx.config, letter) else {
        return false;
    };
    let account = match intake::account(&ctx.config, &letter.sender) {
        Ok(account) => account,
        Err(error) => {
            tracing::warn!(letter.id = letter.id, "sent letters not read: {error}");
            return false;
        }
    };
    match mailbox::keeps(&account, folder, &letter.rfc_id).await {
        Ok(held) => held,
        Err(error) => {
            tracing::warn!(letter.id = letter.id, "sent letters not read: {error}");
            false
        }
    }
}

/// A letter of ours came to one of our mailboxes: whoever sent it has had it, so it went. It is no entry and is never
/// answered.
pub async fn copy_came(tx: &mut Tx, mail: &Mail<'_>) -> Result<(), Failure> {
    let Some(rfc_id) = &mail.parsed.rfc_id else {
        return Ok(());
    };
    let Some((id, _)) = db::letter::by_rfc_id(tx, rfc_id).await? else {
        return Ok(());
    };
    let letter = db::desk::letter(tx, id).await?;
    if letter.contest_id != mail.message.contest_id || db::attempt::is_copied(tx, id).await? {
        return Ok(());
    }
    db::attempt::copied(tx, id, &letter.sender, mail.now).await?;
    let lost = !db::attempt::lost(tx, id).await?.is_empty();
    // One that is being sent at this moment is noted by whoever sends it.
    if lost && matches!(letter.state, LetterState::Unknown | LetterState::Queued) {
        send::arrived(tx, &letter, letter.state, mail.now).await?;
        db::job::call_off(tx, JobKind::Send, id, mail.now).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::copy_to;
    use super::possible;
    use crate::config::Config;
    use crate::db::letter::Letter;
    use crate::db::letter::LetterKind;
    use crate::entry::LetterState;

    fn letter(kind: LetterKind, sender: &str) -> Letter {
        Letter {
            id: 1,
            contest_id: 1,
            unit_id: 1,
            rfc_id: "1@duthi.example".into(),
            kind,
            recipient: "an@nguoidan.example".into(),
            null_path: true,
            sender: sender.into(),
            subject: String::new(),
            mime: String::new(),
            mime_blob: None,
            state: LetterState::Unknown,
            reason: None,
            message_id: None,
            not_before: 0,
            queued_at: 0,
            sent_at: None,
        }
    }

    fn config(sent_folder: &str, bcc_self: bool) -> Config {
        toml::from_str(&format!(
            "[[imap]]\naddresses = [\"*@duthi.example\"]\nhost = \"h\"\nport = 993\nsecurity = \"tls\"\n{sent_folder}\n\
             [[relay]]\nname = \"chinh\"\nhost = \"h\"\nport = 587\nsecurity = \"starttls\"\nbcc_self = {bcc_self}\n"
        ))
        .expect("settings")
    }

    #[test]
    fn a_copy_goes_only_where_it_is_read_and_never_of_a_key_or_a_package() {
        let config = config("", true);
        let copied =
            |kind, sender| copy_to(&config, &config.relay[0], &letter(kind, sender)).is_some();
        assert!(copied(LetterKind::Receipt, "hk@duthi.example"));
        assert!(copied(LetterKind::Reply, "hk@duthi.example"));
        assert!(!copied(LetterKind::Receipt, "hk@other.example"));
        assert!(!copied(LetterKind::Login, "hk@duthi.example"));
        assert!(!copied(LetterKind::Handover, "hk@duthi.example"));
    }

    #[test]
    fn a_letter_leaves_a_trace_by_its_copy_or_in_the_providers_folder() {
        let check = |folder: &str, bcc: bool, kind, want: bool| {
            let found = possible(
                &config(folder, bcc),
                "chinh",
                &letter(kind, "hk@duthi.example"),
            );
            assert_eq!(found, want, "{folder} {bcc} {kind:?}");
        };
        check("", false, LetterKind::Receipt, false);
        check("", true, LetterKind::Receipt, true);
        check("", true, LetterKind::Handover, false);
        check("sent_folder = \"Sent\"", false, LetterKind::Handover, true);
    }
}
