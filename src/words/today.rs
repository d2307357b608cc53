//! What waits for people today: a line for each kind of matter.

use super::time;
use crate::entry::MatterKind;

/// "9 thư chưa rõ đơn vị": a line of the desk and what it asks for.
pub fn line(kind: MatterKind, n: i64) -> (String, &'static str) {
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
        MatterKind::Version => (
            format!("{n} bài nộp lại chờ quyết định."),
            "Bản trước vẫn được tính; xem hai bản cạnh nhau rồi chọn bản được tính.",
        ),
        MatterKind::Excluded => (
            format!("{n} bài có thể của người không được dự thi."),
            "Chưa bài nào bị loại; đối chiếu với danh sách Ban Tổ chức, Ban Giám khảo trong kế hoạch.",
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
            "Chưa mất thư nào; mở từng việc để biết vì sao và cần làm gì.",
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
        MatterKind::Copy => (
            format!("{n} bài chưa rọc phách được."),
            "Bài chưa giao cho giám khảo; cần người chỉ chữ phải che hoặc bổ sung họ tên.",
        ),
        MatterKind::Pictures => (
            format!("{n} bài có hình minh họa chờ xem."),
            "Phần chữ đã giao cho giám khảo; xem hình, che thông tin người dự thi rồi giao nốt.",
        ),
        MatterKind::ListLocked => (
            format!("{n} bài đến sau khi danh sách đã chốt."),
            "Bài vẫn được giữ đầy đủ; báo người dự thi và Ban Tổ chức.",
        ),
        MatterKind::Judge => (
            format!("{n} bài giám khảo báo cần xem."),
            "Giám khảo thấy bài lộ phách, không đọc được hoặc nghi sao chép.",
        ),
        MatterKind::Copied => (
            format!("{n} nhóm bài có phần lớn nội dung trùng nhau."),
            "Chưa bài nào bị loại; xem hai bài cạnh nhau rồi quyết định cho cả nhóm.",
        ),
        MatterKind::Roll => (
            format!("{n} danh sách gửi kèm không khớp với số bài."),
            "Bài đã nhận vẫn được chấm; hỏi lại nơi gửi về bài thiếu, bài thừa.",
        ),
        MatterKind::Retention => (
            format!("{n} cuộc thi đến hạn xóa dữ liệu cá nhân."),
            "Chưa xóa gì; xem số liệu rồi xác nhận hoặc để lại sau.",
        ),
        MatterKind::Handover => (
            format!("{n} việc về bàn giao bài."),
            "Gói bàn giao chờ đối chiếu khóa, không nhận được, hoặc còn thiếu thư.",
        ),
    }
}
