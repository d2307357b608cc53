//! Vietnamese as it was stored before Unicode: TCVN3 (ABC), the encoding of the ".Vn" fonts, and VNI of the "VNI-" fonts.
//!
//! TCVN3's letters sit on Latin-1 code points, "ư" on U+00AD: convert before `normal`, which drops soft hyphens.
//! The lower half of the table is TCVN 5712:1993; capitals with a tone do not exist (".VnTimeH" draws small letters as capitals).

/// U+00A1 to U+00FF in TCVN 5712:1993.
const TCVN3: &str = "ĂÂÊÔƠƯĐăâêôơưđẰ\u{300}\u{309}\u{303}\u{301}\u{323}àảãáạẲằẳẵắẴẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịòỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ";

/// Whether a font of this name draws TCVN3: ".VnTime", ".VnArialH", with or without the subset prefix of a PDF.
pub fn is_tcvn3_font(font: &str) -> bool {
    let name = font.split_once('+').map_or(font, |(_, name)| name);
    let name = name.trim_start_matches('.');
    name.get(..2)
        .is_some_and(|start| start.eq_ignore_ascii_case("vn"))
        && !is_vni_font(name)
}

/// Whether a font of this name draws VNI: "VNI-Times".
pub fn is_vni_font(font: &str) -> bool {
    let name = font.split_once('+').map_or(font, |(_, name)| name);
    name.get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("vni-"))
}

/// Whether text in a legacy font is really stored in the legacy encoding, not typed in Unicode under an old
/// font's name: then nearly nothing lies beyond Latin-1. (A stray Unicode letter comes from a mended word.)
pub fn is_below_unicode(text: &str) -> bool {
    let beyond = text.chars().filter(|c| *c >= '\u{100}').count();
    let latin = text
        .chars()
        .filter(|c| ('\u{a1}'..='\u{ff}').contains(c))
        .count();
    beyond * 3 <= latin
}

/// TCVN3 to Unicode, in the case the font shows.
pub fn tcvn3(text: &str, font: &str) -> String {
    let table: Vec<char> = TCVN3.chars().collect();
    let converted: String = text
        .chars()
        .map(|c| {
            (c as usize)
                .checked_sub(0xa1)
                .and_then(|index| table.get(index))
                .copied()
                .unwrap_or(c)
        })
        .collect();
    if font.ends_with('H') {
        return converted.to_uppercase();
    }
    let words: Vec<String> = converted.split(' ').map(shouted).collect();
    words.join(" ")
}

/// VNI to Unicode. A letter's marks follow it as a letter of their own ("aø" is "à", "aà" is "ầ"), so each letter is
/// turned by itself, into combining marks where it is one; `normal` puts them together.
pub fn vni(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        match vni_letter(c) {
            Some(letters) => out.push_str(letters),
            None => out.push(c),
        }
    }
    out
}

fn vni_letter(c: char) -> Option<&'static str> {
    Some(match c {
        'ø' | 'Ø' => "\u{300}",
        'ù' | 'Ù' => "\u{301}",
        'û' | 'Û' => "\u{309}",
        'õ' | 'Õ' => "\u{303}",
        'ï' | 'Ï' => "\u{323}",
        'â' | 'Â' => "\u{302}",
        'à' | 'À' => "\u{302}\u{300}",
        'á' | 'Á' => "\u{302}\u{301}",
        'å' | 'Å' => "\u{302}\u{309}",
        'ã' | 'Ã' => "\u{302}\u{303}",
        'ä' | 'Ä' => "\u{302}\u{323}",
        'ê' | 'Ê' => "\u{306}",
        'è' | 'È' => "\u{306}\u{300}",
        'é' | 'É' => "\u{306}\u{301}",
        'ú' | 'Ú' => "\u{306}\u{309}",
        'ü' | 'Ü' => "\u{306}\u{303}",
        'ë' | 'Ë' => "\u{306}\u{323}",
        'ô' => "ơ",
        'Ô' => "Ơ",
        'ö' => "ư",
        'Ö' => "Ư",
        'ñ' => "đ",
        'Ñ' => "Đ",
        'æ' => "ỉ",
        'Æ' => "Ỉ",
        'ó' => "ĩ",
        'Ó' => "Ĩ",
        'ò' => "ị",
        'Ò' => "Ị",
        'î' => "ỵ",
        'Î' => "Ỵ",
        _ => return None,
    })
}

/// "PHầN" → "PHẦN": between capitals the missing capital of a toned letter can only have been meant.
fn shouted(word: &str) -> String {
    let capitals = word.chars().filter(char::is_ascii_uppercase).count();
    if capitals >= 2 && !word.chars().any(|c| c.is_ascii_lowercase()) {
        return word.to_uppercase();
    }
    word.to_owned()
}

#[cfg(test)]
mod tests {
    use super::is_below_unicode;
    use super::is_tcvn3_font;
    use super::tcvn3;
    use super::vni;

    #[test]
    fn vni_letters_become_vietnamese() {
        let check = |text: &str, want: &str| {
            assert_eq!(crate::text::normal(&vni(text)), want, "{text}");
        };
        check("Dòch vuï coâng tröïc tuyeán", "Dịch vụ công trực tuyến");
        check(
            "Hoï vaø teân: Nguyeãn Thò AÙnh",
            "Họ và tên: Nguyễn Thị Ánh",
        );
        check("ÑÔN VÒ: Tröôøng THCS", "ĐƠN VỊ: Trường THCS");
        check("baêng, baèng, baúng, kyõ, lyù", "băng, bằng, bẳng, kỹ, lý");
    }

    #[test]
    fn tcvn3_letters_become_vietnamese() {
        let check = |text: &str, font: &str, want: &str| assert_eq!(tcvn3(text, font), want);
        check(
            "DÞch vô c«ng trùc tuyÕn",
            ".VnTime",
            "Dịch vụ công trực tuyến",
        );
        check("§¬n vÞ: tr\u{ad}êng", ".VnTime", "Đơn vị: trường");
        check("Bµi dù thi", ".VnTimeH", "BÀI DỰ THI");
        check(
            "PHÇN TR¾C NGHIÖM, D\u{f9}",
            ".VnTime",
            "PHẦN TRẮC NGHIỆM, Dự",
        );
        assert!(is_tcvn3_font("ABCDEF+.VnTime"));
        assert!(!is_tcvn3_font("VNI-Times"));
        assert!(is_below_unicode("Ủy ban nh\u{a9}n d\u{a9}n th\u{b5}nh phè"));
        assert!(!is_below_unicode("Dịch vụ công trực tuyến"));
    }
}
