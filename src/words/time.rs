//! Times and numbers as official letters write them: "17h00 ngày 06/9/2019", "13.461".

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The zone of a plan; Asia/Ho_Chi_Minh when its name is unknown (plans are checked when applied).
pub fn zone(name: &str) -> TimeZone {
    TimeZone::get(name)
        .or_else(|_| TimeZone::get("Asia/Ho_Chi_Minh"))
        .unwrap_or_else(|_| TimeZone::fixed(jiff::tz::offset(7)))
}

/// "17h03 ngày 06/9/2019": leading zeros for days below 10 and for months 1 and 2 (Nghị định 30/2020/NĐ-CP).
pub fn instant(ms: i64, zone: &TimeZone) -> String {
    let Ok(at) = Timestamp::from_millisecond(ms) else {
        return String::new();
    };
    let at = at.to_zoned(zone.clone());
    format!(
        "{:02}h{:02} ngày {}",
        at.hour(),
        at.minute(),
        date(ms, zone)
    )
}

/// "17 giờ 03 phút 09 giây ngày 06/9/2019", where seconds decide.
pub fn instant_exact(ms: i64, zone: &TimeZone) -> String {
    let Ok(at) = Timestamp::from_millisecond(ms) else {
        return String::new();
    };
    let at = at.to_zoned(zone.clone());
    format!(
        "{:02} giờ {:02} phút {:02} giây ngày {}",
        at.hour(),
        at.minute(),
        at.second(),
        date(ms, zone)
    )
}

/// "06/9/2019"
pub fn date(ms: i64, zone: &TimeZone) -> String {
    let Ok(at) = Timestamp::from_millisecond(ms) else {
        return String::new();
    };
    let at = at.to_zoned(zone.clone());
    day(at.day().into(), at.month().into(), at.year().into())
}

/// An ISO date as people write it; the text itself when it is none.
pub fn iso_date(iso: &str) -> String {
    match iso.parse::<jiff::civil::Date>() {
        Ok(date) => day(date.day().into(), date.month().into(), date.year().into()),
        Err(_) => iso.to_owned(),
    }
}

fn day(day: i32, month: i32, year: i32) -> String {
    if month <= 2 {
        format!("{day:02}/{month:02}/{year}")
    } else {
        format!("{day:02}/{month}/{year}")
    }
}

/// "13.461"
pub fn number(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::new();
    if n < 0 {
        out.push('-');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::instant;
    use super::iso_date;
    use super::number;
    use super::zone;

    #[test]
    fn times_and_numbers_have_the_form_of_official_letters() {
        let hanoi = zone("Asia/Ho_Chi_Minh");
        assert_eq!(instant(1_567_764_000_000, &hanoi), "17h00 ngày 06/9/2019");
        assert_eq!(iso_date("1981-02-09"), "09/02/1981");
        assert_eq!(iso_date("2005-11-30"), "30/11/2005");
        let check = |n: i64, want: &str| assert_eq!(number(n), want);
        check(0, "0");
        check(999, "999");
        check(13_461, "13.461");
        check(1_000_000, "1.000.000");
        check(-1200, "-1.200");
    }
}
