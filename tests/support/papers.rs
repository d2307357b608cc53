//! The files participants attach: docx in several forms, photographs, an old .doc, archives, and PDF files
//! that are locked or cut off. The PDF essays come from tests/data/documents with their truth beside them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Cursor;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;

use rust_xlsxwriter::DocProperties;
use rust_xlsxwriter::ExcelDateTime;
use rust_xlsxwriter::Format;
use rust_xlsxwriter::Workbook;
use serde::Deserialize;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::person::Person;

/// A document for Word.
#[derive(Clone, Debug)]
pub struct Paper {
    /// Lines at the head: facts about the author.
    pub head: Vec<String>,
    /// The facts as a table of two columns instead of lines.
    pub head_table: Vec<(String, String)>,
    pub title: String,
    pub paragraphs: Vec<String>,
    pub header: String,
    pub footer: String,
    pub font: &'static str,
    /// Points.
    pub size: u32,
    pub sheet: Sheet,
    /// A picture (JPEG) after the first paragraph.
    pub picture: Option<Vec<u8>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sheet {
    A4,
    Letter,
}

impl Default for Paper {
    fn default() -> Paper {
        Paper {
            head: Vec::new(),
            head_table: Vec::new(),
            title: String::new(),
            paragraphs: Vec::new(),
            header: String::new(),
            footer: String::new(),
            font: "Times New Roman",
            size: 14,
            sheet: Sheet::A4,
            picture: None,
        }
    }
}

impl Paper {
    /// All text of the body, a paragraph a line (no page header or footer).
    pub fn text(&self) -> String {
        let mut lines = self.head.clone();
        for (label, value) in &self.head_table {
            lines.push(format!("{label}: {value}"));
        }
        if !self.title.is_empty() {
            lines.push(self.title.clone());
        }
        lines.extend(self.paragraphs.iter().cloned());
        lines.join("\n")
    }

    /// The document as a .docx file.
    pub fn docx(&self) -> Vec<u8> {
        let mut body = String::new();
        for line in &self.head {
            body.push_str(&paragraph(line, ""));
        }
        if !self.head_table.is_empty() {
            body.push_str("<w:tbl><w:tblPr/><w:tblGrid><w:gridCol w:w=\"3000\"/><w:gridCol w:w=\"6000\"/></w:tblGrid>");
            for (label, value) in &self.head_table {
                let _ = write!(
                    body,
                    "<w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr>",
                    paragraph(label, ""),
                    paragraph(value, "")
                );
            }
            body.push_str("</w:tbl>");
        }
        if !self.title.is_empty() {
            body.push_str(&paragraph(&self.title, "<w:b/>"));
        }
        for (number, text) in self.paragraphs.iter().enumerate() {
            body.push_str(&paragraph(text, ""));
            if number == 0 && self.picture.is_some() {
                body.push_str(DRAWING);
            }
        }
        let (width, height) = match self.sheet {
            Sheet::A4 => (11906, 16838),
            Sheet::Letter => (12240, 15840),
        };
        let document = format!(
            "{XML}<w:document {W} {R}><w:body>{body}<w:sectPr><w:headerReference w:type=\"default\" r:id=\"rId2\"/>\
             <w:footerReference w:type=\"default\" r:id=\"rId3\"/><w:pgSz w:w=\"{width}\" w:h=\"{height}\"/>\
             <w:pgMar w:top=\"1134\" w:right=\"1134\" w:bottom=\"1134\" w:left=\"1701\" w:header=\"567\" w:footer=\"567\" w:gutter=\"0\"/>\
             </w:sectPr></w:body></w:document>"
        );
        let (font, half) = (self.font, self.size * 2);
        let styles = format!(
            "{XML}<w:styles {W}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii=\"{font}\" w:hAnsi=\"{font}\" w:cs=\"{font}\"/>\
             <w:sz w:val=\"{half}\"/><w:szCs w:val=\"{half}\"/></w:rPr></w:rPrDefault></w:docDefaults>\
             <w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/></w:style></w:styles>"
        );
        let header = format!("{XML}<w:hdr {W}>{}</w:hdr>", paragraph(&self.header, ""));
        let footer = format!("{XML}<w:ftr {W}>{}</w:ftr>", paragraph(&self.footer, ""));
        let mut files = vec![
            ("[Content_Types].xml", CONTENT_TYPES.as_bytes()),
            ("_rels/.rels", ROOT_RELATIONS.as_bytes()),
            ("word/document.xml", document.as_bytes()),
            ("word/_rels/document.xml.rels", RELATIONS.as_bytes()),
            ("word/styles.xml", styles.as_bytes()),
            ("word/header1.xml", header.as_bytes()),
            ("word/footer1.xml", footer.as_bytes()),
        ];
        if let Some(picture) = &self.picture {
            files.push(("word/media/image1.jpeg", picture));
        }
        archive(&files)
    }
}

const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const W: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";
const R: &str = "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";
const CONTENT_TYPES: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Default Extension=\"jpeg\" ContentType=\"image/jpeg\"/>\
<Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/>\
<Override PartName=\"/word/styles.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml\"/>\
<Override PartName=\"/word/header1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml\"/>\
<Override PartName=\"/word/footer1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml\"/></Types>";
const ROOT_RELATIONS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
<Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/></Relationships>";
const RELATIONS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
<Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\" Target=\"styles.xml\"/>\
<Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/header\" Target=\"header1.xml\"/>\
<Relationship Id=\"rId3\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer\" Target=\"footer1.xml\"/>\
<Relationship Id=\"rId4\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/image\" Target=\"media/image1.jpeg\"/></Relationships>";
/// A picture in a line, 12 by 17 centimetres.
const DRAWING: &str = "<w:p><w:r><w:drawing><wp:inline xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\">\
<wp:extent cx=\"4320000\" cy=\"6120000\"/><wp:docPr id=\"1\" name=\"Hình 1\"/>\
<a:graphic xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\"><a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/picture\">\
<pic:pic xmlns:pic=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"><pic:nvPicPr><pic:cNvPr id=\"1\" name=\"image1.jpeg\"/><pic:cNvPicPr/></pic:nvPicPr>\
<pic:blipFill><a:blip r:embed=\"rId4\"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>\
<pic:spPr><a:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"4320000\" cy=\"6120000\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>\
</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>";

fn paragraph(text: &str, look: &str) -> String {
    let text = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let look = if look.is_empty() {
        String::new()
    } else {
        format!("<w:rPr>{look}</w:rPr>")
    };
    format!("<w:p><w:r>{look}<w:t xml:space=\"preserve\">{text}</w:t></w:r></w:p>")
}

/// A zip archive of these files.
pub fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .expect("a name in a zip");
        writer.write_all(bytes).expect("memory");
    }
    writer.finish().expect("a zip").into_inner()
}

/// A list as schools make it in Excel: a title above, cells that are merged, names in capitals, sums and signatures
/// below. The pupil at `at` wrote the file.
pub fn class_list(pupils: &[Person], file: &str, at: usize) -> Vec<u8> {
    let mut workbook = Workbook::new();
    // Without it the file tells the second in which it was written, and no two are the same.
    let written = ExcelDateTime::from_ymd(2019, 9, 2).expect("a day");
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&written));
    let sheet = workbook.add_worksheet();
    let plain = Format::new();
    let day = Format::new().set_num_format("dd/mm/yyyy");
    sheet
        .merge_range(0, 0, 0, 2, &pupils[0].house.to_uppercase(), &plain)
        .and_then(|sheet| sheet.merge_range(2, 0, 2, 7, "DANH SÁCH HỌC SINH DỰ THI", &plain))
        .and_then(|sheet| sheet.merge_range(4, 1, 4, 2, "HỌ VÀ TÊN", &plain))
        .expect("cells");
    for (column, heading) in [
        (0, "TT"),
        (3, "Ngày, tháng,\nnăm sinh"),
        (4, "Lớp"),
        (5, "Địa chỉ"),
        (6, "Điện thoại"),
        (7, "Tên tệp"),
    ] {
        sheet.write(4, column, heading).expect("a heading");
    }
    for (row, pupil) in (5..).zip(pupils) {
        let (family, given) = pupil.name.rsplit_once(' ').expect("two words");
        let (year, month, date) = pupil.birth;
        let born = ExcelDateTime::from_ymd(year as u16, month, date).expect("a day");
        let phone: f64 = pupil.phone.parse().expect("figures");
        sheet
            .write(row, 0, row - 4)
            .and_then(|sheet| sheet.write(row, 1, family.to_uppercase()))
            .and_then(|sheet| sheet.write(row, 2, given.to_uppercase()))
            .and_then(|sheet| sheet.write_with_format(row, 3, &born, &day))
            .and_then(|sheet| sheet.write(row, 4, &pupil.class))
            .and_then(|sheet| sheet.write(row, 5, &pupil.address))
            .and_then(|sheet| sheet.write(row, 6, phone))
            .expect("a row");
        if row as usize == at + 5 {
            sheet.write(row, 7, file).expect("a file");
        }
    }
    let below = 6 + pupils.len() as u32;
    sheet
        .write(below, 0, format!("Tổng số: {} học sinh", pupils.len()))
        .and_then(|sheet| sheet.write(below + 1, 1, "Người lập"))
        .and_then(|sheet| sheet.write(below + 4, 1, "Trần Thị Người Lập"))
        .expect("what stands below");
    workbook.save_to_buffer().expect("a workbook")
}

/// A photograph of a page; another `number` gives other bytes (a comment in the file says the number).
pub fn photo(number: u64) -> Vec<u8> {
    let page = fs::read(data("photos/page.jpg")).expect("tests/data/photos/page.jpg");
    let comment = format!("page {number}");
    let length = u16::try_from(comment.len() + 2).expect("a short comment");
    let (start, rest) = page.split_at(2);
    let mut bytes = start.to_vec();
    bytes.extend([0xff, 0xfe]);
    bytes.extend(length.to_be_bytes());
    bytes.extend(comment.as_bytes());
    bytes.extend(rest);
    bytes
}

/// A file with the outside of an old Word document (OLE2); there is nothing inside.
pub fn old_word(number: u64) -> Vec<u8> {
    let mut bytes = vec![0u8; 4608];
    bytes[..8].copy_from_slice(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
    bytes[24..32].copy_from_slice(&[0x3e, 0, 3, 0, 0xfe, 0xff, 9, 0]);
    bytes[32] = 6;
    bytes[512..520].copy_from_slice(&number.to_le_bytes());
    for (place, letter) in "WordDocument".bytes().enumerate() {
        bytes[1024 + 2 * place] = letter;
    }
    bytes
}

/// A PDF that asks for a password.
pub fn locked_pdf(number: u64) -> Vec<u8> {
    let key = format!("{number:032x}").repeat(2);
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>".to_owned(),
        "<< /Length 16 >>\nstream\n0123456789abcdef\nendstream".to_owned(),
        format!("<< /Filter /Standard /V 1 /R 2 /O <{key}> /U <{key}> /P -4 >>"),
    ];
    let mut out = String::from("%PDF-1.4\n");
    let mut places = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        places.push(out.len());
        let _ = write!(out, "{} 0 obj\n{object}\nendobj\n", number + 1);
    }
    let start = out.len();
    out.push_str("xref\n0 6\n0000000000 65535 f \n");
    for place in places {
        let _ = writeln!(out, "{place:010} 00000 n ");
    }
    let _ = write!(
        out,
        "trailer\n<< /Size 6 /Root 1 0 R /Encrypt 5 0 R /ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>] >>\nstartxref\n{start}\n%%EOF\n"
    );
    out.into_bytes()
}

/// What stands in one of the shipped PDF essays.
#[derive(Clone, Debug, Deserialize)]
pub struct Truth {
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub birth_date: Option<String>,
    #[serde(default)]
    pub unit: Option<String>,
    #[serde(default)]
    pub address: Option<String>,
    #[serde(default)]
    pub phone: Option<String>,
    #[serde(default)]
    pub answers: BTreeMap<u16, char>,
    /// "A4"
    #[serde(default)]
    pub paper: Option<String>,
    /// Points.
    #[serde(default)]
    pub size: Option<f32>,
}

/// "pdf_01.pdf" … "pdf_08.pdf", with what stands in each.
pub fn pdf(number: usize) -> (Vec<u8>, Truth) {
    let name = format!("pdf_{number:02}.pdf");
    let bytes = fs::read(data("documents").join(&name))
        .unwrap_or_else(|e| panic!("tests/data/documents/{name}: {e}"));
    let truths = fs::read(data("documents/truth.json")).expect("tests/data/documents/truth.json");
    let mut truths: BTreeMap<String, Truth> =
        serde_json::from_slice(&truths).expect("truth.json as the sample maker writes it");
    let truth = truths
        .remove(&name)
        .unwrap_or_else(|| panic!("{name} is not in truth.json"));
    (bytes, truth)
}

/// A file or folder of tests/data.
pub fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
}
