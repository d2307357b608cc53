//! The rounds of a plan file: `[[round]]`.

use super::Fault;
use super::check::RoundAt;
use super::choice;
use super::table::At;
use super::table::Reader;
use super::table::Table;
use super::value;
use crate::contest::Role;
use crate::contest::plan::Round;
use crate::contest::plan::RoundEntry;
use crate::contest::plan::RoundKind;
use crate::contest::plan::usual_approvals;

/// More independent marks than any panel gives.
const MOST_MARKS: u64 = 9;

pub(super) fn rounds(reader: &mut Reader, root: &Table) -> Vec<RoundAt> {
    let mut out = Vec::new();
    for table in root.tables(reader, "round") {
        table.only(
            reader,
            &[
                "code",
                "name",
                "kind",
                "level",
                "entry",
                "advance",
                "marks",
                "approvals",
                "ties",
            ],
        );
        let kind = table.needed_text(reader, "kind").and_then(|kind| {
            let known = match kind.value.as_str() {
                "triage" => Some(RoundKind::Triage),
                "scored" => Some(RoundKind::Scored),
                _ => None,
            };
            if known.is_none() {
                choice(reader, "kind", kind, &["triage", "scored"]);
            }
            known
        });
        let kind = kind.unwrap_or(RoundKind::Scored);
        let level = table.texts(reader, "level");
        if table.get("level").is_none() {
            table.missing(reader, "level");
        } else if level.is_empty() {
            reader.error(table.line, Fault::Empty("level".to_owned()));
        }
        let entry = round_entry(reader, &table);
        let name = value(table.needed_text(reader, "name"));
        let advance = table.number32(reader, "advance", 1);
        let marks = table
            .number(reader, "marks", 1, MOST_MARKS)
            .and_then(|marks| u32::try_from(marks).ok());
        let approvals = approvals(reader, &table);
        let ties = table.texts(reader, "ties");
        if let (RoundKind::Triage, Some(first)) = (kind, ties.first()) {
            reader.error(first.line, Fault::NotInTriage("ties"));
        }
        let Some(code) = table.needed_text(reader, "code") else {
            continue;
        };
        let round = Round {
            code: code.value,
            name,
            kind,
            level: level.into_iter().map(|kind| kind.value).collect(),
            entry: entry.unwrap_or(RoundEntry::Intake),
            advance,
            marks: marks.unwrap_or(kind.usual_marks()),
            approvals,
            ties: ties.iter().map(|tie| tie.value.clone()).collect(),
        };
        out.push(RoundAt {
            round,
            line: code.line,
            level: table.line_of(reader, "level"),
            entry: table.line_of(reader, "entry"),
            ties,
        });
    }
    out
}

/// The roles that approve a list; those who mark, set questions or only read figures cannot.
fn approvals(reader: &mut Reader, table: &Table) -> Vec<Role> {
    if table.get("approvals").is_none() {
        return usual_approvals();
    }
    let named = table.texts(reader, "approvals");
    if named.is_empty() {
        let line = table.line_of(reader, "approvals");
        reader.error(line, Fault::Empty("approvals".to_owned()));
    }
    let mut roles = Vec::new();
    for name in named {
        match Role::read(&name.value) {
            Some(role @ (Role::HeadJudge | Role::Secretary | Role::Administrator)) => {
                roles.push(role);
            }
            Some(Role::Judge | Role::QuestionAuthor | Role::Monitor) | None => {
                let choices = &["head_judge", "secretary", "administrator"];
                choice(reader, "approvals", name, choices);
            }
        }
    }
    roles
}

/// `entry = "intake"`, `"handover"`, or `{ round = "code" }`.
fn round_entry(reader: &mut Reader, table: &Table) -> Option<RoundEntry> {
    let Some(given) = table.get("entry") else {
        table.missing(reader, "entry");
        return None;
    };
    if given.get_ref().is_table() {
        let section = format!("entry, {}", table.section);
        let from = table.table(reader, "entry", &section)?;
        from.only(reader, &["round"]);
        let round: At<String> = from.needed_text(reader, "round")?;
        return Some(RoundEntry::Round(round.value));
    }
    let entry = table.text(reader, "entry")?;
    match entry.value.as_str() {
        "intake" => Some(RoundEntry::Intake),
        "handover" => Some(RoundEntry::Handover),
        _ => {
            let choices = &["intake", "handover", "{ round = \"…\" }"];
            choice(reader, "entry", entry, choices);
            None
        }
    }
}
