//! What becomes of essays handed in again, and who does not take part: `[resubmission]`, `[[excluded]]`.

use jiff::tz::TimeZone;
use toml::Spanned;
use toml::de::DeValue;

use super::Fault;
use super::Want;
use super::choice;
use super::date;
use super::listed;
use super::table::At;
use super::table::Reader;
use super::table::Table;
use crate::contest::Plan;
use crate::contest::deadline::read_phrase;
use crate::contest::resubmission::Excluded;
use crate::contest::resubmission::Rule;
use crate::contest::resubmission::Until;

/// The rule for newer versions.
pub(super) fn resubmission(reader: &mut Reader, root: &Table, zone: &TimeZone, plan: &mut Plan) {
    let Some(table) = root.table(reader, "resubmission", "[resubmission]") else {
        return;
    };
    table.only(reader, &["rule", "until"]);
    if let Some(rule) = table.needed_text(reader, "rule") {
        match rule.value.as_str() {
            "latest" => plan.resubmission.rule = Rule::Latest,
            "first" => plan.resubmission.rule = Rule::First,
            "ask" => plan.resubmission.rule = Rule::Ask,
            "all" => plan.resubmission.rule = Rule::All,
            _ => choice(reader, "rule", rule, &["latest", "first", "ask", "all"]),
        }
    }
    let Some(until) = table.text(reader, "until") else {
        return;
    };
    let phrase = until.value;
    match read_phrase(&phrase, zone) {
        Ok((_, at)) if plan.resubmission.rule == Rule::Latest => {
            plan.resubmission.until = Some(Until { at, phrase });
        }
        Ok(_) => reader.error(until.line, Fault::IdleUntil),
        Err(why) => reader.error(until.line, Fault::Phrase { phrase, why }),
    }
}

/// Who does not take part. Returns the units that are named.
pub(super) fn excluded(reader: &mut Reader, root: &Table, plan: &mut Plan) -> Vec<At<String>> {
    let mut named = Vec::new();
    for table in root.tables(reader, "excluded") {
        table.only(reader, &["role", "unit", "members", listed::KEY]);
        let unit = table.text(reader, "unit");
        named.extend(unit.clone());
        let role = table.needed_text(reader, "role");
        if let Some(file) = table.text(reader, listed::KEY) {
            reader.error(file.line, Fault::ListNotRead(file.value));
            continue;
        }
        let Some(members) = table.get("members") else {
            table.missing(reader, "members");
            continue;
        };
        let Some(array) = members.get_ref().as_array() else {
            reader.wrong_type(table.line_of(reader, "members"), "members", Want::Members);
            continue;
        };
        let group = Excluded {
            name: String::new(),
            role: super::value(role),
            unit: unit.map(|unit| unit.value),
            birth_date: None,
            phone: None,
            email: None,
        };
        for item in array {
            if let Some(found) = member(reader, item, &group) {
                if plan.excluded.contains(&found) {
                    let line = reader.line(item.span().start);
                    reader.error(line, Fault::SameMember(found.name));
                } else {
                    plan.excluded.push(found);
                }
            }
        }
    }
    named
}

/// A name, or a table of what is known of somebody.
fn member(reader: &mut Reader, item: &Spanned<DeValue>, group: &Excluded) -> Option<Excluded> {
    if item.get_ref().is_str() {
        let name = reader.text("members", item)?.value;
        return Some(Excluded {
            name,
            ..group.clone()
        });
    }
    if !item.get_ref().is_table() {
        let line = reader.line(item.span().start);
        reader.wrong_type(line, "members", Want::Members);
        return None;
    }
    let table = Table::of(reader, item, "members", "[[excluded]] members")?;
    table.only(reader, &["name", "role", "birth_date", "phone", "email"]);
    let role = table.text(reader, "role").map(|role| role.value);
    let name = table.needed_text(reader, "name")?.value;
    let phone = table.text(reader, "phone").and_then(|phone| {
        let national = national(&phone.value);
        if national.is_none() {
            reader.error(phone.line, Fault::Phone(phone.value));
        }
        national
    });
    let email = table.text(reader, "email").and_then(|email| {
        let address = email.value.to_lowercase();
        let sound = address.split('@').filter(|part| !part.is_empty()).count() == 2;
        if !sound {
            reader.error(email.line, Fault::Address(email.value));
        }
        sound.then_some(address)
    });
    Some(Excluded {
        name,
        role: role.unwrap_or_else(|| group.role.clone()),
        birth_date: date(reader, &table, "birth_date"),
        phone,
        email,
        ..group.clone()
    })
}

/// "+84 912 345 678" → "0912345678"; `None` for what is no number of 10 or 11 digits.
fn national(written: &str) -> Option<String> {
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    let digits = match digits.strip_prefix("84") {
        Some(rest) if written.trim_start().starts_with('+') => format!("0{rest}"),
        Some(_) | None => digits,
    };
    (digits.starts_with('0') && matches!(digits.len(), 10 | 11)).then_some(digits)
}
