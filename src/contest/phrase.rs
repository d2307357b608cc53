//! Reads a deadline as official letters word it: "trước 17h00 ngày 06/9/2019" (R001-23, R002-24, R003-16).
//!
//! The reader is strict on purpose. A word it does not know could change the meaning, so it is an error
//! that names the word, never a guess: deadlines decide who is late.

use jiff::civil::Date;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

use super::deadline::Operator;
use crate::text::fold;
use crate::text::normal;

/// Why a phrase is no deadline. The Vietnamese sentence is in `words::plan`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadPhrase {
    Empty,
    /// A word whose meaning is not known here.
    Word(String),
    /// Neither "trước" nor "chậm nhất", "đến", "đến hết".
    NoOperator,
    NoDate,
    /// A day and month without the four digits of the year.
    NoYear,
    /// 31/4, 25h00: as written.
    Impossible(String),
    /// Two parts that cannot both hold, as written: "trước" and "đến hết", a weekday that is not that day's.
    Contradiction(String, String),
}

/// Reads a phrase: the operator and the first instant that is too late, ms UTC.
///
/// - "trước 17h00 ngày D" ends at 17:00:00.000: a mail at exactly 17:00:00 is late (R001-23).
/// - "trước ngày D" ends at 00:00 of D (R002-24).
/// - "đến ngày D", "đến hết ngày D", "chậm nhất ngày D" end at the next midnight (R003-16).
/// - "đến 17h00 ngày D", "chậm nhất 17h00 ngày D" hold through the minute they name and end at 17:01:00.000:
///   letters are written to the minute, and nobody who reads "đến 17h00" takes 17:00:30 for late. This is
///   `Before` the minute after.
///
/// Case, diacritics and their storage form do not matter.
pub fn read_phrase(phrase: &str, zone: &TimeZone) -> Result<(Operator, i64), BadPhrase> {
    let parts = Parts::read(&tokens(phrase))?;
    let Some((bound, bound_words)) = parts.bound else {
        return Err(BadPhrase::NoOperator);
    };
    let Some((date, date_words)) = parts.date else {
        return Err(BadPhrase::NoDate);
    };
    if let Some((weekday, words)) = parts.weekday
        && date.weekday() != weekday
    {
        return Err(BadPhrase::Contradiction(words, date_words));
    }
    let impossible = |_| BadPhrase::Impossible(date_words.clone());
    let midnight = |date: Date| -> Result<i64, BadPhrase> {
        let start = date.to_zoned(zone.clone()).map_err(impossible)?;
        Ok(start.timestamp().as_millisecond())
    };
    let next = date.tomorrow().map_err(impossible)?;
    match (bound, parts.time) {
        (Bound::Before, None) => Ok((Operator::Before, midnight(date)?)),
        (Bound::Before, Some((24, ..))) => Ok((Operator::Before, midnight(next)?)),
        (Bound::Through | Bound::WholeDay, None) | (Bound::Through, Some((24, ..))) => {
            Ok((Operator::ThroughDay, midnight(next)?))
        }
        (Bound::WholeDay, Some((.., words))) => Err(BadPhrase::Contradiction(bound_words, words)),
        (bound, Some((hour, minute, _))) => {
            let named = date
                .at(hour, minute, 0, 0)
                .to_zoned(zone.clone())
                .map_err(impossible)?
                .timestamp()
                .as_millisecond();
            let until = match bound {
                Bound::Before => named,
                Bound::Through | Bound::WholeDay => named + 60_000,
            };
            Ok((Operator::Before, until))
        }
    }
}

/// What the words say about the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bound {
    /// "trước"
    Before,
    /// "đến", "chậm nhất"
    Through,
    /// "hết ngày"
    WholeDay,
}

/// A piece of the phrase: a number, a word (folded, with its spelling) or one mark.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Number(u32, String),
    Word(String, String),
    Mark(char),
}

impl Token {
    fn spelling(&self) -> String {
        match self {
            Token::Number(_, spelling) | Token::Word(_, spelling) => spelling.clone(),
            Token::Mark(mark) => mark.to_string(),
        }
    }
}

fn tokens(phrase: &str) -> Vec<Token> {
    let phrase = normal(phrase);
    let mut out = Vec::new();
    let mut chars = phrase.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_whitespace() {
            continue;
        }
        let mut run = c.to_string();
        if c.is_ascii_digit() {
            while let Some(next) = chars.next_if(char::is_ascii_digit) {
                run.push(next);
            }
            out.push(match run.parse() {
                Ok(number) => Token::Number(number, run),
                Err(_) => Token::Word(run.clone(), run),
            });
        } else if c.is_alphabetic() {
            while let Some(next) = chars.next_if(|next| next.is_alphabetic()) {
                run.push(next);
            }
            out.push(Token::Word(fold(&run), run));
        } else {
            out.push(Token::Mark(c));
        }
    }
    out
}

#[derive(Debug, Default)]
struct Parts {
    bound: Option<(Bound, String)>,
    /// Hour (24 = the day's end), minute, as written.
    time: Option<(i8, i8, String)>,
    date: Option<(Date, String)>,
    weekday: Option<(Weekday, String)>,
}

impl Parts {
    fn read(mut tokens: &[Token]) -> Result<Parts, BadPhrase> {
        if tokens.is_empty() {
            return Err(BadPhrase::Empty);
        }
        let mut parts = Parts::default();
        while let Some(first) = tokens.first() {
            let used = match first {
                Token::Number(..) => parts.number(tokens)?,
                Token::Word(..) => parts.word(tokens)?,
                Token::Mark(',' | '.' | '(' | ')' | '-' | '–' | ':' | ';') => 1,
                Token::Mark(mark) => return Err(BadPhrase::Word(mark.to_string())),
            };
            tokens = tokens.get(used..).unwrap_or_default();
        }
        Ok(parts)
    }

    fn word(&mut self, tokens: &[Token]) -> Result<usize, BadPhrase> {
        let word = |at: usize| match tokens.get(at) {
            Some(Token::Word(folded, _)) => folded.as_str(),
            Some(Token::Number(..) | Token::Mark(_)) | None => "",
        };
        let (used, bound) = match (word(0), word(1)) {
            ("truoc", _) => (1, Bound::Before),
            ("cham" | "muon", "nhat") | ("khong", "qua") => (2, Bound::Through),
            ("den", _) => (1, Bound::Through),
            ("het", _) => (1, Bound::WholeDay),
            ("ngay" | "luc" | "vao" | "la", _) => return Ok(1),
            ("thu", day) => return self.weekday(tokens, day),
            ("chu", "nhat") => {
                self.weekday = Some((Weekday::Sunday, spelled(tokens, 2)));
                return Ok(2);
            }
            _ => return Err(BadPhrase::Word(spelled(tokens, 1))),
        };
        let words = spelled(tokens, used);
        self.bound = Some(match self.bound.take() {
            None => (bound, words),
            Some((Bound::Through, before)) if bound != Bound::Before => {
                (bound, format!("{before} {words}"))
            }
            Some((_, before)) => return Err(BadPhrase::Contradiction(before, words)),
        });
        Ok(used)
    }

    fn weekday(&mut self, tokens: &[Token], day: &str) -> Result<usize, BadPhrase> {
        let number = match tokens.get(1) {
            Some(Token::Number(number, _)) => *number,
            Some(Token::Word(..) | Token::Mark(_)) | None => 0,
        };
        let weekday = match (day, number) {
            ("hai", _) | (_, 2) => Weekday::Monday,
            ("ba", _) | (_, 3) => Weekday::Tuesday,
            ("tu", _) | (_, 4) => Weekday::Wednesday,
            ("nam", _) | (_, 5) => Weekday::Thursday,
            ("sau", _) | (_, 6) => Weekday::Friday,
            ("bay", _) | (_, 7) => Weekday::Saturday,
            _ => return Err(BadPhrase::Word(spelled(tokens, 2))),
        };
        self.weekday = Some((weekday, spelled(tokens, 2)));
        Ok(2)
    }

    /// A number begins a time ("17h00", "17 giờ 00 phút", "17:00") or a date ("06/9/2019", "06 tháng 9 năm 2019").
    fn number(&mut self, tokens: &[Token]) -> Result<usize, BadPhrase> {
        let number = |at: usize| match tokens.get(at) {
            Some(Token::Number(number, _)) => Some(*number),
            Some(Token::Word(..) | Token::Mark(_)) | None => None,
        };
        let is_word = |at: usize, wanted: &[&str]| matches!(tokens.get(at), Some(Token::Word(folded, _)) if wanted.contains(&folded.as_str()));
        let is_mark = |at: usize, wanted: &[char]| matches!(tokens.get(at), Some(Token::Mark(mark)) if wanted.contains(mark));
        let first = number(0).unwrap_or(u32::MAX);

        if is_word(1, &["h", "gio", "g"]) || (is_mark(1, &[':']) && number(2).is_some()) {
            let mut used = 2;
            let mut minute = 0;
            // "17h ngày 06 …": the number after "ngày" is no minute, and neither is "17h 06/9/2019".
            if let Some(given) = number(2)
                && !is_mark(3, &['/', '-', '.'])
                && !is_word(3, &["thang"])
            {
                minute = given;
                used = 3;
            }
            if is_word(used, &["phut", "ph", "p"]) {
                used += 1;
            }
            let words = spelled(tokens, used);
            let time = match (i8::try_from(first), i8::try_from(minute)) {
                (Ok(hour @ 0..=23), Ok(minute @ 0..=59)) => (hour, minute, words),
                (Ok(24), Ok(0)) => (24, 0, words),
                _ => return Err(BadPhrase::Impossible(words)),
            };
            return match self.time.replace(time) {
                Some((.., other)) => Err(BadPhrase::Contradiction(other, spelled(tokens, used))),
                None => Ok(used),
            };
        }

        let separator = ['/', '-', '.'];
        let between_day_and_month = is_mark(1, &separator) || is_word(1, &["thang"]);
        let Some(month) = number(2).filter(|_| between_day_and_month) else {
            return Err(BadPhrase::Word(spelled(tokens, 1)));
        };
        let between_month_and_year = is_mark(3, &separator) || is_word(3, &["nam"]);
        let Some(year) = number(4).filter(|year| between_month_and_year && *year >= 1000) else {
            return Err(BadPhrase::NoYear);
        };
        let words = spelled(tokens, 5);
        let date = match (
            i16::try_from(year),
            i8::try_from(month),
            i8::try_from(first),
        ) {
            (Ok(year), Ok(month), Ok(day)) => Date::new(year, month, day).ok(),
            _ => None,
        };
        let Some(date) = date else {
            return Err(BadPhrase::Impossible(words));
        };
        match self.date.replace((date, words)) {
            Some((other, spelling)) if other != date => {
                Err(BadPhrase::Contradiction(spelling, spelled(tokens, 5)))
            }
            Some(_) | None => Ok(5),
        }
    }
}

/// The first `count` tokens as they were written, without the spaces around marks.
fn spelled(tokens: &[Token], count: usize) -> String {
    let mut out = String::new();
    let mut glue = true;
    for token in tokens.iter().take(count) {
        let tight = match token {
            Token::Mark(_) => true,
            Token::Number(..) => false,
            Token::Word(folded, _) => folded == "h",
        };
        if !glue && !tight {
            out.push(' ');
        }
        glue = tight;
        out.push_str(&token.spelling());
    }
    out
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use jiff::tz::TimeZoneDatabase;
    use unicode_normalization::UnicodeNormalization;

    use super::BadPhrase;
    use super::Operator;
    use super::read_phrase;

    fn zone() -> TimeZone {
        TimeZoneDatabase::bundled().get("Asia/Ho_Chi_Minh").unwrap()
    }

    #[test]
    fn deadlines_are_read_as_letters_word_them() {
        let check = |phrase: &str, operator: Operator, until: &str| {
            let until: jiff::Timestamp = until.parse().unwrap();
            let want = Ok((operator, until.as_millisecond()));
            assert_eq!(read_phrase(phrase, &zone()), want, "{phrase}");
            let decomposed: String = phrase.nfd().collect();
            assert_eq!(read_phrase(&decomposed, &zone()), want, "NFD {phrase}");
            let plain = crate::text::fold(phrase);
            if !phrase.contains(['/', '-', '.', ':']) {
                assert_eq!(read_phrase(&plain, &zone()), want, "{plain}");
            }
        };
        let (before, day) = (Operator::Before, Operator::ThroughDay);
        check("trước 17h00 ngày 06/9/2019", before, "2019-09-06T10:00:00Z");
        check("Trước 17h00 ngày 23/9/2019", before, "2019-09-23T10:00:00Z");
        check(
            "trước 17 giờ 00 phút ngày 6/9/2019",
            before,
            "2019-09-06T10:00:00Z",
        );
        check(
            "trước 17 giờ, ngày 6-9-2019",
            before,
            "2019-09-06T10:00:00Z",
        );
        check(
            "trước 17h ngày 06 tháng 9 năm 2019",
            before,
            "2019-09-06T10:00:00Z",
        );
        check(
            "trước 17h30 ngày 06 tháng 9 năm 2019",
            before,
            "2019-09-06T10:30:00Z",
        );
        check("trước 17:00 ngày 06.9.2019", before, "2019-09-06T10:00:00Z");
        check("truoc 17g00 ngay 06/9/2019", before, "2019-09-06T10:00:00Z");
        check("trước 17h 06/9/2019", before, "2019-09-06T10:00:00Z");
        check(
            "trước 17h00 thứ Sáu, ngày 06/9/2019",
            before,
            "2019-09-06T10:00:00Z",
        );
        check(
            "trước 17h00 (thứ 6) ngày 06/9/2019",
            before,
            "2019-09-06T10:00:00Z",
        );
        check("trước 24h00 ngày 06/9/2019", before, "2019-09-06T17:00:00Z");
        check("Trước ngày 15/7/2024", before, "2024-07-14T17:00:00Z");
        check("chậm nhất ngày 12/12/2024", day, "2024-12-12T17:00:00Z");
        check(
            "chậm nhất là ngày 12 tháng 12 năm 2024",
            day,
            "2024-12-12T17:00:00Z",
        );
        check("đến ngày 15/8/2024", day, "2024-08-15T17:00:00Z");
        check("đến hết ngày 15/8/2024", day, "2024-08-15T17:00:00Z");
        check(
            "chậm nhất đến hết ngày 31/12/2024",
            day,
            "2024-12-31T17:00:00Z",
        );
        check("hết ngày 29/02/2024", day, "2024-02-29T17:00:00Z");
        check("đến 24h00 ngày 15/8/2024", day, "2024-08-15T17:00:00Z");
        check("đến 17h00 ngày 06/9/2019", before, "2019-09-06T10:01:00Z");
        check(
            "chậm nhất 17h00 ngày 06/9/2019",
            before,
            "2019-09-06T10:01:00Z",
        );
        check(
            "không quá 23h59 ngày 06/9/2019",
            before,
            "2019-09-06T17:00:00Z",
        );
    }

    #[test]
    fn what_is_not_sure_is_not_guessed() {
        let check = |phrase: &str, want: BadPhrase| {
            assert_eq!(read_phrase(phrase, &zone()), Err(want), "{phrase}");
        };
        let clash = |a: &str, b: &str| BadPhrase::Contradiction(a.to_owned(), b.to_owned());
        check("  ", BadPhrase::Empty);
        check("17h00 ngày 26/9/2019", BadPhrase::NoOperator);
        check("trước 17h00", BadPhrase::NoDate);
        check("trước ngày 06/9", BadPhrase::NoYear);
        check("trước ngày 06/9/19", BadPhrase::NoYear);
        check(
            "trước ngày 31/4/2019",
            BadPhrase::Impossible("31/4/2019".into()),
        );
        check(
            "trước ngày 29/02/2023",
            BadPhrase::Impossible("29/02/2023".into()),
        );
        check(
            "trước 25h00 ngày 06/9/2019",
            BadPhrase::Impossible("25h00".into()),
        );
        check(
            "trước 17h60 ngày 06/9/2019",
            BadPhrase::Impossible("17h60".into()),
        );
        check("sau ngày 06/9/2019", BadPhrase::Word("sau".into()));
        check(
            "trước 5 giờ chiều ngày 06/9/2019",
            BadPhrase::Word("chiều".into()),
        );
        check(
            "trước ngày 99999999999/9/2019",
            BadPhrase::Word("99999999999".into()),
        );
        check("trước 17h00 đến hết ngày 06/9/2019", clash("trước", "đến"));
        check(
            "chậm nhất trước ngày 06/9/2019",
            clash("chậm nhất", "trước"),
        );
        check("đến hết 17h00 ngày 06/9/2019", clash("đến hết", "17h00"));
        check(
            "trước 17h00 thứ Hai ngày 06/9/2019",
            clash("thứ Hai", "06/9/2019"),
        );
        check(
            "trước ngày 06/9/2019, ngày 16/9/2019",
            clash("06/9/2019", "16/9/2019"),
        );
    }
}
