//! Parts of kinds that are neither a letter nor a plain file: signed, sealed, cut up, elsewhere, of a Macintosh, of
//! Outlook, mails in mails, reports of machines.

use super::PDF;
use super::Sample;
use super::crlf;
use super::mail;
use super::mixed;
use super::sample;
use crate::entry::FindingCode::Damaged;
use crate::entry::FindingCode::Empty;
use crate::entry::FindingCode::Encrypted;
use crate::entry::FindingCode::FileElsewhere;
use crate::entry::FindingCode::NotRead;
use crate::entry::FindingCode::PartAside;
use crate::entry::FindingCode::PartialMail;
use crate::message::smime::tests::keys;
use crate::message::smime::tests::sealed;
use crate::message::smime::tests::signed;

const TEXT: &str = "Content-Type: text/plain\n\nEm gui bai.";
const FILE: &str = "Content-Type: application/octet-stream; name=a.bin\n\nabc";

fn typed(kind: &str, body: &str) -> Vec<u8> {
    mail(&format!("Content-Type: {kind}"), crlf(body))
}

/// winmail.dat with one file.
fn tnef(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut out = b"\x78\x9f\x3e\x22\x01\0".to_vec();
    let title = [name.as_bytes(), b"\0"].concat();
    for (attribute, data) in [
        (0x0006_9002u32, [0u8; 14].as_slice()),
        (0x0001_8010, title.as_slice()),
        (0x0006_800f, bytes),
    ] {
        out.push(2);
        out.extend(attribute.to_le_bytes());
        out.extend((data.len() as u32).to_le_bytes());
        out.extend(data);
        out.extend([0, 0]);
    }
    out
}

/// A mail whose second part has this head and these bytes.
fn with(head: &str, bytes: &[u8]) -> Vec<u8> {
    let mut body = crlf(&format!("--b\n{TEXT}\n--b\n{head}\n\n"));
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--b--\r\n");
    mail("Content-Type: multipart/mixed; boundary=b", body)
}

pub fn samples() -> Vec<Sample> {
    let inner = crlf(&format!(
        "Content-Type: multipart/mixed; boundary=c\n\n--c\n{TEXT}\n--c\n{FILE}\n--c--\n"
    ));
    let attached = |inner: &str| format!("Content-Type: message/rfc822\n\n{inner}");
    let file_mail = "From: binh@example.vn\nSubject: Bai\nContent-Type: application/octet-stream; name=a.bin\n\nabc";
    vec![
        sample(
            "signed beside its text",
            typed(
                "multipart/signed; protocol=\"application/pgp-signature\"; micalg=pgp-sha256; boundary=s",
                &format!(
                    "This is an OpenPGP/MIME signed message (RFC 4880 and 3156)\n--s\nContent-Type: multipart/mixed; boundary=c\n\n--c\n{TEXT}\n--c\n{FILE}\n--c--\n\n--s\nContent-Type: application/pgp-signature; name=signature.asc\n\n-----BEGIN PGP SIGNATURE-----\nabc\n-----END PGP SIGNATURE-----\n--s--\n"
                ),
            ),
        )
        .says("Em gui bai.")
        .file("a.bin", "abc")
        .file("signature.asc", "-----BEGIN PGP SIGNATURE-----\r\nabc\r\n-----END PGP SIGNATURE-----"),
        sample(
            "signed in one piece (S/MIME)",
            mail(
                "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m",
                signed(&inner),
            ),
        )
        .says("Em gui bai.")
        .file("a.bin", "abc")
        .clean(),
        sample(
            "signed twice, and named by its ending only",
            mail(
                "Content-Type: application/octet-stream; name=smime.p7m",
                signed(
                    &[
                        b"Content-Type: application/x-pkcs7-mime\r\n\r\n".to_vec(),
                        signed(&inner),
                    ]
                    .concat(),
                ),
            ),
        )
        .says("Em gui bai.")
        .file("a.bin", "abc"),
        sample(
            "sealed (S/MIME)",
            mail(
                "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m",
                sealed(),
            ),
        )
        .file("smime.p7m", sealed())
        .finds(Encrypted),
        sample(
            "sealed (OpenPGP)",
            typed(
                "multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b",
                "--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b\nContent-Type: application/octet-stream; name=encrypted.asc\n\n-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----\n--b--\n",
            ),
        )
        .file("", "Version: 1")
        .file("encrypted.asc", "-----BEGIN PGP MESSAGE-----\r\n\r\nabc\r\n-----END PGP MESSAGE-----")
        .finds(Encrypted),
        sample(
            "sealed in the text of the letter",
            mail(
                "Content-Type: text/plain",
                "-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA\r\n-----END PGP MESSAGE-----\r\n",
            ),
        )
        .finds(Encrypted),
        sample(
            "signed in the clear",
            mail(
                "Content-Type: text/plain",
                "-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\nEm gui bai.\r\n-----BEGIN PGP SIGNATURE-----\r\n\r\nabc=\r\n-----END PGP SIGNATURE-----\r\n",
            ),
        )
        .says("Em gui bai."),
        sample(
            "one piece of a mail that was cut up",
            mail(
                "Content-Type: message/partial; number=2; total=3; id=\"x@example.vn\"",
                "QUJDREVG\r\nQUJDREVG\r\n",
            ),
        )
        .finds(PartialMail)
        .file("", "QUJDREVG\r\nQUJDREVG\r\n"),
        sample(
            "a file that is elsewhere",
            mixed(&[
                TEXT,
                "Content-Type: message/external-body; access-type=URL; URL=\"https://example.vn/bai.doc\"\n\nContent-Type: application/msword\n\n",
            ]),
        )
        .says("Em gui bai.")
        .finds(FileElsewhere)
        .file("", "Content-Type: application/msword\r\n\r\n"),
        sample(
            "a file of a Macintosh in two forks",
            typed(
                "multipart/appledouble; boundary=b",
                "--b\nContent-Type: application/applefile; name=\"%bai.doc\"\nContent-Transfer-Encoding: base64\n\nAAUWBwACAAA=\n--b\nContent-Type: application/msword; name=\"bai.doc\"\n\nabc\n--b--\n",
            ),
        )
        .file("%bai.doc", b"\0\x05\x16\x07\0\x02\0\0")
        .file("bai.doc", "abc"),
        sample(
            "Outlook's winmail.dat",
            with(
                "Content-Type: application/ms-tnef; name=winmail.dat",
                &tnef("bai.pdf", PDF),
            ),
        )
        .says("Em gui bai.")
        .file("winmail.dat", tnef("bai.pdf", PDF))
        .file("bai.pdf", PDF),
        sample(
            "winmail.dat that calls itself a file of no kind and holds none",
            with(
                "Content-Type: application/octet-stream; name=winmail.dat",
                b"\x78\x9f\x3e\x22\x01\0",
            ),
        )
        .file("winmail.dat", b"\x78\x9f\x3e\x22\x01\0")
        .finds(Empty),
        sample(
            "winmail.dat in the place of the whole mail",
            mail(
                "Content-Type: application/ms-tnef; name=\"winmail.dat\"",
                tnef("bai.pdf", PDF),
            ),
        )
        .file("winmail.dat", tnef("bai.pdf", PDF))
        .file("bai.pdf", PDF),
        sample(
            "three mails one inside another",
            mixed(&[
                TEXT,
                &attached(&format!(
                    "From: mai@example.vn\nContent-Type: multipart/mixed; boundary=c\n\n--c\n{}\n--c--",
                    attached(&format!(
                        "From: lan@example.vn\nContent-Type: multipart/mixed; boundary=d\n\n--d\n{}\n--d--",
                        attached(file_mail)
                    ))
                )),
            ]),
        )
        .says("Em gui bai.")
        .file("a.bin", "abc"),
        sample(
            "an attached mail whose multipart has the boundary of the mail around it",
            mixed(&[
                TEXT,
                &attached("From: binh@example.vn\nContent-Type: multipart/mixed; boundary=b\n"),
                FILE,
            ]),
        )
        .says("Em gui bai.")
        .file("a.bin", "abc"),
        sample(
            "an attached mail in base64",
            mixed(&[
                TEXT,
                "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nRnJvbTogYmluaEBleGFtcGxlLnZuCkNvbnRlbnQtVHlwZTogYXBwbGljYXRpb24vb2N0ZXQtc3Ry\nZWFtOyBuYW1lPWEuYmluCgphYmM=",
            ]),
        )
        .file("a.bin", "abc"),
        sample(
            "an attached mail of a few words",
            mixed(&[TEXT, &attached("From: binh@example.vn\n\nThay xem giup em a.")]),
        )
        .says("Em gui bai.")
        .finds(PartAside),
        sample(
            "a report of a machine with a picture in it",
            mail(
                "Return-Path: <>\nContent-Type: multipart/report; report-type=delivery-status; boundary=b",
                crlf("--b\n\nKhong gui duoc.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; a\n\nFinal-Recipient: rfc822; x@example.vn\nAction: failed\nStatus: 5.1.1\n--b\nContent-Type: image/gif; name=icon.gif\n\nGIF89a\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <1@phach.example>\n--b--\n"),
            ),
        )
        .says("Khong gui duoc.")
        .finds(PartAside),
        sample(
            "an entry in the calendar and a card",
            mixed(&[
                TEXT,
                "Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nEND:VCALENDAR",
                "Content-Type: text/x-vcard; name=an.vcf\n\nBEGIN:VCARD\nEND:VCARD",
            ]),
        )
        .says("Em gui bai.")
        .file("", "BEGIN:VCALENDAR\r\nEND:VCALENDAR")
        .file("an.vcf", "BEGIN:VCARD\r\nEND:VCARD"),
        sample(
            "text of other kinds than plain and HTML",
            mixed(&[
                TEXT,
                "Content-Type: text/csv\n\nstt,ten\n1,An",
                "Content-Type: text/enriched\n\n<bold>Bai thi</bold>",
                "Content-Type: text/x-nhat-ky\n\nmot hai ba",
            ]),
        )
        .says("Em gui bai.")
        .file("", "stt,ten\r\n1,An")
        .file("", "<bold>Bai thi</bold>")
        .file("", "mot hai ba"),
        sample(
            "pictures, sounds and films without names",
            mixed(&[
                TEXT,
                "Content-Type: image/gif\nContent-Disposition: inline\n\nGIF89a",
                "Content-Type: audio/amr\n\n#!AMR",
                "Content-Type: video/3gpp\nContent-ID: <phim>\n\nabc",
            ]),
        )
        .file("", "GIF89a")
        .file("", "#!AMR")
        .file("", "abc"),
        sample(
            "winmail.dat in base64 that breaks off",
            mixed(&[
                TEXT,
                "Content-Type: application/ms-tnef\nContent-Transfer-Encoding: base64\n\neJ8+IgEAAgKQBgAOAAAA",
            ]),
        )
        .file("", b"\x78\x9f\x3e\x22\x01\0\x02\x02\x90\x06\0\x0e\0\0\0")
        .finds(Damaged),
        sample(
            "winmail.dat in winmail.dat",
            with(
                "Content-Type: application/ms-tnef; name=winmail.dat",
                &tnef("winmail.dat", &tnef("bai.pdf", PDF)),
            ),
        )
        .file("winmail.dat", tnef("winmail.dat", &tnef("bai.pdf", PDF)))
        .file("winmail.dat", tnef("bai.pdf", PDF))
        .file("bai.pdf", PDF),
        sample(
            "winmail.dat in an attached mail",
            mixed(&[
                TEXT,
                "Content-Type: message/rfc822\n\nFrom: binh@example.vn\nContent-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\neJ8+IgEAAgKQBgAOAAAAAAAAAAAAAAAAAAAAAAAAAAIQgAEABgAAAGEuYmluAAAAAg+ABgADAAAAYWJjAAA=",
            ]),
        )
        .file("winmail.dat", tnef("a.bin", b"abc"))
        .file("a.bin", "abc"),
        sample(
            "pictures within the HTML itself",
            mail(
                "Content-Type: text/html; charset=utf-8",
                "<html><body><p>Em gửi bài.</p><img src=\"data:image/jpeg;base64,/9j/4AAQ\"><img src='data:image/gif;base64,R0lGODlh'></body></html>",
            ),
        )
        .says("Em gửi bài.")
        .file("", b"\xff\xd8\xff\xe0\0\x10")
        .file("", "GIF89a"),
        sample(
            "one of Outlook's mails as a file",
            with(
                "Content-Type: application/vnd.ms-outlook; name=thu.msg",
                b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            ),
        )
        .file("thu.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
        .finds(NotRead),
        sample(
            "a file of a Macintosh in one piece",
            with(
                "Content-Type: application/applefile; name=bai.doc",
                b"\0\x05\x16\0\0\x02\0\0",
            ),
        )
        .file("bai.doc", b"\0\x05\x16\0\0\x02\0\0")
        .finds(NotRead),
        sample(
            "certificates without a letter",
            with(
                "Content-Type: application/pkcs7-mime; smime-type=certs-only; name=smime.p7c",
                &keys(),
            ),
        )
        .says("Em gui bai.")
        .file("smime.p7c", keys()),
        sample(
            "a signed mail to which a list added its note",
            typed(
                "multipart/mixed; boundary=b",
                &format!(
                    "--b\nContent-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; boundary=s\n\n--s\n{TEXT}\n--s\nContent-Type: application/pkcs7-signature; name=smime.p7s\nContent-Transfer-Encoding: base64\n\nMIAGCSo=\n--s--\n\n--b\n{FILE}\n--b\nContent-Type: text/plain\n\nThu cua nhom giao vien.\n--b--\n"
                ),
            ),
        )
        .says("Em gui bai.")
        .says("Thu cua nhom giao vien.")
        .file("smime.p7s", b"\x30\x80\x06\x09\x2a")
        .file("a.bin", "abc"),
    ]
}
