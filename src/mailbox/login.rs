//! Logging in over IMAP: with a password (LOGIN, AUTHENTICATE PLAIN) or with a token (RFC 7628, XOAUTH2).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use async_imap::imap_proto::Response;

use crate::mailbox::Account;
use crate::mailbox::Connection;
use crate::mailbox::Error;
use crate::mailbox::connection::Answer;
use crate::mailbox::connection::Ended;
use crate::mailbox::sasl;
use crate::mailbox::sasl::Bearer;
use crate::mailbox::spell;
use crate::mailbox::tls::Secret;

impl Connection {
    /// With a password: LOGIN, or AUTHENTICATE PLAIN where that is disabled or too narrow.
    pub(super) async fn log_in(&mut self, user: &str, password: &Secret) -> Result<(), Error> {
        let password = password.reveal();
        let plain = self.can("AUTH=PLAIN");
        let quoted = (spell::quoted(user), spell::quoted(password));
        let ended = if let (Some(user), Some(password)) = quoted
            && !self.can("LOGINDISABLED")
        {
            let tag = self.start(&format!("LOGIN {user} {password}")).await?;
            self.finish(&tag, |_| ()).await?
        } else if plain {
            // RFC 4616: takes any letters.
            let message = STANDARD.encode(format!("\0{user}\0{password}"));
            self.authenticate("PLAIN", &message, "*").await?.0
        } else {
            return Err(Error::Auth(
                "the server offers no way to log in with a password".into(),
            ));
        };
        outcome(ended, &[password, user])
    }

    /// With a token, in the way that the server offers.
    pub(super) async fn show_token(
        &mut self,
        account: &Account,
        token: &Secret,
    ) -> Result<(), Error> {
        let Some(way) = Bearer::choose(|name| self.can(&format!("AUTH={name}"))) else {
            return Err(Error::GiveUp(
                "the server offers no way to log in with a token".into(),
            ));
        };
        let message = way.message(&account.user, token, &account.host, account.port);
        let (ended, reason) = self
            .authenticate(way.name(), &message, way.after_refusal())
            .await?;
        let told = [token.reveal(), account.user.as_str(), message.as_str()];
        if !reason.is_empty() {
            tracing::info!("a token was refused: {}", sasl::without(&reason, &told));
        }
        outcome(ended, &told)
    }

    /// One exchange in which the client speaks once, with the command where the server allows it (RFC 4959). What the
    /// server says after that is its reason for a refusal; `after` lets it end the exchange.
    async fn authenticate(
        &mut self,
        way: &str,
        message: &str,
        after: &str,
    ) -> Result<(Ended, String), Error> {
        let mut spoken = self.can("SASL-IR");
        let mut reason = String::new();
        let tag = match spoken {
            true => self.start(&format!("AUTHENTICATE {way} {message}")).await?,
            false => self.start(&format!("AUTHENTICATE {way}")).await?,
        };
        loop {
            let data = match self.answer(&tag).await? {
                Answer::End(ended) => return Ok((ended, reason)),
                Answer::Data(data) => data,
            };
            let Response::Continue(said) = data.response() else {
                continue;
            };
            if spoken {
                reason = sasl::reason(said.information.as_deref().unwrap_or_default());
                self.write(&format!("{after}\r\n")).await?;
            } else {
                self.write(&format!("{message}\r\n")).await?;
                spoken = true;
            }
        }
    }
}

/// What the end of a login means. The words are the server's, without what it was told.
fn outcome(ended: Ended, told: &[&str]) -> Result<(), Error> {
    match ended {
        Ended::Ok => Ok(()),
        Ended::No(text) if is_temporary(&text) => Err(Error::Again(format!(
            "no login for now: {}",
            sasl::without(&text, told)
        ))),
        Ended::No(text) | Ended::Bad(text) => Err(Error::Auth(format!(
            "the login was refused: {}",
            sasl::without(&text, told)
        ))),
    }
}

/// Refusals that say themselves that they will pass (RFC 5530, and the words of Gmail and Dovecot).
pub(super) fn is_temporary(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    [
        "[unavailable]",
        "[inuse]",
        "[limit]",
        "[serverbug]",
        "simultaneous",
        "try again",
        "temporar",
        "too many",
    ]
    .iter()
    .any(|sign| text.contains(sign))
}
