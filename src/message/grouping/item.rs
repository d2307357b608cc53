//! A file as the rules of grouping see it: what it can be within an essay, and whose it says it is.

use super::OWN_TEXT;
use crate::document::Kind;
use crate::message::Part;
use crate::message::body::words;
use crate::message::file_name;
use crate::slip;
use crate::text::fold;

/// What a file can be within an essay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A document with text.
    Text,
    /// A document whose pages are pictures.
    Scan,
    /// A photo or picture file.
    Picture,
    /// A table or slides: a class list, supporting material.
    Sheet,
    /// Nobody could read it (yet).
    Unread,
}

/// One file, as the rules see it.
#[derive(Clone, Debug)]
pub struct Item {
    /// Index into `Parsed::parts`.
    pub part: usize,
    pub name: String,
    pub kind: Kind,
    pub class: Class,
    /// The author the file names, folded; in its text, margins or file name.
    pub person: Option<String>,
    /// ISO birth date, where the file gives one.
    pub birth_date: Option<String>,
    pub text: String,
    pub text_hash: Option<String>,
}

impl Item {
    /// `None` for what is no document: logos, signatures, calendar entries.
    pub fn of(index: usize, part: &Part) -> Option<Item> {
        let class = class(part)?;
        let document = &part.document;
        let slip = slip::from_essay(&document.text, &document.margins, &part.name);
        Some(Item {
            part: index,
            name: part.name.clone(),
            kind: document.kind,
            class,
            person: slip
                .name
                .map(|fact| fold(&fact.value))
                .filter(|name| !name.is_empty()),
            birth_date: slip.birth_date.map(|fact| fact.value),
            text: document.text.clone(),
            text_hash: part.text_hash.clone(),
        })
    }
}

fn class(part: &Part) -> Option<Class> {
    use Kind::{
        Accessory, Bmp, Doc, Docx, Gif, Heic, Html, Jpeg, Mail, Ods, Odt, Pdf, Png, Pptx, Rar, Rtf,
        SevenZip, Text, Tiff, Tnef, Unknown, Webp, Xls, Xlsx, Zip,
    };
    if part.inline || is_leftover(part) {
        return None;
    }
    match part.document.kind {
        Accessory => None,
        Jpeg | Png | Tiff | Webp | Heic | Gif | Bmp => Some(Class::Picture),
        Xlsx | Xls | Ods | Pptx => Some(Class::Sheet),
        // Everything in it came out and speaks for itself.
        Zip | Rar | SevenZip | Tnef if part.document.findings.is_empty() => None,
        Zip | Rar | SevenZip | Tnef | Mail => Some(Class::Unread),
        Docx | Doc | Odt | Rtf | Pdf | Text | Html => Some(if part.document.scan {
            Class::Scan
        } else if part.document.text.trim().is_empty() {
            Class::Unread
        } else {
            Class::Text
        }),
        Unknown => {
            let ending = file_name::ending(&part.name);
            let picture = part.declared.starts_with("image/")
                || [
                    "jpg", "jpeg", "png", "heic", "heif", "tif", "tiff", "webp", "bmp",
                ]
                .contains(&ending.as_str());
            let sheet = ["xls", "xlsx", "ods", "csv", "ppt", "pptx"].contains(&ending.as_str());
            Some(if picture {
                Class::Picture
            } else if sheet {
                Class::Sheet
            } else {
                Class::Unread
            })
        }
    }
}

/// "ATT00001.txt": what Exchange makes of the text below an attachment.
fn is_leftover(part: &Part) -> bool {
    let folded = fold(file_name::stem(&part.name));
    let numbered = folded
        .strip_prefix("att")
        .is_some_and(|rest| rest.len() >= 4 && rest.bytes().all(|byte| byte.is_ascii_digit()));
    numbered && part.declared.starts_with("text/") && words(&part.document.text) < OWN_TEXT
}
