//! Files that hold files: zip, rar, 7z and Outlook's winmail.dat. Their names are never paths, a broken child never blocks the
//! others, and all children together stay within a budget of bytes.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::io::Read;

use sevenz_rust2::ArchiveReader;
use sevenz_rust2::Password;
use zip::ZipArchive;
use zip::result::ZipError;

use super::Document;
use super::Kind;
use super::limits;
use super::plain;
use super::rar;
use super::tnef;
use crate::entry::Finding;
use crate::entry::FindingCode;

/// How many archives may stand one inside another and still be opened by `read`.
const DEPTH: usize = 3;

/// A file out of an archive.
#[derive(Debug, Default)]
pub struct Child {
    /// As the archive says it, with the folder in front where several folders tell whose file it is.
    pub name: String,
    pub bytes: Vec<u8>,
    /// Why the bytes are not all there.
    pub finding: Option<Finding>,
}

/// What came out of an archive.
#[derive(Debug, Default)]
pub struct Opened {
    pub children: Vec<Child>,
    /// What is to be said of the archive itself; empty when everything in it came out.
    pub findings: Vec<Finding>,
}

impl Opened {
    pub fn failed(finding: impl Into<Finding>) -> Opened {
        Opened {
            children: Vec::new(),
            findings: vec![finding.into()],
        }
    }

    fn say(&mut self, finding: impl Into<Finding>) {
        let finding = finding.into();
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }
}

/// Whether files of this kind are opened here.
pub fn is_archive(kind: Kind) -> bool {
    matches!(kind, Kind::Zip | Kind::Rar | Kind::SevenZip | Kind::Tnef)
}

/// Takes an archive apart. `budget` is how many bytes may still be unpacked, over all archives of a mail.
pub fn open(kind: Kind, bytes: &[u8], budget: &mut u64) -> Opened {
    let mut opened = match kind {
        Kind::Zip => zip(bytes, budget),
        Kind::Rar => rar::open(bytes, budget),
        Kind::SevenZip => seven_zip(bytes, budget),
        Kind::Tnef => tnef::open(bytes, budget),
        _ => Opened::failed(Finding::new(FindingCode::NotRead, kind.as_str())),
    };
    name_by_folder(&mut opened.children);
    if opened.children.is_empty() && opened.findings.is_empty() {
        opened.say(FindingCode::Empty);
    }
    opened
}

/// An archive as one document: the texts of all files in it, one after the other.
pub fn read(kind: Kind, bytes: &[u8]) -> Document {
    let mut budget = limits::ARCHIVE_BYTES;
    read_at(kind, bytes, 1, &mut budget)
}

fn read_at(kind: Kind, bytes: &[u8], depth: usize, budget: &mut u64) -> Document {
    let opened = open(kind, bytes, budget);
    let mut whole = Document {
        kind,
        findings: opened.findings,
        ..Document::default()
    };
    for child in opened.children {
        let kind = super::sniff(&child.bytes, &child.name, "");
        let document = if !is_archive(kind) {
            super::read(&child.bytes, &child.name, "")
        } else if depth < DEPTH {
            read_at(kind, &child.bytes, depth + 1, budget)
        } else {
            Document {
                findings: vec![Finding::new(FindingCode::TooLarge, "depth")],
                ..Document::default()
            }
        };
        for (all, one) in [
            (&mut whole.text, &document.text),
            (&mut whole.margins, &document.margins),
        ] {
            if !all.is_empty() && !one.is_empty() {
                all.push('\n');
            }
            if all.len() + one.len() <= limits::TEXT_BYTES {
                all.push_str(one);
            }
        }
        if whole.form.font.is_none() {
            whole.form = document.form;
        }
        for finding in child.finding.into_iter().chain(document.findings) {
            if !whole.findings.contains(&finding) {
                whole.findings.push(finding);
            }
        }
    }
    whole
}

/// What programs leave in archives beside the files.
pub fn is_leftover(name: &str) -> bool {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    name.starts_with("__MACOSX/")
        || last.starts_with("~$")
        || last.starts_with("._")
        || matches!(last, "" | ".DS_Store" | "Thumbs.db" | "desktop.ini")
}

fn zip(bytes: &[u8], budget: &mut u64) -> Opened {
    let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else {
        return Opened::failed(FindingCode::Damaged);
    };
    if archive.len() > limits::ZIP_ENTRIES {
        return Opened::failed(Finding::new(FindingCode::TooLarge, "entries"));
    }
    let mut opened = Opened::default();
    for index in 0..archive.len() {
        let entry = match archive.by_index(index) {
            Ok(entry) => entry,
            Err(ZipError::InvalidPassword)
            | Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
                opened.say(FindingCode::Password);
                continue;
            }
            Err(ZipError::UnsupportedArchive(_)) => {
                opened.say(FindingCode::AskZip);
                continue;
            }
            Err(_) => {
                opened.say(FindingCode::Damaged);
                continue;
            }
        };
        let name = name_of(entry.name_raw());
        if entry.is_dir() || entry.is_symlink() || is_leftover(&name) {
            continue;
        }
        if !opened.take(name, entry, budget) {
            break;
        }
    }
    opened
}

/// Names are UTF-8, or in the code page of the Windows that packed them.
pub fn name_of(raw: &[u8]) -> String {
    match std::str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) => raw.iter().map(|byte| plain::windows_1258(*byte)).collect(),
    }
}

fn seven_zip(bytes: &[u8], budget: &mut u64) -> Opened {
    let memory = usize::try_from(limits::ARCHIVE_BYTES / 1024).unwrap_or(usize::MAX);
    let reader =
        ArchiveReader::new_with_memory_limit(Cursor::new(bytes), Password::empty(), memory);
    let mut reader = match reader {
        Ok(reader) => reader,
        Err(error) => return Opened::failed(why(&error)),
    };
    if reader.archive().files.len() > limits::ZIP_ENTRIES {
        return Opened::failed(Finding::new(FindingCode::TooLarge, "entries"));
    }
    // One thread: the walls allow no other.
    reader.set_thread_count(1);
    let mut opened = Opened::default();
    let end = reader.for_each_entries(|entry, content| {
        if entry.is_directory() || is_leftover(entry.name()) {
            return Ok(true);
        }
        Ok(opened.take(entry.name().to_owned(), content, budget))
    });
    if let Err(error) = end {
        opened.say(why(&error));
    }
    opened
}

fn why(error: &sevenz_rust2::Error) -> FindingCode {
    use sevenz_rust2::Error;
    match error {
        Error::PasswordRequired | Error::MaybeBadPassword(_) => FindingCode::Password,
        Error::UnsupportedCompressionMethod(method) if method.contains("AES") => {
            FindingCode::Password
        }
        Error::UnsupportedCompressionMethod(_) | Error::Unsupported(_) => FindingCode::AskZip,
        Error::MaxMemLimited { .. } => FindingCode::TooLarge,
        _ => FindingCode::Damaged,
    }
}

impl Opened {
    /// Reads one child. False when the budget is used up.
    pub fn take(&mut self, name: String, content: impl Read, budget: &mut u64) -> bool {
        let room = limits::CHILD_BYTES.min(*budget);
        let mut bytes = Vec::new();
        // The declared size may lie, so the reading itself is bounded.
        let whole = content.take(room + 1).read_to_end(&mut bytes);
        let size = bytes.len() as u64;
        *budget = budget.saturating_sub(size);
        if size > room {
            self.say(Finding::new(FindingCode::TooLarge, "size"));
            return *budget > 0;
        }
        let finding = whole.is_err().then(|| FindingCode::Damaged.into());
        self.children.push(Child {
            name,
            bytes,
            finding,
        });
        true
    }
}

/// A folder for each pupil, photographs called "1.jpg" in each: the folder says whose they are.
fn name_by_folder(children: &mut [Child]) {
    let folder = |name: &str| -> String {
        let name = name.replace('\\', "/");
        let (folder, _) = name.rsplit_once('/').unwrap_or_default();
        folder.rsplit('/').next().unwrap_or_default().to_owned()
    };
    let folders: BTreeSet<String> = children.iter().map(|child| folder(&child.name)).collect();
    let several = folders.len() > 1;
    for child in children {
        let folder = folder(&child.name);
        let last = child.name.rsplit(['/', '\\']).next().unwrap_or_default();
        child.name = if several && !folder.is_empty() {
            format!("{folder} - {last}")
        } else {
            last.to_owned()
        };
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::open;
    use super::read;
    use crate::document::Kind;
    use crate::document::limits;
    use crate::entry::FindingCode;

    fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            writer
                .start_file(*name, SimpleFileOptions::default())
                .unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn names(files: &[(&str, &[u8])]) -> Vec<String> {
        let mut budget = limits::ARCHIVE_BYTES;
        let opened = open(Kind::Zip, &zipped(files), &mut budget);
        opened.children.into_iter().map(|c| c.name).collect()
    }

    #[test]
    fn names_are_never_paths_and_folders_tell_whose_a_file_is() {
        let check = |files: &[&str], want: &[&str]| {
            let files: Vec<(&str, &[u8])> =
                files.iter().map(|name| (*name, b"x".as_slice())).collect();
            assert_eq!(names(&files), want);
        };
        check(&["../../etc/passwd"], &["passwd"]);
        check(
            &["lop 9A/bai.docx", "lop 9A/bai 2.docx"],
            &["bai.docx", "bai 2.docx"],
        );
        check(
            &[
                "9A/An/1.jpg",
                "9A/Bình/1.jpg",
                "__MACOSX/9A/._1.jpg",
                "Thumbs.db",
            ],
            &["An - 1.jpg", "Bình - 1.jpg"],
        );
    }

    #[test]
    fn archives_in_archives_are_read_to_a_depth_and_a_size() {
        let mut archive = zipped(&[("bai.txt", "Bài dự thi".as_bytes()), ("hai.txt", b"hai")]);
        let two = zipped(&[("trong.zip", archive.as_slice()), ("ba.txt", b"ba")]);
        assert_eq!(read(Kind::Zip, &two).text, "Bài dự thi\nhai\nba");
        for _ in 0..5 {
            archive = zipped(&[("x.zip", archive.as_slice())]);
        }
        let deep = read(Kind::Zip, &archive);
        assert_eq!(deep.findings[0].code, FindingCode::TooLarge);
        let mut budget = 100;
        let opened = open(
            Kind::Zip,
            &zipped(&[("a", &[0; 4_000]), ("b", b"x")]),
            &mut budget,
        );
        assert_eq!(opened.findings[0].code, FindingCode::TooLarge);
        assert!(opened.children.is_empty());
    }

    #[test]
    fn what_cannot_be_opened_says_why() {
        let check = |kind, bytes: &[u8], code| {
            let document = read(kind, bytes);
            assert!(
                document.findings.iter().any(|f| f.code == code),
                "{document:?}"
            );
        };
        check(Kind::Zip, b"PK\x03\x04", FindingCode::Damaged);
        check(Kind::Zip, &zipped(&[]), FindingCode::Empty);
        check(
            Kind::SevenZip,
            b"7z\xbc\xaf\x27\x1c\0\x04",
            FindingCode::Damaged,
        );
        check(Kind::Rar, b"Rar!\x1a\x07\x01\0", FindingCode::Damaged);
        check(Kind::Tnef, b"\x78\x9f\x3e\x22\0\0", FindingCode::Empty);
    }
}
