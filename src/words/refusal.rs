//! What is said when something cannot be done: at the desk, at the door, on the pages of errors.

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
    /// A mail that was made an entry has its entry and its receipt by now.
    AlreadySorted,
    /// A try that was started is not taken back.
    NotUndoable,
    /// Only a letter that failed, or whose fate is unknown, can be sent again.
    NotFailed,
    /// This act needs a matter.
    NoMatter,
    /// The entry stands on a list that is locked.
    OnLockedList,
    /// A judge has looked at the version that counts, or it was handed over.
    InUse,
    /// The list of the unit's first round is locked: nothing more can be put into it.
    ListLocked,
    /// The unit hands nothing over, or has no list that is locked.
    NothingToHandOver,
    /// Which essays leave is not said, or all of them would, or none may by this ruling.
    SettleWhich,
    /// The short name of the contest was not typed, or not as it is.
    NotTyped,
    /// The receipt code was not typed, or is another one's.
    CodeNotTyped,
    /// The paper on which a person asked for the removal was not named.
    NoPaper,
    /// Nothing was chosen that could go.
    NothingChosen,
    /// A locked list takes the entry, or it was handed over.
    Bound,
    /// A mail handed in an entry that stays.
    OthersMail,
    /// By the plan in force the data is to be kept.
    NotDue,
    /// What is removed is not put back.
    RemovalBegun,
    /// The personal data it is about was removed.
    Removed,
    /// What every unit shares is changed by the unit at the top.
    OnlyTop,
    /// The intake goes on: handing over now needs the secretariat's word.
    IntakeOpen,
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
            Refusal::AlreadySorted => {
                "Thư đã được tiếp nhận thành bài dự thi nên không hoàn tác được nữa. Nếu nhầm, hãy mở bài và chọn “Không phải bài dự thi”."
            }
            Refusal::NotUndoable => "Việc cho máy làm lại không hoàn tác được.",
            Refusal::NotFailed => "Chỉ gửi lại thư không gửi được hoặc chưa rõ đã gửi được chưa.",
            Refusal::OnLockedList => {
                "Bài này nằm trong danh sách đã chốt nên không thay đổi được nữa."
            }
            Refusal::InUse => {
                "Giám khảo đã xem bản đang được tính, hoặc bài đã bàn giao, nên không đổi sang bản khác được nữa. Hãy giữ bản ấy, hoặc giữ cả hai bài."
            }
            Refusal::ListLocked => {
                "Danh sách vòng đầu của đơn vị đã chốt nên không đưa thêm bài vào hàng đợi chấm được."
            }
            Refusal::NoMatter => "Hãy mở việc cần xử lý rồi quyết định.",
            Refusal::NothingToHandOver => {
                "Chưa có bài nào để bàn giao: danh sách chưa chốt, hoặc mọi bài đã được bàn giao."
            }
            Refusal::SettleWhich => {
                "Hãy đánh dấu các bài không dự thi tiếp, và để lại ít nhất một bài. Với “trích dẫn chung” và “không trùng” thì mọi bài đều ở lại."
            }
            Refusal::NotTyped => {
                "Chưa xóa gì. Để xác nhận, hãy gõ đúng mã cuộc thi ghi cạnh ô trống."
            }
            Refusal::CodeNotTyped => {
                "Chưa xóa gì. Để xác nhận, hãy gõ đúng mã tiếp nhận ghi cạnh ô trống."
            }
            Refusal::NoPaper => {
                "Chưa xóa gì. Hãy ghi số, ngày của văn bản hoặc đơn đề nghị xóa dữ liệu."
            }
            Refusal::NothingChosen => "Chưa xóa gì. Hãy đánh dấu ít nhất một mục cần xóa.",
            Refusal::Bound => {
                "Chưa xóa gì. Có bài đã được chọn trong danh sách đã chốt hoặc đã bàn giao nên chưa xóa được. Hãy bỏ đánh dấu bài ấy."
            }
            Refusal::OthersMail => {
                "Chưa xóa gì. Có thư còn mang bài được giữ lại. Hãy bỏ đánh dấu thư ấy, hoặc đánh dấu cả bài."
            }
            Refusal::NotDue => {
                "Theo kế hoạch đang áp dụng, dữ liệu cá nhân chưa đến hạn xóa. Chưa xóa gì."
            }
            Refusal::RemovalBegun => {
                "Máy đã bắt đầu xóa dữ liệu cá nhân nên không hoàn tác được nữa. Nếu xóa nhầm, chỉ còn cách khôi phục từ bản sao lưu."
            }
            Refusal::Removed => {
                "Dữ liệu cá nhân này đã được xóa nên không sửa hay hoàn tác được nữa."
            }
            Refusal::OnlyTop => {
                "Việc này chung cho mọi đơn vị, nên chỉ Tổ Thư ký của đơn vị đứng đầu cuộc thi làm được."
            }
            Refusal::IntakeOpen => {
                "Chưa hết hạn nhận bài. Nếu vẫn bàn giao ngay, hãy bấm nút ghi rõ điều đó."
            }
        }
    }
}

/// Somebody was faster.
pub const STALE: &str =
    "Việc này vừa được người khác xử lý, hoặc đã có quyết định sau đó. Hãy xem lại rồi quyết định.";
pub const CONFLICT: &str = "Chưa thực hiện được";

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
pub const BROKEN: (&str, &str) = (
    "Hệ thống gặp lỗi",
    "Chưa có gì thay đổi. Hãy thử lại sau ít phút; nếu vẫn lỗi, báo quản trị viên.",
);

/// Words of the login pages and the refusals there.
pub const LINK_USED: &str = "Đường dẫn này đã dùng rồi hoặc đã quá 15 phút. Hãy xin đường dẫn mới.";
pub const CODE_WRONG: &str =
    "Mã chưa đúng hoặc đã hết hiệu lực. Hãy kiểm tra lại thư mới nhất, hoặc xin mã mới.";

/// The file with the installation's key is not there, or is another one's.
pub const NO_KEY: &str = "Không đọc được khóa của máy này (tệp installation.key trong thư mục dữ liệu). Hãy báo người quản trị khôi phục tệp ấy từ bản sao lưu, rồi làm lại.";
