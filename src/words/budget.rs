//! Sentences about how many letters a relay may send in 24 hours: the gauge on the desk and the alarm letters.

use super::time;

/// The subject of the alarm: half of a budget is used, or receipts wait.
pub fn subject(relay: &str, used_up: bool) -> String {
    if used_up {
        format!("CẢNH BÁO: máy chủ gửi thư “{relay}” đã hết hạn mức cho thư xác nhận")
    } else {
        format!("Máy chủ gửi thư “{relay}” đã dùng một nửa hạn mức trong ngày")
    }
}

pub fn what_to_do(used_up: bool) -> &'static str {
    if used_up {
        "Phần hạn mức còn lại được để dành cho thư bàn giao, thư đăng nhập và cảnh báo. Thư xác nhận được chuyển sang máy chủ gửi tiếp theo trong tệp cài đặt nếu có; nếu không, thư nằm chờ, không mất, và tự gửi khi có hạn mức. Để gửi sớm hơn, hãy thêm một máy chủ gửi thư ([[relay]]) vào tệp cài đặt rồi khởi động lại phần mềm."
    } else {
        "Chưa phải làm gì. Nếu dự kiến còn nhiều bài gửi đến trong ngày, hãy chuẩn bị thêm một máy chủ gửi thư ([[relay]]) trong tệp cài đặt."
    }
}

/// "231/500 thư trong 24 giờ qua"
pub fn gauge(used: i64, limit: i64) -> String {
    format!(
        "{}/{} thư trong 24 giờ qua",
        time::number(used),
        time::number(limit)
    )
}

/// Of a relay without a known limit.
pub fn unlimited(used: i64) -> String {
    format!(
        "{} thư trong 24 giờ qua, không đặt giới hạn",
        time::number(used)
    )
}

/// What goes with a gauge from the point where receipts wait.
pub const RECEIPTS_WAIT: &str = "Thư xác nhận đang chờ hạn mức hoặc đi qua máy chủ khác; phần còn lại để dành cho thư bàn giao và thư đăng nhập.";
