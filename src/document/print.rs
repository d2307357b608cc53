//! The print of a page in pixels: its inked part, upright, in cells (see `duplicate::PagePrint`).
//!
//! Called only inside the worker process.

use image::GrayImage;

use super::clean;
use crate::duplicate::PRINT_HEIGHT;
use crate::duplicate::PRINT_WIDTH;
use crate::duplicate::PagePrint;

/// On cleaned paper darker pixels are ink, and ruled lines are not.
const INK: u8 = 150;
/// Of a thousand inked pixels so many at each edge are dust.
const DUST: u64 = 5;

/// The print of a page; `None` when next to nothing is on it.
pub fn print(page: GrayImage) -> Option<PagePrint> {
    let (page, _) = clean::cleaned(page);
    let mut rows = vec![0_u64; page.height() as usize];
    let mut columns = vec![0_u64; page.width() as usize];
    for (row, count) in page.rows().zip(&mut rows) {
        for (pixel, column) in row.zip(&mut columns) {
            let ink = u64::from(pixel.0[0] < INK);
            *count += ink;
            *column += ink;
        }
    }
    let (top, bottom) = inked(&rows)?;
    let (left, right) = inked(&columns)?;
    let edges = |from: usize, to: usize, cells: usize| -> Vec<(u32, u32)> {
        let edge = |cell: usize| (from + (to - from) * cell / cells) as u32;
        (0..cells)
            .map(|cell| (edge(cell), edge(cell + 1).max(edge(cell) + 1)))
            .collect()
    };
    let across = edges(left, right, PRINT_WIDTH);
    let mut ink = Vec::with_capacity(PRINT_WIDTH * PRINT_HEIGHT);
    for (top, bottom) in edges(top, bottom, PRINT_HEIGHT) {
        for (left, right) in &across {
            let pixels = (top..bottom).flat_map(|y| (*left..*right).map(move |x| (x, y)));
            let dark = pixels.filter(|(x, y)| {
                page.get_pixel_checked(*x, *y)
                    .is_some_and(|pixel| pixel.0[0] < INK)
            });
            let area = (right - left) * (bottom - top);
            ink.push(dark.count() as f32 / area as f32);
        }
    }
    PagePrint::new(&ink)
}

/// From where to where there is ink; `None` when there is none.
fn inked(counts: &[u64]) -> Option<(usize, usize)> {
    let all: u64 = counts.iter().sum();
    let dust = all * DUST / 1000;
    let from = beyond(counts.iter(), dust)?;
    let to = counts.len() - beyond(counts.iter().rev(), dust)?;
    (from < to).then_some((from, to))
}

/// Where more than the dust has been seen.
fn beyond<'a>(mut counts: impl Iterator<Item = &'a u64>, dust: u64) -> Option<usize> {
    let mut seen = 0;
    counts.position(|count| {
        seen += count;
        seen > dust
    })
}

#[cfg(test)]
#[path = "../../tests/support/hand.rs"]
mod hand;

#[cfg(test)]
mod tests {
    use image::GrayImage;
    use image::Luma;

    use super::hand::HEIGHT;
    use super::hand::WIDTH;
    use super::hand::taken;
    use super::hand::written;
    use super::print;
    use crate::duplicate::PagePrint;

    #[test]
    fn pictures_of_one_sheet_are_told_from_sheets_by_the_same_hand() {
        let sheets: Vec<GrayImage> = (0..6).map(written).collect();
        let kept: Vec<PagePrint> = (0..)
            .zip(&sheets)
            .map(|(n, sheet)| print(taken(sheet, n, 0.0)).unwrap())
            .collect();
        for (n, sheet) in sheets.iter().enumerate() {
            for (again, bent) in [(100, 0.0), (200, 0.04)] {
                let again = print(taken(sheet, n as u64 + again, bent)).unwrap();
                for (other, kept) in kept.iter().enumerate() {
                    let same = again.is_of_same_sheet(kept);
                    assert_eq!(same, other == n, "{n} {other} {bent}");
                    assert!(!again.turned().is_of_same_sheet(kept), "{n} {other} turned");
                }
            }
        }
    }

    #[test]
    fn a_sheet_on_its_head_is_the_same_sheet() {
        let sheet = written(9);
        let kept = print(taken(&sheet, 1, 0.0)).unwrap();
        let turned = print(image::imageops::rotate180(&taken(&sheet, 2, 0.0))).unwrap();
        assert!(!turned.is_of_same_sheet(&kept));
        assert!(turned.turned().is_of_same_sheet(&kept));
        assert_eq!(turned.turned().turned(), turned);
    }

    #[test]
    fn a_print_comes_back_from_its_text() {
        let kept = print(written(3)).unwrap();
        let text = serde_json::to_string(&kept).unwrap();
        assert_eq!(serde_json::from_str::<PagePrint>(&text).unwrap(), kept);
        for broken in ["\"\"", "\"00\"", "\"zz\"", "7"] {
            assert!(
                serde_json::from_str::<PagePrint>(broken).is_err(),
                "{broken}"
            );
        }
        let odd = format!("\"{}é\"", &text[2..text.len() - 1]);
        assert!(serde_json::from_str::<PagePrint>(&odd).is_err());
    }

    #[test]
    fn a_page_with_next_to_nothing_on_it_has_no_print() {
        let white = GrayImage::from_pixel(WIDTH, HEIGHT, Luma([255]));
        assert_eq!(print(white.clone()), None);
        let mut spot = white;
        for x in 0..40 {
            spot.put_pixel(100 + x, 100, Luma([0]));
        }
        assert_eq!(print(spot), None);
        assert_eq!(print(GrayImage::new(1, 1)), None);
    }
}
