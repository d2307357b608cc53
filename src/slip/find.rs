//! Finds the slip: labelled lines at the head and foot of an essay, page margins, mail, sender, file name.

use super::Fact;
use super::Place;
use super::Slip;
use super::date;
use super::file_name;
use super::labels;
use super::labels::Field;
use super::labels::Firm;
use super::name;
use super::phone;
use super::phrases;
use super::word::slice;
use super::word::tidy;
use super::word::words;
use crate::text as folding;

/// Lines with text that count as the head of an essay, and as its foot.
const HEAD: usize = 40;
pub(crate) const FOOT: usize = 15;
/// Lines of a mail that are read.
const MAIL: usize = 200;
/// Longer lines are running text, never labelled lines (bytes).
pub(crate) const LINE: usize = 600;

/// Reads the labelled lines at the head (or foot) of an essay, then its page margins, then the file's name.
pub fn from_essay(text: &str, margins: &str, file_name: &str) -> Slip {
    let lines = lines(text);
    let mut draft = Draft::default();
    let (head, foot) = (head(&lines), lines.len().saturating_sub(FOOT));
    draft.labelled(lines.get(..head).unwrap_or(&[]), Place::EssayHead);
    for line in lines.iter().take(head.min(FOOT)) {
        let folded = folding::fold(slice(line.text, 0, line.text.len().min(60)));
        let speaks = [
            "toi ten la",
            "em ten la",
            "ten toi la",
            "ten em la",
            "chau ten la",
            "toi la",
            "em la",
        ];
        if line.text.len() <= LINE && speaks.iter().any(|phrase| folded.starts_with(phrase)) {
            let facts = phrases::facts(line.text);
            if facts.iter().any(|(field, _)| *field == Field::Name) {
                draft.take(facts, Place::EssayHead, Some(line.span()));
            }
        }
        let letterhead = [
            "truong thcs",
            "truong thpt",
            "truong tieu hoc",
            "truong trung hoc",
            "truong dai hoc",
            "truong mam non",
            "truong cao dang",
        ];
        if draft.letterhead.is_none()
            && line.text.len() <= 100
            && letterhead.iter().any(|phrase| folded.starts_with(phrase))
        {
            draft.letterhead = fact(tidy(line.text), Place::EssayHead, Some(line.span()));
        }
    }
    let foot = lines.get(foot.max(head)..).unwrap_or(&[]);
    draft.labelled(foot, Place::EssayHead);
    draft.signature(lines.get(lines.len().saturating_sub(FOOT)..).unwrap_or(&[]));
    let margin = self::lines(margins);
    draft.labelled(&margin, Place::PageMargin);
    for line in margin.iter().take(HEAD) {
        for part in line.text.split(['\t', '|', '–', '-', ',', ';']) {
            if let Some(found) = name::full(part) {
                draft.set(Field::Name, found, Place::PageMargin, None);
            }
        }
    }
    if let Some(found) = file_name::name(file_name) {
        draft.set(Field::Name, found, Place::FileName, None);
    }
    if let Some(found) = file_name::class(file_name) {
        draft.set(Field::Class, found, Place::FileName, None);
    }
    draft.finish()
}

/// Reads what a mail says of its author: labelled lines and set phrases of the body, then the sender's display name.
pub fn from_mail(body: &str, sender_name: &str) -> Slip {
    let mut draft = Draft::default();
    let lines = lines(body);
    let lines = lines.get(..lines.len().min(MAIL)).unwrap_or(&[]);
    draft.labelled(lines, Place::Mail);
    for line in lines {
        if line.text.len() <= 4 * LINE {
            let mut facts = phrases::facts(line.text);
            // "… đăng ký vào lớp 6": an essay in the mail speaks of forms that are not its author's.
            let introduces = facts
                .iter()
                .any(|(field, _)| matches!(field, Field::Name | Field::School | Field::Birth));
            facts.retain(|(field, value)| {
                *field != Field::Class || introduces || value.chars().any(char::is_alphabetic)
            });
            draft.take(facts, Place::Mail, None);
        }
    }
    if let Some(found) = name::full(sender_name) {
        draft.set(Field::Name, found, Place::Sender, None);
    }
    draft.finish()
}

/// A line with text, and where it stands.
#[derive(Clone, Copy)]
pub(crate) struct Line<'a> {
    pub text: &'a str,
    pub start: usize,
}

impl Line<'_> {
    pub fn span(&self) -> (usize, usize) {
        (self.start, self.start + self.text.len())
    }
}

pub(crate) fn lines(text: &str) -> Vec<Line<'_>> {
    let mut out = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        let kept = line.trim_end_matches('\r');
        if !kept.trim().is_empty() {
            out.push(Line { text: kept, start });
        }
        start += line.len() + 1;
    }
    out
}

/// How many lines the head has: up to the first question once something was labelled, and never over `HEAD`.
pub(crate) fn head(lines: &[Line]) -> usize {
    let mut labelled = false;
    for (at, line) in lines.iter().take(HEAD).enumerate() {
        if line.text.len() > LINE {
            continue;
        }
        let folded = folding::fold(line.text);
        if labelled && opens_body(&folded) {
            return at;
        }
        labelled |= labels::scan(line.text)
            .iter()
            .any(|label| label.field == Field::Name || label.field == Field::Birth);
    }
    lines.len().min(HEAD)
}

/// Whether a folded line opens the part that answers: "Câu 1", "I. Phần trắc nghiệm", "Bài làm".
pub(crate) fn opens_body(folded: &str) -> bool {
    let body = [
        "cau 1",
        "cau hoi",
        "phan trac nghiem",
        "i phan",
        "phan i ",
        "phan 1",
        "bai lam",
        "tra loi",
        "phan thi",
    ];
    body.iter().any(|opening| folded.starts_with(opening)) && !folded.contains("thong tin")
}

/// Whether a folded line stands above a signature: "Người dự thi", or the place and the day.
pub(crate) fn opens_signature(folded: &str) -> bool {
    let signs = [
        "nguoi du thi",
        "nguoi viet",
        "nguoi lam bai",
        "nguoi tham gia",
        "ky ten",
        "tac gia",
        "nguoi thuc hien",
    ];
    let dated = folded.contains("ngay") && folded.contains("thang") && folded.contains("nam");
    dated
        || signs
            .iter()
            .any(|sign| folded.starts_with(sign) || folded.ends_with(sign))
}

fn fact(value: String, place: Place, span: Option<(usize, usize)>) -> Option<Fact> {
    (!value.is_empty()).then_some(Fact { value, place, span })
}

/// Facts as they are gathered; the first of each kind stays.
#[derive(Default)]
struct Draft {
    name: Option<Fact>,
    birth: Option<Fact>,
    school: Option<Fact>,
    unit: Option<Fact>,
    letterhead: Option<Fact>,
    class: Option<Fact>,
    address: Option<Fact>,
    household: Option<Fact>,
    phone: Option<Fact>,
}

impl Draft {
    fn set(&mut self, field: Field, value: String, place: Place, span: Option<(usize, usize)>) {
        let slot = match field {
            Field::Name | Field::Signature => &mut self.name,
            Field::Birth => &mut self.birth,
            Field::School => &mut self.school,
            Field::Unit => &mut self.unit,
            Field::Class => &mut self.class,
            Field::Address => &mut self.address,
            Field::Household => &mut self.household,
            Field::Phone => &mut self.phone,
            Field::Other | Field::Public => return,
        };
        if slot.is_none() {
            *slot = fact(value, place, span);
        }
    }

    fn take(&mut self, facts: Vec<(Field, String)>, place: Place, span: Option<(usize, usize)>) {
        for (field, value) in facts {
            self.set(field, value, place, span);
        }
    }

    /// Reads labelled lines; spans are kept only for the essay's own text.
    fn labelled(&mut self, lines: &[Line], place: Place) {
        let own = place == Place::EssayHead;
        for found in labelled(lines) {
            if let Some(value) = found.value {
                self.set(found.field, value, place, own.then_some(found.span));
            }
        }
    }

    /// The name below "Người dự thi", or alone below the place and day at the end.
    fn signature(&mut self, lines: &[Line]) {
        let mut open = 0;
        for line in lines {
            if line.text.len() > 150 {
                continue;
            }
            let folded = folding::fold(line.text);
            if opens_signature(&folded) {
                open = 4;
                continue;
            }
            if open > 0 {
                open -= 1;
                if let Some(found) = name::full(line.text)
                    && line.text.trim_start().starts_with(char::is_uppercase)
                {
                    self.set(Field::Name, found, Place::EssayHead, Some(line.span()));
                }
            }
        }
    }

    fn finish(self) -> Slip {
        let unit = self.school.or(self.unit).or(self.letterhead);
        let class = self.class.or_else(|| {
            let unit = unit.as_ref()?;
            let all = words(&unit.value);
            let lop = all.iter().find(|word| word.folded == "lop")?;
            let class = phrases::class(slice(&unit.value, lop.end, unit.value.len()))?;
            fact(class, unit.place, unit.span)
        });
        Slip {
            name: self.name,
            birth_date: self.birth,
            unit,
            class,
            address: self.address.or(self.household),
            phone: self.phone,
        }
    }
}

/// A label with its value, where they stand.
pub(crate) struct Found {
    pub field: Field,
    pub firm: Firm,
    /// `None` where what stands there cannot be such a value.
    pub value: Option<String>,
    /// Byte range of the lines that hold it.
    pub span: (usize, usize),
    /// Byte ranges of the value itself, as written; two when it goes on in the next line.
    pub places: Vec<(usize, usize)>,
}

/// Reads labelled lines, labels above rows of values, and values that stand below their label.
pub(crate) fn labelled(lines: &[Line]) -> Vec<Found> {
    let mut out = Vec::new();
    let mut skip = 0;
    for (at, line) in lines.iter().enumerate() {
        if at < skip || line.text.len() > LINE {
            continue;
        }
        let found = labels::scan(line.text);
        let next = lines.get(at + 1).filter(|next| {
            next.text.len() <= LINE
                && labels::scan(next.text)
                    .iter()
                    .all(|label| label.firm == Firm::Bare && label.start > 0)
        });
        let ends = |index: usize| {
            found
                .get(index + 1)
                .map_or(line.text.len(), |label: &labels::Label| label.start)
        };
        let raw: Vec<&str> = found
            .iter()
            .enumerate()
            .map(|(index, label)| slice(line.text, label.value, ends(index)))
            .collect();
        let empty = raw.iter().all(|value| tidy(value).is_empty());
        // A row of labels above a row of values.
        if found.len() >= 2 && empty {
            if let Some(next) = next {
                let cells = cells(next.text);
                if cells.len() == found.len() {
                    for (label, (start, cell)) in found.iter().zip(cells) {
                        out.push(Found {
                            field: label.field,
                            firm: Firm::Marked,
                            value: read(label.field, Firm::Marked, cell),
                            span: next.span(),
                            places: vec![(next.start + start, next.start + start + cell.len())],
                        });
                    }
                    skip = at + 2;
                }
            }
            continue;
        }
        for (index, (label, value)) in found.iter().zip(&raw).enumerate() {
            let last = index + 1 == found.len();
            if !tidy(value).is_empty() {
                let (mut whole, mut span) = ((*value).to_owned(), line.span());
                let mut places = vec![(line.start + label.value, line.start + ends(index))];
                if last
                    && matches!(
                        label.field,
                        Field::Unit | Field::School | Field::Address | Field::Household
                    )
                    && unfinished(value)
                    && let Some(next) = next.filter(|next| next.text.len() <= 120)
                {
                    whole = format!("{} {}", value.trim_end(), next.text.trim());
                    span.1 = next.span().1;
                    places.push(next.span());
                    skip = at + 2;
                }
                let value = read(label.field, label.firm, &whole);
                if let Some(value) = &value
                    && label.field == Field::Class
                    && let Some(school) = school_after(value, line.text, label.value)
                {
                    out.push(Found {
                        field: Field::School,
                        firm: label.firm,
                        value: Some(school),
                        span,
                        places: Vec::new(),
                    });
                }
                out.push(Found {
                    field: label.field,
                    firm: label.firm,
                    value,
                    span,
                    places,
                });
            } else if last
                && let Some(next) = next
                && (label.firm == Firm::Marked || found.len() == 1 && label.start == 0)
                && label.field != Field::Signature
                && let Some(value) = read(label.field, Firm::Marked, next.text)
                && (label.firm == Firm::Marked || next.text.len() <= 150)
            {
                out.push(Found {
                    field: label.field,
                    firm: label.firm,
                    value: Some(value),
                    span: next.span(),
                    places: vec![next.span()],
                });
                skip = at + 2;
            }
        }
    }
    out
}

/// The cells of a row, each with the byte where it begins.
fn cells(line: &str) -> Vec<(usize, &str)> {
    let mark = if line.contains('\t') { "\t" } else { "  " };
    let mut start = 0;
    let mut out = Vec::new();
    for part in line.split(mark) {
        let cell = part.trim();
        if !cell.is_empty() {
            let indent = part.len() - part.trim_start().len();
            out.push((start + indent, cell));
        }
        start += part.len() + mark.len();
    }
    out
}

/// Whether a value goes on in the next line: it ends with a comma or with the kind of a place.
fn unfinished(value: &str) -> bool {
    let value = value.trim_end();
    let last = words(value).pop().map_or(String::new(), |word| word.folded);
    value.ends_with(',')
        || (value.len() >= 40
            && ["quan", "phuong", "huyen", "xa", "truong", "duong", "pho"].contains(&last.as_str()))
}

/// "Học sinh lớp 9A2 trường THCS …": the school that follows the class in its line.
fn school_after(class: &str, line: &str, from: usize) -> Option<String> {
    let rest = slice(line, from, line.len());
    let at = rest.find(class)? + class.len();
    phrases::facts(slice(rest, at, rest.len()))
        .into_iter()
        .find(|(field, _)| *field == Field::School)
        .map(|(_, school)| school)
}

/// The value of a label, if what stands there can be one.
fn read(field: Field, firm: Firm, raw: &str) -> Option<String> {
    let value = tidy(raw);
    match field {
        Field::Name => match firm {
            Firm::Marked => name::labelled(raw),
            Firm::Bare => name::full(&value)
                .or_else(|| name::leading(raw.trim_start()).map(|(found, _)| found)),
        },
        Field::Signature => match firm {
            Firm::Marked => name::labelled(raw),
            Firm::Bare => name::full(&value),
        },
        Field::Birth => {
            let date = date::birth(&value)?;
            let opens = value.starts_with(|c: char| c.is_ascii_digit())
                || folding::fold(&value).starts_with("ngay");
            (firm == Firm::Marked || opens).then_some(date)
        }
        Field::Phone => match firm {
            Firm::Marked => phone::labelled(&value),
            Firm::Bare => phone::first(&value).filter(|_| value.starts_with(['0', '+', '(', '8'])),
        },
        Field::Class => phrases::class(&value).or_else(|| {
            let short = value.split([',', ';']).next().map(tidy).unwrap_or_default();
            let shaped = firm == Firm::Marked
                && short.chars().any(|c| c.is_ascii_digit())
                && short.chars().count() <= 20;
            shaped.then_some(short)
        }),
        Field::School | Field::Unit | Field::Address | Field::Household => {
            let shaped = value.chars().any(char::is_alphabetic)
                && value.chars().count() <= 200
                && !value.contains('@')
                && !value.contains("www.")
                && !value.contains("http")
                && !value.ends_with(".vn");
            let place = firm == Firm::Marked
                || (field != Field::School
                    && value.chars().count() <= 150
                    && value.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
                    && value.contains([',', ' '])
                    && !raw.trim_end().ends_with(['.', '!', '?']));
            (shaped && place).then_some(value)
        }
        Field::Other | Field::Public => None,
    }
}

#[cfg(test)]
mod tests;
