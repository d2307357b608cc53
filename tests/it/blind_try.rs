//! temporary
use phach::blind;
use phach::slip::*;
fn fact(value: &str) -> Option<Fact> {
    Some(Fact {
        value: value.to_owned(),
        place: Place::Mail,
        span: None,
    })
}
fn go(name: &str, text: &str) {
    let identity = blind::Identity {
        slips: vec![Slip {
            name: fact(name),
            birth_date: fact("2008-02-09"),
            unit: fact("Trường THCS Trưng Vương, quận Hoàn Kiếm"),
            class: fact("9A2"),
            address: fact("Số 26, phố Hàng Quạt, phường Hàng Gai"),
            phone: fact("0963170669"),
        }],
        emails: vec!["anhnguyen08@gmail.com".into()],
        senders: vec!["Mẹ Ánh".into()],
        ..Default::default()
    };
    let slip = phach::slip::from_essay(text, "", "");
    let copy = blind::copy(
        &[blind::Source {
            text,
            slip: Some(&slip),
        }],
        &identity,
    );
    println!("--- {name} {:?}", copy.verdict);
    for b in &copy.blocks {
        let (k, cells): (_, Vec<&Vec<blind::Piece>>) = match b {
            blind::Block::Heading(p) => ("H", vec![p]),
            blind::Block::Paragraph(p) => ("P", vec![p]),
            blind::Block::Item(p) => ("I", vec![p]),
            blind::Block::Row(c) => ("R", c.iter().collect()),
        };
        let t: Vec<String> = cells
            .iter()
            .map(|c| {
                c.iter()
                    .map(|p| match p {
                        blind::Piece::Text(t) => t.clone(),
                        blind::Piece::Masked(n) => format!("█{n}"),
                    })
                    .collect::<String>()
            })
            .collect();
        println!("  {k} {}", t.join(" | "));
    }
}
#[test]
fn try_hard() {
    let anh = "Nguyễn Thị Ánh";
    go(
        anh,
        "PHÒNG GD&ĐT QUẬN HOÀN KIẾM\nTRƯỜNG THCS TRƯNG VƯƠNG\n-----o0o-----\nBÀI DỰ THI\nTÌM HIỂU DỊCH VỤ CÔNG TRỰC TUYẾN\nHọ và tên học sinh: Nguyễn Thị Ánh     Nam/nữ: nữ\nSinh ngày: 09/02/2008      Dân tộc: Kinh\nLớp: 9A2      Trường: THCS Trưng Vương\nĐịa chỉ nhà riêng: số nhà 26 Hàng Quạt\nĐiện thoại: 0963.170.669 (mẹ)\nEmail: anhnguyen08@gmail.com\nFacebook: Ánh Nguyễn\nCâu 1: Dịch vụ công là gì?\nTrả lời: Dịch vụ công là dịch vụ do Nhà nước cung cấp.\nNgười viết\n\nÁnh\n\nNguyễn Thị Ánh\n9A2 - THCS Trưng Vương",
    );
    go(
        anh,
        "Kính gửi: Ban Tổ chức cuộc thi\nTên tôi là: Nguyễn Thị Ánh, sinh ngày 09 tháng 02 năm 2008, là học sinh lớp 9A2, Trường THCS Trưng Vương, quận Hoàn Kiếm, Hà Nội. Số điện thoại của mẹ em là 0963 170 669. Sau đây là bài dự thi của em về dịch vụ công trực tuyến.\nNăm ngoái em cùng mẹ tới UBND quận Hoàn Kiếm.",
    );
    go(
        anh,
        "Em xin tự giới thiệu, em là Nguyễn Thị Ánh – lớp 9A2 – trường THCS Trưng Vương – quận Hoàn Kiếm. Em rất vui được tham gia cuộc thi. Ở quận Hoàn Kiếm có nhiều cây.",
    );
    go(
        anh,
        "Xin chào, mình là Ánh, tên đầy đủ Nguyễn Thị Ánh (9A2, Trưng Vương). Theo dõi mình trên facebook: Ánh Nguyễn, zalo 0963170669, insta @anh.nguyen08, gmail anhnguyen08.",
    );
    go(
        anh,
        "Trích lời bác sĩ Nguyễn Thị Ánh Tuyết và cô Trần Nguyễn Thị Ánh.\nHọ Nguyễn, tên đệm Thị, tên Ánh.\nNgười dự thi: em Nguyễn Thị Ánh, lớp 9A2, trường THCS Trưng Vương",
    );
    go(
        "Hồ Chí Thanh",
        "Học tập và làm theo tấm gương đạo đức Hồ Chí Minh. Thanh niên Hồ Chí Thanh. ông Hồ Thanh, bà Hồ Chí. Đoàn TNCS Hồ Chí Minh.",
    );
    go(
        "Lê An",
        "HỌ VÀ TÊN: LÊ AN\nCâu 1: A\nLễ an vị, lê an, lề an toàn. Bạn Lê An và bạn LÊ AN. Khu đô thị Lê An.\nLê An",
    );
    go(
        "Thu Hà",
        "Họ và tên: Thu Hà\nCâu 1: A\nMùa thu Hà Nội đẹp lắm. Cô Thu Hà bán hàng.\nNgười viết\nThu Hà",
    );
    go(
        "Giàng A Páo",
        "Em tên là Giàng A Páo, dân tộc Mông. Giàng A. Páo. giàng a páo",
    );
    go(
        "Nguyễn Thị Ánh",
        "Bài viết này dài.\nHà Nội, ngày 5 tháng 9 năm 2019\nNgười dự thi\n(đã ký)\nPhan Thị Mơ\nLớp 9A2\nTrường THCS Trưng Vương\nSĐT: 0912345678",
    );
    go(
        "Nguyễn Thị Ánh",
        "Tôi sinh năm 1981, công tác tại Trường THCS Trưng Vương. Trường chúng tôi - THCS Trưng Vương - đã làm tốt. Tại trường THCS Trưng Vương, các em học tốt. Học sinh trường THCS Trưng Vương chúng em.",
    );
    go(
        "Đinh Thị Hương",
        "Định thi hương ở quê. Đinh Hương là gia vị. đinh hương. Bạn Đinh Hương. Đình Thị Hương xưa.",
    );
    go(
        "Vũ Minh Anh",
        "Anh Vũ Minh và Anh Minh. Vũ Anh. Minh Anh Vũ. Vũ Minh Anh 2008. bạn Minh Anh. vuminhanh08 vuminhanh@x",
    );
    go(
        "Nguyễn Văn Công",
        "Dịch vụ công của người dân; nguyên văn công bố; Nguyên văn công văn số 5. NGUYÊN VĂN CÔNG BỐ",
    );
    go(
        "Trần Thị Trường An",
        "Thị trường an toàn. Trần Trường An. T.T.T. An. T.T.Trường An. Tran Thi Truong An",
    );
}
