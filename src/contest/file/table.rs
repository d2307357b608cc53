//! Typed access to a TOML table that remembers the line of everything and reports every mistake.

use toml::Spanned;
use toml::de::DeTable;
use toml::de::DeValue;

use super::Fault;
use super::Problem;
use super::Severity;
use super::fault::Want;
use super::fault::nearest;
use crate::contest::Quarters;
use crate::text::normal;

/// More points than any rubric has: 10,000.
const MOST_POINTS: Quarters = Quarters::new(40_000);

/// A value and the line it stands in.
#[derive(Clone, Debug)]
pub(super) struct At<T> {
    pub value: T,
    pub line: usize,
}

/// The text being read and what was found wrong with it.
pub(super) struct Reader<'t> {
    text: &'t str,
    pub problems: Vec<Problem>,
}

impl<'t> Reader<'t> {
    pub fn new(text: &'t str) -> Reader<'t> {
        Reader {
            text,
            problems: Vec::new(),
        }
    }

    /// The line (from 1) of a byte offset.
    pub fn line(&self, offset: usize) -> usize {
        let before = self.text.as_bytes().iter().take(offset);
        1 + before.filter(|byte| **byte == b'\n').count()
    }

    pub fn error(&mut self, line: usize, fault: Fault) {
        self.problems.push(Problem {
            line,
            severity: Severity::Error,
            fault,
        });
    }

    pub fn warning(&mut self, line: usize, fault: Fault) {
        self.problems.push(Problem {
            line,
            severity: Severity::Warning,
            fault,
        });
    }

    pub fn text(&mut self, key: &str, value: &Spanned<DeValue>) -> Option<At<String>> {
        let line = self.line(value.span().start);
        let Some(text) = value.get_ref().as_str() else {
            self.wrong_type(line, key, Want::Text);
            return None;
        };
        let text = normal(text).trim().to_owned();
        if text.is_empty() {
            self.error(line, Fault::Empty(key.to_owned()));
            return None;
        }
        Some(At { value: text, line })
    }

    /// A list of texts; one text alone is a list of one.
    pub fn texts(&mut self, key: &str, value: &Spanned<DeValue>) -> Vec<At<String>> {
        if value.get_ref().is_str() {
            return self.text(key, value).into_iter().collect();
        }
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_type(self.line(value.span().start), key, Want::Texts);
            return Vec::new();
        };
        array
            .iter()
            .filter_map(|item| self.text(key, item))
            .collect()
    }

    /// Points as they are written, a number or a text: `2.5`, `"2,25"`. Read as text, because a float is no mark.
    pub fn points(&mut self, key: &str, value: &Spanned<DeValue>) -> Option<At<String>> {
        let line = self.line(value.span().start);
        let value = match value.get_ref() {
            DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str().to_owned(),
            DeValue::Float(float) => float.as_str().to_owned(),
            DeValue::String(text) => text.trim().to_owned(),
            DeValue::Integer(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => {
                self.wrong_type(line, key, Want::Number);
                return None;
            }
        };
        Some(At { value, line })
    }

    pub fn wrong_type(&mut self, line: usize, key: &str, want: Want) {
        let key = key.to_owned();
        self.error(line, Fault::Type { key, want });
    }
}

/// One table of the file under the name a clerk knows it by: "[contest]", "[[unit]]".
pub(super) struct Table<'a, 't> {
    entries: &'a DeTable<'t>,
    pub section: String,
    pub line: usize,
}

impl<'a, 't> Table<'a, 't> {
    pub fn root(entries: &'a DeTable<'t>) -> Table<'a, 't> {
        Table {
            entries,
            section: String::new(),
            line: 1,
        }
    }

    /// The sub-table under `key`, called `section`.
    pub fn table(&self, reader: &mut Reader, key: &str, section: &str) -> Option<Table<'a, 't>> {
        let value = self.entries.get(key)?;
        Table::of(reader, value, key, section)
    }

    pub fn of(
        reader: &mut Reader,
        value: &'a Spanned<DeValue<'t>>,
        key: &str,
        section: &str,
    ) -> Option<Table<'a, 't>> {
        let line = reader.line(value.span().start);
        let Some(entries) = value.get_ref().as_table() else {
            reader.wrong_type(line, key, Want::Table);
            return None;
        };
        Some(Table {
            entries,
            section: section.to_owned(),
            line,
        })
    }

    /// The tables of `[[key]]`.
    pub fn tables(&self, reader: &mut Reader, key: &str) -> Vec<Table<'a, 't>> {
        let Some(value) = self.entries.get(key) else {
            return Vec::new();
        };
        let Some(array) = value.get_ref().as_array() else {
            reader.wrong_type(reader.line(value.span().start), key, Want::Tables);
            return Vec::new();
        };
        let section = format!("[[{key}]]");
        array
            .iter()
            .filter_map(|item| Table::of(reader, item, key, &section))
            .collect()
    }

    /// Every entry in the order of the file: key, its line, value.
    pub fn entries(&self, reader: &Reader) -> Vec<(At<String>, &'a Spanned<DeValue<'t>>)> {
        let mut entries: Vec<_> = self.entries.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        entries
            .into_iter()
            .map(|(key, value)| {
                let line = reader.line(key.span().start);
                let key = normal(key.get_ref());
                (At { value: key, line }, value)
            })
            .collect()
    }

    /// Reports every key that is not among `known`.
    pub fn only(&self, reader: &mut Reader, known: &[&str]) {
        for (key, _) in self.entries(reader) {
            if !known.contains(&key.value.as_str()) {
                let nearest = nearest(&key.value, known.iter().copied());
                let section = self.section.clone();
                let fault = Fault::UnknownKey {
                    section,
                    key: key.value,
                    nearest,
                };
                reader.error(key.line, fault);
            }
        }
    }

    pub fn get(&self, key: &str) -> Option<&'a Spanned<DeValue<'t>>> {
        self.entries.get(key)
    }

    /// The line of a key's value, or of the table when the key is not there.
    pub fn line_of(&self, reader: &Reader, key: &str) -> usize {
        self.get(key)
            .map_or(self.line, |value| reader.line(value.span().start))
    }

    pub fn missing(&self, reader: &mut Reader, key: &'static str) {
        let section = self.section.clone();
        reader.error(self.line, Fault::Missing { section, key });
    }

    pub fn text(&self, reader: &mut Reader, key: &str) -> Option<At<String>> {
        reader.text(key, self.get(key)?)
    }

    pub fn needed_text(&self, reader: &mut Reader, key: &'static str) -> Option<At<String>> {
        if self.get(key).is_none() {
            self.missing(reader, key);
        }
        self.text(reader, key)
    }

    pub fn texts(&self, reader: &mut Reader, key: &str) -> Vec<At<String>> {
        self.get(key)
            .map(|value| reader.texts(key, value))
            .unwrap_or_default()
    }

    /// A whole number within bounds.
    pub fn number(&self, reader: &mut Reader, key: &str, from: u64, to: u64) -> Option<u64> {
        let value = self.get(key)?;
        let line = reader.line(value.span().start);
        let Some(integer) = value.get_ref().as_integer() else {
            reader.wrong_type(line, key, Want::Number);
            return None;
        };
        match u64::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(number) if (from..=to).contains(&number) => Some(number),
            Ok(_) | Err(_) => {
                let key = key.to_owned();
                reader.error(line, Fault::Range { key, from, to });
                None
            }
        }
    }

    pub fn number32(&self, reader: &mut Reader, key: &str, from: u32) -> Option<u32> {
        let number = self.number(reader, key, from.into(), 1_000_000)?;
        u32::try_from(number).ok()
    }

    pub fn yes(&self, reader: &mut Reader, key: &str, otherwise: bool) -> bool {
        let Some(value) = self.get(key) else {
            return otherwise;
        };
        value.get_ref().as_bool().unwrap_or_else(|| {
            reader.wrong_type(reader.line(value.span().start), key, Want::YesNo);
            otherwise
        })
    }

    /// Points in quarter steps: `10`, `2.5`, `"2,25"`.
    pub fn quarters(&self, reader: &mut Reader, key: &str) -> Option<At<u32>> {
        let written = reader.points(key, self.get(key)?)?;
        let line = written.line;
        let Some(value) = quarters(&written.value) else {
            reader.error(line, Fault::Quarter(written.value));
            return None;
        };
        Some(At { value, line })
    }

    /// A list of points as they are written.
    pub fn points(&self, reader: &mut Reader, key: &str) -> Vec<At<String>> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let Some(array) = value.get_ref().as_array() else {
            reader.wrong_type(reader.line(value.span().start), key, Want::Numbers);
            return Vec::new();
        };
        array
            .iter()
            .filter_map(|item| reader.points(key, item))
            .collect()
    }
}

/// Reads the points a criterion gives; `None` for zero and for what is no quarter step.
fn quarters(written: &str) -> Option<u32> {
    Quarters::parse(written, MOST_POINTS)
        .ok()
        .map(Quarters::get)
        .filter(|quarters| *quarters > 0)
}

#[cfg(test)]
mod tests {
    use super::quarters;

    #[test]
    fn points_are_read_in_quarter_steps() {
        let check =
            |written: &str, want: Option<u32>| assert_eq!(quarters(written), want, "{written}");
        check("10", Some(40));
        check("2.5", Some(10));
        check("2,25", Some(9));
        check("0.750", Some(3));
        check("0", None);
        check("2.3", None);
        check("-1", None);
        check("mười", None);
    }
}
