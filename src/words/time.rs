//! Times, sizes and numbers as official letters write them: "17h00 ngày 06/9/2019", "13.461".

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

/// "1 ngày 6 giờ", "6 giờ 12 phút", "3 phút", "dưới 1 phút".
pub fn span(ms: i64) -> String {
    let minutes = ms / 60_000;
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    match (days, hours, rest) {
        (0, 0, 0) => "dưới 1 phút".to_owned(),
        (0, 0, minutes) => format!("{minutes} phút"),
        (0, hours, 0) => format!("{hours} giờ"),
        (0, hours, minutes) => format!("{hours} giờ {minutes} phút"),
        (days, 0, _) => format!("{} ngày", number(days)),
        (days, hours, _) => format!("{} ngày {hours} giờ", number(days)),
    }
}

/// "10:57:41"
pub fn clock(ms: i64, zone: &TimeZone) -> String {
    let Ok(at) = Timestamp::from_millisecond(ms) else {
        return String::new();
    };
    let at = at.to_zoned(zone.clone());
    format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second())
}

/// "10:57:41" today, "05/9/2019 10:57" before.
pub fn short(ms: i64, now: i64, zone: &TimeZone) -> String {
    let Ok(at) = Timestamp::from_millisecond(ms) else {
        return String::new();
    };
    let at = at.to_zoned(zone.clone());
    let clock = format!("{:02}:{:02}", at.hour(), at.minute());
    if date(ms, zone) == date(now, zone) {
        format!("{clock}:{:02}", at.second())
    } else {
        format!("{} {clock}", date(ms, zone))
    }
}

/// "12 KB", "1,4 MB"
pub fn size(bytes: i64) -> String {
    match bytes {
        0..1024 => format!("{bytes} byte"),
        1024..1_048_576 => format!("{} KB", (bytes + 512) / 1024),
        _ => {
            let tenths = bytes * 10 / 1_048_576;
            format!("{},{} MB", number(tenths / 10), tenths % 10)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::instant;
    use super::iso_date;
    use super::number;
    use super::size;
    use super::span;
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

    #[test]
    fn spans_and_sizes_are_said_as_people_say_them() {
        let check = |ms: i64, want: &str| assert_eq!(span(ms), want, "{ms}");
        check(59_000, "dưới 1 phút");
        check(180_000, "3 phút");
        check(3_600_000, "1 giờ");
        check(3_720_000, "1 giờ 2 phút");
        check(30 * 3_600_000, "1 ngày 6 giờ");
        check(48 * 3_600_000, "2 ngày");
        assert_eq!(size(12_288), "12 KB");
        assert_eq!(size(1_572_864), "1,5 MB");
    }
}
