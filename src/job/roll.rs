//! A list of those who take part, held against the essays of its mail and against those that came before.

use std::collections::HashMap;
use std::collections::HashSet;
use std::collections::hash_map::Entry;

use super::Failure;
use super::mail::Mail;
use crate::db;
use crate::db::Tx;
use crate::db::entry::Earlier;
use crate::db::matter::NewMatter;
use crate::db::matter::Subject;
use crate::entry::EntryState;
use crate::entry::MatterKind;
use crate::message::Essay;
use crate::slip;
use crate::slip::Slip;
use crate::text::fold;
use crate::words::roll::Person;
use crate::words::roll::Standing;

/// How list and essays stand; `None` when no list came.
pub async fn standing(tx: &mut Tx, mail: &Mail<'_>) -> Result<Option<Standing>, Failure> {
    let Some(roll) = &mail.parsed.roll else {
        return Ok(None);
    };
    let missing = still_missing(tx, mail, &roll.missing).await?;
    let extra = roll
        .extra
        .iter()
        .filter_map(|at| mail.parsed.essays.get(*at));
    Ok(Some(Standing {
        people: roll.people,
        essays: mail.parsed.essays.len(),
        earlier: roll.missing.len() - missing.len(),
        missing: missing.into_iter().map(|slip| person(slip, None)).collect(),
        extra: extra.map(|essay| author(mail, essay)).collect(),
        several: roll
            .several
            .iter()
            .map(|(slip, essays)| person(slip, Some(*essays)))
            .collect(),
    }))
}

/// Opens a matter where list and essays do not agree.
pub async fn matter(tx: &mut Tx, mail: &Mail<'_>) -> Result<(), Failure> {
    let Some(standing) = standing(tx, mail).await? else {
        return Ok(());
    };
    if standing.agrees() {
        return Ok(());
    }
    let detail = serde_json::json!({ "roll": standing });
    let matter = NewMatter {
        contest: mail.message.contest_id,
        unit: mail.arrival.unit,
        kind: MatterKind::Roll,
        subject: Subject::Message,
        subject_id: mail.message.id,
        detail: &detail,
    };
    db::matter::open(tx, &matter, mail.now).await?;
    Ok(())
}

/// Those of the list whose essay did not come with an earlier mail either. A school often sends its essays in several
/// mails: an entry of that name is theirs when it came from the same sender, or when it says that it is the same person.
async fn still_missing<'a>(
    tx: &mut Tx,
    mail: &Mail<'_>,
    missing: &'a [Slip],
) -> Result<Vec<&'a Slip>, Failure> {
    let sender = mail.parsed.from.as_ref().map(|from| from.email.as_str());
    let of_this: HashSet<i64> = db::entry::of_message(tx, mail.message.id)
        .await?
        .into_iter()
        .map(|entry| entry.id)
        .collect();
    let mut known: HashMap<String, Vec<Earlier>> = HashMap::new();
    let mut left = Vec::new();
    for slip in missing {
        let name = slip.name.as_ref().map(|name| fold(&name.value));
        let name = name.unwrap_or_default();
        let earlier = match known.entry(name) {
            Entry::Occupied(there) => there.into_mut(),
            Entry::Vacant(free) => {
                let found = db::entry::same_name(tx, mail.message.contest_id, free.key()).await?;
                let before = found.into_iter().filter(|earlier| {
                    let stands =
                        matches!(earlier.entry.state, EntryState::Queued | EntryState::Held);
                    stands && !of_this.contains(&earlier.entry.id)
                });
                free.insert(before.collect())
            }
        };
        let own = earlier.iter().position(|earlier| {
            slip::same_person(&earlier.slip, slip)
                || sender.is_some() && earlier.email.as_deref() == sender
        });
        match own {
            // One essay is that of one of several people of one name.
            Some(at) => drop(earlier.swap_remove(at)),
            None => left.push(slip),
        }
    }
    Ok(left)
}

fn person(slip: &Slip, essays: Option<usize>) -> Person {
    let value = |fact: &Option<slip::Fact>| fact.as_ref().map(|fact| fact.value.clone());
    Person {
        name: value(&slip.name).unwrap_or_default(),
        class: value(&slip.class),
        essays,
    }
}

/// Who wrote an essay; where nothing says so, the name of its file.
fn author(mail: &Mail<'_>, essay: &Essay) -> Person {
    let mut person = person(&essay.slip, None);
    if person.name.is_empty() {
        let mut files = essay.main.iter().chain(&essay.pages).chain(&essay.unread);
        let file = files.find_map(|at| mail.parsed.parts.get(*at));
        person.name = file.map(|part| part.name.clone()).unwrap_or_default();
    }
    person
}
