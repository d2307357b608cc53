//! Files written into the text of a mail, and text as programs before MIME wrote it.

use super::PDF;
use super::Sample;
use super::mail;
use super::mixed;
use super::sample;
use crate::entry::FindingCode::Damaged;

/// uuencode, with lines of 45 bytes.
fn uuencoded(name: &str, bytes: &[u8]) -> String {
    let letter = |value: u8| char::from(if value == 0 { b'`' } else { value + b' ' });
    let mut text = format!("begin 644 {name}\r\n");
    for line in bytes.chunks(45) {
        text.push(letter(line.len() as u8));
        for group in line.chunks(3) {
            let at = |place: usize| group.get(place).copied().unwrap_or(0);
            text.push(letter(at(0) >> 2));
            text.push(letter(at(0) << 4 & 0x30 | at(1) >> 4));
            text.push(letter(at(1) << 2 & 0x3c | at(2) >> 6));
            text.push(letter(at(2) & 0x3f));
        }
        text.push_str("\r\n");
    }
    text.push_str("`\r\nend\r\n");
    text
}

/// yEnc, every control character escaped.
fn yencoded(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut out = format!("=ybegin line=128 size={} name={name}\r\n", bytes.len()).into_bytes();
    for byte in bytes {
        let byte = byte.wrapping_add(42);
        if byte < b' ' || byte == b'=' {
            out.extend([b'=', byte.wrapping_add(64)]);
        } else {
            out.push(byte);
        }
    }
    out.extend(format!("\r\n=yend size={}\r\n", bytes.len()).bytes());
    out
}

pub fn samples() -> Vec<Sample> {
    let text = "Content-Type: text/plain; charset=utf-8";
    let code = uuencoded("bai thi.pdf", PDF);
    let mut after = b"Em gui bai.\r\n\r\n".to_vec();
    after.extend(yencoded("bai thi.pdf", PDF));
    vec![
        sample(
            "a uuencoded file below a letter",
            mail(text, format!("Em gửi bài.\r\n\r\n{code}\r\nHết.\r\n")),
        )
        .says("Em gửi bài.")
        .says("Hết.")
        .file("bai thi.pdf", PDF),
        sample(
            "two uuencoded files in a mail without MIME",
            format!(
                "From: an@example.vn\r\nSubject: bai\r\n\r\nEm gui.\r\n{code}{}",
                uuencoded("hai.pdf", PDF)
            ),
        )
        .says("Em gui.")
        .file("bai thi.pdf", PDF)
        .file("hai.pdf", PDF),
        sample(
            "a uuencoded file that breaks off",
            mail(text, &code[..code.len() - 8]),
        )
        .file("bai thi.pdf", PDF)
        .finds(Damaged),
        sample(
            "a part in uuencode",
            mixed(&[&format!(
                "Content-Type: application/pdf; name=\"bai.pdf\"\nContent-Transfer-Encoding: x-uuencode\n\n{code}"
            )]),
        )
        .file("bai.pdf", PDF),
        sample("a file in yEnc", mail(text, after))
            .says("Em gui bai.")
            .file("bai thi.pdf", PDF),
        sample(
            "a letter about begin 644",
            mail(text, "begin 644 là dòng đầu của tệp uuencode ạ.\r\nEm cảm ơn."),
        )
        .says("begin 644 là dòng đầu")
        .says("Em cảm ơn."),
    ]
}
