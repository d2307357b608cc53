//! The plan's file form (`config/contests/*.toml`): read with the line of every mistake, all of them at once.
//!
//! Nothing is guessed: an unknown key is an error with a suggestion, because a misspelt "quota" that is silently
//! ignored shows on the last evening. A test or a demonstration that needs a variant of a shipped plan replaces
//! the text of its `phrase = "…"` lines before reading.

mod check;
mod fault;
mod given;
pub mod listed;
mod marks;
mod people;
mod retention;
mod rounds;
mod table;
mod units;

#[cfg(test)]
mod tests;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::tz::TimeZoneDatabase;
use toml::de::DeTable;

pub use self::fault::Fault;
pub use self::fault::Want;
use self::table::At;
use self::table::Reader;
use self::table::Table;
use self::units::Units;
use super::Deadline;
use super::Plan;
use super::deadline::What;
use super::deadline::read_phrase;
use super::plan::Document;
use super::plan::Eligibility;
use super::resubmission::Resubmission;

/// Something wrong in a plan file. `words::plan` gives it its Vietnamese sentence (`Problem::message`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// From 1.
    pub line: usize,
    pub severity: Severity,
    pub fault: Fault,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The plan cannot be applied.
    Error,
    /// The plan can be applied; a person should look.
    Warning,
}

/// Reads a plan. There is a plan exactly when no problem is an error; problems come in the order of lines.
pub fn parse(text: &str) -> (Option<Plan>, Vec<Problem>) {
    let mut reader = Reader::new(text);
    let (document, syntax) = DeTable::parse_recoverable(text);
    let plan = read(&mut reader, &Table::root(document.get_ref()));
    if !syntax.is_empty() {
        reader.problems.retain(|problem| !problem.fault.may_echo());
        for error in syntax {
            let line = reader.line(error.span().map_or(0, |span| span.start));
            let fault = Fault::Syntax(error.message().to_owned());
            reader.error(line, fault);
        }
    }
    let mut problems = reader.problems;
    problems.sort_by_key(|problem| problem.line);
    let mut told: Vec<Problem> = Vec::with_capacity(problems.len());
    for problem in problems {
        if !told.contains(&problem) {
            told.push(problem);
        }
    }
    let sound = told
        .iter()
        .all(|problem| problem.severity == Severity::Warning);
    (sound.then_some(plan), told)
}

const SECTIONS: &[&str] = &[
    "contest",
    "eligibility",
    "kind",
    "spelling",
    "unit",
    "wards",
    "schools",
    "mailbox",
    "deadline",
    "round",
    "criterion",
    "answer_key",
    "prize",
    "given",
    "resubmission",
    "excluded",
    "retention",
];

fn read(reader: &mut Reader, root: &Table) -> Plan {
    root.only(reader, SECTIONS);
    let mut found = Units::read(reader, root);
    let mut plan = Plan {
        slug: String::new(),
        title: String::new(),
        zone: String::new(),
        document: Document::default(),
        purpose: String::new(),
        eligibility: Eligibility {
            min_age: 0,
            as_of: String::new(),
        },
        units: Vec::new(),
        mailboxes: Vec::new(),
        deadlines: Vec::new(),
        rounds: Vec::new(),
        rubric: Vec::new(),
        answer_key: Vec::new(),
        prizes: Vec::new(),
        given: Vec::new(),
        resubmission: Resubmission::default(),
        excluded: Vec::new(),
        retention: None,
    };
    let head = contest(reader, root, &mut plan);
    if let Some(phone) = head.phone
        && let Some(top) = found
            .units
            .iter_mut()
            .find(|unit| unit.value.parent.is_none())
    {
        top.value.phone.get_or_insert(phone);
    }
    eligibility(reader, root, &mut plan);
    let (deadlines, of_units) = deadlines(reader, root, &head.zone);
    let rounds = rounds::rounds(reader, root);
    marks::criteria(reader, root, head.points, &mut plan);
    marks::prizes(reader, root, &mut plan);
    given::given(reader, root, &mut plan);
    people::resubmission(reader, root, &head.zone, &mut plan);
    let serve_in = people::excluded(reader, root, &mut plan);

    check::units(reader, &found, &[of_units, serve_in].concat());
    check::rounds(reader, &found, &rounds);
    check::ties(reader, &plan.rubric, &rounds);
    plan.rounds = rounds.into_iter().map(|at| at.round).collect();
    plan.units = found.units.into_iter().map(|unit| unit.value).collect();
    plan.mailboxes = found
        .mailboxes
        .into_iter()
        .map(|found| found.value)
        .collect();
    let (all, lines): (Vec<_>, Vec<_>) = deadlines
        .into_iter()
        .map(|deadline| (deadline.value, deadline.line))
        .unzip();
    plan.deadlines = all;
    check::deadlines(reader, &plan, &lines);
    retention::retention(reader, root, &mut plan);
    plan
}

/// What `[contest]` says for other sections.
struct Head {
    zone: TimeZone,
    /// For the unit at the top.
    phone: Option<String>,
    /// Full points, in quarters.
    points: Option<At<u32>>,
}

fn contest(reader: &mut Reader, root: &Table, plan: &mut Plan) -> Head {
    let mut head = Head {
        zone: TimeZone::UTC,
        phone: None,
        points: None,
    };
    let Some(table) = root.table(reader, "contest", "[contest]") else {
        if root.get("contest").is_none() {
            root.missing(reader, "[contest]");
        }
        return head;
    };
    table.only(
        reader,
        &[
            "slug",
            "title",
            "zone",
            "document_no",
            "document_date",
            "issuer",
            "purpose",
            "phone",
            "points",
        ],
    );
    if let Some(slug) = table.needed_text(reader, "slug") {
        let sound = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !slug.value.chars().all(sound) {
            reader.error(slug.line, Fault::Code(slug.value.clone()));
        }
        plan.slug = slug.value;
    }
    plan.title = value(table.needed_text(reader, "title"));
    plan.purpose = value(table.needed_text(reader, "purpose"));
    if let Some(zone) = table.needed_text(reader, "zone") {
        match TimeZoneDatabase::bundled().get(&zone.value) {
            Ok(known) => head.zone = known,
            Err(_) => reader.error(zone.line, Fault::Zone(zone.value.clone())),
        }
        plan.zone = zone.value;
    }
    plan.document = Document {
        number: table.text(reader, "document_no").map(|text| text.value),
        date: date(reader, &table, "document_date"),
        issuer: table.text(reader, "issuer").map(|text| text.value),
    };
    head.phone = table.text(reader, "phone").map(|text| text.value);
    head.points = table.quarters(reader, "points");
    head
}

fn eligibility(reader: &mut Reader, root: &Table, plan: &mut Plan) {
    let Some(table) = root.table(reader, "eligibility", "[eligibility]") else {
        if root.get("eligibility").is_none() {
            root.missing(reader, "[eligibility]");
        }
        return;
    };
    table.only(reader, &["min_age", "as_of"]);
    for key in ["min_age", "as_of"] {
        if table.get(key).is_none() {
            table.missing(reader, key);
        }
    }
    plan.eligibility = Eligibility {
        min_age: table
            .number(reader, "min_age", 0, 120)
            .and_then(|age| u8::try_from(age).ok())
            .unwrap_or_default(),
        as_of: date(reader, &table, "as_of").unwrap_or_default(),
    };
}

/// The deadlines, and the unit codes that they name.
fn deadlines(
    reader: &mut Reader,
    root: &Table,
    zone: &TimeZone,
) -> (Vec<At<Deadline>>, Vec<At<String>>) {
    let mut named = Vec::new();
    let mut out = Vec::new();
    for table in root.tables(reader, "deadline") {
        table.only(
            reader,
            &["what", "unit", "channel", "phrase", "document_no"],
        );
        let unit = table.text(reader, "unit");
        named.extend(unit.clone());
        let what = table.needed_text(reader, "what").and_then(|what| {
            let known = match what.value.as_str() {
                "intake" => Some(What::Intake),
                "handover" => Some(What::Handover),
                "report" => Some(What::Report),
                _ => None,
            };
            if known.is_none() {
                choice(reader, "what", what, &["intake", "handover", "report"]);
            }
            known
        });
        let channel = table.text(reader, "channel");
        let channel = channel.and_then(|channel| match channel.value.as_str() {
            "email" | "paper" => Some(channel.value),
            _ => {
                choice(reader, "channel", channel, &["email", "paper"]);
                None
            }
        });
        let document_no = table.text(reader, "document_no").map(|text| text.value);
        let Some(phrase) = table.needed_text(reader, "phrase") else {
            continue;
        };
        let line = phrase.line;
        let phrase = phrase.value;
        let (operator, until) = match read_phrase(&phrase, zone) {
            Ok(read) => read,
            Err(why) => {
                reader.error(line, Fault::Phrase { phrase, why });
                continue;
            }
        };
        let Some(what) = what else {
            continue;
        };
        let value = Deadline {
            what,
            unit: unit.map(|unit| unit.value),
            channel,
            until,
            operator,
            phrase,
            document_no,
        };
        out.push(At { value, line });
    }
    (out, named)
}

fn date(reader: &mut Reader, table: &Table, key: &str) -> Option<String> {
    let date = table.text(reader, key)?;
    match date.value.parse::<Date>() {
        Ok(known) if known.to_string() == date.value => Some(date.value),
        Ok(_) | Err(_) => {
            reader.error(date.line, Fault::Date(date.value));
            None
        }
    }
}

fn choice(
    reader: &mut Reader,
    key: &'static str,
    given: At<String>,
    choices: &'static [&'static str],
) {
    let value = given.value;
    let fault = Fault::Choice {
        key,
        value,
        choices,
    };
    reader.error(given.line, fault);
}

fn value(text: Option<At<String>>) -> String {
    text.map(|text| text.value).unwrap_or_default()
}
