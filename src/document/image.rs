//! Pictures: their pages are counted at once, so that the receipt can say how many came; their text comes later (`ocr`).

use super::Document;
use super::Kind;
use super::heic;
use super::limits;
use crate::entry::Finding;
use crate::entry::FindingCode;

/// A picture of this kind as a document: a scan without text.
pub fn read(kind: Kind, bytes: &[u8]) -> Document {
    let pages = if kind == Kind::Tiff {
        tiff_pages(bytes)
    } else {
        1
    };
    let finding = if kind == Kind::Heic && !heic::IS_READ {
        Finding::new(FindingCode::NotRead, kind.as_str())
    } else {
        FindingCode::Scan.into()
    };
    Document {
        kind,
        pages: Some(pages),
        scan: true,
        findings: vec![finding],
        ..Document::default()
    }
}

fn tiff_pages(bytes: &[u8]) -> u32 {
    u32::try_from(tiff_directories(bytes).len().max(1)).unwrap_or(1)
}

/// Places of the image directories of a TIFF (TIFF 6.0, section 2), as far as the chain can be followed.
pub fn tiff_directories(bytes: &[u8]) -> Vec<u32> {
    let big_end = bytes.starts_with(b"MM");
    let two = |at: usize| -> Option<usize> {
        let pair: [u8; 2] = bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        let value = if big_end {
            u16::from_be_bytes(pair)
        } else {
            u16::from_le_bytes(pair)
        };
        Some(usize::from(value))
    };
    let four = |at: usize| -> Option<u32> {
        let quad: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if big_end {
            u32::from_be_bytes(quad)
        } else {
            u32::from_le_bytes(quad)
        })
    };
    let mut pages = Vec::new();
    let mut next = four(4).unwrap_or(0);
    // A chain that runs in a circle ends where it has been before.
    while next != 0 && pages.len() < limits::PAGES && !pages.contains(&next) {
        let Ok(at) = usize::try_from(next) else { break };
        let Some(entries) = two(at) else { break };
        pages.push(next);
        next = at.checked_add(2 + entries * 12).and_then(four).unwrap_or(0);
    }
    pages
}

#[cfg(test)]
mod tests {
    use super::tiff_pages;

    #[test]
    fn pages_of_a_tiff_are_counted_even_in_a_circle() {
        let two = b"II*\0\x08\0\0\0\0\0\x0e\0\0\0\0\0\0\0\0\0";
        assert_eq!(tiff_pages(two), 2);
        let circle = b"II*\0\x08\0\0\0\0\0\x08\0\0\0";
        assert_eq!(tiff_pages(circle), 1);
        assert_eq!(tiff_pages(b"II*\0"), 1);
    }
}
