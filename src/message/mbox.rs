//! Mails kept in files: one a file, or many in one as mbox (RFC 4155). Nothing is parsed here but where a mail ends and
//! when it was received; the bytes of a mail stay as they are, except for the ">" that mbox put before "From ".

use std::io;
use std::io::BufRead;

use jiff::fmt::rfc2822::DateTimeParser;

/// The line that begins a mail in an mbox file.
const BEGIN: &[u8] = b"From ";
/// Header fields are looked for within so many bytes.
const HEAD: usize = 64 << 10;

/// Whether a file is many mails in one.
pub fn is_mbox(start: &[u8]) -> bool {
    start.starts_with(BEGIN)
}

/// Whether bytes begin as a mail does: with a header field. A photograph or a Word file does not.
pub fn is_mail(bytes: &[u8]) -> bool {
    let line = bytes
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
    name.len() < line.len() && !name.is_empty() && name.iter().all(|byte| byte.is_ascii_graphic())
}

/// When the last server on the way took the mail, ms UTC: the date at the end of the topmost Received field
/// (RFC 5321 §4.4). Those below it may be forged, so they are not looked at.
pub fn received_at(bytes: &[u8]) -> Option<i64> {
    let head = bytes.get(..HEAD.min(bytes.len()))?;
    let mut field: Option<String> = None;
    for line in head.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let folded = line
            .first()
            .is_some_and(|byte| matches!(byte, b' ' | b'\t'));
        match &mut field {
            Some(field) if folded => field.push_str(&String::from_utf8_lossy(line)),
            Some(_) => break,
            None if line.is_empty() => break,
            None => {
                let (name, rest) = line.split_at(line.len().min(b"received:".len()));
                if name.eq_ignore_ascii_case(b"received:") {
                    field = Some(String::from_utf8_lossy(rest).into_owned());
                }
            }
        }
    }
    let field = field?;
    let (_, date) = field.rsplit_once(';')?;
    // A name of the zone in brackets may follow.
    let date = date.split('(').next().unwrap_or_default().trim();
    let at = DateTimeParser::new().parse_timestamp(date).ok()?;
    Some(at.as_millisecond())
}

/// The mails of an mbox file, one after the other. A mail above `limit` bytes is `None`, and the next ones follow.
pub struct Mbox<R> {
    file: R,
    limit: usize,
    begun: bool,
    /// Reading failed: what follows is not looked for.
    broken: bool,
}

impl<R: BufRead> Mbox<R> {
    pub fn new(file: R, limit: usize) -> Mbox<R> {
        Mbox {
            file,
            limit,
            begun: false,
            broken: false,
        }
    }

    /// Reads up to the next "From " line after an empty one, or to the end.
    fn mail(&mut self) -> io::Result<Option<Option<Vec<u8>>>> {
        let mut mail = Vec::new();
        let (mut whole, mut any) = (true, false);
        let mut line = Vec::new();
        let mut after_empty = true;
        loop {
            line.clear();
            if self.file.read_until(b'\n', &mut line)? == 0 {
                break;
            }
            if after_empty && line.starts_with(BEGIN) {
                if std::mem::replace(&mut self.begun, true) && any {
                    break;
                }
                continue;
            }
            any = true;
            after_empty = line.iter().all(|byte| matches!(byte, b'\r' | b'\n'));
            let quoted = line.iter().take_while(|byte| **byte == b'>').count();
            let from = line.get(quoted..).unwrap_or_default().starts_with(BEGIN);
            let kept = if quoted > 0 && from {
                line.get(1..).unwrap_or_default()
            } else {
                line.as_slice()
            };
            if whole && mail.len() + kept.len() <= self.limit {
                mail.extend_from_slice(kept);
            } else {
                whole = false;
                mail = Vec::new();
            }
        }
        Ok(any.then(|| {
            whole.then(|| {
                // The empty line before the next "From " belongs to the file, not to the mail.
                for end in [b"\r\n\r\n".as_slice(), b"\n\n"] {
                    if mail.ends_with(end) {
                        mail.truncate(mail.len() - end.len() / 2);
                        break;
                    }
                }
                mail
            })
        }))
    }
}

impl<R: BufRead> Iterator for Mbox<R> {
    type Item = io::Result<Option<Vec<u8>>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.broken {
            return None;
        }
        let mail = self.mail();
        self.broken = mail.is_err();
        mail.transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::Mbox;
    use super::is_mail;
    use super::received_at;

    fn mails(file: &[u8]) -> Vec<Option<String>> {
        Mbox::new(file, 200)
            .map(|mail| mail.unwrap().map(|mail| String::from_utf8(mail).unwrap()))
            .collect()
    }

    #[test]
    fn an_mbox_file_is_its_mails() {
        let check = |file: &str, want: &[Option<&str>]| {
            let got = mails(file.as_bytes());
            let got: Vec<Option<&str>> = got.iter().map(Option::as_deref).collect();
            assert_eq!(got, want, "{file:?}");
        };
        check("", &[]);
        check("From a@x Mon Sep  2 08:00:00 2019\n", &[]);
        check(
            "From a@x Mon Sep  2 08:00:00 2019\nSubject: 1\n\nmot\n\nFrom b@x Mon Sep  2 08:01:00 2019\r\nSubject: 2\r\n\r\nhai\r\n",
            &[
                Some("Subject: 1\n\nmot\n"),
                Some("Subject: 2\r\n\r\nhai\r\n"),
            ],
        );
        // Only after an empty line does a line begin a mail; one that was quoted loses one sign.
        check(
            "From a@x\nSubject: 1\n\nmot\nFrom day\n\n>From day\n>>From day\n> From day\n",
            &[Some(
                "Subject: 1\n\nmot\nFrom day\n\nFrom day\n>From day\n> From day\n",
            )],
        );
        let long = format!(
            "From a@x\nSubject: 1\n\n{}\n\nFrom b@x\nSubject: 2\n\n2\n",
            "x".repeat(300)
        );
        check(&long, &[None, Some("Subject: 2\n\n2\n")]);
    }

    #[test]
    fn a_mail_begins_with_a_field() {
        for (bytes, is) in [
            (b"Return-Path: <a@x>\r\n".as_slice(), true),
            (b"Subject:\n\n", true),
            (b"PK\x03\x04 x: y", false),
            (b"\xff\xd8\xff\xe0", false),
            (b"Em gui bai: day\n", false),
            (b"", false),
        ] {
            assert_eq!(is_mail(bytes), is, "{bytes:?}");
        }
    }

    #[test]
    fn the_topmost_received_tells_the_time() {
        let check = |mail: &str, want: Option<&str>| {
            let want = want.map(|at| at.parse::<jiff::Timestamp>().unwrap().as_millisecond());
            assert_eq!(received_at(mail.as_bytes()), want, "{mail:?}");
        };
        check(
            "Return-Path: <a@x>\r\nReceived: from a\r\n\tby b; Fri, 6 Sep 2019 16:59:59 +0700 (ICT)\r\nReceived: by c; Fri, 6 Sep 2019 10:00:00 +0700\r\n\r\n",
            Some("2019-09-06T09:59:59Z"),
        );
        check(
            "received: by b; 6 Sep 2019 09:00:00 +0000\n\n",
            Some("2019-09-06T09:00:00Z"),
        );
        check("Received: by b; hom qua\n\n", None);
        check(
            "Subject: x\n\nReceived: by b; 6 Sep 2019 09:00:00 +0000\n",
            None,
        );
        check("", None);
    }
}
