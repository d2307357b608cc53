//! On SQLite one process works at a time: a lock file beside the database says so. Another one keeps files where they
//! are while a backup reads them.

use std::fs::File;
use std::fs::OpenOptions;
use std::path::Path;

/// Held by whoever works.
const WORK: &str = "phach.lock";
/// Held by whoever reads files by their rows, or removes files.
const FILES: &str = "blobs.lock";

/// Held while it lives; the system lets go of it even when the process is killed.
pub struct Lock {
    _file: File,
}

/// Another process has it.
#[derive(Debug)]
pub struct Taken;

impl Lock {
    /// Whoever reads many files by the rows that name them: none is removed meanwhile. Waits for whoever removes some.
    pub fn with_files(folder: &Path) -> std::io::Result<Lock> {
        let file = open(folder, FILES)?;
        file.lock_shared()?;
        Ok(Lock { _file: file })
    }

    /// Whoever removes files: nobody reads them by rows of an earlier moment.
    pub fn alone_with_files(folder: &Path) -> std::io::Result<Result<Lock, Taken>> {
        alone(open(folder, FILES)?)
    }

    /// Takes the lock of a data folder. `Ok(Err(Taken))`: somebody else works there.
    pub fn take(folder: &Path) -> std::io::Result<Result<Lock, Taken>> {
        alone(open(folder, WORK)?)
    }
}

fn open(folder: &Path, name: &str) -> std::io::Result<File> {
    std::fs::create_dir_all(folder)?;
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join(name))
}

fn alone(file: File) -> std::io::Result<Result<Lock, Taken>> {
    match file.try_lock() {
        Ok(()) => Ok(Ok(Lock { _file: file })),
        Err(std::fs::TryLockError::WouldBlock) => Ok(Err(Taken)),
        Err(std::fs::TryLockError::Error(error)) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::Lock;

    #[test]
    fn the_second_one_is_refused_until_the_first_goes() {
        let folder = std::env::temp_dir().join(format!("phach-lock-{}", std::process::id()));
        let first = Lock::take(&folder).unwrap();
        assert!(first.is_ok());
        assert!(Lock::take(&folder).unwrap().is_err());
        drop(first);
        assert!(Lock::take(&folder).unwrap().is_ok());
        std::fs::remove_dir_all(folder).unwrap();
    }
}
