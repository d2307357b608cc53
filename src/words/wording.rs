//! Words of the page where letters to participants are reworded: what a template may name, and what is wrong with one.

use crate::entry::LetterForm;

/// Where in a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Subject,
    Body,
}

/// Why a wording is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub part: Part,
    /// From 1; `None` where it is about the whole.
    pub line: Option<usize>,
    pub wrong: Wrong,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// It cannot be read as a template; the engine's own words.
    Syntax(String),
    /// This name is given to no such letter.
    UnknownName(String),
    /// A value has no such part; the line as it stands.
    UnknownPart(String),
    /// No such filter or function; the line as it stands.
    UnknownTool(String),
    /// A step that cannot be done with these values; the line as it stands.
    Impossible(String),
    /// It works too long, or makes a text that is too long.
    TooMuch,
    /// The template is longer than so many characters.
    TooLong(usize),
    Empty,
    /// What the letter has to say is not in it any more.
    Loses(String),
}

impl Fault {
    /// About a whole part.
    pub fn of(part: Part, wrong: Wrong) -> Fault {
        Fault {
            part,
            line: None,
            wrong,
        }
    }

    /// What a clerk is told.
    pub fn sentence(&self) -> String {
        let place = match (self.part, self.line) {
            (Part::Subject, _) => "Tiêu đề".to_owned(),
            (Part::Body, Some(line)) => format!("Nội dung, dòng {line}"),
            (Part::Body, None) => "Nội dung".to_owned(),
        };
        let said = match &self.wrong {
            Wrong::Syntax(engine) => syntax(engine),
            Wrong::UnknownName(name) => {
                format!("không có giá trị nào tên “{name}”. Hãy dùng các tên trong bảng bên cạnh")
            }
            Wrong::UnknownPart(line) => format!(
                "có tên không đúng trong “{line}”. Hãy xem lại tên sau dấu chấm theo bảng bên cạnh"
            ),
            Wrong::UnknownTool(line) => {
                format!("có phép biến đổi hoặc hàm không dùng được trong “{line}”")
            }
            Wrong::Impossible(line) => format!("không thực hiện được “{line}”"),
            Wrong::TooMuch => "mẫu lặp quá nhiều lần hoặc tạo ra thư quá dài".to_owned(),
            Wrong::TooLong(limit) => format!(
                "mẫu dài quá {} chữ",
                super::time::number(i64::try_from(*limit).unwrap_or(i64::MAX))
            ),
            Wrong::Empty => "không được để trống".to_owned(),
            Wrong::Loses(said) => format!(
                "thư phải có “{said}” nhưng mẫu đã bỏ mất. Hãy thêm lại giá trị bắt buộc (đánh dấu trong bảng bên cạnh)"
            ),
        };
        format!("{place}: {said}.")
    }
}

/// The engine's words in Vietnamese, as far as people meet them.
fn syntax(engine: &str) -> String {
    if engine.contains("end of input") {
        return "thiếu phần kết thúc: mỗi {% if %} cần một {% endif %}, mỗi {% for %} cần một {% endfor %}, mỗi {{ cần một }}".to_owned();
    }
    if let Some(name) = engine.strip_prefix("unknown statement ") {
        return format!(
            "không có lệnh “{name}”; các lệnh dùng được là if, elif, else, endif, for, endfor, set"
        );
    }
    if engine.contains("variable block") || engine.contains("end of block") {
        return "viết chưa đúng trong {{ … }} hoặc {% … %}: kiểm tra tên (không dấu, không có khoảng trống) và dấu đóng".to_owned();
    }
    "viết chưa đúng cách; hãy kiểm tra các dấu {{ }}, {% %} và dấu nháy".to_owned()
}

/// What a form is called, and when such a letter goes.
pub fn form(form: LetterForm) -> (&'static str, &'static str) {
    match form {
        LetterForm::Receipt => (
            "Xác nhận đã nhận bài",
            "Gửi ngay sau khi nhận một thư có bài dự thi.",
        ),
        LetterForm::Ask => (
            "Đề nghị bổ sung bài dự thi",
            "Gửi khi một thư nói về bài dự thi nhưng không có bài.",
        ),
        LetterForm::Deadline => (
            "Thay đổi thời hạn nhận bài",
            "Gửi cho người đã có xác nhận, khi kế hoạch đổi hạn làm bài của họ thành đúng hạn hoặc nộp muộn.",
        ),
    }
}

/// The word of a form in addresses.
pub fn address(form: LetterForm) -> &'static str {
    match form {
        LetterForm::Receipt => "xac-nhan",
        LetterForm::Ask => "de-nghi",
        LetterForm::Deadline => "thoi-han",
    }
}

/// A value that a template may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name {
    /// "cac_bai.ma_tiep_nhan": of each `bai` in `cac_bai`.
    pub name: &'static str,
    pub meaning: &'static str,
    /// The letter must say it.
    pub must: bool,
}

const fn name(name: &'static str, meaning: &'static str) -> Name {
    Name {
        name,
        meaning,
        must: false,
    }
}

const fn must(name: &'static str, meaning: &'static str) -> Name {
    Name {
        name,
        meaning,
        must: true,
    }
}

const RECEIPT: &[Name] = &[
    name("cuoc_thi", "Tên cuộc thi."),
    name("don_vi", "Đơn vị nhận bài."),
    name(
        "dien_thoai",
        "Số điện thoại liên hệ; trống nếu kế hoạch không ghi.",
    ),
    name(
        "nguoi_nhan",
        "Họ tên người dự thi, hoặc “người dự thi” khi thư có nhiều bài hay chưa rõ tên.",
    ),
    name("nhan_luc", "Thời điểm máy chủ thư nhận được thư."),
    must(
        "muc_dich",
        "Câu nói thông tin cá nhân dùng vào việc gì, theo kế hoạch.",
    ),
    name("so_bai", "Số bài trong thư."),
    name(
        "cac_bai",
        "Các bài trong thư: {% for bai in cac_bai %} … {% endfor %}.",
    ),
    must(
        "cac_bai.ma_tiep_nhan",
        "Mã tiếp nhận của bài: {{ bai.ma_tiep_nhan }}.",
    ),
    must(
        "cac_bai.thoi_han",
        "Câu nói bài đến đúng hạn hay muộn, theo hạn nào.",
    ),
    name("cac_bai.ghi_chu", "Các câu ghi chú về bài (danh sách)."),
    name("cac_bai.tep", "Các tệp đã nhận (danh sách)."),
    name("cac_bai.tep.ten", "Tên tệp."),
    name("cac_bai.tep.loai", "Loại tệp và số trang."),
    name("cac_bai.tep.ma_kiem_tra", "Mã kiểm tra của tệp."),
    name(
        "cac_bai.thong_tin",
        "Thông tin ghi nhận được về người dự thi (danh sách).",
    ),
    name("cac_bai.thong_tin.ten", "Tên mục, ví dụ “Họ và tên”."),
    name("cac_bai.thong_tin.gia_tri", "Điều ghi ở mục ấy."),
    name(
        "cac_bai.trac_nghiem",
        "Đáp án trắc nghiệm đọc được; trống nếu không có.",
    ),
    must("cac_bai.thieu", "Những điều đề nghị bổ sung (danh sách)."),
    name("cac_bai.luu_y", "Lưu ý về hình thức (danh sách)."),
    name(
        "danh_sach",
        "Các câu đối chiếu danh sách gửi kèm (danh sách); trống nếu thư không kèm danh sách.",
    ),
    name(
        "de_nghi_danh_sach",
        "Câu đề nghị khi danh sách và các bài chưa khớp; trống nếu khớp.",
    ),
];

const ASK: &[Name] = &[
    name("cuoc_thi", "Tên cuộc thi."),
    name("don_vi", "Đơn vị nhận thư."),
    name(
        "dien_thoai",
        "Số điện thoại liên hệ; trống nếu kế hoạch không ghi.",
    ),
    name(
        "nguoi_nhan",
        "Họ tên người gửi nếu biết, hoặc “người dự thi”.",
    ),
    name("nhan_luc", "Thời điểm máy chủ thư nhận được thư."),
    name(
        "muc_dich",
        "Câu nói thông tin cá nhân dùng vào việc gì, theo kế hoạch.",
    ),
    must(
        "de_nghi",
        "Những điều đề nghị bổ sung (danh sách): {% for dong in de_nghi %} … {% endfor %}.",
    ),
];

const DEADLINE: &[Name] = &[
    name("cuoc_thi", "Tên cuộc thi."),
    name("don_vi", "Đơn vị đã xác nhận nhận bài."),
    name(
        "dien_thoai",
        "Số điện thoại liên hệ; trống nếu kế hoạch không ghi.",
    ),
    must(
        "thoi_han",
        "Thời hạn nhận bài nay là, theo đúng chữ của văn bản.",
    ),
    name(
        "van_ban",
        "Số văn bản đổi thời hạn; trống nếu kế hoạch không ghi.",
    ),
    must(
        "ket_qua",
        "Mỗi bài một câu có mã tiếp nhận: nay đúng hạn hay muộn (danh sách).",
    ),
];

/// What the template of a form may name.
pub fn names(form: LetterForm) -> &'static [Name] {
    match form {
        LetterForm::Receipt => RECEIPT,
        LetterForm::Ask => ASK,
        LetterForm::Deadline => DEADLINE,
    }
}

/// Whom a letter greets whose name is not known.
pub const PARTICIPANT: &str = "người dự thi";

/// Titles of the pages.
pub const TITLE: &str = "Mẫu thư";

/// Names of the letters that show how a wording reads.
pub const SAMPLE_ONE: &str = "Một bài, đủ thông tin";
pub const SAMPLE_SEVERAL: &str = "Nhiều bài, có điều cần bổ sung";
pub const SAMPLE_BARE: &str = "Một bài, chưa đọc được thông tin";
pub const SAMPLE_NO_FILE: &str = "Thư không kèm tệp";
pub const SAMPLE_LINK: &str = "Thư chỉ có liên kết";
pub const SAMPLE_IN_TIME: &str = "Bài nay đúng hạn";
pub const SAMPLE_LATE: &str = "Bài nay nộp muộn";

/// What stands in them where a contest's plan says nothing.
pub const SAMPLE_NAME: &str = "Nguyễn Văn An";
pub const SAMPLE_OTHER_NAME: &str = "Trần Thị Bình";
pub const SAMPLE_BIRTH: &str = "05/9/2007";
pub const SAMPLE_CLASS: &str = "7A";
pub const SAMPLE_PHRASE: &str = "trước 17h00 ngày 06/9/2019";
pub const SAMPLE_DOCUMENT: &str = "Công văn số 123/STP-PBGDPL";
pub const SAMPLE_PHONE: &str = "024.3828 0000";
pub const SAMPLE_FILE: &str = "Bài dự thi.docx";
pub const SAMPLE_PHOTO: &str = "IMG_0123.jpg";
pub const SAMPLE_FILE_KIND: &str = "tệp Word, 4 trang";
pub const SAMPLE_PHOTO_KIND: &str = "ảnh JPEG";
pub const SAMPLE_MISSING: &[&str] = &["ngày sinh", "số điện thoại liên hệ"];
pub const SAMPLE_ADVICE: &[&str] = &["bài nên đánh số trang"];
pub const SAMPLE_ROLL: &[&str] = &[
    "Danh sách gửi kèm có 4 người; thư này có 3 bài dự thi.",
    "Chưa thấy bài của 1 người trong danh sách: Lê Văn Cường.",
];
pub const SAMPLE_ROLL_REQUEST: &str =
    "Đề nghị gửi bổ sung bài còn thiếu, hoặc báo lại nếu danh sách có thay đổi.";

/// Which text is in force.
pub const SHIPPED: &str = "Mẫu gốc của phần mềm";

pub fn version(n: i64) -> String {
    format!("Bản thứ {}", super::time::number(n))
}

/// A version that letters could not be written by.
pub fn failed(when: &str) -> String {
    format!(
        "Từ {when}, có thư không viết được theo bản này; những thư ấy đã gửi theo mẫu gốc của phần mềm, không thư nào mất. Hãy sửa mẫu."
    )
}

/// Whoever may not reword letters.
pub fn only_top(unit: &str) -> String {
    format!("Chỉ Tổ Thư ký của {unit} sửa được mẫu thư, vì mọi đơn vị dùng chung.")
}

/// A wording that was saved.
pub fn saved(form_name: &str, shipped: bool) -> String {
    if shipped {
        format!("Đã dùng lại mẫu gốc của phần mềm cho thư “{form_name}”.")
    } else {
        format!("Đã lưu mẫu mới của thư “{form_name}”; thư soạn từ lúc này viết theo mẫu ấy.")
    }
}

/// The alarm about a wording that failed.
pub fn alarm_subject(form_name: &str) -> String {
    format!("CẢNH BÁO: mẫu thư “{form_name}” không dùng được")
}

pub const ALARM_WHAT_TO_DO: &str = "Thư vẫn được gửi, theo mẫu gốc của phần mềm; không thư nào mất. Đề nghị mở trang Mẫu thư trên bàn làm việc, sửa mẫu hoặc dùng lại mẫu gốc.";

#[cfg(test)]
mod tests {
    use super::Fault;
    use super::Part;
    use super::Wrong;

    #[test]
    fn a_clerk_is_told_the_line_and_what_to_do() {
        let fault = Fault {
            part: Part::Body,
            line: Some(7),
            wrong: Wrong::UnknownName("ma_bai".into()),
        };
        assert_eq!(
            fault.sentence(),
            "Nội dung, dòng 7: không có giá trị nào tên “ma_bai”. Hãy dùng các tên trong bảng bên cạnh."
        );
        let fault = Fault::of(Part::Subject, Wrong::Empty);
        assert_eq!(fault.sentence(), "Tiêu đề: không được để trống.");
    }
}
