//! The parts of an essay that speak of its author: labelled lines at the head and foot, titles above them, and the
//! signature below. There a label stays and its value goes, and what is a mere word elsewhere is masked too.

use super::known::Known;
use super::letters::Letters;
use super::names::Trust;
use crate::slip::date;
use crate::slip::find;
use crate::slip::find::Found;
use crate::slip::find::Line;
use crate::slip::labels::Field;
use crate::slip::labels::Firm;
use crate::slip::name;
use crate::slip::phone;
use crate::text::fold;

type Range = (usize, usize);

/// How far from a label that surely speaks of a person (name, birth, phone, class) another one still does, in lines.
const NEAR: usize = 6;
/// Lines of titles before the first question or paragraph.
const TITLES: usize = 8;
/// Longer lines are prose (bytes).
const SHORT: usize = 150;

/// The zones of one text, found without knowing whose it is.
pub struct Zones {
    /// Values of labels, and lines that are a signature.
    pub values: Vec<Range>,
    /// Names that labels and signatures tell.
    names: Vec<String>,
    phones: Vec<String>,
    /// Short lines of the head and foot, whole.
    lines: Vec<Range>,
    /// Lines in which the signature may stand.
    signed: Vec<Range>,
}

impl Zones {
    pub fn of(text: &str) -> Zones {
        let lines = find::lines(text);
        let head = find::head(&lines);
        let foot = lines.len().saturating_sub(find::FOOT);
        let mut zones = Zones {
            values: Vec::new(),
            names: Vec::new(),
            phones: Vec::new(),
            lines: Vec::new(),
            signed: Vec::new(),
        };
        let above = lines.get(..head).unwrap_or(&[]);
        let below = lines.get(foot.max(head)..).unwrap_or(&[]);
        let top = zones.labels(text, above);
        let bottom = zones.labels(text, below);
        let titles = above
            .iter()
            .take(TITLES)
            .take_while(|line| line.text.len() <= SHORT && !find::opens_body(&fold(line.text)))
            .count();
        let top = top.map_or(0, |(_, last)| last + 1).max(titles);
        zones.lines.extend(short(above.get(..top).unwrap_or(&[])));
        let last = lines.get(foot..).unwrap_or(&[]);
        let signed = last
            .iter()
            .position(|line| line.text.len() <= SHORT && find::opens_signature(&fold(line.text)));
        if let Some(from) = signed {
            zones.lines.extend(short(last.get(from..).unwrap_or(&[])));
            zones.signature(last.get(from..).unwrap_or(&[]));
        }
        if let Some((from, _)) = bottom {
            zones.lines.extend(short(below.get(from..).unwrap_or(&[])));
        }
        // A last line that is nothing but a name needs no label.
        let end = lines.last().filter(|line| line.text.len() <= SHORT / 2);
        zones.signed.extend(end.map(Line::span));
        zones
    }

    /// Tells the known what the zones tell of the author.
    pub fn tell(&self, known: &mut Known) {
        for value in &self.names {
            let trust = match name::full(value) {
                Some(_) => Trust::Author,
                None => Trust::Perhaps,
            };
            known.name(Some(value), trust);
        }
        known.phones.extend(self.phones.iter().cloned());
    }

    /// What else is to go within the zones, now that it is known whose essay it is.
    pub fn find(&self, text: &str, letters: &Letters, known: &Known) -> Vec<Range> {
        let mut found = Vec::new();
        for (from, to) in known.units_in(letters) {
            found.push(letters.range_of_words(from, to));
        }
        for name in &known.names {
            found.extend(name.pairs(letters));
        }
        for (at, word) in letters.words.iter().enumerate() {
            if known.classes.contains(&word.folded) {
                found.push(letters.range_of_words(at, at + 1));
            }
        }
        for (start, end, date) in date::all(text) {
            if known.births.contains(&date) {
                found.push((start, end));
            }
        }
        let inside = |range: &Range| {
            self.lines
                .iter()
                .any(|line| line.0 <= range.0 && range.1 <= line.1)
        };
        found.retain(inside);
        for line in &self.signed {
            let written = text.get(line.0..line.1).unwrap_or_default();
            let letters = Letters::of(written);
            if known.names.iter().any(|name| name.holds_all(&letters)) {
                found.push(*line);
            }
        }
        for line in &self.lines {
            found.extend(place_of_date(text, *line, known));
        }
        found
    }

    /// Masks the values of labels that stand near one that surely speaks of a person. Returns the first and the last
    /// such line.
    fn labels(&mut self, text: &str, lines: &[Line]) -> Option<(usize, usize)> {
        let found = find::labelled(lines);
        let index = |found: &Found| {
            lines
                .iter()
                .position(|line| line.start >= found.span.0)
                .unwrap_or(0)
        };
        let anchor = |found: &&Found| {
            let short = found.span.1 - found.span.0 <= SHORT / 2;
            let person = matches!(
                found.field,
                Field::Name | Field::Signature | Field::Birth | Field::Phone | Field::Class
            );
            person && found.value.is_some() && (found.firm == Firm::Marked || short)
        };
        let anchors: Vec<usize> = found.iter().filter(anchor).map(index).collect();
        let mut reach: Option<(usize, usize)> = None;
        for found in &found {
            let at = index(found);
            if !anchors.iter().any(|anchor| anchor.abs_diff(at) <= NEAR) {
                continue;
            }
            let values: Vec<Range> = found
                .places
                .iter()
                .filter_map(|place| value(text, found, *place))
                .collect();
            if values.is_empty() && found.value.is_none() {
                continue;
            }
            reach = Some(reach.map_or((at, at), |(first, last)| (first.min(at), last.max(at))));
            self.values.extend(values);
            match (found.field, &found.value) {
                (Field::Name | Field::Signature, Some(name)) => self.names.push(name.clone()),
                (Field::Phone, Some(phone)) => self.phones.push(phone.clone()),
                (_, _) => {}
            }
        }
        reach
    }

    /// The lines below "Người dự thi" or below the place and the day: a name alone, or part of it.
    fn signature(&mut self, lines: &[Line]) {
        let mut open = 0;
        for line in lines.iter().filter(|line| line.text.len() <= SHORT) {
            let folded = fold(line.text);
            if find::opens_signature(&folded) {
                open = 4;
                continue;
            }
            if open == 0 {
                continue;
            }
            open -= 1;
            self.signed.push(line.span());
            let capital = line.text.trim_start().starts_with(char::is_uppercase);
            if let Some(found) = name::full(line.text).filter(|_| capital) {
                self.values.push(line.span());
                self.names.push(found);
            }
        }
    }
}

fn short(lines: &[Line]) -> Vec<Range> {
    lines
        .iter()
        .filter(|line| line.text.len() <= SHORT)
        .map(Line::span)
        .collect()
}

/// The part of a label's place that is its value; `None` where it says nothing of the author.
fn value(text: &str, found: &Found, (start, end): Range) -> Option<Range> {
    let raw = text.get(start..end)?;
    let length = raw.chars().count();
    let within = |from: usize, to: usize| Some((start + from, start + to));
    let digits = raw.chars().filter(char::is_ascii_digit).count();
    let whole =
        found.firm == Firm::Marked && length <= if is_place(found.field) { 220 } else { 100 };
    match found.field {
        Field::Public => None,
        Field::Other => whole.then_some((start, end)),
        Field::Name | Field::Signature
            if whole || found.value.is_some() && name::full(raw).is_some() =>
        {
            // "Người viết: Lê An. Trước đây, muốn đăng ký khai sinh …": no more than the name.
            let cut = raw.find([',', ';', '(', '|']).filter(|_| length > 60);
            let named = found.value.is_some() || found.field == Field::Name;
            named.then(|| (start, cut.map_or(end, |cut| start + cut)))
        }
        Field::Name | Field::Signature => {
            let bare = raw.trim_start_matches(|c: char| !c.is_alphanumeric());
            let (_, to) = name::leading(bare)?;
            let skipped = raw.len() - bare.len();
            within(skipped, skipped + to)
        }
        Field::Birth | Field::Phone if whole => (digits >= 4).then_some((start, end)),
        Field::Birth => date::all(raw)
            .first()
            .and_then(|(from, to, _)| within(*from, *to)),
        Field::Phone => phone::all(raw)
            .first()
            .and_then(|(from, to, _)| within(*from, *to)),
        Field::Class if whole && length <= 60 => {
            (digits > 0 || found.value.is_some()).then_some((start, end))
        }
        Field::Class => {
            let value = found.value.as_deref()?;
            let from = raw.find(value)?;
            within(from, from + value.len())
        }
        Field::Unit | Field::School | Field::Address | Field::Household => {
            found.value.as_ref().map(|_| (start, end))
        }
    }
}

fn is_place(field: Field) -> bool {
    matches!(
        field,
        Field::Unit | Field::School | Field::Address | Field::Household | Field::Other
    )
}

/// "Cổ Đô, ngày 05 tháng 9": the place, when it is the author's own and smaller than the whole town.
fn place_of_date(text: &str, (start, end): Range, known: &Known) -> Option<Range> {
    let line = text.get(start..end)?;
    let (place, rest) = line.split_once(',')?;
    if !fold(rest).starts_with("ngay") {
        return None;
    }
    let words = super::letters::folded(place);
    let own = |list: &[Vec<String>]| {
        list.iter().any(|known| {
            known.windows(words.len().max(1)).any(|part| part == words) && !known.ends_with(&words)
        })
    };
    (own(&known.units) || own(&known.addresses)).then_some((start, start + place.len()))
}
