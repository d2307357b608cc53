//! A cell as the sheet writes it down, and the styles that say how it is shown.

use quick_xml::events::Event;

use crate::document::workbook::cell::Formats;
use crate::document::workbook::cell::iso_day;
use crate::document::workbook::cell::on_one_line;
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
            "d" => iso_day(value).unwrap_or_else(|| value.to_owned()),
            "b" | "e" => String::new(),
            "str" | "inlineStr" => value.to_owned(),
            _ => {
                let number = value.parse().ok();
                let shown = number.and_then(|number| formats.shown(number, self.style));
                shown.unwrap_or_else(|| value.to_owned())
            }
        };
        on_one_line(&seen)
    }
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

/// The formats of the part with the styles.
pub fn formats(part: &str, since_1904: bool) -> Formats {
    let (mut styles, mut own) = (Vec::new(), Vec::new());
    let mut of_cells = false;
    let mut reader = xml::reader(part);
    loop {
        match reader.read_event() {
            Ok(Event::Start(e) | Event::Empty(e)) => {
                let number = xml::attribute(&e, "numFmtId").and_then(|id| id.parse().ok());
                match e.local_name().as_ref() {
                    "numFmt" => {
                        let code = xml::attribute(&e, "formatCode").unwrap_or_default();
                        own.extend(number.map(|number| (number, code)));
                    }
                    "cellXfs" => of_cells = true,
                    "xf" if of_cells => styles.push(number.unwrap_or(0)),
                    _ => {}
                }
            }
            Ok(Event::End(e)) if e.local_name().as_ref() == "cellXfs" => of_cells = false,
            Ok(Event::Eof) | Err(_) => return Formats::new(styles, own, since_1904),
            Ok(_) => {}
        }
    }
}
