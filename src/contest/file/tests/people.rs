//! What a plan says of essays handed in again and of people who do not take part.

use super::HANOI;
use super::SMALL;
use super::TWO_LEVEL;
use super::sound;
use crate::contest::Plan;
use crate::contest::diff::diff;
use crate::contest::resubmission::Rule;

#[test]
fn a_plan_says_what_becomes_of_newer_versions_and_who_does_not_take_part() {
    for shipped in [HANOI, TWO_LEVEL] {
        assert_eq!(sound(shipped).resubmission.rule, Rule::Latest);
    }
    let old = sound(SMALL);
    assert_eq!((old.resubmission.rule, old.excluded.len()), (Rule::Ask, 0));
    let text = SMALL.replacen(
        "[[prize]]",
        "[resubmission]
rule = \"latest\"
until = \"trước 17h00 ngày 05/9/2019\"
[[excluded]]
role = \"Ban Giám khảo\"
unit = \"quan-mot\"
members = [\"Trần Thị B\", { name = \"Nguyễn Văn A\", birth_date = \"1970-01-02\", phone = \"+84 912 345 678\", email = \"A@Hn.example\" }]
[[prize]]",
        1,
    );
    let plan = sound(&text);
    let five = 1_567_677_600_000;
    assert!(plan.resubmission.is_open(five - 1) && !plan.resubmission.is_open(five));
    let [other, person] = plan.excluded.as_slice() else {
        panic!("{:?}", plan.excluded);
    };
    assert_eq!(
        (other.birth_date.as_ref(), other.role.as_str()),
        (None, "Ban Giám khảo")
    );
    assert_eq!(person.unit.as_deref(), Some("quan-mot"));
    assert_eq!(person.phone.as_deref(), Some("0912345678"));
    assert_eq!(person.email.as_deref(), Some("a@hn.example"));
    let json = serde_json::to_string(&plan).unwrap();
    assert_eq!(serde_json::from_str::<Plan>(&json).unwrap(), plan);
    let lines = |from: &Plan, to: &Plan| -> Vec<String> {
        let changes = diff(Some(from), to);
        changes.iter().map(|change| change.line()).collect()
    };
    assert_eq!(
        lines(&old, &plan),
        [
            "Bài nộp lại: chờ thư ký quyết định → bản mới thay bản trước (trước 17h00 ngày 05/9/2019)",
            "Thêm người không được dự thi: Trần Thị B (Ban Giám khảo)",
            "Thêm người không được dự thi: Nguyễn Văn A (Ban Giám khảo)",
        ]
    );
    assert_eq!(
        lines(&plan, &old).last().unwrap(),
        "Bỏ người không được dự thi: Nguyễn Văn A (Ban Giám khảo)"
    );
}
