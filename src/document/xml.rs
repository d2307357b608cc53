//! What all readers of XML parts share: a lenient reader, attributes by local name, character references.

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::BytesRef;
use quick_xml::events::BytesStart;
use quick_xml::events::Event;

/// A reader that forgives what can be forgiven; nesting is counted by the callers.
pub fn reader(part: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(part);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    reader
}

/// The value of the attribute with this local name ("val" finds `w:val`), references resolved.
pub fn attribute(element: &BytesStart, name: &str) -> Option<String> {
    element
        .attributes()
        .with_checks(false)
        .flatten()
        .find(|a| a.key.local_name().as_ref() == name)
        .map(|a| match a.normalized_value(XmlVersion::Implicit1_0) {
            Ok(value) => value.into_owned(),
            Err(_) => a.value.into_owned(),
        })
}

/// An on/off property: present and not switched off (`w:val="0"`, "false", "off", "none").
pub fn is_on(element: &BytesStart) -> bool {
    !matches!(
        attribute(element, "val").as_deref(),
        Some("0" | "false" | "off" | "none")
    )
}

/// The text of `&amp;` or `&#7879;`; nothing for entities that only a document type could define.
pub fn reference(reference: &BytesRef) -> String {
    match reference.resolve_char_ref() {
        Ok(Some(c)) => c.to_string(),
        Ok(None) | Err(_) => resolve_predefined_entity(reference)
            .unwrap_or_default()
            .to_owned(),
    }
}

/// What an event between two tags says.
pub fn written(event: &Event) -> String {
    match event {
        Event::Text(e) => e.to_string(),
        Event::CData(e) => e.to_string(),
        Event::GeneralRef(e) => reference(e),
        _ => String::new(),
    }
}
