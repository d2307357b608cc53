//! The receipt (xác nhận đã nhận bài): the one letter every participant gets, perhaps twelve years old.
//!
//! It says what came, what was understood, what is missing, whether it came in time by the rule, whom to call,
//! and what the data is used for (R001-39, R000-31).

use askama::Template;

/// Everything a receipt says. Texts are Vietnamese and come from `words`.
#[derive(Clone, Debug)]
pub struct Receipt {
    pub contest: String,
    pub unit: String,
    pub phone: Option<String>,
    pub purpose: String,
    /// The participant's name, when one essay with a name came.
    pub name: Option<String>,
    /// "10 giờ 58 phút 02 giây ngày 05/9/2019"
    pub received: String,
    pub entries: Vec<EntryLine>,
    /// How the list that came with the essays and these stand.
    pub roll: Vec<String>,
    /// What is asked for where they differ.
    pub roll_request: Option<&'static str>,
    /// What is asked of somebody whose mail held no essay at all.
    pub ask: Vec<String>,
}

/// One entry in the receipt.
#[derive(Clone, Debug)]
pub struct EntryLine {
    pub code: String,
    pub files: Vec<FileLine>,
    /// Label and value: ("Họ và tên", "Nguyễn Văn An").
    pub facts: Vec<(String, String)>,
    /// "5 câu: 1A, 2C, 3A, 4A, 5A"
    pub answers: Option<String>,
    pub missing: Vec<String>,
    pub advice: Vec<String>,
    /// In time or late, by which rule.
    pub timing: String,
    /// Remarks such as "Bài này đã được nhận ngày …".
    pub notes: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct FileLine {
    pub name: String,
    pub about: String,
    /// First twelve digits of the SHA-256.
    pub hash: String,
}

#[derive(Template)]
#[template(path = "mail/receipt/receipt.txt")]
struct Text<'a> {
    receipt: &'a Receipt,
}

#[derive(Template)]
#[template(path = "mail/receipt/receipt.html")]
struct Html<'a> {
    receipt: &'a Receipt,
}

impl Receipt {
    pub fn subject(&self) -> String {
        crate::words::receipt::subject(
            &self
                .entries
                .iter()
                .map(|entry| entry.code.as_str())
                .collect::<Vec<_>>(),
        )
    }

    pub fn text(&self) -> Result<String, askama::Error> {
        Text { receipt: self }.render()
    }

    pub fn html(&self) -> Result<String, askama::Error> {
        Html { receipt: self }.render()
    }
}

#[cfg(test)]
mod tests {
    use super::EntryLine;
    use super::FileLine;
    use super::Receipt;

    fn receipt(name: &str) -> Receipt {
        Receipt {
            contest: "Tìm hiểu Dịch vụ công trực tuyến".into(),
            unit: "Quận Hoàn Kiếm".into(),
            phone: Some("024.38288214".into()),
            purpose: "Thông tin chỉ dùng cho cuộc thi.".into(),
            name: Some(name.into()),
            received: "10h58 phút 02 giây ngày 05/9/2019".into(),
            entries: vec![EntryLine {
                code: "K7QM-2XNA-9".into(),
                files: vec![FileLine {
                    name: "bai.docx".into(),
                    about: "tệp Word".into(),
                    hash: "0123456789ab".into(),
                }],
                facts: vec![("Họ và tên".into(), name.into())],
                answers: None,
                missing: vec!["ngày sinh".into()],
                advice: vec![],
                timing: "Bài gửi đúng hạn.".into(),
                notes: vec![],
            }],
            roll: vec![],
            roll_request: None,
            ask: vec![],
        }
    }

    #[test]
    fn the_receipt_says_what_came_and_what_is_missing() {
        let text = receipt("Nguyễn Văn An").text().unwrap();
        for part in [
            "K7QM-2XNA-9",
            "bai.docx",
            "0123456789ab",
            "Nguyễn Văn An",
            "ngày sinh",
            "024.38288214",
            "đúng hạn",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(!text.contains("\n\n\n"), "{text}");
    }

    #[test]
    fn a_name_with_markup_stays_text() {
        let html = receipt("<script>alert(1)</script>").html().unwrap();
        assert!(!html.contains("<script>"));
    }
}
