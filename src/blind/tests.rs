//! What a judge may read of an essay, and what not.
//!
//! It is long because each rule stands beside the spellings that it was tried on.

use super::Block;
use super::Identity;
use super::JudgeCopy;
use super::Piece;
use super::Reason;
use super::Source;
use super::Verdict;
use super::blocks;
use super::copy;
use crate::slip::Fact;
use crate::slip::Place;
use crate::slip::Slip;
use crate::slip::from_essay;

fn fact(value: &str) -> Option<Fact> {
    (!value.is_empty()).then(|| Fact {
        value: value.to_owned(),
        place: Place::Clerk,
        span: None,
    })
}

/// Nguyễn Thị Ánh of class 9A2, or somebody of another name with her other facts.
fn named(name: &str) -> Identity {
    Identity {
        slips: vec![Slip {
            name: fact(name),
            birth_date: fact("2008-02-09"),
            unit: fact("Trường THCS Trưng Vương, quận Hoàn Kiếm"),
            class: fact("9A2"),
            address: fact("Số 26, phố Hàng Quạt, phường Hàng Gai"),
            phone: fact("0963170669"),
        }],
        senders: vec!["Trần Văn Bình".to_owned()],
        emails: vec!["nguyenthianh.2008@gmail.com".to_owned()],
        files: vec!["Nguyễn Thị Ánh 9A2.docx".to_owned()],
        codes: vec!["K7QM-2XNA-9".to_owned()],
        ..Identity::default()
    }
}

fn made(text: &str, identity: &Identity) -> JudgeCopy {
    copy(&[Source { text, slip: None }], identity)
}

/// The copy as one reads it: a bar is "█".
fn read(copy: &JudgeCopy) -> String {
    let lines = copy.blocks.iter().map(|block| match block {
        Block::Row(cells) => {
            let cells: Vec<String> = cells.iter().map(|cell| line(cell)).collect();
            cells.join("\t")
        }
        Block::Heading(pieces) | Block::Paragraph(pieces) | Block::Item(pieces) => line(pieces),
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn line(pieces: &[Piece]) -> String {
    let shown = pieces.iter().map(|piece| match piece {
        Piece::Text(text) => text.as_str(),
        Piece::Masked(_) => "█",
    });
    shown.collect()
}

#[test]
fn labels_stay_and_their_values_go() {
    let check = |text: &str, want: &str| {
        let copy = made(text, &named("Nguyễn Thị Ánh"));
        assert_eq!(read(&copy), want, "{text:?}");
    };
    check(
        "BÀI DỰ THI\nHọ và tên: Nguyễn Thị Ánh\nNgày sinh: 09/02/2008\nLớp: 9A2 Trường: THCS Trưng Vương\n\
         Địa chỉ: Số 26, phố Hàng Quạt\nSố điện thoại: 0963170669\nCâu 1: A\nDịch vụ công giúp ích nhiều.",
        "BÀI DỰ THI\nHọ và tên: █\nNgày sinh: █\nLớp: █\nĐịa chỉ: █\nSố điện thoại: █\nCâu 1: A\n\
         Dịch vụ công giúp ích nhiều.",
    );
    check(
        "Họ và tên\nNguyễn Thị Ánh\nNăm sinh: 2008\nCMND: 012345678\nGVCN: Trần Văn Bình",
        "Họ và tên\n█\nNăm sinh: █\nCMND: █\nGVCN: █",
    );
    check(
        "Họ và tên\tNgày sinh\tLớp\nLê Văn Cường\t9/2/2008\t9A3",
        "Họ và tên\tNgày sinh\tLớp\n█\t█\t█",
    );
    check(
        "Họ và tên:.....Lê Văn Cường.....\nTên bài dự thi: Một cửa, một niềm tin",
        "Họ và tên:.....█.....\nTên bài dự thi: Một cửa, một niềm tin",
    );
    check(
        "TRƯỜNG THCS TRƯNG VƯƠNG\nBÀI DỰ THI CỦA NGUYỄN THỊ ÁNH - 9A2\nBài viết.",
        "█\nBÀI DỰ THI CỦA █ - █\nBài viết.",
    );
    check(
        "Bài viết.\nHà Nội, ngày 05 tháng 9 năm 2019\nNgười dự thi\n(Ký, ghi rõ họ tên)\nÁnh\nNguyễn Thị Ánh",
        "Bài viết.\nHà Nội, ngày 05 tháng 9 năm 2019\nNgười dự thi\n(Ký, ghi rõ họ tên)\n█\n█",
    );
    check(
        "Bài viết.\nNgười viết: Nguyễn Thị Ánh",
        "Bài viết.\nNgười viết: █",
    );
    check("Bài viết hay.\nThị Ánh", "Bài viết hay.\n█");
    check(
        "Bài viết.\nHàng Gai, ngày 5 tháng 9 năm 2019\nHọc sinh\nPhan Thị Mơ",
        "Bài viết.\nHàng Gai, ngày 5 tháng 9 năm 2019\nHọc sinh\n█",
    );
    // Labels of an office in the middle of an essay are no slip.
    check(
        "Đơn vị: mỗi xã một điểm hỗ trợ.\nĐiện thoại: tiện cho người già.\nTác giả: của ai?",
        "Đơn vị: mỗi xã một điểm hỗ trợ.\nĐiện thoại: tiện cho người già.\nTác giả: của ai?",
    );
}

#[test]
fn a_full_name_is_masked_in_every_spelling() {
    let check = |spelling: &str| {
        for (before, after) in [
            ("Bạn ", " rất vui."),
            ("Thư gửi ", ""),
            ("", ", một học trò."),
            ("(", ")"),
        ] {
            let text = format!(
                "Câu chuyện của lớp.\n{before}{spelling}{after}\nHết chuyện rồi các bạn ạ, xin chào."
            );
            let copy = made(&text, &named("Nguyễn Thị Ánh"));
            let shown = read(&copy);
            assert!(
                shown.contains(&format!("{before}█{after}"))
                    || spelling.contains(['\n', '\t']) && !shown.contains("Ánh"),
                "{spelling:?}: {shown}"
            );
            assert_eq!(copy.verdict, Verdict::Safe, "{spelling:?}: {shown}");
        }
    };
    check("Nguyễn Thị Ánh");
    check("NGUYỄN THỊ ÁNH");
    check("nguyễn thị ánh");
    check("Nguyen Thi Anh");
    check("NGUYEN THI ANH");
    check("nguyen thi anh");
    check("Nguye\u{302}\u{303}n Thi\u{323} A\u{301}nh");
    check("Nguyễn  Thị\t Ánh");
    check("Nguyễn\u{a0}Thị\u{2003}Ánh");
    check("Nguyễn Thị\nÁnh");
    check("Nguyễn.Thị.Ánh");
    check("Nguyễn-Thị-Ánh");
    check("Nguyễn_Thị_Ánh");
    check("Nguyễn (Thị) Ánh");
    check("NguyễnThịÁnh");
    check("nguyenthianh");
    check("N g u y ễ n T h ị Á n h");
    check("N.g.u.y.ễ.n T.h.ị Á.n.h");
    check("Ng\u{200b}uyễn T\u{ad}hị Á\u{2060}nh");
    check("Nguуễn Тhị Ánh");
    check("Ｎｇｕｙｅｎ Ｔｈｉ Ａｎｈ");
    check("𝐍𝐠𝐮𝐲𝐞𝐧 𝐓𝐡𝐢 𝐀𝐧𝐡");
    check("Nguyển Thị Ánh");
    check("Nguy3n Th1 Anh");
    check("N.T. Ánh");
    check("N. T. Ánh");
    check("NT Ánh");
    check("Ng. Thị Ánh");
    check("Nguyễn T. Ánh");
    check("Nguyễn Ánh");
    check("Ánh Nguyễn Thị");
    check("Ánh Thị Nguyễn");
}

#[test]
fn words_that_look_like_a_name_stay() {
    let check = |name: &str, text: &str| {
        let text = format!(
            "Bài làm của em về chuyện một cửa.\n{text}\nCuối cùng em xin cảm ơn các thầy cô đã đọc."
        );
        let copy = made(&text, &named(name));
        assert_eq!(read(&copy), text, "{name}");
        assert_eq!(copy.verdict, Verdict::Safe, "{name}: {text}");
    };
    check(
        "Nguyễn Thị Ánh",
        "Ánh sáng của ngọn đèn, anh cán bộ và chị Ánh ở một cửa.",
    );
    check(
        "Trần Hòa Bình",
        "Hòa bình và hoà bình: thành phố vì hòa bình, tỉnh Hòa Bình.",
    );
    check(
        "Đỗ Thị Hoa",
        "Quá trình đô thị hóa, đô thị hoá ngày càng nhanh.\nQUÁ TRÌNH ĐÔ THỊ HÓA",
    );
    check("Đào Văn Hòa", "Nền đạo văn hóa của dân tộc.");
    check("Tạ Thị Trân", "Xã ta. Thị trấn ta. Của ta thị trấn.");
    check("Lê Thị Hà", "Buổi lễ thi hát ở nhà văn hóa.");
    check("Lê Văn Minh", "Đô thị văn minh, lịch sự; nền văn minh.");
    check("Trần Thị Công", "Dịch vụ công, anh công chức, chị Công an.");
    check("Thái Văn Bình", "Người Thái Bình ở tỉnh Thái Bình.");
    check(
        "Lê Thị Lợi",
        "Đường Lê Lợi, phố Lê Lợi, trường THCS Lê Lợi và vua Lê Lợi.",
    );
    check("Lê Lợi", "Đường Lê Lợi, phố Lê Lợi.");
    check("Hòa Bình", "Tỉnh Hòa Bình vì hòa bình.");
    check("Thu Hà", "Mùa thu Hà Nội, thu hà.");
    check("Bảo An", "Bảo an ninh mạng; bảo An toàn.");
    check("Bùi Văn Minh", "Câu 3: B. Minh bạch\nCâu 4: V. Minh");
    check(
        "Vũ Minh Anh",
        "Chào Anh Minh. Vũ trụ bao la; anh minh và sáng suốt.",
    );
    check(
        "Nguyễn Văn An",
        "Bà mẹ Nguyễn Thị Mơ, ông Trần Văn An, ông Nguyễn Văn A.",
    );
    check(
        "Nguyễn Thị Ánh",
        "UBND quận Hoàn Kiếm tiếp nhận; tôi đến phường Hàng Gai và phố Hàng Quạt.",
    );
    check(
        "Nguyễn Thị Ánh",
        "Trường THCS Trưng Vương là một ngôi trường cổ kính.",
    );
    check(
        "Nguyễn Thị Ánh",
        "Ngày 02-09-1945, ngày 05-09-2019 10 giờ, hơn 1.250.000 hồ sơ, 0,5 điểm.",
    );
    check(
        "Nguyễn Thị Ánh",
        "Vào dichvucong.hanoi.gov.vn và https://dichvucong.gov.vn/p/home rồi gọi 1022.",
    );
    check(
        "Nguyễn Thị Ánh",
        "Tôi đã đọc https://vnexpress.net/bai-viet-1234567.html về việc này.",
    );
    check("Nguyễn Thị Ánh", "Em là học sinh lớp 8, em đã giúp ông bà.");
    check(
        "Nguyễn Thị Ánh",
        "Luật số 01/2019/QH14, Nghị định 61/2018/NĐ-CP, Điều 12 khoản 3.",
    );
}

#[test]
fn an_introduction_tells_no_name_class_or_school() {
    let check = |name: &str, text: &str, want: &str| {
        let text = format!(
            "Bài làm về một cửa của chúng ta ngày nay.\nMở bài.\nChuyện là thế này.\n{text}\nCuối cùng xin cảm ơn mọi người đã đọc bài này ạ."
        );
        let copy = made(&text, &named(name));
        let shown = read(&copy);
        assert_eq!(shown.lines().nth(3), Some(want), "{name}: {text}");
    };
    let anh = "Nguyễn Thị Ánh";
    check(
        anh,
        "Em tên là Nguyễn Thị Ánh, học sinh lớp 9A2 trường THCS Trưng Vương.",
        "Em tên là █, học sinh lớp █ █.",
    );
    check(
        anh,
        "Tôi là Nguyễn Thị Ánh, sinh ngày 9/2/2008, hiện ở tại Số 26, phố Hàng Quạt, phường Hàng Gai, và tôi rất vui.",
        "Tôi là █, sinh ngày █, hiện ở tại █, và tôi rất vui.",
    );
    check(
        anh,
        "Em là Nguyễn Thị Ánh. Em học lớp 9C trường THCS Ngô Sĩ Liên và thích đọc sách.",
        "Em là █. Em học lớp █ █ và thích đọc sách.",
    );
    check(
        anh,
        "Em là học sinh lớp 9A2 trường THCS Trưng Vương.",
        "Em là học sinh lớp █ █.",
    );
    check(
        anh,
        "Ở trường THCS Trưng Vương của em có thư viện.",
        "Ở █ của em có thư viện.",
    );
    check(anh, "Cả lớp 9A2 cùng học.", "Cả lớp █ cùng học.");
    check(
        anh,
        "Em tên là Ánh, em thích ánh trăng.",
        "Em tên là Ánh, em thích ánh trăng.",
    );
    check(
        "Thu Hà",
        "Em tên là Thu Hà, yêu mùa thu Hà Nội.",
        "Em tên là █, yêu mùa thu Hà Nội.",
    );
    check(
        "Lê An",
        "Mẹ gọi: Lê An ơi, ra đây!",
        "Mẹ gọi: █ ơi, ra đây!",
    );
    check(
        anh,
        "Bạn Nguyễn Thị Ánh (9A2, Trưng Vương) kể chuyện, facebook: Ánh Nguyễn.",
        "Bạn █ (█, █) kể chuyện, facebook: █.",
    );
    check(
        anh,
        "Tại trường THCS Trưng Vương, các bạn học tốt.",
        "Tại trường THCS Trưng Vương, các bạn học tốt.",
    );
    check(
        anh,
        "Nhà em ở 26 phố Hàng Quạt, gần hồ.",
        "Nhà em ở █, gần hồ.",
    );
}

#[test]
fn nobody_can_be_reached_or_looked_up() {
    let check = |text: &str, want: &str| {
        let whole = format!("Bài làm về một cửa.\n{text}\nXin cảm ơn mọi người đã đọc bài này ạ.");
        let copy = made(&whole, &named("Nguyễn Thị Ánh"));
        let shown = read(&copy);
        assert_eq!(shown.lines().nth(1), Some(want), "{text}");
        assert_eq!(copy.verdict, Verdict::Safe, "{text}");
    };
    check("Gọi 0963170669 nhé.", "Gọi █ nhé.");
    check(
        "Gọi 0912.345.678 hoặc (024) 3828 8214 nhé.",
        "Gọi █ hoặc (█ nhé.",
    );
    check("Gọi +84 963 170 669 nhé.", "Gọi █ nhé.");
    check("Gọi 0963/170/669 nhé.", "Gọi █ nhé.");
    check(
        "Gọi 09\u{200b}63170669 hay ０９６３１７０６６９ nhé.",
        "Gọi █ hay █ nhé.",
    );
    check("Thư: abc.def@example.com nhé.", "Thư: █ nhé.");
    check(
        "Thư: abc(at)example.com, abc @ example . com nhé.",
        "Thư: █, █ nhé.",
    );
    check("Tài khoản nguyenthianh.2008 của em.", "Tài khoản █ của em.");
    check("Xem https://www.facebook.com/anh.nguyen nhé.", "Xem █ nhé.");
    check(
        "Xem https://trang.example/nguyen-thi-anh nhé.",
        "Xem █ nhé.",
    );
    check("Theo insta @anh.nguyen08 nhé.", "Theo insta █ nhé.");
    check("CCCD số 001 308 012 345 của em.", "CCCD số █ của em.");
    check("Mã K7QM-2XNA-9 đây.", "Mã K7QM-2XNA-9 đây.");
    check("Tệp Nguyễn Thị Ánh 9A2.docx đây.", "Tệp █ đây.");
}

#[test]
fn a_receipt_code_is_masked_however_it_is_written() {
    let code = crate::entry::ReceiptCode::from_random([1, 2, 3, 4, 5, 6, 7, 8]);
    for written in [
        code.to_string(),
        code.to_string().to_lowercase(),
        code.to_string().replace('-', ""),
        code.to_string().replace('-', " "),
    ] {
        let mut identity = named("Nguyễn Thị Ánh");
        identity.codes = vec![code.to_string()];
        let copy = made(&format!("Mã là {written} đó."), &identity);
        assert_eq!(read(&copy), "Mã là █ đó.", "{written}");
    }
}

#[test]
fn a_copy_that_cannot_be_trusted_says_why() {
    let check = |name: &str, text: &str, want: &[Reason]| {
        let copy = made(text, &named(name));
        let got = match &copy.verdict {
            Verdict::Safe => &[],
            Verdict::Unsafe(reasons) => reasons.as_slice(),
        };
        assert_eq!(got, want, "{name}: {text}: {}", read(&copy));
    };
    check("Nguyễn Thị Ánh", "Bài viết.", &[]);
    check("", "Bài viết.", &[Reason::NoName]);
    check("An", "Bài viết.", &[Reason::NoName]);
    check("", "Họ và tên: Lê Văn Cường\nBài viết.", &[]);
    check("Nguyễn Thị Ánh", " \n\n ", &[Reason::NoText]);
    check("", "", &[Reason::NoName, Reason::NoText]);
    // Another person's name may be the author's with a letter more: a person looks.
    check("Lê Thị An", "Cô Lê Thị Anh dạy em.", &[Reason::NameRemains]);
    check(
        "Nguyễn Thị Ánh",
        "Em là xnguyễn thị ánhx.",
        &[Reason::NameRemains],
    );
    check(
        "Nguyễn Thị Ánh",
        "Chữ đầu: nguyễn\n\n\n\nthị\n\n\n\nánh\nHết bài rồi ạ.",
        &[Reason::NameRemains],
    );
}

#[test]
fn what_a_clerk_marked_is_masked_everywhere() {
    let mut identity = named("Lê Thị An");
    identity.marked = vec!["Lê Thị Anh".to_owned(), "CLB Măng Non".to_owned()];
    let copy = made("Cô Lê Thị Anh dạy clb măng non.", &identity);
    assert_eq!(read(&copy), "Cô █ dạy █.");
    assert_eq!(copy.verdict, Verdict::Safe);
}

#[test]
fn spans_of_the_slip_are_masked_even_where_no_label_is_known() {
    let text = "BÀI THI\nThí sinh mang tên — Hoàng Gia Chi\nBài viết.";
    let mut slip = from_essay("", "", "");
    let start = text.find("Thí").unwrap();
    slip.class = Some(Fact {
        value: "chuyên Văn".to_owned(),
        place: Place::EssayHead,
        span: Some((0, 8)),
    });
    slip.name = Some(Fact {
        value: "Hoàng Gia Chi".to_owned(),
        place: Place::EssayHead,
        span: Some((start, text.rfind('\n').unwrap())),
    });
    let identity = Identity {
        slips: vec![slip.clone()],
        ..Identity::default()
    };
    let copy = copy(
        &[Source {
            text,
            slip: Some(&slip),
        }],
        &identity,
    );
    assert_eq!(read(&copy), "█\nThí sinh mang tên — █\nBài viết.");
}

#[test]
fn blocks_keep_questions_lists_and_tables() {
    let text = "BÀI DỰ THI\nCâu 1: A. Chỉ xem thông tin\nII. Phần tự luận\nCâu hỏi tự luận 1: Anh (chị) hãy nêu cảm nhận?\n\
        Đoạn văn thứ nhất.\n\n- Một ý\na) Ý nữa\nSTT\tThủ tục\n1\tKhai sinh";
    let copy = made(text, &named("Nguyễn Thị Ánh"));
    let kinds: String = copy
        .blocks
        .iter()
        .map(|block| match block {
            Block::Heading(_) => 'H',
            Block::Paragraph(_) => 'P',
            Block::Item(_) => 'I',
            Block::Row(_) => 'R',
        })
        .collect();
    assert_eq!(kinds, "HIHHPIIRR");
    assert_eq!(copy.words, 40);
    let stored = serde_json::to_string(&copy).unwrap();
    assert_eq!(serde_json::from_str::<JudgeCopy>(&stored).unwrap(), copy);
}

#[test]
fn a_bar_does_not_tell_how_long_a_name_is() {
    let width = |name: &str| {
        let copy = made(&format!("Tôi là {name}."), &named(name));
        let pieces: Vec<Piece> = copy.blocks.iter().flat_map(blocks::all).cloned().collect();
        assert!(pieces.contains(&Piece::Masked(1)), "{pieces:?}");
    };
    width("Lê Văn An");
    width("Trương Nguyễn Khánh");
}

#[test]
fn no_text_breaks_the_copy_and_no_letter_is_lost() {
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
        "…",
        "\t",
        "\n",
        "\r\n",
        "Nguyễn Thị Ánh",
        "nguyen",
        "Thị",
        "Ánh",
        "N.",
        "9/2/2008",
        "Lớp",
        "9A2",
        "(",
        "@",
        "a@b.vn",
        "ẤỆ\u{301}",
        "\u{301}",
        "İ",
        "ß",
        "ﬁ",
        "👩‍👩‍👧",
        "\u{0}",
        "Địa chỉ",
        "+84",
        "0963170669",
        ",",
        " - ",
        "Trường",
        "THCS Trưng Vương",
        "Câu 1",
        "١٢",
        "𝐀",
        "Người dự thi",
        "tên là",
        "em",
        "_",
        "26 phố Hàng Quạt",
        "https://",
        "facebook.com/",
        "\u{200b}",
        "CMND",
        "123456789",
        "½",
        "№",
        "\u{3000}",
    ];
    for _ in 0..500 {
        let mut text = String::new();
        for _ in 0..next(40) {
            text.push_str(bits[next(bits.len())]);
            if next(2) == 0 {
                text.push(' ');
            }
        }
        let copy = made(&text, &named("Nguyễn Thị Ánh"));
        let letters = |text: &str| {
            text.chars()
                .filter(|c| c.is_alphanumeric())
                .collect::<Vec<_>>()
        };
        let shown = letters(&read(&copy));
        let mut source = letters(&text).into_iter();
        assert!(
            shown.iter().all(|c| source.any(|other| other == *c)),
            "{text:?}"
        );
        if text.contains("Nguyễn Thị Ánh") {
            let squeezed: String = crate::text::fold(&read(&copy)).replace(' ', "");
            assert!(
                !squeezed.contains("nguyenthianh") || copy.verdict != Verdict::Safe,
                "{text:?}"
            );
        }
    }
}
