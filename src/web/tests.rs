//! The pages as a browser meets them: logging in, scope, forms, headers.

mod compare;
mod mailings;
mod metrics;
mod search;
mod search_page;
mod wordings;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::Response;
use serde_json::json;
use tower::ServiceExt;

use super::State;
use super::login;
use super::router;
use crate::blob::Blobs;
use crate::clock;
use crate::config::Config;
use crate::db;
use crate::db::matter::Subject;
use crate::desk::tests::fixture::Case;
use crate::desk::tests::fixture::House;
use crate::desk::tests::fixture::house;
use crate::entry::EntryState;
use crate::entry::MatterKind;

const SECRETARY: &str = "thuky@hk.example";

pub(super) fn app(house: &House, public_url: &str) -> Router {
    let data = house.folder.display();
    let text = format!(
        "data = \"{data}\"\n[web]\npublic_url = \"{public_url}\"\n[alarm]\nfrom = \"duthi@hn.example\"\n"
    );
    let config: Config = toml::from_str(&text).expect("settings");
    let blobs = Blobs::new(house.folder.join("blobs"));
    router(State::new(house.db.clone(), blobs, Arc::new(config)))
}

pub(super) async fn get(app: &Router, path: &str, cookie: &str) -> Response {
    let request = Request::get(path)
        .header(header::COOKIE, cookie)
        .body(Body::empty())
        .expect("request");
    app.clone().oneshot(request).await.expect("answer")
}

pub(super) async fn post(app: &Router, path: &str, cookie: &str, form: &str) -> Response {
    let request = Request::post(path)
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form.to_owned()))
        .expect("request");
    app.clone().oneshot(request).await.expect("answer")
}

pub(super) async fn text(response: Response) -> String {
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 22)
        .await
        .expect("body");
    String::from_utf8(bytes.to_vec()).expect("text")
}

fn set_cookie(response: &Response) -> String {
    let line = response.headers().get(header::SET_COOKIE).expect("cookie");
    line.to_str().expect("ascii").to_owned()
}

/// Logs in with a printed code; returns the cookie.
pub(super) async fn enter(house: &House, app: &Router, email: &str) -> String {
    let code = login::issue_code(&house.db, email, clock::now())
        .await
        .expect("issued")
        .expect("known");
    let response = post(
        app,
        "/dang-nhap/ma",
        "",
        &format!("email={email}&code={code}"),
    )
    .await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let line = set_cookie(&response);
    line.split(';').next().expect("cookie").to_owned()
}

pub(super) async fn csrf(app: &Router, cookie: &str) -> String {
    let page = text(get(app, "/nhat-ky", cookie).await).await;
    let (_, rest) = page.split_once("name=\"csrf\" value=\"").expect("token");
    rest.chars().take_while(|c| *c != '"').collect()
}

#[tokio::test]
async fn the_page_after_asking_is_the_same_for_everybody() {
    let house = house().await;
    let app = app(&house, "http://127.0.0.1:8080");
    let known = text(post(&app, "/dang-nhap", "", &format!("email={SECRETARY}")).await).await;
    let stranger = text(post(&app, "/dang-nhap", "", "email=ai@la.example").await).await;
    assert_eq!(known.replace(SECRETARY, "ai@la.example"), stranger);
    assert_eq!(
        db::job::runnable(&house.db, clock::now())
            .await
            .expect("jobs"),
        1
    );
    for _ in 0..9 {
        post(&app, "/dang-nhap", "", &format!("email={SECRETARY}")).await;
    }
    assert_eq!(
        db::job::runnable(&house.db, clock::now())
            .await
            .expect("jobs"),
        5
    );
}

#[tokio::test]
async fn a_link_works_once_and_only_by_its_button() {
    let house = house().await;
    let app = app(&house, "https://phach.example");
    let link = login::login_link(&house.db, "https://phach.example/", SECRETARY, clock::now())
        .await
        .expect("link")
        .expect("known");
    let path = link.strip_prefix("https://phach.example").expect("address");
    let token = path.strip_prefix("/vao?t=").expect("token");
    assert_eq!(get(&app, path, "").await.status(), StatusCode::OK);
    let entered = post(&app, "/vao", "", &format!("t={token}")).await;
    assert_eq!(entered.status(), StatusCode::SEE_OTHER);
    let line = set_cookie(&entered);
    for part in [
        "__Host-phach=",
        "; Path=/",
        "; HttpOnly",
        "; SameSite=Lax",
        "; Secure",
    ] {
        assert!(line.contains(part), "{line}");
    }
    let again = post(&app, "/vao", "", &format!("t={token}")).await;
    assert_eq!(again.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_code_is_dead_after_five_wrong_tries() {
    let house = house().await;
    let app = app(&house, "http://127.0.0.1:8080");
    let code = login::issue_code(&house.db, SECRETARY, clock::now())
        .await
        .expect("issued")
        .expect("known");
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        let refused = post(
            &app,
            "/dang-nhap/ma",
            "",
            &format!("email={SECRETARY}&code={wrong}"),
        )
        .await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    }
    let late = post(
        &app,
        "/dang-nhap/ma",
        "",
        &format!("email={SECRETARY}&code={code}"),
    )
    .await;
    assert_eq!(late.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn every_page_has_its_headers_and_strangers_are_sent_to_log_in() {
    let house = house().await;
    let entry = house
        .entry(&Case {
            name: "<script>alert(1)</script>",
            ..Case::default()
        })
        .await;
    let matter = house
        .matter(
            "hoan-kiem",
            MatterKind::Route,
            Subject::Entry,
            entry,
            json!({"candidates": ["dong-da"]}),
        )
        .await;
    let app = app(&house, "http://127.0.0.1:8080");
    let cookie = enter(&house, &app, SECRETARY).await;
    let pages = [
        "/".to_owned(),
        "/bai-du-thi".into(),
        "/bai-du-thi?tim=nguyen&trang-thai=can-xem&muon=1&trang=2".into(),
        format!("/bai-du-thi/{entry}"),
        "/viec".into(),
        format!("/viec/{matter}"),
        "/thu-di".into(),
        "/hom-thu".into(),
        "/nhat-ky".into(),
        "/tim".into(),
        "/tim?q=script".into(),
        "/tim?q=nguyen&trang=2".into(),
        "/tim?q=khong+co+ai".into(),
    ];
    for path in &pages {
        let stranger = get(&app, path, "").await;
        assert_eq!(stranger.status(), StatusCode::SEE_OTHER, "{path}");
        let page = get(&app, path, &cookie).await;
        assert_eq!(page.status(), StatusCode::OK, "{path}");
        assert_eq!(
            page.headers()[header::CONTENT_SECURITY_POLICY],
            super::POLICY
        );
        assert_eq!(page.headers()[header::CACHE_CONTROL], "no-store");
        let html = text(page).await;
        assert!(!html.contains("<script"), "{path}");
        assert!(!html.contains("style=\""), "{path}");
        assert!(html.contains("lang=\"vi\""), "{path}");
    }
    for path in [
        "/dang-nhap",
        "/vao?t=x",
        "/khong-co",
        "/viec/abc",
        "/health",
        super::asset::style(),
    ] {
        let page = get(&app, path, &cookie).await;
        assert_eq!(
            page.headers()[header::CONTENT_SECURITY_POLICY],
            super::POLICY,
            "{path}"
        );
        assert_eq!(
            page.headers()[header::X_CONTENT_TYPE_OPTIONS],
            "nosniff",
            "{path}"
        );
    }
}

#[tokio::test]
async fn another_units_rows_do_not_exist() {
    let house = house().await;
    let entry = house
        .entry(&Case {
            unit: "dong-da",
            ..Case::default()
        })
        .await;
    let matter = house
        .matter(
            "dong-da",
            MatterKind::Route,
            Subject::Entry,
            entry,
            json!({}),
        )
        .await;
    let row = db::entry::get(&house.db, entry).await.expect("entry");
    let message = db::view::message_of(&house.db, &row)
        .await
        .expect("mail")
        .expect("mail");
    let letter = house.letter("dong-da", message).await;
    let version = db::entry::version(&house.db, entry).await.expect("version");
    let file = db::entry::files(&house.db, version.id)
        .await
        .expect("files")[0]
        .id;
    let app = app(&house, "http://127.0.0.1:8080");
    let secretary = enter(&house, &app, SECRETARY).await;
    let city = enter(&house, &app, "quantri@hn.example").await;
    for path in [
        format!("/bai-du-thi/{entry}"),
        format!("/viec/{matter}"),
        format!("/thu-di/{letter}"),
        format!("/tep/{file}"),
        format!("/thu-den/{message}/goc"),
    ] {
        let refused = get(&app, &path, &secretary).await;
        assert_eq!(refused.status(), StatusCode::NOT_FOUND, "{path}");
        let seen = get(&app, &path, &city).await;
        assert_ne!(seen.status(), StatusCode::NOT_FOUND, "{path}");
    }
    let token = csrf(&app, &secretary).await;
    let form = format!("csrf={token}&act=close&matter={matter}");
    let refused = post(&app, "/xu-ly", &secretary, &form).await;
    assert_eq!(refused.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_form_needs_the_token_and_our_own_page() {
    let house = house().await;
    let entry = house.entry(&Case::default()).await;
    let matter = house
        .matter(
            "hoan-kiem",
            MatterKind::Route,
            Subject::Entry,
            entry,
            json!({}),
        )
        .await;
    let app = app(&house, "http://127.0.0.1:8080");
    let cookie = enter(&house, &app, SECRETARY).await;
    let token = csrf(&app, &cookie).await;
    let form = format!("matter={matter}&entry={entry}&act=assign_unit&unit=hoan-kiem");
    let refused = post(&app, "/xu-ly", &cookie, &form).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let form = format!("csrf={token}&{form}");
    let foreign = Request::post("/xu-ly")
        .header(header::COOKIE, &cookie)
        .header(header::ORIGIN, "https://evil.example")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form.clone()))
        .expect("request");
    let foreign = app.clone().oneshot(foreign).await.expect("answer");
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
    let done = post(&app, "/xu-ly", &cookie, &form).await;
    assert_eq!(done.status(), StatusCode::SEE_OTHER);
    let to = done.headers()[header::LOCATION]
        .to_str()
        .expect("ascii")
        .to_owned();
    let page = text(get(&app, &to, &cookie).await).await;
    assert!(page.contains("Hoàn tác"), "{page}");
    let again = post(&app, "/xu-ly", &cookie, &form).await;
    assert_eq!(again.status(), StatusCode::CONFLICT);
    let act = to.rsplit_once("da=").expect("act").1;
    let undone = post(
        &app,
        "/hoan-tac",
        &cookie,
        &format!("csrf={token}&act={act}"),
    )
    .await;
    assert_eq!(undone.status(), StatusCode::SEE_OTHER);
    let row = db::entry::get(&house.db, entry).await.expect("entry");
    assert_eq!(row.state, EntryState::Held);
    let out = post(&app, "/dang-xuat", &cookie, &format!("csrf={token}")).await;
    assert_eq!(out.status(), StatusCode::SEE_OTHER);
    assert_eq!(
        get(&app, "/", &cookie).await.status(),
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn the_page_says_that_a_question_about_an_entry_leaves_its_matter_open() {
    let house = house().await;
    let app = app(&house, "http://127.0.0.1:8080");
    let entry = house.entry(&Case::default()).await;
    let about = (Subject::Entry, entry);
    let matter = house
        .matter("hoan-kiem", MatterKind::Route, about.0, about.1, json!({}))
        .await;
    let cookie = enter(&house, &app, SECRETARY).await;
    let page = text(get(&app, &format!("/viec/{matter}"), &cookie).await).await;
    assert!(page.contains("Việc này vẫn để mở"), "{page}");
    let (_, rest) = page
        .split_once("name=\"message\" value=\"")
        .expect("a form to answer");
    let message: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let csrf = csrf(&app, &cookie).await;
    let form =
        format!("csrf={csrf}&matter={matter}&act=reply&message={message}&subject=Re&text=Xin");
    let answered = post(&app, "/xu-ly", &cookie, &form).await;
    let to = answered.headers().get(header::LOCATION).expect("a page");
    let to = to.to_str().expect("ascii").to_owned();
    assert!(to.starts_with(&format!("/viec/{matter}?")), "{to}");
    let page = text(get(&app, &to, &cookie).await).await;
    assert!(page.contains("chờ quyết định."), "{page}");
    assert!(page.contains("Chưa rõ đơn vị"), "{page}");
}

#[tokio::test]
async fn cookies_are_bound_to_https_whenever_it_is_served() {
    let house = house().await;
    let text =
        "[web]\npublic_url = \"http://phach.example\"\ntls_cert = \"c.pem\"\ntls_key = \"k.pem\"\n";
    let config: Config = toml::from_str(text).expect("settings");
    let blobs = Blobs::new(house.folder.join("blobs"));
    let app = router(State::new(house.db.clone(), blobs, Arc::new(config)));
    let cookie = enter(&house, &app, SECRETARY).await;
    assert!(cookie.starts_with("__Host-phach="), "{cookie}");
}

#[tokio::test]
async fn a_mailbox_in_trouble_and_one_mail_to_two_units_say_what_to_do() {
    let house = house().await;
    let app = app(&house, "http://127.0.0.1:8080");
    let boxes = db::mailbox::all(&house.db).await.expect("mailboxes");
    let mine = boxes
        .iter()
        .find(|mailbox| mailbox.unit_id == house.unit("hoan-kiem"))
        .expect("mailbox");
    let trouble = json!({"trouble": "auth", "since": 1});
    let (kind, about) = (MatterKind::Mailbox, (Subject::Mailbox, mine.id));
    let mailbox = house
        .matter("hoan-kiem", kind, about.0, about.1, trouble)
        .await;
    let entry = house.entry(&Case::default()).await;
    let twice = json!({"one_mail": true, "candidates": ["hoan-kiem", "dong-da"]});
    let (kind, about) = (MatterKind::TwoUnits, (Subject::Entry, entry));
    let two = house
        .matter("hoan-kiem", kind, about.0, about.1, twice)
        .await;
    let cookie = enter(&house, &app, SECRETARY).await;
    let page = text(get(&app, &format!("/viec/{mailbox}"), &cookie).await).await;
    assert!(page.contains(&mine.address), "{page}");
    assert!(page.contains("mật khẩu ứng dụng"), "{page}");
    let page = text(get(&app, &format!("/viec/{two}"), &cookie).await).await;
    let keep = page.find("Giữ ở Quận Hoàn Kiếm").expect("keep");
    let give = page.find("Chuyển cho Quận Đống Đa").expect("give");
    assert!(keep < give);
}
