//! Fonts, sizes, lists and paper of an odt: default style → chain of parents → automatic style (ISO/IEC 26300-1, §16).

use std::collections::HashMap;

use quick_xml::events::BytesStart;
use quick_xml::events::Event;

use super::form;
use super::list::Level;
use super::list::Lists;
use super::xml;

/// Font and size as a style says them; `None` asks the parent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Look {
    font: Option<String>,
    size: Option<Size>,
    hidden: Option<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Size {
    Points(f32),
    /// Of the parent's size.
    Share(f32),
}

impl Look {
    fn read(&mut self, e: &BytesStart, faces: &HashMap<String, String>) {
        let named =
            xml::attribute(e, "font-name").map(|name| faces.get(&name).cloned().unwrap_or(name));
        // Several local names are equal in other name spaces: the asian and complex ones have endings of their own.
        if let Some(font) = named.or_else(|| xml::attribute(e, "font-family")) {
            self.font = Some(font.trim_matches(['\'', '"', ' ']).to_owned());
        }
        if let Some(size) = xml::attribute(e, "font-size") {
            self.size = match size.strip_suffix('%') {
                Some(share) => share
                    .parse()
                    .ok()
                    .map(|share: f32| Size::Share(share / 100.0)),
                None => form::length(&size).map(|points| Size::Points(points as f32)),
            };
        }
        if let Some(display) = xml::attribute(e, "display") {
            self.hidden = Some(display == "none");
        }
    }

    fn over(&self, below: &Look) -> Look {
        let size = match (self.size, below.size) {
            (Some(Size::Share(share)), Some(Size::Points(points))) => {
                Some(Size::Points(points * share))
            }
            (Some(Size::Share(one)), Some(Size::Share(other))) => Some(Size::Share(one * other)),
            (own, below) => own.or(below),
        };
        Look {
            font: self.font.clone().or_else(|| below.font.clone()),
            size,
            hidden: self.hidden.or(below.hidden),
        }
    }

    pub fn font(&self) -> &str {
        self.font.as_deref().unwrap_or_default()
    }

    /// Points; 12 where nothing says anything, as the programs do.
    pub fn points(&self) -> f32 {
        match self.size {
            Some(Size::Points(points)) => points,
            Some(Size::Share(share)) => 12.0 * share,
            None => 12.0,
        }
    }

    pub fn is_hidden(&self) -> bool {
        self.hidden == Some(true)
    }
}

#[derive(Debug, Default)]
struct Style {
    parent: Option<String>,
    look: Look,
    list: Option<String>,
    master: Option<String>,
}

/// All styles of the file.
#[derive(Debug, Default)]
pub struct Styles {
    /// Family and name → style; the default of a family has an empty name.
    by_name: HashMap<(String, String), Style>,
    /// Page layout → width and height, in points.
    papers: HashMap<String, (f64, f64)>,
    /// Master page → page layout, the first one first.
    masters: Vec<(String, String)>,
    /// Master page of the first paragraph that names one.
    first_master: Option<String>,
}

impl Styles {
    /// Reads styles.xml and the automatic styles of content.xml, and defines the lists.
    pub fn read(parts: &[&str], lists: &mut Lists) -> Styles {
        let mut styles = Styles::default();
        for part in parts {
            styles.read_part(part, lists);
        }
        styles
    }

    fn read_part(&mut self, part: &str, lists: &mut Lists) {
        let mut faces: HashMap<String, String> = HashMap::new();
        let mut reader = xml::reader(part);
        let mut key = None;
        let mut style = Style::default();
        let mut list: Option<(String, Vec<Level>)> = None;
        let mut layout = String::new();
        loop {
            let event = reader.read_event();
            let empty = matches!(event, Ok(Event::Empty(_)));
            match event {
                Ok(Event::Start(e) | Event::Empty(e)) => match e.local_name().as_ref() {
                    "font-face" => {
                        if let Some((name, family)) =
                            xml::attribute(&e, "name").zip(xml::attribute(&e, "font-family"))
                        {
                            faces.insert(name, family);
                        }
                    }
                    "style" | "default-style" => {
                        let name = xml::attribute(&e, "name").unwrap_or_default();
                        key = Some((xml::attribute(&e, "family").unwrap_or_default(), name));
                        style = Style {
                            parent: xml::attribute(&e, "parent-style-name"),
                            list: xml::attribute(&e, "list-style-name"),
                            master: xml::attribute(&e, "master-page-name")
                                .filter(|name| !name.is_empty()),
                            ..Style::default()
                        };
                        if empty && let Some(key) = key.take() {
                            self.by_name.insert(key, std::mem::take(&mut style));
                        }
                    }
                    "text-properties" if key.is_some() => style.look.read(&e, &faces),
                    "list-style" => {
                        list = Some((xml::attribute(&e, "name").unwrap_or_default(), Vec::new()));
                    }
                    "list-level-style-number" => {
                        if let Some((_, levels)) = &mut list {
                            levels.push(numbered(&e));
                        }
                    }
                    "list-level-style-bullet" | "list-level-style-image" => {
                        if let Some((_, levels)) = &mut list {
                            levels.push(Level::default());
                        }
                    }
                    "page-layout" => layout = xml::attribute(&e, "name").unwrap_or_default(),
                    "page-layout-properties" => {
                        let side =
                            |name| xml::attribute(&e, name).and_then(|side| form::length(&side));
                        if let Some(paper) = side("page-width").zip(side("page-height")) {
                            self.papers.insert(layout.clone(), paper);
                        }
                    }
                    "master-page" => {
                        if let Some(pair) =
                            xml::attribute(&e, "name").zip(xml::attribute(&e, "page-layout-name"))
                        {
                            self.masters.push(pair);
                        }
                    }
                    // The body needs no styles.
                    "body" => break,
                    _ => {}
                },
                Ok(Event::End(e)) => match e.local_name().as_ref() {
                    "style" | "default-style" => {
                        if let Some(key) = key.take() {
                            let style = std::mem::take(&mut style);
                            if self.first_master.is_none() && key.0 == "paragraph" {
                                self.first_master.clone_from(&style.master);
                            }
                            self.by_name.insert(key, style);
                        }
                    }
                    "list-style" => {
                        if let Some((name, levels)) = list.take() {
                            lists.define(&name, levels);
                            lists.bind(&name, &name);
                        }
                    }
                    _ => {}
                },
                Ok(Event::Eof) | Err(_) => break,
                Ok(_) => {}
            }
        }
    }

    /// A style over all it comes from.
    pub fn look(&self, family: &str, name: &str) -> Look {
        let mut look = Look::default();
        for style in self.chain(family, name) {
            look = look.over(&style.look);
        }
        match self.by_name.get(&(family.to_owned(), String::new())) {
            Some(defaults) => look.over(&defaults.look),
            None => look,
        }
    }

    /// A piece of text in a paragraph.
    pub fn span(&self, span: &str, paragraph: &Look) -> Look {
        let mut look = Look::default();
        for style in self.chain("text", span) {
            look = look.over(&style.look);
        }
        look.over(paragraph)
    }

    /// The list that a paragraph style puts its paragraphs in.
    pub fn list(&self, name: &str) -> Option<&str> {
        self.chain("paragraph", name)
            .into_iter()
            .find_map(|style| style.list.as_deref())
            .filter(|list| !list.is_empty())
    }

    /// A chain that bites its tail ends at the limit.
    fn chain(&self, family: &str, name: &str) -> Vec<&Style> {
        let mut out = Vec::new();
        let mut next = Some(name.to_owned());
        while let Some(name) = next.take()
            && out.len() < 32
            && let Some(style) = self.by_name.get(&(family.to_owned(), name))
        {
            out.push(style);
            next.clone_from(&style.parent);
        }
        out
    }

    /// Paper of the text's master page, in points.
    pub fn paper(&self) -> Option<(f64, f64)> {
        let master = |wanted: &str| self.masters.iter().find(|(name, _)| name == wanted);
        let (_, layout) = self
            .first_master
            .as_deref()
            .and_then(master)
            .or_else(|| master("Standard"))
            .or_else(|| self.masters.first())?;
        self.papers.get(layout).copied()
    }
}

/// A numbered level: prefix, number, suffix; "1.2" where the upper levels are shown too.
fn numbered(e: &BytesStart) -> Level {
    let attribute = |name| xml::attribute(e, name).unwrap_or_default();
    let number = |name, otherwise: usize| attribute(name).parse().unwrap_or(otherwise);
    let level = number("level", 1).clamp(1, 9);
    let shown = number("display-levels", 1).clamp(1, level);
    let places: Vec<String> = (level + 1 - shown..=level)
        .map(|n| format!("%{n}"))
        .collect();
    let format = match attribute("num-format").as_str() {
        "" => "none",
        "a" => "lowerLetter",
        "A" => "upperLetter",
        "i" => "lowerRoman",
        "I" => "upperRoman",
        _ => "decimal",
    };
    Level {
        start: u32::try_from(number("start-value", 1)).unwrap_or(1),
        format: format.to_owned(),
        text: format!(
            "{}{}{}",
            attribute("num-prefix"),
            places.join("."),
            attribute("num-suffix")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::Styles;
    use crate::document::list::Lists;

    #[test]
    fn a_paragraph_looks_as_its_style_and_all_it_comes_from() {
        let styles = Styles::read(
            &[
                r#"<x><style:font-face style:name="TNR" svg:font-family="'Times New Roman'"/>
                <style:default-style style:family="paragraph"><style:text-properties style:font-name="TNR" fo:font-size="14pt"/></style:default-style>
                <style:style style:name="Big" style:family="paragraph" style:parent-style-name="Big2"><style:text-properties fo:font-size="150%"/></style:style>
                <style:style style:name="Big2" style:family="paragraph"><style:text-properties fo:font-size="10pt"/></style:style>
                <style:style style:name="Loop" style:family="paragraph" style:parent-style-name="Loop"/>
                <style:page-layout style:name="pm1"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm"/></style:page-layout>
                <style:master-page style:name="Standard" style:page-layout-name="pm1"/></x>"#,
            ],
            &mut Lists::default(),
        );
        let check = |name: &str, size: f32| {
            let look = styles.look("paragraph", name);
            assert_eq!(look.font(), "Times New Roman", "{name}");
            assert!(
                (look.points() - size).abs() < 0.01,
                "{name} {}",
                look.points()
            );
        };
        check("Big", 15.0);
        check("Loop", 14.0);
        check("Unknown", 14.0);
        assert!(
            styles
                .paper()
                .is_some_and(|(w, h)| (w - 595.3).abs() < 0.1 && (h - 841.9).abs() < 0.1)
        );
    }
}
