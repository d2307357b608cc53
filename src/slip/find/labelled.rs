//! Labelled lines, labels above rows of values, values below their label, and labels torn in two by a line's end.

use super::LINE;
use super::Line;
use crate::slip::date;
use crate::slip::labels;
use crate::slip::labels::Field;
use crate::slip::labels::Firm;
use crate::slip::name;
use crate::slip::phone;
use crate::slip::phrases;
use crate::slip::word::slice;
use crate::slip::word::tidy;
use crate::slip::word::words;
use crate::text as folding;

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
    /// It stands in a sentence that speaks of somebody: "Ông Lâm, sinh ngày …".
    pub of_others: bool,
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
        if found.is_empty() {
            if let Some(torn) = lines.get(at + 1).and_then(|next| torn(line, next)) {
                out.push(torn);
                skip = at + 2;
            }
            continue;
        }
        let prose = found
            .first()
            .is_some_and(|first| is_prose(line.text, first));
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
                            of_others: false,
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
                        of_others: false,
                    });
                }
                out.push(Found {
                    field: label.field,
                    firm: label.firm,
                    value,
                    span,
                    places,
                    of_others: prose && label.firm == Firm::Bare,
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
                    of_others: false,
                });
                skip = at + 2;
            }
        }
    }
    out
}

/// A label that began in one line and ends in the next: "Số điện" above "thoại: 0912 345 678".
fn torn(line: &Line, next: &Line) -> Option<Found> {
    if line.text.chars().count() > 30 || next.text.len() > LINE || words(line.text).len() > 4 {
        return None;
    }
    let joined = format!("{} {}", line.text, next.text);
    let seam = line.text.len() + 1;
    let found = labels::scan(&joined);
    let label = found.first()?;
    let leads = slice(&joined, 0, label.start)
        .chars()
        .all(|c| !c.is_alphanumeric());
    if !leads || label.value <= seam || label.firm != Firm::Marked {
        return None;
    }
    let end = found.get(1).map_or(joined.len(), |second| second.start);
    Some(Found {
        field: label.field,
        firm: Firm::Marked,
        value: read(label.field, Firm::Marked, slice(&joined, label.value, end)),
        span: (line.start, next.span().1),
        places: vec![(
            next.start + label.value - seam,
            next.start + end.saturating_sub(seam),
        )],
        of_others: false,
    })
}

/// Whether what stands before the first label of a line makes it a sentence about somebody else.
fn is_prose(line: &str, first: &labels::Label) -> bool {
    let before = slice(line, 0, first.start);
    let all = words(before);
    let opening = all.first().map_or("", |word| word.folded.as_str());
    let own = ["toi", "em", "chau", "con", "minh"].contains(&opening);
    let other =
        ["ong", "ba", "anh", "chi", "co", "chu", "bac"].contains(&opening) && all.len() >= 2;
    let marked = before.contains(['\t', ':', '|']);
    !own && !marked && (other || all.len() >= 4 && name::full(before).is_none())
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

/// Whether a value is what the form says of itself: "(ghi rõ trường, lớp)", also where the scan cut it short.
fn is_note(value: &str) -> bool {
    let close = value
        .strip_prefix('(')
        .map(|rest| rest.find(')'))
        .or_else(|| value.strip_prefix('[').map(|rest| rest.find(']')));
    let whole = close.is_some_and(|close| close.is_none_or(|at| at + 2 >= value.len()));
    whole || folding::fold(value).starts_with("ghi ro")
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
            let misread = || date::misread(&value).filter(|_| firm == Firm::Marked);
            let date = date::birth(&value).or_else(misread)?;
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
                && !is_note(&value)
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
