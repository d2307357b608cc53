//! Which acts a page offers for a matter.

use crate::db::matter::Matter;
use crate::db::matter::Subject;
use crate::entry::LetterState;
use crate::entry::MatterKind;
use crate::web::pages::entry::Sheet;
use crate::web::pages::known::detail;
use crate::web::pages::mail::Mail;
use crate::words;

/// Which acts fit the matter.
#[derive(Default)]
pub struct Acts {
    pub assign: bool,
    pub not_an_entry: bool,
    /// What that button says.
    pub aside: &'static str,
    /// For a mail without an entry.
    pub not_an_entry_mail: bool,
    /// The mail is an entry after all.
    pub make_entry: bool,
    pub accept_time: bool,
    pub join: bool,
    /// The entry takes the place of the earlier one.
    pub replace: bool,
    pub split: bool,
    pub reply: bool,
    /// Name words that the judge's copy is to cover.
    pub cover: bool,
    /// Vouch that the text names nobody.
    pub vouch: bool,
    /// Look at the pages, cover what names somebody, and let judges read them.
    pub pages: bool,
    /// Which row is tried again: "job", "message", "letter", "mailbox".
    pub retry: Option<(&'static str, i64)>,
    pub close: &'static str,
    /// The personal data of the contest may go.
    pub remove: bool,
    /// The button that takes a package in.
    pub take_in: Option<&'static str>,
}

/// `other`: the earlier entry stands and is in scope.
pub fn acts(matter: &Matter, sheet: Option<&Sheet>, other: bool, mail: Option<&Mail>) -> Acts {
    let stands = sheet.is_some_and(|sheet| sheet.stands);
    let reply = mail.is_some_and(|mail| mail.answerable);
    let id = matter.subject_id;
    // Letters that wait are tried again without anybody's asking.
    let waiting = detail(matter).state == Some(LetterState::Queued);
    let entry = Acts {
        not_an_entry: stands,
        aside: words::matter::ASIDE,
        reply,
        close: words::matter::CLOSE,
        ..Acts::default()
    };
    match matter.kind {
        MatterKind::Route => Acts {
            assign: stands,
            ..entry
        },
        MatterKind::TwoUnits => Acts {
            assign: stands,
            join: stands,
            replace: stands && other,
            aside: if detail(matter).one_mail {
                words::matter::ASIDE
            } else {
                words::matter::ASIDE_ELSEWHERE
            },
            ..entry
        },
        MatterKind::Version => Acts {
            replace: stands && other,
            join: stands,
            aside: words::matter::ASIDE_VERSION,
            close: words::matter::CLOSE_KEEP_BOTH,
            ..entry
        },
        MatterKind::Excluded => Acts {
            aside: words::matter::ASIDE_EXCLUDED,
            close: words::matter::CLOSE_ALLOWED,
            ..entry
        },
        MatterKind::SameText => Acts {
            join: stands,
            close: words::matter::CLOSE_KEEP_BOTH,
            ..entry
        },
        MatterKind::Late | MatterKind::Clock => Acts {
            accept_time: stands && sheet.is_some_and(|sheet| sheet.time_unsure),
            close: words::matter::CLOSE_LATE,
            ..entry
        },
        MatterKind::Split => Acts {
            split: sheet.is_some_and(|sheet| sheet.may_split),
            join: stands,
            close: words::matter::CLOSE_ONE,
            ..entry
        },
        MatterKind::Unreadable => Acts {
            pages: stands && sheet.is_some_and(|sheet| sheet.pages > 0),
            split: sheet.is_some_and(|sheet| sheet.may_split),
            close: words::matter::CLOSE_READ,
            ..entry
        },
        MatterKind::Question | MatterKind::Unclear => Acts {
            not_an_entry: stands,
            aside: words::matter::ASIDE,
            make_entry: matter.subject == Subject::Message,
            not_an_entry_mail: matter.subject == Subject::Message
                && matter.kind == MatterKind::Unclear,
            reply,
            close: words::matter::CLOSE,
            ..Acts::default()
        },
        MatterKind::Quarantine => Acts {
            retry: (matter.subject == Subject::Message).then_some(("message", id)),
            close: words::matter::CLOSE,
            ..Acts::default()
        },
        MatterKind::Bounce | MatterKind::Roll => Acts {
            reply,
            close: words::matter::CLOSE,
            ..Acts::default()
        },
        MatterKind::Mailbox => Acts {
            retry: (matter.subject == Subject::Mailbox).then_some(("mailbox", id)),
            close: words::matter::CLOSE,
            ..Acts::default()
        },
        MatterKind::Job => Acts {
            retry: (matter.subject == Subject::Job).then_some(("job", id)),
            close: words::matter::CLOSE,
            ..Acts::default()
        },
        MatterKind::Letter => Acts {
            retry: (matter.subject == Subject::Letter && !waiting).then_some(("letter", id)),
            reply: reply && matter.subject == Subject::Message,
            close: words::matter::CLOSE,
            ..Acts::default()
        },
        MatterKind::Copy => Acts {
            cover: stands,
            vouch: stands && detail(matter).may_vouch(),
            pages: stands && sheet.is_some_and(|sheet| sheet.pages > 0),
            close: "",
            ..entry
        },
        MatterKind::Pictures => Acts {
            pages: stands && sheet.is_some_and(|sheet| sheet.pages > 0),
            close: words::matter::CLOSE_PICTURES,
            ..entry
        },
        MatterKind::ListLocked => Acts {
            close: words::matter::CLOSE_LOCKED,
            ..entry
        },
        MatterKind::Judge => Acts {
            cover: stands,
            join: stands,
            ..entry
        },
        MatterKind::Handover => Acts {
            take_in: match matter.subject {
                Subject::Message => words::handover::take_in(detail(matter).fault),
                Subject::Entry
                | Subject::Mailbox
                | Subject::Delivery
                | Subject::Job
                | Subject::Letter
                | Subject::Handover
                | Subject::Removal
                | Subject::Wording
                | Subject::Mailing => None,
            },
            close: words::matter::CLOSE,
            ..Acts::default()
        },
        // Decided where the texts stand side by side.
        MatterKind::Copied => Acts::default(),
        MatterKind::Retention => Acts {
            remove: true,
            close: words::removal::LATER,
            ..Acts::default()
        },
    }
}
