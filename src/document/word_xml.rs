//! Word documents in one XML file: what Word 2003 saved as "XML document" (`w:wordDocument`), also under the name .doc,
//! and the flat package of later versions (`pkg:package`).
//!
//! Body, styles, headers and footers are elements of the same words as in a docx, so the docx's readers read them.

use super::Document;
use super::Kind;
use super::docx;
use super::docx_story;
use super::docx_style::Styles;
use super::form::Census;
use super::gathered::Gathered;
use super::list::Lists;
use super::plain;
use crate::entry::FindingCode;

/// Elements that tell such a file, within its first kilobytes.
const ROOTS: [&str; 2] = ["<w:wordDocument", "<pkg:package"];

/// Whether a text is such a file.
pub fn is_word_xml(start: &str) -> bool {
    ROOTS.iter().any(|root| start.contains(root))
}

/// Reads such a file.
pub fn read(bytes: &[u8]) -> Document {
    let Some(file) = plain::decode(bytes) else {
        return Document {
            kind: Kind::Doc,
            findings: vec![FindingCode::Damaged.into()],
            ..Document::default()
        };
    };
    // Word 2003 hyphenated what its successors write in one word.
    let file = file
        .replace(" w:h-ansi=", " w:hAnsi=")
        .replace(" w:fareast=", " w:eastAsia=");
    let mut gathered = Gathered::default();
    let styles = Styles::read(&styles(&file), "");
    let mut lists = Lists::default();
    let (margins, body) = parted(&file);
    if body.is_empty() {
        gathered.findings.push(FindingCode::Damaged.into());
    }
    let story = docx_story::read(&body, &styles, &mut lists, &mut gathered.census);
    gathered.findings.extend(docx::ended(&story));
    gathered.text = story.text;
    gathered.tracked = story.tracked || file.contains("\"Word.Deletion\"");
    gathered.paper = story.paper;
    for margin in margins {
        let story = docx_story::read(margin, &styles, &mut lists, &mut Census::default());
        gathered.append_margin(&story.text);
    }
    gathered.document(Kind::Doc)
}

/// The styles, under the fonts that Word 2003 names outside of them.
fn styles(file: &str) -> String {
    let named = element(file, "<w:defaultFonts").map_or("", |(start, end)| cut(file, start, end));
    let fonts = named.trim_start_matches("<w:defaultFonts");
    let fonts = fonts.split_once("/>").map_or("", |(fonts, _)| fonts);
    let rest = element(file, "<w:styles").map_or("", |(start, end)| cut(file, start, end));
    format!(
        "<w:root><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts{fonts}/></w:rPr></w:rPrDefault></w:docDefaults>{rest}</w:root>"
    )
}

/// The headers and footers, and the body without them.
fn parted(file: &str) -> (Vec<&str>, String) {
    let mut margins = Vec::new();
    let (start, end) = element(file, "<w:body").unwrap_or((file.len(), file.len()));
    let mut body = String::new();
    let mut kept = start;
    let mut from = 0;
    while let Some((first, last)) = next_margin(file, from) {
        margins.push(cut(file, first, last));
        if first >= kept && last <= end {
            body.push_str(cut(file, kept, first));
            kept = last;
        }
        from = last;
    }
    body.push_str(cut(file, kept, end));
    (margins, body)
}

/// The next header or footer from a place.
fn next_margin(file: &str, from: usize) -> Option<(usize, usize)> {
    let rest = file.get(from..)?;
    let found = ["<w:hdr", "<w:ftr"].map(|name| element(rest, name));
    let (start, end) = found.into_iter().flatten().min()?;
    Some((from + start, from + end))
}

/// Where an element stands, from its first bracket to behind its last; where it is not closed, to the file's end.
fn element(file: &str, opening: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    loop {
        let start = from + file.get(from..)?.find(opening)?;
        let after = file.get(start + opening.len()..)?;
        // "<w:styles", never "<w:stylesWithEffects".
        if !after.starts_with([' ', '>', '/', '\r', '\n', '\t']) {
            from = start + opening.len();
            continue;
        }
        let tag = after.find('>').map_or(after.len(), |at| at + 1);
        let head = start + opening.len() + tag;
        if file.get(..head).is_some_and(|head| head.ends_with("/>")) {
            return Some((start, head));
        }
        let closing = format!("</{}>", opening.trim_start_matches('<'));
        let end = file
            .get(head..)
            .and_then(|rest| rest.find(&closing))
            .map_or(file.len(), |at| head + at + closing.len());
        return Some((start, end));
    }
}

fn cut(file: &str, start: usize, end: usize) -> &str {
    file.get(start..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::document::Kind;
    use crate::document::read;
    use crate::entry::FindingCode;

    const FILE: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
        <?mso-application progid=\"Word.Document\"?>\
        <w:wordDocument xmlns:w=\"http://schemas.microsoft.com/office/word/2003/wordml\" xmlns:wx=\"x\" xmlns:aml=\"y\">\
        <w:fonts><w:defaultFonts w:ascii=\"Times New Roman\" w:fareast=\"SimSun\" w:h-ansi=\"Times New Roman\"/></w:fonts>\
        <w:styles><w:style w:type=\"paragraph\" w:default=\"on\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/>\
        <w:rPr><w:sz w:val=\"28\"/></w:rPr></w:style></w:styles>\
        <w:body><wx:sect><w:p><w:r><w:t>Họ và tên: Đỗ Thị Mơ</w:t></w:r></w:p>\
        <w:tbl><w:tr><w:tc><w:p><w:r><w:t>Ngày sinh</w:t></w:r></w:p></w:tc>\
        <w:tc><w:p><w:r><w:t>09/02/1981</w:t></w:r></w:p></w:tc></w:tr></w:tbl>\
        <w:p><w:r><w:pict><w:binData w:name=\"wordml://1.jpg\">/9j/4AAQ</w:binData></w:pict></w:r>\
        <w:r><w:t>Tôi &amp; bạn</w:t></w:r><aml:annotation w:type=\"Word.Deletion\"><aml:content><w:r>\
        <w:delText>bỏ</w:delText></w:r></aml:content></aml:annotation></w:p>\
        <w:sectPr><w:hdr w:type=\"odd\"><w:p><w:r><w:t>Lớp 9A</w:t></w:r></w:p></w:hdr>\
        <w:pgSz w:w=\"11906\" w:h=\"16838\"/></w:sectPr></wx:sect></w:body></w:wordDocument>";

    #[test]
    fn a_file_of_word_2003_is_read_like_a_docx() {
        let document = read(FILE.as_bytes(), "bai.doc", "application/msword");
        assert_eq!(document.kind, Kind::Doc);
        assert_eq!(
            document.text,
            "Họ và tên: Đỗ Thị Mơ\nNgày sinh\t09/02/1981\nTôi & bạn"
        );
        assert_eq!(document.margins, "Lớp 9A");
        assert_eq!(document.form.font.as_deref(), Some("Times New Roman"));
        assert_eq!(document.form.size, Some(14.0));
        assert_eq!(document.form.paper.as_deref(), Some("A4"));
        let codes: Vec<FindingCode> = document.findings.iter().map(|f| f.code).collect();
        assert_eq!(codes, [FindingCode::TrackedChanges]);
    }

    #[test]
    fn a_flat_package_is_read_too() {
        let body = FILE.split_once("<w:body>").unwrap().1;
        let flat = format!(
            "<?xml version=\"1.0\"?><pkg:package xmlns:pkg=\"z\"><pkg:part pkg:name=\"/word/document.xml\">\
             <pkg:xmlData><w:document><w:body>{}</pkg:xmlData></pkg:part></pkg:package>",
            body.replace("</w:wordDocument>", "</w:document>")
        );
        let document = read(flat.as_bytes(), "bai.xml", "text/xml");
        assert!(document.text.starts_with("Họ và tên: Đỗ Thị Mơ"));
        assert_eq!(document.kind, Kind::Doc);
    }

    #[test]
    fn what_is_cut_short_is_kept_and_said_to_be_damaged() {
        for cut in [200, FILE.len() / 2, FILE.len() - 30] {
            let end = FILE.floor_char_boundary(cut);
            let document = read(&FILE.as_bytes()[..end], "bai.doc", "");
            assert_eq!(document.kind, Kind::Doc, "{cut}");
            let damaged = document
                .findings
                .iter()
                .any(|f| f.code == FindingCode::Damaged);
            assert!(damaged, "{cut}: {:?}", document.findings);
        }
        let end = FILE.find("Tôi").unwrap();
        let half = read(&FILE.as_bytes()[..end], "bai.doc", "");
        assert!(half.text.contains("09/02/1981"), "{}", half.text);
    }
}
