//! The plan in words: mistakes in its file, changes from one version to the next, roles.

use crate::contest::Role;
use crate::contest::Unit;
use crate::contest::deadline::BadPhrase;
use crate::contest::deadline::What;
use crate::contest::diff::Change;
use crate::contest::diff::Field;
use crate::contest::diff::Scope;
use crate::contest::file::Fault;
use crate::contest::file::Problem;
use crate::contest::file::Want;
use crate::contest::plan::Prize;
use crate::contest::unit::Handover;

impl Problem {
    /// What is wrong and what to do, in one or two sentences.
    pub fn message(&self) -> String {
        fault(&self.fault)
    }
}

impl Change {
    /// The change in one line: "Thêm đơn vị Quận Hoàn Kiếm (hoan-kiem)".
    pub fn line(&self) -> String {
        change(self)
    }
}

/// "Tổ Thư ký"
pub fn role(role: Role) -> &'static str {
    match role {
        Role::Administrator => "Quản trị hệ thống",
        Role::Secretary => "Tổ Thư ký",
        Role::HeadJudge => "Trưởng Ban Giám khảo",
        Role::Judge => "Giám khảo",
        Role::QuestionAuthor => "Hội đồng ra đề",
        Role::Monitor => "Theo dõi",
    }
}

/// "Hạn nhận bài"
pub fn what(what: What) -> &'static str {
    match what {
        What::Intake => "Hạn nhận bài",
        What::Handover => "Hạn nộp bài lên cấp trên",
        What::Report => "Hạn báo cáo",
    }
}

fn meant(nearest: &Option<String>) -> String {
    nearest
        .as_ref()
        .map(|nearest| format!(" Có phải ý là “{nearest}”?"))
        .unwrap_or_default()
}

fn within(section: &str) -> String {
    if section.is_empty() {
        "ở đầu tệp".to_owned()
    } else {
        format!("trong mục {section}")
    }
}

fn fault(fault: &Fault) -> String {
    match fault {
        Fault::Syntax(message) => format!(
            "Sai cú pháp TOML ({message}). Kiểm tra dấu ngoặc kép, dấu ngoặc vuông, dấu phẩy và dấu bằng ở dòng này và dòng ngay trên."
        ),
        Fault::Missing { section, key } => {
            format!("Thiếu “{key}” {}. Đề nghị bổ sung.", within(section))
        }
        Fault::UnknownKey {
            section,
            key,
            nearest,
        } => format!(
            "Không có khóa “{key}” {}.{} Sửa lại tên khóa hoặc xóa dòng này.",
            within(section),
            meant(nearest)
        ),
        Fault::Type { key, want } => format!("“{key}” phải là {}.", self::want(*want)),
        Fault::Empty(key) => format!("“{key}” đang để trống. Đề nghị điền nội dung."),
        Fault::Choice {
            key,
            value,
            choices,
        } => format!(
            "“{key}” không nhận giá trị “{value}”. Chọn một trong: {}.",
            choices.join(", ")
        ),
        Fault::Code(code) => format!(
            "Mã “{code}” không hợp lệ. Mã chỉ gồm chữ thường không dấu, chữ số và dấu gạch nối, ví dụ “hoan-kiem”."
        ),
        Fault::UnknownUnit { code, nearest } => format!(
            "Không có đơn vị nào mang mã “{code}”.{} Sửa lại mã hoặc khai báo đơn vị bằng [[unit]].",
            meant(nearest)
        ),
        Fault::UnknownKind { code, nearest } => format!(
            "Chưa khai báo loại đơn vị “{code}”.{} Thêm mục [kind.{code}] hoặc sửa lại tên loại.",
            meant(nearest)
        ),
        Fault::NoKind(name) => format!(
            "Không rõ “{name}” là loại đơn vị gì. Viết đủ cả chữ chỉ loại (ví dụ “Phường”, “Trường”) đã khai báo ở “word” trong [kind.…]."
        ),
        Fault::DuplicateCode { code, line } => {
            format!("Mã “{code}” đã dùng ở dòng {line}. Mỗi mã chỉ dùng một lần; đề nghị đặt mã khác.")
        }
        Fault::DuplicateAddress { address, line } => format!(
            "Hòm thư {address} đã khai báo ở dòng {line}. Mỗi hòm thư chỉ thuộc một đơn vị; xóa một trong hai dòng."
        ),
        Fault::SameName { name, line } => format!(
            "Đơn vị “{name}” trùng tên với đơn vị ở dòng {line} cùng trực thuộc một đơn vị. Xóa một dòng hoặc viết tên cho phân biệt."
        ),
        Fault::Cycle(code) => format!(
            "Đơn vị “{code}” trực thuộc vòng quanh chính nó. Kiểm tra “parent” của đơn vị này và của các đơn vị cấp trên."
        ),
        Fault::NoRoot => {
            "Chưa có đơn vị cao nhất. Khai báo một [[unit]] không có “parent”.".to_owned()
        }
        Fault::HandoverToItself(code) => format!(
            "Đơn vị “{code}” nộp bài cho chính mình. Sửa “to” trong handover, hoặc ghi handover = {{ kind = \"none\" }}."
        ),
        Fault::Address(address) => format!(
            "“{address}” không phải là địa chỉ thư điện tử. Viết theo dạng ten@ten-mien.vn, không dấu, không khoảng trắng."
        ),
        Fault::Zone(zone) => {
            format!("Không có múi giờ “{zone}”. Ở Việt Nam ghi zone = \"Asia/Ho_Chi_Minh\".")
        }
        Fault::Date(date) => format!(
            "“{date}” không phải là ngày hợp lệ. Viết theo dạng năm-tháng-ngày, ví dụ \"2019-09-06\"."
        ),
        Fault::Phrase { phrase, why } => format!("Thời hạn “{phrase}”: {}", bad_phrase(why)),
        Fault::AfterAbove { phrase, above } => format!(
            "Thời hạn của đơn vị (“{phrase}”) muộn hơn thời hạn của cấp trên (“{above}”). Đơn vị chỉ được đặt thời hạn bằng hoặc sớm hơn; đề nghị sửa một trong hai."
        ),
        Fault::HandoverFirst { handover, intake } => format!(
            "Hạn nộp bài lên cấp trên (“{handover}”) không muộn hơn hạn nhận bài (“{intake}”): không còn thời gian chấm. Đề nghị kiểm tra lại hai thời hạn."
        ),
        Fault::UnknownRound { code, nearest } => format!(
            "Không có vòng thi nào mang mã “{code}”.{} Sửa lại mã ở “entry”.",
            meant(nearest)
        ),
        Fault::RoundOrder(code) => format!(
            "Vòng thi này lấy bài từ vòng “{code}”, nhưng vòng đó không đứng trước. Xếp các vòng theo đúng thứ tự tổ chức."
        ),
        Fault::RoundLevel(code) => format!(
            "Vòng thi này lấy bài từ vòng “{code}” nhưng có cấp đơn vị (“level”) mà vòng đó không tổ chức. Sửa lại “level” của một trong hai vòng."
        ),
        Fault::IdleLevel(kind) => format!(
            "Chưa có đơn vị nào thuộc loại “{kind}” để tổ chức vòng thi này. Đề nghị kiểm tra “level” hoặc bổ sung đơn vị."
        ),
        Fault::TwoFirstRounds(kind) => format!(
            "Đơn vị loại “{kind}” có hai vòng thi cùng nhận bài từ hòm thư (entry = \"intake\"). Vòng sau phải ghi entry = {{ round = \"…\" }}."
        ),
        Fault::NothingHandedOver(code) => format!(
            "Vòng “{code}” chờ bài do cấp dưới gửi lên, nhưng không có đơn vị nào nộp bài về cấp này. Kiểm tra “handover” của các đơn vị và “level” của vòng."
        ),
        Fault::Range { key, from, to } => {
            format!("“{key}” phải là số nguyên từ {from} đến {to}.")
        }
        Fault::Quarter(points) => format!(
            "Điểm “{points}” không hợp lệ. Điểm phải lớn hơn 0 và là bội số của 0,25, ví dụ 2.5 hoặc \"2,25\"."
        ),
        Fault::Total { want, sum } => format!(
            "Tổng điểm các tiêu chí là {}, khác với thang điểm {} đã ghi ở “points”. Sửa thang điểm hoặc điểm của tiêu chí.",
            points(*sum),
            points(*want)
        ),
        Fault::Letter(letter) => {
            format!("Đáp án “{letter}” không hợp lệ. Ghi một chữ cái in hoa từ A đến H.")
        }
        Fault::Question(question) => format!(
            "“{question}” không phải là số thứ tự câu hỏi, hoặc câu này đã có đáp án ở trên. Ghi số từ 1 trở lên, mỗi câu một dòng."
        ),
        Fault::NoKey => "Có phần thi chấm theo đáp án (from_key) nhưng chưa có mục [answer_key]. Bổ sung đáp án trước khi chấm.".to_owned(),
        Fault::IdleKey => "Có mục [answer_key] nhưng không tiêu chí nào ghi from_key = true. Đáp án này sẽ không được dùng.".to_owned(),
    }
}

fn want(want: Want) -> &'static str {
    match want {
        Want::Text => "chuỗi ký tự đặt trong dấu ngoặc kép",
        Want::Texts => "danh sách chuỗi ký tự, ví dụ [\"…\", \"…\"]",
        Want::Number => "số, không đặt trong dấu ngoặc kép",
        Want::YesNo => "true (có) hoặc false (không)",
        Want::Table => "một mục gồm các dòng tên = giá trị",
        Want::Tables => "các mục viết trong hai lớp ngoặc vuông [[…]]",
    }
}

fn bad_phrase(why: &BadPhrase) -> String {
    match why {
        BadPhrase::Empty => "chưa có nội dung.".to_owned(),
        BadPhrase::Word(word) => format!(
            "không hiểu “{word}”. Viết theo mẫu “trước 17h00 ngày 06/9/2019” hoặc “đến hết ngày 15/8/2024”."
        ),
        BadPhrase::NoOperator => "thiếu chữ “trước”, “chậm nhất”, “đến” hoặc “đến hết” nên không rõ giờ cuối cùng có được tính hay không.".to_owned(),
        BadPhrase::NoDate => "thiếu ngày, tháng, năm.".to_owned(),
        BadPhrase::NoYear => "thiếu năm. Ghi đủ bốn chữ số của năm, ví dụ 06/9/2019.".to_owned(),
        BadPhrase::Impossible(part) => format!("“{part}” không có trên lịch hoặc trên đồng hồ."),
        BadPhrase::Contradiction(one, other) => {
            format!("“{one}” và “{other}” mâu thuẫn với nhau. Chỉ giữ lại một cách viết.")
        }
    }
}

/// Quarter points as people write them: 9 → "2,25".
fn points(quarters: u32) -> String {
    let part = match quarters % 4 {
        1 => ",25",
        2 => ",5",
        3 => ",75",
        _ => "",
    };
    format!("{}{part}", quarters / 4)
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
        Change::RoundChanged { old, new } if old.name != new.name => {
            format!("Vòng thi {}: {} → {}", new.code, old.name, new.name)
        }
        Change::RoundChanged { old, new } if old.advance != new.advance => {
            let advance = |advance: Option<u32>| {
                advance.map_or("tất cả bài đạt".to_owned(), |n| format!("{n} bài"))
            };
            format!(
                "Vòng thi {} ({}), số bài đi tiếp: {} → {}",
                new.name,
                new.code,
                advance(old.advance),
                advance(new.advance)
            )
        }
        Change::RoundChanged { new, .. } => format!(
            "Sửa hình thức, cấp tổ chức hoặc nguồn bài của vòng thi {} ({})",
            new.name, new.code
        ),
        Change::RoundsReordered => "Đổi thứ tự các vòng thi".to_owned(),
        Change::CriterionAdded(criterion) => format!(
            "Thêm tiêu chí {} ({} điểm)",
            criterion.name,
            points(criterion.full_quarters)
        ),
        Change::CriterionRemoved(criterion) => format!(
            "Bỏ tiêu chí {} ({} điểm)",
            criterion.name,
            points(criterion.full_quarters)
        ),
        Change::CriterionChanged { old, new } => format!(
            "Sửa tiêu chí {}: {} ({} điểm{}) → {} ({} điểm{})",
            new.code,
            old.name,
            points(old.full_quarters),
            by_key(old.from_key),
            new.name,
            points(new.full_quarters),
            by_key(new.from_key),
        ),
        Change::KeyChanged { questions } => {
            let questions: Vec<String> = questions.iter().map(u16::to_string).collect();
            format!("Đổi đáp án câu {}", questions.join(", "))
        }
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

fn by_key(from_key: bool) -> &'static str {
    if from_key {
        ", chấm theo đáp án"
    } else {
        ""
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

/// What differs between two states of one unit; never empty.
fn unit_parts(old: &Unit, new: &Unit) -> Vec<String> {
    let mut parts = Vec::new();
    let mut part = |name: &str, old: String, new: String| {
        if old != new {
            parts.push(format!("{name} {old} → {new}"));
        }
    };
    let text = |text: &Option<String>| or_none(text).to_owned();
    let quota = |quota: Option<u32>| quota.map_or("(chưa có)".to_owned(), |n| format!("{n} bài"));
    part("tên", old.name.clone(), new.name.clone());
    part("loại", old.kind.clone(), new.kind.clone());
    part("trực thuộc", text(&old.parent), text(&new.parent));
    part("địa bàn", text(&old.seat), text(&new.seat));
    part("điện thoại", text(&old.phone), text(&new.phone));
    part("chỉ tiêu", quota(old.quota), quota(new.quota));
    part(
        "khóa ký bàn giao",
        text(&old.signing_key),
        text(&new.signing_key),
    );
    part("nộp bài", handover(&old.handover), handover(&new.handover));
    part(
        "cách viết khác:",
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
    parts
}
