//! One IMAP session: greeting, TLS, and the engine that runs a command to its tagged answer.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use async_imap::Client;
use async_imap::imap_proto::Capability;
use async_imap::imap_proto::Outcome;
use async_imap::imap_proto::Response;
use async_imap::imap_proto::ResponseCode;
use async_imap::imap_proto::Status;
use async_imap::types::UnsolicitedResponse;
use futures::FutureExt;
use tokio::io::AsyncWriteExt;
use tokio::time::Instant;
use tokio::time::timeout_at;

use crate::mailbox::Account;
use crate::mailbox::Credential;
use crate::mailbox::Error;
use crate::mailbox::Limits;
use crate::mailbox::guard::Guard;
use crate::mailbox::guard::Refused;
use crate::mailbox::tls;
use crate::mailbox::tls::DialError;
use crate::mailbox::tls::Secret;
use crate::mailbox::tls::Security;
use crate::mailbox::tls::Wire;
use crate::mailbox::tls::quiet;

/// A logged-in session. After any error but a plain refusal it is broken; ask [`Connection::usable`].
#[derive(Debug)]
pub struct Connection {
    client: Client<Guard<Wire>>,
    pub(super) limits: Limits,
    capabilities: Vec<String>,
    tags: u32,
    state: State,
    /// The end of the time for the running command.
    pub(super) deadline: Instant,
    /// Whether the open folder was opened, or granted, for reading only.
    pub(super) read_only: bool,
}

/// Where we are between commands. Anything but `Ready` at the start of a command means: drop the session.
#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Ready,
    /// So many commands run, or were left in the middle of their answers.
    Busy(u32),
    Broken,
}

/// How the server ended a command.
#[derive(Debug)]
pub(super) enum Ended {
    Ok,
    No(String),
    Bad(String),
}

/// One answer of the server: something on the way, or the end of the command.
#[derive(Debug)]
pub(super) enum Answer {
    Data(Parsed),
    End(Ended),
}

/// An answer as the codec parsed it. The codec hides the name of its type; this variant carries it.
#[derive(Debug)]
pub(super) struct Parsed(UnsolicitedResponse);

impl Parsed {
    pub(super) fn response(&self) -> &Response<'_> {
        static NOTHING: Response<'static> = Response::Expunge(0);
        match &self.0 {
            UnsolicitedResponse::Other(data) => data.parsed(),
            _ => &NOTHING,
        }
    }
}

/// The tag of a running command.
#[derive(Debug)]
pub(super) struct Tag(String);

impl Ended {
    /// The usual reading: NO may be otherwise later, BAD never.
    pub(super) fn ok(self, what: &str) -> Result<(), Error> {
        match self {
            Ended::Ok => Ok(()),
            Ended::No(text) => Err(Error::Again(format!("{what} refused: {text}"))),
            Ended::Bad(text) => Err(Error::GiveUp(format!("{what} not understood: {text}"))),
        }
    }
}

impl Connection {
    /// Connects, makes TLS, logs in. Nothing secret is sent before TLS stands, except to loopback with
    /// [`Security::Plain`]. A token that the server refuses before its time is renewed, once.
    pub async fn open(account: &Account, limits: &Limits) -> Result<Connection, Error> {
        let source = match &account.credential {
            Credential::Password(password) => {
                let mut connection = Connection::ready(account, limits).await?;
                connection.log_in(&account.user, password).await?;
                return connection.entered().await;
            }
            Credential::Token(source) => source,
        };
        let token = source.access().await?;
        match Connection::open_with(account, &token.secret, limits).await {
            Err(Error::Auth(why)) if token.new => Err(Error::Login(why)),
            Err(Error::Auth(why)) => {
                tracing::info!("a token was refused before its time: {why}");
                let token = source.another(&token.secret).await?;
                let opened = Connection::open_with(account, &token.secret, limits).await;
                opened.map_err(|error| match error {
                    Error::Auth(why) => Error::Login(why),
                    other => other,
                })
            }
            other => other,
        }
    }

    async fn open_with(
        account: &Account,
        token: &Secret,
        limits: &Limits,
    ) -> Result<Connection, Error> {
        let mut connection = Connection::ready(account, limits).await?;
        connection.show_token(account, token).await?;
        connection.entered().await
    }

    /// A session in which a login may be made: greeted, behind TLS, its abilities known.
    async fn ready(account: &Account, limits: &Limits) -> Result<Connection, Error> {
        let ca_file = account.ca_file.as_deref();
        let wire = tls::dial(
            &account.host,
            account.port,
            account.security,
            ca_file,
            limits.connect,
        )
        .await?;
        let mut connection = Connection::greeted(wire, limits).await?;
        if account.security == Security::StartTls {
            connection.ask_capabilities().await?;
            if !connection.can("STARTTLS") {
                return Err(Error::GiveUp("the server offers no STARTTLS".into()));
            }
            let tag = connection.start("STARTTLS").await?;
            connection.finish(&tag, |_| ()).await?.ok("STARTTLS")?;
            // What the codec had already read past the answer is thrown away with it: nobody may
            // slip words into the time before TLS.
            let wire = connection.client.into_inner().into_inner();
            let wire = tls::encrypt(wire, &account.host, ca_file, limits.connect).await?;
            connection = Connection::over(wire, limits);
        }
        connection.ask_capabilities().await?;
        Ok(connection)
    }

    /// Behind the login a server may be able to do more.
    async fn entered(mut self) -> Result<Connection, Error> {
        self.ask_capabilities().await?;
        let silence = self.limits.read;
        self.set_silence(silence);
        Ok(self)
    }

    /// False after an error that left the session in an unknown state: drop it and open another.
    pub fn usable(&self) -> bool {
        self.state == State::Ready
    }

    /// What the server said it can do, in capital letters (`UIDPLUS`, `AUTH=PLAIN`).
    pub fn capabilities(&self) -> &[String] {
        &self.capabilities
    }

    /// Whether the server said it can do this (written in capital letters).
    pub fn can(&self, capability: &str) -> bool {
        self.capabilities.iter().any(|known| known == capability)
    }

    /// Asks for nothing; shows that the session lives.
    pub async fn noop(&mut self) -> Result<(), Error> {
        self.run("NOOP").await
    }

    /// Says goodbye. Whatever the server makes of it, the session is over.
    pub async fn logout(mut self) {
        if let Ok(tag) = self.start("LOGOUT").await {
            while let Ok(Answer::Data(_)) = self.answer(&tag).await {}
        }
    }

    /// Runs a command whose data does not matter and wants OK.
    pub(super) async fn run(&mut self, command: &str) -> Result<(), Error> {
        let tag = self.start(command).await?;
        let what = command.split(' ').next().unwrap_or(command);
        self.finish(&tag, |_| ()).await?.ok(what)
    }

    /// Sends a command. Its answers are read by [`Connection::answer`] until the end.
    pub(super) async fn start(&mut self, command: &str) -> Result<Tag, Error> {
        if self.state != State::Ready {
            return Err(Error::Again(
                "the session was left in the middle of an answer".into(),
            ));
        }
        self.start_behind(command).await
    }

    /// Sends a command while others still run; the server answers them one after the other (RFC 3501 §5.5).
    pub(super) async fn start_behind(&mut self, command: &str) -> Result<Tag, Error> {
        let running = match self.state {
            State::Ready => 0,
            State::Busy(running) => running,
            State::Broken => return Err(Error::Again("the session is broken".into())),
        };
        self.tags += 1;
        let tag = Tag(format!("P{}", self.tags));
        self.state = State::Busy(running + 1);
        self.deadline = Instant::now() + self.limits.command;
        self.write(&format!("{} {command}\r\n", tag.0)).await?;
        Ok(tag)
    }

    /// The next answer to the running command. `End` comes only with the command's own tag.
    pub(super) async fn answer(&mut self, tag: &Tag) -> Result<Answer, Error> {
        let data = self.read().await?;
        let ended = match data.response() {
            Response::Done {
                tag: answered,
                status,
                outcome,
            } => {
                if answered.0 != tag.0 {
                    return Err(self.broken("the server answered a command we did not give"));
                }
                let text = words(outcome);
                self.read_only |= outcome.code == Some(ResponseCode::ReadOnly);
                match status {
                    Status::Ok => Ended::Ok,
                    Status::No => Ended::No(text),
                    Status::Bad | Status::PreAuth | Status::Bye => Ended::Bad(text),
                }
            }
            Response::Data {
                status: Status::Bye,
                outcome,
            } => {
                self.state = State::Broken;
                let text = words(outcome);
                return Err(Error::Again(format!("the server said goodbye: {text}")));
            }
            _ => return Ok(Answer::Data(data)),
        };
        self.state = match self.state {
            State::Busy(running @ 2..) => State::Busy(running - 1),
            State::Busy(_) | State::Ready => State::Ready,
            State::Broken => State::Broken,
        };
        Ok(Answer::End(ended))
    }

    /// Reads the running command to its end; `see` is shown each answer on the way.
    pub(super) async fn finish(
        &mut self,
        tag: &Tag,
        mut see: impl FnMut(&Response<'_>),
    ) -> Result<Ended, Error> {
        loop {
            match self.answer(tag).await? {
                Answer::Data(data) => see(data.response()),
                Answer::End(ended) => return Ok(ended),
            }
        }
    }

    /// A whole mail came: the time for the command starts anew.
    pub(super) fn more_time(&mut self) {
        self.deadline = Instant::now() + self.limits.command;
    }

    /// From now on, the longest line in bytes.
    pub(super) fn set_max_line(&mut self, max_line: usize) {
        self.client.get_mut().set_max_line(max_line);
    }

    /// From now on, the longest silence.
    pub(super) fn set_silence(&mut self, silence: Duration) {
        self.client.get_mut().set_silence(silence);
    }

    /// A server that makes no sense: the session is not used again.
    pub(super) fn broken(&mut self, why: &str) -> Error {
        self.state = State::Broken;
        Error::GiveUp(why.into())
    }

    fn over(wire: Wire, limits: &Limits) -> Connection {
        let silence = limits.read.min(limits.connect);
        let guard = Guard::new(wire, silence, limits.max_literal, limits.max_line);
        Connection {
            client: Client::new(guard),
            limits: limits.clone(),
            capabilities: Vec::new(),
            tags: 0,
            state: State::Ready,
            deadline: Instant::now() + limits.command,
            read_only: false,
        }
    }

    async fn greeted(wire: Wire, limits: &Limits) -> Result<Connection, Error> {
        let mut connection = Connection::over(wire, limits);
        let greeting = connection.read().await?;
        match greeting.response() {
            Response::Data {
                status: Status::Ok, ..
            } => Ok(connection),
            Response::Data {
                status: Status::Bye | Status::No,
                outcome,
            } => Err(Error::Again(format!(
                "the server turned us away: {}",
                words(outcome)
            ))),
            _ => Err(Error::GiveUp("this is not the greeting of IMAP".into())),
        }
    }

    async fn ask_capabilities(&mut self) -> Result<(), Error> {
        let mut found = Vec::new();
        let tag = self.start("CAPABILITY").await?;
        let mut see = |list: &[Capability<'_>]| {
            found = list.iter().map(capability_name).collect();
        };
        self.finish(&tag, |response| match response {
            Response::Capabilities(list) => see(list),
            Response::Data { outcome, .. } => {
                if let Some(ResponseCode::Capabilities(list)) = &outcome.code {
                    see(list);
                }
            }
            _ => {}
        })
        .await?
        .ok("CAPABILITY")?;
        self.capabilities = found;
        Ok(())
    }

    /// Straight to the wire: the codec's own writer would put the password into a trace log.
    pub(super) async fn write(&mut self, bytes: &str) -> Result<(), Error> {
        let deadline = self.deadline;
        let wire = self.client.get_mut();
        let done = timeout_at(deadline, async {
            wire.write_all(bytes.as_bytes()).await?;
            wire.flush().await
        });
        match done.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(self.lost(&error)),
            Err(_) => Err(self.late()),
        }
    }

    /// One answer, within the time of the running command. The codec panics on some answers that no
    /// honest server gives (`INTERNALDATE NIL`), so a panic is caught and is the server's fault.
    async fn read(&mut self) -> Result<Parsed, Error> {
        let next = AssertUnwindSafe(self.client.read_response()).catch_unwind();
        match timeout_at(self.deadline, next).await {
            Ok(Ok(Ok(Some(data)))) => Ok(Parsed(UnsolicitedResponse::Other(data))),
            Ok(Ok(Ok(None))) => {
                self.state = State::Broken;
                Err(Error::Again("the server closed the connection".into()))
            }
            Ok(Ok(Err(error))) => Err(self.lost(&error)),
            Ok(Err(_)) => Err(self.broken("the server's answer cannot be read")),
            Err(_) => Err(self.late()),
        }
    }

    fn late(&mut self) -> Error {
        self.state = State::Broken;
        let seconds = self.limits.command.as_secs();
        Error::Again(format!("the server did not finish within {seconds} s"))
    }

    fn lost(&mut self, error: &std::io::Error) -> Error {
        self.state = State::Broken;
        let refused = error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<Refused>());
        if let Some(refused) = refused {
            return Error::Limit(refused.to_string());
        }
        match error.kind() {
            std::io::ErrorKind::TimedOut => {
                let seconds = self.client.get_ref().silence().as_secs();
                Error::Again(format!("the server was silent for {seconds} s"))
            }
            // The codec's only own error. Its text is the answer itself and goes into no log.
            std::io::ErrorKind::Other => Error::GiveUp("the server's answer cannot be read".into()),
            kind => Error::Again(format!("the connection was lost: {kind}")),
        }
    }
}

impl From<DialError> for Error {
    fn from(error: DialError) -> Error {
        match error {
            DialError::Again(why) => Error::Again(why),
            DialError::GiveUp(why) => Error::GiveUp(why),
        }
    }
}

/// The server's text. A code the codec does not know stays in it (`[UNAVAILABLE] …`).
fn words(outcome: &Outcome<'_>) -> String {
    quiet(outcome.information.as_deref().unwrap_or("no reason given"))
}

fn capability_name(capability: &Capability<'_>) -> String {
    match capability {
        Capability::Imap4rev1 => "IMAP4REV1".into(),
        Capability::Auth(way) => format!("AUTH={way}").to_ascii_uppercase(),
        Capability::Atom(name) => name.to_ascii_uppercase(),
    }
}
