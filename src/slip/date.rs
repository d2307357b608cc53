//! Birth dates as people write them: day, month, year.

use super::word::slice;
use super::word::within_one;

/// The first full date of a text, as an ISO date. A year alone is no date; a day that never was is none either.
///
/// Years of two digits below 30 are of this century. Whether the date lies in the future is for others to judge.
pub fn birth(text: &str) -> Option<String> {
    all(text).into_iter().next().map(|(_, _, date)| date)
}

/// Every full date of a text with its byte range, as ISO dates; runs of eight digits after the others.
pub fn all(text: &str) -> Vec<(usize, usize, String)> {
    let runs = digit_runs(text);
    let mut out = Vec::new();
    for window in runs.windows(3) {
        let [a, b, c] = window else { continue };
        let gap = |x: &Run, y: &Run| text.get(x.end..y.start).unwrap_or("").to_owned();
        let (first, second) = (gap(a, b), gap(b, c));
        if !joins(&first, "thang") || !joins(&second, "nam") {
            continue;
        }
        let (year, month, day) = match (a.len(), b.len(), c.len()) {
            (1 | 2, 1 | 2, 4) => (c.value, b.value, a.value),
            (1 | 2, 1 | 2, 2) => {
                let century = if c.value < 30 { 2000 } else { 1900 };
                (century + c.value, b.value, a.value)
            }
            (4, 1 | 2, 1 | 2) => (a.value, b.value, c.value),
            _ => continue,
        };
        if let Some(date) = iso(year, month, day) {
            out.push((a.start, c.end, date));
        }
    }
    // "09021981"
    for run in runs.iter().filter(|run| run.len() == 8) {
        let (day, month, year) = (
            run.value / 1_000_000,
            run.value / 10_000 % 100,
            run.value % 10_000,
        );
        if let Some(date) = iso(year, month, day) {
            out.push((run.start, run.end, date));
        }
    }
    out
}

/// A date in which a page reader took figures for letters: "O9/O2/I981".
pub fn misread(text: &str) -> Option<String> {
    let figure = |c: char| match c {
        'O' | 'o' | 'Q' | 'D' => Some('0'),
        'I' | 'l' | 'i' | '|' | '!' => Some('1'),
        'S' => Some('5'),
        'B' => Some('8'),
        c if c.is_ascii_digit() || " /.-".contains(c) => Some(c),
        _ => None,
    };
    let mended: String = text.chars().map_while(figure).collect();
    let true_figures = text.chars().take(mended.chars().count());
    let enough = true_figures.filter(char::is_ascii_digit).count() >= 4;
    enough.then(|| birth(&mended)).flatten()
}

struct Run {
    start: usize,
    end: usize,
    value: u32,
}

impl Run {
    fn len(&self) -> usize {
        self.end - self.start
    }
}

/// Runs of at most eight digits; longer ones are no part of a date.
fn digit_runs(text: &str) -> Vec<Run> {
    let mut out = Vec::new();
    let mut start = None;
    let ends = text.char_indices().chain([(text.len(), ' ')]);
    for (at, c) in ends {
        match (c.is_ascii_digit(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                if let Some(value) = text.get(from..at).and_then(|run| run.parse().ok())
                    && at - from <= 8
                {
                    out.push(Run {
                        start: from,
                        end: at,
                        value,
                    });
                }
                start = None;
            }
            (true, Some(_)) | (false, None) => {}
        }
    }
    out
}

/// Whether what stands between two numbers joins them into a date: a separator, dotted leaders or the word.
fn joins(gap: &str, word: &str) -> bool {
    if gap.chars().count() > 40 || gap.contains('\n') {
        return false;
    }
    let folded = crate::text::fold(gap);
    if folded.is_empty() {
        gap.chars()
            .all(|c| c.is_whitespace() || "/.-–—,\\|_…".contains(c))
            && gap.chars().filter(|c| !c.is_whitespace()).count() <= 12
    } else {
        folded == word
            || folded == slice(word, 0, 2) && word == "thang"
            || within_one(&folded, word)
    }
}

fn iso(year: u32, month: u32, day: u32) -> Option<String> {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    ((1900..2100).contains(&year) && (1..=days).contains(&day))
        .then(|| format!("{year:04}-{month:02}-{day:02}"))
}

#[cfg(test)]
mod tests {
    use super::birth;
    use super::misread;

    #[test]
    fn figures_taken_for_letters_are_still_a_date() {
        assert_eq!(misread("O9/O2/I981").as_deref(), Some("1981-02-09"));
        assert_eq!(misread("Ol/Il"), None);
        assert_eq!(misread("Bài 1"), None);
    }

    #[test]
    fn birth_dates_are_read_as_people_write_them() {
        let check = |text: &str, want: &str| {
            let want = (!want.is_empty()).then_some(want);
            assert_eq!(birth(text).as_deref(), want, "{text:?}");
        };
        check("09/02/1981", "1981-02-09");
        check("9-2-1981", "1981-02-09");
        check("09.02.1981", "1981-02-09");
        check("9 / 2 / 1981", "1981-02-09");
        check("09 02 1981", "1981-02-09");
        check("ngày 9 tháng 2 năm 1981", "1981-02-09");
        check("Ngày …09… tháng …02… năm …1981…", "1981-02-09");
        check("9/2/81", "1981-02-09");
        check("ngày 9 th 2 năm 1981", "1981-02-09");
        check("9/2/08", "2008-02-09");
        check("1981-02-09", "1981-02-09");
        check("09021981", "1981-02-09");
        check("28/06/1986 (đã chèn)", "1986-06-28");
        check("29/02/2008", "2008-02-29");
        check("29/02/2007", "");
        check("31/4/1990", "");
        check("02/28/1981", "");
        check("0/5/1990", "");
        check("1/1/1899", "");
        check("1981", "");
        check("năm 1981", "");
        check("2/1981", "");
        check("99999999999999999999/1/1", "");
        check("0963.170.669", "");
    }
}
