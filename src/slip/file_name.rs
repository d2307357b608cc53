//! What the name of a file says: "Nguyễn Văn An - 9A2.docx", "bai du thi_NguyenVanAn.docx".

use super::name;
use super::word::slice;
use super::word::words;
use crate::text;

/// Phrases of file names that are no part of a person's name, folded.
const NOISE: &[&str] = &[
    "bai du thi",
    "bai thi",
    "tim hieu",
    "dich vu cong truc tuyen",
    "dich vu cong",
    "cuoc thi",
    "du thi",
    "tu luan",
    "trac nghiem",
    "bai viet",
    "bai lam",
    "bai",
    "dvc",
    "dvctt",
    "docx",
    "doc",
    "pdf",
];

/// The author's full name in a file's name.
pub fn name(file: &str) -> Option<String> {
    let parts = parts(file);
    let mut best: Option<(usize, String)> = None;
    for part in &parts {
        for at in 0..part.len() {
            for count in (2..=5usize).rev() {
                let Some(window) = part.get(at..at + count) else {
                    continue;
                };
                if let Some(found) = name::full(&window.join(" "))
                    && best.as_ref().is_none_or(|(other, _)| count.min(3) > *other)
                {
                    best = Some((count.min(3), found));
                }
            }
        }
    }
    best.map(|(_, found)| found)
}

/// The class in a file's name: "9A2".
pub fn class(file: &str) -> Option<String> {
    parts(file)
        .into_iter()
        .flatten()
        .find(|word| is_class(word) && word.chars().any(char::is_alphabetic))
}

/// Whether a word looks like a class of a school: "9", "9A", "9A2", "12D1".
pub fn is_class(word: &str) -> bool {
    let digits = word.chars().take_while(char::is_ascii_digit).count();
    let rest = slice(word, digits, word.len());
    let letters = rest.chars().take_while(char::is_ascii_alphabetic).count();
    let tail = slice(rest, letters, rest.len());
    let grade = slice(word, 0, digits)
        .parse::<u8>()
        .is_ok_and(|grade| (1..=12).contains(&grade));
    grade
        && digits <= 2
        && letters <= 2
        && tail.len() <= 2
        && tail.chars().all(|c| c.is_ascii_digit())
}

/// Runs of words, broken at punctuation and at phrases that belong to the contest.
fn parts(file: &str) -> Vec<Vec<String>> {
    let stem = match file.rfind('.') {
        Some(dot) if file.len() - dot <= 6 => slice(file, 0, dot),
        _ => file,
    };
    let spaced = camel(&text::normal(stem).replace('_', " "));
    let mut out: Vec<Vec<String>> = vec![Vec::new()];
    let all = words(&spaced);
    let (mut at, mut end) = (0, 0);
    while let Some(word) = all.get(at) {
        if slice(&spaced, end, word.start).contains(|c: char| c != ' ') {
            out.push(Vec::new());
        }
        let noise = NOISE
            .iter()
            .map(|phrase| phrase.split(' ').collect::<Vec<_>>())
            .find(|phrase| {
                all.get(at..at + phrase.len()).is_some_and(|window| {
                    window
                        .iter()
                        .zip(phrase)
                        .all(|(word, want)| word.folded == *want)
                })
            });
        match noise {
            Some(phrase) => {
                at += phrase.len();
                out.push(Vec::new());
            }
            None => {
                if let Some(part) = out.last_mut() {
                    part.push(slice(&spaced, word.start, word.end).to_owned());
                }
                at += 1;
            }
        }
        end = all.get(at.saturating_sub(1)).map_or(end, |word| word.end);
    }
    out
}

/// "NguyenVanAn" → "Nguyen Van An".
fn camel(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 8);
    let mut small = false;
    for c in value.chars() {
        if small && c.is_uppercase() {
            out.push(' ');
        }
        small = c.is_lowercase();
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::class;
    use super::name;

    #[test]
    fn names_and_classes_are_read_from_file_names() {
        let check = |file: &str, want: &str, want_class: &str| {
            assert_eq!(name(file).unwrap_or_default(), want, "{file:?}");
            assert_eq!(class(file).unwrap_or_default(), want_class, "{file:?}");
        };
        check("Nguyễn Văn An - 9A2.docx", "Nguyễn Văn An", "9A2");
        check("bai du thi_NguyenVanAn.docx", "Nguyen Van An", "");
        check("BAI_DU_THI_NGUYEN_THI_AN.pdf", "Nguyen Thi An", "");
        check("9A2_TranThiBinh_DVC.doc", "Tran Thi Binh", "9A2");
        check("bài dự thi (Lê Hoàng) (1).docx", "Lê Hoàng", "");
        check("Bài dự thi THCS Trưng Vương.docx", "", "");
        check("scan0001.pdf", "", "");
        check(".docx", "", "");
        check("", "", "");
    }
}
