//! What the page of the search says.

use super::time;

pub const TITLE: &str = "Tìm bài dự thi";

/// "12 kết quả"
pub fn results(total: i64) -> String {
    format!("{} kết quả", time::number(total))
}

/// Names of the lines of a hit.
pub const UNIT: &str = "Đơn vị ghi trong bài";
pub const CLASS: &str = "Lớp";
pub const ADDRESS: &str = "Địa chỉ";
pub const PHONE: &str = "Điện thoại";
pub const EMAIL: &str = "Thư điện tử";
pub const FILE: &str = "Tệp";
pub const ESSAY: &str = "Trong bài";

/// Why there is no answer, and what to do.
pub const NO_WORD: &str = "Chưa có chữ hoặc số nào để tìm. Hãy gõ họ tên, mã tiếp nhận, số điện thoại hoặc vài từ trong bài.";
pub const FILLING: &str =
    "Hệ thống đang chuẩn bị dữ liệu tìm kiếm. Xin bấm Tìm lần nữa sau khoảng một phút.";
pub const BROKEN: &str = "Hiện chưa tìm được, lỗi đã được ghi lại. Trong lúc chờ, có thể lọc theo họ tên hoặc mã tiếp nhận ở trang Bài dự thi.";
pub const CUT: &str = "Câu tìm quá dài nên chỉ phần đầu được dùng.";

/// What to try next when nothing was found.
pub const HINT_CODE: &str = "Mã tiếp nhận này có một ký tự viết nhầm: hãy đối chiếu với thư xác nhận. Mã không dùng các chữ B, I, O, S, Z và các số 0, 1, 5.";
pub const HINT_QUOTES: &str = "Bỏ dấu ngoặc kép để tìm các từ không đứng liền nhau.";
pub const HINT_FEWER: &str = "Dùng ít từ hơn, ví dụ chỉ họ tên hoặc chỉ số điện thoại.";
pub const HINT_SPELLING: &str =
    "Kiểm tra chính tả. Gõ có dấu hay không dấu, chữ hoa hay chữ thường đều được.";
pub const HINT_WORKING: &str = "Bài vừa gửi đến có thể đang được đọc; xin tìm lại sau ít phút.";
pub const HINT_UNIT: &str =
    "Chỉ tìm trong bài của đơn vị này; bài gửi nhầm nơi khác không hiện ở đây.";

/// "Không bài nào có từ “xyz”, “abc”."
pub fn absent(words: &[String]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("“{word}”")).collect();
    format!("Không bài nào có từ {}.", quoted.join(", "))
}

/// A way to ask without the words that stand nowhere.
pub fn without(rest: &str) -> String {
    format!("Tìm “{rest}”")
}

#[cfg(test)]
mod tests {
    use super::absent;
    use super::results;

    #[test]
    fn numbers_and_words_are_said_plainly() {
        assert_eq!(results(12_345), "12.345 kết quả");
        assert_eq!(
            absent(&["xyz".to_owned(), "abc".to_owned()]),
            "Không bài nào có từ “xyz”, “abc”."
        );
    }
}
