//! yEnc (yenc-draft 1.3): every byte shifted by 42, lines between "=ybegin" and "=yend".

use flate2::Crc;

use super::Enclosed;
use super::Found;
use super::name;

/// Reads the file that begins at the first line.
pub fn read(lines: &[&[u8]]) -> Found {
    let first = lines.first()?.strip_prefix(b"=ybegin ")?;
    let size = number(first, b"size=", 10)?;
    let at = first.windows(5).position(|word| word == b"name=")?;
    let file = name(first.get(at + 5..)?);
    // A file in several mails: this is only a piece of it.
    let mut whole = number(first, b"total=", 10).is_none_or(|total| total <= 1);
    let mut bytes = Vec::new();
    let mut used = lines.len();
    let mut ended = false;
    for (at, line) in lines.iter().enumerate().skip(1) {
        if let Some(rest) = line.strip_prefix(b"=yend ") {
            let mut sum = Crc::new();
            sum.update(&bytes);
            whole &= size == bytes.len()
                && number(rest, b" crc32=", 16).is_none_or(|told| told as u32 == sum.sum());
            (used, ended) = (at + 1, true);
            break;
        }
        if !line.starts_with(b"=ypart ") {
            decode(line, &mut bytes);
        }
    }
    let file = Enclosed {
        name: file,
        bytes,
        whole: whole && ended,
    };
    Some((file, used))
}

fn decode(line: &[u8], bytes: &mut Vec<u8>) {
    let mut escaped = false;
    for byte in line {
        match byte {
            b'\r' | b'\n' => {}
            b'=' if !escaped => escaped = true,
            byte => {
                let shift = if escaped { 42 + 64 } else { 42 };
                bytes.push(byte.wrapping_sub(shift));
                escaped = false;
            }
        }
    }
}

/// The number after a word such as "size=".
fn number(line: &[u8], word: &[u8], base: u32) -> Option<usize> {
    let at = line
        .windows(word.len())
        .position(|window| window.eq_ignore_ascii_case(word))?;
    let digits: String = line
        .get(at + word.len()..)?
        .iter()
        .map(|byte| char::from(*byte))
        .take_while(|letter| letter.is_digit(base))
        .collect();
    usize::from_str_radix(&digits, base).ok()
}

#[cfg(test)]
mod tests {
    use crate::message::enclosed::take;

    #[test]
    fn a_file_in_yenc_is_measured_and_summed() {
        let check = |end: &str, whole: bool| {
            // "Cat", and a byte that had to be escaped.
            let mut text = b"Em gui.\r\n=ybegin line=128 size=4 name=bai thi.doc\r\n".to_vec();
            text.extend([b'C' + 42, b'a' + 42, b't' + 42, b'=', 64]);
            text.extend(format!("\r\n{end}").bytes());
            let (rest, files) = take(&text).expect(end);
            assert_eq!(rest, b"Em gui.\r\n");
            assert_eq!(files[0].name, "bai thi.doc");
            assert_eq!(files[0].bytes, b"Cat\xd6");
            assert_eq!(files[0].whole, whole, "{end}");
        };
        check("=yend size=4\r\n", true);
        check("=yend size=4 crc32=00000001\r\n", false);
        check("", false);
    }
}
