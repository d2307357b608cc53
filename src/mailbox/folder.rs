//! The folder and what lies in it: opening, listing, flags, moving, quota.

use std::collections::BTreeMap;

use async_imap::imap_proto::AttributeValue;
use async_imap::imap_proto::MailboxDatum;
use async_imap::imap_proto::Response;
use async_imap::imap_proto::ResponseCode;

use crate::clock;
use crate::mailbox::Account;
use crate::mailbox::Error;
use crate::mailbox::Limits;
use crate::mailbox::connection::Connection;
use crate::mailbox::connection::Ended;
use crate::mailbox::login::is_temporary;
use crate::mailbox::spell;

/// UIDs in one command; a listing line is about 80 bytes.
const BATCH: usize = 1000;

/// Whether the server may be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// EXAMINE: the server refuses every change.
    Examine,
    /// SELECT: flags and moves are possible.
    Select,
}

/// A folder as it was when it was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selected {
    /// While this number stays, a UID names the same mail (RFC 3501 §2.3.1.1).
    pub uid_validity: u32,
    pub exists: u32,
    pub uid_next: Option<u32>,
}

/// A folder that is open on one line, for others to join.
#[derive(Clone, Copy, Debug)]
pub struct Folder<'a> {
    pub account: &'a Account,
    pub limits: &'a Limits,
    pub uid_validity: u32,
}

impl Folder<'_> {
    /// Another line to the same folder, for reading only. Fails as [`Connection::open`], and when the folder's mails have
    /// been numbered anew.
    pub async fn open_again(&self) -> Result<Connection, Error> {
        let mut connection = Connection::open(self.account, self.limits).await?;
        let folder = &self.account.folder;
        let selected = connection.select(folder, Mode::Examine).await?;
        if selected.uid_validity != self.uid_validity {
            return Err(Error::Again("the folder was numbered anew".into()));
        }
        Ok(connection)
    }
}

/// A mail in the folder, not yet fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    pub uid: u32,
    /// Bytes as the server says; 0 if it does not say. Some servers only estimate.
    pub size: u64,
    /// INTERNALDATE, the receipt clock, in milliseconds since 1970 UTC (R001-23). If the server gives none
    /// that can be read it is the time of this listing, so that the mail is not lost.
    pub internal_at: i64,
}

/// How full the mailbox is, in KiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    pub used_kib: u64,
    pub limit_kib: u64,
}

impl Connection {
    /// Opens a folder. A folder that does not exist is [`Error::GiveUp`].
    pub async fn select(&mut self, folder: &str, mode: Mode) -> Result<Selected, Error> {
        let verb = match mode {
            Mode::Examine => "EXAMINE",
            Mode::Select => "SELECT",
        };
        let name = folder_name(folder)?;
        let tag = self.start(&format!("{verb} {name}")).await?;
        self.read_only = mode == Mode::Examine;
        let (mut uid_validity, mut exists, mut uid_next) = (None, 0, None);
        let ended = self
            .finish(&tag, |response| match response {
                Response::MailboxData(MailboxDatum::Exists(count)) => exists = *count,
                Response::Data { outcome, .. } => match &outcome.code {
                    Some(ResponseCode::UidValidity(number)) => uid_validity = Some(*number),
                    Some(ResponseCode::UidNext(number)) => uid_next = Some(*number),
                    _ => {}
                },
                _ => {}
            })
            .await?;
        lasting(ended, "the folder cannot be opened")?;
        let uid_validity = uid_validity
            .ok_or_else(|| Error::GiveUp("the folder keeps no lasting numbers".into()))?;
        Ok(Selected {
            uid_validity,
            exists,
            uid_next,
        })
    }

    /// Every UID in the folder, in rising order. This set, not the highest UID, tells what is new.
    pub async fn search_all(&mut self) -> Result<Vec<u32>, Error> {
        self.search("ALL").await
    }

    /// Whether the folder holds a mail with this Message-ID (without brackets).
    pub async fn holds(&mut self, rfc_id: &str) -> Result<bool, Error> {
        let id = spell::quoted(&format!("<{rfc_id}>"))
            .ok_or_else(|| Error::GiveUp("this is not a Message-ID".into()))?;
        let found = self.search(&format!("HEADER Message-ID {id}")).await?;
        Ok(!found.is_empty())
    }

    /// Size and time of arrival of these mails, in rising order of UID. A UID that is gone is left out.
    pub async fn list(&mut self, uids: &[u32]) -> Result<Vec<Listed>, Error> {
        let mut known: BTreeMap<u32, (Option<u32>, Option<String>)> = BTreeMap::new();
        for set in spell::sets(uids, BATCH) {
            let command = format!("UID FETCH {set} (UID RFC822.SIZE INTERNALDATE)");
            let tag = self.start(&command).await?;
            self.finish(&tag, |response| {
                // Several lines may speak of one mail, and lines may speak of mails we did not ask for.
                let Response::Fetch(_, values) = response else {
                    return;
                };
                let Some(uid) = uid_of(values) else { return };
                let row = known.entry(uid).or_default();
                for value in values {
                    match value {
                        AttributeValue::Rfc822Size(size) => row.0 = Some(*size),
                        AttributeValue::InternalDate(text) => row.1 = Some(text.to_string()),
                        _ => {}
                    }
                }
            })
            .await?
            .ok("the listing")?;
        }
        let mut wanted = uids.to_vec();
        wanted.sort_unstable();
        wanted.dedup();
        Ok(wanted
            .into_iter()
            .filter_map(|uid| match known.remove(&uid)? {
                (None, None) => None,
                (size, date) => Some(listed(uid, size, date.as_deref())),
            })
            .collect())
    }

    /// Adds a flag (`\Seen`, `$Taken`) to these mails. Only after their bytes are safe.
    pub async fn flag(&mut self, uids: &[u32], flag: &str) -> Result<(), Error> {
        self.writable()?;
        let name = flag.strip_prefix('\\').unwrap_or(flag);
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"$_-.".contains(&byte);
        if name.is_empty() || !name.bytes().all(plain) {
            return Err(Error::GiveUp("this is not the name of a flag".into()));
        }
        for set in spell::sets(uids, BATCH) {
            let command = format!("UID STORE {set} +FLAGS.SILENT ({flag})");
            let tag = self.start(&command).await?;
            self.finish(&tag, |_| ()).await?.ok("the flag")?;
        }
        Ok(())
    }

    /// Moves these mails into another folder of the same account, made if missing. Only after their bytes are safe.
    ///
    /// With MOVE in one step; else a copy, `\Deleted`, and the removal of exactly these mails if the
    /// server has UIDPLUS. Without UIDPLUS they stay, marked: a plain EXPUNGE would take others' mail along.
    pub async fn move_to(&mut self, uids: &[u32], folder: &str) -> Result<(), Error> {
        self.writable()?;
        let name = folder_name(folder)?;
        let verb = if self.can("MOVE") { "MOVE" } else { "COPY" };
        for set in spell::sets(uids, BATCH) {
            let command = format!("UID {verb} {set} {name}");
            if let Ended::No(_) = self.end_of(&command).await? {
                self.end_of(&format!("CREATE {name}")).await?;
                let ended = self.end_of(&command).await?;
                lasting(ended, "the mail cannot be moved")?;
            }
            if verb == "COPY" {
                let command = format!("UID STORE {set} +FLAGS.SILENT (\\Deleted)");
                self.end_of(&command).await?.ok("the flag")?;
                if self.can("UIDPLUS") {
                    let command = format!("UID EXPUNGE {set}");
                    self.end_of(&command).await?.ok("EXPUNGE")?;
                }
            }
        }
        Ok(())
    }

    /// How full the mailbox is (RFC 2087), if the server keeps such a count.
    pub async fn quota(&mut self) -> Result<Option<Quota>, Error> {
        if !self.can("QUOTA") {
            return Ok(None);
        }
        let tag = self.start("GETQUOTAROOT \"INBOX\"").await?;
        let mut found: Option<Quota> = None;
        let ended = self
            .finish(&tag, |response| {
                let Response::Quota(quota) = response else {
                    return;
                };
                for resource in &quota.resources {
                    use async_imap::imap_proto::rfc2087::QuotaResourceName::Storage;
                    if resource.name == Storage && resource.limit > 0 {
                        found.get_or_insert(Quota {
                            used_kib: resource.usage,
                            limit_kib: resource.limit,
                        });
                    }
                }
            })
            .await?;
        Ok(match ended {
            Ended::Ok => found,
            Ended::No(_) | Ended::Bad(_) => None,
        })
    }

    /// UIDs that match, in rising order.
    pub(super) async fn search(&mut self, what: &str) -> Result<Vec<u32>, Error> {
        self.set_max_line(self.limits.max_search_line);
        let tag = self.start(&format!("UID SEARCH {what}")).await?;
        let mut uids = Vec::new();
        let ended = self
            .finish(&tag, |response| {
                if let Response::MailboxData(MailboxDatum::Search(found)) = response {
                    uids.extend(found);
                }
            })
            .await?;
        self.set_max_line(self.limits.max_line);
        ended.ok("SEARCH")?;
        uids.sort_unstable();
        uids.dedup();
        Ok(uids)
    }

    /// Some servers say OK to a flag in a folder that is open for reading only, and keep nothing.
    fn writable(&self) -> Result<(), Error> {
        if self.read_only {
            return Err(Error::GiveUp("the folder is open for reading only".into()));
        }
        Ok(())
    }

    async fn end_of(&mut self, command: &str) -> Result<Ended, Error> {
        let tag = self.start(command).await?;
        self.finish(&tag, |_| ()).await
    }
}

/// The UID in a FETCH answer.
pub(super) fn uid_of(values: &[AttributeValue<'_>]) -> Option<u32> {
    values.iter().find_map(|value| match value {
        AttributeValue::Uid(uid) => Some(*uid),
        _ => None,
    })
}

fn listed(uid: u32, size: Option<u32>, date: Option<&str>) -> Listed {
    let internal_at = date.and_then(spell::internal_date).unwrap_or_else(|| {
        tracing::warn!(uid, "the server gives no readable INTERNALDATE");
        clock::now()
    });
    Listed {
        uid,
        size: size.map_or(0, u64::from),
        internal_at,
    }
}

fn folder_name(folder: &str) -> Result<String, Error> {
    spell::folder(folder)
        .ok_or_else(|| Error::GiveUp("the folder's name holds control characters".into()))
}

/// A NO that will stay NO, unless it says otherwise.
fn lasting(ended: Ended, what: &str) -> Result<(), Error> {
    match ended {
        Ended::Ok => Ok(()),
        Ended::No(text) if is_temporary(&text) => Err(Error::Again(format!("{what}: {text}"))),
        Ended::No(text) | Ended::Bad(text) => Err(Error::GiveUp(format!("{what}: {text}"))),
    }
}
