//! One person's data, removed because that person asked for it (Decree 13/2023/NĐ-CP, article 16): what there is of it
//! in the contest, and a clerk's word about each piece. The removal itself is that of `job::removal`.

use std::collections::BTreeSet;

use serde_json::json;

use super::CALL_OFF_MS;
use super::Desk;
use super::Done;
use super::Error;
use super::Refusal;
use super::Result;
use super::entry_in_scope;
use super::snapshot::Snapshot;
use super::snapshot::Watch;
use crate::db;
use crate::db::Tx;
use crate::db::entry::Entry;
use crate::db::job::JobKind;
use crate::db::matter;
use crate::db::matter::Subject;
use crate::db::removal::Mail;
use crate::db::removal::Post;
use crate::db::removal::Related;
use crate::db::view::Scope;
use crate::entry::Bond;
use crate::entry::MatterKind;
use crate::entry::ReceiptCode;
use crate::slip::Slip;
use crate::slip::person;
use crate::text::fold;

/// Letters of the words that name a paper.
const PAPER_MOST: usize = 300;

/// A clerk's word: what of one person is to go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erase {
    /// On whose page it was asked for.
    pub entry: i64,
    pub entries: Vec<i64>,
    pub messages: Vec<i64>,
    pub letters: Vec<i64>,
    /// The receipt code, written by hand.
    pub typed: String,
    /// Number and date of the paper on which the person asked.
    pub paper: String,
}

/// What there is of the author of an entry in its contest, each piece with whether it is proposed.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    pub entries: Vec<Own>,
    pub mails: Vec<OwnMail>,
    pub letters: Vec<OwnLetter>,
}

#[derive(Clone, Debug)]
pub struct Own {
    pub row: Related,
    pub kin: Kin,
    /// What the slip of its first version calls its author.
    pub name: String,
    /// Why it cannot go now.
    pub bond: Option<Bond>,
    /// Its marks stand on a locked list and stay there.
    pub marks_stay: bool,
}

impl Own {
    pub fn proposed(&self) -> bool {
        self.kin == Kin::Same && self.bond.is_none()
    }
}

/// Whose an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kin {
    /// The same person: by name and birth date or phone, or the same sender where the essays name nobody else.
    Same,
    /// It came from the same address and names somebody else: a teacher sends the essays of a class.
    Other,
}

#[derive(Clone, Debug)]
pub struct OwnMail {
    pub row: Mail,
    /// The codes of entries that it handed in as well and that stay: it cannot go without them.
    pub others: Vec<String>,
    pub proposed: bool,
}

#[derive(Clone, Debug)]
pub struct OwnLetter {
    pub row: Post,
    pub proposed: bool,
}

/// Everything of the author of this entry.
pub async fn reach(tx: &mut Tx, entry: &Entry) -> db::Result<Reach> {
    let (persons, related) = persons(tx, entry).await?;
    let mut own_names = BTreeSet::new();
    let mut senders = BTreeSet::new();
    for id in &persons {
        own_names.extend(names(&db::removal::slips(tx, *id).await?));
        senders.extend(db::removal::senders(tx, *id).await?);
    }
    let mut entries = Vec::new();
    for row in related {
        let slips = db::removal::slips(tx, row.id).await?;
        let other_names = names(&slips);
        let same_sender = db::removal::senders(tx, row.id)
            .await?
            .iter()
            .any(|sender| senders.contains(sender));
        let kin = if persons.contains(&row.id)
            || same_sender
                && (own_names.is_empty()
                    || other_names.is_empty()
                    || !own_names.is_disjoint(&other_names))
        {
            Kin::Same
        } else if same_sender {
            Kin::Other
        } else {
            // A namesake.
            continue;
        };
        entries.push(Own {
            kin,
            name: slips
                .iter()
                .find_map(|slip| slip.name.as_ref())
                .map(|fact| fact.value.clone())
                .unwrap_or_default(),
            bond: db::removal::bond(tx, row.id).await?,
            marks_stay: db::queue::on_locked_list(tx, row.id).await?,
            row,
        });
    }
    let senders: Vec<String> = senders.into_iter().collect();
    let own: Vec<i64> = entries
        .iter()
        .filter(|own| own.kin == Kin::Same)
        .map(|own| own.row.id)
        .collect();
    let going: BTreeSet<i64> = entries
        .iter()
        .filter(|own| own.proposed())
        .map(|own| own.row.id)
        .collect();
    // From an address that others use too, a mail without an essay may be theirs.
    let shared = entries.iter().any(|own| own.kin == Kin::Other);
    let mut mails = Vec::new();
    for row in db::removal::mails_of(tx, entry.contest_id, &senders, &own).await? {
        let mut others = Vec::new();
        for id in row.carries.iter().filter(|id| !going.contains(id)) {
            others.push(db::entry::get_in(tx, *id).await?.receipt_code);
        }
        let proposed = others.is_empty() && !(shared && row.carries.is_empty());
        mails.push(OwnMail {
            row,
            others,
            proposed,
        });
    }
    let ids: Vec<i64> = mails.iter().map(|mail| mail.row.id).collect();
    let letters = db::removal::letters_of(tx, entry.contest_id, &senders, &ids).await?;
    let letters = letters
        .into_iter()
        .map(|row| {
            let answers = mails
                .iter()
                .find(|mail| Some(mail.row.id) == row.message_id);
            OwnLetter {
                proposed: answers.map_or(!shared, |mail| mail.proposed),
                row,
            }
        })
        .collect();
    Ok(Reach {
        entries,
        mails,
        letters,
    })
}

/// The entries of one person by what their slips say, this one first, and all entries that may be theirs by name or by
/// sender, in the order of their ids.
async fn persons(tx: &mut Tx, entry: &Entry) -> db::Result<(Vec<i64>, Vec<Related>)> {
    let mut persons = vec![entry.id];
    let mut all: Vec<Related> = Vec::new();
    let mut next = 0;
    while let Some(id) = persons.get(next).copied() {
        next += 1;
        let slips = db::removal::slips(tx, id).await?;
        for row in db::removal::related(tx, entry.contest_id, id).await? {
            let known = persons.contains(&row.id);
            if !known && is_one(&slips, &db::removal::slips(tx, row.id).await?) {
                persons.push(row.id);
            }
            if all.iter().all(|other| other.id != row.id) {
                all.push(row);
            }
        }
    }
    all.sort_by_key(|row| row.id);
    Ok((persons, all))
}

fn is_one(slips: &[Slip], others: &[Slip]) -> bool {
    slips
        .iter()
        .any(|slip| others.iter().any(|other| person::same_person(slip, other)))
}

fn names(slips: &[Slip]) -> BTreeSet<String> {
    slips
        .iter()
        .filter_map(|slip| slip.name.as_ref())
        .map(|fact| fold(&fact.value))
        .filter(|name| !name.is_empty())
        .collect()
}

/// The open matters about what is to go: there will be nothing left to decide. A cluster of equal essays is the
/// comparison's to make anew.
pub async fn settled(tx: &mut Tx, word: &Erase, scope: &Scope) -> Result<Vec<i64>> {
    let entries = word.entries.iter().map(|id| (Subject::Entry, *id));
    let mails = word.messages.iter().map(|id| (Subject::Message, *id));
    let letters = word.letters.iter().map(|id| (Subject::Letter, *id));
    let mut found = Vec::new();
    for (subject, id) in entries.chain(mails).chain(letters) {
        let open = matter::open_about(tx, subject, id).await?;
        found.extend(
            open.iter()
                .filter(|matter| matter.kind != MatterKind::Copied && scope.holds(matter.unit_id))
                .map(|matter| matter.id),
        );
    }
    Ok(found)
}

/// Confirms the removal of what the word names. The entries leave the contest at once; the data goes when the time for
/// calling it off is over.
///
/// Refused: a wrong receipt code, no paper, nothing chosen, an entry that something holds, a mail that handed in an entry
/// that stays. `Stale`: something chosen is no longer, or not yet, known to be of this person.
pub async fn confirm(tx: &mut Tx, desk: &Desk<'_>, word: &Erase) -> Result<Done> {
    let top = desk.standing.top().ok_or(Error::Missing)?;
    if !desk.who.units.holds(top) {
        return Err(Error::Missing);
    }
    let entry = entry_in_scope(tx, desk, word.entry).await?;
    let typed = ReceiptCode::parse(&word.typed);
    if typed.is_none_or(|code| code.as_str() != entry.receipt_code) {
        return Err(Error::Refused(Refusal::CodeNotTyped));
    }
    let paper: String = crate::text::normal(word.paper.trim())
        .chars()
        .take(PAPER_MOST)
        .collect();
    if paper.is_empty() {
        return Err(Error::Refused(Refusal::NoPaper));
    }
    let items = chosen(tx, &entry, word).await?;
    let removal = db::removal::propose_of(tx, entry.contest_id, entry.id, &paper, desk.now).await?;
    let watch = Watch {
        entries: set_aside(tx, word).await?,
        removal: Some(removal.id),
        ..Watch::default()
    };
    let before = Snapshot::take(tx, &watch).await?;
    let run_at = desk.now + CALL_OFF_MS;
    db::removal::choose(tx, removal.id, &items).await?;
    db::removal::confirm(tx, removal.id, desk.now, run_at).await?;
    db::removal::withdraw(tx, removal.id, desk.now).await?;
    let priority = JobKind::REMOVE_PRIORITY;
    db::job::put(tx, JobKind::Remove, removal.id, priority, run_at).await?;
    Ok(Done {
        subject: Subject::Entry,
        subject_id: entry.id,
        unit: top,
        before,
        watch,
        note: json!({
            "code": entry.receipt_code, "paper": paper, "run_at": run_at, "entries": word.entries.len(),
            "messages": word.messages.len(), "letters": word.letters.len(),
        }),
    })
}

/// The rows that the word names, each looked at once more.
async fn chosen(tx: &mut Tx, entry: &Entry, word: &Erase) -> Result<Vec<(Subject, i64)>> {
    let reach = reach(tx, entry).await?;
    let mut items = Vec::new();
    for id in &word.entries {
        let own = reach.entries.iter().find(|own| own.row.id == *id);
        match own.ok_or(Error::Stale)?.bond {
            Some(_) => return Err(Error::Refused(Refusal::Bound)),
            None => items.push((Subject::Entry, *id)),
        }
    }
    for id in &word.messages {
        let own = reach.mails.iter().find(|own| own.row.id == *id);
        let carries = &own.ok_or(Error::Stale)?.row.carries;
        if carries.iter().any(|entry| !word.entries.contains(entry)) {
            return Err(Error::Refused(Refusal::OthersMail));
        }
        items.push((Subject::Message, *id));
    }
    for id in &word.letters {
        if reach.letters.iter().all(|own| own.row.id != *id) {
            return Err(Error::Stale);
        }
        items.push((Subject::Letter, *id));
    }
    if items.is_empty() {
        return Err(Error::Refused(Refusal::NothingChosen));
    }
    Ok(items)
}

/// The chosen entries that leave the contest by it: those on no locked list.
async fn set_aside(tx: &mut Tx, word: &Erase) -> Result<Vec<i64>> {
    let mut entries = Vec::new();
    for id in &word.entries {
        if !db::queue::on_locked_list(tx, *id).await? {
            entries.push(*id);
        }
    }
    Ok(entries)
}
