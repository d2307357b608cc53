//! Files made to hurt: each ends as text or as a finding, within its time, and the reader that met it reads the next.
//!
//! It is long because every way of hurting a reader that we know of stands here, made anew each time.
#![cfg(debug_assertions)]

use std::io::Cursor;
use std::io::Write;
use std::path::Path;
use std::time::Duration;
use std::time::Instant;

use zip::CompressionMethod;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use phach::document::ocr;
use phach::worker::Error;
use phach::worker::Pool;
use phach::worker::Settings;

/// Seconds a file may take: those of a contest, many times over, because tests run unoptimized and side by side.
const SECONDS: u64 = 60;

struct Bad {
    name: String,
    bytes: Vec<u8>,
}

/// The same "random" bytes each time.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next().to_le_bytes()[3]).collect()
    }
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let how = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        writer.start_file(*name, how).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn docx(document: &str) -> Vec<u8> {
    docx_with(document, "")
}

fn docx_with(document: &str, styles: &str) -> Vec<u8> {
    zipped(&[
        ("[Content_Types].xml", b"<Types/>"),
        (
            "_rels/.rels",
            b"<Relationships><Relationship Type=\"x/officeDocument\" Target=\"word/document.xml\"/></Relationships>",
        ),
        (
            "word/_rels/document.xml.rels",
            b"<Relationships><Relationship Type=\"x/styles\" Target=\"styles.xml\"/><Relationship Type=\"x/header\" Target=\"document.xml\"/></Relationships>",
        ),
        ("word/document.xml", document.as_bytes()),
        ("word/styles.xml", styles.as_bytes()),
    ])
}

fn odt(content: &str, styles: &str) -> Vec<u8> {
    zipped(&[
        ("mimetype", b"application/vnd.oasis.opendocument.text"),
        ("content.xml", content.as_bytes()),
        ("styles.xml", styles.as_bytes()),
    ])
}

/// A PDF of these objects, numbered from 1; the first is the catalogue.
fn pdf(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        places.push(out.len());
        out.extend(format!("{} 0 obj\n", number + 1).bytes());
        out.extend(object);
        out.extend(b"\nendobj\n");
    }
    let table = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1).bytes());
    for place in &places {
        out.extend(format!("{place:010} 00000 n \n").bytes());
    }
    out.extend(
        format!(
            "trailer<</Size {}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF",
            places.len() + 1
        )
        .bytes(),
    );
    out
}

fn stream(dictionary: &str, bytes: &[u8]) -> Vec<u8> {
    let mut out = format!("<<{dictionary}/Length {}>>stream\n", bytes.len()).into_bytes();
    out.extend(bytes);
    out.extend(b"\nendstream");
    out
}

/// A PDF of one page.
fn page(page: &str, content: Vec<u8>, more: &[Vec<u8>]) -> Vec<u8> {
    let mut objects = vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        format!("<</Type/Page/Parent 2 0 R/Contents 4 0 R {page}>>").into_bytes(),
        content,
    ];
    objects.extend_from_slice(more);
    pdf(&objects)
}

/// Zeros, packed as zlib does it.
fn packed_zeros(length: usize) -> Vec<u8> {
    // The inside of a zip entry is raw deflate; zlib's head and an unchecked sum go around it.
    let archive = zipped(&[("z", &vec![0; length])]);
    let start = 30 + 1;
    let end = archive.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    let mut out = b"\x78\x9c".to_vec();
    out.extend(&archive[start..end]);
    out.extend([0; 4]);
    out
}

fn png(width: u32, height: u32, data: &[u8]) -> Vec<u8> {
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = b"IHDR".to_vec();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([8, 0, 0, 0, 0]);
    let mut body = b"IDAT".to_vec();
    body.extend(data);
    for chunk in [header, body, b"IEND".to_vec()] {
        out.extend(u32::try_from(chunk.len() - 4).unwrap().to_be_bytes());
        out.extend(&chunk);
        out.extend(crc(&chunk).to_be_bytes());
    }
    out
}

fn crc(bytes: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = (sum >> 1) ^ (0xedb8_8320 & 0u32.wrapping_sub(sum & 1));
        }
    }
    !sum
}

fn sample(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/documents");
    std::fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn word_processors(bad: &mut impl FnMut(&str, Vec<u8>)) {
    let text = |inside: &str| format!("<w:document><w:body>{inside}</w:body></w:document>");
    bad("bomb.docx", docx(&"<w:p/>".repeat(12 << 20)));
    bad(
        "tables.docx",
        docx(&text(&"<w:tbl><w:tr><w:tc>".repeat(20_000))),
    );
    bad(
        "laughs.docx",
        docx(
            "<!DOCTYPE a [<!ENTITY b \"bbbbbbbbbb\"><!ENTITY c \"&b;&b;&b;&b;\">]><w:document>&c;&c;</w:document>",
        ),
    );
    let looped = "<w:styles><w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"A\"><w:basedOn w:val=\"B\"/></w:style><w:style w:styleId=\"B\"><w:basedOn w:val=\"A\"/></w:style></w:styles>";
    bad(
        "styles in a circle.docx",
        docx_with(&text("<w:p><w:r><w:t>chữ</w:t></w:r></w:p>"), looped),
    );
    bad("open paragraphs.docx", docx(&text(&"<w:p>".repeat(400))));
    bad(
        "attributes.docx",
        docx(&format!("<w:p {}/>", "a=\"b\" ".repeat(200_000))),
    );
    bad("wrong bytes.docx", {
        let mut bytes = docx(&text("<w:p/>"));
        let at = bytes.len() / 2;
        bytes[at] ^= 0xff;
        bytes
    });
    bad(
        "deep.odt",
        odt(
            &format!("<office:body>{}", "<text:section>".repeat(10_000)),
            "",
        ),
    );
    bad(
        "spaces.odt",
        odt(
            &format!(
                "<office:body><text:p>{}</text:p></office:body>",
                "<text:s text:c=\"4000000000\"/>".repeat(1_000)
            ),
            "",
        ),
    );
    bad(
        "styles in a circle.odt",
        odt(
            "<x><office:body><text:p text:style-name=\"A\">chữ</text:p></office:body></x>",
            "<x><style:style style:name=\"A\" style:family=\"paragraph\" style:parent-style-name=\"A\"/></x>",
        ),
    );
    bad(
        "boxes.odt",
        odt(
            &format!("<office:body>{}", "<text:p><draw:text-box>".repeat(250)),
            "",
        ),
    );
    bad(
        "groups.rtf",
        format!("{{\\rtf1 {}", "{".repeat(500_000)).into_bytes(),
    );
    bad(
        "closed.rtf",
        format!("{{\\rtf1 {}", "}".repeat(500_000)).into_bytes(),
    );
    bad("bin.rtf", b"{\\rtf1 a\\bin2147483647 b}".to_vec());
    bad("numbers.rtf", b"{\\rtf1\\uc-9\\u-99999999999\\f-1\\fs99999\\itap999999999\\intbl x\\nestcell\\nestrow\\cell\\row}".to_vec());
    bad("fonts.rtf", {
        let fonts: String = (0..50_000).map(|n| format!("{{\\f{n} F{n};}}")).collect();
        format!("{{\\rtf1{{\\fonttbl{fonts}}}chữ}}").into_bytes()
    });
    bad(
        "hex.rtf",
        format!("{{\\rtf1 {}}}", "\\'e".repeat(300_000)).into_bytes(),
    );
    bad(
        "text.rtf",
        format!("{{\\rtf1 {}}}", "chữ ".repeat(2 << 20)).into_bytes(),
    );
    let old = sample("old.doc");
    for part in [3, 2] {
        bad(
            &format!("cut to one of {part}.doc"),
            old[..old.len() / part].to_vec(),
        );
    }
    let mut dice = Dice(7);
    for n in 0..12 {
        let mut bytes = old.clone();
        // The first sectors hold the chains and the places of everything.
        for _ in 0..20 {
            let at = dice.next() as usize % 4_096.min(bytes.len());
            bytes[at] = dice.next() as u8;
        }
        bytes[..8].copy_from_slice(&old[..8]);
        bad(&format!("changed {n}.doc"), bytes);
    }
    bad("one text a thousand times.doc", {
        // Every place in the header of the stream points to the end of the file.
        let mut bytes = old.clone();
        if let Some(at) = bytes.windows(2).position(|w| w == b"\xec\xa5") {
            for place in (at + 0x9a..at + 0x300).step_by(4) {
                bytes[place..place + 4].copy_from_slice(&u32::MAX.to_le_bytes());
            }
        }
        bytes
    });
}

fn pdfs(bad: &mut impl FnMut(&str, Vec<u8>)) {
    let empty = || stream("", b"");
    let box_ = |side: &str| format!("/MediaBox[0 0 {side} {side}]");
    bad("huge page.pdf", page(&box_("2000000"), empty(), &[]));
    bad(
        "negative page.pdf",
        page("/MediaBox[0 0 -1 -1]", empty(), &[]),
    );
    bad(
        "no number.pdf",
        page("/MediaBox[0 0 1e308 1e308]", empty(), &[]),
    );
    bad(
        "bomb.pdf",
        page(
            &box_("600"),
            stream("/Filter/FlateDecode", &packed_zeros(40 << 20)),
            &[],
        ),
    );
    bad(
        "pages in a circle.pdf",
        pdf(&[
            b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
            b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>".to_vec(),
        ]),
    );
    bad(
        "drawing in a circle.pdf",
        page(
            &format!("{}/Resources<</XObject<</X 5 0 R>>>>", box_("600")),
            stream("", b"/X Do"),
            &[stream(
                "/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 5 0 R>>>>",
                b"/X Do /X Do",
            )],
        ),
    );
    bad(
        "brackets.pdf",
        page(
            &box_("600"),
            stream("", "[".repeat(200_000).as_bytes()),
            &[],
        ),
    );
    bad(
        "nested objects.pdf",
        page(
            &format!("{}/Deep {}", box_("600"), "[".repeat(100_000)),
            empty(),
            &[],
        ),
    );
    bad(
        "saved states.pdf",
        page(
            &box_("600"),
            stream("", "q ".repeat(500_000).as_bytes()),
            &[],
        ),
    );
    bad(
        "many pages.pdf",
        pdf(&[
            b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
            format!(
                "<</Type/Pages/Count 9000/Kids[{}]>>",
                "3 0 R ".repeat(9_000)
            )
            .into_bytes(),
            format!("<</Type/Page/Parent 2 0 R{}>>", box_("600")).into_bytes(),
        ]),
    );
    bad(
        "huge picture.pdf",
        page(
            &format!("{}/Resources<</XObject<</X 5 0 R>>>>", box_("600")),
            stream("", b"600 0 0 600 0 0 cm /X Do"),
            &[stream(
                "/Type/XObject/Subtype/Image/Width 100000/Height 100000/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode",
                &packed_zeros(1 << 20),
            )],
        ),
    );
    bad("table in a circle.pdf", b"%PDF-1.5\n1 0 obj<</Root 1 0 R/Prev 9>>endobj\nxref\n0 0\ntrailer<</Prev 40>>\nstartxref\n40\n%%EOF".to_vec());
    let whole = sample("pdf_02.pdf");
    bad("cut.pdf", whole[..whole.len() * 2 / 3].to_vec());
    let mut dice = Dice(11);
    for n in 0..6 {
        let mut bytes = whole.clone();
        for _ in 0..60 {
            let at = dice.next() as usize % bytes.len();
            bytes[at] = dice.next() as u8;
        }
        bad(&format!("changed {n}.pdf"), bytes);
    }
}

fn pictures(bad: &mut impl FnMut(&str, Vec<u8>)) {
    bad(
        "gigapixels.png",
        png(60_000, 60_000, &packed_zeros(1 << 20)),
    );
    bad(
        "over the limit.png",
        png(20_000, 20_000, &packed_zeros(1 << 20)),
    );
    bad("too little.png", png(1_000, 1_000, b"\x78\x9c\x03\x00"));
    bad("flat.png", png(1, 30_000, &packed_zeros(60_000)));
    let photo = sample("photo.jpg");
    bad("cut.jpg", photo[..photo.len() / 2].to_vec());
    bad("changed.jpg", {
        let mut bytes = photo.clone();
        for at in (600..bytes.len()).step_by(97) {
            bytes[at] ^= 0x55;
        }
        bytes
    });
    let photo = sample("photo.heic");
    bad("cut.heic", photo[..photo.len() / 2].to_vec());
    bad("changed.heic", {
        let mut bytes = photo.clone();
        for at in (40..bytes.len()).step_by(97) {
            bytes[at] ^= 0x55;
        }
        bytes
    });
    bad("circle.tiff", b"II*\0\x08\0\0\0\0\0\x08\0\0\0".to_vec());
    bad(
        "wild.tiff",
        [b"MM\0*\0\0\0\x08".as_slice(), &Dice(5).bytes(4_000)].concat(),
    );
    bad(
        "wild.webp",
        [
            b"RIFF\xff\xff\xff\x7fWEBPVP8 ".as_slice(),
            &Dice(3).bytes(4_000),
        ]
        .concat(),
    );
    bad(
        "wild.gif",
        [b"GIF89a".as_slice(), &Dice(4).bytes(4_000)].concat(),
    );
}

fn archives(bad: &mut impl FnMut(&str, Vec<u8>)) {
    let mut nest = zipped(&[("bai.txt", "Bài dự thi".as_bytes())]);
    for _ in 0..200 {
        nest = zipped(&[("trong.zip", &nest)]);
    }
    bad("nest.zip", nest);
    let zeros = vec![0; 48 << 20];
    let layer = zipped(&[("0", &zeros), ("1", &zeros), ("2", &zeros), ("3", &zeros)]);
    bad(
        "bomb.zip",
        zipped(&[("a.zip", &layer), ("b.zip", &layer), ("c.zip", &layer)]),
    );
    let many: Vec<String> = (0..5_000).map(|n| format!("{n}.txt")).collect();
    let many: Vec<(&str, &[u8])> = many
        .iter()
        .map(|name| (name.as_str(), b"x".as_slice()))
        .collect();
    bad("many.zip", zipped(&many));
    bad(
        "paths.zip",
        zipped(&[
            ("../../../../etc/passwd", b"x"),
            ("/etc/shadow", b"x"),
            ("C:\\x", b"x"),
        ]),
    );
    let whole = zipped(&[("bai.txt", &Dice(8).bytes(9_000))]);
    bad("cut.zip", whole[..whole.len() / 2].to_vec());
    bad("changed.zip", {
        let mut bytes = whole.clone();
        for at in (0..bytes.len()).step_by(50).skip(1) {
            bytes[at] ^= 0x11;
        }
        bytes
    });
    bad(
        "wild.7z",
        [
            b"7z\xbc\xaf\x27\x1c\0\x04".as_slice(),
            &Dice(9).bytes(4_000),
        ]
        .concat(),
    );
    bad(
        "wild.rar",
        [b"Rar!\x1a\x07\x01\0".as_slice(), &Dice(2).bytes(4_000)].concat(),
    );
    bad(
        "winmail.dat",
        [b"\x78\x9f\x3e\x22\x01\0".as_slice(), &Dice(6).bytes(40_000)].concat(),
    );
}

fn plain(bad: &mut impl FnMut(&str, Vec<u8>)) {
    bad(
        "deep.html",
        format!("<html>{}", "<div>".repeat(400_000)).into_bytes(),
    );
    bad(
        "open.html",
        format!("<html>{}", "<!--<style".repeat(100_000)).into_bytes(),
    );
    bad(
        "references.html",
        format!("<html>{}", "&#1114112;&".repeat(200_000)).into_bytes(),
    );
    bad("nothing.docx", Vec::new());
    bad("half a letter.txt", b"\xff\xfeB\0\x1e".to_vec());
    bad("one line.txt", "chữ ".repeat(3 << 20).into_bytes());
    bad("zeros.txt", vec![0; 1 << 20]);
    for n in 1..5 {
        bad(&format!("wild {n}.bin"), Dice(n).bytes(100_000));
    }
}

#[tokio::test]
async fn every_hostile_file_ends_as_text_or_as_a_finding() {
    let mut files: Vec<Bad> = Vec::new();
    let mut bad = |name: &str, bytes: Vec<u8>| {
        files.push(Bad {
            name: name.to_owned(),
            bytes,
        });
    };
    word_processors(&mut bad);
    pdfs(&mut bad);
    pictures(&mut bad);
    archives(&mut bad);
    plain(&mut bad);
    assert!(files.len() >= 40, "{}", files.len());

    let pool = Pool::new(Settings {
        exe: env!("CARGO_BIN_EXE_phach").into(),
        children: 1,
        text_seconds: SECONDS,
        ..Settings::default()
    });
    let (mut read, mut stopped) = (0, 0);
    for Bad { name, bytes } in files {
        let begun = Instant::now();
        match pool.read(bytes.clone(), &name).await {
            Ok(done) => {
                let said =
                    !done.document.text.trim().is_empty() || !done.document.findings.is_empty();
                assert!(said, "{name} ended without a word: {:?}", done.document);
                read += 1;
                println!(
                    "{name}: {} letters, {:?} after {:?}",
                    done.document.text.len(),
                    done.document
                        .findings
                        .iter()
                        .map(|f| f.code)
                        .collect::<Vec<_>>(),
                    begun.elapsed()
                );
                if ocr::is_wanted(&done.document) {
                    let seen = pool.recognise(&bytes, &name, done.document, 0).await;
                    println!(
                        "  its pictures: {:?}",
                        seen.map(|seen| seen.document.findings)
                    );
                }
            }
            // A person looks.
            Err(error @ (Error::TimedOut | Error::Crashed(_) | Error::TooComplex)) => {
                stopped += 1;
                println!("{name}: {error} after {:?}", begun.elapsed());
            }
            Err(error @ Error::Io(_)) => panic!("{name}: {error}"),
        }
        assert!(begun.elapsed() < Duration::from_secs(3 * SECONDS), "{name}");
        pool.ping()
            .await
            .unwrap_or_else(|error| panic!("after {name}: {error}"));
    }
    println!("{read} read, {stopped} stopped");
    assert!(
        stopped * 10 <= read,
        "{stopped} of {} files needed the walls",
        read + stopped
    );
}
