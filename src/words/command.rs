//! Sentences of the commands.

use std::fmt::Display;

use super::matter;
use super::time;
use crate::entry::MatterKind;

pub const SECOND_SERVE: &str = "Đang có một tiến trình phach khác làm việc trên cơ sở dữ liệu này. SQLite chỉ cho một tiến trình; hãy dừng tiến trình kia, hoặc dùng PostgreSQL để chạy nhiều tiến trình.";
pub const NO_PLAN: &str =
    "Chưa có cuộc thi nào. Hãy chạy: phach contest apply config/contests/hanoi-2019.toml";
pub const PLAN_REFUSED: &str = "Kế hoạch chưa được áp dụng. Hãy sửa các dòng có lỗi rồi chạy lại.";
pub const NO_CHANGE: &str = "Kế hoạch không thay đổi so với bản đang áp dụng.";
pub const COMPARED_AGAIN: &str =
    "Văn bản chung của cuộc thi đã thay đổi: các bài dự thi sẽ được đối chiếu lại.";
pub const NOT_APPLIED: &str = "Chưa áp dụng.";
pub const APPLY_QUESTION: &str = "Áp dụng các thay đổi này? (c = có, k = không) ";
pub const ERROR: &str = "lỗi";
pub const WARNING: &str = "lưu ý";
pub const MIGRATED: &str = "Cơ sở dữ liệu đã ở cấu trúc mới nhất.";
pub const FETCHING: &str = "Đang nhận thư từ các hòm thư…";
pub const NO_MAILBOX: &str =
    "Chưa có hòm thư nào vừa nằm trong kế hoạch vừa được khai báo ở phần [[imap]] của tệp cài đặt.";
pub const OTHER_PROCESS: &str = "tiến trình khác đang đọc, hoặc máy này đang bận";
pub const PART_ENDED: &str = "Một phần của hệ thống đã dừng ngoài ý muốn. Hãy xem nhật ký rồi chạy lại; không thư nào bị mất.";
pub const ALL_DONE: &str = "Đã xử lý hết: không còn việc nào chờ.";
pub const NO_KEY: &str = "Không có khóa của máy này (tệp installation.key trong thư mục dữ liệu) thì không cấp được mã tiếp nhận. Hãy chép tệp ấy từ bản sao lưu về rồi chạy lại";
pub const UNIT_NEEDED: &str = "Vai trò này cần --unit MÃ (mã đơn vị trong kế hoạch).";
const INSTALLATION: &str = "Khóa này dùng để ký các gói bàn giao. Đọc mã đối chiếu cho đơn vị nhận qua điện thoại, hoặc ghi khóa vào kế hoạch của họ: signing_key = \"…\" của đơn vị.";
pub const EVERY_UNIT: &str = "mọi đơn vị";

/// Name, key and fingerprint of this installation.
pub fn installation(uid: &str, public_key: &str, fingerprint: &str) -> String {
    format!(
        "Mã máy: {uid}\nKhóa công khai: {public_key}\nMã đối chiếu: {fingerprint}\n\n{INSTALLATION}"
    )
}

pub fn failed(error: &dyn Display) -> String {
    format!("phach: {error}")
}

pub fn no_database(error: &dyn Display) -> String {
    format!("Không mở được cơ sở dữ liệu ({error}). Hãy kiểm tra mục database trong tệp cài đặt.")
}

pub fn no_contest(slug: &str) -> String {
    format!("Không có cuộc thi “{slug}”. Hãy xem: phach status")
}

pub fn which_contest(slugs: &[&str]) -> String {
    format!(
        "Có nhiều cuộc thi, hãy ghi rõ --contest: {}",
        slugs.join(", ")
    )
}

pub fn no_role(role: &str) -> String {
    format!(
        "Không có vai trò “{role}”. Các vai trò: administrator, secretary, head_judge, judge, question_author, monitor."
    )
}

pub fn bad_address(email: &str) -> String {
    format!("“{email}” không phải là địa chỉ thư điện tử.")
}

pub fn no_unit(code: &str) -> String {
    format!("Kế hoạch không có đơn vị mã “{code}”.")
}

pub fn no_user(email: &str) -> String {
    format!(
        "Chưa có tài khoản {email}. Hãy thêm bằng: phach user add {email} --name … --role … --unit …"
    )
}

pub fn not_here(wanted: &str) -> String {
    format!("{wanted}: chưa có thư hoặc bài nào như vậy ở đây.")
}

pub fn user_added(email: &str) -> String {
    format!("Đã ghi tài khoản {email}. Người này đăng nhập bằng liên kết gửi qua thư.")
}

pub fn revoked(count: u64) -> String {
    format!("Đã thu hồi {count} vai trò.")
}

pub fn applied(title: &str, version: i64) -> String {
    format!("Đã áp dụng kế hoạch cuộc thi “{title}”, bản thứ {version}.")
}

pub fn serving(url: &str) -> String {
    format!("Trang web: {url} (Ctrl+C để dừng)")
}

pub fn fetched(address: &str, fetched: u64, on_server: u64) -> String {
    format!(
        "{address}: nhận mới {} thư; máy chủ đang giữ {} thư.",
        number(fetched),
        number(on_server)
    )
}

pub fn mailbox_unread(address: &str, why: &str) -> String {
    format!("{address}: chưa đọc được – {why}.")
}

pub fn job_waits(kind: &str, count: i64, at: &str) -> String {
    let what = match kind {
        "send" => "thư chờ gửi",
        "sort" => "thư đến chờ xử lý",
        "ocr" => "tệp ảnh chờ đọc chữ",
        _ => "việc chờ xử lý",
    };
    format!("{} {what}, sớm nhất lúc {at}.", time::number(count))
}

pub fn matter_waits(kind: MatterKind, count: i64) -> String {
    format!(
        "{} việc cần người xử lý: {}.",
        time::number(count),
        matter::lower_first(matter::kind(kind))
    )
}

pub fn not_read(error: &dyn Display) -> String {
    format!("Tệp không đọc được bằng phần mềm ({error}); cần người mở xem.")
}

/// Pictures could not be read on this machine.
pub fn not_recognised(error: &dyn Display) -> String {
    format!(
        "Chưa nhận dạng được chữ trong ảnh và bản quét ({error}). Hãy cài đặt: apt install tesseract-ocr tesseract-ocr-vie"
    )
}

/// A few lines about a file that was read, from its JSON line.
pub fn read_summary(line: &serde_json::Value) -> String {
    let text = |value: &serde_json::Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    let mut out = format!("{}\n  loại: {}", text(&line["file"]), text(&line["kind"]));
    if !line["pages"].is_null() {
        out.push_str(&format!(", {} trang", line["pages"]));
    }
    if !line["font"].is_null() {
        out.push_str(&format!(
            ", phông {} cỡ {}",
            text(&line["font"]),
            line["size"]
        ));
    }
    out.push('\n');
    for (key, label) in [
        ("name", "họ và tên"),
        ("birth_date", "ngày sinh"),
        ("unit", "đơn vị"),
        ("address", "địa chỉ"),
        ("phone", "điện thoại"),
    ] {
        if !line["facts"][key].is_null() {
            out.push_str(&format!("  {label}: {}\n", text(&line["facts"][key])));
        }
    }
    for finding in line["findings"].as_array().into_iter().flatten() {
        out.push_str(&format!("  ! {}\n", text(&finding["message"])));
    }
    out.push_str(&format!(
        "  {} chữ\n",
        text(&line["text"]).split_whitespace().count()
    ));
    out
}

pub fn verified(blobs: u64, bad: u64, on_the_way: i64) -> String {
    let mut out = format!(
        "Đã đối chiếu {} tệp (thư gốc, tệp trong thư, bài, trang, giấy tờ): ",
        number(blobs)
    );
    if bad == 0 {
        out.push_str("tất cả đều đọc được và đúng mã kiểm tra.");
    } else {
        out.push_str(&format!("{} tệp thiếu hoặc hỏng. Hãy chép lại từ thư mục blobs của một bản sao lưu, hoặc lấy lại thư từ máy chủ:", number(bad)));
    }
    if on_the_way > 0 {
        out.push_str(&format!(
            "\n{} thư đã thấy trên máy chủ nhưng chưa lấy về.",
            time::number(on_the_way)
        ));
    }
    out
}

/// The status in lines, from its JSON.
pub fn status(status: &serde_json::Value) -> String {
    let mut out = String::new();
    let sum = |value: &serde_json::Value| {
        value.as_object().map_or(0, |counts| {
            counts
                .values()
                .filter_map(serde_json::Value::as_i64)
                .sum::<i64>()
        })
    };
    for contest in status["contests"].as_array().into_iter().flatten() {
        out.push_str(&format!(
            "{} (kế hoạch bản {})\n",
            contest["slug"].as_str().unwrap_or_default(),
            contest["plan_version"]
        ));
        out.push_str(&format!(
            "  thư đã nhận: {}\n",
            time::number(sum(&contest["deliveries"]))
        ));
        out.push_str(&format!(
            "  bài dự thi: {}\n",
            time::number(sum(&contest["entries"]))
        ));
        out.push_str(&format!(
            "  trong hàng đợi chấm: {}\n",
            time::number(sum(&contest["queues"]))
        ));
        out.push_str(&format!(
            "  việc cần người xử lý: {}\n",
            time::number(sum(&contest["matters"]))
        ));
        for letter in contest["letters"].as_array().into_iter().flatten() {
            out.push_str(&format!(
                "  thư đi {} / {}: {}\n",
                letter["kind"].as_str().unwrap_or_default(),
                letter["state"].as_str().unwrap_or_default(),
                letter["count"]
            ));
        }
    }
    for mailbox in status["mailboxes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|mailbox| !mailbox["on_server"].is_null())
    {
        out.push_str(&format!(
            "  {}: máy chủ giữ {} thư, phách giữ {} thư\n",
            mailbox["address"].as_str().unwrap_or_default(),
            mailbox["on_server"],
            mailbox["held"]
        ));
    }
    out
}

fn number(n: u64) -> String {
    time::number(i64::try_from(n).unwrap_or(i64::MAX))
}
