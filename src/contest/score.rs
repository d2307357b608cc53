//! Marks in quarter points, and the marks of the multiple-choice part (R001-20, R001-54).
//!
//! Never a float: sums of marks decide prizes, and ties must be exact. What is said about a mark that cannot be read
//! stands in `words::judging`.

use std::collections::BTreeMap;
use std::fmt;
use std::iter::Sum;

use serde::Deserialize;
use serde::Serialize;

use super::plan::Answer;

/// Points in quarter steps: 7.75 points are 31 quarters. Stored and sent as the whole number of quarters.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Quarters(u32);

/// Why a text is no mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadMark {
    Empty,
    NotANumber,
    Negative,
    /// Not a multiple of a quarter.
    Step,
    /// More than the criterion gives.
    TooMuch {
        full: Quarters,
    },
}

impl Quarters {
    /// This many quarters of a point.
    pub const fn new(quarters: u32) -> Quarters {
        Quarters(quarters)
    }

    /// The number of quarters.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// Reads a mark from zero to `full` as judges type it: "7,75", "7.75", "7", " 3,5 ", full-width letters too.
    ///
    /// A number that is not finished ("7,") is none: whoever leaves the field between comma and digit meant more.
    pub fn parse(text: &str, full: Quarters) -> Result<Quarters, BadMark> {
        let plain: String = text.trim().chars().map(narrow).collect();
        if plain.is_empty() {
            return Err(BadMark::Empty);
        }
        let (negative, digits) = match plain.strip_prefix('-') {
            Some(rest) => (true, rest.trim_start()),
            None => (false, plain.as_str()),
        };
        let (whole, part) = match digits.split_once(['.', ',']) {
            Some((whole, part)) if is_number(part) => (whole, part),
            Some(_) => return Err(BadMark::NotANumber),
            None => (digits, ""),
        };
        if !is_number(whole) {
            return Err(BadMark::NotANumber);
        }
        if negative {
            return Err(BadMark::Negative);
        }
        let part = match part.trim_end_matches('0') {
            "" => 0,
            "25" => 1,
            "5" => 2,
            "75" => 3,
            _ => return Err(BadMark::Step),
        };
        // More digits than a u32 holds is also more than any criterion gives.
        whole
            .parse::<u32>()
            .ok()
            .and_then(|whole| whole.checked_mul(4)?.checked_add(part))
            .map(Quarters)
            .filter(|mark| *mark <= full)
            .ok_or(BadMark::TooMuch { full })
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Full-width forms and the dashes that keyboards and word processors make of a minus.
fn narrow(c: char) -> char {
    match c {
        '０'..='９' => char::from_u32(u32::from(c) - 0xff10 + 0x30).unwrap_or(c),
        '，' | '、' => ',',
        '．' => '.',
        '−' | '–' | '—' | '－' => '-',
        other => other,
    }
}

/// As people write it: "7,75", "7,5", "7".
impl fmt::Display for Quarters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = match self.0 % 4 {
            1 => ",25",
            2 => ",5",
            3 => ",75",
            _ => "",
        };
        f.pad(&format!("{}{part}", self.0 / 4))
    }
}

impl Sum for Quarters {
    fn sum<I: Iterator<Item = Quarters>>(marks: I) -> Quarters {
        Quarters(marks.fold(0, |sum, mark| sum.saturating_add(mark.0)))
    }
}

/// The marks of the multiple-choice part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyScore {
    /// Questions answered as the key says.
    pub right: u32,
    /// Questions of the key.
    pub total: u32,
    pub quarters: Quarters,
}

/// Scores ticked answers by the key: every question of the key weighs the same, an answer that is not given or that the
/// key does not know counts nothing (R001-20).
///
/// `full_quarters · right / total`, rounded to the nearest quarter and a half upwards, once, at the end.
pub fn key_score(answers: &BTreeMap<u16, char>, key: &[Answer], full_quarters: u32) -> KeyScore {
    let right = key.iter().filter(|line| {
        answers
            .get(&line.question)
            .is_some_and(|given| given.eq_ignore_ascii_case(&line.right))
    });
    let right = u32::try_from(right.count()).unwrap_or(u32::MAX);
    let total = u32::try_from(key.len()).unwrap_or(u32::MAX);
    let (share, whole) = (
        u64::from(full_quarters) * u64::from(right),
        u64::from(total),
    );
    let rounded = (2 * share + whole).checked_div(2 * whole).unwrap_or(0);
    KeyScore {
        right,
        total,
        quarters: Quarters(u32::try_from(rounded).unwrap_or(full_quarters)),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::BadMark;
    use super::Quarters;
    use super::key_score;
    use crate::contest::plan::Answer;

    #[test]
    fn marks_are_read_as_judges_type_them() {
        let full = Quarters::new(40);
        let check = |text: &str, want: Result<u32, BadMark>| {
            let read = Quarters::parse(text, full).map(Quarters::get);
            assert_eq!(read, want, "{text:?}");
        };
        check("7,75", Ok(31));
        check("7.75", Ok(31));
        check("7", Ok(28));
        check(" 3,5 ", Ok(14));
        check("\u{a0}3,50\u{3000}", Ok(14));
        check("７，７５", Ok(31));
        check("７．５", Ok(30));
        check("0", Ok(0));
        check("0,25", Ok(1));
        check("007,5", Ok(30));
        check("10", Ok(40));
        check("", Err(BadMark::Empty));
        check(" \u{3000}", Err(BadMark::Empty));
        check("7,8", Err(BadMark::Step));
        check("7,125", Err(BadMark::Step));
        check("10,25", Err(BadMark::TooMuch { full }));
        check("99999999999999999999", Err(BadMark::TooMuch { full }));
        check("1073741824", Err(BadMark::TooMuch { full }));
        check("-1", Err(BadMark::Negative));
        check("− 0,5", Err(BadMark::Negative));
        for text in [
            "bảy", "7,", ",5", "7,5,5", "7 5", "+7", "-", "1e1", "7½", "NaN", "٣", "7/10", "-x",
        ] {
            check(text, Err(BadMark::NotANumber));
        }
    }

    #[test]
    fn every_mark_is_read_back_as_it_was_written() {
        let full = Quarters::new(400);
        for quarters in 0..=400 {
            let mark = Quarters::new(quarters);
            assert_eq!(Quarters::parse(&mark.to_string(), full), Ok(mark));
            let english = mark.to_string().replace(',', ".");
            assert_eq!(Quarters::parse(&english, full), Ok(mark));
        }
        let check = |quarters: u32, want: &str| {
            assert_eq!(Quarters::new(quarters).to_string(), want);
        };
        check(31, "7,75");
        check(30, "7,5");
        check(28, "7");
        check(1, "0,25");
        check(0, "0");
    }

    #[test]
    fn marks_are_stored_as_whole_numbers() {
        assert_eq!(serde_json::to_string(&Quarters::new(31)).unwrap(), "31");
        assert_eq!(
            serde_json::from_str::<Quarters>("31").unwrap(),
            Quarters::new(31)
        );
        assert!(serde_json::from_str::<Quarters>("7.75").is_err());
        assert!(serde_json::from_str::<Quarters>("-1").is_err());
        let sum: Quarters = [31, 2].map(Quarters::new).into_iter().sum();
        assert_eq!(sum.to_string(), "8,25");
    }

    #[test]
    fn each_question_of_the_key_weighs_the_same() {
        let key: Vec<Answer> = "ACBDA"
            .chars()
            .zip(1..)
            .map(|(right, question)| Answer { question, right })
            .collect();
        let check = |given: &str, full: u32, want: (u32, u32)| {
            // A dot is a question without an answer.
            let answers: BTreeMap<u16, char> = (1..)
                .zip(given.chars())
                .filter(|(_, letter)| *letter != '.')
                .collect();
            let score = key_score(&answers, &key, full);
            assert_eq!(score.total, 5);
            assert_eq!((score.right, score.quarters.get()), want, "{given} {full}");
        };
        check("ACBDA", 80, (5, 80));
        check("acbda", 80, (5, 80));
        check("ACBDB", 80, (4, 64));
        check("", 80, (0, 0));
        check("A....", 80, (1, 16));
        check(".C..A", 80, (2, 32));
        check("BBCCD", 80, (0, 0));
        check("ACBDAAAA", 80, (5, 80));
        // 10 quarters: 2, 4, 6 …; 7 quarters: 1.4 → 1, 2.8 → 3; 2 quarters: 0.4 → 0, 0.8 → 1, 1.2 → 1, 1.6 → 2.
        check("ACB..", 10, (3, 6));
        check("A....", 7, (1, 1));
        check("AC...", 7, (2, 3));
        check("A....", 2, (1, 0));
        check("AC...", 2, (2, 1));
        check("ACB..", 2, (3, 1));
        check("ACBD.", 2, (4, 2));
        let half = key_score(&BTreeMap::from([(1, 'A')]), &key[..2], 5);
        assert_eq!(half.quarters.get(), 3, "2.5 quarters are rounded upwards");
        let none = key_score(&BTreeMap::from([(1, 'A')]), &[], 80);
        assert_eq!((none.right, none.total, none.quarters.get()), (0, 0, 0));
    }
}
