//! The plan of a contest: everything that differs from one contest to the next.
//!
//! The database holds the plan in versions; `config/contests/*.toml` is its import and export form.

use serde::Deserialize;
use serde::Serialize;

use super::Deadline;
use super::Quarters;
use super::Retention;
use super::Role;
use super::Unit;
use super::resubmission::Excluded;
use super::resubmission::Resubmission;
use super::unit::Handover;

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
    /// What everybody was handed: equal words in two essays that stand here say nothing.
    #[serde(default)]
    pub given: Vec<Given>,
    /// What becomes of an essay that is handed in again.
    #[serde(default)]
    pub resubmission: Resubmission,
    /// People who do not take part (R001-10).
    #[serde(default)]
    pub excluded: Vec<Excluded>,
    /// How long personal data is kept; `None`: until the plan says.
    #[serde(default)]
    pub retention: Option<Retention>,
}

/// A text of the contest itself: the questions, the official answers, a law that is asked about (văn bản chung).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// "Bộ câu hỏi"
    pub title: String,
    pub text: String,
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

/// One round (vòng) of judging (R001-43, R001-45).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredRound")]
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
    /// Independent marks that each entry gets; at least 1.
    pub marks: u32,
    /// Roles that must approve the round's list, each with an account of its own.
    pub approvals: Vec<Role>,
    /// Criteria that break a tie, the first first; empty = the head judge compares.
    pub ties: Vec<String>,
}

/// A round as it may stand in the database: versions stored before marks, approvals and ties were plan data lack them.
#[derive(Deserialize)]
struct StoredRound {
    code: String,
    name: String,
    kind: RoundKind,
    level: Vec<String>,
    entry: RoundEntry,
    advance: Option<u32>,
    marks: Option<u32>,
    approvals: Option<Vec<Role>>,
    #[serde(default)]
    ties: Vec<String>,
}

impl From<StoredRound> for Round {
    fn from(stored: StoredRound) -> Round {
        Round {
            marks: stored.marks.unwrap_or(stored.kind.usual_marks()),
            approvals: stored.approvals.unwrap_or_else(usual_approvals),
            ties: stored.ties,
            code: stored.code,
            name: stored.name,
            kind: stored.kind,
            level: stored.level,
            entry: stored.entry,
            advance: stored.advance,
        }
    }
}

/// Who approves a list where the plan names nobody: the head judge alone.
pub fn usual_approvals() -> Vec<Role> {
    vec![Role::HeadJudge]
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundKind {
    /// Đạt / không đạt / xem lại.
    Triage,
    /// Marked by the rubric.
    Scored,
}

impl RoundKind {
    /// Independent marks where the plan does not say: one for a screening, two ("chấm hai vòng độc lập") by the rubric.
    pub fn usual_marks(self) -> u32 {
        match self {
            RoundKind::Triage => 1,
            RoundKind::Scored => 2,
        }
    }
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
    /// What to look for, shown to judges beside the field.
    #[serde(default)]
    pub hint: Option<String>,
    /// Marks on buttons, ascending; empty = `quick_marks` makes five.
    #[serde(default)]
    pub quick: Vec<Quarters>,
}

impl Criterion {
    /// The most a judge may give.
    pub fn full(&self) -> Quarters {
        Quarters::new(self.full_quarters)
    }

    /// The marks on quick buttons: the plan's, else 0, ¼, ½, ¾ and all of the full mark, each to the nearest quarter point.
    pub fn quick_marks(&self) -> Vec<Quarters> {
        if !self.quick.is_empty() {
            return self.quick.clone();
        }
        let steps = (0..=4u64).map(|step| (u64::from(self.full_quarters) * step + 2) / 4);
        let mut marks: Vec<Quarters> = steps
            .filter_map(|quarters| u32::try_from(quarters).ok())
            .map(Quarters::new)
            .collect();
        marks.dedup();
        marks
    }
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

    /// The round with this code.
    pub fn round(&self, code: &str) -> Option<&Round> {
        self.rounds.iter().find(|round| round.code == code)
    }

    /// The rounds that a unit holds, in order.
    pub fn rounds_of(&self, unit: &Unit) -> impl Iterator<Item = &Round> {
        self.rounds
            .iter()
            .filter(|round| round.level.contains(&unit.kind))
    }

    /// The round that takes in what this one lets through; `None` after the last of its level (then comes the handover).
    pub fn next_round(&self, round: &Round) -> Option<&Round> {
        self.rounds
            .iter()
            .find(|next| matches!(&next.entry, RoundEntry::Round(code) if *code == round.code))
    }

    /// The unit that takes in what this one hands over.
    pub fn receiver(&self, unit: &Unit) -> Option<&Unit> {
        match &unit.handover {
            Handover::None => None,
            Handover::All { to } | Handover::Top { to, .. } => self.unit(to),
        }
    }

    /// The first round of a receiving unit that begins with what is handed over to it (R001-45).
    pub fn handover_round(&self, receiver: &Unit) -> Option<&Round> {
        self.rounds_of(receiver)
            .find(|round| round.entry == RoundEntry::Handover)
    }

    /// The last round a unit of this kind holds: its list is what the unit hands over.
    pub fn last_round(&self, unit: &Unit) -> Option<&Round> {
        self.rounds_of(unit).last()
    }

    /// The mailbox a unit writes from and is written to.
    pub fn mailbox(&self, code: &str) -> Option<&str> {
        self.mailboxes
            .iter()
            .find(|mailbox| mailbox.unit == code)
            .map(|mailbox| mailbox.address.as_str())
    }

    /// What a round is marked by: the rubric, or nothing in a screening.
    pub fn rubric_of(&self, round: &Round) -> &[Criterion] {
        match round.kind {
            RoundKind::Triage => &[],
            RoundKind::Scored => &self.rubric,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Criterion;
    use super::Plan;
    use super::Quarters;
    use super::Role;
    use super::Round;
    use super::Unit;
    use super::usual_approvals;

    fn hanoi() -> Plan {
        let text = include_str!("../../config/contests/hanoi-2019.toml");
        crate::contest::file::parse(text).0.unwrap()
    }

    #[test]
    fn the_four_rounds_of_ha_noi_follow_one_another() {
        let plan = hanoi();
        let of = |unit: &str| -> Vec<&str> {
            let unit = plan.unit(unit).unwrap();
            plan.rounds_of(unit).map(|round| &*round.code).collect()
        };
        assert_eq!(of("hoan-kiem"), ["vong-loai-quan", "so-khao-quan"]);
        assert_eq!(of("ha-noi"), ["so-khao-thanh-pho", "chung-khao-thanh-pho"]);
        assert!(of("so-tu-phap").is_empty());
        let next = |code: &str| {
            let next = plan.next_round(plan.round(code).unwrap());
            next.map(|round| &*round.code)
        };
        assert_eq!(next("vong-loai-quan"), Some("so-khao-quan"));
        assert_eq!(next("so-khao-quan"), None, "then comes the handover");
        assert_eq!(next("so-khao-thanh-pho"), Some("chung-khao-thanh-pho"));
        assert_eq!(next("chung-khao-thanh-pho"), None);
        let received = |unit: &str| {
            let receiver = plan.receiver(plan.unit(unit).unwrap())?;
            plan.handover_round(receiver).map(|round| &*round.code)
        };
        assert_eq!(received("hoan-kiem"), Some("so-khao-thanh-pho"));
        assert_eq!(received("so-tu-phap"), Some("so-khao-thanh-pho"));
        assert_eq!(received("ha-noi"), None);
        let district: &Unit = plan.unit("hoan-kiem").unwrap();
        assert_eq!(plan.handover_round(district), None);
        let rubric = |code: &str| plan.rubric_of(plan.round(code).unwrap()).len();
        assert_eq!((rubric("vong-loai-quan"), rubric("so-khao-quan")), (0, 5));
    }

    #[test]
    fn a_plan_stored_before_marks_and_approvals_were_data_still_reads() {
        let check = |json: &str, marks: u32| {
            let round: Round = serde_json::from_str(json).unwrap();
            assert_eq!((round.marks, round.approvals), (marks, usual_approvals()));
            assert!(round.ties.is_empty());
        };
        let old = |kind: &str| {
            format!(
                r#"{{"code":"a","name":"A","kind":"{kind}","level":["quan"],"entry":"intake","advance":null}}"#
            )
        };
        check(&old("triage"), 1);
        check(&old("scored"), 2);
        let criterion: Criterion =
            serde_json::from_str(r#"{"code":"a","name":"A","full_quarters":40,"from_key":false}"#)
                .unwrap();
        assert_eq!((criterion.hint, criterion.quick), (None, Vec::new()));
        let mut unit = serde_json::to_value(Unit::default()).unwrap();
        unit.as_object_mut().unwrap().remove("signing_key").unwrap();
        assert_eq!(
            serde_json::from_value::<Unit>(unit).unwrap(),
            Unit::default()
        );
        let now = hanoi();
        let json = serde_json::to_string(&now).unwrap();
        assert_eq!(serde_json::from_str::<Plan>(&json).unwrap(), now);
        let approvals = &now.round("so-khao-quan").unwrap().approvals;
        assert_eq!(*approvals, [Role::HeadJudge, Role::Secretary]);
    }

    #[test]
    fn quick_marks_run_from_nothing_to_all_in_even_steps() {
        let check = |full: u32, quick: &[u32], want: &str| {
            let criterion = Criterion {
                code: String::new(),
                name: String::new(),
                full_quarters: full,
                from_key: false,
                hint: None,
                quick: quick.iter().copied().map(Quarters::new).collect(),
            };
            let marks: Vec<String> = criterion
                .quick_marks()
                .iter()
                .map(Quarters::to_string)
                .collect();
            assert_eq!(marks.join(" "), want);
        };
        check(12, &[], "0 0,75 1,5 2,25 3");
        check(40, &[], "0 2,5 5 7,5 10");
        check(7, &[], "0 0,5 1 1,25 1,75");
        check(2, &[], "0 0,25 0,5");
        check(12, &[0, 6, 12], "0 1,5 3");
    }
}
