//! Pages as people look at them: grey pictures that a slow line still carries, and the same with parts covered.
//!
//! Called only inside the worker process. A picture is always written anew, so nothing that a file said about itself
//! (camera, place, author) goes with it, and what is covered is gone, not hidden.

use image::GrayImage;
use image::codecs::jpeg::JpegEncoder;
use serde::Deserialize;
use serde::Serialize;

use super::Kind;
use super::picture;
use super::print;
use crate::duplicate::PagePrint;

/// Pixels along the longer side: A4 at 137 dots an inch, on which handwriting reads well.
const LONG_SIDE: u32 = 1_600;
/// Of JPEG.
const QUALITY: u8 = 75;
/// Boxes are measured in this many parts of a page's width and height.
pub const PARTS: u16 = 10_000;

/// A part of a page, in ten-thousandths of its width and height.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Area {
    pub left: u16,
    pub top: u16,
    pub right: u16,
    pub bottom: u16,
}

/// A page as JPEG, with its pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    pub width: u32,
    pub height: u32,
    pub jpeg: Vec<u8>,
    /// Where it was asked for, and there is enough on the page.
    pub print: Option<PagePrint>,
}

impl Area {
    /// An area on the page; `None` where nothing of it is.
    pub fn new(left: u16, top: u16, right: u16, bottom: u16) -> Option<Area> {
        let area = Area {
            left: left.min(PARTS),
            top: top.min(PARTS),
            right: right.min(PARTS),
            bottom: bottom.min(PARTS),
        };
        (area.left < area.right && area.top < area.bottom).then_some(area)
    }

    /// The same on the page turned by half.
    pub fn turned(self) -> Area {
        Area {
            left: PARTS - self.right.min(PARTS),
            top: PARTS - self.bottom.min(PARTS),
            right: PARTS - self.left.min(PARTS),
            bottom: PARTS - self.top.min(PARTS),
        }
    }
}

/// One page of a file, turned by half if it lies upside down, with its print if it could not be read; `None` where it
/// cannot be unpacked within the limits.
pub fn page(
    kind: Kind,
    bytes: &[u8],
    number: usize,
    half_turn: bool,
    unread: bool,
) -> Option<Drawn> {
    let mut page = smaller(picture::page(kind, bytes, number)?);
    if half_turn {
        image::imageops::rotate180_in_place(&mut page);
    }
    let drawn = written(&page)?;
    Some(Drawn {
        print: unread.then(|| print::print(page)).flatten(),
        ..drawn
    })
}

/// A drawn page with these parts black.
pub fn covered(jpeg: &[u8], areas: &[Area]) -> Option<Drawn> {
    let mut page = smaller(picture::page(Kind::Jpeg, jpeg, 0)?);
    let (width, height) = page.dimensions();
    for area in areas {
        // Rounded outwards: no edge of a letter looks out.
        let from = |part: u16, of: u32| u32::from(part) * of / u32::from(PARTS);
        let to = |part: u16, of: u32| (u32::from(part) * of).div_ceil(u32::from(PARTS)).min(of);
        for y in from(area.top, height)..to(area.bottom, height) {
            for x in from(area.left, width)..to(area.right, width) {
                page.put_pixel(x, y, image::Luma([0]));
            }
        }
    }
    written(&page)
}

fn smaller(page: GrayImage) -> GrayImage {
    let (width, height) = page.dimensions();
    let long = width.max(height);
    if long <= LONG_SIDE {
        return page;
    }
    // The longer side shrinks to LONG_SIDE, so both fit.
    let side =
        |pixels: u32| (u64::from(pixels) * u64::from(LONG_SIDE) / u64::from(long)).max(1) as u32;
    picture::shrunk(&page, side(width), side(height))
}

fn written(page: &GrayImage) -> Option<Drawn> {
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY)
        .encode_image(page)
        .ok()?;
    Some(Drawn {
        width: page.width(),
        height: page.height(),
        jpeg,
        print: None,
    })
}

#[cfg(test)]
mod tests {
    use image::GrayImage;
    use image::Luma;

    use super::Area;
    use super::covered;
    use super::page;
    use super::written;
    use crate::document::Kind;

    /// A white page with a black corner at the top left.
    fn sheet(width: u32, height: u32) -> Vec<u8> {
        let corner = (width / 4, height / 4);
        let page = GrayImage::from_fn(width, height, |x, y| {
            Luma([if x < corner.0 && y < corner.1 { 0 } else { 255 }])
        });
        written(&page).unwrap().jpeg
    }

    fn shade(jpeg: &[u8], x: f32, y: f32) -> u8 {
        let page = image::load_from_memory(jpeg).unwrap().into_luma8();
        let at = |part: f32, of: u32| (part * of as f32) as u32;
        page.get_pixel(at(x, page.width()), at(y, page.height())).0[0]
    }

    #[test]
    fn a_page_is_drawn_small_enough_and_upright() {
        let sheet = sheet(2_100, 2_970);
        let upright = page(Kind::Jpeg, &sheet, 0, false, false).unwrap();
        assert_eq!((upright.width, upright.height), (1_131, 1_600));
        assert!(shade(&upright.jpeg, 0.1, 0.1) < 40);
        assert!(shade(&upright.jpeg, 0.9, 0.9) > 215);
        let turned = page(Kind::Jpeg, &sheet, 0, true, false).unwrap();
        assert!(shade(&turned.jpeg, 0.9, 0.9) < 40);
        assert!(shade(&turned.jpeg, 0.1, 0.1) > 215);
        assert_eq!(page(Kind::Jpeg, &sheet, 1, false, false), None);
        assert_eq!(page(Kind::Jpeg, b"no picture", 0, false, false), None);
    }

    #[test]
    fn what_is_covered_is_gone() {
        let sheet = sheet(1_600, 1_600);
        let area = Area::new(5_000, 5_000, 20_000, 6_000).unwrap();
        let covered = covered(&sheet, &[area]).unwrap();
        assert_eq!((covered.width, covered.height), (1_600, 1_600));
        assert!(shade(&covered.jpeg, 0.75, 0.55) < 20);
        assert!(shade(&covered.jpeg, 0.75, 0.65) > 215);
        assert!(shade(&covered.jpeg, 0.45, 0.55) > 215);
    }

    #[test]
    fn an_area_has_a_place_on_the_page() {
        assert_eq!(Area::new(3, 3, 3, 9), None);
        assert_eq!(Area::new(10_000, 0, 12_000, 9), None);
        let area = Area::new(1_000, 500, 2_000, 600).unwrap();
        let turned = Area::new(8_000, 9_400, 9_000, 9_500);
        assert_eq!(Some(area.turned()), turned);
    }
}
