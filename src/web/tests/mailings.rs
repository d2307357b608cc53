//! The pages of letters to many people: whose they are, what is refused, what a draft shows.

use axum::http::StatusCode;
use axum::http::header;

use super::SECRETARY;
use super::app;
use super::csrf;
use super::enter;
use super::get;
use super::post;
use super::text;
use crate::db;
use crate::desk::tests::fixture::Case;
use crate::desk::tests::fixture::House;
use crate::desk::tests::fixture::house;
use crate::web::page::encoded;

const CITY: &str = "quantri@hn.example";
const NEW: &str = "/gui-nhieu-nguoi/moi";

fn form(token: &str, unit: &str, body: &str, act: &str) -> String {
    format!(
        "csrf={token}&seen=0&don-vi={unit}&doi-tuong=tat-ca&subject={}&body={}&lam={act}",
        encoded("Mời {{ nguoi_nhan }}"),
        encoded(body)
    )
}

/// Somebody whose receipt went out.
async fn participant(house: &House) {
    let entry = house.entry(&Case::default()).await;
    let row = db::entry::get(&house.db, entry).await.expect("entry");
    let message = db::view::message_of(&house.db, &row).await.expect("mail");
    house.letter("hoan-kiem", message.expect("a mail")).await;
}

#[tokio::test]
async fn a_draft_shows_its_recipients_and_waits_for_the_unit_at_the_top() {
    let house = house().await;
    participant(&house).await;
    let app = app(&house, "http://127.0.0.1:8080");
    let district = enter(&house, &app, SECRETARY).await;
    let city = enter(&house, &app, CITY).await;
    let token = csrf(&app, &district).await;

    let body = "Chào <b>{{ nguoi_nhan }}</b>, {{ cac_ma }}";
    let shown = post(
        &app,
        NEW,
        &district,
        &form(&token, "hoan-kiem", body, "xem"),
    )
    .await;
    assert_eq!(shown.status(), StatusCode::OK);
    let shown = text(shown).await;
    for part in [
        "1 địa chỉ, mỗi địa chỉ một thư.",
        "Người nhận thứ 1 trong 1: an.nguyen@mail.example",
        "<b>Mời Nguyễn Văn An</b>",
        "Chào &#60;b&#62;Nguyễn Văn An&#60;/b&#62;,",
    ] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    assert!(
        !shown.contains("mailing_release"),
        "what is not kept is not released"
    );

    // What cannot be written is refused and kept in the editor; another unit's people are not this one's.
    let wrong = form(&token, "hoan-kiem", "Lời của tôi {{ cac_diem }}", "luu");
    let refused = post(&app, NEW, &district, &wrong).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let refused = text(refused).await;
    assert!(
        refused.contains("không có giá trị nào tên “cac_diem”"),
        "{refused}"
    );
    assert!(refused.contains("Lời của tôi"), "{refused}");
    let foreign = post(&app, NEW, &district, &form(&token, "dong-da", body, "luu")).await;
    assert_eq!(foreign.status(), StatusCode::NOT_FOUND);

    let kept = post(
        &app,
        NEW,
        &district,
        &form(&token, "hoan-kiem", body, "luu"),
    )
    .await;
    assert_eq!(kept.status(), StatusCode::SEE_OTHER);
    let to = kept.headers()[header::LOCATION].to_str().expect("ascii");
    let path = to.split('?').next().expect("a path").to_owned();
    let own = text(get(&app, &path, &district).await).await;
    assert!(own.contains("Người soạn không tự duyệt được"), "{own}");
    let id = path.rsplit('/').next().expect("an id");
    let release =
        |token: &str| format!("csrf={token}&act=mailing_release&mailing={id}&seen=1&count=1");
    let refused = post(&app, "/xu-ly", &district, &release(&token)).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    let page = text(get(&app, &path, &city).await).await;
    assert!(page.contains("Duyệt, gửi 1 thư"), "{page}");
    let done = post(&app, "/xu-ly", &city, &release(&csrf(&app, &city).await)).await;
    assert_eq!(done.status(), StatusCode::SEE_OTHER);
    let to = done.headers()[header::LOCATION].to_str().expect("ascii");
    let page = text(get(&app, to, &city).await).await;
    for part in [
        "Đã duyệt gửi thư cho 1 địa chỉ",
        "Hoàn tác",
        "Đã soạn 0 trong 1 thư",
        "Dừng gửi",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    // The district stops it; only the unit at the top lets it go on.
    let stop = format!("csrf={token}&act=mailing_stop&mailing={id}&seen=2");
    let stopped = post(&app, "/xu-ly", &district, &stop).await;
    assert_eq!(stopped.status(), StatusCode::SEE_OTHER);
    let resume = format!("csrf={token}&act=mailing_resume&mailing={id}&seen=3");
    let refused = post(&app, "/xu-ly", &district, &resume).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);

    // What the city writes to everybody is none of a district's.
    let token = csrf(&app, &city).await;
    let kept = post(&app, NEW, &city, &form(&token, "ha-noi", body, "luu")).await;
    let to = kept.headers()[header::LOCATION].to_str().expect("ascii");
    let path = to.split('?').next().expect("a path");
    let hidden = get(&app, path, &district).await;
    assert_eq!(hidden.status(), StatusCode::NOT_FOUND);
    let list = text(get(&app, "/gui-nhieu-nguoi", &district).await).await;
    assert_eq!(
        list.matches("href=\"/gui-nhieu-nguoi/").count(),
        2,
        "{list}"
    );
}
