//! uuencode (POSIX), and its younger form in base64 ("begin-base64").

use super::Enclosed;
use super::Found;
use super::name;
use crate::message::transfer;

/// So many lines that are no code may stand in the middle, as scanners and lists put them there.
const STRAY: usize = 3;

/// Reads the file that begins at the first line.
pub fn read(lines: &[&[u8]]) -> Found {
    let first = lines.first()?.trim_ascii();
    let body = lines.get(1..)?;
    if let Some(rest) = first.strip_prefix(b"begin-base64 ") {
        return base64(named(rest)?, body);
    }
    let file = named(first.strip_prefix(b"begin ")?)?;
    decode(body.first()?)?;
    let mut bytes = Vec::new();
    let mut whole = true;
    let mut stray = 0;
    for (at, line) in body.iter().enumerate() {
        if line.trim_ascii() == b"end" {
            let file = Enclosed {
                name: file,
                bytes,
                whole,
            };
            return Some((file, at + 2));
        }
        match decode(line) {
            Some(piece) => {
                bytes.extend(piece);
                stray = 0;
            }
            None if line.trim_ascii().is_empty() => {}
            None => {
                whole = false;
                stray += 1;
                if stray > STRAY {
                    return Some((broken(file, bytes), at + 2 - stray));
                }
            }
        }
    }
    Some((broken(file, bytes), lines.len()))
}

fn broken(name: String, bytes: Vec<u8>) -> Enclosed {
    Enclosed {
        name,
        bytes,
        whole: false,
    }
}

/// "644 name": the rights in octal digits, then the name.
fn named(rest: &[u8]) -> Option<String> {
    let at = rest.iter().position(|byte| *byte == b' ')?;
    let (rights, file) = rest.split_at(at);
    let octal = (3..=4).contains(&rights.len()) && rights.iter().all(|b| (b'0'..=b'7').contains(b));
    let file = name(file);
    (octal && !file.is_empty()).then_some(file)
}

/// One line: how many bytes, then four letters for three of them. Blanks at the end may have been cut away.
fn decode(line: &[u8]) -> Option<Vec<u8>> {
    let end = line.iter().rposition(|b| !matches!(b, b'\r' | b'\n'))?;
    let line = line.get(..=end)?;
    let (first, code) = line.split_first()?;
    let count = usize::from(value(*first)?);
    let letters = count.div_ceil(3) * 4;
    // One letter more: a check sum that some programs add.
    if code.len() > letters + 1 || (count > 0 && code.len() < 2) {
        return None;
    }
    let mut bytes = Vec::with_capacity(count + 2);
    for group in 0..letters / 4 {
        let mut bits = 0u32;
        for place in group * 4..group * 4 + 4 {
            bits = bits << 6 | u32::from(value(code.get(place).copied().unwrap_or(b' '))?);
        }
        bytes.extend(bits.to_be_bytes().iter().skip(1));
    }
    bytes.truncate(count);
    Some(bytes)
}

fn value(letter: u8) -> Option<u8> {
    (b' '..=b'`')
        .contains(&letter)
        .then_some(letter.wrapping_sub(b' ') & 0x3f)
}

fn base64(file: String, body: &[&[u8]]) -> Found {
    let code = body.first()?.trim_ascii();
    if code.len() < 4 || code.contains(&b' ') {
        return None;
    }
    let end = body.iter().position(|line| line.trim_ascii() == b"====");
    let code = body.get(..end.unwrap_or(body.len()))?.concat();
    let decoded = transfer::decode(&code, "base64", false);
    let file = Enclosed {
        name: file,
        bytes: decoded.bytes,
        whole: decoded.whole && end.is_some(),
    };
    Some((file, end.map_or(body.len() + 1, |end| end + 2)))
}

#[cfg(test)]
mod tests {
    use crate::message::enclosed::take;

    #[test]
    fn uuencoded_files_come_out_of_the_text_around_them() {
        let check = |text: &str, rest: &str, file: &str, bytes: &[u8], whole: bool| {
            let (left, files) = take(text.as_bytes()).expect(text);
            assert_eq!(String::from_utf8_lossy(&left), rest, "{text}");
            assert_eq!(files[0].name, file);
            assert_eq!(
                String::from_utf8_lossy(&files[0].bytes),
                String::from_utf8_lossy(bytes)
            );
            assert_eq!(files[0].whole, whole, "{text}");
        };
        check(
            "Em gui.\r\n\r\nbegin 644 bai thi.doc\r\n#0V%T\r\n`\r\nend\r\nHet.",
            "Em gui.\r\n\r\nHet.",
            "bai thi.doc",
            b"Cat",
            true,
        );
        check(
            "begin 0644 a\n#0V%T\n \nend\n#0V%T\n",
            "#0V%T\n",
            "a",
            b"Cat",
            true,
        );
        check("begin 644 a\n#0V%T\n", "", "a", b"Cat", false);
        check(
            "begin 644 a\n#0V%T\nquét virus\n#0V%T\n`\nend\n",
            "",
            "a",
            b"CatCat",
            false,
        );
        check("begin-base64 644 a\nQ2F0\n====\nx", "x", "a", b"Cat", true);
    }
}
