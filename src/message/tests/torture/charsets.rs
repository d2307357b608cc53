//! Charsets: old, wrong, unknown, and texts broken in single letters.

use super::Sample;
use super::mail;
use super::sample;
use crate::entry::FindingCode::MailDamaged;

/// A letter that says its charset is this.
fn said(name: &'static str, charset: &str, body: impl AsRef<[u8]>) -> Sample {
    sample(
        name,
        mail(
            &format!("Content-Type: text/plain; charset={charset}"),
            body,
        ),
    )
}

fn wide(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(unit).collect()
}

pub fn samples() -> Vec<Sample> {
    let text = "Em gửi bài dự thi.";
    let latin = b"Ti\xea\xecng Vi\xea\xf2t".as_slice();
    vec![
        said("UTF-8 said to be Latin", "iso-8859-1", text).says("Em gửi bài dự thi."),
        said("UTF-8 said to be of a charset nobody knows", "x-tieng-viet", text)
            .says("Em gửi bài dự thi."),
        said("Windows-1258", "windows-1258", latin).says("Tiếng Việt"),
        said("Windows-1258 said to be UTF-8", "utf-8", latin).says("Tiếng Việt"),
        said("Windows-1258 in quotes and a comment", "\"Windows-1258\" (cu)", latin)
            .says("Tiếng Việt"),
        said("TCVN3 without a name", "us-ascii", b"B\xb5i d\xf9 thi c\xf1a em L\xaa V\xa8n B\xd7nh")
            .says("Bài dự thi của em Lê Văn Bình"),
        said("TCVN3 with its name", "tcvn-5712", b"B\xb5i d\xf9 thi").says("Bài dự thi"),
        said("VISCII", "viscii", b"B\xe0i d\xf1 thi").says("Bài dự thi"),
        said("UTF-16 with a mark", "utf-16", [b"\xff\xfe".to_vec(), wide(text, u16::to_le_bytes)].concat())
            .says("Em gửi bài dự thi."),
        said("UTF-16 without a mark, said to be UTF-8", "utf-8", wide(&"Em gui bai du thi. ".repeat(3), u16::to_be_bytes))
            .says("Em gui bai du thi."),
        said("UTF-7", "utf-7", "Em g+Hu0-i b+AOA-i.").says("Em gửi bài."),
        said("GB 18030", "gb18030", b"Em \xc4\xe3\xba\xc3 gui bai.").says("Em 你好 gui bai."),
        said("ISO-2022-JP", "iso-2022-jp", b"Em \x1b$B$3$s\x1b(B gui bai.").says("Em こん gui bai."),
        said("UTF-8 with a mark", "utf-8", "\u{feff}Em gửi bài.").says("Em gửi bài."),
        said(
            "UTF-8 with one broken letter",
            "utf-8",
            [text.as_bytes(), b" \xe1\xbb ", text.as_bytes()].concat(),
        )
        .says("Em gửi bài dự thi.")
        .finds(MailDamaged),
        said("decomposed letters", "utf-8", "Em gu\u{31b}\u{309}i ba\u{300}i.").says("Em gửi bài."),
        said("an empty charset", "\"\"", text).says("Em gửi bài dự thi."),
        sample(
            "HTML whose own charset is another than the mail's",
            mail(
                "Content-Type: text/html; charset=utf-8",
                "<html><head><meta charset=\"iso-8859-1\"></head><body><p>Em gửi bài.</p></body></html>",
            ),
        )
        .says("Em gửi bài."),
    ]
}
