//! Finds the slip: labelled lines at the head and foot of an essay, page margins, mail, sender, file name.

mod labelled;

pub(crate) use labelled::Found;
pub(crate) use labelled::labelled;

use super::Fact;
use super::Place;
use super::Slip;
use super::date;
use super::file_name;
use super::labels;
use super::labels::Field;
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
/// Lines in which an author may stand without a label: "Nguyễn Văn An – 9/2/1981 – Trường …".
const LISTED: usize = 5;
/// How a line begins in which authors introduce themselves, folded.
const INTRODUCES: &[&str] = &[
    "toi ten la",
    "em ten la",
    "ten toi la",
    "ten em la",
    "chau ten la",
    "toi la",
    "em la",
];
/// How the lines below begin, once the name is known.
const GOES_ON: &[&str] = &[
    "chau hoc",
    "em hoc",
    "con hoc",
    "em dang hoc",
    "chau dang hoc",
    "hoc sinh truong",
    "sinh vien truong",
    "giao vien truong",
    "hien la hoc sinh",
    "hien la giao vien",
];
/// How a school's name begins that stands above everything.
const LETTERHEAD: &[&str] = &[
    "truong thcs",
    "truong thpt",
    "truong tieu hoc",
    "truong trung hoc",
    "truong dai hoc",
    "truong mam non",
    "truong cao dang",
];
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
        if line.text.len() <= LINE && INTRODUCES.iter().any(|phrase| folded.starts_with(phrase)) {
            let facts = phrases::facts(line.text);
            if facts.iter().any(|(field, _)| *field == Field::Name) {
                draft.take(facts, Place::EssayHead, Some(line.span()));
            }
        }
        if draft.name.is_some()
            && line.text.len() <= 200
            && GOES_ON.iter().any(|phrase| folded.starts_with(phrase))
        {
            draft.take(
                phrases::facts(line.text),
                Place::EssayHead,
                Some(line.span()),
            );
        }
        if draft.letterhead.is_none()
            && line.text.len() <= 100
            && LETTERHEAD.iter().any(|phrase| folded.starts_with(phrase))
        {
            draft.letterhead = fact(tidy(line.text), Place::EssayHead, Some(line.span()));
        }
    }
    for line in lines.iter().take(head.min(LISTED)) {
        draft.listed(line);
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
        labelled = labelled
            || labels::scan(line.text)
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
            if let Some(value) = found.value.filter(|_| !found.of_others) {
                self.set(found.field, value, place, own.then_some(found.span));
            }
        }
    }

    /// A line of facts without labels: a name first, then by their look a date, a phone, a class, a school.
    fn listed(&mut self, line: &Line) {
        if line.text.len() > LINE || !labels::scan(line.text).is_empty() {
            return;
        }
        let parts: Vec<&str> = line
            .text
            .split(['\t', '|', ';'])
            .flat_map(|part| part.split(" - "))
            .flat_map(|part| part.split(" – "))
            .map(str::trim)
            .collect();
        let Some(found) = parts.first().and_then(|first| name::full(first)) else {
            return;
        };
        let facts: Vec<(Field, String)> = parts
            .iter()
            .skip(1)
            .filter_map(|part| {
                if let Some(number) = phone::first(part) {
                    return Some((Field::Phone, number));
                }
                if let Some(date) = date::birth(part) {
                    return Some((Field::Birth, date));
                }
                let class = part.strip_prefix("Lớp").unwrap_or(part).trim();
                if let Some(class) = phrases::class(class) {
                    return Some((Field::Class, class));
                }
                let school = part.to_lowercase().starts_with("trường ");
                school.then(|| (Field::School, tidy(part)))
            })
            .collect();
        if !facts.is_empty() {
            self.set(Field::Name, found, Place::EssayHead, Some(line.span()));
            self.take(facts, Place::EssayHead, Some(line.span()));
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

#[cfg(test)]
mod heads;
#[cfg(test)]
mod tests;
