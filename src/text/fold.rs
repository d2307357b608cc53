//! The folded form: what two spellings share when case, tone and diacritics are laid aside.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Folds text for comparing and searching: lower case, no diacritics, "đ" as "d", every run of anything
/// that is neither letter nor digit one space, no space at the ends. `"Q. Hoàn-Kiếm "` → `"q hoan kiem"`.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text
        .nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
    {
        let c = if c == 'đ' { 'd' } else { c };
        if c.is_alphanumeric() {
            if gap && !out.is_empty() {
                out.push(' ');
            }
            gap = false;
            out.push(c);
        } else {
            gap = true;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn spellings_of_one_name_fold_together() {
        let check = |text: &str, want: &str| assert_eq!(fold(text), want, "{text:?}");
        check("Quận Hoàn Kiếm", "quan hoan kiem");
        check("QUẬN  HOÀN-KIẾM.", "quan hoan kiem");
        check("Q.Đống Đa", "q dong da");
        check("Đặng Thị Ánh", "dang thi anh");
        check("  ", "");
    }
}
