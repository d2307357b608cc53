//! The plan in words: mistakes in its file, changes from one version to the next (`change`), roles.

mod change;

use crate::contest::Quarters;
use crate::contest::Role;
use crate::contest::deadline::BadPhrase;
use crate::contest::deadline::What;
use crate::contest::file::Fault;
use crate::contest::file::Problem;
use crate::contest::file::Want;

impl Problem {
    /// What is wrong and what to do, in one or two sentences.
    pub fn message(&self) -> String {
        fault(&self.fault)
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
        Fault::SameMember(name) => format!(
            "“{name}” đã có trong danh sách không được dự thi với đúng các thông tin này. Xóa một trong hai dòng."
        ),
        Fault::Phone(phone) => format!(
            "“{phone}” không phải là số điện thoại. Ghi 10 hoặc 11 chữ số, bắt đầu bằng số 0."
        ),
        Fault::MembersTwice => {
            "Một mục [[excluded]] chỉ ghi “members” hoặc “excluded_file”. Xóa một dòng, hoặc tách thành hai mục.".to_owned()
        }
        Fault::ListNotRead(file) => format!(
            "Tệp “{file}” chỉ được đọc cùng kế hoạch khi chạy phach contest apply."
        ),
        Fault::IdleUntil => {
            "“until” chỉ dùng với rule = \"latest\". Xóa dòng này hoặc sửa “rule”.".to_owned()
        }
        Fault::Address(address) => format!(
            "“{address}” không phải là địa chỉ thư điện tử. Viết theo dạng ten@ten-mien.vn, không dấu, không khoảng trắng."
        ),
        Fault::Zone(zone) => {
            format!("Không có múi giờ “{zone}”. Ở Việt Nam ghi zone = \"Asia/Ho_Chi_Minh\".")
        }
        Fault::Date(date) => format!(
            "“{date}” không phải là ngày hợp lệ. Viết theo dạng năm-tháng-ngày, ví dụ \"2019-09-06\"."
        ),
        Fault::RetentionEarly(last) => format!(
            "Ngày xóa dữ liệu cá nhân phải sau thời hạn cuối cùng của cuộc thi (“{last}”). Hãy ghi một ngày muộn hơn."
        ),
        Fault::RetentionTwice => {
            "Chỉ ghi một trong hai: “after” (từ ngày nào) hoặc “months” (bao nhiêu tháng sau thời hạn cuối cùng). Hãy xóa một dòng.".to_owned()
        }
        Fault::RetentionNoEnd => {
            "Kế hoạch chưa có thời hạn nào nên không tính được “months”. Hãy ghi “after” với một ngày cụ thể.".to_owned()
        }
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
        Fault::TwoNextRounds { code, line } => format!(
            "Bài qua vòng “{code}” đã được vòng khác nhận (dòng {line}). Mỗi vòng chỉ có một vòng tiếp theo; sửa lại “entry”."
        ),
        Fault::UnknownCriterion { code, nearest } => format!(
            "Không có tiêu chí nào mang mã “{code}”.{} Ghi mã đã khai báo ở [[criterion]].",
            meant(nearest)
        ),
        Fault::NotInTriage(key) => format!(
            "Vòng xét đạt / không đạt không có điểm nên không dùng “{key}”. Xóa dòng này hoặc ghi kind = \"scored\"."
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
        Fault::Quick { written, full } => format!(
            "Mức điểm chọn nhanh “{written}” không hợp lệ. Ghi các mức từ 0 đến {}, là bội số của 0,25, từ thấp đến cao.",
            Quarters::new(*full)
        ),
        Fault::NotByKey(key) => format!(
            "Tiêu chí chấm theo đáp án (from_key) không do giám khảo chấm nên không dùng “{key}”. Xóa dòng này."
        ),
        Fault::SigningKey(key) => format!(
            "“{key}” không phải là khóa công khai. Chép đúng dòng khóa mà đơn vị đã gửi: 44 ký tự, kết thúc bằng dấu “=”."
        ),
        Fault::Total { want, sum } => format!(
            "Tổng điểm các tiêu chí là {}, khác với thang điểm {} đã ghi ở “points”. Sửa thang điểm hoặc điểm của tiêu chí.",
            Quarters::new(*sum),
            Quarters::new(*want)
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
        Want::Numbers => "danh sách số, ví dụ [0, 0.5, 1]",
        Want::YesNo => "true (có) hoặc false (không)",
        Want::Table => "một mục gồm các dòng tên = giá trị",
        Want::Members => {
            "danh sách họ tên, ví dụ [\"Nguyễn Văn A\", { name = \"Trần Thị B\", birth_date = \"1970-01-02\" }]"
        }
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
