//! What heads of essays and mails look like, and what is found in them.

use super::from_essay;
use super::from_mail;
use crate::slip::Place;
use crate::slip::Slip;

const FULL: &str = "name=Hoàng Gia Chi|birth=1981-02-09|unit=Phòng Tư pháp quận Hai Bà Trưng|\
     address=26 Hàng Quạt, phường Hàng Gai, quận Hoàn Kiếm|phone=0963170669";

fn told(slip: &Slip) -> String {
    [
        ("name", &slip.name),
        ("birth", &slip.birth_date),
        ("unit", &slip.unit),
        ("class", &slip.class),
        ("address", &slip.address),
        ("phone", &slip.phone),
    ]
    .into_iter()
    .filter_map(|(key, fact)| fact.as_ref().map(|fact| format!("{key}={}", fact.value)))
    .collect::<Vec<_>>()
    .join("|")
}

#[test]
fn the_head_of_an_essay_names_its_author() {
    let check =
        |text: &str, want: &str| assert_eq!(told(&from_essay(text, "", "")), want, "{text:?}");
    let head = "BÀI DỰ THI\n“Tìm hiểu Dịch vụ công trực tuyến” trên địa bàn thành phố Hà Nội\nHọ và tên: Hoàng Gia Chi\n\
        Ngày sinh: 09/02/1981\nĐơn vị: Phòng Tư pháp quận Hai Bà Trưng\nĐịa chỉ: 26 Hàng Quạt, phường Hàng Gai, quận Hoàn Kiếm\n\
        Số điện thoại: 0963170669\nI. PHẦN TRẮC NGHIỆM\nCâu 1: A. Chỉ xem thông tin\nEm là học sinh lớp 8.";
    check(head, FULL);
    check(
        &head.replace(": ", " : ").replace("Họ và tên", "HỌ VÀ TÊN"),
        FULL,
    );
    check(
        &head
            .replace("tên: ", "tên:\t")
            .replace("sinh: ", "sinh\t")
            .replace("thoại: ", "thoại\t"),
        FULL,
    );
    check(
        &head.replace("tên: ", "tên:\n").replace("chỉ: ", "chỉ:\n"),
        FULL,
    );
    check(
        &head
            .replace("Hoàng Gia Chi", "HOÀNG GIA CHI")
            .replace("Số điện thoại", "SĐT"),
        FULL,
    );
    check(
        &head
            .replace("Hoàng Gia Chi", "....Hoàng Gia Chi......")
            .replace("0963170669", "…+84 963 170 669…"),
        FULL,
    );
    check(&head.replace("Hai Bà Trưng\n", "Hai Bà Trưng.\r\n"), FULL);
    check(
        "Tôi tên là Vũ Thu An, sinh ngày 14/12/1974, hiện đang công tác (học tập) tại Trường THCS Ba Vì, hiện ở tại Số 56, phố Bờ Hồ, tổ dân phố số 9, phường Hoàn Kiếm.",
        "name=Vũ Thu An|birth=1974-12-14|unit=Trường THCS Ba Vì|address=Số 56, phố Bờ Hồ, tổ dân phố số 9, phường Hoàn Kiếm",
    );
    check(
        "Họ và tên: Nguyễn Văn An    Lớp: 9A2\nTrường: THCS Trưng Vương",
        "name=Nguyễn Văn An|unit=THCS Trưng Vương|class=9A2",
    );
    check(
        "Họ và tên: Nguyễn Văn An Lớp: 9A2",
        "name=Nguyễn Văn An|class=9A2",
    );
    check(
        "Họ tên: Nguyễn Văn An, sinh ngày 9 tháng 2 năm 1981",
        "name=Nguyễn Văn An|birth=1981-02-09",
    );
    check(
        "Tên: Nguyễn Văn An - Lớp 9A2",
        "name=Nguyễn Văn An|class=9A2",
    );
    check(
        "Họ và tên: Nguyễn Văn An\nHọc sinh lớp 9A2 trường THCS Trưng Vương",
        "name=Nguyễn Văn An|unit=trường THCS Trưng Vương|class=9A2",
    );
    check(
        "Họ và tên\tNgày sinh\tLớp\nNguyễn Văn An\t9/2/2008\t9A2",
        "name=Nguyễn Văn An|birth=2008-02-09|class=9A2",
    );
    check(
        "Họ và tên\nNguyễn Văn An\nNgày sinh\n9/2/2008",
        "name=Nguyễn Văn An|birth=2008-02-09",
    );
    check("Họ và tên:……An……", "name=An");
    check("Họ và tên: .............\nNgày sinh: ...........", "");
    check("Năm sinh: 1981", "");
    check(
        "Hộ khẩu thường trú: xã Cổ Đô, huyện Ba Vì\nNơi ở hiện nay: 5 phố Huế, quận Hai Bà Trưng",
        "address=5 phố Huế, quận Hai Bà Trưng",
    );
    check(
        "Họ và tên bố: Trần Văn Bình\nHọ và tên: Trần Văn An",
        "name=Trần Văn An",
    );
    check(
        "Đơn vị: Trường THCS Trưng Vương, lớp 9A2",
        "unit=Trường THCS Trưng Vương|class=9A2",
    );
    check(
        "Địa chỉ: Số 12 ngõ 45 phố Huế,\nquận Hai Bà Trưng, Hà Nội\nSĐT: 0963170669",
        "address=Số 12 ngõ 45 phố Huế, quận Hai Bà Trưng, Hà Nội|phone=0963170669",
    );
    check(
        "TRƯỜNG THCS TRƯNG VƯƠNG\nBÀI DỰ THI\nHọ và tên: Lê An",
        "name=Lê An|unit=TRƯỜNG THCS TRƯNG VƯƠNG",
    );
    check(
        "Tôi tên là Nguyễn Văn An, sinh ngày 9/2/1981, công tác tại UBND phường Hàng Bạc, quận Hoàn Kiếm.",
        "name=Nguyễn Văn An|birth=1981-02-09|unit=UBND phường Hàng Bạc, quận Hoàn Kiếm",
    );
    check(
        "Bài viết.\nHà Nội, ngày 05 tháng 9 năm 2019\nNgười dự thi\n(Ký, ghi rõ họ tên)\nHoàng Gia Chi",
        "name=Hoàng Gia Chi",
    );
    check("Người dự thi: Hoàng Gia Chi", "name=Hoàng Gia Chi");
    check(
        "Em là học sinh lớp 8, em đã giúp ông bà.\nThủ tục cấp đổi giấy phép.",
        "",
    );
    check("Địa chỉ: dichvucong.hanoi.gov.vn", "");
}

#[test]
fn margins_and_the_file_name_help_where_the_head_is_silent() {
    let check = |text: &str, margins: &str, file: &str, want: &str, place: Place| {
        let name = from_essay(text, margins, file).name;
        let got = name.map(|fact| (fact.value, fact.place, fact.span.is_some()));
        assert_eq!(
            got,
            Some((want.to_owned(), place, place == Place::EssayHead))
        );
    };
    check(
        "Họ tên: Lê An",
        "Lê Bình",
        "Lê Chi.docx",
        "Lê An",
        Place::EssayHead,
    );
    check(
        "Bài làm",
        "Trang 1\nLê Bình - 9A2",
        "Lê Chi.docx",
        "Lê Bình",
        Place::PageMargin,
    );
    check(
        "Bài làm",
        "Trang 1",
        "bai du thi_LeThiChi.docx",
        "Le Thi Chi",
        Place::FileName,
    );
}

#[test]
fn a_mail_introduces_its_author() {
    let check = |body: &str, sender: &str, want: &str| {
        assert_eq!(told(&from_mail(body, sender)), want, "{body:?}");
    };
    check(
        "Kính gửi Ban Tổ chức,\nEm tên là Nguyễn Văn An, học sinh lớp 9A2 trường THCS Trưng Vương. Em xin gửi bài dự thi.",
        "x",
        "name=Nguyễn Văn An|unit=trường THCS Trưng Vương|class=9A2",
    );
    check(
        "Họ và tên: Lê Thị An\nKhi đăng ký cho cháu dự tuyển vào lớp 6, tôi đã làm thủ tục qua mạng.",
        "",
        "name=Lê Thị An",
    );
    check(
        "Tôi là Trần Thị Bình, sinh ngày 09/02/1981, công tác tại Phòng Tư pháp quận Hai Bà Trưng, địa chỉ 26 Hàng Quạt, phường Hàng Gai, quận Hoàn Kiếm, số điện thoại 0963 170 669.",
        "",
        "name=Trần Thị Bình|birth=1981-02-09|unit=Phòng Tư pháp quận Hai Bà Trưng|address=26 Hàng Quạt, phường Hàng Gai, quận Hoàn Kiếm|phone=0963170669",
    );
    check(
        "em ten la nguyen van an hoc sinh lop 9A2 truong thcs trung vuong",
        "",
        "name=Nguyen Van An|unit=truong thcs trung vuong|class=9A2",
    );
    check(
        "Họ và tên: Lê An\nSĐT: 0963170669",
        "Trần Bình",
        "name=Lê An|phone=0963170669",
    );
    check("Gửi bài dự thi ạ.", "Trần Thị Bình", "name=Trần Thị Bình");
    check("Gửi bài dự thi ạ.", "Trường THCS Trưng Vương", "");
    check("Tôi là giáo viên.", "abc", "");
}

#[test]
fn no_text_breaks_the_reader_and_spans_are_lines() {
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut next = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap_or(0)
    };
    let bits = [
        "Họ và tên",
        "Ngày sinh",
        ":",
        "：",
        "…",
        "...",
        "\t",
        "  ",
        "\n",
        "\r\n",
        "Nguyễn Văn An",
        "9/2/1981",
        "Lớp",
        "9A2",
        "(",
        ")",
        "ẤỆ\u{301}",
        "e\u{302}\u{323}",
        "İ",
        "ß",
        "ﬁ",
        "👩‍👩‍👧",
        "\u{0}",
        "Địa chỉ",
        "SĐT",
        "+84",
        "0963170669",
        ",",
        " - ",
        "Trường",
        "Câu 1",
        "A",
        "١٢",
        "𝐀",
        "Người dự thi",
        "tên là",
        "em",
        "_",
        "quận",
        "1",
        "99999999999999999999",
    ];
    for _ in 0..200 {
        let mut text = String::new();
        for _ in 0..next(30) {
            text.push_str(bits[next(bits.len())]);
            if next(2) == 0 {
                text.push(' ');
            }
        }
        let slip = from_essay(&text, &text, &text);
        let facts = [
            &slip.name,
            &slip.birth_date,
            &slip.unit,
            &slip.class,
            &slip.address,
            &slip.phone,
        ];
        for fact in facts.into_iter().flatten() {
            assert!(!fact.value.trim().is_empty(), "{text:?}");
            assert_eq!(
                fact.span.is_some(),
                fact.place == Place::EssayHead,
                "{text:?}"
            );
            if let Some((start, end)) = fact.span {
                assert!(text.get(start..end).is_some(), "{text:?}");
                assert!(
                    start == 0 || text.as_bytes()[start - 1] == b'\n',
                    "{text:?}"
                );
                assert!(
                    end == text.len() || matches!(text.as_bytes()[end], b'\n' | b'\r'),
                    "{text:?}"
                );
            }
        }
        from_mail(&text, &text);
        crate::slip::answers::find(&text);
    }
}
