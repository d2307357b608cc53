//! The page where letters are reworded: who may, what is refused and kept, versions and the ways back.

use axum::Router;
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
use crate::desk::tests::fixture::House;
use crate::desk::tests::fixture::house;
use crate::entry::LetterForm;
use crate::letter::wording::shipped;
use crate::web::page::encoded;

const CITY: &str = "quantri@hn.example";
const PATH: &str = "/mau-thu/xac-nhan";

/// Sends the editor as a browser does, with its line ends.
async fn send(
    app: &Router,
    cookie: &str,
    seen: i64,
    body: &str,
    act: &str,
) -> axum::response::Response {
    let token = csrf(app, cookie).await;
    let body = body.replace('\n', "\r\n");
    let form = format!(
        "csrf={token}&seen={seen}&subject={}&body={}&mau=0&lam={act}",
        encoded("Đã nhận {{ so_bai }} bài"),
        encoded(&body)
    );
    post(app, PATH, cookie, &form).await
}

/// The shipped body with words of the clerk's own.
fn body() -> String {
    let shipped = shipped(LetterForm::Receipt).body;
    assert!(shipped.contains("Trân trọng cảm ơn,"));
    shipped.replace("Trân trọng cảm ơn,", "Chúc <b>may mắn</b> & trân trọng,")
}

async fn in_force(house: &House) -> (i64, Option<String>) {
    let contest = house.standing.contest;
    let all = db::wording::versions(&house.db, contest, LetterForm::Receipt)
        .await
        .expect("versions");
    let own = all.first().and_then(db::wording::Version::wording);
    (
        all.first().map_or(0, |version| version.n),
        own.map(|own| own.body),
    )
}

#[tokio::test]
async fn a_wording_is_shown_saved_and_taken_back() {
    let house = house().await;
    let app = app(&house, "http://127.0.0.1:8080");
    let cookie = enter(&house, &app, CITY).await;
    let list = text(get(&app, "/mau-thu", &cookie).await).await;
    assert_eq!(list.matches("Mẫu gốc của phần mềm").count(), 3, "{list}");

    // Shown, and not saved by that.
    let shown = send(&app, &cookie, 0, &body(), "xem").await;
    assert_eq!(shown.status(), StatusCode::OK);
    let shown = text(shown).await;
    let (_, preview) = shown.split_once("id=\"thu\"").expect("a preview");
    assert!(preview.contains("Đã nhận 1 bài"), "{preview}");
    assert!(preview.contains("K7QM-2XNA-9"), "{preview}");
    assert!(
        preview.contains("Chúc &#60;b&#62;may mắn&#60;/b&#62; &#38; trân trọng,"),
        "{preview}"
    );
    assert_eq!(in_force(&house).await, (0, None));

    // Saved, line ends and all, and the page says by whom.
    let saved = send(&app, &cookie, 0, &body(), "luu").await;
    assert_eq!(saved.status(), StatusCode::SEE_OTHER);
    assert_eq!(in_force(&house).await, (1, Some(body())));
    let to = saved.headers()[header::LOCATION]
        .to_str()
        .expect("ascii")
        .to_owned();
    let page = text(get(&app, &to, &cookie).await).await;
    for part in [
        "Đã lưu mẫu mới của thư “Xác nhận đã nhận bài”",
        "Bản thứ 1",
        "Lê Quản Trị",
        "Hoàn tác",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }

    // Whoever still looks at the page of before does not overwrite it.
    let late = send(&app, &cookie, 0, &body().replace("may", "thêm may"), "luu").await;
    assert_eq!(late.status(), StatusCode::CONFLICT);

    // Taken back, it is the shipped text again; then an earlier version is chosen from the list.
    let act = to.split("da=").nth(1).expect("the act");
    let token = csrf(&app, &cookie).await;
    let back = post(
        &app,
        "/hoan-tac",
        &cookie,
        &format!("csrf={token}&act={act}"),
    )
    .await;
    assert_eq!(back.status(), StatusCode::SEE_OTHER);
    assert_eq!(in_force(&house).await, (2, None));
    let form = format!("csrf={token}&act=word&form=xac-nhan&seen=2&of=1");
    let chosen = post(&app, "/xu-ly", &cookie, &form).await;
    assert_eq!(chosen.status(), StatusCode::SEE_OTHER);
    assert_eq!(in_force(&house).await, (3, Some(body())));
    let form = format!("csrf={token}&act=word&form=xac-nhan&seen=3&of=0");
    post(&app, "/xu-ly", &cookie, &form).await;
    assert_eq!(in_force(&house).await, (4, None));
    let journal = text(get(&app, "/nhat-ky", &cookie).await).await;
    assert!(
        journal.contains("Đã dùng lại mẫu gốc của phần mềm"),
        "{journal}"
    );
}

#[tokio::test]
async fn what_is_wrong_is_said_with_its_line_and_what_was_typed_is_kept() {
    let house = house().await;
    let app = app(&house, "http://127.0.0.1:8080");
    let cookie = enter(&house, &app, CITY).await;
    let check = async |body: &str, want: &str| {
        for act in ["xem", "luu"] {
            let refused = send(&app, &cookie, 0, body, act).await;
            assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "{body}");
            let page = text(refused).await;
            assert!(page.contains(want), "{want} in {page}");
            assert!(page.contains("Lời của tôi"), "{page}");
        }
        assert_eq!(in_force(&house).await, (0, None));
    };
    let whole = format!("Lời của tôi\n{}", body());
    check(
        &format!("{whole}\n{{{{ ten_la }}}}"),
        "không có giá trị nào tên “ten_la”",
    )
    .await;
    check(
        "Lời của tôi\n\n{% if so_bai %}",
        "Nội dung, dòng 3: thiếu phần kết thúc",
    )
    .await;
    check(
        "Lời của tôi.",
        "thư phải có “K7QM-2XNA-9” nhưng mẫu đã bỏ mất",
    )
    .await;
    let endless =
        "{% for a in range(9999) %}\n{% for b in range(9999) %}\nx\n{% endfor %}\n{% endfor %}";
    check(&format!("{whole}{endless}"), "mẫu lặp quá nhiều lần").await;
}

#[tokio::test]
async fn a_unit_below_reads_and_does_not_change() {
    let house = house().await;
    let app = app(&house, "http://127.0.0.1:8080");
    let cookie = enter(&house, &app, SECRETARY).await;
    let page = text(get(&app, PATH, &cookie).await).await;
    assert!(
        page.contains("Chỉ Tổ Thư ký của Thành phố Hà Nội"),
        "{page}"
    );
    assert!(!page.contains("value=\"luu\""), "{page}");
    let refused = send(&app, &cookie, 0, &body(), "luu").await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    let token = csrf(&app, &cookie).await;
    let form = format!("csrf={token}&act=word&form=xac-nhan&seen=0&of=0");
    let refused = post(&app, "/xu-ly", &cookie, &form).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    assert_eq!(in_force(&house).await, (0, None));
    let nowhere = get(&app, "/mau-thu/khac", &cookie).await;
    assert_eq!(nowhere.status(), StatusCode::NOT_FOUND);
}
