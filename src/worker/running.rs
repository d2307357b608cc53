//! One child, from its hello to its death: the pipes, the conversation, and what is told when it dies.
//!
//! Whatever a child says or prints is a stranger's word: nothing of it is repeated in logs or errors, because it may
//! quote an essay.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::io::BufReader;
use tokio::process::Child;
use tokio::process::ChildStderr;
use tokio::process::ChildStdin;
use tokio::process::ChildStdout;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tracing::warn;

use crate::worker::protocol::Answer;
use crate::worker::protocol::Broken;
use crate::worker::protocol::Greeting;
use crate::worker::protocol::Hello;
use crate::worker::protocol::MOST_ANSWER;
use crate::worker::protocol::MOST_FILES;
use crate::worker::protocol::Request;
use crate::worker::protocol::Tag;
use crate::worker::protocol::VERSION;
use crate::worker::protocol::receive;
use crate::worker::protocol::receive_head;
use crate::worker::protocol::send;
use crate::worker::protocol::send_head;
use crate::worker::sandbox::Limits;

/// How much of a child's standard error is kept to tell why it died.
const COMPLAINT: usize = 4 << 10;

/// A living child. Dropping it kills it.
pub struct Running {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    complaint: Arc<Mutex<Vec<u8>>>,
    drain: JoinHandle<()>,
    /// How many requests it has answered.
    pub requests: u32,
}

/// An answer with the bytes behind it, not yet understood.
pub type Reply = (Answer, Vec<Vec<u8>>);

/// Why a conversation failed, as far as the pipe tells.
pub enum Failed {
    Oversize(usize),
    Panicked(String),
    Nonsense(&'static str),
    Gone,
}

/// What a child died of.
pub enum Death {
    /// It used up its processor time.
    Time,
    /// Anything else, in words of ours.
    Other(String),
}

impl Drop for Running {
    fn drop(&mut self) {
        self.drain.abort();
    }
}

impl From<Broken> for Failed {
    fn from(broken: Broken) -> Failed {
        match broken {
            Broken::Pipe(_) => Failed::Gone,
            Broken::Nonsense(what) => Failed::Nonsense(what),
            Broken::TooLong { size } => Failed::Oversize(size),
        }
    }
}

impl Running {
    /// Takes the pipes of a child that was just started; `None` when it has none.
    pub fn new(mut child: Child) -> Option<Running> {
        let input = child.stdin.take()?;
        let output = child.stdout.take()?;
        let errors = child.stderr.take()?;
        let complaint = Arc::new(Mutex::new(Vec::new()));
        Some(Running {
            child,
            input,
            output: BufReader::with_capacity(1 << 16, output),
            drain: tokio::spawn(drain(errors, Arc::clone(&complaint))),
            complaint,
            requests: 0,
        })
    }

    /// Tells the child its limits and hears its first word.
    pub async fn greet(&mut self, limits: Limits) -> Result<Hello, Broken> {
        let greeting = Greeting {
            version: VERSION,
            limits,
        };
        send_head(&mut self.input, &greeting).await?;
        receive_head(&mut self.output).await
    }

    /// Whether it lives and has said nothing since its last answer.
    pub fn is_ready(&mut self) -> bool {
        match self.child.try_wait() {
            Ok(None) if self.output.buffer().is_empty() => return true,
            Ok(None) => warn!("a reader spoke unasked and is killed"),
            Ok(Some(status)) => warn!(%status, "a reader died while idle"),
            Err(err) => warn!("cannot ask after a reader: {err}"),
        }
        false
    }

    /// Asks, and waits for the whole answer. A conversation that ended early leaves a child that must be dropped.
    pub async fn exchange(
        &mut self,
        request: &Request,
        bytes: Option<Vec<u8>>,
    ) -> Result<Reply, Failed> {
        send_head(&mut self.input, request).await?;
        if let Some(bytes) = bytes {
            send(&mut self.input, Tag::Bytes, &bytes).await?;
        }
        let answer: Answer = receive_head(&mut self.output).await?;
        let count = match &answer {
            Answer::Sorted { files, .. } => *files,
            Answer::Panicked { place } => return Err(Failed::Panicked(plain(place.as_bytes()))),
            Answer::Page(Some(_)) | Answer::Drawn(Some(_)) => 1,
            Answer::Pong
            | Answer::TooComplex
            | Answer::Read(_)
            | Answer::Roster(_)
            | Answer::Pages(_)
            | Answer::Page(None)
            | Answer::Drawn(None) => 0,
            #[cfg(debug_assertions)]
            Answer::Report(_) => 0,
        };
        if count > MOST_FILES {
            return Err(Failed::Nonsense("too many files"));
        }
        let mut files = Vec::with_capacity(count);
        let mut total = 0;
        for _ in 0..count {
            let file = receive(&mut self.output, Tag::Bytes).await?;
            total += file.len();
            if total > MOST_ANSWER {
                return Err(Failed::Nonsense("too many bytes of files"));
            }
            files.push(file);
        }
        Ok((answer, files))
    }

    /// Says what a dead child died of.
    pub async fn obituary(mut self) -> Death {
        // The pipe is closed; the process follows at once, or is helped.
        let status = match timeout(Duration::from_secs(1), self.child.wait()).await {
            Ok(status) => status,
            Err(_) => {
                let _ = self.child.start_kill();
                self.child.wait().await
            }
        };
        let _ = timeout(Duration::from_millis(200), &mut self.drain).await;
        let complaint = self
            .complaint
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let cause = cause(status.as_ref().ok(), &complaint);
        warn!(complaint.bytes = complaint.len(), "a reader died: {cause}");
        if status.is_ok_and(|status| status.signal() == Some(libc::SIGXCPU)) {
            return Death::Time;
        }
        Death::Other(cause)
    }
}

/// What a child died of, in words of ours: nothing of its standard error is repeated, because a message may quote an
/// essay.
fn cause(status: Option<&ExitStatus>, complaint: &[u8]) -> String {
    let says = |words: &[u8]| complaint.windows(words.len()).any(|part| part == words);
    if says(b"memory allocation of") || says(b"out of memory") {
        return "out of memory".into();
    }
    if says(b"has overflowed its stack") {
        return "stack overflow".into();
    }
    match status {
        Some(status) => match (status.signal(), status.code()) {
            (Some(signal), _) => format!("signal {signal}"),
            (None, Some(code)) => format!("exit code {code}"),
            (None, None) => "unknown end".into(),
        },
        None => "unknown end".into(),
    }
}

/// A place in our code ("src/document/docx.rs:12"), or as much of it as is one.
fn plain(place: &[u8]) -> String {
    place
        .iter()
        .map(|&byte| char::from(byte))
        .filter(|c| c.is_ascii_alphanumeric() || "/._-:".contains(*c))
        .take(200)
        .collect()
}

/// Keeps the first bytes of a child's standard error and throws the rest away, so that the child never waits.
async fn drain(mut errors: ChildStderr, complaint: Arc<Mutex<Vec<u8>>>) {
    let mut chunk = [0; 4096];
    while let Ok(read) = errors.read(&mut chunk).await {
        if read == 0 {
            return;
        }
        let mut kept = complaint.lock().unwrap_or_else(PoisonError::into_inner);
        let room = COMPLAINT.saturating_sub(kept.len());
        kept.extend(chunk.iter().take(read.min(room)));
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::process::ExitStatus;

    use super::cause;
    use super::plain;

    #[test]
    fn the_cause_of_death_never_quotes_an_essay() {
        let check = |raw: i32, complaint: &str, want: &str| {
            let said = cause(Some(&ExitStatus::from_raw(raw)), complaint.as_bytes());
            assert_eq!(said, want);
        };
        check(
            6,
            "memory allocation of 8388608 bytes failed",
            "out of memory",
        );
        check(
            6,
            "thread 'main' has overflowed its stack",
            "stack overflow",
        );
        check(6, "inside 'ễ' of `Nguyễn Thị Ánh`", "signal 6");
        check(3 << 8, "", "exit code 3");
        let place = "src/document/docx.rs:12 Nguyễn\n";
        assert!(plain(place.as_bytes()).starts_with("src/document/docx.rs:12"));
        assert!(plain(place.as_bytes()).is_ascii());
    }
}
