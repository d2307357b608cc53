//! Where tokens lie: a file a login, for this user only, always whole. A new one is synced before the old one is given
//! up, and the room for it is taken before the provider is asked: an answer that says "this token is used up, here is the
//! next" must not come to a full disk.

use std::fs::DirBuilder;
use std::fs::File;
use std::fs::OpenOptions;
use std::fs::TryLockError;
use std::io;
use std::io::Read as _;
use std::io::Seek as _;
use std::io::Write as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::fs::fchown;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use serde::Serialize;
use serde::Serializer;
use tokio::time::Instant;
use tokio::time::sleep;

use crate::mailbox::Secret;

/// Bytes kept free for the next tokens; more than any provider gives.
const ROOM: usize = 64 << 10;
/// How long to wait for whoever renews at the moment.
const PATIENCE: Duration = Duration::from_secs(90);

/// What is kept of a login.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// What a new access token is had for; a provider may replace it at each renewal.
    #[serde(serialize_with = "revealed")]
    pub refresh: Secret,
    /// What servers are shown.
    #[serde(serialize_with = "revealed")]
    pub access: Secret,
    /// When the access token ends, ms UTC.
    pub expires_at: i64,
    /// When a person logged in, ms UTC.
    pub logged_in_at: i64,
    /// When this refresh token came, ms UTC.
    pub rotated_at: i64,
    /// When the last access token came, ms UTC.
    pub renewed_at: i64,
}

fn revealed<S: Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.reveal())
}

/// What is kept; nothing when nobody has logged in yet.
pub(super) fn read(path: &Path) -> io::Result<Option<Kept>> {
    let mut text = String::new();
    match File::open(path) {
        Ok(file) => file.take(1 << 20).read_to_string(&mut text)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    // The parser's own words may quote what it read.
    let kept = serde_json::from_str(&text)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "not a file of tokens"))?;
    Ok(Some(kept))
}

/// The turn to change a file: one task of one process at a time. It ends when dropped, even with the process.
pub(super) struct Turn {
    path: PathBuf,
    _lock: File,
}

/// Waits for the turn; nothing when somebody else has it for too long.
pub(super) async fn turn(path: &Path) -> io::Result<Option<Turn>> {
    let folder = folder_of(path);
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    hand_over(&File::open(folder)?, folder)?;
    let lock = open(&beside(path, "lock"))?;
    let until = Instant::now() + PATIENCE;
    loop {
        match lock.try_lock() {
            Ok(()) => {
                return Ok(Some(Turn {
                    path: path.to_owned(),
                    _lock: lock,
                }));
            }
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if Instant::now() >= until => return Ok(None),
            Err(TryLockError::WouldBlock) => sleep(Duration::from_millis(50)).await,
        }
    }
}

impl Turn {
    /// Takes the room for what will be written. Fails on a full disk, before anything was asked.
    pub(super) fn room(&self) -> io::Result<Room<'_>> {
        let mut draft = open(&beside(&self.path, "new"))?;
        draft.set_len(0)?;
        draft.write_all(&[b' '; ROOM])?;
        draft.sync_all()?;
        Ok(Room { turn: self, draft })
    }

    /// Forgets the login and everything beside its file.
    pub(super) fn remove(self) -> io::Result<()> {
        for path in [
            self.path.clone(),
            beside(&self.path, "new"),
            beside(&self.path, "lock"),
        ] {
            match std::fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }
}

/// Room on the disk for the next tokens.
pub(super) struct Room<'a> {
    turn: &'a Turn,
    draft: File,
}

impl Room<'_> {
    /// Writes in place, within the room, then puts the file where the old one is.
    pub(super) fn keep(mut self, kept: &Kept) -> io::Result<()> {
        let text = serde_json::to_vec(kept)?;
        self.draft.rewind()?;
        self.draft.write_all(&text)?;
        self.draft.sync_all()?;
        self.draft.set_len(text.len() as u64)?;
        self.draft.sync_all()?;
        std::fs::rename(beside(&self.turn.path, "new"), &self.turn.path)?;
        File::open(folder_of(&self.turn.path))?.sync_all()
    }
}

fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    folder.unwrap_or(Path::new("."))
}

/// `a.json` → `a.json.lock`
fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(end);
    PathBuf::from(name)
}

fn open(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)?;
    hand_over(&file, path)?;
    Ok(file)
}

/// What root made is given to whom its folder belongs: an administrator who logs a mailbox in must not lock the service out.
fn hand_over(file: &File, path: &Path) -> io::Result<()> {
    let folder = folder_of(path).metadata()?;
    if file.metadata()?.uid() != 0 || folder.uid() == 0 {
        return Ok(());
    }
    fchown(file, Some(folder.uid()), Some(folder.gid()))
}
