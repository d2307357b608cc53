//! How long the personal data of a contest is kept: no longer than it is needed.

use jiff::Timestamp;
use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::tz::TimeZoneDatabase;
use serde::Deserialize;
use serde::Serialize;

use super::Plan;

/// When the personal data of a contest is due to be removed. Nothing is removed by this alone: a person confirms it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retention {
    /// From this day on (ISO date).
    After(String),
    /// So many months after the day of the last deadline.
    Months(u16),
}

/// The last deadline of a plan: the first instant after the contest, ms UTC.
pub fn end(plan: &Plan) -> Option<i64> {
    plan.deadlines.iter().map(|deadline| deadline.until).max()
}

/// From when on the personal data of a contest is due to be removed, ms UTC. `None`: the plan does not say, or
/// something in it goes on for longer.
pub fn due(plan: &Plan) -> Option<i64> {
    let zone = TimeZoneDatabase::bundled().get(&plan.zone).ok()?;
    let end = end(plan);
    let first_day = match plan.retention.as_ref()? {
        Retention::After(date) => date.parse().ok()?,
        Retention::Months(months) => first_day(end?, *months, &zone)?,
    };
    let due = first_day.to_zoned(zone).ok()?.timestamp().as_millisecond();
    end.is_none_or(|end| end <= due).then_some(due)
}

/// The day after the last day of the contest, so many months on.
fn first_day(end: i64, months: u16, zone: &TimeZone) -> Option<Date> {
    let last = Timestamp::from_millisecond(end.saturating_sub(1)).ok()?;
    let last = last.to_zoned(zone.clone()).date();
    let kept = last.checked_add(i64::from(months).months()).ok()?;
    kept.tomorrow().ok()
}

#[cfg(test)]
mod tests {
    use super::Retention;
    use super::due;
    use crate::contest::file;

    #[test]
    fn data_is_due_at_the_first_midnight_after_its_time() {
        let text = include_str!("../../config/contests/hanoi-2019.toml");
        let mut plan = file::parse(text).0.unwrap();
        let mut check = |retention: Option<Retention>, want: Option<&str>| {
            plan.retention = retention;
            let at = want.map(|want| want.parse::<jiff::Timestamp>().unwrap().as_millisecond());
            assert_eq!(due(&plan), at);
        };
        let after = |date: &str| Some(Retention::After(date.to_owned()));
        check(None, None);
        check(after("2020-11-09"), Some("2020-11-09T00:00:00+07:00"));
        check(after("2019-09-01"), None);
        let last = super::end(&file::parse(text).0.unwrap()).unwrap();
        let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(7));
        let day = jiff::Timestamp::from_millisecond(last - 1).unwrap();
        let day = day.to_zoned(zone.clone()).date();
        let midnight = |day: jiff::civil::Date| {
            let at = day.to_zoned(zone.clone()).unwrap().timestamp();
            at.to_string()
        };
        let tomorrow = day.tomorrow().unwrap();
        check(Some(Retention::Months(0)), Some(&midnight(tomorrow)));
        let year = jiff::ToSpan::months(12);
        let in_a_year = day.checked_add(year).unwrap().tomorrow().unwrap();
        check(Some(Retention::Months(12)), Some(&midnight(in_a_year)));
    }
}
