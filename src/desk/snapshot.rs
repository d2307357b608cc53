//! The rows an act touches, as they stood: what undo compares and puts back.

use serde::Deserialize;
use serde::Serialize;

use crate::db;
use crate::db::Tx;
use crate::db::entry;
use crate::db::job::JobKind;
use crate::db::page::Cover;
use crate::db::page::Release;
use crate::desk::Refusal;
use crate::desk::Result;
use crate::entry::EntryState;
use crate::entry::FileRole;
use crate::entry::LetterForm;
use crate::entry::LetterState;
use crate::entry::MailingState;
use crate::entry::MessageKind;
use crate::entry::MessageState;
use crate::entry::RemovalState;
use crate::entry::Timeliness;
use crate::slip::Slip;

/// Which rows an act touches.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    pub entries: Vec<i64>,
    pub letter: Option<i64>,
    pub message: Option<i64>,
    pub handover: Option<i64>,
    pub removal: Option<i64>,
    /// How letters of a form in a contest are worded.
    pub wording: Option<(i64, LetterForm)>,
    pub mailing: Option<i64>,
}

impl Watch {
    pub fn entries(entries: &[i64]) -> Watch {
        Watch {
            entries: entries.to_vec(),
            ..Watch::default()
        }
    }
}

/// Rows as they stood at one moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    #[serde(default)]
    pub entries: Vec<EntryRows>,
    #[serde(default)]
    pub letter: Option<(i64, LetterState)>,
    /// A mail: how far it got, and what it is.
    #[serde(default)]
    pub message: Option<(i64, MessageState, Option<MessageKind>)>,
    /// A package that the act released. How far it is does not matter as long as none of its mails has left.
    #[serde(default)]
    pub handover: Option<i64>,
    /// A removal that the act confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removal: Option<(i64, RemovalState)>,
    /// Contest, form and number of the wording in force, 0 for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wording: Option<(i64, LetterForm, i64)>,
    /// A letter to many: how far it is, and whether any of its letters is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mailing: Option<(i64, MailingState, bool)>,
    /// Matters the act closed, to be opened again.
    #[serde(default)]
    pub matters: Vec<i64>,
    /// Matters the act opened, to be closed again.
    #[serde(default)]
    pub opened: Vec<i64>,
    /// For the journal only.
    #[serde(default)]
    pub note: serde_json::Value,
}

/// An entry with the files and slip of the version that counts, and the queues it stands in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EntryRows {
    pub id: i64,
    pub unit: i64,
    pub origin: Option<i64>,
    pub state: EntryState,
    pub timeliness: Timeliness,
    pub same_as: Option<i64>,
    pub joined_to: Option<i64>,
    pub version: i64,
    pub text_hash: Option<String>,
    /// File, ordinal, role.
    pub files: Vec<(i64, i64, FileRole)>,
    /// Queue and version.
    pub queues: Vec<(i64, i64)>,
    pub slip: Option<(Slip, Option<String>)>,
    /// Words that clerks had covered in the judge's copy.
    #[serde(default)]
    pub covers: Vec<String>,
    /// Who vouches that the text names nobody.
    #[serde(default)]
    pub voucher: Option<i64>,
    /// What is covered on pages, and who released them.
    #[serde(default)]
    pub page_covers: Vec<Cover>,
    #[serde(default)]
    pub release: Option<Release>,
}

impl Snapshot {
    pub async fn take(tx: &mut Tx, watch: &Watch) -> Result<Snapshot> {
        let mut entries = Vec::with_capacity(watch.entries.len());
        for id in &watch.entries {
            entries.push(rows(tx, *id).await?);
        }
        let letter = match watch.letter {
            Some(id) => Some((id, db::desk::letter(tx, id).await?.state)),
            None => None,
        };
        let message = match watch.message {
            Some(id) => {
                let (state, kind) = db::message::standing(tx, id).await?;
                Some((id, state, kind))
            }
            None => None,
        };
        let removal = match watch.removal {
            Some(id) => Some((id, db::removal::get(tx, id).await?.state)),
            None => None,
        };
        let wording = match watch.wording {
            Some((contest, form)) => {
                let newest = db::wording::newest(tx, contest, form).await?;
                Some((contest, form, newest.map_or(0, |version| version.n)))
            }
            None => None,
        };
        let mailing = match watch.mailing {
            Some(id) => {
                let state = db::mailing::get(tx, id).await?.state;
                Some((id, state, db::mailing::has_begun(tx, id).await?))
            }
            None => None,
        };
        Ok(Snapshot {
            entries,
            letter,
            message,
            handover: watch.handover,
            removal,
            wording,
            mailing,
            ..Snapshot::default()
        })
    }

    pub fn with_matters(mut self, matters: &[i64]) -> Snapshot {
        self.matters = matters.to_vec();
        self
    }

    pub fn with_note(mut self, note: serde_json::Value) -> Snapshot {
        self.note = note;
        self
    }

    /// The rows of this snapshot, to be read again.
    pub fn watch(&self) -> Watch {
        Watch {
            entries: self.entries.iter().map(|entry| entry.id).collect(),
            letter: self.letter.map(|(id, _)| id),
            message: self.message.map(|(id, _, _)| id),
            handover: self.handover,
            removal: self.removal.map(|(id, _)| id),
            wording: self.wording.map(|(contest, form, _)| (contest, form)),
            mailing: self.mailing.map(|(id, _, _)| id),
        }
    }

    /// Whether the rows stand as they stood then.
    pub fn same_rows(&self, then: &Snapshot) -> bool {
        self.entries == then.entries
            && self.letter == then.letter
            && self.message == then.message
            && self.removal == then.removal
            && self.wording == then.wording
            && self.mailing == then.mailing
    }

    /// Entries that have other files in the other snapshot.
    pub fn with_other_files(&self, other: &Snapshot) -> impl Iterator<Item = i64> {
        let pairs = self.entries.iter().zip(&other.entries);
        pairs
            .filter(|(one, two)| one.files != two.files)
            .map(|(one, _)| one.id)
    }

    /// Entries of which another version counts in the other snapshot.
    pub fn with_other_versions(&self, other: &Snapshot) -> impl Iterator<Item = i64> {
        let pairs = self.entries.iter().zip(&other.entries);
        pairs
            .filter(|(one, two)| one.version != two.version)
            .map(|(one, _)| one.id)
    }

    /// Whether the letter of this act, or any of its letters, has left since.
    pub fn was_sent(&self, now: &Snapshot) -> bool {
        let begun = now.mailing.is_some_and(|(_, _, begun)| begun);
        if self.mailing.is_some() && begun {
            return true;
        }
        self.letter.is_some()
            && now
                .letter
                .is_some_and(|(_, state)| state != LetterState::Queued)
    }

    /// Whether the mail of this act, put back to be sorted, was sorted (or tried) since.
    pub fn was_sorted(&self, now: &Snapshot) -> bool {
        self.message.is_some() && self.message != now.message
    }

    /// Whether an entry would go back into a queue whose list was locked since.
    pub async fn waits_for_locked_list(&self, tx: &mut Tx, current: &Snapshot) -> Result<bool> {
        for (then, now) in self.entries.iter().zip(&current.entries) {
            for queue in &then.queues {
                if !now.queues.contains(queue) && db::queue::is_locked(tx, queue.0).await? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Whether the removal of this act has begun since: what is gone cannot be put back.
    pub fn has_begun(&self, now: &Snapshot) -> bool {
        self.removal.is_some()
            && now.removal.is_some_and(|(_, state)| {
                matches!(state, RemovalState::Running | RemovalState::Done)
            })
    }

    /// Puts the rows back as they stood; `current` is how they stand now.
    pub async fn restore(&self, tx: &mut Tx, current: &Snapshot, who: i64, now: i64) -> Result<()> {
        for (then, at_present) in self.entries.iter().zip(&current.entries) {
            restore_entry(tx, then, at_present, who, now).await?;
        }
        if let Some((id, state)) = current.letter {
            let reason = crate::words::letter::REPLY_TAKEN_BACK;
            db::letter::advance(tx, id, state, LetterState::Suppressed, Some(reason), now).await?;
        }
        if let (Some((id, state, Some(kind))), Some((_, at, Some(said)))) =
            (self.message, current.message)
        {
            db::message::judge(tx, id, (at, said), (state, kind)).await?;
        }
        if let Some(id) = current.handover {
            let reason = crate::words::letter::HANDOVER_TAKEN_BACK;
            if !db::handover::take_back(tx, id, reason, now).await? {
                return Err(crate::desk::Error::Refused(Refusal::AlreadySent));
            }
        }
        if let Some((id, _)) = current.removal {
            db::removal::call_off(tx, id).await?;
            db::job::call_off(tx, JobKind::Remove, id, now).await?;
        }
        if let (Some((contest, form, then)), Some((_, _, seen))) = (self.wording, current.wording) {
            super::word::back(tx, (contest, form, then), seen, who, now).await?;
        }
        if let Some((id, _, _)) = current.mailing {
            db::mailing::take_back(tx, id).await?;
            db::job::call_off(tx, JobKind::Mailing, id, now).await?;
        }
        for id in &self.opened {
            db::matter::close(tx, *id, "undone", now).await?;
        }
        for id in &self.matters {
            db::matter::reopen(tx, *id).await?;
        }
        Ok(())
    }
}

async fn rows(tx: &mut Tx, id: i64) -> Result<EntryRows> {
    let row = entry::get_in(tx, id).await?;
    let version = entry::version_in(tx, id).await?;
    let files = entry::files_in(tx, version.id).await?;
    Ok(EntryRows {
        id,
        unit: row.unit_id,
        origin: row.origin_unit_id,
        state: row.state,
        timeliness: row.timeliness,
        same_as: row.same_as,
        joined_to: row.joined_to,
        version: version.id,
        text_hash: version.text_hash,
        files: files
            .iter()
            .map(|file| (file.id, file.ordinal, file.role))
            .collect(),
        queues: db::desk::queued(tx, id).await?,
        slip: db::desk::slip(tx, version.id).await?,
        covers: db::copy::covers_in(tx, version.id).await?,
        voucher: db::copy::voucher(tx, version.id).await?,
        page_covers: db::page::covers_in(tx, version.id).await?,
        release: db::page::release_in(tx, version.id).await?,
    })
}

async fn restore_entry(
    tx: &mut Tx,
    then: &EntryRows,
    current: &EntryRows,
    who: i64,
    now: i64,
) -> Result<()> {
    let from = entry::get_in(tx, then.id).await?;
    let to = entry::Entry {
        unit_id: then.unit,
        origin_unit_id: then.origin,
        state: then.state,
        timeliness: then.timeliness,
        same_as: then.same_as,
        joined_to: then.joined_to,
        ..from.clone()
    };
    entry::change(tx, &from, &to).await?;
    db::matter::carry(tx, then.id, from.unit_id, then.unit).await?;
    if then.version != current.version {
        db::version::let_stand(tx, then.id, then.version).await?;
    }
    if then.queues != current.queues {
        db::queue::take_out(tx, then.id, now).await?;
        for (queue, version) in &then.queues {
            db::desk::requeue(tx, then.id, *queue, *version).await?;
        }
    }
    for (file, ordinal, role) in &then.files {
        entry::move_file(tx, *file, then.version, *ordinal, *role).await?;
    }
    if then.text_hash != current.text_hash {
        db::desk::set_text_hash(tx, then.version, then.text_hash.as_deref()).await?;
    }
    if then.covers != current.covers {
        db::copy::set_covers(tx, then.version, &then.covers, who, now).await?;
    }
    if then.voucher != current.voucher {
        db::copy::set_voucher(tx, then.version, then.voucher).await?;
    }
    if (&then.page_covers, &then.release) != (&current.page_covers, &current.release) {
        db::page::set_covers(tx, then.version, &then.page_covers).await?;
        db::page::set_release(tx, then.version, then.release.as_ref()).await?;
    }
    match &then.slip {
        Some((slip, email)) if then.slip != current.slip => {
            entry::put_slip(tx, from.contest_id, then.version, slip, email.as_deref()).await?;
        }
        None if current.slip.is_some() => {
            entry::put_slip(tx, from.contest_id, then.version, &Slip::default(), None).await?;
        }
        Some(_) | None => {}
    }
    Ok(())
}

/// Refuses an act that changes nothing.
pub fn must_differ(same: bool) -> Result<()> {
    if same {
        Err(crate::desk::Error::Refused(Refusal::Nothing))
    } else {
        Ok(())
    }
}
