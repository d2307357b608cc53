//! Pictures of an rtf: `\pict` with its bytes in hexadecimal or, after `\bin`, as they are (RTF 1.9.1, "Pictures").
//!
//! Word writes each picture twice, for itself and for older readers (`\nonshppict`): the second is passed over, and so is
//! what stands in page margins.

use super::inlaid::is_picture;
use super::limits;
use super::metafile;
use super::rtf_tokens::Token;
use super::rtf_tokens::Tokens;

/// Bytes that tell what a picture is.
const HEAD: usize = 64;

/// How many pictures there are.
pub fn count(bytes: &[u8]) -> usize {
    let mut count = 0;
    walk(bytes, HEAD, |_| {
        count += 1;
        count < limits::PAGES
    });
    count
}

/// Looks at one after the other, as long as `look` says true.
pub fn each(bytes: &[u8], look: impl FnMut(&mut Vec<u8>) -> bool) {
    let most = usize::try_from(limits::CHILD_BYTES).unwrap_or(usize::MAX);
    walk(bytes, most, look);
}

/// One of them.
pub fn picture(bytes: &[u8], number: usize) -> Option<Vec<u8>> {
    let mut before = 0;
    let mut found = None;
    each(bytes, |picture| {
        if before == number {
            found = Some(std::mem::take(picture));
        }
        before += 1;
        found.is_none()
    });
    found
}

/// A picture being read.
#[derive(Default)]
struct Open {
    /// Groups around its bytes.
    depth: usize,
    bytes: Vec<u8>,
    /// The first half of a byte.
    half: Option<u8>,
    /// `\dibitmap`: a bitmap without the header of a file.
    headless: bool,
}

impl Open {
    fn digit(&mut self, digit: u8, most: usize) {
        let Some(value) = char::from(digit).to_digit(16) else {
            return;
        };
        let value = u8::try_from(value).unwrap_or(0);
        match self.half.take() {
            Some(half) if self.bytes.len() < most => self.bytes.push(half << 4 | value),
            Some(_) => {}
            None => self.half = Some(value),
        }
    }
}

/// Hands over each picture, the first `most` bytes of it, until told to stop.
fn walk(bytes: &[u8], most: usize, mut each: impl FnMut(&mut Vec<u8>) -> bool) {
    let mut tokens = Tokens::of(bytes);
    let mut depth = 0_usize;
    let mut passed: Option<usize> = None;
    let mut open: Option<Open> = None;
    while let Some(token) = tokens.next() {
        match token {
            Token::Open => depth += 1,
            Token::Close => {
                if passed == Some(depth) {
                    passed = None;
                }
                if open.as_ref().is_some_and(|open| open.depth == depth) {
                    let mut ended = open.take().unwrap_or_default();
                    if ended.headless
                        && let Some(whole) = metafile::with_header(&ended.bytes)
                    {
                        ended.bytes = whole;
                    }
                    if is_picture(&ended.bytes) && !each(&mut ended.bytes) {
                        return;
                    }
                }
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return;
                }
            }
            Token::Word("bin", length) => {
                let length = usize::try_from(length.unwrap_or(0)).unwrap_or(0);
                let data = tokens.take(length);
                if let Some(open) = open.as_mut().filter(|open| open.depth == depth) {
                    let room = most.saturating_sub(open.bytes.len());
                    open.bytes
                        .extend_from_slice(data.get(..room).unwrap_or(data));
                }
            }
            Token::Word(word, _) if passed.is_none() => match word {
                "nonshppict" | "header" | "headerl" | "headerr" | "headerf" | "footer"
                | "footerl" | "footerr" | "footerf" | "listpicture" | "background" => {
                    passed = Some(depth);
                }
                "pict" => {
                    open = Some(Open {
                        depth,
                        ..Open::default()
                    });
                }
                "dibitmap" => {
                    if let Some(open) = open.as_mut() {
                        open.headless = true;
                    }
                }
                _ => {}
            },
            Token::Byte(byte) => {
                if let Some(open) = open.as_mut().filter(|open| open.depth == depth) {
                    open.digit(byte, most);
                }
            }
            Token::Word(..) | Token::Symbol(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::count;
    use super::picture;

    const PNG: &str = "89504e470d0a1a0a00";
    const JPEG: &str = "ffd8ffe000104a46";

    #[test]
    fn pictures_come_once_in_the_order_of_the_text() {
        let rtf = format!(
            "{{\\rtf1 {{\\header{{\\pict\\pngblip {PNG}}}}}An {{\\*\\shppict{{\\pict{{\\*\\picprop{{\\sp{{\\sn a}}}}}}\\pngblip\\picw10{{\\*\\blipuid aabbcc}}\r\n{PNG}}}}}\
             {{\\nonshppict{{\\pict\\pngblip {PNG}}}}}\
             {{\\pict\\jpegblip\n{}\n{}}}{{\\pict\\macpict 0011}}{{\\shp{{\\sp{{\\sn pib}}{{\\sv {{\\pict\\pngblip {PNG}ff}}}}}}}}}}",
            &JPEG[..5],
            &JPEG[5..]
        );
        assert_eq!(count(rtf.as_bytes()), 3);
        let hex = |number| {
            picture(rtf.as_bytes(), number)
                .map(|bytes| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>())
        };
        assert_eq!(hex(0).as_deref(), Some(PNG));
        assert_eq!(hex(1).as_deref(), Some(JPEG));
        assert_eq!(hex(2), Some(format!("{PNG}ff")));
        assert_eq!(hex(3), None);
    }

    #[test]
    fn bytes_that_are_no_digits_may_stand_in_a_picture_as_they_are() {
        let mut rtf = b"{\\rtf1{\\pict\\jpegblip\\bin7 \xff\xd8\xff{}\\\x00}".to_vec();
        rtf.extend(b" het}");
        assert_eq!(
            picture(&rtf, 0).as_deref(),
            Some(b"\xff\xd8\xff{}\\\0".as_slice())
        );
        // A length beyond the end takes what is there, and a picture that never ends is none.
        assert_eq!(count(b"{\\rtf1{\\pict\\jpegblip\\bin700 \xff\xd8\xff"), 0);
    }
}
