//! Words of a head in letters beyond ASCII: encoded ones (RFC 2047), also where the standard forbids them or a letter
//! stands half in one word and half in the next, and raw bytes of whatever charset.

use super::charset;
use super::transfer;

/// A value of a head as text.
pub fn text(raw: &[u8]) -> String {
    decode(&charset::raw_text(raw, None), |word, _| word)
}

/// Decodes words in text that is Unicode already.
pub fn words(text: &str) -> String {
    decode(text, |word, _| word)
}

/// A list of addresses in which no encoded word is left. What was in one becomes a quoted string, for it may hold the
/// commas and brackets that part addresses.
pub fn addresses(raw: &[u8]) -> String {
    let mut quotes = Quotes::default();
    decode(&charset::raw_text(raw, None), |word, before| {
        let escaped = word.replace('\\', "\\\\").replace('"', "\\\"");
        if quotes.are_open(before) {
            escaped
        } else {
            format!("\"{escaped}\"")
        }
    })
}

/// Whether a quoted string is open at the end of a text that grows.
#[derive(Default)]
struct Quotes {
    open: bool,
    seen: usize,
}

impl Quotes {
    fn are_open(&mut self, before: &str) -> bool {
        let mut bytes = before.bytes().skip(self.seen);
        while let Some(byte) = bytes.next() {
            match byte {
                b'"' => self.open = !self.open,
                b'\\' if self.open => {
                    bytes.next();
                }
                _ => {}
            }
        }
        self.seen = before.len();
        self.open
    }
}

fn decode(text: &str, mut put: impl FnMut(String, &str) -> String) -> String {
    if !text.contains("=?") {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut run: Vec<Word<'_>> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("=?") {
        let (before, from) = rest.split_at(at);
        let Some((word, tail)) = Word::read(from) else {
            flush(&mut run, &mut out, &mut put);
            out.push_str(before);
            out.push_str("=?");
            rest = from.get(2..).unwrap_or_default();
            continue;
        };
        // Blanks between encoded words are none of the text.
        let joined = !run.is_empty() && before.trim().is_empty();
        if !joined {
            flush(&mut run, &mut out, &mut put);
            out.push_str(before);
        } else if run
            .first()
            .is_some_and(|first| !first.charset.eq_ignore_ascii_case(word.charset))
        {
            flush(&mut run, &mut out, &mut put);
        }
        run.push(word);
        rest = tail;
    }
    flush(&mut run, &mut out, &mut put);
    out.push_str(rest);
    out
}

/// Puts down the words of one charset that follow one another, their bytes joined before they become letters.
fn flush(run: &mut Vec<Word<'_>>, out: &mut String, put: &mut impl FnMut(String, &str) -> String) {
    if run.is_empty() {
        return;
    }
    let charset = run
        .first()
        .map(|word| word.charset.to_ascii_lowercase())
        .unwrap_or_default();
    let mut bytes = Vec::new();
    let mut code = String::new();
    for word in run.drain(..) {
        if word.base64 {
            code.push_str(word.code);
            // A word that ends within a group of four goes on in the next.
            if code.ends_with('=') || code.len().is_multiple_of(4) {
                bytes.extend(transfer::base64(code.as_bytes()).bytes);
                code.clear();
            }
            continue;
        }
        bytes.extend(transfer::base64(code.as_bytes()).bytes);
        code.clear();
        bytes.extend(transfer::quoted_printable(word.code.replace('_', " ").as_bytes()).bytes);
    }
    bytes.extend(transfer::base64(code.as_bytes()).bytes);
    let plain = charset::raw_text(&bytes, Some(&charset));
    let plain: String = plain
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect();
    let word = put(plain, out);
    out.push_str(&word);
}

/// "=?charset?B?code?=".
struct Word<'a> {
    charset: &'a str,
    base64: bool,
    code: &'a str,
}

impl<'a> Word<'a> {
    /// The word that begins here, and what follows it. One that breaks off at the end of the value counts as well.
    fn read(text: &'a str) -> Option<(Word<'a>, &'a str)> {
        let (charset, rest) = text.strip_prefix("=?")?.split_once('?')?;
        let (kind, rest) = rest.split_once('?')?;
        let base64 = match kind {
            "B" | "b" => true,
            "Q" | "q" => false,
            _ => return None,
        };
        let named = !charset.is_empty()
            && charset.len() < 60
            && charset.bytes().all(|byte| byte.is_ascii_graphic());
        if !named {
            return None;
        }
        let (code, tail) = rest.split_once("?=").unwrap_or((rest, ""));
        // A language may stand behind the charset (RFC 2231 §5).
        let charset = charset.split('*').next().unwrap_or(charset);
        let word = Word {
            charset,
            base64,
            code: code.trim(),
        };
        Some((word, tail))
    }
}

#[cfg(test)]
mod tests {
    use super::addresses;
    use super::text;

    #[test]
    fn encoded_words_are_read_wherever_they_stand() {
        let check = |raw: &str, want: &str| assert_eq!(text(raw.as_bytes()), want, "{raw}");
        check("=?UTF-8?Q?B=C3=A0i_thi?=", "Bài thi");
        check("=?utf-8*vi?b?QsOgaQ==?= 9A", "Bài 9A");
        check("=?UTF-8?Q?B=C3=A0?= =?UTF-8?Q?i?=", "Bài");
        // A letter half here, half there; a group of base64 as well.
        check("=?UTF-8?Q?B=C3?= =?UTF-8?Q?=A0i?=", "Bài");
        check("=?UTF-8?B?QsO?= =?UTF-8?B?gaQ==?=", "Bài");
        check("a=?UTF-8?Q?=C3=A0?=b", "aàb");
        check("\"=?UTF-8?Q?B=C3=A0i.doc?=\"", "\"Bài.doc\"");
        check("=?UTF-8?Q?B=C3=A0i thi?=", "Bài thi");
        check("=?UTF-8?Q?B=C3=A0i", "Bài");
        check("=?x-la?Q?B=C3=A0i?=", "Bài");
        check("=?windows-1258?Q?Ti=EA=ECng?=", "Ti\u{ea}\u{301}ng");
        check("=?UTF-8?X?abc?= =? 1 + 1 =?", "=?UTF-8?X?abc?= =? 1 + 1 =?");
        check("=?UTF-8?Q?a=0D=0ABcc:_x?=", "a  Bcc: x");
        assert_eq!(text(b"B\xc3\xa0i thi"), "Bài thi");
    }

    #[test]
    fn names_in_addresses_part_nothing() {
        let check = |raw: &str, want: &str| assert_eq!(addresses(raw.as_bytes()), want, "{raw}");
        check(
            "=?UTF-8?Q?Nguy=E1=BB=85n,_An?= <a@b.vn>",
            "\"Nguyễn, An\" <a@b.vn>",
        );
        check(
            "\"=?UTF-8?Q?Nguy=E1=BB=85n,_=22An=22?=\" <a@b.vn>",
            "\"Nguyễn, \\\"An\\\"\" <a@b.vn>",
        );
    }
}
