//! A letter to many people through the whole program: written by one clerk, released by another, taken back within the
//! minute, released again; the program dies twice while it writes the letters, and everybody gets exactly one.

use phach::crash;

use crate::desk::Clerk;
use crate::desk::Page;
use crate::desk::between;
use crate::stage::LIMIT;
use crate::stage::Running;
use crate::stage::Stage;
use crate::support::house::Wishes;
use crate::support::mime::Body;
use crate::support::mime::File;
use crate::support::mime::Mail;
use crate::support::papers::Paper;
use crate::support::places;
use crate::support::prose;
use crate::support::servers::Outgoing;
use crate::support::wait;

const AN: &str = "an@nguoidan.example";
const BINH: &str = "binh@nguoidan.example";
const CUC: &str = "cuc@nguoidan.example";
const SUBJECT: &str = "Lịch trao giải";

/// Mails an essay of this person.
fn hand_in(stage: &Stage, n: u64, from: &str, name: &str) {
    let paper = Paper {
        head: vec![
            format!("Họ và tên: {name}"),
            format!("Ngày sinh: 0{n}/9/2001"),
        ],
        title: "BÀI DỰ THI".to_owned(),
        paragraphs: prose::essay(n, 400),
        footer: "Bài dự thi".to_owned(),
        ..Paper::default()
    };
    let mail = Mail {
        from: from.to_owned(),
        to: vec![places::hanoi().spots[0].mailbox.to_owned()],
        subject: "Bài dự thi".to_owned(),
        id: format!("bai{n}@nguoidan.example"),
        date: "Mon, 02 Nov 2026 08:00:00 +0700".to_owned(),
        body: Body::Plain("Kính gửi Ban Tổ chức, tôi xin nộp bài dự thi.".to_owned()),
        files: vec![File::new(format!("bai{n}.docx"), paper.docx())],
        ..Mail::default()
    };
    let sent = Outgoing {
        from: from.to_owned(),
        to: mail.to.clone(),
        bytes: mail.bytes(),
    };
    stage.servers.deliver(&sent).expect("Postfix takes it");
}

/// The letters of the mailing in somebody's mailbox, as they read.
fn got(stage: &Stage, address: &str) -> Vec<String> {
    stage
        .servers
        .inbox(address)
        .iter()
        .filter_map(|mail| {
            let read = mail_parser::MessageParser::default().parse(&mail.bytes)?;
            let ours = read.subject() == Some(SUBJECT);
            ours.then(|| read.body_text(0).unwrap_or_default().replace("\r\n", "\n"))
        })
        .collect()
}

/// Takes the act of the bar on this page back.
fn undo(clerk: &mut Clerk, page: &Page) -> Page {
    let form = between(&page.html, "action=\"/hoan-tac\"", "</form>").expect("a way back");
    let act = between(form, "name=\"act\" value=\"", "\"").expect("the act");
    let csrf = between(form, "name=\"csrf\" value=\"", "\"").expect("a token");
    clerk.post("/hoan-tac", &[("csrf", csrf), ("act", act)])
}

/// Runs the worker until it dies at this place.
fn die(stage: &Stage, place: &str) {
    assert!(crash::OF_MAILING.contains(&place));
    let mut command = stage.house.command(&["serve", "--only", "worker"]);
    let mut worker = command.env("PHACH_CRASH", place).spawn().expect("started");
    let ended = wait::until(place, 2 * LIMIT, || worker.try_wait().expect("a child"));
    assert!(!ended.success(), "{place}: {ended}");
}

#[test]
fn a_letter_to_many_is_released_by_a_second_person_and_reaches_everybody_once() {
    let stage = Stage::with(1..=1, &Wishes::default(), &[AN, BINH, CUC]);
    let serve = Running(stage.house.start(&["serve"], "serve.log"));
    for (n, from, name) in [
        (1, AN, "Nguyễn Văn An"),
        (2, AN, "Nguyễn Thị Ân"),
        (3, BINH, "Trần Thị Bình"),
        (4, CUC, "Lê Thị Cúc"),
    ] {
        hand_in(&stage, n, from, name);
    }
    for (who, receipts) in [(AN, 2), (BINH, 1), (CUC, 1)] {
        stage
            .servers
            .wait_for(who, LIMIT, |mails| mails.len() == receipts);
    }

    let join = |email: &str| Clerk::by_link(&stage.house, email, "secretary", places::CITY);
    let (mut author, mut second) = (join("mot@hn.example"), join("hai@hn.example"));
    let page = author.get("/gui-nhieu-nguoi/moi");
    let csrf = between(&page.html, "name=\"csrf\" value=\"", "\"").expect("a token");
    let fields = |body: &'static str, act: &'static str| {
        [
            ("csrf", csrf),
            ("seen", "0"),
            ("don-vi", places::CITY),
            ("doi-tuong", "tat-ca"),
            ("subject", SUBJECT),
            ("body", body),
            ("lam", act),
        ]
    };
    let path = "/gui-nhieu-nguoi/moi";
    let refused = author.post(path, &fields("{{ cac_diem }}", "luu"));
    assert_eq!(refused.status, 422, "{}", refused.text());
    let body = "Kính gửi {{ nguoi_nhan }},\nMã: {{ cac_ma }}.";
    let mut third = fields(body, "xem").to_vec();
    third.push(("nguoi", "2"));
    let seen = author.post(path, &third);
    assert!(
        seen.text().contains("Người nhận thứ 3 trong 3"),
        "{}",
        seen.text()
    );
    let kept = author.post(path, &fields(body, "luu")).to.expect("kept");
    let own = author.get(&kept);
    assert!(
        own.text().contains("Người soạn không tự duyệt được"),
        "{}",
        own.text()
    );
    assert!(own.form("mailing_release").is_none());

    // Released and taken back at once: nothing goes.
    let place = kept.split('?').next().expect("a path").to_owned();
    let release = |second: &mut Clerk| {
        let page = second.get(&place);
        assert!(
            page.text().contains("3 địa chỉ, mỗi địa chỉ một thư."),
            "{}",
            page.text()
        );
        let to = second.press(&page, "mailing_release").to.expect("released");
        second.get(&to)
    };
    let released = release(&mut second);
    assert!(
        released.text().contains("Đã soạn 0 trong 3 thư"),
        "{}",
        released.text()
    );
    undo(&mut second, &released);
    // Released for good; the program dies before and after it has written the letters.
    release(&mut second);
    drop(serve);
    die(&stage, "mailing_uncommitted");
    die(&stage, "mailing_written");
    let _serve = Running(stage.house.start(&["serve"], "serve-again.log"));
    wait::until("everybody has the letter", 2 * LIMIT, || {
        let all = [AN, BINH, CUC]
            .iter()
            .all(|who| !got(&stage, who).is_empty());
        all.then_some(())
    });
    wait::until("the page says so", LIMIT, || {
        let page = second.get(&place).text();
        page.contains("Đã soạn 3 trong 3 thư; 3 thư đã gửi.")
            .then_some(())
    });
    let an = got(&stage, AN);
    assert_eq!(an.len(), 1, "{an:?}");
    assert!(
        an[0].starts_with("Kính gửi người dự thi,\nMã: ") && an[0].contains(", "),
        "{an:?}"
    );
    let binh = got(&stage, BINH);
    assert_eq!(binh.len(), 1, "{binh:?}");
    assert!(binh[0].starts_with("Kính gửi Trần Thị Bình,\n"), "{binh:?}");
    assert_eq!(got(&stage, CUC).len(), 1);
    let journal = second.get("/nhat-ky").text();
    assert!(
        journal.contains("Đã duyệt gửi thư cho 3 địa chỉ"),
        "{journal}"
    );
}
