//! Phone numbers as people write them.

/// The first Vietnamese phone number of a text: 10 or 11 digits with a leading 0. "+84 963 170 669" → "0963170669".
pub fn first(text: &str) -> Option<String> {
    let runs = groups(text);
    for start in 0..runs.len() {
        let mut digits = String::new();
        for (gap_joins, run) in runs.iter().skip(start) {
            if !digits.is_empty() && !gap_joins {
                break;
            }
            digits.push_str(run);
            if let Some(number) = national(&digits) {
                return Some(number);
            }
            if digits.len() > 14 {
                break;
            }
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

/// Runs of digits, each with whether it goes on from the one before (only spaces, dots, dashes, brackets between).
fn groups(text: &str) -> Vec<(bool, String)> {
    let mut out: Vec<(bool, String)> = Vec::new();
    let (mut joins, mut inside) = (true, false);
    for c in text.chars() {
        if c.is_ascii_digit() {
            match out.last_mut() {
                Some((_, run)) if inside => run.push(c),
                _ => out.push((joins, c.to_string())),
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
