//! Good files damaged by chance, always in the same way for the same case.

use std::io::Cursor;
use std::io::Read;
use std::io::Write;

use zip::CompressionMethod;
use zip::ZipArchive;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::LARGEST;
use super::Target;
use crate::support::prose::Dice;

/// The bytes of a case.
pub fn food(target: &Target, case: u64) -> Vec<u8> {
    let mut dice = Dice::new(case.wrapping_mul(0x2545_f491) ^ target.name.len() as u64);
    let seeds = &target.seeds;
    let at = dice.below(seeds.len());
    let mut bytes = if target.container && dice.below(4) > 0 {
        around(&seeds[at], &mut dice)
    } else {
        let other = &seeds[dice.below(seeds.len())];
        damaged(seeds[at].clone(), other, &mut dice)
    };
    bytes.truncate(LARGEST);
    bytes
}

/// The container with some of its members damaged, put together again.
fn around(seed: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut from = ZipArchive::new(Cursor::new(seed)).expect("a good container");
    let mut to = ZipWriter::new(Cursor::new(Vec::new()));
    let hurt = dice.below(from.len());
    for number in 0..from.len() {
        let mut member = from.by_index(number).expect("a member");
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).expect("its bytes");
        let name = member.name().expect("its name").into_owned();
        // The text of an essay is worth more than its theme.
        if number == hurt
            || (dice.below(2) == 0
                && (name.contains("document.xml") || name.contains("content.xml")))
        {
            let twin = bytes.clone();
            bytes = damaged(bytes, &twin, dice);
        }
        let how = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        to.start_file(name, how).expect("a member");
        to.write_all(&bytes).expect("its bytes");
    }
    to.finish().expect("a container").into_inner()
}

/// Some turns at random: bits, bytes, numbers at the edge, pieces cut, doubled, moved, taken from another file.
fn damaged(mut bytes: Vec<u8>, other: &[u8], dice: &mut Dice) -> Vec<u8> {
    const EDGES: [&[u8]; 10] = [
        &[0xff; 4],
        &[0x00; 4],
        &[0x7f, 0xff, 0xff, 0xff],
        &[0xff, 0xff, 0xff, 0x7f],
        b"-1",
        b"4294967296",
        b"<",
        b"\"",
        b"\r\n\r\n",
        "\u{202e}\u{300}ế".as_bytes(),
    ];
    for _ in 0..1 + dice.below(8) {
        if bytes.is_empty() {
            return bytes;
        }
        let at = dice.below(bytes.len());
        let reach = 1 << dice.below(12);
        let end = (at + 1 + dice.below(reach)).min(bytes.len());
        match dice.below(8) {
            0 => bytes[at] ^= 1_u8 << dice.below(8),
            1 => bytes[at] = dice.next().to_le_bytes()[0],
            2 => {
                let edge = EDGES[dice.below(EDGES.len())];
                let end = (at + edge.len()).min(bytes.len());
                bytes.splice(at..end, edge.iter().copied());
            }
            3 => {
                bytes.drain(at..end);
            }
            4 => {
                let piece = bytes[at..end].to_vec();
                let to = dice.below(bytes.len());
                bytes.splice(to..to, piece);
            }
            5 => {
                let piece: Vec<u8> = bytes.drain(at..end).collect();
                let to = dice.below(bytes.len() + 1);
                bytes.splice(to..to, piece);
            }
            6 if !other.is_empty() => {
                let from = dice.below(other.len());
                let piece = other[from..(from + end - at).min(other.len())].to_vec();
                bytes.splice(at..end, piece);
            }
            _ if dice.below(4) == 0 => bytes.truncate(at),
            _ => bytes[at] = bytes[at].wrapping_add(1),
        }
    }
    bytes
}
