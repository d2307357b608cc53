//! How a part travelled: Content-Transfer-Encoding undone, also where the sender's program wrote it badly or named
//! another one than it used. Whatever letters there are come out; `Decoded::whole` says whether some are missing.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::enclosed;
use crate::document;
use crate::document::Kind;

/// Letters that are decoded at once.
const RUN: usize = 1_024;

/// The bytes of a part as its author had them.
pub struct Decoded {
    pub bytes: Vec<u8>,
    /// False when something in the code could not be understood, so that bytes are missing or wrong.
    pub whole: bool,
}

impl Decoded {
    fn as_sent(body: &[u8]) -> Decoded {
        Decoded {
            bytes: body.to_vec(),
            whole: true,
        }
    }
}

/// Undoes the encoding that the head of a part names (`word`, empty when it names none). `is_text` for text parts:
/// a wrong name for the encoding of a text is seen from the text, that of a file from the file's first bytes.
pub fn decode(body: &[u8], word: &str, is_text: bool) -> Decoded {
    // "base64 (comment)", "\"base64\"", "base64;": the first word counts.
    let word: String = word
        .trim_start()
        .trim_start_matches('"')
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '-')
        .collect::<String>()
        .to_ascii_lowercase();
    match word.as_str() {
        "base64" | "b" | "base-64" | "x-base64" if is_base64(body, is_text) => base64(body),
        "base64" | "b" | "base-64" | "x-base64" if is_text => Decoded::as_sent(body),
        "base64" | "b" | "base-64" | "x-base64" => Decoded {
            whole: false,
            ..Decoded::as_sent(body)
        },
        "quoted-printable" | "quoted" | "q" | "x-quoted-printable" => quoted_printable(body),
        "x-uuencode" | "uuencode" | "x-uue" | "uue" | "x-yenc" | "binhex" | "mac-binhex40" => {
            match enclosed::only(body) {
                Some(file) => Decoded {
                    bytes: file.bytes,
                    whole: file.whole,
                },
                None => Decoded {
                    whole: false,
                    ..Decoded::as_sent(body)
                },
            }
        }
        _ => unnamed(body, is_text),
    }
}

/// A body said to be plain: a file of nothing but base64 is decoded where a known kind of file comes out.
fn unnamed(body: &[u8], is_text: bool) -> Decoded {
    if is_text || body.len() < 64 || !is_base64(body, false) {
        return Decoded::as_sent(body);
    }
    let decoded = base64(body);
    let kind = document::sniff(&decoded.bytes, "", "");
    if decoded.whole && !matches!(kind, Kind::Unknown | Kind::Text | Kind::Html) {
        return decoded;
    }
    Decoded::as_sent(body)
}

/// Whether a body is base64 rather than words. A file is by its first line; a text also needs more code than
/// sentences, or an end marked by "=".
fn is_base64(body: &[u8], is_text: bool) -> bool {
    let (mut code, mut words, mut padded) = (0usize, 0usize, false);
    for line in lines(body).filter(|line| !line.is_empty()).take(100) {
        let letters = line.iter().filter(|byte| value(**byte).is_some()).count();
        let foreign = line.len() - letters - line.iter().filter(|byte| **byte == b'=').count();
        if is_sentence(line) || foreign > letters {
            if code == 0 {
                return false;
            }
            words += line.len();
            continue;
        }
        code += letters;
        padded |= line.ends_with(b"=");
    }
    !is_text || padded || code >= words
}

/// A line that is no code: words with spaces between them, or a rule of hyphens.
fn is_sentence(line: &[u8]) -> bool {
    line.contains(&b' ') || line.starts_with(b"--")
}

/// Base64 as strangers write it (RFC 2045 §6.8): several padded pieces one after the other, foreign letters, text
/// above or below.
pub fn base64(body: &[u8]) -> Decoded {
    let mut bytes = Vec::with_capacity(body.len() / 4 * 3);
    let mut whole = true;
    let (mut group, mut held) = (0u32, 0u32);
    let mut padded = false;
    for line in lines(body) {
        // A sentence: what a mailing list or a virus scanner put below. Before the end of the code it is damage.
        if is_sentence(line) {
            whole &= padded || held == 0 && bytes.is_empty();
            continue;
        }
        let rest = if held == 0 {
            clean(line, &mut bytes)
        } else {
            line
        };
        padded &= rest.len() == line.len();
        for byte in rest {
            if *byte == b'=' {
                whole &= flush(&mut bytes, group, held);
                (group, held, padded) = (0, 0, true);
                continue;
            }
            let Some(value) = value(*byte) else {
                whole = false;
                continue;
            };
            padded = false;
            group = group << 6 | value;
            held += 1;
            if held == 4 {
                bytes.extend(group.to_be_bytes().iter().skip(1));
                (group, held) = (0, 0);
            }
        }
    }
    whole &= flush(&mut bytes, group, held);
    Decoded { bytes, whole }
}

/// Decodes the whole groups at the beginning of a line as far as there is nothing but letters, which in most files is all
/// of it; returns the rest.
fn clean<'a>(line: &'a [u8], bytes: &mut Vec<u8>) -> &'a [u8] {
    let mut room = [0; RUN / 4 * 3];
    let mut rest = line;
    loop {
        let run = rest.len().min(RUN) / 4 * 4;
        let Some((run, behind)) = rest
            .split_at_checked(run)
            .filter(|(run, _)| !run.is_empty())
        else {
            return rest;
        };
        let Ok(length) = STANDARD_NO_PAD.decode_slice(run, &mut room) else {
            return rest;
        };
        bytes.extend(room.get(..length).unwrap_or_default());
        rest = behind;
    }
}

/// The bytes of a group of letters that ends early. False when one letter is too few to be a byte.
fn flush(bytes: &mut Vec<u8>, group: u32, held: u32) -> bool {
    let [_, first, second, _] = (group << (6 * (4 - held.min(4)))).to_be_bytes();
    match held {
        2 => bytes.push(first),
        3 => bytes.extend([first, second]),
        _ => {}
    }
    held != 1
}

fn value(byte: u8) -> Option<u32> {
    Some(u32::from(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}

fn lines(body: &[u8]) -> impl Iterator<Item = &[u8]> {
    body.split(|byte| matches!(byte, b'\n' | b'\r'))
        .map(<[u8]>::trim_ascii)
}

/// Quoted-printable (RFC 2045 §6.7). A "=" that begins no code stays what it is.
pub fn quoted_printable(body: &[u8]) -> Decoded {
    let mut bytes: Vec<u8> = Vec::with_capacity(body.len());
    let mut whole = true;
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let text = line.trim_ascii_end();
        let mut rest = text;
        let mut soft = false;
        while let Some((first, tail)) = rest.split_first() {
            rest = tail;
            if *first != b'=' {
                bytes.push(*first);
                continue;
            }
            if tail.is_empty() {
                soft = true;
                break;
            }
            match (digit(tail.first()), digit(tail.get(1))) {
                (Some(high), Some(low)) => {
                    bytes.push(high << 4 | low);
                    rest = tail.get(2..).unwrap_or_default();
                }
                _ => {
                    bytes.push(b'=');
                    whole = false;
                }
            }
        }
        if !soft && line.ends_with(b"\n") {
            let end: &[u8] = if line.ends_with(b"\r\n") {
                b"\r\n"
            } else {
                b"\n"
            };
            bytes.extend_from_slice(end);
        }
    }
    Decoded { bytes, whole }
}

fn digit(byte: Option<&u8>) -> Option<u8> {
    let value = char::from(*byte?).to_digit(16)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::RUN;
    use super::decode;

    #[test]
    fn lines_of_every_length_come_out_the_same() {
        let file: Vec<u8> = (0..5_000_u32).map(|n| ((n * n) >> 3) as u8).collect();
        let code = STANDARD.encode(&file);
        for length in [
            1,
            3,
            4,
            63,
            76,
            77,
            RUN - 1,
            RUN,
            RUN + 2,
            3 * RUN,
            code.len(),
        ] {
            let lines = code.as_bytes().chunks(length);
            let body = lines.collect::<Vec<_>>().join(&b"\r\n"[..]);
            let decoded = decode(&body, "base64", false);
            assert!(decoded.whole && decoded.bytes == file, "{length}");
            // One foreign letter costs nothing but itself.
            let mut marked = body.clone();
            marked.insert(body.len() / 2, b'*');
            let decoded = decode(&marked, "base64", false);
            assert!(!decoded.whole && decoded.bytes == file, "{length}");
        }
    }

    #[test]
    fn what_was_sent_comes_out_of_clean_and_broken_codes() {
        let check = |body: &str, word: &str, is_text: bool, want: &[u8], whole: bool| {
            let decoded = decode(body.as_bytes(), word, is_text);
            assert_eq!(
                String::from_utf8_lossy(&decoded.bytes),
                String::from_utf8_lossy(want),
                "{body}"
            );
            assert_eq!(decoded.whole, whole, "{body}");
        };
        check("QsOgaQ==\r\n", "base64", true, "Bài".as_bytes(), true);
        check("QsOgaQ", " BASE64 ; x", true, "Bài".as_bytes(), true);
        // Two padded pieces one after the other.
        check("QQ==\r\nQkM=\r\nREVG", "base64", false, b"ABCDEF", true);
        check("QUJD*REVG", "base64", false, b"ABCDEF", false);
        check("QUJDR", "base64", false, b"ABC", false);
        check(
            "QUJD\r\n-- a line that is no boundary\r\nREVG",
            "base64",
            false,
            b"ABCDEF",
            false,
        );
        check(
            "QUI=\r\n\r\n_______\r\nTin nhan cua nhom",
            "base64",
            false,
            b"AB",
            false,
        );
        check(
            "QUI=\r\n\r\nVirus scanned by x",
            "base64",
            false,
            b"AB",
            true,
        );
        check(
            "Em gui bai du thi",
            "base64",
            true,
            b"Em gui bai du thi",
            true,
        );
        check(
            "a=3D=\r\nb =\r\n=C3=A0 \r\n",
            "quoted-printable",
            true,
            "a=b à\r\n".as_bytes(),
            true,
        );
        check("a = b, =ZZ", "quoted-printable", true, b"a = b, =ZZ", false);
        check("a=3Db", "x-unknown", true, b"a=3Db", true);
        let file = "JVBERi0xLjQKJSBhIGZpbGUgd2hvc2UgZW5jb2Rpbmcgbm9ib2R5IG5hbWVkLCBvciB3aGljaCBzb21lYm9keSBtaXNuYW1lZA==";
        assert!(
            decode(file.as_bytes(), "7bit", false)
                .bytes
                .starts_with(b"%PDF-1.4")
        );
        check(file, "7bit", true, file.as_bytes(), true);
    }
}
