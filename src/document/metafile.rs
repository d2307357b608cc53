//! Windows metafiles ([MS-WMF], [MS-EMF]): lists of drawing orders. A photograph in one is a bitmap that some order
//! paints; it is taken out as a BMP. Drawings are left alone.

use super::bytes::long;
use super::bytes::piece;
use super::bytes::place;
use super::bytes::word;
use super::limits;

/// Orders looked at.
const MOST_ORDERS: usize = 20_000;
/// Bytes of a bitmap that is worth reading; brushes and icons are smaller.
const LEAST: usize = 4_096;

/// Whether the bytes begin a metafile.
pub fn is_metafile(head: &[u8]) -> bool {
    is_emf(head) || wmf_start(head).is_some()
}

fn is_emf(head: &[u8]) -> bool {
    long(head, 0) == Some(1) && piece(head, 40, 4) == Some(b" EMF")
}

/// Where the header of a WMF stands: behind the 22 bytes that tell a file's size on paper, or at once.
fn wmf_start(head: &[u8]) -> Option<usize> {
    let at = match long(head, 0)? {
        0x9ac6_cdd7 => 22,
        _ => 0,
    };
    let header = (word(head, at)?, word(head, at + 2)?, word(head, at + 4)?);
    matches!(header, (1 | 2, 9, 0x100 | 0x300)).then_some(at)
}

/// The largest bitmap that a metafile paints, as a BMP file; `None` where the bytes are no metafile or paint none.
pub fn pixels(bytes: &[u8]) -> Option<Vec<u8>> {
    let found = if is_emf(bytes) {
        in_emf(bytes)
    } else {
        in_wmf(bytes, wmf_start(bytes)?)
    };
    let (info, bits) = found
        .into_iter()
        .filter(|(info, bits)| info.len() + bits.len() >= LEAST)
        .max_by_key(|(_, bits)| bits.len())?;
    bitmap(info, bits)
}

/// A bitmap's header with its colours, and its pixels.
type Painted<'a> = (&'a [u8], &'a [u8]);

fn in_emf(bytes: &[u8]) -> Vec<Painted<'_>> {
    let mut found = Vec::new();
    let mut at = 0_usize;
    for _ in 0..MOST_ORDERS {
        let Some((order, length)) = long(bytes, at).zip(place(bytes, at + 4)) else {
            break;
        };
        let Some(record) = piece(bytes, at, length).filter(|_| length >= 8) else {
            break;
        };
        // EMR_BITBLT, EMR_STRETCHBLT; EMR_SETDIBITSTODEVICE, EMR_STRETCHDIBITS: places of header and pixels.
        let places = match order {
            76 | 77 => Some(84),
            80 | 81 => Some(48),
            _ => None,
        };
        if let Some(places) = places {
            let part = |n: usize| {
                piece(
                    record,
                    place(record, places + n * 8)?,
                    place(record, places + n * 8 + 4)?,
                )
            };
            found.extend(part(0).zip(part(1)));
        }
        at += length;
    }
    found
}

fn in_wmf(bytes: &[u8], start: usize) -> Vec<Painted<'_>> {
    let mut found = Vec::new();
    let mut at = start + 18;
    for _ in 0..MOST_ORDERS {
        let Some((words, order)) = place(bytes, at).zip(word(bytes, at + 4)) else {
            break;
        };
        let length = words.saturating_mul(2);
        if length < 6 {
            break;
        }
        // The last order of a cut file is taken as far as it goes.
        let record = piece(bytes, at, length)
            .or_else(|| bytes.get(at..))
            .unwrap_or_default();
        // META_DIBBITBLT, META_DIBSTRETCHBLT, META_SETDIBTODEV, META_STRETCHDIB.
        let dib = match order {
            0x0940 => 22,
            0x0b41 => 26,
            0x0d33 => 24,
            0x0f43 => 28,
            _ => 0,
        };
        if dib > 0
            && let Some(dib) = record.get(dib..)
            && let Some(info) = info_length(dib)
            && let Some(parts) = dib.split_at_checked(info)
        {
            found.push(parts);
        }
        at = at.saturating_add(length);
    }
    found
}

/// Length of a bitmap's header with its masks and colours.
fn info_length(dib: &[u8]) -> Option<usize> {
    let header = place(dib, 0)?;
    if header == 12 {
        let depth = word(dib, 10)?;
        let colours = if depth <= 8 { 1_usize << depth } else { 0 };
        return Some(12 + colours * 3);
    }
    if !(40..=124).contains(&header) {
        return None;
    }
    let depth = word(dib, 14)?;
    let masks = match long(dib, 16)? {
        3 if header == 40 => 12,
        _ => 0,
    };
    let stated = place(dib, 32)?;
    let colours = match (stated, depth) {
        (0, 1 | 4 | 8) => 1 << depth,
        (stated, _) => stated.min(256),
    };
    Some(header + masks + colours * 4)
}

/// A bitmap as a file of its own.
fn bitmap(info: &[u8], bits: &[u8]) -> Option<Vec<u8>> {
    let size = info.len() + bits.len();
    if size as u64 > limits::PART_BYTES {
        return None;
    }
    file(info, bits)
}

/// A device-independent bitmap without its file header, as a BMP file.
pub fn with_header(dib: &[u8]) -> Option<Vec<u8>> {
    let (info, bits) = dib.split_at_checked(info_length(dib)?)?;
    bitmap(info, bits)
}

fn file(info: &[u8], bits: &[u8]) -> Option<Vec<u8>> {
    let pixels_at = u32::try_from(14 + info.len()).ok()?;
    let size = u32::try_from(14 + info.len() + bits.len()).ok()?;
    let mut out = Vec::with_capacity(14 + info.len() + bits.len());
    out.extend_from_slice(b"BM");
    out.extend_from_slice(&size.to_le_bytes());
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&pixels_at.to_le_bytes());
    out.extend_from_slice(info);
    out.extend_from_slice(bits);
    Some(out)
}

#[cfg(test)]
mod tests {
    use image::GrayImage;
    use image::ImageFormat;
    use image::Luma;
    use std::io::Cursor;

    use super::is_metafile;
    use super::pixels;

    /// A bitmap without its file header, of 80 by 60 grey pixels.
    fn dib() -> Vec<u8> {
        let mut bmp = Cursor::new(Vec::new());
        let picture = GrayImage::from_pixel(80, 60, Luma([90]));
        picture.write_to(&mut bmp, ImageFormat::Bmp).unwrap();
        bmp.into_inner().split_off(14)
    }

    fn is_the_bitmap(metafile: &[u8]) {
        assert!(is_metafile(metafile));
        let picture = image::load_from_memory(&pixels(metafile).unwrap()).unwrap();
        assert_eq!((picture.width(), picture.height()), (80, 60));
        assert_eq!(picture.to_luma8().get_pixel(40, 30).0, [90]);
    }

    #[test]
    fn the_bitmap_that_an_old_metafile_paints_is_taken_out() {
        let dib = dib();
        let mut wmf = vec![1, 0, 9, 0, 0, 3];
        wmf.extend([0; 12]);
        // SetMapMode, then StretchDIB with its 11 words of places.
        wmf.extend([4, 0, 0, 0, 3, 1, 8, 0]);
        let words = u32::try_from((28 + dib.len()) / 2).unwrap();
        wmf.extend(words.to_le_bytes());
        wmf.extend([0x43, 0x0f]);
        wmf.extend([0; 22]);
        wmf.extend(&dib);
        is_the_bitmap(&wmf);
    }

    #[test]
    fn the_bitmap_that_a_newer_metafile_paints_is_taken_out() {
        let dib = dib();
        let (info, bits) = dib.split_at(super::info_length(&dib).unwrap());
        let mut emf = vec![1, 0, 0, 0, 88, 0, 0, 0];
        emf.resize(40, 0);
        emf.extend(b" EMF");
        emf.resize(88, 0);
        let mut order = vec![81, 0, 0, 0];
        order.extend(u32::try_from(80 + dib.len()).unwrap().to_le_bytes());
        order.resize(48, 0);
        for number in [80, info.len(), 80 + info.len(), bits.len()] {
            order.extend(u32::try_from(number).unwrap().to_le_bytes());
        }
        order.resize(80, 0);
        emf.extend(order);
        emf.extend(&dib);
        is_the_bitmap(&emf);
        assert!(pixels(&emf[..120]).is_none());
    }
}
