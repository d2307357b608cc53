//! How alike two files are, by their text and by their names.

use std::collections::HashSet;

use crate::message::file_name;
use crate::text::fold;

/// Share of common pairs of neighbouring words, 0 to 1. Texts of under 20 words are never alike.
pub fn likeness(one: &str, other: &str) -> f64 {
    let one = fold(one);
    let other = fold(other);
    let one = pairs(&one);
    let other = pairs(&other);
    if one.len() < 20 || other.len() < 20 {
        return 0.0;
    }
    let common = one.intersection(&other).count();
    common as f64 / (one.len() + other.len() - common) as f64
}

fn pairs(folded: &str) -> HashSet<(&str, &str)> {
    folded.split(' ').zip(folded.split(' ').skip(1)).collect()
}

/// The name without ending, case, diacritics and the marks of copies: "Bài thi (1).PDF" → "bai thi".
pub fn stem(name: &str) -> String {
    let folded = fold(file_name::stem(name));
    folded
        .split(' ')
        .filter(|word| !["1", "copy", "scan", "pdf", "word", "docx"].contains(word))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Named as something that accompanies an essay.
pub fn is_annex_name(name: &str) -> bool {
    const ANNEX: [&str; 9] = [
        "phu luc",
        "tai lieu",
        "tu lieu",
        "minh hoa",
        "danh sach",
        "hinh anh",
        "anh chup",
        "giay xac nhan",
        "minh chung",
    ];
    let folded = fold(file_name::stem(name));
    let essay = ["bai du thi", "bai thi", "bai viet", "bai lam"]
        .iter()
        .any(|word| folded.contains(word));
    ANNEX
        .iter()
        .any(|word| folded.starts_with(word) || (!essay && folded.contains(word)))
}

/// Named as a piece of something: "Câu 2.docx", "phần 1".
pub fn is_piece_name(name: &str) -> bool {
    let folded = fold(file_name::stem(name));
    ["cau", "phan", "trang", "part", "page"]
        .iter()
        .any(|word| folded.split(' ').any(|piece| piece.starts_with(word)))
}
