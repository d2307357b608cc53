//! The page that shows essays side by side: titles, what an essay is to the others, how far the comparison is.

use super::duplicate::percent;
use super::time;
use crate::entry::Ruling;

pub const TITLE: &str = "Đối chiếu";

/// A ruling on its button, and what it does.
pub fn ruling(ruling: Ruling) -> (&'static str, &'static str) {
    match ruling {
        Ruling::Resent => (
            "Bản nộp lại",
            "cùng một người nộp nhiều lần; giữ một bài, ghép các bài đánh dấu",
        ),
        Ruling::Copied => (
            "Sao chép",
            "các bài đánh dấu không đưa vào chấm, vẫn lưu đầy đủ",
        ),
        Ruling::Quoted => (
            "Trích dẫn chung",
            "cùng chép một nguồn bên ngoài; giữ tất cả",
        ),
        Ruling::Different => ("Không trùng", "máy nhầm; giữ tất cả"),
    }
}

/// "97%": how much of an essay stands in earlier ones, from ten-thousandths.
pub fn score(ten_thousandths: i64) -> String {
    format!("{}%", percent(ten_thousandths as f64 / 10_000.0))
}

/// The same of one source, from a share of 0 to 1.
pub fn share(share: f64) -> String {
    format!("{}%", percent(share))
}

/// "Đã đối chiếu 12 / 15 bài nhận được."
pub fn progress(compared: i64, entries: i64) -> String {
    if entries == 0 {
        return "Chưa có bài dự thi nào để đối chiếu.".to_owned();
    }
    let mut said = format!(
        "Đã đối chiếu {} / {} bài nhận được.",
        time::number(compared),
        time::number(entries)
    );
    if compared < entries {
        said.push_str(" Các bài còn lại đang chờ máy đọc chữ trong ảnh hoặc chờ đến lượt.");
    }
    said
}

/// When all essays were compared last.
pub fn last_run(ended: Option<&str>, since: i64) -> String {
    match (ended, since) {
        (None, _) => "Chưa đối chiếu lại toàn bộ. Máy tự làm việc này khi có thêm nhiều bài và khi hết hạn nhận bài; kết quả đến lúc đó là tạm thời.".to_owned(),
        (Some(at), 0) => format!("Đối chiếu lại toàn bộ lúc {at}."),
        (Some(at), since) => format!(
            "Đối chiếu lại toàn bộ lúc {at}; từ đó có thêm {} bài, kết quả của các bài này là tạm thời.",
            time::number(since)
        ),
    }
}

/// While all essays are compared.
pub fn running(done: i64, all: i64) -> String {
    let part = if all > 0 { done * 100 / all } else { 0 };
    format!("Máy đang đối chiếu lại toàn bộ: {part}%.")
}

pub const ASKED: &str = "Đã yêu cầu đối chiếu lại toàn bộ; máy bắt đầu trong ít giây.";

/// Why the other text is shown in part only.
pub const ELSEWHERE: &str =
    "Bài này thuộc đơn vị khác nên chỉ hiện các đoạn trùng, không hiện họ tên và phần còn lại.";
pub const BOTH_ELSEWHERE: &str =
    "Cả hai bài đều thuộc đơn vị khác nên không hiện ở đây. Hãy chọn một bài của đơn vị mình.";
/// Why pages are shown.
pub const SAME_SHEET: &str = "Máy không đọc chắc được chữ trên các trang này nên so hình trang: các trang có viền đỏ ở hai bên là ảnh của cùng một tờ giấy.";
pub const READ_ANEW: &str = "Chữ của bài đã được đọc lại sau lần đối chiếu này, nên các đoạn tô màu có thể lệch. Hãy đối chiếu lại toàn bộ.";
pub const NOT_YET: &str = "Bài này chưa được đối chiếu. Máy đối chiếu từng bài ngay sau khi tiếp nhận; bài là ảnh chụp thì sau khi đọc được chữ.";
pub const NOTHING: &str = "Bài này không có đoạn nào trùng đáng lưu ý với bài đến trước.";
pub const SOMEBODY: &str = "(chưa rõ họ tên)";
pub const OTHER_UNIT: &str = "(bài của đơn vị khác)";

/// Badges of a member beside the earliest one.
pub const EARLIEST: &str = "đến sớm nhất";
pub const SAME_SENDER: &str = "cùng hộp thư gửi";
pub const UNIT_DIFFERS: &str = "khác đơn vị";

#[cfg(test)]
mod tests {
    use super::last_run;
    use super::progress;
    use super::running;
    use super::score;

    #[test]
    fn a_clerk_reads_how_far_the_comparison_is() {
        assert_eq!(score(9_666), "97%");
        assert!(progress(0, 0).contains("Chưa có bài"));
        assert_eq!(
            progress(1_200, 1_200),
            "Đã đối chiếu 1.200 / 1.200 bài nhận được."
        );
        assert!(progress(3, 5).contains("3 / 5"));
        assert!(progress(3, 5).contains("đọc chữ trong ảnh"));
        assert!(last_run(None, 9).contains("tạm thời"));
        assert!(last_run(Some("17h00"), 0).ends_with("lúc 17h00."));
        assert!(last_run(Some("17h00"), 4).contains("thêm 4 bài"));
        assert!(running(50, 200).contains("25%"));
        assert!(running(0, 0).contains("0%"));
    }
}
