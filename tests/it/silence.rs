//! Machines that write to machines: bounces, vacations and lists get no answer, and two installations that mail each other
//! fall silent.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use jiff::ToSpan as _;
use serde_json::Value;

use crate::stage::LIMIT;
use crate::stage::Stage;
use crate::support::house::House;
use crate::support::house::Wishes;
use crate::support::mime::Body;
use crate::support::mime::File;
use crate::support::mime::Mail;
use crate::support::papers::Paper;
use crate::support::person::Person;
use crate::support::person::Sort;
use crate::support::places;
use crate::support::prose;
use crate::support::prose::Dice;
use crate::support::servers::Account;
use crate::support::servers::MailServers;
use crate::support::servers::Outgoing;
use crate::support::servers::new_folder;

/// What a machine says of itself that writes on its own (RFC 3834 §2, RFC 3464, RFC 2919, RFC 2076).
const SIGNS: [(&str, &str); 12] = [
    ("Auto-Submitted", "auto-replied"),
    ("Auto-Submitted", "auto-generated"),
    ("Auto-Submitted", "auto-replied (vacation)"),
    ("Precedence", "bulk"),
    ("Precedence", "list"),
    ("Precedence", "junk"),
    ("List-Id", "<thong-bao.coquan.example>"),
    ("List-Unsubscribe", "<mailto:thoi@coquan.example>"),
    ("X-Auto-Response-Suppress", "All"),
    ("Return-Path", "<>"),
    ("From", "MAILER-DAEMON@mail.example"),
    ("From", "no-reply@mail.example"),
];

#[test]
fn a_thousand_machines_get_no_answer() {
    let long = std::env::var_os("PHACH_LONG").is_some();
    let count = if long { 1_000 } else { 120 };
    let stage = Stage::build(1..=1, &Wishes::default());
    let mailbox = places::hanoi().spots[0].mailbox;
    let folder = stage.house.folder.join("mails");
    fs::create_dir_all(&folder).expect("a folder");
    for n in 0..count {
        let bytes = if n % 3 == 0 {
            bounce(n, mailbox)
        } else {
            automatic(n, mailbox)
        };
        fs::write(folder.join(format!("{n}.eml")), bytes).expect("a mail");
    }
    let path = folder.to_string_lossy().into_owned();
    stage.house.run(&["import", &path, "--mailbox", mailbox]);
    stage.finish(&["--only", "worker"]);
    let status = stage.house.status();
    let contest = &status["contests"][0];
    let kinds = contest["messages"].as_object().expect("kinds of mails");
    let sorted: u64 = kinds.values().filter_map(Value::as_u64).sum();
    assert_eq!(sorted, count as u64, "{contest}");
    assert_eq!(contest["letters"], serde_json::json!([]), "{contest}");
    assert_eq!(contest["entries"], serde_json::json!({}), "{contest}");
}

/// A mail that a machine wrote, by one of the signs.
fn automatic(n: usize, mailbox: &str) -> Vec<u8> {
    let (name, value) = SIGNS[n % SIGNS.len()];
    let from = match name {
        "From" => value.to_owned(),
        _ => format!("may.{n}@coquan.example"),
    };
    let return_path = if name == "Return-Path" {
        "<>"
    } else {
        "<may@coquan.example>"
    };
    let more = match name {
        "From" | "Return-Path" => String::new(),
        _ => format!("{name}: {value}\r\n"),
    };
    format!(
        "Return-Path: {return_path}\r\nFrom: {from}\r\nTo: {mailbox}\r\nSubject: Re: Bai du thi {n}\r\n\
         Message-ID: <{n}.may@coquan.example>\r\nDate: Mon, 02 Nov 2026 08:00:00 +0700\r\n{more}\
         Content-Type: text/plain; charset=utf-8\r\n\r\nTôi đang nghỉ phép, sẽ trả lời thư khi trở lại.\r\n"
    )
    .into_bytes()
}

fn bounce(n: usize, mailbox: &str) -> Vec<u8> {
    let from = [
        "MAILER-DAEMON@mail.example",
        "postmaster@mail.example",
        "mail@coquan.example",
    ][n % 3];
    format!(
        "Return-Path: <>\r\nFrom: {from}\r\nTo: {mailbox}\r\nSubject: Undelivered Mail Returned to Sender\r\n\
         Message-ID: <{n}.tra@mail.example>\r\nDate: Mon, 02 Nov 2026 08:00:00 +0700\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b{n}\"\r\n\r\n--b{n}\r\n\
         Content-Type: text/plain\r\n\r\nYour message could not be delivered.\r\n--b{n}\r\n\
         Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.example\r\n\r\n\
         Final-Recipient: rfc822; khongco{n}@mail.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b{n}--\r\n"
    )
    .into_bytes()
}

#[test]
fn two_installations_that_mail_each_other_fall_silent() {
    let places = places::hanoi();
    let [one, other] = [places.spots[0].mailbox, places.spots[1].mailbox];
    let accounts = [one, other, crate::support::cast::SENDER].map(Account::mailbox);
    let servers = MailServers::start(&accounts);
    let folder = new_folder("ps");
    let until = Timestamp::now().checked_add(72.hours()).expect("a time");
    let houses = [one, other].map(|mailbox| {
        let folder = folder.join(mailbox);
        fs::create_dir_all(&folder).expect("a folder");
        let wishes = Wishes {
            mailboxes: vec![mailbox.to_owned()],
            ..Wishes::default()
        };
        let exe = Path::new(env!("CARGO_BIN_EXE_phach"));
        let house = House::build(&folder, exe, &servers, &places, &wishes);
        house.apply_plan(&places, until);
        house
    });
    // An essay that says it is from the other's mailbox: the receipt goes there.
    servers
        .deliver(&essay(one, other))
        .expect("Postfix takes it");
    servers.wait_for(one, LIMIT, |mails| mails.len() == 1);
    for _ in 0..4 {
        for house in &houses {
            let output = house.output(&["serve", "--until-idle"]);
            assert!(
                matches!(output.status.code(), Some(0 | 3)),
                "{}",
                output.status
            );
        }
        std::thread::sleep(std::time::Duration::from_millis(500));
    }
    let there = servers.inbox(one).len() + servers.inbox(other).len();
    assert!((1..=2).contains(&there), "{there} mails");
    let letters = |house: &House| {
        let status: Value = house.status();
        let letters = status["contests"][0]["letters"].as_array().cloned();
        letters.unwrap_or_default().len()
    };
    assert_eq!(letters(&houses[0]), 1, "the receipt");
    assert_eq!(letters(&houses[1]), 0, "a receipt is not answered");
    let _ = fs::remove_dir_all(&folder);
}

fn essay(to: &str, from: &str) -> Outgoing {
    let places = places::hanoi();
    let mut dice = Dice::new(3_834);
    let person = Person::new(1, Sort::Resident, &places.spots[0], places.year, &mut dice);
    let paper = Paper {
        head: person.head(0),
        title: "BÀI DỰ THI TÌM HIỂU DỊCH VỤ CÔNG TRỰC TUYẾN".to_owned(),
        paragraphs: prose::essay(3_834, 400),
        footer: "Bài dự thi".to_owned(),
        ..Paper::default()
    };
    let mail = Mail {
        from_name: person.name,
        from: from.to_owned(),
        to: vec![to.to_owned()],
        subject: "Bài dự thi Tìm hiểu Dịch vụ công trực tuyến".to_owned(),
        id: "vong@nguoidan.example".to_owned(),
        date: "Mon, 02 Nov 2026 08:00:00 +0700".to_owned(),
        body: Body::Plain("Kính gửi Ban Tổ chức, tôi xin nộp bài dự thi.".to_owned()),
        files: vec![File::new("Bài dự thi.docx", paper.docx())],
        ..Mail::default()
    };
    Outgoing {
        from: from.to_owned(),
        to: vec![to.to_owned()],
        bytes: mail.bytes(),
    }
}
