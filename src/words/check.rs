//! Sentences of `phach check`: what was tried, what was found, what to do.

use std::fmt::Display;
use std::path::Path;

use super::time;
use crate::entry::Trouble;

pub const DATABASE: &str = "Cơ sở dữ liệu";
pub const BLOBS: &str = "Kho thư gốc";
pub const READER: &str = "Bộ đọc tệp";
pub const PICTURES: &str = "Đọc chữ trong ảnh";
pub const WEB: &str = "Trang web";
pub const PLAN: &str = "Kế hoạch";
pub const MAILBOXES: &str = "Hòm thư";
pub const SENDERS: &str = "Xác thực người gửi";
pub const RELAY: &str = "Máy chủ gửi thư";
pub const ALARM: &str = "Cảnh báo";

pub const READER_WORKS: &str = "đọc tệp trong tiến trình riêng, có giới hạn.";
pub const PICTURES_WORK: &str = "tesseract với dữ liệu tiếng Việt, trong tiến trình riêng.";
pub const NO_PICTURES: &str = "Chưa cài tesseract hoặc dữ liệu tiếng Việt: bài chụp ảnh và bản quét vẫn được nhận và xem bằng hình ảnh, nhưng chữ trong ảnh chưa được đọc. Hãy chạy: apt install tesseract-ocr tesseract-ocr-vie";
pub const PLAIN_WEB: &str = "Trang web mở ra ngoài máy này mà không có https. Hãy khai báo tls_cert và tls_key trong [web], hoặc đặt listen = \"127.0.0.1:…\" và dùng máy chủ trung gian có https.";
pub const HALF_TLS: &str = "Mới có một trong hai mục tls_cert và tls_key. Hãy khai báo cả hai.";
pub const NO_DEADLINE: &str = "Chưa có thời hạn nhận bài: mọi bài đều được coi là đúng hạn. Hãy thêm [[deadline]] vào kế hoạch.";
pub const NO_RELAY: &str =
    "Chưa khai báo máy chủ gửi thư ([[relay]]): thư xác nhận sẽ không gửi được.";
pub const RELAY_WORKS: &str = "đăng nhập được.";
pub const NO_ALARM: &str = "Chưa có ai nhận cảnh báo khi hòm thư gặp sự cố. Hãy khai báo [alarm] to = [\"…\"] bằng một địa chỉ ở máy chủ thư khác.";

pub fn database(kind: &str) -> String {
    format!("{kind}, ghi được, đúng cấu trúc.")
}

pub fn blobs(folder: &Path) -> String {
    format!("ghi và đọc lại được trong {}.", folder.display())
}

pub fn no_blobs(folder: &Path, error: &dyn Display) -> String {
    format!(
        "Không ghi được vào {} ({error}). Hãy kiểm tra quyền ghi và chỗ trống trên đĩa.",
        folder.display()
    )
}

pub fn no_reader(error: &dyn Display) -> String {
    format!(
        "Không chạy được tiến trình đọc tệp ({error}). Hãy kiểm tra giới hạn bộ nhớ và tiến trình của máy."
    )
}

pub fn web(url: &str) -> String {
    format!("https tại {url}.")
}

pub fn web_address(url: &str) -> String {
    format!(
        "Đã khai báo chứng chỉ (tls_cert) mà public_url là {url}: đường dẫn trong thư sẽ không mở được. Hãy đặt public_url bắt đầu bằng https://."
    )
}

pub fn web_behind(url: &str) -> String {
    format!("sau máy chủ trung gian có https, tại {url}.")
}

pub fn web_here(url: &str) -> String {
    format!("chỉ dùng trên máy này, tại {url}.")
}

pub fn no_certificate(path: &Path) -> String {
    format!(
        "Không thấy tệp {}. Hãy kiểm tra tls_cert và tls_key trong [web].",
        path.display()
    )
}

pub fn plan(units: i64, mailboxes: i64, rounds: i64) -> String {
    format!(
        "{} đơn vị, {} hòm thư, {} vòng.",
        time::number(units),
        time::number(mailboxes),
        time::number(rounds)
    )
}

pub fn over(instant: &str) -> String {
    format!("Thời hạn nhận bài đã qua ({instant}): thư mới đến sẽ được lưu và ghi là nộp muộn.")
}

pub fn until(phrase: &str) -> String {
    format!("Nhận bài {phrase}.")
}

pub fn mailbox(address: &str) -> String {
    format!("Hòm thư {address}")
}

pub fn mailbox_works(exists: i64) -> String {
    format!("đăng nhập được, có {} thư.", time::number(exists))
}

pub fn mailbox_full(percent: u64) -> String {
    format!(
        "đã đầy {percent} %. Nếu đầy, bài gửi đến sẽ bị máy chủ trả lại: hãy tăng dung lượng, hoặc chuyển thư đã lưu sang nơi khác."
    )
}

pub fn trouble(trouble: Trouble) -> String {
    format!(
        "{}. {}",
        super::mailbox::trouble(trouble),
        super::mailbox::what_to_do(trouble)
    )
}

pub fn unset(addresses: &[&str]) -> String {
    let some: Vec<&str> = addresses.iter().take(3).copied().collect();
    let more = if addresses.len() > some.len() {
        ", …"
    } else {
        ""
    };
    format!(
        "{} hòm thư trong kế hoạch chưa khai báo cách đăng nhập ở máy này ({}{more}). {}",
        time::number(addresses.len() as i64),
        some.join(", "),
        super::mailbox::what_to_do(Trouble::Unset)
    )
}

/// `unasked`: mailboxes whose server is not trusted to vouch for senders.
pub fn senders(unasked: &[&str]) -> String {
    let Some(first) = unasked.first() else {
        return "máy chủ thư xác thực người gửi bằng DMARC; bản nộp lại từ cùng địa chỉ đã xác thực, hoặc trả lời thư xác nhận, được xử lý theo [resubmission] của kế hoạch.".into();
    };
    format!(
        "{} hòm thư ({first}{}) chưa khai báo trusted_authserv trong [[imap]]: bản nộp lại chỉ tự thay bản trước khi là thư trả lời thư xác nhận; các trường hợp khác chờ Tổ Thư ký quyết định.",
        time::number(unasked.len() as i64),
        if unasked.len() > 1 { ", …" } else { "" }
    )
}

pub fn relay(name: &str) -> String {
    format!("Máy chủ gửi thư {name}")
}

pub fn no_relay(error: &dyn Display) -> String {
    format!("Không đăng nhập được ({error}). Hãy kiểm tra địa chỉ, cổng, mật khẩu trong [[relay]].")
}

/// A relay whose login by token a person must make anew.
pub fn relay_login(user: &str) -> String {
    format!(
        "Không đăng nhập được: {}. Hãy chạy “phach mailbox login {user}” và làm theo từng bước.",
        super::mailbox::trouble(Trouble::Login)
    )
}

pub fn no_relay_for(address: &str) -> String {
    format!(
        "Không máy chủ gửi nào nhận thư của {address}. Hãy xem lại mục senders trong [[relay]]."
    )
}

pub const NO_BUDGET: &str =
    "đăng nhập được, nhưng per_day không cho phép gửi thư nào. Hãy sửa per_day trong [[relay]].";

/// `days` with the whole budget, `kept` with what is left of it for receipts.
pub fn budget(per_day: i64, receipts: i64, days: i64, kept: i64) -> String {
    format!(
        "đăng nhập được, nhưng {} thư xác nhận với {} thư mỗi ngày là {days} ngày ({kept} ngày khi để dành 20 % cho thư bàn giao và đăng nhập). Hãy thêm một máy chủ gửi khác.",
        time::number(receipts),
        time::number(per_day)
    )
}

pub fn alarm(to: &[String]) -> String {
    format!("gửi đến {}.", to.join(", "))
}

/// The last line.
pub fn summary(bad: usize, careful: usize) -> String {
    match (bad, careful) {
        (0, 0) => "Mọi thứ đều tốt.".into(),
        (0, careful) => format!("Hệ thống chạy được; {careful} điều cần lưu ý."),
        (bad, careful) => format!("{bad} điều phải sửa, {careful} điều cần lưu ý."),
    }
}
