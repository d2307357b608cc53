//! How well and how fast files are read, beside the programs that others use for the same files: pdftotext, docx2txt,
//! antiword, catdoc, office-oxide and tesseract. What is missing on the machine is left out.
//!
//! `cargo bench --bench documents` reads 8 essays in each format, `-- --essays N` more. LibreOffice writes the files,
//! pdftoppm draws the pages that become scans: clean, tilted, noisy, shaded, upside down. "At once" are all scans of a
//! kind, or 1,024 other files. CER is the share of letters that must be changed to come to the essay, spaces counted once;
//! "words" the share of its words that were found.
//!
//! A program that reads next to nothing is quick, so beside spoiled pages that it cannot read stands its speed on the same
//! pages unspoiled, which are named `clean`.

mod corpus;
mod figures;
mod readers;
#[path = "../../tests/support/mod.rs"]
mod support;

use std::collections::HashMap;

use figures::Score;
use readers::READERS;
use readers::Reader;

/// The pages of which the spoiled ones are made.
const UNSPOILED: &str = "clean";
/// With more errors a program has not read the pages.
const UNREAD: f64 = 0.5;

fn main() {
    let mut essays = 8;
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        if arg == "--essays" {
            let number = args.next().and_then(|number| number.parse().ok());
            essays = number.expect("--essays N");
        }
    }
    let folder = support::servers::new_folder("ph");
    let corpus = corpus::make(&folder, essays);
    println!(
        "{essays} essays of about 220 words; files a second: one process a file, and all at once"
    );
    println!("files       reader          CER    words   one by one   at once");
    let mut unspoiled: HashMap<&str, Score> = HashMap::new();
    for kind in &corpus {
        let ours = Score::of(&Reader::phach(), kind);
        say(kind.name, "phach", &ours);
        for reader in READERS.iter().filter(|reader| reader.reads(kind.ending)) {
            if !reader.is_here() {
                println!("{:<11} {:<12} is missing", kind.name, reader.name);
                continue;
            }
            let theirs = Score::of(reader, kind);
            say(kind.name, reader.name, &theirs);
            let errors = match theirs.cer > 0.0 {
                true => format!("{:.2} × the errors of", ours.cer / theirs.cer),
                false => format!("{:.4} CER beside none of", ours.cer),
            };
            let (peer, pages) = match unspoiled.get(reader.name) {
                Some(clean) if theirs.cer > UNREAD => {
                    (clean, ", which cannot read these, on clean pages")
                }
                _ => (&theirs, ""),
            };
            println!(
                "{:<11} phach has {errors} {}, {:.2} × its speed one by one, {:.2} × at once{pages}",
                "",
                reader.name,
                ours.single / peer.single,
                ours.at_once / peer.at_once
            );
            if kind.name == UNSPOILED {
                unspoiled.insert(reader.name, theirs);
            }
        }
    }
    std::fs::remove_dir_all(&folder).expect("remove the files");
}

fn say(kind: &str, reader: &str, score: &Score) {
    println!(
        "{kind:<11} {reader:<12} {:>7.4} {:>7.1}% {:>12.2} {:>9.2}",
        score.cer,
        score.words * 100.0,
        score.single,
        score.at_once
    );
}
