//! A thousand names as nobody is called: each stays a text, in the list as in the letter.

use std::io::Cursor;
use std::io::Read;

use quick_xml::events::Event;

use super::frame;
use super::in_order;
use super::letter;
use super::table;
use crate::paper::clean;
use crate::paper::handover::HandedOver;
use crate::paper::handover::Handover;
use crate::paper::handover::Package;
use crate::paper::handover::Person;
use crate::paper::handover_all;

fn part(file: &[u8], name: &str) -> String {
    let mut package = zip::ZipArchive::new(Cursor::new(file)).unwrap();
    let mut text = String::new();
    package
        .by_name(name)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text
}

/// Names as nobody is called, made by a small generator so that each run makes the same.
fn hostile(count: usize) -> Vec<String> {
    let pieces = [
        "=1+1",
        "=HYPERLINK(\"http://evil.example\",\"x\")",
        "+84901234567",
        "@SUM(A1:A9)",
        "-2+3",
        "\t=1",
        "\r\n=cmd|'/c calc'!A0",
        "\"",
        "'",
        "<f>1+1</f>",
        "<r>",
        "</r>",
        "<r><t>x</t></r>",
        "]]>",
        "<!--",
        "&amp;",
        "&#0;",
        "_x0041_",
        "\u{202e}nA\u{202c}",
        "\u{200f}",
        "\u{2067}א\u{2069}",
        "🌸👩\u{200d}🎓",
        "\0",
        "\u{1b}[31m",
        "\u{ffff}",
        "\u{fffe}",
        "Nguyễn",
        "Nguye\u{302}\u{303}n",
        "0012",
        "1e5",
        "TRUE",
        "http://evil.example",
        "mailto:a@b.example",
        "{=1}",
        " ",
    ];
    let mut state = 20_190_916_u64;
    let mut below = |n: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % n
    };
    (0..count)
        .map(|n| {
            let parts = 1 + below(4);
            let name: String = (0..parts).map(|_| pieces[below(pieces.len())]).collect();
            match n % 200 {
                0 => name.repeat(40_000 / name.len().max(1) + 1),
                _ => name,
            }
        })
        .collect()
}

/// Fails on a part that is not well formed; gives its elements in order with attribute `t` of each.
fn elements(xml: &str) -> Vec<(String, Option<String>)> {
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let mut found = Vec::new();
    let mut depth = 0;
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => break,
            event @ (Event::Start(_) | Event::Empty(_)) => {
                depth += i32::from(matches!(event, Event::Start(_)));
                let (Event::Start(e) | Event::Empty(e)) = event else {
                    continue;
                };
                let kind = e
                    .try_get_attribute("t")
                    .unwrap()
                    .map(|value| String::from(&*value.value));
                found.push((String::from(e.name().as_ref()), kind));
            }
            Event::End(_) => depth -= 1,
            Event::Text(text) => {
                let text: &str = &text;
                assert!(
                    text.chars()
                        .all(|c| !c.is_control() && c != '\u{ffff}' && c != '\u{fffe}')
                        || text.trim().is_empty(),
                    "{text:?}"
                );
            }
            _ => {}
        }
    }
    assert_eq!(depth, 0);
    found
}

#[test]
fn no_name_ever_becomes_a_formula() {
    let names = hostile(1_000);
    let rows: Vec<HandedOver> = names
        .iter()
        .map(|name| HandedOver {
            person: Person {
                code: name.clone(),
                name: name.clone(),
                birth_date: name.clone(),
                unit: name.clone(),
                address: name.clone(),
                phone: name.clone(),
            },
            note: name.clone(),
        })
        .collect();
    let list = Handover {
        frame: frame(),
        received: 1_000,
        valid: 1_000,
        package: Package::default(),
        deadline: "=1+1".into(),
        rows: rows.clone(),
    };
    let paper = handover_all(&list).unwrap();
    let sheet = part(&paper.list.bytes, "xl/worksheets/sheet1.xml");
    let found = elements(&sheet);
    assert!(!sheet.contains("<f>") && !sheet.contains("<f "));
    assert!(
        !found
            .iter()
            .any(|(name, _)| name == "f" || name == "hyperlink")
    );
    // One number a row, its order; every other cell with a value is a string.
    let numbers = found
        .iter()
        .filter(|(name, kind)| name == "v" && kind.is_none())
        .count();
    let cells = found.iter().filter(|(name, _)| name == "c");
    let strings = cells
        .filter(|(_, kind)| kind.as_deref() == Some("s"))
        .count();
    assert_eq!(numbers, strings + rows.len(), "values, strings, orders");
    let texts = elements(&part(&paper.list.bytes, "xl/sharedStrings.xml"));
    assert!(
        !texts.iter().any(|(name, _)| name == "r"),
        "no text of its own format"
    );

    let read = table(&paper);
    assert_eq!(read.len(), names.len());
    for (name, row) in names.iter().zip(&read) {
        let want = clean::cell(name);
        for cell in &row[1..] {
            assert_eq!(cell, &want, "{name:?}");
        }
    }

    // The letter's annex takes two hundred.
    for part_of in rows.chunks(200) {
        let paper = handover_all(&Handover {
            rows: part_of.to_vec(),
            ..list.clone()
        })
        .unwrap();
        elements(&part(&paper.letter.bytes, "word/document.xml"));
        let text = letter(&paper);
        let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let wanted: Vec<String> = part_of
            .iter()
            .map(|row| flat(&clean::short(&row.person.name)))
            .collect();
        let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
        in_order(&flat(&text), &wanted);
    }
}
