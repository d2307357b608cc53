//! Ends of lines: LF, CR, CR CR LF, all of them in one mail, lines of any length, and lines that go on in the next.

use super::Sample;
use super::mail;
use super::sample;

const MAIL: &str = "From: An <an@example.vn>\nSubject: Bai du thi\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nEm gui bai.\n--b\nContent-Type: application/octet-stream; name=a.bin\nContent-Transfer-Encoding: base64\n\nQUJD\n--b--\n";

/// The same mail with other ends of lines.
fn ended(name: &'static str, end: impl Fn(usize) -> &'static str) -> Sample {
    let lines = MAIL.lines().enumerate();
    let raw: String = lines
        .map(|(at, line)| format!("{line}{}", end(at)))
        .collect();
    sample(name, raw)
        .subject("Bai du thi")
        .from("An", "an@example.vn")
        .says("Em gui bai.")
        .file("a.bin", "ABC")
        .clean()
}

pub fn samples() -> Vec<Sample> {
    let flowed = "Content-Type: text/plain; charset=utf-8; format=flowed";
    vec![
        ended("lines that end with LF", |_| "\n"),
        ended("lines that end with CR", |_| "\r"),
        ended("lines that end with CR CR LF", |_| "\r\r\n"),
        ended("lines that end with LF and CR LF by turns", |at| {
            if at % 2 == 0 { "\n" } else { "\r\n" }
        }),
        ended("lines of the head that end with LF, of the body with CR", |at| {
            if at < 4 { "\n" } else { "\r" }
        }),
        sample(
            "a line of a hundred thousand letters",
            mail("Content-Type: text/plain", format!("{}\r\nHet.", "bai thi ".repeat(12_500))),
        )
        .says("Het."),
        sample(
            "a letter of three hundred thousand CR",
            mail("Content-Type: text/plain", format!("{}Het.", "\r".repeat(300_000))),
        )
        .says("Het."),
        sample(
            "a field of sixty thousand letters",
            mail(&format!("X-Dai: {}", "x".repeat(60_000)), "Em gui bai."),
        )
        .says("Em gui bai."),
        sample(
            "lines that go on in the next",
            mail(flowed, "Em gui bai \r\ndu thi.\r\n Em cam on.\r\n"),
        )
        .says("Em gui bai du thi.\nEm cam on."),
        sample(
            "lines that go on without a blank",
            mail(&format!("{flowed}; delsp=yes"), "Em gui b \r\nai du thi.\r\n"),
        )
        .says("Em gui bai du thi."),
        sample(
            "a line that begins with From",
            mail("Content-Type: text/plain", ">From nay em gui bai.\r\nFrom do tro di.\r\n"),
        )
        .says("From do tro di."),
        sample(
            "quoted-printable whose soft ends lost their lines",
            mail(
                "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable",
                "Em g=E1=BB=ADi b=\nC3=A0i =\r\r\nd=E1=BB=B1 thi.",
            ),
        )
        .says("Em gửi b"),
    ]
}
