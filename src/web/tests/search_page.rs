//! The page of the search: what it shows, what it keeps to itself, and what it says to odd questions.

use super::SECRETARY;
use super::app;
use super::enter;
use super::get;
use super::text;
use crate::desk::tests::fixture::Case;
use crate::desk::tests::fixture::house;
use crate::entry::FileRole;

#[tokio::test]
async fn the_page_shows_hits_with_their_words_marked_and_every_text_escaped() {
    let house = house().await;
    let case = Case {
        name: "Nguyễn <b>Thị</b> Ánh",
        text: "Em viết: <script>alert(\"dịch vụ công\")</script> & hết.",
        files: &[("\"><img src=x>.docx", FileRole::Main)],
        ..Case::default()
    };
    let entry = house.entry(&case).await;
    let app = app(&house, "http://127.0.0.1:8080");
    let cookie = enter(&house, &app, SECRETARY).await;
    let page = text(get(&app, "/tim?q=dich+vu+img", &cookie).await).await;
    assert!(page.contains("1 kết quả"), "{page}");
    assert!(
        page.contains(&format!("href=\"/bai-du-thi/{entry}\"")),
        "{page}"
    );
    assert!(page.contains("<mark>dịch vụ</mark> công"), "{page}");
    assert!(page.contains("<mark>img</mark> src=x"), "{page}");
    for raw in ["<script", "<img", "<b>Thị"] {
        assert!(!page.contains(raw), "{raw}");
    }
    let own = text(get(&app, "/tim?q=%22%3E%3Cscript%3E", &cookie).await).await;
    assert!(!own.contains("<script"), "{own}");
}

#[tokio::test]
async fn the_page_has_the_same_bytes_whatever_another_unit_holds() {
    let house = house().await;
    for _ in 0..21 {
        house.entry(&Case::default()).await;
    }
    let app = app(&house, "http://127.0.0.1:8080");
    let cookie = enter(&house, &app, SECRETARY).await;
    let city = enter(&house, &app, "quantri@hn.example").await;
    let paths = [
        "/tim?q=nguyen",
        "/tim?q=nguyen&trang=2",
        "/tim?q=zuky",
        "/tim?q=%22van+an%22",
    ];
    let mut before = Vec::new();
    for path in paths {
        before.push(text(get(&app, path, &cookie).await).await);
    }
    assert!(before[0].contains("21 kết quả") && before[0].contains("q=nguyen&#38;trang=2"));
    assert!(before[1].contains("21–21 / 21"), "{}", before[1]);
    assert!(before[2].contains("0 kết quả") && before[2].contains("Có thể thử"));
    for name in ["Zuky", "Nguyễn Văn An", "Nguyễn Zuky"] {
        let case = Case {
            unit: "dong-da",
            name,
            ..Case::default()
        };
        house.entry(&case).await;
    }
    for (path, before) in paths.iter().zip(&before) {
        let after = text(get(&app, path, &cookie).await).await;
        assert_eq!(after, *before, "{path}");
    }
    let theirs = text(get(&app, "/tim?q=zuky", &city).await).await;
    assert!(theirs.contains("2 kết quả"), "{theirs}");
}

#[tokio::test]
async fn every_page_has_the_field_and_hostile_questions_get_an_orderly_page() {
    let house = house().await;
    house.entry(&Case::default()).await;
    let app = app(&house, "http://127.0.0.1:8080");
    let cookie = enter(&house, &app, SECRETARY).await;
    for path in [
        "/",
        "/bai-du-thi",
        "/viec",
        "/thu-di",
        "/hom-thu",
        "/nhat-ky",
    ] {
        let page = text(get(&app, path, &cookie).await).await;
        assert!(page.contains("action=\"/tim\""), "{path}");
    }
    let long = "a+%22".repeat(2_000);
    for query in [
        "%22",
        "*",
        "AND+OR+NOT",
        "%00",
        "%FF%FE",
        "%F0%9F%99%82",
        "%CC%81%CC%A3",
        &long,
        "",
        "a&q=b",
        "a&trang=-1",
        "a&trang=99999999999999999999",
    ] {
        let page = get(&app, &format!("/tim?q={query}"), &cookie).await;
        assert_eq!(page.status(), axum::http::StatusCode::OK, "{query}");
    }
    let page = text(get(&app, "/tim?q=%CC%81", &cookie).await).await;
    assert!(page.contains("Chưa có chữ hoặc số nào"), "{page}");
    let page = text(get(&app, "/tim?q=K7QM-2XNA-0", &cookie).await).await;
    assert!(page.contains("một ký tự viết nhầm"), "{page}");
    let page = text(get(&app, "/tim?q=nguyen+zuky", &cookie).await).await;
    assert!(
        page.contains("“zuky”") && page.contains("/tim?q=nguyen\""),
        "{page}"
    );
}
