//! A secretary settles a cluster of copied essays by keys alone, thinks again, and settles it otherwise; and sees that
//! two people photographed the same sheets, which no reader can read.

use std::fs;

use image::codecs::jpeg::JpegEncoder;
use serde_json::Value;

use super::hall;
use super::hall::look;
use crate::stage::Running;
use crate::stage::Stage;
use crate::support::browser::Browser;
use crate::support::browser::ENTER;
use crate::support::cast;
use crate::support::hand;
use crate::support::house::House;
use crate::support::house::Wishes;
use crate::support::mime::Body;
use crate::support::mime::File;
use crate::support::mime::Mail;
use crate::support::papers::Paper;
use crate::support::person::Person;
use crate::support::person::Sort;
use crate::support::places;
use crate::support::places::Spot;
use crate::support::prose;
use crate::support::prose::Dice;

/// The question that every essay repeats.
const GIVEN: &str = "Câu hỏi tự luận: Anh (chị) hãy cho biết dịch vụ công trực tuyến mức độ 3 và mức độ 4 khác nhau thế \
     nào, và đề xuất giải pháp để nhiều người dân hơn sử dụng dịch vụ công trực tuyến trên địa bàn Thành phố.";

#[test]
fn a_secretary_settles_a_cluster_by_keys_alone() {
    let stage = Stage::build(1..=1, &Wishes::default());
    let house = &stage.house;
    let plan = house.folder.join("plan.toml");
    let mut text = fs::read_to_string(&plan).expect("the plan");
    text.push_str(&format!(
        "\n[[given]]\ntitle = \"Câu hỏi tự luận\"\ntext = {GIVEN:?}\n"
    ));
    fs::write(&plan, text).expect("the plan");
    house.run(&["contest", "apply", "--yes", plan.to_str().expect("a path")]);
    bring(&stage);
    let (_serve, browser) = at_the_groups(house);
    look(&browser, "compare-list");
    browser.tab_to(".todo a.btn");
    browser.keys(&ENTER.to_string());
    browser.wait("document.querySelector('.sides') && document.documentElement.matches('.script')");
    look(&browser, "compare-pair");

    // N: the next member, whose paragraphs stand in another order.
    let before = browser.text("location.search");
    browser.keys("n");
    browser.wait(&format!(
        "location.search !== {before:?} && document.querySelector('.sides')"
    ));

    // Given text is apart, copied text has numbers on both sides, and J goes from one to the next.
    let count = |selector: &str| {
        let all = browser.look(&format!("document.querySelectorAll({selector:?}).length"));
        all.as_u64().expect("a number")
    };
    assert!(count("#ben-t .given") > 0 && count("#ben-p .given") > 0);
    let numbers = count("#ben-t .mark-n");
    assert!(numbers >= 2, "{numbers} passages");
    assert_eq!(count("#ben-p .mark-n"), numbers);
    browser.keys("j");
    assert_eq!(
        browser.text("document.querySelector('#doan').value"),
        format!("Đoạn 1 / {numbers}")
    );
    assert_eq!(count(".mark-n.now"), 2, "one on each side");
    browser.keys("jk");
    assert_eq!(
        browser.text("document.querySelector('#doan').value"),
        format!("Đoạn 1 / {numbers}")
    );
    look(&browser, "compare-passage");
    // 2: Sao chép; Enter writes it down.
    browser.keys("2");
    assert!(browser.has_focus("#k-copied"));
    browser.keys(&ENTER.to_string());
    browser.wait("document.querySelector('.done')");
    let said = browser.text("document.querySelector('.done').textContent");
    assert!(said.contains("bài sao chép, không đưa vào chấm"), "{said}");
    assert_eq!(queued(&stage), 4 - 2);
    browser.tab_to("form[action='/hoan-tac'] button");
    browser.keys(&ENTER.to_string());
    browser.wait("document.querySelector('#ket-luan')");
    assert_eq!(queued(&stage), 4, "all are back");

    // 4: Không trùng keeps all of them, whatever is ticked.
    browser.keys("4");
    let off =
        browser.look("[...document.querySelectorAll('[name=entry]')].every(box => box.disabled)");
    assert_eq!(off, Value::Bool(true));
    browser.keys(&ENTER.to_string());
    browser.wait("document.querySelector('.done')");
    assert_eq!(queued(&stage), 4);
    browser.goto("/doi-chieu");
    assert!(
        browser
            .text("document.querySelector('main').textContent")
            .contains("Không còn nhóm bài nào")
    );
    browser.goto("/nhat-ky");
    look(&browser, "compare-journal");
}

#[test]
fn photographs_of_the_same_sheets_stand_beside_each_other() {
    let stage = Stage::build(1..=1, &Wishes::default());
    bring_photographs(&stage);
    let (_serve, browser) = at_the_groups(&stage.house);
    let count = |selector: &str| {
        let all = browser.look(&format!("document.querySelectorAll({selector:?}).length"));
        all.as_u64().expect("a number")
    };
    assert_eq!(count(".todo a.btn"), 1, "one group");
    browser.tab_to(".todo a.btn");
    browser.keys(&ENTER.to_string());
    browser.wait("document.querySelector('.sides') && document.documentElement.matches('.script')");
    assert_eq!(count("#ben-t .same img"), 2);
    assert_eq!(count("#ben-p .same img"), 2);
    assert_eq!(count("#ben-p img"), 3, "all pages are there");
    browser.wait(
        "[...document.querySelectorAll('.sheets img')].every(i => { i.loading = 'eager'; return i.complete && i.naturalWidth > 600; })",
    );
    let said = browser.text("document.querySelector('#ben-t .same figcaption').textContent");
    assert!(
        said.contains("Trang 1") && said.contains("trang 2"),
        "{said}"
    );
    let beside = browser.text("document.querySelector('#ben-p figcaption').textContent");
    assert!(beside.starts_with("Trang 2"), "{beside}");
    assert_eq!(count("#doan"), 0, "no passages to jump to");
    let members = browser.text("document.querySelector('.members').textContent");
    assert!(members.contains("nghi sao chép"), "{members}");
    look(&browser, "compare-sheets");
}

/// All essays are compared, and the secretary of Hoàn Kiếm looks at the groups.
fn at_the_groups(house: &House) -> (Running, Browser) {
    house.output(&["serve", "--only", "worker", "--until-idle"]);
    let secretary = cast::secretary("hoan-kiem");
    let words = ["user", "add", &secretary, "--name", "Nguyễn Thư Ký"];
    house.run(&[&words[..], &["--role", "secretary", "--unit", "hoan-kiem"]].concat());
    let serve = Running(house.start(&["serve", "--only", "web"], "web.log"));

    let browser = Browser::open(&house.url());
    hall::log_in(house, &browser, &secretary);
    browser.goto("/doi-chieu");
    (serve, browser)
}

/// Three essays by hand: one of three sheets, one of others, and one by somebody who photographed two sheets of the first.
fn bring_photographs(stage: &Stage) {
    let places = places::hanoi();
    let spot = &places.spots[0];
    let mut dice = Dice::new(7_092_019);
    let folder = stage.house.folder.join("photographs");
    fs::create_dir_all(&folder).expect("a folder");
    let essays: [&[(u64, u64)]; 3] = [
        &[(1, 11), (2, 12), (3, 13)],
        &[(4, 14), (5, 15)],
        &[(2, 16), (1, 17)],
    ];
    for (n, sheets) in essays.into_iter().enumerate() {
        let person = Person::new(n + 1, Sort::Resident, spot, places.year, &mut dice);
        let files = sheets.iter().map(|(sheet, picture)| {
            let taken = hand::taken(&hand::written(*sheet), *picture, 0.02);
            let mut jpeg = Vec::new();
            JpegEncoder::new_with_quality(&mut jpeg, 70)
                .encode_image(&taken)
                .expect("a photograph");
            File::new(format!("IMG_{picture:04}.jpg"), jpeg)
        });
        let mail = Mail {
            from_name: person.name.clone(),
            from: person.email.clone(),
            to: vec![spot.mailbox.to_owned()],
            subject: "Bài dự thi Tìm hiểu Dịch vụ công trực tuyến".to_owned(),
            id: format!("{n}.anh@nguoidan.example"),
            date: format!("Mon, 02 Nov 2026 08:0{n}:00 +0700"),
            more: vec![received(n)],
            body: Body::Plain("Kính gửi Ban Tổ chức, tôi xin nộp bài dự thi.".to_owned()),
            files: files.collect(),
            ..Mail::default()
        };
        fs::write(folder.join(format!("{n}.eml")), mail.bytes()).expect("a mail");
    }
    let path = folder.to_string_lossy().into_owned();
    let words = ["import", &path, "--mailbox", spot.mailbox];
    stage.house.run(&words);
}

/// Who came first is told by the server, not by when a file was written.
fn received(n: usize) -> (String, String) {
    (
        "Received".to_owned(),
        format!("from nha.example by thu.example; Mon, 02 Nov 2026 08:0{n}:00 +0700"),
    )
}

/// Entries of Hoàn Kiếm that judges will see.
fn queued(stage: &Stage) -> u64 {
    let status = stage.house.status();
    status["contests"][0]["entries"]["queued"]
        .as_u64()
        .expect("a number")
}

/// Four essays: one of its own, one with two copies, of which the second has its paragraphs in another order.
fn bring(stage: &Stage) {
    let places = places::hanoi();
    let spot = &places.spots[0];
    let mut dice = Dice::new(6_092_019);
    let first = prose::essay(11, 700);
    let mut turned = first.clone();
    turned.rotate_left(first.len() / 2);
    let folder = stage.house.folder.join("mails");
    fs::create_dir_all(&folder).expect("a folder");
    for (n, paragraphs) in [alone(&mut dice), first.clone(), first, turned]
        .into_iter()
        .enumerate()
    {
        let person = Person::new(n + 1, Sort::Resident, spot, places.year, &mut dice);
        let bytes = mail(n, &person, spot, paragraphs);
        fs::write(folder.join(format!("{n}.eml")), bytes).expect("a mail");
    }
    let path = folder.to_string_lossy().into_owned();
    stage
        .house
        .run(&["import", &path, "--mailbox", spot.mailbox]);
}

/// Words that no sentence of the others has: in a contest of four, two essays of one generator are one.
fn alone(dice: &mut Dice) -> Vec<String> {
    const WORDS: &str = "hồ sơ phường giấy khai sinh nhà đất mẹ em sáng chiều đợi nộp biên lai dấu tem phiếu bàn máy mưa \
        nắng chợ trường lớp thầy bạn sông cầu phố hẻm tầng cửa";
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let mut paragraph = || {
        let words: Vec<&str> = (0..70).map(|_| dice.pick(&words)).collect();
        format!("Nhà em {}.", words.join(" "))
    };
    (0..5).map(|_| paragraph()).collect()
}

fn mail(n: usize, person: &Person, spot: &Spot, mut paragraphs: Vec<String>) -> Vec<u8> {
    paragraphs.insert(0, GIVEN.to_owned());
    let paper = Paper {
        head: person.head(0),
        title: "BÀI DỰ THI TÌM HIỂU DỊCH VỤ CÔNG TRỰC TUYẾN".to_owned(),
        paragraphs,
        footer: "Bài dự thi".to_owned(),
        ..Paper::default()
    };
    let mail = Mail {
        from_name: person.name.clone(),
        from: person.email.clone(),
        to: vec![spot.mailbox.to_owned()],
        subject: "Bài dự thi Tìm hiểu Dịch vụ công trực tuyến".to_owned(),
        id: format!("{n}.doichieu@nguoidan.example"),
        date: format!("Mon, 02 Nov 2026 08:0{n}:00 +0700"),
        more: vec![received(n)],
        body: Body::Plain("Kính gửi Ban Tổ chức, tôi xin nộp bài dự thi.".to_owned()),
        files: vec![File::new("Bài dự thi.docx", paper.docx())],
        ..Mail::default()
    };
    mail.bytes()
}
