//! Sentences about copied essays: the command `phach compare` and its report.

use std::fmt::Display;
use std::path::Path;

use crate::duplicate::Level;

pub const COMPARING: &str = "Đang đối chiếu các bài…";
pub const NOTHING_FOUND: &str = "Không thấy bài nào có đoạn trùng đáng lưu ý.";
pub const NOT_HERE: &str = "(không có)";

/// What a level asks for.
pub fn level(level: Level) -> &'static str {
    match level {
        Level::Clear => "không trùng",
        Level::Note => "có đoạn trùng",
        Level::Review => "cần xem lại",
        Level::Resent => "bài nộp lại",
        Level::Copied => "nghi sao chép",
    }
}

pub fn no_essays(path: &Path) -> String {
    format!("Không có bài nào để đối chiếu trong {}.", path.display())
}

pub fn bad_line(path: &Path, line: usize, error: &dyn Display) -> String {
    format!(
        "Tệp {}, dòng {line} sai định dạng: {error}.",
        path.display()
    )
}

pub fn bad_given(path: &Path, error: &dyn Display) -> String {
    format!(
        "Tệp văn bản chung {} sai định dạng ({error}). Cần một đối tượng JSON có danh sách “given”, hoặc một thư mục văn bản.",
        path.display()
    )
}

pub fn essay_unread(name: &str, error: &dyn Display) -> String {
    format!("{name}: không đọc được chữ ({error}); bài này chưa được đối chiếu, cần người mở xem.")
}

/// A row of the table in the terminal.
pub fn row(score: f64, level_of: Level, name: &str, sources: &[(String, f64)]) -> String {
    let sources: Vec<String> = sources
        .iter()
        .map(|(source, share)| format!("{source} ({}%)", percent(*share)))
        .collect();
    format!(
        "{:>4}%  {:<14} {name}  ←  {}",
        percent(score),
        level(level_of),
        sources.join(", ")
    )
}

/// The last lines of the table.
pub fn summary(essays: usize, levels: &[(Level, usize)], clusters: usize) -> String {
    let counts: Vec<String> = levels
        .iter()
        .map(|(level_of, count)| format!("{count} {}", level(*level_of)))
        .collect();
    format!(
        "Đã đối chiếu {essays} bài: {}. Số nhóm bài giống nhau: {clusters}.\nKết quả chỉ để người phụ trách xem xét; bài đến trước được gọi là nguồn, chưa chắc là bài gốc.",
        counts.join(", ")
    )
}

/// A share as people say it.
pub fn percent(share: f64) -> u32 {
    (share * 100.0).round().clamp(0.0, 100.0) as u32
}

pub fn report_saved(path: &Path) -> String {
    format!("Đã ghi báo cáo: {}", path.display())
}
