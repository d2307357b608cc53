//! Words of letters to many people: whom, how far, and what a person may do.

use super::time::number;
use super::wording::Name;
use crate::entry::Audience;
use crate::entry::MailingState;

/// Title of the pages.
pub const TITLE: &str = "Thư gửi nhiều người";
pub const NEW: &str = "Soạn thư gửi nhiều người";

/// Who is written to.
pub fn audience(audience: Audience) -> &'static str {
    match audience {
        Audience::All => "Mọi người đã có bài dự thi",
        Audience::Accepted => "Người có bài đã vào hàng đợi chấm",
        Audience::Held => "Người có bài đang chờ Tổ Thư ký xem",
        Audience::Late => "Người nộp bài muộn",
        Audience::Asked => "Người được đề nghị bổ sung thông tin hoặc tệp",
        Audience::Silent => "Người gửi thư chưa có bài và chưa gửi lại",
    }
}

/// The word of an audience in forms.
pub fn address(audience: Audience) -> &'static str {
    match audience {
        Audience::All => "tat-ca",
        Audience::Accepted => "da-nhan",
        Audience::Held => "cho-xem",
        Audience::Late => "nop-muon",
        Audience::Asked => "can-bo-sung",
        Audience::Silent => "chua-gui-lai",
    }
}

pub fn state(state: MailingState) -> &'static str {
    match state {
        MailingState::Draft => "Bản soạn, chưa gửi",
        MailingState::Released => "Đã duyệt, đang gửi",
        MailingState::Stopped => "Đã dừng",
        MailingState::Done => "Đã soạn hết thư",
        MailingState::Dropped => "Đã bỏ",
    }
}

const fn name(name: &'static str, meaning: &'static str) -> Name {
    Name {
        name,
        meaning,
        must: false,
    }
}

/// What the text may name.
pub const NAMES: &[Name] = &[
    name("cuoc_thi", "Tên cuộc thi."),
    name("don_vi", "Đơn vị đã nhận thư của người ấy."),
    name(
        "dien_thoai",
        "Số điện thoại liên hệ; trống nếu kế hoạch không ghi.",
    ),
    name(
        "thoi_han",
        "Thời hạn nhận bài, theo đúng chữ của văn bản; trống nếu không có.",
    ),
    name(
        "nguoi_nhan",
        "Họ tên khi địa chỉ có bài của đúng một người, nếu không thì “người dự thi”.",
    ),
    name("so_bai", "Số bài của địa chỉ ấy; 0 nếu chưa có bài."),
    name("cac_ma", "Các mã tiếp nhận, cách nhau dấu phẩy."),
    name(
        "cac_bai",
        "Các bài: {% for bai in cac_bai %} … {% endfor %}.",
    ),
    name(
        "cac_bai.ma_tiep_nhan",
        "Mã tiếp nhận: {{ bai.ma_tiep_nhan }}.",
    ),
    name("cac_bai.ho_ten", "Họ tên ghi trong bài; trống nếu chưa rõ."),
];

/// What a new letter begins with.
pub const SUBJECT: &str = "Thông báo của Ban Tổ chức cuộc thi {{ cuoc_thi }}";
pub const BODY: &str = "Kính gửi {{ nguoi_nhan }},

Ban Tổ chức cuộc thi “{{ cuoc_thi }}” xin thông báo:

…

{% if cac_ma %}
Mã tiếp nhận: {{ cac_ma }}.
{% endif %}
Nếu cần hỏi thêm, xin trả lời thư này{% if dien_thoai %} hoặc gọi số {{ dien_thoai }}{% endif %}.

Trân trọng,
Ban Tổ chức cuộc thi – {{ don_vi }}
";

/// "812 địa chỉ, mỗi địa chỉ một thư."
pub fn reach(n: i64) -> String {
    match n {
        0 => "Hiện không có ai như vậy.".to_owned(),
        n => format!("{} địa chỉ, mỗi địa chỉ một thư.", number(n)),
    }
}

/// "Người nhận thứ 3 trong 812: an@…"
pub fn shown(at: usize, of: usize, recipient: &str) -> String {
    let said = |n: usize| number(i64::try_from(n).unwrap_or(i64::MAX));
    format!(
        "Người nhận thứ {} trong {}: {recipient}",
        said(at),
        said(of)
    )
}

/// How far a mailing is.
pub fn progress(written: i64, all: i64, sent: i64) -> String {
    format!(
        "Đã soạn {} trong {} thư; {} thư đã gửi.",
        number(written),
        number(all),
        number(sent)
    )
}

/// What went wrong with some of its letters.
pub fn troubles(failed: i64, bounced: i64, skipped: i64) -> Option<String> {
    let parts: Vec<String> = [
        (failed, "thư không gửi được"),
        (bounced, "thư bị trả lại"),
        (skipped, "địa chỉ không viết được thư"),
    ]
    .into_iter()
    .filter(|(n, _)| *n > 0)
    .map(|(n, what)| format!("{} {what}", number(n)))
    .collect();
    (!parts.is_empty()).then(|| format!("{}.", parts.join("; ")))
}

/// Why this person cannot release it.
pub const OWN: &str = "Người soạn không tự duyệt được. Đề nghị một cán bộ khác của đơn vị đứng đầu cuộc thi mở trang này, xem lại và duyệt.";

pub fn only_top(unit: &str) -> String {
    format!("Thư được gửi sau khi một cán bộ khác, thuộc {unit}, xem lại và duyệt.")
}

/// The number of recipients has changed since the page was looked at.
pub fn moved(seen: i64, now: i64) -> String {
    format!(
        "Số người nhận vừa thay đổi từ {} thành {}. Hãy xem lại rồi duyệt.",
        number(seen),
        number(now)
    )
}

/// A text that cannot be written for one of the recipients.
pub fn unwritable(n: usize, why: &str) -> String {
    format!(
        "Không viết được thư cho người nhận thứ {}. {why}",
        number(i64::try_from(n).unwrap_or(i64::MAX))
    )
}

/// Under the button that releases.
pub const RELEASE_UNDO: &str = "Sau khi duyệt, thư được giữ lại 60 giây; trong lúc đó ai trong Tổ Thư ký cũng thu hồi được. Thư này nhường thư xác nhận, thư bàn giao và thư đăng nhập.";

/// Why letters that were written were not sent.
pub const STOPPED: &str = "Đã dừng việc gửi thư cho nhiều người.";

/// After an act.
pub fn done(kind: &str, recipients: Option<i64>) -> Option<String> {
    let many = recipients.map_or(String::new(), |n| format!(" cho {} địa chỉ", number(n)));
    Some(match kind {
        "mailing_write" => "Đã lưu bản soạn thư gửi nhiều người.".to_owned(),
        "mailing_release" => {
            format!(
                "Đã duyệt gửi thư{many}; thư bắt đầu gửi sau 60 giây, trong lúc đó còn thu hồi được."
            )
        }
        "mailing_stop" => {
            "Đã dừng gửi thư cho nhiều người; thư đã gửi thì không thu hồi được.".to_owned()
        }
        "mailing_resume" => "Đã cho gửi tiếp thư cho nhiều người.".to_owned(),
        "mailing_drop" => "Đã bỏ bản soạn thư gửi nhiều người.".to_owned(),
        _ => return None,
    })
}
