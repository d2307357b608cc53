//! The form of a document (R001-13..16): how many letters stand in which font and size, and whether they
//! carry diacritics. Advice for the sender and the judges, never a refusal.

use std::borrow::Cow;
use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::Form;
use crate::entry::Finding;
use crate::entry::FindingCode;
use crate::text::is_letter;
use crate::text::legacy;

/// Below this share of Times New Roman the sender is told. Word processors set single letters they lack in
/// another font by themselves (17 % in a text exported by LibreOffice): that is no fault of the sender's.
const MOSTLY: f32 = 0.75;

/// Letters counted by font and size while a document is read.
#[derive(Debug, Default)]
pub struct Census {
    fonts: HashMap<String, u64>,
    /// Key: tenths of a point.
    sizes: HashMap<u32, u64>,
    legacy: HashMap<&'static str, u64>,
}

impl Census {
    /// Counts letters that stand together; `size` in points, 0 where unknown.
    pub fn count(&mut self, font: &str, size: f32, letters: u64) {
        if letters == 0 {
            return;
        }
        if !font.is_empty() {
            if let Some(known) = self.fonts.get_mut(font) {
                *known += letters;
            } else {
                self.fonts.insert(font.to_owned(), letters);
            }
        }
        if size > 0.0 && size < 2_000.0 {
            *self.sizes.entry((size * 10.0).round() as u32).or_default() += letters;
        }
    }

    /// Adds the counts of another story.
    pub fn add(&mut self, other: Census) {
        for (font, letters) in other.fonts {
            *self.fonts.entry(font).or_default() += letters;
        }
        for (size, letters) in other.sizes {
            *self.sizes.entry(size).or_default() += letters;
        }
        for (encoding, letters) in other.legacy {
            *self.legacy.entry(encoding).or_default() += letters;
        }
    }

    /// Counts letters that were stored in a legacy encoding.
    pub fn count_legacy(&mut self, encoding: &'static str, letters: u64) {
        *self.legacy.entry(encoding).or_default() += letters;
    }

    /// Counts a run of text and gives it back in Unicode, whatever encoding its font stands for. `ascii` is the font
    /// of the plain letters, `other` that of all others; `points` as in `count`.
    pub fn run<'a>(
        &mut self,
        ascii: &str,
        other: &str,
        points: f32,
        text: &'a str,
    ) -> Cow<'a, str> {
        let (mut plain, mut marked) = (0, 0);
        for c in text.chars().filter(|c| is_letter(*c)) {
            if c.is_ascii() {
                plain += 1
            } else {
                marked += 1
            }
        }
        self.count(ascii, points, plain);
        self.count(other, points, marked);
        if legacy::is_tcvn3_font(ascii) && legacy::is_below_unicode(text) {
            self.count_legacy("TCVN3", plain + marked);
            return Cow::Owned(legacy::tcvn3(text, ascii));
        }
        if legacy::is_vni_font(ascii) && legacy::is_below_unicode(text) {
            self.count_legacy("VNI", plain + marked);
            return Cow::Owned(legacy::vni(text));
        }
        Cow::Borrowed(text)
    }

    /// The form, with the findings that differ from the rules. `text` is the body; `paper` comes from the format.
    pub fn form(&self, text: &str, paper: Option<String>) -> (Form, Vec<Finding>) {
        let mut findings = Vec::new();
        let letters: u64 = self.fonts.values().sum();
        let times: u64 = self
            .fonts
            .iter()
            .filter(|(font, _)| is_times_new_roman(font))
            .map(|(_, count)| count)
            .sum();
        let font = most(&self.fonts).cloned();
        let font_share = (letters > 0).then(|| times as f32 / letters as f32);
        let size = most(&self.sizes).map(|tenths| *tenths as f32 / 10.0);
        // A fifth of the letters may be a quotation; more is how the text was typed.
        let legacy = most(&self.legacy)
            .filter(|name| self.legacy.get(*name).is_some_and(|n| *n * 5 > letters))
            .map(|name| (*name).to_owned());
        let diacritics = diacritics(text);

        if let Some(paper) = &paper
            && paper != "A4"
        {
            findings.push(Finding::new(FindingCode::NotA4, paper.clone()));
        }
        if let (Some(share), Some(font)) = (font_share, &font)
            && share < MOSTLY
            && !stands_in_for_times(font)
        {
            let detail = if is_times_new_roman(font) {
                format!("{}%", (share * 100.0).round())
            } else {
                font.clone()
            };
            findings.push(Finding::new(FindingCode::NotTimesNewRoman, detail));
        }
        if let Some(size) = size
            && !(13.5..=14.5).contains(&size)
        {
            findings.push(Finding::new(FindingCode::NotSize14, format!("{size}")));
        }
        if diacritics == Some(false) {
            findings.push(FindingCode::NoDiacritics.into());
        }
        if let Some(name) = &legacy {
            findings.push(Finding::new(FindingCode::LegacyEncoding, name.clone()));
        }
        let form = Form {
            paper,
            font,
            font_share,
            size,
            diacritics,
            legacy,
        };
        (form, findings)
    }
}

/// The most frequent key; equal counts are settled by the key, so that a file always gets the same answer.
fn most<K: Ord>(counts: &HashMap<K, u64>) -> Option<&K> {
    counts
        .iter()
        .max_by(|a, b| a.1.cmp(b.1).then_with(|| b.0.cmp(a.0)))
        .map(|(key, _)| key)
}

/// Whether the text is written with Vietnamese diacritics; `None` for under 40 letters.
///
/// Ordinary Vietnamese marks 29 letters in a hundred; 5 is far below any honest text and above names in a foreign one.
pub fn diacritics(text: &str) -> Option<bool> {
    let mut letters = 0_u32;
    let mut marked = 0_u32;
    for c in text.chars().filter(|c| is_letter(*c)) {
        letters += 1;
        if c == 'đ'
            || c == 'Đ'
            || (!c.is_ascii() && std::iter::once(c).nfd().any(is_combining_mark))
        {
            marked += 1;
        }
    }
    (letters >= 40).then(|| f64::from(marked) / f64::from(letters) >= 0.05)
}

/// Whether a font name, as a docx or a PDF spells it, is Times New Roman.
pub fn is_times_new_roman(font: &str) -> bool {
    let plain: String = font
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    plain.starts_with("timesnewroman")
}

/// Fonts that a program without Times New Roman puts in its place, letter for letter as wide: the author did
/// choose Times New Roman, and is not to be told otherwise.
fn stands_in_for_times(font: &str) -> bool {
    let plain: String = font
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    [
        "liberationserif",
        "tinos",
        "nimbusroman",
        "texgyretermes",
        "freeserif",
    ]
    .iter()
    .any(|name| plain.starts_with(name))
}

/// "21cm", "8.5in", "14pt" in points, as style sheets and OpenDocument write it; `None` for what has no fixed size.
pub fn length(text: &str) -> Option<f64> {
    let text = text.trim();
    let unit = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(unit);
    let number: f64 = number.parse().ok()?;
    Some(match unit {
        "pt" => number,
        "cm" => number / 2.54 * 72.0,
        "mm" => number / 25.4 * 72.0,
        "in" | "inch" => number * 72.0,
        "pc" => number * 12.0,
        "px" => number * 0.75,
        _ => return None,
    })
}

/// The paper of a sheet of this size in points, in either direction: "A4", "A3", "A5", "Letter", "Legal",
/// else millimetres, "216×330". Two millimetres of tolerance.
pub fn paper(width: f64, height: f64) -> Option<String> {
    let known = [
        ("A4", 210.0, 297.0),
        ("A3", 297.0, 420.0),
        ("A5", 148.0, 210.0),
        ("Letter", 215.9, 279.4),
        ("Legal", 215.9, 355.6),
    ];
    let mm = |points: f64| points / 72.0 * 25.4;
    let (short, long) = (mm(width.min(height)), mm(width.max(height)));
    if !(width.is_finite() && height.is_finite()) || short < 1.0 {
        return None;
    }
    let near = known
        .iter()
        .find(|(_, w, h)| (short - w).abs() <= 2.0 && (long - h).abs() <= 2.0);
    Some(match near {
        Some((name, _, _)) => (*name).to_owned(),
        None => format!("{short:.0}×{long:.0}"),
    })
}

#[cfg(test)]
mod tests {
    use super::Census;
    use super::diacritics;
    use super::is_times_new_roman;
    use super::paper;
    use crate::entry::FindingCode;

    #[test]
    fn paper_is_known_in_both_directions() {
        let check = |w, h, want: &str| assert_eq!(paper(w, h).as_deref(), Some(want));
        check(595.3, 841.9, "A4");
        check(842.0, 595.0, "A4");
        check(612.0, 792.0, "Letter");
        check(612.3, 935.4, "216×330");
        assert_eq!(paper(f64::NAN, 10.0), None);
    }

    #[test]
    fn times_new_roman_has_many_spellings() {
        let check = |name, want| assert_eq!(is_times_new_roman(name), want, "{name}");
        check("Times New Roman", true);
        check("TimesNewRomanPS-BoldMT", true);
        check("Times-New-Roman,Bold", true);
        check("LiberationSerif", false);
        check(".VnTime", false);
    }

    #[test]
    fn text_without_marks_is_noticed() {
        assert_eq!(diacritics("ngắn"), None);
        let plain = "Dich vu cong truc tuyen giup nguoi dan tiet kiem thoi gian va chi phi di lai";
        assert_eq!(diacritics(plain), Some(false));
        let marked = "Dịch vụ công trực tuyến giúp người dân tiết kiệm thời gian và chi phí đi lại";
        assert_eq!(diacritics(marked), Some(true));
    }

    #[test]
    fn letters_decide_the_font_and_the_size_not_headings() {
        let mut census = Census::default();
        census.count("Arial", 20.0, 40);
        census.count("Times New Roman", 14.0, 960);
        let (form, findings) = census.form("", Some("A4".to_owned()));
        assert_eq!(form.font.as_deref(), Some("Times New Roman"));
        assert_eq!(form.size, Some(14.0));
        assert!(findings.is_empty(), "{findings:?}");
        census.count("Arial", 13.0, 2_000);
        let (_, findings) = census.form("", Some("Letter".to_owned()));
        let codes: Vec<FindingCode> = findings.iter().map(|f| f.code).collect();
        assert_eq!(
            codes,
            [
                FindingCode::NotA4,
                FindingCode::NotTimesNewRoman,
                FindingCode::NotSize14
            ]
        );
    }
}
