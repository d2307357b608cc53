//! Handing letters to a relay over SMTP (RFC 5321), one recipient a transaction.
//!
//! What matters is to know how far a letter came: before the final dot it may be tried again freely; after the
//! dot without an answer nobody knows, and [`Outcome::Unknown`] says so. That is why the commands are
//! our own: a client that answers "connection lost" for both would send twice or not at all.
//! The caller keeps the queue; nothing here knows the database.

mod answer;
mod letter;
mod login;
mod reply;
mod session;

use std::path::PathBuf;
use std::time::Duration;

use crate::mailbox::Credential;
use crate::mailbox::tls::DialError;
use crate::mailbox::tls::Security;
use crate::mailbox::token;
pub use crate::outbox::session::Facts;
pub use crate::outbox::session::Session;

/// A server that takes our letters.
#[derive(Clone, Debug)]
pub struct Relay {
    /// What people call it in settings and logs.
    pub name: String,
    /// A name; the certificate must name it.
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// Without it there is no AUTH.
    pub login: Option<Login>,
    /// Certificates (PEM) of a private authority, besides the public ones.
    pub ca_file: Option<PathBuf>,
    /// How we name ourselves in EHLO: a host name, or an address in brackets.
    pub hello_name: String,
}

/// Who we are to a relay.
#[derive(Clone, Debug)]
pub struct Login {
    pub user: String,
    pub credential: Credential,
}

/// How long we wait. RFC 5321 §4.5.3.2 asks for minutes, for servers that speak to any other; a relay that is healed must
/// be noticed within one.
#[derive(Clone, Debug)]
pub struct Limits {
    /// For the connection, and again for the handshake.
    pub connect: Duration,
    /// For the answer to a command, and for each 64 KiB of a letter.
    pub reply: Duration,
    /// For the answer to the final dot, and a second more for each 256 KiB of the letter. Too short makes letters unknown that
    /// were sent, so whoever says one again waits longer ([`Session::wait_after_dot`]).
    pub after_dot: Duration,
    /// A session that rested longer is not used again.
    pub idle: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connect: Duration::from_secs(20),
            reply: Duration::from_secs(45),
            after_dot: Duration::from_secs(50),
            idle: Duration::from_secs(20),
        }
    }
}

/// What became of one letter. The answers are the server's words, one line, without addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The relay took it.
    Sent { answer: String },
    /// It was not sent; trying later may help. `code` is the server's, if it came to an answer.
    Again {
        code: Option<u16>,
        answer: String,
        whose: Whose,
    },
    /// It was not sent and will not be: a person's matter.
    Refused { code: u16, answer: String },
    /// Everything was said and no answer came. It may have been sent.
    Unknown { answer: String },
}

/// Whose trouble it is when a letter was not sent for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The line broke, or the relay says that it is not well itself (421, RFC 3463 §3.4 X.3.X, a refused sender): any letter
    /// would have fared the same.
    Relay,
    /// The relay put off this letter or its recipient.
    Letter,
}

/// Why there is no session with the relay. No letter is to blame.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Network, time-out, the server's own trouble.
    #[error("{answer}")]
    Again { code: Option<u16>, answer: String },
    /// User or password refused: slow down and tell a person.
    #[error("{0}")]
    Auth(String),
    /// A login by token that is over: slow down and tell a person to log in again.
    #[error("{0}")]
    Login(String),
    /// The settings or the server are wrong in a way that time does not heal.
    #[error("{0}")]
    GiveUp(String),
}

/// Opens a session, sends one letter, closes. For many letters keep a [`Session`].
pub async fn send(
    relay: &Relay,
    envelope_from: Option<&str>,
    recipient: &str,
    mime: &[u8],
    limits: &Limits,
) -> Outcome {
    match Session::open(relay, limits).await {
        Ok(mut session) => {
            let outcome = session.send(envelope_from, recipient, mime).await;
            session.quit().await;
            outcome
        }
        Err(error) => error.into(),
    }
}

/// Logs in and closes: a test of the settings, no letter is sent.
pub async fn check(relay: &Relay) -> Result<Facts, Error> {
    let session = Session::open(relay, &Limits::default()).await?;
    let facts = session.facts().clone();
    session.quit().await;
    Ok(facts)
}

/// Without a session no letter failed: each is tried again.
impl From<Error> for Outcome {
    fn from(error: Error) -> Outcome {
        let (code, answer) = match error {
            Error::Again { code, answer } => (code, answer),
            Error::Auth(answer) | Error::Login(answer) | Error::GiveUp(answer) => (None, answer),
        };
        Outcome::Again {
            code,
            answer,
            whose: Whose::Relay,
        }
    }
}

impl From<DialError> for Error {
    fn from(error: DialError) -> Error {
        match error {
            DialError::Again(answer) => Error::Again { code: None, answer },
            DialError::GiveUp(why) => Error::GiveUp(why),
        }
    }
}

impl From<token::Error> for Error {
    fn from(error: token::Error) -> Error {
        let answer = error.to_string();
        match error {
            token::Error::Again(_) | token::Error::Keep(_) => Error::Again { code: None, answer },
            token::Error::Login(_) => Error::Login(answer),
            token::Error::Client(_) => Error::GiveUp(answer),
        }
    }
}

#[cfg(test)]
mod tests;
