//! Encodings of the way (Content-Transfer-Encoding), wrong, broken or unknown, and files that call themselves text.

use super::PDF;
use super::Sample;
use super::mail;
use super::mixed;
use super::sample;
use crate::entry::FindingCode::Damaged;
use crate::entry::FindingCode::MailDamaged;

/// 120 bytes that no charset makes words of.
fn old_word() -> Vec<u8> {
    let mut bytes = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    bytes.resize(120, 0);
    bytes
}

pub fn samples() -> Vec<Sample> {
    let text = "Content-Type: text/plain; charset=utf-8";
    vec![
        sample("a PDF sent as text", mail(text, PDF)).file("", PDF),
        sample("an old Word file sent as text", mail(text, old_word())).file("", old_word()),
        sample(
            "a zip sent as text in base64",
            mail(
                &format!("{text}\nContent-Transfer-Encoding: base64"),
                "UEsDBAoAAAAAAAAAIQAAAAAAAAAAAAAAAAAAAAAA\r\n",
            ),
        )
        .file("", b"PK\x03\x04\n\0\0\0\0\0\0\0!\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
        sample(
            "HTML sent as plain text",
            mail(text, "<html><body><p>Em g\u{1eed}i b\u{e0}i.</p></body></html>"),
        )
        .says("Em gửi bài."),
        sample(
            "a letter with a NUL in it",
            mail(text, "Em g\u{1eed}i\0 b\u{e0}i d\u{1ef1} thi.\r\n"),
        )
        .says("Em gửi bài dự thi."),
        sample(
            "a letter that speaks of %PDF- files",
            mail(text, "Em gửi bài, tệp bắt đầu bằng %PDF-1.4 ạ."),
        )
        .says("bắt đầu bằng %PDF-1.4"),
        sample(
            "base64 in padded pieces",
            mixed(&[
                "Content-Type: application/octet-stream; name=a.bin\nContent-Transfer-Encoding: base64\n\nQQ==\nQkM=\nREVG",
            ]),
        )
        .file("a.bin", "ABCDEF")
        .clean(),
        sample(
            "base64 with a foreign letter",
            mixed(&[
                "Content-Type: application/octet-stream; name=a.bin\nContent-Transfer-Encoding: base64\n\nQUJD!REVG",
            ]),
        )
        .file("a.bin", "ABCDEF")
        .finds(Damaged),
        sample(
            "base64 with a line of hyphens in the middle",
            mixed(&[
                "Content-Type: application/octet-stream; name=a.bin\nContent-Transfer-Encoding: base64\n\nQUJD\n--- x\nREVG",
            ]),
        )
        .file("a.bin", "ABCDEF")
        .finds(Damaged),
        sample(
            "base64 that breaks off",
            mixed(&[
                "Content-Type: application/octet-stream; name=a.bin\nContent-Transfer-Encoding: base64\n\nQUJDR",
            ]),
        )
        .file("a.bin", "ABC")
        .finds(Damaged),
        sample(
            "base64 with a mailing list's note below",
            mixed(&[
                "Content-Type: application/octet-stream; name=a.bin\nContent-Transfer-Encoding: base64\n\nQUI=\n\nTin nhan cua nhom giao vien",
            ]),
        )
        .file("a.bin", "AB")
        .clean(),
        sample(
            "words said to be base64",
            mail(
                &format!("{text}\nContent-Transfer-Encoding: base64"),
                "Em xin gui bai du thi cua em.\r\n",
            ),
        )
        .says("Em xin gui bai du thi cua em."),
        sample(
            "a letter in broken base64",
            mail(
                &format!("{text}\nContent-Transfer-Encoding: base64"),
                "RW0gZ3Vp*IGJhaSBkdSB0aGku\r\n",
            ),
        )
        .says("Em gui bai du thi.")
        .finds(MailDamaged),
        sample(
            "broken quoted-printable",
            mail(
                &format!("{text}\nContent-Transfer-Encoding: quoted-printable"),
                "Em g=E1=BB=ADi b=C3=A0i, 1 + 1 = 2 =ZZ =\r\nd=E1=BB=B1 thi=",
            ),
        )
        .says("Em gửi bài, 1 + 1 = 2 =ZZ dự thi"),
        sample(
            "quoted-printable in small letters",
            mail(
                &format!("{text}\nContent-Transfer-Encoding: QUOTED-PRINTABLE"),
                "Em g=e1=bb=adi b=c3=a0i.",
            ),
        )
        .says("Em gửi bài."),
        sample(
            "an encoding of the sender's own",
            mixed(&[
                "Content-Type: application/octet-stream; name=a.bin\nContent-Transfer-Encoding: x-nen\n\nabc",
            ]),
        )
        .file("a.bin", "abc"),
        sample(
            "a PDF in base64 that says 7bit",
            mixed(&[
                "Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: 7bit\n\nJVBERi0xLjQKJSB0aGUgZmlyc3QgYnl0ZXMgb2YgYSBmaWxlIHRoYXQgaG9sZHMgbm90aGluZw==",
            ]),
        )
        .file("a.pdf", "%PDF-1.4\n% the first bytes of a file that holds nothing"),
        sample(
            "a comment behind the encoding",
            mixed(&[
                "Content-Type: application/octet-stream; name=a.bin\nContent-Transfer-Encoding: base64 (eight bits)\n\nQUJD",
            ]),
        )
        .file("a.bin", "ABC"),
        sample(
            "a letter of one word",
            mail("Content-Type: text/plain", "Bai"),
        )
        .says("Bai"),
    ]
}
