//! No function of `src/db` is forgotten: each is called somewhere in this suite.

use std::fs;
use std::path::Path;
use std::path::PathBuf;

/// Names of the public async functions in a source, with "." before those of an `impl`.
fn functions(source: &str) -> Vec<String> {
    source
        .lines()
        .filter_map(|line| {
            let bare = line.trim_start();
            let rest = bare.strip_prefix("pub async fn ")?;
            let name = rest.split(['(', '<']).next()?;
            let dot = if bare.len() < line.len() { "." } else { "" };
            Some(format!("{dot}{name}"))
        })
        .collect()
}

/// Whether a suite calls `module::name`, or for a method `.name` or `Type::name`.
fn calls(suite: &str, module: &str, name: &str) -> bool {
    let found = |call: &str| {
        suite.match_indices(call).any(|(at, _)| {
            let before = suite[..at].chars().next_back();
            let inside_a_word = |c: char| c.is_alphanumeric() || c == '_';
            call.starts_with(['.', ':']) || !before.is_some_and(inside_a_word)
        })
    };
    match name.strip_prefix('.') {
        Some(name) => found(&format!(".{name}(")) || found(&format!("::{name}(")),
        None => found(&format!("{module}::{name}(")),
    }
}

/// The suite without comments and without this file.
fn suite() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut text = String::new();
    for file in fs::read_dir(root.join("tests/it/db")).unwrap() {
        let path = file.unwrap().path();
        if !path.ends_with("coverage.rs") {
            for line in fs::read_to_string(path).unwrap().lines() {
                text += line.split("//").next().unwrap_or_default();
                text.push('\n');
            }
        }
    }
    text
}

/// The sources below a folder with the module that names their functions: a folder speaks for its files.
fn modules(folder: &Path, within: Option<&str>) -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap();
        let module = within.unwrap_or(stem);
        if path.is_dir() {
            found.extend(modules(&path, Some(module)));
        } else {
            found.push((module.to_owned(), path));
        }
    }
    found
}

#[test]
fn every_function_about_rows_is_run_on_both_databases() {
    let suite = suite();
    let mut seen = 0;
    let mut forgotten = Vec::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/db");
    for (module, path) in modules(&folder, None) {
        for name in functions(&fs::read_to_string(&path).unwrap()) {
            seen += 1;
            if !calls(&suite, &module, &name) {
                forgotten.push(format!("{module}::{name}"));
            }
        }
    }
    assert!(seen > 80, "only {seen} functions found: look at the finder");
    assert!(forgotten.is_empty(), "no story calls {forgotten:?}");
}

#[test]
fn a_forgotten_function_is_noticed() {
    let source = "pub async fn get(db: &Db) {}\nasync fn own() {}\npub fn plain() {}\nimpl X {\n    pub async fn open(&self) {}\n}\npub async fn list<T>(t: T) {}\n";
    assert_eq!(functions(source), ["get", ".open", "list"]);
    let check = |suite: &str, name: &str, want: bool| {
        assert_eq!(calls(suite, "letter", name), want, "{name} in {suite}");
    };
    check("letter::get(&db)", "get", true);
    check("db::letter::get(&db)", "get", true);
    check("letter::get_in(&db)", "get", false);
    check("by_letter::get(&db)", "get", false);
    check("entry::get(&db)", "get", false);
    check("db.open()", ".open", true);
    check("Db::open(url)", ".open", true);
    check("db.reopen()", ".open", false);
}
