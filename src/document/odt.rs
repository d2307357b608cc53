//! OpenDocument texts (.odt): content.xml and styles.xml of the package (ISO/IEC 26300).

use quick_xml::events::Event;

use super::Document;
use super::Kind;
use super::docx::refused;
use super::form::Census;
use super::gathered::Gathered;
use super::list::Lists;
use super::odt_story;
use super::odt_style::Styles;
use super::package::Package;
use super::xml;
use crate::entry::FindingCode;

/// Reads an odt.
pub fn read(bytes: &[u8]) -> Document {
    let mut document = Document {
        kind: Kind::Odt,
        ..Document::default()
    };
    let mut package = match Package::open(bytes) {
        Ok(package) => package,
        Err(refusal) => {
            document.findings.extend(refused(refusal));
            return document;
        }
    };
    if package
        .part("META-INF/manifest.xml")
        .is_ok_and(|manifest| is_encrypted(&manifest))
    {
        document.findings.push(FindingCode::Password.into());
        return document;
    }
    let content = match package.part("content.xml") {
        Ok(content) => content,
        Err(refusal) => {
            document.findings.extend(refused(refusal));
            return document;
        }
    };
    let common = package.part("styles.xml").unwrap_or_default();
    let mut lists = Lists::default();
    let styles = Styles::read(&[&common, &content], &mut lists);
    let mut gathered = Gathered::default();
    let story = odt_story::read(&content, "body", &styles, &mut lists, &mut gathered.census);
    gathered.text = story.text;
    gathered.tracked = story.tracked;
    gathered.findings.extend(story.finding);
    // Page headers and footers stand in the master pages of the styles.
    let margins = odt_story::read(
        &common,
        "master-styles",
        &styles,
        &mut lists,
        &mut Census::default(),
    );
    gathered.append_margin(&margins.text);
    gathered.paper = styles.paper();
    gathered.pictures = package.has_under("pictures/");
    gathered.document(Kind::Odt)
}

/// Whether a part of an OpenDocument package is locked.
pub fn is_encrypted(manifest: &str) -> bool {
    let mut reader = xml::reader(manifest);
    loop {
        match reader.read_event() {
            Ok(Event::Start(e) | Event::Empty(e))
                if e.local_name().as_ref() == "encryption-data" =>
            {
                return true;
            }
            Ok(Event::Eof) | Err(_) => return false,
            Ok(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_encrypted;

    #[test]
    fn a_password_is_seen_in_the_manifest() {
        assert!(is_encrypted(
            "<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"
        ));
        assert!(!is_encrypted("<manifest:file-entry/>"));
    }
}
