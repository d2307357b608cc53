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
