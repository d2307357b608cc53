//! Sentences about mailboxes in trouble: on the desk, in the alarm letter and in `phach check`.

use super::time;
use crate::entry::Trouble;

/// What is wrong.
pub fn trouble(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Unset => "chưa khai báo cách đăng nhập",
        Trouble::Auth => "máy chủ thư từ chối tên đăng nhập hoặc mật khẩu",
        Trouble::Login => "chưa đăng nhập bằng mã truy cập, hoặc lần đăng nhập không còn hiệu lực",
        Trouble::Client => "nhà cung cấp thư không chấp nhận khai báo [[oauth]] của phần mềm",
        Trouble::Unreachable => "không kết nối được với máy chủ thư",
        Trouble::Nonsense => {
            "máy chủ thư trả lời không đúng quy cách, hoặc không có thư mục cần đọc"
        }
        Trouble::Storage => "máy này không ghi được thư xuống đĩa hoặc vào cơ sở dữ liệu",
    }
}

/// What to do about it.
pub fn what_to_do(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Unset => {
            "Hãy thêm hòm thư này vào phần [[imap]] của tệp cài đặt rồi chạy lệnh “phach check” để kiểm tra."
        }
        Trouble::Auth => {
            "Hãy kiểm tra mật khẩu (với Gmail là mật khẩu ứng dụng), cập nhật tệp mật khẩu; phần mềm sẽ tự thử lại. Thư gửi đến vẫn nằm trên máy chủ, không mất."
        }
        Trouble::Login => {
            "Hãy chạy lệnh “phach mailbox login” kèm địa chỉ hòm thư trên máy chạy phách và làm theo từng bước; sau đó thư được nhận tiếp ngay. Nếu đã đăng nhập lại mà vẫn bị từ chối, hãy kiểm tra hòm thư đã bật IMAP chưa. Thư gửi đến vẫn nằm trên máy chủ, không mất."
        }
        Trouble::Client => {
            "Hãy kiểm tra client_id, client_secret_file (mã bí mật có thể đã hết hạn) và scopes trong [[oauth]] của tệp cài đặt; phần mềm sẽ tự thử lại. Thư gửi đến vẫn nằm trên máy chủ, không mất."
        }
        Trouble::Unreachable => {
            "Hãy kiểm tra đường mạng và máy chủ thư; phần mềm sẽ tự thử lại. Thư gửi đến vẫn nằm trên máy chủ, không mất."
        }
        Trouble::Storage => {
            "Hãy kiểm tra chỗ trống trên đĩa và cơ sở dữ liệu của máy này; phần mềm sẽ tự thử lại. Thư gửi đến vẫn nằm trên máy chủ, không mất."
        }
        Trouble::Nonsense => {
            "Hãy kiểm tra địa chỉ, cổng và tên thư mục trong tệp cài đặt, hoặc báo người quản trị máy chủ thư. Thư gửi đến vẫn nằm trên máy chủ, không mất."
        }
    }
}

/// A mailbox that can be read again.
pub const RECOVERED: &str = "đã đọc lại được bình thường";
pub const NOTHING_TO_DO: &str =
    "Không cần làm gì thêm; các thư đến trong thời gian gián đoạn đang được tiếp nhận.";

/// Subjects of the alarm letters.
pub fn alarm_subject(mailbox: &str) -> String {
    format!("CẢNH BÁO: hòm thư {mailbox} không đọc được")
}

pub fn recovered_subject(mailbox: &str) -> String {
    format!("Hòm thư {mailbox} đã hoạt động trở lại")
}

/// "từ 10h58 ngày 05/9/2019"
pub fn since(instant: &str) -> String {
    format!("từ {instant}")
}

/// Display name of the sender of alarms.
pub const SENDER: &str = "phách – hệ thống tiếp nhận bài dự thi";

/// Whether server and program hold the same mails.
pub fn held(server: Option<i64>, held: i64) -> String {
    match server {
        None => "Chưa đọc danh sách thư lần nào.".to_owned(),
        Some(server) if server == held => format!(
            "Máy chủ giữ {} thư, phách giữ {} thư: khớp.",
            time::number(server),
            time::number(held)
        ),
        Some(server) if server > held => format!(
            "Máy chủ giữ {} thư, phách giữ {} thư: còn {} thư đang nhận.",
            time::number(server),
            time::number(held),
            time::number(server - held)
        ),
        Some(server) => format!(
            "Máy chủ giữ {} thư, phách giữ {} thư: {} thư đã bị xóa khỏi máy chủ, bản lưu vẫn còn.",
            time::number(server),
            time::number(held),
            time::number(held - server)
        ),
    }
}

/// "gần đầy (91 %)"
pub fn nearly_full(share: i64) -> String {
    format!("gần đầy ({share} %)")
}

/// What to do about a mailbox that is nearly full.
pub const NEARLY_FULL: &str = "Nếu đầy, bài gửi đến sẽ bị trả lại. Hãy chuyển thư đã lưu sang thư mục khác hoặc tăng dung lượng.";

/// A mailbox without trouble, and one that was never read.
pub const WELL: &str = "tốt";
pub const NEW: &str = "chưa đọc lần nào";

/// A login by token that ends before long.
pub const LOGIN_ENDS: &str = "sắp phải đăng nhập lại";

/// No list for a while, and no trouble noted: the intake is not running.
pub const SILENT: (&str, &str) = (
    "lâu chưa đọc",
    "Phần nhận thư có thể chưa chạy. Đề nghị quản trị viên kiểm tra chương trình; thư gửi đến vẫn nằm trên máy chủ, không mất.",
);

/// "Hòm thư a@b: gần đầy (91 %)."
pub fn line(address: &str, state: &str) -> String {
    format!("Hòm thư {address}: {state}.")
}
