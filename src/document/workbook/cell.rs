//! Numbers and days as a cell shows them.

use jiff::Span;
use jiff::civil::Date;

/// A day as it is written for computers, "2007-02-09T00:00:00", as people write it.
pub fn iso_day(value: &str) -> Option<String> {
    value.get(..10)?.parse().ok().map(spelled)
}

fn spelled(day: Date) -> String {
    format!("{:02}/{:02}/{:04}", day.day(), day.month(), day.year())
}

/// A text on one line: a line break within a cell is none of the row.
pub fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Which styles show a number as a day.
#[derive(Debug, Default)]
pub struct Formats {
    styles: Vec<u32>,
    /// Formats of the file's own that show days.
    days: Vec<u32>,
    since_1904: bool,
}

impl Formats {
    /// `styles`: the numbers of the formats of the styles, in their order. `own`: the file's own formats and how they
    /// are written ("dd/mm/yyyy"). Days are counted from 1904 where an old Macintosh began the file.
    pub fn new(
        styles: Vec<u32>,
        own: impl IntoIterator<Item = (u32, String)>,
        since_1904: bool,
    ) -> Formats {
        let own = own.into_iter().filter(|(_, code)| shows_day(code));
        Formats {
            styles,
            days: own.map(|(number, _)| number).collect(),
            since_1904,
        }
    }

    /// A number as its style shows it, where that is a day or a whole number; else it is shown as it is written.
    pub fn shown(&self, number: f64, style: Option<usize>) -> Option<String> {
        if style.is_some_and(|style| self.is_day(style))
            && let Some(day) = self.day(number)
        {
            return Some(spelled(day));
        }
        // "9.63170669E8" is a phone number.
        (number.fract() == 0.0 && number.abs() < 1e15).then(|| format!("{number:.0}"))
    }

    /// Whether a style shows a number as a day; the formats every file has stand in 18.8.30.
    fn is_day(&self, style: usize) -> bool {
        self.styles.get(style).is_some_and(|format| {
            matches!(format, 14..=17 | 22 | 27..=36 | 50..=58) || self.days.contains(format)
        })
    }

    /// The day with this number: 1 is 1 January 1900, a year that is counted as if it had had a 29 February (18.17.4).
    fn day(&self, number: f64) -> Option<Date> {
        let days = number.floor();
        if !(1.0..3_000_000.0).contains(&days) {
            return None;
        }
        let days = days as i64;
        let (first, days) = match (self.since_1904, days) {
            (true, days) => (Date::constant(1904, 1, 1), days),
            (false, ..=59) => (Date::constant(1899, 12, 31), days),
            (false, days) => (Date::constant(1899, 12, 30), days),
        };
        first.checked_add(Span::new().try_days(days).ok()?).ok()
    }
}

/// Whether a format has a day or a year in it, outside of quotes and brackets: "dd/mm/yyyy".
fn shows_day(code: &str) -> bool {
    let (mut quoted, mut bracketed) = (false, false);
    code.to_ascii_lowercase().chars().any(|c| {
        match c {
            '"' => quoted = !quoted,
            '[' => bracketed = true,
            ']' => bracketed = false,
            _ => {}
        }
        !quoted && !bracketed && matches!(c, 'd' | 'y')
    })
}
