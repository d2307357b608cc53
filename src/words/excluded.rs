//! What a person must decide about who handed in: somebody who may not take part, and whether a newer version is the
//! same person's.

use std::path::Path;

use super::matter::Detail;
use super::time;
use crate::contest::file::listed::Place;
use crate::contest::file::listed::RowFault;
use crate::contest::file::listed::Trouble;
use crate::entry::Doubt;
use crate::slip::excluded::Likeness;

/// A file of these people was read.
pub fn was_read(file: &str, people: usize) -> String {
    format!(
        "{file}: {} người không được dự thi.",
        time::number(people as i64)
    )
}

/// A row of a file: "ke-hoach/danh-sach.xlsx:17", with the sheet where it is not the first.
pub fn place(file: &Path, place: Place) -> String {
    match place.sheet {
        0 | 1 => format!("{}:{}", file.display(), place.row),
        sheet => format!("{} (trang tính {sheet}):{}", file.display(), place.row),
    }
}

/// What is wrong with a row.
pub fn fault(fault: &RowFault) -> String {
    match fault {
        RowFault::Name(said) if said.is_empty() => {
            "không có họ tên. Ghi họ tên, hoặc xóa dòng này nếu không phải là một người.".to_owned()
        }
        RowFault::Name(said) => format!(
            "không đọc được họ tên trong “{said}”. Sửa lại, hoặc xóa dòng này nếu không phải là một người."
        ),
        RowFault::Birth(said) => {
            format!("“{said}” không phải là ngày sinh. Ghi như 02/01/1970, hoặc để trống.")
        }
        RowFault::Phone(said) => format!(
            "“{said}” không phải là số điện thoại. Ghi 10 hoặc 11 chữ số, bắt đầu bằng số 0, hoặc để trống."
        ),
        RowFault::Email(said) => {
            format!("“{said}” không phải là địa chỉ thư điện tử. Sửa lại hoặc để trống.")
        }
    }
}

/// Why nothing of a file was read.
pub fn trouble(file: &str, trouble: Trouble) -> String {
    match trouble {
        Trouble::Kind => {
            format!(
                "tệp “{file}” không phải là bảng tính. Lưu dưới dạng .xlsx, .xls, .ods hoặc .csv."
            )
        }
        Trouble::Damaged => {
            format!("tệp “{file}” bị hỏng hoặc có mật khẩu. Mở tệp, bỏ mật khẩu rồi lưu lại.")
        }
        Trouble::TooLarge => {
            format!("tệp “{file}” quá lớn. Chỉ để lại danh sách rồi lưu lại.")
        }
        Trouble::NoHeadings => format!(
            "tệp “{file}” không có dòng tên cột. Cần cột “Họ và tên” và ít nhất một trong các cột “STT”, “Ngày sinh”, “Điện thoại”, “Đơn vị”."
        ),
        Trouble::Nobody => format!("tệp “{file}” không có người nào dưới dòng tên cột."),
    }
}

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
