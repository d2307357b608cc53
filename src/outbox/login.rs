//! Logging in to a relay (RFC 4954): with a password (PLAIN, LOGIN) or with a token (OAUTHBEARER, XOAUTH2).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::mailbox::Secret;
use crate::mailbox::sasl;
use crate::mailbox::sasl::Bearer;
use crate::outbox::Error;
use crate::outbox::Relay;
use crate::outbox::answer::answer_of;
use crate::outbox::reply::Reply;
use crate::outbox::session::Facts;
use crate::outbox::session::Talk;

/// Longest command line, its end included (RFC 5321 §4.5.3.1.4); AUTH is held to it (RFC 4954 §4).
const COMMAND: usize = 512;

/// The ways to log in that the relay offers; nothing when it speaks of none.
fn ways(facts: &Facts) -> Option<Vec<&str>> {
    let mut lines = facts
        .extensions
        .iter()
        .filter_map(|line| line.strip_prefix("AUTH"))
        .peekable();
    lines.peek()?;
    Some(lines.flat_map(|line| line.split([' ', '='])).collect())
}

impl Talk {
    pub(super) async fn log_in(
        &mut self,
        facts: &Facts,
        user: &str,
        password: &str,
    ) -> Result<(), Error> {
        let Some(ways) = ways(facts) else {
            return Err(Error::Auth("the server offers no login".into()));
        };
        let message = STANDARD.encode(format!("\0{user}\0{password}"));
        let reply = if ways.contains(&"PLAIN") {
            self.ask(&format!("AUTH PLAIN {message}")).await?
        } else {
            let mut reply = self.ask("AUTH LOGIN").await?;
            for word in [user, password] {
                if reply.code == 334 {
                    reply = self.ask(&STANDARD.encode(word)).await?;
                }
            }
            reply
        };
        outcome(&reply, &[user, password, &message])
    }

    /// With a token, in the way that the relay offers.
    pub(super) async fn show_token(
        &mut self,
        facts: &Facts,
        relay: &Relay,
        user: &str,
        token: &Secret,
    ) -> Result<(), Error> {
        let ways = ways(facts).unwrap_or_default();
        let Some(way) = Bearer::choose(|name| ways.contains(&name)) else {
            return Err(Error::GiveUp(
                "the server offers no way to log in with a token".into(),
            ));
        };
        let message = way.message(user, token, &relay.host, relay.port);
        let whole = format!("AUTH {} {message}", way.name());
        let mut reply = if whole.len() + "\r\n".len() <= COMMAND {
            self.ask(&whole).await?
        } else {
            let reply = self.ask(&format!("AUTH {}", way.name())).await?;
            match reply.code {
                334 => self.ask(&message).await?,
                _ => reply,
            }
        };
        let told = [user, token.reveal(), &message];
        if reply.code == 334 {
            let reason = sasl::reason(&reply.text());
            tracing::info!("a token was refused: {}", sasl::without(&reason, &told));
            reply = self.ask(way.after_refusal()).await?;
        }
        outcome(&reply, &told)
    }
}

/// What the end of a login means. The words are the server's, without what it was told.
fn outcome(reply: &Reply, told: &[&str]) -> Result<(), Error> {
    let answer = sasl::without(&answer_of(reply), told);
    match reply.code {
        200..300 => Ok(()),
        400..500 => Err(Error::Again {
            code: Some(reply.code),
            answer: format!("no login for now: {answer}"),
        }),
        ..200 | 300..400 | 500.. => Err(Error::Auth(format!("the login was refused: {answer}"))),
    }
}
