//! `phach compare`: which essays were copied from which, in a folder of documents or in a file of texts.
//!
//! The name of a document, or the number of a text, is the order of arrival. All are compared twice: once to learn
//! what everybody writes, once to settle. No database is needed; texts of a file are read again when they are wanted,
//! so that a hundred thousand of them need not fit into memory.

mod essays;
mod report;

use std::path::PathBuf;

use anyhow::Context;
use anyhow::bail;

use essays::Essays;

use super::house;
use crate::duplicate;
use crate::duplicate::Contest;
use crate::duplicate::Essay;
use crate::duplicate::Level;
use crate::duplicate::Text;
use crate::duplicate::Verdict;
use crate::words;
use crate::worker;

#[derive(clap::Args)]
pub struct Args {
    /// Thư mục bài thi, hoặc tệp essays.jsonl (mỗi dòng một bài: id, unit, author, text)
    #[arg(value_name = "BÀI")]
    path: PathBuf,
    /// Văn bản chung của cuộc thi (câu hỏi, đáp án, luật): thư mục, hoặc tệp JSON có danh sách "given"
    #[arg(long, value_name = "VĂN BẢN")]
    given: Option<PathBuf>,
    /// Mỗi bài một dòng JSON
    #[arg(long)]
    json: bool,
    /// Ghi báo cáo đối chiếu ra một tệp HTML
    #[arg(long, value_name = "TỆP")]
    html: Option<PathBuf>,
}

pub async fn run(args: Args) -> anyhow::Result<u8> {
    let pool = worker::Pool::new(worker::Settings {
        text_seconds: 30,
        memory: 1 << 30,
        ..worker::Settings::default()
    });
    let given = match &args.given {
        Some(path) => essays::given(&pool, path).await?,
        None => Vec::new(),
    };
    let essays = Essays::open(&pool, &args.path, args.json).await?;
    if essays.len() == 0 {
        bail!(words::duplicate::no_essays(&args.path));
    }
    let (verdicts, memory) = compared(&essays, &given, args.json)?;
    tracing::debug!(
        "compared {} essays; index {} bytes, texts {} bytes, counters {} bytes",
        essays.len(),
        memory.index,
        memory.texts,
        memory.counters
    );
    let clusters = duplicate::clusters(&verdicts);
    if args.json {
        for (place, verdict) in verdicts.iter().enumerate() {
            println!("{}", line(&essays, place, verdict, clusters[place])?);
        }
    } else {
        table(&essays, &verdicts, &clusters);
    }
    if let Some(path) = &args.html {
        let page = report::page(&essays, &verdicts, &clusters)?;
        std::fs::write(path, page).with_context(|| format!("write {}", path.display()))?;
        if !args.json {
            println!("{}", words::duplicate::report_saved(path));
        }
    }
    Ok(super::DONE)
}

/// The closing verdicts, in order of arrival.
fn compared(
    essays: &Essays,
    given: &[Text],
    silent: bool,
) -> anyhow::Result<(Vec<Verdict>, duplicate::Bytes)> {
    let bar = house::bar(silent, 2 * essays.len() as u64);
    let mut contest = Contest::new(given);
    for place in 0..essays.len() {
        let text = Text::read(&essays.text(place)?);
        contest.add(Essay {
            text: &text,
            person: essays.person(place),
            unread: &[],
        });
        bar.inc(1);
    }
    let mut verdicts = Vec::with_capacity(essays.len());
    for place in 0..essays.len() {
        let text = Text::read(&essays.text(place)?);
        let essay = Essay {
            text: &text,
            person: essays.person(place),
            unread: &[],
        };
        verdicts.push(contest.review(place as u32, essay));
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok((verdicts, contest.bytes()))
}

/// The JSON line of an essay; offsets are code points of the texts as they were handed in.
fn line(
    essays: &Essays,
    place: usize,
    verdict: &Verdict,
    cluster: Option<u32>,
) -> anyhow::Result<serde_json::Value> {
    let short = |number: f64| (number * 10_000.0).round() / 10_000.0;
    let mut passages = Vec::new();
    if !verdict.passages.is_empty() {
        let own = Text::read(&essays.text(place)?);
        let mut source: Option<(u32, Text)> = None;
        for passage in &verdict.passages {
            let known = source.take().filter(|(essay, _)| *essay == passage.source);
            let theirs = match known {
                Some(known) => known,
                None => (
                    passage.source,
                    Text::read(&essays.text(passage.source as usize)?),
                ),
            };
            let (start, end) = own.span(passage.own.0, passage.own.1);
            let (source_start, source_end) = theirs.1.span(passage.theirs.0, passage.theirs.1);
            let id = essays.id(passage.source as usize);
            passages.push(serde_json::json!([
                start,
                end,
                id,
                source_start,
                source_end
            ]));
            source = Some(theirs);
        }
    }
    let top: Vec<serde_json::Value> = verdict
        .sources
        .iter()
        .map(|source| serde_json::json!([essays.id(source.essay as usize), short(source.share)]))
        .collect();
    let mut line = serde_json::json!({
        "id": essays.id(place),
        "score": short(verdict.score),
        "level": verdict.level.as_str(),
        "cluster": cluster.map(|root| essays.id(root as usize)),
        "p": passages,
        "top": top,
    });
    if let (Some(file), Some(line)) = (essays.file(place), line.as_object_mut()) {
        line.insert("file".to_owned(), file.into());
    }
    Ok(line)
}

/// Essays that somebody should see, the weightiest first; then how many there are of each kind.
fn table(essays: &Essays, verdicts: &[Verdict], clusters: &[Option<u32>]) {
    for place in report::weightiest(verdicts, Level::Review) {
        let verdict = &verdicts[place];
        let sources: Vec<(String, f64)> = verdict
            .sources
            .iter()
            .take(3)
            .map(|source| (essays.name(source.essay as usize), source.share))
            .collect();
        println!(
            "{}",
            words::duplicate::row(verdict.score, verdict.level, &essays.name(place), &sources)
        );
    }
    let levels = [
        Level::Copied,
        Level::Resent,
        Level::Review,
        Level::Note,
        Level::Clear,
    ];
    let counts: Vec<(Level, usize)> = levels
        .into_iter()
        .map(|level| (level, verdicts.iter().filter(|v| v.level == level).count()))
        .collect();
    if counts[..4].iter().all(|(_, count)| *count == 0) {
        println!("{}", words::duplicate::NOTHING_FOUND);
    }
    let stars = (0..)
        .zip(clusters)
        .filter(|(place, root)| **root == Some(*place))
        .count();
    println!(
        "{}",
        words::duplicate::summary(essays.len(), &counts, stars)
    );
}
