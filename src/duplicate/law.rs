//! Whether a passage quotes a law: it names an article of one where it begins.
//!
//! Two essays that quote the same article of a law nobody handed in have it from the law and not from each other.

use super::normal::Text;

/// The article may be named so many syllables before the passage, and so far inside.
const BEFORE: usize = 10;
const INSIDE: usize = 8;
/// A longer passage is more than a quotation, in syllables.
const LONGEST: usize = 120;

/// The words by which a law is named.
pub struct Law {
    article: Vec<u16>,
    kinds: Vec<u16>,
}

impl Law {
    pub fn new() -> Law {
        Law {
            article: Text::read("điều").words(),
            kinds: Text::read("luật bộ nghị thông hiến pháp quyết").words(),
        }
    }

    /// Whether the stretch of an essay begins like "Theo khoản 2 Điều 7 Luật Cư trú, …".
    pub fn quoted(&self, text: &Text, stretch: (usize, usize)) -> bool {
        if stretch.1 - stretch.0 > LONGEST {
            return false;
        }
        let all = &text.syllables;
        let end = (stretch.0 + INSIDE).min(stretch.1).min(all.len());
        let line = (0..end)
            .rev()
            .find(|place| *place <= stretch.0 && all[*place].opens);
        let begin = stretch.0.saturating_sub(BEFORE).max(line.unwrap_or(0));
        (begin..end).any(|place| {
            // After the number, perhaps with a word between.
            let kind = all
                .get(place + 2..(place + 5).min(all.len()))
                .unwrap_or_default();
            self.article.contains(&all[place].word)
                && kind.iter().any(|s| self.kinds.contains(&s.word))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Law;
    use crate::duplicate::Text;

    #[test]
    fn a_quotation_names_its_article() {
        let check = |text: &str, want: bool| {
            let text = Text::read(text);
            let all = (0, text.syllables.len());
            assert_eq!(Law::new().quoted(&text, all), want, "{text:?}");
        };
        check("Theo khoản 2 Điều 7 Luật Cư trú, công dân có quyền", true);
        check("Điều 5 của Nghị định số 61 quy định rằng", true);
        check("Theo Điều 30 Thông tư này thì", true);
        check("Điều đó làm tôi nhớ mãi một kỷ niệm", false);
        check(
            "Tôi kể một chuyện rất dài ở nhà rồi mới nhắc Điều 7 Luật Cư trú",
            false,
        );
        check("", false);
    }
}
