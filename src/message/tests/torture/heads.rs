//! Heads: senders, subjects and types as no standard has them.

use super::Sample;
use super::crlf;
use super::sample;
use crate::entry::FindingCode::SeveralSenders;

/// A mail of these lines.
fn raw(text: &str) -> Vec<u8> {
    crlf(text)
}

pub fn samples() -> Vec<Sample> {
    let body = "\n\nEm gui bai.";
    vec![
        sample("no From at all", raw(&format!("Return-Path: <an@example.vn>\nSubject: Bai{body}")))
            .from("", "an@example.vn")
            .says("Em gui bai."),
        sample(
            "two From fields that disagree",
            raw(&format!("From: An <an@example.vn>\nFrom: Binh <binh@example.vn>{body}")),
        )
        .from("An", "an@example.vn")
        .finds(SeveralSenders),
        sample(
            "two From fields, the first without an address",
            raw(&format!("From: Nguyen Van An\nFrom: An <an@example.vn>{body}")),
        )
        .from("An", "an@example.vn"),
        sample(
            "a sender's name in raw UTF-8",
            raw(&format!("From: Nguyễn Thị Ánh <anh@example.vn>\nSubject: Bài dự thi{body}")),
        )
        .from("Nguyễn Thị Ánh", "anh@example.vn")
        .subject("Bài dự thi"),
        sample(
            "a subject in raw Windows-1258",
            [b"From: an@example.vn\r\nSubject: Ti\xea\xecng Vi\xea\xf2t\r\n\r\nEm gui.".as_slice()].concat(),
        )
        .subject("Tiếng Việt"),
        sample(
            "a subject in raw TCVN3",
            [b"From: an@example.vn\r\nSubject: B\xb5i d\xf9 thi c\xf1a em L\xaa V\xa8n B\xd7nh\r\n\r\nEm gui.".as_slice()].concat(),
        )
        .subject("Bài dự thi của em Lê Văn Bình"),
        sample(
            "a name in encoded words with commas in them",
            raw(&format!("From: =?UTF-8?Q?Nguy=E1=BB=85n,_Th=E1=BB=8B_=C3=81nh?= <anh@example.vn>{body}")),
        )
        .from("Nguyễn, Thị Ánh", "anh@example.vn"),
        sample(
            "an encoded word within quotes",
            raw(&format!("From: \"=?UTF-8?B?Tmd1eeG7hW4gVGjhu4sgw4FuaA==?=\" <anh@example.vn>{body}")),
        )
        .from("Nguyễn Thị Ánh", "anh@example.vn"),
        sample(
            "name and address encoded as one word",
            raw(&format!("From: =?UTF-8?Q?=C3=81nh_<anh@example.vn>?={body}")),
        )
        .from("Ánh", "anh@example.vn"),
        sample(
            "a subject whose letters are cut between two words",
            raw(&format!("From: an@example.vn\nSubject: =?UTF-8?B?QsOgaSBk4bs=?=\n =?UTF-8?B?sSB0aGk=?={body}")),
        )
        .subject("Bài dự thi"),
        sample(
            "a subject in Q and B by turns",
            raw(&format!("From: an@example.vn\nSubject: =?utf-8?q?B=C3=A0i?= =?UTF-8?B?IGThu7E=?=\n\t=?utf-8?Q?_thi?={body}")),
        )
        .subject("Bài dự thi"),
        sample(
            "a subject in a charset nobody knows",
            raw(&format!("From: an@example.vn\nSubject: =?x-vietnam?Q?B=C3=A0i_d=E1=BB=B1_thi?={body}")),
        )
        .subject("Bài dự thi"),
        sample(
            "a subject in Windows-1258",
            raw(&format!("From: an@example.vn\nSubject: =?windows-1258?Q?Ti=EA=ECng_Vi=EA=F2t?={body}")),
        )
        .subject("Tiếng Việt"),
        sample(
            "a subject in UTF-16",
            raw(&format!("From: an@example.vn\nSubject: =?UTF-16BE?B?AEIA4ABp?={body}")),
        )
        .subject("Bài"),
        sample(
            "a subject with blanks in its encoded word",
            raw(&format!("From: an@example.vn\nSubject: =?UTF-8?Q?B=C3=A0i d=E1=BB=B1 thi?={body}")),
        )
        .subject("Bài dự thi"),
        sample(
            "a subject that breaks off within a word",
            raw(&format!("From: an@example.vn\nSubject: =?UTF-8?Q?B=C3=A0i_d=E1=BB=B1_thi{body}")),
        )
        .subject("Bài dự thi"),
        sample(
            "a subject folded in the middle of nowhere",
            raw(&format!("From: an@example.vn\nSubject:\n Bai\n\tdu\n   thi{body}")),
        )
        .subject("Bai du thi"),
        sample(
            "a subject that lost the blank of its fold",
            raw(&format!("Subject: Bai du thi\ncua em\nFrom: an@example.vn{body}")),
        )
        .subject("Bai du thi cua em")
        .from("", "an@example.vn")
        .says("Em gui bai."),
        sample(
            "NUL bytes in the head",
            b"Fr\0om: an@example.vn\r\nSub\0ject: Bai\0 thi\r\n\r\nEm gui bai.".to_vec(),
        )
        .from("", "an@example.vn")
        .subject("Bai thi"),
        sample(
            "a subject of two hundred thousand letters",
            raw(&format!("From: an@example.vn\nSubject: {}{body}", "Bai ".repeat(50_000))),
        )
        .says("Em gui bai."),
        sample(
            "field names in odd letters, with blanks before the colon",
            raw(&format!("FROM : an@example.vn\nsUbJeCt: Bai\ncOnTeNt-TyPe : TEXT/PLAIN ; CHARSET=UTF-8{body}")),
        )
        .from("", "an@example.vn")
        .subject("Bai")
        .says("Em gui bai."),
        sample(
            "no blank line below the head",
            raw("From: an@example.vn\nSubject: Bai\nEm gui bai du thi.\nEm cam on."),
        )
        .says("Em gui bai du thi.\nEm cam on."),
        sample(
            "a type without its subtype",
            raw(&format!("From: an@example.vn\nContent-Type: text{body}")),
        )
        .says("Em gui bai."),
        sample(
            "a type that is none",
            raw(&format!("From: an@example.vn\nContent-Type: ;;;===\"{body}")),
        )
        .says("Em gui bai."),
        sample(
            "a type given twice",
            raw(&format!("From: an@example.vn\nContent-Type: text/plain\nContent-Type: text/html{body}")),
        )
        .says("Em gui bai."),
        sample(
            "a type with a comment and without a semicolon",
            raw(&format!("From: an@example.vn\nContent-Type: text/plain (thu) charset=\"utf-8\"{body}")),
        )
        .says("Em gui bai."),
        sample("an mbox line above the head", raw(&format!("From an@example.vn Fri Sep  6 09:00:00 2019\nFrom: an@example.vn\nSubject: Bai{body}")))
            .from("", "an@example.vn")
            .subject("Bai")
            .says("Em gui bai."),
        sample("blank lines above the head", raw(&format!("\n\nFrom: an@example.vn\nSubject: Bai{body}")))
            .from("", "an@example.vn")
            .says("Em gui bai."),
        sample("a head and no body", raw("From: an@example.vn\nSubject: Bai")).subject("Bai"),
        sample("a body and no head", raw("Em gui bai du thi a.")).says("Em gui bai du thi a."),
        sample(
            "an address of a group",
            raw(&format!("From: An <an@example.vn>\nTo: Ban to chuc: a@phach.vn, b@phach.vn;, c@phach.vn\nCc: undisclosed-recipients:;{body}")),
        )
        .from("An", "an@example.vn"),
        sample(
            "an address with a route and a comment",
            raw(&format!("From: An (lop 9A) <@may1,@may2:an@example.vn>{body}")),
        )
        .says("Em gui bai."),
    ]
}
