//! Deadlines with their operator and their source phrase, always in the plan's zone (R001-23, R003-16).
//!
//! Which deadline holds for a unit: its own, else its parents' from below, else the general one; at each step one
//! for the channel before one for every channel; of several that match equally the last in the plan, because
//! a later document extends an earlier one (R001-30).

use serde::Deserialize;
use serde::Serialize;

use super::Plan;

pub use super::phrase::BadPhrase;
pub use super::phrase::read_phrase;

/// A deadline as the plan's document words it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    pub what: What,
    /// Unit code; `None` = every unit.
    pub unit: Option<String>,
    /// "email", "paper"; `None` = every channel.
    pub channel: Option<String>,
    /// First instant that is too late, ms UTC: `before` = the named instant, `through_day` = the next midnight.
    pub until: i64,
    pub operator: Operator,
    /// "trước 17h00 ngày 06/9/2019"
    pub phrase: String,
    pub document_no: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    Intake,
    Handover,
    Report,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// "trước 17h00 ngày …": strictly before the instant. Also "đến 17h00 ngày …", strictly before 17:01.
    Before,
    /// "chậm nhất ngày …", "đến ngày …": the whole day counts.
    ThroughDay,
}

/// Whether something came in time. `until` is the first instant that is too late, ms UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timing {
    OnTime {
        until: i64,
    },
    /// `by_ms` is 0 for an entry at exactly `until`.
    Late {
        until: i64,
        by_ms: i64,
    },
    /// The plan names no deadline that holds here.
    NoDeadline,
}

/// Judges an entry received at `received_ms` (ms UTC) by the unit that takes it in, over `channel` ("email", "paper").
pub fn judge(plan: &Plan, unit_code: &str, channel: &str, received_ms: i64) -> Timing {
    let Some(deadline) = in_force(plan, What::Intake, unit_code, Some(channel)) else {
        return Timing::NoDeadline;
    };
    let until = deadline.until;
    if received_ms < until {
        return Timing::OnTime { until };
    }
    Timing::Late {
        until,
        by_ms: received_ms.saturating_sub(until),
    }
}

/// The deadline that holds for a unit. `channel: None` asks for what holds on no particular channel.
pub fn in_force<'p>(
    plan: &'p Plan,
    what: What,
    unit_code: &str,
    channel: Option<&str>,
) -> Option<&'p Deadline> {
    let pick = |unit: Option<&str>, channel: Option<&str>| {
        plan.deadlines.iter().rev().find(|deadline| {
            deadline.what == what
                && deadline.unit.as_deref() == unit
                && deadline.channel.as_deref() == channel
        })
    };
    for unit in plan
        .line(unit_code)
        .map(|unit| Some(unit.code.as_str()))
        .chain([None])
    {
        if let Some(channel) = channel
            && let Some(found) = pick(unit, Some(channel))
        {
            return Some(found);
        }
        if let Some(found) = pick(unit, None) {
            return Some(found);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::Timing;
    use super::What;
    use super::in_force;
    use super::judge;
    use crate::contest::Plan;
    use crate::contest::file;

    fn at(text: &str) -> i64 {
        text.parse::<jiff::Timestamp>().unwrap().as_millisecond()
    }

    fn plan() -> Plan {
        let text = r#"
            [contest]
            slug = "thu"
            title = "Cuộc thi"
            zone = "Asia/Ho_Chi_Minh"
            purpose = "Để tổ chức cuộc thi."
            [eligibility]
            min_age = 12
            as_of = "2019-09-06"
            [kind.thanh_pho]
            word = "Thành phố"
            [kind.quan]
            word = "Quận"
            [[unit]]
            code = "tp"
            kind = "thanh_pho"
            name = "Thành phố A"
            [[unit]]
            code = "q1"
            parent = "tp"
            kind = "quan"
            name = "Quận Một"
            [[unit]]
            code = "q1.p1"
            parent = "q1"
            kind = "quan"
            name = "Quận con"
            [[unit]]
            code = "q2"
            parent = "tp"
            kind = "quan"
            name = "Quận Hai"
            [[deadline]]
            what = "intake"
            phrase = "trước 17h00 ngày 06/9/2019"
            [[deadline]]
            what = "intake"
            unit = "q1"
            phrase = "trước 17h00 ngày 01/9/2019"
            [[deadline]]
            what = "intake"
            unit = "q1"
            channel = "paper"
            phrase = "đến hết ngày 30/8/2019"
            [[deadline]]
            what = "handover"
            phrase = "trước 17h00 ngày 30/9/2019"
            [[deadline]]
            what = "intake"
            document_no = "1570/UBND-PTP"
            phrase = "trước 17h00 ngày 26/9/2019"
        "#;
        let (plan, problems) = file::parse(text);
        assert_eq!(problems, Vec::new());
        plan.unwrap()
    }

    #[test]
    fn an_entry_at_the_stroke_of_five_is_late_and_one_a_millisecond_before_is_not() {
        let plan = plan();
        let check = |unit: &str, channel: &str, received: &str, late_by: Option<i64>| {
            let timing = judge(&plan, unit, channel, at(received));
            match (timing, late_by) {
                (Timing::OnTime { .. }, None) => {}
                (Timing::Late { by_ms, .. }, Some(want)) => assert_eq!(by_ms, want, "{received}"),
                (other, _) => panic!("{unit} {channel} {received}: {other:?}"),
            }
        };
        check("q1", "email", "2019-09-01T16:59:59+07:00", None);
        check("q1", "email", "2019-09-01T16:59:59.999+07:00", None);
        check("q1", "email", "2019-09-01T17:00:00+07:00", Some(0));
        check("q1", "email", "2019-09-01T17:00:01+07:00", Some(1000));
        // A whole day counts to its last millisecond.
        check("q1", "paper", "2019-08-30T23:59:59.999+07:00", None);
        check("q1", "paper", "2019-08-31T00:00:00+07:00", Some(0));
        // A ward inherits its district's deadline, not the city's.
        check("q1.p1", "email", "2019-09-01T17:00:01+07:00", Some(1000));
        check("q1.p1", "paper", "2019-08-31T00:00:01+07:00", Some(1000));
        // The later document extended the general deadline; a unit of its own deadline keeps it.
        check("q2", "email", "2019-09-26T16:59:59.999+07:00", None);
        check("q2", "paper", "2019-09-26T17:00:00+07:00", Some(0));
        check("nobody", "email", "2019-09-26T16:59:59+07:00", None);
        assert!(in_force(&plan, What::Report, "q1", None).is_none());
    }
}
