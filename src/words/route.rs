//! Why an entry went to its unit, for the clerks of that unit.

use crate::route::Reason;

/// The reason in one sentence.
pub fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Mailbox => "Bài được gửi đến hòm thư của đơn vị.",
        Reason::Seat => "Trường hoặc cơ quan của tác giả có trụ sở trên địa bàn.",
        Reason::Residence => "Tác giả cư trú trên địa bàn.",
        Reason::Elsewhere => {
            "Bài ghi một đơn vị khác với hòm thư đã nhận, đề nghị cán bộ xác định đơn vị."
        }
        Reason::Ambiguous => {
            "Bài ghi nhiều đơn vị không thống nhất, đề nghị cán bộ xác định đơn vị."
        }
    }
}

/// The mail came to the mailbox of one unit and names another.
pub fn elsewhere(mailbox: &str, named: &str) -> String {
    format!("Thư gửi đến hòm thư của {mailbox}, nhưng bài ghi {named}.")
}

/// The entry may belong to any of several units.
pub fn ambiguous(mailbox: &str, named: &[&str]) -> String {
    let named = named.join("; ");
    format!(
        "Thư gửi đến hòm thư của {mailbox}; theo nội dung ghi trong bài, đơn vị tiếp nhận có thể là: {named}."
    )
}

/// The city's own mailbox got an entry that names no unit.
pub fn unnamed(mailbox: &str) -> String {
    format!(
        "Thư gửi đến hòm thư của {mailbox}; bài không ghi rõ đơn vị hoặc nơi cư trú của tác giả."
    )
}
