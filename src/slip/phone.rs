//! Phone numbers as people write them.

/// The first Vietnamese phone number of a text: 10 or 11 digits with a leading 0. "+84 963 170 669" → "0963170669".
pub fn first(text: &str) -> Option<String> {
    all(text).into_iter().next().map(|(_, _, number)| number)
}

/// Every phone number of a text with the byte range of its digits.
pub fn all(text: &str) -> Vec<(usize, usize, String)> {
    let runs = groups(text);
    let mut out = Vec::new();
    let mut from = 0;
    while from < runs.len() {
        match number_at(&runs, from) {
            Some((count, number)) => {
                let start = runs.get(from).map_or(0, |run| run.start);
                let end = runs.get(from + count - 1).map_or(start, |run| run.end);
                out.push((start, end, number));
                from += count;
            }
            None => from += 1,
        }
    }
    out
}

/// The number that begins with the run `from`, and how many runs it takes.
fn number_at(runs: &[Run], from: usize) -> Option<(usize, String)> {
    let mut digits = String::new();
    for (count, run) in runs.iter().skip(from).enumerate() {
        if !digits.is_empty() && !run.joins {
            return None;
        }
        digits.push_str(&run.digits);
        if let Some(number) = national(&digits) {
            return Some((count + 1, number));
        }
        if digits.len() > 14 {
            return None;
        }
    }
    None
}

/// A number that stands after a label and may have lost its leading 0 in a spreadsheet.
pub fn labelled(text: &str) -> Option<String> {
    first(text).or_else(|| {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let mobile = digits.len() == 9 && digits.starts_with(['3', '5', '7', '8', '9']);
        mobile.then(|| format!("0{digits}"))
    })
}

/// A run of digits, and whether it goes on from the one before (only spaces, dots, dashes, brackets between).
struct Run {
    start: usize,
    end: usize,
    joins: bool,
    digits: String,
}

fn groups(text: &str) -> Vec<Run> {
    let mut out: Vec<Run> = Vec::new();
    let (mut joins, mut inside) = (true, false);
    for (at, c) in text.char_indices() {
        if c.is_ascii_digit() {
            match out.last_mut() {
                Some(run) if inside => {
                    run.digits.push(c);
                    run.end = at + 1;
                }
                _ => out.push(Run {
                    start: at,
                    end: at + 1,
                    joins,
                    digits: c.to_string(),
                }),
            }
            (joins, inside) = (true, true);
        } else {
            inside = false;
            joins &= c == ' ' || c == '\u{a0}' || ".-–()+".contains(c);
        }
    }
    out
}

fn national(digits: &str) -> Option<String> {
    let bare = digits.strip_prefix("00").unwrap_or(digits);
    let number = match bare.strip_prefix("84") {
        Some(rest) => format!("0{}", rest.trim_start_matches('0')),
        None => digits.to_owned(),
    };
    let second = number.chars().nth(1)?;
    let shaped = number.starts_with('0') && second != '0' && (10..=11).contains(&number.len());
    shaped.then_some(number)
}

#[cfg(test)]
mod tests {
    use super::first;
    use super::labelled;

    #[test]
    fn phone_numbers_come_out_as_digits_with_a_leading_zero() {
        let check = |text: &str, want: &str| {
            let want = (!want.is_empty()).then_some(want);
            assert_eq!(first(text).as_deref(), want, "{text:?}");
        };
        check("0963170669", "0963170669");
        check("+84 963 170 669", "0963170669");
        check("0084 963 170 669", "0963170669");
        check("+84 (0) 963170669", "0963170669");
        check("0963.170.669", "0963170669");
        check("0963-170-669", "0963170669");
        check("(024) 3828 8214", "02438288214");
        check("0168 123 4567", "01681234567");
        check("0963170669 - 0912345678", "0963170669");
        check("cơ quan: 024.38288214, nhà: 0963170669", "02438288214");
        check("1022", "");
        check("096317", "");
        check("12, 0963170669", "0963170669");
        check("٠٩٦٣١٧٠٦٦٩", "");
        assert_eq!(labelled("963170669").as_deref(), Some("0963170669"));
        assert_eq!(labelled("163170669"), None);
    }
}
