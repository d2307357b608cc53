//! `phach read`: what phách understands of files, the same way mails are read: in the worker process.

use std::path::Path;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use futures::StreamExt as _;

use super::house;
use crate::document;
use crate::words;
use crate::worker;
use crate::worker::tesseract;

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
    let at_once = std::thread::available_parallelism().map_or(1, usize::from);
    let pool = worker::Pool::new(worker::Settings {
        children: at_once,
        page_readers: at_once,
        text_seconds: 30,
        memory: 1 << 30,
        ..worker::Settings::default()
    });
    let bar = house::bar(false, files.len() as u64);
    let told = AtomicBool::new(false);
    // Side by side, but told in the order of the files.
    let mut lines = futures::stream::iter(&files)
        .map(|path| read(&pool, path))
        .buffered(at_once)
        // Pages are read several in one run where several wait.
        .map(|read| recognised(&pool, read, &bar, &told))
        .buffered(at_once * tesseract::AT_ONCE);
    while let Some(line) = lines.next().await {
        bar.inc(1);
        bar.suspend(|| {
            if args.json {
                println!("{line}");
            } else {
                print!("{}", words::command::read_summary(&line));
            }
        });
    }
    bar.finish_and_clear();
    // Whatever the files are, each has its line.
    Ok(super::DONE)
}

/// A file that was read, but for its pictures.
struct Half {
    path: String,
    name: String,
    bytes: Vec<u8>,
    read: worker::Read,
    took: Duration,
}

/// What a file says without its pictures, or the line of one that cannot be read.
async fn read(pool: &worker::Pool, path: &Path) -> Result<Half, serde_json::Value> {
    let begun = Instant::now();
    let shown = path.to_string_lossy();
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => return Err(failed(&shown, &words::settings::unreadable(path, &error))),
    };
    match pool.read(bytes.clone(), &name).await {
        Ok(read) => Ok(Half {
            path: shown.into_owned(),
            name,
            bytes,
            read,
            took: begun.elapsed(),
        }),
        Err(error) => Err(failed(&shown, &words::command::not_read(&error))),
    }
}

/// The file's line, its pictures read as well.
async fn recognised(
    pool: &worker::Pool,
    half: Result<Half, serde_json::Value>,
    bar: &indicatif::ProgressBar,
    told: &AtomicBool,
) -> serde_json::Value {
    let begun = Instant::now();
    let Half {
        path,
        name,
        bytes,
        mut read,
        took,
    } = match half {
        Ok(half) => half,
        Err(line) => return line,
    };
    if document::ocr::is_wanted(&read.document) {
        let document = read.document.clone();
        match pool.recognise(&bytes, &name, document, read.ms).await {
            Ok(recognised) => read = recognised,
            Err(error) => {
                if !told.swap(true, Ordering::Relaxed) {
                    bar.suspend(|| eprintln!("{}", words::command::not_recognised(&error)));
                }
            }
        }
    }
    let ms = u64::try_from((took + begun.elapsed()).as_millis()).unwrap_or(u64::MAX);
    document::read_line(&path, &read.document, &read.slip, &read.answers, ms)
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
