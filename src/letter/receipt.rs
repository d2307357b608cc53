//! The receipt (xác nhận đã nhận bài): the one letter every participant gets, perhaps twelve years old.
//!
//! It says what came, what was understood, what is missing, whether it came in time by the rule, whom to call,
//! and what the data is used for (R001-39, R000-31). Its text is a template that a clerk may reword (`wording`); the
//! page beside it in the mail is of the text that ships, and of another text that text itself.

use askama::Template;
use serde_json::json;

use super::wording::Facts;
use crate::entry::LetterForm;
use crate::words;

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
#[template(path = "mail/receipt/receipt.html")]
struct Html<'a> {
    receipt: &'a Receipt,
}

impl Receipt {
    /// A mail without any essay is asked about; else it has its receipt.
    pub fn form(&self) -> LetterForm {
        if self.entries.is_empty() {
            LetterForm::Ask
        } else {
            LetterForm::Receipt
        }
    }

    /// What a template of its form can say, by the names that `words::wording` lists.
    pub fn facts(&self) -> Facts {
        let name = self.name.as_deref().unwrap_or(words::wording::PARTICIPANT);
        let mut values = json!({
            "cuoc_thi": self.contest,
            "don_vi": self.unit,
            "dien_thoai": self.phone.as_deref().unwrap_or_default(),
            "nguoi_nhan": name,
            "nhan_luc": self.received,
            "muc_dich": self.purpose,
        });
        let (more, must) = match self.form() {
            LetterForm::Ask => (json!({ "de_nghi": self.ask }), self.ask.clone()),
            LetterForm::Receipt | LetterForm::Deadline => {
                let entries: Vec<_> = self.entries.iter().map(EntryLine::values).collect();
                let more = json!({
                    "so_bai": entries.len(),
                    "cac_bai": entries,
                    "danh_sach": self.roll,
                    "de_nghi_danh_sach": self.roll_request.unwrap_or_default(),
                });
                let mut must: Vec<String> = self.entries.iter().flat_map(EntryLine::must).collect();
                must.push(self.purpose.clone());
                (more, must)
            }
        };
        if let (Some(values), serde_json::Value::Object(more)) = (values.as_object_mut(), more) {
            values.extend(more);
        }
        Facts { values, must }
    }

    pub fn html(&self) -> Result<String, askama::Error> {
        Html { receipt: self }.render()
    }
}

impl EntryLine {
    fn values(&self) -> serde_json::Value {
        let files: Vec<_> = self
            .files
            .iter()
            .map(|file| json!({ "ten": file.name, "loai": file.about, "ma_kiem_tra": file.hash }))
            .collect();
        let facts: Vec<_> = self
            .facts
            .iter()
            .map(|(label, value)| json!({ "ten": label, "gia_tri": value }))
            .collect();
        json!({
            "ma_tiep_nhan": self.code,
            "thoi_han": self.timing,
            "ghi_chu": self.notes,
            "tep": files,
            "thong_tin": facts,
            "trac_nghiem": self.answers.as_deref().unwrap_or_default(),
            "thieu": self.missing,
            "luu_y": self.advice,
        })
    }

    /// What must be said of it whatever the wording.
    fn must(&self) -> impl Iterator<Item = String> {
        [&self.code, &self.timing]
            .into_iter()
            .chain(&self.missing)
            .cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::EntryLine;
    use super::FileLine;
    use super::Receipt;
    use crate::entry::LetterForm;
    use crate::letter::wording;

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

    fn said(receipt: &Receipt) -> wording::Said {
        let shipped = wording::shipped(receipt.form());
        shipped.write_whole(&receipt.facts()).expect("written")
    }

    #[test]
    fn the_receipt_says_what_came_and_what_is_missing() {
        let said = said(&receipt("Nguyễn Văn An"));
        assert_eq!(said.subject, "Xác nhận đã nhận bài dự thi – Mã K7QM-2XNA-9");
        let want = "Kính gửi Nguyễn Văn An,

Ban Tổ chức cuộc thi “Tìm hiểu Dịch vụ công trực tuyến” (Quận Hoàn Kiếm) xác nhận đã nhận được thư dự thi gửi đến lúc 10h58 phút 02 giây ngày 05/9/2019.

MÃ TIẾP NHẬN: K7QM-2XNA-9
Bài gửi đúng hạn.
Tệp đã nhận:
  - bai.docx: tệp Word (mã kiểm tra 0123456789ab)
Thông tin ghi nhận được:
  - Họ và tên: Nguyễn Văn An
Đề nghị bổ sung (trả lời thư này, ghi rõ mã tiếp nhận):
  - ngày sinh

Nếu thông tin trên chưa đúng, xin trả lời thư này hoặc gọi số 024.38288214. Khi liên hệ, xin nêu mã tiếp nhận (nếu có).

Thông tin chỉ dùng cho cuộc thi.

Trân trọng cảm ơn,
Ban Tổ chức cuộc thi – Quận Hoàn Kiếm

Thư này do hệ thống tiếp nhận bài dự thi gửi tự động.";
        assert_eq!(said.text, want);
    }

    #[test]
    fn a_receipt_for_several_essays_names_each() {
        let mut several = receipt("Nguyễn Văn An");
        several.name = None;
        let second = EntryLine {
            code: "B2C3-D4E5-6".into(),
            notes: vec!["Đã nhận 2 trang ảnh/bản quét.".into()],
            answers: Some("2 câu: 1A, 2B".into()),
            ..several.entries[0].clone()
        };
        several.entries.push(second);
        several.roll = vec!["Danh sách gửi kèm có 3 người; thư này có 2 bài dự thi.".into()];
        several.roll_request = Some("Đề nghị gửi bổ sung bài còn thiếu.");
        let said = said(&several);
        assert_eq!(
            said.subject,
            "Xác nhận đã nhận 2 bài dự thi – Mã K7QM-2XNA-9 và 1 mã khác"
        );
        for part in [
            "Kính gửi người dự thi,\n\n",
            ", gồm 2 bài.\n\nĐỐI CHIẾU DANH SÁCH GỬI KÈM\n  - Danh sách",
            "bài dự thi.\nĐề nghị gửi bổ sung bài còn thiếu.\n\nMÃ TIẾP NHẬN: K7QM-2XNA-9\n",
            "  - ngày sinh\n\nMÃ TIẾP NHẬN: B2C3-D4E5-6\nBài gửi đúng hạn.\nĐã nhận 2 trang ảnh/bản quét.\nTệp",
            "  - Phần trắc nghiệm: 2 câu: 1A, 2B\n",
        ] {
            assert!(said.text.contains(part), "{part} in {}", said.text);
        }
    }

    #[test]
    fn a_mail_without_an_essay_is_asked_about() {
        let asked = Receipt {
            entries: vec![],
            name: None,
            phone: None,
            ask: vec!["gửi chính tệp bài dự thi".into()],
            ..receipt("")
        };
        assert_eq!(asked.form(), LetterForm::Ask);
        let said = said(&asked);
        assert_eq!(
            said.subject,
            "Ban Tổ chức đã nhận được thư – đề nghị bổ sung bài dự thi"
        );
        assert!(
            said.text.contains(
                "nhưng trong thư chưa thấy bài dự thi.\n\nĐề nghị bổ sung:\n  - gửi chính tệp bài dự thi\n\nNếu thông tin trên chưa đúng, xin trả lời thư này. Khi"
            ),
            "{}",
            said.text
        );
    }

    #[test]
    fn a_name_with_markup_stays_text() {
        let html = receipt("<script>alert(1)</script>").html().unwrap();
        assert!(!html.contains("<script>"));
    }
}
