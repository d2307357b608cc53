//! Mails in the shapes that programs of the day give them: Outlook, Gmail, Apple Mail, telephones, old Eudora, lists
//! and gateways.

use super::Sample;
use super::crlf;
use super::mail;
use super::sample;
use crate::entry::FindingCode::TextAside;

fn typed(kind: &str, body: &str) -> Vec<u8> {
    mail(&format!("Content-Type: {kind}"), crlf(body))
}

pub fn samples() -> Vec<Sample> {
    vec![
        sample(
            "Outlook: related in alternative in mixed, a logo, a note for Exchange",
            typed(
                "multipart/mixed;\n\tboundary=\"_004_HK0PR01_\"",
                "--_004_HK0PR01_\nContent-Type: multipart/related;\n\tboundary=\"_003_HK0PR01_\"; type=\"multipart/alternative\"\n\n--_003_HK0PR01_\nContent-Type: multipart/alternative;\n\tboundary=\"_000_HK0PR01_\"\n\n--_000_HK0PR01_\nContent-Type: text/plain; charset=\"utf-8\"\nContent-Transfer-Encoding: base64\n\nRW0gZ+G7rWkgYsOgaS4=\n--_000_HK0PR01_\nContent-Type: text/html; charset=\"utf-8\"\nContent-Transfer-Encoding: base64\n\nPGh0bWw+PGJvZHk+PHA+RW0gZ+G7rWkgYsOgaS48L3A+PC9ib2R5PjwvaHRtbD4=\n--_000_HK0PR01_--\n\n--_003_HK0PR01_\nContent-Type: image/png; name=\"image001.png\"\nContent-Disposition: inline; filename=\"image001.png\"; size=3\nContent-ID: <image001.png@01D5>\n\nabc\n--_003_HK0PR01_--\n\n--_004_HK0PR01_\nContent-Type: application/msword; name=\"=?utf-8?B?QsOgaS5kb2M=?=\"\nContent-Description: =?utf-8?B?QsOgaS5kb2M=?=\nContent-Disposition: attachment; filename=\"=?utf-8?B?QsOgaS5kb2M=?=\"\nContent-Transfer-Encoding: base64\n\nYWJj\n--_004_HK0PR01_\nContent-Type: text/plain; charset=\"us-ascii\"; name=\"ATT00001.txt\"\nContent-Disposition: attachment; filename=\"ATT00001.txt\"\n\nDanh sach thu\n--_004_HK0PR01_--\n",
            ),
        )
        .says("Em gửi bài.")
        .file("image001.png", "abc")
        .file("Bài.doc", "abc")
        .file("ATT00001.txt", "Danh sach thu"),
        sample(
            "Gmail: alternative in mixed, a name by RFC 2231",
            typed(
                "multipart/mixed; boundary=\"0000000000008a1c05058e\"",
                "--0000000000008a1c05058e\nContent-Type: multipart/alternative; boundary=\"0000000000008a1c03058e\"\n\n--0000000000008a1c03058e\nContent-Type: text/plain; charset=\"UTF-8\"\nContent-Transfer-Encoding: quoted-printable\n\nEm g=E1=BB=ADi b=C3=A0i.\n\n--0000000000008a1c03058e\nContent-Type: text/html; charset=\"UTF-8\"\nContent-Transfer-Encoding: quoted-printable\n\n<div dir=3D\"ltr\">Em g=E1=BB=ADi b=C3=A0i.</div>\n\n--0000000000008a1c03058e--\n--0000000000008a1c05058e\nContent-Type: application/msword; name=\"=?UTF-8?B?QsOgaSBk4buxIHRoaS5kb2M=?=\"\nContent-Disposition: attachment; filename=\"=?UTF-8?B?QsOgaSBk4buxIHRoaS5kb2M=?=\"\nContent-Transfer-Encoding: base64\nContent-ID: <f_k0>\nX-Attachment-Id: f_k0\n\nYWJj\n--0000000000008a1c05058e--\n",
            ),
        )
        .says("Em gửi bài.")
        .file("Bài dự thi.doc", "abc")
        .clean(),
        sample(
            "Apple Mail: HTML, file and HTML again among alternatives",
            typed(
                "multipart/alternative;\n\tboundary=\"Apple-Mail=_1\"",
                "\n--Apple-Mail=_1\nContent-Transfer-Encoding: 7bit\nContent-Type: text/plain;\n\tcharset=us-ascii\n\nEm gui bai.\n\n\n--Apple-Mail=_1\nContent-Type: multipart/mixed;\n\tboundary=\"Apple-Mail=_2\"\n\n\n--Apple-Mail=_2\nContent-Transfer-Encoding: 7bit\nContent-Type: text/html;\n\tcharset=us-ascii\n\n<html><body>Em gui bai.<br></body></html>\n--Apple-Mail=_2\nContent-Disposition: attachment;\n\tfilename*=utf-8''B%C3%A0i%20thi.doc\nContent-Type: application/msword;\n\tx-unix-mode=0644;\n\tname=\"=?utf-8?Q?B=C3=A0i_thi=2Edoc?=\"\nContent-Transfer-Encoding: base64\n\nYWJj\n\n--Apple-Mail=_2\nContent-Type: text/html;\n\tcharset=us-ascii\n\n<html><body></body></html>\n--Apple-Mail=_2--\n\n--Apple-Mail=_1--\n",
            ),
        )
        .says("Em gui bai.")
        .file("Bài thi.doc", "abc"),
        sample(
            "a telephone: photographs first, then the words, all inline",
            typed(
                "multipart/mixed; boundary=\"--_com.android.email_1\"",
                "----_com.android.email_1\nContent-Type: image/jpeg; name=\"IMG_1.jpg\"\nContent-Disposition: inline; filename=\"IMG_1.jpg\"\nContent-Transfer-Encoding: base64\n\nYWJj\n----_com.android.email_1\nContent-Type: image/jpeg; name=\"IMG_2.jpg\"\nContent-Disposition: inline; filename=\"IMG_2.jpg\"\nContent-Transfer-Encoding: base64\n\neHl6\n----_com.android.email_1\nContent-Type: text/plain; charset=utf-8\n\nEm gui bai.\n----_com.android.email_1--\n",
            ),
        )
        .says("Em gui bai.")
        .file("IMG_1.jpg", "abc")
        .file("IMG_2.jpg", "xyz"),
        sample(
            "a telephone: no words, a file of no type and a raw name",
            typed(
                "multipart/mixed; boundary=\"----ZaloMail\"",
                "------ZaloMail\nContent-Type: */*; name=\"Bài dự thi.doc\"\nContent-Disposition: attachment; filename=\"Bài dự thi.doc\"\nContent-Transfer-Encoding: base64\n\nYWJj\n------ZaloMail--\n",
            ),
        )
        .file("Bài dự thi.doc", "abc"),
        sample(
            "old Eudora: a file in BinHex",
            typed(
                "multipart/mixed; boundary=\"=====================_1==_\"",
                "--=====================_1==_\nContent-Type: text/plain; charset=\"us-ascii\"\n\nEm gui bai.\n--=====================_1==_\nContent-Type: application/mac-binhex40; name=\"bai.doc\"\nContent-Disposition: attachment; filename=\"bai.doc\"\n\n(This file must be converted with BinHex 4.0)\n\n:\"f*KD5jNEf-!9d4#6Ne69d3!N!8N!*!%heY#B@NJC(8JG'KT)''3'*!!L%8!!!:\n--=====================_1==_--\n",
            ),
        )
        .says("Em gui bai.")
        .file("bai.doc", b"Bai du thi aaaaaaaaaaaaaaaaaaaaaaaa\x90"),
        sample(
            "a list that adds its note as a part",
            mail(
                "List-Id: <giaovien.example.vn>\nContent-Type: multipart/mixed; boundary=\"===============1==\"",
                crlf("--===============1==\nContent-Type: text/plain; charset=utf-8\n\nEm gui bai.\n--===============1==\nContent-Type: application/msword; name=bai.doc\n\nabc\n--===============1==\nContent-Type: text/plain; charset=\"us-ascii\"\nContent-Disposition: inline\n\n_______________\nGiaovien mailing list\n--===============1==--\n"),
            ),
        )
        .says("Giaovien mailing list")
        .file("bai.doc", "abc"),
        sample(
            "a gateway that writes its note below everything",
            typed(
                "multipart/mixed; boundary=b",
                "--b\n\nEm gui bai.\n--b\nContent-Type: application/msword; name=bai.doc\n\nabc\n--b--\n\n______________________\nThis email has been scanned by the Symantec Email Security.cloud service.\n",
            ),
        )
        .says("Em gui bai.")
        .file("bai.doc", "abc")
        .finds(TextAside),
        sample(
            "a scanner of the office: no words, a PDF named by a number",
            typed(
                "multipart/mixed; boundary=\"DC_BOUND_PRE_<1567>\"",
                "--DC_BOUND_PRE_<1567>\nContent-Type: text/plain; charset=US-ASCII\n\n\n--DC_BOUND_PRE_<1567>\nContent-Type: application/octet-stream; name=\"SKM_C224.bin\"\nContent-Transfer-Encoding: base64\n\nYWJj\n--DC_BOUND_PRE_<1567>--\n",
            ),
        )
        .file("SKM_C224.bin", "abc"),
        sample(
            "a mail without MIME-Version whose type counts all the same",
            crlf("From: an@example.vn\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nEm gui bai.\n--b\nContent-Type: application/msword; name=bai.doc\n\nabc\n--b--"),
        )
        .says("Em gui bai.")
        .file("bai.doc", "abc"),
    ]
}
