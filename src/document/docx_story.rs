//! One story of a docx (body, header, footnotes) as text in reading order, counting fonts on the way.
//!
//! A single pass without recursion: paragraphs, cells, rows and text boxes are a stack of open blocks.
//! Tracked changes are read as the author sees them: insertions kept, deletions left out.
//! It is long because the walk, its open blocks and the rules for each element are one thing to read.

use quick_xml::events::BytesStart;
use quick_xml::events::Event;

use super::docx_style::Look;
use super::docx_style::Styles;
use super::form::Census;
use super::limits;
use super::list::Lists;
use super::symbol::symbol;
use super::xml;

/// A story as it was read.
#[derive(Debug, Default)]
pub struct Story {
    /// Lines divided by `\n`, not yet in normal form.
    pub text: String,
    pub tracked: bool,
    /// Width and height of the first section's paper, in points.
    pub paper: Option<(f64, f64)>,
    pub end: End,
}

/// How the reading ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum End {
    #[default]
    Whole,
    /// The XML breaks off or contradicts itself; the text before is kept.
    Broken,
    TooDeep,
    TooLong,
    /// Has a document type definition, which no word processor writes.
    Doctype,
}

/// Reads one part. `lists` goes on counting from story to story.
pub fn read(part: &str, styles: &Styles, lists: &mut Lists, census: &mut Census) -> Story {
    let mut walk = Walk {
        styles,
        lists,
        census,
        story: Story::default(),
        blocks: vec![Block::new(Kind::Body)],
        paragraphs: Vec::new(),
        run: Run::default(),
        tables: Vec::new(),
        choices: Vec::new(),
        depth: 0,
        skip: None,
        in_text: false,
        in_run_look: false,
        bytes: 0,
        last: None,
    };
    let mut reader = xml::reader(part);
    loop {
        let event = reader.read_event();
        match event {
            Ok(Event::Start(e)) => {
                walk.depth += 1;
                if walk.depth > limits::DEPTH {
                    walk.story.end = End::TooDeep;
                    break;
                }
                if walk.skip.is_none() {
                    walk.open(&e);
                }
            }
            Ok(Event::Empty(e)) => {
                if walk.skip.is_none() {
                    walk.depth += 1;
                    walk.open(&e);
                    walk.close(e.local_name().as_ref());
                    walk.depth -= 1;
                }
            }
            Ok(Event::End(e)) => {
                walk.close(e.local_name().as_ref());
                walk.depth = walk.depth.saturating_sub(1);
            }
            Ok(Event::Text(e)) => walk.write(&e),
            Ok(Event::CData(e)) => walk.write(&e),
            Ok(Event::GeneralRef(e)) => walk.write(&xml::reference(&e)),
            Ok(Event::DocType(_)) => {
                walk.story.end = End::Doctype;
                break;
            }
            Ok(Event::Eof) => {
                if walk.depth > 0 {
                    walk.story.end = End::Broken;
                }
                break;
            }
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_)) => {}
            Err(_) => {
                walk.story.end = End::Broken;
                break;
            }
        }
        if walk.bytes > limits::TEXT_BYTES {
            walk.story.end = End::TooLong;
            break;
        }
    }
    walk.finish()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Body,
    Cell,
    Row,
    Box,
}

/// Something that holds lines: the story, a table row (its lines are cells), a cell, a text box.
#[derive(Debug)]
struct Block {
    kind: Kind,
    lines: Vec<String>,
    deleted: bool,
    /// Text of a paragraph whose end mark was deleted: the next paragraph goes on from it.
    carried: String,
}

impl Block {
    fn new(kind: Kind) -> Block {
        Block {
            kind,
            lines: Vec::new(),
            deleted: false,
            carried: String::new(),
        }
    }
}

#[derive(Debug, Default)]
struct Paragraph {
    text: String,
    /// Lines of text boxes anchored here; they follow the paragraph.
    boxed: Vec<String>,
    style: Option<String>,
    list: Option<String>,
    level: Option<usize>,
    in_properties: bool,
    mark_deleted: bool,
    labelled: bool,
}

#[derive(Debug, Default)]
struct Run {
    open: bool,
    direct: Look,
    style: Option<String>,
    symbol_font: String,
}

#[derive(Debug, Default, Clone, PartialEq)]
struct LookKey {
    direct: Look,
    run: Option<String>,
    paragraph: Option<String>,
    table: Option<String>,
}

struct Walk<'a> {
    styles: &'a Styles,
    lists: &'a mut Lists,
    census: &'a mut Census,
    story: Story,
    blocks: Vec<Block>,
    paragraphs: Vec<Paragraph>,
    run: Run,
    /// Style of each open table.
    tables: Vec<Option<String>>,
    /// For each open mc:AlternateContent: bytes of text when it began.
    choices: Vec<usize>,
    depth: usize,
    /// Depth of the element being left out.
    skip: Option<usize>,
    in_text: bool,
    in_run_look: bool,
    bytes: usize,
    last: Option<(LookKey, Look)>,
}

impl Walk<'_> {
    fn open(&mut self, e: &BytesStart) {
        let name = e.local_name();
        let name = name.as_ref();
        let in_paragraph_properties = self.paragraphs.last().is_some_and(|p| p.in_properties);
        match name {
            "p" => self.paragraphs.push(Paragraph::default()),
            "pPr" => {
                if let Some(p) = self.paragraphs.last_mut() {
                    p.in_properties = true;
                }
            }
            "pStyle" if in_paragraph_properties => self.paragraph(|p| &mut p.style, e),
            "numId" if in_paragraph_properties => self.paragraph(|p| &mut p.list, e),
            "ilvl" if in_paragraph_properties => {
                if let Some(p) = self.paragraphs.last_mut() {
                    p.level = xml::attribute(e, "val").and_then(|v| v.parse().ok());
                }
            }
            "r" if !in_paragraph_properties => {
                self.run = Run {
                    open: true,
                    ..Run::default()
                };
            }
            "rPr" => self.in_run_look = self.run.open,
            "rStyle" if self.in_run_look => self.run.style = xml::attribute(e, "val"),
            // Former formatting is no formatting.
            "rPrChange" | "pPrChange" | "sectPrChange" | "tblPrChange" | "trPrChange"
            | "tcPrChange" | "tblGridChange" | "numberingChange" => self.skip = Some(self.depth),
            "ins" | "moveTo" => self.story.tracked = true,
            "del" | "moveFrom" => {
                self.story.tracked = true;
                if in_paragraph_properties {
                    if let Some(p) = self.paragraphs.last_mut() {
                        p.mark_deleted = true;
                    }
                } else if self.blocks.last().is_some_and(|b| b.kind == Kind::Row) {
                    if let Some(row) = self.blocks.last_mut() {
                        row.deleted = true;
                    }
                } else {
                    self.skip = Some(self.depth);
                }
            }
            "AlternateContent" => self.choices.push(self.bytes),
            // The fallback shows the same thing again, unless the choice held no words.
            "Fallback" if self.choices.last().is_some_and(|&start| self.bytes > start) => {
                self.skip = Some(self.depth);
            }
            "Choice" if self.choices.last().is_some_and(|&start| self.bytes > start) => {
                self.skip = Some(self.depth);
            }
            "tbl" => self.tables.push(None),
            "tblStyle" => {
                if let Some(table) = self.tables.last_mut() {
                    *table = xml::attribute(e, "val");
                }
            }
            "tr" => self.blocks.push(Block::new(Kind::Row)),
            "tc" => self.blocks.push(Block::new(Kind::Cell)),
            "txbxContent" => self.blocks.push(Block::new(Kind::Box)),
            "pgSz" if self.story.paper.is_none() => {
                let twentieths = |name| xml::attribute(e, name).and_then(|v| v.parse::<f64>().ok());
                self.story.paper = twentieths("w")
                    .zip(twentieths("h"))
                    .map(|(w, h)| (w / 20.0, h / 20.0));
            }
            // Separators between text and notes have a type; real notes have none or "normal".
            "footnote" | "endnote" if xml::attribute(e, "type").is_some_and(|t| t != "normal") => {
                self.skip = Some(self.depth);
            }
            _ if self.in_run_look => self.run.direct.read(e),
            "t" if self.run.open => self.in_text = true,
            "tab" | "ptab" if self.run.open => self.put("\t"),
            "br" | "cr" if self.run.open => self.put("\n"),
            "noBreakHyphen" if self.run.open => self.put("-"),
            // An optional hyphen, which in TCVN3 is the letter "ư".
            "softHyphen" if self.run.open => self.write_now("\u{ad}"),
            "sym" if self.run.open => {
                self.run.symbol_font = xml::attribute(e, "font").unwrap_or_default();
                let code = xml::attribute(e, "char")
                    .and_then(|hex| u32::from_str_radix(&hex, 16).ok())
                    .unwrap_or_default();
                if let Some(c) = symbol(&self.run.symbol_font, code) {
                    let mut buffer = [0; 4];
                    self.put(c.encode_utf8(&mut buffer));
                }
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        if let Some(depth) = self.skip {
            if self.depth == depth {
                self.skip = None;
                self.leave(name);
            }
            return;
        }
        self.leave(name);
    }

    fn leave(&mut self, name: &str) {
        match name {
            "p" => self.end_paragraph(),
            "pPr" => {
                if let Some(p) = self.paragraphs.last_mut() {
                    p.in_properties = false;
                }
            }
            "rPr" => self.in_run_look = false,
            "r" => self.run.open = false,
            "t" => self.in_text = false,
            "AlternateContent" => {
                self.choices.pop();
            }
            "tbl" => {
                self.tables.pop();
            }
            "tc" => self.end_block(Kind::Cell),
            "tr" => self.end_block(Kind::Row),
            "txbxContent" => {
                self.end_block(Kind::Box);
                // The anchor sits in a run that is still open.
                self.run.open = !self.paragraphs.is_empty();
            }
            _ => {}
        }
    }

    fn paragraph(&mut self, field: fn(&mut Paragraph) -> &mut Option<String>, e: &BytesStart) {
        if let Some(p) = self.paragraphs.last_mut() {
            *field(p) = xml::attribute(e, "val");
        }
    }

    /// Text between tags.
    fn write(&mut self, text: &str) {
        if self.skip.is_none() && self.in_text {
            self.write_now(text);
        }
    }

    fn write_now(&mut self, text: &str) {
        let Some(paragraph) = self.paragraphs.last() else {
            return;
        };
        let key = LookKey {
            direct: self.run.direct.clone(),
            run: self.run.style.clone(),
            paragraph: paragraph.style.clone(),
            table: self.tables.last().cloned().flatten(),
        };
        let look = match &self.last {
            Some((known, look)) if *known == key => look.clone(),
            _ => {
                let look = self.styles.look(
                    &key.direct,
                    key.run.as_deref(),
                    key.paragraph.as_deref(),
                    key.table.as_deref(),
                );
                self.last = Some((key, look.clone()));
                look
            }
        };
        if look.is_hidden() {
            return;
        }
        let points = look.points();
        let ascii = self.styles.font(&look, 'a');
        let other = self.styles.font(&look, 'ế');
        let text = self.census.run(ascii, other, points, text);
        self.put(&text);
    }

    fn put(&mut self, text: &str) {
        self.label();
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.text.push_str(text);
            self.bytes += text.len();
        }
    }

    /// The automatic number of a list item stands before its first text.
    fn label(&mut self) {
        if let Some(p) = self.paragraphs.last_mut()
            && !p.labelled
        {
            p.labelled = true;
            let label = self
                .lists
                .label(p.list.as_deref(), p.level, p.style.as_deref());
            p.text.push_str(&label);
        }
    }

    fn end_paragraph(&mut self) {
        let Some(paragraph) = self.paragraphs.pop() else {
            return;
        };
        self.run.open = false;
        let Some(block) = self.blocks.last_mut() else {
            return;
        };
        let mut text = std::mem::take(&mut block.carried);
        text.push_str(&paragraph.text);
        if paragraph.mark_deleted {
            block.carried = text;
        } else {
            block.lines.push(text);
        }
        block.lines.extend(paragraph.boxed);
    }

    /// Closes blocks down to one of this kind; a stray end tag closes nothing.
    fn end_block(&mut self, kind: Kind) {
        if self.blocks.last().is_none_or(|b| b.kind != kind) {
            return;
        }
        let Some(mut block) = self.blocks.pop() else {
            return;
        };
        if !block.carried.is_empty() {
            block.lines.push(block.carried);
        }
        if block.deleted {
            return;
        }
        match kind {
            Kind::Cell => self.line(block.lines.join("\n")),
            Kind::Row => self.line(block.lines.join("\t")),
            Kind::Box | Kind::Body => match self.paragraphs.last_mut() {
                Some(anchor) => anchor.boxed.extend(block.lines),
                None => block.lines.into_iter().for_each(|line| self.line(line)),
            },
        }
    }

    fn line(&mut self, line: String) {
        if let Some(block) = self.blocks.last_mut() {
            block.lines.push(line);
        }
    }

    /// Closes whatever a broken file left open and returns the story.
    fn finish(mut self) -> Story {
        while !self.paragraphs.is_empty() {
            self.end_paragraph();
        }
        while let Some(kind) = self.blocks.last().map(|b| b.kind) {
            if kind == Kind::Body {
                break;
            }
            self.end_block(kind);
        }
        if let Some(mut body) = self.blocks.pop() {
            if !body.carried.is_empty() {
                body.lines.push(body.carried);
            }
            self.story.text = body.lines.join("\n");
        }
        self.story
    }
}

#[cfg(test)]
mod tests {
    use super::End;
    use super::read;
    use crate::document::docx_style::Styles;
    use crate::document::form::Census;
    use crate::document::list::Lists;

    fn story(body: &str) -> super::Story {
        let part = format!("<w:document><w:body>{body}</w:body></w:document>");
        read(
            &part,
            &Styles::default(),
            &mut Lists::default(),
            &mut Census::default(),
        )
    }

    #[test]
    fn a_text_box_is_read_once_and_deletions_not_at_all() {
        let check = |body: &str, want: &str| assert_eq!(story(body).text, want, "{body}");
        check(
            "<w:p><w:r><w:t>a &amp; b</w:t><w:tab/><w:t>c</w:t></w:r></w:p><w:p><w:r><w:t>d</w:t></w:r></w:p>",
            "a & b\tc\nd",
        );
        check(
            "<w:p><w:r><w:t>neo</w:t><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>khung</w:t></w:r></w:p></w:txbxContent></mc:Choice>\
             <mc:Fallback><w:txbxContent><w:p><w:r><w:t>khung</w:t></w:r></w:p></w:txbxContent></mc:Fallback></mc:AlternateContent></w:r><w:r><w:t> sau</w:t></w:r></w:p>",
            "neo sau\nkhung",
        );
        check(
            "<w:p><w:ins><w:r><w:t>mới</w:t></w:r></w:ins><w:del><w:r><w:delText>cũ</w:delText></w:r></w:del></w:p>",
            "mới",
        );
        check(
            "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>một </w:t></w:r></w:p><w:p><w:r><w:t>dòng</w:t></w:r></w:p>",
            "một dòng",
        );
        check(
            "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Họ tên:</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>An</w:t></w:r></w:p></w:tc></w:tr></w:tbl>",
            "Họ tên:\tAn",
        );
        check(
            "<w:p><w:r><w:sym w:font=\"Wingdings\" w:char=\"F0FE\"/><w:t> A</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>ẩn</w:t></w:r></w:p>",
            "☑ A",
        );
    }

    #[test]
    fn hostile_parts_end_with_a_word_about_it() {
        assert_eq!(story(&"<w:sdt>".repeat(600)).end, End::TooDeep);
        let cut = read(
            "<w:body><w:p><w:r><w:t>còn lại",
            &Styles::default(),
            &mut Lists::default(),
            &mut Census::default(),
        );
        assert_eq!((cut.text.as_str(), cut.end), ("còn lại", End::Broken));
        let doctype = read(
            "<!DOCTYPE x [<!ENTITY a \"aaaa\">]><w:body/>",
            &Styles::default(),
            &mut Lists::default(),
            &mut Census::default(),
        );
        assert_eq!(doctype.end, End::Doctype);
    }
}
