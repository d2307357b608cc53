//! The letter to those whose entry is in time, or late, by a deadline that was moved after their receipt.

use serde_json::json;

use super::wording::Facts;

/// What changed for the entries of one mail.
#[derive(Clone, Debug)]
pub struct Moved {
    pub contest: String,
    pub unit: String,
    /// The deadline as the plan's document words it.
    pub phrase: String,
    /// Number of the document that moved it.
    pub document: Option<String>,
    pub phone: Option<String>,
    /// A sentence an entry, with its receipt code.
    pub entries: Vec<String>,
}

impl Moved {
    /// What a template of the form `Deadline` can say, by the names that `words::wording` lists.
    pub fn facts(&self) -> Facts {
        let mut must = self.entries.clone();
        must.push(self.phrase.clone());
        let values = json!({
            "cuoc_thi": self.contest,
            "don_vi": self.unit,
            "dien_thoai": self.phone.as_deref().unwrap_or_default(),
            "thoi_han": self.phrase,
            "van_ban": self.document.as_deref().unwrap_or_default(),
            "ket_qua": self.entries,
        });
        Facts { values, must }
    }
}

#[cfg(test)]
mod tests {
    use super::Moved;
    use crate::entry::LetterForm;
    use crate::letter::wording::shipped;

    #[test]
    fn the_letter_names_the_new_deadline_and_each_entry() {
        let moved = Moved {
            contest: "Cuộc thi".into(),
            unit: "Quận Hoàn Kiếm".into(),
            phrase: "trước 17h00 ngày 10/9/2019".into(),
            document: Some("Công văn 12".into()),
            phone: Some("024.1".into()),
            entries: vec!["Bài A, nhận lúc 1h00, được tính là đúng hạn.".into()],
        };
        let said = shipped(LetterForm::Deadline)
            .write_whole(&moved.facts())
            .unwrap();
        assert_eq!(said.subject, "Thay đổi thời hạn nhận bài – Cuộc thi");
        let want = "Kính gửi người dự thi,

Thời hạn nhận bài của cuộc thi “Cuộc thi” tại Quận Hoàn Kiếm nay là: trước 17h00 ngày 10/9/2019 (theo Công văn 12).

Theo thời hạn này:
  - Bài A, nhận lúc 1h00, được tính là đúng hạn.

Thông tin khác trong thư xác nhận trước đây không thay đổi. Nếu cần hỏi thêm, xin trả lời thư này hoặc gọi số 024.1 và nêu mã tiếp nhận.

Trân trọng cảm ơn,
Ban Tổ chức cuộc thi – Quận Hoàn Kiếm

Thư này do hệ thống tiếp nhận bài dự thi gửi tự động.";
        assert_eq!(said.text, want);
    }
}
