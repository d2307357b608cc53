//! Who this installation is to others: a name and a key, made once. The secret half lies in the data folder, which
//! the processes of one installation share; the database knows the rest.

use std::fs::File;
use std::fs::OpenOptions;
use std::io;
use std::io::Read as _;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::Context as _;
use anyhow::anyhow;

use crate::clock;
use crate::db;
use crate::db::Db;
use crate::db::installation::Installation;
use crate::entry::Codes;
use crate::handover::seal::Key;
use crate::text::words::hex;

/// Name of the file in the data folder.
pub const FILE: &str = "installation.key";

/// The installation, made if this is its first start. A key that is lost is not replaced silently: others trust it.
pub async fn ensure(db: &Db, data: &Path) -> anyhow::Result<Installation> {
    if let Some(known) = db::installation::get(db).await? {
        return Ok(known);
    }
    let path = data.join(FILE);
    if !path.exists() {
        create(&path).with_context(|| format!("write {}", path.display()))?;
    }
    let new = Installation {
        uid: hex(&random::<12>()?),
        public_key: Key::from_secret(&secret_in(&path)?).public(),
    };
    let mut tx = db.begin().await?;
    db::installation::put(&mut tx, &new, clock::now()).await?;
    let kept = db::installation::get_in(&mut tx).await?;
    tx.commit().await?;
    kept.ok_or_else(|| anyhow!("the installation's row is gone"))
}

/// The key to sign with. Fails when it is not the one that the database knows.
pub async fn key(db: &Db, data: &Path) -> anyhow::Result<(Installation, Key)> {
    let (known, secret) = secret(db, data).await?;
    Ok((known, Key::from_secret(&secret)))
}

/// What makes the receipt codes of this installation. Fails as `key` does.
pub async fn codes(db: &Db, data: &Path) -> anyhow::Result<Codes> {
    let (_, secret) = secret(db, data).await?;
    Ok(Codes::new(&secret))
}

async fn secret(db: &Db, data: &Path) -> anyhow::Result<(Installation, [u8; 32])> {
    let known = ensure(db, data).await?;
    let path = data.join(FILE);
    let secret = secret_in(&path)?;
    if Key::from_secret(&secret).public() != known.public_key {
        return Err(anyhow!(
            "{} is not the key of this installation",
            path.display()
        ));
    }
    Ok((known, secret))
}

/// The whole file under another name first, then linked: of several processes the first one's stays, and a name
/// that exists holds all of its bytes.
fn create(path: &Path) -> io::Result<()> {
    let secret = random::<32>().map_err(io::Error::other)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let draft = folder.join(format!(".{FILE}.{}", db::new_id()));
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)?;
    file.write_all(format!("{}\n", hex(&secret)).as_bytes())?;
    file.sync_all()?;
    let linked = std::fs::hard_link(&draft, path);
    std::fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        Ok(()) | Err(_) => {}
    }
    File::open(folder)?.sync_all()
}

fn secret_in(path: &Path) -> anyhow::Result<[u8; 32]> {
    let mut text = String::new();
    File::open(path)
        .and_then(|file| file.take(200).read_to_string(&mut text))
        .with_context(|| format!("read {}", path.display()))?;
    let digits = text.trim();
    let mut secret = [0u8; 32];
    let whole = digits.len() == 64 && digits.is_ascii();
    for (at, byte) in secret.iter_mut().enumerate() {
        *byte = digits
            .get(at * 2..at * 2 + 2)
            .filter(|_| whole)
            .and_then(|pair| u8::from_str_radix(pair, 16).ok())
            .ok_or_else(|| anyhow!("{} holds no key", path.display()))?;
    }
    Ok(secret)
}

fn random<const N: usize>() -> anyhow::Result<[u8; N]> {
    let mut bytes = [0u8; N];
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("no randomness: {error}"))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::FILE;
    use super::codes;
    use super::ensure;
    use super::key;
    use crate::db::Db;

    /// A folder that is gone at the end.
    struct Folder(std::path::PathBuf);

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[tokio::test]
    async fn an_installation_keeps_its_name_and_key_and_its_secret_is_for_nobody_else() {
        let folder =
            Folder(std::env::temp_dir().join(format!("phach-key-{}", crate::db::new_id())));
        let data = &folder.0;
        std::fs::create_dir_all(data).unwrap();
        let url = format!("sqlite:{}", data.join("phach.db").display());
        let db = Db::open(&url).await.unwrap();
        // Several processes that start at once agree.
        let all = futures::future::join_all((0..8).map(|_| ensure(&db, data))).await;
        let first = all[0].as_ref().unwrap().clone();
        for other in &all {
            assert_eq!(other.as_ref().unwrap(), &first);
        }
        let mode = std::fs::metadata(data.join(FILE))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        let (known, secret) = key(&db, data).await.unwrap();
        assert_eq!(known, first);
        assert_eq!(secret.public(), first.public_key);
        assert!(codes(&db, data).await.is_ok());
        // Nothing else was left behind, and a lost or foreign key is said, not replaced.
        assert!(
            std::fs::read_dir(data).unwrap().all(|file| !file
                .unwrap()
                .file_name()
                .to_string_lossy()
                .starts_with('.'))
        );
        std::fs::write(data.join(FILE), "00".repeat(32)).unwrap();
        assert!(key(&db, data).await.is_err());
        assert!(codes(&db, data).await.is_err());
        std::fs::remove_file(data.join(FILE)).unwrap();
        assert!(key(&db, data).await.is_err());
        assert_eq!(ensure(&db, data).await.unwrap(), first);
        db.close().await;
    }
}
