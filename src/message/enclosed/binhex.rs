//! BinHex 4.0 (RFC 1741), as old Macintosh programs wrote files into mails. The data is taken, the resources are not.

use super::Enclosed;
use super::Found;
use super::name;

const ANNOUNCED: &[u8] = b"(This file must be converted with BinHex";
const LETTERS: &[u8] = b"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr";
/// The byte after which a number says how often the last one comes.
const REPEAT: u8 = 0x90;
/// Type, creator and flags of the Macintosh, between the name's end and the lengths.
const FOREIGN: usize = 11;

/// Reads the file that begins at the first line.
pub fn read(lines: &[&[u8]]) -> Found {
    if !lines.first()?.starts_with(ANNOUNCED) {
        return None;
    }
    let begin = 1 + lines
        .iter()
        .skip(1)
        .take(3)
        .position(|line| line.starts_with(b":"))?;
    let mut code = Vec::new();
    let mut used = lines.len();
    for (at, line) in lines.iter().enumerate().skip(begin) {
        let line = line.trim_ascii();
        let text = if at == begin {
            line.strip_prefix(b":").unwrap_or(line)
        } else {
            line
        };
        match text.iter().position(|byte| *byte == b':') {
            Some(end) => {
                code.extend_from_slice(text.get(..end).unwrap_or_default());
                used = at + 1;
                break;
            }
            None => code.extend_from_slice(text),
        }
    }
    Some((file(&unpacked(&code))?, used))
}

/// Letters to bytes, repeated bytes repeated. Bounded by 255 times the letters, as the form is.
fn unpacked(code: &[u8]) -> Vec<u8> {
    let (mut bits, mut held) = (0u32, 0u32);
    let mut packed = Vec::with_capacity(code.len());
    for letter in code {
        let Some(value) = LETTERS.iter().position(|known| known == letter) else {
            continue;
        };
        bits = (bits << 6 | value as u32) & 0xffff;
        held += 6;
        if held >= 8 {
            held -= 8;
            packed.push((bits >> held & 0xff) as u8);
        }
    }
    let mut bytes: Vec<u8> = Vec::with_capacity(packed.len());
    let mut rest = packed.iter();
    while let Some(byte) = rest.next() {
        match (*byte, bytes.last().copied()) {
            (REPEAT, last) => match (rest.next().copied(), last) {
                (Some(0), _) => bytes.push(REPEAT),
                (Some(times), Some(last)) => {
                    bytes.extend(std::iter::repeat_n(last, usize::from(times) - 1));
                }
                (Some(_), None) | (None, _) => {}
            },
            (byte, _) => bytes.push(byte),
        }
    }
    bytes
}

/// Name, lengths, check sum, then the data with a check sum of its own.
fn file(bytes: &[u8]) -> Option<Enclosed> {
    let length = usize::from(*bytes.first()?);
    let file = name(bytes.get(1..1 + length)?);
    let at = 1 + length + FOREIGN;
    let size = bytes
        .get(at..at + 4)?
        .iter()
        .fold(0usize, |sum, byte| sum << 8 | usize::from(*byte));
    let begin = at + 10;
    let data = bytes.get(begin..).unwrap_or_default();
    let sum = data.get(size..size.saturating_add(2));
    let data = data.get(..size).unwrap_or(data);
    Some(Enclosed {
        name: file,
        bytes: data.to_vec(),
        whole: sum.is_some_and(|sum| sum == checked(data).to_be_bytes()),
    })
}

/// The check sum of BinHex: CRC-16 with the polynomial 0x1021, begun with nought.
fn checked(data: &[u8]) -> u16 {
    data.iter().fold(0u16, |sum, byte| {
        let mut sum = sum ^ u16::from(*byte) << 8;
        for _ in 0..8 {
            sum = if sum & 0x8000 == 0 {
                sum << 1
            } else {
                sum << 1 ^ 0x1021
            };
        }
        sum
    })
}

#[cfg(test)]
mod tests {
    use crate::message::enclosed::take;

    #[test]
    fn a_file_in_binhex_gives_its_data() {
        let text = "Em gui bai.\r\n(This file must be converted with BinHex 4.0)\r\n\r\n:\"f*KD5jNEf-!9d4#6Ne69d3!N!8N!*!%heY#B@NJC(8JG'KT)''3'*!!L%8!!!:\r\nHet.\r\n";
        let (rest, files) = take(text.as_bytes()).expect("a file");
        assert_eq!(rest, b"Em gui bai.\r\nHet.\r\n");
        assert_eq!(files[0].name, "bai.doc");
        assert_eq!(files[0].bytes, b"Bai du thi aaaaaaaaaaaaaaaaaaaaaaaa\x90");
        assert!(files[0].whole);
        let cut = text.replace(":\r\nHet.", "\r\nHet.").replace("aaaa", "");
        assert!(take(cut.as_bytes()).is_some());
    }
}
