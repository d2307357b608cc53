//! The child: reads one request, does it, answers, and waits for the next. No thread, no file, no network.
//!
//! Panics are caught, told without their message (it may quote an essay), and end the child, so that nothing half
//! done reaches the next mail.

use std::any::Any;
use std::io;
use std::io::BufReader;
use std::io::BufWriter;
use std::io::Write;
use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Instant;

use crate::document;
use crate::document::Document;
use crate::document::drawn;
use crate::document::illustration;
use crate::document::ocr;
use crate::message;
use crate::slip;
use crate::slip::answers;
use crate::text::words;
use crate::worker::protocol::Answer;
use crate::worker::protocol::Broken;
use crate::worker::protocol::Greeting;
use crate::worker::protocol::Hello;
use crate::worker::protocol::Read;
use crate::worker::protocol::Request;
use crate::worker::protocol::Sheet;
use crate::worker::protocol::Tag;
use crate::worker::protocol::VERSION;
use crate::worker::protocol::hear;
use crate::worker::protocol::hear_head;
use crate::worker::protocol::say;
use crate::worker::protocol::say_head;
use crate::worker::sandbox;
use crate::worker::sandbox::Gap;

#[cfg(debug_assertions)]
mod trial;

/// The hidden command under which the binary becomes a child.
pub const COMMAND: &str = "worker-child";

/// Where in our code the last panic happened: "src/document/docx.rs:12".
static PLACE: Mutex<String> = Mutex::new(String::new());

/// Runs the child until the daemon closes the pipe.
pub fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(|at| format!("{}:{}", at.file(), at.line()))
            .unwrap_or_default();
        *PLACE.lock().unwrap_or_else(PoisonError::into_inner) = place;
    }));
    match converse() {
        Ok(code) => code,
        // The daemon is gone, or speaks another version: there is nobody to tell.
        Err(_) => ExitCode::FAILURE,
    }
}

fn converse() -> Result<ExitCode, Broken> {
    let closed = sandbox::close_inherited();
    let mut output = BufWriter::with_capacity(1 << 16, sandbox::take_stdout()?);
    let mut input = BufReader::with_capacity(1 << 16, io::stdin().lock());

    let greeting: Greeting = hear_head(&mut input)?;
    let mut gaps = sandbox::confine(greeting.limits);
    if !closed {
        gaps.push(Gap::Descriptors);
    }
    let hello = Hello {
        version: VERSION,
        gaps,
    };
    say_head(&mut output, &hello)?;
    output.flush()?;

    loop {
        let request: Request = match hear_head(&mut input) {
            Ok(request) => request,
            Err(Broken::Pipe(err)) if err.kind() == io::ErrorKind::UnexpectedEof => {
                return Ok(ExitCode::SUCCESS);
            }
            Err(err) => return Err(err),
        };
        let bytes = match &request {
            Request::Sort
            | Request::Read { .. }
            | Request::Roster { .. }
            | Request::Pages { .. }
            | Request::Page { .. }
            | Request::Draw { .. }
            | Request::Cover { .. } => hear(&mut input, Tag::Bytes)?,
            Request::Ping | Request::Finish { .. } => Vec::new(),
            #[cfg(debug_assertions)]
            Request::Trial(_) => Vec::new(),
        };
        sandbox::allow_cpu(greeting.limits.cpu_seconds);
        match catch_unwind(AssertUnwindSafe(|| work(&request, bytes, &mut output))) {
            Ok((answer, files)) => {
                say_head(&mut output, &answer)?;
                for file in &files {
                    say(&mut output, Tag::Bytes, file)?;
                }
                output.flush()?;
            }
            Err(payload) => {
                forget(payload);
                let place = PLACE.lock().unwrap_or_else(PoisonError::into_inner).clone();
                say_head(&mut output, &Answer::Panicked { place })?;
                output.flush()?;
                return Ok(ExitCode::from(101));
            }
        }
    }
}

/// A payload whose own drop panics must not take the answer with it.
fn forget(payload: Box<dyn Any + Send>) {
    std::mem::forget(payload);
}

/// Does what was asked. `output` is for the misdeeds of tests only.
fn work(request: &Request, bytes: Vec<u8>, output: &mut impl Write) -> (Answer, Vec<Vec<u8>>) {
    #[cfg(not(debug_assertions))]
    let _ = output;
    match request {
        Request::Ping => (Answer::Pong, Vec::new()),
        Request::Sort => match message::parse(&bytes) {
            Some((parsed, files)) => {
                let answer = Answer::Sorted {
                    parsed: Box::new(parsed),
                    files: files.len(),
                };
                (answer, files)
            }
            None => (Answer::TooComplex, Vec::new()),
        },
        Request::Read { name } => {
            let read = read(name, 0, || document::read_all(&bytes, name, ""));
            (Answer::Read(Box::new(read)), Vec::new())
        }
        Request::Roster { name } => {
            let roster = message::roster::read(&bytes, name);
            (Answer::Roster(Box::new(roster)), Vec::new())
        }
        Request::Pages { kind, beside_text } => {
            let numbers = if *beside_text {
                illustration::numbers(*kind, &bytes)
            } else {
                (0..ocr::pages(*kind, &bytes)).collect()
            };
            (Answer::Pages(numbers), Vec::new())
        }
        Request::Page { kind, number } => match ocr::ready(*kind, &bytes, *number) {
            Some(ready) => {
                let said = (ready.frame, ready.ink);
                (Answer::Page(Some(said)), vec![ready.pixels])
            }
            None => (Answer::Page(None), Vec::new()),
        },
        Request::Draw {
            kind,
            number,
            half_turn,
            unread,
        } => drawn(drawn::page(*kind, &bytes, *number, *half_turn, *unread)),
        Request::Cover { areas } => drawn(drawn::covered(&bytes, areas)),
        Request::Finish {
            name,
            document,
            said,
        } => {
            let typed = ocr::typed(document);
            let read = read(name, typed, || ocr::finish(Document::clone(document), said));
            (Answer::Read(Box::new(read)), Vec::new())
        }
        #[cfg(debug_assertions)]
        Request::Trial(trial) => (trial::run(*trial, output), Vec::new()),
    }
}

fn drawn(page: Option<drawn::Drawn>) -> (Answer, Vec<Vec<u8>>) {
    match page {
        Some(page) => {
            let sheet = Sheet {
                width: page.width,
                height: page.height,
                print: page.print,
            };
            (Answer::Drawn(Some(sheet)), vec![page.jpeg])
        }
        None => (Answer::Drawn(None), Vec::new()),
    }
}

/// A document with what it says of its author. `typed` bytes of its text are sure whatever its pictures say.
fn read(name: &str, typed: usize, document: impl FnOnce() -> Document) -> Read {
    let begun = Instant::now();
    let document = document();
    // What was guessed from a picture is nobody's name and nobody's answer.
    let text = if ocr::is_sure(&document) {
        document.text.as_str()
    } else {
        document.text.get(..typed).unwrap_or_default()
    };
    let slip = slip::from_essay(text, &document.margins, name);
    let answers = answers::find(text);
    let text_hash = words::hash(text);
    Read {
        document,
        slip,
        answers,
        text_hash,
        ms: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
    }
}
