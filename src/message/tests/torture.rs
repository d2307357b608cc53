//! Mails as no honest program writes them and as strangers send them all the same. Each sample says what must be found
//! in it: words of the body, every file with its bytes, findings. All of them, whole, cut off and garbled, must be
//! accounted for: no panic, and no part that is neither body nor file nor named in a finding.

mod enclosed;
mod transfers;

use crate::entry::FindingCode;
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
    clean: bool,
}

fn sample(name: &'static str, raw: impl Into<Vec<u8>>) -> Sample {
    Sample {
        name,
        raw: raw.into(),
        words: Vec::new(),
        files: Vec::new(),
        findings: Vec::new(),
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
    [transfers::samples(), enclosed::samples()]
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

/// Every leaf of the mail is body, or has its file (or the files in it), or the mail as a whole was refused.
fn account(raw: &[u8], name: &str) {
    let Some(leaves) = mime::leaves(raw) else {
        return;
    };
    let Some((parsed, bytes)) = parse(raw) else {
        return;
    };
    assert_eq!(parsed.parts.len(), bytes.len(), "{name}");
    for (at, leaf) in leaves.iter().enumerate() {
        if leaf.is_body() || leaf.declared.starts_with("message/") {
            continue;
        }
        let path = format!("{}", at + 1);
        let there = parsed
            .parts
            .iter()
            .any(|part| part.path == path || part.path.starts_with(&format!("{path}/")));
        assert!(there, "{name}: part {path} ({}) is lost", leaf.declared);
    }
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
        for _ in 0..12 {
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
