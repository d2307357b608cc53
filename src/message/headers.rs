//! The head of a mail: who, to whom, when, in answer to what, and the marks of machines (RFC 3834 §2).

use mail_parser::Address as RawAddress;
use mail_parser::DateTime;
use mail_parser::HeaderName;
use mail_parser::HeaderValue;
use mail_parser::Message;
use mail_parser::MessageParser;

use super::Address;
use super::Authentication;
use super::Marks;
use super::authentication;
use super::charset;
use super::encoded;
use super::head;
use super::head::Fields;
use super::parameter;
use crate::entry::Finding;
use crate::entry::FindingCode;
use crate::handover;
use crate::text::normal;

/// The header our own letters carry, so that we know them when they come back.
pub const LOOP_MARK: &str = "X-Phach-Letter";

/// What the head of a mail says.
#[derive(Default)]
pub struct Head {
    pub rfc_id: Option<String>,
    pub from: Option<Address>,
    pub reply_to: Option<Address>,
    pub to: Vec<Address>,
    pub cc: Vec<Address>,
    pub subject: String,
    pub dated: Option<i64>,
    pub received: Option<i64>,
    pub in_reply_to: Vec<String>,
    pub references: Vec<String>,
    pub marks: Marks,
    /// What servers on the way say of the sender; nothing of a mail that names several.
    pub authentication: Vec<Authentication>,
    /// The head of a package's mail, and that of its acknowledgement.
    pub package: Option<String>,
    pub acknowledges: Option<String>,
    /// What is odd about the head itself.
    pub findings: Vec<Finding>,
}

/// Reads the head only; the body is not looked at.
pub fn read(raw: &[u8]) -> Head {
    let mut fields = head::read(raw);
    let findings = one_sender(&mut fields);
    let mut authentication = authentication::read(&fields);
    let raw = as_it_should_be(&fields);
    let raw = raw.as_slice();
    let Some(message) = MessageParser::default().parse_headers(raw) else {
        return Head::default();
    };
    let return_path = raw_value(&message, raw, |name| matches!(name, HeaderName::ReturnPath));
    let from = first(message.from())
        .or_else(|| unquoted(fields.first("from")?))
        .or_else(|| first(message.sender()))
        .or_else(|| {
            let path = return_path.as_deref()?;
            address("", path.trim().trim_matches(['<', '>']))
        });
    let marks = marks(&message, raw, from.as_ref(), return_path.as_deref());
    // DMARC speaks of one author (RFC 7489 §6.6.1).
    let authors = message.from().map_or(0, |from| from.iter().count());
    if authors != 1 || !findings.is_empty() {
        authentication.clear();
    }
    let own = |wanted: &str| {
        raw_value(&message, raw, |name| {
            name.as_str().eq_ignore_ascii_case(wanted)
        })
        .map(|value| one_line(&value))
    };
    Head {
        rfc_id: message.message_id().and_then(id),
        reply_to: first(message.reply_to()).or_else(|| from.clone()),
        from,
        to: all(message.all_to()),
        cc: all(message.all_cc()),
        subject: one_line(message.subject().unwrap_or_default()),
        dated: message.date().and_then(millis),
        received: raw_value(&message, raw, |name| matches!(name, HeaderName::Received)).and_then(
            |value| {
                let (_, date) = value.rsplit_once(';')?;
                millis(&DateTime::parse_rfc822(date.trim())?)
            },
        ),
        in_reply_to: ids(message.in_reply_to()),
        references: ids(message.references()),
        marks,
        authentication,
        package: own(handover::PACKAGE_HEADER),
        acknowledges: own(handover::ACKNOWLEDGE_HEADER),
        findings,
    }
}

/// The head as an honest program would have written it: a field a line, words decoded, in UTF-8.
fn as_it_should_be(fields: &Fields) -> Vec<u8> {
    let mut out = Vec::new();
    for field in &fields.fields {
        let value = match field.name.as_str() {
            "subject" => encoded::text(&field.value),
            "from" | "to" | "cc" | "bcc" | "reply-to" | "sender" => {
                encoded::addresses(&field.value)
            }
            _ => charset::raw_text(&field.value, None),
        };
        let value = value.replace(char::is_control, " ");
        out.extend_from_slice(format!("{}: {}\r\n", field.name, value.trim()).as_bytes());
    }
    out.extend_from_slice(b"\r\n");
    out
}

/// Leaves one From field in the head, the first with an address, and one Subject; says when others disagree.
fn one_sender(fields: &mut Fields) -> Vec<Finding> {
    let senders: Vec<Option<String>> = fields
        .all("from")
        .map(|value| {
            let line = format!("From: {}\r\n\r\n", encoded::addresses(value));
            let message = MessageParser::default().parse_headers(line.as_bytes())?;
            Some(first(message.from())?.email)
        })
        .collect();
    let known = senders.iter().position(Option::is_some).unwrap_or(0);
    for (name, kept) in [("from", known), ("subject", 0)] {
        let mut number = 0;
        fields.fields.retain(|field| {
            if field.name != name {
                return true;
            }
            number += 1;
            number == kept + 1
        });
    }
    let mut named: Vec<&String> = senders.iter().flatten().collect();
    named.dedup();
    if named.len() > 1 {
        return vec![FindingCode::SeveralSenders.into()];
    }
    Vec::new()
}

/// The address of a sender whose program encoded name and address as one word.
fn unquoted(value: &[u8]) -> Option<Address> {
    let text = encoded::text(value);
    let (name, email) = text.rsplit_once('<')?;
    address(name, email.trim().trim_end_matches(['>', '"']))
}

fn marks(
    message: &Message<'_>,
    raw: &[u8],
    from: Option<&Address>,
    return_path: Option<&str>,
) -> Marks {
    let value = |wanted: &str| {
        raw_value(message, raw, |name| {
            name.as_str().eq_ignore_ascii_case(wanted)
        })
        .map(|value| value.trim().to_lowercase())
    };
    let auto_submitted = value("Auto-Submitted").is_some_and(|value| {
        let word = value.split([';', ' ', '(']).next().unwrap_or_default();
        !word.is_empty() && word != "no"
    });
    // Older vacation programs, and Exchange, which also says "oof" in a header of its own.
    let old_answer = [
        "X-Autoreply",
        "X-Autorespond",
        "X-Autogenerated",
        "X-MS-Exchange-Generated-Message-Source",
    ]
    .iter()
    .any(|name| value(name).is_some_and(|value| value != "no"));
    Marks {
        auto_submitted: auto_submitted || old_answer,
        empty_return_path: return_path.is_some_and(|path| path.trim() == "<>"),
        precedence: value("Precedence")
            .is_some_and(|value| ["bulk", "list", "junk"].contains(&value.as_str())),
        list: message.headers().iter().any(|header| {
            header
                .name
                .as_str()
                .get(..5)
                .is_some_and(|start| start.eq_ignore_ascii_case("list-"))
        }),
        suppressed: value("X-Auto-Response-Suppress").is_some_and(|value| {
            let mut words = value.split([',', ';', ' ']);
            words.any(|word| matches!(word, "all" | "autoreply"))
        }),
        report: raw_value(message, raw, |name| matches!(name, HeaderName::ContentType))
            .is_some_and(|value| parameter::read(value.as_bytes()).word == "multipart/report"),
        machine_sender: from.is_some_and(|from| is_machine(&from.email)),
        hops: u32::try_from(
            message
                .headers()
                .iter()
                .filter(|header| matches!(header.name, HeaderName::Received))
                .count(),
        )
        .unwrap_or(u32::MAX),
        own_mark: raw_value(message, raw, |name| {
            name.as_str().eq_ignore_ascii_case(LOOP_MARK)
        })
        .map(|value| one_line(&value)),
    }
}

/// mailer-daemon, postmaster, no-reply and their like.
fn is_machine(email: &str) -> bool {
    let local: String = email
        .split('@')
        .next()
        .unwrap_or_default()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    ["mailerdaemon", "postmaster", "maildaemon", "nobody"].contains(&local.as_str())
        || ["noreply", "donotreply", "bounce", "khongtraloi"]
            .iter()
            .any(|start| local.starts_with(start))
}

/// The first header whose name fits, as sent.
fn raw_value(
    message: &Message<'_>,
    raw: &[u8],
    wanted: impl Fn(&HeaderName<'_>) -> bool,
) -> Option<String> {
    let header = message
        .headers()
        .iter()
        .find(|header| wanted(&header.name))?;
    let value = raw.get(header.offset_start as usize..header.offset_end as usize)?;
    Some(String::from_utf8_lossy(value).into_owned())
}

fn first(addresses: Option<&RawAddress<'_>>) -> Option<Address> {
    addresses?.iter().find_map(|raw| {
        address(
            raw.name().unwrap_or_default(),
            raw.address().unwrap_or_default(),
        )
    })
}

fn all<'a, 'x: 'a>(lists: impl Iterator<Item = &'a RawAddress<'x>>) -> Vec<Address> {
    lists
        .flat_map(RawAddress::iter)
        .filter_map(|raw| {
            address(
                raw.name().unwrap_or_default(),
                raw.address().unwrap_or_default(),
            )
        })
        .take(1_000)
        .collect()
}

/// An address that a letter can be sent to, or nothing: one "@", no spaces, no control characters.
pub fn address(name: &str, email: &str) -> Option<Address> {
    let email = normal(email.trim()).to_lowercase();
    let (local, domain) = email.rsplit_once('@')?;
    let clean = !local.is_empty()
        && !domain.is_empty()
        && email.len() <= 320
        && !email
            .contains(|c: char| c.is_whitespace() || c.is_control() || "<>,;()[]\"\\".contains(c))
        && !local.contains('@');
    clean.then(|| Address {
        name: one_line(name)
            .trim_matches(['"', '\'', ' '])
            .chars()
            .take(200)
            .collect(),
        email,
    })
}

/// NFC on one line: an injected line break becomes a space.
pub fn one_line(text: &str) -> String {
    normal(text)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(1_000)
        .collect()
}

fn id(raw: &str) -> Option<String> {
    let id = raw.trim().trim_matches(['<', '>']);
    let sane = !id.is_empty()
        && id.len() <= 900
        && !id.contains(|c: char| c.is_whitespace() || c.is_control());
    sane.then(|| id.to_owned())
}

fn ids(value: &HeaderValue<'_>) -> Vec<String> {
    match value {
        HeaderValue::Text(one) => id(one).into_iter().collect(),
        HeaderValue::TextList(many) => many.iter().filter_map(|one| id(one)).take(200).collect(),
        HeaderValue::Address(_)
        | HeaderValue::DateTime(_)
        | HeaderValue::ContentType(_)
        | HeaderValue::Received(_)
        | HeaderValue::Empty => Vec::new(),
    }
}

fn millis(date: &DateTime) -> Option<i64> {
    date.is_valid()
        .then(|| date.to_timestamp().checked_mul(1_000))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn the_marks_of_machines_are_seen() {
        let check = |head: &str, may_answer: bool| {
            let raw = format!("From: An <an@example.vn>\r\n{head}\r\n\r\nx");
            assert_eq!(
                read(raw.as_bytes()).marks.may_answer(),
                may_answer,
                "{head}"
            );
        };
        check("Subject: x", true);
        check("Auto-Submitted: no", true);
        check("Auto-Submitted: auto-replied (vacation)", false);
        check("Return-Path: <>", false);
        check("Return-Path: <an@example.vn>", true);
        check("Precedence: Bulk", false);
        check("List-Unsubscribe: <mailto:x@example.vn>", false);
        check("X-Auto-Response-Suppress: DR, OOF, AutoReply", false);
        check("X-Auto-Response-Suppress: DR, RN", true);
        check("Content-Type: multipart/report; boundary=x", false);
        check("x-phach-letter: 12", false);
        check(
            &"Received: by a; Fri, 6 Sep 2019 09:00:00 +0700\r\n".repeat(26),
            false,
        );
        let machine = read(b"From: No-Reply@truong.edu.vn\r\n\r\n");
        assert!(!machine.marks.may_answer());
    }

    #[test]
    fn dates_and_ids_are_read_as_the_servers_wrote_them() {
        let head = read(
            b"Received: from a by b with ESMTP id 1;\r\n\tFri, 06 Sep 2019 16:59:59 +0700 (ICT)\r\n\
Received: from x by a; Fri, 06 Sep 2019 16:00:00 +0700\r\n\
Message-ID: <1@example.vn>\r\nIn-Reply-To: <0@phach.vn>\r\nReferences: <z@phach.vn> <0@phach.vn>\r\n\
Date: Fri, 6 Sep 2019 09:00:00 GMT\r\nReply-To: Truong <truong@example.vn>\r\n\r\n",
        );
        assert_eq!(head.received, Some(1_567_763_999_000));
        assert_eq!(head.dated, Some(1_567_760_400_000));
        assert_eq!(head.rfc_id.as_deref(), Some("1@example.vn"));
        assert_eq!(head.in_reply_to, ["0@phach.vn"]);
        assert_eq!(head.references, ["z@phach.vn", "0@phach.vn"]);
        assert_eq!(head.marks.hops, 2);
        assert!(head.from.is_none());
        assert_eq!(
            head.reply_to.map(|a| a.email).as_deref(),
            Some("truong@example.vn")
        );
    }

    #[test]
    fn a_subject_cannot_bring_headers_of_its_own() {
        let head = read(
            b"Subject: =?UTF-8?Q?Bai_thi=0D=0ABcc:_x@evil.example?=\r\nFrom: \"A\" <a b@c>\r\n\r\n",
        );
        assert_eq!(head.subject, "Bai thi Bcc: x@evil.example");
    }
}
