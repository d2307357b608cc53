//! The text of an odt, or its page headers and footers, as lines, counting fonts on the way.
//!
//! One pass without recursion. Deleted text stands in `text:tracked-changes` and is left out; insertions stand in place.

use quick_xml::events::BytesStart;
use quick_xml::events::Event;

use super::form::Census;
use super::limits;
use super::lines::Lines;
use super::list::Lists;
use super::odt_style::Look;
use super::odt_style::Styles;
use super::xml;
use crate::entry::Finding;
use crate::entry::FindingCode;

/// A story as it was read.
#[derive(Debug, Default)]
pub struct Story {
    pub text: String,
    pub tracked: bool,
    pub finding: Option<Finding>,
}

/// Reads what stands inside the first element called `within`.
pub fn read(
    part: &str,
    within: &str,
    styles: &Styles,
    lists: &mut Lists,
    census: &mut Census,
) -> Story {
    let mut walk = Walk {
        styles,
        lists,
        census,
        story: Story::default(),
        sheets: vec![Sheet::default()],
        notes: Vec::new(),
        looks: Vec::new(),
        open_lists: Vec::new(),
        depth: 0,
        begins: None,
        skip: None,
        space: false,
    };
    let mut reader = xml::reader(part);
    loop {
        let event = reader.read_event();
        let empty = matches!(event, Ok(Event::Empty(_)));
        match event {
            Ok(Event::Start(e) | Event::Empty(e)) => {
                walk.depth += 1;
                if walk.depth > limits::DEPTH {
                    walk.story.finding = Some(Finding::new(FindingCode::TooLarge, "depth"));
                    break;
                }
                let name = e.local_name();
                if walk.begins.is_none() && name.as_ref() == within {
                    walk.begins = Some(walk.depth);
                } else if walk.begins.is_some() && walk.skip.is_none() {
                    walk.open(&e);
                }
                if empty {
                    walk.close(name.as_ref());
                }
            }
            Ok(Event::End(e)) => walk.close(e.local_name().as_ref()),
            Ok(Event::Text(e)) => walk.write(&e),
            Ok(Event::CData(e)) => walk.write(&e),
            Ok(Event::GeneralRef(e)) => walk.write(&xml::reference(&e)),
            Ok(Event::DocType(_)) => {
                walk.story.finding = Some(FindingCode::Damaged.into());
                break;
            }
            Ok(Event::Eof) => {
                if walk.depth > 0 {
                    walk.story.finding = Some(FindingCode::Damaged.into());
                }
                break;
            }
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_)) => {}
            Err(_) => {
                walk.story.finding = Some(FindingCode::Damaged.into());
                break;
            }
        }
        if walk.written() > limits::TEXT_BYTES {
            walk.story.finding = Some(Finding::new(FindingCode::TooLarge, "text"));
            break;
        }
    }
    walk.finish()
}

/// The body, or a text box or note inside it: each has lines of its own.
#[derive(Debug, Default)]
struct Sheet {
    lines: Lines,
    /// Tables open in it.
    tables: usize,
    /// Looks that belonged to the text around it.
    looks: usize,
}

/// A list that is open, and how deep in it we are.
#[derive(Debug)]
struct OpenList {
    style: Option<String>,
    /// An item has begun whose first paragraph has not come yet.
    fresh: bool,
}

struct Walk<'a> {
    styles: &'a Styles,
    lists: &'a mut Lists,
    census: &'a mut Census,
    story: Story,
    sheets: Vec<Sheet>,
    notes: Vec<String>,
    /// The paragraph's look, then that of each span in it.
    looks: Vec<Look>,
    open_lists: Vec<OpenList>,
    depth: usize,
    /// Depth of the element whose inside is read.
    begins: Option<usize>,
    skip: Option<usize>,
    /// A space is due before the next letter.
    space: bool,
}

impl Walk<'_> {
    fn written(&self) -> usize {
        self.sheets.iter().map(|sheet| sheet.lines.bytes()).sum()
    }

    fn open(&mut self, e: &BytesStart) {
        let attribute = |name| xml::attribute(e, name);
        match e.local_name().as_ref() {
            "tracked-changes" => {
                self.story.tracked = true;
                self.skip = Some(self.depth);
            }
            // What is no text of the author's, or is told twice.
            "annotation" | "annotation-end" | "forms" | "note-citation" | "title" | "desc"
            | "hidden-text" | "hidden-paragraph" | "ruby-text" | "object" | "object-ole"
            | "script" | "style" | "sequence-decls" | "user-field-decls" | "variable-decls"
            | "settings" | "event-listeners" | "glue-point" | "notes" => {
                self.skip = Some(self.depth);
            }
            "p" | "h" => self.begin_paragraph(e),
            "span" | "a" => {
                let below = self.looks.last().cloned().unwrap_or_default();
                let look = match attribute("style-name") {
                    Some(name) => self.styles.span(&name, &below),
                    None => below,
                };
                self.looks.push(look);
            }
            "s" => {
                let count = attribute("c")
                    .and_then(|c| c.parse().ok())
                    .unwrap_or(1_usize);
                self.put(&" ".repeat(count.min(200)));
            }
            "tab" => self.put("\t"),
            "line-break" => self.put("\n"),
            "list" => {
                if self.open_lists.is_empty() {
                    let continues = attribute("continue-numbering").as_deref() == Some("true")
                        || attribute("continue-list").is_some();
                    if let (false, Some(style)) = (continues, attribute("style-name")) {
                        self.lists.restart(&style);
                    }
                }
                let style = attribute("style-name")
                    .or_else(|| self.open_lists.last().and_then(|list| list.style.clone()));
                self.open_lists.push(OpenList {
                    style,
                    fresh: false,
                });
            }
            "list-item" => {
                if let Some(list) = self.open_lists.last_mut() {
                    list.fresh = true;
                }
            }
            "table" => {
                if let Some(sheet) = self.sheets.last_mut() {
                    sheet.tables += 1;
                }
            }
            "text-box" | "custom-shape" | "rect" | "ellipse" | "circle" | "polygon" | "path"
            | "line" | "caption" | "note-body" => {
                let looks = self.looks.len();
                self.sheets.push(Sheet {
                    looks,
                    ..Sheet::default()
                });
                self.space = false;
            }
            _ => {}
        }
    }

    fn begin_paragraph(&mut self, e: &BytesStart) {
        let name = xml::attribute(e, "style-name").unwrap_or_default();
        self.looks.push(self.styles.look("paragraph", &name));
        self.space = false;
        let level = self.open_lists.len();
        let label = match self.open_lists.last_mut() {
            Some(list) if list.fresh => {
                list.fresh = false;
                let style = list
                    .style
                    .clone()
                    .or_else(|| self.styles.list(&name).map(str::to_owned));
                let depth = level.saturating_sub(1);
                self.lists.label(style.as_deref(), Some(depth), None)
            }
            Some(_) | None => String::new(),
        };
        if !label.is_empty()
            && let Some(sheet) = self.sheets.last_mut()
        {
            sheet.lines.put(&label);
        }
    }

    fn close(&mut self, name: &str) {
        let depth = self.depth;
        self.depth = self.depth.saturating_sub(1);
        if let Some(skipped) = self.skip {
            if depth == skipped {
                self.skip = None;
            }
            return;
        }
        let Some(begins) = self.begins else {
            return;
        };
        if depth <= begins {
            self.begins = None;
            return;
        }
        let tables = self.sheets.last().map_or(0, |sheet| sheet.tables);
        match name {
            "p" | "h" => {
                self.looks.pop();
                if let Some(sheet) = self.sheets.last_mut() {
                    sheet.lines.end_paragraph(tables);
                }
            }
            "span" | "a" => {
                self.looks.pop();
            }
            "list" => {
                self.open_lists.pop();
            }
            "table-cell" | "covered-table-cell" => {
                if let Some(sheet) = self.sheets.last_mut() {
                    sheet.lines.end_cell_of_paragraphs(tables);
                }
            }
            "table-row" => {
                if let Some(sheet) = self.sheets.last_mut() {
                    sheet.lines.end_row(tables);
                }
            }
            "table" => {
                if let Some(sheet) = self.sheets.last_mut() {
                    sheet.tables = sheet.tables.saturating_sub(1);
                }
            }
            "text-box" | "custom-shape" | "rect" | "ellipse" | "circle" | "polygon" | "path"
            | "line" | "caption" => {
                if let Some(text) = self.end_sheet()
                    && let Some(around) = self.sheets.last_mut()
                {
                    around.lines.put_box(text);
                }
            }
            "note-body" => {
                let note = self.end_sheet();
                self.notes.extend(note);
            }
            _ => {}
        }
    }

    fn end_sheet(&mut self) -> Option<String> {
        if self.sheets.len() < 2 {
            return None;
        }
        let sheet = self.sheets.pop()?;
        self.looks.truncate(sheet.looks);
        self.space = false;
        Some(sheet.lines.finish())
    }

    /// Text between tags: white space of any length is one space (§6.1.2).
    fn write(&mut self, text: &str) {
        if self.skip.is_some() || self.begins.is_none() || self.looks.is_empty() {
            return;
        }
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            if matches!(c, ' ' | '\t' | '\r' | '\n') {
                self.space = true;
                continue;
            }
            if std::mem::take(&mut self.space) {
                out.push(' ');
            }
            out.push(c);
        }
        // A space at the end is written now, or it would change its font.
        if std::mem::take(&mut self.space) && !out.ends_with(' ') {
            let at_start = self
                .sheets
                .last()
                .is_some_and(|sheet| sheet.lines.at_start());
            if !(out.is_empty() && at_start) {
                out.push(' ');
            }
        }
        self.put(&out);
    }

    fn put(&mut self, text: &str) {
        let Some(look) = self.looks.last() else {
            return;
        };
        if look.is_hidden() {
            return;
        }
        let font = look.font();
        let text = self.census.run(font, font, look.points(), text);
        if let Some(sheet) = self.sheets.last_mut() {
            sheet.lines.put(&text);
        }
    }

    fn finish(mut self) -> Story {
        while let Some(text) = self.end_sheet() {
            if let Some(around) = self.sheets.last_mut() {
                around.lines.put_box(text);
            }
        }
        let mut texts: Vec<String> = Vec::new();
        texts.extend(self.sheets.pop().map(|sheet| sheet.lines.finish()));
        texts.extend(self.notes);
        self.story.text = texts.join("\n");
        self.story
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::document::form::Census;
    use crate::document::list::Lists;
    use crate::document::odt_style::Styles;

    const LISTS: &str = r#"<x><text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-suffix="." style:num-format="1" style:num-prefix="Câu "/></text:list-style></x>"#;

    fn text(body: &str) -> String {
        let part = format!(
            "<office:document-content><office:body>{body}</office:body></office:document-content>"
        );
        let mut lists = Lists::default();
        let styles = Styles::read(&[LISTS], &mut lists);
        read(&part, "body", &styles, &mut lists, &mut Census::default()).text
    }

    #[test]
    fn text_is_read_as_its_author_sees_it() {
        let check = |body: &str, want: &str| assert_eq!(text(body), want, "{body}");
        check(
            "<text:p>a  b<text:s text:c=\"2\"/>c<text:tab/>d</text:p><text:p> e &amp; f</text:p>",
            "a b  c\td\n e & f",
        );
        check(
            "<text:tracked-changes><text:deletion><text:p>cũ</text:p></text:deletion></text:tracked-changes><text:p>mới</text:p>",
            "mới",
        );
        check(
            "<text:p>neo<draw:frame><draw:text-box><text:p>khung</text:p></draw:text-box></draw:frame> sau</text:p>",
            "neo sau\nkhung",
        );
        check(
            "<table:table><table:table-row><table:table-cell><text:p>Họ tên:</text:p></table:table-cell><table:table-cell><text:p>An</text:p></table:table-cell></table:table-row></table:table><text:p>x</text:p>",
            "Họ tên:\tAn\nx",
        );
        check(
            "<text:list text:style-name=\"L1\"><text:list-item><text:p>A</text:p></text:list-item><text:list-item><text:p>B</text:p></text:list-item></text:list>",
            "Câu 1. A\nCâu 2. B",
        );
        check(
            "<text:p>chữ<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>chú thích</text:p></text:note-body></text:note>!</text:p>",
            "chữ!\nchú thích",
        );
    }
}
