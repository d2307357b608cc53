//! What the folder of blobs promises: whole files or none, found again, checked, cleaned up.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;

use super::Blobs;
use super::Error;
use super::Gone;
use crate::clock::now;

/// A folder of its own for one test, gone with the test.
struct Place(PathBuf);

impl Place {
    fn new() -> Place {
        let mut random = [0; 8];
        getrandom::fill(&mut random).unwrap();
        let name = format!("phach-blob-{:016x}", u64::from_le_bytes(random));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).unwrap();
        Place(path)
    }

    fn blobs(&self) -> Blobs {
        Blobs::new(self.0.join("blobs"))
    }

    fn file(&self, sha256: &str) -> PathBuf {
        self.0.join("blobs").join(&sha256[0..2]).join(sha256)
    }

    fn temporary_files(&self) -> usize {
        match std::fs::read_dir(self.0.join("blobs/tmp")) {
            Ok(entries) => entries.count(),
            Err(_) => 0,
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// SHA-256 of "abc" (FIPS 180-4, example B.1).
const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

#[tokio::test]
async fn a_mail_is_kept_under_its_hash_for_us_only() {
    let place = Place::new();
    let id = place.blobs().put(b"abc").await.unwrap();
    assert_eq!((id.sha256.as_str(), id.size), (ABC, 3));
    // Another start of the program finds it.
    let blobs = place.blobs();
    assert_eq!(blobs.get(ABC).await.unwrap(), b"abc");
    assert!(blobs.exists(ABC).await.unwrap());
    assert_eq!(blobs.verify(ABC).await.unwrap().size, 3);
    let mut text = String::new();
    let mut file = blobs.open(ABC).await.unwrap();
    file.read_to_string(&mut text).await.unwrap();
    assert_eq!(text, "abc");
    let mode = |path: PathBuf| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(place.file(ABC)), 0o600);
    assert_eq!(mode(place.0.join("blobs/ba")), 0o700);
    assert_eq!(mode(place.0.join("blobs")), 0o700);
    assert_eq!(place.temporary_files(), 0);
}

#[tokio::test]
async fn a_mail_may_arrive_piece_by_piece() {
    let place = Place::new();
    let blobs = place.blobs();
    let mut writer = blobs.writer().await.unwrap();
    for piece in ["a", "b", "", "c"] {
        writer.write_all(piece.as_bytes()).await.unwrap();
    }
    assert_eq!(writer.size(), 3);
    assert!(!blobs.exists(ABC).await.unwrap());
    assert_eq!(writer.finish().await.unwrap().sha256, ABC);
    assert_eq!(blobs.get(ABC).await.unwrap(), b"abc");

    let mut large = blobs.writer().await.unwrap();
    let bytes: Vec<u8> = (0..5_000_000_u32).map(|n| (n % 251) as u8).collect();
    large.write_all(&bytes).await.unwrap();
    let id = large.finish().await.unwrap();
    assert_eq!(blobs.get(&id.sha256).await.unwrap(), bytes);
    assert_eq!(place.temporary_files(), 0);
}

#[tokio::test]
async fn a_mail_that_breaks_off_leaves_nothing() {
    let place = Place::new();
    let mut writer = place.blobs().writer().await.unwrap();
    writer.write_all(b"ab").await.unwrap();
    assert_eq!(place.temporary_files(), 1);
    drop(writer);
    assert_eq!(place.temporary_files(), 0);
}

#[tokio::test]
async fn the_same_mail_from_eight_sides_is_one_file() {
    let place = Place::new();
    let blobs = place.blobs();
    let tasks: Vec<_> = (0..8)
        .map(|side| {
            let blobs = blobs.clone();
            tokio::spawn(async move {
                if side % 2 == 0 {
                    return blobs.put(b"abc").await.unwrap();
                }
                let mut writer = blobs.writer().await.unwrap();
                writer.write_all(b"abc").await.unwrap();
                writer.finish().await.unwrap()
            })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap().sha256, ABC);
    }
    assert_eq!(blobs.get(ABC).await.unwrap(), b"abc");
    assert_eq!(place.temporary_files(), 0);
}

#[tokio::test]
async fn many_files_are_stored_at_once_in_their_order() {
    let place = Place::new();
    let blobs = place.blobs();
    let many: Vec<Vec<u8>> = (0..40).map(|n| format!("bài {}", n % 20).into()).collect();
    let ids = blobs.put_many(many.clone()).await.unwrap();
    assert_eq!(ids.len(), 40);
    for (id, bytes) in ids.iter().zip(&many) {
        assert_eq!(&blobs.get(&id.sha256).await.unwrap(), bytes);
    }
    assert_eq!(ids[0], ids[20]);
    assert_eq!(place.temporary_files(), 0);

    let mut writers = Vec::new();
    for bytes in ["một", "hai"] {
        let mut writer = blobs.writer().await.unwrap();
        writer.write_all(bytes.as_bytes()).await.unwrap();
        writers.push(writer);
    }
    let ids = blobs.finish_many(writers).await.unwrap();
    assert_eq!(blobs.get(&ids[1].sha256).await.unwrap(), "hai".as_bytes());
    assert!(blobs.put_many(Vec::new()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_damaged_file_is_found_and_a_short_one_written_anew() {
    let place = Place::new();
    let blobs = place.blobs();
    blobs.put(b"abc").await.unwrap();
    let path = place.file(ABC);

    std::fs::write(&path, b"abd").unwrap();
    let err = blobs.verify(ABC).await.unwrap_err();
    assert!(
        matches!(err, Error::Corrupt(ref name) if name == ABC),
        "{err}"
    );
    assert!(matches!(blobs.get(ABC).await, Err(Error::Corrupt(_))));

    // Half a file, as a broken disk or a careless copy leaves it.
    std::fs::write(&path, b"ab").unwrap();
    blobs.put(b"abc").await.unwrap();
    assert_eq!(blobs.get(ABC).await.unwrap(), b"abc");
    std::fs::write(&path, b"ab").unwrap();
    let mut writer = blobs.writer().await.unwrap();
    writer.write_all(b"abc").await.unwrap();
    writer.finish().await.unwrap();
    assert_eq!(blobs.verify(ABC).await.unwrap().size, 3);

    std::fs::remove_file(&path).unwrap();
    assert!(matches!(blobs.verify(ABC).await, Err(Error::Missing)));
    assert!(matches!(blobs.get(ABC).await, Err(Error::Missing)));
    assert!(matches!(blobs.open(ABC).await, Err(Error::Missing)));
}

#[tokio::test]
async fn a_stored_mail_is_not_written_again() {
    let place = Place::new();
    let blobs = place.blobs();
    blobs.put(b"abc").await.unwrap();
    let written = || {
        std::fs::metadata(place.file(ABC))
            .unwrap()
            .modified()
            .unwrap()
    };
    let first = written();
    blobs.put(b"abc").await.unwrap();
    assert_eq!(written(), first);
}

#[tokio::test]
async fn leftovers_of_a_killed_process_go_after_an_hour() {
    let place = Place::new();
    let blobs = place.blobs();
    assert_eq!(blobs.sweep(now()).await.unwrap(), 0);
    blobs.put(b"abc").await.unwrap();
    std::fs::write(place.0.join("blobs/tmp/left"), b"half a ma").unwrap();
    assert_eq!(blobs.sweep(now()).await.unwrap(), 0);
    let later = now() + 3_700_000;
    assert_eq!(blobs.sweep(later).await.unwrap(), 1);
    assert_eq!(place.temporary_files(), 0);
    assert_eq!(blobs.get(ABC).await.unwrap(), b"abc");
}

#[tokio::test]
async fn a_hostile_name_is_no_path() {
    let place = Place::new();
    let blobs = place.blobs();
    blobs.put(b"abc").await.unwrap();
    std::fs::write(place.0.join("secret"), b"x").unwrap();
    let upper = ABC.to_uppercase();
    let long = format!("{ABC}0");
    let climbing = format!("../../secret{}", "/".repeat(52));
    let zero = format!("{}\0", &ABC[..63]);
    let wide = "ệ".repeat(32);
    for name in [
        "",
        "../secret",
        "/etc/passwd",
        &ABC[..63],
        &upper,
        &long,
        &climbing,
        &zero,
        &wide,
    ] {
        assert!(!blobs.exists(name).await.unwrap(), "{name:?}");
        assert!(
            matches!(blobs.get(name).await, Err(Error::Missing)),
            "{name:?}"
        );
        assert!(
            matches!(blobs.open(name).await, Err(Error::Missing)),
            "{name:?}"
        );
        assert!(
            matches!(blobs.verify(name).await, Err(Error::Missing)),
            "{name:?}"
        );
    }
}

#[tokio::test]
async fn a_disk_that_refuses_may_be_asked_again() {
    let place = Place::new();
    std::fs::write(place.0.join("blobs"), b"a file where the folder should be").unwrap();
    let blobs = place.blobs();
    assert!(matches!(blobs.put(b"abc").await, Err(Error::Again(_))));
    assert!(matches!(blobs.writer().await, Err(Error::Again(_))));
    std::fs::remove_file(place.0.join("blobs")).unwrap();
    assert_eq!(blobs.put(b"abc").await.unwrap().sha256, ABC);
}

#[tokio::test]
async fn a_blob_of_another_store_is_linked_or_copied_and_proved() {
    let (here, there, elsewhere) = (Place::new(), Place::new(), Place::new());
    there.blobs().put(b"abc").await.unwrap();
    let from = [elsewhere.blobs(), there.blobs()];
    let adopted = here.blobs().adopt(ABC, &from).await.unwrap();
    assert_eq!((adopted.id.size, adopted.copied), (3, false));
    here.blobs().settle_all(vec![adopted.id]).await.unwrap();
    let inode =
        |place: &Place| std::os::unix::fs::MetadataExt::ino(&place.file(ABC).metadata().unwrap());
    assert_eq!(inode(&here), inode(&there));
    assert!(!here.blobs().adopt(ABC, &from).await.unwrap().copied);
    // What lies here by halves is written anew, from bytes that are proved.
    std::fs::remove_file(here.file(ABC)).unwrap();
    std::fs::write(here.file(ABC), b"ab").unwrap();
    assert!(here.blobs().adopt(ABC, &from).await.unwrap().copied);
    assert_eq!(here.blobs().get(ABC).await.unwrap(), b"abc");
    std::fs::write(there.file(ABC), b"abd!").unwrap();
    let refused = here.blobs().adopt(ABC, &from).await;
    assert!(matches!(refused, Err(Error::Corrupt(_))), "{refused:?}");
    for name in ["../secret", &"0".repeat(64)] {
        let refused = here.blobs().adopt(name, &from).await;
        assert!(matches!(refused, Err(Error::Missing)), "{refused:?}");
    }
}

/// Makes a blob look as if it was last written so long ago.
fn age(place: &Place, sha256: &str, hours: u64) {
    let file = std::fs::File::open(place.file(sha256)).unwrap();
    let since = std::time::Duration::from_secs(hours * 3_600);
    let then = super::folder::moment(now()) - since;
    file.set_modified(then).unwrap();
}

#[tokio::test]
async fn a_blob_is_removed_unless_somebody_may_be_about_to_name_it() {
    let place = Place::new();
    let blobs = place.blobs();
    assert_eq!(blobs.remove(ABC, now()).await.unwrap(), Gone::Before);
    blobs.put(b"abc").await.unwrap();
    assert_eq!(blobs.remove(ABC, now()).await.unwrap(), Gone::Young);
    age(&place, ABC, 2);
    // Stored once more, although it is there: the file is as if it were written now.
    blobs.put(b"abc").await.unwrap();
    assert_eq!(blobs.remove(ABC, now()).await.unwrap(), Gone::Young);
    assert_eq!(blobs.get(ABC).await.unwrap(), b"abc");
    age(&place, ABC, 2);
    assert_eq!(blobs.remove(ABC, now()).await.unwrap(), Gone::Now);
    assert!(!blobs.exists(ABC).await.unwrap());
    assert_eq!(place.temporary_files(), 0);
    blobs.put(b"abc").await.unwrap();
    assert_eq!(blobs.get(ABC).await.unwrap(), b"abc");
    assert!(matches!(
        blobs.remove("../abc", now()).await,
        Err(Error::Missing)
    ));
}
