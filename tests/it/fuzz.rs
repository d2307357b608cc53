//! Readers of strangers' bytes fed with damaged files: known good ones with bytes turned, cut, doubled and mixed, and
//! containers put together again around damaged members. Always the same cases for the same program; a case that breaks a
//! reader is written below target/tmp/fuzz under its number.
//!
//! The short form takes a few seconds a reader; with `PHACH_LONG` each gets `PHACH_FUZZ_MINUTES` (30) of processor time,
//! as many readers side by side as there are processors. `PHACH_FUZZ` names the readers wanted, with commas between.

use std::fmt;
use std::fmt::Display;
use std::fmt::Formatter;
use std::fs;
use std::io::Cursor;
use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::path::Path;
use std::sync::Mutex;
use std::sync::mpsc;
use std::time::Duration;

use image::DynamicImage;
use image::GrayImage;
use image::ImageFormat;
use image::Luma;
use rars::ArchiveVersion;
use rars::Builder;

use phach::document;
use phach::document::Kind;
use phach::document::drawn;
use phach::document::illustration;
use phach::document::ocr;
use phach::message;
use phach::slip;
use phach::slip::answers;

use crate::support::mime;
use crate::support::papers;
use crate::support::person::Person;
use crate::support::person::Sort;
use crate::support::places;
use crate::support::prose::Dice;

use damage::food;

mod damage;

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
        Target {
            name: "xlsx",
            seeds: vec![list()],
            read: |bytes| {
                let _ = document::read_all(bytes, "danh-sach.xlsx", "");
            },
            container: true,
        },
        document("xls", &["list.xls"], false),
        document("ods", &["list.ods"], true),
        Target {
            name: "rar",
            seeds: rars(),
            read: |bytes| {
                let _ = document::read_all(bytes, "bai-du-thi.rar", "");
            },
            container: false,
        },
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
            name: "heic",
            seeds: vec![seed("documents", "small.heic")],
            read: |bytes| {
                let _ = ocr::ready(Kind::Heic, bytes, 0);
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
                    let _ = illustration::numbers(kind, bytes);
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

/// A school's list.
fn list() -> Vec<u8> {
    let spot = &places::hanoi().spots[0];
    let mut dice = Dice::new(5);
    let pupils: Vec<Person> = (1..8)
        .map(|number| Person::new(number, Sort::Pupil, spot, 2007, &mut dice))
        .collect();
    papers::class_list(&pupils, "bai 3.docx", 2)
}

/// Archives of every age.
fn rars() -> Vec<Vec<u8>> {
    let text = seed("documents", "docx_rich.docx.txt");
    let ages = [
        ArchiveVersion::Rar20,
        ArchiveVersion::Rar29,
        ArchiveVersion::Rar50,
        ArchiveVersion::Rar70,
    ];
    let written = ages.map(|age| {
        let mut builder = Builder::new(age);
        for name in ["lop 9A/bai 1.txt", "lop 9A/bai 2.txt"] {
            let (name, bytes) = (name.as_bytes().to_vec(), text.clone());
            builder.add_bytes(name, bytes, None, None).expect("a file");
        }
        builder.to_bytes().expect("an archive")
    });
    written.into()
}

/// A list beside essays, as a school mails them.
fn listed() -> Vec<u8> {
    let attached = |name: &str, bytes: &[u8]| {
        let more = format!("Content-Disposition: attachment; filename=\"{name}\"\r\n");
        mime::base64_part("application/octet-stream", &more, bytes)
    };
    let essay = seed("documents", "docx_rich.docx");
    let parts = [
        attached("danh sach.xlsx", &list()),
        attached("bai 1.docx", &essay),
        attached("bai 3.docx", &essay),
    ];
    let mut mail =
        b"From: <truong@truong.example>\r\nSubject: Bai du thi\r\nMIME-Version: 1.0\r\n".to_vec();
    mail.extend(mime::multipart("mixed", "b", &parts));
    mail
}

fn mails() -> Vec<Vec<u8>> {
    let folder = fs::read_dir(papers::data("mails")).expect("tests/data/mails");
    let mut files: Vec<_> = folder.map(|file| file.expect("a mail").path()).collect();
    files.retain(|file| file.is_file());
    files.sort();
    let kept = files.iter().map(|file| fs::read(file).expect("a mail"));
    kept.chain([listed()]).collect()
}

#[test]
fn no_damaged_file_breaks_a_reader() {
    let mut waiting = targets();
    if let Ok(wanted) = std::env::var("PHACH_FUZZ") {
        waiting.retain(|target| wanted.split(',').any(|name| name == target.name));
        assert!(!waiting.is_empty(), "no reader is called {wanted}");
    }
    waiting.reverse();
    println!("reader         cpu min    cases   slowest ms   broken");
    let (waiting, broken) = (Mutex::new(waiting), Mutex::new(Vec::new()));
    let (time, lanes) = extent();
    std::thread::scope(|scope| {
        for _ in 0..lanes {
            scope.spawn(|| {
                while let Some(target) = next(&waiting) {
                    let fed = feed(&target, time);
                    println!("{:<14} {fed}", target.name);
                    broken.lock().expect("its lock").extend(fed.broken);
                }
            });
        }
    });
    let broken = broken.into_inner().expect("its lock");
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

fn next(waiting: &Mutex<Vec<Target>>) -> Option<Target> {
    waiting.lock().expect("its lock").pop()
}

/// What a reader gets, and how many are fed side by side.
fn extent() -> (Duration, usize) {
    if std::env::var_os("PHACH_LONG").is_none() {
        return (SHORT, 1);
    }
    let minutes = std::env::var("PHACH_FUZZ_MINUTES").ok();
    let minutes = minutes.map_or(30.0, |m| m.parse().expect("PHACH_FUZZ_MINUTES is a number"));
    let lanes = std::thread::available_parallelism().map_or(1, usize::from);
    (Duration::from_secs_f64(60.0 * minutes), lanes)
}

/// What came of feeding a reader.
#[derive(Default)]
struct Fed {
    cases: u64,
    /// Processor time of the reader alone.
    spent: Duration,
    slowest: Duration,
    broken: Vec<String>,
}

impl Display for Fed {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:>7.1} {:>8} {:>12} {:>8}",
            self.spent.as_secs_f64() / 60.0,
            self.cases,
            self.slowest.as_millis(),
            self.broken.len()
        )
    }
}

/// Feeds a reader for so long, in a thread with the stack of a worker process.
fn feed(target: &Target, time: Duration) -> Fed {
    let (ready, cases) = mpsc::sync_channel::<Vec<u8>>(0);
    let (done, ended) = mpsc::channel::<(bool, Duration)>();
    let read = target.read;
    let reader = std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || {
            for bytes in cases {
                let whole = catch_unwind(AssertUnwindSafe(|| read(&bytes))).is_ok();
                if done.send((whole, own_time())).is_err() {
                    return;
                }
            }
        });
    let reader = reader.expect("a thread");
    let mut fed = Fed::default();
    while fed.spent < time && fed.broken.len() < 5 {
        let bytes = food(target, fed.cases);
        ready.send(bytes.clone()).expect("the reader waits");
        let how = match ended.recv_timeout(SLOWEST) {
            Ok((whole, spent)) => {
                fed.slowest = fed.slowest.max(spent.saturating_sub(fed.spent));
                fed.spent = spent;
                (!whole).then_some("panicked")
            }
            Err(mpsc::RecvTimeoutError::Timeout) => Some("is still reading"),
            Err(mpsc::RecvTimeoutError::Disconnected) => Some("is gone"),
        };
        fed.cases += 1;
        let Some(how) = how else { continue };
        fed.broken
            .push(kept(target.name, fed.cases - 1, &bytes, how));
        if how != "panicked" {
            return fed;
        }
    }
    drop(ready);
    reader.join().expect("the reader ends");
    fed
}

/// Processor time of this thread since it began: the first of three figures, nanoseconds.
fn own_time() -> Duration {
    let figures = fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    let spent = figures.split(' ').next().and_then(|ns| ns.parse().ok());
    Duration::from_nanos(spent.expect("nanoseconds"))
}

/// Writes a case down that broke a reader, and says where.
fn kept(name: &str, case: u64, bytes: &[u8], how: &str) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz");
    fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join(format!("{}-{case}", name.replace(' ', "-")));
    fs::write(&file, bytes).expect("a case");
    format!("{name} {how} at case {case}: {}", file.display())
}
