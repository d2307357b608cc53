//! What `phach import` says.

use super::time::number;

pub const NO_PLAN: &str =
    "Chưa có hòm thư nào trong kế hoạch. Hãy áp dụng kế hoạch bằng: phach contest apply TỆP";

/// Why a file, or a mail in it, was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It could not be read; the machine says why.
    Unreadable(String),
    /// It does not begin as a mail does.
    NoMail,
    /// Above the limit of the settings, MiB.
    TooLarge(usize),
}

impl Refused {
    pub fn sentence(&self) -> String {
        match self {
            Refused::Unreadable(why) => format!("không đọc được ({why})."),
            Refused::NoMail => {
                "không phải thư; bài dự thi ở dạng tệp rời cần được gửi kèm trong thư.".to_owned()
            }
            Refused::TooLarge(mib) => format!(
                "thư lớn hơn {mib} MiB; hãy tăng max_mail_mib trong tệp cài đặt rồi chạy lại."
            ),
        }
    }
}

pub fn no_mailbox(address: &str) -> String {
    format!("Kế hoạch không có hòm thư {address}.")
}

pub fn which_mailbox(addresses: &[&str]) -> String {
    format!(
        "Có nhiều hòm thư, hãy ghi --mailbox ĐỊA CHỈ (một trong: {}).",
        addresses.join(", ")
    )
}

pub fn done(address: &str, new: u64, mails: u64) -> String {
    let number = |n: u64| number(i64::try_from(n).unwrap_or(i64::MAX));
    format!(
        "{address}: nhận mới {} thư, {} thư đã có từ trước. Chạy “phach serve” để xử lý.",
        number(new),
        number(mails.saturating_sub(new))
    )
}
