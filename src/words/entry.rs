//! How the desk names an entry, its files and what stands on them.

use crate::entry::EntryState;
use crate::entry::FileRole;
use crate::entry::Proof;
use crate::entry::Timeliness;
use crate::slip::Place;

pub fn title(code: &str) -> String {
    format!("Bài dự thi {code}")
}

pub fn state(state: EntryState) -> &'static str {
    match state {
        EntryState::Queued => "Chờ chấm",
        EntryState::Held => "Cần người xem",
        EntryState::SetAside => "Không đưa vào chấm",
        EntryState::Joined => "Đã ghép vào bài khác",
    }
}

pub fn timeliness(timeliness: Timeliness) -> &'static str {
    match timeliness {
        Timeliness::OnTime => "Đúng hạn",
        Timeliness::Late => "Nộp muộn",
        Timeliness::Review => "Cần xem lại giờ nhận",
        Timeliness::Accepted => "Đã chấp nhận giờ nhận",
    }
}

pub fn file_role(role: FileRole) -> &'static str {
    match role {
        FileRole::Main => "Bài viết",
        FileRole::Page => "Trang ảnh của bài",
        FileRole::Annex => "Tài liệu kèm theo",
        FileRole::Unread => "Chưa đọc được",
    }
}

pub fn place(place: Place) -> &'static str {
    match place {
        Place::Clerk => "Tổ Thư ký ghi",
        Place::EssayHead => "phần đầu bài viết",
        Place::PageMargin => "đầu trang, chân trang",
        Place::Roll => "danh sách gửi kèm",
        Place::Mail => "nội dung thư",
        Place::Sender => "tên người gửi thư",
        Place::FileName => "tên tệp",
    }
}

/// Whether a mail is from whom it says, for the page that shows the mail; nothing where nobody was asked.
pub fn proof(proof: Proof) -> Option<&'static str> {
    match proof {
        Proof::Proven => Some("Máy chủ thư đã xác thực địa chỉ người gửi (DMARC)"),
        Proof::Refuted => Some(
            "Máy chủ thư không xác thực được địa chỉ người gửi (DMARC): địa chỉ này có thể bị giả mạo",
        ),
        Proof::Unsaid => Some("Máy chủ thư không cho biết địa chỉ người gửi có thật hay không"),
        Proof::Unasked => None,
    }
}

/// Words about entries and their files.
pub const NO_NAME: &str = "(chưa rõ họ tên)";
pub const NO_SUBJECT: &str = "(không có tiêu đề)";
pub const UNNAMED: &str = "(tệp không tên)";
pub const ESSAY_IN_BODY: &str = "Bài viết trong nội dung thư";
pub const BADGE_SAME: &str = "giống bài khác";

pub fn badge_resent(n: i64) -> String {
    format!("nộp lại {n} lần")
}

pub fn badge_matters(n: i64) -> String {
    format!("{n} việc cần xử lý")
}
