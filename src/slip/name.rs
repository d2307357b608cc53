//! What a Vietnamese full name looks like: a family name and one to five more words.

use super::word::Word;
use super::word::slice;
use super::word::tidy;
use super::word::words;
use crate::text;

/// Family names, folded, most frequent first.
const FAMILIES: &[&str] = &[
    "nguyen", "tran", "le", "pham", "hoang", "huynh", "phan", "vu", "vo", "dang", "bui", "do",
    "ho", "ngo", "duong", "ly", "dinh", "trinh", "mai", "dao", "luong", "cao", "luu", "truong",
    "doan", "ha", "phung", "to", "kieu", "ta", "quach", "nghiem", "khuat", "chu", "au", "vuong",
    "than", "doan", "la", "lam", "thai", "tong", "dam", "khong", "bach", "chau", "trieu", "nong",
    "hua", "giap", "luc", "mac", "diep", "kim", "tang", "dau", "ton", "ninh", "cu", "quan", "su",
    "vi", "giang", "hau", "pho", "dong", "thach", "son", "lo", "loc", "tieu", "ong", "banh",
    "cung", "phi", "tu", "thi", "nhu", "mau", "ngac", "lai", "khuong", "nham", "dai", "van",
    "phuong", "trang", "ung", "han", "lieu", "vuu", "sam", "be", "hoa", "lau", "cam", "truc",
    "tuong",
];

/// Phrases that begin like a name and are none; compared folded.
const PHRASES: &[&str] = &[
    "ha noi",
    "ha dong",
    "ha nam",
    "ha tinh",
    "ha giang",
    "ho chi minh",
    "cao bang",
    "thai binh",
    "thai nguyen",
    "hoa binh",
    "thanh nien",
    "dich vu",
    "du thi",
    "hoc sinh",
    "sinh vien",
    "giao vien",
    "tu phap",
    "van phong",
    "ban to chuc",
    "cong chuc",
    "can bo",
    "thi sinh",
    "trac nghiem",
    "tu luan",
    "to dan pho",
    "uy ban",
    "van hoa",
    "kim lien",
    "quan ly",
    "thi xa",
    "thi tran",
    "dong da",
    "son tay",
    "chu tich",
    "truong phong",
    "to truong",
    "phuong an",
    "dai hoc",
    "phong van",
    "su pham",
    "vi sao",
    "la mot",
    "lai xe",
    "tieu hoc",
    "mam non",
    "cong ty",
    "co quan",
    "bai thi",
    "thcs",
    "thpt",
    "ubnd",
    "hdnd",
    "gmail",
];

/// What people write before a name, longer ones first where one begins the other.
const TITLES: &[&str] = &[
    "ông",
    "bà",
    "anh",
    "chị",
    "em",
    "cháu",
    "thầy",
    "cô",
    "tôi",
    "là",
    "đồng chí",
    "bác sĩ",
    "luật sư",
    "nhà giáo",
    "thượng tá",
    "trung tá",
    "thiếu tá",
    "đại tá",
    "đại úy",
    "đại uý",
    "thượng úy",
    "thượng uý",
    "trung úy",
    "trung uý",
    "thiếu úy",
    "thiếu uý",
    "pgs.",
    "gs.",
    "ts.",
    "ths.",
    "bs.",
    "ks.",
    "ts",
    "ths",
    "bs",
    "ks",
];

/// Words that announce the figures behind a name.
const ANNOUNCING: &[&str] = &[
    "sn", "ns", "sinh", "ngay", "nam", "lop", "sdt", "dt", "so", "tuoi", "sbd",
];

/// Words that end a name in a sentence written without capitals.
const AFTER: &[&str] = &[
    "hoc", "lop", "cong", "hien", "tai", "so", "toi", "em", "den", "dang", "la", "gui", "xin",
    "nam", "ngay", "o", "truong", "sdt", "dt", "dia", "cu", "nop", "va", "chau",
];

/// A full name where nothing but its look speaks for it: a known family name, then one to five words.
/// Words all in capitals or all in small letters get first capitals.
pub fn full(value: &str) -> Option<String> {
    let value = tidy(value);
    let words = words(&value);
    let first = words.first()?;
    let shaped = (2..=6).contains(&words.len())
        && FAMILIES.contains(&first.folded.as_str())
        && plain(&value, &words)
        && !never(&value, &words);
    shaped.then(|| capitals(&value))
}

/// A name after a label such as "Họ và tên:": any family name, also one word alone.
pub fn labelled(value: &str) -> Option<String> {
    let value = value.trim_start_matches(|c: char| c.is_whitespace() || ":.…_-".contains(c));
    let value = unnumbered(value);
    let cut = value
        .find([',', ';', '(', '|', '\t', '/'])
        .map_or(value, |at| slice(value, 0, at));
    let cut = [" - ", " – ", " — ", "   "]
        .iter()
        .filter_map(|mark| {
            cut.trim_start()
                .find(mark)
                .map(|at| slice(cut.trim_start(), 0, at))
        })
        .min_by_key(|part| part.len())
        .unwrap_or(cut);
    let mut value = tidy(before_numbers(cut));
    for title in TITLES {
        let lower = value.to_lowercase();
        if let Some(rest) = lower.strip_prefix(title)
            && rest.starts_with([' ', ':'])
            && words(&value).len() > 2
            && lower.len() == value.len()
        {
            value = tidy(slice(&value, value.len() - rest.len(), value.len()));
        }
    }
    let words = words(&value);
    let shaped = (1..=7).contains(&words.len())
        && value.chars().count() <= 60
        && value.chars().any(char::is_alphabetic)
        && plain(&value, &words)
        && !never(&value, &words);
    shaped.then(|| capitals(&value))
}

/// "1. Nguyễn Văn An", the first of several authors.
fn unnumbered(value: &str) -> &str {
    let rest = value.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = value.len() - rest.len();
    match rest.strip_prefix(['.', ')']) {
        Some(after) if (1..=2).contains(&digits) => after.trim_start(),
        _ => value,
    }
}

/// A name without what follows it in figures ("… SN 1963") or as mere marks ("… :)").
fn before_numbers(value: &str) -> &str {
    let all = words(value);
    let figures = all.iter().position(|word| {
        slice(value, word.start, word.end)
            .chars()
            .any(char::is_numeric)
    });
    let mut kept = figures.unwrap_or(all.len());
    if figures.is_some() {
        while kept > 0
            && all
                .get(kept - 1)
                .is_some_and(|word| ANNOUNCING.contains(&word.folded.as_str()))
        {
            kept -= 1;
        }
        if kept < 2 {
            return value;
        }
    }
    let Some(last) = kept.checked_sub(1).and_then(|last| all.get(last)) else {
        return value;
    };
    // A question or a cry is no name, and stays one.
    if figures.is_none() && slice(value, last.end, value.len()).contains(['?', '!']) {
        return value;
    }
    slice(value, 0, last.end)
}

/// The full name at the beginning of a running sentence, with the place where it ends.
pub fn leading(sentence: &str) -> Option<(String, usize)> {
    let all = words(sentence);
    let small = all
        .first()
        .is_some_and(|word| !upper(slice(sentence, word.start, word.end)));
    let mut end = 0;
    for (count, word) in all.iter().enumerate() {
        let gap = slice(sentence, end, word.start);
        let broken = count > 0 && !gap.chars().all(|c| c == ' ' || c == '\n');
        let raw = slice(sentence, word.start, word.end);
        let stops = if small {
            count >= 4 || (count >= 2 && AFTER.contains(&word.folded.as_str()))
        } else {
            count >= 6 || !upper(raw)
        };
        if broken || stops || raw.chars().any(char::is_numeric) {
            break;
        }
        end = word.end;
    }
    full(slice(sentence, 0, end)).map(|name| (name, end))
}

/// Whether a folded word is a family name.
pub fn is_family(folded: &str) -> bool {
    FAMILIES.contains(&folded)
}

fn upper(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_uppercase)
}

/// Only letters, spaces, apostrophes, dots of initials and hyphens.
fn plain(value: &str, words: &[Word]) -> bool {
    value.chars().all(|c| {
        c.is_alphabetic()
            || unicode_normalization::char::is_combining_mark(c)
            || " '’.-".contains(c)
    }) && words.iter().all(|word| word.folded.len() <= 12)
}

/// Words of organisations. With diacritics "Phương" and "phường" differ, so these are compared as they stand.
fn never(value: &str, words: &[Word]) -> bool {
    let padded = format!(" {} ", text::fold(value));
    let lower = text::normal(value).to_lowercase();
    let office = |word: &str| {
        [
            "phòng",
            "phường",
            "huyện",
            "xã",
            "sở",
            "lớp",
            "bài",
            "cuộc",
            "viện",
        ]
        .contains(&word)
    };
    PHRASES
        .iter()
        .any(|phrase| padded.contains(&format!(" {phrase} ")) && phrase_stands(value, phrase))
        || lower.split(' ').any(office)
        || lower.starts_with("trường ")
        || words.len() > 2 && lower.starts_with("hội ")
}

/// A place or office is meant only where the phrase opens the value or nothing but it remains;
/// "Nguyễn Hà Nam" and "Trần Thái Bình" are people.
fn phrase_stands(value: &str, phrase: &str) -> bool {
    let folded = text::fold(value);
    let place = phrase.split(' ').count() == 2 && phrase.split(' ').next().is_some_and(is_family);
    if place {
        folded.starts_with(phrase)
    } else {
        true
    }
}

fn capitals(value: &str) -> String {
    let value = text::normal(value);
    let letters = || value.chars().filter(|c| c.is_alphabetic());
    let shout = letters().all(|c| !c.is_lowercase());
    let mut out = String::with_capacity(value.len());
    let mut starts = true;
    for c in value.chars() {
        if starts && c.is_alphabetic() {
            out.extend(c.to_uppercase());
        } else if shout {
            out.extend(c.to_lowercase());
        } else {
            out.push(c);
        }
        starts = !c.is_alphabetic();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::full;
    use super::labelled;
    use super::leading;

    #[test]
    fn full_names_are_told_from_offices_and_places() {
        let check = |value: &str, want: &str| {
            let want = (!want.is_empty()).then_some(want);
            assert_eq!(full(value).as_deref(), want, "{value:?}");
        };
        check("Nguyễn Văn An", "Nguyễn Văn An");
        check("NGUYỄN THỊ ÁNH", "Nguyễn Thị Ánh");
        check("nguyen van an", "Nguyen Van An");
        check("Khuất Thùy Nga", "Khuất Thùy Nga");
        check("Chử Đồng Tử", "Chử Đồng Tử");
        check("Âu Dương Phong", "Âu Dương Phong");
        check("Trương Thị Phương Huyền", "Trương Thị Phương Huyền");
        check("Nguyễn Hà Nam", "Nguyễn Hà Nam");
        check("Nguye\u{302}\u{303}n Va\u{306}n An", "Nguyễn Văn An");
        check("An", "");
        check("Hà Nội", "");
        check("Hồ Chí Minh", "");
        check("Trường THCS Trưng Vương", "");
        check("Truong THCS Le Loi", "");
        check("Đoàn Thanh niên xã Cổ Đô", "");
        check("UBND phường Hàng Bạc", "");
        check("Bài dự thi", "");
        check("Lê Lợi 2", "");
        check("Smith John", "");
        check("Nguyễn Văn An Bình Chi Dung Em", "");
        check("", "");
    }

    #[test]
    fn a_label_vouches_for_rarer_names() {
        let check = |value: &str, want: &str| {
            let want = (!want.is_empty()).then_some(want);
            assert_eq!(labelled(value).as_deref(), want, "{value:?}");
        };
        check("……An……", "An");
        check("Giàng A Páo", "Giàng A Páo");
        check("H’Hen Niê", "H’Hen Niê");
        check("Nguyễn Văn An - Lớp 9A2", "Nguyễn Văn An");
        check("Bà Nguyễn Thị Ánh (cán bộ)", "Nguyễn Thị Ánh");
        check("...........", "");
        check("09/02/1981", "");
        check("Trường THCS Trưng Vương", "");
        check("1. Nguyễn Văn An", "Nguyễn Văn An");
        check("Nguyễn Văn An SN 1963", "Nguyễn Văn An");
        check("Thiếu tá Nguyễn Văn An", "Nguyễn Văn An");
        check("Trà My Nguyễn :)", "Trà My Nguyễn");
    }

    #[test]
    fn a_name_ends_where_the_sentence_goes_on() {
        let check = |value: &str, want: &str| {
            let got = leading(value).map(|(name, _)| name).unwrap_or_default();
            assert_eq!(got, want, "{value:?}");
        };
        check("Nguyễn Văn An, học sinh lớp 9A2", "Nguyễn Văn An");
        check("Nguyễn Văn An học sinh lớp 9A2", "Nguyễn Văn An");
        check("nguyen van an hoc sinh lop 9a2", "Nguyen Van An");
        check("giáo viên trường X", "");
    }
}
