//! Pictures inside a word processor's file, in the order in which its text shows them: photographed pages that somebody
//! laid into a docx, an odt, an rtf or a doc.
//!
//! A picture is known by its bytes, never by its name. What is no picture of pixels (drawings, formulas) is left out.

use std::collections::HashMap;

use quick_xml::events::BytesStart;
use quick_xml::events::Event;

use super::Kind;
use super::doc;
use super::docx;
use super::limits;
use super::metafile;
use super::package::Package;
use super::rtf_picture;
use super::sniff;
use super::xml;

/// Bytes that tell what a picture is.
const HEAD: u64 = 64;

/// How many pictures there are.
pub fn count(kind: Kind, bytes: &[u8]) -> usize {
    match kind {
        Kind::Docx | Kind::Odt => in_package(kind, bytes).1.len(),
        Kind::Rtf => rtf_picture::count(bytes),
        Kind::Doc => doc::pictures(bytes).len(),
        _ => 0,
    }
    .min(limits::PAGES)
}

/// The numbers of the pictures that the text surely shows and that are wanted, each unpacked once. Where it cannot be told
/// what the text shows there are none: a school's sign on each page is no picture of the essay.
pub fn chosen(kind: Kind, bytes: &[u8], is_wanted: impl Fn(&[u8]) -> bool) -> Vec<usize> {
    let mut chosen = Vec::new();
    let mut number = 0;
    let mut look = |picture: &[u8]| {
        let pixels = metafile::pixels(picture);
        if is_wanted(pixels.as_deref().unwrap_or(picture)) {
            chosen.push(number);
        }
        number += 1;
        number < limits::PAGES
    };
    match kind {
        Kind::Docx | Kind::Odt => {
            let Ok(mut package) = Package::open(bytes) else {
                return Vec::new();
            };
            for name in in_text(kind, &mut package) {
                if !look(&package.bytes(&name).unwrap_or_default()) {
                    break;
                }
            }
        }
        Kind::Rtf => rtf_picture::each(bytes, |picture| look(picture)),
        Kind::Doc => {
            for picture in doc::pictures(bytes) {
                if !look(&picture) {
                    break;
                }
            }
        }
        _ => {}
    }
    chosen
}

/// One of them, in a format that can be unpacked.
pub fn picture(kind: Kind, bytes: &[u8], number: usize) -> Option<Vec<u8>> {
    let picture = match kind {
        Kind::Docx | Kind::Odt => {
            let (package, names) = in_package(kind, bytes);
            package?.bytes(names.get(number)?).ok()?
        }
        Kind::Rtf => rtf_picture::picture(bytes, number)?,
        Kind::Doc => doc::pictures(bytes).into_iter().nth(number)?,
        _ => return None,
    };
    Some(metafile::pixels(&picture).unwrap_or(picture))
}

/// Whether these bytes begin a picture whose pixels can be had.
pub fn is_picture(head: &[u8]) -> bool {
    matches!(
        sniff::sniff(head, "", ""),
        Kind::Jpeg | Kind::Png | Kind::Tiff | Kind::Webp | Kind::Gif | Kind::Bmp
    ) || metafile::is_metafile(head)
}

/// The opened container, and the names of the pictures in it.
fn in_package(kind: Kind, bytes: &[u8]) -> (Option<Package<'_>>, Vec<String>) {
    let Ok(mut package) = Package::open(bytes) else {
        return (None, Vec::new());
    };
    let mut names = in_text(kind, &mut package);
    if names.is_empty() {
        // A body that is broken off, or shows its pictures in a way not known here: all there are, by their numbers.
        let folder = if kind == Kind::Docx {
            "word/media/"
        } else {
            "pictures/"
        };
        names = package
            .names()
            .filter(|name| name.starts_with(folder))
            .map(str::to_owned)
            .collect();
        names.sort_by_key(|name| (name.len(), name.clone()));
        names.retain(|name| has_pixels(&mut package, name));
    }
    (Some(package), names)
}

/// The names of those that the body shows.
fn in_text(kind: Kind, package: &mut Package) -> Vec<String> {
    let mut names = match kind {
        Kind::Docx => shown_in_docx(package),
        _ => shown_in_odt(package),
    };
    names.retain(|name| has_pixels(package, name));
    names
}

fn has_pixels(package: &mut Package, name: &str) -> bool {
    package.head(name, HEAD).is_ok_and(|head| is_picture(&head))
}

/// Pictures the body of a docx shows; those of its margins (a school's sign) are no pages.
fn shown_in_docx(package: &mut Package) -> Vec<String> {
    let main = docx::main_part(package);
    let parts: HashMap<String, String> = docx::related(package, &main)
        .into_iter()
        .filter(|part| part.role == "image")
        .map(|part| (part.id, part.name))
        .collect();
    named(package, &main, |e| {
        let reference = match e.local_name().as_ref() {
            "blip" => xml::attribute(e, "embed"),
            "imagedata" => xml::attribute(e, "id"),
            _ => None,
        };
        parts.get(&reference?).cloned()
    })
}

fn shown_in_odt(package: &mut Package) -> Vec<String> {
    named(package, "content.xml", |e| {
        if e.local_name().as_ref() != "image" {
            return None;
        }
        xml::attribute(e, "href").map(|href| href.trim_start_matches("./").to_owned())
    })
}

/// What the elements of a part name, each once, in their order. An old program's drawing repeats the picture of the
/// new one's, so a second showing adds nothing.
fn named(
    package: &mut Package,
    part: &str,
    name: impl Fn(&BytesStart) -> Option<String>,
) -> Vec<String> {
    let Ok(part) = package.part(part) else {
        return Vec::new();
    };
    let mut names: Vec<String> = Vec::new();
    let mut reader = xml::reader(&part);
    loop {
        match reader.read_event() {
            Ok(Event::Start(e) | Event::Empty(e)) => {
                if let Some(name) = name(&e)
                    && !names.contains(&name)
                {
                    names.push(name);
                }
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
        if names.len() >= limits::ZIP_ENTRIES {
            break;
        }
    }
    names
}

#[cfg(test)]
mod tests;
