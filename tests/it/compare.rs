//! `phach compare` from outside: a file of texts, a folder of documents, given texts, the report.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use serde_json::json;

use crate::support::prose;

/// Invented paragraphs: nobody writes the same by chance.
fn paragraph(seed: u64) -> String {
    const HEADS: [&str; 10] = ["b", "c", "đ", "kh", "l", "m", "ng", "ph", "th", "tr"];
    const TAILS: [&str; 12] = [
        "ạn", "ố", "iều", "ương", "inh", "ăm", "ọc", "ấy", "uyền", "oài", "ông", "ịch",
    ];
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut text = String::new();
    for n in 0..60 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let (head, tail) = ((state >> 20) as usize % 10, (state >> 40) as usize % 12);
        let space = if n == 0 { "" } else { " " };
        write!(text, "{space}{}{}", HEADS[head], TAILS[tail]).unwrap();
    }
    text
}

fn essay(seed: u64) -> Vec<String> {
    let mut all: Vec<String> = (0..4).map(|n| paragraph(seed * 10 + n)).collect();
    all.insert(1, given());
    all
}

fn given() -> String {
    paragraph(1_000_000)
}

fn phach(args: &[&str]) -> String {
    let out = Command::new(env!("CARGO_BIN_EXE_phach"))
        .arg("compare")
        .args(args)
        .output()
        .unwrap();
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    String::from_utf8(out.stdout).unwrap()
}

fn lines(out: &str) -> Vec<Value> {
    out.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Twelve honest essays, a copy, a resent one, and one that shares a paragraph.
fn texts() -> Vec<(String, &'static str)> {
    let mut all: Vec<(String, &'static str)> = (0..12).map(|n| (essay(n).join("\n"), "")).collect();
    all[3].1 = "Lê Thị An";
    all.push((
        essay(3).join("\n").replace("th", "t\u{200b}h"),
        "Trần Văn Bình",
    ));
    all.push((essay(3).join("\n"), "LÊ THỊ AN"));
    let mut own = essay(77);
    own[2] = essay(5)[3].clone();
    all.push((own.join("\n"), "Vũ Cúc"));
    all
}

fn write_file(folder: &Path, order: impl Iterator<Item = usize>) -> String {
    let texts = texts();
    let mut file = String::new();
    for id in order {
        let (text, author) = &texts[id];
        let line = json!({"id": id, "unit": 4, "author": author, "channel": "docx", "text": text});
        writeln!(file, "{line}").unwrap();
    }
    let path = folder.join("essays.jsonl");
    std::fs::write(&path, file).unwrap();
    let common = json!({"given": [given()]}).to_string();
    std::fs::write(folder.join("common.json"), common).unwrap();
    path.to_string_lossy().into_owned()
}

fn folder(name: &str) -> std::path::PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn copies_are_named_with_their_places_and_honest_essays_are_clear() {
    let folder = folder("compare-file");
    let path = write_file(&folder, 0..15);
    let common = folder.join("common.json").to_string_lossy().into_owned();
    let page = folder.join("report.html");
    let args = [
        &path,
        "--given",
        &common,
        "--json",
        "--html",
        page.to_str().unwrap(),
    ];
    let out = phach(&args);
    let found = lines(&out);
    assert_eq!(found.len(), 15);
    for line in &found[..12] {
        assert_eq!(line["level"], "clear", "{line}");
        assert_eq!(line["p"], json!([]), "{line}");
    }
    assert_eq!(
        (&found[12]["level"], &found[12]["cluster"]),
        (&json!("copied"), &json!(3))
    );
    assert_eq!(found[12]["top"][0][0], 3);
    assert_eq!(
        (&found[13]["level"], &found[13]["cluster"]),
        (&json!("resent"), &Value::Null)
    );
    assert_eq!(found[14]["level"], "note");
    let passage = &found[14]["p"][0];
    let cut = |id: usize, from: &Value, to: &Value| -> String {
        let (from, to) = (
            from.as_u64().unwrap() as usize,
            to.as_u64().unwrap() as usize,
        );
        texts()[id].0.chars().skip(from).take(to - from).collect()
    };
    assert_eq!(cut(14, &passage[0], &passage[1]), essay(5)[3]);
    assert_eq!(passage[2], 5);
    assert_eq!(cut(5, &passage[3], &passage[4]), essay(5)[3]);

    let page = std::fs::read_to_string(&page).unwrap();
    for wanted in [
        "nghi sao chép",
        "bài nộp lại",
        "id=\"bai-12\"",
        "class=\"given\"",
    ] {
        assert!(page.contains(wanted), "{wanted}");
    }
    assert!(
        !page.contains("<script") && !page.contains("http"),
        "the page needs nobody"
    );

    // The same again, and whatever the order of the lines.
    assert_eq!(phach(&args), out);
    write_file(&folder, (0..15).rev());
    assert_eq!(phach(&args), out);
}

#[test]
fn a_folder_of_documents_is_compared_by_name() {
    let folder = folder("compare-folder");
    let (essays, handed) = (folder.join("essays"), folder.join("given"));
    std::fs::create_dir_all(&essays).unwrap();
    std::fs::create_dir_all(&handed).unwrap();
    std::fs::write(handed.join("cau-hoi.txt"), given()).unwrap();
    for (n, (text, _)) in texts().iter().enumerate() {
        std::fs::write(essays.join(format!("bai-{n:02}.txt")), text).unwrap();
    }
    let (essays, handed) = (essays.to_string_lossy(), handed.to_string_lossy());
    let found = lines(&phach(&[&essays, "--given", &handed, "--json"]));
    assert_eq!(found.len(), 15);
    assert_eq!(found[12]["file"], "bai-12.txt");
    assert_eq!(
        (&found[12]["level"], &found[12]["top"][0][0]),
        (&json!("copied"), &json!(3))
    );
    assert_eq!(found[13]["level"], "copied", "nobody knows who sent it");
    assert_eq!(found[0]["level"], "clear");

    let shown = phach(&[&essays, "--given", &handed]);
    assert!(
        shown.contains("bai-12.txt  ←  bai-03.txt (100%)"),
        "{shown}"
    );
    assert!(
        shown.contains("Đã đối chiếu 15 bài: 2 nghi sao chép"),
        "{shown}"
    );
}

/// A school's contest: nobody has seen enough to know what everybody writes.
#[test]
fn in_a_contest_of_a_few_essays_set_phrases_accuse_nobody_and_a_copy_is_still_found() {
    for count in [2, 5, 11, 20, 40] {
        let mut essays: Vec<String> = (0..count)
            .map(|seed| prose::essay(1_000 * count + seed, 500).join("\n"))
            .collect();
        essays.push(essays[0].clone());
        let mut file = String::new();
        for (id, text) in essays.iter().enumerate() {
            let author = format!("Người {id}");
            let line =
                json!({"id": id, "unit": 4, "author": author, "channel": "docx", "text": text});
            writeln!(file, "{line}").unwrap();
        }
        let path = folder(&format!("compare-few-{count}")).join("essays.jsonl");
        std::fs::write(&path, file).unwrap();
        let found = lines(&phach(&[path.to_str().unwrap(), "--json"]));
        let (copy, honest) = found.split_last().unwrap();
        assert_eq!(copy["level"], "copied", "{copy} of {count}");
        for line in honest {
            let score = line["score"].as_f64().unwrap();
            assert!(score < 0.25, "{line} of {count}");
        }
    }
}
