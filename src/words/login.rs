//! What `phach mailbox login` says to the clerk, step by step.

use std::fmt::Display;

use super::time;

pub fn unknown(address: &str) -> String {
    format!(
        "Tệp cài đặt chưa nói cách đăng nhập {address}. Hãy thêm địa chỉ này vào [[imap]] hoặc [[relay]] rồi chạy lại."
    )
}

/// First line: which mailbox, at which provider.
pub fn begin(address: &str) -> String {
    format!("Đăng nhập hòm thư {address}. Làm lần lượt các bước sau; bấm Ctrl+C để thôi.")
}

/// A login by code on any device.
pub fn device(page: &str, code: &str, user: &str, minutes: u64) -> String {
    format!(
        "  1. Trên máy bất kỳ (kể cả điện thoại), mở trang: {page}\n  2. Nhập mã: {code}\n  3. Đăng nhập bằng đúng hòm thư {user}, rồi bấm đồng ý.\nMã dùng được trong {minutes} phút. Phần mềm đang chờ …"
    )
}

/// A login in the browser.
pub fn browser(address: &str, user: &str) -> String {
    format!(
        "  1. Mở địa chỉ sau trong trình duyệt:\n\n{address}\n\n  2. Đăng nhập bằng đúng hòm thư {user}, rồi bấm đồng ý.\n  3. Nếu trình duyệt ở trên máy này thì xong. Nếu ở máy khác, trình duyệt sẽ báo không mở được trang (http://127.0.0.1… hoặc http://localhost…): hãy chép nguyên địa chỉ trên thanh địa chỉ của trang đó, dán vào đây rồi bấm Enter.\nPhần mềm đang chờ …"
    )
}

/// The page that the browser is left with.
pub const BROWSER_DONE: &str = "<!doctype html><html lang=\"vi\"><meta charset=\"utf-8\"><title>phách</title><p>Đã nhận. Có thể đóng trang này và trở lại cửa sổ đang chạy lệnh phach.</p></html>";

pub const NOT_THE_ADDRESS: &str = "Địa chỉ vừa dán không phải của lần đăng nhập này. Hãy chép lại nguyên cả dòng trên thanh địa chỉ.";

pub fn refused(word: &str) -> String {
    format!(
        "Nhà cung cấp thư không cho đăng nhập ({word}). Hãy chạy lại lệnh và bấm đồng ý ở bước cuối."
    )
}

pub const TOO_LATE: &str = "Mã đăng nhập đã hết hạn mà chưa ai đồng ý. Hãy chạy lại lệnh.";

pub const AGREED: &str = "Đã được đồng ý. Đang đăng nhập thử …";

/// The provider's answer was no, with what to do.
pub fn failed(error: &dyn Display) -> String {
    format!(
        "Chưa lấy được mã truy cập ({error}). Hãy kiểm tra đường mạng và mục [[oauth]] trong tệp cài đặt (client_id, client_secret_file, scopes), rồi chạy lại."
    )
}

/// The last line: it works.
pub fn works(address: &str, mails: i64) -> String {
    format!(
        "Đăng nhập được: hòm thư {address} có {} thư. Phần mềm tự dùng lần đăng nhập này, không cần khởi động lại.",
        time::number(mails)
    )
}

pub fn relay_works(relay: &str) -> String {
    format!("Đăng nhập được máy chủ gửi thư {relay}.")
}

/// The server refuses what the provider gave: mostly the wrong person logged in.
pub fn wrong(user: &str) -> String {
    format!(
        "Máy chủ thư từ chối lần đăng nhập này; lần đăng nhập cũ (nếu có) được giữ nguyên. Có thể đã đăng nhập nhầm hòm thư khác {user}, hoặc hòm thư chưa bật IMAP/SMTP. Hãy kiểm tra rồi chạy lại."
    )
}

/// The server cannot be asked now; the login is kept.
pub fn untried(error: &dyn Display) -> String {
    format!(
        "Đã lưu lần đăng nhập, nhưng chưa thử được với máy chủ thư ({error}). Phần mềm sẽ tự thử lại; hãy chạy “phach check” sau ít phút."
    )
}

/// Which kind of server a mailbox with a password is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    Google,
    Microsoft,
    Other,
}

/// What to know of passwords there.
pub fn passwords(address: &str, home: Home) -> String {
    let how = match home {
        Home::Google => {
            "Gmail không nhận mật khẩu thường qua IMAP mà cần mật khẩu ứng dụng:\n  1. Đăng nhập hòm thư tại https://myaccount.google.com, mục Bảo mật, bật Xác minh 2 bước.\n  2. Mở https://myaccount.google.com/apppasswords, đặt tên “phach”, bấm Tạo.\n  3. Chép 16 chữ cái hiện ra (bỏ dấu cách) vào dòng đầu của tệp mật khẩu.\nCách khác, bền hơn: khai [[oauth]] với provider = \"google\" rồi chạy lại lệnh này."
        }
        Home::Microsoft => {
            "Microsoft 365 và Outlook.com không còn nhận mật khẩu qua IMAP, kể cả mật khẩu ứng dụng. Hãy khai [[oauth]] với provider = \"microsoft\", thay dòng password_file bằng oauth = \"…\" rồi chạy lại lệnh này."
        }
        Home::Other => {
            "Mật khẩu nằm ở dòng đầu của tệp mật khẩu. Nếu máy chủ thư yêu cầu xác minh hai bước, hãy tạo mật khẩu ứng dụng trong phần bảo mật của hòm thư và dùng mật khẩu đó."
        }
    };
    format!(
        "Hòm thư {address} đăng nhập bằng mật khẩu (theo tệp cài đặt). {how}\nĐang đăng nhập thử …"
    )
}

/// How old a login by token is: "Đăng nhập ngày …, mã truy cập mới nhất lúc …."
pub fn age(logged_in: &str, renewed: &str) -> String {
    format!("Đăng nhập bằng mã truy cập từ {logged_in}; gia hạn gần nhất {renewed}.")
}

/// A login by token that ends before long.
pub fn ends(at: &str, address: &str) -> String {
    format!(
        "Lần đăng nhập này hết hiệu lực vào {at}. Hãy chạy “phach mailbox login {address}” trước lúc đó."
    )
}
