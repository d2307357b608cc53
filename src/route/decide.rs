//! The decision: mailbox first, then what the entry says; unsure is an answer too.

use serde::Deserialize;
use serde::Serialize;

use super::Index;
use crate::contest::Plan;
use crate::contest::Unit;
use crate::slip::Slip;
use crate::text;

/// Where an entry goes and how sure that is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Code of the unit that takes the entry (always one with a mailbox).
    pub unit: String,
    /// Code of the ward, school or office it came from, for participation counts (R001-41), when found.
    pub origin: Option<String>,
    /// False: the entry is held and a matter `route` asks a person, with `candidates` as suggestions.
    pub certain: bool,
    pub reason: Reason,
    /// Codes of other units the entry may be for, best first.
    pub candidates: Vec<String>,
}

/// Why the unit was chosen; what a clerk reads about it is in `words::matter`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The mailbox's unit, and nothing in the entry speaks against it.
    Mailbox,
    /// The author's school or office has its seat there.
    Seat,
    /// The author lives there.
    Residence,
    /// The entry names a unit other than the mailbox's.
    Elsewhere,
    /// The entry names several units that do not agree.
    Ambiguous,
}

/// What one fact of the slip says.
#[derive(Default)]
struct Claim {
    /// Units that take the entry in, if this fact decides; the best first.
    intakes: Vec<String>,
    /// The most specific units named.
    named: Vec<String>,
}

/// Decides the unit for an entry that arrived in the mailbox of `mailbox_unit`.
///
/// A school's seat outranks a residence (R001-63). For other offices either one may be the mailbox's: whoever
/// works in one place and lives in another may write to both (R001-27). Staff of a department live anywhere, so
/// only another office speaks against a department's mailbox.
pub fn decide(plan: &Plan, index: &Index, mailbox_unit: &str, slip: &Slip) -> Decision {
    let mailbox = plan.unit(mailbox_unit);
    let root = mailbox.is_some_and(|unit| unit.parent.is_none())
        && plan
            .units
            .iter()
            .any(|unit| unit.parent.as_deref() == Some(mailbox_unit));
    let department = !root && mailbox.is_some_and(|unit| !territorial(plan, unit));
    let told = |fact: &Option<crate::slip::Fact>| {
        fact.as_ref()
            .map_or(String::new(), |fact| fact.value.clone())
    };
    let unit_text = told(&slip.unit);
    let seat = claim(plan, index, mailbox_unit, &unit_text, department);
    let residence = if department {
        Claim::default()
    } else {
        claim(plan, index, mailbox_unit, &told(&slip.address), false)
    };
    let pupil = slip.class.is_some() || is_school(plan, &unit_text, &seat);
    let here = |claim: &Claim| {
        !claim.intakes.is_empty()
            && claim.named.iter().all(|code| {
                index.is_under(code, mailbox_unit)
                    || index.is_under(mailbox_unit, code)
                    || intake(plan, code).is_some_and(|unit| unit == mailbox_unit)
            })
    };
    let origin = |claim: &Claim| match claim.named.as_slice() {
        [code] if code != mailbox_unit && index.is_under(code, mailbox_unit) => Some(code.clone()),
        _ => None,
    };
    let mut decision = Decision {
        unit: mailbox_unit.to_owned(),
        origin: None,
        certain: true,
        reason: Reason::Mailbox,
        candidates: Vec::new(),
    };
    if root {
        let best = if seat.intakes.is_empty() {
            &residence
        } else {
            &seat
        };
        decision.candidates = best
            .intakes
            .iter()
            .filter(|code| *code != mailbox_unit)
            .cloned()
            .collect();
        decision.certain = decision.candidates.is_empty()
            && mailbox.is_some_and(|unit| plan.first_round(unit).is_some());
        decision.reason = match decision.candidates.len() {
            0 => Reason::Mailbox,
            1 => Reason::Elsewhere,
            _ => Reason::Ambiguous,
        };
        return decision;
    }
    if here(&seat) {
        decision.reason = Reason::Seat;
        decision.origin = origin(&seat).or_else(|| if pupil { None } else { origin(&residence) });
        return decision;
    }
    if here(&residence) && (seat.intakes.is_empty() || !pupil) {
        decision.reason = Reason::Residence;
        decision.origin = if pupil { None } else { origin(&residence) };
        return decision;
    }
    let (best, other) = if seat.intakes.is_empty() {
        (&residence, &seat)
    } else {
        (&seat, &residence)
    };
    if best.intakes.is_empty() {
        return decision;
    }
    decision.certain = false;
    decision.reason = if best.intakes.len() > 1 {
        Reason::Ambiguous
    } else {
        Reason::Elsewhere
    };
    for code in best.intakes.iter().chain(&other.intakes) {
        if code != mailbox_unit && !decision.candidates.contains(code) {
            decision.candidates.push(code.clone());
        }
    }
    decision
}

/// Reads one fact. With `offices_only`, places do not count.
fn claim(plan: &Plan, index: &Index, mailbox_unit: &str, text: &str, offices_only: bool) -> Claim {
    let mut mentions = index.mentions(text);
    let is_office = |code: &String| plan.unit(code).is_some_and(|unit| !territorial(plan, unit));
    // A school or department named beside a place is what is meant.
    if offices_only
        || mentions
            .iter()
            .any(|mention| mention.codes.iter().all(is_office))
    {
        mentions.retain(|mention| {
            mention.codes.iter().all(is_office) || offices_only && mention.office
        });
    }
    let mut claim = Claim::default();
    for mention in mentions {
        // Among units of one name, the mailbox's own is meant.
        let own: Vec<String> = mention
            .codes
            .iter()
            .filter(|code| index.is_under(code, mailbox_unit))
            .cloned()
            .collect();
        for code in if own.is_empty() { mention.codes } else { own } {
            let is_root = plan.unit(&code).is_some_and(|unit| unit.parent.is_none());
            if is_root && plan.units.len() > 1 {
                continue;
            }
            let Some(taker) = intake(plan, &code) else {
                continue;
            };
            if !claim.intakes.contains(&taker) {
                claim.intakes.push(taker);
            }
            claim.named.push(code);
        }
    }
    claim
}

/// The unit that takes in for a unit: by its seat first (R001-63).
fn intake(plan: &Plan, code: &str) -> Option<String> {
    let unit = plan.unit(code)?;
    let own = plan
        .mailboxes
        .iter()
        .any(|mailbox| mailbox.unit == unit.code);
    let from = unit.seat.as_deref().filter(|_| !own).unwrap_or(code);
    plan.intake_unit(from).map(|unit| unit.code.clone())
}

/// Whether people live in a unit: a place of the country's map, or anything with such places below it.
fn territorial(plan: &Plan, unit: &Unit) -> bool {
    let place = |unit: &Unit| {
        [
            "tinh",
            "thanh_pho",
            "quan",
            "huyen",
            "thi_xa",
            "phuong",
            "xa",
            "thi_tran",
            "dac_khu",
        ]
        .contains(&unit.kind.as_str())
    };
    place(unit)
        || plan
            .units
            .iter()
            .any(|below| below.parent.as_ref() == Some(&unit.code) && place(below))
}

fn is_school(plan: &Plan, text: &str, claim: &Claim) -> bool {
    let folded = format!(" {} ", text::fold(text));
    [
        " thcs ",
        " thpt ",
        " truong ",
        " tieu hoc ",
        " mam non ",
        " dai hoc ",
        " hoc vien ",
        " cao dang ",
    ]
    .iter()
    .any(|word| folded.contains(word))
        || claim
            .named
            .iter()
            .any(|code| plan.unit(code).is_some_and(|unit| unit.kind == "truong"))
}

#[cfg(test)]
pub(super) fn plan_for_tests() -> Plan {
    let unit = |code: &str, parent: &str, kind: &str, name: &str| Unit {
        code: code.to_owned(),
        parent: (!parent.is_empty()).then(|| parent.to_owned()),
        kind: kind.to_owned(),
        name: name.to_owned(),
        ..Unit::default()
    };
    let mailbox = |unit: &str| crate::contest::plan::Mailbox {
        unit: unit.to_owned(),
        address: format!("{unit}@example.vn"),
    };
    Plan {
        slug: "thu".to_owned(),
        title: String::new(),
        zone: "Asia/Ho_Chi_Minh".to_owned(),
        document: crate::contest::plan::Document::default(),
        purpose: String::new(),
        eligibility: crate::contest::plan::Eligibility {
            min_age: 12,
            as_of: "2019-09-06".to_owned(),
        },
        units: vec![
            unit("tp", "", "thanh_pho", "Thành phố Hà Nội"),
            unit("hk", "tp", "quan", "Quận Hoàn Kiếm"),
            unit("hk.hb", "hk", "phuong", "Phường Hàng Bạc"),
            unit("hk.tv", "hk", "truong", "Trường THCS Trưng Vương"),
            unit("hd", "tp", "quan", "Quận Hà Đông"),
            unit("hd.qt", "hd", "phuong", "Phường Quang Trung"),
            unit("st", "tp", "thi_xa", "Thị xã Sơn Tây"),
            unit("st.qt", "st", "phuong", "Phường Quang Trung"),
            unit("bv", "tp", "huyen", "Huyện Ba Vì"),
            unit("stp", "tp", "so", "Sở Tư pháp"),
            Unit {
                seat: Some("hd".to_owned()),
                ..unit("nh", "tp", "truong", "Trường THPT Nguyễn Huệ")
            },
        ],
        mailboxes: ["tp", "hk", "hd", "st", "bv", "stp"]
            .into_iter()
            .map(mailbox)
            .collect(),
        deadlines: Vec::new(),
        rounds: Vec::new(),
        rubric: Vec::new(),
        answer_key: Vec::new(),
        prizes: Vec::new(),
        given: Vec::new(),
        resubmission: Default::default(),
        excluded: Vec::new(),
        retention: None,
    }
}

#[cfg(test)]
mod tests {
    use super::Index;
    use super::Reason;
    use super::decide;
    use super::plan_for_tests;
    use crate::slip::Fact;
    use crate::slip::Place;
    use crate::slip::Slip;

    #[test]
    fn an_entry_goes_to_the_seat_then_to_the_residence_and_else_to_a_person() {
        use Reason::{Ambiguous, Elsewhere, Mailbox, Residence, Seat};
        let plan = plan_for_tests();
        let index = Index::new(&plan);
        let check = |mailbox: &str,
                     unit: &str,
                     address: &str,
                     reason: Reason,
                     origin: &str,
                     candidates: &str| {
            let fact = |value: &str| {
                (!value.is_empty()).then(|| Fact {
                    value: value.to_owned(),
                    place: Place::EssayHead,
                    span: None,
                })
            };
            let slip = Slip {
                unit: fact(unit),
                address: fact(address),
                ..Slip::default()
            };
            let got = decide(&plan, &index, mailbox, &slip);
            let case = format!("{mailbox} {unit:?} {address:?}");
            assert_eq!(got.unit, mailbox, "{case}");
            assert_eq!(
                (got.reason, got.origin.as_deref().unwrap_or("")),
                (reason, origin),
                "{case}"
            );
            assert_eq!(got.candidates.join(" "), candidates, "{case}");
            assert_eq!(
                got.certain,
                !matches!(reason, Elsewhere | Ambiguous) && mailbox != "tp",
                "{case}"
            );
        };
        check("hk", "", "", Mailbox, "", "");
        check("hk", "Công ty ABC", "Thanh Hóa", Mailbox, "", "");
        check("hk", "THCS Trưng Vương", "quận Hà Đông", Seat, "hk.tv", "");
        check(
            "hd",
            "Trường THCS Trưng Vương",
            "quận Hà Đông",
            Elsewhere,
            "",
            "hk",
        );
        check("hd", "THPT Nguyễn Huệ", "quận Hoàn Kiếm", Seat, "nh", "");
        check(
            "hk",
            "THPT Nguyễn Huệ",
            "quận Hoàn Kiếm",
            Elsewhere,
            "",
            "hd",
        );
        check(
            "hk",
            "",
            "phường Hàng Bạc, quận Hoàn Kiếm",
            Residence,
            "hk.hb",
            "",
        );
        check("hk", "", "Q. Hà Đông, Hà Nội", Elsewhere, "", "hd");
        check(
            "hk",
            "UBND phường Hàng Bạc",
            "quận Hà Đông",
            Seat,
            "hk.hb",
            "",
        );
        check(
            "hd",
            "UBND phường Hàng Bạc",
            "quận Hà Đông",
            Residence,
            "",
            "",
        );
        check(
            "st",
            "UBND phường Hàng Bạc",
            "quận Hà Đông",
            Elsewhere,
            "",
            "hk hd",
        );
        check("hk", "Sở Tư pháp", "quận Hoàn Kiếm", Residence, "", "");
        check("stp", "Sở Tư pháp", "quận Hoàn Kiếm", Seat, "", "");
        check(
            "stp",
            "Phòng công chứng số 1, quận Hoàn Kiếm",
            "quận Hà Đông",
            Mailbox,
            "",
            "",
        );
        check("stp", "THCS Trưng Vương", "", Elsewhere, "", "hk");
        check("st", "", "phường Quang Trung", Residence, "st.qt", "");
        check("hk", "", "phường Quang Trung", Ambiguous, "", "hd st");
        check("hk", "thành phố Hà Nội", "", Mailbox, "", "");
        check("tp", "THCS Trưng Vương", "", Elsewhere, "", "hk");
        check("tp", "", "phường Quang Trung", Ambiguous, "", "hd st");
        check("tp", "", "", Mailbox, "", "");
        check("", "👩‍👩‍👧", "\u{301}", Mailbox, "", "");
    }
}
