//! axe-core looks at a page for whatever keeps people out of it (WCAG 2.2 AA). It is nobody's but its authors', so it
//! is no part of this repository: npm fetches the version named here once, and its hash is compared.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use phach::text::words::hex;
use serde_json::Value;
use sha2::Digest as _;
use sha2::Sha256;

use super::browser::Browser;

const PACKAGE: &str = "axe-core@4.14.1";
const ARCHIVE: &str = "axe-core-4.14.1.tgz";
/// SHA-256 of the archive.
const HASH: &str = "e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745";

static SCRIPT: LazyLock<String> = LazyLock::new(fetch);

/// What is wrong on the page that is shown: "label: #c-1 (Form elements must have labels)".
pub fn violations(browser: &Browser) -> Vec<String> {
    browser.run(&SCRIPT);
    let told = browser.ask(
        "const done = arguments[arguments.length - 1]; \
         axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], \
         resultTypes: ['violations'] }).then(r => done(r), e => done({ broken: String(e) }));",
    );
    let found = told["violations"]
        .as_array()
        .unwrap_or_else(|| panic!("axe-core did not look at the page: {told}"));
    let passed = told["passes"].as_array().map_or(0, Vec::len);
    assert!(passed > 5, "axe-core looked at nothing: {passed} rules");
    found
        .iter()
        .flat_map(|rule| {
            let nodes = rule["nodes"].as_array().into_iter().flatten();
            nodes.map(|node| {
                format!(
                    "{}: {} ({}; {})",
                    text(&rule["id"]),
                    node["target"],
                    text(&rule["help"]),
                    text(&node["failureSummary"])
                )
            })
        })
        .collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The script out of the archive, which is fetched when it is not there yet.
fn fetch() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tmp/axe");
    let archive = folder.join(ARCHIVE);
    if !archive.exists() {
        fs::create_dir_all(&folder).expect("a folder for axe-core");
        let said = Command::new("npm")
            .args([
                "pack",
                PACKAGE,
                "--ignore-scripts",
                "--silent",
                "--pack-destination",
            ])
            .arg(&folder)
            .output();
        match said {
            Ok(said) if said.status.success() => {}
            Ok(said) => panic!(
                "npm could not fetch {PACKAGE}, so no page can be checked for accessibility: {}",
                String::from_utf8_lossy(&said.stderr)
            ),
            Err(error) => panic!("no npm ({error}) to fetch {PACKAGE} with: run 'make packages'"),
        }
    }
    let bytes = fs::read(&archive).expect("the archive that npm fetched");
    let hash = hex(&Sha256::digest(&bytes));
    assert_eq!(
        hash,
        HASH,
        "{} is not the archive that this test knows: remove it and try again",
        archive.display()
    );
    let said = Command::new("tar")
        .arg("-xzOf")
        .arg(&archive)
        .arg("package/axe.min.js")
        .output()
        .expect("run tar");
    assert!(said.status.success(), "tar: {}", said.status);
    String::from_utf8(said.stdout).expect("a script as text")
}
