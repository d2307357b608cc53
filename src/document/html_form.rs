//! The form of an HTML page: letters counted by the fonts and sizes that its style sheet, its styles and its `font`
//! elements name, as Word writes them when it saves a page; paper from `@page`. Letters in a font from before Unicode
//! (TCVN3, VNI) are turned into Unicode on the way.

use std::borrow::Cow;
use std::collections::HashMap;

use super::form;
use super::form::Census;
use super::html::after_closing;
use super::html::references;
use super::html::tag_end;
use super::html::tag_name;
use super::limits;
use crate::text::legacy;

/// Rules taken from the style sheets of a page.
const MOST_RULES: usize = 2_000;

/// Font and size of some letters; empty and 0 where nothing says.
#[derive(Clone, Debug, Default, PartialEq)]
struct Look {
    font: String,
    points: f32,
}

impl Look {
    /// Lays what declarations say over this look.
    fn with(mut self, declarations: &str) -> Look {
        for declaration in declarations.split(';') {
            let Some((name, value)) = declaration.split_once(':') else {
                continue;
            };
            let value = value.trim();
            match name.trim().to_ascii_lowercase().as_str() {
                "font-family" => self.font = family(value).unwrap_or(self.font),
                "font-size" => {
                    self.points = points(value).map_or(self.points, |points| points as f32);
                }
                _ => {}
            }
        }
        self
    }
}

/// Counts the letters of a page. Returns the paper in points where the page names it, and the page in Unicode.
pub fn read<'a>(html: &'a str, census: &mut Census) -> (Option<(f64, f64)>, Cow<'a, str>) {
    let (rules, paper) = sheet(html);
    let mut unicode = Rewritten::of(html);
    let mut open: Vec<(String, Look)> = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let (text, tag) = rest.split_at(start);
        let look = open.last().map(|(_, look)| look.clone());
        run(
            text,
            html.len() - rest.len(),
            &look.unwrap_or_default(),
            census,
            &mut unicode,
        );
        if let Some(comment) = tag.strip_prefix("<!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let end = tag_end(tag);
        let inside = tag.get(1..end).unwrap_or_default();
        rest = tag.get(end + 1..).unwrap_or_default();
        let name = tag_name(inside);
        if matches!(name.as_str(), "style" | "script" | "title") && !inside.starts_with('/') {
            rest = after_closing(rest, &name).unwrap_or_default();
        } else if inside.starts_with('/') {
            if let Some(at) = open.iter().rposition(|(open, _)| *open == name) {
                open.truncate(at);
            }
        } else if !name.is_empty() && !inside.ends_with('/') && !is_empty(&name) {
            let above = open
                .last()
                .map(|(_, look)| look.clone())
                .unwrap_or_default();
            if open.len() < limits::DEPTH {
                open.push((name.clone(), dressed(above, &name, inside, &rules)));
            }
        }
    }
    let look = open.pop().map(|(_, look)| look).unwrap_or_default();
    run(rest, html.len() - rest.len(), &look, census, &mut unicode);
    (paper, unicode.finish())
}

/// A page in which some texts were put in the place of others.
struct Rewritten<'a> {
    html: &'a str,
    out: String,
    /// Bytes of the page that are in `out`, as they were or anew.
    done: usize,
}

impl<'a> Rewritten<'a> {
    fn of(html: &'a str) -> Rewritten<'a> {
        Rewritten {
            html,
            out: String::new(),
            done: 0,
        }
    }

    /// Puts a text in the place of so many bytes; places come in their order.
    fn put(&mut self, at: usize, length: usize, text: &str) {
        self.out
            .push_str(self.html.get(self.done..at).unwrap_or_default());
        for c in text.chars() {
            match c {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                c => self.out.push(c),
            }
        }
        self.done = at + length;
    }

    fn finish(mut self) -> Cow<'a, str> {
        if self.done == 0 {
            return Cow::Borrowed(self.html);
        }
        self.out
            .push_str(self.html.get(self.done..).unwrap_or_default());
        Cow::Owned(self.out)
    }
}

/// Counts a text that begins at a place of the page, and writes it anew where its font is one from before Unicode.
fn run(text: &str, at: usize, look: &Look, census: &mut Census, unicode: &mut Rewritten) {
    if !legacy::is_tcvn3_font(&look.font) && !legacy::is_vni_font(&look.font) {
        count(text, look, census);
        return;
    }
    let letters = references(text);
    if let Cow::Owned(text_now) = census.run(&look.font, &look.font, look.points, &letters) {
        unicode.put(at, text.len(), &text_now);
    }
}

/// Elements without content.
fn is_empty(name: &str) -> bool {
    matches!(
        name,
        "br" | "hr" | "img" | "meta" | "link" | "input" | "col" | "base" | "wbr"
    )
}

fn count(text: &str, look: &Look, census: &mut Census) {
    let mut letters = 0;
    let mut reference = false;
    for c in text.chars() {
        match c {
            '&' => reference = true,
            ';' if reference => {
                reference = false;
                letters += 1;
            }
            c if c.is_whitespace() => reference = false,
            c if c.is_alphabetic() && !reference => letters += 1,
            _ => {}
        }
    }
    census.count(&look.font, look.points, letters);
}

/// The look of an element: what it inherits, then the rules for its name and class, then its own style.
fn dressed(above: Look, name: &str, inside: &str, rules: &HashMap<String, String>) -> Look {
    let mut look = above;
    let class = attribute(inside, "class").unwrap_or_default();
    let class = class.split_whitespace().next().unwrap_or_default();
    for selector in [
        name.to_owned(),
        format!(".{class}"),
        format!("{name}.{class}"),
    ] {
        if let Some(declarations) = rules.get(&selector.to_ascii_lowercase()) {
            look = look.with(declarations);
        }
    }
    if name == "font" {
        if let Some(face) = attribute(inside, "face") {
            look.font = family(&face).unwrap_or(look.font);
        }
        if let Some(size) = attribute(inside, "size").and_then(|size| font_size(&size)) {
            look.points = size;
        }
    }
    match attribute(inside, "style") {
        Some(style) => look.with(&style.replace("&quot;", "\"")),
        None => look,
    }
}

/// The seven sizes of `font`.
fn font_size(size: &str) -> Option<f32> {
    let sizes = [8.0, 10.0, 12.0, 13.5, 18.0, 24.0, 36.0];
    let number: usize = size.trim().parse().ok()?;
    sizes.get(number.checked_sub(1)?).copied()
}

/// An attribute of a tag.
fn attribute(inside: &str, name: &str) -> Option<String> {
    let lower = inside.to_ascii_lowercase();
    let wanted = format!("{name}=");
    let mut from = 0;
    loop {
        let at = from + lower.get(from..)?.find(&wanted)?;
        let before = inside.get(..at)?.chars().next_back()?;
        let value = inside.get(at + wanted.len()..)?;
        if before.is_whitespace() {
            let quote = value.chars().next()?;
            return Some(match quote {
                '"' | '\'' => value.get(1..)?.split(quote).next()?.to_owned(),
                _ => value.split_whitespace().next()?.to_owned(),
            });
        }
        from = at + name.len();
    }
}

/// The rules of all style sheets by selector, and the paper.
fn sheet(html: &str) -> (HashMap<String, String>, Option<(f64, f64)>) {
    let mut rules: HashMap<String, String> = HashMap::new();
    let mut paper = None;
    // The same places, in which capitals do not matter.
    let lower = html.to_ascii_lowercase();
    let mut from = 0;
    while let Some(at) = lower.get(from..).and_then(|rest| rest.find("<style")) {
        let start = from + at;
        let behind = lower.get(start..).and_then(|rest| rest.find("</style"));
        from = behind.map_or(html.len(), |at| start + at);
        let style = html.get(start..from).unwrap_or_default();
        let style = style.split_once('>').map_or("", |(_, style)| style);
        for rule in style.split('}').take(MOST_RULES) {
            let Some((selectors, declarations)) = rule.split_once('{') else {
                continue;
            };
            let selectors = selectors.rsplit("*/").next().unwrap_or_default();
            let selectors = selectors.rsplit("<!--").next().unwrap_or_default();
            if selectors.trim().starts_with("@page") {
                paper = paper.or_else(|| page_size(declarations));
                continue;
            }
            for selector in selectors.split(',') {
                let selector = selector.trim().to_ascii_lowercase();
                if !selector.is_empty() && rules.len() < MOST_RULES {
                    let rule = rules.entry(selector).or_default();
                    rule.push(';');
                    rule.push_str(declarations);
                }
            }
        }
    }
    (rules, paper)
}

/// "size:595.3pt 841.9pt"
fn page_size(declarations: &str) -> Option<(f64, f64)> {
    let size = declarations.split(';').find_map(|declaration| {
        let (name, value) = declaration.split_once(':')?;
        (name.trim() == "size").then(|| value.trim().to_owned())
    })?;
    let mut sides = size.split_whitespace().filter_map(points);
    Some((sides.next()?, sides.next()?))
}

/// The first family of a list that is a font's name.
fn family(value: &str) -> Option<String> {
    let first = value.split(',').next()?;
    let name = first.trim().trim_matches(['"', '\'']).trim();
    let generic = ["", "inherit", "serif", "sans-serif", "monospace", "initial"];
    (!generic.contains(&name)).then(|| name.to_owned())
}

/// A length of a declaration in points.
fn points(value: &str) -> Option<f64> {
    form::length(value.trim().trim_end_matches("!important"))
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::document::form::Census;

    #[test]
    fn what_word_saves_as_a_page_tells_font_size_and_paper() {
        let page = "<html><head><style><!--\n /* Style Definitions */\np.MsoNormal, li.MsoNormal\n{margin:0; font-size:14.0pt;\
            font-family:\"Times New Roman\",serif;}\n@page Section1 {size:595.3pt 841.9pt; margin:2cm}\n--></style></head>\
            <body lang=VI><p class=MsoNormal>Dịch v&#7909; công <span style='font-size:10.0pt;font-family:Arial'>nhỏ</span></p>";
        let mut census = Census::default();
        let (paper, _) = read(page, &mut census);
        let (form, _) = census.form("", paper.and_then(|(w, h)| super::super::form::paper(w, h)));
        assert_eq!(form.font.as_deref(), Some("Times New Roman"));
        assert_eq!(form.size, Some(14.0));
        assert_eq!(form.paper.as_deref(), Some("A4"));
        assert_eq!(form.font_share, Some(10.0 / 13.0));
    }

    #[test]
    fn letters_of_old_fonts_become_unicode() {
        let check = |page: &str, want: &str, legacy: Option<&str>| {
            let read = super::super::html::page(page, "");
            assert_eq!(
                (read.text.as_str(), read.form.legacy.as_deref()),
                (want, legacy),
                "{page}"
            );
        };
        check(
            "<p style='font-family:.VnTime'>DÞch vô c«ng &amp; ng&shy;êi d©n</p>",
            "Dịch vụ công & người dân",
            Some("TCVN3"),
        );
        check(
            "<font face=\"VNI-Times\">Dòch vuï coâng</font>",
            "Dịch vụ công",
            Some("VNI"),
        );
        check(
            "<p style='font-family:.VnTime'>Dịch vụ công</p>",
            "Dịch vụ công",
            None,
        );
    }

    #[test]
    fn old_pages_use_font_elements_and_plain_ones_say_nothing() {
        let check = |page: &str, font: Option<&str>, size: Option<f32>| {
            let mut census = Census::default();
            let _ = read(page, &mut census);
            let (form, _) = census.form("", None);
            assert_eq!((form.font.as_deref(), form.size), (font, size), "{page}");
        };
        check(
            "<font face=Arial size=3>chữ</font>",
            Some("Arial"),
            Some(12.0),
        );
        check("<p>chữ", None, None);
        check("<p style=\"font-size: 16px\">chữ</p>", None, Some(12.0));
        check("<style>p{font-size:1", None, None);
        check(
            "<HEAD><STYLE>P{font-family:Arial}</STYLE></HEAD><P>chữ",
            Some("Arial"),
            None,
        );
        check("<p style=\"font-size:2em\">chữ", None, None);
        check("<", None, None);
    }
}
