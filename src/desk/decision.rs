//! What a person may decide at the desk, and the words of it in the journal.

use super::mailing::Step;
use crate::db::page::Cover;
use crate::desk::erase::Erase;
use crate::entry::Codes;
use crate::entry::LetterForm;
use crate::entry::Ruling;
use crate::letter::wording::Wording;
use crate::slip::Slip;

/// What a person decides.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// The entry belongs to the unit with this code (or to the unit that takes entries in for it).
    AssignUnit { entry: i64, unit: String },
    /// "Không phải bài dự thi": set aside, kept in full.
    NotAnEntry { entry: i64 },
    /// A mail that brings no entry: nothing more to do about it.
    NotAnEntryMail { message: i64 },
    /// "Là bài dự thi": a mail taken for a question, or not understood, is sorted again as an entry.
    MakeEntry { message: i64 },
    /// The time is accepted although it was late or unsure.
    AcceptTime { entry: i64 },
    /// The files of `entry` are part of `into`.
    Join { entry: i64, into: i64 },
    /// What the entry holds takes the place of what `into` holds; its receipt code points there.
    Replace { entry: i64, into: i64 },
    /// This version of an entry counts.
    Stand { entry: i64, version: i64 },
    /// Each of these files of the entry is an entry of its own, under a code that `by` makes.
    Split {
        entry: i64,
        files: Vec<i64>,
        by: Codes,
    },
    /// What the slip says, corrected by a clerk.
    Correct { entry: i64, slip: Box<Slip> },
    /// Words that the judge's copy is to cover, one text a line.
    Cover { entry: i64, words: Vec<String> },
    /// "Đã đọc, không có thông tin về người dự thi."
    Vouch { entry: i64 },
    /// "Đã che xong, giao giám khảo": judges see the pages of the entry with these parts covered. `seen`: the pages that
    /// were looked at (`db::page::name_of`).
    Pages {
        entry: i64,
        seen: String,
        covers: Vec<Cover>,
    },
    /// A clerk's answer to a mail.
    Reply {
        message: i64,
        subject: String,
        text: String,
    },
    /// Another try at something that failed.
    Retry(Again),
    /// "Bàn giao": what the unit has to hand over goes out by mail; with `early`, although the intake goes on.
    HandOver { unit: String, early: bool },
    /// The parts of a package that the receiver has not acknowledged are sent again.
    Resend { handover: i64 },
    /// A package that waits is taken in: its key is the unit's, or what was in the way is put right.
    TakeIn { message: i64 },
    /// What a cluster of equal essays is, for all of it; `entries` are those that leave the contest by it.
    Settle {
        ruling: Ruling,
        entries: Vec<i64>,
        reason: String,
    },
    /// "Xóa dữ liệu cá nhân": of the contest of the matter in hand, whose short name the person has typed.
    Remove { typed: String },
    /// Letters of this form read so from now on; `None`: as the program ships them. `seen`: the version that stood on the
    /// page, 0 for none.
    Word {
        form: LetterForm,
        seen: i64,
        wording: Option<Wording>,
    },
    /// A letter to many people: written, released, stopped, gone on with, dropped.
    Mailing(Box<Step>),
    /// "Xóa dữ liệu của người này": what there is of one person, by that person's wish.
    Erase(Box<Erase>),
    /// "Đã xem, không cần xử lý."
    Close,
}

/// What may be tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    Job(i64),
    Message(i64),
    Letter(i64),
    /// The mailbox is read again at the next poll anyway; this closes its matter.
    Mailbox(i64),
}

impl Act {
    /// The word of the act in the journal.
    pub fn kind(&self) -> &'static str {
        match self {
            Act::AssignUnit { .. } => "assign_unit",
            Act::NotAnEntry { .. } | Act::NotAnEntryMail { .. } => "not_an_entry",
            Act::MakeEntry { .. } => "make_entry",
            Act::AcceptTime { .. } => "accept_time",
            Act::Join { .. } => "join",
            Act::Replace { .. } => "replace",
            Act::Stand { .. } => "stand",
            Act::Split { .. } => "split",
            Act::Correct { .. } => "correct",
            Act::Cover { .. } => "cover",
            Act::Vouch { .. } => "vouch",
            Act::Pages { .. } => "pages",
            Act::Reply { .. } => "reply",
            Act::Retry(_) => "retry",
            Act::HandOver { .. } => "hand_over",
            Act::Resend { .. } => "resend",
            Act::TakeIn { .. } => "take_in",
            Act::Settle { .. } => "settle",
            Act::Remove { .. } => "remove",
            Act::Word { .. } => "word",
            Act::Mailing(step) => step.kind(),
            Act::Erase(_) => "erase",
            Act::Close => "close",
        }
    }
}

/// Whether an act of this kind can be taken back at all.
pub fn undoable(kind: &str) -> bool {
    !matches!(
        kind,
        "retry"
            | "resend"
            | "take_in"
            | "mailing_write"
            | "mailing_stop"
            | "mailing_resume"
            | "mailing_drop"
    )
}
