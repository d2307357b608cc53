//! A mail as we understand it: its headers, parts and essays. Pure; called only inside the worker process.

mod aside;
mod authentication;
mod body;
mod bounce;
mod charset;
mod enclosed;
mod encoded;
mod essays;
mod file_name;
mod flowed;
mod forward;
mod grouping;
mod handed;
mod head;
mod headers;
mod kind;
mod laid_in;
pub mod mbox;
mod mime;
mod outline;
mod parameter;
pub mod parse;
mod parts;
mod phrases;
mod prescan;
pub mod roll;
pub mod roster;
mod smime;
#[cfg(test)]
mod tests;
mod transfer;

pub use headers::LOOP_MARK;
pub use parse::parse;
pub use roll::Roll;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::Serialize;

use crate::document::Document;
use crate::entry::Finding;
use crate::entry::MessageKind;
use crate::handover::Handed;
use crate::slip::Slip;

/// Everything a program can say about one mail without knowing the contest's database.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parsed {
    pub kind: MessageKind,
    /// Message-ID without angle brackets.
    pub rfc_id: Option<String>,
    pub from: Option<Address>,
    /// Where an answer goes (Reply-To, else From).
    pub reply_to: Option<Address>,
    pub to: Vec<Address>,
    pub cc: Vec<Address>,
    pub subject: String,
    /// The Date header, ms UTC. Evidence only, never the clock of a deadline (R001-23).
    pub dated: Option<i64>,
    /// The topmost Received header's time, ms UTC: the cross-check of INTERNALDATE.
    pub received: Option<i64>,
    pub in_reply_to: Vec<String>,
    pub references: Vec<String>,
    pub marks: Marks,
    /// What servers on the way say of the sender, of each its topmost word; empty when the mail names several senders.
    pub authentication: Vec<Authentication>,
    /// What the author wrote in the mail itself: no quoted answer, no signature rule, NFC.
    pub body: String,
    pub parts: Vec<Part>,
    pub essays: Vec<Essay>,
    /// What lists of those who take part say of the essays; `None` without a list.
    pub roll: Option<Roll>,
    /// What a delivery report says of our letter.
    pub bounce: Option<Bounce>,
    /// What a mail of a handover brought; the files of a package are `parts`.
    pub handed: Option<Handed>,
    /// The first sender, when the mail was forwarded.
    pub forwarded_from: Option<Address>,
    /// SHA-256 (hex) over subject, sender and decoded contents: equal for one mail to two mailboxes.
    pub content_hash: String,
    /// SHA-256 (hex) of the bytes below the head: the same wherever the mail lies, whatever a reader makes of it.
    pub below_head: String,
    pub findings: Vec<Finding>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Display name, decoded, NFC; empty when there is none.
    pub name: String,
    /// The address in lower case.
    pub email: String,
}

/// What one server found out about the sender (RFC 8601). Worth something only where the settings trust that server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authentication {
    /// authserv-id, in lower case.
    pub server: String,
    /// Its result of DMARC: "pass", "fail", "none" …; empty when it says none.
    pub dmarc: String,
    /// The domain of the From field it speaks of.
    pub from: String,
}

/// The marks that decide whether a mail may be answered by a machine (RFC 3834 §2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// Auto-Submitted with anything but "no".
    pub auto_submitted: bool,
    /// Return-Path: <> .
    pub empty_return_path: bool,
    /// Precedence: bulk, list or junk.
    pub precedence: bool,
    /// Any List-* header.
    pub list: bool,
    /// X-Auto-Response-Suppress: All or AutoReply, as Exchange writes it.
    #[serde(default)]
    pub suppressed: bool,
    /// multipart/report.
    pub report: bool,
    /// From mailer-daemon, postmaster, no-reply and their like.
    pub machine_sender: bool,
    /// How many Received headers.
    pub hops: u32,
    /// The value of our own loop mark header `X-Phach-Letter`, if present.
    pub own_mark: Option<String>,
}

impl Marks {
    /// Whether a machine may answer this mail at all (RFC 3834 §2, and 25 hops as a loop guard).
    pub fn may_answer(&self) -> bool {
        !(self.auto_submitted
            || self.empty_return_path
            || self.precedence
            || self.list
            || self.suppressed
            || self.report
            || self.machine_sender
            || self.hops > 25
            || self.own_mark.is_some())
    }
}

/// One attached file (or an attached mail's file), read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Where it stands: "2", or "3/1" for the first part of the attached mail in part 3.
    pub path: String,
    /// File name as sent, decoded, no folders; empty when there was none.
    pub name: String,
    /// The declared media type, lower case.
    pub declared: String,
    /// Shown within an HTML body (a logo, a signature picture).
    pub inline: bool,
    pub size: u64,
    /// SHA-256 of the decoded bytes, hex. The bytes travel beside this value (see `worker::protocol`).
    pub sha256: String,
    pub document: Document,
    /// SHA-256 (hex) of the folded words of the text; `None` without text.
    pub text_hash: Option<String>,
    /// Milliseconds it took to read.
    pub ms: u64,
}

/// One essay found in the mail: which files belong to it and what it says of its author.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Essay {
    /// Index into `Parsed::parts`; `None` when the essay stands in the mail's body.
    pub main: Option<usize>,
    /// Photos or scans that are the pages of this essay, in order. Then `main` is `None` and `in_body` false.
    pub pages: Vec<usize>,
    /// Illustrations and supporting documents.
    pub annexes: Vec<usize>,
    /// Files nobody could read yet (.doc, zip, password): stored, a matter.
    pub unread: Vec<usize>,
    pub in_body: bool,
    /// SHA-256 (hex) of the folded words of the essay's text; `None` for scans.
    pub text_hash: Option<String>,
    pub slip: Slip,
    /// Ticked answers: question number → letter ("Câu 1: A").
    pub answers: BTreeMap<u16, char>,
    pub findings: Vec<Finding>,
}

/// What a delivery report (RFC 3464) says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounce {
    /// Message-ID of the letter that came back, without angle brackets.
    pub original_id: Option<String>,
    pub recipient: Option<String>,
    /// "5.1.1"
    pub status: Option<String>,
    pub diagnostic: String,
    /// 5.x: nobody will try again.
    pub permanent: bool,
}
