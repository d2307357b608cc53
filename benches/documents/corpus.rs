//! The files that are read: essays of our own, written by LibreOffice in each format, and their pages as scans.

use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use image::GrayImage;
use image::Luma;

use crate::support::prose;
use crate::support::prose::Dice;

/// Words of an essay, so that it fits on a page.
const WORDS: usize = 220;

/// The files of one kind.
pub struct Files {
    pub name: &'static str,
    pub ending: &'static str,
    /// Each with the text that stands in it.
    pub files: Vec<(PathBuf, String)>,
}

impl Files {
    pub fn is_scan(&self) -> bool {
        self.ending == "jpg"
    }
}

/// What happens to a page on its way through a scanner or a telephone.
type Spoiler = fn(&GrayImage, &mut Dice) -> GrayImage;

/// Writes so many essays in every format.
pub fn make(folder: &Path, essays: usize) -> Vec<Files> {
    let texts: Vec<String> = (0..essays)
        .map(|number| prose::essay(number as u64 + 1, WORDS).join("\n"))
        .collect();
    let sources: Vec<PathBuf> = texts
        .iter()
        .enumerate()
        .map(|(number, text)| {
            let path = folder.join(format!("bai-{number}.fodt"));
            fs::write(&path, flat(text)).expect("an essay");
            path
        })
        .collect();
    let mut all = Vec::new();
    for ending in ["docx", "doc", "odt", "rtf", "pdf"] {
        office(folder, ending, &sources);
        let files = sources.iter().zip(&texts);
        let files = files.map(|(path, text)| (path.with_extension(ending), text.clone()));
        all.push(Files {
            name: ending,
            ending,
            files: files.collect(),
        });
    }
    let pages: Vec<GrayImage> = sources
        .iter()
        .map(|path| drawn(&path.with_extension("pdf")))
        .collect();
    let spoilers: [(&'static str, Spoiler); 5] = [
        ("clean", |page, _| page.clone()),
        ("tilted", |page, dice| {
            tilted(page, 1.0 + dice.below(30) as f64 / 10.0)
        }),
        ("noisy", noisy),
        ("shaded", |page, _| shaded(page)),
        ("upsidedown", |page, _| image::imageops::rotate180(page)),
    ];
    for (name, spoil) in spoilers {
        let mut dice = Dice::new(7);
        let files = pages.iter().zip(&texts).enumerate();
        let files = files.map(|(number, (page, text))| {
            let path = folder.join(format!("{name}-{number}.jpg"));
            spoil(page, &mut dice).save(&path).expect("a scan");
            (path, text.clone())
        });
        all.push(Files {
            name,
            ending: "jpg",
            files: files.collect(),
        });
    }
    all
}

/// An essay as a flat OpenDocument text: 14 points on A4.
fn flat(text: &str) -> String {
    let paragraphs: String = text
        .lines()
        .map(|line| format!("<text:p text:style-name=\"B\">{line}</text:p>"))
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document \
         xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
         xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\" \
         xmlns:fo=\"urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0\" office:version=\"1.3\" \
         office:mimetype=\"application/vnd.oasis.opendocument.text\"><office:automatic-styles>\
         <style:style style:name=\"B\" style:family=\"paragraph\"><style:paragraph-properties fo:margin-bottom=\"0.2cm\"/>\
         <style:text-properties style:font-name=\"Liberation Serif\" fo:font-family=\"'Liberation Serif'\" \
         fo:font-size=\"14pt\"/></style:style></office:automatic-styles>\
         <office:body><office:text>{paragraphs}</office:text></office:body></office:document>"
    )
}

/// Has LibreOffice write the files in another format.
fn office(folder: &Path, ending: &str, sources: &[PathBuf]) {
    let home = folder.join("office");
    let status = Command::new("soffice")
        .arg(format!("-env:UserInstallation=file://{}", home.display()))
        .args(["--headless", "--convert-to", ending, "--outdir"])
        .arg(folder)
        .args(sources)
        .output()
        .expect("soffice (make packages)");
    assert!(status.status.success(), "soffice wrote no {ending}");
}

/// The first page of a PDF at 200 dots an inch.
fn drawn(pdf: &Path) -> GrayImage {
    let target = pdf.with_extension("page");
    let status = Command::new("pdftoppm")
        .args(["-r", "200", "-gray", "-singlefile", "-png"])
        .arg(pdf)
        .arg(&target)
        .status()
        .expect("pdftoppm (make packages)");
    assert!(status.success(), "pdftoppm drew no page");
    let file = pdf.with_extension("page.png");
    image::open(file).expect("a page").into_luma8()
}

/// Turned clockwise about its middle, by the nearest pixel; new corners are grey like a scanner's lid.
fn tilted(page: &GrayImage, degrees: f64) -> GrayImage {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (x0, y0) = (
        f64::from(page.width()) / 2.0,
        f64::from(page.height()) / 2.0,
    );
    GrayImage::from_fn(page.width(), page.height(), |x, y| {
        let (dx, dy) = (f64::from(x) - x0, f64::from(y) - y0);
        let (u, v) = (dx * cos + dy * sin + x0, -dx * sin + dy * cos + y0);
        let inside = u >= 0.0 && v >= 0.0;
        let pixel = page.get_pixel_checked(u as u32, v as u32);
        *pixel.filter(|_| inside).unwrap_or(&Luma([230]))
    })
}

/// With the grain of a bad sensor.
fn noisy(page: &GrayImage, dice: &mut Dice) -> GrayImage {
    let mut page = page.clone();
    for pixel in page.pixels_mut() {
        let grain = dice.below(91) as i16 - 45;
        pixel.0[0] = (i16::from(pixel.0[0]).min(225) + grain).clamp(0, 255) as u8;
    }
    page
}

/// With the shadow of a hand and a phone: one corner at a third of the light.
fn shaded(page: &GrayImage) -> GrayImage {
    let (width, height) = (page.width() as f32, page.height() as f32);
    GrayImage::from_fn(page.width(), page.height(), |x, y| {
        let way = (x as f32 / width + y as f32 / height) / 2.0;
        Luma([(f32::from(page.get_pixel(x, y).0[0]) * (1.0 - 0.66 * way)) as u8])
    })
}
