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

/// A login by token that is described badly.
pub fn no_oauth(name: &str) -> String {
    format!(
        "Chưa có mục [[oauth]] tên “{name}” trong tệp cài đặt. Hãy thêm mục này, hoặc sửa lại dòng oauth."
    )
}

pub fn oauth_incomplete(name: &str) -> String {
    format!(
        "Mục [[oauth]] “{name}” chưa đủ: provider = \"other\" cần token_url và một trong hai: device_url, authorization_url; tenant phải là tên miền hoặc mã của cơ quan."
    )
}

pub fn oauth_and_password(name: &str) -> String {
    format!(
        "Hòm thư hoặc máy chủ gửi vừa khai oauth = \"{name}\" vừa khai mật khẩu. Hãy bỏ password_file và password_env, hoặc bỏ oauth."
    )
}
