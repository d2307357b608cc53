//! The mails themselves, byte for byte, always by `BODY.PEEK[]` so that nothing is marked as read.
//!
//! A small mail comes in one piece; a large one in pieces of 1 MiB that go on to the sink at once, so
//! that memory stays flat. What the sink holds counts only after `fetch` returned `Ok`.

use std::collections::VecDeque;

use async_imap::imap_proto::AttributeValue;
use async_imap::imap_proto::Response;
use tokio::io::AsyncWrite;
use tokio::io::AsyncWriteExt;

use crate::mailbox::Error;
use crate::mailbox::connection::Answer;
use crate::mailbox::connection::Connection;
use crate::mailbox::connection::Ended;
use crate::mailbox::connection::Tag;
use crate::mailbox::folder::uid_of;
use crate::mailbox::spell;

/// Mails up to this size are asked for in one piece, larger ones in pieces of it.
const PIECE: u64 = 1 << 20;

/// Mails in one command of a [`Batch`].
const TOGETHER: usize = 50;

/// Commands of a [`Batch`] under way: while one is answered the server has the next already.
const AHEAD: usize = 2;

/// A whole mail.
#[derive(Debug)]
pub struct Fetched {
    pub uid: u32,
    pub bytes: Vec<u8>,
}

/// Several small mails on their way. Dropped before the end, it leaves the connection unusable.
#[derive(Debug)]
pub struct Batch<'a> {
    connection: &'a mut Connection,
    sets: VecDeque<String>,
    running: VecDeque<Tag>,
}

impl Connection {
    /// Writes the mail to `sink` (flushed) and returns its length in bytes. `size` is the listed size; 0 or a wrong one is
    /// survived, the answer's own lengths decide.
    ///
    /// [`Error::Vanished`] if the server neither gives nor finds the mail any more. After any error throw away what the
    /// sink holds.
    pub async fn fetch(
        &mut self,
        uid: u32,
        size: u64,
        sink: &mut (impl AsyncWrite + Unpin),
    ) -> Result<u64, Error> {
        let mut total: u64 = 0;
        if (1..=PIECE).contains(&size) {
            let command = format!("UID FETCH {uid} (UID BODY.PEEK[])");
            match self.piece(&command, uid, 0, sink).await? {
                Some(length) => total = length,
                None => return Err(self.missing(uid).await),
            }
        } else {
            // A piece shorter than asked for ends the mail, unless the listing promised more.
            loop {
                let command = format!("UID FETCH {uid} (UID BODY.PEEK[]<{total}.{PIECE}>)");
                let Some(length) = self.piece(&command, uid, total, sink).await? else {
                    return Err(self.missing(uid).await);
                };
                total += length;
                if length > PIECE {
                    return Err(self.broken("the server gave more than was asked for"));
                }
                if length == 0 || (length < PIECE && total >= size) {
                    break;
                }
            }
        }
        if total == 0 {
            return Err(Error::Again("the server gave an empty mail".into()));
        }
        sink.flush().await.map_err(Error::Keep)?;
        Ok(total)
    }

    /// Asks for several small mails at once (each at most 1 MiB, or memory suffers). Read them with [`Batch::next`].
    pub fn fetch_many(&mut self, uids: &[u32]) -> Batch<'_> {
        Batch {
            connection: self,
            sets: spell::sets(uids, TOGETHER).into(),
            running: VecDeque::new(),
        }
    }

    /// Runs one FETCH and writes the body it brings; nothing if no body came.
    async fn piece(
        &mut self,
        command: &str,
        uid: u32,
        offset: u64,
        sink: &mut (impl AsyncWrite + Unpin),
    ) -> Result<Option<u64>, Error> {
        let tag = self.start(command).await?;
        let mut length = None;
        loop {
            let data = match self.answer(&tag).await? {
                Answer::Data(data) => data,
                Answer::End(ended) => {
                    ended.ok("FETCH")?;
                    return Ok(length);
                }
            };
            // The first body counts; some servers send a second line for the same mail.
            if length.is_none()
                && let Some((of, index, bytes)) = self.body(data.response())?
                && of == uid
            {
                if u64::from(index) != offset {
                    return Err(self.broken("the server gave another piece than was asked for"));
                }
                let bytes = match bytes {
                    Some(bytes) => bytes,
                    // Past the end some servers say NIL instead of an empty string.
                    None if offset > 0 => &[],
                    None => return Err(self.broken("the server gave NIL for a mail")),
                };
                sink.write_all(bytes).await.map_err(Error::Keep)?;
                length = Some(bytes.len() as u64);
            }
        }
    }

    /// UID, offset and bytes of the body in an answer, if it is a FETCH answer with a whole body.
    #[allow(clippy::type_complexity)]
    fn body<'a>(
        &mut self,
        response: &'a Response<'_>,
    ) -> Result<Option<(u32, u32, Option<&'a [u8]>)>, Error> {
        let Response::Fetch(_, values) = response else {
            return Ok(None);
        };
        let body = values.iter().find_map(|value| match value {
            AttributeValue::BodySection {
                section: None,
                index,
                data,
            } => Some((index.unwrap_or(0), data.as_deref())),
            _ => None,
        });
        match (body, uid_of(values)) {
            (None, _) => Ok(None),
            (Some((index, data)), Some(uid)) => Ok(Some((uid, index, data))),
            (Some(_), None) => Err(self.broken("the server gave a mail without its number")),
        }
    }

    /// No body came: gone, or only not given? A mail that the server still finds is not called vanished.
    async fn missing(&mut self, uid: u32) -> Error {
        match self.search(&format!("UID {uid}")).await {
            Ok(found) if found.contains(&uid) => {
                Error::Again("the server has the mail but does not give it".into())
            }
            Ok(_) => Error::Vanished,
            Err(error) => error,
        }
    }
}

impl Batch<'_> {
    /// The next mail, in the server's order, or nothing at the end. A UID that did not come is to be fetched
    /// alone, which tells why: a server may refuse a whole set for the sake of one mail.
    pub async fn next(&mut self) -> Result<Option<Fetched>, Error> {
        loop {
            while self.running.len() < AHEAD
                && let Some(set) = self.sets.pop_front()
            {
                let command = format!("UID FETCH {set} (UID BODY.PEEK[])");
                let tag = self.connection.start_behind(&command).await?;
                self.running.push_back(tag);
            }
            let Some(tag) = self.running.front() else {
                return Ok(None);
            };
            let data = match self.connection.answer(tag).await? {
                Answer::Data(data) => data,
                Answer::End(ended) => {
                    self.running.pop_front();
                    if matches!(ended, Ended::Bad(_)) {
                        ended.ok("FETCH")?;
                    }
                    continue;
                }
            };
            if let Some((uid, 0, Some(bytes))) = self.connection.body(data.response())?
                && !bytes.is_empty()
            {
                self.connection.more_time();
                return Ok(Some(Fetched {
                    uid,
                    bytes: bytes.to_vec(),
                }));
            }
        }
    }
}
