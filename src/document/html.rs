//! HTML as text: what a reader would see of a mail body or an attached page, line by line.
//!
//! A small scanner of its own: mails are seldom well-formed, and nothing here needs a tree.

use super::Document;
use super::Kind;
use super::form::Census;
use super::gathered::Gathered;
use super::html_form;
use super::plain;
use crate::entry::FindingCode;

/// Reads an HTML file.
pub fn read(bytes: &[u8]) -> Document {
    match plain::decode(bytes) {
        Some(html) => page(&html, ""),
        None => Document {
            kind: Kind::Html,
            findings: vec![FindingCode::Damaged.into()],
            ..Document::default()
        },
    }
}

/// A page with the page of its margins (empty where there is none).
pub fn page(html: &str, margins: &str) -> Document {
    let mut gathered = Gathered::default();
    let (paper, unicode) = html_form::read(html, &mut gathered.census);
    gathered.paper = paper;
    gathered.text = html_to_text(&unicode);
    // Margins are no part of the form.
    let (_, unicode) = html_form::read(margins, &mut Census::default());
    gathered.margins = html_to_text(&unicode);
    gathered.document(Kind::Html)
}

/// The visible text of an HTML page: blocks on lines of their own, cells divided by tabs, references resolved,
/// scripts, styles, comments and the head left out.
pub fn html_to_text(html: &str) -> String {
    let mut out = Lines::default();
    let mut rest = html;
    // Elements that are never closed, so that each is looked for only once.
    let mut unclosed: Vec<String> = Vec::new();
    while let Some(start) = rest.find('<') {
        let (text, tag) = rest.split_at(start);
        out.text(text);
        if let Some(comment) = tag.strip_prefix("<!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let named = tag.strip_prefix("</").or_else(|| tag.strip_prefix('<'));
        let is_tag = named.is_some_and(|n| {
            n.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '!' | '?'))
        });
        if !is_tag {
            out.text("<");
            rest = tag.get(1..).unwrap_or_default();
            continue;
        }
        let end = tag_end(tag);
        let inside = tag.get(1..end).unwrap_or_default();
        rest = tag.get(end + 1..).unwrap_or_default();
        let closing = inside.starts_with('/');
        let name = tag_name(inside);
        match name.as_str() {
            "script" | "style" | "head" | "title" | "svg" | "noscript"
                if !closing && !unclosed.contains(&name) =>
            {
                match after_closing(rest, &name) {
                    Some(after) => rest = after,
                    // Browsers would show nothing more, but a person's words may follow.
                    None => unclosed.push(name),
                }
            }
            "br" => out.line(),
            "p" | "div" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "li" | "ul" | "ol" | "tr"
            | "table" | "blockquote" | "section" | "article" | "header" | "footer" | "hr"
            | "center" | "dl" | "dt" | "dd" => out.block(),
            "pre" | "textarea" => {
                out.block();
                out.preformatted = !closing;
            }
            "td" | "th" if closing => out.cell(),
            _ => {}
        }
    }
    out.text(rest);
    out.finish()
}

/// The name of a tag, given from behind its "<" on, in small letters.
pub fn tag_name(inside: &str) -> String {
    inside
        .trim_start_matches('/')
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// Where the tag ends; a ">" inside quotes does not end it.
pub fn tag_end(tag: &str) -> usize {
    let mut quote = None;
    for (index, byte) in tag.bytes().enumerate().take(1 << 16).skip(1) {
        match (byte, quote) {
            (b'"' | b'\'', None) => quote = Some(byte),
            (_, Some(open)) if byte == open => quote = None,
            (b'>', None) => return index,
            _ => {}
        }
    }
    // An open quote would swallow the rest of the page: then the first ">" ends the tag.
    tag.find('>').unwrap_or(tag.len().saturating_sub(1))
}

/// What follows the closing tag; `None` where there is none.
pub fn after_closing<'a>(rest: &'a str, name: &str) -> Option<&'a str> {
    let closing = format!("</{name}");
    let at = rest
        .as_bytes()
        .windows(closing.len())
        .position(|window| window.eq_ignore_ascii_case(closing.as_bytes()))?;
    let tail = rest.get(at..).unwrap_or_default();
    Some(tail.split_once('>').map_or("", |(_, after)| after))
}

#[derive(Default)]
struct Lines {
    out: String,
    line: String,
    /// A space is due before the next word.
    space: bool,
    preformatted: bool,
}

impl Lines {
    fn text(&mut self, raw: &str) {
        for c in references(raw).chars() {
            if self.preformatted && c == '\n' {
                self.line();
            } else if c.is_whitespace() {
                self.space = true;
            } else {
                if std::mem::take(&mut self.space)
                    && !self.line.is_empty()
                    && !self.line.ends_with('\t')
                {
                    self.line.push(' ');
                }
                self.line.push(c);
            }
        }
    }

    fn line(&mut self) {
        self.out.push_str(self.line.trim_end());
        self.out.push('\n');
        self.line.clear();
        self.space = false;
    }

    fn block(&mut self) {
        if !self.line.trim().is_empty() {
            self.line();
        }
        self.line.clear();
        self.space = false;
    }

    fn cell(&mut self) {
        self.line.push('\t');
        self.space = false;
    }

    fn finish(mut self) -> String {
        self.block();
        self.out.trim().to_owned()
    }
}

/// Resolves character references; what is none stays as written.
pub fn references(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('&') {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let end = after.bytes().take(12).position(|byte| byte == b';');
        let name = end
            .and_then(|end| after.get(1..end))
            .filter(|name| !name.is_empty());
        match name.and_then(|name| Some((name, character(name)?))) {
            Some((name, c)) => {
                out.push(c);
                rest = after.get(name.len() + 2..).unwrap_or_default();
            }
            None => {
                out.push('&');
                rest = after.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code);
    }
    let plain = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" | "ensp" | "emsp" | "thinsp" => ' ',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        "bull" => '•',
        "middot" => '·',
        "laquo" => '«',
        "raquo" => '»',
        "deg" => '°',
        "copy" => '©',
        // In the fonts before Unicode these two are letters.
        "shy" => '\u{ad}',
        "acute" => '´',
        "ETH" => 'Đ',
        "eth" => 'đ',
        _ => return accented(name),
    };
    Some(plain)
}

/// "agrave", "Ecirc": a letter and the name of its mark.
fn accented(name: &str) -> Option<char> {
    let letter = name.chars().next().filter(char::is_ascii_alphabetic)?;
    let mark = match name.get(1..)? {
        "grave" => '\u{300}',
        "acute" => '\u{301}',
        "circ" => '\u{302}',
        "tilde" => '\u{303}',
        "uml" => '\u{308}',
        _ => return None,
    };
    unicode_normalization::char::compose(letter, mark)
}

#[cfg(test)]
mod tests {
    use super::html_to_text;

    #[test]
    fn pages_read_as_a_person_sees_them() {
        let check = |html: &str, want: &str| assert_eq!(html_to_text(html), want, "{html}");
        check(
            "<p>K&iacute;nh g&#7917;i</p><p>Ban  tổ\nchức</p>",
            "Kính gửi\nBan tổ chức",
        );
        check("a<br>b<br/><br>c", "a\nb\n\nc");
        check(
            "<head><title>x</title></head><style>p{}</style>chữ<!-- > -->",
            "chữ",
        );
        check(
            "<tr><td>Họ tên:</td><td>An</td></tr><tr><td>x</td></tr>",
            "Họ tên:\tAn\nx",
        );
        check("<a title=\"a > b\">nối</a> 1 < 2 && 3", "nối 1 < 2 && 3");
        check("<b>Đi<i>ểm</i></b> <pre>một\nhai</pre>", "Điểm\nmột\nhai");
        check("<p title=\"hở>chữ", "chữ");
        check("<style>chữ <style>vẫn đọc", "chữ vẫn đọc");
        check("", "");
    }
}
