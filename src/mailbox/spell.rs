//! How IMAP writes things: quoted strings, folder names, sets of UIDs, dates.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use jiff::fmt::strtime;

/// Longest set of UIDs in one command, in bytes; servers take 8,000 a line (RFC 2683 §3.2.1.5).
const SET: usize = 4000;

/// A quoted string (RFC 3501 §4.3), or nothing if the text cannot be written as one.
pub fn quoted(text: &str) -> Option<String> {
    if !text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return None;
    }
    Some(format!(
        "\"{}\"",
        text.replace('\\', "\\\\").replace('"', "\\\"")
    ))
}

/// A folder name, quoted, in modified UTF-7 (RFC 3501 §5.1.3); nothing if it holds control characters.
pub fn folder(name: &str) -> Option<String> {
    let mut out = String::new();
    let mut wide: Vec<u8> = Vec::new();
    let flush = |wide: &mut Vec<u8>, out: &mut String| {
        if !wide.is_empty() {
            out.push('&');
            out.push_str(&STANDARD_NO_PAD.encode(&*wide).replace('/', ","));
            out.push('-');
            wide.clear();
        }
    };
    for letter in name.chars() {
        match letter {
            _ if letter.is_control() => return None,
            '&' => {
                flush(&mut wide, &mut out);
                out.push_str("&-");
            }
            ' '..='~' => {
                flush(&mut wide, &mut out);
                out.push(letter);
            }
            _ => {
                let mut units = [0; 2];
                for unit in letter.encode_utf16(&mut units) {
                    wide.extend(unit.to_be_bytes());
                }
            }
        }
    }
    flush(&mut wide, &mut out);
    quoted(&out)
}

/// The UIDs as sets (`1:4,9`) that name exactly these UIDs, each set short enough for one command
/// and of at most `most` UIDs.
pub fn sets(uids: &[u32], most: usize) -> Vec<String> {
    let mut uids = uids.to_vec();
    uids.sort_unstable();
    uids.dedup();
    let mut sets = Vec::new();
    for part in uids.chunks(most.max(1)) {
        let mut set = String::new();
        for run in part.chunk_by(|a, b| a.checked_add(1) == Some(*b)) {
            let (Some(first), Some(last)) = (run.first(), run.last()) else {
                continue;
            };
            if set.len() + 22 > SET {
                sets.push(std::mem::take(&mut set));
            }
            if !set.is_empty() {
                set.push(',');
            }
            set.push_str(&first.to_string());
            if first != last {
                set.push(':');
                set.push_str(&last.to_string());
            }
        }
        if !set.is_empty() {
            sets.push(set);
        }
    }
    sets
}

/// An INTERNALDATE (`" 1-Nov-2026 16:59:59 +0700"`) as milliseconds since 1970 UTC.
pub fn internal_date(text: &str) -> Option<i64> {
    let time = strtime::parse("%d-%b-%Y %H:%M:%S %z", text.trim()).ok()?;
    Some(time.to_timestamp().ok()?.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::SET;
    use super::folder;
    use super::internal_date;
    use super::quoted;
    use super::sets;

    #[test]
    fn strings_are_quoted_or_refused() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(quoted(text).as_deref(), expected, "{text}");
        };
        check(r#"a"b\c d"#, Some(r#""a\"b\\c d""#));
        check("mật khẩu", None);
        check("a\r\nP9 DELETE x", None);
    }

    #[test]
    fn folder_names_keep_their_marks() {
        let check = |name: &str, expected: Option<&str>| {
            assert_eq!(folder(name).as_deref(), expected, "{name}");
        };
        check("INBOX", Some("\"INBOX\""));
        check("Bài dự thi", Some("\"B&AOA-i d&HvE- thi\""));
        check("A&B", Some("\"A&-B\""));
        check("台北/日本語", Some("\"&U,BTFw-/&ZeVnLIqe-\""));
        check("a\nb", None);
    }

    #[test]
    fn sets_name_exactly_the_given_uids() {
        let check = |uids: &[u32], most: usize, expected: &[&str]| {
            assert_eq!(sets(uids, most), expected, "{uids:?}");
        };
        check(&[], 10, &[]);
        check(&[5, 1, 2, 3, 5, 9], 10, &["1:3,5,9"]);
        check(&[1, 2, 3, 4], 3, &["1:3", "4"]);
        check(&[u32::MAX, u32::MAX - 1], 3, &["4294967294:4294967295"]);
        let odd: Vec<u32> = (0..3000).map(|n| n * 2 + 1).collect();
        assert!(sets(&odd, 9999).iter().all(|set| set.len() <= SET));
    }

    #[test]
    fn the_time_of_arrival_is_read_with_its_zone() {
        let check = |text: &str, expected: Option<i64>| {
            assert_eq!(internal_date(text), expected, "{text}");
        };
        check("01-Nov-2026 16:59:59 +0700", Some(1_793_527_199_000));
        check(" 1-Nov-2026 16:59:59 +0700", Some(1_793_527_199_000));
        check("17-Jul-1996 02:44:25 -0700", Some(837_596_665_000));
        check("yesterday", None);
        check("", None);
    }
}
