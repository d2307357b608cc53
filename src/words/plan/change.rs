//! What changes from one version of the plan to the next, a line a change (`contest::diff`).

use super::role;
use super::what;
use crate::contest::Quarters;
use crate::contest::Retention;
use crate::contest::Role;
use crate::contest::Unit;
use crate::contest::diff::Change;
use crate::contest::diff::Field;
use crate::contest::diff::Scope;
use crate::contest::plan::Criterion;
use crate::contest::plan::Prize;
use crate::contest::plan::Round;
use crate::contest::plan::RoundEntry;
use crate::contest::plan::RoundKind;
use crate::contest::resubmission::Excluded;
use crate::contest::resubmission::Resubmission;
use crate::contest::resubmission::Rule;
use crate::contest::unit::Handover;

impl Change {
    /// The change in one line: "Thêm đơn vị Quận Hoàn Kiếm (hoan-kiem)".
    pub fn line(&self) -> String {
        change(self)
    }
}

fn change(change: &Change) -> String {
    match change {
        Change::NewContest { title } => format!("Cuộc thi mới: {title}"),
        Change::Head { field, old, new } => {
            format!(
                "{}: {} → {}",
                self::field(*field),
                or_none(old),
                or_none(new)
            )
        }
        Change::UnitAdded(unit) => format!("Thêm đơn vị {}", named(unit)),
        Change::UnitRemoved(unit) => format!("Bỏ đơn vị {}", named(unit)),
        Change::UnitChanged { old, new } => {
            format!(
                "Sửa đơn vị {}: {}",
                named(new),
                unit_parts(old, new).join("; ")
            )
        }
        Change::MailboxAdded(mailbox) => {
            format!(
                "Thêm hòm thư {} của đơn vị {}",
                mailbox.address, mailbox.unit
            )
        }
        Change::MailboxRemoved(mailbox) => {
            format!("Bỏ hòm thư {} của đơn vị {}", mailbox.address, mailbox.unit)
        }
        Change::MailboxMoved { old, new } => format!(
            "Hòm thư {}: đơn vị {} → đơn vị {}",
            new.address, old.unit, new.unit
        ),
        Change::DeadlineAdded { scope, phrase } => {
            format!("Thêm {}: {phrase}", lower(&self::scope(scope)))
        }
        Change::DeadlineRemoved { scope, phrase } => {
            format!("Bỏ {}: {phrase}", lower(&self::scope(scope)))
        }
        Change::DeadlineMoved { scope, old, new } => {
            format!("{}: {old} → {new}", self::scope(scope))
        }
        Change::RoundAdded(round) => format!("Thêm vòng thi {} ({})", round.name, round.code),
        Change::RoundRemoved(round) => format!("Bỏ vòng thi {} ({})", round.name, round.code),
        Change::RoundChanged { old, new } => format!(
            "Sửa vòng thi {} ({}): {}",
            new.name,
            new.code,
            round_parts(old, new).join("; ")
        ),
        Change::RoundsReordered => "Đổi thứ tự các vòng thi".to_owned(),
        Change::CriterionAdded(criterion) => format!(
            "Thêm tiêu chí {} ({} điểm)",
            criterion.name,
            criterion.full()
        ),
        Change::CriterionRemoved(criterion) => {
            format!("Bỏ tiêu chí {} ({} điểm)", criterion.name, criterion.full())
        }
        Change::CriterionChanged { old, new } => format!(
            "Sửa tiêu chí {}: {}",
            new.code,
            criterion_parts(old, new).join("; ")
        ),
        Change::KeyChanged { questions } => {
            let questions: Vec<String> = questions.iter().map(u16::to_string).collect();
            format!("Đổi đáp án câu {}", questions.join(", "))
        }
        Change::GivenAdded(given) => format!("Thêm văn bản chung “{}”", given.title),
        Change::GivenRemoved(given) => format!("Bỏ văn bản chung “{}”", given.title),
        Change::GivenChanged(given) => format!("Sửa văn bản chung “{}”", given.title),
        Change::ResubmissionChanged { old, new } => {
            format!("Bài nộp lại: {} → {}", resubmission(old), resubmission(new))
        }
        Change::ExcludedAdded(person) => {
            format!("Thêm người không được dự thi: {}", excluded(person))
        }
        Change::ExcludedRemoved(person) => {
            format!("Bỏ người không được dự thi: {}", excluded(person))
        }
        Change::ExcludedMany { added, removed } => {
            format!("Danh sách người không được dự thi: thêm {added} người, bỏ {removed} người")
        }
        Change::Retention { old, new } => format!(
            "Xóa dữ liệu cá nhân: {} → {}",
            retention(old.as_ref()),
            retention(new.as_ref())
        ),
        Change::PrizeAdded(prize) => format!("Thêm giải thưởng {}", self::prize(prize)),
        Change::PrizeRemoved(prize) => format!("Bỏ giải thưởng {}", self::prize(prize)),
        Change::PrizeChanged { old, new } => {
            format!(
                "Sửa giải thưởng: {} → {}",
                self::prize(old),
                self::prize(new)
            )
        }
    }
}

fn resubmission(rule: &Resubmission) -> String {
    let said = match rule.rule {
        Rule::Latest => "bản mới thay bản trước",
        Rule::First => "bản trước vẫn được tính",
        Rule::Ask => "chờ thư ký quyết định",
        Rule::All => "tính tất cả các bài",
    };
    match &rule.until {
        Some(until) => format!("{said} ({})", until.phrase),
        None => said.to_owned(),
    }
}

fn excluded(person: &Excluded) -> String {
    format!("{} ({})", person.name, person.role)
}

/// "từ ngày 09/11/2020", "12 tháng sau thời hạn cuối cùng"
fn retention(retention: Option<&Retention>) -> String {
    match retention {
        Some(Retention::After(date)) => format!("từ ngày {}", day(date)),
        Some(Retention::Months(months)) => format!("{months} tháng sau thời hạn cuối cùng"),
        None => "(chưa có)".to_owned(),
    }
}

/// "2020-11-09" as people write it.
fn day(date: &str) -> String {
    let parts: Vec<&str> = date.split('-').collect();
    match parts[..] {
        [year, month, day] => format!("{day}/{month}/{year}"),
        _ => date.to_owned(),
    }
}

fn or_none(text: &Option<String>) -> &str {
    text.as_deref().unwrap_or("(chưa có)")
}

fn named(unit: &Unit) -> String {
    format!("{} ({})", unit.name, unit.code)
}

fn field(field: Field) -> &'static str {
    match field {
        Field::Title => "Tên cuộc thi",
        Field::Zone => "Múi giờ",
        Field::DocumentNo => "Số văn bản",
        Field::DocumentDate => "Ngày văn bản",
        Field::Issuer => "Cơ quan ban hành",
        Field::Purpose => "Thông báo về dữ liệu cá nhân",
        Field::MinAge => "Tuổi tối thiểu",
        Field::AsOf => "Ngày tính tuổi",
    }
}

fn scope(scope: &Scope) -> String {
    let mut out = what(scope.what).to_owned();
    match scope.channel.as_deref() {
        Some("email") => out.push_str(" qua thư điện tử"),
        Some("paper") => out.push_str(" bản giấy"),
        Some(other) => out.push_str(&format!(" qua {other}")),
        None => {}
    }
    if let Some(unit) = &scope.unit {
        out.push_str(&format!(" của {unit}"));
    }
    out
}

fn lower(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_lowercase().chain(chars).collect())
        .unwrap_or_default()
}

fn handover(handover: &Handover) -> String {
    match handover {
        Handover::None => "không nộp tiếp".to_owned(),
        Handover::All { to } => format!("toàn bộ về {to}"),
        Handover::Top { n, to } => format!("{n} bài tốt nhất về {to}"),
    }
}

fn prize(prize: &Prize) -> String {
    let whose = if prize.collective {
        "tập thể"
    } else {
        "cá nhân"
    };
    let amount = prize
        .amount
        .map(|amount| format!(", {amount} đồng"))
        .unwrap_or_default();
    format!("{} {whose} ({} giải{amount})", prize.name, prize.count)
}

/// The parts that differ: what, before, after.
#[derive(Default)]
struct Parts(Vec<String>);

impl Parts {
    fn part(&mut self, name: &str, old: String, new: String) {
        if old != new {
            self.0.push(format!("{name}: {old} → {new}"));
        }
    }
}

/// What differs between two states of one round; never empty.
fn round_parts(old: &Round, new: &Round) -> Vec<String> {
    let mut parts = Parts::default();
    let advance =
        |n: Option<u32>| n.map_or("tất cả bài đạt".to_owned(), |n| format!("{n} bài"));
    let roles = |roles: &[Role]| -> String {
        let names: Vec<&str> = roles.iter().map(|known| role(*known)).collect();
        names.join(", ")
    };
    let ties = |ties: &[String]| {
        if ties.is_empty() {
            "Trưởng Ban Giám khảo quyết định".to_owned()
        } else {
            ties.join(", ")
        }
    };
    parts.part("tên", old.name.clone(), new.name.clone());
    parts.part("hình thức", kind(old.kind), kind(new.kind));
    parts.part("cấp tổ chức", old.level.join(", "), new.level.join(", "));
    parts.part("nguồn bài", entry(&old.entry), entry(&new.entry));
    parts.part("số bài đi tiếp", advance(old.advance), advance(new.advance));
    parts.part(
        "số lượt chấm độc lập mỗi bài",
        old.marks.to_string(),
        new.marks.to_string(),
    );
    parts.part(
        "người duyệt danh sách",
        roles(&old.approvals),
        roles(&new.approvals),
    );
    parts.part("xử lý điểm bằng nhau", ties(&old.ties), ties(&new.ties));
    parts.0
}

fn kind(kind: RoundKind) -> String {
    match kind {
        RoundKind::Triage => "đạt / không đạt / xem lại".to_owned(),
        RoundKind::Scored => "chấm điểm".to_owned(),
    }
}

fn entry(entry: &RoundEntry) -> String {
    match entry {
        RoundEntry::Intake => "hòm thư của đơn vị".to_owned(),
        RoundEntry::Handover => "bài cấp dưới gửi lên".to_owned(),
        RoundEntry::Round(code) => format!("vòng {code}"),
    }
}

/// What differs between two states of one criterion; never empty.
fn criterion_parts(old: &Criterion, new: &Criterion) -> Vec<String> {
    let mut parts = Parts::default();
    let by = |from_key: bool| {
        if from_key {
            "chấm theo đáp án".to_owned()
        } else {
            "giám khảo chấm".to_owned()
        }
    };
    let marks = |criterion: &Criterion| {
        let marks: Vec<String> = criterion
            .quick_marks()
            .iter()
            .map(Quarters::to_string)
            .collect();
        marks.join(" – ")
    };
    parts.part("tên", old.name.clone(), new.name.clone());
    parts.part("điểm", old.full().to_string(), new.full().to_string());
    parts.part("cách chấm", by(old.from_key), by(new.from_key));
    parts.part(
        "gợi ý chấm",
        or_none(&old.hint).to_owned(),
        or_none(&new.hint).to_owned(),
    );
    if old.quick != new.quick {
        parts.part("mức chọn nhanh", marks(old), marks(new));
    }
    parts.0
}

/// What differs between two states of one unit; never empty.
fn unit_parts(old: &Unit, new: &Unit) -> Vec<String> {
    let mut parts = Parts::default();
    let mut part = |name: &str, old: String, new: String| parts.part(name, old, new);
    let text = |text: &Option<String>| or_none(text).to_owned();
    let quota = |quota: Option<u32>| quota.map_or("(chưa có)".to_owned(), |n| format!("{n} bài"));
    part("tên", old.name.clone(), new.name.clone());
    part("loại", old.kind.clone(), new.kind.clone());
    part("trực thuộc", text(&old.parent), text(&new.parent));
    part("địa bàn", text(&old.seat), text(&new.seat));
    part("điện thoại", text(&old.phone), text(&new.phone));
    part("chỉ tiêu", quota(old.quota), quota(new.quota));
    part("nộp bài", handover(&old.handover), handover(&new.handover));
    part(
        "cách viết khác",
        old.aliases.join(", "),
        new.aliases.join(", "),
    );
    let local = |local: bool| {
        if local {
            "tại hệ thống này"
        } else {
            "ở hệ thống khác"
        }
    };
    part(
        "phục vụ",
        local(old.local).to_owned(),
        local(new.local).to_owned(),
    );
    part("khóa ký", text(&old.signing_key), text(&new.signing_key));
    parts.0
}
