//! Judging in words: marks that cannot be read, lots that cannot be drawn, rankings and prizes that wait for a decision.
//!
//! Entries are named by their blind codes, which the caller looks up; no sentence here can name a person.

use crate::contest::plan::Prize;
use crate::contest::score::BadMark;
use crate::judging::award::Border;
use crate::judging::lot::Card;
use crate::judging::lot::LotError;
use crate::judging::rank::Cut;
use crate::judging::rank::Tie;
use crate::judging::triage::Outcome;
use crate::judging::triage::Verdict;

/// How many codes a sentence names before it counts the rest.
const NAMED: usize = 10;

impl BadMark {
    /// What is wrong with a mark, beside its field.
    pub fn sentence(self) -> String {
        match self {
            BadMark::Empty => "Chưa có điểm.".to_owned(),
            BadMark::NotANumber => "Điểm phải là số, ví dụ 7 hoặc 7,5.".to_owned(),
            BadMark::Negative => "Điểm không được nhỏ hơn 0.".to_owned(),
            BadMark::Step => {
                "Điểm phải là bội số của 0,25, ví dụ 7; 7,25; 7,5 hoặc 7,75.".to_owned()
            }
            BadMark::TooMuch { full } => format!("Điểm không được lớn hơn {full}."),
        }
    }
}

/// "Đạt"
pub fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "Đạt",
        Verdict::Fail => "Không đạt",
        Verdict::Review => "Xem lại",
    }
}

/// "Chờ 1 lượt xét"
pub fn outcome(outcome: Outcome) -> String {
    match outcome {
        Outcome::Waiting { missing } => format!("Chờ {missing} lượt xét"),
        Outcome::Passed => "Đạt".to_owned(),
        Outcome::Failed => "Không đạt".to_owned(),
        Outcome::HeadJudge => "Chờ Trưởng Ban Giám khảo quyết định".to_owned(),
    }
}

/// Why the lot cannot be drawn and what to do. `code` gives an entry's blind code.
pub fn no_lot(error: &LotError, code: impl Fn(i64) -> String) -> String {
    match error {
        LotError::NoJudges => {
            "Chưa phân công được: vòng thi chưa có giám khảo nào. Đề nghị bổ sung giám khảo."
                .to_owned()
        }
        LotError::NobodyMay { entries } => format!(
            "Chưa phân công được: {} bài không còn đủ giám khảo được phép chấm vì quan hệ với người dự thi hoặc đơn vị ({}). Đề nghị bổ sung giám khảo hoặc xem lại quan hệ đã khai.",
            entries.len(),
            codes(entries, code)
        ),
        LotError::Twice { id } => format!(
            "Chưa phân công được: có bài hoặc giám khảo ghi hai lần trong danh sách ({id}). Đề nghị báo quản trị viên."
        ),
    }
}

/// The card before marking starts, in one paragraph for the page and the minutes.
pub fn card(card: &Card) -> String {
    let range = |from: u32, to: u32| {
        if from == to {
            to.to_string()
        } else {
            format!("từ {from} đến {to}")
        }
    };
    let mut text = format!(
        "Mỗi giám khảo nhận {} bài; hai giám khảo bất kỳ cùng chấm {} bài.",
        range(card.lightest, card.heaviest),
        range(card.rarest_pair, card.commonest_pair),
    );
    if !card.connected {
        text.push_str(
            " Chưa so sánh được mọi giám khảo với nhau vì có người không cùng chấm bài nào với nhóm còn lại.",
        );
    }
    if !card.conflicts.is_empty() {
        text.push_str(&format!(
            " Có {} lượt chấm trái quy định về quan hệ, phải phân công lại.",
            card.conflicts.len()
        ));
    }
    text
}

/// What stands in the way of the list, and what is stated on it. Empty when there is nothing to say.
pub fn cut(cut: &Cut, code: impl Fn(i64) -> String) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(Tie {
        place,
        entries,
        room,
    }) = &cut.unresolved
    {
        lines.push(format!(
            "{} bài bằng điểm nhau ở hạng {place}, chỉ còn {room} suất ({}). Trưởng Ban Giám khảo xếp thứ tự các bài này rồi mới duyệt được danh sách.",
            entries.len(),
            codes(entries, code)
        ));
    }
    if let (Some(n), true) = (cut.n, cut.short > 0) {
        lines.push(format!(
            "Danh sách có {} bài, ít hơn số lượng tối đa {n} bài.",
            n - cut.short.min(n)
        ));
    }
    lines
}

/// Equal entries at the border of a prize.
pub fn border(border: &Border, prizes: &[Prize], code: impl Fn(i64) -> String) -> String {
    let name = |code: &str| {
        let prize = prizes.iter().find(|prize| prize.code == code);
        prize.map_or(code, |prize| prize.name.as_str()).to_owned()
    };
    let seats: Vec<String> = border
        .seats
        .iter()
        .map(|(prize, n)| format!("{n} {}", name(prize)))
        .collect();
    format!(
        "{} bài bằng điểm nhau ở hạng {} ({}) cùng xét {}. Trưởng Ban Giám khảo xếp thứ tự các bài này.",
        border.entries.len(),
        border.place,
        codes(&border.entries, code),
        seats.join(", ")
    )
}

/// "A1, B2, C3 và 4 bài khác"
fn codes(entries: &[i64], code: impl Fn(i64) -> String) -> String {
    let named: Vec<String> = entries.iter().take(NAMED).map(|id| code(*id)).collect();
    match entries.len().saturating_sub(NAMED) {
        0 => named.join(", "),
        rest => format!("{} và {rest} bài khác", named.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use crate::contest::Quarters;
    use crate::contest::score::BadMark;
    use crate::judging::award::Border;
    use crate::judging::lot::LotError;
    use crate::judging::rank::Cut;
    use crate::judging::rank::Tie;

    #[test]
    fn a_judge_reads_what_is_wrong_with_a_mark() {
        let read = |text: &str| Quarters::parse(text, Quarters::new(30)).unwrap_err();
        let check = |text: &str, want: &str| assert_eq!(read(text).sentence(), want);
        check("8", "Điểm không được lớn hơn 7,5.");
        check("bảy", "Điểm phải là số, ví dụ 7 hoặc 7,5.");
        check("-1", "Điểm không được nhỏ hơn 0.");
        assert_eq!(read(""), BadMark::Empty);
    }

    #[test]
    fn entries_are_named_by_their_codes_and_many_are_counted() {
        let code = |id: i64| format!("P{id}");
        let entries: Vec<i64> = (1..=12).collect();
        let told = super::no_lot(&LotError::NobodyMay { entries }, code);
        assert!(told.contains("12 bài"), "{told}");
        assert!(told.contains("P1, P2"), "{told}");
        assert!(told.contains("P10 và 2 bài khác"), "{told}");
    }

    #[test]
    fn a_list_says_what_it_waits_for_and_what_it_lacks() {
        let code = |id: i64| format!("P{id}");
        let told = |cut: &Cut| super::cut(cut, code);
        assert!(told(&Cut::default()).is_empty());
        let short = Cut {
            n: Some(100),
            short: 13,
            ..Cut::default()
        };
        assert_eq!(
            told(&short),
            ["Danh sách có 87 bài, ít hơn số lượng tối đa 100 bài."]
        );
        let tied = Cut {
            n: Some(2),
            unresolved: Some(Tie {
                place: 2,
                entries: vec![4, 7],
                room: 1,
            }),
            ..Cut::default()
        };
        assert_eq!(
            told(&tied),
            [
                "2 bài bằng điểm nhau ở hạng 2, chỉ còn 1 suất (P4, P7). Trưởng Ban Giám khảo xếp thứ tự các bài này rồi mới duyệt được danh sách."
            ]
        );
        let border = Border {
            place: 3,
            entries: vec![4, 7],
            seats: vec![("giai-nhat".to_owned(), 1), ("giai-nhi".to_owned(), 1)],
        };
        let told = super::border(&border, &[], code);
        assert!(told.contains("cùng xét 1 giai-nhat, 1 giai-nhi"), "{told}");
    }
}
