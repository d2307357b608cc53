//! A list of those who take part, held against the essays of its mail and against those that came before.

use std::collections::HashMap;
use std::collections::HashSet;
use std::collections::hash_map::Entry;

use serde::Deserialize;
use serde::Serialize;

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

/// What the matter keeps.
#[derive(Serialize, Deserialize)]
struct Detail {
    roll: Standing,
    /// Who sent the list.
    sender: Option<String>,
}

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
        later: 0,
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
    let sender = mail.parsed.from.as_ref().map(|from| from.email.clone());
    let detail = serde_json::json!(Detail {
        roll: standing,
        sender
    });
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

/// Essays may come after their list. Whom an open matter misses is struck out when this mail has an essay of that name
/// and comes from the list's sender or names the same class; the matter of a list that now agrees is closed.
pub async fn catch_up(tx: &mut Tx, mail: &Mail<'_>) -> Result<(), Failure> {
    let contest = mail.message.contest_id;
    let sender = mail.parsed.from.as_ref().map(|from| from.email.as_str());
    for open in db::matter::open_of_kind(tx, contest, MatterKind::Roll).await? {
        let Ok(mut detail) = serde_json::from_str::<Detail>(&open.detail) else {
            continue;
        };
        if open.subject_id == mail.message.id {
            continue;
        }
        let of_sender = sender.is_some() && detail.sender.as_deref() == sender;
        let essays = mail.parsed.essays.iter();
        let come = essays.map(|essay| person(&essay.slip, None)).collect();
        let found = strike(&mut detail.roll.missing, come, of_sender);
        if found == 0 {
            continue;
        }
        detail.roll.later += found;
        let restated = NewMatter {
            contest,
            unit: open.unit_id,
            kind: open.kind,
            subject: open.subject,
            subject_id: open.subject_id,
            detail: &serde_json::json!(detail),
        };
        db::matter::restate(tx, &restated).await?;
        if detail.roll.agrees() {
            db::matter::close(tx, open.id, "recovered", mail.now).await?;
        }
    }
    Ok(())
}

/// Strikes out those who have come, each essay for one person; returns how many. Without the same sender a name alone
/// is not enough.
fn strike(missing: &mut Vec<Person>, mut come: Vec<Person>, of_sender: bool) -> usize {
    let before = missing.len();
    missing.retain(|missed| {
        let at = come.iter().position(|one| {
            let of_class = match (&one.class, &missed.class) {
                (Some(one), Some(other)) => fold(one) == fold(other),
                (None, _) | (_, None) => of_sender,
            };
            of_class && !one.name.is_empty() && fold(&one.name) == fold(&missed.name)
        });
        at.map(|at| come.swap_remove(at)).is_none()
    });
    before - missing.len()
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Mail;
    use super::catch_up;
    use crate::db;
    use crate::db::delivery::Arrival;
    use crate::db::matter::Subject;
    use crate::desk::tests::fixture::DEADLINE;
    use crate::desk::tests::fixture::House;
    use crate::desk::tests::fixture::house;
    use crate::entry::MatterKind;
    use crate::entry::MessageKind;
    use crate::entry::Proof;
    use crate::message::parse;

    /// A mail with one essay comes.
    async fn comes(house: &House, from: &str, name: &str, class: &str) {
        let raw = format!(
            "From: <{from}>\r\nTo: thi@hk.example\r\nSubject: Bai du thi\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nBÀI DỰ THI\r\nHọ và tên: {name}\r\nLớp: {class}\r\n{}\r\n",
            "Dịch vụ công trực tuyến giúp người dân làm thủ tục tại nhà. ".repeat(20)
        );
        let (parsed, _) = parse(raw.as_bytes()).expect("a mail");
        assert_eq!(parsed.essays.len(), 1, "{parsed:?}");
        let unit = "hoan-kiem";
        let id = house.mail(unit, MessageKind::Entry, "", DEADLINE).await;
        let message = db::message::get(&house.db, id).await.expect("a message");
        let arrival = Arrival {
            delivery: 0,
            mailbox: 0,
            unit: house.unit(unit),
            address: "thi@hk.example".into(),
            internal_at: DEADLINE,
            from_server: true,
        };
        let mail = Mail {
            message: &message,
            parsed: &parsed,
            arrival: &arrival,
            proof: Proof::Unasked,
            now: DEADLINE,
        };
        let mut tx = house.db.begin().await.expect("begin");
        catch_up(&mut tx, &mail).await.expect("caught up");
        tx.commit().await.expect("commit");
    }

    #[tokio::test]
    async fn a_list_is_struck_out_as_its_essays_come_and_then_asks_nothing() {
        let house = house().await;
        let unit = "hoan-kiem";
        let list = house.mail(unit, MessageKind::Entry, "", DEADLINE).await;
        let pupil = |name: &str, class: &str| json!({ "name": name, "class": class });
        let missing = [
            pupil("Lê Văn An", "9A1"),
            pupil("Lê Văn An", "9A2"),
            json!({ "name": "TRẦN THỊ BÌNH" }),
        ];
        let detail = json!({
            "roll": { "people": 4, "essays": 1, "missing": missing },
            "sender": "truong@hoasua.example",
        });
        let matter = house.matter(unit, MatterKind::Roll, Subject::Message, list, detail);
        let matter = matter.await;
        let stands = async || {
            let matter = db::matter::get(&house.db, matter).await.expect("it");
            let detail: super::Detail = serde_json::from_str(&matter.detail).expect("JSON");
            let roll = detail.roll;
            (roll.missing.len(), roll.later, matter.decision)
        };
        let parents = "bo.me@mail.example";
        comes(&house, parents, "Trần Thị Bình", "9A1").await;
        assert_eq!(stands().await, (3, 0, None), "a namesake of elsewhere");
        comes(&house, parents, "Lê Văn An", "9a2").await;
        assert_eq!(stands().await, (2, 1, None), "of the same class");
        comes(&house, parents, "Lê Văn An", "9A2").await;
        assert_eq!(stands().await, (2, 1, None), "he has come");
        let school = "truong@hoasua.example";
        comes(&house, school, "Trần Thị Bình", "9A1").await;
        assert_eq!(stands().await, (1, 2, None), "from the same school");
        comes(&house, school, "Lê Văn An", "9A1").await;
        assert_eq!(stands().await, (0, 3, Some("recovered".into())));
    }
}
