//! The mails of a handover as people read them: what a part brings, and what the receiver took in.

use askama::Template;

/// A mail with one part of a package (R001-24, R001-29).
#[derive(Clone, Debug, Template)]
#[template(path = "mail/handover/handover.txt", escape = "none")]
pub struct Package {
    pub contest: String,
    pub from: String,
    pub to: String,
    /// What is handed over: "danh sách bài …" or "toàn bộ bài …".
    pub what: String,
    pub part: u32,
    pub parts: u32,
    /// Entries in this mail and in all.
    pub here: usize,
    pub entries: usize,
    /// "12 tệp, 3,4 MB"
    pub files: String,
    pub archive: String,
    pub made: String,
    pub phone: Option<String>,
}

impl Package {
    pub fn text(&self) -> Result<String, askama::Error> {
        self.render()
    }
}

/// The answer of the receiving unit.
#[derive(Clone, Debug, Template)]
#[template(path = "mail/handover/acknowledge.txt", escape = "none")]
pub struct Acknowledge {
    pub contest: String,
    pub from: String,
    pub to: String,
    pub made: String,
    pub taken: i64,
    pub entries: usize,
    pub parts: u32,
    /// Numbers of the parts that did not come: "2, 5".
    pub missing: String,
    pub phone: Option<String>,
}

impl Acknowledge {
    pub fn text(&self) -> Result<String, askama::Error> {
        self.render()
    }
}

#[cfg(test)]
mod tests {
    use super::Acknowledge;
    use super::Package;

    #[test]
    fn a_mail_of_a_package_says_what_it_brings() {
        let mail = Package {
            contest: "Tìm hiểu Dịch vụ công trực tuyến".into(),
            from: "Sở Tư pháp".into(),
            to: "Thành phố Hà Nội".into(),
            what: "toàn bộ bài dự thi đã nhận".into(),
            part: 2,
            parts: 5,
            here: 7,
            entries: 31,
            files: "12 tệp, 3,4 MB".into(),
            archive: "bangiao-so-tu-phap-2-5.zip".into(),
            made: "17h05 ngày 16/9/2019".into(),
            phone: None,
        };
        let text = mail.text().unwrap();
        for part in ["thư 2 trong 5", "7 bài", "31 bài", "-2-5.zip"] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(!text.contains("\n\n\n"), "{text}");
    }

    #[test]
    fn an_acknowledgement_says_what_is_missing_and_what_to_do() {
        let check = |missing: &str, want: &str, not: &str| {
            let text = Acknowledge {
                contest: "Cuộc thi".into(),
                from: "Sở Tư pháp".into(),
                to: "Thành phố Hà Nội".into(),
                made: "17h05 ngày 16/9/2019".into(),
                taken: 24,
                entries: 31,
                parts: 5,
                missing: missing.into(),
                phone: Some("024.1".into()),
            }
            .text()
            .unwrap();
            assert!(text.contains(want) && !text.contains(not), "{text}");
            assert!(!text.contains("\n\n\n"), "{text}");
        };
        check("", "đã nhận đủ 31 bài", "còn thiếu");
        check("2, 5", "còn thiếu thư số 2, 5", "nhận đủ");
    }
}
