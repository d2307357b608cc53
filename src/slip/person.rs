//! Persons behind slips: how old, and whether two slips speak of one person (D5).

use super::Fact;
use super::Slip;
use crate::text;

/// Full years of age on a day, day-exact (R001-08); both are ISO dates. Somebody born on 29 February has a
/// birthday on 1 March in a year without that day. `None` when a date is malformed; negative before the birth.
pub fn age_on(birth: &str, day: &str) -> Option<i32> {
    let (year, month, date) = parts(birth)?;
    let (now, now_month, now_date) = parts(day)?;
    let had_birthday = (now_month, now_date) >= (month, date);
    Some(now - year - i32::from(!had_birthday))
}

fn parts(date: &str) -> Option<(i32, u8, u8)> {
    let mut parts = date.split('-');
    let year = parts.next()?.parse().ok()?;
    let month = parts.next()?.parse().ok()?;
    let day = parts.next()?.parse().ok()?;
    let shaped = parts.next().is_none()
        && (0..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day);
    shaped.then_some((year, month, day))
}

/// Whether two slips speak of one person: the same name (case and diacritics aside) and the same birth date;
/// where a birth date is missing, the same phone. A name alone never joins two people.
pub fn same_person(a: &Slip, b: &Slip) -> bool {
    let (Some(name), Some(other)) = (&a.name, &b.name) else {
        return false;
    };
    let folded = text::fold(&name.value);
    if folded.is_empty() || folded != text::fold(&other.value) {
        return false;
    }
    match (&a.birth_date, &b.birth_date) {
        (Some(birth), Some(other)) => birth.value == other.value,
        _ => match (&a.phone, &b.phone) {
            (Some(phone), Some(other)) => phone.value == other.value,
            _ => false,
        },
    }
}

/// Whether nothing in two slips says that they speak of two people: no other name, no other birth date.
pub fn may_be_one(a: &Slip, b: &Slip) -> bool {
    let differ = |one: &Option<Fact>, other: &Option<Fact>| match (one, other) {
        (Some(one), Some(other)) => text::fold(&one.value) != text::fold(&other.value),
        (None, _) | (_, None) => false,
    };
    !differ(&a.name, &b.name) && !differ(&a.birth_date, &b.birth_date)
}

#[cfg(test)]
mod tests {
    use super::age_on;
    use super::same_person;
    use crate::slip::Fact;
    use crate::slip::Place;
    use crate::slip::Slip;

    #[test]
    fn a_participant_is_twelve_from_the_birthday_on() {
        let check = |birth: &str, day: &str, want: Option<i32>| {
            assert_eq!(age_on(birth, day), want, "{birth} {day}");
        };
        check("2007-09-06", "2019-09-06", Some(12));
        check("2007-09-07", "2019-09-06", Some(11));
        check("2007-12-31", "2019-01-01", Some(11));
        check("2008-02-29", "2020-02-28", Some(11));
        check("2008-02-29", "2020-02-29", Some(12));
        check("2008-02-29", "2021-02-28", Some(12));
        check("2008-02-29", "2021-03-01", Some(13));
        check("2020-01-01", "2019-01-01", Some(-1));
        check("1981", "2019-01-01", None);
        check("1981-13-01", "2019-01-01", None);
        check("99999999999-01-01", "2019-01-01", None);
    }

    #[test]
    fn a_name_alone_joins_nobody() {
        let slip = |name: &str, birth: &str, phone: &str| {
            let fact = |value: &str| {
                (!value.is_empty()).then(|| Fact {
                    value: value.to_owned(),
                    place: Place::Mail,
                    span: None,
                })
            };
            Slip {
                name: fact(name),
                birth_date: fact(birth),
                phone: fact(phone),
                ..Slip::default()
            }
        };
        let check = |a: Slip, b: Slip, want: bool| {
            assert_eq!(same_person(&a, &b), want, "{a:?} {b:?}");
            assert_eq!(same_person(&b, &a), want, "{b:?} {a:?}");
        };
        let an = slip("Nguyễn Văn An", "1981-02-09", "0963170669");
        for (other, want) in [
            (slip("NGUYEN VAN AN", "", ""), true),
            (slip("", "1981-02-09", "0900000000"), true),
            (slip("Nguyễn Văn An", "1982-02-09", "0963170669"), false),
            (slip("Nguyễn Văn Anh", "1981-02-09", ""), false),
            (slip("", "", ""), true),
        ] {
            assert_eq!(super::may_be_one(&an, &other), want, "{other:?}");
            assert_eq!(super::may_be_one(&other, &an), want, "{other:?}");
        }
        check(an.clone(), slip("NGUYEN VAN AN", "1981-02-09", ""), true);
        check(
            an.clone(),
            slip("Nguyễn Văn An", "1982-02-09", "0963170669"),
            false,
        );
        check(an.clone(), slip("Nguyễn Văn An", "", "0963170669"), true);
        check(an.clone(), slip("Nguyễn Văn An", "", "0963170660"), false);
        check(an.clone(), slip("Nguyễn Văn An", "", ""), false);
        check(an, slip("Nguyễn Văn Anh", "1981-02-09", ""), false);
        check(
            slip("", "1981-02-09", ""),
            slip("", "1981-02-09", ""),
            false,
        );
    }
}
