//! The reader of pictures: the program tesseract as a child in walls of its own, a page in, a table of words out.
//!
//! The binary starts itself as `phach ocr-child`, which puts the walls up and turns into tesseract: no network, no file
//! but its own, one thread, limits on memory and time. Only prepared pixels reach it, never a stranger's file.

use std::os::unix::process::CommandExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::path::PathBuf;
use std::process::ExitCode;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::worker::sandbox;

/// The hidden command under which the binary becomes tesseract.
pub const COMMAND: &str = "ocr-child";
/// Where Debian and others put the program.
const PLACES: [&str; 3] = [
    "/usr/bin/tesseract",
    "/usr/local/bin/tesseract",
    "/bin/tesseract",
];
/// The word behind the hidden command that asks for pages in any direction.
const ANY: &str = "any";
/// Seconds for one page.
const PAGE_SECONDS: u64 = 60;
/// Address space, bytes.
const MEMORY: u64 = 1 << 30;
/// The longest table that is taken; a dense page has 100 kB.
const MOST_TABLE: u64 = 8 << 20;
/// What a shell says of a program that is not there.
const NOT_THERE: u8 = 127;

/// Which way a page may lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// As pages do: looking for its direction takes as long as reading it.
    Upright,
    /// In any of four directions.
    Any,
}

/// Why a page was not read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("tesseract or its Vietnamese data is not installed")]
    Missing,
    #[error("reading a page took too long")]
    TimedOut,
    /// The page is to blame.
    #[error("tesseract ended with {0}")]
    Died(String),
    /// The machine is to blame: out of memory, or shutting down.
    #[error("tesseract was killed")]
    Killed,
    #[error("tesseract could not be started: {0}")]
    Io(#[from] std::io::Error),
}

/// Without its Vietnamese data the program ends as it does over a bad page: so that is looked for first.
fn speaks_vietnamese() -> bool {
    const DATA: &str = "tessdata/vie.traineddata";
    let bases = ["/usr/share/tesseract-ocr", "/usr/share", "/usr/local/share"];
    bases.into_iter().any(|base| {
        let base = Path::new(base);
        // Debian has a folder for each version.
        let versions = ["5", "4.00", "6"].map(|version| base.join(version).join(DATA).exists());
        base.join(DATA).exists() || versions.contains(&true)
    })
}

fn program() -> Option<&'static str> {
    PLACES.into_iter().find(|place| Path::new(place).exists())
}

/// Puts the walls up and becomes tesseract. Returns only when that fails.
pub fn main() -> ExitCode {
    let Some(program) = program().filter(|_| speaks_vietnamese()) else {
        return ExitCode::from(NOT_THERE);
    };
    if !sandbox::confine_page_reader(MEMORY, PAGE_SECONDS) {
        return ExitCode::FAILURE;
    }
    let any = std::env::args_os().nth(2).is_some_and(|word| word == ANY);
    let layout = if any { "1" } else { "3" };
    let failure = std::process::Command::new(program)
        .args(["stdin", "stdout", "-l", "vie", "--psm", layout, "tsv"])
        .env_clear()
        .env("OMP_THREAD_LIMIT", "1")
        .exec();
    match failure.kind() {
        std::io::ErrorKind::NotFound => ExitCode::from(NOT_THERE),
        _ => ExitCode::FAILURE,
    }
}

/// Starts a reader for each page, a few at a time.
pub struct Tesseract {
    exe: PathBuf,
    places: Semaphore,
}

impl Tesseract {
    /// `exe` is this binary, which becomes the reader.
    pub fn new(exe: PathBuf, children: usize) -> Tesseract {
        Tesseract {
            exe,
            places: Semaphore::new(children.max(1)),
        }
    }

    /// Reads one page (PGM) and returns the table of its words.
    pub async fn table(&self, image: Vec<u8>, layout: Layout) -> Result<String, Error> {
        let _place = self.places.acquire().await;
        let limit = Duration::from_secs(PAGE_SECONDS + 5);
        match timeout(limit, self.read(image, layout)).await {
            Ok(read) => read,
            Err(_) => Err(Error::TimedOut),
        }
    }

    async fn read(&self, image: Vec<u8>, layout: Layout) -> Result<String, Error> {
        let mut child = Command::new(&self.exe)
            .arg0("phach")
            .arg(COMMAND)
            .args((layout == Layout::Any).then_some(ANY))
            .env_clear()
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Error::Died("no pipes".into()));
        };
        let give = async move {
            // A reader that ends early says why by its exit code.
            let _ = input.write_all(&image).await;
            drop(input);
        };
        let mut table = Vec::new();
        let mut bounded = output.take(MOST_TABLE);
        let (_, taken) = tokio::join!(give, bounded.read_to_end(&mut table));
        taken?;
        let status = child.wait().await?;
        if status.success() {
            return Ok(String::from_utf8_lossy(&table).into_owned());
        }
        match (status.code(), status.signal()) {
            (Some(code), _) if code == i32::from(NOT_THERE) => Err(Error::Missing),
            (None, Some(libc::SIGKILL)) => Err(Error::Killed),
            // Its time was up by the kernel's count.
            (None, Some(libc::SIGXCPU)) => Err(Error::TimedOut),
            _ => Err(Error::Died(status.to_string())),
        }
    }
}
