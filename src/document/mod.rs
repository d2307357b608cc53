//! Files as participants send them: what kind a file is, its text, its form, its findings.
//!
//! Pure: bytes in, `Document` out. Called only inside the worker process (`worker::child`), because the bytes are strangers'.

pub mod archive;
mod bytes;
mod clean;
mod doc;
mod doc_picture;
mod doc_style;
mod doc_text;
mod docx;
mod docx_story;
mod docx_style;
pub mod drawn;
mod form;
mod gathered;
mod heic;
mod html;
mod html_form;
pub mod illustration;
mod image;
pub mod ink;
mod inlaid;
pub mod limits;
mod lines;
mod list;
mod metafile;
mod mht;
pub mod ocr;
mod ods;
mod odt;
mod odt_story;
mod odt_style;
mod package;
mod pdf;
mod pdf_layout;
mod picture;
mod plain;
mod print;
mod rar;
mod report;
mod rtf;
mod rtf_font;
mod rtf_picture;
mod rtf_story;
mod rtf_tokens;
pub mod sheet;
mod sniff;
mod symbol;
mod tnef;
mod word_xml;
mod workbook;
mod xls;
mod xlsx;
mod xml;

pub use crate::entry::Kind;
pub use html::html_to_text;
pub use plain::from_text;
pub use report::read_line;
pub use sniff::sniff;

use serde::Deserialize;
use serde::Serialize;

use crate::entry::Finding;
use crate::entry::FindingCode;

/// What came out of a file. A broken page is a finding, not an error: the essay still goes to a judge.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Document {
    pub kind: Kind,
    /// Pages, where the format says so (PDF, TIFF, one for a picture); `None` for docx.
    pub pages: Option<u32>,
    /// The body in reading order, NFC, paragraphs divided by `\n`; no page headers or footers.
    pub text: String,
    /// Page headers and footers, which often hold the author's name (to be masked).
    pub margins: String,
    pub form: Form,
    /// The pages are pictures; `text` is then empty or poor.
    pub scan: bool,
    /// Pictures stand beside the text (see [`illustration`]).
    #[serde(default)]
    pub pictured: bool,
    pub findings: Vec<Finding>,
    /// Words with their places, where the text was read from pictures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ocr: Option<ocr::Ocr>,
}

/// The form of a document, for the advice of R001-13..16. `None` where the file does not say.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Form {
    /// "A4", "A5", "Letter", or millimetres such as "216×330".
    pub paper: Option<String>,
    /// The font most letters are set in.
    pub font: Option<String>,
    /// Share of letters set in Times New Roman, 0..=1.
    pub font_share: Option<f32>,
    /// Size most letters have, in points.
    pub size: Option<f32>,
    /// Whether the text carries Vietnamese diacritics.
    pub diacritics: Option<bool>,
    /// "TCVN3" or "VNI" when the letters are in a legacy encoding.
    pub legacy: Option<String>,
}

/// Reads a file, and the files in it where it is an archive. Never fails: what could not be read is said in the
/// findings.
pub fn read_all(bytes: &[u8], name: &str, declared: &str) -> Document {
    let kind = sniff(bytes, name, declared);
    if archive::is_archive(kind) {
        return archive::read(kind, bytes);
    }
    read(bytes, name, declared)
}

/// Reads a file. Of an archive only the kind is told.
pub fn read(bytes: &[u8], name: &str, declared: &str) -> Document {
    let kind = sniff(bytes, name, declared);
    match kind {
        Kind::Docx => docx::read(bytes),
        Kind::Doc if doc::is_compound(bytes) => doc::read(bytes),
        Kind::Doc => word_xml::read(bytes),
        Kind::Html if mht::is_mht(bytes) => mht::read(bytes),
        Kind::Odt => odt::read(bytes),
        Kind::Rtf => rtf::read(bytes),
        Kind::Pdf => pdf::read(bytes),
        Kind::Text => plain::read(bytes),
        Kind::Html => html::read(bytes),
        Kind::Xlsx => workbook::document(kind, xlsx::rows(bytes)),
        Kind::Xls => workbook::document(kind, xls::rows(bytes)),
        Kind::Ods => workbook::document(kind, ods::rows(bytes)),
        Kind::Jpeg | Kind::Png | Kind::Tiff | Kind::Webp | Kind::Heic | Kind::Gif | Kind::Bmp => {
            image::read(kind, bytes)
        }
        Kind::Zip
        | Kind::Rar
        | Kind::SevenZip
        | Kind::Pptx
        | Kind::Tnef
        | Kind::Mail
        | Kind::Accessory
        | Kind::Unknown => Document {
            kind,
            findings: vec![if bytes.is_empty() {
                FindingCode::Empty.into()
            } else {
                Finding::new(FindingCode::NotRead, kind.as_str())
            }],
            ..Document::default()
        },
    }
}

#[cfg(test)]
mod tests;
