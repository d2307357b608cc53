//! One SMTP session: greeting, EHLO, TLS, then letters one by one.

use tokio::io::AsyncRead;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::time::Duration;
use tokio::time::Instant;
use tokio::time::timeout;

use crate::mailbox::Credential;
use crate::mailbox::Secret;
use crate::mailbox::tls;
use crate::mailbox::tls::Security;
use crate::mailbox::tls::Wire;
use crate::outbox::Error;
use crate::outbox::Limits;
use crate::outbox::Login;
use crate::outbox::Outcome;
use crate::outbox::Relay;
use crate::outbox::Whose;
use crate::outbox::answer::again;
use crate::outbox::answer::again_with;
use crate::outbox::answer::answer_of;
use crate::outbox::answer::whose;
use crate::outbox::letter;
use crate::outbox::reply::NoReply;
use crate::outbox::reply::Reader;
use crate::outbox::reply::Reply;

/// Bytes of a letter written within one time limit.
const BLOCK: usize = 64 << 10;

/// How long a server that hung up in the middle of a letter may take to say why.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// What the server said about itself, for a test of the settings.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub encrypted: bool,
    /// Whether a user and password were accepted.
    pub logged_in: bool,
    /// The lines of EHLO, in capital letters (`SIZE 52428800`, `8BITMIME`).
    pub extensions: Vec<String>,
    /// Largest letter in bytes, if the server tells.
    pub size_limit: Option<u64>,
    pub smtputf8: bool,
    pub eight_bit: bool,
}

/// A logged-in connection that takes letters until something breaks it or it rests too long.
#[derive(Debug)]
pub struct Session {
    talk: Talk,
    facts: Facts,
    /// Who else gets the next letter, without a word of it in the letter.
    copy_to: Option<String>,
    broken: bool,
    last_used: Instant,
}

/// The wire, and what was read from it.
#[derive(Debug)]
pub(super) struct Talk {
    wire: Wire,
    reader: Reader,
    limits: Limits,
}

impl Session {
    /// Connects, makes TLS, logs in. With [`Security::StartTls`] it never goes on without TLS. A token that the server
    /// refuses before its time is renewed, once.
    pub async fn open(relay: &Relay, limits: &Limits) -> Result<Session, Error> {
        let Some(login) = &relay.login else {
            return Session::ready(relay, limits).await;
        };
        let source = match &login.credential {
            Credential::Password(password) => {
                let mut session = Session::ready(relay, limits).await?;
                let (talk, facts) = (&mut session.talk, &session.facts);
                talk.log_in(facts, &login.user, password.reveal()).await?;
                return Ok(session.entered());
            }
            Credential::Token(source) => source,
        };
        let token = source.access().await?;
        match Session::open_with(relay, login, &token.secret, limits).await {
            Err(Error::Auth(why)) if token.new => Err(Error::Login(why)),
            Err(Error::Auth(why)) => {
                tracing::info!("a token was refused before its time: {why}");
                let token = source.another(&token.secret).await?;
                let opened = Session::open_with(relay, login, &token.secret, limits).await;
                opened.map_err(|error| match error {
                    Error::Auth(why) => Error::Login(why),
                    other => other,
                })
            }
            other => other,
        }
    }

    async fn open_with(
        relay: &Relay,
        login: &Login,
        token: &Secret,
        limits: &Limits,
    ) -> Result<Session, Error> {
        let mut session = Session::ready(relay, limits).await?;
        let (talk, facts) = (&mut session.talk, &session.facts);
        talk.show_token(facts, relay, &login.user, token).await?;
        Ok(session.entered())
    }

    /// A session in which a login may be made: greeted, behind TLS, its extensions known.
    async fn ready(relay: &Relay, limits: &Limits) -> Result<Session, Error> {
        let ca_file = relay.ca_file.as_deref();
        let (host, port, security) = (&relay.host, relay.port, relay.security);
        let wire = tls::dial(host, port, security, ca_file, limits.connect).await?;
        let mut talk = Talk {
            wire,
            reader: Reader::default(),
            limits: limits.clone(),
        };
        let greeting = talk.hear(limits.reply).await?;
        good(&greeting, "the server turned us away")?;
        let mut facts = talk.hello(relay).await?;
        if security == Security::StartTls {
            if !facts.extensions.iter().any(|line| line == "STARTTLS") {
                return Err(Error::GiveUp("the server offers no STARTTLS".into()));
            }
            let reply = talk.ask("STARTTLS").await?;
            good(&reply, "STARTTLS refused")?;
            if talk.reader.holds_more() {
                return Err(Error::GiveUp("somebody spoke before TLS stood".into()));
            }
            talk.wire = tls::encrypt(talk.wire, host, ca_file, limits.connect).await?;
            facts = talk.hello(relay).await?;
        }
        facts.encrypted = security != Security::Plain;
        Ok(Session {
            talk,
            facts,
            copy_to: None,
            broken: false,
            last_used: Instant::now(),
        })
    }

    fn entered(mut self) -> Session {
        self.facts.logged_in = true;
        self.rest();
        self
    }

    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// False after any trouble on the wire and after resting longer than [`Limits::idle`]: open another.
    pub fn usable(&self) -> bool {
        !self.broken && self.last_used.elapsed() <= self.talk.limits.idle
    }

    /// How long the answers to the next final dots are waited for, in place of [`Limits::after_dot`].
    pub fn wait_after_dot(&mut self, patience: Duration) {
        self.talk.limits.after_dot = patience;
    }

    /// How long ago it was last used.
    pub fn rested(&self) -> Duration {
        self.last_used.elapsed()
    }

    /// Has the next letter go to this address too, in one transaction; a copy that is refused holds no letter up.
    pub fn copy_to(&mut self, address: Option<&str>) {
        let address = address.filter(|address| letter::is_plain(address));
        self.copy_to = address.map(str::to_owned);
    }

    /// Sends one letter to one recipient. `envelope_from` is where a failure is reported to; `None` writes the
    /// null path `<>`, so that nothing answers an automatic answer (RFC 3834 §3.3).
    ///
    /// The session stays usable after a plain refusal, not after trouble on the wire.
    pub async fn send(
        &mut self,
        envelope_from: Option<&str>,
        recipient: &str,
        mime: &[u8],
    ) -> Outcome {
        let size = mime.len() as u64;
        let eight_bit = !mime.is_ascii();
        self.transmit(envelope_from, recipient, (size, eight_bit), &mut &*mime)
            .await
    }

    /// As `send`, for a letter of `size` bytes (7-bit, as all of ours) that is read while it is said.
    pub async fn send_from(
        &mut self,
        envelope_from: Option<&str>,
        recipient: &str,
        size: u64,
        mime: &mut (impl AsyncRead + Unpin),
    ) -> Outcome {
        self.transmit(envelope_from, recipient, (size, false), mime)
            .await
    }

    async fn transmit(
        &mut self,
        envelope_from: Option<&str>,
        recipient: &str,
        (size, eight_bit): (u64, bool),
        mime: &mut (impl AsyncRead + Unpin),
    ) -> Outcome {
        let parameters = match self.parameters(envelope_from, recipient, size, eight_bit) {
            Ok(parameters) => parameters,
            Err(outcome) => return outcome,
        };
        if !self.usable() {
            self.broken = true;
            return again("the session is over");
        }
        // Broken until the end is reached: a call dropped half-way leaves no usable session.
        self.broken = true;
        let sender = envelope_from.unwrap_or("");
        let mut before = vec![
            (format!("MAIL FROM:<{sender}>{parameters}"), Some(2)),
            (format!("RCPT TO:<{recipient}>"), Some(2)),
            ("DATA".to_owned(), Some(3)),
        ];
        if let Some(address) = self.copy_to.take() {
            before.insert(2, (format!("RCPT TO:<{address}>"), None));
        }
        for (command, expected) in before {
            match self.talk.ask(&command).await {
                Ok(reply) if expected.is_none_or(|expected| reply.code / 100 == expected) => {}
                Ok(reply) => {
                    let whose = match command.starts_with("MAIL") {
                        true => Whose::Relay,
                        false => whose(&reply),
                    };
                    return self.refused(&reply, whose).await;
                }
                Err(why) => return again(&why.to_string()),
            }
        }
        let reply = match self.talk.tell_letter(size, mime).await {
            Ok(reply) => reply,
            Err(outcome) => return outcome,
        };
        let answer = answer_of(&reply);
        match reply.code {
            200..300 => {
                self.rest();
                Outcome::Sent { answer }
            }
            // 421 says that the connection goes; the letter was not taken.
            421 => again_with(&reply, Whose::Relay),
            400..500 => {
                self.rest();
                again_with(&reply, whose(&reply))
            }
            500.. => {
                self.rest();
                Outcome::Refused {
                    code: reply.code,
                    answer,
                }
            }
            ..200 | 300..400 => Outcome::Unknown { answer },
        }
    }

    /// Asks for nothing; shows that the session lives.
    pub async fn check(&mut self) -> Result<(), Error> {
        let was_usable = self.usable();
        self.broken = true;
        if !was_usable {
            return Err(Error::Again {
                code: None,
                answer: "the session is over".into(),
            });
        }
        let reply = self.talk.ask("NOOP").await?;
        good(&reply, "NOOP refused")?;
        self.rest();
        Ok(())
    }

    /// Says goodbye. Whatever the server makes of it, the session is over.
    pub async fn quit(mut self) {
        if !self.broken {
            timeout(LAST_WORDS, self.talk.ask("QUIT")).await.ok();
        }
    }

    /// The letter's turn is over and the session is whole.
    fn rest(&mut self) {
        self.broken = false;
        self.last_used = Instant::now();
    }

    /// What MAIL must announce, or why the letter is not sent at all.
    fn parameters(
        &self,
        sender: Option<&str>,
        recipient: &str,
        size: u64,
        eight_bit: bool,
    ) -> Result<String, Outcome> {
        let refused = |code: u16, answer: &str| Outcome::Refused {
            code,
            answer: answer.into(),
        };
        let addresses = [sender, Some(recipient)];
        let mut addresses = addresses.into_iter().flatten();
        if let Some(fault) = addresses.clone().find_map(letter::address_fault) {
            return Err(refused(553, fault));
        }
        let mut parameters = String::new();
        if let Some(limit) = self.facts.size_limit {
            if limit > 0 && size > limit {
                return Err(refused(552, "the letter is larger than the server takes"));
            }
            parameters.push_str(&format!(" SIZE={size}"));
        }
        if eight_bit {
            if !self.facts.eight_bit {
                return Err(refused(
                    554,
                    "the letter has 8-bit text and the server takes none",
                ));
            }
            parameters.push_str(" BODY=8BITMIME");
        }
        if addresses.any(|address| !address.is_ascii()) {
            if !self.facts.smtputf8 {
                return Err(refused(
                    553,
                    "the server takes no address with such letters",
                ));
            }
            parameters.push_str(" SMTPUTF8");
        }
        Ok(parameters)
    }

    /// A NO before the letter was said. RSET makes the session whole again, if the server says so.
    async fn refused(&mut self, reply: &Reply, whose: Whose) -> Outcome {
        let reset = reply.code != 421
            && self
                .talk
                .ask("RSET")
                .await
                .is_ok_and(|reset| reset.is_good());
        if reset {
            self.rest();
        }
        match reply.code {
            // "Authentication required" is about us, not about the letter.
            530 | 535 => again_with(reply, Whose::Relay),
            500.. => Outcome::Refused {
                code: reply.code,
                answer: answer_of(reply),
            },
            ..500 => again_with(reply, whose),
        }
    }
}

impl Talk {
    async fn hear(&mut self, wait: Duration) -> Result<Reply, Unheard> {
        match timeout(wait, self.reader.reply(&mut self.wire)).await {
            Ok(reply) => reply.map_err(Unheard::NoReply),
            Err(_) => Err(Unheard::Late(wait)),
        }
    }

    pub(super) async fn ask(&mut self, command: &str) -> Result<Reply, Unheard> {
        let wait = self.limits.reply;
        self.write(format!("{command}\r\n").as_bytes(), wait)
            .await?;
        self.hear(wait).await
    }

    async fn write(&mut self, bytes: &[u8], wait: Duration) -> Result<(), Unheard> {
        let written = timeout(wait, async {
            self.wire.write_all(bytes).await?;
            self.wire.flush().await
        });
        match written.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Unheard::NoReply(NoReply::Lost(error.kind()))),
            Err(_) => Err(Unheard::Late(wait)),
        }
    }

    /// Says the letter and the final dot and hears the answer. The error is the outcome: before the dot
    /// [`Outcome::Again`] (or what the server still said), from the dot on [`Outcome::Unknown`].
    async fn tell_letter(
        &mut self,
        size: u64,
        mime: &mut (impl AsyncRead + Unpin),
    ) -> Result<Reply, Outcome> {
        let mut stuffing = letter::Stuffing::new();
        let mut block = vec![0; BLOCK];
        let mut left = size;
        loop {
            let read = mime.read(&mut block).await.unwrap_or_default();
            let text = block.get(..read).unwrap_or_default();
            if text.is_empty() {
                break;
            }
            left = left.saturating_sub(text.len() as u64);
            self.tell(&stuffing.block(text)).await?;
        }
        // A letter that cannot be read to its end is never ended with a dot: the server forgets it.
        if left > 0 {
            return Err(Outcome::Again {
                code: None,
                answer: "the letter cannot be read".into(),
                whose: Whose::Letter,
            });
        }
        self.tell(stuffing.end()).await?;
        let wait = self.limits.reply;
        let unknown = |why: Unheard| Outcome::Unknown {
            answer: why.to_string(),
        };
        self.write(b".\r\n", wait).await.map_err(unknown)?;
        let wait = self.limits.after_dot + Duration::from_secs(size >> 18);
        self.hear(wait).await.map_err(unknown)
    }

    /// Says a piece of the letter, before the dot.
    async fn tell(&mut self, text: &[u8]) -> Result<(), Outcome> {
        let Err(why) = self.write(text, self.limits.reply).await else {
            return Ok(());
        };
        Err(match self.hear(LAST_WORDS).await {
            Ok(reply) if reply.code >= 500 => Outcome::Refused {
                code: reply.code,
                answer: answer_of(&reply),
            },
            Ok(reply) => again_with(&reply, whose(&reply)),
            Err(_) => again(&why.to_string()),
        })
    }

    async fn hello(&mut self, relay: &Relay) -> Result<Facts, Error> {
        let name = letter::hello(&relay.hello_name);
        let reply = self.ask(&format!("EHLO {name}")).await?;
        good(&reply, "EHLO refused")?;
        let lines = reply.lines.iter().skip(1);
        let extensions: Vec<String> = lines.map(|line| line.to_ascii_uppercase()).collect();
        let offers = |name: &str| extensions.iter().any(|line| line == name);
        Ok(Facts {
            size_limit: extensions.iter().find_map(|line| {
                let rest = line.strip_prefix("SIZE")?;
                Some(rest.trim().parse().unwrap_or(0))
            }),
            smtputf8: offers("SMTPUTF8"),
            eight_bit: offers("8BITMIME"),
            extensions,
            ..Facts::default()
        })
    }
}

/// Why a command has no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unheard {
    #[error("{0}")]
    NoReply(NoReply),
    #[error("the server was silent for {} s", .0.as_secs())]
    Late(Duration),
}

impl From<Unheard> for Error {
    fn from(why: Unheard) -> Error {
        match why {
            Unheard::NoReply(NoReply::Nonsense) => Error::GiveUp(why.to_string()),
            Unheard::NoReply(NoReply::Lost(_) | NoReply::Closed) | Unheard::Late(_) => {
                Error::Again {
                    code: None,
                    answer: why.to_string(),
                }
            }
        }
    }
}

fn good(reply: &Reply, what: &str) -> Result<(), Error> {
    if reply.is_good() {
        return Ok(());
    }
    Err(Error::Again {
        code: Some(reply.code),
        answer: format!("{what}: {}", answer_of(reply)),
    })
}
