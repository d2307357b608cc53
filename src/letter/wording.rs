//! How letters to participants are worded: a template with a subject and a body, over named values of ours. The
//! program ships one for each form (`templates/mail`), and a clerk may put another in its place.
//!
//! A template only arranges what it is given: it is compiled once a letter, never from what a stranger wrote; it knows
//! no name that is not handed to it, reads nothing else, and its work is bounded. What is made of it is plain text.
//! Headers (threading, loop mark, Message-ID) are none of its business.

use std::collections::BTreeSet;

use minijinja::Environment;
use minijinja::ErrorKind;
use minijinja::UndefinedBehavior;
use minijinja::value::Serde;

use crate::entry::LetterForm;
use crate::text::normal;

pub use crate::words::wording::Fault;
pub use crate::words::wording::Part;
pub use crate::words::wording::Wrong;

/// A subject and a body as templates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording {
    pub subject: String,
    pub body: String,
}

/// What a letter can say: the values by their names, and the texts among them that it must not lose.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// A JSON object.
    pub values: serde_json::Value,
    /// Each must stand in the body word for word (the receipt code, what is asked for: R001-39, R000-31).
    pub must: Vec<String>,
}

/// What a letter says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// One line.
    pub subject: String,
    /// Lines, none of them with a blank at its end, never two empty ones together.
    pub text: String,
}

/// Longest templates that are taken, characters.
pub const SUBJECT_LIMIT: usize = 500;
pub const BODY_LIMIT: usize = 20_000;
/// Longest texts that may come out, bytes.
const SUBJECT_MADE: usize = 1_000;
const BODY_MADE: usize = 400_000;
/// Steps (and 64 bytes moved are one) after which a template is stopped: some tens of milliseconds.
const FUEL: u64 = 400_000;

/// The text that ships with the program.
pub fn shipped(form: LetterForm) -> Wording {
    let (subject, body) = match form {
        LetterForm::Receipt => (
            include_str!("../../templates/mail/receipt/receipt.subject"),
            include_str!("../../templates/mail/receipt/receipt.txt"),
        ),
        LetterForm::Ask => (
            include_str!("../../templates/mail/receipt/ask.subject"),
            include_str!("../../templates/mail/receipt/ask.txt"),
        ),
        LetterForm::Deadline => (
            include_str!("../../templates/mail/deadline/deadline.subject"),
            include_str!("../../templates/mail/deadline/deadline.txt"),
        ),
    };
    Wording {
        subject: subject.trim_end().to_owned(),
        body: body.to_owned(),
    }
}

impl Wording {
    /// A text as a form brings it: line ends and letters in the normal form.
    pub fn typed(subject: &str, body: &str) -> Wording {
        let plain = |text: &str| normal(&text.replace("\r\n", "\n").replace('\r', "\n"));
        Wording {
            subject: plain(subject).replace('\n', " ").trim().to_owned(),
            body: plain(body).trim_end().to_owned() + "\n",
        }
    }

    /// What a letter with these facts says, within the limits for templates that people write.
    ///
    /// # Errors
    /// What is wrong, with its line: the template cannot be read, names what does not exist, works too long, or leaves
    /// out what must be said.
    pub fn write(&self, facts: &Facts) -> Result<Said, Fault> {
        self.limits()?;
        self.made(facts, Some(FUEL))
    }

    /// As `write`, without a bound: for the text that ships, which must hold for a mail of any number of essays.
    ///
    /// # Errors
    /// As `write`; the tests hold that the shipped texts have none.
    pub fn write_whole(&self, facts: &Facts) -> Result<Said, Fault> {
        self.made(facts, None)
    }

    /// Whether every one of these letters could be written, and no name stands in it that they do not have.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check<'a>(&self, samples: impl IntoIterator<Item = &'a Facts>) -> Result<(), Fault> {
        self.limits()?;
        for facts in samples {
            self.made(facts, Some(FUEL))?;
        }
        Ok(())
    }

    fn limits(&self) -> Result<(), Fault> {
        for (part, text, limit) in [
            (Part::Subject, &self.subject, SUBJECT_LIMIT),
            (Part::Body, &self.body, BODY_LIMIT),
        ] {
            if text.chars().count() > limit {
                return Err(Fault::of(part, Wrong::TooLong(limit)));
            }
        }
        Ok(())
    }

    fn made(&self, facts: &Facts, fuel: Option<u64>) -> Result<Said, Fault> {
        let subject = rendered(Part::Subject, &self.subject, facts, fuel)?;
        let text = rendered(Part::Body, &self.body, facts, fuel)?;
        let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = tidied(&text);
        for (part, text, limit) in [
            (Part::Subject, &subject, SUBJECT_MADE),
            (Part::Body, &text, BODY_MADE),
        ] {
            if text.is_empty() {
                return Err(Fault::of(part, Wrong::Empty));
            }
            if fuel.is_some() && text.len() > limit {
                return Err(Fault::of(part, Wrong::TooMuch));
            }
        }
        let lost = facts.must.iter().find(|said| !text.contains(&tidied(said)));
        match lost {
            Some(said) => Err(Fault::of(Part::Body, Wrong::Loses(said.clone()))),
            None => Ok(Said { subject, text }),
        }
    }
}

/// Runs one template.
fn rendered(part: Part, source: &str, facts: &Facts, fuel: Option<u64>) -> Result<String, Fault> {
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_fuel(fuel);
    for tool in ["debug", "dict", "namespace"] {
        engine.remove_global(tool);
    }
    let laid_out = laid_out(source);
    let template = engine
        .template_from_str(&laid_out)
        .map_err(|error| fault(part, source, &error))?;
    // Also where no letter comes by: a name in a branch that is hardly ever taken.
    let known: BTreeSet<&str> = facts
        .values
        .as_object()
        .into_iter()
        .flat_map(|values| values.keys().map(String::as_str))
        .chain(["range"])
        .collect();
    let mut unknown: Vec<String> = template
        .undeclared_variables(false)
        .into_iter()
        .filter(|name| !known.contains(name.as_str()))
        .collect();
    unknown.sort_by_key(|name| (line_of(source, name), name.clone()));
    if let Some(name) = unknown.into_iter().next() {
        return Err(Fault {
            part,
            line: line_of(source, &name),
            wrong: Wrong::UnknownName(name),
        });
    }
    template
        .render(Serde(&facts.values))
        .map_err(|error| fault(part, source, &error))
}

/// What the engine says, as people are told it.
fn fault(part: Part, source: &str, error: &minijinja::Error) -> Fault {
    let line = error.line();
    let quoted = || {
        let at = line.unwrap_or(1).saturating_sub(1);
        source.lines().nth(at).unwrap_or_default().trim().to_owned()
    };
    let detail = error.detail().unwrap_or_default();
    let wrong = match error.kind() {
        ErrorKind::SyntaxError | ErrorKind::BadEscape => Wrong::Syntax(detail.to_owned()),
        ErrorKind::UndefinedError => Wrong::UnknownPart(quoted()),
        ErrorKind::UnknownFilter
        | ErrorKind::UnknownTest
        | ErrorKind::UnknownFunction
        | ErrorKind::UnknownMethod => Wrong::UnknownTool(quoted()),
        ErrorKind::OutOfFuel => Wrong::TooMuch,
        // The engine's list of kinds may grow.
        _ => Wrong::Impossible(quoted()),
    };
    Fault { part, line, wrong }
}

/// The first line (from 1) in which the name stands as a word of its own.
fn line_of(source: &str, name: &str) -> Option<usize> {
    let inside = |c: char| c.is_alphanumeric() || c == '_';
    source
        .lines()
        .position(|line| {
            line.match_indices(name).any(|(at, _)| {
                !line[..at].ends_with(inside) && !line[at + name.len()..].starts_with(inside)
            })
        })
        .map(|at| at + 1)
}

/// A line that holds nothing but commands (`{% if … %}`) makes no line in the letter. Its end goes into a comment, so
/// that all lines keep their numbers.
fn laid_out(source: &str) -> String {
    let mut out = String::with_capacity(source.len() + 64);
    let mut in_comment = false;
    for line in source.split_inclusive('\n') {
        let bare = line.trim();
        if !in_comment && line.ends_with('\n') && only_commands(bare) {
            out.push_str(bare);
            out.push_str("{#\n#}");
            continue;
        }
        out.push_str(line);
        let opened = line.rfind("{#");
        let closed = line.rfind("#}");
        in_comment = match (opened, closed) {
            (Some(opened), Some(closed)) => opened > closed,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => in_comment,
        };
    }
    out
}

fn only_commands(line: &str) -> bool {
    let mut rest = line;
    while !rest.is_empty() {
        let end = if rest.starts_with("{%") {
            "%}"
        } else if rest.starts_with("{#") {
            "#}"
        } else {
            return false;
        };
        let Some(at) = rest.find(end) else {
            return false;
        };
        rest = rest[at + end.len()..].trim_start();
    }
    !line.is_empty()
}

/// Lines without blanks at their ends, empty ones never doubled, none at the ends.
fn tidied(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty = false;
    for line in text.lines().map(str::trim_end) {
        if line.is_empty() {
            empty = true;
            continue;
        }
        if !out.is_empty() {
            out.push_str(if empty { "\n\n" } else { "\n" });
        }
        empty = false;
        out.push_str(line);
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Facts;
    use super::Part;
    use super::Wording;
    use super::Wrong;

    fn facts() -> Facts {
        Facts {
            values: json!({
                "cuoc_thi": "Cuộc thi {{ ma }} <b>",
                "ma": "K7QM-2XNA-9",
                "cac_bai": [{ "ma": "K7QM-2XNA-9", "thieu": [] }, { "ma": "B", "thieu": ["ngày sinh"] }],
            }),
            must: vec!["K7QM-2XNA-9".into()],
        }
    }

    fn wording(body: &str) -> Wording {
        Wording::typed("Bài {{ ma }}", body)
    }

    #[test]
    fn commands_on_lines_of_their_own_leave_no_gaps() {
        let body = "Mã: {{ ma }}  \r\n\r\n\r\n{% for bai in cac_bai %}\r\n- {{ bai.ma }}\r\n  {% for dong in bai.thieu %}\r\n  {# lời nhắc #}\r\n  + {{ dong }}{% if true %}.{% endif %}\r\n  {% endfor %}\r\n{% endfor %}\r\nHết.";
        let said = wording(body).write(&facts()).unwrap();
        assert_eq!(
            said.text,
            "Mã: K7QM-2XNA-9\n\n- K7QM-2XNA-9\n- B\n  + ngày sinh.\nHết."
        );
        assert_eq!(said.subject, "Bài K7QM-2XNA-9");
    }

    #[test]
    fn what_a_stranger_wrote_is_never_read_as_a_template() {
        let said = wording("{{ ma }} {{ cuoc_thi }}").write(&facts()).unwrap();
        assert_eq!(said.text, "K7QM-2XNA-9 Cuộc thi {{ ma }} <b>");
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let check = |body: &str, line: Option<usize>, want: fn(&Wrong) -> bool| {
            let fault = wording(body).write(&facts()).unwrap_err();
            assert_eq!((fault.part, fault.line), (Part::Body, line), "{fault:?}");
            assert!(want(&fault.wrong), "{fault:?}");
        };
        check("{{ ma }}\n{% if ma %}\n\nx {{ ma", Some(4), |wrong| {
            matches!(wrong, Wrong::Syntax(_))
        });
        check("{{ ma }}\n{% if ma %}\nx\n{% fi %}\n", Some(4), |wrong| {
            matches!(wrong, Wrong::Syntax(_))
        });
        check(
            "{{ ma }}\n{% if ma == '' %}\n{{ ten }}\n{% endif %}",
            Some(3),
            |wrong| *wrong == Wrong::UnknownName("ten".into()),
        );
        check(
            "{{ ma }}\n{% for bai in cac_bai %}\n{% if bai.ma %}\n- {{ bai.diem }}\n{% endif %}\n{% endfor %}",
            Some(4),
            |wrong| *wrong == Wrong::UnknownPart("- {{ bai.diem }}".into()),
        );
        check("{{ ma }}\n\n{{ ma|la }}", Some(3), |wrong| {
            matches!(wrong, Wrong::UnknownTool(_))
        });
        check("{{ ma }}\n{{ debug() }}", Some(2), |wrong| {
            *wrong == Wrong::UnknownName("debug".into())
        });
        check("{% include 'x' %}{{ ma }}", Some(1), |wrong| {
            matches!(wrong, Wrong::Syntax(_))
        });
        check("Không có mã.", None, |wrong| {
            *wrong == Wrong::Loses("K7QM-2XNA-9".into())
        });
        check("\n{# {{ ma }} #}\n", None, |wrong| *wrong == Wrong::Empty);
        check(&"x".repeat(30_000), None, |wrong| {
            *wrong == Wrong::TooLong(super::BODY_LIMIT)
        });
    }

    #[test]
    fn no_template_works_for_long() {
        for body in [
            "{% for a in range(9999) %}\n{% for b in range(9999) %}\n{% for c in range(9999) %}\n{% endfor %}\n{% endfor %}\n{% endfor %}{{ ma }}",
            "{{ ma }}{% for a in range(9999) %}{{ 'x' * 99999 }}{% endfor %}",
            "{{ ma }}{% set a = 'x' * 9999 %}{% for i in range(99) %}{% set b = a * 9999 %}{{ b }}{% endfor %}",
            "{{ 'x' * 999999999999 }}",
        ] {
            let fault = wording(body).write(&facts()).unwrap_err();
            assert_eq!(fault.wrong, Wrong::TooMuch, "{body}: {fault:?}");
        }
    }
}
