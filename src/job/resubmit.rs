//! The same person hands in again, for the same unit, and it is not what we hold already: by the plan's rule the newer
//! version takes the place of the older one, is kept beside it, is an entry of its own, or waits for a person. Nothing is
//! replaced by somebody who may be somebody else, and no version is ever lost.

use super::Contest;
use super::Failure;
use super::before::Again;
use super::event;
use super::mail::Mail;
use super::place;
use super::queued;
use super::roster;
use crate::contest::resubmission::Rule;
use crate::db;
use crate::db::Tx;
use crate::db::entry::Entry;
use crate::db::entry::Version;
use crate::db::job::JobKind;
use crate::db::matter::Subject;
use crate::entry::Doubt;
use crate::entry::EntryState;
use crate::entry::Finding;
use crate::entry::MatterKind;
use crate::entry::Proof;
use crate::entry::Timeliness;
use crate::message::Essay;
use crate::slip::Place;

/// What becomes of a newer version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It counts from now on.
    Replace,
    /// It is kept as a version that does not count.
    Aside,
    /// It is an entry of its own.
    Beside,
    /// It is an entry of its own that waits until a person has decided.
    Ask(Doubt),
}

/// Decides by the plan's rule, by who sent it, when it came and whether others work with the older version already.
pub async fn decide(
    tx: &mut Tx,
    contest: &Contest,
    mail: &Mail<'_>,
    essay: &Essay,
    again: &Again,
    submission: i64,
    timeliness: Timeliness,
) -> Result<Decision, Failure> {
    let policy = &contest.standing.plan.resubmission;
    let older = db::entry::version_in(tx, again.entry.id).await?;
    // Two essays of one person in one mail replace nothing by themselves, nor do pages and annexes.
    if !is_whole(essay) || older.submission_id == submission {
        return Ok(Decision::Ask(Doubt::Parts));
    }
    match policy.rule {
        Rule::All => return Ok(Decision::Beside),
        Rule::Ask => return Ok(Decision::Ask(Doubt::Rule)),
        Rule::Latest | Rule::First => {}
    }
    if !is_proven(mail, again) {
        return Ok(Decision::Ask(Doubt::Sender));
    }
    // Mails are sorted side by side: what comes later here may have been handed in earlier.
    let received_at = mail.message.received_at;
    let before = received_at < db::version::received_at(tx, older.id).await?;
    let late = timeliness != Timeliness::OnTime;
    let older_is_late = matches!(
        again.entry.timeliness,
        Timeliness::Late | Timeliness::Review
    );
    let replaces = match policy.rule {
        Rule::Latest => !before || (older_is_late && !late),
        Rule::First | Rule::All | Rule::Ask => before,
    };
    if !replaces {
        return Ok(Decision::Aside);
    }
    if late || !policy.is_open(received_at) {
        return Ok(Decision::Ask(Doubt::Late));
    }
    if db::version::is_in_use(tx, again.entry.id).await? {
        return Ok(Decision::Ask(Doubt::InUse));
    }
    Ok(Decision::Replace)
}

/// Whether it can be an essay from head to foot: a text that names its author itself, and nothing that nobody could read.
/// Forgotten pages and a better photograph do not.
fn is_whole(essay: &Essay) -> bool {
    let names_its_author = essay.slip.name.as_ref().is_some_and(|name| {
        matches!(name.place, Place::EssayHead | Place::PageMargin)
            || (essay.in_body && name.place == Place::Mail)
    });
    let is_text = essay.main.is_some() || essay.in_body;
    is_text && names_its_author && essay.pages.is_empty() && essay.unread.is_empty()
}

/// Whether the sender may replace the entry: the mailbox's server vouches for the same address, or the mail brings back
/// the receipt's Message-ID, which nobody else was sent.
fn is_proven(mail: &Mail<'_>, again: &Again) -> bool {
    again.by_receipt || (again.same_sender && mail.proof == Proof::Proven)
}

/// A newer version in hand.
pub struct Newer<'a> {
    pub contest: &'a Contest,
    pub mail: &'a Mail<'a>,
    pub essay: &'a Essay,
    /// The entry it is a version of.
    pub entry: &'a Entry,
    pub submission: i64,
    /// Code of the unit.
    pub unit: &'a str,
    pub findings: &'a [Finding],
}

/// Writes a newer version of an entry down: one that counts from now on, or one that does not.
pub async fn keep(tx: &mut Tx, newer: &Newer<'_>, counts: bool) -> Result<(), Failure> {
    let Newer {
        mail, essay, entry, ..
    } = newer;
    let older = db::entry::version_in(tx, entry.id).await?;
    let version = Version {
        id: db::new_id(),
        entry_id: entry.id,
        n: db::version::next(tx, entry.id).await?,
        submission_id: newer.submission,
        text_hash: essay.text_hash.clone(),
        in_body: essay.in_body,
        answers: serde_json::to_string(&essay.answers).map_err(db::Error::from)?,
    };
    db::entry::put_version(tx, &version, mail.now).await?;
    let contest = entry.contest_id;
    place::contents(tx, mail, essay, contest, version.id, newer.findings).await?;
    let word = if counts {
        replace(tx, newer, &version).await?;
        "entry.replaced"
    } else {
        db::version::let_stand(tx, entry.id, older.id).await?;
        "entry.kept_beside"
    };
    event(tx, contest, word, entry.id, "", mail.now).await?;
    if mail.message.received_at < entry.received_at {
        let entry = db::entry::get_in(tx, entry.id).await?;
        place::came_first(tx, newer.contest, mail, &entry, newer.unit).await?;
    }
    Ok(())
}

/// The newer version counts: queues, comparison and copy follow it, and what was asked about the older one's files is
/// asked no more.
async fn replace(tx: &mut Tx, newer: &Newer<'_>, version: &Version) -> Result<(), Failure> {
    let (entry, mail) = (newer.entry, newer.mail);
    for open in db::matter::open_about(tx, Subject::Entry, entry.id).await? {
        if matches!(open.kind, MatterKind::Unreadable | MatterKind::Copy) {
            db::matter::close(tx, open.id, "replaced", mail.now).await?;
        }
    }
    db::version::show(tx, entry.id, version.id).await?;
    db::comparison::forget(tx, entry.id).await?;
    let standing = &newer.contest.standing;
    match entry.state {
        EntryState::Queued => {
            let priority = JobKind::COPY_PRIORITY;
            db::job::put(tx, JobKind::Copy, version.id, priority, mail.now).await?;
        }
        EntryState::Held => queued::release(tx, standing, entry.id, mail.now).await?,
        EntryState::SetAside | EntryState::Joined => {}
    }
    let entry = db::entry::get_in(tx, entry.id).await?;
    let email = mail.parsed.from.as_ref().map(|from| from.email.as_str());
    let people = &standing.plan.excluded;
    if let Some(hit) = roster::hit(standing, people, &entry, &newer.essay.slip, email) {
        roster::open(tx, &entry, &hit, mail.now).await?;
    }
    Ok(())
}
