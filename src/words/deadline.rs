//! What a moved deadline means for entries that are here already.

use super::time;

/// Of an entry in the letter about a moved deadline. `received`: as in its receipt.
pub fn entry(code: &str, received: &str, in_time: bool) -> String {
    let now = if in_time {
        "được tính là đúng hạn"
    } else {
        "được ghi là nộp muộn; Ban Tổ chức đang xem xét, bài vẫn được lưu đầy đủ"
    };
    format!("Bài {code}, nhận lúc {received}, {now}.")
}

/// After a plan was applied: what it moved among the entries that are here.
pub fn moved(in_time: usize, late: usize, letters: usize) -> String {
    let mut parts = Vec::new();
    if in_time > 0 {
        parts.push(format!(
            "{} bài trước ghi nộp muộn nay đúng hạn",
            time::number(in_time as i64)
        ));
    }
    if late > 0 {
        parts.push(format!(
            "{} bài trước ghi đúng hạn nay nộp muộn, chờ Tổ Thư ký xem",
            time::number(late as i64)
        ));
    }
    format!(
        "Theo thời hạn mới: {}. Đã soạn {} thư báo người dự thi.",
        parts.join("; "),
        time::number(letters as i64)
    )
}
