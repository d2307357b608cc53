//! What a monitor is told, and who is told nothing.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::Response;
use tower::ServiceExt;

use super::text;
use crate::blob::Blobs;
use crate::config::Config;
use crate::db;
use crate::desk::tests::fixture::Case;
use crate::desk::tests::fixture::House;
use crate::desk::tests::fixture::house;
use crate::mailbox::Credential;
use crate::mailbox::Secret;
use crate::mailbox::token::Granted;
use crate::web::State;
use crate::web::router;

fn app(house: &House, web: &str) -> Router {
    let config = config(house, web, "");
    let blobs = Blobs::new(house.folder.join("blobs"));
    router(State::new(house.db.clone(), blobs, Arc::new(config)))
}

/// Settings with more about how to log in to mailboxes.
fn config(house: &House, web: &str, login: &str) -> Config {
    let settings = format!(
        "data = \"{}\"\n[web]\n{web}\n[[imap]]\naddresses = [\"*\"]\nhost = \"mail.example\"\nport = 993\n\
         security = \"tls\"\n{login}",
        house.folder.display()
    );
    toml::from_str(&settings).expect("settings")
}

async fn ask(app: &Router, token: Option<&str>) -> Response {
    let mut request = Request::get("/metrics");
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, token);
    }
    let request = request.body(Body::empty()).expect("request");
    app.clone().oneshot(request).await.expect("answer")
}

#[tokio::test]
async fn a_monitor_with_the_token_is_told_figures_and_no_names() {
    let house = house().await;
    house.entry(&Case::default()).await;
    let file = house.folder.join("token");
    std::fs::write(&file, "hoa-sen-2026\n").expect("a token");
    let app = app(
        &house,
        &format!("metrics_token_file = \"{}\"", file.display()),
    );
    let answer = ask(&app, Some("Bearer hoa-sen-2026")).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(
        answer.headers()[header::CONTENT_TYPE],
        "text/plain; version=0.0.4; charset=utf-8"
    );
    let text = text(answer).await;
    let rows: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(
        rows.iter()
            .any(|row| row.starts_with("phach_entries{contest=\"") && row.ends_with(" 1")),
        "{text}"
    );
    let free = rows.iter().find_map(|row| {
        let value = row.strip_prefix("phach_disk_free_bytes{place=\"data\"} ");
        value?.parse::<i64>().ok()
    });
    assert!(free.is_some_and(|bytes| bytes > 0), "{text}");
    // Each row is a name, labels, and a number.
    for row in rows {
        let (name, value) = row.rsplit_once(' ').expect(row);
        assert!(value.parse::<i64>().is_ok(), "{row}");
        assert!(name.starts_with("phach_") && name.ends_with('}'), "{row}");
    }
    assert!(!text.contains("nguoidan"), "{text}");
}

#[tokio::test]
async fn the_age_of_a_login_by_token_is_a_figure() {
    let house = house().await;
    let file = house.folder.join("token");
    std::fs::write(&file, "hoa-sen-2026\n").expect("a token");
    let web = format!("metrics_token_file = \"{}\"", file.display());
    let login =
        "oauth = \"thu\"\n[[oauth]]\nname = \"thu\"\nprovider = \"google\"\nclient_id = \"c\"\n";
    let config = config(&house, &web, login);
    let mailboxes = db::mailbox::all(&house.db).await.expect("mailboxes");
    let address = mailboxes[0].address.clone();
    let imap = config.imap_for(&address).expect("settings for it");
    let way = config.mailbox_credential(imap, &address).expect("a way in");
    let Credential::Token(source) = way else {
        panic!("{way:?}");
    };
    let granted = Granted {
        access: Secret::new("a1"),
        refresh: Some(Secret::new("r1")),
        expires_in: 3600,
    };
    source.keep(granted).await.expect("a login");
    let blobs = Blobs::new(house.folder.join("blobs"));
    let app = router(State::new(house.db.clone(), blobs, Arc::new(config)));
    let text = text(ask(&app, Some("Bearer hoa-sen-2026")).await).await;
    for name in ["login", "token"] {
        let row = format!("phach_mailbox_{name}_age_seconds{{mailbox=\"{address}\"}} ");
        let age = text.lines().find_map(|line| line.strip_prefix(&row));
        let age = age.and_then(|age| age.parse::<i64>().ok());
        assert!(age.is_some_and(|age| age < 60), "{row} in {text}");
        let rows = text
            .lines()
            .filter(|line| line.starts_with(&format!("phach_mailbox_{name}_age_seconds{{")));
        assert_eq!(rows.count(), 1, "nobody else has logged in: {text}");
    }
}

#[tokio::test]
async fn without_the_token_there_is_nothing_to_see() {
    let house = house().await;
    let unset = app(&house, "");
    let answer = ask(&unset, Some("Bearer ")).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);

    let file = house.folder.join("token");
    let setting = format!("metrics_token_file = \"{}\"", file.display());
    let missing = ask(&app(&house, &setting), Some("Bearer ")).await;
    assert_eq!(missing.status(), StatusCode::SERVICE_UNAVAILABLE);
    std::fs::write(&file, "\n").expect("a token");
    let empty = ask(&app(&house, &setting), Some("Bearer ")).await;
    assert_eq!(empty.status(), StatusCode::NOT_FOUND);

    std::fs::write(&file, "hoa-sen-2026").expect("a token");
    let set = app(&house, &setting);
    for token in [
        None,
        Some("Bearer "),
        Some("Bearer hoa-sen"),
        Some("Basic hoa-sen-2026"),
    ] {
        let answer = ask(&set, token).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{token:?}");
        assert_eq!(text(answer).await, "");
    }
}
