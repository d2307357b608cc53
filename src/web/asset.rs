//! The style sheet and the scripts, embedded in the program. Their addresses hold a hash of the text, so that browsers
//! may keep them for good and still see a new one at once.

use std::sync::LazyLock;

use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;
use sha2::Digest;
use sha2::Sha256;

use crate::text::words::hex;

const STYLE: &str = include_str!("../../templates/web/phach.css");
const SCRIPT: &str = include_str!("../../templates/web/phach.js");
const COMPARE: &str = include_str!("../../templates/web/compare.js");
const LEAVES: &str = include_str!("../../templates/web/leaves.js");
const WORDING: &str = include_str!("../../templates/web/wording.js");
const LEAF: &str = include_str!("../../templates/web/jury/leaf.js");

static STYLE_ADDRESS: LazyLock<String> = LazyLock::new(|| address(STYLE, "css"));
static SCRIPT_ADDRESS: LazyLock<String> = LazyLock::new(|| address(SCRIPT, "js"));
static COMPARE_ADDRESS: LazyLock<String> = LazyLock::new(|| address(COMPARE, "js"));
static LEAVES_ADDRESS: LazyLock<String> = LazyLock::new(|| address(LEAVES, "js"));
static WORDING_ADDRESS: LazyLock<String> = LazyLock::new(|| address(WORDING, "js"));
static LEAF_ADDRESS: LazyLock<String> = LazyLock::new(|| address(LEAF, "js"));

/// Address of the style sheet, for templates.
pub fn style() -> &'static str {
    &STYLE_ADDRESS
}

/// Address of the script of the marking page, for templates.
pub fn script() -> &'static str {
    &SCRIPT_ADDRESS
}

/// Address of the script of the page that compares essays, for templates.
pub fn compare() -> &'static str {
    &COMPARE_ADDRESS
}

/// Address of the script by which a clerk covers parts of pages, for templates.
pub fn leaves() -> &'static str {
    &LEAVES_ADDRESS
}

/// Address of the script that shows how a wording reads while it is typed, for templates.
pub fn wording() -> &'static str {
    &WORDING_ADDRESS
}

/// Address of the script by which a judge enlarges and turns pages, for templates.
pub fn leaf() -> &'static str {
    &LEAF_ADDRESS
}

/// Where the router finds them.
pub const ROUTE: &str = "/static/{name}";

fn address(text: &str, end: &str) -> String {
    let hash = hex(&Sha256::digest(text.as_bytes()));
    format!("/static/phach-{}.{end}", &hash[..12])
}

pub async fn show(axum::extract::Path(name): axum::extract::Path<String>) -> Response {
    let asked = format!("/static/{name}");
    let scripts = [
        (script(), SCRIPT),
        (compare(), COMPARE),
        (leaves(), LEAVES),
        (leaf(), LEAF),
        (wording(), WORDING),
    ];
    let script = scripts.into_iter().find(|(address, _)| asked == *address);
    let (kind, text) = match script {
        Some((_, text)) => ("text/javascript; charset=utf-8", text),
        None if asked == style() => ("text/css; charset=utf-8", STYLE),
        None => return StatusCode::NOT_FOUND.into_response(),
    };
    (
        [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        ],
        text,
    )
        .into_response()
}
