//! Word documents (.docx): finds the parts of the package, reads them and puts the document together.
//!
//! Our own reader on `zip` and `quick-xml`: nothing recurses on the depth of the input, every limit ends in a finding.

use quick_xml::events::Event;

use super::Document;
use super::Kind;
use super::docx_list::Lists;
use super::docx_story;
use super::docx_story::End;
use super::docx_story::Story;
use super::docx_style::Styles;
use super::form;
use super::form::Census;
use super::package::Package;
use super::package::Refusal;
use super::xml;
use crate::entry::Finding;
use crate::entry::FindingCode;
use crate::text::normal;

/// With pictures and fewer letters than this (a head with name and address), the essay is in the pictures.
const POOR_LETTERS: usize = 300;

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
    let main = related(&mut package, "")
        .into_iter()
        .find(|part| part.role == "officeDocument")
        .map_or_else(|| "word/document.xml".to_owned(), |part| part.name);
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
    let mut census = Census::default();

    let body = match package.part(&main) {
        Ok(part) => docx_story::read(&part, &styles, &mut lists, &mut census),
        Err(refusal) => {
            document.findings.extend(refused(refusal));
            return document;
        }
    };
    let mut text = body.text.clone();
    let mut margins = String::new();
    let mut tracked = body.tracked;
    let mut findings = ended(&body);
    for part in &parts {
        let target = match part.role.as_str() {
            "header" | "footer" => &mut margins,
            "footnotes" | "endnotes" => &mut text,
            _ => continue,
        };
        let story = match package.part(&part.name) {
            // The letters of margins and notes do not say how the essay itself is set.
            Ok(part) => docx_story::read(&part, &styles, &mut lists, &mut Census::default()),
            Err(refusal) => {
                findings.extend(refused(refusal));
                continue;
            }
        };
        findings.extend(ended(&story));
        tracked |= story.tracked;
        if !story.text.trim().is_empty() {
            if !target.is_empty() {
                target.push('\n');
            }
            target.push_str(&story.text);
        }
    }

    document.text = normal(&text).trim().to_owned();
    document.margins = normal(&margins).trim().to_owned();
    let paper = body.paper.and_then(|(w, h)| form::paper(w, h));
    let (form, advice) = census.form(&document.text, paper);
    document.form = form;
    if tracked {
        findings.push(FindingCode::TrackedChanges.into());
    }
    let letters = document.text.chars().filter(|c| c.is_alphabetic()).count();
    if letters < POOR_LETTERS {
        if package.has_under("word/media/") {
            document.scan = true;
            findings.push(FindingCode::Scan.into());
        } else if document.text.is_empty() && findings.is_empty() {
            findings.push(FindingCode::Empty.into());
        }
    }
    if letters > 0 {
        findings.extend(advice);
    }
    for finding in findings {
        if !document.findings.contains(&finding) {
            document.findings.push(finding);
        }
    }
    document
}

fn refused(refusal: Refusal) -> Option<Finding> {
    match refusal {
        Refusal::Missing | Refusal::Damaged => Some(FindingCode::Damaged.into()),
        Refusal::Password => Some(FindingCode::Password.into()),
        Refusal::TooManyEntries => Some(Finding::new(FindingCode::TooLarge, "entries")),
        Refusal::TooLarge => Some(Finding::new(FindingCode::TooLarge, "size")),
    }
}

fn ended(story: &Story) -> Vec<Finding> {
    match story.end {
        End::Whole => Vec::new(),
        End::Broken | End::Doctype => vec![FindingCode::Damaged.into()],
        End::TooDeep => vec![Finding::new(FindingCode::TooLarge, "depth")],
        End::TooLong => vec![Finding::new(FindingCode::TooLarge, "text")],
    }
}

/// A part that another part refers to.
struct Related {
    /// Last word of the relationship's type: "styles", "header", "footnotes".
    role: String,
    name: String,
}

/// The parts that `part` refers to, in the order of its relationships; "" is the package itself.
fn related(package: &mut Package, part: &str) -> Vec<Related> {
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
                found.push(Related { role, name });
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    found
}
