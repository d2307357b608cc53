//! Letters as a contest might send them, for the page where they are reworded: each form with much to say and with
//! little, so that a wording that reads well here, and is taken, reads well with real entries.

use jiff::tz::TimeZone;

use super::deadline::Moved;
use super::receipt::EntryLine;
use super::receipt::FileLine;
use super::receipt::Receipt;
use super::wording::Facts;
use crate::contest::Plan;
use crate::contest::deadline;
use crate::contest::deadline::What;
use crate::entry::LetterForm;
use crate::words;

/// A letter that might be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// What is special about it.
    pub name: &'static str,
    pub facts: Facts,
}

/// When the mails of the samples came, ms UTC.
const CAME: i64 = 1_567_655_882_000;
/// Codes as they look; they belong to no entry.
const CODES: [&str; 3] = ["K7QM-2XNA-9", "B3HT-8WPC-5", "R6YD-4FGE-2"];

/// The letters of a form: the first is the ordinary one.
pub fn letters(plan: &Plan, form: LetterForm) -> Vec<Sample> {
    let place = Place::of(plan);
    let named = |(name, facts)| Sample { name, facts };
    match form {
        LetterForm::Receipt => vec![
            (words::wording::SAMPLE_ONE, place.one().facts()),
            (words::wording::SAMPLE_SEVERAL, place.several().facts()),
            (words::wording::SAMPLE_BARE, place.bare().facts()),
        ],
        LetterForm::Ask => {
            let ask = |ask: &[&str]| {
                let ask = ask.iter().map(|line| (*line).to_owned()).collect();
                Receipt {
                    ask,
                    entries: Vec::new(),
                    name: None,
                    ..place.bare()
                }
            };
            let link = Receipt {
                phone: None,
                ..ask(&[words::receipt::ASK_FILE, words::receipt::ASK_NO_LINK])
            };
            vec![
                (
                    words::wording::SAMPLE_NO_FILE,
                    Receipt {
                        phone: Some(place.phone.clone()),
                        ..ask(&[words::receipt::ASK_FILE])
                    }
                    .facts(),
                ),
                (words::wording::SAMPLE_LINK, link.facts()),
            ]
        }
        LetterForm::Deadline => vec![
            (words::wording::SAMPLE_IN_TIME, place.moved(true).facts()),
            (words::wording::SAMPLE_LATE, place.moved(false).facts()),
        ],
    }
    .into_iter()
    .map(named)
    .collect()
}

/// A unit that takes entries in, and its deadline.
struct Place<'a> {
    plan: &'a Plan,
    zone: TimeZone,
    unit: String,
    phone: String,
    phrase: String,
    document: Option<String>,
}

impl<'a> Place<'a> {
    fn of(plan: &'a Plan) -> Place<'a> {
        let code = plan
            .mailboxes
            .first()
            .map(|mailbox| mailbox.unit.as_str())
            .or(plan.units.first().map(|unit| unit.code.as_str()))
            .unwrap_or_default();
        let deadline = deadline::in_force(plan, What::Intake, code, Some("email"));
        Place {
            plan,
            zone: words::time::zone(&plan.zone),
            unit: plan
                .unit(code)
                .map_or(String::new(), |unit| unit.name.clone()),
            phone: plan
                .phone(code)
                .unwrap_or(words::wording::SAMPLE_PHONE)
                .to_owned(),
            phrase: deadline.map_or(words::wording::SAMPLE_PHRASE.to_owned(), |deadline| {
                deadline.phrase.clone()
            }),
            document: deadline.and_then(|deadline| deadline.document_no.clone()),
        }
    }

    fn receipt(&self, name: Option<&str>, entries: Vec<EntryLine>) -> Receipt {
        Receipt {
            contest: self.plan.title.clone(),
            unit: self.unit.clone(),
            phone: Some(self.phone.clone()),
            purpose: self.plan.purpose.clone(),
            name: name.map(str::to_owned),
            received: words::time::instant_exact(CAME, &self.zone),
            entries,
            roll: Vec::new(),
            roll_request: None,
            ask: Vec::new(),
        }
    }

    fn entry(&self, code: &str, name: &str) -> EntryLine {
        let fact = |label: &str, value: &str| (label.to_owned(), value.to_owned());
        EntryLine {
            code: code.to_owned(),
            files: vec![FileLine {
                name: words::wording::SAMPLE_FILE.to_owned(),
                about: words::wording::SAMPLE_FILE_KIND.to_owned(),
                hash: "3f1c9a07e2b4".to_owned(),
            }],
            facts: vec![
                fact(words::receipt::NAME, name),
                fact(words::receipt::BIRTH_DATE, words::wording::SAMPLE_BIRTH),
                fact(words::receipt::UNIT, &self.unit),
            ],
            answers: None,
            missing: Vec::new(),
            advice: Vec::new(),
            timing: words::receipt::on_time(Some(&self.phrase)),
            notes: Vec::new(),
        }
    }

    /// The receipt that most people get.
    fn one(&self) -> Receipt {
        let name = words::wording::SAMPLE_NAME;
        self.receipt(Some(name), vec![self.entry(CODES[0], name)])
    }

    /// Everything that a receipt can hold.
    fn several(&self) -> Receipt {
        let owned = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
        let [first, second, third] = CODES;
        let mut late = self.entry(second, words::wording::SAMPLE_OTHER_NAME);
        late.timing = words::receipt::late(CAME, &self.phrase, &self.zone);
        late.missing = owned(words::wording::SAMPLE_MISSING);
        late.advice = owned(words::wording::SAMPLE_ADVICE);
        late.answers =
            words::receipt::answers(&[(1, 'A'), (2, 'C'), (3, 'B')].into_iter().collect());
        late.facts.push((
            words::receipt::CLASS.to_owned(),
            words::wording::SAMPLE_CLASS.to_owned(),
        ));
        let mut photo = self.entry(third, words::wording::SAMPLE_NAME);
        photo.files = vec![FileLine {
            name: words::wording::SAMPLE_PHOTO.to_owned(),
            about: words::wording::SAMPLE_PHOTO_KIND.to_owned(),
            hash: "90ab17c4de52".to_owned(),
        }];
        photo.notes = vec![words::receipt::scan(1)];
        photo.facts.clear();
        let first = self.entry(first, words::wording::SAMPLE_NAME);
        Receipt {
            roll: owned(words::wording::SAMPLE_ROLL),
            roll_request: Some(words::wording::SAMPLE_ROLL_REQUEST),
            ..self.receipt(None, vec![first, late, photo])
        }
    }

    /// As little as a receipt can hold.
    fn bare(&self) -> Receipt {
        let mut entry = self.entry(CODES[0], "");
        entry.files.clear();
        entry.facts.clear();
        entry.notes = vec![words::receipt::IN_BODY.to_owned()];
        Receipt {
            phone: None,
            ..self.receipt(None, vec![entry])
        }
    }

    fn moved(&self, in_time: bool) -> Moved {
        let received = words::time::instant_exact(CAME, &self.zone);
        let codes = if in_time { &CODES[..1] } else { &CODES[..2] };
        Moved {
            contest: self.plan.title.clone(),
            unit: self.unit.clone(),
            phrase: self.phrase.clone(),
            document: in_time.then(|| {
                let sample = words::wording::SAMPLE_DOCUMENT.to_owned();
                self.document.clone().unwrap_or(sample)
            }),
            phone: in_time.then(|| self.phone.clone()),
            entries: codes
                .iter()
                .map(|code| words::deadline::entry(code, &received, in_time))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::letters;
    use crate::contest::Plan;
    use crate::contest::file;
    use crate::entry::LetterForm;
    use crate::letter::wording::shipped;
    use crate::words::wording::names;

    fn plan() -> Plan {
        let text = include_str!("../../config/contests/hanoi-2019.toml");
        let (plan, _) = file::parse(text);
        plan.expect("a plan")
    }

    #[test]
    fn the_text_that_ships_is_taken_as_a_clerks_would_be() {
        let plan = plan();
        for form in LetterForm::ALL {
            let samples = letters(&plan, *form);
            let shipped = shipped(*form);
            shipped
                .check(samples.iter().map(|sample| &sample.facts))
                .unwrap_or_else(|fault| panic!("{form:?}: {}", fault.sentence()));
            for sample in &samples {
                let said = shipped.write(&sample.facts).unwrap();
                for bad in ["\n\n\n", " \n", "{", "}", "none", "  - \n"] {
                    assert!(!said.text.contains(bad), "{bad:?} in {}", said.text);
                }
            }
        }
    }

    /// Every name in a value: "cac_bai", "cac_bai.tep", "cac_bai.tep.ten".
    fn named(value: &Value, before: &str, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(values) => {
                for (name, value) in values {
                    let name = format!("{before}{name}");
                    named(value, &format!("{name}."), found);
                    found.insert(name);
                }
            }
            Value::Array(values) => {
                for value in values {
                    named(value, before, found);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    #[test]
    fn the_list_beside_the_editor_names_what_there_is_and_nothing_else() {
        let plan = plan();
        for form in LetterForm::ALL {
            let mut there = BTreeSet::new();
            for sample in letters(&plan, *form) {
                named(&sample.facts.values, "", &mut there);
            }
            let listed: BTreeSet<String> = names(*form)
                .iter()
                .map(|name| name.name.to_owned())
                .collect();
            assert_eq!(there, listed, "{form:?}");
        }
    }

    #[test]
    fn what_is_marked_as_needed_cannot_be_left_out() {
        let plan = plan();
        for form in LetterForm::ALL {
            let samples = letters(&plan, *form);
            for needed in names(*form).iter().filter(|name| name.must) {
                let word = needed.name.rsplit('.').next().unwrap();
                let mut cut = shipped(*form);
                // The lines that say it, or walk over it, go; a walk keeps its ends.
                cut.body = cut
                    .body
                    .lines()
                    .map(|line| match line.contains(word) {
                        true if line.contains("{% for") => "{% for dong in [] %}",
                        true if line.contains("{% if") => "{% if false %}",
                        true => "",
                        false => line,
                    })
                    .collect::<Vec<_>>()
                    .join("\n");
                let taken = cut.check(samples.iter().map(|sample| &sample.facts));
                assert!(taken.is_err(), "{form:?} without {word}: {}", cut.body);
            }
        }
    }
}
