//! Mails as no honest program writes them and as strangers send them all the same. Each sample says what must be found
//! in it: words of the body, every file with its bytes, findings. All of them, whole, cut off and garbled, must be
//! accounted for: no panic, and no part that is neither body nor file nor named in a finding.

mod charsets;
mod clients;
mod enclosed;
mod heads;
mod kinds;
mod lines;
mod names;
mod outlines;
mod transfers;

use crate::entry::FindingCode;
use crate::entry::MessageKind;
use crate::message::Parsed;
use crate::message::mime;
use crate::message::parse;

/// A mail and what is in it.
struct Sample {
    name: &'static str,
    raw: Vec<u8>,
    words: Vec<&'static str>,
    files: Vec<(&'static str, Vec<u8>)>,
    findings: Vec<FindingCode>,
    subject: Option<&'static str>,
    /// Name and address.
    from: Option<(&'static str, &'static str)>,
    clean: bool,
}

fn sample(name: &'static str, raw: impl Into<Vec<u8>>) -> Sample {
    Sample {
        name,
        raw: raw.into(),
        words: Vec::new(),
        files: Vec::new(),
        findings: Vec::new(),
        subject: None,
        from: None,
        clean: false,
    }
}

impl Sample {
    /// The body holds these words.
    fn says(mut self, words: &'static str) -> Sample {
        self.words.push(words);
        self
    }

    /// A file of this name with these bytes comes next.
    fn file(mut self, name: &'static str, bytes: impl AsRef<[u8]>) -> Sample {
        self.files.push((name, bytes.as_ref().to_vec()));
        self
    }

    /// This is said of the mail, of an essay or of a file.
    fn finds(mut self, code: FindingCode) -> Sample {
        self.findings.push(code);
        self
    }

    fn subject(mut self, subject: &'static str) -> Sample {
        self.subject = Some(subject);
        self
    }

    fn from(mut self, name: &'static str, email: &'static str) -> Sample {
        self.from = Some((name, email));
        self
    }

    /// Nothing is said to be damaged.
    fn clean(mut self) -> Sample {
        self.clean = true;
        self
    }
}

/// The bytes of a mail from lines of text, ended as mail ends them.
fn crlf(text: &str) -> Vec<u8> {
    text.replace("\r\n", "\n")
        .replace('\n', "\r\n")
        .into_bytes()
}

/// A mail with these head lines and this body.
fn mail(head: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let mut raw = crlf(&format!(
        "From: An <an@example.vn>\nSubject: Bai du thi\nMIME-Version: 1.0\n{head}\n\n"
    ));
    raw.extend_from_slice(body.as_ref());
    raw
}

/// A multipart/mixed mail of these parts, each its head, a blank line and its body, between boundaries "b".
fn mixed(parts: &[&str]) -> Vec<u8> {
    let mut body = String::new();
    for part in parts {
        body.push_str(&format!("--b\n{part}\n"));
    }
    body.push_str("--b--\n");
    mail("Content-Type: multipart/mixed; boundary=b", crlf(&body))
}

/// The first bytes of a PDF that holds nothing.
const PDF: &[u8] = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n";

fn samples() -> Vec<Sample> {
    [
        charsets::samples(),
        clients::samples(),
        enclosed::samples(),
        heads::samples(),
        kinds::samples(),
        lines::samples(),
        names::samples(),
        outlines::samples(),
        transfers::samples(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Everything that was said of a mail, wherever it stands.
fn said(parsed: &Parsed) -> Vec<FindingCode> {
    let of_parts = parsed.parts.iter().flat_map(|part| &part.document.findings);
    let of_essays = parsed.essays.iter().flat_map(|essay| &essay.findings);
    parsed
        .findings
        .iter()
        .chain(of_parts)
        .chain(of_essays)
        .map(|finding| finding.code)
        .collect()
}

#[test]
fn every_part_of_every_mail_is_found() {
    let mut failures = Vec::new();
    let samples = samples();
    assert!(samples.len() >= 150, "{} samples", samples.len());
    for sample in &samples {
        let name = sample.name;
        let Some((parsed, bytes)) = parse(&sample.raw) else {
            failures.push(format!("{name}: refused"));
            continue;
        };
        for words in &sample.words {
            if !parsed.body.contains(words) {
                failures.push(format!("{name}: no {words:?} in {:?}", parsed.body));
            }
        }
        if sample
            .subject
            .is_some_and(|subject| parsed.subject != subject)
        {
            failures.push(format!("{name}: the subject is {:?}", parsed.subject));
        }
        let from = parsed.from.as_ref();
        let from = from.map(|from| (from.name.as_str(), from.email.as_str()));
        if sample.from.is_some_and(|wanted| from != Some(wanted)) {
            failures.push(format!("{name}: it is from {from:?}"));
        }
        let show = |name: &str, bytes: &[u8]| {
            let start = &bytes[..bytes.len().min(60)];
            format!("{name} ({}) {}", bytes.len(), start.escape_ascii())
        };
        let found: Vec<String> = parsed
            .parts
            .iter()
            .zip(&bytes)
            .map(|(part, bytes)| show(&part.name, bytes))
            .collect();
        let wanted: Vec<String> = sample
            .files
            .iter()
            .map(|(name, bytes)| show(name, bytes))
            .collect();
        let equal = found == wanted
            && sample
                .files
                .iter()
                .zip(&bytes)
                .all(|((_, wanted), found)| wanted == found);
        if !equal {
            failures.push(format!("{name}: files {found:#?} instead of {wanted:#?}"));
        }
        let said = said(&parsed);
        for code in &sample.findings {
            if !said.contains(code) {
                failures.push(format!("{name}: {code:?} is not among {said:?}"));
            }
        }
        if sample.clean
            && (said.contains(&FindingCode::Damaged) || said.contains(&FindingCode::MailDamaged))
        {
            failures.push(format!("{name}: said to be damaged: {said:?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Every leaf of the mail is body, or has its file (or the files in it), or is named in a finding, or the mail as a whole
/// was refused.
fn account(raw: &[u8], name: &str) {
    let Some(leaves) = mime::leaves(raw) else {
        return;
    };
    let Some((parsed, bytes)) = parse(raw) else {
        return;
    };
    assert_eq!(parsed.parts.len(), bytes.len(), "{name}");
    let said = |code: FindingCode| parsed.findings.iter().any(|finding| finding.code == code);
    for (at, leaf) in leaves.iter().enumerate() {
        if leaf.is_body() {
            continue;
        }
        if leaf.outside.is_some() {
            let opened = parsed.handed.is_none() && parsed.bounce.is_none();
            assert!(
                !opened || said(FindingCode::TextAside),
                "{name}: words outside"
            );
            continue;
        }
        let path = format!("{}", at + 1);
        let there = parsed
            .parts
            .iter()
            .any(|part| part.path == path || part.path.starts_with(&format!("{path}/")));
        let named = parsed.findings.iter().any(|finding| {
            let detail = &finding.detail;
            let here =
                detail.starts_with(&format!("{path} (")) || detail.starts_with(&format!("{path}/"));
            here && detail.ends_with(')')
        });
        // A report of a machine is read as one.
        let report =
            leaf.declared.starts_with("message/") || leaf.declared == "text/rfc822-headers";
        let read = report && is_of_a_machine(parsed.kind);
        assert!(
            there || named || read,
            "{name}: part {path} ({}) is lost",
            leaf.declared
        );
    }
}

/// Mails whose files are not looked into.
fn is_of_a_machine(kind: MessageKind) -> bool {
    matches!(
        kind,
        MessageKind::Own
            | MessageKind::Bounce
            | MessageKind::Automatic
            | MessageKind::Handover
            | MessageKind::Acknowledge
    )
}

#[test]
fn cut_and_garbled_mails_are_accounted_for() {
    let mut seed = 20_190_906u32;
    let mut random = move |below: usize| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as usize % below.max(1)
    };
    for sample in samples() {
        account(&sample.raw, sample.name);
        if sample.raw.len() > 200_000 {
            continue;
        }
        let starts = sample.raw.iter().enumerate();
        let starts = starts.filter(|(_, byte)| matches!(byte, b'\n' | b'\r'));
        for (at, _) in starts.take(80) {
            account(&sample.raw[..at], sample.name);
        }
        for _ in 0..16 {
            let end = random(sample.raw.len());
            account(&sample.raw[..end], sample.name);
            let mut garbled = sample.raw.clone();
            for _ in 0..1 + random(6) {
                let at = random(garbled.len());
                if let Some(byte) = garbled.get_mut(at) {
                    *byte ^= 1 << random(8);
                }
            }
            account(&garbled, sample.name);
        }
    }
}

/// Words between boundaries, heads and blank lines in any order: not one of them is lost.
#[test]
fn no_words_are_lost_among_any_boundaries() {
    const LINES: [&str; 14] = [
        "",
        "",
        "--b",
        "--b",
        "--b--",
        "--b-1",
        "--b-1--",
        "Content-Type: multipart/mixed; boundary=b",
        "Content-Type: multipart/alternative; boundary=\"b-1\"",
        "Content-Type: multipart/related; boundary=c",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Type: application/octet-stream; name=a.bin",
        "Content-Transfer-Encoding: 8bit",
        "Content-Disposition: attachment",
    ];
    let mut seed = 1u32;
    let mut random = move |below: usize| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as usize % below
    };
    for number in 0..1_500 {
        let mut lines = vec!["From: an@example.vn".to_owned(), LINES[7].to_owned()];
        for at in 0..4 + random(40) {
            lines.push(if random(3) == 0 {
                format!("chu{at}x cua thu")
            } else {
                LINES[random(LINES.len())].to_owned()
            });
        }
        let raw = lines.join(if number % 2 == 0 { "\r\n" } else { "\n" });
        let leaves = mime::leaves(raw.as_bytes()).expect("an honest mail");
        let found: Vec<u8> = leaves.iter().flat_map(|leaf| leaf.bytes.clone()).collect();
        let found = String::from_utf8_lossy(&found);
        for (at, line) in lines.iter().enumerate() {
            let below = lines.get(at + 1).map_or("", String::as_str);
            // A broken line of a head belongs to the field above it.
            if line.starts_with("chu") && !below.starts_with("Content-") {
                assert!(
                    found.contains(line),
                    "{line} is lost in mail {number}:\n{raw}"
                );
            }
        }
        account(raw.as_bytes(), &format!("mail {number}"));
    }
}
