//! A text cut where its meaning changes: given, common, shared with a numbered passage of another essay, or plain.
//! What a page shows in colours.

use super::normal::Text;
use super::verdict::Verdict;

/// Colours that follow one another; the seventh passage has the first one's.
const COLOURS: usize = 6;

/// What a piece of text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paint {
    #[default]
    Plain,
    /// Handed out by the contest.
    Given,
    /// Many essays have it.
    Common,
    /// The passage of this number, from 1.
    Copied(usize),
}

impl Paint {
    /// Its classes in a style sheet.
    pub fn class(self) -> String {
        match self {
            Paint::Plain => "plain".to_owned(),
            Paint::Given => "given".to_owned(),
            Paint::Common => "common".to_owned(),
            Paint::Copied(number) => format!("copied c{}", number % COLOURS),
        }
    }
}

/// A stretch of one paint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub paint: Paint,
    /// The number of the passage, where it begins.
    pub number: Option<usize>,
    pub text: String,
}

/// Cuts a text. `read`: the text as it was compared, of as many code points; `verdict` is its own, for given and common
/// text; `passages` are numbers with stretches in syllables.
pub fn painted(
    text: &str,
    read: &Text,
    verdict: &Verdict,
    passages: &[(usize, (usize, usize))],
) -> Vec<Piece> {
    let mut paints: Vec<Paint> = vec![Paint::Plain; text.chars().count()];
    let mut lay = |stretch: (usize, usize), paint: Paint| {
        // The text may have been read anew since, and be shorter.
        let end = stretch.1.min(read.syllables.len());
        if stretch.0 >= end {
            return;
        }
        let (start, end) = read.span(stretch.0, end);
        if let Some(paints) = paints.get_mut(start as usize..end as usize) {
            paints.fill(paint);
        }
    };
    for stretch in &verdict.given {
        lay(*stretch, Paint::Given);
    }
    for stretch in &verdict.common {
        lay(*stretch, Paint::Common);
    }
    for (number, stretch) in passages {
        lay(*stretch, Paint::Copied(*number));
    }
    let mut pieces: Vec<Piece> = Vec::new();
    let mut seen = Vec::new();
    for (c, paint) in text.chars().zip(&paints) {
        match pieces.last_mut() {
            Some(last) if last.paint == *paint => last.text.push(c),
            _ => {
                let number = match paint {
                    Paint::Copied(number) if !seen.contains(number) => Some(*number),
                    Paint::Copied(_) | Paint::Plain | Paint::Given | Paint::Common => None,
                };
                seen.extend(number);
                pieces.push(Piece {
                    paint: *paint,
                    number,
                    text: c.to_string(),
                });
            }
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::Paint;
    use super::painted;
    use crate::duplicate::Text;
    use crate::duplicate::Verdict;

    #[test]
    fn a_text_is_cut_where_its_paint_changes_and_no_letter_is_lost() {
        let verdict = Verdict {
            given: vec![(0, 2)],
            common: vec![(3, 4)],
            ..Verdict::default()
        };
        let text = "Câu hỏi: một hai, ba bốn năm.";
        // A stretch behind the end, of a text that was longer once, is laid as far as there is text.
        let pieces = painted(
            text,
            &Text::read(text),
            &verdict,
            &[(1, (4, 6)), (2, (6, 99)), (3, (70, 99))],
        );
        let all: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
        assert_eq!(all, text);
        let cut: Vec<(Paint, Option<usize>, &str)> = pieces
            .iter()
            .map(|piece| (piece.paint, piece.number, piece.text.as_str()))
            .collect();
        assert_eq!(
            cut,
            [
                (Paint::Given, None, "Câu hỏi"),
                (Paint::Plain, None, ": một "),
                (Paint::Common, None, "hai"),
                (Paint::Plain, None, ", "),
                (Paint::Copied(1), Some(1), "ba bốn"),
                (Paint::Plain, None, " "),
                (Paint::Copied(2), Some(2), "năm"),
                (Paint::Plain, None, "."),
            ]
        );
        assert_eq!(pieces[4].paint.class(), "copied c1");
    }
}
