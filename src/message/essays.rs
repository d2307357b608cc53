//! Which essays a mail holds: every essay with its pages, annexes and unread files, and whose it is.

use super::Essay;
use super::Part;
use super::body::words;
use super::grouping;
use super::grouping::Class;
use super::grouping::Group;
use super::grouping::Item;
use super::parts::Letter;
use super::phrases;
use super::roll::Lists;
use super::roll::Roll;
use crate::entry::Finding;
use crate::entry::FindingCode;
use crate::slip;
use crate::slip::Place;
use crate::slip::Slip;
use crate::slip::answers;
use crate::text::words::hash;

/// Words that make a text without further signs an essay (R001-12).
const ESSAY_WORDS: usize = 150;

/// Finds the essays of all letters of a mail, and what the lists in it say of them.
pub fn find(letters: &[Letter], parts: &[Part]) -> (Vec<Essay>, Option<Roll>) {
    let lists = Lists::of(parts);
    let mut essays: Vec<Essay> = letters
        .iter()
        .flat_map(|letter| of_letter(letter, parts, &lists))
        .collect();
    let roll = lists.meet(&mut essays, parts);
    (essays, roll)
}

/// Whether the text of a mail is an essay itself: long, or short with ticked answers or a labelled head.
pub fn is_written_in(text: &str) -> bool {
    let length = words(text);
    is_marked(text, length)
        || (length >= ESSAY_WORDS && (length >= 2 * ESSAY_WORDS || !phrases::promises_file(text)))
}

/// Ticked answers, or a head of labelled lines above a text of some length.
fn is_marked(text: &str, length: usize) -> bool {
    let ticked = answers::find(text).len();
    if ticked >= 3 || (ticked >= 1 && length >= 40) {
        return true;
    }
    let slip = slip::from_essay(text, "", "");
    let headed = [&slip.name, &slip.birth_date]
        .into_iter()
        .flatten()
        .any(|fact| fact.place == Place::EssayHead);
    headed && length >= 60 && !phrases::promises_file(text) && !phrases::asks_plainly(text)
}

fn of_letter(letter: &Letter, parts: &[Part], lists: &Lists) -> Vec<Essay> {
    let people = lists.people();
    let items: Vec<Item> = letter
        .files
        .iter()
        .filter(|index| !lists.files.contains(index))
        .filter_map(|index| Item::of(*index, parts.get(*index)?))
        .map(|item| Item {
            person: item.person.or_else(|| people.author_of(&item.name)),
            ..item
        })
        .collect();
    let body = letter.body.text.as_str();
    let length = words(body);
    let only_pictures = items.iter().all(|item| item.class == Class::Picture);
    let written_in = !letter.attached
        && only_pictures
        && if items.is_empty() {
            is_written_in(body)
        } else {
            // Beside photos a letter of some length is only a letter, unless it is clearly the essay.
            length >= ESSAY_WORDS && is_marked(body, length)
        };
    if written_in {
        let group = Group {
            annexes: items.iter().map(|item| item.part).collect(),
            ..Group::default()
        };
        return vec![essay(group, letter, parts, Sharing::Alone, Source::Body)];
    }
    let groups = grouping::group(&items, &lists.namesakes());
    let sharing = if groups.len() == 1 {
        Sharing::Alone
    } else {
        Sharing::Several
    };
    groups
        .into_iter()
        .map(|group| essay(group, letter, parts, sharing, Source::Files))
        .collect()
}

/// Whether the letter's own facts may be those of the essay's author.
#[derive(Clone, Copy)]
enum Sharing {
    Alone,
    Several,
}

#[derive(Clone, Copy)]
enum Source {
    Body,
    Files,
}

fn essay(group: Group, letter: &Letter, parts: &[Part], sharing: Sharing, source: Source) -> Essay {
    let body = letter.body.text.as_str();
    let main = group.main.and_then(|index| parts.get(index));
    let text = match source {
        Source::Body => body,
        Source::Files => main.map_or("", |part| part.document.text.as_str()),
    };
    let margins = main.map_or("", |part| part.document.margins.as_str());
    let name = main
        .or_else(|| {
            group
                .pages
                .iter()
                .chain(&group.unread)
                .find_map(|index| parts.get(*index))
        })
        .map_or("", |part| part.name.as_str());
    let own = slip::from_essay(text, margins, name);
    let (slip, found) = match sharing {
        Sharing::Alone => {
            let sender = match &letter.body.forward {
                Some(forward) => forward.from.as_ref(),
                None => letter.from.as_ref(),
            };
            let mail = slip::from_mail(body, sender.map_or("", |sender| sender.name.as_str()));
            let ticked = answers::find(text);
            (
                own.or(mail),
                if ticked.is_empty() {
                    answers::find(body)
                } else {
                    ticked
                },
            )
        }
        // The sender of several essays is a teacher or a colleague: only the school or office is shared.
        Sharing::Several => {
            let shared = Slip {
                unit: slip::from_mail(body, "").unit,
                ..Slip::default()
            };
            (own.or(shared), answers::find(text))
        }
    };
    let findings = findings(&slip, text, letter, source);
    Essay {
        main: group.main,
        pages: group.pages,
        annexes: group.annexes,
        unread: group.unread,
        in_body: matches!(source, Source::Body),
        text_hash: hash(text),
        answers: found,
        slip,
        findings,
    }
}

fn findings(slip: &Slip, text: &str, letter: &Letter, source: Source) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    if matches!(source, Source::Body) {
        findings.push(FindingCode::InBody.into());
    }
    if let Some(forward) = &letter.body.forward {
        let who = forward.from.as_ref().map_or("", |from| from.email.as_str());
        findings.push(Finding::new(FindingCode::Forwarded, who));
    } else if letter.attached {
        let who = letter.from.as_ref().map_or("", |from| from.email.as_str());
        findings.push(Finding::new(FindingCode::Forwarded, who));
    }
    findings.extend(letter.findings.iter().cloned());
    if let Some(host) = phrases::cloud_link(&[&letter.body.text, &letter.body.html]) {
        findings.push(Finding::new(FindingCode::CloudLink, host));
    }
    // What nobody has read yet cannot be said to be missing: scans and unread files stay without these.
    if !text.trim().is_empty() {
        let missing = [
            (slip.name.is_none(), FindingCode::NoName),
            (slip.birth_date.is_none(), FindingCode::NoBirthDate),
            (slip.unit.is_none(), FindingCode::NoUnit),
            (slip.address.is_none(), FindingCode::NoAddress),
            (slip.phone.is_none(), FindingCode::NoPhone),
        ];
        findings.extend(
            missing
                .into_iter()
                .filter(|(gone, _)| *gone)
                .map(|(_, code)| code.into()),
        );
    }
    findings
}
