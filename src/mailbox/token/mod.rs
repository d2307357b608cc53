//! Logins by token (OAuth 2.0, RFC 6749): a person agrees once, and from then on a fresh access token is had before the
//! old one ends, without anybody's password.
//!
//! One task of one process renews a login at a time, and what the provider gives is on disk before anybody uses it: a
//! provider that replaces the refresh token at each renewal may refuse the old one from then on. Only between the
//! provider's answer and our disk a power failure can cost the login, and then a person logs in again; no mail is lost.

mod browser;
mod file;
mod grant;
mod http;
mod provider;
#[cfg(test)]
pub(crate) mod scripted;
#[cfg(test)]
mod tests;

use std::io;
use std::path::Path;
use std::path::PathBuf;

pub use browser::Brought;
pub use browser::Waiting;
pub use file::Kept;
pub use grant::Device;
pub use grant::Granted;
pub use grant::Progress;
pub use provider::GOOGLE_TESTING_DAYS;
pub use provider::Provider;

use crate::clock;
use crate::mailbox::Secret;
use crate::mailbox::tls::DialError;

/// An access token with less time left is renewed before it is shown to a server.
const MARGIN_MS: i64 = 5 * 60 * 1_000;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// This program, as a provider knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    pub provider: Provider,
    pub id: String,
    pub secret: Option<Secret>,
    /// Certificates (PEM) of a private authority, besides the public ones.
    pub ca_file: Option<PathBuf>,
}

/// One login: at which provider, and the file in which its tokens are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub client: Client,
    pub file: PathBuf,
}

/// An access token for a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub secret: Secret,
    /// Whether it was given out just now.
    pub new: bool,
}

/// How a login stands. Times in ms UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub logged_in_at: i64,
    pub renewed_at: i64,
    /// When it ends, as far as is known of the provider.
    pub ends_at: Option<i64>,
    /// Whether that is near enough to tell a person.
    pub ends_soon: bool,
}

/// Why there is no token. The sentences are for logs: no token, no address.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Network, the provider's own trouble: try later.
    #[error("the provider of the login: {0}")]
    Again(String),
    /// A person must log in (again).
    #[error("the login by token is over: {0}")]
    Login(String),
    /// The provider does not know this program, or not for this: the settings are wrong.
    #[error("the provider does not take the settings of the login: {0}")]
    Client(String),
    /// Our own disk or network.
    #[error("the tokens cannot be kept: {0}")]
    Keep(#[from] io::Error),
}

impl From<DialError> for Error {
    fn from(error: DialError) -> Error {
        match error {
            DialError::Again(why) => Error::Again(why),
            DialError::GiveUp(why) => Error::Client(why),
        }
    }
}

impl Client {
    /// Begins a login by code on another device.
    pub async fn device(&self) -> Result<Device, Error> {
        grant::begin(self).await
    }

    /// Asks whether the person has agreed.
    pub async fn ask(&self, device: &mut Device) -> Result<Progress, Error> {
        device.ask(self).await
    }
}

impl Source {
    /// An access token that is good for some minutes, renewed first if need be.
    pub async fn access(&self) -> Result<Token, Error> {
        self.token(None).await
    }

    /// Another access token than the one a server refused.
    pub async fn another(&self, refused: &Secret) -> Result<Token, Error> {
        self.token(Some(refused.clone())).await
    }

    /// How the login stands; nothing when nobody has logged in, or the file cannot be read.
    pub fn standing(&self, now: i64) -> Option<Standing> {
        let kept = file::read(&self.file).ok().flatten()?;
        let provider = &self.client.provider;
        let span = |days: Option<u32>, since: i64| {
            days.map(|days| (since + i64::from(days) * DAY_MS, i64::from(days) * DAY_MS))
        };
        let end = [
            span(provider.login_days, kept.logged_in_at),
            span(provider.unused_days, kept.renewed_at),
        ]
        .into_iter()
        .flatten()
        .min();
        Some(Standing {
            logged_in_at: kept.logged_in_at,
            renewed_at: kept.renewed_at,
            ends_at: end.map(|(at, _)| at),
            // Two days of a week, two weeks of three months.
            ends_soon: end.is_some_and(|(at, span)| at - now < (span / 6).max(2 * DAY_MS)),
        })
    }

    /// Keeps what a person's login gave, in place of what was there.
    pub async fn keep(&self, granted: Granted) -> Result<(), Error> {
        let Some(refresh) = granted.refresh else {
            return Err(Error::Client("it gave no refresh token".into()));
        };
        let now = clock::now();
        let kept = Kept {
            refresh,
            access: granted.access,
            expires_at: now + granted.expires_in * 1_000,
            logged_in_at: now,
            rotated_at: now,
            renewed_at: now,
        };
        Ok(self.turn().await?.room()?.keep(&kept)?)
    }

    /// The same login in a file of its own, to be tried before it takes the place of another.
    pub fn trial(&self) -> Source {
        let mut file = self.file.as_os_str().to_owned();
        file.push(".trial");
        Source {
            client: self.client.clone(),
            file: file.into(),
        }
    }

    /// Takes over what a trial holds by now, and forgets the trial.
    pub async fn adopt(&self, trial: &Source) -> Result<(), Error> {
        let theirs = trial.turn().await?;
        self.turn().await?.room()?.keep(&read(&trial.file)?)?;
        Ok(theirs.remove()?)
    }

    /// Forgets a trial.
    pub async fn forget(&self) -> Result<(), Error> {
        Ok(self.turn().await?.remove()?)
    }

    async fn token(&self, refused: Option<Secret>) -> Result<Token, Error> {
        if let Some(token) = good(&read(&self.file)?, refused.as_ref()) {
            return Ok(token);
        }
        // On its own: whoever asks may be dropped between the provider's answer and our disk.
        let source = self.clone();
        let renewed = tokio::spawn(async move { source.renew(refused).await });
        renewed
            .await
            .map_err(|_| Error::Again("the renewal was broken off".into()))?
    }

    async fn renew(&self, refused: Option<Secret>) -> Result<Token, Error> {
        let turn = self.turn().await?;
        let kept = read(&self.file)?;
        // Whoever had the turn before may have renewed it.
        if let Some(token) = good(&kept, refused.as_ref()) {
            return Ok(token);
        }
        let room = turn.room()?;
        let granted = grant::refresh(&self.client, &kept.refresh).await?;
        let kept = renewed(kept, granted, clock::now());
        room.keep(&kept)?;
        Ok(Token {
            secret: kept.access,
            new: true,
        })
    }

    async fn turn(&self) -> Result<file::Turn, Error> {
        file::turn(&self.file)
            .await?
            .ok_or_else(|| Error::Again("somebody else renews it for too long".into()))
    }
}

fn read(path: &Path) -> Result<Kept, Error> {
    file::read(path)?.ok_or_else(|| Error::Login("nobody has logged in yet".into()))
}

/// The access token that is kept, if it can be shown to a server.
fn good(kept: &Kept, refused: Option<&Secret>) -> Option<Token> {
    let lasts = kept.expires_at - clock::now() >= MARGIN_MS;
    (lasts && refused != Some(&kept.access)).then(|| Token {
        secret: kept.access.clone(),
        new: false,
    })
}

fn renewed(kept: Kept, granted: Granted, now: i64) -> Kept {
    let next = granted.refresh.filter(|next| *next != kept.refresh);
    Kept {
        rotated_at: if next.is_some() { now } else { kept.rotated_at },
        refresh: next.unwrap_or(kept.refresh),
        access: granted.access,
        expires_at: now + granted.expires_in * 1_000,
        renewed_at: now,
        logged_in_at: kept.logged_in_at,
    }
}
