//! Whole files: what every sample says, compared with the truth beside it.

use std::fs;
use std::path::PathBuf;

use unicode_normalization::UnicodeNormalization;

use super::Document;
use super::Kind;
use super::read;
use crate::entry::FindingCode;

/// Character error rate: edits to turn one text into the other, per character of the truth,
/// after NFC and with every run of white space as one space.
fn cer(read: &str, truth: &str) -> f64 {
    let plain = |text: &str| -> Vec<char> {
        text.split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .nfc()
            .collect()
    };
    let (read, truth) = (plain(read), plain(truth));
    let mut row: Vec<usize> = (0..=truth.len()).collect();
    for (i, a) in read.iter().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, b) in truth.iter().enumerate() {
            let edit = (corner + usize::from(a != b))
                .min(row[j] + 1)
                .min(row[j + 1] + 1);
            corner = std::mem::replace(&mut row[j + 1], edit);
        }
    }
    row[truth.len()] as f64 / truth.len().max(1) as f64
}

pub fn samples() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/documents")
}

fn sample(name: &str) -> Document {
    let bytes = fs::read(samples().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    read(&bytes, name, "")
}

#[test]
fn every_readable_sample_is_read_to_one_letter_in_a_hundred() {
    let mut count = 0;
    for entry in fs::read_dir(samples()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let Ok(truth) = fs::read_to_string(samples().join(format!("{name}.txt"))) else {
            continue;
        };
        let document = sample(&name);
        let rate = cer(&document.text, &truth);
        println!(
            "{name} {rate:.5} {:?} {:?} {:?}",
            document.form, document.findings, document.margins
        );
        assert!(rate < 0.01, "{name}: {rate:.4}\n{}", document.text);
        count += 1;
    }
    assert!(count >= 15, "only {count} samples have a truth");
}

#[test]
fn the_facts_of_every_author_stand_on_lines_of_their_own() {
    let truth = fs::read_to_string(samples().join("truth.json")).unwrap();
    let truth: serde_json::Value = serde_json::from_str(&truth).unwrap();
    for (name, facts) in truth.as_object().unwrap() {
        let document = sample(name);
        let has = |line: String| {
            let found = document.text.lines().any(|l| l.trim() == line);
            assert!(found, "{name}: {line}\n{}", document.text);
        };
        has(format!("Họ và tên: {}", facts["name"].as_str().unwrap()));
        has(format!("Địa chỉ: {}", facts["address"].as_str().unwrap()));
        has(format!(
            "Số điện thoại: {}",
            facts["phone"].as_str().unwrap()
        ));
    }
}

#[test]
fn page_headers_and_footers_stay_out_of_the_essay() {
    let check = |name: &str, margins: &str| {
        let document = sample(name);
        assert!(
            document.margins.contains(margins),
            "{name}: {:?}",
            document.margins
        );
        assert!(!document.text.contains(margins), "{name}");
    };
    check("pdf_01.pdf", "Bài dự thi của Trịnh Khánh Vy");
    for name in ["docx_rich.docx", "rich.doc", "rich.odt", "rich.rtf"] {
        check(name, "Bài dự thi của Tạ Bích Huệ");
    }
    check("pdf_reportlab.pdf", "Người dự thi: Lưu Quang Hưởng");
    assert_eq!(sample("pdf_02.pdf").margins, "");
}

#[test]
fn the_form_is_told_as_the_file_says_it() {
    let check = |name: &str, paper: &str, font: &str, size: f32, findings: &[FindingCode]| {
        let document = sample(name);
        let form = &document.form;
        assert_eq!(form.paper.as_deref(), Some(paper), "{name}");
        assert_eq!(form.font.as_deref(), Some(font), "{name}");
        assert_eq!(form.size, Some(size), "{name}");
        let found: Vec<FindingCode> = document.findings.iter().map(|f| f.code).collect();
        assert_eq!(found, findings, "{name}");
    };
    use FindingCode::LegacyEncoding;
    use FindingCode::NotA4;
    use FindingCode::NotSize14;
    use FindingCode::NotTimesNewRoman;
    use FindingCode::TrackedChanges;
    check("docx_rich.docx", "A4", "Times New Roman", 14.0, &[]);
    check(
        "docx_tracked.docx",
        "A4",
        "Times New Roman",
        14.0,
        &[TrackedChanges],
    );
    check(
        "docx_nfd.docx",
        "Letter",
        "Arial",
        12.0,
        &[NotA4, NotTimesNewRoman, NotSize14],
    );
    check(
        "docx_tcvn3.docx",
        "A4",
        ".VnTime",
        14.0,
        &[NotTimesNewRoman, LegacyEncoding],
    );
    // LibreOffice replaces Times New Roman where the computer lacks it: nothing to tell its author.
    check("pdf_01.pdf", "A4", "LiberationSerif", 14.0, &[]);
    check("pdf_07.pdf", "A4", "LiberationSerif", 13.0, &[NotSize14]);
    for ending in ["doc", "odt", "rtf"] {
        let check = |name: &str, font: &str, findings: &[FindingCode]| {
            check(&format!("{name}.{ending}"), "A4", font, 14.0, findings);
        };
        check("rich", "Times New Roman", &[]);
        check("tracked", "Times New Roman", &[TrackedChanges]);
        check("tcvn3", ".VnTime", &[NotTimesNewRoman, LegacyEncoding]);
    }
    check("pdf_08.pdf", "Letter", "LiberationSerif", 14.0, &[NotA4]);
}

#[test]
fn files_that_cannot_be_read_say_why() {
    let check = |name: &str, kind: Kind, code: FindingCode| {
        let document = sample(name);
        assert_eq!(document.kind, kind, "{name}");
        assert!(
            document.findings.iter().any(|f| f.code == code),
            "{name}: {:?}",
            document.findings
        );
    };
    check("pdf_password.pdf", Kind::Pdf, FindingCode::Password);
    check("pdf_cut.pdf", Kind::Pdf, FindingCode::Damaged);
    check("pdf_scan.pdf", Kind::Pdf, FindingCode::Scan);
    check("photo.jpg", Kind::Jpeg, FindingCode::Scan);
    check("archive.zip", Kind::Zip, FindingCode::NotRead);
    let scan = sample("pdf_scan.pdf");
    assert!(scan.scan && scan.pages == Some(2) && scan.text.is_empty());
    assert_eq!(sample("photo.jpg").pages, Some(1));
}

#[test]
fn a_file_cut_anywhere_or_with_a_changed_byte_still_ends_as_a_document() {
    for name in [
        "docx_rich.docx",
        "rich.doc",
        "rich.odt",
        "rich.rtf",
        "pdf_02.pdf",
        "page.html",
    ] {
        let whole = fs::read(samples().join(name)).unwrap();
        for part in 1..8 {
            let cut = &whole[..whole.len() * part / 8];
            let document = read(cut, name, "");
            assert!(document.text.len() <= whole.len() * 4, "{name}");
            let mut changed = whole.clone();
            let at = whole.len() * part / 8;
            changed[at] ^= 0x5a;
            read(&changed, name, "");
        }
    }
}
