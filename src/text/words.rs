//! Words of a folded text, and the hash that equal texts share.

use std::fmt::Write as _;

use sha2::Digest;
use sha2::Sha256;

use super::fold;

/// SHA-256 (hex) of the folded words of a text: equal for two copies that differ only in case, spaces,
/// punctuation, line breaks or the way their diacritics are stored. `None` for under 20 words, which say
/// too little to call two texts the same.
pub fn hash(text: &str) -> Option<String> {
    let folded = fold(text);
    if folded.split(' ').count() < 20 {
        return None;
    }
    Some(hex(&Sha256::digest(folded.as_bytes())))
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
            // Writing to a String cannot fail.
            let _ = write!(out, "{byte:02x}");
            out
        })
}

#[cfg(test)]
mod tests {
    use super::hash;

    #[test]
    fn layout_does_not_make_another_text() {
        let one = "Dịch vụ công trực tuyến giúp người dân làm thủ tục ở nhà, không phải đi lại nhiều lần, tiết kiệm thời gian.";
        let other = one.to_uppercase().replace(' ', "\n ").replace(',', " –");
        assert_eq!(hash(one), hash(&other));
        assert_ne!(hash(one), hash(&one.replace("nhà", "cơ quan")));
        assert_eq!(hash("Em gửi bài dự thi ạ."), None);
    }
}
