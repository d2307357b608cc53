//! The folder of the blobs: names, temporary files, and the order of syncs. Blocking; called off the async threads.

use std::collections::BTreeSet;
use std::fs::DirBuilder;
use std::fs::File;
use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::SystemTime;
use std::time::UNIX_EPOCH;

use sha2::Digest;
use sha2::Sha256;
use tracing::warn;

use crate::blob::ABANDONED;
use crate::blob::Adopted;
use crate::blob::BlobId;
use crate::blob::Error;
use crate::blob::Gone;
use crate::clock;
use crate::text::words::hex;

/// Syncs that are under way at one time.
const HANDS: usize = 8;

#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    /// Folders `ab` whose own names are known to be on disk; their parents need no further sync.
    settled: Mutex<BTreeSet<PathBuf>>,
}

/// A temporary file with its name on it.
#[derive(Debug)]
pub struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        // Renamed or never wanted: nothing to tell. What stays behind is swept.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A written temporary file, to be kept under the name of its hash.
pub struct Ready {
    pub id: BlobId,
    pub file: File,
    pub temporary: Temporary,
}

impl Folder {
    pub fn new(root: PathBuf) -> Folder {
        Folder {
            root,
            settled: Mutex::new(BTreeSet::new()),
        }
    }

    /// Where a blob lies; `None` for a name that is none of a blob. The only way from a name to a path.
    pub fn path(&self, sha256: &str) -> Option<PathBuf> {
        let digits = sha256
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if sha256.len() != 64 || !digits {
            return None;
        }
        Some(self.root.join(sha256.get(0..2)?).join(sha256))
    }

    /// Whether the blob is there with its right size.
    pub fn holds(&self, id: &BlobId) -> io::Result<bool> {
        let Some(path) = self.path(&id.sha256) else {
            return Ok(false);
        };
        match std::fs::metadata(path) {
            Ok(about) if about.len() == id.size => Ok(true),
            Ok(about) => {
                warn!(blob = %id.sha256, size = about.len(), "a blob has the wrong size and is written anew");
                Ok(false)
            }
            Err(err) if err.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(err) => Err(err),
        }
    }

    /// Whether the blob is there with its right size; if so, it is not removed within the next half of `ABANDONED`, in
    /// which a row will name it.
    pub fn keeps(&self, id: &BlobId) -> io::Result<bool> {
        let Some(path) = self.path(&id.sha256) else {
            return Ok(false);
        };
        if !self.holds(id)? {
            return Ok(false);
        }
        let now = moment(clock::now());
        let fresh = match std::fs::metadata(&path).and_then(|about| about.modified()) {
            Ok(written) => now
                .duration_since(written)
                .is_ok_and(|since| since < ABANDONED / 2),
            Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(err) => return Err(err),
        };
        if fresh {
            return Ok(true);
        }
        match File::open(&path) {
            Ok(file) => file.set_modified(now)?,
            Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(err) => return Err(err),
        }
        // Whoever removes it took it away before the new time, or will see that time and put it back.
        path.try_exists()
    }

    /// Removes a blob that no row names, unless it was written or asked for within the last `ABANDONED`: whoever did may
    /// be about to name it.
    pub fn remove(&self, sha256: &str, now: SystemTime) -> Result<Gone, Error> {
        let path = self.path(sha256).ok_or(Error::Missing)?;
        let young = |path: &Path| -> io::Result<bool> {
            let written = std::fs::metadata(path)?.modified()?;
            Ok(!now
                .duration_since(written)
                .is_ok_and(|since| since > ABANDONED))
        };
        match young(&path) {
            Ok(true) => return Ok(Gone::Young),
            Ok(false) => {}
            Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(Gone::Before),
            Err(err) => return Err(err.into()),
        }
        let (_, aside) = self.create()?;
        std::fs::rename(&path, &aside.0)?;
        if young(&aside.0)? {
            std::fs::rename(&aside.0, &path)?;
            return Ok(Gone::Young);
        }
        drop(aside);
        if let Some(folder) = path.parent() {
            File::open(folder)?.sync_all()?;
        }
        Ok(Gone::Now)
    }

    /// A new temporary file, readable by this user only.
    pub fn create(&self) -> io::Result<(File, Temporary)> {
        let folder = self.root.join("tmp");
        make(&folder)?;
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|err| io::Error::other(err.to_string()))?;
        let path = folder.join(hex(&random));
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        Ok((file, Temporary(path)))
    }

    /// Takes a blob of the first of these folders that lies on this disk by a link, or of the first that has it by a
    /// proved copy.
    pub fn adopt(&self, sha256: &str, from: &[Arc<Folder>]) -> Result<Adopted, Error> {
        let target = self.path(sha256).ok_or(Error::Missing)?;
        let mut sources = Vec::new();
        for folder in from {
            let path = folder.path(sha256).ok_or(Error::Missing)?;
            match std::fs::metadata(&path) {
                Ok(about) => sources.push((path, about.len())),
                Err(err) if err.kind() == io::ErrorKind::NotFound => {}
                Err(err) => return Err(err.into()),
            }
        }
        let Some((first, size)) = sources.first() else {
            return Err(Error::Missing);
        };
        let id = BlobId {
            sha256: sha256.to_owned(),
            size: *size,
        };
        let adopted = |copied| {
            Ok(Adopted {
                id: id.clone(),
                copied,
            })
        };
        if self.holds(&id)? {
            return adopted(false);
        }
        if let Some(parent) = target.parent() {
            make(parent)?;
        }
        for (path, _) in sources.iter().filter(|(_, other)| other == size) {
            // Whatever is in the way (another disk, a disk that knows no links, a file of somebody else's), a copy mends.
            if std::fs::hard_link(path, &target).is_ok() {
                return adopted(false);
            }
        }
        let (mut file, temporary) = self.create()?;
        let mut hashed = Hashed {
            file: &mut file,
            hash: Sha256::new(),
        };
        io::copy(&mut File::open(first)?, &mut hashed)?;
        if hex(&hashed.hash.finalize()) != sha256 {
            return Err(Error::Corrupt(sha256.to_owned()));
        }
        self.keep(vec![Ready {
            id: id.clone(),
            file,
            temporary,
        }])?;
        adopted(true)
    }

    /// Syncs the files and gives them their names. `settle` makes the names last.
    pub fn keep(&self, ready: Vec<Ready>) -> io::Result<()> {
        side_by_side(&ready, |one| one.file.sync_all())?;
        for one in ready {
            let path = self
                .path(&one.id.sha256)
                .ok_or(io::ErrorKind::InvalidInput)?;
            if !self.keeps(&one.id)? {
                if let Some(folder) = path.parent() {
                    make(folder)?;
                }
                std::fs::rename(&one.temporary.0, &path)?;
            }
        }
        Ok(())
    }

    /// Syncs the folders that hold these blobs, and where they may be new, the folders that hold those.
    pub fn settle(&self, ids: &[BlobId]) -> io::Result<()> {
        let folders: BTreeSet<PathBuf> = ids
            .iter()
            .filter_map(|id| Some(self.path(&id.sha256)?.parent()?.to_owned()))
            .collect();
        let mut all = folders.clone();
        {
            let settled = self.settled.lock().unwrap_or_else(PoisonError::into_inner);
            for folder in folders.difference(&settled) {
                all.extend(folder.parent().map(Path::to_owned));
                all.insert(self.root.clone());
                all.extend(self.above());
            }
        }
        // The order does not matter to the disk; all must be done before anyone is told.
        let all: Vec<PathBuf> = all.into_iter().collect();
        side_by_side(&all, |folder| File::open(folder)?.sync_all())?;
        let mut settled = self.settled.lock().unwrap_or_else(PoisonError::into_inner);
        settled.extend(folders);
        Ok(())
    }

    /// The folder that holds the root. One we may not read cannot be synced, and whoever made the root there did that.
    fn above(&self) -> Option<PathBuf> {
        let above = match self.root.parent()? {
            here if here.as_os_str().is_empty() => Path::new("."),
            above => above,
        };
        File::open(above).is_ok().then(|| above.to_owned())
    }

    /// Removes temporary files not written since `age` before `now`.
    pub fn sweep(&self, now: SystemTime, age: Duration) -> io::Result<usize> {
        let entries = match std::fs::read_dir(self.root.join("tmp")) {
            Ok(entries) => entries,
            Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(0),
            Err(err) => return Err(err),
        };
        let mut swept = 0;
        for entry in entries {
            let entry = entry?;
            let old = match entry.metadata().and_then(|about| about.modified()) {
                Ok(written) => now.duration_since(written).is_ok_and(|since| since > age),
                // Renamed or removed meanwhile.
                Err(_) => false,
            };
            if old && std::fs::remove_file(entry.path()).is_ok() {
                swept += 1;
            }
        }
        Ok(swept)
    }
}

/// A moment of the clock (ms UTC) as files have it.
pub fn moment(at: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(u64::try_from(at).unwrap_or(0))
}

/// Hashes what is written to a file.
struct Hashed<'a> {
    file: &'a mut File,
    hash: Sha256,
}

impl io::Write for Hashed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.file.write(bytes)?;
        self.hash.update(bytes.get(..n).unwrap_or(bytes));
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Does the same to all, several at a time: a disk settles eight waiting syncs in little more time than one.
fn side_by_side<T: Sync>(all: &[T], work: impl Fn(&T) -> io::Result<()> + Sync) -> io::Result<()> {
    if all.len() < HANDS {
        return all.iter().try_for_each(work);
    }
    let next = AtomicUsize::new(0);
    let hand = || {
        while let Some(one) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
            work(one)?;
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let hands: Vec<_> = (0..HANDS).map(|_| scope.spawn(hand)).collect();
        let panicked = |_| Err(io::Error::other("a sync panicked"));
        hands
            .into_iter()
            .map(|hand| hand.join().unwrap_or_else(panicked))
            .fold(Ok(()), Result::and)
    })
}

/// Makes a folder and those above it, for this user only.
fn make(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}
