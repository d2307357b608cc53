//! `phach read`: what phách understands of files, the same way mails are read: in the worker process.

use std::path::Path;
use std::path::PathBuf;

use super::house;
use crate::document;
use crate::words;
use crate::worker;

#[derive(clap::Args)]
pub struct Args {
    /// Tệp hoặc thư mục
    #[arg(required = true, value_name = "TỆP")]
    files: Vec<PathBuf>,
    /// Mỗi tệp một dòng JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(args: Args) -> anyhow::Result<u8> {
    let mut files = Vec::new();
    for path in &args.files {
        collect(path, &mut files)?;
    }
    let pool = worker::Pool::new(worker::Settings {
        text_seconds: 30,
        memory: 1 << 30,
        ..worker::Settings::default()
    });
    let bar = house::bar(args.json, files.len() as u64);
    let mut code = super::DONE;
    for path in &files {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        let shown = path.to_string_lossy();
        let line = match std::fs::read(path) {
            Ok(bytes) => match pool.read(bytes, &name).await {
                Ok(read) => {
                    document::read_line(&shown, &read.document, &read.slip, &read.answers, read.ms)
                }
                Err(error) => failed(&shown, &words::command::not_read(&error)),
            },
            Err(error) => {
                code = super::FAILED;
                failed(&shown, &words::settings::unreadable(path, &error))
            }
        };
        bar.inc(1);
        if args.json {
            println!("{line}");
        } else {
            bar.suspend(|| print!("{}", words::command::read_summary(&line)));
        }
    }
    bar.finish_and_clear();
    Ok(code)
}

/// A file that could not be read at all still has its line.
fn failed(file: &str, message: &str) -> serde_json::Value {
    serde_json::json!({
        "file": file, "kind": "unknown", "pages": null, "text": "", "paper": null, "font": null, "font_share": null,
        "size": null, "diacritics": null, "legacy": null, "ocr": false, "confidence": null,
        "facts": { "name": null, "birth_date": null, "unit": null, "address": null, "phone": null }, "answers": {},
        "findings": [{ "code": "damaged", "message": message }], "ms": 0,
    })
}

/// A folder stands for the files in it, in order of name.
pub(super) fn collect(path: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let mut inside: Vec<PathBuf> = std::fs::read_dir(path)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    inside.sort();
    for path in inside {
        // A link may lead in circles; what it points to has its own path.
        if !path.is_symlink() {
            collect(&path, files)?;
        }
    }
    Ok(())
}
