//! The plan of a contest: everything that differs from one contest to the next.
//!
//! The database holds the plan in versions; `config/contests/*.toml` is its import and export form.

use serde::Deserialize;
use serde::Serialize;

use super::Deadline;
use super::Unit;

/// A plan that has been checked: every code it names exists, every deadline has an operator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Short name in addresses and commands: "hanoi-2019".
    pub slug: String,
    /// "Tìm hiểu Dịch vụ công trực tuyến"
    pub title: String,
    /// IANA zone in which every deadline is meant.
    pub zone: String,
    /// The document that ordered the contest (R001-02).
    pub document: Document,
    /// Notice about personal data in every receipt.
    pub purpose: String,
    pub eligibility: Eligibility,
    pub units: Vec<Unit>,
    pub mailboxes: Vec<Mailbox>,
    pub deadlines: Vec<Deadline>,
    pub rounds: Vec<Round>,
    pub rubric: Vec<Criterion>,
    /// Question number → right letter; empty when the contest has no multiple-choice part.
    pub answer_key: Vec<Answer>,
    pub prizes: Vec<Prize>,
}

/// An official document: number, ISO date and issuer, each possibly not known yet (R002-01).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    pub number: Option<String>,
    pub date: Option<String>,
    pub issuer: Option<String>,
}

/// Who may take part (R001-08, R002-18).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Eligibility {
    /// Full years on `as_of`; day-exact.
    pub min_age: u8,
    /// ISO date at which the age is counted.
    pub as_of: String,
}

/// A mailbox that the plan gives to a unit. How to log in stands in the installation's settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mailbox {
    /// Unit code.
    pub unit: String,
    /// In lower case.
    pub address: String,
}

/// One round (vòng) of judging.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// "vong-loai-quan"
    pub code: String,
    /// "Vòng loại cấp quận, huyện, thị xã"
    pub name: String,
    pub kind: RoundKind,
    /// The kinds of unit that hold this round: ["quan", "huyen", "thi_xa"].
    pub level: Vec<String>,
    /// Where its entries come from.
    pub entry: RoundEntry,
    /// How many go on; `None` = all that passed.
    pub advance: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundKind {
    /// Đạt / không đạt / xem lại.
    Triage,
    /// Marked by the rubric.
    Scored,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundEntry {
    /// Everything the unit's mailboxes take in.
    Intake,
    /// What units of lower level hand over.
    Handover,
    /// What the round with this code let through.
    Round(String),
}

/// A criterion of the rubric, in quarter points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Criterion {
    pub code: String,
    pub name: String,
    pub full_quarters: u32,
    /// Scored from the answer key instead of by a judge.
    pub from_key: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub question: u16,
    pub right: char,
}

/// A prize (R001-47, R001-48).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prize {
    /// "giai-nhat"
    pub code: String,
    /// "Giải nhất"
    pub name: String,
    /// For units instead of persons (giải tập thể).
    pub collective: bool,
    pub count: u32,
    /// In đồng, where the plan says it.
    pub amount: Option<u64>,
}

impl Plan {
    /// The unit with this code.
    pub fn unit(&self, code: &str) -> Option<&Unit> {
        self.units.iter().find(|unit| unit.code == code)
    }

    /// The unit with this code and the units above it, from below.
    pub fn line(&self, code: &str) -> impl Iterator<Item = &Unit> {
        std::iter::successors(self.unit(code), |unit| {
            unit.parent.as_deref().and_then(|parent| self.unit(parent))
        })
        .take(16)
    }

    /// The contact phone for receipts of this unit: its own, else the nearest above it (R000-31).
    pub fn phone(&self, code: &str) -> Option<&str> {
        self.line(code).find_map(|unit| unit.phone.as_deref())
    }

    /// The unit that takes entries in for this one: itself, or the nearest parent that has a mailbox.
    pub fn intake_unit(&self, code: &str) -> Option<&Unit> {
        self.line(code).find(|unit| {
            self.mailboxes
                .iter()
                .any(|mailbox| mailbox.unit == unit.code)
        })
    }

    /// The first round an entry of this unit meets: a round of the unit's kind that begins with its intake.
    pub fn first_round(&self, unit: &Unit) -> Option<&Round> {
        self.rounds
            .iter()
            .find(|round| round.entry == RoundEntry::Intake && round.level.contains(&unit.kind))
    }

    /// The round in which a unit meets what others hand over to it.
    pub fn handover_round(&self, unit: &Unit) -> Option<&Round> {
        self.rounds
            .iter()
            .find(|round| round.entry == RoundEntry::Handover && round.level.contains(&unit.kind))
    }

    /// The last round a unit of this kind holds: its list is what the unit hands over.
    pub fn last_round(&self, unit: &Unit) -> Option<&Round> {
        self.rounds
            .iter()
            .rfind(|round| round.level.contains(&unit.kind))
    }

    /// The mailbox a unit writes from and is written to.
    pub fn mailbox(&self, code: &str) -> Option<&str> {
        self.mailboxes
            .iter()
            .find(|mailbox| mailbox.unit == code)
            .map(|mailbox| mailbox.address.as_str())
    }
}
