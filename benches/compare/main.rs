//! How well copied essays are found, how fast, and how well others find them.
//!
//! `cargo bench --bench compare` takes 1,500 invented essays, `-- --full` 13,461, `-- --large` 100,000 (time and
//! memory only), `-- FOLDER` a practice set (essays.jsonl, truth.jsonl, common.json), `-- --write FOLDER` writes the
//! invented essays in that form. `--seed N` invents others.

mod cpu;
mod figures;
mod invented;
#[path = "../../tests/support/grown.rs"]
mod prose;
mod rivals;
mod spoil;

use std::io::Write;
use std::path::Path;

use phach::duplicate;
use phach::duplicate::Contest;
use phach::duplicate::Essay;
use phach::duplicate::Text;

use figures::Answer;
use figures::Truth;

/// The essays, and what is true of them.
struct Set {
    given: Vec<String>,
    texts: Vec<String>,
    people: Vec<Option<u64>>,
    truth: Vec<Truth>,
}

fn main() {
    let mut count = 1500;
    let mut seed = 1;
    let mut figures = true;
    let mut folder = None;
    let mut write = None;
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--bench" => {}
            "--full" => count = 13_461,
            "--large" => (count, figures) = (100_000, false),
            "--seed" => {
                seed = args
                    .next()
                    .and_then(|seed| seed.parse().ok())
                    .expect("--seed N")
            }
            "--write" => write = Some(args.next().expect("--write FOLDER")),
            _ => folder = Some(arg),
        }
    }
    let set = match folder {
        Some(folder) => read(Path::new(&folder)),
        None => invent(count, seed),
    };
    if let Some(folder) = write {
        return save(Path::new(&folder), &set, count, seed);
    }
    println!(
        "{} essays, {} given texts",
        set.texts.len(),
        set.given.len()
    );
    let answers = ours(&set, figures);
    if !figures {
        return;
    }
    figures::figures(&set.truth, &answers).print("phach");
    let words: Vec<Vec<u16>> = set
        .texts
        .iter()
        .map(|text| Text::read(text).words())
        .collect();
    type Rival = fn(&[Vec<u16>]) -> Vec<(f64, usize)>;
    let rivals: [(&str, Rival); 3] = [
        ("MinHash-LSH", rivals::min_hash),
        ("winnowing", rivals::winnowing),
        ("SimHash", rivals::sim_hash),
    ];
    for (name, rival) in rivals {
        let begun = cpu::nanoseconds();
        let answers: Vec<Answer> = rival(&words)
            .into_iter()
            .map(|(score, top)| Answer {
                score,
                passages: Vec::new(),
                top: (score > 0.0).then_some(top),
            })
            .collect();
        let spent = cpu::nanoseconds() - begun;
        figures::figures(&set.truth, &answers).print(name);
        println!(
            "  {:.2} ms CPU an essay",
            spent as f64 / 1e6 / words.len() as f64
        );
    }
}

/// Compares all, and prints what it cost.
fn ours(set: &Set, review: bool) -> Vec<Answer> {
    let given: Vec<Text> = set.given.iter().map(|text| Text::read(text)).collect();
    let before = cpu::megabytes();
    let mut contest = Contest::new(&given);
    let mut spent = Vec::new();
    for (text, person) in set.texts.iter().zip(&set.people) {
        let begun = cpu::nanoseconds();
        let text = Text::read(text);
        contest.add(Essay {
            text: &text,
            person: *person,
            unread: &[],
        });
        spent.push(cpu::nanoseconds() - begun);
    }
    times("arrival, all essays", &spent);
    times("arrival, last tenth", &spent[spent.len() * 9 / 10..]);
    let bytes = contest.bytes();
    let each = |bytes: usize| bytes / contest.len().max(1);
    println!(
        "index {} + texts {} bytes an essay, counters {} MB once; process grew by {} MB",
        each(bytes.index),
        each(bytes.texts),
        bytes.counters >> 20,
        cpu::megabytes().saturating_sub(before)
    );
    if !review {
        return Vec::new();
    }
    let mut spent = Vec::new();
    let mut answers = Vec::new();
    for (place, (text, person)) in set.texts.iter().zip(&set.people).enumerate() {
        let begun = cpu::nanoseconds();
        let own = Text::read(text);
        let verdict = contest.review(
            place as u32,
            Essay {
                text: &own,
                person: *person,
                unread: &[],
            },
        );
        spent.push(cpu::nanoseconds() - begun);
        let passages = verdict.passages.iter().map(|passage| {
            let source = passage.source as usize;
            let theirs = Text::read(&set.texts[source]);
            let (start, end) = own.span(passage.own.0, passage.own.1);
            let (there, there_end) = theirs.span(passage.theirs.0, passage.theirs.1);
            (start, end, source, there, there_end)
        });
        answers.push(Answer {
            score: verdict.score,
            passages: passages.collect(),
            top: verdict.sources.first().map(|source| source.essay as usize),
        });
    }
    times("closing, all essays", &spent);
    answers
}

fn times(name: &str, spent: &[u64]) {
    let mut spent = spent.to_vec();
    spent.sort_unstable();
    let at = |percent: usize| {
        spent.get((spent.len() * percent / 100).min(spent.len().saturating_sub(1)))
    };
    let ms = |percent: usize| at(percent).map_or(0.0, |nanoseconds| *nanoseconds as f64 / 1e6);
    println!(
        "{name}: CPU ms an essay p50 {:.2}, p95 {:.2}, p99 {:.2}",
        ms(50),
        ms(95),
        ms(99)
    );
}

fn invent(count: usize, seed: u64) -> Set {
    let invented = invented::contest(&prose::Prose::new(), count, seed);
    let mut set = Set {
        given: invented.given,
        texts: Vec::new(),
        people: Vec::new(),
        truth: Vec::new(),
    };
    for essay in invented.essays {
        let mut start = 0;
        let paras = essay.paragraphs.iter().map(|paragraph| {
            let end = start + paragraph.text.chars().count() as u32;
            let para = (
                start,
                end,
                paragraph.kind.to_owned(),
                paragraph.root.clone(),
                u8::from(paragraph.copied),
            );
            start = end + 1;
            para
        });
        set.truth.push(Truth {
            class: essay.class.to_owned(),
            paras: paras.collect(),
        });
        set.people
            .push(duplicate::person(&essay.author, &essay.unit.to_string()));
        set.texts.push(essay.text());
    }
    set
}

fn read(folder: &Path) -> Set {
    let text = |name: &str| {
        std::fs::read_to_string(folder.join(name)).expect("a file of the practice set")
    };
    let json = |line: &str| serde_json::from_str::<serde_json::Value>(line).expect("a JSON line");
    let common = json(&text("common.json"));
    let strings = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let mut set = Set {
        given: common["given"]
            .as_array()
            .into_iter()
            .flatten()
            .map(strings)
            .collect(),
        texts: Vec::new(),
        people: Vec::new(),
        truth: Vec::new(),
    };
    for line in text("essays.jsonl").lines() {
        let essay = json(line);
        set.people.push(duplicate::person(
            &strings(&essay["author"]),
            &essay["unit"].to_string(),
        ));
        set.texts.push(strings(&essay["text"]));
    }
    for line in text("truth.jsonl").lines() {
        set.truth
            .push(serde_json::from_str(line).expect("a line of the truth"));
    }
    set
}

fn save(folder: &Path, set: &Set, count: usize, seed: u64) {
    std::fs::create_dir_all(folder).expect("the folder");
    let file = |name: &str| {
        std::io::BufWriter::new(std::fs::File::create(folder.join(name)).expect("a new file"))
    };
    let given = serde_json::json!({ "given": set.given });
    write!(file("common.json"), "{given}").expect("written");
    let mut essays = file("essays.jsonl");
    let mut truth = file("truth.jsonl");
    let invented = invented::contest(&prose::Prose::new(), count, seed);
    for (id, (essay, known)) in invented.essays.iter().zip(&set.truth).enumerate() {
        let line = serde_json::json!({
            "id": id, "unit": essay.unit, "author": essay.author, "channel": essay.channel, "text": set.texts[id],
        });
        writeln!(essays, "{line}").expect("written");
        let line = serde_json::json!({ "id": id, "cls": known.class, "paras": known.paras });
        writeln!(truth, "{line}").expect("written");
    }
}
