//! The outline of a mail: where each of its parts begins and ends. One pass over the lines, no recursion; every byte
//! belongs to a head, to a part, to the text outside the parts, or to a boundary between them.
//!
//! mail-parser's own division is not used: it leaves out what stands outside the parts, and it nests attached mails so
//! that dropping some ten thousand of them overflows the stack.
//!
//! A boundary counts when it equals an announced one to the letter, so that "b" and "b-1" never mix. Boundaries that
//! never close are closed by the ones around them, and those that come again after their end begin further parts.

use super::head;
use super::head::Fields;
use super::head::Lines;
use super::parameter;
use super::parameter::Value;

/// Multiparts one inside another. No mail program comes near.
const MAX_OPEN: usize = 100;

/// A stretch of a mail.
pub struct Piece<'a> {
    pub fields: Fields,
    pub kind: Value,
    pub body: &'a [u8],
    /// Number of the outermost multipart/alternative it stands in.
    pub alternative: Option<usize>,
    pub role: Role,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A part that is no multipart, or a multipart whose boundary never comes.
    Leaf,
    /// Text above the first boundary of a multipart, or below its last.
    Above,
    Below,
}

/// A multipart whose parts are being read.
struct Open {
    boundary: Vec<u8>,
    alternative: Option<usize>,
    digest: bool,
    /// Head and type, kept until the first boundary shows that it is a multipart in earnest.
    waiting: Option<(Fields, Value)>,
    closed: bool,
}

/// What the lines read now belong to.
struct Current {
    fields: Fields,
    kind: Value,
    alternative: Option<usize>,
    role: Role,
    begin: usize,
}

/// Finds the parts of a mail. `None`: more of them, or more deeply nested, than in any honest mail.
pub fn read(raw: &[u8], most: usize) -> Option<Vec<Piece<'_>>> {
    let mut open: Vec<Open> = Vec::new();
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    let mut lines = Lines { raw, at: 0 };
    let mut current = begin(raw, &mut lines, &mut open, 0)?;
    loop {
        let at = lines.at;
        let Some(line) = lines.next() else {
            break;
        };
        let Some((place, closing)) = boundary(line.text, &open) else {
            continue;
        };
        // Multiparts inside this one end here, whether they were closed or not.
        let waiting = open.last_mut().and_then(|last| last.waiting.take());
        let reached = place + 1 == open.len();
        let parts_begin = reached && current.role == Role::Above;
        let body = raw.get(current.begin..at).unwrap_or_default();
        put(
            &mut pieces,
            current,
            without_end(body),
            if parts_begin { None } else { waiting },
        );
        open.truncate(place + 1);
        let multipart = open.last_mut()?;
        multipart.waiting = None;
        multipart.closed |= closing;
        let alternative = multipart.alternative;
        current = if closing {
            Current {
                fields: Fields::default(),
                kind: Value::default(),
                alternative: None,
                role: Role::Below,
                begin: lines.at,
            }
        } else {
            let number = pieces.len() + 1;
            Current {
                alternative,
                ..begin(raw, &mut lines, &mut open, number)?
            }
        };
        if pieces.len() > most * 3 {
            return None;
        }
    }
    let waiting = open.last_mut().and_then(|last| last.waiting.take());
    let body = raw.get(current.begin..).unwrap_or_default();
    put(&mut pieces, current, body, waiting);
    let leaves = pieces.iter().filter(|piece| piece.role == Role::Leaf);
    (leaves.count() <= most).then_some(pieces)
}

/// Reads the head at the next line. `number` tells this part from all others of the mail.
fn begin(
    raw: &[u8],
    lines: &mut Lines<'_>,
    open: &mut Vec<Open>,
    number: usize,
) -> Option<Current> {
    let rest = raw.get(lines.at..).unwrap_or_default();
    // A part without a head of its own lines may run straight into the next boundary.
    let fields = head::read(rest);
    lines.at += fields.body;
    let around = open.last();
    let mut kind = content_type(&fields, raw.get(lines.at..).unwrap_or_default());
    if kind.word.is_empty() && around.is_some_and(|around| around.digest) {
        kind.word = "message/rfc822".to_owned();
    }
    let mut alternative = around.and_then(|around| around.alternative);
    if kind.word == "multipart/alternative" {
        alternative = alternative.or(Some(number));
    }
    let boundary = kind
        .get("boundary")
        .map(|told| told.trim().as_bytes().to_vec());
    let rest = raw.get(lines.at..).unwrap_or_default();
    let Some(boundary) = boundary.filter(|boundary| {
        kind.word.starts_with("multipart/")
            && (!boundary.is_empty() || open.is_empty() && is_parted_by_hyphens(rest))
    }) else {
        return Some(Current {
            fields,
            kind,
            alternative,
            role: Role::Leaf,
            begin: lines.at,
        });
    };
    if open.len() >= MAX_OPEN {
        return None;
    }
    open.push(Open {
        boundary,
        alternative,
        digest: kind.word == "multipart/digest",
        waiting: Some((fields, kind)),
        closed: false,
    });
    Some(Current {
        fields: Fields::default(),
        kind: Value::default(),
        alternative,
        role: Role::Above,
        begin: lines.at,
    })
}

/// Whether parts stand between lines of two hyphens, as a mail whose boundary is empty has them.
fn is_parted_by_hyphens(body: &[u8]) -> bool {
    let mut lines = Lines { raw: body, at: 0 }.peekable();
    while let Some(line) = lines.next() {
        let below = lines.peek().and_then(|below| below.text.get(..8));
        if line.text == b"--" && below.is_some_and(|below| below.eq_ignore_ascii_case(b"content-"))
        {
            return true;
        }
    }
    false
}

/// The type of a part. Of several the first counts, unless its boundary never comes and that of another does.
fn content_type(fields: &Fields, body: &[u8]) -> Value {
    let mut values = fields
        .all("content-type")
        .map(parameter::read)
        .filter(|value| value.word.contains('/'));
    let Some(first) = values.next() else {
        return fields
            .first("content-type")
            .map(parameter::read)
            .unwrap_or_default();
    };
    let mut others: Vec<Value> = values.take(4).collect();
    if others.is_empty() {
        return first;
    }
    let comes = |value: &Value| {
        value.get("boundary").is_some_and(|boundary| {
            let mut lines = Lines { raw: body, at: 0 };
            lines.any(|line| matches(line.text, boundary.trim().as_bytes()).is_some())
        })
    };
    if first.word.starts_with("multipart/") && comes(&first) {
        return first;
    }
    match others.iter().position(comes) {
        Some(at) => others.swap_remove(at),
        None => first,
    }
}

/// Which open multipart a line is a boundary of, and whether it closes it. The innermost one that still waits for parts
/// comes first.
fn boundary(line: &[u8], open: &[Open]) -> Option<(usize, bool)> {
    if !line.starts_with(b"--") {
        return None;
    }
    let found = |closed: bool| {
        open.iter()
            .enumerate()
            .rev()
            .find_map(|(place, multipart)| {
                let closing = matches(line, &multipart.boundary)?;
                (multipart.closed == closed).then_some((place, closing))
            })
    };
    found(false).or_else(|| found(true))
}

/// Whether a line is this boundary: `Some(true)` for the one that closes.
fn matches(line: &[u8], boundary: &[u8]) -> Option<bool> {
    let rest = line.trim_ascii_end().strip_prefix(b"--")?;
    let tail = rest.strip_prefix(boundary)?;
    match tail {
        b"" => Some(false),
        b"--" => Some(true),
        _ => None,
    }
}

fn put<'a>(
    pieces: &mut Vec<Piece<'a>>,
    current: Current,
    body: &'a [u8],
    waiting: Option<(Fields, Value)>,
) {
    let Current {
        fields,
        kind,
        alternative,
        role,
        begin: _,
    } = current;
    let (fields, kind, role) = match waiting {
        // Not one boundary came: all of the multipart is one leaf.
        Some((fields, kind)) if role == Role::Above => (fields, kind, Role::Leaf),
        Some(_) | None => (fields, kind, role),
    };
    pieces.push(Piece {
        fields,
        kind,
        body,
        alternative,
        role,
    });
}

/// The line end above a boundary belongs to the boundary.
fn without_end(body: &[u8]) -> &[u8] {
    body.strip_suffix(b"\r\n")
        .or_else(|| body.strip_suffix(b"\n"))
        .or_else(|| body.strip_suffix(b"\r"))
        .unwrap_or(body)
}

#[cfg(test)]
mod tests {
    use super::Role;
    use super::read;

    #[test]
    fn every_part_is_found_between_its_boundaries() {
        let check = |raw: &str, want: &[(Role, &str, &str)]| {
            let pieces = read(raw.as_bytes(), 100).expect(raw);
            let found: Vec<(Role, String, String)> = pieces
                .iter()
                .filter(|piece| piece.role == Role::Leaf || !piece.body.is_empty())
                .map(|piece| {
                    let body = String::from_utf8_lossy(piece.body).into_owned();
                    (piece.role, piece.kind.word.clone(), body)
                })
                .collect();
            let wanted: Vec<(Role, String, String)> = want
                .iter()
                .map(|(role, kind, body)| (*role, (*kind).to_owned(), (*body).to_owned()))
                .collect();
            assert_eq!(found, wanted, "{raw}");
        };
        let head = "Content-Type: multipart/mixed; boundary=b\n\n";
        let leaf = |body| (Role::Leaf, "", body);
        check("To: x\n\nBai", &[leaf("Bai")]);
        check(
            &format!("{head}--b\n\nmot\n--b\n\nhai\n--b--\n"),
            &[leaf("mot"), leaf("hai")],
        );
        check(
            &format!("{head}tren\n--b  \n\nmot\n\n--b--  \nduoi\n"),
            &[
                (Role::Above, "", "tren"),
                leaf("mot\n"),
                (Role::Below, "", "duoi\n"),
            ],
        );
        check(&format!("{head}--b\n\nmot"), &[leaf("mot")]);
        check(
            &format!("{head}--b\n\nmot\n--b--\n--b\n\nhai"),
            &[leaf("mot"), leaf("hai")],
        );
        check(
            &format!("{head}--b-1\n\nmot\n"),
            &[(Role::Leaf, "multipart/mixed", "--b-1\n\nmot\n")],
        );
        check(
            &format!("{head}--b\n--b\nmot\n--b\n"),
            &[leaf(""), leaf("mot"), leaf("")],
        );
        let inner = "Content-Type: multipart/related; boundary=b-1\n\n";
        check(
            &format!("{head}--b\n{inner}--b-1\n\nmot\n--b\n\nhai\n--b--\n"),
            &[leaf("mot"), leaf("hai")],
        );
        // The inner multipart uses the boundary of the outer one.
        let same = "Content-Type: multipart/related; boundary=b\n\n";
        check(
            &format!("{head}--b\n{same}--b\n\nmot\n--b--\n--b\n\nhai\n--b--\n"),
            &[leaf("mot"), leaf("hai")],
        );
        check(
            &format!("{head}--b\n{inner}trong\n--b\n\nhai\n--b--\n"),
            &[(Role::Leaf, "multipart/related", "trong"), leaf("hai")],
        );
    }

    #[test]
    fn more_than_an_honest_mail_has_is_refused() {
        let head = "Content-Type: multipart/mixed; boundary=b\n\n";
        assert!(
            read(
                format!("{head}{}", "--b\n\nx\n".repeat(101)).as_bytes(),
                100
            )
            .is_none()
        );
        let deep: String = (0..101)
            .map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n"))
            .collect();
        assert!(read(deep.as_bytes(), 1_000).is_none());
    }
}
