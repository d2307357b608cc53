//! The removal of personal data: what is asked, what was confirmed, how far it is.

use jiff::tz::TimeZone;

use super::time;
use crate::contest::Retention;
use crate::entry::Bond;
use crate::entry::RemovalState;

/// Why a letter was not sent.
pub const LETTER_REMOVED: &str = "Dữ liệu cá nhân của cuộc thi đã được xóa theo kế hoạch.";

/// Why a letter to one person was not sent.
pub const LETTER_REMOVED_BY_WISH: &str =
    "Dữ liệu cá nhân đã được xóa theo đề nghị của người dự thi.";

/// The button that puts the question off.
pub const LATER: &str = "Chưa xóa, nhắc lại sau 30 ngày";

/// In the place of a mail that was removed.
pub const GONE: &str =
    "Nội dung thư và các tệp đã được xóa theo quy định về bảo vệ dữ liệu cá nhân.";

/// On the page of an entry whose data was removed; `paper`: by which its author asked for that.
pub fn emptied(at: i64, paper: Option<&str>, zone: &TimeZone) -> String {
    let at = time::instant(at, zone);
    let why = match paper {
        None => "thời hạn giữ dữ liệu của cuộc thi".to_owned(),
        Some(paper) => format!("đề nghị của người dự thi ({paper})"),
    };
    format!(
        "Dữ liệu cá nhân và tệp của bài này đã được xóa lúc {at} theo {why}. Mã và kết quả được giữ lại."
    )
}

/// On the page of an entry whose author's data is about to go.
pub fn under_way(run_at: Option<i64>, paper: &str, zone: &TimeZone) -> String {
    let at = run_at.map_or(String::new(), |at| {
        format!(" từ {}", time::instant(at, zone))
    });
    format!(
        "Dữ liệu của bài này sẽ bị xóa{at} theo đề nghị của người dự thi ({paper}). Trước lúc đó còn hoàn tác được trong Nhật ký."
    )
}

/// Why an entry cannot go now, and what stays until when.
pub fn bond(bond: Bond) -> &'static str {
    match bond {
        Bond::Listed => {
            "Chưa xóa được: bài được chọn trong danh sách đã chốt. Hồ sơ, tệp và thư của bài được giữ để chấm vòng sau, trao giải, đến hết thời hạn giữ dữ liệu của cuộc thi."
        }
        Bond::HandedOver => {
            "Chưa xóa được: bài nằm trong gói đã bàn giao. Hồ sơ, tệp, thư của bài và gói bàn giao được giữ đến hết thời hạn giữ dữ liệu của cuộc thi."
        }
    }
}

/// Of an entry that only came from the same address.
pub const OTHER_NAME: &str = "Cùng địa chỉ gửi nhưng ghi tên người khác";

/// Of an entry on a locked list that does not take it.
pub const MARKS_STAY: &str = "Điểm và thứ hạng trong danh sách đã chốt được giữ dưới mã phách";

/// Of a mail that handed in entries that stay.
pub fn others_mail(codes: &[String]) -> String {
    format!(
        "Được giữ: thư còn mang bài {}; chỉ xóa được cùng các bài ấy",
        codes.join(", ")
    )
}

/// "Bài này có 3 bản đã nộp; xóa cả 3."
pub fn versions(n: i64) -> Option<String> {
    (n > 1).then(|| format!("{n} bản đã nộp, xóa tất cả"))
}

/// The title of the page that asks.
pub const ERASE_TITLE: &str = "Xóa dữ liệu theo đề nghị";

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

/// How far the removal of one person's data is, under its contest.
pub fn of_person(paper: &str, progress: &str) -> String {
    format!("Theo đề nghị của một người dự thi ({paper}): {progress}")
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
