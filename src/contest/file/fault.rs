//! What may be wrong in a plan file. Each fault becomes a Vietnamese sentence in `words::plan`.

use crate::contest::deadline::BadPhrase;

/// One mistake, with what the sentence about it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Not TOML; the reader's own (English) words.
    Syntax(String),
    Missing {
        section: String,
        key: &'static str,
    },
    UnknownKey {
        section: String,
        key: String,
        nearest: Option<String>,
    },
    Type {
        key: String,
        want: Want,
    },
    Empty(String),
    Choice {
        key: &'static str,
        value: String,
        choices: &'static [&'static str],
    },
    Code(String),
    UnknownUnit {
        code: String,
        nearest: Option<String>,
    },
    UnknownKind {
        code: String,
        nearest: Option<String>,
    },
    /// A name in [wards] that begins with no kind's word.
    NoKind(String),
    DuplicateCode {
        code: String,
        line: usize,
    },
    DuplicateAddress {
        address: String,
        line: usize,
    },
    SameName {
        name: String,
        line: usize,
    },
    Cycle(String),
    NoRoot,
    HandoverToItself(String),
    Address(String),
    Zone(String),
    Date(String),
    /// Personal data would go before this last deadline.
    RetentionEarly(String),
    /// Both a day and a number of months.
    RetentionTwice,
    /// Months after the end of a contest that has no deadline.
    RetentionNoEnd,
    Phrase {
        phrase: String,
        why: BadPhrase,
    },
    /// A unit's deadline after the one above it (R001-72).
    AfterAbove {
        phrase: String,
        above: String,
    },
    /// Units would hand over before they have taken everything in.
    HandoverFirst {
        handover: String,
        intake: String,
    },
    UnknownRound {
        code: String,
        nearest: Option<String>,
    },
    /// A round that takes entries from itself or from a later one.
    RoundOrder(String),
    /// A round whose level holds nothing in common with the round it continues.
    RoundLevel(String),
    /// Another round takes in what the round `code` lets through.
    TwoNextRounds {
        code: String,
        line: usize,
    },
    UnknownCriterion {
        code: String,
        nearest: Option<String>,
    },
    /// A key that means nothing in a screening.
    NotInTriage(&'static str),
    /// No unit of this kind exists.
    IdleLevel(String),
    /// Two rounds begin with the intake of one kind of unit.
    TwoFirstRounds(String),
    /// A round waits for handovers, but nobody hands over to a unit of its level.
    NothingHandedOver(String),
    Range {
        key: String,
        from: u64,
        to: u64,
    },
    Quarter(String),
    /// A mark on a button that cannot be given, or not in ascending order; `full` in quarters.
    Quick {
        written: String,
        full: u32,
    },
    /// A key that means nothing for a criterion scored from the answer key.
    NotByKey(&'static str),
    /// Not base64 of 32 bytes.
    SigningKey(String),
    /// In quarters.
    Total {
        want: u32,
        sum: u32,
    },
    Letter(String),
    Question(String),
    NoKey,
    IdleKey,
    /// Somebody stands twice on the list of those who do not take part.
    SameMember(String),
    Phone(String),
    /// A group names its members and a file, too.
    MembersTwice,
    /// A file of people that nobody read along with the plan.
    ListNotRead(String),
    /// A last day for newer versions where none takes another's place.
    IdleUntil,
}

/// What kind of value a key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    Text,
    Texts,
    Number,
    Numbers,
    YesNo,
    Table,
    Tables,
    Members,
}

impl Fault {
    /// Whether the fault may only echo a syntax error elsewhere: what is missing may stand in the broken line.
    pub(super) fn may_echo(&self) -> bool {
        matches!(
            self,
            Fault::Missing { .. }
                | Fault::UnknownKey { .. }
                | Fault::UnknownUnit { .. }
                | Fault::UnknownKind { .. }
                | Fault::UnknownRound { .. }
                | Fault::UnknownCriterion { .. }
                | Fault::NoRoot
                | Fault::NoKind(_)
                | Fault::NoKey
                | Fault::RetentionNoEnd
                | Fault::IdleKey
                | Fault::IdleUntil
                | Fault::IdleLevel(_)
                | Fault::NothingHandedOver(_)
                | Fault::Total { .. }
        )
    }
}

/// The candidate that a clerk may have meant: at most a third of the letters differ, or two swapped ones.
pub(super) fn nearest<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<String> {
    let limit = match word.chars().count() {
        0..4 => 1,
        letters => (letters / 3).max(2),
    };
    candidates
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate.to_owned())
}

/// How many letters must be added, dropped or changed.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, to) in row.iter_mut().skip(1).zip(b.chars()) {
            let changed = diagonal + usize::from(from != to);
            diagonal = *cell;
            left = changed.min(left + 1).min(diagonal + 1);
            *cell = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_of_the_pen_is_recognised_and_a_stranger_is_not() {
        let codes = ["hoan-kiem", "hoang-mai", "ba-dinh"];
        let check = |word: &str, want: Option<&str>| {
            assert_eq!(nearest(word, codes).as_deref(), want, "{word}");
        };
        check("hoan-kien", Some("hoan-kiem"));
        check("hoang-may", Some("hoang-mai"));
        check("badinh", Some("ba-dinh"));
        check("long-bien", None);
    }
}
