//! A server that plays a script on loopback, for tests.
//!
//! A step is a piece of the command that must come and what is then said; `TAG` stands for the command's tag.

use std::time::Duration;

use tokio::io::AsyncBufReadExt;
use tokio::io::AsyncWriteExt;
use tokio::io::BufReader;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use crate::mailbox::Account;
use crate::mailbox::Connection;
use crate::mailbox::Credential;
use crate::mailbox::Limits;
use crate::mailbox::Secret;
use crate::mailbox::Security;

pub(super) const PASSWORD: &str = "mat-khau-rieng";

/// What the server does after a command.
pub(super) enum Then {
    Say(Vec<u8>),
    /// Says this and closes the connection.
    SayAndClose(Vec<u8>),
    /// Says this and then nothing, with the connection open.
    SayAndHang(Vec<u8>),
}

pub(super) type Step = (&'static str, Then);

pub(super) fn say(words: &str) -> Then {
    Then::Say(words.into())
}

/// Plays the script to one client. The handle gives the commands that came; it panics on one that was not expected.
pub(super) async fn play(greeting: &str, steps: Vec<Step>) -> (Account, JoinHandle<Vec<String>>) {
    play_each(greeting, vec![steps]).await
}

/// As `play`, a script for each of the clients that come one after the other.
pub(super) async fn play_each(
    greeting: &str,
    scripts: Vec<Vec<Step>>,
) -> (Account, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let greeting = greeting.to_owned();
    let served = tokio::spawn(async move {
        let mut seen = Vec::new();
        for steps in scripts {
            let (stream, _) = listener.accept().await.unwrap();
            serve(BufReader::new(stream), &greeting, steps, &mut seen).await;
        }
        seen
    });
    let account = Account {
        host: "127.0.0.1".into(),
        port,
        security: Security::Plain,
        user: "nhan-bai".into(),
        credential: Credential::Password(Secret::new(PASSWORD)),
        folder: "INBOX".into(),
        ca_file: None,
    };
    (account, served)
}

async fn serve(
    mut stream: BufReader<TcpStream>,
    greeting: &str,
    steps: Vec<Step>,
    seen: &mut Vec<String>,
) {
    stream.write_all(greeting.as_bytes()).await.unwrap();
    for (expected, then) in steps {
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        let (tag, command) = line.trim_end().split_once(' ').unwrap_or(("", line.trim()));
        assert!(
            command.contains(expected),
            "{command} instead of {expected}"
        );
        seen.push(command.to_owned());
        let (words, end) = match then {
            Then::Say(words) => (words, None),
            Then::SayAndClose(words) => (words, Some(false)),
            Then::SayAndHang(words) => (words, Some(true)),
        };
        let words = replace(&words, tag.as_bytes());
        // The client may hang up in the middle of a lie.
        let told = stream.write_all(&words).await.is_ok();
        if let Some(hang) = end {
            while hang && told && matches!(stream.read_line(&mut line).await, Ok(1..)) {}
            return;
        }
    }
    // Until the client goes.
    let mut rest = String::new();
    while matches!(stream.read_line(&mut rest).await, Ok(1..)) {}
}

pub(super) fn replace(words: &[u8], tag: &[u8]) -> Vec<u8> {
    if words.len() > 2 << 20 {
        return words.to_vec();
    }
    let mut out = Vec::with_capacity(words.len());
    let mut rest = words;
    while let Some((&byte, after)) = rest.split_first() {
        if let Some(after) = rest.strip_prefix(b"TAG ") {
            out.extend_from_slice(tag);
            out.push(b' ');
            rest = after;
        } else {
            out.push(byte);
            rest = after;
        }
    }
    out
}

pub(super) fn limits() -> Limits {
    Limits {
        connect: Duration::from_secs(5),
        read: Duration::from_millis(200),
        command: Duration::from_secs(5),
        ..Limits::default()
    }
}

pub(super) fn capability(more: &str) -> Step {
    let words = format!("* CAPABILITY IMAP4rev1 {more}\r\nTAG OK done\r\n");
    ("CAPABILITY", Then::Say(words.into()))
}

/// A logged-in connection to a server that goes on with these steps.
pub(super) async fn session(more: &str, steps: Vec<Step>) -> (Connection, JoinHandle<Vec<String>>) {
    let mut script = vec![
        capability(more),
        ("LOGIN", say("TAG OK welcome\r\n")),
        capability(more),
    ];
    script.extend(steps);
    let (account, served) = play("* OK ready\r\n", script).await;
    let connection = Connection::open(&account, &limits()).await.unwrap();
    (connection, served)
}
