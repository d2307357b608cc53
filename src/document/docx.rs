//! Word documents (.docx): finds the parts of the package, reads them and puts the document together.
//!
//! Our own reader on `zip` and `quick-xml`: nothing recurses on the depth of the input, every limit ends in a finding.

use quick_xml::events::Event;

use super::Document;
use super::Kind;
use super::docx_story;
use super::docx_story::End;
use super::docx_story::Story;
use super::docx_style::Styles;
use super::form::Census;
use super::gathered::Gathered;
use super::list::Lists;
use super::package::Package;
use super::package::Refusal;
use super::xml;
use crate::entry::Finding;
use crate::entry::FindingCode;

/// Reads a docx.
pub fn read(bytes: &[u8]) -> Document {
    let mut document = Document {
        kind: Kind::Docx,
        ..Document::default()
    };
    // Word wraps a document with a password in an OLE2 container (MS-OFFCRYPTO).
    if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        document.findings.push(FindingCode::Password.into());
        return document;
    }
    let mut package = match Package::open(bytes) {
        Ok(package) => package,
        Err(refusal) => {
            document.findings.extend(refused(refusal));
            return document;
        }
    };
    let main = main_part(&mut package);
    let parts = related(&mut package, &main);
    let mut one = |role: &str| {
        parts
            .iter()
            .find(|part| part.role == role)
            .and_then(|part| package.part(&part.name).ok())
            .unwrap_or_default()
    };
    let styles = Styles::read(&one("styles"), &one("theme"));
    let mut lists = Lists::read(&one("numbering"));
    let mut gathered = Gathered::default();

    let body = match package.part(&main) {
        Ok(part) => docx_story::read(&part, &styles, &mut lists, &mut gathered.census),
        Err(refusal) => {
            document.findings.extend(refused(refusal));
            return document;
        }
    };
    gathered.findings = ended(&body);
    gathered.text = body.text;
    gathered.tracked = body.tracked;
    gathered.paper = body.paper;
    for part in &parts {
        let is_margin = match part.role.as_str() {
            "header" | "footer" => true,
            "footnotes" | "endnotes" => false,
            _ => continue,
        };
        let story = match package.part(&part.name) {
            // The letters of margins and notes do not say how the essay itself is set.
            Ok(part) => docx_story::read(&part, &styles, &mut lists, &mut Census::default()),
            Err(refusal) => {
                gathered.findings.extend(refused(refusal));
                continue;
            }
        };
        gathered.findings.extend(ended(&story));
        gathered.tracked |= story.tracked;
        if is_margin {
            gathered.append_margin(&story.text);
        } else {
            gathered.append(&story.text);
        }
    }
    gathered.pictures = package.has_under("word/media/");
    gathered.document(Kind::Docx)
}

/// What a part that cannot be read leaves to say.
pub fn refused(refusal: Refusal) -> Option<Finding> {
    match refusal {
        Refusal::Missing | Refusal::Damaged => Some(FindingCode::Damaged.into()),
        Refusal::Password => Some(FindingCode::Password.into()),
        Refusal::TooManyEntries => Some(Finding::new(FindingCode::TooLarge, "entries")),
        Refusal::TooLarge => Some(Finding::new(FindingCode::TooLarge, "size")),
    }
}

/// How the reading of a story ended, as findings.
pub fn ended(story: &Story) -> Vec<Finding> {
    match story.end {
        End::Whole => Vec::new(),
        End::Broken | End::Doctype => vec![FindingCode::Damaged.into()],
        End::TooDeep => vec![Finding::new(FindingCode::TooLarge, "depth")],
        End::TooLong => vec![Finding::new(FindingCode::TooLarge, "text")],
    }
}

/// The name of the part with the body.
pub fn main_part(package: &mut Package) -> String {
    related(package, "")
        .into_iter()
        .find(|part| part.role == "officeDocument")
        .map_or_else(|| "word/document.xml".to_owned(), |part| part.name)
}

/// A part that another part refers to.
pub struct Related {
    /// How the other part calls it: "rId7".
    pub id: String,
    /// Last word of the relationship's type: "styles", "header", "footnotes".
    pub role: String,
    pub name: String,
}

/// The parts that `part` refers to, in the order of its relationships; "" is the package itself.
pub fn related(package: &mut Package, part: &str) -> Vec<Related> {
    let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
    let slash = if folder.is_empty() { "" } else { "/" };
    let Ok(relations) = package.part(&format!("{folder}{slash}_rels/{file}.rels")) else {
        return Vec::new();
    };
    let mut reader = xml::reader(&relations);
    let mut found = Vec::new();
    loop {
        match reader.read_event() {
            Ok(Event::Start(e) | Event::Empty(e)) if e.local_name().as_ref() == "Relationship" => {
                let (Some(kind), Some(target)) =
                    (xml::attribute(&e, "Type"), xml::attribute(&e, "Target"))
                else {
                    continue;
                };
                if xml::attribute(&e, "TargetMode").as_deref() == Some("External") {
                    continue;
                }
                let name = match target.strip_prefix('/') {
                    Some(absolute) => absolute.to_owned(),
                    None => format!("{folder}{slash}{target}"),
                };
                let role = kind.rsplit('/').next().unwrap_or_default().to_owned();
                let id = xml::attribute(&e, "Id").unwrap_or_default();
                found.push(Related { id, role, name });
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    found
}
