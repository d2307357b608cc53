//! RAR archives, from 1.3 to 7. The decoder (`rars`) is bounded in what it may write, remember and expect; its own
//! failures end with the archive and not with the mail.

use std::cell::RefCell;
use std::io;
use std::io::Write;
use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::rc::Rc;

use rars::ArchiveMember;
use rars::ArchiveReadOptions;
use rars::ArchiveReader;
use rars::AttrSource;
use rars::Error;
use rars::ErrorKind;
use rars::ExtractionDecision;
use rars::ExtractionErrorAction;

use super::archive::Child;
use super::archive::Opened;
use super::archive::is_leftover;
use super::archive::name_of;
use super::limits;
use crate::entry::Finding;
use crate::entry::FindingCode;

/// Bytes that a file may point back over; WinRAR takes 32 MiB unless told otherwise.
const DICTIONARY: u64 = 64 << 20;
/// Bytes the decoder may hold while it works.
const WORKSPACE: u64 = 160 << 20;
/// Bytes of all headers together.
const HEADERS: u64 = 8 << 20;

/// Takes the files out.
pub fn open(bytes: &[u8], budget: &mut u64) -> Opened {
    let room = *budget;
    // A decoder that fails on the bytes of a stranger has left nothing behind that is used again.
    let opened = catch_unwind(AssertUnwindSafe(|| unpack(bytes, room)));
    let opened = opened.unwrap_or_else(|_| Opened::failed(FindingCode::Damaged));
    let used: usize = opened.children.iter().map(|child| child.bytes.len()).sum();
    *budget = budget.saturating_sub(used as u64);
    opened
}

fn unpack(bytes: &[u8], room: u64) -> Opened {
    let options = options(room);
    let archive = match ArchiveReader::read_with_options(bytes, options) {
        Ok(archive) => archive,
        Err(error) => return Opened::failed(why(&error)),
    };
    let taken = RefCell::new(Taken {
        room,
        ..Taken::default()
    });
    let end = archive.extract_with_control_and_errors(
        options,
        |member| Ok(taken.borrow_mut().decide(member)),
        |_, error| {
            taken.borrow_mut().broken(error);
            Ok(ExtractionErrorAction::Continue)
        },
    );
    let mut taken = taken.into_inner();
    if let Err(error) = end {
        taken.broken(&error);
        taken.say(why(&error));
    }
    taken.opened()
}

fn options<'a>(room: u64) -> ArchiveReadOptions<'a> {
    ArchiveReadOptions::new()
        // Beside each file its own remarks, and those of the archive.
        .with_max_header_count(2 * limits::ZIP_ENTRIES as u64 + 10)
        .with_max_header_bytes(HEADERS)
        .with_max_member_output_bytes(limits::CHILD_BYTES)
        .with_max_total_output_bytes(room)
        .with_max_reader_workspace_bytes(WORKSPACE)
        .with_rar50_dictionary_size_limit(DICTIONARY)
}

/// What came out so far.
#[derive(Default)]
struct Taken {
    files: Vec<File>,
    findings: Vec<Finding>,
    room: u64,
}

/// A file while it is written.
struct File {
    name: String,
    bytes: Rc<RefCell<Vec<u8>>>,
    finding: Option<Finding>,
}

impl Taken {
    fn say(&mut self, finding: Finding) {
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    /// What becomes of a member. Of a solid archive, in which each file needs those before it, none can be left out.
    fn decide(&mut self, member: &ArchiveMember) -> ExtractionDecision {
        let meta = &member.meta;
        let name = name_of(&meta.name);
        if meta.is_directory || meta.is_redirection {
            return ExtractionDecision::Skip;
        }
        let used: usize = self
            .files
            .iter()
            .map(|file| file.bytes.borrow().len())
            .sum();
        let left = limits::CHILD_BYTES.min(self.room.saturating_sub(used as u64));
        let refused = if meta.is_encrypted {
            Some(FindingCode::Password.into())
        } else if meta.is_split_before || meta.is_split_after {
            // One volume of several, which came without the others.
            Some(FindingCode::AskZip.into())
        } else if meta.unpacked_size > left {
            Some(Finding::new(FindingCode::TooLarge, "size"))
        } else if self.files.len() >= limits::ZIP_ENTRIES {
            Some(Finding::new(FindingCode::TooLarge, "entries"))
        } else {
            None
        };
        if let Some(finding) = refused {
            self.say(finding);
            return match member.is_solid() {
                true => ExtractionDecision::Stop,
                false => ExtractionDecision::Skip,
            };
        }
        if is_leftover(&name) || is_link(member) {
            return ExtractionDecision::Extract(Box::new(io::sink()));
        }
        let bytes = Rc::default();
        let page = Page {
            bytes: Rc::clone(&bytes),
            room: usize::try_from(left).unwrap_or(usize::MAX),
        };
        self.files.push(File {
            name,
            bytes,
            finding: None,
        });
        ExtractionDecision::Extract(Box::new(page))
    }

    /// The file that was being written is not all there.
    fn broken(&mut self, error: &Error) {
        let finding = why(error);
        match self.files.last_mut() {
            Some(file) => file.finding = Some(finding),
            None => self.say(finding),
        }
    }

    fn opened(self) -> Opened {
        let child = |file: File| Child {
            name: file.name,
            bytes: file.bytes.take(),
            finding: file.finding,
        };
        Opened {
            children: self.files.into_iter().map(child).collect(),
            findings: self.findings,
        }
    }
}

/// Until RAR 4 a link is a file whose mode says so.
fn is_link(member: &ArchiveMember) -> bool {
    member.meta.attr_source() == AttrSource::Unix && member.meta.file_attr & 0o170_000 == 0o120_000
}

/// Where a file is written. The declared size may lie, so the writing itself is bounded.
struct Page {
    bytes: Rc<RefCell<Vec<u8>>>,
    room: usize,
}

impl Write for Page {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        let mut bytes = self.bytes.borrow_mut();
        if bytes.len() + more.len() > self.room {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        bytes.extend_from_slice(more);
        Ok(more.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn why(error: &Error) -> Finding {
    match error.root_cause() {
        Error::FeatureDisabled { .. } => return FindingCode::Password.into(),
        Error::HeaderCountLimitExceeded { .. } => {
            return Finding::new(FindingCode::TooLarge, "entries");
        }
        _ => {}
    }
    match error.kind() {
        ErrorKind::PasswordRequired | ErrorKind::BadPassword => FindingCode::Password.into(),
        ErrorKind::UnsupportedFormat | ErrorKind::UnsupportedFeature => FindingCode::AskZip.into(),
        ErrorKind::ResourceLimit => Finding::new(FindingCode::TooLarge, "size"),
        _ => FindingCode::Damaged.into(),
    }
}

#[cfg(test)]
mod tests {
    use rars::ArchiveVersion;
    use rars::Builder;

    use super::open;
    use crate::document::limits;
    use crate::entry::FindingCode;

    const ALL: [ArchiveVersion; 5] = [
        ArchiveVersion::Rar20,
        ArchiveVersion::Rar29,
        ArchiveVersion::Rar40,
        ArchiveVersion::Rar50,
        ArchiveVersion::Rar70,
    ];

    fn essay() -> String {
        (0..300)
            .map(|n| format!("Dịch vụ công trực tuyến, câu {n}. "))
            .collect()
    }

    fn packed(
        version: ArchiveVersion,
        files: &[(&str, &[u8])],
        make: fn(Builder) -> Builder,
    ) -> Vec<u8> {
        let mut builder = make(Builder::new(version));
        for (name, bytes) in files {
            builder
                .add_bytes(name.as_bytes().to_vec(), bytes.to_vec(), None, None)
                .expect("a file");
        }
        builder.to_bytes().expect("an archive")
    }

    #[test]
    fn files_come_out_whole_of_every_age() {
        let essay = essay();
        let files: &[(&str, &[u8])] = &[
            ("lop 9A/bai 1.txt", essay.as_bytes()),
            ("lop 9A/bai 2.txt", b"hai"),
            ("Thumbs.db", b"x"),
        ];
        for version in ALL {
            for make in [
                |b: Builder| b.store(true),
                |b: Builder| b,
                |b: Builder| b.solid(true),
            ] {
                let bytes = packed(version, files, make);
                let mut budget = limits::ARCHIVE_BYTES;
                let opened = open(&bytes, &mut budget);
                assert!(
                    opened.findings.is_empty(),
                    "{version:?} {:?}",
                    opened.findings
                );
                let found: Vec<(&str, &[u8])> = opened
                    .children
                    .iter()
                    .map(|child| (child.name.as_str(), child.bytes.as_slice()))
                    .collect();
                assert_eq!(found, &files[..2], "{version:?}");
                assert_eq!(limits::ARCHIVE_BYTES - budget, essay.len() as u64 + 3);
            }
        }
    }

    #[test]
    fn names_are_vietnamese() {
        for version in [ArchiveVersion::Rar40, ArchiveVersion::Rar50] {
            let bytes = packed(version, &[("Nguyễn Văn Ấn.txt", b"x")], |b| b);
            let opened = open(&bytes, &mut 100);
            assert_eq!(opened.children[0].name, "Nguyễn Văn Ấn.txt");
        }
    }

    #[test]
    fn a_password_is_asked_about_and_open_files_beside_it_come_out() {
        for version in [ArchiveVersion::Rar40, ArchiveVersion::Rar50] {
            for hidden in [false, true] {
                let make = match hidden {
                    true => {
                        |b: Builder| b.password(Some(b"bi mat".to_vec())).header_encryption(true)
                    }
                    false => |b: Builder| b.password(Some(b"bi mat".to_vec())),
                };
                let bytes = packed(version, &[("a.txt", b"chu")], make);
                let opened = open(&bytes, &mut 100);
                assert!(opened.children.is_empty());
                assert_eq!(opened.findings[0].code, FindingCode::Password);
            }
        }
    }

    #[test]
    fn one_broken_file_does_not_take_the_others_with_it() {
        let essay = essay();
        for version in [ArchiveVersion::Rar40, ArchiveVersion::Rar50] {
            let files: &[(&str, &[u8])] = &[("a.txt", essay.as_bytes()), ("b.txt", b"nguyen ven")];
            let mut bytes = packed(version, files, |b| b.store(true));
            let middle = bytes.len() / 2;
            bytes[middle] ^= 0x55;
            let opened = open(&bytes, &mut limits::ARCHIVE_BYTES.clone());
            let broken: Vec<bool> = opened
                .children
                .iter()
                .map(|c| c.finding.is_some())
                .collect();
            assert_eq!(broken, [true, false], "{version:?} {:?}", opened.findings);
            assert_eq!(opened.children[1].bytes, b"nguyen ven");
        }
    }

    #[test]
    fn what_is_too_large_says_so() {
        let zeros = vec![0_u8; 1 << 20];
        for version in ALL {
            let bytes = packed(version, &[("0", &zeros), ("b.txt", b"be")], |b| b);
            let opened = open(&bytes, &mut 1_000);
            let names: Vec<&str> = opened.children.iter().map(|c| c.name.as_str()).collect();
            assert_eq!(names, ["b.txt"], "{version:?}");
            assert_eq!(opened.findings[0].code, FindingCode::TooLarge);
        }
    }

    #[test]
    fn what_is_cut_off_never_passes_for_whole() {
        let essay = essay();
        let files: &[(&str, &[u8])] = &[("a.txt", b"mot"), ("b.txt", essay.as_bytes())];
        for version in ALL {
            let bytes = packed(version, files, |b| b.store(true));
            for length in (0..200).chain([bytes.len() / 2, bytes.len() * 3 / 4]) {
                let mut budget = limits::ARCHIVE_BYTES;
                let cut = open(&bytes[..length], &mut budget);
                for child in cut.children.iter().filter(|child| child.finding.is_none()) {
                    let whole = (child.name.as_str(), child.bytes.as_slice());
                    assert!(files.contains(&whole), "{version:?} {length}");
                }
                let said = cut.children.iter().any(|child| child.finding.is_some())
                    || !cut.findings.is_empty();
                assert!(said || length < 200, "{version:?} {length}");
            }
        }
    }
}
