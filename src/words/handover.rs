//! Sentences of the handover: its letters, its page, and why a package was not taken in.

use super::matter::Detail;
use super::time;
use crate::contest::plan::Plan;
use crate::entry::HandoverState;
use crate::entry::LetterState;
use crate::handover::Fault;

/// Name of the file that holds an essay written into a mail.
pub const ESSAY_FILE: &str = "Bài viết trong thư.txt";

/// "danh sách bài được chọn của Vòng …": what a package brings.
pub fn what(round: Option<&str>) -> String {
    match round {
        Some(round) => format!("các bài trong danh sách đã chốt của {round}"),
        None => "toàn bộ bài dự thi đã nhận".to_owned(),
    }
}

/// "12 tệp, 3,4 MB"
pub fn files(n: usize, bytes: u64) -> String {
    let n = i64::try_from(n).unwrap_or(i64::MAX);
    let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
    format!("{} tệp, {}", time::number(n), time::size(bytes))
}

pub fn subject(from: &str, part: u32, parts: u32) -> String {
    if parts == 1 {
        format!("{from} bàn giao bài dự thi")
    } else {
        format!("{from} bàn giao bài dự thi – thư {part} trong {parts}")
    }
}

pub fn acknowledge_subject(whole: bool) -> &'static str {
    if whole {
        "Xác nhận đã nhận đủ bài bàn giao"
    } else {
        "Bàn giao bài: còn thiếu thư"
    }
}

/// "2, 5, 7"
pub fn numbers(numbers: &[u32]) -> String {
    let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
    numbers.join(", ")
}

/// Why a package was not taken in, and what to do.
pub fn fault(fault: Fault) -> &'static str {
    match fault {
        Fault::Archive => {
            "Thư không có tệp bàn giao mở được. Đề nghị đơn vị gửi bấm “Gửi lại các thư chưa được xác nhận”."
        }
        Fault::TooLarge => "Tệp bàn giao lớn quá mức cho phép.",
        Fault::Manifest => "Danh sách kèm theo không đọc được.",
        Fault::Format => {
            "Gói do phiên bản phần mềm mới hơn lập. Đề nghị quản trị viên nâng cấp phần mềm, rồi nhận lại."
        }
        Fault::Header => "Tiêu đề thư và danh sách kèm theo không khớp nhau.",
        Fault::Signature => {
            "Chữ ký số không đúng: danh sách đã bị sửa, hoặc không phải do đơn vị đó lập. Hãy gọi điện hỏi đơn vị gửi."
        }
        Fault::File => {
            "Có tệp thiếu hoặc không khớp mã kiểm tra. Đề nghị đơn vị gửi bấm “Gửi lại các thư chưa được xác nhận”."
        }
        Fault::Stranger => "Trong tệp bàn giao có tệp lạ, không có trong danh sách.",
        Fault::Acknowledgement => "Thư xác nhận bàn giao không đọc được.",
        Fault::Contest => "Gói này thuộc một cuộc thi khác.",
        Fault::Units => {
            "Kế hoạch không có các đơn vị ghi trong gói, hoặc đơn vị đó không bàn giao về đây. Hãy kiểm tra kế hoạch, rồi thử lại."
        }
        Fault::Mailbox => "Gói này gửi cho đơn vị khác, không phải đơn vị của hòm thư này.",
        Fault::Untrusted => {
            "Máy chưa biết khóa của đơn vị gửi. Hãy gọi cho đơn vị đó theo số đã biết, đề nghị họ đọc mã đối chiếu trên trang Bàn giao của họ, và chỉ nhận khi từng nhóm đều khớp."
        }
        Fault::Conflict => "Đã có một gói khác mang cùng mã. Hãy gọi điện hỏi đơn vị gửi.",
        Fault::NoRound => {
            "Đơn vị chưa có vòng nào nhận bài bàn giao trong kế hoạch. Hãy sửa kế hoạch, rồi thử lại."
        }
        Fault::Locked => {
            "Danh sách của vòng này đã chốt nên không nhận thêm bài. Việc nhận bài đến sau do Ban Tổ chức quyết định."
        }
        Fault::CodeTaken => {
            "Có mã tiếp nhận trong gói trùng với một bài khác ở đây. Hãy báo quản trị viên."
        }
        Fault::Unknown => "Thư xác nhận không ứng với gói nào đã gửi từ đây.",
    }
}

/// What a matter about a handover is.
pub fn matter(detail: &Detail) -> String {
    let unit = detail
        .unit_name
        .clone()
        .or(detail.unit.clone())
        .unwrap_or_default();
    if !detail.missing.is_empty() {
        let to = if unit.is_empty() {
            "Bên nhận".to_owned()
        } else {
            unit
        };
        return format!(
            "{to} báo còn thiếu thư bàn giao số {}. Hãy mở trang Bàn giao và bấm “Gửi lại các thư chưa được xác nhận”.",
            numbers(&detail.missing)
        );
    }
    let mut said = Vec::new();
    if !unit.is_empty() {
        let entries = time::number(detail.entries.unwrap_or_default());
        let parts = time::number(detail.parts.unwrap_or_default());
        said.push(format!(
            "Gói bàn giao ghi là của {unit}: {entries} bài, {parts} thư."
        ));
    }
    said.extend(detail.fault.map(|of| fault(of).to_owned()));
    if detail.fault == Some(Fault::Untrusted)
        && let Some(key) = &detail.key
    {
        said.push(format!("Mã đối chiếu: {key}."));
    }
    said.join(" ")
}

/// The button of a matter that takes a package in; none where that would not help.
pub fn take_in(fault: Option<Fault>) -> Option<&'static str> {
    match fault {
        Some(Fault::Untrusted) => Some("Tin khóa này và nhận bài"),
        Some(fault) if fault.mendable() => Some("Thử nhận lại"),
        Some(_) | None => None,
    }
}

/// How far a package is.
pub fn state(state: HandoverState) -> &'static str {
    match state {
        HandoverState::Released => "Đang lập thư",
        HandoverState::Packed => "Chờ xác nhận",
        HandoverState::Acknowledged => "Bên nhận đã xác nhận đủ",
        HandoverState::TakenBack => "Đã thu hồi",
        HandoverState::Untrusted => "Chờ đối chiếu khóa",
        HandoverState::Arriving => "Chưa đủ",
        HandoverState::TakenIn => "Đã nhận đủ",
    }
}

/// How far a part is at the sender's side.
pub fn part(acknowledged: bool, bounced: bool, letter: Option<LetterState>) -> &'static str {
    match (acknowledged, letter) {
        (true, _) => "Đã được xác nhận",
        (false, _) if bounced => "Bị trả lại",
        (false, Some(LetterState::Queued)) => "Chờ gửi",
        (false, Some(LetterState::Sending)) => "Đang gửi",
        (false, Some(LetterState::Sent)) => "Đã gửi, chưa được xác nhận",
        (false, Some(LetterState::Unknown)) => "Chưa rõ đã gửi được chưa",
        (false, Some(LetterState::Failed)) => "Không gửi được",
        (false, Some(LetterState::Suppressed)) => "Đã thu hồi",
        (false, None) => "Đang lập thư",
    }
}

/// "Hạn bàn giao: trước 17h00 ngày 16/9/2019; còn 3 ngày."
pub fn due(phrase: &str, until: i64, now: i64) -> String {
    if now < until {
        format!("Hạn bàn giao: {phrase}; còn {}.", time::span(until - now))
    } else {
        format!(
            "Hạn bàn giao: {phrase}; đã quá hạn {}.",
            time::span(now - until)
        )
    }
}

/// What would go: "31 bài, 42 MB, chia thành 4 thư."
pub fn offer(entries: usize, bytes: i64, parts: u32) -> String {
    let n = time::number(i64::try_from(entries).unwrap_or(i64::MAX));
    let size = time::size(bytes);
    match parts {
        0 | 1 => format!("{n} bài, {size}, gửi trong một thư."),
        parts => format!("{n} bài, {size}, chia thành {parts} thư."),
    }
}

/// Why fewer go than the plan asks for (R001-29: fewer is allowed).
pub fn short(wanted: u32, taken: usize, lines: i64) -> Option<String> {
    let taken = i64::try_from(taken).unwrap_or(i64::MAX);
    let wanted = i64::from(wanted);
    if taken >= wanted {
        return None;
    }
    let (wanted_said, taken_said) = (time::number(wanted), time::number(taken));
    Some(if lines < wanted {
        format!(
            "Kế hoạch cho phép {wanted_said} bài; danh sách đã chốt chỉ có {} bài được xếp hạng nên bàn giao {taken_said} bài.",
            time::number(lines)
        )
    } else {
        format!(
            "Kế hoạch cho phép {wanted_said} bài; Trưởng ban giám khảo đã chốt chọn {taken_said} trong {} bài được xếp hạng.",
            time::number(lines)
        )
    })
}

/// Entries that do not go because something about them is undecided.
pub fn held(n: i64) -> String {
    format!(
        "{} bài còn việc cần xử lý nên chưa bàn giao được. Hãy quyết định ở trang Việc cần xử lý; những bài đó đi trong lần bàn giao sau.",
        time::number(n)
    )
}

/// What the sender reads out when the receiver calls.
pub fn read_out(fingerprint: &str) -> String {
    format!("Khi bên nhận gọi điện đối chiếu khóa, đọc mã: {fingerprint}")
}

/// Nothing to hand over now.
pub const NO_LIST: &str =
    "Chưa có danh sách nào được chốt. Bàn giao được sau khi Trưởng ban giám khảo chốt danh sách.";
pub const ALL_HANDED: &str = "Mọi bài đã được bàn giao.";
pub const NOTHING_YET: &str = "Chưa có bài nào để bàn giao.";

/// The button that hands over.
pub fn button(early: bool, to: &str) -> String {
    if early {
        format!("Bàn giao ngay cho {to}, dù chưa hết hạn nhận bài")
    } else {
        format!("Bàn giao cho {to}")
    }
}

/// While the intake goes on.
pub fn early(left: i64) -> String {
    format!(
        "Còn {} mới hết hạn nhận bài. Nên bàn giao sau khi hết hạn; bài nhận thêm đi trong lần bàn giao sau.",
        time::span(left)
    )
}

/// How long an act can be taken back.
pub fn undo(seconds: i64) -> String {
    let span = match seconds {
        ..=0 => return "Thư được gửi ngay.".to_owned(),
        1..60 => format!("{seconds} giây"),
        60.. => time::span(seconds.saturating_mul(1_000)),
    };
    format!("Thư được gửi sau {span}, trong lúc đó còn hoàn tác được.")
}

/// "Đã nhận 24 trên 31 bài; còn thiếu thư số 2, 5."
pub fn arrived(taken: i64, entries: usize, missing: &[u32]) -> String {
    let entries = i64::try_from(entries).unwrap_or(i64::MAX);
    let (taken, entries) = (time::number(taken), time::number(entries));
    if missing.is_empty() {
        format!("Đã nhận đủ {entries} bài.")
    } else {
        format!(
            "Đã nhận {taken} trên {entries} bài; còn thiếu thư số {}.",
            numbers(missing)
        )
    }
}

/// Whether a package was complete in time.
pub fn in_time(on_time: bool) -> &'static str {
    if on_time { "đúng hạn" } else { "sau hạn" }
}

/// Whether the plan lets this unit hand over or be handed over to.
pub fn concerns(plan: &Plan, code: &str) -> bool {
    use crate::contest::unit::Handover;
    plan.units.iter().any(|unit| match &unit.handover {
        Handover::All { to } | Handover::Top { to, .. } => unit.code == code || to == code,
        Handover::None => false,
    })
}

#[cfg(test)]
mod tests {
    use super::matter;
    use super::short;
    use super::take_in;
    use crate::handover::Fault;
    use crate::words::matter::Detail;

    #[test]
    fn a_clerk_reads_whose_package_it_is_and_what_to_compare() {
        let detail = Detail {
            fault: Some(Fault::Untrusted),
            unit: Some("so-tu-phap".into()),
            unit_name: Some("Sở Tư pháp".into()),
            entries: Some(31),
            parts: Some(4),
            key: Some("3F2A 91C0".into()),
            ..Detail::default()
        };
        let said = matter(&detail);
        for part in [
            "Sở Tư pháp",
            "31 bài",
            "4 thư",
            "3F2A 91C0",
            "gọi cho đơn vị",
        ] {
            assert!(said.contains(part), "{part} in {said}");
        }
        assert_eq!(take_in(detail.fault), Some("Tin khóa này và nhận bài"));
        // What is forged is not taken in by pressing a button.
        assert_eq!(take_in(Some(Fault::Signature)), None);
        let missing = Detail {
            missing: vec![2, 5],
            ..Detail::default()
        };
        assert!(matter(&missing).contains("thư bàn giao số 2, 5"));
    }

    #[test]
    fn fewer_than_the_plan_allows_says_why() {
        let check = |taken: usize, lines: i64, want: Option<&str>| {
            let said = short(100, taken, lines);
            match want {
                Some(want) => assert!(said.is_some_and(|said| said.contains(want))),
                None => assert_eq!(said, None),
            }
        };
        check(100, 250, None);
        check(37, 37, Some("chỉ có 37 bài"));
        check(80, 250, Some("80 trong 250"));
    }
}
