//! What papers say of the bodies that issue them, and the mails that bring them. The papers' own sentences are in
//! `words::paper`.

use super::matter::lower_first;
use super::time;
use crate::contest::plan::Document;

/// The head of a paper, under the name of the unit.
pub const HEAD: [&str; 1] = ["BAN TỔ CHỨC CUỘC THI"];
/// What follows the number.
pub const SYMBOL: &str = "BTC";
pub const SIGNED_AS: [&str; 2] = ["TM. BAN TỔ CHỨC", "TRƯỞNG BAN"];
pub const FILED: &str = "VT";
/// Why a list is shorter than the plan asks for (D10).
pub const FEWER: &str = "số bài đạt yêu cầu ít hơn số lượng tối đa";

pub const HANDOVER_DRAFTS: &str =
    "Gửi kèm dự thảo danh sách và dự thảo công văn bàn giao bài dự thi";
pub const PRIZES_DRAFTS: &str =
    "Gửi kèm dự thảo danh sách đề nghị trao giải và dự thảo văn bản đề nghị";

/// "Ban Tổ chức cuộc thi quận Hoàn Kiếm"
pub fn committee(unit: &str) -> String {
    format!("Ban Tổ chức cuộc thi {}", lower_first(unit))
}

/// "Tổ Thư ký cuộc thi quận Hoàn Kiếm"
pub fn secretariat(unit: &str) -> String {
    format!("Tổ Thư ký cuộc thi {}", lower_first(unit))
}

/// "UBND QUẬN HOÀN KIẾM", "SỞ TƯ PHÁP"
pub fn above(unit: &str, committee: bool) -> String {
    let unit = unit.to_uppercase();
    if committee {
        format!("UBND {unit}")
    } else {
        unit
    }
}

/// The place of a paper: "Quận Hoàn Kiếm" is written at Hoàn Kiếm.
pub fn place(unit: &str) -> String {
    const KINDS: [&str; 8] = [
        "Thành phố ",
        "Tỉnh ",
        "Quận ",
        "Huyện ",
        "Thị xã ",
        "Phường ",
        "Xã ",
        "Thị trấn ",
    ];
    KINDS
        .iter()
        .find_map(|kind| unit.strip_prefix(kind))
        .unwrap_or(unit)
        .to_owned()
}

/// "Kế hoạch số 97/KH-UBND ngày 24/4/2019 của UBND quận Hoàn Kiếm", as far as it is known (R001-02).
pub fn basis(document: &Document) -> Option<String> {
    let issuer = document.issuer.as_deref()?;
    let number = document
        .number
        .as_ref()
        .map_or(String::new(), |number| format!(" số {number}"));
    let date = document.date.as_ref().map_or(String::new(), |date| {
        format!(" ngày {}", time::iso_date(date))
    });
    Some(format!("Kế hoạch{number}{date} của {issuer}"))
}

pub fn handover_subject(unit: &str) -> String {
    format!("Dự thảo danh sách và công văn bàn giao bài dự thi – {unit}")
}

pub fn prizes_subject(unit: &str) -> String {
    format!("Dự thảo danh sách đề nghị trao giải – {unit}")
}

/// How a tie was settled.
pub fn by_the_head_judge(reason: &str) -> String {
    format!("theo thứ tự do Trưởng Ban Giám khảo xếp: {reason}")
}

#[cfg(test)]
mod tests {
    use super::above;
    use super::basis;
    use super::committee;
    use super::place;
    use crate::contest::plan::Document;

    #[test]
    fn a_unit_is_named_as_a_paper_names_it() {
        assert_eq!(
            committee("Quận Hoàn Kiếm"),
            "Ban Tổ chức cuộc thi quận Hoàn Kiếm"
        );
        assert_eq!(above("Quận Đống Đa", true), "UBND QUẬN ĐỐNG ĐA");
        assert_eq!(above("Sở Tư pháp", false), "SỞ TƯ PHÁP");
        assert_eq!(place("Thành phố Hà Nội"), "Hà Nội");
        assert_eq!(place("Sở Tư pháp"), "Sở Tư pháp");
    }

    #[test]
    fn the_basis_says_what_is_known() {
        let mut document = Document::default();
        assert_eq!(basis(&document), None);
        document.issuer = Some("UBND thành phố Hà Nội".into());
        assert_eq!(
            basis(&document).as_deref(),
            Some("Kế hoạch của UBND thành phố Hà Nội")
        );
        document.number = Some("97/KH-UBND".into());
        document.date = Some("2019-04-24".into());
        assert_eq!(
            basis(&document).as_deref(),
            Some("Kế hoạch số 97/KH-UBND ngày 24/4/2019 của UBND thành phố Hà Nội")
        );
    }
}
