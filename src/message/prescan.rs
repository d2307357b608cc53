//! The look at a mail's outline before any parser touches it: is this a mail a person could have sent?
//!
//! One pass over the lines, no recursion, no memory beyond the boundaries seen. What fails here is quarantined
//! unread. Attached mails are opened one by one (`parts`), down to a depth we choose.

use std::collections::HashSet;

/// Parts in one mail. A school's batch of a few hundred files stays far below.
pub const MAX_PARTS: usize = 2_000;
/// Header lines in all header blocks together.
pub const MAX_HEADER_LINES: usize = 20_000;
/// Attached mails one inside another.
pub const MAX_NESTED: usize = 64;

/// Whether the mail stays within the limits above; false means: do not parse it at all.
pub fn is_honest(raw: &[u8]) -> bool {
    let mut boundaries: HashSet<&[u8]> = HashSet::new();
    let mut header_lines = 0usize;
    let mut parts = 0usize;
    let mut in_header = true;
    let mut header_of_mail = false;
    let mut encoded = false;
    for line in raw.split(|byte| *byte == b'\n') {
        let line = line.trim_ascii_end();
        if let Some(rest) = line.strip_prefix(b"--")
            && (boundaries.contains(rest)
                || rest
                    .strip_suffix(b"--")
                    .is_some_and(|rest| boundaries.contains(rest)))
        {
            parts += 1;
            in_header = true;
            header_of_mail = false;
            encoded = false;
        } else if in_header && line.is_empty() {
            // The blank line after "message/rfc822" opens the header block of the attached mail.
            in_header = header_of_mail && !encoded;
            parts += usize::from(header_of_mail);
            header_of_mail = false;
            encoded = false;
        } else if in_header {
            header_lines += 1;
            if let Some(boundary) = boundary_in(line) {
                boundaries.insert(boundary);
            }
            if find_folded(line, b"message/rfc822", 0).is_some() {
                header_of_mail = true;
            }
            // An encoded one begins with code, not with a header.
            if find_folded(line, b"transfer-encoding:", 0).is_some() {
                encoded = ["base64", "quoted-printable"]
                    .iter()
                    .any(|word| find_folded(line, word.as_bytes(), 0).is_some());
            }
        }
        if parts > MAX_PARTS || header_lines > MAX_HEADER_LINES || boundaries.len() > MAX_PARTS {
            return false;
        }
    }
    true
}

/// How many attached mails the bytes announce, at any depth that is not encoded.
pub fn announced_mails(raw: &[u8]) -> usize {
    occurrences(raw, b"rfc822").count()
}

/// Where a subtype stands as one: the byte before it, spaces aside, is one after which a reader would begin a
/// subtype ("message/rfc822", "message/ (mail) rfc822").
fn occurrences<'a>(raw: &'a [u8], subtype: &'a [u8; 6]) -> impl Iterator<Item = usize> + 'a {
    let mut from = 0;
    std::iter::from_fn(move || {
        while let Some(at) = find_folded(raw, subtype, from) {
            from = at + subtype.len();
            let before = raw.get(..at)?.trim_ascii_end().last();
            if matches!(before, Some(b'/' | b')' | b'\\' | b'"')) {
                return Some(at);
            }
        }
        None
    })
}

/// First place of `needle` (lower case) at or after `from`, in any case.
fn find_folded(hay: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    hay.get(from..)?
        .windows(needle.len())
        .position(|window| window.eq_ignore_ascii_case(needle))
        .map(|at| from + at)
}

/// The value after `boundary=` in a header line.
fn boundary_in(line: &[u8]) -> Option<&[u8]> {
    const WORD: &[u8] = b"boundary=";
    let at = find_folded(line, WORD, 0)?;
    let value = line.get(at + WORD.len()..)?.trim_ascii_start();
    let value = match value.strip_prefix(b"\"") {
        Some(quoted) => quoted.split(|byte| *byte == b'"').next(),
        None => value
            .split(|byte| *byte == b';' || byte.is_ascii_whitespace())
            .next(),
    }?;
    (!value.is_empty()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::announced_mails;
    use super::is_honest;

    #[test]
    fn only_mails_a_person_could_have_sent_are_parsed() {
        let check = |name: &str, raw: Vec<u8>, honest: bool| {
            assert_eq!(is_honest(&raw), honest, "{name}");
        };
        let part = "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n";
        let head = "Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n";
        check("nothing", Vec::new(), true);
        check(
            "a school's batch",
            format!("{head}{}", part.repeat(300)).into(),
            true,
        );
        check(
            "a bomb of parts",
            format!("{head}{}", part.repeat(10_000)).into(),
            false,
        );
        check("many headers", "X-A: 1\r\n".repeat(30_000).into(), false);
        check(
            "a long body",
            "a line\r\n"
                .repeat(30_000)
                .replacen("a line", "\r\n", 1)
                .into(),
            true,
        );
        let encoded = "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n";
        check(
            "a large attached mail",
            format!("{encoded}{}", "QUFB\r\n".repeat(30_000)).into(),
            true,
        );
        check(
            "mails within mails",
            "Content-Type: message/rfc822\r\n\r\n".repeat(32_000).into(),
            false,
        );
    }

    #[test]
    fn announced_mails_are_counted() {
        let check = |text: &str, count: usize| assert_eq!(announced_mails(text.as_bytes()), count);
        check("message/rfc822 message/RFC822", 2);
        check("message/ \r\n rfc822; a message/(x)rfc822", 2);
        check("Final-Recipient: rfc822; a@b", 0);
    }
}
