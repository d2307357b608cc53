//! "Single File Web Page" (MHT, MHTML), also under the name .doc: a page with its pictures as a MIME message.

use std::borrow::Cow;

use mail_parser::MessageParser;
use mail_parser::MimeHeaders as _;

use super::Document;
use super::Kind;
use super::html;
use super::sniff;
use crate::entry::FindingCode;

/// Bytes in which the header of such a file ends, and its first page begins.
const HEAD: usize = 4_000;

/// Whether bytes are such a file: the header of a message, as no letter begins, around a page.
pub fn is_mht(bytes: &[u8]) -> bool {
    let head = head(bytes).to_ascii_lowercase();
    let head = head.trim_start_matches('\u{feff}').trim_start();
    let begins = [
        "mime-version:",
        "from: <saved by",
        "from: \"saved by",
        "content-type: multipart/related",
    ];
    begins.iter().any(|begin| head.starts_with(begin))
        && head.contains("multipart/related")
        && head.contains("text/html")
}

/// Reads such a file: its first page is the body, the page that Word keeps headers and footers in the margins.
pub fn read(bytes: &[u8]) -> Document {
    let mut pages: Vec<String> = Vec::new();
    let mut margins = String::new();
    if let Some(message) = MessageParser::default().parse(&closed(bytes)) {
        for part in &message.parts {
            let is_page = part
                .content_type()
                .is_some_and(|kind| kind.subtype() == Some("html"));
            let Some(text) = part.text_contents().filter(|_| is_page) else {
                continue;
            };
            let place = part.content_location().unwrap_or_default();
            if place.to_ascii_lowercase().ends_with("header.htm") {
                margins.push_str(text);
            } else {
                pages.push(text.to_owned());
            }
        }
    }
    let Some(page) = pages.first() else {
        return Document {
            kind: Kind::Html,
            findings: vec![FindingCode::Damaged.into()],
            ..Document::default()
        };
    };
    html::page(page, &margins)
}

fn head(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes.get(..bytes.len().min(HEAD)).unwrap_or_default())
}

/// The file with its last boundary, which one cut short has lost: without it the last part is not decoded.
fn closed(bytes: &[u8]) -> Cow<'_, [u8]> {
    let head = head(bytes);
    let lower = head.to_ascii_lowercase();
    let named = lower
        .find("boundary=")
        .and_then(|at| head.get(at + "boundary=".len()..))
        .and_then(|rest| {
            rest.trim_start_matches('"')
                .split(['"', '\r', '\n', ';'])
                .next()
        });
    let Some(boundary) = named.filter(|name| !name.is_empty() && name.len() <= 200) else {
        return Cow::Borrowed(bytes);
    };
    let last = format!("--{boundary}--");
    if sniff::contains(bytes, last.as_bytes()) {
        return Cow::Borrowed(bytes);
    }
    let mut whole = bytes.to_vec();
    whole.extend_from_slice(format!("\r\n{last}\r\n").as_bytes());
    Cow::Owned(whole)
}

#[cfg(test)]
mod tests {
    use crate::document::Kind;
    use crate::document::read;
    use crate::entry::FindingCode;

    const FILE: &str = "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"----=_NextPart_01\"\r\n\r\n\
        This document is a Single File Web Page.\r\n\r\n------=_NextPart_01\r\nContent-Location: file:///C:/bai.htm\r\n\
        Content-Transfer-Encoding: quoted-printable\r\nContent-Type: text/html; charset=\"utf-8\"\r\n\r\n\
        <html><head><style>p.MsoNormal {font-size:14.0pt; font-family:\"Times New Roman\";} \
        @page S {size:595.3pt 841.9pt;}</style></head><body><p class=3DMsoNormal>H=E1=BB=8D v=C3=A0 t=C3=AAn: L=C3=AA An</p>\r\n\
        <p class=3DMsoNormal>Ng=C3=A0y sinh: 09/02/=\r\n1981</p></body></html>\r\n\r\n------=_NextPart_01\r\n\
        Content-Location: file:///C:/bai_files/image001.jpg\r\nContent-Transfer-Encoding: base64\r\nContent-Type: image/jpeg\r\n\r\n\
        /9j/4AAQ\r\n\r\n------=_NextPart_01\r\nContent-Location: file:///C:/bai_files/header.htm\r\n\
        Content-Type: text/html; charset=\"utf-8\"\r\n\r\n<html><body><p>Lop 9A</p></body></html>\r\n\r\n------=_NextPart_01--\r\n";

    #[test]
    fn a_page_in_one_file_is_read_with_its_form_and_margins() {
        for name in ["bai.mht", "bai.doc", "bai"] {
            let document = read(FILE.as_bytes(), name, "application/msword");
            assert_eq!(document.kind, Kind::Html);
            assert_eq!(document.text, "Họ và tên: Lê An\nNgày sinh: 09/02/1981");
            assert_eq!(document.margins, "Lop 9A");
            assert_eq!(document.form.size, Some(14.0));
            assert_eq!(document.form.paper.as_deref(), Some("A4"));
            assert!(document.findings.is_empty(), "{:?}", document.findings);
        }
    }

    #[test]
    fn one_cut_short_keeps_what_is_there() {
        let end = FILE.find("Ng=C3").unwrap();
        let half = read(&FILE.as_bytes()[..end], "bai.doc", "");
        assert_eq!(half.text, "Họ và tên: Lê An");
        let end = FILE.find("<html").unwrap();
        let none = read(&FILE.as_bytes()[..end], "bai.doc", "");
        assert!(none.text.is_empty());
        assert_eq!(none.kind, Kind::Html);
        let found = none.findings.iter().map(|finding| finding.code);
        let codes: Vec<FindingCode> = found.collect();
        assert!(
            matches!(codes[..], [FindingCode::Damaged] | [FindingCode::Empty]),
            "{codes:?}"
        );
    }
}
