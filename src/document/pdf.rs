//! PDF files: glyphs with their places from hayro, put together as text by `pdf_layout`.
//!
//! hayro draws pages onto a device; ours only writes down glyphs and the area that images cover.
//! Endless or enormous pages are bounded here where they can be seen, else by the walls of the worker process.

use std::collections::HashMap;

use hayro_interpret::BlendMode;
use hayro_interpret::ClipPath;
use hayro_interpret::Context;
use hayro_interpret::Device;
use hayro_interpret::DrawMode;
use hayro_interpret::DrawProps;
use hayro_interpret::Image;
use hayro_interpret::ImageDrawProps;
use hayro_interpret::InterpreterCache;
use hayro_interpret::InterpreterSettings;
use hayro_interpret::SoftMask;
use hayro_interpret::TransformExt;
use hayro_interpret::font::Glyph as HayroGlyph;
use hayro_interpret::font::GlyphRun;
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::LoadPdfError;
use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::hayro_syntax::object::Dict;
use hayro_interpret::hayro_syntax::object::Name;
use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::interpret_page;
use hayro_interpret::kurbo::Affine;
use hayro_interpret::kurbo::BezPath;
use hayro_interpret::kurbo::Point;
use hayro_interpret::kurbo::Rect;
use hayro_interpret::kurbo::Shape;
use unicode_normalization::char::is_combining_mark;

use super::Document;
use super::Kind;
use super::form;
use super::form::Census;
use super::limits;
use super::pdf_layout;
use super::pdf_layout::Glyph;
use super::pdf_layout::Sheet;
use super::sniff::contains;
use crate::entry::Finding;
use crate::entry::FindingCode;
use crate::text::legacy;
use crate::text::normal;

/// Above this share of letters without a meaning the text layer says nothing and is left out.
const UNREADABLE: f64 = 0.3;
/// A page with fewer letters than this beside a large image is a scan.
const SCAN_LETTERS: usize = 40;

/// A picture that covers this share of a page is an illustration; a school's sign and a line are smaller.
const SOME_OF_A_PAGE: f64 = 0.03;

/// Reads a PDF.
pub fn read(bytes: &[u8]) -> Document {
    let mut document = Document {
        kind: Kind::Pdf,
        ..Document::default()
    };
    let pdf = match Pdf::new(bytes.to_vec()) {
        Ok(pdf) => pdf,
        Err(LoadPdfError::Decryption(_)) => {
            document.findings.push(FindingCode::Password.into());
            return document;
        }
        Err(LoadPdfError::Invalid) => {
            document.findings.push(FindingCode::Damaged.into());
            return document;
        }
    };
    let pages = pdf.pages();
    document.pages = u32::try_from(pages.len()).ok();
    let mut findings = Vec::new();
    let tail = bytes
        .get(bytes.len().saturating_sub(4096)..)
        .unwrap_or(bytes);
    if pages.is_empty() || !contains(tail, b"%%EOF") {
        findings.push(FindingCode::Damaged.into());
    }
    if pages.len() > limits::PAGES {
        findings.push(Finding::new(FindingCode::TooLarge, "pages"));
    }

    let cache = InterpreterCache::new();
    let mut pen = Pen::default();
    let mut sheets = Vec::new();
    let mut papers: HashMap<String, u64> = HashMap::new();
    let mut scans = 0;
    let mut pictured = false;
    for page in pages.iter().take(limits::PAGES) {
        let (width, height) = match measured(page) {
            Ok(size) => size,
            Err(what) => {
                findings.push(Finding::new(FindingCode::TooLarge, what));
                continue;
            }
        };
        if let Some(paper) = paper(page) {
            *papers.entry(paper).or_default() += 1;
        }
        pen.walk(&pdf, page, &cache, (width, height));
        let letters = pen.glyphs.iter().filter(|g| g.is_letter()).count();
        if pen.image_area > 0.4 * width * height && (letters < SCAN_LETTERS || pen.visible == 0) {
            scans += 1;
        }
        pictured |= pen.image_area > SOME_OF_A_PAGE * width * height;
        sheets.push(Sheet {
            height,
            glyphs: std::mem::take(&mut pen.glyphs),
        });
        if pen.drawn > limits::GLYPHS {
            findings.push(Finding::new(FindingCode::TooLarge, "text"));
            break;
        }
    }

    let unmapped = if pen.printed == 0 {
        0.0
    } else {
        pen.unmapped as f64 / pen.printed as f64
    };
    if unmapped < UNREADABLE {
        let text = pdf_layout::text(sheets);
        document.text = normal(&text.body).trim().to_owned();
        document.margins = normal(&text.margins).trim().to_owned();
    }
    document.scan = scans > 0 && scans * 2 >= pages.len().min(limits::PAGES);
    document.pictured = pictured && !document.scan && !document.text.is_empty();
    let paper = papers
        .into_iter()
        .max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(&a.0)))
        .map(|(paper, _)| paper);
    let (form, advice) = pen.census.form(&document.text, paper);
    document.form = form;

    if unmapped > 0.01 {
        let percent = format!("{}", (unmapped * 100.0).round());
        findings.push(Finding::new(FindingCode::UnmappedGlyphs, percent));
    }
    if document.scan {
        // Paper and fonts of a scan say nothing about the essay.
        document.form.font = None;
        document.form.font_share = None;
        document.form.size = None;
        findings.push(FindingCode::Scan.into());
    } else if document.text.is_empty() && pen.printed == 0 {
        if findings.is_empty() {
            findings.push(FindingCode::Empty.into());
        }
    } else {
        findings.extend(advice);
    }
    for finding in findings {
        if !document.findings.contains(&finding) {
            document.findings.push(finding);
        }
    }
    document
}

/// The numbers of the pages on which a picture stands.
pub fn pictured(bytes: &[u8]) -> Vec<usize> {
    let Ok(pdf) = Pdf::new(bytes.to_vec()) else {
        return Vec::new();
    };
    let cache = InterpreterCache::new();
    let mut pen = Pen::default();
    let mut numbers = Vec::new();
    for (number, page) in pdf.pages().iter().take(limits::PAGES).enumerate() {
        let Ok((width, height)) = measured(page) else {
            continue;
        };
        pen.walk(&pdf, page, &cache, (width, height));
        if pen.image_area > SOME_OF_A_PAGE * width * height {
            numbers.push(number);
        }
        if pen.drawn > limits::GLYPHS {
            break;
        }
    }
    numbers
}

/// Width and height of a page in points, or what of it is too large to be looked at.
fn measured(page: &Page) -> Result<(f64, f64), &'static str> {
    let (width, height) = page.render_dimensions();
    let (width, height) = (f64::from(width), f64::from(height));
    let side = 1.0..=limits::PAGE_POINTS;
    if !side.contains(&width) || !side.contains(&height) {
        return Err("page");
    }
    let stream = page.page_stream().map_or(0, <[u8]>::len);
    if stream > limits::PAGE_BYTES {
        return Err("content");
    }
    Ok((width, height))
}

/// The paper of a page: its media box, in units of 1/72 inch unless the page says otherwise (ISO 32000-1, 14.11.2).
fn paper(page: &Page) -> Option<String> {
    let unit = page.raw().get::<f32>("UserUnit").map_or(1.0, f64::from);
    let media = page.media_box();
    form::paper(media.width().abs() * unit, media.height().abs() * unit)
}

fn settings() -> InterpreterSettings {
    InterpreterSettings::default()
}

/// Writes down what a page draws.
#[derive(Default)]
struct Pen {
    glyphs: Vec<Glyph>,
    census: Census,
    image_area: f64,
    page: Rect,
    /// Font names of the page that are not embedded: hayro does not name those itself.
    foreign: Option<String>,
    /// Glyphs of this page that are not invisible (the text layer of a searchable scan is).
    visible: usize,
    /// Glyphs of all pages.
    drawn: usize,
    /// Glyphs of all pages but spaces, and how many of them have no meaning.
    printed: u64,
    unmapped: u64,
}

impl Pen {
    /// Writes down what this page draws, and forgets the one before but for the sums.
    fn walk<'a>(
        &mut self,
        pdf: &'a Pdf,
        page: &'a Page<'a>,
        cache: &InterpreterCache<'a>,
        (width, height): (f64, f64),
    ) {
        self.start(page, width, height);
        let mut context = Context::new(
            page.initial_transform(true).to_kurbo(),
            Rect::new(0.0, 0.0, width, height),
            cache,
            pdf.xref(),
            settings(),
        );
        interpret_page(page, &mut context, self);
    }

    fn start(&mut self, page: &Page, width: f64, height: f64) {
        self.glyphs.clear();
        self.image_area = 0.0;
        self.visible = 0;
        self.page = Rect::new(0.0, 0.0, width, height);
        self.foreign = page
            .resources()
            .fonts
            .entries()
            .filter_map(|(key, _)| page.resources().fonts.get::<Dict>(&*key))
            .find(|font| !is_embedded(font))
            .and_then(|font| font.get::<Name>("BaseFont"))
            .map(|name| name.as_str().to_owned());
    }
}

fn is_embedded(font: &Dict) -> bool {
    font.get::<Dict>("FontDescriptor").is_some_and(|d| {
        ["FontFile", "FontFile2", "FontFile3"]
            .iter()
            .any(|key| d.contains_key(key))
    }) || font.contains_key("DescendantFonts")
        || font.contains_key("CharProcs")
}

impl<'a> Device<'a> for Pen {
    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}

    fn push_clip_path(&mut self, _: &ClipPath) {}

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        if self.drawn > limits::GLYPHS {
            return;
        }
        self.drawn += run.glyphs().len();
        let name = match run.glyphs().first().map(|g| &**g) {
            Some(HayroGlyph::Outline(outline)) => outline
                .font_data()
                .and_then(|data| data.postscript_name)
                .or_else(|| self.foreign.clone()),
            Some(HayroGlyph::Type3(_)) | None => None,
        }
        .map(|name| shown_name(&name))
        .unwrap_or_default();
        if !matches!(mode, DrawMode::Invisible) {
            self.visible += run.glyphs().len();
        }
        let is_tcvn3 = legacy::is_tcvn3_font(&name);
        let is_vni = legacy::is_vni_font(&name);
        for positioned in run.glyphs() {
            let place = props.transform * positioned.transform();
            let (glyph, advance) = match &**positioned {
                HayroGlyph::Outline(outline) => (positioned, outline.advance_width()),
                HayroGlyph::Type3(type3) => (positioned, type3.advance_width()),
            };
            let origin = place * Point::ZERO;
            let end = place * Point::new(f64::from(advance.unwrap_or(500.0)), 0.0);
            let up = place * Point::new(0.0, 1000.0);
            let size = (up - origin).hypot();
            if !(origin.is_finite() && end.is_finite() && size.is_finite()) || size < 0.5 {
                continue;
            }
            let mut text = match glyph.as_unicode() {
                Some(BfString::Char(c)) => c.to_string(),
                Some(BfString::String(s)) => s,
                None => String::new(),
            };
            let has_meaning = text.chars().all(|c| {
                c != char::REPLACEMENT_CHARACTER
                    && !('\u{e000}'..='\u{f8ff}').contains(&c)
                    && c != '\0'
            }) && !text.is_empty();
            if text.trim().is_empty() && has_meaning {
                text = " ".to_owned();
            } else {
                self.printed += 1;
                if !has_meaning {
                    self.unmapped += 1;
                    text = char::REPLACEMENT_CHARACTER.to_string();
                }
            }
            if is_tcvn3 && legacy::is_below_unicode(&text) {
                text = legacy::tcvn3(&text, &name);
                self.census.count_legacy("TCVN3", 1);
            } else if is_vni && legacy::is_below_unicode(&text) {
                text = legacy::vni(&text);
                self.census.count_legacy("VNI", 1);
            }
            let letters = text.chars().filter(|c| c.is_alphabetic()).count();
            // A tenth of a point is what typesetting rounds to.
            self.census
                .count(&name, size as f32, u64::try_from(letters).unwrap_or(0));
            let anchor = match &**positioned {
                HayroGlyph::Outline(outline) if text.chars().all(is_combining_mark) => {
                    Some(middle(&outline.outline(), place)).flatten()
                }
                HayroGlyph::Outline(_) | HayroGlyph::Type3(_) => None,
            };
            self.glyphs.push(Glyph::new(
                text,
                (origin.x, origin.y),
                (end.x, end.y),
                anchor,
                size,
            ));
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        // hayro's transform takes pixels to the page.
        let pixels = Rect::new(0.0, 0.0, image.width().into(), image.height().into());
        let shape = props.transform.transform_rect_bbox(pixels);
        let seen = shape.intersect(self.page);
        if seen.width() > 0.0 && seen.height() > 0.0 {
            self.image_area += seen.area();
        }
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}

/// The middle of a mark, to find the letter it belongs to.
fn middle(outline: &BezPath, place: Affine) -> Option<(f64, f64)> {
    if outline.elements().is_empty() {
        return None;
    }
    let center = (place * outline.bounding_box().center()).to_vec2();
    center.is_finite().then_some((center.x, center.y))
}

/// A PDF's font name as the form shows it: without the subset prefix; Times New Roman by its proper name.
fn shown_name(name: &str) -> String {
    let plain = match name.split_once('+') {
        Some((prefix, rest)) if prefix.len() == 6 => rest,
        _ => name,
    };
    if form::is_times_new_roman(plain) {
        return "Times New Roman".to_owned();
    }
    plain.to_owned()
}
