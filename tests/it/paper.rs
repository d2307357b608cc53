//! Papers as a clerk prints them: opened by LibreOffice, laid out on A4, in Times New Roman, with every word in its place.
//!
//! The pages stay as PDF and PNG in the folder `paper` below `target/tmp`, to be looked at.

use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use jiff::civil::date;

use phach::paper::Mean;
use phach::paper::PaperFile;
use phach::paper::handover::Contact;
use phach::paper::handover::Frame;
use phach::paper::handover::Package;
use phach::paper::handover::Person;
use phach::paper::head::Day;
use phach::paper::head::Issuer;
use phach::paper::prizes;
use phach::paper::prizes::Prize;
use phach::paper::prizes::Prizes;
use phach::paper::prizes::Ranked;
use phach::paper::prizes::Settled;
use phach::paper::shortlist;
use phach::paper::shortlist::Marked;
use phach::paper::shortlist::Shortlist;

fn run(program: &str, args: &[&str]) -> String {
    let output = Command::new(program)
        .args(args)
        .output()
        .unwrap_or_else(|error| panic!("{program} (make packages installs it): {error}"));
    assert!(
        output.status.success(),
        "{program} {args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A paper after printing.
struct Printed {
    pages: usize,
    /// "595.304 x 841.89 pts (A4)"
    size: String,
    fonts: Vec<String>,
    /// Page by page, words divided by one space.
    text: Vec<String>,
}

/// Prints a paper in a folder of its own.
fn print(file: &PaperFile) -> Printed {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("paper")
        .join(file.name.replace('.', "-"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let path = |name: &str| -> String {
        let path: PathBuf = folder.join(name);
        path.to_str().unwrap().to_owned()
    };
    let source = path(&file.name);
    fs::write(&source, &file.bytes).unwrap();
    run(
        "soffice",
        &[
            &format!("-env:UserInstallation=file://{}", path("profile")),
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            &path(""),
            &source,
        ],
    );
    fs::remove_dir_all(path("profile")).unwrap();
    let (stem, _) = file.name.rsplit_once('.').unwrap();
    let pdf = path(&format!("{stem}.pdf"));
    run("pdftoppm", &["-png", "-r", "80", &pdf, &path("page")]);
    let info = run("pdfinfo", &[&pdf]);
    let fact = |name: &str| {
        let line = info.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_else(|| panic!("{name}\n{info}"))
            .trim()
            .to_owned()
    };
    let text = run("pdftotext", &["-layout", &pdf, "-"]);
    Printed {
        pages: fact("Pages:").parse().unwrap(),
        size: fact("Page size:"),
        fonts: run("pdffonts", &[&pdf])
            .lines()
            .skip(2)
            .filter_map(|line| line.split_whitespace().next())
            .map(|name| name.rsplit('+').next().unwrap_or(name).to_owned())
            .collect(),
        text: text
            .trim_end_matches('\u{c}')
            .split('\u{c}')
            .map(|page| page.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect(),
    }
}

impl Printed {
    /// Every one of these on this page (from 1), in this order.
    #[track_caller]
    fn says(&self, page: usize, wanted: &[&str]) {
        let whole = &self.text[page - 1];
        let mut rest = whole.as_str();
        for want in wanted {
            let Some(place) = rest.find(want) else {
                panic!("{want:?} is not in its place on page {page}:\n{whole}");
            };
            rest = &rest[place + want.len()..];
        }
    }

    #[track_caller]
    fn is_set_in_times(&self) {
        assert!(!self.fonts.is_empty());
        for font in &self.fonts {
            assert!(
                font.starts_with("LiberationSerif") || font.starts_with("TimesNewRoman"),
                "{font} among {:?}",
                self.fonts
            );
        }
    }
}

fn frame() -> Frame {
    Frame {
        contest: "Tìm hiểu Dịch vụ công trực tuyến".into(),
        basis: Some(
            "Kế hoạch số 97/KH-UBND ngày 24/4/2019 của UBND quận Hoàn Kiếm về tổ chức cuộc thi “Tìm hiểu Dịch vụ công trực tuyến” trên địa bàn quận"
                .into(),
        ),
        issuer: Issuer {
            name: "Ban Tổ chức cuộc thi quận Hoàn Kiếm".into(),
            above: Some("UBND QUẬN HOÀN KIẾM".into()),
            head: vec!["BAN TỔ CHỨC CUỘC THI".into()],
            place: "Hoàn Kiếm".into(),
            symbol: Some("BTC".into()),
            signed_as: vec!["TM. BAN TỔ CHỨC".into(), "TRƯỞNG BAN".into()],
            copies: vec![
                "UBND quận (để b/c)".into(),
                "Ban Giám khảo quận".into(),
            ],
            filed: "VT, PTP".into(),
        },
        unit: "Quận Hoàn Kiếm".into(),
        unit_code: "hoan-kiem".into(),
        to: "Ban Tổ chức cuộc thi Thành phố".into(),
        round: "Vòng sơ khảo cấp quận, huyện, thị xã".into(),
        day: Day::Draft(date(2019, 9, 14)),
        contact: Contact {
            name: "Phòng Tư pháp quận Hoàn Kiếm".into(),
            phone: "024.38288214".into(),
            email: "tuphap@hoankiem.example".into(),
        },
    }
}

/// The entry at this place of the ranking; 8 and 9 share a rank.
fn marked(place: i64) -> Marked {
    let family = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi"];
    let given = [
        "Thị Bích Huệ",
        "Văn Phước",
        "Quỳnh Trang",
        "Đức Thắng",
        "Ngọc Ánh",
    ];
    let streets = [
        "Hàng Bạc",
        "Hàng Buồm",
        "Lý Thái Tổ",
        "Tràng Tiền",
        "Phan Chu Trinh",
    ];
    let at = |list: &[&str], n: i64| list[n as usize % list.len()].to_owned();
    let ward = at(&streets, place);
    let marks = vec![39 - place / 5, 38 - place / 4];
    Marked {
        person: Person {
            code: format!("HK-{:05}", place * 97 % 13_461),
            name: format!("{} {}", at(&family, place), at(&given, place / 3)),
            birth_date: format!(
                "{:02}/{:02}/{}",
                1 + place % 28,
                1 + place % 2,
                1950 + place % 57
            ),
            unit: match place % 3 {
                0 => format!("Tổ dân phố số {place}, phường {ward}"),
                1 => format!("Lớp 11A{}, Trường THPT Việt Đức", 1 + place % 9),
                _ => format!("UBND phường {ward}"),
            },
            address: format!("Số {place} phố {ward}, quận Hoàn Kiếm, Hà Nội"),
            phone: format!("09{:08}", place * 1_234_567 % 100_000_000),
        },
        mean: Mean::new(marks.iter().sum(), 2),
        marks,
        rank: if place == 9 { 8 } else { place },
        note: String::new(),
    }
}

#[test]
fn the_best_entries_are_printed_as_a_letter_and_a_list() {
    let paper = shortlist(&Shortlist {
        frame: frame(),
        received: 13_461,
        valid: 13_207,
        quota: 100,
        why: None,
        package: Package {
            name: "hoan-kiem-so-khao.zip".into(),
            size: "512,3 MB".into(),
            parts: 28,
            sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
        },
        deadline: "trước 17h00 ngày 16/9/2019".into(),
        rows: (1..=100).map(marked).collect(),
    })
    .unwrap();

    let letter = print(&paper.letter);
    assert!(
        letter.size.contains("595") && letter.size.contains("(A4)"),
        "{}",
        letter.size
    );
    letter.is_set_in_times();
    // Two pages of text, then the hundred of the annex.
    assert!((5..=7).contains(&letter.pages), "{} pages", letter.pages);
    letter.says(
        1,
        &[
            "UBND QUẬN HOÀN KIẾM CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "BAN TỔ CHỨC CUỘC THI Độc lập - Tự do - Hạnh phúc",
            "Số: /BTC Hoàn Kiếm, ngày … tháng … năm 2019",
            "V/v gửi bài dự thi xuất sắc",
            "DỰ THẢO",
            "Kính gửi: Ban Tổ chức cuộc thi Thành phố.",
            "13.461 bài;",
            "100 bài, đủ số lượng quy định.",
        ],
    );
    assert!(
        letter.text[1].starts_with("2 "),
        "the page number above page 2: {}",
        letter.text[1]
    );
    assert!(!letter.text[0].starts_with("1 "), "no number on page 1");
    letter.says(2, &["TM. BAN TỔ CHỨC", "TRƯỞNG BAN"]);
    letter.says(3, &["Phụ lục DANH SÁCH BÀI DỰ THI XUẤT SẮC", "STT"]);
    for page in 4..=letter.pages {
        // The head of the table again, right under the page's number.
        letter.says(page, &["STT", "Họ và tên", "HK-"]);
    }

    let list = print(&paper.list);
    assert!(
        list.size.starts_with("841") && list.size.contains("(A4)"),
        "{}",
        list.size
    );
    list.is_set_in_times();
    assert!((4..=8).contains(&list.pages), "{} pages", list.pages);
    list.says(
        1,
        &[
            "UBND QUẬN HOÀN KIẾM CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "BAN TỔ CHỨC CUỘC THI Độc lập - Tự do - Hạnh phúc",
            "DANH SÁCH BÀI DỰ THI XUẤT SẮC",
            "Cuộc thi “Tìm hiểu Dịch vụ công trực tuyến”",
            "STT",
            "Trần Thị Bích Huệ",
            "9,75 9,50 9,63 1",
            "Đồng hạng",
        ],
    );
    for page in 1..=list.pages {
        list.says(page, &["STT", &format!("Trang {page}/{}", list.pages)]);
    }
    list.says(list.pages, &["NGƯỜI LẬP DANH SÁCH TM. BAN TỔ CHỨC"]);
}

#[test]
fn the_prizes_are_printed_as_a_proposal_and_a_list() {
    let mut frame = frame();
    frame.issuer = Issuer {
        name: "Ban Tổ chức cuộc thi Thành phố".into(),
        above: Some("UBND THÀNH PHỐ HÀ NỘI".into()),
        head: vec![
            "BAN TỔ CHỨC CUỘC THI".into(),
            "“TÌM HIỂU DỊCH VỤ CÔNG TRỰC TUYẾN”".into(),
        ],
        place: "Hà Nội".into(),
        ..frame.issuer
    };
    frame.unit = "Thành phố Hà Nội".into();
    frame.unit_code = "ha-noi".into();
    frame.to = "Ủy ban nhân dân thành phố Hà Nội".into();
    frame.round = "Vòng chung khảo cấp Thành phố".into();
    frame.basis = None;
    let structure = [
        ("Giải nhất", 3),
        ("Giải nhì", 7),
        ("Giải ba", 20),
        ("Giải khuyến khích", 35),
    ];
    let prize = |place: i64| match place {
        1..=3 => Some(0),
        4..=8 => Some(1),
        9..=28 => Some(2),
        29..=63 => Some(3),
        _ => None,
    };
    let paper = prizes(&Prizes {
        frame,
        prizes: structure
            .map(|(name, count)| Prize {
                name: name.into(),
                count,
            })
            .into(),
        rows: (1..=80)
            .map(|place| Ranked {
                marked: marked(place),
                prize: prize(place),
            })
            .collect(),
        settled: vec![Settled {
            codes: [8, 9].map(|place| marked(place).person.code).into(),
            how: "theo điểm tiêu chí “Giải pháp”".into(),
        }],
    })
    .unwrap();

    let letter = print(&paper.letter);
    assert!(letter.size.contains("(A4)"), "{}", letter.size);
    letter.is_set_in_times();
    letter.says(
        1,
        &[
            "Hà Nội, ngày … tháng … năm 2019",
            "TỜ TRÌNH Về việc đề nghị trao giải cuộc thi",
            "Kính gửi: Ủy ban nhân dân thành phố Hà Nội.",
            "vòng chung khảo cấp Thành phố với 80 bài dự thi",
            "1 Giải nhất 3 3 0",
            "2 Giải nhì 7 5 2",
            "4 Giải khuyến khích 35 35 0",
            "Tại ranh giới giữa Giải nhì và Giải ba",
            "đã xác định thứ tự: theo điểm tiêu chí “Giải pháp”.",
            "Tại ranh giới giữa Giải ba và Giải khuyến khích",
            "chưa xác định được thứ tự",
        ],
    );
    let annex = letter
        .text
        .iter()
        .position(|page| page.contains("Phụ lục DANH SÁCH"));
    letter.says(annex.unwrap() + 1, &["1 Giải nhất HK-00097"]);

    let list = print(&paper.list);
    list.is_set_in_times();
    list.says(1, &["DANH SÁCH ĐỀ NGHỊ TRAO GIẢI", "Giải nhất"]);
}
