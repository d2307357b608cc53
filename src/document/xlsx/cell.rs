//! A cell of a workbook as people see it: a string, a number, a day.

use jiff::Span;
use jiff::civil::Date;
use quick_xml::events::Event;

use crate::document::xml;

/// A cell as the sheet says it.
pub struct Cell {
    /// From 0.
    pub column: usize,
    /// "s" for a shared string, "d" for a day in ISO 8601, "e" for an error, nothing for a number (18.18.11).
    pub kind: String,
    pub style: Option<usize>,
    pub value: String,
}

impl Cell {
    /// What people see in it, on one line.
    pub fn text(&self, strings: &[String], formats: &Formats) -> String {
        let value = self.value.trim();
        let seen = match self.kind.as_str() {
            "s" => value
                .parse::<usize>()
                .ok()
                .and_then(|at| strings.get(at))
                .cloned()
                .unwrap_or_default(),
            "d" => iso_day(value).map_or_else(|| value.to_owned(), spelled),
            "b" | "e" => String::new(),
            "str" | "inlineStr" => value.to_owned(),
            _ => number(value, self.style, formats),
        };
        // A line break within a cell is none of the row.
        seen.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

fn number(value: &str, style: Option<usize>, formats: &Formats) -> String {
    let Ok(number) = value.parse::<f64>() else {
        return value.to_owned();
    };
    if style.is_some_and(|style| formats.is_day(style))
        && let Some(day) = formats.day(number)
    {
        return spelled(day);
    }
    // "9.63170669E8" is a phone number.
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return format!("{number:.0}");
    }
    value.to_owned()
}

fn iso_day(value: &str) -> Option<Date> {
    value.get(..10)?.parse().ok()
}

fn spelled(day: Date) -> String {
    format!("{:02}/{:02}/{:04}", day.day(), day.month(), day.year())
}

/// The column of "AB12", from 0.
pub fn column(place: &str) -> Option<usize> {
    let mut column = 0_usize;
    for letter in place.bytes().take_while(u8::is_ascii_alphabetic) {
        let worth = usize::from(letter.to_ascii_uppercase() - b'A') + 1;
        column = column.checked_mul(26)?.checked_add(worth)?;
    }
    column.checked_sub(1)
}

/// Which styles show a number as a day.
#[derive(Debug, Default)]
pub struct Formats {
    /// Numbers of the formats of the styles, in their order.
    styles: Vec<u32>,
    /// Formats of the file's own that show days.
    days: Vec<u32>,
    since_1904: bool,
}

impl Formats {
    /// Reads them out of the part with the styles.
    pub fn read(part: &str, since_1904: bool) -> Formats {
        let mut formats = Formats {
            since_1904,
            ..Formats::default()
        };
        let mut of_cells = false;
        let mut reader = xml::reader(part);
        loop {
            match reader.read_event() {
                Ok(Event::Start(e) | Event::Empty(e)) => {
                    let number = xml::attribute(&e, "numFmtId").and_then(|id| id.parse().ok());
                    match e.local_name().as_ref() {
                        "numFmt" => {
                            let code = xml::attribute(&e, "formatCode").unwrap_or_default();
                            formats.days.extend(number.filter(|_| shows_day(&code)));
                        }
                        "cellXfs" => of_cells = true,
                        "xf" if of_cells => formats.styles.push(number.unwrap_or(0)),
                        _ => {}
                    }
                }
                Ok(Event::End(e)) if e.local_name().as_ref() == "cellXfs" => of_cells = false,
                Ok(Event::Eof) | Err(_) => return formats,
                Ok(_) => {}
            }
        }
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
