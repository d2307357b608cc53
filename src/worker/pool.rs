//! A few children, started when first needed, used again and again, replaced after some hundred requests.
//!
//! Each request has its child for itself and a clock beside it. A child that is late, dead, talks nonsense, or whose
//! caller went away in mid-answer is killed; the next request finds another. All children are started by one thread
//! that lives as long as the pool, because Linux ties "die with the parent" to the thread that started a child.

use std::collections::VecDeque;
use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::time::Duration;

use tokio::process::Child;
use tokio::process::Command;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::sync::oneshot;
use tokio::time::timeout;
use tracing::debug;
use tracing::warn;

use crate::document::Document;
use crate::document::drawn::Area;
use crate::document::drawn::Drawn;
use crate::document::ocr::Ready;
use crate::document::ocr::Said;
use crate::entry::Kind;
use crate::message::roster::Roster;
use crate::worker::child;
use crate::worker::protocol::Answer;
use crate::worker::protocol::Read;
use crate::worker::protocol::Request;
use crate::worker::protocol::Sorted;
use crate::worker::protocol::VERSION;
use crate::worker::running::Death;
use crate::worker::running::Failed;
use crate::worker::running::Reply;
use crate::worker::running::Running;
use crate::worker::sandbox::Gap;
use crate::worker::sandbox::Limits;
use crate::worker::tesseract::Tesseract;

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
    /// Pages read from pictures at one time; each takes a processor for a second or two.
    pub page_readers: usize,
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
            page_readers: 1,
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
    tesseract: Tesseract,
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
                tesseract: Tesseract::new(settings.exe.clone(), settings.page_readers),
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

    /// Reads a list of people who may not take part. `name` helps to tell what the file is.
    pub async fn roster(&self, bytes: Vec<u8>, name: String) -> Result<Roster, Error> {
        let limit = Duration::from_secs(self.shared.settings.text_seconds);
        let request = Request::Roster { name };
        match self.shared.ask(request, Some(bytes), limit).await? {
            (Answer::Roster(roster), _) => Ok(*roster),
            (other, _) => Err(unasked(&other)),
        }
    }

    /// The numbers of a file's pages of pictures, or of the pictures beside its text.
    pub(super) async fn pages(
        &self,
        bytes: &[u8],
        kind: Kind,
        beside_text: bool,
    ) -> Result<Vec<usize>, Error> {
        let request = Request::Pages { kind, beside_text };
        match self.page_work(request, bytes).await? {
            (Answer::Pages(pages), _) => Ok(pages),
            (other, _) => Err(unasked(&other)),
        }
    }

    /// One page of them, made ready; `None` when it cannot be unpacked.
    pub(super) async fn ready(
        &self,
        bytes: &[u8],
        kind: Kind,
        number: usize,
    ) -> Result<Option<Ready>, Error> {
        let request = Request::Page { kind, number };
        match self.page_work(request, bytes).await? {
            (Answer::Page(said), pages) => {
                let ready = said.zip(pages.into_iter().next());
                let ready = ready.map(|((frame, ink), pixels)| Ready { frame, ink, pixels });
                if ready.as_ref().is_some_and(|ready| !ready.is_whole()) {
                    return Err(Error::Crashed("a page of another size".into()));
                }
                Ok(ready)
            }
            (other, _) => Err(unasked(&other)),
        }
    }

    /// One page of a file as people look at it; `None` when it cannot be unpacked.
    pub async fn draw(
        &self,
        bytes: &[u8],
        kind: Kind,
        number: usize,
        half_turn: bool,
        unread: bool,
    ) -> Result<Option<Drawn>, Error> {
        let request = Request::Draw {
            kind,
            number,
            half_turn,
            unread,
        };
        self.drawn(request, bytes).await
    }

    /// A drawn page with these parts covered; `None` when it is none.
    pub async fn cover(&self, jpeg: &[u8], areas: Vec<Area>) -> Result<Option<Drawn>, Error> {
        self.drawn(Request::Cover { areas }, jpeg).await
    }

    async fn drawn(&self, request: Request, bytes: &[u8]) -> Result<Option<Drawn>, Error> {
        match self.page_work(request, bytes).await? {
            (Answer::Drawn(sheet), pages) => {
                Ok(sheet
                    .zip(pages.into_iter().next())
                    .map(|(sheet, jpeg)| Drawn {
                        width: sheet.width,
                        height: sheet.height,
                        jpeg,
                        print: sheet.print,
                    }))
            }
            (other, _) => Err(unasked(&other)),
        }
    }

    async fn page_work(&self, request: Request, bytes: &[u8]) -> Result<Reply, Error> {
        let limit = Duration::from_secs(self.shared.settings.text_seconds);
        self.shared.ask(request, Some(bytes.to_vec()), limit).await
    }

    /// The document with what was read from its pictures. `ms` is what reading it took before.
    pub(super) async fn finish(
        &self,
        document: Document,
        said: Vec<Said>,
        name: &str,
        ms: u64,
    ) -> Result<Read, Error> {
        let limit = Duration::from_secs(self.shared.settings.text_seconds);
        let request = Request::Finish {
            name: name.to_owned(),
            document: Box::new(document),
            said,
        };
        match self.shared.ask(request, None, limit).await? {
            (Answer::Read(mut read), _) => {
                read.ms += ms;
                Ok(*read)
            }
            (other, _) => Err(unasked(&other)),
        }
    }

    pub(super) fn tesseract(&self) -> &Tesseract {
        &self.shared.tesseract
    }

    pub(super) fn page_readers(&self) -> usize {
        self.shared.settings.page_readers.max(1)
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
            Ok(Err(Failed::Gone)) => Err(match running.obituary().await {
                Death::Time => Error::TimedOut,
                Death::Other(cause) => Error::Crashed(cause),
            }),
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
            if running.is_ready() {
                return Some(running);
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
        let child = child
            .await
            .map_err(|_| no_launcher())?
            .map_err(|err| Error::Io(err.to_string()))?;
        let Some(mut running) = Running::new(child) else {
            return Err(Error::Io("a reader without pipes".into()));
        };
        let hello = match timeout(START, running.greet(self.limits())).await {
            Ok(Ok(hello)) => hello,
            Ok(Err(err)) => return Err(Error::Io(format!("no hello: {err}"))),
            Err(_) => return Err(Error::Io("no hello in time".into())),
        };
        if hello.version != VERSION {
            return Err(Error::Io("the reader is of another build".into()));
        }
        if hello.gaps.contains(&Gap::Filter) {
            return Err(Error::Io(
                "this system takes no filter of system calls".into(),
            ));
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

fn unasked(answer: &Answer) -> Error {
    let kind = match answer {
        Answer::Pong => "pong",
        Answer::Sorted { .. } => "sorted",
        Answer::TooComplex => "too complex",
        Answer::Read(_) => "read",
        Answer::Roster(_) => "roster",
        Answer::Pages(_) => "pages",
        Answer::Page(_) => "page",
        Answer::Drawn(_) => "drawn",
        Answer::Panicked { .. } => "panicked",
        #[cfg(debug_assertions)]
        Answer::Report(_) => "report",
    };
    Error::Crashed(format!("answered '{kind}' to another question"))
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
    use super::Error;
    use super::Pool;
    use super::Settings;

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
