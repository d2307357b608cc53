//! What daemon and child say to each other over two pipes.
//!
//! A frame is a length (u32, little endian), one tag byte, and that many bytes. A request is one `Head` frame (JSON)
//! and, where it carries a mail or file, one `Bytes` frame. An answer is one `Head` frame and the announced number of
//! `Bytes` frames. The daemon trusts no frame: lengths are capped, memory grows only with bytes that arrived.

use std::collections::BTreeMap;
use std::io;
use std::io::Read as _;
use std::io::Write;

use serde::Deserialize;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::AsyncRead;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWrite;
use tokio::io::AsyncWriteExt;

use crate::document::Document;
use crate::document::drawn::Area;
use crate::document::ink::Ink;
use crate::document::ocr::Frame;
use crate::document::ocr::Said;
use crate::duplicate::PagePrint;
use crate::entry::Kind;
use crate::message::Parsed;
use crate::message::roster::Roster;
use crate::slip::Slip;
use crate::worker::sandbox::Gap;
use crate::worker::sandbox::Limits;

/// Changes with every change of this file: a child of another build is not talked to.
pub const VERSION: u32 = 9;

/// The largest head: the texts of the largest honest mail, many times over.
pub const MOST_HEAD: usize = 64 << 20;
/// The largest mail or file.
pub const MOST_BYTES: usize = 160 << 20;
/// The most bytes of files in one answer.
pub const MOST_ANSWER: usize = 256 << 20;
/// The most files in one answer (a mail of more parts is quarantined before).
pub const MOST_FILES: usize = 5_000;

/// Bytes that a pipe takes in one go.
const SHORT: usize = 60_000;

/// First words of the daemon.
#[derive(Debug, Serialize, Deserialize)]
pub struct Greeting {
    pub version: u32,
    pub limits: Limits,
}

/// First words of the child, said behind its walls.
#[derive(Debug, Serialize, Deserialize)]
pub struct Hello {
    pub version: u32,
    pub gaps: Vec<Gap>,
}

/// What the daemon asks. All but `Ping` and `Finish` are followed by the bytes.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    Ping,
    Sort,
    Read {
        name: String,
    },
    /// Read a list of people who may not take part.
    Roster {
        name: String,
    },
    /// Which pages of pictures does this file have, or which pictures beside its text?
    Pages {
        kind: Kind,
        beside_text: bool,
    },
    /// Make this page ready for the reader of pictures.
    Page {
        kind: Kind,
        number: usize,
    },
    /// Draw this page for people to look at.
    Draw {
        kind: Kind,
        number: usize,
        half_turn: bool,
        /// Whether its words could not be read: then its print is wanted.
        unread: bool,
    },
    /// Cover parts of a drawn page.
    Cover {
        areas: Vec<Area>,
    },
    /// Put what was read from the pictures into the document.
    Finish {
        name: String,
        document: Box<Document>,
        said: Vec<Said>,
    },
    #[cfg(debug_assertions)]
    Trial(Trial),
}

/// A drawn page beside its bytes.
#[derive(Debug, Serialize, Deserialize)]
pub struct Sheet {
    pub width: u32,
    pub height: u32,
    pub print: Option<PagePrint>,
}

/// What the child answers. `Sorted` is followed by its files, `Page` and `Drawn` by the page.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Pong,
    Sorted {
        parsed: Box<Parsed>,
        files: usize,
    },
    TooComplex,
    Read(Box<Read>),
    Roster(Box<Roster>),
    Pages(Vec<usize>),
    /// `None`, and no bytes, when the page cannot be unpacked.
    Page(Option<(Frame, Ink)>),
    /// Followed by the page as JPEG; `None`, and no bytes, when it cannot be unpacked.
    Drawn(Option<Sheet>),
    /// The work panicked at this place of our code; the child ends now.
    Panicked {
        place: String,
    },
    #[cfg(debug_assertions)]
    Report(Report),
}

/// A mail, read, and the decoded bytes of its parts in the order of `Parsed::parts`.
#[derive(Clone, Debug, PartialEq)]
pub struct Sorted {
    pub parsed: Parsed,
    pub files: Vec<Vec<u8>>,
}

/// One file, read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Read {
    pub document: Document,
    pub slip: Slip,
    /// Ticked answers: question number → letter.
    pub answers: BTreeMap<u16, char>,
    /// SHA-256 (hex) of the folded words; `None` without enough text.
    pub text_hash: Option<String>,
    /// Milliseconds it took to read.
    pub ms: u64,
}

/// Misdeeds a test asks of the child. Not in a release build.
#[cfg(debug_assertions)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trial {
    LoopForever,
    AllocateWithoutEnd,
    Abort,
    OverflowTheStack,
    Panic,
    WriteGarbage,
    AnnounceTooMuch,
    FloodTheErrors,
    StopInMidAnswer,
    Print,
    DieAfterAnswer,
    ReportWalls,
}

/// What a child could and could not do behind its walls. Not in a release build.
#[cfg(debug_assertions)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Memory, file size, open files, processes, core dump.
    pub limits: [u64; 5],
    pub environment: usize,
    pub user: u32,
    /// Deeds that succeeded and should not have.
    pub escaped: Vec<String>,
    pub process: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    Head,
    Bytes,
}

impl Tag {
    fn byte(self) -> u8 {
        match self {
            Tag::Head => b'H',
            Tag::Bytes => b'B',
        }
    }

    fn most(self) -> usize {
        match self {
            Tag::Head => MOST_HEAD,
            Tag::Bytes => MOST_BYTES,
        }
    }
}

/// How a conversation ended early.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// The other side is gone.
    #[error("pipe: {0}")]
    Pipe(#[from] io::Error),
    /// The other side said something no build of ours says.
    #[error("{0}")]
    Nonsense(&'static str),
    /// What we wanted to say does not fit a frame.
    #[error("{size} bytes are more than a frame holds")]
    TooLong { size: usize },
}

fn opening(tag: Tag, size: usize) -> Result<[u8; 5], Broken> {
    if size > tag.most() {
        return Err(Broken::TooLong { size });
    }
    let size = u32::try_from(size).map_err(|_| Broken::TooLong { size })?;
    let [a, b, c, d] = size.to_le_bytes();
    Ok([a, b, c, d, tag.byte()])
}

fn opened(want: Tag, [a, b, c, d, tag]: [u8; 5]) -> Result<usize, Broken> {
    if tag != want.byte() {
        return Err(Broken::Nonsense("frame of another kind"));
    }
    let size = usize::try_from(u32::from_le_bytes([a, b, c, d])).unwrap_or(usize::MAX);
    if size > want.most() {
        return Err(Broken::Nonsense("frame over the limit"));
    }
    Ok(size)
}

fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Broken> {
    serde_json::from_slice(bytes).map_err(|_| Broken::Nonsense("head that is not ours"))
}

fn head_bytes<T: Serialize>(head: &T) -> Result<Vec<u8>, Broken> {
    serde_json::to_vec(head).map_err(|_| Broken::Nonsense("head that cannot be written"))
}

/// Writes a frame (daemon's side).
pub async fn send(
    to: &mut (impl AsyncWrite + Unpin),
    tag: Tag,
    bytes: &[u8],
) -> Result<(), Broken> {
    let opening = opening(tag, bytes.len())?;
    if bytes.len() <= SHORT {
        // One write wakes the child once.
        to.write_all(&[opening.as_slice(), bytes].concat()).await?;
    } else {
        to.write_all(&opening).await?;
        to.write_all(bytes).await?;
    }
    Ok(to.flush().await?)
}

/// Writes a head (daemon's side).
pub async fn send_head<T: Serialize>(
    to: &mut (impl AsyncWrite + Unpin),
    head: &T,
) -> Result<(), Broken> {
    send(to, Tag::Head, &head_bytes(head)?).await
}

/// Reads a frame (daemon's side). Memory grows with what arrives, not with what is announced.
pub async fn receive(from: &mut (impl AsyncRead + Unpin), want: Tag) -> Result<Vec<u8>, Broken> {
    let mut first = [0; 5];
    from.read_exact(&mut first).await?;
    let size = opened(want, first)?;
    let mut bytes = Vec::with_capacity(size.min(1 << 16));
    from.take(size as u64).read_to_end(&mut bytes).await?;
    if bytes.len() < size {
        return Err(Broken::Pipe(io::ErrorKind::UnexpectedEof.into()));
    }
    Ok(bytes)
}

/// Reads a head (daemon's side).
pub async fn receive_head<T: DeserializeOwned>(
    from: &mut (impl AsyncRead + Unpin),
) -> Result<T, Broken> {
    json(&receive(from, Tag::Head).await?)
}

/// Writes a frame (child's side); the caller flushes.
pub fn say(to: &mut impl Write, tag: Tag, bytes: &[u8]) -> Result<(), Broken> {
    to.write_all(&opening(tag, bytes.len())?)?;
    Ok(to.write_all(bytes)?)
}

/// Writes a head (child's side); the caller flushes.
pub fn say_head<T: Serialize>(to: &mut impl Write, head: &T) -> Result<(), Broken> {
    say(to, Tag::Head, &head_bytes(head)?)
}

/// Reads a frame (child's side, which trusts the daemon).
pub fn hear(from: &mut impl io::Read, want: Tag) -> Result<Vec<u8>, Broken> {
    let mut first = [0; 5];
    from.read_exact(&mut first)?;
    let size = opened(want, first)?;
    let mut bytes = Vec::with_capacity(size);
    from.take(size as u64).read_to_end(&mut bytes)?;
    if bytes.len() < size {
        return Err(Broken::Pipe(io::ErrorKind::UnexpectedEof.into()));
    }
    Ok(bytes)
}

/// Reads a head (child's side).
pub fn hear_head<T: DeserializeOwned>(from: &mut impl io::Read) -> Result<T, Broken> {
    json(&hear(from, Tag::Head)?)
}

#[cfg(test)]
mod tests {
    use super::Broken;
    use super::Request;
    use super::Tag;
    use super::hear;
    use super::hear_head;
    use super::receive;
    use super::send;
    use super::send_head;

    #[tokio::test]
    async fn what_the_daemon_says_the_child_hears() {
        let mut pipe = Vec::new();
        let request = Request::Read {
            name: "Bài dự thi.docx".into(),
        };
        send_head(&mut pipe, &request).await.unwrap();
        send(&mut pipe, Tag::Bytes, b"PK").await.unwrap();
        let mut pipe = pipe.as_slice();
        let heard: Request = hear_head(&mut pipe).unwrap();
        assert!(matches!(heard, Request::Read { name } if name == "Bài dự thi.docx"));
        assert_eq!(hear(&mut pipe, Tag::Bytes).unwrap(), b"PK");
        assert!(matches!(hear(&mut pipe, Tag::Head), Err(Broken::Pipe(_))));
    }

    #[tokio::test]
    async fn nonsense_is_refused_before_memory_is_spent() {
        let check = async |mut bytes: &[u8], want: &str| {
            let err = receive(&mut bytes, Tag::Head).await.unwrap_err();
            assert!(err.to_string().contains(want), "{err}");
        };
        check(b"\xff\xff\xff\xffH", "over the limit").await;
        check(b"HTTP/1.1 200 OK", "another kind").await;
        check(b"\x00\x00\x00\x01Hshort", "end of file").await;
        check(b"\x00", "eof").await;
    }
}
