//! Files as participants send them: what kind a file is, its text, its form, its findings.
//!
//! Pure: bytes in, `Document` out. Called only inside the worker process (`worker::child`), because the bytes are strangers'.

mod docx;
mod docx_list;
mod docx_story;
mod docx_style;
mod form;
mod html;
mod image;
mod limits;
mod package;
mod pdf;
mod pdf_layout;
mod plain;
mod report;
mod sniff;
mod xml;

pub use html::html_to_text;
pub use report::read_line;
pub use sniff::sniff;

use serde::Deserialize;
use serde::Serialize;

use crate::entry::Finding;
use crate::entry::FindingCode;

/// What a file is, by its bytes (never by its name alone).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Docx,
    Doc,
    Odt,
    Rtf,
    Pdf,
    Text,
    Html,
    Jpeg,
    Png,
    Tiff,
    Webp,
    Heic,
    Gif,
    Bmp,
    Zip,
    Rar,
    SevenZip,
    Xlsx,
    Pptx,
    Tnef,
    /// An attached mail (message/rfc822).
    Mail,
    /// A digital signature, calendar entry or similar that came with the mail and is no document.
    Accessory,
    #[default]
    Unknown,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 23] = [
        Kind::Docx,
        Kind::Doc,
        Kind::Odt,
        Kind::Rtf,
        Kind::Pdf,
        Kind::Text,
        Kind::Html,
        Kind::Jpeg,
        Kind::Png,
        Kind::Tiff,
        Kind::Webp,
        Kind::Heic,
        Kind::Gif,
        Kind::Bmp,
        Kind::Zip,
        Kind::Rar,
        Kind::SevenZip,
        Kind::Xlsx,
        Kind::Pptx,
        Kind::Tnef,
        Kind::Mail,
        Kind::Accessory,
        Kind::Unknown,
    ];

    /// The kind's name in data ("docx", "pdf", "7z"); people read `words::document::kind`.
    pub fn code(self) -> &'static str {
        match self {
            Kind::Docx => "docx",
            Kind::Doc => "doc",
            Kind::Odt => "odt",
            Kind::Rtf => "rtf",
            Kind::Pdf => "pdf",
            Kind::Text => "text",
            Kind::Html => "html",
            Kind::Jpeg => "jpeg",
            Kind::Png => "png",
            Kind::Tiff => "tiff",
            Kind::Webp => "webp",
            Kind::Heic => "heic",
            Kind::Gif => "gif",
            Kind::Bmp => "bmp",
            Kind::Zip => "zip",
            Kind::Rar => "rar",
            Kind::SevenZip => "7z",
            Kind::Xlsx => "xlsx",
            Kind::Pptx => "pptx",
            Kind::Tnef => "tnef",
            Kind::Mail => "mail",
            Kind::Accessory => "accessory",
            Kind::Unknown => "unknown",
        }
    }

    /// The kind with this name in data; `Unknown` for any other word.
    pub fn from_code(code: &str) -> Kind {
        Kind::ALL
            .into_iter()
            .find(|kind| kind.code() == code)
            .unwrap_or_default()
    }

    /// The name under which rows and JSON know it.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Docx => "docx",
            Kind::Doc => "doc",
            Kind::Odt => "odt",
            Kind::Rtf => "rtf",
            Kind::Pdf => "pdf",
            Kind::Text => "text",
            Kind::Html => "html",
            Kind::Jpeg => "jpeg",
            Kind::Png => "png",
            Kind::Tiff => "tiff",
            Kind::Webp => "webp",
            Kind::Heic => "heic",
            Kind::Gif => "gif",
            Kind::Bmp => "bmp",
            Kind::Zip => "zip",
            Kind::Rar => "rar",
            Kind::SevenZip => "seven_zip",
            Kind::Xlsx => "xlsx",
            Kind::Pptx => "pptx",
            Kind::Tnef => "tnef",
            Kind::Mail => "mail",
            Kind::Accessory => "accessory",
            Kind::Unknown => "unknown",
        }
    }

    /// The kind of this name; `Unknown` for any other word.
    pub fn read(name: &str) -> Kind {
        Kind::ALL
            .into_iter()
            .find(|kind| kind.as_str() == name)
            .unwrap_or_default()
    }

    /// A photograph or picture file.
    pub fn is_image(self) -> bool {
        use Kind::{Bmp, Gif, Heic, Jpeg, Png, Tiff, Webp};
        matches!(self, Jpeg | Png | Tiff | Webp | Heic | Gif | Bmp)
    }

    /// Several files in one.
    pub fn is_archive(self) -> bool {
        matches!(self, Kind::Zip | Kind::Rar | Kind::SevenZip | Kind::Tnef)
    }
}

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
    pub findings: Vec<Finding>,
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

/// Reads a file. Never fails: what could not be read is said in the findings.
pub fn read(bytes: &[u8], name: &str, declared: &str) -> Document {
    let kind = sniff(bytes, name, declared);
    match kind {
        Kind::Docx => docx::read(bytes),
        Kind::Pdf => pdf::read(bytes),
        Kind::Text => plain::read(bytes),
        Kind::Html => html::read(bytes),
        Kind::Jpeg | Kind::Png | Kind::Tiff | Kind::Webp | Kind::Heic | Kind::Gif | Kind::Bmp => {
            image::read(kind, bytes)
        }
        Kind::Doc
        | Kind::Odt
        | Kind::Rtf
        | Kind::Zip
        | Kind::Rar
        | Kind::SevenZip
        | Kind::Xlsx
        | Kind::Pptx
        | Kind::Tnef
        | Kind::Mail
        | Kind::Accessory
        | Kind::Unknown => Document {
            kind,
            findings: vec![if bytes.is_empty() {
                FindingCode::Empty.into()
            } else {
                Finding::new(FindingCode::NotRead, kind.code())
            }],
            ..Document::default()
        },
    }
}

#[cfg(test)]
mod tests;
