//! Photographs as iPhones send them (HEIC): one still picture coded by HEVC, often in tiles.
//!
//! The decoder is a Rust crate without unsafe code. Who builds without the feature `heic` gets a finding instead.

use image::GrayImage;

/// Whether this build can look into such a picture.
pub const IS_READ: bool = cfg!(feature = "heic");

/// The picture, turned and cut as its file says; `None` where it cannot be unpacked within the limits.
#[cfg(feature = "heic")]
pub fn grey(bytes: &[u8]) -> Option<GrayImage> {
    use heic_rs::DecodeOptions;
    use heic_rs::PixelLayout;

    use super::limits;

    let options = DecodeOptions::default()
        .with_layout(PixelLayout::Gray8)
        .with_max_pixels(Some(limits::PIXELS))
        .with_alpha(false);
    let picture = heic_rs::decode(bytes, &options).ok()?;
    GrayImage::from_raw(picture.width, picture.height, picture.data)
}

#[cfg(not(feature = "heic"))]
pub fn grey(_bytes: &[u8]) -> Option<GrayImage> {
    None
}
