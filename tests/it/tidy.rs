//! The house rules that a compiler does not hold: who may import whom, where SQL, clocks, unsafe code and
//! Vietnamese stand. Each rule is a row or a list here, with its reason; a finding names file and line.
//!
//! It is long because all rules stand on one page, with the reader of sources that they share at its end.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

/// The storeys of the house, lowest first. A room may import rooms below it and, without a circle, beside it.
const STOREYS: &[&[&str]] = &[
    &["text"],
    &["contest", "duplicate"],
    &["entry", "slip"],
    // words says in Vietnamese what the rules beside it decide, so it names their enums
    &[
        "handover", "message", "document", "route", "blind", "judging", "letter", "paper", "words",
    ],
    &[
        "clock",
        "config",
        "crash",
        "telemetry",
        "db",
        "blob",
        "mailbox",
        "outbox",
        "search",
        "worker",
    ],
    &["check", "desk", "job", "jury"],
    &["web"],
    &["cli"],
];

/// Who may read a clock besides `src/clock.rs`: only to measure how long something takes, never to tell the time.
const STOPWATCHES: &[(&str, &str)] = &[
    (
        "src/worker/",
        "the watchdog of the worker process, and how long a file took to read",
    ),
    ("src/mailbox/", "deadlines of reads and commands"),
    ("src/outbox/", "deadlines of reads and commands"),
    ("src/cli/", "how long a command took"),
    ("src/job/intake.rs", "since when a mailbox fails"),
    ("src/job/relays.rs", "the pause before a relay is tried"),
    ("src/job/watch.rs", "how long a worker gave no sign of life"),
    ("src/check/", "how long a login took"),
];

/// Where Vietnamese letters may stand in a string literal.
const VIETNAMESE: &[(&str, &str)] = &[
    (
        "src/words/",
        "every text that people read and that is in no template",
    ),
    ("src/cli/", "the help of the commands"),
    ("src/text/", "letters and legacy encodings themselves"),
    ("src/duplicate/law.rs", "recognises how a law is quoted"),
    ("src/slip/", "recognises what people write about themselves"),
    ("src/route/", "recognises how people name units"),
    (
        "src/blind/",
        "recognises words before a name, and letters that look like ours",
    ),
    (
        "src/message/",
        "recognises questions, forwards and quotations",
    ),
    ("src/contest/", "reads the phrases of plans"),
    (
        "src/worker/child/trial.rs",
        "says a name as a broken file would, to show that no log holds it; not in a release build",
    ),
    (
        "src/document/",
        "recognises headings, and texts without diacritics",
    ),
];

/// A source file, taken apart.
struct Source {
    /// "src/db/entry.rs"
    path: String,
    raw: String,
    /// The text with comments and the insides of literals blanked out; same lines.
    code: String,
    /// Line and inside of every string literal.
    literals: Vec<(usize, String)>,
    /// The first line of the tests at the end of the file, or past the end.
    tests: usize,
}

impl Source {
    fn read(path: &Path) -> Source {
        let raw = fs::read_to_string(path).expect("a source file");
        let (code, literals) = taken_apart(&raw);
        let lines: Vec<&str> = code.lines().collect();
        let tests = (0..lines.len())
            .find(|n| {
                lines[*n].trim() == "#[cfg(test)]"
                    && lines
                        .get(n + 1)
                        .is_some_and(|line| line.trim_start().starts_with("mod "))
            })
            .map_or(usize::MAX, |n| n + 1);
        Source {
            path: path
                .strip_prefix(root())
                .expect("below the root")
                .to_string_lossy()
                .into_owned(),
            raw,
            code,
            literals,
            tests,
        }
    }

    /// Numbered lines of code, tests left out.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code
            .lines()
            .enumerate()
            .map(|(n, line)| (n + 1, line))
            .filter(|(n, _)| *n < self.tests)
    }

    /// A file of tests by its name.
    fn is_tests(&self) -> bool {
        self.path.ends_with("/tests.rs") || self.path.contains("/tests/")
    }

    /// The module path: ["db", "entry"].
    fn module(&self) -> Vec<&str> {
        let path = self.path.trim_start_matches("src/").trim_end_matches(".rs");
        path.split('/').filter(|part| *part != "mod").collect()
    }

    /// "db"; `None` for main.rs and lib.rs.
    fn room(&self) -> Option<&str> {
        let room = *self.module().first()?;
        (room != "main" && room != "lib").then_some(room)
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<Source> {
    files_below(&root().join("src"))
        .iter()
        .filter(|path| path.extension().is_some_and(|end| end == "rs"))
        .map(|path| Source::read(path))
        .collect()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .flat_map(|entry| match entry.path() {
            path if path.is_dir() => files_below(&path),
            path => vec![path],
        })
        .collect();
    files.sort();
    files
}

#[track_caller]
fn none(findings: Vec<String>) {
    assert!(
        findings.is_empty(),
        "{} places:\n{}",
        findings.len(),
        findings.join("\n")
    );
}

fn allowed(list: &[(&str, &str)], path: &str) -> bool {
    list.iter().any(|(start, _)| path.starts_with(start))
}

#[test]
fn a_room_imports_only_rooms_below_or_beside_it() {
    let storey: BTreeMap<&str, usize> = STOREYS
        .iter()
        .enumerate()
        .flat_map(|(n, rooms)| rooms.iter().map(move |room| (*room, n)))
        .collect();
    let mut findings = Vec::new();
    let mut beside: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in sources() {
        let Some(room) = source.room() else {
            continue;
        };
        let Some(own) = storey.get(room) else {
            findings.push(format!(
                "{}: {room} stands on no storey of this test",
                source.path
            ));
            continue;
        };
        for (line, other) in imports(&source) {
            match storey.get(other.as_str()) {
                _ if other == room => {}
                None => findings.push(format!(
                    "{}:{line}: {other} stands on no storey",
                    source.path
                )),
                Some(storey) if storey > own => {
                    findings.push(format!("{}:{line}: {room} imports {other}", source.path));
                }
                Some(storey) if storey == own => {
                    beside.entry(room.to_owned()).or_default().insert(other);
                }
                Some(_) => {}
            }
        }
    }
    for room in beside.keys() {
        let mut reached = BTreeSet::new();
        let mut next: Vec<&String> = beside[room].iter().collect();
        while let Some(other) = next.pop() {
            if reached.insert(other) {
                next.extend(beside.get(other).into_iter().flatten());
            }
        }
        if reached.contains(room) {
            findings.push(format!("{room} imports itself in a circle: {reached:?}"));
        }
    }
    none(findings);
}

/// Rooms that must not know each other although the storeys would let them, with the reason.
const STRANGERS: &[(&str, &str, &str)] = &[(
    "judging",
    "slip",
    "marks, lots and rankings are made without knowing who wrote what",
)];

#[test]
fn judging_never_imports_slip() {
    let mut findings = Vec::new();
    for source in sources() {
        for (line, other) in imports(&source) {
            for (room, stranger, reason) in STRANGERS {
                if source.room() == Some(*room) && other == *stranger {
                    findings.push(format!("{}:{line}: {stranger}; {reason}", source.path));
                }
            }
        }
    }
    none(findings);
}

/// Every room that a file names through `crate::` or `super::`, with the line.
fn imports(source: &Source) -> Vec<(usize, String)> {
    let depth = source.module().len();
    let mut found = Vec::new();
    for (n, line) in source.code.lines().enumerate() {
        for (place, _) in line.match_indices("crate::") {
            let before = line[..place].chars().next_back();
            if before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != '$') {
                found.push((n + 1, word(&line[place + "crate::".len()..])));
            }
        }
        if n + 1 >= source.tests {
            continue;
        }
        let mut rest = line;
        while let Some(place) = rest.find("super::") {
            rest = &rest[place..];
            let mut steps = 0;
            while let Some(after) = rest.strip_prefix("super::") {
                rest = after;
                steps += 1;
            }
            if steps >= depth {
                found.push((n + 1, word(rest)));
            }
        }
    }
    found.retain(|(_, room)| !room.is_empty());
    found
}

fn word(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

#[test]
fn imports_are_one_to_a_line_and_without_stars() {
    let mut findings = Vec::new();
    for source in sources() {
        for (n, line) in source.code.lines().enumerate() {
            let line = line.trim();
            let import = line.starts_with("use ") || line.starts_with("pub use ");
            if import && line.contains("::*") {
                findings.push(format!("{}:{}: {line}", source.path, n + 1));
            }
            if line.starts_with("use crate::") && line.contains('{') {
                findings.push(format!("{}:{}: {line}", source.path, n + 1));
            }
        }
    }
    none(findings);
}

#[test]
fn sql_stands_only_in_db() {
    let mut findings = Vec::new();
    for source in sources() {
        if source.path.starts_with("src/db/") || source.path == "src/db.rs" {
            continue;
        }
        for (n, line) in source.lines() {
            if ["sqlx::query", "sqlx::raw_sql", "QueryBuilder"]
                .iter()
                .any(|word| line.contains(word))
            {
                findings.push(format!("{}:{n}: {}", source.path, line.trim()));
            }
        }
    }
    none(findings);
}

/// The tables that the judge zone reads: nothing in them knows who wrote an essay.
const JUDGE_TABLES: &[&str] = &[
    "queue",
    "queue_entry",
    "judge_copy",
    "judge_page",
    "conflict",
    "lot",
    "mark_sheet",
    "mark_flag",
    "ranking",
    "ranking_line",
    "approval",
    "choice",
    "award",
    "round",
    "unit",
    "account",
    "grant_role",
];

/// What the judge zone and what faces a judge may name of `db`, besides its own types: everything else can tell
/// who wrote an essay. Of `view`, only the scope.
const JUDGE_ROWS: &[&str] = &["judge", "account", "contest", "job", "event", "view::Scope"];

/// Where that holds; a folder or a file that is not there yet is held to it when it comes. Tests there make entries of
/// all kinds to show what is not seen.
const JUDGE_ZONE: &[&str] = &["src/db/judge", "src/jury", "src/web/judge"];

fn in_judge_zone(path: &str) -> bool {
    JUDGE_ZONE.iter().any(|place| {
        path.strip_prefix(place).is_some_and(|rest| {
            rest == ".rs" || rest.starts_with('/') && !rest.starts_with("/tests")
        })
    })
}

/// The tables of the schema.
fn tables() -> BTreeSet<String> {
    files_below(&root().join("migrations"))
        .iter()
        .map(|path| fs::read_to_string(path).expect("a migration"))
        .flat_map(|sql| {
            sql.lines()
                .filter_map(|line| line.strip_prefix("CREATE TABLE "))
                .map(word)
                .collect::<Vec<_>>()
        })
        .collect()
}

/// The tables that a literal reads or writes though the judge zone may not: every word behind FROM, JOIN, INTO
/// or UPDATE that is no table of the zone, and wherever it stands every table that is not.
fn foreign_tables(literal: &str, tables: &BTreeSet<String>) -> BTreeSet<String> {
    // A name that `format!` puts in, such as {FROM}, is a literal of its own.
    let words: Vec<&str> = literal
        .split(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '{' | '}'))
        .filter(|word| !word.is_empty())
        .collect();
    let mut found = BTreeSet::new();
    for (n, word) in words.iter().enumerate() {
        let opens = ["FROM", "JOIN", "INTO", "UPDATE"].contains(&word.to_uppercase().as_str());
        if let Some(next) = words.get(n + 1).filter(|_| opens) {
            let no_table = ["SET", "SELECT", "ONLY"].contains(&next.to_uppercase().as_str());
            let put_in = next.starts_with('{');
            if !no_table && !put_in && !JUDGE_TABLES.contains(&next.to_lowercase().as_str()) {
                found.insert((*next).to_owned());
            }
        }
        let word = word.to_lowercase();
        if tables.contains(&word) && !JUDGE_TABLES.contains(&word.as_str()) {
            found.insert(word);
        }
    }
    found
}

/// What a file of the judge zone names of `db` though it may not, with the line. Tests are held to it too.
fn foreign_rows(source: &Source) -> Vec<(usize, String)> {
    let own = |name: &str| {
        name.starts_with(|c: char| c.is_uppercase())
            || ["new_id", "on_db", "on_tx", "plain", "is_unique_violation"].contains(&name)
    };
    let module = source.module();
    // In a file of db, so many steps up lead to db.
    let steps_to_db = if module.first() == Some(&"db") {
        module.len() - 1
    } else {
        usize::MAX
    };
    let mut found = Vec::new();
    for (n, line) in source.code.lines().enumerate() {
        let mut named = Vec::new();
        for (place, _) in line.match_indices("db::") {
            let before = line[..place].chars().next_back();
            if before.is_none_or(|c| !c.is_alphanumeric() && c != '_') {
                named.push(&line[place + "db::".len()..]);
            }
        }
        let mut rest = line;
        while let Some(place) = rest.find("super::") {
            rest = &rest[place..];
            let mut steps = 0;
            while let Some(after) = rest.strip_prefix("super::") {
                rest = after;
                steps += 1;
            }
            if steps == steps_to_db {
                named.push(rest);
            }
        }
        // Under another name its parts would not be seen.
        if line.contains("crate::db as ") {
            found.push((n + 1, "db as".to_owned()));
        }
        for path in named {
            let first = word(path);
            let inner = path.strip_prefix("view::").map(word);
            let name = match inner {
                Some(inner) => format!("view::{inner}"),
                None => first.clone(),
            };
            if !own(&first) && !JUDGE_ROWS.contains(&name.as_str()) {
                found.push((n + 1, name));
            }
        }
    }
    found
}

#[test]
fn the_judge_zone_reads_only_its_own_tables() {
    let tables = tables();
    for table in JUDGE_TABLES {
        assert!(tables.contains(*table), "{table} is no table");
    }
    let mut seen = 0;
    let mut findings = Vec::new();
    for source in sources() {
        if !source.path.starts_with("src/db/judge/") {
            continue;
        }
        for (line, literal) in &source.literals {
            seen += usize::from(literal.contains("FROM "));
            for table in foreign_tables(literal, &tables) {
                findings.push(format!("{}:{line}: {table}", source.path));
            }
        }
    }
    assert!(seen > 20, "only {seen} statements: look at the finder");
    none(findings);
}

#[test]
fn what_faces_a_judge_names_only_rows_of_the_judge_zone() {
    let mut findings = Vec::new();
    for source in sources() {
        if in_judge_zone(&source.path) {
            for (line, name) in foreign_rows(&source) {
                findings.push(format!("{}:{line}: db::{name}", source.path));
            }
        }
    }
    none(findings);
}

#[test]
fn a_table_that_knows_the_author_is_noticed_wherever_it_stands() {
    let tables = tables();
    let check = |literal: &str, want: &[&str]| {
        let found: Vec<String> = foreign_tables(literal, &tables).into_iter().collect();
        assert_eq!(found, want, "{literal}");
    };
    check("SELECT body FROM message WHERE id = $1", &["message"]);
    check("FROM queue_entry JOIN entry ON entry.id = $1", &["entry"]);
    check("FROM queue\n             LEFT JOIN slip ON TRUE", &["slip"]);
    check(
        "WHERE EXISTS (SELECT 1 FROM (SELECT 1 FROM entry_version))",
        &["entry_version"],
    );
    check("INSERT INTO letter (id) VALUES ($1)", &["letter"]);
    check("UPDATE submission SET id = 1", &["submission"]);
    check("delete from mime_part", &["mime_part"]);
    check("FROM queue, slip", &["slip"]);
    check("slip JOIN queue ON slip.name = $1", &["slip"]);
    check("SELECT 1 FROM a_new_table", &["a_new_table"]);
    check("SELECT 1 FROM \"handover_entry\"", &["handover_entry"]);
    check(
        "SELECT {COLUMNS}, (SELECT count(*) FROM mark_sheet) AS sheets FROM {FROM} JOIN queue_entry ON TRUE",
        &[],
    );
    check(
        "INSERT INTO conflict (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET id = excluded.id",
        &[],
    );
    check("SELECT id FROM queue WHERE id = $1 FOR UPDATE", &[]);
}

#[test]
fn rows_beyond_the_judge_zone_are_noticed_however_they_are_named() {
    let check = |path: &str, raw: &str, want: &[&str]| {
        assert!(in_judge_zone(path), "{path}");
        let (code, literals) = taken_apart(raw);
        let source = Source {
            path: path.to_owned(),
            raw: raw.to_owned(),
            code,
            literals,
            tests: usize::MAX,
        };
        let names: Vec<String> = foreign_rows(&source)
            .into_iter()
            .map(|(_, name)| name)
            .collect();
        assert_eq!(names, want, "{raw}");
    };
    let page = "src/web/judge/page.rs";
    check(page, "use crate::db::entry;", &["entry"]);
    check(page, "use crate::db::entry::Entry;", &["entry"]);
    check("src/web/judge.rs", "use crate::db::view;", &["view"]);
    check(page, "use crate::db::view::entries;", &["view::entries"]);
    check("src/jury/deal.rs", "db::slip(&db, 1);", &["slip"]);
    check(page, "use crate::db as rows;", &["db as"]);
    check(
        page,
        "fn a(x: &crate::db::message::Message) {}",
        &["message"],
    );
    check(page, "use crate::db::{judge, letter};", &[""]);
    check(
        page,
        "db::view::file(); db::queue::put();",
        &["view::file", "queue"],
    );
    check(
        "src/db/judge/list.rs",
        "use super::super::entry;",
        &["entry"],
    );
    check("src/db/judge/mod.rs", "use super::copy;", &["copy"]);
    check("src/db/judge/list.rs", "use super::sheet::BARRED;", &[]);
    check("src/db/judge/list.rs", "use super::super::on_db;", &[]);
    check(
        page,
        "use crate::db;\nuse crate::db::Db;\nuse crate::db::view::Scope;\nuse crate::db::judge::Sheet;",
        &[],
    );
    check(
        "src/jury/mod.rs",
        "db::judge::sheet(); db::account::get(); db::contest::all(); db::job::put(); db::event::record(); mydb::entry();",
        &[],
    );
    assert!(!in_judge_zone("src/web/judges.rs") && !in_judge_zone("src/db/job.rs"));
}

#[test]
fn only_the_clock_tells_the_time() {
    let mut findings = Vec::new();
    for source in sources() {
        if source.path == "src/clock.rs" || source.is_tests() {
            continue;
        }
        for (n, line) in source.lines() {
            let time = ["Timestamp::now", "Zoned::now", "SystemTime::now"]
                .iter()
                .any(|word| line.contains(word));
            let watch = line.contains("Instant::now") && !allowed(STOPWATCHES, &source.path);
            if time || watch {
                findings.push(format!("{}:{n}: {}", source.path, line.trim()));
            }
        }
    }
    none(findings);
}

/// Where the network may be spoken to.
const NETWORK: &[(&str, &str)] = &[
    (
        "src/mailbox/",
        "mailboxes, and the providers of their logins",
    ),
    ("src/outbox/", "relays"),
    ("src/web/", "whoever visits the desk"),
    (
        "src/worker/child/trial.rs",
        "tries whether the walls hold; not in a release build",
    ),
];

#[test]
fn the_network_is_spoken_to_only_by_the_rooms_for_it() {
    let mut seen = 0;
    let mut findings = Vec::new();
    for source in sources() {
        if source.is_tests() {
            continue;
        }
        for (n, line) in source.lines() {
            let network = [
                "TcpStream",
                "TcpListener",
                "UdpSocket",
                "UnixStream",
                "hyper::client",
                "lookup_host",
                "to_socket_addrs",
            ]
            .iter()
            .any(|word| line.contains(word));
            seen += usize::from(network);
            if network && !allowed(NETWORK, &source.path) {
                findings.push(format!("{}:{n}: {}", source.path, line.trim()));
            }
        }
    }
    assert!(seen > 5, "only {seen} places: look at the finder");
    none(findings);
}

#[test]
fn unsafe_code_stands_only_in_the_sandbox() {
    let mut findings = Vec::new();
    for source in sources() {
        if source.path == "src/worker/sandbox.rs" {
            continue;
        }
        for (n, line) in source.code.lines().enumerate() {
            let words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
            if words
                .into_iter()
                .any(|word| word == "unsafe" || word == "unsafe_code")
            {
                findings.push(format!("{}:{}: {}", source.path, n + 1, line.trim()));
            }
        }
    }
    none(findings);
}

#[test]
fn long_files_say_why() {
    let mut findings = Vec::new();
    let mut files = files_below(&root().join("src"));
    files.extend(files_below(&root().join("tests")));
    for path in files {
        if path.extension().is_none_or(|end| end != "rs") {
            continue;
        }
        let source = Source::read(&path);
        let lines = source.raw.lines().count();
        let head: String = source
            .raw
            .lines()
            .take_while(|line| line.starts_with("//!"))
            .collect();
        if lines > 500 && !head.contains("long because") {
            findings.push(format!("{}: {lines} lines", source.path));
        }
        if head.is_empty() {
            findings.push(format!("{}: no head", source.path));
        }
    }
    none(findings);
}

#[test]
fn every_room_is_in_the_plan_of_the_house() {
    let plan = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let rooms: BTreeSet<String> = fs::read_dir(root().join("src"))
        .expect("src")
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    none(
        rooms
            .into_iter()
            .filter(|room| {
                !plan.contains(&format!("{room}/")) && !plan.contains(&format!("`{room}`"))
            })
            .map(|room| format!("src/{room} is not in ARCHITECTURE.md"))
            .collect(),
    );
}

#[test]
fn vietnamese_stands_where_people_look_for_it() {
    let mut findings = Vec::new();
    for source in sources() {
        if allowed(VIETNAMESE, &source.path) || source.is_tests() {
            continue;
        }
        for (line, text) in &source.literals {
            if *line < source.tests && text.chars().any(is_vietnamese) {
                findings.push(format!("{}:{line}: {text:?}", source.path));
            }
        }
    }
    none(findings);
}

/// A letter that English does not have and Vietnamese does.
fn is_vietnamese(c: char) -> bool {
    matches!(c, '\u{1ea0}'..='\u{1ef9}')
        || "ăâđêôơưàáãèéìíĩòóõùúũýĂÂĐÊÔƠƯÀÁÃÈÉÌÍĨÒÓÕÙÚŨÝ".contains(c)
}

#[test]
fn the_project_speaks_only_of_itself() {
    // Taken apart so that this file does not find itself.
    let foreign = [
        concat!("/wo", "rk/shared"),
        concat!("/wo", "rk/main"),
        concat!("/wo", "rk/wt"),
    ];
    let mut files = Vec::new();
    for place in [
        "src",
        "tests",
        "config",
        "templates",
        "migrations",
        ".ci",
        "docs",
    ] {
        files.extend(files_below(&root().join(place)));
    }
    for name in [
        "README.md",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "Makefile",
        "Cargo.toml",
    ] {
        files.push(root().join(name));
    }
    let mut findings = Vec::new();
    for path in files {
        let text = fs::read(&path).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        for word in foreign {
            if text.contains(word) {
                findings.push(format!("{}: {word}", path.display()));
            }
        }
    }
    none(findings);
}

/// The code without comments and literals (line by line where it was), and the string literals.
fn taken_apart(raw: &str) -> (String, Vec<(usize, String)>) {
    let chars: Vec<char> = raw.chars().collect();
    let at = |place: usize| chars.get(place).copied().unwrap_or('\0');
    let mut code = String::with_capacity(raw.len());
    let mut literals = Vec::new();
    let mut line = 1;
    let mut place = 0;
    while place < chars.len() {
        let start = place;
        let name_before = start > 0 && (at(start - 1).is_alphanumeric() || at(start - 1) == '_');
        // One of: comment, raw string, string, character; else one letter of code.
        if at(place) == '/' && at(place + 1) == '/' {
            while place < chars.len() && at(place) != '\n' {
                place += 1;
            }
        } else if at(place) == '/' && at(place + 1) == '*' {
            let mut depth = 0;
            loop {
                match (at(place), at(place + 1)) {
                    ('/', '*') => (depth, place) = (depth + 1, place + 2),
                    ('*', '/') => (depth, place) = (depth - 1, place + 2),
                    _ => place += 1,
                }
                if depth == 0 || place >= chars.len() {
                    break;
                }
            }
        } else if at(place) == 'r' && !name_before && matches!(at(place + 1), '"' | '#') {
            let mut hashes = 0;
            while at(place + 1 + hashes) == '#' {
                hashes += 1;
            }
            if at(place + 1 + hashes) == '"' {
                place += 2 + hashes;
                let inside = place;
                while place < chars.len()
                    && !(at(place) == '"' && (1..=hashes).all(|n| at(place + n) == '#'))
                {
                    place += 1;
                }
                literals.push((line, chars[inside..place.min(chars.len())].iter().collect()));
                place += 1 + hashes;
            } else {
                place += 1;
            }
        } else if at(place) == '"' {
            place += 1;
            while place < chars.len() && at(place) != '"' {
                place += if at(place) == '\\' { 2 } else { 1 };
            }
            literals.push((
                line,
                chars[start + 1..place.min(chars.len())].iter().collect(),
            ));
            place += 1;
        } else if at(place) == '\'' && at(place + 1) == '\\' {
            place += 3;
            while place < chars.len() && at(place) != '\'' {
                place += 1;
            }
            place += 1;
        } else if at(place) == '\'' && at(place + 2) == '\'' {
            place += 3;
        } else {
            place += 1;
            code.push(at(start));
            line += usize::from(at(start) == '\n');
            continue;
        }
        code.push(' ');
        for c in &chars[start..place.min(chars.len())] {
            if *c == '\n' {
                code.push('\n');
                line += 1;
            }
        }
    }
    (code, literals)
}

#[test]
fn an_import_is_seen_however_it_is_written() {
    let check = |path: &str, raw: &str, want: &[&str]| {
        let (code, literals) = taken_apart(raw);
        let source = Source {
            path: path.to_owned(),
            raw: raw.to_owned(),
            code,
            literals,
            tests: usize::MAX,
        };
        let rooms: Vec<String> = imports(&source).into_iter().map(|(_, room)| room).collect();
        assert_eq!(rooms, want, "{raw}");
    };
    check("src/db/entry.rs", "use crate::entry::Finding;", &["entry"]);
    check("src/db/entry.rs", "fn a(x: &crate::web::Page) {}", &["web"]);
    check(
        "src/db/entry.rs",
        "use super::Tx; use super::super::web;",
        &["web"],
    );
    check(
        "src/db/mod.rs",
        "pub(super) fn a() -> super::web::Page {}",
        &["web"],
    );
    check(
        "src/db/mod.rs",
        "// crate::web\nlet a = \"crate::web\";",
        &[],
    );
}

#[test]
fn the_reader_of_sources_knows_code_from_text() {
    let (code, literals) = taken_apart(
        "let a = \"một // hai\"; // unsafe\nlet b: &'static str = r#\"ba \" bốn\"#; /* crate::x /* y */ */ let c = '\"'; use crate::db;",
    );
    assert_eq!(
        literals,
        [(1, "một // hai".to_owned()), (2, "ba \" bốn".to_owned())]
    );
    assert!(
        !code.contains("unsafe") && !code.contains("crate::x"),
        "{code}"
    );
    assert!(
        code.contains("use crate::db;") && code.contains("&'static str"),
        "{code}"
    );
    assert_eq!(code.lines().count(), 2);
}
