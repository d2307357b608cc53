//! Why a mail of a handover was not taken in. The sentences are in `words::handover`.

use serde::Deserialize;
use serde::Serialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// No archive in the mail, or one that cannot be opened.
    Archive,
    /// More bytes or files than any package of ours.
    TooLarge,
    /// The manifest is missing or says what cannot be.
    Manifest,
    /// Made by a newer version of the program.
    Format,
    /// The mail's header and the manifest speak of different packages or parts.
    Header,
    /// The signature does not fit the manifest.
    Signature,
    /// A file is missing or has other bytes than the manifest says.
    File,
    /// A file the manifest does not know.
    Stranger,
    /// An acknowledgement that cannot be read.
    Acknowledgement,
    /// Another contest than any here.
    Contest,
    /// The plan does not know these units, or they do not hand over to one another.
    Units,
    /// It came to a mailbox of another unit.
    Mailbox,
    /// Nobody has said that the key is the unit's.
    Untrusted,
    /// A package of this name with other contents was here before.
    Conflict,
    /// The receiving unit has no round that takes handovers in.
    NoRound,
    /// The list of the receiving round is locked already.
    Locked,
    /// A receipt code in it is another entry's here.
    CodeTaken,
    /// An acknowledgement of a package that was not sent from here.
    Unknown,
}

impl Fault {
    /// Whether the same mail may be taken in once a person has put something right.
    pub fn mendable(self) -> bool {
        match self {
            Fault::Contest
            | Fault::Units
            | Fault::Mailbox
            | Fault::Untrusted
            | Fault::Conflict
            | Fault::NoRound
            | Fault::Locked
            | Fault::CodeTaken => true,
            Fault::Archive
            | Fault::TooLarge
            | Fault::Manifest
            | Fault::Format
            | Fault::Header
            | Fault::Signature
            | Fault::File
            | Fault::Stranger
            | Fault::Acknowledgement
            | Fault::Unknown => false,
        }
    }
}
