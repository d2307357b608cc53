//! The reader of pictures: the program tesseract as a child in walls of its own, a page in, a table of words out.
//!
//! The binary starts itself as `phach ocr-child`, which puts the walls up and turns into tesseract: no network, no file
//! but its own, one thread, limits on memory and time. Only prepared pixels reach it, never a stranger's file.
//!
//! An eighth of its time with one page goes into its start, so pages that wait are given to one run together, as a TIFF
//! of several pages. Whoever waits reads for those who wait with him; a run that fails is done again page by page.

use std::os::unix::process::CommandExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::path::PathBuf;
use std::process::ExitCode;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::sync::Semaphore;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::document::ocr::Frame;
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
/// The word that asks for white letters on black to be looked for.
const REVERSED: &str = "reversed";
/// Pages that one run takes.
pub const AT_ONCE: usize = 4;
/// Seconds of processor time for one page, and for pages that are read together: two seconds each is usual.
const PAGE_SECONDS: u64 = 60;
/// Seconds by the clock after which a run is given up: it stands back behind all others on the machine.
const PATIENCE: u64 = 20 * PAGE_SECONDS;
/// Address space, bytes.
const MEMORY: u64 = 1 << 30;
/// The longest table that is taken of a run; a dense page has 100 kB.
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
#[derive(Clone, Debug, thiserror::Error)]
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
    Io(std::io::ErrorKind),
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Error {
        Error::Io(error.kind())
    }
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
    let asked = |for_what: &str| std::env::args_os().skip(2).any(|word| word == for_what);
    let layout = if asked(ANY) { "1" } else { "3" };
    // What is read without certainty it would read in negative as well: half its time where a hand wrote.
    let negative = if asked(REVERSED) { "1" } else { "0" };
    let failure = std::process::Command::new(program)
        .args(["stdin", "stdout", "-l", "vie", "--psm", layout])
        .args(["-c", &format!("tessedit_do_invert={negative}"), "tsv"])
        .env_clear()
        .env("OMP_THREAD_LIMIT", "1")
        .exec();
    match failure.kind() {
        std::io::ErrorKind::NotFound => ExitCode::from(NOT_THERE),
        _ => ExitCode::FAILURE,
    }
}

/// A page as it is given to the reader. Clones share its pixels.
#[derive(Clone)]
pub struct Page {
    width: u32,
    height: u32,
    /// Grey, row by row.
    pixels: Arc<Vec<u8>>,
    /// It has black areas, in which white letters are looked for.
    reversed: bool,
}

impl Page {
    pub fn new(frame: &Frame, pixels: Vec<u8>, reversed: bool) -> Page {
        Page {
            width: frame.width,
            height: frame.height,
            pixels: Arc::new(pixels),
            reversed,
        }
    }

    /// The page turned by half: its pixels from the last to the first.
    pub fn turned(&self) -> Page {
        let pixels = self.pixels.iter().rev().copied().collect();
        Page {
            pixels: Arc::new(pixels),
            ..*self
        }
    }
}

/// A page that waits for a reader, and where to send its table.
struct Waiting {
    page: Page,
    layout: Layout,
    reply: oneshot::Sender<Result<String, Error>>,
}

impl Waiting {
    /// Pages of the same manner can be read in one run.
    fn manner(&self) -> (Layout, bool) {
        (self.layout, self.page.reversed)
    }
}

/// Starts a reader for the pages that wait, a few at a time.
pub struct Tesseract {
    exe: PathBuf,
    readers: usize,
    places: Semaphore,
    waiting: Mutex<Vec<Waiting>>,
}

impl Tesseract {
    /// `exe` is this binary, which becomes the reader.
    pub fn new(exe: PathBuf, children: usize) -> Tesseract {
        let readers = children.max(1);
        Tesseract {
            exe,
            readers,
            places: Semaphore::new(readers),
            waiting: Mutex::new(Vec::new()),
        }
    }

    /// Reads one page and returns the table of its words.
    pub async fn table(&self, page: Page, layout: Layout) -> Result<String, Error> {
        loop {
            let (reply, mut said) = oneshot::channel();
            self.waiting().push(Waiting {
                page: page.clone(),
                layout,
                reply,
            });
            let answer = loop {
                tokio::select! {
                    biased;
                    answer = &mut said => break answer,
                    _place = self.places.acquire() => {
                        let pages = self.next();
                        if !pages.is_empty() {
                            self.serve(pages).await;
                            continue;
                        }
                    }
                }
                // Another has it in his run.
                break said.await;
            };
            // If he went away in the middle, it waits again.
            if let Ok(answer) = answer {
                return answer;
            }
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The pages for the next run: those that wait longest, and no more than leaves the other readers their share.
    fn next(&self) -> Vec<Waiting> {
        let mut waiting = self.waiting();
        waiting.retain(|page| !page.reply.is_closed());
        let most = waiting.len().div_ceil(self.readers).min(AT_ONCE);
        let Some(manner) = waiting.first().map(Waiting::manner) else {
            return Vec::new();
        };
        let mut taken = 0;
        let fits = |page: &mut Waiting| {
            let fits = taken < most && page.manner() == manner;
            taken += usize::from(fits);
            fits
        };
        waiting.extract_if(.., fits).collect()
    }

    /// Reads pages in one run and sends each its table; where that fails, one by one.
    async fn serve(&self, waiting: Vec<Waiting>) {
        let pages: Vec<&Waiting> = waiting.iter().collect();
        let mut tables = self.timed(&pages).await;
        if waiting.len() > 1 && matches!(tables, Err(Error::TimedOut | Error::Died(_))) {
            for page in waiting {
                let table = self.timed(&[&page]).await;
                let _ = page
                    .reply
                    .send(table.map(|mut tables| tables.pop().unwrap_or_default()));
            }
            return;
        }
        for (number, page) in waiting.into_iter().enumerate() {
            let table = match &mut tables {
                Ok(tables) => Ok(tables
                    .get_mut(number)
                    .map(std::mem::take)
                    .unwrap_or_default()),
                Err(error) => Err(error.clone()),
            };
            let _ = page.reply.send(table);
        }
    }

    async fn timed(&self, pages: &[&Waiting]) -> Result<Vec<String>, Error> {
        let limit = Duration::from_secs(PATIENCE);
        match timeout(limit, self.read(pages)).await {
            Ok(read) => read,
            Err(_) => Err(Error::TimedOut),
        }
    }

    /// The tables of pages of one manner.
    async fn read(&self, pages: &[&Waiting]) -> Result<Vec<String>, Error> {
        let (layout, reversed) = pages
            .first()
            .map_or((Layout::Upright, false), |page| page.manner());
        let mut child = Command::new(&self.exe)
            .arg0("phach")
            .arg(COMMAND)
            .args((layout == Layout::Any).then_some(ANY))
            .args(reversed.then_some(REVERSED))
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
            let mut given = input.write_all(&directories(pages)).await;
            for page in pages {
                if given.is_ok() {
                    given = input.write_all(&page.page.pixels).await;
                }
            }
            drop(input);
        };
        let mut table = Vec::new();
        let mut bounded = output.take(MOST_TABLE);
        let (_, taken) = tokio::join!(give, bounded.read_to_end(&mut table));
        taken?;
        let status = child.wait().await?;
        if status.success() {
            return divided(&String::from_utf8_lossy(&table), pages.len());
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

/// What stands in a TIFF of several grey pages before their pixels (TIFF 6.0, sections 2 and 4): a directory each.
fn directories(pages: &[&Waiting]) -> Vec<u8> {
    const FIELDS: u16 = 9;
    const DIRECTORY: u32 = 2 + FIELDS as u32 * 12 + 4;
    const SHORT: u16 = 3;
    const LONG: u16 = 4;
    let mut out = b"II*\0\x08\0\0\0".to_vec();
    let count = pages.len() as u32;
    let mut pixels = 8 + count * DIRECTORY;
    for (number, page) in (1..).zip(pages) {
        let page = &page.page;
        let size = page.width * page.height;
        let fields = [
            (256, LONG, page.width),
            (257, LONG, page.height),
            // Bits of a pixel, uncompressed, black is nought, where, samples, rows in one strip, bytes.
            (258, SHORT, 8),
            (259, SHORT, 1),
            (262, SHORT, 1),
            (273, LONG, pixels),
            (277, SHORT, 1),
            (278, LONG, page.height),
            (279, LONG, size),
        ];
        out.extend(FIELDS.to_le_bytes());
        for (tag, kind, value) in fields {
            out.extend(u16::to_le_bytes(tag));
            out.extend(kind.to_le_bytes());
            out.extend(u32::to_le_bytes(1));
            out.extend(value.to_le_bytes());
        }
        let next = if number == count {
            0
        } else {
            8 + number * DIRECTORY
        };
        out.extend(next.to_le_bytes());
        pixels += size;
    }
    out
}

/// The rows of each page, whose number is their second cell; each page has a row of its own at least.
fn divided(table: &str, pages: usize) -> Result<Vec<String>, Error> {
    let mut tables = vec![String::new(); pages];
    for line in table.lines() {
        let number = line
            .split('\t')
            .nth(1)
            .and_then(|cell| cell.parse::<usize>().ok());
        let own = number.and_then(|number| tables.get_mut(number.checked_sub(1)?));
        if let Some(own) = own {
            own.push_str(line);
            own.push('\n');
        }
    }
    if tables.iter().any(String::is_empty) {
        return Err(Error::Died("fewer pages than it was given".into()));
    }
    Ok(tables)
}

#[cfg(test)]
mod tests {
    use super::Error;
    use super::divided;

    #[test]
    fn each_page_gets_its_rows() {
        let table = "level\tpage_num\tblock_num\n1\t1\t0\n5\t1\t1\tHọ\n1\t2\t0\n";
        let tables = divided(table, 2).unwrap();
        assert_eq!(tables, ["1\t1\t0\n5\t1\t1\tHọ\n", "1\t2\t0\n"]);
        assert!(matches!(divided(table, 3), Err(Error::Died(_))));
        assert!(matches!(divided("", 1), Err(Error::Died(_))));
    }
}
