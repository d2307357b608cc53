//! What a matter is: its name, its sentence, and what closing it means.

use super::excluded;
use super::handover;
use super::mailbox;
use super::removal;
use super::roll;
use super::roll::Standing;
use super::time;
use crate::blind::Reason as Unsafe;
use crate::entry::Doubt;
use crate::entry::Finding;
use crate::entry::FlagKind;
use crate::entry::LetterState;
use crate::entry::MatterKind;
use crate::entry::Trouble;
use crate::handover::Fault;
use crate::route::Reason;
use crate::slip::excluded::Likeness;

/// The name of a kind of matter, for lists and filters.
pub fn kind(kind: MatterKind) -> &'static str {
    match kind {
        MatterKind::Route => "Chưa rõ đơn vị",
        MatterKind::TwoUnits => "Một người gửi hai đơn vị",
        MatterKind::Version => "Bản nộp lại",
        MatterKind::Excluded => "Thuộc diện không được dự thi",
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
        MatterKind::Copy => "Chưa rọc phách được",
        MatterKind::Pictures => "Hình minh họa chờ xem",
        MatterKind::ListLocked => "Đến sau khi chốt danh sách",
        MatterKind::Judge => "Giám khảo báo",
        MatterKind::Handover => "Bàn giao",
        MatterKind::Copied => "Nghi sao chép",
        MatterKind::Roll => "Lệch danh sách",
        MatterKind::Retention => "Đến hạn xóa dữ liệu",
    }
}

/// What the sort job wrote beside a matter; every field may be missing.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct Detail {
    pub code: Option<String>,
    pub reason: Option<Why>,
    pub candidates: Vec<String>,
    pub minutes: Option<i64>,
    pub files: Vec<String>,
    /// What is to be said of the parts of a mail.
    pub remarks: Vec<Finding>,
    pub other: Option<String>,
    /// Why a newer version waits for a person.
    pub doubt: Option<Doubt>,
    /// What somebody on the list of those who do not take part is, and how sure it is that it is the author.
    pub role: Option<String>,
    pub likeness: Option<Likeness>,
    pub error: Option<String>,
    /// One mail went to the mailboxes of two units; the first candidate holds the entry now.
    pub one_mail: bool,
    /// Size of a mail that was left on the server.
    pub mib: Option<i64>,
    /// How often the server did not give the mail.
    pub refused: Option<i64>,
    pub trouble: Option<Trouble>,
    /// Which work failed: sort, again, send.
    pub job: Option<String>,
    /// How a letter stood when a person was told.
    pub state: Option<LetterState>,
    /// Why a judge's copy is not safe.
    pub reasons: Vec<Unsafe>,
    /// What a judge raised a hand for, and said.
    pub flag: Option<FlagKind>,
    pub note: Option<String>,
    /// Why a package was not taken in, and what it says of itself.
    pub fault: Option<Fault>,
    /// Code of its unit, and the unit's name; the name is not stored.
    pub unit: Option<String>,
    #[serde(skip)]
    pub unit_name: Option<String>,
    pub entries: Option<i64>,
    /// Pictures beside a text.
    pub pictures: Option<i64>,
    pub parts: Option<i64>,
    /// Fingerprint of its key.
    pub key: Option<String>,
    /// Parts that the receiver lacks.
    pub missing: Vec<u32>,
    /// How a list and the essays with it stand.
    pub roll: Standing,
    /// Title of a contest whose personal data is due, since when (ms UTC), and how much there is.
    pub title: Option<String>,
    pub due: Option<i64>,
    pub messages: Option<i64>,
    pub file_count: Option<i64>,
    /// Matters that are still open.
    pub open: Option<i64>,
    /// How far a removal is that somebody has confirmed; not stored.
    #[serde(skip)]
    pub progress: Option<String>,
    /// The mailbox concerned; not stored.
    #[serde(skip)]
    pub mailbox: Option<String>,
}

impl Detail {
    /// Whether nothing is known to remain in the copy, so that a person who has read it may vouch for it.
    pub fn may_vouch(&self) -> bool {
        !self.reasons.is_empty()
            && self
                .reasons
                .iter()
                .all(|reason| matches!(reason, Unsafe::NoName | Unsafe::Recognised))
    }
}

/// Why a matter was opened: why the unit is unsure, or why a sender got no receipt.
#[derive(Clone, Copy, Debug, PartialEq, serde::Deserialize)]
#[serde(untagged)]
pub enum Why {
    Route(Reason),
    NoReceipt(NoReceipt),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoReceipt {
    Cap,
    Address,
    Machine,
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
            Some(Why::Route(Reason::Elsewhere)) => {
                format!("{code}: nội dung bài ghi một đơn vị khác với hòm thư đã nhận.")
            }
            Some(Why::Route(Reason::Ambiguous)) => {
                format!("{code}: nội dung bài ghi nhiều đơn vị không khớp nhau.")
            }
            Some(
                Why::Route(Reason::Mailbox | Reason::Seat | Reason::Residence)
                | Why::NoReceipt(_),
            )
            | None => {
                format!("{code} chưa rõ thuộc đơn vị nào.")
            }
        },
        MatterKind::TwoUnits if detail.one_mail => format!(
            "{code}: một thư được gửi đến hòm thư của hai đơn vị. Bài được giữ cho đến khi quyết định đơn vị nào nhận."
        ),
        MatterKind::TwoUnits => format!(
            "{code}: người này còn gửi bài {other} đến {}. Bài gửi trước được giữ cho đến khi có quyết định.",
            detail.unit_name.as_deref().unwrap_or("đơn vị khác")
        ),
        MatterKind::Version => format!(
            "{code}: người này đã có bài {other} ở đơn vị. {} Bài {other} vẫn được tính cho đến khi có quyết định.",
            excluded::doubt(detail.doubt)
        ),
        MatterKind::Excluded => excluded::matter(&code, detail),
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
        MatterKind::Split if detail.other.is_some() => format!(
            "{code}: người này đã có bài {other} ở đơn vị; thư này có nội dung mới. Nếu là một bài, hãy ghép; nếu là hai bài, giữ cả hai."
        ),
        MatterKind::Split => format!(
            "{code} gồm nhiều tệp; chưa rõ là một bài hay nhiều bài.{}",
            files(detail)
        ),
        MatterKind::Unreadable => format!("{code} có tệp mà máy chưa đọc được.{}", files(detail)),
        MatterKind::Quarantine => quarantine(detail),
        MatterKind::Bounce => "Thư của Ban Tổ chức bị máy chủ của người nhận trả lại.".into(),
        MatterKind::Question => "Người gửi hỏi, không kèm bài dự thi.".into(),
        MatterKind::Unclear => "Máy chưa rõ thư này là bài dự thi, câu hỏi hay thư khác.".into(),
        MatterKind::Mailbox => {
            let trouble = detail.trouble.unwrap_or(Trouble::Unreachable);
            format!(
                "Hòm thư {} không đọc được: {}. {}",
                detail.mailbox.as_deref().unwrap_or("của đơn vị"),
                mailbox::trouble(trouble),
                mailbox::what_to_do(trouble)
            )
        }
        MatterKind::Job => match detail.job.as_deref() {
            Some("sort" | "again") => {
                "Máy đã thử nhiều lần mà chưa đọc thư này xong. Thư vẫn được giữ nguyên vẹn; hãy thử lại, nếu vẫn không được thì báo quản trị viên.".into()
            }
            Some("send") => {
                "Máy đã thử nhiều lần mà chưa gửi thư này được. Hãy xem thư, rồi thử lại; nếu vẫn không được thì báo quản trị viên.".into()
            }
            Some("pack") => {
                "Máy chưa lập được các thư bàn giao. Hãy thử lại; nếu vẫn không được thì báo quản trị viên (tệp khóa installation.key, hòm thư của đơn vị trong kế hoạch).".into()
            }
            Some("ocr") => {
                "Máy đã thử nhiều lần mà chưa đọc được chữ trong ảnh của bài này; bài vẫn xem được bằng hình ảnh các trang. Hãy báo quản trị viên chạy phach check để xem phần đọc chữ trong ảnh, rồi thử lại.".into()
            }
            Some("compare" | "compare_all") => {
                "Máy chưa đối chiếu được các bài với nhau. Bài vẫn được tiếp nhận và chấm bình thường; hãy thử lại, nếu vẫn không được thì báo quản trị viên.".into()
            }
            Some("mailing") => {
                "Máy chưa soạn xong các thư gửi nhiều người. Thư nào đã soạn thì không soạn lại; hãy thử lại, nếu vẫn không được thì báo quản trị viên.".into()
            }
            Some("remove") => {
                "Máy chưa xóa xong dữ liệu cá nhân (có thể vì đĩa đầy). Phần đã xóa không trở lại; hãy thử lại, nếu vẫn không được thì báo quản trị viên.".into()
            }
            Some(_) | None => "Máy đã thử nhiều lần mà công việc này không xong.".into(),
        },
        MatterKind::Letter => letter(detail),
        MatterKind::Handover => handover::matter(detail),
        MatterKind::Roll => roll::sentences(&detail.roll).join(" "),
        MatterKind::Copy => format!(
            "{code} chưa giao cho giám khảo được: {}.",
            detail
                .reasons
                .iter()
                .map(|reason| unsafe_copy(*reason))
                .collect::<Vec<_>>()
                .join("; ")
        ),
        MatterKind::Pictures => format!(
            "{code} có {} hình kèm theo bài. Giám khảo đọc được phần chữ; hình chỉ đến tay giám khảo sau khi có người xem và che thông tin người dự thi.",
            time::number(detail.pictures.unwrap_or(1))
        ),
        MatterKind::Copied => format!(
            "{} bài có phần lớn nội dung trùng nhau; bài đến sớm nhất là {}. Hãy đối chiếu rồi quyết định; chưa bài nào bị loại.",
            time::number(detail.entries.unwrap_or(2)),
            detail.code.as_deref().unwrap_or("chưa rõ mã")
        ),
        MatterKind::Retention => detail.progress.clone().unwrap_or_else(|| {
            removal::question(
                detail.title.as_deref().unwrap_or_default(),
                detail.due,
                removal::Sums {
                    messages: detail.messages.unwrap_or_default(),
                    entries: detail.entries.unwrap_or_default(),
                    files: detail.file_count.unwrap_or_default(),
                },
                detail.open.unwrap_or_default(),
            )
        }),
        MatterKind::ListLocked => format!(
            "{code} được tiếp nhận khi danh sách vòng đầu của đơn vị đã chốt, nên không vào hàng đợi chấm được. Bài vẫn được giữ đầy đủ."
        ),
        MatterKind::Judge => {
            let what = match detail.flag {
                Some(FlagKind::Exposed) => "lộ phách: trong bài còn thông tin người dự thi",
                Some(FlagKind::Unreadable) => "không đọc được",
                Some(FlagKind::Copied) => "nghi sao chép",
                Some(FlagKind::OffTopic | FlagKind::Proposal | FlagKind::Recuse) | None => {
                    "cần xem lại"
                }
            };
            match detail.note.as_deref().filter(|note| !note.is_empty()) {
                Some(note) => format!("{code}: giám khảo báo {what}. Ghi chú: “{note}”."),
                None => format!("{code}: giám khảo báo {what}."),
            }
        }
    }
}

/// Why a copy is not shown to a judge.
fn unsafe_copy(reason: Unsafe) -> &'static str {
    match reason {
        Unsafe::NoName => "chưa biết họ tên người dự thi nên máy không chắc đã che hết",
        Unsafe::NoText => "bài chưa có chữ máy đọc được (ảnh chụp, bản quét)",
        Unsafe::NameRemains => "họ tên người dự thi còn trong bài",
        Unsafe::PhoneRemains => "số điện thoại còn trong bài",
        Unsafe::EmailRemains => "địa chỉ thư điện tử còn trong bài",
        Unsafe::AddressRemains => "địa chỉ người dự thi còn trong bài",
        Unsafe::MarkRemains => "chữ cần che còn trong bài",
        Unsafe::Recognised => {
            "chữ trong bài do máy đọc từ ảnh, họ tên có thể bị đọc sai nên cần người đọc lại"
        }
    }
}

/// A mail that could not be opened, or that is still on the server only.
fn quarantine(detail: &Detail) -> String {
    let place = detail.mailbox.as_deref().unwrap_or("của đơn vị");
    if let Some(mib) = detail.mib {
        return format!(
            "Trong hòm thư {place} có một thư {mib} MB, lớn hơn mức cho phép, nên vẫn để trên máy chủ. Hãy mở hòm thư này để xem; nếu là bài dự thi, đề nghị người gửi gửi lại tệp nhỏ hơn, hoặc báo quản trị viên tăng max_mail_mib."
        );
    }
    if detail.refused.is_some() {
        return format!(
            "Máy chủ của hòm thư {place} có một thư mà không cho tải về sau nhiều lần thử. Thư vẫn nằm trên máy chủ; hãy mở hòm thư này để xem, hoặc báo quản trị viên máy chủ thư."
        );
    }
    "Máy đã thử ba lần mà chưa mở được thư này. Thư vẫn được giữ nguyên vẹn.".into()
}

/// A sender without a receipt, letters that wait, or one that did not go.
fn letter(detail: &Detail) -> String {
    match (detail.reason, detail.state) {
        (Some(Why::NoReceipt(why)), _) => match why {
            NoReceipt::Cap => "Bài đã được tiếp nhận, nhưng hôm nay đã gửi quá nhiều thư đến địa chỉ này nên chưa gửi thư xác nhận. Có thể trả lời người gửi ở đây.",
            NoReceipt::Address => "Bài đã được tiếp nhận, nhưng thư không có địa chỉ người gửi dùng được nên chưa gửi thư xác nhận. Hãy liên hệ qua điện thoại nếu có.",
            NoReceipt::Machine => "Bài đã được tiếp nhận, nhưng thư đến qua danh sách thư hoặc do máy gửi nên không tự động xác nhận. Có thể trả lời người gửi ở đây.",
        }
        .into(),
        (Some(Why::Route(_)) | None, Some(LetterState::Queued)) => {
            "Thư của đơn vị đang chờ vì máy chủ gửi thư không nhận. Hãy kiểm tra phần [[relay]] của tệp cài đặt và chạy lệnh “phach check”; thư sẽ tự gửi khi máy chủ nhận lại.".into()
        }
        (Some(Why::Route(_)) | None, Some(_) | None) => {
            "Thư này không gửi được, hoặc chưa rõ đã gửi được chưa.".into()
        }
    }
}

/// The button that leaves an entry where it is.
pub fn keep_in(unit: &str) -> String {
    format!("Giữ ở {unit}")
}

/// The button that gives an entry to the other unit.
pub fn move_to(unit: &str) -> String {
    format!("Chuyển cho {unit}")
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

/// What setting an entry aside means, by what is asked.
pub const ASIDE: &str = "Không phải bài dự thi";
pub const ASIDE_EXCLUDED: &str = "Không được dự thi, không đưa vào chấm";
pub const ASIDE_VERSION: &str = "Giữ bài trước, không tính bản này";
pub const ASIDE_ELSEWHERE: &str = "Giữ bài ở đơn vị kia, không tính bài này";

/// What closing a matter means, by what is asked.
pub const CLOSE: &str = "Đã xem, không cần xử lý";
pub const CLOSE_PICTURES: &str = "Đã xem, không giao hình cho giám khảo";
pub const CLOSE_LOCKED: &str = "Đã xem, bài không dự vòng này";
pub const CLOSE_KEEP_BOTH: &str = "Đã đối chiếu, giữ cả hai bài";
pub const CLOSE_ALLOWED: &str = "Không phải người trong danh sách, được dự thi";
pub const CLOSE_LATE: &str = "Đã xem, giữ nguyên giờ nhận";
pub const CLOSE_ONE: &str = "Đây là một bài, giữ nguyên";
pub const CLOSE_READ: &str = "Đã mở xem: là bài dự thi, đưa vào danh sách chấm";

#[cfg(test)]
mod tests {
    use super::Detail;
    use super::sentence;
    use crate::entry::MatterKind;

    #[test]
    fn a_clerk_reads_what_happened_and_what_to_do() {
        let check = |kind: MatterKind, detail: serde_json::Value, want: &str| {
            let mut detail: Detail = serde_json::from_value(detail).expect("detail");
            detail.mailbox = Some("thi@hk.example".into());
            let said = sentence(kind, &detail);
            assert!(said.contains(want), "{said}");
        };
        let json = |text: &str| serde_json::from_str(text).expect("json");
        let (quarantine, letter) = (MatterKind::Quarantine, MatterKind::Letter);
        check(
            quarantine,
            json(r#"{"mib": 60}"#),
            "hòm thư thi@hk.example có một thư 60 MB",
        );
        check(quarantine, json(r#"{"refused": 3}"#), "thi@hk.example");
        check(quarantine, json("{}"), "giữ nguyên vẹn");
        check(letter, json(r#"{"reason": "cap"}"#), "quá nhiều thư");
        check(
            letter,
            json(r#"{"reason": "address"}"#),
            "địa chỉ người gửi",
        );
        check(letter, json(r#"{"reason": "machine"}"#), "danh sách thư");
        check(letter, json(r#"{"state": "queued"}"#), "[[relay]]");
        check(letter, json(r#"{"state": "failed"}"#), "không gửi được");
        check(MatterKind::Job, json(r#"{"job": "sort"}"#), "chưa đọc thư");
        check(MatterKind::Job, json(r#"{"job": "send"}"#), "chưa gửi thư");
        check(
            MatterKind::Route,
            json(r#"{"reason": "elsewhere"}"#),
            "đơn vị khác",
        );
        check(
            MatterKind::Roll,
            json(
                r#"{"roll": {"people": 42, "essays": 41, "missing": [{"name": "Lê Văn An", "class": "9A2"}]}}"#,
            ),
            "Chưa thấy bài của 1 người trong danh sách: Lê Văn An (lớp 9A2).",
        );
        check(
            MatterKind::Pictures,
            json(r#"{"pictures": 3}"#),
            "có 3 hình kèm theo bài",
        );
        check(
            MatterKind::Split,
            json(r#"{"other": "HN-2"}"#),
            "đã có bài HN-2 ở đơn vị",
        );
        check(
            MatterKind::TwoUnits,
            json(r#"{"one_mail": true}"#),
            "hai đơn vị",
        );
        check(
            MatterKind::Mailbox,
            json(r#"{"trouble": "auth", "since": 5}"#),
            "thi@hk.example không đọc được: máy chủ thư từ chối",
        );
    }

    #[test]
    fn remarks_on_the_parts_of_a_mail_are_read_as_sorting_wrote_them() {
        let text = r#"{"findings": ["part_aside"], "remarks": [{"code": "part_aside", "detail": "2 (image/png)"}]}"#;
        let detail: Detail = serde_json::from_str(text).expect("detail");
        let said = crate::words::document::finding(&detail.remarks[0]);
        assert!(said.contains("Phần 2 (image/png)"), "{said}");
    }
}
