//! Delivery reports (RFC 3464) and the plain notes of servers that do not write them.

use super::Bounce;
use super::charset;
use super::headers;
use super::mime::Leaf;
use crate::text::fold;

/// Reads a delivery report. `None` when the leaves hold none, or when all it says is that the letter arrived.
pub fn read(leaves: &[Leaf]) -> Option<Bounce> {
    let report = leaves.iter().find(|leaf| {
        matches!(
            leaf.declared.as_str(),
            "message/delivery-status" | "message/global-delivery-status"
        )
    })?;
    let text = charset::text(&report.bytes, report.charset.as_deref());
    // One group of fields for each recipient; the first group speaks of the server only.
    let groups: Vec<Vec<(String, String)>> = text.split("\n\n").map(fields).collect();
    let recipients = || {
        groups.iter().filter(|group| {
            get(group, "final-recipient")
                .or(get(group, "action"))
                .is_some()
        })
    };
    let failed = |group: &&Vec<(String, String)>| {
        get(group, "action").is_some_and(|action| action.eq_ignore_ascii_case("failed"))
    };
    let arrived = |group: &Vec<(String, String)>| {
        get(group, "action").is_some_and(|action| {
            ["delivered", "relayed", "expanded"].contains(&action.to_ascii_lowercase().as_str())
        })
    };
    let group = recipients()
        .find(failed)
        .or_else(|| recipients().find(|group| !arrived(group)))?;
    let status = get(group, "status").and_then(status_code);
    let recipient = get(group, "original-recipient")
        .or(get(group, "final-recipient"))
        .map(|value| value.rsplit_once(';').map_or(value, |(_, address)| address))
        .and_then(|email| headers::address("", email.trim().trim_matches(['<', '>'])))
        .map(|address| address.email);
    Some(Bounce {
        original_id: original_id(leaves),
        recipient,
        permanent: failed(&group)
            && status
                .as_deref()
                .is_none_or(|status| status.starts_with('5')),
        status,
        diagnostic: get(group, "diagnostic-code").map(clip).unwrap_or_default(),
    })
}

/// A note that a letter did not arrive, without the form of RFC 3464: from a mail server, by its subject.
pub fn read_note(subject: &str, body: &str, leaves: &[Leaf]) -> Option<Bounce> {
    let subject = fold(subject);
    let said = [
        "undelivered mail",
        "delivery status notification",
        "mail delivery failed",
        "undeliverable",
        "failure notice",
        "delivery failure",
        "returned mail",
        "khong gui duoc",
        "khong the gui",
        "gui thu that bai",
    ];
    if !said.iter().any(|words| subject.contains(words)) {
        return None;
    }
    let status = body
        .split(|c: char| !(c.is_ascii_digit() || c == '.'))
        .find_map(status_code);
    Some(Bounce {
        original_id: original_id(leaves).or_else(|| id_in(body)),
        recipient: body
            .split_whitespace()
            .find(|word| word.contains('@'))
            .and_then(|word| {
                headers::address("", word.trim_matches(|c: char| !c.is_alphanumeric()))
            })
            .map(|address| address.email),
        permanent: status
            .as_deref()
            .is_some_and(|status| status.starts_with('5')),
        status,
        diagnostic: clip(body),
    })
}

fn original_id(leaves: &[Leaf]) -> Option<String> {
    leaves
        .iter()
        .filter(|leaf| {
            [
                "message/rfc822",
                "message/global",
                "text/rfc822-headers",
                "message/rfc822-headers",
            ]
            .contains(&leaf.declared.as_str())
        })
        .find_map(|leaf| headers::read(&leaf.bytes).rfc_id)
}

fn id_in(text: &str) -> Option<String> {
    text.lines()
        .find_map(|line| {
            let (name, value) = line.trim().split_once(':')?;
            name.eq_ignore_ascii_case("message-id").then_some(value)
        })
        .map(|id| id.trim().trim_matches(['<', '>']).to_owned())
        .filter(|id| id.contains('@'))
}

/// Fields of one group, names in lower case, folded lines joined.
fn fields(group: &str) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in group.lines() {
        if line.starts_with(' ')
            && let Some((_, value)) = fields.last_mut()
        {
            value.push(' ');
            value.push_str(line.trim());
        } else if let Some((name, value)) = line.split_once(':') {
            fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    fields
}

fn get<'a>(group: &'a [(String, String)], name: &str) -> Option<&'a str> {
    group
        .iter()
        .find(|(field, _)| field == name)
        .map(|(_, value)| value.as_str())
}

/// "5.1.1" out of "5.1.1 (bad mailbox)".
fn status_code(text: &str) -> Option<String> {
    let word = text.split_whitespace().next()?;
    let mut numbers = word.split('.');
    let class = numbers.next()?;
    let rest: Vec<&str> = numbers.collect();
    let fits = ["2", "4", "5"].contains(&class)
        && rest.len() == 2
        && rest.iter().all(|number| {
            (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
        });
    fits.then(|| word.to_owned())
}

fn clip(text: &str) -> String {
    headers::one_line(text).chars().take(500).collect()
}
