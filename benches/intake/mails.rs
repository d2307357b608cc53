//! A mailbox as it is on the last evening, written where Dovecot keeps it.

use std::fs;
use std::io::Cursor;
use std::io::Write;
use std::os::unix::fs::chown;
use std::path::Path;

use zip::CompressionMethod;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::support::mime;
use crate::support::papers;
use crate::support::papers::Paper;
use crate::support::person::Person;
use crate::support::person::Sort;
use crate::support::places::Spot;
use crate::support::prose;
use crate::support::prose::Dice;

/// The user the servers of the tests keep mails as.
const VMAIL: u32 = 5000;
/// The largest document, bytes; what is larger is a photo.
const DOCUMENT: usize = 1 << 20;

/// Writes `count` mails; returns their bytes as a client sees them, with CRLF.
pub fn write(maildir: &Path, spot: &Spot, count: u64) -> u64 {
    for part in ["", "cur", "new", "tmp"] {
        let folder = maildir.join(part);
        fs::create_dir_all(&folder).expect("a folder of the mailbox");
        chown(&folder, Some(VMAIL), Some(VMAIL)).expect("root");
    }
    let mut dice = Dice::new(4);
    let filling: Vec<u8> = (0..1 << 20)
        .flat_map(|_| dice.next().to_le_bytes())
        .collect();
    let mut sum = 0;
    for number in 0..count {
        let size = size(&mut dice);
        let mail = mail(number as usize, spot, size, &filling, &mut dice);
        // Dovecot keeps LF and serves CRLF; with both sizes in the name it need not count.
        let with_cr = mail.len() + mail.iter().filter(|byte| **byte == b'\n').count();
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

fn mail(number: usize, spot: &Spot, size: usize, filling: &[u8], dice: &mut Dice) -> Vec<u8> {
    let person = Person::new(number, Sort::Staff, spot, 2019, dice);
    // 57 bytes are a line of 76 letters.
    let size = size / 77 * 57;
    let mut filling = |size: usize| {
        let from = dice.below(filling.len() - size);
        &filling[from..from + size]
    };
    let (name, bytes) = if size > DOCUMENT {
        let photo = papers::photo(number as u64);
        let more = filling(size.saturating_sub(photo.len()));
        ("IMG_0001.jpg", [&photo, more].concat())
    } else {
        let docx = paper(&person, number).docx();
        let font = filling(size.saturating_sub(docx.len()));
        ("bai du thi.docx", with_font(docx, font))
    };
    let text = format!(
        "Content-Type: text/plain; charset=utf-8\r\n\r\nKính gửi Ban Tổ chức,\r\nTôi là {}, xin gửi bài dự thi.\r\n",
        person.name
    );
    let more = format!("Content-Disposition: attachment; filename=\"{name}\"\r\n");
    let file = mime::base64_part("application/octet-stream", &more, &bytes);
    let mut mail = format!(
        "Return-Path: <{from}>\r\nFrom: <{from}>\r\nTo: <{}>\r\nSubject: Bai du thi so {number}\r\n\
         Message-ID: <{number}@nguoidan.example>\r\nDate: Wed, 2 Oct 2019 08:00:00 +0700\r\nMIME-Version: 1.0\r\n",
        spot.mailbox,
        from = person.email,
    )
    .into_bytes();
    let boundary = format!("b{number}");
    mail.extend(mime::multipart(
        "mixed",
        &boundary,
        &[text.into_bytes(), file],
    ));
    mail.retain(|byte| *byte != b'\r');
    mail
}

/// An essay of two pages, each another.
fn paper(person: &Person, number: usize) -> Paper {
    Paper {
        head: person.head(number),
        title: "BÀI DỰ THI TÌM HIỂU DỊCH VỤ CÔNG TRỰC TUYẾN".to_owned(),
        paragraphs: prose::essay(number as u64, 600),
        ..Paper::default()
    }
}

/// The document with a font in it, as Word puts one there on request: bytes that nothing packs any smaller.
fn with_font(docx: Vec<u8>, font: &[u8]) -> Vec<u8> {
    let mut writer = ZipWriter::new_append(Cursor::new(docx)).expect("a docx");
    let how = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    writer
        .start_file("word/fonts/font1.odttf", how)
        .expect("a member");
    writer.write_all(font).expect("its bytes");
    writer.finish().expect("a docx").into_inner()
}
