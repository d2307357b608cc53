//! One file as one JSON object, the line that `phach read FILE --json` prints.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::json;

use super::Document;
use crate::slip::Fact;
use crate::slip::Slip;
use crate::words::document::finding;

/// The object for one file; `null` where the file does not say. `ms` is the time the reading took.
pub fn read_line(
    file: &str,
    document: &Document,
    slip: &Slip,
    answers: &BTreeMap<u16, char>,
    ms: u64,
) -> Value {
    let fact = |fact: &Option<Fact>| fact.as_ref().map(|fact| fact.value.clone());
    let answers: BTreeMap<String, String> = answers
        .iter()
        .map(|(question, letter)| (question.to_string(), letter.to_string()))
        .collect();
    let findings: Vec<Value> = document
        .findings
        .iter()
        .map(|found| json!({"code": found.code, "message": finding(found)}))
        .collect();
    // Through text, so that 0.93 does not become 0.9300000071525574.
    let short = |number: Option<f32>| number.and_then(|n| format!("{n:.3}").parse::<f64>().ok());
    json!({
        "file": file,
        "kind": document.kind.code(),
        "pages": document.pages,
        "text": document.text,
        "paper": document.form.paper,
        "font": document.form.font,
        "font_share": short(document.form.font_share),
        "size": short(document.form.size),
        "diacritics": document.form.diacritics,
        "legacy": document.form.legacy,
        "ocr": document.ocr.is_some(),
        "confidence": short(document.ocr.as_ref().map(|ocr| ocr.confidence)),
        "facts": {
            "name": fact(&slip.name),
            "birth_date": fact(&slip.birth_date),
            "unit": fact(&slip.unit),
            "address": fact(&slip.address),
            "phone": fact(&slip.phone),
        },
        "answers": answers,
        "findings": findings,
        "ms": ms,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::read_line;
    use crate::document::Document;
    use crate::document::Kind;
    use crate::entry::Finding;
    use crate::entry::FindingCode;
    use crate::slip::Slip;

    #[test]
    fn a_file_is_one_object_with_null_where_nothing_is_known() {
        let document = Document {
            kind: Kind::SevenZip,
            findings: vec![Finding::new(FindingCode::NotRead, "seven_zip")],
            ..Document::default()
        };
        let answers = BTreeMap::from([(1, 'A')]);
        let line = read_line("bai.7z", &document, &Slip::default(), &answers, 3);
        assert_eq!(line["kind"], "7z");
        assert_eq!(line["answers"], json!({"1": "A"}));
        assert_eq!(line["facts"]["name"], json!(null));
        assert_eq!(line["pages"], json!(null));
        assert_eq!(line["findings"][0]["code"], "not_read");
        assert_eq!(line.as_object().map(|o| o.len()), Some(16));
    }
}
