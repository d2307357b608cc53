//! Whole papers, read back: every value stands in the list and in the letter, and no text becomes a formula.

mod hostile;

use std::io::Cursor;

use calamine::Data;
use calamine::Reader;
use calamine::Xlsx;
use jiff::civil::date;

use super::Mean;
use super::Paper;
use super::handover::Contact;
use super::handover::Frame;
use super::handover::HandedOver;
use super::handover::Handover;
use super::handover::Package;
use super::handover::Person;
use super::handover_all;
use super::head::Day;
use super::head::Issuer;
use super::prizes;
use super::prizes::Prize;
use super::prizes::Prizes;
use super::prizes::Ranked;
use super::prizes::Settled;
use super::shortlist;
use super::shortlist::Marked;
use super::shortlist::Shortlist;
use super::slug;
use crate::document;

const HASH: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

fn frame() -> Frame {
    Frame {
        contest: "Tìm hiểu Dịch vụ công trực tuyến".into(),
        basis: Some("Kế hoạch số 97/KH-UBND ngày 24/4/2019 của UBND quận Hoàn Kiếm".into()),
        issuer: Issuer {
            name: "Ban Tổ chức cuộc thi quận Hoàn Kiếm".into(),
            above: Some("UBND QUẬN HOÀN KIẾM".into()),
            head: vec!["BAN TỔ CHỨC CUỘC THI".into()],
            place: "Hoàn Kiếm".into(),
            symbol: Some("BTC".into()),
            signed_as: vec!["TM. BAN TỔ CHỨC".into(), "TRƯỞNG BAN".into()],
            copies: vec!["UBND quận (để b/c)".into()],
            filed: "VT, PTP".into(),
        },
        unit: "Quận Hoàn Kiếm".into(),
        unit_code: "hoan-kiem".into(),
        to: "Ban Tổ chức cuộc thi Thành phố".into(),
        round: "Vòng sơ khảo cấp quận".into(),
        day: Day::Draft(date(2019, 9, 14)),
        contact: Contact {
            name: "Phòng Tư pháp quận Hoàn Kiếm".into(),
            phone: "024.38288214".into(),
            email: String::new(),
        },
    }
}

fn person(n: usize) -> Person {
    Person {
        code: format!("HK-{n:05}"),
        name: format!("Trần Thị Bưởi {n}"),
        birth_date: "09/02/1981".into(),
        unit: format!("Phường Hàng Bạc, tổ {n}"),
        address: format!("Số {n} phố Hàng Bạc"),
        phone: "0901234567".into(),
    }
}

/// Marks in quarters; the mean is theirs.
fn marked(n: usize, rank: i64, marks: &[i64]) -> Marked {
    Marked {
        person: person(n),
        marks: marks.to_vec(),
        mean: Mean::new(marks.iter().sum(), marks.len() as i64),
        rank,
        note: String::new(),
    }
}

fn best(rows: Vec<Marked>, quota: usize) -> Shortlist {
    Shortlist {
        frame: frame(),
        received: 13_461,
        valid: 13_207,
        quota,
        why: None,
        package: Package {
            name: "hoan-kiem-so-khao.zip".into(),
            size: "512,3 MB".into(),
            parts: 28,
            sha256: HASH.into(),
        },
        deadline: "trước 17h00 ngày 16/9/2019".into(),
        rows,
    }
}

/// The list's cells, row by row, numbers as Rust prints them; merged cells are empty but for the first.
fn cells(paper: &Paper) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(&paper.list.bytes[..])).unwrap();
    let range = book.worksheet_range("Danh sách").unwrap();
    range
        .rows()
        .map(|row| {
            row.iter()
                .map(|cell| match cell {
                    Data::Empty => String::new(),
                    Data::String(text) => text.clone(),
                    Data::Float(number) => number.to_string(),
                    other => panic!("neither text nor number: {other:?}"),
                })
                .collect()
        })
        .collect()
}

/// The rows under the head of the table.
fn table(paper: &Paper) -> Vec<Vec<String>> {
    let mut rows = cells(paper).into_iter();
    rows.by_ref()
        .find(|row| row[0] == "STT")
        .expect("the head of the table");
    rows.take_while(|row| row[0].parse::<f64>().is_ok())
        .collect()
}

fn letter(paper: &Paper) -> String {
    let read = document::read(&paper.letter.bytes, &paper.letter.name, "");
    assert_eq!(read.kind, document::Kind::Docx);
    read.text
}

/// All of these, one after the other.
#[track_caller]
fn in_order(text: &str, wanted: &[&str]) {
    let mut rest = text;
    for want in wanted {
        let Some(place) = rest.find(want) else {
            panic!("{want:?} is not in its place:\n{text}");
        };
        rest = &rest[place + want.len()..];
    }
}

#[test]
fn the_list_of_the_best_holds_every_fact_and_every_mark() {
    let paper = shortlist(&best(
        vec![
            marked(7, 1, &[38, 39]),
            marked(3, 2, &[31, 36, 38]),
            marked(9, 2, &[35, 35]),
        ],
        3,
    ))
    .unwrap();
    assert_eq!(paper.list.name, "danh-sach-bai-xuat-sac-hoan-kiem.xlsx");
    assert!(paper.list.media_type.ends_with("spreadsheetml.sheet"));
    let all: Vec<String> = cells(&paper).concat();
    in_order(
        &all.join("\n"),
        &[
            "UBND QUẬN HOÀN KIẾM",
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "BAN TỔ CHỨC CUỘC THI",
            "Độc lập - Tự do - Hạnh phúc",
            "DỰ THẢO",
            "Hoàn Kiếm, ngày … tháng … năm 2019",
            "DANH SÁCH BÀI DỰ THI XUẤT SẮC",
            "Cuộc thi “Tìm hiểu Dịch vụ công trực tuyến”",
            "Đơn vị: Quận Hoàn Kiếm – Vòng sơ khảo cấp quận",
            "STT\nMã tiếp nhận\nHọ và tên\nNgày sinh\nĐơn vị/Lớp\nĐịa chỉ\nĐiện thoại",
            "Điểm lần 1\nĐiểm lần 2\nĐiểm lần 3\nĐiểm trung bình\nXếp hạng\nGhi chú",
            "NGƯỜI LẬP DANH SÁCH",
            "TM. BAN TỔ CHỨC",
            "TRƯỞNG BAN",
        ],
    );
    assert_eq!(
        table(&paper),
        [
            "1|HK-00007|Trần Thị Bưởi 7|09/02/1981|Phường Hàng Bạc, tổ 7|Số 7 phố Hàng Bạc|0901234567|9.5|9.75||9.63|1|",
            "2|HK-00003|Trần Thị Bưởi 3|09/02/1981|Phường Hàng Bạc, tổ 3|Số 3 phố Hàng Bạc|0901234567|7.75|9|9.5|8.75|2|Đồng hạng",
            "3|HK-00009|Trần Thị Bưởi 9|09/02/1981|Phường Hàng Bạc, tổ 9|Số 9 phố Hàng Bạc|0901234567|8.75|8.75||8.75|2|Đồng hạng",
        ]
        .map(|row| row.split('|').map(str::to_owned).collect::<Vec<_>>())
    );
}

#[test]
fn the_letter_says_what_was_received_what_was_taken_and_what_is_sent() {
    let mut best = best(
        vec![marked(7, 1, &[38, 39]), marked(3, 2, &[31, 36, 38])],
        100,
    );
    best.why = Some("chỉ có 02 bài đạt từ 8,00 điểm".into());
    let paper = shortlist(&best).unwrap();
    assert_eq!(
        paper.letter.name,
        "cong-van-gui-bai-xuat-sac-hoan-kiem.docx"
    );
    assert!(
        paper
            .letter
            .media_type
            .ends_with("wordprocessingml.document")
    );
    in_order(
        &letter(&paper),
        &[
            "UBND QUẬN HOÀN KIẾM\nBAN TỔ CHỨC CUỘC THI",
            "/BTC",
            "V/v gửi bài dự thi xuất sắc cuộc thi “Tìm hiểu Dịch vụ công trực tuyến”",
            "DỰ THẢO",
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc",
            "Hoàn Kiếm, ngày … tháng … năm 2019",
            "Kính gửi: Ban Tổ chức cuộc thi Thành phố.",
            "Thực hiện Kế hoạch số 97/KH-UBND ngày 24/4/2019 của UBND quận Hoàn Kiếm, Ban Tổ chức cuộc thi quận Hoàn Kiếm đã",
            "13.461 bài;",
            "13.207 bài;",
            "02 bài, ít hơn 98 bài so với số lượng quy định (100 bài). Lý do: chỉ có 02 bài đạt từ 8,00 điểm.",
            "“danh-sach-bai-xuat-sac-hoan-kiem.xlsx”",
            "Kết quả chấm vòng sơ khảo cấp quận: điểm trung bình cao nhất 9,63, thấp nhất 8,75.",
            "“hoan-kiem-so-khao.zip”, dung lượng 512,3 MB, chia thành 28 phần. Thời hạn nộp theo quy định: trước 17h00 ngày 16/9/2019.",
            "9f86d081 884c7d65 9a2feaa0 c55ad015\na3bf4f1b 2b0b822c d15d6c15 b0f00a08",
            "Phòng Tư pháp quận Hoàn Kiếm, điện thoại: 024.38288214./.",
            "Nơi nhận:\n- Như trên;\n- UBND quận (để b/c);\n- Lưu: VT, PTP.",
            "TM. BAN TỔ CHỨC\nTRƯỞNG BAN",
            "Phụ lục\nDANH SÁCH BÀI DỰ THI XUẤT SẮC",
            "/BTC ngày … tháng … năm 2019 của Ban Tổ chức cuộc thi quận Hoàn Kiếm)",
            "HK-00007",
            "Trần Thị Bưởi 7",
            "9,63",
            "HK-00003",
            "8,75",
        ],
    );
    // A letter goes through many hands: addresses and telephones stay in the list.
    assert!(!letter(&paper).contains("0901234567"));
    assert!(!letter(&paper).contains("Số 7 phố Hàng Bạc"));
}

#[test]
fn a_list_longer_than_asked_names_the_tie_at_its_end() {
    let rows = vec![
        marked(1, 1, &[39]),
        marked(2, 2, &[36]),
        marked(3, 2, &[36]),
    ];
    in_order(
        &letter(&shortlist(&best(rows, 2)).unwrap()),
        &[
            "03 bài, nhiều hơn 01 bài so với số lượng quy định (02 bài). Lý do: có 02 bài đồng hạng tại vị trí cuối danh sách.",
        ],
    );
}

#[test]
fn departments_hand_over_every_entry_without_marks() {
    let handover = |n: usize| Handover {
        frame: frame(),
        received: 12,
        valid: 11,
        package: best(Vec::new(), 0).package,
        deadline: "trước 17h00 ngày 16/9/2019".into(),
        rows: (1..=n)
            .map(|n| HandedOver {
                person: person(n),
                note: String::new(),
            })
            .collect(),
    };
    let paper = handover_all(&handover(11)).unwrap();
    assert_eq!(paper.list.name, "danh-sach-bai-du-thi-hoan-kiem.xlsx");
    assert_eq!(table(&paper).len(), 11);
    let all = cells(&paper).concat().join("\n");
    assert!(!all.contains("Điểm") && !all.contains("Xếp hạng"), "{all}");
    in_order(
        &letter(&paper),
        &[
            "V/v gửi bài dự thi cuộc thi",
            "12 bài;",
            "11 bài;",
            "gửi kèm: 11 bài.",
            "Phụ lục",
            "HK-00011",
        ],
    );
    // Thousands of names are read on a screen, not on paper.
    let long = letter(&handover_all(&handover(201)).unwrap());
    in_order(&long, &["Danh sách 201 bài được gửi kèm tại tệp"]);
    assert!(!long.contains("Phụ lục"));
}

fn ranking(settled: Vec<Settled>) -> Prizes {
    let ranked = |n, rank, marks: &[i64], prize| Ranked {
        marked: marked(n, rank, marks),
        prize,
    };
    Prizes {
        frame: frame(),
        prizes: vec![
            Prize {
                name: "Giải nhất".into(),
                count: 1,
            },
            Prize {
                name: "Giải nhì".into(),
                count: 3,
            },
        ],
        rows: vec![
            ranked(1, 1, &[38, 38], Some(0)),
            ranked(2, 2, &[38, 38], Some(1)),
            ranked(3, 3, &[36, 36], Some(1)),
            ranked(4, 3, &[36, 36], None),
            ranked(5, 5, &[20, 20], None),
        ],
        settled,
    }
}

#[test]
fn a_tie_across_two_prizes_is_never_passed_over() {
    let open = prizes::prizes(&ranking(Vec::new())).unwrap();
    in_order(
        &letter(&open),
        &[
            "TỜ TRÌNH\nVề việc đề nghị trao giải cuộc thi “Tìm hiểu Dịch vụ công trực tuyến”",
            "vòng sơ khảo cấp quận với 05 bài dự thi",
            "Giải nhất",
            "Giải nhì",
            "Tại ranh giới giữa Giải nhất và Giải nhì có 02 bài cùng điểm trung bình 9,50 (mã HK-00001, HK-00002); chưa xác định được thứ tự, đề nghị Ban Tổ chức cuộc thi Thành phố xem xét, quyết định.",
            "Tại ranh giới giữa Giải nhì và nhóm không có giải có 02 bài cùng điểm trung bình 9,00 (mã HK-00003, HK-00004); chưa",
            "Danh sách 03 bài dự thi đề nghị trao giải",
            "Phụ lục",
            "(Kèm theo Tờ trình số",
        ],
    );
    let settled = prizes::prizes(&ranking(vec![Settled {
        codes: vec!["HK-00002".into(), "HK-00001".into()],
        how: "theo điểm tiêu chí Giải pháp".into(),
    }]))
    .unwrap();
    in_order(
        &letter(&settled),
        &["HK-00002); đã xác định thứ tự: theo điểm tiêu chí Giải pháp."],
    );
}

#[test]
fn the_ranking_shows_prizes_taken_and_prizes_left() {
    let paper = prizes::prizes(&ranking(Vec::new())).unwrap();
    let rows = table(&paper);
    let column = |n: usize| -> Vec<&str> { rows.iter().map(|row| row[n].as_str()).collect() };
    let last = rows[0].len() - 1;
    assert_eq!(
        column(last - 1),
        ["Giải nhất", "Giải nhì", "Giải nhì", "", ""]
    );
    assert_eq!(column(last), ["", "", "Đồng hạng", "Đồng hạng", ""]);
    // Giải nhì: three planned, two proposed, one left.
    let words: Vec<String> = letter(&paper)
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    in_order(&words.join(" "), &["1 Giải nhất 1 1 0", "2 Giải nhì 3 2 1"]);
}

#[test]
fn the_same_values_always_give_the_same_bytes() {
    let best = best(vec![marked(7, 1, &[38, 39])], 1);
    let once = shortlist(&best).unwrap();
    assert_eq!(shortlist(&best).unwrap(), once);
}

#[test]
fn names_of_files_are_plain_ascii() {
    let check = |unit: &str, want: &str| assert_eq!(slug(unit), want, "{unit:?}");
    check("hoan-kiem.hang-bac", "hoan-kiem-hang-bac");
    check("Sở Tư pháp", "so-tu-phap");
    check("../../etc/passwd", "etc-passwd");
    check("北京", "don-vi");
    check("", "don-vi");
}
