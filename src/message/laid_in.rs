//! Pictures written into the HTML of a letter itself (data URIs, RFC 2397), as web mailers and telephones lay
//! photographs into it.

use super::transfer;

const BEGIN: &[u8] = b"data:image/";
const CODE: &[u8] = b";base64,";
/// The type and its parameters are no longer than this.
const MAX_TYPE: usize = 100;

/// A picture out of a letter.
#[derive(Debug, PartialEq, Eq)]
pub struct Picture {
    /// "image/jpeg"
    pub declared: String,
    pub bytes: Vec<u8>,
    pub whole: bool,
}

/// Finds them, in their order.
pub fn pictures(html: &[u8]) -> Vec<Picture> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(at) = find(rest, BEGIN) {
        rest = rest.get(at + BEGIN.len()..).unwrap_or_default();
        let head = rest.get(..MAX_TYPE).unwrap_or(rest);
        let Some(end) = find(head, CODE) else {
            continue;
        };
        let kind = head.get(..end).unwrap_or_default();
        let kind = kind.split(|byte| *byte == b';').next().unwrap_or_default();
        let code = rest.get(end + CODE.len()..).unwrap_or_default();
        let length = code
            .iter()
            .position(|byte| matches!(byte, b'"' | b'\'' | b')' | b'<' | b'>' | b'&'))
            .unwrap_or(code.len());
        let (code, tail) = code.split_at(length);
        let decoded = transfer::base64(code);
        if !decoded.bytes.is_empty() {
            found.push(Picture {
                declared: format!("image/{}", String::from_utf8_lossy(kind)).to_lowercase(),
                bytes: decoded.bytes,
                whole: decoded.whole,
            });
        }
        rest = tail;
    }
    found
}

fn find(bytes: &[u8], word: &[u8]) -> Option<usize> {
    bytes
        .windows(word.len())
        .position(|window| window.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::pictures;

    #[test]
    fn pictures_come_out_of_the_html_they_stand_in() {
        let check = |html: &str, want: &[(&str, &[u8], bool)]| {
            let found = pictures(html.as_bytes());
            let found: Vec<(&str, &[u8], bool)> = found
                .iter()
                .map(|it| (it.declared.as_str(), it.bytes.as_slice(), it.whole))
                .collect();
            assert_eq!(found, want, "{html}");
        };
        check("<p>data:image/png</p>", &[]);
        check(
            "<img src=\"data:image/PNG;name=a;base64,QUJD\r\nREVG\"><p style='background:url(data:image/gif;base64,QQ==)'>",
            &[("image/png", b"ABCDEF", true), ("image/gif", b"A", true)],
        );
        check(
            "<img src=\"data:image/png;base64,QUJDR",
            &[("image/png", b"ABC", false)],
        );
    }
}
