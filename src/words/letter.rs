//! How the desk names a letter: its kind, its state, and how a try to send it went.

use crate::entry::LetterState;

/// Kinds of letters.
pub const LOGIN: &str = "Thư đăng nhập";
pub const ALARM: &str = "Báo động";
pub const DEADLINE: &str = "Thay đổi thời hạn";
pub const MAILING: &str = "Thư gửi nhiều người";
pub const RECEIPT: &str = "Xác nhận đã nhận bài";
pub const REPLY: &str = "Trả lời";
pub const HANDOVER: &str = "Bàn giao bài";
pub const PAPERS: &str = "Dự thảo văn bản";
pub const ACKNOWLEDGE: &str = "Xác nhận bàn giao";

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

/// Why the mails of a package were not sent.
pub const HANDOVER_TAKEN_BACK: &str = "Đã thu hồi việc bàn giao trước khi gửi.";

/// How a try to send a letter went.
pub fn outcome(outcome: &str) -> &'static str {
    match outcome {
        "sent" => "Đã gửi",
        "unknown" => "Chưa rõ",
        "going" => "Đang gửi",
        "copied" => "Bản sao đã về hòm thư gửi",
        _ => "Không gửi được",
    }
}

/// Why a letter did not go, as a clerk reads it: our own reasons in Vietnamese; what a server said stays as it said.
pub fn reason(reason: &str) -> String {
    let ours = match reason {
        "no answer after the final dot" => {
            "Đã chuyển hết thư mà máy chủ chưa trả lời; chưa rõ thư đã đi chưa."
        }
        "the server asked to wait" => "Máy chủ gửi thư hẹn gửi lại sau.",
        "the server closed the connection" => "Máy chủ gửi thư đóng kết nối giữa chừng.",
        "this is not an answer of SMTP" => "Máy chủ trả lời không đúng quy cách gửi thư.",
        "the session is over" => "Phiên gửi thư đã kết thúc; thư sẽ được gửi trong phiên khác.",
        "the server offers no STARTTLS" => "Máy chủ gửi thư không hỗ trợ mã hóa (STARTTLS).",
        "somebody spoke before TLS stood" => "Kết nối đến máy chủ gửi thư không an toàn.",
        "the server offers no login" => "Máy chủ gửi thư không nhận đăng nhập.",
        "the letter is larger than the server takes" => "Thư lớn hơn mức máy chủ cho phép.",
        "the server takes no address with such letters" => {
            "Máy chủ không gửi được đến địa chỉ có chữ có dấu."
        }
        "it is looked for where sent letters are kept" => {
            "Đã chuyển hết thư mà máy chủ chưa trả lời; phần mềm đang tìm thư trong thư đã gửi."
        }
        "no trace of it was found" => {
            "Đã chuyển hết thư mà máy chủ chưa trả lời; không thấy thư trong thư đã gửi."
        }
        "the budget of every relay is used up" => {
            "Hết hạn mức gửi thư trong 24 giờ: thư nằm chờ, không mất, và tự gửi khi có hạn mức."
        }
        "the program ended before the answer" => {
            "Phần mềm dừng trước khi máy chủ trả lời; chưa rõ thư đã đi chưa."
        }
        "the letter was not handed to the relay" => {
            "Thư chưa chuyển được cho máy chủ gửi (tệp cài đặt, mật khẩu hoặc ổ đĩa của máy này)."
        }
        "the letter cannot be read" => "Tệp của thư trên đĩa không đọc được.",
        "the address is too long" => "Địa chỉ người nhận quá dài.",
        "the address holds characters that no command may carry" => {
            "Địa chỉ người nhận có ký tự không hợp lệ."
        }
        "the address has no name or no domain" => "Địa chỉ người nhận thiếu tên hoặc tên miền.",
        "no relay in the settings takes letters of this sender" => {
            "Chưa có máy chủ gửi thư nào ([[relay]]) nhận thư của hòm thư này."
        }
        said => return reason_with_details(said),
    };
    ours.to_owned()
}

fn reason_with_details(said: &str) -> String {
    let starts = [
        (
            "the server was silent for ",
            "Máy chủ gửi thư không trả lời trong ",
        ),
        (
            "the connection was lost: ",
            "Mất kết nối với máy chủ gửi thư: ",
        ),
        ("no login for now: ", "Máy chủ tạm chưa cho đăng nhập: "),
        ("the login was refused: ", "Máy chủ từ chối đăng nhập: "),
        ("the server turned us away: ", "Máy chủ từ chối kết nối: "),
    ];
    for (english, ours) in starts {
        if let Some(rest) = said.strip_prefix(english) {
            let rest = match rest.strip_suffix(" s") {
                Some(seconds) => format!("{seconds} giây"),
                None => rest.to_owned(),
            };
            return format!("{ours}{rest}");
        }
    }
    said.to_owned()
}

#[cfg(test)]
mod tests {
    use super::reason;

    #[test]
    fn our_own_reasons_are_vietnamese_and_the_servers_words_stay() {
        let check = |said: &str, want: &str| assert_eq!(reason(said), want);
        check(
            "the server asked to wait",
            "Máy chủ gửi thư hẹn gửi lại sau.",
        );
        check(
            "the server was silent for 300 s",
            "Máy chủ gửi thư không trả lời trong 300 giây",
        );
        check("550 5.1.1 no such user", "550 5.1.1 no such user");
    }
}
