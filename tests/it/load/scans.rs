//! Scanned essays that wait to be read, so that the machine is as busy as it is on the last evening.

use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::mime;
use crate::support::papers;

/// A time at which the shipped plan takes entries.
const RECEIVED: &str = "2019-09-02T08:00:00+07:00";
const MAILBOX: &str = "hoankiem@duthi.hanoi.example";

/// Takes so many mails in, each with a scanned page, and leaves all of them to be worked on.
pub fn bring(exe: &Path, folder: &Path, count: usize) {
    let page = page(folder);
    let mails = folder.join("mails");
    fs::create_dir_all(&mails).expect("a folder");
    for number in 0..count {
        let mail = mail(number, &page);
        fs::write(mails.join(format!("{number}.eml")), mail).expect("a mail");
    }
    let status = Command::new(exe)
        .arg("import")
        .arg(&mails)
        .args(["--mailbox", MAILBOX, "--received-at", RECEIVED, "--json"])
        .env("PHACH_CONFIG", folder.join("phach.toml"))
        .output()
        .expect("the program");
    let said = String::from_utf8_lossy(&status.stderr);
    assert!(status.status.success(), "{said}");
}

/// Mails and files that are still to be sorted or read.
pub fn left(exe: &Path, folder: &Path) -> (u64, u64) {
    let output = Command::new(exe)
        .args(["status", "--json"])
        .env("PHACH_CONFIG", folder.join("phach.toml"))
        .output()
        .expect("the program");
    let status: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let jobs = status["jobs"].as_array().expect("jobs");
    let of = |kind: &str| {
        let of_kind = jobs.iter().filter(|job| job["kind"] == kind);
        of_kind.filter_map(|job| job["count"].as_u64()).sum()
    };
    (of("sort"), of("ocr"))
}

/// A page of an essay as a scanner gives it: 200 dots an inch, grey.
fn page(folder: &Path) -> Vec<u8> {
    let target = folder.join("page");
    let status = Command::new("pdftoppm")
        .args(["-r", "200", "-gray", "-singlefile", "-jpeg"])
        .arg(papers::data("documents").join("pdf_01.pdf"))
        .arg(&target)
        .status()
        .expect("pdftoppm (make packages)");
    assert!(status.success(), "pdftoppm drew no page");
    let page = image::open(target.with_extension("jpg")).expect("a page");
    let mut bytes = Cursor::new(Vec::new());
    let format = image::ImageFormat::Jpeg;
    page.write_to(&mut bytes, format).expect("a picture");
    bytes.into_inner()
}

/// A mail with the page; a few bytes behind its end make each a file of its own.
fn mail(number: usize, page: &[u8]) -> Vec<u8> {
    let mut bytes = page.to_vec();
    bytes.extend(number.to_le_bytes());
    let head = format!(
        "From: <nguoi.{number}@nguoidan.example>\r\nTo: <{MAILBOX}>\r\nSubject: Bai du thi\r\n\
         Message-ID: <quet-{number}@nguoidan.example>\r\nMIME-Version: 1.0\r\n"
    );
    let name = "Content-Disposition: attachment; filename=\"bai-du-thi.jpg\"\r\n";
    let text = format!(
        "Content-Type: text/plain; charset=utf-8\r\n\r\nHọ và tên: Nguyễn Văn {}\r\n",
        letters(number)
    );
    let parts = [
        text.into_bytes(),
        mime::base64_part("image/jpeg", name, &bytes),
    ];
    let mut mail = head.into_bytes();
    mail.extend(mime::multipart("mixed", "b", &parts));
    mail
}

/// A given name that nobody else has.
fn letters(mut number: usize) -> String {
    let mut name = String::from("Q");
    for _ in 0..4 {
        name.push(char::from(b'a' + (number % 26) as u8));
        number /= 26;
    }
    name
}
