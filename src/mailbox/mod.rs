//! Reading a mailbox over IMAP (RFC 3501) so that nothing is lost.
//!
//! `async-imap` is only the codec: the commands are ours, each ends at its own tag and nowhere else, each
//! has a deadline, and a session that was left in the middle of an answer is never used again.
//! Never asked for: BODYSTRUCTURE, ENVELOPE, \Seen. Nothing here knows the database; the order
//! "stored first, flagged on the server afterwards" belongs to the caller.

mod connection;
mod fetch;
mod folder;
mod guard;
mod idle;
mod line;
mod login;
pub(crate) mod sasl;
mod spell;
pub mod tls;
pub mod token;

use std::io;
use std::path::PathBuf;
use std::time::Duration;

pub use crate::mailbox::connection::Connection;
pub use crate::mailbox::fetch::Batch;
pub use crate::mailbox::fetch::Fetched;
pub use crate::mailbox::folder::Folder;
pub use crate::mailbox::folder::Listed;
pub use crate::mailbox::folder::Mode;
pub use crate::mailbox::folder::Quota;
pub use crate::mailbox::folder::Selected;
pub use crate::mailbox::idle::Woken;
pub use crate::mailbox::line::Line;
pub use crate::mailbox::line::Login;
pub use crate::mailbox::tls::Secret;
pub use crate::mailbox::tls::Security;

/// Where a mailbox is and how one gets in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// A name; the certificate must name it.
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub user: String,
    pub credential: Credential,
    /// The folder that is read, in plain letters (`INBOX`, `Bài dự thi`).
    pub folder: String,
    /// Certificates (PEM) of a private authority, besides the public ones.
    pub ca_file: Option<PathBuf>,
}

/// What a server is shown so that it lets us in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    Password(Secret),
    /// An access token, had anew whenever the last one comes to its end.
    Token(Box<token::Source>),
}

impl Credential {
    /// How a login by token stands; nothing for a password, or when nobody has logged in.
    pub fn standing(&self, now: i64) -> Option<token::Standing> {
        match self {
            Credential::Password(_) => None,
            Credential::Token(source) => source.standing(now),
        }
    }
}

/// How long we wait and how much we take.
#[derive(Clone, Debug)]
pub struct Limits {
    /// For the connection, and again for the handshake.
    pub connect: Duration,
    /// Longest silence while we wait for an answer; before the login is done no longer than `connect`.
    pub read: Duration,
    /// From a command to its tagged answer.
    pub command: Duration,
    /// Bytes of literals in one answer. We never ask for more than 1 MiB at once, so this leaves room for servers that
    /// list a mail as smaller than it is; one that is larger still can be fetched with a listed size of 0.
    pub max_literal: u64,
    /// Bytes of a line, literals left out.
    pub max_line: usize,
    /// The same for the one line that lists all UIDs (about 8 bytes a mail).
    pub max_search_line: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connect: Duration::from_secs(20),
            read: Duration::from_secs(45),
            command: Duration::from_secs(120),
            max_literal: 16 << 20,
            max_line: 64 << 10,
            max_search_line: 1 << 20,
        }
    }
}

/// Why a mailbox did not do what was asked. The sentences are for logs: no password, no address.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Network, time-out, the server's own trouble: try later on a new connection.
    #[error("{0}")]
    Again(String),
    /// The settings or the server are wrong in a way that time does not heal.
    #[error("{0}")]
    GiveUp(String),
    /// User or password refused: slow down and tell a person.
    #[error("{0}")]
    Auth(String),
    /// A login by token that no server takes any more: slow down and tell a person to log in again.
    #[error("{0}")]
    Login(String),
    /// The provider of tokens does not know this program: slow down and tell a person.
    #[error("{0}")]
    Client(String),
    /// The server sent, or announced, more than [`Limits`] allow.
    #[error("{0}")]
    Limit(String),
    /// The mail was listed but is no longer in the folder.
    #[error("the mail is no longer in the folder")]
    Vanished,
    /// Our own side could not keep the bytes.
    #[error("the mail cannot be kept: {0}")]
    Keep(#[source] io::Error),
}

impl From<token::Error> for Error {
    fn from(error: token::Error) -> Error {
        let why = error.to_string();
        match error {
            token::Error::Again(_) => Error::Again(why),
            token::Error::Login(_) => Error::Login(why),
            token::Error::Client(_) => Error::Client(why),
            token::Error::Keep(error) => Error::Keep(error),
        }
    }
}

/// What a login test found out.
#[derive(Clone, Debug)]
pub struct Facts {
    /// As the server says them after login, in capital letters.
    pub capabilities: Vec<String>,
    pub selected: Selected,
    /// `UID MOVE` (RFC 6851).
    pub moves: bool,
    /// UIDPLUS (RFC 4315): a single mail can be expunged.
    pub uidplus: bool,
    /// IDLE (RFC 2177).
    pub idle: bool,
    pub quota: Option<Quota>,
}

/// Logs in, opens the folder read-only and logs out: nothing changes on the server.
pub async fn check(account: &Account) -> Result<Facts, Error> {
    let mut connection = Connection::open(account, &Limits::default()).await?;
    let selected = connection.select(&account.folder, Mode::Examine).await?;
    let quota = connection.quota().await?;
    let facts = Facts {
        capabilities: connection.capabilities().to_vec(),
        selected,
        moves: connection.can("MOVE"),
        uidplus: connection.can("UIDPLUS"),
        idle: connection.can("IDLE"),
        quota,
    };
    connection.logout().await;
    Ok(facts)
}

/// Whether a folder of the account holds a mail with this Message-ID (without brackets). Nothing changes there.
pub async fn keeps(account: &Account, folder: &str, rfc_id: &str) -> Result<bool, Error> {
    let mut connection = Connection::open(account, &Limits::default()).await?;
    connection.select(folder, Mode::Examine).await?;
    let held = connection.holds(rfc_id).await?;
    connection.logout().await;
    Ok(held)
}

#[cfg(test)]
mod scripted;
#[cfg(test)]
mod tests;
