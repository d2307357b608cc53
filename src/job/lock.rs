//! On SQLite one process works at a time: a lock file beside the database says so.

use std::fs::File;
use std::fs::OpenOptions;
use std::path::Path;

/// Held while it lives; the system lets go of it even when the process is killed.
pub struct Lock {
    _file: File,
}

/// Another process has it.
#[derive(Debug)]
pub struct Taken;

impl Lock {
    /// Takes the lock of a data folder. `Ok(Err(Taken))`: somebody else works there.
    pub fn take(folder: &Path) -> std::io::Result<Result<Lock, Taken>> {
        std::fs::create_dir_all(folder)?;
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join("phach.lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Ok(Lock { _file: file })),
            Err(std::fs::TryLockError::WouldBlock) => Ok(Err(Taken)),
            Err(std::fs::TryLockError::Error(error)) => Err(error),
        }
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
