//! The jury's pages in words: queues, sheets, flags, lists, and why something cannot be done.

use crate::contest::role::Role;
use crate::entry::FlagKind;
use crate::words::time;

/// What cannot be done, with the sentence that says why and what to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    Locked,
    Barred,
    OtherEntry,
    NothingToDeal,
    NoRandomness,
    ListChanged,
    ApprovedAlready,
    NotYours,
    ReasonNeeded,
    NoCopy,
    Agreed,
}

impl Refusal {
    pub fn sentence(self) -> &'static str {
        match self {
            Refusal::Locked => "Danh sách của vòng này đã chốt nên không thay đổi được nữa.",
            Refusal::Barred => {
                "Bài này thuộc đơn vị có quan hệ với anh/chị nên anh/chị không chấm. Trưởng ban sẽ giao cho người khác."
            }
            Refusal::OtherEntry => {
                "Điểm vừa gửi là của bài khác nên không được lưu vào bài này. Hãy mở lại bài từ hàng đợi."
            }
            Refusal::NothingToDeal => {
                "Không có bài nào cần phân công thêm: mọi bài sẵn sàng đều đã có đủ người chấm."
            }
            Refusal::NoRandomness => "Máy chưa bốc thăm được. Hãy thử lại sau ít phút.",
            Refusal::ListChanged => {
                "Điểm hoặc danh sách đã thay đổi sau khi lập. Hãy lập lại danh sách rồi duyệt."
            }
            Refusal::ApprovedAlready => {
                "Anh/chị đã duyệt danh sách này. Cần người khác duyệt tiếp."
            }
            Refusal::NotYours => "Danh sách này không chờ anh/chị duyệt.",
            Refusal::ReasonNeeded => "Hãy ghi lý do; lý do được đưa vào biên bản.",
            Refusal::NoCopy => {
                "Bài này đang được Tổ Thư ký rọc phách lại nên chưa xem được. Hãy chấm bài khác trước."
            }
            Refusal::Agreed => {
                "Bài này không chờ Trưởng ban quyết định: các giám khảo đã thống nhất hoặc chưa chấm xong."
            }
        }
    }
}

/// Entries without all their marks.
pub fn unmarked(n: usize) -> String {
    format!("Còn {n} bài chưa chấm đủ lượt.")
}

/// Entries of a screening on which judges differ or ask for another look.
pub fn undecided(n: usize) -> String {
    format!("Còn {n} bài chờ Trưởng Ban Giám khảo quyết định đạt hay không đạt.")
}

/// Entries that may not be dealt yet.
pub fn waiting(n: i64) -> String {
    format!(
        "Còn {} bài đang chờ ở Tổ Thư ký (chưa rọc phách được hoặc chưa quyết định xong), chưa giao cho giám khảo được.",
        time::number(n)
    )
}

/// More than may go on.
pub fn too_many(taken: usize, take: u32) -> String {
    format!("Danh sách có {taken} bài, nhiều hơn số lượng {take} bài. Hãy bỏ bớt.")
}

pub const EMPTY: &str = "Hàng đợi chưa có bài nào.";

/// In place of a mean.
pub const NOT_ALL_MARKED: &str = "chưa chấm đủ";
/// In place of a judge's mark.
pub const NOT_GIVEN: &str = "chưa chấm xong";

/// Titles of pages.
pub const MY_QUEUES: &str = "Hàng đợi của tôi";
pub const PANEL: &str = "Ban Giám khảo";
pub const LIST: &str = "Duyệt danh sách";

/// "Chấm bài K7-42-QM9"
pub fn sheet_title(code: &str) -> String {
    format!("Chấm bài {code}")
}

/// "Trang 2", "Hình kèm theo 3": a page of an essay, or a picture beside it. By reference, as templates call.
pub fn leaf(illustration: &bool, number: &usize) -> String {
    if *illustration {
        format!("Hình kèm theo {number}")
    } else {
        format!("Trang {number}")
    }
}

/// "2 trang, 1 hình kèm theo, 1.204 chữ": how much there is to read.
pub fn length(pages: usize, illustrations: usize, words: Option<i64>) -> String {
    let count = |n: usize| time::number(i64::try_from(n).unwrap_or(i64::MAX));
    let mut parts = Vec::new();
    if pages > 0 {
        parts.push(format!("{} trang", count(pages)));
    }
    if let Some(words) = words {
        parts.push(format!("{} chữ", time::number(words)));
    }
    if illustrations > 0 {
        parts.push(format!("{} hình kèm theo", count(illustrations)));
    }
    parts.join(", ")
}

/// What a judge is told of pictures beside an essay that nobody has released; empty where there are none.
pub fn pictures_wait(pictures: i64) -> String {
    if pictures == 0 {
        return String::new();
    }
    format!(
        "Bài có {} hình kèm theo mà Ban Tổ chức chưa giao cho giám khảo.",
        time::number(pictures)
    )
}

/// "Đã chấm 37/112 · còn 6 ngày"
pub fn progress(given: i64, total: i64, left: Option<i64>) -> String {
    let done = format!("Đã chấm {}/{}", time::number(given), time::number(total));
    match left {
        Some(ms) if ms > 0 => format!("{done} · còn {}", time::span(ms)),
        Some(_) | None => done,
    }
}

/// "cần khoảng 12 bài mỗi ngày để kịp hạn", where days are left.
pub fn pace(open: i64, left: Option<i64>) -> String {
    const DAY: i64 = 24 * 60 * 60 * 1_000;
    match left {
        Some(ms) if ms > 0 && open > 0 => {
            let days = (ms + DAY - 1) / DAY;
            let each = (open + days - 1) / days;
            format!(
                "còn {}, cần khoảng {} bài mỗi ngày để kịp hạn nộp kết quả",
                time::span(ms),
                time::number(each)
            )
        }
        Some(ms) if ms <= 0 && open > 0 => "đã quá hạn nộp kết quả".to_owned(),
        Some(_) | None => String::new(),
    }
}

/// "Trắc nghiệm: 8/10 câu đúng → 2 điểm (tự động)"
pub fn by_key(name: &str, right: u32, total: u32, points: &str) -> String {
    format!("{name}: {right}/{total} câu đúng → {points} điểm (tự động)")
}

/// "Đã lưu 10:32:05"
pub fn saved(at: i64, zone: &jiff::tz::TimeZone) -> String {
    format!("Đã lưu {}", time::clock(at, zone))
}

/// A sheet that was given, in the bar above the next one.
pub fn given(code: &str) -> String {
    format!("Đã chấm xong bài {code}.")
}

/// A sheet that lacks something.
pub fn lacking(n: usize) -> String {
    if n == 0 {
        "Hãy chọn đạt, không đạt hoặc xem lại rồi bấm “Chấm xong”.".to_owned()
    } else {
        format!("Còn {n} tiêu chí chưa có điểm đúng. Điểm đã nhập được lưu nháp.")
    }
}

/// Another window was faster.
pub fn differs(saved_at: Option<i64>, zone: &jiff::tz::TimeZone) -> String {
    match saved_at {
        Some(at) => format!(
            "Phiếu này vừa được lưu ở một cửa sổ khác lúc {}.",
            time::clock(at, zone)
        ),
        None => "Phiếu này vừa thay đổi ở một cửa sổ khác.".to_owned(),
    }
}

/// The sheet is given already, or gone.
pub const NO_LONGER_OPEN: &str =
    "Phiếu này đã chấm xong hoặc không còn giao cho anh/chị, nên không lưu thêm được.";

/// Nothing is left in the queue.
pub const ALL_MARKED: &str = "Đã chấm hết các bài được giao. Cảm ơn anh/chị.";

/// What is left has no copy to show at this moment.
pub const REST_WAITS: &str =
    "Các bài còn lại đang được Tổ Thư ký rọc phách lại. Mời anh/chị quay lại sau.";

/// The name of a flag.
pub fn flag(kind: FlagKind) -> &'static str {
    match kind {
        FlagKind::Copied => "Nghi sao chép",
        FlagKind::Exposed => "Lộ phách",
        FlagKind::Unreadable => "Không đọc được",
        FlagKind::OffTopic => "Lạc đề",
        FlagKind::Proposal => "Có giải pháp áp dụng được",
        FlagKind::Recuse => "Xin không chấm (có quan hệ)",
    }
}

/// After a flag.
pub const FLAGGED: &str = "Đã báo với Trưởng ban.";
pub const EXCUSED: &str = "Đã ghi nhận. Bài này sẽ được giao cho người khác.";
pub const REOPENED: &str = "Phiếu đã mở lại; hãy sửa rồi bấm “Chấm xong”.";

/// After the head judge's acts.
pub fn drawn(sheets: usize) -> String {
    format!("Đã bốc thăm, phân công {sheets} lượt chấm.")
}
pub const PROPOSED: &str = "Đã lập danh sách. Danh sách chờ duyệt.";
pub const APPROVED: &str = "Đã duyệt. Danh sách còn chờ người khác duyệt.";
pub const LOCKED: &str = "Danh sách đã chốt. Từ nay không ai thay đổi được điểm và danh sách.";
pub const WITHDRAWN: &str = "Đã rút danh sách để lập lại.";
pub const ORDERED: &str = "Đã ghi thứ tự các bài bằng điểm.";
pub const CHOSEN: &str = "Đã ghi quyết định.";

/// Who is still to approve: "Trưởng Ban Giám khảo, Thư ký"
pub fn awaited(roles: &[Role]) -> String {
    let names: Vec<&str> = roles
        .iter()
        .map(|role| crate::words::plan::role(*role))
        .collect();
    names.join(", ")
}
