//! The secretariat rewords the receipt at the keyboard and sees at once how it reads; the next participant gets it so,
//! and after it was taken back the one after that gets the receipt as it ships.

use super::hall;
use super::hall::look;
use crate::stage::LIMIT;
use crate::stage::Running;
use crate::stage::Stage;
use crate::support::browser::Browser;
use crate::support::browser::ENTER;
use crate::support::house::Wishes;
use crate::support::mime::Body;
use crate::support::mime::File;
use crate::support::mime::Mail;
use crate::support::papers::Paper;
use crate::support::places;
use crate::support::prose;
use crate::support::secretary;
use crate::support::servers::Outgoing;

const AN: &str = "an@nguoidan.example";
const CLERK: &str = "thuky@hn.example";
const OWN: &str = "Chúc bạn may mắn";

/// Mails an essay; returns the receipt that comes back.
fn receipt(stage: &Stage, n: u64) -> String {
    let paper = Paper {
        head: vec![
            "Họ và tên: Nguyễn Văn An".to_owned(),
            format!("Ngày sinh: 0{n}/9/2001"),
        ],
        title: "BÀI DỰ THI".to_owned(),
        paragraphs: prose::essay(n, 400),
        footer: "Bài dự thi".to_owned(),
        ..Paper::default()
    };
    let mailbox = places::hanoi().spots[0].mailbox;
    let mail = Mail {
        from: AN.to_owned(),
        to: vec![mailbox.to_owned()],
        subject: "Bài dự thi".to_owned(),
        id: format!("bai{n}@nguoidan.example"),
        date: "Mon, 02 Nov 2026 08:00:00 +0700".to_owned(),
        body: Body::Plain("Kính gửi Ban Tổ chức, tôi xin nộp bài dự thi.".to_owned()),
        files: vec![File::new(format!("bai{n}.docx"), paper.docx())],
        ..Mail::default()
    };
    let sent = Outgoing {
        from: AN.to_owned(),
        to: mail.to.clone(),
        bytes: mail.bytes(),
    };
    stage.servers.deliver(&sent).expect("Postfix takes it");
    let about = Some(format!("<bai{n}@nguoidan.example>"));
    let letters = stage.servers.wait_for(AN, LIMIT, |mails| {
        mails.iter().any(|mail| mail.header("In-Reply-To") == about)
    });
    let letter = letters
        .iter()
        .find(|mail| mail.header("In-Reply-To") == about)
        .expect("a receipt");
    let parsed = mail_parser::MessageParser::default().parse(&letter.bytes);
    let parsed = parsed.expect("a mail");
    let html = parsed.body_html(0).expect("a page").into_owned();
    let text = parsed.body_text(0).expect("a text").into_owned();
    assert_eq!(html.contains(OWN), text.contains(OWN), "both say the same");
    text.replace("\r\n", "\n")
}

#[test]
fn a_clerk_rewords_the_receipt_and_sees_it_while_typing() {
    let stage = Stage::with(1..=1, &Wishes::default(), &[AN]);
    let _serve = Running(stage.house.start(&["serve"], "serve.log"));
    let said = receipt(&stage, 1);
    assert!(
        said.contains("MÃ TIẾP NHẬN: ") && !said.contains(OWN),
        "{said}"
    );

    secretary::add(
        &stage.house,
        CLERK,
        "Nguyễn Thư Ký",
        "secretary",
        places::CITY,
    )
    .expect("an account");
    let browser = Browser::open(&stage.house.url());
    hall::log_in(&stage.house, &browser, CLERK);
    browser.goto("/mau-thu");
    look(&browser, "wordings");
    browser.goto("/mau-thu/xac-nhan");
    look(&browser, "wording");

    for (path, name) in [
        ("/gui-nhieu-nguoi", "mailings"),
        ("/gui-nhieu-nguoi/moi", "mailing"),
    ] {
        browser.goto(path);
        look(&browser, name);
    }
    browser.goto("/mau-thu/xac-nhan");

    // What is typed shows below without a button; a mistake is said with its line, and is not taken.
    let shown = |words: &str| {
        browser.wait(&format!(
            "document.querySelector('#thu').textContent.includes({words:?})"
        ));
    };
    let typed = |text: &str| {
        browser.run(&format!(
            "const body = document.querySelector('#noi-dung-mau');\
             body.setSelectionRange(0, 0); body.focus();\
             document.execCommand('insertText', false, {text:?});"
        ));
    };
    typed(&format!("{OWN}!\n\n"));
    shown(OWN);
    typed("{{ ten_la }}\n");
    browser.wait("document.querySelector('#loi').textContent.includes('Nội dung, dòng 1')");
    browser.tab_to("button[value=luu]");
    browser.keys(&ENTER.to_string());
    browser.wait("document.querySelector('#loi .notice.bad')");
    look(&browser, "wording-refused");
    let kept = browser.text("document.querySelector('#noi-dung-mau').value");
    assert!(kept.starts_with("{{ ten_la }}\nChúc"), "{kept}");
    browser.run(
        "const body = document.querySelector('#noi-dung-mau');\
         body.value = body.value.replace('{{ ten_la }}\\n', '');",
    );
    browser.tab_to("button[value=luu]");
    browser.keys(&ENTER.to_string());
    browser.wait("document.querySelector('.done')");
    look(&browser, "wording-saved");

    let said = receipt(&stage, 2);
    assert!(
        said.starts_with(&format!("{OWN}!\n\nKính gửi")) && said.contains("MÃ TIẾP NHẬN: "),
        "{said}"
    );

    // Undone from the bar.
    browser.tab_to(".done button");
    browser.keys(&ENTER.to_string());
    browser.wait("location.search === '?hoan-tac=1'");
    let said = receipt(&stage, 3);
    assert!(said.starts_with("Kính gửi"), "{said}");
}
