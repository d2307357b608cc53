//! The receipts as participants see them: read in their own mailboxes, with a parser that is not the program's.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;

use mail_parser::HeaderValue;
use mail_parser::MessageParser;
use serde_json::Value;

use super::compare::Differences;
use super::compare::list;
use super::stage::Stage;
use crate::support::cast;
use crate::support::cast::Scene;
use crate::support::cast::When;
use crate::support::imap::RawMail;
use crate::support::servers::Account;

/// Looks for every receipt in its sender's mailbox and reads it.
pub fn compare(stage: &Stage, traces: &[Value], differences: &mut Differences) {
    let plan = Plan::of(stage);
    let mut inboxes: BTreeMap<&str, Vec<RawMail>> = BTreeMap::new();
    for (scene, trace) in stage.cast.scenes.iter().zip(traces) {
        if scene.sender.ends_with("@elsewhere.example") {
            differences.equal(&scene.name, "letters", list(&trace["letters"]).len(), 0);
            continue;
        }
        let inbox = inboxes
            .entry(&scene.sender)
            .or_insert_with(|| stage.servers.inbox(&scene.sender));
        let answered = format!("<{}>", scene.id);
        let receipts: Vec<&RawMail> = inbox
            .iter()
            .filter(|mail| mail.header("in-reply-to").as_deref() == Some(&answered))
            .collect();
        differences.equal(
            &scene.name,
            "receipts",
            receipts.len(),
            list(&trace["letters"]).len(),
        );
        let from: BTreeSet<String> = receipts
            .iter()
            .filter_map(|mail| mail.header("from"))
            .collect();
        differences.equal(&scene.name, "senders", from.len(), receipts.len());
        for mail in receipts {
            one(stage, scene, trace, mail, &plan, differences);
        }
    }
    count(stage, traces, differences);
}

/// As many letters in all mailboxes as the program says it sent, and none for people who wrote nothing.
pub fn count(stage: &Stage, traces: &[Value], differences: &mut Differences) {
    let ours: BTreeSet<&str> = stage
        .cast
        .places
        .spots
        .iter()
        .map(|spot| spot.mailbox)
        .collect();
    let mut found = 0;
    for account in stage.cast.accounts() {
        let Account::Mailbox(address) = account else {
            continue;
        };
        if ours.contains(address.as_str()) {
            continue;
        }
        let count = stage.servers.inbox(&address).len();
        found += count;
        if [cast::REST, cast::SENDER].contains(&address.as_str()) {
            differences.equal(&address, "letters", count, 0);
        }
    }
    let sent: usize = traces
        .iter()
        .map(|trace| list(&trace["letters"]).len())
        .sum();
    differences.equal("all mailboxes", "letters", found, sent);
    differences.equal("Postfix", "letters on the way", stage.servers.queued(), 0);
}

fn one(
    stage: &Stage,
    scene: &Scene,
    trace: &Value,
    mail: &RawMail,
    plan: &Plan,
    differences: &mut Differences,
) {
    let name = &scene.name;
    let mut header = |key: &str, want: &str| {
        let got = mail.header(key);
        differences.equal(name, key, got.as_deref(), Some(want));
    };
    header("Auto-Submitted", "auto-replied");
    header("Return-Path", "<>");
    header("Delivered-To", &scene.sender);
    let Some(letter) = MessageParser::default().parse(&mail.bytes) else {
        differences.add(name, "receipt", "unreadable", "a mail");
        return;
    };
    let references = match letter.references() {
        HeaderValue::Text(id) => vec![id.to_string()],
        HeaderValue::TextList(ids) => ids.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    };
    differences.equal(
        name,
        "References",
        references.last().map(String::as_str),
        Some(scene.id.as_str()),
    );
    let id = letter.message_id().unwrap_or_default();
    let known = list(&trace["letters"])
        .iter()
        .any(|letter| letter["rfc_id"] == id);
    differences.equal(name, "Message-ID is the trace's", known, true);
    let from = letter
        .from()
        .and_then(|from| from.first())
        .and_then(|from| from.address());
    let spot = scene
        .spots
        .iter()
        .filter_map(|at| stage.cast.places.spots.get(*at))
        .find(|spot| Some(spot.mailbox) == from);
    let Some(spot) = spot else {
        differences.add(name, "From", format!("{from:?}"), "the mailbox written to");
        return;
    };

    let text = letter.body_text(0).unwrap_or_default();
    let html = letter.body_html(0).unwrap_or_default();
    let mut says = |what: &str, words: &str| differences.holds(name, what, &text, words);
    says("purpose", &plan.purpose);
    if let Some(phone) = plan.phone(spot.unit) {
        says("contact", &format!("gọi số {phone}"));
    }
    for phrase in &scene.expect.phrases {
        says("phrase", phrase);
    }
    let resent = list(&trace["resent"]).iter().filter_map(Value::as_str);
    for code in resent.clone() {
        says("code", code);
        says("resent", "chỉ tính một bài");
    }
    let mut codes: Vec<&str> = resent.collect();
    for entry in list(&trace["entries"]) {
        let code = entry["code"].as_str().unwrap_or("no code");
        codes.push(code);
        says("code", &format!("MÃ TIẾP NHẬN: {code}"));
        for file in list(&entry["files"]) {
            says("file", file["name"].as_str().unwrap_or("no name"));
            let hash = file["sha256"].as_str().unwrap_or("no hash");
            says(
                "hash",
                &format!("mã kiểm tra {}", hash.get(..12).unwrap_or(hash)),
            );
        }
        for fact in ["name", "phone"] {
            if let Some(fact) = entry["facts"][fact].as_str() {
                says("fact", fact);
            }
        }
        match scene.when {
            When::JustAfter => says("late", "sau thời hạn nhận bài (trước"),
            When::BeforeDeadline => says("on time", "Thư đến trong thời hạn nhận bài (trước"),
        }
    }
    for code in &codes {
        differences.holds(name, "code in HTML", &html, code);
    }
    differences.equal(
        name,
        "subject",
        letter
            .subject()
            .is_some_and(|subject| codes.first().is_none_or(|code| subject.contains(code))),
        true,
    );
    if html.contains("<script") || html.contains("<img") {
        differences.add(name, "HTML", "markup of a stranger", "text");
    }
    if let Ok(folder) = std::env::var("PHACH_RECEIPTS") {
        let file = Path::new(&folder).join(format!("{}-{}.txt", stage.cast.places.slug, scene.id));
        let text = format!(
            "[{name}]\n{}\n\n{text}",
            letter.subject().unwrap_or_default()
        );
        let _ = std::fs::write(file, text);
    }
}

/// What a receipt takes from the plan, read from the file that was applied.
struct Plan {
    purpose: String,
    general_phone: Option<String>,
    phones: BTreeMap<String, String>,
}

impl Plan {
    fn of(stage: &Stage) -> Plan {
        let file = stage.house.folder.join("plan.toml");
        let text = std::fs::read_to_string(&file).expect("the plan that was applied");
        let plan: toml::Table = text.parse().expect("TOML");
        let text = |table: &toml::Table, key: &str| {
            table
                .get(key)
                .and_then(toml::Value::as_str)
                .map(str::to_owned)
        };
        let head = plan.get("contest").and_then(toml::Value::as_table);
        let head = head.expect("[contest]");
        let units = plan.get("unit").and_then(toml::Value::as_array);
        let units: Vec<&toml::Table> = units
            .into_iter()
            .flatten()
            .filter_map(toml::Value::as_table)
            .collect();
        let phones: BTreeMap<String, String> = units
            .iter()
            .filter_map(|unit| Some((text(unit, "code")?, text(unit, "phone")?)))
            .collect();
        let top = units.first().and_then(|top| text(top, "phone"));
        Plan {
            purpose: text(head, "purpose").expect("purpose"),
            general_phone: text(head, "phone").or(top),
            phones,
        }
    }

    fn phone(&self, unit: &str) -> Option<&str> {
        self.phones
            .get(unit)
            .or(self.general_phone.as_ref())
            .map(String::as_str)
    }
}
