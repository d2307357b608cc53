//! Both shipped plans are sound, and every mistake is told with its line.

mod change;
mod people;

use super::Severity;
use super::parse;
use crate::contest::plan::RoundKind;
use crate::contest::unit::Handover;
use crate::text::fold;

const HANOI: &str = include_str!("../../../config/contests/hanoi-2019.toml");
const TWO_LEVEL: &str = include_str!("../../../config/contests/two-level.toml");

/// Parsed without any problem.
fn sound(text: &str) -> crate::contest::Plan {
    let (plan, problems) = parse(text);
    let told: Vec<String> = problems
        .iter()
        .map(|problem| format!("{}: {}", problem.line, problem.message()))
        .collect();
    assert_eq!(told, Vec::<String>::new());
    plan.unwrap()
}

#[test]
fn the_plan_of_ha_noi_2019_says_what_the_letters_say() {
    let plan = sound(HANOI);
    let count = |kind: &str| plan.units.iter().filter(|unit| unit.kind == kind).count();
    assert_eq!(
        (count("quan"), count("huyen"), count("thi_xa")),
        (12, 17, 1)
    );
    assert!(count("so") + count("co_quan") >= 8);
    assert!(count("truong") >= 25);
    let wards = |parent: &str| {
        let of = |unit: &&crate::contest::Unit| {
            unit.kind == "phuong" && unit.parent.as_deref() == Some(parent)
        };
        plan.units.iter().filter(of).count()
    };
    assert_eq!((wards("hoan-kiem"), wards("dong-da")), (18, 21));
    assert_eq!((wards("hai-ba-trung"), wards("ba-dinh")), (20, 14));
    for unit in &plan.units {
        let own = plan
            .mailboxes
            .iter()
            .any(|mailbox| mailbox.unit == unit.code);
        let to = "ha-noi".to_owned();
        match unit.kind.as_str() {
            "thanh_pho" => assert!(own),
            "quan" | "huyen" | "thi_xa" => {
                assert!(own, "{}", unit.code);
                assert_eq!(unit.handover, Handover::Top { n: 100, to });
                assert_eq!(plan.first_round(unit).unwrap().kind, RoundKind::Triage);
            }
            "so" | "co_quan" => {
                assert!(own, "{}", unit.code);
                assert_eq!(unit.handover, Handover::All { to });
                assert!(plan.first_round(unit).is_none());
            }
            _ => assert!(!own),
        }
    }
    let ward = plan.unit("hoan-kiem.hang-bac").unwrap();
    assert_eq!(ward.quota, Some(15));
    assert_eq!(plan.intake_unit(&ward.code).unwrap().code, "hoan-kiem");
    assert_eq!(plan.phone(&ward.code), Some("024.38288214"));
    let counts: Vec<u32> = plan.prizes.iter().map(|prize| prize.count).collect();
    assert_eq!(counts, [3, 7, 20, 35, 3, 7, 10]);
    assert_eq!((plan.rounds.len(), plan.answer_key.len()), (4, 5));
    let until = plan.deadlines[0].until;
    assert_eq!(until, 1_567_764_000_000, "2019-09-06T10:00:00Z");
}

#[test]
fn units_are_known_by_the_spellings_people_use() {
    let (hanoi, two) = (sound(HANOI), sound(TWO_LEVEL));
    let check = |plan: &crate::contest::Plan, written: &str, want: &[&str]| {
        let form = fold(written);
        let known = |unit: &&crate::contest::Unit| {
            fold(&unit.name) == form || unit.aliases.iter().any(|alias| fold(alias) == form)
        };
        let codes: Vec<&str> = plan
            .units
            .iter()
            .filter(known)
            .map(|unit| unit.code.as_str())
            .collect();
        assert_eq!(codes, want, "{written}");
    };
    check(&hanoi, "Q.Hoàn Kiếm", &["hoan-kiem"]);
    check(&hanoi, "quan hoan kiem", &["hoan-kiem"]);
    check(&hanoi, "H. Mỹ Đức", &["my-duc"]);
    check(&hanoi, "TX Sơn Tây", &["son-tay"]);
    check(&hanoi, "TX. Hà Đông", &["ha-dong"]);
    check(&hanoi, "huyện Từ Liêm", &["bac-tu-liem", "nam-tu-liem"]);
    check(&hanoi, "P. Hàng Bạc", &["hoan-kiem.hang-bac"]);
    check(
        &hanoi,
        "trung học cơ sở Trưng Vương",
        &["hoan-kiem.thcs-trung-vuong"],
    );
    check(&hanoi, "PTTH Việt Đức", &["hoan-kiem.thpt-viet-duc"]);
    check(
        &hanoi,
        "THPT Lê Quý Đôn",
        &[
            "dong-da.thpt-le-quy-don-dong-da",
            "ha-dong.thpt-le-quy-don-ha-dong",
        ],
    );
    check(
        &hanoi,
        "Sở Lao động, Thương binh và Xã hội",
        &["so-lao-dong"],
    );
    check(&two, "quận Hoàn Kiếm", &["hoan-kiem"]);
    check(&two, "P.Hàng Bạc", &["hoan-kiem"]);
    check(&two, "phường Hàng Bông", &["hoan-kiem", "cua-nam"]);
    check(&two, "X. Sơn Đồng", &["son-dong"]);
}

#[test]
fn a_plan_of_two_levels_is_a_plan_like_any_other() {
    let plan = sound(TWO_LEVEL);
    let ward = plan.unit("cua-nam").unwrap();
    assert_eq!(plan.first_round(ward).unwrap().code, "vong-loai-phuong-xa");
    let school = plan.unit("cua-nam.thcs-trung-vuong").unwrap();
    assert_eq!(school.seat.as_deref(), Some("cua-nam"));
    assert_eq!(plan.intake_unit(&school.code).unwrap().code, "cua-nam");
    let city = plan.unit("ha-noi").unwrap();
    assert!(plan.first_round(city).is_none());
}

/// A small sound plan; each broken case exchanges one text in it.
pub(super) const SMALL: &str = r#"[contest]
slug = "thu"
title = "Cuộc thi thử"
zone = "Asia/Ho_Chi_Minh"
purpose = "Để thử."
points = 10
[eligibility]
min_age = 12
as_of = "2019-09-06"
[kind.tp]
word = "Thành phố"
[kind.quan]
word = "Quận"
parent = "tp"
handover = { kind = "top", n = 10, to = "tp" }
[kind.phuong]
word = "Phường"
[[unit]]
code = "tp"
kind = "tp"
name = "Thành phố A"
[[unit]]
code = "quan-mot"
kind = "quan"
name = "Quận Một"
mailbox = "mot@a.example"
[[mailbox]]
unit = "tp"
address = "tp@a.example"
[[deadline]]
what = "intake"
phrase = "trước 17h00 ngày 06/9/2019"
[[deadline]]
what = "intake"
unit = "quan-mot"
phrase = "trước 17h00 ngày 05/9/2019"
[[round]]
code = "loai"
name = "Vòng loại"
kind = "triage"
level = ["quan"]
entry = "intake"
[[round]]
code = "so-khao"
name = "Sơ khảo"
kind = "scored"
level = ["quan"]
entry = { round = "loai" }
[[round]]
code = "chung-khao"
name = "Chung khảo"
kind = "scored"
level = ["tp"]
entry = "handover"
[[criterion]]
code = "trac-nghiem"
name = "Trắc nghiệm"
points = 2.5
from_key = true
[[criterion]]
code = "bai-viet"
name = "Bài viết"
points = 7.5
[answer_key]
1 = "A"
[[prize]]
code = "nhat"
name = "Giải nhất"
count = 1
[wards]
quan-mot = ["Phường Hai"]
"#;

/// The public key of RFC 8032 §7.1, test 1.
const KEY: &str = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

#[test]
fn every_mistake_is_told_with_its_line() {
    sound(SMALL);
    let failed = std::cell::RefCell::new(Vec::new());
    let check = |from: &str, to: &str, severity: Severity, fragment: &str| {
        assert!(SMALL.contains(from), "{from}");
        let broken = SMALL.replacen(from, to, 1);
        // The mistake stands where the texts begin to differ, or where the case marks it with §.
        let line = 1 + broken.find('§').map_or_else(
            || SMALL[..SMALL.find(from).unwrap()].matches('\n').count(),
            |mark| broken[..mark].matches('\n').count(),
        );
        let broken = broken.replace('§', "");
        let (plan, problems) = parse(&broken);
        let told: Vec<(usize, String)> = problems
            .iter()
            .map(|problem| (problem.line, problem.message()))
            .collect();
        let hit = problems.iter().any(|problem| {
            problem.line == line
                && problem.severity == severity
                && problem.message().contains(fragment)
        });
        let right_end = plan.is_some() == (severity == Severity::Warning);
        if !hit || !right_end {
            let case = format!("{to:?}: line {line}, {fragment}; told {told:?}");
            failed.borrow_mut().push(case);
        }
    };
    let error = |from: &str, to: &str, fragment: &str| check(from, to, Severity::Error, fragment);
    let warning =
        |from: &str, to: &str, fragment: &str| check(from, to, Severity::Warning, fragment);
    error("slug = \"thu\"", "slug = \"thu", "cú pháp");
    error("min_age = 12", "min_age 12", "cú pháp");
    error("min_age = 12", "min_age = 12\n§min_age = 13", "cú pháp");
    error("min_age = 12", "min_age = \"mười hai\"", "phải là số");
    let kept = |text: &str, fragment: &str| {
        let to = format!("[retention]\n{text}\n[eligibility]");
        error("[eligibility]", &to, fragment);
    };
    kept("§after = \"2019-09-06\"", "phải sau thời hạn cuối cùng");
    kept("§after = \"06/9/2020\"", "không phải là ngày hợp lệ");
    kept("§months = 601", "từ 0 đến 600");
    kept(
        "after = \"2020-09-06\"\n§months = 12",
        "Chỉ ghi một trong hai",
    );
    kept("months = 12\n§years = 1", "years");
    error("min_age = 12", "min_age = 300", "từ 0 đến 120");
    error("title = ", "titel = ", "Có phải ý là “title”");
    error(
        "[eligibility]\nmin_age = 12\n",
        "[eligibility]\n",
        "Thiếu “min_age”",
    );
    error("purpose = \"Để thử.\"", "purpose = \" \"", "để trống");
    error("Asia/Ho_Chi_Minh", "Asia/Hanoi", "múi giờ");
    error("2019-09-06", "06/9/2019", "năm-tháng-ngày");
    error("[[prize]]", "[[prise]]", "Có phải ý là “prize”");
    error("kind = \"quan\"", "kind = \"quam\"", "Có phải ý là “quan”");
    error(
        "name = \"Quận Một\"",
        "name = \"Quận Một\"\nparent = §\"tq\"",
        "Có phải ý là “tp”",
    );
    error(
        "name = \"Quận Một\"",
        "name = \"Quận Một\"\nseat = §\"xa-xa\"",
        "“xa-xa”",
    );
    error(
        "code = \"tp\"\n",
        "§code = \"tp\"\nparent = \"quan-mot\"\n",
        "cao nhất",
    );
    error(
        "code = \"tp\"\n",
        "§code = \"tp\"\nparent = \"quan-mot\"\n",
        "vòng quanh",
    );
    error("code = \"quan-mot\"", "code = \"tp\"", "đã dùng ở dòng 19");
    error("code = \"quan-mot\"", "code = \"Quận Một\"", "không dấu");
    error("mot@a.example", "mot@a", "địa chỉ thư điện tử");
    error("tp@a.example", "MOT@a.example", "khai báo ở dòng 26");
    error("unit = \"tp\"", "unit = \"tpp\"", "Có phải ý là “tp”");
    error("n = 10, to = \"tp\"", "n = 10, to = \"xx\"", "“xx”");
    error("n = 10, ", "n = 0, ", "từ 1");
    error("kind = \"top\"", "kind = \"best\"", "top, all, none");
    error(
        "what = \"intake\"\nunit",
        "what = \"nhan\"\nunit",
        "intake, handover, report",
    );
    error("unit = \"quan-mot\"", "unit = \"quan-hai\"", "“quan-hai”");
    error("05/9/2019", "07/9/2019", "muộn hơn thời hạn của cấp trên");
    error(
        "trước 17h00 ngày 05/9/2019",
        "17h00 ngày 05/9/2019",
        "thiếu chữ “trước”",
    );
    error(
        "trước 17h00 ngày 05/9/2019",
        "trước 17h00 ngày 31/9/2019",
        "lịch",
    );
    error("ngày 05/9/2019", "đến hết ngày 05/9/2019", "mâu thuẫn");
    error(
        "{ round = \"loai\" }",
        "{ round = \"loay\" }",
        "Có phải ý là “loai”",
    );
    error(
        "{ round = \"loai\" }",
        "{ round = \"chung-khao\" }",
        "không đứng trước",
    );
    error("{ round = \"loai\" }", "\"intake\"", "hai vòng thi");
    error("code = \"so-khao\"", "code = \"loai\"", "đã dùng ở dòng 38");
    error("kind = \"triage\"", "kind = \"loai\"", "triage, scored");
    error(
        "level = [\"tp\"]",
        "level = [\"phuong\"]",
        "không có đơn vị nào nộp bài",
    );
    error("points = 2.5", "points = 2.3", "bội số của 0,25");
    error("points = 10", "points = 20", "khác với thang điểm 20");
    let scored = "entry = { round = \"loai\" }\n";
    let with = |line: &str| format!("{scored}{line}\n");
    error(scored, &with("marks = §0"), "từ 1 đến 9");
    error(scored, &with("marks = §\"hai\""), "phải là số");
    error(scored, &with("approvals = §[]"), "để trống");
    error(scored, &with("approvals = [§\"judge\"]"), "head_judge");
    error(
        scored,
        &with("approvals = [\"head_judge\",\n§\"thu_ky\"]"),
        "secretary",
    );
    error(
        scored,
        &with("ties = [§\"bai-vit\"]"),
        "Có phải ý là “bai-viet”",
    );
    error(
        scored,
        &with("ties = [\"bai-viet\",\n§\"bai-viet\"]"),
        "đã dùng ở dòng",
    );
    error(scored, &with("§tie = []"), "Có phải ý là “ties”");
    error(
        "entry = \"intake\"\n",
        "entry = \"intake\"\nties = [§\"bai-viet\"]\n",
        "không có điểm",
    );
    let again = "[[round]]
code = \"lai\"
name = \"Lại\"
kind = \"scored\"
level = [\"quan\"]
entry = §{ round = \"loai\" }
[[criterion]]
";
    error("[[criterion]]\n", again, "chỉ có một vòng tiếp theo");
    let essay = "points = 7.5\n";
    let with = |line: &str| format!("{essay}{line}\n");
    error(essay, &with("quick = §5"), "danh sách số");
    error(essay, &with("quick = [0, §7.75]"), "từ 0 đến 7,5");
    error(essay, &with("quick = [0, 2.5,\n§2.5]"), "từ thấp đến cao");
    error(essay, &with("quick = [§0.3]"), "bội số của 0,25");
    error(essay, &with("quick = [§\"-1\"]"), "từ 0 đến 7,5");
    error(essay, &with("hint = §\"\""), "để trống");
    error(
        "from_key = true\n",
        "from_key = true\nhint = §\"Gợi ý\"\n",
        "không do giám khảo chấm",
    );
    let unit = "name = \"Quận Một\"\n";
    let short = format!("{unit}signing_key = §\"c2hvcnQ=\"\n");
    error(unit, &short, "khóa công khai");
    let broken = format!("{unit}signing_key = §\"{}\"\n", KEY.replace('=', "!"));
    error(unit, &broken, "khóa công khai");
    error("1 = \"A\"", "1 = \"a\"", "từ A đến H");
    error("1 = \"A\"", "0 = \"A\"", "số thứ tự câu hỏi");
    error("count = 1", "count = 0", "từ 1");
    error("[\"Phường Hai\"]", "[\"Hai\"]", "loại đơn vị gì");
    error(
        "[\"Phường Hai\"]",
        "[\"Phường Hai\", \"PHƯỜNG HAI\"]",
        "đã dùng",
    );
    error(
        "name = \"Quận Một\"",
        "name = \"Quận Một\"\n[[unit]]\n§code = \"khac\"\nkind = \"quan\"\nname = \"quận một\"",
        "trùng tên",
    );
    let key = "from_key = true
[[criterion]]
code = \"bai-viet\"
name = \"Bài viết\"
points = 7.5
[answer_key]
1 = \"A\"
";
    let marked = key.replace("[answer_key]", "§[answer_key]");
    let idle = marked.replace("true", "false");
    warning(key, &idle, "sẽ không được dùng");
    let head = "[[criterion]]\ncode = \"trac-nghiem\"\nname = \"Trắc nghiệm\"\npoints = 2.5\n";
    let whole = format!("{head}{key}");
    let (keyless, _) = whole.split_once("[answer_key]").unwrap();
    warning(&whole, keyless, "chưa có mục [answer_key]");
    warning(
        "what = \"intake\"\nunit = \"quan-mot\"\n",
        "what = \"handover\"\nunit = \"quan-mot\"\n§",
        "không còn thời gian chấm",
    );
    let people = "[[prize]]";
    let with = |section: &str| format!("{section}\n{people}");
    error(
        people,
        &with("[resubmission]\nrule = §\"newest\""),
        "latest, first, ask, all",
    );
    error(people, &with("§[resubmission]"), "Thiếu “rule”");
    error(
        people,
        &with("[resubmission]\nrule = \"latest\"\nuntil = §\"17h00 ngày 05/9/2019\""),
        "không rõ giờ cuối cùng",
    );
    error(
        people,
        &with("[resubmission]\nrule = \"first\"\nuntil = §\"trước ngày 05/9/2019\""),
        "chỉ dùng với",
    );
    let group = |members: &str| with(&format!("[[excluded]]\nrole = \"Ban\"\n{members}"));
    error(
        people,
        &group("unit = §\"quan-ha\"\nmembers = []"),
        "quan-ha",
    );
    error(
        people,
        &with("§[[excluded]]\nrole = \"Ban\""),
        "Thiếu “members”",
    );
    error(people, &group("members = §\"An\""), "danh sách họ tên");
    error(people, &group("members = [§5]"), "danh sách họ tên");
    error(
        people,
        &group("members = [§{ phone = \"0912345678\" }]"),
        "Thiếu “name”",
    );
    error(
        people,
        &group("members = [{ name = \"An\", birth_date = §\"2/1/1970\" }]"),
        "năm-tháng-ngày",
    );
    error(
        people,
        &group("members = [{ name = \"An\", phone = §\"12345\" }]"),
        "số điện thoại",
    );
    error(
        people,
        &group("members = [{ name = \"An\", email = §\"an\" }]"),
        "địa chỉ thư điện tử",
    );
    error(
        people,
        &group("members = [\"An\",\n§\"An\"]"),
        "đã có trong danh sách",
    );
    let failed = failed.into_inner();
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn all_mistakes_are_told_at_once() {
    let broken = SMALL
        .replace("slug = \"thu\"", "slug = \"Thử\"")
        .replace("count = 1", "count = 0")
        .replace("points = 2.5", "points = 2.6");
    let (plan, problems) = parse(&broken);
    assert!(plan.is_none());
    assert!(problems.len() >= 3, "{problems:?}");
    let lines: Vec<usize> = problems.iter().map(|problem| problem.line).collect();
    assert!(lines.is_sorted());
}
