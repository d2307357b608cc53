//! Fonts and sizes of a docx: document defaults → style chain → direct formatting, with the theme's fonts.
//!
//! ECMA-376 part 1, §17.7 (styles) and §17.3.2.26 (rFonts). Only what R001-15..16 ask about is kept.

use std::collections::HashMap;

use quick_xml::events::BytesStart;
use quick_xml::events::Event;

use super::limits;
use super::xml;

/// Font and size as one level of formatting says them; `None` asks the level below.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Look {
    /// For ASCII letters.
    ascii: Option<Face>,
    /// For other Latin letters, which most Vietnamese ones are.
    other: Option<Face>,
    east_asia: Option<Face>,
    complex: Option<Face>,
    /// Half points.
    size: Option<f32>,
    /// `w:hint="eastAsia"`: Vietnamese letters then come from the East Asian font.
    hint_east_asia: Option<bool>,
    /// `w:cs` or `w:rtl`: the complex-script font is used.
    is_complex: Option<bool>,
    hidden: Option<bool>,
}

#[derive(Clone, Debug, PartialEq)]
enum Face {
    Named(String),
    Theme(String),
}

impl Look {
    /// Reads one child of `w:rPr`.
    pub fn read(&mut self, element: &BytesStart) {
        match element.local_name().as_ref() {
            "rFonts" => {
                let face = |theme: &str, named: &str| {
                    xml::attribute(element, theme)
                        .map(Face::Theme)
                        .or_else(|| xml::attribute(element, named).map(Face::Named))
                };
                self.ascii = face("asciiTheme", "ascii").or(self.ascii.take());
                self.other = face("hAnsiTheme", "hAnsi").or(self.other.take());
                self.east_asia = face("eastAsiaTheme", "eastAsia").or(self.east_asia.take());
                self.complex = face("cstheme", "cs").or(self.complex.take());
                if let Some(hint) = xml::attribute(element, "hint") {
                    self.hint_east_asia = Some(hint == "eastAsia");
                }
            }
            "sz" => {
                self.size = xml::attribute(element, "val")
                    .and_then(|v| v.trim_end_matches("pt").parse().ok())
                    .or(self.size);
            }
            "cs" | "rtl" => self.is_complex = Some(xml::is_on(element)),
            "vanish" => self.hidden = Some(xml::is_on(element)),
            _ => {}
        }
    }

    /// Lays this level over `below`.
    pub fn over(&self, below: &Look) -> Look {
        let face = |own: &Option<Face>, other: &Option<Face>| own.clone().or_else(|| other.clone());
        Look {
            ascii: face(&self.ascii, &below.ascii),
            other: face(&self.other, &below.other),
            east_asia: face(&self.east_asia, &below.east_asia),
            complex: face(&self.complex, &below.complex),
            size: self.size.or(below.size),
            hint_east_asia: self.hint_east_asia.or(below.hint_east_asia),
            is_complex: self.is_complex.or(below.is_complex),
            hidden: self.hidden.or(below.hidden),
        }
    }

    /// Whether the text is not shown at all.
    pub fn is_hidden(&self) -> bool {
        self.hidden == Some(true)
    }

    /// Points; 10 where nothing says anything (§17.3.2.38).
    pub fn points(&self) -> f32 {
        self.size.map_or(10.0, |half| half / 2.0)
    }
}

/// The styles of a document and the fonts of its theme.
#[derive(Debug, Default)]
pub struct Styles {
    defaults: Look,
    by_id: HashMap<String, Style>,
    default_paragraph: Option<String>,
    default_table: Option<String>,
    theme: HashMap<String, String>,
}

#[derive(Debug, Default)]
struct Style {
    based_on: Option<String>,
    look: Look,
}

impl Styles {
    /// Reads styles.xml and theme1.xml; either may be missing (empty).
    pub fn read(styles: &str, theme: &str) -> Styles {
        let mut read = Styles {
            theme: read_theme(theme),
            ..Styles::default()
        };
        let mut reader = xml::reader(styles);
        let mut id = None;
        let mut style = Style::default();
        let mut in_properties = false;
        let mut in_defaults = false;
        let mut in_paragraph = 0_usize;
        loop {
            match reader.read_event() {
                Ok(Event::Start(e)) => match e.local_name().as_ref() {
                    "style" => {
                        id = xml::attribute(&e, "styleId");
                        style = Style::default();
                        let is_default = matches!(
                            xml::attribute(&e, "default").as_deref(),
                            Some("1" | "true" | "on")
                        );
                        match xml::attribute(&e, "type").as_deref() {
                            Some("paragraph") if is_default => {
                                read.default_paragraph.clone_from(&id);
                            }
                            Some("table") if is_default => read.default_table.clone_from(&id),
                            _ => {}
                        }
                    }
                    "rPrDefault" => in_defaults = true,
                    // A table style also has looks for its first row and so on: not the whole table's.
                    "tblStylePr" | "pPr" => in_paragraph += 1,
                    "rPr" => in_properties = in_paragraph == 0,
                    _ if in_properties => look(&mut read.defaults, &mut style, in_defaults, &e),
                    _ => {}
                },
                Ok(Event::Empty(e)) => match e.local_name().as_ref() {
                    "basedOn" => style.based_on = xml::attribute(&e, "val"),
                    "rPr" | "pPr" | "tblStylePr" => {}
                    _ if in_properties => look(&mut read.defaults, &mut style, in_defaults, &e),
                    _ => {}
                },
                Ok(Event::End(e)) => match e.local_name().as_ref() {
                    "style" => {
                        if let Some(id) = id.take() {
                            read.by_id.insert(id, std::mem::take(&mut style));
                        }
                    }
                    "rPrDefault" => in_defaults = false,
                    "tblStylePr" | "pPr" => in_paragraph = in_paragraph.saturating_sub(1),
                    "rPr" => in_properties = false,
                    _ => {}
                },
                Ok(Event::Eof) | Err(_) => break,
                Ok(_) => {}
            }
        }
        read
    }

    /// What a run looks like: direct formatting over character, paragraph and table style over the defaults.
    pub fn look(
        &self,
        direct: &Look,
        character: Option<&str>,
        paragraph: Option<&str>,
        table: Option<&str>,
    ) -> Look {
        let paragraph = paragraph.or(self.default_paragraph.as_deref());
        let table = table.or(self.default_table.as_deref());
        direct
            .over(&self.chain(character))
            .over(&self.chain(paragraph))
            .over(&self.chain(table))
            .over(&self.defaults)
    }

    /// A style with everything it is based on.
    fn chain(&self, id: Option<&str>) -> Look {
        let mut look = Look::default();
        let mut next = id;
        // A chain that bites its tail ends at the limit.
        for _ in 0..32 {
            let Some(style) = next.and_then(|id| self.by_id.get(id)) else {
                break;
            };
            look = look.over(&style.look);
            next = style.based_on.as_deref();
        }
        look
    }

    /// The font one character is set in.
    pub fn font<'a>(&'a self, look: &'a Look, c: char) -> &'a str {
        let face = if look.is_complex == Some(true) {
            &look.complex
        } else if c.is_ascii() {
            &look.ascii
        } else if look.hint_east_asia == Some(true) && ('\u{1e00}'..='\u{1eff}').contains(&c) {
            &look.east_asia
        } else {
            &look.other
        };
        match face.as_ref().or(look.ascii.as_ref()) {
            Some(Face::Named(name)) => name,
            Some(Face::Theme(slot)) => self.theme.get(slot).map_or("", String::as_str),
            // §17.3.2.26: without any word about fonts the application's default is used.
            None => "Times New Roman",
        }
    }
}

fn look(defaults: &mut Look, style: &mut Style, in_defaults: bool, element: &BytesStart) {
    if in_defaults {
        defaults.read(element);
    } else {
        style.look.read(element);
    }
}

/// Theme slot ("minorHAnsi") → font name.
fn read_theme(theme: &str) -> HashMap<String, String> {
    let mut fonts = HashMap::new();
    let mut reader = xml::reader(theme);
    let mut group = "";
    let mut depth = 0_usize;
    loop {
        let event = reader.read_event();
        match &event {
            Ok(Event::Start(e) | Event::Empty(e)) => {
                depth += usize::from(matches!(&event, Ok(Event::Start(_))));
                let slots: &[&str] = match e.local_name().as_ref() {
                    "majorFont" => {
                        group = "major";
                        &[]
                    }
                    "minorFont" => {
                        group = "minor";
                        &[]
                    }
                    "latin" => &["Ascii", "HAnsi"],
                    "ea" => &["EastAsia"],
                    "cs" => &["Bidi"],
                    _ => &[],
                };
                if let Some(name) = xml::attribute(e, "typeface")
                    && !group.is_empty()
                {
                    for slot in slots {
                        fonts
                            .entry(format!("{group}{slot}"))
                            .or_insert_with(|| name.clone());
                    }
                }
            }
            Ok(Event::End(e)) => {
                depth = depth.saturating_sub(1);
                if matches!(e.local_name().as_ref(), "majorFont" | "minorFont") {
                    group = "";
                }
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
        if depth > limits::DEPTH {
            break;
        }
    }
    fonts
}

#[cfg(test)]
mod tests {
    use super::Look;
    use super::Styles;

    const STYLES: &str = r#"<w:styles xmlns:w="w"><w:docDefaults><w:rPrDefault><w:rPr>
        <w:rFonts w:asciiTheme="minorHAnsi" w:hAnsiTheme="minorHAnsi"/><w:sz w:val="22"/></w:rPr></w:rPrDefault></w:docDefaults>
        <w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:rPr><w:sz w:val="28"/></w:rPr></w:style>
        <w:style w:type="paragraph" w:styleId="Body"><w:basedOn w:val="Normal"/><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman"/></w:rPr></w:style>
        <w:style w:type="paragraph" w:styleId="Loop"><w:basedOn w:val="Loop"/></w:style></w:styles>"#;
    const THEME: &str = r#"<a:theme xmlns:a="a"><a:minorFont><a:latin typeface="Calibri"/></a:minorFont></a:theme>"#;

    #[test]
    fn a_letter_gets_its_font_from_the_nearest_level_that_says_one() {
        let styles = Styles::read(STYLES, THEME);
        let check = |paragraph: Option<&str>, font: &str, size: f32| {
            let look = styles.look(&Look::default(), None, paragraph, None);
            assert_eq!(styles.font(&look, 'ế'), font, "{paragraph:?}");
            assert!((look.points() - size).abs() < 0.01, "{paragraph:?}");
        };
        check(None, "Calibri", 14.0);
        check(Some("Body"), "Times New Roman", 14.0);
        check(Some("Loop"), "Calibri", 11.0);
        check(Some("Unknown"), "Calibri", 11.0);
    }
}
