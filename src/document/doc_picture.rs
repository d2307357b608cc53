//! Pictures of a doc: in its lines (stream "Data") or beside them (shapes, kept in the main stream).
//!
//! Both are records of [MS-ODRAW]: eight bytes of head (version, kind, length), then the content or further records.

use std::collections::HashMap;
use std::io::Read;

use flate2::read::ZlibDecoder;

use super::bytes::byte;
use super::bytes::long;
use super::bytes::piece;
use super::bytes::place;
use super::bytes::word;
use super::doc::File;
use super::doc_text::Shown;
use super::inlaid::is_picture;
use super::limits;
use super::metafile;

/// Records one inside another.
const DEPTH: usize = 16;
/// Records looked at.
const MOST_RECORDS: usize = 50_000;
const STORED: u16 = 0xf007;
const SHAPE: u16 = 0xf004;
const SHAPE_NAME: u16 = 0xf00a;
const SHAPE_PROPERTIES: u16 = 0xf00b;
/// The property of a shape that names its picture.
const PICTURE: u16 = 0x0104;

/// Whether pictures are kept for shapes, wherever these stand.
pub fn are_kept(file: &File) -> bool {
    let (stored, _) = drawings(file);
    stored
        .iter()
        .any(|place| place.and_then(|at| delayed(file, at)).is_some())
}

/// The pictures that the text shows, each once, in that order.
pub fn pictures(file: &File, data: &[u8], shown: &[Shown]) -> Vec<Vec<u8>> {
    let (stored, by_shape) = drawings(file);
    let anchors: HashMap<usize, u32> = file.shapes().into_iter().collect();
    let mut seen = Vec::new();
    let mut out = Vec::new();
    let mut bytes = 0;
    for shown in shown {
        if seen.contains(shown) || out.len() >= limits::PAGES {
            continue;
        }
        seen.push(*shown);
        let picture = match shown {
            Shown::Kept(at) => in_line(data, *at),
            Shown::Anchored(at) => anchors
                .get(at)
                .and_then(|shape| by_shape.get(shape)?.checked_sub(1))
                .and_then(|number| delayed(file, (*stored.get(number)?)?)),
        };
        if let Some(picture) = picture {
            bytes += picture.len() as u64;
            if bytes > limits::PACKAGE_BYTES {
                break;
            }
            out.push(picture);
        }
    }
    out
}

/// Where the picture store keeps each picture in the main stream, and which picture (from 1) a shape shows.
fn drawings(file: &File) -> (Vec<Option<usize>>, HashMap<u32, usize>) {
    let (mut stored, mut by_shape) = (Vec::new(), HashMap::new());
    let drawings = file.span(50);
    let mut left = MOST_RECORDS;
    let mut read = |records: &[u8]| {
        walk(
            records,
            DEPTH,
            &mut left,
            &mut |record: &Record| match record.kind {
                STORED => stored.push(place(record.body, 28).filter(|at| *at != usize::MAX)),
                SHAPE => by_shape.extend(shape(record.body)),
                _ => {}
            },
        );
    };
    let Some(group) = Record::at(drawings, 0) else {
        return (stored, by_shape);
    };
    read(drawings.get(..group.end).unwrap_or(drawings));
    // Each drawing stands behind a byte that says whether it is the body's or the margins'.
    let mut at = group.end;
    while let Some(drawing) = Record::at(drawings, at + 1) {
        read(drawings.get(at + 1..drawing.end).unwrap_or_default());
        at = drawing.end;
    }
    (stored, by_shape)
}

/// The number of a shape, and the picture it shows.
fn shape(body: &[u8]) -> Option<(u32, usize)> {
    let (mut number, mut picture) = (None, None);
    let mut at = 0;
    while let Some(record) = Record::at(body, at) {
        match record.kind {
            SHAPE_NAME => number = long(record.body, 0),
            SHAPE_PROPERTIES => {
                picture = record
                    .body
                    .chunks_exact(6)
                    .find(|entry| word(entry, 0).is_some_and(|code| code & 0x3fff == PICTURE))
                    .and_then(|entry| place(entry, 2));
            }
            _ => {}
        }
        at = record.end;
    }
    number.zip(picture)
}

/// A picture in a line ([MS-DOC] 2.9.190, PICF): a head, for some a file's name, then records.
fn in_line(data: &[u8], at: usize) -> Option<Vec<u8>> {
    let whole = piece(data, at, place(data, at)?)?;
    let mut from = usize::from(word(whole, 4)?);
    if word(whole, 6) == Some(0x66) {
        from += 1 + usize::from(byte(whole, from)?);
    }
    first_picture(whole.get(from..)?)
}

/// A picture that the store keeps in the main stream.
fn delayed(file: &File, at: usize) -> Option<Vec<u8>> {
    let record = Record::at(&file.main, at)?;
    unpacked(&record)
}

fn first_picture(records: &[u8]) -> Option<Vec<u8>> {
    let mut found = None;
    let mut left = MOST_RECORDS;
    walk(records, DEPTH, &mut left, &mut |record: &Record| {
        if found.is_none() {
            found = unpacked(record);
        }
    });
    found
}

struct Record<'a> {
    kind: u16,
    /// A number whose meaning depends on the kind.
    instance: u16,
    holds_records: bool,
    body: &'a [u8],
    end: usize,
}

impl<'a> Record<'a> {
    fn at(bytes: &'a [u8], at: usize) -> Option<Record<'a>> {
        let head = word(bytes, at)?;
        let body = piece(bytes, at.checked_add(8)?, place(bytes, at + 4)?)?;
        Some(Record {
            kind: word(bytes, at + 2)?,
            instance: head >> 4,
            holds_records: head & 0xf == 0xf,
            body,
            end: at + 8 + body.len(),
        })
    }
}

/// Shows every record, those inside others too.
fn walk(records: &[u8], depth: usize, left: &mut usize, each: &mut dyn FnMut(&Record)) {
    let mut at = 0;
    while let Some(record) = Record::at(records, at) {
        if *left == 0 {
            return;
        }
        *left -= 1;
        each(&record);
        if depth > 0 {
            if record.holds_records {
                walk(record.body, depth - 1, left, each);
            } else if record.kind == STORED {
                // A picture may stand in its entry of the store, behind its name.
                let name = byte(record.body, 33).map_or(0, usize::from);
                walk(
                    record.body.get(36 + name..).unwrap_or_default(),
                    0,
                    left,
                    each,
                );
            }
        }
        at = record.end;
    }
}

/// The picture of a record ([MS-ODRAW] 2.2.23, OfficeArtBlip); `None` for other records and for what has no pixels.
fn unpacked(record: &Record) -> Option<Vec<u8>> {
    // One fingerprint, or two where the instance is odd.
    let prints = if record.instance & 1 == 1 { 32 } else { 16 };
    let picture = match record.kind {
        0xf01a..=0xf01c => {
            let head = record.body.get(prints..)?;
            let packed = head.get(34..)?;
            if byte(head, 32)? == 0 {
                let mut out = Vec::new();
                let most = limits::PART_BYTES;
                // What stands before a break is still looked at.
                let _ = ZlibDecoder::new(packed).take(most).read_to_end(&mut out);
                out
            } else {
                packed.to_vec()
            }
        }
        0xf01f => metafile::with_header(record.body.get(prints + 1..)?)?,
        0xf01d | 0xf01e | 0xf029 | 0xf02a => record.body.get(prints + 1..)?.to_vec(),
        _ => return None,
    };
    is_picture(&picture).then_some(picture)
}
