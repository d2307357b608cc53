//! Kinds of files. The bytes are told apart in `document::sniff`; every room speaks of the result.

use serde::Deserialize;
use serde::Serialize;

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
    Xls,
    Ods,
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
    pub const ALL: [Kind; 25] = [
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
        Kind::Xls,
        Kind::Ods,
        Kind::Pptx,
        Kind::Tnef,
        Kind::Mail,
        Kind::Accessory,
        Kind::Unknown,
    ];

    /// The name in reports: as `as_str`, but "7z".
    pub fn code(self) -> &'static str {
        if self == Kind::SevenZip {
            return "7z";
        }
        self.as_str()
    }

    /// The name under which rows and JSON know it; people read `words::document::kind`.
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
            Kind::Xls => "xls",
            Kind::Ods => "ods",
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

    /// Rows and columns, as a list has them.
    pub fn is_workbook(self) -> bool {
        matches!(self, Kind::Xlsx | Kind::Xls | Kind::Ods)
    }

    /// A photograph or picture file.
    pub fn is_image(self) -> bool {
        use Kind::{Bmp, Gif, Heic, Jpeg, Png, Tiff, Webp};
        matches!(self, Jpeg | Png | Tiff | Webp | Heic | Gif | Bmp)
    }
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn every_kind_is_found_again_by_its_name() {
        for kind in Kind::ALL {
            assert_eq!(Kind::read(kind.as_str()), kind);
        }
        assert_eq!(Kind::read("exe"), Kind::Unknown);
    }
}
