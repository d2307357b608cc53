//! The head of a mail or of a part as its fields, whatever the programs on the way did to its lines: fields folded
//! oddly or not at all, bare CR or CR CR LF at the ends of lines, NUL bytes, a missing blank line, an mbox line on top.

/// Fields with a meaning here. Below a broken line one of these shows that the head goes on.
const KNOWN: [&[u8]; 16] = [
    b"from",
    b"to",
    b"cc",
    b"subject",
    b"date",
    b"reply-to",
    b"sender",
    b"return-path",
    b"received",
    b"message-id",
    b"mime-version",
    b"content-type",
    b"content-transfer-encoding",
    b"content-disposition",
    b"content-id",
    b"delivered-to",
];

/// So many CR before an LF are still one end of a line.
const MAX_RETURNS: usize = 8;

/// A field, its name in lower case, its value on one line and as sent otherwise.
pub struct Field {
    pub name: String,
    pub value: Vec<u8>,
}

/// A head, and where the body below it begins.
#[derive(Default)]
pub struct Fields {
    pub fields: Vec<Field>,
    pub body: usize,
}

impl Fields {
    /// The values of a field, in the order in which they stand.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.fields
            .iter()
            .filter(move |field| field.name == name)
            .map(|field| field.value.as_slice())
    }

    /// The first value of a field that is not empty.
    pub fn first<'a>(&'a self, name: &'a str) -> Option<&'a [u8]> {
        self.all(name).find(|value| !value.trim_ascii().is_empty())
    }
}

/// Reads the head that begins at the first byte.
pub fn read(raw: &[u8]) -> Fields {
    let mut head = fields(raw);
    for field in &mut head.fields {
        tidy(&mut field.value);
    }
    head
}

fn fields(raw: &[u8]) -> Fields {
    let mut lines = Lines { raw, at: 0 };
    let mut head = Fields::default();
    skip_to_the_head(&mut lines);
    head.body = lines.at;
    let mut after_cr = false;
    while let Some(line) = lines.next() {
        let text = line.text;
        let begun = !head.fields.is_empty();
        if text.is_empty() {
            head.body = lines.at;
            return head;
        }
        let blank = text.trim_ascii().is_empty();
        let folded = matches!(text.first(), Some(b' ' | b'\t'));
        if blank && !head_goes_on(&lines) {
            head.body = lines.at;
            return head;
        }
        if let Some((name, value)) = field(text) {
            head.fields.push(Field {
                name,
                value: value.to_vec(),
            });
        } else if begun && (folded || after_cr || (!is_boundary(text) && head_goes_on(&lines))) {
            if let Some(last) = head.fields.last_mut() {
                if !folded {
                    last.value.push(b' ');
                }
                last.value.extend_from_slice(text);
            }
        } else {
            // No field, and no head behind it: the blank line is missing.
            return head;
        }
        head.body = lines.at;
        after_cr = line.bare_cr;
    }
    head
}

/// NUL bytes go, other blanks become plain ones.
fn tidy(value: &mut Vec<u8>) {
    value.retain(|byte| *byte != 0);
    for byte in value {
        if matches!(byte, b'\t' | b'\r' | b'\n' | 0x0b | 0x0c) {
            *byte = b' ';
        }
    }
}

/// Blank lines and the line of an mbox above the first field.
fn skip_to_the_head(lines: &mut Lines<'_>) {
    let begin = lines.at;
    let mut skipped = 0;
    let mut mbox = false;
    loop {
        let at = lines.at;
        let Some(line) = lines.next() else {
            break;
        };
        let text = line.text.strip_prefix(b">").unwrap_or(line.text);
        if text.starts_with(b"From ") && at == begin && field(text).is_none() {
            mbox = true;
            continue;
        }
        if line.text.trim_ascii().is_empty() && skipped < 20 {
            skipped += 1;
            continue;
        }
        if skipped == 0 && !mbox || is_known(line.text) || mbox && field(line.text).is_some() {
            lines.at = at;
            return;
        }
        break;
    }
    lines.at = begin;
}

/// Whether a field that is known follows at once, or behind one more broken line.
fn head_goes_on(lines: &Lines<'_>) -> bool {
    let mut ahead = Lines { ..*lines };
    ahead.next().is_some_and(|line| is_known(line.text))
}

fn is_known(line: &[u8]) -> bool {
    field(line).is_some_and(|(name, _)| KNOWN.contains(&name.as_bytes()))
}

fn is_boundary(line: &[u8]) -> bool {
    line.starts_with(b"--")
}

/// "Name: value" in one line.
fn field(line: &[u8]) -> Option<(String, &[u8])> {
    let at = line.iter().take(200).position(|byte| *byte == b':')?;
    let (name, value) = line.split_at(at);
    let name: Vec<u8> = name
        .trim_ascii_end()
        .iter()
        .filter(|byte| **byte != 0)
        .map(u8::to_ascii_lowercase)
        .collect();
    let named = !name.is_empty() && !is_boundary(&name) && name.iter().all(u8::is_ascii_graphic);
    let name = named.then(|| String::from_utf8(name).ok()).flatten()?;
    Some((name, value.get(1..).unwrap_or_default().trim_ascii()))
}

/// A line without its end.
pub struct Line<'a> {
    pub text: &'a [u8],
    pub bare_cr: bool,
}

/// Lines that end with LF, any number of CR and LF, or a CR alone. `at` is where the next one begins.
pub struct Lines<'a> {
    pub raw: &'a [u8],
    pub at: usize,
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        let rest = self.raw.get(self.at..).filter(|rest| !rest.is_empty())?;
        let Some(end) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) else {
            self.at = self.raw.len();
            return Some(Line {
                text: rest,
                bare_cr: false,
            });
        };
        let (text, ends) = rest.split_at(end);
        let returns = ends
            .iter()
            .take(MAX_RETURNS)
            .take_while(|byte| **byte == b'\r')
            .count();
        let ended = ends.get(returns) == Some(&b'\n');
        self.at += end + if ended { returns + 1 } else { 1 };
        Some(Line {
            text,
            bare_cr: !ended,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn fields_are_found_however_their_lines_end() {
        let check = |raw: &str, fields: &[(&str, &str)], body: &str| {
            let head = read(raw.as_bytes());
            let found: Vec<(String, String)> = head
                .fields
                .iter()
                .map(|field| {
                    let value = String::from_utf8_lossy(&field.value).into_owned();
                    (field.name.clone(), value)
                })
                .collect();
            let wanted: Vec<(String, String)> = fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect();
            assert_eq!(found, wanted, "{raw:?}");
            assert_eq!(&raw[head.body..], body, "{raw:?}");
        };
        let both = [("from", "a@b.vn"), ("subject", "Bai thi")];
        check("From: a@b.vn\r\nSubject: Bai\r\n thi\r\n\r\nx", &both, "x");
        check("From: a@b.vn\nSUBJECT : Bai\n\tthi\n\nx", &both, "x");
        check("From: a@b.vn\rSubject: Bai\r thi\r\rx", &both, "x");
        check(
            "From: a@b.vn\r\r\nSubject: Bai thi\r\r\n\r\r\nx",
            &both,
            "x",
        );
        check("Fr\0om: a@b.vn\r\nSubject: Bai\0 thi\r\n\r\nx", &both, "x");
        check("From: a@b.vn\r\nSubject: Bai thi\r\nx y", &both, "x y");
        check(
            "Subject: Bai\r\nthi\r\nTo: x\r\n\r\n",
            &[("subject", "Bai thi"), ("to", "x")],
            "",
        );
        check("Subject: Bai\rthi\r\n\r\nx", &[("subject", "Bai thi")], "x");
        check(
            "Subject: Bai\r\n \r\nTo: x\r\n\r\ny",
            &[("subject", "Bai "), ("to", "x")],
            "y",
        );
        check(
            "From a@b.vn Fri Sep  6 09:00:00 2019\nTo: x\n\ny",
            &[("to", "x")],
            "y",
        );
        check("\r\n\r\nTo: x\r\n\r\ny", &[("to", "x")], "y");
        check("\r\nCho em hoi: han nop?", &[], "Cho em hoi: han nop?");
        check("Kinh gui Ban to chuc", &[], "Kinh gui Ban to chuc");
        check("To: x\r\n--b\r\nTo: y", &[("to", "x")], "--b\r\nTo: y");
        check("To: x", &[("to", "x")], "");
        check("", &[], "");
    }
}
