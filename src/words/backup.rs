//! What `phach backup` and `phach restore` say.

use std::path::Path;

use super::time;

pub const READING: &str = "Đang ghi dữ liệu…";
pub const NO_KEY: &str = "Không đọc được khóa của máy này (tệp installation.key trong thư mục dữ liệu); bản sao lưu thiếu khóa thì không khôi phục được mã tiếp nhận. Hãy đưa tệp ấy trở lại rồi làm lại";
pub const NEWER: &str =
    "Bản sao lưu này do một phiên bản phach mới hơn ghi. Hãy cài phiên bản ấy rồi chạy lại.";
pub const OTHER_SCHEMA: &str = "Cơ sở dữ liệu trống nhưng có cấu trúc của phiên bản khác với bản sao lưu. Hãy dùng một cơ sở dữ liệu chưa có bảng nào (SQLite: xóa tệp phach.db; PostgreSQL: tạo cơ sở dữ liệu mới) rồi chạy lại.";
pub const NEXT: &str = "Hãy chạy “phach check”, rồi “phach serve --until-idle --lanes 1”: thư đến sau bản sao lưu được lấy lại từ máy chủ thư, xử lý theo đúng thứ tự đã đến và có lại đúng mã tiếp nhận cũ. Sau đó chạy “phach serve” như thường. Thư đã đưa vào bằng “phach import” sau bản sao lưu thì đưa vào lại. Mọi người đăng nhập lại; việc do người xử lý sau bản sao lưu phải làm lại.";
pub const MOVED: &str = "Tệp cài đặt đặt mode = \"move\": thư nhận sau bản sao lưu đang nằm trong thư mục đã chuyển trên máy chủ thư. Hãy chuyển những thư ấy về hộp thư đến trước khi chạy “phach serve”.";

pub fn not_empty(folder: &Path) -> String {
    format!(
        "Thư mục {} đã có tệp. Mỗi bản sao lưu cần một thư mục mới, ví dụ đặt tên theo ngày giờ.",
        folder.display()
    )
}

pub fn not_written(folder: &Path) -> String {
    format!(
        "Không ghi được bản sao lưu vào {}. Hãy kiểm tra quyền ghi và chỗ trống, xóa thư mục ghi dở rồi làm lại",
        folder.display()
    )
}

pub fn no_manifest(folder: &Path) -> String {
    format!(
        "{} không phải là một bản sao lưu trọn vẹn (không đọc được manifest.json). Hãy chọn thư mục khác",
        folder.display()
    )
}

pub fn damaged(folder: &Path, name: &str) -> String {
    format!(
        "Bản sao lưu {} thiếu hoặc hỏng tệp {name}. Chưa có gì thay đổi; hãy dùng một bản sao lưu khác.",
        folder.display()
    )
}

pub fn occupied(table: &str) -> String {
    format!(
        "Cơ sở dữ liệu này đã có dữ liệu (bảng {table}). Chỉ khôi phục được vào nơi còn trống: hãy khai database và data khác trong tệp cài đặt, hoặc dời dữ liệu cũ đi nơi khác."
    )
}

/// What a backup holds.
pub fn written(folder: &Path, rows: u64, blobs: u64, bytes: u64, missing: u64) -> String {
    let mut out = format!(
        "Đã sao lưu vào {}: {} dòng dữ liệu, {} tệp ({}). Bản sao lưu có khóa của máy và thông tin người dự thi: hãy giữ kín, và chép sang máy khác cùng tệp cài đặt.",
        folder.display(),
        number(rows),
        number(blobs),
        time::size(i64::try_from(bytes).unwrap_or(i64::MAX)),
    );
    if missing > 0 {
        out.push_str(&format!(
            "\n{} tệp đã thiếu hoặc hỏng từ trước nên không có trong bản sao lưu. Hãy chạy “phach verify” để xem là tệp nào.",
            number(missing)
        ));
    }
    out
}

/// What was brought back; `at` is the moment of the backup.
pub fn restored(at: &str, rows: u64, blobs: u64, unsure_letters: u64) -> String {
    let mut out = format!(
        "Đã khôi phục bản sao lưu lúc {at}: {} dòng dữ liệu, {} tệp.",
        number(rows),
        number(blobs)
    );
    if unsure_letters > 0 {
        out.push_str(&format!(
            "\n{} thư chưa rõ đã gửi hay chưa: Tổ Thư ký quyết định ở trang Việc cần xử lý.",
            number(unsure_letters)
        ));
    }
    out
}

fn number(n: u64) -> String {
    time::number(i64::try_from(n).unwrap_or(i64::MAX))
}
