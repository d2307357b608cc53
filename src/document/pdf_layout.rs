//! Glyphs with places → lines → paragraphs, and what stands at the edge of every page apart from the body.
//!
//! The order in which a PDF draws its glyphs means nothing (a fallback font inside words is drawn apart), so
//! glyphs are grouped by direction and baseline, sorted along the line and divided into words by their gaps.

use std::collections::HashMap;

use unicode_normalization::char::is_combining_mark;

use crate::text::fold;

/// Bytes of a table row or of all page margins; longer ones only a hostile file has.
const LONGEST_ROW: usize = 16 << 10;

/// One glyph on a page; y grows downwards.
#[derive(Clone, Debug)]
pub struct Glyph {
    text: String,
    /// Direction of writing, to fifteen degrees; 0 is from left to right.
    turn: i32,
    /// Begin and end along the line, and the baseline across it.
    start: f64,
    end: f64,
    baseline: f64,
    size: f64,
}

impl Glyph {
    /// `origin` and `end` lie on the baseline; `anchor` is the middle of a combining mark.
    pub fn new(
        text: String,
        origin: (f64, f64),
        end: (f64, f64),
        anchor: Option<(f64, f64)>,
        size: f64,
    ) -> Glyph {
        let (dx, dy) = (end.0 - origin.0, end.1 - origin.1);
        let turn = if dx.hypot(dy) < 0.01 {
            0
        } else {
            // At most ±180, so the cast cannot lose anything.
            (dy.atan2(dx).to_degrees() / 15.0).round() as i32 * 15
        };
        let (sin, cos) = f64::from(turn).to_radians().sin_cos();
        let along = |p: (f64, f64)| p.0 * cos + p.1 * sin;
        let across = |p: (f64, f64)| p.1 * cos - p.0 * sin;
        let (start, end) = match anchor {
            Some(middle) => (along(middle), along(middle)),
            None => (along(origin), along(end)),
        };
        Glyph {
            text,
            turn,
            start,
            end,
            baseline: across(origin),
            size,
        }
    }

    pub fn is_letter(&self) -> bool {
        self.text.chars().any(char::is_alphabetic)
    }

    fn is_space(&self) -> bool {
        self.text == " "
    }

    fn is_mark(&self) -> bool {
        self.text.chars().all(is_combining_mark)
    }
}

/// The glyphs of one page.
#[derive(Debug, Default)]
pub struct Sheet {
    /// Points.
    pub height: f64,
    pub glyphs: Vec<Glyph>,
}

/// The text of all pages.
#[derive(Debug, Default)]
pub struct Text {
    pub body: String,
    pub margins: String,
}

#[derive(Clone, Debug)]
struct Line {
    text: String,
    /// Pieces with a wide gap between them: the cells of a table row.
    pieces: Vec<Piece>,
    left: f64,
    right: f64,
    baseline: f64,
    size: f64,
    /// Width of the first word: a line that had room for it was ended on purpose.
    first_word: f64,
    turn: i32,
}

#[derive(Clone, Debug)]
struct Piece {
    left: f64,
    text: String,
}

/// Puts the pages together.
pub fn text(sheets: Vec<Sheet>) -> Text {
    let heights: Vec<f64> = sheets.iter().map(|sheet| sheet.height).collect();
    let mut pages: Vec<Vec<Line>> = sheets.into_iter().map(|s| lines(s.glyphs)).collect();
    let margins = take_margins(&mut pages, &heights);
    Text {
        body: paragraphs(&pages),
        margins,
    }
}

/// The lines of a page from top to bottom; text in other directions follows.
fn lines(glyphs: Vec<Glyph>) -> Vec<Line> {
    let spaces = glyphs.iter().filter(|g| g.is_space()).count();
    // Where spaces are drawn as glyphs, only a wide gap (a column, a tab) divides words beside them.
    let gap = if spaces * 20 > glyphs.len() {
        0.22
    } else {
        0.16
    };
    let mut turns: HashMap<i32, Vec<Glyph>> = HashMap::new();
    for glyph in glyphs {
        // -180 and 180 are one direction.
        let turn = if glyph.turn == -180 { 180 } else { glyph.turn };
        turns.entry(turn).or_default().push(glyph);
    }
    let mut turns: Vec<(i32, Vec<Glyph>)> = turns.into_iter().collect();
    turns.sort_by_key(|(turn, glyphs)| (std::cmp::Reverse(glyphs.len()), *turn));
    let mut out = Vec::new();
    for (turn, mut glyphs) in turns {
        // A stable sort: glyphs on one baseline keep the order they were drawn in.
        glyphs.sort_by(|a, b| a.baseline.total_cmp(&b.baseline));
        let from = out.len();
        let mut row: Vec<Glyph> = Vec::new();
        let mut top = 0.0;
        let mut size: f64 = 0.0;
        for glyph in glyphs {
            if !row.is_empty() && glyph.baseline - top > 0.35 * size.max(glyph.size) {
                out.extend(line(std::mem::take(&mut row), gap, turn));
                size = 0.0;
            }
            if row.is_empty() {
                top = glyph.baseline;
            }
            size = size.max(glyph.size);
            row.push(glyph);
        }
        out.extend(line(row, gap, turn));
        let of_turn = out.split_off(from);
        out.extend(rows(of_turn));
    }
    out
}

/// Puts the second line of a wrapped table cell back into its cell.
fn rows(lines: Vec<Line>) -> Vec<Line> {
    let mut out: Vec<Line> = Vec::new();
    let mut baseline = 0.0;
    for line in lines {
        let near = line.baseline - baseline < 1.8 * line.size;
        baseline = line.baseline;
        if let Some(row) = out.last_mut()
            && near
            && row.text.len() < LONGEST_ROW
            && row.pieces.len() > line.pieces.len()
            && !is_label(&line.text)
            && line.pieces.iter().all(|p| cell(row, p).is_some())
        {
            for piece in &line.pieces {
                if let Some(cell) = cell(row, piece).and_then(|at| row.pieces.get_mut(at)) {
                    cell.text.push(' ');
                    cell.text.push_str(&piece.text);
                }
            }
            let cells: Vec<&str> = row.pieces.iter().map(|p| p.text.as_str()).collect();
            row.text = cells.join(" ");
            continue;
        }
        out.push(line);
    }
    out
}

/// The cell of `row` that begins where `piece` does; never the first, which is the left margin of ordinary lines.
fn cell(row: &Line, piece: &Piece) -> Option<usize> {
    let at = row
        .pieces
        .iter()
        .position(|known| (known.left - piece.left).abs() < 2.0)?;
    (at > 0).then_some(at)
}

/// "Họ và tên: …": a line that stands for itself.
pub fn is_label(text: &str) -> bool {
    text.split_once(':').is_some_and(|(label, _)| {
        label.chars().count() < 40
            && label.split(' ').count() <= 6
            && label.chars().next().is_some_and(char::is_uppercase)
    })
}

/// One line from the glyphs on its baseline; `None` where it holds only space.
fn line(mut glyphs: Vec<Glyph>, gap: f64, turn: i32) -> Option<Line> {
    glyphs.sort_by(|a, b| a.start.total_cmp(&b.start));
    let mut text = String::new();
    let mut kept: Vec<Glyph> = Vec::new();
    let mut pieces: Vec<Piece> = Vec::new();
    let mut piece_start = 0;
    let mut printed_to: Option<f64> = None;
    let mut first_word = None;
    for glyph in glyphs {
        // Fake bold draws every letter twice, a hair apart.
        let repeats = kept.iter().rev().take(3).any(|known| {
            known.text == glyph.text
                && (glyph.start - known.start).abs()
                    < (0.12 * glyph.size)
                        .min(0.45 * (glyph.end - glyph.start).abs().max(0.01 * glyph.size))
        });
        if repeats {
            continue;
        }
        if glyph.is_mark() {
            text.push_str(&glyph.text);
            continue;
        }
        if glyph.is_space() {
            if !text.is_empty() && !text.ends_with(' ') {
                text.push(' ');
            }
        } else {
            if let Some(last) = kept.last()
                && !text.ends_with(' ')
                && glyph.start - last.end > gap * glyph.size.min(last.size)
            {
                text.push(' ');
            }
            if printed_to.is_none_or(|end| glyph.start - end > glyph.size) {
                if let Some(piece) = pieces.last_mut() {
                    piece.text = text
                        .get(piece_start..)
                        .unwrap_or_default()
                        .trim()
                        .to_owned();
                }
                piece_start = text.len();
                pieces.push(Piece {
                    left: glyph.start,
                    text: String::new(),
                });
            }
            printed_to = Some(glyph.end);
            text.push_str(&glyph.text);
        }
        if text.ends_with(' ') && first_word.is_none() {
            first_word = kept
                .first()
                .map(|first| glyph.start.min(glyph.end) - first.start);
        }
        if !(glyph.is_space() && kept.is_empty()) {
            kept.push(glyph);
        }
    }
    if let Some(piece) = pieces.last_mut() {
        piece.text = text
            .get(piece_start..)
            .unwrap_or_default()
            .trim()
            .to_owned();
    }
    let printed = || kept.iter().filter(|g| !g.is_space());
    let first = printed().next()?;
    let left = first.start;
    let right = printed().map(|g| g.end).fold(left, f64::max);
    Some(Line {
        text: text.trim().to_owned(),
        pieces,
        left,
        right,
        baseline: first.baseline,
        size: printed().map(|g| g.size).fold(0.0, f64::max),
        first_word: first_word.unwrap_or(right - left),
        turn,
    })
}

/// Takes page headers, footers and page numbers out of the pages: lines near the edge that return on other
/// pages (numbers in them may differ), or that are nothing but a page number.
fn take_margins(pages: &mut [Vec<Line>], heights: &[f64]) -> String {
    let edge = |line: &Line, height: f64| {
        line.turn == 0 && (line.baseline < 0.12 * height || line.baseline > 0.9 * height)
    };
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (page, height) in pages.iter().zip(heights) {
        let mut here: Vec<String> = page
            .iter()
            .filter(|line| edge(line, *height))
            .map(|line| shape(&line.text))
            .collect();
        here.sort();
        here.dedup();
        for shape in here {
            *seen.entry(shape).or_default() += 1;
        }
    }
    let needed = 2.max(pages.len() / 2);
    let mut margins: Vec<String> = Vec::new();
    let mut bytes = 0;
    for (page, height) in pages.iter_mut().zip(heights) {
        page.retain(|line| {
            let returns = seen.get(&shape(&line.text)).is_some_and(|n| *n >= needed);
            let is_margin = edge(line, *height) && (returns || is_page_number(&line.text));
            if is_margin
                && bytes < LONGEST_ROW
                && !is_page_number(&line.text)
                && !margins.contains(&line.text)
            {
                bytes += line.text.len();
                margins.push(line.text.clone());
            }
            !is_margin
        });
    }
    margins.join("\n")
}

/// A line with its numbers made equal.
fn shape(text: &str) -> String {
    fold(text)
        .chars()
        .map(|c| if c.is_ascii_digit() { '#' } else { c })
        .collect::<String>()
        .replace("##", "#")
        .replace("##", "#")
}

/// "3", "- 3 -", "Trang 3/7", "Page 3 of 7".
pub fn is_page_number(text: &str) -> bool {
    let mut numbers = 0;
    let words_fit = fold(text).split(' ').all(|word| {
        if word.chars().all(|c| c.is_ascii_digit()) && word.len() <= 3 {
            numbers += 1;
            return true;
        }
        matches!(word, "trang" | "page" | "of" | "so" | "tren")
    });
    words_fit && (1..=2).contains(&numbers)
}

/// Joins lines that were only broken by the width of the page.
fn paragraphs(pages: &[Vec<Line>]) -> String {
    let mut out = String::new();
    let mut last: Option<(&Line, usize)> = None;
    let right = pages
        .iter()
        .flatten()
        .filter(|line| line.turn == 0)
        .map(|line| line.right)
        .fold(0.0, f64::max);
    for (number, page) in pages.iter().enumerate() {
        for line in page {
            let joined =
                last.is_some_and(|(before, page)| continues(before, line, page == number, right));
            if !out.is_empty() {
                out.push(if joined { ' ' } else { '\n' });
            }
            out.push_str(&line.text);
            last = Some((line, number));
        }
    }
    out
}

/// Whether `line` goes on with the sentence of `before`: there was no room left for its first word,
/// it is not set further in, and it does not begin a labelled line of its own.
fn continues(before: &Line, line: &Line, same_page: bool, right: f64) -> bool {
    let full = before.right + line.first_word + 0.2 * before.size > right - 1.0;
    // Over a page break the distance says nothing, so a finished sentence ends the paragraph.
    let near = if same_page {
        line.baseline - before.baseline < 2.5 * before.size
    } else {
        !before.text.ends_with(['.', '!', '?', ':', ';'])
    };
    let set_in = line.left > before.left + 0.8 * before.size;
    before.turn == line.turn
        && full
        && near
        && !set_in
        && !is_label(&line.text)
        && before.pieces.len() < 2
        && line.pieces.len() < 2
        && (before.size - line.size).abs() < 1.0
}

#[cfg(test)]
mod tests {
    use super::Glyph;
    use super::Sheet;
    use super::is_page_number;
    use super::text;

    /// Letters six points wide at a size of 12.
    fn write(glyphs: &mut Vec<Glyph>, words: &str, x: f64, y: f64) {
        for (index, c) in words.chars().enumerate() {
            let x = x + 6.0 * index as f64;
            if c != '_' {
                glyphs.push(Glyph::new(c.to_string(), (x, y), (x + 6.0, y), None, 12.0));
            }
        }
    }

    fn body(glyphs: Vec<Glyph>) -> String {
        text(vec![Sheet {
            height: 842.0,
            glyphs,
        }])
        .body
    }

    #[test]
    fn letters_of_a_fallback_font_return_to_their_places() {
        let mut glyphs = Vec::new();
        write(&mut glyphs, "d_ch v_ c_ng", 70.0, 300.0);
        write(&mut glyphs, "_ị____ụ__ô__", 70.0, 300.2);
        assert_eq!(body(glyphs), "dịch vụ công");
    }

    #[test]
    fn fake_bold_is_read_once_and_doubled_letters_twice() {
        let mut glyphs = Vec::new();
        write(&mut glyphs, "bool", 70.0, 300.0);
        write(&mut glyphs, "bool", 70.3, 300.0);
        assert_eq!(body(glyphs), "bool");
    }

    #[test]
    fn gaps_make_words_and_full_lines_make_paragraphs() {
        let mut glyphs = Vec::new();
        write(&mut glyphs, "mot__hai ba bon nam", 70.0, 300.0);
        write(&mut glyphs, "sau bay", 70.0, 316.0);
        write(&mut glyphs, "tam", 70.0, 332.0);
        assert_eq!(body(glyphs), "mot hai ba bon nam sau bay\ntam");
    }

    #[test]
    fn a_mark_joins_the_letter_below_it() {
        let mut glyphs = Vec::new();
        write(&mut glyphs, "cua", 70.0, 300.0);
        // The hook stands over the u, though drawn from the place of the a.
        glyphs.push(Glyph::new(
            "\u{309}".into(),
            (82.0, 300.0),
            (82.0, 300.0),
            Some((79.0, 292.0)),
            12.0,
        ));
        assert_eq!(body(glyphs), "cu\u{309}a");
    }

    #[test]
    fn page_edges_go_to_the_margins() {
        let sheet = |number: &str| {
            let mut glyphs = Vec::new();
            write(&mut glyphs, "Nguyen Van An", 70.0, 40.0);
            write(&mut glyphs, &format!("noi dung {number}."), 70.0, 300.0);
            write(&mut glyphs, &format!("Trang {number}"), 300.0, 800.0);
            Sheet {
                height: 842.0,
                glyphs,
            }
        };
        let text = text(vec![sheet("1"), sheet("2"), sheet("3")]);
        assert_eq!(text.body, "noi dung 1.\nnoi dung 2.\nnoi dung 3.");
        assert_eq!(text.margins, "Nguyen Van An");
        assert!(is_page_number("- 12 -"));
        assert!(!is_page_number("15/8/2019 1"));
    }
}
