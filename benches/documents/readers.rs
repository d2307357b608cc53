//! The programs that read the files: ours, and those that others use, each called as its manual says.

use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

/// A program that turns files into text.
pub struct Reader {
    pub name: &'static str,
    endings: &'static [&'static str],
    /// Arguments before the file, and behind it.
    before: &'static [&'static str],
    behind: &'static [&'static str],
}

/// All but ours.
pub const READERS: [Reader; 6] = [
    Reader {
        name: "office-oxide",
        endings: &["docx", "doc"],
        before: &["text"],
        behind: &[],
    },
    Reader {
        name: "docx2txt",
        endings: &["docx"],
        before: &[],
        behind: &["-"],
    },
    Reader {
        name: "antiword",
        endings: &["doc"],
        before: &["-w", "0", "-m", "UTF-8.txt"],
        behind: &[],
    },
    Reader {
        name: "catdoc",
        endings: &["doc", "rtf"],
        before: &["-w", "-d", "utf-8"],
        behind: &[],
    },
    Reader {
        name: "pdftotext",
        endings: &["pdf"],
        before: &["-enc", "UTF-8"],
        behind: &["-"],
    },
    Reader {
        name: "tesseract",
        endings: &["jpg"],
        before: &[],
        behind: &["stdout", "-l", "vie"],
    },
];

impl Reader {
    /// Ours, as a process of its own.
    pub fn phach() -> Reader {
        Reader {
            name: env!("CARGO_BIN_EXE_phach"),
            endings: &[],
            before: &["read", "--json"],
            behind: &[],
        }
    }

    pub fn reads(&self, ending: &str) -> bool {
        self.endings.contains(&ending)
    }

    /// Whether the program is on this machine.
    pub fn is_here(&self) -> bool {
        Command::new(self.name).arg("--version").output().is_ok()
    }

    fn is_phach(&self) -> bool {
        self.endings.is_empty()
    }

    /// The text of one file, by a process of its own.
    pub fn one(&self, file: &Path) -> String {
        self.many(&[file.to_owned()]).pop().unwrap_or_default()
    }

    /// The texts of files: ours by one process, the others by one each, as many at a time as there are processors.
    pub fn all(&self, files: &[PathBuf]) -> Vec<String> {
        if self.is_phach() {
            return self.many(files);
        }
        let at_once = std::thread::available_parallelism().map_or(1, usize::from);
        let share = files.len().div_ceil(at_once).max(1);
        std::thread::scope(|scope| {
            let shares: Vec<_> = files
                .chunks(share)
                .map(|files| {
                    scope.spawn(|| files.iter().map(|file| self.one(file)).collect::<Vec<_>>())
                })
                .collect();
            let texts = shares.into_iter();
            texts
                .flat_map(|share| share.join().expect("a reader"))
                .collect()
        })
    }

    /// One process for these files.
    fn many(&self, files: &[PathBuf]) -> Vec<String> {
        let mut command = Command::new(self.name);
        // One thread a page, which is what is fastest where pages are read side by side.
        command.env("OMP_THREAD_LIMIT", "1");
        let run = command.args(self.before).args(files).args(self.behind);
        let output = run.output().expect("a reader");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        if !self.is_phach() {
            return vec![said];
        }
        let lines = said.lines().map(|line| {
            let line: Value = serde_json::from_str(line).expect("JSON");
            line["text"].as_str().unwrap_or_default().to_owned()
        });
        lines.collect()
    }
}
