//! What a person must decide about who handed in: somebody who may not take part, and whether a newer version is the
//! same person's.

use super::matter::Detail;
use super::time;
use crate::entry::Doubt;
use crate::slip::excluded::Likeness;

/// What another list of these people changed about the entries that are here.
pub fn looked_again(found: usize, cleared: usize) -> String {
    let count = |n: usize| time::number(n as i64);
    match (found, cleared) {
        (found, 0) => format!(
            "{} bài đã nhận có thể của người không được dự thi: xem ở mục Việc cần xử lý.",
            count(found)
        ),
        (0, cleared) => format!(
            "{} bài không còn trùng với người trong danh sách không được dự thi.",
            count(cleared)
        ),
        (found, cleared) => format!(
            "{} bài đã nhận có thể của người không được dự thi: xem ở mục Việc cần xử lý; {} bài không còn trùng với người trong danh sách.",
            count(found),
            count(cleared)
        ),
    }
}

/// Why the program does not let a newer version take the place of the earlier one.
pub fn doubt(doubt: Option<Doubt>) -> &'static str {
    match doubt {
        Some(Doubt::Parts) => {
            "Thư này có nội dung mới, có thể chỉ là phần bổ sung (trang, tài liệu) chứ không phải bản mới trọn vẹn."
        }
        Some(Doubt::Sender) => {
            "Chưa xác thực được người gửi thư này chính là người đã gửi bài trước."
        }
        Some(Doubt::Late) => "Bản này đến sau hạn nộp lại.",
        Some(Doubt::InUse) => {
            "Giám khảo đã xem bài trước, danh sách đã chốt hoặc bài đã bàn giao nên máy không tự thay."
        }
        Some(Doubt::Rule) | None => "Tổ Thư ký quyết định bản nào được tính.",
    }
}

/// Somebody who may be on the list of those who do not take part.
pub fn matter(code: &str, detail: &Detail) -> String {
    let role = detail
        .role
        .as_deref()
        .unwrap_or("danh sách không được dự thi");
    match detail.likeness {
        Some(Likeness::Same) => format!(
            "{code}: người dự thi trùng họ tên và ngày sinh, điện thoại hoặc địa chỉ thư với người thuộc {role}, không được dự thi. Hãy kiểm tra; chưa bài nào bị loại."
        ),
        Some(Likeness::Name) | None => format!(
            "{code}: người dự thi trùng họ tên với người thuộc {role}, không được dự thi; chưa đủ thông tin để biết có phải một người hay không. Hãy kiểm tra; chưa bài nào bị loại."
        ),
    }
}
