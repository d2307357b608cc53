//! A mailbox as it is on the last evening, written where Dovecot keeps it.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::chown;
use std::path::Path;

use crate::support::prose::Dice;

/// The user the servers of the tests keep mails as.
const VMAIL: u32 = 5000;
/// Letters of a line of base64.
const LINE: usize = 76;

/// Writes `count` mails; returns their bytes as a client sees them, with CRLF.
pub fn write(maildir: &Path, count: u64) -> u64 {
    for part in ["", "cur", "new", "tmp"] {
        let folder = maildir.join(part);
        fs::create_dir_all(&folder).expect("a folder of the mailbox");
        chown(&folder, Some(VMAIL), Some(VMAIL)).expect("root");
    }
    let mut dice = Dice::new(4);
    let lines = base64(&mut dice, 8 << 20);
    let mut sum = 0;
    for number in 0..count {
        let mail = mail(number, size(&mut dice), &lines, &mut dice);
        // Dovecot keeps LF and serves CRLF; with both sizes in the name it need not count.
        let with_cr = mail.len() + mail.bytes().filter(|byte| *byte == b'\n').count();
        let name = format!(
            "{}.M{number}P1.bench,S={},W={with_cr}:2,",
            1_570_000_000 + number,
            mail.len()
        );
        let file = maildir.join("cur").join(name);
        fs::write(&file, mail).expect("write a mail");
        chown(&file, Some(VMAIL), Some(VMAIL)).expect("root");
        sum += with_cr as u64;
    }
    sum
}

/// One mail in a hundred brings photos of several MB, the others a document of 40 to 380 KB.
fn size(dice: &mut Dice) -> usize {
    match dice.below(100) {
        0 => 2_000_000 + dice.below(4_000_000),
        _ => 40_000 + dice.below(340_000),
    }
}

fn base64(dice: &mut Dice, length: usize) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(length + LINE);
    while text.len() < length {
        let mut bits = 0;
        for at in 0..LINE {
            if at % 10 == 0 {
                bits = dice.next();
            }
            text.push(char::from(LETTERS[(bits & 63) as usize]));
            bits >>= 6;
        }
        text.push('\n');
    }
    text
}

fn mail(number: u64, size: usize, lines: &str, dice: &mut Dice) -> String {
    let mut mail = String::with_capacity(size + 1_000);
    let _ = write!(
        mail,
        "Return-Path: <nguoi.{number}@nguoidan.example>\nFrom: <nguoi.{number}@nguoidan.example>\n\
         To: <hoankiem@duthi.hanoi.example>\nSubject: Bai du thi so {number}\nMessage-ID: <{number}@nguoidan.example>\n\
         Date: Wed, 2 Oct 2019 08:00:00 +0700\nMIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=\"b{number}\"\n\n--b{number}\nContent-Type: text/plain\n\n\
         Em gui bai du thi a.\n--b{number}\nContent-Type: application/octet-stream; name=\"bai.docx\"\n\
         Content-Transfer-Encoding: base64\n\n"
    );
    let from = dice.below((lines.len() - size) / (LINE + 1)) * (LINE + 1);
    mail.push_str(&lines[from..from + size]);
    let _ = write!(mail, "\n--b{number}--\n");
    mail
}
