//! Files as participants send them: what kind a file is, its text, its form, its findings.
//!
//! Pure: bytes in, `Document` out. Called only inside the worker process (`worker::child`), because the bytes are strangers'.

use serde::Deserialize;
use serde::Serialize;

use crate::entry::Finding;

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

/// Tells what a file is, by its first bytes; `name` and `declared` (media type) only break ties.
pub fn sniff(bytes: &[u8], name: &str, declared: &str) -> Kind {
    let _ = (bytes, name, declared);
    Kind::Unknown
}

/// Reads a file. Never fails: what could not be read is said in the findings.
pub fn read(bytes: &[u8], name: &str, declared: &str) -> Document {
    Document {
        kind: sniff(bytes, name, declared),
        ..Document::default()
    }
}
