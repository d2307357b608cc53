//! Pictures of real files, known by their width, and of files made here.

use std::fs;
use std::io::Cursor;
use std::io::Write;
use std::path::PathBuf;

use image::DynamicImage;
use image::ImageFormat;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::count;
use super::picture;
use crate::document::Kind;
use crate::document::ocr;
use crate::document::read;

/// Widths of the pictures of a file, in their order.
fn widths(kind: Kind, bytes: &[u8]) -> Vec<u32> {
    (0..count(kind, bytes))
        .map(|number| {
            let picture = picture(kind, bytes, number).unwrap();
            image::load_from_memory(&picture).unwrap().width()
        })
        .collect()
}

fn drawn(width: u32, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::new_rgb8(width, 30)
        .write_to(&mut bytes, format)
        .unwrap();
    bytes.into_inner()
}

fn packed(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn every_format_gives_its_pictures_in_the_order_of_the_text() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/documents");
    for kind in [Kind::Docx, Kind::Doc, Kind::Odt, Kind::Rtf] {
        let name = format!("shown.{}", kind.as_str());
        let bytes = fs::read(folder.join(&name)).unwrap();
        let document = read(&bytes, &name, "");
        assert_eq!(document.kind, kind);
        assert!(document.text.contains("Kiều Hạnh Ngân"), "{name}");
        assert!(ocr::is_wanted(&document), "{name}: {document:?}");
        assert_eq!(widths(kind, &bytes), [41, 42, 43], "{name}");
        // Beyond the last there is none, and a file cut anywhere harms nobody.
        assert!(picture(kind, &bytes, 3).is_none());
        for end in (0..bytes.len()).step_by(977) {
            count(kind, &bytes[..end]);
        }
    }
}

#[test]
fn a_docx_orders_by_its_text_and_knows_pictures_by_their_bytes() {
    let body = "<w:document><w:body><w:p><a:blip r:embed=\"r9\"/></w:p><w:p><v:imagedata r:id=\"r3\"/><a:blip r:embed=\"r9\"/>\
        <a:blip r:embed=\"r4\"/><a:blip r:embed=\"r5\"/><a:blip r:embed=\"r7\"/></w:p></w:body></w:document>";
    let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image";
    let names = [
        ("r3", "image1.JPG"),
        ("r4", "image2.gif"),
        ("r5", "formula.emf"),
        ("r7", "image10.bmp"),
        ("r9", "image11.tif"),
        ("r1", "sign.png"),
    ];
    let relations: String = names
        .iter()
        .map(|(id, name)| {
            format!("<Relationship Id=\"{id}\" Type=\"{kind}\" Target=\"media/{name}\"/>")
        })
        .collect();
    let relations = format!("<Relationships>{relations}</Relationships>");
    let pictures = [
        ("word/media/image1.JPG", drawn(3, ImageFormat::Jpeg)),
        ("word/media/image2.gif", drawn(4, ImageFormat::Gif)),
        ("word/media/formula.emf", b"no picture".to_vec()),
        ("word/media/image10.bmp", drawn(7, ImageFormat::Bmp)),
        ("word/media/image11.tif", drawn(9, ImageFormat::Tiff)),
        ("word/media/sign.png", drawn(1, ImageFormat::Png)),
    ];
    let with = |body: &str| {
        let mut parts = vec![
            ("[Content_Types].xml", b"<Types/>".as_slice()),
            ("word/document.xml", body.as_bytes()),
            ("word/_rels/document.xml.rels", relations.as_bytes()),
        ];
        parts.extend(pictures.iter().map(|(name, bytes)| (*name, &bytes[..])));
        packed(&parts)
    };
    assert_eq!(widths(Kind::Docx, &with(body)), [9, 3, 4, 7]);
    // A body that shows none: all there are, by their numbers.
    assert_eq!(widths(Kind::Docx, &with("<w:body/>")), [1, 3, 4, 7, 9]);
}
