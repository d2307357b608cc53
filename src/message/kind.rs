//! What a mail is: an entry, a question, a machine's note, or a case for a person.

use super::Essay;
use super::body::words;
use super::headers::Head;
use super::phrases;
use crate::entry::Finding;
use crate::entry::FindingCode;
use crate::entry::MessageKind;

/// Under this many words a text that asks something is a question, even if long enough for an essay.
const LONG_QUESTION: usize = 400;

/// Decides for a mail that is neither our own letter nor a delivery report. `essays` are the candidates found;
/// `link` is the host of a cloud store the text points to.
pub fn decide(
    head: &Head,
    body: &str,
    essays: &[Essay],
    link: Option<&str>,
) -> (MessageKind, Vec<Finding>) {
    let marks = &head.marks;
    let file = essays.iter().any(|essay| !essay.in_body);
    let mut findings: Vec<Finding> = Vec::new();
    if let Some(host) = link {
        findings.push(Finding::new(FindingCode::CloudLink, host));
    }
    // A machine that carries an essay (a school's platform, a scanner) is for a person to judge.
    if marks.auto_submitted || marks.machine_sender || marks.empty_return_path || marks.report {
        let kind = if file {
            MessageKind::Unclear
        } else {
            MessageKind::Automatic
        };
        return (kind, findings);
    }
    if phrases::is_vacation_subject(&head.subject) && !file {
        return (MessageKind::Automatic, findings);
    }
    // A mailbox behind a group gets every mail with list marks: essays and questions must pass.
    if (marks.list || marks.precedence) && !file {
        let ticked = essays.iter().any(|essay| !essay.answers.is_empty());
        let meant = phrases::announces_essay(&head.subject) || phrases::asks_plainly(&head.subject);
        let kind = if ticked {
            MessageKind::Entry
        } else if meant {
            MessageKind::Unclear
        } else {
            MessageKind::Automatic
        };
        return (kind, findings);
    }
    if !essays.is_empty() {
        let question = !file
            && words(body) < LONG_QUESTION
            && phrases::asks_plainly(&head.subject)
            && essays.iter().all(|essay| essay.answers.is_empty());
        let kind = if question {
            MessageKind::Question
        } else {
            MessageKind::Entry
        };
        return (kind, findings);
    }
    if link.is_some() {
        return (MessageKind::Unclear, findings);
    }
    let asks = phrases::asks(body)
        || phrases::asks_plainly(&head.subject)
        || (body.is_empty() && phrases::asks(&head.subject));
    if phrases::asks_plainly(body) || phrases::asks_plainly(&head.subject) {
        return (MessageKind::Question, findings);
    }
    if phrases::promises_file(body) || (phrases::announces_essay(body) && !asks) {
        findings.push(FindingCode::NoAttachment.into());
        return (MessageKind::Unclear, findings);
    }
    if asks {
        return (MessageKind::Question, findings);
    }
    // An answer carries our own subject, which speaks of an essay.
    if head.in_reply_to.is_empty() && phrases::announces_essay(&head.subject) {
        findings.push(FindingCode::NoAttachment.into());
    }
    (MessageKind::Unclear, findings)
}
