//! Pages as grey pixels: photographs, scans, and the pages of a PDF drawn for those who must look at them.
//!
//! Called only inside the worker process. A page is bounded before it is unpacked: a few bytes may announce gigapixels.

use std::io::Cursor;

use hayro::RenderCache;
use hayro::RenderSettings;
use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::color::palette::css::WHITE;
use image::DynamicImage;
use image::GrayImage;
use image::ImageDecoder;
use image::ImageReader;
use image::Limits;
use image::metadata::Orientation;

use super::Kind;
use super::heic;
use super::image::tiff_directories;
use super::inlaid;
use super::limits;

/// Pixels along the longer side that letters need and that more does not help: A4 at 240 dots an inch.
const LONG_SIDE: u32 = 2_800;
/// A photograph smaller than this is drawn larger first.
const SHORT_PHOTO: u32 = 1_500;
/// Dots an inch of a page of a PDF.
const DOTS: f32 = 200.0;

/// How many pages of pictures a file has; 0 where it has none that can be looked at.
pub fn count(kind: Kind, bytes: &[u8]) -> usize {
    let pages = match kind {
        Kind::Jpeg | Kind::Png | Kind::Webp | Kind::Gif | Kind::Bmp => 1,
        Kind::Heic if heic::IS_READ => 1,
        Kind::Tiff => tiff_directories(bytes).len(),
        Kind::Pdf => Pdf::new(bytes.to_vec()).map_or(0, |pdf| pdf.pages().len()),
        Kind::Docx | Kind::Doc | Kind::Odt | Kind::Rtf => inlaid::count(kind, bytes),
        _ => 0,
    };
    pages.min(limits::PAGES)
}

/// One page, upright as far as its file says so; `None` where it cannot be unpacked within the limits.
pub fn page(kind: Kind, bytes: &[u8], number: usize) -> Option<GrayImage> {
    match kind {
        Kind::Jpeg | Kind::Png | Kind::Webp | Kind::Gif | Kind::Bmp if number == 0 => {
            decoded(bytes)
        }
        Kind::Heic if number == 0 => heic::grey(bytes).map(fitted),
        Kind::Tiff => {
            let at = *tiff_directories(bytes).get(number)?;
            decoded(&with_first_directory(bytes, at)?)
        }
        Kind::Pdf => drawn(bytes, number),
        Kind::Docx | Kind::Doc | Kind::Odt | Kind::Rtf => {
            decoded(&inlaid::picture(kind, bytes, number)?)
        }
        _ => None,
    }
}

/// Width and height of a picture in pixels, as its head says; `None` where it is none that can be unpacked.
pub fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let reader = ImageReader::new(Cursor::new(bytes));
    reader.with_guessed_format().ok()?.into_dimensions().ok()
}

fn decoded(bytes: &[u8]) -> Option<GrayImage> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(limits::PICTURE_SIDE);
    limits.max_image_height = Some(limits::PICTURE_SIDE);
    limits.max_alloc = Some(limits::PICTURE_BYTES);
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .ok()?;
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > limits::PIXELS {
        return None;
    }
    let turn = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).ok()?;
    let mut grey = DynamicImage::ImageLuma8(fitted(on_white(picture)));
    grey.apply_orientation(turn);
    Some(grey.into_luma8())
}

/// What is transparent is white paper.
fn on_white(picture: DynamicImage) -> GrayImage {
    if !picture.color().has_alpha() {
        return picture.into_luma8();
    }
    let seen = picture.into_luma_alpha8();
    GrayImage::from_fn(seen.width(), seen.height(), |x, y| {
        let [grey, alpha] = seen.get_pixel(x, y).0;
        let (grey, alpha) = (u16::from(grey), u16::from(alpha));
        let mixed = (grey * alpha + 255 * (255 - alpha)) / 255;
        image::Luma([u8::try_from(mixed).unwrap_or(255)])
    })
}

/// Neither larger than letters need nor so small that they have no shape.
fn fitted(page: GrayImage) -> GrayImage {
    let long = page.width().max(page.height()).max(1);
    if long < SHORT_PHOTO {
        return doubled(&page);
    }
    if long <= LONG_SIDE {
        return page;
    }
    let scale = f64::from(LONG_SIDE) / f64::from(long);
    // Below LONG_SIDE, so nothing is lost in the cast.
    let side = |pixels: u32| ((f64::from(pixels) * scale).round() as u32).max(1);
    shrunk(&page, side(page.width()), side(page.height()))
}

/// A smaller page, each of whose pixels is the mean of those it covers. Both sides at least 1, and no larger than before.
pub fn shrunk(page: &GrayImage, width: u32, height: u32) -> GrayImage {
    let columns = covered(page.width(), width);
    let rows: Vec<&[u8]> = page
        .as_raw()
        .chunks_exact(page.width().max(1) as usize)
        .collect();
    let mut out = Vec::with_capacity(width as usize * height as usize);
    let mut sums = vec![0.0_f32; page.width() as usize];
    for (first, shares) in covered(page.height(), height) {
        sums.fill(0.0);
        let covered = rows.get(first..).unwrap_or_default();
        for (row, share) in covered.iter().zip(shares) {
            for (sum, grey) in sums.iter_mut().zip(*row) {
                *sum += f32::from(*grey) * share;
            }
        }
        out.extend(columns.iter().map(|(first, shares)| {
            let covered = sums.get(*first..).unwrap_or_default();
            let sum: f32 = covered
                .iter()
                .zip(shares)
                .map(|(sum, share)| sum * share)
                .sum();
            (sum + 0.5) as u8
        }));
    }
    GrayImage::from_raw(width, height, out).unwrap_or_else(|| page.clone())
}

/// For each of `few` pixels that stand for `many`: the first it covers, and the share of each in it.
fn covered(many: u32, few: u32) -> Vec<(usize, Vec<f32>)> {
    let scale = f64::from(many) / f64::from(few.max(1));
    let one = |number: u32| {
        let (from, to) = (f64::from(number) * scale, f64::from(number + 1) * scale);
        let last = (to.ceil() as u32).min(many);
        let share = |pixel: u32| {
            let begins = from.max(f64::from(pixel));
            let ends = to.min(f64::from(pixel + 1));
            ((ends - begins).max(0.0) / scale) as f32
        };
        let first = (from as u32).min(many);
        (first as usize, (first..last).map(share).collect())
    };
    (0..few).map(one).collect()
}

/// Twice as wide and high, new pixels between old ones.
fn doubled(page: &GrayImage) -> GrayImage {
    let (width, height) = page.dimensions();
    let rows: Vec<&[u8]> = page.as_raw().chunks_exact(width.max(1) as usize).collect();
    let mean = |a: u8, b: u8| a.midpoint(b);
    let mut out = Vec::with_capacity(page.as_raw().len() * 4);
    for (y, row) in rows.iter().enumerate() {
        let next = rows.get(y + 1).unwrap_or(row);
        let between: Vec<u8> = row.iter().zip(*next).map(|(a, b)| mean(*a, *b)).collect();
        for line in [*row, between.as_slice()] {
            for (x, grey) in line.iter().enumerate() {
                let right = line.get(x + 1).copied().unwrap_or(*grey);
                out.push(*grey);
                out.push(mean(*grey, right));
            }
        }
    }
    GrayImage::from_raw(width * 2, height * 2, out).unwrap_or_else(|| page.clone())
}

/// A copy of a TIFF whose first directory is another one, because decoders read the first.
fn with_first_directory(bytes: &[u8], at: u32) -> Option<Vec<u8>> {
    let mut copy = bytes.to_vec();
    let place = copy.get_mut(4..8)?;
    place.copy_from_slice(&if bytes.starts_with(b"MM") {
        at.to_be_bytes()
    } else {
        at.to_le_bytes()
    });
    Some(copy)
}

/// A page of a PDF on white paper.
fn drawn(bytes: &[u8], number: usize) -> Option<GrayImage> {
    let pdf = Pdf::new(bytes.to_vec()).ok()?;
    let page = pdf.pages().get(number)?;
    let (width, height) = page.render_dimensions();
    let side = 1.0..=limits::PAGE_POINTS as f32;
    if !side.contains(&width) || !side.contains(&height) {
        return None;
    }
    if page
        .page_stream()
        .is_some_and(|stream| stream.len() > limits::PAGE_BYTES)
    {
        return None;
    }
    let scale = (DOTS / 72.0).min(LONG_SIDE as f32 / width.max(height));
    let drawn = hayro::render(
        page,
        &RenderCache::new(),
        &InterpreterSettings::default(),
        &RenderSettings::default(),
        &hayro::PixmapSettings {
            x_scale: scale,
            y_scale: scale,
            bg_color: WHITE,
        },
    );
    let (width, height) = (u32::from(drawn.width()), u32::from(drawn.height()));
    let grey = drawn
        .data_as_u8_slice()
        .chunks_exact(4)
        .map(|pixel| match pixel {
            [red, green, blue, _] => {
                let sum = 299 * u32::from(*red) + 587 * u32::from(*green) + 114 * u32::from(*blue);
                u8::try_from(sum / 1000).unwrap_or(255)
            }
            _ => 255,
        })
        .collect();
    GrayImage::from_raw(width, height, grey)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::DynamicImage;
    use image::GrayImage;
    use image::ImageFormat;
    use image::Luma;

    use super::count;
    use super::page;
    use super::shrunk;
    use crate::document::Kind;

    #[test]
    fn transparent_paper_is_white_and_small_pictures_grow() {
        let picture = DynamicImage::new_rgba8(20, 10);
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
        let bytes = bytes.into_inner();
        assert_eq!(count(Kind::Png, &bytes), 1);
        let read = page(Kind::Png, &bytes, 0).unwrap();
        assert_eq!((read.width(), read.height()), (40, 20));
        assert!(read.pixels().all(|p| *p == Luma([255])));
        assert!(page(Kind::Png, &bytes, 1).is_none());
        assert!(page(Kind::Png, &bytes[..40], 0).is_none());
    }

    #[test]
    fn a_smaller_page_is_the_mean_of_the_larger() {
        let check = |pixels: &[u8], width: u32, want: &[u8]| {
            let page = GrayImage::from_raw(pixels.len() as u32, 1, pixels.to_vec()).unwrap();
            assert_eq!(shrunk(&page, width, 1).as_raw(), want, "{pixels:?}");
        };
        check(&[0, 100, 200, 100], 2, &[50, 150]);
        check(&[0, 90, 240], 2, &[30, 190]);
        check(&[7, 255], 2, &[7, 255]);
        let page = GrayImage::from_fn(90, 70, |x, y| Luma([(x + y) as u8]));
        let small = shrunk(&page, 9, 7);
        assert_eq!(small.dimensions(), (9, 7));
        assert_eq!(small.get_pixel(8, 6).0, [149]);
    }

    #[test]
    fn every_page_of_a_tiff_is_found() {
        let mut first = Cursor::new(Vec::new());
        let grey = GrayImage::from_pixel(1_600, 8, Luma([7]));
        grey.write_to(&mut first, ImageFormat::Tiff).unwrap();
        let bytes = first.into_inner();
        assert_eq!(count(Kind::Tiff, &bytes), 1);
        assert_eq!(page(Kind::Tiff, &bytes, 0).unwrap().get_pixel(3, 3).0, [7]);
        assert!(page(Kind::Tiff, &bytes, 1).is_none());
    }
}
