//! A few children, started when first needed, used again and again, replaced after some hundred requests.
//!
//! Each request has its child for itself and a clock beside it. A child that is late, dead, talks nonsense, or whose
//! caller went away in mid-answer is killed; the next request finds another. All children are started by one thread
//! that lives as long as the pool, because Linux ties "die with the parent" to the thread that started a child.

use std::collections::VecDeque;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::io::BufReader;
use tokio::process::Child;
use tokio::process::ChildStderr;
use tokio::process::ChildStdin;
use tokio::process::ChildStdout;
use tokio::process::Command;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tracing::debug;
use tracing::warn;

use crate::worker::child;
use crate::worker::protocol::Answer;
use crate::worker::protocol::Broken;
use crate::worker::protocol::Greeting;
use crate::worker::protocol::Hello;
use crate::worker::protocol::MOST_ANSWER;
use crate::worker::protocol::MOST_FILES;
use crate::worker::protocol::Read;
use crate::worker::protocol::Request;
use crate::worker::protocol::Sorted;
use crate::worker::protocol::Tag;
use crate::worker::protocol::VERSION;
use crate::worker::protocol::receive;
use crate::worker::protocol::receive_head;
use crate::worker::protocol::send;
use crate::worker::protocol::send_head;
use crate::worker::sandbox::Limits;

/// How much of a child's standard error is kept to tell why it died.
const COMPLAINT: usize = 4 << 10;

/// How long a new child may take to its first word (a busy machine, a cold disk).
const START: Duration = Duration::from_secs(20);

/// How many children there are and what each may use.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The program that becomes the child: this binary.
    pub exe: PathBuf,
    /// The most children at one time.
    pub children: usize,
    /// Address space of a child, bytes.
    pub memory: u64,
    /// Seconds for reading one file.
    pub text_seconds: u64,
    /// Seconds for sorting one mail with all its files.
    pub sort_seconds: u64,
    /// A child is replaced after this many requests.
    pub requests: u32,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            exe: own_exe(),
            children: std::thread::available_parallelism().map_or(2, |n| n.get().clamp(2, 8)),
            memory: 512 << 20,
            text_seconds: 4,
            sort_seconds: 20,
            requests: 500,
        }
    }
}

/// This binary, even when an upgrade has replaced its file: on Linux the link leads to the program that runs.
fn own_exe() -> PathBuf {
    let link = PathBuf::from("/proc/self/exe");
    if link.exists() {
        return link;
    }
    std::env::current_exe().unwrap_or_else(|_| PathBuf::from("phach"))
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The mail is beyond any honest one: quarantine it, no retry will help.
    #[error("the mail is beyond any honest one")]
    TooComplex,
    /// The child needed more than its time. The bytes are to blame, or a very busy machine.
    #[error("reading took too long")]
    TimedOut,
    /// The child died or talked nonsense over these bytes. The text holds no content of theirs.
    #[error("the reader crashed: {0}")]
    Crashed(String),
    /// No child could be started: the machine is to blame, the same bytes may work later.
    #[error("no reader could be started: {0}")]
    Io(String),
}

/// The children and their settings. Clones share them.
#[derive(Clone)]
pub struct Pool {
    shared: Arc<Shared>,
}

struct Shared {
    settings: Settings,
    /// One permit for each child that may be at work.
    places: Semaphore,
    idle: Mutex<VecDeque<Running>>,
    launcher: Mutex<mpsc::Sender<Order>>,
    told_of_gaps: AtomicBool,
}

/// A wish for a child, and where to send it.
struct Order {
    runtime: Handle,
    reply: oneshot::Sender<io::Result<Child>>,
}

/// A child that has said hello. Dropping it kills it.
struct Running {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    complaint: Arc<Mutex<Vec<u8>>>,
    drain: JoinHandle<()>,
    requests: u32,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.drain.abort();
    }
}

/// An answer with the bytes behind it, not yet understood.
type Reply = (Answer, Vec<Vec<u8>>);

impl Pool {
    /// A pool without children; the first request starts one.
    pub fn new(settings: Settings) -> Pool {
        let (launcher, orders) = mpsc::channel();
        let exe = settings.exe.clone();
        let started = std::thread::Builder::new()
            .name("worker-launcher".into())
            .spawn(move || launch(&exe, &orders));
        if let Err(err) = started {
            // Every request will say `Io`, because nobody takes its order.
            warn!("cannot start the thread that starts readers: {err}");
        }
        Pool {
            shared: Arc::new(Shared {
                places: Semaphore::new(settings.children.max(1)),
                settings,
                idle: Mutex::new(VecDeque::new()),
                launcher: Mutex::new(launcher),
                told_of_gaps: AtomicBool::new(false),
            }),
        }
    }

    /// Parses a raw mail and reads the files in it.
    pub async fn sort(&self, raw: Vec<u8>) -> Result<Sorted, Error> {
        let limit = Duration::from_secs(self.shared.settings.sort_seconds);
        match self.shared.ask(Request::Sort, Some(raw), limit).await? {
            (Answer::Sorted { parsed, .. }, files) => {
                let fits = parsed.parts.len() == files.len()
                    && (parsed.parts.iter().zip(&files))
                        .all(|(part, file)| part.size == file.len() as u64);
                if !fits {
                    return Err(Error::Crashed("parts and files differ".into()));
                }
                let parsed = *parsed;
                Ok(Sorted { parsed, files })
            }
            (Answer::TooComplex, _) => Err(Error::TooComplex),
            (other, _) => Err(unasked(&other)),
        }
    }

    /// Reads one file. `name` is the file's name as sent, which helps to tell what it is and whose.
    pub async fn read(&self, bytes: Vec<u8>, name: &str) -> Result<Read, Error> {
        let limit = Duration::from_secs(self.shared.settings.text_seconds);
        let request = Request::Read {
            name: name.to_owned(),
        };
        match self.shared.ask(request, Some(bytes), limit).await? {
            (Answer::Read(read), _) => Ok(*read),
            (other, _) => Err(unasked(&other)),
        }
    }

    /// Asks a child for nothing, to see that one can be started and answers.
    pub async fn ping(&self) -> Result<(), Error> {
        match self.shared.ask(Request::Ping, None, START).await? {
            (Answer::Pong, _) => Ok(()),
            (other, _) => Err(unasked(&other)),
        }
    }

    /// Asks a child for a misdeed; only for tests, only in debug builds.
    #[cfg(debug_assertions)]
    #[doc(hidden)]
    pub async fn trial(
        &self,
        trial: crate::worker::protocol::Trial,
    ) -> Result<Option<crate::worker::protocol::Report>, Error> {
        let limit = Duration::from_secs(self.shared.settings.text_seconds);
        match self.shared.ask(Request::Trial(trial), None, limit).await? {
            (Answer::Pong, _) => Ok(None),
            (Answer::Report(report), _) => Ok(Some(report)),
            (other, _) => Err(unasked(&other)),
        }
    }
}

impl Shared {
    /// Gives the request to a child and waits for its answer. If this future is dropped, the child is killed.
    async fn ask(
        &self,
        request: Request,
        bytes: Option<Vec<u8>>,
        limit: Duration,
    ) -> Result<Reply, Error> {
        let Ok(_place) = self.places.acquire().await else {
            return Err(Error::Io("the pool is closed".into()));
        };
        let mut running = match self.rested() {
            Some(running) => running,
            None => self.start().await?,
        };
        // From here to the end of the answer this future alone owns the child: whatever ends it early kills the child.
        match timeout(limit, running.exchange(&request, bytes)).await {
            Ok(Ok(reply)) => {
                running.requests += 1;
                if running.requests < self.settings.requests {
                    lock(&self.idle).push_back(running);
                }
                Ok(reply)
            }
            Ok(Err(Failed::Oversize(size))) => {
                debug!(size, "a mail or file is larger than a frame");
                Err(Error::TooComplex)
            }
            Ok(Err(Failed::Panicked(place))) => {
                warn!(%place, "a reader panicked");
                Err(Error::Crashed(format!("panic at {place}")))
            }
            Ok(Err(Failed::Nonsense(what))) => {
                warn!("a reader talked nonsense: {what}");
                Err(Error::Crashed(what.to_owned()))
            }
            Ok(Err(Failed::Gone)) => Err(running.obituary().await),
            Err(_) => {
                warn!(
                    seconds = limit.as_secs(),
                    "a reader was too slow and is killed"
                );
                Err(Error::TimedOut)
            }
        }
    }

    /// A child that has done its work and still lives.
    fn rested(&self) -> Option<Running> {
        loop {
            let mut running = lock(&self.idle).pop_front()?;
            match running.child.try_wait() {
                Ok(None) if running.output.buffer().is_empty() => return Some(running),
                Ok(None) => warn!("a reader spoke unasked and is killed"),
                Ok(Some(status)) => warn!(%status, "a reader died while idle"),
                Err(err) => warn!("cannot ask after a reader: {err}"),
            }
        }
    }

    async fn start(&self) -> Result<Running, Error> {
        let (reply, child) = oneshot::channel();
        let order = Order {
            runtime: Handle::current(),
            reply,
        };
        let no_launcher = || Error::Io("nobody starts readers".into());
        lock(&self.launcher)
            .send(order)
            .map_err(|_| no_launcher())?;
        let mut child = child
            .await
            .map_err(|_| no_launcher())?
            .map_err(|err| Error::Io(err.to_string()))?;
        let (Some(input), Some(output), Some(errors)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(Error::Io("a reader without pipes".into()));
        };
        let complaint = Arc::new(Mutex::new(Vec::new()));
        let mut running = Running {
            child,
            input,
            output: BufReader::with_capacity(1 << 16, output),
            drain: tokio::spawn(drain(errors, Arc::clone(&complaint))),
            complaint,
            requests: 0,
        };
        let hello = match timeout(START, running.greet(self.limits())).await {
            Ok(Ok(hello)) => hello,
            Ok(Err(err)) => return Err(Error::Io(format!("no hello: {err}"))),
            Err(_) => return Err(Error::Io("no hello in time".into())),
        };
        if hello.version != VERSION {
            return Err(Error::Io("the reader is of another build".into()));
        }
        if !hello.gaps.is_empty() && !self.told_of_gaps.swap(true, Ordering::Relaxed) {
            warn!(gaps = ?hello.gaps, "some walls around readers cannot be put up on this system");
        }
        Ok(running)
    }

    fn limits(&self) -> Limits {
        Limits {
            memory: self.settings.memory,
            // The clock of the pool comes first; this holds when the daemon itself is gone or stopped.
            cpu_seconds: self.settings.text_seconds.max(self.settings.sort_seconds) + 2,
        }
    }
}

/// Why a conversation failed, as far as the pipe tells.
enum Failed {
    Oversize(usize),
    Panicked(String),
    Nonsense(&'static str),
    Gone,
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
    async fn greet(&mut self, limits: Limits) -> Result<Hello, Broken> {
        let greeting = Greeting {
            version: VERSION,
            limits,
        };
        send_head(&mut self.input, &greeting).await?;
        receive_head(&mut self.output).await
    }

    async fn exchange(
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
            Answer::Pong | Answer::TooComplex | Answer::Read(_) => 0,
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
    async fn obituary(mut self) -> Error {
        // The pipe is closed; the process follows at once, or is helped.
        let status = match timeout(Duration::from_secs(1), self.child.wait()).await {
            Ok(status) => status,
            Err(_) => {
                let _ = self.child.start_kill();
                self.child.wait().await
            }
        };
        let _ = timeout(Duration::from_millis(200), &mut self.drain).await;
        let complaint = lock(&self.complaint).clone();
        let cause = cause(status.as_ref().ok(), &complaint);
        warn!(complaint.bytes = complaint.len(), "a reader died: {cause}");
        if status.is_ok_and(|status| status.signal() == Some(libc::SIGXCPU)) {
            return Error::TimedOut;
        }
        Error::Crashed(cause)
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

fn unasked(answer: &Answer) -> Error {
    let kind = match answer {
        Answer::Pong => "pong",
        Answer::Sorted { .. } => "sorted",
        Answer::TooComplex => "too complex",
        Answer::Read(_) => "read",
        Answer::Panicked { .. } => "panicked",
        #[cfg(debug_assertions)]
        Answer::Report(_) => "report",
    };
    Error::Crashed(format!("answered '{kind}' to another question"))
}

/// Keeps the first bytes of a child's standard error and throws the rest away, so that the child never waits.
async fn drain(mut errors: ChildStderr, complaint: Arc<Mutex<Vec<u8>>>) {
    let mut chunk = [0; 4096];
    while let Ok(read) = errors.read(&mut chunk).await {
        if read == 0 {
            return;
        }
        let mut kept = lock(&complaint);
        let room = COMPLAINT.saturating_sub(kept.len());
        kept.extend(chunk.iter().take(read.min(room)));
    }
}

/// The life of the launcher thread: starts a child for each order until the pool is gone.
fn launch(exe: &PathBuf, orders: &mpsc::Receiver<Order>) {
    while let Ok(Order { runtime, reply }) = orders.recv() {
        let _entered = runtime.enter();
        let child = Command::new(exe)
            .arg0("phach")
            .arg(child::COMMAND)
            .env_clear()
            .current_dir("/")
            // Ctrl-C at the terminal is for the daemon, which lets its children finish.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn();
        // If nobody waits any more, the child is dropped here and so killed.
        let _ = reply.send(child);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::process::ExitStatus;

    use super::Error;
    use super::Pool;
    use super::Settings;
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

    #[tokio::test]
    async fn without_a_program_the_machine_is_to_blame_and_not_the_mail() {
        let check = async |exe: &str| {
            let pool = Pool::new(Settings {
                exe: exe.into(),
                ..Settings::default()
            });
            let err = pool.ping().await.unwrap_err();
            assert!(matches!(err, Error::Io(_)), "{exe}: {err}");
        };
        check("/nonexistent/phach").await;
        check("/bin/true").await;
    }
}
