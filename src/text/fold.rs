//! The folded form: what two spellings share when case, tone and diacritics are laid aside.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Folds text for comparing and searching: lower case, no diacritics, "đ" as "d", every run of anything
/// that is neither letter nor digit one space, no space at the ends. `"Q. Hoàn-Kiếm "` → `"q hoan kiem"`.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    let mut add = |c: char| {
        if is_alphanumeric(c) {
            if gap && !out.is_empty() {
                out.push(' ');
            }
            gap = false;
            out.push(c);
        } else {
            gap = true;
        }
    };
    for c in text.chars() {
        if c.is_ascii() {
            add(c.to_ascii_lowercase());
        } else if let Some(letter) = known(c) {
            add(letter);
        } else {
            taken_apart(c).for_each(&mut add);
        }
    }
    out
}

/// `char::is_alphanumeric`, but soon said of our letters.
pub fn is_alphanumeric(c: char) -> bool {
    match c {
        '\0'..='\x7f' => c.is_ascii_alphanumeric(),
        c => is_letter(c) || c.is_alphanumeric(),
    }
}

/// `char::is_alphabetic`, but soon said of our letters.
pub fn is_letter(c: char) -> bool {
    match c {
        '\0'..='\x7f' => c.is_ascii_alphabetic(),
        '×' | '÷' => false,
        // Latin, and nothing but letters.
        'À'..='ɏ' | 'Ḁ'..='ỿ' => true,
        c => c.is_alphabetic(),
    }
}

/// A character as it folds by the rules of Unicode.
fn taken_apart(c: char) -> impl Iterator<Item = char> {
    std::iter::once(c)
        .nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| if c == 'đ' { 'd' } else { c })
}

/// The letters of the two Latin blocks that Vietnamese stands in, which fold to one letter each.
fn known(c: char) -> Option<char> {
    static FOLDED: LazyLock<Vec<Option<char>>> = LazyLock::new(|| {
        let one = |c: char| {
            let mut folded = taken_apart(c);
            folded.next().filter(|_| folded.next().is_none())
        };
        ('À'..='ɏ').chain('Ḁ'..='ỿ').map(one).collect()
    });
    let place = match c {
        'À'..='ɏ' => c as usize - 'À' as usize,
        'Ḁ'..='ỿ' => c as usize - 'Ḁ' as usize + ('ɏ' as usize - 'À' as usize + 1),
        _ => return None,
    };
    FOLDED.get(place).copied().flatten()
}

#[cfg(test)]
mod tests {
    use super::fold;
    use super::is_alphanumeric;
    use super::is_letter;
    use super::taken_apart;

    #[test]
    fn every_character_folds_by_the_rules_of_unicode() {
        for c in '\0'..=char::MAX {
            let want: String = taken_apart(c).filter(|c| c.is_alphanumeric()).collect();
            let got = fold(&c.to_string()).replace(' ', "");
            assert_eq!(got, want, "{c:?}");
            assert_eq!(is_alphanumeric(c), c.is_alphanumeric(), "{c:?}");
            assert_eq!(is_letter(c), c.is_alphabetic(), "{c:?}");
        }
    }

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
