//! Sentences and names on the pages of the desk: states, kinds, troubles and what to do about them.

use jiff::tz::TimeZone;

use crate::contest::role::Role;
use crate::entry::EntryState;
use crate::entry::FileRole;
use crate::entry::LetterState;
use crate::entry::MatterKind;
use crate::entry::Timeliness;
use crate::route::decide::Reason;
use crate::slip::Place;
use crate::words::time;

/// Why an answer was not sent: a clerk took it back in time.
pub const REPLY_TAKEN_BACK: &str = "Người soạn đã thu hồi trước khi gửi.";

pub fn role(role: Role) -> &'static str {
    match role {
        Role::Administrator => "Quản trị viên",
        Role::Secretary => "Tổ Thư ký",
        Role::HeadJudge => "Trưởng Ban Giám khảo",
        Role::Judge => "Giám khảo",
        Role::QuestionAuthor => "Hội đồng ra đề",
        Role::Monitor => "Theo dõi số liệu",
    }
}

pub fn entry_state(state: EntryState) -> &'static str {
    match state {
        EntryState::Queued => "Chờ chấm",
        EntryState::Held => "Cần người xem",
        EntryState::SetAside => "Không phải bài dự thi",
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
        Place::Mail => "nội dung thư",
        Place::Sender => "tên người gửi thư",
        Place::FileName => "tên tệp",
    }
}

pub fn letter_state(state: LetterState) -> &'static str {
    match state {
        LetterState::Queued => "Chờ gửi",
        LetterState::Sending => "Đang gửi",
        LetterState::Sent => "Đã gửi",
        LetterState::Unknown => "Chưa rõ đã gửi được chưa",
        LetterState::Failed => "Không gửi được",
        LetterState::Suppressed => "Không gửi",
    }
}

/// Kinds of letters.
pub const LETTER_LOGIN: &str = "Thư đăng nhập";
pub const LETTER_ALARM: &str = "Báo động";
pub const LETTER_RECEIPT: &str = "Xác nhận đã nhận bài";
pub const LETTER_REPLY: &str = "Trả lời";

/// The name of a kind of matter, for lists and filters.
pub fn matter_kind(kind: MatterKind) -> &'static str {
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

/// Which kinds come first among the things to do today.
pub fn urgency(kind: MatterKind) -> u8 {
    match kind {
        MatterKind::Mailbox => 0,
        MatterKind::Job | MatterKind::Letter | MatterKind::Quarantine => 1,
        MatterKind::Route | MatterKind::TwoUnits => 2,
        MatterKind::Question => 3,
        MatterKind::Unclear | MatterKind::Split | MatterKind::Unreadable => 4,
        MatterKind::Clock | MatterKind::Late => 5,
        MatterKind::SameText | MatterKind::Bounce => 6,
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
pub fn matter(kind: MatterKind, detail: &Detail) -> String {
    let code = detail
        .code
        .as_ref()
        .map_or("Bài dự thi".to_owned(), |code| format!("Bài {code}"));
    let other = detail.other.as_deref().unwrap_or("khác");
    match kind {
        MatterKind::Route => match detail.reason {
            Some(reason @ (Reason::Elsewhere | Reason::Ambiguous)) => {
                format!("{code}: {}", self::reason(reason))
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
            Some(minutes) => format!("{code} đến sau thời hạn {}.", span(minutes * 60_000)),
            None => format!("{code} đến sau thời hạn."),
        },
        MatterKind::Clock => match detail.minutes {
            Some(minutes) => format!(
                "Giờ nhận của {} lệch {} giữa các máy chủ thư.",
                lower_first(&code),
                span(minutes.abs() * 60_000)
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

/// Why a unit was chosen or not.
pub fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Mailbox => "nhận ở hòm thư của đơn vị.",
        Reason::Seat => "trường hoặc cơ quan của người dự thi đóng trên địa bàn.",
        Reason::Residence => "người dự thi cư trú trên địa bàn.",
        Reason::Elsewhere => "nội dung bài ghi một đơn vị khác với hòm thư đã nhận.",
        Reason::Ambiguous => "nội dung bài ghi nhiều đơn vị không khớp nhau.",
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_lowercase().chain(chars).collect())
        .unwrap_or_default()
}

/// "1 ngày 6 giờ", "6 giờ 12 phút", "3 phút", "dưới 1 phút".
pub fn span(ms: i64) -> String {
    let minutes = ms / 60_000;
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    match (days, hours, rest) {
        (0, 0, 0) => "dưới 1 phút".to_owned(),
        (0, 0, minutes) => format!("{minutes} phút"),
        (0, hours, 0) => format!("{hours} giờ"),
        (0, hours, minutes) => format!("{hours} giờ {minutes} phút"),
        (days, 0, _) => format!("{} ngày", time::number(days)),
        (days, hours, _) => format!("{} ngày {hours} giờ", time::number(days)),
    }
}

/// The heading of the desk.
pub fn heading(deadline: Option<i64>, now: i64) -> String {
    match deadline {
        Some(until) if until > now => format!("Còn {} đến hạn nhận bài", span(until - now)),
        Some(until) => format!("Đã hết hạn nhận bài được {}", span(now - until)),
        None => "Bàn làm việc".to_owned(),
    }
}

/// Whether server and program hold the same mails.
pub fn held(server: Option<i64>, held: i64) -> String {
    match server {
        None => "Chưa đọc danh sách thư lần nào.".to_owned(),
        Some(server) if server == held => format!(
            "Máy chủ giữ {} thư, phách giữ {} thư: khớp.",
            time::number(server),
            time::number(held)
        ),
        Some(server) if server > held => format!(
            "Máy chủ giữ {} thư, phách giữ {} thư: còn {} thư đang nhận.",
            time::number(server),
            time::number(held),
            time::number(server - held)
        ),
        Some(server) => format!(
            "Máy chủ giữ {} thư, phách giữ {} thư: {} thư đã bị xóa khỏi máy chủ, bản lưu vẫn còn.",
            time::number(server),
            time::number(held),
            time::number(held - server)
        ),
    }
}

/// What to do about a mailbox that is nearly full.
pub const NEARLY_FULL: &str = "Nếu đầy, bài gửi đến sẽ bị trả lại. Hãy chuyển thư đã lưu sang thư mục khác hoặc tăng dung lượng.";

/// "Đã … " after an act; `kind` is the act's word, `note` what it wrote down.
pub fn done(kind: &str, note: &serde_json::Value, unit: Option<&str>) -> String {
    let text = |key: &str| note.get(key).and_then(|value| value.as_str());
    let code = text("code").map_or("bài".to_owned(), |code| format!("bài {code}"));
    match kind {
        "assign_unit" => match unit {
            Some(unit) => format!("Đã giao {code} cho {unit}."),
            None => format!("Đã giao đơn vị cho {code}."),
        },
        "not_an_entry" if text("code").is_some() => {
            format!("Đã ghi {code} không phải bài dự thi.")
        }
        "not_an_entry" => "Đã ghi thư này không phải bài dự thi.".into(),
        "accept_time" => format!("Đã chấp nhận giờ nhận của {code}."),
        "join" => match text("into") {
            Some(into) => format!("Đã ghép {code} vào bài {into}."),
            None => format!("Đã ghép {code}."),
        },
        "split" => {
            let made = note
                .get("made")
                .and_then(|made| made.as_array())
                .map_or(0, Vec::len);
            format!("Đã tách {made} tệp của {code} thành bài riêng.")
        }
        "correct" => format!("Đã sửa thông tin của {code}."),
        "reply" => "Đã soạn thư trả lời; thư được gửi sau 1 phút.".into(),
        "retry" => "Đã cho máy làm lại.".into(),
        "close" => "Đã đóng việc này, không cần xử lý thêm.".into(),
        _other_version => "Đã xử lý.".into(),
    }
}

/// After an undo.
pub const UNDONE: &str = "Đã hoàn tác. Mọi thông tin trở lại như trước.";

/// Whether an act of this kind can be taken back at all.
pub fn undoable(kind: &str) -> bool {
    kind != "retry"
}

/// An event's word as people say it; words of other parts of the program stay out of the page.
pub fn event(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "act.assign_unit" => "Giao đơn vị",
        "act.not_an_entry" => "Ghi không phải bài dự thi",
        "act.accept_time" => "Chấp nhận giờ nhận",
        "act.join" => "Ghép bài",
        "act.split" => "Tách bài",
        "act.correct" => "Sửa thông tin",
        "act.reply" => "Soạn thư trả lời",
        "act.retry" => "Cho máy làm lại",
        "act.close" => "Đóng việc",
        "entry.received" => "Tiếp nhận bài",
        "entry.resent" => "Nhận lại bài đã có",
        "delivery.stored" => "Lưu thư",
        "delivery.oversize" => "Để thư quá lớn trên máy chủ",
        "delivery.vanished" => "Thư không còn trên máy chủ",
        "message.sorted" => "Đọc thư",
        "message.quarantined" => "Để riêng thư không đọc được",
        "letter.sent" => "Gửi thư",
        "letter.failed" => "Chưa gửi được thư",
        _ => {
            if kind.starts_with("undo.") {
                "Hoàn tác"
            } else {
                return None;
            }
        }
    })
}

/// What cannot be done at the desk at all, with the sentence that says why and what to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No unit of this code takes entries in.
    NoSuchUnit,
    /// An entry cannot be joined to itself, nor to one that does not stand.
    JoinTarget,
    /// At least one file must go and one must stay.
    SplitFiles,
    /// Already so.
    Nothing,
    /// The sender of the mail is not known, so nobody can be answered.
    NoSender,
    /// An answer needs a subject and a text.
    EmptyReply,
    /// The unit has no mailbox to answer from.
    NoMailbox,
    /// A letter that was sent stays sent.
    AlreadySent,
    /// A try that was started is not taken back.
    NotUndoable,
    /// Only a letter that failed, or whose fate is unknown, can be sent again.
    NotFailed,
    /// This act needs a matter.
    NoMatter,
}

impl Refusal {
    pub fn sentence(self) -> &'static str {
        match self {
            Refusal::NoSuchUnit => {
                "Chưa có đơn vị nào như vậy nhận bài. Hãy chọn đơn vị trong danh sách."
            }
            Refusal::JoinTarget => {
                "Không ghép được: hãy ghi mã tiếp nhận của một bài khác còn hiệu lực."
            }
            Refusal::SplitFiles => {
                "Hãy chọn ít nhất một tệp để tách, và để lại ít nhất một tệp bài viết."
            }
            Refusal::Nothing => "Không có gì thay đổi.",
            Refusal::NoSender => "Thư không có địa chỉ người gửi nên không trả lời được.",
            Refusal::EmptyReply => "Hãy ghi tiêu đề và nội dung thư trả lời.",
            Refusal::NoMailbox => "Đơn vị chưa có hòm thư để gửi thư trả lời.",
            Refusal::AlreadySent => "Thư đã gửi nên không thu hồi được nữa.",
            Refusal::NotUndoable => "Việc cho máy làm lại không hoàn tác được.",
            Refusal::NotFailed => "Chỉ gửi lại thư không gửi được hoặc chưa rõ đã gửi được chưa.",
            Refusal::NoMatter => "Hãy mở việc cần xử lý rồi quyết định.",
        }
    }
}

/// Somebody was faster.
pub const STALE: &str =
    "Việc này vừa được người khác xử lý, hoặc đã có quyết định sau đó. Hãy xem lại rồi quyết định.";

/// A template answer: short name and text.
pub struct Reply {
    pub name: &'static str,
    pub text: String,
}

/// What a clerk may start an answer from.
pub fn replies(
    contest: &str,
    unit: &str,
    deadline: Option<&str>,
    phone: Option<&str>,
) -> Vec<Reply> {
    let phone = phone.map_or(String::new(), |phone| format!(" hoặc gọi số {phone}"));
    let when = deadline.map_or(String::new(), |phrase| format!(" {phrase}"));
    let letter = |body: &str| {
        format!(
            "Kính gửi người dự thi,\n\n{body}\n\nNếu cần hỏi thêm, xin trả lời thư này{phone}.\n\nTrân trọng,\nTổ Thư ký cuộc thi “{contest}” – {unit}\n"
        )
    };
    vec![
        Reply {
            name: "Trả lời chung",
            text: letter("Ban Tổ chức đã nhận được thư của Ông/Bà/bạn và xin trả lời như sau:\n\n"),
        },
        Reply {
            name: "Đề nghị gửi lại tệp",
            text: letter(
                "Ban Tổ chức đã nhận được thư nhưng chưa mở được tệp kèm theo. Đề nghị gửi lại bài dự thi dạng Word (.docx) hoặc PDF, không đặt mật khẩu.",
            ),
        },
        Reply {
            name: "Thư chưa có bài",
            text: letter(&format!(
                "Ban Tổ chức đã nhận được thư nhưng trong thư chưa có bài dự thi. Đề nghị gửi lại thư có kèm tệp bài dự thi{when}."
            )),
        },
        Reply {
            name: "Đề nghị bổ sung thông tin",
            text: letter(
                "Ban Tổ chức đã nhận được bài dự thi. Đề nghị bổ sung: họ và tên, ngày sinh, đơn vị hoặc trường (lớp), địa chỉ và số điện thoại liên hệ.",
            ),
        },
    ]
}

/// The subject of an answer.
pub fn answer_subject(subject: &str) -> String {
    let subject = subject.trim();
    if subject.to_lowercase().starts_with("re:") {
        subject.to_owned()
    } else if subject.is_empty() {
        "Re: thư gửi Ban Tổ chức".to_owned()
    } else {
        format!("Re: {subject}")
    }
}

/// "12 KB", "1,4 MB"
pub fn size(bytes: i64) -> String {
    match bytes {
        0..1024 => format!("{bytes} byte"),
        1024..1_048_576 => format!("{} KB", (bytes + 512) / 1024),
        _ => {
            let tenths = bytes * 10 / 1_048_576;
            format!("{},{} MB", time::number(tenths / 10), tenths % 10)
        }
    }
}

/// "10:57:41" today, "05/9/2019 10:57" before.
pub fn short(ms: i64, now: i64, zone: &TimeZone) -> String {
    let Ok(at) = jiff::Timestamp::from_millisecond(ms) else {
        return String::new();
    };
    let at = at.to_zoned(zone.clone());
    let clock = format!("{:02}:{:02}", at.hour(), at.minute());
    if time::date(ms, zone) == time::date(now, zone) {
        format!("{clock}:{:02}", at.second())
    } else {
        format!("{} {clock}", time::date(ms, zone))
    }
}

/// Titles of the pages.
pub const DESK: &str = "Bàn làm việc";
pub const ENTRIES: &str = "Bài dự thi";
pub const MATTERS: &str = "Việc cần xử lý";
pub const LETTERS: &str = "Thư đi";
pub const LETTER: &str = "Thư đi";
pub const MAILBOXES: &str = "Hòm thư";
pub const JOURNAL: &str = "Nhật ký";

pub fn entry_title(code: &str) -> String {
    format!("Bài dự thi {code}")
}

/// Under the heading of the desk: "Trước 17h00 ngày 06/9/2019 · Kế hoạch của … · số liệu lúc 10:58".
pub fn under_heading(
    phrase: Option<&str>,
    issuer: Option<&str>,
    now: i64,
    zone: &TimeZone,
) -> String {
    let mut parts = Vec::new();
    if let Some(phrase) = phrase {
        let mut chars = phrase.chars();
        let first: String = chars
            .next()
            .map(|c| c.to_uppercase().collect())
            .unwrap_or_default();
        parts.push(format!("{first}{}", chars.as_str()));
    }
    if let Some(issuer) = issuer {
        parts.push(format!("Kế hoạch của {issuer}"));
    }
    parts.push(format!("số liệu lúc {}", time::instant(now, zone)));
    parts.join(" · ")
}

/// The figures of the desk.
pub const FIGURE_ENTRIES: &str = "bài dự thi";
pub const FIGURE_RECEIPTS: &str = "thư xác nhận đã gửi";
pub const FIGURE_MATTERS: &str = "việc cần người xem";
pub const FIGURE_RESENDS: &str = "lần nộp lại";
pub const FIGURE_LATE: &str = "bài nộp muộn";

/// Buttons of the things to do.
pub const SEE_HOW: &str = "Xem cách làm";
pub const HANDLE: &str = "Xử lý";

/// "Hòm thư a@b: gần đầy (91 %)."
pub fn mailbox_alarm(address: &str, state: &str) -> String {
    format!("Hòm thư {address}: {state}.")
}

pub fn nearly_full(share: i64) -> String {
    format!("gần đầy ({share} %)")
}

pub fn since(at: i64, now: i64, zone: &TimeZone) -> String {
    format!("từ {}", short(at, now, zone))
}

pub const MAILBOX_WELL: &str = "tốt";
pub const MAILBOX_NEW: &str = "chưa đọc lần nào";
/// No list for a while, and no trouble noted: the intake is not running.
pub const MAILBOX_SILENT: (&str, &str) = (
    "lâu chưa đọc",
    "Phần nhận thư có thể chưa chạy. Đề nghị quản trị viên kiểm tra chương trình; thư gửi đến vẫn nằm trên máy chủ, không mất.",
);

/// Words about entries and their files.
pub const NO_NAME: &str = "(chưa rõ họ tên)";
pub const NO_SUBJECT: &str = "(không có tiêu đề)";
pub const UNNAMED: &str = "(tệp không tên)";
pub const ESSAY_IN_BODY: &str = "Bài viết trong nội dung thư";
pub const FACT_UNIT: &str = "Đơn vị, trường";
pub const FACT_ADDRESS: &str = "Địa chỉ";
pub const FACT_PHONE: &str = "Điện thoại";
pub const BADGE_SAME: &str = "giống bài khác";

pub fn badge_resent(n: i64) -> String {
    format!("nộp lại {n} lần")
}

pub fn badge_matters(n: i64) -> String {
    format!("{n} việc cần xử lý")
}

/// "Word, 3 trang, 12 KB"
pub fn about_file(kind: &str, bytes: i64, pages: Option<i64>) -> String {
    match pages {
        Some(pages) => format!("{kind}, {pages} trang, {}", size(bytes)),
        None => format!("{kind}, {}", size(bytes)),
    }
}

/// What closing a matter means, by what is asked.
pub const CLOSE: &str = "Đã xem, không cần xử lý";
pub const CLOSE_KEEP_BOTH: &str = "Đã đối chiếu, giữ cả hai bài";
pub const CLOSE_LATE: &str = "Đã xem, giữ nguyên giờ nhận";
pub const CLOSE_ONE: &str = "Đây là một bài, giữ nguyên";
pub const CLOSE_READ: &str = "Đã mở xem: là bài dự thi, đưa vào danh sách chấm";

/// How a try to send a letter went.
pub fn outcome(outcome: &str) -> &'static str {
    match outcome {
        "sent" => "Đã gửi",
        "unknown" => "Chưa rõ",
        _ => "Không gửi được",
    }
}

/// The intake chart.
pub const CHART_BY_HOUR: &str = "Bài nhận theo giờ";
pub const CHART_BY_DAY: &str = "Bài nhận theo ngày";
pub const CHART_LABEL: &str = "Biểu đồ số bài nhận đến hạn; số liệu có trong bảng bên dưới.";

/// "hạn 17h00 ngày 06/9/2019"
pub fn chart_deadline(at: i64, zone: &TimeZone) -> String {
    format!("hạn {}", time::instant(at, zone))
}

/// Subject of the login letter.
pub const LOGIN_SUBJECT: &str = "Đăng nhập bàn làm việc của cuộc thi";

/// Words of the login pages and the refusals there.
pub const LINK_USED: &str = "Đường dẫn này đã dùng rồi hoặc đã quá 15 phút. Hãy xin đường dẫn mới.";
pub const CODE_WRONG: &str =
    "Mã chưa đúng hoặc đã hết hiệu lực. Hãy kiểm tra lại thư mới nhất, hoặc xin mã mới.";

/// Error pages: heading and what to do next.
pub const NOT_FOUND: (&str, &str) = (
    "Không tìm thấy trang này",
    "Trang không có, hoặc thuộc đơn vị khác. Hãy trở về bàn làm việc.",
);
pub const FORBIDDEN: (&str, &str) = (
    "Chưa được phép",
    "Yêu cầu không đến từ trang của hệ thống, hoặc phiên làm việc đã thay đổi. Hãy mở lại trang rồi thử lại.",
);
pub const NO_ROLE: (&str, &str) = (
    "Tài khoản chưa có quyền vào bàn làm việc",
    "Đề nghị quản trị viên cấp quyền Tổ Thư ký cho tài khoản này.",
);
pub const CONFLICT: &str = "Chưa thực hiện được";
pub const BROKEN: (&str, &str) = (
    "Hệ thống gặp lỗi",
    "Chưa có gì thay đổi. Hãy thử lại sau ít phút; nếu vẫn lỗi, báo quản trị viên.",
);

/// Refusals at start, with what to do.
pub fn plain_http_refused(listen: &str) -> String {
    format!(
        "Không mở web tại {listen}: ngoài máy này chỉ được dùng https. Hãy khai tls_cert và tls_key trong mục [web], hoặc đặt listen = \"127.0.0.1:8080\" sau một máy chủ trung gian có https."
    )
}

pub fn listen_malformed(listen: &str) -> String {
    format!("Địa chỉ web “{listen}” chưa đúng. Hãy ghi dạng 127.0.0.1:8080.")
}

pub const TLS_HALF: &str = "Mục [web] phải khai cả tls_cert và tls_key, hoặc không khai cả hai.";

#[cfg(test)]
mod tests {
    use super::answer_subject;
    use super::heading;
    use super::size;
    use super::span;

    #[test]
    fn spans_are_said_as_people_say_them() {
        let check = |ms: i64, want: &str| assert_eq!(span(ms), want, "{ms}");
        check(59_000, "dưới 1 phút");
        check(180_000, "3 phút");
        check(3_600_000, "1 giờ");
        check(3_720_000, "1 giờ 2 phút");
        check(30 * 3_600_000, "1 ngày 6 giờ");
        check(48 * 3_600_000, "2 ngày");
        assert_eq!(heading(Some(3_600_000), 0), "Còn 1 giờ đến hạn nhận bài");
        assert_eq!(
            heading(Some(0), 3_600_000),
            "Đã hết hạn nhận bài được 1 giờ"
        );
    }

    #[test]
    fn sizes_and_subjects_read_well() {
        assert_eq!(size(12_288), "12 KB");
        assert_eq!(size(1_572_864), "1,5 MB");
        assert_eq!(answer_subject("Re: Hỏi"), "Re: Hỏi");
        assert_eq!(answer_subject("Hỏi"), "Re: Hỏi");
    }
}
