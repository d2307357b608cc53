//! Titles, headings, figures and buttons on the pages of the desk.

use jiff::tz::TimeZone;

use super::time;
use super::time::span;

/// Titles of the pages.
pub const DESK: &str = "Bàn làm việc";
pub const ENTRIES: &str = "Bài dự thi";
pub const MATTERS: &str = "Việc cần xử lý";
pub const LETTERS: &str = "Thư đi";
pub const LETTER: &str = "Thư đi";
pub const MAILBOXES: &str = "Hòm thư";
pub const JOURNAL: &str = "Nhật ký";
pub const HANDOVER: &str = "Bàn giao";

/// The heading of the desk.
pub fn heading(deadline: Option<i64>, now: i64) -> String {
    match deadline {
        Some(until) if until > now => format!("Còn {} đến hạn nhận bài", span(until - now)),
        Some(until) => format!("Đã hết hạn nhận bài được {}", span(now - until)),
        None => "Bàn làm việc".to_owned(),
    }
}

/// Under the heading of the desk: "Trước 17h00 ngày 06/9/2019 · Kế hoạch của … · số liệu lúc 10:58".
pub fn under_heading(
    phrase: Option<&str>,
    issuer: Option<&str>,
    now: i64,
    zone: &TimeZone,
) -> String {
    let mut parts = Vec::new();
    if let Some(phrase) = phrase {
        let mut chars = phrase.chars();
        let first: String = chars
            .next()
            .map(|c| c.to_uppercase().collect())
            .unwrap_or_default();
        parts.push(format!("{first}{}", chars.as_str()));
    }
    if let Some(issuer) = issuer {
        parts.push(format!("Kế hoạch của {issuer}"));
    }
    parts.push(format!("số liệu lúc {}", time::instant(now, zone)));
    parts.join(" · ")
}

/// The figures of the desk.
pub const FIGURE_ENTRIES: &str = "bài dự thi";
pub const FIGURE_RECEIPTS: &str = "thư xác nhận đã gửi";
pub const FIGURE_MATTERS: &str = "việc cần người xem";
pub const FIGURE_RESENDS: &str = "lần nộp lại";
pub const FIGURE_LATE: &str = "bài nộp muộn";

/// Buttons of the things to do.
pub const SEE_HOW: &str = "Xem cách làm";
pub const HANDLE: &str = "Xử lý";

/// The intake chart.
pub const CHART_BY_HOUR: &str = "Bài nhận theo giờ";
pub const CHART_BY_DAY: &str = "Bài nhận theo ngày";
pub const CHART_LABEL: &str = "Biểu đồ số bài nhận đến hạn; số liệu có trong bảng bên dưới.";

/// "hạn 17h00 ngày 06/9/2019"
pub fn chart_deadline(at: i64, zone: &TimeZone) -> String {
    format!("hạn {}", time::instant(at, zone))
}

#[cfg(test)]
mod tests {
    use super::heading;

    #[test]
    fn the_heading_counts_down_to_the_deadline_and_up_from_it() {
        assert_eq!(heading(Some(3_600_000), 0), "Còn 1 giờ đến hạn nhận bài");
        assert_eq!(
            heading(Some(0), 3_600_000),
            "Đã hết hạn nhận bài được 1 giờ"
        );
    }
}
