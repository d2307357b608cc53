//! S/MIME in one piece (RFC 8551 §3.5.2, CMS of RFC 5652): what somebody signed lies within and is taken out; what
//! somebody sealed stays shut. Signatures are not verified: who wrote an essay is never proved by one here.

/// Containers one inside another; a signed mail has about ten.
const MAX_DEPTH: usize = 32;

const SIGNED: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
const ENVELOPED: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03";
const AUTHENTICATED: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17";

/// Tags of BER (ITU-T X.690).
const SEQUENCE: u8 = 0x30;
const OBJECT: u8 = 0x06;
const FIRST: u8 = 0xa0;
const OCTETS: u8 = 0x04;
const OCTETS_IN_PIECES: u8 = 0x24;

/// What such a part holds.
#[derive(Debug, PartialEq, Eq)]
pub enum Content {
    /// A part with a head of its own, signed.
    Signed(Vec<u8>),
    /// Nobody reads it without the key.
    Sealed,
    /// Certificates only.
    Keys,
}

/// Looks into a part of this type and name. `None`: it is none of these, or too broken to tell.
pub fn read(declared: &str, name: &str, bytes: &[u8]) -> Option<Content> {
    let told = matches!(
        declared,
        "application/pkcs7-mime" | "application/x-pkcs7-mime"
    ) || declared == "application/octet-stream" && name.to_lowercase().ends_with(".p7m");
    if !told {
        return None;
    }
    let (kind, content) = info(element(bytes, 0)?)?;
    match kind {
        SIGNED => {
            let signed = element(content?, 0).filter(|it| it.tag == SEQUENCE)?;
            // Version, digests, and then what was signed.
            let digests = element(element(signed.content, 0)?.rest, 0)?;
            let (_, content) = info(element(digests.rest, 0)?)?;
            Some(match content {
                Some(content) => Content::Signed(octets(content, 0)?),
                None => Content::Keys,
            })
        }
        ENVELOPED | AUTHENTICATED => Some(Content::Sealed),
        _ => None,
    }
}

/// A kind by its number, and what follows under the tag [0].
fn info(it: Element<'_>) -> Option<(&[u8], Option<&[u8]>)> {
    let kind = element(it.content, 0).filter(|kind| it.tag == SEQUENCE && kind.tag == OBJECT)?;
    let content = element(kind.rest, 0).filter(|content| content.tag == FIRST);
    Some((kind.content, content.map(|content| content.content)))
}

/// Bytes in one piece or in many.
fn octets(bytes: &[u8], depth: usize) -> Option<Vec<u8>> {
    let it = element(bytes, 0)?;
    match it.tag {
        OCTETS => Some(it.content.to_vec()),
        OCTETS_IN_PIECES if depth < MAX_DEPTH => {
            let mut whole = Vec::new();
            let mut rest = it.content;
            while !rest.is_empty() {
                let Some(piece) = element(rest, 0) else {
                    break;
                };
                whole.extend(octets(rest, depth + 1)?);
                rest = piece.rest;
            }
            Some(whole)
        }
        _ => None,
    }
}

#[derive(Clone, Copy)]
struct Element<'a> {
    tag: u8,
    content: &'a [u8],
    rest: &'a [u8],
}

/// The element that begins here. One that says it is longer than the bytes ends with them.
fn element(bytes: &[u8], depth: usize) -> Option<Element<'_>> {
    if depth > MAX_DEPTH {
        return None;
    }
    let (tag, rest) = bytes.split_first()?;
    let (length, rest) = rest.split_first()?;
    if *length == 0x80 {
        // No length: the end is marked by two noughts.
        let mut at = rest;
        while !at.starts_with(&[0, 0]) && !at.is_empty() {
            at = element(at, depth + 1)?.rest;
        }
        let content = rest.get(..rest.len() - at.len())?;
        return Some(Element {
            tag: *tag,
            content,
            rest: at.get(2..).unwrap_or_default(),
        });
    }
    let (length, rest) = if *length < 0x80 {
        (usize::from(*length), rest)
    } else {
        let digits = usize::from(length & 0x7f);
        let number = rest.get(..digits).filter(|_| digits <= 4)?;
        let length = number
            .iter()
            .fold(0usize, |sum, byte| sum << 8 | usize::from(*byte));
        (length, rest.get(digits..)?)
    };
    let (content, rest) = rest.split_at(length.min(rest.len()));
    Some(Element {
        tag: *tag,
        content,
        rest,
    })
}

#[cfg(test)]
pub mod tests {
    use super::Content;
    use super::read;

    /// An element of this tag around these.
    pub fn wrap(tag: u8, inside: &[&[u8]]) -> Vec<u8> {
        let inside = inside.concat();
        let mut out = vec![tag, 0x82];
        out.extend((inside.len() as u16).to_be_bytes());
        out.extend(inside);
        out
    }

    /// A mail signed in one piece, without a signature.
    pub fn signed(inner: &[u8]) -> Vec<u8> {
        let data = wrap(super::OBJECT, &[b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"]);
        let octets = wrap(super::OCTETS, &[inner]);
        let content = wrap(super::SEQUENCE, &[&data, &wrap(super::FIRST, &[&octets])]);
        let all = wrap(super::SEQUENCE, &[&[2, 1, 1], &wrap(0x31, &[]), &content]);
        let kind = wrap(super::OBJECT, &[super::SIGNED]);
        wrap(super::SEQUENCE, &[&kind, &wrap(super::FIRST, &[&all])])
    }

    /// Certificates only: a signed mail without the mail.
    pub fn keys() -> Vec<u8> {
        let data = wrap(super::OBJECT, &[b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"]);
        let content = wrap(super::SEQUENCE, &[&data]);
        let all = wrap(
            super::SEQUENCE,
            &[&[2, 1, 1], &wrap(0x31, &[]), &content, &wrap(0xa0, &[])],
        );
        let kind = wrap(super::OBJECT, &[super::SIGNED]);
        wrap(super::SEQUENCE, &[&kind, &wrap(super::FIRST, &[&all])])
    }

    /// What somebody sealed.
    pub fn sealed() -> Vec<u8> {
        let kind = wrap(super::OBJECT, &[super::ENVELOPED]);
        wrap(super::SEQUENCE, &[&kind, &wrap(super::FIRST, &[b"\x30\0"])])
    }

    #[test]
    fn signed_mails_are_opened_and_sealed_ones_are_not() {
        let kind = "application/pkcs7-mime";
        let check = |bytes: &[u8], want: Option<Content>| {
            assert_eq!(read(kind, "smime.p7m", bytes), want);
        };
        check(&signed(b"Bai"), Some(Content::Signed(b"Bai".to_vec())));
        check(&sealed(), Some(Content::Sealed));
        check(&keys(), Some(Content::Keys));
        check(b"", None);
        check(b"\x30\x80\x06\x09", None);
        // No lengths, and the text in two pieces.
        let mut open = b"\x30\x80\x06\x09".to_vec();
        open.extend(super::SIGNED);
        open.extend(b"\xa0\x80\x30\x80\x02\x01\x01\x31\x00\x30\x80\x06\x01\x01\xa0\x80\x24\x80\x04\x02Ba\x04\x01i");
        open.extend([0; 12]);
        check(&open, Some(Content::Signed(b"Bai".to_vec())));
        assert_eq!(read("image/png", "a.png", &sealed()), None);
        for end in 0..open.len() {
            let _ = read(kind, "", &open[..end]);
        }
    }
}
