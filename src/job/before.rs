//! What an essay is to those that came before it: the same once more, more of the same, or somebody else's.

use std::collections::HashSet;

use super::Failure;
use super::mail::Mail;
use crate::db;
use crate::db::Tx;
use crate::db::entry::Earlier;
use crate::db::entry::Entry;
use crate::entry::EntryState;
use crate::message::Essay;
use crate::slip;
use crate::slip::Slip;
use crate::text::fold;

/// So many letters of a thread are looked up.
const THREAD: usize = 20;

/// The answer. What is not `Never` names the first of its kind.
pub enum Before {
    Never,
    /// The same person, the same unit, and nothing in it that we do not hold already: handed in again.
    Nothing(Entry),
    /// The same person and unit, and something new in it: a newer version, more pages, another essay.
    More(Again),
    /// The same person, another unit: the first stands until a person decides.
    OtherUnit(Entry),
    /// The same file or text from somebody else.
    SomebodyElse(Entry),
}

/// The earlier entry of somebody who hands in again, and what speaks for it that the sender is the same.
pub struct Again {
    pub entry: Entry,
    /// The mail names the address from which the version that counts was sent.
    pub same_sender: bool,
    /// The mail answers the receipt of that entry.
    pub by_receipt: bool,
}

/// Looks an essay up among the entries that stand.
pub async fn look(
    tx: &mut Tx,
    mail: &Mail<'_>,
    essay: &Essay,
    unit: i64,
) -> Result<Before, Failure> {
    let contest = mail.message.contest_id;
    let receipts = answered_receipts(tx, mail).await?;
    let again = |earlier: &Earlier| Again {
        entry: earlier.entry.clone(),
        same_sender: same_sender(mail, earlier),
        by_receipt: receipts.contains(&earlier.entry.id),
    };
    let own: Vec<String> = hashes(
        mail,
        essay.main.iter().chain(&essay.pages).chain(&essay.unread),
    );
    let same = db::entry::same_essay(tx, contest, &own, essay.text_hash.as_deref()).await?;
    let same: Vec<&Earlier> = same.iter().filter(stands).collect();
    if let Some(first) = same.iter().find(|earlier| one_person(mail, essay, earlier)) {
        let entry = first.entry.clone();
        if entry.unit_id != unit {
            return Ok(Before::OtherUnit(entry));
        }
        return Ok(match holds(tx, mail, essay, entry.id).await? {
            true => Before::Nothing(entry),
            false => Before::More(again(first)),
        });
    }
    if let Some(first) = same.first() {
        return Ok(Before::SomebodyElse(first.entry.clone()));
    }
    if let Some(earlier) = continued(tx, mail, essay, &receipts).await? {
        return Ok(match earlier.entry.unit_id == unit {
            true => Before::More(again(&earlier)),
            false => Before::OtherUnit(earlier.entry),
        });
    }
    let Some(name) = &essay.slip.name else {
        return Ok(Before::Never);
    };
    let namesakes = db::entry::same_name(tx, contest, &fold(&name.value)).await?;
    let this_mail: HashSet<i64> = db::entry::of_message(tx, mail.message.id)
        .await?
        .into_iter()
        .map(|entry| entry.id)
        .collect();
    let same_person = namesakes
        .iter()
        .filter(stands)
        .filter(|earlier| slip::person::same_person(&earlier.slip, &essay.slip));
    let mut elsewhere = None;
    for earlier in same_person {
        if earlier.entry.unit_id != unit {
            elsewhere.get_or_insert(earlier.entry.clone());
        } else if !this_mail.contains(&earlier.entry.id) {
            return Ok(Before::More(again(earlier)));
        }
    }
    Ok(elsewhere.map_or(Before::Never, Before::OtherUnit))
}

/// The one entry whose receipt the mail replies to, when the same person may have sent both. By the thread, never by the
/// subject alone: people write to us under any old letter. Of several entries in one receipt, the one whose code the mail
/// names.
async fn continued(
    tx: &mut Tx,
    mail: &Mail<'_>,
    essay: &Essay,
    receipts: &HashSet<i64>,
) -> Result<Option<Earlier>, Failure> {
    let contest = mail.message.contest_id;
    for letter in thread(mail) {
        let mut own = db::entry::answered_by(tx, contest, letter).await?;
        own.retain(|earlier| {
            let may_be_theirs = receipts.contains(&earlier.entry.id)
                && slip::person::may_be_one(&earlier.slip, &essay.slip);
            stands(&earlier) && (may_be_theirs || one_person(mail, essay, earlier))
        });
        if own.len() > 1 {
            own.retain(|earlier| is_named(mail, &earlier.entry.receipt_code));
        }
        if own.len() == 1 {
            return Ok(own.pop());
        }
    }
    Ok(None)
}

/// The letters a mail answers: the one it replies to, then the thread, newest first.
fn thread<'a>(mail: &'a Mail<'_>) -> impl Iterator<Item = &'a String> {
    let parsed = mail.parsed;
    let older = parsed.references.iter().rev();
    let older = older.filter(|letter| !parsed.in_reply_to.contains(letter));
    parsed.in_reply_to.iter().chain(older.take(THREAD))
}

/// The entries whose receipt the mail answers.
async fn answered_receipts(tx: &mut Tx, mail: &Mail<'_>) -> Result<HashSet<i64>, Failure> {
    let mut entries = HashSet::new();
    for letter in thread(mail) {
        entries.extend(db::version::of_receipt(tx, mail.message.contest_id, letter).await?);
    }
    Ok(entries)
}

/// Whether subject or text of a mail hold a receipt code.
fn is_named(mail: &Mail<'_>, code: &str) -> bool {
    let holds = |text: &str| text.to_uppercase().contains(code);
    holds(&mail.parsed.subject) || holds(&mail.parsed.body)
}

fn stands(earlier: &&Earlier) -> bool {
    match earlier.entry.state {
        EntryState::Queued | EntryState::Held => true,
        EntryState::SetAside | EntryState::Joined => false,
    }
}

fn hashes<'a>(mail: &Mail<'_>, places: impl Iterator<Item = &'a usize>) -> Vec<String> {
    places
        .filter_map(|at| mail.parsed.parts.get(*at))
        .map(|part| part.sha256.clone())
        .collect()
}

/// Whether an entry holds every file of the essay. The main file may be another one with the same text: a document
/// that was saved once more is not new.
async fn holds(tx: &mut Tx, mail: &Mail<'_>, essay: &Essay, entry: i64) -> Result<bool, Failure> {
    let version = db::entry::version_in(tx, entry).await?;
    let files = db::entry::files_in(tx, version.id).await?;
    let held: HashSet<&str> = files.iter().map(|file| file.blob.as_str()).collect();
    let same_text = essay.text_hash.is_some() && essay.text_hash == version.text_hash;
    let main = hashes(mail, essay.main.iter())
        .iter()
        .all(|blob| same_text || held.contains(blob.as_str()));
    let others = hashes(
        mail,
        essay
            .pages
            .iter()
            .chain(&essay.unread)
            .chain(&essay.annexes),
    );
    Ok(main && others.iter().all(|blob| held.contains(blob.as_str())))
}

/// The same person: by name and birth date or phone, or the same sender when the essays name nobody else.
fn one_person(mail: &Mail<'_>, essay: &Essay, earlier: &Earlier) -> bool {
    if slip::person::same_person(&earlier.slip, &essay.slip) {
        return true;
    }
    let name = |slip: &Slip| slip.name.as_ref().map(|fact| fold(&fact.value));
    same_sender(mail, earlier)
        && (name(&earlier.slip) == name(&essay.slip)
            || essay.slip.name.is_none()
            || earlier.slip.name.is_none())
}

fn same_sender(mail: &Mail<'_>, earlier: &Earlier) -> bool {
    match (&mail.parsed.from, &earlier.email) {
        (Some(from), Some(email)) => from.email == *email,
        (None, _) | (_, None) => false,
    }
}
