//! Whether an essay's author is somebody on the plan's list of people who do not take part (R001-10, R001-11).

use serde::Deserialize;
use serde::Serialize;

use super::Slip;
use crate::contest::resubmission::Excluded;
use crate::text;

/// How sure it is. Either way a person decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Likeness {
    /// The name alone: nothing else is known of both.
    Name,
    /// The name, and birth date, phone or mail address.
    Same,
}

/// Compares an author, who wrote from `email`, with somebody on the list. Without anything else to compare the name
/// counts where the person of the list serves (`near`). `None` when they are two people, as far as can be told.
pub fn likeness(
    excluded: &Excluded,
    slip: &Slip,
    email: Option<&str>,
    near: bool,
) -> Option<Likeness> {
    let name = slip.name.as_ref()?;
    if text::fold(&name.value) != text::fold(&excluded.name) {
        return None;
    }
    if let (Some(born), Some(other)) = (&slip.birth_date, &excluded.birth_date) {
        return (born.value == *other).then_some(Likeness::Same);
    }
    let phone = slip.phone.as_ref().map(|phone| phone.value.as_str());
    let same = |one: Option<&str>, other: Option<&str>| one.is_some() && one == other;
    if same(phone, excluded.phone.as_deref()) || same(email, excluded.email.as_deref()) {
        return Some(Likeness::Same);
    }
    near.then_some(Likeness::Name)
}

#[cfg(test)]
mod tests {
    use super::Likeness;
    use super::likeness;
    use crate::contest::resubmission::Excluded;
    use crate::slip::Fact;
    use crate::slip::Place;
    use crate::slip::Slip;

    #[test]
    fn a_namesake_with_another_birth_date_is_somebody_else() {
        let some = |value: &str| (!value.is_empty()).then(|| value.to_owned());
        let check = |listed: [&str; 3], says: [&str; 3], near: bool, want: Option<Likeness>| {
            let excluded = Excluded {
                name: "Nguyễn Văn An".into(),
                role: "Ban Tổ chức".into(),
                unit: None,
                birth_date: some(listed[0]),
                phone: some(listed[1]),
                email: some(listed[2]),
            };
            let fact = |value: &str| {
                some(value).map(|value| Fact {
                    value,
                    place: Place::EssayHead,
                    span: None,
                })
            };
            let slip = Slip {
                name: fact("NGUYEN VAN AN"),
                birth_date: fact(says[0]),
                phone: fact(says[1]),
                ..Slip::default()
            };
            let email = some(says[2]);
            let found = likeness(&excluded, &slip, email.as_deref(), near);
            assert_eq!(found, want, "{listed:?} {says:?}");
            let other = Slip {
                name: fact("Nguyễn Văn Anh"),
                ..slip
            };
            assert_eq!(likeness(&excluded, &other, email.as_deref(), near), None);
        };
        let same = Some(Likeness::Same);
        let day = "1970-01-02";
        check([day, "", ""], [day, "", ""], false, same);
        check(
            [day, "0912345678", ""],
            ["1970-01-03", "0912345678", ""],
            true,
            None,
        );
        check([day, "0912345678", ""], ["", "0912345678", ""], false, same);
        check(
            ["", "", "an@hk.example"],
            [day, "", "an@hk.example"],
            false,
            same,
        );
        check(
            [day, "0912345678", ""],
            ["", "0900000000", ""],
            true,
            Some(Likeness::Name),
        );
        check(["", "", ""], ["", "", ""], true, Some(Likeness::Name));
        check(
            ["", "", ""],
            [day, "0912345678", "an@hk.example"],
            false,
            None,
        );
    }
}
