//! An essay without what it says about its author.

use super::Slip;
use super::from_essay;

/// The text with the lines of its slip blanked, letter for letter, so that places in it are places in the text. Everybody
/// writes those lines alike: in a small contest they would look like copies of each other.
pub fn bare(text: &str) -> String {
    let Slip {
        name,
        birth_date,
        unit,
        class,
        address,
        phone,
    } = from_essay(text, "", "");
    let facts = [name, birth_date, unit, class, address, phone];
    let spans: Vec<(usize, usize)> = facts
        .into_iter()
        .flatten()
        .filter_map(|fact| fact.span)
        .collect();
    let said = |at: usize| {
        spans
            .iter()
            .any(|(start, end)| (*start..*end).contains(&at))
    };
    text.char_indices()
        .map(|(at, c)| {
            if said(at) && !c.is_whitespace() {
                ' '
            } else {
                c
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::bare;

    #[test]
    fn what_an_essay_says_about_its_author_is_blanked_letter_for_letter() {
        let text = "BÀI DỰ THI\nHọ và tên: Lê Văn Thủy\nNgày sinh: 28/12/1987\nĐiện thoại: 0982817898\n\
             Dịch vụ công trực tuyến giúp người dân ở nhà mà làm được thủ tục.";
        let left = bare(text);
        assert_eq!(left.chars().count(), text.chars().count());
        let lines: Vec<&str> = left.lines().map(str::trim).collect();
        assert_eq!(lines[0], "BÀI DỰ THI");
        assert_eq!(lines[1..4], ["", "", ""]);
        assert!(lines[4].starts_with("Dịch vụ công"));
        assert_eq!(bare(""), "");
    }
}
