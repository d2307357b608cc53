//! Names of files as programs write them, by RFC 2231, by RFC 2047 where it does not belong, and by nothing at all.

use super::Sample;
use super::mixed;
use super::sample;

/// A file whose head says this below its type.
fn named(name: &'static str, head: &str) -> Sample {
    sample(
        name,
        mixed(&[
            "\nEm gui bai.",
            &format!("Content-Type: application/octet-stream\n{head}\n\nabc"),
        ]),
    )
    .says("Em gui bai.")
}

pub fn samples() -> Vec<Sample> {
    vec![
        named(
            "a name by RFC 2231",
            "Content-Disposition: attachment; filename*=UTF-8''B%C3%A0i%20thi.doc",
        )
        .file("Bài thi.doc", "abc"),
        named(
            "a name in four pieces out of order",
            "Content-Disposition: attachment;\n filename*3=\".doc\";\n filename*1*=%20d%E1%BB%B1;\n filename*0*=UTF-8'vi'B%C3%A0i;\n filename*2=\" thi\"",
        )
        .file("Bài dự thi.doc", "abc"),
        named(
            "a name whose second piece is missing",
            "Content-Disposition: attachment; filename*0*=UTF-8''B%C3%A0i; filename*2*=.doc",
        )
        .file("Bài.doc", "abc"),
        named(
            "a name whose first piece is missing",
            "Content-Disposition: attachment; filename*1=thi; filename*2=.doc",
        )
        .file("thi.doc", "abc"),
        named(
            "a letter half in one piece and half in the next",
            "Content-Disposition: attachment; filename*0*=UTF-8''B%C3; filename*1*=%A0i.doc",
        )
        .file("Bài.doc", "abc"),
        named(
            "a name in Windows-1258 by RFC 2231",
            "Content-Disposition: attachment; filename*=windows-1258'vi'Ti%EA%ECng.doc",
        )
        .file("Tiếng.doc", "abc"),
        named(
            "a name in a charset nobody knows",
            "Content-Disposition: attachment; filename*=x-vn''B%C3%A0i.doc",
        )
        .file("Bài.doc", "abc"),
        named(
            "a plain name beside the encoded one",
            "Content-Disposition: attachment; filename=\"Bai.doc\"; filename*=UTF-8''B%C3%A0i.doc",
        )
        .file("Bài.doc", "abc"),
        named(
            "a name in encoded words over three lines",
            "Content-Disposition: attachment;\n filename=\"=?UTF-8?B?QsOgaSBk4bux?=\n =?UTF-8?B?IHRoaS5kb2M=?=\"",
        )
        .file("Bài dự thi.doc", "abc"),
        named(
            "an encoded word whose letters are cut",
            "Content-Disposition: attachment; filename=\"=?UTF-8?Q?B=C3?= =?UTF-8?Q?=A0i.doc?=\"",
        )
        .file("Bài.doc", "abc"),
        named(
            "a name in raw UTF-8",
            "Content-Disposition: attachment; filename=\"Bài dự thi.doc\"",
        )
        .file("Bài dự thi.doc", "abc"),
        named(
            "a name without quotes, with blanks and brackets",
            "Content-Disposition: attachment; filename=Bai thi (1).doc",
        )
        .file("Bai thi (1).doc", "abc"),
        named(
            "a name whose quotes never close",
            "Content-Disposition: attachment; filename=\"Bai thi.doc",
        )
        .file("Bai thi.doc", "abc"),
        named(
            "a name with quotes in it",
            "Content-Disposition: attachment; filename=\"Bai \\\"thi\\\".doc\"",
        )
        .file("Bai \"thi\".doc", "abc"),
        named(
            "a name folded in the middle",
            "Content-Disposition: attachment; filename=\"Bai du\n thi.doc\"",
        )
        .file("Bai du thi.doc", "abc"),
        named(
            "a name that is a path",
            "Content-Disposition: attachment; filename=\"..\\..\\C:\\Bai\\thi.doc\"",
        )
        .file("thi.doc", "abc"),
        named(
            "percent codes that nobody announced",
            "Content-Disposition: attachment; filename=\"B%C3%A0i%20thi.doc\"",
        )
        .file("Bài thi.doc", "abc"),
        named(
            "an encoded word behind the equals sign",
            "Content-Disposition: attachment; filename==?UTF-8?Q?B=C3=A0i.doc?=",
        )
        .file("Bài.doc", "abc"),
        named(
            "a disposition nobody knows",
            "Content-Disposition: dinh-kem; filename=bai.doc",
        )
        .file("bai.doc", "abc"),
        named(
            "two names, and the first counts",
            "Content-Disposition: attachment; filename=a.doc; filename=b.doc",
        )
        .file("a.doc", "abc"),
        named("no name at all", "Content-Disposition: inline").file("", "abc"),
        sample(
            "a name in the type only, continued",
            mixed(&["Content-Type: application/octet-stream;\n name*0*=UTF-8''B%C3%A0i;\n name*1*=%20thi.doc\n\nabc"]),
        )
        .file("Bài thi.doc", "abc"),
    ]
}
