//! A new version of a plan is told to the clerk change by change.

use super::KEY;
use super::SMALL;
use super::sound;
use crate::contest::diff::diff;

#[test]
fn a_clerk_reads_what_a_new_version_changes() {
    let old = sound(SMALL);
    let check = |from: &str, to: &str, want: &[&str]| {
        assert!(SMALL.contains(from), "{from}");
        let new = sound(&SMALL.replacen(from, to, 1));
        let lines: Vec<String> = diff(Some(&old), &new)
            .iter()
            .map(|change| change.line())
            .collect();
        assert_eq!(lines, want);
    };
    check("x", "x", &[]);
    check(
        "ngày 06/9/2019",
        "ngày 26/9/2019",
        &["Hạn nhận bài: trước 17h00 ngày 06/9/2019 → trước 17h00 ngày 26/9/2019"],
    );
    check(
        "unit = \"quan-mot\"\nphrase = \"trước 17h00 ngày 05/9/2019\"",
        "unit = \"quan-mot\"\nphrase = \"trước ngày 05/9/2019\"",
        &["Hạn nhận bài của Quận Một: trước 17h00 ngày 05/9/2019 → trước ngày 05/9/2019"],
    );
    check(
        "mailbox = \"mot@a.example\"\n",
        "",
        &["Bỏ hòm thư mot@a.example của đơn vị quan-mot"],
    );
    check(
        "[\"Phường Hai\"]",
        "[]",
        &["Bỏ đơn vị Phường Hai (quan-mot.hai)"],
    );
    check(
        "[\"Phường Hai\"]",
        "[\"Phường Hai\", \"Phường Ba\"]",
        &["Thêm đơn vị Phường Ba (quan-mot.ba)"],
    );
    check("1 = \"A\"", "1 = \"B\"", &["Đổi đáp án câu 1"]);
    check(
        "[eligibility]",
        "[retention]\nafter = \"2020-11-09\"\n[eligibility]",
        &["Xóa dữ liệu cá nhân: (chưa có) → từ ngày 09/11/2020"],
    );
    check(
        "[eligibility]",
        "[retention]\nmonths = 12\n[eligibility]",
        &["Xóa dữ liệu cá nhân: (chưa có) → 12 tháng sau thời hạn cuối cùng"],
    );
    let scored = "entry = { round = \"loai\" }\n";
    check(
        scored,
        &format!("{scored}marks = 2\napprovals = [\"head_judge\"]\nties = []\n"),
        &[],
    );
    check(
        scored,
        &format!(
            "{scored}advance = 5\nmarks = 3\napprovals = [\"head_judge\", \"secretary\"]\nties = [\"bai-viet\"]\n"
        ),
        &[
            "Sửa vòng thi Sơ khảo (so-khao): số bài đi tiếp: tất cả bài đạt → 5 bài; \
           số lượt chấm độc lập mỗi bài: 2 → 3; \
           người duyệt danh sách: Trưởng Ban Giám khảo → Trưởng Ban Giám khảo, Tổ Thư ký; \
           xử lý điểm bằng nhau: Trưởng Ban Giám khảo quyết định → bai-viet",
        ],
    );
    check(
        "name = \"Vòng loại\"\nkind = \"triage\"",
        "name = \"Vòng một\"\nkind = \"scored\"\nmarks = 1",
        &["Sửa vòng thi Vòng một (loai): tên: Vòng loại → Vòng một; \
           hình thức: đạt / không đạt / xem lại → chấm điểm"],
    );
    check(
        "points = 7.5\n",
        "points = 7.5\nhint = \"Đủ ý\"\nquick = [0, 3.75, 7.5]\n",
        &["Sửa tiêu chí bai-viet: gợi ý chấm: (chưa có) → Đủ ý; \
           mức chọn nhanh: 0 – 2 – 3,75 – 5,75 – 7,5 → 0 – 3,75 – 7,5"],
    );
    check(
        "name = \"Quận Một\"\n",
        &format!("name = \"Quận Một\"\nsigning_key = \"{KEY}\"\n"),
        &[&format!(
            "Sửa đơn vị Quận Một (quan-mot): khóa ký: (chưa có) → {KEY}"
        )],
    );
    check(
        "count = 1",
        "count = 2",
        &["Sửa giải thưởng: Giải nhất cá nhân (1 giải) → Giải nhất cá nhân (2 giải)"],
    );
    check(
        "[[prize]]",
        "[[given]]\ntitle = \"Bộ câu hỏi\"\ntext = \"Câu 1. Dịch vụ công là gì?\"\n[[prize]]",
        &["Thêm văn bản chung “Bộ câu hỏi”"],
    );
    let first: Vec<String> = diff(None, &old)
        .iter()
        .map(|change| change.line())
        .collect();
    assert_eq!(first[0], "Cuộc thi mới: Cuộc thi thử");
    assert!(first.contains(&"Thêm đơn vị Quận Một (quan-mot)".to_owned()));
}
