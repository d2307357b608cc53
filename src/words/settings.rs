//! Sentences about the settings file.

use std::fmt::Display;
use std::path::Path;

pub fn unreadable(path: &Path, error: &dyn Display) -> String {
    format!(
        "Không đọc được tệp {}: {error}. Hãy kiểm tra đường dẫn và quyền đọc.",
        path.display()
    )
}

pub fn malformed(path: &Path, error: &dyn Display) -> String {
    format!(
        "Tệp cài đặt {} có chỗ viết chưa đúng:\n{error}",
        path.display()
    )
}

pub fn no_variable(name: &str) -> String {
    format!("Chưa có biến môi trường {name} chứa mật khẩu. Hãy đặt biến này rồi chạy lại.")
}
