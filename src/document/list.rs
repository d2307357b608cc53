//! Automatic numbers of list items ("1.", "Câu 2:", "a)"), which docx, doc and odt keep apart from the text.
//!
//! ECMA-376 part 1, §17.9; the other formats bring their definitions into the same shape. A form that numbers its
//! questions this way says "Câu 1" nowhere else.

use std::collections::HashMap;

use quick_xml::events::Event;

use super::xml;

/// Levels of a list (§17.9.6).
const LEVELS: usize = 9;

/// The numbering definitions of a document and how far each list has counted.
#[derive(Debug, Default)]
pub struct Lists {
    /// Abstract list → its levels.
    kinds: HashMap<String, Vec<Level>>,
    /// List → abstract list.
    lists: HashMap<String, String>,
    /// Paragraph style → list and level.
    by_style: HashMap<String, (String, usize)>,
    counts: HashMap<String, [u32; LEVELS]>,
}

/// One level of a list.
#[derive(Clone, Debug, Default)]
pub struct Level {
    pub start: u32,
    /// "decimal", "lowerLetter", "bullet" and so on (§17.18.59).
    pub format: String,
    /// The label with "%1" for the number of the first level and so on.
    pub text: String,
}

impl Lists {
    /// Reads numbering.xml; empty where the document has none.
    pub fn read(numbering: &str) -> Lists {
        let mut read = Lists::default();
        let mut reader = xml::reader(numbering);
        let mut kind = String::new();
        let mut list = String::new();
        let mut level = 0;
        let mut styles: Vec<(String, String, usize)> = Vec::new();
        loop {
            match reader.read_event() {
                Ok(Event::Start(e) | Event::Empty(e)) => {
                    let value = || xml::attribute(&e, "val").unwrap_or_default();
                    match e.local_name().as_ref() {
                        "abstractNum" => {
                            kind = xml::attribute(&e, "abstractNumId").unwrap_or_default();
                            list.clear();
                            read.kinds
                                .insert(kind.clone(), vec![Level::default(); LEVELS]);
                        }
                        "lvl" => {
                            level = xml::attribute(&e, "ilvl")
                                .and_then(|v| v.parse().ok())
                                .unwrap_or(0);
                        }
                        "num" => list = xml::attribute(&e, "numId").unwrap_or_default(),
                        "abstractNumId" => {
                            read.lists.insert(list.clone(), value());
                        }
                        // Only the abstract list's own levels; overrides of single lists are rare.
                        "start" | "numFmt" | "lvlText" | "pStyle" if list.is_empty() => {
                            let Some(known) =
                                read.kinds.get_mut(&kind).and_then(|k| k.get_mut(level))
                            else {
                                continue;
                            };
                            match e.local_name().as_ref() {
                                "start" => known.start = value().parse().unwrap_or(1),
                                "numFmt" => known.format = value(),
                                "lvlText" => known.text = value(),
                                _ => styles.push((value(), kind.clone(), level)),
                            }
                        }
                        _ => {}
                    }
                }
                Ok(Event::Eof) | Err(_) => break,
                Ok(_) => {}
            }
        }
        for (style, kind, level) in styles {
            let list = read
                .lists
                .iter()
                .filter(|(_, k)| **k == kind)
                .map(|(l, _)| l)
                .min();
            if let Some(list) = list {
                read.by_style.insert(style, (list.clone(), level));
            }
        }
        read
    }

    /// Defines a list of another format: its name and its levels.
    pub fn define(&mut self, name: &str, levels: Vec<Level>) {
        let mut levels = levels;
        levels.resize_with(LEVELS, Level::default);
        self.kinds.insert(name.to_owned(), levels);
    }

    /// Lets `list` count by the definition `kind`.
    pub fn bind(&mut self, list: &str, kind: &str) {
        self.lists.insert(list.to_owned(), kind.to_owned());
    }

    /// Lets the list begin with its first number again.
    pub fn restart(&mut self, list: &str) {
        if let Some(kind) = self.lists.get(list) {
            self.counts.remove(kind);
        }
    }

    /// The label of the next item with a space behind it; empty for paragraphs outside lists and for bullets.
    pub fn label(
        &mut self,
        list: Option<&str>,
        level: Option<usize>,
        style: Option<&str>,
    ) -> String {
        let (list, level) = match list {
            // Number 0 switches a style's list off (§17.9.18).
            Some("0") => return String::new(),
            Some(list) => (list.to_owned(), level.unwrap_or(0)),
            None => match style.and_then(|style| self.by_style.get(style)) {
                Some((list, level)) => (list.clone(), *level),
                None => return String::new(),
            },
        };
        let Some(kind) = self.lists.get(&list) else {
            return String::new();
        };
        let Some(levels) = self.kinds.get(kind) else {
            return String::new();
        };
        let counts = self.counts.entry(kind.clone()).or_insert([0; LEVELS]);
        let (Some(own), Some(count)) = (levels.get(level), counts.get_mut(level)) else {
            return String::new();
        };
        *count += 1;
        if matches!(own.format.as_str(), "bullet" | "none" | "") {
            return String::new();
        }
        for deeper in counts.iter_mut().skip(level + 1) {
            *deeper = 0;
        }
        let mut label = own.text.clone();
        for (index, (known, count)) in levels.iter().zip(counts.iter()).enumerate() {
            let place = format!("%{}", index + 1);
            if label.contains(&place) {
                let number = known.start.saturating_add((*count).max(1) - 1);
                label = label.replace(&place, &written(number, &known.format));
            }
        }
        if !label.is_empty() {
            label.push(' ');
        }
        label
    }
}

/// A number as the list's format writes it.
fn written(number: u32, format: &str) -> String {
    let letter = |first: u8| {
        let offset = u8::try_from(number.saturating_sub(1) % 26).unwrap_or(0);
        char::from(first + offset).to_string()
    };
    match format {
        "lowerLetter" => letter(b'a'),
        "upperLetter" => letter(b'A'),
        "upperRoman" => roman(number),
        "lowerRoman" => roman(number).to_lowercase(),
        "decimalZero" => format!("{number:02}"),
        _ => number.to_string(),
    }
}

fn roman(number: u32) -> String {
    let digits = [
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    let mut rest = number.min(399);
    let mut out = String::new();
    for (value, digit) in digits {
        while rest >= value {
            out.push_str(digit);
            rest -= value;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::Lists;

    #[test]
    fn numbered_questions_get_their_numbers() {
        let mut lists = Lists::read(
            r#"<w:numbering><w:abstractNum w:abstractNumId="7">
            <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="Câu %1:"/></w:lvl>
            <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%2)"/></w:lvl>
            <w:lvl w:ilvl="2"><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/></w:lvl></w:abstractNum>
            <w:num w:numId="3"><w:abstractNumId w:val="7"/></w:num></w:numbering>"#,
        );
        let mut check = |level, want: &str| {
            assert_eq!(lists.label(Some("3"), Some(level), None), want);
        };
        check(0, "Câu 1: ");
        check(1, "a) ");
        check(1, "b) ");
        check(0, "Câu 2: ");
        check(1, "a) ");
        check(2, "");
        assert_eq!(lists.label(Some("9"), None, None), "");
        assert_eq!(lists.label(None, None, None), "");
    }
}
