//! How long personal data is kept: `[retention]`, with one of `after` and `months`.

use super::Fault;
use super::date;
use super::table::Reader;
use super::table::Table;
use crate::contest::Plan;
use crate::contest::retention;
use crate::contest::retention::Retention;

/// At most fifty years.
const MOST_MONTHS: u64 = 600;

/// Reads the section, if there is one; the deadlines of the plan are known by now.
pub(super) fn retention(reader: &mut Reader, root: &Table, plan: &mut Plan) {
    if root.get("retention").is_none() {
        return;
    }
    let Some(table) = root.table(reader, "retention", "[retention]") else {
        return;
    };
    table.only(reader, &["after", "months"]);
    let line = |reader: &Reader, key: &str| {
        let value = table.get(key)?;
        Some(reader.line(value.span().start))
    };
    let (after, months) = (line(reader, "after"), line(reader, "months"));
    match (after, months) {
        (Some(_), Some(line)) => reader.error(line, Fault::RetentionTwice),
        (None, None) => table.missing(reader, "after"),
        (Some(line), None) => {
            plan.retention = date(reader, &table, "after").map(Retention::After);
            let early = plan.retention.is_some() && retention::due(plan).is_none();
            if early && let Some(last) = last_phrase(plan) {
                reader.error(line, Fault::RetentionEarly(last));
            }
        }
        (None, Some(line)) => {
            let months = table.number(reader, "months", 0, MOST_MONTHS);
            let months = months.and_then(|months| u16::try_from(months).ok());
            plan.retention = months.map(Retention::Months);
            if plan.deadlines.is_empty() {
                reader.error(line, Fault::RetentionNoEnd);
            }
        }
    }
}

/// The last deadline in the words of the plan.
fn last_phrase(plan: &Plan) -> Option<String> {
    let last = plan.deadlines.iter().max_by_key(|deadline| deadline.until);
    last.map(|deadline| deadline.phrase.clone())
}
