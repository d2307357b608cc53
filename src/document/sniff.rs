//! What kind a file is, by its bytes; its name and declared media type only break ties.

use super::Kind;
use super::doc;
use super::mht;
use super::package::Package;
use super::package::Refusal;
use super::plain;
use super::word_xml;

/// Tells what a file is.
pub fn sniff(bytes: &[u8], name: &str, declared: &str) -> Kind {
    let declared = declared
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    by_magic(bytes, name)
        .or_else(|| by_declaration(bytes, name, &declared))
        .unwrap_or_default()
}

fn by_magic(bytes: &[u8], name: &str) -> Option<Kind> {
    let starts: &[(&[u8], Kind)] = &[
        (b"{\\rtf", Kind::Rtf),
        (b"\xff\xd8\xff", Kind::Jpeg),
        (b"\x89PNG\r\n\x1a\n", Kind::Png),
        (b"II*\0", Kind::Tiff),
        (b"MM\0*", Kind::Tiff),
        (b"II+\0", Kind::Tiff),
        (b"GIF87a", Kind::Gif),
        (b"GIF89a", Kind::Gif),
        (b"Rar!\x1a\x07", Kind::Rar),
        (b"7z\xbc\xaf\x27\x1c", Kind::SevenZip),
        (b"\x78\x9f\x3e\x22", Kind::Tnef),
        (b"BEGIN:VCALENDAR", Kind::Accessory),
        (b"BEGIN:VCARD", Kind::Accessory),
        (b"-----BEGIN PGP", Kind::Accessory),
    ];
    if let Some((_, kind)) = starts.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Some(*kind);
    }
    // PDF readers accept a header within the first kilobyte (ISO 32000-1, annex H, note 13).
    if contains(head(bytes, 1024), b"%PDF-") {
        return Some(Kind::Pdf);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Some(in_zip(bytes));
    }
    if doc::is_compound(bytes) {
        return Some(in_compound_file(bytes, name));
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Some(Kind::Webp);
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        let brands = head(bytes, 32);
        let heif: [&[u8]; 6] = [b"heic", b"heix", b"mif1", b"msf1", b"heim", b"hevc"];
        if heif.iter().any(|brand| contains(brands, brand)) {
            return Some(Kind::Heic);
        }
    }
    // "BM" alone is too little: the header's size must be one that exists.
    if bytes.starts_with(b"BM")
        && matches!(
            bytes.get(14..18),
            Some([12 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0])
        )
    {
        return Some(Kind::Bmp);
    }
    None
}

fn in_zip(bytes: &[u8]) -> Kind {
    let mut package = match Package::open(bytes) {
        Ok(package) => package,
        // A docx cut short has lost its directory, but its first entries still name it.
        Err(Refusal::Damaged) if contains(head(bytes, 1 << 16), b"word/") => return Kind::Docx,
        Err(_) => return Kind::Zip,
    };
    let open_document = package.part("mimetype").unwrap_or_default();
    match open_document.strip_prefix("application/vnd.oasis.opendocument.") {
        Some(kind) if kind.starts_with("text") => return Kind::Odt,
        Some(kind) if kind.starts_with("spreadsheet") => return Kind::Ods,
        _ => {}
    }
    if !package.has("[Content_Types].xml") {
        return Kind::Zip;
    }
    if package.has_under("word/") {
        Kind::Docx
    } else if package.has_under("xl/") {
        Kind::Xlsx
    } else if package.has_under("ppt/") {
        Kind::Pptx
    } else {
        Kind::Zip
    }
}

/// OLE2: the names of the streams in the directory (UTF-16) tell Word from its neighbours.
fn in_compound_file(bytes: &[u8], name: &str) -> Kind {
    let has = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        contains(bytes, &wide)
    };
    // An encrypted docx is wrapped in OLE2 as well.
    if has("EncryptedPackage") {
        Kind::Docx
    } else if has("WordDocument") {
        Kind::Doc
    } else if has("Workbook") {
        Kind::Xls
    } else if name.to_lowercase().ends_with(".doc") {
        // One cut short has lost the directory, which stands at its end.
        Kind::Doc
    } else {
        Kind::Unknown
    }
}

fn by_declaration(bytes: &[u8], name: &str, declared: &str) -> Option<Kind> {
    let ending = name
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_lowercase())
        .unwrap_or_default();
    // Some programs send pages in one file as messages, which they look like.
    let is_page = matches!(ending.as_str(), "mht" | "mhtml" | "doc");
    match declared {
        "message/rfc822" | "message/global" if !is_page => return Some(Kind::Mail),
        "application/pkcs7-signature"
        | "application/x-pkcs7-signature"
        | "application/pgp-signature"
        | "application/pgp-keys"
        | "text/calendar"
        | "text/vcard"
        | "text/x-vcard"
        | "message/delivery-status"
        | "message/disposition-notification"
        | "text/rfc822-headers" => {
            return Some(Kind::Accessory);
        }
        _ => {}
    }
    match ending.as_str() {
        "p7s" | "ics" | "vcf" | "asc" | "sig" => return Some(Kind::Accessory),
        "eml" if plain::decode(bytes).is_some() => return Some(Kind::Mail),
        _ => {}
    }
    let text = plain::decode(head(bytes, 1 << 16))?;
    if word_xml::is_word_xml(head_of(&text)) {
        return Some(Kind::Doc);
    }
    if mht::is_mht(bytes) {
        return Some(Kind::Html);
    }
    let start = text.trim_start().to_ascii_lowercase();
    let looks_like_html = ["<!doctype html", "<html", "<head", "<body", "<?xml"]
        .iter()
        .any(|tag| start.starts_with(tag))
        && start.contains("<html");
    if looks_like_html || declared == "text/html" || matches!(ending.as_str(), "html" | "htm") {
        return Some(Kind::Html);
    }
    Some(Kind::Text)
}

/// Where the root of an XML file stands, behind its declarations.
fn head_of(text: &str) -> &str {
    let text = text.trim_start();
    let end = text.floor_char_boundary(text.len().min(2_000));
    text.get(..end)
        .filter(|text| text.starts_with('<'))
        .unwrap_or_default()
}

fn head(bytes: &[u8], length: usize) -> &[u8] {
    bytes.get(..length).unwrap_or(bytes)
}

/// Whether `needle` (not empty) occurs in `bytes`.
pub fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    let Some((first, rest)) = needle.split_first() else {
        return true;
    };
    // From first byte to first byte: whole windows are compared only there.
    let mut tail = bytes;
    while let Some(at) = tail.iter().position(|byte| byte == first) {
        tail = tail.get(at + 1..).unwrap_or_default();
        if tail.starts_with(rest) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::sniff;
    use crate::document::Kind;

    #[test]
    fn bytes_decide_and_names_only_break_ties() {
        let check = |bytes: &[u8], name: &str, declared: &str, want: Kind| {
            assert_eq!(sniff(bytes, name, declared), want, "{name} {declared}");
        };
        check(b"%PDF-1.7 ...", "bai.docx", "application/msword", Kind::Pdf);
        check(b"{\\rtf1 x}", "bai.doc", "application/msword", Kind::Rtf);
        check(b"\xff\xd8\xff\xe0", "bai.pdf", "", Kind::Jpeg);
        check(
            b"\0\0\0\x18ftypmif1\0\0\0\0heic",
            "IMG_1.HEIC",
            "",
            Kind::Heic,
        );
        check(b"BM, viet tat cua ban mai", "a.txt", "", Kind::Text);
        check("Bài dự thi".as_bytes(), "bai.txt", "text/plain", Kind::Text);
        check(b"<p>x</p>", "", "text/html; charset=utf-8", Kind::Html);
        check(
            b"From: a@b.vn\r\n\r\nx",
            "x.eml",
            "message/rfc822",
            Kind::Mail,
        );
        check(
            b"\x30\x80\x06\x09",
            "smime.p7s",
            "application/pkcs7-signature",
            Kind::Accessory,
        );
        check(
            b"\x78\x9f\x3e\x22\0",
            "winmail.dat",
            "application/ms-tnef",
            Kind::Tnef,
        );
        check(
            b"PK\x03\x04 cut word/document.xml",
            "a.docx",
            "",
            Kind::Docx,
        );
        check(b"PK\x03\x04 cut", "a.docx", "", Kind::Zip);
        check(b"\0\x01\x02\x03\x04\x05", "x.bin", "", Kind::Unknown);
        check(b"", "", "", Kind::Unknown);
    }
}
