//! The intake chart: bars by day, or by hour while the span is short, with the deadline; and its table.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::ToSpan;
use jiff::tz::TimeZone;

use crate::words;
use crate::words::time;

const HOUR: i64 = 3_600_000;
/// Under this span (ms) the bars are hours.
const SHORT: i64 = 4 * 24 * HOUR;
/// A deadline farther ahead of the first entry is not drawn: the bars would become threads.
const AHEAD: i64 = 62 * 24 * HOUR;
/// The widest bar: the first day of a contest is no wall.
const WIDEST: f64 = 46.0;
/// Bars at most: what came before is left to the table's first row.
const BARS: usize = 62;

const WIDTH: f64 = 820.0;
const LEFT: f64 = 44.0;
const RIGHT: f64 = 812.0;
const TOP: f64 = 24.0;
const BASE: f64 = 190.0;

/// A chart and the same figures as a table.
pub struct Chart {
    /// Made of numbers and dates only.
    pub svg: String,
    pub heading: &'static str,
    /// Newest first: label and figure.
    pub rows: Vec<(String, String)>,
}

/// Bars from the first entry to now. `hours`: entries in each hour since 1970 UTC.
pub fn intake(
    hours: &[(i64, i64)],
    zone: &TimeZone,
    deadline: Option<i64>,
    now: i64,
) -> Option<Chart> {
    let first = hours.first()?.0 * HOUR;
    let last = hours.last()?.0 * HOUR;
    let end = now.min(deadline.unwrap_or(now)).max(last);
    let deadline = deadline.filter(|at| *at > first && *at - first <= AHEAD);
    let by_hour = end.max(deadline.unwrap_or(end)) - first < SHORT;
    let mut bars: BTreeMap<i64, i64> = BTreeMap::new();
    let mut at = begin(first, zone, by_hour)?;
    while at <= end && bars.len() < 4_000 {
        bars.insert(at, 0);
        at = next(at, zone, by_hour)?;
    }
    for (hour, entries) in hours {
        *bars.entry(begin(hour * HOUR, zone, by_hour)?).or_insert(0) += entries;
    }
    let all: Vec<(i64, i64)> = bars.into_iter().collect();
    let shown = all.get(all.len().saturating_sub(BARS)..).unwrap_or(&all);
    let label = |at: i64| label(at, zone, by_hour);
    Some(Chart {
        svg: draw(shown, deadline, zone, by_hour)?,
        heading: if by_hour {
            words::desk::CHART_BY_HOUR
        } else {
            words::desk::CHART_BY_DAY
        },
        rows: all
            .iter()
            .rev()
            .map(|(at, entries)| (label(*at), time::number(*entries)))
            .collect(),
    })
}

fn begin(ms: i64, zone: &TimeZone, by_hour: bool) -> Option<i64> {
    let at = Timestamp::from_millisecond(ms).ok()?.to_zoned(zone.clone());
    let at = if by_hour {
        at.round(
            jiff::ZonedRound::new()
                .smallest(jiff::Unit::Hour)
                .mode(jiff::RoundMode::Floor),
        )
        .ok()?
    } else {
        at.start_of_day().ok()?
    };
    Some(at.timestamp().as_millisecond())
}

fn next(ms: i64, zone: &TimeZone, by_hour: bool) -> Option<i64> {
    if by_hour {
        return Some(ms + HOUR);
    }
    let at = Timestamp::from_millisecond(ms).ok()?.to_zoned(zone.clone());
    let at = at.checked_add(1.day()).ok()?.start_of_day().ok()?;
    Some(at.timestamp().as_millisecond())
}

/// "05/9" or "14h 05/9"
fn label(ms: i64, zone: &TimeZone, by_hour: bool) -> String {
    let date = time::date(ms, zone);
    let day = date.rsplit_once('/').map_or(date.as_str(), |(day, _)| day);
    if !by_hour {
        return day.to_owned();
    }
    let hour = Timestamp::from_millisecond(ms)
        .map(|at| at.to_zoned(zone.clone()).hour())
        .unwrap_or_default();
    format!("{hour}h {day}")
}

fn draw(
    bars: &[(i64, i64)],
    deadline: Option<i64>,
    zone: &TimeZone,
    by_hour: bool,
) -> Option<String> {
    let most = bars.iter().map(|(_, entries)| *entries).max()?.max(1);
    let start = bars.first()?.0;
    let newest = bars.last()?.0;
    let end = next(newest, zone, by_hour)?;
    let drawn = deadline.filter(|at| *at > start);
    let until = drawn.map_or(end, |at| at.max(end));
    let scale = (RIGHT - LEFT) / (until - start).max(1) as f64;
    let x = |at: i64| LEFT + (at - start) as f64 * scale;
    let mut svg = format!(
        r#"<svg class="chart" viewBox="0 0 {WIDTH} 214" role="img" aria-label="{}">"#,
        words::desk::CHART_LABEL
    );
    for (at, entries) in bars {
        let to = next(*at, zone, by_hour)?;
        let height = (BASE - TOP) * *entries as f64 / most as f64;
        let width = (x(to) - x(*at) - 2.0).clamp(1.0, WIDEST);
        let class = if *at == newest { "bar-now" } else { "bar-past" };
        // Writing to a String cannot fail.
        let _ = write!(
            svg,
            r#"<rect class="{class}" x="{:.1}" y="{:.1}" width="{width:.1}" height="{height:.1}"><title>{}: {}</title></rect>"#,
            x(*at),
            BASE - height,
            label(*at, zone, by_hour),
            time::number(*entries)
        );
    }
    let _ = write!(
        svg,
        r#"<line class="axis" x1="{LEFT}" x2="{RIGHT}" y1="{BASE}" y2="{BASE}"/><text x="36" y="{:.0}" text-anchor="end">{}</text><text x="36" y="{BASE}" text-anchor="end">0</text>"#,
        TOP + 6.0,
        time::number(most)
    );
    let mut marks = vec![start];
    if bars.len() > 6 {
        marks.push(bars.get(bars.len() / 2)?.0);
    }
    if bars.len() > 2 {
        marks.push(newest);
    }
    for at in marks {
        let place = x(at).min(RIGHT - 60.0);
        let _ = write!(
            svg,
            r#"<text x="{place:.0}" y="208">{}</text>"#,
            label(at, zone, by_hour)
        );
    }
    if let Some(at) = drawn {
        let line = x(at);
        let anchor = if line > WIDTH / 2.0 { "end" } else { "start" };
        let text = if line > WIDTH / 2.0 {
            line - 6.0
        } else {
            line + 6.0
        };
        let _ = write!(
            svg,
            r#"<line class="deadline" x1="{line:.1}" x2="{line:.1}" y1="4" y2="{BASE}"/><text class="deadline-text" x="{text:.0}" y="14" text-anchor="{anchor}">{}</text>"#,
            words::desk::chart_deadline(at, zone)
        );
    }
    svg.push_str("</svg>");
    Some(svg)
}

#[cfg(test)]
mod tests {
    use super::intake;
    use crate::words::time::zone;

    #[test]
    fn a_long_span_is_drawn_by_day_and_a_short_one_by_hour() {
        let hanoi = zone("Asia/Ho_Chi_Minh");
        let deadline = 1_567_764_000_000;
        let hour = deadline / 3_600_000;
        let day = intake(
            &[(hour - 240, 3), (hour - 2, 9)],
            &hanoi,
            Some(deadline),
            deadline,
        )
        .expect("drawn");
        assert_eq!(day.rows.len(), 11, "{:?}", day.rows);
        assert_eq!(day.rows.first(), Some(&("06/9".to_owned(), "9".to_owned())));
        assert!(day.svg.contains("deadline"), "{}", day.svg);
        let short = intake(
            &[(hour - 5, 3), (hour - 2, 9)],
            &hanoi,
            Some(deadline),
            deadline,
        )
        .expect("drawn");
        assert!(
            short.rows.iter().any(|row| row.0 == "15h 06/9"),
            "{:?}",
            short.rows
        );
        assert!(intake(&[], &hanoi, None, deadline).is_none());
        let first_day = intake(
            &[(hour - 48, 7)],
            &hanoi,
            Some(deadline),
            deadline - 47 * 3_600_000,
        )
        .expect("drawn");
        assert!(
            first_day.svg.contains("deadline"),
            "the deadline ahead is in the picture: {}",
            first_day.svg
        );
    }
}
