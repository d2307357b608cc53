//! The removal of personal data: what is asked, what was confirmed, how far it is.

use jiff::tz::TimeZone;

use super::time;
use crate::contest::Retention;
use crate::entry::RemovalState;

/// Why a letter was not sent.
pub const LETTER_REMOVED: &str = "Dữ liệu cá nhân của cuộc thi đã được xóa theo kế hoạch.";

/// The button that puts the question off.
pub const LATER: &str = "Chưa xóa, nhắc lại sau 30 ngày";

/// In the place of a mail that was removed.
pub const GONE: &str =
    "Nội dung thư và các tệp đã được xóa theo thời hạn giữ dữ liệu cá nhân của cuộc thi.";

/// On the page of an entry whose data was removed.
pub fn emptied(at: i64, zone: &TimeZone) -> String {
    format!(
        "Dữ liệu cá nhân, thư và tệp của bài này đã được xóa lúc {} theo thời hạn giữ dữ liệu của cuộc thi. Mã và kết quả được giữ lại.",
        time::instant(at, zone)
    )
}

/// What a removal would take, or has taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    pub messages: i64,
    pub entries: i64,
    pub files: i64,
}

impl Sums {
    /// "1.234 thư, 1.200 bài, 3.400 tệp"
    fn text(self) -> String {
        format!(
            "{} thư, {} bài, {} tệp",
            time::number(self.messages),
            time::number(self.entries),
            time::number(self.files)
        )
    }
}

/// The question to a person.
pub fn question(title: &str, due: Option<i64>, sums: Sums, open: i64) -> String {
    let zone = time::zone("Asia/Ho_Chi_Minh");
    let since = due.map_or(String::new(), |due| {
        format!(" (theo kế hoạch: từ {})", time::instant(due, &zone))
    });
    let mut text = format!(
        "Đến hạn xóa dữ liệu cá nhân của cuộc thi {title}{since}: {}.",
        sums.text()
    );
    if open > 0 {
        text.push_str(&format!(
            " Còn {} việc chưa xử lý; các việc đó sẽ được đóng khi xóa.",
            time::number(open)
        ));
    }
    text
}

/// How far a removal is that a person has confirmed.
pub fn progress(state: RemovalState, run_at: Option<i64>, sums: Sums, zone: &TimeZone) -> String {
    let done = sums.text();
    match state {
        RemovalState::Proposed => "Chưa ai xác nhận xóa dữ liệu cá nhân.".to_owned(),
        RemovalState::Confirmed => {
            let at = run_at.map_or(String::new(), |at| {
                format!("; máy bắt đầu xóa lúc {}", time::instant(at, zone))
            });
            format!(
                "Đã xác nhận xóa dữ liệu cá nhân{at}. Trước lúc đó còn hoàn tác được trong Nhật ký."
            )
        }
        RemovalState::Running => format!("Máy đang xóa dữ liệu cá nhân; đến nay đã xóa {done}."),
        RemovalState::Done => format!("Đã xóa xong dữ liệu cá nhân: {done}."),
    }
}

/// A contest in the answer of `phach retention`.
pub fn contest(slug: &str, rule: Option<&Retention>, due: Option<i64>, now: i64) -> String {
    let zone = time::zone("Asia/Ho_Chi_Minh");
    match (rule, due) {
        (None, _) => {
            format!("{slug}: kế hoạch chưa ghi thời hạn giữ dữ liệu cá nhân (mục [retention]).")
        }
        (Some(_), None) => format!("{slug}: chưa tính được ngày xóa dữ liệu cá nhân."),
        (Some(_), Some(due)) if due > now => format!(
            "{slug}: dữ liệu cá nhân được giữ đến {}.",
            time::instant(due, &zone)
        ),
        (Some(_), Some(due)) => format!(
            "{slug}: dữ liệu cá nhân đã đến hạn xóa từ {}.",
            time::instant(due, &zone)
        ),
    }
}

/// What would go, and what would stay.
pub fn would_go(sums: Sums, letters: i64, open: i64) -> String {
    format!(
        "  Nếu xóa bây giờ: {}, nội dung {} thư đi. Còn {} việc chưa xử lý.",
        sums.text(),
        time::number(letters),
        time::number(open)
    )
}

/// Under all contests: this command only tells.
pub const ONLY_TOLD: &str = "Lệnh này chỉ cho xem, không xóa gì. Khi đến hạn, việc “Đến hạn xóa dữ liệu” hiện trên bàn làm việc của đơn vị cao nhất; máy chỉ xóa sau khi có người xác nhận ở đó và 24 giờ không ai hoàn tác. Bản sao lưu cũ không bị đụng đến: hãy tự hủy các bản sao lưu quá hạn.";
