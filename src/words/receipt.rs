//! Words of the receipt.

use jiff::tz::TimeZone;

use super::time;
use crate::contest::resubmission::Rule;
use crate::entry::Kind;

/// Display name of the sender.
pub fn sender(unit: &str) -> String {
    format!("Ban Tổ chức cuộc thi – {unit}")
}

/// In time, by which rule.
pub fn on_time(phrase: Option<&str>) -> String {
    match phrase {
        Some(phrase) => format!("Thư đến trong thời hạn nhận bài ({phrase})."),
        None => "Thư đến trong thời hạn nhận bài.".into(),
    }
}

/// Late, by which rule, and what happens now.
pub fn late(received: i64, phrase: &str, zone: &TimeZone) -> String {
    format!(
        "Máy chủ thư nhận được thư lúc {}, sau thời hạn nhận bài ({phrase}). Bài được lưu đầy đủ; Tổ Thư ký sẽ xem xét và trả lời.",
        time::instant_exact(received, zone)
    )
}

/// The servers' clocks disagree across the deadline.
pub fn review(phrase: &str) -> String {
    format!(
        "Thời điểm nhận thư sát hạn nhận bài ({phrase}) cần được kiểm tra; Tổ Thư ký sẽ xem xét và trả lời."
    )
}

/// The same essay came before.
pub fn resent(first_received: i64, zone: &TimeZone) -> String {
    format!(
        "Bài này giống hệt bài đã nhận lúc {}; Ban Tổ chức chỉ tính một bài, mã tiếp nhận không đổi.",
        time::instant(first_received, zone)
    )
}

/// A newer version of an entry that was received before.
pub fn newer(stands: bool, rule: Rule) -> String {
    match (stands, rule) {
        (true, _) => "Bản này thay bản đã nhận trước; mã tiếp nhận không đổi.",
        (false, Rule::First) => {
            "Theo thể lệ cuộc thi, bản nhận trước vẫn được tính; bản này được lưu lại, mã tiếp nhận không đổi."
        }
        (false, Rule::Latest | Rule::Ask | Rule::All) => {
            "Ban Tổ chức đã nhận một bản khác được tính; bản này được lưu lại, mã tiếp nhận không đổi."
        }
    }
    .to_owned()
}

/// A person will say which version counts.
pub const VERSION_WAITS: &str = "Ban Tổ chức đã nhận một bài của người dự thi này trước đó; bài ấy vẫn được tính cho đến khi Tổ Thư ký quyết định bản nào được tính. Người dự thi không cần gửi lại.";
/// The plan takes every entry of a person.
pub const BOTH_COUNT: &str =
    "Ban Tổ chức đã nhận một bài khác của người dự thi này; cả hai bài đều được tính.";

/// The same mail also went to another unit's mailbox.
pub fn also_elsewhere(other_unit: &str) -> String {
    format!(
        "Thư này cũng được gửi đến {other_unit}; Ban Tổ chức chỉ tính một bài, mã tiếp nhận không đổi."
    )
}

/// A person will decide which unit the entry is for.
pub fn unit_unsure() -> String {
    "Tổ Thư ký sẽ kiểm tra đơn vị dự thi ghi trong bài và chuyển bài đến đúng đơn vị; người dự thi không cần gửi lại.".into()
}

/// Photos or scans.
pub fn scan(pages: i64) -> String {
    format!("Đã nhận {pages} trang ảnh/bản quét.")
}

/// A file that a person must open.
pub fn unread(name: &str) -> String {
    format!("Tệp “{name}” đã được lưu, Tổ Thư ký sẽ mở và kiểm tra.")
}

/// A file whose name was not given.
pub fn unnamed(kind: Kind) -> String {
    let name = if kind.is_image() {
        "ảnh không tên"
    } else {
        "tệp không tên"
    };
    name.to_owned()
}

/// The essay stood in the mail itself.
pub const IN_BODY: &str = "Bài viết trong nội dung thư đã được ghi nhận.";

/// "5 câu: 1A, 2C, 3A"
pub fn answers(answers: &std::collections::BTreeMap<u16, char>) -> Option<String> {
    if answers.is_empty() {
        return None;
    }
    let list: Vec<String> = answers
        .iter()
        .map(|(question, letter)| format!("{question}{letter}"))
        .collect();
    Some(format!("{} câu: {}", answers.len(), list.join(", ")))
}

/// Labels of the facts, in the order of the slip.
pub const NAME: &str = "Họ và tên";
pub const BIRTH_DATE: &str = "Ngày sinh";
pub const CLASS: &str = "Lớp";
pub const UNIT: &str = "Đơn vị";
pub const ADDRESS: &str = "Địa chỉ";
pub const PHONE: &str = "Số điện thoại";

/// What to do when no essay came with the mail.
pub const ASK_FILE: &str = "gửi lại thư kèm tệp bài dự thi (Word, PDF hoặc ảnh chụp rõ từng trang), hoặc viết bài ngay trong thư";
pub const ASK_NO_LINK: &str =
    "gửi chính tệp bài dự thi, không gửi liên kết đến kho lưu trữ trên mạng";
