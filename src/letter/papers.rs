//! The mail that brings the secretariat the drafts of its papers.

use askama::Template;

#[derive(Clone, Debug, Template)]
#[template(path = "mail/papers/papers.txt", escape = "none")]
pub struct Papers {
    pub contest: String,
    /// Whom it is for: "Tổ Thư ký quận Hoàn Kiếm".
    pub unit: String,
    /// What the papers are about.
    pub what: &'static str,
    /// Names of the attached files.
    pub files: Vec<String>,
    /// Address of the page where they lie too.
    pub page: String,
}

impl Papers {
    pub fn text(&self) -> Result<String, askama::Error> {
        self.render()
    }
}

#[cfg(test)]
mod tests {
    use super::Papers;

    #[test]
    fn the_mail_names_each_paper_and_says_that_it_is_a_draft() {
        let mail = Papers {
            contest: "Tìm hiểu & thi".into(),
            unit: "Tổ Thư ký quận Hoàn Kiếm".into(),
            what: "Gửi kèm dự thảo",
            files: vec!["danh-sach.xlsx".into(), "cong-van.docx".into()],
            page: "http://127.0.0.1/ban-giao".into(),
        };
        let text = mail.text().expect("rendered");
        for part in [
            "“Tìm hiểu & thi”",
            "- danh-sach.xlsx\n",
            "- cong-van.docx\n",
            "dự thảo",
            "http://127.0.0.1/ban-giao",
        ] {
            assert!(text.contains(part), "{part:?} in {text}");
        }
    }
}
