//! What a secretariat does about a matter: each act is one transaction that changes rows, closes the matters it
//! settles, writes itself down with what it changed, and can be taken back while nothing later stands on it.
//!
//! No page is known here: the web calls `perform` and `undo`, and so may a command.

mod aside;
mod assign;
mod closing;
mod correct;
mod cover;
mod decision;
mod erase;
mod handover;
mod join;
mod mailing;
mod make;
mod remove;
mod reply;
mod retry;
mod settle;
mod snapshot;
mod split;
#[cfg(test)]
pub(crate) mod tests;
mod version;
mod word;

use serde_json::json;

use crate::blind;
use crate::db;
use crate::db::Db;
use crate::db::Tx;
use crate::db::act;
use crate::db::contest::Standing;
use crate::db::event;
use crate::db::event::Event;
use crate::db::job::JobKind;
use crate::db::matter;
use crate::db::matter::Subject;
use crate::db::queue;
use crate::db::view::Scope;
use crate::desk::snapshot::Snapshot;
use crate::desk::snapshot::Watch;
use crate::entry::EntryState;

pub use crate::words::refusal::Refusal;
pub use decision::Act;
pub use decision::Again;
pub use decision::undoable;
pub use erase::Erase;
pub use erase::Kin;
pub use erase::Own;
pub use erase::OwnLetter;
pub use erase::OwnMail;
pub use erase::Reach;
pub use erase::reach;
pub use handover::Offer;
pub use handover::offer;
pub use handover::sort_again;
pub use mailing::Step;
pub use mailing::people;
pub use remove::CALL_OFF_MS;
pub use reply::UNDO_MS;

/// Who acts, and for which units.
#[derive(Clone, Copy, Debug)]
pub struct Who<'a> {
    pub account: i64,
    pub units: &'a Scope,
}

/// Why an act was not done. The sentences are in `words::refusal`.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such row within the person's units.
    #[error("no such row in scope")]
    Missing,
    /// Somebody was faster, or a later act stands on this one.
    #[error("the matter has changed meanwhile")]
    Stale,
    #[error("refused: {0:?}")]
    Refused(Refusal),
    #[error(transparent)]
    Db(db::Error),
    /// Refused by a rule, with a sentence made for the case.
    #[error("refused by a rule")]
    Rule(String),
    #[error("letter: {0}")]
    Letter(#[from] crate::letter::mime::BadLetter),
}

impl From<db::Error> for Error {
    fn from(error: db::Error) -> Error {
        match error {
            db::Error::Missing => Error::Missing,
            db::Error::Stale => Error::Stale,
            // The matter was opened anew meanwhile.
            db::Error::Sqlx(error) if db::is_unique_violation(&error) => Error::Stale,
            error @ (db::Error::Sqlx(_) | db::Error::Migrate(_) | db::Error::Json(_)) => {
                Error::Db(error)
            }
        }
    }
}

pub type Result<T> = std::result::Result<T, Error>;

/// The act in hand: who, where, when.
struct Desk<'a> {
    standing: &'a Standing,
    who: Who<'a>,
    act: i64,
    now: i64,
}

/// What an act did, for its row.
struct Done {
    subject: Subject,
    subject_id: i64,
    /// The unit in whose journal it stands: the one that decided.
    unit: i64,
    /// The rows as they were.
    before: Snapshot,
    /// The same rows, to be read again after the change.
    watch: Watch,
    /// What the journal says besides, JSON: codes and states only.
    note: serde_json::Value,
}

impl Done {
    /// Of an act about one entry, which stood as `from`.
    fn to_entry(
        from: &db::entry::Entry,
        before: Snapshot,
        watch: Watch,
        note: serde_json::Value,
    ) -> Done {
        Done {
            subject: Subject::Entry,
            subject_id: from.id,
            unit: from.unit_id,
            before,
            watch,
            note,
        }
    }
}

/// Does an act. Returns its id, which `undo` takes. With `matter`, that matter is closed; matters that the act
/// settles as well are closed with it.
pub async fn perform(
    db: &Db,
    standing: &Standing,
    who: Who<'_>,
    matter: Option<i64>,
    act: Act,
    now: i64,
) -> Result<i64> {
    let mut tx = db.begin().await?;
    // One act at a time in a contest: of two clerks who close the last two matters of an entry, the second sees
    // what the first did; and mails are not sorted meanwhile.
    db::contest::lock(&mut tx, who.units.contest).await?;
    let desk = Desk {
        standing,
        who,
        act: act::id(),
        now,
    };
    let matter = match matter {
        Some(id) => {
            let row = db::desk::matter(&mut tx, id).await?;
            if !who.units.holds(row.unit_id) || row.contest_id != who.units.contest {
                return Err(Error::Missing);
            }
            if row.closed_at.is_some() {
                return Err(Error::Stale);
            }
            Some(row)
        }
        None => None,
    };
    let kind = act.kind();
    let mut closed: Vec<i64> = matter
        .iter()
        .filter(|matter| closing::closes(&act, matter))
        .map(|matter| matter.id)
        .collect();
    closed.extend(closing::settled(&mut tx, &act, matter.as_ref(), who.units).await?);
    closed.sort_unstable();
    closed.dedup();
    for id in &closed {
        matter::close(&mut tx, *id, kind, now).await?;
    }
    let done = match act {
        Act::AssignUnit { entry, unit } => assign::unit(&mut tx, &desk, entry, &unit).await?,
        Act::AcceptTime { entry } => assign::accept_time(&mut tx, &desk, entry).await?,
        Act::NotAnEntry { entry } => aside::entry(&mut tx, &desk, entry).await?,
        Act::NotAnEntryMail { message } => {
            aside::mail(&mut tx, &desk, message, matter.as_ref()).await?
        }
        Act::MakeEntry { message } => make::entry(&mut tx, &desk, message, matter.as_ref()).await?,
        Act::Close => aside::close(&mut tx, &desk, matter.as_ref()).await?,
        Act::Join { entry, into } => join::join(&mut tx, &desk, entry, into).await?,
        Act::Replace { entry, into } => version::replace(&mut tx, &desk, entry, into).await?,
        Act::Stand { entry, version } => version::stand(&mut tx, &desk, entry, version).await?,
        Act::Split { entry, files, by } => split::split(&mut tx, &desk, &by, entry, &files).await?,
        Act::Correct { entry, slip } => correct::correct(&mut tx, &desk, entry, *slip).await?,
        Act::Cover { entry, words } => cover::cover(&mut tx, &desk, entry, &words).await?,
        Act::Vouch { entry } => cover::vouch(&mut tx, &desk, entry).await?,
        Act::Pages {
            entry,
            seen,
            covers,
        } => cover::pages(&mut tx, &desk, entry, seen, &covers).await?,
        Act::Reply {
            message,
            subject,
            text,
        } => reply::reply(&mut tx, &desk, matter.as_ref(), message, &subject, &text).await?,
        Act::Retry(again) => retry::again(&mut tx, &desk, matter.as_ref(), again).await?,
        Act::HandOver { unit, early } => handover::release(&mut tx, &desk, &unit, early).await?,
        Act::Resend { handover } => handover::resend(&mut tx, &desk, handover).await?,
        Act::Settle {
            ruling,
            entries,
            reason,
        } => settle::settle(&mut tx, &desk, matter.as_ref(), ruling, &entries, &reason).await?,
        Act::Remove { typed } => remove::confirm(&mut tx, &desk, matter.as_ref(), &typed).await?,
        Act::Word {
            form,
            seen,
            wording,
        } => word::word(&mut tx, &desk, form, seen, wording.as_ref()).await?,
        Act::Mailing(step) => mailing::take(&mut tx, &desk, *step).await?,
        Act::Erase(word) => erase::confirm(&mut tx, &desk, &word).await?,
        Act::TakeIn { message } => {
            handover::take_in(&mut tx, &desk, message, matter.as_ref()).await?
        }
    };
    let before = done.before.with_matters(&closed);
    let after = Snapshot::take(&mut tx, &done.watch)
        .await?
        .with_note(done.note);
    copy_anew(&mut tx, &done.watch, now).await?;
    compare_anew(&mut tx, who.units.contest, &before, &after, now).await?;
    act::record(
        &mut tx,
        &act::Act {
            id: desk.act,
            contest_id: who.units.contest,
            unit_id: done.unit,
            matter_id: matter.as_ref().map(|matter| matter.id),
            subject: done.subject,
            subject_id: done.subject_id,
            account_id: who.account,
            kind: kind.to_owned(),
            before: serde_json::to_string(&before).map_err(db::Error::from)?,
            after: serde_json::to_string(&after).map_err(db::Error::from)?,
            at: now,
            undone_at: None,
        },
    )
    .await?;
    trace(
        &mut tx,
        &desk,
        &format!("act.{kind}"),
        done.subject,
        done.subject_id,
    )
    .await?;
    tx.commit().await?;
    Ok(desk.act)
}

/// Takes an act back: rows as they were, matters open again. `Stale` when something later stands on it.
pub async fn undo(db: &Db, standing: &Standing, who: Who<'_>, act: i64, now: i64) -> Result<()> {
    let row = act::get(db, act).await?;
    if !who.units.holds(row.unit_id) || row.contest_id != who.units.contest {
        return Err(Error::Missing);
    }
    if !undoable(&row.kind) {
        return Err(Error::Refused(Refusal::NotUndoable));
    }
    if row.was_emptied() {
        return Err(Error::Refused(Refusal::Removed));
    }
    let before: Snapshot = serde_json::from_str(&row.before).map_err(db::Error::from)?;
    let after: Snapshot = serde_json::from_str(&row.after).map_err(db::Error::from)?;
    let mut tx = db.begin().await?;
    db::contest::lock(&mut tx, who.units.contest).await?;
    act::undone(&mut tx, &row, who.account, now).await?;
    let current = Snapshot::take(&mut tx, &after.watch()).await?;
    if after.was_sent(&current) {
        return Err(Error::Refused(Refusal::AlreadySent));
    }
    if after.has_begun(&current) {
        return Err(Error::Refused(Refusal::RemovalBegun));
    }
    if after.was_sorted(&current) {
        return Err(Error::Refused(Refusal::AlreadySorted));
    }
    if !current.same_rows(&after) {
        return Err(Error::Stale);
    }
    for entry in &after.watch().entries {
        if db::queue::on_locked_list(&mut tx, *entry).await? {
            return Err(Error::Refused(Refusal::OnLockedList));
        }
    }
    if before.waits_for_locked_list(&mut tx, &current).await? {
        return Err(Error::Refused(Refusal::ListLocked));
    }
    for entry in before.with_other_versions(&current) {
        version::not_in_use(&mut tx, entry).await?;
    }
    before.restore(&mut tx, &current, who.account, now).await?;
    copy_anew(&mut tx, &after.watch(), now).await?;
    compare_anew(&mut tx, who.units.contest, &before, &after, now).await?;
    let desk = Desk {
        standing,
        who,
        act,
        now,
    };
    trace(
        &mut tx,
        &desk,
        &format!("undo.{}", row.kind),
        row.subject,
        row.subject_id,
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Has the judge's copies of what an act touched made anew, so that they and the queues fit what stands now.
async fn copy_anew(tx: &mut Tx, watch: &Watch, now: i64) -> Result<()> {
    for id in &watch.entries {
        let entry = db::entry::get_in(tx, *id).await?;
        if entry.state == EntryState::Queued {
            let version = db::entry::version_in(tx, *id).await?;
            db::job::put(tx, JobKind::Copy, version.id, JobKind::COPY_PRIORITY, now).await?;
        }
    }
    Ok(())
}

/// Has entries compared again whose files an act gave or took.
async fn compare_anew(
    tx: &mut Tx,
    contest: i64,
    before: &Snapshot,
    after: &Snapshot,
    now: i64,
) -> Result<()> {
    let changed: Vec<i64> = before.with_other_files(after).collect();
    for entry in &changed {
        db::comparison::forget(tx, *entry).await?;
    }
    if !changed.is_empty() {
        let priority = JobKind::COMPARE_PRIORITY;
        db::job::put(tx, JobKind::Compare, contest, priority, now).await?;
    }
    Ok(())
}

/// An entry that the person may act on.
async fn entry_in_scope(tx: &mut Tx, desk: &Desk<'_>, id: i64) -> Result<db::entry::Entry> {
    let entry = db::entry::get_in(tx, id).await?;
    if entry.contest_id != desk.who.units.contest || !desk.who.units.holds(entry.unit_id) {
        return Err(Error::Missing);
    }
    if db::removal::has_taken(tx, id).await? {
        return Err(Error::Refused(Refusal::Removed));
    }
    Ok(entry)
}

/// An entry that the person may act on and whose place may still change.
async fn movable(tx: &mut Tx, desk: &Desk<'_>, id: i64) -> Result<db::entry::Entry> {
    let entry = entry_in_scope(tx, desk, id).await?;
    if db::queue::on_locked_list(tx, id).await? {
        return Err(Error::Refused(Refusal::OnLockedList));
    }
    Ok(entry)
}

/// Lets a held entry go on to its unit's queue when no open matter about it is left.
async fn release(tx: &mut Tx, desk: &Desk<'_>, entry: i64) -> Result<()> {
    let from = db::entry::get_in(tx, entry).await?;
    let open = db::desk::open_matters(tx, Subject::Entry, entry).await?;
    if from.state != EntryState::Held || open > 0 {
        return Ok(());
    }
    let to = db::entry::Entry {
        state: EntryState::Queued,
        ..from.clone()
    };
    db::entry::change(tx, &from, &to).await?;
    enqueue(tx, desk, &to).await
}

/// Puts an entry into its unit's first round, if the unit judges at all.
async fn enqueue(tx: &mut Tx, desk: &Desk<'_>, entry: &db::entry::Entry) -> Result<()> {
    let plan = &desk.standing.plan;
    let round = desk
        .standing
        .code(entry.unit_id)
        .and_then(|code| plan.unit(code))
        .and_then(|unit| plan.first_round(unit));
    if let Some(round) = round {
        let version = db::entry::version_in(tx, entry.id).await?;
        let code = blind::code();
        let put = queue::put(
            tx,
            entry.unit_id,
            &round.code,
            entry.id,
            version.id,
            &code,
            desk.now,
        )
        .await?;
        if !put {
            return Err(Error::Refused(Refusal::ListLocked));
        }
    }
    Ok(())
}

async fn trace(
    tx: &mut Tx,
    desk: &Desk<'_>,
    kind: &str,
    subject: Subject,
    subject_id: i64,
) -> Result<()> {
    let detail = json!({ "act": desk.act.to_string() }).to_string();
    event::record(
        tx,
        Event {
            contest: Some(desk.who.units.contest),
            at: desk.now,
            kind,
            subject: subject_word(subject),
            subject_id,
            detail: &detail,
        },
    )
    .await?;
    Ok(())
}

/// The word of a subject in events and addresses.
pub fn subject_word(subject: Subject) -> &'static str {
    match subject {
        Subject::Entry => "entry",
        Subject::Message => "message",
        Subject::Mailbox => "mailbox",
        Subject::Delivery => "delivery",
        Subject::Job => "job",
        Subject::Letter => "letter",
        Subject::Handover => "handover",
        Subject::Removal => "removal",
        Subject::Wording => "wording",
        Subject::Mailing => "mailing",
    }
}
