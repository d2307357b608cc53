//! What was noticed about a file, an essay or a mail. Documents never fail: they carry findings.
//!
//! The Vietnamese sentence for each code is in `words::finding`. Findings are advice (R001-13..18):
//! none of them refuses an entry.

use serde::Deserialize;
use serde::Serialize;

/// One thing noticed, with the detail a sentence needs (a file name, a size, a font).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub code: FindingCode,
    /// Fills the gap in the sentence; empty when the sentence has none.
    pub detail: String,
}

impl Finding {
    pub fn new(code: FindingCode, detail: impl Into<String>) -> Finding {
        Finding {
            code,
            detail: detail.into(),
        }
    }
}

impl From<FindingCode> for Finding {
    fn from(code: FindingCode) -> Finding {
        Finding::new(code, "")
    }
}

/// Everything that can be noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingCode {
    // The file
    /// Needs a password to open.
    Password,
    /// Broken: some or all of it could not be read.
    Damaged,
    /// Beyond a limit (size, pages, parts, depth); the detail says which.
    TooLarge,
    /// A kind of file that is not read by program (yet); the detail names the kind.
    NotRead,
    /// No text at all.
    Empty,
    /// Pages are pictures: a scan or photographs.
    Scan,
    /// Read from pictures with little certainty (handwriting, a blurred photograph); the detail is the share in percent.
    Unsure,
    /// An archive that is not opened (one volume of several, a rare way of packing): asked for as zip.
    AskZip,
    /// Letters without a Unicode meaning in the file; the detail is the share in percent.
    UnmappedGlyphs,
    /// Tracked changes: read as the author sees them.
    TrackedChanges,
    // The form (R001-13..16)
    NotA4,
    NotTimesNewRoman,
    NotSize14,
    NoDiacritics,
    /// TCVN3 (ABC) or VNI instead of Unicode; the detail names it.
    LegacyEncoding,
    // The facts asked of a participant
    NoName,
    NoBirthDate,
    NoUnit,
    NoAddress,
    NoPhone,
    /// Under the age the plan asks for, on the plan's reference day.
    UnderAge,
    /// The list of those who take part says otherwise; the detail is the fact and what the list says:
    /// "birth_date 2007-02-09", "class 9A2", "name …".
    RollDiffers,
    // The mail
    /// The essay stood in the mail itself.
    InBody,
    /// Came forwarded; the detail is the first sender, where known.
    Forwarded,
    /// A link to a cloud store instead of a file.
    CloudLink,
    /// The mail says a file is attached, and none is.
    NoAttachment,
    /// A list of those who take part came, and no essay; the detail is how many people stand on it.
    RollAlone,
    /// The mail is deeper or larger than any honest mail; the detail says which limit.
    MailTooComplex,
    /// Some of the mail's own text was lost or garbled on the way.
    MailDamaged,
    /// Sealed for somebody's key; the detail is the part and its type.
    Encrypted,
    /// One piece of a mail that was cut up on the way (RFC 2046 §5.2.2); the detail is the part and its type.
    PartialMail,
    /// A part that only says where its file is (RFC 2046 §5.2.3); the detail is the part and its type.
    FileElsewhere,
    /// A part that is not looked into; the detail is the part and its type.
    PartAside,
    /// Text outside all parts; the detail is "above" or "below".
    TextAside,
    /// Several From fields that disagree; the first is taken.
    SeveralSenders,
    // The neighbours
    /// The same file or text came before from the same person; the detail is the first code.
    Resent,
    /// The same file or text came before from somebody else; the detail is the first code.
    SameText,
    /// The same person also wrote to another unit; the detail is its name.
    TwoUnits,
}

/// How a finding is told to the participant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tell {
    /// Something is asked for ("đề nghị bổ sung").
    Ask,
    /// Advice on the form; the entry counts all the same.
    Advise,
    /// For the secretariat only.
    Keep,
}

impl FindingCode {
    /// Those that ask the participant for something (`tell`).
    pub const ASKED: &'static [FindingCode] = &[
        FindingCode::Password,
        FindingCode::Damaged,
        FindingCode::Empty,
        FindingCode::NoName,
        FindingCode::NoBirthDate,
        FindingCode::NoUnit,
        FindingCode::NoAddress,
        FindingCode::NoPhone,
        FindingCode::CloudLink,
        FindingCode::NoAttachment,
        FindingCode::RollDiffers,
        FindingCode::AskZip,
        FindingCode::Encrypted,
        FindingCode::PartialMail,
        FindingCode::FileElsewhere,
    ];

    /// Whether it speaks of how a mail is put together, and names nobody.
    pub fn is_of_the_parts(self) -> bool {
        matches!(
            self,
            FindingCode::Encrypted
                | FindingCode::PartialMail
                | FindingCode::FileElsewhere
                | FindingCode::PartAside
                | FindingCode::TextAside
                | FindingCode::SeveralSenders
                | FindingCode::MailDamaged
                | FindingCode::RollAlone
        )
    }

    /// How this finding is told to the participant.
    pub fn tell(self) -> Tell {
        use FindingCode::{
            AskZip, CloudLink, Damaged, Empty, Encrypted, FileElsewhere, Forwarded, InBody,
            LegacyEncoding, MailDamaged, MailTooComplex, NoAddress, NoAttachment, NoBirthDate,
            NoDiacritics, NoName, NoPhone, NoUnit, NotA4, NotRead, NotSize14, NotTimesNewRoman,
            PartAside, PartialMail, Password, Resent, RollAlone, RollDiffers, SameText, Scan,
            SeveralSenders, TextAside, TooLarge, TrackedChanges, TwoUnits, UnderAge,
            UnmappedGlyphs, Unsure,
        };
        match self {
            Password | Damaged | Empty | NoName | NoBirthDate | NoUnit | NoAddress | NoPhone
            | CloudLink | NoAttachment | RollDiffers | AskZip | Encrypted | PartialMail
            | FileElsewhere => Tell::Ask,
            NotA4 | NotTimesNewRoman | NotSize14 | NoDiacritics | LegacyEncoding
            | TrackedChanges | TooLarge | UnmappedGlyphs => Tell::Advise,
            // That a text equals another's is for people to judge, and so is an age; a photo has its own line.
            NotRead | Scan | Unsure | UnderAge | InBody | Forwarded | MailDamaged
            | MailTooComplex | PartAside | TextAside | SeveralSenders | RollAlone | Resent
            | SameText | TwoUnits => Tell::Keep,
        }
    }
}
