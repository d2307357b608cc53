//! Parts and boundaries: nested, missing, alike, unclosed, in odd places; every byte between them belongs somewhere.

use super::Sample;
use super::crlf;
use super::mail;
use super::mixed;
use super::sample;
use crate::entry::FindingCode::MailDamaged;
use crate::entry::FindingCode::TextAside;

const TEXT: &str = "Content-Type: text/plain; charset=utf-8\n\nEm gui bai.";
const FILE: &str =
    "Content-Type: application/octet-stream; name=a.bin\nContent-Disposition: attachment\n\nabc";
const OTHER: &str =
    "Content-Type: application/octet-stream; name=b.bin\nContent-Disposition: attachment\n\nxyz";

/// A mail whose head says this of its type, with this body of lines.
fn typed(kind: &str, body: &str) -> Vec<u8> {
    mail(&format!("Content-Type: {kind}"), crlf(body))
}

pub fn samples() -> Vec<Sample> {
    let b = "multipart/mixed; boundary=b";
    let both = |name: &'static str, raw: Vec<u8>| {
        sample(name, raw).says("Em gui bai.").file("a.bin", "abc")
    };
    let deep = {
        let mut body = String::new();
        for n in 0..60 {
            body.push_str(&format!(
                "--b{n}\nContent-Type: multipart/mixed; boundary=b{}\n\n",
                n + 1
            ));
        }
        body.push_str(&format!("--b60\n{TEXT}\n--b60\n{FILE}\n"));
        for n in (0..=60).rev() {
            body.push_str(&format!("--b{n}--\n"));
        }
        typed("multipart/mixed; boundary=b0", &body)
    };
    let longest = "x".repeat(150);
    vec![
        both("a plain multipart", mixed(&[TEXT, FILE])).clean(),
        both("sixty multiparts one inside another", deep),
        both(
            "the last boundary is missing",
            typed(b, &format!("--b\n{TEXT}\n--b\n{FILE}")),
        ),
        both(
            "an inner boundary that begins as the outer one does",
            typed(
                b,
                &format!(
                    "--b\nContent-Type: multipart/mixed; boundary=b-1\n\n--b-1\n{TEXT}\n--b-1--\n--b\n{FILE}\n--b--\n"
                ),
            ),
        ),
        both(
            "an outer boundary that begins as the inner one does",
            typed(
                "multipart/mixed; boundary=b-1",
                &format!(
                    "--b-1\nContent-Type: multipart/mixed; boundary=b\n\n--b\n{TEXT}\n--b--\n--b-1\n{FILE}\n--b-1--\n"
                ),
            ),
        ),
        both(
            "an inner multipart with the boundary of the outer one",
            typed(
                b,
                &format!(
                    "--b\nContent-Type: multipart/alternative; boundary=b\n\n--b\n{TEXT}\n--b--\n--b\n{FILE}\n--b--\n"
                ),
            ),
        ),
        both(
            "an inner multipart that is never closed",
            typed(
                b,
                &format!(
                    "--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n{TEXT}\n--b\n{FILE}\n--b--\n"
                ),
            ),
        ),
        both(
            "parts below the last boundary",
            typed(b, &format!("--b\n{TEXT}\n--b--\n\n--b\n{FILE}\n--b--\n")),
        ),
        both(
            "blanks behind the boundaries",
            typed(b, &format!("--b  \t\n{TEXT}\n--b \n{FILE}\n--b-- \n")),
        ),
        both(
            "a boundary with blanks at its end",
            typed(
                "multipart/mixed; boundary=\"b  \"",
                &format!("--b\n{TEXT}\n--b\n{FILE}\n--b--\n"),
            ),
        ),
        both(
            "a boundary of quotes, semicolons and equals signs",
            typed(
                "multipart/mixed; boundary=\"=_a;b='c\\\"?(x)\"",
                &format!("--=_a;b='c\"?(x)\n{TEXT}\n--=_a;b='c\"?(x)\n{FILE}\n--=_a;b='c\"?(x)--\n"),
            ),
        ),
        both(
            "a boundary longer than any may be",
            typed(
                &format!("multipart/mixed; boundary={longest}"),
                &format!("--{longest}\n{TEXT}\n--{longest}\n{FILE}\n--{longest}--\n"),
            ),
        ),
        both(
            "a boundary that ends with two hyphens",
            typed(
                "multipart/mixed; boundary=\"b--\"",
                &format!("--b--\n{TEXT}\n--b--\n{FILE}\n--b----\n"),
            ),
        ),
        both(
            "an empty boundary",
            typed(
                "multipart/mixed; boundary=\"\"",
                &format!("--\n{TEXT}\n--\n{FILE}\n----\n"),
            ),
        ),
        both(
            "no boundary named",
            typed("multipart/mixed", &format!("--=_x1\n{TEXT}\n--=_x1\n{FILE}\n--=_x1--\n")),
        ),
        both(
            "another boundary than the one named",
            typed(b, &format!("--=_x1\n{TEXT}\n--=_x1\n{FILE}\n--=_x1--\n")),
        ),
        both(
            "a boundary continued as RFC 2231 has it",
            typed(
                "multipart/mixed; boundary*0=\"lo\"; boundary*1=\"ng\"",
                &format!("--long\n{TEXT}\n--long\n{FILE}\n--long--\n"),
            ),
        ),
        both(
            "the boundary of a folded head",
            typed(
                "multipart/mixed;\n\tboundary=\n\t\"b\"",
                &format!("--b\n{TEXT}\n--b\n{FILE}\n--b--\n"),
            ),
        ),
        both(
            "a multipart said to be base64",
            mail(
                "Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64",
                crlf(&format!("--b\n{TEXT}\n--b\n{FILE}\n--b--\n")),
            ),
        ),
        both(
            "a multipart that is base64",
            mail(
                "Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64",
                "LS1iCkNvbnRlbnQtVHlwZTogdGV4dC9wbGFpbgoKRW0gZ3VpIGJhaS4KLS1iCkNvbnRlbnQtVHlw\r\nZTogYXBwbGljYXRpb24vb2N0ZXQtc3RyZWFtOyBuYW1lPWEuYmluCgphYmMKLS1iLS0K\r\n",
            ),
        ),
        both(
            "two types, the first without its parts",
            mail(
                "Content-Type: multipart/mixed; boundary=nie\nContent-Type: multipart/mixed; boundary=b",
                crlf(&format!("--b\n{TEXT}\n--b\n{FILE}\n--b--\n")),
            ),
        ),
        both(
            "empty parts between the others",
            typed(b, &format!("--b\n--b\n\n--b\n{TEXT}\n--b\n\n\n--b\n{FILE}\n--b--\n")),
        ),
        both(
            "a part with a head and nothing else",
            typed(
                b,
                &format!("--b\nContent-Type: text/plain\n--b\n{TEXT}\n--b\n{FILE}\n--b--\n"),
            ),
        ),
        both(
            "a line of hyphens that is no boundary",
            typed(b, &format!("--b\n{TEXT}\n--bai\n--\n--b\n{FILE}\n--b--\n")),
        )
        .says("--bai"),
        both(
            "a notice for those who cannot read MIME",
            typed(
                b,
                &format!("This is a multi-part message in MIME format.\n--b\n{TEXT}\n--b\n{FILE}\n--b--\n"),
            ),
        )
        .clean(),
        both(
            "words above the first part",
            typed(
                b,
                &format!("Bai cua em o duoi.\n--b\n{TEXT}\n--b\n{FILE}\n--b--\n"),
            ),
        )
        .finds(TextAside),
        both(
            "words below the last part",
            typed(
                b,
                &format!("--b\n{TEXT}\n--b\n{FILE}\n--b--\nThu nay gui qua nhom giao vien.\n"),
            ),
        )
        .finds(TextAside),
        sample(
            "all words above the first part",
            typed(b, &format!("Em gui bai.\n--b\n{FILE}\n--b--\n")),
        )
        .says("Em gui bai.")
        .file("a.bin", "abc"),
        sample(
            "a multipart of nothing but words",
            typed(b, "Em gui bai du thi.\nEm cam on.\n"),
        )
        .says("Em gui bai du thi.")
        .finds(MailDamaged),
        sample(
            "several texts and files in turn",
            mixed(&[TEXT, FILE, "\nDay la bai thu hai.", OTHER, "\nEm cam on."]),
        )
        .says("Em gui bai.")
        .says("Day la bai thu hai.")
        .says("Em cam on.")
        .file("a.bin", "abc")
        .file("b.bin", "xyz")
        .clean(),
        sample(
            "the body of a related multipart is not its first part",
            typed(
                "multipart/related; boundary=b; start=\"<than>\"; type=\"text/html\"",
                "--b\nContent-Type: application/octet-stream; name=a.bin\nContent-ID: <anh>\n\nabc\n--b\nContent-Type: text/html\nContent-ID: <than>\n\n<p>Em gui bai.</p>\n--b--\n",
            ),
        )
        .says("Em gui bai.")
        .file("a.bin", "abc"),
        sample(
            "a file among alternatives",
            typed(
                "multipart/alternative; boundary=b",
                &format!("--b\n{TEXT}\n--b\nContent-Type: text/html\n\n<p>Em gui bai.</p>\n--b\n{FILE}\n--b--\n"),
            ),
        )
        .says("Em gui bai.")
        .file("a.bin", "abc"),
        sample(
            "alternatives that hold a multipart with the file",
            typed(
                "multipart/alternative; boundary=b",
                &format!(
                    "--b\n{TEXT}\n--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\nContent-Type: text/html\n\n<p>Em gui</p>\n--c\n{FILE}\n--c\nContent-Type: text/html\n\n<p>bai.</p>\n--c--\n--b--\n"
                ),
            ),
        )
        .says("Em gui bai.")
        .file("a.bin", "abc"),
        sample(
            "a digest of mails without types",
            typed(
                "multipart/digest; boundary=b",
                "--b\n\nFrom: binh@example.vn\nSubject: mot\nContent-Type: application/octet-stream; name=a.bin\n\nabc\n--b\n\nFrom: mai@example.vn\nSubject: hai\nContent-Type: application/octet-stream; name=b.bin\n\nxyz\n--b--\n",
            ),
        )
        .file("a.bin", "abc")
        .file("b.bin", "xyz"),
        sample(
            "a multipart of a kind nobody knows",
            typed(
                "multipart/x-nhieu-phan; boundary=b",
                &format!("--b\n{TEXT}\n--b\n{FILE}\n--b--\n"),
            ),
        )
        .says("Em gui bai.")
        .file("a.bin", "abc"),
    ]
}
