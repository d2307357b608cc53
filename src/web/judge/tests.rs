//! The jury's pages: marking by plain forms, what is refused and how, and what does not exist for whom.

mod heads;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::Response;
use tower::ServiceExt;

use crate::contest::Plan;
use crate::db::judge;
use crate::db::judge::Sheet;
use crate::entry::SheetState;
use crate::jury::tests::bench::Bench;
use crate::jury::tests::bench::Essay;
use crate::jury::tests::bench::NOW;
use crate::jury::tests::bench::address;
use crate::jury::tests::bench::scored;
use crate::jury::tests::bench::screening;
use crate::web::tests::app;
use crate::web::tests::enter;
use crate::web::tests::get;
use crate::web::tests::post;
use crate::web::tests::text;

const HEAD: &str = "Trưởng";
const JUDGE: &str = "Giám Khảo 0";
const CLERK: &str = "thuky@hk.example";

/// A jury of two with its essays dealt, and the pages it looks at.
struct Room {
    bench: Bench,
    app: Router,
    essays: Vec<Essay>,
}

/// Somebody who is logged in.
struct Eyes<'a> {
    room: &'a Room,
    cookie: String,
    csrf: String,
}

async fn room(plan: &Plan, essays: usize) -> Room {
    let bench = Bench::new(plan, 2).await;
    let mut all = Vec::new();
    for _ in 0..essays {
        all.push(bench.essay().await);
    }
    if essays > 0 {
        bench.draw(NOW).await.expect("drawn");
    }
    Room {
        app: app(&bench.house, "http://127.0.0.1:8080"),
        bench,
        essays: all,
    }
}

impl Room {
    async fn eyes(&self, email: &str) -> Eyes<'_> {
        let cookie = enter(&self.bench.house, &self.app, email).await;
        let page = text(get(&self.app, "/cham", &cookie).await).await;
        let (_, rest) = page.split_once("name=\"csrf\" value=\"").expect("token");
        let csrf = rest.chars().take_while(|c| *c != '"').collect();
        Eyes {
            room: self,
            cookie,
            csrf,
        }
    }

    async fn sheet(&self, judge: usize, essay: usize) -> Sheet {
        let account = self.bench.judges[judge];
        self.bench.sheet(account, &self.essays[essay]).await
    }
}

impl Eyes<'_> {
    async fn get(&self, path: &str) -> Response {
        get(&self.room.app, path, &self.cookie).await
    }

    /// A form with the session's token.
    async fn send(&self, path: &str, form: &str) -> Response {
        let form = format!("csrf={}&{form}", self.csrf);
        post(&self.room.app, path, &self.cookie, &form).await
    }

    /// As the script saves a draft.
    async fn save(&self, cookie: &str, path: &str, form: &str) -> Response {
        let request = Request::post(path)
            .header(header::COOKIE, cookie)
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("csrf={}&act=draft&{form}", self.csrf)))
            .expect("request");
        let app = self.room.app.clone();
        app.oneshot(request).await.expect("answer")
    }
}

fn to(response: &Response) -> String {
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let place = response.headers().get(header::LOCATION).expect("a place");
    place.to_str().expect("ascii").to_owned()
}

/// The fields of a sheet's form: whose, which version, and the marks.
fn form(sheet: &Sheet, content: &str, form: &str) -> String {
    format!(
        "code={}&version={}&c.noi-dung={content}&c.hinh-thuc={form}&remark=B%C3%A0i+hay",
        sheet.blind_code, sheet.version
    )
}

#[tokio::test]
async fn a_judge_without_a_desk_is_led_home_and_on_to_the_first_essay() {
    let room = room(&scored(), 2).await;
    let eyes = room.eyes(&address(JUDGE)).await;
    assert_eq!(to(&eyes.get("/").await), "/cham");
    assert_eq!(to(&eyes.get("/bai-du-thi").await), "/cham");
    let home = text(eyes.get("/cham").await).await;
    for words in ["Hàng đợi của tôi", "Chấm bài tiếp", "0/2", "Quận Hoàn Kiếm"] {
        assert!(home.contains(words), "{words} in {home}");
    }
    let next = format!("/cham/tiep?hang-doi={}", room.bench.queue);
    let sheet = to(&eyes.get(&next).await);
    let page = text(eyes.get(&sheet).await).await;
    for words in ["Dịch vụ công", "name=\"c.noi-dung\"", "2/4 câu đúng"] {
        assert!(page.contains(words), "{words} in {page}");
    }
    assert!(!page.contains("Nguyễn Văn An"), "{page}");
    let clerk = room.eyes(CLERK).await;
    let empty = text(clerk.get("/cham").await).await;
    assert!(empty.contains("Chưa có bài nào được giao"), "{empty}");
    let out = eyes.send("/dang-xuat", "").await;
    assert_eq!(to(&out), "/dang-nhap", "a judge can leave");
    assert_eq!(to(&eyes.get("/cham").await), "/dang-nhap");
}

#[tokio::test]
async fn marking_needs_no_script() {
    let room = room(&scored(), 2).await;
    let eyes = room.eyes(&address(JUDGE)).await;
    let sheet = room.sheet(0, 0).await;
    let here = format!("/cham/{}", sheet.id);
    let incomplete = format!("act=give&{}", form(&sheet, "4,25", "b%E1%BB%91n"));
    let back = eyes.send(&here, &incomplete).await;
    assert_eq!(back.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = text(back).await;
    for typed in ["value=\"4,25\"", "value=\"bốn\"", "Bài hay</textarea>"] {
        assert!(page.contains(typed), "{typed} is still there: {page}");
    }
    for words in [
        "Còn 1 tiêu chí",
        "aria-invalid=\"true\"",
        "name=\"version\" value=\"1\"",
    ] {
        assert!(page.contains(words), "{words} in {page}");
    }
    let sheet = room.sheet(0, 0).await;
    assert_eq!(sheet.marks().len(), 1, "and it is saved");
    let given = eyes
        .send(&here, &format!("act=give&{}", form(&sheet, "4.25", "2,5")))
        .await;
    let next = to(&given);
    let second = room.sheet(0, 1).await;
    assert_eq!(next, format!("/cham/{}?xong={}", second.id, sheet.id));
    let page = text(eyes.get(&next).await).await;
    assert!(page.contains("Hoàn tác"), "{page}");
    assert!(page.contains("Đã chấm 1/2"), "{page}");

    let undone = eyes.send(&here, "act=reopen").await;
    assert_eq!(to(&undone), format!("{here}?da=mo"));
    let sheet = room.sheet(0, 0).await;
    assert_eq!(sheet.state, SheetState::Open);
    let page = text(eyes.get(&here).await).await;
    assert!(page.contains("value=\"4,25\""), "{page}");
    for (at, essay) in [(0, sheet), (1, second)] {
        let path = format!("/cham/{}", essay.id);
        let given = eyes
            .send(&path, &format!("act=give&{}", form(&essay, "5", "3")))
            .await;
        assert_eq!(to(&given) == "/cham?da=het", at == 1);
    }
    let home = text(eyes.get("/cham?da=het").await).await;
    assert!(home.contains("2/2"), "{home}");
}

#[tokio::test]
async fn a_screening_asks_for_a_word() {
    let room = room(&screening(), 1).await;
    let eyes = room.eyes(&address(JUDGE)).await;
    let sheet = room.sheet(0, 0).await;
    let here = format!("/cham/{}", sheet.id);
    let mute = eyes
        .send(&here, &format!("act=give&{}", form(&sheet, "", "")))
        .await;
    assert_eq!(mute.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(mute).await.contains("Hãy chọn đạt"));
    let sheet = room.sheet(0, 0).await;
    let said = format!("act=give&verdict=review&{}", form(&sheet, "", ""));
    assert_eq!(to(&eyes.send(&here, &said).await), "/cham?da=het");
}

#[tokio::test]
async fn marks_of_another_essay_are_refused_and_an_older_page_keeps_what_was_typed() {
    let room = room(&scored(), 2).await;
    let eyes = room.eyes(&address(JUDGE)).await;
    let (one, two) = (room.sheet(0, 0).await, room.sheet(0, 1).await);
    let here = format!("/cham/{}", one.id);
    for act in ["act=give", "act=draft", "flag=copied"] {
        let mixed = eyes
            .send(&here, &format!("{act}&{}", form(&two, "5", "3")))
            .await;
        assert_eq!(mixed.status(), StatusCode::CONFLICT, "{act}");
        let page = text(mixed).await;
        assert!(page.contains("là của bài khác"), "{page}");
        assert!(
            !page.contains("value=\"5\""),
            "not to be sent again: {page}"
        );
    }
    assert_eq!(room.sheet(0, 0).await, one);
    let flags = judge::flags_of(&room.bench.house.db, one.id).await;
    assert!(flags.expect("flags").is_empty());

    let first = eyes
        .send(&here, &format!("act=draft&{}", form(&one, "2", "1")))
        .await;
    assert_eq!(to(&first), here);
    let late = eyes
        .send(&here, &format!("act=give&{}", form(&one, "4,75", "3")))
        .await;
    assert_eq!(late.status(), StatusCode::CONFLICT);
    let page = text(late).await;
    for words in [
        "vừa được lưu ở một cửa sổ khác",
        "value=\"4,75\"",
        "name=\"version\" value=\"1\"",
    ] {
        assert!(page.contains(words), "{words} in {page}");
    }
    assert_eq!(room.sheet(0, 0).await.marks()["noi-dung"], 8);
}

#[tokio::test]
async fn the_script_saves_and_is_told_what_stands_in_the_way() {
    let room = room(&scored(), 2).await;
    let eyes = room.eyes(&address(JUDGE)).await;
    let (one, two) = (room.sheet(0, 0).await, room.sheet(0, 1).await);
    let here = format!("/cham/{}", one.id);
    let json = async |response: Response| -> serde_json::Value {
        serde_json::from_str(&text(response).await).expect("JSON")
    };
    let first = form(&one, "2", "");
    let saved = eyes.save(&eyes.cookie, &here, &first).await;
    assert_eq!(saved.status(), StatusCode::OK);
    let saved = json(saved).await;
    assert_eq!(saved["version"], 1);
    assert!(
        saved["saved"]
            .as_str()
            .is_some_and(|said| said.starts_with("Đã lưu"))
    );

    let stale = eyes.save(&eyes.cookie, &here, &first).await;
    assert_eq!(stale.status(), StatusCode::CONFLICT);
    let stale = json(stale).await;
    assert_eq!(stale["version"], 1, "with which it may go on");
    let other = eyes.save(&eyes.cookie, &here, &form(&two, "2", "1")).await;
    assert_eq!(other.status(), StatusCode::CONFLICT);
    assert!(json(other).await["version"].is_null());
    let gone = eyes.save("", &here, &first).await;
    assert_eq!(gone.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(text(gone).await, "", "no page to log in on");
    let foreign = room.sheet(1, 0).await;
    let path = format!("/cham/{}", foreign.id);
    let foreign = eyes
        .save(&eyes.cookie, &path, &form(&foreign, "2", "1"))
        .await;
    assert_eq!(foreign.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_raised_hand_keeps_the_marks_and_is_shown_to_the_head_judge() {
    let room = room(&scored(), 2).await;
    let eyes = room.eyes(&address(JUDGE)).await;
    let sheet = room.sheet(0, 0).await;
    let here = format!("/cham/{}", sheet.id);
    let raise = format!("flag=copied&note=gi%E1%BB%91ng&{}", form(&sheet, "3", ""));
    assert_eq!(
        to(&eyes.send(&here, &raise).await),
        format!("{here}?da=bao")
    );
    let sheet = room.sheet(0, 0).await;
    assert_eq!(sheet.marks()["noi-dung"], 12);
    let page = text(eyes.get(&here).await).await;
    let (_, rest) = page
        .split_once("name=\"unflag\" value=\"")
        .expect("a way back");
    let flag: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let panel = format!("/ban-giam-khao/{}", room.bench.queue);
    let head = room.eyes(&address(HEAD)).await;
    let entry = format!("{panel}/bai/{}", room.essays[0].id);
    let seen = text(head.get(&panel).await).await;
    assert!(seen.contains("giống") && seen.contains(&entry), "{seen}");
    let clerk = room.eyes(CLERK).await;
    let seen = text(clerk.get(&panel).await).await;
    assert!(seen.contains("giống") && !seen.contains(&entry), "{seen}");

    let down = format!("unflag={flag}&{}", form(&sheet, "3", "2"));
    assert_eq!(to(&eyes.send(&here, &down).await), here);
    let sheet = room.sheet(0, 0).await;
    assert_eq!(sheet.marks().len(), 2, "what was typed meanwhile too");
    let excused = format!("flag=recuse&{}", form(&sheet, "", ""));
    assert_eq!(to(&eyes.send(&here, &excused).await), "/cham?da=mien");
    let gone = eyes.get(&here).await;
    assert_eq!(gone.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn every_form_needs_the_token_of_its_session() {
    let room = room(&scored(), 1).await;
    let sheet = room.sheet(0, 0).await;
    let judge = room.eyes(&address(JUDGE)).await;
    let head = room.eyes(&address(HEAD)).await;
    let panel = format!("/ban-giam-khao/{}", room.bench.queue);
    let give = format!("act=give&{}", form(&sheet, "5", "3"));
    for (eyes, path, form) in [
        (&judge, format!("/cham/{}", sheet.id), give.as_str()),
        (&head, panel.clone(), "act=draw"),
        (&head, format!("{panel}/danh-sach"), "act=propose"),
        (
            &head,
            format!("{panel}/bai/{}", room.essays[0].id),
            "verdict=pass&reason=x",
        ),
        (&judge, "/dang-xuat".into(), ""),
    ] {
        let foreign = if std::ptr::eq(eyes, &judge) {
            &head
        } else {
            &judge
        };
        for token in ["", "csrf=", &format!("csrf={}", foreign.csrf)] {
            let said = post(&room.app, &path, &eyes.cookie, &format!("{token}&{form}")).await;
            assert_eq!(said.status(), StatusCode::FORBIDDEN, "{path} {token}");
        }
    }
    assert_eq!(room.sheet(0, 0).await, sheet);
}
