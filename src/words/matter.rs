//! What a matter is: its name, its line among the things to do, its sentence, and what closing it means.

use super::time;
use crate::entry::MatterKind;
use crate::route::Reason;

/// The name of a kind of matter, for lists and filters.
pub fn kind(kind: MatterKind) -> &'static str {
    match kind {
        MatterKind::Route => "Chưa rõ đơn vị",
        MatterKind::TwoUnits => "Một người gửi hai đơn vị",
        MatterKind::SameText => "Bài giống nhau",
        MatterKind::Late => "Nộp muộn",
        MatterKind::Clock => "Giờ nhận chưa chắc chắn",
        MatterKind::Split => "Một hay nhiều bài",
        MatterKind::Unreadable => "Tệp chưa đọc được",
        MatterKind::Quarantine => "Thư chưa mở được",
        MatterKind::Bounce => "Thư bị trả lại",
        MatterKind::Question => "Thư hỏi",
        MatterKind::Unclear => "Thư chưa rõ nội dung",
        MatterKind::Mailbox => "Hòm thư trục trặc",
        MatterKind::Job => "Công việc máy làm không xong",
        MatterKind::Letter => "Thư không gửi được",
    }
}

/// "9 thư chưa rõ đơn vị": a line of the desk and what it asks for.
pub fn today(kind: MatterKind, n: i64) -> (String, &'static str) {
    let n = time::number(n);
    match kind {
        MatterKind::Route => (
            format!("{n} bài chưa rõ đơn vị."),
            "Máy đã đề nghị đơn vị theo nội dung bài; xác nhận từng bài bằng một nút.",
        ),
        MatterKind::TwoUnits => (
            format!("{n} trường hợp một người gửi hai đơn vị."),
            "Bài gửi trước được giữ cho đến khi có quyết định.",
        ),
        MatterKind::SameText => (
            format!("{n} bài giống bài của người khác."),
            "Chưa bài nào bị loại; cần người đối chiếu.",
        ),
        MatterKind::Late => (
            format!("{n} bài nhận sau thời hạn."),
            "Bài vẫn được giữ đầy đủ; quyết định chấp nhận hay không.",
        ),
        MatterKind::Clock => (
            format!("{n} bài có giờ nhận chưa chắc chắn."),
            "Đồng hồ của các máy chủ thư lệch nhau; cần người xem giờ nhận.",
        ),
        MatterKind::Split => (
            format!("{n} thư có thể gồm nhiều bài."),
            "Xem các tệp, rồi tách thành từng bài hoặc giữ làm một bài.",
        ),
        MatterKind::Unreadable => (
            format!("{n} bài có tệp máy chưa đọc được."),
            "Tải tệp về mở xem; nếu cần, đề nghị người gửi gửi lại dạng khác.",
        ),
        MatterKind::Quarantine => (
            format!("{n} thư chưa mở được."),
            "Thư đã được lưu nguyên vẹn; tải về xem hoặc cho máy đọc lại.",
        ),
        MatterKind::Bounce => (
            format!("{n} thư xác nhận bị trả lại."),
            "Địa chỉ người nhận có thể sai; liên hệ qua điện thoại nếu có.",
        ),
        MatterKind::Question => (
            format!("{n} thư hỏi đang chờ trả lời."),
            "Trả lời theo mẫu có sẵn hoặc tự soạn.",
        ),
        MatterKind::Unclear => (
            format!("{n} thư chưa rõ là bài dự thi hay thư khác."),
            "Đọc thư rồi quyết định.",
        ),
        MatterKind::Mailbox => (
            format!("{n} hòm thư đang trục trặc."),
            "Thư gửi đến vẫn nằm trên máy chủ, chưa mất; cần kiểm tra sớm.",
        ),
        MatterKind::Job => (
            format!("{n} công việc máy làm không xong."),
            "Xem lý do rồi cho chạy lại.",
        ),
        MatterKind::Letter => (
            format!("{n} thư không gửi được."),
            "Xem lý do máy chủ trả lời rồi gửi lại.",
        ),
    }
}

/// What the sort job wrote beside a matter; every field may be missing.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct Detail {
    pub code: Option<String>,
    pub reason: Option<Reason>,
    pub candidates: Vec<String>,
    pub minutes: Option<i64>,
    pub files: Vec<String>,
    pub other: Option<String>,
    pub error: Option<String>,
}

/// What happened, in a plain sentence.
pub fn sentence(kind: MatterKind, detail: &Detail) -> String {
    let code = detail
        .code
        .as_ref()
        .map_or("Bài dự thi".to_owned(), |code| format!("Bài {code}"));
    let other = detail.other.as_deref().unwrap_or("khác");
    match kind {
        MatterKind::Route => match detail.reason {
            Some(Reason::Elsewhere) => {
                format!("{code}: nội dung bài ghi một đơn vị khác với hòm thư đã nhận.")
            }
            Some(Reason::Ambiguous) => {
                format!("{code}: nội dung bài ghi nhiều đơn vị không khớp nhau.")
            }
            Some(Reason::Mailbox | Reason::Seat | Reason::Residence) | None => {
                format!("{code} chưa rõ thuộc đơn vị nào.")
            }
        },
        MatterKind::TwoUnits => format!(
            "{code}: người này còn gửi bài {other} đến đơn vị khác. Bài gửi trước được giữ cho đến khi có quyết định."
        ),
        MatterKind::SameText => format!(
            "{code} có nội dung giống bài {other} của người khác. Hãy đối chiếu hai bài; chưa bài nào bị loại."
        ),
        MatterKind::Late => match detail.minutes {
            Some(minutes) => format!("{code} đến sau thời hạn {}.", time::span(minutes * 60_000)),
            None => format!("{code} đến sau thời hạn."),
        },
        MatterKind::Clock => match detail.minutes {
            Some(minutes) => format!(
                "Giờ nhận của {} lệch {} giữa các máy chủ thư.",
                lower_first(&code),
                time::span(minutes.abs() * 60_000)
            ),
            None => format!(
                "Giờ nhận của {} không khớp giữa các máy chủ thư.",
                lower_first(&code)
            ),
        },
        MatterKind::Split => format!(
            "{code} gồm nhiều tệp; chưa rõ là một bài hay nhiều bài.{}",
            files(detail)
        ),
        MatterKind::Unreadable => format!("{code} có tệp mà máy chưa đọc được.{}", files(detail)),
        MatterKind::Quarantine => {
            "Máy đã thử ba lần mà chưa mở được thư này, hoặc thư quá lớn. Thư vẫn được giữ nguyên vẹn.".into()
        }
        MatterKind::Bounce => "Thư của Ban Tổ chức bị máy chủ của người nhận trả lại.".into(),
        MatterKind::Question => "Người gửi hỏi, không kèm bài dự thi.".into(),
        MatterKind::Unclear => "Máy chưa rõ thư này là bài dự thi, câu hỏi hay thư khác.".into(),
        MatterKind::Mailbox => "Hòm thư này không đọc được.".into(),
        MatterKind::Job => "Máy đã thử nhiều lần mà công việc này không xong.".into(),
        MatterKind::Letter => "Thư này không gửi được, hoặc chưa rõ đã gửi được chưa.".into(),
    }
}

fn files(detail: &Detail) -> String {
    if detail.files.is_empty() {
        String::new()
    } else {
        format!(" Tệp: {}.", detail.files.join("; "))
    }
}

/// Within a sentence: a name does not begin with a capital there.
pub(super) fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_lowercase().chain(chars).collect())
        .unwrap_or_default()
}

/// What closing a matter means, by what is asked.
pub const CLOSE: &str = "Đã xem, không cần xử lý";
pub const CLOSE_KEEP_BOTH: &str = "Đã đối chiếu, giữ cả hai bài";
pub const CLOSE_LATE: &str = "Đã xem, giữ nguyên giờ nhận";
pub const CLOSE_ONE: &str = "Đây là một bài, giữ nguyên";
pub const CLOSE_READ: &str = "Đã mở xem: là bài dự thi, đưa vào danh sách chấm";
