//! Readers of strangers' bytes fed with damaged files: known good ones with bytes turned, cut, doubled and mixed, and
//! containers put together again around damaged members. Always the same cases for the same program; a case that breaks a
//! reader is written below target/tmp/fuzz under its number.
//!
//! The short form takes a few seconds a reader; with `PHACH_LONG` each gets `PHACH_FUZZ_MINUTES` (30).

use std::fs;
use std::io::Cursor;
use std::io::Read;
use std::io::Write;
use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;
use std::time::Instant;

use image::DynamicImage;
use image::GrayImage;
use image::ImageFormat;
use image::Luma;
use zip::CompressionMethod;
use zip::ZipArchive;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use phach::document;
use phach::document::Kind;
use phach::document::drawn;
use phach::document::ocr;
use phach::message;
use phach::slip;
use phach::slip::answers;

use crate::support::papers;
use crate::support::prose::Dice;

/// No case may take longer, in an unoptimized build on a busy machine.
const SLOWEST: Duration = Duration::from_secs(30);
/// What the short form gives a reader.
const SHORT: Duration = Duration::from_secs(4);
/// The stack of a worker process.
const STACK: usize = 8 << 20;
/// Larger files are cut: what is new in them comes early.
const LARGEST: usize = 400_000;

/// What Word 2003 saved as XML, and as one page with all that belongs to it.
const WORD_XML: &str = "<?xml version=\"1.0\"?><w:wordDocument xmlns:w=\"w\"><w:fonts><w:defaultFonts w:ascii=\"Arial\"/>\
    </w:fonts><w:styles><w:style w:type=\"paragraph\" w:default=\"on\" w:styleId=\"N\"><w:rPr><w:sz w:val=\"28\"/></w:rPr>\
    </w:style></w:styles><w:body><wx:sect><w:p><w:r><w:t>Họ và tên: Lê An</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r>\
    <w:t>Lớp</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:sectPr><w:hdr w:type=\"odd\"><w:p><w:r><w:t>9A</w:t></w:r></w:p></w:hdr>\
    <w:pgSz w:w=\"11906\" w:h=\"16838\"/></w:sectPr></wx:sect></w:body></w:wordDocument>";
const WORD_MHT: &str = "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"b\"\r\n\r\n--b\r\n\
    Content-Transfer-Encoding: quoted-printable\r\nContent-Type: text/html; charset=\"utf-8\"\r\n\r\n\
    <html><style>p.M, li {font-size:14.0pt; font-family:\"Times New Roman\"} @page S {size:595pt 842pt}</style>\
    <p class=3DM style=3D'font-size:13pt'>H=E1=BB=8D t=C3=AAn: <font face=3DArial size=3D4>An</font></p>\r\n--b--\r\n";

/// A reader, what it is fed with, and how the food is damaged.
struct Target {
    name: &'static str,
    seeds: Vec<Vec<u8>>,
    read: fn(&[u8]),
    /// Damage is done to members, and the container put together again.
    container: bool,
}

fn document(name: &'static str, files: &[&str], container: bool) -> Target {
    Target {
        name,
        seeds: files.iter().map(|file| seed("documents", file)).collect(),
        read: |bytes| {
            let _ = document::read_all(bytes, "bai-du-thi", "");
        },
        container,
    }
}

fn seed(folder: &str, file: &str) -> Vec<u8> {
    let path = papers::data(folder).join(file);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn targets() -> Vec<Target> {
    let texts = [
        "BÀI DỰ THI\nHọ và tên: Nguyễn Thị Mai   Ngày sinh: 09/02/1981\nĐơn vị: Trường THCS Hoa Sữa, quận Hoàn Kiếm\n\
         Địa chỉ: số 5 ngõ 12 phố Hàng Bạc\nSố điện thoại: 0912.345.678\nLớp 9A2\nCâu 1: A\nCâu 2. B; Câu 3 - C\n\
         Dịch vụ công giúp người dân làm thủ tục tại nhà.\nNgười dự thi\nNguyễn Thị Mai",
        "HỌ VÀ TÊN.......TRẦN VĂN BÌNH.......SINH NGÀY 5 THÁNG 9 NĂM 2007\n1a 2b 3c 4d 5a\nPhần I: 1-A,2-B|3.C",
    ];
    let mut all = vec![
        Target {
            name: "mime",
            seeds: mails(),
            read: |bytes| {
                let _ = message::parse(bytes);
            },
            container: false,
        },
        document(
            "docx",
            &[
                "docx_rich.docx",
                "docx_tracked.docx",
                "docx_tcvn3.docx",
                "shown.docx",
            ],
            true,
        ),
        document("odt", &["rich.odt", "tracked.odt", "shown.odt"], true),
        document(
            "rtf",
            &["rich.rtf", "tcvn3.rtf", "tracked.rtf", "shown.rtf"],
            false,
        ),
        document(
            "doc",
            &[
                "old.doc",
                "rich.doc",
                "tcvn3.doc",
                "tracked.doc",
                "shown.doc",
            ],
            false,
        ),
        document(
            "pdf",
            &[
                "pdf_01.pdf",
                "pdf_reportlab.pdf",
                "pdf_password.pdf",
                "pdf_scan.pdf",
            ],
            false,
        ),
        document("archive", &["archive.zip"], false),
        document("members", &["archive.zip"], true),
        document("html", &["page.html"], false),
        Target {
            name: "pages of Word",
            seeds: vec![WORD_XML.as_bytes().to_vec(), WORD_MHT.as_bytes().to_vec()],
            read: |bytes| {
                let _ = document::read_all(bytes, "bai-du-thi.doc", "");
            },
            container: false,
        },
        Target {
            name: "pictures",
            seeds: pictures(),
            read: |bytes| {
                let kind = document::sniff(bytes, "IMG_1.jpg", "");
                let _ = ocr::pages(kind, bytes);
                let _ = ocr::ready(kind, bytes, 0);
                let _ = drawn::page(kind, bytes, 0, false, true);
                let _ = drawn::covered(bytes, &[]);
            },
            container: false,
        },
        Target {
            name: "laid pictures",
            seeds: vec![
                seed("documents", "shown.docx"),
                seed("documents", "shown.doc"),
                seed("documents", "shown.odt"),
                seed("documents", "shown.rtf"),
            ],
            read: |bytes| {
                for kind in [Kind::Docx, Kind::Doc, Kind::Odt, Kind::Rtf] {
                    let _ = ocr::pages(kind, bytes);
                    let _ = drawn::page(kind, bytes, 0, false, true);
                }
            },
            container: false,
        },
    ];
    all.push(Target {
        name: "facts",
        seeds: texts.iter().map(|text| text.as_bytes().to_vec()).collect(),
        read: |bytes| {
            let text = String::from_utf8_lossy(bytes);
            let _ = slip::from_essay(&text, &text, "Nguyen Thi Mai - 9A2.docx");
            let _ = slip::from_mail(&text, &text);
            let _ = answers::find(&text);
        },
        container: false,
    });
    all
}

/// A small page in every format.
fn pictures() -> Vec<Vec<u8>> {
    let page = GrayImage::from_fn(96, 64, |x, y| {
        Luma([if x % 7 < 2 { 40 } else { (y * 3) as u8 }])
    });
    let formats = [
        ImageFormat::Jpeg,
        ImageFormat::Png,
        ImageFormat::Tiff,
        ImageFormat::Bmp,
        ImageFormat::Gif,
    ];
    let written = formats.map(|format| {
        let mut bytes = Cursor::new(Vec::new());
        let page = DynamicImage::ImageLuma8(page.clone()).into_rgb8();
        page.write_to(&mut bytes, format).expect("a picture");
        bytes.into_inner()
    });
    written.into()
}

fn mails() -> Vec<Vec<u8>> {
    let folder = fs::read_dir(papers::data("mails")).expect("tests/data/mails");
    let mut files: Vec<_> = folder.map(|file| file.expect("a mail").path()).collect();
    files.retain(|file| file.is_file());
    files.sort();
    files
        .iter()
        .map(|file| fs::read(file).expect("a mail"))
        .collect()
}

#[test]
fn no_damaged_file_breaks_a_reader() {
    let long = std::env::var_os("PHACH_LONG").is_some();
    let minutes = std::env::var("PHACH_FUZZ_MINUTES");
    let minutes: u64 = minutes.ok().and_then(|m| m.parse().ok()).unwrap_or(30);
    let time = if long {
        Duration::from_secs(60 * minutes)
    } else {
        SHORT
    };
    let mut broken = Vec::new();
    println!("reader          cases   slowest ms   broken");
    for target in targets() {
        let name = target.name;
        let (cases, slowest, found) = feed(target, time);
        println!(
            "{name:<14} {cases:>6} {:>12} {:>8}",
            slowest.as_millis(),
            found.len()
        );
        broken.extend(found);
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// Feeds a reader for so long, in a thread with the stack of a worker process.
fn feed(target: Target, time: Duration) -> (u64, Duration, Vec<String>) {
    let name = target.name;
    let (ready, cases) = mpsc::sync_channel::<(u64, Vec<u8>)>(0);
    let (done, ended) = mpsc::channel::<bool>();
    let read = target.read;
    let reader = std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || {
            for (_, bytes) in cases {
                let whole = catch_unwind(AssertUnwindSafe(|| read(&bytes))).is_ok();
                if done.send(whole).is_err() {
                    return;
                }
            }
        });
    let reader = reader.expect("a thread");
    let (mut slowest, mut broken) = (Duration::ZERO, Vec::new());
    let begun = Instant::now();
    let mut case = 0;
    while begun.elapsed() < time && broken.len() < 5 {
        let bytes = food(&target, case);
        let fed = Instant::now();
        ready.send((case, bytes.clone())).expect("the reader waits");
        match ended.recv_timeout(SLOWEST) {
            Ok(true) => slowest = slowest.max(fed.elapsed()),
            Ok(false) => broken.push(kept(name, case, &bytes, "panicked")),
            Err(mpsc::RecvTimeoutError::Timeout) => {
                broken.push(kept(name, case, &bytes, "is still reading"));
                return (case + 1, SLOWEST, broken);
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                broken.push(kept(name, case, &bytes, "is gone"));
                return (case + 1, slowest, broken);
            }
        }
        case += 1;
    }
    drop(ready);
    reader.join().expect("the reader ends");
    (case, slowest, broken)
}

/// Writes a case down that broke a reader, and says where.
fn kept(name: &str, case: u64, bytes: &[u8], how: &str) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz");
    fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join(format!("{}-{case}", name.replace(' ', "-")));
    fs::write(&file, bytes).expect("a case");
    format!("{name} {how} at case {case}: {}", file.display())
}

/// The bytes of a case.
fn food(target: &Target, case: u64) -> Vec<u8> {
    let mut dice = Dice::new(case.wrapping_mul(0x2545_f491) ^ target.name.len() as u64);
    let seeds = &target.seeds;
    let at = dice.below(seeds.len());
    let mut bytes = if target.container && dice.below(4) > 0 {
        around(&seeds[at], &mut dice)
    } else {
        let other = &seeds[dice.below(seeds.len())];
        damaged(seeds[at].clone(), other, &mut dice)
    };
    bytes.truncate(LARGEST);
    bytes
}

/// The container with some of its members damaged, put together again.
fn around(seed: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut from = ZipArchive::new(Cursor::new(seed)).expect("a good container");
    let mut to = ZipWriter::new(Cursor::new(Vec::new()));
    let hurt = dice.below(from.len());
    for number in 0..from.len() {
        let mut member = from.by_index(number).expect("a member");
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).expect("its bytes");
        let name = member.name().expect("its name").into_owned();
        // The text of an essay is worth more than its theme.
        if number == hurt
            || (dice.below(2) == 0
                && (name.contains("document.xml") || name.contains("content.xml")))
        {
            let twin = bytes.clone();
            bytes = damaged(bytes, &twin, dice);
        }
        let how = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        to.start_file(name, how).expect("a member");
        to.write_all(&bytes).expect("its bytes");
    }
    to.finish().expect("a container").into_inner()
}

/// Some turns at random: bits, bytes, numbers at the edge, pieces cut, doubled, moved, taken from another file.
fn damaged(mut bytes: Vec<u8>, other: &[u8], dice: &mut Dice) -> Vec<u8> {
    const EDGES: [&[u8]; 10] = [
        &[0xff; 4],
        &[0x00; 4],
        &[0x7f, 0xff, 0xff, 0xff],
        &[0xff, 0xff, 0xff, 0x7f],
        b"-1",
        b"4294967296",
        b"<",
        b"\"",
        b"\r\n\r\n",
        "\u{202e}\u{300}ế".as_bytes(),
    ];
    for _ in 0..1 + dice.below(8) {
        if bytes.is_empty() {
            return bytes;
        }
        let at = dice.below(bytes.len());
        let reach = 1 << dice.below(12);
        let end = (at + 1 + dice.below(reach)).min(bytes.len());
        match dice.below(8) {
            0 => bytes[at] ^= 1_u8 << dice.below(8),
            1 => bytes[at] = dice.next().to_le_bytes()[0],
            2 => {
                let edge = EDGES[dice.below(EDGES.len())];
                let end = (at + edge.len()).min(bytes.len());
                bytes.splice(at..end, edge.iter().copied());
            }
            3 => {
                bytes.drain(at..end);
            }
            4 => {
                let piece = bytes[at..end].to_vec();
                let to = dice.below(bytes.len());
                bytes.splice(to..to, piece);
            }
            5 => {
                let piece: Vec<u8> = bytes.drain(at..end).collect();
                let to = dice.below(bytes.len() + 1);
                bytes.splice(to..to, piece);
            }
            6 if !other.is_empty() => {
                let from = dice.below(other.len());
                let piece = other[from..(from + end - at).min(other.len())].to_vec();
                bytes.splice(at..end, piece);
            }
            _ if dice.below(4) == 0 => bytes.truncate(at),
            _ => bytes[at] = bytes[at].wrapping_add(1),
        }
    }
    bytes
}
