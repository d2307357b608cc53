//! Outlook's winmail.dat: attachments in Microsoft's own wrapping (MS-OXTNEF). Only the files are taken out.

use super::archive::Opened;
use super::bytes::byte;
use super::bytes::long;
use super::bytes::piece;
use super::bytes::place;
use super::limits;
use super::plain;
use crate::entry::FindingCode;

/// Attributes with a meaning here (MS-OXTNEF 2.1.3.1).
const BEGIN_ATTACHMENT: u32 = 0x0006_9002;
const TITLE: u32 = 0x0001_8010;
const DATA: u32 = 0x0006_800f;
const PROPERTIES: u32 = 0x0006_9005;
/// The long file name among an attachment's properties (MS-OXPROPS, PidTagAttachLongFilename).
const LONG_NAME: u32 = 0x3707;

/// Takes the attachments out.
pub fn open(bytes: &[u8], budget: &mut u64) -> Opened {
    let mut opened = Opened::default();
    let mut at = 6;
    let mut file: Option<File> = None;
    while let Some(attribute) = long(bytes, at + 1) {
        let Some(length) = place(bytes, at + 5) else {
            break;
        };
        let Some(data) = piece(bytes, at + 9, length) else {
            opened.findings.push(FindingCode::Damaged.into());
            break;
        };
        at = at
            .saturating_add(9)
            .saturating_add(length)
            .saturating_add(2);
        match attribute {
            BEGIN_ATTACHMENT => {
                put(&mut opened, file.replace(File::default()), budget);
                if opened.children.len() > limits::ZIP_ENTRIES {
                    break;
                }
            }
            TITLE => {
                if let Some(file) = &mut file {
                    file.title = narrow(data);
                }
            }
            DATA => {
                if let Some(file) = &mut file {
                    file.data = Some(data);
                }
            }
            PROPERTIES => {
                if let Some(file) = &mut file {
                    file.long_name = long_name(data).unwrap_or_default();
                }
            }
            _ => {}
        }
    }
    put(&mut opened, file, budget);
    opened
}

#[derive(Default)]
struct File<'a> {
    title: String,
    long_name: String,
    data: Option<&'a [u8]>,
}

fn put(opened: &mut Opened, file: Option<File>, budget: &mut u64) {
    let Some(File {
        title,
        long_name,
        data: Some(data),
    }) = file
    else {
        return;
    };
    let name = if long_name.is_empty() {
        title
    } else {
        long_name
    };
    opened.take(name, data, budget);
}

fn narrow(data: &[u8]) -> String {
    data.iter()
        .take_while(|byte| **byte != 0)
        .map(|byte| plain::windows_1258(*byte))
        .collect()
}

fn wide(data: &[u8]) -> String {
    super::package::utf16(data, u16::from_le_bytes)
        .trim_end_matches('\0')
        .to_owned()
}

/// Walks the properties (MS-OXTNEF 2.1.3.4) until the long file name.
fn long_name(data: &[u8]) -> Option<String> {
    let count = long(data, 0)?;
    let mut at = 4;
    for _ in 0..count.min(2_000) {
        let tag = long(data, at)?;
        let (kind, id) = (tag & 0xffff, tag >> 16);
        at += 4;
        if id >= 0x8000 {
            // A named property: its set, then a number or a name.
            let is_number = long(data, at + 16)? == 0;
            at += 20;
            at += if is_number {
                4
            } else {
                4 + padded(place(data, at)?)?
            };
        }
        let fixed = match kind & 0x0fff {
            0x0002 | 0x0003 | 0x0004 | 0x000a | 0x000b => Some(4),
            0x0005 | 0x0006 | 0x0007 | 0x0014 | 0x0040 => Some(8),
            0x0048 => Some(16),
            _ => None,
        };
        let is_many = kind & 0x1000 != 0;
        let values = if is_many || fixed.is_none() {
            at += 4;
            place(data, at - 4)?
        } else {
            1
        };
        for _ in 0..values.min(2_000) {
            let length = match fixed {
                Some(length) => length,
                None => {
                    at += 4;
                    let length = place(data, at - 4)?;
                    if id == LONG_NAME {
                        let value = piece(data, at, length)?;
                        return Some(if kind == 0x001f {
                            wide(value)
                        } else {
                            narrow(value)
                        });
                    }
                    padded(length)?
                }
            };
            at = at.checked_add(length)?;
        }
        byte(data, at.checked_sub(1)?)?;
    }
    None
}

/// Values of no fixed length fill up to four bytes.
fn padded(length: usize) -> Option<usize> {
    length.checked_next_multiple_of(4)
}

#[cfg(test)]
mod tests {
    use super::open;
    use crate::entry::FindingCode;

    fn attribute(level: u8, id: u32, data: &[u8]) -> Vec<u8> {
        let mut out = vec![level];
        out.extend(id.to_le_bytes());
        out.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
        out.extend(data);
        out.extend([0, 0]);
        out
    }

    #[test]
    fn attachments_come_out_with_their_long_names() {
        let mut name = Vec::new();
        for unit in "Bài dự thi.docx\0".encode_utf16() {
            name.extend(unit.to_le_bytes());
        }
        let mut properties = 2_u32.to_le_bytes().to_vec();
        properties.extend([0x03, 0x00, 0x05, 0x37, 1, 0, 0, 0]);
        properties.extend([0x1f, 0x00, 0x07, 0x37, 1, 0, 0, 0]);
        properties.extend(u32::try_from(name.len()).unwrap().to_le_bytes());
        properties.extend(&name);
        let mut bytes = b"\x78\x9f\x3e\x22\x01\0".to_vec();
        bytes.extend(attribute(1, 0x0008_9006, b"\0\0\x01\0"));
        bytes.extend(attribute(2, super::BEGIN_ATTACHMENT, &[0; 14]));
        bytes.extend(attribute(2, super::TITLE, b"BAIDUT~1.DOC\0"));
        bytes.extend(attribute(2, super::DATA, b"PK"));
        bytes.extend(attribute(2, super::PROPERTIES, &properties));
        bytes.extend(attribute(2, super::BEGIN_ATTACHMENT, &[0; 14]));
        bytes.extend(attribute(2, super::TITLE, b"anh.jpg\0"));
        bytes.extend(attribute(2, super::DATA, b"jpg"));
        let mut budget = 1_000;
        let opened = open(&bytes, &mut budget);
        let files: Vec<(&str, &[u8])> = opened
            .children
            .iter()
            .map(|child| (child.name.as_str(), child.bytes.as_slice()))
            .collect();
        assert_eq!(
            files,
            [("Bài dự thi.docx", b"PK".as_slice()), ("anh.jpg", b"jpg")]
        );
        bytes.extend(&attribute(2, super::DATA, b"abgeschnitten")[..12]);
        let opened = open(&bytes, &mut budget);
        assert_eq!(opened.findings[0].code, FindingCode::Damaged);
        assert_eq!(opened.children.len(), 2);
    }
}
