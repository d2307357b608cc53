//! A letter to many people (thư gửi nhiều người): each address once, however many entries it has, with what the template
//! can say of whoever reads it.

use std::collections::HashMap;

use serde_json::json;

use super::wording::Facts;
use crate::contest::Plan;
use crate::contest::deadline;
use crate::contest::deadline::What;
use crate::words;

/// A line of whom a letter would reach: an address we have written to before, and an entry of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    pub recipient: String,
    /// The unit that wrote to it, and from which mailbox.
    pub unit: i64,
    pub sender: String,
    pub code: Option<String>,
    /// As the entry's slip says.
    pub name: Option<String>,
}

/// Somebody to be written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub recipient: String,
    pub unit: i64,
    pub sender: String,
    /// Code and name of each entry.
    pub entries: Vec<(String, Option<String>)>,
}

/// Each address once, in the order in which it first stands; capitals make no other address. Whoever wrote to it last
/// writes again.
pub fn people(reached: Vec<Reached>) -> Vec<Person> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut people: Vec<Person> = Vec::new();
    for line in reached {
        let recipient = line.recipient.trim().to_lowercase();
        let entry = line.code.map(|code| (code, line.name));
        match places.get(&recipient).and_then(|at| people.get_mut(*at)) {
            Some(known) => {
                (known.unit, known.sender) = (line.unit, line.sender);
                if let Some(entry) = entry
                    && !known.entries.contains(&entry)
                {
                    known.entries.push(entry);
                }
            }
            None => {
                places.insert(recipient.clone(), people.len());
                people.push(Person {
                    recipient,
                    unit: line.unit,
                    sender: line.sender,
                    entries: entry.into_iter().collect(),
                });
            }
        }
    }
    people
}

impl Person {
    /// What a template can say to this person, by the names that `words::mailing::NAMES` lists. `unit`: code of the unit
    /// that writes.
    pub fn facts(&self, plan: &Plan, unit: &str) -> Facts {
        let entries: Vec<_> = self
            .entries
            .iter()
            .map(|(code, name)| json!({ "ma_tiep_nhan": code, "ho_ten": name.as_deref().unwrap_or_default() }))
            .collect();
        let codes: Vec<&str> = self.entries.iter().map(|(code, _)| code.as_str()).collect();
        // Of several people at one address nobody is greeted alone.
        let mut names: Vec<&str> = self
            .entries
            .iter()
            .filter_map(|(_, name)| name.as_deref())
            .collect();
        names.dedup();
        let greeted = match names.as_slice() {
            [one] if !one.trim().is_empty() => one,
            _ => words::wording::PARTICIPANT,
        };
        let phrase = deadline::in_force(plan, What::Intake, unit, Some("email"))
            .map(|deadline| deadline.phrase.as_str());
        let values = json!({
            "cuoc_thi": plan.title,
            "don_vi": plan.unit(unit).map_or("", |unit| unit.name.as_str()),
            "dien_thoai": plan.phone(unit).unwrap_or_default(),
            "thoi_han": phrase.unwrap_or_default(),
            "nguoi_nhan": greeted,
            "so_bai": entries.len(),
            "cac_ma": codes.join(", "),
            "cac_bai": entries,
        });
        Facts {
            values,
            must: Vec::new(),
        }
    }
}

/// People as there may be: a text must be writable for each of them before it is kept.
pub fn samples(plan: &Plan) -> Vec<Facts> {
    let unit = plan
        .mailboxes
        .first()
        .map_or("", |mailbox| mailbox.unit.as_str());
    let person = |entries: &[(&str, &str)]| Person {
        recipient: String::new(),
        unit: 0,
        sender: String::new(),
        entries: entries
            .iter()
            .map(|(code, name)| {
                let name = (!name.is_empty()).then(|| (*name).to_owned());
                ((*code).to_owned(), name)
            })
            .collect(),
    };
    let (one, other) = (
        words::wording::SAMPLE_NAME,
        words::wording::SAMPLE_OTHER_NAME,
    );
    [
        person(&[("K7QM-2XNA-9", one)]),
        person(&[("K7QM-2XNA-9", one), ("B3HT-8WPC-5", other)]),
        person(&[("K7QM-2XNA-9", "")]),
        person(&[]),
    ]
    .iter()
    .map(|person| person.facts(plan, unit))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::Reached;
    use super::people;
    use super::samples;
    use crate::contest::file;
    use crate::words;

    fn reached(recipient: &str, unit: i64, code: Option<&str>, name: Option<&str>) -> Reached {
        Reached {
            recipient: recipient.into(),
            unit,
            sender: format!("{unit}@duthi.example"),
            code: code.map(Into::into),
            name: name.map(Into::into),
        }
    }

    #[test]
    fn each_address_is_written_to_once_with_all_its_entries() {
        let found = people(vec![
            reached("An@la.example", 1, Some("A"), Some("An")),
            reached("binh@la.example", 1, None, None),
            reached("an@LA.example ", 2, Some("B"), Some("An")),
            reached("an@la.example", 2, Some("B"), Some("An")),
        ]);
        let seen: Vec<(&str, i64, usize)> = found
            .iter()
            .map(|person| (person.recipient.as_str(), person.unit, person.entries.len()))
            .collect();
        assert_eq!(seen, [("an@la.example", 2, 2), ("binh@la.example", 1, 0)]);
        assert_eq!(found[0].sender, "2@duthi.example");
    }

    #[test]
    fn one_person_is_greeted_by_name_and_several_are_not() {
        let (plan, _) = file::parse(include_str!("../../config/contests/hanoi-2019.toml"));
        let plan = plan.expect("a plan");
        let greeted: Vec<String> = samples(&plan)
            .iter()
            .map(|facts| {
                facts.values["nguoi_nhan"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned()
            })
            .collect();
        let nobody = words::wording::PARTICIPANT;
        assert_eq!(
            greeted,
            [words::wording::SAMPLE_NAME, nobody, nobody, nobody]
        );
        // The list beside the editor is of these values and no others.
        let mut there: Vec<&str> = samples(&plan)[0]
            .values
            .as_object()
            .expect("values")
            .keys()
            .map(|name| {
                words::mailing::NAMES
                    .iter()
                    .find(|known| known.name == *name)
            })
            .map(|known| known.expect("listed").name)
            .collect();
        there.extend(["cac_bai.ma_tiep_nhan", "cac_bai.ho_ten"]);
        assert_eq!(there.len(), words::mailing::NAMES.len());
    }
}
