//! The essays to compare, from a folder of documents or from a file with a JSON object a line.

use std::cell::RefCell;
use std::fs::File;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::io::Seek;
use std::io::SeekFrom;
use std::path::Path;

use anyhow::Context;
use anyhow::anyhow;

use crate::cli::house;
use crate::cli::read;
use crate::duplicate;
use crate::duplicate::Text;
use crate::words;
use crate::worker::Pool;

/// All essays in order of arrival.
pub struct Essays {
    file: Option<RefCell<File>>,
    all: Vec<Known>,
}

struct Known {
    /// As it was handed in; a document has its place.
    id: serde_json::Value,
    name: String,
    person: Option<u64>,
    text: Place,
}

enum Place {
    /// The text of a document.
    Here(String),
    /// Where its line begins in the file, and its bytes.
    InFile(u64, usize),
}

/// A line of the file. Fields that we do not need may be there.
#[derive(serde::Deserialize)]
struct Line {
    id: serde_json::Value,
    #[serde(default)]
    unit: serde_json::Value,
    #[serde(default)]
    author: String,
    text: String,
}

impl Essays {
    /// A folder, or a file of lines. Documents that cannot be read are named on stderr and compare as empty.
    pub async fn open(pool: &Pool, path: &Path, silent: bool) -> anyhow::Result<Essays> {
        if path.is_dir() {
            return Ok(Essays {
                file: None,
                all: documents(pool, path, silent).await?,
            });
        }
        let file =
            File::open(path).map_err(|error| anyhow!(words::settings::unreadable(path, &error)))?;
        Ok(Essays {
            all: lines(&file, path)?,
            file: Some(RefCell::new(file)),
        })
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// The text as it was handed in.
    pub fn text(&self, place: usize) -> anyhow::Result<String> {
        let known = self.all.get(place).context("an essay that is not there")?;
        let (start, length) = match (&known.text, &self.file) {
            (Place::Here(text), _) => return Ok(text.clone()),
            (Place::InFile(start, length), Some(_)) => (*start, *length),
            (Place::InFile(..), None) => return Ok(String::new()),
        };
        let mut bytes = vec![0; length];
        if let Some(file) = &self.file {
            let mut file = file.borrow_mut();
            file.seek(SeekFrom::Start(start))
                .context("seek in the file of essays")?;
            file.read_exact(&mut bytes)
                .context("read the file of essays again")?;
        }
        let line: Line =
            serde_json::from_slice(&bytes).context("the file of essays has changed")?;
        Ok(line.text)
    }

    pub fn person(&self, place: usize) -> Option<u64> {
        self.all.get(place).and_then(|known| known.person)
    }

    pub fn id(&self, place: usize) -> serde_json::Value {
        self.all
            .get(place)
            .map(|known| known.id.clone())
            .unwrap_or_default()
    }

    /// What people call it: the file's name, or the number.
    pub fn name(&self, place: usize) -> String {
        self.all
            .get(place)
            .map(|known| known.name.clone())
            .unwrap_or_default()
    }

    /// The name of a document.
    pub fn file(&self, place: usize) -> Option<&str> {
        let known = self.all.get(place)?;
        matches!(known.text, Place::Here(_)).then_some(known.name.as_str())
    }
}

async fn documents(pool: &Pool, folder: &Path, silent: bool) -> anyhow::Result<Vec<Known>> {
    let mut files = Vec::new();
    read::collect(folder, &mut files)?;
    let bar = house::bar(silent, files.len() as u64);
    let mut all = Vec::new();
    for path in &files {
        let name = path
            .strip_prefix(folder)
            .unwrap_or(path)
            .to_string_lossy()
            .into_owned();
        let text = match text_of(pool, path).await {
            Ok(text) => text,
            Err(error) => {
                bar.suspend(|| eprintln!("{}", words::duplicate::essay_unread(&name, &error)));
                String::new()
            }
        };
        all.push(Known {
            id: all.len().into(),
            name,
            person: None,
            text: Place::Here(text),
        });
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(all)
}

async fn text_of(pool: &Pool, path: &Path) -> anyhow::Result<String> {
    let bytes = std::fs::read(path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Ok(pool.read(bytes, &name).await?.document.text)
}

fn lines(file: &File, path: &Path) -> anyhow::Result<Vec<Known>> {
    let mut reader = BufReader::new(file);
    let mut all = Vec::new();
    let mut start = 0;
    let mut bytes = Vec::new();
    for number in 1.. {
        bytes.clear();
        let length = reader.read_until(b'\n', &mut bytes)?;
        if length == 0 {
            break;
        }
        if !bytes.trim_ascii().is_empty() {
            let line: Line = serde_json::from_slice(&bytes)
                .map_err(|error| anyhow!(words::duplicate::bad_line(path, number, &error)))?;
            all.push(Known {
                name: match &line.id {
                    serde_json::Value::String(id) => id.clone(),
                    id => id.to_string(),
                },
                person: duplicate::person(&line.author, &line.unit.to_string()),
                id: line.id,
                text: Place::InFile(start, length),
            });
        }
        start += length as u64;
    }
    if all.iter().all(|known| known.id.is_u64()) {
        all.sort_by_key(|known| known.id.as_u64());
    }
    Ok(all)
}

/// The texts that the contest hands out: documents of a folder, one document, or a JSON file with a list "given".
pub async fn given(pool: &Pool, path: &Path) -> anyhow::Result<Vec<Text>> {
    #[derive(serde::Deserialize)]
    struct Handed {
        given: Vec<String>,
    }
    if path.extension().is_some_and(|end| end == "json") {
        let bytes = std::fs::read(path)
            .map_err(|error| anyhow!(words::settings::unreadable(path, &error)))?;
        let handed: Handed = serde_json::from_slice(&bytes)
            .map_err(|error| anyhow!(words::duplicate::bad_given(path, &error)))?;
        return Ok(handed.given.iter().map(|text| Text::read(text)).collect());
    }
    let mut files = Vec::new();
    read::collect(path, &mut files)?;
    let mut texts = Vec::new();
    for file in &files {
        // A law that is not read would make every quotation of it a copy: better to stop.
        let text = text_of(pool, file)
            .await
            .map_err(|error| anyhow!(words::duplicate::bad_given(file, &error)))?;
        texts.push(Text::read(&text));
    }
    Ok(texts)
}
