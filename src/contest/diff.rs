//! What changes from one plan to the next, for the clerk who must say yes before it is applied (R001-30).
//!
//! Lists are compared by their codes, so a moved line is no change; what is taken away is always named.

use super::Deadline;
use super::Plan;
use super::Retention;
use super::Unit;
use super::deadline::What;
use super::plan::Criterion;
use super::plan::Given;
use super::plan::Mailbox;
use super::plan::Prize;
use super::plan::Round;
use super::resubmission::Excluded;
use super::resubmission::Resubmission;

/// More people than this are counted, not named.
const NAMED_PEOPLE: usize = 20;

/// One difference. `words::plan` gives it its Vietnamese line (`Change::line`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The contest is new.
    NewContest {
        title: String,
    },
    /// A line of the head changed; `None` = not given.
    Head {
        field: Field,
        old: Option<String>,
        new: Option<String>,
    },
    UnitAdded(Unit),
    UnitRemoved(Unit),
    UnitChanged {
        old: Box<Unit>,
        new: Box<Unit>,
    },
    MailboxAdded(Mailbox),
    MailboxRemoved(Mailbox),
    /// The address serves another unit now.
    MailboxMoved {
        old: Mailbox,
        new: Mailbox,
    },
    DeadlineAdded {
        scope: Scope,
        phrase: String,
    },
    DeadlineRemoved {
        scope: Scope,
        phrase: String,
    },
    DeadlineMoved {
        scope: Scope,
        old: String,
        new: String,
    },
    RoundAdded(Round),
    RoundRemoved(Round),
    RoundChanged {
        old: Round,
        new: Round,
    },
    RoundsReordered,
    CriterionAdded(Criterion),
    CriterionRemoved(Criterion),
    CriterionChanged {
        old: Criterion,
        new: Criterion,
    },
    /// The letters stay out of it: the key is sealed until the intake ends (R001-54).
    KeyChanged {
        questions: Vec<u16>,
    },
    PrizeAdded(Prize),
    PrizeRemoved(Prize),
    PrizeChanged {
        old: Prize,
        new: Prize,
    },
    GivenAdded(Given),
    GivenRemoved(Given),
    GivenChanged(Given),
    ResubmissionChanged {
        old: Resubmission,
        new: Resubmission,
    },
    ExcludedAdded(Excluded),
    ExcludedRemoved(Excluded),
    /// So many people that nobody would read their names.
    ExcludedMany {
        added: usize,
        removed: usize,
    },
    /// How long personal data is kept.
    Retention {
        old: Option<Retention>,
        new: Option<Retention>,
    },
}

/// A line of the plan's head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Title,
    Zone,
    DocumentNo,
    DocumentDate,
    Issuer,
    Purpose,
    MinAge,
    AsOf,
}

/// What a deadline is about. The unit by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    pub what: What,
    pub unit: Option<String>,
    pub channel: Option<String>,
}

/// The differences, in the order of the file. Empty when the plans are equal.
pub fn diff(old: Option<&Plan>, new: &Plan) -> Vec<Change> {
    let mut changes = Vec::new();
    let empty;
    let old = if let Some(old) = old {
        head(old, new, &mut changes);
        old
    } else {
        let title = new.title.clone();
        changes.push(Change::NewContest { title });
        empty = without_lists(new);
        &empty
    };
    changes.extend(listed(
        &old.units,
        &new.units,
        |unit| &unit.code,
        [Change::UnitAdded, Change::UnitRemoved],
        |old, new| Change::UnitChanged {
            old: Box::new(old),
            new: Box::new(new),
        },
    ));
    changes.extend(listed(
        &old.mailboxes,
        &new.mailboxes,
        |mailbox| &mailbox.address,
        [Change::MailboxAdded, Change::MailboxRemoved],
        |old, new| Change::MailboxMoved { old, new },
    ));
    deadlines(old, new, &mut changes);
    changes.extend(listed(
        &old.rounds,
        &new.rounds,
        |round| &round.code,
        [Change::RoundAdded, Change::RoundRemoved],
        |old, new| Change::RoundChanged { old, new },
    ));
    let kept = |plan: &Plan, other: &Plan| -> Vec<String> {
        let codes = plan.rounds.iter().map(|round| round.code.clone());
        codes
            .filter(|code| other.rounds.iter().any(|round| round.code == *code))
            .collect()
    };
    if kept(old, new) != kept(new, old) {
        changes.push(Change::RoundsReordered);
    }
    changes.extend(listed(
        &old.rubric,
        &new.rubric,
        |criterion| &criterion.code,
        [Change::CriterionAdded, Change::CriterionRemoved],
        |old, new| Change::CriterionChanged { old, new },
    ));
    let mut questions: Vec<u16> = old
        .answer_key
        .iter()
        .filter(|answer| !new.answer_key.contains(answer))
        .chain(
            new.answer_key
                .iter()
                .filter(|answer| !old.answer_key.contains(answer)),
        )
        .map(|answer| answer.question)
        .collect();
    questions.sort_unstable();
    questions.dedup();
    if !questions.is_empty() {
        changes.push(Change::KeyChanged { questions });
    }
    changes.extend(listed(
        &old.prizes,
        &new.prizes,
        |prize| &prize.code,
        [Change::PrizeAdded, Change::PrizeRemoved],
        |old, new| Change::PrizeChanged { old, new },
    ));
    changes.extend(listed(
        &old.given,
        &new.given,
        |given| &given.title,
        [Change::GivenAdded, Change::GivenRemoved],
        |_, new| Change::GivenChanged(new),
    ));
    if old.resubmission != new.resubmission {
        changes.push(Change::ResubmissionChanged {
            old: old.resubmission.clone(),
            new: new.resubmission.clone(),
        });
    }
    let only_in = |one: &Plan, other: &Plan| -> Vec<Excluded> {
        let people = one.excluded.iter();
        people
            .filter(|person| !other.excluded.contains(person))
            .cloned()
            .collect()
    };
    let (removed, added) = (only_in(old, new), only_in(new, old));
    if removed.len() + added.len() > NAMED_PEOPLE {
        changes.push(Change::ExcludedMany {
            added: added.len(),
            removed: removed.len(),
        });
    } else {
        changes.extend(removed.into_iter().map(Change::ExcludedRemoved));
        changes.extend(added.into_iter().map(Change::ExcludedAdded));
    }
    if old.retention != new.retention {
        changes.push(Change::Retention {
            old: old.retention.clone(),
            new: new.retention.clone(),
        });
    }
    changes
}

fn without_lists(plan: &Plan) -> Plan {
    Plan {
        units: Vec::new(),
        mailboxes: Vec::new(),
        deadlines: Vec::new(),
        rounds: Vec::new(),
        rubric: Vec::new(),
        answer_key: Vec::new(),
        prizes: Vec::new(),
        given: Vec::new(),
        excluded: Vec::new(),
        retention: None,
        ..plan.clone()
    }
}

fn head(old: &Plan, new: &Plan, changes: &mut Vec<Change>) {
    let fields = |plan: &Plan| {
        let given = |text: &str| Some(text.to_owned());
        [
            (Field::Title, given(&plan.title)),
            (Field::Zone, given(&plan.zone)),
            (Field::DocumentNo, plan.document.number.clone()),
            (Field::DocumentDate, plan.document.date.clone()),
            (Field::Issuer, plan.document.issuer.clone()),
            (Field::Purpose, given(&plan.purpose)),
            (Field::MinAge, Some(plan.eligibility.min_age.to_string())),
            (Field::AsOf, given(&plan.eligibility.as_of)),
        ]
    };
    for ((field, old), (_, new)) in fields(old).into_iter().zip(fields(new)) {
        if old != new {
            changes.push(Change::Head { field, old, new });
        }
    }
}

/// Compares two lists by a key.
fn listed<T: Clone + PartialEq>(
    old: &[T],
    new: &[T],
    key: impl Fn(&T) -> &String,
    [added, removed]: [fn(T) -> Change; 2],
    changed: impl Fn(T, T) -> Change,
) -> Vec<Change> {
    let find = |list: &[T], item: &T| list.iter().find(|other| key(other) == key(item)).cloned();
    let mut changes: Vec<Change> = old
        .iter()
        .filter(|item| find(new, item).is_none())
        .map(|item| removed(item.clone()))
        .collect();
    for item in new {
        match find(old, item) {
            None => changes.push(added(item.clone())),
            Some(before) if before != *item => changes.push(changed(before, item.clone())),
            Some(_) => {}
        }
    }
    changes
}

/// Deadlines have no code: what counts is the one in force, the last of those with one scope.
fn deadlines(old: &Plan, new: &Plan, changes: &mut Vec<Change>) {
    let same =
        |a: &Deadline, b: &Deadline| a.what == b.what && a.unit == b.unit && a.channel == b.channel;
    let last = |plan: &Plan| -> Vec<Deadline> {
        let all = &plan.deadlines;
        let superseded =
            |at: usize, one: &Deadline| all.iter().skip(at + 1).any(|later| same(one, later));
        all.iter()
            .enumerate()
            .filter(|(at, one)| !superseded(*at, one))
            .map(|(_, one)| one.clone())
            .collect()
    };
    let scope = |plan: &Plan, deadline: &Deadline| Scope {
        what: deadline.what,
        unit: deadline
            .unit
            .as_ref()
            .map(|code| plan.unit(code).map_or(code, |unit| &unit.name).clone()),
        channel: deadline.channel.clone(),
    };
    let (before, after) = (last(old), last(new));
    for deadline in &before {
        if !after.iter().any(|other| same(deadline, other)) {
            changes.push(Change::DeadlineRemoved {
                scope: scope(old, deadline),
                phrase: deadline.phrase.clone(),
            });
        }
    }
    for deadline in &after {
        let scope = scope(new, deadline);
        let phrase = deadline.phrase.clone();
        match before.iter().find(|other| same(deadline, other)) {
            None => changes.push(Change::DeadlineAdded { scope, phrase }),
            Some(other) if (other.until, &other.phrase) != (deadline.until, &phrase) => {
                changes.push(Change::DeadlineMoved {
                    scope,
                    old: other.phrase.clone(),
                    new: phrase,
                });
            }
            Some(_) => {}
        }
    }
}
