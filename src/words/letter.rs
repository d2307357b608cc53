//! How the desk names a letter: its kind, its state, and how a try to send it went.

use crate::entry::LetterState;

/// Kinds of letters.
pub const LOGIN: &str = "Thư đăng nhập";
pub const ALARM: &str = "Báo động";
pub const RECEIPT: &str = "Xác nhận đã nhận bài";
pub const REPLY: &str = "Trả lời";

/// Subject of the login letter.
pub const LOGIN_SUBJECT: &str = "Đăng nhập bàn làm việc của cuộc thi";

pub fn state(state: LetterState) -> &'static str {
    match state {
        LetterState::Queued => "Chờ gửi",
        LetterState::Sending => "Đang gửi",
        LetterState::Sent => "Đã gửi",
        LetterState::Unknown => "Chưa rõ đã gửi được chưa",
        LetterState::Failed => "Không gửi được",
        LetterState::Suppressed => "Không gửi",
    }
}

/// Why an answer was not sent: a clerk took it back in time.
pub const REPLY_TAKEN_BACK: &str = "Người soạn đã thu hồi trước khi gửi.";

/// How a try to send a letter went.
pub fn outcome(outcome: &str) -> &'static str {
    match outcome {
        "sent" => "Đã gửi",
        "unknown" => "Chưa rõ",
        _ => "Không gửi được",
    }
}
