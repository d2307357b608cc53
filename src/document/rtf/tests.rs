//! What an rtf says, letter by letter, and what it must not make its reader do.

use super::read;
use crate::entry::FindingCode;

#[test]
fn letters_are_read_whatever_way_they_are_written() {
    let check = |rtf: &str, want: &str| assert_eq!(read(rtf.as_bytes()).text, want, "{rtf}");
    check(
        r"{\rtf1\ansi B\'e0i d\u7921? thi\par hai}",
        "Bài dự thi\nhai",
    );
    check(
        r"{\rtf1\ansi\uc2 D\u7883\'3f\'3fch\uc0 v\u7909 x}",
        "Dịchvụx",
    );
    check(
        r"{\rtf1{\fonttbl{\f0\fcharset163 Times New Roman (Vietnamese);}}\f0 ti\'ea\'ecng \'f0\'e2y}",
        "tiếng đây",
    );
    check(
        r"{\rtf1{\fonttbl{\f3 .VnTime;}}\f3 D\'dech v\'f4 c\'abng}",
        "Dịch vụ công",
    );
    check(r"{\rtf1 \'3cb\'3e \{a\}\~\emdash\line c}", "<b> {a} —\nc");
    check(r"{\rtf1 {\upr{xau}{\*\ud{t\u7889 ?t}}}}", "tốt");
    check(r"{\rtf1 \u-10179?\u-8704?}", "\u{1f600}");
}

#[test]
fn what_is_no_text_of_the_essay_stays_out_of_it() {
    let check = |rtf: &str, want: &str| assert_eq!(read(rtf.as_bytes()).text, want, "{rtf}");
    check(
        r"{\rtf1{\info{\author An}}{\*\generator X;}{\header tren}{\v an}a{\field{\*\fldinst PAGE}{\fldrslt 7}}}",
        "a7",
    );
    check(r"{\rtf1 {\deleted cu}{\revised moi}}", "moi");
    check(
        r"{\rtf1 truoc{\shp{\*\shpinst{\sp{\sn x}{\sv 1}}{\shptxt khung\par}}{\shprslt khung}}sau\par}",
        "truocsau\nkhung",
    );
    check(
        r"{\rtf1\trowd\intbl Ho ten:\cell\intbl An\cell\row\pard het}",
        "Ho ten:\tAn\nhet",
    );
    check(r"{\rtf1 a\bin5 }}}}}b}", "ab");
    let document = read(br"{\rtf1\paperw11906\paperh16838{\footer chan trang\par}x}");
    assert_eq!(document.margins, "chan trang");
    assert_eq!(document.form.paper.as_deref(), Some("A4"));
}

#[test]
fn broken_and_endless_files_say_so() {
    let has = |rtf: &str, code| {
        let document = read(rtf.as_bytes());
        assert!(
            document.findings.iter().any(|f| f.code == code),
            "{document:?}"
        );
    };
    has(r"{\rtf1 nua chung", FindingCode::Damaged);
    has(
        &format!("{{\\rtf1 {}", "{".repeat(5000)),
        FindingCode::TooLarge,
    );
}
