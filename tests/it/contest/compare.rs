//! Compares what the program says of every mail with what stands beside it in the cast, and its copies with the
//! bytes on the server. Differences are collected and shown together.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::fmt::Write as _;

use phach::entry::FileRole;
use phach::entry::MatterKind;
use serde::Serialize;
use serde_json::Value;
use sha2::Digest as _;
use sha2::Sha256;

use super::stage;
use super::stage::Stage;
use crate::support::cast::Cast;
use crate::support::cast::Entry;
use crate::support::cast::Expect;
use crate::support::cast::Scene;
use crate::support::places::Places;

/// What was not as it should be: scene, what, got, want.
#[derive(Clone, Debug, Default)]
pub struct Differences(Vec<[String; 4]>);

impl Differences {
    pub fn add(
        &mut self,
        scene: &str,
        what: &str,
        got: impl Into<String>,
        want: impl Into<String>,
    ) {
        self.0
            .push([scene.to_owned(), what.to_owned(), got.into(), want.into()]);
    }

    pub fn equal<T: PartialEq + Debug>(&mut self, scene: &str, what: &str, got: T, want: T) {
        if got != want {
            self.add(scene, what, format!("{got:?}"), format!("{want:?}"));
        }
    }

    /// That `text` holds `part`, whatever the line breaks.
    pub fn holds(&mut self, scene: &str, what: &str, text: &str, part: &str) {
        if !flat(text).contains(&flat(part)) {
            self.add(scene, what, format!("not in: {}", flat(text)), part);
        }
    }

    /// Fails the test with a table of everything, unless there is nothing.
    #[track_caller]
    pub fn none(self) {
        if self.0.is_empty() {
            return;
        }
        let mut table = String::new();
        for [scene, what, got, want] in &self.0 {
            let _ = writeln!(
                table,
                "{scene:34} {what:16} got {got}\n{:51} want {want}",
                ""
            );
        }
        panic!("{} differences:\n{table}", self.0.len());
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn append(&mut self, mut other: Differences) {
        self.0.append(&mut other.0);
    }
}

/// One line, single spaces.
pub fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Every scene against its trace. Two mails that belong together may have been sorted in either order.
pub fn scenes(cast: &Cast, traces: &[Value], differences: &mut Differences) {
    let by_id: BTreeMap<&str, (&Scene, &Value)> = cast
        .scenes
        .iter()
        .zip(traces)
        .map(|(scene, trace)| (scene.id.as_str(), (scene, trace)))
        .collect();
    for (scene, trace) in cast.scenes.iter().zip(traces) {
        let as_sent =
            |scene: &Scene, trace: &Value| one(&cast.places, scene, &scene.expect, trace, &by_id);
        let swapped = |scene: &Scene, trace: &Value| {
            let expect = scene.swapped.as_ref().unwrap_or(&scene.expect);
            one(&cast.places, scene, expect, trace, &by_id)
        };
        let mut straight = as_sent(scene, trace);
        let mut other_way = swapped(scene, trace);
        // Both of a pair must have gone the same way.
        let fellow = scene.fellow.as_deref().and_then(|id| by_id.get(id));
        let (fellow_straight, fellow_other_way) = fellow.map_or((0, 0), |(fellow, trace)| {
            (as_sent(fellow, trace).len(), swapped(fellow, trace).len())
        });
        if straight.len() + fellow_straight <= other_way.len() + fellow_other_way {
            differences.append(std::mem::take(&mut straight));
        } else {
            differences.append(std::mem::take(&mut other_way));
        }
    }
}

fn one(
    places: &Places,
    scene: &Scene,
    expect: &Expect,
    trace: &Value,
    by_id: &BTreeMap<&str, (&Scene, &Value)>,
) -> Differences {
    let mut out = Differences::default();
    let name = &scene.name;
    if trace.is_null() {
        out.add(name, "trace", "nobody knows the mail", "a trace");
        return out;
    }
    out.equal(name, "kind", &trace["kind"], &json(&expect.kind));
    out.equal(name, "state", &trace["state"], &json(&"sorted"));
    let mut matters: Vec<&str> = list(&trace["matters"])
        .iter()
        .filter(|matter| matter["decision"].is_null())
        .filter_map(|matter| matter["kind"].as_str())
        .filter(|kind| *kind != "copied" || !has_a_twin(name))
        // Asked when the annexes were read, which may come later.
        .filter(|kind| *kind != "pictures" || name != "essay and two annexes")
        .collect();
    matters.sort_unstable();
    let mut wanted: Vec<String> = expect.matters.iter().map(word).collect();
    wanted.sort_unstable();
    out.equal(name, "matters", matters.join(" "), wanted.join(" "));
    out.equal(
        name,
        "letters",
        list(&trace["letters"]).len(),
        expect.receipts,
    );
    for letter in list(&trace["letters"]) {
        out.equal(
            name,
            "letter to",
            &letter["recipient"],
            &json(&scene.sender),
        );
        out.equal(name, "letter", &letter["state"], &json(&"sent"));
    }
    out.equal(
        name,
        "deliveries",
        list(&trace["deliveries"]).len(),
        scene.spots.len(),
    );
    let first = expect.repeats.as_deref().and_then(|id| by_id.get(id));
    let first: Vec<Value> = first
        .map(|(_, trace)| {
            list(&trace["entries"])
                .iter()
                .map(|entry| entry["code"].clone())
        })
        .into_iter()
        .flatten()
        .collect();
    out.equal(name, "resent", &trace["resent"], &Value::Array(first));

    let entries = list(&trace["entries"]);
    out.equal(name, "entries", entries.len(), expect.entries.len());
    for (got, want) in entries.iter().zip(&expect.entries) {
        entry((name, places), got, want, &expect.matters, &mut out);
    }
    out
}

fn entry(
    (name, places): (&str, &Places),
    got: &Value,
    want: &Entry,
    matters: &[MatterKind],
    out: &mut Differences,
) {
    let mut optional = |what: &str, got: &Value, want: &Option<String>| {
        if let Some(want) = want {
            out.equal(name, what, got, &json(want));
        }
    };
    optional("unit", &got["unit"], &want.unit);
    optional("name", &got["facts"]["name"], &want.name);
    optional("birth date", &got["facts"]["birth_date"], &want.birth_date);
    optional("phone", &got["facts"]["phone"], &want.phone);
    let answers = want.answers.clone().unwrap_or_default();
    out.equal(name, "answers", &got["answers"], &json(&answers));
    let roles: Vec<&Value> = list(&got["files"])
        .iter()
        .map(|file| &file["role"])
        .collect();
    out.equal(name, "files", json(&roles), json(&want.roles));
    out.equal(
        name,
        "timeliness",
        &got["timeliness"],
        &json(&want.timeliness),
    );
    let sorted = |codes: Vec<String>| codes.into_iter().collect::<BTreeSet<_>>();
    let found = list(&got["findings"]).iter().filter_map(Value::as_str);
    out.equal(
        name,
        "findings",
        sorted(found.map(str::to_owned).collect()),
        sorted(want.findings.iter().map(word).collect()),
    );
    // A judge sees an entry unless a person must decide first; an annex nobody could read does not hide the essay.
    let no_essay = !want.roles.contains(&FileRole::Main);
    let held = matters.iter().any(|kind| {
        matches!(
            kind,
            MatterKind::Route | MatterKind::TwoUnits | MatterKind::Split
        ) || (*kind == MatterKind::Unreadable && no_essay)
    });
    out.equal(
        name,
        "state",
        &got["state"],
        &json(&if held { "held" } else { "queued" }),
    );
    let judged = places
        .spots
        .iter()
        .any(|spot| got["unit"] == spot.unit && spot.judges());
    let queue = if held || !judged {
        Value::Null
    } else {
        got["unit"].clone()
    };
    out.equal(name, "queue", &got["queue"], &queue);
}

/// Every mail on the server against the program's record of it: mailbox, time, size, SHA-256, and the mark that
/// tells the server's owner that it is safe with us.
pub fn bytes(stage: &Stage, traces: &[Value], differences: &mut Differences) {
    for spot in &stage.cast.places.spots {
        for mail in stage.servers.inbox(spot.mailbox) {
            let id = stage::message_id(&mail).unwrap_or_default();
            let trace = stage.cast.scenes.iter().zip(traces);
            let trace = trace
                .filter(|(scene, _)| scene.id == id)
                .map(|(_, trace)| trace)
                .next()
                .unwrap_or(&Value::Null);
            let hash: String = Sha256::digest(&mail.bytes)
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            let want = serde_json::json!({
                "mailbox": spot.mailbox,
                "internal_at": stage::arrived(&mail) * 1_000,
                "sha256": hash,
                "size": mail.bytes.len(),
            });
            if !list(&trace["deliveries"]).contains(&want) {
                differences.add(
                    &id,
                    "delivery",
                    trace["deliveries"].to_string(),
                    want.to_string(),
                );
            }
            let flags = (
                mail.flags.iter().any(|flag| flag == "\\Flagged"),
                mail.flags.iter().any(|flag| flag == "\\Seen"),
            );
            differences.equal(&id, "flagged, seen", flags, (true, false));
        }
    }
}

pub fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).expect("JSON")
}

fn word(value: &impl Serialize) -> String {
    json(value).as_str().unwrap_or_default().to_owned()
}

/// Scenes whose text other scenes have too: files of one producer, one photograph, two pupils with one essay. Which of
/// them came first, and so has the matter of their cluster, is not the same each time.
fn has_a_twin(scene: &str) -> bool {
    scene.starts_with("pdf ")
        || scene.ends_with("photographed pages")
        || scene == "one text, two pupils"
}
