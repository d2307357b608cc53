//! People who do not take part (R001-10, R001-11): an essay that may be one of theirs waits for a person; nothing is ever
//! refused by itself. A plan with other names on its list has what is stored looked at again, in the same transaction.

use super::Failure;
use super::event;
use super::queued;
use crate::contest::Plan;
use crate::contest::resubmission::Excluded;
use crate::db;
use crate::db::Tx;
use crate::db::contest::Standing;
use crate::db::entry::Entry;
use crate::db::matter::NewMatter;
use crate::db::matter::Subject;
use crate::entry::EntryState;
use crate::entry::MatterKind;
use crate::slip::Slip;
use crate::slip::excluded::Likeness;
use crate::slip::excluded::likeness;
use crate::text::fold;

/// Somebody on the list who may be the author of an entry.
pub struct Hit<'a> {
    pub person: &'a Excluded,
    pub likeness: Likeness,
}

impl Hit<'_> {
    /// What the matter says.
    pub fn detail(&self, code: &str) -> serde_json::Value {
        serde_json::json!({ "code": code, "role": self.person.role, "likeness": self.likeness })
    }
}

/// What another list changed about the entries that are here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Matters opened.
    pub found: usize,
    /// Matters closed, because nobody on the list is meant any more.
    pub cleared: usize,
}

/// The person of these who is most surely the author of an entry.
pub fn hit<'a>(
    standing: &Standing,
    people: &'a [Excluded],
    entry: &Entry,
    slip: &Slip,
    email: Option<&str>,
) -> Option<Hit<'a>> {
    let units = [Some(entry.unit_id), entry.origin_unit_id];
    let near = |person: &Excluded| match &person.unit {
        None => true,
        Some(of) => units.iter().flatten().any(|unit| {
            let code = standing.code(*unit).unwrap_or_default();
            standing.plan.line(code).any(|above| above.code == *of)
        }),
    };
    people
        .iter()
        .filter_map(|person| {
            let likeness = likeness(person, slip, email, near(person))?;
            Some(Hit { person, likeness })
        })
        .max_by_key(|hit| hit.likeness)
}

/// Opens the matter about an entry and holds the entry, unless others work with it already: then the matter alone is open.
/// True when it was not open before.
pub async fn open(tx: &mut Tx, entry: &Entry, hit: &Hit<'_>, now: i64) -> Result<bool, Failure> {
    let matter = NewMatter {
        contest: entry.contest_id,
        unit: entry.unit_id,
        kind: MatterKind::Excluded,
        subject: Subject::Entry,
        subject_id: entry.id,
        detail: &hit.detail(&entry.receipt_code),
    };
    if db::matter::open(tx, &matter, now).await?.is_none() {
        return Ok(false);
    }
    if !db::version::is_in_use(tx, entry.id).await? {
        queued::hold(tx, entry, now).await?;
    }
    Ok(true)
}

/// Looks through the entries of a contest for the people whom its plan names and `old` did not, and lets go what only
/// people concerned who are no longer named. What a person decided about an entry stays decided.
pub async fn look_again(
    tx: &mut Tx,
    standing: &Standing,
    old: &Plan,
    now: i64,
) -> Result<Outcome, Failure> {
    let people = &standing.plan.excluded;
    let mut outcome = Outcome::default();
    if *people == old.excluded {
        return Ok(outcome);
    }
    for matter in db::matter::open_of_kind(tx, standing.contest, MatterKind::Excluded).await? {
        let entry = db::entry::get_in(tx, matter.subject_id).await?;
        let version = db::entry::version_in(tx, entry.id).await?;
        let (slip, email) = db::desk::slip(tx, version.id).await?.unwrap_or_default();
        if hit(standing, people, &entry, &slip, email.as_deref()).is_some() {
            continue;
        }
        db::matter::close(tx, matter.id, "recovered", now).await?;
        queued::release(tx, standing, entry.id, now).await?;
        outcome.cleared += 1;
    }
    let new = people
        .iter()
        .filter(|person| !old.excluded.contains(person));
    for person in new {
        let name = fold(&person.name);
        for found in db::entry::same_name(tx, standing.contest, &name).await? {
            let stands = matches!(found.entry.state, EntryState::Queued | EntryState::Held);
            let email = found.email.as_deref();
            let one = std::slice::from_ref(person);
            let Some(hit) = hit(standing, one, &found.entry, &found.slip, email).filter(|_| stands)
            else {
                continue;
            };
            // Another name on the list may have held it meanwhile.
            let entry = db::entry::get_in(tx, found.entry.id).await?;
            if open(tx, &entry, &hit, now).await? {
                outcome.found += 1;
                let version = standing.version.to_string();
                event(
                    tx,
                    standing.contest,
                    "entry.excluded_by_plan",
                    entry.id,
                    &version,
                    now,
                )
                .await?;
            }
        }
    }
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use super::Outcome;
    use super::look_again;
    use crate::contest::resubmission::Excluded;
    use crate::db;
    use crate::db::matter::Subject;
    use crate::desk::tests::fixture::Case;
    use crate::desk::tests::fixture::DEADLINE;
    use crate::desk::tests::fixture::House;
    use crate::desk::tests::fixture::house;
    use crate::entry::EntryState;
    use crate::entry::MatterKind;

    fn person(birth_date: Option<&str>, unit: Option<&str>) -> Excluded {
        Excluded {
            name: "Nguyễn Văn An".into(),
            role: "Ban Tổ chức".into(),
            unit: unit.map(Into::into),
            birth_date: birth_date.map(Into::into),
            phone: None,
            email: None,
        }
    }

    /// Applies a plan with this list in place of the last one.
    async fn listed(house: &House, people: &[Excluded]) -> Outcome {
        let mut tx = house.db.begin().await.expect("begin");
        let contest = house.standing.contest;
        let old = db::contest::standing_in(&mut tx, contest).await;
        let old = old.expect("standing").plan;
        let mut plan = old.clone();
        plan.excluded = people.to_vec();
        db::contest::apply(&mut tx, &plan, "", "test", DEADLINE)
            .await
            .expect("applied");
        let standing = db::contest::standing_in(&mut tx, contest).await;
        let outcome = look_again(&mut tx, &standing.expect("standing"), &old, DEADLINE)
            .await
            .expect("looked");
        tx.commit().await.expect("commit");
        outcome
    }

    async fn queued(house: &House, unit: &str) -> i64 {
        let case = Case {
            unit,
            state: EntryState::Queued,
            ..Case::default()
        };
        house.entry(&case).await
    }

    async fn open(house: &House, entry: i64) -> Vec<i64> {
        let mut tx = house.db.begin().await.expect("begin");
        let open = db::matter::open_about(&mut tx, Subject::Entry, entry).await;
        let open = open.expect("matters").into_iter();
        open.filter(|matter| matter.kind == MatterKind::Excluded)
            .map(|matter| matter.id)
            .collect()
    }

    async fn state(house: &House, entry: i64) -> EntryState {
        db::entry::get(&house.db, entry).await.expect("entry").state
    }

    #[tokio::test]
    async fn a_list_that_comes_later_finds_what_is_stored_and_lets_it_go_again() {
        let house = house().await;
        let entry = queued(&house, "hoan-kiem").await;
        let found = |found, cleared| Outcome { found, cleared };
        let other = person(Some("1990-01-01"), None);
        assert_eq!(
            listed(&house, std::slice::from_ref(&other)).await,
            found(0, 0),
            "a namesake"
        );
        let same = person(Some("1981-02-09"), None);
        assert_eq!(
            listed(&house, &[other.clone(), same.clone()]).await,
            found(1, 0)
        );
        assert_eq!(open(&house, entry).await.len(), 1);
        assert_eq!(state(&house, entry).await, EntryState::Held);
        let both = [same.clone(), other.clone()];
        assert_eq!(listed(&house, &both).await, found(0, 0), "nothing new");
        assert_eq!(listed(&house, &[other]).await, found(0, 1));
        assert!(open(&house, entry).await.is_empty());
        assert_eq!(state(&house, entry).await, EntryState::Queued);

        // What a person decided is not asked again, while the list goes on to name the same.
        listed(&house, std::slice::from_ref(&same)).await;
        let matter = open(&house, entry).await.remove(0);
        let mut tx = house.db.begin().await.expect("begin");
        db::matter::close(&mut tx, matter, "close", DEADLINE)
            .await
            .expect("closed");
        tx.commit().await.expect("commit");
        let third = person(Some("1970-01-01"), None);
        assert_eq!(listed(&house, &[same, third]).await, found(0, 0));
        assert!(open(&house, entry).await.is_empty());
    }

    #[tokio::test]
    async fn a_bare_name_counts_in_its_own_unit_alone() {
        let house = house().await;
        let near = queued(&house, "hoan-kiem").await;
        let far = queued(&house, "dong-da").await;
        let found = listed(&house, &[person(None, Some("hoan-kiem"))]).await;
        assert_eq!(
            found,
            Outcome {
                found: 1,
                cleared: 0
            }
        );
        assert_eq!(
            (
                open(&house, near).await.len(),
                open(&house, far).await.len()
            ),
            (1, 0)
        );
        let found = listed(&house, &[person(None, Some("ha-noi"))]).await;
        assert_eq!(
            found,
            Outcome {
                found: 1,
                cleared: 0
            },
            "below the whole city"
        );
    }

    #[tokio::test]
    async fn an_entry_that_others_work_with_is_asked_about_and_stays_where_it_is() {
        let house = house().await;
        let entry = queued(&house, "hoan-kiem").await;
        let code = db::entry::get(&house.db, entry)
            .await
            .expect("entry")
            .receipt_code;
        let going = [db::handover::Candidate {
            entry,
            code,
            size: 1,
        }];
        let way = (house.unit("hoan-kiem"), house.unit("ha-noi"));
        let contest = house.standing.contest;
        let mut tx = house.db.begin().await.expect("begin");
        db::handover::release(&mut tx, contest, "p", way, None, &going, house.secretary, 1)
            .await
            .expect("released");
        tx.commit().await.expect("commit");
        let found = listed(&house, &[person(Some("1981-02-09"), None)]).await;
        assert_eq!(
            found,
            Outcome {
                found: 1,
                cleared: 0
            }
        );
        assert_eq!(open(&house, entry).await.len(), 1);
        assert_eq!(state(&house, entry).await, EntryState::Queued);
    }
}
