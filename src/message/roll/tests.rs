//! Lists as schools and offices write them, held against the essays of their mail.

use super::Lists;
use super::Roll;
use crate::document::Document;
use crate::document::Kind;
use crate::entry::FindingCode;
use crate::message::Essay;
use crate::message::Part;
use crate::slip;
use crate::slip::Place;
use crate::slip::Slip;

fn file(name: &str, kind: Kind, text: &str) -> Part {
    Part {
        path: "1".to_owned(),
        name: name.to_owned(),
        declared: String::new(),
        inline: false,
        size: 1,
        sha256: String::new(),
        document: Document {
            kind,
            text: text.to_owned(),
            ..Document::default()
        },
        text_hash: None,
        ms: 0,
    }
}

fn sheet(text: &str) -> Part {
    file("x.xlsx", Kind::Xlsx, text)
}

/// (text of the essay, name of its file)
fn met(lists: &[Part], files: &[(&str, &str)]) -> (Option<Roll>, Vec<Essay>) {
    let mut parts = lists.to_vec();
    let mut essays = Vec::new();
    for (text, name) in files {
        let slip = slip::from_essay(text, "", name);
        let missing = [
            (slip.birth_date.is_none(), FindingCode::NoBirthDate),
            (slip.phone.is_none(), FindingCode::NoPhone),
        ];
        essays.push(Essay {
            main: Some(parts.len()),
            pages: Vec::new(),
            annexes: Vec::new(),
            unread: Vec::new(),
            in_body: false,
            text_hash: None,
            slip,
            answers: Default::default(),
            findings: missing
                .into_iter()
                .filter(|(gone, _)| *gone)
                .map(|(_, code)| code.into())
                .collect(),
        });
        parts.push(file(name, Kind::Docx, text));
    }
    let roll = Lists::of(&parts).meet(&mut essays, &parts);
    (roll, essays)
}

fn names(slips: &[Slip]) -> Vec<&str> {
    let name = |slip: &'_ Slip| -> Option<String> { slip.name.as_ref().map(|n| n.value.clone()) };
    assert!(slips.iter().all(|slip| name(slip).is_some()));
    slips
        .iter()
        .filter_map(|slip| slip.name.as_ref().map(|name| name.value.as_str()))
        .collect()
}

const LIST: &str = "PHÒNG GD&ĐT\t\t\tCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nTRƯỜNG THCS NGÔ SĨ LIÊN\n\tDANH SÁCH HỌC SINH DỰ THI\nSTT\tHỌ VÀ TÊN\tNgày, tháng, năm sinh\tLớp\tSố ĐT\tTên tệp\n1\tNGUYỄN VĂN AN\t09/02/2007\t9A1\t963170669\n2\tTrần Thị Bình\t10/3/2007\t9A2\t\tbai so 2.docx\n3\tLê Hoàng Cường\t11/4/2007\t9A2\nTổng số: 3 học sinh\n\tNgười lập\t\tHiệu trưởng\n\tPhạm Thị Dung\t\tVũ Văn Em";

#[test]
fn essays_take_from_their_rows_what_they_leave_out() {
    let essays = [
        (
            "Họ và tên: Nguyễn Văn An\nSinh ngày: 08/02/2007\nBài viết",
            "1.docx",
        ),
        ("Dịch vụ công giúp người dân.", "Bài số 2.docx"),
        ("Dịch vụ công.", "9A5 - DangVanGiang.docx"),
    ];
    let (roll, essays) = met(&[sheet(LIST)], &essays);
    let roll = roll.expect("a list");
    assert_eq!((roll.people, roll.files.as_slice()), (3, [0].as_slice()));
    assert_eq!(names(&roll.missing), ["Lê Hoàng Cường"]);
    assert_eq!(roll.extra, [2]);
    assert!(roll.several.is_empty());
    let [an, binh, giang] = essays.as_slice() else {
        panic!("three essays");
    };
    // What the essay says stands; what the list says otherwise is told.
    let born = an.slip.birth_date.as_ref().expect("a birth date");
    assert_eq!(
        (born.value.as_str(), born.place),
        ("2007-02-08", Place::EssayHead)
    );
    let phone = an.slip.phone.as_ref().expect("a phone");
    assert_eq!(
        (phone.value.as_str(), phone.place),
        ("0963170669", Place::Roll)
    );
    let told: Vec<_> = an
        .findings
        .iter()
        .map(|f| (f.code, f.detail.as_str()))
        .collect();
    assert_eq!(told, [(FindingCode::RollDiffers, "birth_date 2007-02-09")]);
    let value = |fact: &Option<slip::Fact>| fact.as_ref().map(|fact| fact.value.clone());
    assert_eq!(value(&binh.slip.name).as_deref(), Some("Trần Thị Bình"));
    assert_eq!(value(&binh.slip.class).as_deref(), Some("9A2"));
    let school = value(&binh.slip.unit).unwrap_or_default();
    assert_eq!(school.to_lowercase(), "trường thcs ngô sĩ liên");
    let told: Vec<_> = binh.findings.iter().map(|f| f.code).collect();
    assert_eq!(told, [FindingCode::NoPhone]);
    assert_eq!(value(&giang.slip.birth_date), None);
}

#[test]
fn a_table_of_people_is_known_by_its_headings_whatever_they_look_like() {
    let check = |part: Part, want: Option<&[&str]>| {
        let text = part.document.text.clone();
        let (roll, _) = met(&[part], &[]);
        let found = roll.as_ref().map(|roll| names(&roll.missing));
        assert_eq!(found.as_deref(), want, "{text}");
    };
    let an: Option<&[&str]> = Some(&["Nguyễn Văn An"]);
    check(sheet("Lớp\tHọ tên học sinh\n9A\tNguyễn Văn An"), an);
    check(
        sheet("TT\tHọ đệm\tTên\tNăm sinh\n1\tNguyễn Văn\tAn\t2007"),
        an,
    );
    // A heading over two columns, in a workbook and in a document.
    check(
        sheet("STT\tHọ và tên\t\tNgày sinh\n1\tNguyễn Văn\tAn\t9/2/2007"),
        an,
    );
    let spanning = "Danh sách\nSTT\tHọ và tên\tNgày sinh\n1\tNguyễn Văn\tAn\t9/2/2007";
    check(file("a.docx", Kind::Docx, spanning), an);
    // Headings broken into lines; a second line of headings.
    let broken = "Danh sách\nSố\nTT\tHọ và\ntên\tNgày\nsinh\n1\tNguyễn Văn An\t9/2/2007";
    check(file("a.doc", Kind::Doc, broken), an);
    let two = "STT\tHọ và tên\tNgày sinh\t\tLớp\n\t\tNam\tNữ\n1\tNguyễn Văn An\t\t9/2/2007\t9A";
    check(sheet(two), an);
    // Rare names are believed where the row is numbered; an empty list is one.
    check(
        sheet("STT\tHọ và tên\tLớp\n1\tNguyễn Văn An\t9\n2\tGiàng A Páo\t9"),
        Some(&["Nguyễn Văn An", "Giàng A Páo"]),
    );
    check(sheet("STT\tHọ và tên\tLớp\nTổng cộng\t\t0"), Some(&[]));
    // Those who judge, things, an essay with a table in it, and one about its author.
    check(
        sheet("DANH SÁCH BAN GIÁM KHẢO\nSTT\tHọ và tên\tĐơn vị\n1\tNguyễn Văn An\tSở"),
        None,
    );
    check(sheet("STT\tTên thủ tục\tĐơn vị\n1\tĐăng ký\tSở"), None);
    check(
        sheet("STT\tTên\tĐơn vị\n1\tĐăng ký khai sinh\tSở\n2\tCấp phép xây dựng\tSở"),
        None,
    );
    let rows = "STT\tHọ và tên\tLớp\n1\tNguyễn Văn An\t9\n2\tLê Thị Bình\t9\n";
    check(
        file("a.docx", Kind::Docx, rows),
        Some(&["Nguyễn Văn An", "Lê Thị Bình"]),
    );
    let essay = format!("{rows}{}", "Dịch vụ công giúp người dân. ".repeat(40));
    check(file("a.docx", Kind::Docx, &essay), None);
    let own = "Họ và tên\tNgày sinh\tLớp\nNguyễn Văn An\t9/2/2007\t9A\nBài viết của em";
    check(file("a.docx", Kind::Docx, own), None);
    check(file("a.jpg", Kind::Jpeg, rows), None);
}

#[test]
fn a_class_stands_above_its_own_table() {
    let text = "Trường THCS Trưng Vương\nLớp: 9A1\nSTT\tHọ và tên\n1\tNguyễn Văn An\nLớp: 9A2\nSTT\tHọ và tên\n1\tLê Thị Bình";
    let (roll, _) = met(&[sheet(text)], &[]);
    let missing = roll.expect("a list").missing;
    let classes: Vec<_> = missing
        .iter()
        .map(|slip| slip.class.as_ref().map(|class| class.value.as_str()))
        .collect();
    assert_eq!(classes, [Some("9A1"), Some("9A2")]);
    assert!(missing.iter().all(|slip| slip.unit.is_some()));
}

#[test]
fn namesakes_are_told_apart_and_nobody_is_counted_twice() {
    let list = "STT\tHọ và tên\tNgày sinh\tLớp\n1\tNguyễn Văn An\t09/02/2007\t9A1\n2\tNguyễn Văn An\t10/02/2007\t9A2\n3\tLê Thị Bình\t1/1/2007\t9A1";
    let essay = |born: &str| format!("Họ và tên: Nguyễn Văn An\nNgày sinh: {born}\n");
    let (first, second) = (essay("09/02/2007"), essay("10/02/2007"));
    // An essay without a birth date is left to the one who has none; its facts are nobody's for sure.
    let (roll, essays) = met(
        &[sheet(list)],
        &[("Họ và tên: Nguyễn Văn An\n", "a.docx"), (&first, "b.docx")],
    );
    let roll = roll.expect("a list");
    assert_eq!(names(&roll.missing), ["Lê Thị Bình"]);
    assert!(essays[0].slip.birth_date.is_none());
    assert!(roll.extra.is_empty() && roll.several.is_empty());
    // Two essays of one, none of the other.
    let (roll, _) = met(
        &[sheet(list)],
        &[
            (&second, "a.docx"),
            (&second, "b.docx"),
            ("", "Le Thi Binh.pdf"),
        ],
    );
    let roll = roll.expect("a list");
    let several: Vec<_> = roll.several.iter().map(|(_, essays)| *essays).collect();
    assert_eq!(several, [2]);
    assert_eq!(names(&roll.missing), ["Nguyễn Văn An"]);
    // The list once more, to be signed.
    let signed = file("Danh sách.docx", Kind::Docx, list);
    let (roll, _) = met(&[sheet(list), signed], &[]);
    let roll = roll.expect("a list");
    assert_eq!((roll.people, roll.files.len()), (3, 2));
}

#[test]
fn a_file_that_nobody_can_read_is_its_own_where_a_list_says_whose_it_is() {
    let lists = Lists::of(&[sheet(LIST)]);
    let people = lists.people();
    let check = |file: &str, want: Option<&str>| {
        assert_eq!(people.author_of(file).as_deref(), want, "{file}");
    };
    check("BÀI SỐ 2.doc", Some("tran thi binh"));
    check("9A2 - LeHoangCuong.pdf", Some("le hoang cuong"));
    check("scan.pdf", None);
    // Beside an essay that names its author it says nothing.
    let mut parts = vec![sheet(LIST), file("x.docx", Kind::Docx, "")];
    parts.push(file("bai so 2.doc", Kind::Doc, ""));
    let (_, mut essays) = met(&[sheet(LIST)], &[("Họ và tên: Nguyễn Văn An\n", "x.docx")]);
    essays[0].slip.class = None;
    essays[0].unread = vec![2];
    let roll = Lists::of(&parts).meet(&mut essays, &parts).expect("a list");
    assert_eq!(names(&roll.missing), ["Trần Thị Bình", "Lê Hoàng Cường"]);
}

#[test]
fn three_thousand_rows_are_met_in_no_time() {
    let mut list = "STT\tHọ và tên\tTên file\n".to_owned();
    for n in 0..3_000 {
        let letter = |n: usize| char::from(b'a' + (n % 26) as u8);
        let (one, two, three) = (letter(n), letter(n / 26), letter(n / 676));
        list.push_str(&format!("{n}\tNguyễn Văn B{one}{two}{three}\t\n"));
    }
    let files: Vec<String> = (0..200).map(|n| format!("scan {n}.pdf")).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|name| ("", name.as_str())).collect();
    let (roll, _) = met(&[sheet(&list)], &files);
    let roll = roll.expect("a list");
    assert_eq!(
        (roll.people, roll.missing.len(), roll.extra.len()),
        (3_000, 3_000, 200)
    );
}
