//! The line to a mailbox between two looks: kept while it is well, so that the server can say when mail comes.
//!
//! What the server says is only a hint. Every look opens the folder anew and compares all that it holds with all that
//! we hold, and one comes at each poll, whether or not the server spoke. A kept line that is silent is given up soon.

use std::time::Duration;

use tokio::time::Instant;
use tokio::time::sleep_until;
use tokio::time::timeout;

use crate::mailbox::Account;
use crate::mailbox::Connection;
use crate::mailbox::Error;
use crate::mailbox::Limits;
use crate::mailbox::Mode;
use crate::mailbox::Selected;
use crate::mailbox::Woken;

/// How long a kept line may take to show that it still lives.
const PATIENCE: Duration = Duration::from_secs(10);
/// An older login is made anew: a password that was taken away is noticed, and no provider hangs up first.
const OLDEST: Duration = Duration::from_secs(20 * 60);
/// The least time from one look to the next, whatever the server says.
const BREATH: Duration = Duration::from_secs(1);

/// A line that was held for so long was no mistake of the server, however it ended.
const STEADY: Duration = Duration::from_secs(30);

/// The line to one mailbox; empty at first and after trouble.
#[derive(Debug, Default)]
pub struct Line {
    kept: Option<Login>,
    /// How often in a row it broke soon while waiting for mail.
    breaks: u32,
}

/// A session, how it got in, and since when.
#[derive(Debug)]
pub struct Login {
    pub connection: Connection,
    account: Account,
    since: Instant,
}

impl Line {
    /// A session with the folder freshly open: the kept one if it is well, else a new one. It is the caller's until
    /// [`Line::keep`]; a session that is dropped in between is never used again. Errors as [`Connection::open`].
    pub async fn select(
        &mut self,
        account: &Account,
        limits: &Limits,
        mode: Mode,
    ) -> Result<(Login, Selected), Error> {
        let kept = (self.kept.take())
            .filter(|login| login.account == *account && login.since.elapsed() < OLDEST);
        if let Some(mut login) = kept {
            match timeout(PATIENCE, login.connection.select(&account.folder, mode)).await {
                Ok(Ok(selected)) => return Ok((login, selected)),
                Ok(Err(error)) => tracing::debug!("a kept line is given up: {error}"),
                Err(_) => tracing::debug!("a kept line is given up: it is silent"),
            }
        }
        let mut connection = Connection::open(account, limits).await?;
        let selected = connection.select(&account.folder, mode).await?;
        let login = Login {
            connection,
            account: account.clone(),
            since: Instant::now(),
        };
        Ok((login, selected))
    }

    /// Keeps a session that is well for the next look.
    pub fn keep(&mut self, login: Login) {
        self.kept = Some(login);
    }

    /// Waits until the server says that mail has come, at most `longest`. When the line breaks meanwhile, nobody would hear
    /// of news: the wait is over after a breath, and after growing ones when lines break again and again.
    pub async fn wait(&mut self, longest: Duration) {
        let until = Instant::now() + longest;
        sleep_until(until.min(Instant::now() + BREATH)).await;
        if let Some(mut login) = self.kept.take()
            && login.connection.can("IDLE")
        {
            let begun = Instant::now();
            let left = until.saturating_duration_since(begun);
            match timeout(left + PATIENCE, login.connection.idle(left)).await {
                Ok(Ok(woken)) => {
                    self.breaks = 0;
                    self.keep(login);
                    if woken == Woken::ByNews {
                        return;
                    }
                }
                Ok(Err(error)) => {
                    tracing::debug!("waiting for mail ended: {error}");
                    return self.rest(begun, until).await;
                }
                Err(_) => {
                    tracing::debug!("waiting for mail ended: the line is silent");
                    return self.rest(begun, until).await;
                }
            }
        }
        sleep_until(until).await;
    }

    /// After a line broke that had waited since `begun`.
    async fn rest(&mut self, begun: Instant, until: Instant) {
        if begun.elapsed() >= STEADY {
            self.breaks = 0;
        }
        let breath = BREATH * (1 << self.breaks.min(6));
        self.breaks = self.breaks.saturating_add(1);
        sleep_until(until.min(Instant::now() + breath)).await;
    }

    /// Says goodbye.
    pub async fn close(self) {
        if let Some(login) = self.kept {
            login.connection.logout().await;
        }
    }
}
