//! Every state as one enum. Moves are asked of the enum; the database only stores its name.

use serde::Deserialize;
use serde::Serialize;

/// Declares a state that is stored as snake_case text, in the database, in JSON and in logs alike.
macro_rules! stored {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type)]
        #[serde(rename_all = "snake_case")]
        #[sqlx(type_name = "TEXT", rename_all = "snake_case")]
        pub enum $name { $($(#[$doc])* $variant),+ }

        impl $name {
            /// Every variant, in the order of declaration.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];
        }
    };
}

stored! {
    /// How far a mail has come from the server to us. The order of the variants is the order of the way.
    DeliveryState {
        /// Its UID, size and INTERNALDATE are known; the bytes are not here yet.
        Listed,
        /// Blob and rows are on disk; the server has not been told.
        Stored,
        /// The server has been told (flagged, moved, or left alone in the mode `untouched`).
        Flagged,
        /// Larger than the limit: left on the server, a person was told.
        Oversize,
        /// Gone from the server before we could fetch it; listed anew if the server shows it again.
        Vanished,
    }
}

impl DeliveryState {
    /// The states this one may turn into. Every move in the program asks here.
    pub fn next(self) -> &'static [DeliveryState] {
        use DeliveryState::{Flagged, Listed, Oversize, Stored, Vanished};
        match self {
            Listed => &[Stored, Oversize, Vanished],
            Stored => &[Flagged],
            Vanished => &[Listed],
            Flagged | Oversize => &[],
        }
    }
}

stored! {
    /// What has become of a stored mail.
    MessageState {
        /// On disk, not yet understood.
        Stored,
        /// Understood: entries, a matter or nothing came of it.
        Sorted,
        /// Three attempts failed: a person must look (matter `quarantine`).
        Quarantined,
        /// Its data was removed; the row is left, by which it is known when it comes again.
        Removed,
    }
}

stored! {
    /// What a mail is, as far as a program can tell.
    MessageKind {
        /// Carries at least one entry.
        Entry,
        /// Somebody asks something (R000-30): a matter, never an entry, answered by a person.
        Question,
        /// A delivery report about a letter of ours (RFC 3464).
        Bounce,
        /// A vacation answer, a list mail, a machine's note: stored, never answered (RFC 3834).
        Automatic,
        /// Our own letter come back to us (our loop mark).
        Own,
        /// A part of a package with which a unit hands entries over (our own letter, too, but to be taken in).
        Handover,
        /// The answer to such a package.
        Acknowledge,
        /// None of these for sure: a person decides.
        Unclear,
    }
}

stored! {
    /// Whether a mail is from the address it names, by the word of the mailbox's own server (RFC 8601).
    Proof {
        /// The server looked, and DMARC passed for the domain of the sender.
        Proven,
        /// The server looked, and it did not.
        Refuted,
        /// The server says nothing of it.
        Unsaid,
        /// The settings name no server whose word counts for this mailbox.
        Unasked,
    }
}

stored! {
    /// Why a person must say whether what somebody handed in again takes the place of the earlier version.
    Doubt {
        /// It may be more of the same entry: pages, an annex, an essay without a head of its own.
        Parts,
        /// The plan leaves it to people.
        Rule,
        /// Nobody knows whether the sender is the earlier one.
        Sender,
        /// It came after the deadline, or after the plan's last day for newer versions.
        Late,
        /// A judge has begun, the list is locked, or the entry was handed over.
        InUse,
    }
}

stored! {
    /// Where an entry stands.
    EntryState {
        /// In its unit's queue.
        Queued,
        /// A matter must be decided before a judge may see it.
        Held,
        /// A person said that this is no entry.
        SetAside,
        /// Joined into another entry.
        Joined,
    }
}

stored! {
    /// Whether an entry came in time, by the plan's deadline (R001-23). Late entries are kept in full.
    Timeliness {
        OnTime,
        Late,
        /// The clocks of the mail servers disagree by more than two minutes: a person decides.
        Review,
        /// A person accepted the time.
        Accepted,
    }
}

stored! {
    /// What a file is within its entry (R001-18).
    FileRole {
        /// The essay itself.
        Main,
        /// A photo or scan of one page of the essay.
        Page,
        /// An illustration or supporting document.
        Annex,
        /// Not understood yet: stored, shown, a matter.
        Unread,
    }
}

stored! {
    /// What needs a person (việc cần xử lý).
    MatterKind {
        /// Which unit is the entry for?
        Route,
        /// One person, two units: the first stands until a person decides.
        TwoUnits,
        /// One person, one unit, handed in again: which version counts?
        Version,
        /// Its author may be on the plan's list of people who do not take part (R001-10).
        Excluded,
        /// Two senders, one and the same text or file.
        SameText,
        /// After the deadline.
        Late,
        /// The servers' clocks disagree about when it came.
        Clock,
        /// One mail may hold several entries, or several files one.
        Split,
        /// A file that nobody can read by program (yet).
        Unreadable,
        /// A mail that could not be parsed in three attempts, or that is too large.
        Quarantine,
        /// A letter of ours came back.
        Bounce,
        /// A question by mail.
        Question,
        /// A mail that is neither entry nor question for sure.
        Unclear,
        /// A mailbox cannot be read.
        Mailbox,
        /// A job failed for good.
        Job,
        /// A letter could not be sent, or nobody knows whether it was.
        Letter,
        /// Its author could not be masked for certain, so no judge gets it yet.
        Copy,
        /// Pictures stand beside its text; judges see them when a person has looked (R001-18).
        Pictures,
        /// Its unit's list was locked before it came.
        ListLocked,
        /// A judge raised a hand: the copy tells who wrote it, cannot be read, looks copied.
        Judge,
        /// A package of another unit that cannot be taken in before a person has looked.
        Handover,
        /// Essays that have much of their text from one another: the subject is the earliest of them.
        Copied,
        /// A list of those who take part and the essays that came with it do not agree.
        Roll,
        /// Personal data of a contest that is over is due to be removed.
        Retention,
    }
}

stored! {
    /// How far the removal of personal data is, of a contest or of one person.
    RemovalState {
        /// A person is asked.
        Proposed,
        /// A person has confirmed it, and can call it off until it begins.
        Confirmed,
        Running,
        Done,
    }
}

/// Why an entry cannot be removed alone, before the whole contest's data is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bond {
    /// A locked list lets it go on, or gives it a prize: the next round or the papers need its author.
    Listed,
    /// It was released in a package: the mails of it are signed as they are, and hold others too.
    HandedOver,
}

stored! {
    /// Why a mailbox cannot be read; the Vietnamese sentences are in `words::mailbox`.
    Trouble {
        /// The installation's settings say nothing of this mailbox.
        Unset,
        /// The server refuses the password.
        Auth,
        /// A login by token is over: a person must log in again.
        Login,
        /// The provider of tokens does not take this installation's registration.
        Client,
        /// The server cannot be reached, or breaks off.
        Unreachable,
        /// The server answers nonsense, or the folder is missing.
        Nonsense,
        /// Our own disk or database does not take what comes.
        Storage,
    }
}

stored! {
    /// Which way a package goes.
    Direction {
        Out,
        In,
    }
}

stored! {
    /// How far a package is: first on the sender's side, then on the receiver's.
    HandoverState {
        /// A person has released it; its mails are not written yet.
        Released,
        /// Its mails are in the outbox, or sent.
        Packed,
        /// The receiver has everything.
        Acknowledged,
        /// Taken back before the first mail left.
        TakenBack,
        /// Came, and nobody has said that its key is the unit's.
        Untrusted,
        /// Some of its parts were taken in.
        Arriving,
        /// All of its parts were.
        TakenIn,
    }
}

stored! {
    /// How far a letter is. `Unknown`: the final dot was sent and no answer came.
    LetterState {
        Queued,
        Sending,
        Sent,
        Unknown,
        Failed,
        /// Not sent on purpose, with the reason in the row.
        Suppressed,
    }
}

stored! {
    /// The letters to participants whose wording a clerk may change.
    LetterForm {
        /// What came, under which code (xác nhận).
        Receipt,
        /// A mail that holds no essay: what is asked for.
        Ask,
        /// A deadline was moved, and with it what a receipt had said.
        Deadline,
    }
}

stored! {
    /// How far a letter to many people is.
    MailingState {
        Draft,
        /// By a second person: its letters are being written.
        Released,
        /// By a person, in the middle.
        Stopped,
        /// Every letter is written.
        Done,
        /// A draft that was not wanted any more.
        Dropped,
    }
}

stored! {
    /// Whom a letter to many people is for.
    Audience {
        /// Everybody with an entry that stands.
        All,
        /// Those whose entry is in its queue.
        Accepted,
        /// Those whose entry waits for a person.
        Held,
        Late,
        /// Those who were asked for something that is missing.
        Asked,
        /// Those who were asked for an essay and have sent none since.
        Silent,
    }
}

stored! {
    /// How far a mark sheet is.
    SheetState {
        /// To be marked; what is saved is a draft that nobody else sees.
        Open,
        /// "Chấm xong".
        Given,
        /// The judge asked not to mark it, or a new lot dealt it to somebody else.
        Excused,
    }
}

stored! {
    /// Why a judge raises a hand.
    FlagKind {
        /// Nghi sao chép
        Copied,
        /// Lộ phách: the copy tells who wrote it.
        Exposed,
        /// Không đọc được
        Unreadable,
        /// Lạc đề
        OffTopic,
        /// Có giải pháp, sáng kiến áp dụng được (R001-04)
        Proposal,
        /// Xin không chấm: the judge knows the author.
        Recuse,
    }
}

impl FlagKind {
    /// The stored name: "off_topic".
    pub fn as_str(self) -> &'static str {
        match self {
            FlagKind::Copied => "copied",
            FlagKind::Exposed => "exposed",
            FlagKind::Unreadable => "unreadable",
            FlagKind::OffTopic => "off_topic",
            FlagKind::Proposal => "proposal",
            FlagKind::Recuse => "recuse",
        }
    }

    /// Reads a stored name.
    pub fn read(name: &str) -> Option<FlagKind> {
        FlagKind::ALL
            .iter()
            .copied()
            .find(|kind| kind.as_str() == name)
    }
}

stored! {
    /// What essays that have their text from one another are. The order is that of the keys 1 to 4.
    Ruling {
        /// Bản nộp lại: one essay, handed in more than once.
        Resent,
        /// Sao chép.
        Copied,
        /// Trích dẫn chung: all took it from a page that none of them wrote.
        Quoted,
        /// Không trùng.
        Different,
    }
}

impl Ruling {
    /// The stored name: "copied".
    pub fn as_str(self) -> &'static str {
        match self {
            Ruling::Resent => "resent",
            Ruling::Copied => "copied",
            Ruling::Quoted => "quoted",
            Ruling::Different => "different",
        }
    }

    /// Reads a stored name.
    pub fn read(name: &str) -> Option<Ruling> {
        let mut all = Ruling::ALL.iter().copied();
        all.find(|ruling| ruling.as_str() == name)
    }

    /// Whether essays leave the contest by it.
    pub fn takes_out(self) -> bool {
        matches!(self, Ruling::Resent | Ruling::Copied)
    }
}

#[cfg(test)]
mod tests {
    use super::DeliveryState;
    use super::FlagKind;
    use super::Ruling;

    #[test]
    fn a_mail_never_goes_back_on_its_way() {
        for from in DeliveryState::ALL {
            for to in from.next() {
                // But for one that a server hid and shows again: it was nowhere.
                let came_back = (*from, *to) == (DeliveryState::Vanished, DeliveryState::Listed);
                assert!(to > from || came_back, "{from:?} -> {to:?}");
            }
        }
    }

    #[test]
    fn a_flag_is_stored_under_the_name_it_is_read_by() {
        for kind in FlagKind::ALL {
            assert_eq!(FlagKind::read(kind.as_str()), Some(*kind));
            let json = serde_json::to_string(kind).unwrap();
            assert_eq!(json, format!("\"{}\"", kind.as_str()));
        }
        for ruling in Ruling::ALL {
            assert_eq!(Ruling::read(ruling.as_str()), Some(*ruling));
            let json = serde_json::to_string(ruling).unwrap();
            assert_eq!(json, format!("\"{}\"", ruling.as_str()));
        }
    }
}
