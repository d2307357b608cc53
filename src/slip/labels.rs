//! Labels such as "Họ và tên:" and "Ngày sinh:", found folded, in any case, with one slip of the finger (D17).
//!
//! It is long because the table of labels is: one row for each way people announce a fact.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::word::Word;
use super::word::slice;
use super::word::within_one;
use super::word::words;

/// What a label announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Name,
    Birth,
    School,
    Unit,
    Class,
    /// Where the author lives now.
    Address,
    /// Where the author is registered: second to `Address`.
    Household,
    Phone,
    /// "Người dự thi" above a signature; the name may follow below.
    Signature,
    /// Something about the author that this program does not keep; it ends the value before it.
    Other,
    /// Something that says nothing of the author: it ends the value before it, and a judge may read it.
    Public,
}

/// How firmly a label announces its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Firm {
    /// A colon, a leader or the border of a cell stands between label and value.
    Marked,
    /// Only a space: the value must prove itself.
    Bare,
}

/// A label in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    pub field: Field,
    pub firm: Firm,
    /// Byte where the label begins, and where its value begins.
    pub start: usize,
    pub value: usize,
}

use Field::{
    Address, Birth, Class, Household, Name, Other, Phone, Public, School, Signature, Unit,
};

const LABELS: &[(&str, Field)] = &[
    ("ho va ten", Name),
    ("ho ten", Name),
    ("ho va ten thi sinh", Name),
    ("ho va ten nguoi du thi", Name),
    ("ho ten nguoi du thi", Name),
    ("ho va ten tac gia", Name),
    ("ho va ten hoc sinh", Name),
    ("ho ten hoc sinh", Name),
    ("ho chu dem va ten", Name),
    ("ho ten khai sinh", Name),
    ("ho ten thi sinh", Name),
    ("ten nguoi du thi", Name),
    ("ten thi sinh", Name),
    ("ten tac gia", Name),
    ("ten hoc sinh", Name),
    ("ten", Name),
    ("ten toi la", Name),
    ("toi ten la", Name),
    ("em ten la", Name),
    ("ten em la", Name),
    ("thi sinh", Name),
    ("tac gia", Name),
    ("thi sinh du thi", Name),
    ("hovaten", Name),
    ("full name", Name),
    ("nguoi du thi", Signature),
    ("nguoi viet", Signature),
    ("nguoi viet bai", Signature),
    ("nguoi lam bai", Signature),
    ("nguoi tham gia", Signature),
    ("nguoi tham du", Signature),
    ("nguoi thuc hien", Signature),
    ("nguoi viet bai du thi", Signature),
    ("nguoi tham gia du thi", Signature),
    ("ky ten", Signature),
    ("bai viet cua", Signature),
    ("bai du thi cua", Signature),
    ("bai lam cua", Signature),
    ("doan vien", Signature),
    ("hoi vien", Signature),
    ("hoc sinh", Signature),
    ("ngay sinh", Birth),
    ("sinh ngay", Birth),
    ("ngay thang nam sinh", Birth),
    ("nam sinh", Birth),
    ("sinh nam", Birth),
    ("ngay thang sinh", Birth),
    ("ngay nam sinh", Birth),
    ("sinh", Birth),
    ("sn", Birth),
    ("ns", Birth),
    ("don vi", Unit),
    ("don vi cong tac", Unit),
    ("dv", Unit),
    ("dvct", Unit),
    ("chi doan", Unit),
    ("chi bo", Unit),
    ("chi hoi", Unit),
    ("co quan", Unit),
    ("co quan cong tac", Unit),
    ("co quan don vi", Unit),
    ("don vi co quan", Unit),
    ("noi cong tac", Unit),
    ("noi lam viec", Unit),
    ("noi hoc tap", Unit),
    ("noi cong tac hoc tap", Unit),
    ("noi hoc tap cong tac", Unit),
    ("noi hoc tap lam viec", Unit),
    ("don vi hoc tap", Unit),
    ("don vi hoc tap cong tac", Unit),
    ("don vi cong tac hoc tap", Unit),
    ("don vi du thi", Unit),
    ("ten don vi", Unit),
    ("ten co quan", Unit),
    ("cong tac tai", Unit),
    ("dang cong tac tai", Unit),
    ("hien cong tac tai", Unit),
    ("hien dang cong tac tai", Unit),
    ("cong tac hoc tap tai", Unit),
    ("dang cong tac hoc tap tai", Unit),
    ("hien dang cong tac hoc tap tai", Unit),
    ("lam viec tai", Unit),
    ("don vi truong", Unit),
    ("to chuc", Unit),
    ("noi sinh hoat", Unit),
    ("co quan truong hoc", Unit),
    ("co quan don vi truong hoc", Unit),
    ("truong", School),
    ("truong hoc", School),
    ("ten truong", School),
    ("hoc sinh truong", School),
    ("sinh vien truong", School),
    ("giao vien truong", School),
    ("hoc tai", School),
    ("dang hoc tai", School),
    ("hoc tai truong", School),
    ("truong lop", School),
    ("lop truong", School),
    ("lop", Class),
    ("hoc sinh lop", Class),
    ("sinh vien lop", Class),
    ("chi doi", Class),
    ("lop hoc", Class),
    ("ten lop", Class),
    ("dia chi", Address),
    ("dia chi lien he", Address),
    ("dc", Address),
    ("d c", Address),
    ("dia chi lien lac", Address),
    ("dia chi nha", Address),
    ("dia chi nha rieng", Address),
    ("dia chi noi o", Address),
    ("dia chi cu tru", Address),
    ("noi o", Address),
    ("noi o hien nay", Address),
    ("noi o hien tai", Address),
    ("cho o", Address),
    ("cho o hien nay", Address),
    ("cho o hien tai", Address),
    ("noi cu tru", Address),
    ("cu tru tai", Address),
    ("cu tru", Address),
    ("tru tai", Address),
    ("dia chi hien nay", Address),
    ("dia chi hien tai", Address),
    ("tam tru", Address),
    ("tam tru tai", Address),
    ("hien tru tai", Address),
    ("hien o tai", Address),
    ("hien cu tru tai", Address),
    ("noi sinh song", Address),
    ("sinh song tai", Address),
    ("noi o cu tru", Address),
    ("noi tam tru", Address),
    ("ho khau", Household),
    ("ho khau thuong tru", Household),
    ("hktt", Household),
    ("dktt", Household),
    ("dkhktt", Household),
    ("thuong tru", Household),
    ("thuong tru tai", Household),
    ("noi thuong tru", Household),
    ("dia chi thuong tru", Household),
    ("noi dang ky ho khau thuong tru", Household),
    ("noi dk hktt", Household),
    ("noi dang ky thuong tru", Household),
    ("noi dkhk thuong tru", Household),
    ("so dien thoai", Phone),
    ("dien thoai", Phone),
    ("dt", Phone),
    ("sdt", Phone),
    ("so dt", Phone),
    ("dtdd", Phone),
    ("di dong", Phone),
    ("dien thoai lien he", Phone),
    ("so dien thoai lien he", Phone),
    ("dien thoai di dong", Phone),
    ("dt lien he", Phone),
    ("sdt lien he", Phone),
    ("lien he", Phone),
    ("tel", Phone),
    ("phone", Phone),
    ("mobile", Phone),
    ("dien thoai lien lac", Phone),
    ("so dien thoai lien lac", Phone),
    ("so lien he", Phone),
    ("so may", Phone),
    ("gioi tinh", Other),
    ("nam nu", Other),
    ("nghe nghiep", Other),
    ("chuc vu", Other),
    ("chuc danh", Other),
    ("email", Other),
    ("e mail", Other),
    ("mail", Other),
    ("dia chi email", Other),
    ("dia chi e mail", Other),
    ("dia chi mail", Other),
    ("dia chi web", Public),
    ("website", Public),
    ("cmnd", Other),
    ("so cmnd", Other),
    ("cccd", Other),
    ("so cccd", Other),
    ("so bao danh", Other),
    ("sbd", Other),
    ("dan toc", Other),
    ("ton giao", Other),
    ("quoc tich", Other),
    ("noi sinh", Other),
    ("que quan", Other),
    ("nguyen quan", Other),
    ("diem", Public),
    ("stt", Public),
    ("chu ky", Other),
    ("ma so", Other),
    ("kinh gui", Public),
    ("noi nhan", Public),
    ("ten bai du thi", Public),
    ("ten bai", Public),
    ("ten cuoc thi", Public),
    ("ten file", Other),
    ("ten tep", Other),
    ("don vi to chuc", Public),
    ("hieu truong", Other),
    ("truong phong", Other),
    ("nha truong", Public),
    ("moi truong", Public),
    ("dia chi co quan", Other),
    ("dia chi truong", Other),
    ("giao vien chu nhiem", Other),
    ("gvcn", Other),
    ("giao vien huong dan", Other),
    ("phu huynh", Other),
    ("ho ten phu huynh", Other),
    ("ho va ten phu huynh", Other),
    ("ho ten bo", Other),
    ("ho ten me", Other),
    ("ho va ten bo", Other),
    ("ho va ten me", Other),
    ("ho ten cha", Other),
    ("ho va ten cha", Other),
    ("trinh do", Other),
    ("facebook", Other),
    ("fax", Other),
    ("don vi tinh", Public),
];

/// Words that, between a label and its colon, say that somebody else or something else is meant.
const STRANGERS: &[&str] = &[
    "bo", "cha", "me", "huynh", "vien", "thay", "vo", "chong", "email", "mail", "web", "website",
    "trang", "chuc", "giam", "truong", "nhan", "nop", "gui",
];

/// What a folded text announces that is a label and nothing else: the heading of a column.
pub fn field(folded: &str) -> Option<Field> {
    let known = LABELS.iter().find(|(label, _)| *label == folded);
    known.map(|(_, field)| *field)
}

/// The labels of a line, from left to right.
pub fn scan(line: &str) -> Vec<Label> {
    let words = words(line);
    let mut out: Vec<Label> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        match label_at(line, &words, at, out.last()) {
            Some((label, next)) => {
                out.push(label);
                at = next;
            }
            None => at += 1,
        }
    }
    out
}

fn label_at(
    line: &str,
    words: &[Word],
    at: usize,
    before: Option<&Label>,
) -> Option<(Label, usize)> {
    let first = words.get(at)?;
    let opens = opens_segment(line, words, at);
    let (count, field, exact) = longest(line, words, at, opens)?;
    let mut last = words.get(at + count - 1)?;
    let mut next = at + count;
    let mut mark = marked(line, last.end);
    let mut field = field;
    // "Ngày sinh của em:", "Họ và tên (chữ in hoa):"
    if mark.is_none() && opens && exact && count > 1 {
        let mut strange = false;
        for extra in 1..=3 {
            let Some(word) = words.get(at + count - 1 + extra) else {
                break;
            };
            let gap = slice(line, last.end, word.start);
            if gap.trim().chars().any(|c| !"()/,".contains(c)) {
                break;
            }
            last = word;
            strange |= STRANGERS.contains(&word.folded.as_str());
            let colon = slice(line, last.end, line.len()).trim_start_matches([' ', ')']);
            if colon.starts_with([':', '：']) {
                mark = marked(line, line.len() - colon.len());
                next = at + count + extra;
                if strange {
                    field = Other;
                }
                break;
            }
        }
    }
    let short =
        first.end - first.start == slice(line, first.start, words.get(at + count - 1)?.end).len();
    // What follows a label at once is its value, be it spelled like a label: "Đơn vị | Trường …".
    let closes = at + count == words.len();
    let filled = closes
        || before.is_none_or(|label| {
            !super::word::tidy(slice(line, label.value, first.start)).is_empty()
        });
    let (firm, value) = match mark {
        Some(value)
            if opens
                || exact
                    && !(short
                        && [
                            "ten", "truong", "sinh", "mail", "diem", "dv", "dc", "sn", "ns",
                        ]
                        .contains(&first.folded.as_str())) =>
        {
            (Firm::Marked, value)
        }
        None if opens && exact && filled && (field != School || at == 0 || closes) => {
            // "Đơn vị Trường THCS …", two cells of a table: the word belongs to the school's name.
            let last = words.get(at + count - 1)?;
            let named = count > 1 && field == Unit && last.folded == "truong";
            (Firm::Bare, if named { last.start } else { last.end })
        }
        Some(_) | None => return None,
    };
    let label = Label {
        field,
        firm,
        start: first.start,
        value,
    };
    Some((label, next))
}

/// Whether a line, a cell or a part after a comma begins with this word; bullets and numbering may come before.
fn opens_segment(line: &str, words: &[Word], at: usize) -> bool {
    let Some(word) = words.get(at) else {
        return false;
    };
    let from = match at.checked_sub(1).and_then(|before| words.get(before)) {
        None => return true,
        Some(before) => before.end,
    };
    let gap = slice(line, from, word.start);
    if gap == " " {
        return false;
    }
    let numbered = at == 1
        && words
            .first()
            .is_some_and(|first| first.end - first.start <= 2)
        && gap.trim_start().starts_with(['.', ')', '/', '-']);
    numbered
        || gap.contains(['\t', ',', ';', '|', '–', '—', '…', '(', '_', '-', '•'])
        || gap.contains("  ")
        || gap.contains("..")
        || gap.contains(". ")
}

/// A label taken apart once, because every word of an essay is held against it.
struct Known {
    text: &'static str,
    /// Without spaces, as a page reader may have run it together.
    glued: String,
    words: Vec<&'static str>,
    field: Field,
}

static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(|| {
    let known = LABELS.iter().map(|(text, field)| Known {
        text,
        glued: text.replace(' ', ""),
        words: text.split(' ').collect(),
        field: *field,
    });
    known.collect()
});

/// How each of `KNOWN` starts, side by side in memory.
static STARTS: LazyLock<Vec<[u8; 2]>> =
    LazyLock::new(|| KNOWN.iter().map(|known| two(known.text)).collect());

/// The places in `KNOWN` of the labels that begin with a word.
static BEGINNING: LazyLock<HashMap<&'static str, Vec<usize>>> = LazyLock::new(|| {
    let mut beginning: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, known) in KNOWN.iter().enumerate() {
        let first = known.words.first().copied().unwrap_or_default();
        beginning.entry(first).or_default().push(at);
    }
    beginning
});

/// The longest label whose words stand here: its words, field, and whether letter by letter. In the middle of a
/// sentence only letter by letter.
fn longest(line: &str, words: &[Word], at: usize, opens: bool) -> Option<(usize, Field, bool)> {
    let first = words.get(at)?;
    let mut best: Option<(usize, Field, bool)> = None;
    let mut hold = |known: &Known| {
        let count = known.words.len();
        if opens && known.glued.len() >= 6 {
            let run = glued(line, words, at, &known.glued);
            if let Some(run) = run.filter(|run| *run != count)
                && best.is_none_or(|(other, _, exact)| !exact && run > other)
            {
                best = Some((run, known.field, false));
                return;
            }
        }
        let Some(window) = words.get(at..at + count) else {
            return;
        };
        let length = count - 1 + window.iter().map(|word| word.folded.len()).sum::<usize>();
        if length.abs_diff(known.text.len()) > 1 {
            return;
        }
        let torn = window.windows(2).any(|pair| match pair {
            [a, b] => slice(line, a.end, b.start).contains(['\t', ':', '|', ';']),
            _ => false,
        });
        if torn {
            return;
        }
        let exact = window
            .iter()
            .map(|word| word.folded.as_str())
            .eq(known.words.iter().copied());
        let near = opens && !exact && known.text.len() >= 6 && {
            let joined: Vec<_> = window.iter().map(|word| word.folded.as_str()).collect();
            within_one(&joined.join(" "), known.text)
        };
        let better =
            best.is_none_or(|(other, _, other_exact)| (exact, count) > (other_exact, other));
        if (exact || near) && better {
            best = Some((count, known.field, exact));
        }
    };
    if opens {
        // Cheap first looks: most labels are not here, and this is asked of every line of every essay.
        let start = two(&first.folded);
        let near = STARTS.iter().zip(KNOWN.iter());
        near.filter(|(label, _)| near_start(**label, start))
            .for_each(|(_, known)| hold(known));
    } else {
        let places = BEGINNING.get(first.folded.as_str());
        places
            .into_iter()
            .flatten()
            .filter_map(|at| KNOWN.get(*at))
            .for_each(&mut hold);
    }
    best
}

/// How many words from here make up a label when the gaps between them are laid aside: "Họvà tên", "N gày sinh".
fn glued(line: &str, words: &[Word], at: usize, label: &str) -> Option<usize> {
    let mut rest = label;
    let mut end = None;
    for (count, word) in words.get(at..)?.iter().enumerate() {
        let gap = end.map_or("", |end| slice(line, end, word.start));
        if !gap.chars().all(|c| c == ' ') {
            return None;
        }
        rest = rest.strip_prefix(word.folded.as_str())?;
        if rest.is_empty() {
            return Some(count + 1);
        }
        end = Some(word.end);
    }
    None
}

/// A label that shares neither its first letter nor its second with a word cannot be one slip away.
fn near_start([a, b]: [u8; 2], [c, d]: [u8; 2]) -> bool {
    a == c || a == d || b == c || b != 0 && b == d
}

/// The first two bytes; 0 for what is not there.
fn two(text: &str) -> [u8; 2] {
    let mut bytes = text.bytes();
    [bytes.next().unwrap_or(0), bytes.next().unwrap_or(0)]
}

/// Where the value begins, when a colon, a leader or a cell border follows; a note in brackets may come between.
fn marked(line: &str, end: usize) -> Option<usize> {
    let rest = slice(line, end, line.len());
    let mut tail = rest.trim_start_matches(' ');
    // The label's own last word stood in brackets: "ĐƠN VỊ CÔNG TÁC (HỌC TẬP): …".
    if let Some(after) = tail.strip_prefix(')') {
        let after = after.trim_start_matches(' ');
        if after.starts_with([':', '：']) {
            tail = after;
        }
    }
    if let Some(note) = tail.strip_prefix('(')
        && let Some(close) = note.find(')')
        && close <= 60
    {
        let after = slice(note, close + 1, note.len()).trim_start_matches(' ');
        if after.starts_with([':', '：']) {
            tail = after;
        }
    }
    let spaces = rest.len() - rest.trim_start_matches(' ').len();
    let cell = spaces >= 2 && !tail.is_empty();
    if tail.starts_with([':', '：', '…', '\t', '|', '_']) || tail.starts_with("..") || cell {
        let begin = line.len() - tail.len();
        let mark = tail
            .chars()
            .next()
            .filter(|_| !cell)
            .map_or(0, char::len_utf8);
        // A colon behind the cell's border belongs to the mark too.
        return Some(begin + mark);
    }
    None
}

#[cfg(test)]
mod tests;
