//! The watch over all mailboxes: several at once, one that fails never delays another.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::Ctx;
use super::pause;
use super::receive;
use super::receive::Pass;
use crate::clock;
use crate::config;
use crate::db;
use crate::db::mailbox::Mailbox;
use crate::entry::Trouble;
use crate::mailbox;
use crate::mailbox::Line;

/// When another process reads a mailbox, so soon is looked whether it still does.
const LEASED: Duration = Duration::from_secs(5);

/// The least pause after a look that failed.
const LEAST: Duration = Duration::from_secs(1);

/// What one look into one mailbox ended with.
pub struct Report {
    pub mailbox: Mailbox,
    pub result: Result<Pass, receive::Error>,
}

/// Looks into every mailbox once, all at the same time. Mailboxes the settings say nothing of are left out.
pub async fn once(ctx: &Ctx) -> db::Result<Vec<Report>> {
    let mailboxes = db::mailbox::all(&ctx.db).await?;
    let looks = mailboxes
        .into_iter()
        .filter(|mailbox| ctx.config.imap_for(&mailbox.address).is_some())
        .map(|mailbox| async move {
            let mut line = Line::default();
            let result = look(ctx, &mailbox, &mut line).await;
            line.close().await;
            Report { mailbox, result }
        });
    Ok(futures::future::join_all(looks).await)
}

/// Watches every mailbox until told to stop; mailboxes that a new plan brings are watched from then on.
pub async fn watch(ctx: Arc<Ctx>, mut stop: watch::Receiver<bool>) {
    let mut watched: HashMap<i64, JoinHandle<()>> = HashMap::new();
    while !*stop.borrow() {
        match db::mailbox::all(&ctx.db).await {
            Ok(mailboxes) => {
                for mailbox in mailboxes {
                    let running = watched
                        .get(&mailbox.id)
                        .is_some_and(|task| !task.is_finished());
                    if !running && ctx.config.imap_for(&mailbox.address).is_some() {
                        let task = tokio::spawn(tend(Arc::clone(&ctx), mailbox.id, stop.clone()));
                        watched.insert(mailbox.id, task);
                    }
                }
            }
            Err(error) => tracing::error!("mailboxes cannot be listed: {error}"),
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(10)) => {}
            _ = stop.changed() => {}
        }
    }
    for (_, task) in watched {
        // A mailbox in the middle of a look may be left: its rows say where to go on.
        task.abort();
    }
}

/// Looks into one mailbox again and again: when the server says that mail has come and at every poll when well, with
/// growing pauses when not.
async fn tend(ctx: Arc<Ctx>, id: i64, mut stop: watch::Receiver<bool>) {
    let poll = Duration::from_secs(ctx.config.intake.poll_seconds.max(1));
    let alarm = u64::try_from(ctx.config.intake.alarm_seconds).unwrap_or(0);
    let alarm = Duration::from_secs(alarm);
    let mut line = Line::default();
    let mut failures: u32 = 0;
    let mut failing_since = Instant::now();
    while !*stop.borrow() {
        let mailbox = match db::mailbox::get(&ctx.db, id).await {
            Ok(mailbox) => mailbox,
            // The watch begins anew with those that are there.
            Err(_) => return,
        };
        let begun = Instant::now();
        let pause = match look(&ctx, &mailbox, &mut line).await {
            Ok(pass) => {
                failures = 0;
                if pass.fetched > 0 {
                    tracing::info!(mailbox.id = id, fetched = pass.fetched, "mails fetched");
                }
                poll
            }
            Err(receive::Error::Leased) => poll.min(LEASED),
            Err(error) => {
                if failures == 0 {
                    failing_since = begun;
                }
                failures += 1;
                // A look that hung for long has waited already.
                let pause = pause(failures, id, error.trouble());
                let pause = pause.saturating_sub(begun.elapsed()).max(LEAST);
                // One more look when the alarm is due: it must be on time, and true.
                match alarm.checked_sub(failing_since.elapsed()) {
                    Some(left) => pause.min(left + Duration::from_millis(100)),
                    None => pause,
                }
            }
        };
        tokio::select! {
            () = line.wait(pause) => {}
            () = mended(&ctx, &mailbox.address, poll), if failures > 0 => {}
            _ = stop.changed() => {}
        }
    }
}

/// Returns when the password in its file is another one, or a person has logged in anew: whoever mended it should not
/// have to wait.
async fn mended(ctx: &Ctx, address: &str, poll: Duration) {
    let way_in = || {
        let credential = account(&ctx.config, address).ok()?.credential;
        let logged_in_at = credential
            .standing(clock::now())
            .map(|now| now.logged_in_at);
        Some((credential, logged_in_at))
    };
    let before = way_in();
    loop {
        tokio::time::sleep(poll.min(Duration::from_secs(5))).await;
        if way_in() != before {
            return;
        }
    }
}

async fn look(ctx: &Ctx, mailbox: &Mailbox, line: &mut Line) -> Result<Pass, receive::Error> {
    let result = async {
        let account = account(&ctx.config, &mailbox.address)?;
        receive::pass(ctx, mailbox, &account, line).await
    }
    .await;
    if let Err(error) = &result {
        match error.trouble() {
            Some(trouble) => {
                tracing::warn!(mailbox.id = mailbox.id, "mailbox not read: {error}");
                if let Err(error) = super::alarm::trouble(ctx, mailbox, trouble, clock::now()).await
                {
                    tracing::error!(mailbox.id = mailbox.id, "alarm not raised: {error}");
                }
            }
            None => tracing::debug!(
                mailbox.id = mailbox.id,
                "another process reads this mailbox"
            ),
        }
    }
    result
}

/// How to log in to a mailbox, from the settings.
pub fn account(
    config: &config::Config,
    address: &str,
) -> Result<mailbox::Account, config::BadConfig> {
    let imap = config.imap_for(address).ok_or_else(|| {
        config::BadConfig(crate::words::mailbox::what_to_do(Trouble::Unset).into())
    })?;
    Ok(mailbox::Account {
        host: imap.host.clone(),
        port: imap.port,
        security: imap.security,
        user: imap.user_of(address),
        credential: config.mailbox_credential(imap, address)?,
        folder: imap.folder.clone(),
        ca_file: imap.ca_file.clone(),
    })
}

/// What is refused waits longer than anything else, so that no account is locked.
fn pause(failures: u32, mailbox: i64, trouble: Option<Trouble>) -> Duration {
    match trouble {
        Some(Trouble::Auth | Trouble::Login | Trouble::Client) => pause::of_a_login(failures),
        Some(Trouble::Unset | Trouble::Unreachable | Trouble::Nonsense | Trouble::Storage)
        | None => pause::of_a_line(failures, mailbox),
    }
}
